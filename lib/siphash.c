#include "lib/siphash.h"

/* What does not fill a word, in little-endian order as everywhere, and the length's last byte above it. */
static uint64_t last_word(const char *rest, size_t len)
{
    uint64_t word = (uint64_t)len << 56;

    for (size_t i = 0; i < len % 8; i++)
        word |= (uint64_t)(unsigned char)rest[i] << 8 * i;
    return word;
}

uint64_t loam__siphash13(const loam__sip_key *key, const void *data, size_t len)
{
    const char *bytes = data;
    const char *rest = bytes + len / 8 * 8;
    loam__sip_state s = loam__sip_start(key);

    for (; bytes < rest; bytes += 8)
        loam__sip_absorb(&s, loam__load64(bytes));
    loam__sip_absorb(&s, last_word(rest, len));
    return loam__sip_end(&s);
}
