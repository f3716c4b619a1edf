/*
 * A tree whose nodes know their parents. What goes down the tree is held, what goes up is weak: so a tree is no cycle,
 * it goes when its root does, and a part of it that somebody keeps has no parent any more. The descriptor lists the
 * fields, and that is all: no trace, clear or size function.
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

typedef struct node {
    loam_object loam;
    struct node *left, *right;
    loam_weakref *parent;
    int64_t payload;
} node;

static loam_type node_type = {.name = "node",
                              .size = sizeof(node),
                              .refs = LOAM_REFS(offsetof(node, left), offsetof(node, right), offsetof(node, parent))};

static loam_status add_child(node *parent, node **slot, int64_t payload)
{
    loam_auto node *child = loam_new(&node_type);
    if (!child || loam_slot_set_take(child, &child->parent, loam_from(loam_weakref_new(loam_from(parent)))) < 0)
        return loam_error()->status;
    child->payload = payload;
    return loam_slot_set(parent, slot, loam_from(child));
}

static node **child_towards(node *n, int64_t payload)
{
    return payload < n->payload ? &n->left : &n->right;
}

static loam_status insert(node *n, int64_t payload)
{
    while (*child_towards(n, payload))
        n = *child_towards(n, payload);
    return add_child(n, child_towards(n, payload), payload);
}

/* From the node up to the root, or as far as there are parents. */
static loam_status print_way_up(node *start)
{
    loam_auto node *n = loam_retain(start);
    loam_auto loam_list *way = loam_list_new();
    while (n) {
        loam_auto node *child = loam_move(&n); /* held until its parent is found */
        if (loam_list_append(way, child->payload) < 0)
            return loam_error()->status;
        loam_value parent = child->parent ? loam_weakref_get(child->parent) : LOAM_NONE;
        n = loam_is_none(parent) ? NULL : loam_to_peek(parent, &node_type);
    }
    return loam_println(loam_from(way));
}

int main(void)
{
    static const int64_t payloads[] = {2, 6, 1, 3};
    node *root = loam_new(&node_type);
    loam_auto node *kept = NULL;
    if (!root)
        return loam_perror("tree");
    root->payload = 4;
    for (int i = 0; i < 4; i++)
        if (insert(root, payloads[i]) < 0)
            return loam_perror("tree");
    kept = loam_retain(root->left);
    if (print_way_up(kept->right) < 0)
        return loam_perror("tree");
    loam_release(root);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE) && print_way_up(kept->right) < 0)
        return loam_perror("tree");
    return 0;
}
