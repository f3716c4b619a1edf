/*
 * A type of one's own with a trace of its own: a vector, whose items are in a buffer that grows. It may hold anything,
 * itself included, and knows the vector that it was put into, weakly. docs/writing-a-type.md builds it step by step.
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

typedef struct vector {
    loam_object loam;
    loam_weakref *parent; /* NULL: it never had one */
    loam_value *items;    /* a buffer of `capacity` slots, of which those from `len` on are empty */
    size_t len, capacity;
    uint64_t version; /* counts changes of the length, for iterations */
} vector;

static int64_t finalized;

static void vector_finalize(void *self)
{
    (void)self;
    finalized++;
}

/* Each reference once, in one call. `parent` is in `refs`, and the slots behind `len` are empty. */
static void vector_trace(void *self, loam_visitor *visitor)
{
    vector *v = self;
    loam_visit(visitor, v->items, v->len);
}

/* The items have been released by then: only the memory is left. */
static void vector_dispose(void *self)
{
    vector *v = self;
    loam_slots_free(v->items, v->capacity);
}

static size_t vector_extent(const void *self)
{
    return ((const vector *)self)->capacity * sizeof(loam_value);
}

static int64_t vector_len(const void *self)
{
    return (int64_t)((const vector *)self)->len;
}

static loam_status vector_iter_begin(const void *self, loam_cursor *cursor)
{
    *cursor = (loam_cursor){.position = 0, .version = ((const vector *)self)->version};
    return LOAM_OK;
}

static ptrdiff_t vector_iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    vector *v = self;
    size_t n = 0;
    if (cursor->version != v->version)
        return loam_fail(LOAM_ERR_CHANGED, "vector changed during iteration");
    while (n < cap && cursor->position < v->len)
        out[n++] = loam_retain_value(v->items[cursor->position++]);
    return (ptrdiff_t)n;
}

/* An item's equality is user code, which may change both vectors: each item is held while it runs, and the length
 * looked at again. */
static int vector_equal(const void *self, const void *other)
{
    const vector *a = self;
    const vector *b = other;
    int equal = a->len == b->len;

    for (size_t i = 0; equal == 1 && i < a->len && i < b->len; i++) {
        loam_auto_value loam_value x = loam_retain_value(a->items[i]);
        loam_auto_value loam_value y = loam_retain_value(b->items[i]);
        equal = loam_equal(x, y);
    }
    return equal == 1 ? a->len == b->len : equal;
}

static loam_str *vector_repr(const void *self)
{
    loam_auto loam_list *list = loam_list_from(loam_from(self));
    loam_auto loam_str *items = loam_repr(loam_from(list));
    return items ? loam_str_format("vector(%s)", loam_str_chars_peek(items)) : NULL;
}

/* No hash: a vector changes, so it is no key. */
static loam_type vector_type = {
    .name = "vector",
    .size = sizeof(vector),
    .refs = LOAM_REFS(offsetof(vector, parent)),
    .trace = vector_trace,
    .dispose = vector_dispose,
    .extent = vector_extent,
    .finalize = vector_finalize,
    .repr = vector_repr,
    .equal = vector_equal,
    .len = vector_len,
    .iter_begin = vector_iter_begin,
    .iter_fill = vector_iter_fill,
};

static vector *vector_new(void)
{
    return loam_new(&vector_type);
}

/* Room for one more. LOAM_ERR_MEMORY: nothing has changed. */
static loam_status vector_grow(vector *v)
{
    size_t capacity = v->capacity ? v->capacity * 2 : 4;
    loam_value *items;

    if (v->len < v->capacity)
        return LOAM_OK;
    items = v->capacity ? loam_slots_resize(v->items, v->capacity, capacity) : loam_slots_new(capacity);
    if (!items)
        return loam_error()->status;
    v->items = items;
    v->capacity = capacity;
    return LOAM_OK;
}

