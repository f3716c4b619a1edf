/*
 * What loam's program consists of: loam.c, and for the collector loam_gc.c, loam_bound.c and loam_slices.c. By the
 * public API only.
 */
#ifndef LOAM_BENCH_H
#define LOAM_BENCH_H

#include <loam.h>

#include "bench.h"

#define must(call) (__builtin_expect((call) < 0, 0) ? bench_fail(#call) : (void)0)

/* 24 bytes, two reference fields. */
typedef struct node {
    loam_object loam;
    struct node *left, *right;
} node;

extern loam_type node_type;

static inline node *node_new(void)
{
    node *made = loam_new(&node_type);
    BENCH_MUST(made);
    return made;
}

/* `field` is left or right. */
#define node_set(holder, field, other) must(loam_slot_set(holder, &(holder)->field, loam_from(other)))
#define node_move(holder, field, other) must(loam_slot_set_take(holder, &(holder)->field, loam_from(other)))

/* Whether there is such a group. */
bool collector_run(const char *group, size_t n);

void heap_bound(size_t n);
void slice_times(size_t n);

#endif
