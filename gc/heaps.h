/*
 * Heaps as every back end has them: which thread uses one, and which ones a thread has entered, one inside the other.
 *
 * A heap is used for reasons, and the thread that has one keeps it from all others: the program has entered it; the
 * back end works in it for a moment, as where an object of a heap that is not entered dies; it is the thread's own.
 * What is entered is a stack of entries, below which lies the thread's own heap; the innermost one says where objects
 * are made.
 */
#ifndef GC_HEAPS_H
#define GC_HEAPS_H

#include <loam/heap.h>

#include "lib/bits.h"

typedef struct loam__heap_entry loam__heap_entry;

struct loam__heap_entry {
    loam_heap *heap;
    loam__heap_entry *outer;
};

/* What each back end's heap begins with. */
struct loam_heap {
    const void *thread; /* that uses it, as loam__thread_name() says; NULL: none */
    unsigned uses;      /* how many reasons that thread has */
    bool is_awaiting;   /* one of them: the back end has something left to do in it */
    bool is_parked;     /* the own heap of a thread that has ended, and nobody's yet */
    bool is_entered;    /* by the program: */
    loam__heap_entry entry;
    loam_heap *next_parked, *previous_parked;
};

/* Of the calling thread: another one in each, and never given to a second one. Not to be followed. */
const void *loam__thread_name(void);

/* One more reason. False: another thread uses it. */
bool loam__heap_use(loam_heap *heap);

/* One fewer. A parked heap in which nothing is left is freed with the last one. */
void loam__heap_unuse(loam_heap *heap);

/* Whether the thread may change it as it is: it uses it, or nobody does. */
bool loam__heap_is_usable(const loam_heap *heap);

/* Work in a heap that is used, or in the thread's own (NULL), and work again where one did before. What user code has
 * entered and not left meanwhile is left. */
void loam__heap_push(loam__heap_entry *entry, loam_heap *heap);
void loam__heap_pop(loam__heap_entry *entry);

/* Whether user code runs at a safe point of one that the thread works in, its own left out. */
bool loam__heaps_are_busy(void);

/* The thread ends: it leaves what it has entered. */
void loam__heaps_leave_all(void);

/* And its own heap, which it uses for no other reason, is nobody's. */
void loam__heap_park(loam_heap *heap);

#endif
