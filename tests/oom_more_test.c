/*
 * Failing allocations for what oom_test.c leaves out, so that every function of the API is in one of the two, which
 * failure_coverage.sh checks: in a scenario that fails each allocation, or in the table below of what asks for no
 * memory and so cannot lack it. The table is run with a gate that refuses everything and says whether it was asked.
 */
#include "tests/harness.h"

#include "containers/weak.h"
#include "lib/alloc.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* Scenarios. */

static loam_dict *numbers; /* 1e300 => a value of each kind, made before memory fails */

static bool look_up_values_by_a_boxed_key(void *context)
{
    loam_auto_value loam_value found = LOAM_UNSET;
    loam_auto_value loam_value got = LOAM_UNSET;

    (void)context;
    if (loam_dict_find(numbers, 1e300, &found) < 0)
        return false;
    got = loam_dict_get(numbers, 1e300);
    return !loam_is_unset(got) && !loam_is_unset(loam_dict_get_peek(numbers, 1e300));
}

static bool look_up_c_data_by_a_boxed_key(void *context)
{
    int64_t integer;
    double number;
    bool truth;
    const char *chars;

    (void)context;
    return loam_dict_find_int(numbers, 1e300, &integer) == LOAM_OK &&
           loam_dict_find_double(numbers, 1e300, &number) == LOAM_OK &&
           loam_dict_find_bool(numbers, 1e301, &truth) == LOAM_OK &&
           loam_dict_find_chars_peek(numbers, 1e302, &chars) == LOAM_OK &&
           loam_dict_get_int(numbers, 1e300, &integer) == LOAM_OK &&
           loam_dict_get_double(numbers, 1e300, &number) == LOAM_OK &&
           loam_dict_get_bool(numbers, 1e301, &truth) == LOAM_OK &&
           loam_dict_get_chars_peek(numbers, 1e302, &chars) == LOAM_OK;
}

LOAM_TEST(oom_more, a_key_that_cannot_be_made_is_a_failure_of_the_look_up)
{
    numbers = loam_dict_of(1e300, 5, 1e301, LOAM_TRUE, 1e302, "chars");
    cr_assert_geq(fail_each_allocation(look_up_values_by_a_boxed_key, NULL), 6);
    cr_assert_geq(fail_each_allocation(look_up_c_data_by_a_boxed_key, NULL), 16);
    loam_release(numbers);
}

static bool store_borrowed_values(void *context)
{
    loam_auto_value loam_value view = LOAM_VAL(((loam_view){"a view", 6}));
    loam_auto_value loam_value bytes = LOAM_VAL(((loam_view){"\xff", 1}));
    loam_auto_value loam_value wide = LOAM_VAL((uint64_t)INT64_MAX);
    loam_auto loam_str *str = loam_str_from("a\0b", 3);
    loam_auto loam_list *list = loam_list_new();
    loam_auto loam_dict *dict = loam_dict_new();

    (void)context;
    return (loam_list_append)(list, view) == LOAM_OK && (loam_list_insert)(list, 0, bytes) == LOAM_OK &&
           (loam_list_append)(list, wide) == LOAM_OK && (loam_dict_set)(dict, view, bytes) == LOAM_OK &&
           (loam_dict_set)(dict, loam_from(str), wide) == LOAM_OK;
}

LOAM_TEST(oom_more, values_that_are_borrowed_stay_the_callers)
{
    cr_assert_geq(fail_each_allocation(store_borrowed_values, NULL), 16);
}

static loam_view repeat(loam_view item, void *context)
{
    static char own[4000];

    (void)context;
    for (size_t i = 0; i < sizeof own; i++)
        own[i] = item.data[i % item.len];
    return (loam_view){own, sizeof own};
}

static void note(const loam_progress *where, void *context)
{
    *(uint64_t *)context = where->items;
}

static bool map_views(void *context)
{
    loam_auto loam_list *list = loam_list_of("one", "two", "three", "four", "five");
    loam_auto loam_iter *it = list ? loam_iter_of(loam_from(list)) : NULL;
    loam_auto loam_list *mapped = NULL;
    uint64_t items = 0;

    (void)context;
    loam_iter_map_view(it, repeat, NULL);
    loam_iter_progress(it, note, &items);
    mapped = loam_iter_list(it);
    return mapped && items == 5 && loam_str_len(loam_to_str_peek(loam_list_get_peek(mapped, -1))) == 4000;
}

LOAM_TEST(oom_more, stages_of_views)
{
    cr_assert_geq(fail_each_allocation(map_views, NULL), 30);
}

/* Weak references and functions that run when an object is gone. */

static void gone(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
}

static void finalized(void *context)
{
    (void)context;
}

