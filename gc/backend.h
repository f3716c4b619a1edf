/*
 * The contract between loam and a memory manager. Each folder below gc/ with a back end's name implements all of it;
 * nothing outside those folders knows which one is in use.
 *
 * What both sides promise:
 *
 *   - Memory that holds references comes from here, as an object or through loam__gc_refs_*; memory that holds none
 *     comes through loam__gc_data_*. A conservative collector scans the first kind and not the second, so a wrong
 *     choice is a lost object there, and invisible here.
 *   - A reference in such memory is changed only by the functions of gc/slot.h.
 *   - A reference is only ever kept as the address of the object's first byte.
 *   - NULL means that there is no memory; the caller reports it. Nothing here reports a failure.
 *   - A safe point is where a back end may run user code: the end of the outermost release, and loam__gc_safe_point().
 *     Nothing else here runs any, so what a function was lent stays as it was while it makes what it needs.
 */
#ifndef GC_BACKEND_H
#define GC_BACKEND_H

#include "gc/attach.h"
#include "gc/collector.h"
#include "gc/heaps.h"
#include "gc/object.h"

const char *loam__gc_name(void);
bool loam__gc_can(loam_gc_capability capability);

/* `size` zero bytes behind a header word that the back end has set: count 1, the registered `type`, no flags. */
loam_object *loam__gc_object_new(loam_type *type, size_t size);
/* loam_new(), which a back end may do itself where there is nothing to it; else loam__new_slow(). A type's `place` is
 * what it wants to have at hand then: 0 until the type is entered, with these traits. */
void *loam__gc_new(loam_type *type);
uint16_t loam__gc_place(const loam_type *type, uint16_t traits);

void loam__gc_retain(loam_object *object);
void loam__gc_release(loam_object *object);
/* A release by the program: a safe point also where the back end frees nothing at that moment. */
void loam__gc_release_outermost(loam_object *object);
/* How many references there are, or -1 where nobody knows. */
int64_t loam__gc_count(const loam_object *object);

/* Zeroed memory for `count` references, in the heap of the object that it is for, one from loam__gc_object_new(); NULL:
 * in the one that the thread works in. A buffer stays in its heap. Resizing zeroes what is new. Sizes are what was
 * asked for. */
loam_value *loam__gc_refs_new(const void *owner, size_t count);
loam_value *loam__gc_refs_resize(const void *owner, loam_value *slots, size_t old_count, size_t count);
/* Resizing for whoever writes a slot before anybody reads it: what is new is zeroed only where the collector reads
 * it. */
loam_value *loam__gc_refs_reserve(const void *owner, loam_value *slots, size_t old_count, size_t count);
void loam__gc_refs_free(loam_value *slots, size_t count);
/* For as long as references stand where no collector looks, and in no slot of their owner: a copy of `count` of them,
 * at refs[0], refs[stride] and so on, which keeps what they refer to. NULL where counts do. loam__gc_refs_free() with
 * the same count ends it; false: MEMORY, which is the caller's to report. */
bool loam__gc_keep(const void *owner, const loam_value *refs, size_t stride, size_t count, loam_value **kept);

/* Memory without references, not zeroed, aligned to 16 bytes; to 64, where the back end can, if its size is a
 * multiple. */
void *loam__gc_data_new(const void *owner, size_t bytes);
void *loam__gc_data_resize(const void *owner, void *data, size_t old_bytes, size_t bytes);
void loam__gc_data_free(void *data, size_t bytes);

/* Zeroed memory outside of any object and heap whose references count as held by the program. */
void *loam__gc_root_new(size_t bytes);
void loam__gc_root_free(void *root, size_t bytes);

/* An object with LOAM__FLAG_IN and LOAM__FLAG_OUT that is CYCLIC may have become part of a cycle that nobody refers
 * to. */
void loam__gc_suspect(loam_object *object);

/*
 * What is attached to an object. Attaching finds room for it, or fails. The back end takes everything from the chain
 * before it runs the object's finalizer or frees it, as gc/attach.h says. loam__gc_attached() is where the chain
 * begins: the shared weak reference, if there is one, then finalizers by function from the last one to the first;
 * whether the others are in it is up to the back end.
 */
bool loam__gc_attach(loam_object *object, loam__attached *attached);
void loam__gc_detach(loam__attached *attached);
loam__attached *loam__gc_attached(const loam_object *object);

/* References in these slots leave their owner: for many at once. */
void loam__gc_left(const void *owner, const loam_value *slots, size_t count);

/* A new reference to an object that was come across without one, in a chain, a walk of the heap; NULL if it is
 * going. */
loam_object *loam__gc_found(loam_object *object);

