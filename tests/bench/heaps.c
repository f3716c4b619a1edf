/*
 * The same structures in plain C, one program each: on the allocator -DPEER_MIMALLOC, on the collector -DPEER_BOEHM.
 */
#include "bench.h"

typedef struct tree {
    struct tree *left, *right;
} tree;

#ifdef PEER_MIMALLOC
#include <mimalloc.h>

static tree *tree_new(tree *left, tree *right)
{
    tree *made = mi_malloc(sizeof *made);
    BENCH_MUST(made);
    made->left = left;
    made->right = right;
    return made;
}

static void tree_drop(tree *t)
{
    if (t->left) {
        tree_drop(t->left);
        tree_drop(t->right);
    }
    mi_free(t);
}

/* What an object with a header and two reference fields is. */
typedef struct record {
    uint64_t head;
    struct record *left, *right;
} record;

static record *record_new(void)
{
    record *made = mi_malloc(sizeof *made);
    BENCH_MUST(made);
    *made = (record){1, NULL, NULL};
    return made;
}

static void batch1000(size_t n)
{
    enum { BATCH = 1000 };
    static record *volatile batch[BATCH];
    bench_samples s = bench_begin();
    for (int r = 9; r; r--) {
        bench_start(&s);
        for (size_t i = 0; i < n / BATCH; i++) {
            for (int k = 0; k < BATCH; k++)
                batch[k] = record_new();
            for (int k = 0; k < BATCH; k++)
                mi_free(batch[k]);
        }
        bench_stop(&s, n / BATCH * BATCH);
        bench_answer(&s, n / BATCH * BATCH);
    }
    bench_print("alloc", &s);
}

static bool peer_run(const char *group, size_t n)
{
    if (strcmp(group, "alloc.record24.batch1000"))
        return false;
    batch1000(n);
    return true;
}

#else
#include <gc.h>

/* With libgc's defaults. */

static tree *tree_new(tree *left, tree *right)
{
    tree *made = GC_MALLOC(sizeof *made);
    BENCH_MUST(made);
    made->left = left;
    made->right = right;
    return made;
}

#define tree_drop(t) ((void)(t))

typedef tree *node_handle;
#define node_new() tree_new(NULL, NULL)
#define node_drop tree_drop
#define node_set(holder, field, other) ((void)((holder)->field = (other)))
#define node_move node_set
#define node_get(holder, field) (holder)->field

typedef struct holder_list {
    size_t len;
    tree *items[];
} * holder;

static holder holder_new(size_t n)
{
    holder list = GC_MALLOC(sizeof *list + n * sizeof *list->items);
    BENCH_MUST(list);
    return list;
}

#define holder_add(list, node) ((void)((list)->items[(list)->len++] = (node)))
#define holder_at(list, i) (list)->items[i]
#define collector_off GC_disable

/* It does not say what it freed, and garbage pairs are not asked of it. */
static int64_t collect(void)
{
    GC_enable();
    GC_gcollect();
    return 0;
}

#include "graph_loops.h"

static bool peer_run(const char *group, size_t n)
{
    return graph_run(group, n, NULL);
}

#endif

#include "tree_loops.h"

int main(int argc, char **argv)
{
    const char *group = argc > 3 ? argv[1] : "";
    size_t n = argc > 3 ? (size_t)strtod(argv[2], NULL) : 0;
#ifdef PEER_BOEHM
    GC_INIT();
#endif
    if (!strcmp(group, "binary_trees"))
        time_binary_trees(n);
    else if (!peer_run(group, n))
        return 2;
    return 0;
}
