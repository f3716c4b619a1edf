/*
 * The collector as programs steer it and look into it, loam/gc.h. Numbers are asserted where the memory manager
 * promises them; the rest holds on each.
 */
#include "tests/harness.h"

#include "gc/object.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

/* Nodes with two fields. */

typedef struct node {
    loam_object loam;
    struct node *one;
    loam_value other;
} node;

static int64_t freed, finalized;
static node *resurrected; /* by its finalizer, once */
static bool resurrects;

static void node_dispose(void *self)
{
    (void)self;
    freed++;
}

static void node_finalize(void *self)
{
    finalized++;
    if (resurrects) {
        resurrects = false;
        resurrected = loam_retain((node *)self);
    }
}

static loam_type node_type = {
    .name = "node",
    .size = sizeof(node),
    .refs = LOAM_REFS(offsetof(node, one), offsetof(node, other)),
    .dispose = node_dispose,
};

static loam_type finalized_type = {
    .name = "finalized node",
    .size = sizeof(node),
    .refs = LOAM_REFS(offsetof(node, one), offsetof(node, other)),
    .dispose = node_dispose,
    .finalize = node_finalize,
};

/* Holds references, and cannot be in a cycle. */
static loam_type acyclic_type = {
    .name = "acyclic node",
    .size = sizeof(node),
    .refs = LOAM_REFS(offsetof(node, one), offsetof(node, other)),
    .acyclic = true,
};

static void refer(node *from, node *to)
{
    MUST(loam_slot_set(from, &from->one, loam_from(to)) == LOAM_OK);
}

/* One of two nodes that refer to each other; the other one is held by it alone. */
static node *new_pair(loam_type *type)
{
    node *a = loam_new(type);
    loam_auto node *b = loam_new(type);

    MUST(a && b);
    refer(a, b);
    refer(b, a);
    return a;
}

static void drop_pairs(int count, loam_type *type)
{
    while (count--)
        loam_release(new_pair(type));
}

static void begin(void)
{
    freed = finalized = 0;
    resurrects = false;
    resurrected = NULL;
}

static bool holds(const loam_list *list, const void *object)
{
    for (int64_t i = 0; i < loam_list_len(list); i++)
        if (loam_list_get_peek(list, i).word == loam_from(object).word)
            return true;
    return false;
}

/* Settings. */

LOAM_TEST(gc_api, collections_start_by_themselves_until_they_are_disabled)
{
    cr_assert(loam_gc_is_enabled());
    loam_gc_disable();
    cr_assert_not(loam_gc_is_enabled());
    loam_gc_disable();
    loam_gc_enable();
    cr_assert(loam_gc_is_enabled());
}

LOAM_TEST(gc_api, thresholds_are_set_together_or_not_at_all)
{
    int64_t before[LOAM_GC_GENERATIONS];
    int64_t now[LOAM_GC_GENERATIONS];

    loam_gc_get_threshold(before);
    if (!strcmp(loam_gc_name(), "refcount"))
        cr_assert(before[0] == 10000 && before[1] == 10 && before[2] == 20);
    cr_assert_eq(loam_gc_set_threshold(700, -1, 5), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_gc_set_threshold(LOAM_OMIT, LOAM_OMIT, LOAM_OMIT), LOAM_OK);
    loam_gc_get_threshold(now);
    cr_assert_arr_eq(now, before, sizeof now);

    cr_assert_eq(loam_gc_set_threshold(700, LOAM_OMIT, LOAM_OMIT), LOAM_OK);
    loam_gc_get_threshold(now);
    cr_assert(now[0] == 700 && now[1] == before[1] && now[2] == before[2]);
    cr_assert_eq(loam_gc_set_threshold(INT64_MAX, INT64_MAX, INT64_MAX), LOAM_OK, "as good as never");
    loam_gc_get_threshold(now);
    cr_assert(now[0] == INT64_MAX && now[1] == INT64_MAX && now[2] == INT64_MAX);
    drop_pairs(3, &node_type);
    loam_gc_collect(2);
    cr_assert_eq(loam_gc_set_threshold(before[0], before[1], before[2]), LOAM_OK);
}

static void assert_counts(int64_t first, int64_t second, int64_t third)
{
    int64_t counts[LOAM_GC_GENERATIONS];

    loam_gc_get_count(counts);
    cr_assert(counts[0] == first && counts[1] == second && counts[2] == third, "(%d, %d, %d), not (%d, %d, %d)",
              (int)counts[0], (int)counts[1], (int)counts[2], (int)first, (int)second, (int)third);
}

LOAM_TEST(gc_api, counts_say_how_far_it_is_to_the_next_collection)
{
    int64_t counts[LOAM_GC_GENERATIONS] = {-1, -1, -1};

    loam_gc_get_count(counts);
    cr_assert(counts[0] >= 0 && counts[1] >= 0 && counts[2] >= 0);
    needs(LOAM_GC_EXACT_CYCLES);
    loam_gc_collect(2);
    assert_counts(0, 0, 0);
    drop_pairs(4, &node_type);
    assert_counts(8, 0, 0);
    cr_assert_eq(loam_gc_set_threshold(700, 10, 10), LOAM_OK);
    assert_counts(8, 0, 0);
    cr_assert_eq(loam_gc_collect(0), 8);
    assert_counts(0, 1, 0);
    cr_assert_eq(loam_gc_collect(0), 0);
    assert_counts(0, 2, 0);
    drop_pairs(1, &node_type);
    cr_assert_eq(loam_gc_collect(1), 2);
    assert_counts(0, 0, 0);
    loam_gc_collect(0);
    loam_gc_collect(2);
    assert_counts(0, 0, 0);

    loam_auto loam_list *large = loam_list_new();
    cr_assert_eq(loam_list_reserve(large, 1 << 18), LOAM_OK); /* twice the MiB from which growth counts */
    loam_gc_get_count(counts);
    cr_assert(counts[2] >= 100 && counts[2] < 110, "%d", (int)counts[2]);
}

