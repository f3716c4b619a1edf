/*
 * A loop of fixed work: prints the CPU time of a million dependent multiplications, and of a million dependent reads
 * from 8 MB, in ns each. What changes them from one run to the next is not the program under test.
 */
#include "bench.h"

enum { STEPS = 16 * 1024 * 1024, CELLS = 1024 * 1024 };

static double arithmetic(void)
{
    volatile uint64_t sink;
    uint64_t x = 1;
    double start = bench_ns(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < STEPS; i++)
        x = x * 0x9e3779b97f4a7c15u + 1;
    sink = x;
    (void)sink;
    return (bench_ns(CLOCK_PROCESS_CPUTIME_ID) - start) / STEPS;
}

/* One cycle through all cells, in random order. */
static double memory(void)
{
    volatile uint64_t sink;
    uint64_t *next = bench_alloc(CELLS, sizeof *next);
    uint64_t state = BENCH_ORDER;
    for (size_t i = 0; i < CELLS; i++)
        next[i] = i;
    for (size_t i = CELLS - 1; i; i--) {
        size_t j = (size_t)(bench_next(&state) % i);
        uint64_t swapped = next[i];
        next[i] = next[j];
        next[j] = swapped;
    }
    double start = bench_ns(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t at = 0;
    for (size_t i = 0; i < CELLS; i++)
        at = next[at];
    sink = at;
    (void)sink;
    return (bench_ns(CLOCK_PROCESS_CPUTIME_ID) - start) / CELLS;
}

int main(void)
{
    printf("%.6g %.6g\n", arithmetic(), memory());
    return 0;
}
