/**
 * set and frozenset: elements that are there once, in order of insertion. Literals: LOAM_SET, loam_set_of,
 * LOAM_FROZENSET, loam_frozenset_of.
 *
 * Elements are what may be a key of a dict, and equal as keys are: 1, 1.0 and True are one element. A frozenset does
 * not change, has a hash, and so can be a key or an element itself.
 *
 *     if (loam_set_add(seen, word) > 0)
 *         printf("the first %s\n", word);
 *
 * The order is Python's dict's, also of results: what a set and another have in common are the set's own elements, in
 * its order; what comes from the other follows, in the other's order.
 *
 * Where an operation takes another set it takes anything that can be iterated over. A set, a frozenset, a dict and a
 * view of a dict's keys are looked up in; from the rest, which is read to its end, a set is made where one is needed.
 *
 * While a set is iterated over, adding or removing an element ends the iteration with LOAM_ERR_CHANGED, also where the
 * number of elements is the same again.
 *
 * loam_equal() and loam_compare() know sets: a set equals a frozenset with the same elements, and is below what it is a
 * proper subset of; LOAM_UNORDERED if neither has all of the other's.
 *
 * Every function that takes an element may run its hash and equality if it, or one in the set, is of a type of one's
 * own. They may do anything, change this set included; a call that cannot go on then fails with LOAM_ERR_CHANGED.
 */
#ifndef LOAM_SET_H
#define LOAM_SET_H

#include <loam/base.h>
#include <loam/generic.h>
#include <loam/value.h>

LOAM_BEGIN_DECLS

/**
 * An empty set.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_set *loam_set_new(void) LOAM_NODISCARD;

/**
 * A set of the items of anything iterable. LOAM_ERR_TYPE: it is not, or an item has no hash.
 *
 * O(items). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_set *loam_set_from(loam_value iterable) LOAM_NODISCARD;

/**
 * The number of elements, or the earlier failure if `set` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_set_len(const loam_set *set) LOAM_NODISCARD;

/**
 * Add `element`: 1 if it is new, 0 if an equal one is there, which stays, or a failure. LOAM_ERR_TYPE: it has no hash.
 * LOAM_ERR_MEMORY: the set is unchanged.
 *
 * Amortized O(1). May run hash, equality, and finalizers with a literal as the element.
 */
LOAM_API int loam_set_add(loam_set *set, loam_key element) LOAM_NODISCARD;

/**
 * 1 if `element` is there, 0 if not, or a failure. As in Python a set, which has no hash, is looked up as a frozenset
 * of its elements would be; so it is by loam_set_discard() and loam_set_remove().
 *
 * O(1). May run hash, equality, and finalizers with a literal as the element.
 */
LOAM_API int loam_set_contains(loam_set *set, loam_key element) LOAM_NODISCARD;

/**
 * Remove `element` if it is there: 1 if it was, 0 if not, or a failure. It is released when the set is in order again.
 *
 * O(1). May run hash, equality, finalizers.
 */
LOAM_API int loam_set_discard(loam_set *set, loam_key element) LOAM_NODISCARD;

/**
 * Remove `element`. LOAM_ERR_KEY: it is not there.
 *
 * O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_set_remove(loam_set *set, loam_key element) LOAM_NODISCARD;

/**
 * Remove the element that was added first, and hand it over; with NULL it is released. LOAM_MISSING, which is no
 * failure: the set is empty. `*element` becomes unset unless the result is LOAM_OK. LOAM_ERR_CHANGED: the element's
 * hash has changed the set.
 *
 * Amortized O(1), plus the element's hash where that is not kept, as a tuple's. May run hash, finalizers.
 */
LOAM_API loam_status loam_set_pop_first(loam_set *set, loam_value *element) LOAM_NODISCARD;

/**
 * The same for the element that was added last: Python's pop(), which takes any.
 *
 * Amortized O(1), plus the element's hash where that is not kept, as a tuple's. May run hash, finalizers.
 */
LOAM_API loam_status loam_set_pop_last(loam_set *set, loam_value *element) LOAM_NODISCARD;

/**
 * The next element, in order, borrowed from the set until it is removed. `*position` is 0 to begin with. LOAM_DONE:
 * there are no more, `*element` is unset. LOAM_ERR_CHANGED: the set has changed since. loam_set_remove_current() with
 * this `position` is the one change that it survives.
 *
 * Amortized O(1). Runs no user code.
 */
LOAM_API loam_status loam_set_next_peek(const loam_set *set, uint64_t *position, loam_value *element) LOAM_NODISCARD;

/**
 * Remove the element that loam_set_next_peek() gave last for this `position`, which goes on behind it; any other
 * iteration over the set ends. LOAM_ERR_KEY: it is removed already, or there was none yet. LOAM_ERR_CHANGED: the set
 * has changed since.
 *
 * O(1), plus the element's hash where that is not kept, as a tuple's. May run hash, finalizers.
 */
LOAM_API loam_status loam_set_remove_current(loam_set *set, uint64_t *position) LOAM_NODISCARD;

/**
 * Remove all elements. They are released when the set is empty already.
 *
 * O(elements). May run finalizers.
 */
LOAM_API loam_status loam_set_clear(loam_set *set);

/**
 * Make room for `elements` in all, so that adding up to there needs no memory, whatever is removed before or
 * afterwards; loam_set_clear() gives the room back, and so do `set -= set` and `set ^= set`. It may close the holes
 * that removed elements have left, which ends iterations. LOAM_ERR_VALUE: a negative number.
 *
 * O(elements). May run hash.
 */
