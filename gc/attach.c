#include "gc/attach.h"

#include "gc/slot.h"

#define HOLDER(type, attached_) ((type *)(void *)((char *)(attached_)-offsetof(type, attached)))

/* What a weak reference with a callback has besides. */
#define CALLBACK_SIZE (sizeof(loam_weakref) - offsetof(loam_weakref, callback))

typedef struct finalizer {
    loam__attached attached;
    loam_finalizer *function;
    void *context;
} finalizer;

/* Chains. */

void loam__attached_link(loam__attached **chain, loam__attached *attached)
{
    if (attached->kind != LOAM__ATTACHED_WEAKREF && *chain && (*chain)->kind == LOAM__ATTACHED_WEAKREF)
        chain = &(*chain)->next;
    attached->next = *chain;
    attached->at = chain;
    if (attached->next)
        attached->next->at = &attached->next;
    *chain = attached;
}

void loam__attached_unlink(loam__attached *attached)
{
    if (!attached->at)
        return;
    *attached->at = attached->next;
    if (attached->next)
        attached->next->at = attached->at;
    attached->next = NULL;
    attached->at = NULL;
}

loam_object *loam__attached_holder(loam__attached *attached)
{
    switch (attached->kind) {
    case LOAM__ATTACHED_FINALIZER:
        return NULL;
    case LOAM__ATTACHED_ENTRY:
        return &loam__attached_entry(attached)->loam;
    default:
        return &HOLDER(loam_weakref, attached)->loam;
    }
}

static void append(loam__due *due, loam__attached *attached)
{
    if (due->last)
        due->last->next = attached;
    else
        due->first = attached;
    due->last = attached;
}

/* What is due is held: it may be released by whatever runs before it. If it waits to be freed it is no longer due. */
static void make_due(loam__due *due, loam__attached *attached)
{
    loam_object *holder = loam__attached_holder(attached);

    if (holder && !loam__gc_found(holder))
        return;
    attached->next = NULL;
    append(due, attached);
}

void loam__attached_clear(loam__attached **chain, loam__due *due)
{
    loam__attached *next;

    for (loam__attached *attached = *chain; attached; attached = next) {
        next = attached->next;
        if (attached->kind == LOAM__ATTACHED_FINALIZER)
            continue;
        loam__attached_unlink(attached);
        attached->hidden = 0;
        if (attached->kind != LOAM__ATTACHED_WEAKREF)
            make_due(due, attached);
    }
}

void loam__attached_fire(loam__attached **chain, loam__due *due)
{
    while (*chain) {
        loam__attached *attached = *chain;
        loam__attached_unlink(attached);
        attached->hidden = 0;
        make_due(due, attached);
    }
}

static bool has_callback(const loam_weakref *ref)
{
    return ref->attached.kind == LOAM__ATTACHED_CALLBACK && ref->callback;
}

void loam__attached_revive(loam_object *holder, loam__due *due)
{
    loam_weakref *ref = (loam_weakref *)holder;
    loam__weak_entry *entry = (loam__weak_entry *)holder;

    switch (loam__type_id_of(holder)) {
    case LOAM__TYPE_WEAKREF:
        if (!ref->attached.hidden && has_callback(ref))
            make_due(due, &ref->attached);
        break;
    case LOAM__TYPE_EPHEMERON:
    case LOAM__TYPE_WEAK_ENTRY:
        if (!entry->attached.hidden)
            make_due(due, &entry->attached);
        break;
    default:
        break;
    }
}

void loam__due_append(loam__due *due, loam__due *more)
{
    if (!more->first)
        return;
    if (due->last)
        due->last->next = more->first;
    else
        due->first = more->first;
    due->last = more->last;
    *more = (loam__due){NULL, NULL};
}

void loam__due_forget(loam__due *due, loam__is_going *is_going, const void *context)
{
    loam__attached *next = due->first;

    due->first = due->last = NULL;
    while (next) {
        loam__attached *attached = next;
        const loam_object *holder = loam__attached_holder(attached);
        next = attached->next;
        attached->next = NULL;
        if (!holder || !is_going(holder, context))
            append(due, attached);
    }
}

void loam__attached_run(loam__attached *attached)
{
    if (attached->kind == LOAM__ATTACHED_FINALIZER) {
        finalizer record = *HOLDER(finalizer, attached);
        loam__gc_data_free(HOLDER(finalizer, attached), sizeof record);
        record.function(record.context);
        return;
    }
    if (attached->kind == LOAM__ATTACHED_ENTRY) {
        loam__weak_entry *entry = loam__attached_entry(attached);
        entry->died(entry);
    } else {
        loam_weakref *ref = HOLDER(loam_weakref, attached);
        loam_weakref_callback *callback = ref->callback;
        ref->callback = NULL;
        if (callback && loam__gc_count(&ref->loam) != 1) /* else it was released meanwhile, and that calls it off */
            callback(ref, ref->context);
    }
    loam__gc_release(loam__attached_holder(attached));
}

void loam__due_run(loam__due *due)
{
    loam_failure pending = *loam_error();

    while (due->first) {
        loam__attached *attached = due->first;
        due->first = attached->next;
        if (!due->first)
            due->last = NULL;
        attached->next = NULL;
        loam__attached_run(attached);
    }
    if (pending.status)
        loam__fail_again(&pending);
    else
        loam_error_clear();
}

