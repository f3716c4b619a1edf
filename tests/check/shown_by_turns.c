/*
 * A trace that shows something else each time it is called.
 *
 * says: a trace that shows something else each time it is called: node, made at
 * place: main
 */
#include <loam.h>

typedef struct node {
    loam_object loam;
    struct node *next;
    int turn;
} node;

static void trace(void *self, loam_visitor *visitor)
{
    node *n = self;

    if (n->turn++ % 2 == 0)
        loam_visit(visitor, &n->next, 1);
}

static loam_type node_type = {.name = "node", .size = sizeof(node), .trace = trace};

int main(void)
{
    loam_auto node *first = loam_new(&node_type);

    if (!first)
        return 1;
    loam_slot_set_take(first, &first->next, loam_from(loam_new(&node_type)));
    loam_gc_collect(2);
    return 0;
}
