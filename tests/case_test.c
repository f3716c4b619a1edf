/*
 * Case and kinds of characters. The oracle compares more with Python; here is what depends on utf8proc, on what is
 * around a character, and on Unicode's special mappings.
 */
#include "tests/harness.h"

#include <string.h>

typedef loam_str *recasing(const loam_str *str);
typedef int predicate(const loam_str *str);

static void assert_recased(recasing *recase, const char *from, const char *to)
{
    loam_auto loam_str *str = loam_str_new(from);
    loam_auto loam_str *result = recase(str);

    cr_assert_not_null(result, "%s: %s", from, loam_error()->text);
    cr_assert_str_eq(loam_str_chars_peek(result), to);
}

static int is(predicate *ask, const char *text)
{
    loam_auto loam_str *str = loam_str_new(text);

    return ask(str);
}

LOAM_TEST(letter_case, of_ascii_is_known_everywhere)
{
    assert_recased(loam_str_lower, "They're BILL's [Z]", "they're bill's [z]");
    assert_recased(loam_str_upper, "They're BILL's {z}", "THEY'RE BILL'S {Z}");
    assert_recased(loam_str_casefold, "ABC", "abc");
    assert_recased(loam_str_title, "they're 3RD bill", "They'Re 3Rd Bill");
    assert_recased(loam_str_capitalize, "hELLO World", "Hello world");
    assert_recased(loam_str_swapcase, "hELLO 1", "Hello 1");
    assert_recased(loam_str_lower, "", "");
    cr_assert_eq(is(loam_str_istitle, "They'Re 3Rd"), 1);
    cr_assert_eq(is(loam_str_istitle, "They're"), 0);
    cr_assert_eq(is(loam_str_isupper, "A1"), 1);
    cr_assert_eq(is(loam_str_isupper, "1"), 0);
    cr_assert_eq(is(loam_str_islower, "a1B"), 0);
    cr_assert_eq(is(loam_str_isalnum, "a1"), 1);
    cr_assert_eq(is(loam_str_isalpha, "a1"), 0);
    cr_assert_eq(is(loam_str_isalpha, ""), 0);
    cr_assert_eq(is(loam_str_isdecimal, "09"), 1);
    cr_assert_eq(is(loam_str_isidentifier, "_a1"), 1);
    cr_assert_eq(is(loam_str_isidentifier, "1a"), 0);
    cr_assert_eq(is(loam_str_isidentifier, ""), 0);
}

/* Of these no library is asked. */
LOAM_TEST(letter_case, is_not_what_spaces_and_printing_depend_on)
{
    cr_assert_eq(is(loam_str_isspace, " \t\x1c\xc2\x85\xc2\xa0\xe2\x80\x83\xe2\x80\xa8\xe3\x80\x80"), 1);
    cr_assert_eq(is(loam_str_isspace, " \xe2\x80\x8b"), 0, "a space of no width is none");
    cr_assert_eq(is(loam_str_isspace, ""), 0);
    cr_assert_eq(is(loam_str_isprintable, "\xc3\xa9"), 1);
    cr_assert_eq(is(loam_str_isprintable, "\xc2\xad"), 0);
    cr_assert_eq(is(loam_str_isascii, "\x7f"), 1);
    cr_assert_eq(is(loam_str_isascii, "\xc3\xa9"), 0);
}

#if HAVE_UTF8PROC
LOAM_TEST(letter_case, beyond_ascii_is_unicodes)
{
    assert_recased(loam_str_upper,
                   "stra\xc3\x9f"
                   "e \xef\xac\x81",
                   "STRASSE FI");
    assert_recased(loam_str_casefold,
                   "Stra\xc3\x9f"
                   "e",
                   "strasse");
    assert_recased(loam_str_title, "\xc7\x86 \xc3\xa9t\xc3\xa9", "\xc7\x85 \xc3\x89t\xc3\xa9");
    assert_recased(loam_str_capitalize, "\xc3\xa9T\xc3\x89", "\xc3\x89t\xc3\xa9");
    assert_recased(loam_str_swapcase, "\xc3\xa9T\xc3\x89", "\xc3\x89t\xc3\xa9");
    assert_recased(loam_str_lower, "\xc4\xb0", "i\xcc\x87");
    cr_assert_eq(is(loam_str_isalpha, "\xe6\x97\xa5\xc3\xa9"), 1);
    cr_assert_eq(is(loam_str_isdecimal, "\xd9\xa3"), 1);
    cr_assert_eq(is(loam_str_isdigit, "\xc2\xb2"), 1);
    cr_assert_eq(is(loam_str_isdecimal, "\xc2\xb2"), 0);
    cr_assert_eq(is(loam_str_isnumeric, "\xc2\xbd\xe4\xb8\x89"), 1);
    cr_assert_eq(is(loam_str_isdigit, "\xc2\xbd"), 0);
    cr_assert_eq(is(loam_str_islower, "\xc2\xaa\xc3\xa9"), 1);
    cr_assert_eq(is(loam_str_istitle, "\xc7\x85"), 1);
    cr_assert_eq(is(loam_str_isupper, "\xc7\x85"), 0);
}

