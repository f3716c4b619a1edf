/*
 * Finding bytes in bytes, in time linear in both whatever they are.
 *
 * Forward that is libc's memmem(): in glibc and musl the two-way search, after short cuts for short parts. Backward
 * libc has nothing, so the two-way search is here once more, read from the end.
 */
#ifndef LIB_SEARCH_H
#define LIB_SEARCH_H

#include "lib/bits.h" /* config.h has to come before what it asks for */

#include <loam/base.h>

/* Where `part` begins first, or last, in `text`; NULL: nowhere. An empty one is at the beginning, or at the end. */
const char *loam__find_first(loam_view text, loam_view part);
const char *loam__find_last(loam_view text, loam_view part);

/* How many there are side by side, up to `most`; `part` is not empty. */
size_t loam__count_parts(loam_view text, loam_view part, size_t most);

#endif
