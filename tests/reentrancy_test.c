/*
 * The re-entrancy matrix of containers: {hash, equality, comparison, repr, len, a type's iteration} x {what it may do
 * meanwhile} x {every operation that runs it}. reentrancy.h says how cells come about.
 *
 * CPython has crashed in many of them: list and dict comparison whose items clear the list or dict (gh-120298,
 * gh-83634, bpo-38588), repr of a dict that changes (gh-76318), containers that are dropped by what they compare
 * (gh-142829).
 */
#include "tests/reentrancy.h"

#include <stdio.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

#define DICT (w->dicts[0])
#define COUNTS (w->dicts[2]) /* values are ints */
#define SET (w->sets[0])
#define WEAK_VALUES (w->weak_values)
#define WEAK_KEYS (w->weak_keys)
#define KEY (loam__key_value(w->key))
#define VALUE(handle) (loam_from(handle))

static int find(world *w)
{
    loam_value value;
    int status = (loam_dict_find)(DICT, KEY, &value);

    loam_release(value);
    return status;
}

static int find_weak_value(world *w)
{
    loam_value value;
    int status = (loam_weak_value_dict_find)(WEAK_VALUES, KEY, &value);

    of_value(value);
    return status;
}

static int find_by_weak_key(world *w)
{
    loam_value value;
    int status = (loam_weak_key_dict_find)(WEAK_KEYS, KEY, &value);

    of_value(value);
    return status;
}

/* No user code runs in here: an integer is compared with numbers only. */
static const int64_t integers[] = {0, 1, 2, 500, 501};
static int64_t found_integers[5];

static int get_many(world *w)
{
    loam_value values[5];
    int status = loam_dict_get_many(DICT, integers, 5, values);

    for (int i = 0; i < 5; i++)
        loam_release(values[i]);
    return status;
}

static int pop_first_value(world *w)
{
    loam_value value;
    int status = loam_dict_pop_first(DICT, NULL, &value);

    loam_release(value);
    return status;
}

/* The key of a sort is a probe, so that its order is user code too. */
static loam_value probe_key(loam_value item, void *context)
{
    loam_status status = met(AT_KEY);

    (void)item;
    return status < 0 ? LOAM_UNSET : probe_new(++*(int64_t *)context * 7 % 5);
}

static loam_status compare_by_chance(loam_value a, loam_value b, int *order, void *context)
{
    loam_status status = met(AT_ORDER);

    (void)a;
    (void)b;
    *order = (int)(++*(int64_t *)context * 7 % 3) - 1;
    return status;
}

/* A dict that equals one of the first list's items. */
static loam_value nested_item(world *w)
{
    return loam_list_get(w->outer[1], 1);
}

static int contains_nested(world *w)
{
    loam_auto_value loam_value item = nested_item(w);

    return (loam_list_contains)(w->outer[0], loam__key_value(item));
}

static int count_nested(world *w)
{
    loam_auto_value loam_value item = nested_item(w);

    return (int)(loam_list_count)(w->outer[0], loam__key_value(item));
}

static int index_nested(world *w)
{
    loam_auto_value loam_value item = nested_item(w);

    return (int)(loam_list_index)(w->outer[0], loam__key_value(item), 0, 5);
}

/* The same items in a tuple, which nobody changes. */
static int contains_in_tuple(world *w)
{
    loam_auto_value loam_value item = nested_item(w);
    loam_auto loam_tuple *outer = loam_tuple_from(VALUE(w->outer[0]));

    return (loam_tuple_contains)(outer, loam__key_value(item));
}

static int count_in_tuple(world *w)
{
    loam_auto_value loam_value item = nested_item(w);
    loam_auto loam_tuple *outer = loam_tuple_from(VALUE(w->outer[0]));

    return (int)(loam_tuple_count)(outer, loam__key_value(item));
}

static int index_in_tuple(world *w)
{
    loam_auto_value loam_value item = nested_item(w);
    loam_auto loam_tuple *outer = loam_tuple_from(VALUE(w->outer[0]));

    return (int)(loam_tuple_index)(outer, loam__key_value(item), 0, 5);
}

/* The same items in a deque of the call's own. */
typedef enum search { CONTAINS, COUNT, INDEX, REMOVE } search;

static int search_for(loam_deque *deque, loam_value item, search kind)
{
    switch (kind) {
    case CONTAINS:
        return loam_deque_contains(deque, item);
    case COUNT:
        return (int)loam_deque_count(deque, item);
    case INDEX:
        return (int)loam_deque_index(deque, item, 0, 5);
    default:
        return loam_deque_remove(deque, item);
    }
}

static int of_nested(world *w, search kind)
{
    loam_auto_value loam_value item = nested_item(w);
    loam_auto loam_deque *outer = loam_deque_from(VALUE(w->outer[0]));
    loam_deque *before = w->own_deque;
    int status;

    w->own_deque = outer;
    status = search_for(outer, item, kind);
    w->own_deque = before;
    return status;
}

static int remove_nested(world *w)
{
    loam_auto_value loam_value item = nested_item(w);

    return (loam_list_remove)(w->outer[0], loam__key_value(item));
}

/* A list of the call's own. */
static int sort_own(world *w, loam_list *list, loam_status (*sort)(loam_list *))
{
    loam_list *before = w->own_list;
    int status;

    w->own_list = list;
    status = sort(list);
    w->own_list = before;
    MUST(!list_check(list));
    return status;
}

/* Of tuples whose first items are dicts. */
static int sort_values(world *w)
{
    loam_auto loam_list *values = loam_dict_values(w->nested);

    return sort_own(w, values, loam_list_sort);
}

static int sort_values_reverse(world *w)
{
    loam_auto loam_list *values = loam_dict_values(w->nested);

    return sort_own(w, values, loam_list_sort_reverse);
}

static loam_value nested_key(loam_value item, void *context)
{
    const world *w = context;
    int64_t integer;

    return loam_to_int(item, &integer) < 0 ? LOAM_UNSET : loam_dict_get(w->nested, integer);
}

static int sort_by_nested_keys(world *w)
{
    loam_auto loam_list *list = loam_dict_keys(w->nested);

    return loam_list_sort_key(list, nested_key, w, false);
}

static int sorted_nested(world *w)
{
    loam_auto loam_iter *it = loam_iter_values(w->nested);

    return of_list(loam_iter_sorted(it));
}

static int extreme_nested(world *w, loam_value (*find)(loam_iter *iter))
{
    loam_auto loam_iter *it = loam_iter_values(w->nested);

    return of_value(find(it));
}

typedef loam_value by_key(loam_iter *iter, loam_value (*key)(loam_value item, void *context), void *context);

static int extreme_by_nested_key(world *w, by_key *find)
{
    loam_auto loam_iter *it = loam_iter_of(VALUE(w->nested));

    return of_value(find(it, nested_key, w));
}

static int sort_by_key(world *w)
{
    w->integer = 0;
    return loam_list_sort_key(w->lists[0], probe_key, &w->integer, w->shape.holes);
}

static int sort_by_comparator(world *w)
{
    w->integer = 0;
    return loam_list_sort_compare(w->lists[0], compare_by_chance, &w->integer, w->shape.holes);
}

/* What it puts into the list is dropped in the end. */
static loam_status compare_and_put(loam_value a, loam_value b, int *order, void *context)
{
    world *w = context;
    loam_status status = compare_by_chance(a, b, order, &w->integer);

    if (status == LOAM_OK && !loam_list_len(w->lists[0]))
        status = loam_list_append_take(w->lists[0], probe_new(1));
    return status;
}

static int sort_and_put(world *w)
{
    w->integer = 0;
    return loam_list_sort_compare(w->lists[0], compare_and_put, w, false);
}

static loam_value pair_of_probes(int64_t number)
{
    return LOAM_VAL(LOAM_TUPLE(loam__take(probe_new(number)), loam__take(probe_new(1))));
}

/* A type's iteration that gives pairs. */
static int update_by_pairs(world *w)
{
    loam_auto_value loam_value pairs = stream_new(w->shape.items, pair_of_probes);

    return loam_dict_update(DICT, pairs);
}

