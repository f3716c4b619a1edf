#include "tests/reentrancy.h"

#include "containers/dict.h"
#include "containers/sequence.h"

#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

static struct {
    world *world;
    const action *action;
    event at;
    unsigned calls_before;  /* of that event that pass quietly */
    unsigned acted;         /* at most once */
    unsigned calls[EVENTS]; /* by the operation itself, not by what the action does */
    bool armed;
} trap;

loam_status met(event at)
{
    loam_status status;

    if (!trap.armed)
        return LOAM_OK;
    trap.calls[at]++;
    if (at != trap.at || trap.acted || trap.calls[at] <= trap.calls_before)
        return LOAM_OK;
    trap.acted++;
    trap.armed = false;
    status = trap.action->act(trap.world);
    trap.armed = true;
    return status;
}

/* Probes. What a slot works on is looked at after the action: it must still be there. */

typedef struct probe {
    loam_object loam;
    int64_t id;
} probe;

static bool all_collide;

static loam_status probe_hash(const void *self, uint64_t *out)
{
    loam_status status = met(AT_HASH);
    uint64_t state = (uint64_t)((const probe *)self)->id;

    *out = all_collide ? 5 : random_word(&state);
    return status;
}

static int probe_equal(const void *self, const void *other)
{
    loam_status status = met(AT_EQUAL);
    bool equal = ((const probe *)self)->id == ((const probe *)other)->id;

    return status < 0 ? (int)status : equal;
}

static loam_status probe_compare(const void *self, const void *other, int *order)
{
    loam_status status = met(AT_COMPARE);
    int64_t a = ((const probe *)self)->id;
    int64_t b = ((const probe *)other)->id;

    *order = (a > b) - (a < b);
    return status;
}

static loam_str *probe_repr(const void *self)
{
    loam_status status = met(AT_REPR);
    loam_str *str = loam_str_format("probe %d", (int)((const probe *)self)->id);

    if (status == LOAM_OK)
        return str;
    loam_release(str);
    loam_fail(status, "told to fail");
    return NULL;
}

static int64_t probe_len(const void *self)
{
    loam_status status = met(AT_LEN);
    int64_t len = ((const probe *)self)->id;

    return status < 0 ? (int64_t)status : len;
}

static size_t probe_extent(const void *self)
{
    met(AT_EXTENT); /* it may not act: see loam_type */
    return (size_t)((const probe *)self)->id;
}

static loam_type probe_type;

static void *probe_copy(const void *self)
{
    loam_status status = met(AT_COPY);
    probe *copy = status < 0 ? NULL : loam_new(&probe_type);

    if (status < 0)
        loam_fail(status, "told to fail");
    else
        copy->id = ((const probe *)self)->id;
    return copy;
}

static void probe_finalize(void *self)
{
    (void)self;
    met(AT_FINALIZE);
}

static void probe_is_gone(void *context)
{
    (void)context;
    met(AT_GONE);
}

static void probe_is_cut(loam_weakref *ref, void *context)
{
    (void)ref;
    (void)context;
    met(AT_CUT);
}

static loam_type probe_type = {.name = "probe",
                               .size = sizeof(probe),
                               .hash = probe_hash,
                               .equal = probe_equal,
                               .compare = probe_compare,
                               .repr = probe_repr,
                               .len = probe_len,
                               .extent = probe_extent,
                               .copy = probe_copy,
                               .finalize = probe_finalize};

static loam_list *watching; /* weak references to the world's probes: a callback is for who has kept its own */

loam_value probe_new(int64_t id)
{
    probe *p = loam_new(&probe_type);

    p->id = id;
    if (probe_type.finalize) {
        loam_weakref *ref = loam_weakref_new_callback(loam_from(p), probe_is_cut, NULL);
        MUST(ref && loam_list_append_take(watching, loam_from(ref)) == LOAM_OK);
        MUST(loam_finalize(loam_from(p), probe_is_gone, NULL) == LOAM_OK);
    }
    return loam_from(p);
}

/* Where finalizers run at some later time, nothing can be said of what runs them. */
static void settle_finalizers(void)
{
    if (!loam_gc_has(LOAM_GC_PROMPT_FREE))
        probe_type.finalize = NULL;
}

/* Two lists that refer to each other and to an object, and nobody else to them: the next safe point finds that. */
__attribute__((noinline)) static void make_garbage(loam_value object)
{
    loam_auto loam_list *a = loam_list_new();
    loam_auto loam_list *b = loam_list_of(loam_from(a));

    MUST(loam_list_append(a, b) == LOAM_OK && loam_list_append_take(a, object) == LOAM_OK);
}

static void collect_before_garbage(void)
{
    static const int64_t eager[] = {1, 1, 25};

    loam_gc_collect(2);
    loam__gc_thresholds(eager, NULL);
    loam_gc_disable();
}

static void leave_garbage(loam_value object)
{
    collect_before_garbage();
    make_garbage(object);
}

/* Has no other events than that it goes. */
static loam_type late_type = {.name = "late", .size = sizeof(loam_object), .finalize = probe_finalize};

extern void GC_gcollect(void) __attribute__((weak)); /* libgc's own, which is no safe point; only on boehm */

/* What earlier calls have left on the stack below, so that it keeps nothing alive where that is found
 * conservatively. */
__attribute__((noinline)) static void wipe_stack(void)
{
    volatile char words[8192];

    for (size_t i = 0; i < sizeof words; i++)
        words[i] = 0;
}

/* Objects whose finalizers run at the next safe point: on boehm they have been found. */
static void leave_due(void)
{
    enum { MANY = 4 };

    collect_before_garbage();
    for (int i = 0; i < MANY; i++)
        make_garbage(loam_from(loam_new(&late_type)));
    wipe_stack();
    if (GC_gcollect) {
        loam_gc_enable();
        GC_gcollect();
    }
}

static void collect_as_usual(void)
{
    static const int64_t usual[] = {10000, 10, 25};

    loam_gc_collect(2);
    loam__gc_thresholds(usual, NULL);
}

