/*
 * The re-entrancy matrix of iterators: every source x every stage with a callback x every sink, where the callback, or
 * the hash or equality that a sink asks for, does what reentrancy.c knows to the container that is walked, to the
 * iterator it runs in, and to its last reference. What makes no sense, such as the sum of strs, is found out by running
 * it.
 */
#include "tests/reentrancy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

enum { ITEMS = 7 };

/* What the items are. */
typedef enum content { PROBES, INTS, STRS } content;

static loam_value make_probe(int64_t number)
{
    return probe_new(number % 5); /* some are equal */
}

static loam_value make_str(int64_t number)
{
    return loam_from(loam_str_format("word number %d", (int)number % 5));
}

static loam_value (*const makers[])(int64_t) = {make_probe, loam_int, make_str};

/* Sources. They walk what is in the world, so that it can be meddled with. */

typedef loam_iter *open_function(world *w, content of);

static void fill_list(world *w, content of)
{
    loam_list_clear(w->lists[0]);
    for (int64_t i = 0; i < ITEMS; i++)
        MUST(loam_list_append_take(w->lists[0], makers[of](i)) == LOAM_OK);
}

static void fill_dict(world *w, content keys, content values)
{
    loam_dict_clear(w->dicts[0]);
    for (int64_t i = 0; i < ITEMS; i++)
        MUST(loam_dict_set_take(w->dicts[0], makers[keys](i), makers[values](i)) == LOAM_OK);
}

static loam_iter *open_list(world *w, content of)
{
    fill_list(w, of);
    return loam_iter_of(loam_from(w->lists[0]));
}

static loam_iter *open_tuple(world *w, content of)
{
    fill_list(w, of);
    loam_release(w->tuples[0]);
    w->tuples[0] = loam_tuple_from(loam_from(w->lists[0]));
    loam_list_clear(w->lists[0]);
    return loam_iter_of(loam_from(w->tuples[0]));
}

static loam_iter *open_keys(world *w, content of)
{
    fill_dict(w, of, INTS);
    return loam_iter_of(loam_from(w->dicts[0]));
}

static loam_iter *open_values(world *w, content of)
{
    fill_dict(w, INTS, of);
    return loam_iter_values(w->dicts[0]);
}

static loam_iter *open_items(world *w, content of)
{
    fill_dict(w, of, PROBES);
    return loam_iter_items(w->dicts[0]);
}

static loam_iter *open_stream(world *w, content of)
{
    loam_release(w->stream);
    w->stream = stream_new(ITEMS, makers[of]);
    return loam_iter_of(w->stream);
}

static loam_iter *open_range(world *w, content of)
{
    (void)w;
    (void)of;
    return loam_iter_range(0, ITEMS, 1);
}

static loam_iter *open_str(world *w, content of)
{
    loam_auto loam_str *str = loam_str_new("na\xc3\xafve e");

    (void)w;
    (void)of;
    return loam_iter_of(loam_from(str));
}

static loam_iter *open_bytes(world *w, content of)
{
    loam_auto loam_bytes *bytes = loam_bytes_from("some bytes", 10);

    (void)w;
    (void)of;
    return loam_iter_of(loam_from(bytes));
}

static char path[] = "/tmp/loam-reentrancy-XXXXXX";

static void write_file(void)
{
    FILE *file = fdopen(mkstemp(path), "w");

    MUST(file);
    fputs("some words\nand a \xff line\nand a word of more than sixteen bytes\n", file);
    MUST(fclose(file) == 0);
}

static loam_iter *open_words(world *w, content of)
{
    (void)w;
    (void)of;
    return loam_iter_words(path);
}

static loam_iter *open_lines(world *w, content of)
{
    (void)w;
    (void)of;
    return loam_iter_lines(path);
}

static const struct {
    const char *name;
    open_function *open;
} sources[] = {
    {"list", open_list},   {"tuple", open_tuple},   {"dict", open_keys},   {"values", open_values},
    {"items", open_items}, {"stream", open_stream}, {"range", open_range}, {"str", open_str},
    {"bytes", open_bytes}, {"words", open_words},   {"lines", open_lines},
};

/* Stages. Each acts, and then looks at its item. */

static loam_value map(loam_value item, void *context)
{
    loam_status status = met(AT_STAGE);

    (void)context;
    MUST(loam_is_object(item) ? of_peek(item) == LOAM_OK : true);
    return status < 0 ? (loam_fail(status, "told to fail"), LOAM_UNSET) : loam_retain_value(item);
}

