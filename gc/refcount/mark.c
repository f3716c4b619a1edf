/*
 * The estimate: what a full collection thinks is unreachable.
 *
 *   COUNT   each object's references from fields, into its byte of the side table
 *   ROOTS   what has more references than that is held from outside; it is alive
 *   MARK    and so is what it reaches
 *
 * Marking keeps no list of objects. A gray object is a mark in the side table, and its page is queued, linked through its
 * descriptor; a page's gray objects are processed in order of address, those they reach in the same page at once. So the
 * memory of an object is touched together with its neighbours', which on a graph without order is worth a factor of four,
 * and marking cannot run out of memory. The idea is that of Go's "Green Tea" collector.
 *
 * Where the program runs between slices the estimate is a rough one, and may be: certify.c finds out what is wrong with it.
 *
 * Ephemerons refer to what they hold only if their key is alive: that reference is followed when both are marked.
 */
#include "gc/refcount/cycle.h"

#include "gc/slot.h"
#include "lib/alloc.h"

/* Counting. */

LOAM__COLD void loam__count_wide(loam__full *full, loam_object *object, uint8_t *side)
{
    loam__page *page = loam__page_of(object);

    if (!page->wide_counts) {
        size_t slots = page->slot_size ? (size_t)(page->end - page->start) / page->slot_size : 1;
        page->wide_counts = loam__spare_alloc(slots * sizeof(uint32_t));
        if (!page->wide_counts) {
            full->has_failed = true;
            return;
        }
    }
    if ((*side & LOAM__COUNT_BITS) < LOAM__COUNT_BITS) {
        page->wide_counts[loam__slot_index(page, object)] = *side & LOAM__COUNT_BITS;
        *side |= LOAM__COUNT_BITS;
    }
    page->wide_counts[loam__slot_index(page, object)]++;
}

uint32_t loam__wide_count(const loam_object *object)
{
    const loam__page *page = loam__page_of(object);
    return page->wide_counts[loam__slot_index(page, object)];
}

LOAM__INLINE void count_child(loam__full *full, loam_object *child)
{
    if (!loam__is_ours(full, child))
        return;
    child = loam__send(full, child);
    if (LOAM__LIKELY(child != NULL))
        loam__count_one(full, child);
}

static void count_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    loam__full *full = (loam__full *)(void *)visitor;

    count = loam__portion(full, &slots, count);
    LOAM__FOR_SLOTS(slots, count, child, count_child(full, child))
}

LOAM__INLINE void count_children(loam__full *full, loam_object *object)
{
    const loam_type *type = loam__type_of(object);

    LOAM__WALK(full, object, type, child, count_child(full, child));
}

LOAM__INLINE void count_object(loam__full *full, loam_object *object)
{
    if (LOAM__UNLIKELY(object->head & LOAM__FLAG_NOTED))
        object->head &= ~LOAM__FLAG_NOTED;
    count_children(full, object);
}

/* None is on the way when the slice ends: it could be freed. */
static void count_rest(loam__full *full)
{
    for (unsigned i = 0; i < LOAM__ON_THE_WAY; i++) {
        loam_object *child = loam__send(full, NULL);
        if (child)
            loam__count_one(full, child);
    }
}

void loam__count(loam__full *full)
{
    bool is_over;

    full->visitor.visit = count_slots;
    if (full->standing)
        count_children(full, full->standing);
    is_over = loam__pass(full, false, count_object);
    count_rest(full);
    if (full->has_failed)
        loam__postpone(full);
    else if (is_over)
        loam__enter(full, LOAM__ROOTS);
}

/* Pages with gray objects. */

void loam__queue_page(loam__full *full, loam__page *page, bool first)
{
    page->is_queued = true;
    loam__page_pin(page);
    page->next_queued = first ? full->queue : NULL;
    if (!full->queue)
        full->queue = full->queue_last = page;
    else if (first)
        full->queue = page;
    else
        full->queue_last = full->queue_last->next_queued = page;
}

/* The first, still pinned. */
loam__page *loam__unqueue_page(loam__full *full)
{
    loam__page *page = full->queue;

    full->queue = page->next_queued;
    page->is_queued = false;
    return page;
}

/* Marking. */

static void gray(loam__full *full, loam_object *object)
{
    loam__page *page = loam__page_of(object);

    loam__set_state(object, LOAM__GRAY);
    if (!page->is_queued)
        loam__queue_page(full, page, false);
}

static void arrive(loam__full *full, loam_object *object)
{
    uint8_t *side = loam__side_of(object);
    loam__page *page;

    if (*side & LOAM__STATE_BITS)
        return;
    page = loam__page_of(object);
    if (page == full->marked_page && full->nearby_count < LOAM__NEARBY) {
        *side |= LOAM__BLACK;
        full->nearby[full->nearby_count++] = object;
        return;
    }
    if (!loam__is_looked_at(page) || (object->head & loam__needed_flags(page)) != loam__needed_flags(page))
        return;
    *side |= LOAM__GRAY;
    if (!page->is_queued)
        loam__queue_page(full, page, false);
}

LOAM__INLINE void reach(loam__full *full, loam_object *object)
{
    if (!loam__is_ours(full, object))
        return;
    object = loam__send(full, object);
    if (LOAM__LIKELY(object != NULL))
        arrive(full, object);
}

static void reach_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    loam__full *full = (loam__full *)(void *)visitor;

    count = loam__portion(full, &slots, count);
    LOAM__FOR_SLOTS(slots, count, child, reach(full, child))
}

