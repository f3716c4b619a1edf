/*
 * Each allocation fails once: the call reports LOAM_ERR_MEMORY, nothing is lost, and what it was to change is as it
 * was.
 *
 * Scenarios go on after a failure where failures propagate, and stop where one would be covered up. What they compare
 * with needs no memory itself.
 */
#include "tests/harness.h"

#include "containers/dict.h"
#include "containers/sequence.h"
#include "lib/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

static void assert_fails_cleanly(scenario *run, unsigned least, const char *name)
{
    cr_log_info("%s", name);
    cr_assert_geq(fail_each_allocation(run, NULL), least, "%s: fewer allocations than there must be", name);
}

#define ASSERT_FAILS_CLEANLY(run, least) assert_fails_cleanly(run, least, #run)

/* dict. */

/* The keys 0 to `count - 1` that `make` makes, each with its number, in order, and not one more. */
static void assert_dict_is(loam_dict *dict, int64_t count, bool in_order)
{
    int64_t value;

    MUST(!loam__dict_check(dict));
    MUST(loam_dict_len(dict) == count);
    for (uint32_t i = 0, n = 0; in_order && i < dict->used; i++)
        if (!loam_is_unset(dict->entries[i].key))
            MUST(loam_to_int(dict->entries[i].value, &value) == LOAM_OK && value == n++);
}

static bool grow_dict(int64_t count, loam_value (*make)(int64_t i))
{
    loam_auto loam_dict *dict = loam_dict_new();

    for (int64_t i = 0; dict && i < count; i++)
        if (loam_dict_set_take(dict, make(i), loam_int(i)) < 0) {
            assert_dict_is(dict, i, true);
            return false;
        }
    return dict != NULL;
}

static loam_value wide_int(int64_t i)
{
    return loam_int(INT64_MAX - i);
}

static loam_value some_str(int64_t i)
{
    return loam_from(loam_str_format("key %d", (int)i));
}

static loam_value some_tuple(int64_t i)
{
    return LOAM_VAL(LOAM_TUPLE(i, LOAM_TUPLE("nested", INT64_MAX - i)));
}

typedef struct boxed {
    loam_object loam;
    int64_t id;
} boxed;

static loam_status boxed_hash(const void *self, uint64_t *out)
{
    *out = (uint64_t)((const boxed *)self)->id % 3;
    return LOAM_OK;
}

static int boxed_equal(const void *self, const void *other)
{
    return ((const boxed *)self)->id == ((const boxed *)other)->id;
}

static loam_value some_object(int64_t i)
{
    static loam_type type = {.name = "boxed", .size = sizeof(boxed), .hash = boxed_hash, .equal = boxed_equal};
    boxed *object = loam_new(&type);

    if (object)
        object->id = i;
    return loam_from(object);
}

static bool grow_dict_of_ints(void *context)
{
    (void)context;
    return grow_dict(700, loam_int);
}

static bool grow_dict_of_wide_ints(void *context)
{
    (void)context;
    return grow_dict(60, wide_int);
}

static bool grow_dict_of_strs(void *context)
{
    (void)context;
    return grow_dict(100, some_str);
}

static bool grow_dict_of_tuples(void *context)
{
    (void)context;
    return grow_dict(30, some_tuple);
}

static bool grow_dict_of_objects(void *context)
{
    (void)context;
    return grow_dict(50, some_object);
}

LOAM_TEST(oom, dict_grows_or_stays_as_it_was)
{
    ASSERT_FAILS_CLEANLY(grow_dict_of_ints, 20);
    ASSERT_FAILS_CLEANLY(grow_dict_of_wide_ints, 120);
    ASSERT_FAILS_CLEANLY(grow_dict_of_strs, 200);
    ASSERT_FAILS_CLEANLY(grow_dict_of_tuples, 90);
    ASSERT_FAILS_CLEANLY(grow_dict_of_objects, 100);
}

/* What scenarios start from is made before memory fails. */
static loam_dict *given;
static int64_t given_len;
/* Its entries, holes left out. */
static loam__entry given_entries[2000];

static void give_dict(loam_dict *dict)
{
    uint32_t n = 0;

    given = dict;
    given_len = loam_dict_len(dict);
    for (uint32_t i = 0; i < dict->used; i++)
        if (!loam_is_unset(dict->entries[i].key))
            given_entries[n++] = dict->entries[i];
}

