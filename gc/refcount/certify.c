/*
 * The proof: what of the estimate is unreachable, though the program goes on between slices.
 *
 *   SELECT    who was not marked is a member; LOAM__FLAG_SUSPECT is set on it, and cleared again as soon as it loses a
 *             reference, or its references are moved about
 *   RECOUNT   references from members to members are counted
 *   PRUNE     whoever has references that were not counted, or is no longer suspect, is removed, and so is what it
 *             refers to; in rounds, until one removes nobody and meets with no disturbance
 *
 * In the moment in which such a round ends, each member has just the references that members have to it: they are
 * garbage. Only a reference that is lost, or comes from nowhere, could make a count say so that is not true; the first
 * clears the flag, and both that a member is freed and that it comes from nowhere make for another round.
 *
 * Found and checked exhaustively as a model; tests/refcount/sliced_test.c drives this code through the same states.
 */
#include "gc/refcount/cycle.h"

#include "gc/slot.h"

enum {
    MOST_ROUNDS = 16, /* then it is left to the next collection */
    PAGE_COST = 16    /* to decide about a page as a whole */
};

/* Selecting. */

LOAM__INLINE void note_care(loam__full *full, const loam_object *object)
{
    full->needs_care |= (object->head & (LOAM__FLAG_ATTACHED | LOAM__FLAG_FINALIZABLE)) != 0;
}

static void make_member(loam__full *full, loam_object *object)
{
    *loam__side_of(object) = LOAM__MEMBER;
    if (full->is_interrupted)
        object->head |= LOAM__FLAG_SUSPECT;
    note_care(full, object);
}

static void note_members(loam__full *full, loam__page *page, uint32_t count)
{
    full->garbage += count;
    page->members += count;
    if (!page->has_members)
        loam__page_pin(page);
    page->has_members = true;
}

/* One that was made after its page was counted has more references than were. */
static void select_object(loam__full *full, loam_object *object)
{
    if (loam__state_of(object) != LOAM__WHITE)
        return;
    if (full->is_interrupted && (object->head & LOAM__COUNT_MASK) > loam__internal_count(object))
        return;
    make_member(full, object);
    note_members(full, full->page, 1);
}

static void select_again(loam__full *full, loam_object *object)
{
    if (loam__state_of(object) == LOAM__MEMBER)
        make_member(full, object);
}

static void selected(loam__full *full)
{
    if (!full->garbage)
        loam__enter(full, LOAM__TIDY);
    else if (!full->is_interrupted)
        loam__condemn(full);
    else
        loam__enter(full, LOAM__RECOUNT);
}

/* Objects in a page that were marked. */
static size_t count_marked(const loam__page *page)
{
    const uint8_t *side = loam__side_of(page->start);
    size_t granules = (size_t)(page->fresh - page->start) >> LOAM__GRANULE_SHIFT;
    size_t marked = 0;

    for (size_t i = 0; i < granules;) {
        uint64_t sums = 0; /* eight, of a byte each */
        for (unsigned n = 0; n < UINT8_MAX && i < granules; n++, i += 8)
            sums += loam__load64(side + i) >> 7 & UINT64_C(0x0101010101010101);
        sums = (sums & UINT64_C(0x00ff00ff00ff00ff)) + (sums >> 8 & UINT64_C(0x00ff00ff00ff00ff));
        marked += sums * UINT64_C(0x0001000100010001) >> 48;
    }
    return marked;
}

/* Most pages have no garbage, or are full of it: they need not be looked through. */
static bool select_page(loam__full *full, loam__page *page)
{
    size_t marked = count_marked(page);
    uint32_t used = page->used - page->pins;

    if (marked == used)
        return true;
    if (LOAM__CHECKED || marked || full->is_interrupted || full->heap->finalizable || page->attached ||
        used != (size_t)(page->end - page->start) / page->slot_size)
        return false;
    memset(loam__side_of(page->start), LOAM__MEMBER, LOAM__PAGE_SIZE >> LOAM__GRANULE_SHIFT);
    note_members(full, page, used);
    return true;
}

static bool select_all(loam__full *full)
{
    loam__page *page;

    while ((page = loam__next_page(full, false))) {
        if (full->budget <= 0)
            return false;
        if (full->at == page->start && page->slot_size && !loam__needed_flags(page) && select_page(full, page)) {
            full->budget -= PAGE_COST;
            loam__leave_page(full);
        } else if (!loam__pass_through(full, page, select_object)) {
            return false;
        }
    }
    return true;
}

void loam__select(loam__full *full)
{
    if (full->is_second ? loam__pass(full, true, select_again) : select_all(full))
        selected(full);
}

/* Counting again. */

LOAM__INLINE void recount_child(loam__full *full, loam_object *child)
{
    if (loam__is_member(full, child))
        loam__count_one(full, child);
}

static void recount_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    loam__full *full = (loam__full *)(void *)visitor;

    count = loam__portion(full, &slots, count);
    LOAM__FOR_SLOTS(slots, count, child, recount_child(full, child))
}

/* What an ephemeron holds is counted at the ephemeron, or at its key if only that is a member. */
LOAM__COLD static void recount_by_key(loam__full *full, const loam_object *key)
{
    LOAM__FOR_EPHEMERONS(key, entry)
    {
        full->budget--;
        if (!loam__is_member(full, &entry->loam))
            recount_child(full, loam__object(entry->held));
    }
}

static void recount_children(loam__full *full, loam_object *object)
{
    LOAM__WALK(full, object, child, recount_child(full, child));
}

