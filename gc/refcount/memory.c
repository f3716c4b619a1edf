/* Where objects, buffers and roots come from: the heap of the thread that makes them. */
#include "gc/backend.h"

#include "gc/fork.h"
#include "gc/refcount/collect.h"
#include "gc/slot.h"
#include "lib/alloc.h"
#include "lib/checked.h"

#include <pthread.h>

LOAM__THREAD_LOCAL loam__heap *loam__this_heap;
static LOAM__THREAD_LOCAL loam__heap *own_heap;
static pthread_key_t leaving; /* its destructor runs when a thread that has allocated ends */
static pthread_once_t once = PTHREAD_ONCE_INIT;

const char *loam__gc_name(void)
{
    return LOAM__CHECKED ? "check" : "refcount";
}

bool loam__gc_can(loam_gc_capability capability)
{
    return capability >= LOAM_GC_PROMPT_FREE && capability <= LOAM_GC_BOUNDED_PAUSES;
}

void loam__heap_destroy(loam__heap *heap)
{
    loam__candidates_sweep(heap);
    heap = loam__check_heap_ends(heap); /* another one, perhaps */
    if (!heap)
        return;
    loam__heap_finish(heap);
    loam__free(heap->candidates);
    loam__free(heap->finalizers);
    loam__free(heap);
}

/* What is alive at a thread's end stays where it is, for whoever holds it. */
static void leave_thread(void *data)
{
    loam__heap *heap = data;

    loam__heaps_leave_all();
    loam__thread_ends();
    loam__full_stop(&heap->full);
    heap->free_budget = 0;
    loam__note_care(heap);
    loam__drain_some(heap, LOAM__WHOLE);
    loam__forget_others();
    loam__this_heap = own_heap = NULL;
    loam__heap_park(&heap->base);
    loam__check_thread(-1);
}

bool loam__gc_thread_is_known(void)
{
    return own_heap != NULL;
}

/* Cycles are collected while there is still somebody to finalize them. */
bool loam__gc_thread_leave(void)
{
    loam__heap *heap = own_heap;

    if (!heap)
        return true;
    if (heap->is_at_safe_point || loam__heaps_are_busy())
        return false;
    loam__heaps_leave_all();
    loam__gc_collect(LOAM_GC_GENERATIONS - 1);
    pthread_setspecific(leaving, NULL);
    leave_thread(heap);
    return true;
}

__attribute__((constructor)) static void start(void)
{
    loam__fork_start();
}

/* Heaps are one thread's each. Those of threads that are gone in the child are used by them for ever, so that nobody
 * changes them. */
void loam__gc_fork(loam__fork_phase phase)
{
    loam__check_fork((int)phase);
}

static void make_key(void)
{
    pthread_key_create(&leaving, leave_thread);
}

loam__heap *loam__heap_make(void)
{
    loam__heap *heap = loam__alloc(sizeof *heap);

    if (!heap)
        return NULL;
    memset(heap, 0, sizeof *heap);
    loam__heap_start(heap);
    heap->full.heap = heap;
    loam__pace_start(heap);
    loam__check_heap_begins(heap);
    return heap;
}

/* One that is given back when the thread ends. */
static loam__heap *make_own_heap(void)
{
    loam__heap *heap = loam__heap_make();

    if (!heap)
        return NULL;
    pthread_once(&once, make_key);
    if (!pthread_setspecific(leaving, heap))
        return heap;
    loam__heap_destroy(heap);
    return NULL;
}

LOAM__COLD static loam__heap *enter_thread(void)
{
    loam__heap *heap;

    loam__check_thread(1);
    heap = make_own_heap();
    if (!heap) {
        loam__check_thread(-1);
        return NULL;
    }
    loam__heap_use(&heap->base);
    own_heap = heap;
    loam__heap_work_in(heap);
    return heap;
}

