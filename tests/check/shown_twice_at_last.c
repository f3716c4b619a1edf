/*
 * A static list whose type shows the next node twice; nothing is collected before the program ends.
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
    node *n = self;

    loam_visit(visitor, &n->next, 1);
}

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, next)), .trace = trace};

static node *first;

int main(void)
{
    first = loam_new(&node_type);
    if (first)
        loam_slot_set_take(first, &first->next, loam_from(loam_new(&node_type)));
    return !first;
}
