/**
 * The memory manager in use: what it can do, steering it, looking into it, and roots. The names are those of Python's
 * module gc.
 *
 * Callbacks of the collector run where a collection does: in any call whose last line says that it may run finalizers.
 * What is set and asked here is about the heap that the thread has entered, or its own (heap.h); what one thread sets
 * says nothing to another.
 *
 * References may live in loam objects, on C stacks, in registers and in static data. A reference kept anywhere else, in
 * a malloc'ed structure, in the `data` of somebody's handle, in thread-local data, goes into a root.
 */
#ifndef LOAM_GC_H
#define LOAM_GC_H

#include <loam/base.h>
#include <loam/status.h>
#include <loam/value.h>

/** What differs from one memory manager to another. */
typedef enum loam_gc_capability {
    /** An object is freed at the moment its last reference goes. */
    LOAM_GC_PROMPT_FREE,
    /** Every reference is counted exactly. */
    LOAM_GC_EXACT_REFCOUNT,
    /** Garbage that refers to itself is found without help. */
    LOAM_GC_CYCLES,
    /** What a collection of cycles finds is everything, and its number exact. */
    LOAM_GC_EXACT_CYCLES,
    /** Objects can be set aside, loam_gc_freeze(). */
    LOAM_GC_FREEZE,
    /** All objects can be listed, loam_gc_get_objects(). */
    LOAM_GC_HEAP_WALK,
    /** Freeing can be spread over later calls, loam_gc_set_free_budget(). */
    LOAM_GC_FREE_BUDGET,
    /** It is known in which heap an object lies, so what loam_heap_free() frees, or finds held, is exact. */
    LOAM_GC_SEPARATE_HEAPS,
    /** A full collection that starts by itself goes on in slices, between which the program runs. */
    LOAM_GC_BOUNDED_PAUSES
} loam_gc_capability;

/** Generations: what is new, what has survived one collection, what has survived two. */
#define LOAM_GC_GENERATIONS 3

/** What the collections of a generation have come to since the heap began. What one in slices has come to is added at
 *  its end, but for `slices` and what follows it. What is freed by a release is no collection's. */
typedef struct loam_gc_stats {
    /** How many there were; of generations 0 and 1, which go through their candidates in parts, each part counts. */
    int64_t collections;
    /** Objects found unreachable and freed. */
    int64_t collected;
    /** Objects found unreachable and kept: LOAM_GC_DEBUG_SAVEALL only. */
    int64_t uncollectable;
    /** Objects that were looked at first, because they might have been part of a dropped cycle. */
    int64_t candidates;
    /** CPU time of all of them together, and the longest time that the program had to wait for one of them or for a
     *  slice of one, in nanoseconds: CPU time too, but on boehm, where threads are stopped and several mark, by the
     *  clock. */
    int64_t total_ns, longest_ns;
    /** Of generation 2, where collections go on in slices between which the program runs: how many slices there were,
     *  how many of them had to check all that they found in one go, since the program kept changing it, and how many
     *  objects and references one of the others visited at most. */
    int64_t slices, slices_at_once, most_visited;
} loam_gc_stats;

/** When a callback of the collector is called. */
typedef enum loam_gc_phase {
    /** Before a collection. */
    LOAM_GC_START,
    /** After it. */
    LOAM_GC_STOP
} loam_gc_phase;

/** A collection, as its callbacks see it; what it has come to is 0 before it. */
typedef struct loam_gc_info {
    /** What is collected: this generation and younger ones. */
    int generation;
    /** Objects found unreachable and freed; found unreachable and kept, LOAM_GC_DEBUG_SAVEALL only. */
    int64_t collected, uncollectable;
    /** Before it, how many there are that may be part of a dropped cycle; after it, how many it has looked at first. */
    int64_t candidates;
    /** CPU time, in nanoseconds. */
    int64_t duration_ns;
} loam_gc_info;

/** Called before and after each collection. May do what any program may; no collection starts inside. */
typedef void loam_gc_callback(loam_gc_phase phase, const loam_gc_info *info, void *context);

/** What loam_gc_set_debug() takes, with Python's numbers. */
typedef enum loam_gc_debug {
    /** A line on stderr for each collection. */
    LOAM_GC_DEBUG_STATS = 1,
    /** A line on stderr for each object that is found unreachable. */
    LOAM_GC_DEBUG_COLLECTABLE = 2,
    /** What is found unreachable is put into loam_gc_garbage() instead of being freed. */
    LOAM_GC_DEBUG_SAVEALL = 32,
    /** To find out what a program leaves behind in cycles: the two before. */
    LOAM_GC_DEBUG_LEAK = LOAM_GC_DEBUG_COLLECTABLE | LOAM_GC_DEBUG_SAVEALL
} loam_gc_debug;

/** A reference that lives outside of loam's sight. */
typedef struct loam_root loam_root;

LOAM_BEGIN_DECLS

/**
 * The name of the memory manager that this library was built with: "refcount", "boehm" or "check".
 *
 * O(1). Runs no user code.
 */
