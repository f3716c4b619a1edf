/*
 * Values to C data and back. A double is immediate where rotating its sign to the lowest bit and subtracting the base
 * of a window of 512 exponents leaves the top two bits clear; the codes of +-2^-255, the window's lowest, stand for the
 * two zeros instead.
 */
#include "gc/hooks.h"

#include <math.h>

enum { WINDOW_FIRST_EXPONENT = 768 }; /* 2^-255 */
#define WINDOW_BASE ((uint64_t)WINDOW_FIRST_EXPONENT << 53)

#define TAG_DOUBLE 2u
#define INFINITE loam__word((4u << 3) | LOAM__TAG_SPECIAL)
#define MINUS_INFINITE loam__word((5u << 3) | LOAM__TAG_SPECIAL)
#define NOT_A_NUMBER loam__word((6u << 3) | LOAM__TAG_SPECIAL)

typedef struct boxed_double {
    loam_object loam;
    double number;
} boxed_double;

loam_type loam__int_type = {.name = "int", .size = sizeof(loam__boxed_int), .id = LOAM__TYPE_INT};
loam_type loam__float_type = {.name = "float", .size = sizeof(boxed_double), .id = LOAM__TYPE_FLOAT};

static bool is_immediate_double(loam_value value)
{
    return (value.word & 3) == TAG_DOUBLE;
}

static double immediate_double(loam_value value)
{
    uint64_t code = value.word >> 2;
    uint64_t bits;
    double number;

    if (code > 1)
        code += WINDOW_BASE;
    bits = loam__rotate_left(code, 63);
    memcpy(&number, &bits, sizeof number);
    return number;
}

static loam_value box_int(int64_t integer)
{
    loam__boxed_int *box = loam__object_new(&loam__int_type, sizeof *box);

    if (box)
        box->integer = integer;
    return loam_from(box);
}

static loam_value box_double(double number)
{
    boxed_double *box = loam__object_new(&loam__float_type, sizeof *box);

    if (box)
        box->number = number;
    return loam_from(box);
}

loam_value loam_int(int64_t integer)
{
    return LOAM__LIKELY(loam__fits_small_int(integer)) ? loam__small_int(integer) : box_int(integer);
}

loam_value loam_uint(uint64_t integer)
{
    if (integer > INT64_MAX)
        return loam_fail(LOAM_ERR_OVERFLOW, "an integer above 2**63 - 1"), LOAM_UNSET;
    return loam_int((int64_t)integer);
}

loam_value loam_double(double number)
{
    uint64_t rotated;
    uint64_t code;

    memcpy(&rotated, &number, sizeof rotated);
    rotated = loam__rotate_left(rotated, 1);
    code = rotated - WINDOW_BASE;
    if (LOAM__LIKELY(code > 1 && !(code >> 62)))
        return loam__word(code << 2 | TAG_DOUBLE);
    if (rotated <= 1)
        return loam__word(rotated << 2 | TAG_DOUBLE);
    if (isnan(number))
        return NOT_A_NUMBER;
    if (isinf(number))
        return number > 0 ? INFINITE : MINUS_INFINITE;
    return box_double(number);
}

loam__number loam__number_of(loam_value value)
{
    if (LOAM__LIKELY(loam__is_small_int(value)))
        return (loam__number){.kind = LOAM__INTEGER, .integer = loam__small_int_value(value)};
    if (is_immediate_double(value))
        return (loam__number){.kind = LOAM__DOUBLE, .number = immediate_double(value)};
    if (loam_is_bool(value))
        return (loam__number){.kind = LOAM__INTEGER, .integer = value.word == LOAM_TRUE.word};
    if (loam__is_type(value, LOAM__TYPE_INT))
        return (loam__number){.kind = LOAM__INTEGER, .integer = loam__boxed_int_value(value)};
    if (loam__is_type(value, LOAM__TYPE_FLOAT))
        return (loam__number){.kind = LOAM__DOUBLE, .number = ((boxed_double *)loam__object(value))->number};
    if (value.word == INFINITE.word)
        return (loam__number){.kind = LOAM__DOUBLE, .number = (double)INFINITY};
    if (value.word == MINUS_INFINITE.word)
        return (loam__number){.kind = LOAM__DOUBLE, .number = (double)-INFINITY};
    if (value.word == NOT_A_NUMBER.word)
        return (loam__number){.kind = LOAM__DOUBLE, .number = (double)NAN};
    return (loam__number){.kind = LOAM__NOT_A_NUMBER};
}

static bool has_type(loam_value value, const char *function, loam__type_id id)
{
    loam__check_value(value, function);
    return loam__is_type(value, id);
}

bool loam_is_int(loam_value value)
{
    return loam__is_small_int(value) || has_type(value, __func__, LOAM__TYPE_INT);
}

bool loam_is_double(loam_value value)
{
    loam__check_value(value, __func__);
    return loam__number_of(value).kind == LOAM__DOUBLE;
}

