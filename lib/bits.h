/*
 * Bits and words: what the compiler is told, and what is read from memory whatever the byte order.
 */
#ifndef LIB_BITS_H
#define LIB_BITS_H

#include "config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LOAM__LIKELY(x) __builtin_expect(!!(x), 1)
#define LOAM__UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LOAM__COLD __attribute__((cold, noinline))
#define LOAM__NOINLINE __attribute__((noinline)) /* so that the caller needs no registers saved */
#define LOAM__INLINE static inline __attribute__((always_inline))
#define LOAM__ALIGNED(bytes) __attribute__((aligned(bytes)))

/* In a shared library the default model costs a call for each access; what lives there is a few hundred bytes. */
#define LOAM__THREAD_LOCAL _Thread_local __attribute__((tls_model("initial-exec")))

typedef unsigned __int128 loam__u128;

/* 8 bytes, the first one lowest. */
LOAM__INLINE uint64_t loam__load64(const void *from)
{
    uint64_t word;
    memcpy(&word, from, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

LOAM__INLINE void loam__store64(void *to, uint64_t word)
{
    memcpy(to, &word, sizeof word);
}

LOAM__INLINE uint32_t loam__load32(const void *from)
{
    uint32_t word;
    memcpy(&word, from, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap32(word);
#endif
    return word;
}

LOAM__INLINE uint64_t loam__rotate_left(uint64_t word, unsigned by)
{
    return word << by | word >> (64 - by);
}

/* The two halves of the 128-bit product, folded: every bit of the result depends on every bit of both. */
LOAM__INLINE uint64_t loam__multiply_fold(uint64_t a, uint64_t b)
{
    loam__u128 product = (loam__u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

LOAM__INLINE unsigned loam__lowest_bit(uint64_t word)
{
    return (unsigned)__builtin_ctzll(word);
}

#endif
