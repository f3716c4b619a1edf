/*
 * The dict against a model, by random operations over many kinds of key.
 *
 * Keys have identities 0, 1, .. below the population's size; a population makes the key of an identity, in one of
 * several forms that are equal (1, 1.0 and True). So the model needs no hashing: it is a linked list of identities in
 * order. What costs time is to compare all of it, which happens after each operation while the dict is small.
 */
#include "tests/harness.h"

#include "containers/chars.h"
#include "containers/dict_batch.h"
#include "containers/sequence.h"

#include <stdio.h>
#include <stdlib.h>

/* A passing cr_assert costs a microsecond. */
#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

/* Keys. */

typedef struct population {
    loam_value (*make)(uint64_t id, unsigned form);
    unsigned forms;
} population;

static uint64_t scrambled(uint64_t id)
{
    return random_word(&id);
}

static loam_value small_int(uint64_t id, unsigned form)
{
    (void)form;
    return loam_int((int64_t)id - 5);
}

static loam_value clustered_int(uint64_t id, unsigned form)
{
    (void)form;
    return loam_int((int64_t)(id / 16 << 32 | id % 16));
}

/* Half of them too wide for an immediate one. */
static loam_value any_int(uint64_t id, unsigned form)
{
    (void)form;
    return loam_int((int64_t)scrambled(id) >> (id & 1));
}

/* The number and dashes, `shortest` to `shortest + range - 1` bytes or as many as the number has. */
static loam_value padded_str(uint64_t id, size_t shortest, size_t range)
{
    char text[64] = "";
    size_t len = id ? (size_t)snprintf(text, sizeof text, "%llx", (unsigned long long)id) : 0;
    size_t wanted = shortest + scrambled(id) % range;

    for (; len < wanted; len++)
        text[len] = '-';
    return loam_from(loam_str_from(text, id ? len : shortest));
}

static loam_value short_str(uint64_t id, unsigned form)
{
    (void)form;
    return padded_str(id, 0, 17);
}

static loam_value long_str(uint64_t id, unsigned form)
{
    (void)form;
    return padded_str(id, 17, 24);
}

static loam_value number(uint64_t id, unsigned form)
{
    if (form == 1)
        return loam_double((double)id);
    return form == 2 && id < 2 ? loam_bool(id == 1) : loam_int((int64_t)id);
}

static loam_value bytes(uint64_t id)
{
    char data[2 + sizeof id] = {'\xff', '\0'};

    memcpy(data + 2, &id, sizeof id);
    return loam_from(loam_bytes_from(data, sizeof data - id % 4));
}

static loam_value mixed(uint64_t id, unsigned form)
{
    switch (id % 8) {
    case 0:
    case 1:
        return number(id / 8 * 2 + id % 8, form);
    case 2:
        return loam_double((double)id + 0.25);
    case 3:
        return loam_double(1e300 * (double)id); /* boxed */
    case 4:
        return id == 4 ? LOAM_NONE : LOAM_VAL(LOAM_TUPLE(id, "pair", LOAM_TUPLE((double)id)));
    case 5:
        return padded_str(id, 0, 30);
    case 6:
        return bytes(id & UINT32_MAX);
    default:
        return LOAM_VAL(LOAM_TUPLE(number(id, form)));
    }
}

/* Objects of a type of ours, whose hash takes the few values that make chunks overflow. */
typedef struct user_key {
    loam_object loam;
    uint64_t id, hash;
} user_key;

static loam_status user_hash(const void *self, uint64_t *out)
{
    *out = ((const user_key *)self)->hash;
    return LOAM_OK;
}

static int user_equal(const void *self, const void *other)
{
    return ((const user_key *)self)->id == ((const user_key *)other)->id;
}

static loam_type user_type = {.name = "user key", .size = sizeof(user_key), .hash = user_hash, .equal = user_equal};

