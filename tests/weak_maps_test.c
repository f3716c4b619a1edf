/*
 * weak_value_dict, weak_key_dict, weak_set. What asserts that something has died does so where objects are freed
 * promptly, and where cycles are found exactly.
 */
#include "tests/harness.h"

#include "containers/weak.h"

#include <stdio.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

#define MUST_IF_PROMPT(condition)                                                                                      \
    do {                                                                                                               \
        if (loam_gc_has(LOAM_GC_PROMPT_FREE))                                                                          \
            MUST(condition);                                                                                           \
    } while (0)

#define MUST_IF_EXACT(condition)                                                                                       \
    do {                                                                                                               \
        if (loam_gc_has(LOAM_GC_EXACT_CYCLES))                                                                         \
            MUST(condition);                                                                                           \
    } while (0)

/* Objects: with fields, so that they can be in a cycle, and without; compared by identity, and by number. */

typedef struct node {
    loam_object loam;
    loam_value one, two;
    int64_t number;
} node;

typedef struct token {
    loam_object loam;
    int64_t number;
} token;

static int64_t freed;

static void count_freed(void *self)
{
    (void)self;
    freed++;
}

static loam_type node_type = {.name = "node",
                              .size = sizeof(node),
                              .refs = LOAM_REFS(offsetof(node, one), offsetof(node, two)),
                              .dispose = count_freed,
                              .external = true};

static loam_type token_type = {.name = "token", .size = sizeof(token), .dispose = count_freed, .external = true};

/* What the next calls of user code do. */
static unsigned hashes, comparisons;
static bool all_collide;
static void (*on_comparison)(void);
static void (*on_finalize)(node *self);

static loam_status numbered_hash(const void *self, uint64_t *out)
{
    uint64_t state = (uint64_t)((const token *)self)->number;

    hashes++;
    *out = all_collide ? 1 : random_word(&state);
    return LOAM_OK;
}

static int numbered_equal(const void *self, const void *other)
{
    void (*act)(void) = on_comparison;

    comparisons++;
    on_comparison = NULL;
    if (act)
        act();
    return ((const token *)self)->number == ((const token *)other)->number;
}

static loam_type numbered_type = {
    .name = "numbered", .size = sizeof(token), .hash = numbered_hash, .equal = numbered_equal};

static void node_finalize(void *self)
{
    if (on_finalize)
        on_finalize(self);
}

static loam_type finalized_type = {.name = "finalized",
                                   .size = sizeof(node),
                                   .refs = LOAM_REFS(offsetof(node, one), offsetof(node, two)),
                                   .dispose = count_freed,
                                   .external = true,
                                   .finalize = node_finalize};

static void forget(void)
{
    freed = 0;
    hashes = comparisons = 0;
    all_collide = false;
    on_comparison = NULL;
    on_finalize = NULL;
}

static node *node_of(loam_type *type, int64_t number)
{
    node *n = loam_new(type);

    MUST(n);
    n->number = number;
    return n;
}

static node *node_new(int64_t number)
{
    return node_of(&node_type, number);
}

static token *token_of(loam_type *type, int64_t number)
{
    token *t = loam_new(type);

    MUST(t);
    t->number = number;
    return t;
}

static token *token_new(int64_t number)
{
    return token_of(&token_type, number);
}

static token *numbered_new(int64_t number)
{
    return token_of(&numbered_type, number);
}

static void set_one(node *n, const void *handle)
{
    MUST(loam_slot_set(n, &n->one, loam_from(handle)) == LOAM_OK);
}

static void set_two(node *n, const void *handle)
{
    MUST(loam_slot_set(n, &n->two, loam_from(handle)) == LOAM_OK);
}

static bool is_same(loam_value found, const void *handle)
{
    loam_release(found);
    return found.word == loam_from(handle).word;
}

static bool is_the_value(loam_weak_value_dict *dict, const char *key, const void *handle)
{
    loam_value found;

    return loam_weak_value_dict_find(dict, key, &found) == LOAM_OK && is_same(found, handle);
}

static bool is_missing(loam_weak_value_dict *dict, const char *key)
{
    loam_value found = LOAM_NONE;

    return loam_weak_value_dict_find(dict, key, &found) == LOAM_MISSING && loam_is_unset(found) &&
           loam_weak_value_dict_contains(dict, key) == 0;
}

static const char *check(const void *map)
{
    return loam__dict_check((loam_dict *)(uintptr_t)map);
}

/* weak_value_dict. */

LOAM_TEST(weak_value_dict, a_value_is_found_for_as_long_as_somebody_holds_it)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    loam_auto token *kept = token_new(1);
    token *dropped = token_new(2);

    forget();
    MUST(loam_weak_value_dict_set(dict, "kept", loam_from(kept)) == LOAM_OK);
    MUST(loam_weak_value_dict_set(dict, "dropped", loam_from(dropped)) == LOAM_OK);
    MUST(loam_weak_value_dict_len(dict) == 2 && loam_len(loam_from(dict)) == 2);
    MUST(is_the_value(dict, "kept", kept) && is_the_value(dict, "dropped", dropped));
    loam_release(dropped);
    MUST_IF_PROMPT(freed == 1 && is_missing(dict, "dropped") && loam_weak_value_dict_len(dict) == 1);
    MUST(is_the_value(dict, "kept", kept) && !check(dict));
}

LOAM_TEST(weak_value_dict, what_is_found_is_held)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    token *value = token_new(1);
    loam_value found;

    forget();
    MUST(loam_weak_value_dict_set(dict, 5, loam_from(value)) == LOAM_OK);
    MUST(loam_weak_value_dict_find(dict, 5.0, &found) == LOAM_OK);
    loam_release(value);
    MUST(freed == 0 && loam_weak_value_dict_contains(dict, 5) == 1);
    loam_release(found);
    MUST_IF_PROMPT(freed == 1 && loam_weak_value_dict_contains(dict, 5) == 0);
}

LOAM_TEST(weak_value_dict, get_pop_and_remove_fail_where_there_is_nothing)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    loam_auto token *value = token_new(1);

    MUST(loam_weak_value_dict_set(dict, "a", loam_from(value)) == LOAM_OK);
    MUST(is_same(loam_weak_value_dict_get(dict, "a"), value));
    MUST(is_same(loam_weak_value_dict_pop(dict, "a"), value));
    MUST(loam_is_unset(loam_weak_value_dict_get(dict, "a")));
    assert_failed(LOAM_ERR_KEY);
    MUST(loam_is_unset(loam_weak_value_dict_pop(dict, "a")));
    assert_failed(LOAM_ERR_KEY);
    MUST(loam_weak_value_dict_remove(dict, "a") == LOAM_ERR_KEY);
    assert_failed(LOAM_ERR_KEY);
    MUST(loam_weak_value_dict_set(dict, "a", loam_from(value)) == LOAM_OK);
    MUST(loam_weak_value_dict_remove(dict, "a") == LOAM_OK && loam_weak_value_dict_len(dict) == 0);
}

