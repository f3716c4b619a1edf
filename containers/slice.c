#include "containers/slice.h"

/* A bound as Python clamps it: into [low, high], negative ones from the end first. */
static int64_t clamp(int64_t bound, int64_t len, int64_t low, int64_t high)
{
    if (bound < 0)
        bound = bound < -len ? low : bound + len;
    return bound < low ? low : bound > high ? high : bound;
}

loam_status loam__slice_of(size_t len, int64_t start, int64_t stop, int64_t step, loam__slice *out)
{
    int64_t n = (int64_t)len;
    int64_t low;
    int64_t high;
    uint64_t distance;

    if (!step)
        return loam_fail(LOAM_ERR_VALUE, "slice step cannot be zero");
    if (step == LOAM_OMIT)
        step = 1;
    low = step < 0 ? -1 : 0;
    high = step < 0 ? n - 1 : n;
    start = start == LOAM_OMIT ? (step < 0 ? high : low) : clamp(start, n, low, high);
    stop = stop == LOAM_OMIT ? (step < 0 ? low : high) : clamp(stop, n, low, high);
    *out = (loam__slice){.first = start, .stop = stop, .step = step, .count = 0};
    if (step > 0 ? start >= stop : start <= stop)
        return LOAM_OK;
    distance = step > 0 ? (uint64_t)(stop - start) : (uint64_t)(start - stop);
    out->count = (size_t)((distance - 1) / (step > 0 ? (uint64_t)step : 0 - (uint64_t)step)) + 1;
    return LOAM_OK;
}

loam_status loam__index_from_end(size_t len, int64_t index, const char *what, size_t *out)
{
    int64_t n = (int64_t)len;

    if (index < -n || index >= 0)
        return loam_fail(LOAM_ERR_INDEX, "%s index out of range", what);
    *out = (size_t)(index + n);
    return LOAM_OK;
}
