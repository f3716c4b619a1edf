#include "tests/harness.h"

#include "iter/stage.h"

#include <stdio.h>
#include <string.h>

static void assert_listed_take(loam_iter *iter, const char *text)
{
    loam_list *list = loam_iter_list(iter);

    assert_repr_take(loam_from(list), text);
    loam_release(iter);
}

static void assert_next(loam_iter *iter, const char *text)
{
    loam_value item;

    cr_assert_eq(loam_iter_next_peek(iter, &item), LOAM_OK, "no %s: %s", text, loam_error()->text);
    assert_repr(item, text);
}

static void assert_ended(loam_iter *iter, loam_status status)
{
    loam_value item = LOAM_NONE;

    cr_assert_eq(loam_iter_next_peek(iter, &item), status);
    cr_assert(loam_is_unset(item));
    if (status < 0)
        assert_failed(status);
}

/* Iterate into a list until the failure `status`; before it there were the items of `text`. */
static void assert_fails_after(loam_iter *iter, loam_status status, const char *text)
{
    loam_list *list = loam_list_new();

    cr_assert_eq(loam_list_extend(list, loam_from(iter)), status, "%s", loam_error()->text);
    assert_failed(status);
    assert_repr_take(loam_from(list), text);
}

/* A type of one's own: gives the integers from 0 to `len` - 1 and remembers what it was asked for. */
typedef struct supply {
    loam_object loam;
    loam_value held;
    int64_t len, asked, given, fills;
    size_t at_most;           /* of one fill; 0: no limit */
    loam_status begins, ends; /* what the slots answer, LOAM_OK where all is well */
    bool reports;
} supply;

static unsigned disposed;

static loam_status supply_begin(const void *self, loam_cursor *cursor)
{
    const supply *s = self;

    cursor->position = 0;
    if (s->begins < 0 && s->reports)
        loam_fail(s->begins, "the supply does not begin");
    return s->begins;
}

static ptrdiff_t supply_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    supply *s = self;
    size_t n = 0;

    s->asked += (int64_t)cap;
    s->fills++;
    while (n < cap && (!s->at_most || n < s->at_most) && (int64_t)cursor->position < s->len)
        out[n++] = loam_int((int64_t)cursor->position++);
    s->given += (int64_t)n;
    if (n)
        return (ptrdiff_t)n;
    if (s->ends < 0 && s->reports)
        loam_fail(s->ends, "the supply broke off");
    return s->ends;
}

static void supply_dispose(void *self)
{
    (void)self;
    disposed++;
}

static loam_type supply_type = {
    .name = "supply",
    .size = sizeof(supply),
    .refs = LOAM_REFS(offsetof(supply, held)),
    .dispose = supply_dispose,
    .iter_begin = supply_begin,
    .iter_fill = supply_fill,
};

static supply *supply_new(int64_t len)
{
    supply *s = loam_new(&supply_type);

    s->len = len;
    return s;
}

/* Callbacks. */

static loam_value same(loam_value item, void *context)
{
    (void)context;
    return loam_retain_value(item);
}

static int64_t same_i64(int64_t item, void *context)
{
    (void)context;
    return item;
}

static loam_view same_view(loam_view item, void *context)
{
    (void)context;
    return item;
}

static int every(loam_value item, void *context)
{
    (void)item;
    (void)context;
    return 1;
}

static bool every_i64(int64_t item, void *context)
{
    (void)item;
    (void)context;
    return true;
}

static bool every_view(loam_view item, void *context)
{
    (void)item;
    (void)context;
    return true;
}

static void look_away(const loam_progress *progress, void *context)
{
    (void)progress;
    (void)context;
}

/* Sources. */

LOAM_TEST(iter, a_range_is_what_pythons_is)
{
    for (int64_t start = -7; start <= 7; start++)
        for (int64_t stop = -7; stop <= 7; stop++)
            for (int64_t step = -9; step <= 9; step++) {
                loam_iter *it = step ? loam_iter_range(start, stop, step) : NULL;
                loam_list *list = step ? loam_iter_list(it) : NULL;
                int64_t count = 0;
                int64_t item;
                for (int64_t i = start; step && (step > 0 ? i < stop : i > stop); i += step)
                    if (loam_list_get_int(list, count++, &item) < 0 || item != i)
                        cr_assert_fail("range(%d, %d, %d)", (int)start, (int)stop, (int)step);
                if (step && loam_list_len(list) != count)
                    cr_assert_fail("range(%d, %d, %d)", (int)start, (int)stop, (int)step);
                loam_release(list);
                loam_release(it);
            }
    assert_listed_take(loam_iter_range(INT64_MIN, INT64_MAX, INT64_MAX),
                       "[-9223372036854775808, -1, 9223372036854775806]");
    assert_listed_take(loam_iter_range(INT64_MAX, INT64_MIN, INT64_MIN), "[9223372036854775807, -1]");
    assert_listed_take(loam_iter_range(INT64_MAX - 1, INT64_MAX, INT64_MAX), "[9223372036854775806]");
    assert_listed_take(loam_iter_range(INT64_MIN + 1, INT64_MIN, -1), "[-9223372036854775807]");
    assert_listed_take(loam_iter_range(INT64_MAX, INT64_MAX, 1), "[]");
    assert_listed_take(loam_iter_range(INT64_MIN, INT64_MIN, INT64_MIN), "[]");

    cr_assert_null(loam_iter_range(0, 5, 0));
    assert_failed(LOAM_ERR_VALUE);
}

LOAM_TEST(iter, a_million_integers_are_summed_in_at_most_1000_fills)
{
    loam_iter *it = loam_iter_range(0, 1000000, 1);

    assert_repr_take(loam_iter_sum(it), "499999500000");
    cr_assert(LOAM_STRESS || it->fills <= 1000, "%d fills", (int)it->fills);
    loam_release(it);
}

LOAM_TEST(iter, everything_iterable_can_be_walked)
{
    loam_list *list = loam_list_of(1, "two", LOAM_LIST(3));
    loam_tuple *tuple = loam_tuple_of("one", 2.5);
    loam_dict *dict = loam_dict_of("a", 1, 2, "b", LOAM_TUPLE(3, 4), LOAM_NONE);
    loam_str *str = loam_str_new("h\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    loam_bytes *bytes = loam_bytes_from("\0a\xff", 3);
    loam_value empty[] = {loam_from(loam_list_new()), loam_from(loam_dict_new()), loam_from(loam_str_new("")),
                          loam_from(loam_bytes_from("", 0)), loam_from(loam_tuple_new(NULL, 0))};
    loam_iter *it;
    loam_iter *again;

    assert_listed_take(loam_iter_of(loam_from(list)), "[1, 'two', [3]]");
    assert_listed_take(loam_iter_of(loam_from(tuple)), "['one', 2.5]");
    assert_listed_take(loam_iter_of(loam_from(dict)), "['a', 2, (3, 4)]");
    assert_listed_take(loam_iter_values(dict), "[1, 'b', None]");
    assert_listed_take(loam_iter_items(dict), "[('a', 1), (2, 'b'), ((3, 4), None)]");
    assert_listed_take(loam_iter_of(loam_from(str)), "['h', '\xc3\xa9', '\xe2\x82\xac', '\xf0\x9f\x98\x80']");
    assert_listed_take(loam_iter_of(loam_from(bytes)), "[0, 97, 255]");
    assert_listed_take(loam_iter_values(loam_to_dict_peek(empty[1])), "[]");
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        assert_listed_take(loam_iter_of(empty[i]), "[]");
        loam_release(empty[i]);
    }

    it = loam_iter_range(0, 4, 1);
    again = loam_iter_of(loam_from(it));
    cr_assert_eq(again, it, "an iterator is its own");
    assert_next(again, "0");
    loam_release(again);
    assert_repr_take(loam_from(loam_tuple_from(loam_from(it))), "(1, 2, 3)");
    loam_release(it);

    loam_release(list);
    loam_release(tuple);
    loam_release(dict);
    loam_release(str);
    loam_release(bytes);
}

