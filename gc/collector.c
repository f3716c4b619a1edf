/*
 * The collector as programs steer it: loam/gc.h over the back end's contract, but for what returns lists.
 *
 * Callbacks are a list for each thread. While they are called one that is removed only loses its function, and those
 * that are added wait for the next event, so that the list can be walked whatever they do.
 */
#include "gc/collector.h"

#include "gc/backend.h"
#include "gc/hooks.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct listener listener;

struct listener {
    listener *next;
    loam_gc_callback *function; /* NULL: removed */
    void *context;
};

static LOAM__THREAD_LOCAL struct {
    listener *first;
    unsigned calls; /* going on; a callback may enter another heap, and collect there */
} listeners;

LOAM__THREAD_LOCAL const loam__inspector *loam__inspector_here;
LOAM__THREAD_LOCAL int loam__debug;

static bool is_generation(int generation, const char *function)
{
    if (generation >= 0 && generation < LOAM_GC_GENERATIONS)
        return true;
    loam_fail(LOAM_ERR_VALUE, "%s: generation %d is none of 0, 1 and 2", function, generation);
    return false;
}

static bool can(loam_gc_capability capability, const char *function)
{
    if (loam__gc_can(capability))
        return true;
    loam_fail(LOAM_ERR_UNSUPPORTED, "%s: not supported by %s", function, loam__gc_name());
    return false;
}

const char *loam_gc_name(void)
{
    return loam__gc_name();
}

bool loam_gc_has(loam_gc_capability capability)
{
    return loam__gc_can(capability);
}

void loam_gc_enable(void)
{
    loam__gc_enable(true);
}

void loam_gc_disable(void)
{
    loam__gc_enable(false);
}

bool loam_gc_is_enabled(void)
{
    return loam__gc_is_enabled();
}

int64_t loam_gc_collect(int generation)
{
    return is_generation(generation, __func__) ? loam__gc_collect(generation) : LOAM_ERR_VALUE;
}

loam_status loam_gc_set_threshold(int64_t first, int64_t second, int64_t third)
{
    int64_t thresholds[LOAM_GC_GENERATIONS] = {first, second, third};
    int64_t before[LOAM_GC_GENERATIONS] = {0};

    loam__gc_thresholds(NULL, before);
    for (int i = 0; i < LOAM_GC_GENERATIONS; i++) {
        if (thresholds[i] == LOAM_OMIT)
            thresholds[i] = before[i];
        else if (thresholds[i] < 0)
            return loam_fail(LOAM_ERR_VALUE, "%s: %" PRId64 " is negative", __func__, thresholds[i]);
    }
    return loam__gc_thresholds(thresholds, NULL) ? LOAM_OK : loam__fail_memory();
}

void loam_gc_get_threshold(int64_t out[LOAM_GC_GENERATIONS])
{
    memset(out, 0, LOAM_GC_GENERATIONS * sizeof *out);
    loam__gc_thresholds(NULL, out);
}

loam_status loam_gc_set_free_budget(int64_t edges)
{
    if (edges < 0)
        return loam_fail(LOAM_ERR_VALUE, "%s: %" PRId64 " is negative", __func__, edges);
    if (edges && !can(LOAM_GC_FREE_BUDGET, __func__))
        return LOAM_ERR_UNSUPPORTED;
    return loam__gc_set_free_budget(edges) ? LOAM_OK : loam__fail_memory();
}

int64_t loam_gc_get_free_budget(void)
{
    return loam__gc_free_budget();
}

int64_t loam_gc_get_free_debt(void)
{
    return loam__gc_free_debt();
}

void loam_gc_get_count(int64_t out[LOAM_GC_GENERATIONS])
{
    loam__gc_counts(out);
}

void loam_gc_get_stats(loam_gc_stats out[LOAM_GC_GENERATIONS])
{
    loam__gc_stats(out);
}

/* Callbacks. */

loam_status loam_gc_callback_add(loam_gc_callback *function, void *context)
{
    listener **end = &listeners.first;
    listener *added;

    if (!function)
        return loam__bug(__func__, "a function is needed");
    added = loam__gc_root_new(sizeof *added); /* the thread's own variables are not scanned */
    if (!added)
        return loam__fail_memory();
    added->function = function;
    added->context = context;
    while (*end)
        end = &(*end)->next;
    *end = added;
    return LOAM_OK;
}