typedef struct stream {
    loam_object loam;
    int64_t items;
    loam_value (*make)(int64_t number);
} stream;

static loam_status stream_begin(const void *self, loam_cursor *cursor)
{
    loam_status status = met(AT_BEGIN);

    *cursor = (loam_cursor){0, (uint64_t)((const stream *)self)->items};
    return status;
}

/* In small fills, so that there are several. */
static ptrdiff_t stream_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    enum { MOST = 3 };
    loam_status status = met(AT_FILL);
    const stream *s = self;
    ptrdiff_t n = 0;

    if (status < 0)
        return status;
    while (n < MOST && (size_t)n < cap && cursor->position < (uint64_t)s->items)
        out[n++] = s->make((int64_t)cursor->position++);
    return n;
}

static loam_type stream_type = {
    .name = "stream", .size = sizeof(stream), .iter_begin = stream_begin, .iter_fill = stream_fill};

loam_value stream_new(int64_t items, loam_value (*make)(int64_t number))
{
    stream *s = loam_new(&stream_type);

    s->items = items;
    s->make = make;
    return loam_from(s);
}

/* The world. */

loam_value key_new(const world *w, int64_t id)
{
    loam_value key = probe_new(id);

    return w->shape.tuple_keys ? loam_from(loam_tuple_new_take(&key, 1)) : key;
}

static loam_list *list_of_probes(int64_t items, int64_t last)
{
    loam_list *list = loam_list_new();

    for (int64_t i = 0; i < items; i++)
        MUST(loam_list_append_take(list, probe_new(i + 1 < items ? i : last)) == LOAM_OK);
    return list;
}

static loam_dict *dict_of_probes(const world *w, bool counts)
{
    loam_dict *dict = loam_dict_new();

    for (int64_t i = 0; i < w->shape.items; i++)
        MUST(loam_dict_set_take(dict, key_new(w, i), counts ? loam_int(i) : probe_new(i)) == LOAM_OK);
    for (int64_t i = 1; w->shape.holes && i + 1 < w->shape.items; i += 2) {
        loam_auto_value loam_value key = key_new(w, i);
        MUST((loam_dict_remove)(dict, loam__key_value(key)) == LOAM_OK);
    }
    return dict;
}

static loam_set *set_of_keys(const world *w, int64_t last)
{
    loam_set *set = loam_set_new();

    for (int64_t i = 0; i < w->shape.items; i++)
        MUST(loam_set_add(set, LOAM_TAKE(key_new(w, i + 1 < w->shape.items ? i : last))) == 1);
    for (int64_t i = 1; w->shape.holes && i + 1 < w->shape.items; i += 2)
        MUST(loam_set_remove(set, LOAM_TAKE(key_new(w, i))) == LOAM_OK);
    return set;
}

static void set_in_weak_maps(world *w, loam_value key, loam_value value)
{
    MUST((loam_weak_value_dict_set)(w->weak_values, key, value) == LOAM_OK);
    MUST(loam_weak_key_dict_set_take(w->weak_keys, loam_retain_value(key), probe_new(1)) == LOAM_OK);
    MUST((loam_weak_set_add)(w->weak_set, loam__key_value(key)) == LOAM_OK);
}

static void add_to_weak_maps(world *w, int64_t first, int64_t end)
{
    for (int64_t i = first; i < end; i++) {
        loam_auto_value loam_value key = key_new(w, i);
        MUST((loam_list_append)(w->lists[2], key) == LOAM_OK);
        set_in_weak_maps(w, key, key);
    }
}

static void make_weak_maps(world *w)
{
    w->lists[2] = loam_list_new();
    w->weak_values = loam_weak_value_dict_new();
    w->weak_keys = loam_weak_key_dict_new();
    w->weak_set = loam_weak_set_new();
    add_to_weak_maps(w, 0, w->shape.items);
    for (int64_t i = 1; w->shape.holes && i + 1 < w->shape.items; i += 2)
        MUST(loam_list_set(w->lists[2], i, LOAM_NONE) == LOAM_OK);
}

static void drop_weak_maps(world *w)
{
    loam_list_clear(w->lists[2]);
    loam_release(w->lists[2]);
    loam_release(w->weak_values);
    loam_release(w->weak_keys);
    loam_release(w->weak_set);
}

/* Each is a dict. */
static const char *check_weak_maps(const world *w)
{
    const void *maps[] = {w->weak_values, w->weak_keys, w->weak_set};
    const char *broken = list_check(w->lists[2]);

    for (int i = 0; !broken && i < 3; i++)
        broken = loam__dict_check((loam_dict *)(uintptr_t)maps[i]);
    return broken;
}

/* The first items of the values are equal dicts, the second ones decide. */
static loam_dict *dict_of_tuples(const world *w)
{
    loam_dict *dict = loam_dict_new();

    for (int64_t i = 0; i < 3; i++) {
        loam_literal key = loam__take(key_new(w, 1));
        loam_literal value = LOAM_TUPLE(LOAM_DICT(key, 1), loam__take(probe_new(i)));
        MUST(loam_dict_set(dict, i, value) == LOAM_OK);
    }
    return dict;
}

static void make_deques(world *w)
{
    for (int i = 0; i < DEQUES; i++) {
        loam_auto loam_list *items = list_of_probes(w->shape.items, i == 1 ? 1000 : w->shape.items);
        w->deques[i] = i == 2 ? loam_deque_new_max(w->shape.items) : loam_deque_new();
        MUST(loam_deque_extend(w->deques[i], loam_from(items)) == LOAM_OK);
        MUST(loam_deque_rotate(w->deques[i], w->shape.items / 2) == LOAM_OK);
        MUST(loam_deque_reverse(w->deques[i]) == LOAM_OK);
    }
}