/* Weak references. */

static bool has_identity(loam_value value)
{
    if (!loam_is_object(value))
        return false;
    switch (loam__type_id_of(loam__object(value))) {
    case LOAM__TYPE_INT:
    case LOAM__TYPE_FLOAT:
    case LOAM__TYPE_STR:
    case LOAM__TYPE_BYTES:
        return false;
    default:
        return true;
    }
}

bool loam__can_refer(loam_value target, const char *function)
{
    if (loam_is_unset(target))
        loam__propagate(function);
    else if (!has_identity(target))
        loam_fail(LOAM_ERR_TYPE, "no weak reference to %s: it has no identity", loam__type_name(target));
    else
        return true;
    return false;
}

static void dispose(void *self)
{
    loam__gc_detach(&((loam_weakref *)self)->attached);
}

static size_t extent(const void *self)
{
    return ((const loam_weakref *)self)->attached.kind == LOAM__ATTACHED_CALLBACK ? CALLBACK_SIZE : 0;
}

loam_type loam__weakref_type = {
    .name = "weakref",
    .size = sizeof(loam_weakref) - CALLBACK_SIZE,
    .id = LOAM__TYPE_WEAKREF,
    .dispose = dispose,
    .extent = extent,
};

static loam_weakref *new_ref(loam_value target, loam__attached_kind kind)
{
    size_t more = kind == LOAM__ATTACHED_CALLBACK ? CALLBACK_SIZE : 0;
    loam_weakref *ref = loam__object_new(&loam__weakref_type, loam__weakref_type.size + more);

    if (!ref)
        return NULL;
    ref->attached.kind = kind;
    if (!loam__gc_attach(loam__object(target), &ref->attached)) {
        loam__release(loam_from(ref));
        loam__fail_memory();
        return NULL;
    }
    return ref;
}

loam_weakref *loam_weakref_new(loam_value target)
{
    loam__attached *first;
    loam_object *shared;

    if (!loam__can_refer(target, __func__))
        return NULL;
    first = loam__gc_attached(loam__object(target));
    shared = first && first->kind == LOAM__ATTACHED_WEAKREF ? loam__gc_found(loam__attached_holder(first)) : NULL;
    if (shared)
        return (loam_weakref *)shared;
    return new_ref(target, LOAM__ATTACHED_WEAKREF);
}

loam_weakref *loam_weakref_new_callback(loam_value target, loam_weakref_callback *callback, void *context)
{
    loam_weakref *ref;

    if (!loam__can_refer(target, __func__))
        return NULL;
    if (!callback)
        return loam__bug(__func__, "a callback is needed; loam_weakref_new() has none"), NULL;
    ref = new_ref(target, LOAM__ATTACHED_CALLBACK);
    if (ref) {
        ref->callback = callback;
        ref->context = context;
    }
    return ref;
}

loam_value loam_weakref_get(loam_weakref *ref)
{
    loam_object *object;

    if (!ref)
        return loam__propagate(__func__), LOAM_UNSET;
    object = loam__gc_weak_get(&ref->attached);
    return object ? loam_from(object) : LOAM_NONE;
}

loam_status loam_weakref_cancel(loam_weakref *ref)
{
    loam__check_alive(ref, __func__);
    if (!ref)
        return loam__propagate(__func__);
    if (!has_callback(ref))
        return LOAM_MISSING;
    ref->callback = NULL;
    return LOAM_OK;
}

bool loam_is_weakref(loam_value value)
{
    loam__check_value(value, __func__);
    return loam__is_type(value, LOAM__TYPE_WEAKREF);
}

loam_weakref *loam_to_weakref_peek(loam_value value)
{
    if (loam_is_unset(value))
        return loam__propagate(__func__), NULL;
    if (!loam_is_weakref(value))
        return loam__fail_type("a weakref", value), NULL;
    return (loam_weakref *)loam__object(value);
}

/* Finalizers by function. */

loam_status loam_finalize(loam_value target, loam_finalizer *function, void *context)
{
    finalizer *record;

    if (!loam__can_refer(target, __func__))
        return loam_error()->status;
    if (!function)
        return loam__bug(__func__, "a function is needed");
    if (loam__is_flagged(loam__object(target), LOAM__IMMORTAL))
        return LOAM_OK;
    record = loam__gc_data_new(loam__object(target), sizeof *record);
    if (!record)
        return loam__fail_memory();
    *record = (finalizer){.attached.kind = LOAM__ATTACHED_FINALIZER, .function = function, .context = context};
    if (!loam__gc_attach(loam__object(target), &record->attached)) {
        loam__gc_data_free(record, sizeof *record);
        return loam__fail_memory();
    }
    return LOAM_OK;
}

loam_status loam_finalize_cancel(loam_value target, loam_finalizer *function, void *context)
{
    loam__attached *attached;

    if (!loam__can_refer(target, __func__))
        return loam_error()->status;
    for (attached = loam__gc_attached(loam__object(target)); attached; attached = attached->next) {
        finalizer *record = HOLDER(finalizer, attached);
        if (attached->kind != LOAM__ATTACHED_FINALIZER || record->function != function || record->context != context)
            continue;
        loam__gc_detach(attached);
        loam__gc_data_free(record, sizeof *record);
        return LOAM_OK;
    }
    return LOAM_MISSING;
}
