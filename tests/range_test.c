#include "tests/harness.h"

#include "containers/range.h"

#include <math.h>

static loam_range *of(int64_t start, int64_t stop, int64_t step)
{
    loam_range *range = loam_range_new(start, stop, step);

    cr_assert(range, "%s", loam_error()->text);
    return range;
}

static void assert_range(loam_range *range, const char *text, int64_t len)
{
    cr_assert_eq(loam_range_len(range), len);
    assert_repr_take(loam_from(range), text);
}

LOAM_TEST(range, is_written_as_it_was_made)
{
    assert_range(of(0, 10, 1), "range(0, 10)", 10);
    assert_range(of(0, 10, 3), "range(0, 10, 3)", 4);
    assert_range(of(10, 0, -3), "range(10, 0, -3)", 4);
    assert_range(of(5, 5, 1), "range(5, 5)", 0);
    assert_range(of(5, 4, 2), "range(5, 4, 2)", 0);
    assert_range(of(4, 5, -2), "range(4, 5, -2)", 0);
    cr_assert_null(loam_range_new(0, 1, 0));
    assert_failed(LOAM_ERR_VALUE);
}

/* What a loop gives for every range near 0. */
static void check_small(int64_t start, int64_t stop, int64_t step)
{
    loam_auto loam_range *range = of(start, stop, step);
    int64_t places[16];
    int64_t n = 0;
    int64_t integer = 0;

    for (int64_t i = -8; i < 8; i++)
        places[i + 8] = -1;
    for (int64_t i = start; step > 0 ? i < stop : i > stop; i += step) {
        cr_assert(loam_range_get_int(range, n, &integer) == LOAM_OK && integer == i);
        places[i + 8] = n++;
    }
    cr_assert_eq(loam_range_len(range), n);
    cr_assert_eq(loam_len(loam_from(range)), n);
    for (int64_t i = -n; i < 0; i++)
        cr_assert_eq(loam_range_get(range, i).word, loam_range_get(range, i + n).word);
    for (int64_t i = -8; i < 8; i++) {
        int64_t place = loam_range_index(range, i);
        cr_assert_eq(place, places[i + 8] < 0 ? LOAM_ERR_VALUE : places[i + 8]);
        cr_assert_eq(loam_range_contains(range, (double)i), places[i + 8] >= 0);
        cr_assert_eq(loam_range_count(range, i), places[i + 8] >= 0);
        cr_assert_eq(loam_range_contains(range, (double)i + 0.5), 0);
    }
    loam_error_clear();
}

LOAM_TEST(range, has_the_integers_that_a_loop_has)
{
    for (int64_t start = -7; start < 8; start++)
        for (int64_t stop = -7; stop < 8; stop++)
            for (int64_t step = -4; step < 5; step++)
                if (step)
                    check_small(start, stop, step);
}

LOAM_TEST(range, is_read_by_index)
{
    loam_auto loam_range *range = of(0, 10, 3);
    int64_t a = 1;
    int64_t b = 1;
    int64_t c = 1;
    static const int64_t outside[] = {4, -5, INT64_MAX, INT64_MIN};

    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        cr_assert(loam_range_get_int(range, outside[i], &a) == LOAM_ERR_INDEX && a == 1);
        cr_assert(loam_is_unset(loam_range_get(range, outside[i])));
        cr_assert_str_eq(loam_error()->text, "range object index out of range");
        assert_failed(LOAM_ERR_INDEX);
    }
    cr_assert(loam_range_bounds(range, &a, &b, &c) == LOAM_OK && a == 0 && b == 10 && c == 3);
    cr_assert_eq(loam_range_bounds(range, NULL, NULL, NULL), LOAM_OK);
    cr_assert(loam_is_range(loam_from(range)) && !loam_is_range(LOAM_NONE));
    cr_assert_eq(loam_to_range_peek(loam_from(range)), range);
    cr_assert_null(loam_to_range_peek(loam_int(1)));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_sizeof(loam_from(range)), (int64_t)sizeof(loam_range));
}

