/*
 * What becomes of members once it is certain that they are garbage.
 *
 *   WEAK    weak links to them are cut; callbacks of what is not garbage itself become due when all is over
 *   FINAL   each finalizer is run. It may have made members reachable again, so what is left is certified once more
 *   FREE    references that leave the garbage are released; those inside it are of no account any more
 *   SWEEP   their slots can be used again
 *   TIDY    the side table goes
 *
 * Between slices the program must not come across a member: loam__full_is_hidden(). And no slot is used again as long
 * as a member may refer to it, so FREE gives back none.
 */
#include "gc/refcount/cycle.h"

#include "gc/slot.h"
#include "lib/alloc.h"

#include <sys/mman.h>

enum {
    FINALIZER_COST = 100, /* of the budget */
    FEW = 16,             /* slots are better given back one by one */
    SLOTS_COST = 256      /* bytes that are looked through for one of the budget */
};

static void show_members(const loam__page *page, const loam__inspector *inspector)
{
    LOAM__FOR_OBJECTS(page, object)
    if (loam__state_of(object) == LOAM__MEMBER)
        inspector->found(object);
}

/* The garbage is shown to who wants to see it. Whether that one keeps it. */
static bool is_saved(loam__full *full)
{
    const loam__inspector *inspector = loam__inspector_here;
    bool is_kept;

    if (LOAM__LIKELY(!inspector))
        return false;
    is_kept = inspector->begins((size_t)full->garbage);
    LOAM__FOR_PAGES(full->heap, page)
    if (page->has_members)
        show_members(page, inspector);
    return is_kept;
}

static void begin_free(loam__full *full)
{
    full->found = full->garbage;
    full->is_saved = is_saved(full);
    loam__enter(full, full->is_saved ? LOAM__TIDY : LOAM__FREE);
}

void loam__condemn(loam__full *full)
{
    full->failures = 0;
    loam__check_certificate(full);
    if (full->needs_care)
        loam__enter(full, LOAM__WEAK);
    else
        begin_free(full);
}

/* Weak links. */

/* An ephemeron lives on whose key is garbage: it lets go of what it holds at once if that is garbage too, and so is
 * freed as such, at count 0 as well. Whether there are such ephemerons. */
static bool empty_ephemerons(loam__full *full, const loam_object *key)
{
    bool any = false;

    LOAM__FOR_EPHEMERONS(key, entry)
    {
        full->budget--;
        if (loam__is_member(full, &entry->loam))
            continue;
        any = true;
        if (loam__is_member(full, loam__object(entry->held)))
            loam__object(loam_move_value(&entry->held))->head--;
    }
    return any;
}

/* Objects that cannot be in a cycle are cut off when they are freed, as in young collections, which do not look at
 * them. But keys of ephemerons that live on are keys no more. */
static void cut_member(loam__full *full, loam_object *object)
{
    if (loam__state_of(object) != LOAM__MEMBER)
        return;
    full->has_finalizers |= (object->head & LOAM__FLAG_FINALIZABLE) != 0;
    if (!(object->head & LOAM__FLAG_ATTACHED))
        return;
    if (empty_ephemerons(full, object) || loam__is_flagged(object, LOAM__FLAG_CYCLIC))
        loam__cut_weak_links(object, &full->due);
}

void loam__cut_weak(loam__full *full)
{
    full->has_cut = true;
    if (!loam__pass(full, true, cut_member))
        return;
    if (full->has_finalizers && !full->is_second)
        loam__enter(full, LOAM__FINAL);
    else
        begin_free(full);
}

/* Finalizers. Only the object whose finalizer runs is held meanwhile. */

static void finalize_member(loam__full *full, loam_object *object)
{
    if (loam__state_of(object) != LOAM__MEMBER || !(object->head & LOAM__FLAG_FINALIZABLE))
        return;
    full->budget -= FINALIZER_COST;
    object->head = (object->head & ~LOAM__FLAG_FINALIZABLE) | LOAM__FLAG_FINALIZED;
    loam__gc_retain(object);
    loam__finalize_now(full->heap, object);
    loam__gc_release(object);
}

void loam__finalize_members(loam__full *full)
{
    if (!loam__pass(full, true, finalize_member))
        return;
    full->is_second = true;
    full->is_interrupted = true;
    full->needs_care = false;
    loam__enter(full, LOAM__SELECT);
}

/* Freeing. */

LOAM__INLINE void release_outside(loam__full *full, loam_object *child)
{
    if (!loam__is_member(full, child))
        loam__gc_release(child);
}

static void release_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    loam__full *full = (loam__full *)(void *)visitor;

    count = loam__portion(full, &slots, count);
    LOAM__FOR_SLOTS(slots, count, child, release_outside(full, child))
}

static void free_member(loam__full *full, loam_object *object)
{
    if (loam__state_of(object) != LOAM__MEMBER)
        return;
    LOAM__WALK(full, object, child, release_outside(full, child));
    if (LOAM__UNLIKELY(full->standing != NULL))
        return;
    if (LOAM__UNLIKELY(object->head & LOAM__FLAG_ATTACHED))
        loam__last_rites(full->heap, object);
    full->has_zombies |= (object->head & LOAM__FLAG_CANDIDATE) != 0;
    loam__dispose(full->heap, object, loam__type_of(object));
    object->head = LOAM__FLAG_DEAD | (object->head & LOAM__FLAG_CANDIDATE);
}

