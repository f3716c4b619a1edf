/*
 * Full collections: cycles anywhere, found by walking pages instead of lists.
 *
 *   count    each object's references from fields, into its byte of the side table
 *   mark     what has more references than that is held from outside; it is alive, and what it reaches
 *   the rest is unreachable: weak links are cut, finalizers run, and unless they made it reachable again it is freed
 *
 * Marking keeps no list of objects. A gray object is a mark in the side table, and its page is queued, linked through its
 * descriptor; a page's gray objects are processed in order of address, those they reach in the same page at once. So the
 * memory of an object is touched together with its neighbours', which on a graph without order is worth a factor of four,
 * and marking cannot run out of memory. The idea is that of Go's "Green Tea" collector.
 *
 * A side byte: the low 6 bits count references, 63 means that page->wide_counts has the number; the top 2 are the state.
 * Ephemerons refer to what they hold only if their key is alive: that reference is followed when both are marked. For this
 * keys are marked that cannot be in a cycle themselves, so are not walked: their pages have chains of what is attached.
 */
#include "gc/refcount/collect.h"

#include "gc/slot.h"
#include "lib/alloc.h"

#include <sys/mman.h>

enum {
    COUNT_BITS = 0x3f, /* of a side byte; all set: see wide_counts */
    STATE_BITS = 0xc0,
    WHITE = 0x00,
    GRAY = 0x40,
    BLACK = 0x80,
    GARBAGE = 0xc0,
    NEARBY = 128, /* objects of a page that are kept at hand while it is processed */
    ON_THE_WAY = 16
};

typedef struct collection {
    loam_visitor visitor;
    loam__heap *heap;
    loam__page *queue, *queue_last;
    loam__page *page; /* that is being processed */
    loam_object *nearby[NEARBY];
    size_t nearby_count;
    loam_object *on_the_way[ON_THE_WAY]; /* referred to, their side bytes asked for; a ring, NULL where empty */
    unsigned way;
    int64_t garbage;
    bool has_ephemerons; /* among the garbage */
    bool has_failed;
} collection;

typedef void visit_slots(loam_visitor *visitor, loam_value *slots, size_t count);

static uint8_t state_of(const loam_object *object)
{
    return *loam__side_of(object) & STATE_BITS;
}

static void set_state(const loam_object *object, uint8_t state)
{
    uint8_t *side = loam__side_of(object);
    *side = (uint8_t)((*side & COUNT_BITS) | state);
}

/* Whether the collection looks at it: not if it is static, of another heap, or in a page that is none of ours. */
LOAM__INLINE bool is_ours(const collection *c, const loam_object *object)
{
    return loam__is_in_heap(object) && loam__heap_of(object) == c->heap;
}

LOAM__INLINE bool is_walked(const loam__page *page)
{
    return page->kind == LOAM__PAGE_CYCLIC && !page->is_frozen;
}

/* Not walked, and marked all the same: it may be the key of an ephemeron. */
LOAM__INLINE bool is_plain_key(const loam__page *page, const loam_object *object)
{
    return page->kind == LOAM__PAGE_PLAIN && page->attached && loam__is_flagged(object, LOAM__FLAG_ATTACHED);
}

static void each_plain_key(collection *c, void (*act)(collection *c, loam_object *key))
{
    LOAM__FOR_PAGES_OF(LOAM__PAGE_PLAIN, c->heap, page)
    {
        uint32_t slots = page->slot_size ? (uint32_t)((size_t)(page->fresh - page->start) / page->slot_size) : 1;
        for (uint32_t i = 0; page->attached && i < slots; i++)
            if (page->attached[i])
                act(c, loam__slot_at(page, i));
    }
}

static void walk(collection *c, loam_object *object, visit_slots *visit)
{
    const loam_type *type = loam__type_of(object);

    c->visitor.visit = visit;
    for (const uint16_t *ref = type->refs; ref && *ref; ref++)
        visit(&c->visitor, (loam_value *)(void *)((char *)object + *ref), 1);
    if (type->trace)
        type->trace(object, &c->visitor);
}

