/* What the files of a full collection share: states, passes over the heap, walks over the references of an object. */
#ifndef GC_REFCOUNT_CYCLE_H
#define GC_REFCOUNT_CYCLE_H

#include "gc/refcount/collect.h"

enum {
    LOAM__COUNT_BITS = 0x3f, /* of a side byte; all set: see wide_counts */
    LOAM__STATE_BITS = 0xc0,
    LOAM__WHITE = 0x00,
    LOAM__GRAY = 0x40,
    LOAM__BLACK = 0x80,
    LOAM__MEMBER = 0xc0
};

enum { LOAM__ALL_FOUND = 0x80 }; /* while references are counted: count.c */

enum { LOAM__ARENA_COST = 500 }; /* of the budget, to look after one */

/* The phases. Each goes on until it is over and has entered the next, or the budget is spent. */
void loam__forget(loam__full *full);
void loam__count(loam__full *full);
void loam__mark_roots(loam__full *full);
void loam__mark(loam__full *full);
void loam__select(loam__full *full);
void loam__recount(loam__full *full);
void loam__prune(loam__full *full);
void loam__cut_weak(loam__full *full);
void loam__finalize_members(loam__full *full);
void loam__free_members(loam__full *full);
void loam__sweep_members(loam__full *full);
void loam__tidy(loam__full *full);

void loam__enter(loam__full *full, loam__phase phase);

/* It has failed: for want of memory, or since it could not be certified. The next one begins anew. */
void loam__postpone(loam__full *full);

/* Members are garbage for certain. */
void loam__condemn(loam__full *full);

/* Count one more reference to an object. Without memory the collection has failed. */
void loam__count_wide(loam__full *full, loam_object *object, uint8_t *side);
/* How many were counted. */
uint32_t loam__wide_count(const loam_object *object);

/* Pages with gray objects, first in, first out. They are pinned. */
void loam__queue_page(loam__full *full, loam__page *page, bool first);
loam__page *loam__unqueue_page(loam__full *full);

/* Before a slice ends: what is on the way and nearby becomes gray. */
void loam__suspend_marking(loam__full *full);

/* The next page of a pass, pinned; NULL: it is over. `members`: only those with members. */
loam__page *loam__next_page(loam__full *full, bool members);
void loam__leave_page(loam__full *full);

/* The slice is over if its time is. */
void loam__look_at_clock(loam__full *full);

/* What of a run of slots this slice visits. */
size_t loam__cut_portion(loam__full *full, loam_value **slots, size_t count);

LOAM__INLINE uint8_t loam__state_of(const loam_object *object)
{
    return *loam__side_of(object) & LOAM__STATE_BITS;
}

LOAM__INLINE void loam__set_state(const loam_object *object, uint8_t state)
{
    uint8_t *side = loam__side_of(object);
    *side = (uint8_t)((*side & LOAM__COUNT_BITS) | state);
}

/* Whether the collection may look at it: not if it is static, or of another heap. */
LOAM__INLINE bool loam__is_ours(const loam__full *full, const loam_object *object)
{
    return loam__is_in_heap(object) && loam__heap_of(object) == full->heap;
}

#define LOAM__NO_PAGE (UINTPTR_MAX - LOAM__PAGE_SIZE)

/* The same with less effort, for what an object refers to in whose page the pass stands. */
LOAM__INLINE bool loam__child_is_ours(const loam__full *full, const loam_object *child)
{
    return LOAM__LIKELY((uintptr_t)child - full->page_at < LOAM__PAGE_SIZE) || loam__is_ours(full, child);
}

/* Also once it is freed: what is freed after it may refer to it. */
LOAM__INLINE bool loam__is_member(const loam__full *full, const loam_object *object)
{
    return loam__child_is_ours(full, object) && loam__state_of(object) == LOAM__MEMBER;
}

/*
 * The pages that a collection looks at: of objects that can be in a cycle, and those of others that have something
 * attached to them, of which they are looked at alone. They may be the key of an ephemeron, and the value that it holds
 * refer to it.
 */
LOAM__INLINE bool loam__is_looked_at(const loam__page *page)
{
    if (loam__check_is_spent(page))
        return false;
    return (page->kind == LOAM__PAGE_CYCLIC && !page->is_frozen) || (page->kind == LOAM__PAGE_PLAIN && page->attached);
}

