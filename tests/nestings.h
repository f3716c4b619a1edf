/*
 * Ways to nest, for the depth tests: level upon level of one kind of container, of an object, or of several in turn.
 */
#ifndef TESTS_NESTINGS_H
#define TESTS_NESTINGS_H

#include "tests/harness.h"

/* One level more around `inner`, whose reference is taken; unset on failure. */
typedef loam_value wrap_function(loam_value inner);

typedef struct nesting {
    const char *name;
    wrap_function *wrap;
    unsigned depth; /* of ten million levels, or fewer where building them costs too much */
    bool has_hash, has_order;
} nesting;

enum { NESTINGS = 7 };
extern const nesting nestings[NESTINGS];

/* Fails the test if there is none. */
const nesting *nesting_named(const char *name);

/* So many levels around None. The outermost of "containers in turn" is a dict where their number is a multiple of 3. */
loam_value nested(const nesting *n, unsigned depth);

#endif
