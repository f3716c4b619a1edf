/* Failing allocations for set, frozenset and views of a dict: what fails has changed nothing, or what its header
 * says. */
#include "tests/harness.h"

#include "containers/set.h"
#include "lib/alloc.h"

enum { ITEMS = 30 };

static bool has_len(const void *set, int64_t len)
{
    loam_dict *table = (loam_dict *)(uintptr_t)set;

    cr_assert_null(loam__dict_check(table));
    cr_assert_eq((int64_t)table->live, len);
    return false;
}

static bool fill(void *context)
{
    loam_auto loam_set *set = loam_set_new();

    (void)context;
    for (int i = 0; set && i < ITEMS; i++)
        if (loam_set_add(set, 1e300 * (i + 1)) < 0) /* boxed */
            return has_len(set, i);
    if (!set || loam_set_reserve(set, 1000) < 0)
        return set && has_len(set, ITEMS);
    if (loam_set_contains(set, 1e300) < 0 || loam_set_discard(set, 1e300) < 0)
        return has_len(set, ITEMS);
    if (loam_set_add(set, "a text that is made an object") < 0)
        return has_len(set, ITEMS - 1);
    return loam_set_remove(set, 2e300) == LOAM_OK || has_len(set, ITEMS);
}

static bool make_literals(void *context)
{
    loam_auto loam_set *set = loam_set_of(1e300, "text", LOAM_FROZENSET("a", "b"));
    loam_auto loam_frozenset *ints = set ? loam_frozenset_of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) : NULL;
    loam_auto loam_frozenset *empty = ints ? loam_frozenset_new() : NULL;

    (void)context;
    return empty && loam_frozenset_contains(ints, 1e300) == 0;
}

static loam_set *left; /* of 40 ints, made before memory fails */
static loam_frozenset *frozen;
static loam_list *list;
static loam_dict *dict;

typedef loam_set *combine_function(loam_set *set, loam_value other);
typedef loam_status change_function(loam_set *set, loam_value other);

static bool combine(void *context)
{
    static combine_function *const all[] = {loam_set_union, loam_set_intersection, loam_set_difference,
                                            loam_set_symmetric_difference};
    const loam_value others[] = {loam_from(frozen), loam_from(list), loam_from(dict)};

    (void)context;
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 3; j++) {
            loam_auto loam_set *made = all[i](left, others[j]);
            if (!made)
                return has_len(left, 40);
            has_len(made, (int64_t[]){70, 10, 30, 60}[i]);
        }
    return true;
}

static bool combine_frozen(void *context)
{
    loam_auto loam_frozenset *a = loam_frozenset_union(frozen, loam_from(list));
    loam_auto loam_frozenset *b = loam_frozenset_intersection(frozen, loam_from(left));
    loam_auto loam_frozenset *c = loam_frozenset_difference(frozen, loam_from(list));
    loam_auto loam_frozenset *d = loam_frozenset_symmetric_difference(frozen, loam_from(left));
    loam_auto loam_frozenset *e = loam_frozenset_from(loam_from(list));

    (void)context;
    return a && b && c && d && e && loam_frozenset_issubset(frozen, loam_from(list)) == 1;
}

/* What fails is one of the copies, or leaves the copy as it was, or partly changed where the header says so. */
static bool change(void *context)
{
    static change_function *const all[] = {loam_set_update, loam_set_intersection_update, loam_set_difference_update,
                                           loam_set_symmetric_difference_update};
    const loam_value others[] = {loam_from(frozen), loam_from(list)};

    (void)context;
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 2; j++) {
            loam_auto loam_set *copy = j ? loam_set_copy(left) : loam_set_from(loam_from(left));
            if (!copy)
                return false;
            if (all[i](copy, others[j]) < 0)
                return i == 1 || i == 2 ? has_len(copy, 40) : has_len(copy, loam_set_len(copy));
            has_len(copy, (int64_t[]){70, 10, 30, 60}[i]);
        }
    return true;
}