static bool is_as_given(void)
{
    uint32_t n = 0;

    if (loam_dict_len(given) != given_len || loam__dict_check(given))
        return false;
    for (uint32_t i = 0; i < given->used; i++)
        if (!loam_is_unset(given->entries[i].key)) {
            if (given_entries[n].key.word != given->entries[i].key.word ||
                given_entries[n].value.word != given->entries[i].value.word)
                return false;
            n++;
        }
    return true;
}

static bool unless_changed(bool succeeded)
{
    MUST(succeeded || is_as_given());
    return succeeded;
}

static bool move_all_to_end(void *context)
{
    loam_auto loam_dict *dict = loam_dict_new();

    (void)context;
    if (!dict || loam_dict_reserve(dict, 40) < 0)
        return false;
    for (int64_t i = 0; i < 40; i++)
        MUST(loam_dict_set(dict, i, i) == LOAM_OK);
    for (int64_t i = 0; i < 40; i++)
        if (loam_dict_move_to_end(dict, i) < 0) {
            MUST(!loam__dict_check(dict) && loam_dict_len(dict) == 40);
            for (int64_t first = 0; first < 40; first++) { /* those before i have moved, in order */
                loam_value key;
                int64_t id;
                MUST(loam_dict_pop_first(dict, &key, NULL) == LOAM_OK && loam_to_int(key, &id) == LOAM_OK);
                MUST(id == (first + i) % 40);
            }
            return false;
        }
    return true;
}

static bool churn(void *context)
{
    loam_auto loam_dict *dict = loam_dict_new();

    (void)context;
    for (int64_t i = 0; dict && i < 200; i++) {
        if (loam_dict_set(dict, i, i) < 0) {
            MUST(!loam__dict_check(dict) && loam_dict_contains(dict, i) == 0);
            return false;
        }
        MUST(loam_dict_contains(dict, i - 15 - i % 4) == 0 || loam_dict_remove(dict, i - 15 - i % 4) == LOAM_OK);
    }
    return dict != NULL;
}

static bool reserve_dict(void *context)
{
    loam_auto loam_dict *dict = loam_dict_new();
    static const int64_t sizes[] = {1, 5, 8, 9, 40, 41, 1000};

    (void)context;
    for (size_t i = 0; dict && i < sizeof sizes / sizeof *sizes; i++) {
        int64_t len = loam_dict_len(dict);
        if (loam_dict_reserve(dict, sizes[i]) < 0) {
            assert_dict_is(dict, len, true);
            return false;
        }
        for (; len < sizes[i]; len++)
            MUST(loam_dict_set(dict, len, len) == LOAM_OK);
    }
    return dict != NULL;
}

static bool overwrite(void *context)
{
    (void)context;
    return unless_changed(loam_dict_set(given, 0, "a str in place") == LOAM_OK) &&
           loam_dict_set(given, 0, 0) == LOAM_OK;
}

static bool add_beyond_63_bits(void *context)
{
    (void)context;
    return unless_changed(loam_dict_add(given, 0, INT64_MAX) == LOAM_OK) && loam_dict_set(given, 0, 0) == LOAM_OK;
}

static bool add_new_keys(void *context)
{
    static const char long_text[] = "a text of more than sixteen bytes";
    bool succeeded = unless_changed(loam_dict_add(given, "str", 1) == LOAM_OK);

    (void)context;
    MUST(!succeeded || loam_dict_remove(given, "str") == LOAM_OK);
    succeeded = succeeded && unless_changed(loam_dict_add(given, long_text, INT64_MAX) == LOAM_OK);
    MUST(!succeeded || loam_dict_contains(given, long_text) == 1);
    if (succeeded)
        loam_release(loam_dict_pop(given, long_text));
    succeeded = succeeded && unless_changed(loam_dict_add(given, ((loam_view){"\xff", 1}), 1) == LOAM_OK);
    MUST(!succeeded || loam_dict_remove(given, ((loam_view){"\xff", 1})) == LOAM_OK);
    succeeded = succeeded && unless_changed(loam_dict_add(given, INT64_MIN, 1) == LOAM_OK);
    MUST(!succeeded || loam_dict_pop_last(given, NULL, NULL) == LOAM_OK);
    succeeded = succeeded && unless_changed(loam_dict_add(given, 1e300, 1) == LOAM_OK);
    MUST(!succeeded || loam_dict_pop_last(given, NULL, NULL) == LOAM_OK);
    return succeeded;
}