static void recount_object(loam__full *full, loam_object *object)
{
    if (loam__state_of(object) != LOAM__MEMBER)
        return;
    if (LOAM__UNLIKELY(object->head & LOAM__FLAG_ATTACHED))
        recount_by_key(full, object);
    recount_children(full, object);
}

static void begin_round(loam__full *full)
{
    full->has_changed = full->must_restart = false;
    full->rounds++;
    loam__enter(full, LOAM__PRUNE);
}

void loam__recount(loam__full *full)
{
    bool is_over;

    full->visitor.visit = recount_slots;
    if (full->standing)
        recount_children(full, full->standing);
    is_over = loam__pass(full, true, recount_object);
    if (full->has_failed) {
        loam__postpone(full);
    } else if (is_over) {
        full->rounds = 0;
        begin_round(full);
    }
}

/* Removing. Removed objects are gray until those they refer to are removed too. */

static void remove_member(loam__full *full, loam_object *object)
{
    loam__page *page = loam__page_of(object);

    loam__set_state(object, LOAM__GRAY);
    page->members--;
    full->garbage--;
    full->has_changed = true;
    if (full->has_cut)
        loam__attached_revive(object, &full->due);
    if (!page->is_queued)
        loam__queue_page(full, page, false);
}

LOAM__INLINE void remove_child(loam__full *full, loam_object *child)
{
    if (loam__is_member(full, child))
        remove_member(full, child);
}

static void remove_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    loam__full *full = (loam__full *)(void *)visitor;

    count = loam__portion(full, &slots, count);
    LOAM__FOR_SLOTS(slots, count, child, remove_child(full, child))
}

/* An ephemeron's value stays a member for as long as its key is one. */
LOAM__COLD static void remove_held(loam__full *full, const loam__weak_entry *entry)
{
    const loam_object *key = loam__attached_object(&entry->attached);

    full->budget--;
    if (loam_is_object(entry->held) && (!key || !loam__is_member(full, key)))
        remove_child(full, loam__object(entry->held));
}

LOAM__COLD static void remove_by_key(loam__full *full, const loam_object *key)
{
    LOAM__FOR_EPHEMERONS(key, entry)
    {
        full->budget--;
        if (!loam__is_member(full, &entry->loam))
            remove_child(full, loam__object(entry->held));
    }
}

static void remove_children(loam__full *full, loam_object *object)
{
    if (LOAM__UNLIKELY(loam__is_ephemeron(object)))
        remove_held(full, (loam__weak_entry *)(void *)object);
    else
        LOAM__WALK(full, object, child, remove_child(full, child));
}

/* While the pass stands in an object, this flag says that its slots are where they were: who moves them clears it. Then
 * they are visited from the first one again. */
static void go_on_removing(loam__full *full)
{
    loam_object *object = full->standing;

    if (!loam__is_flagged(object, LOAM__FLAG_SUSPECT)) {
        full->position = 0;
        full->rounds++;
    }
    object->head |= LOAM__FLAG_SUSPECT;
    remove_children(full, object);
}

static bool remove_of_page(loam__full *full, loam__page *page)
{
    size_t step = loam__slots_of(page).step;

    for (char *at = page->start; at < page->fresh; at += step) {
        loam_object *object = (loam_object *)(void *)at;
        if (!loam__is_live(object) || loam__state_of(object) != LOAM__GRAY)
            continue;
        if (full->budget <= 0)
            return false;
        full->budget--;
        loam__set_state(object, LOAM__BLACK);
        if (LOAM__UNLIKELY(object->head & LOAM__FLAG_ATTACHED))
            remove_by_key(full, object);
        remove_children(full, object);
        if (full->standing)
            object->head |= LOAM__FLAG_SUSPECT;
    }
    return true;
}

/* Whether no removed object is gray any more. */
static bool remove_reached(loam__full *full)
{
    if (full->standing)
        go_on_removing(full);
    while (full->queue && full->budget > 0) {
        loam__page *page = loam__unqueue_page(full);
        loam__look_at_clock(full);
        if (!remove_of_page(full, page) && !page->is_queued)
            loam__queue_page(full, page, true);
        loam__page_unpin(full->heap, page);
    }
    return !full->queue && !full->standing;
}

/* Something may have been attached to it meanwhile. */
static void check_member(loam__full *full, loam_object *object)
{
    if (loam__state_of(object) != LOAM__MEMBER)
        return;
    note_care(full, object);
    if ((object->head & LOAM__COUNT_MASK) != loam__internal_count(object) ||
        !loam__is_flagged(object, LOAM__FLAG_SUSPECT))
        remove_member(full, object);
}

/* A clean round is the proof, and what follows upon it in the same step. */
static void end_round(loam__full *full)
{
    bool is_clean = !full->has_changed && !full->must_restart;

    if (!full->garbage)
        loam__enter(full, LOAM__TIDY);
    else if (is_clean)
        loam__condemn(full);
    else if (full->rounds < MOST_ROUNDS)
        begin_round(full);
    else
        loam__postpone(full);
}

/* What waits to be freed may still refer to members, so it goes first: when a round ends nothing waits. */
void loam__prune(loam__full *full)
{
    full->budget -= loam__drain_some(full->heap, full->budget);
    if (loam__has_backlog(full->heap))
        return;
    if (full->rounds > MOST_ROUNDS) {
        loam__postpone(full);
        return;
    }
    full->visitor.visit = remove_slots;
    while (remove_reached(full))
        if (loam__pass(full, true, check_member) && !full->queue) {
            end_round(full);
            return;
        } else if (full->budget <= 0) {
            return;
        }
}
