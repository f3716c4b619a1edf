/*
 * What was released is asked how many references it has.
 *
 * says: used after its release: list, made at
 * says: (loam_refcount)
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_list *list = loam_list_new();

    loam_release(list);
    return loam_refcount(loam_from(list)) != 1;
}
