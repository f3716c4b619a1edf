/*
 * A small heap whose every step can be chosen: what the program does, and each slice of a full collection, which visits
 * one object or slot. The states that follow from each other are searched, walked at random, or led through by a
 * scenario.
 *
 *     sliced_world.c    the heap, the steps, and what must be true after each of them
 *     sliced_search.c   all states, breadth first, and random walks
 *     sliced_main.c     the program that searches where that takes longer, and tells the shortest way to what is wrong
 *     sliced_test.c     what make check runs of it; scenarios
 *
 * There is one world in the process, on its thread's heap. Its objects lie side by side in a page that has room for no
 * more, and one slot behind them that stays free. All that a step can change is saved and loaded at once, which is what
 * makes a search of some million states possible.
 */
#ifndef TESTS_REFCOUNT_SLICED_H
#define TESTS_REFCOUNT_SLICED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOST_OBJECTS = 8, MOST_FIELDS = 4, MOST_LOCALS = 4, MOST_MOVES = 4096 };

/* What happens in a world. */
enum {
    WITH_CUTS = 1,    /* a slice can end between two slots, and slots can be moved along */
    WITH_ANY_SET = 2, /* what a collection suspects is chosen; else COUNT, MARK and SELECT find it */
    WITH_FINALIZERS = 4,
    WITH_WEAK = 8,         /* weak references */
    WITH_WALKS = 16,       /* of the heap */
    WITH_YOUNG = 32,       /* young collections */
    WITH_EPHEMERONS = 64,  /* the last object is one */
    WITH_ENDS = 128,       /* from each state on, a quiet end must leave nothing unreachable */
    WITH_ALL_SET = 256,    /* as WITH_ANY_SET, but all that is alive is suspected and none has lost a reference yet */
    WITH_COPIES = 512,     /* a local can be copied to another one */
    WITH_STOPS = 1024,     /* a slice can also end where a phase begins */
    WITH_FULL_PAGE = 4096, /* without the slot behind the objects: a slice can end with the last one */
    WITH_CANDIDATES = 2048 /* young collections look at what the library has remembered */
};

typedef struct setting {
    const char *name;
    int objects, fields, locals;
    unsigned with;
} setting;

/* A step with what it is done to. */
typedef struct move {
    uint8_t step, a, b, c;
} move;

void sliced_open(const setting *chosen);
void sliced_close(void);

/* All moves of the world, whether or not they can be made now. */
size_t sliced_moves(move *moves);

/* Make a move. False: it cannot be made now, and nothing has changed. */
bool sliced_make(move chosen);

/* The last move chose what finalizers do, and none has run: it was the same as that in which they do nothing. */
bool sliced_is_repetition(void);

/* What was found to be wrong, or NULL. */
const char *sliced_wrong(void);

/* Finish the collection, and make another one; then nothing unreachable may be left. */
void sliced_end(void);

size_t sliced_size(void);
void sliced_save(void *snapshot);
void sliced_load(const void *snapshot);

/* Of what the future depends on. */
uint64_t sliced_hash(void);

/* The move that is described so; false: there is none, or it cannot be made now. */
bool sliced_do(const char *description);

bool sliced_is_alive(int object);

void sliced_describe(move chosen, char *text, size_t size);
void sliced_print(char *text, size_t size);

typedef struct search {
    uint64_t most_states;
    double most_seconds; /* 0: any */
    uint64_t states, moves;
    unsigned depth;
    bool is_complete;
    double seconds;
    const char *wrong;
    char *story; /* of what led to it; the caller frees it */
} search;

/* All states, breadth first. */
void search_all(const setting *chosen, search *found);

/* Moves at random. */
void search_at_random(const setting *chosen, uint64_t seed, uint64_t moves, search *found);

#endif
