#include "tests/harness.h"

#include "gc/object.h"

#include <float.h>
#include <math.h>

static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* Immediate by the promise of value.h, decided from the number and not from the encoding. */
static bool should_be_immediate(double number)
{
    uint64_t exponent = bits_of(number) >> 52 & 0x7ff;

    if (number == 0 || isnan(number) || isinf(number))
        return true;
    return exponent >= 768 && exponent <= 1279 && fabs(number) != 0x1p-255;
}

/* A double goes in and comes out with every bit. */
static void check_double(uint64_t bits)
{
    double number = double_of(bits);
    loam_value value = loam_double(number);
    double back = 17;

    if (loam_is_object(value) == should_be_immediate(number))
        cr_assert_fail("%a is %simmediate", number, loam_is_object(value) ? "not " : "");
    if (loam_to_double(value, &back) != LOAM_OK || !loam_is_double(value) || loam_is_int(value))
        cr_assert_fail("%a is no double", number);
    if (isnan(number) ? bits_of(back) != bits_of((double)NAN) : bits_of(back) != bits)
        cr_assert_fail("%a came back as %a", number, back);
    loam_release(value);
}

LOAM_TEST(value, a_double_keeps_every_bit_and_is_immediate_where_promised)
{
    uint64_t state = 1;

    for (uint64_t exponent = 0; exponent < 2048; exponent++)
        for (uint64_t sign = 0; sign < 2; sign++) {
            uint64_t first = sign << 63 | exponent << 52;
            uint64_t mantissas[] = {0, 1, 2, 3, 1ull << 51, (1ull << 52) - 2, (1ull << 52) - 1};
            for (size_t i = 0; i < sizeof mantissas / sizeof *mantissas; i++)
                check_double(first | mantissas[i]);
            for (int i = 0; i < 16; i++)
                check_double(first | random_word(&state) >> 12);
        }
    for (unsigned round = rounds(1000000); round; round--)
        check_double(random_word(&state));

    check_double(bits_of(1e-77));
    check_double(bits_of(2.3e77));
    check_double(bits_of(1e-78));
    check_double(bits_of(2.4e77));
    cr_assert_eq(loam_double(NAN).word, loam_double(-(double)NAN).word, "all NaNs are one");
    cr_assert_neq(loam_double(INFINITY).word, loam_double(-INFINITY).word);
    cr_assert_neq(loam_double(0.0).word, loam_double(-0.0).word);
}

static void check_int(int64_t integer)
{
    loam_value value = loam_int(integer);
    bool fits = integer >= -((int64_t)1 << 62) && integer < (int64_t)1 << 62;
    int64_t back = 17;
    double number = 17;

    if (loam_is_object(value) == fits)
        cr_assert_fail("%lld is %sboxed", (long long)integer, fits ? "" : "not ");
    if (loam_to_int(value, &back) != LOAM_OK || back != integer || !loam_is_int(value) || loam_is_double(value))
        cr_assert_fail("%lld came back as %lld", (long long)integer, (long long)back);
    if (loam_to_double(value, &number) != LOAM_OK || number != (double)integer)
        cr_assert_fail("%lld became %a", (long long)integer, number);
    loam_release(value);
}

LOAM_TEST(value, an_integer_has_64_bits_and_is_boxed_beyond_63)
{
    uint64_t state = 2;
    uint64_t numbers[] = {0, 1, 1000, INT64_MAX};

    for (int bit = 0; bit < 64; bit++)
        for (int64_t by = -2; by <= 2; by++) {
            check_int((int64_t)(((uint64_t)1 << bit) + (uint64_t)by));
            check_int((int64_t)(0 - ((uint64_t)1 << bit) + (uint64_t)by));
        }
    check_int(INT64_MIN);
    check_int(INT64_MAX);
    for (unsigned round = rounds(100000); round; round--)
        check_int((int64_t)random_word(&state) >> random_below(&state, 64));

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        loam_value value = loam_uint(numbers[i]);
        int64_t back;
        cr_assert_eq(loam_to_int(value, &back), LOAM_OK);
        cr_assert_eq((uint64_t)back, numbers[i]);
        loam_release(value);
    }
    cr_assert(loam_is_unset(loam_uint((uint64_t)INT64_MAX + 1)));
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert(loam_is_unset(loam_uint(UINT64_MAX)));
    assert_failed(LOAM_ERR_OVERFLOW);
}

