#include "tests/harness.h"

#include "containers/sequence.h"
#include "lib/alloc.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_SECONDS = 120 };

/* There only in a build with AddressSanitizer. */
extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));
/* There only in a build that counts executed lines. */
extern void __gcov_dump(void) __attribute__((weak));

static void assert_same_usage(loam__gc_usage before)
{
    loam__gc_usage after = loam__gc_live();

    cr_assert_eq(after.objects, before.objects, "%" PRId64 " objects were left",
                 (int64_t)(after.objects - before.objects));
    cr_assert_eq(after.bytes, before.bytes, "%" PRId64 " bytes were left", (int64_t)(after.bytes - before.bytes));
}

void assert_nothing_left(loam__gc_usage before)
{
    if (!loam_gc_has(LOAM_GC_PROMPT_FREE))
        return;
    assert_same_usage(before);
    if (__lsan_do_recoverable_leak_check)
        cr_assert_eq(__lsan_do_recoverable_leak_check(), 0, "LeakSanitizer found a leak");
}

void assert_repr(loam_value value, const char *text)
{
    loam_str *repr = loam_repr(value);

    cr_assert_not_null(repr, "no repr: %s", loam_error()->text);
    cr_assert_str_eq(loam_str_chars_peek(repr), text);
    loam_release(repr);
}

void assert_repr_take(loam_value value, const char *text)
{
    cr_assert(!loam_is_unset(value), "unset, not %s: %s", text, loam_error()->text);
    assert_repr(value, text);
    loam_unset(&value);
}

void assert_failed(loam_status status)
{
    cr_assert_eq(loam_error()->status, status, "%s, not %s: %s", loam_status_text(loam_error()->status),
                 loam_status_text(status), loam_error()->text);
    cr_assert_neq(loam_error()->text[0], '\0');
    loam_error_clear();
}

bool refuse_memory(void *context, size_t bytes)
{
    (void)context;
    (void)bytes;
    return false;
}

typedef struct failing {
    uint64_t allocations, fail_at;
    bool from_there_on;
} failing;

static bool gate(void *context, size_t bytes)
{
    failing *f = context;
    uint64_t number = f->allocations++;

    (void)bytes;
    return f->from_there_on ? number < f->fail_at : number != f->fail_at;
}

/* True while there was an allocation left to fail. `or_without`: what fails may also be done without. */
static bool run_failing(scenario *run, void *context, failing f, bool or_without)
{
    loam__gc_usage before = loam__gc_live();
    bool succeeded;

    loam_error_clear();
    loam__alloc_gate_context = &f;
    loam__alloc_gate = gate;
    succeeded = run(context);
    loam__alloc_gate = NULL;
    assert_same_usage(before); /* LeakSanitizer needs too long to be asked each time */
    if (f.allocations <= f.fail_at) {
        cr_assert(succeeded, "failed although no allocation did: %s", loam_error()->text);
        return false;
    }
    cr_assert(!succeeded || or_without, "allocation %" PRIu64 " failed unnoticed", f.fail_at);
    if (!succeeded)
        assert_failed(LOAM_ERR_MEMORY);
    return true;
}

static unsigned run_with_each_failing(scenario *run, void *context, bool or_without)
{
    unsigned failed = 0;

    for (int from_there_on = 0; from_there_on < 2; from_there_on++)
        for (uint64_t n = 0;
             run_failing(run, context, (failing){.fail_at = n, .from_there_on = from_there_on}, or_without); n++)
            failed++;
    return failed;
}

unsigned fail_each_allocation(scenario *run, void *context)
{
    return run_with_each_failing(run, context, false);
}

unsigned fail_or_do_without_each_allocation(scenario *run, void *context)
{
    return run_with_each_failing(run, context, true);
}

/* What calls that have returned left on the stack. */
__attribute__((noinline)) static void overwrite_stack(void)
{
    volatile char frame[16 * 1024];

    for (size_t i = 0; i < sizeof frame; i++)
        frame[i] = 0;
}

void collect_everything(void)
{
    overwrite_stack();
    loam_gc_collect(2);
    loam_gc_collect(2);
}

void assert_gone(size_t gone, size_t many)
{
    size_t least = loam_gc_has(LOAM_GC_EXACT_CYCLES) ? many : many - many / 20;

    cr_assert(gone >= least && gone <= many, "%zu of %zu objects are gone", gone, many);
}

