/**
 * Heaps: where objects are made, and what a collection looks at.
 *
 * Each thread has a heap of its own, from its first object on. A program that wants to keep a part of itself apart
 * makes another one: thresholds, statistics and collections of the one are nothing to the other, and all that was made
 * in it goes at once.
 *
 *     loam_heap *heap = loam_heap_new();
 *
 *     if (loam_heap_enter(heap) < 0)
 *         return loam_perror("heap");
 *     run(script);                      // makes its objects there
 *     loam_heap_leave(heap);
 *     if (loam_heap_free(heap) < 0)     // its cycles too
 *         return loam_perror("still held");
 *
 * While a heap is entered, what the thread makes is made there, and the functions of gc.h that steer the collector or
 * ask it are about that heap; those that belong to the thread are callbacks, debug flags and leak scopes. An object
 * stays where it was made. Objects of one heap may refer to those of another that the same thread uses: what they refer
 * to is held, also if it refers back, since a collection looks at one heap only, so cycles through several are not
 * found.
 *
 * **Threads.** A heap is one thread's at a time: of the one that has entered it, and else of the one that the program
 * says it is, because it hands the heap over. Its objects are retained, released and changed by that thread only;
 * reading is for others too while nobody changes anything. To release or change an object whose heap another thread has
 * entered is a bug, named where it is noticed: where an object dies, a container grows, or the collector is to remember
 * something. A heap whose objects refer to another heap's, weakly too, is handed over together with that one. Entering
 * sees all that was done until the heap was left.
 *
 * **Threads that end**, or detach (thread.h). A thread that ends leaves the heaps that it has entered. If objects of
 * its own heap are alive then, they stay as they are, for whoever holds them: another thread may go on using them as
 * those of a heap that is handed over, and the memory is given back when the last of them is gone. Only their cycles
 * are not collected, unless somebody takes that heap over: loam_heap_adopt(), loam_heap_adopt_next().
 *
 * Where LOAM_GC_SEPARATE_HEAPS does not hold all heaps are one: who may enter and leave what is the same, settings are
 * the heap's, but it is not known what was made where, so that a heap that is freed takes only what nobody refers to.
 * Finalizers and callbacks of what was made while it was entered run at a safe point of the thread that has it entered;
 * while none has, they wait, also those that would run at once elsewhere, for whoever enters it next, or frees it. What
 * is left then runs in any thread.
 */
#ifndef LOAM_HEAP_H
#define LOAM_HEAP_H

#include <loam/base.h>
#include <loam/status.h>
#include <loam/value.h>

/** A heap that the program has made or taken over. */
typedef struct loam_heap loam_heap;

LOAM_BEGIN_DECLS

/**
 * A new heap, with nothing in it and every setting as at the start. The program frees it. NULL with LOAM_ERR_MEMORY.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_heap *loam_heap_new(void) LOAM_NODISCARD;

/**
 * Use this heap until loam_heap_leave(). Others may be entered meanwhile, and are left first. LOAM_ERR_VALUE: it is
 * entered already, by this thread or another. LOAM_ERR_MEMORY: the thread has no heap of its own yet, and there is no
 * room for it.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_heap_enter(loam_heap *heap);

/**
 * Use the heap again that was used before this one was entered. LOAM_ERR_VALUE: it is not the one that this thread has
 * entered last; or finalizers or callbacks of its own are running, and this is one of them.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_heap_leave(loam_heap *heap);

/**
 * Free the heap and what is in it: collect its cycles, run their finalizers, give its memory back. The handle is then
 * gone. LOAM_ERR_VALUE: it is entered; or an object in it is still held, by a variable, a root or an object elsewhere,
 * or a buffer of loam_slots_new() was not given back: the heap stays, with what is held; what was garbage is gone, and
 * what was frozen is no longer. LOAM_ERR_MEMORY: as with loam_heap_enter().
 *
 * O(what is in it). May run finalizers.
 */
LOAM_API loam_status loam_heap_free(loam_heap *heap);

/**
 * Take over the heap in which `object` lies, of a thread that has ended. It is then like one that loam_heap_new() has
 * made, with the settings that the thread has left.
 * NULL with LOAM_ERR_VALUE: it lies in no such heap, or that is taken over already. LOAM_ERR_TYPE: not an object, but a
 * number or another value that is all in its word. LOAM_ERR_MEMORY: no room for the handle.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_heap *loam_heap_adopt(loam_value object) LOAM_NODISCARD;

/**
 * Take over one that any thread has left, in which objects are alive: LOAM_OK, or LOAM_MISSING if there is none, and
 * `*heap` is then NULL. So a program that starts and ends threads gets rid of what they left in cycles:
 *
 *     while (loam_heap_adopt_next(&heap) == LOAM_OK)
 *         if (loam_heap_free(heap) < 0)
 *             remember(heap); // something of it is still held
 *
 * Only for a program that knows that nobody is using the objects of such heaps.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_heap_adopt_next(loam_heap **heap) LOAM_NODISCARD;

LOAM_END_DECLS

#endif