/* The pages that the collection looks at. */
#define FOR_PAGES(heap, page)                                                                                          \
    LOAM__FOR_PAGES(heap, page)                                                                                        \
    if (!page->is_frozen)

/* Counting. */

LOAM__COLD static void count_wide(collection *c, loam_object *object, uint8_t *side)
{
    loam__page *page = loam__page_of(object);

    if (!page->wide_counts) {
        size_t slots = page->slot_size ? (size_t)(page->end - page->start) / page->slot_size : 1;
        page->wide_counts = loam__spare_alloc(slots * sizeof(uint32_t));
        if (!page->wide_counts) {
            c->has_failed = true;
            return;
        }
    }
    if ((*side & COUNT_BITS) < COUNT_BITS) {
        page->wide_counts[loam__slot_index(page, object)] = *side & COUNT_BITS;
        *side |= COUNT_BITS;
    }
    page->wide_counts[loam__slot_index(page, object)]++;
}

static void count_one(collection *c, loam_object *child)
{
    uint8_t *side = loam__side_of(child);

    if (LOAM__LIKELY((*side & COUNT_BITS) < COUNT_BITS - 1))
        ++*side;
    else
        count_wide(c, child, side);
}

/* Side bytes are anywhere: each is asked for some references before it is needed. Returns the one whose turn has come. */
LOAM__INLINE loam_object *send(collection *c, loam_object *object)
{
    unsigned way = c->way++ % ON_THE_WAY;
    loam_object *arrived = c->on_the_way[way];

    if (object)
        __builtin_prefetch(loam__side_of(object), 1);
    c->on_the_way[way] = object;
    return arrived;
}

LOAM__INLINE void count_child(collection *c, loam_object *child)
{
    if (!is_ours(c, child))
        return;
    child = send(c, child);
    if (LOAM__LIKELY(child != NULL))
        count_one(c, child);
}

static void count_rest(collection *c)
{
    for (unsigned i = 0; i < ON_THE_WAY; i++) {
        loam_object *child = send(c, NULL);
        if (child)
            count_one(c, child);
    }
}

static void count_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    collection *c = (collection *)(void *)visitor;
    LOAM__FOR_SLOTS(slots, count, child, count_child(c, child))
}

static uint32_t internal_count(const loam_object *object)
{
    uint8_t count = *loam__side_of(object) & COUNT_BITS;
    const loam__page *page;

    if (LOAM__LIKELY(count < COUNT_BITS))
        return count;
    page = loam__page_of(object);
    return page->wide_counts[loam__slot_index(page, object)];
}

static void count_all(collection *c)
{
    FOR_PAGES(c->heap, page)
    {
        LOAM__FOR_OBJECTS(page, object)
        {
            const loam_type *type = loam__type_of(object);
            if (LOAM__UNLIKELY(object->head & LOAM__FLAG_NOTED))
                object->head &= ~LOAM__FLAG_NOTED;
            LOAM__FOR_FIELDS(object, type, child, count_child(c, child))
            if (type->trace)
                type->trace(object, &c->visitor);
        }
    }
    count_rest(c);
}

/* Marking. */

static void queue_page(collection *c, loam__page *page)
{
    page->is_queued = true;
    page->next_queued = NULL;
    if (c->queue)
        c->queue_last->next_queued = page;
    else
        c->queue = page;
    c->queue_last = page;
}

static void arrive(collection *c, loam_object *object)
{
    uint8_t *side = loam__side_of(object);
    loam__page *page;

    if (*side & STATE_BITS)
        return;
    page = loam__page_of(object);
    if (page == c->page && c->nearby_count < NEARBY) {
        *side |= BLACK;
        c->nearby[c->nearby_count++] = object;
        return;
    }
    if (!is_walked(page) && !is_plain_key(page, object))
        return;
    *side |= GRAY;
    if (!page->is_queued)
        queue_page(c, page);
}

