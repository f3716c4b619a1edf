/*
 * What is attached to objects, where libgc finds out that they are dead.
 *
 *     object -> extension -> watch -> listener, listener, ..
 *
 * A weak link is the object's address, inverted, and registered with libgc, which empties it when the object becomes
 * unreachable. That another thread is told so too late is why it is read under libgc's lock.
 *
 * A watch is in the place of the object where somebody has to be told: it is reachable only through the object, so
 * libgc finds both unreachable at once, but its finalizer, unlike one of the object's, does not keep the object. It has
 * a list of listeners, and there are two kinds (LOAM__WATCH_LOST, LOAM__WATCH_GONE). Once libgc has called its
 * procedure a watch is spent; what is attached after that, to an object that a finalizer has brought back, hangs on a
 * new one.
 *
 * A listener refers weakly to who is to be told, a weak reference or an entry, so that one that nobody else refers to
 * is not, as on refcount. Weakly in libgc's long way: that is emptied only when its holder cannot come back. So the
 * holder's own way to the listener, hidden in `at`, leads there for as long as it is set.
 *
 * Nothing that a watch refers to may refer to it or to the object, or libgc would take one of the kind LOAM__WATCH_GONE
 * for a cycle and never call it.
 *
 * Ephemerons: what an entry of that type holds is referred to by its listener, and the entry itself is in memory that
 * is not scanned. So the value is alive as long as the object is, and no longer, even if it refers to the object.
 */
#include "gc/boehm/boehm.h"

#include "gc/slot.h"
#include "lib/alloc.h"

typedef struct listener listener;

struct loam__watch {
    listener *first;
    loam__watch *next; /* that is due */
    loam__heap *owner;
    uint32_t count, limit; /* at the limit those are dropped whose holder is gone, and the others counted */
    bool is_spent;
};

enum { FIRST_LIMIT = 16 };

struct listener {
    listener *next;
    uint64_t hidden_at; /* the address of the pointer to it, inverted */
    uint64_t hidden;    /* the address of what is attached, inverted; emptied when its holder is gone */
    uint64_t held;      /* what an ephemeron holds; the record of a finalizer by function */
};

static uint64_t hide(const void *address)
{
    return ~(uint64_t)(uintptr_t)address;
}

static void *reveal(uint64_t hidden)
{
    return hidden ? (void *)(uintptr_t)~hidden : NULL;
}

/* Under libgc's lock. */
static void *reveal_locked(void *hidden)
{
    return reveal(*(uint64_t *)hidden);
}

static void *reveal_safely(uint64_t *hidden)
{
    return *hidden ? GC_call_with_alloc_lock(reveal_locked, hidden) : NULL;
}

/* Extensions. */

loam__extension *loam__extension_new(void)
{
    loam__extension *extension = loam__is_ready(sizeof *extension) ? GC_MALLOC(sizeof *extension) : NULL;

    if (extension)
        extension->owner = loam__thread_here()->heap;
    return extension;
}

static void GC_CALLBACK let_go(void *object, void *extension)
{
    (void)object;
    (void)extension;
}

/* A weak reference is not scanned, so libgc holds its extension until it finds it unreachable. */
static loam__extension *new_extension_of(loam_object *object)
{
    loam__extension *extension = loam__extension_new();

    if (!extension || !loam__is_atomic(loam__type_of(object)))
        return extension;
    if (!loam__is_ready(sizeof *extension) ||
        !loam__register(object, let_go, extension, GC_register_finalizer_no_order))
        return NULL;
    return extension;
}

/* Where the program has started libgc with interior pointers, the last word of a block is not scanned. */
static loam__extension **place_in(const loam_object *object)
{
    char *end = (char *)(uintptr_t)object + GC_size(object);
    size_t words = GC_get_all_interior_pointers() ? 2 : 1;

    return (loam__extension **)(void *)(end - words * sizeof(loam__extension *));
}

loam__extension *loam__extension_of(const loam_object *object, bool make)
{
    loam__extension **place = place_in(object);

    if (!*place && make)
        *place = new_extension_of((loam_object *)(uintptr_t)object);
    return *place;
}

/* Watches. */

static void push_due(loam__watch **list, loam__watch *watch)
{
    watch->next = *list;
    *list = watch;
}

