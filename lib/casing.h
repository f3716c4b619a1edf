/*
 * Letters, digits, and their case. For ASCII here; beyond it by utf8proc, which is optional, and by a table of what
 * that does not know, made from CPython 3.11's Unicode 14. utf8proc's Unicode may be a later one.
 */
#ifndef LIB_CASING_H
#define LIB_CASING_H

#include "lib/bits.h"

/* What a code point is; one that nobody knows anything of is UNKNOWN. */
enum {
    LOAM__IS_ALPHA = 1,
    LOAM__IS_DECIMAL = 2,
    LOAM__IS_DIGIT = 4,
    LOAM__IS_NUMERIC = 8,
    LOAM__IS_LOWER = 16,
    LOAM__IS_UPPER = 32,
    LOAM__IS_TITLE = 64,
    LOAM__IS_IGNORABLE = 128, /* has no say in whether a sigma ends a word */
    LOAM__IS_UNKNOWN = 256,
    LOAM__IS_CASED = LOAM__IS_LOWER | LOAM__IS_UPPER | LOAM__IS_TITLE
};

unsigned loam__casing_traits(uint32_t code);

/*
 * Whether an identifier of Python's can begin with a code point, or go on with it: Unicode's XID_Start and '_',
 * XID_Continue. UNKNOWN where nobody knows.
 */
enum { LOAM__XID_START = 1, LOAM__XID_CONTINUE = 2, LOAM__XID_UNKNOWN = 4 };

unsigned loam__casing_xid(uint32_t code);

typedef enum loam__case { LOAM__TO_LOWER, LOAM__TO_UPPER, LOAM__TO_TITLE, LOAM__TO_FOLDED } loam__case;

enum { LOAM__MOST_MAPPED = 4 };

/* What a code point becomes, whatever is around it, into `out`: how many. It is not UNKNOWN. */
size_t loam__casing_map(uint32_t code, loam__case to, uint32_t out[LOAM__MOST_MAPPED]);

LOAM__INLINE char loam__ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

LOAM__INLINE char loam__ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

/* The table. Of a special one what it becomes in each case but folded, ended by 0; the last entry is all 0. */
typedef struct loam__casing {
    uint32_t code;
    uint32_t mapped[3][3];
} loam__casing;

extern const loam__casing loam__casing_special[];

/* Runs: the first and the last code point of each, in order, and 0. */
extern const uint32_t loam__casing_digits[], loam__casing_numbers[], loam__casing_lower[], loam__casing_upper[],
    loam__casing_ignorable[], loam__casing_xid_start[], loam__casing_no_xid_start[], loam__casing_xid_continue[],
    loam__casing_no_xid_continue[];

#endif
