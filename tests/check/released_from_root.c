/*
 * What a root holds is released by somebody who was lent it, and the root is never freed.
 *
 * says: a root refers to what was released once too often: list, made at
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_list *list = loam_list_of(1, 2);
    loam_root *root = loam_root_new(loam_from(list));

    if (!root)
        return 1;
    loam_release(list);
    loam_release(loam_root_peek(root));
    return 0;
}
