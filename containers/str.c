/*
 * str: see chars.h for the layout. Every str is valid UTF-8: what makes one from bytes checks them, what makes one from
 * a str cuts between code points.
 */
#include "containers/chars_text.h"
#include "containers/slice.h"
#include "lib/alloc.h"
#include "lib/checked.h"
#include "lib/text.h"
#include "lib/utf8.h"

#include <loam/generic.h>

#include <stdarg.h>
#include <stdio.h>

/* A loam__chars with its slack. */
static struct {
    loam_object loam;
    uint64_t hash;
    size_t len;
    char data[LOAM__HASH_SHORT];
} empty;

static const loam__chars *chars_of(const loam_str *str)
{
    return (const loam__chars *)str;
}

static bool is_ascii(const loam__chars *chars)
{
    return loam__is_flagged(&chars->loam, LOAM__FLAG_ASCII);
}

/* Bytes of the data with its zero byte and slack, up to where a number of code points may stand. */
static size_t data_room(size_t len)
{
    size_t room = (len + 1 + 7) & ~(size_t)7;
    return room < LOAM__HASH_SHORT ? LOAM__HASH_SHORT : room;
}

static size_t extent(const void *self)
{
    const loam__chars *chars = self;
    return data_room(chars->len) + (is_ascii(chars) ? 0 : sizeof(size_t));
}

static int64_t len(const void *self)
{
    return (int64_t)loam__str_code_points(self);
}

static loam_status iter_begin(const void *self, loam_cursor *cursor)
{
    (void)self;
    *cursor = (loam_cursor){0, 0};
    return LOAM_OK;
}

/* The position of the cursor is in bytes; its version becomes 1 where memory ran out behind items to be given first. */
static ptrdiff_t iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    const loam__chars *chars = self;
    size_t n = 0;

    if (cursor->version)
        return loam__fail_memory();
    for (; n < cap && cursor->position < chars->len; n++) {
        const char *at = chars->data + cursor->position;
        size_t width = loam__utf8_width(*at);
        out[n] = loam_from(loam__str_new_valid(at, width, 1));
        if (loam_is_unset(out[n])) {
            cursor->version = 1;
            return n ? (ptrdiff_t)n : LOAM_ERR_MEMORY;
        }
        cursor->position += width;
    }
    return (ptrdiff_t)n;
}

loam_type loam__str_type = {
    .name = "str",
    .size = sizeof(loam__chars),
    .id = LOAM__TYPE_STR,
    .extent = extent,
    .len = len,
    .iter_begin = iter_begin,
    .iter_fill = iter_fill,
};

static loam_str *empty_str(void)
{
    if (loam__object_immortal(&empty.loam, &loam__str_type, LOAM__FLAG_ASCII) < 0)
        return NULL;
    return (loam_str *)&empty;
}

/* Whether an object can have so many bytes; `data_room` and a count of code points included. */
static bool fits(size_t len)
{
    size_t size;

    return loam__size_add(len, sizeof(loam__chars) + 2 * LOAM__HASH_SHORT, &size);
}

loam__chars *loam__str_room(size_t len, size_t chars)
{
    size_t size;
    loam__chars *str;

    if (!len)
        return (loam__chars *)empty_str();
    if (!fits(len))
        return loam__fail_memory(), NULL;
    size = sizeof *str + data_room(len) + (chars == len ? 0 : sizeof chars);
    str = loam__object_new(&loam__str_type, size);
    if (!str)
        return NULL;
    str->len = len;
    if (chars == len)
        str->loam.head |= LOAM__FLAG_ASCII;
    else
        memcpy(str->data + data_room(len), &chars, sizeof chars);
    return str;
}

loam_str *loam__str_new_valid(const char *data, size_t len, size_t chars)
{
    loam__chars *str = loam__str_room(len, chars);

    if (str && len)
        memcpy(str->data, data, len);
    return (loam_str *)str;
}

size_t loam__str_code_points(const loam_str *str)
{
    const loam__chars *chars = chars_of(str);
    size_t count = chars->len;

    if (!is_ascii(chars))
        memcpy(&count, chars->data + data_room(chars->len), sizeof count);
    return count;
}

int loam__chars_compare(const loam__chars *a, const loam__chars *b)
{
    size_t shorter = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->data, b->data, shorter);

    if (order)
        return order < 0 ? -1 : 1;
    return (a->len > b->len) - (a->len < b->len);
}

loam_value loam__text_from_view(loam_view view)
{
    size_t chars;

    if (!fits(view.len))
        return loam__fail_memory(), LOAM_UNSET;
    if (loam__utf8_check(view.data, view.len, &chars))
        return loam_from(loam__str_new_valid(view.data, view.len, chars));
    return loam_from(loam__bytes_new(view.data, view.len));
}

