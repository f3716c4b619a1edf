/*
 * The estimate: what a full collection thinks is unreachable.
 *
 *   FORGET  the candidates of young collections, all of which this one looks at
 *   COUNT   each object's references from fields, into its byte of the side table
 *   ROOTS   what has more references than that is held from outside; it is alive
 *   MARK    and so is what it reaches
 *
 * Where the program does not run meanwhile, ROOTS need not look at the objects again: when an object is visited its own
 * count is put into its byte, as 0x80 less the references that are not found yet; each that is found adds one. Whoever is
 * at 0x80 in the end is referred to by fields only.
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

/* Its count is in its page's wide_counts from now on. False: no memory, so the collection has failed. */
static bool make_wide(loam__full *full, const loam_object *object, uint8_t *side)
{
    loam__page *page = loam__page_of(object);

    if (!page->wide_counts) {
        size_t slots = page->slot_size ? (size_t)(page->end - page->start) / page->slot_size : 1;
        page->wide_counts = loam__spare_alloc(slots * sizeof(uint32_t));
        if (!page->wide_counts) {
            full->has_failed = true;
            return false;
        }
    }
    if ((*side & LOAM__COUNT_BITS) < LOAM__COUNT_BITS) {
        page->wide_counts[loam__slot_index(page, object)] = *side & LOAM__COUNT_BITS;
        *side |= LOAM__COUNT_BITS;
    }
    return true;
}

LOAM__COLD void loam__count_wide(loam__full *full, loam_object *object, uint8_t *side)
{
    loam__page *page = loam__page_of(object);

    if (make_wide(full, object, side))
        page->wide_counts[loam__slot_index(page, object)]++;
}

uint32_t loam__wide_count(const loam_object *object)
{
    const loam__page *page = loam__page_of(object);
    return page->wide_counts[loam__slot_index(page, object)];
}

/* Side bytes are anywhere: each is asked for some references before it is needed. */
enum {
    SLOTS_AHEAD = 16,
    OBJECTS_AHEAD = 8,
    FAR = 64 /* references to other pages: from so many on in a page it is worth while */
};

LOAM__INLINE void ask_for(loam_value value)
{
    __builtin_prefetch(loam__side_of(loam__object(value)), 1); /* wherever that is, if it is no object */
}

/* Nobody has a state yet, so all bits are there to count. */
LOAM__INLINE void count_one(loam__full *full, loam_object *child)
{
    uint8_t *side = loam__side_of(child);

    if (LOAM__LIKELY(*side < LOAM__COUNT_BITS - 1 || *side > LOAM__COUNT_BITS))
        ++*side;
    else
        loam__count_wide(full, child, side);
}

LOAM__INLINE void count_child(loam__full *full, loam_object *child)
{
    if (LOAM__LIKELY((uintptr_t)child - full->page_at < LOAM__PAGE_SIZE)) {
        count_one(full, child);
    } else if (loam__is_ours(full, child)) {
        full->far++;
        count_one(full, child);
    }
}

/* An object is visited, and the program does not run before ROOTS. */
LOAM__INLINE void expect_references(loam__full *full, loam_object *object)
{
    uint8_t *side = loam__side_of(object);
    uint32_t count = object->head & LOAM__COUNT_MASK;

    if (LOAM__LIKELY(count < LOAM__COUNT_BITS - 1 && *side != LOAM__COUNT_BITS))
        *side = (uint8_t)(*side + LOAM__ALL_FOUND - count);
    else
        make_wide(full, object, side);
}

LOAM__INLINE loam_value value_at(const void *slots, size_t i)
{
    return loam__word(((const loam__slot *)slots)[i]);
}

static void count_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    loam__full *full = (loam__full *)(void *)visitor;

    count = loam__portion(full, &slots, count);
    for (size_t i = 0; i < count; i++) {
        loam_value value = value_at(slots, i);
        if (i + SLOTS_AHEAD < count)
            ask_for(value_at(slots, i + SLOTS_AHEAD));
        if (loam_is_object(value))
            count_child(full, loam__object(value));
    }
}