static bool look_at_views(void *context)
{
    loam_auto loam_dict_view *keys = loam_dict_keys_view(dict);
    loam_auto loam_dict_view *values = loam_dict_values_view(dict);
    loam_auto loam_dict_view *items = loam_dict_items_view(dict);
    loam_auto loam_set *all = keys ? loam_dict_view_union(keys, loam_from(list)) : NULL;
    loam_auto loam_set *shared = items ? loam_dict_view_intersection(items, loam_from(dict)) : NULL;
    loam_auto loam_set *rest = items ? loam_dict_view_difference(items, loam_from(list)) : NULL;
    loam_auto loam_set *either = keys ? loam_dict_view_symmetric_difference(keys, loam_from(list)) : NULL;

    (void)context;
    if (!all || !shared || !rest || !either || !values || loam_dict_view_contains(values, "a text") < 0)
        return false;
    return loam_dict_view_isdisjoint(items, loam_from(keys)) == 1 &&
           loam_dict_view_issubset(items, loam_from(rest)) == 1 &&
           loam_dict_view_issuperset(items, loam_from(rest)) == 1 && loam_equal(loam_from(items), loam_from(rest)) == 1;
}

static void make_operands(void)
{
    left = loam_set_new();
    list = loam_list_new();
    dict = loam_dict_new();
    for (int i = 0; i < 40; i++) {
        cr_assert_eq(loam_set_add(left, i), 1);
        cr_assert_eq(loam_list_append(list, i + 30), LOAM_OK);
        cr_assert_eq(loam_dict_set(dict, i + 30, i), LOAM_OK);
    }
    frozen = loam_frozenset_from(loam_from(list));
}

static void drop_operands(void)
{
    loam_release(left);
    loam_release(list);
    loam_release(dict);
    loam_release(frozen);
}

LOAM_TEST(oom_set, sets_change_or_stay_as_they_were)
{
    loam_error_clear();
    make_operands();
    cr_assert_geq(fail_each_allocation(fill, NULL), 2 * ITEMS);
    cr_assert_geq(fail_each_allocation(make_literals, NULL), 9);
    cr_assert_geq(fail_each_allocation(combine, NULL), 40);
    cr_assert_geq(fail_each_allocation(combine_frozen, NULL), 15);
    cr_assert_geq(fail_each_allocation(change, NULL), 30);
    cr_assert_geq(fail_each_allocation(look_at_views, NULL), 200);
    drop_operands();
}

static bool remove_the_first(void)
{
    uint64_t position = 0;
    loam_value element;

    return loam_set_next_peek(left, &position, &element) == LOAM_OK &&
           loam_set_remove_current(left, &position) == LOAM_OK;
}

static bool ask(void)
{
    loam_value element;

    return loam_set_len(left) == 40 && loam_frozenset_len(frozen) == 40 && loam_set_contains(left, 5) == 1 &&
           loam_set_isdisjoint(left, loam_from(frozen)) == 0 && loam_set_issubset(left, loam_from(dict)) == 0 &&
           loam_set_issuperset(left, loam_from(list)) == 0 && loam_frozenset_isdisjoint(frozen, loam_from(list)) == 0 &&
           loam_frozenset_issuperset(frozen, loam_from(list)) == 1 && loam_is_set(loam_from(left)) &&
           loam_is_frozenset(loam_from(frozen)) && loam_to_set_peek(loam_from(left)) == left &&
           loam_to_frozenset_peek(loam_from(frozen)) == frozen && loam_set_remove(left, 7) == LOAM_OK &&
           loam_set_pop_first(left, NULL) == LOAM_OK && loam_set_pop_last(left, &element) == LOAM_OK &&
           remove_the_first() && loam_set_difference_update(left, loam_from(list)) == LOAM_OK &&
           loam_set_clear(left) == LOAM_OK;
}

static bool ask_a_view(loam_dict_view *view)
{
    return loam_is_dict_view(loam_from(view)) && loam_to_dict_view_peek(loam_from(view)) == view &&
           loam_dict_view_len(view) == 40 && loam_dict_view_dict_peek(view) == dict;
}

LOAM_TEST(oom_set, what_only_looks_or_removes_needs_no_memory)
{
    loam_auto loam_dict_view *view = NULL;
    bool good;

    make_operands();
    view = loam_dict_items_view(dict);
    loam__alloc_gate = refuse_memory;
    good = ask_a_view(view) && ask();
    loam__alloc_gate = NULL;
    cr_assert(good, "%s", loam_error()->text);
    drop_operands();
}
