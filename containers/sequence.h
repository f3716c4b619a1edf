/*
 * What tuple, list and deque have in common: items in order, of which user code may change a list's or a deque's at any
 * time.
 */
#ifndef CONTAINERS_SEQUENCE_H
#define CONTAINERS_SEQUENCE_H

#include <loam/deque.h>
#include <loam/list.h>
#include <loam/tuple.h>

#include "containers/slice.h"
#include "gc/slot.h"

struct loam_tuple {
    loam_object loam;
    size_t len;
    loam_value items[];
};

struct loam_list {
    loam_object loam;
    size_t len, capacity;
    loam_value *items; /* capacity slots, of which those from len on are empty; none: NULL, or sort.c's mark */
};

/*
 * Items stand in a ring of slots: the first one at `first`, the others after it, and after the last slot comes slot 0.
 * All other slots are empty. Collectors are shown the whole buffer, so that an item has the same place for them for as
 * long as it stands in the same slot, whatever comes and goes at the ends.
 *
 * Always true: len <= capacity and len <= max_len; first < capacity, or both are 0; items is NULL if capacity is 0.
 */
struct loam_deque {
    loam_object loam;
    loam_value *items;
    size_t first, len, capacity;
    size_t max_len;   /* LOAM__DEQUE_ENDLESS: there is none */
    uint32_t version; /* changes whenever an item comes, goes or moves: what an iteration looks at */
    bool is_reserved; /* the room stays when the last item goes */
};

#define LOAM__DEQUE_ENDLESS SIZE_MAX /* above any that can be asked for */

extern loam_type loam__tuple_type;
extern loam_type loam__list_type;
extern loam_type loam__deque_type;

/* The slot of a deque's item at `index`, or for `len` the one after the last. There must be a buffer. */
LOAM__INLINE loam_value *loam__deque_slot(const loam_deque *deque, size_t index)
{
    size_t at = deque->first + index;
    return &deque->items[at >= deque->capacity ? at - deque->capacity : at];
}

/* The items of a tuple or a list as they are at this moment. */
typedef struct loam__span {
    const loam_value *items;
    size_t len;
} loam__span;

LOAM__INLINE loam__span loam__span_of(const loam_object *sequence)
{
    if (loam__type_id_of(sequence) == LOAM__TYPE_TUPLE) {
        const loam_tuple *tuple = (const loam_tuple *)sequence;
        return (loam__span){tuple->items, tuple->len};
    } else {
        const loam_list *list = (const loam_list *)sequence;
        return (loam__span){list->items, list->len};
    }
}

/* Of a tuple, a list or a deque. */

LOAM__INLINE size_t loam__sequence_len(const loam_object *sequence)
{
    if (loam__type_id_of(sequence) == LOAM__TYPE_DEQUE)
        return ((const loam_deque *)sequence)->len;
    return loam__span_of(sequence).len;
}

LOAM__INLINE loam_value loam__sequence_item(const loam_object *sequence, size_t index)
{
    if (loam__type_id_of(sequence) == LOAM__TYPE_DEQUE)
        return *loam__deque_slot((const loam_deque *)sequence, index);
    return loam__span_of(sequence).items[index];
}

/* What a walk over it must find unchanged; of a list, which may be changed meanwhile, always the same. */
LOAM__INLINE uint32_t loam__sequence_version(const loam_object *sequence)
{
    return loam__type_id_of(sequence) == LOAM__TYPE_DEQUE ? ((const loam_deque *)sequence)->version : 0;
}

LOAM__INLINE bool loam__is_sequence(loam_value value)
{
    return loam__is_type(value, LOAM__TYPE_LIST) || loam__is_type(value, LOAM__TYPE_TUPLE) ||
           loam__is_type(value, LOAM__TYPE_DEQUE);
}

/* CHANGED, as of a deque that is walked over. */
LOAM__COLD loam_status loam__fail_deque_changed(void);

/* Item by item: what `*a == *b` and the order of two tuples, two lists or two deques mean. May run user code. */
int loam__sequence_equal(loam_object *a, loam_object *b);
loam_status loam__sequence_compare(loam_object *a, loam_object *b, int *order);

/* The number that an item to look for stands for, of which `kind` says if it is one. */
loam_status loam__key_number(loam_key item, loam__number *out, const char *function);

/* Room for `len` items, all empty, which the caller fills. The empty tuple is immortal and shared. */
loam_tuple *loam__tuple_new_room(size_t len);
loam_list *loam__list_new_room(size_t len);

/* Any iterable's items, in batches: `add` takes `count` new references from `items`, also on failure. */
typedef loam_status loam__add_items(void *context, loam_value *items, size_t count);
loam_status loam__each_batch(loam_value iterable, loam__add_items *add, void *context);

/* Room for `more` items behind the last one. MEMORY: the list is as it was. */
loam_status loam__list_reserve(loam_list *list, size_t more);

/* An empty deque with room for `room` items, which is not more than `max_len`. */
loam_deque *loam__deque_new_room(size_t max_len, size_t room);

/* Room for `more` items, or as many as may still come, at either end. MEMORY: the deque is as it was. */
loam_status loam__deque_reserve(loam_deque *deque, size_t more);

/* Give the room of one that is empty back, if it is much and nobody has asked for it. */
void loam__deque_trim(loam_deque *deque);

/* Take the item out of a deque; the caller releases it. */
loam_value loam__deque_take(loam_deque *deque, size_t index);

/* What a taking function does with an item that it cannot store: `status` again. */
LOAM__COLD loam_status loam__refuse(loam_value item, loam_status status);

/* Append references that the caller hands over, also on failure. */
loam_status loam__list_append_items(loam_list *list, loam_value *items, size_t count);

#endif
