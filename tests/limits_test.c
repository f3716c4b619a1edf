/*
 * Sizes near what a size_t, an int64_t and the 32 bits of a dict's positions can say: a failure, after which all is as
 * it was. The tests have little memory: what is as large as it should be is refused at the gate, so that nothing large
 * is asked of the system, and a size that has wrapped is granted, and then found too small.
 */
#include "tests/harness.h"

#include "containers/dict.h"
#include "containers/sequence.h"
#include "containers/set.h"
#include "lib/alloc.h"
#include "lib/text.h"

#include <limits.h>
#include <string.h>

enum { MOST = LOAM_STRESS ? 1 << 14 : 1 << 20 }; /* bytes at a time */

static unsigned asked; /* how often */

static bool is_little(void *context, size_t bytes)
{
    (void)context;
    asked++;
    return bytes <= MOST;
}

static void have_little(void)
{
    loam__alloc_gate = is_little;
}

static void have_all(void)
{
    loam__alloc_gate = NULL;
}

#define LIMITS_TEST(name) LOAM_TEST(limits, name, .init = have_little, .fini = have_all)

/* Of bytes or of items: all more than there is, some so many that four times or eight times as many wrap to 0. */
static const int64_t huge[] = {
    INT64_MAX,          INT64_MAX - 1,  INT64_MAX - 7,          INT64_MAX - 16,    INT64_MAX - 64,
    INT64_MAX / 2 + 1,  INT64_MAX / 2,  INT64_MAX / 4 + 1,      INT64_MAX / 8 + 1, INT64_MAX / 8,
    INT64_MAX / 16 + 1, INT64_MAX / 16, ((int64_t)1 << 32) + 1, (int64_t)1 << 32,  UINT32_MAX,
    UINT32_MAX - 1,     UINT32_MAX - 2, ((int64_t)1 << 31) + 1, (int64_t)1 << 31,  1 << 28,
};

#define EACH_HUGE (size_t i = 0; i < sizeof huge / sizeof *huge; i++)

#define ASSERT_NO_ROOM(call)                                                                                           \
    do {                                                                                                               \
        cr_assert_null(call);                                                                                          \
        assert_failed(LOAM_ERR_MEMORY);                                                                                \
    } while (0)

#define ASSERT_NO_ROOM_FOR(status)                                                                                     \
    do {                                                                                                               \
        cr_assert_eq(status, LOAM_ERR_MEMORY);                                                                         \
        assert_failed(LOAM_ERR_MEMORY);                                                                                \
    } while (0)

/* More integers than there is room for. */
static loam_range *endless(void)
{
    return loam_range_new(0, INT64_MAX, 1);
}

LIMITS_TEST(a_list_has_no_room_for_more_than_memory)
{
    loam_auto loam_list *list = loam_list_of(1, "two", 3.5, LOAM_NONE);
    loam_auto loam_range *range = endless();

    for
        EACH_HUGE
        {
            ASSERT_NO_ROOM_FOR(loam_list_reserve(list, huge[i]));
            ASSERT_NO_ROOM(loam_list_repeat(list, huge[i]));
            ASSERT_NO_ROOM_FOR(loam_list_repeat_in_place(list, huge[i]));
            cr_assert_null(list_check(list));
        }
    assert_repr(loam_from(list), "[1, 'two', 3.5, None]");
    asked = 0;
    ASSERT_NO_ROOM(loam_list_from(loam_from(range)));
    cr_assert_leq(asked, 2, "it was known how many there are, and memory was taken before that was found too much");
    ASSERT_NO_ROOM_FOR(loam_list_set_slice(list, 1, 2, 1, loam_from(range)));
    assert_repr(loam_from(list), "[1, 'two', 3.5, None]");
    cr_assert_eq(loam_list_append(list, 4), LOAM_OK);
}

LIMITS_TEST(a_tuple_has_no_room_for_more_than_memory)
{
    const loam_value items[] = {loam_int(1), LOAM_NONE, LOAM_TRUE, loam_int(4)};
    static const size_t counts[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 2, SIZE_MAX / 8 + 2, PTRDIFF_MAX / 8 + 1};
    loam_auto loam_tuple *tuple = loam_tuple_new(items, 4);
    loam_auto loam_range *range = endless();

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        ASSERT_NO_ROOM(loam_tuple_new(items, counts[i]));
        ASSERT_NO_ROOM(loam_tuple_new_take(items, counts[i]));
    }
    for
        EACH_HUGE
    ASSERT_NO_ROOM(loam_tuple_repeat(tuple, huge[i]));
    ASSERT_NO_ROOM(loam_tuple_from(loam_from(range)));
    assert_repr(loam_from(tuple), "(1, None, True, 4)");
}

