/*
 * deque: the ring itself, and both its ends. sequence.h says what is always true of one.
 */
#include "containers/sequence.h"
#include "lib/checked.h"

enum { KEPT = LOAM_STRESS ? 0 : 64 }; /* slots that an empty deque keeps */

static void trace(void *self, loam_visitor *visitor)
{
    loam_deque *deque = self;
    loam_visit(visitor, deque->items, deque->capacity);
}

static void dispose(void *self)
{
    loam_deque *deque = self;
    loam__gc_refs_free(deque->items, deque->capacity);
}

static size_t extent(const void *self)
{
    return ((const loam_deque *)self)->capacity * sizeof(loam_value);
}

static int64_t len(const void *self)
{
    return (int64_t)((const loam_deque *)self)->len;
}

static loam_status iter_begin(const void *self, loam_cursor *cursor)
{
    *cursor = (loam_cursor){0, ((const loam_deque *)self)->version};
    return LOAM_OK;
}

loam_status loam__fail_deque_changed(void)
{
    return loam_fail(LOAM_ERR_CHANGED, "deque changed during iteration");
}

static ptrdiff_t iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    const loam_deque *deque = self;
    size_t n = 0;

    if (cursor->version != deque->version)
        return loam__fail_deque_changed();
    while (n < cap && cursor->position < deque->len)
        out[n++] = loam__retain(*loam__deque_slot(deque, cursor->position++));
    return (ptrdiff_t)n;
}

static void *copy(const void *self)
{
    return loam_deque_copy(self);
}

loam_type loam__deque_type = {
    .name = "deque",
    .size = sizeof(loam_deque),
    .id = LOAM__TYPE_DEQUE,
    .trace = trace,
    .dispose = dispose,
    .extent = extent,
    .len = len,
    .iter_begin = iter_begin,
    .iter_fill = iter_fill,
    .copy = copy,
};

/* The items move into a buffer of their own size, the first one to slot 0. */
static loam_status set_capacity(loam_deque *deque, size_t capacity)
{
    loam_value *old = deque->items;
    size_t old_capacity = deque->capacity;
    size_t head = old_capacity - deque->first < deque->len ? old_capacity - deque->first : deque->len;
    loam_value *items = capacity <= LOAM__SIZE_MAX / sizeof *items ? loam__gc_refs_new(deque, capacity) : NULL;

    if (!items)
        return loam__fail_memory();
    if (deque->len) {
        loam__slots_move_along(deque, items, old + deque->first, head);
        loam__slots_move_along(deque, items + head, old, deque->len - head);
    }
    deque->items = items;
    deque->capacity = capacity;
    deque->first = 0;
    loam__gc_refs_free(old, old_capacity);
    return LOAM_OK;
}

static size_t at_most(size_t number, size_t bound)
{
    return number < bound ? number : bound;
}

loam_status loam__deque_reserve(loam_deque *deque, size_t more)
{
    size_t needed;

    if (LOAM__LIKELY(more <= deque->capacity - deque->len))
        return LOAM_OK;
    if (more > deque->max_len - deque->len)
        more = deque->max_len - deque->len;
    if (!loam__size_add(deque->len, more, &needed))
        return loam__fail_memory();
    if (needed <= deque->capacity)
        return LOAM_OK;
    return set_capacity(deque, at_most(loam__grow(deque->capacity, needed), deque->max_len));
}

static loam_deque *new_deque(size_t max_len)
{
    loam_deque *deque = loam__object_new(&loam__deque_type, sizeof *deque);

    if (deque)
        deque->max_len = max_len;
    return deque;
}

loam_deque *loam__deque_new_room(size_t max_len, size_t room)
{
    loam_deque *deque = new_deque(max_len);

    if (deque && room && set_capacity(deque, room) < 0) {
        loam__gc_release(&deque->loam);
        return NULL;
    }
    return deque;
}

loam_deque *loam_deque_new(void)
{
    return new_deque(LOAM__DEQUE_ENDLESS);
}

loam_deque *loam_deque_new_max(int64_t max_len)
{
    if (max_len < 0)
        return loam_fail(LOAM_ERR_VALUE, "the greatest length of a deque cannot be negative"), NULL;
    return new_deque((size_t)max_len);
}

loam_deque *loam_deque_from(loam_value iterable)
{
    loam_deque *deque = loam_deque_new();

    if (deque && loam_deque_extend(deque, iterable) < 0) {
        loam__gc_release(&deque->loam);
        return NULL;
    }
    return deque;
}

