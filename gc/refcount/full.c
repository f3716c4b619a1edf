#include "gc/refcount/cycle.h"

#include "gc/slot.h"

enum {
    LEAST = 3000,     /* visits before the clock ends a slice: a small heap needs no other */
    CHUNK = 1024,     /* slots of one object that are visited at once */
    FREE_SLOTS = 32,  /* cost as much as one object */
    MOST_FAILURES = 2 /* in a row, then a collection certifies without interruption */
};

static void (*const phases[LOAM__PHASES])(loam__full *full) = {
    [LOAM__FORGET] = loam__forget,     [LOAM__COUNT] = loam__count,         [LOAM__ROOTS] = loam__mark_roots,
    [LOAM__MARK] = loam__mark,         [LOAM__SELECT] = loam__select,       [LOAM__RECOUNT] = loam__recount,
    [LOAM__PRUNE] = loam__prune,       [LOAM__WEAK] = loam__cut_weak,       [LOAM__FINAL] = loam__finalize_members,
    [LOAM__FREE] = loam__free_members, [LOAM__SWEEP] = loam__sweep_members, [LOAM__TIDY] = loam__tidy,
};

/* Passes. */

void loam__look_at_clock(loam__full *full)
{
    int64_t least = full->given > LEAST ? LEAST : 0;

    if (full->budget <= 0 || !full->deadline || full->given - full->budget < least ||
        loam__clock_ns(CLOCK_MONOTONIC) < full->deadline)
        return;
    full->unspent += full->budget;
    full->budget = 0;
}

static void enter_page(loam__full *full, loam__page *page)
{
    full->page = page;
    full->at = page->start;
    full->page_at = loam__needed_flags(page) ? LOAM__NO_PAGE : (uintptr_t)page->start;
    loam__page_pin(page);
    if (page->slot_size)
        full->budget -= ((int64_t)(page->fresh - page->start) / page->slot_size - page->used) / FREE_SLOTS;
    loam__look_at_clock(full);
}

static void next_arena(loam__full *full)
{
    loam__arena *left = full->arena;

    full->arena = left->next;
    full->next_page = LOAM__FIRST_PAGE;
    loam__heap_leave_if_empty(left);
}

loam__page *loam__next_page(loam__full *full, bool members)
{
    while (!full->page && full->arena) {
        loam__page *page = &full->arena->pages[full->next_page];
        if (full->next_page++ == LOAM__ARENA_PAGES)
            next_arena(full);
        else if (loam__is_looked_at(page) && (!members || page->has_members))
            enter_page(full, page);
    }
    return full->page;
}

void loam__leave_page(loam__full *full)
{
    loam__page *left = full->page;

    full->page = NULL;
    full->page_at = LOAM__NO_PAGE;
    loam__page_unpin(full->heap, left);
}

/* The slots of an object are numbered in the order in which its trace shows them. A slice ends only in a long run, so
 * that all short ones before it need not be shown for every slot again. */
LOAM__COLD size_t loam__cut_portion(loam__full *full, loam_value **slots, size_t count)
{
    size_t first = full->position > full->passed ? full->position - full->passed : 0;
    size_t most = full->budget > 1 ? (size_t)full->budget : 1;

    if (full->is_cut || first >= count) {
        full->passed += count;
        return 0;
    }
    *slots += first;
    full->passed += first;
    count -= first;
    if (count > full->chunk && count > most) {
        count = most;
        full->is_cut = true;
        full->cut_at = full->passed + count;
    }
    full->passed += count;
    full->budget -= (int64_t)count;
    return count;
}

void loam__note_type(loam__full *full, uint16_t id)
{
    full->type_id = id;
    full->type = loam__type_chunks[id / LOAM__TYPE_CHUNK][id % LOAM__TYPE_CHUNK];
    full->cost = 1;
    for (const uint16_t *ref = full->type->refs; ref && *ref; ref++)
        full->cost++;
}

/* Phases. */

void loam__enter(loam__full *full, loam__phase phase)
{
    loam__arena *left = full->arena;

    if (full->page)
        loam__leave_page(full);
    full->phase = phase;
    full->heap->is_in_full = phase != LOAM__IDLE;
    full->arena = phase == LOAM__IDLE ? NULL : full->heap->arenas;
    full->next_page = LOAM__FIRST_PAGE;
    full->standing = NULL;
    full->position = 0;
    if (left && left != full->arena)
        loam__heap_leave_if_empty(left);
}

void loam__postpone(loam__full *full)
{
    full->failures += !full->has_failed;
    full->heap->is_suspicious = true;
    loam__enter(full, LOAM__TIDY);
}

