/* dict: what it holds and how that changes; dict.h has the layout, dict_find.c the look-ups, dict_index.c the index. */
#include "containers/dict.h"

#include "containers/chars.h"
#include "containers/dict_batch.h"
#include "containers/dict_quick.h"
#include "containers/protocol.h"
#include "containers/sequence.h"

void loam__dict_trace(void *self, loam_visitor *visitor)
{
    loam_dict *dict = self;
    loam_visit(visitor, dict->entries, 2 * (size_t)dict->used);
}

static void free_buffers(const loam_dict *dict)
{
    loam__gc_refs_free((loam_value *)dict->entries, 2 * (size_t)dict->capacity);
    if (dict->index)
        loam__gc_data_free(dict->index, loam__index_bytes(dict));
}

void loam__dict_dispose(void *self)
{
    free_buffers(self);
}

size_t loam__dict_extent(const void *self)
{
    const loam_dict *dict = self;
    return dict->capacity * sizeof *dict->entries + (dict->index ? loam__index_bytes(dict) : 0);
}

static int64_t len(const void *self)
{
    return ((const loam_dict *)self)->live;
}

static loam_status iter_begin(const void *self, loam_cursor *cursor)
{
    loam__dict_begin(self, cursor);
    return LOAM_OK;
}

static ptrdiff_t iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    return loam__dict_fill(self, cursor, LOAM__DICT_KEYS, out, cap);
}

static void *copy(const void *self)
{
    return loam_dict_copy((loam_dict *)(uintptr_t)self);
}

loam_type loam__dict_type = {
    .name = "dict",
    .size = sizeof(loam_dict),
    .id = LOAM__TYPE_DICT,
    .trace = loam__dict_trace,
    .dispose = loam__dict_dispose,
    .extent = loam__dict_extent,
    .len = len,
    .iter_begin = iter_begin,
    .iter_fill = iter_fill,
    .copy = copy,
};

/* Changing. */

static uint8_t kind_of_key(loam_value key)
{
    if (loam__is_small_int(key))
        return LOAM__KEYS_INT;
    if (loam__is_type(key, LOAM__TYPE_INT))
        return LOAM__KEYS_BOXED_INT;
    return loam__is_chars(key) ? LOAM__KEYS_CHARS : LOAM__KEYS_OTHER;
}

loam_status loam__dict_find_or_reserve(loam_dict *dict, const loam__query *query, uint32_t *position)
{
    loam_status status = loam__dict_find(dict, query, position);

    if (status == LOAM_MISSING) {
        loam_status reserved = loam__dict_reserve_one(dict);
        if (reserved < 0)
            return reserved;
    }
    return status;
}

/* Behind the last entry, where there is room; the index has it already. */
LOAM__INLINE void put_behind(loam_dict *dict, loam_value key, loam_value value)
{
    loam__entry *entry = &dict->entries[dict->used];

    loam__slot_move_in(dict, &entry->key, key);
    loam__slot_move_in(dict, &entry->value, value);
    dict->key_kinds |= kind_of_key(key);
    dict->used++;
    dict->live++;
    dict->version++;
}

/* Where there is no memory for it, or a key has a hash of the program's, it is left to the next insertion that asks for
 * room: this one runs no user code and cannot fail. */
LOAM__COLD static void end_crowding(loam_dict *dict, loam_value key)
{
    if (dict->hashing != LOAM__SPREAD || !loam__can_be_keyed(dict, key))
        return;
    dict->hashing = LOAM__CROWDED;
    loam__dict_key_index(dict);
}

void loam__dict_append(loam_dict *dict, uint64_t hash, loam_value key, loam_value value)
{
    bool is_crowded = dict->index &&
                      LOAM__UNLIKELY(loam__index_insert(dict, loam__dict_path(dict, key, hash), dict->used));

    put_behind(dict, key, value);
    if (LOAM__UNLIKELY(is_crowded))
        end_crowding(dict, key);
}

