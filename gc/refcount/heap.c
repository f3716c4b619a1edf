#include "gc/refcount/heap.h"

#include "gc/refcount/guard.h"
#include "lib/alloc.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

enum {
    LARGEST_SPAN = LOAM__ARENA_SIZE / 4, /* bytes; larger objects have a mapping of their own */
    CARVED = 4096,                       /* bytes of fresh slots that are linked in at once */
    KEPT_DIRTY = 16,                     /* free pages that are not given back, and a sixteenth of those in use */
    EDGE_BYTES = 8                       /* no edge of the backlog stands for less memory */
};

uint64_t loam__arena_map[(size_t)1 << (47 - LOAM__ARENA_SHIFT - 6)];

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

/* Before `bytes` that were not in use are: as much of the backlog goes, so that it is not what the heap grows by. */
static void work_off(loam__heap *heap, size_t bytes)
{
    if (LOAM__UNLIKELY(heap->waiting || heap->parted) && !heap->is_draining)
        loam__drain_some(heap, (int64_t)(bytes / EDGE_BYTES) + 1);
}

/* Memory from the system. */

static void *map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* Aligned to an arena's size. */
static char *map_aligned(size_t bytes)
{
    size_t more = bytes + LOAM__ARENA_SIZE;
    char *memory = map(more);
    char *aligned;

    if (!memory)
        return NULL;
    aligned = (char *)(((uintptr_t)memory + LOAM__ARENA_SIZE - 1) & ~(uintptr_t)(LOAM__ARENA_SIZE - 1));
    if (aligned > memory)
        munmap(memory, (size_t)(aligned - memory));
    if (aligned < memory + LOAM__ARENA_SIZE)
        munmap(aligned + bytes, (size_t)(memory + LOAM__ARENA_SIZE - aligned));
    return aligned;
}

/* Room for one more arena: address space is asked for in ever larger pieces, since each costs a call, and used as needed. */
static char *take_reserved(loam__heap *heap)
{
    char *arena;

    if (heap->reserved == heap->reserved_end) {
        size_t bytes = heap->next_reservation;
        heap->reserved = map_aligned(bytes);
        if (!heap->reserved && bytes > LOAM__ARENA_SIZE)
            heap->reserved = map_aligned(bytes = LOAM__ARENA_SIZE);
        heap->reserved_end = heap->reserved ? heap->reserved + bytes : NULL;
        if (!heap->reserved)
            return NULL;
        if (heap->next_reservation < 16 * LOAM__ARENA_SIZE)
            heap->next_reservation *= 2;
    }
    arena = heap->reserved;
    heap->reserved += LOAM__ARENA_SIZE;
    return arena;
}

/* Arenas. */

static bool has_bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> i % 64 & 1;
}

static void set_bit(uint64_t *bits, size_t i, bool on)
{
    bits[i / 64] = (bits[i / 64] & ~((uint64_t)1 << i % 64)) | (uint64_t)on << i % 64;
}

static void mark_in_map(const void *base, bool on)
{
    uint64_t number = (uintptr_t)base >> LOAM__ARENA_SHIFT;
    uint64_t bit = (uint64_t)1 << number % 64;

    if (on)
        __atomic_or_fetch(&loam__arena_map[number / 64], bit, __ATOMIC_RELAXED);
    else
        __atomic_and_fetch(&loam__arena_map[number / 64], ~bit, __ATOMIC_RELAXED);
}

static void link_roomy(loam__arena *arena)
{
    loam__heap *heap = arena->heap;

    arena->is_roomy = true;
    arena->previous_roomy = NULL;
    arena->next_roomy = heap->roomy;
    if (heap->roomy)
        heap->roomy->previous_roomy = arena;
    heap->roomy = arena;
}

static void unlink_roomy(loam__arena *arena)
{
    if (!arena->is_roomy)
        return;
    arena->is_roomy = false;
    if (arena->next_roomy)
        arena->next_roomy->previous_roomy = arena->previous_roomy;
    if (arena->previous_roomy)
        arena->previous_roomy->next_roomy = arena->next_roomy;
    else
        arena->heap->roomy = arena->next_roomy;
}

static loam__arena *enter_arena(loam__heap *heap, char *base, size_t bytes)
{
    loam__arena *arena = loam__arena_at(base);

    arena->heap = heap;
    arena->mapped = bytes;
    arena->next = heap->arenas;
    if (heap->arenas)
        heap->arenas->previous = arena;
    heap->arenas = arena;
    for (size_t i = 0; i < LOAM__ARENA_PAGES; i++)
        arena->pages[i].kind = LOAM__PAGE_FREE;
    mark_in_map(base, true);
    loam__guard_mapping(base, bytes, true);
    return arena;
}