void loam__full_begin(loam__full *full, bool is_whole)
{
    loam__heap *heap = full->heap;

    full->is_whole = is_whole;
    full->is_second = full->is_interrupted = full->has_failed = false;
    full->needs_care = full->has_cut = full->has_finalizers = full->has_zombies = false;
    full->is_at_once = full->failures >= MOST_FAILURES;
    full->garbage = 0;
    full->slices = full->found = full->longest_ns = 0;
    full->is_saved = false;
    full->first_bytes = heap->bytes;
    full->freed_bytes = 0;
    if (!full->chunk)
        full->chunk = CHUNK;
    full->page_at = LOAM__NO_PAGE;
    heap->is_suspicious = false;
    loam__enter(full, is_whole ? LOAM__COUNT : LOAM__FORGET);
}

/* What is left of the slice is for what follows. */
static void certify_at_once(loam__full *full)
{
    int64_t left = full->budget;
    uint64_t deadline = full->deadline;

    full->at_once += full->phase == LOAM__RECOUNT;
    full->budget = LOAM__WHOLE;
    full->deadline = 0;
    phases[full->phase](full);
    full->deadline = deadline;
    full->budget = left;
}

static void go_on(loam__full *full)
{
    bool certifies = full->phase == LOAM__RECOUNT || full->phase == LOAM__PRUNE;
    bool frees = full->phase == LOAM__FREE || full->phase == LOAM__SWEEP;
    size_t before = full->heap->bytes;

    if (certifies && full->is_at_once)
        certify_at_once(full);
    else
        phases[full->phase](full);
    if (frees)
        full->freed_bytes += before - full->heap->bytes;
}

void loam__full_run(loam__full *full, int64_t budget, uint64_t most_ns, bool finalizes)
{
    full->is_interrupted |= full->slices++ > 0;
    full->all_slices += !full->is_whole;
    full->budget = full->given = budget;
    full->unspent = 0;
    full->deadline = most_ns ? loam__clock_ns(CLOCK_MONOTONIC) + most_ns : 0;
    while (full->phase != LOAM__IDLE && full->budget > 0 && (finalizes || full->phase != LOAM__FINAL))
        go_on(full);
    full->visited = budget - full->budget - full->unspent;
    if (full->phase == LOAM__IDLE)
        loam__due_append(&full->heap->due, &full->due);
}

void loam__full_stop(loam__full *full)
{
    if (full->phase == LOAM__IDLE)
        return;
    if (full->phase < LOAM__FREE) {
        full->heap->is_suspicious = true;
        loam__enter(full, LOAM__TIDY);
    }
    loam__full_run(full, LOAM__WHOLE, 0, false);
    full->heap->needs_safe_point = true;
}

/* What a collection is told. */

void loam__full_freed(loam__heap *heap, loam_object *object)
{
    loam__full *full = &heap->full;
    uint8_t *side = loam__side_of(object);
    uint8_t state = *side & LOAM__STATE_BITS;

    if (full->standing == object) {
        full->standing = NULL;
        full->position = 0;
    }
    if (full->phase >= LOAM__SELECT && state == LOAM__MEMBER) {
        loam__page_of(object)->members--;
        full->garbage--;
    }
    full->has_changed |= full->phase == LOAM__PRUNE && (state == LOAM__MEMBER || state == LOAM__GRAY);
    if (*side)
        *side = 0;
}

void loam__full_found(loam__heap *heap, const loam_object *object)
{
    loam__full *full = &heap->full;

    if (full->phase == LOAM__PRUNE && loam__is_member(full, object))
        full->must_restart = true;
}

bool loam__full_is_hidden(const loam__full *full, const loam_object *object)
{
    return (full->phase == LOAM__WEAK || full->phase == LOAM__FREE || full->phase == LOAM__SWEEP) &&
           loam__is_member(full, object);
}

/* What an ephemeron holds may have been counted at its key. The ephemeron lets go of it only at a safe point. */
void loam__full_cut(loam__full *full, const loam_object *object)
{
    if (full->phase < LOAM__SELECT || full->phase > LOAM__PRUNE)
        return;
    LOAM__FOR_EPHEMERONS(object, entry)
    loam__lost(loam__object(entry->held));
}

void loam__full_touch(loam__full *full, const loam_value *slots, size_t count)
{
    if (full->phase < LOAM__SELECT || full->phase > LOAM__PRUNE)
        return;
    LOAM__FOR_SLOTS(slots, count, child, loam__lost(child))
}
