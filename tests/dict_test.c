/*
 * dict: what each function promises, what user code may do in the middle of it, and what it weighs.
 */
#include "tests/harness.h"

#include "containers/dict.h"
#include "containers/sequence.h"
#include "lib/alloc.h"

#include <math.h>
#include <stdlib.h>

/* For loops: a passing assertion of Criterion's has its cost. */
#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

#define VIEW(text) ((loam_view){text, sizeof text - 1})

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

/* In a stress build an array grows by one entry at a time, which sanitizers copy. */
static int64_t keys_of_a_large_dict(unsigned many)
{
    return LOAM_STRESS ? 2000 : rounds(many);
}

/*
 * User code in the middle.
 *
 * The hash and the equality of a `tricky` object count how often they are called and, the n-th time, do something: to
 * the dict that is being searched, changed or rebuilt, or they fail. Every operation is tried with every action at
 * every call, in dicts of sizes at which it does or does not have to grow.
 */

typedef struct tricky {
    loam_object loam;
    int64_t id;
} tricky;

typedef enum event { AT_HASH, AT_EQUAL } event;

static struct {
    bool armed, every_time, same_hashes;
    event at;
    unsigned calls_before, acted;
    loam_status (*act)(loam_dict *dict, loam_value self);
    loam_dict *dict;
    loam_value held; /* a reference that an action may drop */
    uint64_t epoch;  /* part of every hash */
} trap;

static loam_status reach(event at, const void *self)
{
    loam_status status;

    if (!trap.armed || trap.at != at)
        return LOAM_OK;
    if (trap.calls_before) {
        trap.calls_before--;
        return LOAM_OK;
    }
    trap.armed = false;
    trap.acted++;
    status = trap.act(trap.dict, loam_from(self));
    trap.armed = trap.every_time;
    return status;
}

static loam_status tricky_hash(const void *self, uint64_t *out)
{
    int64_t id = ((const tricky *)self)->id;

    *out = trap.same_hashes ? 42 : loam__hash_int(id) + trap.epoch;
    return reach(AT_HASH, self);
}

static int tricky_equal(const void *self, const void *other)
{
    int equal = ((const tricky *)self)->id == ((const tricky *)other)->id;
    loam_status status = reach(AT_EQUAL, self);

    return status < 0 ? (int)status : equal;
}

static loam_type tricky_type = {.name = "tricky", .size = sizeof(tricky), .hash = tricky_hash, .equal = tricky_equal};

static loam_value tricky_new(int64_t id)
{
    tricky *object = loam_new(&tricky_type);

    MUST(object);
    object->id = id;
    return loam_from(object);
}

/* What user code does. Failures of its own calls are not what it is about. */

static loam_status ignored(loam_status status)
{
    (void)status;
    return LOAM_OK;
}

static loam_status act_clear(loam_dict *dict, loam_value self)
{
    (void)self;
    return loam_dict_clear(dict);
}

static loam_status act_insert_many(loam_dict *dict, loam_value self)
{
    (void)self;
    for (int64_t id = 1000; id < 1030; id++)
        MUST(loam_dict_set_take(dict, tricky_new(id), loam_int(id)) == LOAM_OK);
    return LOAM_OK;
}

static loam_status act_insert_one(loam_dict *dict, loam_value self)
{
    (void)self;
    return loam_dict_set_take(dict, tricky_new(2000), loam_int(1));
}

/* No room is left that somebody may have counted on. */
static loam_status act_fill_up(loam_dict *dict, loam_value self)
{
    (void)self;
    for (int64_t id = 3000; dict->used < dict->capacity; id++)
        MUST(loam_dict_set_take(dict, tricky_new(id), loam_int(id)) == LOAM_OK);
    return LOAM_OK;
}

static loam_status act_remove_this(loam_dict *dict, loam_value self)
{
    return ignored(loam_dict_remove(dict, self));
}

static loam_status act_remove_all_one_by_one(loam_dict *dict, loam_value self)
{
    (void)self;
    while (loam_dict_pop_last(dict, NULL, NULL) == LOAM_OK)
        continue;
    return LOAM_OK;
}

static loam_status act_set_this(loam_dict *dict, loam_value self)
{
    return loam_dict_set(dict, self, 5);
}

static loam_status act_pop_first(loam_dict *dict, loam_value self)
{
    (void)self;
    return ignored(loam_dict_pop_first(dict, NULL, NULL));
}

static loam_status act_move_first_to_end(loam_dict *dict, loam_value self)
{
    loam_value key = LOAM_UNSET;
    loam_value value = LOAM_UNSET;

    (void)self;
    if (loam_dict_pop_first(dict, &key, &value) != LOAM_OK)
        return LOAM_OK;
    return loam_dict_set_take(dict, key, value);
}

static loam_status act_reserve(loam_dict *dict, loam_value self)
{
    (void)self;
    return loam_dict_reserve(dict, 4 * (loam_dict_len(dict) + 5));
}

static loam_status act_reserve_one_more(loam_dict *dict, loam_value self)
{
    (void)self;
    return loam_dict_reserve(dict, loam_dict_len(dict) + 1);
}

static loam_status act_clear_and_fill_again(loam_dict *dict, loam_value self)
{
    MUST(loam_dict_clear(dict) == LOAM_OK);
    for (int64_t id = 11; id >= 0; id--)
        MUST(loam_dict_set_take(dict, tricky_new(id), loam_int(id)) == LOAM_OK);
    return ignored(loam_dict_remove(dict, self));
}

static loam_status act_drop_reference(loam_dict *dict, loam_value self)
{
    (void)dict;
    (void)self;
    loam_unset(&trap.held);
    return LOAM_OK;
}

static loam_status act_drop_reference_and_clear(loam_dict *dict, loam_value self)
{
    (void)self;
    loam_unset(&trap.held);
    return loam_dict_clear(dict);
}

static loam_status act_fail(loam_dict *dict, loam_value self)
{
    (void)dict;
    (void)self;
    return loam_fail(LOAM_ERR_VALUE, "not today");
}

typedef struct action {
    const char *name;
    loam_status (*act)(loam_dict *dict, loam_value self);
} action;

static const action actions[] = {
    {"clear", act_clear},
    {"insert many", act_insert_many},
    {"insert one", act_insert_one},
    {"fill up", act_fill_up},
    {"remove this", act_remove_this},
    {"remove all one by one", act_remove_all_one_by_one},
    {"set this", act_set_this},
    {"pop first", act_pop_first},
    {"move first to end", act_move_first_to_end},
    {"reserve", act_reserve},
    {"reserve one more", act_reserve_one_more},
    {"clear and fill again", act_clear_and_fill_again},
    {"drop reference", act_drop_reference},
    {"drop reference and clear", act_drop_reference_and_clear},
    {"fail", act_fail},
};

/* What user code is in the middle of. `other` is a dict of keys of its own, equal to those of `dict`. */

typedef loam_status operation_function(loam_dict *dict, loam_dict *other, loam_value key);

static loam_status status_of(loam_value value)
{
    if (loam_is_unset(value))
        return loam_error()->status;
    loam_release(value);
    return LOAM_OK;
}

static loam_status do_set(loam_dict *dict, loam_dict *other, loam_value key)
{
    (void)other;
    return loam_dict_set(dict, key, "new value");
}

static loam_status do_get(loam_dict *dict, loam_dict *other, loam_value key)
{
    (void)other;
    return status_of(loam_dict_get(dict, key));
}

static loam_status do_find(loam_dict *dict, loam_dict *other, loam_value key)
{
    loam_value value = LOAM_NONE;
    loam_status status = loam_dict_find(dict, key, &value);

    (void)other;
    MUST(loam_is_unset(value) == (status != LOAM_OK));
    loam_release(value);
    return status;
}

static loam_status do_contains(loam_dict *dict, loam_dict *other, loam_value key)
{
    int found = loam_dict_contains(dict, key);

    (void)other;
    return found < 0 ? (loam_status)found : LOAM_OK;
}

static loam_status do_get_int(loam_dict *dict, loam_dict *other, loam_value key)
{
    int64_t value = 77;
    loam_status status = loam_dict_get_int(dict, key, &value);

    (void)other;
    MUST((status == LOAM_OK) == (value != 77));
    return status;
}

static loam_status do_add(loam_dict *dict, loam_dict *other, loam_value key)
{
    (void)other;
    return loam_dict_add(dict, key, 1);
}

static loam_status do_count_values(loam_dict *dict, loam_dict *other, loam_value key)
{
    loam_value keys[] = {key, key, LOAM_NONE, key};

    (void)other;
    return loam__dict_count_values(dict, keys, 4);
}

static loam_status do_remove(loam_dict *dict, loam_dict *other, loam_value key)
{
    (void)other;
    return loam_dict_remove(dict, key);
}

static loam_status do_pop(loam_dict *dict, loam_dict *other, loam_value key)
{
    (void)other;
    return status_of(loam_dict_pop(dict, key));
}

static loam_status do_move_to_end(loam_dict *dict, loam_dict *other, loam_value key)
{
    (void)other;
    return loam_dict_move_to_end(dict, key);
}

static loam_status do_pop_first(loam_dict *dict, loam_dict *other, loam_value key)
{
    (void)other;
    (void)key;
    return loam_dict_pop_first(dict, NULL, NULL);
}

static loam_status do_pop_last(loam_dict *dict, loam_dict *other, loam_value key)
{
    loam_value value = LOAM_UNSET;
    loam_status status = loam_dict_pop_last(dict, &key, &value);

    (void)other;
    loam_release(key);
    loam_release(value);
    return status;
}

static loam_status do_reserve(loam_dict *dict, loam_dict *other, loam_value key)
{
    (void)other;
    (void)key;
    return loam_dict_reserve(dict, 2 * loam_dict_len(dict) + 10);
}

static loam_status do_update(loam_dict *dict, loam_dict *other, loam_value key)
{
    (void)key;
    return loam_dict_update(dict, loam_from(other));
}