LOAM_API const char *loam_gc_name(void);

/**
 * Whether the memory manager in use can do that.
 *
 * O(1). Runs no user code.
 */
LOAM_API bool loam_gc_has(loam_gc_capability capability);

/**
 * Let collections of cycles start by themselves, as they do from the start; or not. Objects that nothing refers to are
 * freed all the same where LOAM_GC_PROMPT_FREE holds. Each heap has it as it wants.
 *
 * O(1). Runs no user code.
 */
LOAM_API void loam_gc_enable(void);

/** The opposite. One that goes on in slices stops where it is. O(1). Runs no user code. */
LOAM_API void loam_gc_disable(void);

/** Whether collections start by themselves. O(1). Runs no user code. */
LOAM_API bool loam_gc_is_enabled(void);

/**
 * Collect now, whether enabled or not: what is in `generation` and younger ones; 2 is everything. Returns how many
 * objects were unreachable and are freed, or kept if LOAM_GC_DEBUG_SAVEALL says so, exactly where LOAM_GC_EXACT_CYCLES
 * holds; one in slices that is going on is ended before, and what it has freed is among them. 0 from
 * inside a finalizer or a callback of the collector, where no collection starts. LOAM_ERR_VALUE: no such generation.
 *
 * O(what can be part of a cycle in these generations). May run finalizers.
 */
LOAM_API int64_t loam_gc_collect(int generation);

/**
 * When collections start by themselves. LOAM_OMIT leaves a number as it is. LOAM_ERR_VALUE: a number is negative.
 * LOAM_ERR_MEMORY: no room to keep them. What they mean is the memory manager's own:
 *
 *     refcount   first    candidates, objects that may be part of a dropped cycle, before a collection of generation 0;
 *                         0: no collection starts by itself; 10,000
 *                second   of how many collections of generation 0 one takes generation 1 along; 0: none; 10
 *                third    per cent by which what is in use has grown since the last collection of generation 2 before
 *                         another, if there is a suspicion that it would find anything; 0: none starts by itself; 20
 *     boehm      first    0: no collection starts by itself; else of no account
 *                second   of no account
 *                third    per cent by which what is in use has grown before another collection, roughly, for all
 *                         threads and heaps; 0: no collection starts by itself
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_gc_set_threshold(int64_t first, int64_t second, int64_t third);

/**
 * These numbers.
 *
 * O(1). Runs no user code.
 */
LOAM_API void loam_gc_get_threshold(int64_t out[LOAM_GC_GENERATIONS]);

/**
 * How far it is to the next collection of each generation, in what the thresholds are given in: candidates since the
 * last collection; collections of generation 0 since one of an older one; per cent of growth since the last one of
 * generation 2. 0 where the memory manager does not count: boehm has the third only, roughly, which is what was
 * allocated since the last collection in per cent of the heap.
 *
 * O(1). Runs no user code.
 */
LOAM_API void loam_gc_get_count(int64_t out[LOAM_GC_GENERATIONS]);

/**
 * How much one call frees: with a budget a release visits about so many edges, each a reference that it releases or an
 * object that it frees, and what then still waits is left to later calls; 0, as from the start, frees all at once, also
 * what waits. Each heap has its own. LOAM_ERR_VALUE: `edges` is negative. LOAM_ERR_UNSUPPORTED: it is not 0, and see
 * LOAM_GC_FREE_BUDGET. LOAM_ERR_MEMORY: no room to keep it. Nothing has changed then.
 *
 * As much is worked off by every release that frees something and at other safe points; by an allocation that takes
 * memory which was not in use, an edge for each 8 bytes of it; all of it by loam_gc_collect(), loam_gc_freeze() and the
 * end of the thread. When an object's last reference goes its weak references are cleared at once, and its finalizer
 * runs as without a budget; what waits is its memory, what it owns, such as a file, and the references that it holds.
 *
 * O(1), and O(what waits) for 0. May run finalizers.
 */
LOAM_API loam_status loam_gc_set_free_budget(int64_t edges);

/**
 * The budget; 0: there is none.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_gc_get_free_budget(void);

/**
 * How many objects wait to be freed: nothing refers to them. What only they refer to is not among them yet.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_gc_get_free_debt(void);

/**
 * What the collections of each generation have come to.
 *
 * O(1). Runs no user code.
 */
LOAM_API void loam_gc_get_stats(loam_gc_stats out[LOAM_GC_GENERATIONS]);

/**
 * Call `function` with `context` before and after each collection of this thread's, after those that were added before.
 * It may be added again, with another context too. Where collections are no thread's, on boehm, each thread is told at
 * its next safe point of those that have started by themselves, of all of them as one. LOAM_ERR_MEMORY: it is not
 * added.
 *
 * O(callbacks). Runs no user code.
 */
LOAM_API loam_status loam_gc_callback_add(loam_gc_callback *function, void *context);

/**
 * Call it no more, not for the collection that is going on either: LOAM_OK, or LOAM_MISSING if this function was not
 * added with this context.
 *
 * O(callbacks). Runs no user code.
 */
