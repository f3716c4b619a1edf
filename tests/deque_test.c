/* deque: against a plain twin, an array that is moved as a whole, and what is seen while it changes. */
#include "tests/harness.h"

#include "containers/sequence.h"
#include "lib/alloc.h"

static void check(const loam_deque *deque)
{
    cr_assert(deque->len <= deque->capacity && deque->len <= deque->max_len);
    cr_assert(deque->first < deque->capacity || (!deque->capacity && !deque->first));
    for (size_t i = 0; i < deque->capacity; i++)
        cr_assert_eq(loam_is_unset(*loam__deque_slot(deque, i)), i >= deque->len);
}

/* Twins. */

enum { MOST = 200 };

typedef struct twin {
    int64_t items[MOST];
    size_t len, max_len;
} twin;

static void twin_insert(twin *t, size_t at, int64_t item)
{
    memmove(t->items + at + 1, t->items + at, (t->len++ - at) * sizeof *t->items);
    t->items[at] = item;
}

static int64_t twin_take(twin *t, size_t at)
{
    int64_t item = t->items[at];

    memmove(t->items + at, t->items + at + 1, (--t->len - at) * sizeof *t->items);
    return item;
}

static void twin_append(twin *t, bool at_end, int64_t item)
{
    if (!t->max_len)
        return;
    if (t->len == t->max_len)
        twin_take(t, at_end ? 0 : t->len - 1);
    twin_insert(t, at_end ? t->len : 0, item);
}

static void twin_rotate(twin *t, int64_t steps)
{
    for (; t->len && steps; steps += steps > 0 ? -1 : 1) {
        int64_t item = twin_take(t, steps > 0 ? t->len - 1 : 0);
        twin_insert(t, steps > 0 ? 0 : t->len, item);
    }
}

static void assert_twins(const loam_deque *deque, const twin *t)
{
    int64_t item;

    check(deque);
    cr_assert_eq(loam_deque_len(deque), (int64_t)t->len);
    for (size_t i = 0; i < t->len; i++)
        cr_assert(loam_deque_get_int(deque, (int64_t)i, &item) == LOAM_OK && item == t->items[i]);
}

static void pop_both(loam_deque *deque, twin *t, bool at_end)
{
    loam_value item = at_end ? loam_deque_pop_last(deque) : loam_deque_pop_first(deque);

    if (!t->len) {
        cr_assert(loam_is_unset(item));
        return assert_failed(LOAM_ERR_INDEX);
    }
    cr_assert_eq(item.word, loam_int(twin_take(t, at_end ? t->len - 1 : 0)).word);
}

static void insert_both(loam_deque *deque, twin *t, int64_t item, uint64_t *state)
{
    size_t at = random_below(state, t->len + 1);
    loam_status status = loam_deque_insert(deque, (int64_t)at, item);

    if (t->len == t->max_len) {
        cr_assert_eq(status, LOAM_ERR_INDEX);
        return assert_failed(LOAM_ERR_INDEX);
    }
    cr_assert_eq(status, LOAM_OK);
    twin_insert(t, at, item);
}

static void delete_both(loam_deque *deque, twin *t, uint64_t *state)
{
    size_t at;

    if (!t->len)
        return;
    at = random_below(state, t->len);
    cr_assert_eq(loam_deque_delete(deque, (int64_t)at - (random_below(state, 2) ? (int64_t)t->len : 0)), LOAM_OK);
    twin_take(t, at);
}

static void reverse_both(loam_deque *deque, twin *t)
{
    cr_assert_eq(loam_deque_reverse(deque), LOAM_OK);
    for (size_t i = 0, j = t->len; i + 1 < j; i++) {
        int64_t item = t->items[i];
        t->items[i] = t->items[--j];
        t->items[j] = item;
    }
}

static void rotate_both(loam_deque *deque, twin *t, uint64_t *state)
{
    int64_t steps = (int64_t)random_below(state, 50) - 25;

    cr_assert_eq(loam_deque_rotate(deque, steps), LOAM_OK);
    twin_rotate(t, steps);
}