/* A boxed key is made by the look-up. */
static bool look_up_a_boxed_key(void *context)
{
    (void)context;
    return unless_changed(loam_dict_contains(given, 1e300) == 0) &&
           unless_changed(loam_dict_contains(given, LOAM_TUPLE(1, "two")) == 0);
}

static bool copy_dict(void *context)
{
    loam_auto loam_dict *copy = loam_dict_copy(given);

    (void)context;
    return unless_changed(copy && loam_equal(loam_from(copy), loam_from(given)) == 1);
}

static bool snapshots(void *context)
{
    loam_auto loam_list *keys = loam_dict_keys(given);
    loam_auto loam_list *values = loam_dict_values(given);
    loam_auto loam_list *items = loam_dict_items(given);

    (void)context;
    return unless_changed(keys && values && items);
}

static bool most_common(void *context)
{
    loam_auto loam_list *few = loam_dict_most_common(given, 5);
    loam_auto loam_list *all = loam_dict_most_common(given, -1);

    (void)context;
    return unless_changed(few && all);
}

static bool deep_size(void *context)
{
    int64_t bytes = loam_sizeof_deep(loam_from(given));

    (void)context;
    MUST(bytes > 0 || bytes == LOAM_ERR_MEMORY);
    return unless_changed(bytes > 0);
}

static bool repr_of_dict(void *context)
{
    loam_auto loam_str *text = loam_repr(loam_from(given));

    (void)context;
    return unless_changed(text != NULL);
}

static bool list_from_dict(void *context)
{
    loam_auto loam_list *list = loam_list_from(loam_from(given));
    loam_auto loam_tuple *tuple = loam_tuple_from(loam_from(given));

    (void)context;
    return unless_changed(list && tuple);
}

/* What an update has set before it fails stays. */
static bool update_dict(void *context)
{
    loam_auto loam_dict *dict = loam_dict_new();

    (void)context;
    if (dict && loam_dict_update(dict, loam_from(given)) == LOAM_OK)
        return true;
    MUST(is_as_given());
    if (dict) {
        MUST(!loam__dict_check(dict));
        for (uint32_t i = 0; i < dict->used; i++)
            MUST(dict->entries[i].key.word == given_entries[i].key.word);
    }
    return false;
}

static loam_dict *dict_of(int64_t count, loam_value (*make)(int64_t i))
{
    loam_dict *dict = loam_dict_new();

    for (int64_t i = 0; i < count; i++)
        MUST(loam_dict_set_take(dict, make(i), loam_int(i)) == LOAM_OK);
    for (int64_t i = 3; i < count; i += 5) {
        loam_value key = make(i);
        MUST(loam_dict_remove(dict, key) == LOAM_OK);
        loam_release(key);
    }
    return dict;
}

LOAM_TEST(oom, dict_operations_leave_it_as_it_was)
{
    cr_assert_geq(fail_or_do_without_each_allocation(move_all_to_end, NULL), 6);
    cr_assert_geq(fail_or_do_without_each_allocation(churn, NULL), 8);
    ASSERT_FAILS_CLEANLY(reserve_dict, 10);
    for (int64_t size = 2; size < 100; size = size * 2 + 1) {
        give_dict(dict_of(size, loam_int));
        ASSERT_FAILS_CLEANLY(overwrite, 2);
        ASSERT_FAILS_CLEANLY(add_beyond_63_bits, 2);
        MUST(loam_dict_reserve(given, size + 5) == LOAM_OK); /* growth would stay */
        ASSERT_FAILS_CLEANLY(add_new_keys, 10);
        ASSERT_FAILS_CLEANLY(look_up_a_boxed_key, 6);
        loam_release(given);
    }
}