LOAM_TEST(weak_value_dict, a_value_without_identity_cannot_be_in_it)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    loam_auto token *value = token_new(1);
    loam_auto loam_list *list = loam_list_new();

    MUST(loam_weak_value_dict_set(dict, "a", 5) == LOAM_ERR_TYPE);
    MUST(loam_weak_value_dict_set(dict, "a", INT64_MAX) == LOAM_ERR_TYPE);
    MUST(loam_weak_value_dict_set(dict, "a", 1e300) == LOAM_ERR_TYPE);
    MUST(loam_weak_value_dict_set(dict, "a", LOAM_NONE) == LOAM_ERR_TYPE);
    MUST(loam_weak_value_dict_set(dict, "a", "text") == LOAM_ERR_TYPE);
    MUST(loam_weak_value_dict_set(dict, "a", ((loam_view){"\xff", 1})) == LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    MUST(loam_weak_value_dict_set(dict, list, loam_from(value)) == LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    MUST(loam_weak_value_dict_len(dict) == 0);
}

LOAM_TEST(weak_value_dict, a_value_that_nobody_holds_is_gone_at_once)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();

    MUST(loam_weak_value_dict_set(dict, "a", LOAM_LIST(1, 2)) == LOAM_OK);
    MUST_IF_PROMPT(is_missing(dict, "a") && loam_weak_value_dict_len(dict) == 0);
}

LOAM_TEST(weak_value_dict, a_failure_that_reaches_it_is_passed_on)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    loam_value found = LOAM_NONE;

    loam_fail(LOAM_ERR_IO, "no such file");
    MUST(loam_weak_value_dict_set(dict, "a", LOAM_UNSET) == LOAM_ERR_IO);
    MUST(loam_weak_value_dict_set(NULL, "a", LOAM_NONE) == LOAM_ERR_IO);
    MUST(loam_weak_value_dict_set(dict, LOAM_UNSET, LOAM_LIST(1)) == LOAM_ERR_IO);
    MUST(loam_weak_value_dict_find(NULL, "a", &found) == LOAM_ERR_IO && loam_is_unset(found));
    MUST(loam_weak_value_dict_contains(NULL, "a") == LOAM_ERR_IO);
    MUST(loam_is_unset(loam_weak_value_dict_get(NULL, "a")) && loam_is_unset(loam_weak_value_dict_pop(NULL, "a")));
    MUST(loam_weak_value_dict_len(NULL) == LOAM_ERR_IO && loam_weak_value_dict_clear(NULL) == LOAM_ERR_IO);
    MUST(!loam_weak_value_dict_keys(NULL) && !loam_weak_value_dict_items(NULL));
    assert_failed(LOAM_ERR_IO);
}

LOAM_TEST(weak_value_dict, a_key_gets_another_value_and_the_old_one_takes_nothing_with_it)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    token *first = token_new(1);
    loam_auto token *second = token_new(2);

    MUST(loam_weak_value_dict_set(dict, "a", loam_from(first)) == LOAM_OK);
    MUST(loam_weak_value_dict_set(dict, "a", loam_from(second)) == LOAM_OK);
    loam_release(first);
    MUST(is_the_value(dict, "a", second) && loam_weak_value_dict_len(dict) == 1 && !check(dict));
}

static loam_weak_value_dict *shared;
static token *spare;

/* Runs before the entry is taken out: what is attached last to an object learns of its death first. */
static void set_again(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
    MUST(is_missing(shared, "a"));
    MUST(loam_weak_value_dict_set(shared, "a", loam_from(spare)) == LOAM_OK);
}

LOAM_TEST(weak_value_dict, a_callback_sets_the_key_whose_value_has_just_died)
{
    token *first = token_new(1);
    loam_auto loam_weakref *ref = NULL;

    shared = loam_weak_value_dict_new();
    spare = token_new(2);
    MUST(loam_weak_value_dict_set(shared, "a", loam_from(first)) == LOAM_OK);
    ref = loam_weakref_new_callback(loam_from(first), set_again, NULL);
    loam_release(first);
    MUST_IF_PROMPT(is_the_value(shared, "a", spare) && loam_weak_value_dict_len(shared) == 1 && !check(shared));
    loam_release(spare);
    MUST_IF_PROMPT(is_missing(shared, "a"));
    loam_release(shared);
}

static void clear_it(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
    MUST(loam_weak_value_dict_clear(shared) == LOAM_OK);
}

static void drop_it(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
    loam_release(shared);
    shared = NULL;
}

static void die_with_a_callback(loam_weakref_callback *callback)
{
    loam_auto token *others[] = {token_new(1), token_new(2)};
    token *first = token_new(0);
    loam_weakref *ref = loam_weakref_new_callback(loam_from(first), callback, NULL);
    loam_weakref *after;

    (void)others;
    shared = loam_weak_value_dict_new();
    MUST(loam_weak_value_dict_set(shared, "a", loam_from(first)) == LOAM_OK);
    MUST(loam_weak_value_dict_set(shared, "b", loam_from(first)) == LOAM_OK);
    after = loam_weakref_new_callback(loam_from(first), callback, NULL);
    loam_release(first);
    MUST_IF_PROMPT(!shared || loam_weak_value_dict_len(shared) == 0);
    loam_release(shared);
    loam_release(others[1]);
    loam_release(ref);
    loam_release(after);
}

LOAM_TEST(weak_value_dict, a_callback_clears_it_or_drops_it)
{
    die_with_a_callback(clear_it);
    die_with_a_callback(drop_it);
}

static void make_garbage_cycle(loam_weak_value_dict *dict)
{
    loam_auto node *a = node_new(1);
    loam_auto node *b = node_new(2);

    set_one(a, b);
    set_one(b, a);
    MUST(loam_weak_value_dict_set(dict, "a", loam_from(a)) == LOAM_OK);
    MUST(loam_weak_value_dict_set(dict, "b", loam_from(b)) == LOAM_OK);
}

LOAM_TEST(weak_value_dict, values_in_a_dropped_cycle_go_when_it_is_collected)
{
    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation++) {
        loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
        forget();
        make_garbage_cycle(dict);
        MUST_IF_PROMPT(loam_weak_value_dict_len(dict) == 2);
        loam_gc_collect(generation);
        MUST_IF_EXACT(freed == 2 && is_missing(dict, "a") && loam_weak_value_dict_len(dict) == 0);
        MUST(!check(dict));
    }
}

LOAM_TEST(weak_value_dict, lists_hold_what_is_in_them)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    token *tokens[] = {token_new(0), token_new(1), token_new(2)};
    loam_list *values;
    loam_list *items;

    forget();
    for (int i = 0; i < 3; i++)
        MUST(loam_weak_value_dict_set(dict, i, loam_from(tokens[i])) == LOAM_OK);
    loam_release(tokens[1]);
    values = loam_weak_value_dict_values(dict);
    items = loam_weak_value_dict_items(dict);
    loam_release(tokens[0]);
    loam_release(tokens[2]);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE)) {
        assert_repr_take(loam_from(loam_weak_value_dict_keys(dict)), "[0, 2]");
        assert_repr(loam_from(values), "[<token object>, <token object>]");
        assert_repr(loam_from(items), "[(0, <token object>), (2, <token object>)]");
        MUST(freed == 1);
    }
    loam_release(values);
    loam_release(items);
    MUST_IF_PROMPT(freed == 3 && loam_weak_value_dict_len(dict) == 0);
}

