/*
 * Heaps, of threads and of the program. libgc has one for all, so nothing is known of where an object was made: a heap
 * is what the program has set for it, which holds for the thread while it works there, and what is due of objects that
 * were made meanwhile.
 */
#include "gc/boehm/boehm.h"

#include "lib/alloc.h"

static loam__heap *heaps;

static loam__heap *inside(const loam_heap *heap)
{
    return (loam__heap *)(uintptr_t)heap;
}

loam__heap *loam__heaps(void)
{
    return heaps;
}

static loam__heap *one_that_is_gone(void)
{
    for (loam__heap *heap = heaps; heap; heap = heap->next)
        if (heap->is_gone && loam__queue_is_empty(&heap->queue))
            return heap;
    return NULL;
}

static loam__heap *new_memory(void)
{
    loam__heap *heap = GC_MALLOC_UNCOLLECTABLE(sizeof *heap);

    if (heap) {
        heap->next = heaps;
        heaps = heap;
    }
    return heap;
}

loam__heap *loam__heap_make(void)
{
    loam__heap *heap;

    if (!loam__alloc_permitted(sizeof *heap))
        return NULL;
    loam__lock();
    heap = one_that_is_gone();
    if (!heap)
        heap = new_memory();
    if (heap) {
        memset(&heap->base, 0, sizeof heap->base);
        heap->is_gone = heap->entered_at_safe_point = false;
        loam__settings_reset(&heap->settings);
    }
    loam__unlock();
    return heap;
}

void loam__heap_end(loam__heap *heap)
{
    loam__lock();
    heap->is_gone = true;
    if (!loam__queue_is_empty(&heap->queue))
        loam__tell_threads();
    loam__unlock();
}

void loam__heaps_fork(void)
{
    for (loam__heap *heap = heaps; heap; heap = heap->next) {
        if (heap->is_gone || loam__heap_is_usable(&heap->base))
            continue;
        heap->is_lost = true;
        memset(&heap->queue, 0, sizeof heap->queue);
    }
}

bool loam__gc_heap_is_ready(void)
{
    return loam__thread_here() != NULL;
}

loam_heap *loam__gc_heap_new(void)
{
    loam__heap *heap = loam__thread_here() ? loam__heap_make() : NULL;
    return heap ? &heap->base : NULL;
}

/* What was found before may have been brought back by a finalizer that another thread has run. */
static void come_into(loam__thread *thread, loam__heap *heap)
{
    heap->entered_at_safe_point = thread->is_at_safe_point;
    loam__new_run(thread);
    loam__lock();
    if (!loam__queue_is_empty(&heap->queue))
        loam__has_due(thread);
    loam__unlock();
}

/* One that is not entered is left, or its handle is being freed. */
void loam__gc_heap_switch(loam_heap *base)
{
    loam__thread *thread = loam__thread_here();
    loam__heap *before;

    if (!thread)
        return;
    before = thread->heap;
    thread->heap = base ? inside(base) : thread->own;
    loam__settings_apply(thread);
    if (before != thread->own && !before->base.is_entered)
        loam__give_back(thread, before);
    if (base && !base->is_entered)
        come_into(thread, inside(base));
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
    loam__heap_end(inside(heap));
}
