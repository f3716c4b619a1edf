#include "iter/stage.h"

#include "containers/dict_view.h"
#include "containers/range.h"
#include "containers/sequence.h"

/* A range knows how many integers are left, so that neither end of int64 needs a thought. */
typedef struct range_stage {
    loam__stage stage;
    uint64_t next, step; /* modulo 2^64 */
    uint64_t left;
} range_stage;

static ptrdiff_t range_fill(loam__stage *stage, void *out, size_t cap)
{
    range_stage *range = (range_stage *)stage;
    int64_t *ints = out;
    size_t n = cap < range->left ? cap : (size_t)range->left;

    for (size_t i = 0; i < n; i++)
        ints[i] = (int64_t)(range->next + i * range->step);
    range->next += n * range->step;
    range->left -= n;
    return (ptrdiff_t)n;
}

static loam__stage_kind range_kind = {
    .type = {LOAM__STAGE_TYPE(range_stage), .refs = LOAM_REFS(LOAM__STAGE_REFS)},
    .lane = LOAM__LANE_INT,
    .fill = range_fill,
};

static loam_iter *iter_ints(int64_t first, uint64_t step, uint64_t many)
{
    range_stage *range = loam__stage_new(&range_kind);

    if (range) {
        range->next = (uint64_t)first;
        range->step = step;
        range->left = many;
    }
    return loam__iter_new(range);
}

loam_iter *loam_iter_range(int64_t start, int64_t stop, int64_t step)
{
    if (step == 0)
        return loam_fail(LOAM_ERR_VALUE, "range: step cannot be 0"), NULL;
    return iter_ints(start, (uint64_t)step, loam__range_len(start, stop, step));
}

static loam_iter *iter_over_range(const loam_range *range)
{
    return iter_ints(range->start, (uint64_t)range->step, (uint64_t)range->len);
}

static loam_iter *range_reversed(const loam_range *range)
{
    uint64_t many = (uint64_t)range->len;

    return iter_ints(loam__range_item(range, many - 1), 0 - (uint64_t)range->step, many);
}

/* A walk over something iterable, through the slots of its type or, with a projection, over a dict. */
typedef struct walk_stage {
    loam__stage stage;
    loam_object *walked; /* a reference */
    loam_cursor cursor;
    loam__dict_projection projection;
} walk_stage;

#define WALK_REFS LOAM_REFS(LOAM__STAGE_REFS, offsetof(walk_stage, walked))

static ptrdiff_t walk_fill(loam__stage *stage, void *out, size_t cap)
{
    walk_stage *walk = (walk_stage *)stage;

    return loam__type_of(walk->walked)->iter_fill(walk->walked, &walk->cursor, out, cap);
}

static ptrdiff_t projection_fill(loam__stage *stage, void *out, size_t cap)
{
    walk_stage *walk = (walk_stage *)stage;

    return loam__dict_fill((loam_dict *)walk->walked, &walk->cursor, walk->projection, out, cap);
}

static loam__stage_kind walk_kind = {
    .type = {LOAM__STAGE_TYPE(walk_stage), .refs = WALK_REFS},
    .lane = LOAM__LANE_VALUE,
    .fill = walk_fill,
};

static loam__stage_kind projection_kind = {
    .type = {LOAM__STAGE_TYPE(walk_stage), .refs = WALK_REFS},
    .lane = LOAM__LANE_VALUE,
    .fill = projection_fill,
};

static walk_stage *walk_new(loam__stage_kind *kind, loam_object *walked)
{
    walk_stage *walk = loam__stage_new(kind);

    if (walk)
        loam__slot_store(walk, &walk->walked, loam_from(walked));
    return walk;
}

static loam_iter *iter_over(loam_object *object)
{
    walk_stage *walk = walk_new(&walk_kind, object);
    loam_status status = walk ? loam__type_of(object)->iter_begin(object, &walk->cursor) : LOAM_ERR_MEMORY;

    if (status < 0) {
        loam__release(loam_from(walk));
        return loam__reported(status), NULL;
    }
    return loam__iter_new(walk);
}