static void unmap_arena(loam__arena *arena)
{
    char *base = (char *)arena - LOAM__SIDE_SIZE;
    size_t bytes = arena->mapped;

    mark_in_map(base, false);
    loam__unguard(base, bytes);
    loam__guard_mapping(base, bytes, false);
    munmap(base, bytes);
}

static void leave_arena(loam__arena *arena)
{
    if (arena->next)
        arena->next->previous = arena->previous;
    if (arena->previous)
        arena->previous->next = arena->next;
    else
        arena->heap->arenas = arena->next;
    unlink_roomy(arena);
    unmap_arena(arena);
}

static loam__arena *new_arena(loam__heap *heap)
{
    char *base = take_reserved(heap);
    loam__arena *arena;

    if (!base)
        return NULL;
    arena = enter_arena(heap, base, LOAM__ARENA_SIZE);
    for (size_t i = LOAM__FIRST_PAGE; i < LOAM__ARENA_PAGES; i++)
        set_bit(arena->free_pages, i, true);
    arena->free_count = (uint32_t)(LOAM__ARENA_PAGES - LOAM__FIRST_PAGE);
    heap->empty_arenas++;
    link_roomy(arena);
    return arena;
}

/* Of pages that were kept, though nothing is in them. */
static void free_tables(loam__arena *arena)
{
    for (size_t i = LOAM__FIRST_PAGE; i < LOAM__ARENA_PAGES; i++) {
        free(arena->pages[i].attached);
        free(arena->pages[i].wide_counts);
        loam__check_page_ends(&arena->pages[i]);
    }
}

void loam__heap_finish(loam__heap *heap)
{
    while (heap->arenas) {
        loam__arena *arena = heap->arenas;
        heap->arenas = arena->next;
        free_tables(arena);
        unmap_arena(arena);
    }
    if (heap->reserved < heap->reserved_end)
        munmap(heap->reserved, (size_t)(heap->reserved_end - heap->reserved));
    heap->reserved = heap->reserved_end = NULL;
    heap->roomy = NULL;
}

/* Pages. */

static char *page_memory(const loam__arena *arena, size_t i)
{
    return (char *)(uintptr_t)arena - LOAM__SIDE_SIZE + (i << LOAM__PAGE_SHIFT);
}

/* The first of `count` free pages side by side, or LOAM__ARENA_PAGES. */
static size_t find_run(const loam__arena *arena, size_t count)
{
    size_t length = 0;

    for (size_t i = LOAM__FIRST_PAGE; i < LOAM__ARENA_PAGES; i++) {
        length = has_bit(arena->free_pages, i) ? length + 1 : 0;
        if (length == count)
            return i + 1 - count;
    }
    return LOAM__ARENA_PAGES;
}

static void take_page(loam__arena *arena, size_t i)
{
    loam__heap *heap = arena->heap;

    set_bit(arena->free_pages, i, false);
    if (has_bit(arena->dirty_pages, i)) {
        set_bit(arena->dirty_pages, i, false);
        heap->dirty_pages--;
    }
    if (arena->free_count == LOAM__ARENA_PAGES - LOAM__FIRST_PAGE)
        heap->empty_arenas--;
    if (!--arena->free_count)
        unlink_roomy(arena);
    heap->pages++;
}

static loam__page *begin_page(loam__arena *arena, size_t first, size_t count, loam__page_kind kind)
{
    loam__page *page = &arena->pages[first];

    for (size_t i = 1; i < count; i++)
        arena->pages[first + i].kind = LOAM__PAGE_TAIL;
    memset(page, 0, sizeof *page);
    page->kind = (uint8_t)kind;
    page->pages = (uint32_t)count;
    page->start = page->fresh = page_memory(arena, first);
    page->end = page->start + (count << LOAM__PAGE_SHIFT);
    loam__unguard(page->start, count << LOAM__PAGE_SHIFT);
    return page;
}

static loam__page *new_pages(loam__heap *heap, loam__page_kind kind, size_t count)
{
    loam__arena *arena = heap->roomy;
    size_t first = LOAM__ARENA_PAGES;

    for (; arena; arena = arena->next_roomy) {
        first = find_run(arena, count);
        if (first < LOAM__ARENA_PAGES)
            break;
    }
    if (!arena) {
        arena = new_arena(heap);
        if (!arena)
            return NULL;
        first = LOAM__FIRST_PAGE;
    }
    for (size_t i = 0; i < count; i++)
        take_page(arena, first + i);
    return begin_page(arena, first, count, kind);
}

static size_t most_dirty(const loam__heap *heap)
{
    return KEPT_DIRTY + heap->pages / 16;
}

