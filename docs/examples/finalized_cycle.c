/*
 * Objects with a finalizer, Python's __del__, in a cycle that nobody holds: a collection finds them, runs each
 * finalizer once, and frees them. (Before Python 3.4 that was a leak.)
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

enum { PAIRS = 3 };

typedef struct node {
    loam_object loam;
    struct node *partner;
    int64_t number;
} node;

static int finalized[2 * PAIRS];

static void node_finalize(void *self)
{
    finalized[((node *)self)->number]++;
}

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, partner)), .finalize = node_finalize};

static loam_status make_and_drop_a_pair(int64_t number)
{
    loam_auto node *a = loam_new(&node_type);
    loam_auto node *b = loam_new(&node_type);
    if (!a || !b)
        return loam_error()->status;
    a->number = number;
    b->number = number + 1;
    if (loam_slot_set(a, &a->partner, loam_from(b)) < 0)
        return loam_error()->status;
    return loam_slot_set(b, &b->partner, loam_from(a));
}

static void show(const char *when)
{
    printf("%-18s", when);
    for (int i = 0; i < 2 * PAIRS; i++)
        printf(" %d", finalized[i]);
    printf("\n");
}

int main(void)
{
    loam_gc_disable(); /* so that it is here that they are found */
    for (int64_t i = 0; i < PAIRS; i++)
        if (make_and_drop_a_pair(2 * i) < 0)
            return loam_perror("finalized_cycle");
    show("dropped");
    if (!loam_gc_has(LOAM_GC_EXACT_CYCLES))
        return 0; /* they are found now or later */
    printf("found: %" PRId64 "\n", loam_gc_collect(2));
    show("collected");
    loam_gc_collect(2);
    show("collected again");
    return 0;
}
