/*
 * Finalizers of types, objects that own more than memory, and safe points.
 *
 * libgc is told of an object whose type has `finalize` or `external` when it is made. What it finds unreachable it puts
 * into a queue of its own, with no order, all of a collection at once; from there objects come, at a safe point, onto the
 * list of the thread whose they are.
 *
 * An object of a type with `external` may be disposed of only when nothing can bring it back, and one that waits for its
 * finalizer may: it may refer to the other. libgc does not say whether. Therefore
 *
 *   - where none of those found together with it has a finalizer to run, it is disposed of;
 *   - else it is left to be found again, and the finalizers wait, holding what they refer to, for the next collection. What
 *     that finds again, while no finalizer has run, nothing has brought back, and nothing that was found later refers to it.
 *
 * So each waits for one collection at most, however many objects with finalizers die in between.
 */
#include "gc/boehm/boehm.h"

#include "lib/alloc.h"
#include "lib/status.h"

static void push(loam__extension **list, loam__extension *extension)
{
    extension->next = *list;
    *list = extension;
}

static loam__extension *pop(loam__extension **list)
{
    loam__extension *extension = *list;

    if (extension) {
        *list = extension->next;
        extension->next = NULL;
    }
    return extension;
}

/* Found unreachable. */

static void GC_CALLBACK became_dead(void *object, void *data)
{
    loam__extension *extension = data ? data : loam__extension_of(object, false);

    if (extension->owner->is_lost)
        return;
    loam__lock();
    extension->object = object;
    push(&extension->owner->dead, extension);
    loam__has_due(extension->owner);
    loam__unlock();
}

static bool watch(loam_object *object, loam__extension *extension)
{
    void *kept = loam__is_atomic(loam__type_of(object)) ? extension : NULL;
    return loam__register(object, became_dead, kept, GC_register_finalizer_no_order);
}

bool loam__watch_object(loam_object *object)
{
    bool is_atomic = loam__is_atomic(loam__type_of(object));
    loam__extension *extension = is_atomic ? loam__extension_new() : loam__extension_of(object, true);

    return extension && loam__is_ready(sizeof *extension) && watch(object, extension);
}

/* Tell libgc of it again. Where there is no memory for that now, the thread holds it until there is. */
static void watch_again(loam__thread *thread, loam__extension *extension)
{
    loam_object *object = extension->object;

    extension->object = NULL;
    if (!loam__spare_fails && watch(object, extension))
        return;
    extension->object = object;
    push(&thread->unwatched, extension);
}

static void watch_rest_again(loam__thread *thread)
{
    loam__extension *rest = thread->unwatched;

    thread->unwatched = NULL;
    while (rest)
        watch_again(thread, pop(&rest));
}

static void run_finalizers(loam__thread *thread, loam__extension *list)
{
    loam__extension *extension;

    if (list)
        thread->runs++;
    while ((extension = pop(&list))) {
        loam_object *object = extension->object;
        const loam_type *type = loam__type_of(object);
        object->head = (object->head | LOAM__FLAG_FINALIZED) & ~LOAM__FLAG_FINALIZABLE;
        thread->found++;
        type->finalize(object);
        if (type->external)
            watch_again(thread, extension);
        else
            extension->object = NULL;
    }
}

static void dispose_of(loam__thread *thread, loam__extension *extension)
{
    loam_object *object = extension->object;
    const loam_type *type = loam__type_of(object);

    extension->object = NULL;
    if (type->dispose)
        type->dispose(object);
    thread->found += !type->finalize;
}

static loam__extension *take_dead(loam__thread *thread)
{
    loam__extension *dead;

    loam__lock();
    dead = thread->dead;
    thread->dead = NULL;
    loam__unlock();
    return dead;
}

/* Those with a finalizer to run, and the others. */
static void sort(loam__extension *dead, loam__extension **finalizable, loam__extension **others)
{
    loam__extension *extension;

    while ((extension = pop(&dead)))
        push(extension->object->head & LOAM__FLAG_FINALIZABLE ? finalizable : others, extension);
}