static void save_counts(int signal_number)
{
    (void)signal_number; /* abort() goes on when this returns */
    if (__gcov_dump)
        __gcov_dump();
}

void skip_without(const char *capability)
{
    cr_skip_test("needs %s", capability);
}

static const char *act_in_child(const char *(*act)(void))
{
    const char *problem;

    alarm(CHILD_SECONDS);
    problem = act();
    if (problem)
        fprintf(stderr, "in the child: %s (%s)\n", problem, loam_error()->text);
    if (__gcov_dump)
        __gcov_dump();
    return problem;
}

bool succeeds_in_child(const char *(*act)(void))
{
    int status = 0;
    pid_t child = fork();

    cr_assert_geq(child, 0);
    if (!child)
        _exit(act_in_child(act) != NULL);
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool aborts(void (*call)(void))
{
    int status = 0;
    pid_t child = fork();

    cr_assert_geq(child, 0);
    if (!child) {
        close(STDERR_FILENO);
        signal(SIGABRT, save_counts);
        loam_error_clear();
        call();
        _exit(0);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void *act_in_thread(void *context)
{
    const char *(*act)(void) = *(const char *(**)(void))context;
    loam__gc_usage before = loam__gc_live();
    const char *problem = act();
    loam__gc_usage after = loam__gc_live();

    if (!problem && (after.objects != before.objects || after.bytes != before.bytes))
        problem = "something was left";
    return (void *)(uintptr_t)problem;
}

const char *on_small_stack(const char *(*act)(void))
{
    pthread_attr_t attributes;
    pthread_t thread;
    void *problem = NULL;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    cr_assert_eq(pthread_create(&thread, &attributes, act_in_thread, (void *)&act), 0);
    pthread_join(thread, &problem);
    pthread_attr_destroy(&attributes);
    return problem;
}

/* Item by item, in integers wide enough for every bound and step. */
static void resolve_slice(slice_case *s)
{
    __int128 len = (__int128)s->len;
    __int128 first = s->step > 0 ? 0 : len - 1;
    __int128 end = s->step > 0 ? len : -1;
    __int128 at = s->start < 0 ? s->start + len : s->start;

    if (s->start == LOAM_OMIT)
        at = first;
    if (s->stop != LOAM_OMIT)
        end = s->stop < 0 ? s->stop + len : s->stop;
    if (s->step > 0 && at < 0)
        at = 0;
    if (s->step < 0 && at >= len)
        at = len - 1;
    s->count = 0;
    for (; s->step > 0 ? at < end && at < len : at > end && at >= 0; at += s->step)
        s->indexes[s->count++] = (size_t)at;
}

void each_slice(void (*check)(const slice_case *slice))
{
    static const int64_t steps[] = {-INT64_MAX, -3, -2, -1, 1, 2, 3, INT64_MAX};
    int64_t bounds[22] = {LOAM_OMIT, INT64_MIN + 1, INT64_MAX};
    slice_case s;

    for (int64_t bound = -9; bound <= 9; bound++)
        bounds[bound + 12] = bound;
    for (s.len = 0; s.len <= 7; s.len++)
        for (size_t i = 0; i < 22; i++)
            for (size_t j = 0; j < 22; j++)
                for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
                    s.start = bounds[i];
                    s.stop = bounds[j];
                    s.step = steps[k];
                    resolve_slice(&s);
                    check(&s);
                }
}

/* splitmix64 */
uint64_t random_word(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint64_t random_below(uint64_t *state, uint64_t bound)
{
    return (uint64_t)((unsigned __int128)random_word(state) * bound >> 64);
}

/* Behind its items are empty words where a conservative collector would read them. */
const char *list_check(const loam_list *list)
{
    size_t read_to = loam_gc_has(LOAM_GC_EXACT_REFCOUNT) ? list->len : list->capacity;

    if (list->len > list->capacity)
        return "len <= capacity";
    if ((list->items == NULL) != (list->capacity == 0))
        return "items if and only if there is a capacity";
    for (size_t i = 0; i < read_to; i++)
        if (loam_is_unset(list->items[i]) != (i >= list->len))
            return "items up to len, and nothing beyond";
    return NULL;
}

bool is_instrumented(void)
{
    return __lsan_do_recoverable_leak_check != NULL;
}

unsigned rounds(unsigned many)
{
    return __lsan_do_recoverable_leak_check || getenv("LOAM_TEST_QUICK") ? many / 10 : many;
}
