/*
 * Two cycles through a type that says it is acyclic are left when the program ends. What merely hangs on a cycle of
 * lists that the next collection would have found is none of them.
 *
 * says: never released:
 * says: 3 link, made at
 * place: new_link
 * status: 0
 */
#include <loam.h>

typedef struct link {
    loam_object loam;
    struct link *next;
} link;

static loam_type link_type = {
    .name = "link", .size = sizeof(link), .refs = LOAM_REFS(offsetof(link, next)), .acyclic = true};

link *held; /* what is static and never read a compiler leaves out */

static link *new_link(link *next)
{
    link *l = loam_new(&link_type);

    if (l && next)
        loam_slot_set(l, &l->next, loam_from(next));
    return l;
}

static void make_cycles(void)
{
    loam_auto link *alone = new_link(NULL);
    loam_auto link *one = new_link(NULL);
    loam_auto link *other = new_link(one);

    loam_slot_set(alone, &alone->next, loam_from(alone));
    loam_slot_set(one, &one->next, loam_from(other));
}

static int make_garbage(void)
{
    loam_auto link *end = new_link(NULL);
    loam_auto link *beginning = new_link(end);
    loam_auto loam_list *list = loam_list_of(1);

    if (loam_list_append(list, loam_from(beginning)) < 0)
        return -1;
    return loam_list_append(list, loam_from(list));
}

int main(void)
{
    loam_auto link *next = new_link(NULL);

    held = new_link(next);
    make_cycles();
    return make_garbage() < 0;
}