static loam_status do_update_another(loam_dict *dict, loam_dict *other, loam_value key)
{
    (void)key;
    return loam_dict_update(other, loam_from(dict));
}

static loam_status do_copy(loam_dict *dict, loam_dict *other, loam_value key)
{
    loam_dict *copy = loam_dict_copy(dict);

    (void)other;
    (void)key;
    trap.armed = false;      /* the check asks for hashes */
    if (copy && !trap.epoch) /* where hashes have changed, a copy finds no more than the dict does */
        assert_sound(copy);
    return status_of(loam_from(copy));
}

static loam_status do_equal(loam_dict *dict, loam_dict *other, loam_value key)
{
    int equal = loam_equal(loam_from(dict), loam_from(other));

    (void)key;
    return equal < 0 ? (loam_status)equal : LOAM_OK;
}

static loam_status do_equal_to_this(loam_dict *dict, loam_dict *other, loam_value key)
{
    int equal = loam_equal(loam_from(other), loam_from(dict));

    (void)key;
    return equal < 0 ? (loam_status)equal : LOAM_OK;
}

enum {
    COMPARES = 1, /* calls equality too */
    ATOMIC = 2,   /* nothing has changed after a failure */
    ITERATES = 4  /* any change is reported */
};

typedef struct operation {
    const char *name;
    operation_function *run;
    unsigned is;
} operation;

static const operation operations[] = {
    {"set", do_set, COMPARES | ATOMIC},
    {"get", do_get, COMPARES | ATOMIC},
    {"find", do_find, COMPARES | ATOMIC},
    {"contains", do_contains, COMPARES | ATOMIC},
    {"get_int", do_get_int, COMPARES | ATOMIC},
    {"add", do_add, COMPARES | ATOMIC},
    {"count_values", do_count_values, COMPARES},
    {"remove", do_remove, COMPARES | ATOMIC},
    {"pop", do_pop, COMPARES | ATOMIC},
    {"move_to_end", do_move_to_end, COMPARES | ATOMIC},
    {"pop_first", do_pop_first, ATOMIC},
    {"pop_last", do_pop_last, ATOMIC},
    {"reserve", do_reserve, ATOMIC},
    {"update", do_update, COMPARES},
    {"update another", do_update_another, COMPARES | ATOMIC | ITERATES},
    {"copy", do_copy, COMPARES | ATOMIC | ITERATES},
    {"==", do_equal, COMPARES | ATOMIC},
    {"== this", do_equal_to_this, COMPARES | ATOMIC},
};

/* Sizes at which one more key needs a larger array, an index, a larger index, all of it, or closing holes. */
typedef struct shape {
    int64_t keys;
    int64_t remove_each; /* of the keys, from the second on; 0 for none */
} shape;

static const shape shapes[] = {{1, 0}, {3, 0}, {8, 0}, {8, 2}, {9, 0}, {12, 0}, {12, 2}, {18, 0}, {27, 3}, {30, 0}};

static loam_dict *shaped(shape s)
{
    loam_dict *dict = loam_dict_new();

    for (int64_t id = 0; id < s.keys; id++)
        MUST(loam_dict_set_take(dict, tricky_new(id), loam_int(id)) == LOAM_OK);
    for (int64_t id = 1; s.remove_each && id < s.keys - 1; id += s.remove_each) {
        loam_value key = tricky_new(id);
        MUST(loam_dict_remove(dict, key) == LOAM_OK);
        loam_release(key);
    }
    return dict;
}

/* The words of all entries in order, holes left out. */
static size_t entries_of(const loam_dict *dict, uint64_t words[64])
{
    size_t n = 0;

    for (uint32_t i = 0; i < dict->used; i++)
        if (!loam_is_unset(dict->entries[i].key)) {
            words[n++] = dict->entries[i].key.word;
            words[n++] = dict->entries[i].value.word;
        }
    return n;
}

typedef struct cell {
    const operation *operation;
    const action *action;
    event at;
    shape shape;
    int64_t id;
} cell;

static loam_status run_cell(const cell *c, loam_dict *dict, unsigned call)
{
    loam_dict *other = shaped(c->shape);
    loam_value key = tricky_new(c->id);
    loam_status status;

    trap.held = loam_retain_value(key);
    trap.dict = dict;
    trap.act = c->action->act;
    trap.at = c->at;
    trap.calls_before = call;
    trap.acted = 0;
    trap.armed = true;
    status = c->operation->run(dict, other, key);
    trap.armed = false;
    loam_unset(&trap.held);
    assert_sound(other);
    loam_release(key);
    loam_release(other);
    return status;
}

/* True if user code was called that often. */
static bool try_cell(const cell *c, unsigned call)
{
    loam__gc_usage before = loam__gc_live();
    loam_dict *dict = shaped(c->shape);
    uint64_t words_before[64];
    uint64_t words_after[64];
    size_t count = entries_of(dict, words_before);
    uint32_t version = dict->version;
    loam_status status = run_cell(c, dict, call);
    const char *broken = loam__dict_check(dict);
    bool fails = c->action->act == act_fail;

    if (broken)
        cr_assert_fail("%s while %s, call %u, %d keys: %s", c->action->name, c->operation->name, call,
                       (int)c->shape.keys, broken);
    if (trap.acted && fails && (status != LOAM_ERR_VALUE || loam_error()->status != status))
        cr_assert_fail("%s with a failing callback %u: %d", c->operation->name, call, status);
    if (trap.acted && fails && (c->operation->is & ATOMIC) &&
        (entries_of(dict, words_after) != count || memcmp(words_before, words_after, count * sizeof *words_before)))
        cr_assert_fail("%s failed at callback %u and left a change", c->operation->name, call);
    if (!fails && status < 0 && status != LOAM_ERR_KEY && status != LOAM_ERR_CHANGED)
        cr_assert_fail("%s while %s, call %u: %s", c->action->name, c->operation->name, call, loam_error()->text);
    if ((c->operation->is & ITERATES) && dict->version != version && status != LOAM_ERR_CHANGED)
        cr_assert_fail("%s while %s, call %u: not noticed", c->action->name, c->operation->name, call);
    loam_release(dict);
    if (loam__gc_live().objects != before.objects)
        cr_assert_fail("%s while %s, call %u, %d keys: a leak", c->action->name, c->operation->name, call,
                       (int)c->shape.keys);
    loam_error_clear();
    return trap.acted > 0;
}

static unsigned try_shapes(const operation *o, const action *a, event at)
{
    enum { MOST_CALLS = 40 };
    unsigned acted = 0;

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int64_t id = 0; id <= shapes[i].keys; id += shapes[i].keys) { /* one that is there, and one that is not */
            cell c = {o, a, at, shapes[i], id};
            for (unsigned call = 0; call < MOST_CALLS && try_cell(&c, call); call++)
                acted++;
        }
    return acted;
}

static void try_everything(event at)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        for (size_t j = 0; j < sizeof actions / sizeof *actions; j++)
            if (at == AT_HASH || (operations[i].is & COMPARES))
                cr_assert_gt(try_shapes(&operations[i], &actions[j], at), 0, "%s never met %s", operations[i].name,
                             actions[j].name);
}

LOAM_TEST(dict_reentry, hash_that_acts_or_fails)
{
    try_everything(AT_HASH);
}

LOAM_TEST(dict_reentry, hash_that_acts_or_fails_where_all_collide)
{
    trap.same_hashes = true;
    try_everything(AT_HASH);
}

LOAM_TEST(dict_reentry, equality_that_acts_or_fails)
{
    trap.same_hashes = true;
    try_everything(AT_EQUAL);
}

static loam_status act_grow_and_shrink(loam_dict *dict, loam_value self)
{
    (void)self;
    MUST(loam_dict_set(dict, "one more", 1) == LOAM_OK);
    return loam_dict_remove(dict, "one more");
}

LOAM_TEST(dict_reentry, equality_that_never_leaves_the_dict_alone_is_reported)
{
    static const action restless = {"grow and shrink", act_grow_and_shrink};

    trap.every_time = true;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        for (size_t j = 0; (operations[i].is & COMPARES) && j < sizeof shapes / sizeof *shapes; j++) {
            cell c = {&operations[i], &restless, AT_EQUAL, shapes[j], 0};
            loam_dict *dict;
            if (operations[i].run == do_copy || operations[i].run == do_update_another || operations[i].run == do_equal)
                continue; /* compare with keys of another dict */
            dict = shaped(shapes[j]);
            cr_assert_eq(run_cell(&c, dict, 0), LOAM_ERR_CHANGED, "%s", operations[i].name);
            cr_assert_gt(trap.acted, 0);
            assert_failed(LOAM_ERR_CHANGED);
            assert_sound(dict);
            loam_release(dict);
        }
}

/* That breaks a rule of types; the dict may then not find what is there, but nothing worse. */
LOAM_TEST(dict_reentry, hash_that_changes_while_it_is_a_key)
{
    uint64_t random = 1;

    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        for (size_t j = 0; j < sizeof shapes / sizeof *shapes; j++)
            for (int n = 0; n < 20; n++) {
                loam_dict *dict = shaped(shapes[j]);
                loam_dict *other = shaped(shapes[j]);
                for (int64_t id = 0; id < 5; id++) {
                    loam_value key = tricky_new(id);
                    trap.epoch = random_word(&random);
                    if (operations[i].run(dict, other, key) == LOAM_ERR_MEMORY)
                        cr_assert_fail("no memory");
                    loam_release(key);
                }
                while (loam_dict_pop_first(dict, NULL, NULL) == LOAM_OK)
                    trap.epoch = random_word(&random);
                MUST(loam_dict_len(dict) == 0);
                assert_sound(dict);
                loam_release(dict);
                loam_release(other);
            }
    loam_error_clear();
}

