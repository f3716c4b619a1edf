/*
 * Weak references: what they refer to, when they are cleared, what is called then; and entries of weak maps as the
 * memory managers see them.
 *
 * Where garbage is found conservatively one object proves nothing, since a stale word may keep it. So what has to go is
 * made many times over, in functions whose frames are gone afterwards.
 */
#include "tests/harness.h"

#include "gc/slot.h"
#include "lib/alloc.h"

#include <pthread.h>
#include <stdlib.h>

#define NOINLINE __attribute__((noinline))

enum { MANY = 1000 };

/* An object that can refer to two others. */
typedef struct node {
    loam_object loam;
    void *one, *two;
} node;

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, one), offsetof(node, two))};

static node *node_new(void *one, void *two)
{
    node *n = loam_new(&node_type);

    cr_assert(n);
    if (one)
        cr_assert_eq(loam_slot_set(n, &n->one, loam_from(one)), LOAM_OK);
    if (two)
        cr_assert_eq(loam_slot_set(n, &n->two, loam_from(two)), LOAM_OK);
    return n;
}

static bool is_cleared(loam_weakref *ref)
{
    loam_auto_value loam_value value = loam_weakref_get(ref);

    cr_assert(!loam_is_unset(value));
    return loam_is_none(value);
}

/* How many of a list's weak references are cleared. */
static size_t cleared(loam_list *refs)
{
    size_t count = 0;

    for (int64_t i = 0; i < loam_list_len(refs); i++)
        count += is_cleared(loam_to_weakref_peek(loam_list_get_peek(refs, i)));
    return count;
}

static void keep(loam_list *list, void *object)
{
    cr_assert_eq(loam_list_append_take(list, loam_from(object)), LOAM_OK);
}

/* What they refer to. */

LOAM_TEST(weakref, gives_its_object_while_that_is_alive)
{
    loam_list *list = loam_list_of(1, 2);
    loam_weakref *ref = loam_weakref_new(loam_from(list));

    cr_assert(ref);
    collect_everything();
    for (int i = 0; i < 2; i++) {
        loam_auto_value loam_value value = loam_weakref_get(ref);
        cr_assert_eq(loam_to_list_peek(value), list);
        assert_repr(value, "[1, 2]");
    }
    loam_release(list);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        cr_assert(is_cleared(ref));
    loam_release(ref);
}

LOAM_TEST(weakref, what_it_gave_keeps_the_object)
{
    loam_list *list = loam_list_of("kept");
    loam_weakref *ref = loam_weakref_new(loam_from(list));
    loam_value value = loam_weakref_get(ref);

    loam_release(list);
    collect_everything();
    cr_assert_not(is_cleared(ref));
    assert_repr_take(value, "['kept']");
    loam_release(ref);
}

NOINLINE static void refer_to_each(loam_list *refs, size_t many, bool keeps)
{
    for (size_t i = 0; i < many; i++) {
        loam_list *list = loam_list_of((int64_t)i);
        keep(refs, loam_weakref_new(loam_from(list)));
        if (keeps)
            keep(refs, list);
        else
            loam_release(list);
    }
}

LOAM_TEST(weakref, a_hundred_thousand_are_cleared)
{
    loam_list *refs = loam_list_new();
    unsigned many = rounds(100000);

    refer_to_each(refs, many, false);
    collect_everything();
    assert_gone(cleared(refs), many);
    loam_release(refs);
}

/* weakref, its object, weakref, its object, .. */
NOINLINE static void check_pairs(loam_list *pairs)
{
    for (int64_t i = 0; i < loam_list_len(pairs); i += 2) {
        loam_auto_value loam_value value = loam_weakref_get(loam_to_weakref_peek(loam_list_get_peek(pairs, i)));
        int64_t number = -1;
        cr_assert_eq(value.word, loam_list_get_peek(pairs, i + 1).word);
        cr_assert_eq(loam_list_get_int(loam_to_list_peek(value), 0, &number), LOAM_OK);
        cr_assert_eq(number, i / 2);
    }
}

LOAM_TEST(weakref, a_hundred_thousand_stay_while_their_objects_do)
{
    loam_list *pairs = loam_list_new();

    refer_to_each(pairs, rounds(100000), true);
    collect_everything();
    check_pairs(pairs);
    loam_release(pairs);
}

