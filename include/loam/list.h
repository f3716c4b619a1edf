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
 * All items as they stand, borrowed from the list until it changes: the way to go through them at the speed of an
 * array. Empty if `list` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_span loam_list_span_peek(const loam_list *list) LOAM_NODISCARD;

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
 * Make room for `capacity` items in all, so that appending up to there cannot fail, also after items have been removed;
 * loam_list_clear() gives the room back, and so does `list *= 0`.
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

/**
 * Python's `list[start:stop:step] = iterable`. A slice of step 1 gives way to as many items as there are; any other one
 * must have that many. The bounds are those of the list when the iterable has been read. LOAM_ERR_VALUE: step 0, or
 * another number of items; LOAM_ERR_TYPE: not iterable. A failure leaves the list unchanged; what was replaced is
 * released last.
 *
 * O(items). May run a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_status loam_list_set_slice(loam_list *list, int64_t start, int64_t stop, int64_t step,
                                         loam_value iterable) LOAM_NODISCARD;

/**
 * Python's `del list[start:stop:step]`. The items are released when the others have moved up. LOAM_ERR_VALUE: step 0.
 * LOAM_ERR_MEMORY: there is no room to keep the items until then; the list is unchanged.
 *
 * O(items). May run finalizers.
 */
LOAM_API loam_status loam_list_delete_slice(loam_list *list, int64_t start, int64_t stop, int64_t step) LOAM_NODISCARD;

/**
 * Python's `del list[index]`. LOAM_ERR_INDEX: there is none.
 *
 * O(items after it). May run finalizers.
 */
LOAM_API loam_status loam_list_delete(loam_list *list, int64_t index) LOAM_NODISCARD;

/**
 * 1 if an item equals `item`, 0 if none does, or a failure of a type's equality. The same object is equal without being
 * asked.
 *
 * O(items). May run hash, equality, finalizers.
 */
LOAM_API int loam_list_contains(const loam_list *list, loam_key item) LOAM_NODISCARD;

/**
 * How many items equal `item`.
 *
 * O(items). May run hash, equality, finalizers.
 */
LOAM_API int64_t loam_list_count(const loam_list *list, loam_key item) LOAM_NODISCARD;

/**
 * Where the first item that equals `item` is, from `start` on and before `stop`; LOAM_OMIT leaves a bound out.
 * LOAM_ERR_VALUE: there is none.
 *
 * O(items). May run hash, equality, finalizers.
 */
LOAM_API int64_t loam_list_index(const loam_list *list, loam_key item, int64_t start, int64_t stop) LOAM_NODISCARD;

/**
 * Remove the first item that equals `item`; it is released last. LOAM_ERR_VALUE: there is none. LOAM_ERR_CHANGED: a
 * type's equality has moved it meanwhile.
 *
 * O(items). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_list_remove(loam_list *list, loam_key item) LOAM_NODISCARD;

/**
 * A new list of the same items.
 *
 * O(items). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_list_copy(const loam_list *list) LOAM_NODISCARD;

/**
 * Python's `list + other`: a new list of the items of both.
 *
 * O(items). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_list_concat(const loam_list *list, const loam_list *other) LOAM_NODISCARD;

/**
 * Python's `list * times`: a new list of the items, so many times over; none at all if `times` is 0 or less.
 *
 * O(items). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_list_repeat(const loam_list *list, int64_t times) LOAM_NODISCARD;

/**
 * Python's `list *= times`. With 0 or less the items are released when the list is empty.
 *
 * O(items). May run finalizers.
 */
LOAM_API loam_status loam_list_repeat_in_place(loam_list *list, int64_t times) LOAM_NODISCARD;

/**
 * Turn the items round, in place. Fails only for a NULL.
 *
 * O(items). Runs no user code.
 */
LOAM_API loam_status loam_list_reverse(loam_list *list);

/**
 * Sort the items by their order, loam_compare(), stably: equal ones stay as they were. NaN comes after all other
 * numbers. Where all items are numbers, all str, or all bytes no user code runs. LOAM_ERR_TYPE: two items have no
 * order.
 *
 * While user code runs the list is empty, as in Python; if it puts something in, which it may have taken out again, or
 * makes room, that is dropped, and the failure is LOAM_ERR_CHANGED. LOAM_ERR_MEMORY: up to 48 bytes an item are needed,
 * 8 where all are small integers. Whatever fails, the list is afterwards as it was.
 *
 * O(n log n), O(n) where the items are in order or strictly descend. May run comparison, equality, hash, finalizers.
 */
LOAM_API loam_status loam_list_sort(loam_list *list) LOAM_NODISCARD;

/**
 * The same the other way round, NaN first. Equal items stay as they were, as with Python's `reverse=True`.
 *
 * O(n log n). May run comparison, equality, hash, finalizers.
 */
LOAM_API loam_status loam_list_sort_reverse(loam_list *list) LOAM_NODISCARD;

/**
 * Python's `list.sort(key=.., reverse=..)`: `key` is called once for each item, in order; it borrows the item and
 * returns a new reference, or unset with a failure, which is the sort's. Keys are what loam_list_sort() would sort, and
 * released last.
 *
 * O(n log n). May run the key function, comparison, equality, hash, finalizers.
 */
LOAM_API loam_status loam_list_sort_key(loam_list *list, loam_value (*key)(loam_value item, void *context),
                                        void *context, bool reverse) LOAM_NODISCARD;

/**
 * The same by a comparator, as with Python's cmp_to_key(): `*order` below, at or above 0, or a failure, which is the
 * sort's. It is asked O(n log n) times, whatever it answers.
 *
 * O(n log n). May run the comparator, finalizers.
 */
LOAM_API loam_status loam_list_sort_compare(loam_list *list,
                                            loam_status (*compare)(loam_value a, loam_value b, int *order,
                                                                   void *context),
                                            void *context, bool reverse) LOAM_NODISCARD;

LOAM_END_DECLS

#define loam_list_set(list, index, item) loam_list_set_take(list, index, LOAM_VAL(item))
#define loam_list_append(list, item) loam_list_append_take(list, LOAM_VAL(item))
#define loam_list_insert(list, index, item) loam_list_insert_take(list, index, LOAM_VAL(item))
#define loam_list_contains(list, item) loam_list_contains(list, LOAM_KEY(item))
#define loam_list_count(list, item) loam_list_count(list, LOAM_KEY(item))
#define loam_list_index(list, item, start, stop) loam_list_index(list, LOAM_KEY(item), start, stop)
#define loam_list_remove(list, item) loam_list_remove(list, LOAM_KEY(item))

#endif
