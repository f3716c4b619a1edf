/*
 * What waits to be freed while a collection in slices goes on: slice by slice, since only few of the moments are bad
 * ones.
 */
#include "tests/harness.h"

#include "gc/refcount/cycle.h"

typedef struct knot {
    loam_object loam;
    struct knot *next, *other;
} knot;

static int64_t freed;

static void count_freed(void *self)
{
    (void)self;
    freed++;
}

static loam_type knot_type = {
    .name = "knot",
    .size = sizeof(knot),
    .refs = LOAM_REFS(offsetof(knot, next), offsetof(knot, other)),
    .dispose = count_freed,
};

static loam_type plain_type = {.name = "plain", .size = sizeof(loam_object), .dispose = count_freed};

static void *new_one(loam_type *type)
{
    void *made = loam_new(type);

    cr_assert_not_null(made);
    return made;
}

static loam_list *new_list(loam_type *type, unsigned count)
{
    loam_list *list = loam_list_new();

    cr_assert_not_null(list);
    while (count--)
        cr_assert_eq(loam_list_append(list, LOAM_TAKE(loam_from(new_one(type)))), LOAM_OK);
    return list;
}

/* A collection whose slices are ours. */
static loam__full *begin(const void *object)
{
    loam__full *full = &loam__heap_of(object)->full;

    freed = 0;
    loam_gc_disable();
    loam__full_begin(full, false);
    full->chunk = 16;
    return full;
}

static void run_to(loam__full *full, loam__phase phase)
{
    while (full->phase != LOAM__IDLE && full->phase < phase)
        loam__full_run(full, 1, 0, true);
    cr_assert_eq(full->phase, phase);
}

static void finish(loam__full *full)
{
    while (full->phase != LOAM__IDLE)
        loam__full_run(full, 100, 0, true);
    cr_assert_eq(loam_gc_set_free_budget(0), LOAM_OK);
    loam_gc_enable();
}

/* With a budget of one edge a list like this keeps everything waiting that is dropped after it. */
static void keep_waiting(loam_list *list)
{
    cr_assert_eq(loam_gc_set_free_budget(1), LOAM_OK);
    loam_release(list);
    cr_assert_gt(loam_gc_get_free_debt(), 0);
}

LOAM_TEST(backlog, a_pass_does_not_stand_in_what_waits)
{
    loam_list *list = new_list(&knot_type, 1000);
    loam_list *stood_in = new_list(&knot_type, 1000);
    loam__full *full = begin(list);

    while (full->standing != (loam_object *)stood_in)
        loam__full_run(full, 20, 0, true);
    cr_assert_eq(full->phase, LOAM__COUNT);
    keep_waiting(list);
    loam_release(stood_in);
    cr_assert_eq(freed, 0);
    cr_assert_null(full->standing);
    finish(full);
    cr_assert_eq(freed, 2000);
}

/*
 * `lost` is moved from what was not yet marked to what was, so it is thought to be garbage, and `held` with it. Before
 * that can be found out it dies, and waits. Its reference to `held` has been counted as one from garbage, and is still
 * there.
 */
LOAM_TEST(backlog, no_member_is_condemned_that_something_refers_to_that_waits)
{
    loam_list *list = new_list(&plain_type, 1000);
    knot *marked = new_one(&knot_type);
    knot *unmarked = new_one(&knot_type);
    knot *lost = new_one(&knot_type);
    knot *held = new_one(&knot_type);
    loam__full *full;

    cr_assert_lt((uintptr_t)marked, (uintptr_t)unmarked);
    cr_assert_eq(loam_slot_set_take(lost, &lost->next, loam_from(held)), LOAM_OK);
    cr_assert_eq(loam_slot_set_take(unmarked, &unmarked->other, loam_from(lost)), LOAM_OK);
    full = begin(marked);
    run_to(full, LOAM__ROOTS);
    while (loam__state_of(&marked->loam) != LOAM__BLACK)
        loam__full_run(full, 1, 0, true);
    cr_assert_eq(loam__state_of(&unmarked->loam), LOAM__WHITE);
    loam_slot_move(marked, &marked->other, unmarked, &unmarked->other);
    run_to(full, LOAM__PRUNE);
    cr_assert(loam__is_member(full, &lost->loam) && loam__is_member(full, &held->loam));
    keep_waiting(list);
    loam_release(loam_slot_take(marked, &marked->other));
    cr_assert_eq(freed, 0);
    cr_assert_eq(loam__gc_count(&held->loam), 1);
    finish(full);
    cr_assert_eq(freed, 1002);
    loam_release(marked);
    loam_release(unmarked);
}

