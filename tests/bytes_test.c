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