static int dict_from_pairs(world *w)
{
    loam_auto_value loam_value pairs = stream_new(w->shape.items, pair_of_probes);

    return of_dict(loam_dict_from(pairs));
}

static int next_pair(world *w)
{
    uint64_t position = 0;
    loam_value key;

    return loam_dict_next_peek(DICT, &position, &key, NULL) == LOAM_OK ? of_peek(key) : LOAM_OK;
}

static int next_element(world *w)
{
    uint64_t position = 0;
    loam_value element;

    return loam_set_next_peek(SET, &position, &element) == LOAM_OK ? of_peek(element) : LOAM_OK;
}

static int remove_current_element(world *w)
{
    uint64_t position = 0;
    loam_value element;
    int status = loam_set_next_peek(SET, &position, &element);

    return status == LOAM_OK ? loam_set_remove_current(SET, &position) : status;
}

static int remove_current(world *w)
{
    uint64_t position = 0;
    int status = loam_dict_next_peek(DICT, &position, NULL, NULL);

    if (w->shape.items > 3)
        status = loam_dict_next_peek(DICT, &position, NULL, NULL);
    return status == LOAM_OK ? loam_dict_remove_current(DICT, &position) : status;
}

static int build(world *w)
{
    loam_auto loam_builder *b = loam_builder_new();
    loam_status status = loam_builder_append(b, w->lists[0]);

    return status < 0 ? (int)status : of_str(loam_builder_str(b));
}

/* Views of a dict are made for the call. */

typedef loam_dict_view *view_function(loam_dict *dict);

static int combine_view(world *w, view_function *make, loam_set *(*combine)(loam_dict_view *, loam_value),
                        loam_value other)
{
    loam_auto loam_dict_view *view = make(DICT);

    return of_set(combine(view, other));
}

static int ask_view(world *w, view_function *make, int (*ask)(loam_dict_view *, loam_value), loam_value other)
{
    loam_auto loam_dict_view *view = make(DICT);

    return ask(view, other);
}

static int view_contains(world *w, view_function *make, loam_key key)
{
    loam_auto loam_dict_view *view = make(DICT);

    return (loam_dict_view_contains)(view, key);
}

static int view_contains_item(world *w)
{
    loam_auto loam_dict_view *view = loam_dict_items_view(DICT);
    loam_auto loam_tuple *item = loam_tuple_of(w->key, w->value);

    return loam_dict_view_contains(view, item);
}

/* Half of what they give is dropped. */
static loam_value each_twice(int64_t number)
{
    return probe_new(number / 2);
}

static int set_from_what_comes_twice(world *w)
{
    loam_auto_value loam_value stream = stream_new(w->shape.items, each_twice);

    return of_set(loam_set_from(stream));
}

static int frozenset_from_what_comes_twice(world *w)
{
    loam_auto_value loam_value stream = stream_new(w->shape.items, each_twice);

    return of_frozenset(loam_frozenset_from(stream));
}

static int equal_views(world *w)
{
    loam_auto loam_dict_view *a = loam_dict_items_view(DICT);
    loam_auto loam_dict_view *b = loam_dict_items_view(w->dicts[1]);

    return loam_equal(loam_from(a), loam_from(b));
}

static int write_views(world *w)
{
    loam_auto loam_dict_view *keys = loam_dict_keys_view(DICT);
    loam_auto loam_dict_view *items = loam_dict_items_view(DICT);
    int status = of_str(loam_repr(loam_from(keys)));

    return status < 0 ? status : of_str(loam_repr(loam_from(items)));
}

