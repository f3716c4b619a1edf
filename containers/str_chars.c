/*
 * str: single code points, and tables that translate them.
 */
#include "containers/chars_text.h"
#include "containers/slice.h"
#include "lib/text.h"

#include <loam/dict.h>

static const loam__chars *chars_of(const loam_str *str)
{
    return (const loam__chars *)str;
}

/* NULL with a failure. */
static const char *address_at(const char *function, const loam_str *str, int64_t index)
{
    loam__check_alive(str, function);
    const loam__chars *chars = chars_of(str);
    size_t at;
    size_t len;

    if (!str)
        return loam__propagate(function), NULL;
    len = loam__chars_len(chars);
    if (loam__index_of(len, index, "string", &at) < 0)
        return NULL;
    if (loam__is_bytewise(chars))
        return chars->data + at;
    return at <= len / 2 ? loam__utf8_advance(chars->data, at) : loam__utf8_retreat(chars->data + chars->len, len - at);
}

loam_str *loam_str_get(const loam_str *str, int64_t index)
{
    const char *at = address_at(__func__, str, index);

    return at ? (loam_str *)loam__chars_part(chars_of(str), at, loam__utf8_width(*at)) : NULL;
}

int64_t loam_str_ord(const loam_str *str, int64_t index)
{
    const char *at = address_at(__func__, str, index);
    size_t width;

    return at ? (int64_t)loam__utf8_decode(at, &width) : (int64_t)loam_error()->status;
}

static bool is_code_point(int64_t code)
{
    return code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

static loam_status no_code_point(void)
{
    return loam_fail(LOAM_ERR_VALUE, "a number that is no code point of a str");
}

loam_str *loam_str_chr(int64_t code)
{
    char data[4];

    if (!is_code_point(code))
        return no_code_point(), NULL;
    return loam__str_new_valid(data, loam__utf8_encode((uint32_t)code, data), 1);
}

static loam_status append_code(loam__text *text, int64_t code)
{
    char data[4];

    if (!is_code_point(code))
        return no_code_point();
    loam__text_append(text, data, loam__utf8_encode((uint32_t)code, data));
    return text->status;
}

static loam_status append_translation(loam__text *text, loam_value value)
{
    loam_view view;

    if (loam_is_none(value))
        return LOAM_OK;
    if (loam__is_type(value, LOAM__TYPE_STR)) {
        view = loam__chars_view(loam__chars_of(value));
        loam__text_append(text, view.data, view.len);
        return text->status;
    }
    if (loam__number_of(value).kind == LOAM__INTEGER)
        return append_code(text, loam__number_of(value).integer);
    return loam_fail(LOAM_ERR_TYPE, "character mapping must return integer, None or str");
}

/* The code point at `at`, of `width` bytes, translated. Looking for an integer runs no user code: only what is of a
 * type is asked whether it equals another one of that. */
static loam_status translate_one(loam__text *text, loam_dict *table, const char *at, size_t *width)
{
    loam_value value = LOAM_UNSET;
    loam_status status = (loam_dict_find)(table, loam__key_int(loam__utf8_decode(at, width)), &value);

    if (status == LOAM_OK) {
        status = append_translation(text, value);
        loam__release(value);
        return status;
    }
    if (status == LOAM_MISSING)
        loam__text_append(text, at, *width);
    return status < 0 ? status : text->status;
}

loam_str *loam_str_translate(const loam_str *str, loam_dict *table)
{
    loam__check_alive(str, __func__);
    loam__check_alive(table, __func__);
    const loam__chars *chars = chars_of(str);
    loam__text text = LOAM__TEXT_EMPTY;
    loam_status status = LOAM_OK;
    loam_str *result = NULL;

    if (!str || !table)
        return loam__propagate(__func__), NULL;
    for (size_t at = 0, width = 0; status >= 0 && at < chars->len; at += width)
        status = translate_one(&text, table, chars->data + at, &width);
    if (status >= 0)
        result = loam__str_new_valid(text.data, text.len, text.len ? loam__utf8_count(text.data, text.len) : 0);
    loam__text_free(&text);
    return result;
}

/* Of all code points of `from`: those at their places in `to`, or None where that is NULL. */
static loam_status add_translations(loam_dict *table, loam_view from, const char *to)
{
    loam_status status = LOAM_OK;

    for (size_t at = 0, width; status >= 0 && at < from.len; at += width) {
        int64_t code = loam__utf8_decode(from.data + at, &width);
        size_t to_width = 0;
        loam_value value = to ? loam_int(loam__utf8_decode(to, &to_width)) : LOAM_NONE;
        status = loam_dict_set_take(table, loam_int(code), value);
        to = to ? to + to_width : NULL;
    }
    return status;
}

loam_dict *(loam_str_maketrans)(loam_view from, loam_view to, loam_view removed)
{
    const loam__chars *str = loam__str_room(0, 0);
    loam_dict *table;

    if (!loam__chars_given(__func__, str, from) || !loam__chars_given(__func__, str, to) ||
        !loam__chars_given(__func__, str, removed))
        return NULL;
    if (loam__chars_count(str, from) != loam__chars_count(str, to))
        return loam_fail(LOAM_ERR_VALUE, "the first two maketrans arguments must have equal length"), NULL;
    table = loam_dict_new();
    if (table && from.len && add_translations(table, from, to.data) < 0) {
        loam__release(loam_from(table));
        return NULL;
    }
    if (table && add_translations(table, removed, NULL) < 0) {
        loam__release(loam_from(table));
        return NULL;
    }
    return table;
}
