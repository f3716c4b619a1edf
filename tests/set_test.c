/* set and frozenset. */
#include "tests/harness.h"

#include "containers/dict_batch.h"
#include "containers/set.h"
#include "lib/alloc.h"

#include <stdio.h>

static void check(const void *set)
{
    const char *broken = loam__dict_check((loam_dict *)(uintptr_t)set);

    cr_assert_null(broken, "%s", broken);
}

static loam_set *set_of_ints(int64_t first, int64_t count)
{
    loam_set *set = loam_set_new();

    for (int64_t i = 0; i < count; i++)
        cr_assert_eq(loam_set_add(set, first + i), 1);
    return set;
}

/* An element whose hash and equality are counted, and can be told to fail. */
typedef struct thing {
    loam_object loam;
    int64_t id;
} thing;

static unsigned hashed;
static int64_t fails_at; /* the id whose hash fails */

static loam_status thing_hash(const void *self, uint64_t *out)
{
    hashed++;
    *out = (uint64_t)((const thing *)self)->id;
    return ((const thing *)self)->id == fails_at ? loam_fail(LOAM_ERR_VALUE, "told to fail") : LOAM_OK;
}

static int thing_equal(const void *self, const void *other)
{
    return ((const thing *)self)->id == ((const thing *)other)->id;
}

static loam_type thing_type = {.name = "thing", .size = sizeof(thing), .hash = thing_hash, .equal = thing_equal};

static loam_value thing_new(int64_t id)
{
    thing *t = loam_new(&thing_type);

    t->id = id;
    return loam_from(t);
}

static loam_list *things(int64_t first, int64_t count)
{
    loam_list *list = loam_list_new();

    fails_at = -1;
    for (int64_t i = 0; i < count; i++)
        cr_assert_eq(loam_list_append_take(list, thing_new(first + i)), LOAM_OK);
    return list;
}

LOAM_TEST(set, add_says_whether_an_element_is_new)
{
    loam_auto loam_set *set = loam_set_new();

    cr_assert_eq(loam_set_add(set, "text"), 1);
    cr_assert_eq(loam_set_add(set, "text"), 0);
    cr_assert_eq(loam_set_add(set, ((loam_view){"text and more", 4})), 0);
    cr_assert_eq(loam_set_add(set, 1), 1);
    cr_assert_eq(loam_set_add(set, 1.0), 0); /* equal as keys are */
    cr_assert_eq(loam_set_add(set, LOAM_TRUE), 0);
    cr_assert_eq(loam_set_add(set, LOAM_TUPLE(1, "x")), 1);
    cr_assert_eq(loam_set_add(set, LOAM_TUPLE(1, "x")), 0);
    cr_assert_eq(loam_set_add(set, INT64_MIN), 1); /* boxed */
    cr_assert_eq(loam_set_add(set, INT64_MIN), 0);
    cr_assert_eq(loam_set_add(set, UINT64_MAX), LOAM_ERR_OVERFLOW);
    assert_failed(LOAM_ERR_OVERFLOW);
    assert_repr(loam_from(set), "{'text', 1, (1, 'x'), -9223372036854775808}");
    cr_assert_eq(loam_set_len(set), 4);
    check(set);
}

LOAM_TEST(set, elements_are_found_and_removed)
{
    loam_auto loam_set *set = loam_set_of("a", 2, LOAM_NONE, 2.5);

    cr_assert_eq(loam_set_contains(set, "a"), 1);
    cr_assert_eq(loam_set_contains(set, "b"), 0);
    cr_assert_eq(loam_set_contains(set, 2), 1);
    cr_assert_eq(loam_set_contains(set, UINT64_MAX), 0);
    cr_assert_eq(loam_set_discard(set, 2), 1);
    cr_assert_eq(loam_set_discard(set, 2), 0);
    cr_assert_eq(loam_set_remove(set, "a"), LOAM_OK);
    cr_assert_eq(loam_set_remove(set, "a"), LOAM_ERR_KEY);
    cr_assert_str_eq(loam_error()->text, "no such key: 'a'");
    assert_repr(loam_from(set), "{None, 2.5}");
    check(set);
}

LOAM_TEST(set, both_ends_can_be_taken_off)
{
    loam_auto loam_set *set = loam_set_of(1, 2, 3, 4);
    loam_value element;

    cr_assert(loam_set_pop_first(set, &element) == LOAM_OK && element.word == loam_int(1).word);
    cr_assert(loam_set_pop_last(set, &element) == LOAM_OK && element.word == loam_int(4).word);
    cr_assert_eq(loam_set_pop_last(set, NULL), LOAM_OK);
    cr_assert_eq(loam_set_pop_first(set, NULL), LOAM_OK);
    cr_assert(loam_set_pop_first(set, &element) == LOAM_MISSING && loam_is_unset(element));
    cr_assert(loam_set_pop_last(set, &element) == LOAM_MISSING && loam_is_unset(element));
}

LOAM_TEST(set, elements_are_removed_while_they_are_walked_over)
{
    loam_auto loam_set *set = loam_set_new();
    loam_value element;
    uint64_t position = 0;
    uint64_t other = 0;

    for (int64_t i = 0; i < 100; i++)
        cr_assert_eq(loam_set_add(set, i), 1);
    cr_assert_eq(loam_set_next_peek(set, &other, &element), LOAM_OK);
    while (loam_set_next_peek(set, &position, &element) == LOAM_OK)
        if (element.word % 4 == loam_int(1).word % 4)
            cr_assert_eq(loam_set_remove_current(set, &position), LOAM_OK);
    cr_assert(loam_is_unset(element));
    cr_assert_eq(loam_set_len(set), 50);
    cr_assert_eq(loam_set_contains(set, 1), 0);
    cr_assert_eq(loam_set_contains(set, 2), 1);
    cr_assert_eq(loam_set_next_peek(set, &other, &element), LOAM_ERR_CHANGED);
    cr_assert_str_eq(loam_error()->text, "set changed during iteration");
    check(set);
}

