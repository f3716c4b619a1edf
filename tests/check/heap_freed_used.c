/*
 * What lay in a heap of the program's is used when that heap has been freed.
 *
 * says: used after its release: list, made at
 * says: (loam_list_len)
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
    loam_heap *heap = loam_heap_new();
    loam_list *list;

    if (!heap || loam_heap_enter(heap) < 0)
        return 1;
    list = make();
    loam_release(list);
    if (loam_heap_leave(heap) < 0 || loam_heap_free(heap) < 0)
        return 1;
    return loam_list_len(list) != 2;
}