LOAM_API loam_status loam_set_reserve(loam_set *set, int64_t elements) LOAM_NODISCARD;

/**
 * Another set of the same elements. It does without the room of those that were removed, where these are many, unless
 * that would take a hash of the program's.
 *
 * O(elements). Runs no user code.
 */
LOAM_API loam_set *loam_set_copy(const loam_set *set) LOAM_NODISCARD;

/**
 * Add all items of anything iterable, the set itself included: Python's `set |= other`. A failure keeps what was added
 * before it.
 *
 * O(items). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_status loam_set_update(loam_set *set, loam_value other) LOAM_NODISCARD;

/**
 * Keep only what is in `other` too: Python's `set &= other`. A failure while `other` is read leaves the set as it was;
 * a hash of the program's that fails while elements are removed keeps what was removed before it.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_status loam_set_intersection_update(loam_set *set, loam_value other) LOAM_NODISCARD;

/**
 * Remove what is in `other`: Python's `set -= other`. A failure keeps what was removed before it.
 *
 * O(the smaller of both), O(items) of what is no set. May run hash, equality, a type's iter_begin and iter_fill, an
 * iterator's stages, finalizers.
 */
LOAM_API loam_status loam_set_difference_update(loam_set *set, loam_value other) LOAM_NODISCARD;

/**
 * Remove what is in `other`, and add what only `other` has: Python's `set ^= other`. A failure keeps what was done
 * before it.
 *
 * O(elements of `other`). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_status loam_set_symmetric_difference_update(loam_set *set, loam_value other) LOAM_NODISCARD;

/**
 * A new set of what is in `set` or in `other`: Python's `set | other`.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_set *loam_set_union(loam_set *set, loam_value other) LOAM_NODISCARD;

/**
 * A new set of what is in both: Python's `set & other`.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_set *loam_set_intersection(loam_set *set, loam_value other) LOAM_NODISCARD;

/**
 * A new set of what is in `set` and not in `other`: Python's `set - other`.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_set *loam_set_difference(loam_set *set, loam_value other) LOAM_NODISCARD;

/**
 * A new set of what is in one of both and not in the other: Python's `set ^ other`.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_set *loam_set_symmetric_difference(loam_set *set, loam_value other) LOAM_NODISCARD;

/**
 * 1 if `set` and `other` have no element in common, 0 if they have, or a failure.
 *
 * O(the smaller of both), O(items) of what is no set. May run hash, equality, a type's iter_begin and iter_fill, an
 * iterator's stages, finalizers.
 */
LOAM_API int loam_set_isdisjoint(loam_set *set, loam_value other) LOAM_NODISCARD;

/**
 * 1 if all elements of `set` are in `other`: Python's `set <= other`.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API int loam_set_issubset(loam_set *set, loam_value other) LOAM_NODISCARD;

/**
 * 1 if all items of `other` are in `set`: Python's `set >= other`.
 *
 * O(items of `other`). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API int loam_set_issuperset(loam_set *set, loam_value other) LOAM_NODISCARD;

/**
 * An empty frozenset.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_frozenset *loam_frozenset_new(void) LOAM_NODISCARD;

/**
 * A frozenset of the items of anything iterable; of a frozenset it is that one. LOAM_ERR_TYPE: not iterable, or an item
 * has no hash.
 *
 * O(items). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_frozenset *loam_frozenset_from(loam_value iterable) LOAM_NODISCARD;

/** See loam_set_len(). O(1). Runs no user code. */
LOAM_API int64_t loam_frozenset_len(const loam_frozenset *set) LOAM_NODISCARD;

/** See loam_set_contains(). O(1). May run hash, equality, and finalizers with a literal as the element. */
LOAM_API int loam_frozenset_contains(loam_frozenset *set, loam_key element) LOAM_NODISCARD;

/**
 * What loam_set_union() and its kin make, as a frozenset.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_frozenset *loam_frozenset_union(loam_frozenset *set, loam_value other) LOAM_NODISCARD;
/**
 * See loam_frozenset_union().
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_frozenset *loam_frozenset_intersection(loam_frozenset *set, loam_value other) LOAM_NODISCARD;
/**
 * See loam_frozenset_union().
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_frozenset *loam_frozenset_difference(loam_frozenset *set, loam_value other) LOAM_NODISCARD;
/**
 * See loam_frozenset_union().
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_frozenset *loam_frozenset_symmetric_difference(loam_frozenset *set, loam_value other) LOAM_NODISCARD;

/**
 * See loam_set_isdisjoint().
 *
 * O(the smaller of both), O(items) of what is no set. May run hash, equality, a type's iter_begin and iter_fill, an
 * iterator's stages, finalizers.
 */
LOAM_API int loam_frozenset_isdisjoint(loam_frozenset *set, loam_value other) LOAM_NODISCARD;
/**
 * See loam_set_issubset().
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API int loam_frozenset_issubset(loam_frozenset *set, loam_value other) LOAM_NODISCARD;
/**
 * See loam_set_issuperset().
 *
 * O(items of `other`). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API int loam_frozenset_issuperset(loam_frozenset *set, loam_value other) LOAM_NODISCARD;

LOAM_END_DECLS

#define loam_set_add(set, element) loam_set_add(set, LOAM_KEY(element))
#define loam_set_contains(set, element) loam_set_contains(set, LOAM_KEY(element))
#define loam_set_discard(set, element) loam_set_discard(set, LOAM_KEY(element))
#define loam_set_remove(set, element) loam_set_remove(set, LOAM_KEY(element))
#define loam_frozenset_contains(set, element) loam_frozenset_contains(set, LOAM_KEY(element))

#endif
