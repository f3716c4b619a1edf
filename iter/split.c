/*
 * Words are found 64 bytes at a time: one bit for each byte, set where it belongs to a word; bits that differ from the
 * one before are the starts and the ends. Going from bit to bit costs a few cycles a word; going from byte to byte
 * costs a mispredicted branch for each, which is three times as much as all else in counting words.
 */
#include "iter/split.h"

enum { BLOCK = 64 };
_Static_assert(LOAM__SPLIT_SLACK >= BLOCK, "a block may begin at the last byte of the data");

#define LAST ((uint64_t)1 << (BLOCK - 1))
#define ONES 0x0101010101010101u
#define HIGH (ONES * 0x80)

/* The top bit of each byte that is below `limit`, which is at most 128; only bytes below 128 are looked at. */
LOAM__INLINE uint64_t low_bytes_below(uint64_t word, unsigned limit)
{
    return (HIGH - (word & ~HIGH) + ONES * (limit - 1)) & HIGH & ~word;
}

/* One bit for each of 8 bytes that are not separators: \t to \r is 9 to 13. */
LOAM__INLINE uint64_t word_bytes_portable(uint64_t word)
{
    uint64_t controls = low_bytes_below(word, 14) & ~low_bytes_below(word, 9);
    uint64_t spaces = low_bytes_below(word ^ ONES * ' ', 1);
    uint64_t inside = ~(controls | spaces) & HIGH;

    return (inside >> 7) * 0x0102040810204080u >> 56; /* gathers the bits of the bytes */
}

LOAM__INLINE uint64_t word_mask_portable(const char *block)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < BLOCK; i += 8)
        mask |= word_bytes_portable(loam__load64(block + i)) << i;
    return mask;
}

#if defined(__SSE2__) && !LOAM_PORTABLE
#include <emmintrin.h>

LOAM__INLINE uint64_t separators_sse2(const char *from)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
    __m128i above_tab = _mm_sub_epi8(bytes, _mm_set1_epi8('\t'));
    __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(above_tab, _mm_set1_epi8('\r' - '\t')), above_tab);
    __m128i spaces = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '));

    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(controls, spaces));
}

LOAM__INLINE uint64_t word_mask_sse2(const char *block)
{
    return ~(separators_sse2(block) | separators_sse2(block + 16) << 16 | separators_sse2(block + 32) << 32 |
             separators_sse2(block + 48) << 48);
}
#endif

/* The words that end in the block at the position; `mask` says which of its bytes are inside of one, `valid` how many
 * there are. */
LOAM__INLINE size_t words_of_block(loam__splitter *splitter, const char *data, uint64_t mask, size_t valid,
                                   loam_view *out, size_t cap)
{
    const size_t at = splitter->position;
    size_t start = splitter->start;
    uint64_t known = valid < BLOCK ? ((uint64_t)1 << valid) - 1 : UINT64_MAX;
    uint64_t before = mask << 1 | (start < at);
    uint64_t starts = mask & ~before & known;
    uint64_t ends = ~mask & before & known;
    size_t end = at;
    size_t n = 0;

    if (start == at) {
        start += loam__lowest_bit(starts | LAST);
        starts &= starts - 1;
    }
    for (; ends && n < cap; ends &= ends - 1) {
        end = at + loam__lowest_bit(ends);
        out[n++] = (loam_view){data + start, end - start};
        start = at + loam__lowest_bit(starts | LAST);
        starts &= starts - 1;
    }
    splitter->position = ends ? end : at + (valid < BLOCK ? valid : BLOCK);
    splitter->start = !ends && mask & known & ~(known >> 1) ? start : splitter->position;
    return n;
}

typedef uint64_t word_mask(const char *block);

LOAM__INLINE size_t split_words(loam__splitter *splitter, word_mask *mask_of, const char *data, size_t len,
                                loam_view *out, size_t cap)
{
    loam__splitter here = *splitter;
    size_t n = 0;

    while (here.position < len && n < cap)
        n += words_of_block(&here, data, mask_of(data + here.position), len - here.position, out + n, cap - n);
    *splitter = here;
    return n;
}

size_t loam__split_words_portable(loam__splitter *splitter, const char *data, size_t len, loam_view *out, size_t cap)
{
    return split_words(splitter, word_mask_portable, data, len, out, cap);
}

#if defined(__SSE2__) && !LOAM_PORTABLE
size_t loam__split_words_sse2(loam__splitter *splitter, const char *data, size_t len, loam_view *out, size_t cap)
{
    return split_words(splitter, word_mask_sse2, data, len, out, cap);
}
#endif

size_t loam__split_words(loam__splitter *splitter, const char *data, size_t len, loam_view *out, size_t cap)
{
#if defined(__SSE2__) && !LOAM_PORTABLE
    return loam__split_words_sse2(splitter, data, len, out, cap);
#else
    return loam__split_words_portable(splitter, data, len, out, cap);
#endif
}

size_t loam__split_lines(loam__splitter *splitter, const char *data, size_t len, loam_view *out, size_t cap)
{
    size_t n = 0;

    while (n < cap && splitter->position < len) {
        const char *start = data + splitter->start;
        const char *from = data + splitter->position;
        const char *end = memchr(from, '\n', len - splitter->position);
        if (!end) {
            splitter->position = len;
            break;
        }
        out[n++] = (loam_view){start, (size_t)(end - start)};
        splitter->start = splitter->position = (size_t)(end - data) + 1;
    }
    return n;
}