LOAM__INLINE void reach(collection *c, loam_object *object)
{
    if (!is_ours(c, object))
        return;
    object = send(c, object);
    if (LOAM__LIKELY(object != NULL))
        arrive(c, object);
}

static void reach_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    collection *c = (collection *)(void *)visitor;
    LOAM__FOR_SLOTS(slots, count, child, reach(c, child))
}

static bool is_reached(const collection *c, const loam_object *object)
{
    const loam__page *page;

    if (!is_ours(c, object))
        return true;
    page = loam__page_of(object);
    return !(is_walked(page) || is_plain_key(page, object)) || state_of(object) != WHITE;
}

/* An ephemeron is marked: what it holds is reached if its key is, or was never there. */
LOAM__COLD static void reach_held(collection *c, loam__weak_entry *entry)
{
    const loam_object *key = loam__attached_object(&entry->attached);

    if (loam_is_object(entry->held) && (!key || is_reached(c, key)))
        reach(c, loam__object(entry->held));
}

/* A key is marked: what ephemerons hold for it is reached if they are. */
LOAM__COLD static void reach_by_key(collection *c, const loam_object *key)
{
    for (loam__attached *attached = loam__gc_attached(key); attached; attached = attached->next) {
        loam__weak_entry *entry = (loam__weak_entry *)(void *)((char *)attached - offsetof(loam__weak_entry, attached));
        if (attached->kind == LOAM__ATTACHED_ENTRY && loam__type_id_of(&entry->loam) == LOAM__TYPE_EPHEMERON &&
            is_reached(c, &entry->loam) && loam_is_object(entry->held))
            reach(c, loam__object(entry->held));
    }
}

LOAM__INLINE void scan(collection *c, loam_object *object)
{
    const loam_type *type = loam__type_of(object);
    uint64_t head = object->head;

    if (LOAM__UNLIKELY((head & (LOAM__FLAG_OLD | LOAM__FLAG_AGED)) != (LOAM__FLAG_OLD | LOAM__FLAG_AGED)))
        object->head = head | LOAM__FLAG_OLD | LOAM__FLAG_AGED;
    if (LOAM__UNLIKELY(head & LOAM__FLAG_ATTACHED))
        reach_by_key(c, object);
    if (LOAM__UNLIKELY(type->id == LOAM__TYPE_EPHEMERON)) {
        reach_held(c, (loam__weak_entry *)(void *)object);
        return;
    }
    LOAM__FOR_FIELDS(object, type, child, reach(c, child))
    if (type->trace)
        type->trace(object, &c->visitor);
}

static void scan_nearby(collection *c)
{
    while (c->nearby_count)
        scan(c, c->nearby[--c->nearby_count]);
}

/* Nothing is on the way, and of this page nothing at hand. */
static void settle(collection *c)
{
    unsigned idle = 0;

    while (idle < ON_THE_WAY) {
        loam_object *object = send(c, NULL);
        idle++;
        if (object)
            arrive(c, object);
        if (c->nearby_count)
            idle = 0;
        scan_nearby(c);
    }
    c->page = NULL;
}

/* The gray objects of a page. */
static void scan_page(collection *c, loam__page *page)
{
    uint8_t *side = loam__side_of(page->start);
    size_t granules = page->slot_size ? (size_t)(page->fresh - page->start) >> LOAM__GRANULE_SHIFT : 1;

    c->page = page;
    for (size_t i = 0; i < granules; i += 8) {
        uint64_t grays = loam__load64(side + i) & UINT64_C(0xc0c0c0c0c0c0c0c0);
        grays = (grays >> 6) & ~(grays >> 7) & UINT64_C(0x0101010101010101);
        for (; grays; grays &= grays - 1) {
            size_t granule = i + loam__lowest_bit(grays) / 8;
            char *about = page->start + (granule << LOAM__GRANULE_SHIFT);
            loam_object *object = (loam_object *)(void *)about;
            if (page->slot_size) /* the one that begins in this granule */
                object = loam__slot_at(page, loam__slot_index(page, about + 15));
            set_state(object, BLACK);
            scan(c, object);
            scan_nearby(c);
        }
    }
    settle(c);
}