static void repeat_both(loam_deque *deque, twin *t, uint64_t *state)
{
    size_t times = random_below(state, 4);
    size_t len = t->len;
    size_t max_len = t->max_len;

    if (len * times >= MOST / 2)
        return;
    cr_assert_eq(loam_deque_repeat_in_place(deque, (int64_t)times), LOAM_OK);
    if (!times)
        t->len = 0;
    for (size_t i = len; i < len * times; i++)
        t->items[i] = t->items[i - len];
    t->len = len * times;
    while (t->len > max_len)
        twin_take(t, 0);
}

static void step_both(loam_deque *deque, twin *t, uint64_t *state, int64_t item)
{
    bool at_end = random_below(state, 2);

    switch (random_below(state, 11)) {
    case 0:
    case 1:
    case 2:
        if (t->len + 1 >= MOST)
            break;
        cr_assert_eq(at_end ? loam_deque_append(deque, item) : loam_deque_append_first(deque, item), LOAM_OK);
        twin_append(t, at_end, item);
        break;
    case 3:
    case 4:
        pop_both(deque, t, at_end);
        break;
    case 5:
        if (t->len + 1 < MOST)
            insert_both(deque, t, item, state);
        break;
    case 6:
        delete_both(deque, t, state);
        break;
    case 7:
        rotate_both(deque, t, state);
        break;
    case 8:
        reverse_both(deque, t);
        break;
    case 9:
        if (random_below(state, 8) == 0)
            repeat_both(deque, t, state);
        break;
    default:
        if (t->len) {
            cr_assert_eq(loam_deque_set(deque, -1, item), LOAM_OK);
            t->items[t->len - 1] = item;
        }
    }
}

LOAM_TEST(deque, does_what_an_array_does)
{
    static const size_t limits[] = {0, 1, 2, 3, 7, 16, (size_t)INT64_MAX};
    uint64_t state = 12;

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (unsigned run = 0; run < rounds(20); run++) {
            loam_deque *deque = loam_deque_new_max((int64_t)limits[i]);
            twin t = {.max_len = limits[i]};
            for (int64_t item = 0; item < 150; item++) {
                step_both(deque, &t, &state, item);
                assert_twins(deque, &t);
            }
            loam_release(deque);
        }
}

/* The greatest that there is is one all the same. */
LOAM_TEST(deque, has_a_greatest_length_only_where_one_was_given)
{
    loam_auto loam_deque *longest = loam_deque_new_max(INT64_MAX);
    loam_auto loam_deque *endless = loam_deque_new();

    cr_assert(loam_deque_append(longest, 1) == LOAM_OK && loam_deque_append(endless, 1) == LOAM_OK);
    cr_assert(loam_deque_max_len(longest) == INT64_MAX && loam_deque_max_len(endless) == INT64_MAX);
    cr_assert_eq(loam_equal(loam_from(longest), loam_from(endless)), 1);
    assert_repr(loam_from(longest), "deque([1], maxlen=9223372036854775807)");
    assert_repr_take(loam_from(loam_deque_copy(longest)), "deque([1], maxlen=9223372036854775807)");
    assert_repr_take(loam_deepcopy(loam_from(longest)), "deque([1], maxlen=9223372036854775807)");
    assert_repr_take(loam_from(loam_deque_concat(longest, endless)), "deque([1, 1], maxlen=9223372036854775807)");
    assert_repr_take(loam_from(loam_deque_repeat(longest, 3)), "deque([1, 1, 1], maxlen=9223372036854775807)");
    assert_repr(loam_from(endless), "deque([1])");
    assert_repr_take(loam_from(loam_deque_copy(endless)), "deque([1])");
    assert_repr_take(loam_deepcopy(loam_from(endless)), "deque([1])");
    assert_repr_take(loam_from(loam_deque_concat(endless, longest)), "deque([1, 1])");
}

LOAM_TEST(deque, is_rotated_any_number_of_times)
{
    for (int64_t len = 0; len < 7; len++)
        for (int64_t steps = -9; steps < 10; steps++)
            for (int room = 0; room < 3; room += 2) {
                loam_deque *deque = loam_deque_new();
                twin t = {.max_len = MOST};
                cr_assert_eq(loam_deque_reserve(deque, len + room), LOAM_OK);
                for (int64_t i = 0; i < len; i++) {
                    cr_assert_eq(loam_deque_append(deque, i), LOAM_OK);
                    twin_append(&t, true, i);
                }
                cr_assert_eq(loam_deque_rotate(deque, steps), LOAM_OK);
                twin_rotate(&t, steps);
                assert_twins(deque, &t);
                cr_assert_eq(loam_deque_rotate(deque, INT64_MIN), LOAM_OK);
                twin_rotate(&t, len ? INT64_MIN % len : 0);
                assert_twins(deque, &t);
                loam_release(deque);
            }
}

