/*
 * The estimate: what a full collection thinks is unreachable.
 *
 *   FORGET  the candidates of young collections, all of which this one looks at
 *   COUNT   each object's references from fields, into its byte of the side table
 *   ROOTS   what has more references than that is held from outside; it is alive
 *   MARK    and so is what it reaches
 *
 * Where the program does not run meanwhile, ROOTS need not look at the objects again: their bytes say it (count.c).
 *
 * Marking keeps no list of objects. A gray object is a mark in the side table, and its page is queued, linked through
 * its descriptor; a page's gray objects are processed in order of address, those they reach in the same page at once.
 * So the memory of an object is touched together with its neighbours', which on a graph without order is worth a factor
 * of four, and marking cannot run out of memory. The idea is that of Go's "Green Tea" collector.
 *
 * Where the program runs between slices the estimate is a rough one, and may be: certify.c finds out what is wrong with
 * it.
 *
 * Ephemerons refer to what they hold only if their key is alive: that reference is followed when both are marked.
 */
#include "gc/refcount/cycle.h"

#include "gc/slot.h"

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
    if (!loam__is_looked_at(page) || (object->head & loam__needed_flags(page)) != loam__needed_flags(page))
        return;
    *side |= LOAM__GRAY;
    if (!page->is_queued)
        loam__queue_page(full, page, false);
}

/* It is in the page that is being processed. */
LOAM__INLINE void reach_nearby(loam__full *full, loam_object *object)
{
    uint8_t *side = loam__side_of(object);

    if (*side & LOAM__STATE_BITS)
        return;
    if (LOAM__UNLIKELY(full->nearby_count == LOAM__NEARBY)) {
        gray(full, object);
        return;
    }
    *side |= LOAM__BLACK;
    full->nearby[full->nearby_count++] = object;
}

/* Side bytes of other pages are asked for some references before they are needed. */
LOAM__INLINE void reach(loam__full *full, loam_object *object)
{
    loam_object **way;
    loam_object *arrived;

    if ((uintptr_t)object - full->marked_at < LOAM__PAGE_SIZE) {
        reach_nearby(full, object);
        return;
    }
    if (!loam__is_ours(full, object))
        return;
    __builtin_prefetch(loam__side_of(object), 1);
    way = &full->on_the_way[full->way++ % LOAM__ON_THE_WAY];
    arrived = *way;
    *way = object;
    if (LOAM__LIKELY(arrived != NULL))
        arrive(full, arrived);
}

/* Nothing is on the way any more. */
static void await_all(loam__full *full)
{
    for (unsigned i = 0; i < LOAM__ON_THE_WAY; i++) {
        if (full->on_the_way[i])
            arrive(full, full->on_the_way[i]);
        full->on_the_way[i] = NULL;
    }
}

static void process_page(loam__full *full, loam__page *page)
{
    full->marked_page = page;
    full->marked_at = page && loam__is_looked_at(page) && !loam__needed_flags(page) && page->slot_size
                          ? (uintptr_t)page->start
                          : LOAM__NO_PAGE;
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

    full->budget -= 2;
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
    uint64_t head = object->head;

    if (LOAM__UNLIKELY((head & (LOAM__FLAG_OLD | LOAM__FLAG_AGED)) != (LOAM__FLAG_OLD | LOAM__FLAG_AGED)))
        object->head = head | LOAM__FLAG_OLD | LOAM__FLAG_AGED;
    if (LOAM__UNLIKELY(head & LOAM__FLAG_ATTACHED))
        reach_by_key(full, object);
    if (LOAM__UNLIKELY(loam__is_ephemeron(object)))
        reach_held(full, (loam__weak_entry *)(void *)object);
    else
        LOAM__WALK(full, object, child, reach(full, child));
}

/* What the slice does not come to, or ends in, is the next one's. */
static void scan_nearby(loam__full *full)
{
    while (full->nearby_count && LOAM__LIKELY(full->budget > 0))
        scan(full, full->nearby[--full->nearby_count]);
}

void loam__suspend_marking(loam__full *full)
{
    process_page(full, NULL);
    await_all(full);
    while (full->nearby_count)
        gray(full, full->nearby[--full->nearby_count]);
}

/* The object in which the last slice ended. */
static void scan_rest(loam__full *full)
{
    LOAM__WALK(full, full->standing, child, reach(full, child));
}

static bool is_held_from_outside(const loam_object *object)
{
    return (object->head & LOAM__IMMORTAL) || (object->head & LOAM__COUNT_MASK) > loam__internal_count(object);
}