LOAM_TEST(iter, what_has_no_items_cannot_be_walked)
{
    static loam_type type = {.name = "opaque", .size = sizeof(loam_object)};
    loam_object *opaque = loam_new(&type);
    loam_value wide = loam_int(INT64_MAX);
    loam_value values[] = {LOAM_NONE, LOAM_TRUE, loam_int(5), wide, loam_double(2.5), loam_from(opaque)};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        cr_assert_null(loam_iter_of(values[i]));
        assert_failed(LOAM_ERR_TYPE);
    }
    cr_assert_null(loam_iter_of(loam_from(opaque)));
    cr_assert_str_eq(loam_error()->text, "'opaque' object is not iterable");
    loam_error_clear();
    loam_release(wide);
    loam_release(opaque);
}

LOAM_TEST(iter, a_walk_holds_what_it_walks_until_its_end)
{
    supply *walked = supply_new(3);
    loam_list *list = loam_list_of(0, 0, 0);
    loam_iter *it = loam_iter_of(loam_from(walked));

    loam_release(walked);
    cr_assert_eq(disposed, 0);
    assert_next(it, "0");
    assert_next(it, "1");
    assert_next(it, "2");
    cr_assert_eq(disposed, 0);
    assert_ended(it, LOAM_DONE);
    cr_assert_eq(disposed, loam_gc_has(LOAM_GC_PROMPT_FREE) ? 1 : 0, "at the end, not with the iterator");
    loam_release(it);

    for (int64_t i = 0; i < 3; i++) {
        walked = supply_new(0);
        cr_assert_eq(loam_list_set(list, i, loam_from(walked)), LOAM_OK);
        loam_release(walked);
    }
    disposed = 0;
    it = loam_iter_of(loam_from(list));
    loam_release(list);
    cr_assert_eq(loam_iter_count(it), 3);
    cr_assert_eq(disposed, loam_gc_has(LOAM_GC_PROMPT_FREE) ? 3 : 0, "by the sink, not with the iterator");
    loam_release(it);
}

static loam_value append_to(loam_value item, void *list)
{
    cr_assert_eq(loam_list_append(list, "more"), LOAM_OK);
    return loam_retain_value(item);
}

static loam_value clear_list(loam_value item, void *list)
{
    cr_assert_eq(loam_list_clear(list), LOAM_OK);
    return loam_retain_value(item);
}

LOAM_TEST(iter, a_list_may_change_while_it_is_walked)
{
    loam_list *list = loam_list_of("a", "b", "c");
    loam_iter *it = loam_iter_of(loam_from(list));

    assert_next(it, "'a'");
    cr_assert_eq(loam_list_append(list, "d"), LOAM_OK);
    assert_next(it, "'b'");
    loam_release(loam_list_pop(list, 0)); /* a walk goes by position */
    assert_next(it, "'d'");
    cr_assert_eq(loam_list_append(list, "e"), LOAM_OK);
    assert_next(it, "'e'");
    assert_ended(it, LOAM_DONE);
    cr_assert_eq(loam_list_append(list, "f"), LOAM_OK);
    assert_ended(it, LOAM_DONE);
    loam_release(it);

    it = loam_iter_of(loam_from(list));
    loam_iter_map(it, append_to, list);
    loam_iter_take(it, 20);
    cr_assert_eq(loam_iter_count(it), 20);
    loam_release(it);

    it = loam_iter_of(loam_from(list));
    loam_iter_map(it, clear_list, list);
    assert_next(it, "'b'");
    assert_ended(it, LOAM_DONE);
    loam_release(it);
    loam_release(list);
}

static loam_iter *walk_keys(loam_dict *dict)
{
    return loam_iter_of(loam_from(dict));
}

static void add_key(loam_dict *dict)
{
    cr_assert_eq(loam_dict_set(dict, "new", 1), LOAM_OK);
}

static void remove_key(loam_dict *dict)
{
    cr_assert_eq(loam_dict_remove(dict, "c"), LOAM_OK);
}

static void replace_key(loam_dict *dict)
{
    remove_key(dict);
    add_key(dict);
}

static void remove_key_and_add_it_again(loam_dict *dict)
{
    remove_key(dict);
    cr_assert_eq(loam_dict_set(dict, "c", 3), LOAM_OK);
}

static void pop_key(loam_dict *dict)
{
    cr_assert_eq(loam_dict_pop_first(dict, NULL, NULL), LOAM_OK);
}

static void clear_keys(loam_dict *dict)
{
    cr_assert_eq(loam_dict_clear(dict), LOAM_OK);
}

static int add_a_key(loam_value item, void *dict)
{
    (void)item;
    add_key(dict);
    return 1;
}

LOAM_TEST(iter, a_dict_must_keep_its_keys_while_it_is_walked)
{
    static loam_iter *(*const walks[])(loam_dict *) = {walk_keys, loam_iter_values, loam_iter_items};
    static void (*const changes[])(loam_dict *) = {add_key, remove_key, replace_key, remove_key_and_add_it_again,
                                                   pop_key, clear_keys};

    for (size_t w = 0; w < 3; w++)
        for (size_t c = 0; c < sizeof changes / sizeof *changes; c++)
            for (int steps = 0; steps <= 4; steps++) {
                loam_dict *dict = loam_dict_of("a", 1, "b", 2, "c", 3);
                loam_iter *it = walks[w](dict);
                loam_status after = steps < 4 ? LOAM_ERR_CHANGED : LOAM_DONE;
                loam_value item;
                for (int i = 0; i < steps; i++)
                    cr_assert_eq(loam_iter_next_peek(it, &item), i < 3 ? LOAM_OK : LOAM_DONE);
                changes[c](dict);
                assert_ended(it, after);
                assert_ended(it, after);
                loam_release(it);
                loam_release(dict);
            }
}

LOAM_TEST(iter, values_of_a_dict_may_be_replaced_while_it_is_walked)
{
    loam_dict *dict = loam_dict_of("a", 1, "b", 2, "c", 3);
    loam_iter *it = loam_iter_values(dict);

    assert_next(it, "1");
    cr_assert_eq(loam_dict_set(dict, "a", 10), LOAM_OK);
    cr_assert_eq(loam_dict_set(dict, "b", 20), LOAM_OK);
    cr_assert_eq(loam_dict_add(dict, "c", 27), LOAM_OK);
    cr_assert_eq(loam_dict_remove(dict, "missing"), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_set(dict, LOAM_LIST(1), 1), LOAM_ERR_TYPE, "a failed call changes nothing");
    assert_next(it, "20");
    assert_next(it, "30");
    assert_ended(it, LOAM_DONE);
    loam_release(it);

    it = loam_iter_of(loam_from(dict));
    loam_iter_filter(it, add_a_key, dict);
    assert_fails_after(it, LOAM_ERR_CHANGED, "['a', 'b', 'c']");
    cr_assert_eq(loam_iter_count(it), LOAM_ERR_CHANGED);
    loam_release(it);
    loam_release(dict);
}