static loam_deque *of_ints(int64_t count)
{
    loam_auto loam_range *range = loam_range_new(0, count, 1);
    return loam_deque_from(loam_from(range));
}

LOAM_TEST(deque, is_written_compared_and_joined_as_in_python)
{
    loam_auto loam_deque *empty = loam_deque_new();
    loam_auto loam_deque *three = of_ints(3);
    loam_auto loam_deque *four = of_ints(4);
    loam_auto loam_deque *full = loam_deque_new_max(3);
    int order = 0;
    uint64_t hash;

    cr_assert_eq(loam_deque_extend(full, loam_from(four)), LOAM_OK);
    assert_repr(loam_from(empty), "deque([])");
    assert_repr(loam_from(four), "deque([0, 1, 2, 3])");
    assert_repr(loam_from(full), "deque([1, 2, 3], maxlen=3)");
    assert_repr_take(loam_from(loam_deque_concat(full, three)), "deque([0, 1, 2], maxlen=3)");
    assert_repr_take(loam_from(loam_deque_concat(three, full)), "deque([0, 1, 2, 1, 2, 3])");
    assert_repr_take(loam_from(loam_deque_repeat(three, 2)), "deque([0, 1, 2, 0, 1, 2])");
    assert_repr_take(loam_from(loam_deque_repeat(full, INT64_MAX)), "deque([1, 2, 3], maxlen=3)");
    assert_repr_take(loam_from(loam_deque_repeat(full, -1)), "deque([], maxlen=3)");
    assert_repr_take(loam_from(loam_deque_copy(full)), "deque([1, 2, 3], maxlen=3)");
    cr_assert_null(loam_deque_repeat(three, INT64_MAX));
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert_eq(loam_deque_repeat_in_place(three, INT64_MAX / 2), LOAM_ERR_MEMORY);
    assert_failed(LOAM_ERR_MEMORY);
    cr_assert_eq(loam_deque_extend_first(empty, loam_from(three)), LOAM_OK);
    assert_repr(loam_from(empty), "deque([2, 1, 0])");
    cr_assert(loam_compare(loam_from(three), loam_from(four), &order) == LOAM_OK && order == -1);
    cr_assert(loam_compare(loam_from(full), loam_from(four), &order) == LOAM_OK && order == 1);
    cr_assert_eq(loam_equal(loam_from(three), loam_from(four)), 0);
    cr_assert_eq(loam_deque_pop_last(four).word, loam_int(3).word);
    cr_assert_eq(loam_equal(loam_from(three), loam_from(four)), 1);
    cr_assert_eq(loam_hash(loam_from(three), &hash), LOAM_ERR_TYPE);
    cr_assert_str_eq(loam_error()->text, "unhashable type: 'deque'");
    assert_failed(LOAM_ERR_TYPE);
    cr_assert(loam_deque_max_len(full) == 3 && loam_deque_max_len(four) == INT64_MAX);
    cr_assert_null(loam_deque_new_max(-1));
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_deque_append(three, three), LOAM_OK);
    assert_repr(loam_from(three), "deque([0, 1, 2, [...]])");
    loam_deque_clear(three);
}

