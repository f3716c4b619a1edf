/*
 * How a chain is asked, how it grows and how it ends.
 *
 * A failure is kept in two places: in a stage, from when an item fails until the items before it have been delivered;
 * and in the iterator, for good. It is kept with its text, as an object, so that it is released and scanned like the
 * rest; where there is no memory for that, its status must do. Whatever is let go of on the way may bring failures of
 * its own, so the order is always: keep, release, report again.
 */
#include "iter/stage.h"

#include "lib/stack.h"

typedef struct loam__kept_failure {
    loam_object loam;
    loam_failure failure;
} kept_failure;

static loam_type kept_failure_type = {.name = "failure", .size = sizeof(kept_failure)};

loam_status loam__outcome_fail(void *owner, loam__outcome *outcome)
{
    loam_failure failure = *loam_error();
    kept_failure *kept = loam__object_new(&kept_failure_type, sizeof *kept);

    outcome->status = failure.status;
    if (kept) {
        kept->failure = failure;
        loam__slot_set(owner, &outcome->failure, loam_from(kept));
    }
    return loam__fail_again(&failure); /* making `kept` may have failed */
}

ptrdiff_t loam__outcome_answer(const loam__outcome *outcome)
{
    if (outcome->status >= 0)
        return 0;
    if (outcome->failure)
        return loam__fail_again(&outcome->failure->failure);
    return loam_fail(outcome->status, "%s", loam_status_text(outcome->status));
}

void *loam__stage_new(loam__stage_kind *kind)
{
    loam__stage *stage = loam__object_new(&kind->type, kind->type.size);

    if (stage) {
        stage->kind = kind;
        stage->lane = kind->lane;
    }
    return stage;
}

ptrdiff_t loam__stage_fill(loam__stage *stage, void *out, size_t cap)
{
    ptrdiff_t n;

    if (stage->outcome.status != LOAM_OK)
        return loam__outcome_answer(&stage->outcome);
    n = loam__stack_check();
    if (n == LOAM_OK)
        n = stage->kind->fill(stage, out, cap);
    if (n <= 0 && stage->outcome.status == LOAM_OK)
        stage->outcome.status = n ? (loam_status)n : LOAM_DONE;
    return n;
}

ptrdiff_t loam__stage_cut(loam__stage *stage, size_t done, loam_value *rest, size_t count)
{
    loam__outcome_fail(stage, &stage->outcome);
    loam__slots_release(NULL, rest, count);
    return done ? (ptrdiff_t)done : loam__outcome_answer(&stage->outcome);
}

static loam_status begin_as_slot(const void *self, loam_cursor *cursor)
{
    (void)self;
    *cursor = (loam_cursor){0, 0};
    return LOAM_OK;
}

/* For what consumes any iterable: an iterator is one, of values. */
static ptrdiff_t fill_as_slot(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    loam_iter *iter = self;
    ptrdiff_t n = loam__iter_start(iter, LOAM__LANE_VALUE, "iteration");

    (void)cursor;
    if (n == LOAM_OK) {
        n = loam__iter_fill(iter, out, cap);
        loam__iter_leave(iter);
    }
    return n;
}

loam_type loam__iter_type = {
    .name = "iter",
    .size = sizeof(loam_iter),
    .id = LOAM__TYPE_ITER,
    .refs = LOAM_REFS(offsetof(loam_iter, last), offsetof(loam_iter, lent), offsetof(loam_iter, outcome.failure)),
    .iter_begin = begin_as_slot,
    .iter_fill = fill_as_slot,
};

/* Files are closed here and not when the last reference goes, which some memory managers notice late. */
static void close_stages(loam__stage *last)
{
    for (loam__stage *stage = last; stage; stage = stage->source)
        if (stage->kind->close)
            stage->kind->close(stage);
}

loam_iter *loam__iter_new(void *source)
{
    loam_iter *iter = source ? loam__object_new(&loam__iter_type, sizeof *iter) : NULL;

    if (iter) {
        loam__slot_move_in(iter, &iter->last, loam_from(source));
    } else {
        close_stages(source);
        loam__release(loam_from(source));
    }
    return iter;
}

loam_status loam__iter_enter(loam_iter *iter, const char *function)
{
    loam__check_alive(iter, function);
    if (!iter)
        return loam__propagate(function);
    if (iter->running)
        return loam_fail(LOAM_ERR_VALUE, "%s: the iterator is in use", function);
    loam__gc_retain(&iter->loam);
    iter->running = true;
    return LOAM_OK;
}

