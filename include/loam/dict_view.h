/**
 * dict_view: the keys, the values or the items of a dict as it is at each moment, without a copy.
 *
 *     loam_auto loam_dict_view *wanted = loam_dict_keys_view(config);
 *     loam_auto loam_set *unknown = loam_dict_view_difference(wanted, loam_from(known));
 *
 * A view holds its dict, and can be iterated over (loam_iter_of()), which ends with LOAM_ERR_CHANGED if keys are added
 * or removed meanwhile. Lists of what is there now are loam_dict_keys() and its kin.
 *
 * Keys and items, which are (key, value) tuples, are sets: loam_equal() and loam_compare() know them as such, beside
 * set and frozenset, and they have a set's operations. For these, all values must have a hash if it is items. Values
 * are no set: LOAM_ERR_TYPE.
 */
#ifndef LOAM_DICT_VIEW_H
#define LOAM_DICT_VIEW_H

#include <loam/base.h>
#include <loam/generic.h>
#include <loam/value.h>

LOAM_BEGIN_DECLS

/**
 * The keys of a dict: Python's `dict.keys()`.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_dict_view *loam_dict_keys_view(loam_dict *dict) LOAM_NODISCARD;
/** The values. O(1). Runs no user code. */
LOAM_API loam_dict_view *loam_dict_values_view(loam_dict *dict) LOAM_NODISCARD;
/** The items: (key, value) tuples, made when they are asked for. O(1). Runs no user code. */
LOAM_API loam_dict_view *loam_dict_items_view(loam_dict *dict) LOAM_NODISCARD;

/** The dict, borrowed from the view. O(1). Runs no user code. */
LOAM_API loam_dict *loam_dict_view_dict_peek(const loam_dict_view *view) LOAM_NODISCARD;

/** How many keys the dict has. O(1). Runs no user code. */
LOAM_API int64_t loam_dict_view_len(const loam_dict_view *view) LOAM_NODISCARD;

/**
 * 1 if the view has `item`, 0 if not, or a failure. A key is looked up; so is the key of an item, which is a tuple of
 * two, and its value compared. Values are compared one after the other. LOAM_ERR_CHANGED: an equality has changed the
 * dict meanwhile.
 *
 * O(1), for values O(keys). May run hash, equality, finalizers.
 */
LOAM_API int loam_dict_view_contains(loam_dict_view *view, loam_key item) LOAM_NODISCARD;

/**
 * A new set of what is in `view` or in `other`, which is anything that can be iterated over: Python's `view | other`.
 * See loam_set_union().
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_set *loam_dict_view_union(loam_dict_view *view, loam_value other) LOAM_NODISCARD;
/**
 * A new set of what is in both: Python's `view & other`.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_set *loam_dict_view_intersection(loam_dict_view *view, loam_value other) LOAM_NODISCARD;
/**
 * A new set of what is in `view` and not in `other`: Python's `view - other`.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_set *loam_dict_view_difference(loam_dict_view *view, loam_value other) LOAM_NODISCARD;
/**
 * A new set of what is in one of both and not in the other: Python's `view ^ other`.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_set *loam_dict_view_symmetric_difference(loam_dict_view *view, loam_value other) LOAM_NODISCARD;

/**
 * 1 if the two have nothing in common. See loam_set_isdisjoint().
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API int loam_dict_view_isdisjoint(loam_dict_view *view, loam_value other) LOAM_NODISCARD;
/**
 * 1 if all of `view` is in `other`: Python's `view <= other`.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API int loam_dict_view_issubset(loam_dict_view *view, loam_value other) LOAM_NODISCARD;
/**
 * 1 if all of `other` is in `view`: Python's `view >= other`.
 *
 * O(elements of both). May run hash, equality, a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API int loam_dict_view_issuperset(loam_dict_view *view, loam_value other) LOAM_NODISCARD;

LOAM_END_DECLS

#define loam_dict_view_contains(view, item) loam_dict_view_contains(view, LOAM_KEY(item))

#endif
