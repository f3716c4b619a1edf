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

/* Take the least off the heap again and again, and put it into the list from its end. */
static void take_ranked(ranking *r, loam_list *list)
{
    while (r->count) {
        uint32_t position = r->heap[0];
        loam_value *place = &list->items[--r->count];
        if (r->dict) {
            loam_tuple *pair = (loam_tuple *)loam__object(*place);
            loam__slot_store(pair, &pair->items[0], r->dict->entries[position].key);
            loam__slot_store(pair, &pair->items[1], r->dict->entries[position].value);
        } else {
            loam__slot_store(list, place, r->items->items[position]);
        }
        r->heap[0] = r->heap[r->count];
        sift_down(r, 0);
    }
}

static bool all_numbers(const loam_dict *dict)
{
    for (uint32_t i = dict->first; i < dict->used; i++)
        if (!loam_is_unset(dict->entries[i].key) && !loam__number_of(dict->entries[i].value).kind)
            return false;
    return true;
}

/* Rank into `list`, which has that many places. */
static loam_status rank(ranking *r, loam_list *list)
{
    size_t bytes;

    if (loam__size_array(sizeof *r->heap, list->len, sizeof *r->heap, &bytes))
        r->heap = loam__alloc(bytes);
    if (!r->heap)
        return loam__fail_memory();
    if (list->len)
        offer_all(r, list->len);
    if (r->status == LOAM_OK)
        take_ranked(r, list);
    loam__free(r->heap);
    return r->status;
}

/* A list of pairs to be filled in. */
static loam_list *list_of_pairs(size_t count)
{
    loam_list *list = loam__list_new_room(count);

    for (size_t i = 0; list && i < count; i++) {
        loam_tuple *pair = loam__tuple_new_room(2);
        if (pair) {
            loam__slot_move_in(list, &list->items[i], loam_from(pair));
        } else {
            loam__gc_release(&list->loam);
            list = NULL;
        }
    }
    return list;
}

static size_t places_of(const loam_dict *dict, int64_t n)
{
    return n < 0 || n > dict->live ? dict->live : (size_t)n;
}

/*
 * Where all values are numbers: everything that is needed is made first, because making it may run finalizers, and
 * these may change the dict; from then on nothing runs but this.
 */
static loam_list *rank_numbers(loam_dict *dict, int64_t n, bool *has_changed)
{
    loam_list *list = list_of_pairs(places_of(dict, n));
    ranking r = {.dict = dict};

    if (!list)
        return NULL;
    *has_changed = places_of(dict, n) != list->len || !all_numbers(dict);
    if (!*has_changed && rank(&r, list) == LOAM_OK)
        return list;
    loam__gc_release(&list->loam);
    return NULL;
}

/* A comparison may run user code, so a snapshot is ranked. */
static loam_list *rank_snapshot(loam_dict *dict, int64_t n)
{
    ranking r = {.items = loam_dict_items(dict)};
    loam_list *list = NULL;

    if (!r.items)
        return NULL;
    list = loam__list_new_room(n < 0 || (size_t)n > r.items->len ? r.items->len : (size_t)n);
    if (list && rank(&r, list) < 0) {
        loam__gc_release(&list->loam);
        list = NULL;
    }
    loam__gc_release(&r.items->loam);
    return list;
}

loam_list *loam_dict_most_common(loam_dict *dict, int64_t n)
{
    loam_list *list = NULL;

    loam__check_alive(dict, __func__);
    if (!dict)
        return loam__propagate(__func__), NULL;
    if (all_numbers(dict)) {
        bool has_changed = false;
        list = rank_numbers(dict, n, &has_changed);
        if (!has_changed)
            return list;
    }
    return rank_snapshot(dict, n);
}
