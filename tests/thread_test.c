/*
 * Threads that ask to be known, and leave before they end.
 */
#include "tests/harness.h"

#include <pthread.h>

#define NOINLINE __attribute__((noinline))

enum { MANY = 1000 };

/* In a thread of its own. What went wrong, or NULL. */
static const char *in_thread(void *(*work)(void *context), void *context)
{
    pthread_t thread;
    void *problem = NULL;

    cr_assert_eq(pthread_create(&thread, NULL, work, context), 0);
    cr_assert_eq(pthread_join(thread, &problem), 0);
    return problem;
}

#define MUST_IN_THREAD(condition)                                                                                      \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return (char *)"not so: " #condition;                                                                      \
    } while (0)

static void *attach_and_detach(void *context)
{
    (void)context;
    MUST_IN_THREAD(loam_thread_detach() == LOAM_ERR_VALUE && loam_error()->status == LOAM_ERR_VALUE);
    MUST_IN_THREAD(!loam__gc_thread_is_known());
    MUST_IN_THREAD(loam_thread_attach() == LOAM_OK && loam__gc_thread_is_known());
    MUST_IN_THREAD(loam_thread_attach() == LOAM_OK);
    MUST_IN_THREAD(loam_thread_detach() == LOAM_OK && loam__gc_thread_is_known());
    MUST_IN_THREAD(loam_thread_detach() == LOAM_OK && !loam__gc_thread_is_known());
    MUST_IN_THREAD(loam_thread_detach() == LOAM_ERR_VALUE);
    return NULL;
}

LOAM_TEST(thread, is_known_from_the_first_attach_to_the_last_detach)
{
    const char *problem = in_thread(attach_and_detach, NULL);

    cr_assert_null(problem, "%s", problem);
}

static void *attach_with_objects(void *context)
{
    loam_auto loam_list *list = loam_list_of(1, "two");

    (void)context;
    MUST_IN_THREAD(loam__gc_thread_is_known());
    MUST_IN_THREAD(loam_thread_attach() == LOAM_OK);
    MUST_IN_THREAD(loam_thread_detach() == LOAM_OK && loam__gc_thread_is_known());
    collect_everything();
    MUST_IN_THREAD(loam_list_len(list) == 2);
    return NULL;
}

LOAM_TEST(thread, that_was_known_before_stays_known)
{
    const char *problem = in_thread(attach_with_objects, NULL);

    cr_assert_null(problem, "%s", problem);
}

/* Detaching as the thread ends, in a destructor of the program's, which runs before loam's or after it: in the second
 * round always after it. */

static pthread_key_t detaching;
static int rounds_left;
static loam_status detached;

static void detach_at_end(void *value)
{
    if (rounds_left-- > 0)
        pthread_setspecific(detaching, value);
    else
        detached = loam_thread_detach();
}

static void *end_attached(void *context)
{
    MUST_IN_THREAD(loam_thread_attach() == LOAM_OK && pthread_setspecific(detaching, context) == 0);
    loam_release(loam_list_of(1, 2));
    return NULL;
}

LOAM_TEST(thread, may_detach_while_it_ends)
{
    cr_assert_eq(pthread_key_create(&detaching, detach_at_end), 0);
    for (int i = 0; i < 2; i++) {
        const char *problem;
        rounds_left = i;
        detached = LOAM_ERR_VALUE;
        problem = in_thread(end_attached, &detaching);
        cr_assert_null(problem, "%s", problem);
        cr_assert_eq(detached, LOAM_OK);
    }
    pthread_key_delete(detaching);
}

/* References that only the stack of a thread holds which makes no objects. */

static loam_list *handed[MANY];
static pthread_barrier_t handed_over, collected;

static size_t wrong_in(loam_list *const *lists)
{
    size_t wrong = 0;
    int64_t number = -1;

    for (int64_t i = 0; i < MANY; i++)
        wrong += loam_list_len(lists[i]) != 1 || loam_list_get_int(lists[i], 0, &number) != LOAM_OK || number != i;
    return wrong;
}

