/*
 * A reference moves from one object to another by plain assignment, and both are released before a collection looks at
 * them.
 *
 * says: a field was moved without loam_slot_move, or assigned without loam_slot_set: the field at offset 8 of node
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

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, next)), .finalize = finalize};

int main(void)
{
    loam_auto node *from = loam_new(&node_type);
    loam_auto node *to = loam_new(&node_type);

    if (!from || !to)
        return 1;
    loam_slot_set_take(from, &from->next, loam_from(loam_new(&node_type)));
    to->next = from->next;
    from->next = NULL;
    return 0;
}