LOAM_TEST(oom, what_is_made_of_a_dict_leaves_it_alone)
{
    static loam_value (*const keys[])(int64_t) = {loam_int, wide_int, some_str, some_tuple, some_object};

    for (size_t kind = 0; kind < sizeof keys / sizeof *keys; kind++)
        for (int64_t size = 2; size < 100; size = size * 4 + 2) {
            give_dict(dict_of(size, keys[kind]));
            ASSERT_FAILS_CLEANLY(copy_dict, 4);
            ASSERT_FAILS_CLEANLY(update_dict, 4);
            ASSERT_FAILS_CLEANLY(snapshots, 12);
            ASSERT_FAILS_CLEANLY(most_common, 8);
            ASSERT_FAILS_CLEANLY(deep_size, 4);
            ASSERT_FAILS_CLEANLY(repr_of_dict, 2);
            ASSERT_FAILS_CLEANLY(list_from_dict, 4);
            loam_release(given);
        }
    give_dict(loam_dict_of(1, "values", 2, "that", 3, "user code", 4, "might", 5, "compare"));
    ASSERT_FAILS_CLEANLY(most_common, 20);
    loam_release(given);
}

static bool count_views(void *context)
{
    loam_auto loam_dict *dict = loam_dict_new();
    static const char text[] =
        "the quick brown \xff\xfe jumps over the lazy dog and a word of more than sixteen bytes ";
    loam_view views[200];

    (void)context;
    for (size_t i = 0; i < 200; i++)
        views[i] = (loam_view){text + i % 40, i % 23};
    if (dict && loam__dict_count_views(dict, views, 200, false) == LOAM_OK)
        return true;
    MUST(!dict || !loam__dict_check(dict));
    return false;
}

static bool count_values(void *context)
{
    loam_auto loam_dict *dict = loam_dict_new();

    (void)context;
    for (int64_t round = 0; dict && round < 2; round++) {
        loam_value values[10];
        loam_status status;
        for (uint32_t i = 0; i < 10; i++)
            values[i] = given_entries[i].key;
        status = loam__dict_count_values(dict, values, 10);
        MUST(!loam__dict_check(dict));
        if (status < 0)
            return false;
    }
    return dict != NULL;
}

LOAM_TEST(oom, counting_in_batches_reports_it)
{
    static loam_value (*const keys[])(int64_t) = {loam_int, wide_int, some_str, some_tuple, some_object};

    ASSERT_FAILS_CLEANLY(count_views, 200);
    for (size_t kind = 0; kind < sizeof keys / sizeof *keys; kind++) {
        give_dict(dict_of(20, keys[kind]));
        ASSERT_FAILS_CLEANLY(count_values, 6);
        loam_release(given);
    }
}

/* A missing key is a missing key, also where there is no memory for the words. */
static bool nothing_left(void *context, size_t bytes)
{
    (void)context;
    (void)bytes;
    return false;
}

LOAM_TEST(oom, missing_keys_are_reported_without_memory)
{
    loam_dict *dict = loam_dict_of(1, 2);
    int64_t integer;

    loam__alloc_gate = nothing_left;
    cr_assert_eq(loam_dict_get_int(dict, "missing", &integer), LOAM_ERR_KEY);
    assert_failed(LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_remove(dict, INT64_MIN), LOAM_ERR_KEY);
    assert_failed(LOAM_ERR_KEY);
    loam_release(dict);
    loam__alloc_gate = NULL;
}

/* list, tuple. */

static void assert_list_is(const loam_list *list, int64_t count)
{
    int64_t item;

    MUST(loam_list_len(list) == count);
    for (int64_t i = 0; i < count; i++)
        MUST(loam_list_get_int(list, i, &item) == LOAM_OK && item == i);
}

static bool grow_list(void *context)
{
    loam_auto loam_list *list = loam_list_new();

    (void)context;
    for (int64_t i = 0; list && i < 100; i++)
        if (loam_list_append(list, i) < 0) {
            assert_list_is(list, i);
            return false;
        }
    return list != NULL;
}

static bool insert_into_list(void *context)
{
    loam_auto loam_list *list = loam_list_of(0, 1, 2);

    (void)context;
    for (int64_t i = 0; list && i < 20; i++) {
        int64_t len = loam_list_len(list);
        if (loam_list_insert(list, 0, "a str in place") < 0) {
            MUST(loam_list_len(list) == len);
            return false;
        }
    }
    return list && loam_list_set(list, 2, LOAM_LIST("in", "place")) == LOAM_OK &&
           loam_list_reserve(list, 1000) == LOAM_OK;
}

