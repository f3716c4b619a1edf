/*
 * Finalizers of types, and functions to be called when an object is gone: when they run, in which order, what they may
 * do.
 *
 * As in weakref_test.c, what has to go is made many times over.
 */
#include "tests/harness.h"

#include "gc/backend.h"

#include <pthread.h>

#define NOINLINE __attribute__((noinline))

enum { MANY = 1000 };

/* What finalizers find: fields as they were, referred-to objects that are not disposed of. */
#define ALIVE 0x0a11feed
#define DISPOSED 0x0dead0ff

typedef struct thing {
    loam_object loam;
    struct thing *one, *two;
    loam_weakref *ref; /* to itself or its neighbour */
    int64_t number;
    uint64_t state;
} thing;

static int64_t finalized[MANY * 100];
static size_t finalized_count, disposed_count, gone_count;
static loam_list *saved;
static const char *problem;

static void note_problem(bool is_good, const char *text)
{
    if (!is_good && !problem)
        problem = text;
}

static void check_no_problem(void)
{
    cr_assert_null(problem, "%s", problem);
}

static void dispose(void *self)
{
    thing *t = self;

    note_problem(t->state == ALIVE, "disposed of twice");
    t->state = DISPOSED;
    disposed_count++;
}

static bool is_cleared(loam_weakref *ref)
{
    loam_auto_value loam_value value = loam_weakref_get(ref);
    return loam_is_none(value);
}

static void finalize(void *self)
{
    thing *t = self;

    note_problem(t->state == ALIVE, "finalized after it was disposed of");
    note_problem(!t->one || t->one->state == ALIVE, "what it refers to was disposed of before it was finalized");
    note_problem(!t->two || t->two->state == ALIVE, "what it refers to was disposed of before it was finalized");
    note_problem(!t->ref || is_cleared(t->ref), "a weak reference outlives the beginning of finalization");
    note_problem(finalized_count < sizeof finalized / sizeof *finalized, "finalized too often");
    finalized[finalized_count++] = t->number;
}

static void finalize_and_save(void *self)
{
    finalize(self);
    if (loam_list_append(saved, loam_from((thing *)self)) < 0)
        note_problem(false, "not saved");
}

#define FIELDS LOAM_REFS(offsetof(thing, one), offsetof(thing, two), offsetof(thing, ref))

static loam_type plain_type = {.name = "plain", .size = sizeof(thing), .refs = FIELDS};
static loam_type finalized_type = {.name = "finalized", .size = sizeof(thing), .refs = FIELDS, .finalize = finalize};
static loam_type external_type = {
    .name = "external", .size = sizeof(thing), .refs = FIELDS, .dispose = dispose, .external = true};
static loam_type both_type = {
    .name = "both", .size = sizeof(thing), .refs = FIELDS, .finalize = finalize, .dispose = dispose, .external = true};
static loam_type saved_type = {.name = "saved",
                               .size = sizeof(thing),
                               .refs = FIELDS,
                               .finalize = finalize_and_save,
                               .dispose = dispose,
                               .external = true};

static thing *thing_new(loam_type *type, int64_t number)
{
    thing *t = loam_new(type);

    cr_assert(t);
    t->number = number;
    t->state = ALIVE;
    return t;
}

/* `what` is taken. */
static void refer(thing *t, void *field, void *what)
{
    cr_assert_eq(loam_slot_set_take(t, field, loam_from((loam_object *)what)), LOAM_OK);
}

static void note_gone(void *context)
{
    (void)context;
    gone_count++;
}

static void when_gone(void *object, loam_finalizer *function, int64_t number)
{
    cr_assert_eq(loam_finalize(loam_from((loam_object *)object), function, (void *)(intptr_t)number), LOAM_OK);
}

/* Each number of 0 to many - 1 at most once, and nearly all of them. */
static void check_finalized_once(size_t many)
{
    static bool seen[sizeof finalized / sizeof *finalized];

    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < finalized_count; i++) {
        cr_assert(finalized[i] >= 0 && (size_t)finalized[i] < many && !seen[finalized[i]], "finalized twice");
        seen[finalized[i]] = true;
    }
    assert_gone(finalized_count, many);
    check_no_problem();
}

/* Once. */

NOINLINE static void make_alone(loam_type *type, int64_t many)
{
    for (int64_t i = 0; i < many; i++)
        loam_release(thing_new(type, i));
}

LOAM_TEST(finalize, runs_when_the_last_reference_goes)
{
    make_alone(&finalized_type, 1);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        cr_assert_eq(finalized_count, 1);
}

LOAM_TEST(finalize, runs_once_for_each_of_ten_thousand)
{
    make_alone(&finalized_type, 10 * MANY);
    collect_everything();
    check_finalized_once(10 * MANY);
    collect_everything();
    check_finalized_once(10 * MANY);
}

