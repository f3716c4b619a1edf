#include "lib/alloc.h"

#include <stdlib.h>
#include <sys/mman.h>

loam__gate *loam__alloc_gate;
void *loam__alloc_gate_context;

bool loam__spare_fails;

void *loam__spare_alloc(size_t bytes)
{
    return loam__spare_fails ? NULL : calloc(1, bytes);
}

void *loam__spare_realloc(void *memory, size_t bytes)
{
    return loam__spare_fails ? NULL : realloc(memory, bytes);
}

void *loam__alloc(size_t bytes)
{
    return loam__alloc_permitted(bytes) ? malloc(bytes) : NULL;
}

void *loam__realloc(void *memory, size_t bytes)
{
    return loam__alloc_permitted(bytes) ? realloc(memory, bytes) : NULL;
}

void loam__free(void *memory)
{
    free(memory);
}

#ifdef MADV_HUGEPAGE
enum { HUGE_PAGE = 2 << 20 };

static void *in_huge_pages(size_t bytes)
{
    void *memory;

    if (posix_memalign(&memory, HUGE_PAGE, bytes))
        return NULL;
    madvise(memory, bytes & ~((size_t)HUGE_PAGE - 1), MADV_HUGEPAGE); /* it may well have none */
    return memory;
}

void *loam__alloc_scratch(size_t bytes)
{
    if (bytes < 2 * HUGE_PAGE)
        return loam__alloc(bytes);
    return loam__alloc_permitted(bytes) ? in_huge_pages(bytes) : NULL;
}
#else
void *loam__alloc_scratch(size_t bytes)
{
    return loam__alloc(bytes);
}
#endif