static bool attach(void *context)
{
    loam_auto loam_list *target = loam_list_new();
    loam_auto loam_weakref *shared = target ? loam_weakref_new(loam_from(target)) : NULL;
    loam_auto loam_weakref *own = target ? loam_weakref_new_callback(loam_from(target), gone, context) : NULL;

    return shared && own && loam_weakref_cancel(own) == LOAM_OK &&
           loam_finalize(loam_from(target), finalized, context) == LOAM_OK;
}

LOAM_TEST(oom_more, weak_references)
{
    cr_assert_geq(fail_each_allocation(attach, NULL), 8);
}

/* The collector. */

static void ignore(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    (void)phase;
    (void)info;
    (void)context;
}

static bool add_callbacks(void *context)
{
    loam_status first = loam_gc_callback_add(ignore, NULL);
    loam_status second = loam_gc_callback_add(ignore, context);

    loam_gc_collect(0);
    return (loam_gc_callback_remove(ignore, NULL) == LOAM_OK) == (first == LOAM_OK) &&
           (loam_gc_callback_remove(ignore, context) == LOAM_OK) == (second == LOAM_OK) && first == LOAM_OK &&
           second == LOAM_OK;
}

/* A list that is empty again goes when nobody saves any more. */
static bool keep_a_list_of_garbage(void *context)
{
    loam_status status = LOAM_OK;
    loam_list *list;

    (void)context;
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        status = loam_gc_set_debug(LOAM_GC_DEBUG_SAVEALL);
    list = loam_gc_garbage();
    loam_release(list);
    loam_gc_set_debug(0);
    return status == LOAM_OK && list;
}

/* Where there is no memory to save it, it is freed. */
static bool save_a_cycle(void *context)
{
    bool is_saving = loam_gc_set_debug(LOAM_GC_DEBUG_SAVEALL) == LOAM_OK;
    loam_list *garbage = is_saving ? loam_gc_garbage() : NULL;
    loam_list *cycle = garbage ? loam_list_new() : NULL;
    bool is_made = cycle && loam_list_append(cycle, cycle) == LOAM_OK;
    bool is_saved = false;

    (void)context;
    loam_release(cycle);
    if (is_made)
        is_saved = loam_gc_collect(2) == 1 && loam_list_len(garbage) == 1;
    if (is_made && !is_saved)
        loam_fail(LOAM_ERR_MEMORY, "it was freed");
    if (garbage)
        loam_list_clear(garbage);
    loam_release(garbage);
    loam_gc_set_debug(0);
    loam_gc_collect(2);
    return is_saved;
}

static bool list_objects(void *context)
{
    loam_auto loam_list *list = loam_list_of(1, 2);
    loam_auto loam_list *outer = loam_list_new();
    loam_auto loam_list *all = NULL;
    loam_auto loam_list *referrers = NULL;

    (void)context;
    if (!list || loam_list_append(outer, list) < 0)
        return false;
    if (loam_gc_has(LOAM_GC_HEAP_WALK)) {
        all = loam_gc_get_objects(-1);
        referrers = loam_gc_get_referrers(loam_from(list));
        if (!all || !referrers)
            return false;
    }
    loam_auto loam_list *referents = loam_gc_get_referents(loam_from(list));
    return referents != NULL;
}

LOAM_TEST(oom_more, the_collector)
{
    int number;

    cr_assert_geq(fail_each_allocation(add_callbacks, &number), 4);
    cr_assert_geq(fail_each_allocation(keep_a_list_of_garbage, NULL), loam_gc_has(LOAM_GC_EXACT_CYCLES) ? 6 : 2);
    cr_assert_geq(fail_each_allocation(list_objects, NULL), loam_gc_has(LOAM_GC_HEAP_WALK) ? 18 : 10);
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        cr_assert_geq(fail_each_allocation(save_a_cycle, NULL), 10);
}

/* Heaps. Each is freed whatever has failed. */

static loam_heap *scenario_heap;

static bool work_in_a_heap(void *context)
{
    loam_auto loam_list *list = NULL;

    (void)context;
    scenario_heap = loam_heap_new();
    if (!scenario_heap || loam_heap_enter(scenario_heap) < 0)
        return false;
    list = loam_list_of(1e300, LOAM_LIST("text"), LOAM_DICT("key", 1));
    for (int i = 0; list && i < 300; i++)
        if (loam_list_append(list, i) < 0)
            loam_release(loam_move(&list));
    if (list && loam_list_append(list, list) < 0)
        loam_release(loam_move(&list));
    cr_assert_eq(loam_heap_leave(scenario_heap), LOAM_OK);
    return list != NULL;
}

static bool make_and_free_a_heap(void *context)
{
    bool succeeded = work_in_a_heap(context);
    loam_status pending = loam_error()->status;

    if (scenario_heap)
        cr_assert_eq(loam_heap_free(scenario_heap), LOAM_OK);
    cr_assert_eq(loam_error()->status, pending);
    return succeeded;
}

static void *leave_a_list(void *left)
{
    *(loam_list **)left = loam_list_of("text", LOAM_LIST(1e300));
    return NULL;
}