static void make_due(loam__watch *watch)
{
    loam__queue *queue = &watch->owner->queue;

    watch->is_spent = true;
    if (watch->owner->is_lost)
        return;
    if (loam__queue_is_empty(queue))
        loam__tell_threads();
    push_due(&queue->watches, watch);
}

static void GC_CALLBACK became_due(void *watch, void *data)
{
    (void)data;
    loam__lock();
    make_due(watch);
    loam__unlock();
}

static loam__watch *new_watch(loam__watch_kind kind)
{
    static loam__registrar *const registrars[] = {GC_register_finalizer_no_order, GC_register_finalizer_unreachable};
    loam__watch *watch = loam__is_ready(sizeof *watch) ? GC_MALLOC(sizeof *watch) : NULL;

    if (!watch || !loam__is_ready(sizeof *watch) || !loam__register(watch, became_due, NULL, registrars[kind]))
        return NULL;
    watch->owner = loam__thread_here()->heap;
    watch->limit = FIRST_LIMIT;
    return watch;
}

static loam__watch *watch_of(loam_object *object, loam__watch_kind kind)
{
    loam__extension *extension = loam__extension_of(object, true);

    if (!extension)
        return NULL;
    if (!extension->watches[kind] || extension->watches[kind]->is_spent)
        extension->watches[kind] = new_watch(kind);
    return extension->watches[kind];
}

/* Listeners. */

static void take_out(listener *l)
{
    listener **at = reveal(l->hidden_at);

    *at = l->next;
    if (l->next)
        l->next->hidden_at = hide(at);
}

static void drop_those_gone(loam__watch *watch)
{
    listener *next;

    watch->count = 0;
    for (listener *l = watch->first; l; l = next) {
        next = l->next;
        if (l->hidden)
            watch->count++;
        else
            take_out(l);
    }
    watch->limit = watch->count > FIRST_LIMIT ? 2 * watch->count : 2 * FIRST_LIMIT;
}

static void push(loam__watch *watch, listener *l)
{
    if (watch->count == watch->limit)
        drop_those_gone(watch);
    watch->count++;
    l->next = watch->first;
    l->hidden_at = hide(&watch->first);
    if (l->next)
        l->next->hidden_at = hide(&l->next);
    watch->first = l;
}

static bool is_ephemeron(loam__attached *attached)
{
    return attached->kind == LOAM__ATTACHED_ENTRY &&
           loam__type_id_of(loam__attached_holder(attached)) == LOAM__TYPE_EPHEMERON;
}

static bool register_weak_link(loam__attached *attached, const loam_object *object)
{
    return loam__is_ready(sizeof(listener)) &&
           GC_general_register_disappearing_link((void **)(void *)&attached->hidden, object) == GC_SUCCESS;
}

static listener *new_listener(loam__attached *attached)
{
    listener *l = loam__is_ready(sizeof *l) ? GC_MALLOC(sizeof *l) : NULL;

    if (l)
        l->hidden = hide(attached);
    return l;
}

static bool attach_shared(loam_object *object, loam__attached *attached)
{
    loam__extension *extension = loam__extension_of(object, true);

    if (!extension || !register_weak_link(attached, object))
        return false;
    extension->shared = (loam_weakref *)(void *)loam__attached_holder(attached);
    return true;
}

static bool attach_told(loam_object *object, loam__attached *attached)
{
    loam__watch *watch = watch_of(object, LOAM__WATCH_LOST);
    listener *l = watch ? new_listener(attached) : NULL;

    if (!l || !loam__is_ready(sizeof *l) ||
        GC_register_long_link((void **)(void *)&l->hidden, loam__attached_holder(attached)) != GC_SUCCESS ||
        !register_weak_link(attached, object))
        return false;
    if (is_ephemeron(attached))
        l->held = loam__attached_entry(attached)->held.word;
    attached->at = (loam__attached **)(uintptr_t)hide(l);
    push(watch, l);
    return true;
}

/* Its record is referred to by the listener alone. */
static bool attach_finalizer(loam_object *object, loam__attached *attached)
{
    loam__watch *watch = watch_of(object, LOAM__WATCH_GONE);
    listener *l = watch ? new_listener(attached) : NULL;

    if (!l)
        return false;
    l->held = (uint64_t)(uintptr_t)attached;
    push(watch, l);
    loam__attached_link(&loam__extension_of(object, false)->finalizers, attached);
    return true;
}

