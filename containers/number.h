/*
 * What Python does with numbers: int, float and bool are compared by what they are worth, exactly, and equal ones hash
 * alike.
 */
#ifndef CONTAINERS_NUMBER_H
#define CONTAINERS_NUMBER_H

#include "gc/object.h"

/* -1, 0, 1, or LOAM_UNORDERED where one is a NaN. Both are numbers. */
int loam__number_compare(loam__number a, loam__number b);
/* The same for equal numbers, whatever they are kept as; and what becomes of it. */
int64_t loam__number_word(loam__number n);
uint64_t loam__number_hash(loam__number n);

/* The integer that a double is exactly; false: it is none of 64 bits. */
bool loam__double_to_int(double number, int64_t *out);

#endif