NOINLINE static void make_rings(loam_type *type, loam_type *second, int64_t many)
{
    for (int64_t i = 0; i < many; i++) {
        thing *a = thing_new(type, i);
        thing *b = thing_new(second, i);
        refer(a, &a->ref, loam_weakref_new(loam_from(b)));
        refer(b, &b->ref, loam_weakref_new(loam_from(a)));
        refer(b, &b->one, loam_retain(a));
        refer(a, &a->one, b);
        refer(a, &a->two, loam_retain(a));
        loam_release(a);
    }
}

LOAM_TEST(finalize, runs_once_in_a_cycle)
{
    make_rings(&finalized_type, &plain_type, MANY);
    collect_everything();
    check_finalized_once(MANY);
}

LOAM_TEST(finalize, finds_every_weak_reference_into_the_cycle_cleared)
{
    make_rings(&finalized_type, &external_type, MANY);
    collect_everything();
    check_finalized_once(MANY);
    assert_gone(disposed_count, MANY);
}

LOAM_TEST(finalize, comes_before_dispose)
{
    make_alone(&both_type, MANY);
    make_rings(&plain_type, &external_type, MANY);
    collect_everything();
    check_finalized_once(MANY);
    assert_gone(disposed_count, 2 * MANY);
}

/* a, which has a finalizer, owns b, which owns more than memory. */
NOINLINE static void make_owners(int64_t many)
{
    for (int64_t i = 0; i < many; i++) {
        thing *a = thing_new(i % 2 ? &both_type : &finalized_type, i);
        refer(a, &a->one, thing_new(&external_type, i));
        loam_release(a);
    }
}

LOAM_TEST(finalize, finds_what_the_object_owns_not_disposed_of)
{
    make_owners(MANY);
    collect_everything();
    check_finalized_once(MANY);
    assert_gone(disposed_count, MANY + MANY / 2);
}

/* Where objects with finalizers die before each collection. */
LOAM_TEST(finalize, others_with_finalizers_do_not_delay_dispose_for_ever)
{
    make_alone(&external_type, MANY);
    for (int i = 0; i < 2000 && disposed_count < MANY - MANY / 20; i++) {
        make_alone(&finalized_type, 5);
        for (int j = 0; j < 5000; j++)
            loam_release(loam_list_of(j, j, j, j, j, j, j, j));
    }
    check_no_problem();
    assert_gone(disposed_count, MANY);
}

/* Back to life. */

NOINLINE static void drop_saved(void)
{
    cr_assert_eq(loam_list_clear(saved), LOAM_OK);
}

LOAM_TEST(finalize, may_save_its_object_which_then_dies_without)
{
    saved = loam_list_new();
    make_alone(&saved_type, MANY);
    collect_everything();
    check_finalized_once(MANY);
    assert_gone((size_t)loam_list_len(saved), MANY);
    cr_assert_eq(disposed_count, 0);
    drop_saved();
    collect_everything();
    check_finalized_once(MANY);
    assert_gone(disposed_count, MANY);
    loam_release(saved);
}

NOINLINE static void check_saved_pairs(void)
{
    for (int64_t i = 0; i < loam_list_len(saved); i++) {
        thing *a = loam_to_peek(loam_list_get_peek(saved, i), &saved_type);
        cr_assert(a && a->state == ALIVE && a->one->state == ALIVE);
        cr_assert_eq(a->one->number, a->number);
        cr_assert_eq(a->one->one, a);
    }
}

LOAM_TEST(finalize, may_save_what_dies_together_with_its_object)
{
    saved = loam_list_new();
    make_rings(&saved_type, &external_type, MANY);
    for (int i = 0; i < 3; i++) {
        collect_everything();
        check_finalized_once(MANY);
        cr_assert_eq(disposed_count, 0);
        check_saved_pairs();
    }
    drop_saved();
    collect_everything();
    check_finalized_once(MANY);
    assert_gone(disposed_count, 2 * MANY);
    loam_release(saved);
}

/* Functions. */

static int64_t calls[3 * MANY];

static void note_call(void *context)
{
    note_problem(gone_count < 3 * MANY, "called too often");
    calls[gone_count++] = (int64_t)(intptr_t)context;
}

NOINLINE static void make_with_functions(loam_type *type)
{
    for (int64_t i = 0; i < MANY; i++) {
        thing *t = thing_new(type, i);
        refer(t, &t->one, loam_retain(t));
        for (int64_t j = 0; j < 3; j++)
            when_gone(t, note_call, 3 * i + j);
        if (i % 2)
            loam_release(loam_slot_take(t, &t->one));
        loam_release(t);
    }
}

