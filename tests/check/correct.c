/*
 * Types without a mistake: a tree by reference fields, a vector with a trace of its own, both with a finalizer and a
 * weak reference to the parent; references in roots, on the stack, in static data. Collections of all kinds.
 *
 * silent
 */
#include <loam.h>

typedef struct tree {
    loam_object loam;
    struct tree *left, *right;
    loam_weakref *parent;
    loam_value value;
} tree;

typedef struct vector {
    loam_object loam;
    loam_value *items;
    size_t len, capacity;
    loam_weakref *parent;
} vector;

static int finalized;

static void finalize(void *self)
{
    (void)self;
    finalized++;
}

static void trace(void *self, loam_visitor *visitor)
{
    vector *v = self;
    loam_visit(visitor, v->items, v->len);
}

static void dispose(void *self)
{
    vector *v = self;
    loam_slots_free(v->items, v->capacity);
}

static loam_type tree_type = {
    .name = "tree",
    .size = sizeof(tree),
    .refs = LOAM_REFS(offsetof(tree, left), offsetof(tree, right), offsetof(tree, parent), offsetof(tree, value)),
    .finalize = finalize,
};

static loam_type vector_type = {
    .name = "vector",
    .size = sizeof(vector),
    .refs = LOAM_REFS(offsetof(vector, parent)),
    .trace = trace,
    .dispose = dispose,
    .finalize = finalize,
};

static tree *new_tree(tree *parent, int depth)
{
    tree *t = loam_new(&tree_type);

    if (!t)
        return NULL;
    if (parent)
        loam_slot_set_take(t, &t->parent, loam_from(loam_weakref_new(loam_from(parent))));
    loam_slot_set_take(t, &t->value, LOAM_VAL("as long as it takes not to be in a word"));
    if (depth > 0) {
        loam_slot_set_take(t, &t->left, loam_from(new_tree(t, depth - 1)));
        loam_slot_set_take(t, &t->right, loam_from(new_tree(t, depth - 1)));
    }
    return t;
}

static loam_status push_take(vector *v, loam_value value)
{
    if (v->len == v->capacity) {
        size_t capacity = v->capacity ? 2 * v->capacity : 4;
        loam_value *items = v->items ? loam_slots_resize(v->items, v->capacity, capacity) : loam_slots_new(capacity);
        if (!items) {
            loam_release(value);
            return loam_error()->status;
        }
        v->items = items;
        v->capacity = capacity;
    }
    loam_slot_set_take(v, &v->items[v->len], value);
    v->len++;
    return LOAM_OK;
}

static loam_value pop(vector *v)
{
    return loam_slot_take(v, &v->items[--v->len]);
}

static vector *shared; /* in static data */

/* A vector that contains itself, and trees; some leave it again, one by one, and by a move. */
static int fill(vector *v, tree *parent)
{
    loam_slot_set_take(v, &v->parent, loam_from(loam_weakref_new(loam_from(parent))));
    for (int i = 0; i < 100; i++)
        if (push_take(v, loam_from(new_tree(parent, 3))) < 0)
            return -1;
    for (int i = 0; i < 50; i++) {
        loam_auto_value loam_value last = pop(v);
        (void)last;
    }
    loam_slot_move(v, &v->items[0], v, &v->items[v->len - 1]);
    v->len--;
    return push_take(v, loam_from(loam_retain(v)));
}

int main(void)
{
    for (int i = 0; i < 100; i++) {
        loam_auto tree *parent = new_tree(NULL, 4);
        vector *v = loam_new(&vector_type);
        loam_root *root = loam_root_new(loam_from(parent));
        if (!parent || !v || !root || fill(v, parent) < 0)
            return loam_perror("correct");
        loam_release(shared);
        shared = v;
        if (i % 10 == 0)
            loam_gc_collect(i % 3);
        loam_root_free(root);
    }
    loam_release(shared);
    shared = NULL;
    loam_gc_collect(2);
    return finalized == 0;
}
