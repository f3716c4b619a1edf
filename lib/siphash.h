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

uint64_t loam__siphash13(const loam__sip_key *key, const void *data, size_t len);

#endif
