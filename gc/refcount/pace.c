/*
 * When what is due happens: safe points, the pace of collections, and what steers them.
 *
 * At a safe point finalizers and weak callbacks run, and a collection or a part of one. A full collection that is going
 * on has slices where objects are made as well, up to where it would run the program's code.
 */
#include "gc/refcount/collect.h"

#include "lib/alloc.h"
#include "lib/checked.h"

enum {
    CANDIDATES = 10000, /* the first threshold's default: a young collection once there are that many */
    YOUNG_RUNS = 10,    /* the second: that many young ones before a full one */
    GROWTH = 20,        /* the third: per cent by which the heap grows before a full one */

    /* A full collection goes on by a slice of so many objects and references, and a run of them that cannot be cut, for
     * so long at most, each time that the heap has grown by so many bytes. There is one of them for each 8 bytes of the
     * heap or so; it passes three times over all of it and five times over garbage, and would end before the heap has
     * grown by another fifth if it visited four for each byte by which that grows. It visits eight. */
    SLICE = 8000,
    SLICE_NS = 700000,
    SLICE_GROWTH = SLICE / 8,
    BEHIND = 45 /* per cent: a heap that has grown by more has slices whenever it can */
};

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

void loam__pace_start(loam__heap *heap)
{
    heap->thresholds[0] = CANDIDATES;
    heap->thresholds[1] = YOUNG_RUNS;
    heap->thresholds[2] = GROWTH;
    note_young(heap);
    note_full(heap, 0);
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
        if (LOAM__CHECKED && object->head & LOAM__FLAG_DEAD) /* while it waited, the queue's reference went too */
            loam__check_dead(object, "loam_release");
        loam__finalize_now(heap, object);
        loam__gc_release(object);
    }
}

uint64_t loam__clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
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
    start = loam__clock_ns(CLOCK_THREAD_CPUTIME_ID);
    heap->saved = 0;
    heap->is_collecting = true;
    found = loam__collect_young(heap, generation, left);
    heap->is_collecting = false;
    info.duration_ns = (int64_t)(loam__clock_ns(CLOCK_THREAD_CPUTIME_ID) - start);
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
    loam__check_heap(heap);
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
    stats->slices = full->all_slices;
    stats->slices_at_once = full->at_once;
    if (!full->is_whole && full->visited > stats->most_visited)
        stats->most_visited = full->visited;
}

static void go_on(loam__heap *heap, int64_t budget, bool finalizes)
{
    loam__full *full = &heap->full;
    uint64_t start = loam__clock_ns(CLOCK_THREAD_CPUTIME_ID);

    heap->is_collecting = true;
    loam__full_run(full, budget, budget == LOAM__WHOLE ? 0 : SLICE_NS, finalizes);
    heap->is_collecting = false;
    note_slice(heap, (int64_t)(loam__clock_ns(CLOCK_THREAD_CPUTIME_ID) - start));
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
    heap->needs_slice = heap->bytes >= heap->notice_at;
    heap->needs_safe_point |= heap->full.phase == LOAM__IDLE || heap->needs_slice;
}

/* The candidates are left to young collections, where those have a chance to come. */
static bool is_full_due(const loam__heap *heap)
{
    bool may_find = heap->is_suspicious || (heap->candidate_count > heap->unswept && is_behind(heap));
    return heap->bytes >= heap->notice_at && may_find;
}

