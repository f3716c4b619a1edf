/*
 * A program writes into an object of its own that it has released, and ends before the memory is used again.
 *
 * says: written to after its release, 16 bytes from its beginning: node, made at
 * place: main
 * without: address
 */
#include <loam.h>

typedef struct node {
    loam_object loam;
    struct node *next;
    int64_t number;
} node;

static loam_type node_type = {.name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, next))};

int main(void)
{
    node *n = loam_new(&node_type);

    if (!n)
        return 1;
    loam_release(n);
    n->number = 5;
    return 0;
}
