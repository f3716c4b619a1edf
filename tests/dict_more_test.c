/*
 * dict: what a missing key gets, many keys from elsewhere, walks by position and back, and what was reserved.
 */
#include "tests/harness.h"

#include "containers/dict_batch.h"
#include "lib/alloc.h"

/* For loops: a passing assertion of Criterion's has its cost. */
#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

static void assert_sound(loam_dict *dict)
{
    const char *broken = loam__dict_check(dict);
    cr_assert_null(broken, "%s", broken);
}

static loam_dict *ints_to(int64_t end)
{
    loam_dict *dict = loam_dict_new();

    for (int64_t i = 0; i < end; i++)
        MUST(loam_dict_set(dict, i, i) == LOAM_OK);
    return dict;
}

/* What a missing key gets. */

LOAM_TEST(dict_more, gives_a_fallback_of_any_c_data_for_what_is_missing)
{
    loam_dict *dict = loam_dict_of("a", 1, 2, "two");
    loam_list *list = loam_list_of(1, 2);

    assert_repr_take(loam_dict_get_or(dict, "a", 5), "1");
    assert_repr_take(loam_dict_get_or(dict, 2, LOAM_NONE), "'two'");
    assert_repr_take(loam_dict_get_or(dict, "b", LOAM_NONE), "None");
    assert_repr_take(loam_dict_get_or(dict, "b", 5), "5");
    assert_repr_take(loam_dict_get_or(dict, "b", UINT64_C(5)), "5");
    assert_repr_take(loam_dict_get_or(dict, "b", INT64_MIN), "-9223372036854775808");
    assert_repr_take(loam_dict_get_or(dict, "b", 1e300), "1e+300");
    assert_repr_take(loam_dict_get_or(dict, "b", "text"), "'text'");
    assert_repr_take(loam_dict_get_or(dict, "b", ((loam_view){"\xff", 1})), "b'\\xff'");
    assert_repr_take(loam_dict_get_or(dict, "b", ((loam_view){NULL, 0})), "''");
    assert_repr_take(loam_dict_get_or(dict, "b", list), "[1, 2]");
    assert_repr_take(loam_dict_get_or(dict, LOAM_TUPLE(1, "b"), LOAM_LIST(1, "x")), "[1, 'x']");
    assert_repr_take(loam_dict_get_or(dict, "a", LOAM_LIST(1, "x")), "1");
    cr_assert(loam_is_unset(loam_dict_get_or(dict, "b", UINT64_MAX)));
    assert_failed(LOAM_ERR_OVERFLOW);
    assert_repr(loam_from(dict), "{'a': 1, 2: 'two'}");
    loam_release(list);
    loam_release(dict);
}

LOAM_TEST(dict_more, pops_a_value_or_gives_the_fallback)
{
    loam_dict *dict = loam_dict_of("a", 1, 2, "two", 3, LOAM_LIST(4));

    assert_repr_take(loam_dict_pop_or(dict, 2, "none"), "'two'");
    assert_repr_take(loam_dict_pop_or(dict, 2, "none"), "'none'");
    assert_repr_take(loam_dict_pop_or(dict, 3, LOAM_LIST(5)), "[4]");
    assert_repr_take(loam_dict_pop_or(dict, 3, LOAM_LIST(5)), "[5]");
    assert_repr(loam_from(dict), "{'a': 1}");
    assert_sound(dict);
    cr_assert(loam_is_unset(loam_dict_pop_or(dict, LOAM_LIST(1), LOAM_LIST(5))));
    assert_failed(LOAM_ERR_TYPE);
    loam_release(dict);
}

LOAM_TEST(dict_more, finds_a_value_or_puts_one_there)
{
    loam_dict *dict = loam_dict_of("a", 1);
    loam_value found;

    assert_repr_take(loam_dict_setdefault(dict, "a", 5), "1");
    assert_repr_take(loam_dict_setdefault(dict, "b", "text"), "'text'");
    assert_repr_take(loam_dict_setdefault(dict, "b", LOAM_LIST(1)), "'text'");
    assert_repr_take(loam_dict_setdefault(dict, LOAM_TUPLE(1, 2), LOAM_LIST(1)), "[1]");
    found = loam_dict_setdefault_peek(dict, LOAM_TUPLE(1, 2), LOAM_TAKE(loam_list_new()));
    cr_assert_eq(loam_list_append(loam_to_list_peek(found), "more"), LOAM_OK);
    found = loam_dict_setdefault_peek(dict, 7, LOAM_TAKE(loam_list_new()));
    cr_assert_eq(loam_list_append(loam_to_list_peek(found), "new"), LOAM_OK);
    assert_repr(loam_from(dict), "{'a': 1, 'b': 'text', (1, 2): [1, 'more'], 7: ['new']}");
    cr_assert(loam_is_unset(loam_dict_setdefault(dict, LOAM_LIST(1), LOAM_LIST(5))));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert(loam_is_unset(loam_dict_setdefault_peek(dict, UINT64_MAX, LOAM_LIST(5))));
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert(loam_is_unset(loam_dict_setdefault_peek(dict, "new", UINT64_MAX)));
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert_eq(loam_dict_len(dict), 4);
    for (int64_t i = 0; i < 500; i++) {
        int64_t integer = -1;
        found = loam_dict_setdefault_peek(dict, 1000 + i % 250, i);
        MUST(loam_to_int(found, &integer) == LOAM_OK && integer == i % 250);
    }
    cr_assert_eq(loam_dict_len(dict), 254);
    assert_sound(dict);
    loam_release(dict);
}

