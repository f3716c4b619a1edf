/*
 * list: an array of slots that grows by half. Slots from `len` to `capacity` hold no references, and where the
 * collector is conservative they are empty words, so that it finds nothing old in them.
 */
#include "containers/sequence.h"
#include "lib/checked.h"

#include <loam/range.h>

static void trace(void *self, loam_visitor *visitor)
{
    loam_list *list = self;
    loam_visit(visitor, list->items, list->len);
}

/* NULL if there is none: without capacity `items` may be the mark of a sort. */
LOAM__INLINE loam_value *buffer_of(const loam_list *list)
{
    return list->capacity ? list->items : NULL;
}

static void dispose(void *self)
{
    loam_list *list = self;
    loam__gc_refs_free(buffer_of(list), list->capacity);
}

static size_t extent(const void *self)
{
    return ((const loam_list *)self)->capacity * sizeof(loam_value);
}

static int64_t len(const void *self)
{
    return (int64_t)((const loam_list *)self)->len;
}

static loam_status iter_begin(const void *self, loam_cursor *cursor)
{
    (void)self;
    *cursor = (loam_cursor){0, 0};
    return LOAM_OK;
}

/* As in Python a list may grow and shrink while it is iterated over; the iteration goes on by position. */
static ptrdiff_t iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    loam_list *list = self;
    size_t n = 0;

    while (n < cap && cursor->position < list->len)
        out[n++] = loam__retain(list->items[cursor->position++]);
    return (ptrdiff_t)n;
}

static void *copy(const void *self)
{
    return loam_list_copy(self);
}

loam_type loam__list_type = {
    .name = "list",
    .size = sizeof(loam_list),
    .id = LOAM__TYPE_LIST,
    .trace = trace,
    .dispose = dispose,
    .extent = extent,
    .len = len,
    .iter_begin = iter_begin,
    .iter_fill = iter_fill,
    .copy = copy,
};

static loam_status set_capacity(loam_list *list, size_t capacity)
{
    loam_value *items = NULL;

    if (capacity <= LOAM__SIZE_MAX / sizeof *items)
        items = loam__gc_refs_reserve(list, buffer_of(list), list->capacity, capacity);
    if (!items)
        return loam__fail_memory();
    list->items = items;
    list->capacity = capacity;
    return LOAM_OK;
}

loam_status loam__list_reserve(loam_list *list, size_t more)
{
    size_t needed;

    if (LOAM__LIKELY(more <= list->capacity - list->len))
        return LOAM_OK;
    if (!loam__size_add(list->len, more, &needed))
        return loam__fail_memory();
    return set_capacity(list, loam__grow(list->capacity, needed));
}

loam_list *loam_list_new(void)
{
    return loam__object_new(&loam__list_type, sizeof(loam_list));
}

loam_list *loam__list_new_room(size_t len)
{
    loam_list *list = loam_list_new();

    if (!list || !len)
        return list;
    list->items = len <= LOAM__SIZE_MAX / sizeof *list->items ? loam__gc_refs_new(list, len) : NULL;
    if (!list->items) {
        loam__fail_memory();
        loam__gc_release(&list->loam);
        return NULL;
    }
    list->len = list->capacity = len;
    return list;
}

loam_list *loam_list_from(loam_value iterable)
{
    loam_list *list = loam_list_new();

    if (list && loam_list_extend(list, iterable) < 0) {
        loam__gc_release(&list->loam);
        return NULL;
    }
    return list;
}

int64_t loam_list_len(const loam_list *list)
{
    loam__check_alive(list, __func__);
    return list ? (int64_t)list->len : (int64_t)loam__propagate(__func__);
}

LOAM__INLINE loam_value item_at(const loam_list *list, int64_t index, const char *function)
{
    size_t at;

    loam__check_alive(list, function);
    if (LOAM__UNLIKELY(!list))
        return loam__propagate(function), LOAM_UNSET;
    if (LOAM__UNLIKELY(loam__index_of(list->len, index, "list", &at) < 0))
        return LOAM_UNSET;
    return list->items[at];
}

loam_span loam_list_span_peek(const loam_list *list)
{
    loam__check_alive(list, __func__);
    if (!list)
        loam__propagate(__func__);
    return list ? (loam_span){list->items, list->len} : (loam_span){NULL, 0};
}

loam_value loam_list_get_peek(const loam_list *list, int64_t index)
{
    return item_at(list, index, __func__);
}

loam_value loam_list_get(const loam_list *list, int64_t index)
{
    return loam__retain(item_at(list, index, __func__));
}

loam_status loam_list_get_int(const loam_list *list, int64_t index, int64_t *out)
{
    loam_value item = item_at(list, index, __func__);

    return loam_is_unset(item) ? loam_error()->status : loam_to_int(item, out);
}

loam_status loam__refuse(loam_value item, loam_status status)
{
    loam__release(item);
    return status;
}

LOAM__COLD static loam_status refuse_earlier(loam_value item, const char *function)
{
    return loam__refuse(item, loam__propagate(function));
}

loam_status(loam_list_set)(loam_list *list, int64_t index, loam_value item)
{
    return loam_list_set_take(list, index, loam__retain(item));
}

loam_status loam_list_set_take(loam_list *list, int64_t index, loam_value item)
{
    size_t at;

    loam__check_alive(list, __func__);
    if (!list || loam_is_unset(item))
        return refuse_earlier(item, __func__);
    if (loam__index_of(list->len, index, "list", &at) < 0)
        return loam__refuse(item, LOAM_ERR_INDEX);
    loam__slot_set(list, &list->items[at], item);
    return LOAM_OK;
}

