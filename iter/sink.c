/*
 * Sinks. Each says which lanes it takes as they come, anything else becomes values, and gets the items in batches. An
 * item that a sink cannot use is the iterator's failure too, so that the next one to ask hears the same.
 */
#include "iter/stage.h"

#include "containers/dict.h"
#include "containers/sequence.h"

#include <loam/protocol.h>

typedef struct sink {
    unsigned lanes;
    bool takes; /* values are handed over, also on failure; else they are lent */
    /* DONE: all of them were immediate, and there is nothing to release. */
    loam_status (*add)(void *context, const loam__stage *from, loam__batch *batch, size_t count);
} sink;

static void add_batch(loam_iter *iter, const sink *to, void *context, loam__batch *batch, size_t count)
{
    bool lent = iter->last->lane == LOAM__LANE_VALUE && !to->takes;
    loam_status status = to->add(context, iter->last, batch, count);

    if (status < 0)
        loam__iter_fail(iter, status); /* first of all, since what is released may bring other failures */
    if (lent && status != LOAM_DONE)
        loam__slots_release(NULL, batch->values, count);
}

/* `context` is NULL if there was no memory for what the sink makes: the chain is closed all the same. */
static loam_status run(loam_iter *iter, const sink *to, void *context, const char *function)
{
    loam_status status = loam__iter_start(iter, to->lanes, function);
    loam__batch batch;
    ptrdiff_t n;

    if (status < 0)
        return status;
    if (!context && iter->outcome.status == LOAM_OK)
        loam__iter_fail(iter, LOAM_ERR_MEMORY);
    do {
        n = loam__iter_fill(iter, &batch, iter->last ? loam__batch_size(iter->last->lane) : 1);
        if (n > 0)
            add_batch(iter, to, context, &batch, (size_t)n);
    } while (n > 0);
    loam__iter_leave(iter);
    return (loam_status)n;
}

/* What a sink has made of the items, if the chain did not fail: NULL then, and the failure is still the last one. */
static void *result_of(loam_status status, void *result)
{
    loam_failure failure;

    if (status == LOAM_OK)
        return result;
    failure = *loam_error();
    loam__release(loam_from(result));
    loam__fail_again(&failure);
    return NULL;
}

static loam_status add_to_count(void *context, const loam__stage *from, loam__batch *batch, size_t count)
{
    int64_t *total = context;

    (void)from;
    (void)batch;
    *total += (int64_t)count;
    return LOAM_OK;
}

int64_t loam_iter_count(loam_iter *iter)
{
    static const sink counting = {.lanes = LOAM__LANE_ANY, .add = add_to_count};
    int64_t total = 0;
    loam_status status = run(iter, &counting, &total, __func__);

    return status < 0 ? status : total;
}

/* Integers are added exactly, in twice the width; from the first double on all is a double, as in Python. */
typedef struct sum {
    __int128 integer;
    double number;
    bool is_double;
} sum;

static loam_status add_to_sum(sum *total, loam_value item)
{
    loam__number n = loam__number_of(item);

    if (LOAM__UNLIKELY(n.kind == LOAM__NOT_A_NUMBER))
        return loam__fail_type("a number to sum", item);
    if (n.kind == LOAM__DOUBLE && !total->is_double) {
        total->number = (double)total->integer;
        total->is_double = true;
    }
    if (total->is_double)
        total->number += n.kind == LOAM__DOUBLE ? n.number : (double)n.integer;
    else
        total->integer += n.integer;
    return LOAM_OK;
}

/* All of a batch, if they are small integers. The words are added as halves, which cannot overflow, and each is twice
 * its integer and one more. */
static bool add_small_ints(sum *total, const loam_value *values, size_t count)
{
    int64_t high = 0;
    uint64_t low = 0;
    uint64_t common = 1;

    for (size_t i = 0; i < count; i++) {
        uint64_t word = values[i].word;
        common &= word;
        high += (int64_t)word >> 32;
        low += (uint32_t)word;
    }
    if (common)
        total->integer += ((__int128)high * ((__int128)1 << 32) + low - count) / 2;
    return common;
}

static loam_status sum_batch(void *context, const loam__stage *from, loam__batch *batch, size_t count)
{
    sum *total = context;
    loam_status status = LOAM_OK;
    size_t i = 0;

    if (from->lane == LOAM__LANE_INT) {
        for (; i < count; i++)
            total->integer += batch->ints[i];
        return LOAM_OK;
    }
    if (!total->is_double && add_small_ints(total, batch->values, count))
        return LOAM_DONE;
    for (; i < count && status == LOAM_OK; i++)
        status = add_to_sum(total, batch->values[i]);
    return status;
}

loam_value loam_iter_sum(loam_iter *iter)
{
    static const sink summing = {.lanes = LOAM__LANE_INT | LOAM__LANE_VALUE, .add = sum_batch};
    sum total = {.integer = 0};

    if (run(iter, &summing, &total, __func__) < 0)
        return LOAM_UNSET;
    if (total.is_double)
        return loam_double(total.number);
    if (total.integer < INT64_MIN || total.integer > INT64_MAX)
        return loam_fail(LOAM_ERR_OVERFLOW, "the sum does not fit into 64 bits"), LOAM_UNSET;
    return loam_int((int64_t)total.integer);
}

