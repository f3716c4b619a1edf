/*
 * What every test file stands on.
 *
 *     LOAM_TEST(list, grows_by_half) { .. }
 *
 * is a Criterion test whose last act is to compare what is alive with what was alive before it, on memory managers that
 * know. That has to be an assertion of the body: Criterion gives its verdict before it runs `.fini`, so one made there
 * passes in silence, and so does everything that a sanitizer reports when the process ends.
 */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#include "config.h"

#include <criterion/criterion.h>
#include <loam.h>
#include <signal.h>

#include "gc/backend.h"

#define LOAM_TEST(suite, name, ...)                                                                                    \
    static void suite##_##name(void);                                                                                  \
    Test(suite, name, ##__VA_ARGS__)                                                                                   \
    {                                                                                                                  \
        loam__gc_usage before = loam__gc_live();                                                                       \
        suite##_##name();                                                                                              \
        assert_nothing_left(before);                                                                                   \
    }                                                                                                                  \
    static void suite##_##name(void)

/*
 * All tests run on all memory managers. One that depends on a capability, LOAM_GC_.., says so, and ends here where that
 * is missing: skipped by name, which tests/skips.txt must know of. What is promised everywhere stands before, or is
 * another test.
 */
#define needs(capability) (loam_gc_has(capability) ? (void)0 : skip_without(#capability))
void skip_without(const char *capability);

/* Fails the test if more is alive than `before`; under LeakSanitizer, also if malloc'ed memory is lost. */
void assert_nothing_left(loam__gc_usage before);

/* The repr of `value`, borrowed, is `text`. */
void assert_repr(loam_value value, const char *text);
/* The same, and releases `value`. */
void assert_repr_take(loam_value value, const char *text);

/* The thread's last failure is `status`, and has a text; it is cleared. */
void assert_failed(loam_status status);

/*
 * A scenario that reports whether all its calls succeeded. It is run with the first allocation failing, then with the
 * second, and so on until none is left to fail; then again with all allocations failing from the first, second, ..
 * on. Each time it must report failure with LOAM_ERR_MEMORY, and nothing may be left. Returns how many were failed.
 */
typedef bool scenario(void *context);
unsigned fail_each_allocation(scenario *run, void *context);
/* The same for what has another way where there is no memory: it may succeed all the same. */
unsigned fail_or_do_without_each_allocation(scenario *run, void *context);

/* For loam__alloc_gate: there is no memory at all. */
bool refuse_memory(void *context, size_t bytes);

/* Collect what can be found, also what finalizers have left to be found. */
void collect_everything(void);

/* `gone` of `many` objects that were dropped: all of them where garbage is found exactly, else 95 % at least. */
void assert_gone(size_t gone, size_t many);

/* Whether `call` aborts, as it should where it breaks a rule; tried in a child. Only with LOAM_CHECKS. */
bool aborts(void (*call)(void));

/* Whether `act` finds nothing wrong in a child process, which ends then; a child that hangs fails. Assertions are not
 * for children: `act` returns what went wrong, or NULL. */
bool succeeds_in_child(const char *(*act)(void));

/* Run `act` in a thread with 256 KiB of stack, and see to it that nothing is left there. Assertions are not for
 * threads: `act` returns what went wrong, or NULL. */
const char *on_small_stack(const char *(*act)(void));

/* What Python's `range(len)[start:stop:step]` is. */
typedef struct slice_case {
    size_t len;
    int64_t start, stop, step;
    size_t indexes[7], count;
} slice_case;

/* `check` sees the slices of 0 to 7 items with all bounds and steps near them, none, and the most extreme ones. */
void each_slice(void (*check)(const slice_case *slice));

/* Deterministic numbers for tests: the same on every run and machine. */
uint64_t random_word(uint64_t *state);
/* Below `bound`. */
uint64_t random_below(uint64_t *state, uint64_t bound);

/* What is always true of a list, verified; NULL or the rule that is broken. */
const char *list_check(const loam_list *list);

/* Built with AddressSanitizer. */
bool is_instrumented(void);

/* How often a loop of that many rounds runs where a round costs more: under valgrind and sanitizers a tenth. */
unsigned rounds(unsigned many);

#endif
