/*
 * A limit on the stack's address, not on a count of calls: frames differ in size, stacks differ between threads, and
 * a callback may have used any part of it before it calls back into the library.
 */
#include "config.h" /* _GNU_SOURCE, for pthread_getattr_np */

#include "lib/stack.h"

#include <pthread.h>

enum { RESERVE = 64 * 1024 };

static LOAM__THREAD_LOCAL uintptr_t limit;

LOAM__COLD static uintptr_t find_limit(void)
{
    pthread_attr_t attributes;
    void *low = NULL;
    size_t size = 0;
    size_t reserve = RESERVE;

    if (pthread_getattr_np(pthread_self(), &attributes))
        return (uintptr_t)__builtin_frame_address(0) - 4 * RESERVE; /* a guess that any stack can hold */
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
    if (reserve > size / 2)
        reserve = size / 2;
    return (uintptr_t)low + reserve;
}

loam_status loam__stack_check(void)
{
    if (LOAM__UNLIKELY(!limit))
        limit = find_limit();
    if (LOAM__UNLIKELY((uintptr_t)__builtin_frame_address(0) < limit))
        return loam_fail(LOAM_ERR_RECURSION, "%s", loam_status_text(LOAM_ERR_RECURSION));
    return LOAM_OK;
}
