/*
 * What memory managers promise. Each bit of loam_gc_has() says what it says: where it is set the promise holds, where
 * not the thing is refused or does not happen. And what all of them promise of garbage: of 10^4 things of a kind at
 * most 5 % are left.
 */
#include "tests/harness.h"

#define NOINLINE __attribute__((noinline))

enum { MANY = 10000 };

typedef struct node {
    loam_object loam;
    struct node *other;
    int64_t number;
} node;

static size_t disposed, finalized;

static void dispose(void *self)
{
    (void)self;
    disposed++;
}

static void finalize(void *self)
{
    (void)self;
    finalized++;
}

#define NODE .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, other))

static loam_type node_type = {.name = "node", NODE, .dispose = dispose, .external = true};
static loam_type finalized_type = {.name = "finalized", NODE, .finalize = finalize};

static node *node_new(loam_type *type)
{
    node *n = loam_new(type);

    cr_assert(n);
    return n;
}

static void refer(node *from, node *to)
{
    cr_assert_eq(loam_slot_set(from, &from->other, loam_from(to)), LOAM_OK);
}

NOINLINE static void drop_alone(loam_type *type, int many)
{
    while (many--)
        loam_release(node_new(type));
}

NOINLINE static void drop_pairs(loam_type *type, int many)
{
    while (many--) {
        loam_auto node *a = node_new(type);
        loam_auto node *b = node_new(type);
        refer(a, b);
        refer(b, a);
    }
}

static void assert_refused(loam_status status)
{
    cr_assert_eq(status, LOAM_ERR_UNSUPPORTED);
    assert_failed(LOAM_ERR_UNSUPPORTED);
}

/* The bits. */

LOAM_TEST(contract, prompt_free_is_the_moment_of_the_last_release)
{
    node *n = node_new(&node_type);
    node *second = loam_retain(n);

    loam_release(n);
    cr_assert_eq(disposed, 0);
    loam_release(second);
    cr_assert_eq(disposed, loam_gc_has(LOAM_GC_PROMPT_FREE) ? 1 : 0);
}

LOAM_TEST(contract, exact_refcount_is_what_refcount_says)
{
    loam_auto loam_list *list = loam_list_of(1);
    loam_auto loam_list *outer = loam_list_of(list, list);

    if (loam_gc_has(LOAM_GC_EXACT_REFCOUNT))
        cr_assert_eq(loam_refcount(loam_from(list)), 3);
    else
        assert_refused((loam_status)loam_refcount(loam_from(list)));
    cr_assert_eq(loam_list_len(outer), 2);
}

LOAM_TEST(contract, cycles_are_found_without_help)
{
    cr_assert(loam_gc_has(LOAM_GC_CYCLES), "every memory manager finds them");
    drop_pairs(&node_type, MANY);
    collect_everything();
    assert_gone(disposed, 2 * MANY);
}

LOAM_TEST(contract, exact_cycles_are_all_and_counted)
{
    int64_t found;

    if (!loam_gc_has(LOAM_GC_EXACT_CYCLES))
        assert_refused(loam_gc_set_debug(LOAM_GC_DEBUG_SAVEALL));
    cr_assert_eq(loam_gc_get_debug(), 0);
    loam_gc_collect(2);
    loam_gc_disable();
    drop_pairs(&finalized_type, 500);
    found = loam_gc_collect(2);
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        cr_assert(found == 1000 && finalized == 1000);
    else
        cr_assert(found >= 0 && found <= 1000 && finalized <= 1000);
    loam_gc_enable();
}

LOAM_TEST(contract, what_is_frozen_is_set_aside)
{
    if (!loam_gc_has(LOAM_GC_FREEZE)) {
        assert_refused(loam_gc_freeze());
        assert_refused(loam_gc_unfreeze());
        assert_refused((loam_status)loam_gc_get_freeze_count());
        return;
    }
    drop_pairs(&node_type, 5);
    cr_assert_eq(loam_gc_freeze(), LOAM_OK);
    cr_assert_geq(loam_gc_get_freeze_count(), 10);
    loam_gc_collect(2);
    cr_assert_eq(disposed, 0);
    cr_assert_eq(loam_gc_unfreeze(), LOAM_OK);
    loam_gc_collect(2);
    cr_assert_eq(disposed, 10);
}

static bool holds(const loam_list *list, const void *object)
{
    for (int64_t i = 0; i < loam_list_len(list); i++)
        if (loam_list_get_peek(list, i).word == loam_from(object).word)
            return true;
    return false;
}

