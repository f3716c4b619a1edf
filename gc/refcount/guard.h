/*
 * What valgrind and AddressSanitizer are told of the heap: free slots are inaccessible, but for the header of an
 * object, which is read by whatever walks the page, and by retain and release, which know a dead object by it.
 */
#ifndef GC_REFCOUNT_GUARD_H
#define GC_REFCOUNT_GUARD_H

#include "lib/bits.h"

#if defined(__SANITIZE_ADDRESS__)
#define LOAM__HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LOAM__HAS_ASAN 1
#endif
#endif

#ifdef LOAM__HAS_ASAN

#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>

LOAM__INLINE bool loam__guard_wanted(void)
{
    return true;
}

LOAM__INLINE void loam__guard(void *memory, size_t bytes)
{
    __asan_poison_memory_region(memory, bytes);
}

LOAM__INLINE void loam__unguard(void *memory, size_t bytes)
{
    __asan_unpoison_memory_region(memory, bytes);
}

/* Where the leak checker has to look for what malloc gave. */
LOAM__INLINE void loam__guard_mapping(void *memory, size_t bytes, bool mapped)
{
    if (mapped)
        __lsan_register_root_region(memory, bytes);
    else
        __lsan_unregister_root_region(memory, bytes);
}

#elif defined(HAVE_VALGRIND_MEMCHECK_H)

#include <valgrind/memcheck.h>

LOAM__INLINE bool loam__guard_wanted(void)
{
    char looked_at = 0;
    char bits;
    return VALGRIND_GET_VBITS(&looked_at, &bits, sizeof bits) == 1; /* by memcheck, not by its other tools */
}

LOAM__INLINE void loam__guard(void *memory, size_t bytes)
{
    (void)VALGRIND_MAKE_MEM_NOACCESS(memory, bytes);
}

LOAM__INLINE void loam__unguard(void *memory, size_t bytes)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(memory, bytes);
}

LOAM__INLINE void loam__guard_mapping(void *memory, size_t bytes, bool mapped)
{
    (void)memory;
    (void)bytes;
    (void)mapped;
}

#else

LOAM__INLINE bool loam__guard_wanted(void)
{
    return false;
}

LOAM__INLINE void loam__guard(void *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
}

LOAM__INLINE void loam__unguard(void *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
}

LOAM__INLINE void loam__guard_mapping(void *memory, size_t bytes, bool mapped)
{
    (void)memory;
    (void)bytes;
    (void)mapped;
}

#endif

#endif
