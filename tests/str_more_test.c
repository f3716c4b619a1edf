/*
 * str: what it does with texts. That the answers are Python's is the oracle's business, tests/oracle; here is what the
 * oracle does not see: how arguments are given, what is refused, what is shared, and sizes near the limits.
 */
#include "tests/harness.h"

#include "lib/checked.h"

#include <string.h>

#define ETE "\xc3\xa9t\xc3\xa9" /* three code points, five bytes */

static void assert_str_take(loam_str *str, const char *text)
{
    cr_assert_not_null(str, "%s", loam_error()->text);
    cr_assert_str_eq(loam_str_chars_peek(str), text);
    cr_assert_eq(loam_str_view_peek(str).len, strlen(text));
    loam_release(str);
}

LOAM_TEST(str, takes_texts_as_c_strings_views_strs_and_values)
{
    loam_auto loam_str *str = loam_str_new("a,b;c");
    loam_auto loam_str *comma = loam_str_new(",");
    loam_auto_value loam_value value = LOAM_VAL(",");
    const loam_str *constant = comma;
    char chars[] = ",";
    int64_t at[6] = {0};

    cr_assert_eq(loam_str_find(str, ",", &at[0]), LOAM_OK);
    cr_assert_eq(loam_str_find(str, chars, &at[1]), LOAM_OK);
    cr_assert_eq(loam_str_find(str, comma, &at[2]), LOAM_OK);
    cr_assert_eq(loam_str_find(str, constant, &at[3]), LOAM_OK);
    cr_assert_eq(loam_str_find(str, value, &at[4]), LOAM_OK);
    cr_assert_eq(loam_str_find(str, ((loam_view){",;", 1}), &at[5]), LOAM_OK);
    for (size_t i = 0; i < 6; i++)
        cr_assert_eq(at[i], 1, "%zu", i);
    at[0] = 77;
    cr_assert_eq(loam_str_find(str, "d", &at[0]), LOAM_MISSING);
    cr_assert_eq(at[0], 77, "it can hold a default");
}

LOAM_TEST(str, takes_zero_bytes_in_views)
{
    loam_auto loam_str *str = loam_str_from("a\0b\0c", 5);
    loam_view zero = {"", 1};

    cr_assert_eq(loam_str_count(str, zero), 2);
    assert_repr_take(loam_from(loam_str_split(str, zero)), "['a', 'b', 'c']");
    assert_str_take(loam_str_replace(str, zero, "--"), "a--b--c");
    cr_assert_eq(loam_str_count(str, ((loam_view){NULL, 0})), 6, "an empty one");
}

LOAM_TEST(str, refuses_what_is_no_text)
{
    loam_auto loam_str *str = loam_str_new(ETE);
    loam_auto loam_bytes *bytes = loam_bytes_from("x", 1);
    int64_t at = 5;

    /* These bytes are in the text, and no text: a part that began there would not be UTF-8. */
    cr_assert_eq(loam_str_find(str, "\xa9", &at), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_str_split(str, "\xa9t"));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_str_replace(str, "t", "\xff"));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_str_concat(str, "\xff"));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_str_join("\xff", LOAM_UNSET));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_str_ljust(str, 9, "\xa9"));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_str_strip_chars(str, "\xc3"));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_str_maketrans("\xff", "x", ""));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_str_contains(str, loam_from(bytes)), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_startswith(str, LOAM_NONE), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(at, 5);
}

LOAM_TEST(str, passes_on_the_failure_of_a_text_or_of_itself)
{
    loam_auto loam_str *str = loam_str_new("abc");
    loam_str *none = loam_to_str_peek(LOAM_NONE);
    int64_t at = 0;

    cr_assert_null(none);
    cr_assert_eq(loam_str_find(none, "b", &at), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_find(str, none, &at), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_find(str, loam_str_chars_peek(none), &at), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_find(str, LOAM_UNSET, &at), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_index(none, "b"), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_count(str, none), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_endswith(str, none), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_ord(none, 0), LOAM_ERR_TYPE);
    cr_assert_null(loam_str_get(none, 0));
    cr_assert_null(loam_str_words(none));
    cr_assert_null(loam_str_rwords_max(none, 1));
    cr_assert_null(loam_str_splitlines(none, true));
    cr_assert_null(loam_str_partition(str, none));
    cr_assert_null(loam_str_join(none, LOAM_UNSET));
    cr_assert_null(loam_str_join(",", LOAM_UNSET));
    cr_assert_null(loam_str_strip(none));
    cr_assert_null(loam_str_replace(str, "b", none));
    cr_assert_null(loam_str_repeat(none, 2));
    cr_assert_null(loam_str_zfill(none, 2));
    cr_assert_null(loam_str_expandtabs(none, 2));
    cr_assert_null(loam_str_encode(none));
    cr_assert_null(loam_str_translate(str, NULL));
    cr_assert_null(loam_str_maketrans(none, "", ""));
    assert_failed(LOAM_ERR_TYPE);
}

