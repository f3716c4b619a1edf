/*
 * A list is released once too often.
 *
 * says: released once too often: list, made at
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_auto loam_list *list = loam_list_of(1, 2);

    loam_release(list);
    return 0;
}