static loam_value user(uint64_t id, uint64_t hash)
{
    user_key *key = loam_new(&user_type);

    if (key) {
        key->id = id;
        key->hash = hash;
    }
    return loam_from(key);
}

static loam_value same_hash(uint64_t id, unsigned form)
{
    (void)form;
    return user(id, 42);
}

/* Two bits of the hash, in the tag and in the chunk. */
static loam_value two_bit_hash(uint64_t id, unsigned form)
{
    (void)form;
    return user(id, (id & 1) << 63 | (id & 2) >> 1);
}

/* All home in one chunk, under many tags. */
static loam_value same_chunk(uint64_t id, unsigned form)
{
    (void)form;
    return user(id, scrambled(id) << 57 | id << 30);
}

/* The model. */

typedef struct model {
    const population *keys;
    uint32_t size, live;
    uint32_t *next, *previous; /* in order; the list's ends are at `size` */
    int64_t *value;
    bool *present;
    uint8_t *form; /* of the key that was inserted first and is kept */
} model;

static void model_clear(model *m)
{
    m->next[m->size] = m->previous[m->size] = m->size;
    memset(m->present, 0, m->size);
    m->live = 0;
}

static void *array_of(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    MUST(memory);
    return memory;
}

static model model_new(const population *keys, uint32_t size)
{
    model m = {.keys = keys, .size = size};

    m.next = array_of(size + 1, sizeof *m.next);
    m.previous = array_of(size + 1, sizeof *m.previous);
    m.value = array_of(size, sizeof *m.value);
    m.present = array_of(size, sizeof *m.present);
    m.form = array_of(size, sizeof *m.form);
    model_clear(&m);
    return m;
}

static void model_free(model *m)
{
    free(m->next);
    free(m->previous);
    free(m->value);
    free(m->present);
    free(m->form);
}

static void link_last(model *m, uint32_t id)
{
    uint32_t last = m->previous[m->size];

    m->next[last] = m->previous[m->size] = id;
    m->previous[id] = last;
    m->next[id] = m->size;
}

static void unlink_id(model *m, uint32_t id)
{
    m->next[m->previous[id]] = m->next[id];
    m->previous[m->next[id]] = m->previous[id];
}

static void model_set(model *m, uint32_t id, unsigned form, int64_t value)
{
    m->value[id] = value;
    if (m->present[id])
        return;
    m->present[id] = true;
    m->form[id] = (uint8_t)form;
    m->live++;
    link_last(m, id);
}

static void model_remove(model *m, uint32_t id)
{
    m->present[id] = false;
    m->live--;
    unlink_id(m, id);
}

/* Comparing. */

/* Each overflow is the number of entries that passed the chunk, or stuck at 255 once. In a keyed dict, whose paths the
 * quick way does not know, it may be more. */
static void assert_exact_overflows(const loam_dict *dict)
{
    uint64_t mask = loam__index_mask(dict);
    uint32_t *passed = array_of(mask + 1, sizeof *passed);

    for (uint32_t i = 0; i < dict->used; i++) {
        uint64_t hash;
        if (loam_is_unset(dict->entries[i].key))
            continue;
        MUST(loam_hash(dict->entries[i].key, &hash) == LOAM_OK);
        hash = loam__dict_path(dict, dict->entries[i].key, hash);
        for (const loam__chunk *chunk = loam__chunk_of(dict, hash);;
             chunk = loam__chunk_after(dict, chunk, loam__tag(hash))) {
            bool here = false;
            for (unsigned slot = 0; slot < LOAM__CHUNK_SLOTS; slot++)
                here |= chunk->tags[slot] && chunk->positions[slot] == i;
            if (here)
                break;
            passed[chunk - dict->index]++;
        }
    }
    for (uint64_t i = 0; i <= mask; i++)
        MUST(dict->index[i].overflow == UINT8_MAX || dict->index[i].overflow == passed[i] ||
             (dict->hashing == LOAM__KEYED && dict->index[i].overflow > passed[i]));
    free(passed);
}

