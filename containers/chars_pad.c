/*
 * str and bytes: made as wide as asked for.
 */
#include "containers/chars_text.h"
#include "lib/checked.h"

/* `before` and `after` fills are put around what stands from `split` on; what is before that stays in front. */
typedef struct padding {
    size_t split, before, after;
    loam_view fill;
} padding;

static char *put_fill(char *to, loam_view fill, size_t count)
{
    for (; count; count--, to += fill.len)
        memcpy(to, fill.data, fill.len);
    return to;
}

static loam__chars *pad(const loam__chars *self, padding p)
{
    size_t fills = p.before + p.after;
    size_t len;
    loam__chars *result;
    char *to;

    if (!loam__size_array(self->len, fills, p.fill.len, &len))
        return loam__fail_memory(), NULL;
    result = loam__chars_room(self, len, loam__chars_len(self) + fills);
    if (!result)
        return NULL;
    to = (char *)memcpy(result->data, self->data, p.split) + p.split;
    to = put_fill(to, p.fill, p.before);
    memcpy(to, self->data + p.split, self->len - p.split);
    put_fill(to + self->len - p.split, p.fill, p.after);
    return result;
}

/* How much `self` lacks, 0 where it is wide enough. */
static size_t lacking(const loam__chars *self, int64_t width)
{
    int64_t len = (int64_t)loam__chars_len(self);

    return width > len ? (size_t)(width - len) : 0;
}

loam__chars *loam__chars_pad(const char *function, const loam__chars *self, int64_t width, loam_view fill,
                             loam__sides sides)
{
    size_t fills;
    size_t before;

    if (!loam__chars_given(function, self, fill))
        return NULL;
    if (!fill.len || fill.len != loam__chars_width(self, fill.data))
        return loam_fail(LOAM_ERR_TYPE, "the fill must be one character"), NULL;
    fills = lacking(self, width);
    if (!fills)
        return loam__chars_same(self);
    /* As Python: of an odd number the greater half goes left where the width is odd. */
    before = sides == LOAM__LEFT ? fills : sides == LOAM__RIGHT ? 0 : fills / 2 + (fills & (size_t)width & 1);
    return pad(self, (padding){.before = before, .after = fills - before, .fill = fill});
}

loam__chars *loam__chars_zfill(const char *function, const loam__chars *self, int64_t width)
{
    size_t fills;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function), NULL;
    fills = lacking(self, width);
    if (!fills)
        return loam__chars_same(self);
    return pad(self, (padding){.split = self->len && (self->data[0] == '-' || self->data[0] == '+'),
                               .before = fills,
                               .fill = {"0", 1}});
}

/* The spaces that a tab at `column` becomes. */
static size_t spaces_for(size_t column, int64_t tab_size)
{
    return tab_size <= 0 ? 0 : (size_t)tab_size - column % (size_t)tab_size;
}

/* How many bytes more, or fewer than the tabs; false: too many. */
static bool expanded_len(const loam__chars *self, int64_t tab_size, size_t *len, size_t *tabs)
{
    size_t column = 0;

    *len = *tabs = 0;
    for (const char *at = self->data; at < self->data + self->len;) {
        size_t width = loam__chars_width(self, at);
        size_t spaces = *at == '\t' ? spaces_for(column, tab_size) : 0;
        *tabs += *at == '\t';
        if (!loam__size_add(*len, *at == '\t' ? spaces : width, len))
            return false;
        column = *at == '\n' || *at == '\r' ? 0 : column + (*at == '\t' ? spaces : 1);
        at += width;
    }
    return true;
}

static void write_expanded(char *to, const loam__chars *self, int64_t tab_size)
{
    size_t column = 0;

    for (const char *at = self->data; at < self->data + self->len;) {
        size_t width = loam__chars_width(self, at);
        size_t count = *at == '\t' ? spaces_for(column, tab_size) : width;
        if (*at == '\t')
            memset(to, ' ', count);
        else
            memcpy(to, at, width);
        column = *at == '\n' || *at == '\r' ? 0 : column + (*at == '\t' ? count : 1);
        to += count;
        at += width;
    }
}

loam__chars *loam__chars_expandtabs(const char *function, const loam__chars *self, int64_t tab_size)
{
    size_t len;
    size_t tabs;
    loam__chars *result;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function), NULL;
    if (!expanded_len(self, tab_size, &len, &tabs))
        return loam__fail_memory(), NULL;
    if (!tabs)
        return loam__chars_same(self);
    result = loam__chars_room(self, len, len - (self->len - loam__chars_len(self)));
    if (result && len)
        write_expanded(result->data, self, tab_size);
    return result;
}
