/*
 * gc.heap_bound: how much more than what is alive the heap comes to hold, by the memory manager's own count, where
 * cyclic garbage is made in various ways beside 64 MB that stay alive.
 *
 * A workload knows what is alive: it counts the bytes of an object when it has made it, and takes them off again before
 * it drops the last reference to it. Once ten rounds of the workload have gone by, the peaks are taken: of what is
 * alive at each object that is made, of what is in use at each hundredth. The figure is (peak in use - 1 MB) / peak
 * alive. Each workload runs in a process of its own.
 */
#define _GNU_SOURCE

#include "loam_bench.h"

#include <sys/wait.h>
#include <unistd.h>

enum { BASE = 64000000, SLACK = 1000000, WARM_UP = 10, ROUNDS = 20, CHAIN = 100, RING = 1000, OFTEN = 100 };

static int64_t alive, peak_alive, peak_in_use;

/* Three reference fields: a tree whose children know their parent. */
typedef struct branch {
    loam_object loam;
    struct branch *left, *right, *parent;
} branch;

static loam_type branch_type = {
    .name = "branch",
    .size = sizeof(branch),
    .refs = LOAM_REFS(offsetof(branch, left), offsetof(branch, right), offsetof(branch, parent))};

static void look(void)
{
    int64_t in_use = loam_gc_get_bytes();
    peak_in_use = in_use > peak_in_use ? in_use : peak_in_use;
}

static void came(size_t bytes)
{
    static unsigned unseen;
    alive += (int64_t)bytes;
    peak_alive = alive > peak_alive ? alive : peak_alive;
    if (++unseen % OFTEN == 0 || bytes > 1000)
        look();
}

static void goes(size_t bytes)
{
    alive -= (int64_t)bytes;
}

static node *one(void)
{
    node *made = node_new();
    came(sizeof *made);
    return made;
}

static branch *one_branch(void)
{
    branch *made = loam_new(&branch_type);
    BENCH_MUST(made);
    came(sizeof *made);
    return made;
}

static size_t list_bytes(loam_list *list)
{
    return (size_t)loam_sizeof(loam_from(list));
}

static loam_list *one_list(size_t n)
{
    loam_list *list = loam_list_new();
    must(loam_list_reserve(list, (int64_t)n));
    came(list_bytes(list));
    return list;
}

static node *ring(size_t n)
{
    node *first = one();
    node *last = first;
    for (size_t i = 1; i < n; i++) {
        node *next = one();
        node_move(last, left, next);
        last = next;
    }
    node_set(last, left, first);
    return first;
}

/* The workloads: each a round of about n objects. */

static void rings(size_t n)
{
    for (size_t i = 0; i < n / RING; i++) {
        node *first = ring(RING);
        goes(RING * sizeof(node));
        loam_release(first);
    }
}

static void pairs(size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        node *first = ring(2);
        goes(2 * sizeof(node));
        loam_release(first);
    }
}

static void doubly_linked(size_t n)
{
    node *first = one();
    node *last = first;
    for (size_t i = 1; i < n; i++) {
        node *next = one();
        node_set(next, right, last);
        node_move(last, left, next);
        last = next;
    }
    goes(n * sizeof(node));
    loam_release(first);
}

/* The hub refers to its spokes through a list, each spoke to the hub. */
static void hub(size_t n)
{
    node *centre = one();
    loam_list *spokes = one_list(n);
    for (size_t i = 0; i < n; i++) {
        node *spoke = one();
        node_set(spoke, left, centre);
        must(loam_list_append_take(spokes, loam_from(spoke)));
    }
    goes((n + 1) * sizeof(node) + list_bytes(spokes));
    node_move(centre, left, spokes);
    loam_release(centre);
}

