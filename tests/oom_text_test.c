/*
 * Failing allocations for str, bytes and builder, as in oom_test.c: each call is run with each of its allocations
 * failing; what needs none is run with all of them refused.
 */
#include "tests/harness.h"

#include "lib/alloc.h"

static struct {
    loam_str *str, *wide, *cased; /* the last one what the library knows the case of */
    loam_bytes *bytes;
    loam_list *strs, *datas;
    loam_dict *table;
    int64_t at;
} g;

/* What makes a result: how, and it. Each is a new reference. */
#define MAKES(X)                                                                                                       \
    X(loam_str_get, loam_str_get(g.str, 0))                                                                            \
    X(loam_str_chr, loam_str_chr(0xe9))                                                                                \
    X(loam_str_split, loam_str_split(g.str, ","))                                                                      \
    X(loam_str_split_max, loam_str_split_max(g.wide, ",", 1))                                                          \
    X(loam_str_rsplit_max, loam_str_rsplit_max(g.wide, ",", 1))                                                        \
    X(loam_str_words, loam_str_words(g.str))                                                                           \
    X(loam_str_words_max, loam_str_words_max(g.wide, 1))                                                               \
    X(loam_str_rwords_max, loam_str_rwords_max(g.wide, 1))                                                             \
    X(loam_str_splitlines, loam_str_splitlines(g.str, true))                                                           \
    X(loam_str_partition, loam_str_partition(g.str, ","))                                                              \
    X(loam_str_rpartition, loam_str_rpartition(g.wide, ","))                                                           \
    X(loam_str_concat, loam_str_concat(g.str, g.wide))                                                                 \
    X(loam_str_repeat, loam_str_repeat(g.wide, 3))                                                                     \
    X(loam_str_strip, loam_str_strip(g.str))                                                                           \
    X(loam_str_lstrip, loam_str_lstrip(g.str))                                                                         \
    X(loam_str_rstrip, loam_str_rstrip(g.str))                                                                         \
    X(loam_str_strip_chars, loam_str_strip_chars(g.str, " a"))                                                         \
    X(loam_str_lstrip_chars, loam_str_lstrip_chars(g.str, " a"))                                                       \
    X(loam_str_rstrip_chars, loam_str_rstrip_chars(g.str, " \n"))                                                      \
    X(loam_str_removeprefix, loam_str_removeprefix(g.str, " "))                                                        \
    X(loam_str_removesuffix, loam_str_removesuffix(g.str, " "))                                                        \
    X(loam_str_replace, loam_str_replace(g.str, ",", g.wide))                                                          \
    X(loam_str_replace_max, loam_str_replace_max(g.str, "", ".", 3))                                                   \
    X(loam_str_center, loam_str_center(g.str, 50, "\xc3\xa9"))                                                         \
    X(loam_str_ljust, loam_str_ljust(g.str, 50, " "))                                                                  \
    X(loam_str_rjust, loam_str_rjust(g.str, 50, " "))                                                                  \
    X(loam_str_zfill, loam_str_zfill(g.str, 50))                                                                       \
    X(loam_str_expandtabs, loam_str_expandtabs(g.str, 8))                                                              \
    X(loam_str_join, loam_str_join(", ", g.strs))                                                                      \
    X(loam_str_join, loam_str_join(", ", g.str))                                                                       \
    X(loam_str_encode, loam_str_encode(g.wide))                                                                        \
    X(loam_str_maketrans, loam_str_maketrans("abcdefghijkl", "bcdefghijklm", "x"))                                     \
    X(loam_str_translate, loam_str_translate(g.wide, g.table))                                                         \
    X(loam_str_lower, loam_str_lower(g.cased))                                                                         \
    X(loam_str_upper, loam_str_upper(g.cased))                                                                         \
    X(loam_str_casefold, loam_str_casefold(g.cased))                                                                   \
    X(loam_str_title, loam_str_title(g.cased))                                                                         \
    X(loam_str_capitalize, loam_str_capitalize(g.cased))                                                               \
    X(loam_str_swapcase, loam_str_swapcase(g.cased))                                                                   \
    X(loam_bytes_lower, loam_bytes_lower(g.bytes))                                                                     \
    X(loam_bytes_upper, loam_bytes_upper(g.bytes))                                                                     \
    X(loam_bytes_title, loam_bytes_title(g.bytes))                                                                     \
    X(loam_bytes_capitalize, loam_bytes_capitalize(g.bytes))                                                           \
    X(loam_bytes_swapcase, loam_bytes_swapcase(g.bytes))                                                               \
    X(loam_bytes_split, loam_bytes_split(g.bytes, ","))                                                                \
    X(loam_bytes_split_max, loam_bytes_split_max(g.bytes, ",", 1))                                                     \
    X(loam_bytes_rsplit_max, loam_bytes_rsplit_max(g.bytes, ",", 1))                                                   \
    X(loam_bytes_words, loam_bytes_words(g.bytes))                                                                     \
    X(loam_bytes_words_max, loam_bytes_words_max(g.bytes, 1))                                                          \
    X(loam_bytes_rwords_max, loam_bytes_rwords_max(g.bytes, 1))                                                        \
    X(loam_bytes_splitlines, loam_bytes_splitlines(g.bytes, true))                                                     \
    X(loam_bytes_partition, loam_bytes_partition(g.bytes, ","))                                                        \
    X(loam_bytes_rpartition, loam_bytes_rpartition(g.bytes, ","))                                                      \
    X(loam_bytes_concat, loam_bytes_concat(g.bytes, "x"))                                                              \
    X(loam_bytes_repeat, loam_bytes_repeat(g.bytes, 3))                                                                \
    X(loam_bytes_strip, loam_bytes_strip(g.bytes))                                                                     \
    X(loam_bytes_lstrip, loam_bytes_lstrip(g.bytes))                                                                   \
    X(loam_bytes_rstrip, loam_bytes_rstrip(g.bytes))                                                                   \
    X(loam_bytes_strip_chars, loam_bytes_strip_chars(g.bytes, " a"))                                                   \
    X(loam_bytes_lstrip_chars, loam_bytes_lstrip_chars(g.bytes, " a"))                                                 \
    X(loam_bytes_rstrip_chars, loam_bytes_rstrip_chars(g.bytes, " \n"))                                                \
    X(loam_bytes_removeprefix, loam_bytes_removeprefix(g.bytes, " "))                                                  \
    X(loam_bytes_removesuffix, loam_bytes_removesuffix(g.bytes, " "))                                                  \
    X(loam_bytes_replace, loam_bytes_replace(g.bytes, ",", ";;"))                                                      \
    X(loam_bytes_replace_max, loam_bytes_replace_max(g.bytes, "", ".", 3))                                             \
    X(loam_bytes_center, loam_bytes_center(g.bytes, 50, " "))                                                          \
    X(loam_bytes_ljust, loam_bytes_ljust(g.bytes, 50, " "))                                                            \
    X(loam_bytes_rjust, loam_bytes_rjust(g.bytes, 50, " "))                                                            \
    X(loam_bytes_zfill, loam_bytes_zfill(g.bytes, 50))                                                                 \
    X(loam_bytes_expandtabs, loam_bytes_expandtabs(g.bytes, 8))                                                        \
    X(loam_bytes_join, loam_bytes_join(", ", g.datas))                                                                 \
    X(loam_bytes_decode, loam_bytes_decode(g.bytes))                                                                   \
    X(loam_bytes_hex, loam_bytes_hex(g.bytes))                                                                         \
    X(loam_bytes_hex_grouped, loam_bytes_hex_grouped(g.bytes, ":", 2))                                                 \
    X(loam_bytes_fromhex, loam_bytes_fromhex("00 ff"))                                                                 \
    X(loam_bytes_maketrans, loam_bytes_maketrans("ab", "cd"))                                                          \
    X(loam_bytes_translate, translated())