static int64_t collections_of(int generation)
{
    loam_gc_stats stats[LOAM_GC_GENERATIONS];

    loam_gc_get_stats(stats);
    return stats[generation].collections;
}

LOAM_TEST(gc_api, a_collection_starts_when_a_threshold_is_reached)
{
    int64_t before;

    needs(LOAM_GC_EXACT_CYCLES);
    begin();
    cr_assert_eq(loam_gc_set_threshold(20, 3, 0), LOAM_OK);
    drop_pairs(9, &node_type);
    cr_assert_eq(freed, 0);
    drop_pairs(2, &node_type);
    cr_assert(freed >= 18 && freed <= 20, "%d", (int)freed);
    cr_assert(collections_of(0) == 1 && collections_of(1) == 0);

    drop_pairs(30, &node_type);
    cr_assert(freed >= 72 && freed <= 80, "%d", (int)freed);
    before = freed;
    cr_assert(collections_of(0) == 3 && collections_of(1) == 1, "each third one is of generation 1");
    cr_assert_eq(collections_of(2), 0);

    cr_assert_eq(loam_gc_set_threshold(0, 3, 0), LOAM_OK);
    drop_pairs(50, &node_type);
    cr_assert_eq(freed, before, "0: none starts by itself");
    cr_assert_eq(loam_gc_set_threshold(20, 0, 0), LOAM_OK);
    loam_gc_disable();
    drop_pairs(50, &node_type);
    cr_assert_eq(freed, before, "disabled");
    loam_gc_enable();
    loam_release(loam_new(&node_type));
    cr_assert(freed >= 270 && freed <= 283, "%d: all but what a collection met half dropped", (int)freed);
    drop_pairs(100, &node_type);
    cr_assert_eq(collections_of(1), 1, "0: none of generation 1 starts by itself");
    before = freed;
    cr_assert(before >= 440);
    cr_assert_eq(loam_gc_collect(2), 483 - before);
}

LOAM_TEST(gc_api, a_full_collection_starts_when_the_heap_has_grown_and_something_is_suspected)
{
    loam_auto node *old = NULL;
    loam_auto loam_list *large = NULL;

    needs(LOAM_GC_EXACT_CYCLES);
    begin();
    cr_assert_eq(loam_gc_set_threshold(1000000, 0, 50), LOAM_OK);
    old = new_pair(&node_type);
    loam_gc_collect(2);
    loam_release(loam_move(&old));
    loam_release(loam_list_new());
    cr_assert_eq(freed, 0, "it has not grown");
    large = loam_list_new();
    cr_assert_eq(loam_list_reserve(large, 3 << 16),
                 LOAM_OK); /* half as much again as the MiB from which growth counts */
    loam_release(loam_list_new());
    cr_assert_eq(freed, 2);
    cr_assert_eq(collections_of(2), 2);
}

LOAM_TEST(gc_api, statistics_add_up)
{
    loam_gc_stats stats[LOAM_GC_GENERATIONS];

    begin();
    loam_gc_get_stats(stats);
    for (int i = 0; i < LOAM_GC_GENERATIONS; i++)
        cr_assert(stats[i].collections == 0 || !loam_gc_has(LOAM_GC_EXACT_CYCLES));
    drop_pairs(5, &node_type);
    loam_gc_collect(0);
    drop_pairs(3, &node_type);
    loam_gc_collect(2);
    loam_gc_collect(2);
    loam_gc_get_stats(stats);
    for (int i = 0; i < LOAM_GC_GENERATIONS; i++)
        cr_assert(stats[i].longest_ns >= 0 && stats[i].total_ns >= 0);
    needs(LOAM_GC_EXACT_CYCLES);
    for (int i = 0; i < LOAM_GC_GENERATIONS; i++)
        cr_assert_geq(stats[i].total_ns, stats[i].longest_ns);
    cr_assert(stats[0].collections == 1 && stats[0].collected == 10 && stats[0].candidates == 10);
    cr_assert(stats[1].collections == 0 && stats[1].collected == 0);
    cr_assert(stats[2].collections == 2 && stats[2].collected == 6 && stats[2].candidates == 6);
    cr_assert_eq(stats[0].uncollectable + stats[1].uncollectable + stats[2].uncollectable, 0);
}

