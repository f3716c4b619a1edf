/*
 * What the memory managers are compared by: five workloads that differ in what becomes garbage, and when. Each is one
 * program, built once, run on the library of each back end (tests/bench/collectors.py, which also has the interpreter
 * as the fifth of them).
 *
 *     collectors WORKLOAD N [FILE]
 *
 * does it at size N and prints one line:
 *
 *     ANSWER CPU PEAK STEP LONGEST DELAY WORST UNSEEN
 *
 * ANSWER must be the same everywhere. CPU seconds of the process, PEAK resident memory in MB. The work consists of
 * steps of equal size: STEP is the median time of one as the program sees it, LONGEST the longest, in us. Among what is
 * dropped are probes: DELAY is the median time until one is gone, WORST the longest, in us, and UNSEEN is how many of a
 * thousand were never seen to go.
 */
#define _POSIX_C_SOURCE 200809L

#include <loam.h>

#include "bench.h"

typedef struct series {
    double *us;
    size_t count, capacity;
} series;

static series steps;
static series delays;
static double last_step;
static int64_t probes;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static void note(series *s, double us)
{
    if (s->count == s->capacity) {
        s->capacity = s->capacity ? s->capacity * 2 : 1 << 16;
        s->us = realloc(s->us, s->capacity * sizeof *s->us);
        BENCH_MUST(s->us);
    }
    s->us[s->count++] = us;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median and the longest. */
static void sum_up(series *s, double *median, double *longest)
{
    *median = *longest = 0;
    if (!s->count)
        return;
    qsort(s->us, s->count, sizeof *s->us, by_size);
    *median = s->us[s->count / 2];
    *longest = s->us[s->count - 1];
}

/* A step has ended. */
static void step(void)
{
    double now = now_us();
    if (last_step > 0)
        note(&steps, now - last_step);
    last_step = now_us();
}

/* Probes. */

/* `context` is the time when it was dropped, in whole us. */
static void probe_gone(void *context)
{
    note(&delays, now_us() - (double)(uintptr_t)context);
}

/* To be called just before the last reference to `target` goes. */
static void probe(loam_value target)
{
    probes++;
    BENCH_MUST(loam_finalize(target, probe_gone, (void *)(uintptr_t)now_us()) == LOAM_OK);
}

/* The objects of the workloads. */

typedef struct node {
    loam_object loam;
    struct node *left, *right;
} node;

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, left), offsetof(node, right))};

static node *node_new(void)
{
    node *n = loam_new(&node_type);
    BENCH_MUST(n);
    return n;
}

static void connect(node *from, node **slot, node *to)
{
    BENCH_MUST(loam_slot_set(from, slot, loam_from(to)) == LOAM_OK);
}

/* Word count: strings come and go, the dict of those that differ stays. */

enum { WORDS_OF_PROBE = 64 };

static void on_batch(const loam_progress *progress, void *context)
{
    (void)context;
    step();
    if (progress->items / 1024 % WORDS_OF_PROBE == 0) {
        loam_auto loam_list *dropped = loam_list_of(1);
        probe(loam_from(dropped));
    }
}

static int64_t word_count(int64_t unused, const char *path)
{
    loam_auto loam_iter *words = loam_iter_words(path);
    loam_iter_progress(words, on_batch, NULL);
    loam_auto loam_dict *counts = loam_iter_counter(words);
    loam_auto loam_list *top = loam_dict_most_common(counts, 10);

    (void)unused;
    BENCH_MUST(top);
    return loam_dict_len(counts);
}

/* Binary trees: as in the Benchmarks Game, a tree that stays and many that are built and dropped. A step is a thousand
 * nodes. */

static int64_t nodes;

static node *tree_new(int64_t depth)
{
    node *n = node_new();
    if (++nodes % 1024 == 0)
        step();
    if (depth > 0) {
        loam_auto node *left = tree_new(depth - 1);
        loam_auto node *right = tree_new(depth - 1);
        connect(n, &n->left, left);
        connect(n, &n->right, right);
    }
    return n;
}

