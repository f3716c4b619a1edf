/*
 * The same as shown_twice, with a finalizer and without a collection: the object is released before one looks at it.
 *
 * says: a reference that is shown twice, in .refs or by the trace: the field at offset 8 of node, made at
 * place: main
 */
#include <loam.h>

typedef struct node {
    loam_object loam;
    struct node *next;
} node;

static int finalized;

static void finalize(void *self)
{
    (void)self;
    finalized++;
}

static loam_type node_type = {.name = "node",
                              .size = sizeof(node),
                              .refs = LOAM_REFS(offsetof(node, next), offsetof(node, next)),
                              .finalize = finalize};

int main(void)
{
    loam_auto node *first = loam_new(&node_type);

    if (!first)
        return 1;
    loam_slot_set_take(first, &first->next, loam_from(loam_new(&node_type)));
    return 0;
}