LOAM_TEST(gc_api, a_collection_returns_how_many_it_found)
{
    int64_t found;

    begin();
    drop_pairs(1, &node_type);
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        cr_assert_eq(freed, 0, "they hold each other");
    found = loam_gc_collect(2);
    cr_assert_geq(found, 0);
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        cr_assert(found == 2 && freed == 2);
    cr_assert_eq(loam_gc_collect(3), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_gc_collect(-1), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
}

/* Counts. */

LOAM_TEST(gc_api, a_count_rises_and_falls_with_the_references)
{
    loam_auto loam_list *a = loam_list_of(1, 2, 3);
    loam_auto loam_list *outer = loam_list_new();
    loam_list *b;

    cr_assert_eq(loam_refcount(LOAM_NONE), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_refcount(loam_int(5)), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    loam_fail(LOAM_ERR_KEY, "earlier");
    cr_assert_eq(loam_refcount(LOAM_UNSET), LOAM_ERR_KEY);
    loam_error_clear();
    needs(LOAM_GC_EXACT_REFCOUNT);
    cr_assert_eq(loam_refcount(loam_from(a)), 1);
    b = loam_retain(a);
    cr_assert_eq(loam_refcount(loam_from(a)), 2);
    cr_assert_eq(loam_list_append(outer, a), LOAM_OK);
    cr_assert_eq(loam_refcount(loam_from(a)), 3);
    loam_release(b);
    cr_assert_eq(loam_refcount(loam_from(a)), 2);
    loam_release(loam_list_pop(outer, -1));
    cr_assert_eq(loam_refcount(loam_from(a)), 1);

    loam_auto loam_tuple *empty = loam_tuple_new(NULL, 0);
    cr_assert_eq(loam_refcount(loam_from(empty)), INT64_MAX);
}

LOAM_TEST(gc_api, an_object_says_whether_it_is_tracked_and_finalized)
{
    loam_auto loam_list *list = loam_list_new();
    loam_auto loam_str *text = loam_str_new("text that is an object");
    loam_auto node *acyclic = loam_new(&acyclic_type);
    node *n = loam_new(&finalized_type);

    begin();
    cr_assert(loam_gc_is_tracked(loam_from(list)));
    cr_assert(loam_gc_is_tracked(loam_from(n)));
    cr_assert_not(loam_gc_is_tracked(loam_from(text)));
    cr_assert_not(loam_gc_is_tracked(loam_from(acyclic)));
    cr_assert_not(loam_gc_is_tracked(LOAM_NONE));
    cr_assert_not(loam_gc_is_tracked(LOAM_UNSET));
    cr_assert_not(loam_gc_is_finalized(LOAM_UNSET));
    cr_assert_not(loam_gc_is_finalized(loam_int(5)));
    cr_assert_not(loam_gc_is_finalized(loam_from(n)));
    resurrects = true;
    loam_release(n);
    needs(LOAM_GC_PROMPT_FREE);
    cr_assert_eq(resurrected, n);
    cr_assert(loam_gc_is_finalized(loam_from(n)));
    loam_release(n);
    cr_assert(finalized == 1 && freed == 1);
}

/* Garbage that its finalizers bring back, into static data. */

enum { MANY = 1000 };

static node *rescued[MANY];
static size_t rescues;

static void rescue(void *self)
{
    rescued[rescues++] = loam_retain(self);
}

static loam_type rescued_type = {
    .name = "rescued node",
    .size = sizeof(node),
    .refs = LOAM_REFS(offsetof(node, one), offsetof(node, other)),
    .finalize = rescue,
};

__attribute__((noinline)) static void drop_to_be_rescued(void)
{
    for (int i = 0; i < MANY; i++) {
        node *n = loam_new(&rescued_type);
        cr_assert_not(loam_gc_is_finalized(loam_from(n)));
        cr_assert_eq(loam_slot_set(n, &n->one, loam_from(n)), LOAM_OK);
        loam_release(n);
    }
}

LOAM_TEST(gc_api, an_object_that_came_back_is_finalized)
{
    drop_to_be_rescued();
    collect_everything();
    assert_gone(rescues, MANY);
    for (size_t i = 0; i < rescues; i++) {
        node *n = loam_move(&rescued[i]);
        cr_assert(loam_gc_is_finalized(loam_from(n)) && loam_gc_is_tracked(loam_from(n)));
        cr_assert_eq(loam_slot_set(n, &n->one, LOAM_NONE), LOAM_OK);
        loam_release(n);
    }
}

/* Looking into the heap. */

LOAM_TEST(gc_api, generations_list_their_objects)
{
    loam_auto node *n = new_pair(&node_type);
    loam_auto loam_str *text = loam_str_new("text that is an object");
    loam_auto loam_list *all = NULL;

    needs(LOAM_GC_HEAP_WALK);
    all = loam_gc_get_objects(-1);
    cr_assert(holds(all, n) && holds(all, n->one));
    cr_assert_not(holds(all, text), "it cannot be part of a cycle");
    cr_assert_not(holds(all, all));
    cr_assert_null(loam_gc_get_objects(3));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_null(loam_gc_get_objects(-2));
    assert_failed(LOAM_ERR_VALUE);
    refer(n, n);
    refer(n, loam_new(&node_type));
    loam_release(n->one);
}

static int generation_of(const void *object)
{
    int found = -1;

    for (int i = 0; i < LOAM_GC_GENERATIONS; i++) {
        loam_auto loam_list *objects = loam_gc_get_objects(i);
        if (!holds(objects, object))
            continue;
        cr_assert_eq(found, -1, "in two generations");
        found = i;
    }
    return found;
}

LOAM_TEST(gc_api, what_survives_a_collection_of_its_generation_moves_up)
{
    loam_auto node *n = NULL;

    needs(LOAM_GC_HEAP_WALK);
    needs(LOAM_GC_EXACT_CYCLES);
    n = new_pair(&node_type);
    cr_assert_eq(generation_of(n), 0);
    cr_assert_eq(loam_gc_collect(0), 0);
    cr_assert_eq(generation_of(n), 1);
    cr_assert_eq(generation_of(n->one), 1, "it was looked at with it");
    loam_gc_collect(0);
    cr_assert_eq(generation_of(n), 1, "it is not looked at");
    cr_assert_eq(loam_gc_collect(1), 0);
    cr_assert_eq(generation_of(n), 2);
    loam_release(loam_move(&n));
    cr_assert_eq(loam_gc_collect(1), 0, "too young for it");
    cr_assert_eq(loam_gc_collect(2), 2);
    n = loam_new(&node_type);
    loam_gc_collect(2);
    cr_assert_eq(generation_of(n), 2, "what a full collection meets is old");
}

LOAM_TEST(gc_api, the_list_of_all_objects_holds_them)
{
    loam_list *all = NULL;

    needs(LOAM_GC_HEAP_WALK);
    needs(LOAM_GC_EXACT_CYCLES);
    begin();
    drop_pairs(1, &node_type);
    all = loam_gc_get_objects(-1);
    cr_assert_eq(loam_gc_collect(2), 0);
    loam_release(all);
    cr_assert_eq(loam_gc_collect(2), 2);

    /* It may become part of a cycle itself. */
    loam_auto loam_list *outer = loam_list_new();
    all = loam_gc_get_objects(-1);
    cr_assert(holds(all, outer));
    cr_assert_eq(loam_list_append_take(outer, loam_from(all)), LOAM_OK);
    loam_release(loam_move(&outer));
    cr_assert_eq(loam_gc_collect(0), 2);
}

LOAM_TEST(gc_api, referrers_are_what_can_be_in_a_cycle_and_refers_to_it)
{
    loam_auto loam_str *text = loam_str_new("text that is an object");
    loam_auto loam_list *list = loam_list_of(text, 1, text);
    loam_auto loam_dict *dict = loam_dict_of(text, 1);
    loam_auto loam_tuple *tuple = loam_tuple_of(1, list);
    loam_auto node *n = loam_new(&node_type);
    loam_auto node *acyclic = loam_new(&acyclic_type);

    MUST(loam_slot_set(n, &n->other, loam_from(text)) == LOAM_OK);
    MUST(loam_slot_set(acyclic, &acyclic->other, loam_from(text)) == LOAM_OK);
    cr_assert_null(loam_gc_get_referrers(LOAM_NONE));
    assert_failed(LOAM_ERR_TYPE);
    loam_fail(LOAM_ERR_KEY, "earlier");
    cr_assert_null(loam_gc_get_referrers(LOAM_UNSET));
    assert_failed(LOAM_ERR_KEY);
    needs(LOAM_GC_HEAP_WALK);
    loam_auto loam_list *found = loam_gc_get_referrers(loam_from(text));
    cr_assert_eq(loam_list_len(found), 3, "each once");
    cr_assert(holds(found, list) && holds(found, dict) && holds(found, n));
    loam_release(found);
    found = loam_gc_get_referrers(loam_from(list));
    cr_assert(loam_list_len(found) == 1 && holds(found, tuple));
    loam_release(found);
    found = loam_gc_get_referrers(loam_from(n));
    cr_assert_eq(loam_list_len(found), 0);
}

LOAM_TEST(gc_api, referents_are_what_it_refers_to_field_by_field)
{
    loam_auto loam_list *list = loam_list_of(1, "two", 1);
    loam_auto loam_dict *dict = loam_dict_of("a", 1, "b", list);
    loam_auto node *n = loam_new(&node_type);

    assert_repr_take(loam_from(loam_gc_get_referents(loam_from(list))), "[1, 'two', 1]");
    assert_repr_take(loam_from(loam_gc_get_referents(loam_from(dict))), "['a', 1, 'b', [1, 'two', 1]]");
    cr_assert_eq(loam_dict_remove(dict, "a"), LOAM_OK);
    assert_repr_take(loam_from(loam_gc_get_referents(loam_from(dict))), "['b', [1, 'two', 1]]");
    assert_repr_take(loam_from(loam_gc_get_referents(loam_from(n))), "[]");
    MUST(loam_slot_set(n, &n->other, LOAM_TRUE) == LOAM_OK);
    assert_repr_take(loam_from(loam_gc_get_referents(loam_from(n))), "[True]");
    assert_repr_take(loam_from(loam_gc_get_referents(loam_int(5))), "[]");
    assert_repr_take(loam_from(loam_gc_get_referents(loam_dict_get_peek(dict, "b"))), "[1, 'two', 1]");
    loam_fail(LOAM_ERR_KEY, "earlier");
    cr_assert_null(loam_gc_get_referents(LOAM_UNSET));
    assert_failed(LOAM_ERR_KEY);
}

/* Callbacks. */

enum { EVENTS = 32 };

static struct {
    loam_gc_phase phase;
    loam_gc_info info;
    int64_t context;
} events[EVENTS];
static int event_count;

static void note(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    MUST(event_count < EVENTS);
    events[event_count].phase = phase;
    events[event_count].info = *info;
    events[event_count++].context = *(const int64_t *)context;
}

LOAM_TEST(gc_api, callbacks_see_each_collection_before_and_after_it)
{
    int64_t first = 1;
    int64_t second = 2;

    begin();
    event_count = 0;
    cr_assert_eq(loam_gc_callback_add(note, &first), LOAM_OK);
    cr_assert_eq(loam_gc_callback_add(note, &second), LOAM_OK);
    drop_pairs(3, &node_type);
    loam_gc_collect(2);
    cr_assert_eq(event_count, 4);
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(events[i].phase, i < 2 ? LOAM_GC_START : LOAM_GC_STOP);
        cr_assert_eq(events[i].context, i % 2 + 1, "in the order that they were added in");
        cr_assert_eq(events[i].info.generation, 2);
        cr_assert(events[i].info.uncollectable == 0 && events[i].info.duration_ns >= 0);
    }
    cr_assert_eq(events[0].info.collected, 0);
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        cr_assert(events[0].info.candidates == 6 && events[2].info.candidates == 6 && events[2].info.collected == 6);

    cr_assert_eq(loam_gc_callback_remove(note, &first), LOAM_OK);
    cr_assert_eq(loam_gc_callback_remove(note, &first), LOAM_MISSING);
    loam_gc_collect(2);
    cr_assert(event_count == 6 && events[4].context == 2 && events[5].context == 2);
    cr_assert_eq(loam_gc_callback_remove(note, &second), LOAM_OK);
    loam_gc_collect(2);
    cr_assert_eq(event_count, 6);
}

LOAM_TEST(gc_api, callbacks_see_collections_that_start_by_themselves)
{
    int64_t context = 1;

    needs(LOAM_GC_EXACT_CYCLES);
    event_count = 0;
    cr_assert_eq(loam_gc_callback_add(note, &context), LOAM_OK);
    cr_assert_eq(loam_gc_set_threshold(10, 2, 0), LOAM_OK);
    drop_pairs(11, &node_type);
    cr_assert_eq(event_count, 4);
    cr_assert(events[1].phase == LOAM_GC_STOP && events[1].info.generation == 0 && events[1].info.collected > 0);
    cr_assert(events[3].phase == LOAM_GC_STOP && events[3].info.generation == 1 && events[3].info.collected > 0);
    cr_assert_eq(loam_gc_callback_remove(note, &context), LOAM_OK);
    loam_gc_collect(2);
}

/* Of those, however many, on every memory manager. */
typedef struct tellings {
    int64_t begun, ended;
    int64_t collected, ns;
    bool are_paired;
} tellings;

static void count_telling(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    tellings *t = context;

    if (phase == LOAM_GC_START) {
        t->are_paired &= t->begun == t->ended && info->collected == 0 && info->duration_ns == 0;
        t->begun++;
    } else {
        t->ended++;
        t->are_paired &= t->begun == t->ended && info->duration_ns >= 0;
        t->collected += info->collected;
        t->ns += info->duration_ns;
    }
}

static int64_t all_collections(void)
{
    return collections_of(0) + collections_of(1) + collections_of(2);
}

/* Until `wanted` collections have started by themselves, or much has been made. How many have. */
static int64_t wait_for_collections(int64_t wanted)
{
    int64_t before = all_collections();

    for (int i = 0; i < 2000 && all_collections() < before + wanted; i++)
        drop_pairs(MANY, &finalized_type);
    return all_collections() - before;
}

LOAM_TEST(gc_api, callbacks_are_told_of_what_starts_by_itself)
{
    tellings told = {.are_paired = true};
    int64_t happened;

    begin();
    cr_assert_eq(loam_gc_callback_add(count_telling, &told), LOAM_OK);
    happened = wait_for_collections(5);
    cr_assert_geq(happened, 5);
    cr_assert(told.are_paired);
    cr_assert(told.begun == told.ended && told.begun >= 3 && told.begun <= happened, "%d of %d", (int)told.begun,
              (int)happened);
    cr_assert(told.collected > 0 && told.ns > 0);
    cr_assert_eq(loam_gc_callback_remove(count_telling, &told), LOAM_OK);
    loam_gc_collect(2);
}

LOAM_TEST(gc_api, a_first_threshold_of_0_lets_none_start_by_itself)
{
    begin();
    cr_assert_eq(loam_gc_set_threshold(0, LOAM_OMIT, LOAM_OMIT), LOAM_OK);
    cr_assert_eq(wait_for_collections(1), 0);
    cr_assert(loam_gc_is_enabled());
    cr_assert_eq(loam_gc_set_threshold(10000, LOAM_OMIT, LOAM_OMIT), LOAM_OK);
    cr_assert_geq(wait_for_collections(1), 1);
    loam_gc_collect(2);
}

static void do_much(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    int64_t *calls = context;

    (void)phase;
    (void)info;
    ++*calls;
    drop_pairs(20, &finalized_type);
    MUST(loam_gc_collect(2) == 0); /* none starts inside */
    loam_fail(LOAM_ERR_INDEX, "of the callback");
}

LOAM_TEST(gc_api, a_callback_may_do_anything_and_no_collection_starts_inside)
{
    int64_t calls = 0;

    begin();
    cr_assert_eq(loam_gc_callback_add(do_much, &calls), LOAM_OK);
    cr_assert_eq(loam_gc_set_threshold(4, LOAM_OMIT, LOAM_OMIT), LOAM_OK);
    loam_fail(LOAM_ERR_KEY, "earlier");
    loam_gc_collect(2);
    cr_assert(loam_error()->status == LOAM_ERR_KEY && !strcmp(loam_error()->text, "earlier"));
    loam_error_clear();
    cr_assert_eq(calls, 2);
    loam_gc_collect(2);
    cr_assert(loam_error()->status == LOAM_OK);
    cr_assert_eq(calls, 4);
    cr_assert_eq(loam_gc_callback_remove(do_much, &calls), LOAM_OK);
    cr_assert_eq(loam_gc_set_threshold(10000, LOAM_OMIT, LOAM_OMIT), LOAM_OK);
    loam_gc_collect(2);
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        cr_assert(freed == 160 && finalized == 160, "%d freed, %d finalized", (int)freed, (int)finalized);
}

/* Contexts of callbacks that change the list of them. */
static int64_t marks[4] = {0, 1, 2, 3};
static char order[20];

static void mark(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    (void)phase;
    (void)info;
    order[strlen(order)] = (char)('0' + *(int64_t *)context);
}

static void change_the_list(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    mark(phase, info, context);
    MUST(loam_gc_callback_remove(change_the_list, context) == LOAM_OK);
    MUST(loam_gc_callback_remove(mark, &marks[1]) == LOAM_OK);
    MUST(loam_gc_callback_remove(mark, &marks[2]) == LOAM_OK);
    MUST(loam_gc_callback_add(mark, &marks[1]) == LOAM_OK);
    MUST(loam_gc_callback_add(mark, &marks[3]) == LOAM_OK);
}

LOAM_TEST(gc_api, callbacks_may_be_added_and_removed_by_callbacks)
{
    memset(order, 0, sizeof order);
    cr_assert_eq(loam_gc_callback_add(mark, &marks[1]), LOAM_OK);
    cr_assert_eq(loam_gc_callback_add(change_the_list, &marks[0]), LOAM_OK);
    cr_assert_eq(loam_gc_callback_add(mark, &marks[2]), LOAM_OK);
    loam_gc_collect(0);
    cr_assert_str_eq(order, "1013", "the start: 1 and 0, which removed 2 for at once; the end: those added");
    cr_assert_eq(loam_gc_callback_remove(mark, &marks[1]), LOAM_OK);
    cr_assert_eq(loam_gc_callback_remove(mark, &marks[3]), LOAM_OK);
    cr_assert_eq(loam_gc_callback_remove(mark, &marks[2]), LOAM_MISSING);
    loam_gc_collect(0);
    cr_assert_str_eq(order, "1013");
}

#if LOAM_CHECKS
static void add_nothing(void)
{
    loam_gc_callback_add(NULL, NULL);
}

static void remove_nothing(void)
{
    loam_gc_callback_remove(NULL, NULL);
}

LOAM_TEST(gc_api, no_function_is_no_callback)
{
    cr_assert(aborts(add_nothing));
    cr_assert(aborts(remove_nothing));
}
#endif

/* Debugging. */

static char said[2000];

/* What `act` writes to stderr, into `said`. */
static void listen(void (*act)(void))
{
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    size_t n;

    MUST(file && saved >= 0);
    fflush(stderr);
    MUST(dup2(fileno(file), STDERR_FILENO) >= 0);
    act();
    fflush(stderr);
    MUST(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
    rewind(file);
    n = fread(said, 1, sizeof said - 1, file);
    said[n] = '\0';
    fclose(file);
}

static void collect_twice(void)
{
    loam_gc_collect(0);
    loam_gc_collect(2);
}

LOAM_TEST(gc_api, statistics_are_a_line_for_each_collection)
{
    const char *line;

    cr_assert_eq(loam_gc_get_debug(), 0);
    cr_assert_eq(loam_gc_set_debug(LOAM_GC_DEBUG_STATS), LOAM_OK);
    cr_assert_eq(loam_gc_get_debug(), LOAM_GC_DEBUG_STATS);
    drop_pairs(2, &node_type);
    listen(collect_twice);
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        cr_assert_eq(strncmp(said, "gc: collecting generation 0... done, 4 unreachable, 0 uncollectable, 0.", 70), 0,
                     "%s", said);
    line = strstr(said, "gc: collecting generation 2... done, ");
    cr_assert(line && strstr(line, "s elapsed\n"), "%s", said);
    cr_assert_eq(loam_gc_set_debug(0), LOAM_OK);
    listen(collect_twice);
    cr_assert_str_eq(said, "");

    cr_assert_eq(loam_gc_set_debug(64), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_gc_set_debug(-1), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_gc_get_debug(), 0);
}

LOAM_TEST(gc_api, unreachable_objects_are_named_before_they_are_freed)
{
    int lines = 0;

    needs(LOAM_GC_EXACT_CYCLES);
    cr_assert_eq(loam_gc_set_debug(LOAM_GC_DEBUG_COLLECTABLE), LOAM_OK);
    drop_pairs(2, &node_type);
    loam_gc_callback_remove(note, NULL);
    listen(collect_twice);
    for (const char *at = said; (at = strstr(at, "gc: collectable <node 0x")); at++)
        lines++;
    cr_assert_eq(lines, 4, "%s", said);
    cr_assert_eq(loam_gc_set_debug(0), LOAM_OK);
}

/* Of two nodes, in each generation. */
static void save_a_pair(loam_type *type, int generation)
{
    loam_auto loam_list *garbage = loam_gc_garbage();
    loam_gc_stats before[LOAM_GC_GENERATIONS];
    loam_gc_stats after[LOAM_GC_GENERATIONS];
    node *n = new_pair(type);
    loam_auto loam_weakref *ref = loam_weakref_new(loam_from(n));
    node *saved;

    begin();
    loam_gc_get_stats(before);
    loam_release(n);
    cr_assert_eq(loam_gc_collect(generation), 2);
    loam_gc_get_stats(after);
    cr_assert_eq(after[generation].uncollectable - before[generation].uncollectable, 2);
    cr_assert_eq(after[generation].collected, before[generation].collected);
    cr_assert_eq(loam_list_len(garbage), 2);
    cr_assert(freed == 0 && finalized == (type == &finalized_type ? 2 : 0));
    cr_assert(loam_is_none(loam_weakref_get(ref)));

    saved = (node *)(uintptr_t)loam_list_get_peek(garbage, 0).word;
    cr_assert(holds(garbage, saved->one) && saved->one->one == saved);
    cr_assert_eq(loam_refcount(loam_from(saved)), 2, "the list's, and the other's");
    cr_assert_eq(loam_gc_collect(2), 0, "they are held");
    cr_assert_eq(loam_gc_set_debug(0), LOAM_OK);
    loam_list_clear(garbage);
    cr_assert_eq(loam_gc_collect(2), 2);
    cr_assert(freed == 2 && finalized == (type == &finalized_type ? 2 : 0), "once each");
    cr_assert_eq(loam_gc_set_debug(LOAM_GC_DEBUG_SAVEALL), LOAM_OK);
}

LOAM_TEST(gc_api, what_is_unreachable_can_be_saved_instead_of_freed)
{
    loam_list *garbage = loam_gc_garbage();

    cr_assert_eq(loam_list_len(garbage), 0);
    loam_release(garbage);
    needs(LOAM_GC_EXACT_CYCLES);
    cr_assert_eq(loam_gc_set_debug(LOAM_GC_DEBUG_SAVEALL), LOAM_OK);
    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation++) {
        save_a_pair(&node_type, generation);
        save_a_pair(&finalized_type, generation);
    }
    cr_assert_eq(loam_gc_set_debug(0), LOAM_OK);
}

LOAM_TEST(gc_api, what_its_finalizer_rescued_is_not_saved)
{
    loam_auto loam_list *garbage = NULL;

    needs(LOAM_GC_EXACT_CYCLES);
    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation++) {
        begin();
        garbage = loam_gc_garbage();
        cr_assert_eq(loam_gc_set_debug(LOAM_GC_DEBUG_SAVEALL), LOAM_OK);
        drop_pairs(2, &finalized_type);
        resurrects = true;
        cr_assert_eq(loam_gc_collect(generation), 2);
        cr_assert(loam_list_len(garbage) == 2 && resurrected && !holds(garbage, resurrected));
        cr_assert_eq(loam_refcount(loam_from(resurrected)), 2);
        loam_release(resurrected);
        loam_release(loam_move(&garbage));
        garbage = loam_gc_garbage();
        loam_list_clear(garbage);
        loam_release(loam_move(&garbage));
        cr_assert_eq(loam_gc_set_debug(0), LOAM_OK);
        cr_assert_eq(loam_gc_collect(2), 4);
        cr_assert(freed == 4 && finalized == 4);
    }
}

