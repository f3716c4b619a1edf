/*
 * What containers share of the protocol.
 */
#ifndef CONTAINERS_PROTOCOL_H
#define CONTAINERS_PROTOCOL_H

#include <loam/protocol.h>

#include "gc/slot.h"
#include "lib/text.h"

/* 1, 0 or a failure: the same reference, or equal. Both are held while user code compares them. */
int loam__item_equal(loam_value a, loam_value b);

/* Append what loam_str_of() gives; a failure sticks. */
void loam__text_value(loam__text *text, loam_value value);

#endif