LIMITS_TEST(a_deque_has_no_room_for_more_than_memory)
{
    loam_auto loam_range *four = loam_range_new(0, 4, 1);
    loam_auto loam_deque *deque = loam_deque_from(loam_from(four));
    loam_auto loam_range *range = endless();

    for
        EACH_HUGE
        {
            ASSERT_NO_ROOM_FOR(loam_deque_reserve(deque, huge[i]));
            ASSERT_NO_ROOM(loam_deque_repeat(deque, huge[i]));
            ASSERT_NO_ROOM_FOR(loam_deque_repeat_in_place(deque, huge[i]));
        }
    cr_assert_eq(loam_deque_rotate(deque, INT64_MAX), LOAM_OK);
    cr_assert_eq(loam_deque_rotate(deque, -INT64_MAX), LOAM_OK);
    assert_repr(loam_from(deque), "deque([0, 1, 2, 3])");
    ASSERT_NO_ROOM(loam_deque_from(loam_from(range)));
}

LIMITS_TEST(a_deque_may_have_any_greatest_length)
{
    for
        EACH_HUGE
        {
            loam_auto loam_deque *deque = loam_deque_new_max(huge[i]);
            cr_assert_eq(loam_deque_max_len(deque), huge[i]);
            cr_assert_eq(loam_deque_append(deque, 1), LOAM_OK);
            ASSERT_NO_ROOM_FOR(loam_deque_reserve(deque, INT64_MAX));
            ASSERT_NO_ROOM(loam_deque_repeat(deque, INT64_MAX));
            cr_assert_eq(loam_deque_len(deque), 1);
        }
    {
        loam_auto loam_deque *deque = loam_deque_new_max(2);
        loam_auto loam_range *range = loam_range_new(0, 5, 1);
        cr_assert_eq(loam_deque_reserve(deque, INT64_MAX), LOAM_OK, "more than it may have it never needs");
        cr_assert_eq(loam_deque_extend(deque, loam_from(range)), LOAM_OK);
        for
            EACH_HUGE
        cr_assert_eq(loam_deque_repeat_in_place(deque, huge[i]), LOAM_OK);
        assert_repr(loam_from(deque), "deque([3, 4], maxlen=2)");
    }
}

LIMITS_TEST(a_dict_has_no_room_for_more_than_memory)
{
    loam_auto loam_dict *dict = loam_dict_of("a", 1, 2, "b");
    loam_auto loam_range *range = endless();

    for
        EACH_HUGE
        {
            ASSERT_NO_ROOM_FOR(loam_dict_reserve(dict, huge[i]));
            cr_assert_null(loam__dict_check(dict));
            assert_repr_take(loam_from(loam_dict_most_common(dict, 0)), "[]");
        }
    assert_repr(loam_from(dict), "{'a': 1, 2: 'b'}");
    ASSERT_NO_ROOM((loam_dict_from_keys)(loam_from(range), loam__key_int(0)));
    cr_assert_eq(loam_dict_set(dict, 3, 4), LOAM_OK);
    cr_assert_null(loam__dict_check(dict));
}

LIMITS_TEST(a_set_has_no_room_for_more_than_memory)
{
    loam_auto loam_set *set = loam_set_of("a", 2);
    loam_auto loam_dict *dict = loam_dict_of("a", 1);
    loam_auto loam_dict_view *view = loam_dict_keys_view(dict);
    loam_auto loam_range *range = endless();

    for
        EACH_HUGE
        {
            ASSERT_NO_ROOM_FOR(loam_set_reserve(set, huge[i]));
            cr_assert_null(loam__dict_check(&set->dict));
        }
    ASSERT_NO_ROOM(loam_set_union(set, loam_from(range)));
    ASSERT_NO_ROOM(loam_dict_view_union(view, loam_from(range)));
    assert_repr(loam_from(set), "{'a', 2}");
    ASSERT_NO_ROOM(loam_set_from(loam_from(range)));
    ASSERT_NO_ROOM(loam_frozenset_from(loam_from(range)));
    ASSERT_NO_ROOM_FOR(loam_set_update(set, loam_from(range)));
    cr_assert_null(loam__dict_check(&set->dict));
    cr_assert_eq(loam_set_contains(set, 0), 1, "what came before the failure stays");
}

