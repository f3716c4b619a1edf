/*
 * Hashes of integers and bytes, from secrets drawn when the process starts.
 *
 * An integer gets one 64x64->128 multiply, its halves folded, and a second one: what comes in regular steps, as
 * multiples of a power of two do, is as regular after one. Up to 16 bytes are read as two masked words and hashed
 * with two multiplies, without a branch on the length: in word counting the mispredicted branches of a hash by length
 * cost more than the hashing. Longer bytes get xxHash's XXH3 with a random secret of 192 bytes; a seed alone is no
 * defence, as fixed inputs collide for many seeds (xxHash issue 1127).
 *
 * Two forms read the short words. The padded one reads 16 bytes whatever the length, so the memory must have them: a
 * str object's has, and so has the buffer of a file. The other reads only what is there. They agree.
 */
#ifndef LIB_HASH_H
#define LIB_HASH_H

#include "lib/bits.h"

#define LOAM__HASH_SHORT 16 /* the longest that needs no XXH3, and what padded memory has to read from its first byte */

typedef struct loam__hash_secrets {
    uint64_t integer_seed, integer_factor, integer_mixer; /* factors are odd, with 24 to 40 bits set */
    uint64_t low_seed, high_seed, len_factor, final_seed;
    unsigned char xxh3[192];
} loam__hash_secrets;

/* Drawn before main from getrandom(); always the same if the environment has LOAM_HASHSEED=0. Never changed after. */
extern loam__hash_secrets loam__secrets;

/* Those of integers again, each at an address of its own: that of the structure would take a register. */
extern uint64_t loam__integer_seed LOAM__HIDDEN, loam__integer_factor LOAM__HIDDEN, loam__integer_mixer LOAM__HIDDEN;

/* The bytes of a short string as two words, zero beyond its length. */
typedef struct loam__words {
    uint64_t low, high;
} loam__words;

extern const uint64_t loam__low_masks[LOAM__HASH_SHORT + 1];
extern const uint64_t loam__high_masks[LOAM__HASH_SHORT + 1];

LOAM__INLINE loam__words loam__words_padded(const char *data, size_t len)
{
    return (loam__words){loam__load64(data) & loam__low_masks[len], loam__load64(data + 8) & loam__high_masks[len]};
}

LOAM__INLINE loam__words loam__words_exact(const char *data, size_t len)
{
    loam__words words = {0, 0};

    if (len > 8) {
        words.low = loam__load64(data);
        words.high = loam__load64(data + len - 8) >> (8 * (16 - len));
    } else if (len == 8) {
        words.low = loam__load64(data);
    } else if (len >= 4) {
        words.low = loam__load32(data) | (uint64_t)loam__load32(data + len - 4) << (8 * (len - 4));
    } else if (len) {
        words.low = (uint64_t)(unsigned char)data[0] | (uint64_t)(unsigned char)data[len / 2] << (8 * (len / 2)) |
                    (uint64_t)(unsigned char)data[len - 1] << (8 * (len - 1));
    }
    return words;
}

/* Never 0, which marks a hash that has not been computed. */
LOAM__INLINE uint64_t loam__hash_words(loam__words words, size_t len)
{
    const loam__hash_secrets *s = &loam__secrets;
    uint64_t hash = loam__multiply_fold(words.low ^ s->low_seed, words.high ^ s->high_seed);

    /* The length goes into the second multiply: XORed into a word, "a" and "b\0" would collide whatever the secret. */
    hash = loam__multiply_fold(hash ^ s->final_seed, s->len_factor + 2 * len);
    return hash ? hash : 1;
}

LOAM__INLINE uint64_t loam__hash_int(int64_t integer)
{
    return loam__multiply_fold((uint64_t)integer ^ loam__integer_seed, loam__integer_factor) * loam__integer_mixer;
}

/* Whether two strings of that length, above LOAM__HASH_SHORT, are the same; up to twice as long without a branch on
 * it. */
LOAM__INLINE bool loam__same_long_bytes(const char *a, const char *b, size_t len)
{
    size_t last = len - LOAM__HASH_SHORT;

    if (LOAM__UNLIKELY(last > LOAM__HASH_SHORT))
        return memcmp(a, b, len) == 0;
    return !((loam__load64(a) ^ loam__load64(b)) | (loam__load64(a + 8) ^ loam__load64(b + 8)) |
             (loam__load64(a + last) ^ loam__load64(b + last)) |
             (loam__load64(a + last + 8) ^ loam__load64(b + last + 8)));
}

uint64_t loam__hash_long(const char *data, size_t len);

/* Random bytes, or with LOAM_HASHSEED=0 always the same ones. */
void loam__hash_draw(void *out, size_t bytes);

LOAM__INLINE uint64_t loam__hash_padded(const char *data, size_t len)
{
    if (LOAM__LIKELY(len <= LOAM__HASH_SHORT))
        return loam__hash_words(loam__words_padded(data, len), len);
    return loam__hash_long(data, len);
}

LOAM__INLINE uint64_t loam__hash_bytes(const char *data, size_t len)
{
    if (LOAM__LIKELY(len <= LOAM__HASH_SHORT))
        return loam__hash_words(loam__words_exact(data, len), len);
    return loam__hash_long(data, len);
}

#endif
