/* dict: many keys from elsewhere. */
#include "containers/dict_batch.h"

#include "containers/sequence.h"

/* Keys come by position, so that user code that changes `other` is noticed. */
static loam_status add_entries(loam_dict *dict, const loam_dict *other, bool with_values)
{
    uint32_t version = other->version;

    for (uint32_t i = 0; i < other->used; i++) {
        loam__entry entry = other->entries[i];
        loam_status status;
        if (i % LOAM__AHEAD == 0)
            loam__fetch_keys_of(dict, other, i);
        if (loam_is_unset(entry.key))
            continue;
        status = (loam_dict_set)(dict, entry.key, with_values ? entry.value : LOAM_NONE);
        if (status < 0)
            return status;
        if (other->version != version)
            return loam_fail(LOAM_ERR_CHANGED, "dict changed during update");
    }
    return LOAM_OK;
}

/* How many there will be is known only where none are there yet. */
static loam_status update_from_table(loam_dict *dict, const loam_dict *other, bool with_values)
{
    if (!dict->live && loam__dict_reserve(dict, other->live) < 0)
        return loam_error()->status;
    return add_entries(dict, other, with_values);
}

static loam_status update_from_dict(loam_dict *dict, const loam_dict *other)
{
    return update_from_table(dict, other, true);
}

static bool is_pair(loam_value item)
{
    return (loam__is_type(item, LOAM__TYPE_TUPLE) || loam__is_type(item, LOAM__TYPE_LIST)) &&
           loam__span_of(loam__object(item)).len == 2;
}

static loam_status set_pair(loam_dict *dict, loam_value item)
{
    loam__span pair;

    if (!loam__is_type(item, LOAM__TYPE_TUPLE) && !loam__is_type(item, LOAM__TYPE_LIST))
        return loam__fail_type("a (key, value) tuple or list", item);
    pair = loam__span_of(loam__object(item));
    if (pair.len != 2)
        return loam_fail(LOAM_ERR_VALUE, "an item of %zu instead of a (key, value) pair", pair.len);
    return (loam_dict_set)(dict, pair.items[0], pair.items[1]);
}

static void fetch_pairs(const loam_dict *dict, const loam_value *items, size_t count)
{
    loam_value keys[LOAM__AHEAD];

    if (!loam__is_worth_fetching(dict))
        return;
    for (size_t i = 0; i < count; i++)
        keys[i] = is_pair(items[i]) ? loam__span_of(loam__object(items[i])).items[0] : LOAM_UNSET;
    loam__fetch_keys(dict, keys, count);
}

loam_status loam__dict_set_pairs(loam_dict *dict, const loam_value *items, size_t count)
{
    loam_status status = LOAM_OK;

    for (size_t i = 0; i < count && status == LOAM_OK; i++) {
        if (i % LOAM__AHEAD == 0)
            fetch_pairs(dict, items + i, count - i < LOAM__AHEAD ? count - i : LOAM__AHEAD);
        status = set_pair(dict, items[i]);
    }
    return status;
}

static loam_status add_pairs(void *context, loam_value *items, size_t count)
{
    loam_status status = loam__dict_set_pairs(context, items, count);

    for (size_t i = 0; i < count; i++)
        loam__release(items[i]);
    return status;
}

