#include "lib/alloc.h"

#include <stdlib.h>

loam__gate *loam__alloc_gate;
void *loam__alloc_gate_context;

bool loam__spare_fails;

void *loam__spare_alloc(size_t bytes)
{
    return loam__spare_fails ? NULL : calloc(1, bytes);
}

void *loam__spare_realloc(void *memory, size_t bytes)
{
    return loam__spare_fails ? NULL : realloc(memory, bytes);
}

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
