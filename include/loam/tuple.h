/**
 * tuple: an immutable sequence, 16 bytes and 8 for each item. A key if its items are. Literals: LOAM_TUPLE,
 * loam_tuple_of.
 */
#ifndef LOAM_TUPLE_H
#define LOAM_TUPLE_H

#include <loam/base.h>
#include <loam/generic.h>
#include <loam/value.h>

LOAM_BEGIN_DECLS

/**
 * A tuple of `count` values, borrowed. NULL with the earlier failure if one of them is unset. LOAM_ERR_MEMORY where no
 * array has room for so many: then none is looked at.
 *
 * O(count). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_tuple *loam_tuple_new(const loam_value *items, size_t count) LOAM_NODISCARD;

/**
 * The same, taking the caller's reference to every one of them, also on failure, but where none is looked at.
 *
 * O(count). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_tuple *loam_tuple_new_take(const loam_value *items, size_t count) LOAM_NODISCARD;

/**
 * A tuple of the items of anything iterable. LOAM_ERR_TYPE: it is not.
 *
 * O(items). May run a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_tuple *loam_tuple_from(loam_value iterable) LOAM_NODISCARD;

/**
 * The number of items, or the earlier failure if `tuple` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_tuple_len(const loam_tuple *tuple) LOAM_NODISCARD;

/**
 * The item at `index`, negative from the end: a new reference. LOAM_ERR_INDEX: there is none.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_tuple_get(const loam_tuple *tuple, int64_t index) LOAM_NODISCARD;

/**
 * The same, borrowed from the tuple.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_tuple_get_peek(const loam_tuple *tuple, int64_t index) LOAM_NODISCARD;

/**
 * All items as they stand, borrowed from the tuple: the way to go through them at the speed of an array. Empty if
 * `tuple` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_span loam_tuple_span_peek(const loam_tuple *tuple) LOAM_NODISCARD;

/**
 * The integer at `index`, into `*out`. LOAM_ERR_INDEX: there is no such item. LOAM_ERR_TYPE: it is no integer.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_tuple_get_int(const loam_tuple *tuple, int64_t index, int64_t *out) LOAM_NODISCARD;

/**
 * Python's `tuple[start:stop:step]`, where LOAM_OMIT leaves a bound out; the whole of it is the tuple itself.
 * LOAM_ERR_VALUE: step 0.
 *
 * O(length of the result). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_tuple *loam_tuple_slice(const loam_tuple *tuple, int64_t start, int64_t stop,
                                      int64_t step) LOAM_NODISCARD;

/**
 * Python's `tuple + other`: a new tuple of the items of both, or the one that has any.
 *
 * O(items). Runs no user code.
 */
LOAM_API loam_tuple *loam_tuple_concat(const loam_tuple *tuple, const loam_tuple *other) LOAM_NODISCARD;

/**
 * Python's `tuple * times`: a new tuple of the items, so many times over; none at all if `times` is 0 or less, the
 * tuple itself if it is 1.
 *
 * O(items). Runs no user code.
 */
LOAM_API loam_tuple *loam_tuple_repeat(const loam_tuple *tuple, int64_t times) LOAM_NODISCARD;

/**
 * 1 if an item equals `item`, 0 if none does, or a failure of a type's equality. The same object is equal without being
 * asked.
 *
 * O(items). May run hash, equality, finalizers.
 */
LOAM_API int loam_tuple_contains(const loam_tuple *tuple, loam_key item) LOAM_NODISCARD;

/**
 * How many items equal `item`.
 *
 * O(items). May run hash, equality, finalizers.
 */
LOAM_API int64_t loam_tuple_count(const loam_tuple *tuple, loam_key item) LOAM_NODISCARD;

/**
 * Where the first item that equals `item` is, from `start` on and before `stop`; LOAM_OMIT leaves a bound out.
 * LOAM_ERR_VALUE: there is none.
 *
 * O(items). May run hash, equality, finalizers.
 */
LOAM_API int64_t loam_tuple_index(const loam_tuple *tuple, loam_key item, int64_t start, int64_t stop) LOAM_NODISCARD;

LOAM_END_DECLS

#define loam_tuple_contains(tuple, item) loam_tuple_contains(tuple, LOAM_KEY(item))
#define loam_tuple_count(tuple, item) loam_tuple_count(tuple, LOAM_KEY(item))
#define loam_tuple_index(tuple, item, start, stop) loam_tuple_index(tuple, LOAM_KEY(item), start, stop)

#endif