static bool extend_list(void *context)
{
    loam_auto loam_list *list = loam_list_of(1, 2, 3);
    loam_auto loam_tuple *tuple = loam_tuple_of(1, "two", 3.0);
    loam_auto loam_str *str = loam_str_new("code points: \xc3\xa9");
    loam_auto loam_bytes *bytes = loam_bytes_from("bytes", 5);

    (void)context;
    return loam_list_extend(list, loam_from(tuple)) == LOAM_OK && loam_list_extend(list, loam_from(list)) == LOAM_OK &&
           loam_list_extend(list, loam_from(str)) == LOAM_OK && loam_list_extend(list, loam_from(bytes)) == LOAM_OK;
}

static bool slice_sequences(void *context)
{
    loam_auto loam_list *list = loam_list_of(1, 2, 3, "four", 5);
    loam_auto loam_list *part = loam_list_slice(list, 1, LOAM_OMIT, 2);
    loam_auto loam_tuple *tuple = list ? loam_tuple_from(loam_from(list)) : NULL;
    loam_auto loam_tuple *tuple_part = loam_tuple_slice(tuple, LOAM_OMIT, LOAM_OMIT, -1);

    (void)context;
    return list && part && tuple && tuple_part;
}

static bool make_tuples(void *context)
{
    loam_value items[2] = {LOAM_NONE, LOAM_VAL("taken")};
    loam_auto loam_tuple *tuple = loam_tuple_new_take(items, 2);
    loam_auto loam_tuple *same = tuple ? loam_tuple_new(tuple->items, 2) : NULL;

    (void)context;
    return tuple && same;
}

static bool nested_literals(void *context)
{
    loam_auto loam_list *list = loam_list_of(1, "two", LOAM_LIST(3, LOAM_TUPLE("four", 1e300)), INT64_MAX,
                                             LOAM_DICT("k", LOAM_DICT(1, LOAM_LIST(1)), LOAM_TUPLE("k", 2), "v"));
    loam_auto loam_dict *dict = loam_dict_of(1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, "nine", LOAM_LIST("x"), 10,
                                             "ten", LOAM_TUPLE("eleven"), 11);

    (void)context;
    return list && dict;
}

LOAM_TEST(oom, sequences_and_literals)
{
    ASSERT_FAILS_CLEANLY(grow_list, 10);
    ASSERT_FAILS_CLEANLY(insert_into_list, 40);
    ASSERT_FAILS_CLEANLY(extend_list, 20);
    ASSERT_FAILS_CLEANLY(slice_sequences, 10);
    ASSERT_FAILS_CLEANLY(make_tuples, 6);
    ASSERT_FAILS_CLEANLY(nested_literals, 40);
}

/* str, bytes, and what prints. */

static bool make_text(void *context)
{
    loam_auto loam_str *str = loam_str_new("a str");
    loam_auto loam_str *wide = loam_str_new("na\xc3\xafve \xe2\x82\xac");
    loam_auto loam_str *formatted = loam_str_format("%d and %s", 5, "six");
    loam_auto loam_str *long_one = loam_str_format("%2000d", 5);
    loam_auto loam_str *part = loam_str_slice(str, 1, 3, 1);
    loam_auto loam_str *backwards = loam_str_slice(wide, LOAM_OMIT, LOAM_OMIT, -1);
    loam_auto loam_bytes *bytes = loam_bytes_from("some\0bytes", 10);
    loam_auto loam_bytes *bytes_part = loam_bytes_slice(bytes, LOAM_OMIT, LOAM_OMIT, -3);

    (void)context;
    return str && wide && formatted && long_one && part && backwards && bytes && bytes_part;
}

static bool print_nested(void *context)
{
    loam_auto loam_list *list = loam_list_of(1, 2.5, "text", LOAM_TUPLE(LOAM_NONE), LOAM_DICT("k", LOAM_LIST(1e300)));
    loam_auto loam_str *text = NULL;
    loam_auto loam_str *same = NULL;
    bool succeeded;

    (void)context;
    if (!list || loam_list_append(list, list) < 0) /* prints as [...] */
        return false;
    text = loam_repr(loam_from(list));
    same = loam_str_of(loam_from(list));
    succeeded = text && same && loam_print(loam_from(text)) == LOAM_OK && loam_println(loam_from(list)) == LOAM_OK;
    MUST(loam_list_len(list) == 6);
    (void)loam_list_clear(list);
    return succeeded;
}

