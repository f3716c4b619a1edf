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

#include "gc/refcount/collect.h"
#include "gc/slot.h"
#include "lib/alloc.h"
#include "lib/checked.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
    CANDIDATES = 10000, /* the first threshold's default: a young collection once there are that many */
    YOUNG_RUNS = 10,    /* the second: that many young ones before a full one */
    GROWTH = 20,        /* the third: per cent by which the heap grows before a full one */

    /* A full collection goes on by a slice of so many objects and references, and a run of them that cannot be cut, for so
     * long at most, each time that the heap has grown by so many bytes. There is one of them for each 8 bytes of the heap or
     * so; it passes three times over all of it and five times over garbage, and has ended before the heap has grown by
     * another fifth if it visits four for each byte by which that grows. */
    SLICE = 8000,
    SLICE_NS = 700000,
    SLICE_GROWTH = SLICE / 8,
    BEHIND = 45, /* per cent: a heap that has grown by more has slices whenever it can */

    /* Slots side by side that are released at once, whatever the budget: what an object shows before a cut it shows again
     * after it. */
    UNCUT = 64
};

/* Flags of objects with which there is more to do when the last reference goes. */
#define MORE_THAN_FREEING (LOAM__FLAG_ATTACHED | LOAM__FLAG_FINALIZABLE | LOAM__FLAG_CANDIDATE | LOAM__FLAG_DEAD)

static LOAM__THREAD_LOCAL loam__heap *this_heap; /* that the thread works in */
static LOAM__THREAD_LOCAL loam__heap *own_heap;
static pthread_key_t leaving; /* its destructor runs when a thread that has allocated ends */
static pthread_once_t once = PTHREAD_ONCE_INIT;

const char *loam__gc_name(void)
{
    return "refcount";
}

bool loam__gc_can(loam_gc_capability capability)
{
    return capability >= LOAM_GC_PROMPT_FREE && capability <= LOAM_GC_SEPARATE_HEAPS;
}

static void note_care(loam__heap *heap)
{
    heap->needs_care = heap->watcher || heap->free_budget;
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
    note_care(heap);
    loam__drain_some(heap, LOAM__WHOLE);
    loam__forget_others();
    this_heap = own_heap = NULL;
    loam__heap_park(&heap->base);
}

static void make_key(void)
{
    pthread_key_create(&leaving, leave_thread);
}

/* When a full collection is considered: once the heap has grown by so much. */
static void set_notice(loam__heap *heap)
{
    size_t growth;

    if (!heap->thresholds[2] || !loam__size_multiply(heap->full_bytes / 100, (size_t)heap->thresholds[2], &growth) ||
        !loam__size_add(heap->full_bytes, growth, &heap->notice_at))
        heap->notice_at = SIZE_MAX;
}

/* When a young one is due. */
static void note_young(loam__heap *heap)
{
    heap->young_candidates = heap->candidate_count;
    heap->candidate_limit = heap->candidate_count + (size_t)heap->thresholds[0];
}

/* What the next full one is measured by: `bytes` in use. */
static void note_full(loam__heap *heap, size_t bytes)
{
    heap->full_bytes = bytes > 1 << 20 ? bytes : 1 << 20;
    set_notice(heap);
}

loam__heap *loam__heap_make(void)
{
    loam__heap *heap = loam__alloc(sizeof *heap);

    if (!heap)
        return NULL;
    memset(heap, 0, sizeof *heap);
    loam__heap_start(heap);
    heap->full.heap = heap;
    heap->thresholds[0] = CANDIDATES;
    heap->thresholds[1] = YOUNG_RUNS;
    heap->thresholds[2] = GROWTH;
    note_young(heap);
    note_full(heap, 0);
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
    return LOAM__LIKELY(this_heap != NULL) ? this_heap : enter_thread();
}

loam__heap *loam__heap_here(void)
{
    return here();
}

void loam__heap_work_in(loam__heap *heap)
{
    this_heap = heap ? heap : own_heap;
    if (!this_heap)
        return;
    this_heap->watcher = loam__watcher_here;
    note_care(this_heap);
}

int64_t loam__gc_bytes(void)
{
    return this_heap ? (int64_t)this_heap->bytes : 0;
}

