/*
 * What was released is asked whether it is a list.
 *
 * says: used after its release: list, made at
 * says: (loam_is_list)
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_list *list = loam_list_new();

    loam_release(list);
    return !loam_is_list(loam_from(list));
}