/* Its containers are held by it alone. */
static loam_list *outer_new(world *w, int which)
{
    loam_list *outer = loam_list_new();
    loam_list *list = list_of_probes(3, 2);
    loam_dict *dict = loam_dict_new();

    w->inner[which] = list;
    MUST(loam_list_append_take(outer, LOAM_VAL(LOAM_TUPLE(LOAM_TAKE(list), loam__take(probe_new(1))))) == LOAM_OK);
    MUST(loam_dict_set_take(dict, key_new(w, 1), LOAM_VAL(LOAM_LIST(loam__take(probe_new(2))))) == LOAM_OK);
    MUST(loam_list_append_take(outer, loam_from(dict)) == LOAM_OK);
    MUST(loam_list_append_take(outer, loam_from(list_of_probes(2, which))) == LOAM_OK);
    return outer;
}

void world_make(world *w, shape s)
{
    memset(w, 0, sizeof *w);
    settle_finalizers();
    watching = loam_list_new();
    all_collide = s.collide;
    w->shape = s;
    for (int i = 0; i < 2; i++) {
        loam_auto loam_list *others = list_of_probes(s.items, i ? 1000 : s.items);
        w->lists[i] = list_of_probes(s.items, i ? 1000 : s.items);
        w->tuples[i] = loam_tuple_from(loam_from(others));
        w->outer[i] = outer_new(w, i);
    }
    for (int i = 0; i < DICTS; i++)
        w->dicts[i] = dict_of_probes(w, i == 2);
    w->key = key_new(w, s.is_there ? s.items - 1 : s.items);
    for (int i = 0; i < 2; i++)
        w->sets[i] = set_of_keys(w, i ? 1000 : s.items - 1);
    w->frozen = loam_frozenset_from(loam_from(w->sets[1]));
    w->view = loam_dict_keys_view(w->dicts[0]);
    w->nested = dict_of_tuples(w);
    w->range = loam_range_new(0, 9, 2);
    make_deques(w);
    make_weak_maps(w);
    w->value = probe_new(1);
    w->stream = stream_new(s.items, probe_new);
}

/* A list loses its items first: an action may have put it into itself. */
void world_drop(world *w)
{
    for (int i = 0; i < 2; i++) {
        loam_list_clear(w->lists[i]);
        loam_release(w->lists[i]);
        loam_release(w->tuples[i]);
        loam_release(w->outer[i]);
    }
    for (int i = 0; i < DICTS; i++)
        loam_release(w->dicts[i]);
    for (int i = 0; i < 2; i++)
        loam_release(w->sets[i]);
    loam_release(w->frozen);
    loam_release(w->view);
    drop_weak_maps(w);
    loam_release(w->nested);
    loam_release(w->range);
    for (int i = 0; i < DEQUES; i++) {
        loam_deque_clear(w->deques[i]);
        loam_release(w->deques[i]);
    }
    loam_release(w->key);
    loam_release(w->stream);
    loam_release(w->iter);
    loam_unset(&w->value);
    loam_release(loam_move(&watching));
}

const char *deque_check(const loam_deque *deque)
{
    if (deque->len > deque->capacity || deque->len > deque->max_len)
        return "a deque's len <= capacity and len <= max_len";
    if (deque->first >= deque->capacity + !deque->capacity || !deque->items != !deque->capacity)
        return "a deque's first item is in its buffer";
    for (size_t i = 0; i < deque->capacity; i++)
        if (loam_is_unset(*loam__deque_slot(deque, i)) != (i >= deque->len))
            return "a deque's items, and empty slots";
    return NULL;
}

const char *world_check(const world *w)
{
    const char *broken = NULL;

    for (int i = 0; !broken && i < 2; i++) {
        broken = list_check(w->lists[i]);
        broken = broken ? broken : list_check(w->outer[i]);
        if (!broken && w->inner[i])
            broken = list_check(w->inner[i]);
        if (w->lists[i]->loam.head & LOAM__FLAG_BUSY || w->outer[i]->loam.head & LOAM__FLAG_BUSY)
            broken = "nothing is being written";
    }
    broken = broken ? broken : loam__dict_check(w->nested);
    broken = broken ? broken : check_weak_maps(w);
    broken = broken ? broken : loam__dict_check((loam_dict *)w->frozen);
    for (int i = 0; !broken && i < 2; i++)
        broken = loam__dict_check((loam_dict *)w->sets[i]);
    for (int i = 0; !broken && i < DEQUES; i++)
        broken = w->deques[i]->loam.head & LOAM__FLAG_BUSY ? "nothing is being written" : deque_check(w->deques[i]);
    for (int i = 0; !broken && i < DICTS; i++)
        broken = w->dicts[i]->loam.head & LOAM__FLAG_BUSY ? "nothing is being written" : loam__dict_check(w->dicts[i]);
    return broken;
}

/* Actions. */

static loam_list *list_at(world *w, int i)
{
    if (i == LISTS + INNER)
        return w->own_list;
    return i < LISTS ? w->lists[i] : w->inner[i - LISTS];
}

static void on_each(world *w, void (*on_list)(world *, loam_list *), void (*on_dict)(world *, loam_dict *))
{
    for (int i = 0; i <= LISTS + INNER; i++)
        if (list_at(w, i))
            on_list(w, list_at(w, i));
    for (int i = 0; i < DICTS; i++)
        on_dict(w, w->dicts[i]);
    on_dict(w, w->nested);
}

static void on_each_set(world *w, void (*on_set)(world *, loam_set *))
{
    for (int i = 0; i < 2; i++)
        on_set(w, w->sets[i]);
}

static void on_each_deque(world *w, void (*on_deque)(world *, loam_deque *))
{
    for (int i = 0; i < DEQUES; i++)
        on_deque(w, w->deques[i]);
    if (w->own_deque)
        on_deque(w, w->own_deque);
}

static loam_status nothing(world *w)
{
    (void)w;
    return LOAM_OK;
}

static loam_status fail(world *w)
{
    (void)w;
    return loam_fail(LOAM_ERR_VALUE, "told to fail");
}

static void clear_list(world *w, loam_list *list)
{
    (void)w;
    loam_list_clear(list);
}

static void clear_dict(world *w, loam_dict *dict)
{
    (void)w;
    loam_dict_clear(dict);
}