/* Sizes of texts that no object has: nothing of the text is looked at. */
LIMITS_TEST(a_text_of_more_bytes_than_an_object_has_is_not_read)
{
    static const size_t sizes[] = {SIZE_MAX,         SIZE_MAX - 1, SIZE_MAX - 64,
                                   SIZE_MAX / 2 + 1, SIZE_MAX / 2, SIZE_MAX / 2 - 32};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        ASSERT_NO_ROOM(loam_bytes_from("x", sizes[i]));
        ASSERT_NO_ROOM(loam_str_from("x", sizes[i]));
        cr_assert(loam_is_unset(LOAM_VAL(((loam_view){"x", sizes[i]}))));
        assert_failed(LOAM_ERR_MEMORY);
    }
    for
        EACH_HUGE
    ASSERT_NO_ROOM(loam_bytes_from("x", (size_t)huge[i]));
}

LIMITS_TEST(a_str_is_not_made_larger_than_memory)
{
    loam_auto loam_str *str = loam_str_new("a\t\xc3\xa9");
    loam_auto loam_str *ascii = loam_str_new("-\t1");
    loam_auto loam_str *tabs = loam_str_new("\t\t\t\t");

    for
        EACH_HUGE
        {
            ASSERT_NO_ROOM(loam_str_repeat(str, huge[i]));
            ASSERT_NO_ROOM(loam_str_repeat(ascii, huge[i]));
            ASSERT_NO_ROOM(loam_str_ljust(str, huge[i], " "));
            ASSERT_NO_ROOM(loam_str_rjust(str, huge[i], "\xf0\x9f\x98\x80"));
            ASSERT_NO_ROOM(loam_str_center(ascii, huge[i], "\xc3\xa9"));
            ASSERT_NO_ROOM(loam_str_zfill(ascii, huge[i]));
            ASSERT_NO_ROOM(loam_str_repeat(tabs, huge[i]));
            ASSERT_NO_ROOM(loam_str_expandtabs(str, huge[i]));
            ASSERT_NO_ROOM(loam_str_expandtabs(tabs, huge[i]));
            assert_repr_take(loam_from(loam_str_split_max(ascii, "\t", huge[i])), "['-', '1']");
            assert_repr_take(loam_from(loam_str_replace_max(ascii, "-", "+", huge[i])), "'+\\t1'");
            cr_assert_eq(loam_str_count_in(ascii, "1", -huge[i], huge[i]), 1);
        }
}

LIMITS_TEST(bytes_are_not_made_larger_than_memory)
{
    loam_auto loam_bytes *bytes = loam_bytes_from("-\t1", 3);
    loam_auto loam_bytes *tabs = loam_bytes_from("\t\t\t\t", 4);

    for
        EACH_HUGE
        {
            loam_view vast = {"x", (size_t)huge[i]};
            ASSERT_NO_ROOM(loam_bytes_repeat(bytes, huge[i]));
            ASSERT_NO_ROOM(loam_bytes_ljust(bytes, huge[i], " "));
            ASSERT_NO_ROOM(loam_bytes_rjust(bytes, huge[i], " "));
            ASSERT_NO_ROOM(loam_bytes_center(bytes, huge[i], " "));
            ASSERT_NO_ROOM(loam_bytes_zfill(bytes, huge[i]));
            ASSERT_NO_ROOM(loam_bytes_expandtabs(bytes, huge[i]));
            ASSERT_NO_ROOM(loam_bytes_expandtabs(tabs, huge[i]));
            ASSERT_NO_ROOM(loam_bytes_repeat(tabs, huge[i]));
            ASSERT_NO_ROOM(loam_bytes_replace(tabs, "\t", vast));
            ASSERT_NO_ROOM(loam_bytes_concat(bytes, vast));
            ASSERT_NO_ROOM(loam_bytes_replace(bytes, "1", vast));
            ASSERT_NO_ROOM(loam_bytes_replace(bytes, "", vast));
            assert_repr_take(loam_from(loam_bytes_split_max(bytes, "\t", huge[i])), "[b'-', b'1']");
            assert_repr_take(loam_from(loam_bytes_hex_grouped(bytes, ":", huge[i])), "'2d0931'");
            assert_repr_take(loam_from(loam_bytes_hex_grouped(bytes, ":", -huge[i])), "'2d0931'");
        }
    assert_repr_take(loam_from(loam_bytes_hex_grouped(bytes, ":", INT64_MIN)), "'2d0931'");
}

