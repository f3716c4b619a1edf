/* dict: reading, by one key. A failure names the key. */
#include "containers/dict_quick.h"

#include "containers/chars.h"
#include "containers/number.h"
#include "containers/protocol.h"

#include <stdio.h>

/* What has a repr that fits into a failure's text, and runs no user code. */
static bool is_short(loam_value key)
{
    if (loam__is_chars(key))
        return loam__chars_of(key)->len <= 24;
    return !loam_is_unset(key) && (loam_is_none(key) || loam__number_of(key).kind);
}

/* "what: the key's repr". */
LOAM__COLD static loam_status fail_about_key(loam_status status, const loam__query *query, const char *what)
{
    loam_failure failure = {.status = status};
    loam_value key;
    loam_str *text;

    snprintf(failure.text, sizeof failure.text, "%s", what);
    key = loam__query_make_key(query);
    text = is_short(key) ? loam_repr(key) : NULL;
    loam_fail(status, "%s: %s", failure.text, text ? loam_str_chars_peek(text) : "a key");
    failure = *loam_error(); /* what is released may bring other failures */
    loam__release(loam_from(text));
    loam__release(key);
    return loam__fail_again(&failure);
}

loam_status loam__fail_key(const loam__query *query)
{
    return fail_about_key(LOAM_ERR_KEY, query, "no such key");
}

/* `retain`: a new reference, taken before the key is released, which may run finalizers that change the dict. */
LOAM__NOINLINE static loam_status find_value(loam_dict *dict, loam_key key, bool retain, bool or_fail, loam_value *out)
{
    const loam__entry *entry = loam__quick_find_text_key(dict, key);
    loam__query query;
    uint32_t position;
    loam_status status;

    if (LOAM__LIKELY(entry)) {
        *out = retain ? loam__retain(entry->value) : entry->value;
        return LOAM_OK;
    }
    status = loam__dict_locate(dict, key, &query, &position);
    if (status == LOAM_OK)
        *out = dict->entries[position].value;
    else if (status == LOAM_MISSING && or_fail)
        status = loam__fail_key(&query);
    if (retain)
        loam__retain(*out);
    loam__key_release(key);
    return status;
}

LOAM__INLINE loam_value get(loam_dict *dict, loam_key key, bool retain)
{
    loam_value value = LOAM_UNSET;
    loam__quick_place place;

    loam__check_alive(dict, retain ? "loam_dict_get" : "loam_dict_get_peek");
    if (LOAM__LIKELY(loam__quick_find_key(dict, key, &place) == LOAM__PRESENT))
        return retain ? loam__retain(place.entry->value) : place.entry->value;
    find_value(dict, key, retain, true, &value);
    return value;
}

loam_value(loam_dict_get_peek)(loam_dict *dict, loam_key key)
{
    return get(dict, key, false);
}

loam_value(loam_dict_get)(loam_dict *dict, loam_key key)
{
    return get(dict, key, true);
}

loam_status(loam_dict_find)(loam_dict *dict, loam_key key, loam_value *out)
{
    loam__quick_place place;
    loam__verdict verdict = loam__quick_find_key(dict, key, &place);

    *out = LOAM_UNSET;
    if (LOAM__UNLIKELY(verdict == LOAM__UNDECIDED))
        return find_value(dict, key, true, false, out);
    if (verdict == LOAM__ABSENT)
        return LOAM_MISSING;
    *out = loam__retain(place.entry->value);
    return LOAM_OK;
}

LOAM__NOINLINE static int contains(loam_dict *dict, loam_key key)
{
    loam_value value;
    loam_status status = find_value(dict, key, false, false, &value);

    return status < 0 ? (int)status : status == LOAM_OK;
}

int(loam_dict_contains)(loam_dict *dict, loam_key key)
{
    loam__quick_place place;
    loam__verdict verdict;

    if (key.info != LOAM__KEY_INT)
        return contains(dict, key);
    verdict = loam__quick_find_int(dict, (int64_t)key.word, &place);
    if (LOAM__UNLIKELY(verdict == LOAM__UNDECIDED))
        return contains(dict, loam__key_int((int64_t)key.word));
    return verdict == LOAM__PRESENT;
}

/* Values of one C type. `out` is left alone unless the value is of it. */

typedef loam_status reader(loam_value value, void *out);

LOAM__INLINE loam_status read_int(loam_value value, void *out)
{
    if (LOAM__LIKELY(loam__is_small_int(value)))
        *(int64_t *)out = loam__small_int_value(value);
    else if (LOAM__LIKELY(loam__is_type(value, LOAM__TYPE_INT)))
        *(int64_t *)out = loam__boxed_int_value(value);
    else
        return loam_to_int(value, out);
    return LOAM_OK;
}