LOAM_TEST(iter, slots_of_a_types_own_are_a_source)
{
    supply *s = supply_new(5);
    loam_iter *it = loam_iter_of(loam_from(s));

    s->at_most = 1;
    assert_listed_take(it, "[0, 1, 2, 3, 4]");
    cr_assert_eq(s->fills, 6, "a short fill is not the end");
    it = loam_iter_of(loam_from(s));
    cr_assert_eq(loam_iter_count(it), 5);
    assert_ended(it, LOAM_DONE);
    cr_assert_eq(loam_iter_count(it), 0);
    cr_assert_eq(s->fills, 12, "after its end nothing is asked again");
    loam_release(it);

    for (int reports = 0; reports < 2; reports++) {
        s->reports = reports;
        s->begins = LOAM_ERR_UNSUPPORTED;
        loam_error_clear();
        cr_assert_null(loam_iter_of(loam_from(s)));
        cr_assert_str_eq(loam_error()->text,
                         reports ? "the supply does not begin" : loam_status_text(LOAM_ERR_UNSUPPORTED));
        assert_failed(LOAM_ERR_UNSUPPORTED);
        s->begins = LOAM_OK;

        s->ends = LOAM_ERR_OVERFLOW;
        it = loam_iter_of(loam_from(s));
        loam_iter_map(it, same, NULL);
        loam_iter_filter_i64(it, every_i64, NULL);
        s->fills = 0;
        assert_fails_after(it, LOAM_ERR_OVERFLOW, "[0, 1, 2, 3, 4]");
        for (int i = 0; i < 3; i++) {
            loam_fail(LOAM_ERR_IO, "another failure");
            cr_assert_eq(loam_iter_count(it), LOAM_ERR_OVERFLOW);
            cr_assert_str_eq(loam_error()->text,
                             reports ? "the supply broke off" : loam_status_text(LOAM_ERR_OVERFLOW));
        }
        cr_assert_eq(s->fills, 6, "nor after a failure");
        loam_release(it);
        s->ends = LOAM_OK;
    }
    loam_release(s);
    loam_error_clear();
}

/*
 * Adapters, by comparison with a model: a chain of the same stages over plain integers, asked for one at a time. The
 * integers are given as they are, or as their decimal digits, so that every stage can be tried in every lane.
 */

enum { MAP, MAP_LANE, FILTER, FILTER_LANE, TAKE, PROGRESS, KINDS };
enum { RANGE, INTS, STRS, FLAVOURS };
enum { LIST, COUNT, SUM, COUNTER, EXTEND, NEXT, SINKS };
enum { LONGEST = 8, NUMBERS = 4096 };

typedef struct model {
    int64_t next, stop;
    struct {
        int kind;
        int64_t left;
    } stages[LONGEST];
    int count;
    bool ended;
} model;

static int64_t mapped(int kind, int64_t x)
{
    return kind == MAP ? (3 * x + 1) % 2039 : (5 * x + 2) % 3061;
}

static bool keeps(int kind, int64_t x)
{
    return kind == FILTER ? x % 4 != 1 : x % 3 != 2;
}

static bool pull(model *m, int depth, int64_t *x)
{
    int kind = depth ? m->stages[depth - 1].kind : 0;

    if (!depth) {
        *x = m->next;
        return m->next++ < m->stop;
    }
    if (kind == TAKE && m->stages[depth - 1].left-- <= 0)
        return false;
    do
        if (!pull(m, depth - 1, x))
            return false;
    while ((kind == FILTER || kind == FILTER_LANE) && !keeps(kind, *x));
    if (kind == MAP || kind == MAP_LANE)
        *x = mapped(kind, *x);
    return true;
}

static bool expect(model *m, int64_t *x)
{
    m->ended = m->ended || !pull(m, m->count, x);
    return !m->ended;
}

static int64_t number_in(loam_view digits)
{
    int64_t x = 0;

    for (size_t i = 0; i < digits.len; i++)
        x = 10 * x + (digits.data[i] - '0');
    return x;
}

static int64_t number_of(loam_value item)
{
    int64_t x = -1;

    if (loam_is_str(item))
        return number_in(loam_str_view_peek(loam_to_str_peek(item)));
    cr_assert_eq(loam_to_int(item, &x), LOAM_OK);
    return x;
}

static loam_value map_number(loam_value item, void *context)
{
    int64_t x = mapped(MAP, number_of(item));

    (void)context;
    return loam_is_str(item) ? loam_from(loam_str_format("%d", (int)x)) : loam_int(x);
}

static int64_t map_number_i64(int64_t item, void *context)
{
    (void)context;
    return mapped(MAP_LANE, item);
}

static loam_view map_number_view(loam_view item, void *context)
{
    static char digits[24];

    (void)context;
    return (loam_view){digits, (size_t)sprintf(digits, "%d", (int)mapped(MAP_LANE, number_in(item)))};
}

static int filter_number(loam_value item, void *context)
{
    (void)context;
    return keeps(FILTER, number_of(item));
}

static bool filter_number_i64(int64_t item, void *context)
{
    (void)context;
    return keeps(FILTER_LANE, item);
}

static bool filter_number_view(loam_view item, void *context)
{
    (void)context;
    return keeps(FILTER_LANE, number_in(item));
}

static void adapt(loam_iter *it, model *m, int flavour, int kind, int64_t count)
{
    m->stages[m->count].kind = kind;
    m->stages[m->count++].left = count;
    switch (kind) {
    case MAP:
        loam_iter_map(it, map_number, NULL);
        break;
    case MAP_LANE:
        if (flavour == STRS)
            loam_iter_map_view(it, map_number_view, NULL);
        else
            loam_iter_map_i64(it, map_number_i64, NULL);
        break;
    case FILTER:
        loam_iter_filter(it, filter_number, NULL);
        break;
    case FILTER_LANE:
        if (flavour == STRS)
            loam_iter_filter_view(it, filter_number_view, NULL);
        else
            loam_iter_filter_i64(it, filter_number_i64, NULL);
        break;
    case TAKE:
        loam_iter_take(it, count);
        break;
    case PROGRESS:
        loam_iter_progress(it, look_away, NULL);
        break;
    }
}

static void assert_steps(loam_iter *it, model *m, uint64_t steps)
{
    loam_value item;
    int64_t x;

    while (steps--) {
        loam_status status = loam_iter_next_peek(it, &item);
        if (!expect(m, &x)) {
            cr_assert_eq(status, LOAM_DONE);
            return;
        }
        if (status != LOAM_OK || number_of(item) != x)
            cr_assert_fail("not %d", (int)x);
    }
}

static void assert_list_is_expected(loam_list *list, model *m)
{
    int64_t count = 0;
    int64_t x;

    cr_assert_not_null(list, "%s", loam_error()->text);
    while (expect(m, &x))
        if (count == loam_list_len(list) || number_of(loam_list_get_peek(list, count++)) != x)
            cr_assert_fail("item %d is not %d", (int)count, (int)x);
    cr_assert_eq(loam_list_len(list), count);
    loam_release(list);
}

static void assert_counts_are_expected(loam_dict *counts, model *m, int flavour)
{
    static int64_t expected[NUMBERS];
    int64_t distinct = 0;
    int64_t x;

    cr_assert_not_null(counts, "%s", loam_error()->text);
    memset(expected, 0, sizeof expected);
    while (expect(m, &x))
        distinct += !expected[x]++;
    cr_assert_eq(loam_dict_len(counts), distinct);
    for (x = 0; x < NUMBERS; x++)
        if (expected[x]) {
            int64_t count = 0;
            loam_value key = flavour == STRS ? loam_from(loam_str_format("%d", (int)x)) : loam_int(x);
            if (loam_dict_get_int(counts, key, &count) < 0 || count != expected[x])
                cr_assert_fail("%d was counted %d times", (int)x, (int)count);
            loam_release(key);
        }
    loam_release(counts);
}

