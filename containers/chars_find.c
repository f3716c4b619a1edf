/*
 * str and bytes: finding. Bytes are searched (lib/search.h); a position of a str that is not all ASCII is counted out
 * after that.
 */
#include "containers/chars_text.h"

/* A part of `self`, and the position where it begins. */
typedef struct range {
    loam_view view;
    size_t first;
} range;

/* The address of a position. */
static const char *address_of(const loam__chars *self, size_t position)
{
    size_t len = loam__chars_len(self);

    if (loam__is_bytewise(self))
        return self->data + position;
    if (position <= len / 2)
        return loam__utf8_advance(self->data, position);
    return loam__utf8_retreat(self->data + self->len, len - position);
}

static int64_t clamped(int64_t bound, int64_t len)
{
    if (bound < 0)
        bound = bound < -len ? 0 : bound + len;
    return bound;
}

/* What `[start:stop]` means to a search. False: nothing, not even an empty place, as where it begins behind the end. */
static bool range_of(const loam__chars *self, loam__bounds bounds, range *out)
{
    int64_t len = (int64_t)loam__chars_len(self);
    int64_t start = bounds.start == LOAM_OMIT ? 0 : clamped(bounds.start, len);
    int64_t stop = bounds.stop == LOAM_OMIT ? len : clamped(bounds.stop, len);
    const char *from;

    stop = stop > len ? len : stop;
    if (start > stop)
        return false;
    from = address_of(self, (size_t)start);
    out->first = (size_t)start;
    out->view = (loam_view){from, (size_t)(address_of(self, (size_t)stop) - from)};
    return true;
}

loam_status loam__chars_find(const char *function, const loam__chars *self, loam_view part, loam__bounds bounds,
                             bool last, int64_t *at)
{
    range in;
    const char *found;

    if (!loam__chars_given(function, self, part))
        return loam_error()->status;
    if (!range_of(self, bounds, &in))
        return LOAM_MISSING;
    found = last ? loam__find_last(in.view, part) : loam__find_first(in.view, part);
    if (!found)
        return LOAM_MISSING;
    in.view.len = (size_t)(found - in.view.data);
    *at = (int64_t)(in.first + (loam__is_bytewise(self) ? in.view.len : loam__utf8_count(in.view.data, in.view.len)));
    return LOAM_OK;
}

int64_t loam__chars_index(const char *function, const loam__chars *self, loam_view part, bool last)
{
    int64_t at = 0;
    loam_status status = loam__chars_find(function, self, part, LOAM__WHOLE, last, &at);

    if (status == LOAM_MISSING)
        return loam_fail(LOAM_ERR_VALUE, loam__is_str_chars(self) ? "substring not found" : "subsection not found");
    return status < 0 ? (int64_t)status : at;
}

int64_t loam__chars_occurrences(const char *function, const loam__chars *self, loam_view part, loam__bounds bounds)
{
    range in;

    if (!loam__chars_given(function, self, part))
        return loam_error()->status;
    if (!range_of(self, bounds, &in))
        return 0;
    if (part.len)
        return (int64_t)loam__count_parts(in.view, part, SIZE_MAX);
    return (int64_t)loam__chars_count(self, in.view) + 1;
}

int loam__chars_contains(const char *function, const loam__chars *self, loam_view part)
{
    if (!loam__chars_given(function, self, part))
        return loam_error()->status;
    return loam__find_first(loam__chars_view(self), part) != NULL;
}

static bool is_same(const char *data, loam_view part)
{
    return !part.len || memcmp(data, part.data, part.len) == 0;
}

int loam__chars_startswith(const char *function, const loam__chars *self, loam_view part, loam__bounds bounds)
{
    range in;

    if (!loam__chars_given(function, self, part))
        return loam_error()->status;
    return range_of(self, bounds, &in) && part.len <= in.view.len && is_same(in.view.data, part);
}

int loam__chars_endswith(const char *function, const loam__chars *self, loam_view part, loam__bounds bounds)
{
    range in;

    if (!loam__chars_given(function, self, part))
        return loam_error()->status;
    return range_of(self, bounds, &in) && part.len <= in.view.len &&
           is_same(in.view.data + in.view.len - part.len, part);
}
