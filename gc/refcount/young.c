/*
 * Young collections: cycles among objects that are not old, found from candidates by trial deletion.
 *
 * An object is looked at if a candidate reaches it through objects of the generations that are collected; what others
 * hold, roots, older objects, variables of the program, shows as references that no field in this set accounts for. The
 * set is an array. While it is walked, each member's header holds its index in place of its count and has
 * LOAM__FLAG_VISITED, so a reference leads to its entry at once, and neither a hash table nor the side table of the
 * full collection is needed.
 *
 * One that nobody asked for goes through the candidates in parts, at different safe points.
 *
 * What survives moves up a generation. Where the set would become too large, all of it survives, and is left to a full
 * collection. Without memory for the array nothing has changed, and the candidates stay.
 *
 * Trial deletion is that of Lins (1992) and of Bacon and Rajan (2001), with the counts in CPython's form: references
 * from inside are subtracted from copies.
 */
#include "gc/refcount/collect.h"

#include "gc/slot.h"
#include "lib/alloc.h"

enum {
    FIRST_CAPACITY = 1024,
    MOST_VISITED = 32 * 1024, /* by one collection, and as many for each candidate as */
    VISITED_EACH = 8,
    PART = 3000, /* a part of one is over once it has looked at so many candidates, or visited so many objects */
    MOST_IN_PART = 2 * PART /* visited, when the last candidate has led to many */
};

#define NO_ENTRY UINT32_MAX

typedef struct entry {
    loam_object *object;
    uint32_t count;    /* its own */
    uint32_t internal; /* references from members */
    uint32_t next;     /* in the list of those whose fields are to be marked */
    bool is_alive;
    bool is_seed;
} entry;

typedef struct collection {
    loam_visitor visitor;
    loam__heap *heap;
    entry *entries;
    size_t count, capacity;
    uint64_t too_old; /* flags of objects that are not looked at */
    size_t seeds;
    size_t first;      /* candidate */
    size_t kept, next; /* those between these have left the buffer */
    int generation;
    uint32_t marked; /* list */
    bool is_part;
    bool is_closed;       /* nothing more is entered */
    bool can_meet_hidden; /* a full collection has condemned something: an ephemeron may still hold it */
    bool has_failed;
} collection;

/* Candidates. */

LOAM__COLD static bool grow_candidates(loam__heap *heap)
{
    size_t capacity = heap->candidate_capacity ? 2 * heap->candidate_capacity : 256;
    loam_object **candidates = loam__spare_realloc(heap->candidates, capacity * sizeof *candidates);

    if (!candidates)
        return false;
    heap->candidates = candidates;
    heap->candidate_capacity = capacity;
    return true;
}

/* Old ones are left to the next full collection; so are those for which there is no memory, and large ones, whose pages
 * are not to wait for a sweep. */
void loam__gc_suspect(loam_object *object)
{
    loam__heap *heap = loam__heap_of(object);

    if (LOAM__UNLIKELY(heap != loam__this_heap) && !loam__may_change(heap, "loam_release"))
        return;
    if (object->head & LOAM__FLAG_OLD || !loam__page_of(object)->slot_size ||
        (heap->candidate_count == heap->candidate_capacity && !grow_candidates(heap))) {
        object->head |= LOAM__FLAG_NOTED;
        heap->is_suspicious = true;
        return;
    }
    object->head |= LOAM__FLAG_CANDIDATE;
    heap->candidates[heap->candidate_count++] = object;
    if (LOAM__UNLIKELY(heap->candidate_count >= heap->candidate_limit) && !heap->is_disabled)
        heap->needs_safe_point = true;
}

bool loam__candidate_is_gone(loam__heap *heap, loam_object *object)
{
    if (LOAM__LIKELY(!loam__is_unswept(object)) || loam__full_is_hidden(&heap->full, object))
        return false;
    heap->bytes += loam__page_of(object)->slot_size;
    heap->unswept--;
    loam__heap_free(heap, object);
    return true;
}

void loam__candidates_sweep(loam__heap *heap)
{
    size_t kept = 0;
    size_t aged = 0;

    if (!heap->unswept)
        return;
    for (size_t i = 0; i < heap->candidate_count; i++) {
        if (loam__candidate_is_gone(heap, heap->candidates[i]))
            continue;
        heap->candidates[kept++] = heap->candidates[i];
        aged += i < heap->aged;
    }
    heap->candidate_count = kept;
    heap->aged = aged;
}

