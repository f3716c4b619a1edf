/*
 * Sorting, as its parts see it.
 *
 * What is put in order are words of 8 bytes that stand for items: the item's own value, or its position where a key
 * function made keys. They are a copy, so that a sort that fails, or finds the list changed, has changed nothing;
 * sort.c moves the items when nothing can fail any more. Until then items and keys stay as they are, held by whoever
 * asks for the sort.
 *
 * The words that are the answer may be references to what is about to be overwritten in the list, so that they lie in
 * memory that a conservative collector scans. What they are made in does not: the items are where they were.
 */
#ifndef CONTAINERS_SORT_H
#define CONTAINERS_SORT_H

#include <loam/list.h>

#include "containers/number.h"
#include "containers/sequence.h"

/* Up to so many items are sorted without asking for memory. */
enum { LOAM__SORT_FEW = LOAM_STRESS ? 4 : 24 };

typedef struct loam__sort {
    loam_list *list;         /* for which memory is asked */
    const loam_value *items; /* in their old order */
    const loam_value *keys;  /* as many; `items` themselves where nobody made keys */
    size_t count;
    loam_status (*compare)(loam_value a, loam_value b, int *order, void *context); /* or NULL */
    void *context;
    bool descends;   /* the answer: turn the items around */
    uint64_t *words; /* the answer else, if any: words in their new order, with room for as many behind them */
    size_t room;     /* how many words were asked for; 0: they are `few` */
    uint64_t few[2 * LOAM__SORT_FEW];
} loam__sort;

LOAM__INLINE uint64_t loam__sort_word(const loam__sort *s, size_t position)
{
    return s->keys == s->items ? s->items[position].word : position;
}

LOAM__INLINE loam_value loam__sort_key(const loam__sort *s, uint64_t word)
{
    return s->keys == s->items ? loam__word(word) : s->keys[word];
}

/* Room for the answer. MEMORY. */
loam_status loam__sort_reserve(loam__sort *s);
/* So many words, which no collector looks at, and LOAM__RADIX_PLACES counters behind them; loam__free(). NULL:
 * MEMORY. */
uint64_t *loam__sort_scratch(size_t words);

/* 1 if the key of `a` is below that of `b`, 0 if not, or a failure. */
typedef int loam__below(const void *context, uint64_t a, uint64_t b);

/* Powersort, sort_merge.c: stable. `spare` has room for count / 2 words. A failure is that of `below`; the words are in
 * pieces then. */
loam_status loam__merge_sort(uint64_t *words, size_t count, uint64_t *spare, loam__below *below, const void *context);

/*
 * Radix, sort_radix.c: stable. Words as signed numbers; pairs of words by the first one, as a number without sign.
 * `scratch` has room for as many, and `places` LOAM__RADIX_PLACES counters. Up to LOAM__SORT_FEW neither is looked at.
 * At most UINT32_MAX of them.
 */
enum { LOAM__RADIX_BITS = LOAM_STRESS ? 3 : 11, LOAM__RADIX_PLACES = 1 << LOAM__RADIX_BITS };

void loam__radix_sort_words(uint64_t *words, uint64_t *scratch, size_t count, uint32_t *places);
void loam__radix_sort_pairs(uint64_t *pairs, uint64_t *scratch, size_t count, uint32_t *places);

/* Counters behind `words` words of scratch; none where there is no scratch. */
LOAM__INLINE uint32_t *loam__radix_places(uint64_t *scratch, size_t words)
{
    return scratch ? (uint32_t *)(void *)(scratch + words) : NULL;
}

/* An integer as a key. */
LOAM__INLINE uint64_t loam__radix_key(int64_t integer)
{
    return (uint64_t)integer ^ (uint64_t)1 << 63;
}

/* The order that numbers have in a sort. `context` is the sort; it does not fail. */
int loam__below_as_number(const void *context, uint64_t a, uint64_t b);

/* Keys that are all numbers; all str, or all bytes. More than LOAM__SORT_FEW, at most UINT32_MAX. MEMORY. */
loam_status loam__sort_numbers(loam__sort *s, bool has_doubles);
loam_status loam__sort_texts(loam__sort *s);

/* All of a list, of two to UINT32_MAX items. MISSING: they are not all integers, and nothing has changed. MEMORY. */
loam_status loam__sort_ints(loam_list *list);

#endif
