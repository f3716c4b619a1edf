/*
 * What fetches ahead for a batch of keys. All inlined, because gcc takes a function that only prefetches for one without
 * effect and drops its calls.
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

#endif