LOAM_TEST(value, a_conversion_that_fails_leaves_the_scalar_as_it_was)
{
    loam_value text = LOAM_VAL("5");
    loam_value list = LOAM_VAL(LOAM_LIST(1));
    loam_value none[] = {LOAM_NONE, text, list};
    int64_t integer = 42;
    double number = 4.5;
    bool truth = true;

    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        cr_assert_eq(loam_to_int(none[i], &integer), LOAM_ERR_TYPE);
        assert_failed(LOAM_ERR_TYPE);
        cr_assert_eq(loam_to_double(none[i], &number), LOAM_ERR_TYPE);
        assert_failed(LOAM_ERR_TYPE);
        cr_assert_eq(loam_to_bool(none[i], &truth), LOAM_ERR_TYPE);
        assert_failed(LOAM_ERR_TYPE);
    }
    cr_assert_eq(loam_to_int(loam_double(3.0), &integer), LOAM_ERR_TYPE, "a float is no int, whole or not");
    cr_assert_str_eq(loam_error()->text, "expected int, got float");
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_to_bool(loam_int(1), &truth), LOAM_ERR_TYPE, "an int is no bool");
    assert_failed(LOAM_ERR_TYPE);
    cr_assert(integer == 42 && number == 4.5 && truth);

    /* An unset value brings the failure that made it. */
    loam_fail(LOAM_ERR_KEY, "earlier");
    cr_assert_eq(loam_to_int(LOAM_UNSET, &integer), LOAM_ERR_KEY);
    cr_assert_eq(loam_to_double(LOAM_UNSET, &number), LOAM_ERR_KEY);
    cr_assert_eq(loam_to_bool(LOAM_UNSET, &truth), LOAM_ERR_KEY);
    cr_assert_null(loam_to_list_peek(LOAM_UNSET));
    cr_assert_str_eq(loam_error()->text, "earlier");
    loam_error_clear();
    cr_assert(integer == 42 && number == 4.5 && truth);

    cr_assert_eq(loam_to_int(LOAM_TRUE, &integer), LOAM_OK, "a bool counts as 0 or 1");
    cr_assert_eq(integer, 1);
    cr_assert_eq(loam_to_double(LOAM_FALSE, &number), LOAM_OK);
    cr_assert_eq(number, 0);
    cr_assert_eq(loam_to_bool(LOAM_FALSE, &truth), LOAM_OK);
    cr_assert_not(truth);
    loam_release(text);
    loam_release(list);
}

LOAM_TEST(value, each_kind_of_value_is_of_that_kind_only)
{
    loam_value values[] = {
        LOAM_NONE,
        LOAM_TRUE,
        LOAM_FALSE,
        loam_int(5),
        loam_int(INT64_MIN),
        loam_double(5),
        loam_double(1e300),
        loam_double(NAN),
        LOAM_VAL("text"),
        loam_from(loam_bytes_from("\xff", 1)),
        LOAM_VAL(LOAM_TUPLE(1)),
        LOAM_VAL(LOAM_LIST(1)),
        LOAM_VAL(LOAM_DICT(1, 2)),
    };
    static const char kinds[] = "NBBIIDDDSYTLM";

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        loam_value v = values[i];
        cr_assert_not(loam_is_unset(v));
        cr_assert_eq(loam_is_none(v), kinds[i] == 'N');
        cr_assert_eq(loam_is_bool(v), kinds[i] == 'B');
        cr_assert_eq(loam_is_int(v), kinds[i] == 'I');
        cr_assert_eq(loam_is_double(v), kinds[i] == 'D');
        cr_assert_eq(loam_is_str(v), kinds[i] == 'S');
        cr_assert_eq(loam_is_bytes(v), kinds[i] == 'Y');
        cr_assert_eq(loam_is_tuple(v), kinds[i] == 'T');
        cr_assert_eq(loam_is_list(v), kinds[i] == 'L');
        cr_assert_eq(loam_is_dict(v), kinds[i] == 'M');
        cr_assert_not(loam_is_iter(v));
        cr_assert_eq(loam_to_str_peek(v) != NULL, kinds[i] == 'S');
        cr_assert_eq(loam_to_bytes_peek(v) != NULL, kinds[i] == 'Y');
        cr_assert_eq(loam_to_tuple_peek(v) != NULL, kinds[i] == 'T');
        cr_assert_eq(loam_to_list_peek(v) != NULL, kinds[i] == 'L');
        cr_assert_eq(loam_to_dict_peek(v) != NULL, kinds[i] == 'M');
        assert_failed(LOAM_ERR_TYPE);
    }
    cr_assert(loam_is_unset(LOAM_UNSET) && !loam_is_none(LOAM_UNSET) && !loam_is_object(LOAM_UNSET));
    cr_assert(!loam_is_list(LOAM_UNSET) && !loam_is_int(LOAM_UNSET) && !loam_is_double(LOAM_UNSET));
    cr_assert_eq(loam_bool(true).word, LOAM_TRUE.word);
    cr_assert_eq(loam_bool(false).word, LOAM_FALSE.word);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        loam_unset(&values[i]);
    cr_assert(loam_is_unset(values[8]));
}

LOAM_TEST(value, an_object_is_of_its_own_type_only)
{
    static loam_type apple_type = {.name = "apple", .size = sizeof(loam_object)};
    static loam_type pear_type = {.name = "pear", .size = sizeof(loam_object)};
    loam_auto loam_object *apple = loam_new(&apple_type);
    loam_auto loam_list *list = loam_list_new();

    cr_assert(loam_is(loam_from(apple), &apple_type));
    cr_assert_not(loam_is(loam_from(apple), &pear_type)); /* of which there is no object */
    cr_assert_not(loam_is(loam_from(apple), NULL));
    cr_assert_not(loam_is(loam_from(list), &apple_type));
    cr_assert_not(loam_is(LOAM_NONE, &apple_type));
    cr_assert_not(loam_is(LOAM_UNSET, &apple_type));
    cr_assert_not(loam_is(LOAM_VAL(5), &apple_type));
    cr_assert_eq(loam_error()->status, LOAM_OK); /* asking is no failure */
}

static bool make_boxes(void *context)
{
    loam_auto_value loam_value integer = loam_int(INT64_MAX);
    loam_auto_value loam_value number = loam_is_unset(integer) ? LOAM_UNSET : loam_double(DBL_MAX);

    (void)context;
    return !loam_is_unset(integer) && !loam_is_unset(number);
}

LOAM_TEST(value, a_box_that_cannot_be_made_is_a_failure)
{
    cr_assert_geq(fail_each_allocation(make_boxes, NULL), 3);
}