static void *leave_things_in_a_thread(void *context)
{
    int64_t number = 5;

    (void)context;
    if (loam_gc_callback_add(mark, &marks[1]) < 0 || loam_gc_callback_add(note, &number) < 0 ||
        loam_gc_callback_remove(note, &number) != LOAM_OK)
        return "callbacks";
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES) && loam_gc_set_debug(LOAM_GC_DEBUG_SAVEALL) < 0)
        return "debug";
    for (int i = 0; i < 3; i++)
        loam_release(loam_list_of(LOAM_DICT("a", i)));
    loam_gc_collect(2);
    return NULL;
}

/* Under LeakSanitizer and valgrind this looks for what a thread leaves behind. */
LOAM_TEST(gc_api, what_a_thread_has_set_goes_with_it)
{
    pthread_t thread;
    void *problem = NULL;

    memset(order, 0, sizeof order);
    cr_assert_eq(pthread_create(&thread, NULL, leave_things_in_a_thread, NULL), 0);
    pthread_join(thread, &problem);
    cr_assert_null(problem, "%s", (const char *)problem);
    cr_assert_str_eq(order, "11");
    loam_gc_collect(2);
    cr_assert_str_eq(order, "11", "another thread's");
    cr_assert_eq(loam_gc_get_debug(), 0);
}

