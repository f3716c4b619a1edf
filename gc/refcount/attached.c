#include "gc/refcount/collect.h"

#include "gc/slot.h"
#include "lib/alloc.h"

#include <stdlib.h>

/* What is attached to objects: a chain for each slot, in an array for each page that has one. */

static loam__attached **chain_of(const loam_object *object, bool make)
{
    loam__page *page = loam__page_of(object);
    size_t slots;

    if (!page->attached) {
        slots = page->slot_size ? (size_t)(page->end - page->start) / page->slot_size : 1;
        if (!make || !loam__alloc_permitted(slots * sizeof(void *)))
            return NULL;
        page->attached = calloc(slots, sizeof(void *));
        if (!page->attached)
            return NULL;
    }
    return &page->attached[loam__slot_index(page, object)];
}

/* Its key may be part of a cycle through it. If no young collection looks at the key, each reference that it loses is a
 * reason for a full one, as with what is old. */
static bool is_ephemeron(loam__attached *attached)
{
    return attached->kind == LOAM__ATTACHED_ENTRY &&
           loam__type_id_of(loam__attached_holder(attached)) == LOAM__TYPE_EPHEMERON;
}

bool loam__gc_attach(loam_object *object, loam__attached *attached)
{
    loam__attached **chain;

    loam__check_alive(object, "a weak reference to it, or a finalizer");
    attached->hidden = ~(uint64_t)(uintptr_t)object;
    if (object->head & LOAM__IMMORTAL)
        return true;
    chain = chain_of(object, true);
    if (!chain)
        return false;
    loam__attached_link(chain, attached);
    object->head |= LOAM__FLAG_ATTACHED;
    if (is_ephemeron(attached) && !loam__is_flagged(object, LOAM__FLAG_CYCLIC))
        object->head |= LOAM__FLAG_IN | LOAM__FLAG_OUT | LOAM__FLAG_OLD;
    return true;
}

void loam__gc_detach(loam__attached *attached)
{
    loam__attached_unlink(attached);
    attached->hidden = 0;
}

loam__attached *loam__gc_attached(const loam_object *object)
{
    return object->head & LOAM__FLAG_ATTACHED ? *chain_of(object, false) : NULL;
}

LOAM__COLD static loam_object *found_meanwhile(loam__heap *heap, loam_object *object)
{
    if (loam__full_is_hidden(&heap->full, object))
        return NULL;
    loam__full_found(heap, object);
    loam__gc_retain(object);
    return object;
}

loam_object *loam__gc_found(loam_object *object)
{
    loam__heap *heap;

    if (LOAM__UNLIKELY(object->head & (LOAM__IMMORTAL | LOAM__FLAG_DEAD)))
        return object->head & LOAM__FLAG_DEAD ? NULL : object;
    if (LOAM__UNLIKELY(!(object->head & LOAM__COUNT_MASK)))
        return NULL; /* it is being freed at this moment */
    heap = loam__heap_of(object);
    if (LOAM__UNLIKELY(heap->full.phase >= LOAM__PRUNE))
        return found_meanwhile(heap, object);
    object->head++;
    return object;
}

void loam__gc_left(const void *owner, const loam_value *slots, size_t count)
{
    loam__heap *heap = loam__heap_of(owner);

    if (LOAM__UNLIKELY(heap->full.phase))
        loam__full_touch(&heap->full, slots, count);
}

loam_object *loam__gc_weak_get(loam__attached *attached)
{
    loam_object *object;

    loam__check_alive(attached, "loam_weakref_get");
    object = loam__attached_object(attached);
    return object ? loam__gc_found(object) : NULL;
}

loam_value loam__gc_hold(loam__weak_entry *entry, loam_value value)
{
    return loam__slot_exchange(entry, &entry->held, value);
}

loam_value loam__gc_held(loam__weak_entry *entry)
{
    const loam_object *key = loam__attached_object(&entry->attached);

    if (!key || (!(key->head & LOAM__IMMORTAL) && loam__full_is_hidden(&loam__heap_of(key)->full, key)))
        return LOAM_UNSET;
    if (!loam_is_object(entry->held))
        return entry->held;
    return loam_from(loam__gc_found(loam__object(entry->held)));
}

void loam__cut_weak_links(loam_object *object, loam__due *due)
{
    if (LOAM__LIKELY(!(object->head & LOAM__FLAG_ATTACHED)))
        return;
    loam__full_cut(&loam__heap_of(object)->full, object);
    loam__attached_clear(chain_of(object, false), due);
}

void loam__fire(loam__heap *heap, loam_object *object)
{
    if (LOAM__LIKELY(!(object->head & LOAM__FLAG_ATTACHED)))
        return;
    loam__attached_fire(chain_of(object, false), &heap->due);
    heap->needs_safe_point |= heap->due.first != NULL;
}

void loam__cut_and_note(loam__heap *heap, loam_object *object)
{
    loam__cut_weak_links(object, &heap->due);
    heap->needs_safe_point |= heap->due.first != NULL;
}

void loam__last_rites(loam__heap *heap, loam_object *object)
{
    loam__cut_and_note(heap, object);
    loam__fire(heap, object);
}