/* Texts that there are, and of which many together are more than memory. */
LIMITS_TEST(texts_are_not_joined_or_replaced_beyond_memory)
{
    enum { MANY = MOST / 16 }; /* of which there is room for as many references */
    loam_auto loam_str *x = loam_str_new("x");
    loam_auto loam_str *str = loam_str_repeat(x, MANY);
    loam_auto loam_bytes *bytes = loam_str_encode(str);
    loam_auto loam_list *one_str = loam_list_of(str);
    loam_auto loam_list *one_bytes = loam_list_of(bytes);
    loam_auto loam_list *strs = loam_list_repeat(one_str, MANY);
    loam_auto loam_list *all_bytes = loam_list_repeat(one_bytes, MANY);

    cr_assert(strs && all_bytes);
    ASSERT_NO_ROOM(loam_str_join("", strs));
    ASSERT_NO_ROOM(loam_bytes_join("", all_bytes));
    ASSERT_NO_ROOM(loam_str_join(str, strs));
    ASSERT_NO_ROOM(loam_bytes_join(bytes, all_bytes));
    ASSERT_NO_ROOM(loam_str_replace(str, "x", str));
    ASSERT_NO_ROOM(loam_bytes_replace(bytes, "x", bytes));
    ASSERT_NO_ROOM(loam_str_replace(str, "", str));
    for
        EACH_HUGE
    ASSERT_NO_ROOM(loam_bytes_join(((loam_view){"x", (size_t)huge[i]}), all_bytes));
}

LIMITS_TEST(a_builder_that_has_no_room_says_so_until_it_is_cleared)
{
    loam_auto loam_builder *builder = loam_builder_new();
    static const size_t sizes[] = {((size_t)1 << 61) - 1, (size_t)1 << 60, (size_t)1 << 48, (size_t)1 << 32, MOST};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        cr_assert_eq(loam_builder_append(builder, "before"), LOAM_OK);
        ASSERT_NO_ROOM_FOR(loam_builder_append(builder, ((loam_view){"x", sizes[i]})));
        ASSERT_NO_ROOM_FOR(loam_builder_append(builder, "after"));
        ASSERT_NO_ROOM_FOR(loam_builder_append_char(builder, 'x'));
        ASSERT_NO_ROOM_FOR(loam_builder_len(builder));
        ASSERT_NO_ROOM(loam_builder_str(builder));
        ASSERT_NO_ROOM(loam_builder_bytes(builder));
        cr_assert_eq(loam_builder_clear(builder), LOAM_OK);
    }
    ASSERT_NO_ROOM_FOR(loam_builder_format(builder, "%*d", MOST, 1));
    cr_assert_eq(loam_builder_clear(builder), LOAM_OK);
    cr_assert_eq(loam_builder_append(builder, "again"), LOAM_OK);
    assert_repr_take(loam_from(loam_builder_str(builder)), "'again'");
}

/* As long as no text in memory can be. */
LIMITS_TEST(a_text_under_construction_does_not_wrap)
{
    static const size_t more[] = {2, 65, SIZE_MAX / 2, SIZE_MAX / 2 + 2, SIZE_MAX - 1, SIZE_MAX};
    char byte = 'x';

    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        loam__text text = {.data = &byte, .len = PTRDIFF_MAX - 1, .capacity = PTRDIFF_MAX - 1};
        loam__text_append(&text, &byte, more[i]);
        cr_assert_eq(text.status, LOAM_ERR_MEMORY);
        assert_failed(LOAM_ERR_MEMORY);
        cr_assert(text.data == &byte && text.len == PTRDIFF_MAX - 1 && byte == 'x');
    }
}

LIMITS_TEST(a_range_has_all_that_64_bits_have_and_no_more)
{
    loam_auto loam_range *range = endless();
    int64_t last = 0;

    cr_assert_eq(loam_range_len(range), INT64_MAX);
    cr_assert_eq(loam_range_get_int(range, -1, &last), LOAM_OK);
    cr_assert_eq(last, INT64_MAX - 1);
    cr_assert_null(loam_range_new(-1, INT64_MAX, 1));
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert_null(loam_range_new(INT64_MAX, INT64_MIN, -1));
    assert_failed(LOAM_ERR_OVERFLOW);
    assert_repr_take(loam_from(loam_range_new(INT64_MIN, INT64_MAX, INT64_MAX)),
                     "range(-9223372036854775808, 9223372036854775807, 9223372036854775807)");
}
