/* Where loam once differed from CPython: sequences that tests/oracle.sh found, as it shrank them. */
#include "tests/harness.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

LOAM_TEST(oracle_found, long_key_that_a_look_up_made_is_found_again)
{
    loam_auto loam_dict *dict = loam_dict_new();

    cr_assert_eq(loam_dict_add(dict, "ffhghedabcddfacbb", 0), LOAM_OK);
    cr_assert_eq(loam_dict_add(dict, "ffhghedabcddfacbb", 0), LOAM_OK);
    assert_repr(loam_from(dict), "{'ffhghedabcddfacbb': 0}");
}

LOAM_TEST(oracle_found, long_key_made_from_a_view_equals_bytes)
{
    loam_auto loam_dict *dict = loam_dict_new();
    loam_auto loam_bytes *key = loam_bytes_from("\\\303\342\342\000\"'\200\377\012\200\"b\000\012'\000", 17);

    cr_assert_eq(loam_dict_add(dict, loam_bytes_view_peek(key), 0), LOAM_OK);
    cr_assert_eq(loam_dict_set(dict, key, 0), LOAM_OK);
    cr_assert_eq(loam_dict_len(dict), 1);
}

LOAM_TEST(oracle_found, key_above_int64_is_an_overflow_not_a_double)
{
    loam_auto loam_dict *dict = loam_dict_new();

    cr_assert_eq(loam_dict_add(dict, UINT64_C(9223372036854775808), 0), LOAM_ERR_OVERFLOW);
    assert_failed(LOAM_ERR_OVERFLOW);
    assert_repr(loam_from(dict), "{}");
}

/* There was room only after a rebuild, which came first. */
LOAM_TEST(oracle_found, add_that_overflows_leaves_an_iteration_alone)
{
    loam_auto loam_dict *dict = loam_dict_of(0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0);
    loam_auto loam_iter *keys = NULL;
    loam_value key;

    for (int i = 0; i < 4; i++)
        cr_assert_eq(loam_dict_remove(dict, i), LOAM_OK);
    keys = loam_iter_of(loam_from(dict));
    cr_assert_eq(loam_dict_add(dict, UINT64_C(9223372036854775808), 0), LOAM_ERR_OVERFLOW);
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert_eq(loam_iter_next_peek(keys, &key), LOAM_OK);
    assert_repr(key, "4");
}

LOAM_TEST(oracle_found, clearing_an_empty_dict_does_not_disturb_its_iteration)
{
    loam_auto loam_dict *dict = loam_dict_new();
    loam_auto loam_iter *items = loam_iter_items(dict);
    loam_value item;

    cr_assert_eq(loam_dict_clear(dict), LOAM_OK);
    cr_assert_eq(loam_iter_next_peek(items, &item), LOAM_DONE);
}

/* As in Python the slice of all of a tuple is the tuple: the repr of what contains itself shows it. */
LOAM_TEST(oracle_found, slice_of_a_whole_tuple_is_the_tuple)
{
    loam_auto loam_dict *dict = loam_dict_new();
    loam_auto loam_tuple *tuple = loam_tuple_of(LOAM_LIST(dict));
    loam_auto loam_tuple *slice = NULL;

    cr_assert_eq(loam_dict_set(dict, 0, tuple), LOAM_OK);
    slice = loam_tuple_slice(tuple, 0, LOAM_OMIT, 1);
    assert_repr(loam_from(slice), "([{0: (...)}],)");
    cr_assert_eq(loam_dict_clear(dict), LOAM_OK);
}

static loam_view a_copy(loam_view item, void *context)
{
    static char copy[9];

    (void)context;
    memcpy(copy, item.data, item.len);
    return (loam_view){copy, item.len};
}

/* What the empty view referred to was freed when the next result needed more room; only a sanitizer sees it. */
LOAM_TEST(oracle_found, empty_result_of_map_view_stays_readable)
{
    char path[] = "/tmp/loam-test-XXXXXX";
    int descriptor = mkstemp(path);
    loam_auto loam_iter *iter = NULL;
    loam_auto loam_dict *counts = NULL;

    cr_assert_geq(descriptor, 0);
    cr_assert_eq(write(descriptor, "\na\n", 3), 3);
    close(descriptor);
    iter = loam_iter_lines(path);
    unlink(path);
    loam_iter_map_view(iter, a_copy, NULL);
    counts = loam_iter_counter(iter);
    assert_repr(loam_from(counts), "{'': 1, 'a': 1}");
}
