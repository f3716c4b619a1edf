/*
 * The quick way for integers as keys, inlined into the functions that take a key.
 *
 * Where a dict has no keys of other kinds, a small integer equals nothing but its own word, and no user code runs. Only
 * the chunk that the hash leads to is looked at. What that does not decide is for the plain functions, which begin anew:
 * nothing has changed until then. In a loop of look-ups it is the number of instructions that says how many cache
 * misses the processor overlaps, so this is what a hit costs in a large dict, too.
 */
#ifndef CONTAINERS_DICT_QUICK_H
#define CONTAINERS_DICT_QUICK_H

#include "containers/dict.h"

typedef enum loam__verdict { LOAM__UNDECIDED, LOAM__ABSENT, LOAM__PRESENT } loam__verdict;

/* What the hash leads to. The entry and its slot are known only where the key is present. */
typedef struct loam__quick_place {
    uint64_t hash;
    loam__chunk *chunk;
    loam__entry *entry;
    unsigned slot;
} loam__quick_place;

LOAM__INLINE bool loam__dict_is_quick(const loam_dict *dict)
{
    return dict && dict->index && !(dict->key_kinds & LOAM__KEYS_OTHER);
}

/* `integer` is a small one, and the dict is quick. */
LOAM__INLINE loam__verdict loam__quick_find(const loam_dict *dict, int64_t integer, loam__quick_place *place)
{
    uint64_t wanted = loam__small_int(integer).word;

    place->hash = loam__hash_int(integer);
    place->chunk = loam__chunk_at(dict, place->hash);
    for (unsigned found = loam__chunk_match(place->chunk, loam__tag(place->hash)); found; found &= found - 1) {
        place->slot = loam__lowest_bit(found);
        place->entry = &dict->entries[place->chunk->positions[place->slot]];
        if (LOAM__LIKELY(place->entry->key.word == wanted))
            return LOAM__PRESENT;
    }
    return LOAM__LIKELY(!loam__chunk_was_passed(place->chunk, loam__tag(place->hash))) ? LOAM__ABSENT : LOAM__UNDECIDED;
}

/* The same for whatever a caller looks up by. */
LOAM__INLINE loam__verdict loam__quick_find_key(const loam_dict *dict, loam_key key, loam__quick_place *place)
{
    int64_t integer = (int64_t)key.word;

    if (key.info != LOAM__KEY_INT || !loam__fits_small_int(integer) || !loam__dict_is_quick(dict))
        return LOAM__UNDECIDED;
    return loam__quick_find(dict, integer, place);
}

#endif
