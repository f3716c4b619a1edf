/* The worlds that are searched: objects, fields, locals, and what happens in them. */
#ifndef TESTS_REFCOUNT_SLICED_WORLDS_H
#define TESTS_REFCOUNT_SLICED_WORLDS_H

#include "tests/refcount/sliced.h"

static const setting worlds[] = {
    {"plain", 2, 2, 2, WITH_WEAK | WITH_WALKS | WITH_YOUNG},
    {"any", 2, 2, 2, WITH_ANY_SET | WITH_WEAK | WITH_WALKS | WITH_YOUNG},
    {"cuts", 2, 2, 2, WITH_ANY_SET | WITH_CUTS | WITH_WALKS},
    {"cuts3", 2, 3, 2, WITH_ANY_SET | WITH_CUTS | WITH_WALKS},
    {"finalizers", 2, 1, 2, WITH_ANY_SET | WITH_FINALIZERS | WITH_WEAK | WITH_WALKS | WITH_YOUNG},
    {"weak", 2, 1, 2, WITH_ANY_SET | WITH_WEAK | WITH_WALKS | WITH_YOUNG},
    {"ephemerons", 3, 1, 2, WITH_ANY_SET | WITH_EPHEMERONS | WITH_WALKS | WITH_YOUNG},
};

enum { WORLDS = sizeof worlds / sizeof *worlds };

#endif