/* X(function, variant, what is called, as a status). One call of the function each. */
#define SET_OPERATIONS(X)                                                                                              \
    X(loam_set_new, , of_set(loam_set_new()))                                                                          \
    X(loam_set_of, , of_set(loam_set_of(w->key, 1, w->key, LOAM_TAKE(key_new(w, 1)))))                                 \
    X(loam_frozenset_of, , of_frozenset(loam_frozenset_of(w->key, 1, w->key, LOAM_TAKE(key_new(w, 1)))))               \
    X(loam_set_from, a_list, of_set(loam_set_from(VALUE(w->lists[0]))))                                                \
    X(loam_set_from, a_dict, of_set(loam_set_from(VALUE(DICT))))                                                       \
    X(loam_set_from, a_stream, of_set(loam_set_from(w->stream)))                                                       \
    X(loam_set_from, twice, set_from_what_comes_twice(w))                                                              \
    X(loam_frozenset_from, twice, frozenset_from_what_comes_twice(w))                                                  \
    X(loam_set_len, , (int)loam_set_len(SET))                                                                          \
    X(loam_set_add, , (loam_set_add)(SET, KEY))                                                                        \
    X(loam_set_add, literal, loam_set_add(SET, LOAM_TAKE(key_new(w, 0))))                                              \
    X(loam_set_add, new_key, loam_set_add(SET, LOAM_TAKE(key_new(w, 100))))                                            \
    X(loam_set_contains, , (loam_set_contains)(SET, KEY))                                                              \
    X(loam_set_contains, literal, loam_set_contains(SET, LOAM_TUPLE(loam__take(probe_new(0)))))                        \
    X(loam_set_contains, a_set, loam_set_contains(SET, w->sets[1]))                                                    \
    X(loam_set_discard, , (loam_set_discard)(SET, KEY))                                                                \
    X(loam_set_remove, , (loam_set_remove)(SET, KEY))                                                                  \
    X(loam_set_pop_first, , loam_set_pop_first(SET, NULL))                                                             \
    X(loam_set_next_peek, , next_element(w))                                                                           \
    X(loam_set_remove_current, , remove_current_element(w))                                                            \
    X(loam_set_pop_last, , loam_set_pop_last(SET, NULL))                                                               \
    X(loam_set_clear, , loam_set_clear(SET))                                                                           \
    X(loam_set_reserve, , loam_set_reserve(SET, 2 * w->shape.items + 10))                                              \
    X(loam_set_copy, , of_set(loam_set_copy(SET)))                                                                     \
    X(loam_set_update, a_set, loam_set_update(SET, VALUE(w->sets[1])))                                                 \
    X(loam_set_update, itself, loam_set_update(SET, VALUE(SET)))                                                       \
    X(loam_set_update, a_dict, loam_set_update(SET, VALUE(DICT)))                                                      \
    X(loam_set_update, a_list, loam_set_update(SET, VALUE(w->lists[1])))                                               \
    X(loam_set_update, a_stream, loam_set_update(SET, w->stream))                                                      \
    X(loam_set_intersection_update, a_set, loam_set_intersection_update(SET, VALUE(w->sets[1])))                       \
    X(loam_set_intersection_update, itself, loam_set_intersection_update(SET, VALUE(SET)))                             \
    X(loam_set_intersection_update, a_dict, loam_set_intersection_update(SET, VALUE(DICT)))                            \
    X(loam_set_intersection_update, a_list, loam_set_intersection_update(SET, VALUE(w->lists[1])))                     \
    X(loam_set_intersection_update, a_stream, loam_set_intersection_update(SET, w->stream))                            \
    X(loam_set_difference_update, a_set, loam_set_difference_update(SET, VALUE(w->sets[1])))                           \
    X(loam_set_difference_update, itself, loam_set_difference_update(SET, VALUE(SET)))                                 \
    X(loam_set_difference_update, a_dict, loam_set_difference_update(SET, VALUE(DICT)))                                \
    X(loam_set_difference_update, a_list, loam_set_difference_update(SET, VALUE(w->lists[1])))                         \
    X(loam_set_difference_update, a_stream, loam_set_difference_update(SET, w->stream))                                \
    X(loam_set_symmetric_difference_update, a_set, loam_set_symmetric_difference_update(SET, VALUE(w->sets[1])))       \
    X(loam_set_symmetric_difference_update, itself, loam_set_symmetric_difference_update(SET, VALUE(SET)))             \
    X(loam_set_symmetric_difference_update, a_dict, loam_set_symmetric_difference_update(SET, VALUE(DICT)))            \
    X(loam_set_symmetric_difference_update, a_list, loam_set_symmetric_difference_update(SET, VALUE(w->lists[1])))     \
    X(loam_set_symmetric_difference_update, a_stream, loam_set_symmetric_difference_update(SET, w->stream))            \
    X(loam_frozenset_new, , of_frozenset(loam_frozenset_new()))                                                        \
    X(loam_frozenset_from, a_list, of_frozenset(loam_frozenset_from(VALUE(w->lists[0]))))                              \
    X(loam_frozenset_from, a_stream, of_frozenset(loam_frozenset_from(w->stream)))                                     \
    X(loam_frozenset_len, , (int)loam_frozenset_len(w->frozen))                                                        \
    X(loam_frozenset_contains, , (loam_frozenset_contains)(w->frozen, KEY))                                            \
    X(loam_frozenset_contains, literal, loam_frozenset_contains(w->frozen, LOAM_TUPLE(loam__take(probe_new(0)))))      \
    X(loam_set_union, a_set, of_set(loam_set_union(SET, VALUE(w->sets[1]))))                                           \
    X(loam_set_union, a_list, of_set(loam_set_union(SET, VALUE(w->lists[1]))))                                         \
    X(loam_set_union, a_stream, of_set(loam_set_union(SET, w->stream)))                                                \
    X(loam_set_intersection, a_set, of_set(loam_set_intersection(SET, VALUE(w->sets[1]))))                             \
    X(loam_set_intersection, a_list, of_set(loam_set_intersection(SET, VALUE(w->lists[1]))))                           \
    X(loam_set_intersection, a_stream, of_set(loam_set_intersection(SET, w->stream)))                                  \
    X(loam_set_difference, a_set, of_set(loam_set_difference(SET, VALUE(w->sets[1]))))                                 \
    X(loam_set_difference, a_list, of_set(loam_set_difference(SET, VALUE(w->lists[1]))))                               \
    X(loam_set_difference, a_stream, of_set(loam_set_difference(SET, w->stream)))                                      \
    X(loam_set_symmetric_difference, a_set, of_set(loam_set_symmetric_difference(SET, VALUE(w->sets[1]))))             \
    X(loam_set_symmetric_difference, a_list, of_set(loam_set_symmetric_difference(SET, VALUE(w->lists[1]))))           \
    X(loam_set_symmetric_difference, a_stream, of_set(loam_set_symmetric_difference(SET, w->stream)))                  \
    X(loam_set_isdisjoint, a_set, loam_set_isdisjoint(SET, VALUE(w->sets[1])))                                         \
    X(loam_set_isdisjoint, a_list, loam_set_isdisjoint(SET, VALUE(w->lists[1])))                                       \
    X(loam_set_isdisjoint, a_stream, loam_set_isdisjoint(SET, w->stream))                                              \
    X(loam_set_issubset, a_set, loam_set_issubset(SET, VALUE(w->sets[1])))                                             \
    X(loam_set_issubset, a_list, loam_set_issubset(SET, VALUE(w->lists[1])))                                           \
    X(loam_set_issubset, a_stream, loam_set_issubset(SET, w->stream))                                                  \
    X(loam_set_issuperset, a_set, loam_set_issuperset(SET, VALUE(w->sets[1])))                                         \
    X(loam_set_issuperset, a_list, loam_set_issuperset(SET, VALUE(w->lists[1])))                                       \
    X(loam_set_issuperset, a_stream, loam_set_issuperset(SET, w->stream))                                              \
    X(loam_frozenset_union, a_set, of_frozenset(loam_frozenset_union(w->frozen, VALUE(SET))))                          \
    X(loam_frozenset_union, a_list, of_frozenset(loam_frozenset_union(w->frozen, VALUE(w->lists[1]))))                 \
    X(loam_frozenset_union, a_stream, of_frozenset(loam_frozenset_union(w->frozen, w->stream)))                        \
    X(loam_frozenset_intersection, a_set, of_frozenset(loam_frozenset_intersection(w->frozen, VALUE(SET))))            \
    X(loam_frozenset_intersection, a_list, of_frozenset(loam_frozenset_intersection(w->frozen, VALUE(w->lists[1]))))   \
    X(loam_frozenset_intersection, a_stream, of_frozenset(loam_frozenset_intersection(w->frozen, w->stream)))          \
    X(loam_frozenset_difference, a_set, of_frozenset(loam_frozenset_difference(w->frozen, VALUE(SET))))                \
    X(loam_frozenset_difference, a_list, of_frozenset(loam_frozenset_difference(w->frozen, VALUE(w->lists[1]))))       \
    X(loam_frozenset_difference, a_stream, of_frozenset(loam_frozenset_difference(w->frozen, w->stream)))              \
    X(loam_frozenset_symmetric_difference, a_set,                                                                      \
      of_frozenset(loam_frozenset_symmetric_difference(w->frozen, VALUE(SET))))                                        \
    X(loam_frozenset_symmetric_difference, a_list,                                                                     \
      of_frozenset(loam_frozenset_symmetric_difference(w->frozen, VALUE(w->lists[1]))))                                \
    X(loam_frozenset_symmetric_difference, a_stream,                                                                   \
      of_frozenset(loam_frozenset_symmetric_difference(w->frozen, w->stream)))                                         \
    X(loam_frozenset_isdisjoint, a_set, loam_frozenset_isdisjoint(w->frozen, VALUE(SET)))                              \
    X(loam_frozenset_isdisjoint, a_list, loam_frozenset_isdisjoint(w->frozen, VALUE(w->lists[1])))                     \
    X(loam_frozenset_isdisjoint, a_stream, loam_frozenset_isdisjoint(w->frozen, w->stream))                            \
    X(loam_frozenset_issubset, a_set, loam_frozenset_issubset(w->frozen, VALUE(SET)))                                  \
    X(loam_frozenset_issubset, a_list, loam_frozenset_issubset(w->frozen, VALUE(w->lists[1])))                         \
    X(loam_frozenset_issubset, a_stream, loam_frozenset_issubset(w->frozen, w->stream))                                \
    X(loam_frozenset_issuperset, a_set, loam_frozenset_issuperset(w->frozen, VALUE(SET)))                              \
    X(loam_frozenset_issuperset, a_list, loam_frozenset_issuperset(w->frozen, VALUE(w->lists[1])))                     \
    X(loam_frozenset_issuperset, a_stream, loam_frozenset_issuperset(w->frozen, w->stream))                            \
    X(loam_dict_view_union, a_set, combine_view(w, loam_dict_keys_view, loam_dict_view_union, VALUE(SET)))             \
    X(loam_dict_view_union, a_list, combine_view(w, loam_dict_keys_view, loam_dict_view_union, VALUE(w->lists[1])))    \
    X(loam_dict_view_union, a_stream, combine_view(w, loam_dict_keys_view, loam_dict_view_union, w->stream))           \
    X(loam_dict_view_union, items, combine_view(w, loam_dict_items_view, loam_dict_view_union, VALUE(SET)))            \
    X(loam_dict_view_intersection, a_set,                                                                              \
      combine_view(w, loam_dict_keys_view, loam_dict_view_intersection, VALUE(SET)))                                   \
    X(loam_dict_view_intersection, a_list,                                                                             \
      combine_view(w, loam_dict_keys_view, loam_dict_view_intersection, VALUE(w->lists[1])))                           \
    X(loam_dict_view_intersection, a_stream,                                                                           \
      combine_view(w, loam_dict_keys_view, loam_dict_view_intersection, w->stream))                                    \
    X(loam_dict_view_intersection, items,                                                                              \
      combine_view(w, loam_dict_items_view, loam_dict_view_intersection, VALUE(SET)))                                  \
    X(loam_dict_view_difference, a_set, combine_view(w, loam_dict_keys_view, loam_dict_view_difference, VALUE(SET)))   \
    X(loam_dict_view_difference, a_list,                                                                               \
      combine_view(w, loam_dict_keys_view, loam_dict_view_difference, VALUE(w->lists[1])))                             \
    X(loam_dict_view_difference, a_stream, combine_view(w, loam_dict_keys_view, loam_dict_view_difference, w->stream)) \
    X(loam_dict_view_difference, items, combine_view(w, loam_dict_items_view, loam_dict_view_difference, VALUE(SET)))  \
    X(loam_dict_view_symmetric_difference, a_set,                                                                      \
      combine_view(w, loam_dict_keys_view, loam_dict_view_symmetric_difference, VALUE(SET)))                           \
    X(loam_dict_view_symmetric_difference, a_list,                                                                     \
      combine_view(w, loam_dict_keys_view, loam_dict_view_symmetric_difference, VALUE(w->lists[1])))                   \
    X(loam_dict_view_symmetric_difference, a_stream,                                                                   \
      combine_view(w, loam_dict_keys_view, loam_dict_view_symmetric_difference, w->stream))                            \
    X(loam_dict_view_symmetric_difference, items,                                                                      \
      combine_view(w, loam_dict_items_view, loam_dict_view_symmetric_difference, VALUE(SET)))                          \
    X(loam_dict_view_isdisjoint, a_set, ask_view(w, loam_dict_keys_view, loam_dict_view_isdisjoint, VALUE(SET)))       \
    X(loam_dict_view_isdisjoint, a_list,                                                                               \
      ask_view(w, loam_dict_keys_view, loam_dict_view_isdisjoint, VALUE(w->lists[1])))                                 \
    X(loam_dict_view_isdisjoint, a_stream, ask_view(w, loam_dict_keys_view, loam_dict_view_isdisjoint, w->stream))     \
    X(loam_dict_view_isdisjoint, items, ask_view(w, loam_dict_items_view, loam_dict_view_isdisjoint, VALUE(SET)))      \
    X(loam_dict_view_issubset, a_set, ask_view(w, loam_dict_keys_view, loam_dict_view_issubset, VALUE(SET)))           \
    X(loam_dict_view_issubset, a_list, ask_view(w, loam_dict_keys_view, loam_dict_view_issubset, VALUE(w->lists[1])))  \
    X(loam_dict_view_issubset, a_stream, ask_view(w, loam_dict_keys_view, loam_dict_view_issubset, w->stream))         \
    X(loam_dict_view_issubset, items, ask_view(w, loam_dict_items_view, loam_dict_view_issubset, VALUE(SET)))          \
    X(loam_dict_view_issuperset, a_set, ask_view(w, loam_dict_keys_view, loam_dict_view_issuperset, VALUE(SET)))       \
    X(loam_dict_view_issuperset, a_list,                                                                               \
      ask_view(w, loam_dict_keys_view, loam_dict_view_issuperset, VALUE(w->lists[1])))                                 \
    X(loam_dict_view_issuperset, a_stream, ask_view(w, loam_dict_keys_view, loam_dict_view_issuperset, w->stream))     \
    X(loam_dict_view_issuperset, items, ask_view(w, loam_dict_items_view, loam_dict_view_issuperset, VALUE(SET)))      \
    X(loam_dict_keys_view, , of_value(VALUE(loam_dict_keys_view(DICT))))                                               \
    X(loam_dict_values_view, , of_value(VALUE(loam_dict_values_view(DICT))))                                           \
    X(loam_dict_items_view, , of_value(VALUE(loam_dict_items_view(DICT))))                                             \
    X(loam_dict_view_len, , (int)loam_dict_view_len(w->view))                                                          \
    X(loam_dict_view_dict_peek, , of_peek(VALUE(loam_dict_view_dict_peek(w->view))))                                   \
    X(loam_dict_view_contains, a_key, view_contains(w, loam_dict_keys_view, KEY))                                      \
    X(loam_dict_view_contains, a_value, view_contains(w, loam_dict_values_view, loam__key_value(w->value)))            \
    X(loam_dict_view_contains, an_item, view_contains_item(w))                                                         \
    X(loam_equal, sets, loam_equal(VALUE(SET), VALUE(w->sets[1])))                                                     \
    X(loam_equal, set_and_frozenset, loam_equal(VALUE(w->frozen), VALUE(SET)))                                         \
    X(loam_equal, views, equal_views(w))                                                                               \
    X(loam_compare, sets, loam_compare(VALUE(SET), VALUE(w->frozen), &w->order))                                       \
    X(loam_hash, of_a_frozenset, loam_hash(VALUE(w->frozen), &w->hash))                                                \
    X(loam_repr, of_a_set, of_str(loam_repr(VALUE(SET))))                                                              \
    X(loam_repr, of_a_frozenset, of_str(loam_repr(VALUE(w->frozen))))                                                  \
    X(loam_repr, of_views, write_views(w))

