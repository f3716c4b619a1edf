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
 * Where the program has set a budget, the release stops after that many edges, references released and objects freed. What
 * is left on the list is the backlog. Later releases, safe points and the growth of the heap go on with it, and so does a
 * collection in slices, which leaves one too. An object with many references may be the one in which they stop: it is
 * parted, and the heap knows how many of its slots are done. Whoever waits is dead to everybody: its weak links are cut,
 * walks do not see it, no collection stands in it; only the references that it has are still counted.
 *
 * Counts are plain: an object belongs to one thread at a time, that which uses its heap. Each thread has a heap of its own,
 * from its first allocation on, and works in that or in one that it has entered; for what happens in others meanwhile see
 * heaps.c.
 *
 * An object whose type has a finalizer that has not run yet is not linked among the dead: it waits in a ring, held by it,
 * which has room for every object that may need it. Finalizers, weak callbacks and collections run at safe points, and none
 * runs inside another.
 */
#include "gc/backend.h"

#include "gc/fork.h"
#include "gc/refcount/collect.h"
#include "gc/slot.h"
#include "lib/alloc.h"
#include "lib/checked.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    /* Slots side by side that are released at once, whatever the budget: what an object shows before a cut it shows again
     * after it. */
    UNCUT = 64
};

/* Flags of objects with which there is more to do when the last reference goes. */
#define MORE_THAN_FREEING (LOAM__FLAG_ATTACHED | LOAM__FLAG_FINALIZABLE | LOAM__FLAG_CANDIDATE | LOAM__FLAG_DEAD)

LOAM__THREAD_LOCAL loam__heap *loam__this_heap;
static LOAM__THREAD_LOCAL loam__heap *own_heap;
static pthread_key_t leaving; /* its destructor runs when a thread that has allocated ends */
static pthread_once_t once = PTHREAD_ONCE_INIT;

const char *loam__gc_name(void)
{
    return "refcount";
}

bool loam__gc_can(loam_gc_capability capability)
{
    return capability >= LOAM_GC_PROMPT_FREE && capability <= LOAM_GC_BOUNDED_PAUSES;
}

void loam__heap_destroy(loam__heap *heap)
{
    loam__candidates_sweep(heap);
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
}

bool loam__gc_thread_is_known(void)
{
    return own_heap != NULL;
}

