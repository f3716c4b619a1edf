#include "tests/harness.h"

#include "containers/sequence.h"
#include "containers/sort.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The plain twin: a merge sort from the top down, by an order of its own.
 */

typedef bool below(loam_value a, loam_value b);

/* As with memcmp(): an integer and a double that is a number. */
static int compare_mixed(int64_t integer, double number)
{
    double whole = floor(number);

    if (whole >= 0x1p63)
        return -1;
    if (whole < -0x1p63)
        return 1;
    if (integer != (int64_t)whole)
        return integer < (int64_t)whole ? -1 : 1;
    return number > whole ? -1 : 0;
}

static bool number_is_below(loam_value a, loam_value b)
{
    loam__number x = loam__number_of(a);
    loam__number y = loam__number_of(b);

    if (y.kind == LOAM__DOUBLE && isnan(y.number))
        return x.kind == LOAM__INTEGER || !isnan(x.number);
    if (x.kind == LOAM__DOUBLE && isnan(x.number))
        return false;
    if (x.kind == LOAM__INTEGER)
        return y.kind == LOAM__INTEGER ? x.integer < y.integer : compare_mixed(x.integer, y.number) < 0;
    return y.kind == LOAM__INTEGER ? compare_mixed(y.integer, x.number) > 0 : x.number < y.number;
}

static loam_view view_of(loam_value text)
{
    if (loam_is_str(text))
        return loam_str_view_peek(loam_to_str_peek(text));
    return loam_bytes_view_peek(loam_to_bytes_peek(text));
}

static bool text_is_below(loam_value a, loam_value b)
{
    loam_view x = view_of(a);
    loam_view y = view_of(b);

    for (size_t i = 0; i < x.len && i < y.len; i++)
        if (x.data[i] != y.data[i])
            return (unsigned char)x.data[i] < (unsigned char)y.data[i];
    return x.len < y.len;
}

static bool number_is_above(loam_value a, loam_value b)
{
    return number_is_below(b, a);
}

static bool text_is_above(loam_value a, loam_value b)
{
    return text_is_below(b, a);
}

static void twin_sort(loam_value *items, loam_value *room, size_t count, below *is_below)
{
    size_t half = count / 2;
    size_t a = 0;
    size_t b = half;

    if (count < 2)
        return;
    twin_sort(items, room, half, is_below);
    twin_sort(items + half, room, count - half, is_below);
    for (size_t i = 0; i < count; i++)
        room[i] = a < half && (b == count || !is_below(items[b], items[a])) ? items[a++] : items[b++];
    memcpy(items, room, count * sizeof *items);
}

/* A copy of what a list holds, and of what it should hold when it is sorted. Borrowed from the list. */
typedef struct expected {
    loam_value *items;
    size_t count;
} expected;

static expected expect(const loam_list *list, below *is_below)
{
    expected e = {calloc(2 * list->len + 1, sizeof *e.items), list->len};

    if (list->len)
        memcpy(e.items, list->items, list->len * sizeof *e.items);
    if (is_below)
        twin_sort(e.items, e.items + e.count, e.count, is_below);
    return e;
}

/* The same objects in the same order. */
static void assert_as_expected(const loam_list *list, expected e, const char *what)
{
    cr_assert_eq(list->len, e.count);
    for (size_t i = 0; i < e.count; i++)
        if (list->items[i].word != e.items[i].word)
            cr_assert_fail("%s, %zu items: item %zu is another", what, e.count, i);
    cr_assert_null(list_check(list));
    free(e.items);
}

/* Sorts it both ways and compares. Takes the list. */
static void check_sorts(loam_list *list, below *is_below, below *is_above, const char *what)
{
    loam_list *other = loam_list_copy(list);
    expected e = expect(list, is_below);

    cr_assert_eq(loam_list_sort(list), LOAM_OK);
    assert_as_expected(list, e, what);
    e = expect(other, is_above);
    cr_assert_eq(loam_list_sort_reverse(other), LOAM_OK);
    assert_as_expected(other, e, what);
    loam_release(list);
    loam_release(other);
}

/* Data. */

typedef enum shape { RANDOM, FEW_VALUES, ORDERED, REVERSED, NEARLY, EQUAL, SAW, ORGAN_PIPE, SHAPES } shape;

static const char *const shape_names[SHAPES] = {"random",         "few values", "ordered", "reversed",
                                                "nearly ordered", "all equal",  "a saw",   "an organ pipe"};

/* The number that stands at `i` of `n`, as 0 .. 2^40. */
static uint64_t number_at(shape s, size_t i, size_t n, uint64_t *state)
{
    switch (s) {
    case RANDOM:
        return random_below(state, (uint64_t)1 << 40);
    case FEW_VALUES:
        return random_below(state, 7);
    case ORDERED:
        return i / 2;
    case REVERSED:
        return n - i;
    case NEARLY:
        return random_below(state, 20) ? i : random_below(state, n);
    case EQUAL:
        return 5;
    case SAW:
        return i % 17;
    default:
        return i < n / 2 ? i : n - i;
    }
}

/* How a number becomes an item. */
typedef loam_value maker(uint64_t number, uint64_t *state);

static loam_value small_int(uint64_t number, uint64_t *state)
{
    (void)state;
    return loam_int((int64_t)number - 50);
}

/* Some immediate, some boxed. */
static loam_value wide_int(uint64_t number, uint64_t *state)
{
    static const int64_t far[] = {INT64_MIN, INT64_MAX - ((int64_t)1 << 41), (int64_t)1 << 61, 0};
    return loam_int(far[random_below(state, 4)] + (int64_t)number);
}

static loam_value any_double(uint64_t number, uint64_t *state)
{
    static const double factors[] = {1, -1, 0.25, 1e-300, -1e300, 1e-90};
    return loam_double((double)number * factors[random_below(state, 6)]);
}

/* Equal numbers of every kind, so that each sort has to be stable, and doubles between integers that no double is. */
static loam_value any_number(uint64_t number, uint64_t *state)
{
    int64_t low = (int64_t)(number & 3);
    int64_t wide = ((int64_t)1 << 53) * (int64_t)(1 + (number & 0x1ff)) + low;

    switch (random_below(state, 9)) {
    case 0:
        return loam_bool(number & 1);
    case 1:
        return loam_int(low);
    case 2:
        return loam_double((double)low);
    case 3:
        return loam_int(wide);
    case 4:
        return loam_double((double)wide);
    case 5:
        return loam_int(-wide);
    case 6:
        return loam_double(-(double)wide);
    case 7:
        return loam_double(number & 1 ? 0.0 : -0.0);
    default:
        return loam_double(number & 1 ? (double)INFINITY : (double)NAN);
    }
}

