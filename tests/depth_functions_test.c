/*
 * Every function that may hash, compare or write what is nested, on 100,000 levels and a stack of 256 KiB, and on 300
 * levels, where it must have the right answer. tests/depth_coverage.sh reads in the headers which functions these are.
 *
 * An item is either the nesting itself, or a locket with the nesting inside: its hash is always the same, so that a
 * table can hold it and equality goes down. A third time the hash of the lockets in the tables goes down too.
 */
#include "tests/nestings.h"

#include <stdio.h>
#include <string.h>

typedef enum form { PLAIN, LOCKETS, LOCKETS_HASHED, FORMS } form;

static bool hash_goes_down;

typedef struct locket {
    loam_object loam;
    void *inside;
} locket;

static loam_value inside_of(const void *self)
{
    return loam_from(((const locket *)self)->inside);
}

static loam_status locket_hash(const void *self, uint64_t *out)
{
    loam_status status = hash_goes_down ? loam_hash(inside_of(self), out) : LOAM_OK;

    *out = 5;
    return status;
}

static int locket_equal(const void *self, const void *other)
{
    return loam_equal(inside_of(self), inside_of(other));
}

static loam_status locket_compare(const void *self, const void *other, int *order)
{
    return loam_compare(inside_of(self), inside_of(other), order);
}

static loam_str *locket_repr(const void *self)
{
    return loam_repr(inside_of(self));
}

static loam_type locket_type = {.name = "locket",
                                .size = sizeof(locket),
                                .refs = LOAM_REFS(offsetof(locket, inside)),
                                .hash = locket_hash,
                                .equal = locket_equal,
                                .compare = locket_compare,
                                .repr = locket_repr};

/* What a function is called with. Tables hold plain nestings only where these have a hash: they then hold 1 alone. */
typedef struct world {
    const nesting *nesting;
    form form;
    loam_value item; /* what the containers hold besides 1 */
    loam_value key;  /* its equal, and in no container but `keys` and `pair` */
    loam_list *list, *pair, *keys, *pairs;
    loam_tuple *tuple;
    loam_deque *deque;
    loam_dict *dict, *counts; /* item => 1; 1 => item, 2 => key */
    loam_set *set, *other;
    loam_frozenset *frozen;
    loam_weak_value_dict *weak_values;
    loam_weak_key_dict *weak_keys;
    loam_weak_set *weak_set;
    loam_value out;
    union {
        int64_t integer;
        double number;
        bool truth;
        const char *chars;
    } got;
} world;

static loam_value item_new(const nesting *n, form form, unsigned depth)
{
    loam_value value = nested(n, depth);
    locket *l = form == PLAIN ? NULL : loam_new(&locket_type);

    if (!l)
        return value;
    return loam_slot_set_take(l, &l->inside, value) == LOAM_OK ? loam_from(l) : LOAM_UNSET;
}

static loam_status fill_tables(world *w)
{
    bool fine = loam_dict_set(w->dict, w->item, 1) == LOAM_OK && loam_set_add(w->set, w->item) == 1 &&
                loam_set_add(w->other, w->key) == 1 &&
                loam_weak_value_dict_set(w->weak_values, w->item, w->list) == LOAM_OK &&
                loam_weak_key_dict_set(w->weak_keys, w->item, 1) == LOAM_OK &&
                loam_weak_set_add(w->weak_set, w->item) == LOAM_OK;

    return fine ? LOAM_OK : loam_error()->status;
}

static void make(world *w)
{
    w->list = loam_list_of(1, w->item);
    w->tuple = loam_tuple_of(1, w->item);
    w->deque = loam_deque_from(loam_from(w->list));
    w->pair = loam_list_of(w->item, w->key);
    w->keys = loam_list_of(w->key);
    w->pairs = loam_list_of(LOAM_TUPLE(w->item, 1), LOAM_TUPLE(w->key, 1));
    w->dict = loam_dict_of(1, 1);
    w->counts = loam_dict_of(1, w->item, 2, w->key);
    w->set = loam_set_of(1);
    w->other = loam_set_of(1);
    w->weak_values = loam_weak_value_dict_new();
    w->weak_keys = loam_weak_key_dict_new();
    w->weak_set = loam_weak_set_new();
    (void)!(w->form == PLAIN ? LOAM_OK : fill_tables(w));
    w->frozen = loam_frozenset_from(loam_from(w->set));
}

