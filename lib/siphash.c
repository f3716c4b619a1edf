#include "lib/siphash.h"

typedef struct sip_state {
    uint64_t v0, v1, v2, v3;
} sip_state;

/* An addition, a rotation and an exclusive or for each of the four words, twice. */
LOAM__INLINE void sip_round(sip_state *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = loam__rotate_left(s->v1, 13) ^ s->v0;
    s->v3 = loam__rotate_left(s->v3, 16) ^ s->v2;
    s->v0 = loam__rotate_left(s->v0, 32) + s->v3;
    s->v2 += s->v1;
    s->v1 = loam__rotate_left(s->v1, 17) ^ s->v2;
    s->v3 = loam__rotate_left(s->v3, 21) ^ s->v0;
    s->v2 = loam__rotate_left(s->v2, 32);
}

LOAM__INLINE void absorb(sip_state *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    s->v0 ^= word;
}

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
    sip_state s = {key->low ^ 0x736f6d6570736575u, key->high ^ 0x646f72616e646f6du, key->low ^ 0x6c7967656e657261u,
                   key->high ^ 0x7465646279746573u}; /* "somepseudorandomlygeneratedbytes" */

    for (; bytes < rest; bytes += 8)
        absorb(&s, loam__load64(bytes));
    absorb(&s, last_word(rest, len));
    s.v2 ^= 0xff;
    sip_round(&s);
    sip_round(&s);
    sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
