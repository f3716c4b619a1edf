/*
 * Full collections in slices: searches of small heaps that are quick, and scenarios.
 */
#include "tests/harness.h"

#include "tests/refcount/sliced.h"
#include "tests/refcount/sliced_worlds.h"

#include <stdio.h>
#include <stdlib.h>

static const setting *world_named(const char *name)
{
    for (size_t i = 0; i < WORLDS; i++)
        if (!strcmp(worlds[i].name, name))
            return &worlds[i];
    cr_assert_fail("no world is named %s", name);
    return NULL;
}

/* So many states, fewer where they take longer. */
static void must_be_sound(const char *name, unsigned most)
{
    search found = {.most_states = rounds(most)};

    search_all(world_named(name), &found);
    if (found.wrong)
        fprintf(stderr, "%s", found.story);
    cr_assert(!found.wrong, "%s: %s", name, found.wrong);
    free(found.story);
}

LOAM_TEST(sliced, whatever_is_suspected_nothing_reachable_is_freed)
{
    must_be_sound("any", 1000000);
}

LOAM_TEST(sliced, all_phases_in_turn_free_nothing_reachable)
{
    must_be_sound("plain", 300000);
}

LOAM_TEST(sliced, a_slice_can_end_between_two_slots_which_then_move)
{
    must_be_sound("cuts", 400000);
}

LOAM_TEST(sliced, finalizers_run_once_and_may_bring_back_what_they_like)
{
    must_be_sound("finalizers", 300000);
}

LOAM_TEST(sliced, values_of_weak_keys_live_as_long_as_both)
{
    must_be_sound("ephemerons", 300000);
}
