/* The worlds that are searched: objects, fields, locals, and what happens in them. */
#ifndef TESTS_REFCOUNT_SLICED_WORLDS_H
#define TESTS_REFCOUNT_SLICED_WORLDS_H

#include "tests/refcount/sliced.h"

static const setting worlds[] = {
    {"plain", 2, 2, 2, WITH_WEAK | WITH_WALKS | WITH_YOUNG},
    {"any", 2, 2, 2, WITH_ANY_SET | WITH_WALKS | WITH_YOUNG},
    {"cuts", 2, 2, 2, WITH_ANY_SET | WITH_CUTS | WITH_WALKS},
    {"cuts3", 2, 3, 2, WITH_ANY_SET | WITH_CUTS | WITH_WALKS},
    {"weak", 2, 1, 2, WITH_ANY_SET | WITH_WEAK | WITH_WALKS | WITH_YOUNG | WITH_STOPS | WITH_ENDS},
    {"finalizers", 2, 1, 2, WITH_ANY_SET | WITH_FINALIZERS | WITH_WEAK | WITH_WALKS | WITH_YOUNG},
    {"candidates", 2, 1, 2, WITH_ANY_SET | WITH_CANDIDATES | WITH_FINALIZERS | WITH_YOUNG},
    {"real candidates", 2, 1, 2, WITH_CANDIDATES | WITH_FINALIZERS | WITH_WEAK | WITH_YOUNG},
    {"queue", 2, 1, 2, WITH_ANY_SET | WITH_EPHEMERONS | WITH_FINALIZERS | WITH_YOUNG | WITH_STOPS},
    {"ephemerons", 3, 1, 2, WITH_ANY_SET | WITH_EPHEMERONS | WITH_WALKS | WITH_YOUNG},
    {"real ephemerons", 3, 1, 2, WITH_EPHEMERONS | WITH_WALKS | WITH_YOUNG},
    {"ends", 2, 1, 2, WITH_FINALIZERS | WITH_WALKS | WITH_YOUNG | WITH_ENDS},
    {"three", 3, 1, 2, WITH_ANY_SET | WITH_FINALIZERS | WITH_WALKS | WITH_YOUNG},
    {"three of two", 3, 2, 2, WITH_ANY_SET | WITH_WALKS | WITH_YOUNG},
    {"three cut", 3, 2, 2, WITH_ANY_SET | WITH_CUTS | WITH_WALKS},
    {"real three", 3, 1, 2, WITH_WALKS | WITH_WEAK | WITH_YOUNG},
    {"real finalizers", 2, 2, 2, WITH_FINALIZERS | WITH_WEAK | WITH_WALKS | WITH_YOUNG},
    {"many", 6, 3, 3, WITH_FINALIZERS | WITH_WEAK | WITH_WALKS | WITH_YOUNG | WITH_COPIES | WITH_STOPS},
    {"many cut", 6, 4, 4, WITH_FINALIZERS | WITH_WALKS | WITH_YOUNG | WITH_COPIES | WITH_CUTS | WITH_ALL_SET},
    {"many candidates", 7, 2, 3, WITH_FINALIZERS | WITH_WEAK | WITH_CANDIDATES | WITH_YOUNG | WITH_STOPS},
    {"many suspects", 6, 2, 3, WITH_FINALIZERS | WITH_WALKS | WITH_YOUNG | WITH_COPIES | WITH_ALL_SET},
    {"many with keys", 6, 2, 3, WITH_EPHEMERONS | WITH_FINALIZERS | WITH_WALKS | WITH_YOUNG},
};

enum { WORLDS = sizeof worlds / sizeof *worlds };

#endif
