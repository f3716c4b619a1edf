#include "containers/memo.h"

#include "containers/sequence.h"
#include "lib/alloc.h"

#include <loam/protocol.h>

enum { PAIRS = LOAM_STRESS ? 64 : 256 }; /* in a chunk */

loam_status loam__memo_begin(loam__memo *memo)
{
    *memo = (loam__memo){.chunks = loam_list_new()};
    return memo->chunks ? LOAM_OK : LOAM_ERR_MEMORY;
}

void loam__memo_end(loam__memo *memo)
{
    loam__free(memo->index);
    loam__release(loam_from(memo->chunks));
}

/* The index. Addresses are spread by a multiplication; where one is taken, the next one is tried. */

static size_t first_try(const loam__memo *memo, loam_value original)
{
    uint64_t hash = (original.word >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    return (size_t)(hash * memo->capacity >> 32);
}

static size_t next_try(const loam__memo *memo, size_t at)
{
    return at + 1 == memo->capacity ? 0 : at + 1;
}

static void enter(loam__memo *memo, uint32_t number)
{
    size_t at = first_try(memo, loam__memo_original(memo, number));

    while (memo->index[at])
        at = next_try(memo, at);
    memo->index[at] = number + 1;
}

/* Two thirds are taken at the most, 53 of 100 after it has grown; each try is a cache miss. The old one goes first: all
 * of it is in the pairs. */
static loam_status reserve_index(loam__memo *memo)
{
    size_t capacity = memo->capacity + memo->capacity / 4 + 8;

    if (memo->count < memo->capacity / 3 * 2)
        return LOAM_OK;
    loam__free(memo->index);
    memo->capacity = 0;
    memo->index = capacity < UINT32_MAX ? loam__alloc(capacity * sizeof *memo->index) : NULL;
    if (!memo->index)
        return loam__fail_memory();
    memset(memo->index, 0, capacity * sizeof *memo->index);
    memo->capacity = capacity;
    for (uint32_t i = 0; i < memo->count; i++)
        enter(memo, i);
    return LOAM_OK;
}

bool loam__memo_find(const loam__memo *memo, loam_value original, uint32_t *number)
{
    if (!memo->capacity)
        return false;
    for (size_t at = first_try(memo, original); memo->index[at]; at = next_try(memo, at)) {
        *number = memo->index[at] - 1;
        if (loam__memo_original(memo, *number).word == original.word)
            return true;
    }
    return false;
}

/* Pairs. */

static loam_list *chunk_of(const loam__memo *memo, uint32_t number)
{
    return (loam_list *)loam__object(memo->chunks->items[number / PAIRS]);
}

loam_value loam__memo_original(const loam__memo *memo, uint32_t number)
{
    return chunk_of(memo, number)->items[2 * (number % PAIRS)];
}

loam_value loam__memo_copy(const loam__memo *memo, uint32_t number)
{
    return chunk_of(memo, number)->items[2 * (number % PAIRS) + 1];
}

void loam__memo_replace(loam__memo *memo, uint32_t number, loam_value copy)
{
    loam_list *chunk = chunk_of(memo, number);

    loam__slot_set(chunk, &chunk->items[2 * (number % PAIRS) + 1], loam__retain(copy));
}

/* Room for one pair more in the last chunk, which never has room for more than PAIRS. */
static loam_status reserve_pair(loam__memo *memo)
{
    loam_list *chunk;
    size_t room;

    if (memo->count % PAIRS == 0 && memo->chunks->len == memo->count / PAIRS &&
        loam_list_append_take(memo->chunks, loam_from(loam_list_new())) < 0)
        return LOAM_ERR_MEMORY;
    chunk = chunk_of(memo, (uint32_t)memo->count);
    if (chunk->capacity - chunk->len >= 2)
        return LOAM_OK;
    room = chunk->capacity + chunk->capacity / 2 + 2;
    return loam_list_reserve(chunk, room < 2 * PAIRS ? (int64_t)room : 2 * PAIRS);
}

loam_status loam__memo_add(loam__memo *memo, loam_value original, loam_value copy, uint32_t *number)
{
    loam_list *chunk;

    if (reserve_index(memo) < 0 || reserve_pair(memo) < 0) {
        loam__release(copy);
        return LOAM_ERR_MEMORY;
    }
    *number = (uint32_t)memo->count;
    chunk = chunk_of(memo, *number);
    loam__slot_store(chunk, &chunk->items[chunk->len++], original);
    loam__slot_move_in(chunk, &chunk->items[chunk->len++], copy);
    memo->count++;
    enter(memo, *number);
    return LOAM_OK;
}

size_t loam__memo_bytes(const loam__memo *memo)
{
    size_t bytes = memo->capacity * sizeof *memo->index + (size_t)loam_sizeof(loam_from(memo->chunks));

    for (size_t i = 0; i < memo->chunks->len; i++)
        bytes += (size_t)loam_sizeof(memo->chunks->items[i]);
    return bytes;
}