static loam_value map_to_pair(loam_value item, void *context)
{
    loam_value same = map(item, context);

    return loam_is_unset(same) ? same : LOAM_VAL(LOAM_TUPLE(loam__take(same), item));
}

static int64_t map_i64(int64_t item, void *context)
{
    (void)context;
    met(AT_STAGE);
    return item + 1;
}

static unsigned sum_of(loam_view view)
{
    unsigned sum = 0;

    for (size_t i = 0; i < view.len; i++)
        sum += (unsigned char)view.data[i];
    return sum;
}

/* A part of the item, or memory of its own that the next call overwrites. */
static loam_view map_view(loam_view item, void *context)
{
    static char own[100];

    (void)context;
    met(AT_STAGE);
    if (sum_of(item) % 2)
        return (loam_view){item.data, item.len / 2};
    memcpy(own, item.data, item.len);
    return (loam_view){own, item.len};
}

static int filter(loam_value item, void *context)
{
    loam_status status = met(AT_STAGE);

    (void)context;
    MUST(loam_is_object(item) ? of_peek(item) == LOAM_OK : true);
    return status < 0 ? (int)loam_fail(status, "told to fail") : item.word % 16 != 0 || loam_is_object(item);
}

static bool filter_i64(int64_t item, void *context)
{
    (void)context;
    met(AT_STAGE);
    return item % 3 != 1;
}

static bool filter_view(loam_view item, void *context)
{
    (void)context;
    met(AT_STAGE);
    return sum_of(item) % 3 != 1;
}

static void progress(const loam_progress *where, void *context)
{
    (void)context;
    met(AT_STAGE);
    MUST(where->items <= 1000);
}

typedef struct stage {
    const char *name;
    content of;
    bool cannot_fail;
} stage;

static const stage no_stage = {"no stage", PROBES, true};
static const stage no_stage_on_ints = {"no stage, ints", INTS, true};
static const stage no_stage_on_strs = {"no stage, strs", STRS, true};
static const stage map_stage = {"map", PROBES, false};
static const stage map_of_ints_stage = {"map of ints", INTS, false};
static const stage map_to_pair_stage = {"map to pair", PROBES, false};
static const stage map_i64_stage = {"map_i64", INTS, true};
static const stage map_view_stage = {"map_view", STRS, true};
static const stage filter_stage = {"filter", PROBES, false};
static const stage filter_i64_stage = {"filter_i64", INTS, true};
static const stage filter_view_stage = {"filter_view", STRS, true};
static const stage progress_stage = {"progress", PROBES, true};

static const stage *const stages[] = {&no_stage,          &no_stage_on_ints,  &no_stage_on_strs,  &map_stage,
                                      &map_of_ints_stage, &map_to_pair_stage, &map_i64_stage,     &map_view_stage,
                                      &filter_stage,      &filter_i64_stage,  &filter_view_stage, &progress_stage};

static void add_stage(loam_iter *it, const stage *s)
{
    if (s == &map_stage || s == &map_of_ints_stage)
        loam_iter_map(it, map, NULL);
    else if (s == &map_to_pair_stage)
        loam_iter_map(it, map_to_pair, NULL);
    else if (s == &map_i64_stage)
        loam_iter_map_i64(it, map_i64, NULL);
    else if (s == &map_view_stage)
        loam_iter_map_view(it, map_view, NULL);
    else if (s == &filter_stage)
        loam_iter_filter(it, filter, NULL);
    else if (s == &filter_i64_stage)
        loam_iter_filter_i64(it, filter_i64, NULL);
    else if (s == &filter_view_stage)
        loam_iter_filter_view(it, filter_view, NULL);
    else if (s == &progress_stage)
        loam_iter_progress(it, progress, NULL);
}

/* Sinks. An action may release the world's iterator, which is the caller's own reference. */

/* The end and a failure are final. */
static int ask_again(world *w, int status)
{
    loam_value item;

    if (w->iter)
        MUST(loam_iter_next_peek(w->iter, &item) == (status < 0 ? (loam_status)status : LOAM_DONE));
    return status;
}

static int next_peek(world *w)
{
    loam_status status = LOAM_OK;
    loam_value item;

    while (w->iter && (status = loam_iter_next_peek(w->iter, &item)) == LOAM_OK)
        if (w->iter)
            of_peek(item);
    return ask_again(w, status < 0 ? (int)status : LOAM_OK);
}

static int count(world *w)
{
    int64_t items = loam_iter_count(w->iter);
    return ask_again(w, items < 0 ? (int)items : LOAM_OK);
}

static int sum(world *w)
{
    return ask_again(w, of_value(loam_iter_sum(w->iter)));
}

