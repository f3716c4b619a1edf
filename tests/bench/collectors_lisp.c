/*
 * Probes for the interpreter, docs/examples/lisp.c, which is linked with this and knows nothing of it: the linker
 * leads its calls of three functions here (--wrap).
 *
 * In collectors.lisp each expression makes functions, of which the first one may be kept, and the others are dropped
 * by the time its answer is printed. Some of these are watched: how long after the answer until one is gone, 0 if it
 * was before. At the end of the input, before what is left is collected, a line goes to stderr:
 *
 *     probes: DELAY WORST UNSEEN
 *
 * as collectors.c prints them.
 */
#define _POSIX_C_SOURCE 200809L

#include <loam.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MOST = 4096,    /* probes */
    EXPRESSIONS = 8 /* of so many answers the functions for one are watched; none before the first, which stay */
};

typedef struct probe {
    double dropped, gone; /* us; 0: not yet */
} probe;

static probe probes[MOST];
static size_t count, answered; /* probes; those of expressions that were answered */
static int64_t expressions, functions;

void *__real_loam_new(loam_type *type);
void *__wrap_loam_new(loam_type *type);
loam_status __real_loam_println(loam_value value);
loam_status __wrap_loam_println(loam_value value);
int64_t __real_loam_gc_collect(int generation);
int64_t __wrap_loam_gc_collect(int generation);

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static void note_gone(void *context)
{
    ((probe *)context)->gone = now_us();
}

static bool is_watched(const loam_type *type)
{
    return !strcmp(type->name, "function") && functions++ && expressions && expressions % EXPRESSIONS == 0 &&
           count < MOST;
}

void *__wrap_loam_new(loam_type *type)
{
    void *object = __real_loam_new(type);

    if (object && is_watched(type) &&
        loam_finalize(loam_from((loam_object *)object), note_gone, &probes[count]) == LOAM_OK)
        count++;
    return object;
}

/* An answer. */
loam_status __wrap_loam_println(loam_value value)
{
    loam_status st = __real_loam_println(value);
    double now = now_us();

    while (answered < count)
        probes[answered++].dropped = now;
    functions = 0;
    expressions++;
    return st;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(void)
{
    static double delays[MOST];
    size_t seen = 0;

    for (size_t i = 0; i < answered; i++)
        if (probes[i].gone > 0)
            delays[seen++] = probes[i].gone > probes[i].dropped ? probes[i].gone - probes[i].dropped : 0;
    qsort(delays, seen, sizeof *delays, by_size);
    fprintf(stderr, "probes: %.3f %.3f %.0f\n", seen ? delays[seen / 2] : 0, seen ? delays[seen - 1] : 0,
            answered ? 1000 * (1 - (double)seen / (double)answered) : 0);
}

/* The last thing that the interpreter does. */
int64_t __wrap_loam_gc_collect(int generation)
{
    report();
    return __real_loam_gc_collect(generation);
}
