/*
 * dict: what a missing key gets. Such a value comes as what a key comes as: C data of which an object is made only
 * where it is needed, a value that is borrowed, or a literal that is released where it is not needed.
 */
#include "containers/dict.h"

#include "containers/chars.h"

static bool is_unset(loam_key key)
{
    switch (loam__key_kind(key)) {
    case LOAM__KEY_INT:
    case LOAM__KEY_UINT:
        return false;
    case LOAM__KEY_VIEW:
        return !key.word && key.info >> LOAM__KEY_KIND_BITS;
    default:
        return !key.word;
    }
}

static loam_value make(loam_key key)
{
    const char *chars = (const char *)(uintptr_t)key.word;

    switch (loam__key_kind(key)) {
    case LOAM__KEY_INT:
        return loam_int((int64_t)key.word);
    case LOAM__KEY_UINT:
        return loam_uint(key.word);
    case LOAM__KEY_CHARS:
        return loam_from(loam_str_new(chars));
    case LOAM__KEY_VIEW:
        return loam__text_from_view((loam_view){chars, (size_t)(key.info >> LOAM__KEY_KIND_BITS)});
    case LOAM__KEY_LITERAL:
        return loam__word(key.word);
    default:
        return loam__retain(loam__word(key.word));
    }
}

loam_value loam__key_make(loam_key key)
{
    if (is_unset(key))
        return loam__propagate("a value"), LOAM_UNSET;
    return make(key);
}

/* What is to be stored or given may itself be an earlier failure; then nothing is looked up. */
static loam_status locate(loam_dict *dict, loam_key key, loam_key value, loam__query *query, uint32_t *position)
{
    return is_unset(value) ? loam__propagate("a value") : loam__dict_locate(dict, key, query, position);
}

loam_value(loam_dict_get_or)(loam_dict *dict, loam_key key, loam_key fallback)
{
    loam__query query;
    uint32_t position;
    loam_value value = LOAM_UNSET;
    loam_status status = locate(dict, key, fallback, &query, &position);

    if (status == LOAM_OK)
        value = loam__retain(dict->entries[position].value);
    else if (status == LOAM_MISSING)
        value = make(fallback);
    if (status != LOAM_MISSING)
        loam__key_release(fallback);
    loam__key_release(key);
    return value;
}

loam_value(loam_dict_pop_or)(loam_dict *dict, loam_key key, loam_key fallback)
{
    loam__query query;
    uint32_t position;
    loam__entry removed = {LOAM_UNSET, LOAM_UNSET};
    loam_status status = locate(dict, key, fallback, &query, &position);

    if (status == LOAM_OK)
        removed = loam__dict_remove(dict, query.hash, position);
    else if (status == LOAM_MISSING)
        removed.value = make(fallback);
    if (status != LOAM_MISSING)
        loam__key_release(fallback);
    loam__key_release(key);
    loam__release(removed.key);
    return removed.value;
}

/* The key is missing. `*value` is what the dict has then, borrowed. */
static loam_status insert(loam_dict *dict, const loam__query *query, loam_key given, loam_value *value)
{
    loam_value key = loam__query_make_key(query);
    loam_value made = loam_is_unset(key) ? LOAM_UNSET : make(given);
    loam_status status;

    if (loam_is_unset(key))
        loam__key_release(given);
    status = loam__dict_insert(dict, query, key, made);
    if (status == LOAM_OK)
        *value = made;
    return status;
}

/* `retain`: a new reference, taken before literals are released, whose finalizers may change the dict. */
static loam_value setdefault(loam_dict *dict, loam_key key, loam_key given, bool retain)
{
    loam__query query;
    uint32_t position;
    loam_value value = LOAM_UNSET;
    loam_status status = locate(dict, key, given, &query, &position);

    if (status == LOAM_OK)
        value = dict->entries[position].value;
    else if (status == LOAM_MISSING)
        insert(dict, &query, given, &value);
    if (retain)
        loam__retain(value);
    if (status != LOAM_MISSING)
        loam__key_release(given);
    loam__key_release(key);
    return value;
}

loam_value(loam_dict_setdefault)(loam_dict *dict, loam_key key, loam_key value)
{
    return setdefault(dict, key, value, true);
}

loam_value(loam_dict_setdefault_peek)(loam_dict *dict, loam_key key, loam_key value)
{
    return setdefault(dict, key, value, false);
}
