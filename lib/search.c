#include "lib/search.h"

const char *loam__find_first(loam_view text, loam_view part)
{
    if (part.len > text.len)
        return NULL;
    if (!part.len)
        return text.data;
    if (part.len == 1)
        return memchr(text.data, (unsigned char)*part.data, text.len);
    return memmem(text.data, text.len, part.data, part.len);
}

size_t loam__count_parts(loam_view text, loam_view part, size_t most)
{
    const char *end = text.data + text.len;
    size_t count = 0;

    while (count < most) {
        const char *found = loam__find_first(text, part);
        if (!found)
            break;
        count++;
        text.data = found + part.len;
        text.len = (size_t)(end - text.data);
    }
    return count;
}

/* The byte that is `i` bytes before the last one. */
LOAM__INLINE unsigned char byte_from_end(loam_view view, size_t i)
{
    return (unsigned char)view.data[view.len - 1 - i];
}

/* Where the greatest suffix of `part`, read from its end, begins in an order of the bytes or its reverse, and its
 * period. */
static size_t greatest_suffix(loam_view part, bool reversed, size_t *period)
{
    size_t suffix = SIZE_MAX; /* one before its first byte */
    size_t from = 0;
    size_t k = 1;

    *period = 1;
    while (from + k < part.len) {
        unsigned char a = byte_from_end(part, from + k);
        unsigned char b = byte_from_end(part, suffix + k);
        if (a == b) {
            from += k == *period ? *period : 0;
            k = k == *period ? 1 : k + 1;
        } else if ((a < b) != reversed) {
            from += k;
            k = 1;
            *period = from - suffix;
        } else {
            suffix = from++;
            k = *period = 1;
        }
    }
    return suffix + 1;
}

/* Where `part` is cut for the search: from there on it is compared first. Sets its period, or a lower bound of that. */
static size_t critical_cut(loam_view part, size_t *period, bool *is_periodic)
{
    size_t other_period;
    size_t cut = greatest_suffix(part, false, period);
    size_t other = greatest_suffix(part, true, &other_period);

    if (other > cut) {
        cut = other;
        *period = other_period;
    }
    *is_periodic = true;
    for (size_t i = 0; i < cut && *is_periodic; i++)
        *is_periodic = byte_from_end(part, i) == byte_from_end(part, i + *period);
    if (!*is_periodic)
        *period = (cut > part.len - cut ? cut : part.len - cut) + 1;
    return cut;
}

/*
 * Crochemore and Perrin, Two-way string-matching, 1991. `at` counts from the end. Behind the cut, bytes are compared
 * away from it, and a difference moves the part past what was compared; before the cut, towards it, and a difference
 * moves it by its period. Of a periodic part what agreed before such a move agrees after it, and is not compared again.
 */
static const char *find_last_long(loam_view text, loam_view part)
{
    size_t period;
    bool is_periodic;
    size_t cut = critical_cut(part, &period, &is_periodic);
    size_t known = 0;

    for (size_t at = 0; at <= text.len - part.len;) {
        size_t i = cut > known ? cut : known;
        while (i < part.len && byte_from_end(part, i) == byte_from_end(text, at + i))
            i++;
        if (i < part.len) {
            at += i - cut + 1;
            known = 0;
            continue;
        }
        for (i = cut; i > known && byte_from_end(part, i - 1) == byte_from_end(text, at + i - 1);)
            i--;
        if (i <= known)
            return text.data + (text.len - at - part.len);
        at += period;
        known = is_periodic ? part.len - period : 0;
    }
    return NULL;
}

const char *loam__find_last(loam_view text, loam_view part)
{
    if (part.len > text.len)
        return NULL;
    if (!part.len)
        return text.data + text.len;
    if (part.len == 1)
        return memrchr(text.data, (unsigned char)*part.data, text.len);
    return find_last_long(text, part);
}
