/* Views of a dict. Their set operations are those of sets: of keys with the dict itself, of items with a set made of
 * them. */
#include "containers/dict_view.h"

#include "containers/protocol.h"
#include "containers/sequence.h"
#include "containers/set.h"

#include <math.h>

static int64_t len(const void *self)
{
    return ((const loam_dict_view *)self)->dict->live;
}

static loam_status iter_begin(const void *self, loam_cursor *cursor)
{
    loam__dict_begin(((const loam_dict_view *)self)->dict, cursor);
    return LOAM_OK;
}

/* Items come one at a time: one that could not be made is a failure at once, and not tried again. */
static ptrdiff_t iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    loam_dict_view *view = self;
    loam__dict_projection projection = loam__view_projection(view);

    return loam__dict_fill(view->dict, cursor, projection, out, projection == LOAM__DICT_ITEMS && cap ? 1 : cap);
}

#define VIEW_TYPE(type_name, type_id)                                                                                  \
    {                                                                                                                  \
        .name = type_name, .size = sizeof(loam_dict_view), .id = type_id,                                              \
        .refs = LOAM_REFS(offsetof(loam_dict_view, dict)), .len = len, .iter_begin = iter_begin,                       \
        .iter_fill = iter_fill                                                                                         \
    }

/* By projection. */
static loam_type types[] = {
    VIEW_TYPE("dict_keys", LOAM__TYPE_DICT_KEYS),
    VIEW_TYPE("dict_values", LOAM__TYPE_DICT_VALUES),
    VIEW_TYPE("dict_items", LOAM__TYPE_DICT_ITEMS),
};

static loam_dict_view *view_new(loam_dict *dict, loam__dict_projection projection, const char *function)
{
    loam_dict_view *view;

    loam__check_alive(dict, function);
    if (!dict)
        return loam__propagate(function), NULL;
    view = loam__object_new(&types[projection], sizeof *view);
    if (view)
        loam__slot_store(view, &view->dict, loam_from(dict));
    return view;
}

loam_dict_view *loam_dict_keys_view(loam_dict *dict)
{
    return view_new(dict, LOAM__DICT_KEYS, __func__);
}

loam_dict_view *loam_dict_values_view(loam_dict *dict)
{
    return view_new(dict, LOAM__DICT_VALUES, __func__);
}

loam_dict_view *loam_dict_items_view(loam_dict *dict)
{
    return view_new(dict, LOAM__DICT_ITEMS, __func__);
}

loam_dict *loam_dict_view_dict_peek(const loam_dict_view *view)
{
    loam__check_alive(view, __func__);
    return view ? view->dict : (loam__propagate(__func__), NULL);
}

int64_t loam_dict_view_len(const loam_dict_view *view)
{
    loam__check_alive(view, __func__);
    return view ? (int64_t)view->dict->live : (int64_t)loam__propagate(__func__);
}

/* What is compared is held, as is the dict by its view. */
static int values_contain(loam_dict *dict, loam_value value)
{
    uint32_t version = dict->version;
    int equal = 0;

    for (uint32_t i = dict->first; !equal && i < dict->used; i++) {
        if (loam_is_unset(dict->entries[i].key))
            continue;
        equal = loam__item_equal(dict->entries[i].value, value);
        if (equal >= 0 && dict->version != version)
            return loam_fail(LOAM_ERR_CHANGED, "dict changed while its values were compared");
    }
    return equal;
}

static int has_key(loam_dict *dict, loam_value key, loam_value *value)
{
    loam__query query;
    uint32_t position;
    loam_status status = loam__query_value(&query, key);

    if (status == LOAM_OK)
        status = loam__dict_find(dict, &query, &position);
    if (status == LOAM_OK)
        *value = dict->entries[position].value;
    return status < 0 ? (int)status : status == LOAM_OK;
}

int loam__view_contains(loam_dict_view *view, loam_value item)
{
    loam_value value = LOAM_UNSET;
    loam__span pair;
    int found;

    switch (loam__view_projection(view)) {
    case LOAM__DICT_KEYS:
        return has_key(view->dict, item, &value);
    case LOAM__DICT_VALUES:
        return values_contain(view->dict, item);
    case LOAM__DICT_ITEMS:
        break;
    }
    if (!loam__is_type(item, LOAM__TYPE_TUPLE) || loam_tuple_len((loam_tuple *)loam__object(item)) != 2)
        return 0;
    pair = loam__span_of(loam__object(item));
    found = has_key(view->dict, pair.items[0], &value);
    return found == 1 ? loam__item_equal(value, pair.items[1]) : found;
}

