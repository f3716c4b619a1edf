/*
 * Traps of conservative collectors, each by its name: what a program does, or libgc, that would lose an object, keep
 * one for ever or write into another. Those that need another program are in traps.sh.
 */
#include "tests/harness.h"

#include <pthread.h>
#include <stdlib.h>

#define NOINLINE __attribute__((noinline))

enum { MANY = 10000, MANY_IN_THREAD = 500 /* they are taken off each thread's stack */ };

NOINLINE static size_t count_cleared(loam_list *refs)
{
    size_t count = 0;

    for (int64_t i = 0; i < loam_list_len(refs); i++) {
        loam_auto_value loam_value target = loam_weakref_get(loam_to_weakref_peek(loam_list_get_peek(refs, i)));
        count += loam_is_none(target);
    }
    return count;
}

static void watch(loam_list *refs, const void *object)
{
    cr_assert_eq(loam_list_append_take(refs, loam_from(loam_weakref_new(loam_from(object)))), LOAM_OK);
}

/* Overwrites what was freed by mistake. */
NOINLINE static void make_others(int many)
{
    loam_auto loam_list *others = loam_list_new();

    for (int i = 0; i < many; i++)
        cr_assert_eq(loam_list_append(others, LOAM_LIST(-1, -2)), LOAM_OK);
}

/* References where libgc does not look. */

NOINLINE static void fill_with_roots(loam_root **places, int many)
{
    for (int i = 0; i < many; i++) {
        loam_auto loam_list *list = loam_list_of(i, "in a place of the program's");
        places[i] = loam_root_new(loam_from(list));
        cr_assert(places[i]);
    }
}

NOINLINE static void check_and_free_roots(loam_root **places, int many)
{
    for (int i = 0; i < many; i++) {
        loam_list *list = loam_to_list_peek(loam_root_peek(places[i]));
        int64_t number = -1;
        cr_assert_eq(loam_list_get_int(list, 0, &number), LOAM_OK);
        cr_assert_eq(number, i);
        loam_root_free(loam_move(&places[i]));
    }
}

static void keep_by_roots(loam_root **places, int many)
{
    fill_with_roots(places, many);
    collect_everything();
    make_others(MANY);
    check_and_free_roots(places, many);
}

LOAM_TEST(traps, malloced_buffers_keep_what_they_refer_to_by_roots)
{
    loam_root **places = malloc(MANY * sizeof *places);

    cr_assert(places);
    keep_by_roots(places, MANY);
    free(places);
}

static LOAM__THREAD_LOCAL loam_root *places_of_thread[MANY_IN_THREAD];

LOAM_TEST(traps, thread_local_variables_keep_what_they_refer_to_by_roots)
{
    keep_by_roots(places_of_thread, MANY_IN_THREAD);
}

/* That the two above show something: without roots it is lost, where nobody counts. */
NOINLINE static void fill_without_roots(loam_list **places, int many, loam_list *refs)
{
    for (int i = 0; i < many; i++) {
        places[i] = loam_list_of(i);
        watch(refs, places[i]);
    }
}

static void lose(loam_list **places, int many)
{
    loam_list *refs = loam_list_new();

    fill_without_roots(places, many, refs);
    collect_everything();
    if (loam_gc_has(LOAM_GC_EXACT_REFCOUNT)) {
        cr_assert_eq(count_cleared(refs), 0);
        for (int i = 0; i < many; i++)
            loam_release(places[i]);
    }
    assert_gone(count_cleared(refs), (size_t)many);
    loam_release(refs);
}

/* Where such places are named as mistakes, they are. */
static void lose_or_be_told(void (*act)(void))
{
    if (strcmp(loam_gc_name(), "check") == 0)
        cr_assert(aborts(act));
    else
        act();
}

static void lose_in_malloced(void)
{
    loam_list **places = malloc(MANY * sizeof *places);

    cr_assert(places);
    lose(places, MANY);
    free(places);
}

LOAM_TEST(traps, malloced_buffers_alone_keep_only_where_references_are_counted)
{
    lose_or_be_told(lose_in_malloced);
}

static LOAM__THREAD_LOCAL loam_list *lists_of_thread[MANY_IN_THREAD];

static void lose_in_thread_local(void)
{
    lose(lists_of_thread, MANY_IN_THREAD);
}

LOAM_TEST(traps, thread_local_variables_alone_keep_only_where_references_are_counted)
{
    lose_or_be_told(lose_in_thread_local);
}

/* Numbers that look like pointers. The addresses themselves are kept inverted. */

