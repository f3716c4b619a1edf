/*
 * Ten million levels deep, on a stack of 256 KiB: whatever walks down gives the right answer or LOAM_ERR_RECURSION, and
 * what only looks at one level, measures or frees always succeeds. A table of ways to nest x a table of what is done.
 *
 * CPython has crashed here: hash and dealloc of deep tuples (gh-149146), repr of dicts (gh-76318), chains of filters
 * (gh-102356).
 */
#include "tests/harness.h"

#include <stdio.h>

/* An object that refers to one more of its kind, with slots that go down by the library's own functions. */
typedef struct bead {
    loam_object loam;
    struct bead *next;
} bead;

static loam_value next_of(const void *self)
{
    const bead *l = self;
    return l->next ? loam_from(l->next) : LOAM_NONE;
}

static loam_status bead_hash(const void *self, uint64_t *out)
{
    return loam_hash(next_of(self), out);
}

static int bead_equal(const void *self, const void *other)
{
    return loam_equal(next_of(self), next_of(other));
}

static loam_status bead_compare(const void *self, const void *other, int *order)
{
    if (!((const bead *)self)->next) {
        *order = 0;
        return LOAM_OK;
    }
    return loam_compare(next_of(self), next_of(other), order);
}

static loam_str *bead_repr(const void *self)
{
    loam_auto loam_str *rest = loam_repr(next_of(self));
    return rest ? loam_str_new("bead") : NULL;
}

static loam_type bead_type = {.name = "bead",
                              .size = sizeof(bead),
                              .refs = LOAM_REFS(offsetof(bead, next)),
                              .hash = bead_hash,
                              .equal = bead_equal,
                              .compare = bead_compare,
                              .repr = bead_repr};

/* One level more around `inner`, whose reference is taken; unset on failure. */
typedef loam_value wrap_function(loam_value inner);

static loam_value in_a_tuple(loam_value inner)
{
    return loam_from(loam_tuple_new_take(&inner, 1));
}

static loam_value in_a_list(loam_value inner)
{
    return loam_from(loam_list_of(loam__take(inner)));
}

static loam_value in_a_deque(loam_value inner)
{
    loam_deque *deque = loam_deque_new();

    if (loam_deque_append_take(deque, inner) < 0)
        loam_release(loam_move(&deque));
    return loam_from(deque);
}

static loam_value in_a_dict(loam_value inner)
{
    return loam_from(loam_dict_of(1, loam__take(inner)));
}

static loam_value on_a_string(loam_value inner)
{
    bead *l = loam_new(&bead_type);

    if (l && !loam_is_none(inner))
        (void)!loam_slot_set_take(l, &l->next, inner);
    return loam_from(l);
}

static loam_value in_a_frozenset(loam_value inner)
{
    return loam_from(loam_frozenset_of(loam__take(inner)));
}

static unsigned turn;

static loam_value in_turn(loam_value inner)
{
    switch (turn++ % 3) {
    case 0:
        return in_a_list(inner);
    case 1:
        return in_a_tuple(inner);
    default:
        return in_a_dict(inner);
    }
}

static const struct nesting {
    const char *name;
    wrap_function *wrap;
    unsigned depth; /* building the larger ones costs most of the time */
    bool has_hash, has_order;
} nestings[] = {
    {"tuples", in_a_tuple, 10000000, true, true},
    {"lists", in_a_list, 1000000, false, true},
    {"dicts", in_a_dict, 1000000, false, false},
    {"beads", on_a_string, 10000000, true, true},
    {"deques", in_a_deque, 1000000, false, true},
    {"frozensets", in_a_frozenset, 1000000, true, true},
    {"containers in turn", in_turn, 1000000, false, false},
};

/* A conservative collector looks at all of it, again and again. */
static unsigned depth_of(const struct nesting *n)
{
    unsigned most = loam_gc_has(LOAM_GC_PROMPT_FREE) ? n->depth : 200000;

    return rounds(n->depth < most ? n->depth : most);
}

static loam_value nested(const struct nesting *n)
{
    loam_value value = LOAM_NONE;

    turn = 0;
    for (unsigned left = depth_of(n); left; left--)
        value = n->wrap(value);
    return value;
}

/* What went wrong, as a test point's text. */
static const char *problem(const struct nesting *n, const char *what)
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

static const char *compare_deep(const struct nesting *n, loam_value a, loam_value b)
{
    int order = 0;

    if (!is_right(loam_equal(a, b), 1))
        return problem(n, "equality");
    if (!is_right(loam_compare(a, b, &order), n->has_order ? LOAM_OK : LOAM_ERR_TYPE) || order != 0)
        return problem(n, "order");
    return NULL;
}

static const char *write_deep(const struct nesting *n, loam_value value)
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

static const char *set_defaults_deep(const struct nesting *n, loam_dict *dict, loam_value value)
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
static const char *look_up_deep(const struct nesting *n, loam_value value)
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
static const char *rank_deep(const struct nesting *n, loam_value a, loam_value b)
{
    loam_auto loam_dict *dict = loam_dict_of("a", a, "b", b);

    if (!is_right(status_of(loam_dict_most_common(dict, 1)), n->has_order ? LOAM_OK : LOAM_ERR_TYPE))
        return problem(n, "most_common");
    return NULL;
}

/* Copies are one level deep. */
static const char *copy_deep(const struct nesting *n, loam_value value)
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
static const char *measure_deep(const struct nesting *n, loam_value value)
{
    int64_t one = loam_sizeof(value);
    int64_t all = loam_sizeof_deep(value);

    if (one <= 0)
        return problem(n, "sizeof");
    if (n->wrap == in_turn ? all <= 0 : all != (int64_t)depth_of(n) * one)
        return problem(n, "sizeof_deep");
    return NULL;
}

static const struct nesting *tried;

static const char *try_nesting(void)
{
    loam_value a = nested(tried);
    loam_value b = nested(tried);
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

static void assert_all_goes_well(const struct nesting *n)
{
    const char *wrong;

    tried = n;
    wrong = on_small_stack(try_nesting);
    cr_assert_null(wrong, "%s", wrong);
}

LOAM_TEST(depth, ten_million_tuples)
{
    assert_all_goes_well(&nestings[0]);
}

LOAM_TEST(depth, a_million_lists_dicts_and_all_in_turn)
{
    assert_all_goes_well(&nestings[1]);
    assert_all_goes_well(&nestings[2]);
    assert_all_goes_well(&nestings[5]);
}

LOAM_TEST(depth, a_million_deques)
{
    assert_all_goes_well(&nestings[4]);
}

LOAM_TEST(depth, a_million_frozensets)
{
    assert_all_goes_well(&nestings[5]);
}

LOAM_TEST(depth, ten_million_objects_whose_slots_go_down)
{
    assert_all_goes_well(&nestings[3]);
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
    for (size_t i = 0; i < sizeof nestings / sizeof *nestings; i++) {
        struct nesting n = nestings[i];
        loam_value a, b;
        int order = 1;

        n.depth = 300;
        a = nested(&n);
        b = nested(&n);
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