/* What a collection sweeps is given back arena by arena. */
static void free_page(loam__arena *arena, size_t i)
{
    loam__heap *heap = arena->heap;

    arena->pages[i].kind = LOAM__PAGE_FREE;
    set_bit(arena->free_pages, i, true);
    heap->pages--;
    if (heap->full.phase == LOAM__SWEEP || heap->dirty_pages < most_dirty(heap)) {
        set_bit(arena->dirty_pages, i, true);
        heap->dirty_pages++;
    } else {
        madvise(page_memory(arena, i), LOAM__PAGE_SIZE, MADV_DONTNEED);
    }
    if (!arena->free_count++)
        link_roomy(arena);
}

static void forget_dirty(loam__arena *arena)
{
    for (size_t i = 0; i < sizeof arena->dirty_pages / sizeof *arena->dirty_pages; i++)
        arena->heap->dirty_pages -= (size_t)__builtin_popcountll(arena->dirty_pages[i]);
}

static bool is_huge(const loam__arena *arena)
{
    return arena->mapped > LOAM__ARENA_SIZE;
}

static bool is_empty(const loam__arena *arena)
{
    if (is_huge(arena))
        return arena->pages[LOAM__FIRST_PAGE].kind == LOAM__PAGE_FREE;
    return arena->free_count == LOAM__ARENA_PAGES - LOAM__FIRST_PAGE;
}

/* One empty arena is kept. */
bool loam__heap_leave_if_empty(loam__arena *arena)
{
    if (!is_empty(arena) || (!is_huge(arena) && arena->heap->empty_arenas < 2) || arena == arena->heap->full.arena)
        return false;
    if (!is_huge(arena)) {
        arena->heap->empty_arenas--;
        forget_dirty(arena);
    }
    leave_arena(arena);
    return true;
}

/* The dirty pages from this one on. */
static size_t give_run_back(loam__arena *arena, size_t first)
{
    size_t end = first;

    for (; end < LOAM__ARENA_PAGES && has_bit(arena->dirty_pages, end); end++)
        set_bit(arena->dirty_pages, end, false);
    arena->heap->dirty_pages -= end - first;
    madvise(page_memory(arena, first), (end - first) << LOAM__PAGE_SHIFT, MADV_DONTNEED);
    return end;
}

void loam__heap_give_back(loam__arena *arena)
{
    loam__heap *heap = arena->heap;

    if (loam__heap_leave_if_empty(arena))
        return;
    for (size_t i = LOAM__FIRST_PAGE; i < LOAM__ARENA_PAGES && heap->dirty_pages > most_dirty(heap); i++)
        if (has_bit(arena->dirty_pages, i))
            i = give_run_back(arena, i);
}

