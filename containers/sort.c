/*
 * list.sort: what is sorted how, and what may happen meanwhile.
 *
 * A look at the kinds of keys decides. Numbers, str and bytes run no user code: they are left alone if they are in
 * order, turned around if they strictly descend, and else sorted by radix, a few by insertion. All others are merged,
 * by comparisons that may run code of the program's. For that time the list is empty, as in Python, and what was in it
 * is in a list that nobody else knows; afterwards it gets it back, in its new order, or in the old one if a comparison
 * failed, memory was lacking, or the program has put something into the list, even if it took that out again. So a sort
 * that fails has changed nothing.
 *
 * A reverse sort is a sort between two reversals, which leaves equal items in their order.
 */
#include "containers/sort.h"

#include <loam/protocol.h>

#include "lib/alloc.h"
#include "lib/checked.h"

typedef loam_value key_function(loam_value item, void *context);
typedef loam_status comparator(loam_value a, loam_value b, int *order, void *context);

/* What the program gave to sort by. */
typedef struct request {
    key_function *key;
    comparator *compare;
    void *context;
    bool reverse;
} request;

loam_status loam__sort_reserve(loam__sort *s)
{
    size_t room;

    if (s->count <= LOAM__SORT_FEW) {
        s->words = s->few;
        return LOAM_OK;
    }
    if (loam__size_multiply(s->count, 2, &room) && room <= LOAM__SIZE_MAX / sizeof *s->words)
        s->words = (uint64_t *)loam__gc_refs_new(s->list, room);
    if (!s->words)
        return loam__fail_memory();
    s->room = room;
    return LOAM_OK;
}

static void free_words(loam__sort *s)
{
    if (s->room)
        loam__gc_refs_free((loam_value *)s->words, s->room);
}

uint64_t *loam__sort_scratch(size_t words)
{
    size_t bytes;
    uint64_t *scratch = NULL;

    if (loam__size_array(LOAM__RADIX_PLACES * sizeof(uint32_t), words, sizeof *scratch, &bytes))
        scratch = loam__alloc_scratch(bytes);
    if (!scratch)
        loam__fail_memory();
    return scratch;
}

/* Kinds of keys, a set. */
enum { INTS = 1, DOUBLES = 2, STRS = 4, BYTES = 8, OTHERS = 16, NUMBERS = INTS | DOUBLES };

static unsigned kind_of(loam_value key)
{
    if (!loam_is_object(key))
        return loam_is_bool(key) ? INTS : loam_is_none(key) ? OTHERS : DOUBLES;
    switch (loam__type_id_of(loam__object(key))) {
    case LOAM__TYPE_INT:
        return INTS;
    case LOAM__TYPE_FLOAT:
        return DOUBLES;
    case LOAM__TYPE_STR:
        return STRS;
    case LOAM__TYPE_BYTES:
        return BYTES;
    default:
        return OTHERS;
    }
}

static unsigned kinds_of(const loam_value *keys, size_t count)
{
    size_t i = 0;
    unsigned kinds;

    while (i < count && loam__is_small_int(keys[i]))
        i++;
    kinds = i ? INTS : 0;
    for (; i < count && !(kinds & OTHERS); i++)
        kinds |= loam__is_small_int(keys[i]) ? INTS : kind_of(keys[i]);
    return kinds;
}

static bool is_plain(unsigned kinds)
{
    return !(kinds & ~(unsigned)NUMBERS) || kinds == STRS || kinds == BYTES;
}

static int below_by_order(const void *context, uint64_t a, uint64_t b)
{
    const loam__sort *s = context;
    int order = 0;
    loam_status status = loam_compare(loam__sort_key(s, a), loam__sort_key(s, b), &order);

    return status < 0 ? (int)status : order < 0;
}