#define OPERATIONS(X)                                                                                                  \
    X(loam_dict_new, , of_dict(loam_dict_new()))                                                                       \
    X(loam_dict_of, , of_dict(loam_dict_of(w->key, 1, 2, 3, w->key, 4)))                                               \
    X(loam_dict_len, , (int)loam_dict_len(DICT))                                                                       \
    X(loam_dict_set, , (loam_dict_set)(DICT, w->key, LOAM_NONE))                                                       \
    X(loam_dict_set_take, , loam_dict_set_take(DICT, key_new(w, w->shape.items / 2), probe_new(1)))                    \
    X(loam_dict_set_take, new_key, loam_dict_set_take(DICT, key_new(w, 100), probe_new(1)))                            \
    X(loam_dict_get, , of_value((loam_dict_get)(DICT, KEY)))                                                           \
    X(loam_dict_get, by_literal, of_value(loam_dict_get(DICT, LOAM_TUPLE(loam__take(probe_new(0))))))                  \
    X(loam_dict_get_peek, , of_peek((loam_dict_get_peek)(DICT, KEY)))                                                  \
    X(loam_dict_find, , find(w))                                                                                       \
    X(loam_dict_contains, , (loam_dict_contains)(DICT, KEY))                                                           \
    X(loam_dict_find_int, , (loam_dict_find_int)(COUNTS, KEY, &w->integer))                                            \
    X(loam_dict_find_int, of_a_probe, (loam_dict_find_int)(DICT, KEY, &w->integer))                                    \
    X(loam_dict_find_double, , (loam_dict_find_double)(COUNTS, KEY, &w->number))                                       \
    X(loam_dict_find_double, of_a_probe, (loam_dict_find_double)(DICT, KEY, &w->number))                               \
    X(loam_dict_find_bool, , (loam_dict_find_bool)(COUNTS, KEY, &w->truth))                                            \
    X(loam_dict_find_chars_peek, , (loam_dict_find_chars_peek)(COUNTS, KEY, &w->chars))                                \
    X(loam_dict_get_int, , (loam_dict_get_int)(COUNTS, KEY, &w->integer))                                              \
    X(loam_dict_get_int, of_a_probe, (loam_dict_get_int)(DICT, KEY, &w->integer))                                      \
    X(loam_dict_get_double, , (loam_dict_get_double)(COUNTS, KEY, &w->number))                                         \
    X(loam_dict_get_bool, , (loam_dict_get_bool)(COUNTS, KEY, &w->truth))                                              \
    X(loam_dict_get_chars_peek, , (loam_dict_get_chars_peek)(COUNTS, KEY, &w->chars))                                  \
    X(loam_dict_get_many, , get_many(w))                                                                               \
    X(loam_dict_get_many_int, , loam_dict_get_many_int(COUNTS, integers, 5, found_integers))                           \
    X(loam_dict_find_many_int, , (int)loam_dict_find_many_int(COUNTS, integers, 5, found_integers))                    \
    X(loam_dict_add, , (loam_dict_add)(COUNTS, KEY, 1))                                                                \
    X(loam_dict_add, by_literal, loam_dict_add(w->dicts[2], LOAM_TUPLE(loam__take(probe_new(0))), 1))                  \
    X(loam_dict_add, to_a_probe, (loam_dict_add)(DICT, KEY, 1))                                                        \
    X(loam_dict_remove, , (loam_dict_remove)(DICT, KEY))                                                               \
    X(loam_dict_pop, , of_value((loam_dict_pop)(DICT, KEY)))                                                           \
    X(loam_dict_pop_first, , loam_dict_pop_first(DICT, NULL, NULL))                                                    \
    X(loam_dict_pop_first, its_value, pop_first_value(w))                                                              \
    X(loam_dict_pop_last, , loam_dict_pop_last(DICT, NULL, NULL))                                                      \
    X(loam_dict_move_to_end, , (loam_dict_move_to_end)(DICT, KEY))                                                     \
    X(loam_dict_update, , loam_dict_update(DICT, VALUE(w->dicts[1])))                                                  \
    X(loam_dict_update, of_another, loam_dict_update(w->dicts[1], VALUE(DICT)))                                        \
    X(loam_dict_update, by_a_stream, loam_dict_update(DICT, w->stream))                                                \
    X(loam_dict_update, by_pairs, update_by_pairs(w))                                                                  \
    X(loam_dict_merge, , of_dict(loam_dict_merge(DICT, w->dicts[1])))                                                  \
    X(loam_dict_from, a_dict, of_dict(loam_dict_from(VALUE(DICT))))                                                    \
    X(loam_dict_from, pairs, dict_from_pairs(w))                                                                       \
    X(loam_dict_from_keys, of_a_stream, of_dict((loam_dict_from_keys)(w->stream, KEY)))                                \
    X(loam_dict_from_keys, of_a_dict, of_dict(loam_dict_from_keys(VALUE(DICT), LOAM_TUPLE(loam__take(probe_new(0)))))) \
    X(loam_dict_get_or, , of_value((loam_dict_get_or)(DICT, KEY, loam__key_int(1))))                                   \
    X(loam_dict_get_or, literals,                                                                                      \
      of_value(loam_dict_get_or(DICT, LOAM_TUPLE(loam__take(probe_new(0))), LOAM_TUPLE(loam__take(probe_new(0))))))    \
    X(loam_dict_setdefault, , of_value((loam_dict_setdefault)(DICT, KEY, loam__key_int(1))))                           \
    X(loam_dict_setdefault, literals,                                                                                  \
      of_value(                                                                                                        \
          loam_dict_setdefault(DICT, LOAM_TUPLE(loam__take(probe_new(0))), LOAM_TUPLE(loam__take(probe_new(0))))))     \
    X(loam_dict_setdefault_peek, , of_peek((loam_dict_setdefault_peek)(DICT, KEY, loam__key_int(1))))                  \
    X(loam_dict_setdefault_peek, literal,                                                                              \
      loam_is_unset(loam_dict_setdefault_peek(DICT, w->key, LOAM_TUPLE(loam__take(probe_new(0))))) *                   \
          (int)loam_error()->status)                                                                                   \
    X(loam_dict_pop_or, , of_value((loam_dict_pop_or)(DICT, KEY, loam__key_int(1))))                                   \
    X(loam_dict_pop_or, literal, of_value(loam_dict_pop_or(DICT, w->key, LOAM_TUPLE(loam__take(probe_new(0))))))       \
    X(loam_dict_next_peek, , next_pair(w))                                                                             \
    X(loam_dict_remove_current, , remove_current(w))                                                                   \
    X(loam_dict_update, with_itself, loam_dict_update(DICT, VALUE(DICT)))                                              \
    X(loam_dict_clear, , loam_dict_clear(DICT))                                                                        \
    X(loam_dict_reserve, , loam_dict_reserve(DICT, 2 * w->shape.items + 10))                                           \
    X(loam_dict_copy, , of_dict(loam_dict_copy(DICT)))                                                                 \
    X(loam_dict_keys, , of_list(loam_dict_keys(DICT)))                                                                 \
    X(loam_dict_values, , of_list(loam_dict_values(DICT)))                                                             \
    X(loam_dict_items, , of_list(loam_dict_items(DICT)))                                                               \
    X(loam_dict_most_common, , of_list(loam_dict_most_common(DICT, 2)))                                                \
    X(loam_dict_most_common, all, of_list(loam_dict_most_common(DICT, -1)))                                            \
    X(loam_dict_most_common, of_ints, of_list(loam_dict_most_common(COUNTS, -1)))                                      \
    X(loam_dict_most_common, of_nested, of_list(loam_dict_most_common(w->nested, -1)))                                 \
    X(loam_weak_value_dict_new, , of_value(VALUE(loam_weak_value_dict_new())))                                         \
    X(loam_weak_value_dict_len, , (int)loam_weak_value_dict_len(WEAK_VALUES))                                          \
    X(loam_weak_value_dict_set, , (loam_weak_value_dict_set)(WEAK_VALUES, w->key, w->value))                           \
    X(loam_weak_value_dict_set_take, , loam_weak_value_dict_set_take(WEAK_VALUES, key_new(w, 0), probe_new(1)))        \
    X(loam_weak_value_dict_set_take, new_key,                                                                          \
      loam_weak_value_dict_set_take(WEAK_VALUES, key_new(w, 100), probe_new(1)))                                       \
    X(loam_weak_value_dict_get, , of_value((loam_weak_value_dict_get)(WEAK_VALUES, KEY)))                              \
    X(loam_weak_value_dict_find, , find_weak_value(w))                                                                 \
    X(loam_weak_value_dict_contains, , (loam_weak_value_dict_contains)(WEAK_VALUES, KEY))                              \
    X(loam_weak_value_dict_remove, , (loam_weak_value_dict_remove)(WEAK_VALUES, KEY))                                  \
    X(loam_weak_value_dict_pop, , of_value((loam_weak_value_dict_pop)(WEAK_VALUES, KEY)))                              \
    X(loam_weak_value_dict_clear, , loam_weak_value_dict_clear(WEAK_VALUES))                                           \
    X(loam_weak_value_dict_keys, , of_list(loam_weak_value_dict_keys(WEAK_VALUES)))                                    \
    X(loam_weak_value_dict_values, , of_list(loam_weak_value_dict_values(WEAK_VALUES)))                                \
    X(loam_weak_value_dict_items, , of_list(loam_weak_value_dict_items(WEAK_VALUES)))                                  \
    X(loam_weak_key_dict_new, , of_value(VALUE(loam_weak_key_dict_new())))                                             \
    X(loam_weak_key_dict_len, , (int)loam_weak_key_dict_len(WEAK_KEYS))                                                \
    X(loam_weak_key_dict_set, , (loam_weak_key_dict_set)(WEAK_KEYS, w->key, LOAM_NONE))                                \
    X(loam_weak_key_dict_set_take, , loam_weak_key_dict_set_take(WEAK_KEYS, key_new(w, 0), probe_new(1)))              \
    X(loam_weak_key_dict_set_take, new_key, loam_weak_key_dict_set_take(WEAK_KEYS, key_new(w, 100), probe_new(1)))     \
    X(loam_weak_key_dict_get, , of_value((loam_weak_key_dict_get)(WEAK_KEYS, KEY)))                                    \
    X(loam_weak_key_dict_find, , find_by_weak_key(w))                                                                  \
    X(loam_weak_key_dict_contains, , (loam_weak_key_dict_contains)(WEAK_KEYS, KEY))                                    \
    X(loam_weak_key_dict_remove, , (loam_weak_key_dict_remove)(WEAK_KEYS, KEY))                                        \
    X(loam_weak_key_dict_pop, , of_value((loam_weak_key_dict_pop)(WEAK_KEYS, KEY)))                                    \
    X(loam_weak_key_dict_clear, , loam_weak_key_dict_clear(WEAK_KEYS))                                                 \
    X(loam_weak_key_dict_keys, , of_list(loam_weak_key_dict_keys(WEAK_KEYS)))                                          \
    X(loam_weak_key_dict_values, , of_list(loam_weak_key_dict_values(WEAK_KEYS)))                                      \
    X(loam_weak_key_dict_items, , of_list(loam_weak_key_dict_items(WEAK_KEYS)))                                        \
    X(loam_weak_set_new, , of_value(VALUE(loam_weak_set_new())))                                                       \
    X(loam_weak_set_len, , (int)loam_weak_set_len(w->weak_set))                                                        \
    X(loam_weak_set_add, , (loam_weak_set_add)(w->weak_set, KEY))                                                      \
    X(loam_weak_set_add, literal, loam_weak_set_add(w->weak_set, LOAM_TUPLE(loam__take(probe_new(100)))))              \
    X(loam_weak_set_contains, , (loam_weak_set_contains)(w->weak_set, KEY))                                            \
    X(loam_weak_set_remove, , (loam_weak_set_remove)(w->weak_set, KEY))                                                \
    X(loam_weak_set_discard, , (loam_weak_set_discard)(w->weak_set, KEY))                                              \
    X(loam_weak_set_clear, , loam_weak_set_clear(w->weak_set))                                                         \
    X(loam_weak_set_items, , of_list(loam_weak_set_items(w->weak_set)))                                                \
    X(loam_list_new, , of_list(loam_list_new()))                                                                       \
    X(loam_list_from, a_list, of_list(loam_list_from(VALUE(w->lists[0]))))                                             \
    X(loam_list_from, a_dict, of_list(loam_list_from(VALUE(DICT))))                                                    \
    X(loam_list_from, a_stream, of_list(loam_list_from(w->stream)))                                                    \
    X(loam_list_len, , (int)loam_list_len(w->lists[0]))                                                                \
    X(loam_list_span_peek, , (int)loam_list_span_peek(w->lists[0]).len)                                                \
    X(loam_list_get, , of_value(loam_list_get(w->lists[0], 0)))                                                        \
    X(loam_list_get_peek, , of_peek(loam_list_get_peek(w->lists[0], -1)))                                              \
    X(loam_list_get_int, , loam_list_get_int(w->lists[0], 0, &w->integer))                                             \
    X(loam_list_set, , (loam_list_set)(w->lists[0], 0, w->key))                                                        \
    X(loam_list_set_take, , loam_list_set_take(w->lists[0], 0, probe_new(1)))                                          \
    X(loam_list_append, , (loam_list_append)(w->lists[0], w->key))                                                     \
    X(loam_list_append_take, , loam_list_append_take(w->lists[0], probe_new(1)))                                       \
    X(loam_list_insert, , (loam_list_insert)(w->lists[0], 0, w->key))                                                  \
    X(loam_list_insert_take, , loam_list_insert_take(w->lists[0], 0, probe_new(1)))                                    \
    X(loam_list_extend, by_a_list, loam_list_extend(w->lists[0], VALUE(w->lists[1])))                                  \
    X(loam_list_extend, by_itself, loam_list_extend(w->lists[0], VALUE(w->lists[0])))                                  \
    X(loam_list_extend, by_a_dict, loam_list_extend(w->lists[0], VALUE(DICT)))                                         \
    X(loam_list_extend, by_a_stream, loam_list_extend(w->lists[0], w->stream))                                         \
    X(loam_list_pop, , of_value(loam_list_pop(w->lists[0], 0)))                                                        \
    X(loam_list_clear, , loam_list_clear(w->lists[0]))                                                                 \
    X(loam_list_reserve, , loam_list_reserve(w->lists[0], 1000))                                                       \
    X(loam_list_slice, , of_list(loam_list_slice(w->lists[0], LOAM_OMIT, LOAM_OMIT, -1)))                              \
    X(loam_list_set_slice, by_a_list, loam_list_set_slice(w->lists[0], 0, 2, 1, VALUE(w->lists[1])))                   \
    X(loam_list_set_slice, by_itself, loam_list_set_slice(w->lists[0], 0, 1, 1, VALUE(w->lists[0])))                   \
    X(loam_list_set_slice, each, loam_list_set_slice(w->lists[0], LOAM_OMIT, LOAM_OMIT, -1, VALUE(w->lists[1])))       \
    X(loam_list_set_slice, by_a_stream, loam_list_set_slice(w->lists[0], 0, LOAM_OMIT, 1, w->stream))                  \
    X(loam_list_delete_slice, , loam_list_delete_slice(w->lists[0], LOAM_OMIT, LOAM_OMIT, 2))                          \
    X(loam_list_delete, , loam_list_delete(w->lists[0], -1))                                                           \
    X(loam_list_contains, , (loam_list_contains)(w->lists[0], loam__key_value(w->value)))                              \
    X(loam_list_contains, a_tuple, (loam_list_contains)(w->lists[2], KEY))                                             \
    X(loam_list_contains, nested, contains_nested(w))                                                                  \
    X(loam_list_count, , (int)(loam_list_count)(w->lists[0], loam__key_value(w->value)))                               \
    X(loam_list_count, nested, count_nested(w))                                                                        \
    X(loam_list_index, , (int)(loam_list_index)(w->lists[0], loam__key_value(w->value), LOAM_OMIT, LOAM_OMIT))         \
    X(loam_list_index, nested, index_nested(w))                                                                        \
    X(loam_list_remove, , (loam_list_remove)(w->lists[0], loam__key_value(w->value)))                                  \
    X(loam_list_remove, nested, remove_nested(w))                                                                      \
    X(loam_list_copy, , of_list(loam_list_copy(w->lists[0])))                                                          \
    X(loam_list_concat, , of_list(loam_list_concat(w->lists[0], w->lists[1])))                                         \
    X(loam_list_repeat, , of_list(loam_list_repeat(w->lists[0], 3)))                                                   \
    X(loam_list_repeat_in_place, , loam_list_repeat_in_place(w->lists[0], 3))                                          \
    X(loam_list_repeat_in_place, never, loam_list_repeat_in_place(w->lists[0], 0))                                     \
    X(loam_list_reverse, , loam_list_reverse(w->lists[0]))                                                             \
    X(loam_list_sort, , loam_list_sort(w->lists[0]))                                                                   \
    X(loam_list_sort, of_nested, sort_values(w))                                                                       \
    X(loam_list_sort_reverse, , loam_list_sort_reverse(w->lists[0]))                                                   \
    X(loam_list_sort_reverse, of_nested, sort_values_reverse(w))                                                       \
    X(loam_list_sort_key, , sort_by_key(w))                                                                            \
    X(loam_list_sort_key, by_nested, sort_by_nested_keys(w))                                                           \
    X(loam_list_sort_compare, that_puts_in, sort_and_put(w))                                                           \
    X(loam_list_sort_compare, , sort_by_comparator(w))                                                                 \
    X(loam_tuple_new, , of_tuple(loam_tuple_new(&w->key, 1)))                                                          \
    X(loam_tuple_new_take, , of_tuple(loam_tuple_new_take((loam_value[]){probe_new(1)}, 1)))                           \
    X(loam_tuple_from, a_list, of_tuple(loam_tuple_from(VALUE(w->lists[0]))))                                          \
    X(loam_tuple_from, a_dict, of_tuple(loam_tuple_from(VALUE(DICT))))                                                 \
    X(loam_tuple_from, a_stream, of_tuple(loam_tuple_from(w->stream)))                                                 \
    X(loam_tuple_len, , (int)loam_tuple_len(w->tuples[0]))                                                             \
    X(loam_tuple_get, , of_value(loam_tuple_get(w->tuples[0], 0)))                                                     \
    X(loam_tuple_span_peek, , (int)loam_tuple_span_peek(w->tuples[0]).len)                                             \
    X(loam_tuple_get_peek, , of_peek(loam_tuple_get_peek(w->tuples[0], 0)))                                            \
    X(loam_tuple_slice, , of_tuple(loam_tuple_slice(w->tuples[0], 0, LOAM_OMIT, 2)))                                   \
    X(loam_tuple_get_int, , loam_tuple_get_int(w->tuples[0], 0, &w->integer))                                          \
    X(loam_tuple_contains, , (loam_tuple_contains)(w->tuples[0], loam__key_value(w->value)))                           \
    X(loam_tuple_contains, nested, contains_in_tuple(w))                                                               \
    X(loam_tuple_count, , (int)(loam_tuple_count)(w->tuples[0], loam__key_value(w->value)))                            \
    X(loam_tuple_count, nested, count_in_tuple(w))                                                                     \
    X(loam_tuple_index, , (int)(loam_tuple_index)(w->tuples[0], loam__key_value(w->value), LOAM_OMIT, LOAM_OMIT))      \
    X(loam_tuple_index, nested, index_in_tuple(w))                                                                     \
    X(loam_tuple_concat, , of_tuple(loam_tuple_concat(w->tuples[0], w->tuples[1])))                                    \
    X(loam_tuple_repeat, , of_tuple(loam_tuple_repeat(w->tuples[0], 3)))                                               \
    X(loam_range_new, , of_value(VALUE(loam_range_new(0, 9, 2))))                                                      \
    X(loam_range_len, , (int)loam_range_len(w->range))                                                                 \
    X(loam_range_bounds, , loam_range_bounds(w->range, &w->integer, NULL, NULL))                                       \
    X(loam_range_get, , of_value(loam_range_get(w->range, -1)))                                                        \
    X(loam_range_get_int, , loam_range_get_int(w->range, -1, &w->integer))                                             \
    X(loam_range_slice, , of_value(VALUE(loam_range_slice(w->range, 1, 3, 1))))                                        \
    X(loam_range_contains, , (loam_range_contains)(w->range, KEY))                                                     \
    X(loam_range_count, , (int)(loam_range_count)(w->range, KEY))                                                      \
    X(loam_range_index, , (int)(loam_range_index)(w->range, KEY))                                                      \
    X(loam_deque_new, , of_deque(loam_deque_new()))                                                                    \
    X(loam_deque_new_max, , of_deque(loam_deque_new_max(3)))                                                           \
    X(loam_deque_from, a_list, of_deque(loam_deque_from(VALUE(w->lists[0]))))                                          \
    X(loam_deque_from, a_dict, of_deque(loam_deque_from(VALUE(DICT))))                                                 \
    X(loam_deque_from, a_stream, of_deque(loam_deque_from(w->stream)))                                                 \
    X(loam_deque_len, , (int)loam_deque_len(w->deques[0]))                                                             \
    X(loam_deque_max_len, , loam_deque_max_len(w->deques[2]) < 0)                                                      \
    X(loam_deque_get, , of_value(loam_deque_get(w->deques[0], -1)))                                                    \
    X(loam_deque_get_peek, , of_peek(loam_deque_get_peek(w->deques[0], 0)))                                            \
    X(loam_deque_get_int, , loam_deque_get_int(w->deques[0], 0, &w->integer))                                          \
    X(loam_deque_set, , (loam_deque_set)(w->deques[0], 0, w->key))                                                     \
    X(loam_deque_set_take, , loam_deque_set_take(w->deques[0], 0, probe_new(1)))                                       \
    X(loam_deque_append, , (loam_deque_append)(w->deques[0], w->key))                                                  \
    X(loam_deque_append_take, , loam_deque_append_take(w->deques[0], probe_new(1)))                                    \
    X(loam_deque_append, to_a_full_one, (loam_deque_append)(w->deques[2], w->key))                                     \
    X(loam_deque_append_take, to_a_full_one, loam_deque_append_take(w->deques[2], probe_new(1)))                       \
    X(loam_deque_append_first, , (loam_deque_append_first)(w->deques[0], w->key))                                      \
    X(loam_deque_append_first_take, , loam_deque_append_first_take(w->deques[0], probe_new(1)))                        \
    X(loam_deque_append_first, to_a_full_one, (loam_deque_append_first)(w->deques[2], w->key))                         \
    X(loam_deque_append_first_take, to_a_full_one, loam_deque_append_first_take(w->deques[2], probe_new(1)))           \
    X(loam_deque_insert, , (loam_deque_insert)(w->deques[0], 1, w->key))                                               \
    X(loam_deque_insert_take, , loam_deque_insert_take(w->deques[0], -1, probe_new(1)))                                \
    X(loam_deque_insert_take, into_a_full_one, loam_deque_insert_take(w->deques[2], -1, probe_new(1)))                 \
    X(loam_deque_extend, by_a_list, loam_deque_extend(w->deques[0], VALUE(w->lists[0])))                               \
    X(loam_deque_extend, by_itself, loam_deque_extend(w->deques[0], VALUE(w->deques[0])))                              \
    X(loam_deque_extend, of_a_full_one, loam_deque_extend(w->deques[2], VALUE(w->deques[1])))                          \
    X(loam_deque_extend, of_a_full_one_by_itself, loam_deque_extend(w->deques[2], VALUE(w->deques[2])))                \
    X(loam_deque_extend, by_a_stream, loam_deque_extend(w->deques[0], w->stream))                                      \
    X(loam_deque_extend, of_a_full_one_by_a_stream, loam_deque_extend(w->deques[2], w->stream))                        \
    X(loam_deque_extend_first, by_a_list, loam_deque_extend_first(w->deques[0], VALUE(w->lists[0])))                   \
    X(loam_deque_extend_first, by_itself, loam_deque_extend_first(w->deques[0], VALUE(w->deques[0])))                  \
    X(loam_deque_extend_first, of_a_full_one, loam_deque_extend_first(w->deques[2], VALUE(w->deques[1])))              \
    X(loam_deque_extend_first, of_a_full_one_by_itself, loam_deque_extend_first(w->deques[2], VALUE(w->deques[2])))    \
    X(loam_deque_extend_first, by_a_stream, loam_deque_extend_first(w->deques[0], w->stream))                          \
    X(loam_deque_extend_first, of_a_full_one_by_a_stream, loam_deque_extend_first(w->deques[2], w->stream))            \
    X(loam_deque_pop_last, , of_value(loam_deque_pop_last(w->deques[0])))                                              \
    X(loam_deque_pop_first, , of_value(loam_deque_pop_first(w->deques[0])))                                            \
    X(loam_deque_delete, , loam_deque_delete(w->deques[0], -1))                                                        \
    X(loam_deque_contains, , (loam_deque_contains)(w->deques[0], loam__key_value(w->value)))                           \
    X(loam_deque_count, , (int)(loam_deque_count)(w->deques[0], loam__key_value(w->value)))                            \
    X(loam_deque_index, , (int)(loam_deque_index)(w->deques[0], loam__key_value(w->value), LOAM_OMIT, LOAM_OMIT))      \
    X(loam_deque_remove, , (loam_deque_remove)(w->deques[0], loam__key_value(w->value)))                               \
    X(loam_deque_contains, nested, of_nested(w, CONTAINS))                                                             \
    X(loam_deque_count, nested, of_nested(w, COUNT))                                                                   \
    X(loam_deque_index, nested, of_nested(w, INDEX))                                                                   \
    X(loam_deque_remove, nested, of_nested(w, REMOVE))                                                                 \
    X(loam_deque_rotate, , loam_deque_rotate(w->deques[0], 2))                                                         \
    X(loam_deque_reverse, , loam_deque_reverse(w->deques[0]))                                                          \
    X(loam_deque_clear, , loam_deque_clear(w->deques[0]))                                                              \
    X(loam_deque_copy, , of_deque(loam_deque_copy(w->deques[0])))                                                      \
    X(loam_deque_concat, , of_deque(loam_deque_concat(w->deques[2], w->deques[1])))                                    \
    X(loam_deque_repeat, , of_deque(loam_deque_repeat(w->deques[2], 3)))                                               \
    X(loam_deque_repeat_in_place, , loam_deque_repeat_in_place(w->deques[0], 3))                                       \
    X(loam_deque_repeat_in_place, of_a_full_one, loam_deque_repeat_in_place(w->deques[2], 3))                          \
    X(loam_deque_repeat_in_place, never, loam_deque_repeat_in_place(w->deques[0], 0))                                  \
    X(loam_deque_reserve, , loam_deque_reserve(w->deques[0], 1000))                                                    \
    X(loam_equal, deques, loam_equal(VALUE(w->deques[0]), VALUE(w->deques[1])))                                        \
    X(loam_compare, deques, loam_compare(VALUE(w->deques[0]), VALUE(w->deques[1]), &w->order))                         \
    X(loam_repr, of_a_deque, of_str(loam_repr(VALUE(w->deques[2]))))                                                   \
    X(loam_iter_of, a_deque, of_value(VALUE(loam_iter_of(VALUE(w->deques[0])))))                                       \
    X(loam_copy, a_list, of_value(loam_copy(VALUE(w->lists[0]))))                                                      \
    X(loam_copy, a_dict, of_value(loam_copy(VALUE(DICT))))                                                             \
    X(loam_copy, a_probe, of_value(loam_copy(w->value)))                                                               \
    X(loam_deepcopy, a_dict, of_value(loam_deepcopy(VALUE(DICT))))                                                     \
    X(loam_deepcopy, a_deque, of_value(loam_deepcopy(VALUE(w->deques[2]))))                                            \
    X(loam_deepcopy, nested, of_value(loam_deepcopy(VALUE(w->outer[0]))))                                              \
    X(loam_equal, lists, loam_equal(VALUE(w->lists[0]), VALUE(w->lists[1])))                                           \
    X(loam_equal, tuples, loam_equal(VALUE(w->tuples[0]), VALUE(w->tuples[1])))                                        \
    X(loam_equal, dicts, loam_equal(VALUE(w->dicts[0]), VALUE(w->dicts[1])))                                           \
    X(loam_equal, nested, loam_equal(VALUE(w->outer[0]), VALUE(w->outer[1])))                                          \
    X(loam_compare, lists, loam_compare(VALUE(w->lists[0]), VALUE(w->lists[1]), &w->order))                            \
    X(loam_compare, tuples, loam_compare(VALUE(w->tuples[0]), VALUE(w->tuples[1]), &w->order))                         \
    X(loam_compare, nested, loam_compare(VALUE(w->outer[0]), VALUE(w->outer[1]), &w->order))                           \
    X(loam_hash, of_a_key, loam_hash(w->key, &w->hash))                                                                \
    X(loam_hash, of_a_tuple, loam_hash(VALUE(w->tuples[0]), &w->hash))                                                 \
    X(loam_len, , (int)loam_len(w->value))                                                                             \
    X(loam_repr, of_a_list, of_str(loam_repr(VALUE(w->lists[0]))))                                                     \
    X(loam_repr, of_a_tuple, of_str(loam_repr(VALUE(w->tuples[0]))))                                                   \
    X(loam_repr, of_a_dict, of_str(loam_repr(VALUE(DICT))))                                                            \
    X(loam_repr, of_nested, of_str(loam_repr(VALUE(w->outer[0]))))                                                     \
    X(loam_str_of, , of_str(loam_str_of(VALUE(w->lists[0]))))                                                          \
    X(loam_str_join, a_list, of_str(loam_str_join(", ", w->lists[0])))                                                 \
    X(loam_str_join, a_stream, of_str(loam_str_join(", ", w->stream)))                                                 \
    X(loam_bytes_join, a_stream, of_value(VALUE(loam_bytes_join(", ", w->stream))))                                    \
    X(loam_builder_append, , build(w))                                                                                 \
    X(loam_print, , loam_print(VALUE(w->lists[0])))                                                                    \
    X(loam_println, , loam_println(VALUE(DICT)))                                                                       \
    X(loam_sizeof, , (int)loam_sizeof(w->value))                                                                       \
    X(loam_sizeof_deep, , (int)loam_sizeof_deep(VALUE(w->outer[0])))                                                   \
    X(loam_iter_of, a_list, of_value(VALUE(loam_iter_of(VALUE(w->lists[0])))))                                         \
    X(loam_iter_of, a_stream, of_value(VALUE(loam_iter_of(w->stream))))                                                \
    X(loam_iter_reversed, , of_value(VALUE(loam_iter_reversed(VALUE(w->lists[0])))))                                   \
    X(loam_iter_reversed, a_dict, of_value(VALUE(loam_iter_reversed(VALUE(DICT)))))                                    \
    X(loam_iter_reversed, a_view, of_value(VALUE(loam_iter_reversed(VALUE(w->view)))))                                 \
    X(loam_iter_sorted, of_nested, sorted_nested(w))                                                                   \
    X(loam_iter_min, of_nested, extreme_nested(w, loam_iter_min))                                                      \
    X(loam_iter_max, of_nested, extreme_nested(w, loam_iter_max))                                                      \
    X(loam_iter_min_key, of_nested, extreme_by_nested_key(w, loam_iter_min_key))                                       \
    X(loam_iter_max_key, of_nested, extreme_by_nested_key(w, loam_iter_max_key))                                       \
    X(loam_iter_values, , of_value(VALUE(loam_iter_values(DICT))))                                                     \
    X(loam_iter_items, , of_value(VALUE(loam_iter_items(DICT))))

