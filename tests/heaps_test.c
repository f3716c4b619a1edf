/*
 * Heaps: what is made where, what happens in one that the thread does not work in, hand-over, threads that end. What
 * holds only where it is known in which heap an object lies asks for that by name.
 */
#include "tests/harness.h"

#include <loam/testing.h>

#include "config.h"
#include "gc/heaps.h"
#include "gc/object.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

/* Nodes. */

typedef struct node {
    loam_object loam;
    struct node *next;
    loam_value other;
    void (*finalizer)(struct node *self);
} node;

static int freed, finalized;

static void node_dispose(void *self)
{
    (void)self;
    freed++;
}

static void node_finalize(void *self)
{
    node *n = self;

    finalized++;
    if (n->finalizer)
        n->finalizer(n);
}

static loam_type node_type = {
    .name = "node",
    .size = sizeof(node),
    .refs = LOAM_REFS(offsetof(node, next), offsetof(node, other)),
    .dispose = node_dispose,
};

static loam_type finalized_type = {
    .name = "finalized node",
    .size = sizeof(node),
    .refs = LOAM_REFS(offsetof(node, next), offsetof(node, other)),
    .dispose = node_dispose,
    .finalize = node_finalize,
};

static loam_heap *new_heap(void)
{
    loam_heap *heap = loam_heap_new();

    MUST(heap);
    return heap;
}

static void enter(loam_heap *heap)
{
    MUST(loam_heap_enter(heap) == LOAM_OK);
}

static void leave(loam_heap *heap)
{
    MUST(loam_heap_leave(heap) == LOAM_OK);
}

static void free_heap(loam_heap *heap)
{
    MUST(loam_heap_free(heap) == LOAM_OK);
}

/* Made in `heap`; NULL: in the one that is entered. */
static node *new_node(loam_heap *heap, loam_type *type)
{
    node *n;

    if (heap)
        enter(heap);
    n = loam_new(type);
    MUST(n);
    if (heap)
        leave(heap);
    return n;
}

static loam_list *new_list(loam_heap *heap)
{
    loam_list *list;

    enter(heap);
    list = loam_list_new();
    MUST(list);
    leave(heap);
    return list;
}

/* Two nodes that refer to each other and that nobody else refers to. */
static void drop_pair(loam_heap *heap, loam_type *type)
{
    loam_auto node *a = new_node(heap, type);
    loam_auto node *b = new_node(heap, type);

    MUST(loam_slot_set(a, &a->next, loam_from(b)) == LOAM_OK && loam_slot_set(b, &b->next, loam_from(a)) == LOAM_OK);
}

static void start_counting(void)
{
    freed = finalized = 0;
}

/* Who may enter and leave what. */

