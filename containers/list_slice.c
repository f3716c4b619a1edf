/*
 * list: many items at once. What leaves a list goes into a second one, which is released when the first is in its final
 * state: the memory for it is asked for before anything changes.
 */
#include "containers/sequence.h"
#include "lib/checked.h"

/* An empty list with room for `capacity` items. */
static loam_list *with_room(size_t capacity)
{
    loam_list *list = loam__list_new_room(capacity);

    if (list)
        list->len = 0;
    return list;
}

static void append_copies(loam_list *list, const loam_value *items, size_t count)
{
    loam__slots_store(list, list->items + list->len, items, count);
    list->len += count;
}

loam_list *loam_list_slice(const loam_list *list, int64_t start, int64_t stop, int64_t step)
{
    loam__slice slice;
    loam_list *result;

    loam__check_alive(list, __func__);
    if (!list)
        return loam__propagate(__func__), NULL;
    if (loam__slice_of(list->len, start, stop, step, &slice) < 0)
        return NULL;
    result = with_room(slice.count);
    for (size_t i = 0; result && i < slice.count; i++)
        append_copies(result, &list->items[slice.first + (int64_t)i * slice.step], 1);
    return result;
}

loam_list *loam_list_copy(const loam_list *list)
{
    loam_list *copy;

    loam__check_alive(list, __func__);
    if (!list)
        return loam__propagate(__func__), NULL;
    copy = with_room(list->len);
    if (copy && list->len)
        append_copies(copy, list->items, list->len);
    return copy;
}

loam_list *loam_list_concat(const loam_list *list, const loam_list *other)
{
    size_t len;
    loam_list *result;

    loam__check_alive(list, __func__);
    loam__check_alive(other, __func__);
    if (!list || !other)
        return loam__propagate(__func__), NULL;
    if (!loam__size_add(list->len, other->len, &len))
        return loam__fail_memory(), NULL;
    result = with_room(len);
    if (result && list->len)
        append_copies(result, list->items, list->len);
    if (result && other->len)
        append_copies(result, other->items, other->len);
    return result;
}

/* `len` times `times`, where a negative number counts as 0. */
static bool repeated_len(size_t len, int64_t times, size_t *out)
{
    return loam__size_multiply(len, times < 0 ? 0 : (size_t)times, out);
}

loam_list *loam_list_repeat(const loam_list *list, int64_t times)
{
    size_t len;
    loam_list *result;

    loam__check_alive(list, __func__);
    if (!list)
        return loam__propagate(__func__), NULL;
    if (!repeated_len(list->len, times, &len))
        return loam__fail_memory(), NULL;
    result = with_room(len);
    while (result && result->len < len)
        append_copies(result, list->items, list->len);
    return result;
}

loam_status loam_list_repeat_in_place(loam_list *list, int64_t times)
{
    size_t part;
    size_t len;

    loam__check_alive(list, __func__);
    if (!list)
        return loam__propagate(__func__);
    if (times <= 0)
        return loam_list_clear(list);
    part = list->len;
    if (!repeated_len(part, times, &len))
        return loam__fail_memory();
    if (loam__list_reserve(list, len - part) < 0)
        return LOAM_ERR_MEMORY;
    while (list->len < len)
        append_copies(list, list->items, part);
    return LOAM_OK;
}

loam_status loam_list_reverse(loam_list *list)
{
    loam__check_alive(list, __func__);
    if (!list)
        return loam__propagate(__func__);
    for (size_t i = 0, j = list->len; i + 1 < j; i++) {
        loam_value item = list->items[i];
        list->items[i] = list->items[--j];
        list->items[j] = item;
    }
    loam__lost(&list->loam); /* a collection that stands in it looks at it anew */
    return LOAM_OK;
}

loam_status loam_list_delete(loam_list *list, int64_t index)
{
    size_t at;

    loam__check_alive(list, __func__);
    if (!list)
        return loam__propagate(__func__);
    if (loam__index_of(list->len, index, "list", &at) < 0)
        return LOAM_ERR_INDEX;
    loam__release(loam_list_pop(list, index));
    return LOAM_OK;
}

/* All of a list's references move behind those of another one, which has room. */
static void move_all(loam_list *to, loam_list *from)
{
    size_t count = from->len;

    if (!count)
        return;
    loam__gc_left(from, from->items, count);
    from->len = 0;
    loam__slots_move_in(to, to->items + to->len, from->items, count);
    to->len += count;
    loam__slots_forget(from, from->items, count);
}

/* `count` references move from `from` on behind those of another list, which has room, and leave stale words. */
static void move_some(loam_list *to, loam_list *list, size_t from, size_t count)
{
    if (!count)
        return;
    loam__gc_left(list, list->items + from, count);
    loam__slots_move_in(to, to->items + to->len, list->items + from, count);
    to->len += count;
}