LOAM_TEST(range, is_searched_by_what_a_number_is_worth)
{
    loam_auto loam_range *range = of(0, 10, 1);
    loam_auto loam_range *wide = of(INT64_MIN, INT64_MAX, 3);

    cr_assert_eq(loam_range_contains(range, LOAM_TRUE), 1);
    cr_assert_eq(loam_range_contains(range, -0.0), 1);
    cr_assert_eq(loam_range_contains(range, (double)NAN), 0);
    cr_assert_eq(loam_range_contains(range, (double)INFINITY), 0);
    cr_assert_eq(loam_range_contains(range, "5"), 0);
    cr_assert_eq(loam_range_contains(range, LOAM_NONE), 0);
    cr_assert_eq(loam_range_contains(range, LOAM_TUPLE(5)), 0);
    cr_assert_eq(loam_range_contains(range, UINT64_MAX), 0);
    cr_assert_eq(loam_range_contains(range, (uint64_t)5), 1);
    cr_assert_eq(loam_range_index(wide, INT64_MIN), 0);
    cr_assert_eq(loam_range_index(wide, (double)INT64_MIN), 0);
    cr_assert_eq(loam_range_contains(wide, 0x1p63), 0);
    cr_assert_eq(loam_range_index(range, 10), LOAM_ERR_VALUE);
    cr_assert_str_eq(loam_error()->text, "the item is not in the range");
    assert_failed(LOAM_ERR_VALUE);
}

/* At the ends of 64 bits; what CPython says. */
LOAM_TEST(range, does_not_wrap)
{
    loam_auto loam_range *wide = of(INT64_MIN, INT64_MAX, INT64_MAX);
    loam_auto loam_range *down = of(INT64_MAX, INT64_MIN, INT64_MIN);
    loam_auto loam_range *all = of(INT64_MIN, INT64_MAX, 3);
    loam_auto loam_range *last = of(INT64_MAX - 1, INT64_MAX, 2);
    loam_auto loam_list *list = loam_list_from(loam_from(wide));
    int64_t integer = 0;

    assert_repr(loam_from(list), "[-9223372036854775808, -1, 9223372036854775806]");
    cr_assert_eq(loam_range_len(down), 2);
    cr_assert(loam_range_get_int(down, 1, &integer) == LOAM_OK && integer == -1);
    cr_assert_eq(loam_range_index(down, -1), 1);
    cr_assert_eq(loam_range_contains(down, 0), 0);
    cr_assert_eq(loam_range_len(all), 6148914691236517205);
    cr_assert(loam_range_get_int(all, -1, &integer) == LOAM_OK && integer == INT64_MAX - 3);
    cr_assert_eq(loam_range_index(all, INT64_MAX - 3), 6148914691236517204);
    assert_range(of(INT64_MIN, -1, 1), "range(-9223372036854775808, -1)", INT64_MAX);
    assert_range(of(INT64_MAX, 0, -1), "range(9223372036854775807, 0, -1)", INT64_MAX);
    cr_assert_null(loam_range_new(INT64_MIN, 0, 1));
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert_null(loam_range_new(INT64_MAX, INT64_MIN, -1));
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert_null(loam_range_slice(last, LOAM_OMIT, LOAM_OMIT, 1)); /* would stop at 2^63 */
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert_null(loam_range_slice(wide, LOAM_OMIT, LOAM_OMIT, 2));
    assert_failed(LOAM_ERR_OVERFLOW);
    assert_range(loam_range_slice(last, 0, 0, 1), "range(9223372036854775806, 9223372036854775806, 2)", 0);
}

static void check_slice(const slice_case *s)
{
    loam_auto loam_range *whole = of(0, 5 * (int64_t)s->len, 5);
    loam_range *slice = loam_range_slice(whole, s->start, s->stop, s->step);
    int64_t integer;

    if (!slice) { /* a step that is too large for 5 times it */
        cr_assert(s->step > INT64_MAX / 5 || s->step < INT64_MIN / 5);
        return assert_failed(LOAM_ERR_OVERFLOW);
    }
    cr_assert_eq(loam_range_len(slice), (int64_t)s->count);
    for (size_t i = 0; i < s->count; i++)
        cr_assert(loam_range_get_int(slice, (int64_t)i, &integer) == LOAM_OK && integer == 5 * (int64_t)s->indexes[i]);
    loam_release(slice);
}

