/*
 * Collections of libgc's, what steers them and what is known of them. There is one heap for all threads, and libgc has
 * no generations that loam could see: each collection is of everything, and counts as one of generation 2.
 */
#include "gc/boehm/boehm.h"

#include "gc/collector.h"

#include <time.h>

enum {
    LEAST_ROUNDS = 2, /* what a stale register holds during one is gone during the next */
    MOST_ROUNDS = 8,  /* finalizers may go on making garbage with finalizers for ever */
    GROWTH = 200      /* libgc lets a heap of scanned memory grow by that many per cent, over its divisor */
};

/* Under libgc's lock. */
static loam_gc_stats stats;
static int64_t started_cpu_ns, started_ns;
static GC_on_collection_event_proc listened_before; /* of the program's */

static int32_t disabled_times; /* how often loam has disabled libgc and not enabled it again; under loam__lock() */

const char *loam__gc_name(void)
{
    return "boehm";
}

bool loam__gc_can(loam_gc_capability capability)
{
    return capability == LOAM_GC_CYCLES;
}

/* Collections. */

static int64_t time_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Of the process, since libgc marks in several threads. */
static int64_t cpu_ns(void)
{
    return time_ns(CLOCK_PROCESS_CPUTIME_ID);
}

static void begin_collection(void)
{
    started_cpu_ns = cpu_ns();
    started_ns = time_ns(CLOCK_MONOTONIC);
}

/* What the program has waited is the clock's, however many threads have marked meanwhile. */
static void add_collection(void)
{
    int64_t waited = time_ns(CLOCK_MONOTONIC) - started_ns;

    stats.collections++;
    stats.total_ns += cpu_ns() - started_cpu_ns;
    if (waited > stats.longest_ns)
        stats.longest_ns = waited;
    loam__tell_threads();
}

static void GC_CALLBACK note_collection(GC_EventType event)
{
    if (event == GC_EVENT_START)
        begin_collection();
    if (event == GC_EVENT_END)
        add_collection();
    if (listened_before)
        listened_before(event);
}

void loam__collector_start(void)
{
    listened_before = GC_get_on_collection_event();
    GC_set_on_collection_event(note_collection);
}

/* Whether enabled or not, as far as it was loam that has disabled it. Under the lock, like all that counts with libgc
 * how often it is disabled: a fork in between would leave the child with another count. */
static void collect_everything(void)
{
    loam__lock();
    for (int32_t i = 0; i < disabled_times; i++)
        GC_enable();
    GC_gcollect();
    for (int32_t i = 0; i < disabled_times; i++)
        GC_disable();
    loam__unlock();
}

/* What one round finalizes and clears may be all that kept something else. */
static int64_t collect_rounds(loam__thread *thread)
{
    int64_t before = thread->found;
    int64_t last = before;

    for (int i = 0; i < MOST_ROUNDS && (i < LEAST_ROUNDS || thread->found != last || thread->held); i++) {
        last = thread->found;
        collect_everything();
        loam__gc_safe_point();
    }
    return thread->found - before;
}

/* `tells` is one of gc/collector.h. Nothing becomes due in the middle of it, and no collection starts. */
static void tell(loam__thread *thread, void (*tells)(const loam_gc_info *info), const loam_gc_info *info)
{
    thread->is_at_safe_point = true;
    tells(info);
    thread->is_at_safe_point = false;
}

/* What libgc does of its own accord is told at the next safe point: it is in the middle of an allocation, under its
 * lock. */

static void *add_found(void *found)
{
    stats.collected += *(int64_t *)found;
    return NULL;
}

static void *copy_total(void *total)
{
    *(int64_t *)total = stats.total_ns;
    return NULL;
}

bool loam__collections_began(loam__thread *thread)
{
    loam_gc_info info = {.generation = LOAM_GC_GENERATIONS - 1};
    GC_word last = GC_get_gc_no();

    if (thread->is_collecting || thread->told == last)
        return false;
    thread->told = last;
    if (loam__collections_are_watched())
        loam__collection_begins(&info);
    return true;
}

void loam__collections_ended(loam__thread *thread, bool is_told, int64_t found)
{
    loam_gc_info info = {.generation = LOAM_GC_GENERATIONS - 1, .collected = found};
    int64_t total;

    if (found)
        GC_call_with_alloc_lock(add_found, &found);
    if (!is_told)
        return;
    GC_call_with_alloc_lock(copy_total, &total);
    info.duration_ns = total - thread->told_ns;
    thread->told_ns = total;
    loam__collection_ended(&info);
}

