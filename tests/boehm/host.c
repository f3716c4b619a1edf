/*
 * Linked to a test, makes of it a program that has started libgc before loam's constructor runs: with libgc's own
 * settings, in which a pointer into the middle of a block counts. With LIBGC_RUNS_FINALIZERS it leaves them as they are
 * also where libgc runs finalizers itself, inside of allocations; it is then for programs with one thread that uses
 * loam.
 */
#ifndef LIBGC_RUNS_FINALIZERS
#define LIBGC_RUNS_FINALIZERS 0
#endif
#define GC_THREADS 1
#include <gc/gc.h>

__attribute__((constructor(101))) static void start(void)
{
    GC_set_handle_fork(1);
#if !LIBGC_RUNS_FINALIZERS
    GC_set_finalize_on_demand(1);
#endif
    GC_INIT();
}
