/*
 * What str and bytes have in common. `self` says by its type which of the two it is, and results are of the same; a
 * position or a width is in code points for a str, in bytes for bytes.
 *
 * The public functions, in str_text.c and bytes_text.c, call these with their own name as `function`, which is whom a
 * NULL reached. Texts that are given, views, must be UTF-8 where `self` is a str: then so is every result, since UTF-8
 * is found in UTF-8 at the beginning of a code point only.
 */
#ifndef CONTAINERS_CHARS_TEXT_H
#define CONTAINERS_CHARS_TEXT_H

#include "containers/chars.h"
#include "lib/search.h"
#include "lib/utf8.h"

typedef struct loam__bounds {
    int64_t start, stop; /* LOAM_OMIT: none */
} loam__bounds;

#define LOAM__WHOLE ((loam__bounds){LOAM_OMIT, LOAM_OMIT})

LOAM__INLINE bool loam__is_str_chars(const loam__chars *self)
{
    return loam__type_id_of(&self->loam) == LOAM__TYPE_STR;
}

/* A position is a byte. */
LOAM__INLINE bool loam__is_bytewise(const loam__chars *self)
{
    return !loam__is_str_chars(self) || loam__is_flagged(&self->loam, LOAM__FLAG_ASCII);
}

/* Code points of a part of `self`, or of a text that was given for it. */
LOAM__INLINE size_t loam__chars_count(const loam__chars *self, loam_view part)
{
    return loam__is_str_chars(self) ? loam__utf8_count(part.data, part.len) : part.len;
}

/* The length in positions. */
LOAM__INLINE size_t loam__chars_len(const loam__chars *self)
{
    return loam__is_bytewise(self) ? self->len : loam__str_code_points((const loam_str *)self);
}

/* The bytes of what stands at `at`, inside `self`: a code point or a byte. */
LOAM__INLINE size_t loam__chars_width(const loam__chars *self, const char *at)
{
    return loam__is_str_chars(self) ? loam__utf8_width(*at) : 1;
}

/* Where the position before `at` is. */
LOAM__INLINE const char *loam__chars_before(const loam__chars *self, const char *at)
{
    return loam__is_str_chars(self) ? loam__utf8_retreat(at, 1) : at - 1;
}

/* The view that a failed LOAM_TEXT gives. (An empty text may have no address.) */
LOAM__INLINE bool loam__is_no_view(loam_view view)
{
    return !view.data && view.len;
}

/* Whether `self` and a text are there, and the text is fit for `self`; else the failure is reported. */
bool loam__chars_given(const char *function, const loam__chars *self, loam_view text);

/* Of the type of `like`: one more reference to `self`; a part of `self`, which is itself where the part is all of it;
 * room for a result, `chars` code points. NULL: no memory. */
loam__chars *loam__chars_same(const loam__chars *self);
loam__chars *loam__chars_part(const loam__chars *self, const char *from, size_t len);
loam__chars *loam__chars_room(const loam__chars *like, size_t len, size_t chars);
loam__chars *loam__chars_copy(const loam__chars *like, loam_view text);

/* Whitespace and line ends: how many bytes the one at `at`, before `end`, has; 0: there is none. */
size_t loam__chars_space(const loam__chars *self, const char *at);
size_t loam__chars_line_end(const loam__chars *self, const char *at, const char *end);

/* chars_find.c */
loam_status loam__chars_find(const char *function, const loam__chars *self, loam_view part, loam__bounds bounds,
                             bool last, int64_t *at);
int64_t loam__chars_index(const char *function, const loam__chars *self, loam_view part, bool last);
int64_t loam__chars_occurrences(const char *function, const loam__chars *self, loam_view part, loam__bounds bounds);
int loam__chars_contains(const char *function, const loam__chars *self, loam_view part);
int loam__chars_startswith(const char *function, const loam__chars *self, loam_view part, loam__bounds bounds);
int loam__chars_endswith(const char *function, const loam__chars *self, loam_view part, loam__bounds bounds);

/* chars_split.c. `most` splits, all if it is negative. */
loam_list *loam__chars_split(const char *function, const loam__chars *self, loam_view separator, int64_t most);
loam_list *loam__chars_rsplit(const char *function, const loam__chars *self, loam_view separator, int64_t most);
loam_list *loam__chars_words(const char *function, const loam__chars *self, int64_t most);
loam_list *loam__chars_rwords(const char *function, const loam__chars *self, int64_t most);
loam_list *loam__chars_lines(const char *function, const loam__chars *self, bool keep_ends);
loam_tuple *loam__chars_partition(const char *function, const loam__chars *self, loam_view separator);
loam_tuple *loam__chars_rpartition(const char *function, const loam__chars *self, loam_view separator);

/* chars_join.c. `like`: of which type the result and the items are. */
loam__chars *loam__chars_join(const char *function, const loam__chars *like, loam_view separator, loam_value iterable);
loam__chars *loam__chars_concat(const char *function, const loam__chars *self, loam_view text);
loam__chars *loam__chars_repeat(const char *function, const loam__chars *self, int64_t times);

/* chars_strip.c */
typedef enum loam__sides { LOAM__LEFT = 1, LOAM__RIGHT = 2, LOAM__BOTH = 3 } loam__sides;

loam__chars *loam__chars_strip(const char *function, const loam__chars *self, loam__sides sides);
loam__chars *loam__chars_strip_set(const char *function, const loam__chars *self, loam_view set, loam__sides sides);
loam__chars *loam__chars_removeprefix(const char *function, const loam__chars *self, loam_view prefix);
loam__chars *loam__chars_removesuffix(const char *function, const loam__chars *self, loam_view suffix);
loam__chars *loam__chars_replace(const char *function, const loam__chars *self, loam_view old, loam_view new_text,
                                 int64_t most);

/* chars_pad.c. `sides`: where the padding goes. */
loam__chars *loam__chars_pad(const char *function, const loam__chars *self, int64_t width, loam_view fill,
                             loam__sides sides);
loam__chars *loam__chars_zfill(const char *function, const loam__chars *self, int64_t width);
loam__chars *loam__chars_expandtabs(const char *function, const loam__chars *self, int64_t tab_size);

#endif
