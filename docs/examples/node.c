/*
 * A type of one's own: a binary tree. The descriptor lists the fields that hold references; releasing a tree, tracing
 * it and measuring it follow from that list. Such a field is read like any pointer and changed by the slot functions
 * only.
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

typedef struct node {
    loam_object loam;
    struct node *left, *right;
    int64_t payload;
} node;

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, left), offsetof(node, right))};

static node *node_new(int64_t payload)
{
    node *n = loam_new(&node_type);
    if (n)
        n->payload = payload;
    return n;
}

static loam_status node_insert(node *n, int64_t payload)
{
    node **slot = payload < n->payload ? &n->left : &n->right;
    if (*slot)
        return node_insert(*slot, payload);
    return loam_slot_set_take(n, slot, loam_from(node_new(payload)));
}

/* Append the payloads to `list`, in order. */
static loam_status node_list(const node *n, loam_list *list)
{
    if (!n)
        return LOAM_OK;
    if (node_list(n->left, list) < 0 || loam_list_append(list, n->payload) < 0)
        return loam_error()->status;
    return node_list(n->right, list);
}

int main(void)
{
    loam_auto node *root = node_new(5);
    loam_auto loam_list *list = loam_list_new();
    int64_t size = loam_sizeof_deep(loam_from(root));
    if (size < 0)
        return loam_perror("node");
    for (int i = 1; i < 7; i++)
        if (node_insert(root, i * 7 % 10) < 0)
            return loam_perror("node");
    if (node_list(root, list) < 0 || loam_println(loam_from(list)) < 0)
        return loam_perror("node");
    printf("%" PRId64 " bytes each\n", size);
    return 0;
}
