/*
 * Sizes that cannot wrap, and how buffers grow.
 */
#ifndef LIB_CHECKED_H
#define LIB_CHECKED_H

#include "lib/bits.h"

/* No object may be larger: differences of pointers into it must fit into a ptrdiff_t. */
#define LOAM__SIZE_MAX ((size_t)PTRDIFF_MAX)

LOAM__INLINE bool loam__size_multiply(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out) && *out <= LOAM__SIZE_MAX;
}

LOAM__INLINE bool loam__size_add(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out) && *out <= LOAM__SIZE_MAX;
}

/* header + count * each */
LOAM__INLINE bool loam__size_array(size_t header, size_t count, size_t each, size_t *out)
{
    return loam__size_multiply(count, each, out) && loam__size_add(header, *out, out);
}

enum { LOAM__EXACT_UP_TO = 4096 }; /* items; beyond, moving the buffer each time would take all the time */

/*
 * The capacity to take when `needed` items must fit and `capacity` are there: half as much again, so that n appends
 * copy O(n) items and a freed buffer can be used again, which doubling never allows; at least 4. Under --enable-stress
 * just what is needed, so that every append moves the buffer; from LOAM__EXACT_UP_TO on as otherwise.
 */
LOAM__INLINE size_t loam__grow(size_t capacity, size_t needed)
{
    size_t grown = capacity + capacity / 2;

    if (LOAM_STRESS && capacity < LOAM__EXACT_UP_TO)
        return needed;
    if (grown < 4)
        grown = 4;
    return grown < needed ? needed : grown;
}

#endif
