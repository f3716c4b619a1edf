/*
 * What all threads share in this layer, and fork().
 *
 * A fork has to wait until nobody changes what is shared, and nobody is there in the child to unlock what other threads
 * had locked. So the locks are in one place: all are taken before, given back in the parent, and new in the child. The
 * back end does the same with its own: loam__gc_fork().
 *
 * None of them is held while another one is taken, or code of the program's runs.
 */
#ifndef GC_FORK_H
#define GC_FORK_H

#include <pthread.h>

typedef enum loam__shared {
    LOAM__SHARED_TYPES, /* the table of descriptors */
    LOAM__SHARED_ROOTS, /* the table of roots */
    LOAM__SHARED_HEAPS, /* those of threads that have ended */
    LOAM__SHARED
} loam__shared;

extern pthread_mutex_t loam__locks[LOAM__SHARED];

/* A back end calls it once, as it starts, after the libraries that it stands on have prepared for forks themselves. */
void loam__fork_start(void);

#endif
