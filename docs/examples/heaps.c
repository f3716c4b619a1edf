/*
 * A part of a program that has its objects to itself: a heap of its own, with settings of its own, of which nothing is
 * left when it is freed, cycles included. Where LOAM_GC_SEPARATE_HEAPS does not hold it is not known what was made
 * where, so nobody notices that something is still held.
 */
#include <loam.h>

#include <stdio.h>

/* Leaves cycles behind, and gives out a list. */
static loam_list *plugin(void)
{
    for (int i = 0; i < 1000; i++) {
        loam_auto loam_list *cycle = loam_list_of(i);
        if (loam_list_append(cycle, cycle) < 0)
            return NULL;
    }
    return loam_list_of("made", "by", "the", "plugin");
}

int main(void)
{
    loam_heap *heap = loam_heap_new();
    loam_list *result;

    if (loam_heap_enter(heap) < 0)
        return loam_perror("heaps");
    loam_gc_disable(); /* here, not for the rest of the program */
    result = plugin();
    if (loam_heap_leave(heap) < 0 || loam_println(loam_from(result)) < 0)
        return loam_perror("heaps");
    printf("the program's collector is %s\n", loam_gc_is_enabled() ? "on" : "off");

    if (loam_heap_free(heap) == LOAM_ERR_VALUE) { /* the result is in it */
        loam_perror("still held");
        printf("the result is released\n");
        loam_release(result);
        if (loam_heap_free(heap) < 0)
            return loam_perror("heaps");
    }
    printf("the heap is gone\n");
    return 0;
}