LOAM_TEST(str, of_which_all_is_left_is_shared)
{
    loam_auto loam_str *str = loam_str_new(ETE);
    loam_str *same[] = {loam_str_strip(str),
                        loam_str_strip_chars(str, "x"),
                        loam_str_replace(str, "x", "y"),
                        loam_str_removeprefix(str, "t"),
                        loam_str_removesuffix(str, ""),
                        loam_str_center(str, 3, " "),
                        loam_str_zfill(str, -5),
                        loam_str_repeat(str, 1),
                        loam_str_concat(str, ""),
                        loam_str_expandtabs(str, 8),
                        loam_str_slice(str, LOAM_OMIT, LOAM_OMIT, LOAM_OMIT),
                        loam_str_slice(str, 0, 9, 1)};
    loam_auto loam_list *one = loam_list_of(str);
    loam_auto loam_str *joined = loam_str_join(", ", one);
    loam_auto loam_list *split = loam_str_split(str, "x");
    loam_auto loam_str *one_wide = loam_str_new("\xc3\xa9");
    loam_auto loam_str *first = loam_str_get(one_wide, 0);
    loam_auto loam_str *whole_ascii = loam_str_new("abc");
    loam_auto loam_str *slice = loam_str_slice(whole_ascii, -3, LOAM_OMIT, 1);

    cr_assert_eq(first, one_wide);
    cr_assert_eq(slice, whole_ascii);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        cr_assert_eq(same[i], str, "%zu", i);
        loam_release(same[i]);
    }
    cr_assert_eq(joined, str);
    cr_assert_eq(loam_list_get_peek(split, 0).word, loam_from(str).word);
}

LOAM_TEST(str, counts_code_points_where_it_is_not_ascii)
{
    loam_auto loam_str *str = loam_str_new("na\xc3\xafve " ETE " \xf0\x9f\x98\x80!");
    loam_auto loam_str *smile = loam_str_get(str, -2);
    int64_t at = 0;

    cr_assert_eq(loam_str_len(str), 12);
    cr_assert_eq(loam_str_index(str, ETE), 6);
    cr_assert_eq(loam_str_rfind(str, "\xc3\xa9", &at), LOAM_OK);
    cr_assert_eq(at, 8);
    cr_assert_eq(loam_str_find_in(str, "e", 5, LOAM_OMIT, &at), LOAM_MISSING);
    cr_assert_eq(loam_str_find_in(str, "\xc3\xa9", 7, -1, &at), LOAM_OK);
    cr_assert_eq(at, 8);
    cr_assert_eq(loam_str_ord(str, 10), 0x1f600);
    cr_assert_str_eq(loam_str_chars_peek(smile), "\xf0\x9f\x98\x80");
    cr_assert_eq(loam_str_startswith_in(str, "\xc3\xa9", 6, LOAM_OMIT), 1);
    cr_assert_eq(loam_str_ord(str, 12), LOAM_ERR_INDEX);
    assert_failed(LOAM_ERR_INDEX);
    cr_assert_null(loam_str_get(str, -13));
    assert_failed(LOAM_ERR_INDEX);
}

LOAM_TEST(str, is_looked_at_from_its_right_end)
{
    loam_auto loam_str *str = loam_str_new("  x,\xc3\xa9,x,\xc3\xa9,y ");
    int64_t at = 0;

    cr_assert_eq(loam_str_rfind_in(str, "x", 0, 7, &at), LOAM_OK);
    cr_assert_eq(at, 6);
    cr_assert_eq(loam_str_rindex(str, ","), 9);
    cr_assert_eq(loam_str_count_in(str, ",", 4, -2), 3);
    cr_assert_eq(loam_str_endswith_in(str, ",x", 0, 7), 1);
    cr_assert_eq(loam_str_endswith_in(str, ",x", 6, 7), 0);
}