static void clear_set(world *w, loam_set *set)
{
    (void)w;
    loam_set_clear(set);
}

static void clear_deque(world *w, loam_deque *deque)
{
    (void)w;
    loam_deque_clear(deque);
}

static loam_status clear(world *w)
{
    on_each_deque(w, clear_deque);
    on_each(w, clear_list, clear_dict);
    on_each_set(w, clear_set);
    loam_weak_value_dict_clear(w->weak_values);
    loam_weak_key_dict_clear(w->weak_keys);
    loam_weak_set_clear(w->weak_set);
    return LOAM_OK;
}

static void append_to_list(world *w, loam_list *list)
{
    (void)w;
    for (int64_t i = 0; i < 50; i++)
        MUST(loam_list_append_take(list, probe_new(i)) == LOAM_OK);
}

static void set_in_dict(world *w, loam_dict *dict)
{
    (void)w;
    for (int64_t i = 0; i < 50; i++)
        MUST(loam_dict_set_take(dict, loam_int(i), probe_new(i)) == LOAM_OK);
}

static void add_to_set(world *w, loam_set *set)
{
    (void)w;
    for (int64_t i = 0; i < 50; i++)
        MUST(loam_set_add(set, i) >= 0);
}

static void append_to_deque(world *w, loam_deque *deque)
{
    (void)w;
    for (int64_t i = 0; i < 50; i++)
        MUST(loam_deque_append_take(deque, probe_new(i)) == LOAM_OK);
}

static loam_status append_many(world *w)
{
    on_each_deque(w, append_to_deque);
    on_each(w, append_to_list, set_in_dict);
    on_each_set(w, add_to_set);
    add_to_weak_maps(w, 0, 50);
    return LOAM_OK;
}

static loam_status clear_and_append(world *w)
{
    clear(w);
    return append_many(w);
}

static void insert_in_list(world *w, loam_list *list)
{
    (void)w;
    for (int64_t i = 0; i < 20; i++)
        MUST(loam_list_insert_take(list, 0, probe_new(i)) == LOAM_OK);
}

/* The key and some that are like those in it. */
static void set_keys_in_dict(world *w, loam_dict *dict)
{
    MUST((loam_dict_set)(dict, w->key, LOAM_NONE) == LOAM_OK);
    for (int64_t i = 0; i < 20; i++)
        MUST(loam_dict_set_take(dict, key_new(w, 500 + i), loam_int(i)) == LOAM_OK);
}

static void add_keys_to_set(world *w, loam_set *set)
{
    MUST(loam_set_add(set, w->key) >= 0);
    for (int64_t i = 0; i < 20; i++)
        MUST(loam_set_add(set, LOAM_TAKE(key_new(w, 500 + i))) >= 0);
}

static void insert_in_deque(world *w, loam_deque *deque)
{
    (void)w;
    for (int64_t i = 0; i < 20 && deque->len < deque->max_len; i++)
        MUST(loam_deque_insert_take(deque, i, probe_new(i)) == LOAM_OK);
    MUST(loam_deque_rotate(deque, 7) == LOAM_OK);
}

static loam_status insert_many(world *w)
{
    on_each_deque(w, insert_in_deque);
    on_each(w, insert_in_list, set_keys_in_dict);
    on_each_set(w, add_keys_to_set);
    set_in_weak_maps(w, w->key, w->value);
    add_to_weak_maps(w, 500, 520);
    return LOAM_OK;
}

static void pop_from_list(world *w, loam_list *list)
{
    (void)w;
    for (int64_t at = 0; at >= -1; at--)
        if (list->len)
            loam_release(loam_list_pop(list, at));
}

static void pop_from_dict(world *w, loam_dict *dict)
{
    (void)w;
    MUST(loam_dict_pop_first(dict, NULL, NULL) >= 0);
    MUST(loam_dict_pop_last(dict, NULL, NULL) >= 0);
}

static void pop_from_set(world *w, loam_set *set)
{
    (void)w;
    MUST(loam_set_pop_first(set, NULL) >= 0);
    MUST(loam_set_pop_last(set, NULL) >= 0);
}

static void pop_from_deque(world *w, loam_deque *deque)
{
    (void)w;
    if (deque->len)
        loam_release(loam_deque_pop_first(deque));
    if (deque->len)
        loam_release(loam_deque_pop_last(deque));
}

static loam_status pop(world *w)
{
    on_each_deque(w, pop_from_deque);
    on_each(w, pop_from_list, pop_from_dict);
    on_each_set(w, pop_from_set);
    return LOAM_OK;
}

static void reserve_list(world *w, loam_list *list)
{
    (void)w;
    MUST(loam_list_reserve(list, 1000) == LOAM_OK);
}

static void reserve_dict(world *w, loam_dict *dict)
{
    (void)w;
    MUST(loam_dict_reserve(dict, 300) == LOAM_OK);
}

static void reserve_set(world *w, loam_set *set)
{
    (void)w;
    MUST(loam_set_reserve(set, 300) == LOAM_OK);
}

static void reserve_deque(world *w, loam_deque *deque)
{
    (void)w;
    MUST(loam_deque_reserve(deque, 1000) == LOAM_OK);
}

static loam_status reserve(world *w)
{
    on_each_deque(w, reserve_deque);
    on_each(w, reserve_list, reserve_dict);
    on_each_set(w, reserve_set);
    return LOAM_OK;
}

static void delete_key_of_dict(world *w, loam_dict *dict)
{
    loam_status status = (loam_dict_remove)(dict, loam__key_value(w->key));
    MUST(status == LOAM_OK || status == LOAM_ERR_KEY);
}

static void delete_key_of_weak_maps(world *w)
{
    loam_key key = loam__key_value(w->key);
    loam_status status = (loam_weak_value_dict_remove)(w->weak_values, key);

    MUST(status == LOAM_OK || status == LOAM_ERR_KEY);
    status = (loam_weak_key_dict_remove)(w->weak_keys, key);
    MUST(status == LOAM_OK || status == LOAM_ERR_KEY);
    MUST((loam_weak_set_discard)(w->weak_set, key) >= 0);
}