static loam_value text_of(uint64_t number, const char *alphabet, uint64_t letters, size_t prefix, bool is_bytes)
{
    char text[160];
    size_t len = prefix;

    memset(text, 'p', prefix);
    for (; number && len < sizeof text; number /= letters)
        text[len++] = alphabet[number % letters];
    return is_bytes ? loam_from(loam_bytes_from(text, len)) : loam_from(loam_str_from(text, len));
}

static loam_value short_str(uint64_t number, uint64_t *state)
{
    (void)state;
    return text_of(number, "0123456789abcdefghijklmnopqrstuv", 32, 0, false);
}

/* Zero bytes at the end matter. */
static loam_value zeros(uint64_t number, uint64_t *state)
{
    return text_of(number >> random_below(state, 40), "\0\0a", 3, random_below(state, 3), false);
}

/* All begin alike, and go on alike for long. */
static loam_value prefixed(uint64_t number, uint64_t *state)
{
    (void)state;
    return text_of(number, "xxxxxxxy", 8, 20 + (number & 64), false);
}

static loam_value any_bytes(uint64_t number, uint64_t *state)
{
    (void)state;
    return text_of(number, "\0\x7f\x80\xff", 4, 0, true);
}

static const struct {
    const char *name;
    maker *make;
    below *is_below, *is_above;
} makers[] = {
    {"small integers", small_int, number_is_below, number_is_above},
    {"wide integers", wide_int, number_is_below, number_is_above},
    {"doubles", any_double, number_is_below, number_is_above},
    {"numbers", any_number, number_is_below, number_is_above},
    {"strs", short_str, text_is_below, text_is_above},
    {"strs with zeros", zeros, text_is_below, text_is_above},
    {"strs with prefixes", prefixed, text_is_below, text_is_above},
    {"bytes", any_bytes, text_is_below, text_is_above},
};

enum { MAKERS = sizeof makers / sizeof *makers };

static loam_list *list_of_shape(shape s, size_t n, maker *make, uint64_t *state)
{
    loam_list *list = loam_list_new();

    for (size_t i = 0; i < n; i++)
        cr_assert_eq(loam_list_append_take(list, make(number_at(s, i, n, state), state)), LOAM_OK);
    return list;
}

static void check_all_shapes(size_t n, uint64_t *state)
{
    for (size_t m = 0; m < MAKERS; m++)
        for (shape s = 0; s < SHAPES; s++) {
            char what[100];
            snprintf(what, sizeof what, "%s, %s", makers[m].name, shape_names[s]);
            check_sorts(list_of_shape(s, n, makers[m].make, state), makers[m].is_below, makers[m].is_above, what);
        }
}

LOAM_TEST(sort, of_anything_plain_is_what_its_twin_makes_of_it)
{
    uint64_t state = 1;

    for (size_t n = 0; n <= 70; n++)
        check_all_shapes(n, &state);
    for (unsigned i = 0; i < rounds(20); i++)
        check_all_shapes(random_below(&state, 3000), &state);
    check_all_shapes(rounds(50000), &state);
}

/* So many that the scratch memory is taken in huge pages; and so that there is one round more. */
LOAM_TEST(sort, of_millions_of_integers)
{
    size_t count = rounds(3000000);
    loam_list *list = loam_list_new();
    uint64_t state = 5, sum = 0;
    loam_span items;

    cr_assert_eq(loam_list_reserve(list, (int64_t)count), LOAM_OK);
    for (size_t i = 0; i < count; i++) {
        int64_t integer = (int64_t)random_word(&state) >> 2;
        sum += (uint64_t)integer;
        cr_assert_eq(loam_list_append(list, integer), LOAM_OK);
    }
    cr_assert_eq(loam_list_sort(list), LOAM_OK);
    items = loam_list_span_peek(list);
    for (size_t i = 0; i < count; i++) {
        int64_t integer = 0;
        int64_t before = INT64_MIN;
        cr_assert_eq(loam_to_int(items.items[i], &integer), LOAM_OK);
        if (i)
            cr_assert_eq(loam_to_int(items.items[i - 1], &before), LOAM_OK);
        if (before > integer)
            cr_assert_fail("item %zu", i);
        sum -= (uint64_t)integer;
    }
    cr_assert_eq(sum, 0);
    loam_release(list);
}

/* Boxed ones are sorted in pairs with their references, in the room that the list has, if that is enough for them; what
 * they were in is empty again then. */
static void sort_some_boxed(size_t count, size_t boxed, size_t room)
{
    loam_list *list = loam_list_new();
    uint64_t state = count + boxed + room;
    size_t all_boxed = boxed;
    expected e;

    cr_assert_eq(loam_list_reserve(list, (int64_t)room), LOAM_OK);
    for (size_t i = 0; i < count; i++) {
        bool is_boxed = random_below(&state, count - i) < boxed;
        int64_t integer = (int64_t)(random_word(&state) >> 2 | (uint64_t)is_boxed << 62);
        cr_assert_eq(loam_list_append(list, random_below(&state, 2) ? integer : -1 - integer), LOAM_OK);
        boxed -= is_boxed;
    }
    e = expect(list, number_is_below);
    cr_assert_eq(loam_list_sort(list), LOAM_OK);
    assert_as_expected(list, e, "some boxed");
    for (size_t i = count; 2 * all_boxed <= list->capacity && i < 2 * all_boxed; i++)
        cr_assert(loam_is_unset(list->items[i]), "slot %zu of %zu", i, list->capacity);
    loam_release(list);
}

LOAM_TEST(sort, of_integers_uses_the_room_that_the_list_has)
{
    size_t count = rounds(20000);

    for (size_t room = count; room <= 2 * count; room += count / 10)
        for (size_t boxed = 1; boxed <= count; boxed += count / 7)
            sort_some_boxed(count, boxed, room);
    sort_some_boxed(count, count / 2, count);
    sort_some_boxed(count, count / 2 + 1, count);
    sort_some_boxed(count, count, count);
    sort_some_boxed(count, count, 2 * count);
}