LOAM_TEST(weak_value_dict, what_dies_during_an_iteration_is_left_out)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    loam_auto loam_iter *it = loam_iter_of(loam_from(dict));
    token *tokens[20];
    loam_value key;
    int64_t sum = 0;
    int64_t number;
    loam_status status;

    for (int i = 0; i < 20; i++) {
        tokens[i] = token_new(i);
        MUST(loam_weak_value_dict_set(dict, i, loam_from(tokens[i])) == LOAM_OK);
    }
    loam_release(it);
    it = loam_iter_of(loam_from(dict));
    while ((status = loam_iter_next_peek(it, &key)) == LOAM_OK) {
        MUST(loam_to_int(key, &number) == LOAM_OK && tokens[number]);
        sum += number;
        loam_release(tokens[number]); /* the one that has come, and one of those to come */
        tokens[number] = NULL;
        loam_release(tokens[19 - number]);
        tokens[19 - number] = NULL;
        if (!loam_gc_has(LOAM_GC_PROMPT_FREE))
            break;
    }
    MUST_IF_PROMPT(status == LOAM_DONE && sum == 45 && loam_weak_value_dict_len(dict) == 0 && !check(dict));
    for (int i = 0; i < 20; i++)
        loam_release(tokens[i]);
}

LOAM_TEST(weak_value_dict, what_the_program_changes_ends_an_iteration)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    loam_auto token *value = token_new(1);
    loam_auto loam_iter *it = NULL;
    loam_value key;

    MUST(loam_weak_value_dict_set(dict, "a", loam_from(value)) == LOAM_OK);
    MUST(loam_weak_value_dict_set(dict, "b", loam_from(value)) == LOAM_OK);
    it = loam_iter_of(loam_from(dict));
    MUST(loam_iter_next_peek(it, &key) == LOAM_OK);
    MUST(loam_weak_value_dict_set(dict, "b", loam_from(it)) == LOAM_OK); /* another value, no change of keys */
    MUST(loam_iter_next_peek(it, &key) == LOAM_OK);
    MUST(loam_weak_value_dict_set(dict, "c", loam_from(value)) == LOAM_OK);
    MUST(loam_iter_next_peek(it, &key) == LOAM_ERR_CHANGED);
    assert_failed(LOAM_ERR_CHANGED);
    loam_weak_value_dict_clear(dict);
}

LOAM_TEST(weak_value_dict, it_goes_before_its_values_and_after_them)
{
    loam_weak_value_dict *dicts[] = {loam_weak_value_dict_new(), loam_weak_value_dict_new()};
    token *value = token_new(1);

    MUST(loam_weak_value_dict_set(dicts[0], "a", loam_from(value)) == LOAM_OK);
    MUST(loam_weak_value_dict_set(dicts[1], "a", loam_from(value)) == LOAM_OK);
    MUST(loam_weak_value_dict_set(dicts[1], "b", loam_from(value)) == LOAM_OK);
    loam_release(dicts[0]);
    MUST(is_the_value(dicts[1], "a", value));
    loam_release(value);
    MUST_IF_PROMPT(loam_weak_value_dict_len(dicts[1]) == 0);
    loam_release(dicts[1]);
}

LOAM_TEST(weak_value_dict, it_goes_together_with_its_values)
{
    for (int order = 0; order < 2; order++) {
        loam_weak_value_dict *dict = loam_weak_value_dict_new();
        loam_list *values = loam_list_new();
        for (int i = 0; i < 100; i++) {
            MUST(loam_list_append_take(values, loam_from(node_new(i))) == LOAM_OK);
            MUST(loam_weak_value_dict_set(dict, i, loam_list_get_peek(values, -1)) == LOAM_OK);
        }
        /* held by nothing but these */
        loam_release(order ? loam_list_of(loam_from(dict), values) : loam_list_of(values, loam_from(dict)));
        loam_release(loam_list_of(LOAM_TAKE(dict), LOAM_TAKE(values)));
    }
}

LOAM_TEST(weak_value_dict, it_is_part_of_a_cycle)
{
    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation++) {
        loam_weak_value_dict *dict = loam_weak_value_dict_new();
        node *key = node_new(1);
        node *value = node_new(2);
        forget();
        set_one(key, dict);
        set_two(key, value);
        MUST(loam_weak_value_dict_set(dict, loam_from(key), loam_from(value)) == LOAM_OK);
        loam_release(key);
        loam_release(value);
        loam_release(dict);
        MUST(freed == 0);
        loam_gc_collect(generation);
        MUST_IF_EXACT(freed == 2);
    }
}

LOAM_TEST(weak_value_dict, keys_of_a_type_of_ones_own)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    token *values[40];

    forget();
    all_collide = true;
    for (int i = 0; i < 40; i++) {
        loam_auto token *key = numbered_new(i);
        values[i] = token_new(i);
        MUST(loam_weak_value_dict_set(dict, loam_from(key), loam_from(values[i])) == LOAM_OK);
    }
    hashes = comparisons = 0;
    for (int i = 0; i < 40; i += 2)
        loam_release(values[i]);
    MUST(hashes == 0 && comparisons == 0);
    for (int i = 0; i < 40; i++) {
        loam_auto token *key = numbered_new(i);
        MUST_IF_PROMPT(loam_weak_value_dict_contains(dict, loam_from(key)) == i % 2);
    }
    MUST(!check(dict));
    for (int i = 1; i < 40; i += 2)
        loam_release(values[i]);
}

LOAM_TEST(weak_value_dict, many_entries)
{
    enum { MANY = 100000 };
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    loam_auto loam_list *values = loam_list_new();
    loam_value found;

    for (int i = 0; i < MANY; i++) {
        MUST(loam_list_append_take(values, loam_from(token_new(i))) == LOAM_OK);
        MUST(loam_weak_value_dict_set(dict, i, loam_list_get_peek(values, i)) == LOAM_OK);
    }
    for (int i = 0; i < MANY; i += 2)
        MUST(loam_list_set(values, i, LOAM_NONE) == LOAM_OK);
    MUST_IF_PROMPT(loam_weak_value_dict_len(dict) == MANY / 2 && !check(dict));
    for (int i = 1; i < MANY; i += 2)
        MUST(loam_weak_value_dict_find(dict, i, &found) == LOAM_OK &&
             is_same(found, loam_to_peek(loam_list_get_peek(values, i), &token_type)));
    loam_list_clear(values);
    MUST_IF_PROMPT(loam_weak_value_dict_len(dict) == 0 && !check(dict));
}