LOAM_TEST(set, what_has_no_hash_is_no_element)
{
    loam_auto loam_set *set = loam_set_of(1);
    loam_auto loam_list *list = loam_list_of(5, LOAM_LIST(1), 6);

    cr_assert_eq(loam_set_add(set, LOAM_LIST(1)), LOAM_ERR_TYPE);
    cr_assert_eq(loam_set_add(set, LOAM_SET(1)), LOAM_ERR_TYPE);
    cr_assert_str_eq(loam_error()->text, "unhashable type: 'set'");
    cr_assert_eq(loam_set_contains(set, LOAM_DICT(1, 2)), LOAM_ERR_TYPE);
    cr_assert_null(loam_set_of(1, LOAM_LIST(2)));
    cr_assert_null(loam_set_from(loam_from(list)));
    cr_assert_null(loam_set_from(LOAM_NONE));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_set_update(set, loam_from(list)), LOAM_ERR_TYPE); /* keeps what came before */
    assert_repr(loam_from(set), "{1, 5}");
    cr_assert_eq(loam_set_intersection_update(set, loam_from(list)), LOAM_ERR_TYPE); /* changes nothing */
    cr_assert_eq(loam_set_symmetric_difference_update(set, loam_from(list)), LOAM_ERR_TYPE);
    assert_repr(loam_from(set), "{1, 5}");
    cr_assert_eq(loam_set_difference_update(set, loam_from(list)), LOAM_ERR_TYPE);
    assert_repr(loam_from(set), "{1}");
    cr_assert_eq(loam_set_reserve(set, -1), LOAM_ERR_VALUE);
    loam_error_clear();
}

/* As Python: it has no hash, but there is a frozenset that would be equal to it. */
LOAM_TEST(set, a_set_is_looked_up_as_a_frozenset_would_be)
{
    loam_auto loam_set *set = loam_set_of(LOAM_FROZENSET(1, 2), 3);
    loam_auto loam_frozenset *frozen = loam_frozenset_from(loam_from(set));
    loam_auto loam_set *inner = loam_set_of(2, 1);

    cr_assert_eq(loam_set_contains(set, inner), 1);
    cr_assert_eq(loam_frozenset_contains(frozen, LOAM_SET(1, 2)), 1);
    cr_assert_eq(loam_set_contains(set, LOAM_SET(1)), 0);
    cr_assert_eq(loam_set_discard(set, LOAM_SET(1)), 0);
    cr_assert_eq(loam_set_remove(set, inner), LOAM_OK);
    assert_repr(loam_from(set), "{3}");
}

LOAM_TEST(set, a_frozenset_is_a_key_and_an_element)
{
    loam_auto loam_dict *dict = loam_dict_of(LOAM_FROZENSET("a", "b"), 1);
    loam_auto loam_frozenset *same = loam_frozenset_of("b", "a");
    loam_auto loam_set *set = loam_set_of(LOAM_FROZENSET(1, 2), LOAM_FROZENSET(2, 1), LOAM_FROZENSET(1.0, 2));
    int64_t integer = 0;

    cr_assert_eq(loam_dict_get_int(dict, same, &integer), LOAM_OK);
    cr_assert_eq(integer, 1);
    assert_repr(loam_from(set), "{frozenset({1, 2})}");
}

LOAM_TEST(set, the_hash_of_a_frozenset_is_not_that_of_its_neighbours)
{
    loam_auto loam_set *hashes = loam_set_new();

    for (int64_t bits = 0; bits < 1 << 12; bits++) {
        loam_auto loam_set *set = loam_set_new();
        loam_auto loam_frozenset *frozen = NULL;
        uint64_t hash;
        for (int64_t i = 0; i < 12; i++)
            if (bits >> i & 1)
                cr_assert_eq(loam_set_add(set, i), 1);
        frozen = loam_frozenset_from(loam_from(set));
        cr_assert_eq(loam_hash(loam_from(frozen), &hash), LOAM_OK);
        cr_assert_eq(loam_set_add(hashes, (int64_t)(hash >> 2)), 1, "subset %lld", (long long)bits);
    }
}

LOAM_TEST(set, sets_are_equal_by_their_elements)
{
    loam_auto loam_set *a = loam_set_of(1, 2, 3);
    loam_auto loam_set *b = loam_set_of(3, 2.0, 1);
    loam_auto loam_frozenset *frozen = loam_frozenset_of(2, 3, 1);
    loam_auto loam_set *other = loam_set_of(1, 2, 4);
    loam_auto loam_list *list = loam_list_of(1, 2, 3);

    cr_assert_eq(loam_equal(loam_from(a), loam_from(b)), 1);
    cr_assert_eq(loam_equal(loam_from(a), loam_from(frozen)), 1);
    cr_assert_eq(loam_equal(loam_from(frozen), loam_from(a)), 1);
    cr_assert_eq(loam_equal(loam_from(a), loam_from(other)), 0);
    cr_assert_eq(loam_equal(loam_from(a), loam_from(list)), 0);
}

static int order_of(loam_literal a, loam_literal b)
{
    loam_auto_value loam_value x = a.value;
    loam_auto_value loam_value y = b.value;
    int order = 5;

    cr_assert_eq(loam_compare(x, y, &order), LOAM_OK);
    return order;
}

LOAM_TEST(set, their_order_is_that_of_subsets)
{
    loam_auto loam_set *set = loam_set_of(1);
    int order;

    cr_assert_eq(order_of(LOAM_SET(1), LOAM_SET(2, 1)), -1);
    cr_assert_eq(order_of(LOAM_SET(1, 2), LOAM_FROZENSET(2)), 1);
    cr_assert_eq(order_of(LOAM_FROZENSET(1, 2), LOAM_SET(2, 1)), 0);
    cr_assert_eq(order_of(LOAM_SET(1, 2), LOAM_SET(1, 3)), LOAM_UNORDERED);
    cr_assert_eq(order_of(LOAM_SET(1, 2), LOAM_SET(3)), LOAM_UNORDERED);
    cr_assert_eq(loam_compare(loam_from(set), LOAM_NONE, &order), LOAM_ERR_TYPE);
    loam_error_clear();
}

LOAM_TEST(set, an_empty_one_is_not_written_as_a_dict)
{
    assert_repr_take(loam_from(loam_set_new()), "set()");
    assert_repr_take(loam_from(loam_frozenset_new()), "frozenset()");
    assert_repr_take(loam_from(loam_set_of("a")), "{'a'}");
    assert_repr_take(loam_from(loam_frozenset_of("a", LOAM_TUPLE(1))), "frozenset({'a', (1,)})");
}

