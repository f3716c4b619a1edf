/*
 * Failing allocations for what dict has beyond oom_test.c: each call succeeds, or fails and leaves the dict as it was.
 */
#include "tests/harness.h"

#include "containers/dict.h"
#include "lib/alloc.h"

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

static bool is_sound(loam_dict *dict, int64_t len)
{
    return loam_dict_len(dict) == len && !loam__dict_check(dict);
}

/* False, so that a scenario that has failed can return it. */
static bool must_be_sound(loam_dict *dict, int64_t len)
{
    MUST(is_sound(dict, len));
    return false;
}

static bool use_defaults(void *context)
{
    loam_auto loam_dict *dict = loam_dict_new();

    (void)context;
    for (int64_t i = 0; dict && i < 60; i++) {
        loam_auto_value loam_value text = loam_dict_setdefault(dict, i, "a value of some length");
        loam_auto_value loam_value again = LOAM_UNSET;
        loam_auto_value loam_value fallback = LOAM_UNSET;
        if (loam_is_unset(text))
            return must_be_sound(dict, i);
        again = loam_dict_setdefault(dict, i, LOAM_LIST("not needed"));
        fallback = loam_dict_get_or(dict, "a missing key", "a fallback");
        MUST(loam_is_unset(again) || again.word == text.word);
        if (loam_is_unset(again) || loam_is_unset(fallback))
            return false;
    }
    return dict != NULL;
}

static bool use_defaults_in_place(void *context)
{
    loam_auto loam_dict *dict = loam_dict_of(1, 2);
    loam_auto_value loam_value popped = LOAM_UNSET;
    loam_value found;

    (void)context;
    for (int64_t i = 0; dict && i < 20; i++) {
        found = loam_dict_setdefault_peek(dict, "a key that is text", LOAM_TAKE(loam_list_new()));
        if (loam_is_unset(found))
            return must_be_sound(dict, i ? 2 : 1);
        if (loam_list_append(loam_to_list_peek(found), "an item") < 0)
            return must_be_sound(dict, 2);
    }
    popped = dict ? loam_dict_pop_or(dict, "another key", "a fallback") : LOAM_UNSET;
    if (loam_is_unset(popped))
        return dict && must_be_sound(dict, 2);
    return true;
}

LOAM_TEST(oom_dict, what_a_missing_key_gets_is_made_or_the_dict_stays_as_it_was)
{
    cr_assert_geq(fail_each_allocation(use_defaults, NULL), 200);
    cr_assert_geq(fail_each_allocation(use_defaults_in_place, NULL), 30);
}

static bool make_of_others(void *context)
{
    loam_auto loam_list *pairs = loam_list_of(LOAM_TUPLE("a", 1), LOAM_LIST("b", 2), LOAM_TUPLE(3, 4));
    loam_auto loam_dict *dict = pairs ? loam_dict_from(loam_from(pairs)) : NULL;
    loam_auto loam_dict *copy = dict ? loam_dict_from(loam_from(dict)) : NULL;
    loam_auto loam_dict *keys = copy ? loam_dict_from_keys(loam_from(dict), "the same") : NULL;
    loam_auto loam_dict *merged = keys ? loam_dict_merge(dict, keys) : NULL;
    loam_auto loam_iter *back = merged ? loam_iter_reversed(loam_from(merged)) : NULL;
    loam_auto loam_list *reversed = back ? loam_iter_list(back) : NULL;
    loam_status status;

    (void)context;
    if (!reversed)
        return false;
    MUST(is_sound(merged, 3) && loam_list_len(reversed) == 3);
    status = loam_dict_update(merged, loam_from(pairs));
    MUST(is_sound(merged, 3));
    return status == LOAM_OK;
}

LOAM_TEST(oom_dict, dicts_are_made_of_others_or_not_at_all)
{
    cr_assert_geq(fail_each_allocation(make_of_others, NULL), 30);
}

/* What asks for no memory does without. */

LOAM_TEST(oom_dict, walks_and_removals_need_no_memory)
{
    loam_dict *dict = loam_dict_of(1, "one", "two", 2, LOAM_TUPLE(3), 3);
    uint64_t position = 0;
    int removed = 0;

    loam__alloc_gate = refuse_memory;
    while (loam_dict_next_peek(dict, &position, NULL, NULL) == LOAM_OK)
        removed += loam_dict_remove_current(dict, &position) == LOAM_OK;
    loam__alloc_gate = NULL;
    cr_assert_eq(removed, 3);
    cr_assert(is_sound(dict, 0));
    loam_release(dict);
}