/* Values are compared by user code, too. */
LOAM_TEST(dict_reentry, equality_of_values_that_changes_the_dicts)
{
    for (size_t j = 0; j < sizeof actions / sizeof *actions; j++)
        for (unsigned call = 0; call < 12; call++)
            for (int which = 0; which < 2; which++) {
                loam_dict *dicts[2];
                for (int d = 0; d < 2; d++) {
                    dicts[d] = loam_dict_new();
                    for (int64_t id = 0; id < 12; id++)
                        MUST(loam_dict_set_take(dicts[d], tricky_new(id), tricky_new(id)) == LOAM_OK);
                }
                trap.dict = dicts[which];
                trap.act = actions[j].act;
                trap.at = AT_EQUAL;
                trap.calls_before = call;
                trap.acted = 0;
                trap.armed = true;
                if (loam_equal(loam_from(dicts[0]), loam_from(dicts[1])) < 0)
                    cr_assert(actions[j].act == act_fail || loam_error()->status == LOAM_ERR_CHANGED);
                trap.armed = false;
                cr_assert_eq(trap.acted, 1);
                for (int d = 0; d < 2; d++) {
                    assert_sound(dicts[d]);
                    loam_release(dicts[d]);
                }
            }
    loam_error_clear();
}

/* Keys. */

/* Look-ups release what was made for them, so each one gets a key of its own. */
enum { LOOK_UPS = 18 };

/* All that takes a key, with one that is not there, then is, then is not, in a dict of `others` and holes. */
static void assert_works_as_key(int64_t others, loam_value to_set, const loam_key keys[LOOK_UPS])
{
    loam_dict *dict = ints_to(others + 1000);
    loam_value value = LOAM_NONE;
    int64_t integer = 77;

    for (int64_t i = others; i < others + 1000; i++)
        MUST(loam_dict_remove(dict, i) == LOAM_OK);
    if ((loam_dict_remove)(dict, *keys++) < 0) /* it may be one of the others */
        MUST(loam_error()->status == LOAM_ERR_KEY);
    MUST((loam_dict_contains)(dict, *keys++) == 0);
    MUST((loam_dict_find)(dict, *keys++, &value) == LOAM_MISSING && loam_is_unset(value));
    MUST((loam_dict_find_int)(dict, *keys++, &integer) == LOAM_MISSING && integer == 77);
    MUST(loam_is_unset((loam_dict_get)(dict, *keys++)) && loam_error()->status == LOAM_ERR_KEY);
    MUST(loam_is_unset((loam_dict_get_peek)(dict, *keys++)) && loam_error()->status == LOAM_ERR_KEY);
    MUST((loam_dict_get_int)(dict, *keys++, &integer) == LOAM_ERR_KEY && integer == 77);
    MUST(loam_is_unset((loam_dict_pop)(dict, *keys++)) && loam_error()->status == LOAM_ERR_KEY);
    MUST((loam_dict_move_to_end)(dict, *keys++) == LOAM_ERR_KEY);
    MUST(loam_dict_set_take(dict, to_set, loam_int(5)) == LOAM_OK);
    MUST(loam_dict_set(dict, "last", 0) == LOAM_OK);
    MUST((loam_dict_contains)(dict, *keys++) == 1);
    MUST((loam_dict_add)(dict, *keys++, 2) == LOAM_OK);
    MUST((loam_dict_get_int)(dict, *keys++, &integer) == LOAM_OK && integer == 7);
    MUST(loam_to_int((loam_dict_get_peek)(dict, *keys++), &integer) == LOAM_OK && integer == 7);
    MUST((loam_dict_move_to_end)(dict, *keys++) == LOAM_OK);
    MUST((loam_dict_remove)(dict, *keys++) == LOAM_OK);
    MUST((loam_dict_add)(dict, *keys++, 9) == LOAM_OK);
    MUST((loam_dict_find)(dict, *keys++, &value) == LOAM_OK);
    loam_release(value);
    value = (loam_dict_pop)(dict, *keys++);
    MUST(loam_to_int(value, &integer) == LOAM_OK && integer == 9);
    loam_release(value);
    assert_sound(dict);
    loam_release(dict);
    loam_error_clear();
}

#define SIX_KEYS(key) LOAM_KEY(key), LOAM_KEY(key), LOAM_KEY(key), LOAM_KEY(key), LOAM_KEY(key), LOAM_KEY(key)
#define ASSERT_WORKS_AS_KEY(key)                                                                                       \
    for (int64_t others = 0; others < 40; others += others ? 31 : 7)                                                   \
    assert_works_as_key(others, LOAM_VAL(key), (loam_key[LOOK_UPS]){SIX_KEYS(key), SIX_KEYS(key), SIX_KEYS(key)})

LOAM_TEST(dict, takes_every_integer_type_as_key)
{
    bool truth = true;
    signed char tiny = -3;
    short small = -300;
    unsigned char byte = 200;
    unsigned short word = 60000;

    ASSERT_WORKS_AS_KEY(truth);
    ASSERT_WORKS_AS_KEY('c');
    ASSERT_WORKS_AS_KEY(tiny);
    ASSERT_WORKS_AS_KEY(small);
    ASSERT_WORKS_AS_KEY(byte);
    ASSERT_WORKS_AS_KEY(word);
    ASSERT_WORKS_AS_KEY(5);
    ASSERT_WORKS_AS_KEY(-5L);
    ASSERT_WORKS_AS_KEY(5u);
    ASSERT_WORKS_AS_KEY(INT64_MAX);
    ASSERT_WORKS_AS_KEY(INT64_MIN);
    ASSERT_WORKS_AS_KEY(INT64_MAX / 2);
    ASSERT_WORKS_AS_KEY(INT64_MAX / 2 + 1); /* boxed from here on */
    ASSERT_WORKS_AS_KEY(INT64_MIN / 2 - 1);
    ASSERT_WORKS_AS_KEY((uint64_t)INT64_MAX);
    ASSERT_WORKS_AS_KEY(5ull);
}

LOAM_TEST(dict, takes_numbers_text_tuples_and_objects_as_keys)
{
    char array[] = "an array";
    loam_str *str = loam_str_new("a str");
    loam_str *long_str = loam_str_new("a str of more than sixteen bytes");
    loam_bytes *bytes = loam_bytes_from("some\0bytes", 10);
    loam_tuple *tuple = loam_tuple_of(1, "two", 3.5);
    loam_value by_value = tricky_new(5);
    static loam_type plain_type = {.name = "plain", .size = sizeof(tricky)};
    loam_value by_identity = loam_from(loam_new(&plain_type));

    ASSERT_WORKS_AS_KEY(1.5);
    ASSERT_WORKS_AS_KEY(1.5f);
    ASSERT_WORKS_AS_KEY(1e300);
    ASSERT_WORKS_AS_KEY(5e-324);
    ASSERT_WORKS_AS_KEY(-0.0);
    ASSERT_WORKS_AS_KEY((double)INFINITY);
    ASSERT_WORKS_AS_KEY((double)-INFINITY);
    ASSERT_WORKS_AS_KEY((double)NAN);
    ASSERT_WORKS_AS_KEY(0x1p63);
    ASSERT_WORKS_AS_KEY("chars");
    ASSERT_WORKS_AS_KEY("");
    ASSERT_WORKS_AS_KEY("sixteen bytes ..");
    ASSERT_WORKS_AS_KEY("chars that are more than sixteen");
    ASSERT_WORKS_AS_KEY(array);
    ASSERT_WORKS_AS_KEY(VIEW("a view"));
    ASSERT_WORKS_AS_KEY(VIEW("\xff not UTF-8"));
    ASSERT_WORKS_AS_KEY(((loam_view){NULL, 0}));
    ASSERT_WORKS_AS_KEY(VIEW("a view that is longer than sixteen"));
    ASSERT_WORKS_AS_KEY(VIEW("\xff not UTF-8, longer than sixteen"));
    ASSERT_WORKS_AS_KEY(str);
    ASSERT_WORKS_AS_KEY(long_str);
    ASSERT_WORKS_AS_KEY(bytes);
    ASSERT_WORKS_AS_KEY(tuple);
    ASSERT_WORKS_AS_KEY(loam_from(tuple));
    ASSERT_WORKS_AS_KEY(LOAM_TUPLE(1, "two", LOAM_TUPLE(3.5, LOAM_NONE)));
    ASSERT_WORKS_AS_KEY(LOAM_NONE);
    ASSERT_WORKS_AS_KEY(LOAM_TRUE);
    ASSERT_WORKS_AS_KEY(LOAM_FALSE);
    ASSERT_WORKS_AS_KEY(by_value);
    ASSERT_WORKS_AS_KEY(by_identity);
    loam_release(str);
    loam_release(long_str);
    loam_release(bytes);
    loam_release(tuple);
    loam_release(by_value);
    loam_release(by_identity);
}

LOAM_TEST(dict, has_one_key_for_equal_numbers_and_keeps_the_first)
{
    for (int64_t others = 0; others <= 20; others += 20) {
        loam_dict *dict = loam_dict_of(1, "int", 0.0, "float", 2.5, "half");
        int64_t n = loam_dict_len(dict);
        loam_value value;

        for (int64_t i = 100; i < 100 + others; i++)
            MUST(loam_dict_set(dict, i, i) == LOAM_OK);
        cr_assert_eq(loam_dict_set(dict, 1.0, "one"), LOAM_OK);
        cr_assert_eq(loam_dict_set(dict, LOAM_TRUE, "True"), LOAM_OK);
        cr_assert_eq(loam_dict_set(dict, LOAM_FALSE, "False"), LOAM_OK);
        cr_assert_eq(loam_dict_set(dict, 0, "zero"), LOAM_OK);
        cr_assert_eq(loam_dict_set(dict, -0.0, "-0"), LOAM_OK);
        cr_assert_eq(loam_dict_len(dict), n + others);
        for (int64_t i = 100; i < 100 + others; i++)
            MUST(loam_dict_contains(dict, (double)i) == 1 && loam_dict_remove(dict, (double)i) == LOAM_OK);
        assert_repr(loam_from(dict), "{1: 'True', 0.0: '-0', 2.5: 'half'}");
        value = loam_dict_get(dict, 1.0);
        cr_assert_eq(loam_dict_remove(dict, 1), LOAM_OK);
        assert_repr_take(value, "'True'"); /* it was a reference of our own */
        assert_sound(dict);
        loam_release(dict);
    }
}