static bool adopt_a_heap(void *context)
{
    loam_auto loam_list *left = NULL;
    loam_heap *heap;
    loam_heap *next;
    pthread_t thread;

    (void)context;
    cr_assert_eq(pthread_create(&thread, NULL, leave_a_list, &left), 0);
    cr_assert_eq(pthread_join(thread, NULL), 0);
    if (!left)
        return loam_fail(LOAM_ERR_MEMORY, "%s", "in the thread") == LOAM_OK;
    heap = loam_heap_adopt(loam_from(left));
    loam_release(loam_move(&left));
    if (heap)
        cr_assert_eq(loam_heap_free(heap), LOAM_OK);
    cr_assert_eq(loam_heap_adopt_next(&next), LOAM_MISSING);
    return heap != NULL;
}

LOAM_TEST(oom_more, heaps)
{
    cr_assert_geq(fail_each_allocation(make_and_free_a_heap, NULL), 20);
    cr_assert_geq(fail_each_allocation(adopt_a_heap, NULL), loam_gc_has(LOAM_GC_SEPARATE_HEAPS) ? 10 : 12);
}

/* Threads. */

static void *attach_and_detach(void *succeeded)
{
    *(bool *)succeeded = loam_thread_attach() == LOAM_OK;
    if (*(bool *)succeeded)
        return loam_thread_detach() < 0 ? (char *)"not detached" : NULL;
    return loam__gc_thread_is_known() || loam_error()->status != LOAM_ERR_MEMORY ? (char *)"half attached" : NULL;
}

static bool attach_a_thread(void *context)
{
    static bool succeeded;
    void *problem = NULL;
    pthread_t thread;

    (void)context;
    cr_assert_eq(pthread_create(&thread, NULL, attach_and_detach, &succeeded), 0);
    cr_assert_eq(pthread_join(thread, &problem), 0);
    cr_assert_null(problem, "%s", (char *)problem);
    return succeeded || loam_fail(LOAM_ERR_MEMORY, "%s", "in the thread") == LOAM_OK;
}

LOAM_TEST(oom_more, threads)
{
    cr_assert_geq(fail_each_allocation(attach_a_thread, NULL), 1);
}

/* Weak maps. What fails leaves them as they were. */

enum { WEAK_ITEMS = 30 };

static loam_list *held; /* lists, made before memory fails: keys, values, elements */
static loam_tuple *keys_with_hash;

static bool has_len(const void *map, int64_t len)
{
    loam_dict *dict = (loam_dict *)(uintptr_t)map;

    cr_assert_null(loam__dict_check(dict));
    cr_assert_eq((int64_t)dict->live, len);
    return false;
}

static bool fill_weak_values(loam_weak_value_dict *dict)
{
    for (int i = 0; i < WEAK_ITEMS; i++)
        if (loam_weak_value_dict_set(dict, 1e300 * (i + 1), loam_list_get_peek(held, i)) < 0)
            return has_len(dict, i);
    return true;
}

static bool use_weak_values(void *context)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    loam_auto loam_list *keys = NULL;
    loam_auto loam_list *values = NULL;
    loam_auto loam_list *items = NULL;
    loam_auto_value loam_value found = LOAM_UNSET;
    loam_auto_value loam_value got = LOAM_UNSET;
    loam_auto_value loam_value popped = LOAM_UNSET;

    (void)context;
    if (!dict || !fill_weak_values(dict))
        return false;
    if ((loam_weak_value_dict_set)(dict, loam_from(held), loam_from(held)) != LOAM_ERR_TYPE)
        return has_len(dict, WEAK_ITEMS);
    keys = loam_weak_value_dict_keys(dict);
    values = keys ? loam_weak_value_dict_values(dict) : NULL;
    items = values ? loam_weak_value_dict_items(dict) : NULL;
    if (!items || loam_weak_value_dict_find(dict, 1e300, &found) < 0 || loam_weak_value_dict_contains(dict, 1e300) < 0)
        return has_len(dict, WEAK_ITEMS);
    got = loam_weak_value_dict_get(dict, 1e300);
    popped = loam_is_unset(got) ? LOAM_UNSET : loam_weak_value_dict_pop(dict, 1e300);
    if (loam_is_unset(popped))
        return has_len(dict, WEAK_ITEMS);
    return loam_weak_value_dict_remove(dict, 2e300) == LOAM_OK || has_len(dict, WEAK_ITEMS - 1);
}

static bool use_weak_keys(void *context)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    loam_auto loam_list *keys = NULL;
    loam_auto loam_list *values = NULL;
    loam_auto loam_list *items = NULL;

    (void)context;
    for (int i = 0; dict && i < WEAK_ITEMS; i++)
        if ((loam_weak_key_dict_set)(dict, loam_tuple_get_peek(keys_with_hash, i), LOAM_NONE) < 0)
            return has_len(dict, i);
    keys = dict ? loam_weak_key_dict_keys(dict) : NULL;
    values = keys ? loam_weak_key_dict_values(dict) : NULL;
    items = values ? loam_weak_key_dict_items(dict) : NULL;
    if (!items)
        return dict && has_len(dict, WEAK_ITEMS);
    return loam_weak_key_dict_set(dict, loam_tuple_get_peek(keys_with_hash, 0), "another value") == LOAM_OK ||
           has_len(dict, WEAK_ITEMS);
}