static int list(world *w)
{
    return ask_again(w, of_list(loam_iter_list(w->iter)));
}

static int dict(world *w)
{
    return ask_again(w, of_dict(loam_iter_dict(w->iter)));
}

static int counter(world *w)
{
    return ask_again(w, of_dict(loam_iter_counter(w->iter)));
}

/* What these seven say of an order, or of nothing to choose from, is not the iterator's failure, or not only. */
static int sorted(world *w)
{
    return of_list(loam_iter_sorted(w->iter));
}

static int join(world *w)
{
    return of_str(loam_str_join(", ", w->iter));
}

static int join_bytes(world *w)
{
    return of_value(loam_from(loam_bytes_join(", ", w->iter)));
}

static int min(world *w)
{
    return of_value(loam_iter_min(w->iter));
}

static int max(world *w)
{
    return of_value(loam_iter_max(w->iter));
}

static loam_value key(loam_value item, void *context)
{
    loam_status status = met(AT_KEY);

    (void)context;
    return status < 0 ? LOAM_UNSET : loam_retain_value(item);
}

static int min_key(world *w)
{
    return of_value(loam_iter_min_key(w->iter, key, NULL));
}

static int max_key(world *w)
{
    return of_value(loam_iter_max_key(w->iter, key, NULL));
}

static int list_from(world *w)
{
    return ask_again(w, of_list(loam_list_from(loam_from(w->iter))));
}

static int deque_from(world *w)
{
    return ask_again(w, of_deque(loam_deque_from(loam_from(w->iter))));
}

static int extend_deque(world *w)
{
    return ask_again(w, loam_deque_extend(w->deques[0], loam_from(w->iter)));
}

static int extend_full_deque(world *w)
{
    return ask_again(w, loam_deque_extend_first(w->deques[2], loam_from(w->iter)));
}

static int tuple_from(world *w)
{
    return ask_again(w, of_tuple(loam_tuple_from(loam_from(w->iter))));
}

static int extend(world *w)
{
    return ask_again(w, loam_list_extend(w->lists[1], loam_from(w->iter)));
}

/* What becomes a key may fail too, and then the iterator is not at its end. */
static int ask_again_if_good(world *w, int status)
{
    return status < 0 ? status : ask_again(w, status);
}

/* Its items in pairs with their numbers. */
static int dict_from(world *w)
{
    loam_iter_enumerate(w->iter, 0);
    return ask_again_if_good(w, of_dict(loam_dict_from(loam_from(w->iter))));
}

static int dict_from_keys(world *w)
{
    return ask_again_if_good(w, of_dict(loam_dict_from_keys(loam_from(w->iter), 1)));
}

static int dict_update(world *w)
{
    loam_iter_enumerate(w->iter, 0);
    return ask_again_if_good(w, loam_dict_update(w->dicts[1], loam_from(w->iter)));
}

static int set_slice(world *w)
{
    return ask_again(w, loam_list_set_slice(w->lists[1], 1, 2, 1, loam_from(w->iter)));
}

/* The list that is walked: without a limit it would never end. */
static int extend_the_source(world *w)
{
    loam_iter_take(w->iter, 100);
    return ask_again(w, loam_list_extend(w->lists[0], loam_from(w->iter)));
}

/* A hash or an equality that fails, or changes the set, is no failure of the iterator. */
static int read_to_the_end(world *w, int status)
{
    return status < 0 ? status : ask_again(w, status);
}

static int set_from(world *w)
{
    return read_to_the_end(w, of_set(loam_set_from(loam_from(w->iter))));
}

static int frozenset_from(world *w)
{
    return read_to_the_end(w, of_frozenset(loam_frozenset_from(loam_from(w->iter))));
}

static int set_update(world *w)
{
    return read_to_the_end(w, loam_set_update(w->sets[0], loam_from(w->iter)));
}

static int set_intersection_update(world *w)
{
    return read_to_the_end(w, loam_set_intersection_update(w->sets[0], loam_from(w->iter)));
}

static int set_difference_update(world *w)
{
    return read_to_the_end(w, loam_set_difference_update(w->sets[0], loam_from(w->iter)));
}

static int set_symmetric_difference_update(world *w)
{
    return read_to_the_end(w, loam_set_symmetric_difference_update(w->sets[0], loam_from(w->iter)));
}

static int set_union(world *w)
{
    return read_to_the_end(w, of_set(loam_set_union(w->sets[0], loam_from(w->iter))));
}

static int set_intersection(world *w)
{
    return read_to_the_end(w, of_set(loam_set_intersection(w->sets[0], loam_from(w->iter))));
}

