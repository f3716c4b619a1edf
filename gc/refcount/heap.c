/* Slots of pages, and who gets the next one. */
#include "gc/refcount/heap.h"

#include "gc/refcount/guard.h"

enum {
    LARGEST_SPAN = LOAM__ARENA_SIZE / 4, /* bytes; larger objects have a mapping of their own */
    CARVED = 4096,                       /* bytes of fresh slots that are linked in at once */
    EDGE_BYTES = 8                       /* no edge of the backlog stands for less memory */
};

/* Where there is no page yet: no room. */
static loam__page no_page;

void loam__heap_start(loam__heap *heap)
{
    for (int kind = 0; kind < LOAM__PAGE_KINDS; kind++)
        for (int i = 0; i < LOAM__CLASSES; i++)
            heap->current[kind][i] = &no_page;
    heap->is_guarded = LOAM__CHECKED || loam__guard_wanted();
    heap->next_reservation = LOAM__ARENA_SIZE;
}

void loam__heap_work_off(loam__heap *heap, size_t bytes)
{
    if (LOAM__UNLIKELY(heap->waiting || heap->parted) && !heap->is_draining)
        loam__drain_some(heap, (int64_t)(bytes / EDGE_BYTES) + 1);
}

/* Slots. */

static void link_listed(loam__heap *heap, loam__page *page)
{
    loam__page **first = &heap->listed[page->kind][page->size_class];

    page->is_listed = true;
    page->previous = NULL;
    page->next = *first;
    if (*first)
        (*first)->previous = page;
    *first = page;
}

static void unlink_listed(loam__heap *heap, loam__page *page)
{
    if (!page->is_listed)
        return;
    page->is_listed = false;
    if (page->next)
        page->next->previous = page->previous;
    if (page->previous)
        page->previous->next = page->next;
    else
        heap->listed[page->kind][page->size_class] = page->next;
}

/* Where a free slot has its link. */
static void **link_of(const loam__page *page, void *slot)
{
    return (void **)slot + (page->kind != LOAM__PAGE_RAW);
}

/* What of a free slot is inaccessible. */
static void guard_slot(const loam__page *page, void *slot, bool on)
{
    size_t header = page->kind == LOAM__PAGE_RAW ? 0 : sizeof(loam_object);

    if (on)
        loam__guard((char *)slot + header, page->slot_size - header);
    else
        loam__unguard((char *)slot + header, page->slot_size - header);
}

/* Link fresh slots in, in order of address. */
static void carve(loam__page *page)
{
    size_t count = (size_t)(page->end - page->fresh) / page->slot_size;
    size_t most = CARVED / page->slot_size;
    void **last = &page->free;

    if (count > most && most)
        count = most;
    for (size_t i = 0; i < count; i++) {
        void *slot = page->fresh;
        page->fresh += page->slot_size;
        if (page->kind != LOAM__PAGE_RAW)
            *(uint64_t *)slot = LOAM__FLAG_DEAD;
        *last = slot;
        last = link_of(page, slot);
        page->free_last = slot;
    }
    if (count)
        *last = NULL;
}

static bool has_room(const loam__page *page)
{
    return page->free || (page->slot_size && page->fresh + page->slot_size <= page->end);
}

static loam__page *page_with_room(loam__heap *heap, loam__page_kind kind, unsigned size_class)
{
    loam__page *page = heap->listed[kind][size_class];

    if (page) {
        unlink_listed(heap, page);
        return page;
    }
    page = loam__pages_new(heap, kind, 1);
    if (!page)
        return NULL;
    page->size_class = (uint8_t)size_class;
    page->slot_size = (uint32_t)loam__class_size(size_class);
    page->reciprocal = (uint32_t)((((uint64_t)1 << 32) + page->slot_size - 1) / page->slot_size);
    return page;
}

/* It is full. */
static void leave_current(loam__page *page)
{
    if (page == &no_page)
        return;
    page->is_current = false;
    page->is_slow_to_free = true;
}

/* The page that the next slots of a class come from, with one linked in. Where slots are guarded, none is current: each
 * slot comes this way. */
static loam__page *renew(loam__heap *heap, loam__page_kind kind, unsigned size_class)
{
    loam__page *page;

    loam__heap_work_off(heap, heap->is_guarded ? loam__class_size(size_class) : CARVED);
    page = heap->current[kind][size_class];
    if (!has_room(page)) {
        leave_current(page);
        heap->current[kind][size_class] = &no_page;
        page = page_with_room(heap, kind, size_class);
        if (!page)
            return NULL;
        page->is_slow_to_free = heap->is_guarded;
        page->is_current = !heap->is_guarded;
        if (page->is_current)
            heap->current[kind][size_class] = page;
    }
    if (!page->free) {
        carve(page);
        for (void *slot = heap->is_guarded ? page->free : NULL; slot;) {
            void *next = *link_of(page, slot);
            guard_slot(page, slot, true);
            slot = next;
        }
    }
    return page;
}

