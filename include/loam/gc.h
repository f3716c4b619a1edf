/**
 * The memory manager in use: what it can do, and roots.
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
    LOAM_GC_HEAP_WALK
} loam_gc_capability;

/** Generations: what is new, what has survived one collection, what has survived two. */
#define LOAM_GC_GENERATIONS 3

/** What the collections of a generation have come to since the heap began. */
typedef struct loam_gc_stats {
    /** How many there were. */
    int64_t collections;
    /** Objects found unreachable and freed. */
    int64_t collected;
    /** Objects found unreachable and kept: LOAM_GC_SAVEALL only. */
    int64_t uncollectable;
    /** Objects that were looked at first, because they might have been part of a dropped cycle. */
    int64_t candidates;
    /** CPU time of all of them together and of the longest one, in nanoseconds. */
    int64_t total_ns, longest_ns;
} loam_gc_stats;

/** A reference that lives outside of loam's sight. */
typedef struct loam_root loam_root;

LOAM_BEGIN_DECLS

/**
 * The name of the memory manager that this library was built with: "refcount" or "boehm".
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
 * freed all the same where LOAM_GC_PROMPT_FREE holds. Each thread decides for its own objects.
 *
 * O(1). Runs no user code.
 */
LOAM_API void loam_gc_enable(void);

/** The opposite. O(1). Runs no user code. */
LOAM_API void loam_gc_disable(void);

/** Whether collections start by themselves. O(1). Runs no user code. */
LOAM_API bool loam_gc_is_enabled(void);

/**
 * Collect now, whether enabled or not: what is in `generation` and younger ones; 2 is everything. Returns how many objects
 * were unreachable and are freed, exactly where LOAM_GC_EXACT_CYCLES holds; 0 from inside a finalizer or a callback of the
 * collector, where no collection starts. LOAM_ERR_VALUE: no such generation.
 *
 * O(what can be part of a cycle in these generations). May run finalizers.
 */
LOAM_API int64_t loam_gc_collect(int generation);

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