/* Who is in a page in which nothing else is: what it refers to there is a member too. */
static void free_among_members(loam__full *full, loam_object *object)
{
    const loam_type *type = loam__noted_type(full, object->head);
    uintptr_t start = full->page_at;

    if (LOAM__UNLIKELY(!type->has_only_fields || full->position)) {
        free_member(full, object);
        return;
    }
    full->budget -= full->cost;
    LOAM__FOR_FIELDS(object, type, child, {
        if (LOAM__UNLIKELY((uintptr_t)child - start >= LOAM__PAGE_SIZE))
            release_outside(full, child);
    })
    full->has_zombies |= (object->head & LOAM__FLAG_CANDIDATE) != 0;
    object->head = LOAM__FLAG_DEAD | (object->head & LOAM__FLAG_CANDIDATE);
}

/* And nobody has to be told of its end. */
static bool is_members_only(const loam__full *full, const loam__page *page)
{
    return page->members == page->used - page->pins && page->slot_size && page->kind == LOAM__PAGE_CYCLIC &&
           !page->attached && !full->heap->needs_care;
}

static bool free_all(loam__full *full)
{
    loam__page *page;

    while ((page = loam__next_page(full, true)))
        if (is_members_only(full, page) ? !loam__pass_through(full, page, free_among_members)
                                        : !loam__pass_through(full, page, free_member))
            return false;
    return !full->standing;
}

/* What dies with it is freed as its turn comes, in later slices if need be. */
void loam__free_members(loam__full *full)
{
    bool is_over;

    full->visitor.visit = release_slots;
    loam__hold_deaths(full->heap);
    if (full->standing)
        free_member(full, full->standing);
    is_over = free_all(full);
    full->budget -= loam__drain_some(full->heap, full->budget);
    if (is_over && !loam__has_backlog(full->heap))
        loam__enter(full, LOAM__SWEEP);
}

/* Slots. */

static void forget_members(loam__full *full, loam__page *page)
{
    page->has_members = false;
    page->members = 0;
    loam__page_unpin(full->heap, page);
}

/* One that is in the buffer of candidates is given back when that is swept. */
static void sweep_slot(loam__full *full, loam_object *object)
{
    *loam__side_of(object) = 0;
    if (object->head & LOAM__FLAG_CANDIDATE)
        loam__leave_to_sweep(full->heap, object);
    else
        loam__heap_free(full->heap, object);
}

static void sweep_page(loam__full *full, loam__page *page)
{
    size_t step = loam__slots_of(page).step;

    if (page->members > FEW && !full->has_zombies)
        loam__heap_reset(full->heap, page, page->members); /* if it can be, there are no slots to be looked at */
    for (char *at = page->start; at < page->fresh; at += step) {
        loam_object *object = (loam_object *)(void *)at;
        if ((object->head & LOAM__FLAG_DEAD) && loam__state_of(object) == LOAM__MEMBER)
            sweep_slot(full, object);
    }
    if (page->slot_size) /* SELECT may have marked more than slots */
        memset(loam__side_of(page->start), 0, LOAM__PAGE_SIZE >> LOAM__GRANULE_SHIFT);
}

void loam__sweep_members(loam__full *full)
{
    loam__page *page;

    while (full->budget > 0 && (page = loam__next_page(full, true))) {
        full->budget -= page->members + (page->fresh - page->start) / SLOTS_COST;
        sweep_page(full, page);
        forget_members(full, page);
        loam__leave_page(full);
    }
    if (full->budget > 0)
        loam__enter(full, LOAM__TIDY);
}

/* Tidying up. */

/* Members that outlive the collection learn what happened to them meanwhile; those that an ephemeron has let go of and
 * that nobody else refers to die. */
static void revive_members(loam__full *full, const loam__page *page)
{
    loam__hold_deaths(full->heap);
    LOAM__FOR_OBJECTS(page, object)
    {
        if (loam__state_of(object) != LOAM__MEMBER)
            continue;
        loam__attached_revive(object, &full->due);
        if (object->head & LOAM__COUNT_MASK)
            continue;
        object->head++;
        loam__gc_release(object);
    }
    loam__drain(full->heap);
}

static void tidy_arena(loam__full *full, loam__arena *arena)
{
    for (loam__page *page = arena->pages + LOAM__FIRST_PAGE; page < arena->pages + LOAM__ARENA_PAGES; page++) {
        loam__free(page->wide_counts);
        page->wide_counts = NULL;
        if (!page->has_members)
            continue;
        full->budget -= page->members;
        if (full->has_cut)
            revive_members(full, page);
        forget_members(full, page);
    }
    madvise((char *)arena - LOAM__SIDE_SIZE, LOAM__SIDE_SIZE, MADV_DONTNEED);
}

void loam__tidy(loam__full *full)
{
    while (full->queue)
        loam__page_unpin(full->heap, loam__unqueue_page(full));
    for (; full->arena && full->budget > 0; full->budget -= LOAM__ARENA_COST) {
        loam__arena *arena = full->arena;
        loam__look_at_clock(full);
        tidy_arena(full, arena);
        full->arena = arena->next;
        loam__heap_give_back(arena);
    }
    if (!full->arena)
        loam__enter(full, LOAM__IDLE);
}