/* An element that refers to the set that it is in. */
typedef struct owner {
    loam_object loam;
    loam_set *set;
} owner;

static loam_str *owner_repr(const void *self)
{
    return loam_repr(loam_from(((const owner *)self)->set));
}

static loam_type owner_type = {
    .name = "owner", .size = sizeof(owner), .refs = LOAM_REFS(offsetof(owner, set)), .repr = owner_repr};

static void make_cycle(bool look)
{
    loam_auto loam_set *set = loam_set_of(1);
    loam_auto owner *o = loam_new(&owner_type);

    cr_assert_eq(loam_slot_set(o, &o->set, loam_from(set)), LOAM_OK);
    cr_assert_eq(loam_set_add(set, loam_from(o)), 1);
    if (look)
        assert_repr(loam_from(set), "{1, set(...)}");
}

LOAM_TEST(set, one_that_contains_itself_is_written_once)
{
    make_cycle(true);
    collect_everything();
}

LOAM_TEST(set, cycles_through_sets_are_collected)
{
    needs(LOAM_GC_EXACT_CYCLES);
    collect_everything();
    for (int i = 0; i < 10; i++)
        make_cycle(false);
    cr_assert_eq(loam_gc_collect(2), 20);
}

LOAM_TEST(set, order_is_that_of_insertion)
{
    loam_auto loam_set *a = loam_set_of(5, 3, 8, 1);
    loam_auto loam_set *b = loam_set_of(9, 1.0, 3, 7);
    loam_auto loam_list *list = loam_list_of(7, 3, 7, 9, 1.0);

    assert_repr_take(loam_from(loam_set_union(a, loam_from(b))), "{5, 3, 8, 1, 9, 7}");
    assert_repr_take(loam_from(loam_set_intersection(a, loam_from(b))), "{3, 1}");
    assert_repr_take(loam_from(loam_set_difference(a, loam_from(b))), "{5, 8}");
    assert_repr_take(loam_from(loam_set_symmetric_difference(a, loam_from(b))), "{5, 8, 9, 7}");
    assert_repr_take(loam_from(loam_set_intersection(a, loam_from(list))), "{3, 1}");
    assert_repr_take(loam_from(loam_set_symmetric_difference(a, loam_from(list))), "{5, 8, 7, 9}");
    assert_repr_take(loam_from(loam_frozenset_from(loam_from(list))), "frozenset({7, 3, 9, 1.0})");
    cr_assert(loam_set_remove(a, 3) == LOAM_OK && loam_set_add(a, 3) == 1);
    assert_repr(loam_from(a), "{5, 8, 1, 3}");
}

LOAM_TEST(set, operations_with_itself)
{
    loam_auto loam_set *set = loam_set_of(1, 2, 3);

    cr_assert_eq(loam_set_update(set, loam_from(set)), LOAM_OK);
    cr_assert_eq(loam_set_intersection_update(set, loam_from(set)), LOAM_OK);
    cr_assert(loam_set_issubset(set, loam_from(set)) == 1 && loam_set_issuperset(set, loam_from(set)) == 1);
    cr_assert_eq(loam_set_isdisjoint(set, loam_from(set)), 0);
    assert_repr_take(loam_from(loam_set_symmetric_difference(set, loam_from(set))), "set()");
    assert_repr(loam_from(set), "{1, 2, 3}");
    cr_assert_eq(loam_set_symmetric_difference_update(set, loam_from(set)), LOAM_OK);
    cr_assert_eq(loam_set_len(set), 0);
    cr_assert_eq(loam_set_isdisjoint(set, loam_from(set)), 1);
    cr_assert_eq(loam_set_add(set, 1), 1);
    cr_assert_eq(loam_set_difference_update(set, loam_from(set)), LOAM_OK);
    cr_assert_eq(loam_set_len(set), 0);
}

LOAM_TEST(set, changing_it_ends_an_iteration)
{
    loam_auto loam_set *set = loam_set_of(1, 2, 3);
    loam_auto loam_iter *it = loam_iter_of(loam_from(set));
    loam_value item;

    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
    cr_assert_eq(loam_set_add(set, 2), 0); /* no change */
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
    cr_assert(loam_set_discard(set, 1) == 1 && loam_set_add(set, 1) == 1); /* as many as before */
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_ERR_CHANGED);
    cr_assert_str_eq(loam_error()->text, "set changed during iteration");
    loam_error_clear();
}

