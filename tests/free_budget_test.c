/*
 * Freeing on a budget: how much one call frees, that all of it is freed in the end, and what a program sees meanwhile.
 */
#include "tests/harness.h"

#include <loam/testing.h>

#include "lib/alloc.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct chain_link {
    loam_object loam;
    struct chain_link *next, *other;
    int64_t number;
} chain_link;

static int64_t freed;

static void link_dispose(void *self)
{
    (void)self;
    freed++;
}

static loam_type link_type = {
    .name = "link",
    .size = sizeof(chain_link),
    .refs = LOAM_REFS(offsetof(chain_link, next), offsetof(chain_link, other)),
    .dispose = link_dispose,
};

/* The same, with a finalizer that writes down in which order they go. */
static int64_t order[64];
static size_t ordered;

static void write_down(void *self)
{
    if (ordered < sizeof order / sizeof *order)
        order[ordered] = ((chain_link *)self)->number;
    ordered++;
}

static loam_type finalized_type = {
    .name = "finalized link",
    .size = sizeof(chain_link),
    .refs = LOAM_REFS(offsetof(chain_link, next), offsetof(chain_link, other)),
    .dispose = link_dispose,
    .finalize = write_down,
};

static chain_link *new_link(loam_type *type, chain_link *next_taken)
{
    chain_link *made = loam_new(type);

    cr_assert_not_null(made);
    if (next_taken) {
        made->number = next_taken->number + 1;
        cr_assert_eq(loam_slot_set_take(made, &made->next, loam_from(next_taken)), LOAM_OK);
    }
    return made;
}

static chain_link *new_chain(loam_type *type, unsigned links)
{
    chain_link *head = NULL;

    while (links--)
        head = new_link(type, head);
    return head;
}

static loam_list *new_links(unsigned count)
{
    loam_list *list = loam_list_new();

    while (count--)
        cr_assert_eq(loam_list_append(list, LOAM_TAKE(loam_from(new_link(&link_type, NULL)))), LOAM_OK);
    return list;
}

/* Objects to release, made before anything waits, since allocations work it off too. */
enum { SMALL = 5000 };
static chain_link *small[SMALL];
static size_t small_left;

static bool has_budget(int64_t edges)
{
    if (!loam_gc_has(LOAM_GC_FREE_BUDGET))
        return false;
    for (; small_left < SMALL; small_left++)
        small[small_left] = new_link(&link_type, NULL);
    freed = 0;
    ordered = 0;
    cr_assert_eq(loam_gc_set_free_budget(edges), LOAM_OK);
    return true;
}

/* A budget is for what is freed promptly. */
static void begin_with_budget(int64_t edges)
{
    needs(LOAM_GC_FREE_BUDGET);
    cr_assert(has_budget(edges));
}

static void free_all_at_once(void)
{
    cr_assert_eq(loam_gc_set_free_budget(0), LOAM_OK);
    cr_assert_eq(loam_gc_get_free_debt(), 0);
    while (small_left)
        loam_release(small[--small_left]);
}

/* Release one small object after the other until nothing waits. No release frees more than `most`. How many there
 * were. */
static int64_t work_off(int64_t most)
{
    int64_t releases = 0;

    for (; loam_gc_get_free_debt() && small_left; releases++) {
        int64_t before = freed;
        loam_release(small[--small_left]);
        cr_assert_leq(freed - before, most);
    }
    cr_assert_eq(loam_gc_get_free_debt(), 0);
    freed -= releases;
    return releases;
}

/* Settings. */

LOAM_TEST(free_budget, is_none_until_it_is_set)
{
    cr_assert_eq(loam_gc_get_free_budget(), 0);
    cr_assert_eq(loam_gc_set_free_budget(-1), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_gc_set_free_budget(0), LOAM_OK);
    needs(LOAM_GC_FREE_BUDGET);
    cr_assert_eq(loam_gc_set_free_budget(100), LOAM_OK);
    cr_assert_eq(loam_gc_get_free_budget(), 100);
    cr_assert_eq(loam_gc_set_free_budget(-5), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_gc_get_free_budget(), 100);
    free_all_at_once();
}

/* What one call frees. */

LOAM_TEST(free_budget, a_release_frees_no_more_than_that)
{
    chain_link *chain;

    begin_with_budget(30);
    chain = new_chain(&link_type, 1000);
    loam_release(chain);
    cr_assert(freed >= 10 && freed <= 30, "%d", (int)freed);
    cr_assert_eq(loam_gc_get_free_debt(), 1, "the next link");
    cr_assert_geq(work_off(30), 1000 / 30 - 1);
    cr_assert_eq(freed, 1000);
    free_all_at_once();
}