/* Also where it is not needed, what was to be stored tells of the failure. */
LOAM_TEST(dict_more, propagates_an_earlier_failure)
{
    loam_dict *dict = loam_dict_of("a", 1);
    loam_dict *none = NULL;
    const char *no_chars = NULL;
    loam_view no_view = {NULL, 1};
    uint64_t position = 0;
    loam_value key = LOAM_NONE;
    loam_value value = LOAM_NONE;

    loam_fail(LOAM_ERR_KEY, "earlier");
    cr_assert(loam_is_unset(loam_dict_get_or(none, 1, LOAM_LIST(1))));
    cr_assert(loam_is_unset(loam_dict_get_or(dict, "a", LOAM_UNSET)));
    cr_assert(loam_is_unset(loam_dict_get_or(dict, "a", no_chars)));
    cr_assert(loam_is_unset(loam_dict_get_or(dict, "a", no_view)));
    cr_assert(loam_is_unset(loam_dict_get_or(dict, LOAM_UNSET, LOAM_LIST(1))));
    cr_assert(loam_is_unset(loam_dict_pop_or(none, LOAM_LIST(1), 1)));
    cr_assert(loam_is_unset(loam_dict_pop_or(dict, "a", LOAM_TAKE(none))));
    cr_assert(loam_is_unset(loam_dict_setdefault(none, LOAM_LIST(1), LOAM_LIST(1))));
    cr_assert(loam_is_unset(loam_dict_setdefault_peek(dict, "a", LOAM_UNSET)));
    cr_assert(loam_is_unset(loam_dict_setdefault_peek(dict, LOAM_TUPLE("b"), no_chars)));
    cr_assert_null(loam_dict_from(LOAM_UNSET));
    cr_assert_null(loam_dict_from_keys(LOAM_UNSET, LOAM_LIST(1)));
    cr_assert_null(loam_dict_from_keys(loam_from(dict), LOAM_UNSET));
    cr_assert_null(loam_dict_merge(none, dict));
    cr_assert_null(loam_dict_merge(dict, none));
    cr_assert_eq(loam_dict_next_peek(none, &position, &key, &value), LOAM_ERR_KEY);
    cr_assert(loam_is_unset(key) && loam_is_unset(value));
    cr_assert_eq(loam_dict_remove_current(none, &position), LOAM_ERR_KEY);
    cr_assert_str_eq(loam_error()->text, "earlier");
    assert_repr(loam_from(dict), "{'a': 1}");
    loam_error_clear();
    loam_release(dict);
}

/* Many keys from elsewhere. */

static loam_iter *pairs(void)
{
    loam_auto loam_list *list = loam_list_of(LOAM_TUPLE("b", 2), LOAM_LIST("c", 3), LOAM_TUPLE("b", 4));

    return loam_iter_of(loam_from(list));
}

LOAM_TEST(dict_more, is_made_of_a_dict_or_of_pairs)
{
    loam_dict *dict = loam_dict_of("a", 1, "b", 2);
    loam_dict *copy = loam_dict_from(loam_from(dict));
    loam_iter *it = pairs();
    loam_dict *of_iter = loam_dict_from(loam_from(it));
    loam_tuple *tuple = loam_tuple_of(LOAM_TUPLE(1, 2), LOAM_TUPLE(LOAM_TRUE, 3));

    cr_assert_neq(copy, dict);
    assert_repr_take(loam_from(copy), "{'a': 1, 'b': 2}");
    assert_repr_take(loam_from(of_iter), "{'b': 4, 'c': 3}");
    assert_repr_take(loam_from(loam_dict_from(loam_from(tuple))), "{1: 3}");
    cr_assert_null(loam_dict_from(loam_int(5)));
    assert_failed(LOAM_ERR_TYPE);
    loam_release(tuple);
    loam_release(it);
    loam_release(dict);
}

