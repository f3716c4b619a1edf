/*
 * The heap of the refcount back end: where objects and small buffers lie, so that each is found from its address and
 * all of them by walking.
 *
 *     arena    4 MiB, aligned to its size: a side table, a descriptor for each page, pages
 *     page     64 KiB of slots of one size and one kind, or the first of several that hold one large object
 *     slot     an object, or a raw buffer
 *
 * The kinds are apart so that a collection walks only objects that can be part of a cycle. The side table has a byte
 * for each 16 bytes of the arena, which is one for each object, since no object is smaller; the collector keeps its
 * counts there, and gives the memory back when it is done. Objects above half a page have pages of their own, those
 * above a quarter of an arena a mapping of their own that begins as an arena does.
 *
 * An object's first word is its header. In a free slot it is LOAM__FLAG_DEAD with type 0, in one that was never used 0.
 * A raw buffer has no header; what lies in a raw page is never looked at. Raw buffers above LOAM__RAW_LARGEST come from
 * malloc, from some megabytes on from the system itself (lib/large.h), and have a word behind them that says which heap
 * they are of.
 *
 * Free slots and pages are handed out again last in, first out. Under valgrind and AddressSanitizer they are guarded:
 * inaccessible but for the header, and handed out again as late as possible.
 */
#ifndef GC_REFCOUNT_HEAP_H
#define GC_REFCOUNT_HEAP_H

#include "gc/hooks.h"
#include "gc/refcount/full.h"

#define LOAM__ARENA_SHIFT 22
#define LOAM__ARENA_SIZE ((size_t)1 << LOAM__ARENA_SHIFT)
#define LOAM__PAGE_SHIFT (LOAM_STRESS ? 12 : 16)
#define LOAM__PAGE_SIZE ((size_t)1 << LOAM__PAGE_SHIFT)
#define LOAM__ARENA_PAGES (LOAM__ARENA_SIZE >> LOAM__PAGE_SHIFT)
#define LOAM__GRANULE_SHIFT 4
#define LOAM__SIDE_SIZE (LOAM__ARENA_SIZE >> LOAM__GRANULE_SHIFT)
#define LOAM__SLOT_LARGEST (LOAM__PAGE_SIZE / 2)
#define LOAM__RAW_LARGEST ((size_t)1024)

/* Sizes of slots: each multiple of 8 up to 256, then eight to each doubling. */
#define LOAM__CLASS_FINE 32
#define LOAM__CLASSES (LOAM__CLASS_FINE + 1 + (LOAM__PAGE_SHIFT - 1 - 8) * 8)

typedef enum loam__page_kind {
    LOAM__PAGE_CYCLIC, /* objects that can be part of a cycle */
    LOAM__PAGE_PLAIN,  /* objects that cannot */
    LOAM__PAGE_RAW,    /* buffers */
    LOAM__PAGE_KINDS,
    LOAM__PAGE_FREE = LOAM__PAGE_KINDS,
    LOAM__PAGE_TAIL /* of an object that is larger than a page */
} loam__page_kind;

struct loam__page {
    void *free;          /* free slots, linked: an object's through its second word, a buffer's through its first */
    char *fresh, *end;   /* what was never handed out */
    char *start;         /* the first slot */
    uint32_t used;       /* slots handed out, and pins */
    uint32_t slot_size;  /* bytes; 0 where one object has pages of its own */
    uint32_t reciprocal; /* 2^32 / slot_size, rounded up */
    uint8_t kind;        /* a loam__page_kind */
    uint8_t size_class;
    bool is_current;      /* where the next slot of its class comes from */
    bool is_listed;       /* among those of its class with room */
    bool is_slow_to_free; /* full or guarded: a slot that comes back is not only linked in */
    uint32_t pages;       /* that it consists of */
    loam__page *next, *previous;
    void *free_last;           /* where slots are guarded: the list is a queue */
    loam__attached **attached; /* a chain for each slot, if there is one */
    uint32_t *wide_counts;     /* the collector's, one for each slot, if the side table cannot hold one of them */
    loam__page *next_queued;   /* by the collector */
    uint32_t pins;
    uint32_t members; /* of what a collection thinks is garbage */
    bool has_members; /* pinned for them */
    bool is_queued;   /* pinned for that */
    bool is_frozen;
    LOAM__IF_CHECKED(struct loam__record *records;)
    LOAM__IF_CHECKED(uint64_t *told;)
    LOAM__IF_CHECKED(uint32_t kept;)
} LOAM__ALIGNED(64);

