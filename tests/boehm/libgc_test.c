/*
 * loam in a program that uses libgc itself: threads that libgc has made or the program has registered, and what loam's
 * settings come to in libgc.
 */
#include "tests/harness.h"

#include "containers/sequence.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define GC_THREADS 1
#define GC_NO_THREAD_REDIRECTS 1
#include <gc/gc.h>

#define NOINLINE __attribute__((noinline))

#define MUST_IN_THREAD(condition)                                                                                      \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return (char *)"not so: " #condition;                                                                      \
    } while (0)

/* In a thread that libgc makes. What went wrong, or NULL. */
static const char *in_thread_of_libgc(void *(*work)(void *context), void *context)
{
    pthread_t thread;
    void *problem = NULL;

    cr_assert_eq(GC_pthread_create(&thread, NULL, work, context), 0);
    cr_assert_eq(GC_pthread_join(thread, &problem), 0);
    return problem;
}

static void make_garbage(void)
{
    for (int i = 0; i < 1000; i++)
        loam_release(loam_list_of(i, LOAM_LIST(i)));
}

static void *use_loam(void *context)
{
    loam_auto loam_list *list = loam_list_of(1, LOAM_LIST(2));

    (void)context;
    MUST_IN_THREAD(list);
    make_garbage();
    MUST_IN_THREAD(loam_gc_collect(2) >= 0 && loam_list_len(list) == 2);
    return NULL;
}

LOAM_TEST(libgc, makes_threads_that_use_loam)
{
    for (int i = 0; i < 10; i++) {
        const char *problem = in_thread_of_libgc(use_loam, NULL);
        cr_assert_null(problem, "%s", problem);
    }
    loam_gc_collect(2);
}

/* libgc gives such a thread up before destructors run. */

static pthread_key_t ending;
static const char *problem_at_end;

static void use_loam_at_end(void *context)
{
    problem_at_end = use_loam(context);
}

static void *use_loam_until_the_end(void *context)
{
    MUST_IN_THREAD(pthread_setspecific(ending, context) == 0);
    return use_loam(NULL);
}

LOAM_TEST(libgc, makes_threads_that_use_loam_in_destructors)
{
    cr_assert_eq(pthread_key_create(&ending, use_loam_at_end), 0);
    for (int i = 0; i < 10; i++) {
        const char *problem = in_thread_of_libgc(use_loam_until_the_end, &ending);
        cr_assert_null(problem, "%s", problem);
        cr_assert_null(problem_at_end, "%s", problem_at_end);
    }
    pthread_key_delete(ending);
    loam_gc_collect(2);
}

/* A thread that ends with much that is due: it is given back while another thread collects. */

enum { MANY = 100000 };

static int64_t told;
static bool ends_thread;
static bool has_ended;

static void count_or_end(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
    told++;
    if (ends_thread) {
        ends_thread = false;
        pthread_exit(NULL);
    }
}

NOINLINE static loam_list *watch_many(void)
{
    loam_list *refs = loam_list_new();

    for (int i = 0; i < MANY; i++) {
        loam_auto loam_list *target = loam_list_of(i);
        loam_weakref *ref = loam_weakref_new_callback(loam_from(target), count_or_end, NULL);
        if (loam_list_append_take(refs, loam_from(ref)) < 0)
            break;
    }
    return refs;
}

static void note_end(void *context)
{
    (void)context;
    __atomic_store_n(&has_ended, true, __ATOMIC_RELEASE);
}

static void *end_in_callback(void *refs)
{
    pthread_cleanup_push(note_end, NULL);
    loam_gc_disable();
    *(loam_list **)refs = watch_many();
    loam_gc_enable();
    ends_thread = true;
    loam_gc_collect(2);
    pthread_cleanup_pop(1);
    return (char *)"no callback was called";
}

LOAM_TEST(libgc, makes_threads_that_leave_what_is_due_to_others)
{
    static loam_list *refs;

    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        told = 0;
        has_ended = false;
        cr_assert_eq(GC_pthread_create(&thread, NULL, end_in_callback, &refs), 0);
        while (!__atomic_load_n(&has_ended, __ATOMIC_ACQUIRE))
            continue;
        for (int j = 0; j < 10; j++) {
            GC_gcollect();
            usleep(200); /* it needs libgc's lock to be given up, and has left soon after */
        }
        cr_assert_eq(GC_pthread_join(thread, NULL), 0);
        make_garbage();
        collect_everything();
        assert_gone((size_t)told, MANY);
        loam_release(loam_move(&refs));
    }
}