static int below_by_comparator(const void *context, uint64_t a, uint64_t b)
{
    const loam__sort *s = context;
    int order = 0;
    ptrdiff_t status = s->compare(loam__sort_key(s, a), loam__sort_key(s, b), &order, s->context);

    return status < 0 ? (int)loam__reported(status) : order < 0;
}

static loam_status sort_by_comparing(loam__sort *s, loam__below *below)
{
    loam_status status = loam__sort_reserve(s);

    if (status < 0)
        return status;
    for (size_t i = 0; i < s->count; i++)
        s->words[i] = loam__sort_word(s, i);
    return loam__merge_sort(s->words, s->count, s->words + s->count, below, s);
}

/* In order already, or strictly descending, which is noted. */
static bool is_run(loam__sort *s, loam__below *below)
{
    size_t i = 2;
    bool descends = s->count > 1 && below(s, loam__sort_word(s, 1), loam__sort_word(s, 0));

    while (i < s->count && below(s, loam__sort_word(s, i), loam__sort_word(s, i - 1)) == descends)
        i++;
    s->descends = descends && i >= s->count;
    return i >= s->count;
}

static loam_status sort_plain_keys(loam__sort *s, unsigned kinds)
{
    bool are_numbers = !(kinds & ~(unsigned)NUMBERS);
    loam__below *below = are_numbers ? loam__below_as_number : below_by_order;

    if (is_run(s, below))
        return LOAM_OK;
    if (s->count <= LOAM__SORT_FEW || s->count > UINT32_MAX)
        return sort_by_comparing(s, below);
    return are_numbers ? loam__sort_numbers(s, kinds & DOUBLES) : loam__sort_texts(s);
}

/* Items that are in the list go to their new places. */
static void place(loam_list *list, const loam__sort *s)
{
    loam_value *sorted = (loam_value *)s->words;

    if (s->descends)
        loam_list_reverse(list);
    if (!sorted)
        return;
    if (s->keys != s->items) {
        for (size_t i = 0; i < s->count; i++)
            sorted[s->count + i] = s->items[s->words[i]];
        sorted += s->count;
    }
    loam__slots_move_along(list, list->items, sorted, s->count);
}

/* Nothing runs but this. */
static loam_status sort_plain(loam_list *list, unsigned kinds)
{
    loam__sort s = {.list = list, .items = list->items, .keys = list->items, .count = list->len};
    loam_status status = sort_plain_keys(&s, kinds);

    if (status == LOAM_OK)
        place(list, &s);
    free_words(&s);
    return status;
}

/* The items of a list that is being sorted, without capacity, so that nothing is ever written here. What is put into
 * the list needs a buffer, in the place of this one; taking things out again, or clearing the list, does not bring it
 * back. */
static loam_value unchanged;

/* Each list gets what the other one has. The references that leave have to be told of; those that come have been in a
 * list before, and nothing forgets that. */
static void exchange(loam_list *a, loam_list *b)
{
    loam_list had = *a;

    loam__gc_left(a, a->items, a->len);
    loam__gc_left(b, b->items, b->len);
    loam__lost(&a->loam);
    loam__lost(&b->loam);
    a->items = b->items;
    a->len = b->len;
    a->capacity = b->capacity;
    b->items = had.items;
    b->len = had.len;
    b->capacity = had.capacity;
}

static loam_status no_key(void)
{
    if (loam_error()->status < 0)
        return loam_error()->status;
    return loam__bug("loam_list_sort_key", "a function that returns unset must report a failure");
}

static loam_status make_keys(loam_list *keys, const loam_list *held, const request *how)
{
    for (; keys->len < held->len; keys->len++) {
        loam_value key = how->key(held->items[keys->len], how->context);
        if (loam_is_unset(key))
            return no_key();
        loam__slot_move_in(keys, &keys->items[keys->len], key);
    }
    return LOAM_OK;
}

static loam_status sort_by_keys(loam__sort *s)
{
    unsigned kinds = s->compare ? OTHERS : kinds_of(s->keys, s->count);

    if (is_plain(kinds))
        return sort_plain_keys(s, kinds);
    return sort_by_comparing(s, s->compare ? below_by_comparator : below_by_order);
}