/* Freezing. */

static loam_status frozen_inside;

static void freeze_inside(void *self)
{
    (void)self;
    frozen_inside = loam_gc_freeze();
}

static loam_type freezing_type = {
    .name = "freezing node",
    .size = sizeof(node),
    .refs = LOAM_REFS(offsetof(node, one), offsetof(node, other)),
    .finalize = freeze_inside,
};

LOAM_TEST(gc_api, what_is_frozen_is_left_alone_until_it_is_unfrozen)
{
    int64_t frozen;
    node *n;

    needs(LOAM_GC_FREEZE);
    begin();
    cr_assert_eq(loam_gc_get_freeze_count(), 0);
    loam_gc_collect(2);
    drop_pairs(5, &node_type);
    n = new_pair(&node_type);
    cr_assert_eq(loam_gc_freeze(), LOAM_OK);
    frozen = loam_gc_get_freeze_count();
    cr_assert_geq(frozen, 12);

    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation++)
        cr_assert_eq(loam_gc_collect(generation), 0);
    drop_pairs(1, &node_type);
    cr_assert_eq(loam_gc_collect(2), 2, "what is new is collected");
    loam_release(n);
    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation++)
        cr_assert_eq(loam_gc_collect(generation), 0);
    cr_assert(freed == 2 && loam_gc_get_freeze_count() == frozen);

    cr_assert_eq(loam_gc_unfreeze(), LOAM_OK);
    cr_assert_eq(loam_gc_get_freeze_count(), 0);
    cr_assert_eq(loam_gc_collect(1), 0, "it is old");
    cr_assert_eq(loam_gc_collect(2), 12);
    cr_assert_eq(freed, 14);
}