/* A new reference to what was given as a key, made of C data where it has to be. For an integer above every int64 it is
 * the double that equals it; MISSING: there is none. */
static loam_status value_of(loam_key key, loam_value *value)
{
    loam__query query;

    *value = loam__word(key.word);
    if (loam__key_kind(key) == LOAM__KEY_VALUE || loam__key_kind(key) == LOAM__KEY_LITERAL) {
        if (loam__key_kind(key) == LOAM__KEY_VALUE)
            loam__retain(*value);
        return loam_is_unset(*value) ? loam__propagate("loam_dict_view_contains") : LOAM_OK;
    }
    *value = LOAM_UNSET;
    if (loam__query_key(&query, key) < 0)
        return loam_error()->status;
    if (query.kind == LOAM__QUERY_NATURAL && isnan(query.number.number))
        return LOAM_MISSING;
    *value = query.kind == LOAM__QUERY_NATURAL ? loam_double(query.number.number) : loam__query_make_key(&query);
    return loam_is_unset(*value) ? loam_error()->status : LOAM_OK;
}

int(loam_dict_view_contains)(loam_dict_view *view, loam_key item)
{
    loam_value value;
    loam_status status;
    int found = 0;

    loam__check_alive(view, "loam_dict_view_contains");
    if (view && loam__view_projection(view) == LOAM__DICT_KEYS)
        return (loam_dict_contains)(view->dict, item);
    status = value_of(item, &value);
    if (!view)
        status = loam__propagate("loam_dict_view_contains");
    if (status == LOAM_OK)
        found = loam__view_contains(view, value);
    loam__release(value);
    return status < 0 ? (int)status : found;
}

/* Set operations. */

/* What has the view's elements. `*made`, if anything, is to be released. */
static loam_dict *table_of(loam_dict_view *view, loam_dict **made, const char *function)
{
    loam__check_alive(view, function);
    *made = NULL;
    if (!view)
        return loam__propagate(function), NULL;
    switch (loam__view_projection(view)) {
    case LOAM__DICT_KEYS:
        return view->dict;
    case LOAM__DICT_VALUES:
        return loam_fail(LOAM_ERR_TYPE, "%s: the values of a dict are no set", function), NULL;
    case LOAM__DICT_ITEMS:
        break;
    }
    return *made = loam__set_from(loam_from(view), &loam__set_type);
}

typedef loam_dict *combine_function(loam_dict *table, loam_value other, loam_type *type);

static loam_set *combine(loam_dict_view *view, loam_value other, combine_function *operation, const char *function)
{
    loam_dict *made;
    loam_dict *table = table_of(view, &made, function);
    loam_dict *result = table ? operation(table, other, &loam__set_type) : NULL;

    loam__release(loam_from(made));
    return (loam_set *)result;
}

typedef int ask_function(loam_dict *table, loam_value other);

static int ask(loam_dict_view *view, loam_value other, ask_function *question, const char *function)
{
    loam_dict *made;
    loam_dict *table = table_of(view, &made, function);
    int answer = table ? question(table, other) : (int)loam_error()->status;

    loam__release(loam_from(made));
    return answer;
}

loam_set *loam_dict_view_union(loam_dict_view *view, loam_value other)
{
    return combine(view, other, loam__set_union, __func__);
}

loam_set *loam_dict_view_intersection(loam_dict_view *view, loam_value other)
{
    return combine(view, other, loam__set_intersection, __func__);
}

loam_set *loam_dict_view_difference(loam_dict_view *view, loam_value other)
{
    return combine(view, other, loam__set_difference, __func__);
}

loam_set *loam_dict_view_symmetric_difference(loam_dict_view *view, loam_value other)
{
    return combine(view, other, loam__set_symmetric_difference, __func__);
}

int loam_dict_view_isdisjoint(loam_dict_view *view, loam_value other)
{
    return ask(view, other, loam__set_isdisjoint, __func__);
}

int loam_dict_view_issubset(loam_dict_view *view, loam_value other)
{
    return ask(view, other, loam__set_issubset, __func__);
}

int loam_dict_view_issuperset(loam_dict_view *view, loam_value other)
{
    return ask(view, other, loam__set_issuperset, __func__);
}