static void drop_removed(void)
{
    listener **link = &listeners.first;

    while (*link) {
        listener *removed = *link;
        if (removed->function) {
            link = &removed->next;
            continue;
        }
        *link = removed->next;
        loam__gc_root_free(removed, sizeof *removed);
    }
}

loam_status loam_gc_callback_remove(loam_gc_callback *function, void *context)
{
    listener *found = listeners.first;

    if (!function)
        return loam__bug(__func__, "a function is needed");
    while (found && (found->function != function || found->context != context))
        found = found->next;
    if (!found)
        return LOAM_MISSING;
    found->function = NULL;
    if (!listeners.calls)
        drop_removed();
    return LOAM_OK;
}

static void call_each(loam_gc_phase phase, const loam_gc_info *info)
{
    listener *last = listeners.first;
    listener *next = listeners.first;

    while (last && last->next)
        last = last->next;
    while (next) {
        listener *called = next;
        next = called == last ? NULL : called->next;
        if (called->function)
            called->function(phase, info, called->context);
    }
}

/* A pending failure stays. */
static void tell(loam_gc_phase phase, const loam_gc_info *info)
{
    loam_failure pending;

    if (LOAM__LIKELY(!listeners.first))
        return;
    pending = *loam_error();
    listeners.calls++;
    call_each(phase, info);
    if (!--listeners.calls)
        drop_removed();
    if (pending.status)
        loam__fail_again(&pending);
    else
        loam_error_clear();
}

bool loam__collections_are_watched(void)
{
    return listeners.first != NULL;
}

void loam__collection_begins(const loam_gc_info *info)
{
    tell(LOAM_GC_START, info);
}

void loam__collection_ended(const loam_gc_info *info)
{
    if (LOAM__UNLIKELY(loam__debug & LOAM_GC_DEBUG_STATS))
        fprintf(stderr,
                "gc: collecting generation %d... done, %" PRId64 " unreachable, %" PRId64
                " uncollectable, %.4fs elapsed\n",
                info->generation, info->collected + info->uncollectable, info->uncollectable,
                (double)info->duration_ns / 1e9);
    tell(LOAM_GC_STOP, info);
}

void loam__thread_ends(void)
{
    const loam__inspector *inspector = loam__inspector_here;

    loam__debug = 0;
    loam__inspector_here = NULL;
    if (inspector)
        inspector->thread_ends();
    for (listener *each = listeners.first; each; each = each->next)
        each->function = NULL;
    drop_removed();
}

int loam_gc_get_debug(void)
{
    return loam__debug;
}

/* Objects. */

bool loam_gc_is_tracked(loam_value value)
{
    loam__check_value(value, __func__);
    return loam_is_object(value) && loam__has_trait(loam__type_of(loam__object(value)), LOAM__FLAG_CYCLIC);
}

bool loam_gc_is_finalized(loam_value value)
{
    loam__check_value(value, __func__);
    return loam_is_object(value) && loam__is_flagged(loam__object(value), LOAM__FLAG_FINALIZED);
}

int64_t loam_refcount(loam_value value)
{
    loam__check_value(value, __func__);
    if (loam_is_unset(value))
        return loam__propagate(__func__);
    if (!loam_is_object(value))
        return loam_fail(LOAM_ERR_TYPE, "%s: %s is all in its word", __func__, loam__type_name(value));
    return can(LOAM_GC_EXACT_REFCOUNT, __func__) ? loam__gc_count(loam__object(value)) : LOAM_ERR_UNSUPPORTED;
}

static loam_status freeze(bool on, const char *function)
{
    if (!can(LOAM_GC_FREEZE, function))
        return LOAM_ERR_UNSUPPORTED;
    if (!loam__gc_freeze(on))
        return loam_fail(LOAM_ERR_VALUE, "%s: a collection is going on", function);
    return LOAM_OK;
}

loam_status loam_gc_freeze(void)
{
    return freeze(true, __func__);
}

loam_status loam_gc_unfreeze(void)
{
    return freeze(false, __func__);
}

int64_t loam_gc_get_freeze_count(void)
{
    return can(LOAM_GC_FREEZE, __func__) ? loam__gc_frozen() : LOAM_ERR_UNSUPPORTED;
}

int64_t loam_gc_get_bytes(void)
{
    return loam__gc_bytes();
}