LOAM_TEST(weakref, is_shared_by_all_who_ask_for_the_same_object)
{
    loam_list *one = loam_list_new();
    loam_list *other = loam_list_new();
    loam_weakref *first = loam_weakref_new(loam_from(one));
    loam_weakref *second = loam_weakref_new(loam_from(one));
    loam_weakref *third = loam_weakref_new(loam_from(other));

    cr_assert(first && first == second && third && third != first);
    loam_release(first);
    cr_assert_not(is_cleared(second));
    loam_release(second);
    loam_release(third);
    third = loam_weakref_new(loam_from(one)); /* after the last one has gone */
    cr_assert_not(is_cleared(third));
    loam_release(third);
    loam_release(one);
    loam_release(other);
}

static void callback_ignore(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
}

LOAM_TEST(weakref, one_with_a_callback_or_a_finalizer_beside_it_is_not_shared)
{
    loam_list *list = loam_list_new();
    loam_weakref *called = loam_weakref_new_callback(loam_from(list), callback_ignore, NULL);
    loam_weakref *shared = loam_weakref_new(loam_from(list));
    loam_weakref *other = loam_weakref_new_callback(loam_from(list), callback_ignore, NULL);
    loam_weakref *again = loam_weakref_new(loam_from(list));

    cr_assert(called && other && shared && called != shared && called != other && shared == again);
    loam_release(called);
    loam_release(shared);
    loam_release(other);
    loam_release(again);
    loam_release(list);
}

LOAM_TEST(weakref, refers_to_whatever_has_an_identity)
{
    loam_auto loam_list *objects = loam_list_of(LOAM_LIST(1), LOAM_TUPLE(1), LOAM_DICT(1, 2));

    keep(objects, node_new(NULL, NULL));
    keep(objects, loam_iter_range(0, 1, 1));
    keep(objects, loam_weakref_new(loam_list_get_peek(objects, 0)));
    for (int64_t i = 0; i < loam_list_len(objects); i++) {
        loam_auto loam_weakref *ref = loam_weakref_new(loam_list_get_peek(objects, i));
        loam_auto_value loam_value value = loam_weakref_get(ref);
        cr_assert(loam_is_weakref(loam_from(ref)));
        cr_assert_eq(value.word, loam_list_get_peek(objects, i).word);
    }
}

LOAM_TEST(weakref, refers_to_nothing_without_an_identity)
{
    loam_auto loam_list *values = loam_list_of(1, INT64_MAX, 1.5, 1e300, "text", LOAM_TRUE, LOAM_NONE,
                                               ((loam_view){"\xff", 1}));

    for (int64_t i = 0; i < loam_list_len(values); i++) {
        loam_value value = loam_list_get_peek(values, i);
        cr_assert_null(loam_weakref_new(value));
        assert_failed(LOAM_ERR_TYPE);
        cr_assert_null(loam_weakref_new_callback(value, callback_ignore, NULL));
        assert_failed(LOAM_ERR_TYPE);
        cr_assert_not(loam_is_weakref(value));
        cr_assert_null(loam_to_weakref_peek(value));
        assert_failed(LOAM_ERR_TYPE);
    }
}

LOAM_TEST(weakref, of_a_failed_call_propagates)
{
    loam_fail(LOAM_ERR_INDEX, "before");
    cr_assert_null(loam_weakref_new(LOAM_UNSET));
    cr_assert_null(loam_weakref_new_callback(LOAM_UNSET, callback_ignore, NULL));
    cr_assert(loam_is_unset(loam_weakref_get(NULL)));
    cr_assert_eq(loam_weakref_cancel(NULL), LOAM_ERR_INDEX);
    cr_assert_null(loam_to_weakref_peek(LOAM_UNSET));
    assert_failed(LOAM_ERR_INDEX);
}

#if LOAM_CHECKS
static void ask_for_no_callback(void)
{
    loam_auto loam_list *list = loam_list_new();
    (void)!loam_weakref_new_callback(loam_from(list), NULL, NULL);
}

LOAM_TEST(weakref, without_the_callback_it_asks_for_is_a_bug)
{
    cr_assert(aborts(ask_for_no_callback));
}
#endif

