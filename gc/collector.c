/*
 * The collector as programs steer it: loam/gc.h over the back end's contract.
 */
#include "gc/backend.h"

static bool is_generation(int generation, const char *function)
{
    if (generation >= 0 && generation < LOAM_GC_GENERATIONS)
        return true;
    loam_fail(LOAM_ERR_VALUE, "%s: generation %d is none of 0, 1 and 2", function, generation);
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
