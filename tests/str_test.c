#include "tests/harness.h"

#include "containers/chars.h"

#include <stdio.h>

/* seven code points of all widths, and where each begins */
#define MIXED "a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80z\xc3\xbf\xf4\x8f\xbf\xbf"
static const size_t mixed_starts[] = {0, 1, 3, 6, 10, 11, 13, 17};

LOAM_TEST(str, is_made_of_utf8_only)
{
    loam_str *str = loam_str_new(MIXED);
    loam_str *from = loam_str_from("a\0b", 3);
    static const char *const broken[] = {"\xff", "ok so far\xc3", "\xed\xa0\x80", "\xc0\x80", "12345678\x80"};

    cr_assert_eq(loam_str_len(str), 7);
    cr_assert_str_eq(loam_str_chars_peek(str), MIXED);
    cr_assert_eq(loam_str_view_peek(str).len, 17);
    cr_assert_eq(loam_str_view_peek(str).data, loam_str_chars_peek(str));
    cr_assert_eq(loam_len(loam_from(str)), 7);
    cr_assert_eq(loam_str_len(from), 3);
    cr_assert_eq(memcmp(loam_str_chars_peek(from), "a\0b", 4), 0, "zero bytes inside and one at the end");
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        cr_assert_null(loam_str_new(broken[i]));
        assert_failed(LOAM_ERR_VALUE);
        cr_assert_null(loam_str_from(broken[i], strlen(broken[i])));
        assert_failed(LOAM_ERR_VALUE);
        cr_assert_null(loam_str_format("%s", broken[i]));
        assert_failed(LOAM_ERR_VALUE);
    }
    cr_assert_eq(loam_str_len(loam_str_from(NULL, 0)), 0);
    cr_assert_eq(loam_str_len(loam_str_new("")), 0);
    loam_release(str);
    loam_release(from);
}

LOAM_TEST(str, of_every_length_reads_back)
{
    char text[300];
    size_t wide;

    for (size_t len = 0; len < sizeof text - 4; len++) {
        for (int ascii = 0; ascii < 2; ascii++) {
            loam_str *str;
            memset(text, 'x', len);
            wide = !ascii && len >= 2;
            if (wide)
                memcpy(text + len - 2, "\xc3\xa9", 2);
            str = loam_str_from(text, len);
            cr_assert_not_null(str);
            cr_assert_eq(loam_str_len(str), (int64_t)(len - wide));
            cr_assert_eq(loam_str_view_peek(str).len, len);
            cr_assert_eq(memcmp(loam_str_chars_peek(str), text, len), 0);
            cr_assert_eq(loam_str_chars_peek(str)[len], '\0');
            cr_assert_geq(loam_sizeof(loam_from(str)), (int64_t)(24 + len + 1));
            cr_assert_leq(loam_sizeof(loam_from(str)), (int64_t)(24 + (len < 8 ? 16 : len + 8) + (wide ? 8 : 0)));
            loam_release(str);
        }
    }
}

LOAM_TEST(str, is_formatted_like_printf_at_any_length)
{
    char filler[600];

    memset(filler, '-', sizeof filler);
    assert_repr_take(loam_from(loam_str_format("%d %s %.2f %c%%", -5, "\xc3\xa9t\xc3\xa9", 2.5, 'c')),
                     "'-5 \xc3\xa9t\xc3\xa9 2.50 c%'");
    for (int len = 0; len < (int)sizeof filler; len += len < 240 || len > 270 ? 13 : 1) {
        loam_str *str = loam_str_format("%.*s", len, filler);
        cr_assert_eq(loam_str_len(str), len);
        cr_assert_eq(memcmp(loam_str_chars_peek(str), filler, (size_t)len), 0);
        loam_release(str);
    }
}

static void check_str_slice(const slice_case *s)
{
    static const char letters[] = "abcdefg";
    loam_str *ascii = loam_str_from(letters, s->len);
    loam_str *mixed = loam_str_from(MIXED, mixed_starts[s->len]);
    loam_str *ascii_slice = loam_str_slice(ascii, s->start, s->stop, s->step);
    loam_str *mixed_slice = loam_str_slice(mixed, s->start, s->stop, s->step);
    char expected[40] = "";
    char expected_mixed[40] = "";

    for (size_t i = 0; i < s->count; i++) {
        size_t at = s->indexes[i];
        strncat(expected, letters + at, 1);
        strncat(expected_mixed, &MIXED[mixed_starts[at]], mixed_starts[at + 1] - mixed_starts[at]);
    }
    if (strcmp(loam_str_chars_peek(ascii_slice), expected) != 0 ||
        strcmp(loam_str_chars_peek(mixed_slice), expected_mixed) != 0 ||
        loam_str_len(ascii_slice) != (int64_t)s->count || loam_str_len(mixed_slice) != (int64_t)s->count)
        cr_assert_fail("%zu [%lld:%lld:%lld]", s->len, (long long)s->start, (long long)s->stop, (long long)s->step);
    loam_release(ascii);
    loam_release(mixed);
    loam_release(ascii_slice);
    loam_release(mixed_slice);
}