/* What is done to {0, 1, .. 5} between two steps of an iteration, and what the iteration says then. */
#define CHANGES(X)                                                                                                     \
    X(LOAM_ERR_CHANGED, add_a_new_one, loam_set_add(set, 6) == 1)                                                      \
    X(LOAM_OK, add_one_that_is_there, loam_set_add(set, 3) == 0)                                                       \
    X(LOAM_ERR_CHANGED, discard, loam_set_discard(set, 3) == 1)                                                        \
    X(LOAM_OK, discard_one_that_is_not_there, loam_set_discard(set, 6) == 0)                                           \
    X(LOAM_ERR_CHANGED, remove, loam_set_remove(set, 0) == LOAM_OK)                                                    \
    X(LOAM_OK, remove_one_that_is_not_there, loam_set_remove(set, 6) == LOAM_ERR_KEY)                                  \
    X(LOAM_ERR_CHANGED, replace, loam_set_discard(set, 5) == 1 && loam_set_add(set, 5) == 1)                           \
    X(LOAM_ERR_CHANGED, pop_first, loam_set_pop_first(set, NULL) == LOAM_OK)                                           \
    X(LOAM_ERR_CHANGED, pop_last, loam_set_pop_last(set, NULL) == LOAM_OK)                                             \
    X(LOAM_ERR_CHANGED, clear, loam_set_clear(set) == LOAM_OK)                                                         \
    X(LOAM_ERR_CHANGED, reserve_more, loam_set_reserve(set, 1000) == LOAM_OK)                                          \
    X(LOAM_OK, reserve_what_is_there, loam_set_reserve(set, 6) == LOAM_OK)                                             \
    X(LOAM_ERR_CHANGED, update, loam_set_update(set, some) == LOAM_OK)                                                 \
    X(LOAM_ERR_CHANGED, update_by_a_list, loam_set_update(set, listed) == LOAM_OK)                                     \
    X(LOAM_OK, update_by_nothing_new, loam_set_update(set, same) == LOAM_OK)                                           \
    X(LOAM_OK, update_by_itself, loam_set_update(set, self) == LOAM_OK)                                                \
    X(LOAM_ERR_CHANGED, intersection, loam_set_intersection_update(set, some) == LOAM_OK)                              \
    X(LOAM_ERR_CHANGED, intersection_with_a_list, loam_set_intersection_update(set, listed) == LOAM_OK)                \
    X(LOAM_OK, intersection_with_all, loam_set_intersection_update(set, same) == LOAM_OK)                              \
    X(LOAM_OK, intersection_with_itself, loam_set_intersection_update(set, self) == LOAM_OK)                           \
    X(LOAM_ERR_CHANGED, difference, loam_set_difference_update(set, some) == LOAM_OK)                                  \
    X(LOAM_ERR_CHANGED, difference_to_a_list, loam_set_difference_update(set, listed) == LOAM_OK)                      \
    X(LOAM_ERR_CHANGED, difference_to_itself, loam_set_difference_update(set, self) == LOAM_OK)                        \
    X(LOAM_OK, difference_to_others, loam_set_difference_update(set, others) == LOAM_OK)                               \
    X(LOAM_ERR_CHANGED, symmetric_difference, loam_set_symmetric_difference_update(set, some) == LOAM_OK)              \
    X(LOAM_ERR_CHANGED, symmetric_difference_to_a_list, loam_set_symmetric_difference_update(set, listed) == LOAM_OK)  \
    X(LOAM_ERR_CHANGED, symmetric_difference_to_others, loam_set_symmetric_difference_update(set, others) == LOAM_OK)  \
    X(LOAM_OK, symmetric_difference_to_nothing, loam_set_symmetric_difference_update(set, nothing) == LOAM_OK)         \
    X(LOAM_ERR_CHANGED, removal_by_another_walk, remove_by_a_walk(set))                                                \
    X(LOAM_OK, questions, ask(set, some))

static bool remove_by_a_walk(loam_set *set)
{
    uint64_t position = 0;
    loam_value element;

    return loam_set_next_peek(set, &position, &element) == LOAM_OK &&
           loam_set_remove_current(set, &position) == LOAM_OK;
}

static bool ask(loam_set *set, loam_value other)
{
    loam_auto loam_set *copy = loam_set_copy(set);
    loam_auto loam_set *all = loam_set_union(set, other);

    return copy && all && loam_set_contains(set, 3) == 1 && loam_set_isdisjoint(set, other) == 0;
}

#define CHANGE(says, name, call)                                                                                       \
    static bool change_##name(loam_set *set, loam_value some, loam_value listed, loam_value same, loam_value others,   \
                              loam_value nothing)                                                                      \
    {                                                                                                                  \
        loam_value self = loam_from(set);                                                                              \
        (void)some, (void)listed, (void)same, (void)others, (void)nothing, (void)self;                                 \
        return (call);                                                                                                 \
    }
CHANGES(CHANGE)

#define CHANGE_ROW(says, name, call) {#name, change_##name, says},
static const struct set_change {
    const char *name;
    bool (*make)(loam_set *set, loam_value some, loam_value listed, loam_value same, loam_value others,
                 loam_value nothing);
    loam_status says;
} set_changes[] = {CHANGES(CHANGE_ROW)};

/* Whether it was as the table says. `some` has elements that the set has, and others. */
static bool make_change(const struct set_change *c, loam_set *set)
{
    loam_auto loam_set *some = set_of_ints(3, 6);
    loam_auto loam_list *listed = loam_list_from(loam_from(some));
    loam_auto loam_set *same = set_of_ints(0, 6);
    loam_auto loam_set *others = set_of_ints(10, 3);
    loam_auto loam_set *nothing = loam_set_new();
    bool good = c->make(set, loam_from(some), loam_from(listed), loam_from(same), loam_from(others),
                        loam_from(nothing));

    loam_error_clear();
    check(set);
    return good;
}

/* Of an iteration that goes on, all that is left comes. */
static void assert_iterator_says(const struct set_change *c, int64_t steps)
{
    loam_auto loam_set *set = set_of_ints(0, 6);
    loam_auto loam_iter *it = loam_iter_of(loam_from(set));
    loam_value element;

    for (int64_t i = 0; i < steps; i++)
        cr_assert(loam_iter_next_peek(it, &element) == LOAM_OK && element.word == loam_int(i).word);
    cr_assert(make_change(c, set), "%s", c->name);
    if (c->says == LOAM_OK)
        cr_assert_eq(loam_iter_count(it), 6 - steps, "%s", c->name);
    else
        for (int again = 0; again < 2; again++)
            cr_assert_eq(loam_iter_next_peek(it, &element), LOAM_ERR_CHANGED, "%s after %d", c->name, (int)steps);
    loam_error_clear();
}

static void assert_walk_says(const struct set_change *c, int64_t steps)
{
    loam_auto loam_set *set = set_of_ints(0, 6);
    uint64_t position = 0;
    loam_value element;

    for (int64_t i = 0; i < steps; i++)
        cr_assert_eq(loam_set_next_peek(set, &position, &element), LOAM_OK);
    cr_assert(make_change(c, set), "%s", c->name);
    for (int64_t i = steps; i < 6 && c->says == LOAM_OK; i++)
        cr_assert(loam_set_next_peek(set, &position, &element) == LOAM_OK && element.word == loam_int(i).word, "%s",
                  c->name);
    cr_assert_eq(loam_set_next_peek(set, &position, &element), c->says == LOAM_OK ? LOAM_DONE : c->says, "%s after %d",
                 c->name, (int)steps);
    cr_assert(loam_is_unset(element));
    if (c->says != LOAM_OK)
        cr_assert_eq(loam_set_remove_current(set, &position), LOAM_ERR_CHANGED, "%s", c->name);
    loam_error_clear();
}

LOAM_TEST(set, an_iteration_ends_with_the_changes_that_are_changes)
{
    for (size_t i = 0; i < sizeof set_changes / sizeof *set_changes; i++)
        for (int64_t steps = 1; steps <= 5; steps += 2) {
            assert_iterator_says(&set_changes[i], steps);
            assert_walk_says(&set_changes[i], steps);
        }
}

