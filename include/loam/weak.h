/**
 * Weak references, and functions that run when an object is gone.
 *
 * A weak reference does not keep its object alive. It is cleared before the object's finalizer runs, and never refers
 * to anything again. What can be referred to weakly has an identity: containers, iterators and objects of types of
 * one's own. Numbers, None, text and bytes have none: LOAM_ERR_TYPE.
 *
 * An object is gone after its last release, or after the collection that finds it unreachable; where memory is
 * collected conservatively only the latter counts, and a few objects may be found late or never. What is called then is
 * called in the thread whose object it was.
 */
#ifndef LOAM_WEAK_H
#define LOAM_WEAK_H

#include <loam/base.h>
#include <loam/status.h>
#include <loam/value.h>

typedef struct loam_weakref loam_weakref;

/** Called once, when the object that `ref` referred to is gone, at a safe point, if `ref` itself is still there. May do
 *  what any program may. */
typedef void loam_weakref_callback(loam_weakref *ref, void *context);

/** Called once, when an object is gone, at a safe point. May do what any program may. */
typedef void loam_finalizer(void *context);

LOAM_BEGIN_DECLS

/**
 * A weak reference to `target`, borrowed. All calls for the same object give the same weak reference, unless it is one
 * that is never freed, as the empty tuple. LOAM_ERR_TYPE: a value without identity.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_weakref *loam_weakref_new(loam_value target) LOAM_NODISCARD;

/**
 * A weak reference of its own, whose `callback` is called when the object is gone. Releasing the weak reference before
 * then calls it off where LOAM_GC_PROMPT_FREE holds; loam_weakref_cancel() does so everywhere.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_weakref *loam_weakref_new_callback(loam_value target, loam_weakref_callback *callback,
                                                 void *context) LOAM_NODISCARD;

/**
 * What it refers to, a new reference; LOAM_NONE once that is gone. Unset only with an earlier failure, where `ref` is
 * NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_weakref_get(loam_weakref *ref) LOAM_NODISCARD;

/**
 * Call the callback off, also where it is due already; the weak reference goes on referring. LOAM_MISSING: it has none,
 * or that has been called. Needed before what `context` points to is freed.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_weakref_cancel(loam_weakref *ref);

/**
 * `value` as a weak reference, borrowed: NULL with LOAM_ERR_TYPE if it is something else.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_weakref *loam_to_weakref_peek(loam_value value) LOAM_NODISCARD;

/** True for a weak reference. O(1). Runs no user code. */
LOAM_API bool loam_is_weakref(loam_value value);

/**
 * Let `function` be called with `context` when `target` is gone, after its type's finalizer, once; it is never given
 * the object. Several for one object are called from the last one to the first. One that is never freed, as the empty
 * tuple, has none called, nor have those that are alive when the process ends. LOAM_ERR_TYPE: a value without identity.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_finalize(loam_value target, loam_finalizer *function, void *context);

/**
 * Call it off again: LOAM_OK, or LOAM_MISSING if there is no such function for `target`.
 *
 * O(n) in what is attached to the object. Runs no user code.
 */
LOAM_API loam_status loam_finalize_cancel(loam_value target, loam_finalizer *function, void *context);

LOAM_END_DECLS

#endif
