/*
 * Each allocation fails once, as in oom_test.c: tuples, ranges, deques.
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

static bool grow_deque(void *context)
{
    loam_auto loam_deque *deque = loam_deque_new();

    (void)context;
    for (int64_t i = 0; deque && i < 60; i++) {
        int64_t len = loam_deque_len(deque);
        if ((i % 3 ? loam_deque_append(deque, "a str") : loam_deque_append_first(deque, "another")) < 0)
            return loam_deque_len(deque) != len; /* what failed has changed nothing */
        if (loam_deque_insert(deque, 1, "in place") < 0)
            return loam_deque_len(deque) != len + 1;
    }
    return deque && loam_deque_set(deque, 2, LOAM_LIST("in", "place")) == LOAM_OK &&
           loam_deque_reserve(deque, 1000) == LOAM_OK;
}

static bool extend_deque(void *context)
{
    loam_auto loam_list *list = loam_list_of(1, 2, 3);
    loam_auto loam_deque *deque = list ? loam_deque_from(loam_from(list)) : NULL;
    loam_auto loam_str *str = deque ? loam_str_new("text") : NULL;
    loam_auto loam_deque *bounded = loam_deque_new_max(5);

    (void)context;
    return str && bounded && loam_deque_extend(deque, loam_from(list)) == LOAM_OK &&
           loam_deque_extend_first(deque, loam_from(deque)) == LOAM_OK &&
           loam_deque_extend(deque, loam_from(str)) == LOAM_OK &&
           loam_deque_extend(bounded, loam_from(deque)) == LOAM_OK &&
           loam_deque_extend(bounded, loam_from(bounded)) == LOAM_OK && loam_deque_len(bounded) == 5;
}

static bool copy_deque(void *context)
{
    loam_auto loam_tuple *tuple = loam_tuple_of(1, "two", 3);
    loam_auto loam_deque *deque = tuple ? loam_deque_from(loam_from(tuple)) : NULL;
    loam_auto loam_deque *copy = loam_deque_copy(deque);
    loam_auto loam_deque *both = loam_deque_concat(deque, copy);
    loam_auto loam_deque *thrice = both ? loam_deque_repeat(deque, 3) : NULL;
    loam_auto loam_str *text = thrice ? loam_repr(loam_from(thrice)) : NULL;

    (void)context;
    return text && loam_deque_repeat_in_place(copy, 40) == LOAM_OK && loam_deque_len(copy) == 120;
}

LOAM_TEST(oom_sequence, deques_grow_or_stay_as_they_were)
{
    cr_assert_geq(fail_each_allocation(grow_deque, NULL), 60);
    cr_assert_geq(fail_each_allocation(extend_deque, NULL), 10);
    cr_assert_geq(fail_each_allocation(copy_deque, NULL), 12);
}

/* copy_test.c has the scenario of all kinds. */
static bool copy_shared_list(void *context)
{
    loam_auto loam_list *list = loam_list_of(1, LOAM_LIST("shared"));
    loam_auto loam_tuple *twice = list ? loam_tuple_of(list, list) : NULL;
    loam_auto_value loam_value deep = loam_deepcopy(loam_from(twice));
    loam_auto_value loam_value shallow = loam_copy(loam_from(list));

    (void)context;
    return !loam_is_unset(deep) && !loam_is_unset(shallow);
}

LOAM_TEST(oom_sequence, copies_are_made_or_nothing_is_left)
{
    cr_assert_geq(fail_each_allocation(copy_shared_list, NULL), 10);
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

static bool released(loam_value value)
{
    bool is_there = !loam_is_unset(value);

    loam_release(value);
    return is_there;
}

LOAM_TEST(oom_sequence, what_takes_out_of_a_deque_or_moves_in_it_needs_no_memory)
{
    loam_auto loam_list *items = loam_list_of("one", 2, 3, 4, 5, 6);
    loam_auto loam_deque *deque = loam_deque_from(loam_from(items));
    int64_t integer;

    ASSERT_NEEDS_NO_MEMORY(loam_deque_len(deque) == 6 && loam_deque_max_len(deque) == INT64_MAX);
    ASSERT_NEEDS_NO_MEMORY(loam_is_deque(loam_from(deque)) && loam_to_deque_peek(loam_from(deque)) == deque);
    ASSERT_NEEDS_NO_MEMORY(released(loam_deque_get(deque, 0)) && !loam_is_unset(loam_deque_get_peek(deque, -1)));
    ASSERT_NEEDS_NO_MEMORY(loam_deque_get_int(deque, 1, &integer) == LOAM_OK);
    ASSERT_NEEDS_NO_MEMORY(loam_deque_contains(deque, 3) == 1 && loam_deque_count(deque, 3) == 1);
    ASSERT_NEEDS_NO_MEMORY(loam_deque_index(deque, 3, LOAM_OMIT, LOAM_OMIT) == 2);
    ASSERT_NEEDS_NO_MEMORY((loam_deque_set)(deque, 0, loam_from(items)) == LOAM_OK);
    ASSERT_NEEDS_NO_MEMORY(loam_deque_rotate(deque, 2) == LOAM_OK && loam_deque_reverse(deque) == LOAM_OK);
    ASSERT_NEEDS_NO_MEMORY(loam_deque_remove(deque, 3) == LOAM_OK && loam_deque_delete(deque, 1) == LOAM_OK);
    ASSERT_NEEDS_NO_MEMORY((loam_deque_append)(deque, LOAM_TRUE) == LOAM_OK);
    ASSERT_NEEDS_NO_MEMORY((loam_deque_append_first)(deque, LOAM_TRUE) == LOAM_OK);
    ASSERT_NEEDS_NO_MEMORY(released(loam_deque_pop_first(deque)) && released(loam_deque_pop_last(deque)));
    ASSERT_NEEDS_NO_MEMORY((loam_deque_insert)(deque, 1, LOAM_TRUE) == LOAM_OK);
    ASSERT_NEEDS_NO_MEMORY(loam_deque_clear(deque) == LOAM_OK);
}
