/* weak_value_dict: a dict from keys to entries of values; weak.h has the rest. */
#include "containers/weak.h"

loam_type loam__weak_value_dict_type = {
    .name = "weak_value_dict",
    .size = sizeof(loam__weak_map),
    .id = LOAM__TYPE_WEAK_VALUE_DICT,
    .trace = loam__dict_trace,
    .dispose = loam__weak_dispose,
    .external = true,
    .extent = loam__weak_extent,
    .len = loam__weak_len,
    .iter_begin = loam__weak_begin,
    .iter_fill = loam__weak_fill,
};

static loam__weak_map *map_of(const loam_weak_value_dict *dict)
{
    return (loam__weak_map *)(uintptr_t)dict;
}

loam_weak_value_dict *loam_weak_value_dict_new(void)
{
    return loam__weak_map_new(&loam__weak_value_dict_type);
}

bool loam_is_weak_value_dict(loam_value value)
{
    loam__check_value(value, __func__);
    return loam__is_type(value, LOAM__TYPE_WEAK_VALUE_DICT);
}

loam_weak_value_dict *loam_to_weak_value_dict_peek(loam_value value)
{
    if (loam_is_weak_value_dict(value))
        return (loam_weak_value_dict *)loam__object(value);
    return loam__fail_type("weak_value_dict", value), NULL;
}

int64_t loam_weak_value_dict_len(const loam_weak_value_dict *dict)
{
    loam__check_alive(dict, __func__);
    return dict ? loam__weak_len(dict) : (int64_t)loam__propagate(__func__);
}

loam_status(loam_weak_value_dict_set)(loam_weak_value_dict *dict, loam_value key, loam_value value)
{
    return loam_weak_value_dict_set_take(dict, loam__retain(key), loam__retain(value));
}

static loam_status set(loam__weak_map *map, loam_value *key, loam_value value)
{
    loam__weak_entry *entry = loam__weak_entry_new(map, &loam__weak_entry_type, value);
    loam_value left = loam_from(entry);
    loam__query query;
    loam_status status = entry ? loam__query_value(&query, *key) : LOAM_ERR_MEMORY;

    if (status == LOAM_OK) {
        entry->hash = query.hash;
        status = loam__dict_set(&map->dict, &query, key, &left);
    }
    loam__release(left);
    return status;
}

loam_status loam_weak_value_dict_set_take(loam_weak_value_dict *dict, loam_value key, loam_value value)
{
    loam_status status;

    loam__check_alive(dict, __func__);
    if (!dict || loam_is_unset(key) || loam_is_unset(value))
        status = loam__propagate(__func__);
    else if (!loam__can_refer(value, __func__))
        status = loam_error()->status;
    else
        status = set(map_of(dict), &key, value);
    loam__release(key);
    loam__release(value);
    return status;
}

static loam__weak_entry *entry_at(const loam_weak_value_dict *dict, uint32_t position)
{
    return (loam__weak_entry *)loam__object(map_of(dict)->dict.entries[position].value);
}

static loam_status locate(loam_weak_value_dict *dict, loam_key key, loam__query *query, uint32_t *position)
{
    return loam__dict_locate(dict ? &map_of(dict)->dict : NULL, key, query, position);
}

/* The value is a new reference; MISSING where it is gone, too. */
static loam_status find(loam_weak_value_dict *dict, loam_key key, loam__query *query, uint32_t *position,
                        loam_value *value)
{
    loam_status status = locate(dict, key, query, position);

    *value = LOAM_UNSET;
    if (status != LOAM_OK)
        return status;
    *value = loam__weak_target(entry_at(dict, *position));
    return loam_is_unset(*value) ? LOAM_MISSING : LOAM_OK;
}

loam_status(loam_weak_value_dict_find)(loam_weak_value_dict *dict, loam_key key, loam_value *out)
{
    loam__query query;
    uint32_t position;
    loam_status status = find(dict, key, &query, &position, out);

    loam__key_release(key);
    return status;
}

loam_value(loam_weak_value_dict_get)(loam_weak_value_dict *dict, loam_key key)
{
    loam__query query;
    uint32_t position;
    loam_value value;

    if (find(dict, key, &query, &position, &value) == LOAM_MISSING)
        loam__fail_key(&query);
    loam__key_release(key);
    return value;
}

int(loam_weak_value_dict_contains)(loam_weak_value_dict *dict, loam_key key)
{
    loam__query query;
    uint32_t position;
    bool is_alive = false;
    loam_status status = locate(dict, key, &query, &position);

    if (status == LOAM_OK)
        is_alive = loam__weak_is_alive(entry_at(dict, position));
    loam__key_release(key);
    return status < 0 ? (int)status : is_alive;
}

loam_value(loam_weak_value_dict_pop)(loam_weak_value_dict *dict, loam_key key)
{
    loam__query query;
    uint32_t position;
    loam__entry removed = {LOAM_UNSET, LOAM_UNSET};
    loam_value value;
    loam_status status = find(dict, key, &query, &position, &value);

    if (status == LOAM_OK)
        removed = loam__dict_remove(&map_of(dict)->dict, query.hash, position);
    else if (status == LOAM_MISSING)
        loam__fail_key(&query);
    loam__key_release(key);
    loam__release(removed.value);
    loam__release(removed.key);
    return value;
}

loam_status(loam_weak_value_dict_remove)(loam_weak_value_dict *dict, loam_key key)
{
    loam_value value = (loam_weak_value_dict_pop)(dict, key);

    if (loam_is_unset(value))
        return loam_error()->status;
    loam__release(value);
    return LOAM_OK;
}

loam_status loam_weak_value_dict_clear(loam_weak_value_dict *dict)
{
    loam__check_alive(dict, __func__);
    return dict ? loam_dict_clear(&map_of(dict)->dict) : loam__propagate(__func__);
}

loam_list *loam_weak_value_dict_keys(loam_weak_value_dict *dict)
{
    return loam__weak_list(map_of(dict), LOAM__DICT_KEYS, __func__);
}

loam_list *loam_weak_value_dict_values(loam_weak_value_dict *dict)
{
    return loam__weak_list(map_of(dict), LOAM__DICT_VALUES, __func__);
}

loam_list *loam_weak_value_dict_items(loam_weak_value_dict *dict)
{
    return loam__weak_list(map_of(dict), LOAM__DICT_ITEMS, __func__);
}