loam_status(loam_list_append)(loam_list *list, loam_value item)
{
    return loam_list_append_take(list, loam__retain(item));
}

/* There is room. */
LOAM__INLINE loam_status put_last(loam_list *list, loam_value item)
{
    loam_value *slot = &list->items[list->len++];

    loam__slot_move_in(list, slot, item);
    return LOAM_OK;
}

LOAM__NOINLINE static loam_status append_to_full(loam_list *list, loam_value item)
{
    if (loam__list_reserve(list, 1) < 0)
        return loam__refuse(item, LOAM_ERR_MEMORY);
    return put_last(list, item);
}

loam_status loam_list_append_take(loam_list *list, loam_value item)
{
    loam__check_alive(list, __func__);
    if (LOAM__UNLIKELY(!list || loam_is_unset(item)))
        return refuse_earlier(item, __func__);
    if (LOAM__UNLIKELY(list->len == list->capacity))
        return append_to_full(list, item);
    return put_last(list, item);
}

loam_status loam__list_append_items(loam_list *list, loam_value *items, size_t count)
{
    if (loam__list_reserve(list, count) < 0) {
        for (size_t i = 0; i < count; i++)
            loam__release(items[i]);
        return LOAM_ERR_MEMORY;
    }
    loam__slots_move_in(list, list->items + list->len, items, count);
    list->len += count;
    return LOAM_OK;
}

loam_status(loam_list_insert)(loam_list *list, int64_t index, loam_value item)
{
    return loam_list_insert_take(list, index, loam__retain(item));
}

static size_t insertion_point(size_t len, int64_t index)
{
    int64_t n = (int64_t)len;

    if (index < 0)
        index = index < -n ? 0 : index + n;
    return (size_t)(index > n ? n : index);
}

loam_status loam_list_insert_take(loam_list *list, int64_t index, loam_value item)
{
    size_t at;

    loam__check_alive(list, __func__);
    if (!list || loam_is_unset(item))
        return refuse_earlier(item, __func__);
    if (loam__list_reserve(list, 1) < 0)
        return loam__refuse(item, LOAM_ERR_MEMORY);
    at = insertion_point(list->len, index);
    loam__slots_move_along(list, list->items + at + 1, list->items + at, list->len - at);
    loam__slots_forget(list, list->items + at, 1);
    loam__slot_move_in(list, &list->items[at], item);
    list->len++;
    return LOAM_OK;
}

static loam_status add_batch(void *context, loam_value *items, size_t count)
{
    return loam__list_append_items(context, items, count);
}

/* Of another list, or of itself, just the items that are there now. */
static loam_status extend_from_span(loam_list *list, loam_object *sequence)
{
    size_t count = loam__span_of(sequence).len;

    if (!count)
        return LOAM_OK;
    if (loam__list_reserve(list, count) < 0)
        return LOAM_ERR_MEMORY;
    loam__slots_store(list, list->items + list->len, loam__span_of(sequence).items, count);
    list->len += count;
    return LOAM_OK;
}

loam_status loam_list_extend(loam_list *list, loam_value iterable)
{
    loam__check_alive(list, __func__);
    if (!list || loam_is_unset(iterable))
        return loam__propagate(__func__);
    if (loam__is_type(iterable, LOAM__TYPE_LIST) || loam__is_type(iterable, LOAM__TYPE_TUPLE))
        return extend_from_span(list, loam__object(iterable));
    if (loam__is_type(iterable, LOAM__TYPE_RANGE) &&
        loam__list_reserve(list, (size_t)loam_range_len((const loam_range *)loam__object(iterable))) < 0)
        return LOAM_ERR_MEMORY; /* at once, not when all memory is taken */
    return loam__each_batch(iterable, add_batch, list);
}

loam_value loam_list_pop(loam_list *list, int64_t index)
{
    size_t at;
    loam_value item;

    loam__check_alive(list, __func__);
    if (!list)
        return loam__propagate(__func__), LOAM_UNSET;
    if (!list->len)
        return loam_fail(LOAM_ERR_INDEX, "pop from empty list"), LOAM_UNSET;
    if (loam__index_of(list->len, index, "pop", &at) < 0)
        return LOAM_UNSET;
    item = loam__slot_move_out(list, &list->items[at]);
    list->len--;
    loam__slots_move_along(list, list->items + at, list->items + at + 1, list->len - at);
    loam__slots_forget(list, list->items + list->len, 1);
    return item;
}

loam_status loam_list_clear(loam_list *list)
{
    loam_value *items;
    size_t len;
    size_t capacity;

    loam__check_alive(list, __func__);
    if (!list)
        return loam__propagate(__func__);
    if (!list->capacity)
        return LOAM_OK;
    items = list->items;
    len = list->len;
    capacity = list->capacity;
    list->items = NULL;
    list->len = list->capacity = 0;
    loam__slots_move_out(list, items, items, len);
    loam__slots_release(list, items, len);
    loam__gc_refs_free(items, capacity);
    return LOAM_OK;
}

loam_status loam_list_reserve(loam_list *list, int64_t capacity)
{
    loam__check_alive(list, __func__);
    if (!list)
        return loam__propagate(__func__);
    if (capacity < 0)
        return loam_fail(LOAM_ERR_VALUE, "a capacity cannot be negative");
    return (size_t)capacity <= list->capacity ? LOAM_OK : set_capacity(list, (size_t)capacity);
}