/* 2**63 - 1 and 2**53 + 1 are no doubles. */
LOAM_TEST(dict, compares_integers_with_doubles_exactly)
{
    loam_dict *dict = loam_dict_of(0x1p63, "2**63", 0x1p53, "2**53", INT64_MIN, "-2**63");

    cr_assert_eq(loam_dict_contains(dict, INT64_MAX), 0);
    cr_assert_eq(loam_dict_contains(dict, (INT64_C(1) << 53) + 1), 0);
    cr_assert_eq(loam_dict_contains(dict, INT64_C(1) << 53), 1);
    cr_assert_eq(loam_dict_contains(dict, -0x1p63), 1);
    cr_assert_eq(loam_dict_contains(dict, UINT64_C(1) << 63), 1);
    cr_assert_eq(loam_dict_contains(dict, (UINT64_C(1) << 63) + 1), 0);
    cr_assert_eq(loam_dict_contains(dict, UINT64_MAX), 0);
    cr_assert_eq(loam_dict_set(dict, 0x1p64, "2**64"), LOAM_OK);
    cr_assert_eq(loam_dict_contains(dict, UINT64_MAX), 0);
    loam_release(dict);
}

LOAM_TEST(dict, refuses_an_integer_that_is_too_large_to_be_a_key_but_looks_for_it)
{
    loam_dict *dict = loam_dict_of(1, 1, 0x1p63, 5);
    int64_t integer = 77;
    loam_value value;

    cr_assert_eq(loam_dict_set(dict, UINT64_MAX, 1), LOAM_ERR_OVERFLOW);
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert_eq(loam_dict_add(dict, UINT64_MAX, 1), LOAM_ERR_OVERFLOW);
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert_eq(loam_dict_get_int(dict, UINT64_MAX, &integer), LOAM_ERR_KEY);
    assert_failed(LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_remove(dict, UINT64_MAX), LOAM_ERR_KEY);
    assert_failed(LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_find(dict, UINT64_MAX, &value), LOAM_MISSING);
    cr_assert_eq(loam_dict_add(dict, UINT64_C(1) << 63, 1), LOAM_OK);
    cr_assert_eq(loam_dict_get_int(dict, UINT64_C(1) << 63, &integer), LOAM_OK);
    cr_assert_eq(integer, 6);
    assert_repr(loam_from(dict), "{1: 1, 9.223372036854776e+18: 6}");
    loam_release(dict);
}

LOAM_TEST(dict, tells_str_from_bytes_and_finds_views_as_text)
{
    for (int64_t others = 0; others <= 20; others += 20) {
        loam_dict *dict = ints_to(others);
        loam_bytes *a = loam_bytes_from("a", 1);
        loam_bytes *word = loam_bytes_from("seventeen bytes..", 17);
        int64_t which = 0;

        cr_assert_eq(loam_dict_set(dict, a, 1), LOAM_OK);
        cr_assert_eq(loam_dict_contains(dict, "a"), 0);
        cr_assert_eq(loam_dict_contains(dict, VIEW("a")), 0);
        cr_assert_eq(loam_dict_set(dict, "a", 2), LOAM_OK);
        cr_assert_eq(loam_dict_set(dict, "seventeen bytes..", 3), LOAM_OK);
        cr_assert_eq(loam_dict_contains(dict, word), 0);
        cr_assert_eq(loam_dict_set(dict, word, 4), LOAM_OK);
        cr_assert_eq(loam_dict_get_int(dict, VIEW("a"), &which), LOAM_OK);
        cr_assert_eq(which, 2);
        cr_assert_eq(loam_dict_get_int(dict, a, &which), LOAM_OK);
        cr_assert_eq(which, 1);
        cr_assert_eq(loam_dict_get_int(dict, VIEW("seventeen bytes.."), &which), LOAM_OK);
        cr_assert_eq(which, 3);
        cr_assert_eq(loam_dict_contains(dict, VIEW("a\0")), 0);
        cr_assert_eq(loam_dict_add(dict, VIEW("\xff\xff"), 5), LOAM_OK);
        cr_assert_eq(loam_dict_add(dict, VIEW("\xc3\xa9"), 6), LOAM_OK);
        cr_assert_eq(loam_dict_len(dict), others + 6);
        for (int64_t i = 0; i < others; i++)
            MUST(loam_dict_remove(dict, i) == LOAM_OK);
        assert_repr(loam_from(dict), "{b'a': 1, 'a': 2, 'seventeen bytes..': 3, b'seventeen bytes..': 4, "
                                     "b'\\xff\\xff': 5, '\xc3\xa9': 6}");
        loam_release(a);
        loam_release(word);
        loam_release(dict);
    }
}

/* A key that is made by the look-up itself has to be found again, also beyond sixteen bytes. */
LOAM_TEST(dict, finds_the_keys_that_adding_made)
{
    loam_dict *dict = loam_dict_new();

    for (int round = 0; round < 3; round++) {
        cr_assert_eq(loam_dict_add(dict, "short", 1), LOAM_OK);
        cr_assert_eq(loam_dict_add(dict, "longer than sixteen bytes", 1), LOAM_OK);
        cr_assert_eq(loam_dict_add(dict, VIEW("a view of more than 16"), 1), LOAM_OK);
        cr_assert_eq(loam_dict_add(dict, VIEW("\xff bytes of more than 16"), 1), LOAM_OK);
        cr_assert_eq(loam_dict_add(dict, INT64_MAX, 1), LOAM_OK);
        cr_assert_eq(loam_dict_add(dict, 1e300, 1), LOAM_OK);
        cr_assert_eq(loam_dict_add(dict, LOAM_TUPLE("in", "place"), 1), LOAM_OK);
    }
    assert_repr(loam_from(dict), "{'short': 3, 'longer than sixteen bytes': 3, 'a view of more than 16': 3, "
                                 "b'\\xff bytes of more than 16': 3, 9223372036854775807: 3, 1e+300: 3, "
                                 "('in', 'place'): 3}");
    loam_release(dict);
}

LOAM_TEST(dict, refuses_keys_without_a_hash_and_releases_what_it_was_given)
{
    static loam_type no_hash = {.name = "no hash", .size = sizeof(tricky), .equal = tricky_equal};
    loam_dict *dict = loam_dict_of("a", 1);
    loam_list *list = loam_list_of(1, 2);
    loam_value unhashable = loam_from(loam_new(&no_hash));
    loam_value value = LOAM_NONE;
    int64_t integer = 77;

#define ASSERT_REFUSED(call)                                                                                           \
    do {                                                                                                               \
        MUST(call);                                                                                                    \
        assert_failed(LOAM_ERR_TYPE);                                                                                  \
    } while (0)
    ASSERT_REFUSED(loam_dict_set(dict, list, LOAM_LIST("given", "away")) == LOAM_ERR_TYPE);
    ASSERT_REFUSED(loam_dict_set(dict, LOAM_LIST("in place"), 1) == LOAM_ERR_TYPE);
    ASSERT_REFUSED(loam_dict_set(dict, LOAM_DICT(1, 2), 1) == LOAM_ERR_TYPE);
    ASSERT_REFUSED(loam_dict_set(dict, LOAM_TUPLE(1, LOAM_TUPLE(2, LOAM_LIST(3))), 1) == LOAM_ERR_TYPE);
    ASSERT_REFUSED(loam_dict_set(dict, unhashable, 1) == LOAM_ERR_TYPE);
    ASSERT_REFUSED(loam_dict_set_take(dict, LOAM_VAL(LOAM_LIST(1)), LOAM_VAL("given")) == LOAM_ERR_TYPE);
    ASSERT_REFUSED((loam_dict_set)(dict, loam_from(list), loam_from(list)) == LOAM_ERR_TYPE);
    ASSERT_REFUSED(loam_is_unset(loam_dict_get(dict, list)));
    ASSERT_REFUSED(loam_is_unset(loam_dict_get(dict, LOAM_LIST("in place"))));
    ASSERT_REFUSED(loam_is_unset(loam_dict_get_peek(dict, LOAM_LIST("in place"))));
    ASSERT_REFUSED(loam_dict_find(dict, LOAM_LIST("in place"), &value) == LOAM_ERR_TYPE && loam_is_unset(value));
    ASSERT_REFUSED(loam_dict_contains(dict, LOAM_LIST("in place")) == LOAM_ERR_TYPE);
    ASSERT_REFUSED(loam_dict_get_int(dict, LOAM_LIST("in place"), &integer) == LOAM_ERR_TYPE);
    ASSERT_REFUSED(loam_dict_add(dict, LOAM_LIST("in place"), 1) == LOAM_ERR_TYPE);
    ASSERT_REFUSED(loam_dict_remove(dict, LOAM_LIST("in place")) == LOAM_ERR_TYPE);
    ASSERT_REFUSED(loam_is_unset(loam_dict_pop(dict, LOAM_LIST("in place"))));
    ASSERT_REFUSED(loam_dict_move_to_end(dict, LOAM_LIST("in place")) == LOAM_ERR_TYPE);
    ASSERT_REFUSED(!loam_dict_of(1, 2, list, 3, "not", "reached"));
    cr_assert_eq(integer, 77);
    assert_repr(loam_from(dict), "{'a': 1}");
    loam_release(list);
    loam_release(unhashable);
    loam_release(dict);
}

