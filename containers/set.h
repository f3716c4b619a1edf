/*
 * What sets have in common. A set and a frozenset begin with a dict, whose keys are the elements and whose values are
 * none: 8 bytes an element that a table of their own would not need, for look-up, order, growth and iteration that are
 * the dict's.
 *
 * So what is read is a table, a `loam_dict`, whether a set's, a frozenset's, or the dict under a view of its keys; what
 * is made is one of the two types.
 */
#ifndef CONTAINERS_SET_H
#define CONTAINERS_SET_H

#include <loam/set.h>

#include "containers/dict.h"
#include "containers/dict_view.h"

struct loam_set {
    loam_dict dict;
};

struct loam_frozenset {
    loam_dict dict;
    uint64_t hash; /* 0 until it is asked for */
};

extern loam_type loam__set_type;
extern loam_type loam__frozenset_type;

LOAM__INLINE bool loam__is_any_set(loam_value value)
{
    return loam__is_type(value, LOAM__TYPE_SET) || loam__is_type(value, LOAM__TYPE_FROZENSET);
}

/* What equality and order know as a set: a view of keys or items, too. */
LOAM__INLINE bool loam__is_set_like(loam_value value)
{
    return loam__is_any_set(value) || loam__is_type(value, LOAM__TYPE_DICT_KEYS) ||
           loam__is_type(value, LOAM__TYPE_DICT_ITEMS);
}

/* What the elements of a set, a frozenset, a dict or a view of keys are looked up in; else NULL. */
LOAM__INLINE loam_dict *loam__table_of(loam_value value)
{
    if (loam__is_type(value, LOAM__TYPE_DICT_KEYS))
        return ((loam_dict_view *)loam__object(value))->dict;
    return loam__is_any_set(value) || loam__is_type(value, LOAM__TYPE_DICT) ? (loam_dict *)loam__object(value) : NULL;
}

/* Making, and single elements, set.c. `type` is one of the two. */

loam_dict *loam__set_new(loam_type *type);
/* Of the table's keys, by loam__dict_copy_entries(): no user code runs. */
loam_dict *loam__set_copy(const loam_dict *table, loam_type *type);

/* 1 if it is new, 0 if not, or a failure. */
int loam__set_add(loam_dict *set, const loam__query *query);
/* The same for a value; OK either way. */
loam_status loam__set_add_value(loam_dict *set, loam_value element);
/* Like loam__query_key(), but that a set gets a hash. */
loam_status loam__query_element(loam__query *query, loam_key element);

/* Operations on whole sets, set_algebra.c: the functions of the API, but for their types. */

loam_dict *loam__set_from(loam_value iterable, loam_type *type);
loam_status loam__set_update(loam_dict *set, loam_value other);
loam_status loam__set_intersection_update(loam_dict *set, loam_value other);
loam_status loam__set_difference_update(loam_dict *set, loam_value other);
loam_status loam__set_symmetric_difference_update(loam_dict *set, loam_value other);
loam_dict *loam__set_union(loam_dict *table, loam_value other, loam_type *type);
loam_dict *loam__set_intersection(loam_dict *table, loam_value other, loam_type *type);
loam_dict *loam__set_difference(loam_dict *table, loam_value other, loam_type *type);
loam_dict *loam__set_symmetric_difference(loam_dict *table, loam_value other, loam_type *type);
int loam__set_isdisjoint(loam_dict *table, loam_value other);
int loam__set_issubset(loam_dict *table, loam_value other);
int loam__set_issuperset(loam_dict *table, loam_value other);

/* For loam_equal() and loam_compare(), of two that are set-like. */
int loam__set_equal(loam_value a, loam_value b);
loam_status loam__set_compare(loam_value a, loam_value b, int *order);
/* The same for a set and a frozenset of the same elements. */
loam_status loam__set_hash(const loam_dict *set, uint64_t *out);

#endif
