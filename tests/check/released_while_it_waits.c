/*
 * A finalizer releases a child that its object owns, which is released with the object once more, while its own
 * finalizer waits.
 *
 * says: released once too often: child, made at
 * place: main
 */
#include <loam.h>

typedef struct child {
    loam_object loam;
} child;

typedef struct parent {
    loam_object loam;
    child *child;
} parent;

static void ignore(void *self)
{
    (void)self;
}

static void release_child(void *self)
{
    parent *p = self;

    loam_release(p->child);
}

static loam_type child_type = {.name = "child", .size = sizeof(child), .finalize = ignore};
static loam_type parent_type = {
    .name = "parent", .size = sizeof(parent), .refs = LOAM_REFS(offsetof(parent, child)), .finalize = release_child};

int main(void)
{
    parent *p = loam_new(&parent_type);

    if (!p)
        return 1;
    loam_slot_set_take(p, &p->child, loam_from(loam_new(&child_type)));
    loam_release(p);
    return 0;
}