LOAM_TEST(finalize, functions_are_called_once_each_from_the_last_to_the_first)
{
    static bool seen[3 * MANY];

    make_with_functions(&plain_type);
    collect_everything();
    assert_gone(gone_count, 3 * MANY);
    for (size_t i = 0; i < gone_count; i++) {
        cr_assert_not(seen[calls[i]], "called twice");
        seen[calls[i]] = true;
        cr_assert(calls[i] % 3 == 2 || (i > 0 && calls[i - 1] == calls[i] + 1));
    }
}

static void check_finalized_before(void *context)
{
    gone_count++;
    for (size_t i = 0; i < finalized_count; i++)
        if (finalized[i] == (int64_t)(intptr_t)context)
            return;
    note_problem(false, "a function is called before the finalizer has run");
}

NOINLINE static void make_finalized_with_functions(loam_type *type)
{
    for (int64_t i = 0; i < MANY; i++) {
        thing *t = thing_new(type, i);
        when_gone(t, check_finalized_before, i);
        if (i % 2)
            refer(t, &t->two, loam_retain(t));
        loam_release(t);
    }
}

LOAM_TEST(finalize, functions_are_called_after_the_finalizer)
{
    make_finalized_with_functions(&finalized_type);
    collect_everything();
    check_finalized_once(MANY);
    assert_gone(gone_count, MANY);
}

LOAM_TEST(finalize, functions_of_a_saved_object_wait_until_it_is_gone)
{
    saved = loam_list_new();
    make_finalized_with_functions(&saved_type);
    collect_everything();
    assert_gone(finalized_count, MANY);
    cr_assert_eq(gone_count, 0);
    drop_saved();
    collect_everything();
    collect_everything();
    check_no_problem();
    assert_gone(gone_count, MANY);
    loam_release(saved);
}

static void note_other(void *context)
{
    (void)context;
    note_problem(false, "called off and called");
}

NOINLINE static void make_called_off(void)
{
    for (int64_t i = 0; i < MANY; i++) {
        thing *t = thing_new(&plain_type, i);
        loam_value value = loam_from(t);
        when_gone(t, note_gone, 1);
        when_gone(t, note_other, 2);
        when_gone(t, note_gone, 3);
        when_gone(t, note_other, 2);
        loam_auto loam_weakref *ref = loam_weakref_new(value);
        cr_assert_eq(loam_finalize_cancel(value, note_other, (void *)2), LOAM_OK);
        cr_assert_eq(loam_finalize_cancel(value, note_other, (void *)2), LOAM_OK);
        cr_assert_eq(loam_finalize_cancel(value, note_other, (void *)2), LOAM_MISSING);
        cr_assert_eq(loam_finalize_cancel(value, note_gone, (void *)2), LOAM_MISSING);
        cr_assert_eq(loam_finalize_cancel(value, note_gone, (void *)3), LOAM_OK);
        cr_assert_not(is_cleared(ref));
        loam_release(t);
    }
}

LOAM_TEST(finalize, functions_can_be_called_off)
{
    make_called_off();
    collect_everything();
    check_no_problem();
    assert_gone(gone_count, MANY);
}

LOAM_TEST(finalize, functions_need_an_object_with_an_identity)
{
    loam_auto loam_list *values = loam_list_of(1, 1e300, "text", LOAM_NONE);

    for (int64_t i = 0; i < loam_list_len(values); i++) {
        cr_assert_eq(loam_finalize(loam_list_get_peek(values, i), note_gone, NULL), LOAM_ERR_TYPE);
        assert_failed(LOAM_ERR_TYPE);
        cr_assert_eq(loam_finalize_cancel(loam_list_get_peek(values, i), note_gone, NULL), LOAM_ERR_TYPE);
        assert_failed(LOAM_ERR_TYPE);
    }
    loam_fail(LOAM_ERR_INDEX, "before");
    cr_assert_eq(loam_finalize(LOAM_UNSET, note_gone, NULL), LOAM_ERR_INDEX);
    cr_assert_eq(loam_finalize_cancel(LOAM_UNSET, note_gone, NULL), LOAM_ERR_INDEX);
    loam_error_clear();
}

LOAM_TEST(finalize, functions_for_the_empty_tuple_are_never_called)
{
    loam_auto loam_tuple *empty = loam_tuple_new(NULL, 0);

    when_gone(empty, note_gone, 0);
    cr_assert_eq(loam_finalize_cancel(loam_from(empty), note_gone, NULL), LOAM_MISSING);
}

#if LOAM_CHECKS
static void ask_for_no_function(void)
{
    loam_auto loam_list *list = loam_list_new();
    loam_finalize(loam_from(list), NULL, NULL);
}

LOAM_TEST(finalize, without_a_function_is_a_bug)
{
    cr_assert(aborts(ask_for_no_function));
}
#endif

/* What finalizers may do. */

static unsigned depth;