static loam_status read_double(loam_value value, void *out)
{
    return loam_to_double(value, out);
}

static loam_status read_bool(loam_value value, void *out)
{
    return loam_to_bool(value, out);
}

static loam_status read_chars(loam_value value, void *out)
{
    loam_str *str = loam_to_str_peek(value);

    if (!str)
        return LOAM_ERR_TYPE;
    *(const char **)out = loam_str_chars_peek(str);
    return LOAM_OK;
}

/* Inlined for each reader. */
LOAM__INLINE loam_status find_as(loam_dict *dict, loam_key key, reader *read, void *out, bool or_fail)
{
    loam__query query;
    uint32_t position;
    loam_status status = loam__dict_locate(dict, key, &query, &position);

    if (status == LOAM_MISSING && or_fail)
        status = loam__fail_key(&query);
    else if (status == LOAM_OK && read(dict->entries[position].value, out) < 0)
        status = fail_about_key(LOAM_ERR_TYPE, &query, loam_error()->text);
    loam__key_release(key);
    return status;
}

LOAM__NOINLINE static loam_status find_int_plainly(loam_dict *dict, loam_key key, int64_t *out)
{
    return find_as(dict, key, read_int, out, false);
}

LOAM__NOINLINE static loam_status get_int_plainly(loam_dict *dict, loam_key key, int64_t *out)
{
    return find_as(dict, key, read_int, out, true);
}

/* By text, for the most part. */

LOAM__NOINLINE static loam_status find_int(loam_dict *dict, loam_key key, int64_t *out)
{
    const loam__entry *entry = loam__quick_find_text_key(dict, key);

    if (LOAM__LIKELY(entry && loam__is_small_int(entry->value)))
        return *out = loam__small_int_value(entry->value), LOAM_OK;
    return find_int_plainly(dict, key, out);
}

LOAM__NOINLINE static loam_status get_int(loam_dict *dict, loam_key key, int64_t *out)
{
    const loam__entry *entry = loam__quick_find_text_key(dict, key);

    if (LOAM__LIKELY(entry && loam__is_small_int(entry->value)))
        return *out = loam__small_int_value(entry->value), LOAM_OK;
    return get_int_plainly(dict, key, out);
}

/* PRESENT: the integer is in `*out`. */
LOAM__INLINE loam__verdict quick_find_int(const loam_dict *dict, int64_t integer, int64_t *out)
{
    loam__quick_place place;
    loam__verdict verdict = loam__quick_find_int(dict, integer, &place);

    if (verdict != LOAM__PRESENT)
        return verdict;
    if (LOAM__UNLIKELY(!loam__is_small_int(place.entry->value)))
        return LOAM__UNDECIDED;
    *out = loam__small_int_value(place.entry->value);
    return LOAM__PRESENT;
}

loam_status(loam_dict_find_int)(loam_dict *dict, loam_key key, int64_t *out)
{
    loam__verdict verdict;

    if (key.info != LOAM__KEY_INT)
        return find_int(dict, key, out);
    verdict = quick_find_int(dict, (int64_t)key.word, out);
    if (LOAM__UNLIKELY(verdict == LOAM__UNDECIDED))
        return find_int_plainly(dict, loam__key_int((int64_t)key.word), out);
    return verdict == LOAM__PRESENT ? LOAM_OK : LOAM_MISSING;
}

loam_status(loam_dict_get_int)(loam_dict *dict, loam_key key, int64_t *out)
{
    if (key.info != LOAM__KEY_INT)
        return get_int(dict, key, out);
    if (LOAM__LIKELY(quick_find_int(dict, (int64_t)key.word, out) == LOAM__PRESENT))
        return LOAM_OK;
    return get_int_plainly(dict, loam__key_int((int64_t)key.word),
                           out); /* else the kind of key would be kept all along */
}

loam_status(loam_dict_find_double)(loam_dict *dict, loam_key key, double *out)
{
    return find_as(dict, key, read_double, out, false);
}

loam_status(loam_dict_get_double)(loam_dict *dict, loam_key key, double *out)
{
    return find_as(dict, key, read_double, out, true);
}

loam_status(loam_dict_find_bool)(loam_dict *dict, loam_key key, bool *out)
{
    return find_as(dict, key, read_bool, out, false);
}

loam_status(loam_dict_get_bool)(loam_dict *dict, loam_key key, bool *out)
{
    return find_as(dict, key, read_bool, out, true);
}

loam_status(loam_dict_find_chars_peek)(loam_dict *dict, loam_key key, const char **out)
{
    return find_as(dict, key, read_chars, out, false);
}

loam_status(loam_dict_get_chars_peek)(loam_dict *dict, loam_key key, const char **out)
{
    return find_as(dict, key, read_chars, out, true);
}
