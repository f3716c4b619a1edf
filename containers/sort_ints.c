/*
 * Lists of integers. Immediate ones are words that have their own order, as signed numbers, and carry no reference:
 * they are sorted where they are, or by themselves. Boxed ones lie beyond all immediate ones, so that in order the list
 * is boxed negative ones, immediate ones, boxed positive ones; they are sorted in pairs with their references.
 */
#include "containers/sort.h"

#include "lib/alloc.h"

#define SIGN ((uint64_t)1 << 63)

/* What the list is taken apart into: words of immediate integers, and pairs of boxed ones. */
typedef struct parts {
    uint64_t *scratch, *words, *pairs;
    loam_value *boxed; /* scanned memory, for references that are about to be overwritten in the list */
    size_t word_count, pair_count, spare_count;
} parts;

/* What stands for the box of an immediate integer. Which ones are immediate may be anybody's guess, and a processor's
 * guess costs more than a look at both, so that these loops do not branch. */
static const loam__boxed_int no_box = {.loam = {(uint64_t)LOAM__TYPE_INT << LOAM__TYPE_SHIFT}};

LOAM__INLINE const loam__boxed_int *box_of(loam_value value)
{
    uint64_t is_boxed = (value.word & 1) - 1; /* all bits, or none */
    return (const loam__boxed_int *)((value.word & is_boxed) | ((uintptr_t)&no_box & ~is_boxed));
}

static int64_t integer_of(loam_value value)
{
    return loam__is_small_int(value) ? loam__small_int_value(value) : box_of(value)->integer;
}

static bool descends_at(const loam_value *items, size_t i)
{
    return integer_of(items[i - 1]) > integer_of(items[i]);
}

/* -1 if they strictly descend, 1 if they never do, else 0. */
static int direction(const loam_value *items, size_t count)
{
    bool descends = descends_at(items, 1);
    size_t i = 2;

    while (i < count && descends_at(items, i) == descends)
        i++;
    return i < count ? 0 : descends ? -1 : 1;
}

static loam_status sort_in_place(loam_list *list)
{
    uint64_t *words = &list->items->word;
    uint64_t *scratch = NULL;

    if (list->len > LOAM__SORT_FEW) {
        scratch = loam__sort_scratch(list->len);
        if (!scratch)
            return LOAM_ERR_MEMORY;
    }
    loam__radix_sort_words(words, scratch, list->len, loam__radix_places(scratch, list->len));
    loam__free(scratch);
    return LOAM_OK;
}

static loam_status reserve_parts(parts *p, const loam_list *list)
{
    size_t words = p->word_count + 1 + 2 * (p->pair_count + 1); /* one more of each, for what does not stay */

    p->spare_count = p->word_count > 2 * p->pair_count ? p->word_count : 2 * p->pair_count;
    p->scratch = loam__sort_scratch(words + p->spare_count);
    if (!p->scratch)
        return LOAM_ERR_MEMORY;
    p->words = p->scratch;
    p->pairs = p->words + p->word_count + 1;
    p->boxed = loam__gc_refs_new(list, p->pair_count);
    if (p->boxed)
        return LOAM_OK;
    loam__free(p->scratch);
    return loam__fail_memory();
}

/* Each item is written to both, and stays in one. */
static void take_apart(const parts *p, const loam_list *list)
{
    uint64_t *word = p->words;
    uint64_t *pair = p->pairs;

    for (size_t i = 0; i < list->len; i++) {
        loam_value item = list->items[i];
        size_t is_small = item.word & 1;
        *word = item.word;
        word += is_small;
        pair[0] = loam__radix_key(box_of(item)->integer);
        pair[1] = item.word;
        pair += 2 * (1 - is_small);
    }
}

/* In order. No slot is empty in between: what is overwritten is in `boxed`. */
static void put_together(const parts *p, loam_list *list)
{
    loam_value *items = list->items;
    size_t negative = 0;

    for (size_t i = 0; i < p->pair_count; i++) {
        negative += p->pairs[2 * i] < SIGN;
        p->boxed[i] = loam__word(p->pairs[2 * i + 1]);
    }
    loam__slots_move_along(list, items, p->boxed, negative);
    for (size_t i = 0; i < p->word_count; i++)
        items[negative + i].word = p->words[i];
    loam__slots_move_along(list, items + negative + p->word_count, p->boxed + negative, p->pair_count - negative);
}

static loam_status sort_in_parts(loam_list *list, size_t immediate)
{
    parts p = {.word_count = immediate, .pair_count = list->len - immediate};
    loam_status status = reserve_parts(&p, list);
    uint64_t *spare;
    uint32_t *places;

    if (status < 0)
        return status;
    spare = p.pairs + 2 * (p.pair_count + 1);
    places = loam__radix_places(spare, p.spare_count);
    take_apart(&p, list);
    loam__radix_sort_words(p.words, spare, p.word_count, places);
    loam__radix_sort_pairs(p.pairs, spare, p.pair_count, places);
    put_together(&p, list);
    loam__gc_refs_free(p.boxed, p.pair_count);
    loam__free(p.scratch);
    return LOAM_OK;
}

bool loam__are_ints(const loam_value *items, size_t count, size_t *immediate)
{
    size_t boxed = 0;
    size_t i = 0;

    for (; i < count && (loam__is_small_int(items[i]) | !(items[i].word & 7)) &&
           loam__type_id_of(&box_of(items[i])->loam) == LOAM__TYPE_INT;
         i++)
        boxed += !loam__is_small_int(items[i]);
    *immediate = i - boxed;
    return i == count;
}

loam_status loam__sort_ints(loam_list *list, size_t immediate)
{
    int way = direction(list->items, list->len);

    if (way < 0)
        loam_list_reverse(list);
    if (way)
        return LOAM_OK;
    return immediate == list->len ? sort_in_place(list) : sort_in_parts(list, immediate);
}