LOAM_TEST(str, is_sliced_by_code_points)
{
    loam_str *str = loam_str_new(MIXED);

    each_slice(check_str_slice);
    cr_assert_null(loam_str_slice(str, 0, 5, 0));
    assert_failed(LOAM_ERR_VALUE);
    loam_release(str);
}

LOAM_TEST(str, iterates_by_code_points)
{
    loam_str *str = loam_str_new(MIXED);
    loam_list *list = loam_list_from(loam_from(str));

    assert_repr(loam_from(list),
                "['a', '\xc3\xa9', '\xe6\x97\xa5', '\xf0\x9f\x98\x80', 'z', '\xc3\xbf', '\\U0010ffff']");
    for (int64_t i = 0; i < 7; i++)
        cr_assert_eq(loam_len(loam_list_get_peek(list, i)), 1);
    loam_release(list);
    loam_release(str);
}

LOAM_TEST(str, hash_is_kept_and_that_of_its_bytes)
{
    char text[200];
    uint64_t state = 4;

    for (size_t len = 1; len < sizeof text; len++) {
        loam_value str;
        loam_value bytes;
        uint64_t hash, again, other;
        for (size_t i = 0; i < len; i++)
            text[i] = (char)('a' + random_below(&state, 26));
        str = loam_from(loam_str_from(text, len));
        bytes = loam_from(loam_bytes_from(text, len));
        cr_assert_eq(loam_hash(str, &hash), LOAM_OK);
        cr_assert_eq(loam_hash(str, &again), LOAM_OK);
        cr_assert_eq(loam_hash(bytes, &other), LOAM_OK);
        cr_assert(hash == again && hash == loam__hash_bytes(text, len) && hash == other && hash);
        cr_assert_eq(loam__chars_of(str)->hash, hash);
        cr_assert_eq(loam_equal(str, bytes), 0);
        loam_release(str);
        loam_release(bytes);
    }
}

LOAM_TEST(str, and_bytes_pass_an_earlier_failure_on)
{
    loam_auto loam_str *text = loam_str_new("text");
    int64_t byte = 17;

    loam_fail(LOAM_ERR_IO, "earlier");
    cr_assert_null(loam_str_new(NULL));
    cr_assert_null(loam_str_from(NULL, 3));
    cr_assert_null(loam_str_slice(NULL, 0, 1, 1));
    cr_assert_eq(loam_str_len(NULL), LOAM_ERR_IO);
    cr_assert_null(loam_str_chars_peek(NULL));
    cr_assert(!loam_str_view_peek(NULL).data && loam_str_view_peek(NULL).len == 1);
    cr_assert_eq(loam_str_contains(text, loam_str_view_peek(NULL)), LOAM_ERR_IO);
    cr_assert(loam_is_unset(LOAM_VAL((const char *)NULL)));
    cr_assert(loam_is_unset(LOAM_VAL(((loam_view){NULL, 1}))));
    cr_assert_null(loam_bytes_from(NULL, 3));
    cr_assert_null(loam_bytes_slice(NULL, 0, 1, 1));
    cr_assert_eq(loam_bytes_len(NULL), LOAM_ERR_IO);
    cr_assert_eq(loam_bytes_get(NULL, 0, &byte), LOAM_ERR_IO);
    cr_assert(!loam_bytes_view_peek(NULL).data && loam_bytes_view_peek(NULL).len == 1);
    cr_assert_eq(byte, 17);
    cr_assert_str_eq(loam_error()->text, "earlier");
    loam_error_clear();
}

static void check_bytes_slice(const slice_case *s)
{
    static const char data[] = "\x00\x7f\x80\xff"
                               "abc";
    loam_bytes *bytes = loam_bytes_from(data, s->len);
    loam_bytes *slice = loam_bytes_slice(bytes, s->start, s->stop, s->step);
    loam_view view = loam_bytes_view_peek(slice);

    if (view.len != s->count || view.data[view.len] != '\0')
        cr_assert_fail("%zu bytes, not %zu", view.len, s->count);
    for (size_t i = 0; i < s->count; i++)
        if (view.data[i] != data[s->indexes[i]])
            cr_assert_fail("%zu [%lld:%lld:%lld]", s->len, (long long)s->start, (long long)s->stop, (long long)s->step);
    loam_release(bytes);
    loam_release(slice);
}