LOAM_TEST(str, is_cut_from_either_end_and_no_more_often_than_asked_for)
{
    loam_auto loam_str *str = loam_str_new("  x,\xc3\xa9,x,\xc3\xa9,y ");

    assert_repr_take(loam_from(loam_str_lstrip(str)), "'x,\xc3\xa9,x,\xc3\xa9,y '");
    assert_repr_take(loam_from(loam_str_rstrip(str)), "'  x,\xc3\xa9,x,\xc3\xa9,y'");
    assert_repr_take(loam_from(loam_str_lstrip_chars(str, " ,x")), "'\xc3\xa9,x,\xc3\xa9,y '");
    assert_repr_take(loam_from(loam_str_rstrip_chars(str, " ,y")), "'  x,\xc3\xa9,x,\xc3\xa9'");
    assert_repr_take(loam_from(loam_str_split_max(str, ",", 2)), "['  x', '\xc3\xa9', 'x,\xc3\xa9,y ']");
    assert_repr_take(loam_from(loam_str_rsplit_max(str, ",", 2)), "['  x,\xc3\xa9,x', '\xc3\xa9', 'y ']");
    assert_repr_take(loam_from(loam_str_words_max(str, 0)), "['x,\xc3\xa9,x,\xc3\xa9,y ']");
    assert_repr_take(loam_from(loam_str_rpartition(str, ",x")), "('  x,\xc3\xa9', ',x', ',\xc3\xa9,y ')");
    assert_repr_take(loam_from(loam_str_replace_max(str, ",x", "-", 1)), "'  x,\xc3\xa9-,\xc3\xa9,y '");
}

LOAM_TEST(str, of_a_number_is_a_code_point_of_any_width_or_a_failure)
{
    static const int64_t wrong[] = {-1, 0xd800, 0xdfff, 0x110000, INT64_MAX, INT64_MIN, LOAM_ERR_TYPE};

    for (int64_t code = 0; code <= 0x10ffff; code += code < 0x900 ? 1 : 0x7f) {
        loam_str *str = NULL;
        if (code >= 0xd800 && code <= 0xdfff)
            continue;
        str = loam_str_chr(code);
        cr_assert_eq(loam_str_len(str), 1);
        cr_assert_eq(loam_str_ord(str, 0), code);
        loam_release(str);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_assert_null(loam_str_chr(wrong[i]));
        assert_failed(LOAM_ERR_VALUE);
    }
}

LOAM_TEST(str, joins_anything_iterable)
{
    loam_auto loam_list *list = loam_list_of("a", ETE, "");
    loam_auto loam_tuple *tuple = loam_tuple_of("x", "y");
    loam_auto loam_dict *dict = loam_dict_of("k", 1, "l", 2);
    loam_auto loam_list *empty = loam_list_new();
    loam_auto loam_list *mixed = loam_list_of("a", 5);
    loam_auto loam_str *word = loam_str_new("abc");

    assert_str_take(loam_str_join(", ", list), "a, " ETE ", ");
    assert_str_take(loam_str_join("", tuple), "xy");
    assert_str_take(loam_str_join(ETE, loam_from(dict)), "k" ETE "l");
    assert_str_take(loam_str_join("-", word), "a-b-c");
    assert_str_take(loam_str_join("-", empty), "");
    cr_assert_null(loam_str_join("-", mixed));
    cr_assert_str_eq(loam_error()->text, "sequence item 1: expected str, int found");
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_null(loam_str_join("-", LOAM_TRUE));
    assert_failed(LOAM_ERR_TYPE);
}

LOAM_TEST(str, translates_numbers_strs_and_none)
{
    loam_auto loam_str *str = loam_str_new("ab" ETE "c");
    loam_auto loam_dict *table = loam_dict_of('a', 'A', 'b', "<b>", 0xe9, LOAM_NONE);
    loam_auto loam_dict *wrong = loam_dict_of('a', 2.5);
    loam_auto loam_dict *beyond = loam_dict_of('a', 0x110000);

    assert_str_take(loam_str_translate(str, table), "A<b>tc");
    cr_assert_null(loam_str_translate(str, wrong));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_null(loam_str_translate(str, beyond));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_str_maketrans("ab", "c", ""));
    assert_failed(LOAM_ERR_VALUE);
    assert_repr_take(loam_from(loam_str_maketrans("a\xc3\xa9", "bc", "x")), "{97: 98, 233: 99, 120: None}");
}

