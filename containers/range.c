#include "containers/range.h"

#include "containers/dict.h"
#include "containers/number.h"
#include "containers/sequence.h"
#include "lib/hash.h"

#include <loam/str.h>

/* By the integers that they have, not by what they were made of. */
static loam_status hash(const void *self, uint64_t *out)
{
    const loam_range *range = self;
    uint64_t result = loam__hash_int(range->len);

    if (range->len > 0)
        result = loam__multiply_fold(result ^ loam__hash_int(range->start), loam__secrets.len_factor);
    if (range->len > 1)
        result = loam__multiply_fold(result ^ loam__hash_int(range->step), loam__secrets.len_factor);
    *out = result;
    return LOAM_OK;
}

static int equal(const void *self, const void *other)
{
    const loam_range *a = self;
    const loam_range *b = other;

    return a->len == b->len && (a->len < 1 || a->start == b->start) && (a->len < 2 || a->step == b->step);
}

static loam_str *repr(const void *self)
{
    const loam_range *range = self;

    if (range->step == 1)
        return loam_str_format("range(%lld, %lld)", (long long)range->start, (long long)range->stop);
    return loam_str_format("range(%lld, %lld, %lld)", (long long)range->start, (long long)range->stop,
                           (long long)range->step);
}

static int64_t len(const void *self)
{
    return ((const loam_range *)self)->len;
}

static loam_status iter_begin(const void *self, loam_cursor *cursor)
{
    (void)self;
    *cursor = (loam_cursor){0, 0};
    return LOAM_OK;
}

static ptrdiff_t iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    const loam_range *range = self;
    size_t n = 0;

    if (cursor->version)
        return loam__fail_memory();
    for (; n < cap && cursor->position < (uint64_t)range->len; cursor->position++) {
        out[n] = loam_int(loam__range_item(range, cursor->position));
        if (loam_is_unset(out[n])) {
            cursor->version = 1; /* the failure comes after the items */
            return n ? (ptrdiff_t)n : LOAM_ERR_MEMORY;
        }
        n++;
    }
    return (ptrdiff_t)n;
}

loam_type loam__range_type = {
    .name = "range",
    .size = sizeof(loam_range),
    .id = LOAM__TYPE_RANGE,
    .hash = hash,
    .equal = equal,
    .repr = repr,
    .len = len,
    .iter_begin = iter_begin,
    .iter_fill = iter_fill,
};

loam_range *loam_range_new(int64_t start, int64_t stop, int64_t step)
{
    uint64_t many;
    loam_range *range;

    if (!step)
        return loam_fail(LOAM_ERR_VALUE, "range: step cannot be 0"), NULL;
    many = loam__range_len(start, stop, step);
    if (many > INT64_MAX)
        return loam_fail(LOAM_ERR_OVERFLOW, "range: %llu items are too many", (unsigned long long)many), NULL;
    range = loam__object_new(&loam__range_type, sizeof *range);
    if (range) {
        range->start = start;
        range->stop = stop;
        range->step = step;
        range->len = (int64_t)many;
    }
    return range;
}

int64_t loam_range_len(const loam_range *range)
{
    loam__check_alive(range, __func__);
    return range ? range->len : (int64_t)loam__propagate(__func__);
}

loam_status loam_range_bounds(const loam_range *range, int64_t *start, int64_t *stop, int64_t *step)
{
    loam__check_alive(range, __func__);
    if (!range)
        return loam__propagate(__func__);
    if (start)
        *start = range->start;
    if (stop)
        *stop = range->stop;
    if (step)
        *step = range->step;
    return LOAM_OK;
}

loam_status loam_range_get_int(const loam_range *range, int64_t index, int64_t *out)
{
    size_t at;

    loam__check_alive(range, __func__);
    if (!range)
        return loam__propagate(__func__);
    if (loam__index_of((size_t)range->len, index, "range object", &at) < 0)
        return LOAM_ERR_INDEX;
    *out = loam__range_item(range, at);
    return LOAM_OK;
}

loam_value loam_range_get(const loam_range *range, int64_t index)
{
    int64_t item = 0;

    return loam_range_get_int(range, index, &item) < 0 ? LOAM_UNSET : loam_int(item);
}

/* The integer at a place, or where one more would be beyond an end. False: that needs more than 64 bits. */
static bool bound_at(const loam_range *range, int64_t place, int64_t *out)
{
    if (place < 0)
        return !__builtin_sub_overflow(range->start, range->step, out);
    if (place > 0 && place == range->len)
        return !__builtin_add_overflow(loam__range_item(range, (uint64_t)place - 1), range->step, out);
    *out = loam__range_item(range, (uint64_t)place);
    return true;
}

loam_range *loam_range_slice(const loam_range *range, int64_t start, int64_t stop, int64_t step)
{
    loam__slice slice;

    loam__check_alive(range, __func__);
    if (!range)
        return loam__propagate(__func__), NULL;
    if (loam__slice_of((size_t)range->len, start, stop, step, &slice) < 0)
        return NULL;
    if (!bound_at(range, slice.first, &start) || !bound_at(range, slice.stop, &stop) ||
        __builtin_mul_overflow(range->step, slice.step, &step))
        return loam_fail(LOAM_ERR_OVERFLOW, "a slice of a range needs more than 64 bits"), NULL;
    return loam_range_new(start, stop, step);
}

/* The place of an integer, or -1. */
static int64_t place_of(const loam_range *range, int64_t integer)
{
    bool up = range->step > 0;
    uint64_t stride = up ? (uint64_t)range->step : 0 - (uint64_t)range->step;
    uint64_t distance = up ? (uint64_t)integer - (uint64_t)range->start : (uint64_t)range->start - (uint64_t)integer;

    if (up ? integer < range->start || integer >= range->stop : integer > range->start || integer <= range->stop)
        return -1;
    return distance % stride ? -1 : (int64_t)(distance / stride);
}

/* The place of what the caller gave, -1, or a failure in `*status`. */
static int64_t find(const loam_range *range, loam_key item, loam_status *status, const char *function)
{
    loam__number number = {.kind = LOAM__NOT_A_NUMBER};
    int64_t place = -1;

    loam__check_alive(range, function);
    *status = range ? loam__key_number(item, &number, function) : loam__propagate(function);
    if (number.kind == LOAM__DOUBLE && loam__double_to_int(number.number, &number.integer))
        number.kind = LOAM__INTEGER;
    if (number.kind == LOAM__INTEGER)
        place = place_of(range, number.integer);
    loam__key_release(item);
    return place;
}

int(loam_range_contains)(const loam_range *range, loam_key item)
{
    loam_status status;
    int64_t place = find(range, item, &status, __func__);

    return status < 0 ? (int)status : place >= 0;
}

int64_t(loam_range_count)(const loam_range *range, loam_key item)
{
    return (loam_range_contains)(range, item);
}

int64_t(loam_range_index)(const loam_range *range, loam_key item)
{
    loam_status status;
    int64_t place = find(range, item, &status, __func__);

    if (status < 0)
        return status;
    return place < 0 ? (int64_t)loam_fail(LOAM_ERR_VALUE, "the item is not in the range") : place;
}
