/*
 * A list in a root, one of whose other references was never released.
 *
 * says: never released:
 * says: 1 list, made at
 * place: hold
 * status: 0
 */
#include <loam.h>

static loam_root *hold(void)
{
    loam_auto loam_list *list = loam_list_of(1, 2, 3);
    loam_list *forgotten = loam_retain(list);

    return forgotten ? loam_root_new(loam_from(list)) : NULL;
}

int main(void)
{
    return !hold();
}
