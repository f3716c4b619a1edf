/*
 * Several heaps in a thread.
 *
 * The thread works in one of them: there objects are made, and there alone freeing and safe points go their usual way.
 * An object of another heap may die nevertheless, or become a candidate. The thread then steps into that heap, as if it
 * had been entered for that moment, and frees there; from there it may have to step into a third one. How deep that
 * goes is limited by the number of heaps: one in which something is being freed already only links what else dies in
 * it.
 *
 * In the middle of freeing no user code may run, so a heap that was stepped into from there and has something due is
 * put on a list, and the one that it was stepped into from is made to reach a safe point, where the list is worked off.
 * A heap on the list is used by the thread, so no other thread can enter it; the program can, in this one.
 */
#include "gc/refcount/collect.h"

#include "lib/status.h"

static LOAM__THREAD_LOCAL loam__heap *awaiting;
static LOAM__THREAD_LOCAL unsigned held_back; /* visits from the middle of freeing */

LOAM__THREAD_LOCAL const loam__watcher *loam__watcher_here;

LOAM__COLD static void used_elsewhere(const char *function)
{
    loam__bug(function, "this object is of a heap that another thread uses");
}

bool loam__may_change(const loam__heap *heap, const char *function)
{
    if (loam__heap_is_usable(&heap->base))
        return true;
    used_elsewhere(function);
    return false;
}

/* Visits. */

bool loam__step_into(loam__heap *heap, loam__visit *visit, const char *function)
{
    if (!loam__heap_use(&heap->base)) {
        used_elsewhere(function);
        return false;
    }
    visit->heap = heap;
    visit->from = loam__heap_here();
    visit->is_held_back = visit->from && visit->from->is_draining;
    held_back += visit->is_held_back;
    loam__heap_push(&visit->entry, &heap->base);
    return true;
}

static void await(loam__heap *heap)
{
    if (heap->base.is_awaiting)
        return;
    heap->base.is_awaiting = true;
    heap->base.uses++;
    heap->next_awaiting = awaiting;
    awaiting = heap;
}

void loam__step_back(loam__visit *visit)
{
    loam__heap_pop(&visit->entry);
    held_back -= visit->is_held_back;
    if (visit->is_held_back && visit->heap->needs_safe_point) {
        await(visit->heap);
        visit->from->needs_safe_point = true;
    }
    loam__heap_unuse(&visit->heap->base);
}

bool loam__is_held_back(void)
{
    return held_back > 0;
}

/* Heaps in which something is due. */

static loam__heap *next_awaiting(void)
{
    loam__heap *heap = awaiting;

    if (heap) {
        awaiting = heap->next_awaiting;
        heap->base.is_awaiting = false;
    }
    return heap;
}

void loam__look_after_others(void)
{
    loam__heap *heap;
    loam__heap_entry entry;

    while ((heap = next_awaiting())) {
        loam__heap_push(&entry, &heap->base);
        if (heap->needs_safe_point)
            loam__gc_safe_point();
        loam__heap_pop(&entry);
        loam__heap_unuse(&heap->base);
    }
}

void loam__forget_others(void)
{
    loam__heap *heap;

    while ((heap = next_awaiting()))
        loam__heap_unuse(&heap->base);
}

static void forget(const loam__heap *heap)
{
    loam__heap **link = &awaiting;

    while (*link != heap)
        link = &(*link)->next_awaiting;
    *link = heap->next_awaiting;
}

/* Heaps of the program's. */

static loam__heap *inside(const loam_heap *heap)
{
    return (loam__heap *)(uintptr_t)heap;
}

bool loam__gc_heap_is_ready(void)
{
    return loam__heap_here() != NULL;
}

loam_heap *loam__gc_heap_new(void)
{
    loam__heap *heap = loam__heap_make();
    return heap ? &heap->base : NULL;
}

void loam__gc_heap_switch(loam_heap *heap)
{
    loam__heap_work_in(heap ? inside(heap) : NULL);
}

bool loam__gc_heap_is_busy(const loam_heap *heap)
{
    return inside(heap)->is_at_safe_point;
}

bool loam__gc_heap_is_empty(const loam_heap *heap)
{
    return !inside(heap)->bytes && !inside(heap)->due.first && !inside(heap)->full.due.first;
}

loam_heap *loam__gc_heap_of(const loam_object *object)
{
    return loam__is_in_heap(object) ? &loam__heap_of(object)->base : NULL;
}

/* A finalizer may make garbage again. What is due may be due to an object elsewhere, and nothing of it in here. */
loam__gc_usage loam__gc_heap_clear(void)
{
    enum { MOST_ROUNDS = 16 };

    if (loam__gc_frozen())
        loam__gc_freeze(false);
    loam__gc_safe_point();
    for (int i = 0; i < MOST_ROUNDS && (loam__this_heap->full.is_open || loam__gc_live().objects); i++)
        if (!loam__gc_collect(LOAM_GC_GENERATIONS - 1))
            break;
    return loam__gc_live();
}

void loam__gc_heap_free(loam_heap *heap)
{
    if (heap->is_awaiting)
        forget(inside(heap));
    loam__heap_destroy(inside(heap));
}
