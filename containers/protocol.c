/*
 * Equality, order, hash, length of anything. Numbers and text are dealt with here; what recurses over items, or calls a
 * type of the program's, asks for room on the C stack first.
 *
 * Items are compared as Python's containers do: the same object is equal without a look, so that a NaN equals itself in
 * a list though not alone.
 */
#include "containers/protocol.h"

#include "containers/chars.h"
#include "containers/dict.h"
#include "containers/number.h"
#include "containers/sequence.h"
#include "containers/set.h"
#include "lib/stack.h"

static bool is_leaf(loam_value value)
{
    return !loam_is_object(value) || loam__type_id_of(loam__object(value)) <= LOAM__TYPE_BYTES;
}

/* Equality of two that are not the same word, at least one of them no number. */
static int equal_objects(loam_value a, loam_value b)
{
    loam_object *x = loam__object(a);
    loam_object *y = loam__object(b);
    const loam_type *type;

    if (!loam_is_object(a) || !loam_is_object(b))
        return 0;
    if (loam__is_set_like(a) && loam__is_set_like(b))
        return loam__stack_check() < 0 ? LOAM_ERR_RECURSION : loam__set_equal(a, b);
    if (loam__type_id_of(x) != loam__type_id_of(y))
        return 0;
    if (loam__is_chars(a))
        return loam__chars_equal(loam__chars_of(a), loam__chars_of(b));
    if (loam__stack_check() < 0)
        return LOAM_ERR_RECURSION;
    switch (loam__type_id_of(x)) {
    case LOAM__TYPE_TUPLE:
    case LOAM__TYPE_LIST:
    case LOAM__TYPE_DEQUE:
        return loam__sequence_equal(x, y);
    case LOAM__TYPE_DICT:
        return loam__dict_equal((loam_dict *)x, (loam_dict *)y);
    default:
        type = loam__type_of(x);
        return type->equal ? (int)loam__reported(type->equal(x, y)) : x == y;
    }
}

int loam_equal(loam_value a, loam_value b)
{
    loam__number x;
    loam__number y;

    loam__check_value(a, __func__);
    loam__check_value(b, __func__);
    if (loam_is_unset(a) || loam_is_unset(b))
        return loam__propagate(__func__);
    x = loam__number_of(a);
    y = loam__number_of(b);
    if (x.kind && y.kind)
        return loam__number_compare(x, y) == 0;
    if (a.word == b.word)
        return 1;
    return equal_objects(a, b);
}

int loam__item_equal(loam_value a, loam_value b)
{
    int equal;

    if (a.word == b.word)
        return 1;
    if (is_leaf(a) || is_leaf(b))
        return loam_equal(a, b);
    loam__retain(a); /* user code may take them out of where they are */
    loam__retain(b);
    equal = loam_equal(a, b);
    loam__release(a);
    loam__release(b);
    return equal;
}

/* Two items; a deque that changes meanwhile makes it a failure. */
static int equal_at(loam_object *a, loam_object *b, size_t i)
{
    uint32_t x = loam__sequence_version(a);
    uint32_t y = loam__sequence_version(b);
    int equal = loam__item_equal(loam__sequence_item(a, i), loam__sequence_item(b, i));

    if (equal >= 0 && (loam__sequence_version(a) != x || loam__sequence_version(b) != y))
        return loam__fail_deque_changed();
    return equal;
}

int loam__sequence_equal(loam_object *a, loam_object *b)
{
    for (size_t i = 0;; i++) {
        size_t len = loam__sequence_len(a);
        int equal;

        if (len != loam__sequence_len(b))
            return 0;
        if (i >= len)
            return 1;
        equal = equal_at(a, b, i);
        if (equal != 1)
            return equal;
    }
}

static loam_status compare_items(loam_value a, loam_value b, int *order)
{
    loam_status status;

    loam__retain(a);
    loam__retain(b);
    status = loam_compare(a, b, order);
    loam__release(a);
    loam__release(b);
    return status;
}

/* Python finds the first item that differs with ==, and only then asks for an order. */
loam_status loam__sequence_compare(loam_object *a, loam_object *b, int *order)
{
    for (size_t i = 0;; i++) {
        size_t x = loam__sequence_len(a);
        size_t y = loam__sequence_len(b);
        int equal;

        if (i >= x || i >= y) {
            *order = (x > y) - (x < y);
            return LOAM_OK;
        }
        equal = equal_at(a, b, i);
        if (equal < 0)
            return (loam_status)equal;
        if (!equal && i < loam__sequence_len(a) && i < loam__sequence_len(b))
            return compare_items(loam__sequence_item(a, i), loam__sequence_item(b, i), order);
    }
}

static loam_status no_order(loam_value a, loam_value b)
{
    return loam_fail(LOAM_ERR_TYPE, "'%s' and '%s' have no order", loam__type_name(a), loam__type_name(b));
}

/* A type may give a difference as its order; LOAM_UNORDERED is not for it to give. */
static loam_status compare_by_type(const loam_type *type, const void *a, const void *b, int *order)
{
    int by_type = 0;
    loam_status status = (loam_status)loam__reported(type->compare(a, b, &by_type));

    if (status == LOAM_OK)
        *order = (by_type > 0) - (by_type < 0);
    return status;
}

