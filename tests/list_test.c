#include "tests/harness.h"

#include "containers/sequence.h"

#include <stdio.h>

static bool has_count(loam_value value, uint64_t count)
{
    return !loam_gc_has(LOAM_GC_EXACT_REFCOUNT) || (loam__object(value)->head & LOAM__COUNT_MASK) == count;
}

static void check(const loam_list *list)
{
    const char *broken = list_check(list);
    cr_assert(!broken, "%s", broken);
}

static loam_list *list_of_ints(int64_t count)
{
    loam_list *list = loam_list_new();

    for (int64_t i = 0; i < count; i++)
        cr_assert_eq(loam_list_append(list, i), LOAM_OK);
    check(list);
    return list;
}

LOAM_TEST(list, grows_as_items_are_appended)
{
    loam_list *list = list_of_ints(100000);
    int64_t item;

    cr_assert_eq(loam_list_len(list), 100000);
    cr_assert_eq(loam_len(loam_from(list)), 100000);
    for (int64_t i = 0; i < 100000; i++)
        if (loam_list_get_int(list, i, &item) < 0 || item != i)
            cr_assert_fail("item %lld", (long long)i);
    cr_assert(LOAM_STRESS || list->capacity < 100000 * 3 / 2 + 4);
    cr_assert_eq(loam_sizeof(loam_from(list)), 32 + 8 * (int64_t)list->capacity);
    loam_release(list);

    list = loam_list_new();
    cr_assert_eq(loam_sizeof(loam_from(list)), 32, "an empty one has no buffer");
    loam_release(list);
}

LOAM_TEST(list, takes_c_data_of_every_kind)
{
    loam_list *list = loam_list_new();
    loam_str *handle = loam_str_new("handle");
    loam_status st = loam_list_append(list, 1);

    st = st < 0 ? st : loam_list_append(list, 2u);
    st = st < 0 ? st : loam_list_append(list, 2.5);
    st = st < 0 ? st : loam_list_append(list, "chars");
    st = st < 0 ? st : loam_list_append(list, handle);
    st = st < 0 ? st : loam_list_append(list, loam_from(handle));
    st = st < 0 ? st : loam_list_append(list, LOAM_TRUE);
    st = st < 0 ? st : loam_list_append(list, (bool)false);
    st = st < 0 ? st : loam_list_append(list, ((loam_view){"view", 2}));
    st = st < 0 ? st : loam_list_append(list, LOAM_LIST(1, LOAM_TUPLE("x")));
    st = st < 0 ? st : loam_list_insert(list, 0, "first");
    st = st < 0 ? st : loam_list_set(list, 1, "second");
    st = st < 0 ? st : (loam_list_append)(list, loam_from(handle));
    st = st < 0 ? st : (loam_list_insert)(list, -1, loam_from(handle));
    st = st < 0 ? st : (loam_list_set)(list, 2, loam_from(handle));
    cr_assert_eq(st, LOAM_OK);
    assert_repr(loam_from(list), "['first', 'second', 'handle', 2.5, 'chars', 'handle', 'handle', True, False, 'vi', "
                                 "[1, ('x',)], 'handle', 'handle']");
    cr_assert(has_count(loam_from(handle), 6));
    check(list);
    loam_release(list);
    cr_assert(has_count(loam_from(handle), 1));
    loam_release(handle);
}

