/*
 * Dropped pairs and living graphs of objects with two reference fields, the same for every program in C. Before this is
 * included a program has
 *
 *     node_handle                     a pointer to such an object
 *     node_new()                      a new one
 *     node_drop(node)                 the program lets go of it
 *     node_set(node, field, other)    a further reference to `other`; `field` is left or right
 *     node_move(node, field, other)   the program's reference to `other` goes in
 *     node_get(node, field)           what is there, borrowed
 *     holder, holder_new(n)           a list with room for n
 *     holder_add(list, node)          takes the program's reference
 *     holder_at(list, i)              borrowed
 *     collector_off()                 no collection starts by itself
 *     collect()                       a full collection: how many objects it freed
 */

/* The program holds the first one. */
static node_handle new_pair(void)
{
    node_handle a = node_new(), b = node_new();
    node_set(b, left, a);
    node_move(a, left, b);
    return a;
}

static void drop_record_pair(void)
{
    node_drop(new_pair());
}

static void garbage(size_t n, void (*drop_pair)(void))
{
    bench_samples s = bench_begin();
    collector_off();
    for (int r = bench_repetitions(n); r; r--) {
        for (size_t i = 0; i < n; i++)
            drop_pair();
        bench_start(&s);
        int64_t found = collect();
        bench_stop(&s, 2 * n);
        BENCH_MUST(found == (int64_t)(2 * n));
        bench_answer(&s, (uint64_t)found);
    }
    bench_print("collect", &s);
}

enum { CHAIN = 100 };

/* From the head on: CPython's collector takes more than ten times as long for chains that were built from the end. */
static holder chains(size_t n)
{
    holder heads = holder_new(n / CHAIN);
    for (size_t i = 0; i < n / CHAIN; i++) {
        node_handle head = node_new(), last = head;
        for (int k = 1; k < CHAIN; k++) {
            node_handle next = node_new();
            node_move(last, left, next);
            last = next;
        }
        holder_add(heads, head);
    }
    return heads;
}

static uint64_t count_chains(holder heads, size_t n)
{
    uint64_t count = n / CHAIN;
    for (size_t i = 0; i < n / CHAIN; i++) {
        node_handle at = holder_at(heads, i);
        for (int k = 1; k < CHAIN; k++, count++)
            at = node_get(at, left);
    }
    return count;
}

static holder random_graph(size_t n)
{
    holder nodes = holder_new(n);
    uint64_t state = BENCH_ORDER;
    for (size_t i = 0; i < n; i++)
        holder_add(nodes, node_new());
    for (size_t i = 0; i < n; i++) {
        node_handle from = holder_at(nodes, i);
        node_set(from, left, holder_at(nodes, bench_next(&state) % n));
        node_set(from, right, holder_at(nodes, bench_next(&state) % n));
    }
    return nodes;
}

/* Edges that lead where they did. */
static uint64_t count_random(holder nodes, size_t n)
{
    uint64_t state = BENCH_ORDER, count = 0;
    for (size_t i = 0; i < n; i++) {
        node_handle from = holder_at(nodes, i);
        count += node_get(from, left) == holder_at(nodes, bench_next(&state) % n);
        count += node_get(from, right) == holder_at(nodes, bench_next(&state) % n);
    }
    return count;
}

/* The first collection: once in a process. */
static void live(size_t n, holder (*build)(size_t), uint64_t (*count)(holder, size_t))
{
    bench_samples s = bench_begin();
    collector_off();
    holder held = build(n);
    bench_start(&s);
    int64_t found = collect();
    bench_stop(&s, n);
    BENCH_MUST(found == 0);
    bench_answer(&s, count(held, n));
    bench_print("collect", &s);
}

/* Whether there is such a group. `drop_list_pair` makes and drops a pair of lists that hold each other. */
static bool graph_run(const char *group, size_t n, void (*drop_list_pair)(void))
{
    if (!strcmp(group, "gc.garbage.record_pairs"))
        garbage(n, drop_record_pair);
    else if (!strcmp(group, "gc.garbage.list_pairs") && drop_list_pair)
        garbage(n, drop_list_pair);
    else if (!strcmp(group, "gc.live.chains"))
        live(n, chains, count_chains);
    else if (!strcmp(group, "gc.live.random"))
        live(n, random_graph, count_random);
    else
        return false;
    return true;
}
