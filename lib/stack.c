/*
 * A limit on the stack's address, not on a count of calls: frames differ in size, stacks differ between threads, and
 * a callback may have used any part of it before it calls back into the library.
 *
 * A coroutine runs on a stack that nobody can tell the size of. There the calls that go down from one to the next may
 * take FOREIGN_ROOM in all.
 */
#include "config.h" /* _GNU_SOURCE, for pthread_getattr_np */

#include "lib/stack.h"

#include <pthread.h>

enum {
    RESERVE = 64 * 1024,
    FOREIGN_ROOM = 24 * 1024,
    LARGEST_STEP = 8 * 1024 /* from one call to the next; a call further down is the first of another descent */
};

/* The thread's own stack: the lowest address to use, and where it ends. */
static LOAM__THREAD_LOCAL uintptr_t limit, low, high;
/* The descent on a foreign stack: where it began, and where it is. */
static LOAM__THREAD_LOCAL uintptr_t descent_top, descent_at;

LOAM__COLD static void find_stack(void)
{
    pthread_attr_t attributes;
    void *address = NULL;
    size_t size = 0;

    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &address, &size);
        pthread_attr_destroy(&attributes);
    }
    low = (uintptr_t)address;
    high = low + size;
    limit = low + (RESERVE < size / 2 ? RESERVE : size / 2) + 1; /* not 0, also where nothing is known */
}

LOAM__COLD static bool fits_foreign_stack(uintptr_t frame)
{
    if (frame > descent_top || frame + LARGEST_STEP < descent_at)
        descent_top = frame;
    descent_at = frame;
    return descent_top - frame < FOREIGN_ROOM;
}

static bool fits(uintptr_t frame)
{
    if (LOAM__LIKELY(frame >= limit && frame < high))
        return true;
    return (frame < low || frame >= high) && fits_foreign_stack(frame);
}

loam_status loam__stack_check(void)
{
    if (LOAM__UNLIKELY(!limit))
        find_stack();
    if (LOAM__UNLIKELY(!fits((uintptr_t)__builtin_frame_address(0))))
        return loam_fail(LOAM_ERR_RECURSION, "%s", loam_status_text(LOAM_ERR_RECURSION));
    return LOAM_OK;
}
