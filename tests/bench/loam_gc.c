/*
 * loam's collector and allocator: the cases gc.*, alloc.*, free.chain, binary_trees, weakref.*, weak_value_dict, mem.*
 * and churn.
 */
#define _GNU_SOURCE

#include "loam_bench.h"

loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, left), offsetof(node, right))};

/* gc.garbage, gc.live */

typedef node *node_handle;
#define node_drop loam_release
#define node_get(holder, field) (holder)->field

typedef loam_list *holder;

static loam_list *holder_new(size_t n)
{
    loam_list *list = loam_list_new();
    must(loam_list_reserve(list, (int64_t)n));
    return list;
}

static void holder_add(loam_list *list, node *n)
{
    must(loam_list_append_take(list, loam_from(n)));
}

static node *holder_at(loam_list *list, size_t i)
{
    return loam_to_peek(loam_list_get_peek(list, (int64_t)i), &node_type);
}

#define collector_off loam_gc_disable
#define collect() loam_gc_collect(2)
#include "graph_loops.h"

static void drop_list_pair(void)
{
    loam_auto loam_list *a = loam_list_new(), *b = loam_list_new();
    must(loam_list_append(a, b));
    must(loam_list_append(b, a));
}

/* binary_trees */

typedef node tree;
#define tree_drop loam_release

static node *tree_new(node *left, node *right)
{
    node *made = node_new();
    if (left) {
        node_move(made, left, left);
        node_move(made, right, right);
    }
    return made;
}

#include "tree_loops.h"

/* gc.acyclic_share */

static double collecting_ns(void)
{
    loam_gc_stats stats[LOAM_GC_GENERATIONS];
    double sum = 0;
    loam_gc_get_stats(stats);
    for (int i = 0; i < LOAM_GC_GENERATIONS; i++)
        sum += (double)stats[i].total_ns;
    return sum;
}

static void print_share(double collecting_before, double cpu_before, uint64_t answer)
{
    double collecting = collecting_ns() - collecting_before;
    double cpu = bench_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_before;
    bench_print_figure("share", collecting / cpu, answer);
}

static void share_of_trees(size_t n)
{
    double collecting = collecting_ns(), cpu = bench_ns(CLOCK_THREAD_CPUTIME_ID);
    print_share(collecting, cpu, binary_trees(n));
}

/* 10 n new objects, in pairs, a thousand there at a time. `refers`: each pair to one of n that live. */
static void share_beside_live(size_t n, bool refers)
{
    enum { WINDOW = 1000 };
    loam_list *heads = chains(n);
    loam_list *window = holder_new(WINDOW);
    for (size_t i = 0; i < WINDOW; i++)
        holder_add(window, node_new());
    double collecting = collecting_ns(), cpu = bench_ns(CLOCK_THREAD_CPUTIME_ID);
    node *at = NULL;
    for (size_t i = 0; i < 5 * n; i++) {
        node *child = node_new(), *made = node_new();
        node_move(made, left, child);
        at = at && at->left ? at->left : holder_at(heads, i / CHAIN % (n / CHAIN));
        if (refers)
            node_set(made, right, at);
        must(loam_list_set_take(window, (int64_t)(i % WINDOW), loam_from(made)));
    }
    print_share(collecting, cpu, count_chains(heads, n));
}

/* alloc.record24 */

enum { BATCH = 1000 };

static void alloc_pair(size_t n)
{
    bench_samples s = bench_begin();
    for (int r = 9; r; r--) {
        bench_start(&s);
        for (size_t i = 0; i < n; i++)
            loam_release(node_new());
        bench_stop(&s, n);
        bench_answer(&s, n);
    }
    bench_print("alloc", &s);
}

static void alloc_batch(size_t n)
{
    static node *batch[BATCH];
    bench_samples s = bench_begin();
    for (int r = 9; r; r--) {
        bench_start(&s);
        for (size_t i = 0; i < n / BATCH; i++) {
            for (int k = 0; k < BATCH; k++)
                batch[k] = node_new();
            for (int k = 0; k < BATCH; k++)
                loam_release(batch[k]);
        }
        bench_stop(&s, n / BATCH * BATCH);
        bench_answer(&s, n / BATCH * BATCH);
    }
    bench_print("alloc", &s);
}

/* free.chain */

static void free_chain(size_t n)
{
    bench_samples s = bench_begin();
    for (int r = 3; r; r--) {
        node *head = NULL;
        for (size_t i = 0; i < n; i++) {
            node *next = node_new();
            if (head)
                node_move(next, left, head);
            head = next;
        }
        bench_start(&s);
        loam_release(head);
        bench_stop(&s, n);
        bench_answer(&s, n);
    }
    bench_print("free", &s);
}

/* weakref. What keeps the targets is a list, until it is released; the array only saves the calls for its items. */

static node **targets_in(loam_list *held, size_t n)
{
    node **targets = bench_alloc(n, sizeof *targets);
    for (size_t i = 0; i < n; i++) {
        targets[i] = node_new();
        holder_add(held, targets[i]);
    }
    return targets;
}

static void weakref_create_drop(size_t n)
{
    bench_samples s = bench_begin();
    loam_auto loam_list *held = holder_new(n);
    node **targets = targets_in(held, n);
    for (int r = bench_repetitions(n); r; r--) {
        uint64_t made = 0;
        bench_start(&s);
        for (size_t i = 0; i < n; i++) {
            loam_weakref *ref = loam_weakref_new(loam_from(targets[i]));
            made += ref != NULL;
            loam_release(ref);
        }
        bench_stop(&s, n);
        bench_answer(&s, made);
    }
    bench_print("create_drop", &s);
}

