/* set and frozenset: making them, and one element at a time; set.h has the structure, set_algebra.c whole sets. */
#include "containers/set.h"

#include "containers/dict_quick.h"
#include "containers/protocol.h"

static int64_t len(const void *self)
{
    return ((const loam_dict *)self)->live;
}

static loam_status iter_begin(const void *self, loam_cursor *cursor)
{
    loam__dict_begin(self, cursor);
    return LOAM_OK;
}

static ptrdiff_t iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    return loam__dict_fill(self, cursor, LOAM__DICT_KEYS, out, cap);
}

/* Kept, so that frozensets of frozensets are hashed once each. */
static loam_status frozenset_hash(const void *self, uint64_t *out)
{
    loam_frozenset *set = (loam_frozenset *)(uintptr_t)self;
    loam_status status = LOAM_OK;

    if (!set->hash)
        status = loam__set_hash(&set->dict, &set->hash);
    *out = set->hash;
    return status;
}

static void *copy(const void *self)
{
    return loam__set_copy(self, &loam__set_type);
}

loam_type loam__set_type = {
    .name = "set",
    .size = sizeof(loam_set),
    .id = LOAM__TYPE_SET,
    .trace = loam__dict_trace,
    .dispose = loam__dict_dispose,
    .extent = loam__dict_extent,
    .len = len,
    .iter_begin = iter_begin,
    .iter_fill = iter_fill,
    .copy = copy,
};

loam_type loam__frozenset_type = {
    .name = "frozenset",
    .size = sizeof(loam_frozenset),
    .id = LOAM__TYPE_FROZENSET,
    .trace = loam__dict_trace,
    .dispose = loam__dict_dispose,
    .extent = loam__dict_extent,
    .hash = frozenset_hash,
    .len = len,
    .iter_begin = iter_begin,
    .iter_fill = iter_fill,
};

loam_dict *loam__set_new(loam_type *type)
{
    return loam__object_new(type, type->size);
}

loam_dict *loam__set_copy(const loam_dict *table, loam_type *type)
{
    loam_dict *copy = loam__set_new(type);

    if (!copy || loam__dict_copy_entries(copy, table, false) == LOAM_OK)
        return copy;
    loam__gc_release(&copy->loam);
    return NULL;
}

loam_set *loam_set_new(void)
{
    return (loam_set *)loam__set_new(&loam__set_type);
}

loam_frozenset *loam_frozenset_new(void)
{
    return (loam_frozenset *)loam__set_new(&loam__frozenset_type);
}

int64_t loam_set_len(const loam_set *set)
{
    loam__check_alive(set, __func__);
    return set ? (int64_t)set->dict.live : (int64_t)loam__propagate(__func__);
}

int64_t loam_frozenset_len(const loam_frozenset *set)
{
    loam__check_alive(set, __func__);
    return set ? (int64_t)set->dict.live : (int64_t)loam__propagate(__func__);
}

/* The element comes before the room: where there is no such element, the set is not rebuilt either. */
int loam__set_add(loam_dict *set, const loam__query *query)
{
    uint32_t position;
    loam_value element;
    loam_status status = loam__dict_find(set, query, &position);

    if (status != LOAM_MISSING)
        return (int)status;
    element = loam__query_make_key(query);
    status = loam_is_unset(element) ? loam_error()->status : loam__dict_reserve_one(set);
    if (status < 0) {
        loam__release(element);
        return (int)status;
    }
    loam__dict_append(set, query->hash, element, LOAM_NONE);
    return 1;
}

loam_status loam__set_add_value(loam_dict *set, loam_value element)
{
    loam__query query;
    loam_status status = loam__query_value(&query, element);
    int added = status < 0 ? (int)status : loam__set_add(set, &query);

    return added < 0 ? (loam_status)added : LOAM_OK;
}

LOAM__NOINLINE static int add(loam_dict *set, loam_key element)
{
    loam__check_alive(set, "loam_set_add");
    loam__query query;
    loam_status status = set ? loam__query_key(&query, element) : loam__propagate("loam_set_add");
    int added = status < 0 ? (int)status : loam__set_add(set, &query);

    loam__key_release(element);
    return added;
}

int(loam_set_add)(loam_set *set, loam_key element)
{
    loam_dict *dict = (loam_dict *)set;
    loam__quick_place place;
    loam__verdict verdict = loam__quick_find_key(dict, element, &place);

    if (verdict == LOAM__PRESENT)
        return 0;
    if (verdict == LOAM__UNDECIDED || !loam__dict_has_room(dict))
        return add(dict, element);
    loam__dict_append(dict, place.hash, loam__small_int((int64_t)element.word), LOAM_NONE);
    return 1;
}