NOINLINE static uint64_t *drop_and_remember(loam_list *refs)
{
    uint64_t *inverted = malloc(MANY * sizeof *inverted);

    cr_assert(inverted);
    for (int i = 0; i < MANY; i++) {
        loam_auto loam_list *list = loam_list_of(i, i);
        watch(refs, list);
        inverted[i] = ~(uint64_t)(uintptr_t)list;
    }
    return inverted;
}

typedef loam_value number_like(uint64_t inverted);

/* 2 n + 1, which is how integers are encoded, is the object's address and 1. */
static loam_value integer_like(uint64_t inverted)
{
    loam_value value = loam_int((int64_t)(~inverted >> 1));

    cr_assert_eq(value.word, ~inverted | 1);
    return value;
}

static loam_value double_like(uint64_t inverted)
{
    loam_value value = {~inverted | 2};

    cr_assert(loam_is_double(value));
    return value;
}

/* The address itself, in the box of a number next to 0. */
static loam_value boxed_like(uint64_t inverted)
{
    uint64_t bits = ~inverted;
    double number;
    loam_value value;

    memcpy(&number, &bits, sizeof number);
    value = loam_double(number);
    cr_assert(loam_is_object(value));
    return value;
}

static loam_value text_like(uint64_t inverted)
{
    uint64_t bytes[2] = {~inverted, ~inverted};
    loam_bytes *made = loam_bytes_from(bytes, sizeof bytes);

    cr_assert(made);
    return loam_from(made);
}

NOINLINE static loam_list *numbers_like(number_like *like, const uint64_t *inverted)
{
    loam_list *numbers = loam_list_new();

    for (int i = 0; i < MANY; i++)
        cr_assert_eq(loam_list_append_take(numbers, like(inverted[i])), LOAM_OK);
    return numbers;
}

static void assert_keeps_nothing(number_like *like)
{
    loam_list *refs = loam_list_new();
    uint64_t *inverted = drop_and_remember(refs);
    loam_list *numbers = numbers_like(like, inverted);

    collect_everything();
    assert_gone(count_cleared(refs), MANY);
    cr_assert_eq(loam_list_len(numbers), MANY);
    loam_release(numbers);
    loam_release(refs);
    free(inverted);
}

LOAM_TEST(traps, integers_that_look_like_pointers_keep_nothing)
{
    assert_keeps_nothing(integer_like);
}

LOAM_TEST(traps, doubles_that_look_like_pointers_keep_nothing)
{
    assert_keeps_nothing(double_like);
    assert_keeps_nothing(boxed_like);
}

LOAM_TEST(traps, text_that_looks_like_pointers_keeps_nothing)
{
    assert_keeps_nothing(text_like);
}

/* Keys and values of a dict are side by side in memory that is scanned, its index and hashes are not. */
NOINLINE static loam_dict *dict_like(const uint64_t *inverted)
{
    loam_dict *dict = loam_dict_new();

    for (int i = 0; i < MANY; i++) {
        loam_auto_value loam_value number = double_like(inverted[i]);
        cr_assert_eq(loam_dict_set(dict, (int64_t)(~inverted[i] >> 1), number), LOAM_OK);
    }
    return dict;
}

LOAM_TEST(traps, a_dict_of_numbers_that_look_like_pointers_keeps_nothing)
{
    loam_list *refs = loam_list_new();
    uint64_t *inverted = drop_and_remember(refs);
    loam_dict *dict = dict_like(inverted);

    collect_everything();
    assert_gone(count_cleared(refs), MANY);
    loam_release(dict);
    loam_release(refs);
    free(inverted);
}

/* A context is no reference, wherever it is kept. */

static void ignore(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
}

NOINLINE static void drop_contexts(loam_list *targets, loam_list *refs, loam_list *with_context)
{
    for (int i = 0; i < MANY; i++) {
        loam_auto loam_list *context = loam_list_of(i);
        loam_value target = loam_list_get_peek(targets, i);
        watch(refs, context);
        cr_assert_eq(loam_list_append_take(with_context, loam_from(loam_weakref_new_callback(target, ignore, context))),
                     LOAM_OK);
    }
}

LOAM_TEST(traps, contexts_of_weak_references_keep_nothing)
{
    loam_list *targets = loam_list_new();
    loam_list *refs = loam_list_new();
    loam_list *with_context = loam_list_new();

    for (int i = 0; i < MANY; i++)
        cr_assert_eq(loam_list_append(targets, LOAM_TUPLE(i)), LOAM_OK);
    drop_contexts(targets, refs, with_context);
    collect_everything();
    assert_gone(count_cleared(refs), MANY);
    loam_release(with_context);
    loam_release(refs);
    loam_release(targets);
}

