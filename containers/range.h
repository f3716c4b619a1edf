/*
 * Arithmetic progressions. All arithmetic is modulo 2^64: what is an item fits, whatever is in between.
 *
 * Always true of a range: its step is not 0; `len` is loam__range_len() of the other three, and at most INT64_MAX.
 */
#ifndef CONTAINERS_RANGE_H
#define CONTAINERS_RANGE_H

#include <loam/range.h>

#include "gc/slot.h"

struct loam_range {
    loam_object loam;
    int64_t start, stop, step;
    int64_t len;
};

extern loam_type loam__range_type;

/* How many integers there are; `step` is not 0. */
LOAM__INLINE uint64_t loam__range_len(int64_t start, int64_t stop, int64_t step)
{
    uint64_t distance = step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    uint64_t stride = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;

    if (step > 0 ? start >= stop : start <= stop)
        return 0;
    return (distance - 1) / stride + 1;
}

/* The integer at a place, of which there is one. */
LOAM__INLINE int64_t loam__range_item(const loam_range *range, uint64_t place)
{
    return (int64_t)((uint64_t)range->start + place * (uint64_t)range->step);
}

#endif
