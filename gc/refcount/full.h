/*
 * Full collections: cycles anywhere, found by walking pages, in slices between which the program goes on.
 *
 *     count.c     FORGET COUNT               an estimate of what is unreachable
 *     mark.c      ROOTS MARK
 *     certify.c   SELECT RECOUNT PRUNE       a proof of it, for what is left of the estimate
 *     reclaim.c   WEAK FINAL FREE SWEEP TIDY  weak links, finalizers, memory
 *     full.c      how they follow upon each other, and what the rest of the back end tells a collection
 *
 * docs/design/collector.md says why the proof is one, whatever the program does meanwhile. A collection that is not
 * interrupted needs none, since its estimate is exact.
 *
 * An object's byte in the side table: the low 6 bits count references to it, 63 means that page->wide_counts has the
 * number; the top 2 are its state. States mean what the phase makes of them:
 *
 *     up to MARK    WHITE not reached, GRAY reached and to be scanned, BLACK scanned
 *     then          MEMBER of what is thought to be unreachable, GRAY removed from it and to be scanned, else BLACK or
 *                   WHITE
 *     from WEAK on  MEMBER of what is unreachable, but for FINAL and what follows it until it is certified again
 *
 * A free slot's byte is 0, but for members until SWEEP.
 */
#ifndef GC_REFCOUNT_FULL_H
#define GC_REFCOUNT_FULL_H

#include "gc/backend.h"

typedef struct loam__page loam__page;
typedef struct loam__arena loam__arena;
typedef struct loam__heap loam__heap;

typedef enum loam__phase {
    LOAM__IDLE,
    LOAM__FORGET,  /* the candidates are forgotten: it will look at them; side tables are made */
    LOAM__COUNT,   /* references from fields, for each object */
    LOAM__ROOTS,   /* what has more than that is held from outside: it is alive */
    LOAM__MARK,    /* and what it reaches */
    LOAM__SELECT,  /* the others are members */
    LOAM__RECOUNT, /* references among members */
    LOAM__PRUNE,   /* who has others, or lost one meanwhile, is removed with all that it reaches, until nobody is */
    LOAM__WEAK,    /* the weak links to members are cut */
    LOAM__FINAL,   /* their finalizers run; what is left is certified again */
    LOAM__FREE,    /* members are freed, their slots stay */
    LOAM__SWEEP,   /* slots of members are given back */
    LOAM__TIDY,    /* and the side table */
    LOAM__PHASES
} loam__phase;

enum {
    LOAM__NEARBY = 128, /* objects of a page that are kept at hand while it is processed */
    LOAM__ON_THE_WAY = 16
};

typedef struct loam__full {
    loam_visitor visitor;
    loam__heap *heap;
    loam__phase phase;
    bool is_whole;       /* not in slices */
    bool is_second;      /* certification, after finalizers */
    bool is_interrupted; /* the program has run since COUNT began */
    bool has_failed;     /* no memory for a count */
    bool needs_care;     /* members have finalizers, or something is attached to them */
    bool has_cut;        /* weak links to them */
    bool has_finalizers;
    bool has_zombies;  /* members that are in the buffer of candidates */
    bool has_changed;  /* in this round of PRUNE: a member was removed or freed */
    bool must_restart; /* one was handed out, though nothing referred to it */
    unsigned rounds;   /* of PRUNE */

    /* This slice. */
    int64_t budget;    /* objects and slots that it may still visit */
    int64_t given;     /* of them, in the beginning */
    int64_t unspent;   /* of it, when time was over */
    int64_t visited;   /* in all, but for what it certified without a limit */
    uint64_t deadline; /* of the clock, in ns; 0: none */

    /* Where a pass over the heap stands. */
    loam__arena *arena;
    size_t next_page;      /* of the arena */
    loam__page *page;      /* pinned; NULL: between pages */
    char *at;              /* the next slot */
    uintptr_t page_at;     /* where it begins, if all in it is looked at */
    loam_object *standing; /* in the middle of this one, of whose slots */
    size_t position;       /* so many have been visited */
    size_t passed, cut_at; /* while it is traced: slots so far, where the slice ends */
    bool is_cut;
    size_t chunk; /* a run of slots that is longer can be cut */

    /* The type of the last object that was looked at, and what it costs to visit one: itself and its fields. */
    const loam_type *type;
    uint16_t type_id;
    int64_t cost;
    unsigned far; /* references in this page that lead to others */

    /* Marking. */
    loam__page *queue, *queue_last; /* pages with gray objects */
    loam__page *marked_page;        /* that is being processed */
    uintptr_t marked_at;            /* where it begins */
    loam_object *nearby[LOAM__NEARBY];
    size_t nearby_count;
    loam_object *on_the_way[LOAM__ON_THE_WAY]; /* reached, their side bytes asked for; a ring, NULL where empty */
    unsigned way;

    loam__due due;      /* callbacks, held back until members are gone */
    int64_t garbage;    /* members */
    int64_t slices;     /* so far */
    size_t first_bytes; /* in use when it began */
    size_t freed_bytes; /* by it */
    unsigned failures;  /* collections in a row whose members could not be certified */
    bool is_at_once;    /* this one certifies without interruption, since others failed */
    int64_t at_once;    /* slices of the heap's life in which that was done */
    int64_t all_slices; /* of the heap's life */
    bool is_saved;      /* members were kept by who inspects garbage */
    int64_t found;      /* members that were freed, or kept */
    bool is_open;       /* it was announced, and its end was not */
    loam_gc_info info;
    int64_t longest_ns; /* slice */
} loam__full;

/* Begin. There is none going on. `is_whole`: it is run to its end at once. */
void loam__full_begin(loam__full *full, bool is_whole);

/* Go on, for as many objects and slots, for so long; LOAM__WHOLE, 0: to the end. `finalizes`: finalizers may run; else
 * it stops before they do. */
#define LOAM__WHOLE INT64_MAX
void loam__full_run(loam__full *full, int64_t budget, uint64_t most_ns, bool finalizes);

/* If one is going on, end it without running any of the program's code: what it has begun to free, it frees; else it
 * leaves everything to the next one. */
void loam__full_stop(loam__full *full);

/* What the rest of the back end tells it. A slot is about to be free. */
void loam__full_freed(loam__heap *heap, loam_object *object);

/* An object comes from nowhere: a weak reference, a walk of the heap, a queue. */
void loam__full_found(loam__heap *heap, const loam_object *object);

/* Whether it has been found unreachable, so nobody may come across it; its count means nothing any more. */
bool loam__full_is_hidden(const loam__full *full, const loam_object *object);

/* The weak links to an object are about to be cut. */
void loam__full_cut(loam__full *full, const loam_object *object);

/* The references in these slots leave their owner. */
void loam__full_touch(loam__full *full, const loam_value *slots, size_t count);

#endif