LOAM_TEST(list, is_read_and_set_by_index_from_both_ends)
{
    loam_list *list = loam_list_of("zero", 1, LOAM_LIST(2));
    loam_value item = LOAM_VAL("item");
    static const int64_t outside[] = {3, -4, INT64_MAX, INT64_MIN};
    int64_t integer = 17;

    for (int64_t i = 0; i < 3; i++)
        for (int64_t index = i - 3; index <= i; index += 3) {
            loam_value got = loam_list_get(list, index);
            cr_assert_eq(got.word, loam_list_get_peek(list, index).word);
            cr_assert_eq(got.word, list->items[i].word);
            loam_release(got);
            cr_assert_eq(loam_list_set(list, index, item), LOAM_OK);
            cr_assert_eq(list->items[i].word, item.word);
        }
    cr_assert(has_count(item, 4));
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        cr_assert(loam_is_unset(loam_list_get(list, outside[i])));
        assert_failed(LOAM_ERR_INDEX);
        cr_assert(loam_is_unset(loam_list_get_peek(list, outside[i])));
        assert_failed(LOAM_ERR_INDEX);
        cr_assert_eq(loam_list_get_int(list, outside[i], &integer), LOAM_ERR_INDEX);
        assert_failed(LOAM_ERR_INDEX);
        cr_assert_eq(loam_list_set(list, outside[i], item), LOAM_ERR_INDEX);
        assert_failed(LOAM_ERR_INDEX);
        cr_assert_eq((loam_list_set)(list, outside[i], item), LOAM_ERR_INDEX);
        assert_failed(LOAM_ERR_INDEX);
        cr_assert_eq(loam_list_set_take(list, outside[i], loam_retain_value(item)), LOAM_ERR_INDEX);
        assert_failed(LOAM_ERR_INDEX);
        cr_assert(loam_is_unset(loam_list_pop(list, outside[i])));
        assert_failed(LOAM_ERR_INDEX);
    }
    cr_assert(has_count(item, 4));
    cr_assert_eq(loam_list_get_int(list, 0, &integer), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(integer, 17);
    loam_release(list);
    cr_assert(has_count(item, 1));
    loam_release(item);
}

LOAM_TEST(list, inserts_and_pops_at_every_position)
{
    for (int64_t len = 0; len <= 6; len++) {
        for (int64_t at = -9; at <= 9; at++) {
            loam_list *list = list_of_ints(len);
            int64_t where = at < 0 ? at + len : at;
            int64_t item;
            where = where < 0 ? 0 : where > len ? len : where;
            cr_assert_eq(loam_list_insert(list, at, 77), LOAM_OK);
            check(list);
            cr_assert_eq(loam_list_len(list), len + 1);
            for (int64_t i = 0; i <= len; i++) {
                cr_assert_eq(loam_list_get_int(list, i, &item), LOAM_OK);
                cr_assert_eq(item, i < where ? i : i == where ? 77 : i - 1);
            }
            cr_assert_eq(loam_list_pop(list, where).word, loam_int(77).word);
            check(list);
            for (int64_t i = 0; i < len; i++) {
                cr_assert_eq(loam_list_get_int(list, i, &item), LOAM_OK);
                cr_assert_eq(item, i);
            }
            if (len)
                cr_assert_eq(loam_list_pop(list, -1).word, loam_int(len - 1).word);
            else
                cr_assert(loam_is_unset(loam_list_pop(list, -1)));
            loam_error_clear();
            loam_release(list);
        }
    }
    loam_list *list = list_of_ints(3);
    cr_assert_eq(loam_list_insert(list, INT64_MIN, "first"), LOAM_OK);
    cr_assert_eq(loam_list_insert(list, INT64_MAX, "last"), LOAM_OK);
    assert_repr(loam_from(list), "['first', 0, 1, 2, 'last']");
    assert_repr_take(loam_list_pop(list, 0), "'first'");
    assert_repr_take(loam_list_pop(list, -1), "'last'");
    cr_assert_eq(loam_list_clear(list), LOAM_OK);
    cr_assert(loam_is_unset(loam_list_pop(list, 0)));
    cr_assert_str_eq(loam_error()->text, "pop from empty list");
    assert_failed(LOAM_ERR_INDEX);
    loam_release(list);
}