LOAM_TEST(weak_value_dict, what_it_is)
{
    loam_auto loam_weak_value_dict *dict = loam_weak_value_dict_new();
    loam_auto token *value = token_new(1);
    int64_t empty = loam_sizeof_deep(loam_from(dict));

    assert_repr(loam_from(dict), "<weak_value_dict object>");
    MUST(loam_is_weak_value_dict(loam_from(dict)) && !loam_is_weak_value_dict(LOAM_NONE));
    MUST(loam_to_weak_value_dict_peek(loam_from(dict)) == dict);
    MUST(!loam_is_weak_key_dict(loam_from(dict)) && !loam_is_weak_set(loam_from(dict)));
    MUST(!loam_to_weak_value_dict_peek(LOAM_NONE));
    assert_failed(LOAM_ERR_TYPE);
    MUST(empty == loam_sizeof(loam_from(dict)));
    MUST(loam_weak_value_dict_set(dict, 1, loam_from(value)) == LOAM_OK);
    MUST(loam_sizeof_deep(loam_from(dict)) - empty < 200); /* the value is not of it */
}

/* weak_key_dict. */

static bool has_value(loam_weak_key_dict *dict, const void *key, loam_value value)
{
    loam_value found;
    bool same = loam_weak_key_dict_find(dict, loam_from(key), &found) == LOAM_OK && found.word == value.word;

    loam_release(found);
    return same;
}

LOAM_TEST(weak_key_dict, a_value_is_held_while_its_key_is_alive)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    token *key = token_new(1);
    node *value = node_new(2);

    forget();
    MUST(loam_weak_key_dict_set(dict, loam_from(key), loam_from(value)) == LOAM_OK);
    loam_release(value);
    loam_gc_collect(2);
    MUST(freed == 0 && has_value(dict, key, loam_from(value)) && loam_weak_key_dict_len(dict) == 1);
    MUST(loam_weak_key_dict_contains(dict, loam_from(key)) == 1 && loam_len(loam_from(dict)) == 1);
    loam_release(key);
    MUST_IF_PROMPT(freed == 2 && loam_weak_key_dict_len(dict) == 0 && !check(dict));
}

LOAM_TEST(weak_key_dict, get_pop_and_remove)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    loam_auto token *key = token_new(1);
    loam_value value;

    MUST(loam_weak_key_dict_set(dict, loam_from(key), "text") == LOAM_OK);
    assert_repr_take(loam_weak_key_dict_get(dict, loam_from(key)), "'text'");
    assert_repr_take(loam_weak_key_dict_pop(dict, loam_from(key)), "'text'");
    MUST(loam_is_unset(loam_weak_key_dict_get(dict, loam_from(key))));
    assert_failed(LOAM_ERR_KEY);
    MUST(loam_is_unset(loam_weak_key_dict_pop(dict, loam_from(key))));
    assert_failed(LOAM_ERR_KEY);
    MUST(loam_weak_key_dict_remove(dict, loam_from(key)) == LOAM_ERR_KEY);
    assert_failed(LOAM_ERR_KEY);
    MUST(loam_weak_key_dict_find(dict, loam_from(key), &value) == LOAM_MISSING && loam_is_unset(value));
    MUST(loam_weak_key_dict_set(dict, loam_from(key), LOAM_LIST(1)) == LOAM_OK);
    MUST(loam_weak_key_dict_set(dict, loam_from(key), LOAM_NONE) == LOAM_OK && loam_weak_key_dict_len(dict) == 1);
    MUST(has_value(dict, key, LOAM_NONE));
    MUST(loam_weak_key_dict_remove(dict, loam_from(key)) == LOAM_OK && loam_weak_key_dict_len(dict) == 0);
}

LOAM_TEST(weak_key_dict, a_key_without_identity_or_hash_cannot_be_in_it)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    loam_auto loam_list *list = loam_list_new();
    loam_auto loam_bytes *bytes = loam_bytes_from("b", 1);
    loam_value found;

    MUST(loam_weak_key_dict_set(dict, 5, 1) == LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_set(dict, "text", 1) == LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_set(dict, bytes, 1) == LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_set(dict, LOAM_NONE, 1) == LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_set(dict, list, 1) == LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_find(dict, 0, &found) == LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_find(dict, 0u, &found) == LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_find(dict, 1e300, &found) == LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_find(dict, "text", &found) == LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_contains(dict, ((loam_view){"text", 4})) == LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_remove(dict, list) == LOAM_ERR_TYPE);
    MUST(loam_is_unset(loam_weak_key_dict_pop(dict, LOAM_TUPLE(list))));
    assert_failed(LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_len(dict) == 0);
    loam_fail(LOAM_ERR_IO, "no such file");
    MUST(loam_weak_key_dict_set(dict, LOAM_UNSET, 1) == LOAM_ERR_IO);
    MUST(loam_weak_key_dict_set(NULL, list, 1) == LOAM_ERR_IO && loam_weak_key_dict_len(NULL) == LOAM_ERR_IO);
    MUST(loam_weak_key_dict_find(dict, (const char *)NULL, &found) == LOAM_ERR_IO);
    MUST(loam_weak_key_dict_find(dict, LOAM_UNSET, &found) == LOAM_ERR_IO);
    MUST(loam_is_unset(loam_weak_key_dict_get(NULL, list)) && loam_is_unset(loam_weak_key_dict_pop(NULL, list)));
    MUST(loam_weak_key_dict_contains(NULL, list) == LOAM_ERR_IO && !loam_weak_key_dict_values(NULL));
    assert_failed(LOAM_ERR_IO);
}

LOAM_TEST(weak_key_dict, keys_are_compared_as_what_they_are_and_the_first_one_stays)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    token *first = numbered_new(1);
    loam_auto token *second = numbered_new(1);
    loam_auto loam_list *keys = NULL;

    MUST(loam_weak_key_dict_set(dict, loam_from(first), 1) == LOAM_OK);
    MUST(loam_weak_key_dict_set(dict, loam_from(second), 2) == LOAM_OK);
    MUST(has_value(dict, first, LOAM_VAL(2)) && has_value(dict, second, LOAM_VAL(2)));
    keys = loam_weak_key_dict_keys(dict);
    MUST(loam_list_len(keys) == 1 && loam_list_get_peek(keys, 0).word == loam_from(first).word);
    loam_list_clear(keys);
    loam_release(first);
    MUST_IF_PROMPT(loam_weak_key_dict_contains(dict, loam_from(second)) == 0 && loam_weak_key_dict_len(dict) == 0);
}

LOAM_TEST(weak_key_dict, a_key_is_hashed_once)
{
    enum { KEYS = 200 };
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    token *keys[KEYS];

    forget();
    for (int i = 0; i < KEYS; i++) {
        keys[i] = numbered_new(i);
        MUST(loam_weak_key_dict_set(dict, loam_from(keys[i]), i) == LOAM_OK);
    }
    MUST(hashes == KEYS && comparisons == 0);
    for (int i = 0; i < KEYS; i += 2)
        loam_release(keys[i]);
    MUST(hashes == KEYS && comparisons == 0 && !check(dict));
    for (int i = 1; i < KEYS; i += 2) {
        MUST(has_value(dict, keys[i], LOAM_VAL(i)));
        loam_release(keys[i]);
    }
    MUST_IF_PROMPT(loam_weak_key_dict_len(dict) == 0);
}