/* `count` items from `first` on go into `removed`, those of `fresh` in their place. There is room in both. */
static void replace(loam_list *list, size_t first, size_t count, loam_list *fresh, loam_list *removed)
{
    size_t old_len = list->len;
    size_t behind = old_len - first - count;
    size_t new_len = first + fresh->len + behind;

    move_some(removed, list, first, count);
    loam__slots_move_along(list, list->items + first + fresh->len, list->items + first + count, behind);
    if (new_len < old_len)
        loam__slots_forget(list, list->items + new_len, old_len - new_len);
    list->len = first;
    move_all(list, fresh);
    list->len = new_len;
}

/* Item by item; what was there ends up in `fresh`. */
static void exchange(loam_list *list, const loam__slice *slice, loam_list *fresh)
{
    for (size_t i = 0; i < slice->count; i++) {
        loam_value item = loam__slot_move_out(fresh, &fresh->items[i]);
        loam_value *slot = &list->items[slice->first + (int64_t)i * slice->step];
        loam__slot_move_in(fresh, &fresh->items[i], loam__slot_exchange(list, slot, item));
    }
}

static loam_status replace_run(loam_list *list, const loam__slice *slice, loam_list *fresh)
{
    loam_list *removed = with_room(slice->count);
    size_t more = fresh->len > slice->count ? fresh->len - slice->count : 0;
    loam_status status = removed ? loam__list_reserve(list, more) : LOAM_ERR_MEMORY;

    if (status == LOAM_OK)
        replace(list, (size_t)slice->first, slice->count, fresh, removed);
    loam__release(loam_from(removed));
    return status;
}

static loam_status set_slice(loam_list *list, const loam__slice *slice, loam_list *fresh)
{
    if (slice->step == 1 && (slice->count || fresh->len))
        return replace_run(list, slice, fresh);
    if (slice->count != fresh->len)
        return loam_fail(LOAM_ERR_VALUE, "attempt to assign sequence of size %zu to extended slice of size %zu",
                         fresh->len, slice->count);
    exchange(list, slice, fresh);
    return LOAM_OK;
}

/* The bounds mean items that are there when the iterable has been read, which may run user code. */
loam_status loam_list_set_slice(loam_list *list, int64_t start, int64_t stop, int64_t step, loam_value iterable)
{
    loam__slice slice;
    loam_list *fresh;
    loam_status status;
    loam_failure failure;

    loam__check_alive(list, __func__);
    if (!list || loam_is_unset(iterable))
        return loam__propagate(__func__);
    fresh = loam_list_from(iterable);
    if (!fresh)
        return loam_error()->status;
    status = loam__slice_of(list->len, start, stop, step, &slice);
    if (status == LOAM_OK)
        status = set_slice(list, &slice, fresh);
    failure = *loam_error();
    loam__gc_release(&fresh->loam);
    return status < 0 ? loam__fail_again(&failure) : LOAM_OK;
}

/* Items at every `step` from `first` on go into `removed`, which has room, and the others move up. */
static void remove_each(loam_list *list, const loam__slice *slice, loam_list *removed)
{
    size_t to = (size_t)slice->first;

    for (size_t i = 0; i < slice->count; i++) {
        size_t at = (size_t)(slice->first + (int64_t)i * slice->step);
        size_t behind = i + 1 < slice->count ? (size_t)slice->step - 1 : list->len - at - 1;
        move_some(removed, list, at, 1);
        loam__slots_move_along(list, list->items + to, list->items + at + 1, behind);
        to += behind;
    }
    loam__slots_forget(list, list->items + to, slice->count);
    list->len = to;
}

/* The same items from the first to the last. */
static void turn_forward(loam__slice *slice)
{
    if (slice->step > 0 || !slice->count)
        return;
    slice->first += (int64_t)(slice->count - 1) * slice->step;
    slice->step = slice->count > 1 ? -slice->step : 1;
}

loam_status loam_list_delete_slice(loam_list *list, int64_t start, int64_t stop, int64_t step)
{
    loam__slice slice;
    loam_list *removed;

    loam__check_alive(list, __func__);
    if (!list)
        return loam__propagate(__func__);
    if (loam__slice_of(list->len, start, stop, step, &slice) < 0)
        return LOAM_ERR_VALUE;
    if (!slice.count)
        return LOAM_OK;
    removed = with_room(slice.count);
    if (!removed)
        return LOAM_ERR_MEMORY;
    turn_forward(&slice);
    remove_each(list, &slice, removed);
    loam__gc_release(&removed->loam);
    return LOAM_OK;
}