static bool is_reached(const loam__full *full, const loam_object *object)
{
    const loam__page *page;

    if (!loam__is_ours(full, object))
        return true;
    page = loam__page_of(object);
    return !loam__is_looked_at(page) || loam__state_of(object) != LOAM__WHITE;
}

/* An ephemeron is marked: what it holds is reached if its key is, or was never there. */
LOAM__COLD static void reach_held(loam__full *full, loam__weak_entry *entry)
{
    const loam_object *key = loam__attached_object(&entry->attached);

    full->budget--;
    if (loam_is_object(entry->held) && (!key || is_reached(full, key)))
        reach(full, loam__object(entry->held));
}

/* A key is marked: what ephemerons hold for it is reached if they are. */
LOAM__COLD static void reach_by_key(loam__full *full, const loam_object *key)
{
    LOAM__FOR_EPHEMERONS(key, entry)
    {
        full->budget--;
        if (is_reached(full, &entry->loam))
            reach(full, loam__object(entry->held));
    }
}

LOAM__INLINE void scan(loam__full *full, loam_object *object)
{
    const loam_type *type = loam__type_of(object);
    uint64_t head = object->head;

    full->budget--;
    if (LOAM__UNLIKELY((head & (LOAM__FLAG_OLD | LOAM__FLAG_AGED)) != (LOAM__FLAG_OLD | LOAM__FLAG_AGED)))
        object->head = head | LOAM__FLAG_OLD | LOAM__FLAG_AGED;
    if (LOAM__UNLIKELY(head & LOAM__FLAG_ATTACHED))
        reach_by_key(full, object);
    if (LOAM__UNLIKELY(type->id == LOAM__TYPE_EPHEMERON)) {
        reach_held(full, (loam__weak_entry *)(void *)object);
        return;
    }
    LOAM__WALK(full, object, type, child, reach(full, child));
}

/* One in whose slots the slice ends is the last one that it scans. */
static void scan_nearby(loam__full *full)
{
    while (full->nearby_count && !full->standing)
        scan(full, full->nearby[--full->nearby_count]);
}

/* Nothing is on the way, and of this page nothing at hand. */
static void settle(loam__full *full)
{
    unsigned idle = 0;

    while (idle < LOAM__ON_THE_WAY) {
        loam_object *object = loam__send(full, NULL);
        idle++;
        if (object)
            arrive(full, object);
        if (full->nearby_count && !full->standing)
            idle = 0;
        scan_nearby(full);
    }
    full->marked_page = NULL;
}

void loam__suspend_marking(loam__full *full)
{
    full->marked_page = NULL;
    for (unsigned i = 0; i < LOAM__ON_THE_WAY; i++) {
        loam_object *object = loam__send(full, NULL);
        if (object)
            arrive(full, object);
    }
    while (full->nearby_count)
        gray(full, full->nearby[--full->nearby_count]);
}

/* The object in which the last slice ended. */
static void scan_rest(loam__full *full)
{
    const loam_type *type = loam__type_of(full->standing);
    loam_object *object = full->standing;

    LOAM__WALK(full, object, type, child, reach(full, child));
}

static bool is_held_from_outside(const loam_object *object)
{
    return (object->head & LOAM__IMMORTAL) || (object->head & LOAM__COUNT_MASK) > loam__internal_count(object);
}

static void mark_root(loam__full *full, loam_object *object)
{
    if (loam__state_of(object) != LOAM__WHITE || !is_held_from_outside(object))
        return;
    full->marked_page = full->page;
    loam__set_state(object, LOAM__BLACK);
    scan(full, object);
    scan_nearby(full);
}

void loam__mark_roots(loam__full *full)
{
    bool is_over;

    full->visitor.visit = reach_slots;
    if (full->standing)
        scan_rest(full);
    is_over = loam__pass(full, false, mark_root);
    settle(full);
    loam__suspend_marking(full);
    if (is_over)
        loam__enter(full, LOAM__MARK);
}

/* The gray objects of a page. False: the slice is over before. */
static bool scan_page(loam__full *full, loam__page *page)
{
    uint8_t *side = loam__side_of(page->start);
    size_t granules = page->slot_size ? (size_t)(page->fresh - page->start) >> LOAM__GRANULE_SHIFT : 1;

    full->marked_page = page;
    for (size_t i = 0; i < granules; i += 8) {
        uint64_t grays = loam__load64(side + i) & UINT64_C(0xc0c0c0c0c0c0c0c0);
        grays = (grays >> 6) & ~(grays >> 7) & UINT64_C(0x0101010101010101);
        for (; grays; grays &= grays - 1) {
            size_t granule = i + loam__lowest_bit(grays) / 8;
            char *about = page->start + (granule << LOAM__GRANULE_SHIFT);
            loam_object *object = (loam_object *)(void *)about;
            if (full->budget <= 0)
                return false;
            if (page->slot_size) /* the one that begins in this granule */
                object = loam__slot_at(page, loam__slot_index(page, about + 15));
            loam__set_state(object, LOAM__BLACK);
            scan(full, object);
            scan_nearby(full);
        }
    }
    return true;
}

void loam__mark(loam__full *full)
{
    full->visitor.visit = reach_slots;
    if (full->standing)
        scan_rest(full);
    while (full->queue && full->budget > 0) {
        loam__page *page = loam__unqueue_page(full);
        bool is_done = scan_page(full, page);
        settle(full);
        if (!is_done && !page->is_queued)
            loam__queue_page(full, page, true);
        loam__page_unpin(full->heap, page);
    }
    loam__suspend_marking(full);
    if (!full->queue && !full->standing)
        loam__enter(full, LOAM__SELECT);
}
