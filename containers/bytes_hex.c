/*
 * bytes: hexadecimal digits, and tables that translate.
 */
#include "containers/chars_text.h"
#include "lib/checked.h"

static const loam__chars *chars_of(const loam_bytes *bytes)
{
    return (const loam__chars *)bytes;
}

static char *put_hex(char *to, char byte)
{
    static const char digits[] = "0123456789abcdef";

    *to++ = digits[(unsigned char)byte >> 4];
    *to++ = digits[(unsigned char)byte & 15];
    return to;
}

/* Whether a separator stands before byte `i`, above 0. */
static bool begins_group(size_t i, size_t len, size_t group, bool from_start)
{
    return (from_start ? i : len - i) % group == 0;
}

/* `group` is not 0. */
static loam_str *hex(const loam__chars *bytes, char separator, int64_t group)
{
    size_t size = group < 0 ? 0 - (size_t)group : (size_t)group;
    size_t separators = bytes->len ? (bytes->len - 1) / size : 0;
    size_t len;
    loam__chars *result;
    char *to;

    if (!loam__size_array(separators, bytes->len, 2, &len))
        return loam__fail_memory(), NULL;
    result = loam__str_room(len, len);
    if (!result || !len)
        return (loam_str *)result;
    to = result->data;
    for (size_t i = 0; i < bytes->len; i++) {
        if (i && begins_group(i, bytes->len, size, group < 0))
            *to++ = separator;
        to = put_hex(to, bytes->data[i]);
    }
    return (loam_str *)result;
}

loam_str *loam_bytes_hex(const loam_bytes *bytes)
{
    loam__check_alive(bytes, __func__);
    return bytes ? hex(chars_of(bytes), '\0', INT64_MAX) : (loam__propagate(__func__), NULL);
}

loam_str *(loam_bytes_hex_grouped)(const loam_bytes *bytes, loam_view separator, int64_t group)
{
    if (!loam__chars_given(__func__, chars_of(bytes), separator))
        return NULL;
    if (separator.len != 1 || (unsigned char)*separator.data >= 0x80)
        return loam_fail(LOAM_ERR_VALUE, "the separator must be one character of ASCII"), NULL;
    return hex(chars_of(bytes), *separator.data, group ? group : INT64_MAX);
}

/* The value of a digit, 16 if it is none. */
static unsigned digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return (unsigned)(digit - '0');
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? (unsigned)(digit - 'a') + 10 : 16;
}

/* Writes the bytes, where `to` is not NULL; false: something else stands there. */
static bool read_hex(loam_view digits, char *to, size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < digits.len;) {
        unsigned high;
        unsigned low;
        if (digits.data[i] == ' ' || (digits.data[i] >= '\t' && digits.data[i] <= '\r')) {
            i++;
            continue;
        }
        high = digit_value(digits.data[i]);
        low = i + 1 < digits.len ? digit_value(digits.data[i + 1]) : 16;
        if (high > 15 || low > 15)
            return false;
        if (to)
            to[*len] = (char)(high << 4 | low);
        ++*len;
        i += 2;
    }
    return true;
}

loam_bytes *(loam_bytes_fromhex)(loam_view digits)
{
    size_t len;
    loam__chars *result;

    if (loam__is_no_view(digits))
        return loam__propagate(__func__), NULL;
    if (!read_hex(digits, NULL, &len))
        return loam_fail(LOAM_ERR_VALUE, "bytes of what is not pairs of hexadecimal digits"), NULL;
    result = loam__bytes_room(len);
    if (result && len)
        read_hex(digits, result->data, &len);
    return (loam_bytes *)result;
}

enum { TABLE_SIZE = 256 };

loam_bytes *(loam_bytes_translate)(const loam_bytes *bytes, loam_view table, loam_view removed)
{
    const loam__chars *chars = chars_of(bytes);
    bool stays[TABLE_SIZE];
    size_t len = 0;
    loam__chars *result;
    char *to;

    if (!loam__chars_given(__func__, chars, table) || !loam__chars_given(__func__, chars, removed))
        return NULL;
    if (table.len != TABLE_SIZE)
        return loam_fail(LOAM_ERR_VALUE, "translation table must be 256 bytes long"), NULL;
    memset(stays, true, sizeof stays);
    for (size_t i = 0; i < removed.len; i++)
        stays[(unsigned char)removed.data[i]] = false;
    for (size_t i = 0; i < chars->len; i++)
        len += stays[(unsigned char)chars->data[i]];
    result = loam__bytes_room(len);
    if (!result || !len)
        return (loam_bytes *)result;
    to = result->data;
    for (size_t i = 0; i < chars->len; i++)
        if (stays[(unsigned char)chars->data[i]])
            *to++ = table.data[(unsigned char)chars->data[i]];
    return (loam_bytes *)result;
}

loam_bytes *(loam_bytes_maketrans)(loam_view from, loam_view to)
{
    loam__chars *table;

    if (loam__is_no_view(from) || loam__is_no_view(to))
        return loam__propagate(__func__), NULL;
    if (from.len != to.len)
        return loam_fail(LOAM_ERR_VALUE, "maketrans arguments must have same length"), NULL;
    table = loam__bytes_room(TABLE_SIZE);
    for (unsigned i = 0; table && i < TABLE_SIZE; i++)
        table->data[i] = (char)i;
    for (size_t i = 0; table && i < from.len; i++)
        table->data[(unsigned char)from.data[i]] = to.data[i];
    return (loam_bytes *)table;
}