LOAM_TEST(list, behaves_like_an_array_through_random_changes)
{
    enum { MOST = 64 };
    loam_list *list = loam_list_new();
    int64_t model[MOST + 1];
    size_t len = 0;
    uint64_t state = 5;

    for (unsigned round = rounds(200000); round; round--) {
        int64_t item = (int64_t)(round % 8 ? round : (uint64_t)INT64_MAX - round); /* some are boxed */
        size_t at = random_below(&state, len + 1);
        loam_auto_value loam_value popped = LOAM_UNSET;
        int64_t got;
        switch (random_below(&state, len < MOST ? 6 : 3)) {
        case 0:
        case 1:
            if (at == len)
                break;
            popped = loam_list_pop(list, (int64_t)at - (round % 2 ? (int64_t)len : 0));
            if (loam_to_int(popped, &got) < 0 || got != model[at])
                cr_assert_fail("popped %lld, not %lld", (long long)got, (long long)model[at]);
            memmove(model + at, model + at + 1, (--len - at) * sizeof *model);
            break;
        case 2:
            if (at < len && loam_list_set(list, (int64_t)at, item) == LOAM_OK)
                model[at] = item;
            break;
        case 3:
            cr_assert_eq(loam_list_insert(list, (int64_t)at, item), LOAM_OK);
            memmove(model + at + 1, model + at, (len++ - at) * sizeof *model);
            model[at] = item;
            break;
        default:
            cr_assert_eq(loam_list_append(list, item), LOAM_OK);
            model[len++] = item;
        }
        if (list->len != len)
            cr_assert_fail("%zu items, not %zu", list->len, len);
        if (round % 64 == 0) {
            check(list);
            for (size_t i = 0; i < len; i++)
                cr_assert(loam_list_get_int(list, (int64_t)i, &got) == LOAM_OK && got == model[i]);
        }
    }
    loam_release(list);
}

LOAM_TEST(list, is_extended_by_anything_iterable)
{
    loam_list *list = loam_list_of(1, "two");
    loam_list *other = loam_list_of(3, 4);
    loam_tuple *tuple = loam_tuple_of(5, "six");
    loam_dict *dict = loam_dict_of("a", 1, "b", 2);
    loam_str *str = loam_str_new("\xc3\xa9z");
    loam_bytes *bytes = loam_bytes_from("\xff", 1);
    loam_value none[] = {LOAM_NONE, loam_int(5), loam_double(1e300)};

    cr_assert_eq(loam_list_extend(list, loam_from(list)), LOAM_OK);
    assert_repr(loam_from(list), "[1, 'two', 1, 'two']");
    cr_assert_eq(loam_list_extend(list, loam_from(other)), LOAM_OK);
    cr_assert_eq(loam_list_extend(list, loam_from(tuple)), LOAM_OK);
    cr_assert_eq(loam_list_extend(list, loam_from(dict)), LOAM_OK);
    cr_assert_eq(loam_list_extend(list, loam_from(str)), LOAM_OK);
    cr_assert_eq(loam_list_extend(list, loam_from(bytes)), LOAM_OK);
    assert_repr(loam_from(list), "[1, 'two', 1, 'two', 3, 4, 5, 'six', 'a', 'b', '\xc3\xa9', 'z', 255]");
    check(list);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        cr_assert_eq(loam_list_extend(list, none[i]), LOAM_ERR_TYPE);
        assert_failed(LOAM_ERR_TYPE);
        cr_assert_null(loam_list_from(none[i]));
        assert_failed(LOAM_ERR_TYPE);
        loam_release(none[i]);
    }
    cr_assert_eq(loam_list_len(list), 13);
    loam_release(list);
    list = loam_list_from(loam_from(other));
    cr_assert_neq(list, other);
    cr_assert_eq(loam_equal(loam_from(list), loam_from(other)), 1);
    loam_release(list);
    loam_release(other);
    loam_release(tuple);
    loam_release(dict);
    loam_release(str);
    loam_release(bytes);

    /* More items than any batch has. */
    list = list_of_ints(1000);
    dict = loam_dict_new();
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(loam_dict_set(dict, i, LOAM_NONE), LOAM_OK);
    other = loam_list_from(loam_from(dict));
    cr_assert_eq(loam_equal(loam_from(list), loam_from(other)), 1);
    loam_release(list);
    loam_release(other);
    loam_release(dict);
}

/* An iterable that hands out its list's length, appends to that list, and fails when told. */
typedef struct meddler {
    loam_object loam;
    loam_list *list;
    int64_t items_before_failure;
} meddler;

static loam_status meddler_begin(const void *self, loam_cursor *cursor)
{
    cursor->position = 0;
    return ((const meddler *)self)->items_before_failure < 0 ? loam_fail(LOAM_ERR_IO, "no beginning") : LOAM_OK;
}

