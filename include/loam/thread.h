/**
 * Threads: what the memory manager has to know of them, and fork().
 *
 * A thread is known from the first object that it makes until it ends; nothing has to be called. What
 * loam_thread_attach() is for:
 *
 *   - a thread that holds references and makes no objects: a conservative memory manager looks at the stacks of known
 *     threads only, so what such a thread alone holds would be lost there (heap.h says whose an object is);
 *   - a thread of somebody's pool, which goes on for long after the last use of loam: what loam keeps for it is given
 *     up by loam_thread_detach(), and not only when it ends;
 *   - to be told at the start of a thread that there is no memory for it.
 *
 *     if (loam_thread_attach() < 0)
 *         return loam_perror("thread");
 *     work(job);
 *     loam_thread_detach();
 *
 * **fork().** The child goes on with the calling thread, and has all that this thread had: its own heap, those that it
 * has entered, and those that no thread uses. It may make objects, collect, start threads; weak references, finalizers
 * and callbacks are its own copies, so that a finalizer may run in both processes. What other threads were using is out
 * of reach in the child, as they may have been in the midst of changing it: it stays as it is, nothing of it is
 * finalized, and to change an object in it is a bug. A program that has started Boehm's collector itself, before loam,
 * calls GC_set_handle_fork(1) before it does so.
 */
#ifndef LOAM_THREAD_H
#define LOAM_THREAD_H

#include <loam/base.h>
#include <loam/status.h>

LOAM_BEGIN_DECLS

/**
 * Let the memory manager know the calling thread: it has a heap, and its stack is looked at where that matters. May be
 * called again; each call asks for one of loam_thread_detach(). LOAM_ERR_MEMORY: no room for it; the thread is as known
 * as before.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_thread_attach(void) LOAM_NODISCARD;

/**
 * Undo one loam_thread_attach(). With the last one a thread that was not known before the first leaves as if it ended:
 * it leaves heaps that it has entered, cycles in its own are collected, what is alive stays for whoever holds it
 * (heap.h), settings and callbacks are gone. It must not hold references any more. The next object that it makes, and
 * the next call of loam_thread_attach(), make it known again. LOAM_ERR_VALUE: it is not attached; or finalizers or
 * callbacks are running, and this is one of them. Nothing has changed then.
 *
 * O(what can be part of a cycle in its own heap). May run finalizers.
 */
LOAM_API loam_status loam_thread_detach(void);

LOAM_END_DECLS

#endif
