/*
 * A weak reference that has been released is asked for its object.
 *
 * says: used after its release: weakref, made at
 * says: (loam_weakref_get)
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_auto loam_list *list = loam_list_of(1, 2);
    loam_weakref *weak = loam_weakref_new(loam_from(list));

    loam_release(weak);
    loam_release(loam_weakref_get(weak));
    return 0;
}