static bool use_weak_set(void *context)
{
    loam_auto loam_weak_set *set = loam_weak_set_new();
    loam_auto loam_list *items = NULL;

    (void)context;
    for (int i = 0; set && i < WEAK_ITEMS; i++)
        if (loam_weak_set_add(set, loam_tuple_get_peek(keys_with_hash, i)) < 0)
            return has_len(set, i);
    items = set ? loam_weak_set_items(set) : NULL;
    return items || (set && has_len(set, WEAK_ITEMS));
}

LOAM_TEST(oom_more, weak_maps_change_or_stay_as_they_were)
{
    loam_auto loam_list *keys = loam_list_new();

    held = loam_list_new();
    for (int i = 0; i < WEAK_ITEMS; i++) {
        cr_assert_eq(loam_list_append(held, LOAM_LIST(i)), LOAM_OK);
        cr_assert_eq(loam_list_append(keys, LOAM_TUPLE(i)), LOAM_OK);
    }
    keys_with_hash = loam_tuple_from(loam_from(keys));
    cr_assert_geq(fail_each_allocation(use_weak_values, NULL), 4 * WEAK_ITEMS);
    cr_assert_geq(fail_each_allocation(use_weak_keys, NULL), 3 * WEAK_ITEMS);
    cr_assert_geq(fail_each_allocation(use_weak_set, NULL), 2 * WEAK_ITEMS);
    loam_release(held);
    loam_release(keys_with_hash);
}

/* Lists: many items at once, and sorts of every kind. What fails leaves them as they were. */

enum { SORTED = 200, SORT_KINDS = 6 };

static loam_list *unsorted[SORT_KINDS];

static loam_value sortable(int kind, int64_t number)
{
    switch (kind) {
    case 0:
        return loam_int(number);
    case 1:
        return loam_int(INT64_MAX - number);
    case 2:
        return number & 1 ? loam_double((double)number * 1e300) : loam_int(INT64_MAX - number);
    case 3:
        return loam_from(loam_str_format("%lld", (long long)number));
    case 4:
        return loam_from(loam_bytes_from((const char *)&number, sizeof number));
    default:
        return LOAM_VAL(LOAM_TUPLE(number));
    }
}

static loam_value list_with(loam_value item, void *context)
{
    (void)context;
    return loam_from(loam_list_of(item));
}

static loam_status by_order(loam_value a, loam_value b, int *order, void *context)
{
    (void)context;
    return loam_compare(a, b, order);
}

/* Runs a sort on a copy. */
static bool sort_copy(int kind, loam_status (*sort)(loam_list *list))
{
    loam_auto loam_list *copy = loam_list_copy(unsorted[kind]);
    loam_status status = copy ? sort(copy) : LOAM_ERR_MEMORY;

    for (int64_t i = 0; status < 0 && copy && i < SORTED; i++)
        cr_assert_eq(loam_list_get_peek(copy, i).word, loam_list_get_peek(unsorted[kind], i).word);
    return status == LOAM_OK;
}

static loam_status sort_by_key(loam_list *list)
{
    return loam_list_sort_key(list, list_with, NULL, true);
}

static loam_status sort_by_comparator(loam_list *list)
{
    return loam_list_sort_compare(list, by_order, NULL, false);
}

static bool sort_each_kind(void *context)
{
    (void)context;
    for (int kind = 0; kind < SORT_KINDS; kind++)
        if (!sort_copy(kind, loam_list_sort) || !sort_copy(kind, loam_list_sort_reverse))
            return false;
    return sort_copy(5, sort_by_comparator);
}

static bool sort_by_keys(void *context)
{
    (void)context;
    return sort_copy(0, sort_by_key);
}

static bool sink_extremes(void *context)
{
    loam_auto loam_iter *sorted = loam_iter_reversed(loam_from(unsorted[0]));
    loam_auto loam_iter *min = sorted ? loam_iter_reversed(loam_from(unsorted[0])) : NULL;
    loam_auto loam_iter *max = min ? loam_iter_reversed(loam_from(unsorted[0])) : NULL;
    loam_auto loam_iter *min_key = max ? loam_iter_reversed(loam_from(unsorted[0])) : NULL;
    loam_auto loam_iter *max_key = min_key ? loam_iter_reversed(loam_from(unsorted[0])) : NULL;
    loam_auto loam_list *list = NULL;
    loam_auto_value loam_value least = LOAM_UNSET;
    loam_auto_value loam_value greatest = LOAM_UNSET;
    loam_auto_value loam_value least_key = LOAM_UNSET;
    loam_auto_value loam_value greatest_key = LOAM_UNSET;

    (void)context;
    if (!max_key)
        return false;
    list = loam_iter_sorted(sorted);
    least = list ? loam_iter_min(min) : LOAM_UNSET;
    greatest = loam_is_unset(least) ? LOAM_UNSET : loam_iter_max(max);
    least_key = loam_is_unset(greatest) ? LOAM_UNSET : loam_iter_min_key(min_key, list_with, NULL);
    greatest_key = loam_is_unset(least_key) ? LOAM_UNSET : loam_iter_max_key(max_key, list_with, NULL);
    return !loam_is_unset(greatest_key);
}

