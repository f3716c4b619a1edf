/**
 * deque: a sequence that grows and shrinks at both ends in constant time: Python's collections.deque. With a greatest
 * length it drops at one end what comes too much at the other. Indexes may be negative: -1 is the last item. Any change
 * of what is in it, or in which order, ends iterations with LOAM_ERR_CHANGED; loam_deque_set() does not.
 */
#ifndef LOAM_DEQUE_H
#define LOAM_DEQUE_H

#include <loam/base.h>
#include <loam/generic.h>
#include <loam/value.h>

LOAM_BEGIN_DECLS

/**
 * An empty deque.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_deque *loam_deque_new(void) LOAM_NODISCARD;

/**
 * An empty deque that never has more than `max_len` items. LOAM_ERR_VALUE: `max_len` is negative.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_deque *loam_deque_new_max(int64_t max_len) LOAM_NODISCARD;

/**
 * A deque of the items of anything iterable. LOAM_ERR_TYPE: it is not.
 *
 * O(items). May run a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_deque *loam_deque_from(loam_value iterable) LOAM_NODISCARD;

/**
 * The number of items, or the earlier failure if `deque` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_deque_len(const loam_deque *deque) LOAM_NODISCARD;

/**
 * The greatest length: INT64_MAX if there is none.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_deque_max_len(const loam_deque *deque) LOAM_NODISCARD;

/**
 * The item at `index`: a new reference. LOAM_ERR_INDEX: there is none.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_deque_get(const loam_deque *deque, int64_t index) LOAM_NODISCARD;

/**
 * The same, borrowed from the deque until the deque changes.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_deque_get_peek(const loam_deque *deque, int64_t index) LOAM_NODISCARD;

/**
 * The integer at `index`, into `*out`. LOAM_ERR_INDEX: there is no such item. LOAM_ERR_TYPE: it is no integer.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_deque_get_int(const loam_deque *deque, int64_t index, int64_t *out) LOAM_NODISCARD;

/**
 * Put `item` in place of the one at `index`, which is released last. LOAM_ERR_INDEX: there is none.
 *
 * O(1). May run finalizers.
 */
LOAM_API loam_status loam_deque_set(loam_deque *deque, int64_t index, loam_value item) LOAM_NODISCARD;

/**
 * The same, taking the caller's reference to `item`, also on failure.
 *
 * O(1). May run finalizers.
 */
LOAM_API loam_status loam_deque_set_take(loam_deque *deque, int64_t index, loam_value item) LOAM_NODISCARD;

/**
 * Append `item` at the end. At a full deque the first item goes, and is released last. LOAM_ERR_MEMORY: the deque could
 * not grow; it is unchanged.
 *
 * Amortized O(1). May run finalizers.
 */
LOAM_API loam_status loam_deque_append(loam_deque *deque, loam_value item) LOAM_NODISCARD;

/**
 * The same, taking the caller's reference to `item`, also on failure.
 *
 * Amortized O(1). May run finalizers.
 */
LOAM_API loam_status loam_deque_append_take(loam_deque *deque, loam_value item) LOAM_NODISCARD;

/**
 * Put `item` before the first one: Python's appendleft(). At a full deque the last item goes, and is released last.
 *
 * Amortized O(1). May run finalizers.
 */
LOAM_API loam_status loam_deque_append_first(loam_deque *deque, loam_value item) LOAM_NODISCARD;

/**
 * The same, taking the caller's reference to `item`, also on failure.
 *
 * Amortized O(1). May run finalizers.
 */
LOAM_API loam_status loam_deque_append_first_take(loam_deque *deque, loam_value item) LOAM_NODISCARD;

/**
 * Insert `item` before `index`; an index beyond an end means that end. LOAM_ERR_INDEX: the deque is full.
 *
 * O(items on the shorter side). Runs no user code.
 */
LOAM_API loam_status loam_deque_insert(loam_deque *deque, int64_t index, loam_value item) LOAM_NODISCARD;

/**
 * The same, taking the caller's reference to `item`, also on failure.
 *
 * O(items on the shorter side). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_status loam_deque_insert_take(loam_deque *deque, int64_t index, loam_value item) LOAM_NODISCARD;

/**
 * Append all items of anything iterable, the deque itself included. A failure of the iterable keeps what came before
 * it. LOAM_ERR_TYPE: not iterable.
 *
 * O(items). May run a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_status loam_deque_extend(loam_deque *deque, loam_value iterable) LOAM_NODISCARD;

/**
 * Put them before the first item one after the other, so that they stand in reverse: Python's extendleft().
 *
 * O(items). May run a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_status loam_deque_extend_first(loam_deque *deque, loam_value iterable) LOAM_NODISCARD;

/**
 * Take the last item out: a new reference. LOAM_ERR_INDEX: there is none. Where it was the only one the room for many
 * goes too, unless loam_deque_reserve() asked for it.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_deque_pop_last(loam_deque *deque) LOAM_NODISCARD;

/**
 * Take the first item out: Python's popleft().
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_deque_pop_first(loam_deque *deque) LOAM_NODISCARD;

/**
 * Python's `del deque[index]`. LOAM_ERR_INDEX: there is none.
 *
 * O(items on the shorter side). May run finalizers.
 */