static int64_t binary_trees(int64_t depth, const char *unused)
{
    loam_auto node *long_lived = tree_new(depth);

    (void)unused;
    for (int64_t d = 4; d <= depth; d += 4)
        for (int64_t i = 0; i < (int64_t)1 << (depth - d + 4); i++) {
            loam_auto node *tree = tree_new(d);
            if (i % 16 == 0)
                probe(loam_from(tree));
        }
    return nodes;
}

/* Cyclic graph churn: N objects in pairs that refer to each other, of which random ones are replaced, 20 N in all. */

static node *pair_new(void)
{
    node *a = node_new();
    loam_auto node *b = node_new();
    connect(a, &a->left, b);
    connect(b, &b->left, a);
    return a;
}

static int64_t churn(int64_t objects, const char *unused)
{
    loam_auto loam_list *alive = loam_list_new();
    uint64_t random = BENCH_ORDER;
    int64_t count = objects / 2;

    (void)unused;
    for (int64_t i = 0; i < count; i++)
        BENCH_MUST(loam_list_append_take(alive, loam_from(pair_new())) == LOAM_OK);
    for (int64_t i = 0; i < 20 * count; i++) {
        int64_t at = (int64_t)(bench_next(&random) % (uint64_t)count);
        if (i % 1024 == 0)
            probe(loam_list_get_peek(alive, at));
        BENCH_MUST(loam_list_set_take(alive, at, loam_from(pair_new())) == LOAM_OK);
        if (i % 64 == 0)
            step();
    }
    return loam_list_len(alive);
}

/* A large heap that lives long, in chains of 100, and requests that make little and drop it, 2 N objects in all; one in
 * a hundred changes an old object. */

static loam_list *chains_new(int64_t objects)
{
    loam_list *heads = loam_list_new();
    for (int64_t i = 0; i < objects / 100; i++) {
        loam_auto node *head = NULL;
        for (int k = 0; k < 100; k++) {
            loam_auto node *next = loam_move(&head);
            head = node_new();
            if (next)
                connect(head, &head->left, next);
        }
        BENCH_MUST(loam_list_append(heads, loam_from(head)) == LOAM_OK);
    }
    return heads;
}

/* Ten lists and a dict. */
static void serve(int64_t number)
{
    loam_auto loam_dict *request = loam_dict_of("number", number, "fields", LOAM_LIST("a", number, 2.5));
    for (int i = 0; i < 8; i++)
        BENCH_MUST(loam_dict_set(request, i, LOAM_LIST(i, number)) == LOAM_OK);
    if (number % 256 == 0)
        probe(loam_from(request));
}

static int64_t long_lived(int64_t objects, const char *unused)
{
    loam_auto loam_list *heads = chains_new(objects);
    uint64_t random = BENCH_ORDER;

    (void)unused;
    for (int64_t i = 0; i < objects / 5; i++) {
        serve(i);
        if (i % 100 == 0) {
            uint64_t at = bench_next(&random) % (uint64_t)loam_list_len(heads);
            node *old = loam_to_peek(loam_list_get_peek(heads, (int64_t)at), &node_type);
            loam_auto node *fresh = node_new();
            connect(old, &old->right, fresh);
        }
        if (i % 16 == 0)
            step();
    }
    return loam_list_len(heads);
}

static const struct {
    const char *name;
    int64_t (*run)(int64_t n, const char *path);
} workloads[] = {{"wordcount", word_count}, {"trees", binary_trees}, {"churn", churn}, {"longlived", long_lived}};

int main(int argc, char **argv)
{
    int64_t answer = -1;
    double median, longest, delay, worst;
    struct timespec cpu;

    BENCH_MUST(argc >= 3);
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
        if (!strcmp(argv[1], workloads[i].name))
            answer = workloads[i].run(strtoll(argv[2], NULL, 10), argc > 3 ? argv[3] : NULL);
    BENCH_MUST(answer >= 0);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    sum_up(&steps, &median, &longest);
    sum_up(&delays, &delay, &worst);
    printf("%" PRId64 " %.6f %.3f %.3f %.3f %.3f %.3f %.0f\n", answer, (double)cpu.tv_sec + (double)cpu.tv_nsec * 1e-9,
           bench_peak_mb(), median, longest, delay, worst,
           probes ? 1000 * (1 - (double)delays.count / (double)probes) : 0);
    return 0;
}