/* A capital sigma at the end of a word becomes a final one, with what has no say passed over on both sides. */
LOAM_TEST(letter_case, of_a_sigma_depends_on_where_it_is)
{
    assert_recased(loam_str_lower, "\xce\x91\xce\xa3", "\xce\xb1\xcf\x82");
    assert_recased(loam_str_lower, "\xce\xa3", "\xcf\x83");
    assert_recased(loam_str_lower, "\xce\x91\xce\xa3\xce\x91", "\xce\xb1\xcf\x83\xce\xb1");
    assert_recased(loam_str_lower, "\xce\x91.\xce\xa3.", "\xce\xb1.\xcf\x82.");
    assert_recased(loam_str_lower, "\xce\x91 \xce\xa3", "\xce\xb1 \xcf\x83");
    assert_recased(loam_str_lower, "\xce\x91\xce\xa3.\xce\x91", "\xce\xb1\xcf\x83.\xce\xb1");
}

/* Where the general category does not say it, Unicode 14 has a list. */
LOAM_TEST(letter_case, of_identifiers_is_that_of_unicode)
{
    static const struct {
        const char *text;
        int is_one;
    } cases[] = {
        {"a\xc3\xa9_1", 1},   /* a letter */
        {"\xe4\xb8\xad", 1},  /* a letter of no case */
        {"a\xcc\x81", 1},     /* a mark */
        {"\xcc\x81", 0},      /* which begins nothing */
        {"a\xd9\xa3", 1},     /* a digit */
        {"\xd9\xa3", 0},      /* likewise */
        {"a\xe2\x80\xbf", 1}, /* what connects */
        {"\xe2\x80\xbf_", 0}, /* of which '_' alone begins */
        {"\xe2\x85\xa0", 1},  /* a number that is a letter */
        {"\xe2\x84\x98", 1},  /* a symbol, which once was a letter */
        {"a\xc2\xb7", 1},     /* a dot that goes on */
        {"\xc2\xb7", 0},      /* and begins nothing */
        {"\xcd\xba", 0},      /* a letter, to which NFKC adds a space */
        {"a\xcd\xba", 0},     /* also here */
        {"\xe0\xb8\xb3", 0},  /* a letter that is a mark and a letter in NFKC */
        {"a\xe0\xb8\xb3", 1}, /* which goes on */
        {"a\xe2\x82\xac", 0}, /* a sign */
        {"a\xc2\xa0z", 0},    /* a space */
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_assert_eq(is(loam_str_isidentifier, cases[i].text), cases[i].is_one, "%zu: %s", i, cases[i].text);
}
#else
LOAM_TEST(letter_case, beyond_ascii_is_unsupported_without_utf8proc)
{
    static recasing *const recasings[] = {loam_str_lower, loam_str_upper,      loam_str_casefold,
                                          loam_str_title, loam_str_capitalize, loam_str_swapcase};
    static predicate *const predicates[] = {loam_str_isalpha,   loam_str_isalnum, loam_str_isdecimal, loam_str_isdigit,
                                            loam_str_isnumeric, loam_str_islower, loam_str_isupper,   loam_str_istitle};
    loam_auto loam_str *str = loam_str_new("\xc3\xa9");

    for (size_t i = 0; i < sizeof recasings / sizeof *recasings; i++) {
        cr_assert_null(recasings[i](str));
        assert_failed(LOAM_ERR_UNSUPPORTED);
    }
    for (size_t i = 0; i < sizeof predicates / sizeof *predicates; i++) {
        cr_assert_eq(predicates[i](str), LOAM_ERR_UNSUPPORTED);
        assert_failed(LOAM_ERR_UNSUPPORTED);
    }
    cr_assert_eq(is(loam_str_isidentifier, "a\xc3\xa9"), LOAM_ERR_UNSUPPORTED);
    assert_failed(LOAM_ERR_UNSUPPORTED);
    cr_assert_eq(is(loam_str_isidentifier, "1\xc3\xa9"), 0, "whatever comes after the digit");
}
#endif

LOAM_TEST(letter_case, of_bytes_is_that_of_ascii)
{
    loam_auto loam_bytes *bytes = loam_bytes_from("a\xe9Z", 3);
    loam_auto loam_bytes *upper = loam_bytes_upper(bytes);
    loam_auto loam_bytes *title = loam_bytes_title(bytes);

    assert_repr(loam_from(upper), "b'A\\xe9Z'");
    assert_repr(loam_from(title), "b'A\\xe9Z'");
    cr_assert_eq(loam_bytes_isalpha(bytes), 0);
    cr_assert_eq(loam_bytes_isupper(upper), 1);
    cr_assert_eq(loam_bytes_isascii(upper), 0);
}

LOAM_TEST(letter_case, of_nothing_is_the_earlier_failure)
{
    loam_str *none = loam_to_str_peek(LOAM_NONE);
    loam_bytes *no_bytes = loam_to_bytes_peek(LOAM_NONE);

    cr_assert_null(loam_str_upper(none));
    cr_assert_eq(loam_str_isalpha(none), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_isspace(none), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_isascii(none), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_isprintable(none), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_isupper(none), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_istitle(none), LOAM_ERR_TYPE);
    cr_assert_eq(loam_str_isidentifier(none), LOAM_ERR_TYPE);
    cr_assert_null(loam_bytes_lower(no_bytes));
    cr_assert_eq(loam_bytes_istitle(no_bytes), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
}