/* The same kind of key, too: 1 is not 1.0 here. */
static bool same_key(loam_value a, loam_value b)
{
    return loam_equal(a, b) == 1 && loam_is_bool(a) == loam_is_bool(b) && loam_is_double(a) == loam_is_double(b);
}

static void assert_same(const model *m, loam_dict *dict)
{
    const loam_type *type = loam_type_of(dict);
    loam_cursor cursor;
    uint32_t id = m->next[m->size];
    const char *broken = loam__dict_check(dict);

    cr_assert_null(broken, "%s", broken);
    MUST(loam_dict_len(dict) == m->live);
    if (dict->index)
        assert_exact_overflows(dict);
    MUST(type->iter_begin(dict, &cursor) == LOAM_OK);
    for (;;) {
        loam_value key;
        loam_value wanted;
        int64_t value;
        ptrdiff_t n = type->iter_fill(dict, &cursor, &key, 1);
        MUST(n == (id != m->size));
        if (!n)
            break;
        wanted = m->keys->make(id, m->form[id]);
        MUST(same_key(key, wanted));
        MUST((loam_dict_get_int)(dict, loam__key_value(key), &value) == LOAM_OK && value == m->value[id]);
        loam_release(wanted);
        loam_release(key);
        id = m->next[id];
    }
}

/* Operations. Half of the look-ups are by C data, where the key can be had as such. */

typedef struct run {
    model m;
    loam_dict *dict;
    uint64_t random;
} run;

typedef struct subject {
    uint32_t id;
    unsigned form;
    loam_value key;
    bool as_data;
} subject;

/* What a look-up gets, once: a boxed double in it is the look-up's to release. */
static loam_key key_of(subject s)
{
    loam_value key = s.key;
    int64_t integer;
    double fraction;

    if (!s.as_data)
        return LOAM_KEY(key);
    if (loam_is_str(key) && s.id & 1)
        return LOAM_KEY(loam_str_view_peek(loam_to_str_peek(key)));
    if (loam_is_str(key))
        return LOAM_KEY(loam_str_chars_peek(loam_to_str_peek(key)));
    if (loam_is_bytes(key)) /* none of ours is UTF-8 */
        return LOAM_KEY(loam_bytes_view_peek(loam_to_bytes_peek(key)));
    if (loam_is_double(key) && loam_to_double(key, &fraction) == LOAM_OK)
        return LOAM_KEY(fraction);
    if (loam_is_int(key) && loam_to_int(key, &integer) == LOAM_OK)
        return LOAM_KEY(integer);
    return LOAM_KEY(key);
}

static subject choose(run *r)
{
    subject s = {.id = (uint32_t)random_below(&r->random, r->m.size)};

    s.form = (unsigned)random_below(&r->random, r->m.keys->forms);
    s.key = r->m.keys->make(s.id, s.form);
    MUST(!loam_is_unset(s.key));
    s.as_data = random_below(&r->random, 2);
    return s;
}

static int64_t random_value(run *r)
{
    return (int64_t)random_word(&r->random) >> 2 * random_below(&r->random, 24);
}

static void set_one(run *r, subject s)
{
    int64_t value = random_value(r);

    MUST(loam_dict_set(r->dict, s.key, value) == LOAM_OK);
    model_set(&r->m, s.id, s.form, value);
}

static void add_one(run *r, subject s)
{
    int64_t sum = r->m.present[s.id] ? r->m.value[s.id] : 0;
    int64_t amount = (int64_t)random_below(&r->random, 100) - 50;
    bool overflows = __builtin_add_overflow(sum, amount, &sum);

    MUST((loam_dict_add)(r->dict, key_of(s), amount) == (overflows ? LOAM_ERR_OVERFLOW : LOAM_OK));
    if (!overflows)
        model_set(&r->m, s.id, s.form, sum);
}