/* The answer, for items that are no longer in the list. */
static loam_status sort_held(loam__sort *s, const loam_list *held, loam_list *keys, const request *how)
{
    loam_status status = how->key ? make_keys(keys, held, how) : LOAM_OK;

    s->items = held->items;
    s->keys = how->key ? keys->items : held->items;
    s->count = held->len;
    s->compare = how->compare;
    s->context = how->context;
    return status < 0 ? status : sort_by_keys(s);
}

/* Items, keys, and what was put into the list meanwhile are in lists of their own, so that a collection sees who holds
 * them. */
static loam_status sort_in_lists(loam_list *list, loam_list *held, loam_list *keys, const request *how)
{
    loam__sort s = {.list = list};
    loam_status status;

    held->items = &unchanged;
    exchange(list, held);
    status = sort_held(&s, held, keys, how);
    exchange(list, held);
    if (held->items == &unchanged)
        held->items = NULL;
    else if (status == LOAM_OK)
        status = loam_fail(LOAM_ERR_CHANGED, "list changed while it was sorted");
    if (status == LOAM_OK)
        place(list, &s);
    free_words(&s);
    return status;
}

/* Last of all, and the failure stays the last one. */
static loam_status release_lists(loam_list *held, loam_list *keys, loam_status status)
{
    loam_failure failure = *loam_error();

    loam__release(loam_from(held));
    loam__release(loam_from(keys));
    return status < 0 ? loam__fail_again(&failure) : status;
}

static void turn(loam_list *list, const request *how)
{
    if (how->reverse)
        loam_list_reverse(list);
}

/* The list has been turned, and is again before anything is released. */
static loam_status sort_with_user_code(loam_list *list, const request *how)
{
    loam_list *held = loam_list_new();
    loam_list *keys = held && how->key ? loam_list_new() : NULL;
    loam_status status = held ? LOAM_OK : LOAM_ERR_MEMORY;

    if (status == LOAM_OK && how->key)
        status = loam_list_reserve(keys, (int64_t)list->len);
    if (status == LOAM_OK)
        status = sort_in_lists(list, held, keys, how);
    turn(list, how);
    return release_lists(held, keys, status);
}

/* MISSING: code of the program's may have to run. */
static loam_status sort_alone(loam_list *list)
{
    loam_status status = list->len <= UINT32_MAX ? loam__sort_ints(list) : LOAM_MISSING;
    unsigned kinds;

    if (status != LOAM_MISSING)
        return status;
    kinds = kinds_of(list->items, list->len);
    return is_plain(kinds) ? sort_plain(list, kinds) : LOAM_MISSING;
}

static loam_status sort(loam_list *list, const request *how, const char *function)
{
    loam_status status = LOAM_MISSING;

    loam__check_alive(list, function);
    if (!list)
        return loam__propagate(function);
    if (list->len < (how->key ? 1 : 2))
        return LOAM_OK;
    turn(list, how);
    if (!how->key && !how->compare)
        status = sort_alone(list);
    if (status == LOAM_MISSING)
        return sort_with_user_code(list, how);
    turn(list, how);
    return status;
}

loam_status loam_list_sort(loam_list *list)
{
    return sort(list, &(request){.reverse = false}, __func__);
}

loam_status loam_list_sort_reverse(loam_list *list)
{
    return sort(list, &(request){.reverse = true}, __func__);
}

loam_status loam_list_sort_key(loam_list *list, key_function *key, void *context, bool reverse)
{
    return sort(list, &(request){.key = key, .context = context, .reverse = reverse}, __func__);
}

loam_status loam_list_sort_compare(loam_list *list, comparator *compare, void *context, bool reverse)
{
    return sort(list, &(request){.compare = compare, .context = context, .reverse = reverse}, __func__);
}