LOAM_TEST(dict_more, is_updated_from_anything_that_gives_pairs)
{
    loam_dict *dict = loam_dict_of("a", 1);
    loam_dict *other = loam_dict_of("z", 26, "a", 27);
    loam_list *wrong = loam_list_of(LOAM_TUPLE("d", 4), LOAM_TUPLE(1, 2, 3), LOAM_TUPLE("e", 5));
    loam_iter *it = pairs();

    cr_assert_eq(loam_dict_update(dict, loam_from(it)), LOAM_OK);
    cr_assert_eq(loam_dict_update(dict, loam_from(other)), LOAM_OK);
    cr_assert_eq(loam_dict_update(dict, loam_from(dict)), LOAM_OK);
    assert_repr(loam_from(dict), "{'a': 27, 'b': 4, 'c': 3, 'z': 26}");
    cr_assert_eq(loam_dict_update(dict, loam_from(wrong)), LOAM_ERR_VALUE); /* what came before stays */
    cr_assert_eq(loam_list_set(wrong, 1, "no pair"), LOAM_OK);
    cr_assert_eq(loam_dict_update(dict, loam_from(wrong)), LOAM_ERR_TYPE);
    cr_assert_eq(loam_list_set(wrong, 1, LOAM_TUPLE(LOAM_LIST(1), 2)), LOAM_OK);
    cr_assert_eq(loam_dict_update(dict, loam_from(wrong)), LOAM_ERR_TYPE);
    cr_assert_eq(loam_dict_update(dict, LOAM_NONE), LOAM_ERR_TYPE);
    assert_repr(loam_from(dict), "{'a': 27, 'b': 4, 'c': 3, 'z': 26, 'd': 4}");
    assert_sound(dict);
    loam_error_clear();
    loam_release(it);
    loam_release(wrong);
    loam_release(other);
    loam_release(dict);
}

/* More pairs than a batch has, of a dict that is being updated from its own. */
LOAM_TEST(dict_more, is_updated_from_many_pairs_and_from_its_own_walk)
{
    loam_dict *dict = ints_to(300);
    loam_list *items = loam_dict_items(dict);
    loam_dict *again = loam_dict_from(loam_from(items));
    loam_iter *it = loam_iter_items(again);

    cr_assert_eq(loam_equal(loam_from(dict), loam_from(again)), 1);
    cr_assert_eq(loam_dict_update(again, loam_from(it)), LOAM_OK); /* only replaces values */
    cr_assert_eq(loam_equal(loam_from(dict), loam_from(again)), 1);
    loam_release(it);
    loam_release(again);
    loam_release(items);
    loam_release(dict);
}

LOAM_TEST(dict_more, is_made_of_keys_that_share_a_value)
{
    loam_list *keys = loam_list_of("a", 1, LOAM_TUPLE(2), 1.0);
    loam_dict *dict = loam_dict_from_keys(loam_from(keys), LOAM_LIST("shared"));
    loam_dict *many;
    loam_iter *it = loam_iter_range(0, 500, 1);

    assert_repr(loam_from(dict), "{'a': ['shared'], 1: ['shared'], (2,): ['shared']}");
    cr_assert_eq(loam_dict_get_peek(dict, "a").word, loam_dict_get_peek(dict, 1).word);
    many = loam_dict_from_keys(loam_from(it), 0);
    cr_assert_eq(loam_dict_len(many), 500);
    assert_sound(many);
    assert_repr_take(loam_from(loam_dict_from_keys(loam_from(dict), LOAM_NONE)), "{'a': None, 1: None, (2,): None}");
    cr_assert_null(loam_dict_from_keys(loam_int(1), LOAM_LIST(1)));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_list_append(keys, LOAM_LIST(1)), LOAM_OK);
    cr_assert_null(loam_dict_from_keys(loam_from(keys), LOAM_LIST(1)));
    assert_failed(LOAM_ERR_TYPE);
    loam_release(it);
    loam_release(many);
    loam_release(dict);
    loam_release(keys);
}

LOAM_TEST(dict_more, is_merged_into_a_new_one)
{
    loam_dict *a = loam_dict_of("a", 1, "b", 2);
    loam_dict *b = loam_dict_of("c", 3, "a", 4);

    assert_repr_take(loam_from(loam_dict_merge(a, b)), "{'a': 4, 'b': 2, 'c': 3}");
    assert_repr_take(loam_from(loam_dict_merge(b, a)), "{'c': 3, 'a': 1, 'b': 2}");
    assert_repr_take(loam_from(loam_dict_merge(a, a)), "{'a': 1, 'b': 2}");
    assert_repr(loam_from(a), "{'a': 1, 'b': 2}");
    assert_repr(loam_from(b), "{'c': 3, 'a': 4}");
    loam_release(b);
    loam_release(a);
}