LOAM__COLD void loam__heap_noticed(loam__heap *heap)
{
    heap->needs_safe_point = true;
    heap->needs_slice = heap->full.is_open || is_full_due(heap);
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

/* Where an object is made a slice may go on too, or a program that only makes objects would leave the collection
 * behind. But none of the program's code runs: what is due waits for a safe point. */
LOAM__COLD void loam__slice_between(loam__heap *heap)
{
    heap->needs_slice = false;
    if (heap->is_disabled || !heap->thresholds[0] || heap->is_at_safe_point || heap->is_collecting ||
        heap->is_draining || heap->full.phase == LOAM__FINAL)
        return;
    if (loam__collections_are_watched()) {
        if (heap->full.phase != LOAM__IDLE && heap->bytes >= heap->notice_at)
            slice(heap, false);
    } else if (heap->full.is_open ? heap->bytes >= heap->notice_at : is_full_due(heap)) {
        go_on_full(heap, false);
    }
}

/* Young collections go through the candidates, some at each safe point, until none is left. */
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

/* Young collections after as many candidates as the first threshold says, every so many of them with generation 1, and
 * when the heap has grown, since one candidate may hold much; a full one begins when the heap has grown in spite of
 * that and there is a suspicion that it would find something, and then it takes over what the young one has left. */
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

LOAM__COLD void loam__safe_point(loam__heap *heap)
{
    if (heap != loam__this_heap || heap->is_draining || loam__is_held_back())
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
    loam__heap *heap = loam__this_heap;

    if (!heap || heap->is_draining || loam__is_held_back())
        return;
    if (heap->free_budget && !heap->is_at_safe_point)
        loam__drain_some(heap, heap->free_budget);
    loam__safe_point(heap);
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
    loam__heap *heap = loam__this_heap;
    int64_t found;

    if (!heap || heap->is_at_safe_point || heap->is_draining)
        return 0;
    heap->is_at_safe_point = true;
    settle(heap);
    found = collect(heap, generation);
    settle(heap);
    loam__check_holders(generation);
    heap->is_at_safe_point = false;
    loam__look_after_others();
    return found;
}

void loam__gc_work_off(void)
{
    loam__heap *heap = loam__this_heap;

    if (!heap || heap->is_at_safe_point || heap->is_draining || !loam__has_backlog(heap))
        return;
    heap->is_at_safe_point = true;
    settle(heap);
    heap->is_at_safe_point = false;
}

/* Settings and figures. */

void loam__gc_enable(bool on)
{
    loam__heap *heap = loam__heap_here();

    if (!heap)
        return;
    heap->is_disabled = !on;
    heap->needs_safe_point = true; /* what has become due meanwhile */
}

bool loam__gc_is_enabled(void)
{
    return !loam__this_heap || !loam__this_heap->is_disabled;
}

bool loam__gc_thresholds(const int64_t *set, int64_t *get)
{
    loam__heap *heap = loam__heap_here();

    if (!heap)
        return false;
    if (get)
        memcpy(get, heap->thresholds, sizeof heap->thresholds);
    if (set) {
        memcpy(heap->thresholds, set, sizeof heap->thresholds);
        heap->candidate_limit = heap->young_candidates + (size_t)set[0];
        if (!heap->full.is_open)
            set_notice(heap);
        heap->needs_safe_point = true;
    }
    return true;
}

bool loam__gc_set_free_budget(int64_t edges)
{
    loam__heap *heap = loam__heap_here();

    if (!heap)
        return false;
    heap->free_budget = edges;
    loam__note_care(heap);
    heap->needs_safe_point = true;
    if (!edges)
        loam__gc_work_off();
    return true;
}

int64_t loam__gc_free_budget(void)
{
    return loam__this_heap ? loam__this_heap->free_budget : 0;
}

int64_t loam__gc_free_debt(void)
{
    return loam__this_heap ? (int64_t)loam__this_heap->waiting + (loam__this_heap->parted != NULL) : 0;
}

static int64_t above(size_t count, size_t base)
{
    return count > base ? (int64_t)(count - base) : 0;
}

void loam__gc_counts(int64_t counts[LOAM_GC_GENERATIONS])
{
    const loam__heap *heap = loam__this_heap;

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
        stats[i] = loam__this_heap ? loam__this_heap->stats[i] : (loam_gc_stats){0};
}

void loam__gc_walk(int generation, loam__found *found, void *context)
{
    LOAM__FOR_PAGES(loam__this_heap, page)
    {
        if (page->is_frozen)
            continue;
        LOAM__FOR_OBJECTS(page, object)
        {
            if (generation >= 0 && loam__generation_of(object->head) != generation)
                continue;
            if (loam__full_is_hidden(&loam__this_heap->full, object))
                continue;
            loam__full_found(loam__this_heap, object);
            if (!found(object, context))
                return;
        }
    }
}

/* What is frozen is old to young collections, which would look at it otherwise, and remembered for the next full
 * one. */
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
    loam__heap *heap = loam__this_heap;

    if (!heap)
        return true;
    if (heap->is_collecting)
        return false;
    loam__full_stop(&heap->full);
    if (!heap->is_draining)
        loam__drain_some(heap, LOAM__WHOLE);
    loam__check_keep_none(heap);
    if (on)
        make_all_old(heap);
    heap->is_suspicious = true;
    loam__heap_freeze(heap, on);
    return true;
}

int64_t loam__gc_frozen(void)
{
    int64_t frozen = 0;

    LOAM__FOR_PAGES(loam__this_heap, page)
    frozen += page->is_frozen ? page->used : 0;
    return frozen;
}
