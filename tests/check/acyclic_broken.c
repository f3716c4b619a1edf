/*
 * A ring of a type that says it is acyclic, held from the stack, from static data and from a root while collections
 * look at it; the program breaks it itself before it lets go.
 *
 * silent
 */
#include <loam.h>

enum { LINKS = 100 };

typedef struct link {
    loam_object loam;
    struct link *next;
} link;

static loam_type link_type = {
    .name = "link", .size = sizeof(link), .refs = LOAM_REFS(offsetof(link, next)), .acyclic = true};

static link *held;

static link *new_ring(void)
{
    link *first = loam_new(&link_type);
    link *last = first;

    for (int i = 1; i < LINKS && last; i++) {
        loam_slot_set_take(last, &last->next, loam_from(loam_new(&link_type)));
        last = last->next;
    }
    if (last)
        loam_slot_set(last, &last->next, loam_from(first));
    return first;
}

static void break_ring(link *ring)
{
    loam_release(loam_slot_take(ring, &ring->next));
}

static loam_root *new_root(void)
{
    loam_auto link *ring = new_ring();

    return loam_root_new(loam_from(ring));
}

int main(void)
{
    loam_auto link *local = new_ring();
    loam_root *root = new_root();

    held = new_ring();
    if (!local || !root || !held)
        return 1;
    loam_gc_collect(2);
    loam_gc_collect(2);
    break_ring(local);
    break_ring(held);
    break_ring((link *)(uintptr_t)loam_root_peek(root).word);
    loam_root_free(root);
    loam_release(held);
    held = NULL;
    loam_gc_collect(2);
    return 0;
}