LOAM_TEST(free_budget, what_is_small_goes_at_once)
{
    begin_with_budget(30);
    loam_release(new_chain(&link_type, 5));
    cr_assert_eq(freed, 5);
    cr_assert_eq(loam_gc_get_free_debt(), 0);
    free_all_at_once();
}

LOAM_TEST(free_budget, a_large_list_is_released_in_portions)
{
    begin_with_budget(100);
    loam_release(new_links(5000));
    cr_assert_eq(freed, 0, "the first portion is references only");
    cr_assert_eq(loam_gc_get_free_debt(), 101, "so many items, and the list");
    cr_assert_geq(work_off(100), 2 * 5000 / 100 - 2);
    cr_assert_eq(freed, 5000);
    free_all_at_once();
}

LOAM_TEST(free_budget, large_ones_inside_of_large_ones_too)
{
    loam_dict *dict = loam_dict_new();
    loam_list *outer = loam_list_new();

    for (int64_t i = 0; i < 300; i++) {
        cr_assert_eq(loam_dict_set(dict, i, LOAM_TAKE(loam_from(new_links(200)))), LOAM_OK);
        cr_assert_eq(loam_list_append(outer, LOAM_TAKE(loam_from(new_links(200)))), LOAM_OK);
    }
    cr_assert_eq(loam_dict_set(dict, "outer", LOAM_TAKE(loam_from(outer))), LOAM_OK);
    begin_with_budget(70);
    loam_release(dict);
    cr_assert_leq(freed, 70);
    work_off(70);
    cr_assert_eq(freed, 2 * 300 * 200);
    free_all_at_once();
}

LOAM_TEST(free_budget, short_runs_of_slots_are_not_cut)
{
    loam_tuple *tuple;

    begin_with_budget(2);
    tuple = loam_tuple_of(LOAM_TAKE(loam_from(new_link(&link_type, NULL))),
                          LOAM_TAKE(loam_from(new_link(&link_type, NULL))),
                          LOAM_TAKE(loam_from(new_link(&link_type, NULL))));
    loam_release(tuple);
    cr_assert_eq(loam_gc_get_free_debt(), 3);
    cr_assert_eq(work_off(2), 3, "each goes with one that is released");
    cr_assert_eq(freed, 3);
    free_all_at_once();
}

/* When it is all freed. */

LOAM_TEST(free_budget, taking_it_away_frees_what_waits)
{
    chain_link *chain;
    loam_list *list;

    begin_with_budget(10);
    chain = new_chain(&link_type, 1000);
    list = new_links(1000);
    loam_release(chain);
    loam_release(list);
    cr_assert_lt(freed, 1000);
    cr_assert_eq(loam_gc_set_free_budget(0), LOAM_OK);
    cr_assert_eq(freed, 2000);
    free_all_at_once();
}

LOAM_TEST(free_budget, a_collection_frees_what_waits)
{
    begin_with_budget(10);
    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation++) {
        freed = 0;
        loam_release(new_chain(&link_type, 1000));
        loam_release(new_links(1000));
        cr_assert_eq(loam_gc_collect(generation), 0, "none was in a cycle");
        cr_assert_eq(freed, 2000);
        cr_assert_eq(loam_gc_get_free_debt(), 0);
    }
    free_all_at_once();
}

static void *leave_debts(void *context)
{
    (void)context;
    if (loam_gc_set_free_budget(10) == LOAM_OK)
        loam_release(new_chain(&link_type, 1000));
    return NULL;
}

LOAM_TEST(free_budget, the_end_of_a_thread_frees_what_waits)
{
    pthread_t thread;

    freed = 0;
    needs(LOAM_GC_FREE_BUDGET);
    cr_assert_eq(pthread_create(&thread, NULL, leave_debts, NULL), 0);
    cr_assert_eq(pthread_join(thread, NULL), 0);
    cr_assert_eq(freed, 1000);
    cr_assert_eq(loam_gc_get_free_budget(), 0, "it was the thread's own");
}