LOAM_TEST(deque, finds_by_equality)
{
    loam_auto loam_list *items = loam_list_of(5, "five", 5.0, LOAM_TUPLE(5), LOAM_TRUE);
    loam_auto loam_deque *deque = loam_deque_from(loam_from(items));

    cr_assert_eq(loam_deque_rotate(deque, 3), LOAM_OK); /* 5.0 (5,) True 5 "five" */
    cr_assert(loam_deque_contains(deque, "five") == 1 && loam_deque_contains(deque, 6) == 0);
    cr_assert_eq(loam_deque_count(deque, 5), 2);
    cr_assert_eq(loam_deque_index(deque, 5, 1, LOAM_OMIT), 3);
    cr_assert_eq(loam_deque_index(deque, LOAM_TUPLE(5), -100, 100), 1);
    cr_assert_eq(loam_deque_index(deque, 5, 1, 3), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_deque_remove(deque, 5), LOAM_OK);
    cr_assert_eq(loam_deque_remove(deque, "five"), LOAM_OK);
    assert_repr(loam_from(deque), "deque([(5,), True, 5])");
    cr_assert_eq(loam_deque_remove(deque, "five"), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
}

/* Iteration: exactly what adds, removes or moves ends it. */

typedef void change(loam_deque *deque);

static void append_and_pop(loam_deque *deque)
{
    cr_assert_eq(loam_deque_append(deque, 9), LOAM_OK);
    loam_release(loam_deque_pop_last(deque));
}

static void append_to_full(loam_deque *deque)
{
    cr_assert_eq(loam_deque_append_first(deque, 2), LOAM_OK);
}

static void turn(loam_deque *deque)
{
    cr_assert_eq(loam_deque_rotate(deque, 1), LOAM_OK);
}

static void reverse(loam_deque *deque)
{
    cr_assert_eq(loam_deque_reverse(deque), LOAM_OK);
}

static void delete_one(loam_deque *deque)
{
    cr_assert_eq(loam_deque_delete(deque, 1), LOAM_OK);
}

static void clear(loam_deque *deque)
{
    cr_assert_eq(loam_deque_clear(deque), LOAM_OK);
}

static void replace(loam_deque *deque)
{
    cr_assert_eq(loam_deque_set(deque, 1, 1), LOAM_OK);
}

static void turn_all_round(loam_deque *deque)
{
    cr_assert_eq(loam_deque_rotate(deque, -3), LOAM_OK);
}

static void reserve(loam_deque *deque)
{
    cr_assert_eq(loam_deque_reserve(deque, 500), LOAM_OK);
}

LOAM_TEST(deque, that_is_changed_ends_an_iteration_both_ways)
{
    static change *const changes[] = {append_and_pop, append_to_full, turn,           reverse, delete_one,
                                      clear,          replace,        turn_all_round, reserve};

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        for (int way = 0; way < 2; way++) {
            loam_auto loam_range *range = loam_range_new(0, 3, 1);
            loam_auto loam_deque *deque = loam_deque_new_max(3);
            loam_auto loam_iter *it = NULL;
            loam_value item;
            cr_assert_eq(loam_deque_extend(deque, loam_from(range)), LOAM_OK);
            it = way ? loam_iter_reversed(loam_from(deque)) : loam_iter_of(loam_from(deque));
            cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
            cr_assert_eq(item.word, loam_int(way ? 2 : 0).word);
            changes[i](deque);
            if (i < 6) {
                cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_ERR_CHANGED, "change %zu", i);
                assert_failed(LOAM_ERR_CHANGED);
            } else {
                cr_assert(loam_iter_next_peek(it, &item) == LOAM_OK && item.word == loam_int(1).word);
                cr_assert_eq(loam_iter_count(it), 1);
            }
        }
}

/* What a finalizer sees. */

typedef struct noisy {
    loam_object loam;
    loam_deque *watched; /* not held */
} noisy;

static int finalized, seen_len;

static void finalize_noisy(void *self)
{
    finalized++;
    seen_len = (int)loam_deque_len(((noisy *)self)->watched);
    check(((noisy *)self)->watched);
}

static loam_type noisy_type = {.name = "noisy", .size = sizeof(noisy), .finalize = finalize_noisy};

static loam_value new_noisy(loam_deque *watched)
{
    noisy *n = loam_new(&noisy_type);

    n->watched = watched;
    return loam_from(n);
}

