/*
 * Fields of the program's own types, as it changes them. Compiled once for each back end, unlike the rest of this
 * folder: check is told of every change, and looks at the owner before anything in it is followed.
 */
#include "gc/slot.h"

#include "gc/hooks.h"
#include "lib/checked.h"

static loam_status set_take(void *owner, void *slot, loam_value value, const char *function)
{
    if (!owner || loam_is_unset(value)) {
        loam__release(value);
        return loam__propagate(function);
    }
    value = loam__slot_exchange(owner, slot, value);
    loam__check_stored(owner, slot);
    loam__release(value);
    return LOAM_OK;
}

/* A field of a new object is filled: the way that is taken most. */
LOAM__INLINE bool is_first(const void *owner, const void *slot, loam_value value)
{
    return LOAM__LIKELY(owner && !loam_is_unset(value) && !*(const loam__slot *)slot);
}

loam_status loam_slot_set(void *owner, void *slot, loam_value value)
{
    loam__check_alive(owner, __func__);
    if (!is_first(owner, slot, value))
        return set_take(owner, slot, loam__retain(value), __func__);
    loam__slot_store(owner, slot, value);
    loam__check_stored(owner, slot);
    return LOAM_OK;
}

loam_status loam_slot_set_take(void *owner, void *slot, loam_value value)
{
    loam__check_alive(owner, __func__);
    if (!is_first(owner, slot, value))
        return set_take(owner, slot, value, __func__);
    loam__slot_move_in(owner, slot, value);
    loam__check_stored(owner, slot);
    return LOAM_OK;
}

void loam_slot_move(void *to_owner, void *to, void *from_owner, void *from)
{
    loam_value old;

    loam__check_alive(to_owner, __func__);
    loam__check_alive(from_owner, __func__);
    if (!to_owner || !from_owner) {
        loam__propagate(__func__);
    } else if (to != from) {
        old = loam__slot_exchange(to_owner, to, loam__slot_move_out(from_owner, from));
        loam__check_stored(from_owner, from);
        loam__check_stored(to_owner, to);
        loam__release(old);
    }
}

loam_value loam_slot_take(void *owner, void *slot)
{
    loam_value value;

    loam__check_alive(owner, __func__);
    if (!owner)
        return loam__propagate(__func__), LOAM_UNSET;
    value = loam__slot_move_out(owner, slot);
    loam__check_stored(owner, slot);
    return value;
}

loam_value *loam_slots_new(size_t count)
{
    loam_value *slots = count <= LOAM__SIZE_MAX / sizeof *slots ? loam__gc_refs_new(NULL, count) : NULL;

    if (!slots)
        return loam__fail_memory(), NULL;
    loam__check_slots_come(NULL, slots, count);
    return slots;
}

loam_value *loam_slots_resize(loam_value *slots, size_t old_count, size_t count)
{
    void *buffer = loam__check_slots_leave(slots, old_count);
    loam_value *resized = count <= LOAM__SIZE_MAX / sizeof *slots ? loam__gc_refs_resize(NULL, slots, old_count, count)
                                                                  : NULL;

    loam__check_slots_come(buffer, resized ? resized : slots, resized ? count : old_count);
    if (!resized)
        return loam__fail_memory(), NULL;
    return resized;
}

void loam_slots_free(loam_value *slots, size_t count)
{
    loam__check_slots_end(loam__check_slots_leave(slots, count));
    loam__gc_refs_free(slots, count);
}