/* Links that outlive their holder: libgc empties them when their object dies, whatever is there by then. */

NOINLINE static void make_and_drop_holders(loam_list *targets)
{
    loam_auto loam_weak_value_dict *values = loam_weak_value_dict_new();
    loam_auto loam_weak_key_dict *keys = loam_weak_key_dict_new();

    for (int i = 0; i < MANY; i++) {
        loam_value target = loam_list_get_peek(targets, i);
        loam_release(loam_weakref_new(target));
        loam_release(loam_weakref_new_callback(target, ignore, NULL));
        cr_assert_eq(loam_weak_value_dict_set(values, i, target), LOAM_OK);
        cr_assert_eq(loam_weak_key_dict_set(keys, target, LOAM_LIST(i)), LOAM_OK);
    }
}

/* In memory of all the sizes that the holders had, whose words are all known. */
NOINLINE static loam_list *fill_their_memory(void)
{
    loam_list *filled = loam_list_new();

    for (int i = 0; i < 2 * MANY; i++) {
        loam_tuple *tuple = loam_tuple_of(i, i, i, i, i, i);
        loam_bytes *bytes = loam_bytes_from("0123456789012345678901234567890123456789", 40);
        cr_assert_eq(loam_list_append_take(filled, loam_from(tuple)), LOAM_OK);
        cr_assert_eq(loam_list_append_take(filled, loam_from(bytes)), LOAM_OK);
    }
    return filled;
}

NOINLINE static void check_filled(loam_list *filled)
{
    for (int i = 0; i < 2 * MANY; i++) {
        loam_tuple *tuple = loam_to_tuple_peek(loam_list_get_peek(filled, 2 * i));
        loam_bytes *bytes = loam_to_bytes_peek(loam_list_get_peek(filled, 2 * i + 1));
        for (int j = 0; j < 6; j++)
            cr_assert_eq(loam_tuple_get_peek(tuple, j).word, loam_int(i).word);
        cr_assert(!memcmp(loam_bytes_view_peek(bytes).data, "0123456789012345678901234567890123456789", 40));
    }
}

LOAM_TEST(traps, links_do_not_outlive_their_holder)
{
    loam_list *targets = loam_list_new();
    loam_list *filled;

    for (int i = 0; i < MANY; i++)
        cr_assert_eq(loam_list_append(targets, LOAM_TUPLE(i)), LOAM_OK);
    make_and_drop_holders(targets);
    collect_everything();
    filled = fill_their_memory();
    loam_release(loam_move(&targets));
    collect_everything();
    check_filled(filled);
    loam_release(filled);
}

/* libgc counts how often it is disabled. */

static int64_t count_collections(void)
{
    loam_gc_stats stats[LOAM_GC_GENERATIONS];
    int64_t count = 0;

    loam_gc_get_stats(stats);
    for (int i = 0; i < LOAM_GC_GENERATIONS; i++)
        count += stats[i].collections;
    return count;
}

/* Cycles, so that there is something to collect everywhere; with room, since libgc lets the heap grow by a part of what
 * it scans before it collects, and a sanitizer's static data is large. How many collections that took. */
NOINLINE static int64_t collections_by_themselves(void)
{
    int64_t before = count_collections();

    for (int i = 0; i < 10 * MANY; i++) {
        loam_auto loam_list *list = loam_list_of(1, 2, 3);
        cr_assert_eq(loam_list_reserve(list, 60), LOAM_OK);
        cr_assert_eq(loam_list_append(list, list), LOAM_OK);
    }
    return count_collections() - before;
}

LOAM_TEST(traps, disabling_does_not_nest)
{
    loam_gc_disable();
    loam_gc_disable();
    loam_gc_disable();
    cr_assert_eq(collections_by_themselves(), 0);
    loam_gc_enable();
    cr_assert_gt(collections_by_themselves(), 0);
    loam_gc_enable();
    loam_gc_enable();
    cr_assert_gt(collections_by_themselves(), 0);
    loam_gc_disable();
    cr_assert_eq(collections_by_themselves(), 0, "enabling does not nest either");
    loam_gc_enable();
    loam_gc_collect(2);
}