LOAM_TEST(oom_more, sorts_succeed_or_leave_the_list_as_it_was)
{
    uint64_t state = 1;

    for (int kind = 0; kind < SORT_KINDS; kind++) {
        unsorted[kind] = loam_list_new();
        for (int i = 0; i < SORTED; i++)
            cr_assert_eq(loam_list_append_take(unsorted[kind], sortable(kind, (int64_t)random_below(&state, 1000))),
                         LOAM_OK);
    }
    cr_assert_geq(fail_each_allocation(sort_each_kind, NULL), 2 * 3 * (2 * SORT_KINDS + 1));
    cr_assert_geq(fail_each_allocation(sort_by_keys, NULL), 2 * SORTED);
    cr_assert_geq(fail_each_allocation(sink_extremes, NULL), 4 * SORTED);
    for (int kind = 0; kind < SORT_KINDS; kind++)
        loam_release(unsorted[kind]);
}

static bool use_many_at_once(void *context)
{
    loam_auto loam_list *list = loam_list_of("one", 2, LOAM_LIST(3), 4.5);
    loam_auto loam_list *copy = loam_list_copy(list);
    loam_auto loam_list *both = loam_list_concat(list, copy);
    loam_auto loam_list *many = loam_list_repeat(both, 10);
    bool succeeded;

    (void)context;
    succeeded = many && loam_list_set_slice(copy, 1, 3, 1, loam_from(many)) == LOAM_OK;
    cr_assert(!copy || loam_list_len(copy) == (succeeded ? 82 : 4));
    if (!succeeded || loam_list_set_slice(copy, LOAM_OMIT, 8, 2, loam_from(list)) < 0)
        return false;
    succeeded = loam_list_delete_slice(copy, LOAM_OMIT, LOAM_OMIT, 3) == LOAM_OK;
    cr_assert_eq(loam_list_len(copy), succeeded ? 54 : 82);
    if (!succeeded)
        return false;
    succeeded = loam_list_repeat_in_place(copy, 5) == LOAM_OK;
    cr_assert_eq(loam_list_len(copy), succeeded ? 270 : 54);
    return succeeded;
}

LOAM_TEST(oom_more, many_items_at_once_come_or_go_or_stay)
{
    cr_assert_geq(fail_each_allocation(use_many_at_once, NULL), 24);
}

/* What asks for no memory. Everything is made before. */

typedef struct node {
    loam_object loam;
    struct node *one, *two;
} node;

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, one), offsetof(node, two))};

static struct {
    loam_str *str;
    loam_bytes *bytes;
    loam_tuple *tuple;
    loam_list *list;
    loam_dict *dict, *ints;
    loam_iter *iter;
    node *node;
    loam_root *root;
    loam_weakref *weakref;
    loam_weak_value_dict *weak_values;
    loam_weak_key_dict *weak_keys;
    loam_weak_set *weak_set;
    loam_value out;
    uint64_t hash;
    int64_t integer;
    double number;
    bool truth;
    const char *chars;
    int order;
    int64_t keys[2];
    int64_t three[LOAM_GC_GENERATIONS];
    loam_gc_stats stats[LOAM_GC_GENERATIONS];
} g;

static bool released(loam_value value)
{
    bool is_set = !loam_is_unset(value);

    loam_release(value);
    return is_set;
}

static bool finds_by_weak_key(void)
{
    loam_value found;

    return loam_weak_key_dict_find(g.weak_keys, g.tuple, &found) == LOAM_OK && released(found);
}

static loam_status supported(loam_gc_capability capability)
{
    return loam_gc_has(capability) ? LOAM_OK : LOAM_ERR_UNSUPPORTED;
}

#define READS "looks at what is there"
#define TAKES_OUT "only gives up memory"
#define KEPT_INSIDE "keeps what it has to say in the thread's own memory"
#define IN_PLACE "changes a place that is there"

