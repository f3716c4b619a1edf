/*
 * Heaps of the program's. libgc has one for all, so nothing is known of where an object was made: such a heap is what the
 * program has set for it, which holds for the thread while it works there.
 */
#include "gc/boehm/boehm.h"

#include "lib/alloc.h"

struct loam__heap {
    loam_heap base;
    loam__settings settings;
    bool entered_at_safe_point; /* by code that ran at one */
};

static loam__heap *inside(const loam_heap *heap)
{
    return (loam__heap *)(uintptr_t)heap;
}

bool loam__gc_heap_is_ready(void)
{
    return loam__thread_here() != NULL;
}

loam_heap *loam__gc_heap_new(void)
{
    loam__heap *heap = loam__alloc(sizeof *heap);

    if (!heap)
        return NULL;
    memset(heap, 0, sizeof *heap);
    loam__settings_reset(&heap->settings);
    return &heap->base;
}

void loam__gc_heap_switch(loam_heap *heap)
{
    loam__thread *thread = loam__thread_here();

    if (!thread)
        return;
    loam__settings_apply(thread, heap ? &inside(heap)->settings : &thread->own_settings);
    if (heap && !heap->is_entered)
        inside(heap)->entered_at_safe_point = thread->is_at_safe_point;
}

/* What runs at a safe point may leave what it has entered there. */
bool loam__gc_heap_is_busy(const loam_heap *heap)
{
    return loam__thread_here()->is_at_safe_point && !inside(heap)->entered_at_safe_point;
}

bool loam__gc_heap_is_empty(const loam_heap *heap)
{
    (void)heap;
    return true;
}

loam_heap *loam__gc_heap_of(const loam_object *object)
{
    (void)object;
    return NULL;
}

loam__gc_usage loam__gc_heap_clear(void)
{
    loam__gc_collect(LOAM_GC_GENERATIONS - 1);
    return loam__gc_live();
}

void loam__gc_heap_free(loam_heap *heap)
{
    loam__free(inside(heap));
}