#define FUNCTION(function, variant, call)                                                                              \
    static int function##_##variant(world *w)                                                                          \
    {                                                                                                                  \
        (void)w;                                                                                                       \
        return (call);                                                                                                 \
    }
OPERATIONS(FUNCTION)
SET_OPERATIONS(FUNCTION)

#define OPERATION(function, variant, call) {#function, #variant, function##_##variant, false, NULL, NULL},
static const operation operations[] = {OPERATIONS(OPERATION) SET_OPERATIONS(OPERATION)};

/* Sizes at which a dict has no index, gets one, needs a larger one, or closes its holes. */
static const shape shapes[] = {
    {.items = 1, .is_there = true},
    {.items = 3},
    {.items = 8, .is_there = true, .collide = true},
    {.items = 8, .holes = true},
    {.items = 9, .is_there = true},
    {.items = 12, .collide = true},
    {.items = 12, .holes = true, .is_there = true, .tuple_keys = true},
    {.items = 18, .holes = true, .collide = true, .tuple_keys = true},
    {.items = 70, .holes = true, .is_there = true}, /* walks take several batches */
};

static void try_all(event at, unsigned least)
{
    unsigned cells = 0;

    cr_assert(freopen("/dev/null", "w", stdout));
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        for (size_t j = 0; j < sizeof shapes / sizeof *shapes; j++)
            cells += try_cells(&operations[i], at, shapes[j]);
    cr_assert_geq(cells, sampled(least), "only %u cells", cells);
    cr_log_info("%u cells", cells);
}