static void get_one(run *r, subject s)
{
    bool present = r->m.present[s.id];
    int64_t value = 77;
    loam_value found;

    switch (random_below(&r->random, 3)) {
    case 0:
        MUST((loam_dict_contains)(r->dict, key_of(s)) == present);
        return;
    case 1:
        MUST((loam_dict_get_int)(r->dict, key_of(s), &value) == (present ? LOAM_OK : LOAM_ERR_KEY));
        break;
    default:
        MUST((loam_dict_find)(r->dict, key_of(s), &found) == (present ? LOAM_OK : LOAM_MISSING));
        MUST(loam_is_unset(found) == !present);
        if (present)
            MUST(loam_to_int(found, &value) == LOAM_OK);
        loam_release(found);
    }
    MUST(value == (present ? r->m.value[s.id] : 77));
}

static void remove_one(run *r, subject s)
{
    bool present = r->m.present[s.id];
    int64_t value;

    if (random_below(&r->random, 2)) {
        MUST((loam_dict_remove)(r->dict, key_of(s)) == (present ? LOAM_OK : LOAM_ERR_KEY));
    } else {
        loam_value popped = (loam_dict_pop)(r->dict, key_of(s));
        MUST(loam_is_unset(popped) == !present);
        if (present)
            MUST(loam_to_int(popped, &value) == LOAM_OK && value == r->m.value[s.id]);
        loam_release(popped);
    }
    if (present)
        model_remove(&r->m, s.id);
}

static void move_one(run *r, subject s)
{
    bool present = r->m.present[s.id];

    MUST((loam_dict_move_to_end)(r->dict, key_of(s)) == (present ? LOAM_OK : LOAM_ERR_KEY));
    if (present) {
        unlink_id(&r->m, s.id);
        link_last(&r->m, s.id);
    }
}

static void pop_end(run *r, bool last)
{
    uint32_t id = last ? r->m.previous[r->m.size] : r->m.next[r->m.size];
    loam_value key;
    loam_value wanted;
    loam_value value;
    int64_t integer;
    loam_status status = last ? loam_dict_pop_last(r->dict, &key, &value) : loam_dict_pop_first(r->dict, &key, &value);

    MUST(status == (r->m.live ? LOAM_OK : LOAM_MISSING));
    if (status == LOAM_MISSING) {
        MUST(loam_is_unset(key) && loam_is_unset(value));
        return;
    }
    wanted = r->m.keys->make(id, r->m.form[id]);
    MUST(same_key(key, wanted));
    MUST(loam_to_int(value, &integer) == LOAM_OK && integer == r->m.value[id]);
    loam_release(wanted);
    loam_release(key);
    loam_release(value);
    model_remove(&r->m, id);
}

static void replace_by_copy(run *r)
{
    loam_dict *copy = loam_dict_copy(r->dict);

    MUST(copy && loam_equal(loam_from(copy), loam_from(r->dict)) == 1);
    loam_release(r->dict);
    r->dict = copy;
}

static void update_some(run *r)
{
    run other = {.m = model_new(r->m.keys, r->m.size), .dict = loam_dict_new(), .random = r->random};

    for (int i = 0; i < 10; i++) {
        subject s = choose(&other);
        set_one(&other, s);
        loam_release(s.key);
    }
    MUST(loam_dict_update(r->dict, loam_from(other.dict)) == LOAM_OK);
    for (uint32_t id = other.m.next[r->m.size]; id != r->m.size; id = other.m.next[id])
        model_set(&r->m, id, other.m.form[id], other.m.value[id]);
    r->random = other.random;
    loam_release(other.dict);
    model_free(&other.m);
}

/* As if the keys had been chosen by somebody who knows the hash's secret: the next insertion that looks for room gives
 * the dict a hash of its own. */
static void crowd(run *r)
{
    if (r->dict->index && r->dict->hashing == LOAM__SPREAD)
        r->dict->hashing = LOAM__CROWDED;
}