LOAM_TEST(weakref, of_the_empty_tuple_is_never_cleared)
{
    loam_tuple *empty = loam_tuple_new(NULL, 0);
    loam_weakref *ref = loam_weakref_new(loam_from(empty));
    loam_weakref *called = loam_weakref_new_callback(loam_from(empty), callback_ignore, NULL);

    loam_release(empty);
    collect_everything();
    for (int i = 0; i < 2; i++)
        assert_repr_take(loam_weakref_get(i ? ref : called), "()");
    loam_release(ref);
    loam_release(called);
}

/* A weak reference is held by its object, among others. */
NOINLINE static void make_cycles_with_weakrefs(loam_list *outside)
{
    for (int i = 0; i < MANY; i++) {
        node *a = node_new(NULL, NULL);
        node *b = node_new(a, NULL);
        loam_weakref *ref = loam_weakref_new(loam_from(b));
        cr_assert_eq(loam_slot_set_take(a, &a->one, loam_from(b)), LOAM_OK);
        cr_assert_eq(loam_slot_set_take(a, &a->two, loam_from(ref)), LOAM_OK);
        keep(outside, loam_weakref_new(loam_from(a)));
        loam_release(a);
    }
}

LOAM_TEST(weakref, in_a_cycle_goes_with_it)
{
    loam_list *outside = loam_list_new();

    make_cycles_with_weakrefs(outside);
    collect_everything();
    assert_gone(cleared(outside), MANY);
    loam_release(outside);
}

/* Callbacks. */

static int64_t called[100 * MANY];
static size_t called_count;

static void note(loam_weakref *ref, void *context)
{
    cr_assert(is_cleared(ref));
    cr_assert_lt(called_count, sizeof called / sizeof *called);
    called[called_count++] = (int64_t)(intptr_t)context;
}

static loam_weakref *note_death(void *object, int64_t number)
{
    loam_weakref *ref = loam_weakref_new_callback(loam_from(object), note, (void *)(intptr_t)number);

    cr_assert(ref);
    return ref;
}

NOINLINE static void make_with_three_callbacks(loam_list *refs)
{
    for (int64_t i = 0; i < MANY; i++) {
        loam_list *list = loam_list_new();
        for (int64_t j = 0; j < 3; j++)
            keep(refs, note_death(list, 3 * i + j));
        loam_release(list);
    }
}

LOAM_TEST(weakref, callbacks_are_called_once_each_from_the_last_to_the_first)
{
    loam_list *refs = loam_list_new();
    static bool seen[3 * MANY];

    make_with_three_callbacks(refs);
    collect_everything();
    assert_gone(called_count, 3 * MANY);
    for (size_t i = 0; i < called_count; i++) {
        cr_assert_not(seen[called[i]], "called twice");
        seen[called[i]] = true;
        cr_assert(called[i] % 3 == 2 || (i > 0 && called[i - 1] == called[i] + 1));
    }
    loam_release(refs);
}

NOINLINE static void call_off(loam_list *refs)
{
    for (int64_t i = 0; i < loam_list_len(refs); i++)
        cr_assert_eq(loam_weakref_cancel(loam_to_weakref_peek(loam_list_get_peek(refs, i))), LOAM_OK);
}

LOAM_TEST(weakref, a_callback_that_is_called_off_is_not_called)
{
    loam_list *refs = loam_list_new();
    loam_list *list = loam_list_new();
    loam_weakref *ref = note_death(list, 1);

    cr_assert_eq(loam_weakref_cancel(ref), LOAM_OK);
    cr_assert_eq(loam_weakref_cancel(ref), LOAM_MISSING);
    cr_assert_not(is_cleared(ref));
    loam_release(list);
    loam_release(ref);

    for (int i = 0; i < MANY; i++) {
        loam_list *kept = loam_list_new();
        keep(refs, note_death(kept, 2));
        keep(refs, note_death(refs, 3));
        call_off(refs);
        loam_release(kept);
        cr_assert_eq(loam_list_clear(refs), LOAM_OK);
    }
    loam_release(refs);
    collect_everything();
    cr_assert_eq(called_count, 0);
}

NOINLINE static void drop_before_their_object(loam_list *list)
{
    for (int i = 0; i < MANY; i++)
        loam_release(note_death(list, i));
}

