#include "tests/harness.h"

#include "lib/alloc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* There only in a build with AddressSanitizer. */
extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

void assert_nothing_left(loam__gc_usage before)
{
    loam__gc_usage after = loam__gc_live();

    if (!loam_gc_has(LOAM_GC_PROMPT_FREE))
        return;
    cr_assert_eq(after.objects, before.objects, "%" PRId64 " objects were left", (int64_t)(after.objects - before.objects));
    cr_assert_eq(after.bytes, before.bytes, "%" PRId64 " bytes were left", (int64_t)(after.bytes - before.bytes));
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

/* True while there was an allocation left to fail. */
static bool run_failing(scenario *run, void *context, failing f)
{
    loam__gc_usage before = loam__gc_live();
    bool succeeded;

    loam_error_clear();
    loam__alloc_gate_context = &f;
    loam__alloc_gate = gate;
    succeeded = run(context);
    loam__alloc_gate = NULL;
    assert_nothing_left(before);
    if (f.allocations <= f.fail_at) {
        cr_assert(succeeded, "failed although no allocation did: %s", loam_error()->text);
        return false;
    }
    cr_assert(!succeeded, "allocation %" PRIu64 " failed unnoticed", f.fail_at);
    assert_failed(LOAM_ERR_MEMORY);
    return true;
}

unsigned fail_each_allocation(scenario *run, void *context)
{
    unsigned failed = 0;

    for (int from_there_on = 0; from_there_on < 2; from_there_on++)
        for (uint64_t n = 0; run_failing(run, context, (failing){.fail_at = n, .from_there_on = from_there_on}); n++)
            failed++;
    return failed;
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

unsigned rounds(unsigned many)
{
    return __lsan_do_recoverable_leak_check || getenv("LOAM_TEST_QUICK") ? many / 10 : many;
}