static void rare(run *r)
{
    switch (random_below(&r->random, 10)) {
    case 8:
    case 9:
        crowd(r);
        break;
    case 0:
        MUST(loam_dict_clear(r->dict) == LOAM_OK);
        model_clear(&r->m);
        break;
    case 1:
    case 2:
        replace_by_copy(r);
        break;
    case 3:
    case 4:
        MUST(loam_dict_reserve(r->dict, (int64_t)random_below(&r->random, 2 * (uint64_t)r->m.size)) == LOAM_OK);
        break;
    default:
        update_some(r);
    }
}

/* `growth` in 100 operations insert, the others of those that change the number of keys remove. */
static void step(run *r, unsigned growth)
{
    uint64_t dice = random_below(&r->random, 100);
    subject s;

    if (dice < 12) {
        pop_end(r, dice < 4);
        return;
    }
    s = choose(r);
    if (dice < 30)
        get_one(r, s);
    else if (dice < 38)
        move_one(r, s);
    else if (dice < 38 + growth / 4)
        add_one(r, s);
    else if (dice < 38 + growth)
        set_one(r, s);
    else
        remove_one(r, s);
    loam_release(s.key);
}

/* Growing and shrinking in turn, so that every size is passed in both directions. */
static void steps(const population *keys, uint32_t size, uint64_t count)
{
    run r = {.m = model_new(keys, size), .dict = loam_dict_new(), .random = size};
    unsigned growth = 60;

    for (uint64_t i = 0; i < count; i++) {
        if (random_below(&r.random, 2 * (uint64_t)size + 20) == 0)
            growth = growth > 30 ? 15 : 60;
        if (random_below(&r.random, 4 * (uint64_t)size + 200) == 0)
            rare(&r);
        step(&r, growth);
        if (r.m.live < 20 || i % 1000 == 0)
            assert_same(&r.m, r.dict);
    }
    assert_same(&r.m, r.dict);
    loam_release(r.dict);
    model_free(&r.m);
    loam_error_clear();
}

static void all_sizes(population keys, uint32_t largest)
{
    unsigned count = rounds(100000);

    steps(&keys, 5, count / 8);
    steps(&keys, 14, count / 8);
    steps(&keys, 100, count / 4);
    steps(&keys, largest, count / 2);
}

LOAM_TEST(dict_random, small_and_clustered_ints)
{
    all_sizes((population){small_int, 1}, 6000);
    all_sizes((population){clustered_int, 1}, 20000);
}

LOAM_TEST(dict_random, ints_of_any_size)
{
    all_sizes((population){any_int, 1}, 6000);
}

LOAM_TEST(dict_random, short_strings)
{
    all_sizes((population){short_str, 1}, 6000);
}

LOAM_TEST(dict_random, long_strings)
{
    all_sizes((population){long_str, 1}, 6000);
}

LOAM_TEST(dict_random, mixed_kinds_of_key_in_equal_forms)
{
    all_sizes((population){number, 3}, 3000);
    all_sizes((population){mixed, 3}, 6000);
}

LOAM_TEST(dict_random, keys_that_collide)
{
    all_sizes((population){same_hash, 1}, 150);
    all_sizes((population){two_bit_hash, 1}, 300);
    all_sizes((population){same_chunk, 1}, 1000);
}

/* More keys of one hash than overflow counters can count: those of the first chunks stick, and all are still found. */
LOAM_TEST(dict_random, overflow_that_cannot_be_counted)
{
    population keys = {same_hash, 1};
    uint32_t size = 255 * LOAM__CHUNK_SLOTS + 100;
    run r = {.m = model_new(&keys, size), .dict = loam_dict_new(), .random = 1};
    uint32_t stuck = 0;

    for (uint32_t id = 0; id < size; id++) {
        subject s = {.id = id, .key = same_hash(id, 0)};
        set_one(&r, s);
        loam_release(s.key);
    }
    for (uint64_t i = 0; i <= loam__index_mask(r.dict); i++)
        stuck += r.dict->index[i].overflow == UINT8_MAX;
    MUST(stuck > 200);
    assert_same(&r.m, r.dict);
    for (unsigned i = 0; i < rounds(6000); i++) {
        step(&r, 15);
        if (i % 1000 == 0)
            assert_same(&r.m, r.dict);
    }
    while (r.m.live)
        pop_end(&r, r.m.live & 1);
    assert_same(&r.m, r.dict);
    loam_release(r.dict);
    model_free(&r.m);
    loam_error_clear();
}