LOAM_TEST(backlog, what_dies_with_garbage_is_freed_in_slices_without_a_budget_too)
{
    loam_list *ring = new_list(&plain_type, 1000);
    loam__full *full;
    int64_t most = 0;

    cr_assert_eq(loam_list_append(ring, ring), LOAM_OK);
    full = begin(ring);
    loam_release(ring);
    run_to(full, LOAM__FREE);
    while (full->phase == LOAM__FREE) {
        int64_t before = freed;
        int64_t waiting;
        loam__full_run(full, 100, 0, true);
        cr_assert_leq(freed - before, 100);
        waiting = loam_gc_get_free_debt();
        most = waiting > most ? waiting : most;
        loam_release(new_list(&plain_type, 5));
        cr_assert_geq(freed - before, 5, "a release frees all that dies of it");
    }
    cr_assert_gt(most, 100);
    cr_assert_eq(loam_gc_get_free_debt(), 0);
    finish(full);
}

LOAM_TEST(backlog, candidates_that_wait_are_not_swept)
{
    loam_list *list = new_list(&plain_type, 1000);
    knot *candidate = new_one(&knot_type);
    knot *other = new_one(&knot_type);
    loam__heap *heap = loam__heap_of(candidate);

    freed = 0;
    cr_assert_eq(loam_slot_set_take(candidate, &candidate->next, loam_from(other)), LOAM_OK);
    cr_assert_eq(loam_slot_set(other, &other->next, loam_from(candidate)), LOAM_OK);
    loam_release(loam_slot_take(other, &other->next));
    cr_assert(loam__is_flagged(&candidate->loam, LOAM__FLAG_CANDIDATE));
    keep_waiting(list);
    loam_release(candidate);
    cr_assert_eq(freed, 0);
    loam__candidates_sweep(heap);
    cr_assert_eq(loam__collect_young(heap, 0, NULL), 0);
    loam__candidates_forget(heap);
    cr_assert_eq(loam_gc_set_free_budget(0), LOAM_OK);
    cr_assert_eq(freed, 1002);
}

static void survive(void *self)
{
    (void)self;
}

static loam_type finalized_type = {
    .name = "finalized knot",
    .size = sizeof(knot),
    .refs = LOAM_REFS(offsetof(knot, next), offsetof(knot, other)),
    .dispose = count_freed,
    .finalize = survive,
};

/* An ephemeron has let go of its value, which only it held, and the collection does not come to freeing that. */
LOAM_TEST(backlog, a_value_that_was_let_go_of_dies_when_the_collection_is_stopped)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    knot *key = new_one(&finalized_type);
    knot *value = new_one(&knot_type);
    loam__full *full = begin(key);

    cr_assert_eq(loam_slot_set(key, &key->next, loam_from(key)), LOAM_OK);
    cr_assert_eq(loam_slot_set(value, &value->other, loam_from(key)), LOAM_OK);
    cr_assert_eq(loam_weak_key_dict_set(dict, loam_from(key), loam_from(value)), LOAM_OK);
    loam_release(value);
    loam_release(key);
    while (!full->is_second)
        loam__full_run(full, 1, 0, true);
    cr_assert(!freed && !loam_refcount(loam_from(value)));
    loam__full_stop(full);
    cr_assert_eq(freed, 1);
    loam_gc_enable();
    cr_assert_eq(loam_gc_collect(2), 1);
    cr_assert_eq(freed, 2);
    cr_assert_eq(loam_weak_key_dict_len(dict), 0);
}

/* It has pages of its own, so it is the last object of a page in which a slice ends. */
LOAM_TEST(backlog, a_slice_may_end_in_a_tuple_with_pages_of_its_own)
{
    enum { MANY = 6000 };
    loam_list *items = new_list(&plain_type, MANY);
    loam_list *cycle = loam_list_new();
    loam_tuple *tuple;
    loam__full *full = begin(cycle);

    cr_assert_eq(loam_list_insert(items, 0, loam_from(cycle)), LOAM_OK);
    tuple = loam_tuple_from(loam_from(items));
    cr_assert(tuple && loam_list_append(cycle, LOAM_TAKE(loam_from(tuple))) == LOAM_OK);
    loam_release(loam_list_pop(items, 0));
    loam_release(cycle);
    finish(full);
    for (int64_t i = 0; i < MANY; i++)
        cr_assert_eq(loam_refcount(loam_list_get_peek(items, i)), 1);
    cr_assert_eq(loam_gc_collect(2), 0);
    loam_release(items);
    cr_assert_eq(freed, MANY);
}
