/*
 * A trace that shows a field which .refs lists, so that it is counted twice, and its object is freed while it is held.
 *
 * says: a reference that is shown twice, in .refs or by the trace: the field at offset 8 of node, made at
 * place: main
 */
#include <loam.h>

typedef struct node {
    loam_object loam;
    struct node *next;
} node;

static void trace(void *self, loam_visitor *visitor)
{
    loam_visit(visitor, &((node *)self)->next, 1);
}

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, next)), .trace = trace};

int main(void)
{
    loam_auto node *first = loam_new(&node_type);

    if (!first)
        return 1;
    loam_slot_set_take(first, &first->next, loam_from(loam_new(&node_type)));
    loam_gc_collect(2);
    return 0;
}