/* Counting in batches. */

/* Few enough that they repeat; some are no UTF-8, some only differ in a zero byte. */
static size_t random_word_into(char word[48], uint64_t *random)
{
    uint64_t which = random_below(random, 3000);
    size_t len = (size_t)scrambled(which) % 41;

    for (size_t i = 0; i < len; i++)
        word[i] = (char)('a' + scrambled(which + i) % 26);
    if (len && which % 5 == 0)
        word[len - 1] = '\0';
    if (len && which % 7 == 0)
        word[len / 2] = '\xff';
    if (len > 1 && which % 11 == 0)
        memcpy(word, "\xc3\xa9", 2);
    return len;
}

static loam_dict *with_str_and_bytes(void)
{
    loam_dict *dict = loam_dict_new();

    /* "a" is looked for as text: the bytes b'a' are another key, whichever comes first. */
    MUST(loam_dict_set_take(dict, loam_from(loam_bytes_from("a", 1)), loam_int(100)) == LOAM_OK);
    MUST(loam_dict_set(dict, "a", 200) == LOAM_OK);
    MUST(loam_dict_set(dict, "b", 300) == LOAM_OK);
    MUST(loam_dict_set_take(dict, loam_from(loam_bytes_from("b", 1)), loam_int(400)) == LOAM_OK);
    MUST(loam_dict_set_take(dict, loam_from(loam_bytes_from("\xff", 1)), loam_int(500)) == LOAM_OK);
    return dict;
}

static void assert_same_counts(loam_dict *a, loam_dict *b)
{
    loam_list *x = loam_dict_items(a);
    loam_list *y = loam_dict_items(b);

    MUST(!loam__dict_check(a) && !loam__dict_check(b));
    MUST(loam_equal(loam_from(x), loam_from(y)) == 1);
    loam_release(x);
    loam_release(y);
}

/* Each word in memory of its own, of exactly its size, so that a sanitizer sees a read beyond it; or with room for
 * 16. */
static void count_views(bool padded, size_t count, size_t each)
{
    loam_dict *counted = with_str_and_bytes();
    loam_dict *wanted = with_str_and_bytes();
    loam_view *views = array_of(count, sizeof *views);
    uint64_t random = count;

    for (size_t i = 0; i < count; i++) {
        char word[48] = "";
        char *copy;
        views[i].len = random_word_into(word, &random);
        if (i % 9 == 0) {
            word[0] = "ab\xff"[i / 9 % 3];
            views[i].len = 1;
        }
        copy = array_of(1, padded ? 48 : views[i].len + !views[i].len);
        memcpy(copy, word, views[i].len);
        if (padded)
            memset(copy + views[i].len, (int)i, 48 - views[i].len);
        views[i].data = copy;
    }
    for (size_t i = 0; i < count; i++)
        MUST(loam_dict_add(wanted, views[i], 1) == LOAM_OK);
    for (size_t i = 0; i < count; i += each)
        MUST(loam__dict_count_views(counted, views + i, count - i < each ? count - i : each, padded) == LOAM_OK);
    assert_same_counts(counted, wanted);
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)views[i].data);
    free(views);
    loam_release(counted);
    loam_release(wanted);
}

LOAM_TEST(dict_random, views_are_counted_in_batches_as_one_by_one)
{
    static const size_t counts[] = {0, 1, 3, 9, 31, 32, 33, 64, 65, 300, 20000};

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (int padded = 0; padded < 2; padded++) {
            count_views(padded, counts[i], 1 + counts[i]);
            count_views(padded, counts[i], 7);
        }
}

