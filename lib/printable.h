/*
 * Which code points Python's str.isprintable() is true of: those that repr() does not escape.
 */
#ifndef LIB_PRINTABLE_H
#define LIB_PRINTABLE_H

#include "lib/bits.h"

bool loam__printable(uint32_t code);

#endif
