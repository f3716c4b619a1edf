/*
 * Ten million levels deep, on a stack of 256 KiB: whatever walks down gives the right answer or LOAM_ERR_RECURSION, and
 * what only looks at one level, measures or frees always succeeds. A table of ways to nest x a table of what is done.
 *
 * CPython has crashed here: hash and dealloc of deep tuples (gh-149146), repr of dicts (gh-76318), chains of filters
 * (gh-102356).
 */
#include "tests/nestings.h"

#include <stdio.h>
#include <string.h>

/* A conservative collector looks at all of it, again and again. */
static unsigned depth_of(const nesting *n)
{
    unsigned most = loam_gc_has(LOAM_GC_PROMPT_FREE) ? n->depth : 200000;

    return rounds(n->depth < most ? n->depth : most);
}

/* What went wrong, as a test point's text. */
static const char *problem(const nesting *n, const char *what)
{
    static char text[400];

    snprintf(text, sizeof text, "%s of %s: %s", what, n->name, loam_error()->text);
    return text;
}

/* The right answer, or LOAM_ERR_RECURSION as the thread's last failure. */
static bool is_right(int64_t answer, int64_t right)
{
    bool good = answer == right || (answer == LOAM_ERR_RECURSION && loam_error()->status == LOAM_ERR_RECURSION);

    if (good)
        loam_error_clear();
    return good;
}

static int64_t status_of(const void *handle)
{
    int64_t status = handle ? LOAM_OK : loam_error()->status;

    loam_release(handle);
    return status;
}

static const char *compare_deep(const nesting *n, loam_value a, loam_value b)
{
    int order = 0;

    if (!is_right(loam_equal(a, b), 1))
        return problem(n, "equality");
    if (!is_right(loam_compare(a, b, &order), n->has_order ? LOAM_OK : LOAM_ERR_TYPE) || order != 0)
        return problem(n, "order");
    return NULL;
}

static const char *write_deep(const nesting *n, loam_value value)
{
    uint64_t hash;

    if (!is_right(loam_hash(value, &hash), n->has_hash ? LOAM_OK : LOAM_ERR_TYPE))
        return problem(n, "hash");
    if (!is_right(status_of(loam_repr(value)), LOAM_OK))
        return problem(n, "repr");
    if (!is_right(status_of(loam_str_of(value)), LOAM_OK))
        return problem(n, "str");
    return NULL;
}

static int64_t status_of_value(loam_value value)
{
    int64_t status = loam_is_unset(value) ? loam_error()->status : LOAM_OK;

    loam_release(value);
    return status;
}

static const char *set_defaults_deep(const nesting *n, loam_dict *dict, loam_value value)
{
    loam_auto loam_list *pairs = loam_list_of(LOAM_TUPLE(value, 1));
    loam_auto loam_list *keys = loam_list_of(value);
    loam_status right = n->has_hash ? LOAM_OK : LOAM_ERR_TYPE;
    uint64_t position = 0;
    loam_status answer = loam_dict_update(dict, loam_from(pairs));

    if (!is_right(answer, right) || !is_right(status_of(loam_dict_from(loam_from(pairs))), right) ||
        !is_right(status_of(loam_dict_from_keys(loam_from(keys), 1)), right))
        return problem(n, "making a dict of pairs or keys");
    if (!is_right(status_of_value(loam_dict_setdefault(dict, value, 1)), right) ||
        !is_right(status_of(loam_dict_merge(dict, dict)), LOAM_OK))
        return problem(n, "setting a default, and merging");
    if (loam_is_unset(loam_dict_setdefault_peek(dict, "a value", value)))
        return problem(n, "setting a deep default");
    while (loam_dict_next_peek(dict, &position, NULL, NULL) == LOAM_OK)
        if (!is_right(loam_dict_remove_current(dict, &position), LOAM_OK))
            return problem(n, "removing what a walk is at");
    return NULL;
}

/* As a key, where it is hashed, and named in a message. */
static const char *look_up_deep(const nesting *n, loam_value value)
{
    loam_auto loam_dict *dict = loam_dict_of("a", 1);
    loam_status answer = loam_dict_set(dict, value, 1);
    int64_t integer;

    if (!is_right(answer, n->has_hash ? LOAM_OK : LOAM_ERR_TYPE))
        return problem(n, "setting a key");
    if (answer == LOAM_OK && !is_right(loam_dict_remove(dict, value), LOAM_OK))
        return problem(n, "removing a key");
    answer = loam_dict_get_int(dict, value, &integer);
    if (!is_right(answer, n->has_hash ? LOAM_ERR_KEY : LOAM_ERR_TYPE))
        return problem(n, "getting a key");
    answer = (loam_status)status_of_value(loam_dict_get_or(dict, value, 1));
    if (!is_right(answer, n->has_hash ? LOAM_OK : LOAM_ERR_TYPE))
        return problem(n, "getting a key or a fallback");
    answer = (loam_status)status_of_value(loam_dict_pop_or(dict, value, 1));
    if (!is_right(answer, n->has_hash ? LOAM_OK : LOAM_ERR_TYPE))
        return problem(n, "popping a key or a fallback");
    return loam_dict_len(dict) == 1 ? set_defaults_deep(n, dict, value)
                                    : problem(n, "a failed call that changed a dict");
}

/* As values, which are compared. */
static const char *rank_deep(const nesting *n, loam_value a, loam_value b)
{
    loam_auto loam_dict *dict = loam_dict_of("a", a, "b", b);

    if (!is_right(status_of(loam_dict_most_common(dict, 1)), n->has_order ? LOAM_OK : LOAM_ERR_TYPE))
        return problem(n, "most_common");
    return NULL;
}