LOAM_TEST(oom, text_and_printing)
{
    cr_assert(freopen("/dev/null", "w", stdout));
    ASSERT_FAILS_CLEANLY(make_text, 18);
    ASSERT_FAILS_CLEANLY(print_nested, 20);
}

/* Roots, types of one's own. */

static bool hold_in_root(void *context)
{
    loam_auto_value loam_value value = LOAM_VAL("held");
    loam_root *root = loam_root_new(value);
    loam_auto_value loam_value another = LOAM_VAL("another");
    loam_status status = loam_root_set(root, another);

    (void)context;
    loam_root_free(root);
    return status == LOAM_OK;
}

typedef struct node {
    loam_object loam;
    struct node *next;
    loam_value payload;
    loam_value *slots;
    size_t count;
} node;

static void node_trace(void *self, loam_visitor *visitor)
{
    loam_visit(visitor, ((node *)self)->slots, ((node *)self)->count);
}

static void node_dispose(void *self)
{
    loam_slots_free(((node *)self)->slots, ((node *)self)->count);
}

static loam_type node_type = {.name = "node",
                              .size = sizeof(node),
                              .refs = LOAM_REFS(offsetof(node, next), offsetof(node, payload)),
                              .trace = node_trace,
                              .dispose = node_dispose};

/* Each refers to the one before it and has a buffer that grows. */
static bool make_nodes(void *context)
{
    loam_auto node *last = NULL;

    (void)context;
    for (size_t i = 0; i < 10; i++) {
        loam_auto node *next = loam_new(&node_type);
        if (!next || (last && loam_slot_set(next, &next->next, loam_from(last)) < 0) ||
            loam_slot_set_take(next, &next->payload, LOAM_VAL("payload")) < 0)
            return false;
        for (; next->count < i; next->count++) {
            loam_value *slots = next->slots ? loam_slots_resize(next->slots, next->count, next->count + 1)
                                            : loam_slots_new(1);
            if (!slots)
                return false;
            next->slots = slots;
            if (loam_slot_set_take(next, &slots[next->count], LOAM_VAL(LOAM_LIST("in", "place"))) < 0) {
                next->count++;
                return false;
            }
        }
        loam_release(last);
        last = loam_move(&next);
    }
    return true;
}

LOAM_TEST(oom, roots_and_types_of_ones_own)
{
    ASSERT_FAILS_CLEANLY(hold_in_root, 6);
    ASSERT_FAILS_CLEANLY(make_nodes, 60);
}

/* Pipelines. */

static char path[] = "/tmp/loam-oom-XXXXXX";

static void write_words(void)
{
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");

    MUST(file);
    for (int i = 0; i < (LOAM_STRESS ? 120 : 300); i++)
        fprintf(file, "%s word%d \xff%d a-word-of-more-than-sixteen-bytes%d\n", i % 3 ? "the" : "of", i % 20, i % 3,
                i % 7);
    for (int i = 0; i < (LOAM_STRESS ? 20 : 3000); i++)
        fputs("one-very-long-word-", file);
    MUST(fclose(file) == 0);
}

static bool longer_than_two(loam_view word, void *context)
{
    (void)context;
    return word.len > 2;
}

static bool count_words(void *context)
{
    loam_auto loam_iter *words = loam_iter_words(path);
    loam_auto loam_dict *counts = NULL;
    loam_auto loam_list *top = NULL;
    loam_auto loam_str *text = NULL;

    (void)context;
    loam_iter_filter_view(words, longer_than_two, NULL);
    counts = loam_iter_counter(words);
    top = loam_dict_most_common(counts, 3);
    text = top ? loam_repr(loam_from(top)) : NULL;
    if (text)
        MUST(!strncmp(loam_str_chars_peek(text), "[('the', ", 9));
    return text != NULL;
}

static bool list_lines(void *context)
{
    loam_auto loam_iter *lines = loam_iter_lines(path);
    loam_auto loam_list *list = NULL;

    (void)context;
    loam_iter_take(lines, 100);
    list = loam_iter_list(lines);
    MUST(!list || loam_list_len(list) == 100);
    return list != NULL;
}

static bool is_even(int64_t item, void *context)
{
    (void)context;
    return item % 2 == 0;
}

static int64_t to_the_edge(int64_t item, void *context)
{
    (void)context;
    return INT64_MAX - item;
}

