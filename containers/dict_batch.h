/*
 * What fetches ahead for a batch of keys: it runs no user code, and changes nothing but a str's hash that was not known
 * yet. A caller may remember where a key is likely to be. Whatever is then done with each key takes the entry there if
 * its key is the one, and else looks for it afresh. All that is inlined is so because gcc takes a function that only
 * prefetches for one without effect and drops its calls.
 */
#ifndef CONTAINERS_DICT_BATCH_H
#define CONTAINERS_DICT_BATCH_H

#include "containers/chars.h"
#include "containers/dict.h"

enum {
    LOAM__AHEAD = LOAM_STRESS ? 5 : 32,       /* how many keys are fetched ahead at a time */
    LOAM__CACHED_LOG2 = LOAM_STRESS ? 2 : 12, /* an index of fewer chunks is in the cache as it is */
};

LOAM__INLINE bool loam__is_worth_fetching(const loam_dict *dict)
{
    return dict->index && dict->chunks_log2 >= LOAM__CACHED_LOG2;
}

/* The hash of an integer, str or bytes. Of others any, since that is only for what is fetched ahead. */
LOAM__INLINE uint64_t loam__hash_ahead(loam_value key)
{
    if (LOAM__LIKELY(!loam_is_object(key)))
        return loam__hash_int(loam__small_int_value(key));
    if (loam__is_chars(key))
        return loam__chars_hash((loam__chars *)loam__object(key));
    return loam__is_type(key, LOAM__TYPE_INT) ? loam__hash_int(loam__boxed_int_value(key)) : 0;
}

LOAM__INLINE void loam__fetch_chunk(const loam_dict *dict, uint64_t hash)
{
    if (dict->index)
        __builtin_prefetch(loam__chunk_of(dict, hash));
}

/* Where in the entries the key is likely to be, in a dict with an index. It has no branch: where nothing has the tag it
 * is any number, and it is one for what has changed since. */
LOAM__INLINE uint32_t loam__likely_position(const loam_dict *dict, uint64_t hash)
{
    const loam__chunk *chunk = loam__chunk_of(dict, hash);
    unsigned found = loam__chunk_match_hash(chunk, hash) | 1u << (LOAM__CHUNK_SLOTS - 1);

    return chunk->positions[loam__lowest_bit(found)];
}

/* What is there now; NULL: nothing. */
LOAM__INLINE loam__entry *loam__entry_at(const loam_dict *dict, uint32_t position)
{
    return LOAM__LIKELY(position < dict->used) ? &dict->entries[position] : NULL;
}

/* Whether that is certainly the key which is looked for. If not, finding it is to decide. */
LOAM__INLINE bool loam__is_wanted(const loam__query *query, loam_value key)
{
    if (query->kind == LOAM__QUERY_SMALL_INT)
        return key.word == query->value.word;
    return (query->kind == LOAM__QUERY_TEXT || query->kind == LOAM__QUERY_STR) &&
           LOAM__LIKELY(query->view.len <= LOAM__HASH_SHORT) && loam__is_type(key, LOAM__TYPE_STR) &&
           loam__chars_are(loam__chars_of(key), query->words, query->view.len);
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

/* For the next LOAM__AHEAD keys, or as many as there are: their chunks, their entries, and the strings there. Nothing
 * where all that is in the cache as it is. Defined in dict_many.c. */
void loam__fetch_keys(const loam_dict *dict, const loam_value *keys, size_t count);
/* The same for the keys of another dict, or this one, from a position on. */
void loam__fetch_keys_of(const loam_dict *dict, const loam_dict *from, uint32_t position);
/* Only their chunks: for what is not there yet, or whose entry is known. */
void loam__fetch_chunks(const loam_dict *dict, const loam_value *keys, size_t count);

/* An entry that is likely to be asked for, in a dict with an index; its position is returned. */
LOAM__INLINE uint32_t loam__fetch_entry(const loam_dict *dict, uint64_t hash)
{
    uint32_t likely = loam__likely_position(dict, hash);

    __builtin_prefetch(&dict->entries[likely]);
    return likely;
}

#endif
