/*
 * A program ends while a part of what it has released waits to be freed: what else was never released is not known.
 *
 * says: not looked for at exit, in the midst of a collection, or while something waits to be freed:
 * says: what was never released
 * status: 0
 */
#include <loam.h>

int main(void)
{
    loam_list *lists = loam_list_new();

    for (int i = 0; lists && i < 1000; i++)
        if (loam_list_append(lists, LOAM_LIST(i)) < 0)
            return 1;
    if (!lists || loam_gc_set_free_budget(1) < 0)
        return 1;
    loam_release(lists);
    return 0;
}
