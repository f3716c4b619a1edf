/*
 * How long a program has to wait while full collections go on in slices: gc.slice_ms.
 *
 * n objects live, each with a reference to another, and one list of all of them is alive too. The program replaces
 * elements by pairs that refer to each other, so that only a full collection finds those that it drops, until five of
 * them have come to their end. Each step is timed, whatever happens in it; `max` is the longest one of two such runs,
 * `p99` that wait of a run which a hundredth as many as it had slices exceed.
 */
#define _GNU_SOURCE

#include "loam_bench.h"

enum { RUNS = 2, CYCLES = 5, MOST_WAITS = 1000000, MOST_VISITED = 20000, NOTICEABLE_NS = 5000 };

static double *waits; /* of the run, those that can be noticed */
static size_t wait_count;

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static loam_list *living(size_t n)
{
    uint64_t state = BENCH_ORDER;
    loam_list *list = loam_list_new();
    must(loam_list_reserve(list, (int64_t)n));
    for (size_t i = 0; i < n; i++) {
        node *made = node_new();
        if (i)
            node_set(made, left,
                     (node *)loam_to_peek(loam_list_get_peek(list, (int64_t)(bench_next(&state) % i)), &node_type));
        must(loam_list_append_take(list, loam_from(made)));
    }
    return list;
}

static void replace_one(loam_list *list, size_t n, uint64_t *state)
{
    node *a = node_new(), *b = node_new();
    node_set(b, left, a);
    node_move(a, left, b);
    must(loam_list_set_take(list, (int64_t)(bench_next(state) % n), loam_from(a)));
}

static loam_gc_stats full_stats(void)
{
    loam_gc_stats stats[LOAM_GC_GENERATIONS];
    loam_gc_get_stats(stats);
    return stats[2];
}

/* How many slices it took. */
static int64_t run_cycles(loam_list *list, size_t n)
{
    static uint64_t state = BENCH_ORDER + 1;
    loam_gc_stats before = full_stats();
    double last = bench_ns(CLOCK_THREAD_CPUTIME_ID);
    wait_count = 0;
    for (uint64_t step = 0; step % 1024 || full_stats().collections < before.collections + CYCLES; step++) {
        replace_one(list, n, &state);
        double now = bench_ns(CLOCK_THREAD_CPUTIME_ID);
        if (now - last > NOTICEABLE_NS && wait_count < MOST_WAITS)
            waits[wait_count++] = now - last;
        last = now;
    }
    BENCH_MUST(wait_count < MOST_WAITS);
    qsort(waits, wait_count, sizeof *waits, descending);
    return full_stats().slices - before.slices;
}

void slice_times(size_t n)
{
    double worst = 0, worst_p99 = 0;
    loam_auto loam_list *list = living(n);
    waits = bench_alloc(MOST_WAITS, sizeof *waits);
    for (int run = 0; run < RUNS; run++) {
        size_t p99 = (size_t)run_cycles(list, n) / 100;
        BENCH_MUST(p99 < wait_count);
        worst = waits[0] > worst ? waits[0] : worst;
        worst_p99 = waits[p99] > worst_p99 ? waits[p99] : worst_p99;
    }
    loam_gc_stats stats = full_stats();
    BENCH_MUST(stats.most_visited <= MOST_VISITED);
    bench_print_figure("p99", worst_p99 / 1e6, n);
    bench_print_figure("max", worst / 1e6, n);
    bench_print_figure("at_once", (double)stats.slices_at_once / (double)stats.slices, n);
}