loam_status loam__query_element(loam__query *query, loam_key element)
{
    loam_key_kind kind = loam__key_kind(element);
    loam_value value = loam__word(element.word);

    if ((kind != LOAM__KEY_VALUE && kind != LOAM__KEY_LITERAL) || !loam__is_type(value, LOAM__TYPE_SET))
        return loam__query_key(query, element);
    query->kind = LOAM__QUERY_OTHER;
    query->value = value;
    return loam__set_hash((loam_dict *)loam__object(value), &query->hash);
}

static loam_status locate(loam_dict *set, loam_key element, loam__query *query, uint32_t *position,
                          const char *function)
{
    loam__check_alive(set, function);
    loam_status status = set ? loam__query_element(query, element) : loam__propagate(function);

    return status < 0 ? status : loam__dict_find(set, query, position);
}

LOAM__INLINE int contains(loam_dict *set, loam_key element, const char *function)
{
    loam__quick_place place;
    loam__verdict verdict = loam__quick_find_key(set, element, &place);
    loam__query query;
    uint32_t position;
    loam_status status;

    if (LOAM__LIKELY(verdict != LOAM__UNDECIDED))
        return verdict == LOAM__PRESENT;
    if (loam__quick_find_text_key(set, element))
        return 1;
    status = locate(set, element, &query, &position, function);
    loam__key_release(element);
    return status < 0 ? (int)status : status == LOAM_OK;
}

int(loam_set_contains)(loam_set *set, loam_key element)
{
    return contains((loam_dict *)set, element, "loam_set_contains");
}

int(loam_frozenset_contains)(loam_frozenset *set, loam_key element)
{
    return contains((loam_dict *)set, element, "loam_frozenset_contains");
}

/* `must`: that it is missing is a failure. */
static loam_status discard(loam_dict *set, loam_key element, bool must, const char *function)
{
    loam__query query;
    uint32_t position;
    loam_value removed = LOAM_UNSET;
    loam_status status = locate(set, element, &query, &position, function);

    if (status == LOAM_OK)
        removed = loam__dict_remove(set, query.hash, position).key;
    else if (status == LOAM_MISSING && must)
        status = loam__fail_key(&query);
    loam__key_release(element);
    loam__release(removed);
    return status;
}

int(loam_set_discard)(loam_set *set, loam_key element)
{
    loam_status status = discard((loam_dict *)set, element, false, "loam_set_discard");

    return status < 0 ? (int)status : status == LOAM_OK;
}

loam_status(loam_set_remove)(loam_set *set, loam_key element)
{
    return discard((loam_dict *)set, element, true, "loam_set_remove");
}

static loam_status pop(loam_set *set, loam_status (*pop_end)(loam_dict *, loam_value *, loam_value *),
                       loam_value *element, const char *function)
{
    loam__check_alive(set, function);
    if (element)
        *element = LOAM_UNSET;
    return set ? pop_end(&set->dict, element, NULL) : loam__propagate(function);
}

loam_status loam_set_pop_first(loam_set *set, loam_value *element)
{
    return pop(set, loam_dict_pop_first, element, __func__);
}

loam_status loam_set_pop_last(loam_set *set, loam_value *element)
{
    return pop(set, loam_dict_pop_last, element, __func__);
}

loam_status loam_set_next_peek(const loam_set *set, uint64_t *position, loam_value *element)
{
    return loam_dict_next_peek(set ? &set->dict : NULL, position, element, NULL);
}

loam_status loam_set_remove_current(loam_set *set, uint64_t *position)
{
    return loam_dict_remove_current(set ? &set->dict : NULL, position);
}

loam_status loam_set_clear(loam_set *set)
{
    loam__check_alive(set, __func__);
    return set ? loam_dict_clear(&set->dict) : loam__propagate(__func__);
}

loam_status loam_set_reserve(loam_set *set, int64_t elements)
{
    loam__check_alive(set, __func__);
    if (!set)
        return loam__propagate(__func__);
    if (elements < 0)
        return loam_fail(LOAM_ERR_VALUE, "a number of elements cannot be negative");
    return loam_dict_reserve(&set->dict, elements);
}

loam_set *loam_set_copy(const loam_set *set)
{
    loam__check_alive(set, __func__);
    return set ? (loam_set *)loam__set_copy(&set->dict, &loam__set_type) : (loam__propagate(__func__), NULL);
}

/* Whole sets. */

loam_set *loam_set_from(loam_value iterable)
{
    return (loam_set *)loam__set_from(iterable, &loam__set_type);
}

