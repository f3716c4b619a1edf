/*
 * Slots: the places in objects and their buffers that hold references. Every change of one names the owner, the slot
 * and the value, here and nowhere else, so that what a collector has to know of a change can be told in this file.
 *
 * None of these releases anything but loam__slot_set() and the two that say so: a container first reaches its final
 * state, then releases what it took out.
 *
 * A slot is a word that holds a handle or a value; an empty one is 0. User types' fields arrive as void *, so slots are
 * read and written as what may alias anything.
 */
#ifndef GC_SLOT_H
#define GC_SLOT_H

#include "gc/backend.h"
#include "gc/hooks.h"

typedef uint64_t __attribute__((may_alias)) loam__slot;

LOAM__INLINE loam_value loam__slot_exchange_word(void *slot, uint64_t word)
{
    loam__slot *place = slot;
    loam_value old = loam__word(*place);

    *place = word;
    return old;
}

/* Let go of a value that has been taken out of everything. */
LOAM__INLINE void loam__release(loam_value value)
{
    if (loam_is_object(value))
        loam__gc_release(loam__object(value));
}

LOAM__INLINE loam_value loam__retain(loam_value value)
{
    if (loam_is_object(value))
        loam__gc_retain(loam__object(value));
    return value;
}

/*
 * A reference to `value` has come into a field of `owner`; nothing to tell of where the owner is none, as for a root.
 * The two bits that make an object a candidate are set here: IN, and on the owner OUT. `moved`: the caller's own
 * reference went in, so that its count does not fall later, and an owner that is itself referred to makes it a
 * candidate now.
 */
LOAM__INLINE void loam__slot_came(void *owner, loam_value value, bool moved)
{
    loam_object *object = loam__object(value);
    loam_object *holder = owner;
    uint64_t head;

    if (!loam_is_object(value) || !holder)
        return;
    head = object->head;
    if (LOAM__LIKELY(!(head & LOAM__FLAG_CYCLIC)))
        return;
    if (!(head & LOAM__FLAG_IN))
        object->head = head | LOAM__FLAG_IN;
    head = holder->head;
    if (!(head & LOAM__FLAG_OUT))
        holder->head = head | LOAM__FLAG_OUT;
    if (moved && (head & LOAM__FLAG_IN) && loam__is_new_candidate(object->head))
        loam__gc_suspect(object);
}

/* A reference moves from the caller into an empty slot. */
LOAM__INLINE void loam__slot_move_in(void *owner, void *slot, loam_value value)
{
    *(loam__slot *)slot = value.word;
    loam__slot_came(owner, value, true);
}

/* A slot no longer refers to the object, or its own slots have moved: a collection must not believe what it has
 * counted. */
LOAM__INLINE void loam__lost(loam_object *object)
{
    if (LOAM__UNLIKELY(object->head & LOAM__FLAG_SUSPECT))
        object->head &= ~LOAM__FLAG_SUSPECT;
}

/* What was in a slot has left it. */
LOAM__INLINE void loam__slot_left(loam_value value)
{
    if (loam_is_object(value))
        loam__lost(loam__object(value));
}

/* A reference moves from a slot to the caller. */
LOAM__INLINE loam_value loam__slot_move_out(void *owner, void *slot)
{
    loam_value value = loam__slot_exchange_word(slot, 0);

    (void)owner;
    loam__slot_left(value);
    return value;
}

/* A reference moves from the caller into a slot, what was there to the caller. */
LOAM__INLINE loam_value loam__slot_exchange(void *owner, void *slot, loam_value value)
{
    loam_value old = loam__slot_exchange_word(slot, value.word);

    loam__slot_left(old);
    loam__slot_came(owner, value, true);
    return old;
}

/* A reference moves into a slot; what was there is released. */
LOAM__INLINE void loam__slot_set(void *owner, void *slot, loam_value value)
{
    loam__release(loam__slot_exchange(owner, slot, value));
}

/* A copy of a reference goes into an empty slot. */
LOAM__INLINE void loam__slot_store(void *owner, void *slot, loam_value value)
{
    *(loam__slot *)slot = loam__retain(value).word;
    loam__slot_came(owner, value, false);
}

/* Many references move from the caller's array into empty slots. */
void loam__slots_move_in(void *owner, loam_value *slots, const loam_value *values, size_t count);

/* Copies of many references go into empty slots. */
void loam__slots_store(void *owner, loam_value *slots, const loam_value *values, size_t count);

/* Many references move from slots to the caller. `values` may be the slots, where the caller takes the buffer as
 * well. */
void loam__slots_move_out(void *owner, loam_value *values, loam_value *slots, size_t count);

/* Many references move within one owner's buffer, which may overlap; the slots that they leave keep a stale word, to be
 * overwritten or cleared by loam__slots_forget(). */
void loam__slots_move_along(void *owner, loam_value *to, loam_value *from, size_t count);

/* The same for one reference. Whoever has moved some this way says so when it is done. */
LOAM__INLINE void loam__slot_move_along(void *to, const void *from)
{
    *(loam__slot *)to = *(const loam__slot *)from;
}

LOAM__INLINE void loam__slots_moved(void *owner)
{
    loam__lost(owner);
}

/* Empty slots whose references have moved along. */
void loam__slots_forget(void *owner, loam_value *slots, size_t count);

/* Release many references; for buffers that nobody can reach any more. */
void loam__slots_release(void *owner, loam_value *slots, size_t count);

#endif