/* A key whose hash is counted, and does something to a dict; and a value whose finalizer does. */

typedef struct actor {
    loam_object loam;
    int64_t id;
} actor;

static struct {
    unsigned hashed;
    int64_t acts_at; /* the id of the key that does, once */
    void (*act)(loam_dict *dict, int64_t id);
    loam_dict *dict;
    unsigned acted;
} stage;

static void act(int64_t id)
{
    if (!stage.act)
        return;
    stage.acted++;
    stage.act(stage.dict, id);
}

static loam_status actor_hash(const void *self, uint64_t *out)
{
    int64_t id = ((const actor *)self)->id;

    stage.hashed++;
    if (id == stage.acts_at) {
        stage.acts_at = -1;
        act(id);
    }
    *out = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);
    return LOAM_OK;
}

static int actor_equal(const void *self, const void *other)
{
    return ((const actor *)self)->id == ((const actor *)other)->id;
}

static loam_type key_type = {.name = "key", .size = sizeof(actor), .hash = actor_hash, .equal = actor_equal};

static void actor_finalize(void *self)
{
    act(((actor *)self)->id);
}

static loam_type mourned_type = {.name = "mourned", .size = sizeof(actor), .finalize = actor_finalize};

static loam_value actor_new(loam_type *type, int64_t id)
{
    actor *made = loam_new(type);

    MUST(made);
    made->id = id;
    return loam_from(made);
}

static void nobody_acts(void)
{
    stage.act = NULL;
    stage.acts_at = -1;
    stage.acted = stage.hashed = 0;
}

LOAM_TEST(dict_more, copies_hash_no_key)
{
    loam_dict *dict = loam_dict_new();
    loam_dict *copy;
    loam_dict *smaller;

    nobody_acts();
    for (int64_t i = 0; i < 100; i++)
        MUST(loam_dict_set_take(dict, actor_new(&key_type, i), loam_int(-i)) == LOAM_OK);
    for (int64_t i = 0; i < 20; i += i == 3 ? 7 : 1)
        MUST(loam_dict_remove(dict, LOAM_TAKE(actor_new(&key_type, i))) == LOAM_OK);
    stage.hashed = 0;
    copy = loam_dict_copy(dict);
    cr_assert_eq(stage.hashed, 0);
    assert_sound(copy);
    cr_assert_eq(loam_dict_len(copy), 86);
    cr_assert_eq(loam_equal(loam_from(copy), loam_from(dict)), 1);
    MUST(loam_dict_set(copy, 1, 2) == LOAM_OK);
    MUST(loam_dict_remove(copy, LOAM_TAKE(actor_new(&key_type, 50))) == LOAM_OK);
    cr_assert_eq(loam_dict_contains(dict, 1), 0);
    cr_assert_eq(loam_dict_contains(dict, LOAM_TAKE(actor_new(&key_type, 50))), 1);
    assert_sound(copy);
    assert_sound(dict);
    for (int64_t i = 30; i < 95; i++)
        MUST(loam_dict_remove(dict, LOAM_TAKE(actor_new(&key_type, i))) == LOAM_OK);
    smaller = loam_dict_copy(dict); /* without the holes */
    assert_sound(smaller);
    cr_assert(smaller->capacity == dict->live && smaller->chunks_log2 < dict->chunks_log2);
    cr_assert_eq(loam_equal(loam_from(smaller), loam_from(dict)), 1);
    loam_release(smaller);
    loam_release(copy);
    loam_release(dict);
}

LOAM_TEST(dict_more, a_copy_does_not_keep_what_was_reserved)
{
    loam_dict *dict = ints_to(12);
    loam_dict *copy;

    cr_assert_eq(loam_dict_reserve(dict, 10000), LOAM_OK);
    copy = loam_dict_copy(dict);
    assert_sound(copy);
    cr_assert(copy->capacity == 12 && loam__dict_limit(copy->chunks_log2) <= 24);
    cr_assert_eq(loam_equal(loam_from(copy), loam_from(dict)), 1);
    loam_release(copy);
    loam_release(dict);
}

/* So many that the index is beyond the caches, and keys are fetched ahead. */
enum { MANY = LOAM_STRESS ? 300 : 20000 };

static void clear(loam_dict *dict, int64_t id)
{
    (void)id;
    MUST(loam_dict_clear(dict) == LOAM_OK);
}

static void remove_some(loam_dict *dict, int64_t id)
{
    for (int64_t i = id - 40; i < id + 40; i++)
        loam_release(loam_dict_pop_or(dict, i, LOAM_NONE));
    loam_error_clear();
}

