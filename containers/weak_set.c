/* weak_set: a dict of entries of elements; weak.h has the rest. */
#include "containers/weak.h"

loam_type loam__weak_set_type = {
    .name = "weak_set",
    .size = sizeof(loam__weak_map),
    .id = LOAM__TYPE_WEAK_SET,
    .trace = loam__dict_trace,
    .dispose = loam__weak_dispose,
    .external = true,
    .extent = loam__weak_extent,
    .len = loam__weak_len,
    .iter_begin = loam__weak_begin,
    .iter_fill = loam__weak_fill,
};

static loam__weak_map *map_of(const loam_weak_set *set)
{
    return (loam__weak_map *)(uintptr_t)set;
}

loam_weak_set *loam_weak_set_new(void)
{
    return loam__weak_map_new(&loam__weak_set_type);
}

bool loam_is_weak_set(loam_value value)
{
    loam__check_value(value, __func__);
    return loam__is_type(value, LOAM__TYPE_WEAK_SET);
}

loam_weak_set *loam_to_weak_set_peek(loam_value value)
{
    if (loam_is_weak_set(value))
        return (loam_weak_set *)loam__object(value);
    return loam__fail_type("weak_set", value), NULL;
}

int64_t loam_weak_set_len(const loam_weak_set *set)
{
    loam__check_alive(set, __func__);
    return set ? loam__weak_len(set) : (int64_t)loam__propagate(__func__);
}

static loam_status add(loam__weak_map *map, const loam__query *query)
{
    uint32_t position;
    loam_status status = loam__dict_find(&map->dict, query, &position);

    if (status != LOAM_MISSING)
        return status;
    return loam__weak_insert(map, &loam__weak_entry_type, query) ? LOAM_OK : LOAM_ERR_MEMORY;
}

loam_status(loam_weak_set_add)(loam_weak_set *set, loam_key element)
{
    loam__check_alive(set, __func__);
    loam__query query;
    loam_status status = set ? loam__weak_query(&query, element, __func__) : loam__propagate(__func__);

    if (status == LOAM_OK)
        status = add(map_of(set), &query);
    loam__key_release(element);
    return status;
}

int(loam_weak_set_contains)(loam_weak_set *set, loam_key element)
{
    loam__query query;
    uint32_t position;
    loam_status status = loam__weak_locate(map_of(set), element, &query, &position, __func__);

    loam__key_release(element);
    return status < 0 ? (int)status : status == LOAM_OK;
}

/* `must`: that it is missing is a failure. */
static loam_status discard(loam_weak_set *set, loam_key element, bool must, const char *function)
{
    loam__query query;
    uint32_t position;
    loam_value entry = LOAM_UNSET;
    loam_status status = loam__weak_locate(map_of(set), element, &query, &position, function);

    if (status == LOAM_OK)
        entry = loam__dict_remove(&map_of(set)->dict, query.hash, position).key;
    else if (status == LOAM_MISSING && must)
        status = loam__fail_key(&query);
    loam__key_release(element);
    loam__release(entry);
    return status;
}

loam_status(loam_weak_set_remove)(loam_weak_set *set, loam_key element)
{
    return discard(set, element, true, __func__);
}

loam_status(loam_weak_set_discard)(loam_weak_set *set, loam_key element)
{
    return discard(set, element, false, __func__);
}

loam_status loam_weak_set_clear(loam_weak_set *set)
{
    loam__check_alive(set, __func__);
    return set ? loam_dict_clear(&map_of(set)->dict) : loam__propagate(__func__);
}

loam_list *loam_weak_set_items(loam_weak_set *set)
{
    return loam__weak_list(map_of(set), LOAM__DICT_KEYS, __func__);
}
