/*
 * Inside the refcount back end: what its files share beyond the heap.
 *
 *     memory.c     making objects, buffers
 *     refcount.c   counts, freeing
 *     attached.c   what is attached to objects
 *     pace.c       safe points, when collections run, what steers them
 *     heaps.c      heaps of threads and of programs, what happens in one that the thread does not work in
 *     young.c      cycles among what is not old, from candidates
 *     full.h       cycles anywhere, by walking pages
 */
#ifndef GC_REFCOUNT_COLLECT_H
#define GC_REFCOUNT_COLLECT_H

#include "gc/refcount/heap.h"

#include <time.h>

enum { LOAM__POSTPONED = -1 };

/* The heap that the thread works in; NULL before it has made anything. */
extern LOAM__THREAD_LOCAL loam__heap *loam__this_heap;

/* What a clock of the system says, in ns. */
uint64_t loam__clock_ns(clockid_t clock);

/* Where there is more to making and freeing than usual. */
LOAM__INLINE void loam__note_care(loam__heap *heap)
{
    heap->needs_care = LOAM__CHECKED || heap->watcher || heap->free_budget;
}

/* Safe points, and what goes on between them: pace.c. */
void loam__pace_start(loam__heap *heap);
void loam__safe_point(loam__heap *heap);
void loam__slice_between(loam__heap *heap);

/* How many objects were found and freed, or LOAM__POSTPONED for want of memory. Runs finalizers. Where `left` is given
 * it goes through a part of the candidates only, and says how many are left for the next. */
int64_t loam__collect_young(loam__heap *heap, int generation, size_t *left);

/* Whether a candidate has been freed; then its slot is given back, and it leaves the buffer. */
bool loam__candidate_is_gone(loam__heap *heap, loam_object *object);
/* The heap that the thread works in; NULL where there is none yet, and no memory for it. */
loam__heap *loam__heap_here(void);
void loam__heap_work_in(loam__heap *heap);

/* A heap with every setting as at the start, or NULL; and the end of one in which nothing is left. */
loam__heap *loam__heap_make(void);
void loam__heap_destroy(loam__heap *heap);

/*
 * Something happens in a heap that the thread does not work in: an object of it dies, say. Until the thread steps back
 * it works there. No safe point is reached where it comes from the middle of freeing; what is due waits until the heap
 * that it comes from has reached one: loam__look_after_others(). False: another thread uses the heap, a bug in
 * `function`'s name.
 */
typedef struct loam__visit {
    loam__heap_entry entry;
    loam__heap *from, *heap;
    bool is_held_back;
} loam__visit;

bool loam__step_into(loam__heap *heap, loam__visit *visit, const char *function);
void loam__step_back(loam__visit *visit);
bool loam__is_held_back(void);

/* Safe points of heaps in which something is due. */
void loam__look_after_others(void);

/* The thread ends: these are left to whoever enters them next. */
void loam__forget_others(void);

/* Whether the thread may change a heap as it is; if not, a bug in `function`'s name. */
bool loam__may_change(const loam__heap *heap, const char *function);

/* Who is told of objects that the thread makes and frees, in whichever heap; NULL: nobody. */
extern LOAM__THREAD_LOCAL const loam__watcher *loam__watcher_here;

/* Take those that have been freed out of the buffer of candidates. */
void loam__candidates_sweep(loam__heap *heap);

/* Empty it. */
void loam__candidates_forget(loam__heap *heap);

/* Just before an object is freed that was found unreachable: the weak links to it are cut, finalizers by function are
 * due. */
void loam__last_rites(loam__heap *heap, loam_object *object);

/* Run the finalizer of an object that is held, now. */
void loam__finalize_now(loam__heap *heap, loam_object *object);

/* Free a dead object whose references are gone already. */
void loam__free_shell(loam__heap *heap, loam_object *object);

/* And its parts: tell the watcher and dispose of what it owns; its slot is given back when the candidates are swept. */
void loam__dispose(loam__heap *heap, loam_object *object, const loam_type *type);
void loam__leave_to_sweep(loam__heap *heap, loam_object *object);

/* What dies from now on is only queued, until the drain, which frees it; or as much of the backlog as the program's
 * budget for freeing says, if there is one. */
void loam__hold_deaths(loam__heap *heap);
void loam__drain(loam__heap *heap);

LOAM__INLINE bool loam__has_backlog(const loam__heap *heap)
{
    return heap->dead || heap->parted;
}

/* Freed, but in the buffer of candidates; what only waits to be freed still has its type. */
LOAM__INLINE bool loam__is_unswept(const loam_object *object)
{
    return object->head == (LOAM__FLAG_DEAD | LOAM__FLAG_CANDIDATE);
}

/* Cut the weak links to an object that is found unreachable; callbacks become due. The same for one that dies, and its
 * finalizers by function: at the next safe point. */
void loam__cut_weak_links(loam_object *object, loam__due *due);
void loam__cut_and_note(loam__heap *heap, loam_object *object);
void loam__fire(loam__heap *heap, loam_object *object);

LOAM__INLINE int loam__generation_of(uint64_t head)
{
    return head & LOAM__FLAG_OLD ? 2 : head & LOAM__FLAG_AGED ? 1 : 0;
}

/* `body` with each object `child` that a run of slots or an object's fields refer to. */
#define LOAM__FOR_SLOTS(slots, count, child, body)                                                                     \
    for (size_t loam__i = 0, loam__n = (count); loam__i < loam__n; loam__i++) {                                        \
        loam_value loam__value = loam__word(((const loam__slot *)(const void *)(slots))[loam__i]);                     \
        loam_object *child = loam__object(loam__value);                                                                \
        if (loam_is_object(loam__value)) {                                                                             \
            body;                                                                                                      \
        }                                                                                                              \
    }

#define LOAM__FOR_FIELDS(object, type, child, body)                                                                    \
    for (const uint16_t *loam__ref = (type)->refs; loam__ref && *loam__ref; loam__ref++)                               \
    LOAM__FOR_SLOTS((const char *)(object) + *loam__ref, 1, child, body)

/* Every page of objects that can be in a cycle; every live object in a page. */

#define LOAM__FOR_PAGES_OF(wanted, heap, page)                                                                         \
    for (loam__arena *arena_ = (heap) ? (heap)->arenas : NULL; arena_; arena_ = arena_->next)                          \
        for (loam__page *page = arena_->pages + LOAM__FIRST_PAGE; page < arena_->pages + LOAM__ARENA_PAGES; page++)    \
            if (page->kind == (wanted) && !loam__check_is_spent(page))

#define LOAM__FOR_PAGES(heap, page) LOAM__FOR_PAGES_OF(LOAM__PAGE_CYCLIC, heap, page)

#define LOAM__FOR_OBJECTS(page, object)                                                                                \
    for (loam__slots slots_ = loam__slots_of(page); slots_.at < slots_.end; slots_.at += slots_.step)                  \
        for (loam_object *object = (loam_object *)(void *)slots_.at; object; object = NULL)                            \
            if (loam__is_live(object))

typedef struct loam__slots {
    char *at, *end;
    size_t step;
} loam__slots;

LOAM__INLINE loam__slots loam__slots_of(const loam__page *page)
{
    return (loam__slots){page->start, page->fresh,
                         page->slot_size ? page->slot_size : (size_t)(page->fresh - page->start)};
}

#endif