/* Dispose of those of which it is certain that they do not come back. Returns the rest. */
static loam__extension *dispose(loam__thread *thread, loam__extension *others, bool are_certain)
{
    loam__extension *uncertain = NULL;
    loam__extension *extension;

    while ((extension = pop(&others)))
        if (are_certain || extension->found_at == thread->runs)
            dispose_of(thread, extension);
        else
            push(&uncertain, extension);
    return uncertain;
}

/* Whether there was no collection since something began to wait for one. */
static bool is_waiting(const loam__thread *thread)
{
    return (thread->held || thread->unwatched) && GC_get_gc_no() == thread->waits_since;
}

static void run_held(loam__thread *thread)
{
    loam__extension *held = thread->held;

    thread->held = NULL;
    run_finalizers(thread, held);
}

static void hold(loam__thread *thread, loam__extension *finalizable)
{
    while (finalizable)
        push(&thread->held, pop(&finalizable));
}

static void settle(loam__thread *thread)
{
    bool has_waited = !is_waiting(thread);
    loam__extension *finalizable = NULL;
    loam__extension *uncertain = NULL;

    sort(take_dead(thread), &finalizable, &uncertain);
    uncertain = dispose(thread, uncertain, !finalizable && has_waited);
    if (has_waited) {
        run_held(thread);
        watch_rest_again(thread);
    }
    if (!uncertain) {
        run_finalizers(thread, finalizable);
        return;
    }
    while (uncertain) {
        uncertain->found_at = thread->runs;
        watch_again(thread, pop(&uncertain));
    }
    hold(thread, finalizable);
}

/* Safe points. */

/* What was due in a thread that has ended is due in this one, and so will be what its objects are found to need. */
static void take_over(loam__thread *thread, loam__thread *ended)
{
    loam__extension *extension;

    while ((extension = pop(&ended->dead)) || (extension = pop(&ended->held)) || (extension = pop(&ended->unwatched))) {
        extension->owner = thread;
        extension->found_at = 0;
        push(&thread->dead, extension);
    }
    loam__take_over_watches(thread, ended);
}

/* All that libgc has found becomes due at once, before user code runs. */
static void empty_queue(loam__thread *thread)
{
    loam__lock();
    __atomic_store_n(&thread->need, LOAM__NEEDS_NOTHING, __ATOMIC_RELAXED);
    GC_invoke_finalizers();
    for (loam__thread *other = loam__threads(); other; other = other->next)
        if (other->has_ended)
            take_over(thread, other);
    loam__unlock();
}

/* One that ends meanwhile makes it a safe point. */
static void wait_for_collection(loam__thread *thread)
{
    loam__need nothing = LOAM__NEEDS_NOTHING;

    thread->waits_since = GC_get_gc_no();
    __atomic_compare_exchange_n(&thread->need, &nothing, LOAM__NEEDS_COLLECTION, false, __ATOMIC_RELAXED,
                                __ATOMIC_RELAXED);
}

static void run_due(loam__thread *thread)
{
    loam_failure pending = *loam_error();
    int64_t found = thread->found;
    bool is_told;

    thread->is_at_safe_point = true;
    is_told = loam__collections_began(thread);
    empty_queue(thread);
    loam__run_watches(thread);
    settle(thread);
    if (thread->held || thread->unwatched)
        wait_for_collection(thread);
    loam__collections_ended(thread, is_told, thread->found - found);
    thread->is_at_safe_point = false;
    if (pending.status)
        loam__fail_again(&pending);
    else
        loam_error_clear();
}

LOAM__COLD void loam__gc_safe_point(void)
{
    loam__thread *thread = loam__thread_here();

    if (!thread || thread->is_at_safe_point || !loam__is_due(thread))
        return;
    if (GC_should_invoke_finalizers() || thread->need != LOAM__NEEDS_COLLECTION || !is_waiting(thread))
        run_due(thread);
}