LOAM_TEST(set, the_removal_of_the_current_element_is_the_change_that_a_walk_survives)
{
    for (unsigned removed = 0; removed < 64; removed++) { /* a bit for each element */
        loam_auto loam_set *set = set_of_ints(0, 6);
        loam_auto loam_iter *it = loam_iter_of(loam_from(set));
        uint64_t position = 0;
        loam_value element;

        cr_assert_eq(loam_set_remove_current(set, &position), LOAM_ERR_KEY); /* there was none yet */
        cr_assert_eq(loam_iter_next_peek(it, &element), LOAM_OK);
        for (int64_t i = 0; i < 6; i++) {
            cr_assert(loam_set_next_peek(set, &position, &element) == LOAM_OK && element.word == loam_int(i).word);
            if (!(removed >> i & 1))
                continue;
            cr_assert_eq(loam_set_remove_current(set, &position), LOAM_OK);
            cr_assert_eq(loam_set_remove_current(set, &position), LOAM_ERR_KEY);
        }
        cr_assert_eq(loam_set_next_peek(set, &position, &element), LOAM_DONE);
        cr_assert_eq(loam_set_len(set), 6 - __builtin_popcount(removed));
        cr_assert_eq(loam_iter_next_peek(it, &element), removed ? LOAM_ERR_CHANGED : LOAM_OK);
        check(set);
        loam_error_clear();
    }
}

LOAM_TEST(set, copies_hash_no_element)
{
    loam_auto loam_list *list = things(0, 100);
    loam_auto loam_set *set = loam_set_from(loam_from(list));
    loam_auto loam_set *copy = NULL;
    loam_auto loam_frozenset *frozen = NULL;
    loam_auto loam_set *all = NULL;

    hashed = 0;
    copy = loam_set_copy(set);
    frozen = loam_frozenset_from(loam_from(set));
    cr_assert_eq(hashed, 0);
    check(copy);
    check(frozen);
    cr_assert(loam_equal(loam_from(copy), loam_from(frozen)) == 1);
    all = loam_set_intersection(set, loam_from(frozen));
    cr_assert_eq(loam_set_len(all), 100);
    cr_assert_eq(loam_set_discard(copy, loam_list_get_peek(list, 50)), 1);
    cr_assert_eq(loam_set_len(set), 100);
    loam_release(loam_move(&frozen));
    frozen = loam_frozenset_from(loam_from(copy)); /* with a hole */
    check(frozen);
    cr_assert_eq(loam_frozenset_len(frozen), 99);
    loam_auto loam_frozenset *same = loam_frozenset_from(loam_from(frozen));
    cr_assert_eq(same, frozen);
}

static loam_value int_element(int64_t i)
{
    return loam_int(i);
}

static loam_value text_element(int64_t i)
{
    return loam_from(loam_str_format("an element that is number %d", (int)i));
}

static loam_value tuple_element(int64_t i)
{
    return loam_from(loam_tuple_of(i, LOAM_TAKE(text_element(i))));
}

static loam_value thing_element(int64_t i)
{
    return thing_new(i);
}

/* All that copies a set, or a dict's keys; `other` has none of them. */
static void *copy_in_a_way(int way, loam_set *set, loam_value other)
{
    switch (way) {
    case 0:
        return loam_set_copy(set);
    case 1:
        return loam_frozenset_from(loam_from(set));
    case 2:
        return loam_set_union(set, other);
    case 3:
        return loam_set_intersection(set, loam_from(set));
    case 4:
        return loam_set_difference(set, other);
    default:
        return loam_set_symmetric_difference(set, other);
    }
}

/* Of `n` elements only every `step`th is left. */
static loam_set *hollow_set(loam_value (*element)(int64_t), int64_t n, int64_t step)
{
    loam_set *set = loam_set_new();

    for (int64_t i = 0; i < n; i++)
        cr_assert_eq(loam_set_add(set, LOAM_TAKE(element(i))), 1);
    for (int64_t i = 0; i < n; i++)
        cr_assert(i % step == 1 || loam_set_discard(set, LOAM_TAKE(element(i))) == 1);
    return set;
}

LOAM_TEST(set, copies_do_without_the_holes)
{
    static loam_value (*const elements[])(int64_t) = {int_element, text_element, tuple_element, thing_element};
    int64_t n = LOAM_STRESS ? 100 : 3000;

    fails_at = -1;
    for (size_t kind = 0; kind < 4; kind++)
        for (int64_t left = 2; left <= 50; left *= 5) {
            loam_auto loam_set *set = hollow_set(elements[kind], n, n / left);
            loam_auto loam_set *none = loam_set_new();
            loam_auto loam_list *listed = loam_list_from(loam_from(set));
            for (int way = 0; way < 6; way++) {
                hashed = 0;
                loam_value copy = loam_from((loam_set *)copy_in_a_way(way, set, loam_from(none)));
                bool stays = elements[kind] == thing_element && left > LOAM__DICT_PLAIN;
                loam_auto loam_list *relisted = loam_list_from(copy);
                cr_assert(way == 3 || !hashed, "way %d", way);
                check(loam__object(copy));
                cr_assert_eq(loam_equal(loam_from(relisted), loam_from(listed)), 1);
                cr_assert_eq(loam_equal(copy, loam_from(set)), 1);
                cr_assert(stays || loam_sizeof(copy) <= 300 + 60 * left, "kind %zu, %d left, way %d: %d bytes", kind,
                          (int)left, way, (int)loam_sizeof(copy));
                loam_release(copy);
            }
        }
}

