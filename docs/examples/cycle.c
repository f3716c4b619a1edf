/*
 * Two nodes that refer to each other keep each other alive when the program has let go of both. A collection finds them
 * and says how many they were.
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

typedef struct node {
    loam_object loam;
    struct node *other;
} node;

static int alive;

static void node_dispose(void *self)
{
    (void)self;
    alive--;
}

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, other)), .dispose = node_dispose};

static node *node_new(void)
{
    node *n = loam_new(&node_type);
    alive += n != NULL;
    return n;
}

static loam_status make_and_drop_a_cycle(void)
{
    loam_auto node *a = node_new();
    loam_auto node *b = node_new();
    if (!a || !b || loam_slot_set(a, &a->other, loam_from(b)) < 0)
        return loam_error()->status;
    return loam_slot_set(b, &b->other, loam_from(a));
}

int main(void)
{
    int64_t found;

    if (make_and_drop_a_cycle() < 0)
        return loam_perror("cycle");
    printf("nobody refers to them, and %d are alive\n", alive);
    found = loam_gc_collect(2);
    if (found < 0)
        return loam_perror("cycle");
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        printf("%" PRId64 " were found, and %d are alive\n", found, alive);
    else
        printf("they are found, now or later\n");
    return 0;
}