/* Sizes that memory cannot have are failures, before anything is asked for. */
LOAM_TEST(str, that_would_be_too_large_is_a_failure)
{
    loam_auto loam_str *str = loam_str_new("ab\xc3\xa9");
    loam_auto loam_str *tab = loam_str_new("\t\t");
    static const int64_t sizes[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX / 2, INT64_MAX / 4, INT64_MAX - 64};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        cr_assert_null(loam_str_repeat(str, sizes[i]));
        assert_failed(LOAM_ERR_MEMORY);
        cr_assert_null(loam_str_ljust(str, sizes[i], " "));
        assert_failed(LOAM_ERR_MEMORY);
        cr_assert_null(loam_str_center(str, sizes[i], "\xf0\x9f\x98\x80"));
        assert_failed(LOAM_ERR_MEMORY);
        cr_assert_null(loam_str_zfill(str, sizes[i]));
        assert_failed(LOAM_ERR_MEMORY);
        cr_assert_null(loam_str_expandtabs(tab, sizes[i]));
        assert_failed(LOAM_ERR_MEMORY);
    }
    assert_str_take(loam_str_repeat(str, INT64_MIN), "");
    assert_str_take(loam_str_rjust(str, INT64_MIN, " "), "ab\xc3\xa9");
}

/* 2^22 times 2^42: the product of two lengths that there can be. limits_test.c has those that memory cannot have. */
LOAM_TEST(bytes, replaced_and_joined_beyond_any_memory_are_a_failure)
{
    enum { MANY = 1 << 22 };
    loam_auto loam_bytes *x = loam_bytes_from("x", 1);
    loam_auto loam_bytes *bytes = loam_bytes_repeat(x, MANY);
    loam_auto loam_list *one = loam_list_of(x);
    loam_auto loam_list *list = loam_list_repeat(one, MANY);
    loam_view vast = {loam_bytes_view_peek(bytes).data, (size_t)1 << 42};
    size_t len;

    cr_assert(bytes && list);
    cr_assert(!loam__size_multiply(MANY, vast.len, &len), "it could not be told from what is merely large");
    /* The view is longer than what there is: its bytes must not be looked at before the sum is. Only bytes are not. */
    cr_assert_null(loam_bytes_replace(bytes, "x", vast));
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert_null(loam_bytes_join(vast, list));
    assert_failed(LOAM_ERR_MEMORY);
}

LOAM_TEST(builder, takes_all_that_can_be_printed)
{
    loam_auto loam_builder *b = loam_builder_new();
    loam_auto loam_list *list = loam_list_of(1, "two");
    loam_auto loam_str *str = loam_str_new(ETE);
    loam_auto loam_bytes *bytes = loam_bytes_from("by", 2);

    cr_assert_eq(loam_builder_append(b, "text "), LOAM_OK);
    loam_builder_append(b, 5);
    loam_builder_append(b, -6L);
    loam_builder_append(b, UINT64_MAX);
    loam_builder_append(b, 2.5);
    loam_builder_append(b, LOAM_TRUE);
    loam_builder_append(b, LOAM_NONE);
    loam_builder_append(b, str);
    loam_builder_append(b, loam_from(str));
    loam_builder_append(b, list);
    loam_builder_append(b, bytes);
    loam_builder_append(b, LOAM_TUPLE(1, "x"));
    loam_builder_append(b, ((loam_view){"a\0b", 3}));
    loam_builder_append_char(b, 0x1f600);
    loam_builder_format(b, "|%03d|%s", 7, "f");
    cr_assert_gt(loam_builder_len(b), 60);
    assert_repr_take(loam_from(loam_builder_str(b)), "\"text 5-6184467440737095516152.5TrueNone" ETE ETE
                                                     "[1, 'two']b'by'(1, 'x')a\\x00b\xf0\x9f\x98\x80|007|f\"");
    cr_assert_eq(loam_builder_len(b), 0, "it is empty again");
    assert_repr_take(loam_from(loam_builder_str(b)), "''");
    assert_repr_take(loam_from(loam_builder_bytes(b)), "b''");
}

LOAM_TEST(builder, keeps_its_first_failure)
{
    loam_auto loam_builder *b = loam_builder_new();

    loam_builder_append(b, "before");
    cr_assert_eq(loam_builder_append_char(b, 0xd800), LOAM_ERR_VALUE);
    loam_fail(LOAM_ERR_IO, "something else");
    cr_assert_eq(loam_builder_append(b, "after"), LOAM_ERR_VALUE);
    cr_assert_eq(loam_builder_append(b, LOAM_LIST(1, 2)), LOAM_ERR_VALUE, "and the literal is released");
    cr_assert_eq(loam_builder_format(b, "x"), LOAM_ERR_VALUE);
    cr_assert_eq(loam_builder_append_char(b, 'x'), LOAM_ERR_VALUE);
    cr_assert_eq(loam_builder_len(b), LOAM_ERR_VALUE);
    loam_error_clear();
    cr_assert_null(loam_builder_bytes(b));
    cr_assert_null(loam_builder_str(b));
    cr_assert_str_eq(loam_error()->text, "a number that is no code point of a str");
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_builder_clear(b), LOAM_OK);
    loam_builder_append(b, "anew");
    assert_str_take(loam_builder_str(b), "anew");
}

