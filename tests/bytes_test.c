/*
 * bytes: what it does with bytes, beside what the oracle compares with Python: str_more_test.c says more.
 */
#include "tests/harness.h"

#include <string.h>

static loam_bytes *bytes_of(const char *chars)
{
    return loam_bytes_from(chars, strlen(chars));
}

LOAM_TEST(bytes, take_bytes_as_c_strings_views_bytes_and_values)
{
    loam_auto loam_bytes *bytes = bytes_of("a,b");
    loam_auto loam_bytes *comma = bytes_of(",");
    loam_auto loam_str *str = loam_str_new(",");
    const loam_bytes *constant = comma;
    char chars[] = ",";

    cr_assert_eq(loam_bytes_index(bytes, ","), 1);
    cr_assert_eq(loam_bytes_index(bytes, chars), 1);
    cr_assert_eq(loam_bytes_index(bytes, comma), 1);
    cr_assert_eq(loam_bytes_index(bytes, constant), 1);
    cr_assert_eq(loam_bytes_index(bytes, loam_from(comma)), 1);
    cr_assert_eq(loam_bytes_index(bytes, ((loam_view){",;", 1})), 1);
    cr_assert_eq(loam_bytes_index(bytes, loam_from(str)), LOAM_ERR_TYPE, "a str is no bytes");
    assert_failed(LOAM_ERR_TYPE);
}

LOAM_TEST(bytes, are_found_wherever_they_are)
{
    loam_auto loam_bytes *bytes = bytes_of("\xc3\xa9\xff\xa9");
    int64_t at = 0;

    cr_assert_eq(loam_bytes_rfind(bytes, "\xa9", &at), LOAM_OK);
    cr_assert_eq(at, 3);
    cr_assert_eq(loam_bytes_find(bytes, "\xa9\xff", &at), LOAM_OK);
    cr_assert_eq(at, 1);
    assert_repr_take(loam_from(loam_bytes_split(bytes, "\xa9")), "[b'\\xc3', b'\\xff', b'']");
    cr_assert_null(loam_bytes_decode(bytes));
    assert_failed(LOAM_ERR_VALUE);
}

LOAM_TEST(bytes, are_found_between_bounds_and_from_the_right)
{
    loam_auto loam_bytes *bytes = bytes_of("  x,\t,x,\t,y ");
    int64_t at = 0;

    cr_assert_eq(loam_bytes_find_in(bytes, "x", 3, LOAM_OMIT, &at), LOAM_OK);
    cr_assert_eq(at, 6);
    cr_assert_eq(loam_bytes_rfind_in(bytes, "x", 0, 6, &at), LOAM_OK);
    cr_assert_eq(at, 2);
    cr_assert_eq(loam_bytes_rindex(bytes, ","), 9);
    cr_assert_eq(loam_bytes_count_in(bytes, ",", 4, -2), 3);
    cr_assert_eq(loam_bytes_startswith(bytes, "  x"), 1);
    cr_assert_eq(loam_bytes_startswith(bytes, "x"), 0);
    cr_assert_eq(loam_bytes_endswith(bytes, "y "), 1);
    cr_assert_eq(loam_bytes_endswith(bytes, "y"), 0);
    cr_assert_eq(loam_bytes_startswith_in(bytes, "x,", 2, 4), 1);
    cr_assert_eq(loam_bytes_startswith_in(bytes, "x,", 2, 3), 0);
    cr_assert_eq(loam_bytes_endswith_in(bytes, ",x", 0, 7), 1);
    cr_assert_eq(loam_bytes_endswith_in(bytes, ",x", 6, 7), 0);
}

