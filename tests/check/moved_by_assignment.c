/*
 * While a full collection goes on in slices, a reference moves from one object to another by plain assignment.
 *
 * says: a field was moved without loam_slot_move
 * says: the field at offset 8 of node, made at
 * place: new_node
 */
#include <loam.h>

typedef struct node {
    loam_object loam;
    struct node *next, *other;
} node;

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, next), offsetof(node, other))};

static node *new_node(void)
{
    return loam_new(&node_type);
}

/* A cycle of two that nobody holds. */
static void make_garbage(void)
{
    loam_auto node *one = new_node();
    loam_auto node *other = new_node();

    loam_slot_set(one, &one->next, loam_from(other));
    loam_slot_set(other, &other->next, loam_from(one));
}

static int64_t slices(void)
{
    loam_gc_stats stats[LOAM_GC_GENERATIONS];

    loam_gc_get_stats(stats);
    return stats[2].slices;
}

int main(void)
{
    loam_auto node *from = new_node();
    loam_auto node *to = new_node();
    loam_auto node *chain = new_node(); /* so that the heap grows */

    loam_slot_set_take(from, &from->next, loam_from(new_node()));
    for (int i = 0; i < 2000000; i++) {
        node *link = new_node();
        loam_slot_move(link, &link->other, chain, &chain->other);
        loam_slot_set_take(chain, &chain->other, loam_from(link));
        make_garbage();
        if (slices() > 0 && from->next) {
            to->next = from->next;
            from->next = NULL;
        }
    }
    return 0;
}