/* Threads that the program has registered, and that it takes from libgc itself. */

static void *register_and_use_loam(void *context)
{
    struct GC_stack_base base;
    void *problem;

    MUST_IN_THREAD(GC_get_stack_base(&base) == GC_SUCCESS && GC_register_my_thread(&base) == GC_SUCCESS);
    problem = use_loam(context);
    MUST_IN_THREAD(GC_thread_is_registered()); /* that is the program's affair, also when it detaches */
    MUST_IN_THREAD(loam_thread_attach() == LOAM_OK && loam_thread_detach() == LOAM_OK && GC_thread_is_registered());
    GC_unregister_my_thread();
    return problem;
}

LOAM_TEST(libgc, leaves_threads_registered_that_the_program_has_registered)
{
    for (int i = 0; i < 10; i++) {
        pthread_t thread;
        void *problem = NULL;
        cr_assert_eq(pthread_create(&thread, NULL, register_and_use_loam, NULL), 0);
        cr_assert_eq(pthread_join(thread, &problem), 0);
        cr_assert_null(problem, "%s", (char *)problem);
        loam_gc_collect(2);
    }
}

/* Buffers. libgc holds a large one by any word that points into it where it has been started so by the program, as in
 * traps.sh, but not those that loam makes, and it does not begin to when they have grown. */

enum { GROWN = 40, IN_GROWN = 10000 /* 80 KB of references */ };

static int64_t gone;

static void count_gone(void *context)
{
    (void)context;
    gone++;
}

NOINLINE static void drop_grown(const loam_value **inside)
{
    loam_auto loam_list *list = loam_list_new();
    loam_auto loam_tuple *last = loam_tuple_of(1);

    for (int i = 1; i < IN_GROWN; i++)
        cr_assert_eq(loam_list_append(list, i), LOAM_OK);
    cr_assert_eq(loam_finalize(loam_from(last), count_gone, NULL), LOAM_OK);
    cr_assert_eq(loam_list_append(list, last), LOAM_OK);
    *inside = &list->items[IN_GROWN - 1];
}

LOAM_TEST(libgc, does_not_hold_a_buffer_that_has_grown_by_its_middle)
{
    static const loam_value *inside[GROWN];

    for (int i = 0; i < GROWN; i++)
        drop_grown(&inside[i]);
    collect_everything();
    cr_assert_geq(gone, GROWN / 2, "%d of %d are gone", (int)gone, GROWN); /* by the middle all would be held */
}

/* Finalizers. Where the program has left it to libgc to run its own, these run inside of allocations; ours do not. */

enum { FINALIZED = 1000, KEPT = 4096 };

static int64_t finalized;

static void count_finalized(void *self)
{
    (void)self;
    finalized++;
}

static loam_type finalized_type = {.name = "finalized", .size = sizeof(loam_object), .finalize = count_finalized};

NOINLINE static void drop_finalized(void)
{
    for (int i = 0; i < FINALIZED; i++)
        loam_release(loam_new(&finalized_type));
}

LOAM_TEST(libgc, runs_no_finalizer_inside_of_an_allocation)
{
    static loam_list *kept[KEPT];
    GC_word before;

    drop_finalized();
    finalized = 0;
    before = GC_get_gc_no();
    for (int i = 0; GC_get_gc_no() < before + 3; i = (i + 1) % KEPT)
        kept[i] = loam_list_of(i, "a text that is an object", 2.5);
    cr_assert_eq(finalized, 0);
    loam_release(kept[0]);
    cr_assert_gt(finalized, 0, "that was a safe point");
    collect_everything();
    cr_assert_leq(finalized, FINALIZED);
}

/* Settings and figures. */

