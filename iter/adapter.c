/*
 * Adapters. Those with a callback work in the caller's array: they have it filled by their source and let their
 * results replace the items, so that a chain of them needs no memory of its own. A filter goes on until something is
 * left, because 0 items would be the end.
 *
 * A callback that releases, appends or fails finds everything in order: an item is held by the array until the callback
 * has returned.
 */
#include "iter/stage.h"

#include "containers/sequence.h"
#include "lib/checked.h"

typedef struct calling_stage {
    loam__stage stage;
    union {
        loam_value (*map)(loam_value item, void *context);
        int64_t (*map_i64)(int64_t item, void *context);
        int (*filter)(loam_value item, void *context);
        bool (*filter_i64)(int64_t item, void *context);
        bool (*filter_view)(loam_view item, void *context);
        void (*progress)(const loam_progress *progress, void *context);
    } function;
    void *context;
    uint64_t items; /* of progress */
} calling_stage;

#define CALLING_KIND(lane_of_it, fill_of_it)                                                                           \
    {                                                                                                                  \
        .type = {LOAM__STAGE_TYPE(calling_stage), .refs = LOAM_REFS(LOAM__STAGE_REFS)}, .lane = (lane_of_it),          \
        .fill = (fill_of_it),                                                                                          \
    }

static calling_stage *extend_calling(loam_iter *iter, loam__stage_kind *kind, void *context, const char *function)
{
    calling_stage *calling = loam__iter_extend(iter, kind, function);

    if (calling)
        calling->context = context;
    return calling;
}

/* map */

static loam_status no_result(void)
{
    if (loam_error()->status < 0)
        return loam_error()->status;
    return loam__bug("loam_iter_map", "a function that returns unset must report a failure");
}

static ptrdiff_t map_fill(loam__stage *stage, void *out, size_t cap)
{
    calling_stage *calling = (calling_stage *)stage;
    loam_value *values = out;
    ptrdiff_t n = loam__stage_fill(stage->source, values, cap);

    for (ptrdiff_t i = 0; i < n; i++) {
        loam_value item = values[i];
        loam_value result = calling->function.map(item, calling->context);
        if (LOAM__UNLIKELY(loam_is_unset(result))) {
            no_result();
            return loam__stage_cut(stage, (size_t)i, values + i, (size_t)(n - i));
        }
        values[i] = result;
        loam__release(item);
    }
    return n;
}

static loam__stage_kind map_kind = CALLING_KIND(LOAM__LANE_VALUE, map_fill);

void loam_iter_map(loam_iter *iter, loam_value (*function)(loam_value item, void *context), void *context)
{
    calling_stage *calling = extend_calling(iter, &map_kind, context, __func__);

    if (calling)
        calling->function.map = function;
}

static ptrdiff_t map_i64_fill(loam__stage *stage, void *out, size_t cap)
{
    calling_stage *calling = (calling_stage *)stage;
    int64_t *ints = out;
    ptrdiff_t n = loam__stage_fill(stage->source, ints, cap);

    for (ptrdiff_t i = 0; i < n; i++)
        ints[i] = calling->function.map_i64(ints[i], calling->context);
    return n;
}

static loam__stage_kind map_i64_kind = CALLING_KIND(LOAM__LANE_INT, map_i64_fill);

void loam_iter_map_i64(loam_iter *iter, int64_t (*function)(int64_t item, void *context), void *context)
{
    calling_stage *calling = extend_calling(iter, &map_i64_kind, context, __func__);

    if (calling)
        calling->function.map_i64 = function;
}

/* map_view. A result that is no part of its item may be overwritten by the next call, so it is copied here. */

enum { PADDING = 16 };

typedef struct map_view_stage {
    loam__stage stage;
    loam_view (*function)(loam_view item, void *context);
    void *context;
    char *copies;          /* those of one fill, side by side */
    size_t used, capacity; /* `capacity` with PADDING behind the last copy */
} map_view_stage;

static void map_view_dispose(void *self)
{
    map_view_stage *mapping = self;

    if (mapping->copies)
        loam__gc_data_free(mapping->copies, mapping->capacity);
    mapping->copies = NULL;
}

static size_t map_view_extent(const void *self)
{
    return ((const map_view_stage *)self)->capacity;
}

/* Room for `len` more bytes. The views in `made` that are in the old buffer follow it into the new one, also an empty
 * one at its end, which is as padded as the others. */