LOAM_TEST(bytes, are_any_bytes_read_by_index_and_slice)
{
    char all[256];
    loam_bytes *bytes;
    loam_list *list;
    int64_t byte = 17;

    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    bytes = loam_bytes_from(all, 256);
    cr_assert_eq(loam_bytes_len(bytes), 256);
    cr_assert_eq(loam_len(loam_from(bytes)), 256);
    cr_assert_eq(memcmp(loam_bytes_view_peek(bytes).data, all, 256), 0);
    cr_assert_neq(loam_bytes_view_peek(bytes).data, all, "a copy");
    for (int64_t i = 0; i < 256; i++) {
        cr_assert_eq(loam_bytes_get(bytes, i, &byte), LOAM_OK);
        cr_assert_eq(byte, i);
        cr_assert_eq(loam_bytes_get(bytes, i - 256, &byte), LOAM_OK);
        cr_assert_eq(byte, i);
    }
    byte = 17;
    cr_assert_eq(loam_bytes_get(bytes, 256, &byte), LOAM_ERR_INDEX);
    assert_failed(LOAM_ERR_INDEX);
    cr_assert_eq(loam_bytes_get(bytes, -257, &byte), LOAM_ERR_INDEX);
    assert_failed(LOAM_ERR_INDEX);
    cr_assert_eq(byte, 17);
    cr_assert_null(loam_bytes_slice(bytes, 0, 1, 0));
    assert_failed(LOAM_ERR_VALUE);
    list = loam_list_from(loam_from(bytes));
    cr_assert_eq(loam_list_len(list), 256);
    cr_assert_eq(loam_list_get_int(list, 255, &byte), LOAM_OK);
    cr_assert_eq(byte, 255);
    loam_release(list);
    loam_release(bytes);
    each_slice(check_bytes_slice);
    for (size_t len = 0; len < 100; len++) {
        bytes = loam_bytes_from(all, len);
        cr_assert_eq(loam_sizeof(loam_from(bytes)), 24 + (int64_t)(len < 16 ? 16 : len + 1));
        loam_release(bytes);
    }
}

/* Every way to a str or bytes. */
static bool make_texts(void *context)
{
    char filler[301] = "";
    loam_value made[8];
    bool good = true;

    (void)context;
    memset(filler, 'x', sizeof filler - 1);
    made[0] = loam_from(loam_str_new(MIXED));
    made[1] = loam_is_unset(made[0]) ? LOAM_UNSET : loam_from(loam_str_format("%s", filler));
    made[2] = loam_is_unset(made[1]) ? LOAM_UNSET : loam_from(loam_bytes_from(filler, 200));
    made[3] = loam_from(loam_str_slice(loam_is_unset(made[2]) ? NULL : loam_to_str_peek(made[0]), 5, 1, -2));
    made[4] = loam_from(loam_str_slice(loam_is_unset(made[3]) ? NULL : loam_to_str_peek(made[1]), 0, 200, 1));
    made[5] = loam_from(loam_str_slice(loam_is_unset(made[4]) ? NULL : loam_to_str_peek(made[1]), 0, 300, 3));
    made[6] = loam_from(loam_bytes_slice(loam_is_unset(made[5]) ? NULL : loam_to_bytes_peek(made[2]), 0, 200, 2));
    made[7] = loam_is_unset(made[6]) ? LOAM_UNSET : LOAM_VAL(((loam_view){"\xff\xff", 2}));
    for (size_t i = 0; i < 8; i++) {
        good = good && !loam_is_unset(made[i]);
        loam_release(made[i]);
    }
    return good;
}

LOAM_TEST(str, and_bytes_that_cannot_be_made_are_failures)
{
    cr_assert_geq(fail_each_allocation(make_texts, NULL), 2 * 9);
}

LOAM_TEST(bytes, or_str_is_what_a_view_becomes)
{
    assert_repr_take(LOAM_VAL(((loam_view){"abc", 2})), "'ab'");
    assert_repr_take(LOAM_VAL(((loam_view){"a\0c", 3})), "'a\\x00c'");
    assert_repr_take(LOAM_VAL(((loam_view){"\xff"
                                           "b",
                                           2})),
                     "b'\\xffb'");
    assert_repr_take(LOAM_VAL(((loam_view){NULL, 0})), "''");
}
