/*
 * Inside the boehm back end: what its files share.
 *
 *     memory.c      libgc's start, threads, objects and buffers
 *     attached.c    what is attached to objects: weak links, ephemerons, finalizers by function
 *     finalize.c    types' finalizers, objects that own more than memory, safe points
 *     collector.c   collections, settings, figures
 *     heaps.c       heaps, which are settings here, and what is due
 *
 * An object that something can be attached to has a word behind its fields, at the end of its block, which refers to
 * its extension once it has one. Nothing else refers to an extension, so what hangs on it lives and dies with the
 * object.
 *
 * What libgc finds unreachable is due in the heap that its thread worked in when the object was made, and put into that
 * heap's lists, under the lock of loam__lock(). At a safe point a thread takes what is due in the heaps that it uses,
 * and in those that are gone. Where nobody uses a heap it waits: the program alone knows whose it is, and user code
 * never runs in a thread that its objects are not of.
 */
#ifndef GC_BOEHM_BOEHM_H
#define GC_BOEHM_BOEHM_H

#include "gc/backend.h"

#define GC_THREADS 1 /* declares what registers a thread */
#include <gc/gc.h>

enum {
    LOAM__LINE = 16,           /* libgc's granule: sizes are multiples of it */
    LOAM__LARGEST_LISTED = 256 /* bytes; larger objects are asked for one at a time */
};

typedef struct loam__thread loam__thread;
typedef struct loam__heap loam__heap;
typedef struct loam__watch loam__watch;
typedef struct loam__extension loam__extension;

typedef enum loam__need {
    LOAM__NEEDS_NOTHING,
    LOAM__NEEDS_COLLECTION, /* a safe point, once there was another collection */
    LOAM__NEEDS_SAFE_POINT
} loam__need;

/* What the program sets for a heap. */
typedef struct loam__settings {
    int64_t thresholds[LOAM_GC_GENERATIONS];
    bool is_switched_off; /* loam_gc_disable() */
} loam__settings;

/* What is due, and nobody has run yet. */
typedef struct loam__queue {
    loam__watch *watches;       /* whose object is unreachable */
    loam__extension *dead;      /* of objects found unreachable, to be finalized or disposed of */
    loam__extension *unwatched; /* of objects that libgc has to be told of again, when it has memory */
} loam__queue;

/* A thread's own, or one of the program's; in memory that is scanned and never freed, taken over by a later heap. */
struct loam__heap {
    loam_heap base;
    loam__heap *next; /* all that there are */
    loam__settings settings;
    loam__queue queue;          /* under the lock */
    bool entered_at_safe_point; /* by code that ran at one */
    bool is_gone;               /* what is due in it is anybody's */
    bool is_lost;               /* in a child process, where nobody can use it */
};

/* Of a thread that has allocated; in memory that is scanned and never freed, taken over by a later thread. */
struct loam__thread {
    void *heads[LOAM__LARGEST_LISTED / LOAM__LINE + 1]; /* free objects, a list for each multiple of a granule */
    loam__thread *next;                                 /* all that there are */
    loam__heap *own;
    loam__heap *heap;         /* that it works in */
    loam__queue queue;        /* what it has taken from its heaps */
    loam__extension *held;    /* of objects whose finalizers wait for the next collection */
    loam__extension *running; /* of those whose finalizers are to run now */
    GC_word waits_since;      /* the number of the last collection when any began to wait */
    uint64_t run;    /* another number whenever finalizers have run that may have found what it has found dead */
    int64_t found;   /* objects that something was due for */
    GC_word told;    /* the number of the last collection that it knows of */
    int64_t told_ns; /* and what all until then have taken */
    loam__need need; /* of a safe point; also read without the lock */
    bool is_at_safe_point;
    bool is_collecting; /* loam_gc_collect() */
    bool has_disabled;  /* libgc, since it is switched off, or for a first threshold of 0 */
    bool has_ended;
    bool registered_here;
};

typedef enum loam__watch_kind {
    LOAM__WATCH_LOST, /* weak links: as soon as the object is unreachable, also where a finalizer may bring it back */
    LOAM__WATCH_GONE, /* finalizers by function: once nothing can bring it back */
    LOAM__WATCHES
} loam__watch_kind;

