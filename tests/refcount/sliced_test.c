/*
 * Full collections in slices: searches of small heaps that are quick, and scenarios.
 */
#include "tests/harness.h"

#include "gc/refcount/heap.h"
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

/* So many states, a hundredth where they take longer: each is reached by some ten moves. */
static void must_be_sound(const char *name, unsigned most)
{
    search found = {.most_states = rounds(rounds(most))};

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

/* Scenarios: those of the rules that the search found to be needed, by name. After each move the oracle looks. */

static const setting stage = {"stage", 3, 3, 3,
                              WITH_ANY_SET | WITH_FINALIZERS | WITH_WEAK | WITH_WALKS | WITH_YOUNG | WITH_EPHEMERONS |
                                  WITH_COPIES | WITH_STOPS};
static const setting cut_stage = {"cut stage", 3, 3, 3,
                                  WITH_ANY_SET | WITH_FINALIZERS | WITH_WALKS | WITH_YOUNG | WITH_COPIES | WITH_CUTS};

static void must_be_right(const char *at)
{
    char text[1000];

    if (!sliced_wrong())
        return;
    sliced_print(text, sizeof text);
    cr_assert_fail("%s: %s (%s)", at, sliced_wrong(), text);
}

static bool try_to(const char *description)
{
    bool done = sliced_do(description);

    must_be_right(description);
    return done;
}

static void does(const char *description)
{
    cr_assert(try_to(description), "cannot: %s", description);
}

static void do_all(const char *const *descriptions)
{
    while (*descriptions)
        does(*descriptions++);
}

#define DO(...) do_all((const char *const[]){__VA_ARGS__, NULL})

/* Where the collection stands: "PRUNE", "PRUNE at o1", "RECOUNT at o1 in o0.1". */
static bool stands(const char *where)
{
    char text[1000];

    sliced_print(text, sizeof text);
    return !strncmp(text, where, strlen(where));
}

static void until(const char *where)
{
    for (int i = 0; i < 200 && !stands(where); i++)
        if (!try_to("slice"))
            break;
    cr_assert(stands(where), "it never is in %s", where);
}

static void finish(void)
{
    for (int i = 0; i < 500 && try_to("slice"); i++)
        ;
    cr_assert(stands("IDLE"));
}

/* Nothing that nobody can reach is left in the end, and nothing at all without the locals. */
static void close_stage(void)
{
    char drop[40];

    sliced_end();
    must_be_right("the end");
    for (int i = 0; i < 9; i++) {
        snprintf(drop, sizeof drop, "drop local o%d", i / 3);
        try_to(drop);
    }
    sliced_end();
    must_be_right("the end without locals");
    sliced_close();
}

static void must_live(int object)
{
    cr_assert(sliced_is_alive(object), "o%d is gone", object);
}

static void must_be_gone(int object)
{
    cr_assert(!sliced_is_alive(object), "o%d is still there", object);
}

/* After each number of slices: what comes before, these slices, what is done then, as far as it can be. */
static void at_each_step(const setting *chosen, const char *const *before, const char *const *then)
{
    bool is_over = false;

    for (int slices = 0; !is_over; slices++) {
        sliced_open(chosen);
        do_all(before);
        for (int i = 0; i < slices; i++)
            is_over |= !try_to("slice");
        for (const char *const *each = then; *each; each++)
            try_to(*each);
        finish();
        close_stage();
    }
}

#define STEPS(...) ((const char *const[]){__VA_ARGS__, NULL})

LOAM_TEST(sliced, scenario_01_a_slot_is_cleared_after_it_was_counted)
{
    sliced_open(&stage);
    DO("make o0", "store o0 .0 o0", "begin with { o0 }");
    until("PRUNE");
    does("clear o0 .0");
    finish();
    must_live(0);
    close_stage();
}

LOAM_TEST(sliced, scenario_02_a_reference_moves_out_after_it_was_counted)
{
    sliced_open(&stage);
    DO("make o0", "make o1", "move local in o0 .0 o1", "begin with { o0 o1 }");
    until("PRUNE");
    DO("move out o0 .0", "drop local o0");
    finish();
    must_live(1);
    close_stage();
}

LOAM_TEST(sliced, scenario_03_a_reference_moves_on_and_is_counted_twice)
{
    sliced_open(&stage);
    DO("make o0", "make o1", "store o0 .0 o1", "begin with { o0 o1 }");
    until("RECOUNT at o1");
    does("move over o0 o1 .0 to .0");
    until("PRUNE");
    does("drop local o0");
    finish();
    must_live(1);
    close_stage();
}

LOAM_TEST(sliced, scenario_04_what_comes_from_nowhere_after_its_last_check)
{
    static const char *const from[] = {"get weak o0", "walk to o0"};

    for (int i = 0; i < 2; i++)
        for (int is_dropped = 0; is_dropped < 2; is_dropped++) {
            sliced_open(&stage);
            DO("make o0", "make weak o0", "move local in o0 .0 o0", "begin with { o0 }");
            until("PRUNE at o1");
            does(from[i]);
            if (is_dropped)
                does("drop local o0");
            finish();
            must_live(0);
            close_stage();
        }
}

LOAM_TEST(sliced, scenario_05_a_member_is_freed_before_its_check)
{
    for (int by_young = 0; by_young < 2; by_young++) {
        sliced_open(&stage);
        DO("make o0", "make o1", "move local in o1 .0 o0");
        if (by_young)
            does("store o1 .1 o1");
        does("begin with { o0 o1 }");
        until("PRUNE at o1");
        DO("load o1 .0", "drop local o1");
        if (by_young)
            does("young o1");
        must_be_gone(1);
        finish();
        must_live(0);
        close_stage();
    }
}

LOAM_TEST(sliced, scenario_06_a_member_is_queued_for_its_finalizer)
{
    sliced_open(&stage);
    DO("make o0 with a finalizer", "make ephemeron o2 o0", "hold by key o2 o0", "drop local o0", "begin with { o0 }");
    until("PRUNE at o1");
    does("drop held o2");
    finish();
    must_live(0);
    does("safe point (finalizer: 1)");
    must_live(0);
    close_stage();
}

LOAM_TEST(sliced, scenario_07_edges_are_cut_behind_the_check)
{
    sliced_open(&stage);
    DO("make o0", "make o1", "make o2", "move local in o1 .0 o0", "move local in o2 .0 o1", "begin with { o0 o1 o2 }");
    until("PRUNE at o2");
    DO("load o2 .0", "load o1 .0", "clear o1 .0", "clear o2 .0");
    finish();
    must_live(0);
    must_live(1);
    must_live(2);
    close_stage();
}

LOAM_TEST(sliced, scenario_08_slots_move_where_they_are_counted)
{
    static const char *const moves[] = {"open gap o0 .0", "move over o0 o0 .0 to .1", "move over o0 o0 .0 to .2",
                                        "clear o0 .0", "move out o0 .0"};

    for (int i = 0; i < 5; i++) {
        sliced_open(&cut_stage);
        DO("make o0", "store o0 .0 o0", "begin with { o0 }");
        until("RECOUNT at o1 in o0.1");
        does(moves[i]);
        finish();
        must_live(0);
        close_stage();
    }
}

LOAM_TEST(sliced, scenario_09_slots_move_where_members_are_removed)
{
    static const char *const moves[] = {"close gap o0 .0", "move over o0 o0 .1 to .0", "move out o0 .1",
                                        "move over o0 o0 .1 to .2"};

    for (int i = 0; i < 4; i++) {
        sliced_open(&cut_stage);
        DO("make o0", "make o1", "move local in o0 .1 o1", "begin with { o0 o1 }");
        until("PRUNE at o1 in o0.1");
        does(moves[i]);
        finish();
        must_live(0);
        must_live(1);
        close_stage();
    }
}

LOAM_TEST(sliced, scenario_10_what_the_collection_stands_in_goes)
{
    static const char *const places[] = {"RECOUNT at o1 in o0.1", "PRUNE at o1 in o0.1"};

    for (int i = 0; i < 2; i++)
        for (int is_reused = 0; is_reused < 2; is_reused++) {
            sliced_open(&cut_stage);
            DO("make o0", "make o1", "store o0 .1 o1", "begin with { o0 o1 }");
            until(places[i]);
            does("drop local o0");
            must_be_gone(0);
            if (is_reused)
                DO("make o0", "store o0 .2 o1");
            finish();
            must_live(1);
            close_stage();
        }
}

LOAM_TEST(sliced, scenario_11_a_slot_is_used_again_in_each_phase)
{
    at_each_step(&stage, STEPS("make o0", "make o1", "store o0 .0 o1", "store o1 .0 o0", "begin with { o0 o1 }"),
                 STEPS("clear o1 .0", "drop local o0", "make o0", "store o1 .1 o0"));
    at_each_step(
        &stage,
        STEPS("make o0", "make o1", "make o2", "move local in o1 .0 o0", "store o2 .0 o1", "begin with { o0 o1 o2 }"),
        STEPS("clear o2 .0", "drop local o1", "make o1", "make o0"));
}

LOAM_TEST(sliced, scenario_12_a_members_slot_is_not_used_before_all_are_freed)
{
    sliced_open(&stage);
    DO("make o0", "make o1", "store o1 .0 o0", "move local in o0 .0 o1", "drop local o0", "begin with { o0 o1 }");
    until("FREE at o1");
    must_be_gone(0);
    must_live(1);
    cr_assert(!try_to("make o0"));
    does("make o2");
    finish();
    must_be_gone(1);
    does("make o0");
    close_stage();
}

LOAM_TEST(sliced, scenario_13_a_finalizer_runs_while_members_are_freed)
{
    for (int action = 0; action < 9; action++) {
        char run[40];
        sliced_open(&stage);
        DO("make o0", "make o1 with a finalizer", "make o2", "move local in o0 .1 o1", "store o2 .0 o0", "make weak o2",
           "move local in o0 .0 o2", "drop local o0", "begin with { o0 o2 }");
        until("FREE at o1");
        snprintf(run, sizeof run, action ? "safe point (finalizer: %d)" : "safe point", action);
        does(run);
        finish();
        must_be_gone(0);
        must_be_gone(2);
        close_stage();
    }
}

LOAM_TEST(sliced, scenario_14_members_are_hidden_before_their_weak_links_are_cut)
{
    sliced_open(&stage);
    DO("make o0", "make weak o0", "move local in o0 .0 o0", "begin with { o0 }");
    until("PRUNE at o1");
    does("slice for no time");
    cr_assert(stands("WEAK at o0"));
    cr_assert(!try_to("get weak o0") && !try_to("walk to o0"));
    finish();
    must_be_gone(0);
    close_stage();
}

LOAM_TEST(sliced, scenario_15_a_finalizer_brings_its_object_back_once)
{
    sliced_open(&stage);
    DO("make o0 with a finalizer", "move local in o0 .0 o0", "begin with { o0 }");
    until("WEAK");
    does("slice (finalizer: 1)");
    finish();
    must_live(0);
    DO("drop local o0", "begin with { o0 }");
    finish();
    must_be_gone(0);
    close_stage();
}

LOAM_TEST(sliced, scenarios_16_to_18_finalizers_change_the_garbage)
{
    for (int action = 0; action < 9; action++)
        for (int both = 0; both < 2; both++) {
            char slice[40];
            sliced_open(&stage);
            DO("make o0 with a finalizer", both ? "make o1 with a finalizer" : "make o1", "make weak o1",
               "store o1 .0 o0", "store o0 .1 o0", "move local in o0 .0 o1", "drop local o0", "begin with { o0 o1 }");
            snprintf(slice, sizeof slice, action ? "slice (finalizer: %d)" : "slice", action);
            while (!stands("IDLE"))
                does(slice);
            close_stage();
        }
}

LOAM_TEST(sliced, scenario_19_a_young_collection_after_each_step)
{
    static const char *const young[] = {"young o0", "young o1", "young o2", "young o3"};

    for (int i = 0; i < 4; i++) {
        at_each_step(&stage,
                     STEPS("make o0", "make o1", "store o1 .0 o0", "move local in o0 .0 o1", "drop local o0",
                           "begin with { o0 o1 }"),
                     STEPS(young[i]));
        at_each_step(&stage,
                     STEPS("make o0", "make o1", "store o1 .0 o0", "store o0 .0 o1", "make o2", "store o2 .0 o0",
                           "drop local o0", "drop local o1", "begin with { o0 o1 o2 }"),
                     STEPS("clear o2 .0", young[i], "make o0"));
    }
}

LOAM_TEST(sliced, scenario_20_values_of_weak_keys)
{
    sliced_open(&stage); /* the value refers to its key */
    DO("make o0", "make o1", "make ephemeron o2 o0", "move local in o1 .0 o0", "hold by key o2 o1", "drop local o1",
       "begin with { o0 o1 }");
    finish();
    must_be_gone(0);
    must_be_gone(1);
    close_stage();

    sliced_open(&stage); /* both are held */
    DO("make o0", "make o1", "make ephemeron o2 o0", "hold by key o2 o1", "drop local o1", "begin with { o0 o1 }");
    finish();
    must_live(1);
    close_stage();

    sliced_open(&stage); /* the entry is the value, and garbage */
    DO("make o0", "make ephemeron o2 o0", "hold by key o2 o2", "drop local o2", "begin with { o2 }");
    until("FREE");
    does("drop local o0");
    finish();
    must_be_gone(2);
    close_stage();
}

LOAM_TEST(sliced, scenario_21_an_entry_changes_in_each_phase)
{
    static const char *const changes[] = {"drop held o2", "hold by key o2 o2", "get held o2", "get key o2",
                                          "drop local o2"};

    for (int i = 0; i < 5; i++)
        for (int set = 0; set < 2; set++)
            at_each_step(&stage,
                         STEPS("make o0", "make o1", "make ephemeron o2 o0", "move local in o1 .0 o0",
                               "hold by key o2 o1", "drop local o1",
                               set ? "begin with { o0 o1 }" : "begin with { o0 o1 o2 }"),
                         STEPS(changes[i], "safe point"));
}

LOAM_TEST(sliced, scenario_22_a_quiet_collection_leaves_nothing_unreachable)
{
    must_be_sound("ends", 40000);
}

LOAM_TEST(sliced, scenario_23_a_young_collection_runs_a_members_finalizer)
{
    at_each_step(&stage, STEPS("make o0 with a finalizer", "move local in o0 .0 o0", "begin with { o0 }"),
                 STEPS("young o0 (finalizer: 1)"));
    at_each_step(&stage, STEPS("make o0 with a finalizer", "move local in o0 .0 o0", "begin with { o0 }"),
                 STEPS("young o0"));
}

LOAM_TEST(sliced, scenario_24_new_references_need_not_be_told)
{
    at_each_step(&stage, STEPS("make o0", "make o1", "store o0 .0 o0", "begin with { o0 o1 }"),
                 STEPS("move local in o1 .0 o0", "load o1 .0", "drop local o1"));
    at_each_step(&stage, STEPS("make o0", "make o1", "store o0 .0 o0", "begin with { o0 o1 }"),
                 STEPS("store o1 .0 o0", "copy local o0", "drop local o0", "drop local o0"));
}

LOAM_TEST(sliced, an_ephemeron_for_a_suspect_is_cut_off)
{
    sliced_open(&stage);
    DO("make o0", "begin with { o0 }", "make ephemeron o2 o0", "hold by key o2 o0", "move local in o0 .0 o0");
    finish();
    must_be_gone(0);
    close_stage();
}

LOAM_TEST(sliced, a_value_whose_key_dies_is_not_condemned_before_it_is_let_go)
{
    sliced_open(&stage);
    DO("make o0", "make ephemeron o2 o0", "move local in o0 .0 o0", "make o1", "begin with { o0 o1 }",
       "hold by key o2 o1");
    until("RECOUNT at o1");
    does("move local in o1 .0 o1");
    until("PRUNE");
    does("young o0");
    must_be_gone(0);
    finish();
    must_live(1);
    does("safe point");
    close_stage();
}

LOAM_TEST(sliced, a_young_collection_does_not_follow_an_ephemeron_to_a_condemned_value)
{
    sliced_open(&stage);
    DO("make o0 with a finalizer", "make ephemeron o2 o0", "hold by key o2 o0", "move local in o0 .0 o2",
       "drop local o0", "begin with { o0 }");
    until("PRUNE at o1");
    DO("slice for no time", "young o2");
    finish();
    close_stage();
}

/* A program that gets in the way of every round. */

enum { CYCLES = 50 };

static loam_list *cycle_new(void)
{
    loam_list *list = loam_list_new();

    cr_assert(list && loam_list_append(list, loam_from(list)) == LOAM_OK);
    return list;
}

static void touch(loam_weakref *ref)
{
    loam_value found = loam_weakref_get(ref);

    if (loam_is_object(found))
        loam_release(found);
}

/* A collection in the smallest slices; each round of PRUNE meets with another object that comes from nowhere. */
static void collect_disturbed(loam__full *full, loam_weakref *const *refs)
{
    unsigned rounds_seen = 0;

    loam__full_begin(full, false);
    while (full->phase != LOAM__IDLE) {
        loam__full_run(full, 1, 0, true);
        cr_assert(!full->is_at_once || (full->phase != LOAM__RECOUNT && full->phase != LOAM__PRUNE));
        if (full->phase == LOAM__PRUNE && full->rounds > rounds_seen)
            touch(refs[rounds_seen++]);
    }
}

LOAM_TEST(sliced, a_component_that_is_never_left_alone_is_certified_in_one_step)
{
    loam_weakref *refs[CYCLES];
    loam__full *full;
    int64_t at_once;

    loam_gc_disable();
    for (int i = 0; i < CYCLES; i++) {
        loam_list *list = cycle_new();
        full = &loam__heap_of(list)->full;
        refs[i] = loam_weakref_new(loam_from(list));
        loam_release(list);
    }
    at_once = full->at_once;
    collect_disturbed(full, refs);
    collect_disturbed(full, refs);
    cr_assert(full->failures == 2 && full->at_once == at_once);
    collect_disturbed(full, refs);
    cr_assert(full->failures == 0 && full->at_once == at_once + 1 && full->found == CYCLES);
    for (int i = 0; i < CYCLES; i++) {
        cr_assert(loam_is_none(loam_weakref_get(refs[i])));
        loam_release(refs[i]);
    }
}

static void link_at_random(loam_list *const *nodes, size_t count, loam_list *node, uint64_t *state)
{
    for (int i = 0; i < 3; i++)
        cr_assert(loam_list_append(node, loam_from(nodes[random_below(state, count)])) == LOAM_OK);
}

/* A graph that changes all the time, with weak references that are followed meanwhile. */
LOAM_TEST(sliced, a_busy_program_is_rarely_stopped_for_a_certification)
{
    enum { NODES = 30000 };
    static loam_list *nodes[NODES];
    static loam_weakref *refs[NODES];
    const loam__full *full;
    uint64_t state = 11;

    loam_gc_enable();
    for (size_t i = 0; i < NODES; i++) {
        nodes[i] = cycle_new();
        refs[i] = loam_weakref_new(loam_from(nodes[i]));
    }
    full = &loam__heap_of(nodes[0])->full;
    for (unsigned i = 0; i < rounds(400000); i++) {
        size_t at = random_below(&state, NODES);
        loam_list_clear(nodes[random_below(&state, NODES)]);
        loam_release(nodes[at]);
        loam_release(refs[at]);
        nodes[at] = cycle_new();
        refs[at] = loam_weakref_new(loam_from(nodes[at]));
        link_at_random(nodes, NODES, nodes[at], &state);
        touch(refs[random_below(&state, NODES)]);
    }
    cr_log_info("%lld of %lld slices", (long long)full->at_once, (long long)full->all_slices);
    cr_assert(full->all_slices > 10 || is_instrumented());
    cr_assert(100 * full->at_once <= full->all_slices);
    for (size_t i = 0; i < NODES; i++) {
        loam_release(nodes[i]);
        loam_release(refs[i]);
    }
    collect_everything();
}

/* More objects, at random. */

static void must_survive_walks(const char *name)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        search found = {0};
        search_at_random(world_named(name), seed, rounds(150000), &found);
        if (found.wrong)
            fprintf(stderr, "%s", found.story);
        cr_assert(!found.wrong, "%s, seed %d: %s", name, (int)seed, found.wrong);
        free(found.story);
    }
}

LOAM_TEST(sliced, walks_through_larger_heaps)
{
    must_survive_walks("many");
    must_survive_walks("many cut");
    must_survive_walks("many candidates");
    must_survive_walks("many suspects");
    must_survive_walks("many with keys");
}
