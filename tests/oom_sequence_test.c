/*
 * Each allocation fails once, as in oom_test.c: tuples, ranges.
 */
#include "tests/harness.h"

#include "lib/alloc.h"

static bool join_tuples(void *context)
{
    loam_auto loam_tuple *tuple = loam_tuple_of("one", 2, LOAM_LIST(3));
    loam_auto loam_tuple *both = loam_tuple_concat(tuple, tuple);
    loam_auto loam_tuple *thrice = both ? loam_tuple_repeat(tuple, 3) : NULL;

    (void)context;
    return both && thrice && loam_tuple_contains(thrice, LOAM_LIST(3)) == 1 &&
           loam_tuple_index(both, LOAM_TAKE(loam_str_new("one")), 1, LOAM_OMIT) == 3;
}

LOAM_TEST(oom_sequence, tuples_are_joined_or_nothing_is_left)
{
    cr_assert_geq(fail_each_allocation(join_tuples, NULL), 6);
}

static bool make_ranges(void *context)
{
    loam_auto loam_range *range = loam_range_new(INT64_MIN, INT64_MAX, INT64_MAX);
    loam_auto loam_range *slice = loam_range_slice(range, 0, 2, 1);
    loam_auto loam_str *text = slice ? loam_repr(loam_from(slice)) : NULL;
    loam_auto loam_list *list = text ? loam_list_from(loam_from(range)) : NULL;
    loam_auto loam_iter *back = list ? loam_iter_reversed(loam_from(slice)) : NULL;
    loam_auto_value loam_value edge = back ? loam_range_get(range, 0) : LOAM_UNSET;

    (void)context;
    return !loam_is_unset(edge) && loam_list_len(list) == 3 && loam_iter_count(back) == 2;
}

LOAM_TEST(oom_sequence, ranges_are_made_and_read_or_nothing_is_left)
{
    cr_assert_geq(fail_each_allocation(make_ranges, NULL), 8);
}

static bool refuse(void *context, size_t bytes)
{
    (void)bytes;
    *(bool *)context = true;
    return false;
}

/* What asks for no memory works without. */
#define ASSERT_NEEDS_NO_MEMORY(call)                                                                                   \
    do {                                                                                                               \
        bool was_asked = false;                                                                                        \
        bool succeeded;                                                                                                \
        loam__alloc_gate_context = &was_asked;                                                                         \
        loam__alloc_gate = refuse;                                                                                     \
        succeeded = (call);                                                                                            \
        loam__alloc_gate = NULL;                                                                                       \
        cr_assert(succeeded && !was_asked, "%s", #call);                                                               \
    } while (0)

LOAM_TEST(oom_sequence, reading_a_tuple_needs_no_memory)
{
    loam_auto loam_tuple *tuple = loam_tuple_of("one", 2, 2.0);
    int64_t integer;

    ASSERT_NEEDS_NO_MEMORY(loam_tuple_get_int(tuple, 1, &integer) == LOAM_OK);
    ASSERT_NEEDS_NO_MEMORY(loam_tuple_contains(tuple, "one") == 1);
    ASSERT_NEEDS_NO_MEMORY(loam_tuple_count(tuple, 2) == 2);
    ASSERT_NEEDS_NO_MEMORY(loam_tuple_index(tuple, 2, LOAM_OMIT, LOAM_OMIT) == 1);
}

LOAM_TEST(oom_sequence, reading_a_range_needs_no_memory)
{
    loam_auto loam_range *range = loam_range_new(0, 10, 3);
    int64_t integer;

    ASSERT_NEEDS_NO_MEMORY(loam_range_len(range) == 4 && loam_is_range(loam_from(range)));
    ASSERT_NEEDS_NO_MEMORY(loam_to_range_peek(loam_from(range)) == range);
    ASSERT_NEEDS_NO_MEMORY(loam_range_bounds(range, &integer, NULL, NULL) == LOAM_OK);
    ASSERT_NEEDS_NO_MEMORY(loam_range_get_int(range, -1, &integer) == LOAM_OK && integer == 9);
    ASSERT_NEEDS_NO_MEMORY(loam_range_contains(range, 3) == 1);
    ASSERT_NEEDS_NO_MEMORY(loam_range_count(range, 4) == 0);
    ASSERT_NEEDS_NO_MEMORY(loam_range_index(range, 6) == 2);
}
