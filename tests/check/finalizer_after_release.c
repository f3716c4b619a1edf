/*
 * A list that has been released is given a finalizer.
 *
 * says: used after its release: list, made at
 * says: (a weak reference to it, or a finalizer)
 * place: main
 */
#include <loam.h>

static void finalize(void *unused)
{
    (void)unused;
}

int main(void)
{
    loam_list *list = loam_list_of(1, 2);

    loam_release(list);
    return loam_finalize(loam_from(list), finalize, NULL) < 0;
}