/* What an earlier call could not make is refused with the earlier failure, and everything given is released. */
LOAM_TEST(dict, propagates_an_earlier_failure)
{
    loam_dict *dict = loam_dict_of("a", 1);
    loam_dict *none = NULL;
    loam_value out = LOAM_NONE;
    loam_value other = LOAM_NONE;
    int64_t integer = 5;
    double number = 1.5;
    bool truth = true;
    const char *chars = "as it was";

    cr_assert_eq(loam_dict_get_int(dict, "b", &integer), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_len(none), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_set(none, "k", LOAM_LIST(1)), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_set(dict, "k", loam_dict_get_peek(dict, "b")), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_set(dict, LOAM_UNSET, LOAM_LIST(1)), LOAM_ERR_KEY);
    cr_assert(loam_is_unset(loam_dict_get(none, LOAM_TUPLE("in", "place"))));
    cr_assert(loam_is_unset(loam_dict_get_peek(none, "k")));
    cr_assert(loam_is_unset(loam_dict_get(dict, LOAM_UNSET)));
    cr_assert(loam_is_unset(loam_dict_get(dict, (const char *)NULL)));
    cr_assert(loam_is_unset(loam_dict_get(dict, ((loam_view){NULL, 3}))));
    cr_assert_eq(loam_dict_find(none, 1, &out), LOAM_ERR_KEY);
    cr_assert(loam_is_unset(out));
    cr_assert_eq(loam_dict_contains(none, 1), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_find_int(none, LOAM_TUPLE("in", "place"), &integer), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_find_double(none, 1, &number), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_find_bool(none, 1, &truth), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_find_chars_peek(none, 1, &chars), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_get_double(none, 1, &number), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_get_bool(none, 1, &truth), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_get_chars_peek(none, 1, &chars), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_add(none, LOAM_TUPLE("in", "place"), 1), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_get_many(none, &integer, 1, &other), LOAM_ERR_KEY);
    cr_assert(loam_is_unset(other));
    cr_assert_eq(loam_dict_get_many_int(none, &integer, 1, &integer), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_find_many_int(none, &integer, 1, &integer), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_remove(none, 1), LOAM_ERR_KEY);
    cr_assert(loam_is_unset(loam_dict_pop(none, 1)));
    out = LOAM_NONE;
    cr_assert_eq(loam_dict_pop_first(none, &out, &other), LOAM_ERR_KEY);
    cr_assert(loam_is_unset(out) && loam_is_unset(other));
    cr_assert_eq(loam_dict_pop_last(none, NULL, NULL), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_move_to_end(none, 1), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_update(none, loam_from(dict)), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_update(dict, loam_from(none)), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_clear(none), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_reserve(none, 1), LOAM_ERR_KEY);
    cr_assert_null(loam_dict_copy(none));
    cr_assert_null(loam_dict_keys(none));
    cr_assert_null(loam_dict_values(none));
    cr_assert_null(loam_dict_items(none));
    cr_assert_null(loam_dict_most_common(none, 1));
    cr_assert_eq(loam_error()->status, LOAM_ERR_KEY);
    assert_repr(loam_from(dict), "{'a': 1}");
    loam_release(dict);
}

LOAM_TEST(dict, leaves_a_default_alone_where_it_finds_nothing_of_the_kind)
{
    loam_dict *dict = loam_dict_of("int", 5, "float", 1.5, "true", LOAM_TRUE, "text", "chars", "big", INT64_MIN);
    int64_t integer = 77;
    double number = 7.7;
    bool truth = true;
    const char *chars = "default";

    cr_assert_eq(loam_dict_find_int(dict, "missing", &integer), LOAM_MISSING);
    cr_assert_eq(loam_dict_find_double(dict, "missing", &number), LOAM_MISSING);
    cr_assert_eq(loam_dict_find_bool(dict, "missing", &truth), LOAM_MISSING);
    cr_assert_eq(loam_dict_find_chars_peek(dict, "missing", &chars), LOAM_MISSING);
    cr_assert_eq(loam_error()->status, LOAM_OK);
    cr_assert_eq(loam_dict_get_int(dict, "missing", &integer), LOAM_ERR_KEY);
    cr_assert_str_eq(loam_error()->text, "no such key: 'missing'");
    cr_assert_eq(loam_dict_get_int(dict, "float", &integer), LOAM_ERR_TYPE);
    cr_assert_str_eq(loam_error()->text, "expected int, got float: 'float'");
    cr_assert_eq(loam_dict_find_int(dict, "float", &integer), LOAM_ERR_TYPE);
    cr_assert_eq(loam_dict_get_double(dict, "missing", &number), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_get_double(dict, "text", &number), LOAM_ERR_TYPE);
    cr_assert_eq(loam_dict_find_double(dict, "text", &number), LOAM_ERR_TYPE);
    cr_assert_eq(loam_dict_get_bool(dict, "missing", &truth), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_get_bool(dict, "int", &truth), LOAM_ERR_TYPE);
    cr_assert_eq(loam_dict_find_bool(dict, "int", &truth), LOAM_ERR_TYPE);
    cr_assert_eq(loam_dict_get_chars_peek(dict, "missing", &chars), LOAM_ERR_KEY);
    cr_assert_eq(loam_dict_get_chars_peek(dict, "int", &chars), LOAM_ERR_TYPE);
    cr_assert_eq(loam_dict_find_chars_peek(dict, "int", &chars), LOAM_ERR_TYPE);
    cr_assert(integer == 77 && number > 7.6 && truth);
    cr_assert_str_eq(chars, "default");

    cr_assert_eq(loam_dict_get_int(dict, "true", &integer), LOAM_OK);
    cr_assert_eq(integer, 1);
    cr_assert_eq(loam_dict_find_int(dict, "big", &integer), LOAM_OK);
    cr_assert_eq(integer, INT64_MIN);
    cr_assert_eq(loam_dict_get_double(dict, "int", &number), LOAM_OK);
    cr_assert_eq(number, 5.0);
    cr_assert_eq(loam_dict_find_double(dict, "float", &number), LOAM_OK);
    cr_assert_eq(number, 1.5);
    truth = false;
    cr_assert_eq(loam_dict_get_bool(dict, "true", &truth), LOAM_OK);
    cr_assert(truth);
    truth = false;
    cr_assert_eq(loam_dict_find_bool(dict, "true", &truth), LOAM_OK);
    cr_assert(truth);
    cr_assert_eq(loam_dict_get_chars_peek(dict, "text", &chars), LOAM_OK);
    cr_assert_str_eq(chars, "chars");
    cr_assert_eq(loam_dict_find_chars_peek(dict, "text", &chars), LOAM_OK);
    cr_assert_str_eq(chars, "chars");
    loam_error_clear();
    loam_release(dict);
}

/* Adding. */

/* Many at once. */

enum { MANY = 200 };

/* Keys that are there, keys that are not, and integers that need a box. */
static int64_t any_key(uint64_t *random, int64_t below)
{
    int64_t key = (int64_t)random_below(random, 2 * (uint64_t)below);
    return random_below(random, 3) ? key : key * (INT64_MAX / (2 * below));
}

static void assert_many_as_one_by_one(loam_dict *dict, int64_t below, int64_t count)
{
    int64_t keys[MANY] = {0};
    int64_t many[MANY];
    int64_t one_by_one[MANY];
    int64_t found = 0;
    uint64_t random = (uint64_t)below;

    for (int64_t i = 0; i < count; i++) {
        loam_status status;
        keys[i] = any_key(&random, below);
        many[i] = one_by_one[i] = -i - 1;
        status = loam_dict_find_int(dict, keys[i], &one_by_one[i]);
        MUST(status == LOAM_OK || status == LOAM_MISSING);
        found += status == LOAM_OK;
    }
    MUST(loam_dict_find_many_int(dict, keys, count, many) == found);
    for (int64_t i = 0; i < count; i++)
        MUST(many[i] == one_by_one[i]);
}

LOAM_TEST(dict, looks_up_many_integers_as_one_by_one)
{
    for (int64_t n = 1; n < 5000; n += 1 + n / 2)
        for (int kinds = 0; kinds < 3; kinds++) {
            loam_dict *dict = ints_to(n);
            uint64_t random = (uint64_t)n;
            for (int64_t i = 0; kinds && i < n; i++) {
                int64_t key = any_key(&random, n);
                MUST(loam_dict_set(dict, key, i << 50) == LOAM_OK);
            }
            if (kinds == 2)
                MUST(loam_dict_remove(dict, 0) == LOAM_OK && loam_dict_set(dict, 0.0, "zero") == LOAM_OK &&
                     loam_dict_set(dict, 0.0, 7) == LOAM_OK && loam_dict_set(dict, LOAM_TUPLE(1), 8) == LOAM_OK);
            for (int64_t count = 0; count <= MANY; count += 1 + count / 2)
                assert_many_as_one_by_one(dict, n, count);
            assert_many_as_one_by_one(dict, n, MANY);
            loam_release(dict);
        }
}

LOAM_TEST(dict, gets_all_of_many_or_says_which_is_missing)
{
    static const int64_t keys[] = {3, 99, 3, 50, 100, 4};
    loam_dict *dict = ints_to(100);
    loam_value values[6];
    int64_t ints[] = {-1, -1, -1, -1, -1, -1};

    MUST(loam_dict_set(dict, 50, LOAM_LIST("fifty")) == LOAM_OK);
    MUST(loam_dict_get_many(dict, keys, 4, values) == LOAM_OK);
    loam_release(dict);
    cr_assert_eq(values[1].word, LOAM_VAL(99).word);
    assert_repr(values[3], "['fifty']");
    for (int i = 0; i < 4; i++)
        loam_release(values[i]);

    dict = ints_to(100);
    MUST(loam_dict_set(dict, 3, LOAM_LIST("three")) == LOAM_OK);
    MUST(loam_dict_get_many(dict, keys, 6, values) == LOAM_ERR_KEY);
    cr_assert_str_eq(loam_error()->text, "no such key: 100");
    assert_failed(LOAM_ERR_KEY);
    for (int i = 0; i < 6; i++)
        cr_assert(loam_is_unset(values[i]));
    MUST(loam_dict_get_many_int(dict, keys + 1, 1, ints) == LOAM_OK && ints[0] == 99 && ints[1] == -1);
    MUST(loam_dict_get_many_int(dict, keys + 3, 3, ints) == LOAM_ERR_KEY && ints[0] == 50 && ints[1] == -1);
    MUST(loam_dict_get_many_int(dict, keys + 1, 3, ints) == LOAM_ERR_TYPE && ints[0] == 99 && ints[1] == -1);
    MUST(loam_dict_find_many_int(dict, keys + 1, 3, ints) == LOAM_ERR_TYPE && ints[1] == -1);
    MUST(loam_dict_get_many(dict, keys, -1, values) == LOAM_ERR_VALUE);
    MUST(loam_dict_get_many_int(dict, keys, -1, ints) == LOAM_ERR_VALUE);
    MUST(loam_dict_find_many_int(dict, keys, -1, ints) == LOAM_ERR_VALUE);
    loam_release(dict);
    loam_error_clear();
}

