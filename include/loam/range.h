/**
 * range: the integers `start`, `start + step`, .. before `stop`, of which none is kept: Python's range, immutable and a
 * key. Two that have the same integers are equal. loam_iter_range() walks over integers without one.
 */
#ifndef LOAM_RANGE_H
#define LOAM_RANGE_H

#include <loam/base.h>
#include <loam/generic.h>
#include <loam/value.h>

LOAM_BEGIN_DECLS

/**
 * The integers from `start` on, before `stop`, at every `step`, which may be negative. LOAM_ERR_VALUE: step 0.
 * LOAM_ERR_OVERFLOW: there are more than INT64_MAX of them.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_range *loam_range_new(int64_t start, int64_t stop, int64_t step) LOAM_NODISCARD;

/**
 * The number of integers, or the earlier failure if `range` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_range_len(const loam_range *range) LOAM_NODISCARD;

/**
 * What it was made of: Python's `range.start`, `.stop` and `.step`. Each of the three may be NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_range_bounds(const loam_range *range, int64_t *start, int64_t *stop, int64_t *step);

/**
 * The integer at `index`, negative from the end, as a value: a new reference. LOAM_ERR_INDEX: there is none.
 * LOAM_ERR_MEMORY only where it needs more than 63 bits.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_range_get(const loam_range *range, int64_t index) LOAM_NODISCARD;

/**
 * The same into `*out`. LOAM_ERR_INDEX: there is none.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_range_get_int(const loam_range *range, int64_t index, int64_t *out) LOAM_NODISCARD;

/**
 * Python's `range[start:stop:step]`, a range, where LOAM_OMIT leaves a bound out. LOAM_ERR_VALUE: step 0.
 * LOAM_ERR_OVERFLOW: a bound or the step of the result needs more than 64 bits.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_range *loam_range_slice(const loam_range *range, int64_t start, int64_t stop,
                                      int64_t step) LOAM_NODISCARD;

/**
 * 1 if `item` is a number and equal to one of the integers, else 0, or the earlier failure.
 *
 * O(1). May run finalizers, of a literal as the item.
 */
LOAM_API int loam_range_contains(const loam_range *range, loam_key item) LOAM_NODISCARD;

/**
 * How many of the integers equal `item`: 1 or 0.
 *
 * O(1). May run finalizers, of a literal as the item.
 */
LOAM_API int64_t loam_range_count(const loam_range *range, loam_key item) LOAM_NODISCARD;

/**
 * Where the integer that equals `item` is. LOAM_ERR_VALUE: nowhere.
 *
 * O(1). May run finalizers, of a literal as the item.
 */
LOAM_API int64_t loam_range_index(const loam_range *range, loam_key item) LOAM_NODISCARD;

LOAM_END_DECLS

#define loam_range_contains(range, item) loam_range_contains(range, LOAM_KEY(item))
#define loam_range_count(range, item) loam_range_count(range, LOAM_KEY(item))
#define loam_range_index(range, item) loam_range_index(range, LOAM_KEY(item))

#endif
