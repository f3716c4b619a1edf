#include "tests/harness.h"

#include "containers/sequence.h"

#include <math.h>

static uint64_t count_of(const void *object)
{
    return ((const loam_object *)object)->head & LOAM__COUNT_MASK;
}

static bool has_count(const void *object, uint64_t count)
{
    return !loam_gc_has(LOAM_GC_EXACT_REFCOUNT) || count_of(object) == count;
}

LOAM_TEST(tuple, borrows_or_takes_the_values_it_is_made_of)
{
    loam_list *item = loam_list_new();
    loam_value items[3] = {loam_from(item), LOAM_NONE, loam_from(item)};
    loam_tuple *borrowed = loam_tuple_new(items, 3);
    loam_tuple *taken;

    cr_assert(has_count(item, 3));
    assert_repr(loam_from(borrowed), "([], None, [])");
    loam_retain(item);
    taken = loam_tuple_new_take(items, 3);
    cr_assert(has_count(item, 4));
    cr_assert_eq(loam_tuple_len(taken), 3);
    cr_assert_eq(loam_len(loam_from(taken)), 3);
    cr_assert_eq(loam_sizeof(loam_from(taken)), 16 + 3 * 8);
    loam_retain(item);
    loam_release(borrowed);
    loam_release(taken);
    cr_assert(has_count(item, 1));

    /* One that is unset makes no tuple; the taking one consumes the rest. */
    loam_fail(LOAM_ERR_KEY, "earlier");
    items[1] = LOAM_UNSET;
    cr_assert_null(loam_tuple_new(items, 3));
    cr_assert(has_count(item, 1));
    loam_retain(item);
    loam_retain(item);
    cr_assert_null(loam_tuple_new_take(items, 3));
    cr_assert(has_count(item, 1));
    cr_assert_str_eq(loam_error()->text, "earlier");
    loam_error_clear();
    loam_release(item);
}

LOAM_TEST(tuple, is_read_by_index)
{
    loam_tuple *tuple = loam_tuple_of("zero", 1, LOAM_LIST(2));
    static const int64_t outside[] = {3, -4, INT64_MAX, INT64_MIN};

    for (int64_t i = 0; i < 3; i++)
        for (int64_t index = i - 3; index <= i; index += 3) {
            loam_value peeked = loam_tuple_get_peek(tuple, index);
            loam_value got = loam_tuple_get(tuple, index);
            cr_assert(got.word == peeked.word && got.word == tuple->items[i].word);
            if (i != 1)
                cr_assert(has_count(loam__object(got), 2));
            loam_release(got);
        }
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        cr_assert(loam_is_unset(loam_tuple_get_peek(tuple, outside[i])));
        assert_failed(LOAM_ERR_INDEX);
        cr_assert(loam_is_unset(loam_tuple_get(tuple, outside[i])));
        cr_assert_str_eq(loam_error()->text, "tuple index out of range");
        assert_failed(LOAM_ERR_INDEX);
    }
    loam_release(tuple);

    loam_fail(LOAM_ERR_KEY, "earlier");
    cr_assert_eq(loam_tuple_len(NULL), LOAM_ERR_KEY);
    cr_assert(loam_is_unset(loam_tuple_get(NULL, 0)) && loam_is_unset(loam_tuple_get_peek(NULL, 0)));
    cr_assert_null(loam_tuple_slice(NULL, 0, 1, 1));
    cr_assert_null(loam_tuple_from(LOAM_UNSET));
    cr_assert_str_eq(loam_error()->text, "earlier");
    loam_error_clear();
}

static uint64_t hash_of_slices;
static loam_tuple *whole[8];

static void hash_in(size_t number)
{
    hash_of_slices = (hash_of_slices ^ number) * 0x100000001b3u;
}

static void check_slice(const slice_case *s)
{
    loam_tuple *slice = loam_tuple_slice(whole[s->len], s->start, s->stop, s->step);

    if (loam_tuple_len(slice) != (int64_t)s->count)
        cr_assert_fail("%lld items, not %zu", (long long)loam_tuple_len(slice), s->count);
    hash_in(s->count);
    for (size_t i = 0; i < s->count; i++) {
        hash_in(s->indexes[i]);
        if (slice->items[i].word != whole[s->len]->items[s->indexes[i]].word)
            cr_assert_fail("%zu [%lld:%lld:%lld]", s->len, (long long)s->start, (long long)s->stop, (long long)s->step);
    }
    loam_release(slice);
}

