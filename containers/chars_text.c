/*
 * The results of str and bytes, and what is a space or ends a line in them. A str's are Python's: those of Unicode's
 * White_Space and the four separators of ASCII; they have not changed since Unicode 6.3.
 */
#include "containers/chars_text.h"

bool loam__chars_given(const char *function, const loam__chars *self, loam_view text)
{
    size_t chars;

    loam__check_alive(self, function);
    if (!self || loam__is_no_view(text)) {
        loam__propagate(function);
        return false;
    }
    if (!loam__is_str_chars(self) || loam__utf8_check(text.data, text.len, &chars))
        return true;
    loam_fail(LOAM_ERR_VALUE, "%s: a text that is not UTF-8", function);
    return false;
}

loam__chars *loam__chars_same(const loam__chars *self)
{
    return (loam__chars *)loam__object(loam__retain(loam_from(self)));
}

loam__chars *loam__chars_room(const loam__chars *like, size_t len, size_t chars)
{
    return loam__is_str_chars(like) ? loam__str_room(len, chars) : loam__bytes_room(len);
}

loam__chars *loam__chars_copy(const loam__chars *like, loam_view text)
{
    loam__chars *copy = loam__chars_room(like, text.len, loam__chars_count(like, text));

    if (copy && text.len)
        memcpy(copy->data, text.data, text.len);
    return copy;
}

loam__chars *loam__chars_part(const loam__chars *self, const char *from, size_t len)
{
    size_t chars = len;

    if (len == self->len)
        return loam__chars_same(self);
    if (!loam__is_bytewise(self))
        chars = loam__utf8_count(from, len);
    return loam__is_str_chars(self) ? (loam__chars *)loam__str_new_valid(from, len, chars)
                                    : (loam__chars *)loam__bytes_new(from, len);
}

static bool is_wide_space(uint32_t code)
{
    return code == 0x85 || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
           code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

size_t loam__chars_space(const loam__chars *self, const char *at)
{
    unsigned char byte = (unsigned char)*at;
    size_t width;

    if (byte == ' ' || (byte >= '\t' && byte <= '\r'))
        return 1;
    if (!loam__is_str_chars(self))
        return 0;
    if (byte < 0x80)
        return byte >= 0x1c && byte < ' ';
    return is_wide_space(loam__utf8_decode(at, &width)) ? width : 0;
}

size_t loam__chars_line_end(const loam__chars *self, const char *at, const char *end)
{
    unsigned char byte = (unsigned char)*at;
    size_t width;
    uint32_t code;

    if (byte == '\r')
        return end - at > 1 && at[1] == '\n' ? 2 : 1;
    if (byte == '\n')
        return 1;
    if (!loam__is_str_chars(self))
        return 0;
    if (byte < 0x80)
        return byte == '\v' || byte == '\f' || (byte >= 0x1c && byte <= 0x1e);
    code = loam__utf8_decode(at, &width);
    return code == 0x85 || code == 0x2028 || code == 0x2029 ? width : 0;
}