/* Exactly, where that is a moment; else those that were found before their object was. */
LOAM_TEST(weakref, releasing_it_calls_the_callback_off)
{
    loam_list *list = loam_list_new();

    drop_before_their_object(list);
    collect_everything();
    loam_release(list);
    list = NULL;
    collect_everything();
    assert_gone((size_t)MANY - called_count, MANY);
}

NOINLINE static void make_cycles_with_callbacks_inside(void)
{
    for (int i = 0; i < MANY; i++) {
        node *n = node_new(NULL, NULL);
        cr_assert_eq(loam_slot_set_take(n, &n->one, loam_from(note_death(n, i))), LOAM_OK);
        cr_assert_eq(loam_slot_set_take(n, &n->two, loam_from(n)), LOAM_OK);
    }
}

LOAM_TEST(weakref, that_goes_together_with_its_object_calls_nothing)
{
    make_cycles_with_callbacks_inside();
    collect_everything();
    assert_gone((size_t)MANY - called_count, MANY);
}

/* Weak references are objects too. */

static size_t functions_called;

static void note_function(void *context)
{
    (void)context;
    functions_called++;
}

NOINLINE static void refer_to_weakrefs(loam_list *targets, loam_list *held, loam_list *refs)
{
    for (int i = 0; i < MANY; i++) {
        loam_weakref *ref = loam_weakref_new_callback(loam_list_get_peek(targets, i), callback_ignore, NULL);
        keep(held, ref);
        keep(refs, loam_weakref_new(loam_from(ref)));
        keep(refs, note_death(ref, i));
        cr_assert_eq(loam_finalize(loam_from(ref), note_function, NULL), LOAM_OK);
    }
}

NOINLINE static void make_targets(loam_list *targets)
{
    for (int i = 0; i < MANY; i++)
        keep(targets, loam_list_of(i));
}

LOAM_TEST(weakref, of_a_weak_reference_is_one_like_any_other)
{
    loam_list *targets = loam_list_new();
    loam_list *held = loam_list_new();
    loam_list *refs = loam_list_new();

    make_targets(targets);
    refer_to_weakrefs(targets, held, refs);
    for (int i = 0; i < 3; i++) {
        collect_everything();
        cr_assert(cleared(refs) == 0 && called_count == 0 && functions_called == 0);
    }
    cr_assert_eq(loam_list_clear(held), LOAM_OK);
    collect_everything();
    assert_gone(cleared(refs), 2 * MANY);
    assert_gone(called_count, MANY);
    assert_gone(functions_called, MANY);
    loam_release(held);
    loam_release(refs);
    loam_release(targets);
}

/* What callbacks may do: anything. */

static loam_list *world;

static void callback_release_others(loam_weakref *ref, void *context)
{
    loam_list *refs = context;

    called_count++;
    cr_assert_eq(loam_weakref_cancel(ref), LOAM_MISSING);
    for (int64_t i = 0; i < loam_list_len(refs); i++)
        loam_weakref_cancel(loam_to_weakref_peek(loam_list_get_peek(refs, i)));
    cr_assert_eq(loam_list_clear(refs), LOAM_OK);
}

/* In `world` a list for each object, of all the weak references to it. */
NOINLINE static void make_with_callbacks_that_release(void)
{
    for (int i = 0; i < MANY; i++) {
        loam_list *list = loam_list_new();
        loam_list *refs = loam_list_new();
        for (int j = 0; j < 10; j++)
            keep(refs, loam_weakref_new_callback(loam_from(list), callback_release_others, refs));
        keep(world, refs);
        loam_release(list);
    }
}

LOAM_TEST(weakref, a_callback_may_release_those_that_are_due_after_it)
{
    world = loam_list_new();
    make_with_callbacks_that_release();
    collect_everything();
    assert_gone(called_count, MANY);
    loam_release(world);
}

static void callback_make_more(loam_weakref *ref, void *context)
{
    loam_list *list = loam_list_of("new");
    loam_weakref *again = loam_weakref_new_callback(loam_from(list), note, context);

    (void)ref;
    cr_assert(again);
    loam_release(loam_weakref_new(loam_from(list)));
    loam_release(list); /* at a safe point that is under way */
    keep(world, again);
    cr_assert_eq(loam_gc_collect(2), 0);
}

NOINLINE static void make_with_callbacks_that_make_more(loam_list *refs)
{
    for (int i = 0; i < 100; i++) {
        loam_list *list = loam_list_new();
        keep(refs, loam_weakref_new_callback(loam_from(list), callback_make_more, NULL));
        loam_release(list);
    }
}

