/*
 * A text under construction. A failure sticks: append as much as you like and ask once, at the end.
 */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H

#include "lib/status.h"

typedef struct loam__text {
    char *data;
    size_t len, capacity;
    loam_status status;
} loam__text;

#define LOAM__TEXT_EMPTY ((loam__text){0})

void loam__text_free(loam__text *text);
/* Where `more` bytes can be written behind the last one; NULL: there is no room. They count when `len` says so. */
char *loam__text_room(loam__text *text, size_t more);
void loam__text_append(loam__text *text, const char *data, size_t len);
void loam__text_chars(loam__text *text, const char *chars);
void loam__text_byte(loam__text *text, char byte);
void loam__text_int(loam__text *text, int64_t integer);

/* As Python's repr() writes a float: the fewest digits that give the same double back. */
void loam__text_double(loam__text *text, double number);

/* As Python's repr() writes a str (`chars` is valid UTF-8) or bytes. */
void loam__text_str_repr(loam__text *text, const char *chars, size_t len);
void loam__text_bytes_repr(loam__text *text, const char *data, size_t len);

#endif
