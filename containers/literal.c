/*
 * What the literal macros call. They take every item, and one that could not be made, which is unset, makes the whole
 * unset.
 */
#include <loam/dict.h>
#include <loam/generic.h>
#include <loam/set.h>

#include "containers/sequence.h"
#include "containers/set.h"

static loam_status check_items(size_t count, const loam_value *items)
{
    for (size_t i = 0; i < count; i++)
        if (loam_is_unset(items[i]))
            return loam__propagate("a literal");
    return LOAM_OK;
}

static loam_literal refuse(size_t count, const loam_value *items)
{
    for (size_t i = 0; i < count; i++)
        loam__release(items[i]);
    return (loam_literal){LOAM_UNSET};
}

loam_literal loam__list_literal(size_t count, const loam_value *items)
{
    loam_list *list = check_items(count, items) == LOAM_OK ? loam__list_new_room(count) : NULL;

    if (!list)
        return refuse(count, items);
    loam__slots_move_in(list, list->items, items, count);
    return (loam_literal){loam_from(list)};
}

loam_literal loam__tuple_literal(size_t count, const loam_value *items)
{
    loam_tuple *tuple = check_items(count, items) == LOAM_OK ? loam__tuple_new_room(count) : NULL;

    if (!tuple)
        return refuse(count, items);
    loam__slots_move_in(tuple, tuple->items, items, count);
    return (loam_literal){loam_from(tuple)};
}

static loam_dict *new_dict(size_t count, const loam_value *items)
{
    loam_dict *dict;

    if (check_items(count, items) < 0)
        return NULL;
    if (count % 2)
        return loam_fail(LOAM_ERR_VALUE, "LOAM_DICT needs a value for each key"), NULL;
    dict = loam_dict_new();
    if (dict && loam_dict_reserve(dict, (int64_t)count / 2) < 0) {
        loam__gc_release((loam_object *)dict);
        return NULL;
    }
    return dict;
}

loam_literal loam__dict_literal(size_t count, const loam_value *items)
{
    loam_dict *dict = new_dict(count, items);
    size_t taken = 0;
    loam_status status = LOAM_OK;

    if (!dict)
        return refuse(count, items);
    for (; taken < count && status == LOAM_OK; taken += 2)
        status = loam_dict_set_take(dict, items[taken], items[taken + 1]);
    if (status == LOAM_OK)
        return (loam_literal){loam_from(dict)};
    loam__gc_release((loam_object *)dict);
    return refuse(count - taken, items + taken);
}

/* Elements are borrowed while they are added. */
static loam_literal set_literal(loam_type *type, size_t count, const loam_value *items)
{
    loam_dict *set = check_items(count, items) == LOAM_OK ? loam__set_new(type) : NULL;
    loam_status status = set ? loam__dict_reserve(set, count) : LOAM_ERR_MEMORY;

    for (size_t i = 0; i < count && status == LOAM_OK; i++)
        status = loam__set_add_value(set, items[i]);
    if (status < 0) {
        loam__release(loam_from(set));
        return refuse(count, items);
    }
    for (size_t i = 0; i < count; i++)
        loam__release(items[i]);
    return (loam_literal){loam_from(set)};
}

loam_literal loam__set_literal(size_t count, const loam_value *items)
{
    return set_literal(&loam__set_type, count, items);
}

loam_literal loam__frozenset_literal(size_t count, const loam_value *items)
{
    return set_literal(&loam__frozenset_type, count, items);
}
