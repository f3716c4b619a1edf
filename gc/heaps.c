#include "gc/heaps.h"

#include "gc/backend.h"
#include "gc/fork.h"

#include <inttypes.h>

static LOAM__THREAD_LOCAL loam__heap_entry *innermost; /* NULL: the thread works in its own heap */

static loam_heap *parked;

/* Not an address: that of a thread which is gone, as all others are in the child of a fork, would come back. */
const void *loam__thread_name(void)
{
    static uintptr_t last;
    static LOAM__THREAD_LOCAL uintptr_t name;

    if (LOAM__UNLIKELY(!name))
        name = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    return (const void *)name;
}

/* Who uses it. */

bool loam__heap_use(loam_heap *heap)
{
    const void *nobody = NULL;
    const void *here = loam__thread_name();

    if (__atomic_load_n(&heap->thread, __ATOMIC_RELAXED) != here &&
        !__atomic_compare_exchange_n(&heap->thread, &nobody, here, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return false;
    heap->uses++;
    return true;
}

bool loam__heap_is_usable(const loam_heap *heap)
{
    const void *thread = __atomic_load_n(&heap->thread, __ATOMIC_RELAXED);
    return !thread || thread == loam__thread_name();
}

static void unpark(loam_heap *heap)
{
    heap->is_parked = false;
    if (heap->next_parked)
        heap->next_parked->previous_parked = heap->previous_parked;
    if (heap->previous_parked)
        heap->previous_parked->next_parked = heap->next_parked;
    else
        parked = heap->next_parked;
    heap->next_parked = heap->previous_parked = NULL;
}

/* Whether it was parked, and is not any more. */
static bool take_over(loam_heap *heap)
{
    bool was_parked;

    pthread_mutex_lock(&loam__locks[LOAM__SHARED_HEAPS]);
    was_parked = heap->is_parked;
    if (was_parked)
        unpark(heap);
    pthread_mutex_unlock(&loam__locks[LOAM__SHARED_HEAPS]);
    return was_parked;
}

void loam__heap_unuse(loam_heap *heap)
{
    if (--heap->uses)
        return;
    if (LOAM__UNLIKELY(heap->is_parked) && loam__gc_heap_is_empty(heap) && take_over(heap))
        loam__gc_heap_free(heap);
    else
        __atomic_store_n(&heap->thread, NULL, __ATOMIC_RELEASE);
}

void loam__heap_park(loam_heap *heap)
{
    pthread_mutex_lock(&loam__locks[LOAM__SHARED_HEAPS]);
    heap->is_parked = true;
    heap->next_parked = parked;
    if (parked)
        parked->previous_parked = heap;
    parked = heap;
    pthread_mutex_unlock(&loam__locks[LOAM__SHARED_HEAPS]);
    loam__heap_unuse(heap);
}

/* What is entered. */

void loam__heap_push(loam__heap_entry *entry, loam_heap *heap)
{
    entry->heap = heap;
    entry->outer = innermost;
    innermost = entry;
    loam__gc_heap_switch(heap);
}

static void pop(void)
{
    innermost = innermost->outer;
    loam__gc_heap_switch(innermost ? innermost->heap : NULL);
}

static void leave_innermost(void)
{
    loam_heap *heap = innermost->heap;

    heap->is_entered = false;
    pop();
    loam__heap_unuse(heap);
}

void loam__heap_pop(loam__heap_entry *entry)
{
    while (innermost != entry)
        leave_innermost();
    pop();
}

void loam__heaps_leave_all(void)
{
    while (innermost)
        leave_innermost();
}

bool loam__heaps_are_busy(void)
{
    for (const loam__heap_entry *entry = innermost; entry; entry = entry->outer)
        if (entry->heap && loam__gc_heap_is_busy(entry->heap))
            return true;
    return false;
}

/* For the program, which has one reason at a time. That the back end has something left to do in it is no hindrance. */
static bool use_first(loam_heap *heap)
{
    if (!loam__heap_use(heap))
        return false;
    if (heap->uses == 1u + heap->is_awaiting)
        return true;
    heap->uses--;
    return false;
}

loam_heap *loam_heap_new(void)
{
    loam_heap *heap = loam__gc_heap_new();

    if (!heap)
        loam__fail_memory();
    return heap;
}

loam_status loam_heap_enter(loam_heap *heap)
{
    if (!heap)
        return loam__propagate(__func__);
    if (!loam__gc_heap_is_ready())
        return loam__fail_memory();
    if (!use_first(heap))
        return loam_fail(LOAM_ERR_VALUE, "%s: this heap is entered already", __func__);
    loam__heap_push(&heap->entry, heap);
    heap->is_entered = true;
    return LOAM_OK;
}

loam_status loam_heap_leave(loam_heap *heap)
{
    if (!heap)
        return loam__propagate(__func__);
    if (innermost != &heap->entry)
        return loam_fail(LOAM_ERR_VALUE, "%s: this heap is not the one that was entered last", __func__);
    if (loam__gc_heap_is_busy(heap))
        return loam_fail(LOAM_ERR_VALUE, "%s: a finalizer or callback of this heap is running", __func__);
    leave_innermost();
    return LOAM_OK;
}

/* Collects in it until nothing more is found. */
static loam__gc_usage empty(loam_heap *heap)
{
    loam__gc_usage left;
    loam__heap_entry entry;

    loam__heap_push(&entry, heap);
    left = loam__gc_heap_clear();
    loam__heap_pop(&entry);
    return left;
}

loam_status loam_heap_free(loam_heap *heap)
{
    loam__gc_usage left;

    if (!heap)
        return loam__propagate(__func__);
    if (!loam__gc_heap_is_ready())
        return loam__fail_memory();
    if (!use_first(heap))
        return loam_fail(LOAM_ERR_VALUE, "%s: this heap is entered", __func__);
    left = empty(heap);
    if (!left.bytes) {
        loam__gc_heap_free(heap);
        return LOAM_OK;
    }
    loam__heap_unuse(heap);
    if (left.objects)
        return loam_fail(LOAM_ERR_VALUE, "%s: objects in this heap are still held: %" PRIu64, __func__, left.objects);
    return loam_fail(LOAM_ERR_VALUE, "%s: buffers in this heap were not given back: %" PRIu64 " bytes", __func__,
                     left.bytes);
}

/* Threads that have ended. */

loam_heap *loam_heap_adopt(loam_value object)
{
    loam_heap *heap;

    if (loam_is_unset(object))
        return loam__propagate(__func__), NULL;
    if (!loam_is_object(object)) {
        loam_fail(LOAM_ERR_TYPE, "%s: %s is all in its word", __func__, loam__type_name(object));
        return NULL;
    }
    if (!loam__gc_can(LOAM_GC_SEPARATE_HEAPS))
        return loam_heap_new();
    heap = loam__gc_heap_of(loam__object(object));
    if (heap && take_over(heap))
        return heap;
    loam_fail(LOAM_ERR_VALUE, "%s: this object lies in no heap of a thread that has ended", __func__);
    return NULL;
}

loam_status loam_heap_adopt_next(loam_heap **heap)
{
    pthread_mutex_lock(&loam__locks[LOAM__SHARED_HEAPS]);
    *heap = parked;
    if (parked)
        unpark(parked);
    pthread_mutex_unlock(&loam__locks[LOAM__SHARED_HEAPS]);
    return *heap ? LOAM_OK : LOAM_MISSING;
}