/* Copies are one level deep. */
static const char *copy_deep(const nesting *n, loam_value value)
{
    loam_auto loam_list *list = loam_list_of(value);
    loam_auto loam_list *copy = loam_list_from(loam_from(list));
    loam_auto loam_tuple *tuple = loam_tuple_from(loam_from(copy));
    loam_auto loam_list *slice = loam_list_slice(list, 0, 1, 1);
    loam_auto loam_dict *dict = loam_dict_of("a", value);
    loam_auto loam_dict *dict_copy = loam_dict_copy(dict);
    loam_auto loam_list *items = loam_dict_items(dict_copy);

    if (!tuple || !slice || !items || loam_list_extend(copy, value) < 0)
        return loam_error()->status == LOAM_ERR_TYPE ? NULL : problem(n, "a copy"); /* beads are not iterable */
    return NULL;
}

/* Always works, and is right. */
static const char *measure_deep(const nesting *n, loam_value value)
{
    int64_t one = loam_sizeof(value);
    int64_t all = loam_sizeof_deep(value);

    if (one <= 0)
        return problem(n, "sizeof");
    if (!strcmp(n->name, "containers in turn") ? all <= 0 : all != (int64_t)depth_of(n) * one)
        return problem(n, "sizeof_deep");
    return NULL;
}

static const nesting *tried;

static const char *try_nesting(void)
{
    loam_value a = nested(tried, depth_of(tried));
    loam_value b = nested(tried, depth_of(tried));
    const char *wrong = loam_is_unset(a) || loam_is_unset(b) ? problem(tried, "making") : NULL;

    wrong = wrong ? wrong : compare_deep(tried, a, b);
    wrong = wrong ? wrong : write_deep(tried, a);
    wrong = wrong ? wrong : look_up_deep(tried, a);
    wrong = wrong ? wrong : rank_deep(tried, a, b);
    wrong = wrong ? wrong : copy_deep(tried, a);
    loam_unset(&b);
    wrong = wrong ? wrong : measure_deep(tried, a);
    loam_unset(&a);
    loam_error_clear();
    return wrong;
}

static void assert_all_goes_well(const char *name)
{
    const char *wrong;

    tried = nesting_named(name);
    wrong = on_small_stack(try_nesting);
    cr_assert_null(wrong, "%s", wrong);
}

LOAM_TEST(depth, ten_million_tuples)
{
    assert_all_goes_well("tuples");
}

LOAM_TEST(depth, a_million_lists_dicts_and_all_in_turn)
{
    assert_all_goes_well("lists");
    assert_all_goes_well("dicts");
    assert_all_goes_well("containers in turn");
}

LOAM_TEST(depth, a_million_deques)
{
    assert_all_goes_well("deques");
}

LOAM_TEST(depth, a_million_frozensets)
{
    assert_all_goes_well("frozensets");
}

LOAM_TEST(depth, ten_million_objects_whose_slots_go_down)
{
    assert_all_goes_well("beads");
}

/* A chain of stages: asked for an item, it goes down to its source. */

static int any(loam_value item, void *context)
{
    (void)item;
    (void)context;
    return 1;
}

static loam_iter *chain_of_filters(unsigned stages)
{
    loam_iter *it = loam_iter_range(0, 5, 1);

    while (stages--)
        loam_iter_filter(it, any, NULL);
    return it;
}

static const char *run_a_chain(void)
{
    unsigned stages = rounds(1000000);
    loam_auto loam_iter *it = chain_of_filters(stages);
    loam_auto loam_iter *closed = chain_of_filters(stages);
    loam_auto loam_iter *released = chain_of_filters(stages);
    loam_auto loam_iter *measured = chain_of_filters(stages);
    int64_t count = loam_iter_count(it);
    loam_value item;

    if (count != LOAM_ERR_RECURSION || loam_error()->status != LOAM_ERR_RECURSION)
        return "a chain that is too long to be run";
    if (loam_iter_next_peek(it, &item) != LOAM_ERR_RECURSION)
        return "a failure that is final";
    if (loam_sizeof_deep(loam_from(measured)) < (int64_t)stages * 16)
        return "its size";
    loam_error_clear();
    loam_iter_close(closed);
    return loam_iter_next_peek(closed, &item) == LOAM_DONE ? NULL : "a closed chain";
}

LOAM_TEST(depth, a_million_stages)
{
    const char *wrong = on_small_stack(run_a_chain);

    cr_assert_null(wrong, "%s", wrong);
}

/* Not too deep: right answers where there is room for them. */
LOAM_TEST(depth, what_is_not_too_deep_is_no_failure)
{
    for (size_t i = 0; i < NESTINGS; i++) {
        nesting n = nestings[i];
        loam_value a = nested(&n, 300);
        loam_value b = nested(&n, 300);
        int order = 1;

        cr_assert_eq(loam_equal(a, b), 1, "%s", n.name);
        if (n.has_order)
            cr_assert(loam_compare(a, b, &order) == LOAM_OK && order == 0, "%s", n.name);
        cr_assert_eq(status_of(loam_repr(a)), LOAM_OK, "%s", n.name);
        loam_release(a);
        loam_release(b);
    }
    loam_auto loam_iter *it = chain_of_filters(300);
    cr_assert_eq(loam_iter_count(it), 5);
}