static void insert_many(loam_dict *dict, int64_t id)
{
    for (int64_t i = 1; i <= MANY / 2; i++)
        MUST(loam_dict_set(dict, -i, id) == LOAM_OK);
}

static void (*const acts[])(loam_dict *, int64_t) = {clear, remove_some, insert_many};

/* Of a dict with values that are mourned, one in a thousand. */
static loam_dict *with_mourned(void)
{
    loam_dict *dict = ints_to(MANY);

    MUST(loam__is_worth_fetching(dict));
    for (int64_t i = 50; i < MANY; i += MANY / 20)
        MUST(loam_dict_set(dict, i, LOAM_TAKE(actor_new(&mourned_type, i))) == LOAM_OK);
    return dict;
}

/* What a finalizer does to the dict that is updated is as if somebody else had done it between two keys. */
LOAM_TEST(dict_more, finalizers_of_replaced_values_change_what_is_updated)
{
    loam_dict *other = ints_to(MANY);
    loam_list *pairs = loam_dict_items(other);

    for (size_t i = 0; i < 2 * sizeof acts / sizeof *acts; i++) {
        loam_dict *dict = with_mourned();
        nobody_acts();
        stage.act = acts[i / 2];
        stage.dict = dict;
        cr_assert_eq(loam_dict_update(dict, i % 2 ? loam_from(pairs) : loam_from(other)), LOAM_OK);
        nobody_acts();
        assert_sound(dict);
        for (int64_t last = MANY - 1; last > MANY - 30; last--) {
            int64_t value = -1;
            MUST(loam_dict_get_int(dict, last, &value) == LOAM_OK && value == last);
        }
        loam_release(dict);
    }
    loam_release(pairs);
    loam_release(other);
}

LOAM_TEST(dict_more, finalizers_of_replaced_values_change_what_they_come_from)
{
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        loam_dict *dict = with_mourned();
        loam_dict *other = ints_to(MANY);
        loam_status status;
        nobody_acts();
        stage.act = acts[i];
        stage.dict = other;
        status = loam_dict_update(dict, loam_from(other));
        cr_assert_eq(status, stage.acted ? LOAM_ERR_CHANGED : LOAM_OK);
        nobody_acts();
        assert_sound(dict);
        assert_sound(other);
        loam_error_clear();
        loam_release(other);
        loam_release(dict);
    }
}

/* Among keys of other kinds, one whose hash changes either dict. */
LOAM_TEST(dict_more, a_hash_changes_a_dict_in_the_middle_of_an_update)
{
    for (size_t i = 0; i < 2 * sizeof acts / sizeof *acts; i++) {
        loam_dict *dict = ints_to(MANY);
        loam_dict *other = ints_to(MANY / 2);
        loam_status status;
        nobody_acts();
        MUST(loam_dict_set_take(other, actor_new(&key_type, 7), loam_int(7)) == LOAM_OK);
        for (int64_t k = MANY; k < MANY + 100; k++)
            MUST(loam_dict_set(other, k, k) == LOAM_OK);
        stage.acts_at = 7;
        stage.act = acts[i / 2];
        stage.dict = i % 2 ? other : dict;
        status = loam_dict_update(dict, loam_from(other));
        cr_assert_eq(stage.acted, 1);
        nobody_acts();
        cr_assert_eq(status, i % 2 ? LOAM_ERR_CHANGED : LOAM_OK);
        cr_assert_eq(loam_dict_contains(dict, MANY + 99), status == LOAM_OK);
        assert_sound(dict);
        assert_sound(other);
        loam_error_clear();
        loam_release(other);
        loam_release(dict);
    }
}

/* What came before the allocation that failed is there, and nothing else. */
static bool add_to_some(void *context)
{
    loam_value other = *(loam_value *)context;
    loam_dict *dict = loam_dict_new();
    loam_status status = dict ? loam_dict_set(dict, -1, -1) : LOAM_ERR_MEMORY;
    int64_t n;

    if (status == LOAM_OK)
        status = loam_dict_update(dict, other);
    n = dict ? loam_dict_len(dict) : 0;
    if (n)
        assert_sound(dict);
    for (int64_t i = 0; i < n; i++) {
        int64_t value;
        MUST(loam_dict_get_int(dict, i - 1, &value) == LOAM_OK && value == i - 1);
    }
    MUST(status < 0 || n == MANY + 1);
    loam_release(dict);
    return status == LOAM_OK;
}

LOAM_TEST(dict_more, an_update_that_lacks_memory_keeps_what_was_set)
{
    loam_dict *other = ints_to(MANY);
    loam_list *pairs = loam_dict_items(other);
    loam_value from[] = {loam_from(other), loam_from(pairs)};

    cr_assert_geq(fail_each_allocation(add_to_some, &from[0]), 15);
    cr_assert_geq(fail_each_allocation(add_to_some, &from[1]), 15);
    loam_release(pairs);
    loam_release(other);
}