struct loam__arena {
    loam__heap *heap;
    loam__arena *next, *previous;             /* all of the heap's */
    loam__arena *next_roomy, *previous_roomy; /* those with free pages */
    bool is_roomy;
    size_t mapped; /* bytes, above LOAM__ARENA_SIZE for a huge object */
    uint32_t free_count;
    uint64_t free_pages[(LOAM__ARENA_PAGES + 63) / 64];
    uint64_t dirty_pages[(LOAM__ARENA_PAGES + 63) / 64]; /* free, and not given back to the system */
    loam__page pages[LOAM__ARENA_PAGES];
};

#define LOAM__FIRST_PAGE ((LOAM__SIDE_SIZE + sizeof(loam__arena) + LOAM__PAGE_SIZE - 1) / LOAM__PAGE_SIZE)

struct loam__heap {
    loam_heap base;
    loam__heap *next_awaiting;                            /* which a thread has yet to look after */
    loam__page *current[LOAM__PAGE_KINDS][LOAM__CLASSES]; /* where the next slot is taken from; never NULL */
    loam__page *listed[LOAM__PAGE_KINDS][LOAM__CLASSES];  /* further pages with room */
    size_t bytes;                                         /* in use */
    loam__arena *arenas, *roomy;
    char *reserved, *reserved_end; /* mapped, not yet an arena */
    size_t next_reservation;
    size_t pages, dirty_pages; /* in use; free but not given back */
    size_t empty_arenas;
    size_t notice_at; /* bytes in use from which on the collector wants to know */
    bool is_guarded;  /* free slots are inaccessible, and buffers are malloc's, for as long as it lives */
    bool is_draining; /* somebody frees: what dies is queued, and no code of the program's runs */
    union {
        struct {
            bool needs_care; /* there is a watcher or a budget */
            bool is_in_full; /* a full collection is going on */
            bool needs_safe_point;
            bool needs_slice; /* where the next object is made */
        };
        uint16_t frees_with_care; /* the first two: there is more to freeing than usual */
        uint32_t is_special;      /* any of them */
    };

    /* Objects that nothing refers to, refcount.c. */
    loam_object *dead;   /* wait to be freed */
    loam_object *floor;  /* the first of those that waited when deaths began to be held */
    size_t waiting;      /* how many wait */
    loam_object *parted; /* one more: some of its references are released, */
    size_t released;     /* so many slots */
    int64_t free_budget; /* edges that a release may visit; 0: all */
    const loam__watcher *watcher;

    /* What is due, pace.c: as many finalizers as there are objects that may need one. */
    loam__due due;
    loam_object **finalizers; /* a ring: what waits for its type's finalizer, held */
    size_t finalizers_first, finalizers_count, finalizers_capacity;
    size_t finalizable; /* objects that may need one, those in the ring included */
    bool is_at_safe_point;

    /* Cycles, young.c and full.h. */
    loam__full full;
    loam_object **candidates;
    size_t candidate_count, candidate_capacity;
    size_t aged;    /* the first ones: those that have survived once, and are left to generation 1 */
    size_t unswept; /* freed, but in the buffer */
    size_t young_candidates, candidate_limit; /* after the last collection, and when a young one is due */
    bool is_suspicious; /* since the last full collection an old object may have become part of a dropped cycle */
    bool is_collecting, is_disabled;
    int64_t thresholds[LOAM_GC_GENERATIONS];
    size_t young_left; /* candidates that the young collection that is due has yet to look at */
    int young_generation;
    int64_t young_runs; /* collections of generation 0 since one of an older one */
    size_t full_bytes;  /* in use after the last full collection, 1 MiB at least */
    int64_t saved;      /* by this collection, for who inspects garbage */
    loam_gc_stats stats[LOAM_GC_GENERATIONS];
    LOAM__IF_CHECKED(struct loam__checker *checker;)
};

/* Work off the backlog of freeing, for about so many edges, each a reference released or an object freed; more than
 * that if an object has some that are not released in portions. How many there were. */
int64_t loam__drain_some(loam__heap *heap, int64_t edges);

