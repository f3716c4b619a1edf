#include "config.h" /* _GNU_SOURCE, for mremap */

#include "lib/large.h"

#if LOAM__HAS_LARGE

#include <sys/mman.h>

enum { PAGE = 64 << 10, HUGE_PAGE = 2 << 20 }; /* bytes; the largest page of any Linux, so that nobody need be asked */

size_t loam__large_extent(size_t bytes)
{
    return (bytes + PAGE - 1) & ~(size_t)(PAGE - 1);
}

/* Addresses that begin on a boundary; what is left over at either end is given back. */
static char *reserve(size_t extent, int protection)
{
    char *memory = mmap(NULL, extent + HUGE_PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t before;

    if (memory == MAP_FAILED)
        return NULL;
    before = -(uintptr_t)memory & (HUGE_PAGE - 1);
    if (before)
        munmap(memory, before);
    munmap(memory + before + extent, HUGE_PAGE - before);
    return memory + before;
}

void *loam__large_new(size_t bytes)
{
    size_t extent = loam__large_extent(bytes);
    void *memory = extent >= bytes && extent + HUGE_PAGE > extent ? reserve(extent, PROT_READ | PROT_WRITE) : NULL;

    if (memory)
        madvise(memory, extent, MADV_HUGEPAGE); /* the system may well have none */
    return memory;
}

/* To a boundary. Where that fails the target is not given back: the system may have done so already, and what lies
 * there may be another thread's by now. It is addresses without memory. */
static void *move(void *memory, size_t old_extent, size_t extent)
{
    void *target = reserve(extent, PROT_NONE);
    void *moved = target ? mremap(memory, old_extent, extent, MREMAP_MAYMOVE | MREMAP_FIXED, target) : MAP_FAILED;

    return moved == MAP_FAILED ? NULL : moved;
}

void *loam__large_resize(void *memory, size_t old_bytes, size_t bytes)
{
    size_t old_extent = loam__large_extent(old_bytes);
    size_t extent = loam__large_extent(bytes);

    if (extent < bytes || extent + HUGE_PAGE < extent)
        return NULL;
    if (mremap(memory, old_extent, extent, 0) != MAP_FAILED)
        return memory;
    return move(memory, old_extent, extent);
}

void loam__large_free(void *memory, size_t bytes)
{
    munmap(memory, loam__large_extent(bytes));
}

#else

size_t loam__large_extent(size_t bytes)
{
    return bytes;
}

void *loam__large_new(size_t bytes)
{
    (void)bytes;
    return NULL;
}

void *loam__large_resize(void *memory, size_t old_bytes, size_t bytes)
{
    (void)memory;
    (void)old_bytes;
    (void)bytes;
    return NULL;
}

void loam__large_free(void *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
}

#endif
