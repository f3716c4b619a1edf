/*
 * What is attached to an object by others, without holding it: weak references, ephemerons, finalizers by function.
 *
 * The back end keeps one chain of them for each object that has any (loam__gc_attach). When the object dies, the back
 * end calls, in this order,
 *
 *     loam__attached_clear()    weak links are cut, before anything else runs; callbacks become due
 *     the type's finalize, unless it has run, at a safe point; the object may survive that
 *     loam__attached_fire()     once it is certain that the object goes: finalizers by function become due
 *
 * and at a safe point loam__due_run(). Nothing of that needs memory: what is due is linked through what was attached.
 */
#ifndef GC_ATTACH_H
#define GC_ATTACH_H

#include <loam/weak.h>

#include "gc/object.h"

typedef enum loam__attached_kind {
    LOAM__ATTACHED_WEAKREF,  /* in a loam_weakref without a callback: there is one for each object, shared */
    LOAM__ATTACHED_CALLBACK, /* in a loam_weakref with one */
    LOAM__ATTACHED_ENTRY,    /* in an entry of a weak map or set */
    LOAM__ATTACHED_FINALIZER /* in a record of loam_finalize() */
} loam__attached_kind;

typedef struct loam__attached loam__attached;

struct loam__attached {
    uint64_t hidden;      /* the object's address, inverted; 0: none, or no longer */
    loam__attached *next; /* in the object's chain, or of those that are due */
    loam__attached **at;  /* where this one is linked from in the chain; NULL: not in one */
    loam__attached_kind kind;
};

/* What is due at the next safe point. */
typedef struct loam__due {
    loam__attached *first, *last;
} loam__due;

/* A weak reference, to a value that has an identity. One without a callback ends before it. */
struct loam_weakref {
    loam_object loam;
    loam__attached attached;
    loam_weakref_callback *callback; /* NULL once it is called or called off */
    void *context;
};

/*
 * An entry of a weak map or set: refers weakly to `attached`'s object. An ephemeron (LOAM__TYPE_EPHEMERON) refers to
 * `held` too, strongly, but only for as long as that object is alive otherwise; any other entry holds nothing. Where
 * its map is the entry finds out through `home`, which both own: containers/weak.h.
 */
typedef struct loam__weak_home loam__weak_home;
typedef struct loam__weak_entry loam__weak_entry;
struct loam__weak_entry {
    loam_object loam;
    loam__attached attached;
    loam_value held;
    uint64_t hash;
    void (*died)(loam__weak_entry *entry); /* at a safe point, after its object is gone */
    loam__weak_home *home;
};

LOAM__INLINE loam_object *loam__attached_object(const loam__attached *attached)
{
    return attached->hidden ? (loam_object *)(uintptr_t)~attached->hidden : NULL;
}

LOAM__INLINE loam__weak_entry *loam__attached_entry(loam__attached *attached)
{
    return (loam__weak_entry *)(void *)((char *)attached - offsetof(loam__weak_entry, attached));
}

/* The weak reference or entry that it is in; NULL for finalizers by function. */
loam_object *loam__attached_holder(loam__attached *attached);

/* Chains; for back ends. The shared weak reference, if there is one, comes first. */
void loam__attached_link(loam__attached **chain, loam__attached *attached);
void loam__attached_unlink(loam__attached *attached);

void loam__attached_clear(loam__attached **chain, loam__due *due);
void loam__attached_fire(loam__attached **chain, loam__due *due);

/* What `holder` was attached to is gone, and nobody told it since the holder was thought to go too: what is in it
 * becomes due. Nothing happens to objects of other types, and those that still refer to something. */
void loam__attached_revive(loam_object *holder, loam__due *due);

/* Everything in `more` is due after what is in `due`. */
void loam__due_append(loam__due *due, loam__due *more);

/* Take what is due of certain holders out of the list, which are about to be freed although it holds them. */
typedef bool loam__is_going(const loam_object *holder, const void *context);
void loam__due_forget(loam__due *due, loam__is_going *is_going, const void *context);

/* Whether there can be a weak reference to `target`; if not, the failure is reported in `function`'s name. */
bool loam__can_refer(loam_value target, const char *function);

/* Call what is due, once each, until nothing is; a pending failure stays. */
void loam__due_run(loam__due *due);

/* Call one that is due and has been taken out of everything; a reference to its holder is released. */
void loam__attached_run(loam__attached *attached);

#endif
