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
    LOAM_GC_CYCLES
} loam_gc_capability;

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
