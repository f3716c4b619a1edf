/*
 * Python's slices: which items `[start:stop:step]` means.
 */
#ifndef CONTAINERS_SLICE_H
#define CONTAINERS_SLICE_H

#include "lib/status.h"

/* `count` items: `first`, `first + step`, .. before `stop` */
typedef struct loam__slice {
    int64_t first, stop, step;
    size_t count;
} loam__slice;

/* Resolve bounds, of which LOAM_OMIT means none, against a length. VALUE: step 0. */
loam_status loam__slice_of(size_t len, int64_t start, int64_t stop, int64_t step, loam__slice *out);

/* An index, negative from the end, into `*out`. INDEX: outside; the message names `what`. */
loam_status loam__index_from_end(size_t len, int64_t index, const char *what, size_t *out);

LOAM__INLINE loam_status loam__index_of(size_t len, int64_t index, const char *what, size_t *out)
{
    if (LOAM__UNLIKELY((uint64_t)index >= len))
        return loam__index_from_end(len, index, what, out);
    *out = (size_t)index;
    return LOAM_OK;
}

#endif