static void drop(world *w)
{
    const void *all[] = {w->list,   w->pair, w->keys,  w->pairs,  w->tuple,       w->deque,     w->dict,
                         w->counts, w->set,  w->other, w->frozen, w->weak_values, w->weak_keys, w->weak_set};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        loam_release(all[i]);
    loam_unset(&w->out);
}

/* Everything that a failed call could have changed has as many items as before. */
static int64_t items_of(const world *w)
{
    return loam_list_len(w->list) + loam_list_len(w->pair) + loam_deque_len(w->deque) + loam_dict_len(w->dict) +
           loam_set_len(w->set) + loam_set_len(w->other) + loam_weak_value_dict_len(w->weak_values) +
           loam_weak_key_dict_len(w->weak_keys) + loam_weak_set_len(w->weak_set);
}

/* Results as a number: a status, or what was asked for. They release what they are given. */

static int64_t of_value(loam_value value)
{
    int64_t status = loam_is_unset(value) ? (int64_t)loam_error()->status : (int64_t)LOAM_OK;

    loam_release(value);
    return status;
}

static int64_t of_peek(loam_value value)
{
    return loam_is_unset(value) ? (int64_t)loam_error()->status : (int64_t)LOAM_OK;
}

#define OF(handle) of_value(loam_from(handle))

static loam_value same(loam_value item, void *context)
{
    (void)context;
    return loam_retain_value(item);
}

static int64_t to_list(loam_iter *it, loam_list *(*sink)(loam_iter *))
{
    loam_auto loam_iter *taken = it;

    return OF(sink(taken));
}

static int64_t to_dict(loam_iter *it, loam_dict *(*sink)(loam_iter *))
{
    loam_auto loam_iter *taken = it;

    return OF(sink(taken));
}

static int64_t to_extreme(loam_iter *it, loam_value (*sink)(loam_iter *))
{
    loam_auto loam_iter *taken = it;

    return of_value(sink(taken));
}

typedef loam_value by_key(loam_iter *iter, loam_value (*key)(loam_value item, void *context), void *context);

static int64_t to_extreme_by_key(loam_iter *it, by_key *sink)
{
    loam_auto loam_iter *taken = it;

    return of_value(sink(taken, same, NULL));
}

static int64_t build(world *w)
{
    loam_auto loam_builder *builder = loam_builder_new();

    return loam_builder_append(builder, w->list);
}

/* The last entry is the item. */
static int64_t remove_current(world *w)
{
    uint64_t position = 0;

    while (loam_dict_next_peek(w->dict, &position, &w->out, NULL) == LOAM_OK && loam_is_int(w->out))
        continue;
    w->out = LOAM_UNSET;
    return loam_dict_remove_current(w->dict, &position);
}

static int64_t remove_current_element(world *w)
{
    uint64_t position = 0;

    while (loam_set_next_peek(w->set, &position, &w->out) == LOAM_OK && loam_is_int(w->out))
        continue;
    w->out = LOAM_UNSET;
    return loam_set_remove_current(w->set, &position);
}

/* An object of a type of one's own that cannot be copied is refused. */
static int64_t copy_deeply(world *w)
{
    bool has_objects = w->form != PLAIN || w->nesting == nesting_named("beads");
    int64_t status = of_value(loam_deepcopy(loam_from(w->list)));

    return has_objects && status == LOAM_ERR_TYPE ? LOAM_OK : status;
}

typedef loam_dict_view *view_function(loam_dict *dict);

static int64_t view_contains(loam_dict *dict, view_function *make_view, loam_value item)
{
    loam_auto loam_dict_view *view = make_view(dict);

    return loam_dict_view_contains(view, item);
}

static int64_t items_contain(world *w)
{
    loam_auto loam_tuple *item = loam_tuple_of(w->key, 1);

    return view_contains(w->dict, loam_dict_items_view, loam_from(item));
}

static int64_t combine_keys(world *w, loam_set *(*combine)(loam_dict_view *, loam_value))
{
    loam_auto loam_dict_view *view = loam_dict_keys_view(w->dict);

    return OF(combine(view, loam_from(w->keys)));
}

static int64_t ask_keys(world *w, int (*ask)(loam_dict_view *, loam_value))
{
    loam_auto loam_dict_view *view = loam_dict_keys_view(w->dict);

    return ask(view, loam_from(w->keys));
}

