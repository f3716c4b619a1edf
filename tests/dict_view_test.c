/* Views of a dict. */
#include "tests/harness.h"

LOAM_TEST(dict_view, shows_the_dict_as_it_is)
{
    loam_auto loam_dict *dict = loam_dict_of("a", 1, "b", LOAM_TAKE(loam_list_new()));
    loam_auto loam_dict_view *keys = loam_dict_keys_view(dict);
    loam_auto loam_dict_view *values = loam_dict_values_view(dict);
    loam_auto loam_dict_view *items = loam_dict_items_view(dict);

    assert_repr(loam_from(keys), "dict_keys(['a', 'b'])");
    assert_repr(loam_from(values), "dict_values([1, []])");
    assert_repr(loam_from(items), "dict_items([('a', 1), ('b', [])])");
    cr_assert_eq(loam_dict_set(dict, "c", 3), LOAM_OK);
    assert_repr(loam_from(keys), "dict_keys(['a', 'b', 'c'])");
    cr_assert(loam_dict_view_len(items) == 3 && loam_len(loam_from(values)) == 3);
    cr_assert_eq(loam_dict_view_dict_peek(items), dict);
    cr_assert(loam_is_dict_view(loam_from(keys)) && !loam_is_dict_view(loam_from(dict)));
    cr_assert_eq(loam_to_dict_view_peek(loam_from(values)), values);
    cr_assert_null(loam_to_dict_view_peek(loam_from(dict)));
    assert_failed(LOAM_ERR_TYPE);
}

LOAM_TEST(dict_view, holds_its_dict)
{
    loam_auto loam_dict_view *keys = NULL;
    loam_auto loam_list *list = NULL;

    {
        loam_auto loam_dict *dict = loam_dict_of("a", 1);
        keys = loam_dict_keys_view(dict);
    }
    list = loam_list_from(loam_from(keys));
    assert_repr(loam_from(list), "['a']");
}

static void make_cycle(void)
{
    loam_auto loam_dict *dict = loam_dict_new();
    loam_auto loam_dict_view *values = loam_dict_values_view(dict);

    cr_assert_eq(loam_dict_set(dict, 1, values), LOAM_OK);
    assert_repr(loam_from(values), "dict_values([...])");
    assert_repr(loam_from(dict), "{1: dict_values([...])}");
    cr_assert_eq(loam_dict_set(dict, 2, 5), LOAM_OK);
}

LOAM_TEST(dict_view, in_its_own_dict_is_written_once_and_collected)
{
    make_cycle();
    collect_everything();
}