static void finalize_and_do_much(void *self)
{
    loam_auto loam_list *list = loam_list_of("made", LOAM_LIST("by", "a finalizer"));
    loam_auto loam_dict *dict = loam_dict_of("list", list);

    depth++;
    note_problem(depth == 1, "one finalizer runs inside another");
    note_problem(loam_list_append(list, dict) == LOAM_OK, "no append");
    note_problem(loam_dict_clear(dict) == LOAM_OK, "no clear");
    note_problem(loam_gc_collect(2) == 0, "a collection inside a finalizer");
    loam_release(thing_new(&finalized_type, 0)); /* is finalized after this one has returned */
    loam_fail(LOAM_ERR_IO, "in the finalizer");
    finalize(self);
    depth--;
}

static loam_type busy_type = {.name = "busy", .size = sizeof(thing), .refs = FIELDS, .finalize = finalize_and_do_much};

LOAM_TEST(finalize, may_do_anything_and_fail)
{
    loam_fail(LOAM_ERR_INDEX, "before");
    make_alone(&busy_type, MANY);
    loam_gc_collect(2);
    assert_failed(LOAM_ERR_INDEX);
    collect_everything();
    cr_assert_eq(loam_error()->status, LOAM_OK);
    check_no_problem();
    assert_gone(finalized_count, 2 * MANY);
}

/* Each the only one that holds the next. */
NOINLINE static void make_chain(loam_type *type, int64_t many)
{
    thing *head = NULL;

    for (int64_t i = 0; i < many; i++) {
        thing *t = thing_new(type, i);
        if (head)
            refer(t, &t->one, head);
        head = t;
    }
    loam_release(head);
}

static const char *drop_chain(void)
{
    make_chain(&finalized_type, rounds(100 * MANY));
    collect_everything();
    return problem;
}

/* One stale word, where those count, keeps all of a chain. */
LOAM_TEST(finalize, a_chain_of_a_hundred_thousand_needs_no_stack)
{
    const char *text = on_small_stack(drop_chain);

    cr_assert_null(text, "%s", text);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        check_finalized_once(rounds(100 * MANY));
}

LOAM_TEST(finalize, a_chain_is_finalized_from_its_head)
{
    needs(LOAM_GC_PROMPT_FREE);
    make_chain(&both_type, MANY);
    for (size_t i = 0; i < MANY; i++)
        cr_assert_eq(finalized[i], MANY - 1 - (int64_t)i);
    check_finalized_once(MANY);
    cr_assert_eq(disposed_count, MANY);
}

/* Memory. */

static bool make_all_kinds(void *context)
{
    loam_auto thing *a = loam_new(&finalized_type);
    loam_auto thing *b = loam_new(&both_type);

    (void)context;
    if (a)
        a->state = ALIVE;
    if (b)
        b->state = ALIVE;
    return a && b && loam_finalize(loam_from(a), note_gone, NULL) == LOAM_OK &&
           loam_finalize(loam_from(a), note_gone, NULL) == LOAM_OK &&
           loam_finalize_cancel(loam_from(a), note_gone, NULL) == LOAM_OK;
}

LOAM_TEST(finalize, objects_are_made_or_not_when_memory_fails)
{
    loam_release(thing_new(&finalized_type, 0)); /* so that the types are known */
    loam_release(thing_new(&both_type, 0));
    cr_assert_geq(fail_each_allocation(make_all_kinds, NULL), 6);
    check_no_problem();
}

/* Threads. */

typedef struct work {
    pthread_t thread;
    unsigned finalized;
    bool is_elsewhere;
} work;

typedef struct owned {
    loam_object loam;
    struct owned *next;
    work *work;
} owned;

static void finalize_owned(void *self)
{
    work *w = ((owned *)self)->work;

    w->finalized++;
    w->is_elsewhere |= !pthread_equal(pthread_self(), w->thread);
}

static loam_type owned_type = {
    .name = "owned", .size = sizeof(owned), .refs = LOAM_REFS(offsetof(owned, next)), .finalize = finalize_owned};

static pthread_barrier_t all_done; /* what a thread leaves behind when it ends is for others to look after */

static void *work_with_finalizers(void *context)
{
    work *w = context;

    w->thread = pthread_self();
    for (int i = 0; i < 20000; i++) {
        owned *o = loam_new(&owned_type);
        if (!o)
            break;
        o->work = w;
        loam_release(o);
    }
    collect_everything();
    pthread_barrier_wait(&all_done);
    return NULL;
}

LOAM_TEST(finalize, runs_in_the_thread_of_the_object)
{
    static work works[4];
    pthread_t threads[4];

    pthread_barrier_init(&all_done, NULL, 4);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, work_with_finalizers, &works[i]), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 4; i++) {
        cr_assert_not(works[i].is_elsewhere);
        assert_gone(works[i].finalized, 20000);
    }
}