LOAM_TEST(contract, a_walk_of_the_heap_finds_what_there_is)
{
    loam_auto loam_list *list = loam_list_of(1);
    loam_auto loam_list *outer = loam_list_of(list);
    loam_auto loam_list *all = loam_gc_get_objects(-1);
    loam_auto loam_list *referrers = loam_gc_get_referrers(loam_from(list));

    if (loam_gc_has(LOAM_GC_HEAP_WALK)) {
        cr_assert(holds(all, list) && holds(all, outer));
        cr_assert(holds(referrers, outer) && !holds(referrers, list));
        return;
    }
    cr_assert(!all && !referrers);
    assert_failed(LOAM_ERR_UNSUPPORTED);
    cr_assert_null(loam_gc_get_objects(0));
    assert_refused(loam_error()->status);
}

LOAM_TEST(contract, a_budget_spreads_what_is_freed)
{
    loam_auto loam_list *list = loam_list_new();

    cr_assert(!loam_gc_has(LOAM_GC_FREE_BUDGET) || loam_gc_has(LOAM_GC_PROMPT_FREE), "it is about prompt freeing");
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(loam_list_append(list, LOAM_TAKE(loam_from(node_new(&node_type)))), LOAM_OK);
    if (!loam_gc_has(LOAM_GC_FREE_BUDGET)) {
        assert_refused(loam_gc_set_free_budget(100));
        cr_assert_eq(loam_gc_get_free_budget(), 0);
        loam_release(loam_move(&list));
        cr_assert_eq(loam_gc_get_free_debt(), 0);
        return;
    }
    cr_assert_eq(loam_gc_set_free_budget(100), LOAM_OK);
    loam_release(loam_move(&list));
    cr_assert(disposed < 1000 && loam_gc_get_free_debt() > 0);
    cr_assert_eq(loam_gc_set_free_budget(0), LOAM_OK);
    cr_assert(disposed == 1000 && loam_gc_get_free_debt() == 0);
}

LOAM_TEST(contract, separate_heaps_know_what_is_in_them)
{
    loam_heap *heap = loam_heap_new();
    loam_auto loam_list *inside = NULL;

    cr_assert(!loam_gc_has(LOAM_GC_SEPARATE_HEAPS) || loam_gc_has(LOAM_GC_PROMPT_FREE),
              "else nothing is known to be gone");
    cr_assert_eq(loam_heap_enter(heap), LOAM_OK);
    inside = loam_list_of("inside");
    cr_assert_eq(loam_heap_leave(heap), LOAM_OK);
    if (loam_gc_has(LOAM_GC_SEPARATE_HEAPS)) {
        cr_assert_eq(loam_heap_free(heap), LOAM_ERR_VALUE);
        assert_failed(LOAM_ERR_VALUE);
        loam_release(loam_move(&inside));
    }
    cr_assert_eq(loam_heap_free(heap), LOAM_OK);
    if (inside)
        assert_repr(loam_from(inside), "['inside']");
}

/* The heap grows, and much in it is suspected, until full collections have started by themselves. */
NOINLINE static void grow(loam_list *alive)
{
    loam_gc_stats stats[LOAM_GC_GENERATIONS] = {{0}};

    for (int64_t i = 0; i < 20000 && stats[2].collections < 3; i++) {
        loam_auto loam_list *ring = loam_list_new();
        for (int j = 0; j < 100; j++)
            cr_assert_eq(loam_list_append(ring, LOAM_LIST(ring)), LOAM_OK);
        cr_assert_eq(loam_list_append(alive, ring), LOAM_OK);
        if (i % 3 == 0)
            cr_assert_eq(loam_list_set(alive, i / 3, LOAM_NONE), LOAM_OK);
        loam_gc_get_stats(stats);
    }
    cr_assert_geq(stats[2].collections, 3);
    if (loam_gc_has(LOAM_GC_BOUNDED_PAUSES))
        cr_assert(stats[2].slices > 2 * stats[2].collections && stats[2].most_visited > 0);
    else
        cr_assert(stats[2].slices == 0 && stats[2].most_visited == 0);
}

LOAM_TEST(contract, bounded_pauses_are_those_of_collections_in_slices)
{
    loam_list *alive = loam_list_new();

    grow(alive);
    loam_release(alive);
    loam_gc_collect(2);
}

LOAM_TEST(contract, what_is_no_capability_nobody_has)
{
    cr_assert_not(loam_gc_has((loam_gc_capability)(LOAM_GC_BOUNDED_PAUSES + 1)));
    cr_assert_not(loam_gc_has((loam_gc_capability)-1));
}

/* Garbage. */

LOAM_TEST(contract, of_objects_alone_few_are_left)
{
    drop_alone(&node_type, MANY);
    collect_everything();
    assert_gone(disposed, MANY);
}

LOAM_TEST(contract, of_finalizers_few_have_not_run)
{
    drop_alone(&finalized_type, MANY);
    drop_pairs(&finalized_type, MANY / 2);
    collect_everything();
    assert_gone(finalized, 2 * MANY);
}

NOINLINE static size_t count_cleared(loam_list *refs)
{
    size_t count = 0;

    for (int64_t i = 0; i < loam_list_len(refs); i++) {
        loam_auto_value loam_value target = loam_weakref_get(loam_to_weakref_peek(loam_list_get_peek(refs, i)));
        count += loam_is_none(target);
    }
    return count;
}