/* Holes in an array of which the index stays: all is found where it has moved to, whatever is a hole. */
LOAM_TEST(dict, finds_what_moved_when_holes_were_closed)
{
    for (int64_t n = 10; n < 2000; n += n / 3)
        for (int64_t each = 2; each < 40; each = 2 * each + 1) {
            loam_dict *dict = ints_to(n);
            int64_t end = n;
            uint32_t used = 0;
            for (int64_t i = 0; i < n; i += 1 + (each * i) % 3)
                MUST(i % each == 0 || loam_dict_remove(dict, i) == LOAM_OK);
            for (; dict->used >= used; end++) {
                used = dict->used;
                MUST(loam_dict_set(dict, end, end) == LOAM_OK);
            }
            assert_sound(dict);
            for (int64_t i = 0, value; i < end; i++)
                MUST(loam_dict_find_int(dict, i, &value) == LOAM_MISSING || value == i);
            loam_release(dict);
        }
}

LOAM_TEST(dict, adds_to_integers_only_and_never_beyond_64_bits)
{
    loam_dict *dict = loam_dict_of("n", 5, "true", LOAM_TRUE, "most", INT64_MAX, "least", INT64_MIN, "text", "x");

    cr_assert_eq(loam_dict_add(dict, "n", -7), LOAM_OK);
    cr_assert_eq(loam_dict_add(dict, "true", 1), LOAM_OK);
    cr_assert_eq(loam_dict_add(dict, "new", INT64_MAX), LOAM_OK);
    cr_assert_eq(loam_dict_add(dict, "new", -1), LOAM_OK);
    cr_assert_eq(loam_dict_add(dict, "zero", 0), LOAM_OK);
    cr_assert_eq(loam_dict_add(dict, "most", 1), LOAM_ERR_OVERFLOW);
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert_eq(loam_dict_add(dict, "least", -1), LOAM_ERR_OVERFLOW);
    assert_failed(LOAM_ERR_OVERFLOW);
    cr_assert_eq(loam_dict_add(dict, "text", 1), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_dict_set(dict, "half", 0.5), LOAM_OK);
    cr_assert_eq(loam_dict_add(dict, "half", 1), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    assert_repr(loam_from(dict), "{'n': -2, 'true': 2, 'most': 9223372036854775807, 'least': -9223372036854775808, "
                                 "'text': 'x', 'new': 9223372036854775806, 'zero': 0, 'half': 0.5}");
    loam_release(dict);
}

/* Order. */

LOAM_TEST(dict, keeps_the_order_of_insertion)
{
    loam_dict *dict = loam_dict_of("a", 1, "b", 2, "c", 3, "a", 4);
    loam_dict *other = loam_dict_of("z", 26, "a", 0, "y", 25);
    loam_value key;
    loam_value value;

    assert_repr(loam_from(dict), "{'a': 4, 'b': 2, 'c': 3}");
    cr_assert_eq(loam_dict_set(dict, "b", 22), LOAM_OK);
    cr_assert_eq(loam_dict_remove(dict, "a"), LOAM_OK);
    cr_assert_eq(loam_dict_set(dict, "a", 11), LOAM_OK);
    assert_repr(loam_from(dict), "{'b': 22, 'c': 3, 'a': 11}");
    cr_assert_eq(loam_dict_move_to_end(dict, "b"), LOAM_OK);
    cr_assert_eq(loam_dict_move_to_end(dict, "b"), LOAM_OK);
    assert_repr(loam_from(dict), "{'c': 3, 'a': 11, 'b': 22}");
    cr_assert_eq(loam_dict_update(dict, loam_from(other)), LOAM_OK);
    cr_assert_eq(loam_dict_update(dict, loam_from(dict)), LOAM_OK);
    assert_repr(loam_from(dict), "{'c': 3, 'a': 0, 'b': 22, 'z': 26, 'y': 25}");
    cr_assert_eq(loam_dict_pop_first(dict, &key, &value), LOAM_OK);
    assert_repr_take(key, "'c'");
    assert_repr_take(value, "3");
    cr_assert_eq(loam_dict_pop_last(dict, &key, &value), LOAM_OK);
    assert_repr_take(key, "'y'");
    assert_repr_take(value, "25");
    cr_assert_eq(loam_dict_reserve(dict, 100), LOAM_OK);
    cr_assert_eq(loam_dict_reserve(dict, 1), LOAM_OK);
    cr_assert_eq(loam_dict_reserve(dict, -1), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_dict_reserve(dict, UINT32_MAX), LOAM_ERR_MEMORY, "more than there can be");
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert_eq(loam_dict_reserve(dict, INT64_MAX), LOAM_ERR_MEMORY);
    assert_failed(LOAM_ERR_MEMORY);
    assert_sound(dict);
    assert_repr(loam_from(dict), "{'a': 0, 'b': 22, 'z': 26}");
    loam_release(other);
    other = loam_dict_copy(dict);
    cr_assert_eq(loam_dict_pop_first(dict, NULL, &value), LOAM_OK);
    assert_repr_take(value, "0");
    cr_assert_eq(loam_dict_pop_last(dict, &key, NULL), LOAM_OK);
    assert_repr_take(key, "'z'");
    assert_repr_take(loam_from(loam_dict_keys(other)), "['a', 'b', 'z']");
    assert_repr_take(loam_from(loam_dict_values(other)), "[0, 22, 26]");
    assert_repr_take(loam_from(loam_dict_items(other)), "[('a', 0), ('b', 22), ('z', 26)]");
    cr_assert_eq(loam_dict_clear(other), LOAM_OK);
    cr_assert_eq(loam_dict_clear(other), LOAM_OK);
    assert_repr_take(loam_from(loam_dict_keys(other)), "[]");
    assert_repr_take(loam_from(loam_dict_items(other)), "[]");
    cr_assert_eq(loam_dict_pop_first(other, &key, &value), LOAM_MISSING);
    cr_assert_eq(loam_dict_pop_last(other, NULL, NULL), LOAM_MISSING);
    cr_assert(loam_is_unset(key) && loam_is_unset(value));
    cr_assert_eq(loam_dict_set(other, "again", 1), LOAM_OK);
    assert_repr(loam_from(other), "{'again': 1}");
    assert_repr(loam_from(dict), "{'b': 22}");
    loam_release(other);
    loam_release(dict);
}

LOAM_TEST(dict, equals_another_of_the_same_keys_and_values_in_any_order)
{
    for (int64_t n = 1; n < 40; n += 6) {
        loam_dict *up = ints_to(n);
        loam_dict *down = loam_dict_new();

        for (int64_t i = n; i-- > 0;)
            MUST(loam_dict_set(down, (double)i, (double)i) == LOAM_OK);
        cr_assert_eq(loam_equal(loam_from(up), loam_from(down)), 1);
        cr_assert_eq(loam_equal(loam_from(up), loam_from(up)), 1);
        cr_assert_eq(loam_dict_set(down, 0, -1), LOAM_OK);
        cr_assert_eq(loam_equal(loam_from(up), loam_from(down)), 0);
        cr_assert_eq(loam_dict_remove(down, 0), LOAM_OK);
        cr_assert_eq(loam_equal(loam_from(up), loam_from(down)), 0);
        cr_assert_eq(loam_equal(loam_from(down), loam_from(up)), 0, "a part is not all");
        cr_assert_eq(loam_dict_set(down, "0", 0), LOAM_OK);
        cr_assert_eq(loam_equal(loam_from(up), loam_from(down)), 0);
        cr_assert_eq(loam_dict_set(up, "nested", loam_from(down)), LOAM_OK);
        cr_assert_eq(loam_dict_set(down, "nested", (double)NAN), LOAM_OK);
        cr_assert_eq(loam_equal(loam_from(up), loam_from(down)), 0);
        cr_assert_eq(loam_dict_set(up, "nested", (double)NAN), LOAM_OK);
        cr_assert_eq(loam_dict_remove(up, 0), LOAM_OK);
        cr_assert_eq(loam_dict_set(up, "0", 0), LOAM_OK);
        cr_assert_eq(loam_equal(loam_from(up), loam_from(down)), 1, "the same NaN is equal inside");
        loam_release(up);
        loam_release(down);
    }
}

/* Growth. */

static unsigned allocations;

static bool count_allocations(void *context, size_t bytes)
{
    (void)context;
    (void)bytes;
    allocations++;
    return true;
}

LOAM_TEST(dict, needs_no_memory_up_to_what_was_reserved)
{
    for (int64_t n = 1; n < 3000; n += n / 3 + 1)
        for (int64_t before = 0; before < n; before += n / 2 + 1) {
            loam_dict *dict = ints_to(before);

            if (before > 2) /* holes take room, too */
                MUST(loam_dict_remove(dict, 1) == LOAM_OK);
            MUST(loam_dict_reserve(dict, n) == LOAM_OK);
            allocations = 0;
            loam__alloc_gate = count_allocations;
            for (int64_t i = before; loam_dict_len(dict) < n; i++)
                MUST(loam_dict_set(dict, i, i) == LOAM_OK);
            loam__alloc_gate = NULL;
            MUST(allocations == 0);
            assert_sound(dict);
            loam_release(dict);
        }
}

/* A cache: what is used moves to the end, what is added pushes the first one out. */
LOAM_TEST(dict, stays_as_large_as_it_has_to_be_as_a_cache)
{
    enum { SIZE = 1000 };
    loam_dict *dict = ints_to(SIZE);
    unsigned steps = rounds(1000000);
    uint64_t random = 1;
    uint32_t most = 0;

    for (unsigned i = 0; i < steps; i++) {
        int64_t key = (int64_t)i + SIZE - (int64_t)random_below(&random, SIZE);
        loam_status status = loam_dict_contains(dict, key) ? loam_dict_move_to_end(dict, key) : LOAM_MISSING;
        if (status == LOAM_MISSING) {
            MUST(loam_dict_set(dict, (int64_t)i + SIZE, 0) == LOAM_OK);
            status = loam_dict_pop_first(dict, NULL, NULL);
        }
        MUST(status == LOAM_OK && loam_dict_len(dict) == SIZE);
        most = dict->capacity > most ? dict->capacity : most;
    }
    cr_assert_lt(most, 2 * SIZE);
    assert_sound(dict);
    loam_release(dict);
}

/* Were all of it gone through whenever the array is full, this would be so at each step. */
LOAM_TEST(dict, goes_through_all_its_entries_only_now_and_then)
{
    for (int64_t n = 100; n < 3000; n += 97) {
        loam_dict *dict = loam_dict_new();

        MUST(loam_dict_reserve(dict, n) == LOAM_OK);
        for (int64_t i = 0; i < n; i++)
            MUST(loam_dict_set(dict, i, i) == LOAM_OK);
        allocations = 0; /* each rebuild of the index is one */
        loam__alloc_gate = count_allocations;
        for (int64_t i = 0; i < 5 * n; i++)
            MUST(loam_dict_remove(dict, i) == LOAM_OK && loam_dict_set(dict, n + i, 0) == LOAM_OK);
        for (int64_t i = 0; i < 5 * n; i++)
            MUST(loam_dict_move_to_end(dict, 5 * n + i % n) == LOAM_OK);
        loam__alloc_gate = NULL;
        MUST(LOAM_STRESS || allocations < 60);
        assert_sound(dict);
        loam_release(dict);
    }
}

/* A queue, long and short. Were the front looked for each time, or closed up each time, this would take minutes. */
LOAM_TEST(dict, is_a_queue_at_a_constant_cost)
{
    int64_t n = keys_of_a_large_dict(500000);
    loam_dict *dict = ints_to(n);
    loam_value key;
    int64_t integer;

    for (int64_t i = 0; i < n; i++) {
        MUST(loam_dict_pop_first(dict, &key, NULL) == LOAM_OK && loam_to_int(key, &integer) == LOAM_OK && integer == i);
        MUST(i % 2 || loam_dict_set(dict, n + i, 0) == LOAM_OK);
    }
    cr_assert_eq(loam_dict_len(dict), n / 2);
    while (loam_dict_pop_last(dict, NULL, NULL) == LOAM_OK)
        continue;
    assert_sound(dict);
    loam_release(dict);
    dict = loam_dict_new();
    for (int64_t i = 0; i < n; i++) {
        MUST(loam_dict_set(dict, i, 0) == LOAM_OK);
        MUST(i < 3 || loam_dict_pop_first(dict, NULL, NULL) == LOAM_OK);
    }
    cr_assert_lt(dict->capacity, 20);
    assert_sound(dict);
    loam_release(dict);
}

/* Iteration. */

LOAM_TEST(dict, is_iterated_over_by_key_and_projected)
{
    loam_dict *dict = loam_dict_of("hole", 0, "a", 1, "b", 2, "hole too", 0, "c", 3);
    static const char *const texts[] = {"'a' 'b' 'c' ", "1 2 3 ", "('a', 1) ('b', 2) ('c', 3) "};
    loam_list *list;

    cr_assert_eq(loam_dict_remove(dict, "hole"), LOAM_OK);
    cr_assert_eq(loam_dict_remove(dict, "hole too"), LOAM_OK);
    list = loam_list_from(loam_from(dict));
    assert_repr(loam_from(list), "['a', 'b', 'c']");
    cr_assert_eq(loam_list_extend(list, loam_from(dict)), LOAM_OK);
    assert_repr_take(loam_from(list), "['a', 'b', 'c', 'a', 'b', 'c']");
    assert_repr_take(loam_from(loam_tuple_from(loam_from(dict))), "('a', 'b', 'c')");
    for (unsigned projection = 0; projection < 3; projection++)
        for (size_t cap = 1; cap < 5; cap++) {
            char text[200] = "";
            loam_value out[5];
            loam_cursor cursor;
            ptrdiff_t n;
            loam__dict_begin(dict, &cursor);
            while ((n = loam__dict_fill(dict, &cursor, (loam__dict_projection)projection, out, cap)) > 0)
                for (ptrdiff_t i = 0; i < n; i++) {
                    loam_str *repr = loam_repr(out[i]);
                    strcat(strcat(text, loam_str_chars_peek(repr)), " ");
                    loam_release(repr);
                    loam_release(out[i]);
                }
            cr_assert_eq(n, 0);
            cr_assert_eq(loam__dict_fill(dict, &cursor, (loam__dict_projection)projection, out, cap), 0);
            cr_assert_str_eq(text, texts[projection]);
        }
    loam_release(dict);
}

typedef loam_status between(loam_dict *dict);

static loam_status overwrite(loam_dict *dict)
{
    loam_status status = loam_dict_set(dict, 0, "new");
    return status < 0 ? status : loam_dict_add(dict, 1, 1);
}

static loam_status fail_to_remove(loam_dict *dict)
{
    loam_status status = loam_dict_remove(dict, "missing");
    loam_error_clear();
    return status == LOAM_ERR_KEY ? LOAM_OK : LOAM_ERR_VALUE;
}

static loam_status move_last_to_end(loam_dict *dict)
{
    return loam_dict_move_to_end(dict, loam_dict_len(dict) - 1);
}

static loam_status update_with_itself(loam_dict *dict)
{
    return loam_dict_update(dict, loam_from(dict));
}

static loam_status insert(loam_dict *dict)
{
    return loam_dict_set(dict, "new", 1);
}

static loam_status remove_key(loam_dict *dict)
{
    return loam_dict_remove(dict, 2);
}

static loam_status remove_and_insert(loam_dict *dict)
{
    loam_status status = loam_dict_remove(dict, 2);
    return status < 0 ? status : loam_dict_set(dict, 2, 2);
}

static loam_status move_to_end(loam_dict *dict)
{
    return loam_dict_move_to_end(dict, 0);
}

static loam_status pop_last(loam_dict *dict)
{
    return loam_dict_pop_last(dict, NULL, NULL);
}

LOAM_TEST(dict, notices_exactly_the_changes_that_an_iteration_cannot_survive)
{
    static const struct {
        between *change;
        bool noticed;
    } changes[] = {
        {overwrite, false}, {fail_to_remove, false}, {move_last_to_end, false}, {update_with_itself, false},
        {insert, true},     {remove_key, true},      {remove_and_insert, true}, {move_to_end, true},
        {pop_last, true},   {loam_dict_clear, true},
    };
    const loam_type *type;

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        for (int64_t n = 3; n < 30; n += 9) {
            loam_dict *dict = ints_to(n);
            loam_cursor cursor;
            loam_value out[50];
            ptrdiff_t got;

            type = loam_type_of(dict);
            cr_assert_eq(type->iter_begin(dict, &cursor), LOAM_OK);
            cr_assert_eq(type->iter_fill(dict, &cursor, out, 1), 1);
            cr_assert_eq(changes[i].change(dict), LOAM_OK);
            got = type->iter_fill(dict, &cursor, out, 50);
            if (changes[i].noticed) {
                cr_assert_eq(got, LOAM_ERR_CHANGED, "change %zu", i);
                assert_failed(LOAM_ERR_CHANGED);
                cr_assert_eq(type->iter_fill(dict, &cursor, out, 50), LOAM_ERR_CHANGED);
                loam_error_clear();
            } else {
                cr_assert_eq(got, n - 1, "change %zu", i);
            }
            loam_release(dict);
        }
}

/* The most common. */

typedef struct pair {
    int64_t key, order;
    loam_value value;
} pair;

static int by_value_then_order(const void *a, const void *b)
{
    const pair *x = a;
    const pair *y = b;
    int order = 0;

    MUST(loam_compare(x->value, y->value, &order) == LOAM_OK);
    return order ? -order : (x->order > y->order) - (x->order < y->order);
}

/* By sorting all of them. */
static loam_list *most_common_by_sorting(loam_dict *dict, int64_t n)
{
    static pair pairs[3000];
    loam_list *keys = loam_dict_keys(dict);
    loam_list *result = loam_list_new();
    int64_t count = loam_list_len(keys);

    for (int64_t i = 0; i < count; i++) {
        MUST(loam_list_get_int(keys, i, &pairs[i].key) == LOAM_OK);
        pairs[i].order = i;
        pairs[i].value = loam_dict_get_peek(dict, pairs[i].key);
    }
    qsort(pairs, (size_t)count, sizeof *pairs, by_value_then_order);
    for (int64_t i = 0; i < count && (n < 0 || i < n); i++)
        MUST(loam_list_append(result, LOAM_TUPLE(pairs[i].key, pairs[i].value)) == LOAM_OK);
    loam_release(keys);
    return result;
}

static loam_value number_of_some_kind(uint64_t *random)
{
    int64_t integer = (int64_t)random_below(random, 20) - 5;

    switch (random_below(random, 5)) {
    case 0:
        return loam_double((double)integer + 0.5);
    case 1:
        return loam_double((double)integer);
    case 2:
        return loam_bool(integer & 1);
    case 3:
        return integer > 10 ? loam_int(INT64_MAX - integer) : loam_double(1e300 * (double)integer);
    default:
        return loam_int(integer);
    }
}

static loam_value some_text(uint64_t *random)
{
    static const char *const words[] = {"", "a", "b", "ab", "a longer one than sixteen", "z", "Z"};
    return LOAM_VAL(words[random_below(random, sizeof words / sizeof *words)]);
}

static loam_value few_ints(uint64_t *random)
{
    return loam_int((int64_t)random_below(random, 4));
}

LOAM_TEST(dict, ranks_its_values_as_a_stable_sort_does)
{
    static loam_value (*const values[])(uint64_t *) = {number_of_some_kind, some_text, few_ints};
    static const int64_t sizes[] = {0, 1, 2, 5, 8, 9, 30, 300, 2000};
    uint64_t random = 1;

    for (size_t kind = 0; kind < sizeof values / sizeof *values; kind++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            const int64_t wanted[] = {0, 1, 2, 10, sizes[i] / 2, sizes[i] - 1, sizes[i], sizes[i] + 1, INT64_MAX, -1};
            loam_dict *dict = loam_dict_new();
            for (int64_t key = 0; key < sizes[i]; key++)
                MUST(loam_dict_set_take(dict, loam_int(key * 7 % 10007), values[kind](&random)) == LOAM_OK);
            for (int64_t key = 0; key < sizes[i]; key += 3)
                MUST(loam_dict_remove(dict, key * 7 % 10007) == LOAM_OK);
            for (size_t j = 0; j < sizeof wanted / sizeof *wanted; j++) {
                loam_list *expected = most_common_by_sorting(dict, wanted[j]);
                loam_list *list = loam_dict_most_common(dict, wanted[j]);
                MUST(list && loam_equal(loam_from(list), loam_from(expected)) == 1);
                loam_release(list);
                loam_release(expected);
            }
            loam_release(dict);
        }
}

LOAM_TEST(dict, ranks_ties_in_order_of_first_appearance)
{
    loam_dict *dict = loam_dict_of("a", 1, "b", 2, "c", 2.0, "d", LOAM_TRUE, "e", 2);

    assert_repr_take(loam_from(loam_dict_most_common(dict, -1)), "[('b', 2), ('c', 2.0), ('e', 2), ('a', 1), "
                                                                 "('d', True)]");
    assert_repr_take(loam_from(loam_dict_most_common(dict, 2)), "[('b', 2), ('c', 2.0)]");
    assert_repr_take(loam_from(loam_dict_most_common(dict, 0)), "[]");
    cr_assert_eq(loam_dict_set(dict, "nan", (double)NAN), LOAM_OK);
    loam_release(loam_dict_most_common(dict, 3));
    cr_assert_eq(loam_dict_set(dict, "text", "has no order with numbers"), LOAM_OK);
    cr_assert_null(loam_dict_most_common(dict, 3));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_dict_clear(dict), LOAM_OK);
    cr_assert_eq(loam_dict_set(dict, 1, LOAM_NONE), LOAM_OK);
    assert_repr_take(loam_from(loam_dict_most_common(dict, 3)), "[(1, None)]");
    cr_assert_eq(loam_dict_set(dict, 2, LOAM_NONE), LOAM_OK);
    cr_assert_null(loam_dict_most_common(dict, 1));
    assert_failed(LOAM_ERR_TYPE);
    loam_release(dict);
}