static void assert_sum_is_expected(loam_value sum, model *m)
{
    int64_t expected = 0;
    int64_t got;
    int64_t x;

    while (expect(m, &x))
        expected += x;
    cr_assert_eq(loam_to_int(sum, &got), LOAM_OK);
    cr_assert_eq(got, expected);
    loam_release(sum);
}

static void assert_count_is_expected(int64_t count, model *m)
{
    int64_t expected = 0;
    int64_t x;

    while (expect(m, &x))
        expected++;
    cr_assert_eq(count, expected);
}

static void assert_sink_is_right(loam_iter *it, model *m, int flavour, int sink)
{
    loam_list *list;

    switch (sink) {
    case LIST:
        assert_list_is_expected(loam_iter_list(it), m);
        break;
    case EXTEND:
        list = loam_list_new();
        cr_assert_eq(loam_list_extend(list, loam_from(it)), LOAM_OK);
        assert_list_is_expected(list, m);
        break;
    case SUM:
        if (flavour != STRS) {
            assert_sum_is_expected(loam_iter_sum(it), m);
            break;
        }
        /* fall through */
    case COUNT:
        assert_count_is_expected(loam_iter_count(it), m);
        break;
    case COUNTER:
        assert_counts_are_expected(loam_iter_counter(it), m, flavour);
        break;
    case NEXT:
        assert_steps(it, m, UINT64_MAX);
        break;
    }
    assert_ended(it, LOAM_DONE);
}

static loam_iter *numbers(int64_t start, int64_t stop, int flavour)
{
    loam_list *list;
    loam_iter *it;

    if (flavour == RANGE)
        return loam_iter_range(start, stop, 1);
    list = loam_list_new();
    for (int64_t x = start; x < stop; x++)
        cr_assert_eq(
            loam_list_append_take(list, flavour == INTS ? loam_int(x) : loam_from(loam_str_format("%d", (int)x))),
            LOAM_OK);
    it = loam_iter_of(loam_from(list));
    loam_release(list);
    return it;
}

LOAM_TEST(iter, adapters_work_in_every_combination_of_lanes)
{
    for (int flavour = 0; flavour < FLAVOURS; flavour++)
        for (int kinds = 0; kinds < KINDS * KINDS * KINDS; kinds++)
            for (int sink = 0; sink < SINKS; sink++) {
                model m = {.next = 3, .stop = 17};
                loam_iter *it = numbers(m.next, m.stop, flavour);
                adapt(it, &m, flavour, kinds % KINDS, 9);
                adapt(it, &m, flavour, kinds / KINDS % KINDS, 8);
                adapt(it, &m, flavour, kinds / KINDS / KINDS, 7);
                assert_sink_is_right(it, &m, flavour, sink);
                loam_release(it);
            }
}

LOAM_TEST(iter, adapters_apply_in_order_to_what_is_still_to_come)
{
    uint64_t random = 1;

    for (unsigned i = 0; i < rounds(2000); i++) {
        int flavour = (int)random_below(&random, FLAVOURS);
        model m = {.stop = (int64_t)random_below(&random, i % 8 ? 60 : NUMBERS)};
        loam_iter *it = numbers(0, m.stop, flavour);
        uint64_t stages = random_below(&random, LONGEST + 1);
        while (stages--) {
            assert_steps(it, &m, random_below(&random, 3) ? 0 : random_below(&random, 5));
            adapt(it, &m, flavour, (int)random_below(&random, KINDS), (int64_t)random_below(&random, 300));
        }
        assert_steps(it, &m, random_below(&random, 3));
        assert_sink_is_right(it, &m, flavour, (int)random_below(&random, SINKS));
        loam_release(it);
    }
}

LOAM_TEST(iter, items_that_a_stage_cannot_use_are_a_failure_after_those_it_can)
{
    loam_list *list = loam_list_of("a", "b", LOAM_TUPLE(3), "c");
    loam_list *ints = loam_list_of(1, LOAM_TRUE, 3, 4.0, 5);
    loam_iter *it;

    it = loam_iter_of(loam_from(list));
    loam_iter_map_view(it, same_view, NULL);
    assert_fails_after(it, LOAM_ERR_TYPE, "['a', 'b']");
    loam_release(it);
    it = loam_iter_of(loam_from(list));
    loam_iter_filter_view(it, every_view, NULL);
    loam_iter_enumerate(it, 0);
    assert_fails_after(it, LOAM_ERR_TYPE, "[(0, 'a'), (1, 'b')]");
    loam_release(it);
    it = loam_iter_of(loam_from(list));
    loam_iter_map_i64(it, same_i64, NULL);
    assert_fails_after(it, LOAM_ERR_TYPE, "[]");
    loam_release(it);
    it = loam_iter_range(0, 5, 1);
    loam_iter_map_view(it, same_view, NULL);
    assert_fails_after(it, LOAM_ERR_TYPE, "[]");
    loam_release(it);
    it = loam_iter_of(loam_from(ints));
    loam_iter_filter_i64(it, every_i64, NULL);
    assert_fails_after(it, LOAM_ERR_TYPE, "[1, 1, 3]");
    cr_assert_eq(loam_iter_count(it), LOAM_ERR_TYPE);
    loam_release(it);
    loam_release(list);
    loam_release(ints);
}

LOAM_TEST(iter, take_asks_for_no_more_than_it_gives)
{
    for (int64_t count = 0; count <= 12; count++)
        for (int sink = 0; sink < 3; sink++) {
            supply *s = supply_new(10);
            loam_iter *it = loam_iter_of(loam_from(s));
            int64_t expected = count < 10 ? count : 10;
            loam_iter_map_i64(it, same_i64, NULL);
            loam_iter_take(it, count);
            loam_iter_filter(it, every, NULL);
            if (sink == 0)
                cr_assert_eq(loam_iter_count(it), expected);
            for (int64_t i = 0; sink == 1 && i < expected; i++) {
                loam_value item;
                cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
                cr_assert_eq(s->asked, i + 1);
            }
            if (sink == 2)
                loam_release(loam_iter_list(it));
            assert_ended(it, LOAM_DONE);
            cr_assert_eq(s->given, expected);
            cr_assert(count > 10 || s->asked == count);
            loam_release(it);
            loam_release(s);
        }
}

LOAM_TEST(iter, take_of_a_negative_count_fails_in_the_sink)
{
    loam_iter *it = loam_iter_range(0, 10, 1);

    assert_next(it, "0");
    loam_iter_take(it, -1);
    assert_failed(LOAM_ERR_VALUE);
    loam_iter_map(it, same, NULL);
    loam_iter_take(it, 3);
    cr_assert_eq(loam_iter_count(it), LOAM_ERR_VALUE);
    cr_assert_str_eq(loam_error()->text, "take: a count cannot be negative");
    assert_failed(LOAM_ERR_VALUE);
    assert_ended(it, LOAM_ERR_VALUE);
    loam_release(it);

    it = loam_iter_range(0, 3, 1);
    loam_iter_take(it, INT64_MIN);
    loam_iter_close(it);
    assert_failed(LOAM_ERR_VALUE);
    assert_ended(it, LOAM_ERR_VALUE);
    loam_release(it);

    it = loam_iter_range(0, 3, 1);
    loam_iter_take(it, INT64_MAX);
    assert_listed_take(it, "[0, 1, 2]");
}