static loam_bytes *translated(void)
{
    loam_auto loam_bytes *table = loam_bytes_maketrans("ab", "cd");

    return loam_bytes_translate(g.bytes, table, ",");
}

#define FUNCTION(function, call)                                                                                       \
    {                                                                                                                  \
        loam_value made = loam_from(call);                                                                             \
        if (loam_is_unset(made))                                                                                       \
            return false;                                                                                              \
        loam_release(made);                                                                                            \
    }

static bool make_each(void *context)
{
    (void)context;
    MAKES(FUNCTION)
    return true;
}

static bool build(void *context)
{
    loam_auto loam_builder *b = loam_builder_new();
    loam_auto loam_str *str = NULL;
    loam_auto loam_bytes *bytes = NULL;

    (void)context;
    if (!b)
        return false;
    loam_builder_append(b,
                        "a text of more than sixty-four bytes, so that the builder has to grow, which it does again");
    loam_builder_append_char(b, 0xe9);
    loam_builder_append(b, g.strs);
    loam_builder_append(b, 1e300);
    loam_builder_format(b, "%0300d", 7);
    str = loam_builder_str(b);
    loam_builder_append(b, LOAM_LIST(1, 2));
    bytes = loam_builder_bytes(b);
    return str && bytes && loam_bytes_len(bytes) == 6;
}