static loam_status changing_compare(const void *self, const void *other, int *order)
{
    int64_t a = ((const tricky *)self)->id;
    int64_t b = ((const tricky *)other)->id;

    *order = (a > b) - (a < b);
    return reach(AT_EQUAL, self);
}

LOAM_TEST(dict, ranks_a_snapshot_where_user_code_compares)
{
    static loam_type ordered = {.name = "ordered", .size = sizeof(tricky), .compare = changing_compare};

    for (size_t j = 0; j < sizeof actions / sizeof *actions; j++)
        for (unsigned call = 0; call < 30; call += 1 + call / 3) {
            loam_dict *dict = loam_dict_new();
            loam_list *list;
            for (int64_t i = 0; i < 12; i++) {
                tricky *value = loam_new(&ordered);
                value->id = i * 5 % 12;
                MUST(loam_dict_set_take(dict, loam_int(i), loam_from(value)) == LOAM_OK);
            }
            trap.dict = dict;
            trap.at = AT_EQUAL;
            trap.act = actions[j].act;
            trap.calls_before = call;
            trap.acted = 0;
            trap.armed = true;
            list = loam_dict_most_common(dict, 4);
            trap.armed = false;
            if (trap.acted && trap.act == act_fail) {
                cr_assert_null(list);
                assert_failed(LOAM_ERR_VALUE);
            } else {
                loam_error_clear(); /* of what the action tried with an unhashable object */
                assert_repr(loam_from(list), "[(7, <ordered object>), (2, <ordered object>), (9, <ordered object>), "
                                             "(4, <ordered object>)]");
            }
            assert_sound(dict);
            loam_release(list);
            loam_release(dict);
        }
}