static void count_values(population keys, uint32_t size, size_t count, size_t each)
{
    loam_dict *counted = loam_dict_new();
    loam_dict *wanted = loam_dict_new();
    loam_list *list = loam_list_new();
    uint64_t random = count;

    for (size_t i = 0; i < count; i++) {
        uint64_t id = random_below(&random, size);
        MUST(loam_list_append_take(list, keys.make(id, (unsigned)random_below(&random, keys.forms))) == LOAM_OK);
    }
    for (size_t i = 0; i < count; i++)
        MUST(loam_dict_add(wanted, loam_list_get_peek(list, (int64_t)i), 1) == LOAM_OK);
    for (size_t i = 0; i < count; i += each) {
        loam_value batch[64];
        size_t n = 0;
        for (; n < each && i + n < count; n++)
            batch[n] = loam_list_get_peek(list, (int64_t)(i + n));
        MUST(loam__dict_count_values(counted, batch, n) == LOAM_OK);
    }
    assert_same_counts(counted, wanted);
    loam_release(counted);
    loam_release(wanted);
    loam_release(list);
}

LOAM_TEST(dict_random, values_are_counted_in_batches_as_one_by_one)
{
    static const population populations[] = {{small_int, 1}, {any_int, 1},      {short_str, 1},
                                             {long_str, 1},  {number, 3},       {mixed, 3},
                                             {same_hash, 1}, {two_bit_hash, 1}, {same_chunk, 1}};

    for (size_t i = 0; i < sizeof populations / sizeof *populations; i++) {
        count_values(populations[i], 6, 100, 64);
        count_values(populations[i], 300, 1000, 33);
        count_values(populations[i], 300, 3000, 64);
    }
    count_values((population){mixed, 3}, 5000, rounds(40000), 64);
}