LOAM_TEST(range, is_sliced_as_in_python)
{
    loam_auto loam_range *range = of(0, 10, 3);

    each_slice(check_slice);
    assert_range(loam_range_slice(range, LOAM_OMIT, LOAM_OMIT, LOAM_OMIT), "range(0, 12, 3)", 4);
    assert_range(loam_range_slice(range, LOAM_OMIT, LOAM_OMIT, -1), "range(9, -3, -3)", 4);
    assert_range(loam_range_slice(range, 3, 1, 1), "range(9, 3, 3)", 0);
    cr_assert_null(loam_range_slice(range, 0, 1, 0));
    assert_failed(LOAM_ERR_VALUE);
}

static bool are_same(loam_range *a, loam_range *b)
{
    uint64_t x = 0;
    uint64_t y = 1;
    int equal = loam_equal(loam_from(a), loam_from(b));

    cr_assert(loam_hash(loam_from(a), &x) == LOAM_OK && loam_hash(loam_from(b), &y) == LOAM_OK);
    cr_assert_eq(equal, x == y);
    loam_release(a);
    loam_release(b);
    return equal == 1;
}

LOAM_TEST(range, is_equal_to_one_of_the_same_integers)
{
    loam_auto loam_range *range = of(0, 3, 1);
    loam_auto loam_list *list = loam_list_of(0, 1, 2);
    loam_auto loam_dict *dict = loam_dict_of(range, "three");
    loam_auto_value loam_value found = LOAM_UNSET;
    int order;

    cr_assert(are_same(of(0, 10, 3), of(0, 12, 3)));
    cr_assert(are_same(of(0, 0, 1), of(5, 3, 2)));
    cr_assert(are_same(of(7, 8, 1), of(7, 6, -1)));
    cr_assert(!are_same(of(0, 10, 3), of(0, 13, 3)));
    cr_assert(!are_same(of(0, 10, 3), of(1, 11, 3)));
    cr_assert(!are_same(of(0, 2, 1), of(0, 3, 2)));
    cr_assert_eq(loam_equal(loam_from(range), loam_from(list)), 0);
    cr_assert_eq(loam_compare(loam_from(range), loam_from(range), &order), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    found = loam_dict_get(dict, LOAM_TAKE(loam_range_new(0, 3, 1)));
    assert_repr(found, "'three'");
}

LOAM_TEST(range, is_walked_both_ways)
{
    loam_auto loam_range *range = of(INT64_MAX - 5, INT64_MAX, 2);
    loam_auto loam_range *none = of(0, 0, 1);
    loam_auto loam_iter *it = loam_iter_of(loam_from(range));
    loam_auto loam_iter *back = loam_iter_reversed(loam_from(range));
    loam_auto loam_iter *nothing = loam_iter_reversed(loam_from(none));
    loam_auto loam_tuple *tuple = loam_tuple_from(loam_from(range));

    assert_repr_take(loam_from(loam_iter_list(it)), "[9223372036854775802, 9223372036854775804, 9223372036854775806]");
    assert_repr_take(loam_from(loam_iter_list(back)),
                     "[9223372036854775806, 9223372036854775804, 9223372036854775802]");
    assert_repr_take(loam_from(loam_iter_list(nothing)), "[]");
    assert_repr(loam_from(tuple), "(9223372036854775802, 9223372036854775804, 9223372036854775806)");
}

LOAM_TEST(range, functions_pass_an_earlier_failure_on)
{
    loam_auto loam_range *range = of(0, 3, 1);
    loam_status earlier = loam_fail(LOAM_ERR_KEY, "earlier");
    int64_t integer = 5;

    cr_assert_eq(loam_range_len(NULL), earlier);
    cr_assert(loam_range_bounds(NULL, &integer, NULL, NULL) == earlier && integer == 5);
    cr_assert_eq(loam_range_get_int(NULL, 0, &integer), earlier);
    cr_assert(loam_is_unset(loam_range_get(NULL, 0)));
    cr_assert_null(loam_range_slice(NULL, 0, 1, 1));
    cr_assert_eq(loam_range_contains(NULL, LOAM_TUPLE(1)), earlier);
    cr_assert_eq(loam_range_contains(range, LOAM_UNSET), earlier);
    cr_assert_eq(loam_range_count(range, (const char *)NULL), earlier);
    cr_assert_eq(loam_range_index(NULL, 1), earlier);
    cr_assert_str_eq(loam_error()->text, "earlier");
    assert_failed(LOAM_ERR_KEY);
}
