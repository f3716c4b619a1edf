#include "lib/alloc.h"

#include <stdlib.h>

loam__gate *loam__alloc_gate;
void *loam__alloc_gate_context;

void *loam__alloc(size_t bytes)
{
    return loam__alloc_permitted(bytes) ? malloc(bytes) : NULL;
}

void *loam__realloc(void *memory, size_t bytes)
{
    return loam__alloc_permitted(bytes) ? realloc(memory, bytes) : NULL;
}

void loam__free(void *memory)
{
    free(memory);
}