LOAM_TEST(deque, is_in_order_before_it_releases_what_has_gone)
{
    loam_auto loam_deque *deque = loam_deque_new_max(5);

    needs(LOAM_GC_PROMPT_FREE);
    finalized = 0;
    for (int i = 0; i < 8; i++)
        cr_assert_eq(loam_deque_append_take(deque, new_noisy(deque)), LOAM_OK);
    cr_assert(finalized == 3 && seen_len == 5);
    cr_assert_eq(loam_deque_append_first_take(deque, new_noisy(deque)), LOAM_OK);
    cr_assert(finalized == 4 && seen_len == 5);
    cr_assert_eq(loam_deque_set(deque, 1, LOAM_NONE), LOAM_OK);
    cr_assert(finalized == 5 && seen_len == 5);
    cr_assert_eq(loam_deque_delete(deque, 2), LOAM_OK);
    cr_assert(finalized == 6 && seen_len == 4);
    cr_assert_eq(loam_deque_insert_take(deque, 1, new_noisy(deque)), LOAM_OK);
    cr_assert_eq(loam_deque_insert_take(deque, 1, new_noisy(deque)), LOAM_ERR_INDEX);
    assert_failed(LOAM_ERR_INDEX);
    cr_assert(finalized == 7 && seen_len == 5);
    cr_assert_eq(loam_deque_clear(deque), LOAM_OK);
    cr_assert(finalized == 11 && seen_len == 0);
}

/* Room. */

LOAM_TEST(deque, that_has_run_dry_gives_its_room_back)
{
    loam_auto loam_deque *deque = of_ints(1000);

    cr_assert_geq(loam_sizeof(loam_from(deque)), 8000);
    while (loam_deque_len(deque))
        loam_release(loam_deque_pop_first(deque));
    cr_assert_leq(loam_sizeof(loam_from(deque)), (int64_t)sizeof *deque + 64 * 8);
    check(deque);
    cr_assert_eq(loam_deque_reserve(deque, 1000), LOAM_OK);
    cr_assert_eq(loam_deque_append(deque, 1), LOAM_OK);
    loam_release(loam_deque_pop_last(deque));
    cr_assert_eq(loam_sizeof(loam_from(deque)), (int64_t)sizeof *deque + 8000, "reserved room stays");
    cr_assert_eq(loam_deque_clear(deque), LOAM_OK);
    cr_assert_eq(loam_sizeof(loam_from(deque)), (int64_t)sizeof *deque);
    cr_assert_eq(loam_deque_reserve(deque, -1), LOAM_ERR_VALUE);
    assert_failed(LOAM_ERR_VALUE);
    cr_assert_eq(loam_deque_reserve(deque, INT64_MAX), LOAM_ERR_MEMORY);
    assert_failed(LOAM_ERR_MEMORY);
}

/* A queue goes round in its buffer: it neither grows nor moves anything. */
LOAM_TEST(deque, that_is_used_as_a_queue_stays_as_large_as_it_is)
{
    loam_auto loam_deque *deque = of_ints(5);
    size_t capacity = deque->capacity;
    loam_value *items = deque->items;

    for (int64_t i = 5; i < 1000; i++) {
        cr_assert_eq(loam_deque_pop_first(deque).word, loam_int(i - 5).word);
        cr_assert_eq(loam_deque_append(deque, i), LOAM_OK);
    }
    cr_assert(deque->capacity == capacity && deque->items == items);
}

/* Collecting. */

LOAM_TEST(deque, in_a_cycle_is_collected)
{
    enum { CYCLES = 500 };
    size_t gone = 0;
    loam_weakref *refs[CYCLES];

    for (int i = 0; i < CYCLES; i++) {
        loam_auto loam_deque *a = loam_deque_new();
        loam_auto loam_deque *b = loam_deque_new_max(2);
        cr_assert_eq(loam_deque_append_first(a, b), LOAM_OK);
        cr_assert_eq(loam_deque_append_first(a, i), LOAM_OK); /* goes round the end of the buffer */
        cr_assert_eq(loam_deque_append(b, LOAM_LIST(a)), LOAM_OK);
        refs[i] = loam_weakref_new(loam_from(a));
    }
    collect_everything();
    for (int i = 0; i < CYCLES; i++) {
        loam_auto_value loam_value left = loam_weakref_get(refs[i]);
        gone += loam_is_none(left) || loam_is_unset(left);
        loam_release(refs[i]);
    }
    loam_error_clear();
    assert_gone(gone, CYCLES);
}

