/*
 * Many keys at once: what fetches ahead for whoever has them at hand, and looking up integers.
 *
 * A batch overlaps the cache misses that one key after the other would wait for. The first passes fetch ahead, and may
 * remember where a key is likely to be; the last one takes each key, in order: the entry there if its key is the one,
 * else whatever is found afresh, as if there had been no others. So it does not matter what user code that one of them
 * runs does, to the dict or to where the keys come from.
 */
#include "containers/dict_batch.h"

LOAM__INLINE size_t at_most_ahead(size_t count)
{
    return count < LOAM__AHEAD ? count : LOAM__AHEAD;
}

/* Whether any is one. */
LOAM__INLINE bool fetch_objects(const loam_value *values, size_t count)
{
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        if (LOAM__LIKELY(!loam_is_object(values[i])))
            continue;
        __builtin_prefetch(loam__object(values[i]));
        any = true;
    }
    return any;
}

LOAM__INLINE void fetch_chunks(const loam_dict *dict, const loam_value *keys, size_t count, uint64_t *hashes)
{
    for (size_t i = 0; i < count; i++) {
        hashes[i] = loam__hash_ahead(keys[i]);
        loam__fetch_chunk(dict, hashes[i]);
    }
}

void loam__fetch_chunks(const loam_dict *dict, const loam_value *keys, size_t count)
{
    uint64_t hashes[LOAM__AHEAD];

    if (!loam__is_worth_fetching(dict))
        return;
    count = at_most_ahead(count);
    fetch_objects(keys, count);
    fetch_chunks(dict, keys, count, hashes);
}

LOAM__INLINE void fetch_keys_there(const loam_dict *dict, const uint64_t *hashes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const loam__entry *entry = loam__entry_at(dict, loam__likely_position(dict, hashes[i]));
        if (entry)
            fetch_objects(&entry->key, 1);
    }
}

void loam__fetch_keys(const loam_dict *dict, const loam_value *keys, size_t count)
{
    uint64_t hashes[LOAM__AHEAD];
    bool any_object;

    if (!loam__is_worth_fetching(dict))
        return;
    count = at_most_ahead(count);
    any_object = fetch_objects(keys, count);
    fetch_chunks(dict, keys, count, hashes);
    for (size_t i = 0; i < count; i++)
        loam__fetch_entry(dict, hashes[i]);
    if (any_object)
        fetch_keys_there(dict, hashes, count);
}

void loam__fetch_keys_of(const loam_dict *dict, const loam_dict *from, uint32_t position)
{
    loam_value keys[LOAM__AHEAD];
    size_t count = at_most_ahead(from->used - position);

    if (!loam__is_worth_fetching(dict))
        return;
    for (size_t i = 0; i < count; i++)
        keys[i] = from->entries[position + i].key;
    loam__fetch_keys(dict, keys, count);
}

LOAM__INLINE void fetch_ahead(const loam_dict *dict, const int64_t *keys, size_t count, uint32_t *likely)
{
    uint64_t hashes[LOAM__AHEAD];

    for (size_t i = 0; i < count; i++) {
        hashes[i] = loam__hash_int(keys[i]);
        loam__fetch_chunk(dict, hashes[i]);
    }
    for (size_t i = 0; i < count; i++)
        likely[i] = loam__fetch_entry(dict, hashes[i]);
}

/* The entry of a key, if it is where it was likely. */
LOAM__INLINE const loam__entry *entry_there(const loam_dict *dict, uint32_t likely, int64_t key)
{
    const loam__entry *entry = loam__entry_at(dict, likely);

    return entry && loam__fits_small_int(key) && LOAM__LIKELY(entry->key.word == loam__small_int(key).word) ? entry
                                                                                                            : NULL;
}

/* What is done with a key, and where in `out` its result goes. `there` is its entry, if that is known without a search.
 * MISSING goes on, a failure ends it. */
typedef loam_status look_up(loam_dict *dict, const loam__entry *there, int64_t key, void *out, size_t at);

/* How many keys there were. Inlined for each way to look up. */
LOAM__INLINE int64_t each_key(loam_dict *dict, const int64_t *keys, int64_t count, look_up *look, void *out)
{
    uint32_t likely[LOAM__AHEAD];
    int64_t found = 0;

    loam__check_alive(dict, "a look-up of many keys");
    for (int64_t done = 0; done < count;) {
        int64_t begin = done;
        int64_t end = count - done < LOAM__AHEAD ? count : done + LOAM__AHEAD;
        bool has_index = dict->index;
        if (has_index)
            fetch_ahead(dict, keys + begin, (size_t)(end - begin), likely);
        for (; done < end; done++) {
            const loam__entry *there = has_index ? entry_there(dict, likely[done - begin], keys[done]) : NULL;
            loam_status status = look(dict, there, keys[done], out, (size_t)done);
            if (LOAM__UNLIKELY(status < 0))
                return status;
            found += status == LOAM_OK;
        }
    }
    return found;
}

static loam_status refuse(const loam_dict *dict, const char *function)
{
    loam__check_alive(dict, function);
    return dict ? loam_fail(LOAM_ERR_VALUE, "a number of keys cannot be negative") : loam__propagate(function);
}

LOAM__INLINE loam_status look_up_value(loam_dict *dict, const loam__entry *there, int64_t key, void *out, size_t at)
{
    loam_value *place = (loam_value *)out + at;

    *place = LOAM__LIKELY(there) ? loam__retain(there->value) : (loam_dict_get)(dict, loam__key_int(key));
    return loam_is_unset(*place) ? loam_error()->status : LOAM_OK;
}

LOAM__INLINE bool read_there(const loam__entry *there, int64_t *out)
{
    if (LOAM__UNLIKELY(!there || !loam__is_small_int(there->value)))
        return false;
    *out = loam__small_int_value(there->value);
    return true;
}

LOAM__INLINE loam_status get_int(loam_dict *dict, const loam__entry *there, int64_t key, void *out, size_t at)
{
    int64_t *place = (int64_t *)out + at;

    return read_there(there, place) ? LOAM_OK : (loam_dict_get_int)(dict, loam__key_int(key), place);
}

LOAM__INLINE loam_status find_int(loam_dict *dict, const loam__entry *there, int64_t key, void *out, size_t at)
{
    int64_t *place = (int64_t *)out + at;

    return read_there(there, place) ? LOAM_OK : (loam_dict_find_int)(dict, loam__key_int(key), place);
}

loam_status loam_dict_get_many(loam_dict *dict, const int64_t *keys, int64_t count, loam_value *out)
{
    loam_failure failure;

    for (int64_t i = 0; i < count; i++)
        out[i] = LOAM_UNSET;
    if (!dict || count < 0)
        return refuse(dict, __func__);
    if (LOAM__LIKELY(each_key(dict, keys, count, look_up_value, out) >= 0))
        return LOAM_OK;
    failure = *loam_error(); /* what is released may bring other failures */
    for (int64_t i = 0; i < count; i++)
        loam_unset(&out[i]);
    return loam__fail_again(&failure);
}

loam_status loam_dict_get_many_int(loam_dict *dict, const int64_t *keys, int64_t count, int64_t *out)
{
    int64_t found = dict && count >= 0 ? each_key(dict, keys, count, get_int, out) : refuse(dict, __func__);

    return found < 0 ? (loam_status)found : LOAM_OK;
}

int64_t loam_dict_find_many_int(loam_dict *dict, const int64_t *keys, int64_t count, int64_t *out)
{
    return dict && count >= 0 ? each_key(dict, keys, count, find_int, out) : refuse(dict, __func__);
}