static void *take_slot(loam__heap *heap, loam__page *page)
{
    void *slot = page->free;

    if (heap->is_guarded)
        guard_slot(page, slot, false);
    page->free = *link_of(page, slot);
    page->used++;
    heap->bytes += page->slot_size;
    if (heap->is_guarded && has_room(page))
        link_listed(heap, page);
    return slot;
}

void *loam__heap_new_slow(loam__heap *heap, loam__page_kind kind, unsigned size_class)
{
    loam__page *page;
    void *slot;

    page = renew(heap, kind, size_class);
    if (!page)
        return NULL;
    slot = take_slot(heap, page);
    loam__heap_grew(heap);
    memset((uint64_t *)slot + 1, 0, page->slot_size - sizeof(uint64_t));
    return slot;
}

void *loam__heap_new_large(loam__heap *heap, loam__page_kind kind, size_t size)
{
    loam__page *page;

    loam__heap_work_off(heap, size);
    if (size > LARGEST_SPAN)
        page = loam__pages_new_huge(heap, kind, size);
    else
        page = loam__pages_new(heap, kind, (size + LOAM__PAGE_SIZE - 1) >> LOAM__PAGE_SHIFT);
    if (!page)
        return NULL;
    page->fresh = page->end;
    page->used = 1;
    page->is_slow_to_free = true;
    heap->bytes += (size_t)(page->end - page->start);
    loam__heap_grew(heap);
    memset(page->start, 0, size);
    return page->start;
}

/* Slots that wait their turn: the one that was freed last comes last. */
static void append_guarded(loam__page *page, void *slot)
{
    *link_of(page, slot) = NULL;
    if (page->free) {
        loam__unguard(link_of(page, page->free_last), sizeof(void *));
        *link_of(page, page->free_last) = slot;
        loam__guard(link_of(page, page->free_last), sizeof(void *));
    } else {
        page->free = slot;
    }
    page->free_last = slot;
    guard_slot(page, slot, true);
}

static void link_slot(loam__heap *heap, loam__page *page, void *slot)
{
    if (heap->is_guarded) {
        append_guarded(page, slot);
    } else {
        *link_of(page, slot) = page->free;
        page->free = slot;
        page->is_slow_to_free = page->is_frozen;
    }
    page->used--;
    heap->bytes -= page->slot_size;
    if (!page->is_listed && !page->is_frozen && !page->is_current)
        link_listed(heap, page);
}

/* Where no page is current, as in check, the last one with room stays as a current one does. */
static bool is_needed(const loam__page *page)
{
    return page->is_current || (LOAM__CHECKED && page->is_listed && !page->next && !page->previous);
}

/* `slot` comes back to a page that is full, guarded, or the object's own; NULL where it is linked in already and was
 * the last one in use. */
void loam__heap_free_slow(loam__heap *heap, loam__page *page, void *slot)
{
    if (slot) {
        if (page->kind != LOAM__PAGE_RAW)
            *(uint64_t *)slot = LOAM__FLAG_DEAD;
        if (!page->slot_size) {
            heap->bytes -= (size_t)(page->end - page->start);
            page->used--;
        } else {
            link_slot(heap, page, slot);
        }
    }
    if (!page->used && !is_needed(page)) {
        unlink_listed(heap, page);
        loam__pages_free(heap, page);
    }
}

void loam__heap_reset(loam__heap *heap, loam__page *page, uint32_t count)
{
    if (heap->is_guarded || !page->slot_size || page->used != count + page->pins)
        return;
    page->used = page->pins;
    page->free = NULL;
    page->fresh = page->start;
    heap->bytes -= (size_t)count * page->slot_size;
    if (!page->is_current && !page->is_listed && !page->is_frozen) {
        page->is_slow_to_free = false;
        link_listed(heap, page);
    }
}

static void freeze_page(loam__heap *heap, loam__page *page)
{
    page->is_frozen = true;
    page->is_slow_to_free = true;
    unlink_listed(heap, page);
    if (page->is_current)
        heap->current[page->kind][page->size_class] = &no_page;
    page->is_current = false;
}

static void unfreeze_page(loam__heap *heap, loam__page *page)
{
    page->is_frozen = false;
    if (!has_room(page))
        return;
    page->is_slow_to_free = heap->is_guarded;
    link_listed(heap, page);
}

void loam__heap_freeze(loam__heap *heap, bool on)
{
    for (loam__arena *arena = heap->arenas; arena; arena = arena->next)
        for (loam__page *page = arena->pages + LOAM__FIRST_PAGE; page < arena->pages + LOAM__ARENA_PAGES; page++) {
            if (page->kind != LOAM__PAGE_CYCLIC || page->is_frozen == on)
                continue;
            if (on)
                freeze_page(heap, page);
            else
                unfreeze_page(heap, page);
        }
}

uint64_t loam__heap_objects(const loam__heap *heap)
{
    uint64_t objects = 0;

    for (const loam__arena *arena = heap->arenas; arena; arena = arena->next)
        for (size_t i = LOAM__FIRST_PAGE; i < LOAM__ARENA_PAGES; i++)
            if (arena->pages[i].kind < LOAM__PAGE_RAW)
                objects += arena->pages[i].used - arena->pages[i].pins;
    return objects;
}