LOAM_TEST(traps, what_is_disabled_collects_when_it_is_asked_to)
{
    loam_list *refs = loam_list_new();

    loam_gc_disable();
    loam_gc_disable();
    free(drop_and_remember(refs));
    collect_everything();
    assert_gone(count_cleared(refs), MANY);
    cr_assert_eq(collections_by_themselves(), 0, "and stays disabled");
    loam_gc_enable();
    loam_release(refs);
    loam_gc_collect(2);
}

static void *disable_and_end(void *context)
{
    (void)context;
    loam_gc_disable();
    loam_release(loam_list_of(1));
    return NULL;
}

LOAM_TEST(traps, a_thread_that_ends_disabled_keeps_nobody_else_disabled)
{
    pthread_t thread;

    cr_assert_eq(pthread_create(&thread, NULL, disable_and_end, NULL), 0);
    pthread_join(thread, NULL);
    cr_assert_gt(collections_by_themselves(), 0);
    loam_gc_collect(2);
}

/* Threads that nobody told libgc of: it would end the process with "Collecting from unknown thread". */

static void *collect_in_thread(void *context)
{
    loam_list *list = loam_list_of("alive", LOAM_LIST(1, 2));
    int64_t collections = collections_by_themselves();
    bool is_good = collections > 0 && loam_gc_collect(2) >= 0 && loam_list_len(list) == 2;

    loam_release(list);
    *(bool *)context = is_good;
    return NULL;
}

LOAM_TEST(traps, threads_that_nobody_registered_may_allocate_and_collect)
{
    static bool good[4];
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, collect_in_thread, &good[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        cr_assert(good[i]);
    }
}

/* Large buffers are asked for as held by where they begin, as the references of their owners are. */
LOAM_TEST(traps, large_buffers_are_kept_by_what_owns_them)
{
    loam_auto loam_list *list = loam_list_new();
    loam_auto loam_dict *dict = loam_dict_new();

    for (int i = 0; i < 20 * MANY; i++) {
        cr_assert_eq(loam_list_append(list, LOAM_TUPLE(i)), LOAM_OK);
        cr_assert_eq(loam_dict_set(dict, i, LOAM_TUPLE(i)), LOAM_OK);
    }
    collect_everything();
    make_others(MANY);
    for (int i = 0; i < 20 * MANY; i++) {
        loam_auto_value loam_value found = loam_dict_get(dict, i);
        cr_assert_eq(loam_equal(found, loam_list_get_peek(list, i)), 1);
    }
}

NOINLINE static void shrink_and_grow(loam_list *list)
{
    for (int round = 0; round < 5; round++) {
        cr_assert_eq(loam_list_delete_slice(list, MANY / 2, LOAM_OMIT, 1), LOAM_OK);
        for (int i = MANY / 2; i < 5 * MANY; i++)
            cr_assert_eq(loam_list_append(list, LOAM_TUPLE(i)), LOAM_OK);
    }
}

LOAM_TEST(traps, large_buffers_that_shrink_and_grow_keep_what_is_in_them)
{
    loam_auto loam_list *list = loam_list_new();

    for (int i = 0; i < MANY; i++)
        cr_assert_eq(loam_list_append(list, LOAM_TUPLE(i)), LOAM_OK);
    shrink_and_grow(list);
    collect_everything();
    make_others(MANY);
    cr_assert_eq(loam_list_len(list), 5 * MANY);
    for (int i = 0; i < 5 * MANY; i++)
        cr_assert_eq(loam_tuple_get_peek(loam_to_tuple_peek(loam_list_get_peek(list, i)), 0).word, loam_int(i).word);
}

/* References between objects where the only way leads through a buffer that has moved. */
LOAM_TEST(traps, buffers_that_grow_in_place_or_move_keep_what_is_in_them)
{
    loam_auto loam_list *lists = loam_list_new();

    for (int i = 0; i < 100; i++)
        cr_assert_eq(loam_list_append(lists, LOAM_LIST(LOAM_TUPLE(0))), LOAM_OK);
    for (int j = 1; j < 300; j++) {
        for (int i = 0; i < 100; i++)
            cr_assert_eq(loam_list_append(loam_to_list_peek(loam_list_get_peek(lists, i)), LOAM_TUPLE(j)), LOAM_OK);
        if (j % 50 == 0)
            loam_gc_collect(2);
    }
    make_others(MANY);
    for (int i = 0; i < 100; i++)
        for (int j = 0; j < 300; j++) {
            loam_tuple *tuple = loam_to_tuple_peek(
                loam_list_get_peek(loam_to_list_peek(loam_list_get_peek(lists, i)), j));
            cr_assert(tuple && loam_tuple_get_peek(tuple, 0).word == loam_int(j).word);
        }
}