LOAM_TEST(reentrancy, a_hash_may_do_anything_to_the_containers_that_ask_for_it)
{
    try_all(AT_HASH, 1500);
}

LOAM_TEST(reentrancy, an_equality_may_do_anything_to_the_containers_that_ask_for_it)
{
    try_all(AT_EQUAL, 4000);
}

LOAM_TEST(reentrancy, a_comparison_may_do_anything_to_the_containers_that_ask_for_it)
{
    try_all(AT_COMPARE, 500);
}

LOAM_TEST(reentrancy, a_key_function_or_a_comparator_may_do_anything_to_the_list_that_is_sorted)
{
    try_all(AT_KEY, 200);
    try_all(AT_ORDER, 200);
}

LOAM_TEST(reentrancy, a_repr_may_do_anything_to_the_containers_that_ask_for_it)
{
    try_all(AT_REPR, 1500);
}

LOAM_TEST(reentrancy, an_iteration_of_a_types_own_may_do_anything_to_the_containers_that_run_it)
{
    try_all(AT_BEGIN, 250);
    try_all(AT_FILL, 500);
    try_all(AT_LEN, 80);
}

LOAM_TEST(reentrancy, a_finalizer_may_do_anything_to_the_containers_that_let_go_of_its_object)
{
    needs(LOAM_GC_PROMPT_FREE);
    try_all(AT_FINALIZE, 4000);
    try_all(AT_GONE, 4000);
}

