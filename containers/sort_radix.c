/*
 * Radix sort from the top: records are scattered by the highest bits in which they differ, into a second buffer and in
 * order; large buckets again, back into the first; what lies in small ones next to each other is put right by one
 * insertion sort, in which nothing moves further than its bucket. The bits that make buckets of about one record are
 * divided evenly among as few rounds as can be, so that a million random integers are through after two of ten bits:
 * what a round writes to lies in fewer pages then, and no round is left with buckets that are just too small for
 * another one. Each takes at least five bits off, which bounds both the work, by 13 rounds over everything, and the
 * depth.
 *
 * A record is a word, which is a signed number, or two, of which the first is the key and has no sign. The functions
 * below are compiled once for each.
 */
#include "containers/sort.h"

typedef void sort_level(uint64_t *at, uint64_t *other, size_t count, uint64_t differ, bool moves, uint32_t *places);

LOAM__INLINE void copy_record(uint64_t *to, const uint64_t *from, size_t width)
{
    to[0] = from[0];
    if (width == 2)
        to[1] = from[1];
}

LOAM__INLINE bool is_above(uint64_t a, uint64_t b, size_t width)
{
    return width == 1 ? (int64_t)a > (int64_t)b : a > b;
}

LOAM__INLINE uint64_t digit_of(uint64_t key, unsigned shift, uint64_t mask, size_t width)
{
    uint64_t sign = width == 1 ? (uint64_t)1 << 63 : 0; /* the highest digit begins with the negative ones */
    return (key ^ sign) >> shift & mask;
}

/* Sort on the way from `from` to `to`, which may be the same. */
LOAM__INLINE void insert_records(uint64_t *to, const uint64_t *from, size_t count, size_t width)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t record[2] = {from[i * width], from[i * width + width - 1]};
        uint64_t *at = to + i * width;
        for (; at > to && is_above(at[-(ptrdiff_t)width], record[0], width); at -= width)
            copy_record(at, at - width, width);
        copy_record(at, record, width);
    }
}

/* From `from` to `to`, by the `bits` bits above `shift`. */
LOAM__INLINE void scatter_records(uint64_t *to, const uint64_t *from, size_t count, unsigned shift, unsigned bits,
                                  uint32_t *places, size_t width)
{
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    uint32_t place = 0;

    memset(places, 0, sizeof *places << bits);
    for (size_t i = 0; i < count; i++)
        places[digit_of(from[i * width], shift, mask, width)]++;
    for (size_t digit = 0; digit <= mask; digit++) {
        uint32_t many = places[digit];
        places[digit] = place;
        place += many;
    }
    for (size_t i = 0; i < count; i++)
        copy_record(to + places[digit_of(from[i * width], shift, mask, width)]++ * width, from + i * width, width);
}

/* How many records from the first on have the same bits above `shift`, and where they differ below. Looked for, because
 * the places do not outlive a deeper round. */
LOAM__INLINE size_t bucket_len(const uint64_t *records, size_t count, unsigned shift, uint64_t *differ, size_t width)
{
    size_t len = 1;

    *differ = 0;
    for (; len < count && !((records[len * width] ^ records[0]) >> shift); len++)
        *differ |= records[len * width] ^ records[0];
    return len;
}

/* Whether one of the buckets, whose ends the places are, has to be sorted by itself. */
LOAM__INLINE bool has_large_bucket(const uint32_t *places, unsigned bits)
{
    uint32_t largest = places[0];

    for (size_t digit = 1; digit >> bits == 0; digit++) {
        uint32_t len = places[digit] - places[digit - 1];
        largest = largest < len ? len : largest;
    }
    return largest > LOAM__SORT_FEW;
}

LOAM__INLINE unsigned log2_of(uint64_t number)
{
    return 63 - (unsigned)__builtin_clzll(number);
}

/* The digit of the first of the rounds that `count` records need. */
LOAM__INLINE unsigned digit_bits(size_t count, uint64_t differ)
{
    unsigned wanted = log2_of(count) + 1;
    unsigned rounds = (wanted + LOAM__RADIX_BITS - 1) / LOAM__RADIX_BITS;
    unsigned bits = (wanted + rounds - 1) / rounds;
    unsigned most = log2_of(differ) + 1;

    return bits < most ? bits : most;
}

/* Records at `at`, whose keys differ in the bits `differ`; they end up in `other` if it `moves`. */
LOAM__INLINE void sort_records(uint64_t *at, uint64_t *other, size_t count, uint64_t differ, bool moves,
                               uint32_t *places, size_t width, sort_level *deeper)
{
    uint64_t *target = moves ? other : at;
    unsigned bits, shift;
    size_t pending = 0; /* the first of the records in small buckets */

    if (count <= LOAM__SORT_FEW || !differ) {
        insert_records(target, at, count, width);
        return;
    }
    bits = digit_bits(count, differ);
    shift = log2_of(differ) + 1 - bits;
    scatter_records(other, at, count, shift, bits, places, width);
    if (!has_large_bucket(places, bits)) {
        insert_records(target, other, count, width);
        return;
    }
    for (size_t start = 0, len; start < count; start += len) {
        len = bucket_len(other + start * width, count - start, shift, &differ, width);
        if (len <= LOAM__SORT_FEW)
            continue;
        insert_records(target + pending * width, other + pending * width, start - pending, width);
        deeper(other + start * width, at + start * width, len, differ, !moves, places);
        pending = start + len;
    }
    insert_records(target + pending * width, other + pending * width, count - pending, width);
}

static void sort_words(uint64_t *at, uint64_t *other, size_t count, uint64_t differ, bool moves, uint32_t *places)
{
    sort_records(at, other, count, differ, moves, places, 1, sort_words);
}

static void sort_pairs(uint64_t *at, uint64_t *other, size_t count, uint64_t differ, bool moves, uint32_t *places)
{
    sort_records(at, other, count, differ, moves, places, 2, sort_pairs);
}

LOAM__INLINE uint64_t differing_bits(const uint64_t *records, size_t count, size_t width)
{
    uint64_t differ = 0;

    for (size_t i = 1; i < count; i++)
        differ |= records[i * width] ^ records[0];
    return differ;
}

void loam__radix_sort_words(uint64_t *words, uint64_t *scratch, size_t count, uint32_t *places)
{
    sort_words(words, scratch, count, differing_bits(words, count, 1), false, places);
}

void loam__radix_sort_pairs(uint64_t *pairs, uint64_t *scratch, size_t count, uint32_t *places)
{
    sort_pairs(pairs, scratch, count, differing_bits(pairs, count, 2), false, places);
}