loam_str *loam_str_from(const char *data, size_t len)
{
    size_t chars;

    if (!data && len)
        return loam__propagate(__func__), NULL;
    if (!fits(len))
        return loam__fail_memory(), NULL;
    if (!loam__utf8_check(data, len, &chars))
        return loam_fail(LOAM_ERR_VALUE, "a str of bytes that are not UTF-8"), NULL;
    return loam__str_new_valid(data, len, chars);
}

loam_str *loam_str_new(const char *chars)
{
    if (!chars)
        return loam__propagate(__func__), NULL;
    return loam_str_from(chars, strlen(chars));
}

loam_value loam__val_chars(const char *chars)
{
    return loam_from(loam_str_new(chars));
}

loam_value loam__val_view(loam_view view)
{
    if (!view.data && view.len)
        return loam__propagate("LOAM_VAL"), LOAM_UNSET;
    return loam__text_from_view(view);
}

static loam_str *format_long(const char *format, va_list arguments, size_t len)
{
    char *buffer = loam__alloc(len + 1);
    loam_str *str;

    if (!buffer)
        return loam__fail_memory(), NULL;
    vsnprintf(buffer, len + 1, format, arguments);
    str = loam_str_from(buffer, len);
    loam__free(buffer);
    return str;
}

loam_str *loam_str_format(const char *format, ...)
{
    char buffer[256];
    va_list arguments;
    loam_str *str = NULL;
    int len;

    if (!format)
        return loam__propagate(__func__), NULL;
    va_start(arguments, format);
    len = vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    if (len < 0) {
        loam_fail(LOAM_ERR_VALUE, "the format or an argument cannot be printed");
    } else if ((size_t)len < sizeof buffer) {
        str = loam_str_from(buffer, (size_t)len);
    } else {
        va_start(arguments, format);
        str = format_long(format, arguments, (size_t)len);
        va_end(arguments);
    }
    return str;
}

int64_t loam_str_len(const loam_str *str)
{
    loam__check_alive(str, __func__);
    return str ? (int64_t)loam__str_code_points(str) : (int64_t)loam__propagate(__func__);
}

const char *loam_str_chars_peek(const loam_str *str)
{
    loam__check_alive(str, __func__);
    if (!str)
        return loam__propagate(__func__), NULL;
    return chars_of(str)->data;
}

loam_view loam_str_view_peek(const loam_str *str)
{
    loam__check_alive(str, __func__);
    if (!str)
        return loam__propagate(__func__), (loam_view){NULL, 1}; /* a text that is not there */
    return loam__chars_view(chars_of(str));
}

static loam_str *copy_text(loam__text *text, size_t chars)
{
    loam_str *str = text->status < 0 ? NULL : loam__str_new_valid(text->data, text->len, chars);
    loam__text_free(text);
    return str;
}

/* Code points that are not side by side, or not all bytes: gathered one at a time. */
static loam_str *gather(const loam__chars *chars, loam__slice slice)
{
    loam__text text = LOAM__TEXT_EMPTY;
    const char *at = chars->data;
    bool ascii = is_ascii(chars);

    if (!ascii)
        at = loam__utf8_advance(at, (size_t)slice.first);
    else
        at += slice.first;
    for (size_t i = 0; i < slice.count; i++) {
        loam__text_append(&text, at, loam__utf8_width(*at));
        if (i + 1 == slice.count)
            break;
        if (ascii) {
            at += slice.step;
        } else if (slice.step > 0) {
            at = loam__utf8_advance(at, (size_t)slice.step);
        } else {
            at = loam__utf8_retreat(at, (size_t)-slice.step);
        }
    }
    return copy_text(&text, slice.count);
}

loam_str *loam_str_slice(const loam_str *str, int64_t start, int64_t stop, int64_t step)
{
    loam__check_alive(str, __func__);
    const loam__chars *chars = chars_of(str);
    const char *from;
    loam__slice slice;

    if (!str)
        return loam__propagate(__func__), NULL;
    if (loam__slice_of(loam__str_code_points(str), start, stop, step, &slice) < 0)
        return NULL;
    if (!slice.count)
        return empty_str();
    if (slice.step != 1)
        return gather(chars, slice);
    if (slice.count == loam__str_code_points(str))
        return (loam_str *)loam__chars_same(chars);
    if (is_ascii(chars))
        return loam__str_new_valid(chars->data + slice.first, slice.count, slice.count);
    from = loam__utf8_advance(chars->data, (size_t)slice.first);
    return loam__str_new_valid(from, (size_t)(loam__utf8_advance(from, slice.count) - from), slice.count);
}
