/*
 * Sizes from layout, so that they are the same on every memory manager.
 *
 * The deep size needs to know which objects it has met and which it has yet to look into. A dict with their addresses
 * as keys is both: it keeps the order of insertion, so its entries are the queue.
 */
#include "containers/dict.h"
#include "containers/protocol.h"

int64_t loam_sizeof(loam_value value)
{
    const loam_type *type;

    if (loam_is_unset(value))
        return loam__propagate(__func__);
    if (!loam_is_object(value))
        return 0;
    type = loam__type_of(loam__object(value));
    return (int64_t)(type->size + (type->extent ? type->extent(loam__object(value)) : 0));
}

typedef struct survey {
    loam_visitor visitor; /* first: the visitor is the survey */
    loam_dict *met;       /* address / 8 => 0, immediate integers: the dict refers to nothing */
    loam_status status;
} survey;

static loam_value address_key(loam_value value)
{
    return loam__small_int((int64_t)(value.word >> 3));
}

static void meet(survey *s, loam_value value)
{
    if (loam_is_object(value) && s->status == LOAM_OK)
        s->status = loam_dict_set_take(s->met, address_key(value), loam__small_int(0));
}

static void meet_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    for (size_t i = 0; i < count; i++)
        meet((survey *)visitor, slots[i]);
}

static int64_t total(survey *s)
{
    int64_t bytes = 0;

    for (uint32_t i = 0; s->status == LOAM_OK && i < s->met->used; i++) {
        uint64_t address = (uint64_t)loam__small_int_value(s->met->entries[i].key) << 3;
        bytes += loam_sizeof(loam__word(address));
        loam__object_visit(loam__object(loam__word(address)), &s->visitor);
    }
    return s->status < 0 ? (int64_t)s->status : bytes;
}

int64_t loam_sizeof_deep(loam_value value)
{
    survey s = {.visitor = {meet_slots}, .status = LOAM_OK};
    int64_t bytes;

    if (loam_is_unset(value))
        return loam__propagate(__func__);
    s.met = loam_dict_new();
    if (!s.met)
        return LOAM_ERR_MEMORY;
    meet(&s, value);
    bytes = total(&s);
    loam__gc_release(&s.met->loam);
    return bytes;
}