void loam__candidates_forget(loam__heap *heap)
{
    loam__candidates_sweep(heap);
    for (size_t i = 0; i < heap->candidate_count; i++)
        heap->candidates[i]->head &= ~LOAM__FLAG_CANDIDATE;
    heap->candidate_count = heap->aged = 0;
}

/* The set. */

static bool make_room(collection *c)
{
    size_t capacity = c->capacity ? 2 * c->capacity : FIRST_CAPACITY;
    entry *entries;

    if (LOAM__LIKELY(c->count < c->capacity))
        return true;
    entries = loam__spare_realloc(c->entries, capacity * sizeof *entries);
    if (!entries) {
        c->has_failed = true;
        return false;
    }
    c->entries = entries;
    c->capacity = capacity;
    return true;
}

static uint32_t count_of(uint64_t head)
{
    return (uint32_t)(head & LOAM__COUNT_MASK);
}

static void enter(collection *c, loam_object *object, bool is_seed)
{
    uint64_t head = object->head;

    loam__check_object(object);
    c->entries[c->count] = (entry){.object = object, .count = count_of(head), .next = NO_ENTRY, .is_seed = is_seed};
    object->head = (head & ~(uint64_t)LOAM__COUNT_MASK) | LOAM__FLAG_VISITED | c->count;
    c->count++;
}

/* Whether an object that is not in the set belongs there. */
LOAM__INLINE bool is_eligible(const collection *c, uint64_t head)
{
    return (head & (LOAM__FLAG_CYCLIC | LOAM__FLAG_VISITED | c->too_old | LOAM__FLAG_DEAD)) == LOAM__FLAG_CYCLIC &&
           !(head & LOAM__IMMORTAL);
}

LOAM__INLINE bool is_hidden(const collection *c, const loam_object *object)
{
    return LOAM__UNLIKELY(c->can_meet_hidden) && loam__full_is_hidden(&c->heap->full, object);
}

/* Enter what a member refers to, and count the reference. */
LOAM__INLINE void count_child(collection *c, loam_object *child)
{
    uint64_t head = child->head;

    if (!(head & LOAM__FLAG_VISITED)) {
        if (c->is_closed || !is_eligible(c, head) || loam__heap_of(child) != c->heap || is_hidden(c, child) ||
            !make_room(c))
            return;
        enter(c, child, false);
        head = child->head;
    }
    c->entries[count_of(head)].internal++;
}

static void count_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    collection *c = (collection *)(void *)visitor;
    LOAM__FOR_SLOTS(slots, count, child, count_child(c, child))
}

static void mark(collection *c, uint32_t i)
{
    entry *e = &c->entries[i];

    if (e->is_alive)
        return;
    e->is_alive = true;
    e->next = c->marked;
    c->marked = i;
}

static void mark_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    collection *c = (collection *)(void *)visitor;
    LOAM__FOR_SLOTS(slots, count, child, {
        if (child->head & LOAM__FLAG_VISITED)
            mark(c, count_of(child->head));
    })
}

static void walk(collection *c, loam_object *object, void (*visit)(loam_visitor *, loam_value *, size_t))
{
    const loam_type *type = loam__type_of(object);

    c->visitor.visit = visit;
    for (const uint16_t *ref = type->refs; ref && *ref; ref++)
        visit(&c->visitor, (loam_value *)(void *)((char *)object + *ref), 1);
    if (type->trace)
        type->trace(object, &c->visitor);
}

/* `held`: references to each member that are ours. */
static void mark_alive(collection *c, uint32_t held)
{
    c->marked = NO_ENTRY;
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i].count - held > c->entries[i].internal)
            mark(c, (uint32_t)i);
    while (c->marked != NO_ENTRY) {
        entry *e = &c->entries[c->marked];
        c->marked = e->next;
        walk(c, e->object, mark_slots);
    }
}

static void give_counts_back(collection *c)
{
    for (size_t i = 0; i < c->count; i++) {
        loam_object *object = c->entries[i].object;
        object->head = (object->head & ~(LOAM__FLAG_VISITED | (uint64_t)LOAM__COUNT_MASK)) | c->entries[i].count;
    }
}

/* A candidate of this generation leaves the buffer and begins the set, unless it is in it already. Whether it has
 * left. */
