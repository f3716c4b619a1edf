/* list: finding by equality, and many items at once. */
#include "tests/harness.h"

#include "containers/sequence.h"
#include "lib/alloc.h"

#include <math.h>

static void check(const loam_list *list)
{
    const char *broken = list_check(list);
    cr_assert(!broken, "%s", broken);
}

static loam_list *list_of_ints(int64_t first, size_t count)
{
    loam_list *list = loam_list_new();

    for (size_t i = 0; i < count; i++)
        cr_assert_eq(loam_list_append(list, first + (int64_t)i), LOAM_OK);
    return list;
}

static void assert_ints(const loam_list *list, const int64_t *ints, size_t count)
{
    check(list);
    cr_assert_eq(list->len, count);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(list->items[i].word, loam_int(ints[i]).word);
}

static bool is_among(const slice_case *s, size_t index)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->indexes[i] == index)
            return true;
    return false;
}

static void check_deletion(const slice_case *s)
{
    loam_list *list = list_of_ints(0, s->len);
    int64_t left[8];
    size_t count = 0;

    for (size_t i = 0; i < s->len; i++)
        if (!is_among(s, i))
            left[count++] = (int64_t)i;
    cr_assert_eq(loam_list_delete_slice(list, s->start, s->stop, s->step), LOAM_OK);
    assert_ints(list, left, count);
    loam_release(list);
}

/* Items are worth 100 and up. */
static void check_exchange(const slice_case *s)
{
    loam_list *list = list_of_ints(0, s->len);
    loam_list *fresh = list_of_ints(100, s->count);
    int64_t expected[8];

    for (size_t i = 0; i < s->len; i++)
        expected[i] = (int64_t)i;
    for (size_t i = 0; i < s->count; i++)
        expected[s->indexes[i]] = 100 + (int64_t)i;
    cr_assert_eq(loam_list_set_slice(list, s->start, s->stop, s->step, loam_from(fresh)), LOAM_OK);
    if (s->count || s->step != 1)
        assert_ints(list, expected, s->len);
    loam_release(list);
    loam_release(fresh);
}

/* Where a run begins, also an empty one. */
static size_t first_of_run(const slice_case *s)
{
    int64_t n = (int64_t)s->len;
    int64_t start = s->start == LOAM_OMIT ? 0 : s->start < -n ? 0 : s->start < 0 ? s->start + n : s->start;

    return (size_t)(start > n ? n : start);
}

static void check_replacement(const slice_case *s)
{
    for (size_t many = 0; many < 12; many += 1 + many / 3) {
        loam_list *list = list_of_ints(0, s->len);
        loam_list *fresh = list_of_ints(100, many);
        loam_status status = loam_list_set_slice(list, s->start, s->stop, s->step, loam_from(fresh));
        size_t first = first_of_run(s);
        check(list);
        if (s->step != 1) {
            cr_assert_eq(status, many == s->count ? LOAM_OK : LOAM_ERR_VALUE);
            loam_error_clear();
        } else {
            cr_assert_eq(status, LOAM_OK);
            cr_assert_eq(list->len, s->len - s->count + many);
            for (size_t i = 0; i < list->len; i++) {
                int64_t item = i < first          ? (int64_t)i
                               : i < first + many ? 100 + (int64_t)(i - first)
                                                  : (int64_t)(i - many + s->count);
                cr_assert_eq(list->items[i].word, loam_int(item).word);
            }
        }
        loam_release(list);
        loam_release(fresh);
    }
}

LOAM_TEST(list_more, slices_are_deleted_and_assigned_as_in_python)
{
    each_slice(check_deletion);
    each_slice(check_exchange);
    each_slice(check_replacement);
}

LOAM_TEST(list_more, a_step_of_zero_and_what_is_not_iterable_are_failures)
{
    loam_auto loam_list *list = list_of_ints(0, 3);
    loam_auto loam_list *none = loam_list_new();
    static const int64_t same[] = {0, 1, 2};

    cr_assert_eq(loam_list_set_slice(list, 0, 1, 0, loam_from(none)), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_list_delete_slice(list, 0, 1, 0), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_list_set_slice(list, 0, 1, 1, LOAM_NONE), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_list_delete(list, 3), LOAM_ERR_INDEX);
    assert_failed(LOAM_ERR_INDEX);
    cr_assert_eq(loam_list_delete(list, -4), LOAM_ERR_INDEX);
    assert_failed(LOAM_ERR_INDEX);
    assert_ints(list, same, 3);
    cr_assert_eq(loam_list_set_slice(list, 1, 2, LOAM_OMIT, loam_from(list)), LOAM_OK);
    assert_repr(loam_from(list), "[0, 0, 1, 2, 2]");
    cr_assert_eq(loam_list_delete(list, -1), LOAM_OK);
    cr_assert_eq(loam_list_delete(list, 0), LOAM_OK);
    assert_ints(list, same, 3);
}