LOAM_TEST(gc_api, new_garbage_that_refers_to_frozen_garbage_does_not_drag_it_along)
{
    node *n;
    node *frozen;

    needs(LOAM_GC_FREEZE);
    begin();
    frozen = new_pair(&node_type);
    cr_assert_eq(loam_gc_freeze(), LOAM_OK);
    n = new_pair(&node_type);
    MUST(loam_slot_set_take(n, &n->other, loam_from(frozen)) == LOAM_OK);
    loam_release(n);
    cr_assert_eq(loam_gc_collect(0), 2);
    cr_assert_eq(freed, 2);
    cr_assert_eq(loam_gc_unfreeze(), LOAM_OK);
    cr_assert_eq(loam_gc_collect(2), 2);
}

LOAM_TEST(gc_api, what_is_frozen_keeps_what_it_refers_to_and_is_freed_when_nothing_refers_to_it)
{
    loam_auto loam_list *frozen = loam_list_new();
    node *n;

    needs(LOAM_GC_FREEZE);
    begin();
    cr_assert_eq(loam_gc_freeze(), LOAM_OK);
    n = new_pair(&node_type);
    cr_assert_eq(loam_list_append_take(frozen, loam_from(n)), LOAM_OK);
    cr_assert_eq(loam_gc_collect(2), 0);
    cr_assert_eq(n->one->one, n);
    int64_t count = loam_gc_get_freeze_count();
    loam_release(loam_move(&frozen));
    cr_assert_eq(loam_gc_get_freeze_count(), count - 1);
    cr_assert_eq(loam_gc_collect(2), 2);
    cr_assert_eq(loam_gc_unfreeze(), LOAM_OK);
}

