/*
 * fork(): the child has all that the calling thread had, and goes on.
 */
#include "tests/harness.h"

#include <pthread.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))
#define MUST_IN_CHILD(condition)                                                                                       \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return "not so: " #condition;                                                                              \
    } while (0)

enum { MANY = 1000, WORKERS = 3 };

typedef struct node {
    loam_object loam;
    struct node *other;
} node;

static size_t finalized, called;

static void finalize(void *self)
{
    (void)self;
    finalized++;
}

static void call(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
    called++;
}

/* Of objects that only a thread has which the child does not. */
static size_t finalized_of_others;

static void finalize_of_others(void *self)
{
    (void)self;
    __atomic_add_fetch(&finalized_of_others, 1, __ATOMIC_RELAXED);
}

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, other)), .finalize = finalize};
static loam_type others_type = {.name = "node of another thread",
                                .size = sizeof(node),
                                .refs = LOAM_REFS(offsetof(node, other)),
                                .finalize = finalize_of_others};

/* What the thread has before the fork: pairs, a weak reference to one of each with a callback, text, a dict, a root. */
static struct {
    loam_list *pairs, *weakrefs, *texts;
    loam_dict *dict;
    loam_root *root;
    loam_heap *heap;
} had;

static bool are_all(size_t count, size_t many)
{
    return count <= many && count >= (loam_gc_has(LOAM_GC_EXACT_CYCLES) ? many : many - many / 20);
}

static bool add_pair(void)
{
    loam_auto node *a = loam_new(&node_type);
    loam_auto node *b = loam_new(&node_type);

    return loam_slot_set(a, &a->other, loam_from(b)) == LOAM_OK &&
           loam_slot_set(b, &b->other, loam_from(a)) == LOAM_OK &&
           loam_list_append(had.pairs, loam_from(a)) == LOAM_OK &&
           loam_list_append(had.weakrefs, LOAM_TAKE(loam_from(loam_weakref_new_callback(loam_from(a), call, NULL)))) ==
               LOAM_OK;
}

NOINLINE static const char *prepare(void)
{
    had.pairs = loam_list_new();
    had.weakrefs = loam_list_new();
    had.texts = loam_list_new();
    had.dict = loam_dict_new();
    had.heap = loam_heap_new();
    for (int i = 0; i < MANY; i++)
        MUST_IN_CHILD(add_pair() && loam_list_append(had.texts, "a text that is an object") == LOAM_OK &&
                      loam_dict_set(had.dict, i, LOAM_LIST(i)) == LOAM_OK);
    had.root = loam_root_new(LOAM_NONE);
    MUST_IN_CHILD(had.root && loam_root_set(had.root, loam_list_get_peek(had.texts, 0)) == LOAM_OK && had.heap);
    return NULL;
}

NOINLINE static void forget(void)
{
    loam_release(loam_move(&had.pairs));
    loam_release(loam_move(&had.weakrefs));
    loam_release(loam_move(&had.texts));
    loam_release(loam_move(&had.dict));
    loam_root_free(loam_move(&had.root));
    if (had.heap)
        cr_assert_eq(loam_heap_free(loam_move(&had.heap)), LOAM_OK);
    collect_everything();
}

NOINLINE static size_t count_cleared(void)
{
    size_t count = 0;

    for (int64_t i = 0; i < loam_list_len(had.weakrefs); i++) {
        loam_auto_value loam_value target = loam_weakref_get(loam_to_weakref_peek(loam_list_get_peek(had.weakrefs, i)));
        count += loam_is_none(target);
    }
    return count;
}

static loam_type new_type = {.name = "new", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, other))};

/* New objects, of a type that is new too. */
NOINLINE static const char *make_more(void)
{
    loam_auto loam_list *list = loam_list_new();

    for (int i = 0; i < 10 * MANY; i++) {
        loam_auto node *n = loam_new(&new_type);
        MUST_IN_CHILD(n && loam_slot_set(n, &n->other, loam_from(n)) == LOAM_OK);
        MUST_IN_CHILD(loam_list_append(list, LOAM_DICT("number", i)) == LOAM_OK);
    }
    MUST_IN_CHILD(loam_list_len(list) == 10 * MANY);
    return NULL;
}