LOAM_TEST(free_budget, freezing_frees_what_waits)
{
    int64_t frozen;

    begin_with_budget(10);
    cr_assert_eq(loam_gc_freeze(), LOAM_OK);
    frozen = loam_gc_get_freeze_count();
    cr_assert_eq(loam_gc_unfreeze(), LOAM_OK);
    loam_release(new_chain(&link_type, 1000));
    cr_assert_eq(loam_gc_freeze(), LOAM_OK);
    cr_assert_eq(freed, 1000);
    cr_assert_eq(loam_gc_get_freeze_count(), frozen);
    cr_assert_eq(loam_gc_unfreeze(), LOAM_OK);
    free_all_at_once();
}

/* A program that only allocates. */

LOAM_TEST(free_budget, what_waits_does_not_make_the_heap_grow)
{
    enum { LINKS = 100000 };
    int64_t before, most = 0;
    chain_link *chain = NULL;

    begin_with_budget(1);
    chain = new_chain(&link_type, LINKS);
    before = loam_gc_get_bytes();
    loam_release(loam_move(&chain));
    cr_assert_leq(freed, 1);
    for (unsigned i = 0; i < LINKS; i++) {
        chain = new_link(&link_type, chain);
        if (loam_gc_get_bytes() > most)
            most = loam_gc_get_bytes();
    }
    cr_assert_leq(most, before + (64 << 10), "%d bytes more", (int)(most - before));
    free_all_at_once();
    loam_release(chain);
}

LOAM_TEST(free_budget, large_buffers_pay_for_what_they_take)
{
    loam_list *list = loam_list_new();

    if (has_budget(1)) {
        loam_release(new_chain(&link_type, 100000));
        cr_assert_eq(loam_list_reserve(list, 1 << 20), LOAM_OK);
        cr_assert_eq(freed, 100000);
        free_all_at_once();
    }
    loam_release(list);
}

LOAM_TEST(free_budget, freeing_needs_no_memory)
{
    chain_link *chain;
    loam_list *list;

    begin_with_budget(50);
    chain = new_chain(&finalized_type, 1000);
    list = new_links(1000);
    loam__alloc_gate = refuse_memory;
    loam__spare_fails = true;
    loam_release(chain);
    loam_release(list);
    work_off(50);
    loam__spare_fails = false;
    loam__alloc_gate = NULL;
    cr_assert_eq(freed, 2000);
    free_all_at_once();
}

static bool drop_and_make(void *context)
{
    loam_auto loam_list *list = loam_list_of(LOAM_LIST(1, 2), LOAM_LIST(3, LOAM_LIST(4)), LOAM_DICT(5, LOAM_LIST(1)));
    loam_auto loam_dict *dict = NULL;

    (void)context;
    if (!list)
        return false;
    loam_release(loam_move(&list));
    dict = loam_dict_of("a", 1, "b", LOAM_LIST(2, 1e300));
    return dict != NULL;
}

LOAM_TEST(free_budget, each_allocation_fails_in_turn)
{
    has_budget(1);
    cr_assert_geq(fail_each_allocation(drop_and_make, NULL), 20);
    free_all_at_once();
}

/* What a program sees meanwhile. */

static void assert_order(size_t count)
{
    cr_assert_eq(ordered, count);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(order[i], (int64_t)(count - 1 - i));
}

LOAM_TEST(free_budget, finalizers_run_in_the_same_order)
{
    begin_with_budget(2);
    loam_release(new_chain(&finalized_type, 50));
    cr_assert_geq(ordered, 1);
    cr_assert_eq(order[0], 49, "that of the one that was dropped at once");
    work_off(50);
    assert_order(50);
    cr_assert_eq(freed, 50);
    free_all_at_once();
    ordered = 0;
    loam_release(new_chain(&finalized_type, 50));
    assert_order(50);
}

static bool is_no_list(loam_object *object, void *context)
{
    (void)context;
    cr_assert(!loam_is_list(loam_from(object)));
    return true;
}

LOAM_TEST(free_budget, who_waits_is_dead_and_what_it_holds_is_not)
{
    loam_auto loam_weakref *to_list = NULL;
    loam_auto loam_weakref *to_last = NULL;
    loam_auto_value loam_value last = LOAM_UNSET;
    loam_list *list;

    begin_with_budget(10);
    list = new_links(1000);
    to_list = loam_weakref_new(loam_from(list));
    to_last = loam_weakref_new(loam_list_get_peek(list, -1));
    loam_release(list);
    cr_assert(loam_gc_get_free_debt() > 0);
    cr_assert(loam_is_none(loam_weakref_get(to_list)));
    loam__gc_walk(-1, is_no_list, NULL);
    last = loam_weakref_get(to_last);
    cr_assert_eq(loam_refcount(last), 2, "that of the list is still counted");
    cr_assert_eq(loam_gc_set_free_budget(0), LOAM_OK);
    cr_assert_eq(freed, 999);
    cr_assert_eq(loam_refcount(last), 1);
    free_all_at_once();
}