int64_t loam_deque_len(const loam_deque *deque)
{
    loam__check_alive(deque, __func__);
    return deque ? (int64_t)deque->len : (int64_t)loam__propagate(__func__);
}

int64_t loam_deque_max_len(const loam_deque *deque)
{
    loam__check_alive(deque, __func__);
    return deque ? (int64_t)at_most(deque->max_len, (size_t)INT64_MAX) : (int64_t)loam__propagate(__func__);
}

loam_value loam_deque_get_peek(const loam_deque *deque, int64_t index)
{
    size_t at;

    loam__check_alive(deque, __func__);
    if (!deque)
        return loam__propagate(__func__), LOAM_UNSET;
    if (loam__index_of(deque->len, index, "deque", &at) < 0)
        return LOAM_UNSET;
    return *loam__deque_slot(deque, at);
}

loam_value loam_deque_get(const loam_deque *deque, int64_t index)
{
    return loam__retain(loam_deque_get_peek(deque, index));
}

loam_status loam_deque_get_int(const loam_deque *deque, int64_t index, int64_t *out)
{
    loam_value item = loam_deque_get_peek(deque, index);

    return loam_is_unset(item) ? loam_error()->status : loam_to_int(item, out);
}

loam_status(loam_deque_set)(loam_deque *deque, int64_t index, loam_value item)
{
    return loam_deque_set_take(deque, index, loam__retain(item));
}

loam_status loam_deque_set_take(loam_deque *deque, int64_t index, loam_value item)
{
    size_t at;

    loam__check_alive(deque, __func__);
    if (!deque || loam_is_unset(item))
        return loam__refuse(item, loam__propagate(__func__));
    if (loam__index_of(deque->len, index, "deque", &at) < 0)
        return loam__refuse(item, LOAM_ERR_INDEX);
    loam__slot_set(deque, loam__deque_slot(deque, at), item);
    return LOAM_OK;
}

/* The ends. */

static size_t slot_before(const loam_deque *deque)
{
    return (deque->first ? deque->first : deque->capacity) - 1;
}

static void put_last(loam_deque *deque, loam_value item)
{
    loam__slot_move_in(deque, loam__deque_slot(deque, deque->len), item);
    deque->len++;
    deque->version++;
}

static void put_first(loam_deque *deque, loam_value item)
{
    deque->first = slot_before(deque);
    loam__slot_move_in(deque, &deque->items[deque->first], item);
    deque->len++;
    deque->version++;
}

static loam_value take_last(loam_deque *deque)
{
    deque->version++;
    return loam__slot_move_out(deque, loam__deque_slot(deque, --deque->len));
}

static loam_value take_first(loam_deque *deque)
{
    loam_value item = loam__slot_move_out(deque, &deque->items[deque->first]);

    deque->version++;
    deque->first = deque->first + 1 == deque->capacity ? 0 : deque->first + 1;
    deque->len--;
    return item;
}

/* Where the deque is full, what stands at the other end goes: there is room then. */
static loam_value make_way(loam_deque *deque, bool at_end)
{
    if (LOAM__LIKELY(deque->len < deque->max_len))
        return LOAM_UNSET;
    return at_end ? take_first(deque) : take_last(deque);
}

static loam_status add_take(loam_deque *deque, loam_value item, bool at_end, const char *function)
{
    loam_value dropped;

    loam__check_alive(deque, function);
    if (LOAM__UNLIKELY(!deque || loam_is_unset(item)))
        return loam__refuse(item, loam__propagate(function));
    if (LOAM__UNLIKELY(!deque->max_len))
        return loam__refuse(item, LOAM_OK);
    if (LOAM__UNLIKELY(loam__deque_reserve(deque, 1) < 0))
        return loam__refuse(item, LOAM_ERR_MEMORY);
    dropped = make_way(deque, at_end);
    if (at_end)
        put_last(deque, item);
    else
        put_first(deque, item);
    loam__release(dropped);
    return LOAM_OK;
}

loam_status(loam_deque_append)(loam_deque *deque, loam_value item)
{
    return add_take(deque, loam__retain(item), true, __func__);
}

loam_status loam_deque_append_take(loam_deque *deque, loam_value item)
{
    return add_take(deque, item, true, __func__);
}