static loam_status add_to_list(void *context, const loam__stage *from, loam__batch *batch, size_t count)
{
    (void)from;
    return loam__list_append_items(context, batch->values, count);
}

loam_list *loam_iter_list(loam_iter *iter)
{
    static const sink listing = {.lanes = LOAM__LANE_VALUE, .takes = true, .add = add_to_list};
    loam_list *list = loam_list_new();

    return result_of(run(iter, &listing, list, __func__), list);
}

loam_list *loam_iter_sorted(loam_iter *iter)
{
    loam_list *list = loam_iter_list(iter);

    return list ? result_of(loam_list_sort(list), list) : NULL;
}

/* The best item so far, the key that it is compared by, and which order beats it. */
typedef struct extreme {
    loam_value (*key)(loam_value item, void *context);
    void *context;
    int better;
    loam_value best, best_key;
} extreme;

static loam_value key_of(const extreme *e, loam_value item)
{
    loam_value key = e->key ? e->key(item, e->context) : loam__retain(item);

    if (loam_is_unset(key) && loam_error()->status == LOAM_OK)
        loam__bug("loam_iter_min_key", "a function that returns unset must report a failure");
    return key;
}

/* Release, and the failure that `status` is stays the last one. */
static loam_status release_after(loam_status status, loam_value value)
{
    loam_failure failure = *loam_error();

    loam__release(value);
    return status < 0 ? loam__fail_again(&failure) : LOAM_OK;
}

static loam_status offer_item(extreme *e, loam_value item)
{
    loam_value key = key_of(e, item);
    int order = e->better;
    loam_status status = LOAM_OK;

    if (loam_is_unset(key))
        return loam_error()->status;
    if (!loam_is_unset(e->best))
        status = loam_compare(key, e->best_key, &order);
    if (status == LOAM_OK && order == e->better) {
        loam_value old = e->best;
        loam_value old_key = e->best_key;
        e->best = loam__retain(item);
        e->best_key = key;
        loam__release(old);
        key = old_key;
    }
    return release_after(status, key);
}

static loam_status offer_batch(void *context, const loam__stage *from, loam__batch *batch, size_t count)
{
    loam_status status = LOAM_OK;

    (void)from;
    for (size_t i = 0; i < count && status == LOAM_OK; i++)
        status = offer_item(context, batch->values[i]);
    return status;
}

static loam_value find_extreme(loam_iter *iter, extreme e, const char *function)
{
    static const sink comparing = {.lanes = LOAM__LANE_VALUE, .add = offer_batch};
    loam_status status = run(iter, &comparing, &e, function);

    if (status == LOAM_OK && loam_is_unset(e.best))
        status = loam_fail(LOAM_ERR_VALUE, "%s: there is no item", function);
    release_after(status, e.best_key);
    if (status == LOAM_OK)
        return e.best;
    release_after(status, e.best);
    return LOAM_UNSET;
}

loam_value loam_iter_min(loam_iter *iter)
{
    return find_extreme(iter, (extreme){.better = -1}, __func__);
}

loam_value loam_iter_max(loam_iter *iter)
{
    return find_extreme(iter, (extreme){.better = 1}, __func__);
}

loam_value loam_iter_min_key(loam_iter *iter, loam_value (*key)(loam_value item, void *context), void *context)
{
    return find_extreme(iter, (extreme){.key = key, .context = context, .better = -1}, __func__);
}

loam_value loam_iter_max_key(loam_iter *iter, loam_value (*key)(loam_value item, void *context), void *context)
{
    return find_extreme(iter, (extreme){.key = key, .context = context, .better = 1}, __func__);
}

static loam_status add_to_dict(void *context, const loam__stage *from, loam__batch *batch, size_t count)
{
    (void)from;
    return loam__dict_set_pairs(context, batch->values, count);
}

loam_dict *loam_iter_dict(loam_iter *iter)
{
    static const sink pairing = {.lanes = LOAM__LANE_VALUE, .add = add_to_dict};
    loam_dict *dict = loam_dict_new();

    return result_of(run(iter, &pairing, dict, __func__), dict);
}

static loam_status count_batch(void *context, const loam__stage *from, loam__batch *batch, size_t count)
{
    if (from->lane == LOAM__LANE_VIEW)
        return loam__dict_count_views(context, batch->views, count, from->padded);
    return loam__dict_count_values(context, batch->values, count);
}

loam_dict *loam_iter_counter(loam_iter *iter)
{
    static const sink tallying = {.lanes = LOAM__LANE_VIEW | LOAM__LANE_VALUE, .add = count_batch};
    loam_dict *dict = loam_dict_new();

    return result_of(run(iter, &tallying, dict, __func__), dict);
}