static int set_difference(world *w)
{
    return read_to_the_end(w, of_set(loam_set_difference(w->sets[0], loam_from(w->iter))));
}

static int set_symmetric_difference(world *w)
{
    return read_to_the_end(w, of_set(loam_set_symmetric_difference(w->sets[0], loam_from(w->iter))));
}

static int set_isdisjoint(world *w)
{
    return read_to_the_end(w, loam_set_isdisjoint(w->sets[0], loam_from(w->iter)));
}

static int set_issubset(world *w)
{
    return read_to_the_end(w, loam_set_issubset(w->sets[0], loam_from(w->iter)));
}

static int set_issuperset(world *w)
{
    return read_to_the_end(w, loam_set_issuperset(w->sets[0], loam_from(w->iter)));
}

static int frozenset_union(world *w)
{
    return read_to_the_end(w, of_frozenset(loam_frozenset_union(w->frozen, loam_from(w->iter))));
}

static int frozenset_intersection(world *w)
{
    return read_to_the_end(w, of_frozenset(loam_frozenset_intersection(w->frozen, loam_from(w->iter))));
}

static int frozenset_difference(world *w)
{
    return read_to_the_end(w, of_frozenset(loam_frozenset_difference(w->frozen, loam_from(w->iter))));
}

static int frozenset_symmetric_difference(world *w)
{
    return read_to_the_end(w, of_frozenset(loam_frozenset_symmetric_difference(w->frozen, loam_from(w->iter))));
}

static int frozenset_isdisjoint(world *w)
{
    return read_to_the_end(w, loam_frozenset_isdisjoint(w->frozen, loam_from(w->iter)));
}

static int frozenset_issubset(world *w)
{
    return read_to_the_end(w, loam_frozenset_issubset(w->frozen, loam_from(w->iter)));
}

static int frozenset_issuperset(world *w)
{
    return read_to_the_end(w, loam_frozenset_issuperset(w->frozen, loam_from(w->iter)));
}

static int dict_view_union(world *w)
{
    return read_to_the_end(w, of_set(loam_dict_view_union(w->view, loam_from(w->iter))));
}

static int dict_view_intersection(world *w)
{
    return read_to_the_end(w, of_set(loam_dict_view_intersection(w->view, loam_from(w->iter))));
}

static int dict_view_difference(world *w)
{
    return read_to_the_end(w, of_set(loam_dict_view_difference(w->view, loam_from(w->iter))));
}

static int dict_view_symmetric_difference(world *w)
{
    return read_to_the_end(w, of_set(loam_dict_view_symmetric_difference(w->view, loam_from(w->iter))));
}

static int dict_view_isdisjoint(world *w)
{
    return read_to_the_end(w, loam_dict_view_isdisjoint(w->view, loam_from(w->iter)));
}

static int dict_view_issubset(world *w)
{
    return read_to_the_end(w, loam_dict_view_issubset(w->view, loam_from(w->iter)));
}

static int dict_view_issuperset(world *w)
{
    return read_to_the_end(w, loam_dict_view_issuperset(w->view, loam_from(w->iter)));
}

static const struct {
    const char *function;
    run_function *run;
} sinks[] = {
    {"loam_iter_next_peek", next_peek},
    {"loam_iter_count", count},
    {"loam_iter_sum", sum},
    {"loam_iter_list", list},
    {"loam_iter_dict", dict},
    {"loam_iter_counter", counter},
    {"loam_iter_sorted", sorted},
    {"loam_str_join", join},
    {"loam_bytes_join", join_bytes},
    {"loam_iter_min", min},
    {"loam_iter_max", max},
    {"loam_iter_min_key", min_key},
    {"loam_iter_max_key", max_key},
    {"loam_dict_from", dict_from},
    {"loam_dict_from_keys", dict_from_keys},
    {"loam_dict_update", dict_update},
    {"loam_list_from", list_from},
    {"loam_tuple_from", tuple_from},
    {"loam_deque_from", deque_from},
    {"loam_deque_extend", extend_deque},
    {"loam_deque_extend_first", extend_full_deque},
    {"loam_list_set_slice", set_slice},
    {"loam_list_extend", extend},
    {"loam_list_extend", extend_the_source},
    {"loam_set_from", set_from},
    {"loam_frozenset_from", frozenset_from},
    {"loam_set_update", set_update},
    {"loam_set_intersection_update", set_intersection_update},
    {"loam_set_difference_update", set_difference_update},
    {"loam_set_symmetric_difference_update", set_symmetric_difference_update},
    {"loam_set_union", set_union},
    {"loam_set_intersection", set_intersection},
    {"loam_set_difference", set_difference},
    {"loam_set_symmetric_difference", set_symmetric_difference},
    {"loam_set_isdisjoint", set_isdisjoint},
    {"loam_set_issubset", set_issubset},
    {"loam_set_issuperset", set_issuperset},
    {"loam_frozenset_union", frozenset_union},
    {"loam_frozenset_intersection", frozenset_intersection},
    {"loam_frozenset_difference", frozenset_difference},
    {"loam_frozenset_symmetric_difference", frozenset_symmetric_difference},
    {"loam_frozenset_isdisjoint", frozenset_isdisjoint},
    {"loam_frozenset_issubset", frozenset_issubset},
    {"loam_frozenset_issuperset", frozenset_issuperset},
    {"loam_dict_view_union", dict_view_union},
    {"loam_dict_view_intersection", dict_view_intersection},
    {"loam_dict_view_difference", dict_view_difference},
    {"loam_dict_view_symmetric_difference", dict_view_symmetric_difference},
    {"loam_dict_view_isdisjoint", dict_view_isdisjoint},
    {"loam_dict_view_issubset", dict_view_issubset},
    {"loam_dict_view_issuperset", dict_view_issuperset},
};

