/*
 * str and bytes: splitting. Pieces are cut off at the front, or from the end in a list that is turned round afterwards.
 * What splits files lazily, iter/split.h, reads behind the end of its buffer and knows the spaces of bytes only.
 */
#include "containers/chars_text.h"

#include <loam/list.h>
#include <loam/tuple.h>

/* What is being split: `rest` is what no piece has been cut off from yet. */
typedef struct splitting {
    const loam__chars *self;
    loam_list *list;
    loam_view rest;
    uint64_t left; /* splits */
    bool failed;
} splitting;

static splitting begin(const loam__chars *self, int64_t most)
{
    loam_list *list = loam_list_new();

    return (splitting){self, list, loam__chars_view(self), most < 0 ? UINT64_MAX : (uint64_t)most, !list};
}

static void add(splitting *s, const char *from, size_t len)
{
    loam_value part = loam_from(loam__chars_part(s->self, from, len));

    s->failed = loam_is_unset(part) || loam_list_append_take(s->list, part) < 0;
}

static loam_list *finish(splitting *s)
{
    if (!s->failed)
        return s->list;
    loam__release(loam_from(s->list));
    return NULL;
}

/* What is before `at` becomes a piece, and the rest begins at `behind`. */
static void cut_front(splitting *s, const char *at, const char *behind)
{
    const char *end = s->rest.data + s->rest.len;

    add(s, s->rest.data, (size_t)(at - s->rest.data));
    s->rest = (loam_view){behind, (size_t)(end - behind)};
    s->left--;
}

/* What is behind `behind` becomes a piece, and the rest ends at `at`. */
static void cut_end(splitting *s, const char *at, const char *behind)
{
    add(s, behind, (size_t)(s->rest.data + s->rest.len - behind));
    s->rest.len = (size_t)(at - s->rest.data);
    s->left--;
}

static bool is_separator(const char *function, const loam__chars *self, loam_view separator)
{
    if (!loam__chars_given(function, self, separator))
        return false;
    if (!separator.len)
        loam_fail(LOAM_ERR_VALUE, "empty separator");
    return separator.len != 0;
}

loam_list *loam__chars_split(const char *function, const loam__chars *self, loam_view separator, int64_t most)
{
    splitting s;
    const char *found;

    if (!is_separator(function, self, separator))
        return NULL;
    s = begin(self, most);
    while (!s.failed && s.left && (found = loam__find_first(s.rest, separator)))
        cut_front(&s, found, found + separator.len);
    if (!s.failed)
        add(&s, s.rest.data, s.rest.len);
    return finish(&s);
}

static loam_list *finish_reversed(splitting *s)
{
    loam_list *list = finish(s);

    if (list)
        loam_list_reverse(list);
    return list;
}

loam_list *loam__chars_rsplit(const char *function, const loam__chars *self, loam_view separator, int64_t most)
{
    splitting s;
    const char *found;

    if (!is_separator(function, self, separator))
        return NULL;
    s = begin(self, most);
    while (!s.failed && s.left && (found = loam__find_last(s.rest, separator)))
        cut_end(&s, found, found + separator.len);
    if (!s.failed)
        add(&s, s.rest.data, s.rest.len);
    return finish_reversed(&s);
}

static const char *skip_spaces(const loam__chars *self, const char *at, const char *end)
{
    size_t width;

    while (at < end && (width = loam__chars_space(self, at)))
        at += width;
    return at;
}

static const char *skip_word(const loam__chars *self, const char *at, const char *end)
{
    while (at < end && !loam__chars_space(self, at))
        at += loam__chars_width(self, at);
    return at;
}

loam_list *loam__chars_words(const char *function, const loam__chars *self, int64_t most)
{
    splitting s;
    const char *end;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function), NULL;
    s = begin(self, most);
    end = self->data + self->len;
    for (const char *at = skip_spaces(self, self->data, end); !s.failed && at < end; at = skip_spaces(self, at, end)) {
        const char *behind = s.left ? skip_word(self, at, end) : end;
        add(&s, at, (size_t)(behind - at));
        s.left -= s.left ? 1 : 0;
        at = behind;
    }
    return finish(&s);
}

/* Backwards, as far as `begin`: where the spaces, or the word, before `at` begin. */
static const char *back_over(const loam__chars *self, const char *at, bool spaces)
{
    while (at > self->data) {
        const char *before = loam__chars_before(self, at);
        if ((loam__chars_space(self, before) != 0) != spaces)
            break;
        at = before;
    }
    return at;
}

loam_list *loam__chars_rwords(const char *function, const loam__chars *self, int64_t most)
{
    splitting s;
    const char *first;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function), NULL;
    s = begin(self, most);
    first = self->data;
    for (const char *at = back_over(self, first + self->len, true); !s.failed && at > first;
         at = back_over(self, at, true)) {
        const char *word = s.left ? back_over(self, at, false) : first;
        add(&s, word, (size_t)(at - word));
        s.left -= s.left ? 1 : 0;
        at = word;
    }
    return finish_reversed(&s);
}

loam_list *loam__chars_lines(const char *function, const loam__chars *self, bool keep_ends)
{
    splitting s;
    const char *end;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function), NULL;
    s = begin(self, -1);
    end = self->data + self->len;
    for (const char *at = self->data; !s.failed && at < end;) {
        size_t ending = loam__chars_line_end(self, at, end);
        if (ending)
            cut_front(&s, keep_ends ? at + ending : at, at + ending);
        at += ending ? ending : loam__chars_width(self, at);
    }
    if (!s.failed && s.rest.len)
        add(&s, s.rest.data, s.rest.len);
    return finish(&s);
}

/* Of `self`: what is before `at`, what is behind `behind`, and what is between. */
static loam_tuple *in_three(const loam__chars *self, const char *at, const char *behind)
{
    const char *end = self->data + self->len;
    loam_value parts[3];

    parts[0] = loam_from(loam__chars_part(self, self->data, (size_t)(at - self->data)));
    parts[1] = loam_is_unset(parts[0]) ? LOAM_UNSET : loam_from(loam__chars_part(self, at, (size_t)(behind - at)));
    parts[2] = loam_is_unset(parts[1]) ? LOAM_UNSET : loam_from(loam__chars_part(self, behind, (size_t)(end - behind)));
    return loam_tuple_new_take(parts, 3);
}

loam_tuple *loam__chars_partition(const char *function, const loam__chars *self, loam_view separator)
{
    const char *found;
    const char *end;

    if (!is_separator(function, self, separator))
        return NULL;
    end = self->data + self->len;
    found = loam__find_first(loam__chars_view(self), separator);
    return found ? in_three(self, found, found + separator.len) : in_three(self, end, end);
}

loam_tuple *loam__chars_rpartition(const char *function, const loam__chars *self, loam_view separator)
{
    const char *found;

    if (!is_separator(function, self, separator))
        return NULL;
    found = loam__find_last(loam__chars_view(self), separator);
    return found ? in_three(self, found, found + separator.len) : in_three(self, self->data, self->data);
}
