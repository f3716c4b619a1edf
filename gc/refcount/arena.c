/* Arenas, which come from the system and go back to it, and the pages in them. */
#include "gc/refcount/guard.h"
#include "gc/refcount/heap.h"

#include <stdlib.h>
#include <sys/mman.h>

enum {
    KEPT_DIRTY = 16, /* free pages that are not given back, and a sixteenth of those in use */
    AT_ONCE = 8      /* of an arena, given back together */
};

uint64_t loam__arena_map[(size_t)1 << (47 - LOAM__ARENA_SHIFT - 6)];

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

/* Room for one more arena: address space is asked for in ever larger pieces, since each costs a call, and used as
 * needed. */
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

loam__page *loam__pages_new(loam__heap *heap, loam__page_kind kind, size_t count)
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

loam__page *loam__pages_new_huge(loam__heap *heap, loam__page_kind kind, size_t size)
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

static size_t most_dirty(const loam__heap *heap)
{
    return KEPT_DIRTY + heap->pages / 16;
}

static size_t count_dirty(const loam__arena *arena)
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof arena->dirty_pages / sizeof *arena->dirty_pages; i++)
        count += (size_t)__builtin_popcountll(arena->dirty_pages[i]);
    return count;
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
        arena->heap->dirty_pages -= count_dirty(arena);
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

static void give_runs_back(loam__arena *arena)
{
    loam__heap *heap = arena->heap;

    for (size_t i = LOAM__FIRST_PAGE; i < LOAM__ARENA_PAGES && heap->dirty_pages > most_dirty(heap); i++)
        if (has_bit(arena->dirty_pages, i))
            i = give_run_back(arena, i);
}

void loam__heap_give_back(loam__arena *arena)
{
    if (!loam__heap_leave_if_empty(arena))
        give_runs_back(arena);
}

/* The system takes about as long for many as for one: so some at a time, and what a collection sweeps arena by
 * arena. */
static void free_page(loam__arena *arena, size_t i)
{
    loam__heap *heap = arena->heap;

    arena->pages[i].kind = LOAM__PAGE_FREE;
    set_bit(arena->free_pages, i, true);
    set_bit(arena->dirty_pages, i, true);
    heap->pages--;
    heap->dirty_pages++;
    if (!arena->free_count++)
        link_roomy(arena);
    if (heap->full.phase != LOAM__SWEEP && heap->dirty_pages > most_dirty(heap) && count_dirty(arena) >= AT_ONCE)
        give_runs_back(arena);
}

void loam__pages_free(loam__heap *heap, loam__page *page)
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
