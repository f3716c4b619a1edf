/*
 * The table of type descriptors. It only grows: a descriptor is entered when the first object of its type is made, and
 * never leaves. Readers need no lock, since an object's id is entered before the object exists.
 */
#include "gc/backend.h"

#include "gc/fork.h"
#include "gc/hooks.h"
#include "lib/alloc.h"

static loam_type *first_chunk[LOAM__TYPE_CHUNK];
loam_type **loam__type_chunks[65536 / LOAM__TYPE_CHUNK] = {first_chunk};

static uint32_t next_id = LOAM__TYPE_FIRST_FREE;

static loam_status enter(loam_type *type, uint32_t id)
{
    loam_type ***chunk = &loam__type_chunks[id / LOAM__TYPE_CHUNK];
    uint64_t traits = LOAM__FLAG_MADE;

    if (!*chunk) {
        size_t bytes = LOAM__TYPE_CHUNK * sizeof **chunk;
        loam_type **memory = loam__alloc(bytes);
        if (!memory)
            return loam__fail_memory();
        memset(memory, 0, bytes);
        *chunk = memory;
    }
    (*chunk)[id % LOAM__TYPE_CHUNK] = type;
    if (loam__holds_references(type) && !type->acyclic)
        traits |= LOAM__FLAG_CYCLIC;
    if (type->finalize)
        traits |= LOAM__FLAG_FINALIZABLE;
    type->id = (uint16_t)id;
    type->has_only_fields = !type->trace && !type->dispose;
    __atomic_store_n(&type->traits, (uint16_t)(traits >> LOAM__FLAG_SHIFT), __ATOMIC_RELEASE);
    __atomic_store_n(&type->place, loam__gc_place(type, type->traits), __ATOMIC_RELEASE);
    return LOAM_OK;
}

static const char *broken_rule(const loam_type *type)
{
    if (type->id)
        return "a type's id is not the program's to set";
    if (!type->name)
        return "a type has a name";
    if (type->size < sizeof(loam_object) || type->size % sizeof(loam_value))
        return "a type's size is that of its structure, which begins with a loam_object";
    for (const uint16_t *ref = type->refs; ref && *ref; ref++)
        if (*ref < sizeof(loam_object) || *ref % sizeof(loam_value) || *ref + sizeof(loam_value) > type->size)
            return "a type's reference fields are aligned words inside its structure, behind the loam_object";
    if (!type->iter_begin != !type->iter_fill)
        return "a type has both iter_begin and iter_fill, or neither";
    return NULL;
}

/* The library's own types have their ids from the start, programs' get one here. */
static loam_status register_locked(loam_type *type, bool is_own)
{
    loam_status status;

    if (loam__type_is_entered(type))
        return LOAM_OK;
    if (is_own && type->id)
        return enter(type, type->id);
    if (broken_rule(type))
        return loam__bug("loam_new", broken_rule(type));
    if (next_id > UINT16_MAX)
        return loam_fail(LOAM_ERR_OVERFLOW, "too many types");
    status = enter(type, next_id);
    if (status == LOAM_OK)
        next_id++;
    return status;
}

loam_status loam__type_register(loam_type *type, bool is_own)
{
    loam_status status;

    if (LOAM__LIKELY(loam__type_is_entered(type)))
        return LOAM_OK;
    pthread_mutex_lock(&loam__locks[LOAM__SHARED_TYPES]);
    status = register_locked(type, is_own);
    pthread_mutex_unlock(&loam__locks[LOAM__SHARED_TYPES]);
    return status;
}

const loam_type *loam_type_of(const void *object)
{
    loam__check_alive(object, __func__);
    return loam__type_of(object);
}