/* A value that refers to its key, which can or cannot be in a cycle itself. */
static void make_value_that_holds_its_key(loam_weak_key_dict *dict, bool is_plain)
{
    loam_value key = is_plain ? loam_from(token_new(1)) : loam_from(node_new(1));
    loam_auto node *value = node_new(2);

    MUST(loam_slot_set_take(value, &value->one, key) == LOAM_OK);
    MUST(loam_weak_key_dict_set(dict, key, loam_from(value)) == LOAM_OK);
    MUST(loam_weak_key_dict_len(dict) == 1);
}

LOAM_TEST(weak_key_dict, a_key_that_only_its_own_value_holds_goes_when_the_dict_is_cleared)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    node *key = node_new(1);

    forget();
    MUST(loam_weak_key_dict_set(dict, loam_from(key), loam_from(key)) == LOAM_OK);
    loam_release(key);
    MUST(loam_weak_key_dict_clear(dict) == LOAM_OK);
    MUST_IF_PROMPT(freed == 1 && loam_weak_key_dict_len(dict) == 0);
    loam_gc_collect(2);
    MUST(!check(dict));
}

LOAM_TEST(weak_key_dict, a_value_that_refers_to_its_key_does_not_keep_it_alive)
{
    for (int is_plain = 0; is_plain < 2; is_plain++)
        for (int is_older = 0; is_older < 2; is_older++) {
            loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
            forget();
            make_value_that_holds_its_key(dict, is_plain);
            for (int i = 0; is_older && i < 3; i++)
                loam_gc_collect(0);
            loam_gc_collect(1);
            MUST(freed == 0 || !loam_gc_has(LOAM_GC_EXACT_CYCLES));
            loam_gc_collect(2);
            MUST_IF_EXACT(freed == 2 && loam_weak_key_dict_len(dict) == 0 && !check(dict));
        }
}

LOAM_TEST(weak_key_dict, a_key_that_is_its_own_value)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    node *key = node_new(1);
    token *plain = token_new(1);

    forget();
    MUST(loam_weak_key_dict_set(dict, loam_from(key), loam_from(key)) == LOAM_OK);
    MUST(loam_weak_key_dict_set(dict, loam_from(plain), loam_from(plain)) == LOAM_OK);
    loam_gc_collect(2);
    MUST(freed == 0 && has_value(dict, key, loam_from(key)) && has_value(dict, plain, loam_from(plain)));
    loam_release(key);
    loam_release(plain);
    loam_gc_collect(2);
    MUST_IF_EXACT(freed == 2 && loam_weak_key_dict_len(dict) == 0);
}

/* Nobody asks for a collection: the dropped key is what makes one worthwhile once the heap has grown. */
static void drop_a_key_and_go_on(bool is_plain)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    loam_auto loam_list *others = loam_list_new();
    loam_value key = is_plain ? loam_from(token_new(1)) : loam_from(node_new(1));
    node *value = node_new(2);

    MUST(loam_slot_set(value, &value->one, key) == LOAM_OK);
    MUST(loam_weak_key_dict_set(dict, key, loam_from(value)) == LOAM_OK);
    loam_release(value);
    loam_gc_collect(2);
    loam_gc_collect(2);
    forget();
    loam_release(key);
    for (int i = 0; loam_weak_key_dict_len(dict) && i < 100000; i++) {
        MUST(loam_list_append_take(others, loam_from(loam_list_of(i))) == LOAM_OK);
        loam_release(loam_list_new()); /* a safe point */
    }
    MUST_IF_EXACT(freed == 2 && loam_weak_key_dict_len(dict) == 0);
}

LOAM_TEST(weak_key_dict, a_dropped_key_that_its_value_refers_to_is_found_without_being_asked)
{
    drop_a_key_and_go_on(false);
    drop_a_key_and_go_on(true);
}

/* key => a node that refers to the next key, and so on; the first key. */
static loam_value make_chain(loam_weak_key_dict *dict, int64_t len, bool is_plain)
{
    loam_value first = is_plain ? loam_from(token_new(0)) : loam_from(node_new(0));
    loam_auto_value loam_value key = loam_retain_value(first);

    for (int64_t i = 1; i <= len; i++) {
        loam_auto node *value = node_new(i);
        loam_value next = is_plain ? loam_from(token_new(i)) : loam_from(node_new(i));
        MUST(loam_slot_set(value, &value->one, next) == LOAM_OK);
        MUST(loam_weak_key_dict_set(dict, key, loam_from(value)) == LOAM_OK);
        loam_unset(&key);
        key = next;
    }
    return first;
}

static void keep_a_chain(bool is_plain)
{
    enum { LEN = 1000 };

    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    loam_value first = make_chain(dict, LEN, is_plain);

    forget();
    loam_gc_collect(2);
    MUST(freed == 0 && loam_weak_key_dict_len(dict) == LEN);
    loam_unset(&first);
    MUST_IF_PROMPT(freed == 2 * LEN + 1 && loam_weak_key_dict_len(dict) == 0);
}

/* In processes of their own: where it is not prompt, the one's garbage is freed during the other. */
LOAM_TEST(weak_key_dict, a_chain_through_values_is_kept_while_its_first_key_is_held)
{
    keep_a_chain(false);
}

LOAM_TEST(weak_key_dict, a_chain_through_values_is_kept_while_its_first_plain_key_is_held)
{
    keep_a_chain(true);
}

/* Made so that counts alone do not take it apart: the last value refers to the first key. */
LOAM_TEST(weak_key_dict, a_ring_through_values_is_kept_while_one_of_its_keys_is_held)
{
    enum { LEN = 1000 };

    for (int is_plain = 0; is_plain < 2; is_plain++) {
        loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
        loam_value first = make_chain(dict, LEN, is_plain);
        loam_list *values = loam_weak_key_dict_values(dict);
        node *last = loam_to_peek(loam_list_get_peek(values, -1), &node_type);
        MUST(loam_slot_set(last, &last->two, first) == LOAM_OK);
        loam_release(values);
        forget();
        loam_gc_collect(2);
        MUST(loam_weak_key_dict_len(dict) == LEN);
        MUST_IF_EXACT(freed == 0);
        loam_unset(&first);
        MUST_IF_EXACT(freed == 0);
        loam_gc_collect(2);
        MUST_IF_EXACT(freed == 2 * LEN + 1 && loam_weak_key_dict_len(dict) == 0 && !check(dict));
    }
}