LOAM_API loam_status loam_deque_delete(loam_deque *deque, int64_t index) LOAM_NODISCARD;

/**
 * Remove the first item that equals `item`; it is released last. LOAM_ERR_VALUE: there is none. LOAM_ERR_CHANGED: a
 * type's equality has changed the deque meanwhile.
 *
 * O(items). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_deque_remove(loam_deque *deque, loam_key item) LOAM_NODISCARD;

/**
 * 1 if an item equals `item`, 0 if none does, or a failure of a type's equality. LOAM_ERR_CHANGED as above.
 *
 * O(items). May run hash, equality, finalizers.
 */
LOAM_API int loam_deque_contains(const loam_deque *deque, loam_key item) LOAM_NODISCARD;

/**
 * How many items equal `item`. LOAM_ERR_CHANGED as above.
 *
 * O(items). May run hash, equality, finalizers.
 */
LOAM_API int64_t loam_deque_count(const loam_deque *deque, loam_key item) LOAM_NODISCARD;

/**
 * Where the first item that equals `item` is, from `start` on and before `stop`; LOAM_OMIT leaves a bound out.
 * LOAM_ERR_VALUE: there is none. LOAM_ERR_CHANGED as above.
 *
 * O(items). May run hash, equality, finalizers.
 */
LOAM_API int64_t loam_deque_index(const loam_deque *deque, loam_key item, int64_t start, int64_t stop) LOAM_NODISCARD;

/**
 * Move the last item before the first one, `steps` times over; a negative number moves the first one behind the last.
 *
 * O(steps), or less where the other way round is shorter. Runs no user code.
 */
LOAM_API loam_status loam_deque_rotate(loam_deque *deque, int64_t steps);

/**
 * Turn the items round, in place.
 *
 * O(items). Runs no user code.
 */
LOAM_API loam_status loam_deque_reverse(loam_deque *deque);

/**
 * Remove all items, and give the room back. They are released when the deque is empty already.
 *
 * O(items). May run finalizers.
 */
LOAM_API loam_status loam_deque_clear(loam_deque *deque);

/**
 * A new deque of the same items, with the same greatest length.
 *
 * O(items). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_deque *loam_deque_copy(const loam_deque *deque) LOAM_NODISCARD;

/**
 * Python's `deque + other`: a new deque of the items of both, with the greatest length of the first.
 *
 * O(items). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_deque *loam_deque_concat(const loam_deque *deque, const loam_deque *other) LOAM_NODISCARD;

/**
 * Python's `deque * times`: a new deque of the items, so many times over; none at all if `times` is 0 or less.
 *
 * O(items). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_deque *loam_deque_repeat(const loam_deque *deque, int64_t times) LOAM_NODISCARD;

/**
 * Python's `deque *= times`. With 0 or less the items are released when the deque is empty.
 *
 * O(items). May run finalizers.
 */
LOAM_API loam_status loam_deque_repeat_in_place(loam_deque *deque, int64_t times) LOAM_NODISCARD;

/**
 * Make room for `capacity` items in all, so that appending up to there cannot fail, also after items have been taken
 * out; loam_deque_clear() gives the room back, and so does `deque *= 0`.
 *
 * O(items). Runs no user code.
 */
LOAM_API loam_status loam_deque_reserve(loam_deque *deque, int64_t capacity) LOAM_NODISCARD;

LOAM_END_DECLS

#define loam_deque_set(deque, index, item) loam_deque_set_take(deque, index, LOAM_VAL(item))
#define loam_deque_append(deque, item) loam_deque_append_take(deque, LOAM_VAL(item))
#define loam_deque_append_first(deque, item) loam_deque_append_first_take(deque, LOAM_VAL(item))
#define loam_deque_insert(deque, index, item) loam_deque_insert_take(deque, index, LOAM_VAL(item))
#define loam_deque_contains(deque, item) loam_deque_contains(deque, LOAM_KEY(item))
#define loam_deque_count(deque, item) loam_deque_count(deque, LOAM_KEY(item))
#define loam_deque_index(deque, item, start, stop) loam_deque_index(deque, LOAM_KEY(item), start, stop)
#define loam_deque_remove(deque, item) loam_deque_remove(deque, LOAM_KEY(item))

#endif