static int64_t calls;

static void count_call(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
    calls++;
}

static void count_finalizer(void *context)
{
    (void)context;
    calls++;
}

LOAM_TEST(free_budget, callbacks_come_when_an_object_dies_not_when_it_is_freed)
{
    loam_auto loam_weakref *ref = NULL;
    loam_list *list;

    begin_with_budget(10);
    calls = 0;
    list = new_links(1000);
    ref = loam_weakref_new_callback(loam_from(list), count_call, NULL);
    cr_assert_not_null(ref);
    cr_assert_eq(loam_finalize(loam_from(list), count_finalizer, NULL), LOAM_OK);
    loam_release(list);
    cr_assert_eq(calls, 2);
    cr_assert_gt(loam_gc_get_free_debt(), 0);
    free_all_at_once();
}

/* A weak reference that waits is not called. */
LOAM_TEST(free_budget, callbacks_of_what_waits_are_called_off)
{
    loam_list *targets = new_links(200);
    loam_list *refs = loam_list_new();

    for (int64_t i = 0; i < 200; i++)
        cr_assert_eq(loam_list_append(refs, LOAM_TAKE(loam_from(loam_weakref_new_callback(
                                                loam_list_get_peek(targets, i), count_call, NULL)))),
                     LOAM_OK);
    calls = 0;
    if (has_budget(150)) {
        loam_release(refs);
        cr_assert_eq(loam_gc_get_free_debt(), 151);
        cr_assert_eq(loam_list_clear(targets), LOAM_OK);
        cr_assert_eq(calls, 0);
        free_all_at_once();
    } else {
        loam_release(refs);
    }
    loam_release(targets);
}

LOAM_TEST(free_budget, a_weak_map_that_waits_is_left_alone_by_its_entries)
{
    loam_list *targets = new_links(200);
    loam_weak_key_dict *keys = loam_weak_key_dict_new();
    loam_weak_value_dict *values = loam_weak_value_dict_new();
    loam_weak_set *set = loam_weak_set_new();

    for (int64_t i = 0; i < 200; i++) {
        loam_value target = loam_list_get_peek(targets, i);
        cr_assert_eq(loam_weak_key_dict_set(keys, target, i), LOAM_OK);
        cr_assert_eq(loam_weak_value_dict_set(values, i, target), LOAM_OK);
        cr_assert_eq(loam_weak_set_add(set, target), LOAM_OK);
    }
    has_budget(50);
    loam_release(keys);
    loam_release(values);
    loam_release(set);
    loam_release(loam_list_pop(targets, 0));
    loam_release(loam_list_pop(targets, -1));
    loam_release(targets);
    if (loam_gc_has(LOAM_GC_FREE_BUDGET)) {
        cr_assert_gt(loam_gc_get_free_debt(), 0);
        work_off(50);
        cr_assert_eq(freed, 200);
    }
    free_all_at_once();
}

LOAM_TEST(free_budget, no_leaks_are_seen_in_what_waits)
{
    has_budget(10);
    LOAM_ASSERT_NO_LEAKS
    {
        loam_release(new_chain(&link_type, 1000));
        loam_release(new_chain(&finalized_type, 100));
    }
    free_all_at_once();
}

/* Depth. */

static const char *drop_a_long_chain(void)
{
    unsigned links = rounds(10000000);
    chain_link *head = NULL;

    freed = 0;
    if (loam_gc_set_free_budget(10000) < 0)
        return "no budget";
    for (unsigned i = 0; i < links; i++) {
        chain_link *made = loam_new(&link_type);
        if (!made || (head && loam_slot_set_take(made, &made->next, loam_from(head)) < 0))
            return "making a link";
        head = made;
    }
    loam_release(head);
    if (freed > 10000)
        return "more was freed than there was a budget for";
    while (loam_gc_get_free_debt())
        loam_release(loam_list_new());
    return freed == links ? NULL : "some are left";
}

LOAM_TEST(free_budget, ten_million_links_on_a_small_stack)
{
    const char *wrong;

    needs(LOAM_GC_FREE_BUDGET);
    wrong = on_small_stack(drop_a_long_chain);
    cr_assert_null(wrong, "%s", wrong);
}

/* Cycles. */

