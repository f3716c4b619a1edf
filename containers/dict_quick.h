/*
 * The quick way for integers as keys, inlined into the functions that take a key; and one for text.
 *
 * A key of the same word is the key; where a dict has no keys of other kinds, nothing else is. No user code runs. Only
 * the chunk that the hash leads to is looked at. What that does not decide is for the plain functions, which begin
 * anew: nothing has changed until then. In a loop of look-ups it is the number of instructions that says how many cache
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
    uint32_t position;
    unsigned slot;
} loam__quick_place;

/* Where a small integer is. That it is nowhere is certain only where all keys are equal by their words. */
LOAM__INLINE loam__verdict loam__quick_find(const loam_dict *dict, int64_t integer, loam_value key,
                                            loam__quick_place *place)
{
    unsigned found;

    place->hash = loam__hash_int(integer);
    place->chunk = loam__chunk_of(dict, place->hash);
    found = loam__chunk_match_hash(place->chunk, place->hash);
    if (found) {
        place->slot = (unsigned)__builtin_ctz(found);
        place->position = place->chunk->positions[place->slot];
        place->entry = &dict->entries[place->position];
        if (LOAM__LIKELY(place->entry->key.word == key.word))
            return LOAM__PRESENT;
        if (found & (found - 1))
            return LOAM__UNDECIDED; /* more than one has that tag */
    }
    if (LOAM__UNLIKELY(loam__chunk_was_passed(place->chunk, loam__tag(place->hash))))
        return LOAM__UNDECIDED;
    return LOAM__UNLIKELY(dict->key_kinds & LOAM__KEYS_OTHER) ? LOAM__UNDECIDED : LOAM__ABSENT;
}

/* The same for an integer that a caller looks up by. */
LOAM__INLINE loam__verdict loam__quick_find_int(const loam_dict *dict, int64_t integer, loam__quick_place *place)
{
    loam__check_alive(dict, "a look-up by key");
    if (!dict || !dict->index || !loam__fits_small_int(integer))
        return LOAM__UNDECIDED;
    return loam__quick_find(dict, integer, loam__small_int(integer), place);
}

/* The entry of a str of these bytes, where the first key of its tag is it; NULL: the plain functions are to decide. */
loam__entry *loam__quick_find_text(const loam_dict *dict, const char *data, size_t len);

/* The same for a key that is no integer. */
LOAM__INLINE loam__entry *loam__quick_find_text_key(const loam_dict *dict, loam_key key)
{
    const char *chars = (const char *)(uintptr_t)key.word;

    loam__check_alive(dict, "a look-up by key");
    if (!dict || !dict->index || !chars)
        return NULL;
    if (LOAM__LIKELY(key.info == LOAM__KEY_CHARS))
        return loam__quick_find_text(dict, chars, strlen(chars));
    if (loam__key_kind(key) == LOAM__KEY_VIEW)
        return loam__quick_find_text(dict, chars, (size_t)(key.info >> LOAM__KEY_KIND_BITS));
    return NULL;
}

/* Whatever it is. */
LOAM__INLINE loam__verdict loam__quick_find_key(const loam_dict *dict, loam_key key, loam__quick_place *place)
{
    return key.info == LOAM__KEY_INT ? loam__quick_find_int(dict, (int64_t)key.word, place) : LOAM__UNDECIDED;
}

/* Add to a value, where neither it nor the sum is boxed. The word is the integer twice and one more; it is what would
 * overflow. */
LOAM__INLINE bool loam__quick_add(loam__entry *entry, int64_t amount)
{
    int64_t word;

    if (!loam__is_small_int(entry->value) || !loam__fits_small_int(amount) ||
        __builtin_add_overflow((int64_t)entry->value.word, 2 * amount, &word))
        return false;
    loam__slot_exchange_word(&entry->value, (uint64_t)word);
    return true;
}

#endif