extern size_t GC_get_total_bytes(void) __attribute__((weak)); /* libgc's; only on boehm */

LOAM_TEST(sort, of_integers_asks_the_collector_for_a_copy_of_the_boxed_ones_alone)
{
    enum { MANY = 50000, BOXED = 1000 };
    loam_auto loam_list *list = loam_list_new();
    uint64_t state = 12;
    size_t before;

    if (!GC_get_total_bytes)
        return;
    for (int64_t i = 0; i < MANY; i++) {
        int64_t far = i % (MANY / BOXED) ? 0 : (int64_t)1 << 62;
        cr_assert_eq(loam_list_append(list, far + (int64_t)random_below(&state, MANY)), LOAM_OK);
    }
    before = GC_get_total_bytes();
    cr_assert_eq(loam_list_sort(list), LOAM_OK);
    cr_assert_lt(GC_get_total_bytes() - before, 4 * BOXED * sizeof(loam_value));
}

/* Another thread collects while references to boxed integers stand where no collector looks. */

typedef struct boxes {
    loam_list *list;
    int64_t *sorted;
    size_t count;
} boxes;

static int by_integer(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Of so many quarters boxed ones, below and above the immediate ones. */
static boxes make_boxes(size_t count, unsigned quarters, size_t room, uint64_t *state)
{
    boxes b = {loam_list_new(), malloc(count * sizeof *b.sorted), count};

    cr_assert_eq(loam_list_reserve(b.list, (int64_t)room), LOAM_OK);
    for (size_t i = 0; i < count; i++) {
        bool is_boxed = random_below(state, 4) < quarters;
        int64_t integer = (int64_t)(random_word(state) >> 2 | (uint64_t)is_boxed << 62);
        b.sorted[i] = random_below(state, 2) ? integer : -1 - integer;
        cr_assert_eq(loam_list_append(b.list, b.sorted[i]), LOAM_OK);
    }
    qsort(b.sorted, count, sizeof *b.sorted, by_integer);
    return b;
}

static void check_boxes(boxes b)
{
    for (size_t i = 0; i < b.count; i++) {
        loam_value item = b.list->items[i];
        int64_t integer = 0;
        cr_assert(loam_is_int(item), "item %zu", i);
        cr_assert_eq(loam_to_int(item, &integer), LOAM_OK);
        cr_assert_eq(integer, b.sorted[i], "item %zu", i);
        cr_assert_eq(loam__is_small_int(item), loam__fits_small_int(integer), "item %zu", i);
    }
    free(b.sorted);
    loam_release(b.list);
}

static atomic_bool is_sorting;

static void *collect_meanwhile(void *context)
{
    if (loam_thread_attach() < 0)
        return context;
    while (atomic_load(&is_sorting)) {
        loam_gc_collect(2);
        sched_yield();
    }
    return loam_thread_detach() < 0 ? context : NULL;
}

/* What was freed wrongly has been given out again, to the next list, when it is looked at. */
LOAM_TEST(sort, of_integers_keeps_the_boxed_ones_while_another_thread_collects)
{
    size_t count = rounds(20000);
    uint64_t state = 11;
    pthread_t collecting;
    void *problem = NULL;
    boxes earlier = make_boxes(0, 0, 0, &state);

    atomic_store(&is_sorting, true);
    cr_assert_eq(pthread_create(&collecting, NULL, collect_meanwhile, "attach or detach"), 0);
    for (unsigned i = 0; i < 60; i++) {
        boxes b = make_boxes(count, 2 + i % 3, i % 2 ? 2 * count : count, &state);
        check_boxes(earlier);
        cr_assert_eq(loam_list_sort(b.list), LOAM_OK);
        earlier = b;
    }
    check_boxes(earlier);
    atomic_store(&is_sorting, false);
    cr_assert_eq(pthread_join(collecting, &problem), 0);
    cr_assert_null(problem, "%s", (const char *)problem);
}

LOAM_TEST(sort, of_few_pieces_of_a_wide_range_goes_down_to_the_lowest_bits)
{
    loam_list *list = loam_list_new();
    uint64_t state = 2;

    for (int i = 0; i < 4000; i++)
        cr_assert_eq(loam_list_append(list, ((int64_t)random_below(&state, 2) << (random_below(&state, 61)))), LOAM_OK);
    check_sorts(list, number_is_below, number_is_above, "powers of two");

    list = loam_list_new();
    for (int i = 0; i < 4000; i++)
        cr_assert_eq(loam_list_append(list, (int64_t)1 << 60 | (int64_t)(i ? random_below(&state, 2) : 1 << 20)),
                     LOAM_OK);
    check_sorts(list, number_is_below, number_is_above, "all but one the same but for a bit");
}

/* Strings of which each is the prefix of the next: 2,000 levels for a sort that took one after the other. */
static const char *sort_prefixes(void)
{
    loam_auto loam_list *list = loam_list_new();
    uint64_t state = 3;
    static char text[8000];

    memset(text, 'a', sizeof text);
    for (int i = 0; i < 2000; i++)
        if (loam_list_append(list, ((loam_view){text, random_below(&state, sizeof text)})) < 0)
            return "append";
    if (loam_list_sort(list) < 0)
        return "sort";
    for (int64_t i = 1; i < loam_list_len(list); i++)
        if (view_of(loam_list_get_peek(list, i - 1)).len > view_of(loam_list_get_peek(list, i)).len)
            return "order";
    return NULL;
}

LOAM_TEST(sort, needs_no_more_stack_for_more_items)
{
    cr_assert_null(on_small_stack(sort_prefixes));
}

/* Items in tuples, so that comparisons are general ones. */

static int64_t first_of(loam_value tuple)
{
    int64_t first = 0;

    cr_assert_eq(loam_to_int(loam_tuple_get_peek(loam_to_tuple_peek(tuple), 0), &first), LOAM_OK);
    return first;
}

static bool first_is_below(loam_value a, loam_value b)
{
    return first_of(a) < first_of(b);
}

static bool first_is_above(loam_value a, loam_value b)
{
    return first_of(b) < first_of(a);
}

static loam_list *tuples_of_shape(shape s, size_t n, uint64_t *state)
{
    loam_list *list = loam_list_new();

    for (size_t i = 0; i < n; i++)
        cr_assert_eq(loam_list_append(list, LOAM_TUPLE((int64_t)number_at(s, i, n, state))), LOAM_OK);
    return list;
}

typedef struct calls {
    uint64_t made, fail_at; /* the call that fails, from 1 on; 0: none */
    loam_list *list;
    int (*order)(loam_value a, loam_value b, struct calls *c);
} calls;

static loam_status compare_firsts(loam_value a, loam_value b, int *order, void *context)
{
    calls *c = context;

    if (++c->made == c->fail_at)
        return loam_fail(LOAM_ERR_VALUE, "told to fail");
    if (c->order) {
        *order = c->order(a, b, c);
        return LOAM_OK;
    }
    *order = first_of(a) < first_of(b) ? -7 : first_of(a) > first_of(b) ? 9 : 0;
    return LOAM_OK;
}

static loam_value first_key(loam_value item, void *context)
{
    calls *c = context;

    if (++c->made == c->fail_at)
        return loam_fail(LOAM_ERR_VALUE, "told to fail"), LOAM_UNSET;
    return loam_tuple_get(loam_to_tuple_peek(item), 0);
}

static loam_value listed_key(loam_value item, void *context)
{
    (void)context;
    return loam_from(loam_list_of(first_of(item)));
}

static loam_value str_key(loam_value item, void *context)
{
    (void)context;
    return loam_from(loam_str_format("%020lld", (long long)first_of(item)));
}

static loam_value double_key(loam_value item, void *context)
{
    (void)context;
    return loam_double((double)first_of(item) / 4);
}

typedef loam_status sorter(loam_list *list, bool reverse);

static loam_status by_comparator(loam_list *list, bool reverse)
{
    calls c = {0};
    return loam_list_sort_compare(list, compare_firsts, &c, reverse);
}

static loam_status by_key(loam_list *list, bool reverse)
{
    calls c = {0};
    loam_status status = loam_list_sort_key(list, first_key, &c, reverse);

    cr_assert_eq(c.made, list->len);
    return status;
}

static loam_status by_listed_key(loam_list *list, bool reverse)
{
    return loam_list_sort_key(list, listed_key, NULL, reverse);
}

static loam_status by_str_key(loam_list *list, bool reverse)
{
    return loam_list_sort_key(list, str_key, NULL, reverse);
}

static loam_status by_double_key(loam_list *list, bool reverse)
{
    return loam_list_sort_key(list, double_key, NULL, reverse);
}

static loam_status by_items(loam_list *list, bool reverse)
{
    return reverse ? loam_list_sort_reverse(list) : loam_list_sort(list);
}

static sorter *const sorters[] = {by_comparator, by_key, by_listed_key, by_str_key, by_double_key, by_items};

enum { SORTERS = sizeof sorters / sizeof *sorters };

static void check_sorters(shape s, size_t n, uint64_t *state)
{
    for (int i = 0; i < SORTERS; i++)
        for (int reverse = 0; reverse < 2; reverse++) {
            loam_list *list = tuples_of_shape(s, n, state);
            expected e = expect(list, reverse ? first_is_above : first_is_below);
            cr_assert_eq(sorters[i](list, reverse), LOAM_OK);
            assert_as_expected(list, e, shape_names[s]);
            loam_release(list);
        }
}

LOAM_TEST(sort, by_key_comparator_and_order_is_stable_both_ways)
{
    uint64_t state = 4;

    for (shape s = 0; s < SHAPES; s++) {
        for (size_t n = 0; n <= 70; n += 1 + n / 8)
            check_sorters(s, n, &state);
        check_sorters(s, rounds(3000), &state);
    }
}

/* How many comparisons. */

static uint64_t most_comparisons(size_t n)
{
    return (uint64_t)((double)n * log2((double)n) + 2 * (double)n);
}

static uint64_t count_comparisons(shape s, size_t n, int (*order)(loam_value, loam_value, calls *))
{
    uint64_t state = 5;
    loam_auto loam_list *list = tuples_of_shape(s, n, &state);
    calls c = {.order = order};

    cr_assert_eq(loam_list_sort_compare(list, compare_firsts, &c, false), LOAM_OK);
    return c.made;
}

LOAM_TEST(sort, asks_for_few_comparisons_and_for_fewer_where_there_are_runs)
{
    static const size_t sizes[] = {100, 1000, 20000};

    for (size_t i = 0; i < 3; i++) {
        for (shape s = 0; s < SHAPES; s++)
            cr_assert_leq(count_comparisons(s, sizes[i], NULL), most_comparisons(sizes[i]), "%s", shape_names[s]);
        cr_assert_eq(count_comparisons(EQUAL, sizes[i], NULL), sizes[i] - 1);
        cr_assert_eq(count_comparisons(ORDERED, sizes[i], NULL), sizes[i] - 1);
        cr_assert_eq(count_comparisons(REVERSED, sizes[i], NULL), sizes[i] - 1);
        cr_assert(LOAM_STRESS || count_comparisons(ORGAN_PIPE, sizes[i], NULL) <= 3 * sizes[i]);
    }
}

/* McIlroy's "A killer adversary for quicksort" (1999): answers are made up as late as possible, so that what looks like
 * a pivot turns out to be the least of what is left. */
enum { KILLED = 20000, GAS = KILLED };
static int64_t solid[KILLED];
static int64_t solid_count, candidate;

static int adversary(loam_value a, loam_value b, calls *c)
{
    int64_t x = first_of(a);
    int64_t y = first_of(b);

    (void)c;
    if (solid[x] == GAS && solid[y] == GAS)
        solid[x == candidate ? x : y] = solid_count++;
    if (solid[x] == GAS)
        candidate = x;
    else if (solid[y] == GAS)
        candidate = y;
    return (solid[x] > solid[y]) - (solid[x] < solid[y]);
}

LOAM_TEST(sort, cannot_be_killed_by_an_adversary)
{
    loam_auto loam_list *list = loam_list_new();
    calls c = {.order = adversary};
    uint64_t made;

    for (int64_t i = 0; i < KILLED; i++) {
        solid[i] = GAS;
        cr_assert_eq(loam_list_append(list, LOAM_TUPLE(i)), LOAM_OK);
    }
    solid_count = candidate = 0;
    cr_assert_eq(loam_list_sort_compare(list, compare_firsts, &c, false), LOAM_OK);
    made = c.made;
    cr_assert_leq(made, most_comparisons(KILLED));
    for (int64_t i = 1; i < KILLED; i++)
        cr_assert_leq(solid[first_of(list->items[i - 1])], solid[first_of(list->items[i])]);
}

/*
 * The adversary of Brodal, Chaudhuri and Radhakrishnan ("The randomized complexity of maintaining the minimum", 1996):
 * each item stands at a node of a binary tree, all at the root to begin with. Of two at one node one goes to the left
 * and one to the right; of one above the other, it goes to the other side. So answers never contradict each other, and
 * each tells little. Which of two goes to the left says the mood.
 */
enum { PAWNS = 5000, DEEPEST = 255 };

typedef enum mood { FIRST_IS_BELOW, FIRST_IS_ABOVE, IN_TURN, BY_CHANCE, FAIR, MOODS } mood;

static struct {
    mood mood;
    uint64_t asked, state;
    unsigned char side[PAWNS][DEEPEST + 1]; /* on the way from the root */
    unsigned depth[PAWNS];
    unsigned moved[PAWNS]; /* how often it went to the right, less to the left */
} board;

static bool goes_right(int64_t x, int64_t y)
{
    switch (board.mood) {
    case FIRST_IS_BELOW:
        return false;
    case FIRST_IS_ABOVE:
        return true;
    case IN_TURN:
        return board.asked % 2;
    case BY_CHANCE:
        return random_below(&board.state, 2);
    default:
        return board.moved[x] < board.moved[y];
    }
}

static void go_down(int64_t x, bool right)
{
    cr_assert_lt(board.depth[x], (unsigned)DEEPEST);
    board.side[x][board.depth[x]++] = right;
    board.moved[x] += right;
}

/* At what depth their ways part, or one of them ends. */
static unsigned common_depth(int64_t x, int64_t y)
{
    unsigned at = 0;

    while (at < board.depth[x] && at < board.depth[y] && board.side[x][at] == board.side[y][at])
        at++;
    return at;
}

static int ask_the_board(int64_t x, int64_t y)
{
    unsigned at = common_depth(x, y);

    board.asked++;
    if (x == y)
        return 0;
    if (at == board.depth[x] && at == board.depth[y])
        go_down(x, goes_right(x, y));
    if (at == board.depth[x])
        go_down(x, !board.side[y][at]);
    if (at == board.depth[y])
        go_down(y, !board.side[x][at]);
    return board.side[x][at] ? 1 : -1;
}

typedef struct pawn {
    loam_object loam;
    int64_t number;
} pawn;

/* Of a pawn, or of the integer that its key will be made of. */
static int64_t number_of(loam_value value)
{
    int64_t number = -1;

    if (loam_is_object(value))
        return ((const pawn *)(uintptr_t)value.word)->number;
    cr_assert_eq(loam_to_int(value, &number), LOAM_OK);
    return number;
}

static loam_status compare_pawns(const void *self, const void *other, int *order)
{
    *order = ask_the_board(((const pawn *)self)->number, ((const pawn *)other)->number);
    return LOAM_OK;
}

/* What sorts asks for an order, and it is never equal. */
static int no_pawns_are_equal(const void *self, const void *other)
{
    return self == other;
}

static loam_type pawn_type = {
    .name = "pawn", .size = sizeof(pawn), .compare = compare_pawns, .equal = no_pawns_are_equal};

static loam_value pawn_new(int64_t number)
{
    pawn *p = loam_new(&pawn_type);

    p->number = number;
    return loam_from(p);
}

static loam_status sort_pawns_by_comparator(loam_value a, loam_value b, int *order, void *context)
{
    (void)context;
    *order = ask_the_board(number_of(a), number_of(b));
    return LOAM_OK;
}

static loam_value pawn_of(loam_value item, void *context)
{
    (void)context;
    return pawn_new(number_of(item));
}

/* By its comparator, by its items' own order, and by keys, both ways. */
enum { WAYS = 5 };

static loam_list *sorted_pawns(int way, int64_t many)
{
    loam_list *list = loam_list_new();
    loam_status status;

    memset(board.depth, 0, sizeof board.depth);
    memset(board.moved, 0, sizeof board.moved);
    board.asked = 0;
    for (int64_t i = 0; i < many; i++)
        cr_assert_eq(loam_list_append_take(list, way < 3 ? pawn_new(i) : loam_int(i)), LOAM_OK);
    if (way == 0)
        status = loam_list_sort_compare(list, sort_pawns_by_comparator, NULL, false);
    else if (way < 3)
        status = way == 1 ? loam_list_sort(list) : loam_list_sort_reverse(list);
    else
        status = loam_list_sort_key(list, pawn_of, NULL, way == 4);
    cr_assert_eq(status, LOAM_OK);
    return list;
}

/* What two neighbours are to each other must have been asked for: nothing else tells it. */
static void assert_all_was_asked(const loam_list *list, int way)
{
    for (size_t i = 1; i < list->len; i++) {
        int64_t x = number_of(list->items[i - 1]);
        int64_t y = number_of(list->items[i]);
        unsigned at = common_depth(x, y);
        cr_assert(at < board.depth[x] && at < board.depth[y]);
        cr_assert_eq(board.side[x][at], way == 2 || way == 4, "not in order");
    }
}

/* What n! orders need. */
static uint64_t fewest_comparisons(size_t n)
{
    return (uint64_t)(lgamma((double)n + 1) / log(2));
}

LOAM_TEST(sort, cannot_be_killed_by_one_that_leaves_all_open)
{
    static const int64_t sizes[] = {2, 33, 300, PAWNS};

    for (int way = 0; way < WAYS; way++)
        for (board.mood = 0; board.mood < MOODS; board.mood++)
            for (int s = 0; s < 4; s++) {
                int64_t n = sizes[s] < 300 ? sizes[s] : (int64_t)rounds((unsigned)sizes[s]);
                loam_auto loam_list *list = sorted_pawns(way, n);
                cr_assert_leq(board.asked, most_comparisons((size_t)n), "way %d, mood %d: %d items", way,
                              (int)board.mood, (int)n);
                cr_assert_geq(board.asked, fewest_comparisons((size_t)n), "that was no adversary");
                assert_all_was_asked(list, way);
            }
}

static uint64_t dice;

static int any_order(loam_value a, loam_value b, calls *c)
{
    (void)a;
    (void)b;
    (void)c;
    return (int)random_below(&dice, 3) - 1;
}

static int by_word(const void *a, const void *b)
{
    uint64_t x = ((const loam_value *)a)->word;
    uint64_t y = ((const loam_value *)b)->word;
    return (x > y) - (x < y);
}

LOAM_TEST(sort, keeps_all_items_where_a_comparator_contradicts_itself)
{
    uint64_t state = 6;

    for (unsigned i = 0; i < rounds(200); i++) {
        size_t n = random_below(&state, 500);
        loam_list *list = tuples_of_shape(RANDOM, n, &state);
        expected e = expect(list, NULL);
        expected sorted;
        calls c = {.order = any_order};
        cr_assert_eq(loam_list_sort_compare(list, compare_firsts, &c, false), LOAM_OK);
        cr_assert(n < 2 || c.made <= most_comparisons(n));
        sorted = expect(list, NULL);
        qsort(sorted.items, n, sizeof *sorted.items, by_word);
        qsort(e.items, n, sizeof *e.items, by_word);
        cr_assert_eq(memcmp(sorted.items, e.items, n * sizeof *e.items), 0);
        free(sorted.items);
        free(e.items);
        loam_release(list);
    }
}

/* Failures. */

static void assert_fails_unchanged(loam_list *list, loam_status got, loam_status wanted, expected before)
{
    cr_assert_eq(got, wanted);
    assert_failed(wanted);
    assert_as_expected(list, before, "as it was");
}

LOAM_TEST(sort, that_fails_leaves_the_list_as_it_was)
{
    uint64_t state = 7;
    loam_auto loam_list *list = tuples_of_shape(RANDOM, 150, &state);
    calls c = {0};

    cr_assert_eq(loam_list_sort_compare(list, compare_firsts, &c, false), LOAM_OK);
    for (uint64_t fail_at = 1, all = c.made; fail_at <= all; fail_at++) {
        loam_list *same = tuples_of_shape(RANDOM, 150, &(uint64_t){7});
        expected before = expect(same, NULL);
        c = (calls){.fail_at = fail_at};
        assert_fails_unchanged(same, loam_list_sort_compare(same, compare_firsts, &c, false), LOAM_ERR_VALUE, before);
        cr_assert_eq(c.made, fail_at);
        loam_release(same);
    }
    for (uint64_t fail_at = 1; fail_at <= 150; fail_at++) {
        expected before = expect(list, NULL);
        c = (calls){.fail_at = fail_at};
        assert_fails_unchanged(list, loam_list_sort_key(list, first_key, &c, fail_at & 1), LOAM_ERR_VALUE, before);
    }
}

LOAM_TEST(sort, of_what_has_no_order_fails)
{
    loam_list *lists[] = {loam_list_of(1, "text"),
                          loam_list_of("text", 1.5),
                          loam_list_of(LOAM_NONE, LOAM_NONE),
                          loam_list_of("a str", loam_from(loam_bytes_from("", 0))),
                          loam_list_of(LOAM_TUPLE(1), LOAM_TUPLE("x")),
                          loam_list_of(LOAM_DICT(1, 2), LOAM_DICT(1, 2))};

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        assert_fails_unchanged(lists[i], loam_list_sort(lists[i]), LOAM_ERR_TYPE, expect(lists[i], NULL));
        assert_fails_unchanged(lists[i], loam_list_sort_reverse(lists[i]), LOAM_ERR_TYPE, expect(lists[i], NULL));
        if (i == 3)
            loam_release(lists[i]->items[1]); /* made in place */
        loam_release(lists[i]);
    }
    lists[0] = loam_list_of(LOAM_NONE);
    cr_assert_eq(loam_list_sort(lists[0]), LOAM_OK, "a single item is compared with nothing");
    loam_release(lists[0]);
}