bool loam_is_str(loam_value value)
{
    return has_type(value, __func__, LOAM__TYPE_STR);
}

bool loam_is_bytes(loam_value value)
{
    return has_type(value, __func__, LOAM__TYPE_BYTES);
}

bool loam_is_tuple(loam_value value)
{
    return has_type(value, __func__, LOAM__TYPE_TUPLE);
}

bool loam_is_deque(loam_value value)
{
    return has_type(value, __func__, LOAM__TYPE_DEQUE);
}

bool loam_is_range(loam_value value)
{
    return has_type(value, __func__, LOAM__TYPE_RANGE);
}

bool loam_is_list(loam_value value)
{
    return has_type(value, __func__, LOAM__TYPE_LIST);
}

bool loam_is_dict(loam_value value)
{
    return has_type(value, __func__, LOAM__TYPE_DICT);
}

bool loam_is_dict_view(loam_value value)
{
    loam__check_value(value, __func__);
    return loam__is_dict_view(value);
}

bool loam_is_set(loam_value value)
{
    return has_type(value, __func__, LOAM__TYPE_SET);
}

bool loam_is_frozenset(loam_value value)
{
    return has_type(value, __func__, LOAM__TYPE_FROZENSET);
}

bool loam_is_iter(loam_value value)
{
    return has_type(value, __func__, LOAM__TYPE_ITER);
}

const char *loam__type_name(loam_value value)
{
    if (loam_is_object(value)) {
        loam__check_alive(loam__object(value), "a value of another type is expected");
        return loam__type_of(loam__object(value))->name;
    }
    if (loam_is_bool(value))
        return "bool";
    if (loam_is_none(value))
        return "NoneType";
    return loam__is_small_int(value) ? "int" : "float";
}

loam_status loam__fail_type(const char *what, loam_value value)
{
    if (loam_is_unset(value))
        return loam__propagate(what);
    return loam_fail(LOAM_ERR_TYPE, "expected %s, got %s", what, loam__type_name(value));
}

loam_status(loam_to_int)(loam_value value, int64_t *out)
{
    loam__number n = loam__number_of(value);

    if (n.kind != LOAM__INTEGER)
        return loam__fail_type("int", value);
    *out = n.integer;
    return LOAM_OK;
}

loam_status loam_to_double(loam_value value, double *out)
{
    loam__number n = loam__number_of(value);

    if (n.kind == LOAM__NOT_A_NUMBER)
        return loam__fail_type("float", value);
    *out = n.kind == LOAM__INTEGER ? (double)n.integer : n.number;
    return LOAM_OK;
}

loam_status loam_to_bool(loam_value value, bool *out)
{
    if (!loam_is_bool(value))
        return loam__fail_type("bool", value);
    *out = value.word == LOAM_TRUE.word;
    return LOAM_OK;
}

static void *to_handle(loam_value value, loam__type_id id, const char *name)
{
    if (loam__is_type(value, id))
        return loam__object(value);
    return loam__fail_type(name, value), NULL;
}

loam_str *loam_to_str_peek(loam_value value)
{
    return to_handle(value, LOAM__TYPE_STR, "str");
}

loam_bytes *loam_to_bytes_peek(loam_value value)
{
    return to_handle(value, LOAM__TYPE_BYTES, "bytes");
}

loam_tuple *loam_to_tuple_peek(loam_value value)
{
    return to_handle(value, LOAM__TYPE_TUPLE, "tuple");
}

loam_list *loam_to_list_peek(loam_value value)
{
    return to_handle(value, LOAM__TYPE_LIST, "list");
}

loam_deque *loam_to_deque_peek(loam_value value)
{
    return to_handle(value, LOAM__TYPE_DEQUE, "deque");
}

loam_range *loam_to_range_peek(loam_value value)
{
    return to_handle(value, LOAM__TYPE_RANGE, "range");
}

void *loam_to_peek(loam_value value, const loam_type *type)
{
    if (!type)
        return loam__propagate(__func__), NULL;
    return loam_is_object(value) && loam__type_of(loam__object(value)) == type
               ? loam__object(value)
               : (loam__fail_type(type->name, value), NULL);
}

loam_dict *loam_to_dict_peek(loam_value value)
{
    return to_handle(value, LOAM__TYPE_DICT, "dict");
}

loam_dict_view *loam_to_dict_view_peek(loam_value value)
{
    if (loam__is_dict_view(value))
        return (loam_dict_view *)loam__object(value);
    return loam__fail_type("a view of a dict", value), NULL;
}

loam_set *loam_to_set_peek(loam_value value)
{
    return to_handle(value, LOAM__TYPE_SET, "set");
}

loam_frozenset *loam_to_frozenset_peek(loam_value value)
{
    return to_handle(value, LOAM__TYPE_FROZENSET, "frozenset");
}
