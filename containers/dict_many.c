/*
 * Looking up many integers at once: a batch overlaps the cache misses that one key after the other would wait for. The
 * first two passes fetch ahead and decide nothing; the last one is the look-up of each key, afresh and in order. No
 * user code runs meanwhile, since an integer is compared with numbers only.
 */
#include "containers/dict_batch.h"

enum { BATCH = LOAM_STRESS ? 5 : 32 };

LOAM__INLINE void fetch_ahead(const loam_dict *dict, const int64_t *keys, size_t count)
{
    uint64_t hashes[BATCH];

    loam__check_alive(dict, "a look-up of many keys");
    if (!dict->index)
        return;
    for (size_t i = 0; i < count; i++) {
        hashes[i] = loam__hash_int(keys[i]);
        loam__fetch_chunk(dict, hashes[i]);
    }
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(loam__likely_entry(dict, hashes[i]));
}

/* What is done with a key, and where in `out` its result goes. MISSING goes on, a failure ends it. */
typedef loam_status look_up(loam_dict *dict, int64_t key, void *out, size_t at);

/* How many keys there were. Inlined for each way to look up. */
LOAM__INLINE int64_t each_key(loam_dict *dict, const int64_t *keys, int64_t count, look_up *look, void *out)
{
    int64_t found = 0;

    for (int64_t done = 0; done < count;) {
        int64_t end = count - done < BATCH ? count : done + BATCH;
        fetch_ahead(dict, keys + done, (size_t)(end - done));
        for (; done < end; done++) {
            loam_status status = look(dict, keys[done], out, (size_t)done);
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

LOAM__INLINE loam_status look_up_value(loam_dict *dict, int64_t key, void *out, size_t at)
{
    loam_value *place = (loam_value *)out + at;

    *place = (loam_dict_get)(dict, loam__key_int(key));
    return loam_is_unset(*place) ? loam_error()->status : LOAM_OK;
}

LOAM__INLINE loam_status get_int(loam_dict *dict, int64_t key, void *out, size_t at)
{
    return (loam_dict_get_int)(dict, loam__key_int(key), (int64_t *)out + at);
}

LOAM__INLINE loam_status find_int(loam_dict *dict, int64_t key, void *out, size_t at)
{
    return (loam_dict_find_int)(dict, loam__key_int(key), (int64_t *)out + at);
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