/* The entries again, in the opposite order. */
static void reverse(loam_weak_key_dict *dict)
{
    loam_auto loam_list *items = loam_weak_key_dict_items(dict);

    MUST(items && loam_weak_key_dict_clear(dict) == LOAM_OK);
    for (int64_t i = loam_list_len(items) - 1; i >= 0; i--) {
        loam_tuple *pair = loam_to_tuple_peek(loam_list_get_peek(items, i));
        MUST(loam_weak_key_dict_set(dict, loam_tuple_get_peek(pair, 0), loam_tuple_get_peek(pair, 1)) == LOAM_OK);
    }
}

/* The dict goes, and the chain falls apart link by link while entries wait to be freed. */
LOAM_TEST(weak_key_dict, a_chain_goes_with_its_dict)
{
    for (int is_plain = 0; is_plain < 2; is_plain++)
        for (int backwards = 0; backwards < 2; backwards++) {
            loam_weak_key_dict *dict = loam_weak_key_dict_new();
            loam_value first = make_chain(dict, 100, is_plain);
            if (backwards)
                reverse(dict);
            forget();
            loam_release(dict);
            MUST_IF_PROMPT(freed == 200);
            loam_unset(&first);
            MUST_IF_PROMPT(freed == 201);
        }
}

LOAM_TEST(weak_key_dict, keys_of_two_dicts_that_hold_each_other)
{
    loam_auto loam_weak_key_dict *one = loam_weak_key_dict_new();
    loam_auto loam_weak_key_dict *two = loam_weak_key_dict_new();
    token *a = token_new(1);
    node *b = node_new(2);
    node *to_a = node_new(3);
    node *to_b = node_new(4);

    forget();
    set_one(to_a, a);
    set_one(to_b, b);
    MUST(loam_weak_key_dict_set(one, loam_from(a), loam_from(to_b)) == LOAM_OK);
    MUST(loam_weak_key_dict_set(two, loam_from(b), loam_from(to_a)) == LOAM_OK);
    loam_release(to_a);
    loam_release(to_b);
    loam_release(a);
    loam_gc_collect(2);
    MUST(freed == 0);
    loam_release(b);
    loam_gc_collect(2);
    MUST_IF_EXACT(freed == 4 && loam_weak_key_dict_len(one) == 0 && loam_weak_key_dict_len(two) == 0);
}

LOAM_TEST(weak_key_dict, a_key_that_is_referred_to_very_often)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    token *key = token_new(1);
    loam_list *value = loam_list_new();

    for (int i = 0; i < 1000; i++)
        MUST(loam_list_append(value, loam_from(key)) == LOAM_OK);
    forget();
    MUST(loam_weak_key_dict_set(dict, loam_from(key), value) == LOAM_OK);
    loam_release(value);
    loam_gc_collect(2);
    MUST(freed == 0);
    loam_release(key);
    loam_gc_collect(2);
    MUST_IF_EXACT(freed == 1 && loam_weak_key_dict_len(dict) == 0);
}

LOAM_TEST(weak_key_dict, it_is_part_of_a_cycle)
{
    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation++)
        for (int is_plain = 0; is_plain < 2; is_plain++) {
            loam_weak_key_dict *dict = loam_weak_key_dict_new();
            node *value = node_new(1);
            loam_value key = is_plain ? loam_from(token_new(2)) : loam_from(node_new(2));
            forget();
            set_one(value, dict);
            MUST(loam_slot_set_take(value, &value->two, key) == LOAM_OK);
            MUST(loam_weak_key_dict_set(dict, key, loam_from(value)) == LOAM_OK);
            loam_release(value);
            loam_release(dict);
            MUST(freed == 0);
            loam_gc_collect(generation);
            MUST_IF_EXACT(freed == 2);
        }
}

/* The key is outside of the garbage, and goes with it because only that held it. */
LOAM_TEST(weak_key_dict, it_is_garbage_that_holds_its_keys)
{
    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation++) {
        loam_weak_key_dict *dict = loam_weak_key_dict_new();
        loam_auto loam_list *keys = loam_list_new();
        node *holder = node_new(1);
        forget();
        set_one(holder, dict);
        set_two(holder, keys);
        for (int i = 0; i < 50; i++) {
            MUST(loam_list_append_take(keys, loam_from(token_new(i))) == LOAM_OK);
            MUST(loam_weak_key_dict_set(dict, loam_list_get_peek(keys, i), loam_from(holder)) == LOAM_OK);
        }
        loam_release(loam_move(&keys));
        loam_release(holder);
        loam_release(dict);
        loam_gc_collect(generation);
        MUST_IF_EXACT(freed == 51);
    }
}

/* Finalizers in garbage. */

static node *survivor;

static void survive(node *self)
{
    survivor = loam_retain(self);
}

static void ignore(node *self)
{
    (void)self;
}

static void make_garbage_with_a_finalizer(bool dict_is_garbage, loam_weak_key_dict *dict)
{
    node *finalized = node_of(&finalized_type, 1);
    token *key = token_new(2);
    node *other = node_new(3);

    set_one(finalized, finalized);
    if (dict_is_garbage)
        set_two(finalized, dict);
    set_one(other, finalized);
    set_two(other, key);
    MUST(loam_weak_key_dict_set(dict, loam_from(key), loam_from(other)) == LOAM_OK);
    MUST(loam_weak_key_dict_set(dict, loam_from(finalized), loam_from(other)) == LOAM_OK);
    loam_release(finalized);
    loam_release(key);
    loam_release(other);
}

LOAM_TEST(weak_key_dict, what_a_finalizer_in_garbage_keeps_is_no_key_any_more)
{
    for (int keeps = 0; keeps < 2; keeps++) {
        loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
        forget();
        on_finalize = keeps ? survive : ignore;
        make_garbage_with_a_finalizer(false, dict);
        loam_gc_collect(2);
        MUST_IF_EXACT(loam_weak_key_dict_len(dict) == 0 && !check(dict));
        MUST_IF_EXACT(freed == (keeps ? 2 : 3));
        if (survivor)
            loam_release(loam_slot_take(survivor, &survivor->one));
        loam_release(loam_move(&survivor));
        loam_gc_collect(2);
        MUST_IF_EXACT(freed == 3);
    }
}

LOAM_TEST(weak_key_dict, a_finalizer_keeps_the_dict_that_was_garbage)
{
    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation++)
        for (int keeps = 0; keeps < 2; keeps++) {
            loam_weak_key_dict *dict = loam_weak_key_dict_new();
            forget();
            on_finalize = keeps ? survive : ignore;
            make_garbage_with_a_finalizer(true, dict);
            loam_release(dict);
            loam_gc_collect(generation);
            MUST_IF_EXACT(freed == (keeps ? 0 : 3));
            if (survivor) {
                MUST_IF_EXACT(loam_weak_key_dict_len(dict) == 1 && !check(dict)); /* the finalized one is no key */
                loam_release(loam_slot_take(survivor, &survivor->one));
                loam_release(loam_move(&survivor));
            }
            loam_gc_collect(2);
            MUST_IF_EXACT(freed == 3);
        }
}

static loam_weak_key_dict *shared_keys;
static token *shared_key;

