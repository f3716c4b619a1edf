/**
 * list: a growing array of values. Literals: LOAM_LIST, loam_list_of. Indexes may be negative: -1 is the last item.
 */
#ifndef LOAM_LIST_H
#define LOAM_LIST_H

#include <loam/base.h>
#include <loam/generic.h>
#include <loam/value.h>

LOAM_BEGIN_DECLS

/**
 * An empty list.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_list *loam_list_new(void) LOAM_NODISCARD;

/**
 * A list of the items of anything iterable. LOAM_ERR_TYPE: it is not.
 *
 * O(items). May run a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_list *loam_list_from(loam_value iterable) LOAM_NODISCARD;

/**
 * The number of items, or the earlier failure if `list` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_list_len(const loam_list *list) LOAM_NODISCARD;

/**
 * The item at `index`: a new reference. LOAM_ERR_INDEX: there is none.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_list_get(const loam_list *list, int64_t index) LOAM_NODISCARD;

/**
 * The same, borrowed from the list until the list changes.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_list_get_peek(const loam_list *list, int64_t index) LOAM_NODISCARD;

/**
 * The integer at `index`, into `*out`. LOAM_ERR_INDEX: there is no such item. LOAM_ERR_TYPE: it is no integer.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_list_get_int(const loam_list *list, int64_t index, int64_t *out) LOAM_NODISCARD;

/**
 * Put `item` in place of the one at `index`, which is released last. LOAM_ERR_INDEX: there is none.
 *
 * O(1). May run finalizers.
 */
LOAM_API loam_status loam_list_set(loam_list *list, int64_t index, loam_value item) LOAM_NODISCARD;

/**
 * The same, taking the caller's reference to `item`, also on failure.
 *
 * O(1). May run finalizers.
 */
LOAM_API loam_status loam_list_set_take(loam_list *list, int64_t index, loam_value item) LOAM_NODISCARD;

/**
 * Append `item`. LOAM_ERR_MEMORY: the list could not grow; it is unchanged.
 *
 * Amortized O(1). Runs no user code.
 */
LOAM_API loam_status loam_list_append(loam_list *list, loam_value item) LOAM_NODISCARD;

/**
 * Append `item`, taking the caller's reference to it even on failure, so that a constructor can be called in place:
 *
 *     st = loam_list_append_take(people, LOAM_VAL("Ada"));
 *
 * LOAM_ERR_MEMORY: the list could not grow; it is unchanged.
 *
 * Amortized O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_status loam_list_append_take(loam_list *list, loam_value item) LOAM_NODISCARD;

/**
 * Insert `item` before `index`; an index beyond an end means that end, as in Python.
 *
 * O(items after it). Runs no user code.
 */
LOAM_API loam_status loam_list_insert(loam_list *list, int64_t index, loam_value item) LOAM_NODISCARD;

/**
 * The same, taking the caller's reference to `item`, also on failure.
 *
 * O(items after it). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_status loam_list_insert_take(loam_list *list, int64_t index, loam_value item) LOAM_NODISCARD;

/**
 * Append all items of anything iterable, the list itself included. A failure of the iterable keeps what came before it.
 * LOAM_ERR_TYPE: not iterable.
 *
 * O(items). May run a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_status loam_list_extend(loam_list *list, loam_value iterable) LOAM_NODISCARD;

/**
 * Take the item at `index` out: a new reference; -1 for the last. LOAM_ERR_INDEX: there is none.
 *
 * O(items after it). Runs no user code.
 */
LOAM_API loam_value loam_list_pop(loam_list *list, int64_t index) LOAM_NODISCARD;

/**
 * Remove all items. They are released when the list is empty already.
 *
 * O(items). May run finalizers.
 */
LOAM_API loam_status loam_list_clear(loam_list *list);

/**
 * Make room for `capacity` items in all, so that appending up to there cannot fail.
 *
 * O(items). Runs no user code.
 */
LOAM_API loam_status loam_list_reserve(loam_list *list, int64_t capacity) LOAM_NODISCARD;

/**
 * Python's `list[start:stop:step]`, a new list, where LOAM_OMIT leaves a bound out. LOAM_ERR_VALUE: step 0.
 *
 * O(length of the result). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_list_slice(const loam_list *list, int64_t start, int64_t stop, int64_t step) LOAM_NODISCARD;

LOAM_END_DECLS

#define loam_list_set(list, index, item) loam_list_set_take(list, index, LOAM_VAL(item))
#define loam_list_append(list, item) loam_list_append_take(list, LOAM_VAL(item))
#define loam_list_insert(list, index, item) loam_list_insert_take(list, index, LOAM_VAL(item))

#endif
