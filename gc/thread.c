/*
 * Threads that ask to be known. A back end knows a thread from its first object on; one that was known before it asked
 * goes on being known, since it holds references of its own.
 */
#include <loam/thread.h>

#include "gc/backend.h"

static LOAM__THREAD_LOCAL unsigned attachments;
static LOAM__THREAD_LOCAL bool was_known; /* before the first of them */

loam_status loam_thread_attach(void)
{
    if (!attachments)
        was_known = loam__gc_thread_is_known();
    if (!loam__gc_heap_is_ready())
        return loam__fail_memory();
    attachments++;
    return LOAM_OK;
}

loam_status loam_thread_detach(void)
{
    if (!attachments)
        return loam_fail(LOAM_ERR_VALUE, "%s: this thread is not attached", __func__);
    if (attachments == 1 && !was_known && !loam__gc_thread_leave())
        return loam_fail(LOAM_ERR_VALUE, "%s: a finalizer or callback is running", __func__);
    attachments--;
    return LOAM_OK;
}