static int put_into_list(loam_value a, loam_value b, calls *c)
{
    cr_assert_eq(loam_list_len(c->list), c->made == 1 ? 0 : 1, "it seems to be empty");
    if (c->made == 1)
        cr_assert_eq(loam_list_append(c->list, LOAM_LIST("put in")), LOAM_OK);
    return first_of(a) < first_of(b) ? -1 : 1;
}

static int clear_list(loam_value a, loam_value b, calls *c)
{
    cr_assert_eq(loam_list_clear(c->list), LOAM_OK);
    cr_assert_eq(loam_list_len(c->list), 0);
    cr_assert_eq(loam_list_sort(c->list), LOAM_OK);
    return first_of(a) < first_of(b) ? -1 : 1;
}

LOAM_TEST(sort, notices_what_is_put_into_its_list_meanwhile)
{
    uint64_t state = 8;
    loam_auto loam_list *list = tuples_of_shape(RANDOM, 100, &state);
    expected before = expect(list, NULL);
    calls c = {.list = list, .order = put_into_list};

    assert_fails_unchanged(list, loam_list_sort_compare(list, compare_firsts, &c, false), LOAM_ERR_CHANGED, before);
    before = expect(list, first_is_below);
    c = (calls){.list = list, .order = clear_list};
    cr_assert_eq(loam_list_sort_compare(list, compare_firsts, &c, false), LOAM_OK);
    assert_as_expected(list, before, "cleared while it was empty");
}