static loam_status reserve(map_view_stage *mapping, size_t len, loam_view *made, size_t count)
{
    char *old = mapping->copies;
    size_t needed;
    size_t capacity;
    char *copies;

    if (!loam__size_add(mapping->used + PADDING, len, &needed))
        return loam__fail_memory();
    if (needed <= mapping->capacity)
        return LOAM_OK;
    capacity = loam__grow(mapping->capacity, needed);
    copies = loam__gc_data_new(mapping, capacity);
    if (!copies)
        return loam__fail_memory();
    if (mapping->used)
        memcpy(copies, old, mapping->used);
    for (size_t i = 0; i < count; i++) {
        uintptr_t offset = (uintptr_t)made[i].data - (uintptr_t)old;
        if (offset <= mapping->used)
            made[i].data = copies + offset;
    }
    map_view_dispose(mapping);
    mapping->copies = copies;
    mapping->capacity = capacity;
    return LOAM_OK;
}

static bool is_part(loam_view part, loam_view whole)
{
    uintptr_t offset = (uintptr_t)part.data - (uintptr_t)whole.data;
    return offset <= whole.len && part.len <= whole.len - offset;
}

/* views[at] is the result for `item`: let it live until the next fill. */
static loam_status keep_result(map_view_stage *mapping, loam_view item, loam_view *views, size_t at)
{
    loam_view *result = &views[at];

    if (is_part(*result, item))
        return LOAM_OK;
    if (reserve(mapping, result->len, views, at) < 0)
        return LOAM_ERR_MEMORY;
    if (result->len)
        memcpy(mapping->copies + mapping->used, result->data, result->len);
    result->data = mapping->copies + mapping->used;
    mapping->used += result->len;
    return LOAM_OK;
}

static ptrdiff_t map_view_fill(loam__stage *stage, void *out, size_t cap)
{
    map_view_stage *mapping = (map_view_stage *)stage;
    loam_view *views = out;
    ptrdiff_t n = loam__stage_fill(stage->source, views, cap);

    mapping->used = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        loam_view item = views[i];
        views[i] = mapping->function(item, mapping->context);
        if (LOAM__UNLIKELY(keep_result(mapping, item, views, (size_t)i) < 0))
            return loam__stage_cut(stage, (size_t)i, NULL, 0);
    }
    return n;
}

static loam__stage_kind map_view_kind = {
    .type = {LOAM__STAGE_TYPE(map_view_stage), .refs = LOAM_REFS(LOAM__STAGE_REFS), .dispose = map_view_dispose,
             .extent = map_view_extent},
    .lane = LOAM__LANE_VIEW,
    .fill = map_view_fill,
};

void loam_iter_map_view(loam_iter *iter, loam_view (*function)(loam_view item, void *context), void *context)
{
    map_view_stage *mapping = loam__iter_extend(iter, &map_view_kind, __func__);

    if (mapping) {
        mapping->function = function;
        mapping->context = context;
    }
}

/* filter */

static ptrdiff_t filter_values(calling_stage *calling, loam_value *values, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        loam_value item = values[i];
        int keep = calling->function.filter(item, calling->context);
        if (LOAM__UNLIKELY(keep < 0)) {
            loam__reported(keep);
            return loam__stage_cut(&calling->stage, kept, values + i, count - i);
        }
        if (keep)
            values[kept++] = item;
        else
            loam__release(item);
    }
    return (ptrdiff_t)kept;
}

static ptrdiff_t filter_fill(loam__stage *stage, void *out, size_t cap)
{
    ptrdiff_t n;

    do {
        n = loam__stage_fill(stage->source, out, cap);
        if (n <= 0)
            return n;
        n = filter_values((calling_stage *)stage, out, (size_t)n);
    } while (n == 0);
    return n;
}

static loam__stage_kind filter_kind = CALLING_KIND(LOAM__LANE_VALUE, filter_fill);

void loam_iter_filter(loam_iter *iter, int (*function)(loam_value item, void *context), void *context)
{
    calling_stage *calling = extend_calling(iter, &filter_kind, context, __func__);

    if (calling)
        calling->function.filter = function;
}

static ptrdiff_t filter_i64_fill(loam__stage *stage, void *out, size_t cap)
{
    calling_stage *calling = (calling_stage *)stage;
    int64_t *ints = out;
    ptrdiff_t kept = 0;

    while (kept == 0) {
        ptrdiff_t n = loam__stage_fill(stage->source, ints, cap);
        if (n <= 0)
            return n;
        for (ptrdiff_t i = 0; i < n; i++) {
            int64_t item = ints[i];
            ints[kept] = item;
            kept += calling->function.filter_i64(item, calling->context);
        }
    }
    return kept;
}

static loam__stage_kind filter_i64_kind = CALLING_KIND(LOAM__LANE_INT, filter_i64_fill);

void loam_iter_filter_i64(loam_iter *iter, bool (*function)(int64_t item, void *context), void *context)
{
    calling_stage *calling = extend_calling(iter, &filter_i64_kind, context, __func__);

    if (calling)
        calling->function.filter_i64 = function;
}