LOAM_TEST(builder, is_told_of_failures_that_came_before_it)
{
    loam_auto loam_builder *b = loam_builder_new();
    loam_str *none = loam_to_str_peek(LOAM_NONE);

    cr_assert_null(none);
    cr_assert_eq(loam_builder_append(b, none), LOAM_ERR_TYPE);
    loam_builder_clear(b);
    cr_assert_eq(loam_builder_append(b, loam_str_chars_peek(none)), LOAM_ERR_TYPE);
    loam_builder_clear(b);
    cr_assert_eq(loam_builder_format(b, NULL), LOAM_ERR_TYPE);
    cr_assert_null(loam_builder_str(b));
    cr_assert_eq(loam_builder_append(NULL, LOAM_LIST(1)), LOAM_ERR_TYPE);
    cr_assert_eq(loam_builder_append_char(NULL, 'x'), LOAM_ERR_TYPE);
    cr_assert_eq(loam_builder_format(NULL, "x"), LOAM_ERR_TYPE);
    cr_assert_eq(loam_builder_len(NULL), LOAM_ERR_TYPE);
    cr_assert_eq(loam_builder_clear(NULL), LOAM_ERR_TYPE);
    cr_assert_null(loam_builder_str(NULL));
    cr_assert_null(loam_builder_bytes(NULL));
    assert_failed(LOAM_ERR_TYPE);
}

LOAM_TEST(builder, keeps_its_text_where_that_is_not_utf8)
{
    loam_auto loam_builder *b = loam_builder_new();

    loam_builder_append(b, "\xc3");
    cr_assert_null(loam_builder_str(b));
    assert_failed(LOAM_ERR_VALUE);
    loam_builder_append(b, "\xa9");
    assert_str_take(loam_builder_str(b), "\xc3\xa9");
    loam_builder_append(b, "\xff");
    assert_repr_take(loam_from(loam_builder_bytes(b)), "b'\\xff'");
}

LOAM_TEST(builder, of_many_pieces_is_as_long_as_they_are)
{
    loam_auto loam_builder *b = loam_builder_new();
    loam_auto loam_str *str = NULL;
    enum { PIECES = 10000 };

    for (int i = 0; i < PIECES; i++)
        loam_builder_append(b, ETE ",");
    cr_assert_gt(loam_sizeof(loam_from(b)), 6 * PIECES);
    str = loam_builder_str(b);
    cr_assert_eq(loam_str_len(str), 4 * PIECES);
    cr_assert_eq(loam_str_count(str, ETE), PIECES);
    cr_assert_lt(loam_sizeof(loam_from(b)), 1000);
}

/* A type whose repr does something to the builder that it is being appended to. */
typedef struct meddler {
    loam_object loam;
    loam_builder **builder;
    int how;
} meddler;

static loam_str *meddle(const void *self)
{
    const meddler *m = self;

    if (m->how == 0)
        loam_builder_append(*m->builder, "[in between]");
    else if (m->how == 1)
        loam_builder_clear(*m->builder);
    else if (m->how == 2)
        loam_release(loam_builder_str(*m->builder));
    else if (m->how == 3)
        loam_release(loam_move(m->builder));
    else
        return loam_fail(LOAM_ERR_IO, "no repr"), NULL;
    return loam_str_new("repr");
}

static loam_type meddler_type = {.name = "meddler", .size = sizeof(meddler), .repr = meddle};

LOAM_TEST(builder, may_be_meddled_with_by_what_is_appended)
{
    static const char *const expected[] = {"before[in between]repr", "repr", "repr", NULL, NULL};

    for (int how = 0; how < 5; how++) {
        loam_auto loam_builder *b = loam_builder_new();
        loam_auto meddler *m = loam_new(&meddler_type);
        loam_status status;
        m->builder = &b;
        m->how = how;
        loam_builder_append(b, "before");
        status = loam_builder_append(b, loam_from(m));
        cr_assert_eq(status, how == 4 ? LOAM_ERR_IO : LOAM_OK, "%d: %s", how, loam_error()->text);
        if (expected[how])
            assert_str_take(loam_builder_str(b), expected[how]);
        else if (how == 3)
            cr_assert_null(b, "its last reference went while it was in use");
        else
            cr_assert_null(loam_builder_str(b));
        loam_error_clear();
    }
}