static int64_t equal_views(world *w)
{
    loam_auto loam_dict_view *a = loam_dict_keys_view(w->dict);

    return loam_equal(loam_from(a), loam_from(w->other));
}

static int64_t write_view(world *w, view_function *make_view)
{
    loam_auto loam_dict_view *view = make_view(w->dict);

    return OF(loam_repr(loam_from(view)));
}

/* When the answer is `right`. */
typedef enum kind {
    ITEMS,   /* always */
    ORDER,   /* where the nesting has an order, else it is LOAM_ERR_TYPE */
    LOOK_UP, /* where the key is in the table. A plain nesting is not: `absent`, or LOAM_ERR_TYPE without a hash */
    TABLES   /* where the key is in the table; not asked with plain ones */
} kind;

#define KEY w->key
#define KEYS loam_from(w->keys)
#define OTHER loam_from(w->other)
#define ITER(list) loam_iter_of(loam_from(list))

/* X(kind, function, variant, right, absent, what is called). */
#define SEQUENCES(X)                                                                                                   \
    X(ITEMS, loam_list_contains, , 1, 1, loam_list_contains(w->list, KEY))                                             \
    X(ITEMS, loam_list_count, , 1, 1, loam_list_count(w->list, KEY))                                                   \
    X(ITEMS, loam_list_index, , 1, 1, loam_list_index(w->list, KEY, LOAM_OMIT, LOAM_OMIT))                             \
    X(ITEMS, loam_list_remove, , LOAM_OK, 1, loam_list_remove(w->list, KEY))                                           \
    X(ITEMS, loam_tuple_contains, , 1, 1, loam_tuple_contains(w->tuple, KEY))                                          \
    X(ITEMS, loam_tuple_count, , 1, 1, loam_tuple_count(w->tuple, KEY))                                                \
    X(ITEMS, loam_tuple_index, , 1, 1, loam_tuple_index(w->tuple, KEY, LOAM_OMIT, LOAM_OMIT))                          \
    X(ITEMS, loam_deque_contains, , 1, 1, loam_deque_contains(w->deque, KEY))                                          \
    X(ITEMS, loam_deque_count, , 1, 1, loam_deque_count(w->deque, KEY))                                                \
    X(ITEMS, loam_deque_index, , 1, 1, loam_deque_index(w->deque, KEY, LOAM_OMIT, LOAM_OMIT))                          \
    X(ITEMS, loam_deque_remove, , LOAM_OK, 1, loam_deque_remove(w->deque, KEY))                                        \
    X(ITEMS, loam_dict_view_contains, value, 1, 1, view_contains(w->counts, loam_dict_values_view, KEY))               \
    X(ITEMS, loam_builder_append, , LOAM_OK, 1, build(w))                                                              \
    X(ITEMS, loam_print, , LOAM_OK, 1, loam_print(loam_from(w->tuple)))                                                \
    X(ITEMS, loam_println, , LOAM_OK, 1, loam_println(loam_from(w->deque)))                                            \
    X(ITEMS, loam_repr, values, LOAM_OK, 1, write_view(w, loam_dict_values_view))                                      \
    X(ITEMS, loam_copy, list, LOAM_OK, 1, of_value(loam_copy(loam_from(w->list))))                                     \
    X(ITEMS, loam_deepcopy, , LOAM_OK, 1, copy_deeply(w))                                                              \
    X(ORDER, loam_list_sort, , LOAM_OK, 1, loam_list_sort(w->pair))                                                    \
    X(ORDER, loam_list_sort_reverse, , LOAM_OK, 1, loam_list_sort_reverse(w->pair))                                    \
    X(ORDER, loam_list_sort_key, , LOAM_OK, 1, loam_list_sort_key(w->pair, same, NULL, true))                          \
    X(ORDER, loam_iter_sorted, , LOAM_OK, 1, to_list(ITER(w->pair), loam_iter_sorted))                                 \
    X(ORDER, loam_iter_min, , LOAM_OK, 1, to_extreme(ITER(w->pair), loam_iter_min))                                    \
    X(ORDER, loam_iter_max, , LOAM_OK, 1, to_extreme(ITER(w->pair), loam_iter_max))                                    \
    X(ORDER, loam_iter_min_key, , LOAM_OK, 1, to_extreme_by_key(ITER(w->pair), loam_iter_min_key))                     \
    X(ORDER, loam_iter_max_key, , LOAM_OK, 1, to_extreme_by_key(ITER(w->pair), loam_iter_max_key))                     \
    X(ORDER, loam_dict_most_common, , LOAM_OK, 1, OF(loam_dict_most_common(w->counts, 1)))

