/*
 * SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): one round for each word of the input,
 * three at the end. Who does not know the key cannot choose inputs that collide. Rust's and CPython's dicts hash with
 * it.
 */
#ifndef LIB_SIPHASH_H
#define LIB_SIPHASH_H

#include "lib/bits.h"

typedef struct loam__sip_key {
    uint64_t low, high;
} loam__sip_key;

typedef struct loam__sip_state {
    uint64_t v0, v1, v2, v3;
} loam__sip_state;

LOAM__INLINE loam__sip_state loam__sip_start(const loam__sip_key *key)
{
    return (loam__sip_state){key->low ^ 0x736f6d6570736575u, key->high ^ 0x646f72616e646f6du,
                             key->low ^ 0x6c7967656e657261u,
                             key->high ^ 0x7465646279746573u}; /* "somepseudorandomlygeneratedbytes" */
}

/* An addition, a rotation and an exclusive or for each of the four words, twice. */
LOAM__INLINE void loam__sip_round(loam__sip_state *s)
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

LOAM__INLINE void loam__sip_absorb(loam__sip_state *s, uint64_t word)
{
    s->v3 ^= word;
    loam__sip_round(s);
    s->v0 ^= word;
}

LOAM__INLINE uint64_t loam__sip_end(loam__sip_state *s)
{
    s->v2 ^= 0xff;
    loam__sip_round(s);
    loam__sip_round(s);
    loam__sip_round(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t loam__siphash13(const loam__sip_key *key, const void *data, size_t len);

/* The same of the 8 bytes of a word, in little-endian order. */
LOAM__INLINE uint64_t loam__siphash13_word(const loam__sip_key *key, uint64_t word)
{
    loam__sip_state s = loam__sip_start(key);

    loam__sip_absorb(&s, word);
    loam__sip_absorb(&s, (uint64_t)sizeof word << 56);
    return loam__sip_end(&s);
}

#endif