static void deref_in_order(const uint64_t *order, size_t n, const char *operation)
{
    bench_samples s = bench_begin();
    loam_auto loam_list *held = holder_new(n), *held_refs = holder_new(n);
    node **targets = targets_in(held, n);
    loam_weakref **refs = bench_alloc(n, sizeof *refs);
    for (size_t i = 0; i < n; i++) {
        loam_weakref *ref = loam_weakref_new(loam_from(targets[i]));
        must(loam_list_append_take(held_refs, loam_from(ref)));
        refs[order[i]] = ref;
    }
    for (int r = bench_repetitions(n); r; r--) {
        uint64_t alive = 0;
        bench_start(&s);
        for (size_t i = 0; i < n; i++) {
            loam_value target = loam_weakref_get(refs[i]);
            alive += loam_is_object(target);
            loam_release(target);
        }
        bench_stop(&s, n);
        bench_answer(&s, alive);
    }
    bench_print(operation, &s);
}

static void weakref_deref(size_t n, bool is_shuffled)
{
    uint64_t *order = bench_alloc(n, sizeof *order);
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    if (is_shuffled)
        deref_in_order(bench_shuffled(order, n), n, "deref_shuffled");
    else
        deref_in_order(order, n, "deref");
}

static void weak_value_dict_get(size_t n)
{
    bench_samples s = bench_begin();
    loam_auto loam_list *held = holder_new(n);
    node **targets = targets_in(held, n);
    uint64_t *keys = bench_stream(BENCH_PRESENT, n), *queries = bench_shuffled(keys, n);
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    for (size_t i = 0; i < n; i++)
        must(loam_weak_value_dict_set(dict, (int64_t)(keys[i] >> 4), loam_from(targets[i])));
    for (int r = bench_repetitions(n); r; r--) {
        uint64_t alive = 0;
        bench_start(&s);
        for (size_t i = 0; i < n; i++) {
            loam_value target = loam_weak_value_dict_get(dict, (int64_t)(queries[i] >> 4));
            alive += loam_is_object(target);
            loam_release(target);
        }
        bench_stop(&s, n);
        bench_answer(&s, alive);
    }
    bench_print("get", &s);
}

/* mem. What holds the references is touched before. Not static data: a conservative collector would scan that in every
 * case. */

static void *new_list(void)
{
    return loam_list_new();
}

static void *new_tuple(void)
{
    return loam_tuple_of(1, 2, 3);
}

static void *new_record(void)
{
    return node_new();
}

static void resident_each(size_t n, void *(*make)(void))
{
    loam_value *held = loam_slots_new(n);
    BENCH_MUST(held);
    memset(held, 0, n * sizeof *held);
    loam_release(make());
    bench_resident();
    double before = bench_resident();
    for (size_t i = 0; i < n; i++) {
        held[i] = loam_from((loam_object *)make());
        BENCH_MUST(!loam_is_unset(held[i]));
    }
    bench_print_figure("bytes", (bench_resident() - before) / (double)n, n);
}

/* churn: n objects in all, of which LIVE are there at a time. */

static void churn(size_t n)
{
    enum { LIVE = 100000, TENTHS = 10 };
    size_t pairs = LIVE / 2 < n / 20 ? LIVE / 2 : n / 20;
    loam_auto loam_list *live_pairs = holder_new(pairs);
    uint64_t state = BENCH_ORDER;
    double first = 0, largest = 0;
    for (size_t i = 0; i < pairs; i++)
        holder_add(live_pairs, new_pair());
    for (int tenth = 0; tenth < TENTHS; tenth++) {
        for (size_t i = 0; i < n / 2 / TENTHS; i++)
            must(loam_list_set_take(live_pairs, (int64_t)(bench_next(&state) % pairs), loam_from(new_pair())));
        double resident = bench_resident();
        first = tenth ? first : resident;
        largest = resident > largest ? resident : largest;
    }
    bench_print_figure("worst_tenth", largest / first, n);
}

static bool memory_run(const char *group, size_t n)
{
    if (!strcmp(group, "mem.empty_list"))
        resident_each(n, new_list);
    else if (!strcmp(group, "mem.tuple3"))
        resident_each(n, new_tuple);
    else if (!strcmp(group, "mem.record2"))
        resident_each(n, new_record);
    else if (!strcmp(group, "churn.worst_tenth"))
        churn(n);
    else if (!strcmp(group, "gc.heap_bound"))
        heap_bound(n);
    else if (!strcmp(group, "gc.slice_ms"))
        slice_times(n);
    else
        return false;
    return true;
}

bool collector_run(const char *group, size_t n)
{
    if (!strcmp(group, "gc.acyclic_share.binary_trees"))
        share_of_trees(n);
    else if (!strcmp(group, "gc.acyclic_share.live"))
        share_beside_live(n, false);
    else if (!strcmp(group, "gc.acyclic_share.referred"))
        share_beside_live(n, true);
    else if (!strcmp(group, "alloc.record24.pair"))
        alloc_pair(n);
    else if (!strcmp(group, "alloc.record24.batch1000"))
        alloc_batch(n);
    else if (!strcmp(group, "free.chain"))
        free_chain(n);
    else if (!strcmp(group, "binary_trees"))
        time_binary_trees(n);
    else if (!strcmp(group, "weakref.create_drop"))
        weakref_create_drop(n);
    else if (!strcmp(group, "weakref.deref"))
        weakref_deref(n, false);
    else if (!strcmp(group, "weakref.deref_shuffled"))
        weakref_deref(n, true);
    else if (!strcmp(group, "weak_value_dict.get"))
        weak_value_dict_get(n);
    else
        return memory_run(group, n) || graph_run(group, n, drop_list_pair);
    return true;
}
