/*
 * What fetches ahead for a batch of keys. All inlined, because gcc takes a function that only prefetches for one
 * without effect and drops its calls.
 */
#ifndef CONTAINERS_DICT_BATCH_H
#define CONTAINERS_DICT_BATCH_H

#include "containers/dict.h"

LOAM__INLINE void loam__fetch_chunk(const loam_dict *dict, uint64_t hash)
{
    if (dict->index)
        __builtin_prefetch(loam__chunk_at(dict, hash));
}

/* The entry that is likely the one, in a dict with an index; NULL: none in the chunk that the hash leads to. */
LOAM__INLINE const loam__entry *loam__first_candidate(const loam_dict *dict, uint64_t hash)
{
    const loam__chunk *chunk = loam__chunk_at(dict, hash);
    unsigned found = loam__chunk_match(chunk, loam__tag(hash));

    return found ? &dict->entries[chunk->positions[loam__lowest_bit(found)]] : NULL;
}

/* The same without a branch: only to be fetched, since where there is none it is just any. */
LOAM__INLINE const loam__entry *loam__likely_entry(const loam_dict *dict, uint64_t hash)
{
    const loam__chunk *chunk = loam__chunk_at(dict, hash);
    unsigned found = loam__chunk_match_hash(chunk, hash) | 1u << (LOAM__CHUNK_SLOTS - 1);

    return &dict->entries[chunk->positions[loam__lowest_bit(found)]];
}

/* The queries of as many of the first values as can be hashed and compared without user code; 0 if the first one
 * cannot. */
LOAM__INLINE size_t loam__query_plain(const loam_dict *dict, const loam_value *values, size_t count,
                                      loam__query *queries)
{
    size_t n = 0;

    while (n < count) {
        loam_value value = values[n];
        if (loam_is_object(value) && loam__type_id_of(loam__object(value)) > LOAM__TYPE_BYTES)
            break;
        if (loam__query_value(&queries[n], value) < 0) /* has a hash of its own, but not if it is unset */
            break;
        loam__fetch_chunk(dict, queries[n++].hash);
    }
    return n;
}

/* In a dict with an index. */
LOAM__INLINE void loam__fetch_entries(const loam_dict *dict, const loam__query *queries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(loam__likely_entry(dict, queries[i].hash));
}

#endif