void loam__collections_are_known(loam__thread *thread)
{
    thread->told = GC_get_gc_no();
    GC_call_with_alloc_lock(copy_total, &thread->told_ns);
}

/* There is nothing to do for the younger generations, which have no objects. */
int64_t loam__gc_collect(int generation)
{
    loam__thread *thread = loam__thread_here();
    loam_gc_info info = {.generation = generation};
    int64_t start;

    if (!thread || thread->is_at_safe_point)
        return 0;
    loam__gc_safe_point();
    tell(thread, loam__collection_begins, &info);
    start = cpu_ns();
    thread->is_collecting = true;
    if (generation == LOAM_GC_GENERATIONS - 1)
        info.collected = collect_rounds(thread);
    thread->is_collecting = false;
    loam__collections_are_known(thread);
    info.duration_ns = cpu_ns() - start;
    tell(thread, loam__collection_ended, &info);
    loam__gc_safe_point();
    return info.collected;
}

/* Settings. */

/* libgc counts how often it is disabled, so that it is enabled once all threads want it to be. */
void loam__settings_apply(loam__thread *thread)
{
    const loam__settings *settings = &thread->heap->settings;
    bool disables = settings->is_switched_off || !settings->thresholds[0] || !settings->thresholds[2];

    if (disables == thread->has_disabled)
        return;
    loam__lock();
    thread->has_disabled = disables;
    disabled_times += disables ? 1 : -1;
    if (disables)
        GC_disable();
    else
        GC_enable();
    loam__unlock();
}

void loam__settings_reset(loam__settings *settings)
{
    settings->thresholds[0] = 10000; /* as on refcount, where they mean something */
    settings->thresholds[1] = 10;
    settings->thresholds[2] = GROWTH / (int64_t)GC_get_free_space_divisor();
    settings->is_switched_off = false;
}

void loam__gc_enable(bool on)
{
    loam__thread *thread = loam__thread_here();

    if (!thread)
        return;
    thread->heap->settings.is_switched_off = !on;
    loam__settings_apply(thread);
}

bool loam__gc_is_enabled(void)
{
    loam__thread *thread = loam__thread_here();
    return !thread || !thread->heap->settings.is_switched_off;
}

/* All threads have the one heap: it grows as whoever said so last wants it to. */
static void set_growth(int64_t percent)
{
    GC_set_free_space_divisor(percent < GROWTH ? (GC_word)(GROWTH / percent) : 1);
}

bool loam__gc_thresholds(const int64_t *set, int64_t *get)
{
    loam__thread *thread = loam__thread_here();

    if (!thread)
        return false;
    if (get)
        memcpy(get, thread->heap->settings.thresholds, sizeof thread->heap->settings.thresholds);
    if (!set)
        return true;
    if (set[2] && set[2] != thread->heap->settings.thresholds[2])
        set_growth(set[2]);
    memcpy(thread->heap->settings.thresholds, set, sizeof thread->heap->settings.thresholds);
    loam__settings_apply(thread);
    return true;
}

/* Figures. */

void loam__gc_counts(int64_t counts[LOAM_GC_GENERATIONS])
{
    counts[0] = counts[1] = 0;
    counts[2] = (int64_t)(100 * GC_get_bytes_since_gc() / (GC_get_heap_size() + 1));
}

static void *copy_stats(void *copy)
{
    *(loam_gc_stats *)copy = stats;
    return NULL;
}

void loam__gc_stats(loam_gc_stats copies[LOAM_GC_GENERATIONS])
{
    memset(copies, 0, LOAM_GC_GENERATIONS * sizeof *copies);
    GC_call_with_alloc_lock(copy_stats, &copies[LOAM_GC_GENERATIONS - 1]);
}

int64_t loam__gc_bytes(void)
{
    return (int64_t)(GC_get_heap_size() - GC_get_free_bytes());
}

loam__gc_usage loam__gc_live(void)
{
    return (loam__gc_usage){0, 0};
}

/* What is not there, as loam__gc_can() says: no list of all objects, none set aside, none freed promptly. */

void loam__gc_walk(int generation, loam__found *found, void *context)
{
    (void)generation;
    (void)found;
    (void)context;
}

bool loam__gc_freeze(bool on)
{
    (void)on;
    return true;
}

int64_t loam__gc_frozen(void)
{
    return 0;
}

bool loam__gc_set_free_budget(int64_t edges)
{
    (void)edges;
    return true;
}

int64_t loam__gc_free_budget(void)
{
    return 0;
}

int64_t loam__gc_free_debt(void)
{
    return 0;
}

void loam__gc_work_off(void)
{
}

void loam__gc_watch(const loam__watcher *watcher)
{
    (void)watcher;
}
