/*
 * deque: what moves items within one, and copies. Items move the shorter way. Whoever has moved some tells a collection
 * that may stand in the middle of them, by loam__slots_moved().
 */
#include "containers/sequence.h"
#include "lib/checked.h"

static loam_value *slot(const loam_deque *deque, size_t index)
{
    return loam__deque_slot(deque, index);
}

/* Slot 0 of the items is the one before it, or the one after it. */

static void step_back(loam_deque *deque)
{
    deque->first = (deque->first ? deque->first : deque->capacity) - 1;
}

static void step_on(loam_deque *deque)
{
    deque->first = deque->first + 1 == deque->capacity ? 0 : deque->first + 1;
}

/* An empty slot at `index` among the items, which are one more after it. There is room. */
static loam_value *open_gap(loam_deque *deque, size_t index)
{
    size_t len = deque->len++;

    deque->version++;
    if (index <= len / 2) {
        step_back(deque);
        for (size_t i = 0; i < index; i++)
            loam__slot_move_along(slot(deque, i), slot(deque, i + 1));
    } else {
        for (size_t i = len; i > index; i--)
            loam__slot_move_along(slot(deque, i), slot(deque, i - 1));
    }
    loam__slots_forget(deque, slot(deque, index), 1);
    loam__slots_moved(deque);
    return slot(deque, index);
}

/* The slot at `index` is empty, and no longer among the items. */
static void close_gap(loam_deque *deque, size_t index)
{
    size_t last = --deque->len;

    deque->version++;
    if (index <= last / 2) {
        for (size_t i = index; i > 0; i--)
            loam__slot_move_along(slot(deque, i), slot(deque, i - 1));
        loam__slots_forget(deque, slot(deque, 0), 1);
        step_on(deque);
    } else {
        for (size_t i = index; i < last; i++)
            loam__slot_move_along(slot(deque, i), slot(deque, i + 1));
        loam__slots_forget(deque, slot(deque, last), 1);
    }
    loam__slots_moved(deque);
}

loam_value loam__deque_take(loam_deque *deque, size_t index)
{
    loam_value item = loam__slot_move_out(deque, slot(deque, index));

    close_gap(deque, index);
    loam__deque_trim(deque);
    return item;
}

loam_status(loam_deque_insert)(loam_deque *deque, int64_t index, loam_value item)
{
    return loam_deque_insert_take(deque, index, loam__retain(item));
}

static loam_status make_room(loam_deque *deque)
{
    if (deque->len == deque->max_len)
        return loam_fail(LOAM_ERR_INDEX, "deque already at its maximum size");
    return loam__deque_reserve(deque, 1);
}

loam_status loam_deque_insert_take(loam_deque *deque, int64_t index, loam_value item)
{
    loam__check_alive(deque, __func__);
    loam_status status = !deque || loam_is_unset(item) ? loam__propagate(__func__) : make_room(deque);
    int64_t len;

    if (status < 0) {
        loam__release(item);
        return status;
    }
    len = (int64_t)deque->len;
    if (index < 0)
        index = index < -len ? 0 : index + len;
    loam__slot_move_in(deque, open_gap(deque, (size_t)(index > len ? len : index)), item);
    return LOAM_OK;
}

loam_status loam_deque_delete(loam_deque *deque, int64_t index)
{
    size_t at;

    loam__check_alive(deque, __func__);
    if (!deque)
        return loam__propagate(__func__);
    if (loam__index_of(deque->len, index, "deque", &at) < 0)
        return LOAM_ERR_INDEX;
    loam__release(loam__deque_take(deque, at));
    return LOAM_OK;
}

/* The first `count` items go behind the last one, or the last ones before the first. There are empty slots. */

static void turn_left(loam_deque *deque, size_t count)
{
    for (; count; count--) {
        loam_value *from = slot(deque, 0);
        loam__slot_move_along(slot(deque, deque->len), from);
        loam__slots_forget(deque, from, 1);
        step_on(deque);
    }
}

static void turn_right(loam_deque *deque, size_t count)
{
    for (; count; count--) {
        loam_value *from = slot(deque, deque->len - 1);
        step_back(deque);
        loam__slot_move_along(slot(deque, 0), from);
        loam__slots_forget(deque, from, 1);
    }
}

