/*
 * Which object has been copied to which: pairs, in the order in which they were met, and an index of their numbers by
 * the original's address. It takes at most 24 bytes a pair where there are many: 16 for the pair, 8 where the index has
 * just grown. Pairs stand in lists, so that every collector sees what they refer to; the lists are short ones in a
 * list, so that only the last one has room to spare.
 */
#ifndef CONTAINERS_MEMO_H
#define CONTAINERS_MEMO_H

#include <loam/list.h>

#include "gc/slot.h"

typedef struct loam__memo {
    loam_list *chunks;
    uint32_t *index; /* a pair's number and 1; 0 is free */
    size_t capacity; /* of the index */
    size_t count;
} loam__memo;

/* An empty one. MEMORY. */
loam_status loam__memo_begin(loam__memo *memo);
void loam__memo_end(loam__memo *memo);

bool loam__memo_find(const loam__memo *memo, loam_value original, uint32_t *number);

/* `original` is not there yet. The reference to `copy` is taken, also on failure. */
loam_status loam__memo_add(loam__memo *memo, loam_value original, loam_value copy, uint32_t *number);

/* Borrowed. */
loam_value loam__memo_original(const loam__memo *memo, uint32_t number);
loam_value loam__memo_copy(const loam__memo *memo, uint32_t number);

/* Another copy, borrowed, in place of the one that is there. */
void loam__memo_replace(loam__memo *memo, uint32_t number, loam_value copy);

/* Bytes of all that it consists of. */
size_t loam__memo_bytes(const loam__memo *memo);

#endif
