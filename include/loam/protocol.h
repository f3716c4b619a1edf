/**
 * What works on anything: equality, order, hash, length, text, size. All of Python's meaning: `1 == 1.0 == True`, exact
 * comparison of integers with doubles, sequences item by item.
 *
 * Every function propagates an earlier failure that reaches it as an unset value, and nesting that is too deep for the
 * C stack is LOAM_ERR_RECURSION.
 */
#ifndef LOAM_PROTOCOL_H
#define LOAM_PROTOCOL_H

#include <loam/base.h>
#include <loam/status.h>
#include <loam/value.h>

/** The `*order` of loam_compare() where a NaN is compared, or two sets that differ both ways: neither below, nor equal,
 *  nor above. */
#define LOAM_UNORDERED 2

LOAM_BEGIN_DECLS

/**
 * Python's `a == b`: 1, 0, or a failure of a type's own equality.
 *
 * O(size of the smaller). May run equality, hash, finalizers.
 */
LOAM_API int loam_equal(loam_value a, loam_value b) LOAM_NODISCARD;

/**
 * `*order` is -1 where a is below b, 0 where equal, 1 where above, LOAM_UNORDERED where a NaN decides. Numbers, str,
 * bytes, tuples and lists have an order; a set or frozenset is below what it is a proper subset of, and LOAM_UNORDERED
 * with what neither is a subset of the other. LOAM_ERR_TYPE: these two have none, such as a number and a str.
 *
 * O(size of the smaller). May run equality, hash, comparison, finalizers.
 */
LOAM_API loam_status loam_compare(loam_value a, loam_value b, int *order) LOAM_NODISCARD;

/**
 * A hash that is equal for equal values, into `*out`. It differs from process to process unless the environment has
 * LOAM_HASHSEED=0. LOAM_ERR_TYPE: a list, a dict, a set, or what holds one cannot be a
 * key.
 *
 * O(size). May run hash.
 */
LOAM_API loam_status loam_hash(loam_value value, uint64_t *out) LOAM_NODISCARD;

/**
 * Python's `len`: items, or code points of a str. LOAM_ERR_TYPE: it has no length.
 *
 * O(1). May run a type's len.
 */
LOAM_API int64_t loam_len(loam_value value) LOAM_NODISCARD;

/**
 * The text of `value` as Python's repr() gives it, to the letter; what contains itself appears as `[...]`.
 *
 * O(size of the text). May run a type's repr, finalizers.
 */
LOAM_API loam_str *loam_repr(loam_value value) LOAM_NODISCARD;

/**
 * The text of `value` as Python's str() gives it: a str as it is, anything else as loam_repr().
 *
 * O(size of the text). May run a type's repr, finalizers.
 */
LOAM_API loam_str *loam_str_of(loam_value value) LOAM_NODISCARD;

/**
 * Write loam_str_of() to standard output. LOAM_ERR_IO: it could not be written.
 *
 * O(size of the text). May run a type's repr, finalizers.
 */
LOAM_API loam_status loam_print(loam_value value) LOAM_NODISCARD;

/**
 * The same and a line end. Flushes, so that a full disk is noticed here.
 *
 * O(size of the text). May run a type's repr, finalizers.
 */
LOAM_API loam_status loam_println(loam_value value) LOAM_NODISCARD;

/**
 * Python's copy.copy(): another object that refers to the same; what never changes, a tuple or frozenset too, is its
 * own copy. Lists, dicts, sets, deques and types of one's own that have a `copy` can be copied. LOAM_ERR_TYPE: this one
 * cannot.
 *
 * O(items). May run a type's copy, hash, equality, and finalizers if it fails.
 */
LOAM_API loam_value loam_copy(loam_value value) LOAM_NODISCARD;

/**
 * Python's copy.deepcopy(): a copy of all that can be reached from `value`. What was shared is shared in the copy, and
 * cycles are cycles there. What never changes is not copied, nor a tuple or frozenset of nothing else. LOAM_ERR_TYPE:
 * something in it cannot be copied; LOAM_ERR_CHANGED: a dict or set was changed meanwhile. Whatever fails, nothing is
 * left. It needs up to 24 bytes for each object that it copies, where these are fewer than 10,000 up to 32 and 250 in
 * all, and some 16 for each level; depth costs no C stack.
 *
 * O(all that is reached). May run a type's copy, hash, equality, finalizers.
 */
LOAM_API loam_value loam_deepcopy(loam_value value) LOAM_NODISCARD;

/**
 * Bytes of the object itself and the buffers that it owns, from its layout, hence the same on every memory manager;
 * 0 for what lives in the value's own word. What its references refer to is not counted.
 *
 * O(1). May run a type's extent.
 */
LOAM_API int64_t loam_sizeof(loam_value value) LOAM_NODISCARD;

/**
 * Bytes of all that can be reached from `value`, each object once. LOAM_ERR_MEMORY: it needs some 24 bytes for each
 * object it meets.
 *
 * O(objects reached). May run a type's extent, finalizers.
 */
LOAM_API int64_t loam_sizeof_deep(loam_value value) LOAM_NODISCARD;

LOAM_END_DECLS

#endif