loam_frozenset *loam_frozenset_from(loam_value iterable)
{
    if (loam__is_type(iterable, LOAM__TYPE_FROZENSET))
        return (loam_frozenset *)loam__object(loam__retain(iterable));
    return (loam_frozenset *)loam__set_from(iterable, &loam__frozenset_type);
}

loam_status loam_set_update(loam_set *set, loam_value other)
{
    loam__check_alive(set, __func__);
    return set ? loam__set_update(&set->dict, other) : loam__propagate(__func__);
}

loam_status loam_set_intersection_update(loam_set *set, loam_value other)
{
    loam__check_alive(set, __func__);
    return set ? loam__set_intersection_update(&set->dict, other) : loam__propagate(__func__);
}

loam_status loam_set_difference_update(loam_set *set, loam_value other)
{
    loam__check_alive(set, __func__);
    return set ? loam__set_difference_update(&set->dict, other) : loam__propagate(__func__);
}

loam_status loam_set_symmetric_difference_update(loam_set *set, loam_value other)
{
    loam__check_alive(set, __func__);
    return set ? loam__set_symmetric_difference_update(&set->dict, other) : loam__propagate(__func__);
}

loam_set *loam_set_union(loam_set *set, loam_value other)
{
    loam__check_alive(set, __func__);
    if (!set)
        return loam__propagate(__func__), NULL;
    return (loam_set *)loam__set_union(&set->dict, other, &loam__set_type);
}

loam_set *loam_set_intersection(loam_set *set, loam_value other)
{
    loam__check_alive(set, __func__);
    if (!set)
        return loam__propagate(__func__), NULL;
    return (loam_set *)loam__set_intersection(&set->dict, other, &loam__set_type);
}

loam_set *loam_set_difference(loam_set *set, loam_value other)
{
    loam__check_alive(set, __func__);
    if (!set)
        return loam__propagate(__func__), NULL;
    return (loam_set *)loam__set_difference(&set->dict, other, &loam__set_type);
}

loam_set *loam_set_symmetric_difference(loam_set *set, loam_value other)
{
    loam__check_alive(set, __func__);
    if (!set)
        return loam__propagate(__func__), NULL;
    return (loam_set *)loam__set_symmetric_difference(&set->dict, other, &loam__set_type);
}

int loam_set_isdisjoint(loam_set *set, loam_value other)
{
    loam__check_alive(set, __func__);
    return set ? loam__set_isdisjoint(&set->dict, other) : (int)loam__propagate(__func__);
}

int loam_set_issubset(loam_set *set, loam_value other)
{
    loam__check_alive(set, __func__);
    return set ? loam__set_issubset(&set->dict, other) : (int)loam__propagate(__func__);
}

int loam_set_issuperset(loam_set *set, loam_value other)
{
    loam__check_alive(set, __func__);
    return set ? loam__set_issuperset(&set->dict, other) : (int)loam__propagate(__func__);
}

loam_frozenset *loam_frozenset_union(loam_frozenset *set, loam_value other)
{
    loam__check_alive(set, __func__);
    if (!set)
        return loam__propagate(__func__), NULL;
    return (loam_frozenset *)loam__set_union(&set->dict, other, &loam__frozenset_type);
}

loam_frozenset *loam_frozenset_intersection(loam_frozenset *set, loam_value other)
{
    loam__check_alive(set, __func__);
    if (!set)
        return loam__propagate(__func__), NULL;
    return (loam_frozenset *)loam__set_intersection(&set->dict, other, &loam__frozenset_type);
}

loam_frozenset *loam_frozenset_difference(loam_frozenset *set, loam_value other)
{
    loam__check_alive(set, __func__);
    if (!set)
        return loam__propagate(__func__), NULL;
    return (loam_frozenset *)loam__set_difference(&set->dict, other, &loam__frozenset_type);
}

loam_frozenset *loam_frozenset_symmetric_difference(loam_frozenset *set, loam_value other)
{
    loam__check_alive(set, __func__);
    if (!set)
        return loam__propagate(__func__), NULL;
    return (loam_frozenset *)loam__set_symmetric_difference(&set->dict, other, &loam__frozenset_type);
}

int loam_frozenset_isdisjoint(loam_frozenset *set, loam_value other)
{
    loam__check_alive(set, __func__);
    return set ? loam__set_isdisjoint(&set->dict, other) : (int)loam__propagate(__func__);
}

int loam_frozenset_issubset(loam_frozenset *set, loam_value other)
{
    loam__check_alive(set, __func__);
    return set ? loam__set_issubset(&set->dict, other) : (int)loam__propagate(__func__);
}

int loam_frozenset_issuperset(loam_frozenset *set, loam_value other)
{
    loam__check_alive(set, __func__);
    return set ? loam__set_issuperset(&set->dict, other) : (int)loam__propagate(__func__);
}