static loam_status vector_append(vector *v, loam_value item)
{
    if (!v || loam_is_unset(item))
        return loam_error()->status; /* a failure of what was called before */
    if (vector_grow(v) < 0 || loam_slot_set(v, &v->items[v->len], item) < 0)
        return loam_error()->status;
    v->len++;
    v->version++;
    return LOAM_OK;
}

/* Append a vector, which then has this one as its parent. */
static loam_status vector_adopt(vector *v, vector *child)
{
    loam_auto loam_weakref *parent = loam_weakref_new(loam_from(v));
    if (!parent || vector_append(v, loam_from(child)) < 0)
        return loam_error()->status;
    return loam_slot_set(child, &child->parent, loam_from(parent));
}

/* Take an item out, a new reference; those behind it move along. */
static loam_value vector_pop(vector *v, size_t index)
{
    loam_value item;

    if (index >= v->len)
        return loam_fail(LOAM_ERR_INDEX, "vector index out of range"), LOAM_UNSET;
    item = loam_slot_take(v, &v->items[index]);
    for (size_t i = index + 1; i < v->len; i++)
        loam_slot_move(v, &v->items[i - 1], v, &v->items[i]);
    v->len--;
    v->version++;
    return item;
}

/* Empty it. What is taken out is released last, one by one: a finalizer may append to this very vector. */
static void vector_clear(vector *v)
{
    while (v->len)
        loam_release(vector_pop(v, v->len - 1));
}

static loam_status change_while_iterating(vector *v)
{
    loam_auto loam_iter *it = loam_iter_of(loam_from(v));
    loam_value item;
    loam_status st;

    while ((st = loam_iter_next_peek(it, &item)) == LOAM_OK)
        if (vector_append(v, LOAM_NONE) < 0)
            break;
    return st;
}

static loam_status use_as_value(vector *v)
{
    loam_auto loam_iter *it = loam_iter_of(loam_from(v));
    loam_auto vector *same = vector_new();
    loam_auto_value loam_value sum = loam_iter_sum(it);

    for (int64_t i = 0; i < 5; i++)
        if (vector_append(same, LOAM_VAL(i * i)) < 0) /* small integers own nothing: there is nothing to release */
            return loam_error()->status;
    if (loam_println(loam_from(v)) < 0 || loam_println(sum) < 0)
        return loam_error()->status;
    printf("length %" PRId64 ", %" PRId64 " bytes, equal to another %d\n", loam_len(loam_from(v)),
           loam_sizeof(loam_from(v)), loam_equal(loam_from(v), loam_from(same)));
    return LOAM_OK;
}

/* Vectors that hold themselves and their children, dropped. */
static loam_status drop_many(int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        loam_auto vector *v = vector_new();
        loam_auto vector *child = vector_new();
        if (vector_adopt(v, child) < 0 || vector_append(child, loam_from(v)) < 0)
            return loam_error()->status;
    }
    return loam_gc_collect(2) < 0 ? loam_error()->status : LOAM_OK;
}

static vector *squares(int64_t count)
{
    loam_auto vector *v = vector_new();
    for (int64_t i = 0; i < count; i++)
        if (vector_append(v, LOAM_VAL(i * i)) < 0)
            return NULL;
    return loam_move(&v);
}

int main(void)
{
    loam_auto vector *v = squares(5);
    loam_auto vector *child = vector_new();
    loam_auto_value loam_value parent = LOAM_UNSET;

    if (!v || use_as_value(v) < 0 || vector_adopt(v, child) < 0)
        return loam_perror("own_vector");
    parent = loam_weakref_get(child->parent);
    loam_release(vector_pop(v, 1));
    if (loam_println(parent) < 0)
        return loam_perror("own_vector");
    if (change_while_iterating(v) != LOAM_ERR_CHANGED)
        return loam_perror("own_vector");
    printf("%s\n", loam_error()->text);
    loam_error_clear();
    vector_clear(v);
    if (drop_many(2000) < 0)
        return loam_perror("own_vector");
    printf("finalized, all but a few: %s\n", finalized >= 3800 && finalized <= 4001 ? "yes" : "no");
    return 0;
}