static void free_pages(loam__heap *heap, loam__page *page)
{
    loam__arena *arena = loam__arena_at(page);
    size_t first = (size_t)(page - arena->pages);
    size_t count = page->pages;

    free(page->attached);
    free(page->wide_counts);
    loam__check_page_ends(page);
    page->attached = NULL;
    page->wide_counts = NULL;
    loam__guard(page->start, (size_t)(page->end - page->start));
    if (is_huge(arena)) {
        page->kind = LOAM__PAGE_FREE;
    } else {
        for (size_t i = 0; i < count; i++)
            free_page(arena, first + i);
        heap->empty_arenas += is_empty(arena);
    }
    loam__heap_leave_if_empty(arena);
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
    page = new_pages(heap, kind, 1);
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

    work_off(heap, heap->is_guarded ? loam__class_size(size_class) : CARVED);
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

static loam__page *huge_page(loam__heap *heap, loam__page_kind kind, size_t size)
{
    size_t before = LOAM__FIRST_PAGE << LOAM__PAGE_SHIFT;
    size_t bytes = (before + size + LOAM__PAGE_SIZE - 1) & ~(LOAM__PAGE_SIZE - 1);
    char *base = map_aligned(bytes > LOAM__ARENA_SIZE ? bytes : LOAM__ARENA_SIZE + LOAM__PAGE_SIZE);
    loam__arena *arena;
    loam__page *page;

    if (!base)
        return NULL;
    arena = enter_arena(heap, base, bytes > LOAM__ARENA_SIZE ? bytes : LOAM__ARENA_SIZE + LOAM__PAGE_SIZE);
    page = begin_page(arena, LOAM__FIRST_PAGE, LOAM__ARENA_PAGES - LOAM__FIRST_PAGE, kind);
    page->end = base + arena->mapped;
    return page;
}

void *loam__heap_new_large(loam__heap *heap, loam__page_kind kind, size_t size)
{
    loam__page *page;

    work_off(heap, size);
    if (size > LARGEST_SPAN)
        page = huge_page(heap, kind, size);
    else
        page = new_pages(heap, kind, (size + LOAM__PAGE_SIZE - 1) >> LOAM__PAGE_SHIFT);
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

/* `slot` comes back to a page that is full, guarded, or the object's own; NULL where it is linked in already and was the
 * last one in use. */
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
        free_pages(heap, page);
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

/* Raw buffers. Those in pages are aligned to 16 bytes, and to 64 if their size is a multiple of it. */

static unsigned raw_class(size_t bytes)
{
    return loam__size_class(bytes ? (bytes + 15) & ~(size_t)15 : 16);
}

static bool is_in_page(size_t bytes)
{
    return bytes <= LOAM__RAW_LARGEST;
}

/* Of a buffer from malloc, with the word behind it. */
static size_t with_heap(size_t bytes)
{
    return ((bytes + 7) & ~(size_t)7) + sizeof(loam__heap *);
}

static loam__heap **heap_word(const void *buffer, size_t bytes)
{
    return (loam__heap **)(void *)((char *)(uintptr_t)buffer + with_heap(bytes)) - 1;
}

static void *entered(loam__heap *heap, void *memory, size_t bytes)
{
    if (LOAM__LIKELY(memory)) {
        *heap_word(memory, bytes) = heap;
        heap->bytes += malloc_usable_size(memory);
        loam__heap_grew(heap);
    }
    return memory;
}

static void *malloc_aligned(size_t bytes)
{
    void *memory;
    return posix_memalign(&memory, 64, bytes) ? NULL : memory;
}

loam__heap *loam__heap_of_malloced(const void *buffer, size_t bytes)
{
    return *heap_word(buffer, bytes);
}

static void *raw_from_page(loam__heap *heap, size_t bytes)
{
    unsigned size_class = raw_class(bytes);
    loam__page *page = heap->current[LOAM__PAGE_RAW][size_class];
    void **slot = page->free;

    if (LOAM__UNLIKELY(!slot)) {
        page = renew(heap, LOAM__PAGE_RAW, size_class);
        return page ? take_slot(heap, page) : NULL;
    }
    page->free = *slot;
    page->used++;
    heap->bytes += page->slot_size;
    return slot;
}

void *loam__heap_raw_new(loam__heap *heap, size_t bytes, bool zeroed)
{
    void *buffer;

    if (is_in_page(bytes)) {
        buffer = raw_from_page(heap, bytes);
        return buffer && zeroed ? memset(buffer, 0, bytes) : buffer;
    }
    work_off(heap, bytes);
    if (zeroed)
        return entered(heap, calloc(1, with_heap(bytes)), bytes);
    return entered(heap, bytes % 64 == 0 ? malloc_aligned(with_heap(bytes)) : malloc(with_heap(bytes)), bytes);
}

void loam__heap_raw_free(loam__heap *heap, void *buffer, size_t bytes)
{
    loam__page *page;

    if (!buffer)
        return;
    if (!is_in_page(bytes)) {
        heap->bytes -= malloc_usable_size(buffer);
        free(buffer);
        return;
    }
    page = loam__page_of(buffer);
    if (LOAM__UNLIKELY(page->is_slow_to_free)) {
        loam__heap_free_slow(heap, page, buffer);
        return;
    }
    *(void **)buffer = page->free;
    page->free = buffer;
    heap->bytes -= page->slot_size;
    if (LOAM__UNLIKELY(!--page->used) && !page->is_current)
        loam__heap_free_slow(heap, page, NULL);
}

static void *resize_malloced(loam__heap *heap, void *buffer, size_t bytes)
{
    size_t old_bytes = malloc_usable_size(buffer);
    void *resized;

    if (bytes > old_bytes)
        work_off(heap, bytes - old_bytes);
    resized = realloc(buffer, with_heap(bytes));
    if (LOAM__LIKELY(resized)) {
        heap->bytes -= old_bytes;
        entered(heap, resized, bytes);
    }
    return resized;
}

void *loam__heap_raw_resize(loam__heap *heap, void *buffer, size_t old_bytes, size_t bytes)
{
    void *resized;

    if (!buffer)
        return loam__heap_raw_new(heap, bytes, false);
    if (is_in_page(old_bytes)) {
        if (is_in_page(bytes) && raw_class(old_bytes) == raw_class(bytes))
            return buffer;
    } else if (!is_in_page(bytes)) {
        return resize_malloced(heap, buffer, bytes);
    }
    resized = loam__heap_raw_new(heap, bytes, false);
    if (LOAM__LIKELY(resized)) {
        memcpy(resized, buffer, old_bytes < bytes ? old_bytes : bytes);
        loam__heap_raw_free(heap, buffer, old_bytes);
    }
    return resized;
}