#define DICTS(X)                                                                                                       \
    X(LOOK_UP, loam_dict_from, , LOAM_OK, LOAM_OK, OF(loam_dict_from(loam_from(w->pairs))))                            \
    X(LOOK_UP, loam_dict_from_keys, , LOAM_OK, LOAM_OK, OF(loam_dict_from_keys(KEYS, 1)))                              \
    X(LOOK_UP, loam_dict_set, , LOAM_OK, LOAM_OK, (loam_dict_set)(w->dict, KEY, LOAM_NONE))                            \
    X(LOOK_UP, loam_dict_set_take, , LOAM_OK, LOAM_OK, loam_dict_set_take(w->dict, loam_retain_value(KEY), LOAM_NONE)) \
    X(LOOK_UP, loam_dict_get, , LOAM_OK, LOAM_ERR_KEY, of_value(loam_dict_get(w->dict, KEY)))                          \
    X(LOOK_UP, loam_dict_get_peek, , LOAM_OK, LOAM_ERR_KEY, of_peek(loam_dict_get_peek(w->dict, KEY)))                 \
    X(LOOK_UP, loam_dict_find, , LOAM_OK, LOAM_MISSING, loam_dict_find(w->dict, KEY, &w->out))                         \
    X(LOOK_UP, loam_dict_get_or, , LOAM_OK, LOAM_OK, of_value(loam_dict_get_or(w->dict, KEY, 2)))                      \
    X(LOOK_UP, loam_dict_contains, , 1, 0, loam_dict_contains(w->dict, KEY))                                           \
    X(LOOK_UP, loam_dict_find_int, , LOAM_OK, LOAM_MISSING, loam_dict_find_int(w->dict, KEY, &w->got.integer))         \
    X(LOOK_UP, loam_dict_find_double, , LOAM_OK, LOAM_MISSING, loam_dict_find_double(w->dict, KEY, &w->got.number))    \
    X(LOOK_UP, loam_dict_find_bool, , LOAM_ERR_TYPE, LOAM_MISSING, loam_dict_find_bool(w->dict, KEY, &w->got.truth))   \
    X(LOOK_UP, loam_dict_find_chars_peek, , LOAM_ERR_TYPE, LOAM_MISSING,                                               \
      loam_dict_find_chars_peek(w->dict, KEY, &w->got.chars))                                                          \
    X(LOOK_UP, loam_dict_get_int, , LOAM_OK, LOAM_ERR_KEY, loam_dict_get_int(w->dict, KEY, &w->got.integer))           \
    X(LOOK_UP, loam_dict_get_double, , LOAM_OK, LOAM_ERR_KEY, loam_dict_get_double(w->dict, KEY, &w->got.number))      \
    X(LOOK_UP, loam_dict_get_bool, , LOAM_ERR_TYPE, LOAM_ERR_KEY, loam_dict_get_bool(w->dict, KEY, &w->got.truth))     \
    X(LOOK_UP, loam_dict_get_chars_peek, , LOAM_ERR_TYPE, LOAM_ERR_KEY,                                                \
      loam_dict_get_chars_peek(w->dict, KEY, &w->got.chars))                                                           \
    X(LOOK_UP, loam_dict_add, , LOAM_OK, LOAM_OK, loam_dict_add(w->dict, KEY, 3))                                      \
    X(LOOK_UP, loam_dict_setdefault, , LOAM_OK, LOAM_OK, of_value(loam_dict_setdefault(w->dict, KEY, 3)))              \
    X(LOOK_UP, loam_dict_setdefault_peek, , LOAM_OK, LOAM_OK, of_peek(loam_dict_setdefault_peek(w->dict, KEY, 3)))     \
    X(LOOK_UP, loam_dict_remove, , LOAM_OK, LOAM_ERR_KEY, loam_dict_remove(w->dict, KEY))                              \
    X(LOOK_UP, loam_dict_pop, , LOAM_OK, LOAM_ERR_KEY, of_value(loam_dict_pop(w->dict, KEY)))                          \
    X(LOOK_UP, loam_dict_pop_or, , LOAM_OK, LOAM_OK, of_value(loam_dict_pop_or(w->dict, KEY, 2)))                      \
    X(TABLES, loam_dict_pop_first, , LOAM_OK, 1, loam_dict_pop_first(w->dict, NULL, NULL))                             \
    X(TABLES, loam_dict_pop_last, , LOAM_OK, 1, loam_dict_pop_last(w->dict, NULL, NULL))                               \
    X(TABLES, loam_dict_remove_current, , LOAM_OK, 1, remove_current(w))                                               \
    X(TABLES, loam_dict_reserve, , LOAM_OK, 1, loam_dict_reserve(w->dict, 1000))                                       \
    X(TABLES, loam_dict_copy, , LOAM_OK, 1, OF(loam_dict_copy(w->dict)))                                               \
    X(TABLES, loam_copy, dict, LOAM_OK, 1, of_value(loam_copy(loam_from(w->dict))))                                    \
    X(TABLES, loam_dict_merge, , LOAM_OK, 1, OF(loam_dict_merge(w->dict, w->counts)))                                  \
    X(TABLES, loam_equal, views, 1, 1, equal_views(w))                                                                 \
    X(TABLES, loam_repr, keys, LOAM_OK, 1, write_view(w, loam_dict_keys_view))                                         \
    X(TABLES, loam_repr, items, LOAM_OK, 1, write_view(w, loam_dict_items_view))                                       \
    X(LOOK_UP, loam_dict_move_to_end, , LOAM_OK, LOAM_ERR_KEY, loam_dict_move_to_end(w->dict, KEY))                    \
    X(LOOK_UP, loam_dict_update, , LOAM_OK, LOAM_OK, loam_dict_update(w->dict, loam_from(w->pairs)))                   \
    X(LOOK_UP, loam_dict_view_contains, key, 1, 0, view_contains(w->dict, loam_dict_keys_view, KEY))                   \
    X(LOOK_UP, loam_dict_view_contains, item, 1, 0, items_contain(w))                                                  \
    X(LOOK_UP, loam_dict_view_union, , LOAM_OK, LOAM_OK, combine_keys(w, loam_dict_view_union))                        \
    X(LOOK_UP, loam_dict_view_intersection, , LOAM_OK, LOAM_OK, combine_keys(w, loam_dict_view_intersection))          \
    X(LOOK_UP, loam_dict_view_difference, , LOAM_OK, LOAM_OK, combine_keys(w, loam_dict_view_difference))              \
    X(LOOK_UP, loam_dict_view_symmetric_difference, , LOAM_OK, LOAM_OK,                                                \
      combine_keys(w, loam_dict_view_symmetric_difference))                                                            \
    X(LOOK_UP, loam_dict_view_isdisjoint, , 0, 1, ask_keys(w, loam_dict_view_isdisjoint))                              \
    X(LOOK_UP, loam_dict_view_issubset, , 0, 0, ask_keys(w, loam_dict_view_issubset))                                  \
    X(LOOK_UP, loam_dict_view_issuperset, , 1, 0, ask_keys(w, loam_dict_view_issuperset))                              \
    X(LOOK_UP, loam_iter_dict, , LOAM_OK, LOAM_OK, to_dict(ITER(w->pairs), loam_iter_dict))                            \
    X(LOOK_UP, loam_iter_counter, , LOAM_OK, LOAM_OK, to_dict(ITER(w->pair), loam_iter_counter))