/* On boehm too, where they run at the safe points of operations, and nowhere else. */
LOAM_TEST(reentrancy, a_finalizer_that_is_due_may_do_anything_to_what_an_operation_works_on)
{
    unsigned cells = 0;

    cr_assert(freopen("/dev/null", "w", stdout));
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        for (size_t j = 0; j < sizeof shapes / sizeof *shapes; j++)
            cells += try_due_cells(&operations[i], shapes[j]);
    cr_assert_geq(cells, 40, "only %u cells", cells);
    cr_log_info("%u cells", cells);
}

LOAM_TEST(reentrancy, a_weak_callback_may_do_anything_to_the_containers_that_let_go_of_its_object)
{
    needs(LOAM_GC_PROMPT_FREE);
    try_all(AT_CUT, 4000);
}

LOAM_TEST(reentrancy, a_copy_of_a_types_own_may_do_anything_to_what_is_copied)
{
    try_all(AT_COPY, 500);
}

void record_containers(void)
{
    unsigned calls[EVENTS];

    cr_assert(freopen("/dev/null", "w", stdout));
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        for (size_t j = 0; j < sizeof shapes / sizeof *shapes; j++) {
            run_quietly(&operations[i], shapes[j], calls);
            record(&operations[i], calls);
        }
}

LOAM_TEST(reentrancy, doc_lines_name_the_user_code_that_runs)
{
    record_containers();
    record_chains();
    assert_doc_lines_are_true();
}