/* Before `bytes` that were not in use are: as much of the backlog goes, so that it is not what the heap grows by. */
void loam__heap_work_off(loam__heap *heap, size_t bytes);

/* Make a zeroed heap usable. */
void loam__heap_start(loam__heap *heap);
/* Give everything back to the system. */
void loam__heap_finish(loam__heap *heap);

/* Objects in slots, those that are only kept for the sweep of the candidates included. */
uint64_t loam__heap_objects(const loam__heap *heap);

/* Pages side by side for slots of a kind, or for one object, arena.c; NULL: no memory. An object too large for an arena
 * of others has one of its own. */
loam__page *loam__pages_new(loam__heap *heap, loam__page_kind kind, size_t count);
loam__page *loam__pages_new_huge(loam__heap *heap, loam__page_kind kind, size_t size);
void loam__pages_free(loam__heap *heap, loam__page *page);

/* An arena in which nothing is left is given back, but for the one that a collection stands in. */
bool loam__heap_leave_if_empty(loam__arena *arena);

/* Give it back if nothing is left in it, else its free pages beyond what is kept. */
void loam__heap_give_back(loam__arena *arena);

/* Empty a page at once, if besides `count` objects, all of them dead, nothing is in it. */
void loam__heap_reset(loam__heap *heap, loam__page *page, uint32_t count);

/* Set the pages of cyclic objects aside, with what is in them: no slot of theirs is handed out. And back again. */
void loam__heap_freeze(loam__heap *heap, bool on);

void *loam__heap_new_large(loam__heap *heap, loam__page_kind kind, size_t size);
void *loam__heap_new_slow(loam__heap *heap, loam__page_kind kind, unsigned size_class);
void loam__heap_free_slow(loam__heap *heap, loam__page *page, void *slot);

/* Buffers, raw.c. Which heap one from malloc is of. */
loam__heap *loam__heap_of_malloced(const void *buffer, size_t bytes);

void *loam__heap_raw_new(loam__heap *heap, size_t bytes, bool zeroed);
void *loam__heap_raw_resize(loam__heap *heap, void *buffer, size_t old_bytes, size_t bytes);
void loam__heap_raw_free(loam__heap *heap, void *buffer, size_t bytes);

LOAM__INLINE unsigned loam__size_class(size_t size)
{
    unsigned doubling;

    if (LOAM__LIKELY(size <= LOAM__CLASS_FINE * 8))
        return size <= 16 ? 2 : (unsigned)((size + 7) / 8); /* a free slot has two words */
    doubling = 63 - (unsigned)__builtin_clzll(size - 1);    /* 8 from 257 to 512 */
    return LOAM__CLASS_FINE + (doubling - 8) * 8 + (unsigned)((size - 1) >> (doubling - 3)) - 7;
}

LOAM__INLINE size_t loam__class_size(unsigned size_class)
{
    unsigned beyond = size_class - LOAM__CLASS_FINE - 1;

    if (size_class <= LOAM__CLASS_FINE)
        return size_class * (size_t)8;
    return (size_t)(9 + beyond % 8) << (beyond / 8 + 5);
}

LOAM__INLINE loam__arena *loam__arena_at(const void *side)
{
    return (loam__arena *)(void *)((char *)((uintptr_t)side & ~(LOAM__ARENA_SIZE - 1)) + LOAM__SIDE_SIZE);
}

LOAM__INLINE loam__page *loam__page_of(const void *slot)
{
    return &loam__arena_at(slot)->pages[((uintptr_t)slot & (LOAM__ARENA_SIZE - 1)) >> LOAM__PAGE_SHIFT];
}

LOAM__INLINE loam__heap *loam__heap_of(const void *slot)
{
    return loam__arena_at(slot)->heap;
}

LOAM__INLINE loam__heap *loam__heap_of_raw(const void *buffer, size_t bytes)
{
    return LOAM__LIKELY(bytes <= LOAM__RAW_LARGEST) ? loam__heap_of(buffer) : loam__heap_of_malloced(buffer, bytes);
}

/* The object's byte in the side table. */
LOAM__INLINE uint8_t *loam__side_of(const void *object)
{
    uintptr_t address = (uintptr_t)object;
    uintptr_t base = address & ~(LOAM__ARENA_SIZE - 1);
    return (uint8_t *)(base + ((address - base) >> LOAM__GRANULE_SHIFT));
}