/* The thread's heap, or NULL where there is no memory for one. */
LOAM__INLINE loam__heap *here(void)
{
    return LOAM__LIKELY(loam__this_heap != NULL) ? loam__this_heap : enter_thread();
}

loam__heap *loam__heap_here(void)
{
    return here();
}

void loam__heap_work_in(loam__heap *heap)
{
    loam__this_heap = heap ? heap : own_heap;
    if (!loam__this_heap)
        return;
    loam__this_heap->watcher = loam__watcher_here;
    loam__note_care(loam__this_heap);
}

int64_t loam__gc_bytes(void)
{
    return loam__this_heap ? (int64_t)loam__this_heap->bytes : 0;
}

loam__gc_usage loam__gc_live(void)
{
    loam__gc_usage usage = {0, 0};

    if (loam__this_heap) {
        if (!loam__this_heap->is_draining)
            loam__drain_some(loam__this_heap, LOAM__WHOLE);
        usage.objects = loam__heap_objects(loam__this_heap) - loam__this_heap->unswept -
                        loam__check_kept(loam__this_heap);
        usage.bytes = loam__this_heap->bytes;
    }
    return usage;
}

void loam__gc_watch(const loam__watcher *watcher)
{
    loam__watcher_here = watcher;
    if (!loam__this_heap)
        return;
    loam__this_heap->watcher = watcher;
    loam__note_care(loam__this_heap);
}

/* Room in the ring for one more object with a finalizer. */
static bool reserve_finalizer(loam__heap *heap)
{
    size_t capacity = heap->finalizers_capacity ? 2 * heap->finalizers_capacity : 16;
    loam_object **ring;

    if (LOAM__LIKELY(heap->finalizable < heap->finalizers_capacity))
        return true;
    ring = loam__alloc(capacity * sizeof *ring);
    if (!ring)
        return false;
    for (size_t i = 0; i < heap->finalizers_count; i++)
        ring[i] = heap->finalizers[(heap->finalizers_first + i) % heap->finalizers_capacity];
    loam__free(heap->finalizers);
    heap->finalizers = ring;
    heap->finalizers_first = 0;
    heap->finalizers_capacity = capacity;
    return true;
}

static loam__page_kind page_kind(uint64_t flags)
{
    return flags & LOAM__FLAG_CYCLIC ? LOAM__PAGE_CYCLIC : LOAM__PAGE_PLAIN;
}

loam_object *loam__gc_object_new(loam_type *type, size_t size)
{
    loam__heap *heap = here();
    uint64_t head = loam__first_head(type);
    loam_object *object;

    if (LOAM__UNLIKELY(!heap || !loam__alloc_permitted(size)))
        return NULL;
    if (LOAM__UNLIKELY(heap->needs_slice))
        loam__slice_between(heap);
    if (LOAM__UNLIKELY(head & LOAM__FLAG_FINALIZABLE) && !reserve_finalizer(heap))
        return NULL;
    object = loam__heap_new(heap, page_kind(head), size);
    if (LOAM__UNLIKELY(!object))
        return NULL;
    object->head = head;
    heap->finalizable += (head & LOAM__FLAG_FINALIZABLE) != 0;
    loam__check_made(object);
    if (LOAM__UNLIKELY(heap->watcher))
        heap->watcher->made(object);
    return object;
}

/* Which page its instances come from; 0, from which none comes, is of a type of which each one is more work. */
uint16_t loam__gc_place(const loam_type *type, uint16_t traits)
{
    uint64_t flags = (uint64_t)traits << LOAM__FLAG_SHIFT;

    if (flags & LOAM__FLAG_FINALIZABLE || type->size > LOAM__SLOT_LARGEST)
        return 0;
    return (uint16_t)loam__place(page_kind(flags), loam__size_class(type->size));
}