static void discard_key(world *w, loam_set *set)
{
    MUST(loam_set_discard(set, w->key) >= 0);
}

static loam_status delete_the_same_key(world *w)
{
    on_each(w, pop_from_list, delete_key_of_dict);
    on_each_set(w, discard_key);
    delete_key_of_weak_maps(w);
    return LOAM_OK;
}

static void replace_in_list(world *w, loam_list *list)
{
    (void)w;
    for (int64_t i = 0; i < (int64_t)list->len; i++)
        MUST(loam_list_set(list, i, i) == LOAM_OK);
}

static void replace_in_dict(world *w, loam_dict *dict)
{
    loam_auto loam_list *keys = loam_dict_keys(dict);

    (void)w;
    for (int64_t i = 0; i < loam_list_len(keys); i++)
        MUST(loam_dict_set(dict, loam_list_get_peek(keys, i), i) == LOAM_OK);
}

static void replace_in_deque(world *w, loam_deque *deque)
{
    (void)w;
    for (int64_t i = 0; i < (int64_t)deque->len; i++)
        MUST(loam_deque_set(deque, i, i) == LOAM_OK);
}

/* Of items, not of keys. */
static loam_status drop_the_last_reference_to_items(world *w)
{
    on_each_deque(w, replace_in_deque);
    on_each(w, replace_in_list, replace_in_dict);
    return LOAM_OK;
}

/* Of containers within containers, and of an iterator that runs. */
static loam_status drop_the_last_reference_to_containers(world *w)
{
    for (int i = 0; i < 2; i++) {
        loam_list_clear(w->outer[i]);
        w->inner[i] = NULL;
    }
    loam_unset(&w->stream);
    loam_release(w->iter);
    w->iter = NULL;
    return LOAM_OK;
}

static void walk_list(world *w, loam_list *list)
{
    loam_auto loam_iter *it = loam_iter_of(loam_from(list));
    int64_t len = (int64_t)list->len;

    (void)w;
    MUST(loam_iter_count(it) == len);
}

static void walk_dict(world *w, loam_dict *dict)
{
    loam_auto loam_iter *it = loam_iter_items(dict);
    loam_auto loam_list *items = loam_iter_list(it);

    (void)w;
    MUST(items && loam_list_len(items) == dict->live);
}

/* What has died is not come across, even if it is still counted. */
static void walk_weak_map(const void *map)
{
    loam_auto loam_iter *it = loam_iter_of(loam_from(map));
    int64_t count = loam_iter_count(it);

    MUST(count >= 0 && count <= loam_len(loam_from(map)));
}

static void walk_set(world *w, loam_set *set)
{
    loam_auto loam_iter *it = loam_iter_of(loam_from(set));

    (void)w;
    MUST(loam_iter_count(it) == loam_set_len(set));
}

static void walk_deque(world *w, loam_deque *deque)
{
    loam_auto loam_iter *it = loam_iter_of(loam_from(deque));
    loam_auto loam_iter *back = loam_iter_reversed(loam_from(deque));
    int64_t len = (int64_t)deque->len;

    (void)w;
    MUST(loam_iter_count(it) == len && loam_iter_count(back) == len);
}

static loam_status iterate_anew(world *w)
{
    on_each_deque(w, walk_deque);
    on_each(w, walk_list, walk_dict);
    on_each_set(w, walk_set);
    walk_weak_map(w->weak_values);
    walk_weak_map(w->weak_keys);
    walk_weak_map(w->weak_set);
    return LOAM_OK;
}

static void write_list(world *w, loam_list *list)
{
    (void)w;
    MUST(of_str(loam_repr(loam_from(list))) == LOAM_OK);
}

static void write_dict(world *w, loam_dict *dict)
{
    (void)w;
    MUST(of_str(loam_repr(loam_from(dict))) == LOAM_OK);
}

static void write_set(world *w, loam_set *set)
{
    (void)w;
    MUST(of_str(loam_repr(loam_from(set))) == LOAM_OK);
}

static void write_deque(world *w, loam_deque *deque)
{
    (void)w;
    MUST(of_str(loam_repr(loam_from(deque))) == LOAM_OK);
}

static loam_status write_all(world *w)
{
    on_each_deque(w, write_deque);
    on_each(w, write_list, write_dict);
    on_each_set(w, write_set);
    return LOAM_OK;
}

static loam_status compare_all(world *w)
{
    int order;

    MUST(loam_equal(loam_from(w->lists[0]), loam_from(w->lists[1])) >= 0);
    MUST(loam_equal(loam_from(w->deques[0]), loam_from(w->deques[1])) >= 0);
    MUST(loam_compare(loam_from(w->tuples[0]), loam_from(w->tuples[1]), &order) != LOAM_ERR_RECURSION);
    MUST(loam_compare(loam_from(w->lists[0]), loam_from(w->lists[1]), &order) != LOAM_ERR_RECURSION);
    MUST(loam_equal(loam_from(w->dicts[0]), loam_from(w->dicts[1])) >= 0);
    MUST(loam_equal(loam_from(w->outer[0]), loam_from(w->outer[1])) >= 0);
    MUST(loam_equal(loam_from(w->sets[0]), loam_from(w->frozen)) >= 0);
    return LOAM_OK;
}

static loam_status run_it_again(world *w)
{
    w->run(w);
    return LOAM_OK;
}

static loam_value same(loam_value item, void *context)
{
    (void)context;
    return loam_retain_value(item);
}