/* What a finalizer of an item sees. */

typedef struct noisy {
    loam_object loam;
    loam_list *watched; /* not held */
} noisy;

static int finalized, seen_len;

static void finalize_noisy(void *self)
{
    finalized++;
    seen_len = (int)loam_list_len(((noisy *)self)->watched);
    check(((noisy *)self)->watched);
}

static loam_type noisy_type = {.name = "noisy", .size = sizeof(noisy), .finalize = finalize_noisy};

static loam_list *list_of_noisy(int count)
{
    loam_list *list = loam_list_new();

    for (int i = 0; i < count; i++) {
        noisy *n = loam_new(&noisy_type);
        n->watched = list;
        cr_assert_eq(loam_list_append_take(list, loam_from(n)), LOAM_OK);
    }
    return list;
}

LOAM_TEST(list_more, is_in_order_before_it_releases_what_was_deleted_or_replaced)
{
    loam_auto loam_list *list = list_of_noisy(10);
    loam_auto loam_list *five = list_of_ints(0, 5);

    if (!loam_gc_has(LOAM_GC_PROMPT_FREE))
        return (void)loam_list_clear(list);
    finalized = 0;
    cr_assert_eq(loam_list_delete_slice(list, LOAM_OMIT, LOAM_OMIT, -3), LOAM_OK);
    cr_assert(finalized == 4 && seen_len == 6);
    cr_assert_eq(loam_list_set_slice(list, 0, 2, 1, loam_from(five)), LOAM_OK);
    cr_assert(finalized == 6 && seen_len == 9);
    cr_assert_eq(loam_list_set_slice(list, 5, LOAM_OMIT, 2, LOAM_VAL(loam_list_get_peek(list, 0))), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_list_delete(list, -1), LOAM_OK);
    cr_assert(finalized == 7 && seen_len == 8);
    cr_assert_eq((loam_list_remove)(list, loam__key_value(list->items[5])), LOAM_OK);
    cr_assert(finalized == 8 && seen_len == 7);
    cr_assert_eq(loam_list_repeat_in_place(list, 0), LOAM_OK);
    cr_assert(finalized == 10 && seen_len == 0);
}

/* Finding. */

