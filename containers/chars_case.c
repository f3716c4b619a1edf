/*
 * str and bytes: case, and what kind of characters there are. All bytes and all ASCII is mapped byte by byte, of the
 * same length; other text code point by code point.
 */
#include "containers/chars_case.h"
#include "lib/printable.h"
#include "lib/text.h"

/* One character that is looked at. */
static uint32_t code_at(const loam__chars *self, const char *at, size_t *width)
{
    if (loam__is_str_chars(self))
        return loam__utf8_decode(at, width);
    *width = 1;
    return (unsigned char)*at;
}

/* Of bytes those above ASCII are nothing. */
static unsigned traits_of(const loam__chars *self, uint32_t code)
{
    return code < 0x80 || loam__is_str_chars(self) ? loam__casing_traits(code) : 0;
}

static loam_status unknown(const char *function)
{
    return loam_fail(LOAM_ERR_UNSUPPORTED, "%s: beyond ASCII this needs a loam that was built with utf8proc", function);
}

/* Which mapping a character gets; NULL: it stays. */
static const loam__case *mapping_for(loam__recasing how, unsigned traits, bool is_first, bool after_cased)
{
    static const loam__case cases[] = {LOAM__TO_LOWER, LOAM__TO_UPPER, LOAM__TO_TITLE, LOAM__TO_FOLDED};

    switch (how) {
    case LOAM__LOWER:
        return &cases[LOAM__TO_LOWER];
    case LOAM__UPPER:
        return &cases[LOAM__TO_UPPER];
    case LOAM__CASEFOLD:
        return &cases[LOAM__TO_FOLDED];
    case LOAM__TITLE:
        return &cases[after_cased ? LOAM__TO_LOWER : LOAM__TO_TITLE];
    case LOAM__CAPITALIZE:
        return &cases[is_first ? LOAM__TO_TITLE : LOAM__TO_LOWER];
    case LOAM__SWAPCASE:
        break;
    }
    if (traits & LOAM__IS_UPPER)
        return &cases[LOAM__TO_LOWER];
    return traits & LOAM__IS_LOWER ? &cases[LOAM__TO_UPPER] : NULL;
}

static void write_recased(char *to, const loam__chars *self, loam__recasing how)
{
    bool after_cased = false;

    for (size_t i = 0; i < self->len; i++) {
        uint32_t code = (unsigned char)self->data[i];
        unsigned traits = traits_of(self, code);
        const loam__case *mapping = code < 0x80 ? mapping_for(how, traits, i == 0, after_cased) : NULL;
        uint32_t mapped[LOAM__MOST_MAPPED] = {code};
        if (mapping)
            loam__casing_map(code, *mapping, mapped);
        to[i] = (char)mapped[0];
        after_cased = (traits & LOAM__IS_CASED) != 0;
    }
}

static loam__chars *recase_bytes(const loam__chars *self, loam__recasing how)
{
    loam__chars *result = loam__chars_room(self, self->len, self->len);

    if (!result || !self->len)
        return result;
    if (how == LOAM__UPPER)
        for (size_t i = 0; i < self->len; i++)
            result->data[i] = loam__ascii_upper(self->data[i]);
    else if (how == LOAM__LOWER || how == LOAM__CASEFOLD)
        for (size_t i = 0; i < self->len; i++)
            result->data[i] = loam__ascii_lower(self->data[i]);
    else
        write_recased(result->data, self, how);
    return result;
}

/* Whether the first character that is not ignorable, from `at` on or before it, is a cased one. */
static bool cased_from(const loam__chars *self, const char *at)
{
    const char *end = self->data + self->len;
    size_t width;

    for (; at < end; at += width) {
        unsigned traits = loam__casing_traits(loam__utf8_decode(at, &width));
        if (!(traits & LOAM__IS_IGNORABLE))
            return (traits & LOAM__IS_CASED) != 0;
    }
    return false;
}

static bool cased_before(const loam__chars *self, const char *at)
{
    size_t width;

    while (at > self->data) {
        unsigned traits;
        at = loam__utf8_retreat(at, 1);
        traits = loam__casing_traits(loam__utf8_decode(at, &width));
        if (!(traits & LOAM__IS_IGNORABLE))
            return (traits & LOAM__IS_CASED) != 0;
    }
    return false;
}

/* Unicode's Final_Sigma: what a capital sigma becomes depends on whether it ends a word. */
static uint32_t lower_sigma(const loam__chars *self, const char *at, size_t width)
{
    return cased_before(self, at) && !cased_from(self, at + width) ? 0x3c2 : 0x3c3;
}