/* Changes that leave the list as empty as it was. The first ones are none. */

static loam_status clear_what_is_empty(loam_list *list)
{
    loam_status status = loam_list_clear(list);
    return status < 0 ? status : loam_list_repeat_in_place(list, 0);
}

static loam_status delete_from_what_is_empty(loam_list *list)
{
    loam_status status = loam_list_delete_slice(list, LOAM_OMIT, LOAM_OMIT, 1);
    return status < 0 ? status : loam_list_reserve(list, 0);
}

static loam_status append_and_clear(loam_list *list)
{
    loam_status status = loam_list_append(list, 1);
    return status < 0 ? status : loam_list_clear(list);
}

static loam_status append_and_clear_twice(loam_list *list)
{
    loam_status status = append_and_clear(list);
    return status < 0 ? status : append_and_clear(list);
}

static loam_status insert_and_repeat_never(loam_list *list)
{
    loam_status status = loam_list_insert(list, 0, LOAM_LIST("put in"));
    return status < 0 ? status : loam_list_repeat_in_place(list, 0);
}

static loam_status extend_and_delete_all(loam_list *list)
{
    loam_auto loam_list *some = loam_list_of(1, "two", 3.5);
    loam_status status = loam_list_extend(list, loam_from(some));
    return status < 0 ? status : loam_list_delete_slice(list, LOAM_OMIT, LOAM_OMIT, 1);
}

