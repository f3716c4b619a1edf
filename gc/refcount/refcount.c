/*
 * The refcount back end: an object is freed at the moment its count reaches zero.
 *
 * Freeing never recurses and needs no memory. A dead object keeps its fields and its type until its turn comes; until
 * then it is linked to the next dead one through the rest of its header, which nobody reads any more:
 *
 *     bits 0-31 and 48-59    address of the next dead object / 8
 *     bits 32-47             type id
 *     bit 63                 LOAM__FLAG_DEAD
 *
 * The outermost release that killed an object works the list off, and what dies on the way joins it. So the head of a
 * chain of ten million objects can be dropped on a stack of a few kilobytes, when there is no memory left.
 *
 * Counts are plain: an object belongs to one thread at a time. Each thread has a heap of its own, from its first
 * allocation on.
 */
#include "gc/backend.h"

#include "gc/refcount/heap.h"
#include "gc/slot.h"
#include "lib/alloc.h"

#include <pthread.h>

static LOAM__THREAD_LOCAL loam__heap *this_heap;
static pthread_key_t leaving; /* its destructor runs when a thread that has allocated ends */
static pthread_once_t once = PTHREAD_ONCE_INIT;

const char *loam__gc_name(void)
{
    return "refcount";
}

bool loam__gc_can(loam_gc_capability capability)
{
    return capability == LOAM_GC_PROMPT_FREE || capability == LOAM_GC_EXACT_REFCOUNT;
}

/* What is alive at a thread's end stays where it is, for whoever holds it. */
static void leave_thread(void *data)
{
    loam__heap *heap = data;

    this_heap = NULL;
    if (!heap->live.objects && !heap->live.bytes) {
        loam__heap_finish(heap);
        loam__free(heap);
    }
}

static void make_key(void)
{
    pthread_key_create(&leaving, leave_thread);
}

LOAM__COLD static loam__heap *enter_thread(void)
{
    loam__heap *heap = loam__alloc(sizeof *heap);

    if (!heap)
        return NULL;
    memset(heap, 0, sizeof *heap);
    pthread_once(&once, make_key);
    if (pthread_setspecific(leaving, heap)) {
        loam__free(heap);
        return NULL;
    }
    loam__heap_start(heap);
    this_heap = heap;
    return heap;
}

/* The thread's heap, or NULL where there is no memory for one. */
LOAM__INLINE loam__heap *here(void)
{
    return LOAM__LIKELY(this_heap != NULL) ? this_heap : enter_thread();
}

loam__gc_usage loam__gc_live(void)
{
    return this_heap ? this_heap->live : (loam__gc_usage){0, 0};
}

void loam__gc_watch(const loam__watcher *watcher)
{
    loam__heap *heap = here();

    if (heap)
        heap->watcher = watcher;
}

/* Where a type's objects lie. */
LOAM__INLINE loam__page_kind kind_of(const loam_type *type)
{
    return loam__holds_references(type) && !type->acyclic ? LOAM__PAGE_CYCLIC : LOAM__PAGE_PLAIN;
}

loam_object *loam__gc_object_new(loam_type *type, size_t size)
{
    loam__heap *heap = here();
    loam_object *object;

    if (LOAM__UNLIKELY(!heap || !loam__alloc_permitted(size)))
        return NULL;
    object = loam__heap_new(heap, kind_of(type), size);
    if (LOAM__UNLIKELY(!object))
        return NULL;
    object->head = 1 | (uint64_t)type->id << LOAM__TYPE_SHIFT;
    if (LOAM__UNLIKELY(heap->watcher))
        heap->watcher->made(object);
    return object;
}

/* Immortal, or no longer there. */
LOAM__COLD static void not_counted(const loam_object *object, const char *function)
{
    if (object->head & LOAM__FLAG_DEAD)
        loam__bug(function, "this object has been freed: it was released once too often");
}

void loam__gc_retain(loam_object *object)
{
    uint64_t head = object->head;

    if (LOAM__LIKELY(!(head & (LOAM__IMMORTAL | LOAM__FLAG_DEAD))))
        object->head = head + 1; /* the last one of all turns the top bit on: immortal from then on */
    else
        not_counted(object, "loam_retain");
}

