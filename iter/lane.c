/*
 * From lane to lane, always by way of values: every int and every view can become one, and a value becomes an int or a
 * view if that is what it holds.
 */
#include "iter/stage.h"

#include "containers/chars.h"

loam_value loam__item_value(loam__lane lane, const void *item)
{
    if (lane == LOAM__LANE_VALUE)
        return *(const loam_value *)item;
    if (lane == LOAM__LANE_INT)
        return loam_int(*(const int64_t *)item);
    return loam__text_from_view(*(const loam_view *)item);
}

static ptrdiff_t values_from_ints(loam__stage *stage, void *out, size_t cap)
{
    loam_value *values = out;
    int64_t *ints = out; /* of the same size: converted in place */
    ptrdiff_t n = loam__stage_fill(stage->source, ints, cap);

    for (ptrdiff_t i = 0; i < n; i++) {
        values[i] = loam_int(ints[i]);
        if (LOAM__UNLIKELY(loam_is_unset(values[i])))
            return loam__stage_cut(stage, (size_t)i, NULL, 0);
    }
    return n;
}

static ptrdiff_t values_from_views(loam__stage *stage, void *out, size_t cap)
{
    loam_value *values = out;
    loam_view views[LOAM__BATCH_VIEWS];
    ptrdiff_t n = loam__stage_fill(stage->source, views, cap < LOAM__BATCH_VIEWS ? cap : LOAM__BATCH_VIEWS);

    for (ptrdiff_t i = 0; i < n; i++) {
        values[i] = loam__text_from_view(views[i]);
        if (LOAM__UNLIKELY(loam_is_unset(values[i])))
            return loam__stage_cut(stage, (size_t)i, NULL, 0);
    }
    return n;
}

static ptrdiff_t ints_from_values(loam__stage *stage, void *out, size_t cap)
{
    loam_value *values = out;
    int64_t *ints = out;
    ptrdiff_t n = loam__stage_fill(stage->source, values, cap);

    for (ptrdiff_t i = 0; i < n; i++) {
        loam_value value = values[i];
        if (LOAM__UNLIKELY(loam_to_int(value, &ints[i]) < 0))
            return loam__stage_cut(stage, (size_t)i, values + i, (size_t)(n - i));
        loam__release(value);
    }
    return n;
}

/* Holds the objects whose bytes it has lent. */
typedef struct lending_stage {
    loam__stage stage;
    size_t count;
    loam_value held[LOAM__BATCH_VIEWS];
} lending_stage;

static void trace_held(void *self, loam_visitor *visitor)
{
    lending_stage *lending = self;
    loam_visit(visitor, lending->held, lending->count);
}

static void let_go(lending_stage *lending)
{
    loam_value values[LOAM__BATCH_VIEWS];
    size_t count = lending->count;

    lending->count = 0;
    loam__slots_move_out(lending, values, lending->held, count);
    loam__slots_release(lending, values, count);
}

static void hold(lending_stage *lending, const loam_value *values, size_t count)
{
    loam__slots_move_in(lending, lending->held, values, count);
    lending->count = count;
}

static ptrdiff_t views_from_values(loam__stage *stage, void *out, size_t cap)
{
    lending_stage *lending = (lending_stage *)stage;
    loam_view *views = out;
    loam_value values[LOAM__BATCH_VIEWS];
    ptrdiff_t n;
    ptrdiff_t done = 0;

    let_go(lending);
    n = loam__stage_fill(stage->source, values, cap < LOAM__BATCH_VIEWS ? cap : LOAM__BATCH_VIEWS);
    for (; done < n && loam__is_chars(values[done]); done++)
        views[done] = loam__chars_view(loam__chars_of(values[done]));
    if (n <= 0)
        return n;
    hold(lending, values, (size_t)done);
    if (done == n)
        return n;
    loam__fail_type("str or bytes", values[done]);
    return loam__stage_cut(stage, (size_t)done, values + done, (size_t)(n - done));
}

static loam__stage_kind values_from_ints_kind = {
    .type = {LOAM__STAGE_TYPE(loam__stage), .refs = LOAM_REFS(LOAM__STAGE_REFS)},
    .lane = LOAM__LANE_VALUE,
    .fill = values_from_ints,
};

static loam__stage_kind values_from_views_kind = {
    .type = {LOAM__STAGE_TYPE(loam__stage), .refs = LOAM_REFS(LOAM__STAGE_REFS)},
    .lane = LOAM__LANE_VALUE,
    .fill = values_from_views,
};

static loam__stage_kind ints_from_values_kind = {
    .type = {LOAM__STAGE_TYPE(loam__stage), .refs = LOAM_REFS(LOAM__STAGE_REFS)},
    .lane = LOAM__LANE_INT,
    .fill = ints_from_values,
};

static loam__stage_kind views_from_values_kind = {
    .type = {LOAM__STAGE_TYPE(lending_stage), .refs = LOAM_REFS(LOAM__STAGE_REFS), .trace = trace_held},
    .lane = LOAM__LANE_VIEW,
    .fill = views_from_values,
};

loam_status loam__iter_convert(loam_iter *iter, unsigned lanes)
{
    loam__stage_kind *kind;

    if (iter->last->lane & lanes)
        return LOAM_OK;
    if (iter->last->lane != LOAM__LANE_VALUE) {
        kind = iter->last->lane == LOAM__LANE_INT ? &values_from_ints_kind : &values_from_views_kind;
        if (!loam__iter_push(iter, kind))
            return LOAM_ERR_MEMORY;
    }
    if (lanes & LOAM__LANE_VALUE)
        return LOAM_OK;
    kind = lanes & LOAM__LANE_INT ? &ints_from_values_kind : &views_from_values_kind;
    return loam__iter_push(iter, kind) ? LOAM_OK : LOAM_ERR_MEMORY;
}