loam_status loam_compare(loam_value a, loam_value b, int *order)
{
    loam__number x;
    loam__number y;
    const loam_type *type;

    loam__check_value(a, __func__);
    loam__check_value(b, __func__);
    if (loam_is_unset(a) || loam_is_unset(b))
        return loam__propagate(__func__);
    x = loam__number_of(a);
    y = loam__number_of(b);
    if (x.kind && y.kind) {
        *order = loam__number_compare(x, y);
        return LOAM_OK;
    }
    if (loam__is_set_like(a) && loam__is_set_like(b))
        return loam__stack_check() < 0 ? LOAM_ERR_RECURSION : loam__set_compare(a, b, order);
    if (!loam_is_object(a) || !loam_is_object(b) ||
        loam__type_id_of(loam__object(a)) != loam__type_id_of(loam__object(b)))
        return no_order(a, b);
    if (loam__is_chars(a)) {
        *order = loam__chars_compare(loam__chars_of(a), loam__chars_of(b));
        return LOAM_OK;
    }
    if (loam__stack_check() < 0)
        return LOAM_ERR_RECURSION;
    if (loam__is_sequence(a))
        return loam__sequence_compare(loam__object(a), loam__object(b), order);
    type = loam__type_of(loam__object(a));
    if (!type->compare)
        return no_order(a, b);
    return compare_by_type(type, loam__object(a), loam__object(b), order);
}

/* The order of the items matters, and so does how many there are. */
static loam_status hash_tuple(loam_tuple *tuple, uint64_t *out)
{
    uint64_t hash = loam__secrets.final_seed;

    for (size_t i = 0; i < tuple->len; i++) {
        uint64_t item;
        loam_status status = loam_hash(tuple->items[i], &item);
        if (status < 0)
            return status;
        hash = loam__multiply_fold(loam__rotate_left(hash, 23) ^ item, loam__secrets.integer_factor);
    }
    *out = loam__multiply_fold(hash ^ tuple->len, loam__secrets.len_factor);
    return LOAM_OK;
}

/* A type of the program's may return an address, or a number as it is: whose low bits, or high ones, are all the
 * same. */
static loam_status hash_by_type(const loam_type *type, loam_object *object, uint64_t *out)
{
    uint64_t hash = 0;
    loam_status status = (loam_status)loam__reported(type->hash(object, &hash));

    if (status == LOAM_OK)
        *out = type->id < LOAM__TYPE_FIRST_FREE ? hash : loam__hash_int((int64_t)hash);
    return status;
}

/* What is equal by what it holds, and can change. */
static bool is_unhashable(uint16_t type)
{
    return type == LOAM__TYPE_LIST || type == LOAM__TYPE_DEQUE || type == LOAM__TYPE_DICT || type == LOAM__TYPE_SET ||
           type == LOAM__TYPE_DICT_KEYS || type == LOAM__TYPE_DICT_ITEMS;
}

static loam_status hash_object(loam_object *object, uint64_t *out)
{
    const loam_type *type = loam__type_of(object);

    if (loam__stack_check() < 0)
        return LOAM_ERR_RECURSION;
    if (type->hash)
        return hash_by_type(type, object, out);
    if (type->id == LOAM__TYPE_TUPLE)
        return hash_tuple((loam_tuple *)object, out);
    if (type->equal || is_unhashable(type->id))
        return loam_fail(LOAM_ERR_TYPE, "unhashable type: '%s'", type->name);
    *out = loam__hash_int((int64_t)(uintptr_t)object);
    return LOAM_OK;
}

loam_status loam_hash(loam_value value, uint64_t *out)
{
    loam__number n = loam__number_of(value);

    if (n.kind) {
        *out = loam__number_hash(n);
        return LOAM_OK;
    }
    if (loam_is_unset(value))
        return loam__propagate(__func__);
    if (loam__is_chars(value)) {
        *out = loam__chars_hash((loam__chars *)loam__object(value));
        return LOAM_OK;
    }
    if (loam_is_object(value))
        return hash_object(loam__object(value), out);
    *out = loam__hash_int((int64_t)value.word);
    return LOAM_OK;
}

int64_t loam_len(loam_value value)
{
    const loam_type *type;

    if (loam_is_unset(value))
        return loam__propagate(__func__);
    type = loam_is_object(value) ? loam__type_of(loam__object(value)) : NULL;
    if (type && type->len)
        return loam__reported(type->len(loam__object(value)));
    return loam_fail(LOAM_ERR_TYPE, "object of type '%s' has no len()", loam__type_name(value));
}

enum { BATCH = LOAM_STRESS ? 3 : 64 };

static loam_status each_batch(loam_object *object, const loam_type *type, loam__add_items *add, void *context)
{
    loam_value items[BATCH];
    loam_cursor cursor;
    loam_status status = (loam_status)loam__reported(type->iter_begin(object, &cursor));

    while (status == LOAM_OK) {
        ptrdiff_t n = loam__reported(type->iter_fill(object, &cursor, items, BATCH));
        if (n <= 0)
            return (loam_status)n;
        status = add(context, items, (size_t)n);
    }
    return status;
}

loam_status loam__each_batch(loam_value iterable, loam__add_items *add, void *context)
{
    const loam_type *type;
    loam_status status;

    if (loam_is_unset(iterable))
        return loam__propagate(__func__);
    type = loam_is_object(iterable) ? loam__type_of(loam__object(iterable)) : NULL;
    if (!type || !type->iter_fill)
        return loam_fail(LOAM_ERR_TYPE, "'%s' object is not iterable", loam__type_name(iterable));
    loam__retain(iterable);
    status = each_batch(loam__object(iterable), type, add, context);
    loam__release(iterable);
    return status;
}