static ptrdiff_t meddler_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    meddler *m = self;

    if (!cap || cursor->position == 100)
        return 0;
    if ((int64_t)cursor->position == m->items_before_failure)
        return loam_fail(LOAM_ERR_IO, "the end of the tape");
    cursor->position++;
    if (loam_list_append(m->list, "meddled") < 0)
        return LOAM_ERR_MEMORY;
    out[0] = loam_from(loam_str_format("item %d", (int)cursor->position));
    return loam_is_unset(out[0]) ? LOAM_ERR_MEMORY : 1;
}

static loam_type meddler_type = {
    .name = "meddler",
    .size = sizeof(meddler),
    .refs = LOAM_REFS(offsetof(meddler, list)),
    .iter_begin = meddler_begin,
    .iter_fill = meddler_fill,
};

LOAM_TEST(list, keeps_what_came_before_its_iterable_failed)
{
    loam_list *list = loam_list_new();
    meddler *m = loam_new(&meddler_type);

    cr_assert_eq(loam_slot_set(m, &m->list, loam_from(list)), LOAM_OK);
    m->items_before_failure = 2;
    cr_assert_eq(loam_list_extend(list, loam_from(m)), LOAM_ERR_IO);
    cr_assert_str_eq(loam_error()->text, "the end of the tape");
    assert_repr(loam_from(list), "['meddled', 'item 1', 'meddled', 'item 2']");
    cr_assert_null(loam_list_from(loam_from(m)));
    assert_failed(LOAM_ERR_IO);
    cr_assert_null(loam_tuple_from(loam_from(m)));
    assert_failed(LOAM_ERR_IO);
    m->items_before_failure = -1;
    cr_assert_null(loam_list_from(loam_from(m)));
    assert_failed(LOAM_ERR_IO);
    m->items_before_failure = 1000;
    cr_assert_eq(loam_list_clear(list), LOAM_OK);
    cr_assert_eq(loam_list_extend(list, loam_from(m)), LOAM_OK, "a list may grow while it is extended");
    cr_assert_eq(loam_list_len(list), 200);
    check(list);
    loam_release(m);
    loam_release(list);
}

LOAM_TEST(list, is_cleared_and_reserved)
{
    loam_list *list = loam_list_of("a", LOAM_LIST("b"));
    loam_value *items;

    cr_assert_eq(loam_list_clear(list), LOAM_OK);
    check(list);
    cr_assert_eq(loam_list_len(list), 0);
    cr_assert_eq(loam_list_clear(list), LOAM_OK);
    cr_assert_eq(loam_list_reserve(list, 100), LOAM_OK);
    check(list);
    cr_assert_geq(list->capacity, 100);
    items = list->items;
    for (int i = 0; i < 100; i++)
        cr_assert_eq(loam_list_append(list, i), LOAM_OK);
    cr_assert_eq(list->items, items, "the buffer has not moved");
    cr_assert_eq(loam_list_reserve(list, 0), LOAM_OK);
    cr_assert_eq(loam_list_reserve(list, 50), LOAM_OK);
    cr_assert(list->items == items && loam_list_len(list) == 100);
    cr_assert_eq(loam_list_reserve(list, -1), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_list_reserve(list, INT64_MAX), LOAM_ERR_MEMORY);
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert(list->items == items && loam_list_len(list) == 100);
    cr_assert_eq(loam_list_append(list, "one more"), LOAM_OK);
    check(list);
    loam_release(list);
}

/* An item that looks at its list when it goes, where it goes at once. */
static loam_list *observed;
static int64_t observed_len;
static loam_value observed_first;

static void observe(void *self)
{
    (void)self;
    observed_len = loam_list_len(observed);
    observed_first = observed_len ? observed->items[0] : LOAM_UNSET;
}

static loam_type observer_type = {.name = "observer", .size = sizeof(loam_object), .dispose = observe};

LOAM_TEST(list, is_in_order_before_it_releases_anything)
{
    needs(LOAM_GC_PROMPT_FREE);
    observed = loam_list_new();
    cr_assert_eq(loam_list_append_take(observed, loam_from(loam_new(&observer_type))), LOAM_OK);
    cr_assert_eq(loam_list_set(observed, 0, 5), LOAM_OK);
    cr_assert(observed_len == 1 && observed_first.word == loam_int(5).word, "the new item was in place");
    cr_assert_eq(loam_list_set_take(observed, 0, loam_from(loam_new(&observer_type))), LOAM_OK);
    cr_assert_eq(loam_list_append(observed, 6), LOAM_OK);
    cr_assert_eq(loam_list_clear(observed), LOAM_OK);
    cr_assert_eq(observed_len, 0, "%d items were there", (int)observed_len);
    loam_release(observed);
}