/* The first and the last entry are live, or there is none. */
LOAM__NOINLINE static void leave_out_holes_at_the_ends(loam_dict *dict)
{
    while (dict->used && loam_is_unset(dict->entries[dict->used - 1].key))
        dict->used--;
    while (dict->first < dict->used && loam_is_unset(dict->entries[dict->first].key))
        dict->first++;
    if (!dict->live) {
        dict->first = 0;
        dict->key_kinds &= LOAM__KEYS_OTHER; /* a hash that has changed may have left overflows behind */
    }
}

/* What the index no longer has, and whose slots are empty. */
LOAM__INLINE void leave_hole(loam_dict *dict, uint32_t position)
{
    dict->live--;
    dict->version++;
    if (LOAM__UNLIKELY(position == dict->first || position + 1 == dict->used))
        leave_out_holes_at_the_ends(dict);
}

loam__entry loam__dict_remove(loam_dict *dict, uint64_t hash, uint32_t position)
{
    loam__entry *entry = &dict->entries[position];
    loam__entry removed;

    if (dict->index)
        loam__index_erase(dict, loam__dict_path(dict, entry->key, hash), position);
    removed.key = loam__slot_move_out(dict, &entry->key);
    removed.value = loam__slot_move_out(dict, &entry->value);
    leave_hole(dict, position);
    return removed;
}

loam_dict *loam_dict_new(void)
{
    return loam__object_new(&loam__dict_type, sizeof(loam_dict));
}

int64_t loam_dict_len(const loam_dict *dict)
{
    loam__check_alive(dict, __func__);
    return dict ? (int64_t)dict->live : (int64_t)loam__propagate(__func__);
}

loam_status(loam_dict_set)(loam_dict *dict, loam_value key, loam_value value)
{
    return loam_dict_set_take(dict, loam__retain(key), loam__retain(value));
}

loam_status loam__dict_set(loam_dict *dict, const loam__query *query, loam_value *key, loam_value *value)
{
    uint32_t position;
    loam_status status = loam__dict_find_or_reserve(dict, query, &position);

    if (status == LOAM_OK)
        *value = loam__slot_exchange(dict, &dict->entries[position].value, *value);
    else if (status == LOAM_MISSING)
        loam__dict_append(dict, query->hash, loam_move_value(key), loam_move_value(value));
    return status < 0 ? status : LOAM_OK;
}

/* Whether the quick way sufficed; `*value` is what the key had. */
LOAM__INLINE bool quick_set(loam_dict *dict, loam_value key, loam_value *value)
{
    loam__quick_place place;
    loam__verdict verdict = LOAM__UNDECIDED;
    unsigned free_slots;

    loam__check_alive(dict, "loam_dict_set_take");
    if (loam__is_small_int(key) && !loam_is_unset(*value) && dict && dict->index)
        verdict = loam__quick_find(dict, loam__small_int_value(key), key, &place);
    if (verdict == LOAM__PRESENT) {
        *value = loam__slot_exchange(dict, &place.entry->value, *value);
        return true;
    }
    if (verdict == LOAM__UNDECIDED || !loam__dict_has_room(dict))
        return false;
    free_slots = loam__chunk_match(place.chunk, 0);
    if (LOAM__UNLIKELY(!free_slots))
        return false;
    loam__chunk_put(place.chunk, loam__lowest_bit(free_slots), place.hash, dict->used);
    put_behind(dict, key, loam_move_value(value));
    return true;
}

LOAM__NOINLINE static loam_status set_take(loam_dict *dict, loam_value key, loam_value value)
{
    loam__query query;
    loam_status status;

    loam__check_alive(dict, "loam_dict_set_take");
    if (!dict || loam_is_unset(key) || loam_is_unset(value))
        status = loam__propagate("loam_dict_set_take");
    else
        status = loam__query_value(&query, key);
    if (status == LOAM_OK)
        status = loam__dict_set(dict, &query, &key, &value);
    loam__release(value);
    loam__release(key);
    return status;
}