/* The iterator that the callback runs in is in use, whatever is asked of it, and goes on. */
static loam_status use_the_same_iterator(world *w)
{
    loam_value item = LOAM_NONE;
    loam_auto loam_list *list = NULL;

    if (!w->iter)
        return LOAM_OK;
    MUST(loam_iter_next_peek(w->iter, &item) == LOAM_ERR_VALUE && loam_is_unset(item));
    MUST(loam_iter_count(w->iter) == LOAM_ERR_VALUE);
    MUST(loam_list_extend(w->lists[0], loam_from(w->iter)) == LOAM_ERR_VALUE);
    list = loam_list_from(loam_from(w->iter));
    MUST(!list && loam_error()->status == LOAM_ERR_VALUE);
    loam_error_clear();
    loam_iter_map(w->iter, same, NULL);
    MUST(loam_error()->status == LOAM_ERR_VALUE);
    loam_error_clear();
    loam_iter_close(w->iter);
    MUST(loam_error()->status == LOAM_ERR_VALUE);
    loam_error_clear();
    return LOAM_OK;
}

/* What an action tries may be refused: a key is not there, items have no order, or this is what is being sorted. */
static void try_it(int64_t status)
{
    MUST(status >= 0 || status == LOAM_ERR_KEY || status == LOAM_ERR_TYPE || status == LOAM_ERR_CHANGED);
    loam_error_clear();
}

static void reverse_list(world *w, loam_list *list)
{
    (void)w;
    MUST(loam_list_reverse(list) == LOAM_OK);
}

static void move_to_end(world *w, loam_dict *dict)
{
    loam_auto loam_list *keys = loam_dict_keys(dict);

    try_it(loam_dict_move_to_end(dict, w->key));
    for (int64_t i = 0; i < loam_list_len(keys); i += 3)
        try_it(loam_dict_move_to_end(dict, loam_list_get_peek(keys, i)));
}

static void reverse_deque(world *w, loam_deque *deque)
{
    (void)w;
    MUST(loam_deque_reverse(deque) == LOAM_OK);
}

static loam_status reverse(world *w)
{
    on_each_deque(w, reverse_deque);
    on_each(w, reverse_list, move_to_end);
    return LOAM_OK;
}

static void sort_list(world *w, loam_list *list)
{
    (void)w;
    try_it(loam_list_sort(list));
}

static void set_default(world *w, loam_dict *dict)
{
    loam_auto_value loam_value value = loam_dict_setdefault(dict, w->key, w->value);

    MUST(!loam_is_unset(value));
}

static void rotate_deque(world *w, loam_deque *deque)
{
    (void)w;
    MUST(loam_deque_rotate(deque, -3) == LOAM_OK);
}

static loam_status sort_and_rotate(world *w)
{
    on_each_deque(w, rotate_deque);
    on_each(w, sort_list, set_default);
    return LOAM_OK;
}

static void set_slice(world *w, loam_list *list)
{
    MUST(loam_list_set_slice(list, 1, 3, 1, loam_from(w->tuples[1])) == LOAM_OK);
}

static void update_dict(world *w, loam_dict *dict)
{
    MUST(loam_dict_update(dict, loam_from(w->dicts[2])) == LOAM_OK);
}

static void update_set(world *w, loam_set *set)
{
    MUST(loam_set_update(set, loam_from(w->lists[1])) == LOAM_OK);
}

static loam_status update(world *w)
{
    on_each(w, set_slice, update_dict);
    on_each_set(w, update_set);
    return LOAM_OK;
}

static void delete_slice(world *w, loam_list *list)
{
    (void)w;
    MUST(loam_list_delete_slice(list, LOAM_OMIT, LOAM_OMIT, -2) == LOAM_OK);
}

static void remove_every_second_key(world *w, loam_dict *dict)
{
    uint64_t position = 0;
    bool second = false;

    (void)w;
    while (loam_dict_next_peek(dict, &position, NULL, NULL) == LOAM_OK)
        if ((second = !second))
            MUST(loam_dict_remove_current(dict, &position) == LOAM_OK);
}

static void remove_the_others_elements(world *w, loam_set *set)
{
    MUST(loam_set_difference_update(set, loam_from(w->sets[1])) == LOAM_OK);
}

static loam_status remove_some(world *w)
{
    on_each(w, delete_slice, remove_every_second_key);
    on_each_set(w, remove_the_others_elements);
    return LOAM_OK;
}

static void keep_the_others_elements(world *w, loam_set *set)
{
    MUST(loam_set_intersection_update(set, loam_from(w->sets[1])) == LOAM_OK);
}

static loam_status intersect(world *w)
{
    on_each_set(w, keep_the_others_elements);
    return LOAM_OK;
}

static void exchange_elements(world *w, loam_set *set)
{
    MUST(loam_set_symmetric_difference_update(set, loam_from(w->frozen)) == LOAM_OK);
}

static loam_status exchange(world *w)
{
    on_each_set(w, exchange_elements);
    return LOAM_OK;
}

/* The dict behind it, and what is taken from it. */
static loam_status use_the_view(world *w)
{
    loam_auto loam_set *keys = loam_dict_view_union(w->view, loam_from(w->sets[1]));
    loam_auto loam_iter *it = loam_iter_of(loam_from(w->view));
    loam_dict *dict = loam_dict_view_dict_peek(w->view);

    MUST(keys && loam_dict_view_isdisjoint(w->view, loam_from(w->sets[0])) >= 0);
    MUST(loam_iter_count(it) == loam_dict_view_len(w->view));
    MUST(loam_dict_pop_first(dict, NULL, NULL) >= 0);
    MUST(loam_dict_set_take(dict, key_new(w, 600), loam_int(1)) == LOAM_OK);
    MUST(loam_dict_view_contains(w->view, w->key) >= 0);
    return LOAM_OK;
}

const action actions[ACTIONS] = {
    {"do nothing", nothing, false},
    {"fail", fail, true},
    {"clear", clear, false},
    {"append many", append_many, false},
    {"clear and append many", clear_and_append, false},
    {"insert many", insert_many, false},
    {"pop", pop, false},
    {"reserve", reserve, false},
    {"delete the same key", delete_the_same_key, false},
    {"drop the last reference to items", drop_the_last_reference_to_items, false},
    {"drop the last reference to containers", drop_the_last_reference_to_containers, false},
    {"iterate anew", iterate_anew, false},
    {"write all", write_all, false},
    {"compare all", compare_all, false},
    {"run the same operation", run_it_again, false},
    {"use the same iterator", use_the_same_iterator, false},
    {"reverse", reverse, false},
    {"sort and rotate", sort_and_rotate, false},
    {"update", update, false},
    {"remove some", remove_some, false},
    {"intersect", intersect, false},
    {"exchange", exchange, false},
    {"use the view", use_the_view, false},
};