LOAM_TEST(libgc, divides_by_what_the_third_threshold_says)
{
    int64_t before[LOAM_GC_GENERATIONS];
    const int64_t percents[] = {10, 50, 66, 100, 200, 1000};
    const GC_word divisors[] = {20, 4, 3, 2, 1, 1};

    loam_gc_get_threshold(before);
    cr_assert_eq(before[2], 200 / (int64_t)GC_get_free_space_divisor());
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        cr_assert_eq(loam_gc_set_threshold(LOAM_OMIT, LOAM_OMIT, percents[i]), LOAM_OK);
        cr_assert_eq(GC_get_free_space_divisor(), divisors[i]);
    }
    cr_assert_eq(loam_gc_set_threshold(700, 5, LOAM_OMIT), LOAM_OK);
    cr_assert_eq(GC_get_free_space_divisor(), 1, "the others are of no account");
    cr_assert_not(GC_is_disabled());
    cr_assert_eq(loam_gc_set_threshold(before[0], before[1], before[2]), LOAM_OK);
}

LOAM_TEST(libgc, is_disabled_by_a_first_or_third_threshold_of_0)
{
    int64_t before[LOAM_GC_GENERATIONS];

    loam_gc_get_threshold(before);
    cr_assert_eq(loam_gc_set_threshold(0, LOAM_OMIT, LOAM_OMIT), LOAM_OK);
    cr_assert(GC_is_disabled());
    cr_assert(loam_gc_is_enabled(), "that is another setting");
    cr_assert_eq(loam_gc_set_threshold(LOAM_OMIT, LOAM_OMIT, 0), LOAM_OK);
    loam_gc_disable();
    cr_assert_eq(loam_gc_set_threshold(before[0], LOAM_OMIT, LOAM_OMIT), LOAM_OK);
    loam_gc_enable();
    cr_assert(GC_is_disabled(), "the third is 0 still");
    cr_assert_eq(loam_gc_set_threshold(LOAM_OMIT, LOAM_OMIT, before[2]), LOAM_OK);
    cr_assert_not(GC_is_disabled());
}

static int64_t clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

enum { PAUSE_US = 20000 };

static GC_on_collection_event_proc loam_listens;

/* A collection that waits, as for the threads that it stops or that mark: no CPU time passes. */
static void GC_CALLBACK pause_at_start(GC_EventType event)
{
    loam_listens(event);
    if (event == GC_EVENT_START)
        usleep(PAUSE_US);
}

LOAM_TEST(libgc, makes_the_program_wait_as_long_as_the_clock_says)
{
    loam_gc_stats stats[LOAM_GC_GENERATIONS];
    int64_t start;

    loam_release(loam_list_new());
    loam_listens = GC_get_on_collection_event();
    GC_set_on_collection_event(pause_at_start);
    start = clock_ns();
    GC_gcollect();
    loam_gc_get_stats(stats);
    cr_assert_leq(stats[2].longest_ns, clock_ns() - start);
    cr_assert_geq(stats[2].longest_ns, (int64_t)PAUSE_US * 1000);
    GC_set_on_collection_event(loam_listens);
}

LOAM_TEST(libgc, counts_what_was_allocated_since_the_last_collection)
{
    int64_t counts[LOAM_GC_GENERATIONS];
    loam_auto loam_list *large = loam_list_new();

    loam_gc_disable();
    loam_gc_collect(2);
    loam_gc_get_count(counts);
    cr_assert(counts[0] == 0 && counts[1] == 0 && counts[2] >= 0 && counts[2] < 10, "%d", (int)counts[2]);
    cr_assert_eq(loam_list_reserve(large, 1 << 22), LOAM_OK);
    loam_gc_get_count(counts);
    cr_assert(counts[0] == 0 && counts[1] == 0 && counts[2] > 50 && counts[2] <= 100, "%d", (int)counts[2]);
    loam_gc_collect(2);
    loam_gc_get_count(counts);
    cr_assert_lt(counts[2], 10);
    loam_gc_enable();
}

/* What is reachable from nowhere for a moment while a container grows would be lost in a stress build. */
#if LOAM_STRESS
LOAM_TEST(libgc, collects_between_allocations_in_a_stress_build)
{
    loam_gc_stats before[LOAM_GC_GENERATIONS];
    loam_gc_stats after[LOAM_GC_GENERATIONS];

    loam_gc_get_stats(before);
    for (int i = 0; i < 10000; i++)
        loam_release(loam_list_new());
    loam_gc_get_stats(after);
    cr_assert(after[2].collections >= before[2].collections + 20);
}
#endif
