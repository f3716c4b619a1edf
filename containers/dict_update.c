/* dict: many keys from elsewhere. */
#include "containers/dict.h"

#include "containers/sequence.h"

/* Keys come by position, so that user code that changes `other` is noticed. */
static loam_status update_from_dict(loam_dict *dict, loam_dict *other)
{
    uint32_t version = other->version;

    for (uint32_t i = 0; i < other->used; i++) {
        loam__entry entry = other->entries[i];
        loam_status status;
        if (loam_is_unset(entry.key))
            continue;
        status = (loam_dict_set)(dict, entry.key, entry.value);
        if (status < 0)
            return status;
        if (other->version != version)
            return loam_fail(LOAM_ERR_CHANGED, "dict changed during update");
    }
    return LOAM_OK;
}

loam_status loam__dict_set_pair(loam_dict *dict, loam_value item)
{
    loam__span pair;

    if (!loam_is_tuple(item) && !loam_is_list(item))
        return loam__fail_type("a (key, value) tuple or list", item);
    pair = loam__span_of(loam__object(item));
    if (pair.len != 2)
        return loam_fail(LOAM_ERR_VALUE, "an item of %zu instead of a (key, value) pair", pair.len);
    return (loam_dict_set)(dict, pair.items[0], pair.items[1]);
}

static loam_status add_pairs(void *context, loam_value *items, size_t count)
{
    loam_status status = LOAM_OK;

    for (size_t i = 0; i < count; i++) {
        if (status == LOAM_OK)
            status = loam__dict_set_pair(context, items[i]);
        loam__release(items[i]);
    }
    return status;
}

/* Neither is unset. */
static loam_status update(loam_dict *dict, loam_value other)
{
    if (other.word == loam_from(dict).word)
        return LOAM_OK;
    if (loam_is_dict(other))
        return update_from_dict(dict, (loam_dict *)loam__object(other));
    return loam__each_batch(other, add_pairs, dict);
}

loam_status loam_dict_update(loam_dict *dict, loam_value other)
{
    loam__check_alive(dict, __func__);
    if (!dict || loam_is_unset(other))
        return loam__propagate(__func__);
    return update(dict, other);
}

static loam_dict *unless_failed(loam_dict *dict, loam_status status)
{
    if (status == LOAM_OK)
        return dict;
    if (dict)
        loam__gc_release(&dict->loam);
    return NULL;
}

loam_dict *loam_dict_copy(loam_dict *dict)
{
    loam__check_alive(dict, __func__);
    loam_dict *copy = dict ? loam_dict_new() : (loam__propagate(__func__), NULL);

    if (!copy)
        return NULL;
    if (loam__dict_reserve(copy, dict->live) < 0)
        return unless_failed(copy, LOAM_ERR_MEMORY);
    return unless_failed(copy, update_from_dict(copy, dict));
}

loam_dict *loam_dict_from(loam_value other)
{
    loam_dict *dict;

    if (loam_is_unset(other))
        return loam__propagate(__func__), NULL;
    if (loam_is_dict(other))
        return loam_dict_copy((loam_dict *)loam__object(other));
    dict = loam_dict_new();
    return dict ? unless_failed(dict, update(dict, other)) : NULL;
}

loam_dict *loam_dict_merge(loam_dict *dict, loam_dict *other)
{
    loam__check_alive(dict, __func__);
    loam__check_alive(other, __func__);
    loam_dict *merged = dict && other ? loam_dict_copy(dict) : (loam__propagate(__func__), NULL);

    return merged ? unless_failed(merged, update_from_dict(merged, other)) : NULL;
}

/* A dict, and what all its keys get. */
typedef struct filling {
    loam_dict *dict;
    loam_value value;
} filling;

static loam_status add_keys(void *context, loam_value *items, size_t count)
{
    filling *f = context;
    loam_status status = LOAM_OK;

    for (size_t i = 0; i < count; i++) {
        if (status == LOAM_OK)
            status = (loam_dict_set)(f->dict, items[i], f->value);
        loam__release(items[i]);
    }
    return status;
}

/* Neither is unset. */
static loam_dict *from_keys(loam_value iterable, loam_value value)
{
    filling f = {loam_dict_new(), value};

    return f.dict ? unless_failed(f.dict, loam__each_batch(iterable, add_keys, &f)) : NULL;
}

loam_dict *(loam_dict_from_keys)(loam_value iterable, loam_key value)
{
    loam_value made = loam__key_make(value);
    loam_dict *dict = NULL;

    if (loam_is_unset(made) || loam_is_unset(iterable))
        loam__propagate("loam_dict_from_keys");
    else
        dict = from_keys(iterable, made);
    loam__release(made);
    return dict;
}
