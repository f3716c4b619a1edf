#include "containers/number.h"

#include "lib/hash.h"

#include <loam/protocol.h>

#include <math.h>

static int compare_ints(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_doubles(double a, double b)
{
    if (isnan(a) || isnan(b))
        return LOAM_UNORDERED;
    return (a > b) - (a < b);
}

/* Converting the integer to a double would round it; the whole part of the double, where it fits, is exact. */
static int compare_int_double(int64_t a, double b)
{
    int64_t whole;

    if (isnan(b))
        return LOAM_UNORDERED;
    if (b >= 0x1p63)
        return -1;
    if (b < -0x1p63)
        return 1;
    whole = (int64_t)b;
    if (a != whole)
        return a < whole ? -1 : 1;
    return compare_doubles(0, b - (double)whole);
}

int loam__number_compare(loam__number a, loam__number b)
{
    int order;

    if (a.kind == b.kind)
        return a.kind == LOAM__INTEGER ? compare_ints(a.integer, b.integer) : compare_doubles(a.number, b.number);
    if (a.kind == LOAM__INTEGER)
        return compare_int_double(a.integer, b.number);
    order = compare_int_double(b.integer, a.number);
    return order == LOAM_UNORDERED ? order : -order;
}

bool loam__double_to_int(double number, int64_t *out)
{
    if (!(number >= -0x1p63 && number < 0x1p63 && number == (double)(int64_t)number))
        return false;
    *out = (int64_t)number;
    return true;
}

int64_t loam__number_word(loam__number n)
{
    uint64_t bits;

    if (n.kind == LOAM__INTEGER || loam__double_to_int(n.number, &n.integer))
        return n.integer;
    if (isnan(n.number))
        n.number = (double)NAN;
    memcpy(&bits, &n.number, sizeof bits);
    return (int64_t)loam__rotate_left(bits, 32);
}

uint64_t loam__number_hash(loam__number n)
{
    return loam__hash_int(loam__number_word(n));
}