LOAM_TEST(deque, functions_pass_an_earlier_failure_on)
{
    loam_auto loam_deque *deque = of_ints(3);
    loam_status earlier = loam_fail(LOAM_ERR_KEY, "earlier");
    int64_t integer;

    cr_assert(loam_deque_len(NULL) == earlier && loam_deque_max_len(NULL) == earlier);
    cr_assert(loam_is_unset(loam_deque_get(NULL, 0)) && loam_is_unset(loam_deque_get_peek(NULL, 0)));
    cr_assert_eq(loam_deque_get_int(NULL, 0, &integer), earlier);
    cr_assert_eq(loam_deque_set(NULL, 0, 1), earlier);
    cr_assert_eq((loam_deque_set)(deque, 0, LOAM_UNSET), earlier);
    cr_assert(loam_deque_append(NULL, LOAM_LIST(1)) == earlier && loam_deque_append_first(NULL, 1) == earlier);
    cr_assert_eq(loam_deque_append_take(deque, LOAM_UNSET), earlier);
    cr_assert(loam_deque_insert(NULL, 0, 1) == earlier && (loam_deque_insert)(deque, 0, LOAM_UNSET) == earlier);
    cr_assert(loam_deque_extend(NULL, LOAM_NONE) == earlier && loam_deque_extend_first(deque, LOAM_UNSET) == earlier);
    cr_assert(loam_is_unset(loam_deque_pop_last(NULL)) && loam_is_unset(loam_deque_pop_first(NULL)));
    cr_assert(loam_deque_delete(NULL, 0) == earlier && loam_deque_remove(NULL, 1) == earlier);
    cr_assert(loam_deque_contains(NULL, 1) == earlier && loam_deque_count(deque, LOAM_UNSET) == earlier);
    cr_assert_eq(loam_deque_index(NULL, 1, 0, 1), earlier);
    cr_assert(loam_deque_rotate(NULL, 1) == earlier && loam_deque_reverse(NULL) == earlier);
    cr_assert(loam_deque_clear(NULL) == earlier && loam_deque_reserve(NULL, 1) == earlier);
    cr_assert(!loam_deque_copy(NULL) && !loam_deque_concat(deque, NULL) && !loam_deque_concat(NULL, deque));
    cr_assert(!loam_deque_repeat(NULL, 1) && loam_deque_repeat_in_place(NULL, 1) == earlier);
    cr_assert_str_eq(loam_error()->text, "earlier");
    assert_failed(LOAM_ERR_KEY);
    cr_assert_eq(loam_deque_extend(deque, loam_int(1)), LOAM_ERR_TYPE);
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(deque->len, 3);
}

/* What was reserved. */

static void take_out(loam_deque *deque, int way)
{
    while (way == 0 && loam_deque_len(deque))
        loam_release(loam_deque_pop_first(deque));
    while (way == 1 && loam_deque_len(deque))
        loam_release(loam_deque_pop_last(deque));
    while (way == 2 && loam_deque_len(deque))
        cr_assert_eq(loam_deque_delete(deque, loam_deque_len(deque) / 2), LOAM_OK);
    while (way == 3 && loam_deque_len(deque) > 2)
        cr_assert_eq(loam_deque_remove(deque, loam_deque_get_peek(deque, 1)), LOAM_OK);
}

static loam_status fill_without_memory(loam_deque *deque, int64_t n)
{
    loam_status status = LOAM_OK;

    loam__alloc_gate = refuse_memory;
    while (status == LOAM_OK && loam_deque_len(deque) < n)
        status = loam_deque_len(deque) % 3 ? loam_deque_append(deque, 1) : loam_deque_append_first(deque, 2);
    loam__alloc_gate = NULL;
    return status;
}

LOAM_TEST(deque, keeps_what_was_reserved_when_items_are_taken_out)
{
    for (int way = 0; way <= 3; way++)
        for (int64_t n = 10; n < 1000; n *= 3) {
            loam_auto loam_deque *deque = loam_deque_new();
            for (int64_t i = 0; i < n / 2; i++)
                cr_assert_eq(loam_deque_append(deque, i), LOAM_OK);
            cr_assert_eq(loam_deque_reserve(deque, n), LOAM_OK);
            for (int round = 0; round < 4; round++) {
                take_out(deque, way);
                cr_assert_eq(fill_without_memory(deque, n), LOAM_OK, "way %d, %d items", way, (int)n);
                check(deque);
            }
            cr_assert_eq(loam_deque_clear(deque), LOAM_OK);
            cr_assert_eq(loam_sizeof(loam_from(deque)), (int64_t)sizeof *deque, "cleared, it has no room");
        }
}
