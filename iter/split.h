/*
 * Splitting bytes into words and lines, a part at a time.
 *
 * The splitter stands between two bytes: those before `position` have been looked at. From `start` to there an item is
 * under way, and none if they are equal. So it goes on where it stopped, whether the caller's array was full or the
 * data had ended, and nothing is looked at twice but the rest of a block.
 */
#ifndef ITER_SPLIT_H
#define ITER_SPLIT_H

#include <loam/base.h>

#include "lib/bits.h"

/* That many bytes must be readable behind the data. */
#define LOAM__SPLIT_SLACK 64

typedef struct loam__splitter {
    size_t start, position;
} loam__splitter;

/* Up to `cap` items that end before `len` into `out`: how many. Fewer than `cap` only if the data has no more. */
typedef size_t loam__split(loam__splitter *splitter, const char *data, size_t len, loam_view *out, size_t cap);

/* As Python's bytes.split(): what stands between spaces, \t, \n, \v, \f and \r. The slack must be there. */
loam__split loam__split_words;

/* What ends with \n, without it. */
loam__split loam__split_lines;

/* loam__split_words without vector instructions, and with them where there are any: for a test to compare. */
loam__split loam__split_words_portable;
#if defined(__SSE2__) && !LOAM_PORTABLE
loam__split loam__split_words_sse2;
#endif

#endif