static void mark_reached(collection *c)
{
    c->visitor.visit = reach_slots;
    while (c->queue) {
        loam__page *page = c->queue;
        c->queue = page->next_queued;
        page->is_queued = false;
        scan_page(c, page);
    }
}

static bool is_held_from_outside(const loam_object *object)
{
    return (object->head & LOAM__IMMORTAL) || (object->head & LOAM__COUNT_MASK) > internal_count(object);
}

static void mark_plain_key(collection *c, loam_object *key)
{
    (void)c;
    key->head &= ~LOAM__FLAG_NOTED;
    if (is_held_from_outside(key))
        set_state(key, BLACK);
}

static void mark_all(collection *c)
{
    each_plain_key(c, mark_plain_key);
    c->visitor.visit = reach_slots;
    FOR_PAGES(c->heap, page)
    {
        c->page = page;
        LOAM__FOR_OBJECTS(page, object)
        {
            if (state_of(object) != WHITE || !is_held_from_outside(object))
                continue;
            set_state(object, BLACK);
            scan(c, object);
            scan_nearby(c);
        }
        settle(c);
    }
    mark_reached(c);
}

/* Also once it is freed, and its page with it: what is freed after it may refer to it. */
LOAM__INLINE bool is_garbage(const collection *c, const loam_object *object)
{
    return is_ours(c, object) && state_of(object) == GARBAGE;
}

/* What is unreachable. From here on new objects may be made, in slots whose state is stale, so the members are marked. */
static bool select_garbage(collection *c)
{
    bool needs_care = false;

    FOR_PAGES(c->heap, page)
    {
        page->has_garbage = false;
        LOAM__FOR_OBJECTS(page, object)
        {
            if (state_of(object) != WHITE)
                continue;
            set_state(object, GARBAGE);
            c->garbage++;
            page->has_garbage = true;
            needs_care |= (object->head & (LOAM__FLAG_ATTACHED | LOAM__FLAG_FINALIZABLE)) != 0;
            c->has_ephemerons |= loam__type_id_of(object) == LOAM__TYPE_EPHEMERON;
        }
    }
    return needs_care;
}

#define FOR_GARBAGE(heap, object)                                                                                      \
    FOR_PAGES(heap, page_)                                                                                             \
    if (page_->has_garbage)                                                                                            \
        LOAM__FOR_OBJECTS(page_, object)                                                                               \
    if (state_of(object) == GARBAGE)

/* An ephemeron lives on whose key is garbage: it lets go of what it holds at once if that is garbage too. Whether there are
 * such ephemerons. */
static bool empty_ephemerons(collection *c, const loam_object *key)
{
    bool any = false;

    for (loam__attached *attached = loam__gc_attached(key); attached; attached = attached->next) {
        loam__weak_entry *entry = (loam__weak_entry *)(void *)((char *)attached - offsetof(loam__weak_entry, attached));
        if (attached->kind != LOAM__ATTACHED_ENTRY || loam__type_id_of(&entry->loam) != LOAM__TYPE_EPHEMERON ||
            is_garbage(c, &entry->loam) || !loam_is_object(entry->held))
            continue;
        any = true;
        if (is_garbage(c, loam__object(entry->held)))
            loam__object(loam_move_value(&entry->held))
                ->head--; /* it is freed as the garbage that it is, at count 0 too */
    }
    return any;
}

/* A key to which only garbage and what ephemerons hold refer: it is none any more, and goes when they do, by count. */
static void cut_plain_key(collection *c, loam_object *key)
{
    if (!is_reached(c, key) && empty_ephemerons(c, key))
        loam__cut_weak_links(c->heap, key);
}