/* `left` is less than the length, and not 0. */
static void rotate_left(loam_deque *deque, size_t left)
{
    size_t right = deque->len - left;

    deque->version++;
    if (deque->len == deque->capacity) { /* nothing need move */
        deque->first = (size_t)(slot(deque, left) - deque->items);
        return;
    }
    if (left <= right)
        turn_left(deque, left);
    else
        turn_right(deque, right);
    loam__slots_moved(deque);
}

loam_status loam_deque_rotate(loam_deque *deque, int64_t steps)
{
    int64_t left;

    loam__check_alive(deque, __func__);
    if (!deque)
        return loam__propagate(__func__);
    if (!deque->len)
        return LOAM_OK;
    left = -(steps % (int64_t)deque->len);
    if (left)
        rotate_left(deque, (size_t)(left < 0 ? left + (int64_t)deque->len : left));
    return LOAM_OK;
}

loam_status loam_deque_reverse(loam_deque *deque)
{
    loam__check_alive(deque, __func__);
    if (!deque)
        return loam__propagate(__func__);
    for (size_t i = 0, j = deque->len; i + 1 < j; i++) {
        loam_value *a = slot(deque, i);
        loam_value *b = slot(deque, --j);
        loam_value item = *a;
        *a = *b;
        *b = item;
    }
    deque->version += deque->len > 1;
    loam__slots_moved(deque);
    return LOAM_OK;
}

/* Copies. */

/* Behind the last item; there is room. */
static void store_last(loam_deque *deque, loam_value item)
{
    loam__slot_store(deque, slot(deque, deque->len), item);
    deque->len++;
}

loam_deque *loam_deque_copy(const loam_deque *deque)
{
    loam_deque *copy;

    loam__check_alive(deque, __func__);
    if (!deque)
        return loam__propagate(__func__), NULL;
    copy = loam__deque_new_room(deque->max_len, deque->len);
    for (size_t i = 0; copy && i < deque->len; i++)
        store_last(copy, *slot(deque, i));
    return copy;
}

loam_deque *loam_deque_concat(const loam_deque *deque, const loam_deque *other)
{
    loam_deque *result;
    size_t total;
    size_t skipped;

    loam__check_alive(deque, __func__);
    loam__check_alive(other, __func__);
    if (!deque || !other)
        return loam__propagate(__func__), NULL;
    total = deque->len + other->len;
    skipped = total > deque->max_len ? total - deque->max_len : 0;
    result = loam__deque_new_room(deque->max_len, total - skipped);
    for (size_t i = skipped; result && i < total; i++)
        store_last(result, i < deque->len ? *slot(deque, i) : *slot(other, i - deque->len));
    return result;
}

/* How long a deque is when its items have been repeated, and which of them is the first then: of a full one the last
 * items stay. False: it is too long. */
static bool repeated(const loam_deque *deque, int64_t times, size_t *len, size_t *first)
{
    bool fits = loam__size_multiply(deque->len, times < 0 ? 0 : (size_t)times, len);

    *first = 0;
    if (deque->max_len == LOAM__DEQUE_ENDLESS || (fits && *len <= deque->max_len))
        return fits;
    *len = deque->max_len;
    *first = (deque->len - *len % deque->len) % deque->len;
    return true;
}

loam_deque *loam_deque_repeat(const loam_deque *deque, int64_t times)
{
    size_t len;
    size_t first;
    loam_deque *result;

    loam__check_alive(deque, __func__);
    if (!deque)
        return loam__propagate(__func__), NULL;
    if (!repeated(deque, times, &len, &first))
        return loam__fail_memory(), NULL;
    result = loam__deque_new_room(deque->max_len, len);
    for (size_t i = 0; result && i < len; i++)
        store_last(result, *slot(deque, (first + i) % deque->len));
    return result;
}

loam_status loam_deque_repeat_in_place(loam_deque *deque, int64_t times)
{
    size_t len;
    size_t first;
    size_t part;

    loam__check_alive(deque, __func__);
    if (!deque)
        return loam__propagate(__func__);
    if (times <= 0)
        return loam_deque_clear(deque);
    part = deque->len;
    if (!repeated(deque, times, &len, &first))
        return loam__fail_memory();
    if (loam__deque_reserve(deque, len - part) < 0)
        return LOAM_ERR_MEMORY;
    if (first)
        rotate_left(deque, first);
    deque->version += len != part;
    while (deque->len < len)
        store_last(deque, *slot(deque, deque->len - part));
    return LOAM_OK;
}