/* Neither is unset. */
static loam_status update(loam_dict *dict, loam_value other)
{
    if (other.word == loam_from(dict).word)
        return LOAM_OK;
    if (loam__is_type(other, LOAM__TYPE_DICT))
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

/* Room for the entries of a table as they stand, and its index, with what is behind that. Without that many entries a
 * dict needs none. */
static loam_status copy_index(loam_dict *copy, const loam_dict *table)
{
    size_t bytes = loam__index_bytes(table);

    if (table->used > LOAM__DICT_PLAIN) {
        copy->index = loam__gc_data_new(copy, bytes);
        if (!copy->index)
            return loam__fail_memory();
        memcpy(copy->index, table->index, bytes);
        copy->chunks_log2 = table->chunks_log2;
        copy->hashing = table->hashing;
    }
    copy->entries = (loam__entry *)loam__gc_refs_new(copy, 2 * (size_t)table->used);
    if (!copy->entries)
        return loam__fail_memory();
    copy->capacity = table->used;
    return LOAM_OK;
}

static loam_status copy_as_it_stands(loam_dict *copy, const loam_dict *table, bool with_values)
{
    if (!table->live)
        return LOAM_OK;
    if (copy_index(copy, table) < 0)
        return LOAM_ERR_MEMORY;
    for (uint32_t i = table->first; i < table->used; i++) {
        const loam__entry *entry = &table->entries[i];
        if (loam_is_unset(entry->key))
            continue;
        loam__slot_store(copy, &copy->entries[i].key, entry->key);
        loam__slot_store(copy, &copy->entries[i].value, with_values ? entry->value : LOAM_NONE);
    }
    copy->live = table->live;
    copy->used = table->used;
    copy->first = table->first;
    copy->key_kinds = table->key_kinds;
    return LOAM_OK;
}

/* Whether a copy of the entries and the index as they stand takes little more than one made anew. */
static bool is_compact(const loam_dict *dict)
{
    return dict->live >= dict->used - dict->used / 4 &&
           (!dict->index || dict->live >= loam__dict_limit(dict->chunks_log2) / 4);
}

/* Whether hashing and comparing the key runs no code of the program's: what can be keyed, and tuples of such. */
static bool is_plain(const loam_dict *table, loam_value key)
{
    loam__span items = {&key, 1};

    if (loam__is_type(key, LOAM__TYPE_TUPLE))
        items = loam__span_of(loam__object(key));
    for (size_t i = 0; i < items.len; i++)
        if (loam_is_object(items.items[i]) && !loam__can_be_keyed(table, items.items[i]))
            return false;
    return true;
}

static bool has_plain_keys(const loam_dict *table)
{
    for (uint32_t i = table->first; i < table->used; i++)
        if (!is_plain(table, table->entries[i].key))
            return false;
    return true;
}

/* Without an index no key is hashed; as they come from a table, none need be compared. */
static loam_status copy_few(loam_dict *copy, const loam_dict *table, bool with_values)
{
    if (loam__dict_reserve(copy, table->live) < 0)
        return loam_error()->status;
    for (uint32_t i = table->first; i < table->used; i++) {
        loam__entry entry = table->entries[i];
        if (!loam_is_unset(entry.key))
            loam__dict_append(copy, 0, loam__retain(entry.key), with_values ? loam__retain(entry.value) : LOAM_NONE);
    }
    return LOAM_OK;
}

loam_status loam__dict_copy_entries(loam_dict *copy, const loam_dict *table, bool with_values)
{
    if (is_compact(table))
        return copy_as_it_stands(copy, table, with_values);
    if (table->live <= LOAM__DICT_PLAIN)
        return copy_few(copy, table, with_values);
    return has_plain_keys(table) ? update_from_table(copy, table, with_values)
                                 : copy_as_it_stands(copy, table, with_values);
}

loam_dict *loam_dict_copy(loam_dict *dict)
{
    loam__check_alive(dict, __func__);
    loam_dict *copy = dict ? loam_dict_new() : (loam__propagate(__func__), NULL);

    if (!copy)
        return NULL;
    return unless_failed(copy, is_compact(dict) ? copy_as_it_stands(copy, dict, true) : update_from_dict(copy, dict));
}

loam_dict *loam_dict_from(loam_value other)
{
    loam_dict *dict;

    if (loam_is_unset(other))
        return loam__propagate(__func__), NULL;
    if (loam__is_type(other, LOAM__TYPE_DICT))
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
        if (i % LOAM__AHEAD == 0)
            loam__fetch_keys(f->dict, items + i, count - i);
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