LOAM_TEST(iter, enumerate_numbers_items_up_to_the_last_int64)
{
    loam_list *list = loam_list_of("a", "b", "c");
    loam_iter *it = loam_iter_of(loam_from(list));

    loam_iter_enumerate(it, -1);
    loam_iter_enumerate(it, 5);
    assert_listed_take(it, "[(5, (-1, 'a')), (6, (0, 'b')), (7, (1, 'c'))]");

    it = loam_iter_of(loam_from(list));
    loam_iter_enumerate(it, INT64_MIN);
    assert_next(it, "(-9223372036854775808, 'a')");
    loam_release(it);

    it = loam_iter_of(loam_from(list));
    loam_iter_enumerate(it, INT64_MAX - 1);
    assert_fails_after(it, LOAM_ERR_OVERFLOW, "[(9223372036854775806, 'a'), (9223372036854775807, 'b')]");
    assert_ended(it, LOAM_ERR_OVERFLOW);
    loam_release(it);

    it = loam_iter_of(loam_from(list));
    loam_iter_take(it, 1);
    loam_iter_enumerate(it, INT64_MAX);
    assert_listed_take(it, "[(9223372036854775807, 'a')]");
    loam_release(list);
}

/* The item's tail, the word twice in a buffer that is used again, nothing, or what is in a literal. */
static loam_view remade(loam_view item, void *context)
{
    static char twice[4096];
    unsigned way = (*(unsigned *)context)++ % 5;

    memset(twice, '?', sizeof twice);
    if (way == 0)
        return (loam_view){item.data + item.len / 2, item.len - item.len / 2};
    if (way == 1)
        return (loam_view){NULL, 0};
    if (way == 2)
        return (loam_view){"constant", 8};
    memcpy(twice, item.data, item.len);
    memcpy(twice + item.len, item.data, item.len);
    return (loam_view){twice, 2 * item.len};
}

LOAM_TEST(iter, results_of_map_view_live_as_long_as_the_batch)
{
    loam_list *list = loam_list_new();
    loam_iter *it;
    loam_list *results;
    unsigned calls = 1;
    unsigned again = 1;
    char text[2001];
    loam_value item;
    int64_t size;

    for (size_t i = 0; i < 1000; i++) {
        memset(text, 'a' + (int)(i % 26), sizeof text);
        cr_assert_eq(loam_list_append(list, ((loam_view){text, i % 97 ? i % 40 : 2000})), LOAM_OK);
    }
    it = loam_iter_of(loam_from(list));
    loam_iter_map_view(it, remade, &calls);
    results = loam_iter_list(it);
    loam_release(it);
    cr_assert_eq(loam_list_len(results), 1000);
    for (int64_t i = 0; i < 1000; i++) {
        loam_view word = loam_str_view_peek(loam_to_str_peek(loam_list_get_peek(list, i)));
        loam_view result = loam_str_view_peek(loam_to_str_peek(loam_list_get_peek(results, i)));
        loam_view expected = remade(word, &again);
        if (result.len != expected.len || (result.len && memcmp(result.data, expected.data, result.len)))
            cr_assert_fail("item %d", (int)i);
    }
    cr_assert_eq(calls, 1001, "each item once");

    /* .. and no longer. */
    it = loam_iter_of(loam_from(list));
    loam_iter_map_view(it, remade, &calls);
    for (int i = 0; i < 10; i++)
        (void)!loam_iter_next_peek(it, &item);
    size = loam_sizeof_deep(loam_from(it));
    while (loam_iter_next_peek(it, &item) == LOAM_OK)
        if (loam_sizeof_deep(loam_from(it)) > size + 12000)
            cr_assert_fail("%d bytes, after %d", (int)loam_sizeof_deep(loam_from(it)), (int)size);
    loam_release(it);
    loam_release(results);
    loam_release(list);
}

/* Callbacks that fail, and what is final. */

typedef struct failing {
    int64_t at;
    loam_status status;
    bool reports;
} failing;

static bool fails_here(loam_value item, const failing *how)
{
    int64_t x = 0;

    if (loam_to_int(item, &x) < 0 || x != how->at)
        return false;
    if (how->reports)
        loam_fail(how->status, "fails at %d", (int)x);
    return true;
}

static loam_value failing_map(loam_value item, void *context)
{
    return fails_here(item, context) ? LOAM_UNSET : loam_from(loam_str_format("%d", (int)number_of(item)));
}

static int failing_filter(loam_value item, void *context)
{
    const failing *how = context;
    return fails_here(item, how) ? (int)how->status : number_of(item) % 2 == 0;
}

LOAM_TEST(iter, items_before_a_failing_callback_are_delivered_first)
{
    for (int64_t at = 0; at < 9; at++)
        for (int reports = 0; reports < 2; reports++)
            for (int mapped_too = 0; mapped_too < 2; mapped_too++) {
                failing how = {.at = at, .status = LOAM_ERR_KEY, .reports = reports || mapped_too};
                loam_iter *it = loam_iter_range(0, 9, 1);
                loam_list *list = loam_list_new();
                loam_error_clear();
                if (mapped_too)
                    loam_iter_map(it, failing_map, &how);
                else
                    loam_iter_filter(it, failing_filter, &how);
                loam_iter_enumerate(it, 0);
                loam_iter_progress(it, look_away, NULL);
                cr_assert_eq(loam_list_extend(list, loam_from(it)), LOAM_ERR_KEY);
                cr_assert_eq(loam_list_len(list), mapped_too ? at : (at + 1) / 2);
                loam_release(list);
                for (int i = 0; i < 3; i++) { /* the same answer, whatever else fails in between */
                    loam_fail(LOAM_ERR_IO, "something else");
                    assert_ended(it, LOAM_ERR_KEY);
                    cr_assert_eq(loam_iter_count(it), LOAM_ERR_KEY);
                    if (how.reports)
                        cr_assert_eq(loam_error()->text[strlen("fails at ")], '0' + at);
                    else
                        cr_assert_str_eq(loam_error()->text, loam_status_text(LOAM_ERR_KEY));
                    loam_iter_close(it);
                }
                loam_release(it);
            }
    loam_error_clear();
}

LOAM_TEST(iter, a_sink_of_a_chain_that_fails_gives_no_partial_answer)
{
    failing how = {.at = 7, .status = LOAM_ERR_INDEX, .reports = true};

    for (int sink = 0; sink < 5; sink++) {
        loam_iter *it = loam_iter_range(0, 9, 1);
        loam_iter_map(it, failing_map, &how);
        loam_iter_map(it, same, NULL);
        loam_error_clear();
        switch (sink) {
        case 0:
            cr_assert_eq(loam_iter_count(it), LOAM_ERR_INDEX);
            break;
        case 1:
            loam_iter_enumerate(it, 0);
            cr_assert_null(loam_iter_dict(it));
            break;
        case 2:
            cr_assert_null(loam_iter_list(it));
            break;
        case 3:
            cr_assert_null(loam_iter_counter(it));
            break;
        case 4:
            cr_assert_null(loam_tuple_from(loam_from(it)));
            break;
        }
        cr_assert_str_eq(loam_error()->text, "fails at 7");
        assert_ended(it, LOAM_ERR_INDEX);
        loam_release(it);
    }
}

#if LOAM_CHECKS
static loam_value forget_the_failure(loam_value item, void *context)
{
    (void)item;
    (void)context;
    return LOAM_UNSET;
}

static void map_to_unset(void)
{
    loam_iter *it = loam_iter_range(0, 3, 1);

    loam_iter_map(it, forget_the_failure, NULL);
    cr_assert_lt(loam_iter_count(it), 0);
    loam_release(it);
}

LOAM_TEST(iter, a_map_that_returns_unset_without_a_failure_is_a_bug_and_aborts)
{
    cr_assert(aborts(map_to_unset));
}
#endif