/* X(function, why it needs no memory, a call that succeeds) */
#define NEEDS_NO_MEMORY(X)                                                                                             \
    X(loam_bytes_get, READS, loam_bytes_get(g.bytes, 0, &g.integer) == LOAM_OK)                                        \
    X(loam_bytes_len, READS, loam_bytes_len(g.bytes) == 5)                                                             \
    X(loam_bytes_view_peek, READS, loam_bytes_view_peek(g.bytes).len == 5)                                             \
    X(loam_compare, READS, loam_compare(loam_from(g.tuple), loam_from(g.tuple), &g.order) == LOAM_OK)                  \
    X(loam_dict_find_many_int, READS, loam_dict_find_many_int(g.ints, g.keys, 2, g.three) == 2)                        \
    X(loam_dict_get_many, READS, loam_dict_get_many(g.ints, g.keys, 1, &g.out) == LOAM_OK && released(g.out))          \
    X(loam_dict_get_many_int, READS, loam_dict_get_many_int(g.ints, g.keys, 2, g.three) == LOAM_OK)                    \
    X(loam_dict_clear, TAKES_OUT, loam_dict_clear(g.dict) == LOAM_OK)                                                  \
    X(loam_dict_len, READS, loam_dict_len(g.dict) == 0)                                                                \
    X(loam_error, KEPT_INSIDE, loam_error() != NULL)                                                                   \
    X(loam_error_clear, KEPT_INSIDE, (loam_error_clear(), true))                                                       \
    X(loam_fail, KEPT_INSIDE, loam_fail(LOAM_ERR_VALUE, "%d", 5) == LOAM_ERR_VALUE)                                    \
    X(loam_finalize_cancel, TAKES_OUT, loam_finalize_cancel(loam_from(g.list), finalized, NULL) == LOAM_MISSING)       \
    X(loam_gc_collect, TAKES_OUT, loam_gc_collect(2) >= 0)                                                             \
    X(loam_gc_disable, IN_PLACE, (loam_gc_disable(), true))                                                            \
    X(loam_gc_enable, IN_PLACE, (loam_gc_enable(), true))                                                              \
    X(loam_gc_freeze, IN_PLACE, loam_gc_freeze() == supported(LOAM_GC_FREEZE))                                         \
    X(loam_gc_get_count, READS, (loam_gc_get_count(g.three), true))                                                    \
    X(loam_gc_get_debug, READS, loam_gc_get_debug() == 0)                                                              \
    X(loam_gc_get_bytes, READS, loam_gc_get_bytes() >= 0)                                                              \
    X(loam_gc_get_free_budget, READS, loam_gc_get_free_budget() == 0)                                                  \
    X(loam_gc_get_free_debt, READS, loam_gc_get_free_debt() == 0)                                                      \
    X(loam_gc_get_freeze_count, READS, loam_gc_get_freeze_count() >= 0 || !loam_gc_has(LOAM_GC_FREEZE))                \
    X(loam_gc_get_stats, READS, (loam_gc_get_stats(g.stats), true))                                                    \
    X(loam_gc_get_threshold, READS, (loam_gc_get_threshold(g.three), true))                                            \
    X(loam_gc_has, READS, loam_gc_has(LOAM_GC_CYCLES) || true)                                                         \
    X(loam_gc_is_enabled, READS, loam_gc_is_enabled())                                                                 \
    X(loam_gc_is_finalized, READS, !loam_gc_is_finalized(loam_from(g.list)))                                           \
    X(loam_gc_is_tracked, READS, loam_gc_is_tracked(loam_from(g.list)))                                                \
    X(loam_gc_name, READS, loam_gc_name() != NULL)                                                                     \
    X(loam_gc_set_free_budget, IN_PLACE, loam_gc_set_free_budget(0) == LOAM_OK)                                        \
    X(loam_gc_set_threshold, IN_PLACE, loam_gc_set_threshold(LOAM_OMIT, LOAM_OMIT, LOAM_OMIT) == LOAM_OK)              \
    X(loam_gc_unfreeze, IN_PLACE, loam_gc_unfreeze() == supported(LOAM_GC_FREEZE))                                     \
    X(loam_hash, READS, loam_hash(loam_from(g.tuple), &g.hash) == LOAM_OK)                                             \
    X(loam_is_bytes, READS, loam_is_bytes(loam_from(g.bytes)))                                                         \
    X(loam_is_dict, READS, loam_is_dict(loam_from(g.dict)))                                                            \
    X(loam_is_double, READS, !loam_is_double(loam_from(g.dict)))                                                       \
    X(loam_is_int, READS, !loam_is_int(loam_from(g.dict)))                                                             \
    X(loam_is_iter, READS, loam_is_iter(loam_from(g.iter)))                                                            \
    X(loam_is_list, READS, loam_is_list(loam_from(g.list)))                                                            \
    X(loam_is_str, READS, loam_is_str(loam_from(g.str)))                                                               \
    X(loam_is_tuple, READS, loam_is_tuple(loam_from(g.tuple)))                                                         \
    X(loam_is_weakref, READS, loam_is_weakref(loam_from(g.weakref)))                                                   \
    X(loam_iter_close, TAKES_OUT, (loam_iter_close(g.iter), true))                                                     \
    X(loam_len, READS, loam_len(loam_from(g.str)) == 4)                                                                \
    X(loam_list_contains, READS, loam_list_contains(g.list, "one") == 1)                                               \
    X(loam_list_count, READS, loam_list_count(g.list, 2) == 1)                                                         \
    X(loam_list_index, READS, loam_list_index(g.list, "one", LOAM_OMIT, LOAM_OMIT) == 0)                               \
    X(loam_list_reverse, IN_PLACE, loam_list_reverse(g.list) == LOAM_OK)                                               \
    X(loam_list_remove, TAKES_OUT, loam_list_remove(g.list, 2) == LOAM_OK)                                             \
    X(loam_list_delete, TAKES_OUT, loam_list_delete(g.list, 0) == LOAM_OK)                                             \
    X(loam_list_get, READS, released(loam_list_get(g.list, 0)))                                                        \
    X(loam_list_span_peek, READS, loam_list_span_peek(g.list).len > 0)                                                 \
    X(loam_list_get_peek, READS, !loam_is_unset(loam_list_get_peek(g.list, 0)))                                        \
    X(loam_list_set, IN_PLACE, (loam_list_set)(g.list, 0, loam_from(g.str)) == LOAM_OK)                                \
    X(loam_list_pop, TAKES_OUT, released(loam_list_pop(g.list, 0)))                                                    \
    X(loam_list_clear, TAKES_OUT, loam_list_clear(g.list) == LOAM_OK)                                                  \
    X(loam_perror, KEPT_INSIDE, loam_perror(NULL) == 1)                                                                \
    X(loam_refcount, READS, loam_refcount(loam_from(g.list)) > 0 || !loam_gc_has(LOAM_GC_EXACT_REFCOUNT))              \
    X(loam_root_peek, READS, !loam_is_unset(loam_root_peek(g.root)))                                                   \
    X(loam_root_free, TAKES_OUT, (loam_root_free(g.root), true))                                                       \
    X(loam_sizeof, READS, loam_sizeof(loam_from(g.tuple)) > 0)                                                         \
    X(loam_slot_move, IN_PLACE, (loam_slot_move(g.node, &g.node->two, g.node, &g.node->one), true))                    \
    X(loam_slot_take, TAKES_OUT, released(loam_slot_take(g.node, &g.node->two)))                                       \
    X(loam_status_text, READS, loam_status_text(LOAM_OK) != NULL)                                                      \
    X(loam_str_len, READS, loam_str_len(g.str) == 4)                                                                   \
    X(loam_str_chars_peek, READS, loam_str_chars_peek(g.str) != NULL)                                                  \
    X(loam_str_view_peek, READS, loam_str_view_peek(g.str).len == 4)                                                   \
    X(loam_to_bool, READS, loam_to_bool(LOAM_TRUE, &g.truth) == LOAM_OK)                                               \
    X(loam_to_bytes_peek, READS, loam_to_bytes_peek(loam_from(g.bytes)) != NULL)                                       \
    X(loam_to_dict_peek, READS, loam_to_dict_peek(loam_from(g.dict)) != NULL)                                          \
    X(loam_to_double, READS, loam_to_double(LOAM_TRUE, &g.number) == LOAM_OK)                                          \
    X(loam_to_int, READS, loam_to_int(LOAM_TRUE, &g.integer) == LOAM_OK)                                               \
    X(loam_to_list_peek, READS, loam_to_list_peek(loam_from(g.list)) != NULL)                                          \
    X(loam_to_peek, READS, loam_to_peek(loam_from(g.node), &node_type) == g.node)                                      \
    X(loam_to_str_peek, READS, loam_to_str_peek(loam_from(g.str)) != NULL)                                             \
    X(loam_to_tuple_peek, READS, loam_to_tuple_peek(loam_from(g.tuple)) != NULL)                                       \
    X(loam_to_weakref_peek, READS, loam_to_weakref_peek(loam_from(g.weakref)) != NULL)                                 \
    X(loam_tuple_get, READS, released(loam_tuple_get(g.tuple, 0)))                                                     \
    X(loam_tuple_get_peek, READS, !loam_is_unset(loam_tuple_get_peek(g.tuple, 0)))                                     \
    X(loam_tuple_span_peek, READS, loam_tuple_span_peek(g.tuple).len == 2)                                             \
    X(loam_tuple_len, READS, loam_tuple_len(g.tuple) == 2)                                                             \
    X(loam_is_weak_key_dict, READS, loam_is_weak_key_dict(loam_from(g.weak_keys)))                                     \
    X(loam_is_weak_set, READS, loam_is_weak_set(loam_from(g.weak_set)))                                                \
    X(loam_is_weak_value_dict, READS, loam_is_weak_value_dict(loam_from(g.weak_values)))                               \
    X(loam_to_weak_key_dict_peek, READS, loam_to_weak_key_dict_peek(loam_from(g.weak_keys)) != NULL)                   \
    X(loam_to_weak_set_peek, READS, loam_to_weak_set_peek(loam_from(g.weak_set)) != NULL)                              \
    X(loam_to_weak_value_dict_peek, READS, loam_to_weak_value_dict_peek(loam_from(g.weak_values)) != NULL)             \
    X(loam_weak_key_dict_contains, READS, loam_weak_key_dict_contains(g.weak_keys, g.tuple) == 1)                      \
    X(loam_weak_key_dict_find, READS, finds_by_weak_key())                                                             \
    X(loam_weak_key_dict_get, READS, released(loam_weak_key_dict_get(g.weak_keys, g.tuple)))                           \
    X(loam_weak_key_dict_len, READS, loam_weak_key_dict_len(g.weak_keys) == 1)                                         \
    X(loam_weak_key_dict_pop, TAKES_OUT, released(loam_weak_key_dict_pop(g.weak_keys, g.tuple)))                       \
    X(loam_weak_key_dict_remove, TAKES_OUT, loam_weak_key_dict_remove(g.weak_keys, g.tuple) == LOAM_ERR_KEY)           \
    X(loam_weak_key_dict_clear, TAKES_OUT, loam_weak_key_dict_clear(g.weak_keys) == LOAM_OK)                           \
    X(loam_weak_set_contains, READS, loam_weak_set_contains(g.weak_set, g.tuple) == 1)                                 \
    X(loam_weak_set_len, READS, loam_weak_set_len(g.weak_set) == 1)                                                    \
    X(loam_weak_set_discard, TAKES_OUT, loam_weak_set_discard(g.weak_set, g.tuple) == LOAM_OK)                         \
    X(loam_weak_set_remove, TAKES_OUT, loam_weak_set_remove(g.weak_set, g.tuple) == LOAM_ERR_KEY)                      \
    X(loam_weak_set_clear, TAKES_OUT, loam_weak_set_clear(g.weak_set) == LOAM_OK)                                      \
    X(loam_weak_value_dict_len, READS, loam_weak_value_dict_len(g.weak_values) == 1)                                   \
    X(loam_weak_value_dict_clear, TAKES_OUT, loam_weak_value_dict_clear(g.weak_values) == LOAM_OK)                     \
    X(loam_type_of, READS, loam_type_of(g.node) == &node_type)                                                         \
    X(loam_weakref_get, READS, released(loam_weakref_get(g.weakref)))

