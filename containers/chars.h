/*
 * str and bytes share one layout; the type id tells them apart.
 *
 *     loam | hash | len | data, a zero byte, slack up to 16 bytes | code points (only a str that is not ASCII)
 *
 * `hash` is 0 until it is asked for. The data has at least 16 readable bytes, so that short strings hash and compare by
 * two masked words, without a branch on their length (lib/hash.h). Where LOAM__FLAG_ASCII is set a code point is a
 * byte; elsewhere their number stands behind the data, so that every length is O(1) and the common case pays nothing.
 */
#ifndef CONTAINERS_CHARS_H
#define CONTAINERS_CHARS_H

#include <loam/bytes.h>
#include <loam/str.h>

#include "gc/slot.h"
#include "lib/hash.h"

typedef struct loam__chars {
    loam_object loam;
    uint64_t hash;
    size_t len;
    char data[];
} loam__chars;

extern loam_type loam__str_type;
extern loam_type loam__bytes_type;

LOAM__INLINE const loam__chars *loam__chars_of(loam_value value)
{
    return (const loam__chars *)loam__object(value);
}

LOAM__INLINE bool loam__is_chars(loam_value value)
{
    return loam__is_type(value, LOAM__TYPE_STR) || loam__is_type(value, LOAM__TYPE_BYTES);
}

LOAM__INLINE loam_view loam__chars_view(const loam__chars *chars)
{
    return (loam_view){chars->data, chars->len};
}

LOAM__INLINE uint64_t loam__chars_hash(loam__chars *chars)
{
    if (LOAM__UNLIKELY(!chars->hash))
        chars->hash = loam__hash_padded(chars->data, chars->len);
    return chars->hash;
}

/* Whether they are these, up to LOAM__HASH_SHORT. Masked by the length that is looked for, which is known early: what
 * would wait for the other is a cache miss. */
LOAM__INLINE bool loam__chars_are(const loam__chars *chars, loam__words wanted, size_t len)
{
    loam__words words = loam__words_padded(chars->data, len);

    return !((chars->len ^ len) | (words.low ^ wanted.low) | (words.high ^ wanted.high));
}

LOAM__INLINE bool loam__chars_equal(const loam__chars *a, const loam__chars *b)
{
    loam__words x;
    loam__words y;

    if (a->len != b->len)
        return false;
    if (LOAM__UNLIKELY(a->len > LOAM__HASH_SHORT))
        return loam__same_long_bytes(a->data, b->data, a->len);
    x = loam__words_padded(a->data, a->len);
    y = loam__words_padded(b->data, b->len);
    return !((x.low ^ y.low) | (x.high ^ y.high));
}

/* Like memcmp() with lengths: for UTF-8 that is the order of the code points. */
int loam__chars_compare(const loam__chars *a, const loam__chars *b);

/* A new object of `len` bytes, from `data` if that is given. `chars` is the number of code points of a str. */
loam_str *loam__str_new_valid(const char *data, size_t len, size_t chars);
loam_bytes *loam__bytes_new(const char *data, size_t len);

/* A str where the view is UTF-8, else bytes: what a word of a file becomes. */
loam_value loam__text_from_view(loam_view view);

size_t loam__str_code_points(const loam_str *str);

/* The same without data, which the caller writes; nothing is to be written where `len` is 0. */
loam__chars *loam__str_room(size_t len, size_t chars);
loam__chars *loam__bytes_room(size_t len);

#endif
