/* weak_key_dict: a dict of ephemerons, entries that refer to a key and hold its value; weak.h has the rest. */
#include "containers/weak.h"

loam_type loam__weak_key_dict_type = {
    .name = "weak_key_dict",
    .size = sizeof(loam__weak_map),
    .id = LOAM__TYPE_WEAK_KEY_DICT,
    .trace = loam__dict_trace,
    .dispose = loam__weak_dispose,
    .external = true,
    .extent = loam__weak_extent,
    .len = loam__weak_len,
    .iter_begin = loam__weak_begin,
    .iter_fill = loam__weak_fill,
};

static loam__weak_map *map_of(const loam_weak_key_dict *dict)
{
    return (loam__weak_map *)(uintptr_t)dict;
}

loam_weak_key_dict *loam_weak_key_dict_new(void)
{
    return loam__weak_map_new(&loam__weak_key_dict_type);
}

bool loam_is_weak_key_dict(loam_value value)
{
    loam__check_value(value, __func__);
    return loam__is_type(value, LOAM__TYPE_WEAK_KEY_DICT);
}

loam_weak_key_dict *loam_to_weak_key_dict_peek(loam_value value)
{
    if (loam_is_weak_key_dict(value))
        return (loam_weak_key_dict *)loam__object(value);
    return loam__fail_type("weak_key_dict", value), NULL;
}

int64_t loam_weak_key_dict_len(const loam_weak_key_dict *dict)
{
    loam__check_alive(dict, __func__);
    return dict ? loam__weak_len(dict) : (int64_t)loam__propagate(__func__);
}

loam_status(loam_weak_key_dict_set)(loam_weak_key_dict *dict, loam_value key, loam_value value)
{
    return loam_weak_key_dict_set_take(dict, loam__retain(key), loam__retain(value));
}

/* The value moves in; what was there is the result. A collector is told of two references: the entry's, and that of the
 * key, which keeps the value alive as if it referred to it. */
static loam_value exchange_value(loam__weak_entry *entry, loam_value key, loam_value value)
{
    loam_value old = loam__gc_hold(entry, value);

    loam__slot_came(loam__object(key), value, false);
    return old;
}

/* `*value` is left with what the caller has to release. The key that is there is held meanwhile: it may be another one,
 * and nobody else's. */
static loam_status set(loam__weak_map *map, const loam__query *query, loam_value *value)
{
    uint32_t position;
    loam_status status = loam__dict_find(&map->dict, query, &position);
    loam__weak_entry *entry = status == LOAM_OK ? loam__weak_entry_at(map, position) : NULL;
    loam_value key = entry ? loam__weak_target(entry) : LOAM_UNSET;

    if (status < 0)
        return status;
    if (loam_is_unset(key))
        entry = loam__weak_insert(map, &loam__ephemeron_type, query);
    if (!entry)
        return LOAM_ERR_MEMORY;
    *value = exchange_value(entry, loam_is_unset(key) ? query->value : key, *value);
    loam__release(key);
    return LOAM_OK;
}

loam_status loam_weak_key_dict_set_take(loam_weak_key_dict *dict, loam_value key, loam_value value)
{
    loam__query query;
    loam_status status;

    loam__check_alive(dict, __func__);
    if (!dict || loam_is_unset(value))
        status = loam__propagate(__func__);
    else
        status = loam__weak_query(&query, loam__key_value(key), __func__);
    if (status == LOAM_OK)
        status = set(map_of(dict), &query, &value);
    loam__release(value);
    loam__release(key);
    return status;
}

loam_status(loam_weak_key_dict_find)(loam_weak_key_dict *dict, loam_key key, loam_value *out)
{
    loam__query query;
    uint32_t position;
    loam_status status = loam__weak_locate(map_of(dict), key, &query, &position, __func__);

    *out = status == LOAM_OK ? loam__gc_held(loam__weak_entry_at(map_of(dict), position)) : LOAM_UNSET;
    if (status == LOAM_OK && loam_is_unset(*out))
        status = LOAM_MISSING; /* a collection that another thread has begun was faster */
    loam__key_release(key);
    return status;
}

loam_value(loam_weak_key_dict_get)(loam_weak_key_dict *dict, loam_key key)
{
    loam__query query;
    uint32_t position;
    loam_value value = LOAM_UNSET;
    loam_status status = loam__weak_locate(map_of(dict), key, &query, &position, __func__);

    if (status == LOAM_OK)
        value = loam__gc_held(loam__weak_entry_at(map_of(dict), position));
    if (status >= 0 && loam_is_unset(value))
        loam__fail_key(&query);
    loam__key_release(key);
    return value;
}

int(loam_weak_key_dict_contains)(loam_weak_key_dict *dict, loam_key key)
{
    loam__query query;
    uint32_t position;
    loam_status status = loam__weak_locate(map_of(dict), key, &query, &position, __func__);

    loam__key_release(key);
    return status < 0 ? (int)status : status == LOAM_OK;
}

loam_value(loam_weak_key_dict_pop)(loam_weak_key_dict *dict, loam_key key)
{
    loam__query query;
    uint32_t position;
    loam_value entry = LOAM_UNSET;
    loam_value value = LOAM_UNSET;
    loam_status status = loam__weak_locate(map_of(dict), key, &query, &position, __func__);

    if (status == LOAM_OK) {
        entry = loam__dict_remove(&map_of(dict)->dict, query.hash, position).key;
        value = loam__gc_held((loam__weak_entry *)loam__object(entry));
        loam__release(loam__gc_hold((loam__weak_entry *)loam__object(entry), LOAM_UNSET));
    }
    if (status >= 0 && loam_is_unset(value))
        loam__fail_key(&query);
    loam__key_release(key);
    loam__release(entry);
    return value;
}

loam_status(loam_weak_key_dict_remove)(loam_weak_key_dict *dict, loam_key key)
{
    loam_value value = (loam_weak_key_dict_pop)(dict, key);

    if (loam_is_unset(value))
        return loam_error()->status;
    loam__release(value);
    return LOAM_OK;
}

loam_status loam_weak_key_dict_clear(loam_weak_key_dict *dict)
{
    loam__check_alive(dict, __func__);
    return dict ? loam_dict_clear(&map_of(dict)->dict) : loam__propagate(__func__);
}

loam_list *loam_weak_key_dict_keys(loam_weak_key_dict *dict)
{
    return loam__weak_list(map_of(dict), LOAM__DICT_KEYS, __func__);
}

loam_list *loam_weak_key_dict_values(loam_weak_key_dict *dict)
{
    return loam__weak_list(map_of(dict), LOAM__DICT_VALUES, __func__);
}

loam_list *loam_weak_key_dict_items(loam_weak_key_dict *dict)
{
    return loam__weak_list(map_of(dict), LOAM__DICT_ITEMS, __func__);
}