static void *hold(void *context)
{
    loam_list *volatile held[MANY];
    loam_list *again[MANY];

    (void)context;
    MUST_IN_THREAD(loam_thread_attach() == LOAM_OK);
    for (int i = 0; i < MANY; i++)
        held[i] = loam_move(&handed[i]);
    pthread_barrier_wait(&handed_over);
    pthread_barrier_wait(&collected);
    for (int i = 0; i < MANY; i++)
        again[i] = held[i];
    MUST_IN_THREAD(wrong_in(again) == 0);
    for (int i = 0; i < MANY; i++)
        handed[i] = again[i];
    MUST_IN_THREAD(loam_thread_detach() == LOAM_OK);
    return NULL;
}

NOINLINE static void make_handed(void)
{
    for (int i = 0; i < MANY; i++)
        handed[i] = loam_list_of(i);
}

NOINLINE static void overwrite(void)
{
    for (unsigned i = 0; i < 100 * MANY; i++)
        loam_release(loam_list_of(-1));
}

LOAM_TEST(thread, that_is_attached_holds_what_its_stack_refers_to)
{
    pthread_t thread;
    void *problem = NULL;

    pthread_barrier_init(&handed_over, NULL, 2);
    pthread_barrier_init(&collected, NULL, 2);
    make_handed();
    cr_assert_eq(pthread_create(&thread, NULL, hold, NULL), 0);
    pthread_barrier_wait(&handed_over);
    collect_everything();
    overwrite();
    pthread_barrier_wait(&collected);
    pthread_join(thread, &problem);
    cr_assert_null(problem, "%s", (char *)problem);
    for (int i = 0; i < MANY; i++)
        loam_release(handed[i]);
}

/* What it leaves. */

static int64_t finalized;
static loam_status detached_inside;

static void finalize(void *self)
{
    (void)self;
    finalized++;
}

typedef struct node {
    loam_object loam;
    struct node *other;
} node;

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, other)), .finalize = finalize};

static bool drop_pairs(loam_type *type, int many)
{
    for (int i = 0; i < many; i++) {
        loam_auto node *a = loam_new(type);
        loam_auto node *b = loam_new(type);
        if (loam_slot_set(a, &a->other, loam_from(b)) < 0 || loam_slot_set(b, &b->other, loam_from(a)) < 0)
            return false;
    }
    return true;
}

static void *leave_list(void *left)
{
    MUST_IN_THREAD(loam_thread_attach() == LOAM_OK);
    *(loam_list **)left = loam_list_of("left", LOAM_LIST(1, 2));
    MUST_IN_THREAD(loam_thread_detach() == LOAM_OK);
    return NULL;
}

LOAM_TEST(thread, what_a_detached_one_leaves_is_used_by_others)
{
    static loam_list *left;
    const char *problem = in_thread(leave_list, &left);

    cr_assert_null(problem, "%s", problem);
    cr_assert_eq(loam_list_append(left, LOAM_LIST(3)), LOAM_OK);
    assert_repr(loam_from(left), "['left', [1, 2], [3]]");
    loam_release(loam_move(&left));
}

static void *detach_inside_a_heap(void *context)
{
    loam_heap *heap = context;

    MUST_IN_THREAD(loam_thread_attach() == LOAM_OK && loam_heap_enter(heap) == LOAM_OK);
    MUST_IN_THREAD(drop_pairs(&node_type, 10));
    MUST_IN_THREAD(loam_thread_detach() == LOAM_OK && !loam__gc_thread_is_known());
    return NULL;
}

LOAM_TEST(thread, leaves_the_heaps_that_it_has_entered_when_it_detaches)
{
    loam_heap *heap = loam_heap_new();
    const char *problem = in_thread(detach_inside_a_heap, heap);

    cr_assert_null(problem, "%s", problem);
    cr_assert_eq(loam_heap_enter(heap), LOAM_OK);
    cr_assert_eq(loam_heap_leave(heap), LOAM_OK);
    cr_assert_eq(loam_heap_free(heap), LOAM_OK);
}