typedef void dropper(loam_list *refs, int number);

static void watch(loam_list *refs, const void *object)
{
    cr_assert_eq(loam_list_append_take(refs, loam_from(loam_weakref_new(loam_from(object)))), LOAM_OK);
}

static void drop_list(loam_list *refs, int number)
{
    loam_auto loam_list *list = loam_list_of(number, LOAM_LIST(number, "text"));
    watch(refs, list);
}

static void drop_value_of_dict(loam_list *refs, int number)
{
    loam_auto loam_dict *dict = loam_dict_of("number", LOAM_TUPLE(number, number));
    loam_auto_value loam_value value = loam_dict_get(dict, "number");
    watch(refs, loam__object(value));
}

static void drop_dict_that_holds_itself(loam_list *refs, int number)
{
    loam_auto loam_dict *dict = loam_dict_of("number", number);
    cr_assert_eq(loam_dict_set(dict, "self", dict), LOAM_OK);
    watch(refs, dict);
}

static int every(loam_value value, void *context)
{
    (void)value;
    (void)context;
    return 1;
}

static void drop_iterator(loam_list *refs, int number)
{
    loam_auto loam_list *list = loam_list_of(number);
    loam_auto loam_iter *it = loam_iter_of(loam_from(list));
    loam_value item;

    loam_iter_filter(it, every, NULL);
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
    watch(refs, list);
}

static void drop_weakref(loam_list *refs, int number)
{
    loam_auto loam_list *list = loam_list_of(number);
    loam_auto loam_weakref *ref = loam_weakref_new(loam_from(list));
    watch(refs, ref);
}

static void drop_weak_key_dict(loam_list *refs, int number)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    loam_auto loam_tuple *key = loam_tuple_of(number);
    cr_assert_eq(loam_weak_key_dict_set(dict, key, loam_from(dict)), LOAM_OK);
    watch(refs, dict);
}

NOINLINE static void drop_each(dropper *drop, loam_list *refs, int many)
{
    for (int i = 0; i < many; i++)
        drop(refs, i);
}

LOAM_TEST(contract, of_each_kind_of_container_few_are_left)
{
    static dropper *const droppers[] = {drop_list,     drop_value_of_dict, drop_dict_that_holds_itself,
                                        drop_iterator, drop_weakref,       drop_weak_key_dict};

    for (size_t i = 0; i < sizeof droppers / sizeof *droppers; i++) {
        loam_list *refs = loam_list_new();
        drop_each(droppers[i], refs, MANY);
        collect_everything();
        assert_gone(count_cleared(refs), MANY);
        loam_release(refs);
    }
}

NOINLINE static void drop_what_roots_hold(loam_list *refs)
{
    static loam_root *roots[MANY];

    for (int i = 0; i < MANY; i++) {
        loam_auto loam_list *list = loam_list_of(i);
        watch(refs, list);
        roots[i] = loam_root_new(loam_from(list));
        cr_assert(roots[i]);
    }
    loam_gc_collect(2);
    cr_assert_eq(count_cleared(refs), 0);
    for (int i = 0; i < MANY; i++) {
        if (i % 2)
            cr_assert_eq(loam_root_set(roots[i], LOAM_NONE), LOAM_OK);
        loam_root_free(roots[i]);
    }
}

LOAM_TEST(contract, what_only_roots_held_goes_with_them)
{
    loam_list *refs = loam_list_new();

    drop_what_roots_hold(refs);
    collect_everything();
    assert_gone(count_cleared(refs), MANY);
    loam_release(refs);
}

/* Callbacks see collections that nobody asked for, at some safe point. */

static struct {
    int starts, stops;
    int64_t collected;
} seen;

static void note(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    (void)context;
    if (phase == LOAM_GC_START)
        seen.starts++;
    else
        seen.stops++;
    cr_assert(phase == LOAM_GC_STOP || info->collected == 0);
    cr_assert_eq(seen.starts - seen.stops, phase == LOAM_GC_START);
    cr_assert_eq(loam_gc_collect(2), 0, "no collection starts inside");
    seen.collected += info->collected;
}

LOAM_TEST(contract, callbacks_are_told_of_collections_that_start_by_themselves)
{
    cr_assert_eq(loam_gc_callback_add(note, NULL), LOAM_OK);
    for (int i = 0; i < 1000 && seen.stops < 3; i++)
        drop_pairs(&finalized_type, 1000);
    cr_assert_eq(loam_gc_callback_remove(note, NULL), LOAM_OK);
    cr_assert(seen.starts >= 3 && seen.stops == seen.starts && seen.collected > 0, "%d %d %d", seen.starts, seen.stops,
              (int)seen.collected);
    loam_gc_collect(2);
}
