/*
 * A reference that was only lent is given away, in a list of the program's static data that nobody collects.
 *
 * says: more references than are counted: 2 fields refer to list, made at
 * says: whose count is 1: one was stored without being owned, or released once too often
 * place: main
 */
#include <loam.h>

loam_list *all;

int main(void)
{
    loam_list *inner = loam_list_of(1, 2);

    all = loam_list_new();
    return loam_list_append_take(all, loam_from(inner)) < 0 || loam_list_append_take(all, loam_from(inner)) < 0;
}