LOAM_TEST(weakref, a_callback_may_make_more_of_them)
{
    loam_list *refs = loam_list_new();

    world = loam_list_new();
    make_with_callbacks_that_make_more(refs);
    collect_everything();
    collect_everything();
    assert_gone((size_t)loam_list_len(world), 100);
    assert_gone(called_count, 100);
    loam_release(world);
    loam_release(refs);
}

static void callback_fail(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
    called_count++;
    loam_fail(LOAM_ERR_IO, "in the callback");
}

NOINLINE static void make_with_callbacks_that_fail(loam_list *refs)
{
    for (int i = 0; i < 100; i++) {
        loam_list *list = loam_list_new();
        keep(refs, loam_weakref_new_callback(loam_from(list), callback_fail, NULL));
        loam_fail(LOAM_ERR_INDEX, "before");
        loam_release(list);
        cr_assert_eq(loam_error()->status, LOAM_ERR_INDEX);
    }
}

LOAM_TEST(weakref, a_failure_in_a_callback_is_not_the_callers)
{
    loam_list *refs = loam_list_new();

    make_with_callbacks_that_fail(refs);
    loam_gc_collect(2);
    assert_failed(LOAM_ERR_INDEX);
    loam_gc_collect(2);
    cr_assert_eq(loam_error()->status, LOAM_OK);
    assert_gone(called_count, 100);
    loam_release(refs);
}

/* A long-lived object to which many short-lived weak references are made. */
LOAM_TEST(weakref, ones_that_are_dropped_leave_nothing_at_their_object)
{
    loam_list *list = loam_list_new();

    for (unsigned i = 0; i < rounds(1000000); i++)
        loam_release(note_death(list, 0));
    for (unsigned i = 0; i < rounds(1000000); i++)
        loam_release(loam_weakref_new(loam_from(list)));
    assert_repr(loam_from(list), "[]");
    loam_release(list);
}

/* Finalizers and weak references. */

static loam_list *made_inside;

static void finalize_with_weakref(void *self)
{
    keep(made_inside, loam_weakref_new(loam_from(self)));
    keep(made_inside, note_death(self, 0));
}

static loam_type finalized_type = {.name = "finalized", .size = sizeof(loam_object), .finalize = finalize_with_weakref};

NOINLINE static void drop_finalized(void)
{
    for (int i = 0; i < MANY; i++)
        loam_release(loam_new(&finalized_type));
}

LOAM_TEST(weakref, made_by_a_finalizer_is_cleared_again)
{
    made_inside = loam_list_new();
    drop_finalized();
    collect_everything();
    collect_everything();
    assert_gone((size_t)loam_list_len(made_inside), 2 * MANY);
    assert_gone(cleared(made_inside), 2 * MANY);
    assert_gone(called_count, MANY);
    loam_release(made_inside);
}

static loam_list *saved;

static void finalize_and_save(void *self)
{
    keep(saved, loam_retain((loam_object *)self));
}

static loam_type saved_type = {.name = "saved", .size = sizeof(loam_object), .finalize = finalize_and_save};

NOINLINE static void drop_saved(loam_list *refs)
{
    for (int i = 0; i < MANY; i++) {
        loam_object *object = loam_new(&saved_type);
        keep(refs, note_death(object, i));
        keep(refs, loam_weakref_new(loam_from(object)));
        loam_release(object);
    }
}

NOINLINE static void refer_to_saved(loam_list *refs)
{
    for (int64_t i = 0; i < loam_list_len(saved); i++) {
        loam_value object = loam_list_get_peek(saved, i);
        keep(refs, note_death(loam__object(object), MANY + i));
        keep(refs, loam_weakref_new(object));
    }
    cr_assert_eq(cleared(refs), 0);
}

/* Those that were made by it. */
static size_t count_called_for_saved(void)
{
    size_t count = 0;

    for (size_t i = 0; i < called_count; i++)
        count += called[i] >= MANY;
    return count;
}