LOAM_TEST(bytes, are_cut_as_str_is)
{
    loam_auto loam_bytes *bytes = bytes_of("  x,\t,x,\t,y ");
    loam_auto loam_bytes *lines = bytes_of("a\nb\r\n\rc");

    assert_repr_take(loam_from(loam_bytes_lstrip(bytes)), "b'x,\\t,x,\\t,y '");
    assert_repr_take(loam_from(loam_bytes_rstrip(bytes)), "b'  x,\\t,x,\\t,y'");
    assert_repr_take(loam_from(loam_bytes_strip_chars(bytes, " xy")), "b',\\t,x,\\t,'");
    assert_repr_take(loam_from(loam_bytes_lstrip_chars(bytes, " ,x")), "b'\\t,x,\\t,y '");
    assert_repr_take(loam_from(loam_bytes_rstrip_chars(bytes, " ,y")), "b'  x,\\t,x,\\t'");
    assert_repr_take(loam_from(loam_bytes_split_max(bytes, ",", 2)), "[b'  x', b'\\t', b'x,\\t,y ']");
    assert_repr_take(loam_from(loam_bytes_rsplit_max(bytes, ",", 2)), "[b'  x,\\t,x', b'\\t', b'y ']");
    assert_repr_take(loam_from(loam_bytes_words_max(bytes, 1)), "[b'x,', b',x,\\t,y ']");
    assert_repr_take(loam_from(loam_bytes_rwords_max(bytes, 1)), "[b'  x,\\t,x,', b',y']");
    assert_repr_take(loam_from(loam_bytes_splitlines(lines, false)), "[b'a', b'b', b'', b'c']");
    assert_repr_take(loam_from(loam_bytes_splitlines(lines, true)), "[b'a\\n', b'b\\r\\n', b'\\r', b'c']");
    assert_repr_take(loam_from(loam_bytes_partition(bytes, ",x")), "(b'  x,\\t', b',x', b',\\t,y ')");
    assert_repr_take(loam_from(loam_bytes_rpartition(bytes, ",")), "(b'  x,\\t,x,\\t', b',', b'y ')");
    assert_repr_take(loam_from(loam_bytes_removeprefix(bytes, "  ")), "b'x,\\t,x,\\t,y '");
    assert_repr_take(loam_from(loam_bytes_removesuffix(bytes, "  ")), "b'  x,\\t,x,\\t,y '");
    assert_repr_take(loam_from(loam_bytes_replace_max(bytes, ",x", "-", 1)), "b'  x,\\t-,\\t,y '");
    assert_repr_take(loam_from(loam_bytes_concat(bytes, "z")), "b'  x,\\t,x,\\t,y z'");
}

LOAM_TEST(bytes, have_the_case_of_ascii_and_are_filled_up)
{
    loam_auto loam_bytes *bytes = bytes_of("-aBc\t1");
    loam_auto loam_bytes *digits = bytes_of("12");
    loam_auto loam_bytes *spaces = bytes_of(" \t\v");

    assert_repr_take(loam_from(loam_bytes_capitalize(bytes)), "b'-abc\\t1'");
    assert_repr_take(loam_from(loam_bytes_swapcase(bytes)), "b'-AbC\\t1'");
    assert_repr_take(loam_from(loam_bytes_ljust(bytes, 12, ".")), "b'-aBc\\t1......'");
    assert_repr_take(loam_from(loam_bytes_ljust(bytes, 2, ".")), "b'-aBc\\t1'");
    assert_repr_take(loam_from(loam_bytes_zfill(bytes, 12)), "b'-000000aBc\\t1'");
    assert_repr_take(loam_from(loam_bytes_expandtabs(bytes, 4)), "b'-aBc    1'");
    cr_assert_eq(loam_bytes_isalnum(bytes), 0);
    cr_assert_eq(loam_bytes_isdigit(bytes), 0);
    cr_assert_eq(loam_bytes_islower(bytes), 0);
    cr_assert_eq(loam_bytes_isspace(bytes), 0);
    cr_assert_eq(loam_bytes_isalnum(digits), 1);
    cr_assert_eq(loam_bytes_isdigit(digits), 1);
    cr_assert_eq(loam_bytes_islower(digits), 0);
    cr_assert_eq(loam_bytes_isspace(spaces), 1);
}

