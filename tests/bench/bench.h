/*
 * What every measured program shares, in C and in C++: key streams, clocks, and what it prints.
 *
 *     PROGRAM GROUP N OPERATION..
 *
 * does the operations on N keys and prints a line for each:
 *
 *     OPERATION CPU WALL ANSWER [MEAN]
 *
 * CPU and WALL are medians over the repetitions in this process, in the case's unit (for bytes CPU is the figure, and
 * MEAN its mean over larger sizes). ANSWER is a number that every peer must come to.
 */
#ifndef BENCH_H
#define BENCH_H

#include <inttypes.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __cplusplus
#define BENCH_UNUSED [[maybe_unused]]
#else
#define BENCH_UNUSED __attribute__((__unused__))
#endif

BENCH_UNUSED static void bench_fail(const char *what)
{
    fprintf(stderr, "bench: %s failed\n", what);
    exit(1);
}

/* A program calls it on whatever may not fail. */
#define BENCH_MUST(condition) ((condition) ? (void)0 : bench_fail(#condition))

BENCH_UNUSED static void *bench_alloc(size_t count, size_t size)
{
    void *memory = malloc(count * size + 1);
    BENCH_MUST(memory);
    return memory;
}

/* splitmix64. */
BENCH_UNUSED static uint64_t bench_next(uint64_t *state)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

enum { BENCH_PRESENT = 42, BENCH_ABSENT = 777, BENCH_VALUES = 43, BENCH_ORDER = 7, BENCH_WORDS = 11 };

BENCH_UNUSED static uint64_t *bench_stream(uint64_t seed, size_t n)
{
    uint64_t *stream = (uint64_t *)bench_alloc(n, sizeof *stream);
    for (size_t i = 0; i < n; i++)
        stream[i] = bench_next(&seed);
    return stream;
}

BENCH_UNUSED static uint64_t *bench_shuffled(const uint64_t *stream, size_t n)
{
    uint64_t state = BENCH_ORDER;
    uint64_t *shuffled = (uint64_t *)bench_alloc(n, sizeof *shuffled);
    memcpy(shuffled, stream, n * sizeof *shuffled);
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)(bench_next(&state) % i);
        uint64_t swapped = shuffled[i - 1];
        shuffled[i - 1] = shuffled[j];
        shuffled[j] = swapped;
    }
    return shuffled;
}

enum { BENCH_STRING = 24 };

/* The string that stands for a number of a stream: `shortest` to `longest` of 64 characters. */
BENCH_UNUSED static size_t bench_string(char *out, uint64_t number, unsigned shortest, unsigned longest)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint64_t bits = bench_next(&number);
    size_t len = shortest + (size_t)(bits >> 32) % (longest - shortest + 1);
    for (size_t i = 0; i < len; i++) {
        if (i % 10 == 0)
            bits = bench_next(&number);
        out[i] = letters[bits & 63];
        bits >>= 6;
    }
    out[len] = 0;
    return len;
}

/* What a string counts in an answer: its first 8 bytes, which all of them have. */
BENCH_UNUSED static uint64_t bench_weight(const char *string)
{
    uint64_t weight;
    memcpy(&weight, string, sizeof weight);
    return weight;
}

/* Keys of dict.str.*, each in memory of its own. */
BENCH_UNUSED static char **bench_strings(const uint64_t *stream, size_t n)
{
    char **strings = (char **)bench_alloc(n, sizeof *strings);
    for (size_t i = 0; i < n; i++) {
        char text[BENCH_STRING];
        size_t len = bench_string(text, stream[i], 8, 20);
        strings[i] = (char *)bench_alloc(len + 1, 1);
        memcpy(strings[i], text, len + 1);
    }
    return strings;
}

/* dict.str.count: 5x10^6 words out of `distinct`, one after the other with a line end between them. */
enum { BENCH_COUNTED = 5000000 };

typedef struct bench_text {
    char *data;
    size_t len;
    uint32_t *ends; /* of each word */
} bench_text;

BENCH_UNUSED static bench_text bench_words(size_t distinct)
{
    uint64_t *stream = bench_stream(BENCH_PRESENT, distinct);
    uint64_t state = BENCH_WORDS;
    bench_text text = {(char *)bench_alloc(BENCH_COUNTED, 16), 0, (uint32_t *)bench_alloc(BENCH_COUNTED, 4)};
    for (size_t i = 0; i < BENCH_COUNTED; i++) {
        text.len += bench_string(text.data + text.len, stream[bench_next(&state) % distinct], 4, 15);
        text.ends[i] = (uint32_t)text.len;
        text.data[text.len++] = '\n';
    }
    free(stream);
    return text;
}