static loam_list *whole[8];

static void check_slice(const slice_case *s)
{
    loam_list *slice = loam_list_slice(whole[s->len], s->start, s->stop, s->step);

    if (loam_list_len(slice) != (int64_t)s->count)
        cr_assert_fail("%lld items, not %zu", (long long)loam_list_len(slice), s->count);
    for (size_t i = 0; i < s->count; i++)
        if (slice->items[i].word != whole[s->len]->items[s->indexes[i]].word)
            cr_assert_fail("%zu [%lld:%lld:%lld]", s->len, (long long)s->start, (long long)s->stop, (long long)s->step);
    loam_release(slice);
}

LOAM_TEST(list, is_sliced_as_in_python)
{
    for (size_t len = 0; len <= 7; len++) {
        whole[len] = loam_list_new();
        for (size_t i = 0; i < len; i++)
            cr_assert_eq(loam_list_append_take(whole[len], loam_from(loam_str_format("%zu", i))), LOAM_OK);
    }
    each_slice(check_slice);
    cr_assert_null(loam_list_slice(whole[7], 0, 1, 0));
    assert_failed(LOAM_ERR_VALUE);
    for (size_t len = 0; len <= 7; len++) {
        for (size_t i = 0; i < len; i++)
            cr_assert(has_count(whole[len]->items[i], 1));
        loam_release(whole[len]);
    }
}

LOAM_TEST(list, gives_all_its_items_as_an_array)
{
    loam_auto loam_list *none = loam_list_new();
    loam_auto loam_list *list = list_of_ints(1000);
    loam_span items = loam_list_span_peek(list);
    int64_t sum = 0;

    cr_assert_eq(items.len, 1000);
    for (size_t i = 0; i < items.len; i++) {
        int64_t item;
        cr_assert_eq(loam_to_int(items.items[i], &item), LOAM_OK);
        sum += item;
    }
    cr_assert_eq(sum, 999 * 1000 / 2);
    cr_assert_eq(loam_list_span_peek(none).len, 0);
}

LOAM_TEST(list, functions_pass_an_earlier_failure_on_and_take_what_they_take)
{
    loam_list *list = loam_list_of(1);
    loam_value item = loam_from(loam_list_new());
    int64_t integer = 17;

    loam_fail(LOAM_ERR_KEY, "earlier");
    cr_assert_eq(loam_list_len(NULL), LOAM_ERR_KEY);
    cr_assert(loam_is_unset(loam_list_get(NULL, 0)) && loam_is_unset(loam_list_get_peek(NULL, 0)));
    cr_assert_eq(loam_list_get_int(NULL, 0, &integer), LOAM_ERR_KEY);
    cr_assert_eq(loam_list_span_peek(NULL).len, 0);
    cr_assert(loam_is_unset(loam_list_pop(NULL, 0)));
    cr_assert_eq(loam_list_clear(NULL), LOAM_ERR_KEY);
    cr_assert_eq(loam_list_reserve(NULL, 1), LOAM_ERR_KEY);
    cr_assert_eq(loam_list_extend(NULL, item), LOAM_ERR_KEY);
    cr_assert_eq(loam_list_extend(list, LOAM_UNSET), LOAM_ERR_KEY);
    cr_assert_null(loam_list_slice(NULL, 0, 1, 1));
    cr_assert_null(loam_list_from(LOAM_UNSET));
    cr_assert_eq((loam_list_append)(NULL, item), LOAM_ERR_KEY);
    cr_assert_eq((loam_list_append)(list, LOAM_UNSET), LOAM_ERR_KEY);
    cr_assert_eq((loam_list_insert)(NULL, 0, item), LOAM_ERR_KEY);
    cr_assert_eq((loam_list_insert)(list, 0, LOAM_UNSET), LOAM_ERR_KEY);
    cr_assert_eq((loam_list_set)(NULL, 0, item), LOAM_ERR_KEY);
    cr_assert_eq((loam_list_set)(list, 0, LOAM_UNSET), LOAM_ERR_KEY);
    cr_assert(has_count(item, 1));
    cr_assert_eq(loam_list_append(NULL, item), LOAM_ERR_KEY);
    cr_assert_eq(loam_list_append(NULL, "made for nothing"), LOAM_ERR_KEY);
    cr_assert_eq(loam_list_append_take(NULL, loam_retain_value(item)), LOAM_ERR_KEY);
    cr_assert_eq(loam_list_insert_take(NULL, 0, loam_retain_value(item)), LOAM_ERR_KEY);
    cr_assert_eq(loam_list_set_take(NULL, 0, loam_retain_value(item)), LOAM_ERR_KEY);
    cr_assert(has_count(item, 1));
    cr_assert_str_eq(loam_error()->text, "earlier");
    cr_assert_eq(integer, 17);
    loam_error_clear();
    assert_repr(loam_from(list), "[1]");
    loam_release(list);
    loam_release(item);
}