LOAM_TEST(weakref, to_an_object_that_has_come_back_is_a_new_one)
{
    loam_list *before = loam_list_new();
    loam_list *after = loam_list_new();

    saved = loam_list_new();
    drop_saved(before);
    collect_everything();
    assert_gone((size_t)loam_list_len(saved), MANY);
    assert_gone(cleared(before), 2 * MANY);
    assert_gone(called_count, MANY);

    refer_to_saved(after);
    collect_everything();
    cr_assert_eq(count_called_for_saved(), 0);
    cr_assert_eq(loam_list_clear(saved), LOAM_OK);
    collect_everything();
    assert_gone(cleared(after), (size_t)loam_list_len(after));
    assert_gone(count_called_for_saved(), (size_t)loam_list_len(after) / 2);
    loam_release(before);
    loam_release(after);
    loam_release(saved);
}

/* Memory. */

static bool refer(void *context)
{
    loam_auto loam_weakref *shared = loam_weakref_new(loam_from(context));
    loam_auto loam_weakref *with_callback = loam_weakref_new_callback(loam_from(context), note, NULL);
    loam_auto loam_weakref *again = loam_weakref_new(loam_from(context));

    return shared && with_callback && again && shared == again;
}

static bool refer_to_new(void *context)
{
    loam_auto loam_list *list = loam_list_new();

    (void)context;
    return list && refer(list);
}

LOAM_TEST(weakref, is_made_or_not_when_memory_fails)
{
    loam_list *list = loam_list_new();

    cr_assert_geq(fail_each_allocation(refer_to_new, NULL), 6);
    cr_assert_geq(fail_each_allocation(refer, list), 4);
    loam_release(list);
}

/* Threads. */

typedef struct work {
    pthread_t thread;
    unsigned called;
    const char *problem;
} work;

static void note_thread(loam_weakref *ref, void *context)
{
    work *w = context;

    (void)ref;
    w->called++;
    if (!pthread_equal(pthread_self(), w->thread))
        w->problem = "a callback is called in another thread";
}

NOINLINE static void refer_in_thread(work *w, loam_list *refs)
{
    for (int i = 0; i < 20000; i++) {
        loam_list *list = loam_list_new();
        loam_weakref *ref = loam_weakref_new_callback(loam_from(list), note_thread, w);
        if (!ref || loam_list_append_take(refs, loam_from(ref)) < 0)
            w->problem = "no weak reference";
        loam_release(list);
        if (loam_list_len(refs) == 1000)
            (void)!loam_list_clear(refs);
    }
}

static pthread_barrier_t all_done; /* what a thread leaves behind when it ends is for others to look after */

static void *work_with_weakrefs(void *context)
{
    work *w = context;
    loam_list *refs = loam_list_new();

    w->thread = pthread_self();
    refer_in_thread(w, refs);
    collect_everything();
    loam_release(refs);
    pthread_barrier_wait(&all_done);
    return NULL;
}

LOAM_TEST(weakref, callbacks_are_called_in_the_thread_of_their_object)
{
    static work works[4];
    pthread_t threads[4];

    pthread_barrier_init(&all_done, NULL, 4);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, work_with_weakrefs, &works[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        cr_assert_null(works[i].problem, "%s", works[i].problem);
        cr_assert(works[i].called > 0 && works[i].called <= 20000, "%u", works[i].called);
    }
}

/* Entries of weak maps. A loam_list stands for the map. */

static size_t died_count;

static void entry_died(loam__weak_entry *entry)
{
    died_count++;
    cr_assert_null(loam__gc_weak_get(&entry->attached));
    if (loam__type_id_of(&entry->loam) == LOAM__TYPE_EPHEMERON)
        loam_release(loam__gc_hold(entry, LOAM_UNSET));
}

static void entry_dispose(void *self)
{
    loam__gc_detach(&((loam__weak_entry *)self)->attached);
}

static loam_type ephemeron_type = {
    .name = "ephemeron",
    .size = sizeof(loam__weak_entry),
    .refs = LOAM_REFS(offsetof(loam__weak_entry, held)),
    .dispose = entry_dispose,
    .id = LOAM__TYPE_EPHEMERON,
};

/* Any other entry holds nothing. */
static loam_type entry_type = {.name = "entry", .size = sizeof(loam__weak_entry), .dispose = entry_dispose};