LOAM_TEST(bytes, pass_on_failures)
{
    loam_auto loam_bytes *bytes = bytes_of("abc");
    loam_bytes *none = loam_to_bytes_peek(LOAM_NONE);

    cr_assert_eq(loam_bytes_count(none, "b"), LOAM_ERR_TYPE);
    cr_assert_eq(loam_bytes_count(bytes, none), LOAM_ERR_TYPE);
    cr_assert_eq(loam_bytes_contains(bytes, LOAM_UNSET), LOAM_ERR_TYPE);
    cr_assert_null(loam_bytes_words(none));
    cr_assert_null(loam_bytes_strip(none));
    cr_assert_null(loam_bytes_join(none, LOAM_UNSET));
    cr_assert_null(loam_bytes_decode(none));
    cr_assert_null(loam_bytes_hex(none));
    cr_assert_null(loam_bytes_hex_grouped(none, ":", 1));
    cr_assert_null(loam_bytes_fromhex(loam_to_str_peek(LOAM_NONE)));
    cr_assert_null(loam_bytes_translate(bytes, none, ""));
    cr_assert_null(loam_bytes_translate(none, bytes, ""));
    cr_assert_null(loam_bytes_maketrans("a", none));
    assert_failed(LOAM_ERR_TYPE);
}

LOAM_TEST(bytes, become_hexadecimal_digits_and_back)
{
    static const char *const wrong[] = {"0", "0g", "g0", "0 0", "00 0", "\xc3\xa9", "000"};
    loam_auto loam_bytes *bytes = loam_bytes_from("\x01\x23\xab\xff\x00", 5);
    loam_auto loam_bytes *back = loam_bytes_fromhex(" 01\t23AB ff\n00 ");

    assert_repr_take(loam_from(loam_bytes_hex(bytes)), "'0123abff00'");
    assert_repr_take(loam_from(loam_bytes_hex_grouped(bytes, ":", 1)), "'01:23:ab:ff:00'");
    assert_repr_take(loam_from(loam_bytes_hex_grouped(bytes, "_", 2)), "'01_23ab_ff00'");
    assert_repr_take(loam_from(loam_bytes_hex_grouped(bytes, "_", -2)), "'0123_abff_00'");
    assert_repr_take(loam_from(loam_bytes_hex_grouped(bytes, "_", INT64_MIN)), "'0123abff00'");
    cr_assert_eq(loam_equal(loam_from(bytes), loam_from(back)), 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_assert_null(loam_bytes_fromhex(wrong[i]), "%s", wrong[i]);
        assert_failed(LOAM_ERR_VALUE);
    }
    cr_assert_null(loam_bytes_hex_grouped(bytes, "\xff", 1));
    assert_failed(LOAM_ERR_VALUE);
    assert_repr_take(loam_from(loam_bytes_fromhex("")), "b''");
}

LOAM_TEST(bytes, are_translated_by_a_table_of_256)
{
    loam_auto loam_bytes *bytes = bytes_of("hello");
    loam_auto loam_bytes *table = loam_bytes_maketrans("el", "ip");

    cr_assert_eq(loam_bytes_len(table), 256);
    assert_repr_take(loam_from(loam_bytes_translate(bytes, table, "o")), "b'hipp'");
    assert_repr_take(loam_from(loam_bytes_translate(bytes, table, "helo")), "b''");
    cr_assert_null(loam_bytes_translate(bytes, "short", ""));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_bytes_maketrans("a", ""));
    assert_failed(LOAM_ERR_VALUE);
}

LOAM_TEST(bytes, of_which_all_is_left_are_shared)
{
    loam_auto loam_bytes *bytes = bytes_of("abc");
    loam_auto loam_bytes *stripped = loam_bytes_strip(bytes);
    loam_auto loam_bytes *padded = loam_bytes_rjust(bytes, 2, " ");
    loam_auto loam_bytes *slice = loam_bytes_slice(bytes, 0, 3, 1);

    cr_assert_eq(slice, bytes);
    cr_assert_eq(stripped, bytes);
    cr_assert_eq(padded, bytes);
}

LOAM_TEST(bytes, that_would_be_too_large_are_a_failure)
{
    loam_auto loam_bytes *bytes = bytes_of("ab");

    cr_assert_null(loam_bytes_repeat(bytes, INT64_MAX));
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert_null(loam_bytes_repeat(bytes, INT64_MAX / 2));
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert_null(loam_bytes_center(bytes, INT64_MAX, " "));
    assert_failed(LOAM_ERR_MEMORY);
}
