/*
 * Memory that no memory manager looks after: texts under construction, tables of the library's own. And the gate that
 * every allocation passes, a back end's too, so that tests can let each one fail in turn.
 */
#ifndef LIB_ALLOC_H
#define LIB_ALLOC_H

#include "lib/bits.h"

/* Asked before each allocation, if set; false makes it fail. For tests; one for the process. */
typedef bool loam__gate(void *context, size_t bytes);
extern loam__gate *loam__alloc_gate;
extern void *loam__alloc_gate_context;

LOAM__INLINE bool loam__alloc_permitted(size_t bytes)
{
    return LOAM__LIKELY(!loam__alloc_gate) || loam__alloc_gate(loam__alloc_gate_context, bytes);
}

/* Memory that the library can do without at the moment, such as a collector's that can wait. The gate is not asked;
 * tests let all of it fail. */
extern bool loam__spare_fails;
void *loam__spare_alloc(size_t bytes); /* zeroed */
void *loam__spare_realloc(void *memory, size_t bytes);

/* NULL on failure, which is the caller's to report. */
void *loam__alloc(size_t bytes);
void *loam__realloc(void *memory, size_t bytes);
void loam__free(void *memory);

/* The same for the time of one call that goes through all of it several times: from some megabytes on the system is
 * asked for huge pages, of which 80 MB are touched in 4 ms, instead of 29. */
void *loam__alloc_scratch(size_t bytes);

#endif
