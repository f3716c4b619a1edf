/*
 * A reference that was only lent is given away, while others hold the object.
 *
 * says: more references than are counted: 2 fields refer to list, made at
 * says: whose count is 1: one was stored without being owned, or released once too often
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_auto loam_list *all = loam_list_new();
    loam_list *inner = loam_list_of(1, 2);

    if (loam_list_append_take(all, loam_from(inner)) < 0 || loam_list_append_take(all, loam_from(inner)) < 0)
        return 1;
    loam_gc_collect(2);
    return 0;
}
