/*
 * A trace shows a field of the object's parent.
 *
 * says: a trace that shows a field of another object: the field at offset 16 of node, made at
 * says: the owner is to be node, made at
 * place: main
 */
#include <loam.h>

typedef struct node {
    loam_object loam;
    struct node *parent;
    loam_value value;
} node;

static void trace(void *self, loam_visitor *visitor)
{
    node *n = self;

    loam_visit(visitor, &n->parent, 1);
    if (n->parent)
        loam_visit(visitor, &n->parent->value, 1);
}

static loam_type node_type = {.name = "node", .size = sizeof(node), .trace = trace};

int main(void)
{
    loam_auto node *parent = loam_new(&node_type);
    loam_auto node *child = loam_new(&node_type);

    if (!parent || !child || loam_slot_set(child, &child->parent, loam_from(parent)) < 0)
        return 1;
    loam_gc_collect(2);
    return 0;
}