/* Much that is freed at once by its count, then many pairs that live together and die together. */
static void bursts(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        node *passing = one();
        goes(sizeof *passing);
        loam_release(passing);
    }
    loam_list *burst = one_list(n / 2);
    for (size_t i = 0; i < n / 2; i++)
        must(loam_list_append_take(burst, loam_from(ring(2))));
    goes(n / 2 * 2 * sizeof(node) + list_bytes(burst));
    loam_release(burst);
}

/* n / 2 levels deep, with a leaf at each. */
static void deep_trees(size_t n)
{
    branch *root = one_branch();
    branch *lowest = root;
    for (size_t i = 0; i < n / 2; i++) {
        branch *leaf = one_branch(), *next = one_branch();
        node_set(leaf, parent, lowest);
        node_set(next, parent, lowest);
        node_move(lowest, left, leaf);
        node_move(lowest, right, next);
        lowest = next;
    }
    goes((1 + n / 2 * 2) * sizeof(branch));
    loam_release(root);
}

/* It grows by n / 20 entries a round, each a pair that is a cycle; then n / 2 entries of any age are replaced. */
static void growing_cache(size_t n)
{
    static loam_list *cache;
    static uint64_t state = BENCH_ORDER;
    cache = cache ? cache : one_list(0);
    for (size_t i = 0; i < n / 20; i++) {
        size_t before = list_bytes(cache);
        must(loam_list_append_take(cache, loam_from(ring(2))));
        came(list_bytes(cache) - before);
    }
    for (size_t i = 0; i < n / 2; i++) {
        int64_t place = (int64_t)(bench_next(&state) % (uint64_t)loam_list_len(cache));
        node *entry = ring(2);
        goes(2 * sizeof(node));
        must(loam_list_set_take(cache, place, loam_from(entry)));
    }
}

/* What stays alive. */
static loam_list *base(void)
{
    loam_list *heads = one_list(BASE / (CHAIN * sizeof(node) + sizeof(loam_value)));
    while (alive < BASE) {
        node *head = NULL;
        for (int i = 0; i < CHAIN; i++) {
            node *next = one();
            if (head)
                node_move(next, left, head);
            head = next;
        }
        must(loam_list_append_take(heads, loam_from(head)));
    }
    return heads;
}

/* In the end, what is in use must be what the workload believes to be alive. */
static double bound_of(void (*workload)(size_t), size_t n)
{
    loam_auto loam_list *heads = base();
    for (int i = 0; i < WARM_UP; i++)
        workload(n);
    peak_alive = peak_in_use = 0;
    for (int i = 0; i < ROUNDS; i++)
        workload(n);
    must(loam_gc_collect(2));
    BENCH_MUST(llabs(loam_gc_get_bytes() - alive) <= SLACK);
    return (double)(peak_in_use - SLACK) / (double)peak_alive;
}

static double in_a_process(void (*workload)(size_t), size_t n)
{
    int ends[2], status;
    double figure = 0;
    BENCH_MUST(pipe(ends) == 0);
    pid_t child = fork();
    BENCH_MUST(child >= 0);
    if (!child) {
        figure = bound_of(workload, n);
        BENCH_MUST(write(ends[1], &figure, sizeof figure) == sizeof figure);
        _exit(0);
    }
    BENCH_MUST(waitpid(child, &status, 0) == child && status == 0);
    BENCH_MUST(read(ends[0], &figure, sizeof figure) == sizeof figure);
    close(ends[0]);
    close(ends[1]);
    return figure;
}

void heap_bound(size_t n)
{
    static const struct {
        const char *name;
        void (*workload)(size_t);
    } workloads[] = {{"rings", rings},   {"pairs", pairs},           {"doubly_linked", doubly_linked}, {"hub", hub},
                     {"bursts", bursts}, {"deep_trees", deep_trees}, {"growing_cache", growing_cache}};
    double worst = 0;
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
        double figure = in_a_process(workloads[i].workload, n);
        bench_print_figure(workloads[i].name, figure, n);
        worst = figure > worst ? figure : worst;
    }
    bench_print_figure("worst", worst, n);
}