LOAM_TEST(gc_api, nothing_is_frozen_in_the_middle_of_a_collection)
{
    needs(LOAM_GC_FREEZE);
    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation += 2) {
        frozen_inside = LOAM_OK;
        drop_pairs(1, &freezing_type);
        cr_assert_eq(loam_gc_collect(generation), 2);
        cr_assert_eq(frozen_inside, LOAM_ERR_VALUE);
        cr_assert_eq(loam_gc_get_freeze_count(), 0);
        loam_release(loam_new(&freezing_type));
        cr_assert_eq(frozen_inside, LOAM_OK, "no collection is going on");
        cr_assert_eq(loam_gc_unfreeze(), LOAM_OK);
    }
    loam_error_clear();
}

LOAM_TEST(gc_api, bytes_rise_with_what_is_made)
{
    int64_t before = loam_gc_get_bytes();
    loam_auto loam_list *list = loam_list_new();

    cr_assert_eq(loam_list_reserve(list, 1 << 20), LOAM_OK);
    cr_assert(loam_gc_get_bytes() - before >= 8 << 20);
    loam_list_clear(list);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE)) {
        loam_release(loam_move(&list));
        cr_assert_eq(loam_gc_get_bytes(), before);
    }
}

static void drop_ring_by_moves(void)
{
    node *a = loam_new(&node_type);
    node *b = loam_new(&node_type);

    cr_assert_eq(loam_slot_set(b, &b->other, loam_from(a)), LOAM_OK);
    cr_assert_eq(loam_slot_set_take(a, &a->other, loam_from(b)), LOAM_OK);
    loam_release(a);
}