/* Walks. */

LOAM_TEST(dict_more, is_walked_by_a_position)
{
    loam_dict *dict = loam_dict_of("hole", 0, "a", 1, "hole too", 0, "b", 2, "last hole", 0);
    loam_value key;
    loam_value value;
    uint64_t position = 0;

    cr_assert_eq(loam_dict_remove(dict, "hole"), LOAM_OK);
    cr_assert_eq(loam_dict_remove(dict, "hole too"), LOAM_OK);
    cr_assert_eq(loam_dict_remove(dict, "last hole"), LOAM_OK);
    cr_assert_eq(loam_dict_next_peek(dict, &position, &key, &value), LOAM_OK);
    assert_repr(key, "'a'");
    assert_repr(value, "1");
    cr_assert_eq(loam_dict_set(dict, "b", "replaced"), LOAM_OK); /* is no change of the keys */
    cr_assert_eq(loam_dict_next_peek(dict, &position, NULL, &value), LOAM_OK);
    assert_repr(value, "'replaced'");
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(loam_dict_next_peek(dict, &position, &key, &value), LOAM_DONE);
        cr_assert(loam_is_unset(key) && loam_is_unset(value));
    }
    position = 0;
    cr_assert_eq(loam_dict_next_peek(dict, &position, &key, NULL), LOAM_OK);
    assert_repr(key, "'a'");
    cr_assert_eq(loam_dict_clear(dict), LOAM_OK);
    cr_assert_eq(loam_dict_next_peek(dict, &position, &key, NULL), LOAM_ERR_CHANGED);
    cr_assert(loam_is_unset(key));
    position = 0;
    cr_assert_eq(loam_dict_next_peek(dict, &position, &key, NULL), LOAM_DONE);
    loam_error_clear();
    loam_release(dict);
}

static loam_status insert_one(loam_dict *dict)
{
    return loam_dict_set(dict, "new", 1);
}

static loam_status remove_and_insert(loam_dict *dict)
{
    loam_status status = loam_dict_remove(dict, 2);
    return status < 0 ? status : loam_dict_set(dict, 2, 2);
}

static loam_status move_first(loam_dict *dict)
{
    return loam_dict_move_to_end(dict, 0);
}

static loam_status replace(loam_dict *dict)
{
    return loam_dict_set(dict, 2, "new");
}

static loam_status find_with_default(loam_dict *dict)
{
    return loam_is_unset(loam_dict_setdefault_peek(dict, 1, 5)) ? loam_error()->status : LOAM_OK;
}

static loam_status reserve_more(loam_dict *dict)
{
    return loam_dict_reserve(dict, 10000);
}

LOAM_TEST(dict_more, ends_a_walk_by_position_exactly_where_its_keys_have_changed)
{
    static const struct {
        loam_status (*change)(loam_dict *dict);
        bool ends;
    } changes[] = {
        {replace, false},          {find_with_default, false}, {insert_one, true},
        {remove_and_insert, true}, {loam_dict_clear, true},    {move_first, true},
    };

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        for (int64_t n = 3; n < 30; n += 9) {
            loam_dict *dict = ints_to(n);
            uint64_t position = 0;
            uint64_t before;
            loam_status expected = changes[i].ends ? LOAM_ERR_CHANGED : LOAM_OK;

            cr_assert_eq(loam_dict_next_peek(dict, &position, NULL, NULL), LOAM_OK);
            before = position;
            cr_assert_eq(changes[i].change(dict), LOAM_OK);
            cr_assert_eq(loam_dict_next_peek(dict, &position, NULL, NULL), expected);
            cr_assert(!changes[i].ends || position == before);
            cr_assert_eq(loam_dict_remove_current(dict, &position), expected);
            loam_error_clear();
            loam_release(dict);
        }
}

/* Making room with and without holes to close: what it may do is told, and never is a key missed or met twice. */
LOAM_TEST(dict_more, walks_on_or_says_so_when_the_dict_makes_room)
{
    for (int64_t n = 3; n < 40; n++) {
        loam_dict *dict = ints_to(n);
        uint64_t position = 0;
        loam_value key = LOAM_UNSET;
        int64_t integer = 0;
        loam_status status;

        MUST(loam_dict_remove(dict, 1) == LOAM_OK);
        MUST(loam_dict_next_peek(dict, &position, NULL, NULL) == LOAM_OK);
        MUST(reserve_more(dict) == LOAM_OK);
        status = loam_dict_next_peek(dict, &position, &key, NULL);
        MUST(status == LOAM_ERR_CHANGED ||
             (status == LOAM_OK && loam_to_int(key, &integer) == LOAM_OK && integer == 2));
        loam_error_clear();
        loam_release(dict);
    }
}