loam_status loam_dict_set_take(loam_dict *dict, loam_value key, loam_value value)
{
    if (LOAM__UNLIKELY(!quick_set(dict, key, &value)))
        return set_take(dict, key, value);
    loam__release(value);
    return LOAM_OK;
}

static loam_status add_to_value(loam_dict *dict, uint32_t position, int64_t amount)
{
    int64_t sum;
    loam_value value;

    if (LOAM__LIKELY(loam__quick_add(&dict->entries[position], amount)))
        return LOAM_OK;
    if (loam_to_int(dict->entries[position].value, &sum) < 0)
        return LOAM_ERR_TYPE;
    if (__builtin_add_overflow(sum, amount, &sum))
        return loam_fail(LOAM_ERR_OVERFLOW, "a count outside of -2**63 to 2**63 - 1");
    value = loam_int(sum);
    if (loam_is_unset(value))
        return LOAM_ERR_MEMORY;
    loam__slot_set(dict, &dict->entries[position].value, value);
    return LOAM_OK;
}

loam_status loam__dict_insert(loam_dict *dict, const loam__query *query, loam_value key, loam_value value)
{
    loam_status status = loam_is_unset(key) || loam_is_unset(value) ? loam_error()->status
                                                                    : loam__dict_reserve_one(dict);

    if (status < 0) {
        loam__release(value);
        loam__release(key);
        return status;
    }
    loam__dict_append(dict, query->hash, key, value);
    return LOAM_OK;
}

/* The key comes before the room: where there is no such key, the dict is not rebuilt either. */
static loam_status add_key(loam_dict *dict, const loam__query *query, int64_t amount)
{
    loam_value key = loam__query_make_key(query);

    return loam__dict_insert(dict, query, key, loam_is_unset(key) ? LOAM_UNSET : loam_int(amount));
}

loam_status loam__dict_add(loam_dict *dict, const loam__query *query, int64_t amount)
{
    uint32_t position;
    loam_status status = loam__dict_find(dict, query, &position);

    if (status == LOAM_OK)
        return add_to_value(dict, position, amount);
    return status == LOAM_MISSING ? add_key(dict, query, amount) : status;
}

loam_status(loam_dict_add)(loam_dict *dict, loam_key key, int64_t amount)
{
    loam__check_alive(dict, __func__);
    loam__query query;
    loam_status status = dict ? loam__query_key(&query, key) : loam__propagate(__func__);

    if (status == LOAM_OK)
        status = loam__dict_add(dict, &query, amount);
    loam__key_release(key);
    return status;
}

LOAM__NOINLINE static loam_value pop(loam_dict *dict, loam_key key)
{
    loam__query query;
    uint32_t position;
    loam__entry removed = {LOAM_UNSET, LOAM_UNSET};
    loam_status status = loam__dict_locate(dict, key, &query, &position);

    if (status == LOAM_OK)
        removed = loam__dict_remove(dict, query.hash, position);
    else if (status == LOAM_MISSING)
        loam__fail_key(&query);
    loam__key_release(key);
    loam__release(removed.key);
    return removed.value;
}

LOAM__INLINE loam_value quick_pop(loam_dict *dict, loam_key key)
{
    loam__quick_place place;
    loam_value value;

    if (LOAM__UNLIKELY(loam__quick_find_key(dict, key, &place) != LOAM__PRESENT))
        return pop(dict, key);
    place.chunk->tags[place.slot] = 0;
    loam__slot_exchange_word(&place.entry->key, 0); /* a small integer */
    value = loam__slot_move_out(dict, &place.entry->value);
    leave_hole(dict, place.position);
    return value;
}

loam_value(loam_dict_pop)(loam_dict *dict, loam_key key)
{
    return quick_pop(dict, key);
}

loam_status(loam_dict_remove)(loam_dict *dict, loam_key key)
{
    loam_value value = quick_pop(dict, key);

    if (loam_is_unset(value))
        return loam_error()->status;
    loam__release(value);
    return LOAM_OK;
}