LOAM_TEST(free_budget, a_collection_that_is_asked_for_leaves_no_debt)
{
    chain_link *a, *b;

    begin_with_budget(20);
    a = new_link(&link_type, NULL);
    b = new_link(&link_type, NULL);
    cr_assert_eq(loam_slot_set(a, &a->next, loam_from(b)), LOAM_OK);
    cr_assert_eq(loam_slot_set_take(b, &b->next, loam_from(a)), LOAM_OK);
    cr_assert_eq(loam_slot_set_take(b, &b->other, loam_from(new_chain(&link_type, 1000))), LOAM_OK);
    loam_release(b);
    cr_assert_eq(freed, 0);
    cr_assert_eq(loam_gc_collect(2), 1002);
    cr_assert_eq(freed, 1002);
    free_all_at_once();
}

static chain_link *random_link(chain_link **held, size_t count, uint64_t *state)
{
    return held[random_below(state, count)];
}

/* Some refer to anything, so that cycles come about, some hold much. */
static chain_link *make_one(chain_link **held, size_t count, uint64_t *state)
{
    chain_link *made = new_link(random_below(state, 10) ? &link_type : &finalized_type, NULL);
    chain_link *linked = random_link(held, count, state);

    if (linked)
        cr_assert_eq(loam_slot_set(made, &made->next, loam_from(linked)), LOAM_OK);
    linked = random_link(held, count, state);
    if (linked && random_below(state, 2))
        cr_assert_eq(loam_slot_set(linked, &linked->other, loam_from(made)), LOAM_OK);
    if (!random_below(state, 50))
        cr_assert_eq(loam_slot_set_take(made, &made->other, loam_from(new_links(300))), LOAM_OK);
    return made;
}

/* Whatever waits when collections run by themselves, in slices too. */
LOAM_TEST(free_budget, random_changes_with_collections_on_any_budget)
{
    enum { HELD = 1000 };
    static chain_link *held[HELD];
    static loam_weakref *refs[HELD];
    static const int64_t budgets[] = {1, 7, 100, 0, 3000};
    int64_t thresholds[LOAM_GC_GENERATIONS];
    uint64_t state = 1;

    loam_gc_get_threshold(thresholds);
    cr_assert_eq(loam_gc_set_threshold(300, 3, 10), LOAM_OK);
    for (unsigned i = 0; i < rounds(300000); i++) {
        size_t at = (size_t)random_below(&state, HELD);
        if (i % 10000 == 0 && loam_gc_has(LOAM_GC_FREE_BUDGET))
            cr_assert_eq(loam_gc_set_free_budget(budgets[i / 10000 % 5]), LOAM_OK);
        if (i % 25000 == 0)
            cr_assert_geq(loam_gc_collect((int)(i / 25000 % 3)), 0);
        if (refs[at])
            loam_release(loam_weakref_get(refs[at]));
        loam_release(loam_move(&refs[at]));
        loam_release(loam_move(&held[at]));
        held[at] = make_one(held, HELD, &state);
        if (!random_below(&state, 4))
            refs[at] = loam_weakref_new(loam_from(held[at]));
    }
    for (size_t i = 0; i < HELD; i++) {
        loam_release(loam_move(&refs[i]));
        loam_release(loam_move(&held[i]));
    }
    collect_everything();
    free_all_at_once();
    cr_assert_eq(loam_gc_set_threshold(thresholds[0], thresholds[1], thresholds[2]), LOAM_OK);
}

/* The heap grows all the time, so that full collections run in slices while much waits. */
LOAM_TEST(free_budget, collections_in_slices_while_much_waits)
{
    loam_gc_stats stats[LOAM_GC_GENERATIONS];
    loam_auto loam_list *alive = loam_list_new();

    begin_with_budget(50);
    for (unsigned i = 0; i < 3000; i++) {
        loam_list *ring = new_links(100);
        cr_assert_eq(loam_list_append(ring, ring), LOAM_OK);
        cr_assert_eq(loam_list_append(alive, ring), LOAM_OK);
        loam_release(ring);
        loam_release(new_chain(&link_type, 100));
        if (i % 3 == 0)
            cr_assert_eq(loam_list_set(alive, (int64_t)(i / 3), LOAM_NONE), LOAM_OK);
    }
    loam_gc_get_stats(stats);
    cr_assert_gt(stats[2].collections, 0);
    loam_release(loam_move(&alive));
    loam_gc_collect(2);
    cr_assert_eq(loam_gc_get_free_debt(), 0);
    cr_assert_eq(freed, 3000 * 200);
    free_all_at_once();
}