/* Results. */

static int none_or_failure(bool there)
{
    return there ? LOAM_OK : (int)loam_error()->status;
}

int of_value(loam_value value)
{
    int status = none_or_failure(!loam_is_unset(value));
    bool armed = trap.armed;

    of_peek(value);
    trap.armed = false; /* what this release runs is not the operation's */
    loam_release(value);
    trap.armed = armed;
    return status;
}

/* A look at the object: a sanitizer sees it if there is none. */
int of_peek(loam_value value)
{
    if (loam_is_object(value))
        MUST(loam_type_of((const void *)(uintptr_t)value.word)->name);
    return none_or_failure(!loam_is_unset(value));
}

int of_list(loam_list *list)
{
    if (list)
        MUST(!list_check(list));
    return of_value(loam_from(list));
}

int of_tuple(loam_tuple *tuple)
{
    for (size_t i = 0; tuple && i < tuple->len; i++)
        MUST(of_peek(tuple->items[i]) == LOAM_OK);
    return of_value(loam_from(tuple));
}

int of_deque(loam_deque *deque)
{
    if (deque)
        MUST(!deque_check(deque));
    return of_value(loam_from(deque));
}

int of_dict(loam_dict *dict)
{
    bool armed = trap.armed;

    trap.armed = false; /* the check asks for hashes */
    if (dict)
        MUST(!loam__dict_check(dict));
    trap.armed = armed;
    return of_value(loam_from(dict));
}

int of_set(loam_set *set)
{
    return of_dict((loam_dict *)set);
}

int of_frozenset(loam_frozenset *set)
{
    return of_dict((loam_dict *)set);
}

int of_str(loam_str *str)
{
    return of_value(loam_from(str));
}

/* Cells. */

static bool leaves_due;

static int run(const operation *o, world *w, const action *a, event at, unsigned calls_before)
{
    int status;

    w->run = o->run;
    if (o->prepare)
        o->prepare(w, o);
    memset(&trap, 0, sizeof trap);
    trap.world = w;
    trap.action = a;
    trap.at = at;
    trap.calls_before = calls_before;
    loam_error_clear();
    if (leaves_due)
        leave_due();
    else if (probe_type.finalize)
        leave_garbage(probe_new(0));
    trap.armed = true;
    loam_gc_enable();
    status = o->run(w);
    trap.armed = false;
    if (leaves_due || probe_type.finalize)
        collect_as_usual();
    return status;
}

int run_quietly(const operation *o, shape s, unsigned calls[EVENTS])
{
    world w;
    int status;

    world_make(&w, s);
    status = run(o, &w, &actions[0], AT_HASH, 0);
    memcpy(calls, trap.calls, sizeof trap.calls);
    world_drop(&w);
    return status;
}

/* What it looks for, or chooses from, may be gone, which is LOAM_ERR_VALUE. */
static bool looks_for_an_item(const operation *o)
{
    static const char *const functions[] = {"loam_list_index",  "loam_list_remove",  "loam_tuple_index",
                                            "loam_deque_index", "loam_deque_remove", "loam_iter_min",
                                            "loam_iter_max"};

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!strncmp(o->function, functions[i], strlen(functions[i])))
            return true;
    return false;
}

/* What is wrong with an outcome, or NULL. */
static const char *judge(const operation *o, const action *a, event at, int status, int quiet)
{
    if (status < 0 && loam_error()->status != (loam_status)status)
        return "the failure is not the thread's last one";
    if (a == &actions[0] && status != quiet)
        return "not the same as before";
    if (a->fails)
        /* a missing key's repr is a part of a message, which goes without it */
        return status == LOAM_ERR_VALUE || (at == AT_REPR && status == quiet && quiet < 0)
                   ? NULL
                   : "not the callback's failure";
    if (status < 0 && status != quiet && status != LOAM_ERR_KEY && status != LOAM_ERR_CHANGED &&
        status != LOAM_ERR_TYPE && !(status == LOAM_ERR_VALUE && looks_for_an_item(o)))
        return "not a failure that could come of this";
    return NULL;
}

static void try_cell(const operation *o, const action *a, event at, unsigned call, shape s, int quiet)
{
    loam__gc_usage before = loam__gc_live();
    const char *problem;
    const char *broken;
    world w;
    int status;

    world_make(&w, s);
    status = run(o, &w, a, at, call);
    problem = judge(o, a, at, status, quiet);
    broken = world_check(&w);
    problem = broken ? broken : problem;
    if (trap.acted != 1)
        problem = "the action did not run";
    world_drop(&w);
    if (!problem && loam__gc_live().objects != before.objects)
        problem = "something was left";
    if (problem)
        cr_assert_fail("%s %s, user code %d, call %u of it, %d items: %s: outcome %d (%s): %s", o->function, o->variant,
                       (int)at, call, (int)s.items, a->name, status, loam_error()->text, problem);
    loam_error_clear();
}

/* The first two, the last one, and one in between; in a hurry only the first and the last, and where all that there is
 * is looked at each time. */
static bool is_chosen(unsigned call, unsigned calls)
{
    bool in_a_hurry = getenv("LOAM_TEST_QUICK") || !strcmp(loam_gc_name(), "check");

    return call == 0 || call + 1 == calls || (!in_a_hurry && (call == 1 || call == calls / 2));
}

/* 1 where there is none: it is divided by, and a state of 0 would stay 0. */
static uint64_t number_from(const char *variable)
{
    const char *text = getenv(variable);
    uint64_t number = text ? strtoull(text, NULL, 0) : 1;

    return number ? number : 1;
}