bool loam__gc_attach(loam_object *object, loam__attached *attached)
{
    bool is_attached;

    attached->hidden = hide(object);
    if (object->head & LOAM__IMMORTAL)
        return true;
    if (attached->kind == LOAM__ATTACHED_WEAKREF)
        is_attached = attach_shared(object, attached);
    else if (attached->kind == LOAM__ATTACHED_FINALIZER)
        is_attached = attach_finalizer(object, attached);
    else
        is_attached = attach_told(object, attached);
    if (is_attached)
        object->head |= LOAM__FLAG_ATTACHED;
    else
        attached->hidden = 0;
    return is_attached;
}

static listener *listener_of(const loam__attached *attached)
{
    return reveal((uint64_t)(uintptr_t)attached->at);
}

static void detach_finalizer(loam__attached *attached)
{
    loam__watch *watch = loam__extension_of(loam__attached_object(attached), false)->watches[LOAM__WATCH_GONE];

    loam__attached_unlink(attached);
    for (listener *l = watch->first; l; l = l->next) {
        if (l->hidden == hide(attached)) {
            take_out(l);
            return;
        }
    }
}

void loam__gc_detach(loam__attached *attached)
{
    if (attached->kind == LOAM__ATTACHED_FINALIZER) {
        if (attached->at)
            detach_finalizer(attached);
    } else {
        GC_unregister_disappearing_link((void **)(void *)&attached->hidden);
        if (attached->at)
            take_out(listener_of(attached));
        attached->at = NULL;
    }
    attached->hidden = 0;
}

/* The shared weak reference comes first; it is the extension that keeps it. */
loam__attached *loam__gc_attached(const loam_object *object)
{
    loam__extension *extension = object->head & LOAM__FLAG_ATTACHED ? loam__extension_of(object, false) : NULL;

    if (!extension || !extension->shared || !extension->shared->attached.hidden)
        return extension ? extension->finalizers : NULL;
    extension->shared->attached.next = extension->finalizers;
    return &extension->shared->attached;
}

/* What is in a chain is held by its object's extension. */
loam_object *loam__gc_found(loam_object *object)
{
    return object;
}

loam_object *loam__gc_weak_get(loam__attached *attached)
{
    return reveal_safely(&attached->hidden);
}

/* Under libgc's lock. */
static void *held_locked(void *data)
{
    const loam__weak_entry *entry = data;
    return entry->attached.hidden ? (void *)(uintptr_t)entry->held.word : NULL;
}

loam_value loam__gc_held(loam__weak_entry *entry)
{
    return loam__word((uint64_t)(uintptr_t)GC_call_with_alloc_lock(held_locked, entry));
}

/* The listener first: the entry itself keeps nothing alive. */
loam_value loam__gc_hold(loam__weak_entry *entry, loam_value value)
{
    listener *l = listener_of(&entry->attached);

    if (l)
        l->held = value.word;
    return loam__slot_exchange(entry, &entry->held, value);
}

/* What is due. */

static loam__watch *next_due(loam__thread *thread)
{
    loam__watch *watch = thread->queue.watches;

    if (watch)
        thread->queue.watches = watch->next;
    return watch;
}

static loam__attached *who_is_told(listener *l)
{
    loam__attached *attached = reveal_safely(&l->hidden);

    if (attached)
        attached->at = NULL;
    return attached;
}

void loam__take_watches(loam__thread *thread, loam__heap *heap, loam__heap *owner)
{
    loam__watch *watch;

    while ((watch = heap->queue.watches)) {
        heap->queue.watches = watch->next;
        watch->owner = owner;
        push_due(&thread->queue.watches, watch);
    }
}

void loam__give_back_watches(loam__thread *thread, const loam__heap *of)
{
    loam__watch *next;

    for (loam__watch *watch = loam_move(&thread->queue.watches); watch; watch = next) {
        loam__queue *queue = of && watch->owner != of ? &thread->queue : &watch->owner->queue;
        next = watch->next;
        push_due(&queue->watches, watch);
    }
}

void loam__run_watches(loam__thread *thread)
{
    loam__watch *watch;

    while ((watch = next_due(thread))) {
        thread->found += watch->first != NULL;
        for (listener *l = watch->first; l; l = watch->first) {
            loam__attached *attached = who_is_told(l);
            take_out(l);
            if (attached)
                loam__attached_run(attached);
            GC_reachable_here(l); /* which has kept what an ephemeron holds */
        }
    }
}