LOAM__INLINE uint64_t loam__needed_flags(const loam__page *page)
{
    return page->kind == LOAM__PAGE_PLAIN ? LOAM__FLAG_ATTACHED : 0;
}

LOAM__INLINE uint32_t loam__internal_count(const loam_object *object)
{
    uint8_t count = *loam__side_of(object) & LOAM__COUNT_BITS;
    return LOAM__LIKELY(count < LOAM__COUNT_BITS) ? count : loam__wide_count(object);
}

LOAM__INLINE void loam__count_one(loam__full *full, loam_object *child)
{
    uint8_t *side = loam__side_of(child);

    if (LOAM__LIKELY((*side & LOAM__COUNT_BITS) < LOAM__COUNT_BITS - 1))
        ++*side;
    else
        loam__count_wide(full, child, side);
}

/* What of a run of slots is to be visited now: all of it, unless the slice stood in it or ends in it. */
LOAM__INLINE size_t loam__portion(loam__full *full, loam_value **slots, size_t count)
{
    if (LOAM__UNLIKELY(count > full->chunk || full->position || full->is_cut))
        return loam__cut_portion(full, slots, count);
    full->passed += count;
    full->budget -= (int64_t)count;
    return count;
}

/* The references of an object by its trace, from where the pass stood in it. */
LOAM__INLINE void loam__trace(loam__full *full, loam_object *object, const loam_type *type)
{
    full->passed = 0;
    type->trace(object, &full->visitor);
    full->standing = LOAM__UNLIKELY(full->is_cut) ? object : NULL;
    full->position = LOAM__UNLIKELY(full->is_cut) ? full->cut_at : 0;
    full->is_cut = false;
}

void loam__note_type(loam__full *full, uint16_t id);

LOAM__INLINE const loam_type *loam__noted_type(loam__full *full, uint64_t head)
{
    uint16_t id = (uint16_t)(head >> LOAM__TYPE_SHIFT);

    if (LOAM__UNLIKELY(id != full->type_id))
        loam__note_type(full, id);
    return full->type;
}

/* `call` for each reference of an object; a trace's go through the visitor. */
#define LOAM__WALK(full, object, child, call)                                                                          \
    do {                                                                                                               \
        const loam_type *type_ = loam__noted_type(full, (object)->head);                                               \
        (full)->budget -= (full)->cost;                                                                                \
        if (LOAM__LIKELY(!(full)->position))                                                                           \
            LOAM__FOR_FIELDS(object, type_, child, call)                                                               \
        if (type_->trace)                                                                                              \
            loam__trace(full, object, type_);                                                                          \
    } while (0)

typedef void loam__act(loam__full *full, loam_object *object);

/* `act` upon each live object from where the pass stands to the end of the page. False: the slice is over before. */
LOAM__INLINE bool loam__pass_through(loam__full *full, const loam__page *page, loam__act *act)
{
    uint64_t needed = loam__needed_flags(page);
    size_t step = loam__slots_of(page).step;
    char *at = full->at;

    for (; at < page->fresh && full->budget > 0; at += step) {
        loam_object *object = (loam_object *)(void *)at;
        if (!loam__is_live(object) || (object->head & needed) != needed)
            continue;
        full->budget--;
        act(full, object);
    }
    full->at = at;
    if (at < page->fresh)
        return false;
    loam__leave_page(full);
    return true;
}

/* The same to the end of the heap, in all pages or those with members. */
LOAM__INLINE bool loam__pass(loam__full *full, bool members, loam__act *act)
{
    loam__page *page;

    while ((page = loam__next_page(full, members)))
        if (!loam__pass_through(full, page, act))
            return false;
    return !full->standing; /* it may be the last one in which the slice has ended */
}

LOAM__INLINE bool loam__is_ephemeron(const loam_object *object)
{
    return loam__type_id_of(object) == LOAM__TYPE_EPHEMERON;
}

/* Each ephemeron whose key is `key` and that holds an object. */
#define LOAM__FOR_EPHEMERONS(key, entry)                                                                               \
    for (loam__attached *attached_ = loam__gc_attached(key); attached_; attached_ = attached_->next)                   \
        for (loam__weak_entry *entry = attached_->kind == LOAM__ATTACHED_ENTRY ? loam__attached_entry(attached_)       \
                                                                               : NULL;                                 \
             entry; entry = NULL)                                                                                      \
            if (loam__is_ephemeron(&entry->loam) && loam_is_object(entry->held))

#endif