LOAM_API loam_status loam_gc_callback_remove(loam_gc_callback *function, void *context);

/**
 * What collections of this thread's tell and keep: flags of loam_gc_debug, 0 for none. LOAM_ERR_VALUE: something else
 * is in `flags`. LOAM_ERR_UNSUPPORTED: flags other than LOAM_GC_DEBUG_STATS, where LOAM_GC_EXACT_CYCLES does not hold.
 * LOAM_ERR_MEMORY: no room for loam_gc_garbage(). None of them changes anything.
 *
 * O(1). May run finalizers.
 */
LOAM_API loam_status loam_gc_set_debug(int flags);

/**
 * The flags that are set.
 *
 * O(1). Runs no user code.
 */
LOAM_API int loam_gc_get_debug(void);

/**
 * The list of what LOAM_GC_DEBUG_SAVEALL has kept: a new reference to the thread's own list, which may be changed. Weak
 * references to what is in it have been cleared, and finalizers have run; it is not finalized again. Where there was no
 * memory to put it into the list, it has been freed.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_gc_garbage(void) LOAM_NODISCARD;

/**
 * A new list of the objects of this heap that can be part of a cycle: those of `generation`, or all of them for -1;
 * without the list itself, and without what is frozen. LOAM_ERR_VALUE: no such generation. LOAM_ERR_UNSUPPORTED: see
 * LOAM_GC_HEAP_WALK.
 *
 * O(objects that can be part of a cycle). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_gc_get_objects(int generation) LOAM_NODISCARD;

/**
 * A new list of the objects that refer to `value`, each once. Only objects of this heap that can be part of a cycle are
 * looked at, and none that is frozen: variables of the program, roots and types that are `acyclic` refer to it unseen.
 * LOAM_ERR_TYPE: not an object, but a number or another value that is all in its word. LOAM_ERR_UNSUPPORTED: see
 * LOAM_GC_HEAP_WALK.
 *
 * O(objects that can be part of a cycle, and what they refer to). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_gc_get_referrers(loam_value value) LOAM_NODISCARD;

/**
 * A new list of what `value` refers to directly, field by field: of a dict, keys and values. Empty for what refers to
 * nothing.
 *
 * O(references). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_gc_get_referents(loam_value value) LOAM_NODISCARD;

/**
 * Whether `value` is an object that can be part of a cycle: its type holds references, and is not `acyclic`.
 *
 * O(1). Runs no user code.
 */
LOAM_API bool loam_gc_is_tracked(loam_value value);

/**
 * Whether the finalizer of its type has run for `value`, or is about to.
 *
 * O(1). Runs no user code.
 */
LOAM_API bool loam_gc_is_finalized(loam_value value);

/**
 * Set all that is alive aside: collections leave it alone, garbage or not, and so its memory stays shared after a fork.
 * What is no longer referred to is freed all the same. LOAM_ERR_UNSUPPORTED: see LOAM_GC_FREEZE. LOAM_ERR_VALUE: from a
 * finalizer that a collection runs; nothing is changed.
 *
 * O(objects that can be part of a cycle). Runs no user code.
 */
LOAM_API loam_status loam_gc_freeze(void);

/**
 * The opposite: what was set aside is of the oldest generation again. Fails as loam_gc_freeze() does.
 *
 * O(pages of objects). Runs no user code.
 */
LOAM_API loam_status loam_gc_unfreeze(void);

/**
 * How many objects are set aside. LOAM_ERR_UNSUPPORTED: see LOAM_GC_FREEZE.
 *
 * O(pages of objects). Runs no user code.
 */
LOAM_API int64_t loam_gc_get_freeze_count(void);

/**
 * How many bytes objects and their buffers take up: on refcount those of the heap, exactly; on boehm all of libgc's,
 * what is garbage and not yet collected included.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_gc_get_bytes(void);

/**
 * How many references there are to the object that `value` is, the caller's included; in Python sys.getrefcount(),
 * which says one more, its own argument. INT64_MAX for what is never freed, such as the empty tuple. LOAM_ERR_TYPE: not
 * an object, but a number or another value that is all in its word. LOAM_ERR_UNSUPPORTED: see LOAM_GC_EXACT_REFCOUNT.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_refcount(loam_value value) LOAM_NODISCARD;

/**
 * A root that holds `value`, borrowed. The root itself may be kept anywhere. NULL with LOAM_ERR_MEMORY, or with the
 * earlier failure if `value` is unset.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_root *loam_root_new(loam_value value) LOAM_NODISCARD;

/**
 * What the root holds, borrowed from it.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_root_peek(const loam_root *root);

/**
 * Let the root hold `value`, borrowed, instead; what it held is released last.
 *
 * O(1). May run finalizers.
 */
LOAM_API loam_status loam_root_set(loam_root *root, loam_value value);

/**
 * Release what the root holds, and the root. NULL is allowed; anything that is not a root is a bug and named.
 *
 * O(1). May run finalizers.
 */
LOAM_API void loam_root_free(loam_root *root);

LOAM_END_DECLS

#endif