LOAM_TEST(dict_view, contains_what_the_dict_does)
{
    loam_auto loam_dict *dict = loam_dict_of("a", 1, "b", LOAM_LIST(2), 3, 0x1p63);
    loam_auto loam_dict_view *keys = loam_dict_keys_view(dict);
    loam_auto loam_dict_view *values = loam_dict_values_view(dict);
    loam_auto loam_dict_view *items = loam_dict_items_view(dict);

    cr_assert(loam_dict_view_contains(keys, "a") == 1 && loam_dict_view_contains(keys, 1) == 0);
    cr_assert(loam_dict_view_contains(values, 1) == 1 && loam_dict_view_contains(values, "a") == 0);
    cr_assert_eq(loam_dict_view_contains(values, LOAM_LIST(2)), 1);
    cr_assert_eq(loam_dict_view_contains(values, (uint64_t)1 << 63), 1);
    cr_assert_eq(loam_dict_view_contains(values, UINT64_MAX), 0);
    cr_assert_eq(loam_dict_view_contains(items, LOAM_TUPLE("a", 1.0)), 1);
    cr_assert_eq(loam_dict_view_contains(items, LOAM_TUPLE("b", LOAM_LIST(2))), 1);
    cr_assert_eq(loam_dict_view_contains(items, LOAM_TUPLE("a", 2)), 0);
    cr_assert_eq(loam_dict_view_contains(items, LOAM_TUPLE("c", 1)), 0);
    cr_assert_eq(loam_dict_view_contains(items, LOAM_LIST("a", 1)), 0); /* a tuple, as in Python */
    cr_assert_eq(loam_dict_view_contains(items, "a"), 0);
    cr_assert_eq(loam_dict_view_contains(items, LOAM_TUPLE(LOAM_TAKE(loam_list_new()), 1)), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
}

LOAM_TEST(dict_view, keys_and_items_are_sets)
{
    loam_auto loam_dict *dict = loam_dict_of("a", 1, "b", 2);
    loam_auto loam_dict *other = loam_dict_of("b", 2, "c", 3);
    loam_auto loam_dict_view *keys = loam_dict_keys_view(dict);
    loam_auto loam_dict_view *items = loam_dict_items_view(dict);
    loam_auto loam_dict_view *others = loam_dict_items_view(other);
    loam_auto loam_list *list = loam_list_of("c", "b", "c");

    assert_repr_take(loam_from(loam_dict_view_union(keys, loam_from(list))), "{'a', 'b', 'c'}");
    assert_repr_take(loam_from(loam_dict_view_intersection(keys, loam_from(other))), "{'b'}");
    assert_repr_take(loam_from(loam_dict_view_difference(keys, loam_from(list))), "{'a'}");
    assert_repr_take(loam_from(loam_dict_view_symmetric_difference(keys, loam_from(list))), "{'a', 'c'}");
    assert_repr_take(loam_from(loam_dict_view_intersection(items, loam_from(others))), "{('b', 2)}");
    assert_repr_take(loam_from(loam_dict_view_difference(items, loam_from(others))), "{('a', 1)}");
    cr_assert_eq(loam_dict_view_isdisjoint(keys, loam_from(list)), 0);
    cr_assert_eq(loam_dict_view_issubset(keys, loam_from(list)), 0);
    cr_assert_eq(loam_dict_view_issuperset(keys, loam_from(keys)), 1);
    cr_assert_eq(loam_dict_view_issubset(items, loam_from(others)), 0);
    assert_repr(loam_from(dict), "{'a': 1, 'b': 2}"); /* as it was */
}

LOAM_TEST(dict_view, values_are_no_set)
{
    loam_auto loam_dict *dict = loam_dict_of("a", 1);
    loam_auto loam_dict_view *values = loam_dict_values_view(dict);
    loam_auto loam_dict_view *more = loam_dict_values_view(dict);
    loam_auto loam_dict *lists = loam_dict_of("a", LOAM_TAKE(loam_list_new()));
    loam_auto loam_dict_view *items = loam_dict_items_view(lists);

    cr_assert_null(loam_dict_view_union(values, loam_from(dict)));
    cr_assert_eq(loam_dict_view_isdisjoint(values, loam_from(dict)), LOAM_ERR_TYPE);
    cr_assert_eq(loam_equal(loam_from(values), loam_from(more)), 0); /* by identity, as in Python */
    cr_assert_eq(loam_equal(loam_from(values), loam_from(values)), 1);
    cr_assert_null(loam_dict_view_union(items, loam_from(dict))); /* a list has no hash */
    assert_failed(LOAM_ERR_TYPE);
}

LOAM_TEST(dict_view, equality_and_order_are_those_of_sets)
{
    loam_auto loam_dict *dict = loam_dict_of("a", 1, "b", LOAM_LIST(2));
    loam_auto loam_dict *same = loam_dict_of("b", LOAM_LIST(2), "a", 1.0);
    loam_auto loam_dict_view *keys = loam_dict_keys_view(dict);
    loam_auto loam_dict_view *items = loam_dict_items_view(dict);
    loam_auto loam_dict_view *same_items = loam_dict_items_view(same);
    loam_auto loam_set *set = loam_set_of("b", "a");
    loam_auto loam_frozenset *more = loam_frozenset_of("b", "a", "c");
    uint64_t hash;
    int order = 0;

    cr_assert_eq(loam_equal(loam_from(keys), loam_from(set)), 1);
    cr_assert_eq(loam_equal(loam_from(set), loam_from(keys)), 1);
    cr_assert_eq(loam_equal(loam_from(items), loam_from(same_items)), 1);
    cr_assert_eq(loam_equal(loam_from(items), loam_from(keys)), 0);
    cr_assert_eq(loam_equal(loam_from(items), loam_from(same)), 0); /* a dict is no set */
    cr_assert(loam_compare(loam_from(keys), loam_from(more), &order) == LOAM_OK && order == -1);
    cr_assert_eq(loam_hash(loam_from(keys), &hash), LOAM_ERR_TYPE);
    cr_assert_str_eq(loam_error()->text, "unhashable type: 'dict_keys'");
    loam_error_clear();
}

LOAM_TEST(dict_view, is_walked_from_the_end_too)
{
    loam_auto loam_dict *dict = loam_dict_of("a", 1, "b", 2, "c", 3);
    loam_dict_view *views[] = {loam_dict_keys_view(dict), loam_dict_values_view(dict), loam_dict_items_view(dict)};
    static const char *const expected[] = {"['c', 'a']", "[3, 1]", "[('c', 3), ('a', 1)]"};
    loam_auto loam_iter *it = loam_iter_reversed(loam_from(views[2]));
    loam_value item;

    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
    assert_repr(item, "('c', 3)");
    cr_assert_eq(loam_dict_remove(dict, "b"), LOAM_OK);
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_ERR_CHANGED);
    for (int i = 0; i < 3; i++) {
        loam_auto loam_iter *back = loam_iter_reversed(loam_from(views[i]));
        loam_auto loam_list *list = loam_iter_list(back);
        assert_repr(loam_from(list), expected[i]);
        loam_release(views[i]);
    }
}