static void mark_root(loam__full *full, loam_object *object)
{
    if (loam__state_of(object) != LOAM__WHITE || !is_held_from_outside(object))
        return;
    if (LOAM__UNLIKELY(full->marked_page != full->page))
        process_page(full, full->page);
    loam__set_state(object, LOAM__BLACK);
    scan(full, object);
    scan_nearby(full);
}

/* The object that begins in a granule of a page. */
LOAM__INLINE loam_object *object_in(const loam__page *page, size_t granule)
{
    enum { GRANULE = 1 << LOAM__GRANULE_SHIFT };
    char *about = page->start + granule * GRANULE;

    if (page->slot_size)
        about = loam__slot_at(page, loam__slot_index(page, about + GRANULE - 1));
    return (loam_object *)(void *)about;
}

/* Bytes of a page with a side table: as many as are looked at, in words. */
static size_t granules_of(const loam__page *page)
{
    return page->slot_size ? (size_t)(page->fresh - page->start) >> LOAM__GRANULE_SHIFT : 1;
}

#define EACH_BYTE UINT64_C(0x0101010101010101)

/* Whether one of eight bytes says that its object's count is wide. */
LOAM__INLINE bool has_wide(uint64_t bytes)
{
    uint64_t others = bytes ^ EACH_BYTE * LOAM__COUNT_BITS;
    return ((others - EACH_BYTE) & ~others & (EACH_BYTE << 7)) != 0;
}

LOAM__COLD static void mark_wide_roots(const loam__page *page, uint8_t *side, size_t first)
{
    uint64_t needed = loam__needed_flags(page);

    for (size_t i = first; i < first + 8; i++) {
        const loam_object *object = object_in(page, i);
        if (side[i] == LOAM__COUNT_BITS && loam__is_live(object) && (object->head & needed) == needed &&
            is_held_from_outside(object))
            side[i] = LOAM__GRAY;
    }
}

/* Whoever has references that were not found becomes gray, all others white. The codes are chosen so that one bit says
 * it. */
static void mark_roots_of(loam__full *full, loam__page *page)
{
    uint8_t *side = loam__side_of(page->start);
    uint64_t any = 0;

    for (size_t i = 0; i < granules_of(page); i += 8) {
        uint64_t grays;
        if (LOAM__UNLIKELY(has_wide(loam__load64(side + i))))
            mark_wide_roots(page, side, i);
        grays = loam__load64(side + i) & EACH_BYTE * LOAM__GRAY;
        loam__store64(side + i, grays);
        any |= grays;
    }
    if (any)
        loam__queue_page(full, page, false);
}

static void mark_counted_roots(loam__full *full)
{
    loam__page *page;

    while ((page = loam__next_page(full, false))) {
        mark_roots_of(full, page);
        loam__leave_page(full);
    }
    loam__enter(full, LOAM__MARK);
}

void loam__mark_roots(loam__full *full)
{
    bool is_over;

    if (full->is_whole) {
        mark_counted_roots(full);
        return;
    }
    process_page(full, NULL);
    full->visitor.visit = reach_slots;
    if (full->standing)
        scan_rest(full);
    is_over = loam__pass(full, false, mark_root);
    loam__suspend_marking(full);
    if (is_over)
        loam__enter(full, LOAM__MARK);
}

/* The gray objects of a page. False: the slice is over before. */
static bool scan_page(loam__full *full, loam__page *page)
{
    uint8_t *side = loam__side_of(page->start);

    process_page(full, page);
    for (size_t i = 0; i < granules_of(page); i += 8) {
        uint64_t grays = loam__load64(side + i) & UINT64_C(0xc0c0c0c0c0c0c0c0);
        grays = (grays >> 6) & ~(grays >> 7) & UINT64_C(0x0101010101010101);
        for (; grays; grays &= grays - 1) {
            loam_object *object = object_in(page, i + loam__lowest_bit(grays) / 8);
            if (full->budget <= 0)
                return false;
            loam__set_state(object, LOAM__BLACK);
            scan(full, object);
            scan_nearby(full);
        }
    }
    return true;
}

void loam__mark(loam__full *full)
{
    process_page(full, NULL);
    full->visitor.visit = reach_slots;
    if (full->standing)
        scan_rest(full);
    while (full->budget > 0) {
        loam__page *page;
        if (!full->queue)
            await_all(full);
        if (!full->queue)
            break;
        loam__look_at_clock(full);
        page = loam__unqueue_page(full);
        if (!scan_page(full, page) && !page->is_queued)
            loam__queue_page(full, page, true);
        loam__page_unpin(full->heap, page);
    }
    loam__suspend_marking(full);
    if (!full->queue && !full->standing)
        loam__enter(full, LOAM__SELECT);
}
