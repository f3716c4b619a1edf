/*
 * A list that was released is looked for in another, which compares it with each item.
 *
 * says: used after its release: list, made at
 * says: (loam_equal)
 * place: make
 */
#include <loam.h>

static loam_list *make(void)
{
    loam_list *made = loam_list_of(1, 2);
    return made;
}

int main(void)
{
    loam_auto loam_list *lists = loam_list_of(LOAM_LIST(1), LOAM_LIST(1, 2));
    loam_list *wanted = make();

    loam_release(wanted);
    return loam_list_contains(lists, wanted) != 1;
}