#define SETS(X)                                                                                                        \
    X(LOOK_UP, loam_set_from, , LOAM_OK, LOAM_OK, OF(loam_set_from(loam_from(w->pair))))                               \
    X(LOOK_UP, loam_set_add, , 0, 1, loam_set_add(w->set, KEY))                                                        \
    X(LOOK_UP, loam_set_contains, , 1, 0, loam_set_contains(w->set, KEY))                                              \
    X(LOOK_UP, loam_set_discard, , 1, 0, loam_set_discard(w->set, KEY))                                                \
    X(LOOK_UP, loam_set_remove, , LOAM_OK, LOAM_ERR_KEY, loam_set_remove(w->set, KEY))                                 \
    X(TABLES, loam_set_pop_first, , LOAM_OK, 1, loam_set_pop_first(w->set, NULL))                                      \
    X(TABLES, loam_set_pop_last, , LOAM_OK, 1, loam_set_pop_last(w->set, NULL))                                        \
    X(TABLES, loam_set_remove_current, , LOAM_OK, 1, remove_current_element(w))                                        \
    X(TABLES, loam_set_reserve, , LOAM_OK, 1, loam_set_reserve(w->set, 1000))                                          \
    X(TABLES, loam_copy, set, LOAM_OK, 1, of_value(loam_copy(loam_from(w->set))))                                      \
    X(TABLES, loam_equal, sets, 1, 1, loam_equal(loam_from(w->set), OTHER))                                            \
    X(TABLES, loam_equal, frozensets, 1, 1, loam_equal(loam_from(w->frozen), OTHER))                                   \
    X(TABLES, loam_repr, set, LOAM_OK, 1, OF(loam_repr(loam_from(w->set))))                                            \
    X(LOOK_UP, loam_set_update, , LOAM_OK, LOAM_OK, loam_set_update(w->set, KEYS))                                     \
    X(LOOK_UP, loam_set_intersection_update, , LOAM_OK, LOAM_OK, loam_set_intersection_update(w->set, KEYS))           \
    X(LOOK_UP, loam_set_difference_update, , LOAM_OK, LOAM_OK, loam_set_difference_update(w->set, KEYS))               \
    X(LOOK_UP, loam_set_symmetric_difference_update, , LOAM_OK, LOAM_OK,                                               \
      loam_set_symmetric_difference_update(w->set, KEYS))                                                              \
    X(TABLES, loam_set_update, by_a_set, LOAM_OK, 1, loam_set_update(w->set, OTHER))                                   \
    X(TABLES, loam_set_intersection_update, by_a_set, LOAM_OK, 1, loam_set_intersection_update(w->set, OTHER))         \
    X(TABLES, loam_set_difference_update, by_a_set, LOAM_OK, 1, loam_set_difference_update(w->set, OTHER))             \
    X(TABLES, loam_set_symmetric_difference_update, by_a_set, LOAM_OK, 1,                                              \
      loam_set_symmetric_difference_update(w->set, OTHER))                                                             \
    X(LOOK_UP, loam_set_union, , LOAM_OK, LOAM_OK, OF(loam_set_union(w->set, KEYS)))                                   \
    X(LOOK_UP, loam_set_intersection, , LOAM_OK, LOAM_OK, OF(loam_set_intersection(w->set, KEYS)))                     \
    X(LOOK_UP, loam_set_difference, , LOAM_OK, LOAM_OK, OF(loam_set_difference(w->set, KEYS)))                         \
    X(LOOK_UP, loam_set_symmetric_difference, , LOAM_OK, LOAM_OK, OF(loam_set_symmetric_difference(w->set, KEYS)))     \
    X(LOOK_UP, loam_set_isdisjoint, , 0, 1, loam_set_isdisjoint(w->set, KEYS))                                         \
    X(LOOK_UP, loam_set_issubset, , 0, 0, loam_set_issubset(w->set, KEYS))                                             \
    X(LOOK_UP, loam_set_issuperset, , 1, 0, loam_set_issuperset(w->set, KEYS))                                         \
    X(TABLES, loam_set_isdisjoint, from_a_set, 0, 1, loam_set_isdisjoint(w->set, OTHER))                               \
    X(TABLES, loam_set_issubset, of_a_set, 1, 1, loam_set_issubset(w->set, OTHER))                                     \
    X(TABLES, loam_set_issuperset, of_a_set, 1, 1, loam_set_issuperset(w->set, OTHER))                                 \
    X(LOOK_UP, loam_frozenset_from, , LOAM_OK, LOAM_OK, OF(loam_frozenset_from(loam_from(w->pair))))                   \
    X(LOOK_UP, loam_frozenset_contains, , 1, 0, loam_frozenset_contains(w->frozen, KEY))                               \
    X(LOOK_UP, loam_frozenset_union, , LOAM_OK, LOAM_OK, OF(loam_frozenset_union(w->frozen, KEYS)))                    \
    X(LOOK_UP, loam_frozenset_intersection, , LOAM_OK, LOAM_OK, OF(loam_frozenset_intersection(w->frozen, KEYS)))      \
    X(LOOK_UP, loam_frozenset_difference, , LOAM_OK, LOAM_OK, OF(loam_frozenset_difference(w->frozen, KEYS)))          \
    X(LOOK_UP, loam_frozenset_symmetric_difference, , LOAM_OK, LOAM_OK,                                                \
      OF(loam_frozenset_symmetric_difference(w->frozen, KEYS)))                                                        \
    X(LOOK_UP, loam_frozenset_isdisjoint, , 0, 1, loam_frozenset_isdisjoint(w->frozen, KEYS))                          \
    X(LOOK_UP, loam_frozenset_issubset, , 0, 0, loam_frozenset_issubset(w->frozen, KEYS))                              \
    X(LOOK_UP, loam_frozenset_issuperset, , 1, 0, loam_frozenset_issuperset(w->frozen, KEYS))