static loam_status assign_and_assign_nothing(loam_list *list)
{
    loam_auto loam_list *some = loam_list_of(1, "two", 3.5);
    loam_auto loam_list *none = loam_list_new();
    loam_status status = loam_list_set_slice(list, 0, 0, 1, loam_from(some));
    return status < 0 ? status : loam_list_set_slice(list, LOAM_OMIT, LOAM_OMIT, 1, loam_from(none));
}

static loam_status append_and_pop(loam_list *list)
{
    loam_status status = loam_list_append(list, "popped");
    loam_release(loam_list_pop(list, -1));
    return status;
}

/* A sort within the sort puts the list's mark there, and takes it away. */
static loam_status fill_sort_and_clear(loam_list *list)
{
    calls inner = {0};
    loam_status status = loam_list_append(list, LOAM_TUPLE(2));

    if (status == LOAM_OK)
        status = loam_list_append(list, LOAM_TUPLE(1));
    if (status == LOAM_OK)
        status = loam_list_sort_compare(list, compare_firsts, &inner, false);
    cr_assert_eq(first_of(list->items[0]), 1);
    return status < 0 ? status : loam_list_clear(list);
}

typedef struct meddling {
    loam_status (*act)(loam_list *list);
    bool is_change;
    loam_list *list;
    int countdown; /* at which call it acts */
    bool fails;    /* then */
} meddling;

