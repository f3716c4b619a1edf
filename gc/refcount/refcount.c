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
 * Where the program has set a budget, the release stops after that many edges, references released and objects freed.
 * What is left on the list is the backlog. Later releases, safe points and the growth of the heap go on with it, and so
 * does a collection in slices, which leaves one too. An object with many references may be the one in which they stop:
 * it is parted, and the heap knows how many of its slots are done. Whoever waits is dead to everybody: its weak links
 * are cut, walks do not see it, no collection stands in it; only the references that it has are still counted.
 *
 * Counts are plain: an object belongs to one thread at a time, that which uses its heap. Each thread has a heap of its
 * own, from its first allocation on, and works in that or in one that it has entered; for what happens in others
 * meanwhile see heaps.c.
 *
 * An object whose type has a finalizer that has not run yet is not linked among the dead: it waits in a ring, held by
 * it, which has room for every object that may need it. Finalizers, weak callbacks and collections run at safe points,
 * and none runs inside another.
 */
#include "gc/backend.h"

#include "gc/refcount/collect.h"
#include "gc/slot.h"
#include "lib/checked.h"

enum {
    /* Slots side by side that are released at once, whatever the budget: what an object shows before a cut it shows
     * again after it. */
    UNCUT = 64
};

/* Flags of objects with which there is more to do when the last reference goes. */
#define MORE_THAN_FREEING (LOAM__FLAG_ATTACHED | LOAM__FLAG_FINALIZABLE | LOAM__FLAG_CANDIDATE | LOAM__FLAG_DEAD)

/* Immortal, or no longer there. */
LOAM__COLD static void not_counted(const loam_object *object, const char *function)
{
    if (!(object->head & LOAM__FLAG_DEAD))
        return;
    loam__check_dead(object, function);
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

static loam_visitor releaser = {release_slots};

LOAM__INLINE void release_references(loam_object *object, const loam_type *type)
{
    for (const uint16_t *ref = type->refs; ref && *ref; ref++) {
        uint64_t word = *(const loam__slot *)(const void *)((const char *)object + *ref);
        if (word && loam_is_object(loam__word(word))) /* empty ones are what most are */
            loam__gc_release(loam__object(loam__word(word)));
    }
    if (type->trace)
        type->trace(object, &releaser);
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

    loam__check_object(object);
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

    if (!heap->released) {
        loam__check_object(object);
        LOAM__FOR_FIELDS(object, type, child, {
            r.left--;
            loam__gc_release(child);
        })
    }
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

/* Where there is more to it: it has weak references or a finalizer, a collection is going on, there is a budget, it is
 * of another heap. */
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

/* It refers to nothing, and owns nothing. */
LOAM__INLINE bool is_bare(const loam_object *object, const loam_type *type)
{
    uint64_t words = 0;

    if (!type->has_only_fields)
        return false;
    for (const uint16_t *ref = type->refs; ref && *ref; ref++)
        words |= *(const loam__slot *)(const void *)((const char *)object + *ref);
    return !words;
}

/* Nothing is attached to it, it needs no finalizer and is no candidate: a release of its last reference frees it. */
LOAM__INLINE bool is_last(uint64_t head)
{
    return (head & (LOAM__COUNT_MASK | MORE_THAN_FREEING)) == 1;
}

LOAM__INLINE void queue_simply(loam__heap *heap, loam_object *object)
{
    link_dead(object, heap->dead);
    heap->dead = object;
    heap->waiting++;
}

/* Most are of the type of the one before, and to compare is faster than to look it up. */
LOAM__INLINE const loam_type *next_type(const loam_object *object, const loam_type *before)
{
    return LOAM__LIKELY(loam__type_id_of(object) == before->id) ? before : loam__type_of(object);
}

/* Of what dies with the object that is being freed, which is of this type, one need not be queued: `next`. */
LOAM__INLINE loam_object *release_child(loam__heap *heap, loam_object *child, const loam_type *type, loam_object *next)
{
    if (!is_last(child->head) || loam__heap_of(child) != heap || LOAM__UNLIKELY(heap->frees_with_care)) {
        loam__gc_release(child);
    } else if (is_bare(child, next_type(child, type))) {
        loam__heap_free(heap, child);
    } else if (!next) {
        child->head--;
        return child;
    } else {
        queue_simply(heap, child);
    }
    return next;
}

/* Returns one that is to be freed next, or NULL. */
LOAM__INLINE loam_object *free_parts(loam__heap *heap, loam_object *object, const loam_type *type)
{
    loam_object *next = NULL;

    for (const uint16_t *ref = type->refs; ref && *ref; ref++) {
        uint64_t word = *(const loam__slot *)(const void *)((const char *)object + *ref);
        if (word && loam_is_object(loam__word(word))) /* empty ones are what most are */
            next = release_child(heap, loam__object(loam__word(word)), type, next);
    }
    if (type->has_only_fields)
        return next;
    if (type->trace)
        type->trace(object, &releaser);
    if (type->dispose)
        type->dispose(object);
    return next;
}

/* Where there is no more to it. What dies meanwhile is queued. */
static LOAM__NOINLINE void free_simply(loam__heap *heap, loam_object *object)
{
    const loam_type *type = loam__type_of(object);

    heap->is_draining = true;
    while (object) {
        loam_object *next;
        type = next_type(object, type);
        next = free_parts(heap, object, type);
        if (LOAM__LIKELY(!(object->head & LOAM__FLAG_CANDIDATE)))
            loam__heap_free(heap, object);
        else
            loam__leave_to_sweep(heap, object);
        object = next || !heap->dead ? next : take_dead(heap);
    }
    heap->is_draining = false;
    if (LOAM__UNLIKELY(heap->needs_safe_point))
        loam__safe_point(heap);
}

static LOAM__NOINLINE void died(loam__heap *heap, loam_object *object)
{
    object->head = (object->head - 1) & ~LOAM__FLAG_SUSPECT;
    if (LOAM__UNLIKELY(heap->frees_with_care || heap != loam__this_heap))
        died_with_care(heap, object);
    else if (!heap->is_draining)
        free_simply(heap, object);
    else if (is_bare(object, loam__type_of(object)))
        loam__heap_free(heap, object); /* while it is in the cache */
    else
        queue_simply(heap, object);
}

/* The last reference goes, and that is all that there is to it: nothing was attached, and so on. */
static LOAM__NOINLINE void died_simply(loam_object *object)
{
    loam__heap *heap = loam__heap_of(object);

    if (LOAM__LIKELY(!heap->is_special && heap == loam__this_heap) && is_bare(object, loam__type_of(object)))
        loam__heap_free(heap, object);
    else
        died(heap, object);
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

    if (is_last(head)) {
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