static void *detach_after_cycles(void *context)
{
    loam_heap *parked = NULL;

    (void)context;
    for (int i = 0; i < 100; i++) {
        MUST_IN_THREAD(loam_thread_attach() == LOAM_OK && drop_pairs(&node_type, 10));
        MUST_IN_THREAD(loam_thread_detach() == LOAM_OK && !loam__gc_thread_is_known());
    }
    MUST_IN_THREAD(loam_heap_adopt_next(&parked) == LOAM_MISSING);
    return NULL;
}

LOAM_TEST(thread, leaves_no_cycles_behind_when_it_detaches)
{
    const char *problem = in_thread(detach_after_cycles, NULL);

    cr_assert_null(problem, "%s", problem);
    if (!loam_gc_has(LOAM_GC_EXACT_CYCLES))
        collect_everything();
    assert_gone((size_t)finalized, 2000);
}

static void detach_inside(void *self)
{
    (void)self;
    finalized++;
    detached_inside = loam_thread_detach();
    loam_error_clear();
}

static loam_type detaching_type = {
    .name = "detaching", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, other)), .finalize = detach_inside};

static void *detach_in_finalizer(void *context)
{
    (void)context;
    MUST_IN_THREAD(loam_thread_attach() == LOAM_OK && drop_pairs(&detaching_type, 100));
    collect_everything();
    MUST_IN_THREAD(finalized > 0 && detached_inside == LOAM_ERR_VALUE && loam__gc_thread_is_known());
    MUST_IN_THREAD(loam_thread_detach() == LOAM_OK && !loam__gc_thread_is_known());
    return NULL;
}

LOAM_TEST(thread, is_not_detached_by_its_own_finalizers)
{
    const char *problem = in_thread(detach_in_finalizer, NULL);

    cr_assert_null(problem, "%s", problem);
}

/* A thread that ends in the midst of a callback, and the next one. */

static int64_t finalized_again;

static void end_thread(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    (void)phase;
    (void)info;
    (void)context;
    pthread_exit(NULL);
}

static void finalize_again(void *self)
{
    (void)self;
    finalized_again++;
}

static loam_type next_type = {
    .name = "next", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, other)), .finalize = finalize_again};

static void *end_in_callback(void *context)
{
    MUST_IN_THREAD(loam_gc_callback_add(end_thread, NULL) == LOAM_OK);
    loam_gc_collect(2);
    return context;
}

static void *drop_and_collect(void *context)
{
    (void)context;
    MUST_IN_THREAD(drop_pairs(&next_type, MANY));
    collect_everything();
    return NULL;
}

LOAM_TEST(thread, that_ends_in_a_callback_leaves_the_next_ones_finalizers_alone)
{
    const char *problem = in_thread(end_in_callback, &finalized_again);

    cr_assert_null(problem, "%s", problem);
    problem = in_thread(drop_and_collect, NULL);
    cr_assert_null(problem, "%s", problem);
    assert_gone((size_t)finalized_again, (size_t)2 * MANY);
}

static void count_collection(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    (void)phase;
    (void)info;
    ++*(int64_t *)context;
}

static void *detach_with_callback(void *context)
{
    int64_t *calls = context;

    MUST_IN_THREAD(loam_thread_attach() == LOAM_OK && loam_gc_callback_add(count_collection, calls) == LOAM_OK);
    loam_gc_disable();
    MUST_IN_THREAD(loam_thread_detach() == LOAM_OK);
    *calls = 0;
    MUST_IN_THREAD(loam_gc_collect(2) >= 0 && *calls == 0 && loam_gc_is_enabled());
    return NULL;
}

LOAM_TEST(thread, has_no_callbacks_and_settings_of_its_own_after_it)
{
    static int64_t calls;
    const char *problem = in_thread(detach_with_callback, &calls);

    cr_assert_null(problem, "%s", problem);
}
