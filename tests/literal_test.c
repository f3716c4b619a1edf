#include "tests/harness.h"

#include <math.h>

#define TEN(x) x, x, x, x, x, x, x, x, x, x
#define SIXTY_FOUR(x) TEN(x), TEN(x), TEN(x), TEN(x), TEN(x), TEN(x), x, x, x, x

static int calls;

static int next_number(void)
{
    return calls++;
}

LOAM_TEST(literal, makes_a_value_of_every_kind_of_c_data)
{
    loam_str *str = loam_str_new("str");
    loam_bytes *bytes = loam_bytes_from("\xff", 1);
    loam_tuple *tuple = loam_tuple_of(1);
    loam_list *list = loam_list_of(2);
    loam_dict *dict = loam_dict_of(3, 4);
    char chars[] = "array";
    const char *const constant = "constant";
    const int64_t number = -64;
    loam_auto_value loam_value value = LOAM_VAL("value");
    loam_value all = LOAM_VAL(LOAM_LIST(
        (bool)true, (char)1, (signed char)-2, (short)-3, -4, -5l, -6ll, (unsigned char)7, (unsigned short)8, 9u, 10ul,
        11ull, (uint8_t)12, (int16_t)-13, (uint32_t)14, number, 1.5f, 2.5, chars, constant, "literal",
        ((loam_view){"view!", 4}), value, LOAM_NONE, LOAM_TRUE, str, bytes, tuple, list, dict, loam_from(list),
        LOAM_LIST(1), LOAM_TUPLE("x"), LOAM_DICT("k", LOAM_TUPLE(1, LOAM_LIST(2))), INT64_MAX, INT64_MIN, 'c'));

    assert_repr_take(all,
                     "[True, 1, -2, -3, -4, -5, -6, 7, 8, 9, 10, 11, 12, -13, 14, -64, 1.5, 2.5, 'array', "
                     "'constant', 'literal', 'view', 'value', None, True, 'str', b'\\xff', (1,), [2], {3: 4}, [2], "
                     "[1], ('x',), {'k': (1, [2])}, 9223372036854775807, -9223372036854775808, 99]");
    assert_repr_take(LOAM_VAL(list), "[2]");
    assert_repr_take(LOAM_VAL(loam_from(list)), "[2]");
    assert_repr_take(LOAM_VAL(1 < 2), "1");
    loam_release(str);
    loam_release(bytes);
    loam_release(tuple);
    loam_release(list);
    loam_release(dict);
}

LOAM_TEST(literal, takes_1_to_128_items_and_nests)
{
    loam_list *list = loam_list_of(1);
    loam_tuple *tuple = loam_tuple_of("a", "b");
    loam_dict *dict;
    loam_value nested;

    assert_repr_take(loam_from(list), "[1]");
    assert_repr_take(loam_from(tuple), "('a', 'b')");
    list = loam_list_of(SIXTY_FOUR(next_number()));
    cr_assert(loam_list_len(list) == 64 && calls == 64, "each is evaluated once");
    loam_release(list);
    list = loam_list_of(SIXTY_FOUR(next_number()), SIXTY_FOUR(next_number()));
    cr_assert(loam_list_len(list) == 128 && calls == 192);
    loam_release(list);
    tuple = loam_tuple_of(SIXTY_FOUR(next_number()), SIXTY_FOUR(next_number()));
    cr_assert(loam_tuple_len(tuple) == 128 && calls == 320);
    loam_release(tuple);
    dict = loam_dict_of(SIXTY_FOUR(next_number()), SIXTY_FOUR(next_number()));
    cr_assert(loam_dict_len(dict) == 64 && calls == 448);
    loam_release(dict);

    nested = LOAM_VAL(
        LOAM_LIST(LOAM_LIST(LOAM_LIST(LOAM_LIST(LOAM_TUPLE(LOAM_DICT("deep", LOAM_LIST(next_number()))))))));
    cr_assert_eq(calls, 449);
    assert_repr_take(nested, "[[[[({'deep': [448]},)]]]]");
}

LOAM_TEST(literal, of_a_dict_needs_a_value_for_each_key_and_keeps_the_last_of_equal_keys)
{
    loam_list *list = loam_list_new();
    loam_dict *dict = loam_dict_of("a", 1, "b", 2, "a", 3, 1, "one", 1.0, "uno", LOAM_TRUE, "eins");
    loam_list *unhashable = loam_list_of(1);

    assert_repr_take(loam_from(dict), "{'a': 3, 'b': 2, 1: 'eins'}");
    cr_assert_null(loam_dict_of("a", 1, LOAM_LIST("odd")));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_dict_of("alone"));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_dict_of("a", LOAM_LIST("x"), unhashable, LOAM_LIST("y"), "b", LOAM_LIST("z")));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_list_append(list, LOAM_DICT("a", 1, LOAM_LIST("no key"), 2)), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_list_append(list, LOAM_DICT("odd")), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_list_len(list), 0);
    loam_release(list);
    loam_release(unhashable);
}

LOAM_TEST(literal, with_a_failure_inside_is_unset_as_a_whole)
{
    loam_list *list = loam_list_new();

    cr_assert_null(loam_list_of("a", "\xff not UTF-8", LOAM_LIST("b")));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_tuple_of("a", LOAM_TUPLE(1, (uint64_t)INT64_MAX + 1), "b"));
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert(loam_is_unset(LOAM_VAL(LOAM_LIST(LOAM_LIST(LOAM_LIST("x", "\xff"), "y"), "z"))));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_dict_of("k", "\xff", "l", LOAM_LIST(1)));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_list_append(list, LOAM_TUPLE("x", "\xff")), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    loam_fail(LOAM_ERR_IO, "earlier");
    cr_assert_null(loam_list_of("a", LOAM_UNSET));
    cr_assert_null(loam_tuple_of("a", (loam_str *)NULL));
    cr_assert_null(loam_dict_of("a", (const char *)NULL));
    cr_assert_str_eq(loam_error()->text, "earlier");
    loam_error_clear();
    cr_assert_eq(loam_list_len(list), 0);
    loam_release(list);
}

static bool make_literals(void *context)
{
    loam_value shared = *(loam_value *)context;
    loam_auto_value loam_value value = LOAM_VAL(LOAM_LIST(
        "a", 1e300, LOAM_TUPLE("b", shared, LOAM_DICT("k", LOAM_LIST("v"), "l", INT64_MIN, shared, "w")), "c"));
    loam_auto loam_dict *dict = loam_is_unset(value) ? NULL
                                                     : loam_dict_of(1, "one", 2, "two", 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                                                                    13, 14, 15, 16, 17, 18, 19, "many");
    return dict != NULL;
}

LOAM_TEST(literal, that_cannot_be_made_leaves_nothing)
{
    loam_value shared = LOAM_VAL("shared");

    cr_assert_geq(fail_each_allocation(make_literals, &shared), 2 * 20);
    assert_repr_take(shared, "'shared'");
}