typedef struct growth {
    loam_list *list;
    loam_value item;
    int what;
} growth;

/* Each of them, when it fails, leaves the list as it was. */
static bool grow(void *context)
{
    growth *g = context;
    loam_auto loam_list *list = loam_list_from(loam_from(g->list));
    loam_status status = LOAM_ERR_MEMORY;
    int64_t len = list ? loam_list_len(list) : 0;

    if (!list)
        return false;
    switch (g->what) {
    case 0:
        status = loam_list_append(list, g->item);
        break;
    case 1:
        status = loam_list_append(list, "new text");
        break;
    case 2:
        status = loam_list_insert(list, 1, g->item);
        break;
    case 3:
        status = loam_list_set(list, 1, "new text");
        break;
    case 4:
        status = loam_list_extend(list, loam_from(list));
        break;
    case 5:
        status = loam_list_reserve(list, 50);
        break;
    case 6:
        status = loam_list_append(list, LOAM_LIST("a", g->item, LOAM_DICT("k", 1e300)));
    }
    check(list);
    if (status < 0) {
        cr_assert_eq(loam_list_len(list), len);
        for (int64_t i = 0; i < len; i++)
            cr_assert_eq(list->items[i].word, g->list->items[i].word);
        return false;
    }
    return true;
}

static bool slice_and_copy(void *context)
{
    loam_auto loam_list *slice = loam_list_slice(((growth *)context)->list, LOAM_OMIT, LOAM_OMIT, -1);
    loam_auto loam_list *from = slice ? loam_list_from(((growth *)context)->item) : NULL;

    return from != NULL;
}

LOAM_TEST(list, that_cannot_grow_stays_as_it_was)
{
    growth g = {.list = loam_list_of("a", 2, "c", 4), .item = loam_from(loam_str_format("%0200d", 1))};

    for (g.what = 0; g.what < 7; g.what++)
        cr_assert_geq(fail_each_allocation(grow, &g), 2 * 3, "%d", g.what);
    cr_assert_geq(fail_each_allocation(slice_and_copy, &g), 2 * 200);
    cr_assert(has_count(g.item, 1));
    loam_release(g.list);
    loam_release(g.item);
}

LOAM_TEST(list, nothing_extended_by_nothing_is_nothing)
{
    loam_list *list = loam_list_new();
    loam_list *other = loam_list_new();
    loam_tuple *none = loam_tuple_new(NULL, 0);

    cr_assert_eq(loam_list_extend(list, loam_from(list)), LOAM_OK);
    cr_assert_eq(loam_list_extend(list, loam_from(other)), LOAM_OK);
    cr_assert_eq(loam_list_extend(list, loam_from(none)), LOAM_OK);
    cr_assert_eq(loam_list_append(list, LOAM_TAKE(other)), LOAM_OK);
    cr_assert_eq(loam_list_append(list, LOAM_TAKE(loam_int(INT64_MAX))), LOAM_OK);
    assert_repr_take(loam_from(list), "[[], 9223372036854775807]");
    loam_release(none);
}