/* Cycles are collected while there is still somebody to finalize them. */
bool loam__gc_thread_leave(void)
{
    loam__heap *heap = own_heap;

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

/* Heaps are one thread's each. Those of threads that are gone in the child are used by them for ever, so that nobody changes
 * them. */
void loam__gc_fork(loam__fork_phase phase)
{
    (void)phase;
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
    return heap;
}

LOAM__COLD static loam__heap *enter_thread(void)
{
    loam__heap *heap = loam__heap_make();

    if (!heap)
        return NULL;
    pthread_once(&once, make_key);
    if (pthread_setspecific(leaving, heap)) {
        loam__free(heap);
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
        usage.objects = loam__heap_objects(loam__this_heap) - loam__this_heap->unswept;
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
        return loam__new_slow(type);
    object = loam__page_pop(heap, loam__current(heap, __atomic_load_n(&type->place, __ATOMIC_ACQUIRE)), type->size);
    if (LOAM__UNLIKELY(!object))
        return loam__new_slow(type);
    object->head = loam__first_head(type);
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

int64_t loam__gc_count(const loam_object *object)
{
    return object->head & LOAM__IMMORTAL ? INT64_MAX : (int64_t)(object->head & LOAM__COUNT_MASK);
}

/* Freeing. */

static void link_dead(loam_object *object, loam_object *next)
{
    uint64_t address = (uint64_t)(uintptr_t)next >> 3;
    uint64_t kept = object->head & ((uint64_t)UINT16_MAX << LOAM__TYPE_SHIFT | LOAM__FLAG_CANDIDATE);

    object->head = LOAM__FLAG_DEAD | kept | (address & LOAM__COUNT_MASK) | address >> 32 << LOAM__FLAG_SHIFT;
}

static loam_object *next_dead(const loam_object *object)
{
    uint64_t head = object->head & ~(LOAM__FLAG_DEAD | LOAM__FLAG_CANDIDATE);
    return (loam_object *)(uintptr_t)(((head & LOAM__COUNT_MASK) | head >> LOAM__FLAG_SHIFT << 32) << 3);
}

static void queue_dead(loam__heap *heap, loam_object *object)
{
    if (LOAM__UNLIKELY(heap->full.phase))
        loam__full_freed(heap, object);
    link_dead(object, heap->dead);
    heap->dead = object;
    heap->waiting++;
}

static loam_object *take_dead(loam__heap *heap)
{
    loam_object *object = heap->dead;

    heap->dead = next_dead(object);
    heap->waiting--;
    return object;
}

static void release_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    (void)visitor;
    loam__slots_release(NULL, slots, count);
}

LOAM__INLINE void release_references(loam_object *object, const loam_type *type)
{
    static loam_visitor visitor = {release_slots};

    for (const uint16_t *ref = type->refs; ref && *ref; ref++) {
        uint64_t word = *(const loam__slot *)(const void *)((const char *)object + *ref);
        if (word && loam_is_object(loam__word(word))) /* empty ones are what most are */
            loam__gc_release(loam__object(loam__word(word)));
    }
    if (type->trace)
        type->trace(object, &visitor);
}

/* A slot whose address is in the buffer of candidates can be used again only after the buffer is swept. */
void loam__leave_to_sweep(loam__heap *heap, loam_object *object)
{
    object->head = LOAM__FLAG_DEAD | LOAM__FLAG_CANDIDATE;
    heap->bytes -= loam__page_of(object)->slot_size;
    heap->unswept++;
}

LOAM__INLINE void free_slot(loam__heap *heap, loam_object *object)
{
    if (LOAM__UNLIKELY(heap->full.phase))
        loam__full_freed(heap, object);
    if (LOAM__LIKELY(!(object->head & LOAM__FLAG_CANDIDATE)))
        loam__heap_free(heap, object);
    else
        loam__leave_to_sweep(heap, object);
}

LOAM__INLINE void dispose(loam__heap *heap, loam_object *object, const loam_type *type)
{
    if (LOAM__UNLIKELY(heap->watcher))
        heap->watcher->freed(object);
    if (type->dispose)
        type->dispose(object);
}

void loam__dispose(loam__heap *heap, loam_object *object, const loam_type *type)
{
    dispose(heap, object, type);
}

LOAM__INLINE void free_shell(loam__heap *heap, loam_object *object, const loam_type *type)
{
    dispose(heap, object, type);
    free_slot(heap, object);
}

void loam__free_shell(loam__heap *heap, loam_object *object)
{
    free_shell(heap, object, loam__type_of(object));
}

LOAM__INLINE void free_object(loam__heap *heap, loam_object *object)
{
    const loam_type *type = loam__type_of(object);

    release_references(object, type);
    free_shell(heap, object, type);
}

/* Freeing in portions. An object's slots are numbered in the order in which its trace shows them. */
typedef struct releasing {
    loam_visitor visitor;
    int64_t left; /* edges */
    size_t done;  /* slots that an earlier portion has released */
    size_t shown; /* in this one, until it was cut */
    bool is_cut;
} releasing;

static void release_portion(loam_visitor *visitor, loam_value *slots, size_t count)
{
    releasing *r = (releasing *)(void *)visitor;
    size_t first = r->done > r->shown ? r->done - r->shown : 0;
    size_t most = r->left > 1 ? (size_t)r->left : 1;

    if (r->is_cut)
        return;
    if (first < count) {
        r->is_cut = count - first > most && count > UNCUT;
        count = r->is_cut ? first + most : count;
        loam__slots_release(NULL, slots + first, count - first);
        r->left -= (int64_t)(count - first);
    }
    r->shown += count;
}

/* Free a dead object that is in no list, for `most` edges about; else it is parted. How many there were. */
static int64_t free_portion(loam__heap *heap, loam_object *object, int64_t most)
{
    releasing r = {.visitor = {release_portion}, .left = most, .done = heap->released};
    const loam_type *type = loam__type_of(object);

    if (!heap->released)
        LOAM__FOR_FIELDS(object, type, child, {
            r.left--;
            loam__gc_release(child);
        })
    if (type->trace)
        type->trace(object, &r.visitor);
    heap->parted = r.is_cut ? object : NULL;
    heap->released = r.is_cut ? r.shown : 0;
    if (r.is_cut)
        return most - r.left;
    free_shell(heap, object, type);
    return most - r.left + 1;
}

int64_t loam__drain_some(loam__heap *heap, int64_t edges)
{
    int64_t left = edges;

    /* A buffer grows there, which may run no user code, and what is freed may lead anywhere. */
    if (heap != loam__this_heap)
        return 0;
    heap->is_draining = true;
    while (left > 0 && loam__has_backlog(heap))
        left -= free_portion(heap, heap->parted ? heap->parted : take_dead(heap), left);
    heap->is_draining = false;
    return edges - left;
}

void loam__hold_deaths(loam__heap *heap)
{
    heap->is_draining = true;
    heap->floor = heap->dead;
}

void loam__drain(loam__heap *heap)
{
    if (heap->free_budget)
        loam__drain_some(heap, heap->free_budget);
    else
        while (heap->dead != heap->floor)
            free_object(heap, take_dead(heap));
    heap->is_draining = false;
}

/* Nobody refers to the object any more: what others have attached to it learns of that, or its finalizer is due. */
LOAM__COLD static bool is_kept_for_finalizer(loam__heap *heap, loam_object *object)
{
    size_t last = heap->finalizers_first + heap->finalizers_count;

    loam__cut_and_note(heap, object);
    if (object->head & LOAM__FLAG_FINALIZABLE) {
        loam__full_found(heap, object);
        object->head = (object->head | 1 | LOAM__FLAG_FINALIZED) & ~LOAM__FLAG_FINALIZABLE;
        heap->finalizers[last % heap->finalizers_capacity] = object;
        heap->finalizers_count++;
        heap->needs_safe_point = true;
        return true;
    }
    loam__fire(heap, object);
    return false;
}

static void free_with_all(loam__heap *heap, loam_object *object)
{
    loam__hold_deaths(heap);
    if (heap->free_budget)
        queue_dead(heap, object);
    else
        free_object(heap, object);
    loam__drain(heap);
}

static void died_with_care(loam__heap *heap, loam_object *object);

/* Where another thread uses its heap it stays, held by nobody. */
LOAM__COLD static void died_elsewhere(loam__heap *heap, loam_object *object)
{
    loam__visit visit;

    if (!loam__step_into(heap, &visit, "loam_release")) {
        object->head |= 1;
        return;
    }
    died_with_care(heap, object);
    loam__step_back(&visit);
}

/* Where there is more to it: it has weak references or a finalizer, a collection is going on, there is a budget, it is of
 * another heap. */
static LOAM__NOINLINE void died_with_care(loam__heap *heap, loam_object *object)
{
    if (heap != loam__this_heap) {
        died_elsewhere(heap, object);
        return;
    }
    if (heap->full.phase && loam__full_is_hidden(&heap->full, object))
        return; /* a collection frees it */
    if (object->head & (LOAM__FLAG_ATTACHED | LOAM__FLAG_FINALIZABLE) && is_kept_for_finalizer(heap, object)) {
        if (!heap->is_draining)
            loam__gc_safe_point();
        return;
    }
    if (heap->is_draining) {
        queue_dead(heap, object);
    } else {
        free_with_all(heap, object);
        if (heap->needs_safe_point)
            loam__safe_point(heap);
    }
}

LOAM__INLINE void free_parts(loam_object *object)
{
    const loam_type *type = loam__type_of(object);

    release_references(object, type);
    if (type->dispose)
        type->dispose(object);
}

static LOAM__NOINLINE void drain_simply(loam__heap *heap)
{
    while (heap->dead) {
        loam_object *object = take_dead(heap);
        free_parts(object);
        if (LOAM__LIKELY(!(object->head & LOAM__FLAG_CANDIDATE)))
            loam__heap_free(heap, object);
        else
            loam__leave_to_sweep(heap, object);
    }
}

/* Where there is no more to it. What dies meanwhile is queued. */
static LOAM__NOINLINE void free_simply(loam__heap *heap, loam_object *object)
{
    heap->is_draining = true;
    free_parts(object);
    loam__heap_free(heap, object);
    if (LOAM__UNLIKELY(heap->dead != NULL))
        drain_simply(heap);
    heap->is_draining = false;
    if (LOAM__UNLIKELY(heap->needs_safe_point))
        loam__safe_point(heap);
}

/* The last reference of an object goes that has nothing attached, no finalizer, and is no candidate. */
static LOAM__NOINLINE void died_simply(loam_object *object)
{
    loam__heap *heap = loam__heap_of(object);

    object->head = (object->head - 1) & ~LOAM__FLAG_SUSPECT;
    if (LOAM__UNLIKELY(heap->full.phase || heap->needs_care || heap != loam__this_heap)) {
        died_with_care(heap, object);
    } else if (heap->is_draining) {
        link_dead(object, heap->dead);
        heap->dead = object;
        heap->waiting++;
    } else {
        free_simply(heap, object);
    }
}

LOAM__COLD static void safe_point_elsewhere(loam__heap *heap)
{
    loam__visit visit;

    if (!loam__step_into(heap, &visit, "loam_release"))
        return;
    loam__gc_safe_point();
    loam__step_back(&visit);
}

/* One that is a candidate already may have become one by a move, which is no safe point. */
static void suspect_released(loam_object *object)
{
    loam__heap *heap = loam__heap_of(object);

    if (!(object->head & LOAM__FLAG_CANDIDATE))
        loam__gc_suspect(object);
    if (LOAM__LIKELY(!heap->needs_safe_point))
        return;
    if (LOAM__LIKELY(heap == loam__this_heap))
        loam__gc_safe_point();
    else
        safe_point_elsewhere(heap);
}

void loam__gc_release(loam_object *object)
{
    uint64_t head = object->head;

    if ((head & (LOAM__COUNT_MASK | MORE_THAN_FREEING)) == 1) {
        died_simply(object);
        return;
    }
    if (LOAM__UNLIKELY(head & (LOAM__IMMORTAL | LOAM__FLAG_DEAD))) {
        not_counted(object, "loam_release");
        return;
    }
    object->head = --head & ~LOAM__FLAG_SUSPECT;
    if (LOAM__UNLIKELY(!(head & LOAM__COUNT_MASK)))
        died_with_care(loam__heap_of(object), object);
    else if (LOAM__UNLIKELY((head & (LOAM__FLAG_IN | LOAM__FLAG_OUT | LOAM__FLAG_NOTED)) ==
                            (LOAM__FLAG_IN | LOAM__FLAG_OUT)))
        suspect_released(object);
}

/* Whichever it is: what dies, or becomes a candidate, makes it a safe point. */
void loam__gc_release_outermost(loam_object *object) __attribute__((alias("loam__gc_release")));

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
    return root ? memset(root, 0, bytes) : NULL;
}

void loam__gc_root_free(void *root, size_t bytes)
{
    (void)bytes;
    loam__free(root);
}
