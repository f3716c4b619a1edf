#include "gc/object.h"

#include "gc/backend.h"
#include "gc/slot.h"
#include "lib/checked.h"

void *loam__object_new(loam_type *type, size_t size)
{
    loam_object *object;

    if (LOAM__UNLIKELY(!loam__type_is_entered(type)) && loam__type_register(type, true) < 0)
        return NULL;
    object = size <= LOAM__SIZE_MAX ? loam__gc_object_new(type, size) : NULL;
    if (LOAM__UNLIKELY(!object))
        loam__fail_memory();
    return object;
}

loam_status loam__object_immortal(loam_object *object, loam_type *type, uint64_t flags)
{
    if (LOAM__LIKELY(object->head))
        return LOAM_OK;
    if (loam__type_register(type, true) < 0)
        return loam_error()->status;
    object->head = LOAM__IMMORTAL | (uint64_t)type->id << LOAM__TYPE_SHIFT | flags;
    return LOAM_OK;
}

void *loam__new_slow(loam_type *type)
{
    loam_object *object;

    if (!type)
        return loam__propagate("loam_new"), NULL;
    if (!loam__type_is_entered(type) && loam__type_register(type, false) < 0)
        return NULL;
    object = loam__gc_object_new(type, type->size);
    if (LOAM__UNLIKELY(!object))
        loam__fail_memory();
    return object;
}

void *loam_new(loam_type *type)
{
    return loam__gc_new(type);
}

void loam__object_visit(loam_object *object, loam_visitor *visitor)
{
    const loam_type *type = loam__type_of(object);

    for (const uint16_t *ref = type->refs; ref && *ref; ref++)
        visitor->visit(visitor, (loam_value *)(void *)((char *)object + *ref), 1);
    if (type->trace)
        type->trace(object, visitor);
}

void loam_visit(loam_visitor *visitor, const void *slots, size_t count)
{
    if (count)
        visitor->visit(visitor, (loam_value *)(uintptr_t)slots, count);
}

void loam__retain_object(loam_object *object)
{
    loam__gc_retain(object);
}

void loam__release_object(loam_object *object)
{
    loam__gc_release_outermost(object);
}

void loam__slots_move_in(void *owner, loam_value *slots, const loam_value *values, size_t count)
{
    if (count)
        memcpy(slots, values, count * sizeof *slots);
    for (size_t i = 0; i < count; i++)
        loam__slot_came(owner, values[i], true);
}

void loam__slots_store(void *owner, loam_value *slots, const loam_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        loam__slot_store(owner, &slots[i], values[i]);
}

void loam__slots_move_along(void *owner, loam_value *to, loam_value *from, size_t count)
{
    if (count)
        memmove(to, from, count * sizeof *to);
    if (owner)
        loam__lost(owner); /* a collection that stands in it looks at it anew */
}

void loam__slots_move_out(void *owner, loam_value *values, loam_value *slots, size_t count)
{
    loam__gc_left(owner, slots, count);
    if (!count || values == slots)
        return;
    memcpy(values, slots, count * sizeof *values);
    memset(slots, 0, count * sizeof *slots);
}

void loam__slots_forget(void *owner, loam_value *slots, size_t count)
{
    (void)owner;
    if (count)
        memset(slots, 0, count * sizeof *slots);
}

void loam__slots_release(void *owner, loam_value *slots, size_t count)
{
    enum { AHEAD = 12 }; /* where they lie in another order than they were made, each is a cache miss */

    (void)owner;
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count && loam_is_object(slots[i + AHEAD]))
            __builtin_prefetch(loam__object(slots[i + AHEAD]), 1);
        loam__release(slots[i]);
    }
}
