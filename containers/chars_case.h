/*
 * str and bytes: case, and what kind of characters there are. `function` is as in chars_text.h. UNSUPPORTED: a str has
 * code points beyond ASCII and the library has no utf8proc.
 */
#ifndef CONTAINERS_CHARS_CASE_H
#define CONTAINERS_CHARS_CASE_H

#include "containers/chars_text.h"
#include "lib/casing.h"

typedef enum loam__recasing {
    LOAM__LOWER,
    LOAM__UPPER,
    LOAM__CASEFOLD,
    LOAM__TITLE,
    LOAM__CAPITALIZE,
    LOAM__SWAPCASE
} loam__recasing;

loam__chars *loam__chars_recase(const char *function, const loam__chars *self, loam__recasing how);

/* 1, 0, or a failure. Each character has one of the wanted traits, and there is one. */
int loam__chars_all(const char *function, const loam__chars *self, unsigned wanted);
int loam__chars_all_spaces(const char *function, const loam__chars *self);
int loam__chars_in_case(const char *function, const loam__chars *self, unsigned wanted);
int loam__chars_is_title(const char *function, const loam__chars *self);
int loam__chars_is_identifier(const char *function, const loam__chars *self);

/* The same of what may be empty. */
int loam__chars_all_ascii(const char *function, const loam__chars *self);
int loam__chars_all_printable(const char *function, const loam__chars *self);

#endif