/* A hash that fails in the middle: a new set is not made, and the old one as the header says. */
LOAM_TEST(set, an_operation_fails_with_the_hash_of_an_element)
{
    loam_auto loam_list *list = things(0, 40);
    loam_auto loam_list *more = things(20, 40);
    loam_auto loam_set *set = loam_set_from(loam_from(list));
    loam_auto loam_set *before = loam_set_copy(set);
    loam_auto loam_set *other = loam_set_from(loam_from(more));

    fails_at = 30;
    cr_assert_null(loam_set_union(set, loam_from(other)));
    cr_assert_null(loam_set_intersection(set, loam_from(other)));
    cr_assert_null(loam_set_difference(set, loam_from(more)));
    cr_assert_null(loam_set_symmetric_difference(set, loam_from(other)));
    cr_assert_eq(loam_set_issuperset(before, loam_from(other)), LOAM_ERR_VALUE);
    cr_assert_eq(loam_set_intersection_update(set, loam_from(more)), LOAM_ERR_VALUE);
    fails_at = -1;
    cr_assert_eq(loam_equal(loam_from(set), loam_from(before)), 1);
    fails_at = 30;
    cr_assert_eq(loam_set_difference_update(set, loam_from(more)), LOAM_ERR_VALUE);
    cr_assert_eq(loam_set_len(set), 30); /* 20 to 29 are gone */
    cr_assert_eq(loam_set_update(set, loam_from(more)), LOAM_ERR_VALUE);
    fails_at = -1;
    cr_assert_eq(loam_equal(loam_from(set), loam_from(before)), 1); /* and there again */
    check(set);
    loam_error_clear();
}

/* Whatever an iterator still has is read, so that what it does afterwards does not depend on where the answer was. */
LOAM_TEST(set, a_question_reads_an_iterator_to_its_end)
{
    loam_auto loam_set *set = loam_set_of(3);
    loam_auto loam_iter *it = loam_iter_range(0, 1000, 1);
    loam_value item;

    cr_assert_eq(loam_set_isdisjoint(set, loam_from(it)), 0);
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_DONE);
}