static void set_in_shared(node *self)
{
    MUST(loam_weak_key_dict_set(shared_keys, loam_from(shared_key), self->number) == LOAM_OK);
    MUST(loam_weak_key_dict_contains(shared_keys, loam_from(self)) == 0);
}

LOAM_TEST(weak_key_dict, a_finalizer_changes_the_dict_that_its_object_was_a_key_of)
{
    shared_keys = loam_weak_key_dict_new();
    shared_key = token_new(1);
    forget();
    on_finalize = set_in_shared;
    for (int i = 0; i < 20; i++) {
        node *key = node_of(&finalized_type, i);
        MUST(loam_weak_key_dict_set(shared_keys, loam_from(key), loam_from(shared_key)) == LOAM_OK);
        loam_release(key);
    }
    MUST_IF_PROMPT(loam_weak_key_dict_len(shared_keys) == 1 && has_value(shared_keys, shared_key, LOAM_VAL(19)));
    MUST(!check(shared_keys));
    loam_release(shared_keys);
    loam_release(shared_key);
}

static token *doomed;

static void drop_doomed(void)
{
    loam_release(doomed);
    doomed = NULL;
}

/* The key that is compared dies in its own equality, and with it others that are on the way. */
LOAM_TEST(weak_key_dict, an_equality_drops_the_keys_that_it_compares)
{
    for (int victim = 0; victim < 12; victim++) {
        loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
        token *keys[12];
        loam_auto token *wanted = numbered_new(11);
        loam_value found;
        forget();
        all_collide = true;
        for (int i = 0; i < 12; i++) {
            keys[i] = numbered_new(i);
            MUST(loam_weak_key_dict_set(dict, loam_from(keys[i]), i) == LOAM_OK);
        }
        doomed = keys[victim];
        on_comparison = drop_doomed;
        MUST(loam_weak_key_dict_find(dict, loam_from(wanted), &found) ==
             (victim < 11 ? LOAM_OK : (loam_gc_has(LOAM_GC_PROMPT_FREE) ? LOAM_MISSING : LOAM_OK)));
        loam_release(found);
        MUST_IF_PROMPT(loam_weak_key_dict_len(dict) == 11 && !check(dict));
        for (int i = 0; i < 12; i++)
            if (i != victim)
                loam_release(keys[i]);
    }
}

LOAM_TEST(weak_key_dict, lists_and_iterations_hold_keys)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    token *keys[] = {token_new(0), token_new(1), token_new(2)};
    loam_iter *it;
    loam_list *items;
    loam_value key;

    forget();
    for (int i = 0; i < 3; i++)
        MUST(loam_weak_key_dict_set(dict, loam_from(keys[i]), i) == LOAM_OK);
    it = loam_iter_of(loam_from(dict));
    MUST(loam_iter_next_peek(it, &key) == LOAM_OK && key.word == loam_from(keys[0]).word);
    loam_release(keys[0]);
    loam_release(keys[1]);
    MUST_IF_PROMPT(freed == 1 && loam_to_peek(key, &token_type)); /* it is lent by the iterator */
    items = loam_weak_key_dict_items(dict);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE)) {
        assert_repr(loam_from(items), "[(<token object>, 0), (<token object>, 2)]");
        assert_repr_take(loam_from(loam_weak_key_dict_values(dict)), "[0, 2]");
        assert_repr_take(loam_from(loam_weak_key_dict_keys(dict)), "[<token object>, <token object>]");
    }
    loam_release(items);
    MUST_IF_PROMPT(loam_iter_next_peek(it, &key) == LOAM_OK && key.word == loam_from(keys[2]).word && freed == 2);
    MUST_IF_PROMPT(loam_iter_next_peek(it, &key) == LOAM_DONE);
    loam_release(it);
    loam_release(keys[2]);
    MUST_IF_PROMPT(freed == 3 && loam_weak_key_dict_len(dict) == 0);
}

LOAM_TEST(weak_key_dict, changes_of_the_program_end_an_iteration)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    loam_auto token *a = token_new(1);
    loam_auto token *b = token_new(1);
    loam_auto loam_iter *it = loam_iter_of(loam_from(dict));
    loam_value key;

    MUST(loam_weak_key_dict_set(dict, loam_from(a), 1) == LOAM_OK);
    MUST(loam_iter_next_peek(it, &key) == LOAM_ERR_CHANGED);
    loam_release(it);
    it = loam_iter_of(loam_from(dict));
    MUST(loam_weak_key_dict_set(dict, loam_from(a), 2) == LOAM_OK); /* another value is no change */
    MUST(loam_iter_next_peek(it, &key) == LOAM_OK);
    MUST(loam_weak_key_dict_set(dict, loam_from(b), 1) == LOAM_OK);
    MUST(loam_weak_key_dict_remove(dict, loam_from(b)) == LOAM_OK);
    MUST(loam_iter_next_peek(it, &key) == LOAM_ERR_CHANGED);
    assert_failed(LOAM_ERR_CHANGED);
    MUST(loam_weak_key_dict_clear(dict) == LOAM_OK && loam_weak_key_dict_len(dict) == 0);
}

LOAM_TEST(weak_key_dict, many_entries)
{
    enum { MANY = 100000 };
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    loam_auto loam_list *keys = loam_list_new();

    for (int i = 0; i < MANY; i++) {
        MUST(loam_list_append_take(keys, loam_from(node_new(i))) == LOAM_OK);
        MUST(loam_weak_key_dict_set(dict, loam_list_get_peek(keys, i), LOAM_LIST(i)) == LOAM_OK);
    }
    loam_gc_collect(2);
    MUST(loam_weak_key_dict_len(dict) == MANY);
    for (int i = 0; i < MANY; i += 2)
        MUST(loam_list_set(keys, i, LOAM_NONE) == LOAM_OK);
    MUST_IF_PROMPT(loam_weak_key_dict_len(dict) == MANY / 2 && !check(dict));
    loam_gc_collect(2);
    loam_list_clear(keys);
    MUST_IF_PROMPT(loam_weak_key_dict_len(dict) == 0 && !check(dict));
}

LOAM_TEST(weak_key_dict, what_it_is)
{
    loam_auto loam_weak_key_dict *dict = loam_weak_key_dict_new();
    loam_auto token *key = token_new(1);
    loam_auto loam_list *value = loam_list_of("long enough to be seen in a size, since it has more than a few letters");
    int64_t empty = loam_sizeof_deep(loam_from(dict));

    assert_repr(loam_from(dict), "<weak_key_dict object>");
    MUST(loam_is_weak_key_dict(loam_from(dict)) && !loam_is_weak_key_dict(LOAM_NONE));
    MUST(loam_to_weak_key_dict_peek(loam_from(dict)) == dict);
    MUST(!loam_to_weak_key_dict_peek(LOAM_NONE));
    assert_failed(LOAM_ERR_TYPE);
    MUST(loam_weak_key_dict_set(dict, loam_from(key), value) == LOAM_OK);
    MUST(loam_sizeof_deep(loam_from(dict)) - empty > loam_sizeof_deep(loam_from(value))); /* the value is of it */
}