/* `*out` gets the reference, or nobody. */
static void hand_over(loam_value *out, loam_value value)
{
    if (out)
        *out = value;
    else
        loam__release(value);
}

loam_status loam__dict_hash_entry(const loam_dict *dict, uint32_t position, uint64_t *hash)
{
    uint32_t version = dict->version;
    loam_value key = loam__retain(dict->entries[position].key);
    loam_status status = loam_hash(key, hash);

    loam__release(key);
    if (status == LOAM_OK && dict->version != version)
        status = loam_fail(LOAM_ERR_CHANGED, "%s changed while a key was hashed", loam__type_of(&dict->loam)->name);
    return status;
}

static loam_status pop_at(loam_dict *dict, uint32_t position, loam_value *key, loam_value *value)
{
    uint64_t hash;
    loam__entry removed;
    loam_status status = loam__dict_hash_entry(dict, position, &hash);

    if (status < 0)
        return status;
    removed = loam__dict_remove(dict, hash, position);
    hand_over(key, removed.key);
    hand_over(value, removed.value);
    return LOAM_OK;
}

static loam_status pop_end(loam_dict *dict, bool last, loam_value *key, loam_value *value)
{
    loam__check_alive(dict, last ? "loam_dict_pop_last" : "loam_dict_pop_first");
    if (key)
        *key = LOAM_UNSET;
    if (value)
        *value = LOAM_UNSET;
    if (!dict)
        return loam__propagate(last ? "loam_dict_pop_last" : "loam_dict_pop_first");
    if (!dict->live)
        return LOAM_MISSING;
    return pop_at(dict, last ? dict->used - 1 : dict->first, key, value);
}

loam_status loam_dict_pop_first(loam_dict *dict, loam_value *key, loam_value *value)
{
    return pop_end(dict, false, key, value);
}

loam_status loam_dict_pop_last(loam_dict *dict, loam_value *key, loam_value *value)
{
    return pop_end(dict, true, key, value);
}

/* The entry moves behind the last one; there is room. */
static void move_entry_to_end(loam_dict *dict, uint64_t hash, uint32_t position)
{
    loam__entry *from = &dict->entries[position];
    loam__entry *to = &dict->entries[dict->used];

    loam__slots_move_along(dict, &to->key, &from->key, 2);
    loam__slots_forget(dict, &from->key, 2);
    if (dict->index)
        loam__index_move(dict, loam__dict_path(dict, to->key, hash), position, dict->used);
    dict->used++;
    dict->version++;
    while (loam_is_unset(dict->entries[dict->first].key))
        dict->first++;
}

/* Making room may close holes, and looking for the entry again may run user code that takes the room. */
static loam_status reserve_and_find(loam_dict *dict, const loam__query *query, uint32_t *position)
{
    uint32_t version = dict->version;
    loam_status status = loam__dict_reserve_one(dict);

    if (status < 0 || dict->version == version)
        return status;
    version = dict->version;
    status = loam__dict_find(dict, query, position);
    if (status == LOAM_OK && dict->version != version)
        status = loam_fail(LOAM_ERR_CHANGED, "dict changed while its keys were compared");
    return status;
}

loam_status(loam_dict_move_to_end)(loam_dict *dict, loam_key key)
{
    loam__query query;
    uint32_t position = 0;
    loam_status status = loam__dict_locate(dict, key, &query, &position);

    if (status == LOAM_OK && position + 1 != dict->used) {
        status = reserve_and_find(dict, &query, &position);
        if (status == LOAM_OK)
            move_entry_to_end(dict, query.hash, position);
    }
    if (status == LOAM_MISSING)
        status = loam__fail_key(&query);
    loam__key_release(key);
    return status;
}