/* A new reference to what a weak link refers to; NULL if that is gone. */
loam_object *loam__gc_weak_get(loam__attached *attached);

/*
 * What an attached ephemeron holds. `value` moves in, what was there to the caller; it is taken out before the
 * ephemeron is detached. And a new reference to it: unset if nothing is held, or the object that it is attached to is
 * gone. `died` may look at the field itself.
 */
loam_value loam__gc_hold(loam__weak_entry *entry, loam_value value);
loam_value loam__gc_held(loam__weak_entry *entry);

/* Run what is due: finalizers, weak callbacks. A safe point. */
void loam__gc_safe_point(void);

/* Collect cycles of generation 0, 1 or 2 and younger; 2 is everything. How many objects it found and freed. */
int64_t loam__gc_collect(int generation);

/* What waits to be freed, as in loam/gc.h, where LOAM_GC_FREE_BUDGET holds. False: no memory to keep what is set. */
bool loam__gc_set_free_budget(int64_t edges);
int64_t loam__gc_free_budget(void);
int64_t loam__gc_free_debt(void);

/* Free all of it. A safe point. */
void loam__gc_work_off(void);

/* Settings and figures, as in loam/gc.h. `set` and `get` may be NULL; false: no memory to keep what is set. */
void loam__gc_enable(bool on);
bool loam__gc_is_enabled(void);
bool loam__gc_thresholds(const int64_t *set, int64_t *get);
void loam__gc_counts(int64_t counts[LOAM_GC_GENERATIONS]);
void loam__gc_stats(loam_gc_stats stats[LOAM_GC_GENERATIONS]);

/* Call `found` for each object of the thread's heap that can be part of a cycle, of one generation or of all (-1),
 * until it returns false. It must not make, release or change objects. */
typedef bool loam__found(loam_object *object, void *context);
void loam__gc_walk(int generation, loam__found *found, void *context);

/* Set everything aside that is alive: collections do not look at it, and what it refers to is alive. And back again.
 * False while a collection is going on. */
bool loam__gc_freeze(bool on);
int64_t loam__gc_frozen(void);

/* What is alive, as far as the back end knows exactly (LOAM_GC_PROMPT_FREE); else zeros. What waits to be freed is
 * freed first, since nobody knows yet what it alone refers to. */
typedef struct loam__gc_usage {
    uint64_t objects, bytes;
} loam__gc_usage;

loam__gc_usage loam__gc_live(void);

/* Bytes in use, as far as it knows. O(1). */
int64_t loam__gc_bytes(void);

/*
 * Heaps, of which gc/heaps.h keeps account. Settings and figures are those of the heap that the thread works in: its
 * own, or the one to which it was switched last; NULL is its own. A back end that cannot tell in which heap an object
 * lies (LOAM_GC_SEPARATE_HEAPS) keeps the settings apart, and for loam__gc_heap_of() knows nothing.
 */
bool loam__gc_heap_is_ready(void); /* the thread has its own; false without memory for it */
loam_heap *loam__gc_heap_new(void);
void loam__gc_heap_switch(loam_heap *heap);
bool loam__gc_heap_is_busy(const loam_heap *heap); /* user code runs in it, at a safe point */
bool loam__gc_heap_is_empty(const loam_heap *heap);
loam_heap *loam__gc_heap_of(const loam_object *object);
/* Collect all that can be found in the heap that the thread works in. What is left, as far as the back end knows. */
loam__gc_usage loam__gc_heap_clear(void);
/* One that is empty and that no other thread uses. */
void loam__gc_heap_free(loam_heap *heap);

/*
 * Threads. One becomes known with the first thing that it makes, or by loam__gc_heap_is_ready(), and the back end gives
 * up what it has for it when it ends. loam__gc_thread_leave() does so before; false: user code runs at a safe point of
 * this thread. It has nothing to do where the thread is ending and given up already.
 */
bool loam__gc_thread_is_known(void);
bool loam__gc_thread_leave(void);

/* Around a fork, as gc/fork.h says. In the child there is the calling thread only; what the others used is to be left
 * alone. */
typedef enum loam__fork_phase { LOAM__FORK_PREPARES, LOAM__FORK_IN_PARENT, LOAM__FORK_IN_CHILD } loam__fork_phase;
void loam__gc_fork(loam__fork_phase phase);

/* Who is told of every object that this thread makes and frees, where objects are freed promptly; NULL for nobody. The
 * watcher must not make, release or change objects. */
typedef struct loam__watcher {
    void (*made)(const loam_object *object);
    void (*freed)(const loam_object *object);
} loam__watcher;

void loam__gc_watch(const loam__watcher *watcher);

#endif