static uint64_t sample(void)
{
    static uint64_t number;

    if (!number)
        number = number_from("LOAM_TEST_SAMPLE");
    return number;
}

unsigned sampled(unsigned cells)
{
    return cells / (unsigned)sample();
}

/* Two cells of three, and one of fifteen where the world is large; of these one in LOAM_TEST_SAMPLE. LOAM_TEST_SEED is
 * a number that draws others. */
static bool is_drawn(shape s)
{
    static uint64_t state;

    if (!state)
        state = number_from("LOAM_TEST_SEED");
    return random_below(&state, 15) < (s.items < 30 ? 10 : 1) && (sample() == 1 || !random_below(&state, sample()));
}

unsigned try_cells(const operation *o, event at, shape s)
{
    unsigned calls[EVENTS];
    int quiet = run_quietly(o, s, calls);
    unsigned cells = 0;

    for (unsigned call = 0; call < calls[at]; call++)
        for (size_t i = 0; i < ACTIONS && is_chosen(call, calls[at]); i++)
            if (!(actions[i].fails && ((at == AT_STAGE && o->cannot_fail) || at >= AT_FINALIZE)) && is_drawn(s)) {
                try_cell(o, &actions[i], at, call, s, quiet);
                cells++;
            }
    return cells;
}

/* Whether the action ran: what is due may have run before the operation began, and not every operation has a safe
 * point. */
static bool try_due(const operation *o, const action *a, shape s, int quiet)
{
    const char *problem;
    const char *broken;
    world w;
    int status;

    world_make(&w, s);
    status = run(o, &w, a, AT_FINALIZE, 0);
    problem = trap.acted ? judge(o, a, AT_FINALIZE, status, quiet) : NULL;
    broken = world_check(&w);
    world_drop(&w);
    if (broken || problem)
        cr_assert_fail("%s %s, a finalizer that is due, %d items: %s: outcome %d: %s", o->function, o->variant,
                       (int)s.items, a->name, status, broken ? broken : problem);
    loam_error_clear();
    return trap.acted;
}

unsigned try_due_cells(const operation *o, shape s)
{
    static uint64_t state = 1;
    unsigned calls[EVENTS];
    int quiet = run_quietly(o, s, calls);
    unsigned cells = 0;

    leaves_due = true;
    for (size_t i = 0; i < ACTIONS; i++)
        if (!actions[i].fails && random_below(&state, 60) == 0)
            cells += try_due(o, &actions[i], s, quiet);
    leaves_due = false;
    return cells;
}

/* Doc lines. */

static const struct doc_line {
    const char *function;
    const char *runs;
} doc_lines[] = {
#include "tests/doclines.inc"
};

enum { DOC_LINES = sizeof doc_lines / sizeof *doc_lines };

/* How each kind of user code is called in them. */
static const char *const words[EVENTS] = {"hash",       "equality",   "comparison", "repr",       "len",
                                          "extent",     "iter_begin", "iter_fill",  "stages",     "key function",
                                          "comparator", "copy",       "finalizers", "finalizers", "finalizers"};

/* By line and event. */
static bool seen[DOC_LINES][EVENTS];
static bool tried[DOC_LINES];

static const struct doc_line *line_of(const char *function)
{
    for (size_t i = 0; i < DOC_LINES; i++)
        if (!strcmp(doc_lines[i].function, function))
            return &doc_lines[i];
    return NULL;
}

static bool names(const struct doc_line *line, event at)
{
    size_t len = strlen(words[at]);

    for (const char *found = strstr(line->runs, words[at]); found; found = strstr(found + 1, words[at]))
        if (found[-1] == ' ' && strchr(",. ", found[len]))
            return true;
    return false;
}

void record(const operation *o, const unsigned calls[EVENTS])
{
    const struct doc_line *line = line_of(o->function);

    if (!line && o->function[strlen(o->function) - 1] == 'f') /* a literal, loam_.._of */
        return;
    if (!line)
        cr_assert_fail("%s has no doc line", o->function);
    tried[line - doc_lines] = true;
    for (event at = 0; at < EVENTS; at++)
        if (calls[at]) /* a chain's source is one of its stages */
            seen[line - doc_lines][at == AT_FILL && names(line, AT_STAGE) && !names(line, AT_FILL) ? AT_STAGE : at] =
                true;
}

static bool is_of_a_container(const char *function)
{
    static const char *const prefixes[] = {"loam_list_",     "loam_tuple_",     "loam_deque_", "loam_dict_",
                                           "loam_set_",      "loam_frozenset_", "loam_range_", "loam_weak_value_",
                                           "loam_weak_key_", "loam_weak_set_"};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (!strncmp(function, prefixes[i], strlen(prefixes[i])))
            return true;
    return false;
}

/* Finalizers run at releases: of what was made, where a call fails; of a literal that was the key. And functions that
 * are in no table release too. Where objects are not freed promptly, any release may run those of others, or none. */
static bool is_conditional(size_t line)
{
    return !tried[line] || !loam_gc_has(LOAM_GC_PROMPT_FREE) || strstr(doc_lines[line].runs, "fails") ||
           strstr(doc_lines[line].runs, "literal");
}

void assert_doc_lines_are_true(void)
{
    bool good = true;

    for (size_t i = 0; i < DOC_LINES; i++)
        if (is_of_a_container(doc_lines[i].function) && !tried[i]) {
            good = false;
            cr_log_error("%s is not among the operations of the tests\n", doc_lines[i].function);
        }
    for (size_t i = 0; i < DOC_LINES; i++)
        for (event at = 0; at < EVENTS; at++) {
            bool named = names(&doc_lines[i], at);
            if (seen[i][at] == named || (at >= AT_FINALIZE && named && is_conditional(i)))
                continue;
            good = false;
            cr_log_error(named ? "%s may run %s, and no operation of the tests makes it: \"%s\"\n"
                               : "%s ran %s, and does not say so: \"%s\"\n",
                         doc_lines[i].function, words[at], doc_lines[i].runs);
        }
    cr_assert(good, "doc lines and cells disagree");
}