static loam_value pair_of(loam_value item, void *context)
{
    (void)context;
    return LOAM_VAL(LOAM_TUPLE(item, "pair"));
}

static int any(loam_value item, void *context)
{
    (void)item;
    (void)context;
    return 1;
}

static bool list_of_range(void *context)
{
    loam_auto loam_iter *it = loam_iter_range(0, 1000, 3);
    loam_auto loam_list *list = NULL;

    (void)context;
    loam_iter_filter_i64(it, is_even, NULL);
    loam_iter_map_i64(it, to_the_edge, NULL);
    loam_iter_filter(it, any, NULL);
    loam_iter_enumerate(it, 5);
    loam_iter_take(it, 100);
    list = loam_iter_list(it);
    MUST(!list || loam_list_len(list) == 100);
    return list != NULL;
}

static bool dict_of_range(void *context)
{
    loam_auto loam_iter *it = loam_iter_range(0, 100, 1);
    loam_auto loam_dict *dict = NULL;

    (void)context;
    loam_iter_map(it, pair_of, NULL);
    dict = loam_iter_dict(it);
    MUST(!dict || loam_dict_len(dict) == 100);
    return dict != NULL;
}

static bool sum_and_count(void *context)
{
    loam_auto loam_iter *it = loam_iter_range(1, 200, 1);
    loam_auto loam_iter *edge = loam_iter_range(1, 2, 1);
    loam_auto_value loam_value sum = LOAM_UNSET;

    (void)context;
    loam_iter_map(it, pair_of, NULL);
    if (loam_iter_count(it) != 199)
        return false;
    loam_iter_map_i64(edge, to_the_edge, NULL);
    sum = loam_iter_sum(edge);
    return !loam_is_unset(sum);
}

static bool one_at_a_time(void *context)
{
    loam_auto loam_iter *it = loam_iter_items(given);
    loam_value item;
    loam_status status;
    int n = 0;

    (void)context;
    loam_iter_map(it, pair_of, NULL);
    while ((status = loam_iter_next_peek(it, &item)) == LOAM_OK)
        n++;
    MUST(status == LOAM_ERR_MEMORY || n == given_len);
    MUST(!it || loam_iter_next_peek(it, &item) == status); /* the end is the end */
    return unless_changed(status == LOAM_DONE);
}

static bool iterate_containers(void *context)
{
    loam_auto loam_list *list = loam_list_of(1, "two", 3.0);
    loam_auto loam_str *str = loam_str_new("na\xc3\xafve");
    loam_auto loam_bytes *bytes = loam_bytes_from("bytes", 5);
    loam_auto loam_iter *items = loam_iter_of(loam_from(list));
    loam_auto loam_iter *chars = loam_iter_of(loam_from(str));
    loam_auto loam_iter *ints = loam_iter_of(loam_from(bytes));
    loam_auto loam_iter *values = loam_iter_values(given);
    loam_auto loam_list *all = loam_list_new();

    (void)context;
    return loam_list_extend(all, loam_from(items)) == LOAM_OK && loam_list_extend(all, loam_from(chars)) == LOAM_OK &&
           loam_list_extend(all, loam_from(ints)) == LOAM_OK && loam_list_extend(all, loam_from(values)) == LOAM_OK;
}

static bool counter_of_values(void *context)
{
    loam_auto loam_iter *it = loam_iter_of(loam_from(given));
    loam_auto loam_dict *counts = loam_iter_counter(it);

    (void)context;
    return unless_changed(counts != NULL);
}

LOAM_TEST(oom, pipelines_of_files)
{
    write_words();
    ASSERT_FAILS_CLEANLY(count_words, 40);
    ASSERT_FAILS_CLEANLY(list_lines, 100);
    unlink(path);
}

LOAM_TEST(oom, pipelines_of_ints_and_containers)
{
    ASSERT_FAILS_CLEANLY(list_of_range, 100);
    ASSERT_FAILS_CLEANLY(dict_of_range, 100);
    ASSERT_FAILS_CLEANLY(sum_and_count, 100);
    give_dict(dict_of(30, some_str));
    ASSERT_FAILS_CLEANLY(one_at_a_time, 30);
    ASSERT_FAILS_CLEANLY(iterate_containers, 20);
    ASSERT_FAILS_CLEANLY(counter_of_values, 6);
    loam_release(given);
}