LOAM_TEST(iter, the_end_is_final_for_every_sink)
{
    for (int closed = 0; closed < 3; closed++) {
        loam_iter *it = loam_iter_range(0, 5, 1);
        for (int i = 0; i < closed; i++)
            loam_iter_close(it);
        cr_assert_eq(loam_iter_count(it), closed ? 0 : 5);
        cr_assert_eq(loam_iter_count(it), 0);
        loam_iter_map(it, same, NULL); /* nothing is left to be mapped */
        loam_iter_enumerate(it, INT64_MAX);
        loam_iter_take(it, 3);
        assert_ended(it, LOAM_DONE);
        assert_repr_take(loam_iter_sum(it), "0");
        assert_repr_take(loam_from(loam_iter_list(it)), "[]");
        assert_repr_take(loam_from(loam_iter_dict(it)), "{}");
        assert_repr_take(loam_from(loam_iter_counter(it)), "{}");
        assert_ended(it, LOAM_DONE);
        cr_assert_eq(loam_error()->status, LOAM_OK);
        loam_iter_close(it);
        loam_release(it);
    }
}

/* Sinks. */

static void assert_sum_take(loam_list *list, const char *text)
{
    loam_iter *it = loam_iter_of(loam_from(list));

    assert_repr_take(loam_iter_sum(it), text);
    loam_release(it);
    loam_release(list);
}

static void assert_no_sum_take(loam_iter *it, loam_status status)
{
    cr_assert(loam_is_unset(loam_iter_sum(it)));
    assert_failed(status);
    loam_release(it);
}

static int64_t largest(int64_t item, void *context)
{
    (void)item;
    (void)context;
    return INT64_MAX;
}

LOAM_TEST(iter, integers_are_summed_exactly)
{
    loam_list *list = loam_list_of(INT64_MAX, 1);
    loam_list *low = loam_list_of(INT64_MIN, -1);
    loam_iter *it;

    assert_sum_take(loam_list_of(INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN, 7), "5");
    assert_sum_take(loam_list_of(INT64_MAX, 1, -1), "9223372036854775807");
    assert_sum_take(loam_list_of(-1), "-1");
    assert_sum_take(loam_list_of(-2, 5, -1000000000000, 3), "-999999999994");
    assert_sum_take(loam_list_of(INT64_MAX / 2, INT64_MAX / 2, 1), "9223372036854775807");
    assert_sum_take(loam_list_of(INT64_MIN / 2, INT64_MIN / 2, INT64_MAX / 2), "-4611686018427387905");
    assert_sum_take(loam_list_of(3, LOAM_TRUE, INT64_MAX / 4), "2305843009213693955");
    assert_sum_take(loam_list_of(INT64_MIN, -1, 1), "-9223372036854775808");
    assert_no_sum_take(loam_iter_of(loam_from(list)), LOAM_ERR_OVERFLOW);
    assert_no_sum_take(loam_iter_of(loam_from(low)), LOAM_ERR_OVERFLOW);
    assert_no_sum_take(loam_iter_range(INT64_MAX - 3, INT64_MAX, 1), LOAM_ERR_OVERFLOW);

    it = loam_iter_range(INT64_MIN, INT64_MAX, INT64_MAX);
    assert_repr_take(loam_iter_sum(it), "-3");
    loam_release(it);
    it = loam_iter_range(0, 5000, 1);
    loam_iter_map_i64(it, largest, NULL);
    assert_no_sum_take(it, LOAM_ERR_OVERFLOW);
    loam_release(list);
    loam_release(low);
}

LOAM_TEST(iter, a_sum_is_a_double_as_soon_as_an_item_is)
{
    assert_sum_take(loam_list_of(1, 2.5, LOAM_TRUE, LOAM_FALSE), "4.5");
    assert_sum_take(loam_list_of(0.0), "0.0");
    assert_sum_take(loam_list_of(1, 2, 0.0), "3.0");
    assert_sum_take(loam_list_of(LOAM_TRUE, LOAM_TRUE), "2");
    assert_sum_take(loam_list_of(INT64_MAX, INT64_MAX, 0.5), "1.8446744073709552e+19");
    assert_sum_take(loam_list_of(0.5, INT64_MAX, INT64_MAX), "1.8446744073709552e+19");
    assert_sum_take(loam_list_of(1e300, 1e-300), "1e+300");
    assert_sum_take(loam_list_of(1e308, 1e308), "inf");
    assert_sum_take(loam_list_of(1, 1e308 * 10, -1e308 * 10), "nan");
}

LOAM_TEST(iter, what_is_no_number_has_no_sum)
{
    loam_value items[] = {LOAM_VAL("x"), LOAM_NONE, LOAM_VAL(LOAM_LIST(1)), loam_from(loam_bytes_from("1", 1))};

    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        loam_list *list = loam_list_of(1, 2.5, items[i], 3);
        loam_iter *it = loam_iter_of(loam_from(list));
        cr_assert(loam_is_unset(loam_iter_sum(it)));
        assert_failed(LOAM_ERR_TYPE);
        cr_assert_null(loam_iter_list(it), "what the sink could not use is the iterator's failure");
        assert_failed(LOAM_ERR_TYPE);
        loam_release(it);
        loam_release(list);
        loam_release(items[i]);
    }
}

LOAM_TEST(iter, pairs_make_a_dict)
{
    loam_list *pairs = loam_list_of(LOAM_TUPLE("a", 1), LOAM_LIST("b", 2), LOAM_TUPLE("a", 3), LOAM_LIST(4, LOAM_NONE));
    loam_iter *it = loam_iter_of(loam_from(pairs));
    loam_value wrong[] = {LOAM_VAL(LOAM_TUPLE(1)),
                          LOAM_VAL(LOAM_LIST(1, 2, 3)),
                          LOAM_VAL("ab"),
                          LOAM_NONE,
                          loam_int(5),
                          LOAM_VAL(LOAM_TUPLE(LOAM_LIST(1), 2)),
                          LOAM_VAL(LOAM_DICT(1, 2))};
    static const loam_status statuses[] = {LOAM_ERR_VALUE, LOAM_ERR_VALUE, LOAM_ERR_TYPE, LOAM_ERR_TYPE,
                                           LOAM_ERR_TYPE,  LOAM_ERR_TYPE,  LOAM_ERR_TYPE};

    assert_repr_take(loam_from(loam_iter_dict(it)), "{'a': 3, 'b': 2, 4: None}");
    loam_release(it);
    loam_release(pairs);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        pairs = loam_list_of(LOAM_TUPLE("a", 1), wrong[i], LOAM_TUPLE("b", 2));
        it = loam_iter_of(loam_from(pairs));
        cr_assert_null(loam_iter_dict(it));
        assert_failed(statuses[i]);
        assert_ended(it, statuses[i]);
        loam_release(it);
        loam_release(pairs);
        loam_release(wrong[i]);
    }
    it = loam_iter_range(0, 3000, 1);
    loam_iter_enumerate(it, 0);
    pairs = loam_iter_list(it);
    loam_release(it);
    it = loam_iter_of(loam_from(pairs));
    loam_release(pairs);
    loam_auto loam_dict *squares = loam_iter_dict(it);
    cr_assert_eq(loam_dict_len(squares), 3000);
    loam_release(it);
}

static void assert_counts_take(loam_list *list, bool as_views, const char *text)
{
    loam_iter *it = loam_iter_of(loam_from(list));

    if (as_views)
        loam_iter_map_view(it, same_view, NULL);
    assert_repr_take(loam_from(loam_iter_counter(it)), text);
    loam_release(it);
    loam_release(list);
}