LOAM_TEST(tuple, is_sliced_as_in_python)
{
    hash_of_slices = 0xcbf29ce484222325u;
    for (size_t len = 0; len <= 7; len++) {
        loam_value items[7];
        for (size_t i = 0; i < len; i++)
            items[i] = loam_from(loam_str_format("%zu", i));
        whole[len] = loam_tuple_new_take(items, len);
    }
    each_slice(check_slice);
    /* What our own idea of a slice gave, as a hash, and what CPython's range(len)[start:stop:step] gives. */
    cr_assert_eq(hash_of_slices, 0xe7858e48c0117097u);
    cr_assert_null(loam_tuple_slice(whole[7], 0, 1, 0));
    assert_failed(LOAM_ERR_VALUE);
    for (size_t len = 0; len <= 7; len++) {
        for (size_t i = 0; i < len; i++)
            cr_assert(has_count(loam__object(whole[len]->items[i]), 1));
        loam_release(whole[len]);
    }
}

LOAM_TEST(tuple, is_made_of_anything_iterable)
{
    loam_list *list = loam_list_of(1, "two", 3.5);
    loam_dict *dict = loam_dict_of("a", 1, "b", 2);
    loam_tuple *tuple = loam_tuple_from(loam_from(list));
    loam_tuple *same = loam_tuple_from(loam_from(tuple));
    loam_tuple *empty = loam_tuple_slice(tuple, 3, 3, 1);
    loam_value not_iterable[] = {LOAM_NONE, LOAM_TRUE, loam_int(5)};

    assert_repr(loam_from(tuple), "(1, 'two', 3.5)");
    assert_repr(loam_from(list), "[1, 'two', 3.5]");
    cr_assert_eq(same, tuple, "a tuple is its own copy");
    cr_assert(has_count(tuple, 2));
    assert_repr_take(loam_from(loam_tuple_from(loam_from(dict))), "('a', 'b')");
    assert_repr_take(loam_from(loam_tuple_from(loam_from(empty))), "()");
    for (size_t i = 0; i < sizeof not_iterable / sizeof *not_iterable; i++) {
        cr_assert_null(loam_tuple_from(not_iterable[i]));
        assert_failed(LOAM_ERR_TYPE);
    }
    loam_release(list);
    loam_release(dict);
    loam_release(tuple);
    loam_release(same);
    loam_release(empty);
}

LOAM_TEST(tuple, is_searched_by_equality)
{
    loam_auto loam_list *inner = loam_list_of(1);
    loam_auto loam_tuple *tuple = loam_tuple_of(5, "five", 5.0, inner, LOAM_TUPLE(5), LOAM_TRUE, (double)NAN);
    int64_t integer = 7;

    cr_assert(loam_tuple_contains(tuple, "five") == 1 && loam_tuple_contains(tuple, "six") == 0);
    cr_assert(loam_tuple_contains(tuple, LOAM_LIST(1)) == 1 && loam_tuple_contains(tuple, LOAM_LIST(2)) == 0);
    cr_assert_eq(loam_tuple_contains(tuple, (double)NAN), 1);
    cr_assert_eq(loam_tuple_count(tuple, 5), 2);
    cr_assert_eq(loam_tuple_count(tuple, 1), 1);
    cr_assert_eq(loam_tuple_count(tuple, "5"), 0);
    cr_assert_eq(loam_tuple_index(tuple, 5, LOAM_OMIT, LOAM_OMIT), 0);
    cr_assert_eq(loam_tuple_index(tuple, 5, 1, LOAM_OMIT), 2);
    cr_assert_eq(loam_tuple_index(tuple, 5, -100, 100), 0);
    cr_assert_eq(loam_tuple_index(tuple, LOAM_TUPLE(5), -3, LOAM_OMIT), 4);
    cr_assert_eq(loam_tuple_index(tuple, 5, 3, -1), LOAM_ERR_VALUE);
    cr_assert_str_eq(loam_error()->text, "the item is not in the tuple");
    assert_failed(LOAM_ERR_VALUE);
    cr_assert(loam_tuple_get_int(tuple, 0, &integer) == LOAM_OK && integer == 5);
    cr_assert(loam_tuple_get_int(tuple, -2, &integer) == LOAM_OK && integer == 1);
    cr_assert(loam_tuple_get_int(tuple, 1, &integer) == LOAM_ERR_TYPE && integer == 1);
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_tuple_get_int(tuple, 7, &integer), LOAM_ERR_INDEX);
    assert_failed(LOAM_ERR_INDEX);
}

