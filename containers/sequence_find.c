/*
 * list, tuple, deque: finding by equality, which may run user code, and that may change a list: each step looks at it
 * anew. A deque that is changed makes the search LOAM_ERR_CHANGED, as in Python.
 *
 * What is looked for is given as C data or as a value. C data is compared as it is, without an object made of it.
 */
#include "containers/chars.h"
#include "containers/dict.h"
#include "containers/number.h"
#include "containers/protocol.h"
#include "containers/sequence.h"
#include "lib/utf8.h"

#include <loam/generic.h>

#include <math.h>

typedef enum sought_kind { SOUGHT_VALUE, SOUGHT_NUMBER, SOUGHT_STR, SOUGHT_BYTES } sought_kind;

typedef struct sought {
    sought_kind kind;
    loam_value value;
    loam__number number;
    loam_view view;
} sought;

/* An integer; above every int64 only a double can be equal, and only one that is this integer exactly. */
static sought seek_uint(uint64_t integer)
{
    double nearest = (double)integer;
    sought s = {.kind = SOUGHT_NUMBER, .number = {.kind = LOAM__INTEGER, .integer = (int64_t)integer}};

    if (integer <= INT64_MAX)
        return s;
    s.number.kind = LOAM__DOUBLE;
    s.number.number = nearest < 0x1p64 && (uint64_t)nearest == integer ? nearest : (double)NAN;
    return s;
}

/* A view means a str where it is UTF-8, else bytes. */
static sought seek_view(loam_view view, bool is_str)
{
    size_t chars;

    return (sought){.kind = is_str || loam__utf8_check(view.data, view.len, &chars) ? SOUGHT_STR : SOUGHT_BYTES,
                    .view = view};
}

/* What the caller gave; a failure that came as the item is passed on. */
static loam_status seek(sought *s, loam_key item, const char *function)
{
    const char *data = (const char *)(uintptr_t)item.word;
    size_t len = (size_t)(item.info >> LOAM__KEY_KIND_BITS);

    switch (loam__key_kind(item)) {
    case LOAM__KEY_INT:
        *s = (sought){.kind = SOUGHT_NUMBER, .number = {.kind = LOAM__INTEGER, .integer = (int64_t)item.word}};
        return LOAM_OK;
    case LOAM__KEY_UINT:
        *s = seek_uint(item.word);
        return LOAM_OK;
    case LOAM__KEY_CHARS:
        if (!data)
            return loam__propagate(function);
        *s = seek_view((loam_view){data, strlen(data)}, true);
        return LOAM_OK;
    case LOAM__KEY_VIEW:
        if (!data && len)
            return loam__propagate(function);
        *s = seek_view((loam_view){data, len}, false);
        return LOAM_OK;
    case LOAM__KEY_VALUE:
    case LOAM__KEY_LITERAL:
        break;
    }
    *s = (sought){.kind = SOUGHT_VALUE, .value = loam__word(item.word)};
    return loam_is_unset(s->value) ? loam__propagate(function) : LOAM_OK;
}

loam_status loam__key_number(loam_key item, loam__number *out, const char *function)
{
    sought s;
    loam_status status = seek(&s, item, function);

    if (status == LOAM_OK)
        *out = s.kind == SOUGHT_VALUE ? loam__number_of(s.value) : s.number;
    return status;
}

static bool is_text(loam_value item, loam_view view, bool is_str)
{
    const loam__chars *chars = loam__chars_of(item);

    if (is_str ? !loam__is_type(item, LOAM__TYPE_STR) : !loam__is_type(item, LOAM__TYPE_BYTES))
        return false;
    return chars->len == view.len && (!view.len || memcmp(chars->data, view.data, view.len) == 0);
}

/* 1, 0 or a failure. */
static int is_sought(const sought *s, loam_value item)
{
    loam__number n;

    switch (s->kind) {
    case SOUGHT_NUMBER:
        n = loam__number_of(item);
        return n.kind && loam__number_compare(n, s->number) == 0;
    case SOUGHT_STR:
    case SOUGHT_BYTES:
        return is_text(item, s->view, s->kind == SOUGHT_STR);
    case SOUGHT_VALUE:
        break;
    }
    return loam__item_equal(item, s->value);
}

static int is_sought_at(const loam_object *sequence, const sought *s, size_t at)
{
    uint32_t version = loam__sequence_version(sequence);
    int equal = is_sought(s, loam__sequence_item(sequence, at));

    return equal >= 0 && loam__sequence_version(sequence) != version ? (int)loam__fail_deque_changed() : equal;
}

/* 1 and `*at`, from there on and before `stop`; 0 or a failure. */
static int find(const loam_object *sequence, const sought *s, size_t *at, size_t stop)
{
    for (; *at < stop && *at < loam__sequence_len(sequence); ++*at) {
        int equal = is_sought_at(sequence, s, *at);
        if (equal)
            return equal;
    }
    return 0;
}

static int contains(const loam_object *sequence, loam_key item, const char *function)
{
    loam__check_alive(sequence, function);
    size_t at = 0;
    sought s;
    int result = sequence ? seek(&s, item, function) : loam__propagate(function);

    if (result == LOAM_OK)
        result = find(sequence, &s, &at, SIZE_MAX);
    loam__key_release(item);
    return result;
}