/* Chains. */

typedef struct chain {
    open_function *open;
    const stage *stage;
} chain;

static void open_chain(world *w, const operation *o)
{
    const chain *c = o->details;

    w->iter = c->open(w, c->stage->of);
    MUST(w->iter);
    add_stage(w->iter, c->stage);
    if (o->run == dict && c->open != open_items && c->stage != &map_to_pair_stage)
        loam_iter_enumerate(w->iter, 0);
}

static const shape small = {.items = 3, .collide = true, .is_there = true};

/* `visit` sees every chain that makes sense; returns how many. */
static unsigned each_chain(const stage *s, void (*visit)(const operation *o, const unsigned calls[EVENTS]))
{
    unsigned chains = 0;

    write_file();
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        for (size_t j = 0; j < sizeof sinks / sizeof *sinks; j++) {
            chain c = {sources[i].open, s};
            char name[100];
            operation o = {sinks[j].function, name, sinks[j].run, s->cannot_fail, open_chain, &c};
            unsigned calls[EVENTS];
            snprintf(name, sizeof name, "of %s, %s", sources[i].name, s->name);
            if (run_quietly(&o, small, calls) == LOAM_ERR_TYPE)
                continue;
            visit(&o, calls);
            chains++;
        }
    unlink(path);
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    return chains;
}

static unsigned cells;

static void try_chain(const operation *o, const unsigned calls[EVENTS])
{
    static const event events[] = {AT_STAGE, AT_FILL, AT_HASH, AT_EQUAL, AT_COMPARE, AT_KEY};
    /* what has been read is sorted when the iterator is at its end, and looked up in sets between two readings: it is
     * not in use then */
    bool reads_ahead = o->run == sorted || strncmp(o->function, "loam_iter", 9) != 0;
    size_t in_use = reads_ahead ? 2 : sizeof events / sizeof *events;

    (void)calls;
    for (size_t i = 0; i < in_use; i++)
        cells += try_cells(o, events[i], small);
}

static void try_stage(const stage *s)
{
    unsigned chains;

    cells = 0;
    chains = each_chain(s, try_chain);
    cr_log_info("%s: %u chains, %u cells", s->name, chains, cells);
    cr_assert_geq(chains, 20, "%s: only %u chains", s->name, chains);
    cr_assert_geq(cells, sampled(300), "%s: only %u cells", s->name, cells);
}

LOAM_TEST(reentrancy_iter, a_map_may_do_anything_but_use_its_iterator)
{
    try_stage(&map_stage);
    try_stage(&map_of_ints_stage);
    try_stage(&map_to_pair_stage);
    try_stage(&map_i64_stage);
    try_stage(&map_view_stage);
}

LOAM_TEST(reentrancy_iter, a_filter_may_do_anything_but_use_its_iterator)
{
    try_stage(&filter_stage);
    try_stage(&filter_i64_stage);
    try_stage(&filter_view_stage);
}

LOAM_TEST(reentrancy_iter, a_progress_callback_may_do_anything_but_use_its_iterator)
{
    try_stage(&progress_stage);
}

LOAM_TEST(reentrancy_iter, what_sinks_and_sources_run_may_do_anything_but_use_the_iterator)
{
    try_stage(&no_stage);
    try_stage(&no_stage_on_ints);
    try_stage(&no_stage_on_strs);
}

void record_chains(void)
{
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        each_chain(stages[i], record);
}