LOAM_TEST(tuple, is_joined_and_repeated)
{
    loam_auto loam_list *item = loam_list_new();
    loam_auto loam_tuple *tuple = loam_tuple_of(1, item);
    loam_auto loam_tuple *none = loam_tuple_new(NULL, 0);
    loam_auto loam_tuple *both = loam_tuple_concat(tuple, tuple);
    loam_auto loam_tuple *left = loam_tuple_concat(tuple, none);
    loam_auto loam_tuple *right = loam_tuple_concat(none, tuple);
    loam_auto loam_tuple *thrice = loam_tuple_repeat(tuple, 3);
    loam_auto loam_tuple *once = loam_tuple_repeat(tuple, 1);
    loam_auto loam_tuple *never = loam_tuple_repeat(tuple, INT64_MIN);
    loam_auto loam_tuple *nothing = loam_tuple_repeat(none, INT64_MAX);

    assert_repr(loam_from(both), "(1, [], 1, [])");
    assert_repr(loam_from(thrice), "(1, [], 1, [], 1, [])");
    cr_assert(left == tuple && right == tuple && once == tuple, "a tuple that need not be copied is the same");
    cr_assert(never == none && nothing == none);
    cr_assert(has_count(item, 1 + 1 + 2 + 3));
    cr_assert_null(loam_tuple_repeat(tuple, INT64_MAX));
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert_null(loam_tuple_repeat(tuple, INT64_MAX / 32));
    assert_failed(LOAM_ERR_MEMORY);
}

LOAM_TEST(tuple, gives_all_its_items_as_an_array)
{
    loam_auto loam_list *list = loam_list_new();
    loam_auto loam_tuple *none = loam_tuple_new(NULL, 0);
    loam_auto loam_tuple *tuple = loam_tuple_of(list, 2, list);
    loam_span items = loam_tuple_span_peek(tuple);

    cr_assert_eq(items.len, 3);
    for (size_t i = 0; i < items.len; i++)
        cr_assert_eq(items.items[i].word, loam_tuple_get_peek(tuple, (int64_t)i).word);
    cr_assert(has_count(list, 1 + 2), "they are lent");
    cr_assert_eq(loam_tuple_span_peek(none).len, 0);
}

LOAM_TEST(tuple, functions_pass_an_earlier_failure_on)
{
    loam_auto loam_tuple *tuple = loam_tuple_of(1, 2);
    loam_status earlier = loam_fail(LOAM_ERR_KEY, "earlier");
    int64_t integer = 0;

    cr_assert_eq(loam_tuple_contains(NULL, LOAM_LIST(1)), earlier);
    cr_assert_eq(loam_tuple_contains(tuple, LOAM_UNSET), earlier);
    cr_assert_eq(loam_tuple_count(NULL, 1), earlier);
    cr_assert_eq(loam_tuple_count(tuple, (const char *)NULL), earlier);
    cr_assert_eq(loam_tuple_index(NULL, 1, 0, 1), earlier);
    cr_assert_eq(loam_tuple_index(tuple, LOAM_UNSET, 0, 1), earlier);
    cr_assert_eq(loam_tuple_get_int(NULL, 0, &integer), earlier);
    cr_assert_eq(loam_tuple_span_peek(NULL).len, 0);
    cr_assert_null(loam_tuple_concat(tuple, NULL));
    cr_assert_null(loam_tuple_concat(NULL, tuple));
    cr_assert_null(loam_tuple_repeat(NULL, 1));
    cr_assert_str_eq(loam_error()->text, "earlier");
    assert_failed(LOAM_ERR_KEY);
}

static bool make_tuples(void *context)
{
    loam_value text = *(loam_value *)context;
    loam_value items[2] = {text, text};
    loam_auto loam_tuple *borrowed = loam_tuple_new(items, 2);
    loam_auto loam_tuple *taken = NULL;
    loam_auto loam_tuple *slice = NULL;
    loam_auto loam_tuple *from = NULL;

    if (!borrowed)
        return false;
    loam_retain_value(text);
    loam_retain_value(text);
    taken = loam_tuple_new_take(items, 2);
    slice = loam_tuple_slice(taken, 1, 2, 1);
    from = slice ? loam_tuple_from(text) : NULL;
    return from && loam_tuple_len(from) == 300;
}

LOAM_TEST(tuple, that_cannot_be_made_is_a_failure)
{
    loam_value text = loam_from(loam_str_format("%0300d", 1));

    cr_assert_geq(fail_each_allocation(make_tuples, &text), 2 * 300);
    cr_assert(has_count(loam__object(text), 1));
    loam_release(text);
}