LOAM_TEST(dict_random, a_batch_stops_at_the_item_that_cannot_be_counted)
{
    loam_dict *dict = loam_dict_new();
    loam_list *list = loam_list_of(1, 2, LOAM_LIST(3), 4);
    loam_value batch[4];

    for (int i = 0; i < 4; i++)
        batch[i] = loam_list_get_peek(list, i);
    MUST(loam__dict_count_values(dict, batch, 4) == LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    assert_repr(loam_from(dict), "{1: 1, 2: 1}");
    loam_release(dict);
    loam_release(list);
}

/* Pairs taken all at once, against one by one. */

/* Of any kind, but for one in five, whose hash and equality are the program's. */
static loam_value mixed_with_user(uint64_t id, unsigned form)
{
    return id % 5 ? mixed(id, form) : user(id, scrambled(id));
}

static loam_list *random_pairs(population keys, uint32_t size, size_t count, uint64_t random)
{
    loam_list *list = loam_list_new();

    for (size_t i = 0; i < count; i++) {
        uint64_t id = random_below(&random, size);
        loam_value key = keys.make(id, (unsigned)random_below(&random, keys.forms));
        loam_value pair = i % 3 ? LOAM_VAL(LOAM_TUPLE(LOAM_TAKE(key), i + 7)) : LOAM_VAL(LOAM_LIST(LOAM_TAKE(key), i));
        MUST(loam_list_append_take(list, pair) == LOAM_OK);
    }
    return list;
}

static void set_one_by_one(loam_dict *dict, loam_list *pairs)
{
    for (int64_t i = 0; i < loam_list_len(pairs); i++) {
        loam__span pair = loam__span_of(loam__object(loam_list_get_peek(pairs, i)));
        MUST((loam_dict_set)(dict, pair.items[0], pair.items[1]) == LOAM_OK);
    }
}

static void assert_same_take(loam_dict *made, loam_dict *wanted)
{
    MUST(made);
    assert_same_counts(made, wanted);
    loam_release(made);
}

/* Equal, until a value is another, or a key. */
static void compare_both_ways(loam_dict *a, loam_dict *b)
{
    loam_value key;
    loam_value value;

    MUST(loam_equal(loam_from(a), loam_from(b)) == 1 && loam_equal(loam_from(b), loam_from(a)) == 1);
    MUST(loam_dict_pop_last(a, &key, &value) == LOAM_OK);
    MUST(loam_equal(loam_from(a), loam_from(b)) == 0);
    MUST(loam_dict_set(a, key, "another") == LOAM_OK);
    MUST(loam_equal(loam_from(a), loam_from(b)) == 0 && loam_equal(loam_from(b), loam_from(a)) == 0);
    MUST(loam_dict_remove(a, key) == LOAM_OK);
    MUST(loam_dict_set(a, "another key", value) == LOAM_OK);
    MUST(loam_equal(loam_from(a), loam_from(b)) == 0 && loam_equal(loam_from(b), loam_from(a)) == 0);
    loam_release(key);
    loam_release(value);
}

static void take_pairs(population keys, uint32_t size, size_t count)
{
    loam_list *pairs = random_pairs(keys, size, count, count);
    loam_list *others = random_pairs(keys, size, count / 2, count + 1);
    loam_iter *it = loam_iter_of(loam_from(pairs));
    loam_dict *wanted = loam_dict_new();
    loam_dict *base = loam_dict_new();
    loam_dict *updated;

    set_one_by_one(wanted, pairs);
    assert_same_take(loam_dict_from(loam_from(pairs)), wanted);
    assert_same_take(loam_iter_dict(it), wanted);
    assert_same_take(loam_dict_copy(wanted), wanted);
    updated = loam_dict_new();
    MUST(loam_dict_update(updated, loam_from(wanted)) == LOAM_OK);
    assert_same_take(updated, wanted);
    set_one_by_one(base, others);
    updated = loam_dict_copy(base);
    MUST(loam_dict_update(updated, loam_from(pairs)) == LOAM_OK);
    MUST(updated && loam_dict_update(updated, loam_from(wanted)) == LOAM_OK);
    assert_same_take(loam_dict_merge(base, wanted), updated);
    set_one_by_one(base, pairs);
    assert_same_counts(updated, base);
    compare_both_ways(updated, base);
    loam_release(updated);
    loam_release(base);
    loam_release(wanted);
    loam_release(it);
    loam_release(others);
    loam_release(pairs);
}

LOAM_TEST(dict_random, pairs_are_taken_in_batches_as_one_by_one)
{
    static const population populations[] = {{small_int, 1},  {any_int, 1},        {short_str, 1}, {long_str, 1},
                                             {number, 3},     {mixed, 3},          {same_hash, 1}, {two_bit_hash, 1},
                                             {same_chunk, 1}, {mixed_with_user, 3}};

    for (size_t i = 0; i < sizeof populations / sizeof *populations; i++) {
        take_pairs(populations[i], 6, 100);
        take_pairs(populations[i], 300, 1000);
    }
}

/* So many that the index is beyond the caches, and what is fetched ahead matters. */
enum { BEYOND_THE_CACHES = LOAM_STRESS ? 300 : 20000 };

static void take_many_pairs(population keys)
{
    take_pairs(keys, BEYOND_THE_CACHES + BEYOND_THE_CACHES / 4, 3 * (size_t)BEYOND_THE_CACHES);
}

LOAM_TEST(dict_random, pairs_of_a_large_dict_are_taken_as_one_by_one)
{
    loam_dict *dict = loam_dict_new();

    for (int64_t i = 0; i < BEYOND_THE_CACHES; i++)
        MUST(loam_dict_set(dict, i, i) == LOAM_OK);
    MUST(loam__is_worth_fetching(dict));
    loam_release(dict);
    take_many_pairs((population){small_int, 1});
    take_many_pairs((population){mixed_with_user, 3});
}