static void *work_in_new_thread(void *context)
{
    (void)context;
    if (loam_thread_attach() < 0)
        return (char *)"attach";
    if (make_more() || loam_gc_collect(2) < 0)
        return (char *)"work in a new thread";
    return loam_thread_detach() < 0 ? (char *)"detach" : NULL;
}

NOINLINE static const char *start_thread(void)
{
    pthread_t thread;
    void *problem = NULL;

    MUST_IN_CHILD(pthread_create(&thread, NULL, work_in_new_thread, NULL) == 0);
    MUST_IN_CHILD(pthread_join(thread, &problem) == 0);
    return problem;
}

NOINLINE static const char *use_what_there_was(void)
{
    int64_t number = 0;
    loam_root *root = loam_root_new(loam_from(had.dict));

    MUST_IN_CHILD(root && loam_root_peek(root).word == loam_from(had.dict).word);
    loam_root_free(root);
    MUST_IN_CHILD(loam_list_append(had.texts, "more") == LOAM_OK && loam_list_len(had.texts) == MANY + 1);
    MUST_IN_CHILD(loam_dict_set(had.dict, "number", 5) == LOAM_OK);
    MUST_IN_CHILD(loam_dict_get_int(had.dict, "number", &number) == LOAM_OK && number == 5);
    MUST_IN_CHILD(loam_is_str(loam_root_peek(had.root)) && loam_root_set(had.root, LOAM_NONE) == LOAM_OK);
    MUST_IN_CHILD(loam_heap_enter(had.heap) == LOAM_OK && !make_more() && loam_heap_leave(had.heap) == LOAM_OK);
    return NULL;
}

NOINLINE static const char *go_on(void)
{
    const char *problem;

    finalized = called = 0;
    MUST_IN_CHILD(count_cleared() == 0);
    if ((problem = use_what_there_was()) || (problem = make_more()) || (problem = start_thread()))
        return problem;
    MUST_IN_CHILD(finalized == 0 && called == 0);
    loam_release(loam_move(&had.pairs));
    collect_everything();
    MUST_IN_CHILD(are_all(count_cleared(), MANY) && are_all(called, MANY) && are_all(finalized, 2 * MANY));
    collect_everything();
    MUST_IN_CHILD(called <= MANY && finalized <= 2 * MANY);
    return NULL;
}

static const char *go_on_without_others(void)
{
    size_t before = finalized_of_others;
    const char *problem = go_on();

    return problem || finalized_of_others == before ? problem : "an object of another thread was finalized";
}

/* The parent is as it was, and can do the same. */
LOAM_TEST(fork, a_child_goes_on_with_all_that_there_was)
{
    cr_assert_null(prepare());
    cr_assert(succeeds_in_child(go_on));
    cr_assert_eq(count_cleared(), 0);
    cr_assert_eq(finalized, 0);
    cr_assert(succeeds_in_child(go_on), "a second child");
    cr_assert_null(go_on());
    forget();
}

static const char *fork_again(void)
{
    const char *problem = use_what_there_was();

    if (problem)
        return problem;
    loam_release(loam_list_pop(had.texts, -1));
    return succeeds_in_child(make_more) ? NULL : "the child's child";
}

LOAM_TEST(fork, a_child_has_children)
{
    cr_assert_null(prepare());
    cr_assert(succeeds_in_child(fork_again));
    forget();
}

/* Threads that make, drop, collect, have finalizers and enter heaps while another one forks. */

static struct {
    pthread_t threads[WORKERS];
    pthread_barrier_t started;
    bool stop;
} workers;

/* Most of the time somebody has a lock. */
static const char *work_for_a_while(loam_heap *heap)
{
    for (int i = 0; i < 20 * MANY; i++) {
        loam_root *root = loam_root_new(LOAM_TRUE);
        if (!root)
            return "no root";
        loam_root_free(root);
    }
    if (loam_heap_enter(heap) < 0 || make_more() || loam_heap_leave(heap) < 0 || loam_gc_collect(2) < 0)
        return "a worker failed";
    loam_gc_disable();
    loam_gc_enable();
    return NULL;
}

NOINLINE static loam_list *make_own(void)
{
    loam_list *own = loam_list_new();

    for (int i = 0; i < MANY; i++)
        if (loam_list_append(own, LOAM_TAKE(loam_from((node *)loam_new(&others_type)))) < 0)
            return NULL;
    return own;
}