static const meddling meddlings[] = {
    {.act = clear_what_is_empty},
    {.act = delete_from_what_is_empty},
    {.act = append_and_clear, .is_change = true},
    {.act = append_and_clear_twice, .is_change = true},
    {.act = insert_and_repeat_never, .is_change = true},
    {.act = extend_and_delete_all, .is_change = true},
    {.act = assign_and_assign_nothing, .is_change = true},
    {.act = append_and_pop, .is_change = true},
    {.act = fill_sort_and_clear, .is_change = true},
};

static loam_status meddle(meddling *m)
{
    cr_assert_eq(loam_list_len(m->list), 0);
    if (m->countdown-- != 0)
        return LOAM_OK;
    cr_assert_eq(m->act(m->list), LOAM_OK);
    cr_assert_eq(loam_list_len(m->list), 0, "as empty as before");
    return m->fails ? loam_fail(LOAM_ERR_VALUE, "told to fail") : LOAM_OK;
}

static loam_status meddle_and_compare(loam_value a, loam_value b, int *order, void *context)
{
    *order = first_of(a) < first_of(b) ? -1 : first_of(a) > first_of(b);
    return meddle(context);
}

static loam_value meddle_and_make_key(loam_value item, void *context)
{
    return meddle(context) < 0 ? LOAM_UNSET : loam_tuple_get(loam_to_tuple_peek(item), 0);
}

static void sort_meddled_with(meddling m, bool by_key)
{
    loam_list *list = tuples_of_shape(RANDOM, 50, &(uint64_t){10});
    loam_status wanted = m.fails ? LOAM_ERR_VALUE : m.is_change ? LOAM_ERR_CHANGED : LOAM_OK;
    expected e = expect(list, wanted < 0 ? NULL : first_is_below);
    loam_status got;
    calls quiet = {0};

    m.list = list;
    got = by_key ? loam_list_sort_key(list, meddle_and_make_key, &m, false)
                 : loam_list_sort_compare(list, meddle_and_compare, &m, false);
    cr_assert_lt(m.countdown, 0, "it has acted");
    cr_assert_eq(got, wanted);
    if (wanted < 0)
        assert_failed(wanted);
    assert_as_expected(list, e, "meddled with");
    cr_assert_null(list_check(list));
    e = expect(list, first_is_above);
    cr_assert_eq(loam_list_sort_compare(list, compare_firsts, &quiet, true), LOAM_OK, "nothing is left of it");
    assert_as_expected(list, e, "sorted again");
    cr_assert_null(list_check(list));
    loam_release(list);
}

LOAM_TEST(sort, notices_what_is_put_in_and_taken_out_again)
{
    for (size_t i = 0; i < sizeof meddlings / sizeof *meddlings; i++)
        for (int variant = 0; variant < 8; variant++) {
            meddling m = meddlings[i];
            m.countdown = variant & 1 ? 49 : 0; /* the first call, or with keys the last */
            m.fails = variant & 2;
            sort_meddled_with(m, variant & 4);
        }
}

/* Collections while items are held by the sort alone. */

static int collect_and_compare(loam_value a, loam_value b, calls *c)
{
    if (c->made % 50 == 0)
        loam_gc_collect(2);
    return first_of(a) < first_of(b) ? -1 : first_of(a) > first_of(b);
}

static loam_value collect_and_list(loam_value item, void *context)
{
    if (++*(uint64_t *)context % 50 == 0)
        loam_gc_collect(2);
    return loam_from(loam_list_of(first_of(item)));
}

LOAM_TEST(sort, keeps_its_items_and_keys_alive_through_collections)
{
    uint64_t state = 9;
    loam_auto loam_list *list = tuples_of_shape(RANDOM, 300, &state);
    loam_auto loam_list *self = loam_list_of(list);
    calls c = {.order = collect_and_compare};
    uint64_t made = 0;
    expected e = expect(list, first_is_below);

    cr_assert_eq(loam_list_append(list, LOAM_TUPLE(-1, self)), LOAM_OK); /* a cycle through what is sorted */
    cr_assert_eq(loam_list_sort_compare(list, compare_firsts, &c, false), LOAM_OK);
    cr_assert_eq(first_of(list->items[0]), -1);
    cr_assert_eq(loam_list_delete(list, 0), LOAM_OK);
    assert_as_expected(list, e, "compared");
    e = expect(list, first_is_above);
    cr_assert_eq(loam_list_sort_key(list, collect_and_list, &made, true), LOAM_OK);
    assert_as_expected(list, e, "by key");
    cr_assert_eq(loam_list_clear(self), LOAM_OK);
}

LOAM_TEST(sort, passes_an_earlier_failure_on)
{
    loam_fail(LOAM_ERR_KEY, "earlier");
    cr_assert_eq(loam_list_sort(NULL), LOAM_ERR_KEY);
    cr_assert_eq(loam_list_sort_reverse(NULL), LOAM_ERR_KEY);
    cr_assert_eq(loam_list_sort_key(NULL, first_key, NULL, false), LOAM_ERR_KEY);
    cr_assert_eq(loam_list_sort_compare(NULL, compare_firsts, NULL, false), LOAM_ERR_KEY);
    cr_assert_null(loam_iter_sorted(NULL));
    cr_assert(loam_is_unset(loam_iter_min(NULL)));
    cr_assert_null(loam_iter_reversed(LOAM_UNSET));
    assert_failed(LOAM_ERR_KEY);
}