static void append_mapped(loam__text *text, const loam__chars *self, const char *at, const loam__case *to)
{
    size_t width;
    uint32_t code = loam__utf8_decode(at, &width);
    uint32_t mapped[LOAM__MOST_MAPPED] = {code};
    size_t count = to ? loam__casing_map(code, *to, mapped) : 1;
    char data[4];

    if (code == 0x3a3 && to && *to == LOAM__TO_LOWER)
        mapped[0] = lower_sigma(self, at, width);
    for (size_t i = 0; i < count; i++)
        loam__text_append(text, data, loam__utf8_encode(mapped[i], data));
}

static loam__chars *recase_wide(const char *function, const loam__chars *self, loam__recasing how)
{
    const char *end = self->data + self->len;
    loam__text text = LOAM__TEXT_EMPTY;
    loam__chars *result = NULL;
    bool after_cased = false;
    size_t width;

    for (const char *at = self->data; text.status == LOAM_OK && at < end; at += width) {
        unsigned traits = loam__casing_traits(loam__utf8_decode(at, &width));
        if (traits & LOAM__IS_UNKNOWN)
            text.status = unknown(function);
        else
            append_mapped(&text, self, at, mapping_for(how, traits, at == self->data, after_cased));
        after_cased = (traits & LOAM__IS_CASED) != 0;
    }
    if (text.status == LOAM_OK)
        result = loam__chars_copy(self, (loam_view){text.data, text.len});
    loam__text_free(&text);
    return result;
}

loam__chars *loam__chars_recase(const char *function, const loam__chars *self, loam__recasing how)
{
    bool is_wide;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function), NULL;
    is_wide = loam__is_str_chars(self) && !loam__is_flagged(&self->loam, LOAM__FLAG_ASCII);
    return is_wide ? recase_wide(function, self, how) : recase_bytes(self, how);
}

int loam__chars_all(const char *function, const loam__chars *self, unsigned wanted)
{
    size_t width;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function);
    for (const char *at = self->data; at < self->data + self->len; at += width) {
        unsigned traits = traits_of(self, code_at(self, at, &width));
        if (traits & LOAM__IS_UNKNOWN)
            return unknown(function);
        if (!(traits & wanted))
            return 0;
    }
    return self->len != 0;
}

int loam__chars_all_spaces(const char *function, const loam__chars *self)
{
    size_t width;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function);
    for (const char *at = self->data; at < self->data + self->len; at += width)
        if (!(width = loam__chars_space(self, at)))
            return 0;
    return self->len != 0;
}

int loam__chars_all_ascii(const char *function, const loam__chars *self)
{
    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function);
    for (size_t i = 0; i < self->len; i++)
        if ((unsigned char)self->data[i] >= 0x80)
            return 0;
    return 1;
}

int loam__chars_all_printable(const char *function, const loam__chars *self)
{
    size_t width;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function);
    for (const char *at = self->data; at < self->data + self->len; at += width)
        if (!loam__printable(code_at(self, at, &width)))
            return 0;
    return 1;
}

/* Some are of that case, and none of another. */
int loam__chars_in_case(const char *function, const loam__chars *self, unsigned wanted)
{
    size_t width;
    bool some = false;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function);
    for (const char *at = self->data; at < self->data + self->len; at += width) {
        unsigned traits = traits_of(self, code_at(self, at, &width));
        if (traits & LOAM__IS_UNKNOWN)
            return unknown(function);
        if (traits & LOAM__IS_CASED & ~wanted)
            return 0;
        some = some || (traits & wanted);
    }
    return some;
}

/* Upper and title case follow what has no case, lower case what has. */
int loam__chars_is_title(const char *function, const loam__chars *self)
{
    size_t width;
    bool some = false;
    bool after_cased = false;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function);
    for (const char *at = self->data; at < self->data + self->len; at += width) {
        unsigned traits = traits_of(self, code_at(self, at, &width));
        if (traits & LOAM__IS_UNKNOWN)
            return unknown(function);
        if ((traits & LOAM__IS_CASED) && after_cased != !(traits & (LOAM__IS_UPPER | LOAM__IS_TITLE)))
            return 0;
        after_cased = (traits & LOAM__IS_CASED) != 0;
        some = some || after_cased;
    }
    return some;
}

/* As Python does, of the characters as they are: what has these properties has them after NFKC too (Unicode's annex
 * 31). */
int loam__chars_is_identifier(const char *function, const loam__chars *self)
{
    size_t width;
    unsigned wanted = LOAM__XID_START;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function);
    for (const char *at = self->data; at < self->data + self->len; at += width) {
        unsigned xid = loam__casing_xid(code_at(self, at, &width));
        if (xid & LOAM__XID_UNKNOWN)
            return unknown(function);
        if (!(xid & wanted))
            return 0;
        wanted = LOAM__XID_CONTINUE;
    }
    return self->len != 0;
}
