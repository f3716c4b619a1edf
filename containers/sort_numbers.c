/*
 * Numbers are sorted by 64 bits that have their order. For integers, and for doubles, there are such bits, exactly. Where
 * both occur the bits are those of the nearest double, which never turns two numbers round but may make them one: what is
 * equal then and beyond 2^53 is sorted again by comparing the numbers themselves.
 *
 * The two zeros are equal, and NaN comes last, in sorts only: comparisons with it are false, and would leave the others in
 * an order that depends on the algorithm.
 */
#include "containers/sort.h"

#include <loam/protocol.h>

#include <math.h>

#define SIGN ((uint64_t)1 << 63)

static bool is_nan(loam__number n)
{
    return n.kind == LOAM__DOUBLE && isnan(n.number);
}

int loam__below_as_number(const void *context, uint64_t a, uint64_t b)
{
    const loam__sort *s = context;
    loam__number x = loam__number_of(loam__sort_key(s, a));
    loam__number y = loam__number_of(loam__sort_key(s, b));
    int order = loam__number_compare(x, y);

    return order == LOAM_UNORDERED ? !is_nan(x) : order < 0;
}

static double nearest_double(loam__number n)
{
    return n.kind == LOAM__INTEGER ? (double)n.integer : n.number;
}

static uint64_t ordered_bits(double number)
{
    uint64_t bits;

    if (isnan(number))
        return UINT64_MAX;
    number += 0.0; /* of the two zeros one */
    memcpy(&bits, &number, sizeof bits);
    return bits & SIGN ? ~bits : bits | SIGN;
}

static bool may_be_inexact(const loam__sort *s, uint64_t word)
{
    double number = nearest_double(loam__number_of(loam__sort_key(s, word)));
    return number >= 0x1p53 || number <= -0x1p53;
}

/* The words of sorted pairs, to the front; those that only seem equal in their exact order. */
static loam_status take_words(loam__sort *s, bool has_doubles)
{
    uint64_t *pairs = s->words;
    loam_status status = LOAM_OK;

    for (size_t start = 0, end; start < s->count && status == LOAM_OK; start = end) {
        uint64_t bits = pairs[2 * start];
        for (end = start; end < s->count && (end == start || pairs[2 * end] == bits); end++)
            s->words[end] = pairs[2 * end + 1];
        if (end - start > 1 && has_doubles && may_be_inexact(s, s->words[start]))
            status = loam__merge_sort(s->words + start, end - start, s->words + 2 * s->count, loam__below_as_number, s);
    }
    return status;
}

loam_status loam__sort_numbers(loam__sort *s, bool has_doubles)
{
    loam_status status = loam__sort_reserve(s, 4, LOAM__RADIX_PLACES / 2);
    uint64_t *pairs = s->words;

    if (status < 0)
        return status;
    for (size_t i = 0; i < s->count; i++) {
        loam__number n = loam__number_of(s->keys[i]);
        pairs[2 * i] = has_doubles ? ordered_bits(nearest_double(n)) : (uint64_t)n.integer ^ SIGN;
        pairs[2 * i + 1] = loam__sort_word(s, i);
    }
    loam__radix_sort_pairs(pairs, pairs + 2 * s->count, s->count, (uint32_t *)(void *)(pairs + 4 * s->count));
    return take_words(s, has_doubles);
}