static void set_up(void)
{
    g.str = loam_str_new(" a, b\tc\nd ");
    g.wide = loam_str_new(" \xc3\xa9, \xe2\x82\xac ,\xf0\x9f\x98\x80");
    g.cased = loam_str_new(HAVE_UTF8PROC ? "Stra\xc3\x9f"
                                           "e"
                                         : "Street");
    g.bytes = loam_bytes_from(" a, b\tc\nd ", 10);
    g.strs = loam_list_of("one", "\xc3\xa9", "three");
    g.datas = loam_list_of(g.bytes, g.bytes);
    g.table = loam_dict_of(',', "comma", 0xe9, LOAM_NONE);
}

static void tear_down(void)
{
    loam_release(g.str);
    loam_release(g.wide);
    loam_release(g.cased);
    loam_release(g.bytes);
    loam_release(g.strs);
    loam_release(g.datas);
    loam_release(g.table);
}

LOAM_TEST(oom_text, what_makes_a_text_fails_without_a_trace)
{
    set_up();
    cr_assert_geq(fail_each_allocation(make_each, NULL), 2 * 130);
    tear_down();
}

LOAM_TEST(oom_text, a_builder_keeps_the_failure_until_it_is_asked)
{
    set_up();
    cr_assert_geq(fail_each_allocation(build, NULL), 2 * 9);
    tear_down();
}