/* Sizes. */

LOAM_TEST(dict, weighs_what_it_should)
{
    loam_dict *dict = loam_dict_of("one", 1, "two", 2, "three", 3);
    int64_t n = keys_of_a_large_dict(1000000);
    double each;

    cr_assert(LOAM_STRESS || loam_sizeof(loam_from(dict)) <= 96);
    loam_release(dict);
    dict = ints_to(n);
    each = (double)loam_sizeof(loam_from(dict)) / (double)n;
    if (n == 1000000)
        cr_assert_leq(each, 26.0, "%f bytes an entry", each);
    cr_assert_eq(loam_sizeof_deep(loam_from(dict)), loam_sizeof(loam_from(dict)));
    cr_assert_eq(loam_dict_clear(dict), LOAM_OK);
    cr_assert_eq(loam_sizeof(loam_from(dict)), (int64_t)sizeof(loam_dict));
    loam_release(dict);
}

LOAM_TEST(dict, is_measured_deeply_each_object_once_and_through_cycles)
{
    loam_list *shared = loam_list_of("a", "b", 1);
    loam_dict *dict = loam_dict_of("x", shared, "y", shared);
    int64_t strs = 2 * loam_sizeof(loam_list_get_peek(shared, 0)); /* all strs here are equally long */
    int64_t expected = loam_sizeof(loam_from(dict)) + loam_sizeof(loam_from(shared)) + 2 * strs;
    int64_t own;

    cr_assert_gt(strs, 0);
    cr_assert_eq(loam_sizeof_deep(loam_from(dict)), expected);
    cr_assert_eq(loam_list_append(shared, dict), LOAM_OK); /* a cycle */
    cr_assert_eq(loam_dict_set(dict, 1, dict), LOAM_OK);
    own = loam_sizeof(loam_from(dict)) + loam_sizeof(loam_from(shared));
    cr_assert_eq(loam_sizeof_deep(loam_from(dict)), own + 2 * strs);
    cr_assert_eq(loam_sizeof_deep(loam_from(shared)), own + 2 * strs);
    cr_assert_eq(loam_dict_clear(dict), LOAM_OK);
    cr_assert_eq(loam_list_clear(shared), LOAM_OK);
    cr_assert_eq(loam_sizeof_deep(LOAM_NONE), 0);
    loam_release(shared);
    loam_release(dict);
}

/* The check itself: what it is there to notice, done by hand and undone. */

LOAM_TEST(dict, check_names_what_is_broken)
{
    loam_dict *dict = ints_to(200);
    loam_dict kept = *dict;
    loam__chunk *chunk = dict->index;
    loam__chunk chunk_kept;

#define ASSERT_BROKEN(text)                                                                                            \
    do {                                                                                                               \
        const char *broken_ = loam__dict_check(dict);                                                                  \
        *chunk = chunk_kept;                                                                                           \
        *dict = kept;                                                                                                  \
        cr_assert_not_null(broken_, "not noticed: %s", text);                                                          \
        cr_assert_str_eq(broken_, text);                                                                               \
        assert_sound(dict);                                                                                            \
    } while (0)

    assert_sound(dict);
    while (chunk->overflow || !chunk->tags[0])
        chunk++;
    chunk_kept = *chunk;
    chunk->tags[0] = 0;
    ASSERT_BROKEN("an index of another size than the entries");
    chunk->tags[0] = (uint8_t)(chunk->tags[0] % 255 + 1); /* another one, and not that of a free slot */
    ASSERT_BROKEN("an overflow that was not counted");
    chunk->positions[0] = dict->used;
    ASSERT_BROKEN("a position that is not in use");
    chunk->positions[0] = (chunk->positions[0] + 1) % dict->used;
    ASSERT_BROKEN("an overflow that was not counted");
    dict->live--;
    ASSERT_BROKEN("live is not the number of keys");
    dict->live = dict->used + 1;
    ASSERT_BROKEN("live <= used <= capacity");
    dict->used = dict->capacity + 1;
    ASSERT_BROKEN("live <= used <= capacity");
    dict->first = 1;
    ASSERT_BROKEN("an entry outside of first and used");
    dict->index = NULL;
    ASSERT_BROKEN("an index if and only if there are too many entries to do without");
    dict->chunks_log2 = 2;
    ASSERT_BROKEN("more entries than the index should hold");
    loam_release(dict);
}

/* All in one chunk: the thirteenth passes it, and a counter that does not know is found out. */
LOAM_TEST(dict, check_names_an_overflow_that_was_not_counted)
{
    loam_dict *dict;

    trap.same_hashes = true;
    dict = shaped((shape){30, 0});
    for (uint64_t i = 0; i <= loam__index_mask(dict); i++)
        if (dict->index[i].overflow) {
            uint8_t overflow = dict->index[i].overflow;
            dict->index[i].overflow = 0;
            cr_assert_str_eq(loam__dict_check(dict), "an overflow that was not counted");
            dict->index[i].overflow = overflow;
        }
    assert_sound(dict);
    loam_release(dict);
}