LOAM_TEST(heaps, are_entered_and_left_like_a_stack)
{
    loam_heap *a = new_heap();
    loam_heap *b = new_heap();

    enter(a);
    enter(b);
    MUST(loam_heap_enter(a) == LOAM_ERR_VALUE && loam_heap_enter(b) == LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    MUST(loam_heap_leave(a) == LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    leave(b);
    MUST(loam_heap_leave(b) == LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    enter(b);
    leave(b);
    leave(a);
    MUST(loam_heap_leave(a) == LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    free_heap(a);
    free_heap(b);
}

LOAM_TEST(heaps, one_that_is_entered_is_not_freed)
{
    loam_heap *a = new_heap();
    loam_heap *b = new_heap();

    enter(a);
    enter(b);
    MUST(loam_heap_free(a) == LOAM_ERR_VALUE && loam_heap_free(b) == LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    leave(b);
    free_heap(b);
    leave(a);
    free_heap(a);
}

LOAM_TEST(heaps, one_that_could_not_be_made_does_nothing)
{
    loam_fail(LOAM_ERR_MEMORY, "%s", "no heap");
    MUST(loam_heap_enter(NULL) == LOAM_ERR_MEMORY && loam_heap_leave(NULL) == LOAM_ERR_MEMORY &&
         loam_heap_free(NULL) == LOAM_ERR_MEMORY && !loam_heap_adopt(LOAM_UNSET));
    assert_failed(LOAM_ERR_MEMORY);
}

/* What is the heap's. */

LOAM_TEST(heaps, settings_are_the_heaps)
{
    loam_heap *heap = new_heap();
    int64_t before[LOAM_GC_GENERATIONS];
    int64_t inside[LOAM_GC_GENERATIONS];

    loam_gc_get_threshold(before);
    enter(heap);
    MUST(loam_gc_is_enabled());
    loam_gc_disable();
    MUST(loam_gc_set_threshold(5, LOAM_OMIT, LOAM_OMIT) == LOAM_OK);
    leave(heap);
    MUST(loam_gc_is_enabled());
    loam_gc_get_threshold(inside);
    MUST(inside[0] == before[0]);
    enter(heap);
    loam_gc_get_threshold(inside);
    MUST(!loam_gc_is_enabled() && inside[0] == 5 && inside[1] == before[1]);
    leave(heap);
    free_heap(heap);
}

LOAM_TEST(heaps, objects_are_where_they_were_made)
{
    loam_heap *heap = new_heap();
    int64_t outside = loam_gc_get_bytes();
    loam_list *list = new_list(heap);

    if (loam_gc_has(LOAM_GC_SEPARATE_HEAPS)) {
        loam_list *found;
        MUST(loam_gc_get_bytes() == outside);
        enter(heap);
        MUST(loam_gc_get_bytes() > 0 && loam__gc_live().objects == 1);
        found = loam_gc_get_objects(-1);
        MUST(loam_list_len(found) == 1 && loam_list_get_peek(found, 0).word == loam_from(list).word);
        loam_release(found);
        leave(heap);
    }
    loam_release(list);
    free_heap(heap);
}

LOAM_TEST(heaps, a_collection_looks_at_one)
{
    loam_heap *heap = new_heap();

    if (loam_gc_has(LOAM_GC_SEPARATE_HEAPS)) {
        start_counting();
        drop_pair(heap, &node_type);
        MUST(loam_gc_collect(2) == 0 && freed == 0);
        enter(heap);
        drop_pair(NULL, &node_type);
        MUST(loam_gc_collect(2) == 4 && freed == 4);
        leave(heap);
    }
    free_heap(heap);
}

LOAM_TEST(heaps, thresholds_of_one_say_nothing_to_another)
{
    loam_heap *heap = new_heap();
    loam_gc_stats stats[LOAM_GC_GENERATIONS];

    enter(heap);
    MUST(loam_gc_set_threshold(10, LOAM_OMIT, LOAM_OMIT) == LOAM_OK);
    for (int i = 0; i < 100; i++)
        drop_pair(NULL, &node_type);
    loam_gc_get_stats(stats);
    MUST(!loam_gc_has(LOAM_GC_SEPARATE_HEAPS) || stats[0].collections >= 10);
    leave(heap);
    loam_gc_get_stats(stats);
    MUST(!loam_gc_has(LOAM_GC_SEPARATE_HEAPS) || stats[0].collections == 0);
    free_heap(heap);
}

LOAM_TEST(heaps, candidates_of_one_that_is_not_entered_start_its_collections)
{
    loam_heap *heap = new_heap();
    loam_gc_stats stats[LOAM_GC_GENERATIONS];

    enter(heap);
    MUST(loam_gc_set_threshold(10, LOAM_OMIT, LOAM_OMIT) == LOAM_OK);
    leave(heap);
    for (int i = 0; i < 100; i++)
        drop_pair(heap, &node_type);
    enter(heap);
    loam_gc_get_stats(stats);
    MUST(!loam_gc_has(LOAM_GC_SEPARATE_HEAPS) || stats[0].collections >= 10);
    leave(heap);
    free_heap(heap);
}

/* Freeing one. */

LOAM_TEST(heaps, cycles_go_with_their_heap)
{
    loam_heap *heap = new_heap();

    start_counting();
    for (int i = 0; i < 50; i++)
        drop_pair(heap, &finalized_type);
    free_heap(heap);
    collect_everything();
    assert_gone((size_t)finalized, 100);
    MUST(!loam_gc_has(LOAM_GC_SEPARATE_HEAPS) || freed == 100);
}

LOAM_TEST(heaps, one_of_which_something_is_held_is_not_freed)
{
    loam_heap *heap = new_heap();
    loam_list *list = new_list(heap);

    MUST(loam_list_append(list, "text") == LOAM_OK);
    drop_pair(heap, &node_type);
    if (loam_gc_has(LOAM_GC_SEPARATE_HEAPS)) {
        start_counting();
        MUST(loam_heap_free(heap) == LOAM_ERR_VALUE && freed == 2);
        assert_failed(LOAM_ERR_VALUE);
        assert_repr(loam_from(list), "['text']");
    }
    loam_release(list);
    free_heap(heap);
}

LOAM_TEST(heaps, what_was_frozen_goes_with_its_heap)
{
    loam_heap *heap = new_heap();

    start_counting();
    drop_pair(heap, &node_type);
    enter(heap);
    if (loam_gc_has(LOAM_GC_FREEZE))
        MUST(loam_gc_freeze() == LOAM_OK);
    leave(heap);
    free_heap(heap);
    MUST(!loam_gc_has(LOAM_GC_SEPARATE_HEAPS) || freed == 2);
}

static node *survivor;

static void survive(node *self)
{
    survivor = loam_retain(self);
}

LOAM_TEST(heaps, what_a_finalizer_brings_back_holds_its_heap)
{
    loam_heap *heap = new_heap();
    node *n = new_node(heap, &finalized_type);

    if (loam_gc_has(LOAM_GC_SEPARATE_HEAPS)) {
        n->finalizer = survive;
        MUST(loam_slot_set(n, &n->next, loam_from(n)) == LOAM_OK);
        loam_release(n);
        MUST(loam_heap_free(heap) == LOAM_ERR_VALUE && survivor == n);
        assert_failed(LOAM_ERR_VALUE);
        MUST(loam_slot_set(n, &n->next, LOAM_NONE) == LOAM_OK);
    }
    loam_release(n);
    free_heap(heap);
}

static loam_heap *freed_inside;
static loam_status status_inside;

static void free_own_heap(node *self)
{
    (void)self;
    status_inside = loam_heap_free(freed_inside);
    loam_error_clear();
}

LOAM_TEST(heaps, a_finalizer_cannot_free_the_heap_that_is_being_freed)
{
    node *n;

    freed_inside = new_heap();
    status_inside = LOAM_ERR_VALUE;
    n = new_node(freed_inside, &finalized_type);
    n->finalizer = free_own_heap;
    MUST(loam_slot_set(n, &n->next, loam_from(n)) == LOAM_OK);
    loam_release(n);
    free_heap(freed_inside);
    MUST(status_inside == LOAM_ERR_VALUE);
}

LOAM_TEST(heaps, buffers_of_slots_hold_theirs)
{
    loam_heap *heap = new_heap();
    loam_value *small;
    loam_value *large;

    enter(heap);
    small = loam_slots_new(3);
    large = loam_slots_new(1000);
    MUST(small && large);
    leave(heap);
    if (loam_gc_has(LOAM_GC_SEPARATE_HEAPS)) {
        MUST(loam_heap_free(heap) == LOAM_ERR_VALUE);
        assert_failed(LOAM_ERR_VALUE);
    }
    small = loam_slots_resize(small, 3, 2000);
    large = loam_slots_resize(large, 1000, 3);
    MUST(small && large);
    if (loam_gc_has(LOAM_GC_SEPARATE_HEAPS))
        MUST(loam_heap_free(heap) == LOAM_ERR_VALUE);
    loam_error_clear();
    loam_slots_free(small, 2000);
    loam_slots_free(large, 3);
    free_heap(heap);
}

/* What happens in a heap that is not entered. */

LOAM_TEST(heaps, an_object_of_another_one_is_freed_at_once)
{
    loam_heap *a = new_heap();
    loam_heap *b = new_heap();
    node *n = new_node(a, &finalized_type);

    start_counting();
    enter(b);
    loam_release(n);
    MUST(!loam_gc_has(LOAM_GC_PROMPT_FREE) || (freed == 1 && finalized == 1));
    leave(b);
    free_heap(a);
    free_heap(b);
}

LOAM_TEST(heaps, a_container_of_another_one_grows_where_it_is)
{
    loam_heap *heap = new_heap();
    loam_auto loam_list *list = loam_list_new();
    loam_auto loam_dict *dict = loam_dict_new();

    enter(heap);
    for (int i = 0; i < 1000; i++)
        MUST(loam_list_append(list, i) == LOAM_OK && loam_dict_set(dict, i, i) == LOAM_OK);
    MUST(!loam_gc_has(LOAM_GC_SEPARATE_HEAPS) || loam__gc_live().bytes == 0);
    leave(heap);
    free_heap(heap);
    for (int i = 1000; i < 2000; i++)
        MUST(loam_list_append(list, i) == LOAM_OK && loam_dict_set(dict, i, i) == LOAM_OK);
    MUST(loam_list_len(list) == 2000 && loam_dict_len(dict) == 2000);
}

LOAM_TEST(heaps, one_may_refer_to_another)
{
    loam_heap *heap = new_heap();
    loam_auto loam_list *list = loam_list_new();

    start_counting();
    MUST(loam_list_append_take(list, loam_from(new_node(heap, &finalized_type))) == LOAM_OK);
    collect_everything();
    MUST(freed == 0);
    if (loam_gc_has(LOAM_GC_SEPARATE_HEAPS))
        MUST(loam_heap_free(heap) == LOAM_ERR_VALUE);
    loam_error_clear();
    MUST(loam_list_clear(list) == LOAM_OK);
    MUST(!loam_gc_has(LOAM_GC_PROMPT_FREE) || (freed == 1 && finalized == 1));
    free_heap(heap);
}

static node *linked(loam_heap *const *heaps, int count, int length, loam_type *type)
{
    node *first = NULL;

    for (int i = 0; i < length; i++) {
        node *n = new_node(heaps[i % count], type);
        if (first)
            MUST(loam_slot_set_take(n, &n->next, loam_from(first)) == LOAM_OK);
        first = n;
    }
    return first;
}

static node *chain;

static const char *drop_chain(void)
{
    loam_release(chain);
    return NULL;
}

/* The chain goes in and out of heaps at every link, and freeing it must not recurse. */
LOAM_TEST(heaps, a_chain_through_several_is_freed_on_a_small_stack)
{
    loam_heap *heaps[3] = {new_heap(), new_heap(), new_heap()};

    start_counting();
    chain = linked(heaps, 3, 100000, &node_type);
    MUST(!on_small_stack(drop_chain));
    MUST(!loam_gc_has(LOAM_GC_PROMPT_FREE) || freed == 100000);
    for (int i = 0; i < 3; i++)
        free_heap(heaps[i]);
}

LOAM_TEST(heaps, finalizers_run_before_the_release_returns_whichever_heap_they_are_of)
{
    loam_heap *heaps[3] = {new_heap(), new_heap(), new_heap()};

    start_counting();
    loam_release(linked(heaps, 3, 300, &finalized_type));
    MUST(!loam_gc_has(LOAM_GC_PROMPT_FREE) || (freed == 300 && finalized == 300));
    start_counting();
    loam_release(linked(heaps, 2, 2, &node_type));
    enter(heaps[0]);
    loam_release(linked(&heaps[1], 2, 100, &finalized_type));
    MUST(!loam_gc_has(LOAM_GC_PROMPT_FREE) || (freed == 102 && finalized == 100));
    leave(heaps[0]);
    for (int i = 0; i < 3; i++)
        free_heap(heaps[i]);
}

static int freed_before;

static void note_freed(node *self)
{
    (void)self;
    freed_before = freed;
}

LOAM_TEST(heaps, a_finalizer_of_another_one_waits_until_all_is_freed_that_died_with_its_object)
{
    loam_heap *heap = new_heap();
    loam_list *list = loam_list_new();
    node *n = new_node(heap, &finalized_type);

    start_counting();
    n->finalizer = note_freed;
    MUST(loam_list_append_take(list, loam_from(n)) == LOAM_OK);
    for (int i = 0; i < 5; i++)
        MUST(loam_list_append_take(list, loam_from(new_node(NULL, &node_type))) == LOAM_OK);
    loam_release(list);
    MUST(!loam_gc_has(LOAM_GC_PROMPT_FREE) || (freed_before == 5 && freed == 6));
    free_heap(heap);
}

/* Garbage of one heap holds what is in another: that is freed, and finalized, when it is collected. */
LOAM_TEST(heaps, garbage_lets_go_of_what_is_elsewhere)
{
    loam_heap *heap = new_heap();
    loam_heap *other = new_heap();

    start_counting();
    enter(heap);
    for (int i = 0; i < 20; i++) {
        node *n = new_node(NULL, &node_type);
        MUST(loam_slot_set(n, &n->next, loam_from(n)) == LOAM_OK);
        MUST(loam_slot_set_take(n, &n->other, loam_from(new_node(other, &finalized_type))) == LOAM_OK);
        loam_release(n);
    }
    loam_gc_collect(0);
    MUST(!loam_gc_has(LOAM_GC_SEPARATE_HEAPS) || (freed == 40 && finalized == 20));
    leave(heap);
    free_heap(heap);
    free_heap(other);
}

LOAM_TEST(heaps, a_cycle_through_two_is_not_collected)
{
    loam_heap *heap = new_heap();
    loam_auto node *inside = new_node(heap, &node_type);
    loam_auto node *outside = new_node(NULL, &node_type);

    start_counting();
    MUST(loam_slot_set(inside, &inside->next, loam_from(outside)) == LOAM_OK);
    MUST(loam_slot_set(outside, &outside->next, loam_from(inside)) == LOAM_OK);
    if (loam_gc_has(LOAM_GC_SEPARATE_HEAPS)) {
        node *kept = inside;
        loam_release(loam_move(&outside));
        loam_release(loam_move(&inside));
        MUST(loam_gc_collect(2) == 0);
        MUST(loam_heap_free(heap) == LOAM_ERR_VALUE && freed == 0);
        assert_failed(LOAM_ERR_VALUE);
        MUST(loam_slot_set(kept, &kept->next, LOAM_NONE) == LOAM_OK && freed == 2);
    }
    MUST(!outside || loam_slot_set(outside, &outside->next, LOAM_NONE) == LOAM_OK);
    loam_release(loam_move(&inside));
    free_heap(heap);
}

/* What is attached. */

static int called;

static void count_call(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
    called++;
}

LOAM_TEST(heaps, weak_references_reach_into_another)
{
    loam_heap *heap = new_heap();
    node *n = new_node(heap, &node_type);
    loam_auto loam_weakref *weak = loam_weakref_new_callback(loam_from(n), count_call, NULL);
    loam_auto_value loam_value got = loam_weakref_get(weak);

    called = 0;
    MUST(got.word == loam_from(n).word);
    loam_release(loam_move_value(&got));
    loam_release(n);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE)) {
        got = loam_weakref_get(weak);
        MUST(called == 1 && got.word == LOAM_NONE.word);
    }
    free_heap(heap);
}

/* The map is in one heap, the key in another, the value in either. */
static void hold_by_key(loam_heap *map_heap, loam_heap *key_heap, loam_heap *value_heap)
{
    loam_auto loam_weak_key_dict *map = NULL;
    loam_auto node *key = new_node(key_heap, &node_type);
    node *value = new_node(value_heap, &node_type);

    enter(map_heap);
    map = loam_weak_key_dict_new();
    MUST(loam_slot_set(value, &value->next, loam_from(value)) == LOAM_OK);
    MUST(loam_weak_key_dict_set(map, loam_from(key), loam_from(value)) == LOAM_OK);
    leave(map_heap);
    loam_release(value);
    start_counting();
    for (int i = 0; i < 3; i++) {
        loam_heap *heap = i == 0 ? map_heap : i == 1 ? key_heap : value_heap;
        enter(heap);
        loam_gc_collect(2);
        leave(heap);
    }
    MUST(freed == 0 && loam_weak_key_dict_contains(map, loam_from(key)) == 1);
    loam_release(loam_move(&key));
    MUST(!loam_gc_has(LOAM_GC_PROMPT_FREE) || loam_weak_key_dict_len(map) == 0);
    enter(value_heap);
    loam_gc_collect(2);
    leave(value_heap);
    MUST(!loam_gc_has(LOAM_GC_SEPARATE_HEAPS) || freed == 2);
}

LOAM_TEST(heaps, weak_keys_reach_into_another)
{
    loam_heap *a = new_heap();
    loam_heap *b = new_heap();

    hold_by_key(a, b, a);
    hold_by_key(a, b, b);
    hold_by_key(a, a, b);
    free_heap(a);
    free_heap(b);
}

LOAM_TEST(heaps, roots_are_in_none)
{
    loam_heap *heap = new_heap();
    loam_auto loam_list *list = loam_list_of(1, 2);
    loam_root *root;

    enter(heap);
    root = loam_root_new(loam_from(list));
    leave(heap);
    free_heap(heap);
    assert_repr(loam_root_peek(root), "[1, 2]");
    loam_root_free(root);
}

static void note_phase(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    (void)info;
    *(int *)context += phase == LOAM_GC_STOP;
}

LOAM_TEST(heaps, callbacks_are_the_threads)
{
    loam_heap *heap = new_heap();
    int collections = 0;

    enter(heap);
    MUST(loam_gc_callback_add(note_phase, &collections) == LOAM_OK);
    loam_gc_collect(2);
    leave(heap);
    loam_gc_collect(2);
    MUST(collections == 2);
    free_heap(heap);
    loam_gc_collect(2);
    MUST(collections >= 3 && loam_gc_callback_remove(note_phase, &collections) == LOAM_OK);
}

LOAM_TEST(heaps, a_leak_scope_sees_them_all)
{
    loam_heap *heap = new_heap();
    node *before = new_node(heap, &node_type);

    LOAM_ASSERT_NO_LEAKS
    {
        loam_list *list = new_list(heap);
        loam_release(before);
        enter(heap);
        loam_release(loam_list_of(1, LOAM_LIST(2)));
        leave(heap);
        loam_release(list);
    }
    free_heap(heap);
}

static void leave_something_in_a_heap(void)
{
    loam_heap *heap = loam_heap_new();
    loam_list *list = NULL;

    LOAM_ASSERT_NO_LEAKS
    {
        if (loam_heap_enter(heap) == LOAM_OK)
            list = loam_list_new();
        if (loam_heap_leave(heap) < 0)
            _exit(1);
    }
    loam_release(list);
}

LOAM_TEST(heaps, a_leak_scope_names_what_was_left_in_one)
{
    MUST(!loam_gc_has(LOAM_GC_PROMPT_FREE) || aborts(leave_something_in_a_heap));
}

/* Finalizers that enter and leave. */

static loam_heap *entered_inside;

static void work_in_heap(node *self)
{
    loam_auto loam_list *list = NULL;

    (void)self;
    status_inside = loam_heap_enter(entered_inside);
    list = loam_list_of(1, 2, 3);
    drop_pair(NULL, &node_type);
    loam_gc_collect(2);
    if (status_inside == LOAM_OK)
        status_inside = loam_heap_leave(entered_inside);
}

LOAM_TEST(heaps, a_finalizer_may_work_in_another)
{
    loam_heap *heap = new_heap();
    node *n = new_node(heap, &finalized_type);

    entered_inside = new_heap();
    status_inside = LOAM_OK;
    n->finalizer = work_in_heap;
    loam_release(n);
    MUST(status_inside == LOAM_OK);
    free_heap(heap);
    free_heap(entered_inside);
}

static void leave_heap(node *self)
{
    (void)self;
    status_inside = loam_heap_leave(entered_inside);
    loam_error_clear();
}

LOAM_TEST(heaps, a_finalizer_cannot_leave_the_heap_that_it_runs_in)
{
    node *n;

    entered_inside = new_heap();
    status_inside = LOAM_ERR_VALUE;
    enter(entered_inside);
    n = new_node(NULL, &finalized_type);
    n->finalizer = leave_heap;
    loam_release(n);
    MUST(status_inside == LOAM_ERR_VALUE);
    leave(entered_inside);
    enter(entered_inside);
    n = new_node(NULL, &finalized_type);
    leave(entered_inside);
    n->finalizer = leave_heap;
    loam_release(n);
    MUST(status_inside == LOAM_ERR_VALUE);
    free_heap(entered_inside);
}

static void enter_only(node *self)
{
    (void)self;
    status_inside = loam_heap_enter(entered_inside);
}

LOAM_TEST(heaps, what_a_finalizer_of_another_heap_entered_is_left_when_the_release_is_over)
{
    loam_heap *heap = new_heap();
    node *n = new_node(heap, &finalized_type);

    if (loam_gc_has(LOAM_GC_PROMPT_FREE)) {
        entered_inside = new_heap();
        n->finalizer = enter_only;
        loam_release(loam_move(&n));
        MUST(status_inside == LOAM_OK && loam_heap_leave(entered_inside) == LOAM_ERR_VALUE);
        loam_error_clear();
        free_heap(entered_inside);
    }
    loam_release(n);
    free_heap(heap);
}

static void free_that_heap(node *self)
{
    (void)self;
    status_inside = loam_heap_free(freed_inside);
}

/* Both nodes die in one release, each in a heap of its own. The finalizer of the one frees the heap of the other, whose
 * own is due. */
LOAM_TEST(heaps, one_with_something_due_may_be_freed)
{
    loam_heap *heap = new_heap();
    loam_list *list = loam_list_new();
    node *first;
    node *second;

    freed_inside = new_heap();
    first = new_node(heap, &finalized_type);
    second = new_node(freed_inside, &finalized_type);
    status_inside = LOAM_ERR_VALUE;
    start_counting();
    if (loam_gc_has(LOAM_GC_PROMPT_FREE)) {
        first->finalizer = free_that_heap;
        MUST(loam_list_append(list, loam_from(second)) == LOAM_OK &&
             loam_list_append(list, loam_from(first)) == LOAM_OK);
        loam_release(loam_move(&first));
        loam_release(loam_move(&second));
        loam_release(loam_move(&list));
        MUST(status_inside == LOAM_OK && finalized == 2 && freed == 2);
    }
    loam_release(list);
    loam_release(first);
    loam_release(second);
    free_heap(heap);
    if (status_inside < 0)
        free_heap(freed_inside);
}

/* Nothing is in that heap any more but the call of something outside of it, which must not be lost. */
LOAM_TEST(heaps, what_is_due_is_called_before_a_heap_goes)
{
    loam_heap *heap = new_heap();
    loam_list *list = loam_list_new();
    loam_auto loam_weakref *weak = NULL;
    node *first;
    node *second;

    freed_inside = new_heap();
    status_inside = LOAM_ERR_VALUE;
    first = new_node(heap, &finalized_type);
    second = new_node(freed_inside, &node_type);
    weak = loam_weakref_new_callback(loam_from(second), count_call, NULL);
    called = 0;
    if (loam_gc_has(LOAM_GC_PROMPT_FREE)) {
        first->finalizer = free_that_heap;
        MUST(weak && loam_list_append(list, loam_from(second)) == LOAM_OK);
        MUST(loam_list_append(list, loam_from(first)) == LOAM_OK);
        loam_release(loam_move(&first));
        loam_release(loam_move(&second));
        loam_release(loam_move(&list));
        MUST(status_inside == LOAM_OK && called == 1);
    }
    loam_release(list);
    loam_release(first);
    loam_release(second);
    free_heap(heap);
    if (status_inside < 0)
        free_heap(freed_inside);
}

/* The list and what it drops are in a heap with a backlog; it grows while another one is entered. */
LOAM_TEST(heaps, growing_elsewhere_runs_no_finalizers)
{
    loam_heap *heap = new_heap();
    loam_heap *other = new_heap();
    loam_list *list = new_list(heap);
    loam_list *dropped = new_list(heap);

    start_counting();
    for (int i = 0; i < 200; i++)
        MUST(loam_list_append_take(dropped, loam_from(new_node(other, &finalized_type))) == LOAM_OK);
    if (loam_gc_has(LOAM_GC_FREE_BUDGET)) {
        int before;
        enter(heap);
        MUST(loam_gc_set_free_budget(3) == LOAM_OK);
        loam_release(loam_move(&dropped));
        leave(heap);
        before = finalized;
        MUST(before < 200);
        for (int i = 0; i < 100000 && finalized == before; i++)
            MUST(loam_list_append(list, i) == LOAM_OK);
        MUST(finalized == before);
    }
    loam_release(dropped);
    loam_release(list);
    free_heap(heap);
    free_heap(other);
    MUST(!loam_gc_has(LOAM_GC_FREE_BUDGET) || (finalized == 200 && freed == 200));
}

/* Threads. What goes wrong in one is told to the test. */

static void run(void *(*work)(void *context), void *context)
{
    pthread_t thread;
    void *problem = NULL;

    MUST(pthread_create(&thread, NULL, work, context) == 0 && pthread_join(thread, &problem) == 0);
    MUST(!problem);
}

static void *use_and_leave(void *context)
{
    loam_heap *heap = context;
    loam_auto loam_list *list = NULL;
    loam_value item = LOAM_UNSET;

    if (loam_heap_enter(heap) < 0)
        return (char *)"enter";
    list = loam_list_of("made by a thread", 1);
    item = loam_list_get(list, 0);
    loam_release(loam_move(&list));
    loam_release(item);
    return loam_heap_leave(heap) < 0 ? (char *)"leave" : NULL;
}

LOAM_TEST(heaps, one_is_handed_from_thread_to_thread)
{
    loam_heap *heap = new_heap();

    for (int i = 0; i < 3; i++) {
        run(use_and_leave, heap);
        MUST(!use_and_leave(heap));
    }
    free_heap(heap);
}

/* Whose thread finalizers run in: of the one that has entered the heap, and of nobody else. */

enum { MANY = 1000 };

static pthread_t maker;
static int here, elsewhere; /* finalizers that ran in the maker's thread, and in others */

static void note_thread(node *self)
{
    (void)self;
    *(pthread_equal(pthread_self(), maker) ? &here : &elsewhere) += 1;
}

static void start_counting_threads(void)
{
    maker = pthread_self();
    here = elsewhere = 0;
    start_counting();
}

static node *new_noted_node(loam_heap *heap)
{
    node *n = new_node(heap, &finalized_type);

    n->finalizer = note_thread;
    return n;
}

static node *handed_over[MANY];

static void *enter_and_drop(void *context)
{
    loam_heap *heap = context;

    if (loam_heap_enter(heap) < 0)
        return (char *)"enter";
    for (int i = 0; i < MANY; i++)
        loam_release(loam_move(&handed_over[i]));
    collect_everything();
    return loam_heap_leave(heap) < 0 ? (char *)"leave" : NULL;
}

LOAM_TEST(heaps, finalizers_run_in_the_thread_that_a_heap_was_handed_to)
{
    loam_heap *heap = new_heap();

    start_counting_threads();
    for (int i = 0; i < MANY; i++)
        handed_over[i] = new_noted_node(heap);
    run(enter_and_drop, heap);
    MUST(here == 0);
    assert_gone((size_t)elsewhere, MANY);
    free_heap(heap);
}

static void *enter_and_collect(void *context)
{
    loam_heap *heap = context;

    if (loam_heap_enter(heap) < 0)
        return (char *)"enter";
    collect_everything();
    return loam_heap_leave(heap) < 0 ? (char *)"leave" : NULL;
}

/* References to itself: on refcount too it needs a collection in its heap. */
static void drop_cycle(node *n)
{
    MUST(loam_slot_set(n, &n->next, loam_from(n)) == LOAM_OK);
    loam_release(n);
}

static loam_heap *heap_without_collections(void)
{
    loam_heap *heap = new_heap();

    enter(heap);
    loam_gc_disable();
    leave(heap);
    return heap;
}

LOAM_TEST(heaps, cycles_of_one_that_nobody_has_entered_are_finalized_by_who_enters_it)
{
    loam_heap *heap = heap_without_collections();

    start_counting_threads();
    for (int i = 0; i < MANY; i++)
        drop_cycle(new_noted_node(heap));
    collect_everything();
    MUST(here == 0 && elsewhere == 0);
    run(enter_and_collect, heap);
    MUST(here == 0);
    assert_gone((size_t)elsewhere, MANY);
    free_heap(heap);
}

LOAM_TEST(heaps, cycles_of_one_that_nobody_has_entered_are_finalized_when_it_is_freed)
{
    loam_heap *heap = heap_without_collections();

    start_counting_threads();
    for (int i = 0; i < MANY; i++)
        drop_cycle(new_noted_node(heap));
    collect_everything();
    MUST(here == 0 && elsewhere == 0);
    free_heap(heap);
    MUST(elsewhere == 0);
    assert_gone((size_t)here, MANY);
}

static loam_type external_type = {
    .name = "external node", .size = sizeof(node), .dispose = node_dispose, .external = true};

/* Its finalizer may bring back what it refers to. */
LOAM_TEST(heaps, what_waits_for_its_finalizer_keeps_what_it_refers_to_elsewhere)
{
    loam_heap *heap = heap_without_collections();

    start_counting();
    for (int i = 0; i < MANY; i++) {
        node *n = new_node(heap, &finalized_type);
        MUST(loam_slot_set_take(n, &n->other, loam_from(new_node(NULL, &external_type))) == LOAM_OK);
        drop_cycle(n);
    }
    collect_everything();
    MUST(freed == 0 && finalized == 0);
    enter(heap);
    collect_everything();
    leave(heap);
    assert_gone((size_t)finalized, MANY);
    collect_everything();
    assert_gone((size_t)(freed < MANY ? freed : MANY), MANY); /* nodes are disposed of too where that is not external */
    free_heap(heap);
}

static void *try_to_enter(void *context)
{
    if (loam_heap_enter(context) != LOAM_ERR_VALUE || loam_heap_free(context) != LOAM_ERR_VALUE)
        return (char *)"entered";
    return NULL;
}

LOAM_TEST(heaps, one_that_another_thread_has_entered_is_out_of_reach)
{
    loam_heap *heap = new_heap();

    enter(heap);
    run(try_to_enter, heap);
    leave(heap);
    free_heap(heap);
}

static void *enter_and_end(void *context)
{
    return loam_heap_enter(context) < 0 ? (char *)"enter" : NULL;
}

LOAM_TEST(heaps, a_thread_that_ends_leaves_what_it_has_entered)
{
    loam_heap *heap = new_heap();

    run(enter_and_end, heap);
    enter(heap);
    leave(heap);
    free_heap(heap);
}

static loam_list *made;

static void *make_list(void *context)
{
    (void)context;
    made = loam_list_of("one", LOAM_LIST(2), 3);
    return made ? NULL : (char *)"list";
}

static void must_be_no_parked_heap(void)
{
    loam_heap *heap = NULL;

    MUST(loam_heap_adopt_next(&heap) == LOAM_MISSING && !heap);
}

LOAM_TEST(heaps, what_a_thread_has_left_can_be_used_and_is_freed)
{
    run(make_list, NULL);
    if (loam_gc_has(LOAM_GC_SEPARATE_HEAPS)) {
        for (int i = 0; i < 1000; i++)
            MUST(loam_list_append(made, i) == LOAM_OK);
        MUST(loam_list_len(made) == 1003);
    }
    loam_release(made);
    must_be_no_parked_heap();
}

LOAM_TEST(heaps, one_that_a_thread_has_left_is_adopted)
{
    loam_heap *heap;

    needs(LOAM_GC_SEPARATE_HEAPS); /* else nobody knows in which heap it lies */
    run(make_list, NULL);
    heap = loam_heap_adopt(loam_from(made));
    MUST(heap && !loam_heap_adopt(loam_from(made)));
    assert_failed(LOAM_ERR_VALUE);
    must_be_no_parked_heap();
    enter(heap);
    MUST(loam_list_append(made, LOAM_LIST(4)) == LOAM_OK);
    assert_repr(loam_from(made), "['one', [2], 3, [4]]");
    leave(heap);
    MUST(loam_heap_free(heap) == LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    loam_release(made);
    free_heap(heap);
}

LOAM_TEST(heaps, only_a_heap_that_a_thread_has_left_is_adopted)
{
    loam_auto loam_list *list = loam_list_new();
    loam_auto loam_tuple *empty = loam_tuple_new(NULL, 0);
    loam_heap *heap = new_heap();
    loam_auto loam_list *inside = new_list(heap);

    MUST(!loam_heap_adopt(LOAM_NONE));
    assert_failed(LOAM_ERR_TYPE);
    if (loam_gc_has(LOAM_GC_SEPARATE_HEAPS)) {
        MUST(!loam_heap_adopt(loam_from(list)) && !loam_heap_adopt(loam_from(inside)) &&
             !loam_heap_adopt(loam_from(empty)));
        assert_failed(LOAM_ERR_VALUE);
    }
    loam_release(loam_move(&inside));
    free_heap(heap);
}

static void *leave_cycles(void *context)
{
    loam_list *list = loam_list_new();

    (void)context;
    if (!list || loam_list_append(list, list) < 0)
        return (char *)"list";
    loam_release(list);
    return NULL;
}

LOAM_TEST(heaps, cycles_that_threads_have_left_are_found_by_who_asks)
{
    loam_heap *heap = NULL;
    int heaps = 0;

    for (int i = 0; i < 3; i++)
        run(leave_cycles, NULL);
    while (loam_heap_adopt_next(&heap) == LOAM_OK) {
        free_heap(heap);
        heaps++;
    }
    MUST(heaps == (loam_gc_has(LOAM_GC_SEPARATE_HEAPS) ? 3 : 0));
}

/* A bug of the program is named. */

static int told[2], answered[2];
static loam_list *of_the_other;

static void *hold_a_heap(void *context)
{
    char byte = 0;

    of_the_other = loam_list_new();
    if (write(told[1], &byte, 1) != 1 || read(answered[0], &byte, 1) != 1)
        return (char *)"pipe";
    return context;
}

static void start_other(void)
{
    pthread_t thread;
    char byte;

    if (pipe(told) || pipe(answered) || pthread_create(&thread, NULL, hold_a_heap, NULL) ||
        read(told[0], &byte, 1) != 1)
        _exit(0);
}

static void release_of_another_thread(void)
{
    start_other();
    loam_release(of_the_other);
}

static void change_of_another_thread(void)
{
    start_other();
    if (loam_list_append(of_the_other, 1) < 0)
        _exit(0);
}

static void candidate_of_another_thread(void)
{
    loam_list *list;

    start_other();
    list = of_the_other;
    loam__object(loam_from(list))->head |= LOAM__FLAG_IN | LOAM__FLAG_OUT;
    loam_release(loam_retain(list));
}

LOAM_TEST(heaps, use_from_another_thread_is_named)
{
    if (!LOAM_CHECKS)
        return;
    needs(LOAM_GC_SEPARATE_HEAPS); /* else nobody knows in which heap it lies */
    MUST(aborts(release_of_another_thread));
    MUST(aborts(change_of_another_thread));
    MUST(aborts(candidate_of_another_thread));
}
