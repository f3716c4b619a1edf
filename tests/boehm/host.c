/*
 * Linked to a test, makes of it a program that has started libgc before loam's constructor runs: with libgc's own
 * settings, in which a pointer into the middle of a block counts.
 */
#define GC_THREADS 1
#include <gc/gc.h>

__attribute__((constructor(101))) static void start(void)
{
    GC_set_handle_fork(1);
    GC_set_finalize_on_demand(1);
    GC_INIT();
}