LOAM_TEST(dict_more, lets_a_walk_remove_its_current_key)
{
    for (int64_t n = 1; n < 60; n += 3)
        for (int64_t step = 1; step < 5; step++) {
            loam_dict *dict = ints_to(n);
            uint64_t position = 0;
            uint64_t other = 0;
            loam_value key;
            int64_t seen = 0;
            loam_status status;

            MUST(loam_dict_next_peek(dict, &other, NULL, NULL) == LOAM_OK);
            while ((status = loam_dict_next_peek(dict, &position, &key, NULL)) == LOAM_OK) {
                int64_t integer = -1;
                MUST(loam_to_int(key, &integer) == LOAM_OK && integer == seen++);
                if (integer % step)
                    continue;
                MUST(loam_dict_remove_current(dict, &position) == LOAM_OK);
                MUST(loam_dict_contains(dict, integer) == 0);
                MUST(loam_dict_remove_current(dict, &position) == LOAM_ERR_KEY); /* it is gone */
                assert_sound(dict);
            }
            MUST(status == LOAM_DONE && seen == n && loam_dict_len(dict) == n - (n + step - 1) / step);
            MUST(loam_dict_next_peek(dict, &other, NULL, NULL) == LOAM_ERR_CHANGED);
            position = 0;
            MUST(loam_dict_remove_current(dict, &position) == LOAM_ERR_KEY); /* there is none yet */
            loam_error_clear();
            loam_release(dict);
        }
}

/* Of another dict, or made up: an answer or a failure, and no harm. */
LOAM_TEST(dict_more, is_not_harmed_by_a_position_that_is_not_its_own)
{
    loam_dict *dict = ints_to(20);
    loam_dict *small = ints_to(2);
    uint64_t position = 0;
    uint64_t state = 5;

    for (int i = 0; i < 20; i++)
        cr_assert_eq(loam_dict_next_peek(dict, &position, NULL, NULL), LOAM_OK);
    cr_assert_lt(loam_dict_next_peek(small, &position, NULL, NULL), LOAM_OK);
    position = (uint64_t)small->version << 32 | 100;
    cr_assert_eq(loam_dict_next_peek(small, &position, NULL, NULL), LOAM_DONE);
    cr_assert_eq(loam_dict_remove_current(small, &position), LOAM_ERR_KEY);
    position = (uint64_t)small->version << 32;
    if (position)
        cr_assert_eq(loam_dict_remove_current(small, &position), LOAM_ERR_KEY);
    for (unsigned i = rounds(1000); i; i--) {
        position = random_word(&state) & 0xffffffff00000003u;
        (void)!loam_dict_next_peek(small, &position, NULL, NULL);
    }
    cr_assert_eq(loam_dict_len(small), 2);
    loam_error_clear();
    loam_release(small);
    loam_release(dict);
}

static loam_status remove_and_insert_b(loam_dict *dict)
{
    loam_status status = loam_dict_remove(dict, "b");
    return status < 0 ? status : loam_dict_set(dict, "b", 2);
}

LOAM_TEST(dict_more, is_walked_from_the_end)
{
    loam_dict *dict = loam_dict_of("hole", 0, "a", 1, "hole too", 0, "b", 2, "c", 3);
    static const char *const texts[] = {"'c' 'b' 'a' ", "3 2 1 ", "('c', 3) ('b', 2) ('a', 1) "};
    loam_iter *it;
    loam_value key;

    cr_assert_eq(loam_dict_remove(dict, "hole"), LOAM_OK);
    cr_assert_eq(loam_dict_remove(dict, "hole too"), LOAM_OK);
    for (unsigned projection = 0; projection < 3; projection++)
        for (size_t cap = 1; cap < 5; cap++) {
            char text[200] = "";
            loam_value out[5];
            loam_cursor cursor;
            ptrdiff_t n;
            loam__dict_begin_back(dict, &cursor);
            while ((n = loam__dict_fill_back(dict, &cursor, (loam__dict_projection)projection, out, cap)) > 0)
                for (ptrdiff_t i = 0; i < n; i++) {
                    loam_str *repr = loam_repr(out[i]);
                    strcat(strcat(text, loam_str_chars_peek(repr)), " ");
                    loam_release(repr);
                    loam_release(out[i]);
                }
            cr_assert_eq(n, 0);
            cr_assert_str_eq(text, texts[projection]);
        }
    it = loam_iter_reversed(loam_from(dict));
    assert_repr_take(loam_from(loam_iter_list(it)), "['c', 'b', 'a']");
    loam_release(it);
    it = loam_iter_reversed(loam_from(dict));
    cr_assert_eq(loam_iter_next_peek(it, &key), LOAM_OK);
    cr_assert_eq(remove_and_insert_b(dict), LOAM_OK);
    cr_assert_eq(loam_iter_next_peek(it, &key), LOAM_ERR_CHANGED);
    loam_error_clear();
    loam_release(it);
    cr_assert_eq(loam_dict_clear(dict), LOAM_OK);
    it = loam_iter_reversed(loam_from(dict));
    cr_assert_eq(loam_iter_next_peek(it, &key), LOAM_DONE);
    loam_release(it);
    loam_release(dict);
}