loam__gc_usage loam__gc_live(void)
{
    loam__gc_usage usage = {0, 0};

    if (this_heap) {
        if (!this_heap->is_draining)
            loam__drain_some(this_heap, LOAM__WHOLE);
        usage.objects = loam__heap_objects(this_heap) - this_heap->unswept;
        usage.bytes = this_heap->bytes;
    }
    return usage;
}

void loam__gc_watch(const loam__watcher *watcher)
{
    loam__watcher_here = watcher;
    if (!this_heap)
        return;
    this_heap->watcher = watcher;
    note_care(this_heap);
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

static void slice_between(loam__heap *heap);

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
    if (LOAM__UNLIKELY(heap->needs_safe_point))
        slice_between(heap);
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
    loam__heap *heap = this_heap;
    loam_object *object;

    if (LOAM__UNLIKELY(!type || !heap || heap->needs_care | (heap->needs_safe_point & heap->full.is_open) ||
                       loam__alloc_gate))
        return loam__new_slow(type); /* while no collection is going on, one begins only where a page has no slot */
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

/* What is attached to objects: a chain for each slot, in an array for each page that has one. */

static loam__attached **chain_of(const loam_object *object, bool make)
{
    loam__page *page = loam__page_of(object);
    size_t slots;

    if (!page->attached) {
        slots = page->slot_size ? (size_t)(page->end - page->start) / page->slot_size : 1;
        if (!make || !loam__alloc_permitted(slots * sizeof(void *)))
            return NULL;
        page->attached = calloc(slots, sizeof(void *));
        if (!page->attached)
            return NULL;
    }
    return &page->attached[loam__slot_index(page, object)];
}

/* Its key may be part of a cycle through it. If no young collection looks at the key, each reference that it loses is a
 * reason for a full one, as with what is old. */
static bool is_ephemeron(loam__attached *attached)
{
    return attached->kind == LOAM__ATTACHED_ENTRY &&
           loam__type_id_of(loam__attached_holder(attached)) == LOAM__TYPE_EPHEMERON;
}

bool loam__gc_attach(loam_object *object, loam__attached *attached)
{
    loam__attached **chain;

    attached->hidden = ~(uint64_t)(uintptr_t)object;
    if (object->head & LOAM__IMMORTAL)
        return true;
    chain = chain_of(object, true);
    if (!chain)
        return false;
    loam__attached_link(chain, attached);
    object->head |= LOAM__FLAG_ATTACHED;
    if (is_ephemeron(attached) && !loam__is_flagged(object, LOAM__FLAG_CYCLIC))
        object->head |= LOAM__FLAG_IN | LOAM__FLAG_OUT | LOAM__FLAG_OLD;
    return true;
}

void loam__gc_detach(loam__attached *attached)
{
    loam__attached_unlink(attached);
    attached->hidden = 0;
}

loam__attached *loam__gc_attached(const loam_object *object)
{
    return object->head & LOAM__FLAG_ATTACHED ? *chain_of(object, false) : NULL;
}

LOAM__COLD static loam_object *found_meanwhile(loam__heap *heap, loam_object *object)
{
    if (loam__full_is_hidden(&heap->full, object))
        return NULL;
    loam__full_found(heap, object);
    loam__gc_retain(object);
    return object;
}

loam_object *loam__gc_found(loam_object *object)
{
    loam__heap *heap;

    if (LOAM__UNLIKELY(object->head & (LOAM__IMMORTAL | LOAM__FLAG_DEAD)))
        return object->head & LOAM__FLAG_DEAD ? NULL : object;
    if (LOAM__UNLIKELY(!(object->head & LOAM__COUNT_MASK)))
        return NULL; /* it is being freed at this moment */
    heap = loam__heap_of(object);
    if (LOAM__UNLIKELY(heap->full.phase >= LOAM__PRUNE))
        return found_meanwhile(heap, object);
    object->head++;
    return object;
}

void loam__gc_left(const void *owner, const loam_value *slots, size_t count)
{
    loam__heap *heap = loam__is_in_heap(owner) ? loam__heap_of(owner) : this_heap;

    if (heap && LOAM__UNLIKELY(heap->full.phase))
        loam__full_touch(&heap->full, slots, count);
}

loam_object *loam__gc_weak_get(loam__attached *attached)
{
    loam_object *object = loam__attached_object(attached);
    return object ? loam__gc_found(object) : NULL;
}

loam_value loam__gc_hold(loam__weak_entry *entry, loam_value value)
{
    return loam__slot_exchange(entry, &entry->held, value);
}

loam_value loam__gc_held(loam__weak_entry *entry)
{
    const loam_object *key = loam__attached_object(&entry->attached);

    if (!key || (!(key->head & LOAM__IMMORTAL) && loam__full_is_hidden(&loam__heap_of(key)->full, key)))
        return LOAM_UNSET;
    if (!loam_is_object(entry->held))
        return entry->held;
    return loam_from(loam__gc_found(loam__object(entry->held)));
}

void loam__cut_weak_links(loam_object *object, loam__due *due)
{
    if (LOAM__LIKELY(!(object->head & LOAM__FLAG_ATTACHED)))
        return;
    loam__full_cut(&loam__heap_of(object)->full, object);
    loam__attached_clear(chain_of(object, false), due);
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

static void fire(loam__heap *heap, loam_object *object)
{
    if (LOAM__LIKELY(!(object->head & LOAM__FLAG_ATTACHED)))
        return;
    loam__attached_fire(chain_of(object, false), &heap->due);
    heap->needs_safe_point |= heap->due.first != NULL;
}

static void cut_weak_links(loam__heap *heap, loam_object *object)
{
    loam__cut_weak_links(object, &heap->due);
    heap->needs_safe_point |= heap->due.first != NULL;
}

/* Nobody refers to the object any more: what others have attached to it learns of that, or its finalizer is due. */
LOAM__COLD static bool is_kept_for_finalizer(loam__heap *heap, loam_object *object)
{
    size_t last = heap->finalizers_first + heap->finalizers_count;

    cut_weak_links(heap, object);
    if (object->head & LOAM__FLAG_FINALIZABLE) {
        loam__full_found(heap, object);
        object->head = (object->head | 1 | LOAM__FLAG_FINALIZED) & ~LOAM__FLAG_FINALIZABLE;
        heap->finalizers[last % heap->finalizers_capacity] = object;
        heap->finalizers_count++;
        heap->needs_safe_point = true;
        return true;
    }
    fire(heap, object);
    return false;
}

void loam__last_rites(loam__heap *heap, loam_object *object)
{
    cut_weak_links(heap, object);
    fire(heap, object);
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

static void safe_point(loam__heap *heap);

/* Where there is more to it: it has weak references or a finalizer, a collection is going on, there is a budget, it is of
 * another heap. */
static LOAM__NOINLINE void died_with_care(loam__heap *heap, loam_object *object)
{
    if (heap != this_heap) {
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
            safe_point(heap);
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
        safe_point(heap);
}

/* The last reference of an object goes that has nothing attached, no finalizer, and is no candidate. */
static LOAM__NOINLINE void died_simply(loam_object *object)
{
    loam__heap *heap = loam__heap_of(object);

    object->head = (object->head - 1) & ~LOAM__FLAG_SUSPECT;
    if (LOAM__UNLIKELY(heap->full.phase || heap->needs_care || heap != this_heap)) {
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
    if (LOAM__LIKELY(heap == this_heap))
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

/* Candidates. */

LOAM__COLD static bool grow_candidates(loam__heap *heap)
{
    size_t capacity = heap->candidate_capacity ? 2 * heap->candidate_capacity : 256;
    loam_object **candidates = loam__spare_realloc(heap->candidates, capacity * sizeof *candidates);

    if (!candidates)
        return false;
    heap->candidates = candidates;
    heap->candidate_capacity = capacity;
    return true;
}

/* Old ones are left to the next full collection; so are those for which there is no memory, and large ones, whose pages are
 * not to wait for a sweep. */
void loam__gc_suspect(loam_object *object)
{
    loam__heap *heap = loam__heap_of(object);

    if (LOAM__UNLIKELY(heap != this_heap) && !loam__may_change(heap, "loam_release"))
        return;
    if (object->head & LOAM__FLAG_OLD || !loam__page_of(object)->slot_size ||
        (heap->candidate_count == heap->candidate_capacity && !grow_candidates(heap))) {
        object->head |= LOAM__FLAG_NOTED;
        heap->is_suspicious = true;
        return;
    }
    object->head |= LOAM__FLAG_CANDIDATE;
    heap->candidates[heap->candidate_count++] = object;
    if (LOAM__UNLIKELY(heap->candidate_count >= heap->candidate_limit) && !heap->is_disabled)
        heap->needs_safe_point = true;
}

bool loam__candidate_is_gone(loam__heap *heap, loam_object *object)
{
    if (LOAM__LIKELY(!loam__is_unswept(object)) || loam__full_is_hidden(&heap->full, object))
        return false;
    heap->bytes += loam__page_of(object)->slot_size;
    heap->unswept--;
    loam__heap_free(heap, object);
    return true;
}

void loam__candidates_sweep(loam__heap *heap)
{
    size_t kept = 0;
    size_t aged = 0;

    if (!heap->unswept)
        return;
    for (size_t i = 0; i < heap->candidate_count; i++) {
        if (loam__candidate_is_gone(heap, heap->candidates[i]))
            continue;
        heap->candidates[kept++] = heap->candidates[i];
        aged += i < heap->aged;
    }
    heap->candidate_count = kept;
    heap->aged = aged;
}

void loam__candidates_forget(loam__heap *heap)
{
    loam__candidates_sweep(heap);
    for (size_t i = 0; i < heap->candidate_count; i++)
        heap->candidates[i]->head &= ~LOAM__FLAG_CANDIDATE;
    heap->candidate_count = heap->aged = 0;
}

/* Safe points. */

void loam__finalize_now(loam__heap *heap, loam_object *object)
{
    loam_failure pending = *loam_error();

    heap->finalizable--;
    loam__type_of(object)->finalize(object);
    if (pending.status)
        loam__fail_again(&pending);
    else
        loam_error_clear();
}

static void run_due(loam__heap *heap)
{
    while (heap->due.first || heap->finalizers_count) {
        loam_object *object;
        loam__due_run(&heap->due);
        if (!heap->finalizers_count)
            continue;
        object = heap->finalizers[heap->finalizers_first];
        heap->finalizers_first = (heap->finalizers_first + 1) % heap->finalizers_capacity;
        heap->finalizers_count--;
        loam__finalize_now(heap, object);
        loam__gc_release(object);
    }
}

static uint64_t cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void enter_stats(loam_gc_stats *stats, const loam_gc_info *info, int64_t longest_ns)
{
    stats->collections++;
    stats->collected += info->collected;
    stats->uncollectable += info->uncollectable;
    stats->total_ns += info->duration_ns;
    if (longest_ns > stats->longest_ns)
        stats->longest_ns = longest_ns;
}

/* A collection is not over because it was postponed: it is tried again when as much has come together again. */
static int64_t collect_young(loam__heap *heap, int generation, size_t *left)
{
    loam_gc_info info = {.generation = generation, .candidates = (int64_t)(heap->candidate_count - heap->unswept)};
    int64_t candidates = heap->stats[generation].candidates;
    uint64_t start;
    int64_t found;

    loam__collection_begins(&info);
    start = cpu_ns();
    heap->saved = 0;
    heap->is_collecting = true;
    found = loam__collect_young(heap, generation, left);
    heap->is_collecting = false;
    info.duration_ns = (int64_t)(cpu_ns() - start);
    info.candidates = heap->stats[generation].candidates - candidates;
    info.collected = found > 0 ? found - heap->saved : 0;
    info.uncollectable = heap->saved;
    if (!heap->young_left) {
        heap->young_runs = generation ? 0 : heap->young_runs + 1;
        note_young(heap);
    }
    enter_stats(&heap->stats[generation], &info, info.duration_ns);
    loam__collection_ended(&info);
    return found > 0 ? found : 0;
}

/* Full collections. */

static void begin_full(loam__heap *heap, bool is_whole)
{
    loam__full *full = &heap->full;

    full->info = (loam_gc_info){.generation = 2, .candidates = (int64_t)(heap->candidate_count - heap->unswept)};
    loam__collection_begins(&full->info);
    heap->stats[2].candidates += full->info.candidates;
    full->is_open = true;
    heap->young_left = 0;
    loam__full_begin(full, is_whole);
    heap->notice_at = heap->bytes;
}

static void end_full(loam__heap *heap)
{
    loam__full *full = &heap->full;
    size_t left = full->first_bytes > full->freed_bytes ? full->first_bytes - full->freed_bytes : 0;

    full->is_open = false;
    full->info.collected = full->is_saved ? 0 : full->found;
    full->info.uncollectable = full->is_saved ? full->found : 0;
    heap->young_runs = 0;
    note_young(heap);
    note_full(heap, left < heap->bytes ? left : heap->bytes);
    enter_stats(&heap->stats[2], &full->info, full->longest_ns);
    loam__collection_ended(&full->info);
}

static void note_slice(loam__heap *heap, int64_t ns)
{
    loam__full *full = &heap->full;
    loam_gc_stats *stats = &heap->stats[2];

    full->info.duration_ns += ns;
    if (ns > full->longest_ns)
        full->longest_ns = ns;
    if (full->is_whole)
        return;
    stats->slices++;
    stats->slices_at_once += full->went_at_once;
    if (!full->went_at_once && full->visited > stats->most_visited)
        stats->most_visited = full->visited;
}

static void go_on(loam__heap *heap, int64_t budget, bool finalizes)
{
    loam__full *full = &heap->full;
    uint64_t start = cpu_ns();

    heap->is_collecting = true;
    loam__full_run(full, budget, budget == LOAM__WHOLE ? 0 : SLICE_NS, finalizes);
    heap->is_collecting = false;
    note_slice(heap, (int64_t)(cpu_ns() - start));
}

static int64_t collect(loam__heap *heap, int generation)
{
    int64_t found = 0;

    heap->young_left = 0;
    if (generation < 2)
        return collect_young(heap, generation, NULL);
    if (heap->full.is_open) {
        loam__full_stop(&heap->full);
        found = heap->full.found;
        end_full(heap);
    }
    begin_full(heap, true);
    go_on(heap, LOAM__WHOLE, true);
    end_full(heap);
    return found + heap->full.found;
}

static bool is_behind(const loam__heap *heap)
{
    return heap->bytes / (100 + BEHIND) >= heap->full_bytes / 100;
}

/* A slice, when the heap has grown by so much since the last one. If it has grown by more, they come the more often. */
static void slice(loam__heap *heap, bool finalizes)
{
    if (!is_behind(heap))
        heap->notice_at += SLICE_GROWTH;
    go_on(heap, SLICE, finalizes);
    heap->needs_safe_point |= heap->full.phase == LOAM__IDLE || heap->bytes >= heap->notice_at;
}

/* The candidates are left to young collections, where those have a chance to come. */
static bool is_full_due(const loam__heap *heap)
{
    bool may_find = heap->is_suspicious || (heap->candidate_count > heap->unswept && is_behind(heap));
    return heap->bytes >= heap->notice_at && may_find;
}

/* One that has come to its end may have left what the next one finds. */
static void go_on_full(loam__heap *heap, bool finalizes)
{
    if (!heap->full.is_open)
        begin_full(heap, false);
    if (heap->full.phase != LOAM__IDLE)
        slice(heap, finalizes);
    if (heap->full.phase != LOAM__IDLE)
        return;
    end_full(heap);
    if (!is_full_due(heap))
        return;
    begin_full(heap, false);
    slice(heap, finalizes);
}

/* Where an object is made a slice may go on too, or a program that only makes objects would leave the collection behind. But
 * none of the program's code runs: what is due waits for a safe point. */
LOAM__COLD static void slice_between(loam__heap *heap)
{
    if (heap->is_disabled || heap->is_at_safe_point || heap->is_draining || heap->full.phase == LOAM__FINAL)
        return;
    if (loam__collections_are_watched()) {
        if (heap->full.phase != LOAM__IDLE && heap->bytes >= heap->notice_at)
            slice(heap, false);
    } else if (heap->thresholds[0] && (heap->full.is_open ? heap->bytes >= heap->notice_at : is_full_due(heap))) {
        go_on_full(heap, false);
    }
}

/* Young collections go through the candidates that there are when one becomes due, some at each safe point. */
static void begin_young(loam__heap *heap, int generation)
{
    heap->young_left = heap->candidate_count;
    heap->young_generation = generation;
}

static void go_on_young(loam__heap *heap)
{
    heap->young_left = 0; /* also where there is no memory */
    collect_young(heap, heap->young_generation, &heap->young_left);
    heap->needs_safe_point |= heap->young_left != 0;
}

/* Young collections after as many candidates as the first threshold says, every so many of them with generation 1, and when
 * the heap has grown, since one candidate may hold much; a full one begins when the heap has grown in spite of that and there
 * is a suspicion that it would find something, and then it takes over what the young one has left. */
static void collect_if_due(loam__heap *heap)
{
    bool is_idle = !heap->full.is_open;

    if (heap->full.is_open && heap->full.phase == LOAM__IDLE)
        end_full(heap);
    if (heap->is_disabled || !heap->thresholds[0])
        return;
    if (!heap->young_left && heap->candidate_count >= heap->candidate_limit)
        begin_young(heap, heap->thresholds[1] && heap->young_runs + 1 >= heap->thresholds[1]);
    if (!heap->young_left && is_idle && heap->bytes >= heap->notice_at)
        begin_young(heap, 1);
    if (heap->young_left) {
        go_on_young(heap);
        heap->needs_safe_point |= heap->bytes >= heap->notice_at;
        if (!is_behind(heap))
            return; /* one at a time */
    }
    if (heap->full.is_open ? heap->bytes >= heap->notice_at : is_full_due(heap))
        go_on_full(heap, true);
}

LOAM__COLD static void safe_point(loam__heap *heap)
{
    if (heap != this_heap || heap->is_draining || loam__is_held_back())
        return;
    loam__look_after_others();
    if (heap->is_at_safe_point)
        return;
    heap->is_at_safe_point = true;
    heap->needs_safe_point = false;
    if (!heap->free_budget && heap->full.phase != LOAM__FREE)
        loam__drain_some(heap, LOAM__WHOLE); /* of a budget that was, or a collection */
    run_due(heap);
    collect_if_due(heap);
    run_due(heap);
    heap->is_at_safe_point = false;
    loam__look_after_others();
}

/* The end of a release has just worked off its part of the backlog; other safe points do it here. */
LOAM__COLD void loam__gc_safe_point(void)
{
    loam__heap *heap = this_heap;

    if (!heap || heap->is_draining || loam__is_held_back())
        return;
    if (heap->free_budget && !heap->is_at_safe_point)
        loam__drain_some(heap, heap->free_budget);
    safe_point(heap);
}

/* All of the backlog, and what becomes due by that, which may leave another one. At a safe point. */
static void settle(loam__heap *heap)
{
    do {
        loam__drain_some(heap, LOAM__WHOLE);
        run_due(heap);
    } while (loam__has_backlog(heap));
}

int64_t loam__gc_collect(int generation)
{
    loam__heap *heap = this_heap;
    int64_t found;

    if (!heap || heap->is_at_safe_point || heap->is_draining)
        return 0;
    heap->is_at_safe_point = true;
    settle(heap);
    found = collect(heap, generation);
    settle(heap);
    heap->is_at_safe_point = false;
    loam__look_after_others();
    return found;
}

void loam__gc_work_off(void)
{
    loam__heap *heap = this_heap;

    if (!heap || heap->is_at_safe_point || heap->is_draining || !loam__has_backlog(heap))
        return;
    heap->is_at_safe_point = true;
    settle(heap);
    heap->is_at_safe_point = false;
}

/* Settings and figures. */

void loam__gc_enable(bool on)
{
    loam__heap *heap = here();

    if (!heap)
        return;
    heap->is_disabled = !on;
    heap->needs_safe_point = true; /* what has become due meanwhile */
}

bool loam__gc_is_enabled(void)
{
    return !this_heap || !this_heap->is_disabled;
}

bool loam__gc_thresholds(const int64_t *set, int64_t *get)
{
    loam__heap *heap = here();

    if (!heap)
        return false;
    if (get)
        memcpy(get, heap->thresholds, sizeof heap->thresholds);
    if (set) {
        memcpy(heap->thresholds, set, sizeof heap->thresholds);
        heap->candidate_limit = heap->young_candidates + (size_t)set[0];
        set_notice(heap);
        heap->needs_safe_point = true;
    }
    return true;
}

bool loam__gc_set_free_budget(int64_t edges)
{
    loam__heap *heap = here();

    if (!heap)
        return false;
    heap->free_budget = edges;
    note_care(heap);
    heap->needs_safe_point = true;
    if (!edges)
        loam__gc_work_off();
    return true;
}

int64_t loam__gc_free_budget(void)
{
    return this_heap ? this_heap->free_budget : 0;
}

int64_t loam__gc_free_debt(void)
{
    return this_heap ? (int64_t)this_heap->waiting + (this_heap->parted != NULL) : 0;
}

static int64_t above(size_t count, size_t base)
{
    return count > base ? (int64_t)(count - base) : 0;
}

void loam__gc_counts(int64_t counts[LOAM_GC_GENERATIONS])
{
    const loam__heap *heap = this_heap;

    memset(counts, 0, LOAM_GC_GENERATIONS * sizeof *counts);
    if (!heap)
        return;
    counts[0] = above(heap->candidate_count, heap->young_candidates);
    counts[1] = heap->young_runs;
    counts[2] = above(heap->bytes, heap->full_bytes) / (int64_t)(heap->full_bytes / 100);
}

void loam__gc_stats(loam_gc_stats stats[LOAM_GC_GENERATIONS])
{
    for (int i = 0; i < LOAM_GC_GENERATIONS; i++)
        stats[i] = this_heap ? this_heap->stats[i] : (loam_gc_stats){0};
}

void loam__gc_walk(int generation, loam__found *found, void *context)
{
    LOAM__FOR_PAGES(this_heap, page)
    {
        if (page->is_frozen)
            continue;
        LOAM__FOR_OBJECTS(page, object)
        {
            if (generation >= 0 && loam__generation_of(object->head) != generation)
                continue;
            if (loam__full_is_hidden(&this_heap->full, object))
                continue;
            loam__full_found(this_heap, object);
            if (!found(object, context))
                return;
        }
    }
}

/* What is frozen is old to young collections, which would look at it otherwise, and remembered for the next full one. */
static void make_all_old(loam__heap *heap)
{
    loam__candidates_forget(heap);
    LOAM__FOR_PAGES(heap, page)
    {
        LOAM__FOR_OBJECTS(page, object)
        object->head |= LOAM__FLAG_AGED | LOAM__FLAG_OLD;
    }
}

bool loam__gc_freeze(bool on)
{
    loam__heap *heap = this_heap;

    if (!heap)
        return true;
    if (heap->is_collecting)
        return false;
    loam__full_stop(&heap->full);
    if (!heap->is_draining)
        loam__drain_some(heap, LOAM__WHOLE);
    if (on)
        make_all_old(heap);
    heap->is_suspicious = true;
    loam__heap_freeze(heap, on);
    return true;
}

int64_t loam__gc_frozen(void)
{
    int64_t frozen = 0;

    LOAM__FOR_PAGES(this_heap, page)
    frozen += page->is_frozen ? page->used : 0;
    return frozen;
}

/* Buffers. */

/* That of an object; where there is none, the one that the thread works in. */
static loam__heap *heap_for(const void *owner)
{
    loam__heap *heap = owner && loam__is_in_heap(owner) ? loam__heap_of(owner) : here();

    if (LOAM__UNLIKELY(heap != this_heap) && !loam__may_change(heap, "a change"))
        return NULL;
    return heap;
}

static void *raw_new(const void *owner, size_t bytes, bool zeroed)
{
    loam__heap *heap = heap_for(owner);
    return LOAM__LIKELY(heap != NULL) && loam__alloc_permitted(bytes) ? loam__heap_raw_new(heap, bytes, zeroed) : NULL;
}

static loam__heap *heap_of_buffer(void *buffer, size_t bytes)
{
    loam__heap *heap = loam__heap_of_raw(buffer, bytes);

    if (LOAM__UNLIKELY(heap != this_heap) && !loam__may_change(heap, "a change"))
        return NULL;
    return heap;
}

static void *raw_resize(const void *owner, void *buffer, size_t old_bytes, size_t bytes)
{
    loam__heap *heap = buffer ? heap_of_buffer(buffer, old_bytes) : heap_for(owner);

    if (LOAM__UNLIKELY(!heap) || !loam__alloc_permitted(bytes))
        return NULL;
    return loam__heap_raw_resize(heap, buffer, old_bytes, bytes);
}

static void raw_free(void *buffer, size_t bytes)
{
    loam__heap *heap = buffer ? heap_of_buffer(buffer, bytes) : NULL;

    if (LOAM__LIKELY(heap != NULL))
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
