/*
 * A weak reference is made to a list that has been released.
 *
 * says: used after its release: list, made at
 * says: (a weak reference to it, or a finalizer)
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_list *list = loam_list_of(1, 2);
    loam_weakref *weak;

    loam_release(list);
    weak = loam_weakref_new(loam_from(list));
    loam_release(weak);
    return 0;
}