static loam__weak_entry *entry_new(loam_type *type, void *key, void *held)
{
    loam__weak_entry *entry = loam__object_new(type, type->size);

    if (!entry)
        return NULL;
    entry->attached.kind = LOAM__ATTACHED_ENTRY;
    entry->died = entry_died;
    if (loam__gc_attach(loam__object(loam_from(key)), &entry->attached)) {
        if (held)
            loam__gc_hold(entry, loam__retain(loam_from(held)));
        return entry;
    }
    loam_release(entry);
    loam__fail_memory();
    return NULL;
}

/* Each value refers to its own key. */
NOINLINE static void fill_with_own_keys(loam_list *map, size_t many)
{
    for (size_t i = 0; i < many; i++) {
        node *key = node_new(NULL, NULL);
        node *value = node_new(key, NULL);
        keep(map, entry_new(&ephemeron_type, key, value));
        loam_release(value);
        loam_release(key);
    }
}

LOAM_TEST(weakref, an_ephemeron_whose_value_refers_to_its_key_is_emptied)
{
    loam_list *map = loam_list_new();

    fill_with_own_keys(map, 10 * MANY);
    collect_everything();
    assert_gone(died_count, 10 * MANY);
    loam_release(map);
}

/* The value of each key is the next key. */
NOINLINE static node *fill_with_chain(loam_list *map)
{
    node *first = node_new(NULL, NULL);
    node *last = loam_retain(first);

    for (int i = 0; i < MANY; i++) {
        node *next = node_new(NULL, NULL);
        keep(map, entry_new(&ephemeron_type, last, next));
        loam_release(last);
        last = next;
    }
    loam_release(last);
    return first;
}

NOINLINE static size_t chain_length(loam_list *map, void *first)
{
    size_t length = 0;

    for (int64_t i = 0; i < loam_list_len(map); i++) {
        loam__weak_entry *entry = (loam__weak_entry *)(void *)loam__object(loam_list_get_peek(map, i));
        loam_object *key = loam__gc_weak_get(&entry->attached);
        if (key != first)
            return length;
        first = loam__object(entry->held);
        loam_release(key);
        length++;
    }
    return length;
}

LOAM_TEST(weakref, a_chain_of_ephemerons_lives_as_long_as_its_first_key)
{
    loam_list *map = loam_list_new();
    node *first = fill_with_chain(map);

    collect_everything();
    cr_assert_eq(chain_length(map, first), MANY);
    cr_assert_eq(died_count, 0);
    loam_release(first);
    first = NULL;
    for (int i = 0; i < 20 && died_count < MANY; i++)
        collect_everything();
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        cr_assert_eq(died_count, MANY);
    loam_release(map);
}

LOAM_TEST(weakref, an_ephemerons_value_can_be_exchanged)
{
    node *key = node_new(NULL, NULL);
    loam_list *map = loam_list_new();
    loam__weak_entry *entry = entry_new(&ephemeron_type, key, key);

    keep(map, entry);
    loam_release(loam__gc_hold(entry, loam_from(loam_list_of("second"))));
    collect_everything();
    assert_repr(entry->held, "['second']");
    loam_release(loam__gc_hold(entry, LOAM_UNSET));
    loam__gc_detach(&entry->attached);
    cr_assert_null(loam__gc_weak_get(&entry->attached));
    loam_release(key);
    collect_everything();
    cr_assert_eq(died_count, 0);
    loam_release(map);
}

NOINLINE static void fill_weak_values(loam_list *map)
{
    for (int i = 0; i < MANY; i++) {
        node *value = node_new(NULL, NULL);
        keep(map, entry_new(&entry_type, value, NULL));
        loam_release(value);
    }
}

LOAM_TEST(weakref, an_entry_is_told_of_its_objects_death)
{
    loam_list *map = loam_list_new();

    fill_weak_values(map);
    collect_everything();
    assert_gone(died_count, MANY);
    loam_release(map);
}

static bool make_entries(void *context)
{
    loam_auto loam__weak_entry *ephemeron = entry_new(&ephemeron_type, context, context);
    loam_auto loam__weak_entry *entry = entry_new(&entry_type, context, NULL);

    return ephemeron && entry;
}

LOAM_TEST(weakref, an_entry_is_attached_or_not_when_memory_fails)
{
    node *key = node_new(NULL, NULL);

    cr_assert_geq(fail_each_allocation(make_entries, key), 3);
    cr_assert_eq(died_count, 0);
    loam_release(key);
}