loam_status loam_dict_clear(loam_dict *dict)
{
    loam_dict old;

    loam__check_alive(dict, __func__);
    if (!dict)
        return loam__propagate(__func__);
    old = *dict;
    dict->live = dict->used = dict->capacity = dict->first = 0;
    dict->chunks_log2 = dict->least_chunks_log2 = dict->key_kinds = dict->hashing = 0;
    dict->entries = NULL;
    dict->index = NULL;
    dict->version += old.live != 0; /* an iteration over an empty dict just ends */
    loam__slots_move_out(dict, (loam_value *)old.entries, (loam_value *)old.entries, 2 * (size_t)old.used);
    loam__slots_release(dict, (loam_value *)old.entries, 2 * (size_t)old.used);
    free_buffers(&old);
    return LOAM_OK;
}

loam_status loam_dict_reserve(loam_dict *dict, int64_t keys)
{
    loam_status status;

    loam__check_alive(dict, __func__);
    if (!dict)
        return loam__propagate(__func__);
    if (keys < 0)
        return loam_fail(LOAM_ERR_VALUE, "a number of keys cannot be negative");
    status = loam__dict_reserve(dict, (size_t)keys);
    if (status == LOAM_OK)
        dict->least_chunks_log2 = dict->chunks_log2;
    return status;
}

static loam_status append_all(loam_list *list, loam_dict *dict, loam__dict_projection projection)
{
    enum { BATCH = 64 };
    loam_value items[BATCH];
    loam_cursor cursor;
    ptrdiff_t n;

    loam__dict_begin(dict, &cursor);
    do {
        n = loam__dict_fill(dict, &cursor, projection, items, BATCH);
        if (n > 0 && loam__list_append_items(list, items, (size_t)n) < 0)
            return LOAM_ERR_MEMORY;
    } while (n == BATCH || (n > 0 && cursor.version != dict->version));
    if (n < 0)
        return (loam_status)n;
    return list->len == dict->live ? LOAM_OK : LOAM_ERR_MEMORY; /* short: an item could not be made */
}

static loam_list *snapshot(loam_dict *dict, loam__dict_projection projection, const char *function)
{
    loam__check_alive(dict, function);
    loam_list *list = dict ? loam_list_new() : (loam__propagate(function), NULL);

    if (list && (loam_list_reserve(list, dict->live) < 0 || append_all(list, dict, projection) < 0)) {
        loam__gc_release(&list->loam);
        return NULL;
    }
    return list;
}

loam_list *loam_dict_keys(loam_dict *dict)
{
    return snapshot(dict, LOAM__DICT_KEYS, __func__);
}

loam_list *loam_dict_values(loam_dict *dict)
{
    return snapshot(dict, LOAM__DICT_VALUES, __func__);
}

loam_list *loam_dict_items(loam_dict *dict)
{
    return snapshot(dict, LOAM__DICT_ITEMS, __func__);
}

/* Whether `b` has the entry's key with an equal value: 1, 0 or a failure. */
static int has_equal_entry(loam_dict *b, loam__entry entry)
{
    loam__query query;
    uint32_t position;
    loam_status status = loam__query_value(&query, entry.key);

    if (status == LOAM_OK)
        status = loam__dict_find(b, &query, &position);
    if (status != LOAM_OK)
        return status == LOAM_MISSING ? 0 : (int)status;
    return loam__item_equal(entry.value, b->entries[position].value);
}

int loam__dict_equal(loam_dict *a, loam_dict *b)
{
    if (a->live != b->live)
        return 0;
    for (uint32_t i = 0; i < a->used; i++) {
        loam__entry entry = a->entries[i];
        int equal;
        if (i % LOAM__AHEAD == 0)
            loam__fetch_keys_of(b, a, i);
        if (loam_is_unset(entry.key))
            continue;
        loam__retain(entry.key);
        loam__retain(entry.value);
        equal = has_equal_entry(b, entry);
        loam__release(entry.value);
        loam__release(entry.key);
        if (equal != 1)
            return equal;
    }
    return 1;
}