/* Repetitions in one process, and how often reading is repeated inside the clock where there is little to read. */
BENCH_UNUSED static int bench_repetitions(size_t n)
{
    return n <= 10000 ? 31 : n <= 100000 ? 9 : n <= 1000000 ? 3 : 1;
}

BENCH_UNUSED static size_t bench_passes(size_t n)
{
    return n < 100000 ? 100000 / n : 1;
}

typedef struct bench_samples {
    int count;
    double cpu[32], wall[32];
    double cpu_start, wall_start;
    bool answered;
    uint64_t answer;
} bench_samples;

BENCH_UNUSED static bench_samples bench_begin(void)
{
    bench_samples samples;
    memset(&samples, 0, sizeof samples);
    return samples;
}

BENCH_UNUSED static double bench_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

BENCH_UNUSED static void bench_start(bench_samples *s)
{
    s->wall_start = bench_ns(CLOCK_MONOTONIC);
    s->cpu_start = bench_ns(CLOCK_PROCESS_CPUTIME_ID);
}

BENCH_UNUSED static void bench_stop(bench_samples *s, size_t operations)
{
    double cpu = bench_ns(CLOCK_PROCESS_CPUTIME_ID) - s->cpu_start;
    double wall = bench_ns(CLOCK_MONOTONIC) - s->wall_start;
    s->cpu[s->count] = cpu / (double)operations;
    s->wall[s->count++] = wall / (double)operations;
}

/* Every repetition has the same answer. */
BENCH_UNUSED static void bench_answer(bench_samples *s, uint64_t answer)
{
    BENCH_MUST(!s->answered || s->answer == answer);
    s->answered = true;
    s->answer = answer;
}

BENCH_UNUSED static int bench_by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

BENCH_UNUSED static double bench_median(double *figures, int count)
{
    qsort(figures, (size_t)count, sizeof *figures, bench_by_size);
    return (figures[(count - 1) / 2] + figures[count / 2]) / 2;
}

BENCH_UNUSED static void bench_print(const char *operation, bench_samples *s)
{
    printf("%s %.6g %.6g %" PRIu64 "\n", operation, bench_median(s->cpu, s->count), bench_median(s->wall, s->count),
           s->answer);
}

BENCH_UNUSED static void bench_print_bytes(const char *operation, double figure, double mean, uint64_t answer)
{
    printf("%s %.6g 0 %" PRIu64 " %.6g\n", operation, figure, answer, mean);
}

/* What is neither a time nor bytes of a container that grows. */
BENCH_UNUSED static void bench_print_figure(const char *operation, double figure, uint64_t answer)
{
    printf("%s %.6g 0 %" PRIu64 "\n", operation, figure, answer);
}

/* Live bytes of malloc. */
BENCH_UNUSED static double bench_heap(void)
{
    struct mallinfo2 heap = mallinfo2();
    return (double)heap.uordblks + (double)heap.hblkhd;
}

/* Resident bytes of this program, counted page by page: what /proc/self/statm says is up to a megabyte off. */
BENCH_UNUSED static double bench_resident(void)
{
    char line[256];
    double kb = 0;
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    BENCH_MUST(file);
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "Rss: %lf", &kb) == 1)
            break;
    fclose(file);
    BENCH_MUST(kb > 0);
    return kb * 1024;
}

/* Peak resident memory of this program, in MB. (What getrusage says includes the program it was forked from.) */
BENCH_UNUSED static double bench_peak_mb(void)
{
    char line[256];
    double kb = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %lf", &kb) == 1)
            break;
    if (file)
        fclose(file);
    return kb * 1024e-6;
}

/* wordcount: what its answer is made of. */
BENCH_UNUSED static uint64_t bench_mix(uint64_t answer, uint64_t number)
{
    return answer * 31 + number;
}

BENCH_UNUSED static bool bench_wants(int argc, char **argv, const char *operation)
{
    for (int i = 3; i < argc; i++)
        if (!strcmp(argv[i], operation))
            return true;
    return false;
}

#endif
