/*
 * str and bytes: taking away at the ends, and replacing.
 */
#include "containers/chars_text.h"
#include "lib/checked.h"

/* What is stripped: what is in `set`, or whitespace where that is NULL. */
static bool is_stripped(const loam__chars *self, const loam_view *set, const char *at)
{
    if (!set)
        return loam__chars_space(self, at) != 0;
    return loam__find_first(*set, (loam_view){at, loam__chars_width(self, at)}) != NULL;
}

static loam__chars *strip(const loam__chars *self, const loam_view *set, loam__sides sides)
{
    const char *from = self->data;
    const char *end = from + self->len;

    while ((sides & LOAM__LEFT) && from < end && is_stripped(self, set, from))
        from += loam__chars_width(self, from);
    while ((sides & LOAM__RIGHT) && from < end) {
        const char *last = loam__chars_before(self, end);
        if (!is_stripped(self, set, last))
            break;
        end = last;
    }
    return loam__chars_part(self, from, (size_t)(end - from));
}

loam__chars *loam__chars_strip(const char *function, const loam__chars *self, loam__sides sides)
{
    loam__check_alive(self, function);
    return self ? strip(self, NULL, sides) : (loam__propagate(function), NULL);
}

loam__chars *loam__chars_strip_set(const char *function, const loam__chars *self, loam_view set, loam__sides sides)
{
    return loam__chars_given(function, self, set) ? strip(self, &set, sides) : NULL;
}

loam__chars *loam__chars_removeprefix(const char *function, const loam__chars *self, loam_view prefix)
{
    if (!loam__chars_given(function, self, prefix))
        return NULL;
    if (!prefix.len || prefix.len > self->len || memcmp(self->data, prefix.data, prefix.len) != 0)
        return loam__chars_same(self);
    return loam__chars_part(self, self->data + prefix.len, self->len - prefix.len);
}

loam__chars *loam__chars_removesuffix(const char *function, const loam__chars *self, loam_view suffix)
{
    if (!loam__chars_given(function, self, suffix))
        return NULL;
    if (!suffix.len || suffix.len > self->len ||
        memcmp(self->data + self->len - suffix.len, suffix.data, suffix.len) != 0)
        return loam__chars_same(self);
    return loam__chars_part(self, self->data, self->len - suffix.len);
}

static char *put(char *to, const char *data, size_t len)
{
    return len ? (char *)memcpy(to, data, len) + len : to;
}

/* How often `old` is replaced: what is empty stands before each code point and at the end. */
static size_t replacements(const loam__chars *self, loam_view old, int64_t most)
{
    size_t limit = most < 0 ? SIZE_MAX : (size_t)most;
    size_t places = loam__chars_len(self) + 1;

    if (old.len)
        return loam__count_parts(loam__chars_view(self), old, limit);
    return places < limit ? places : limit;
}

/* Room for `self` with `count` parts changed. */
static loam__chars *room_for(const loam__chars *self, loam_view old, loam_view new_text, size_t count)
{
    size_t added;
    size_t len = self->len - count * old.len;
    size_t chars = loam__chars_len(self) - count * loam__chars_count(self, old);

    if (!loam__size_multiply(count, new_text.len, &added) || !loam__size_add(len, added, &len))
        return loam__fail_memory(), NULL;
    return loam__chars_room(self, len, chars + count * loam__chars_count(self, new_text));
}

static void write_replaced(char *to, const loam__chars *self, loam_view old, loam_view new_text, size_t count)
{
    const char *from = self->data;
    const char *end = from + self->len;

    for (; count; count--) {
        const char *found = loam__find_first((loam_view){from, (size_t)(end - from)}, old);
        to = put(to, from, (size_t)(found - from));
        to = put(to, new_text.data, new_text.len);
        from = found + old.len;
        if (!old.len && from < end) { /* the next place is behind a code point */
            size_t width = loam__chars_width(self, from);
            to = put(to, from, width);
            from += width;
        }
    }
    put(to, from, (size_t)(end - from));
}

loam__chars *loam__chars_replace(const char *function, const loam__chars *self, loam_view old, loam_view new_text,
                                 int64_t most)
{
    size_t count;
    loam__chars *result;

    if (!loam__chars_given(function, self, old) || !loam__chars_given(function, self, new_text))
        return NULL;
    count = replacements(self, old, most);
    if (!count)
        return loam__chars_same(self);
    result = room_for(self, old, new_text, count);
    if (result && result->len)
        write_replaced(result->data, self, old, new_text, count);
    return result;
}