static bool take_candidate(collection *c, loam_object *object)
{
    if (object->head & LOAM__FLAG_DEAD || is_hidden(c, object))
        return false;
    if (object->head & LOAM__FLAG_VISITED) {
        c->entries[count_of(object->head)].is_seed = true;
        c->seeds++;
    } else if (object->head & LOAM__FLAG_OLD) {
        c->heap->is_suspicious = true;
    } else if (is_eligible(c, object->head) && make_room(c)) {
        enter(c, object, true);
        c->seeds++;
    } else {
        return false;
    }
    object->head &= ~LOAM__FLAG_CANDIDATE;
    return true;
}

static bool is_too_large(const collection *c)
{
    return c->count > (c->is_part ? MOST_IN_PART : MOST_VISITED + VISITED_EACH * c->seeds);
}

static bool is_over(const collection *c)
{
    return c->has_failed || is_too_large(c) || (c->is_part && (c->count >= PART || c->next - c->first >= PART));
}

/* Candidate by candidate, with all that it reaches. What leaves the buffer makes a gap in it. */
static void take_candidates(collection *c)
{
    loam__heap *heap = c->heap;
    size_t walked = 0;

    c->first = c->kept = c->next = c->generation ? 0 : heap->aged;
    while (c->next < heap->candidate_count && !is_over(c)) {
        loam_object *object = heap->candidates[c->next++];
        if (!loam__candidate_is_gone(heap, object) && !take_candidate(c, object))
            heap->candidates[c->kept++] = object;
        while (walked < c->count && !c->has_failed && !is_too_large(c))
            walk(c, c->entries[walked++].object, count_slots);
    }
}

/* In the gap there is room for all that have left. */
static void put_candidate_back(collection *c, loam_object *object)
{
    object->head |= LOAM__FLAG_CANDIDATE;
    c->heap->candidates[c->kept++] = object;
}

static void put_candidates_back(collection *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i].is_seed)
            put_candidate_back(c, c->entries[i].object);
}

/* How many are left for another part. */
static size_t close_gap(collection *c)
{
    loam__heap *heap = c->heap;
    size_t left = heap->candidate_count - c->next;

    if (left)
        memmove(heap->candidates + c->kept, heap->candidates + c->next, left * sizeof(void *));
    heap->aged = c->kept + (heap->aged > c->next ? heap->aged - c->next : 0);
    heap->candidate_count = c->kept + left;
    return left;
}

/* A generation up. A candidate that survives may be part of a cycle that older objects take part in: remembered for the
 * next generation's collection. */
static void grow_older(collection *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->count; i++) {
        loam_object *object = c->entries[i].object;
        if (!c->entries[i].is_alive) {
            c->entries[kept++] = c->entries[i];
            continue;
        }
        object->head |= object->head & LOAM__FLAG_AGED ? LOAM__FLAG_OLD : LOAM__FLAG_AGED;
        if (!c->entries[i].is_seed)
            continue;
        c->heap->is_suspicious = true;
        if (c->generation == 0)
            put_candidate_back(c, object);
    }
    c->count = kept;
}

/* The set is what is unreachable: run its finalizers, and take out again what they made reachable. */
static bool finalize(collection *c)
{
    bool any = false;

    for (size_t i = 0; i < c->count; i++)
        any |= (c->entries[i].object->head & LOAM__FLAG_FINALIZABLE) != 0;
    if (!any)
        return false;
    for (size_t i = 0; i < c->count; i++) {
        loam__full_found(c->heap, c->entries[i].object);
        loam__gc_retain(c->entries[i].object);
    }
    for (size_t i = 0; i < c->count; i++) {
        loam_object *object = c->entries[i].object;
        if (!(object->head & LOAM__FLAG_FINALIZABLE))
            continue;
        object->head = (object->head & ~LOAM__FLAG_FINALIZABLE) | LOAM__FLAG_FINALIZED;
        loam__finalize_now(c->heap, object);
    }
    return true;
}

/* After finalizers: only members are looked at, each of which we hold. */
static void certify_again(collection *c)
{
    loam__hold_deaths(c->heap);
    for (size_t i = 0; i < c->count; i++) {
        loam_object *object = c->entries[i].object;
        c->entries[i] = (entry){.object = object, .count = count_of(object->head), .next = NO_ENTRY};
        object->head = (object->head & ~(uint64_t)LOAM__COUNT_MASK) | LOAM__FLAG_VISITED | i;
    }
    c->is_closed = true;
    for (size_t i = 0; i < c->count; i++)
        walk(c, c->entries[i].object, count_slots);
    for (loam__attached *due = c->heap->due.first; due; due = due->next) {
        const loam_object *holder = loam__attached_holder(due);
        if (holder && holder->head & LOAM__FLAG_VISITED)
            c->entries[count_of(holder->head)].internal++;
    }
    mark_alive(c, 1);
    give_counts_back(c);
}