/* While it was noted nothing that happened to it was a reason for another collection. */
static void forget_suspicion(loam__full *full, loam_object *object)
{
    if (full->is_interrupted && object->head & LOAM__FLAG_NOTED)
        full->heap->is_suspicious = true;
    object->head &= full->is_whole ? ~(LOAM__FLAG_NOTED | LOAM__FLAG_CANDIDATE) : ~LOAM__FLAG_NOTED;
}

LOAM__INLINE void count_object(loam__full *full, loam_object *object)
{
    if (object->head & (LOAM__FLAG_NOTED | LOAM__FLAG_CANDIDATE))
        forget_suspicion(full, object);
    if (full->is_whole)
        expect_references(full, object);
    LOAM__WALK(full, object, child, count_child(full, child));
}

/* What an object refers to that is counted soon; most are of the type of the last one, which has to fit into the slot. */
LOAM__INLINE void ask_for_fields(const loam__full *full, const char *object, size_t step)
{
    const uint16_t *ref = full->type && full->type->size <= step ? full->type->refs : NULL;

    for (; ref && *ref; ref++)
        ask_for(value_at(object + *ref, 0));
}

/* From where the pass stands to the end of the page. */
static void count_page(loam__full *full, const loam__page *page)
{
    uint64_t needed = loam__needed_flags(page);
    size_t step = loam__slots_of(page).step;
    bool asks = full->far > FAR && !full->heap->is_guarded; /* in the last page; what is free is read too */
    char *at = full->at;

    full->far = 0;
    for (; at < page->fresh && full->budget > 0; at += step) {
        loam_object *object = (loam_object *)(void *)at;
        if (asks && (size_t)(page->fresh - at) > OBJECTS_AHEAD * step)
            ask_for_fields(full, at + OBJECTS_AHEAD * step, step);
        if (loam__is_live(object) && (object->head & needed) == needed)
            count_object(full, object);
    }
    full->at = at;
}

/* What was a candidate has been counted, and is looked at by this collection. */
static void counted(loam__full *full)
{
    if (full->is_whole) {
        loam__candidates_sweep(full->heap);
        full->heap->candidate_count = full->heap->aged = 0;
    }
    loam__enter(full, LOAM__ROOTS);
}

/* Counting would meet with their pages anywhere, and the system takes its time for each. Whether all are there. */
static bool make_side_tables(loam__full *full)
{
    enum { SYSTEM_PAGE = 4096 };

    for (; full->arena && full->budget > 0; full->budget -= LOAM__ARENA_COST) {
        volatile char *side = (char *)full->arena - LOAM__SIDE_SIZE;
        for (size_t i = 0; i < LOAM__SIDE_SIZE; i += SYSTEM_PAGE)
            side[i] = 0;
        full->arena = full->arena->next;
        loam__look_at_clock(full);
    }
    return !full->arena;
}

/* They are many and anywhere, so not all of them at once. What becomes one meanwhile is forgotten too. */
void loam__forget(loam__full *full)
{
    loam__heap *heap = full->heap;

    for (; heap->candidate_count && full->budget > 0; full->budget--) {
        loam_object *object = heap->candidates[--heap->candidate_count];
        if (!loam__candidate_is_gone(heap, object))
            object->head &= ~LOAM__FLAG_CANDIDATE;
    }
    if (heap->aged > heap->candidate_count)
        heap->aged = heap->candidate_count;
    if (heap->candidate_count || !make_side_tables(full))
        return;
    heap->is_suspicious = false;
    loam__enter(full, LOAM__COUNT);
}

void loam__count(loam__full *full)
{
    loam__page *page;

    full->visitor.visit = count_slots;
    if (full->standing)
        count_object(full, full->standing);
    while (full->budget > 0 && (page = loam__next_page(full, false))) {
        count_page(full, page);
        if (full->at >= page->fresh)
            loam__leave_page(full);
    }
    if (full->has_failed)
        loam__postpone(full);
    else if (!full->page && !full->arena && !full->standing)
        counted(full);
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
    return others - EACH_BYTE & ~others & EACH_BYTE << 7;
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

/* Whoever has references that were not found becomes gray, all others white. The codes are chosen so that one bit says it. */
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