/* Of garbage an entry that is due is part too, unless a finalizer has made it reachable again. */
static bool is_going(const loam_object *holder, const void *context)
{
    return is_garbage(context, holder);
}

/* Finalizers. Meanwhile each member is held, so that none is freed under us. */

static bool finalize_garbage(collection *c)
{
    bool any = false;

    FOR_GARBAGE(c->heap, object)
    {
        if (object->head & LOAM__FLAG_ATTACHED) {
            empty_ephemerons(c, object);
            loam__cut_weak_links(c->heap, object);
        }
        any |= (object->head & LOAM__FLAG_FINALIZABLE) != 0;
    }
    if (!any)
        return false;
    FOR_GARBAGE(c->heap, object)
    loam__gc_retain(object);
    FOR_GARBAGE(c->heap, object)
    {
        if (!(object->head & LOAM__FLAG_FINALIZABLE))
            continue;
        object->head = (object->head & ~LOAM__FLAG_FINALIZABLE) | LOAM__FLAG_FINALIZED;
        loam__finalize_now(c->heap, object);
    }
    return true;
}

static void count_member(collection *c, loam_object *child)
{
    if (is_garbage(c, child))
        count_child(c, child);
}

static void count_members(loam_visitor *visitor, loam_value *slots, size_t count)
{
    collection *c = (collection *)(void *)visitor;
    LOAM__FOR_SLOTS(slots, count, child, count_member(c, child))
}

/* Members that are reachable again, and what they reach among members, become gray, then black. */

static void rescue(collection *c, loam_object *object)
{
    if (!is_garbage(c, object))
        return;
    set_state(object, GRAY);
    if (!loam__page_of(object)->is_queued)
        queue_page(c, loam__page_of(object));
}

static void rescue_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    collection *c = (collection *)(void *)visitor;
    LOAM__FOR_SLOTS(slots, count, child, rescue(c, child))
}

static void rescue_page(collection *c, loam__page *page)
{
    LOAM__FOR_OBJECTS(page, object)
    {
        if (state_of(object) != GRAY)
            continue;
        set_state(object, BLACK);
        c->garbage--;
        walk(c, object, rescue_slots);
        loam__gc_release(object);
    }
}

/* `all`: whatever holds them. */
static void rescue_reachable(collection *c, bool all)
{
    FOR_GARBAGE(c->heap, object)
    {
        if (all || (object->head & LOAM__IMMORTAL) || (object->head & LOAM__COUNT_MASK) - 1 > internal_count(object))
            rescue(c, object);
    }
    while (c->queue) {
        loam__page *page = c->queue;
        c->queue = page->next_queued;
        page->is_queued = false;
        rescue_page(c, page);
    }
}

/* Members are counted again among themselves; more references than that and ours, and a finalizer has stored one. */
static bool certify_again(collection *c)
{
    FOR_GARBAGE(c->heap, object)
    {
        loam__page *page = loam__page_of(object);
        *loam__side_of(object) = GARBAGE;
        if (page->wide_counts)
            page->wide_counts[loam__slot_index(page, object)] = 0;
    }
    c->has_failed = false;
    FOR_GARBAGE(c->heap, object)
    walk(c, object, count_members);
    for (loam__attached *due = c->heap->due.first; due; due = due->next) {
        loam_object *holder = loam__attached_holder(due);
        if (holder)
            count_member(c, holder);
    }
    count_rest(c);
    return !c->has_failed;
}

/* Freeing. References that leave the garbage are released; those inside it are of no account any more. */

LOAM__INLINE void release_outside(collection *c, loam_object *child)
{
    if (!is_garbage(c, child))
        loam__gc_release(child);
}

static void release_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    collection *c = (collection *)(void *)visitor;
    LOAM__FOR_SLOTS(slots, count, child, release_outside(c, child))
}