LOAM_TEST(list_more, finds_c_data_of_every_kind)
{
    loam_auto loam_bytes *bytes = loam_bytes_from("\xff\xfe", 2);
    loam_auto loam_bytes *ascii = loam_bytes_from("text", 4);
    loam_auto loam_list *list = loam_list_of(1, "text", 2.5, bytes, LOAM_TUPLE(1, "x"), INT64_MAX, 0x1p63, LOAM_NONE,
                                             (double)NAN, ascii);

    cr_assert_eq(loam_list_index(list, 1, LOAM_OMIT, LOAM_OMIT), 0);
    cr_assert_eq(loam_list_index(list, 1.0, LOAM_OMIT, LOAM_OMIT), 0);
    cr_assert_eq(loam_list_index(list, LOAM_TRUE, LOAM_OMIT, LOAM_OMIT), 0);
    cr_assert_eq(loam_list_index(list, 1u, LOAM_OMIT, LOAM_OMIT), 0);
    cr_assert_eq(loam_list_index(list, "text", LOAM_OMIT, LOAM_OMIT), 1);
    cr_assert_eq(loam_list_index(list, ((loam_view){"text!", 4}), LOAM_OMIT, LOAM_OMIT), 1);
    cr_assert_eq(loam_list_index(list, 2.5, LOAM_OMIT, LOAM_OMIT), 2);
    cr_assert_eq(loam_list_index(list, ((loam_view){"\xff\xfe", 2}), LOAM_OMIT, LOAM_OMIT), 3);
    cr_assert_eq(loam_list_index(list, LOAM_TUPLE(1, "x"), LOAM_OMIT, LOAM_OMIT), 4);
    cr_assert_eq(loam_list_index(list, INT64_MAX, LOAM_OMIT, LOAM_OMIT), 5);
    cr_assert_eq(loam_list_index(list, (uint64_t)1 << 63, LOAM_OMIT, LOAM_OMIT), 6);
    cr_assert_eq(loam_list_index(list, LOAM_NONE, LOAM_OMIT, LOAM_OMIT), 7);
    cr_assert_eq(loam_list_index(list, (double)NAN, LOAM_OMIT, LOAM_OMIT), 8);
    cr_assert_eq(loam_list_index(list, ascii, LOAM_OMIT, LOAM_OMIT), 9);
    cr_assert_eq(loam_list_contains(list, ((uint64_t)1 << 63) + 1), 0);
    cr_assert_eq(loam_list_contains(list, UINT64_MAX), 0);
    cr_assert_eq(loam_list_contains(list, "tex"), 0);
    cr_assert_eq(loam_list_contains(list, ((loam_view){NULL, 0})), 0);
    cr_assert_eq(loam_list_contains(list, LOAM_LIST(1)), 0);
    cr_assert_eq(loam_list_contains(list, ascii), 1);
    cr_assert_eq(loam_list_index(list, "none", LOAM_OMIT, LOAM_OMIT), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
}

LOAM_TEST(list_more, index_has_bounds_and_count_and_remove_have_none)
{
    loam_auto loam_list *list = loam_list_of(5, 6, 5.0, 7, LOAM_TRUE, 5);

    cr_assert_eq(loam_list_count(list, 5), 3);
    cr_assert_eq(loam_list_count(list, "5"), 0);
    cr_assert_eq(loam_list_index(list, 5, 1, LOAM_OMIT), 2);
    cr_assert_eq(loam_list_index(list, 5, -1, LOAM_OMIT), 5);
    cr_assert_eq(loam_list_index(list, 5, -100, 100), 0);
    cr_assert_eq(loam_list_index(list, 5, 3, -1), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_list_index(list, 5, 100, LOAM_OMIT), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_list_index(list, 5, LOAM_OMIT, INT64_MIN + 1), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_list_remove(list, 5), LOAM_OK);
    cr_assert_eq(loam_list_remove(list, 1), LOAM_OK);
    assert_repr(loam_from(list), "[6, 5.0, 7, 5]");
    cr_assert_eq(loam_list_remove(list, LOAM_TUPLE(5)), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    check(list);
}

/* Copies. */

LOAM_TEST(list_more, is_copied_joined_and_repeated)
{
    loam_auto loam_list *inner = loam_list_of("inner");
    loam_auto loam_list *list = loam_list_of(1, inner);
    loam_auto loam_list *none = loam_list_new();
    loam_auto loam_list *copy = loam_list_copy(list);
    loam_auto loam_list *both = loam_list_concat(list, copy);
    loam_auto loam_list *thrice = loam_list_repeat(list, 3);
    loam_auto loam_list *never = loam_list_repeat(list, -3);
    loam_auto loam_list *nothing = loam_list_repeat(none, INT64_MAX);
    loam_auto loam_list *empty = loam_list_concat(none, none);

    cr_assert_eq(loam_list_append(inner, 2), LOAM_OK);
    assert_repr(loam_from(copy), "[1, ['inner', 2]]");
    assert_repr(loam_from(both), "[1, ['inner', 2], 1, ['inner', 2]]");
    assert_repr(loam_from(thrice), "[1, ['inner', 2], 1, ['inner', 2], 1, ['inner', 2]]");
    assert_repr(loam_from(never), "[]");
    assert_repr(loam_from(nothing), "[]");
    assert_repr(loam_from(empty), "[]");
    cr_assert_eq(loam_list_repeat_in_place(list, 2), LOAM_OK);
    assert_repr(loam_from(list), "[1, ['inner', 2], 1, ['inner', 2]]");
    cr_assert_eq(loam_list_repeat_in_place(list, 1), LOAM_OK);
    cr_assert_eq(loam_list_len(list), 4);
    cr_assert_eq(loam_list_repeat_in_place(list, INT64_MAX / 2), LOAM_ERR_MEMORY);
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert_eq(loam_list_repeat_in_place(list, INT64_MAX), LOAM_ERR_MEMORY);
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert_null(loam_list_repeat(list, INT64_MAX));
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert_null(loam_list_repeat(list, INT64_MAX / 16));
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert_eq(loam_list_repeat_in_place(list, -1), LOAM_OK);
    cr_assert_eq(loam_list_len(list), 0);
    cr_assert_eq(loam_list_repeat_in_place(list, 5), LOAM_OK);
    check(list);
    check(both);
    check(thrice);
    check(never);
}

LOAM_TEST(list_more, is_turned_around)
{
    for (size_t n = 0; n < 8; n++) {
        loam_list *list = list_of_ints(0, n);
        cr_assert_eq(loam_list_reverse(list), LOAM_OK);
        check(list);
        for (size_t i = 0; i < n; i++)
            cr_assert_eq(list->items[i].word, loam_int((int64_t)(n - 1 - i)).word);
        loam_release(list);
    }
}

LOAM_TEST(list_more, functions_pass_an_earlier_failure_on)
{
    loam_auto loam_list *list = list_of_ints(0, 3);
    loam_status earlier = loam_fail(LOAM_ERR_KEY, "earlier");

    cr_assert_eq(loam_list_contains(NULL, 1), earlier);
    cr_assert_eq(loam_list_contains(NULL, LOAM_LIST(1)), earlier);
    cr_assert_eq(loam_list_contains(list, LOAM_UNSET), earlier);
    cr_assert_eq(loam_list_contains(list, (const char *)NULL), earlier);
    cr_assert_eq(loam_list_contains(list, ((loam_view){NULL, 5})), earlier);
    cr_assert_eq(loam_list_count(NULL, 1), earlier);
    cr_assert_eq(loam_list_count(list, LOAM_UNSET), earlier);
    cr_assert_eq(loam_list_index(NULL, 1, 0, 1), earlier);
    cr_assert_eq(loam_list_index(list, LOAM_UNSET, 0, 1), earlier);
    cr_assert_eq(loam_list_remove(NULL, 1), earlier);
    cr_assert_eq(loam_list_remove(list, LOAM_UNSET), earlier);
    cr_assert_eq(loam_list_set_slice(NULL, 0, 1, 1, LOAM_NONE), earlier);
    cr_assert_eq(loam_list_set_slice(list, 0, 1, 1, LOAM_UNSET), earlier);
    cr_assert_eq(loam_list_delete_slice(NULL, 0, 1, 1), earlier);
    cr_assert_eq(loam_list_delete(NULL, 0), earlier);
    cr_assert_null(loam_list_copy(NULL));
    cr_assert_null(loam_list_concat(list, NULL));
    cr_assert_null(loam_list_concat(NULL, list));
    cr_assert_null(loam_list_repeat(NULL, 1));
    cr_assert_eq(loam_list_repeat_in_place(NULL, 1), earlier);
    cr_assert_eq(loam_list_reverse(NULL), earlier);
    assert_failed(LOAM_ERR_KEY);
    cr_assert_eq(list->len, 3);
}

/* What was reserved. */

static void take_out(loam_list *list, int way)
{
    loam_auto loam_list *nothing = loam_list_new();

    while (way == 0 && loam_list_len(list))
        loam_release(loam_list_pop(list, -1));
    while (way == 1 && loam_list_len(list))
        cr_assert_eq(loam_list_delete(list, 0), LOAM_OK);
    if (way == 2)
        cr_assert_eq(loam_list_delete_slice(list, LOAM_OMIT, LOAM_OMIT, 2), LOAM_OK);
    if (way == 3)
        cr_assert_eq(loam_list_set_slice(list, 1, LOAM_OMIT, 1, loam_from(nothing)), LOAM_OK);
    while (way == 4 && loam_list_len(list) > 2)
        cr_assert_eq(loam_list_remove(list, loam_list_get_peek(list, 1)), LOAM_OK);
}

LOAM_TEST(list, keeps_what_was_reserved_when_items_are_removed)
{
    for (int way = 0; way <= 4; way++)
        for (int64_t n = 10; n < 1000; n *= 3) {
            loam_auto loam_list *list = list_of_ints(0, (size_t)n / 2);
            loam_status status = loam_list_reserve(list, n);
            for (int round = 0; round < 4; round++) {
                take_out(list, way);
                loam__alloc_gate = refuse_memory;
                while (status == LOAM_OK && loam_list_len(list) < n)
                    status = loam_list_append(list, round);
                loam__alloc_gate = NULL;
                cr_assert_eq(status, LOAM_OK, "way %d, %d items", way, (int)n);
                check(list);
            }
            cr_assert_eq(loam_list_clear(list), LOAM_OK);
            cr_assert_eq(loam_sizeof(loam_from(list)), (int64_t)sizeof *list, "cleared, it has no room");
        }
}