static void release_outside(loam_visitor *visitor, loam_value *slots, size_t count)
{
    (void)visitor;
    LOAM__FOR_SLOTS(slots, count, child, {
        if (!(child->head & LOAM__FLAG_VISITED))
            loam__gc_release(child);
    })
}

/* An entry that is due is garbage like any other, unless a finalizer has made it reachable again. */
static bool is_going(const loam_object *holder, const void *context)
{
    (void)context;
    return (holder->head & LOAM__FLAG_VISITED) != 0;
}

/* What dies together with the set must not find its ephemerons any more. */
static void detach_ephemerons(collection *c)
{
    bool any = false;

    for (size_t i = 0; i < c->count; i++) {
        loam_object *object = c->entries[i].object;
        if (loam__type_id_of(object) != LOAM__TYPE_EPHEMERON)
            continue;
        loam__gc_detach(&((loam__weak_entry *)(void *)object)->attached);
        any = true;
    }
    if (any)
        loam__due_forget(&c->heap->due, is_going, NULL);
}

/* The set is garbage: references that leave it are released, then its objects freed. */
static int64_t free_all(collection *c)
{
    for (size_t i = 0; i < c->count; i++)
        c->entries[i].object->head |= LOAM__FLAG_VISITED;
    detach_ephemerons(c);
    for (size_t i = 0; i < c->count; i++)
        walk(c, c->entries[i].object, release_outside);
    for (size_t i = 0; i < c->count; i++) {
        loam__last_rites(c->heap, c->entries[i].object);
        loam__free_shell(c->heap, c->entries[i].object);
    }
    loam__drain(c->heap);
    return (int64_t)c->count;
}

static void release_survivors(collection *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i].is_alive)
            loam__gc_release(c->entries[i].object);
        else
            c->entries[kept++] = c->entries[i];
    c->count = kept;
}

/* The garbage is shown to who wants to see it. Whether that one keeps it. */
static bool is_saved(const collection *c)
{
    const loam__inspector *inspector = loam__inspector_here;
    bool is_kept;

    if (LOAM__LIKELY(!inspector) || !c->count)
        return false;
    is_kept = inspector->begins(c->count);
    for (size_t i = 0; i < c->count; i++)
        inspector->found(c->entries[i].object);
    return is_kept;
}

/* It is not freed. We let go of it if finalizers have run. */
static int64_t leave_garbage(collection *c, bool is_held)
{
    c->heap->saved = (int64_t)c->count;
    for (size_t i = 0; is_held && i < c->count; i++)
        loam__gc_release(c->entries[i].object);
    loam__drain(c->heap);
    return (int64_t)c->count;
}

static int64_t collect_garbage(collection *c)
{
    bool had_finalizers;

    for (size_t i = 0; i < c->count; i++)
        loam__cut_weak_links(c->entries[i].object, &c->heap->due);
    had_finalizers = finalize(c);
    if (had_finalizers) {
        certify_again(c);
        release_survivors(c);
    } else {
        loam__hold_deaths(c->heap);
    }
    return is_saved(c) ? leave_garbage(c, had_finalizers) : free_all(c);
}

static int64_t give_up(collection *c)
{
    give_counts_back(c);
    put_candidates_back(c);
    close_gap(c);
    loam__free(c->entries);
    return LOAM__POSTPONED;
}

int64_t loam__collect_young(loam__heap *heap, int generation, size_t *left)
{
    collection c = {.heap = heap,
                    .generation = generation,
                    .too_old = LOAM__FLAG_OLD | (generation == 0 ? LOAM__FLAG_AGED : 0),
                    .is_part = left != NULL,
                    .can_meet_hidden = heap->full.phase >= LOAM__WEAK};
    int64_t found;
    size_t not_taken;

    take_candidates(&c);
    if (c.has_failed)
        return give_up(&c);
    heap->stats[generation].candidates += (int64_t)c.seeds;
    if (!is_too_large(&c))
        mark_alive(&c, 0);
    else
        for (size_t i = 0; i < c.count; i++)
            c.entries[i].is_alive = true;
    give_counts_back(&c);
    grow_older(&c);
    not_taken = close_gap(&c);
    if (left)
        *left = not_taken;
    found = collect_garbage(&c);
    loam__free(c.entries);
    return found;
}