LOAM_TEST(sort, puts_nan_last)
{
    loam_list *list = loam_list_of(3, (double)NAN, 1, (double)INFINITY, -0.0, 0, LOAM_FALSE, 0.0);

    cr_assert_eq(loam_list_sort(list), LOAM_OK);
    assert_repr(loam_from(list), "[-0.0, 0, False, 0.0, 1, 3, inf, nan]");
    cr_assert_eq(loam_list_sort_reverse(list), LOAM_OK);
    assert_repr_take(loam_from(list), "[nan, inf, 3, 1, -0.0, 0, False, 0.0]");
}

/* Sinks, and a source. */

static loam_value negated(loam_value item, void *context)
{
    int64_t integer;

    (void)context;
    return loam_to_int(item, &integer) < 0 ? LOAM_UNSET : loam_int(-integer);
}

static loam_value extreme(loam_value (*find)(loam_iter *), loam_list *list)
{
    loam_auto loam_iter *it = loam_iter_of(loam_from(list));
    return find(it);
}

LOAM_TEST(sort, sinks_find_the_extremes_and_the_first_of_equal_ones)
{
    loam_auto loam_list *list = loam_list_of(3, 1, LOAM_TRUE, 5, 5.0, 2);
    loam_auto loam_list *none = loam_list_new();
    loam_auto loam_list *mixed = loam_list_of(1, "text");
    loam_auto loam_list *nan_first = loam_list_of((double)NAN, 1);
    loam_auto loam_list *nan_last = loam_list_of(1, (double)NAN);
    loam_auto loam_list *ints = loam_list_of(3, 1, LOAM_TRUE, 5, 2);
    loam_auto loam_iter *it = loam_iter_of(loam_from(ints));
    loam_auto loam_iter *other = loam_iter_of(loam_from(ints));
    loam_auto loam_iter *text = loam_iter_of(loam_from(mixed));

    assert_repr_take(extreme(loam_iter_min, list), "1");
    assert_repr_take(extreme(loam_iter_max, list), "5");
    assert_repr_take(extreme(loam_iter_max, nan_first), "nan");
    assert_repr_take(extreme(loam_iter_max, nan_last), "1");
    assert_repr_take(loam_iter_min_key(it, negated, NULL), "5");
    assert_repr_take(loam_iter_max_key(other, negated, NULL), "1");
    cr_assert(loam_is_unset(extreme(loam_iter_min, none)));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert(loam_is_unset(extreme(loam_iter_max, mixed)));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert(loam_is_unset(loam_iter_min_key(text, negated, NULL)));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert(loam_is_unset(loam_iter_min(text)), "the failure is the iterator's");
    assert_failed(LOAM_ERR_TYPE);
}

LOAM_TEST(sort, sink_sorts_what_a_chain_gives)
{
    loam_auto loam_list *mixed = loam_list_of(1, "text");
    loam_auto loam_iter *down = loam_iter_range(5, 0, -2);
    loam_auto loam_iter *bad = loam_iter_of(loam_from(mixed));

    assert_repr_take(loam_from(loam_iter_sorted(down)), "[1, 3, 5]");
    cr_assert_null(loam_iter_sorted(bad));
    assert_failed(LOAM_ERR_TYPE);
}

LOAM_TEST(sort, reversed_walks_lists_and_tuples_from_the_end)
{
    loam_auto loam_list *list = loam_list_of(1, 2, 3, 4);
    loam_auto loam_tuple *tuple = loam_tuple_of("a", "b");
    loam_auto loam_str *str = loam_str_new("ab");
    loam_auto loam_iter *it = loam_iter_reversed(loam_from(list));
    loam_auto loam_iter *over_tuple = loam_iter_reversed(loam_from(tuple));
    loam_value item;

    assert_repr_take(loam_from(loam_iter_list(over_tuple)), "['b', 'a']");
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
    assert_repr(item, "4");
    cr_assert_eq(loam_list_append(list, 5), LOAM_OK);
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
    assert_repr(item, "3");
    cr_assert_eq(loam_list_delete_slice(list, 1, LOAM_OMIT, 1), LOAM_OK);
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_DONE);
    cr_assert_null(loam_iter_reversed(loam_from(str)));
    assert_failed(LOAM_ERR_TYPE);
}

/* Keys that look at the list, and change it, when they go. */
static loam_list *sorted;
static bool was_in_order = true;

static void look_at_sorted(void *self)
{
    (void)self;
    was_in_order &= loam_list_len(sorted) >= 3 && loam_list_get_peek(sorted, 0).word == loam_int(3).word &&
                    loam_list_get_peek(sorted, 2).word == loam_int(1).word;
    cr_assert_eq(loam_list_append(sorted, 99), LOAM_OK);
}

static loam_status compare_numbered(const void *a, const void *b, int *order)
{
    int64_t x = ((const loam__boxed_int *)a)->integer;
    int64_t y = ((const loam__boxed_int *)b)->integer;

    *order = (x > y) - (x < y);
    return LOAM_OK;
}

static loam_type numbered_type = {
    .name = "numbered", .size = sizeof(loam__boxed_int), .finalize = look_at_sorted, .compare = compare_numbered};

static loam_value numbered_key(loam_value item, void *context)
{
    loam__boxed_int *key = loam_new(&numbered_type);

    (void)context;
    cr_assert(key && loam_to_int(item, &key->integer) == LOAM_OK);
    return loam_from(key);
}

LOAM_TEST(sort, that_is_reversed_is_so_before_anything_goes)
{
    needs(LOAM_GC_PROMPT_FREE);
    sorted = loam_list_of(2, 3, 1);
    cr_assert_eq(loam_list_sort_key(sorted, numbered_key, NULL, true), LOAM_OK);
    cr_assert(was_in_order, "a key went while the list was not in its final order");
    cr_assert_eq(loam_list_len(sorted), 6);
    cr_assert_eq(loam_list_get_peek(sorted, 5).word, loam_int(99).word);
    loam_release(sorted);
}
