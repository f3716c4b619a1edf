#include "lib/utf8.h"

/* The bytes of a valid sequence that begins at `p`, 0 if it is none. The table is that of the Unicode standard, 3-7. */
static size_t sequence(const unsigned char *p, const unsigned char *end)
{
    unsigned char lead = p[0];
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t width;

    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    width = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if ((size_t)(end - p) < width)
        return 0;
    if (lead == 0xe0)
        low = 0xa0;
    else if (lead == 0xed)
        high = 0x9f;
    else if (lead == 0xf0)
        low = 0x90;
    else if (lead == 0xf4)
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < width; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return width;
}

/* Skip whole words of ASCII, 8 bytes at a time. */
static const unsigned char *skip_ascii(const unsigned char *p, const unsigned char *end)
{
    while (end - p >= 8 && !(loam__load64(p) & 0x8080808080808080u))
        p += 8;
    while (p < end && *p < 0x80)
        p++;
    return p;
}

bool loam__utf8_check(const char *data, size_t len, size_t *chars)
{
    const unsigned char *p = (const unsigned char *)data;
    const unsigned char *end = len ? p + len : p; /* NULL + 0 is undefined */
    size_t continuation_bytes = 0;

    for (;;) {
        size_t width;
        p = skip_ascii(p, end);
        if (p == end)
            break;
        width = sequence(p, end);
        if (!width)
            return false;
        continuation_bytes += width - 1;
        p += width;
    }
    *chars = len - continuation_bytes;
    return true;
}

size_t loam__utf8_count(const char *data, size_t len)
{
    const char *end = data + len;
    size_t continuation_bytes = 0;

    for (; end - data >= 8; data += 8) { /* those with the top bit set and the next one not */
        uint64_t word = loam__load64(data);
        continuation_bytes += (size_t)__builtin_popcountll(word >> 7 & ~(word >> 6) & 0x0101010101010101u);
    }
    for (; data < end; data++)
        continuation_bytes += ((unsigned char)*data & 0xc0) == 0x80;
    return len - continuation_bytes;
}

size_t loam__utf8_encode(uint32_t code, char *out)
{
    size_t width = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = width - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (char)(leads[width] | code);
    return width;
}

uint32_t loam__utf8_decode(const char *data, size_t *width)
{
    const unsigned char *p = (const unsigned char *)data;
    uint32_t code;

    *width = loam__utf8_width(*data);
    switch (*width) {
    case 1:
        return p[0];
    case 2:
        return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
    case 3:
        return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    default:
        code = (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12;
        return code | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
    }
}

const char *loam__utf8_advance(const char *data, size_t chars)
{
    while (chars--)
        data += loam__utf8_width(*data);
    return data;
}

const char *loam__utf8_retreat(const char *data, size_t chars)
{
    while (chars--)
        do
            data--;
        while ((*data & 0xc0) == 0x80);
    return data;
}