void *loam__gc_new(loam_type *type)
{
    loam__heap *heap = loam__this_heap;
    loam_object *object;

    if (LOAM__UNLIKELY(!type || !heap || heap->needs_care | heap->needs_slice || loam__alloc_gate))
        return loam__check_new(loam__new_slow(type));
    object = loam__page_pop(heap, loam__current(heap, __atomic_load_n(&type->place, __ATOMIC_ACQUIRE)), type->size);
    if (LOAM__UNLIKELY(!object))
        return loam__new_slow(type);
    object->head = loam__first_head(type);
    return object;
}

/* Buffers. */

LOAM__INLINE bool may_change(const loam__heap *heap)
{
    return LOAM__LIKELY(heap == loam__this_heap) || loam__may_change(heap, "a change");
}

/* That of an object; where there is none, the one that the thread works in. */
LOAM__INLINE loam__heap *heap_for(const void *owner)
{
    return LOAM__LIKELY(owner != NULL) ? loam__heap_of(owner) : here();
}

static void *raw_new(const void *owner, size_t bytes, bool zeroed)
{
    loam__heap *heap = heap_for(owner);

    if (LOAM__LIKELY(heap && may_change(heap) && loam__alloc_permitted(bytes)))
        return loam__heap_raw_new(heap, bytes, zeroed);
    return NULL;
}

LOAM__INLINE void *raw_resize(const void *owner, void *buffer, size_t old_bytes, size_t bytes)
{
    loam__heap *heap = buffer ? loam__heap_of_raw(buffer, old_bytes) : heap_for(owner);

    if (LOAM__LIKELY(heap && may_change(heap) && loam__alloc_permitted(bytes)))
        return loam__heap_raw_resize(heap, buffer, old_bytes, bytes);
    return NULL;
}

static void raw_free(void *buffer, size_t bytes)
{
    loam__heap *heap;

    if (LOAM__UNLIKELY(!buffer))
        return;
    heap = loam__heap_of_raw(buffer, bytes);
    if (LOAM__LIKELY(may_change(heap)))
        loam__heap_raw_free(heap, buffer, bytes);
}

loam_value *loam__gc_refs_new(const void *owner, size_t count)
{
    return raw_new(owner, count * sizeof(loam_value), true);
}

loam_value *loam__gc_refs_reserve(const void *owner, loam_value *slots, size_t old_count, size_t count)
{
    return raw_resize(owner, slots, old_count * sizeof *slots, count * sizeof *slots);
}

loam_value *loam__gc_refs_resize(const void *owner, loam_value *slots, size_t old_count, size_t count)
{
    loam_value *resized = raw_resize(owner, slots, old_count * sizeof *slots, count * sizeof *slots);

    if (LOAM__LIKELY(resized) && count > old_count)
        memset(resized + old_count, 0, (count - old_count) * sizeof *resized);
    return resized;
}

void loam__gc_refs_free(loam_value *slots, size_t count)
{
    raw_free(slots, count * sizeof *slots);
}

bool loam__gc_keep(const void *owner, const loam_value *refs, size_t stride, size_t count, loam_value **kept)
{
    (void)owner;
    (void)refs;
    (void)stride;
    (void)count;
    *kept = NULL; /* the counts do */
    return true;
}

void *loam__gc_data_new(const void *owner, size_t bytes)
{
    return raw_new(owner, bytes, false);
}

void *loam__gc_data_resize(const void *owner, void *data, size_t old_bytes, size_t bytes)
{
    return raw_resize(owner, data, old_bytes, bytes);
}

void loam__gc_data_free(void *data, size_t bytes)
{
    raw_free(data, bytes);
}

/* The thread becomes known, so that its end is noticed. */
void *loam__gc_root_new(size_t bytes)
{
    void *root = here() ? loam__alloc(bytes) : NULL;
    if (root)
        loam__check_root(root, bytes);
    return root ? memset(root, 0, bytes) : NULL;
}

void loam__gc_root_free(void *root, size_t bytes)
{
    (void)bytes;
    loam__check_root(root, 0);
    loam__free(root);
}
