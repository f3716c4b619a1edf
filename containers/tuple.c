#include "containers/sequence.h"
#include "lib/checked.h"

static struct {
    loam_object loam;
    size_t len;
} empty;

static void trace(void *self, loam_visitor *visitor)
{
    loam_tuple *tuple = self;
    loam_visit(visitor, tuple->items, tuple->len);
}

static size_t extent(const void *self)
{
    return ((const loam_tuple *)self)->len * sizeof(loam_value);
}

static int64_t len(const void *self)
{
    return (int64_t)((const loam_tuple *)self)->len;
}

static loam_status iter_begin(const void *self, loam_cursor *cursor)
{
    (void)self;
    *cursor = (loam_cursor){0, 0};
    return LOAM_OK;
}

static ptrdiff_t iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    loam_tuple *tuple = self;
    size_t n = 0;

    while (n < cap && cursor->position < tuple->len)
        out[n++] = loam__retain(tuple->items[cursor->position++]);
    return (ptrdiff_t)n;
}

/* Another one, of which loam_deepcopy() makes what it likes. */
static void *copy(const void *self)
{
    const loam_tuple *tuple = self;
    return loam_tuple_new(tuple->items, tuple->len);
}

loam_type loam__tuple_type = {
    .name = "tuple",
    .size = sizeof(loam_tuple),
    .id = LOAM__TYPE_TUPLE,
    .trace = trace,
    .extent = extent,
    .len = len,
    .iter_begin = iter_begin,
    .iter_fill = iter_fill,
    .copy = copy,
};

loam_tuple *loam__tuple_new_room(size_t len)
{
    size_t size;
    loam_tuple *tuple;

    if (!len)
        return loam__object_immortal(&empty.loam, &loam__tuple_type, 0) < 0 ? NULL : (loam_tuple *)&empty;
    if (!loam__size_array(sizeof *tuple, len, sizeof *tuple->items, &size))
        return loam__fail_memory(), NULL;
    tuple = loam__object_new(&loam__tuple_type, size);
    if (tuple)
        tuple->len = len;
    return tuple;
}

static bool any_unset(const loam_value *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (loam_is_unset(items[i]))
            return true;
    return false;
}

/* Whether there can be an array of so many items. */
static bool can_be(size_t count)
{
    return count <= LOAM__SIZE_MAX / sizeof(loam_value);
}

loam_tuple *loam_tuple_new(const loam_value *items, size_t count)
{
    loam_tuple *tuple;

    if (!can_be(count))
        return loam__fail_memory(), NULL;
    if (any_unset(items, count))
        return loam__propagate(__func__), NULL;
    tuple = loam__tuple_new_room(count);
    if (tuple)
        loam__slots_store(tuple, tuple->items, items, count);
    return tuple;
}

loam_tuple *loam_tuple_new_take(const loam_value *items, size_t count)
{
    loam_tuple *tuple = NULL;

    if (!can_be(count))
        return loam__fail_memory(), NULL;
    if (any_unset(items, count))
        loam__propagate(__func__);
    else
        tuple = loam__tuple_new_room(count);
    if (tuple)
        loam__slots_move_in(tuple, tuple->items, items, count);
    else
        for (size_t i = 0; i < count; i++)
            loam__release(items[i]);
    return tuple;
}

loam_tuple *loam_tuple_from(loam_value iterable)
{
    loam_list *list;
    loam_tuple *tuple;

    if (loam__is_type(iterable, LOAM__TYPE_TUPLE))
        return (loam_tuple *)loam__object(loam__retain(iterable));
    list = loam_list_from(iterable);
    if (!list)
        return NULL;
    tuple = loam__tuple_new_room(list->len);
    if (tuple) {
        loam__slots_move_out(list, list->items, list->items, list->len);
        loam__slots_move_in(tuple, tuple->items, list->items, list->len);
        loam__slots_forget(list, list->items, list->len);
        list->len = 0;
    }
    loam__gc_release(&list->loam);
    return tuple;
}

int64_t loam_tuple_len(const loam_tuple *tuple)
{
    loam__check_alive(tuple, __func__);
    return tuple ? (int64_t)tuple->len : (int64_t)loam__propagate(__func__);
}

loam_span loam_tuple_span_peek(const loam_tuple *tuple)
{
    if (!tuple)
        loam__propagate(__func__);
    return tuple ? (loam_span){tuple->items, tuple->len} : (loam_span){NULL, 0};
}

loam_value loam_tuple_get_peek(const loam_tuple *tuple, int64_t index)
{
    size_t at;

    loam__check_alive(tuple, __func__);
    if (!tuple)
        return loam__propagate(__func__), LOAM_UNSET;
    if (loam__index_of(tuple->len, index, "tuple", &at) < 0)
        return LOAM_UNSET;
    return tuple->items[at];
}

loam_value loam_tuple_get(const loam_tuple *tuple, int64_t index)
{
    return loam__retain(loam_tuple_get_peek(tuple, index));
}

loam_status loam_tuple_get_int(const loam_tuple *tuple, int64_t index, int64_t *out)
{
    loam_value item = loam_tuple_get_peek(tuple, index);

    return loam_is_unset(item) ? loam_error()->status : loam_to_int(item, out);
}

static loam_tuple *itself(const loam_tuple *tuple)
{
    return (loam_tuple *)loam__object(loam__retain(loam_from(tuple)));
}

loam_tuple *loam_tuple_slice(const loam_tuple *tuple, int64_t start, int64_t stop, int64_t step)
{
    loam__slice slice;
    loam_tuple *result;

    loam__check_alive(tuple, __func__);
    if (!tuple)
        return loam__propagate(__func__), NULL;
    if (loam__slice_of(tuple->len, start, stop, step, &slice) < 0)
        return NULL;
    if (slice.count == tuple->len && slice.step == 1)
        return itself(tuple);
    result = loam__tuple_new_room(slice.count);
    for (size_t i = 0; result && i < slice.count; i++)
        loam__slot_store(result, &result->items[i], tuple->items[slice.first + (int64_t)i * slice.step]);
    return result;
}

loam_tuple *loam_tuple_concat(const loam_tuple *tuple, const loam_tuple *other)
{
    loam_tuple *result;

    loam__check_alive(tuple, __func__);
    loam__check_alive(other, __func__);
    if (!tuple || !other)
        return loam__propagate(__func__), NULL;
    if (!tuple->len || !other->len)
        return itself(tuple->len ? tuple : other);
    result = loam__tuple_new_room(tuple->len + other->len);
    if (!result)
        return NULL;
    loam__slots_store(result, result->items, tuple->items, tuple->len);
    loam__slots_store(result, result->items + tuple->len, other->items, other->len);
    return result;
}

loam_tuple *loam_tuple_repeat(const loam_tuple *tuple, int64_t times)
{
    size_t len;
    loam_tuple *result;

    loam__check_alive(tuple, __func__);
    if (!tuple)
        return loam__propagate(__func__), NULL;
    if (times == 1)
        return itself(tuple);
    if (!loam__size_multiply(tuple->len, times < 0 ? 0 : (size_t)times, &len))
        return loam__fail_memory(), NULL;
    result = loam__tuple_new_room(len);
    for (size_t done = 0; result && done < len; done += tuple->len)
        loam__slots_store(result, result->items + done, tuple->items, tuple->len);
    return result;
}