LOAM_TEST(gc_api, a_candidate_by_a_move_is_collected_too)
{
    needs(LOAM_GC_EXACT_CYCLES);
    begin();
    cr_assert_eq(loam_gc_set_threshold(20, 10, 25), LOAM_OK);
    for (int i = 0; i < 1000; i++)
        drop_ring_by_moves();
    cr_assert(freed > 1900, "%d", (int)freed);
    loam_gc_collect(2);
    cr_assert_eq(freed, 2000);
}

LOAM_TEST(gc_api, one_candidate_that_holds_much_is_collected_when_the_heap_has_grown)
{
    enum { HUBS = 20, SPOKES = 100000 };
    int64_t before = loam_gc_get_bytes();

    needs(LOAM_GC_EXACT_CYCLES);
    for (int i = 0; i < HUBS; i++) {
        loam_auto loam_list *hub = loam_list_new();
        for (int j = 0; j < SPOKES; j++)
            cr_assert_eq(loam_list_append_take(hub, LOAM_VAL(LOAM_LIST(loam_from(hub)))), LOAM_OK);
        cr_assert(loam_gc_get_bytes() - before < 3 * SPOKES * 100, "%d: %d", i, (int)(loam_gc_get_bytes() - before));
    }
    loam_gc_collect(2);
}
