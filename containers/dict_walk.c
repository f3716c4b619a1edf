/*
 * Walks over a dict: batches for iterators, forwards and back, and one entry after the other by a position of the
 * caller's. All are by position in the array of entries, where nothing moves as long as the version is the same.
 */
#include "containers/dict.h"

#include "containers/sequence.h"

void loam__dict_begin(const loam_dict *dict, loam_cursor *cursor)
{
    *cursor = (loam_cursor){.position = dict->first, .version = dict->version};
}

/* Every second slot from `slot` on, if none refers to an object or is empty: nearly as fast as copying. */
LOAM__INLINE bool copy_immediates(const loam_value *slot, loam_value *out, size_t count)
{
    bool is_plain = true;
    size_t i = 0;

#if defined(__SSE2__) && !LOAM_PORTABLE
    const __m128i kind = _mm_set1_epi64x(7);
    __m128i objects = _mm_setzero_si128();
    for (; i + 2 <= count; i += 2) {
        __m128i first = _mm_loadl_epi64((const __m128i *)(const void *)&slot[2 * i]);
        __m128i second = _mm_loadl_epi64((const __m128i *)(const void *)&slot[2 * i + 2]);
        __m128i both = _mm_unpacklo_epi64(first, second);
        _mm_storeu_si128((__m128i *)(void *)&out[i], both);
        objects = _mm_or_si128(objects, _mm_cmpeq_epi32(_mm_and_si128(both, kind), _mm_setzero_si128()));
    }
    is_plain = !(_mm_movemask_epi8(objects) & 0x0f0f); /* the upper half of a word has no kind */
#endif
    for (; i < count; i++) {
        out[i] = slot[2 * i];
        is_plain &= (out[i].word & 7) != 0;
    }
    return is_plain;
}

/* Keys or values, beginning with `*slot`, of the entries from the cursor's on. A hole's are overwritten by the next:
 * where holes are, nobody could predict. */
static size_t fill_retained(const loam_dict *dict, loam_cursor *cursor, const loam_value *slot, loam_value *out,
                            size_t cap)
{
    size_t position = cursor->position;
    size_t count = dict->used - position;
    size_t n = 0;

    count = count < cap ? count : cap;
    if (copy_immediates(slot, out, count)) {
        cursor->position = position + count;
        return count;
    }
    for (; n < cap && position < dict->used; position++, slot += 2) {
        out[n] = loam__retain(*slot);
        n += !loam_is_unset(*slot);
    }
    cursor->position = position;
    return n;
}

/* A tuple may not get memory, and making one may be where a collection runs. */
static ptrdiff_t fill_items(loam_dict *dict, loam_cursor *cursor, loam_value *out, size_t cap)
{
    size_t n = 0;

    for (; n < cap && cursor->position < dict->used; cursor->position++) {
        const loam__entry *entry = &dict->entries[cursor->position];
        if (loam_is_unset(entry->key))
            continue;
        out[n] = loam_from(loam_tuple_new(&entry->key, 2));
        if (loam_is_unset(out[n]))
            return n ? (ptrdiff_t)n : loam_error()->status;
        n++;
    }
    return (ptrdiff_t)n;
}

LOAM__COLD static loam_status changed(const loam_dict *dict)
{
    return loam_fail(LOAM_ERR_CHANGED, "%s changed during iteration", loam__type_of(&dict->loam)->name);
}

ptrdiff_t loam__dict_fill(loam_dict *dict, loam_cursor *cursor, loam__dict_projection projection, loam_value *out,
                          size_t cap)
{
    const loam__entry *entry;

    if (cursor->version != dict->version)
        return changed(dict);
    if (cursor->position >= dict->used)
        return 0;
    if (projection == LOAM__DICT_ITEMS)
        return fill_items(dict, cursor, out, cap);
    entry = dict->entries + cursor->position;
    return (ptrdiff_t)fill_retained(dict, cursor, projection == LOAM__DICT_KEYS ? &entry->key : &entry->value, out,
                                    cap);
}

void loam__dict_begin_back(const loam_dict *dict, loam_cursor *cursor)
{
    *cursor = (loam_cursor){.position = dict->used, .version = dict->version};
}

/* A new reference to what the projection wants of an entry. */
static loam_value project(const loam__entry *entry, loam__dict_projection projection)
{
    switch (projection) {
    case LOAM__DICT_KEYS:
        return loam__retain(entry->key);
    case LOAM__DICT_VALUES:
        return loam__retain(entry->value);
    default:
        return loam_from(loam_tuple_new(&entry->key, 2));
    }
}

ptrdiff_t loam__dict_fill_back(loam_dict *dict, loam_cursor *cursor, loam__dict_projection projection, loam_value *out,
                               size_t cap)
{
    size_t n = 0;

    if (cursor->version != dict->version)
        return changed(dict);
    for (; n < cap && cursor->position > dict->first; cursor->position--) {
        const loam__entry *entry = &dict->entries[cursor->position - 1];
        if (loam_is_unset(entry->key))
            continue;
        out[n] = project(entry, projection);
        if (loam_is_unset(out[n]))
            return n ? (ptrdiff_t)n : loam_error()->status;
        n++;
    }
    return (ptrdiff_t)n;
}

/*
 * A position of the caller's: the version in the upper half, in the lower one the number of the entry that was given
 * last, counted from 1, so that it is never 0 when the walk has begun.
 */

static uint64_t position_at(const loam_dict *dict, uint32_t number)
{
    return (uint64_t)dict->version << 32 | number;
}

static loam_status check_position(const loam_dict *dict, uint64_t position)
{
    if (position && position >> 32 != dict->version)
        return changed(dict);
    return LOAM_OK;
}

static void lend(loam_value *out, loam_value value)
{
    if (out)
        *out = value;
}

loam_status loam_dict_next_peek(const loam_dict *dict, uint64_t *position, loam_value *key, loam_value *value)
{
    loam__check_alive(dict, __func__);
    loam_status status = dict ? check_position(dict, *position) : loam__propagate(__func__);

    lend(key, LOAM_UNSET);
    lend(value, LOAM_UNSET);
    if (status < 0)
        return status;
    for (uint32_t i = *position ? (uint32_t)*position : dict->first; i < dict->used; i++) {
        const loam__entry *entry = &dict->entries[i];
        if (loam_is_unset(entry->key))
            continue;
        *position = position_at(dict, i + 1);
        lend(key, entry->key);
        lend(value, entry->value);
        return LOAM_OK;
    }
    return LOAM_DONE;
}

/* The entry that was given last, if it is still there. */
static loam_status find_current(const loam_dict *dict, uint64_t position, uint32_t *current)
{
    loam_status status = check_position(dict, position);

    if (status < 0)
        return status;
    *current = (uint32_t)position - 1;
    if (!position || *current >= dict->used || loam_is_unset(dict->entries[*current].key))
        return loam_fail(LOAM_ERR_KEY, "no current key to remove");
    return LOAM_OK;
}

loam_status loam_dict_remove_current(loam_dict *dict, uint64_t *position)
{
    loam__check_alive(dict, __func__);
    uint32_t current = 0;
    uint64_t hash;
    loam__entry removed;
    loam_status status = dict ? find_current(dict, *position, &current) : loam__propagate(__func__);

    if (status == LOAM_OK)
        status = loam__dict_hash_entry(dict, current, &hash);
    if (status < 0)
        return status;
    removed = loam__dict_remove(dict, hash, current);
    *position = position_at(dict, current + 1);
    loam__release(removed.value);
    loam__release(removed.key);
    return LOAM_OK;
}