/* The number of an object's slot in its page. */
LOAM__INLINE uint32_t loam__slot_index(const loam__page *page, const void *object)
{
    return (uint32_t)(((uint64_t)((const char *)object - page->start) * page->reciprocal) >> 32);
}

LOAM__INLINE void *loam__slot_at(const loam__page *page, uint32_t index)
{
    return page->start + (size_t)index * page->slot_size;
}

/* Which arenas exist: a bit for each 4 MiB of the 128 TiB that a process has. */
extern uint64_t loam__arena_map[(size_t)1 << (47 - LOAM__ARENA_SHIFT - 6)];

/* Whether an object is in a page, of whatever heap; immortal ones in static storage are not. */
LOAM__INLINE bool loam__is_in_heap(const void *object)
{
    uint64_t number = (uintptr_t)object >> LOAM__ARENA_SHIFT;
    return __atomic_load_n(&loam__arena_map[number / 64], __ATOMIC_RELAXED) >> number % 64 & 1;
}

LOAM__INLINE bool loam__is_live(const loam_object *object)
{
    return object->head && !(object->head & LOAM__FLAG_DEAD);
}

/* To be called when it has grown to `notice_at`. */
void loam__heap_noticed(loam__heap *heap);

LOAM__INLINE void loam__heap_grew(loam__heap *heap)
{
    if (LOAM__UNLIKELY(heap->bytes >= heap->notice_at))
        loam__heap_noticed(heap);
}

/* Current pages by one number; that of class 0, which no object is of, never has a slot. */
LOAM__INLINE unsigned loam__place(loam__page_kind kind, unsigned size_class)
{
    return kind * LOAM__CLASSES + size_class;
}

LOAM__INLINE loam__page *loam__current(loam__heap *heap, unsigned place)
{
    return (&heap->current[0][0])[place];
}

/* A free slot of a current page; NULL: it has none linked. Its first word is the caller's to set, the others are
 * zero. */
LOAM__INLINE void *loam__page_pop(loam__heap *heap, loam__page *page, size_t size)
{
    uint64_t *slot = page->free;

    if (LOAM__UNLIKELY(!slot))
        return NULL;
    page->free = (void *)(uintptr_t)slot[1];
    page->used++;
    heap->bytes += page->slot_size;
    slot[1] = 0;
    for (size_t i = 2; 8 * i < size; i++) {
        slot[i] = 0;
        __asm__("" : "+m"(slot[i])); /* not a call of memset */
    }
    return slot;
}

/* A slot for an object, as above. NULL: no memory. */
LOAM__INLINE void *loam__heap_new(loam__heap *heap, loam__page_kind kind, size_t size)
{
    unsigned size_class = loam__size_class(size);
    void *slot;

    if (LOAM__UNLIKELY(size > LOAM__SLOT_LARGEST))
        return loam__heap_new_large(heap, kind, size);
    slot = loam__page_pop(heap, heap->current[kind][size_class], size);
    return LOAM__LIKELY(slot != NULL) ? slot : loam__heap_new_slow(heap, kind, size_class);
}

LOAM__INLINE void loam__heap_free(loam__heap *heap, void *object)
{
    loam__page *page = loam__page_of(object);
    uint64_t *slot = object;

    if (loam__check_keeps(heap, object))
        return;
    __asm__("" : "+r"(page)); /* one address, not one for each field */
    if (LOAM__UNLIKELY(page->is_slow_to_free)) {
        loam__heap_free_slow(heap, page, slot);
        return;
    }
    slot[0] = LOAM__FLAG_DEAD;
    slot[1] = (uint64_t)(uintptr_t)page->free;
    page->free = slot;
    heap->bytes -= page->slot_size;
    if (LOAM__UNLIKELY(!--page->used) && !page->is_current)
        loam__heap_free_slow(heap, page, NULL);
}

/* A pinned page is not given back when its last slot is freed. */

LOAM__INLINE void loam__page_pin(loam__page *page)
{
    page->used++;
    page->pins++;
}

LOAM__INLINE void loam__page_unpin(loam__heap *heap, loam__page *page)
{
    page->pins--;
    if (!--page->used && !page->is_current)
        loam__heap_free_slow(heap, page, NULL);
}

#endif