LOAM_TEST(dict_view, changing_the_dict_ends_an_iteration)
{
    loam_auto loam_dict *dict = loam_dict_of("a", 1, "b", 2);
    loam_auto loam_dict_view *items = loam_dict_items_view(dict);
    loam_auto loam_iter *it = loam_iter_of(loam_from(items));
    loam_value item;

    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
    assert_repr(item, "('a', 1)");
    cr_assert_eq(loam_dict_set(dict, "b", 3), LOAM_OK); /* a value may change */
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
    assert_repr(item, "('b', 3)");
    cr_assert_eq(loam_dict_set(dict, "c", 3), LOAM_OK);
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_ERR_CHANGED);
    assert_failed(LOAM_ERR_CHANGED);
}

LOAM_TEST(dict_view, an_earlier_failure_is_passed_on)
{
    loam_auto loam_dict *dict = loam_dict_of("a", 1);
    loam_auto loam_dict_view *keys = loam_dict_keys_view(dict);
    loam_auto loam_dict_view *values = loam_dict_values_view(dict);

    loam_fail(LOAM_ERR_IO, "the first failure");
    cr_assert(!loam_dict_keys_view(NULL) && !loam_dict_items_view(NULL) && !loam_dict_view_dict_peek(NULL));
    cr_assert_eq(loam_dict_view_len(NULL), LOAM_ERR_IO);
    cr_assert_eq(loam_dict_view_contains(NULL, 1), LOAM_ERR_IO);
    cr_assert_eq(loam_dict_view_contains(keys, LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_eq(loam_dict_view_contains(values, LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_eq(loam_dict_view_contains(values, (char *)NULL), LOAM_ERR_IO);
    cr_assert(!loam_dict_view_union(NULL, LOAM_NONE) && !loam_dict_view_union(keys, LOAM_UNSET));
    cr_assert_eq(loam_dict_view_issubset(NULL, LOAM_NONE), LOAM_ERR_IO);
    assert_failed(LOAM_ERR_IO);
}
