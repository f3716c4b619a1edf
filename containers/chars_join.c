/*
 * str and bytes: putting together. The size is known before anything is copied.
 */
#include "containers/chars_text.h"
#include "containers/sequence.h"
#include "lib/checked.h"

/* How much a result will be. */
typedef struct extent {
    size_t len, chars;
} extent;

static bool add_extent(extent *total, size_t len, size_t chars)
{
    total->chars += chars; /* never more than there are bytes */
    return loam__size_add(total->len, len, &total->len);
}

static bool multiply_extent(extent *total, size_t times)
{
    total->chars *= times;
    return loam__size_multiply(total->len, times, &total->len);
}

static char *put(char *to, const char *data, size_t len)
{
    return len ? (char *)memcpy(to, data, len) + len : to;
}

static bool is_like(loam_value item, const loam__chars *like)
{
    return loam_is_object(item) && loam__type_id_of(loam__object(item)) == loam__type_id_of(&like->loam);
}

/* VALUE, MEMORY, TYPE: an item that is not of the type. */
static loam_status measure(const loam__chars *like, loam_view separator, loam__span items, extent *total)
{
    *total = (extent){separator.len, loam__chars_count(like, separator)};
    if (!multiply_extent(total, items.len ? items.len - 1 : 0))
        return loam__fail_memory();
    for (size_t i = 0; i < items.len; i++) {
        const loam__chars *item = loam__chars_of(items.items[i]);
        if (!is_like(items.items[i], like))
            return loam_fail(LOAM_ERR_TYPE, "sequence item %zu: expected %s, %s found", i,
                             loam__is_str_chars(like) ? "str" : "bytes", loam__type_name(items.items[i]));
        if (!add_extent(total, item->len, loam__chars_len(item)))
            return loam__fail_memory();
    }
    return LOAM_OK;
}

/* `sequence` is a list or a tuple, which nobody can change meanwhile: no user code runs. */
static loam__chars *join_sequence(const loam__chars *like, loam_view separator, loam_object *sequence)
{
    loam__span items = loam__span_of(sequence);
    extent total;
    loam__chars *result;
    char *to;

    if (measure(like, separator, items, &total) < 0)
        return NULL;
    if (items.len == 1)
        return loam__chars_same(loam__chars_of(items.items[0]));
    result = loam__chars_room(like, total.len, total.chars);
    if (!result || !total.len)
        return result;
    to = result->data;
    for (size_t i = 0; i < items.len; i++) {
        const loam__chars *item = loam__chars_of(items.items[i]);
        if (i)
            to = put(to, separator.data, separator.len);
        to = put(to, item->data, item->len);
    }
    return result;
}

loam__chars *loam__chars_join(const char *function, const loam__chars *like, loam_view separator, loam_value iterable)
{
    loam_list *list;
    loam__chars *result;

    if (!loam__chars_given(function, like, separator))
        return NULL;
    if (loam_is_unset(iterable))
        return loam__propagate(function), NULL;
    if (loam__is_type(iterable, LOAM__TYPE_LIST) || loam__is_type(iterable, LOAM__TYPE_TUPLE))
        return join_sequence(like, separator, loam__object(iterable));
    list = loam_list_from(iterable);
    if (!list)
        return NULL;
    result = join_sequence(like, separator, &list->loam);
    loam__release(loam_from(list));
    return result;
}

loam__chars *loam__chars_concat(const char *function, const loam__chars *self, loam_view text)
{
    extent total;
    loam__chars *result;

    if (!loam__chars_given(function, self, text))
        return NULL;
    if (!text.len)
        return loam__chars_same(self);
    total = (extent){self->len, loam__chars_len(self)};
    if (!add_extent(&total, text.len, loam__chars_count(self, text)))
        return loam__fail_memory(), NULL;
    result = loam__chars_room(self, total.len, total.chars);
    if (result)
        put(put(result->data, self->data, self->len), text.data, text.len);
    return result;
}

loam__chars *loam__chars_repeat(const char *function, const loam__chars *self, int64_t times)
{
    extent total;
    loam__chars *result;

    loam__check_alive(self, function);
    if (!self)
        return loam__propagate(function), NULL;
    if (times == 1)
        return loam__chars_same(self);
    total = (extent){self->len, loam__chars_len(self)};
    if (!multiply_extent(&total, times < 0 ? 0 : (size_t)times))
        return loam__fail_memory(), NULL;
    result = loam__chars_room(self, total.len, total.chars);
    if (!result || !total.len)
        return result;
    put(result->data, self->data, self->len);
    for (size_t done = self->len; done < total.len;) {
        size_t more = done < total.len - done ? done : total.len - done;
        put(result->data + done, result->data, more);
        done += more;
    }
    return result;
}