LOAM_TEST(iter, a_counter_counts_by_equality_in_order_of_first_appearance)
{
    loam_bytes *bytes = loam_bytes_from("\xff\0x", 3);
    loam_bytes *valid = loam_bytes_from("b", 1);
    loam_list *list = loam_list_of(1, LOAM_LIST(4), 5);
    loam_iter *it = loam_iter_of(loam_from(list));

    assert_counts_take(loam_list_of(3, 1, 3, 2, 1, 3), false, "{3: 3, 1: 2, 2: 1}");
    assert_counts_take(loam_list_of("b", "a", "b", "", "a"), false, "{'b': 2, 'a': 2, '': 1}");
    assert_counts_take(loam_list_of(1, 1.0, LOAM_TRUE, "1", LOAM_TUPLE(1), LOAM_TUPLE(1.0), LOAM_NONE, 2.5), false,
                       "{1: 3, '1': 1, (1,): 2, None: 1, 2.5: 1}");
    assert_counts_take(loam_list_of(bytes, valid, "b", bytes), false, "{b'\\xff\\x00x': 2, b'b': 1, 'b': 1}");
    assert_counts_take(loam_list_of(bytes, valid, "b", bytes, "a longer word than sixteen bytes"), true,
                       "{b'\\xff\\x00x': 2, 'b': 2, 'a longer word than sixteen bytes': 1}");
    cr_assert_null(loam_iter_counter(it));
    assert_failed(LOAM_ERR_TYPE);
    assert_ended(it, LOAM_ERR_TYPE);
    loam_release(it);
    loam_release(list);
    loam_release(bytes);
    loam_release(valid);

    it = loam_iter_range(-5000, 5000, 1);
    loam_auto loam_dict *counts = loam_iter_counter(it);
    cr_assert_eq(loam_dict_len(counts), 10000);
    loam_release(it);
}

/* Lending, leaving early, closing. */

static loam_value new_supply(loam_value item, void *context)
{
    (void)item;
    (void)context;
    return loam_from(supply_new(0));
}

LOAM_TEST(iter, next_peek_lends_an_item_until_the_next_call)
{
    loam_iter *it = loam_iter_range(0, 10, 1);
    loam_value item;
    loam_value kept;

    loam_iter_map(it, new_supply, NULL);
    for (unsigned i = 0; i < 4; i++) {
        cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
        cr_assert_eq(((supply *)(uintptr_t)item.word)->len, 0);
        cr_assert_eq(disposed, loam_gc_has(LOAM_GC_PROMPT_FREE) ? i : 0);
    }
    kept = loam_retain_value(item);
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
    cr_assert_eq(disposed, loam_gc_has(LOAM_GC_PROMPT_FREE) ? 3 : 0, "what was retained stays");
    loam_iter_take(it, 1);
    cr_assert_eq(disposed, loam_gc_has(LOAM_GC_PROMPT_FREE) ? 3 : 0, "an adapter lets the lent item be");
    loam_iter_close(it);
    cr_assert_eq(disposed, loam_gc_has(LOAM_GC_PROMPT_FREE) ? 4 : 0);
    loam_unset(&kept);
    cr_assert_eq(disposed, loam_gc_has(LOAM_GC_PROMPT_FREE) ? 5 : 0);
    loam_release(it);
}

/* Leaves in the middle, with an item lent, and objects in the list that only the chain holds. */
static int64_t find(int64_t wanted)
{
    loam_auto loam_list *list = loam_list_of(LOAM_TAKE((loam_object *)supply_new(0)), 5, 6, 7);
    loam_auto loam_iter *it = loam_iter_of(loam_from(list));
    loam_value pair;
    loam_status status;

    loam_release(loam_move(&list));
    loam_iter_enumerate(it, 0);
    while ((status = loam_iter_next_peek(it, &pair)) == LOAM_OK) {
        int64_t item;
        if (loam_to_int(loam_tuple_get_peek(loam_to_tuple_peek(pair), 1), &item) == LOAM_OK && item == wanted)
            return item;
    }
    return -1;
}

LOAM_TEST(iter, leaving_a_loop_early_leaves_nothing_behind)
{
    cr_assert_eq(find(6), 6);
    cr_assert_eq(disposed, loam_gc_has(LOAM_GC_PROMPT_FREE) ? 1 : 0);
    cr_assert_eq(find(8), -1);
    cr_assert_eq(disposed, loam_gc_has(LOAM_GC_PROMPT_FREE) ? 2 : 0);
    loam_error_clear();
}

LOAM_TEST(iter, close_lets_go_of_what_the_chain_holds)
{
    supply *s = supply_new(10);
    loam_iter *it = loam_iter_of(loam_from(s));

    loam_release(s);
    loam_iter_filter(it, every, NULL);
    loam_iter_enumerate(it, 0);
    assert_next(it, "(0, 0)");
    cr_assert_eq(disposed, 0);
    for (int i = 0; i < 3; i++) {
        loam_iter_close(it);
        cr_assert_eq(disposed, loam_gc_has(LOAM_GC_PROMPT_FREE) ? 1 : 0);
        assert_ended(it, LOAM_DONE);
    }
    loam_release(it);
}

/* Iterators that are used where they must not be. */

enum { FUNCTIONS = 18 };

/* Call one of the functions that take an iterator: what it reports. */
static loam_status use(loam_iter *it, unsigned which)
{
    loam_value item = LOAM_NONE;
    int64_t count = 0;

    switch (which) {
    case 0:
        (void)!loam_iter_next_peek(it, &item);
        cr_assert(loam_is_unset(item));
        break;
    case 1:
        count = loam_iter_count(it);
        return count < 0 ? (loam_status)count : LOAM_OK;
    case 2:
        cr_assert(loam_is_unset(loam_iter_sum(it)));
        break;
    case 3:
        cr_assert_null(loam_iter_list(it));
        break;
    case 4:
        cr_assert_null(loam_iter_dict(it));
        break;
    case 5:
        cr_assert_null(loam_iter_counter(it));
        break;
    case 6:
        loam_iter_map(it, same, NULL);
        break;
    case 7:
        loam_iter_map_i64(it, same_i64, NULL);
        break;
    case 8:
        loam_iter_map_view(it, same_view, NULL);
        break;
    case 9:
        loam_iter_filter(it, every, NULL);
        break;
    case 10:
        loam_iter_filter_i64(it, every_i64, NULL);
        break;
    case 11:
        loam_iter_filter_view(it, every_view, NULL);
        break;
    case 12:
        loam_iter_enumerate(it, 0);
        break;
    case 13:
        loam_iter_take(it, 1);
        break;
    case 14:
        loam_iter_progress(it, look_away, NULL);
        break;
    case 15:
        loam_iter_close(it);
        break;
    case 16:
        cr_assert_null(loam_list_from(loam_from(it)));
        break;
    case 17:
        cr_assert_null(loam_tuple_from(loam_from(it)));
        break;
    }
    return loam_error()->status;
}

static loam_iter *inside;
static unsigned used_inside;

static void use_it_inside(void)
{
    for (unsigned which = 0; which < FUNCTIONS; which++) {
        loam_error_clear();
        cr_assert_eq(use(inside, which), LOAM_ERR_VALUE, "function %u", which);
        assert_failed(LOAM_ERR_VALUE);
    }
    used_inside++;
}

static loam_value map_using_it(loam_value item, void *context)
{
    use_it_inside();
    return same(item, context);
}

static int64_t map_i64_using_it(int64_t item, void *context)
{
    (void)context;
    use_it_inside();
    return item;
}

static loam_view map_view_using_it(loam_view item, void *context)
{
    (void)context;
    use_it_inside();
    return item;
}

