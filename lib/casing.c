#include "lib/casing.h"

static unsigned ascii_traits(uint32_t code)
{
    if (code >= 'a' && code <= 'z')
        return LOAM__IS_ALPHA | LOAM__IS_LOWER;
    if (code >= 'A' && code <= 'Z')
        return LOAM__IS_ALPHA | LOAM__IS_UPPER;
    if (code >= '0' && code <= '9')
        return LOAM__IS_DECIMAL | LOAM__IS_DIGIT | LOAM__IS_NUMERIC;
    return code == '\'' || code == '.' || code == ':' || code == '^' || code == '`' ? LOAM__IS_IGNORABLE : 0;
}

static unsigned ascii_xid(uint32_t code)
{
    unsigned traits = code == '_' ? LOAM__IS_ALPHA : ascii_traits(code);

    return traits & LOAM__IS_ALPHA     ? LOAM__XID_START | LOAM__XID_CONTINUE
           : traits & LOAM__IS_DECIMAL ? LOAM__XID_CONTINUE
                                       : 0;
}

#if HAVE_UTF8PROC
#include <utf8proc.h>

static bool is_in(const uint32_t *runs, uint32_t code)
{
    while (*runs && runs[1] < code)
        runs += 2;
    return *runs && *runs <= code;
}

static unsigned traits_of_category(uint32_t code)
{
    switch ((int)utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_LU:
        return LOAM__IS_ALPHA | LOAM__IS_UPPER;
    case UTF8PROC_CATEGORY_LL:
        return LOAM__IS_ALPHA | LOAM__IS_LOWER;
    case UTF8PROC_CATEGORY_LT:
        return LOAM__IS_ALPHA | LOAM__IS_TITLE;
    case UTF8PROC_CATEGORY_LM:
        return LOAM__IS_ALPHA | LOAM__IS_IGNORABLE;
    case UTF8PROC_CATEGORY_LO:
        return LOAM__IS_ALPHA;
    case UTF8PROC_CATEGORY_ND:
        return LOAM__IS_DECIMAL | LOAM__IS_DIGIT | LOAM__IS_NUMERIC;
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return LOAM__IS_NUMERIC;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_SK:
        return LOAM__IS_IGNORABLE;
    default:
        return 0;
    }
}

unsigned loam__casing_traits(uint32_t code)
{
    unsigned traits;

    if (code < 0x80)
        return ascii_traits(code);
    traits = traits_of_category(code);
    traits |= is_in(loam__casing_digits, code) ? LOAM__IS_DIGIT : 0;
    traits |= is_in(loam__casing_numbers, code) ? LOAM__IS_NUMERIC : 0;
    traits |= is_in(loam__casing_lower, code) ? LOAM__IS_LOWER : 0;
    traits |= is_in(loam__casing_upper, code) ? LOAM__IS_UPPER : 0;
    traits |= is_in(loam__casing_ignorable, code) ? LOAM__IS_IGNORABLE : 0;
    return traits;
}

static unsigned xid_of_category(uint32_t code)
{
    switch ((int)utf8proc_category((utf8proc_int32_t)code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL:
        return LOAM__XID_START | LOAM__XID_CONTINUE;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_PC:
        return LOAM__XID_CONTINUE;
    default:
        return 0;
    }
}

unsigned loam__casing_xid(uint32_t code)
{
    unsigned xid;

    if (code < 0x80)
        return ascii_xid(code);
    xid = xid_of_category(code);
    xid |= is_in(loam__casing_xid_start, code) ? LOAM__XID_START : 0u;
    xid |= is_in(loam__casing_xid_continue, code) ? LOAM__XID_CONTINUE : 0u;
    xid &= is_in(loam__casing_no_xid_start, code) ? ~(unsigned)LOAM__XID_START : ~0u;
    xid &= is_in(loam__casing_no_xid_continue, code) ? ~(unsigned)LOAM__XID_CONTINUE : ~0u;
    return xid;
}

static const loam__casing *special_of(uint32_t code)
{
    const loam__casing *special = loam__casing_special;

    while (special->code && special->code < code)
        special++;
    return special->code == code ? special : NULL;
}

static size_t map_one(uint32_t code, loam__case to, uint32_t *out)
{
    utf8proc_int32_t c = (utf8proc_int32_t)code;

    c = to == LOAM__TO_LOWER ? utf8proc_tolower(c) : to == LOAM__TO_UPPER ? utf8proc_toupper(c) : utf8proc_totitle(c);
    out[0] = (uint32_t)c;
    return 1;
}

static size_t fold(uint32_t code, uint32_t *out)
{
    utf8proc_int32_t folded[LOAM__MOST_MAPPED];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)code, folded, LOAM__MOST_MAPPED,
                                                     UTF8PROC_CASEFOLD, &boundary);

    if (count < 1 || count > LOAM__MOST_MAPPED) {
        out[0] = code;
        return 1;
    }
    for (utf8proc_ssize_t i = 0; i < count; i++)
        out[i] = (uint32_t)folded[i];
    return (size_t)count;
}

static size_t map_wide(uint32_t code, loam__case to, uint32_t *out)
{
    const loam__casing *special;
    size_t count = 0;

    if (to == LOAM__TO_FOLDED)
        return fold(code, out);
    special = special_of(code);
    if (!special)
        return map_one(code, to, out);
    for (; count < 3 && special->mapped[to][count]; count++)
        out[count] = special->mapped[to][count];
    return count;
}

#else

unsigned loam__casing_traits(uint32_t code)
{
    return code < 0x80 ? ascii_traits(code) : LOAM__IS_UNKNOWN;
}

unsigned loam__casing_xid(uint32_t code)
{
    return code < 0x80 ? ascii_xid(code) : LOAM__XID_UNKNOWN;
}

static size_t map_wide(uint32_t code, loam__case to, uint32_t *out)
{
    (void)to;
    out[0] = code;
    return 1;
}

#endif

size_t loam__casing_map(uint32_t code, loam__case to, uint32_t out[LOAM__MOST_MAPPED])
{
    char c = (char)code;

    if (code >= 0x80)
        return map_wide(code, to, out);
    out[0] = (uint32_t)(to == LOAM__TO_UPPER || to == LOAM__TO_TITLE ? loam__ascii_upper(c) : loam__ascii_lower(c));
    return 1;
}