/* weak_set. */

LOAM_TEST(weak_set, elements_are_there_while_somebody_holds_them)
{
    loam_auto loam_weak_set *set = loam_weak_set_new();
    loam_auto token *kept = token_new(1);
    node *dropped = node_new(2);

    forget();
    MUST(loam_weak_set_add(set, loam_from(kept)) == LOAM_OK && loam_weak_set_add(set, loam_from(kept)) == LOAM_OK);
    MUST(loam_weak_set_add(set, loam_from(dropped)) == LOAM_OK && loam_weak_set_len(set) == 2);
    MUST(loam_weak_set_contains(set, loam_from(dropped)) == 1 && loam_len(loam_from(set)) == 2);
    set_one(dropped, dropped);
    loam_release(dropped);
    loam_gc_collect(0);
    MUST_IF_EXACT(freed == 1 && loam_weak_set_len(set) == 1 && !check(set));
    MUST(loam_weak_set_contains(set, loam_from(kept)) == 1);
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        assert_repr_take(loam_from(loam_weak_set_items(set)), "[<token object>]");
}

LOAM_TEST(weak_set, remove_and_discard)
{
    loam_auto loam_weak_set *set = loam_weak_set_new();
    loam_auto token *element = token_new(1);
    loam_auto loam_list *list = loam_list_new();

    MUST(loam_weak_set_discard(set, loam_from(element)) == LOAM_MISSING);
    MUST(loam_weak_set_remove(set, loam_from(element)) == LOAM_ERR_KEY);
    assert_failed(LOAM_ERR_KEY);
    MUST(loam_weak_set_add(set, loam_from(element)) == LOAM_OK);
    MUST(loam_weak_set_discard(set, loam_from(element)) == LOAM_OK && loam_weak_set_len(set) == 0);
    MUST(loam_weak_set_add(set, loam_from(element)) == LOAM_OK);
    MUST(loam_weak_set_remove(set, loam_from(element)) == LOAM_OK && loam_weak_set_len(set) == 0);
    MUST(loam_weak_set_add(set, loam_from(element)) == LOAM_OK);
    MUST(loam_weak_set_clear(set) == LOAM_OK && loam_weak_set_contains(set, loam_from(element)) == 0);
    MUST(loam_weak_set_add(set, 5) == LOAM_ERR_TYPE && loam_weak_set_add(set, "text") == LOAM_ERR_TYPE);
    MUST(loam_weak_set_add(set, list) == LOAM_ERR_TYPE && loam_weak_set_contains(set, list) == LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    MUST(loam_weak_set_add(set, LOAM_TUPLE(1, 2)) == LOAM_OK);
    MUST_IF_PROMPT(loam_weak_set_len(set) == 0);
    loam_fail(LOAM_ERR_IO, "no such file");
    MUST(loam_weak_set_add(NULL, list) == LOAM_ERR_IO && loam_weak_set_add(set, LOAM_UNSET) == LOAM_ERR_IO);
    MUST(loam_weak_set_len(NULL) == LOAM_ERR_IO && loam_weak_set_remove(NULL, list) == LOAM_ERR_IO);
    MUST(loam_weak_set_clear(NULL) == LOAM_ERR_IO && !loam_weak_set_items(NULL));
    assert_failed(LOAM_ERR_IO);
}

LOAM_TEST(weak_set, equal_elements_are_one_and_the_first_stays)
{
    loam_auto loam_weak_set *set = loam_weak_set_new();
    token *first = numbered_new(1);
    loam_auto token *second = numbered_new(1);

    MUST(loam_weak_set_add(set, loam_from(first)) == LOAM_OK && loam_weak_set_add(set, loam_from(second)) == LOAM_OK);
    MUST(loam_weak_set_len(set) == 1 && loam_weak_set_contains(set, loam_from(second)) == 1);
    loam_release(first);
    MUST_IF_PROMPT(loam_weak_set_len(set) == 0 && loam_weak_set_contains(set, loam_from(second)) == 0);
}

static loam_weak_set *shared_set;

/* Inside of a finalizer what dies stays in the set until that returns. */
static void add_while_the_equal_one_dies(node *self)
{
    token *wanted = (token *)loam__object(self->one);

    doomed = numbered_new(wanted->number);
    MUST(loam_weak_set_add(shared_set, loam_from(doomed)) == LOAM_OK);
    on_comparison = drop_doomed;
    MUST(loam_weak_set_add(shared_set, loam_from(wanted)) == LOAM_OK);
    MUST(!doomed && loam_weak_set_contains(shared_set, loam_from(wanted)) == 1);
}

LOAM_TEST(weak_set, an_element_whose_equal_dies_in_the_comparison_is_added)
{
    loam_auto token *wanted = numbered_new(1);
    loam_auto loam_iter *it = NULL;
    loam_value element;
    node *n;

    forget();
    shared_set = loam_weak_set_new();
    n = node_of(&finalized_type, 1);
    set_one(n, wanted);
    on_finalize = add_while_the_equal_one_dies;
    loam_release(n);
    if (!loam_gc_has(LOAM_GC_PROMPT_FREE))
        MUST(loam_weak_set_add(shared_set, loam_from(wanted)) == LOAM_OK);
    MUST_IF_PROMPT(loam_weak_set_len(shared_set) == 1 && !check(shared_set));
    it = loam_iter_of(loam_from(shared_set));
    MUST_IF_PROMPT(loam_iter_next_peek(it, &element) == LOAM_OK && element.word == loam_from(wanted).word);
    loam_release(shared_set);
}

LOAM_TEST(weak_set, what_dies_during_an_iteration_is_left_out)
{
    loam_auto loam_weak_set *set = loam_weak_set_new();
    token *elements[50];
    loam_iter *it;
    loam_value element;
    int64_t count = 0;

    for (int i = 0; i < 50; i++) {
        elements[i] = token_new(i);
        MUST(loam_weak_set_add(set, loam_from(elements[i])) == LOAM_OK);
    }
    it = loam_iter_of(loam_from(set));
    for (; loam_iter_next_peek(it, &element) == LOAM_OK; count++)
        for (int i = 0; count == 9 && i < 50; i++) {
            MUST(i != 9 || loam_from(elements[i]).word == element.word);
            loam_release(elements[i]);
        }
    MUST_IF_PROMPT(count == 10 && loam_error()->status == LOAM_OK);
    loam_release(it);
    MUST_IF_PROMPT(loam_weak_set_len(set) == 0);
}

LOAM_TEST(weak_set, what_it_is)
{
    loam_auto loam_weak_set *set = loam_weak_set_new();

    assert_repr(loam_from(set), "<weak_set object>");
    MUST(loam_is_weak_set(loam_from(set)) && !loam_is_weak_set(LOAM_NONE));
    MUST(loam_to_weak_set_peek(loam_from(set)) == set);
    MUST(!loam_to_weak_set_peek(LOAM_NONE));
    assert_failed(LOAM_ERR_TYPE);
}