static int64_t count_equal(const loam_object *sequence, const sought *s)
{
    int64_t many = 0;
    int found;

    for (size_t at = 0; (found = find(sequence, s, &at, SIZE_MAX)) > 0; at++)
        many++;
    return found < 0 ? found : many;
}

static int64_t count(const loam_object *sequence, loam_key item, const char *function)
{
    loam__check_alive(sequence, function);
    sought s;
    int64_t result = sequence ? seek(&s, item, function) : loam__propagate(function);

    if (result == LOAM_OK)
        result = count_equal(sequence, &s);
    loam__key_release(item);
    return result;
}

/* A bound as Python clamps it for index(). */
static size_t clamped(size_t len, int64_t bound, size_t omitted)
{
    if (bound == LOAM_OMIT)
        return omitted;
    if (bound < 0)
        bound = bound < -(int64_t)len ? 0 : bound + (int64_t)len;
    return (size_t)bound;
}

static int64_t index_equal(const loam_object *sequence, const sought *s, int64_t start, int64_t stop)
{
    size_t len = loam__sequence_len(sequence);
    size_t at = clamped(len, start, 0);
    int found = find(sequence, s, &at, clamped(len, stop, SIZE_MAX));

    if (found == 0)
        return loam_fail(LOAM_ERR_VALUE, "the item is not in the %s", loam__type_of(sequence)->name);
    return found < 0 ? found : (int64_t)at;
}

static int64_t index_of(const loam_object *sequence, loam_key item, int64_t start, int64_t stop, const char *function)
{
    loam__check_alive(sequence, function);
    sought s;
    int64_t result = sequence ? seek(&s, item, function) : loam__propagate(function);

    if (result == LOAM_OK)
        result = index_equal(sequence, &s, start, stop);
    loam__key_release(item);
    return result;
}

int(loam_list_contains)(const loam_list *list, loam_key item)
{
    return contains((const loam_object *)list, item, __func__);
}

int64_t(loam_list_count)(const loam_list *list, loam_key item)
{
    return count((const loam_object *)list, item, __func__);
}

int64_t(loam_list_index)(const loam_list *list, loam_key item, int64_t start, int64_t stop)
{
    return index_of((const loam_object *)list, item, start, stop, __func__);
}

int(loam_tuple_contains)(const loam_tuple *tuple, loam_key item)
{
    return contains((const loam_object *)tuple, item, __func__);
}

int64_t(loam_tuple_count)(const loam_tuple *tuple, loam_key item)
{
    return count((const loam_object *)tuple, item, __func__);
}

int64_t(loam_tuple_index)(const loam_tuple *tuple, loam_key item, int64_t start, int64_t stop)
{
    return index_of((const loam_object *)tuple, item, start, stop, __func__);
}

/* Take the first one out. CHANGED: what was equal is no longer where it was. */
static loam_status take(loam_list *list, const sought *s, loam_value *taken)
{
    size_t at = 0;
    loam_value item = LOAM_UNSET;
    int found = 0;

    for (; !found && at < list->len; at++) {
        item = list->items[at];
        found = is_sought(s, item);
    }
    if (found < 0)
        return (loam_status)found;
    if (!found)
        return loam_fail(LOAM_ERR_VALUE, "the item to remove is not in the list");
    if (at > list->len || list->items[at - 1].word != item.word)
        return loam_fail(LOAM_ERR_CHANGED, "list changed while an item to remove was looked for");
    *taken = loam_list_pop(list, (int64_t)at - 1);
    return LOAM_OK;
}

loam_status(loam_list_remove)(loam_list *list, loam_key item)
{
    loam__check_alive(list, __func__);
    loam_value taken = LOAM_UNSET;
    sought s;
    loam_status status = list ? seek(&s, item, __func__) : loam__propagate(__func__);

    if (status == LOAM_OK)
        status = take(list, &s, &taken);
    loam__release(taken);
    loam__key_release(item);
    return status;
}

int(loam_deque_contains)(const loam_deque *deque, loam_key item)
{
    return contains((const loam_object *)deque, item, __func__);
}

int64_t(loam_deque_count)(const loam_deque *deque, loam_key item)
{
    return count((const loam_object *)deque, item, __func__);
}

int64_t(loam_deque_index)(const loam_deque *deque, loam_key item, int64_t start, int64_t stop)
{
    return index_of((const loam_object *)deque, item, start, stop, __func__);
}

/* Nothing has changed meanwhile, or the search would have failed. */
static loam_status take_from_deque(loam_deque *deque, const sought *s, loam_value *taken)
{
    size_t at = 0;
    int found = find(&deque->loam, s, &at, SIZE_MAX);

    if (found == 0)
        return loam_fail(LOAM_ERR_VALUE, "the item to remove is not in the deque");
    if (found < 0)
        return (loam_status)found;
    *taken = loam__deque_take(deque, at);
    return LOAM_OK;
}

loam_status(loam_deque_remove)(loam_deque *deque, loam_key item)
{
    loam__check_alive(deque, __func__);
    loam_value taken = LOAM_UNSET;
    sought s;
    loam_status status = deque ? seek(&s, item, __func__) : loam__propagate(__func__);

    if (status == LOAM_OK)
        status = take_from_deque(deque, &s, &taken);
    loam__release(taken);
    loam__key_release(item);
    return status;
}