loam_iter *loam_iter_of(loam_value iterable)
{
    const loam_type *type;

    if (loam_is_unset(iterable))
        return loam__propagate(__func__), NULL;
    if (loam__is_type(iterable, LOAM__TYPE_ITER))
        return (loam_iter *)loam__object(loam__retain(iterable));
    if (loam__is_type(iterable, LOAM__TYPE_RANGE))
        return iter_over_range((loam_range *)loam__object(iterable));
    type = loam_is_object(iterable) ? loam__type_of(loam__object(iterable)) : NULL;
    if (!type || !type->iter_begin || !type->iter_fill)
        return loam_fail(LOAM_ERR_TYPE, "'%s' object is not iterable", loam__type_name(iterable)), NULL;
    return iter_over(loam__object(iterable));
}

static loam_iter *iter_projection(loam_dict *dict, loam__dict_projection projection, const char *function)
{
    walk_stage *walk;

    loam__check_alive(dict, function);
    if (!dict)
        return loam__propagate(function), NULL;
    walk = walk_new(&projection_kind, &dict->loam);
    if (walk) {
        walk->projection = projection;
        loam__dict_begin(dict, &walk->cursor);
    }
    return loam__iter_new(walk);
}

loam_iter *loam_iter_values(loam_dict *dict)
{
    return iter_projection(dict, LOAM__DICT_VALUES, __func__);
}

loam_iter *loam_iter_items(loam_dict *dict)
{
    return iter_projection(dict, LOAM__DICT_ITEMS, __func__);
}

/* As in Python a list may change meanwhile: the walk goes on by position, and ends where the list has become too
 * short. */
typedef struct reversed_stage {
    loam__stage stage;
    loam_object *walked; /* a reference: a tuple, a list or a deque */
    size_t left;
    uint32_t version;
} reversed_stage;

static ptrdiff_t reversed_fill(loam__stage *stage, void *out, size_t cap)
{
    reversed_stage *walk = (reversed_stage *)stage;
    loam_value *values = out;
    size_t n = 0;

    if (loam__sequence_version(walk->walked) != walk->version)
        return loam__fail_deque_changed();
    if (walk->left > loam__sequence_len(walk->walked))
        walk->left = 0;
    while (n < cap && walk->left)
        values[n++] = loam__retain(loam__sequence_item(walk->walked, --walk->left));
    return (ptrdiff_t)n;
}

static loam__stage_kind reversed_kind = {
    .type = {LOAM__STAGE_TYPE(reversed_stage), .refs = LOAM_REFS(LOAM__STAGE_REFS, offsetof(reversed_stage, walked))},
    .lane = LOAM__LANE_VALUE,
    .fill = reversed_fill,
};

static ptrdiff_t dict_back_fill(loam__stage *stage, void *out, size_t cap)
{
    walk_stage *walk = (walk_stage *)stage;

    return loam__dict_fill_back((loam_dict *)walk->walked, &walk->cursor, walk->projection, out, cap);
}

static loam__stage_kind dict_back_kind = {
    .type = {LOAM__STAGE_TYPE(walk_stage), .refs = WALK_REFS},
    .lane = LOAM__LANE_VALUE,
    .fill = dict_back_fill,
};

static loam_iter *dict_back(loam_dict *dict, loam__dict_projection projection)
{
    walk_stage *walk = walk_new(&dict_back_kind, &dict->loam);

    if (walk) {
        walk->projection = projection;
        loam__dict_begin_back(dict, &walk->cursor);
    }
    return loam__iter_new(walk);
}

static loam_iter *view_back(const loam_dict_view *view)
{
    return dict_back(view->dict, loam__view_projection(view));
}

loam_iter *loam_iter_reversed(loam_value sequence)
{
    reversed_stage *walk;

    if (loam__is_type(sequence, LOAM__TYPE_RANGE))
        return range_reversed((loam_range *)loam__object(sequence));
    if (loam__is_type(sequence, LOAM__TYPE_DICT))
        return dict_back((loam_dict *)loam__object(sequence), LOAM__DICT_KEYS);
    if (loam__is_dict_view(sequence))
        return view_back((loam_dict_view *)loam__object(sequence));
    if (!loam__is_sequence(sequence))
        return loam__fail_type("a sequence, a dict or a view to reverse", sequence), NULL;
    walk = loam__stage_new(&reversed_kind);
    if (walk) {
        loam__slot_store(walk, &walk->walked, sequence);
        walk->left = loam__sequence_len(walk->walked);
        walk->version = loam__sequence_version(walk->walked);
    }
    return loam__iter_new(walk);
}
