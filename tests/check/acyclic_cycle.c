/*
 * A cycle through a type that says it is acyclic, and a list: no collection finds it.
 *
 * says: a cycle that no collection finds, since its type says that it is acyclic: pair, made at
 * place: make_cycle
 */
#include <loam.h>

typedef struct pair {
    loam_object loam;
    loam_list *items;
    loam_str *text;
} pair;

static loam_type pair_type = {.name = "pair",
                              .size = sizeof(pair),
                              .refs = LOAM_REFS(offsetof(pair, items), offsetof(pair, text)),
                              .acyclic = true};

/* By itself: its variables are no part of the frame that is looked at. */
__attribute__((noinline)) static int make_cycle(void)
{
    loam_auto pair *p = loam_new(&pair_type);
    loam_auto loam_list *items = loam_list_of(1, 2);

    if (!p || loam_slot_set(p, &p->items, loam_from(items)) < 0)
        return -1;
    return loam_list_append(items, loam_from(p));
}

int main(void)
{
    if (make_cycle() < 0)
        return 1;
    loam_gc_collect(2);
    return 0;
}
