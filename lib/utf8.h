/*
 * UTF-8 as Python has it: no surrogates, nothing above U+10FFFF, no longer form than needed.
 */
#ifndef LIB_UTF8_H
#define LIB_UTF8_H

#include "lib/bits.h"

/* Whether all is valid; if so, the number of code points into `*chars`, which equals `len` where all is ASCII. */
bool loam__utf8_check(const char *data, size_t len, size_t *chars);

/* The bytes of the code point that begins with `lead`; the text must be valid. */
LOAM__INLINE size_t loam__utf8_width(char lead)
{
    unsigned char byte = (unsigned char)lead;
    return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/* The code points of valid text. */
size_t loam__utf8_count(const char *data, size_t len);

/* Write a code point that UTF-8 has, up to 4 bytes; how many. */
size_t loam__utf8_encode(uint32_t code, char *out);

/* The code point at `data`, valid text; `*width` bytes long. */
uint32_t loam__utf8_decode(const char *data, size_t *width);

/* The address of the code point that is `chars` code points after `data`. */
const char *loam__utf8_advance(const char *data, size_t chars);

/* The same backwards. */
const char *loam__utf8_retreat(const char *data, size_t chars);

#endif