static ptrdiff_t filter_view_fill(loam__stage *stage, void *out, size_t cap)
{
    calling_stage *calling = (calling_stage *)stage;
    loam_view *views = out;
    ptrdiff_t kept = 0;

    while (kept == 0) {
        ptrdiff_t n = loam__stage_fill(stage->source, views, cap);
        if (n <= 0)
            return n;
        for (ptrdiff_t i = 0; i < n; i++) {
            loam_view item = views[i];
            views[kept] = item;
            kept += calling->function.filter_view(item, calling->context);
        }
    }
    return kept;
}

static loam__stage_kind filter_view_kind = CALLING_KIND(LOAM__LANE_VIEW, filter_view_fill);

void loam_iter_filter_view(loam_iter *iter, bool (*function)(loam_view item, void *context), void *context)
{
    calling_stage *calling = extend_calling(iter, &filter_view_kind, context, __func__);

    if (calling)
        calling->function.filter_view = function;
}

/* progress */

static void report(const calling_stage *calling)
{
    loam_progress where = {.items = calling->items};
    const loam__stage *source = calling->stage.source;

    while (source->source)
        source = source->source;
    if (source->kind->position)
        source->kind->position(source, &where);
    calling->function.progress(&where, calling->context);
}

static ptrdiff_t progress_fill(loam__stage *stage, void *out, size_t cap)
{
    calling_stage *calling = (calling_stage *)stage;
    ptrdiff_t n = loam__stage_fill(stage->source, out, cap);

    if (n >= 0) {
        calling->items += (uint64_t)n;
        report(calling);
    }
    return n;
}

static loam__stage_kind progress_kind = CALLING_KIND(LOAM__LANE_ANY, progress_fill);

void loam_iter_progress(loam_iter *iter, void (*function)(const loam_progress *progress, void *context), void *context)
{
    calling_stage *calling = extend_calling(iter, &progress_kind, context, __func__);

    if (calling)
        calling->function.progress = function;
}

/* enumerate */

typedef struct counting_stage {
    loam__stage stage;
    int64_t start;
    uint64_t count; /* enumerate: items so far; take: items to come */
} counting_stage;

/* Takes the item, also on failure. */
static loam_value numbered(counting_stage *counting, loam_value item)
{
    loam_value pair[2] = {LOAM_UNSET, item};
    int64_t index;

    if (__builtin_add_overflow(counting->start, counting->count, &index))
        loam_fail(LOAM_ERR_OVERFLOW, "enumerate: an index above 2**63 - 1");
    else
        pair[0] = loam_int(index);
    counting->count++;
    return loam_from(loam_tuple_new_take(pair, 2));
}

static ptrdiff_t enumerate_fill(loam__stage *stage, void *out, size_t cap)
{
    loam_value *values = out;
    ptrdiff_t n = loam__stage_fill(stage->source, values, cap);

    for (ptrdiff_t i = 0; i < n; i++) {
        values[i] = numbered((counting_stage *)stage, values[i]);
        if (LOAM__UNLIKELY(loam_is_unset(values[i])))
            return loam__stage_cut(stage, (size_t)i, values + i, (size_t)(n - i));
    }
    return n;
}

static loam__stage_kind enumerate_kind = {
    .type = {LOAM__STAGE_TYPE(counting_stage), .refs = LOAM_REFS(LOAM__STAGE_REFS)},
    .lane = LOAM__LANE_VALUE,
    .fill = enumerate_fill,
};

void loam_iter_enumerate(loam_iter *iter, int64_t start)
{
    counting_stage *counting = loam__iter_extend(iter, &enumerate_kind, __func__);

    if (counting)
        counting->start = start;
}

/* take */

static ptrdiff_t take_fill(loam__stage *stage, void *out, size_t cap)
{
    counting_stage *counting = (counting_stage *)stage;
    ptrdiff_t n = 0;

    if (cap > counting->count)
        cap = (size_t)counting->count;
    if (cap)
        n = loam__stage_fill(stage->source, out, cap);
    if (n > 0)
        counting->count -= (uint64_t)n;
    return n;
}

static loam__stage_kind take_kind = {
    .type = {LOAM__STAGE_TYPE(counting_stage), .refs = LOAM_REFS(LOAM__STAGE_REFS)},
    .lane = LOAM__LANE_ANY,
    .fill = take_fill,
};

void loam_iter_take(loam_iter *iter, int64_t count)
{
    counting_stage *counting = loam__iter_extend(iter, &take_kind, __func__);

    if (!counting)
        return;
    if (count >= 0) {
        counting->count = (uint64_t)count;
    } else {
        loam_fail(LOAM_ERR_VALUE, "take: a count cannot be negative");
        loam__outcome_fail(iter, &iter->outcome);
    }
}