static int filter_using_it(loam_value item, void *context)
{
    (void)item;
    (void)context;
    use_it_inside();
    return 1;
}

static bool filter_i64_using_it(int64_t item, void *context)
{
    (void)item;
    (void)context;
    use_it_inside();
    return true;
}

static bool filter_view_using_it(loam_view item, void *context)
{
    (void)item;
    (void)context;
    use_it_inside();
    return true;
}

static void progress_using_it(const loam_progress *progress, void *context)
{
    (void)progress;
    (void)context;
    use_it_inside();
}

LOAM_TEST(iter, a_callback_cannot_use_the_iterator_it_runs_in)
{
    inside = loam_iter_range(0, 3, 1);
    loam_iter_map_i64(inside, map_i64_using_it, NULL);
    loam_iter_filter_i64(inside, filter_i64_using_it, NULL);
    loam_iter_map(inside, map_using_it, NULL);
    loam_iter_filter(inside, filter_using_it, NULL);
    loam_iter_progress(inside, progress_using_it, NULL);
    assert_next(inside, "0");
    cr_assert_eq(used_inside, 5);
    assert_listed_take(inside, "[1, 2]");

    used_inside = 0;
    inside = numbers(0, 3, STRS);
    loam_iter_map_view(inside, map_view_using_it, NULL);
    loam_iter_filter_view(inside, filter_view_using_it, NULL);
    assert_repr_take(loam_from(loam_iter_counter(inside)), "{'0': 1, '1': 1, '2': 1}");
    cr_assert_eq(used_inside, 6);
    loam_release(inside);
}

static loam_value release_iterator(loam_value item, void *context)
{
    loam_iter **it = context;
    loam_release(loam_move(it));
    return loam_retain_value(item);
}

LOAM_TEST(iter, its_last_reference_may_go_while_an_iterator_runs)
{
    for (int sink = 0; sink < 4; sink++) {
        loam_iter *it = loam_iter_range(0, 5, 1);
        loam_list *list = loam_list_new();
        loam_value item;
        loam_iter_map(it, release_iterator, &it);
        loam_iter_map(it, same, NULL);
        if (sink == 0)
            assert_repr_take(loam_from(loam_iter_list(it)), "[0, 1, 2, 3, 4]");
        if (sink == 1)
            cr_assert_eq(loam_iter_count(it), 5);
        if (sink == 2)
            cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
        if (sink == 3) { /* which asks for a batch at a time and must hold it itself meanwhile */
            loam_iter *held = loam_retain(it);
            cr_assert_eq(loam_list_extend(list, loam_from(held)), LOAM_OK);
            assert_repr(loam_from(list), "[0, 1, 2, 3, 4]");
            loam_release(held);
        }
        cr_assert_null(it);
        loam_release(list);
    }
}

static loam_value run_another(loam_value item, void *context)
{
    loam_auto loam_iter *it = loam_iter_range(0, number_of(item), 1);

    (void)context;
    loam_iter_map(it, same, NULL);
    return loam_iter_sum(it);
}

static int close_other(loam_value item, void *context)
{
    (void)item;
    loam_iter_close(context);
    return 1;
}

LOAM_TEST(iter, a_callback_may_use_other_iterators)
{
    loam_iter *it = loam_iter_range(0, 6, 1);
    loam_iter *other = loam_iter_range(0, 6, 1);

    loam_iter_map(it, run_another, NULL);
    assert_next(other, "0");
    loam_iter_filter(it, close_other, other);
    assert_listed_take(it, "[0, 0, 1, 3, 6, 10]");
    assert_ended(other, LOAM_DONE);
    loam_release(other);
}

static unsigned used_with_null;

static void use_null(void)
{
    (void)use(NULL, used_with_null);
}

LOAM_TEST(iter, null_is_an_earlier_failure_passed_on_or_a_bug)
{
    for (used_with_null = 0; LOAM_CHECKS && used_with_null < FUNCTIONS; used_with_null++)
        cr_assert(aborts(use_null), "function %u", used_with_null);
    for (unsigned which = 0; which < FUNCTIONS; which++) {
        loam_fail(LOAM_ERR_IO, "an earlier failure");
        cr_assert_eq(use(NULL, which), LOAM_ERR_IO, "function %u", which);
        cr_assert_str_eq(loam_error()->text, "an earlier failure");
    }
    cr_assert_null(loam_iter_of(LOAM_UNSET));
    cr_assert_null(loam_iter_values(NULL));
    cr_assert_null(loam_iter_items(NULL));
    cr_assert_null(loam_iter_words(NULL));
    cr_assert_null(loam_iter_lines(NULL));
    cr_assert_str_eq(loam_error()->text, "an earlier failure");
    loam_error_clear();
}

typedef struct told {
    uint64_t items, bytes, bytes_total, calls;
    bool backwards;
} told;

static void tell(const loam_progress *progress, void *context)
{
    told *t = context;

    t->backwards = t->backwards || progress->items < t->items;
    t->items = progress->items;
    t->bytes = progress->bytes;
    t->bytes_total = progress->bytes_total;
    t->calls++;
}

static int even(loam_value item, void *context)
{
    (void)context;
    return number_of(item) % 2 == 0;
}

LOAM_TEST(iter, progress_is_told_once_a_batch_and_at_the_end)
{
    told all = {0};
    told some = {0};
    loam_iter *it = loam_iter_range(0, 3000, 1);

    loam_iter_progress(it, tell, &all);
    loam_iter_filter(it, even, NULL);
    loam_iter_progress(it, tell, &some);
    cr_assert_eq(loam_iter_count(it), 1500);
    cr_assert_eq(all.items, 3000);
    cr_assert_eq(some.items, 1500);
    cr_assert_not(all.backwards || some.backwards);
    cr_assert_eq(all.calls, LOAM_STRESS ? 1001 : 4);
    cr_assert_eq(all.bytes + all.bytes_total, 0);
    loam_release(it);

    all = (told){0};
    it = loam_iter_range(0, 3000, 1);
    loam_iter_progress(it, tell, &all);
    loam_iter_take(it, 3);
    cr_assert_eq(loam_iter_count(it), 3);
    cr_assert_eq(all.items, 3);
    cr_assert_eq(all.calls, 1, "no call at the end if a later stage stops asking");
    loam_release(it);
}

/* Chains of 100,000 stages. */

static const char *run_long_chains(void)
{
    const char *problem = NULL;

    for (int kind = 0; kind < 4 && !problem; kind++) {
        loam_iter *it = numbers(0, 3, kind == 3 ? STRS : RANGE);
        int64_t count;
        loam_value item;
        for (int i = 0; i < 100000; i++) {
            if (kind == 0 || (kind == 2 && i % 2))
                loam_iter_map_i64(it, same_i64, NULL);
            else if (kind == 3 && i % 2)
                loam_iter_map_view(it, same_view, NULL);
            else
                loam_iter_filter(it, every, NULL);
        }
        count = loam_iter_count(it);
        if (count != 3 && count != LOAM_ERR_RECURSION)
            problem = "neither an answer nor LOAM_ERR_RECURSION";
        if (loam_iter_next_peek(it, &item) != (count < 0 ? LOAM_ERR_RECURSION : LOAM_DONE))
            problem = "the outcome is not final";
        loam_error_clear();
        loam_release(it);
    }
    return problem;
}

LOAM_TEST(iter, a_chain_too_long_for_the_stack_is_a_failure_and_no_crash)
{
    const char *problem = run_long_chains();

    cr_assert_null(problem, "%s", problem);
    problem = on_small_stack(run_long_chains);
    cr_assert_null(problem, "%s", problem);
}
