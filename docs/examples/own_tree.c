/*
 * A type of one's own by a list of its reference fields: a search tree whose nodes know their parents. What goes down
 * is held, what goes up is weak. With all that a type can have: repr, equality, hash, order, a finalizer.
 * docs/writing-a-type.md builds it step by step.
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

typedef struct tree {
    loam_object loam;
    struct tree *left, *right; /* NULL: none */
    loam_weakref *parent;      /* NULL: it never had one */
    int64_t key;
} tree;

static int64_t finalized;

/* Runs before anything of the tree is gone: it may look at all fields, and call anything. */
static void tree_finalize(void *self)
{
    tree *t = self;
    finalized += t->key >= 0;
}

/* loam_from(NULL) would be the unset value, which is for failures: an empty field is None here. */
static loam_value child_or_none_peek(tree *child)
{
    return child ? loam_from(child) : LOAM_NONE;
}

static loam_str *tree_repr(const void *self)
{
    const tree *t = self;
    loam_auto loam_str *left = loam_repr(child_or_none_peek(t->left));
    loam_auto loam_str *right = loam_repr(child_or_none_peek(t->right));
    if (!left || !right)
        return NULL;
    return loam_str_format("tree(%s, %" PRId64 ", %s)", loam_str_chars_peek(left), t->key, loam_str_chars_peek(right));
}

/* Equal shape and equal keys. Parents do not count: they are where the trees are, not what they are. */
static int tree_equal(const void *self, const void *other)
{
    const tree *a = self;
    const tree *b = other;
    int equal = a->key == b->key ? loam_equal(child_or_none_peek(a->left), child_or_none_peek(b->left)) : 0;
    return equal == 1 ? loam_equal(child_or_none_peek(a->right), child_or_none_peek(b->right)) : equal;
}

/* What is equal has the same hash: of the same fields, and nothing else. */
static loam_status tree_hash(const void *self, uint64_t *out)
{
    const tree *t = self;
    loam_auto_value loam_value key = loam_int(t->key);
    uint64_t left, right, middle;
    if (loam_hash(child_or_none_peek(t->left), &left) < 0 || loam_hash(child_or_none_peek(t->right), &right) < 0 ||
        loam_hash(key, &middle) < 0)
        return loam_error()->status;
    *out = (left * 31 + middle) * 31 + right;
    return LOAM_OK;
}

/* By the key at the top. */
static loam_status tree_compare(const void *self, const void *other, int *order)
{
    int64_t a = ((const tree *)self)->key;
    int64_t b = ((const tree *)other)->key;
    *order = (a > b) - (a < b);
    return LOAM_OK;
}

static loam_type tree_type = {
    .name = "tree",
    .size = sizeof(tree),
    .refs = LOAM_REFS(offsetof(tree, left), offsetof(tree, right), offsetof(tree, parent)),
    .finalize = tree_finalize,
    .repr = tree_repr,
    .equal = tree_equal,
    .hash = tree_hash,
    .compare = tree_compare,
};

static tree *tree_new(int64_t key)
{
    tree *t = loam_new(&tree_type);
    if (t)
        t->key = key; /* no reference: plain assignment */
    return t;
}

/* Let `child` be in `slot`, a field of `parent`. Either all of it, or nothing: the child is not in the tree before it
 * is whole. */
static loam_status tree_adopt(tree *parent, tree **slot, tree *child)
{
    if (!child || loam_slot_set_take(child, &child->parent, loam_from(loam_weakref_new(loam_from(parent)))) < 0)
        return loam_error()->status;
    return loam_slot_set(parent, slot, loam_from(child));
}

static loam_status tree_insert(tree *t, int64_t key)
{
    loam_auto tree *child = tree_new(key);
    tree **slot = key < t->key ? &t->left : &t->right;

    while (*slot) {
        t = *slot;
        slot = key < t->key ? &t->left : &t->right;
    }
    return tree_adopt(t, slot, child);
}

/* Its parent, a new reference; NULL: it has none, or that is gone. */
static tree *tree_parent(tree *t)
{
    loam_value parent = t->parent ? loam_weakref_get(t->parent) : LOAM_NONE;
    return loam_is_none(parent) ? NULL : loam_to_peek(parent, &tree_type);
}

/* Take the left child out: what is returned has no parent any more. NULL: there is none. */
static tree *tree_pop_left(tree *t)
{
    loam_auto_value loam_value child = loam_slot_take(t, &t->left);
    tree *popped = loam_is_unset(child) ? NULL : loam_to_peek(child, &tree_type);
    if (popped)
        loam_release(loam_slot_take(popped, &popped->parent));
    return popped ? loam_retain(popped) : NULL;
}

static tree *tree_of(const int64_t *keys, size_t count)
{
    loam_auto tree *t = tree_new(keys[0]);
    for (size_t i = 1; t && i < count; i++)
        if (tree_insert(t, keys[i]) < 0)
            return NULL;
    return loam_move(&t);
}

/* What the slots are for. */
static loam_status use_as_value(tree *t)
{
    loam_auto tree *same = tree_of((const int64_t[]){4, 2, 6, 1, 3}, 5);
    loam_auto tree *greater = tree_new(5);
    loam_auto loam_dict *names = loam_dict_new();
    int equal = loam_equal(loam_from(t), loam_from(same));
    int order;

    if (equal < 0 || loam_compare(loam_from(t), loam_from(greater), &order) < 0 || loam_println(loam_from(t)) < 0)
        return loam_error()->status;
    printf("equal to another: %d, order: %d\n", equal, order);
    if (loam_dict_set(names, loam_from(t), "found by an equal one") < 0)
        return loam_error()->status;
    return loam_println(loam_dict_get_peek(names, loam_from(same)));
}

/* Many trees, each held by a node of its own too, so that it is a cycle; dropped. */
static loam_status drop_many(int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        loam_auto tree *t = tree_of((const int64_t[]){2, 1, 3}, 3);
        if (!t || loam_slot_set(t->right, &t->right->right, loam_from(t)) < 0)
            return loam_error()->status;
    }
    return loam_gc_collect(2) < 0 ? loam_error()->status : LOAM_OK;
}

int main(void)
{
    loam_auto tree *t = tree_of((const int64_t[]){4, 2, 6, 1, 3}, 5);
    loam_auto tree *popped = NULL;
    loam_auto tree *parent = NULL;

    if (!t || use_as_value(t) < 0)
        return loam_perror("own_tree");
    parent = tree_parent(t->left);
    printf("the parent of %" PRId64 " is %" PRId64 "\n", t->left->key, parent ? parent->key : -1);
    popped = tree_pop_left(t);
    loam_release(loam_move(&t));
    loam_release(loam_move(&parent));
    parent = tree_parent(popped);
    if (loam_println(loam_from(popped)) < 0)
        return loam_perror("own_tree");
    printf("taken out, it has %s parent\n", parent ? "a" : "no");
    if (drop_many(2000) < 0)
        return loam_perror("own_tree");
    printf("finalized, all but a few: %s\n", finalized >= 5700 && finalized <= 6009 ? "yes" : "no");
    return 0;
}