#define WEAK_MAPS(X)                                                                                                   \
    X(LOOK_UP, loam_weak_value_dict_set, , LOAM_OK, LOAM_OK,                                                           \
      (loam_weak_value_dict_set)(w->weak_values, KEY, loam_from(w->pair)))                                             \
    X(LOOK_UP, loam_weak_value_dict_set_take, , LOAM_OK, LOAM_OK,                                                      \
      loam_weak_value_dict_set(w->weak_values, KEY, w->pair))                                                          \
    X(LOOK_UP, loam_weak_value_dict_get, , LOAM_OK, LOAM_ERR_KEY,                                                      \
      of_value(loam_weak_value_dict_get(w->weak_values, KEY)))                                                         \
    X(LOOK_UP, loam_weak_value_dict_find, , LOAM_OK, LOAM_MISSING,                                                     \
      loam_weak_value_dict_find(w->weak_values, KEY, &w->out))                                                         \
    X(LOOK_UP, loam_weak_value_dict_contains, , 1, 0, loam_weak_value_dict_contains(w->weak_values, KEY))              \
    X(LOOK_UP, loam_weak_value_dict_remove, , LOAM_OK, LOAM_ERR_KEY, loam_weak_value_dict_remove(w->weak_values, KEY)) \
    X(LOOK_UP, loam_weak_value_dict_pop, , LOAM_OK, LOAM_ERR_KEY,                                                      \
      of_value(loam_weak_value_dict_pop(w->weak_values, KEY)))                                                         \
    X(LOOK_UP, loam_weak_key_dict_set, , LOAM_OK, LOAM_OK, (loam_weak_key_dict_set)(w->weak_keys, KEY, LOAM_NONE))     \
    X(LOOK_UP, loam_weak_key_dict_set_take, , LOAM_OK, LOAM_OK, loam_weak_key_dict_set(w->weak_keys, KEY, 1))          \
    X(LOOK_UP, loam_weak_key_dict_get, , LOAM_OK, LOAM_ERR_KEY, of_value(loam_weak_key_dict_get(w->weak_keys, KEY)))   \
    X(LOOK_UP, loam_weak_key_dict_find, , LOAM_OK, LOAM_MISSING, loam_weak_key_dict_find(w->weak_keys, KEY, &w->out))  \
    X(LOOK_UP, loam_weak_key_dict_contains, , 1, 0, loam_weak_key_dict_contains(w->weak_keys, KEY))                    \
    X(LOOK_UP, loam_weak_key_dict_remove, , LOAM_OK, LOAM_ERR_KEY, loam_weak_key_dict_remove(w->weak_keys, KEY))       \
    X(LOOK_UP, loam_weak_key_dict_pop, , LOAM_OK, LOAM_ERR_KEY, of_value(loam_weak_key_dict_pop(w->weak_keys, KEY)))   \
    X(LOOK_UP, loam_weak_set_add, , LOAM_OK, LOAM_OK, loam_weak_set_add(w->weak_set, KEY))                             \
    X(LOOK_UP, loam_weak_set_contains, , 1, 0, loam_weak_set_contains(w->weak_set, KEY))                               \
    X(LOOK_UP, loam_weak_set_remove, , LOAM_OK, LOAM_ERR_KEY, loam_weak_set_remove(w->weak_set, KEY))                  \
    X(LOOK_UP, loam_weak_set_discard, , LOAM_OK, LOAM_MISSING, loam_weak_set_discard(w->weak_set, KEY))