static bool was_asked;

static bool refuse(void *context, size_t bytes)
{
    (void)context;
    (void)bytes;
    was_asked = true;
    return false;
}

LOAM_TEST(oom_more, what_asks_for_no_memory_works_without)
{
    const char *failed = NULL;

    g.str = loam_str_new("text");
    g.bytes = loam_bytes_from("bytes", 5);
    g.tuple = loam_tuple_of("one", 2);
    g.list = loam_list_of("one", 2, 3, 4);
    g.dict = loam_dict_of("one", 2);
    g.ints = loam_dict_of(0, 5, 1, INT64_MAX, 2, 6, 3, 6, 4, 6, 5, 6, 6, 6, 7, 6, 8, 6);
    g.keys[1] = 1;
    g.iter = loam_iter_of(loam_from(g.tuple));
    g.node = loam_new(&node_type);
    cr_assert_eq(loam_slot_set(g.node, &g.node->one, loam_from(g.list)), LOAM_OK);
    g.root = loam_root_new(loam_from(g.list));
    g.weakref = loam_weakref_new(loam_from(g.list));
    g.weak_values = loam_weak_value_dict_new();
    cr_assert_eq(loam_weak_value_dict_set(g.weak_values, "one", g.list), LOAM_OK);
    g.weak_keys = loam_weak_key_dict_new();
    cr_assert_eq(loam_weak_key_dict_set(g.weak_keys, g.tuple, 1), LOAM_OK);
    g.weak_set = loam_weak_set_new();
    cr_assert_eq(loam_weak_set_add(g.weak_set, g.tuple), LOAM_OK);
    cr_assert(freopen("/dev/null", "w", stderr));

    loam__alloc_gate = refuse;
#define CALL(function, why, succeeds)                                                                                  \
    if (!failed && (!(succeeds) || was_asked))                                                                         \
        failed = #function ", which " why;
    NEEDS_NO_MEMORY(CALL)
    loam__alloc_gate = NULL;
    cr_assert_null(failed, "%s, %s", failed, was_asked ? "asked for memory" : "failed");

    loam_release(g.str);
    loam_release(g.bytes);
    loam_release(g.tuple);
    loam_release(g.list);
    loam_release(g.dict);
    loam_release(g.ints);
    loam_release(g.iter);
    loam_release(g.node);
    loam_release(g.weakref);
    loam_release(g.weak_values);
    loam_release(g.weak_keys);
    loam_release(g.weak_set);
    loam_error_clear();
}