loam_status(loam_deque_append_first)(loam_deque *deque, loam_value item)
{
    return add_take(deque, loam__retain(item), false, __func__);
}

loam_status loam_deque_append_first_take(loam_deque *deque, loam_value item)
{
    return add_take(deque, item, false, __func__);
}

/* A queue that has run dry gives its room back, for which no memory is needed. */
void loam__deque_trim(loam_deque *deque)
{
    loam_value *items = deque->items;
    size_t capacity = deque->capacity;

    if (deque->len || deque->is_reserved || capacity <= KEPT)
        return;
    deque->items = NULL;
    deque->first = deque->capacity = 0;
    loam__gc_refs_free(items, capacity);
}

static loam_value pop(loam_deque *deque, bool at_end, const char *function)
{
    loam_value item;

    loam__check_alive(deque, function);
    if (!deque)
        return loam__propagate(function), LOAM_UNSET;
    if (!deque->len)
        return loam_fail(LOAM_ERR_INDEX, "pop from an empty deque"), LOAM_UNSET;
    item = at_end ? take_last(deque) : take_first(deque);
    loam__deque_trim(deque);
    return item;
}

loam_value loam_deque_pop_last(loam_deque *deque)
{
    return pop(deque, true, __func__);
}

loam_value loam_deque_pop_first(loam_deque *deque)
{
    return pop(deque, false, __func__);
}

/* Many at once. */

typedef struct target {
    loam_deque *deque;
    bool at_end;
} target;

/* The items that are there now. What a full deque drops may run user code, which may do anything to both. */
static loam_status add_sequence(const target *t, loam_object *sequence)
{
    size_t count = loam__sequence_len(sequence);
    loam_status status = loam__deque_reserve(t->deque, count);

    for (size_t i = 0; i < count && status == LOAM_OK && i < loam__sequence_len(sequence); i++)
        status = add_take(t->deque, loam__retain(loam__sequence_item(sequence, i)), t->at_end, __func__);
    return status;
}

static loam_status add_batch(void *context, loam_value *items, size_t count)
{
    const target *t = context;
    loam_status status = LOAM_OK;

    for (size_t i = 0; i < count; i++) {
        if (status == LOAM_OK)
            status = add_take(t->deque, items[i], t->at_end, __func__);
        else
            loam__release(items[i]);
    }
    return status;
}

static loam_status extend(loam_deque *deque, loam_value iterable, bool at_end, const char *function)
{
    loam__check_alive(deque, function);
    target t = {deque, at_end};
    loam_status status;

    if (!deque || loam_is_unset(iterable))
        return loam__propagate(function);
    if (!loam__is_sequence(iterable))
        return loam__each_batch(iterable, add_batch, &t);
    if (loam__object(iterable) == &deque->loam)
        iterable = loam_from(loam_deque_copy(deque));
    else
        loam__retain(iterable);
    status = loam_is_unset(iterable) ? LOAM_ERR_MEMORY : add_sequence(&t, loam__object(iterable));
    loam__release(iterable);
    return status;
}

loam_status loam_deque_extend(loam_deque *deque, loam_value iterable)
{
    return extend(deque, iterable, true, __func__);
}

loam_status loam_deque_extend_first(loam_deque *deque, loam_value iterable)
{
    return extend(deque, iterable, false, __func__);
}

loam_status loam_deque_clear(loam_deque *deque)
{
    loam_value *items;
    size_t capacity;

    loam__check_alive(deque, __func__);
    if (!deque)
        return loam__propagate(__func__);
    items = deque->items;
    capacity = deque->capacity;
    deque->version += deque->len != 0;
    deque->items = NULL;
    deque->first = deque->len = deque->capacity = 0;
    deque->is_reserved = false;
    loam__slots_move_out(deque, items, items, capacity);
    loam__slots_release(deque, items, capacity);
    loam__gc_refs_free(items, capacity);
    return LOAM_OK;
}

loam_status loam_deque_reserve(loam_deque *deque, int64_t capacity)
{
    size_t room;

    loam__check_alive(deque, __func__);
    if (!deque)
        return loam__propagate(__func__);
    if (capacity < 0)
        return loam_fail(LOAM_ERR_VALUE, "a capacity cannot be negative");
    room = at_most((size_t)capacity, deque->max_len);
    if (room > deque->capacity && set_capacity(deque, room) < 0)
        return LOAM_ERR_MEMORY;
    deque->is_reserved |= room != 0;
    return LOAM_OK;
}