struct loam__extension {
    loam_object *object;   /* only while it is in a list of what is due, which it is kept alive by */
    loam__extension *next; /* there */
    loam__heap *owner;
    loam_weakref *shared;       /* the weak reference without a callback, alive or cleared */
    loam__attached *finalizers; /* those by function, in the order of their calls */
    loam__watch *watches[LOAM__WATCHES];
    uint64_t found_in; /* its thread's `run` when it was found unreachable and not yet disposed of */
};

/* memory.c */

/* The calling thread, or NULL where there is no memory to make it known. */
loam__thread *loam__thread_here(void);
loam__thread *loam__threads(void);

/* Recursive, since finalizers of the program's own for libgc run under it. */
void loam__lock(void);
void loam__unlock(void);

/* Whether the thread may allocate. */
bool loam__is_ready(size_t bytes);

/* Let libgc call `procedure` with `object` and `data` once it is unreachable; until then `data` is not. `registrar` is
 * one of libgc's, and says what unreachable means. False where there is no memory. */
typedef void loam__registrar(void *, GC_finalization_proc, void *, GC_finalization_proc *, void **);
bool loam__register(void *object, GC_finalization_proc procedure, void *data, loam__registrar *registrar);

/* Whether objects of the type are not scanned. Of these only weak references have the word for an extension. */
bool loam__is_atomic(const loam_type *type);

/* attached.c */

/* NULL without memory. */
loam__extension *loam__extension_new(void);

/* Of an object that has the word for it. NULL if it has none; `make`: without memory. */
loam__extension *loam__extension_of(const loam_object *object, bool make);

/* Call what is due. */
void loam__run_watches(loam__thread *thread);

/* Under the lock: what is due in the heap, and is from now on in `owner`; and what the thread has taken of a heap, or
 * of all. */
void loam__take_watches(loam__thread *thread, loam__heap *heap, loam__heap *owner);
void loam__give_back_watches(loam__thread *thread, const loam__heap *of);

/* heaps.c */

/* All that there are, under the lock. */
loam__heap *loam__heaps(void);

/* One that is used by nobody; NULL without memory. */
loam__heap *loam__heap_make(void);

/* It is gone: what is due in it is anybody's. */
void loam__heap_end(loam__heap *heap);

/* In a child process: what other threads used. */
void loam__heaps_fork(void);

/* finalize.c */

/* The thread's finalizers run, or those of a heap that it enters may have. */
void loam__new_run(loam__thread *thread);

/* What the thread has taken of a heap, or of all (NULL), goes back into the heaps' queues. */
void loam__give_back(loam__thread *thread, const loam__heap *of);

/* Let a new object's finalizer, or its dispose, run in time. An extension that an object cannot refer to is kept by
 * libgc. */
bool loam__watch_object(loam_object *object);

/* collector.c */

void loam__collector_start(void);

/* The thread's callbacks are told of none that there was until now. */
void loam__collections_are_known(loam__thread *thread);

/* At a safe point: collections that have started by themselves since the last one are one to its callbacks, which
 * begins with the first call, if that returns true, and ends with the second one, which knows what was due. */
bool loam__collections_began(loam__thread *thread);
void loam__collections_ended(loam__thread *thread, bool is_told, int64_t found);

/* As a heap begins. */
void loam__settings_reset(loam__settings *settings);

/* Those of the heap that the thread works in. */
void loam__settings_apply(loam__thread *thread);

LOAM__INLINE bool loam__is_due(const loam__thread *thread)
{
    return GC_should_invoke_finalizers() || __atomic_load_n(&thread->need, __ATOMIC_RELAXED) != LOAM__NEEDS_NOTHING;
}

/* Before it looks for what is due it stores that nothing is. */
LOAM__INLINE void loam__has_due(loam__thread *thread)
{
    __atomic_store_n(&thread->need, LOAM__NEEDS_SAFE_POINT, __ATOMIC_RELAXED);
}

LOAM__INLINE bool loam__queue_is_empty(const loam__queue *queue)
{
    return !queue->watches && !queue->dead && !queue->unwatched;
}

/* Something has become due in this one: whose that is, and whether they are past their last look, is not known here. */
void loam__tell_threads(void);

#endif
