/*
 * Stages and the iterator that owns a chain of them.
 *
 * A stage fills the caller's array with up to `cap` items of its lane and returns how many: 0 is the end, a negative
 * status a failure. A short fill is not the end. A stage never asks its source for more than it was asked for itself,
 * so nothing is read ahead; items before a failure are delivered first. After 0 or a failure a stage is not asked
 * again: loam__stage_fill() sees to it, so that no stage has to.
 *
 * Stages are objects, each of the type of its kind: what they hold is released, traced and scanned like anything else.
 * Values in a caller's array are new references; views are lent until the stage's own next fill, which is why a stage
 * that keeps something for them asks its source once in a fill.
 *
 * The iterator holds the last stage, which holds its source, and so on. Always true: `last` is there while the outcome
 * is LOAM_OK; while `running` the chain is held and stays as it is, so that a callback can neither free nor rebuild
 * what it runs in.
 */
#ifndef ITER_STAGE_H
#define ITER_STAGE_H

#include <loam/iter.h>

#include "config.h"
#include "gc/slot.h"

/* What the items of a stage are; bits, so that a set of lanes can be asked for. */
typedef enum loam__lane {
    LOAM__LANE_VALUE = 1, /* loam_value, a new reference */
    LOAM__LANE_INT = 2,   /* int64_t */
    LOAM__LANE_VIEW = 4,  /* loam_view */
    LOAM__LANE_ANY = 7
} loam__lane;

/* The items of one fill at the most. Larger batches gain nothing; these fit into the first-level cache. */
#if LOAM_STRESS
enum { LOAM__BATCH = 3, LOAM__BATCH_VIEWS = 3 };
#else
enum { LOAM__BATCH = 1024, LOAM__BATCH_VIEWS = 256 };
#endif

/* Room for a batch of any lane. */
typedef union loam__batch {
    loam_value values[LOAM__BATCH];
    int64_t ints[LOAM__BATCH];
    loam_view views[LOAM__BATCH_VIEWS];
} loam__batch;

/* How something went: LOAM_OK while it goes on, LOAM_DONE, or a failure, whose text is kept, because other failures may
 * come before it is asked for. */
typedef struct loam__outcome {
    loam_status status;
    struct loam__kept_failure *failure; /* a reference; empty where there was no memory for it */
} loam__outcome;

typedef struct loam__stage loam__stage;

typedef struct loam__stage_kind {
    loam_type type;
    loam__lane lane; /* what it gives, and takes if it has a source; LOAM__LANE_ANY: whatever its source gives */
    ptrdiff_t (*fill)(loam__stage *stage, void *out, size_t cap);
    void (*close)(loam__stage *stage);                                /* lets go of what is not memory; may be NULL */
    void (*position)(const loam__stage *stage, loam_progress *where); /* bytes and bytes_total; may be NULL */
} loam__stage_kind;

struct loam__stage {
    loam_object loam;
    const loam__stage_kind *kind;
    loam__stage *source; /* a reference */
    loam__outcome outcome;
    loam__lane lane;
    bool padded; /* 16 bytes can be read from any byte of its views on */
};

struct loam_iter {
    loam_object loam;
    loam__stage *last; /* a reference, as are `lent` and the failure of the outcome */
    loam_value lent;   /* the item that loam_iter_next_peek() gave out */
    loam__outcome outcome;
    uint64_t fills; /* how often the last stage was asked: for tests */
    bool running;
};

extern loam_type loam__iter_type;

/* The references that every stage has, and what the descriptor of a stage begins with. */
#define LOAM__STAGE_REFS offsetof(loam__stage, source), offsetof(loam__stage, outcome.failure)
#define LOAM__STAGE_TYPE(structure) .name = "iterator stage", .size = sizeof(structure)

LOAM__INLINE size_t loam__batch_size(loam__lane lane)
{
    return lane == LOAM__LANE_VIEW ? LOAM__BATCH_VIEWS : LOAM__BATCH;
}

/* Remember the failure that has just been reported, and return its status. */
loam_status loam__outcome_fail(void *owner, loam__outcome *outcome);

/* What a fill answers once the outcome is final: 0, or the failure, reported again. */
ptrdiff_t loam__outcome_answer(const loam__outcome *outcome);

/* A stage without a source; NULL without memory. */
void *loam__stage_new(loam__stage_kind *kind);

ptrdiff_t loam__stage_fill(loam__stage *stage, void *out, size_t cap);

/* For a stage whose work on an item failed: keep the failure, so that the `done` items before it are delivered first,
 * then release the `count` values of `rest`, which may bring other failures. Returns what the fill has to return. */
ptrdiff_t loam__stage_cut(loam__stage *stage, size_t done, loam_value *rest, size_t count);

/* An iterator over `source`, whose reference it takes, also on failure. NULL if `source` is. */
loam_iter *loam__iter_new(void *source);

/* Put a stage on the chain; it gets the last one as its source, converted to its lane. NULL if it cannot be, if the
 * iterator is at its end, or in use. `function` is who asks. */
void *loam__iter_extend(loam_iter *iter, loam__stage_kind *kind, const char *function);

/* The same without a look at lanes or the iterator's state; NULL without memory. */
void *loam__iter_push(loam_iter *iter, loam__stage_kind *kind);

/* Convert until the lane of the last stage is one of `lanes`, a set. MEMORY: it is not. */
loam_status loam__iter_convert(loam_iter *iter, unsigned lanes);

/* An item of any lane as a value, a new reference; `item` gives up its own. */
loam_value loam__item_value(loam__lane lane, const void *item);

/* Hold the iterator and mark it as running. Fails if it is NULL or is running already. */
loam_status loam__iter_enter(loam_iter *iter, const char *function);
void loam__iter_leave(loam_iter *iter);

/* The same, and have the last stage give one of `lanes`. Fails also without memory for that. */
loam_status loam__iter_start(loam_iter *iter, unsigned lanes, const char *function);

/* Items from the last stage of an iterator that has been entered. The end and a failure close the chain. */
ptrdiff_t loam__iter_fill(loam_iter *iter, void *out, size_t cap);

/* The failure that has just come up as `status` is the iterator's: keep it and close the chain. Returns `status`. */
loam_status loam__iter_fail(loam_iter *iter, ptrdiff_t status);

#endif
