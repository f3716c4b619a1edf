/*
 * Numbers are sorted by 64 bits that have their order. For integers, and for doubles, there are such bits, exactly.
 * Where both occur the bits are those of the nearest double, which never turns two numbers round but may make them one:
 * what is equal then and beyond 2^53 is sorted again by comparing the numbers themselves.
 *
 * The two zeros are equal, and NaN comes last, in sorts only: comparisons with it are false, and would leave the others
 * in an order that depends on the algorithm.
 */
#include "containers/sort.h"

#include <loam/protocol.h>

#include "lib/alloc.h"

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

/* The words of sorted pairs; those that only seem equal in their exact order. */
static loam_status take_words(loam__sort *s, const uint64_t *pairs, bool has_doubles)
{
    uint64_t *words = s->words;
    loam_status status = LOAM_OK;

    for (size_t i = 0; i < s->count; i++)
        words[i] = pairs[2 * i + 1];
    for (size_t start = 0, end; has_doubles && start < s->count && status == LOAM_OK; start = end) {
        for (end = start + 1; end < s->count && pairs[2 * end] == pairs[2 * start]; end++)
            continue;
        if (end - start > 1 && may_be_inexact(s, words[start]))
            status = loam__merge_sort(words + start, end - start, words + s->count, loam__below_as_number, s);
    }
    return status;
}

loam_status loam__sort_numbers(loam__sort *s, bool has_doubles)
{
    loam_status status = loam__sort_reserve(s);
    uint64_t *pairs = status == LOAM_OK ? loam__sort_scratch(4 * s->count) : NULL;

    if (!pairs)
        return LOAM_ERR_MEMORY;
    for (size_t i = 0; i < s->count; i++) {
        loam__number n = loam__number_of(s->keys[i]);
        pairs[2 * i] = has_doubles ? ordered_bits(nearest_double(n)) : loam__radix_key(n.integer);
        pairs[2 * i + 1] = loam__sort_word(s, i);
    }
    loam__radix_sort_pairs(pairs, pairs + 2 * s->count, s->count, loam__radix_places(pairs, 4 * s->count));
    status = take_words(s, pairs, has_doubles);
    loam__free(pairs);
    return status;
}
