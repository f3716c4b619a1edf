/*
 * docs/examples/lisp.c, a program of the size that people write, where memory runs out: whichever allocation fails, it says
 * so, goes on, and has nothing left in the end. tests/examples.sh is about what it computes.
 */
#include "tests/harness.h"

#include "lib/alloc.h"

#include <inttypes.h>
#include <stdio.h>

int lisp_main(void); /* its main() */

/* Something of everything. */
static char program[] = "(define (adder n) (lambda (x) (+ x n)))"
                        "(define (local n) (define (down k) (if (= k 0) n (down (- k 1)))) (down 2))"
                        "(text \"a text \" ((adder 3) 4) (list 1 2.5 '(b \"c\")))"
                        "(append (list 1) (slice (list 1 2 3) 1) \"ab\")"
                        "(local 5)"
                        "(define x 9223372036854775807)"
                        "(set! x (- x 1))"
                        "(item (list x x) -1)"
                        "(error \"raised \" x)"
                        "(nobody)"
                        ")";

typedef struct nth {
    uint64_t allocations, fail_at;
    bool from_there_on;
} nth;

static bool gate(void *context, size_t bytes)
{
    nth *n = context;
    uint64_t number = n->allocations++;

    (void)bytes;
    return n->from_there_on ? number < n->fail_at : number != n->fail_at;
}

static void be_silent(void)
{
    cr_assert(freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr));
}

/* Its exit status. */
static int run_program(void)
{
    FILE *before = stdin;
    int status;

    stdin = fmemopen(program, sizeof program - 1, "r");
    cr_assert(stdin);
    loam_error_clear();
    status = lisp_main();
    fclose(stdin);
    stdin = before;
    loam_error_clear();
    return status;
}

/* False once there was no allocation left to fail. */
static bool run_failing(nth n)
{
    loam__gc_usage before = loam__gc_live();
    loam__gc_usage after;
    int status;

    loam__alloc_gate_context = &n;
    loam__alloc_gate = gate;
    status = run_program();
    loam__alloc_gate = NULL;
    after = loam__gc_live();
    cr_assert(status == 0 || status == 1);
    cr_assert_eq(after.objects, before.objects, "allocation %" PRIu64 " failed, and objects are left", n.fail_at);
    cr_assert_eq(after.bytes, before.bytes, "allocation %" PRIu64 " failed, and bytes are left", n.fail_at);
    return n.allocations > n.fail_at;
}

LOAM_TEST(lisp, releases_all_whichever_allocation_fails)
{
    uint64_t tried = 0;

    be_silent();
    cr_assert_eq(run_program(), 0);
    for (int from_there_on = 0; from_there_on < 2; from_there_on++)
        for (uint64_t at = 0; run_failing((nth){.fail_at = at, .from_there_on = from_there_on}); at++)
            tried++;
    cr_assert_gt(tried, 200);
}
