/*
 * Finalizers of types, objects that own more than memory, and safe points.
 *
 * libgc is told of an object whose type has `finalize` or `external` when it is made. What it finds unreachable it puts
 * into a queue of its own, with no order, all of a collection at once; from there objects come, at a safe point, into
 * the queue of the heap whose they are, and from there to the thread that uses it, again at a safe point.
 *
 * An object of a type with `external` may be disposed of only when nothing can bring it back, and one that waits for
 * its finalizer may: it may refer to the other. libgc does not say whether. Therefore
 *
 *   - where none of those found together with it has a finalizer to run, nor any that waits in a heap that nobody uses,
 *     it is disposed of;
 *   - else it is left to be found again, and the finalizers wait, holding what they refer to, for the next collection.
 *     What that finds again, while no finalizer has run, nothing has brought back, and nothing that was found later
 *     refers to it.
 *
 * So each waits for one collection at most, however many objects with finalizers die in between. Objects of heaps that
 * one thread uses may refer to each other, so this is about all that the thread has taken from its heaps.
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

void loam__tell_threads(void)
{
    for (loam__thread *thread = loam__threads(); thread; thread = thread->next)
        loam__has_due(thread);
}

static void make_due(loam__extension *extension)
{
    loam__queue *queue = &extension->owner->queue;

    if (extension->owner->is_lost)
        return;
    if (loam__queue_is_empty(queue))
        loam__tell_threads();
    push(&queue->dead, extension);
}

static void GC_CALLBACK became_dead(void *object, void *data)
{
    loam__extension *extension = data ? data : loam__extension_of(object, false);

    loam__lock();
    extension->object = object;
    make_due(extension);
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
    push(&thread->queue.unwatched, extension);
}

static void watch_rest_again(loam__thread *thread)
{
    loam__extension *rest = thread->queue.unwatched;

    thread->queue.unwatched = NULL;
    while (rest)
        watch_again(thread, pop(&rest));
}

void loam__new_run(loam__thread *thread)
{
    static uint64_t last;

    thread->run = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

/* They wait in the thread's list, where they are found if one of them ends the thread. */
static void run_finalizers(loam__thread *thread)
{
    loam__extension *extension;

    if (thread->running)
        loam__new_run(thread);
    while ((extension = pop(&thread->running))) {
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
    loam__extension *dead = thread->queue.dead;

    thread->queue.dead = NULL;
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
        if (are_certain || extension->found_in == thread->run)
            dispose_of(thread, extension);
        else
            push(&uncertain, extension);
    return uncertain;
}

/* Whether there was no collection since something began to wait for one. */
static bool is_waiting(const loam__thread *thread)
{
    return (thread->held || thread->queue.unwatched) && GC_get_gc_no() == thread->waits_since;
}

static void move(loam__extension **to, loam__extension **from)
{
    while (*from)
        push(to, pop(from));
}

static void watch_uncertain_again(loam__thread *thread)
{
    loam__extension *uncertain = take_dead(thread);

    while (uncertain) {
        uncertain->found_in = thread->run;
        watch_again(thread, pop(&uncertain));
    }
}

/* `is_all`: nothing that was found together with what the thread has taken waits elsewhere. All is in the thread's
 * lists before finalizers run, one of which may end it. */
static void settle(loam__thread *thread, bool is_all)
{
    bool has_waited = !is_waiting(thread);
    loam__extension *finalizable = NULL;
    loam__extension *others = NULL;

    sort(take_dead(thread), &finalizable, &others);
    thread->queue.dead = dispose(thread, others, is_all && !finalizable && has_waited);
    if (has_waited)
        move(&thread->running, &thread->held);
    move(thread->queue.dead ? &thread->held : &thread->running, &finalizable);
    run_finalizers(thread);
    if (has_waited)
        watch_rest_again(thread);
    watch_uncertain_again(thread);
}

/* Safe points. */

static void give_back(loam__extension **list, const loam__heap *of)
{
    loam__extension *rest = *list;
    loam__extension *extension;

    *list = NULL;
    while ((extension = pop(&rest))) {
        loam__queue *queue = &extension->owner->queue;
        if (of && extension->owner != of)
            push(list, extension);
        else
            push(extension->object->head & LOAM__FLAG_FINALIZABLE ? &queue->dead : &queue->unwatched, extension);
    }
}

typedef struct giving {
    loam__thread *thread;
    const loam__heap *of;
} giving;

static void *give_back_locked(void *data)
{
    const giving *g = data;

    give_back(&g->thread->queue.dead, g->of);
    give_back(&g->thread->queue.unwatched, g->of);
    give_back(&g->thread->held, g->of);
    give_back(&g->thread->running, g->of);
    loam__give_back_watches(g->thread, g->of);
    return NULL;
}

/* Under libgc's lock as well: what is on the way is referred to by the stack alone, and that of a thread which libgc
 * has made is not looked at any more when it leaves. */
void loam__give_back(loam__thread *thread, const loam__heap *of)
{
    giving g = {thread, of};

    loam__lock();
    GC_call_with_alloc_lock(give_back_locked, &g);
    loam__unlock();
}

static void take_list(loam__extension **to, loam__extension **from, loam__heap *owner)
{
    loam__extension *extension;

    while ((extension = pop(from))) {
        extension->owner = owner;
        push(to, extension);
    }
}

/* What is due in a heap that is gone, and what will be, is due in the thread's own from now on. */
static void take(loam__thread *thread, loam__heap *heap)
{
    loam__heap *owner = heap->is_gone ? thread->own : heap;

    take_list(&thread->queue.dead, &heap->queue.dead, owner);
    take_list(&thread->queue.unwatched, &heap->queue.unwatched, owner);
    loam__take_watches(thread, heap, owner);
}

/* All that libgc has found becomes due at once, before user code runs. Returns whether none of it waits for somebody to
 * use its heap. */
static bool empty_queue(loam__thread *thread)
{
    bool is_all = true;

    loam__lock();
    __atomic_store_n(&thread->need, LOAM__NEEDS_NOTHING, __ATOMIC_RELAXED);
    GC_invoke_finalizers();
    for (loam__heap *heap = loam__heaps(); heap; heap = heap->next) {
        const void *user = __atomic_load_n(&heap->base.thread, __ATOMIC_RELAXED);
        if (heap->is_gone || user == loam__thread_name())
            take(thread, heap);
        else if (!user && heap->queue.dead)
            is_all = false;
    }
    loam__unlock();
    return is_all;
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
    bool is_all;

    thread->is_at_safe_point = true;
    is_told = loam__collections_began(thread);
    is_all = empty_queue(thread);
    loam__run_watches(thread);
    settle(thread, is_all);
    if (thread->held || thread->queue.unwatched)
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