static void link_dead(loam_object *object, loam_object *next)
{
    uint64_t address = (uint64_t)(uintptr_t)next >> 3;
    uint64_t type = object->head & (uint64_t)UINT16_MAX << LOAM__TYPE_SHIFT;

    object->head = LOAM__FLAG_DEAD | type | (address & LOAM__COUNT_MASK) | address >> 32 << LOAM__FLAG_SHIFT;
}

static loam_object *next_dead(const loam_object *object)
{
    uint64_t head = object->head & ~LOAM__FLAG_DEAD;
    return (loam_object *)(uintptr_t)(((head & LOAM__COUNT_MASK) | head >> LOAM__FLAG_SHIFT << 32) << 3);
}

static void release_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    (void)visitor;
    loam__slots_release(NULL, slots, count);
}

static void free_object(loam__heap *heap, loam_object *object)
{
    static loam_visitor releasing = {release_slots};
    const loam_type *type = loam__type_of(object);

    if (LOAM__UNLIKELY(heap->watcher))
        heap->watcher->freed(object);
    for (const uint16_t *ref = type->refs; ref && *ref; ref++)
        loam__release(loam__word(*(loam__slot *)(void *)((char *)object + *ref)));
    if (type->trace)
        type->trace(object, &releasing);
    if (type->dispose)
        type->dispose(object);
    loam__heap_free(object);
}

LOAM__COLD static void drain(loam__heap *heap)
{
    loam__heap *entered = this_heap;

    this_heap = heap;
    heap->is_draining = true;
    while (heap->dead) {
        loam_object *next = heap->dead;
        heap->dead = next_dead(next);
        free_object(heap, next);
    }
    heap->is_draining = false;
    this_heap = entered;
}

static void died(loam_object *object)
{
    loam__heap *heap = loam__heap_of(object);

    link_dead(object, heap->dead);
    heap->dead = object;
    if (!heap->is_draining)
        drain(heap);
}

void loam__gc_release(loam_object *object)
{
    uint64_t head = object->head;

    if (LOAM__UNLIKELY(head & (LOAM__IMMORTAL | LOAM__FLAG_DEAD))) {
        not_counted(object, "loam_release");
        return;
    }
    object->head = --head;
    if (LOAM__UNLIKELY(!(head & LOAM__COUNT_MASK)))
        died(object);
}

/* Buffers. */

static void *raw_new(size_t bytes, bool zeroed)
{
    loam__heap *heap = here();
    return LOAM__LIKELY(heap != NULL) && loam__alloc_permitted(bytes) ? loam__heap_raw_new(heap, bytes, zeroed) : NULL;
}

static void *raw_resize(void *buffer, size_t old_bytes, size_t bytes)
{
    loam__heap *heap = here();

    if (LOAM__UNLIKELY(!heap) || !loam__alloc_permitted(bytes))
        return NULL;
    return loam__heap_raw_resize(heap, buffer, old_bytes, bytes);
}

static void raw_free(void *buffer, size_t bytes)
{
    loam__heap *heap = here();

    if (LOAM__LIKELY(heap != NULL))
        loam__heap_raw_free(heap, buffer, bytes);
}

loam_value *loam__gc_refs_new(size_t count)
{
    return raw_new(count * sizeof(loam_value), true);
}

loam_value *loam__gc_refs_resize(loam_value *slots, size_t old_count, size_t count)
{
    loam_value *resized = raw_resize(slots, old_count * sizeof *slots, count * sizeof *slots);

    if (LOAM__LIKELY(resized) && count > old_count)
        memset(resized + old_count, 0, (count - old_count) * sizeof *resized);
    return resized;
}

void loam__gc_refs_free(loam_value *slots, size_t count)
{
    raw_free(slots, count * sizeof *slots);
}

void *loam__gc_data_new(size_t bytes)
{
    return raw_new(bytes, false);
}

void *loam__gc_data_resize(void *data, size_t old_bytes, size_t bytes)
{
    return raw_resize(data, old_bytes, bytes);
}

void loam__gc_data_free(void *data, size_t bytes)
{
    raw_free(data, bytes);
}

void *loam__gc_root_new(size_t bytes)
{
    return raw_new(bytes, true);
}

void loam__gc_root_free(void *root, size_t bytes)
{
    raw_free(root, bytes);
}