/* What dies together with the garbage must not find its ephemerons any more. */
static void detach_ephemerons(collection *c)
{
    if (!c->has_ephemerons)
        return;
    FOR_GARBAGE(c->heap, object)
    if (loam__type_id_of(object) == LOAM__TYPE_EPHEMERON)
        loam__gc_detach(&((loam__weak_entry *)(void *)object)->attached);
    loam__due_forget(&c->heap->due, is_going, c);
}

static void free_garbage(collection *c)
{
    detach_ephemerons(c);
    c->visitor.visit = release_slots;
    FOR_PAGES(c->heap, page)
    {
        if (!page->has_garbage)
            continue;
        page->has_garbage = false;
        loam__page_pin(page);
        LOAM__FOR_OBJECTS(page, object)
        {
            const loam_type *type = loam__type_of(object);
            if (state_of(object) != GARBAGE)
                continue;
            loam__last_rites(c->heap, object);
            LOAM__FOR_FIELDS(object, type, child, release_outside(c, child))
            if (type->trace)
                type->trace(object, &c->visitor);
            loam__free_shell(c->heap, object);
        }
        loam__page_unpin(c->heap, page);
    }
}

/* The garbage is shown to who wants to see it. Whether that one keeps it. */
static bool is_saved(collection *c)
{
    const loam__inspector *inspector = loam__inspector_here;
    bool is_kept;

    if (LOAM__LIKELY(!inspector) || !c->garbage)
        return false;
    is_kept = inspector->begins((size_t)c->garbage);
    FOR_GARBAGE(c->heap, object)
    inspector->found(object);
    return is_kept;
}

/* It is not freed. We let go of it if finalizers have run. */
static void leave_garbage(collection *c, bool is_held)
{
    c->heap->saved = c->garbage;
    if (!is_held)
        return;
    FOR_GARBAGE(c->heap, object)
    loam__gc_release(object);
}

static void forget_side_tables(loam__heap *heap)
{
    for (loam__arena *arena = heap->arenas; arena; arena = arena->next) {
        madvise((char *)arena - LOAM__SIDE_SIZE, LOAM__SIDE_SIZE, MADV_DONTNEED);
        for (size_t i = LOAM__FIRST_PAGE; i < LOAM__ARENA_PAGES; i++) {
            loam__free(arena->pages[i].wide_counts);
            arena->pages[i].wide_counts = NULL;
        }
    }
}

void loam__candidates_forget(loam__heap *heap)
{
    loam__candidates_sweep(heap);
    for (size_t i = 0; i < heap->candidate_count; i++)
        heap->candidates[i]->head &= ~LOAM__FLAG_CANDIDATE;
    heap->candidate_count = 0;
}

static int64_t collect(collection *c)
{
    bool needs_care;
    bool is_held;

    c->visitor.visit = count_slots;
    count_all(c);
    if (c->has_failed)
        return LOAM__POSTPONED;
    c->heap->stats[2].candidates += (int64_t)(c->heap->candidate_count - c->heap->unswept);
    loam__candidates_forget(c->heap);
    c->heap->is_suspicious = false;
    mark_all(c);
    needs_care = select_garbage(c);
    each_plain_key(c, cut_plain_key);
    is_held = needs_care && finalize_garbage(c);
    if (is_held) {
        bool is_certain = certify_again(c);
        loam__hold_deaths(c->heap);
        rescue_reachable(c, !is_certain);
    } else {
        loam__hold_deaths(c->heap);
    }
    if (is_saved(c))
        leave_garbage(c, is_held);
    else
        free_garbage(c);
    loam__drain(c->heap);
    return c->garbage;
}

int64_t loam__collect_full(loam__heap *heap)
{
    collection c = {.heap = heap};
    int64_t found;

    loam__heap_walk(heap, true);
    found = collect(&c);
    forget_side_tables(heap);
    loam__heap_walk(heap, false);
    return found;
}
