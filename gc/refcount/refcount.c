/*
 * The refcount back end: an object is freed at the moment its count reaches zero.
 *
 * Freeing never recurses and needs no memory. A dead object keeps its fields and its type until its turn comes; until
 * then it is linked to the next dead one through the rest of its header, which nobody reads any more:
 *
 *     bits 0-31 and 48-63    address of the next dead object / 16
 *     bits 32-47             type id
 *
 * The outermost release that killed an object works the list off, and what dies on the way joins it. So the head of a
 * chain of ten million objects can be dropped on a stack of a few kilobytes, when malloc has nothing left to give.
 *
 * Counts are plain: an object belongs to one thread at a time. What is alive is counted for each thread; a difference of
 * two readings tells of leaks where the objects stayed in that thread.
 */
#include "gc/backend.h"

#include "gc/slot.h"
#include "lib/alloc.h"

#include <malloc.h>
#include <stdlib.h>

typedef struct heap {
    loam__gc_usage live;
    loam_object *dead;
    const loam__watcher *watcher;
    bool draining;
} heap;

static LOAM__THREAD_LOCAL heap this_heap;

const char *loam__gc_name(void)
{
    return "refcount";
}

bool loam__gc_can(loam_gc_capability capability)
{
    return capability == LOAM_GC_PROMPT_FREE || capability == LOAM_GC_EXACT_REFCOUNT;
}

loam__gc_usage loam__gc_live(void)
{
    return this_heap.live;
}

void loam__gc_watch(const loam__watcher *watcher)
{
    this_heap.watcher = watcher;
}

/* `memory` has just come from malloc and may be NULL. */
static void *entered(heap *h, void *memory)
{
    if (LOAM__LIKELY(memory))
        h->live.bytes += malloc_usable_size(memory);
    return memory;
}

static void give_back(heap *h, void *memory)
{
    h->live.bytes -= memory ? malloc_usable_size(memory) : 0;
    free(memory);
}

loam_object *loam__gc_object_new(loam_type *type, size_t size)
{
    heap *h = &this_heap;
    loam_object *object = loam__alloc_permitted(size) ? entered(h, calloc(1, size)) : NULL;

    if (LOAM__UNLIKELY(!object))
        return NULL;
    object->head = 1 | (uint64_t)type->id << LOAM__TYPE_SHIFT;
    h->live.objects++;
    if (LOAM__UNLIKELY(h->watcher))
        h->watcher->made(object);
    return object;
}

void loam__gc_retain(loam_object *object)
{
    uint64_t head = object->head;

    if (LOAM__LIKELY(!(head & LOAM__IMMORTAL)))
        object->head = head + 1; /* the last one of all turns the top bit on: immortal from then on */
}

static void link_dead(loam_object *object, loam_object *next)
{
    uint64_t address = (uint64_t)(uintptr_t)next >> 4;
    uint64_t type = object->head & (uint64_t)UINT16_MAX << LOAM__TYPE_SHIFT;

    object->head = type | (address & LOAM__COUNT_MASK) | address >> 32 << LOAM__FLAG_SHIFT;
}

static loam_object *next_dead(const loam_object *object)
{
    uint64_t address = (object->head & LOAM__COUNT_MASK) | object->head >> LOAM__FLAG_SHIFT << 32;
    return (loam_object *)(uintptr_t)(address << 4);
}

static void release_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    (void)visitor;
    loam__slots_release(NULL, slots, count);
}

static void free_object(heap *h, loam_object *object)
{
    static loam_visitor releasing = {release_slots};
    const loam_type *type = loam__type_of(object);

    if (LOAM__UNLIKELY(h->watcher))
        h->watcher->freed(object);
    if (loam__holds_references(type))
        loam__object_visit(object, &releasing);
    if (type->dispose)
        type->dispose(object);
    h->live.objects--;
    give_back(h, object);
}

static void died(loam_object *object)
{
    heap *h = &this_heap;

    link_dead(object, h->dead);
    h->dead = object;
    if (h->draining)
        return;
    h->draining = true;
    while (h->dead) {
        loam_object *next = h->dead;
        h->dead = next_dead(next);
        free_object(h, next);
    }
    h->draining = false;
}

void loam__gc_release(loam_object *object)
{
    uint64_t head = object->head;

    if (LOAM__UNLIKELY(head & LOAM__IMMORTAL))
        return;
    object->head = --head;
    if (LOAM__UNLIKELY(!(head & LOAM__COUNT_MASK)))
        died(object);
}

loam_value *loam__gc_refs_new(size_t count)
{
    if (!loam__alloc_permitted(count * sizeof(loam_value)))
        return NULL;
    return entered(&this_heap, calloc(count ? count : 1, sizeof(loam_value)));
}

static void *resize(void *memory, size_t bytes)
{
    heap *h = &this_heap;
    size_t old_bytes = memory ? malloc_usable_size(memory) : 0;
    void *resized = loam__alloc_permitted(bytes) ? realloc(memory, bytes ? bytes : 1) : NULL;

    if (LOAM__LIKELY(resized)) {
        h->live.bytes -= old_bytes;
        entered(h, resized);
    }
    return resized;
}

loam_value *loam__gc_refs_resize(loam_value *slots, size_t old_count, size_t count)
{
    loam_value *resized = resize(slots, count * sizeof *slots);

    if (LOAM__LIKELY(resized) && count > old_count)
        memset(resized + old_count, 0, (count - old_count) * sizeof *resized);
    return resized;
}

void loam__gc_refs_free(loam_value *slots, size_t count)
{
    (void)count;
    give_back(&this_heap, slots);
}

void *loam__gc_data_new(size_t bytes)
{
    if (!loam__alloc_permitted(bytes))
        return NULL;
    return entered(&this_heap, bytes && bytes % 64 == 0 ? aligned_alloc(64, bytes) : malloc(bytes ? bytes : 1));
}

void *loam__gc_data_resize(void *data, size_t old_bytes, size_t bytes)
{
    (void)old_bytes;
    return resize(data, bytes);
}

void loam__gc_data_free(void *data, size_t bytes)
{
    (void)bytes;
    give_back(&this_heap, data);
}

void *loam__gc_root_new(size_t bytes)
{
    return loam__alloc_permitted(bytes) ? entered(&this_heap, calloc(1, bytes)) : NULL;
}

void loam__gc_root_free(void *root, size_t bytes)
{
    (void)bytes;
    give_back(&this_heap, root);
}