/* And what only looks. */
#define LOOKS(X)                                                                                                       \
    X(loam_str_contains, loam_str_contains(g.wide, loam_from(g.wide)) == 1)                                            \
    X(loam_str_find, loam_str_find(g.wide, ",", &g.at) == LOAM_OK)                                                     \
    X(loam_str_rfind, loam_str_rfind(g.wide, ",", &g.at) == LOAM_OK)                                                   \
    X(loam_str_find_in, loam_str_find_in(g.wide, ",", 1, LOAM_OMIT, &g.at) == LOAM_OK)                                 \
    X(loam_str_rfind_in, loam_str_rfind_in(g.wide, ", ", 1, LOAM_OMIT, &g.at) == LOAM_OK)                              \
    X(loam_str_index, loam_str_index(g.wide, ",") == 2)                                                                \
    X(loam_str_rindex, loam_str_rindex(g.wide, ",") == 6)                                                              \
    X(loam_str_count, loam_str_count(g.wide, ",") == 2)                                                                \
    X(loam_str_count_in, loam_str_count_in(g.wide, ",", 3, LOAM_OMIT) == 1)                                            \
    X(loam_str_startswith, loam_str_startswith(g.wide, " ") == 1)                                                      \
    X(loam_str_endswith, loam_str_endswith(g.wide, " ") == 0)                                                          \
    X(loam_str_startswith_in, loam_str_startswith_in(g.wide, ",", 2, 3) == 1)                                          \
    X(loam_str_endswith_in, loam_str_endswith_in(g.wide, ",", 2, 3) == 1)                                              \
    X(loam_str_ord, loam_str_ord(g.wide, 1) == 0xe9)                                                                   \
    X(loam_str_isalpha, loam_str_isalpha(g.str) == 0)                                                                  \
    X(loam_str_isalnum, loam_str_isalnum(g.str) == 0)                                                                  \
    X(loam_str_isdecimal, loam_str_isdecimal(g.str) == 0)                                                              \
    X(loam_str_isdigit, loam_str_isdigit(g.str) == 0)                                                                  \
    X(loam_str_isnumeric, loam_str_isnumeric(g.str) == 0)                                                              \
    X(loam_str_islower, loam_str_islower(g.str) == 1)                                                                  \
    X(loam_str_isupper, loam_str_isupper(g.str) == 0)                                                                  \
    X(loam_str_istitle, loam_str_istitle(g.str) == 0)                                                                  \
    X(loam_str_isspace, loam_str_isspace(g.str) == 0)                                                                  \
    X(loam_str_isascii, loam_str_isascii(g.str) == 1)                                                                  \
    X(loam_str_isprintable, loam_str_isprintable(g.str) == 0)                                                          \
    X(loam_str_isidentifier, loam_str_isidentifier(g.str) == 0)                                                        \
    X(loam_bytes_isalpha, loam_bytes_isalpha(g.bytes) == 0)                                                            \
    X(loam_bytes_isalnum, loam_bytes_isalnum(g.bytes) == 0)                                                            \
    X(loam_bytes_isdigit, loam_bytes_isdigit(g.bytes) == 0)                                                            \
    X(loam_bytes_islower, loam_bytes_islower(g.bytes) == 1)                                                            \
    X(loam_bytes_isupper, loam_bytes_isupper(g.bytes) == 0)                                                            \
    X(loam_bytes_istitle, loam_bytes_istitle(g.bytes) == 0)                                                            \
    X(loam_bytes_isspace, loam_bytes_isspace(g.bytes) == 0)                                                            \
    X(loam_bytes_isascii, loam_bytes_isascii(g.bytes) == 1)                                                            \
    X(loam_bytes_contains, loam_bytes_contains(g.bytes, loam_from(g.bytes)) == 1)                                      \
    X(loam_bytes_find, loam_bytes_find(g.bytes, "b", &g.at) == LOAM_OK)                                                \
    X(loam_bytes_rfind, loam_bytes_rfind(g.bytes, "b", &g.at) == LOAM_OK)                                              \
    X(loam_bytes_find_in, loam_bytes_find_in(g.bytes, "b", 1, LOAM_OMIT, &g.at) == LOAM_OK)                            \
    X(loam_bytes_rfind_in, loam_bytes_rfind_in(g.bytes, "b", 1, LOAM_OMIT, &g.at) == LOAM_OK)                          \
    X(loam_bytes_index, loam_bytes_index(g.bytes, "b") == 4)                                                           \
    X(loam_bytes_rindex, loam_bytes_rindex(g.bytes, "b") == 4)                                                         \
    X(loam_bytes_count, loam_bytes_count(g.bytes, "b") == 1)                                                           \
    X(loam_bytes_count_in, loam_bytes_count_in(g.bytes, "", 2, LOAM_OMIT) == 9)                                        \
    X(loam_bytes_startswith, loam_bytes_startswith(g.bytes, " a") == 1)                                                \
    X(loam_bytes_endswith, loam_bytes_endswith(g.bytes, "d ") == 1)                                                    \
    X(loam_bytes_startswith_in, loam_bytes_startswith_in(g.bytes, "a", 1, 2) == 1)                                     \
    X(loam_bytes_endswith_in, loam_bytes_endswith_in(g.bytes, "a", 1, 2) == 1)                                         \
    X(loam_builder_len, loam_builder_len(builder) == 0)                                                                \
    X(loam_builder_clear, loam_builder_clear(builder) == LOAM_OK)

static bool was_asked;

static bool refuse(void *context, size_t bytes)
{
    (void)context;
    (void)bytes;
    was_asked = true;
    return false;
}

LOAM_TEST(oom_text, what_only_looks_asks_for_no_memory)
{
    loam_auto loam_builder *builder = loam_builder_new();
    const char *failed = NULL;

    set_up();
    loam__alloc_gate = refuse;
#define CALL(function, succeeds)                                                                                       \
    if (!failed && (!(succeeds) || was_asked))                                                                         \
        failed = #function;
    LOOKS(CALL)
    loam__alloc_gate = NULL;
    cr_assert_null(failed, "%s %s", failed, was_asked ? "asked for memory" : "failed");
    tear_down();
}