static void *work(void *context)
{
    loam_heap *heap = loam_heap_new();
    loam_auto loam_list *own = make_own();
    const char *problem = heap && own ? NULL : "nothing to work with";

    (void)context;
    pthread_barrier_wait(&workers.started);
    while (!problem && !__atomic_load_n(&workers.stop, __ATOMIC_RELAXED))
        problem = work_for_a_while(heap);
    if (!problem && loam_heap_free(heap) < 0)
        problem = "the heap of a worker";
    return (char *)problem;
}

/* With AddressSanitizer malloc itself may be locked in the child. */
static int workers_here(void)
{
    return is_instrumented() ? 0 : WORKERS;
}

static void start_workers(void)
{
    workers.stop = false;
    pthread_barrier_init(&workers.started, NULL, (unsigned)workers_here() + 1);
    for (int i = 0; i < workers_here(); i++)
        cr_assert_eq(pthread_create(&workers.threads[i], NULL, work, NULL), 0);
    pthread_barrier_wait(&workers.started);
}

static void stop_workers(void)
{
    void *problem = NULL;

    __atomic_store_n(&workers.stop, true, __ATOMIC_RELAXED);
    for (int i = 0; i < workers_here(); i++) {
        pthread_join(workers.threads[i], &problem);
        cr_assert_null(problem, "%s", (char *)problem);
    }
}

LOAM_TEST(fork, a_child_goes_on_without_the_threads_that_worked_beside_it)
{
    cr_assert_null(prepare());
    start_workers();
    for (unsigned i = 0; i < rounds(20); i++)
        cr_assert(succeeds_in_child(go_on_without_others));
    stop_workers();
    cr_assert_null(go_on());
    forget();
}

static void *fork_in_thread(void *context)
{
    bool *is_good = context;

    *is_good = !prepare() && succeeds_in_child(go_on_without_others) && !go_on();
    forget();
    return NULL;
}

LOAM_TEST(fork, any_thread_may_fork)
{
    static bool is_good;
    pthread_t thread;

    start_workers();
    cr_assert_eq(pthread_create(&thread, NULL, fork_in_thread, &is_good), 0);
    pthread_join(thread, NULL);
    stop_workers();
    cr_assert(is_good);
}

static const char *begin(void)
{
    const char *problem = prepare();

    return problem ? problem : go_on_without_others();
}

static void *fork_unknown(void *context)
{
    *(bool *)context = !loam__gc_thread_is_known() && succeeds_in_child(begin);
    return NULL;
}

LOAM_TEST(fork, a_thread_that_has_made_nothing_may_fork)
{
    static bool is_good;
    pthread_t thread;

    start_workers();
    cr_assert_eq(pthread_create(&thread, NULL, fork_unknown, &is_good), 0);
    pthread_join(thread, NULL);
    stop_workers();
    cr_assert(is_good);
}

/* What is set is inherited: a thread that has switched collections off in the parent is not there to switch them on. */

static pthread_barrier_t switched_off, done;

static void *switch_off(void *context)
{
    (void)context;
    loam_gc_disable();
    pthread_barrier_wait(&switched_off);
    pthread_barrier_wait(&done);
    return NULL;
}

static int64_t count_collections(void)
{
    loam_gc_stats stats[LOAM_GC_GENERATIONS];
    int64_t count = 0;

    loam_gc_get_stats(stats);
    for (int i = 0; i < LOAM_GC_GENERATIONS; i++)
        count += stats[i].collections;
    return count;
}

static const char *collect_by_itself(void)
{
    int64_t before = count_collections();
    const char *problem = NULL;

    for (int i = 0; i < 50 && !problem; i++)
        problem = make_more();
    if (!problem && count_collections() == before)
        problem = "no collection has started";
    return problem;
}

LOAM_TEST(fork, a_thread_that_the_child_does_not_have_keeps_nothing_switched_off)
{
    pthread_t thread;

    pthread_barrier_init(&switched_off, NULL, 2);
    pthread_barrier_init(&done, NULL, 2);
    cr_assert_eq(pthread_create(&thread, NULL, switch_off, NULL), 0);
    pthread_barrier_wait(&switched_off);
    cr_assert(succeeds_in_child(collect_by_itself));
    pthread_barrier_wait(&done);
    pthread_join(thread, NULL);
    collect_everything();
}