void loam__iter_leave(loam_iter *iter)
{
    iter->running = false;
    loam__gc_release(&iter->loam);
}

loam_status loam__iter_start(loam_iter *iter, unsigned lanes, const char *function)
{
    loam_status status = loam__iter_enter(iter, function);

    if (status == LOAM_OK && iter->outcome.status == LOAM_OK && loam__iter_convert(iter, lanes) < 0) {
        status = loam__iter_fail(iter, LOAM_ERR_MEMORY);
        loam__iter_leave(iter);
    }
    return status;
}

static void drop_chain(loam_iter *iter)
{
    loam_value lent = loam__slot_move_out(iter, &iter->lent);
    loam_value last = loam__slot_move_out(iter, &iter->last);

    close_stages((loam__stage *)loam__object(last));
    loam__release(lent);
    loam__release(last);
}

loam_status loam__iter_fail(loam_iter *iter, ptrdiff_t status)
{
    loam__reported(status);
    loam__outcome_fail(iter, &iter->outcome);
    drop_chain(iter);
    return (loam_status)loam__outcome_answer(&iter->outcome);
}

ptrdiff_t loam__iter_fill(loam_iter *iter, void *out, size_t cap)
{
    ptrdiff_t n;

    if (iter->outcome.status != LOAM_OK) {
        drop_chain(iter); /* an adapter that failed has left it */
        return loam__outcome_answer(&iter->outcome);
    }
    iter->fills++;
    n = loam__stage_fill(iter->last, out, cap);
    if (n < 0)
        return loam__iter_fail(iter, n);
    if (n == 0) {
        iter->outcome.status = LOAM_DONE;
        drop_chain(iter);
    }
    return n;
}

void *loam__iter_push(loam_iter *iter, loam__stage_kind *kind)
{
    loam__stage *source = iter->last;
    loam__stage *stage = loam__stage_new(kind);

    if (!stage)
        return NULL;
    if (kind->lane == LOAM__LANE_ANY)
        stage->lane = source->lane;
    stage->padded = source->padded && stage->lane == source->lane;
    loam__slot_move_in(stage, &stage->source, loam__slot_move_out(iter, &iter->last));
    loam__slot_move_in(iter, &iter->last, loam_from(stage));
    return stage;
}

void *loam__iter_extend(loam_iter *iter, loam__stage_kind *kind, const char *function)
{
    loam__stage *stage = NULL;

    if (loam__iter_enter(iter, function) < 0)
        return NULL;
    if (iter->outcome.status == LOAM_OK) {
        if (loam__iter_convert(iter, kind->lane) == LOAM_OK)
            stage = loam__iter_push(iter, kind);
        if (!stage)
            loam__outcome_fail(iter, &iter->outcome);
    }
    loam__iter_leave(iter);
    return stage;
}

/* OK with the item in `*out`, or what ended the iteration. */
static loam_status next_item(loam_iter *iter, loam_value *out)
{
    union {
        loam_value value;
        int64_t integer;
        loam_view view;
    } item;
    ptrdiff_t n = loam__iter_fill(iter, &item, 1);

    if (n <= 0)
        return n ? (loam_status)n : LOAM_DONE;
    *out = loam__item_value(iter->last->lane, &item);
    return loam_is_unset(*out) ? loam__iter_fail(iter, loam_error()->status) : LOAM_OK;
}

loam_status loam_iter_next_peek(loam_iter *iter, loam_value *out)
{
    loam_value item = LOAM_UNSET;
    loam_status status = loam__iter_enter(iter, __func__);

    *out = LOAM_UNSET;
    if (status < 0)
        return status;
    loam__slot_set(iter, &iter->lent, LOAM_UNSET);
    status = next_item(iter, &item);
    loam__slot_move_in(iter, &iter->lent, item);
    *out = item;
    loam__iter_leave(iter);
    return status;
}

void loam_iter_close(loam_iter *iter)
{
    if (loam__iter_enter(iter, __func__) < 0)
        return;
    if (iter->outcome.status == LOAM_OK)
        iter->outcome.status = LOAM_DONE;
    drop_chain(iter);
    loam__iter_leave(iter);
}