#define FUNCTION(kind, function, variant, right, absent, call)                                                         \
    static int64_t function##_##variant(world *w)                                                                      \
    {                                                                                                                  \
        return (int64_t)(call);                                                                                        \
    }
SEQUENCES(FUNCTION)
DICTS(FUNCTION)
SETS(FUNCTION)
WEAK_MAPS(FUNCTION)

#define ROW(kind, function, variant, right, absent, call)                                                              \
    {kind, #function, #variant, right, absent, function##_##variant},
static const struct row {
    kind kind;
    const char *function, *variant;
    int64_t right, absent;
    int64_t (*call)(world *w);
} rows[] = {SEQUENCES(ROW) DICTS(ROW) SETS(ROW) WEAK_MAPS(ROW)};

/* An answer that may be given however deep it is. */
static bool is_right(const struct row *row, const world *w, int64_t answer)
{
    if (row->kind == ORDER)
        return answer == (w->nesting->has_order ? row->right : (int64_t)LOAM_ERR_TYPE);
    if (row->kind == LOOK_UP && w->form == PLAIN)
        return answer == (w->nesting->has_hash ? row->absent : (int64_t)LOAM_ERR_TYPE);
    if (w->form == LOCKETS_HASHED && !w->nesting->has_hash && answer == LOAM_ERR_TYPE)
        return true;
    return answer == row->right;
}

/* What goes through many items keeps what it did before it failed. */
static bool goes_in_steps(const struct row *row)
{
    return strstr(row->function, "_update") != NULL;
}

static char text[500];

static const char *try_row(const struct row *row, world *w, bool is_deep)
{
    int64_t before, answer;
    const char *wrong = NULL;

    make(w);
    before = items_of(w);
    hash_goes_down = w->form == LOCKETS_HASHED;
    loam_error_clear();
    answer = row->call(w);
    hash_goes_down = false;
    if (answer < 0 && answer != (int64_t)loam_error()->status)
        wrong = "the failure is not the thread's last one";
    else if (answer < 0 && !goes_in_steps(row) && items_of(w) != before)
        wrong = "a failed call has changed something";
    else if (!is_right(row, w, answer) && !(is_deep && answer == LOAM_ERR_RECURSION))
        wrong = "not the right answer";
    if (wrong)
        snprintf(text, sizeof text, "%s %s of %s, form %d: %s: %d (%s)", row->function, row->variant, w->nesting->name,
                 (int)w->form, wrong, (int)answer, loam_error()->text);
    drop(w);
    return wrong ? text : NULL;
}

/* Dividable by 3, so that the outermost container of those in turn is always a dict. */
enum { DEEP = 99990, SHALLOW = 300 };

static unsigned failed_deep; /* rows that were too deep to be answered */

static const char *try_rows(const nesting *n, form form, unsigned depth)
{
    world w = {.nesting = n, .form = form, .item = item_new(n, form, depth), .key = item_new(n, form, depth)};
    const char *wrong = loam_is_unset(w.item) || loam_is_unset(w.key) ? "what is nested could not be made" : NULL;

    for (size_t i = 0; !wrong && i < sizeof rows / sizeof *rows; i++)
        if (rows[i].kind != TABLES || form != PLAIN) {
            wrong = try_row(&rows[i], &w, depth > SHALLOW);
            failed_deep += loam_error()->status == LOAM_ERR_RECURSION;
        }
    loam_release(w.item);
    loam_release(w.key);
    loam_error_clear();
    return wrong;
}

static const nesting *tried;

static const char *try_deep(void)
{
    const char *wrong = NULL;

    for (form f = PLAIN; !wrong && f < FORMS; f++)
        wrong = try_rows(tried, f, rounds(DEEP));
    return wrong;
}

static const char *try_shallow(void)
{
    const char *wrong = NULL;

    for (form f = PLAIN; !wrong && f < FORMS; f++)
        wrong = try_rows(tried, f, SHALLOW);
    return wrong;
}

LOAM_TEST(depth, every_function_that_goes_down_is_right_or_says_that_it_is_too_deep)
{
    cr_assert(freopen("/dev/null", "w", stdout));
    for (size_t i = 0; i < NESTINGS; i++) {
        const char *wrong;

        tried = &nestings[i];
        failed_deep = 0;
        wrong = on_small_stack(try_deep);
        cr_assert_null(wrong, "%s", wrong);
        cr_assert_geq(failed_deep, 100, "only %u calls of %s went down", failed_deep, nestings[i].name);
    }
}

LOAM_TEST(depth, every_function_that_goes_down_is_right_where_there_is_room)
{
    cr_assert(freopen("/dev/null", "w", stdout));
    for (size_t i = 0; i < NESTINGS; i++) {
        const char *wrong;

        tried = &nestings[i];
        wrong = try_shallow();
        cr_assert_null(wrong, "%s", wrong);
    }
}
