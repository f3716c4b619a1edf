/*
 * What tuple and list have in common: items side by side, of which user code may change a list's at any time.
 */
#ifndef CONTAINERS_SEQUENCE_H
#define CONTAINERS_SEQUENCE_H

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
    loam_value *items; /* NULL or capacity slots, of which those from len on are empty */
};

extern loam_type loam__tuple_type;
extern loam_type loam__list_type;

/* The items as they are at this moment. */
typedef struct loam__span {
    const loam_value *items;
    size_t len;
} loam__span;

/* `sequence` is a tuple or a list. */
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

/* Item by item: what `*a == *b` and the order of two tuples or two lists mean. May run user code. */
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

/* Append references that the caller hands over, also on failure. */
loam_status loam__list_append_items(loam_list *list, loam_value *items, size_t count);

#endif
