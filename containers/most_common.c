/*
 * The n greatest values: a heap of n places with the least of them on top. Ties go by position in the dict, which makes
 * the order total, so the heap's order is the sort's.
 *
 * Where all values are numbers nothing can change the dict while they are compared, and the heap holds positions of its
 * entries. Other values may run user code, so they are compared in a snapshot of the items.
 */
#include "containers/dict.h"
#include "containers/protocol.h"
#include "containers/sequence.h"
#include "lib/alloc.h"
#include "lib/checked.h"

typedef struct ranking {
    loam_dict *dict;  /* one of these two is what positions refer to */
    loam_list *items; /* tuples */
    uint32_t *heap;
    size_t count;
    loam_status status; /* of the first comparison that failed */
} ranking;

static loam_value value_at(const ranking *r, uint32_t position)
{
    if (r->dict)
        return r->dict->entries[position].value;
    return ((loam_tuple *)loam__object(r->items->items[position]))->items[1];
}

static loam_value item_at(const ranking *r, uint32_t position)
{
    if (r->dict)
        return loam_from(loam_tuple_new(&r->dict->entries[position].key, 2));
    return loam__retain(r->items->items[position]);
}

/* Whether `a` ranks behind `b`. A failure is remembered, and all are equal from then on. */
static bool is_behind(ranking *r, uint32_t a, uint32_t b)
{
    int order = 0;

    if (r->status == LOAM_OK)
        r->status = loam_compare(value_at(r, a), value_at(r, b), &order);
    if (order == 0 || order == LOAM_UNORDERED)
        return a > b;
    return order < 0;
}

static void sift_down(ranking *r, size_t at)
{
    uint32_t position = r->heap[at];

    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= r->count)
            break;
        if (child + 1 < r->count && is_behind(r, r->heap[child + 1], r->heap[child]))
            child++;
        if (!is_behind(r, r->heap[child], position))
            break;
        r->heap[at] = r->heap[child];
        at = child;
    }
    r->heap[at] = position;
}

static void sift_up(ranking *r, size_t at)
{
    uint32_t position = r->heap[at];

    while (at && is_behind(r, position, r->heap[(at - 1) / 2])) {
        r->heap[at] = r->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    r->heap[at] = position;
}

static void offer(ranking *r, uint32_t position, size_t places)
{
    if (r->count < places) {
        r->heap[r->count++] = position;
        sift_up(r, r->count - 1);
    } else if (is_behind(r, r->heap[0], position)) {
        r->heap[0] = position;
        sift_down(r, 0);
    }
}

static void offer_all(ranking *r, size_t places)
{
    uint32_t end = r->dict ? r->dict->used : (uint32_t)r->items->len;

    for (uint32_t i = 0; i < end && r->status == LOAM_OK; i++)
        if (!r->dict || !loam_is_unset(r->dict->entries[i].key))
            offer(r, i, places);
}

/* Take the least off the heap again and again: the list fills from its end. */
static loam_list *ranked_list(ranking *r)
{
    loam_list *list = loam__list_new_room(r->count);

    while (list && r->count) {
        loam_value item = item_at(r, r->heap[0]);
        if (loam_is_unset(item) || r->status < 0) {
            loam__release(item);
            loam__gc_release(&list->loam);
            return NULL;
        }
        loam__slot_move_in(list, &list->items[--r->count], item);
        r->heap[0] = r->heap[r->count];
        sift_down(r, 0);
    }
    return list;
}

static bool all_numbers(const loam_dict *dict)
{
    for (uint32_t i = dict->first; i < dict->used; i++)
        if (!loam_is_unset(dict->entries[i].key) && !loam__number_of(dict->entries[i].value).kind)
            return false;
    return true;
}

static loam_list *rank(ranking *r, size_t places)
{
    loam_list *list = NULL;
    size_t bytes;

    if (loam__size_array(sizeof *r->heap, places, sizeof *r->heap, &bytes))
        r->heap = loam__alloc(bytes);
    if (!r->heap)
        return loam__fail_memory(), NULL;
    if (places)
        offer_all(r, places);
    if (r->status == LOAM_OK)
        list = ranked_list(r);
    loam__free(r->heap);
    return list;
}

loam_list *loam_dict_most_common(loam_dict *dict, int64_t n)
{
    ranking r = {.dict = dict};
    loam_list *list;
    size_t places;

    if (!dict)
        return loam__propagate(__func__), NULL;
    places = n < 0 || n > dict->live ? dict->live : (size_t)n;
    if (all_numbers(dict))
        return rank(&r, places);
    r = (ranking){.items = loam_dict_items(dict)};
    if (!r.items)
        return NULL;
    list = rank(&r, places);
    loam__gc_release(&r.items->loam);
    return list;
}
