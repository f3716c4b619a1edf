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
    uint64_t *scratch, *words, *pairs, *spare;
    size_t word_count, pair_count;
} parts;

/* What stands for the box of an immediate integer. Which ones are immediate may be anybody's guess, and a processor's
 * guess costs more than a look at both, so that these loops do not branch. */
static const loam__boxed_int no_box = {.loam = {(uint64_t)LOAM__TYPE_INT << LOAM__TYPE_SHIFT}};

LOAM__INLINE uint64_t mask_of_boxed(loam_value value)
{
    return (value.word & 1) - 1; /* all bits, or none */
}

LOAM__INLINE const loam__boxed_int *box_of(loam_value value)
{
    uint64_t is_boxed = mask_of_boxed(value);
    return (const loam__boxed_int *)((value.word & is_boxed) | ((uintptr_t)&no_box & ~is_boxed));
}

LOAM__INLINE bool is_int(loam_value value)
{
    return !(value.word & mask_of_boxed(value) & 7) && loam__type_id_of(&box_of(value)->loam) == LOAM__TYPE_INT;
}

static int64_t integer_of(loam_value value)
{
    return loam__is_small_int(value) ? loam__small_int_value(value) : box_of(value)->integer;
}

static bool descends_at(const loam_value *items, size_t i)
{
    return integer_of(items[i - 1]) > integer_of(items[i]);
}

/* As far as it takes to see it: what comes behind two that are in another order is not looked at. */
typedef enum order { NOT_INTS, ASCENDING, DESCENDING, DISORDERED } order;

/* Descending strictly: equal ones would change places. */
static order order_of(const loam_value *items, size_t count)
{
    bool descends;

    if (!is_int(items[0]) || !is_int(items[1]))
        return NOT_INTS;
    descends = descends_at(items, 1);
    for (size_t i = 2; i < count; i++) {
        if (!is_int(items[i]))
            return NOT_INTS;
        if (descends_at(items, i) != descends)
            return DISORDERED;
    }
    return descends ? DESCENDING : ASCENDING;
}

static bool are_immediate(const loam_value *items, size_t count)
{
    size_t i = 0;

    while (i < count && loam__is_small_int(items[i]))
        i++;
    return i == count;
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

/* For as many of each kind as there may be: what is not written to is no memory yet. And one more of each, for what
 * does not stay. */
static loam_status reserve_parts(parts *p, const loam_list *list)
{
    size_t words = list->len + 1;
    size_t pairs = 2 * words;

    p->scratch = loam__sort_scratch(words + pairs + 2 * list->len);
    if (!p->scratch)
        return LOAM_ERR_MEMORY;
    p->words = p->scratch;
    p->pairs = p->words + words;
    p->spare = p->pairs + pairs;
    return LOAM_OK;
}

/* Each item is written to both, and stays in one. False: there is one that is no integer. */
static bool take_apart(parts *p, const loam_list *list)
{
    uint64_t *word = p->words;
    uint64_t *pair = p->pairs;

    for (size_t i = 0; i < list->len; i++) {
        loam_value item = list->items[i];
        size_t is_small = item.word & 1;
        if (LOAM__UNLIKELY(!is_int(item)))
            return false;
        *word = item.word;
        word += is_small;
        pair[0] = loam__radix_key(box_of(item)->integer);
        pair[1] = item.word;
        pair += 2 * (1 - is_small);
    }
    p->word_count = (size_t)(word - p->words);
    p->pair_count = list->len - p->word_count;
    return true;
}

/* In order. */
static void put_together(const parts *p, loam_list *list)
{
    loam_value *items = list->items;
    size_t i = 0;

    for (; i < p->pair_count && p->pairs[2 * i] < SIGN; i++)
        loam__slot_move_along(items++, &p->pairs[2 * i + 1]);
    for (size_t j = 0; j < p->word_count; j++)
        loam__slot_move_along(items++, &p->words[j]);
    for (; i < p->pair_count; i++)
        loam__slot_move_along(items++, &p->pairs[2 * i + 1]);
    loam__slots_moved(list);
}

/* The second buffer is the list's own: all that was there is in the parts. Words always fit; pairs may not. */
static loam_status sort_parts(const parts *p, loam_list *list)
{
    const loam_value *boxed = (const loam_value *)(p->pairs + 1);
    uint32_t *places = loam__radix_places(p->spare, 2 * list->len);
    size_t room = 2 * p->pair_count;
    bool has_room = room <= list->capacity;
    uint64_t *own;
    loam_value *kept;

    if (!loam__gc_keep(list, boxed, 2, p->pair_count, &kept))
        return loam__fail_memory();
    own = &list->items->word;
    loam__radix_sort_words(p->words, own, p->word_count, places);
    loam__radix_sort_pairs(p->pairs, has_room ? own : p->spare, p->pair_count, places);
    put_together(p, list);
    if (has_room && room > list->len)
        loam__slots_forget(list, list->items + list->len, room - list->len);
    loam__gc_refs_free(kept, p->pair_count);
    return LOAM_OK;
}

static loam_status sort_in_parts(loam_list *list)
{
    parts p;
    loam_status status = reserve_parts(&p, list);

    if (status < 0)
        return status;
    status = take_apart(&p, list) ? sort_parts(&p, list) : LOAM_MISSING;
    loam__free(p.scratch);
    return status;
}

loam_status loam__sort_ints(loam_list *list)
{
    switch (order_of(list->items, list->len)) {
    case NOT_INTS:
        return LOAM_MISSING;
    case DESCENDING:
        loam_list_reverse(list);
        return LOAM_OK;
    case ASCENDING:
        return LOAM_OK;
    case DISORDERED:
        break;
    }
    return are_immediate(list->items, list->len) ? sort_in_place(list) : sort_in_parts(list);
}