/* What was reserved. */

typedef struct keyed {
    loam_object loam;
    int64_t id;
} keyed;

static loam_status keyed_hash(const void *self, uint64_t *out)
{
    uint64_t state = (uint64_t)((const keyed *)self)->id;

    *out = random_word(&state);
    return LOAM_OK;
}

static loam_type keyed_type = {.name = "keyed", .size = sizeof(keyed), .hash = keyed_hash};

static loam_value of_int(int64_t i)
{
    return loam_int(i);
}

static loam_value of_text(int64_t i)
{
    return loam_from(loam_str_format(i % 3 ? "%d" : "a text of more than sixteen bytes %d", (int)i));
}

static loam_value of_a_type(int64_t i)
{
    keyed *key = loam_new(&keyed_type);

    key->id = i;
    return loam_from(key);
}

/* Keys come and go at random, never more than `n` at once, while nobody gets memory. */
static void churn_without_memory(loam_dict *dict, loam_list *keys, int64_t n)
{
    uint64_t state = (uint64_t)n;

    loam__alloc_gate = refuse_memory;
    for (int64_t i = 0; i < 3 * n + 20; i++) {
        loam_value key = loam_list_get_peek(keys, (int64_t)random_below(&state, (uint64_t)loam_list_len(keys)));
        if (loam_dict_len(dict) == n)
            MUST(loam_dict_pop_first(dict, NULL, NULL) == LOAM_OK);
        if (random_below(&state, 8) == 0 && loam_dict_contains(dict, key))
            MUST(loam_dict_remove(dict, key) == LOAM_OK);
        MUST(loam_dict_set(dict, key, i) == LOAM_OK);
        MUST(loam_error()->status == LOAM_OK); /* nor is a failure reported that has not come to pass */
    }
    loam__alloc_gate = NULL;
}

LOAM_TEST(dict_more, keeps_what_was_reserved_when_keys_are_removed)
{
    static loam_value (*const kinds[])(int64_t) = {of_int, of_text, of_a_type};

    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
        for (int64_t n = 1; n < 700; n += n / 2 + 1) {
            loam_dict *dict = loam_dict_new();
            loam_list *keys = loam_list_new();

            for (int64_t i = 0; i < 2 * n; i++)
                MUST(loam_list_append_take(keys, kinds[kind](i)) == LOAM_OK);
            for (int64_t i = 0; i < n; i += 2)
                MUST(loam_dict_set(dict, loam_list_get_peek(keys, i), i) == LOAM_OK);
            for (int64_t i = 0; i < n; i += 4)
                MUST(loam_dict_remove(dict, loam_list_get_peek(keys, i)) == LOAM_OK);
            MUST(loam_dict_reserve(dict, n) == LOAM_OK);
            churn_without_memory(dict, keys, n);
            assert_sound(dict);
            loam_release(keys);
            loam_release(dict);
        }
}

/* An index that is closed up for few keys may become smaller, but not than what was reserved. */
LOAM_TEST(dict_more, keeps_what_was_reserved_when_nearly_all_keys_are_removed)
{
    enum { MANY = 3000 };
    loam_dict *dict = ints_to(20);

    MUST(loam_dict_reserve(dict, MANY) == LOAM_OK);
    for (int64_t i = 20; i < MANY; i++)
        MUST(loam_dict_set(dict, i, i) == LOAM_OK);
    for (int64_t i = 0; i < MANY - 10; i++)
        MUST(loam_dict_remove(dict, i) == LOAM_OK);
    for (int64_t i = 0; i < 2 * MANY; i++) { /* with memory: closed up again and again */
        MUST(loam_dict_set(dict, MANY + i, i) == LOAM_OK);
        MUST(loam_dict_pop_first(dict, NULL, NULL) == LOAM_OK);
    }
    assert_sound(dict);
    loam__alloc_gate = refuse_memory;
    for (int64_t i = 0; loam_dict_len(dict) < MANY; i++)
        MUST(loam_dict_set(dict, i, i) == LOAM_OK);
    loam__alloc_gate = NULL;
    assert_sound(dict);
    loam_release(dict);
}
