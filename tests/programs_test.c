/*
 * Programs of docs/examples, of the size that people write, where memory runs out: whichever allocation fails, they say
 * so and have nothing left in the end. tests/examples.sh is about what they print.
 */
#include "tests/harness.h"

#include "lib/alloc.h"

#include <inttypes.h>
#include <stdio.h>

/* Each one's main(). */
int lisp_main(void);
int own_tree_main(void);
int own_vector_main(void);
int graphs_main(void);

/* For the interpreter: something of everything. */
static char lisp_program[] = "(define (adder n) (lambda (x) (+ x n)))"
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
static int run(int (*program)(void))
{
    FILE *before = stdin;
    int status;

    stdin = fmemopen(lisp_program, sizeof lisp_program - 1, "r");
    cr_assert(stdin);
    loam_error_clear();
    status = program();
    fclose(stdin);
    stdin = before;
    loam_error_clear();
    return status;
}

/* True while there was an allocation left to fail. */
static bool run_failing(int (*program)(void), bool goes_on, nth n)
{
    loam__gc_usage before = loam__gc_live();
    loam__gc_usage after;
    int status;

    loam__alloc_gate_context = &n;
    loam__alloc_gate = gate;
    status = run(program);
    loam__alloc_gate = NULL;
    if (n.allocations > n.fail_at)
        cr_assert(status == 1 || (goes_on && status == 0), "allocation %" PRIu64 " failed unnoticed", n.fail_at);
    collect_everything();
    after = loam__gc_live();
    cr_assert_eq(after.objects, before.objects, "allocation %" PRIu64 " failed, and objects are left", n.fail_at);
    cr_assert_eq(after.bytes, before.bytes, "allocation %" PRIu64 " failed, and bytes are left", n.fail_at);
    return n.allocations > n.fail_at;
}

/* `most`: programs that do the same thing again and again need not be failed in all of it. */
static void fail_program(int (*program)(void), bool goes_on, uint64_t most)
{
    be_silent();
    cr_assert_eq(run(program), 0);
    for (int from_there_on = 0; from_there_on < 2; from_there_on++) {
        uint64_t at = 0;
        while (at < most && run_failing(program, goes_on, (nth){.fail_at = at, .from_there_on = from_there_on}))
            at++;
        cr_assert_geq(at, 100, "there were %" PRIu64 " allocations to fail", at);
    }
}

LOAM_TEST(programs, the_interpreter_goes_on_whichever_allocation_fails)
{
    fail_program(lisp_main, true, UINT64_MAX);
}

LOAM_TEST(programs, trees_are_released_whichever_allocation_fails)
{
    fail_program(own_tree_main, false, 300);
}

LOAM_TEST(programs, vectors_are_released_whichever_allocation_fails)
{
    fail_program(own_vector_main, true, 300); /* where it expects a failure it may get one without its text */
}

LOAM_TEST(programs, graphs_are_released_whichever_allocation_fails)
{
    fail_program(graphs_main, false, 300);
}
