/*
 * The beginning of a full collection: FORGET and COUNT, which mark.c explains.
 *
 * Where the program does not run before ROOTS, an object that is visited puts its own count into its byte, as 0x80 less
 * the references that are not found yet; each that is found, before or after, adds one. Whoever is at 0x80 in the end
 * is referred to by fields only.
 */
#include "gc/refcount/cycle.h"

#include "gc/slot.h"
#include "lib/alloc.h"

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
LOAM__INLINE void count_one(loam__full *full, loam_object *child, uint8_t *side)
{
    if (LOAM__LIKELY(*side < LOAM__COUNT_BITS - 1 || *side > LOAM__COUNT_BITS))
        ++*side;
    else
        loam__count_wide(full, child, side);
}

/* The page in which the pass stands, kept at hand: a write to a side byte might change anything else, as C sees it. */
typedef struct surroundings {
    uintptr_t start;
    uint8_t *sides;
} surroundings;

LOAM__INLINE surroundings surroundings_of(const loam__full *full)
{
    return (surroundings){full->page_at, loam__side_of((void *)full->page_at)};
}

LOAM__INLINE void count_child(loam__full *full, surroundings here, loam_object *child)
{
    uintptr_t offset = (uintptr_t)child - here.start;

    if (LOAM__LIKELY(offset < LOAM__PAGE_SIZE)) {
        count_one(full, child, here.sides + (offset >> LOAM__GRANULE_SHIFT));
    } else if (loam__is_ours(full, child)) {
        full->far++;
        count_one(full, child, loam__side_of(child));
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
    surroundings here = surroundings_of(full);

    count = loam__portion(full, &slots, count);
    for (size_t i = 0; i < count; i++) {
        loam_value value = value_at(slots, i);
        if (i + SLOTS_AHEAD < count)
            ask_for(value_at(slots, i + SLOTS_AHEAD));
        if (loam_is_object(value))
            count_child(full, here, loam__object(value));
    }
}

/* While it was noted nothing that happened to it was a reason for another collection. */
static void forget_suspicion(loam__full *full, loam_object *object)
{
    if (full->is_interrupted && object->head & LOAM__FLAG_NOTED)
        full->heap->is_suspicious = true;
    object->head &= full->is_whole ? ~(LOAM__FLAG_NOTED | LOAM__FLAG_CANDIDATE) : ~LOAM__FLAG_NOTED;
}

LOAM__INLINE void count_object(loam__full *full, surroundings here, loam_object *object)
{
    if (object->head & (LOAM__FLAG_NOTED | LOAM__FLAG_CANDIDATE))
        forget_suspicion(full, object);
    if (full->is_whole)
        expect_references(full, object);
    LOAM__WALK(full, object, child, count_child(full, here, child));
}

/* What an object refers to that is counted soon; most are of the type of the last one, which has to fit into the
 * slot. */
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
    surroundings here = surroundings_of(full);
    bool asks = full->far > FAR && !full->heap->is_guarded; /* in the last page; what is free is read too */
    char *at = full->at;

    full->far = 0;
    for (; at < page->fresh && full->budget > 0; at += step) {
        loam_object *object = (loam_object *)(void *)at;
        if (asks && (size_t)(page->fresh - at) > OBJECTS_AHEAD * step)
            ask_for_fields(full, at + OBJECTS_AHEAD * step, step);
        if (loam__is_live(object) && (object->head & needed) == needed)
            count_object(full, here, object);
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
    enum { SYSTEM_PAGE = 4096, FAULTS_COST = 3 * LOAM__ARENA_COST };

    for (; full->arena && full->budget > 0; full->budget -= FAULTS_COST) {
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
        count_object(full, surroundings_of(full), full->standing);
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
