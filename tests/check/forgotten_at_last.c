/*
 * A tree in a static variable whose type forgets the right child; nothing is collected before the program ends.
 *
 * says: a reference that the type does not show, neither in .refs nor by its trace:
 * says: the field at offset 16 of tree, made at
 * says: it refers to tree, made at
 * place: make
 */
#include <loam.h>

typedef struct tree {
    loam_object loam;
    struct tree *left, *right;
} tree;

static loam_type tree_type = {.name = "tree", .size = sizeof(tree), .refs = LOAM_REFS(offsetof(tree, left))};

static tree *root;

static tree *make(void)
{
    tree *made = loam_new(&tree_type);
    return made;
}

int main(void)
{
    root = make();
    if (!root)
        return 1;
    loam_slot_set_take(root, &root->left, loam_from(make()));
    loam_slot_set_take(root, &root->right, loam_from(make()));
    return 0;
}