LOAM_TEST(set, an_earlier_failure_is_passed_on)
{
    loam_auto loam_set *set = loam_set_of(1);
    loam_value out = LOAM_NONE;

    loam_fail(LOAM_ERR_IO, "the first failure");
    cr_assert_eq(loam_set_add(NULL, 1), LOAM_ERR_IO);
    cr_assert_eq(loam_set_add(set, LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_eq(loam_set_add(set, (const char *)NULL), LOAM_ERR_IO);
    cr_assert_eq(loam_set_contains(NULL, 1), LOAM_ERR_IO);
    cr_assert_eq(loam_set_discard(NULL, 1), LOAM_ERR_IO);
    cr_assert_eq(loam_set_remove(NULL, "x"), LOAM_ERR_IO);
    cr_assert_eq(loam_set_len(NULL), LOAM_ERR_IO);
    cr_assert(loam_set_pop_first(NULL, &out) == LOAM_ERR_IO && loam_is_unset(out));
    cr_assert(!loam_set_copy(NULL) && !loam_set_from(LOAM_UNSET) && !loam_frozenset_from(LOAM_UNSET));
    cr_assert(!loam_set_union(NULL, LOAM_NONE) && !loam_set_union(set, LOAM_UNSET));
    cr_assert(!loam_frozenset_union(NULL, LOAM_NONE) && !loam_set_intersection(set, LOAM_UNSET));
    cr_assert(!loam_set_symmetric_difference(set, LOAM_UNSET) && !loam_set_difference(set, LOAM_UNSET));
    cr_assert_eq(loam_set_update(set, LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_eq(loam_set_difference_update(NULL, LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_eq(loam_set_issubset(set, LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_eq(loam_frozenset_isdisjoint(NULL, LOAM_UNSET), LOAM_ERR_IO);
    cr_assert_eq(loam_set_clear(NULL), LOAM_ERR_IO);
    cr_assert_eq(loam_set_reserve(NULL, 1), LOAM_ERR_IO);
    cr_assert_null(loam_to_set_peek(LOAM_UNSET));
    assert_failed(LOAM_ERR_IO);
    cr_assert_null(loam_to_frozenset_peek(loam_from(set)));
    assert_failed(LOAM_ERR_TYPE);
    assert_repr(loam_from(set), "{1}");
}

LOAM_TEST(set, what_was_reserved_needs_no_memory)
{
    loam_auto loam_set *set = loam_set_new();
    bool added = true;

    cr_assert_eq(loam_set_reserve(set, 1000), LOAM_OK);
    loam__alloc_gate = refuse_memory;
    for (int i = 0; i < 1000; i++)
        added = added && loam_set_add(set, i) == 1;
    loam__alloc_gate = NULL;
    cr_assert(added);
    check(set);
}

/* Whatever is removed: one by one, at the ends, by a walk or by another set. */
static void take_out(loam_set *set, int way)
{
    loam_auto loam_set *few = set_of_ints(0, 3);
    loam_auto loam_set *all = loam_set_copy(set);
    uint64_t position = 0;
    loam_value element;

    for (int64_t i = 0; way == 0 && i < 1000; i += 2)
        (void)!loam_set_discard(set, i);
    while (way == 1 && loam_set_len(set) > 5)
        cr_assert(loam_set_pop_first(set, NULL) == LOAM_OK && loam_set_pop_last(set, NULL) == LOAM_OK);
    while (way == 2 && loam_set_next_peek(set, &position, &element) == LOAM_OK)
        if (element.word % 5)
            cr_assert_eq(loam_set_remove_current(set, &position), LOAM_OK);
    if (way == 3)
        cr_assert_eq(loam_set_intersection_update(set, loam_from(few)), LOAM_OK);
    if (way == 4)
        cr_assert_eq(loam_set_difference_update(set, loam_from(all)), LOAM_OK);
}

LOAM_TEST(set, keeps_what_was_reserved_when_elements_are_removed)
{
    for (int way = 0; way <= 4; way++)
        for (int64_t n = 10; n < 1000; n *= 3) {
            loam_auto loam_set *set = set_of_ints(0, n / 2);
            bool added = true;
            cr_assert_eq(loam_set_reserve(set, n), LOAM_OK);
            for (int64_t round = 0; round < 4; round++) {
                take_out(set, way);
                loam__alloc_gate = refuse_memory;
                for (int64_t i = 0; added && loam_set_len(set) < n; i++)
                    added = loam_set_add(set, round * 2000 + i) >= 0;
                loam__alloc_gate = NULL;
                cr_assert(added, "way %d, %d elements: %s", way, (int)n, loam_error()->text);
                check(set);
            }
            cr_assert_eq(loam_set_clear(set), LOAM_OK);
            cr_assert_eq(loam_sizeof(loam_from(set)), (int64_t)sizeof *set, "cleared, it has no room");
        }
}

LOAM_TEST(set, an_element_costs_what_an_entry_of_a_dict_does)
{
    loam_auto loam_set *set = set_of_ints(0, 1000000);

    if (!LOAM_STRESS)
        cr_assert_leq(loam_sizeof(loam_from(set)), 26 * 1000000);
}

LOAM_TEST(set, a_set_and_a_frozenset_can_be_referred_to_weakly)
{
    loam_auto loam_set *set = loam_set_of(1);
    loam_auto loam_frozenset *frozen = loam_frozenset_of(1);
    loam_auto loam_weakref *one = loam_weakref_new(loam_from(set));
    loam_auto loam_weakref *two = loam_weakref_new(loam_from(frozen));
    loam_auto_value loam_value got = loam_weakref_get(one);

    cr_assert(one && two && got.word == loam_from(set).word);
}

/* Against a model: an array that says what is in. Elements are ints, texts, or objects of a type of the program's. */

enum { UNIVERSE = 60 };

typedef struct model {
    bool in[UNIVERSE];
} model;

static loam_value element(unsigned kind, int64_t number)
{
    loam_value value = kind == 0   ? loam_int(number)
                       : kind == 1 ? loam_from(loam_str_format("a text, number %d", (int)number))
                                   : thing_new(number);

    cr_assert(!loam_is_unset(value));
    return value;
}

static void assert_is(loam_set *set, const model *m, unsigned kind)
{
    int64_t count = 0;

    check(set);
    for (int64_t i = 0; i < UNIVERSE; i++) {
        cr_assert_eq(loam_set_contains(set, LOAM_TAKE(element(kind, i))), m->in[i]);
        count += m->in[i];
    }
    cr_assert_eq(loam_set_len(set), count);
}

/* Of one of the types that an operation takes. `*m` is what is in it. */
static loam_value random_other(uint64_t *state, unsigned kind, model *m)
{
    loam_auto loam_list *list = loam_list_new();
    uint64_t most = random_below(state, 3) ? UNIVERSE : 5;
    uint64_t form = random_below(state, 5);
    loam_value other;

    *m = (model){{false}};
    for (uint64_t n = random_below(state, most); n; n--) {
        int64_t number = (int64_t)random_below(state, UNIVERSE);
        m->in[number] = true;
        cr_assert_eq(loam_list_append_take(list, element(kind, number)), LOAM_OK);
    }
    other = form == 0   ? loam_retain_value(loam_from(list))
            : form == 1 ? loam_from(loam_set_from(loam_from(list)))
            : form == 2 ? loam_from(loam_frozenset_from(loam_from(list)))
            : form == 3 ? loam_from(loam_iter_of(loam_from(list)))
                        : LOAM_UNSET;
    if (form == 4) {
        loam_auto loam_iter *it = loam_iter_of(loam_from(list));
        other = loam_from(loam_iter_counter(it));
    }
    cr_assert(!loam_is_unset(other));
    return other;
}

static bool result_of(uint64_t operation, bool a, bool b)
{
    return operation == 0 ? a || b : operation == 1 ? a && b : operation == 2 ? a && !b : a != b;
}

static void change_at_random(loam_set *set, model *m, uint64_t *state, unsigned kind)
{
    static loam_status (*const in_place[])(loam_set *, loam_value) = {loam_set_update, loam_set_intersection_update,
                                                                      loam_set_difference_update,
                                                                      loam_set_symmetric_difference_update};
    static loam_set *(*const combine[])(loam_set *, loam_value) = {loam_set_union, loam_set_intersection,
                                                                   loam_set_difference, loam_set_symmetric_difference};
    uint64_t operation = random_below(state, 4);
    model b;
    loam_auto_value loam_value other = random_other(state, kind, &b);
    loam_auto loam_set *made = loam_is_iter(other) ? loam_set_copy(set) : combine[operation](set, other);
    model result;

    for (int i = 0; i < UNIVERSE; i++)
        result.in[i] = result_of(operation, m->in[i], b.in[i]);
    if (!loam_is_iter(other))
        assert_is(made, &result, kind);
    cr_assert_eq(in_place[operation](set, other), LOAM_OK);
    assert_is(set, &result, kind);
    *m = result;
}

static void ask_at_random(loam_set *set, const model *m, uint64_t *state, unsigned kind)
{
    bool is_disjoint = true;
    bool is_subset = true;
    bool is_superset = true;
    uint64_t question = random_below(state, 3);
    model b;
    loam_auto_value loam_value other = random_other(state, kind, &b);

    for (int i = 0; i < UNIVERSE; i++) {
        is_disjoint = is_disjoint && !(m->in[i] && b.in[i]);
        is_subset = is_subset && (!m->in[i] || b.in[i]);
        is_superset = is_superset && (m->in[i] || !b.in[i]);
    }
    if (question == 0)
        cr_assert_eq(loam_set_isdisjoint(set, other), is_disjoint);
    else if (question == 1)
        cr_assert_eq(loam_set_issubset(set, other), is_subset);
    else
        cr_assert_eq(loam_set_issuperset(set, other), is_superset);
}

static void add_and_discard(loam_set *set, model *m, uint64_t *state, unsigned kind)
{
    for (int i = 0; i < 10; i++) {
        int64_t number = (int64_t)random_below(state, UNIVERSE);
        bool adds = random_below(state, 2);
        loam_literal given = LOAM_TAKE(element(kind, number));
        int changed = adds ? loam_set_add(set, given) : loam_set_discard(set, given);
        cr_assert_eq(changed, m->in[number] != adds);
        m->in[number] = adds;
    }
}

LOAM_TEST(set, is_what_a_model_says)
{
    uint64_t state = 1;

    fails_at = -1;
    for (unsigned kind = 0; kind < 3; kind++) {
        loam_auto loam_set *set = loam_set_new();
        model m = {{false}};
        for (unsigned i = rounds(1000); i; i--) {
            add_and_discard(set, &m, &state, kind);
            ask_at_random(set, &m, &state, kind);
            change_at_random(set, &m, &state, kind);
        }
    }
}

/* Sizes at which batches are full, an index appears, marks fill words. */
LOAM_TEST(set, operations_of_every_size)
{
    for (int64_t n = 0; n < 140; n += 1 + n / 20)
        for (int64_t m = 0; m < 140; m += 1 + m / 20) {
            loam_auto loam_set *a = set_of_ints(0, n);
            loam_auto loam_set *b = set_of_ints(n / 2, m);
            int64_t shared = n - n / 2 < m ? n - n / 2 : m;
            loam_auto loam_set *both = loam_set_intersection(a, loam_from(b));
            loam_auto loam_set *left = loam_set_difference(a, loam_from(b));
            loam_auto loam_set *all = loam_set_union(a, loam_from(b));
            loam_auto loam_set *one = loam_set_symmetric_difference(a, loam_from(b));
            cr_assert_eq(loam_set_len(both), shared);
            cr_assert_eq(loam_set_len(left), n - shared);
            cr_assert_eq(loam_set_len(all), n + m - shared);
            cr_assert_eq(loam_set_len(one), n + m - 2 * shared);
            cr_assert_eq(loam_set_isdisjoint(a, loam_from(b)), !shared);
            cr_assert_eq(loam_set_difference_update(a, loam_from(b)), LOAM_OK);
            cr_assert_eq(loam_equal(loam_from(a), loam_from(left)), 1);
            cr_assert_eq(loam_set_intersection_update(b, loam_from(both)), LOAM_OK);
            cr_assert_eq(loam_equal(loam_from(b), loam_from(both)), 1);
            check(a);
            check(b);
            check(one);
        }
}

/* So many that the index is beyond the caches, and elements are fetched ahead; one in 50 has a hash of its own. */
enum { MANY = LOAM_STRESS ? 300 : 20000 };

static loam_set *many(int64_t first, unsigned step)
{
    loam_set *set = loam_set_new();

    fails_at = -1;
    for (int64_t i = first; i < first + step * MANY; i += step) {
        loam_literal given = i % 50 ? LOAM_TAKE(loam_int(i)) : LOAM_TAKE(thing_new(i));
        if (loam_set_add(set, given) != 1)
            cr_assert_fail("not new: %d", (int)i);
    }
    cr_assert(loam__is_worth_fetching(&set->dict));
    return set;
}

/* Against what one look-up after the other says, in the order of the first. */
static loam_set *one_by_one(loam_set *a, loam_set *b, int wanted)
{
    loam_set *made = loam_set_new();
    uint64_t position = 0;
    loam_value element;

    while (loam_set_next_peek(a, &position, &element) == LOAM_OK)
        if (loam_set_contains(b, element) == wanted)
            cr_assert_eq(loam_set_add(made, element), 1);
    return made;
}

static void assert_same_order(loam_set *set, loam_set *wanted)
{
    loam_auto loam_list *x = loam_list_from(loam_from(set));
    loam_auto loam_list *y = loam_list_from(loam_from(wanted));

    check(set);
    cr_assert_eq(loam_equal(loam_from(x), loam_from(y)), 1);
    cr_assert_eq(loam_equal(loam_from(set), loam_from(wanted)), 1);
}

LOAM_TEST(set, operations_on_many_are_as_one_by_one)
{
    loam_auto loam_set *a = many(0, 2);
    loam_auto loam_set *b = many(MANY / 2, 3);
    loam_auto loam_set *in_both = one_by_one(a, b, 1);
    loam_auto loam_set *in_one = one_by_one(a, b, 0);
    loam_auto loam_set *both = loam_set_intersection(a, loam_from(b));
    loam_auto loam_set *left = loam_set_difference(a, loam_from(b));
    loam_auto loam_set *c = loam_set_copy(a);

    assert_same_order(both, in_both);
    assert_same_order(left, in_one);
    cr_assert_eq(loam_set_intersection_update(c, loam_from(b)), LOAM_OK);
    assert_same_order(c, in_both);
    cr_assert_eq(loam_set_update(c, loam_from(left)), LOAM_OK);
    cr_assert_eq(loam_equal(loam_from(c), loam_from(a)), 1);
    cr_assert_eq(loam_set_add(b, "more"), 1); /* b is now the larger one */
    cr_assert_eq(loam_set_difference_update(c, loam_from(b)), LOAM_OK);
    cr_assert_eq(loam_equal(loam_from(c), loam_from(left)), 1);
    check(c);
    cr_assert_eq(loam_set_discard(left, 2), 1);
    cr_assert_eq(loam_set_add(left, -2), 1);
    cr_assert_eq(loam_equal(loam_from(c), loam_from(left)), 0);
}

/* What an element's end does to the set that it was in. */
static loam_set *left;
static int64_t seen_most;

static void add_another(void *self)
{
    (void)self;
    if (!left)
        return;
    if (loam_set_len(left) > seen_most)
        seen_most = loam_set_len(left);
    cr_assert_geq(loam_set_add(left, 99), 0);
}

static loam_type mourned_type = {
    .name = "mourned", .size = sizeof(thing), .finalize = add_another, .hash = thing_hash, .equal = thing_equal};

static loam_value mourned_new(int64_t id)
{
    thing *made = loam_new(&mourned_type);

    cr_assert_not_null(made);
    made->id = id;
    return loam_from(made);
}

/* 1, and `many` that are mourned. */
static loam_set *mourned(int64_t many)
{
    loam_set *set = loam_set_of(1);

    fails_at = -1;
    for (int64_t id = 0; id < many; id++)
        cr_assert_eq(loam_set_add(set, LOAM_TAKE(mourned_new(id))), 1);
    return set;
}

/* All were out when the first one went; the others saw what that one added. */
static void assert_left(loam_status status, int64_t kept)
{
    cr_assert_eq(status, LOAM_OK);
    cr_assert_eq(seen_most, kept + 1, "an element went while there were %d", (int)seen_most);
    cr_assert_eq(loam_set_len(left), kept + 1);
    cr_assert_eq(loam_set_contains(left, 99), 1);
    check(left);
    loam_release(left);
    left = NULL;
    seen_most = 0;
}

LOAM_TEST(set, elements_that_are_taken_out_together_go_when_all_are_out)
{
    loam_auto loam_set *one = loam_set_of(1);
    loam_auto loam_list *listed = loam_list_of(1, 2);
    loam_auto loam_set *more = mourned(7);

    needs(LOAM_GC_PROMPT_FREE);
    left = mourned(3);
    assert_left(loam_set_intersection_update(left, loam_from(one)), 1);
    left = mourned(3);
    assert_left(loam_set_intersection_update(left, loam_from(listed)), 1);
    left = mourned(3);
    assert_left(loam_set_difference_update(left, loam_from(more)), 0);
}
