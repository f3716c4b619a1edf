#include "tests/harness.h"

#include "containers/sequence.h"
#include "lib/hash.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>

/*
 * Values, each with its Python text, how it stands to every value of the table, in order, and whether it has a hash:
 *
 *     = equal    < below    > above    ? unequal, no order between them as with NaNs
 *     e equal, no order for such types    x unequal, no order for such types
 *
 * as CPython 3.11 decides for the texts, `nan` being one object.
 */
static const struct {
    const char *text, *relations;
    int hashable;
} table[] = {
    {"None", "exxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"False", "x=<=<><==<<>?<><<<<<<>>><<<>>><><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"True", "x>=>=><>>=>>?<><<<<<<>>><<<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"0", "x=<=<><==<<>?<><<<<<<>>><<<>>><><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"1", "x>=>=><>>=>>?<><<<<<<>>><<<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"-1", "x<<<<=<<<<<>?<><<<<<<>>><<<>>><><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"2", "x>>>>>=>>>>>?<><<<<<<>>><<<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"0.0", "x=<=<><==<<>?<><<<<<<>>><<<>>><><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"-0.0", "x=<=<><==<<>?<><<<<<<>>><<<>>><><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"1.0", "x>=>=><>>=>>?<><<<<<<>>><<<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"0.5", "x><><><>><=>?<><<<<<<>>><<<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"-1.5", "x<<<<<<<<<<=?<><<<<<<>>><<<>>><><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"nan", "x?????????????????????????????????xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"inf", "x>>>>>>>>>>>?=>>>>>>>>>>>>>>>>>>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"-inf", "x<<<<<<<<<<<?<=<<<<<<<<<<<<<<<<<<<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"9007199254740992", "x>>>>>>>>>>>?<>=<=<<<>>><<<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"9007199254740993", "x>>>>>>>>>>>?<>>=><<<>>><<<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"9007199254740992.0", "x>>>>>>>>>>>?<>=<=<<<>>><<<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"4611686018427387903", "x>>>>>>>>>>>?<>>>>=<<>>><<<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"4611686018427387904", "x>>>>>>>>>>>?<>>>>>==>>><<<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"4.611686018427388e+18", "x>>>>>>>>>>>?<>>>>>==>>><<<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"-4611686018427387904", "x<<<<<<<<<<<?<><<<<<<=>=<<<>>><><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"-4611686018427387905", "x<<<<<<<<<<<?<><<<<<<<=<<<<>>><><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"-4.611686018427388e+18", "x<<<<<<<<<<<?<><<<<<<=>=<<<>>><><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"9223372036854775807", "x>>>>>>>>>>>?<>>>>>>>>>>=><>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"9.223372036854775e+18", "x>>>>>>>>>>>?<>>>>>>>>>><=<>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"9.223372036854776e+18", "x>>>>>>>>>>>?<>>>>>>>>>>>>=>>><>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"-9223372036854775808", "x<<<<<<<<<<<?<><<<<<<<<<<<<==><><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"-9.223372036854776e+18", "x<<<<<<<<<<<?<><<<<<<<<<<<<==><><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"-9.223372036854778e+18", "x<<<<<<<<<<<?<><<<<<<<<<<<<<<=<><<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"1e+300", "x>>>>>>>>>>>?<>>>>>>>>>>>>>>>>=>>>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"-1e+300", "x<<<<<<<<<<<?<><<<<<<<<<<<<<<<<=<<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"5e-324", "x><><><>><<>?<><<<<<<>>><<<>>><>=<xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"1e-80", "x><><><>><<>?<><<<<<<>>><<<>>><>>=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"''", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=<<<<<<<<xxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"'a'", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>=<<<<<<<xxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"'b'", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>>=><<<>>xxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"'ab'", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>><=<<<>>xxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"'\xc3\xa9'", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>>>>=<<>>xxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"'\xef\xbf\xbd'", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>>>>>=<>>xxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"'\xf0\x9f\x98\x80'", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>>>>>>=>>xxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"'a\\x00'", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>><<<<<=<xxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"'aaaaaaaaaaaaaaaaaaaaaaaa'", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>><<<<<>=xxxxxxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"b''", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=<<<xxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"b'a'", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>=<<xxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"b'ab'", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>>=<xxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"b'\\xff'", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>>>=xxxxxxxxxxxxxxxxxxxxxxx", 1},
    {"()", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=<<<<<<<<xxxxxxxxxxxxxx", 1},
    {"(1,)", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>==<<<x?<xxxxxxxxxxxxxx", 1},
    {"(1.0,)", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>==<<<x?<xxxxxxxxxxxxxx", 1},
    {"(True, 2)", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>>>==xx?xxxxxxxxxxxxxxx", 1},
    {"(1, 2)", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>>>==xx?xxxxxxxxxxxxxxx", 1},
    {"(1, 'a')", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>>>xx=x?xxxxxxxxxxxxxxx", 1},
    {"((1,),)", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>xxxxx=xxxxxxxxxxxxxxxx", 1},
    {"(nan,)", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>?????x=?xxxxxxxxxxxxxx", 1},
    {"(1, [])", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>>>xxxx?=xxxxxxxxxxxxxx", 0},
    {"[]", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=<<<<<<xxxxxxx", 0},
    {"[1]", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>==<xx?xxxxxxx", 0},
    {"[1.0]", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>==<xx?xxxxxxx", 0},
    {"[1, 2]", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>>>=xx?xxxxxxx", 0},
    {"[[1]]", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>xxx=xxxxxxxxx", 0},
    {"[(1,)]", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>xxxx=xxxxxxxx", 0},
    {"[nan]", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>???xx=xxxxxxx", 0},
    {"{}", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxexxxxxx", 0},
    {"{1: 2}", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxeexxxx", 0},
    {"{True: 2.0}", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxeexxxx", 0},
    {"{1: 3}", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxexxx", 0},
    {"{'a': 1, 'b': nan}", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxeex", 0},
    {"{'b': nan, 'a': 1.0}", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxeex", 0},
    {"{'a': {'b': [(1,)]}}", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxe", 0},
};

enum { VALUES = sizeof table / sizeof *table };

static void make_values(loam_value values[VALUES])
{
    const loam_value all[] = {
        LOAM_NONE,
        LOAM_FALSE,
        LOAM_TRUE,
        loam_int(0),
        loam_int(1),
        loam_int(-1),
        loam_int(2),
        loam_double(0.0),
        loam_double(-0.0),
        loam_double(1.0),
        loam_double(0.5),
        loam_double(-1.5),
        loam_double(NAN),
        loam_double(INFINITY),
        loam_double(-INFINITY),
        loam_int(9007199254740992),
        loam_int(9007199254740993),
        loam_double(0x1p53),
        loam_int(4611686018427387903),
        loam_int(4611686018427387904),
        loam_double(0x1p62),
        loam_int(-4611686018427387904),
        loam_int(-4611686018427387905),
        loam_double(-0x1p62),
        loam_int(INT64_MAX),
        loam_double(0x1.fffffffffffffp62),
        loam_double(9.223372036854775807e18),
        loam_int(INT64_MIN),
        loam_double(-0x1p63),
        loam_double(-0x1.0000000000001p63),
        loam_double(1e300),
        loam_double(-1e300),
        loam_double(5e-324),
        loam_double(1e-80),
        LOAM_VAL(""),
        LOAM_VAL("a"),
        LOAM_VAL("b"),
        LOAM_VAL("ab"),
        LOAM_VAL("\xc3\xa9"),
        LOAM_VAL("\xef\xbf\xbd"),
        LOAM_VAL("\xf0\x9f\x98\x80"),
        LOAM_VAL(((loam_view){"a", 2})),
        LOAM_VAL("aaaaaaaaaaaaaaaaaaaaaaaa"),
        loam_from(loam_bytes_from("", 0)),
        loam_from(loam_bytes_from("a", 1)),
        loam_from(loam_bytes_from("ab", 2)),
        loam_from(loam_bytes_from("\xff", 1)),
        loam_from(loam_tuple_new(NULL, 0)),
        LOAM_VAL(LOAM_TUPLE(1)),
        LOAM_VAL(LOAM_TUPLE(1.0)),
        LOAM_VAL(LOAM_TUPLE(LOAM_TRUE, 2)),
        LOAM_VAL(LOAM_TUPLE(1, 2)),
        LOAM_VAL(LOAM_TUPLE(1, "a")),
        LOAM_VAL(LOAM_TUPLE(LOAM_TUPLE(1))),
        LOAM_VAL(LOAM_TUPLE((double)NAN)),
        LOAM_VAL(LOAM_TUPLE(1, loam__list_literal(0, NULL))),
        loam_from(loam_list_new()),
        LOAM_VAL(LOAM_LIST(1)),
        LOAM_VAL(LOAM_LIST(1.0)),
        LOAM_VAL(LOAM_LIST(1, 2)),
        LOAM_VAL(LOAM_LIST(LOAM_LIST(1))),
        LOAM_VAL(LOAM_LIST(LOAM_TUPLE(1))),
        LOAM_VAL(LOAM_LIST((double)NAN)),
        loam_from(loam_dict_new()),
        LOAM_VAL(LOAM_DICT(1, 2)),
        LOAM_VAL(LOAM_DICT(LOAM_TRUE, 2.0)),
        LOAM_VAL(LOAM_DICT(1, 3)),
        LOAM_VAL(LOAM_DICT("a", 1, "b", (double)NAN)),
        LOAM_VAL(LOAM_DICT("b", (double)NAN, "a", 1.0)),
        LOAM_VAL(LOAM_DICT("a", LOAM_DICT("b", LOAM_LIST(LOAM_TUPLE(1))))),
    };

    cr_assert_eq(sizeof all / sizeof *all, VALUES);
    memcpy(values, all, sizeof all);
}

static char relation(loam_value a, loam_value b)
{
    int equal = loam_equal(a, b);
    int order = 77;

    cr_assert(equal == 0 || equal == 1);
    if (loam_compare(a, b, &order) < 0) {
        assert_failed(LOAM_ERR_TYPE);
        return equal ? 'e' : 'x';
    }
    cr_assert_eq(order == 0, equal);
    return order == LOAM_UNORDERED ? '?' : "<=>"[order + 1];
}

LOAM_TEST(protocol, equality_order_hash_and_repr_are_pythons)
{
    loam_value values[VALUES];

    make_values(values);
    for (size_t i = 0; i < VALUES; i++) {
        uint64_t hash = 1;
        cr_assert(!loam_is_unset(values[i]), "%s: %s", table[i].text, loam_error()->text);
        assert_repr(values[i], table[i].text);
        cr_assert_eq(loam_hash(values[i], &hash) == LOAM_OK, table[i].hashable, "%s", table[i].text);
        if (!table[i].hashable)
            assert_failed(LOAM_ERR_TYPE);
        for (size_t j = 0; j < VALUES; j++) {
            char found = relation(values[i], values[j]);
            uint64_t other;
            cr_assert_eq(found, table[i].relations[j], "%s and %s: %c, not %c", table[i].text, table[j].text, found,
                         table[i].relations[j]);
            if (!table[i].hashable || !table[j].hashable)
                continue;
            cr_assert_eq(loam_hash(values[j], &other), LOAM_OK);
            if (strchr("=e", found))
                cr_assert_eq(hash, other, "%s and %s are equal", table[i].text, table[j].text);
            else if (i != j && !loam_is_bytes(values[i]) && !loam_is_bytes(values[j])) /* these hash as the str does */
                cr_assert_neq(hash, other, "%s and %s", table[i].text, table[j].text);
        }
    }
    for (size_t i = 0; i < VALUES; i++)
        loam_release(values[i]);
}

static void check_numbers(int64_t integer, double number)
{
    loam_value a = loam_int(integer);
    loam_value b = loam_double(number);
    double whole = floor(number); /* exact, and so is what is left; valgrind has no long double of 64 bits */
    __int128 x = (__int128)integer;
    __int128 y = whole >= 0x1p100 ? (__int128)1 << 100 : whole <= -0x1p100 ? -((__int128)1 << 100) : (__int128)whole;
    bool less = x < y || (x == y && number > whole);
    bool equal = x == y && number == whole;
    uint64_t hash, other;

    if (relation(a, b) != (less ? '<' : equal ? '=' : '>') || relation(b, a) != (less ? '>' : equal ? '=' : '<'))
        cr_assert_fail("%lld and %a", (long long)integer, number);
    cr_assert(loam_hash(a, &hash) == LOAM_OK && loam_hash(b, &other) == LOAM_OK);
    if ((hash == other) != equal)
        cr_assert_fail("hashes of %lld and %a", (long long)integer, number);
    loam_release(a);
    loam_release(b);
}

LOAM_TEST(protocol, integers_and_doubles_are_compared_exactly)
{
    uint64_t state = 6;

    for (unsigned round = rounds(100000); round; round--) {
        int64_t integer = (int64_t)random_word(&state) >> random_below(&state, 64);
        double number = (double)integer;
        check_numbers(integer, number);
        check_numbers(integer, nextafter(number, INFINITY));
        check_numbers(integer, nextafter(number, -INFINITY));
        check_numbers(integer, number + 0.5);
        check_numbers((int64_t)((uint64_t)integer + 1), number);
    }
}

LOAM_TEST(protocol, len_is_of_what_has_items)
{
    loam_value values[VALUES];

    make_values(values);
    for (size_t i = 0; i < VALUES; i++) {
        int64_t len = loam_len(values[i]);
        bool sized = loam_is_str(values[i]) || loam_is_bytes(values[i]) || loam_is_tuple(values[i]) ||
                     loam_is_list(values[i]) || loam_is_dict(values[i]);
        cr_assert_eq(len >= 0, sized, "%s", table[i].text);
        if (!sized)
            assert_failed(LOAM_ERR_TYPE);
        loam_release(values[i]);
    }
    cr_assert_eq(loam_len(LOAM_NONE), LOAM_ERR_TYPE);
    cr_assert_str_eq(loam_error()->text, "object of type 'NoneType' has no len()");
    loam_error_clear();
}

LOAM_TEST(protocol, functions_pass_an_earlier_failure_on)
{
    uint64_t hash = 17;
    int order = 17;

    loam_fail(LOAM_ERR_IO, "earlier");
    cr_assert_eq(loam_equal(LOAM_UNSET, LOAM_NONE), LOAM_ERR_IO);
    cr_assert_eq(loam_equal(LOAM_NONE, LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_eq(loam_compare(LOAM_UNSET, loam_int(1), &order), LOAM_ERR_IO);
    cr_assert_eq(loam_compare(loam_int(1), LOAM_UNSET, &order), LOAM_ERR_IO);
    cr_assert_eq(loam_hash(LOAM_UNSET, &hash), LOAM_ERR_IO);
    cr_assert_eq(loam_len(LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_null(loam_repr(LOAM_UNSET));
    cr_assert_null(loam_str_of(LOAM_UNSET));
    cr_assert_eq(loam_print(LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_eq(loam_println(LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_eq(loam_sizeof(LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_eq(loam_sizeof_deep(LOAM_UNSET), LOAM_ERR_IO);
    cr_assert(hash == 17 && order == 17);
    cr_assert_str_eq(loam_error()->text, "earlier");
    loam_error_clear();
}

LOAM_TEST(protocol, what_contains_itself_is_written_once)
{
    loam_list *list = loam_list_of(1);
    loam_dict *dict = loam_dict_of("n", 1);
    loam_list *inner = loam_list_new();
    loam_tuple *tuple = loam_tuple_of(inner, inner);
    loam_tuple *empty = loam_tuple_new(NULL, 0);
    loam_value twice = LOAM_VAL(LOAM_LIST(empty, empty, inner, inner));

    cr_assert_eq(loam_list_append(list, list), LOAM_OK);
    assert_repr(loam_from(list), "[1, [...]]");
    cr_assert_eq(loam_dict_set(dict, "me", dict), LOAM_OK);
    assert_repr(loam_from(dict), "{'n': 1, 'me': {...}}");
    assert_repr(twice, "[(), (), [], []]");
    cr_assert_eq(loam_list_append(inner, tuple), LOAM_OK);
    assert_repr(loam_from(tuple), "([(...)], [(...)])");
    assert_repr(loam_from(inner), "[([...], [...])]");
    cr_assert_eq(loam_list_append(list, dict), LOAM_OK);
    cr_assert_eq(loam_dict_set(dict, "list", list), LOAM_OK);
    assert_repr(loam_from(list), "[1, [...], {'n': 1, 'me': {...}, 'list': [...]}]");
    assert_repr(loam_from(dict), "{'n': 1, 'me': {...}, 'list': [1, [...], {...}]}");
    assert_repr(loam_from(list), "[1, [...], {'n': 1, 'me': {...}, 'list': [...]}]");
    cr_assert_geq(loam_sizeof_deep(loam_from(list)), loam_sizeof(loam_from(list)) + loam_sizeof(loam_from(dict)));

    /* Only the program can break the circle where garbage is not traced. */
    loam_list_clear(list);
    loam_list_clear(inner);
    loam_dict_clear(dict);
    loam_release(list);
    loam_release(dict);
    loam_release(inner);
    loam_release(tuple);
    loam_release(twice);
}

/* Recursion that is too deep. Here each function may succeed, where the stack is large enough, or say RECURSION. */

static loam_value nested_lists(unsigned depth)
{
    loam_value value = loam_int(1);

    while (depth--) {
        loam_list *list = loam_list_new();
        if (loam_list_append_take(list, value) < 0)
            return LOAM_UNSET;
        value = loam_from(list);
    }
    return value;
}

static loam_value nested_tuples(unsigned depth)
{
    loam_value value = loam_int(1);

    while (depth--)
        value = loam_from(loam_tuple_new_take(&value, 1));
    return value;
}

static loam_value nested_dicts(unsigned depth)
{
    loam_value value = loam_int(1);

    while (depth--) {
        loam_dict *dict = loam_dict_new();
        if (loam_dict_set_take(dict, loam_int(1), value) < 0)
            return LOAM_UNSET;
        value = loam_from(dict);
    }
    return value;
}

static bool right_or_too_deep(int64_t result, int64_t right)
{
    if (result != LOAM_ERR_RECURSION)
        return result == right;
    if (loam_error()->status != LOAM_ERR_RECURSION)
        return false;
    loam_error_clear();
    return true;
}

static const char *try_all(loam_value a, loam_value b)
{
    const char *problem = NULL;
    uint64_t hash;
    int order = 0;
    loam_str *repr;

    if (!right_or_too_deep(loam_equal(a, b), 1))
        problem = "equal";
    if (loam_is_dict(a))
        loam_error_clear();
    else if (!right_or_too_deep(loam_compare(a, b, &order), LOAM_OK) || order != 0)
        problem = "compare";
    if (!right_or_too_deep(loam_hash(a, &hash), loam_is_tuple(a) ? LOAM_OK : LOAM_ERR_TYPE))
        problem = "hash";
    loam_error_clear();
    repr = loam_repr(a);
    if (!right_or_too_deep(repr ? LOAM_OK : loam_error()->status, LOAM_OK))
        problem = "repr";
    loam_release(repr);
    if (loam_sizeof_deep(a) <= 0)
        problem = "sizeof_deep";
    loam_release(a);
    loam_release(b);
    return problem;
}

static const char *try_deep_values(void)
{
    unsigned depth = rounds(1000000);
    const char *problem = try_all(nested_lists(depth), nested_lists(depth));

    problem = problem ? problem : try_all(nested_tuples(depth), nested_tuples(depth));
    return problem ? problem : try_all(nested_dicts(depth), nested_dicts(depth));
}

static const char *compare_circles(void)
{
    loam_list *a = loam_list_new();
    loam_list *b = loam_list_new();
    int order;
    bool good = loam_list_append(a, a) == LOAM_OK && loam_list_append(b, b) == LOAM_OK;

    good = good && loam_equal(loam_from(a), loam_from(b)) == LOAM_ERR_RECURSION;
    good = good && loam_error()->status == LOAM_ERR_RECURSION;
    good = good && loam_compare(loam_from(a), loam_from(b), &order) == LOAM_ERR_RECURSION;
    good = good && loam_equal(loam_from(a), loam_from(a)) == 1;
    loam_error_clear();
    loam_list_clear(a);
    loam_list_clear(b);
    loam_release(a);
    loam_release(b);
    return good ? NULL : "two lists that contain themselves";
}

LOAM_TEST(protocol, nesting_too_deep_for_the_stack_is_a_failure_and_no_crash)
{
    const char *problem = try_deep_values();

    cr_assert_null(problem, "%s", problem);
    problem = on_small_stack(try_deep_values);
    cr_assert_null(problem, "on a small stack: %s", problem);
    problem = compare_circles();
    cr_assert_null(problem, "%s", problem);
    problem = on_small_stack(compare_circles);
    cr_assert_null(problem, "on a small stack: %s", problem);

    /* What is not too deep works. */
    loam_value a = nested_lists(200);
    loam_value b = nested_lists(200);
    int order = 77;
    cr_assert_eq(loam_equal(a, b), 1);
    cr_assert(loam_compare(a, b, &order) == LOAM_OK && order == 0);
    loam_release(a);
    loam_release(b);
}

/* A type of one's own with all slots, which do what a test tells them. */

typedef struct thing {
    loam_object loam;
    int64_t number;
} thing;

static struct {
    unsigned calls;
    bool fails;
    void (*meddle)(void);
    const void *in_use[2]; /* by the slot that runs */
    bool lost_one;         /* an object went while its own slot ran */
} told;

static void thing_dispose(void *self)
{
    if (self == told.in_use[0] || self == told.in_use[1])
        told.lost_one = true;
}

static bool act(const void *self, const void *other)
{
    told.calls++;
    told.in_use[0] = self;
    told.in_use[1] = other;
    if (told.meddle)
        told.meddle();
    told.in_use[0] = told.in_use[1] = NULL;
    if (told.fails)
        loam_fail(LOAM_ERR_IO, "the thing broke");
    return !told.fails;
}

static int64_t number_of(const void *self)
{
    return ((const thing *)self)->number;
}

static int thing_equal(const void *a, const void *b)
{
    return act(a, b) ? number_of(a) == number_of(b) : LOAM_ERR_IO;
}

static loam_status thing_compare(const void *a, const void *b, int *order)
{
    if (!act(a, b))
        return LOAM_ERR_IO;
    *order = (int)(number_of(a) - number_of(b));
    return LOAM_OK;
}

static loam_status thing_hash(const void *self, uint64_t *out)
{
    if (!act(self, NULL))
        return LOAM_ERR_IO;
    *out = (uint64_t)number_of(self);
    return LOAM_OK;
}

static loam_str *thing_repr(const void *self)
{
    return act(self, NULL) ? loam_str_format("thing %d", (int)number_of(self)) : NULL;
}

static int64_t thing_len(const void *self)
{
    return act(self, NULL) ? number_of(self) : LOAM_ERR_IO;
}

static size_t thing_extent(const void *self)
{
    return (size_t)number_of(self);
}

static loam_type thing_type = {
    .name = "thing",
    .size = sizeof(thing),
    .dispose = thing_dispose,
    .equal = thing_equal,
    .compare = thing_compare,
    .hash = thing_hash,
    .repr = thing_repr,
    .len = thing_len,
    .extent = thing_extent,
};
static loam_type plain_type = {.name = "plain", .size = sizeof(thing)};
static loam_type no_hash_type = {.name = "nohash", .size = sizeof(thing), .equal = thing_equal};
static loam_type not_utf8_type = {.name = "\xff", .size = sizeof(thing)};

static loam_value new_thing(loam_type *type, int64_t number)
{
    thing *t = loam_new(type);

    cr_assert_not_null(t);
    t->number = number;
    return loam_from(t);
}

LOAM_TEST(protocol, slots_of_a_types_own_are_called_and_their_failures_passed_on)
{
    loam_value a = new_thing(&thing_type, 5);
    loam_value b = new_thing(&thing_type, 5);
    loam_value c = new_thing(&thing_type, 999);
    loam_value in_lists[2] = {LOAM_VAL(LOAM_LIST(1, a)), LOAM_VAL(LOAM_LIST(1, c))};
    loam_value in_tuple = LOAM_VAL(LOAM_TUPLE(a, a));
    loam_value in_dict = LOAM_VAL(LOAM_DICT("key", a));
    uint64_t hash = 77;
    int order = 77;

    told.calls = 0;
    cr_assert(loam_equal(a, b) == 1 && loam_equal(a, c) == 0 && told.calls == 2);
    cr_assert(loam_compare(a, c, &order) == LOAM_OK && order == -1);
    cr_assert(loam_compare(c, a, &order) == LOAM_OK && order == 1, "a difference is as good as an order");
    cr_assert(loam_hash(a, &hash) == LOAM_OK && hash == loam__hash_int(5), "mixed, lest all have the same low bits");
    cr_assert_eq(loam_len(a), 5);
    cr_assert_eq(told.calls, 6);
    assert_repr(a, "thing 5");
    assert_repr(in_lists[0], "[1, thing 5]");
    assert_repr(in_dict, "{'key': thing 5}");
    cr_assert_eq(loam_equal(in_lists[0], in_lists[1]), 0);
    cr_assert(loam_compare(in_lists[0], in_lists[1], &order) == LOAM_OK && order == -1);
    cr_assert(loam_compare(in_lists[1], in_lists[0], &order) == LOAM_OK && order == 1);
    cr_assert_eq(loam_sizeof(a), (int64_t)sizeof(thing) + 5);
    cr_assert_eq(loam_sizeof_deep(in_tuple), 16 + 2 * 8 + (int64_t)sizeof(thing) + 5, "each object once");
    cr_assert_eq(loam_equal(a, LOAM_NONE), 0);
    cr_assert_eq(loam_compare(a, loam_int(5), &order), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);

    told.fails = true;
    order = 77;
    hash = 77;
    cr_assert_eq(loam_equal(a, b), LOAM_ERR_IO);
    cr_assert_eq(loam_equal(in_lists[0], in_lists[1]), LOAM_ERR_IO);
    cr_assert_eq(loam_compare(a, b, &order), LOAM_ERR_IO);
    cr_assert_eq(loam_compare(in_lists[0], in_lists[1], &order), LOAM_ERR_IO);
    cr_assert_eq(loam_hash(a, &hash), LOAM_ERR_IO);
    cr_assert_eq(loam_hash(in_tuple, &hash), LOAM_ERR_IO);
    cr_assert_eq(loam_len(a), LOAM_ERR_IO);
    cr_assert_null(loam_repr(a));
    cr_assert_null(loam_repr(in_lists[0]));
    cr_assert_null(loam_repr(in_tuple));
    cr_assert_null(loam_repr(in_dict));
    cr_assert_null(loam_str_of(in_dict));
    cr_assert_eq(loam_print(a), LOAM_ERR_IO);
    cr_assert(order == 77 && hash == 77);
    cr_assert_str_eq(loam_error()->text, "the thing broke");
    assert_failed(LOAM_ERR_IO);
    told.fails = false;
    assert_repr(in_lists[0], "[1, thing 5]");

    loam_release(a);
    loam_release(b);
    loam_release(c);
    loam_release(in_lists[0]);
    loam_release(in_lists[1]);
    loam_release(in_tuple);
    loam_release(in_dict);
}

LOAM_TEST(protocol, a_type_without_slots_is_itself_and_nothing_else)
{
    loam_value a = new_thing(&plain_type, 5);
    loam_value b = new_thing(&plain_type, 5);
    loam_value no_hash = new_thing(&no_hash_type, 5);
    loam_value not_utf8 = new_thing(&not_utf8_type, 5);
    uint64_t hash, again, other;
    int order;

    cr_assert(loam_equal(a, a) == 1 && loam_equal(a, b) == 0 && loam_equal(a, no_hash) == 0);
    cr_assert(loam_hash(a, &hash) == LOAM_OK && loam_hash(a, &again) == LOAM_OK && loam_hash(b, &other) == LOAM_OK);
    cr_assert(hash == again && hash != other);
    cr_assert_eq(loam_compare(a, b, &order), LOAM_ERR_TYPE);
    cr_assert_str_eq(loam_error()->text, "'plain' and 'plain' have no order");
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_len(a), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    assert_repr(a, "<plain object>");
    cr_assert_eq(loam_hash(no_hash, &hash), LOAM_ERR_TYPE);
    cr_assert_str_eq(loam_error()->text, "unhashable type: 'nohash'");
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_null(loam_repr(not_utf8));
    assert_failed(LOAM_ERR_VALUE);
    loam_release(a);
    loam_release(b);
    loam_release(no_hash);
    loam_release(not_utf8);
}

/* What user code may do to the containers that call it. */

static loam_list *lists[2];
static loam_dict *dicts[2];

static void clear_first(void)
{
    loam_list_clear(lists[0]);
    loam_dict_clear(dicts[0]);
}

static void clear_second(void)
{
    loam_list_clear(lists[1]);
    loam_dict_clear(dicts[1]);
}

static void clear_both(void)
{
    clear_first();
    clear_second();
}

static void pop_last(void)
{
    for (int i = 0; i < 2; i++)
        if (lists[i]->len) {
            loam_release(loam_list_pop(lists[i], -1));
            (void)!loam_dict_pop_last(dicts[i], NULL, NULL);
        }
}

static void pop_first(void)
{
    for (int i = 0; i < 2; i++)
        if (lists[i]->len) {
            loam_release(loam_list_pop(lists[i], 0));
            (void)!loam_dict_pop_first(dicts[i], NULL, NULL);
        }
}

static void replace_all(void)
{
    for (int i = 0; i < 2; i++)
        for (int64_t j = 0; j < (int64_t)lists[i]->len; j++)
            (void)!(loam_list_set(lists[i], j, "new") + loam_dict_set(dicts[i], j, "new"));
}

static void grow_both(void)
{
    for (int i = 0; i < 2; i++)
        for (int64_t j = 0; j < 100 && lists[i]->len < 1000; j++)
            (void)!(loam_list_append(lists[i], "more") + loam_dict_set(dicts[i], 1000 * (j + 1), "more"));
}

static void clear_and_grow(void)
{
    clear_both();
    grow_both();
}

/* Four containers of things that nobody else holds; those of the second two have numbers that are higher by `more`. */
static void fill_containers(int64_t more)
{
    for (int i = 0; i < 2; i++) {
        lists[i] = loam_list_new();
        dicts[i] = loam_dict_new();
        for (int64_t j = 0; j < 5; j++) {
            cr_assert_eq(loam_list_append_take(lists[i], new_thing(&thing_type, j + i * more)), LOAM_OK);
            cr_assert_eq(loam_dict_set_take(dicts[i], loam_int(j), new_thing(&thing_type, j + i * more)), LOAM_OK);
        }
    }
}

static void drop_containers(void)
{
    for (int i = 0; i < 2; i++) {
        loam_release(lists[i]);
        loam_release(dicts[i]);
    }
}

/* A few things each way: any answer will do, the sanitizers and the count of what is left are what is asked. */
static void use_containers(int what, int64_t more)
{
    loam_value tuple;
    loam_str *repr;
    uint64_t hash;
    int order;

    fill_containers(more);
    switch (what) {
    case 0:
        cr_assert_geq(loam_equal(loam_from(lists[0]), loam_from(lists[1])), 0);
        break;
    case 1:
        (void)!loam_compare(loam_from(lists[0]), loam_from(lists[1]), &order);
        break;
    case 2:
        (void)!loam_equal(loam_from(dicts[0]), loam_from(dicts[1]));
        break;
    case 3:
        repr = loam_repr(loam_from(lists[0]));
        cr_assert_not_null(repr);
        loam_release(repr);
        break;
    case 4:
        repr = loam_repr(loam_from(dicts[1]));
        cr_assert_not_null(repr);
        loam_release(repr);
        break;
    default:
        tuple = LOAM_VAL(LOAM_TUPLE(lists[0], lists[1], lists[0]));
        loam_release(loam_repr(tuple));
        cr_assert_geq(loam_equal(loam_from(lists[0]), loam_from(lists[1])), 0);
        (void)!loam_hash(tuple, &hash);
        loam_release(tuple);
    }
    told.meddle = NULL;
    loam_error_clear();
    drop_containers();
}

LOAM_TEST(protocol, slots_may_change_the_containers_that_call_them)
{
    void (*meddlers[])(void) = {clear_first, clear_second, clear_both, pop_last,
                                pop_first,   replace_all,  grow_both,  clear_and_grow};

    for (size_t i = 0; i < sizeof meddlers / sizeof *meddlers; i++)
        for (int what = 0; what < 12; what++) {
            told.meddle = meddlers[i];
            use_containers(what / 2, what % 2);
            cr_assert_not(told.lost_one, "after %d, meddler %zu", what, i);
        }

    /* And some answers are plain. */
    told.meddle = clear_first;
    fill_containers(0);
    assert_repr(loam_from(lists[0]), "[thing 0]");
    told.meddle = NULL;
    drop_containers();
    told.meddle = clear_second;
    fill_containers(0);
    cr_assert_eq(loam_equal(loam_from(lists[0]), loam_from(lists[1])), 0, "of different length after the first item");
    told.meddle = NULL;
    drop_containers();
}

/* Standard output. */

static void print_some(void)
{
    loam_str *str = loam_str_new("text \xc3\xa9");
    loam_value list = LOAM_VAL(LOAM_LIST(str, 1.5));

    cr_assert_eq(loam_print(loam_from(str)), LOAM_OK);
    cr_assert_eq(loam_print(LOAM_NONE), LOAM_OK);
    cr_assert_eq(loam_println(list), LOAM_OK);
    cr_assert_eq(loam_println(loam_from(str)), LOAM_OK);
    assert_repr(list, "['text \xc3\xa9', 1.5]");
    loam_release(list);
    loam_release(str);
}

LOAM_TEST(protocol, print_writes_what_str_says_and_notices_a_full_disk)
{
    char text[200] = "";
    int saved = dup(STDOUT_FILENO);
    int full = open("/dev/full", O_WRONLY);
    loam_status status;
    int ends[2];

    fflush(stdout);
    cr_assert_eq(pipe(ends), 0);
    dup2(ends[1], STDOUT_FILENO);
    print_some();
    fflush(stdout);
    dup2(full, STDOUT_FILENO);
    status = loam_println(LOAM_NONE);
    clearerr(stdout);
    dup2(saved, STDOUT_FILENO);
    close(ends[1]);
    close(full);
    close(saved);
    cr_assert_geq(read(ends[0], text, sizeof text - 1), 0);
    close(ends[0]);
    cr_assert_str_eq(text, "text \xc3\xa9None['text \xc3\xa9', 1.5]\ntext \xc3\xa9\n");
    cr_assert_eq(status, LOAM_ERR_IO);
    assert_failed(LOAM_ERR_IO);
}

LOAM_TEST(protocol, sizes_follow_from_the_layout)
{
    loam_value text = LOAM_VAL("shared");
    loam_value list = LOAM_VAL(LOAM_LIST(text, text, LOAM_TUPLE(text, 5), 1e300, INT64_MAX));
    int64_t sizes = loam_sizeof(text) + loam_sizeof(list) + 16 + 2 * 8 + 16 + 16;

    cr_assert_eq(loam_sizeof(LOAM_NONE), 0);
    cr_assert_eq(loam_sizeof(loam_int(5)), 0);
    cr_assert_eq(loam_sizeof_deep(loam_double(5)), 0);
    cr_assert_eq(loam_sizeof(list), 32 + 5 * 8);
    cr_assert_eq(loam_sizeof_deep(text), loam_sizeof(text));
    cr_assert_eq(loam_sizeof_deep(list), sizes);
    loam_release(text);
    cr_assert_eq(loam_sizeof_deep(list), sizes);
    loam_release(list);
    list = nested_lists(1000);
    cr_assert_eq(loam_sizeof_deep(list), 1000 * loam_sizeof(list));
    loam_release(list);
}

static bool repr_of(void *context)
{
    loam_str *repr = loam_repr(*(loam_value *)context);
    loam_release(repr);
    return repr != NULL;
}

static bool size_of(void *context)
{
    return loam_sizeof_deep(*(loam_value *)context) >= 0;
}

LOAM_TEST(protocol, repr_and_deep_size_without_memory_are_failures)
{
    loam_list *list = loam_list_new();
    loam_value value = loam_from(list);

    for (int i = 0; i < 200; i++)
        cr_assert_eq(
            loam_list_append(list, LOAM_DICT("key", LOAM_TUPLE(i, 1e300, "\n\xc3\xa9", ((loam_view){"\xff", 1})))),
            LOAM_OK);
    cr_assert_geq(fail_each_allocation(repr_of, &value), 2 * 10);
    cr_assert_geq(fail_each_allocation(size_of, &value), 2 * 5);
    assert_repr_take(loam_list_pop(list, -1), "{'key': (199, 1e+300, '\\n\xc3\xa9', b'\\xff')}");
    loam_release(list);
}

typedef struct ranked {
    loam_object loam;
    int rank;
} ranked;

static loam_status rank_difference(const void *a, const void *b, int *order)
{
    *order = ((const ranked *)a)->rank - ((const ranked *)b)->rank;
    return LOAM_OK;
}

static loam_type ranked_type = {.name = "ranked", .size = sizeof(ranked), .compare = rank_difference};

LOAM_TEST(protocol, the_order_of_a_type_may_be_a_difference)
{
    for (int i = -3; i <= 3; i++) {
        ranked *a = loam_new(&ranked_type);
        ranked *b = loam_new(&ranked_type);
        int order = 9;
        a->rank = i;
        cr_assert_eq(loam_compare(loam_from(a), loam_from(b), &order), LOAM_OK);
        cr_assert_eq(order, (i > 0) - (i < 0));
        loam_release(a);
        loam_release(b);
    }
}

/* On a stack that is not a thread's own there is room for what programs do, and an end to what they should not. A
 * conservative collector does not look at such stacks, so there is no collection meanwhile. */
static ucontext_t outside, coroutine;
static bool reprs_shallow, reprs_deep;

static void in_coroutine(void)
{
    loam_list *list = loam_list_of(1, 2);
    loam_str *repr = loam_repr(loam_from(list));

    reprs_shallow = repr != NULL;
    loam_release(repr);
    for (int i = 0; i < 100000; i++)
        list = loam_list_of(LOAM_TAKE(list));
    repr = loam_repr(loam_from(list));
    reprs_deep = repr || loam_error()->status != LOAM_ERR_RECURSION;
    loam_release(repr);
    loam_release(list);
}

LOAM_TEST(protocol, works_in_a_coroutine)
{
    enum { SIZE = 256 * 1024 };

    if (is_instrumented())
        return; /* AddressSanitizer does not like them */
    getcontext(&coroutine);
    coroutine.uc_stack.ss_sp = malloc(SIZE);
    coroutine.uc_stack.ss_size = SIZE;
    coroutine.uc_link = &outside;
    makecontext(&coroutine, in_coroutine, 0);
    loam_gc_disable();
    cr_assert_eq(swapcontext(&outside, &coroutine), 0);
    loam_gc_enable();
    free(coroutine.uc_stack.ss_sp);
    cr_assert(reprs_shallow);
    cr_assert_not(reprs_deep);
}
