/*
 * The boehm back end: libgc finds what is reachable, conservatively, and counts mean nothing.
 *
 * How libgc is used, and why:
 *
 *   - Interior pointers are not recognised from the heap. Nothing in loam points into the middle of an object, small
 *     blocks halve in size, and an odd word, which is how integers are encoded, can never look like a pointer.
 *   - libgc starts in a constructor, unless the program has started it already; then its settings are left alone, but
 *     for the one without which unordered finalizers are unsafe.
 *   - Objects are cut from lists that GC_malloc_many() fills, which is half as fast again as asking for one at a time.
 *     The list heads lie in uncollectable memory, because thread-local data is not scanned.
 *   - A thread is registered with libgc at its first allocation, or when it asks to be, and leaves when it ends or
 *     detaches. One that only holds references and does neither is not seen.
 *   - libgc's own handlers take its lock around a fork; ours, which run before them, loam's.
 *   - Buffers without references are atomic, so they are never scanned, and so are numbers and texts, to which nothing
 *     can be attached; weak references, in which nothing may be seen; and ephemerons: what they hold is held by what
 *     they are attached to.
 */
#include "gc/boehm/boehm.h"

#include "config.h"
#include "gc/fork.h"
#include "lib/alloc.h"

#include <pthread.h>
#include <stdio.h>

enum {
    OFF_PAGE = 64 * 1024, /* bytes; larger buffers are asked for as held by their first words */
    STRESS = 400          /* allocations from one collection to the next in a stress build */
};

static LOAM__THREAD_LOCAL loam__thread *this_thread;
static loam__thread *threads;
static pthread_key_t leaving; /* its destructor runs when a thread that has allocated ends */
static pthread_mutex_t lock;

void loam__lock(void)
{
    pthread_mutex_lock(&lock);
}

void loam__unlock(void)
{
    pthread_mutex_unlock(&lock);
}

/* What is due in its own heap stays, for whoever comes to a safe point next. */
static void end_thread(loam__thread *thread)
{
    loam__lock();
    loam__give_back(thread, NULL);
    loam__heap_end(thread->own);
    thread->has_ended = true;
    loam__unlock();
}

static void leave_thread(void *data)
{
    loam__thread *thread = data;
    bool registered_here = thread->registered_here;

    loam__heaps_leave_all();
    loam__thread_ends();
    this_thread = NULL;
    loam__settings_reset(&thread->own->settings);
    loam__settings_apply(thread);
    end_thread(thread);
    if (registered_here)
        GC_unregister_my_thread();
}

static void make_lock(void)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

/* There where the program is built with AddressSanitizer, which may then keep variables where libgc does not look. */
extern int __asan_option_detect_stack_use_after_return __attribute__((weak));

static void check_stack(void)
{
    if (&__asan_option_detect_stack_use_after_return && __asan_option_detect_stack_use_after_return)
        loam__bug("loam on boehm",
                  "AddressSanitizer keeps variables off the stack, where what they refer to is lost: set "
                  "ASAN_OPTIONS=detect_stack_use_after_return=0");
}

/* There where the program is built with ThreadSanitizer. One that has a single thread never waits for a signal. */
extern void __tsan_init(void) __attribute__((weak));

static void check_signals(void)
{
    if (&__tsan_init)
        fputs(
            "loam on boehm: ThreadSanitizer holds back the signals by which libgc stops threads, so that a collection "
            "may end the process: use the library of refcount\n",
            stderr);
}

__attribute__((constructor)) static void start(void)
{
    check_stack();
    check_signals();
    if (!GC_is_init_called()) {
        GC_set_all_interior_pointers(0);
        GC_set_finalize_on_demand(1);
        GC_set_handle_fork(1);
        GC_set_warn_proc(GC_ignore_warn_proc);
    }
    GC_INIT();
    GC_set_java_finalization(1);
    GC_allow_register_threads();
    loam__collector_start();
    pthread_key_create(&leaving, leave_thread);
    make_lock();
    loam__fork_start();
}

/* libgc has to know a thread before it allocates, and programs make threads without asking libgc. One that libgc has
 * made itself is given up by it before destructors run, and may come back in one of the program's:
 * GC_register_my_thread() notices, GC_thread_is_registered() does not. */
static bool register_thread(bool *registered_here)
{
    struct GC_stack_base base;
    int result;

    if (GC_get_stack_base(&base) != GC_SUCCESS)
        return false;
    result = GC_register_my_thread(&base);
    *registered_here = result == GC_SUCCESS;
    return result == GC_SUCCESS || result == GC_DUPLICATE;
}

static loam__thread *one_that_has_ended(void)
{
    loam__thread *thread = threads;

    while (thread && !thread->has_ended)
        thread = thread->next;
    return thread;
}

/* libgc's collections read the list without the lock. */
static loam__thread *new_memory(void)
{
    loam__thread *thread = loam__alloc_permitted(sizeof *thread) ? GC_MALLOC_UNCOLLECTABLE(sizeof *thread) : NULL;

    if (thread) {
        thread->has_ended = true;
        thread->next = threads;
        __atomic_store_n(&threads, thread, __ATOMIC_RELEASE);
    }
    return thread;
}

/* Take over what a thread has left that has ended, perhaps in the middle of a finalizer, or make it anew. */
static loam__thread *thread_memory(void)
{
    loam__thread *thread;
    loam__heap *own;

    loam__lock();
    thread = one_that_has_ended();
    if (!thread)
        thread = new_memory();
    own = thread ? loam__heap_make() : NULL;
    if (own) {
        loam__heap_use(&own->base);
        thread->own = thread->heap = own;
        thread->has_ended = thread->is_at_safe_point = thread->is_collecting = false;
        loam__new_run(thread);
    }
    loam__unlock();
    return own ? thread : NULL;
}

LOAM__COLD static bool enter_thread(void)
{
    bool registered_here;
    loam__thread *entered;

    if (!register_thread(&registered_here))
        return false;
    entered = thread_memory();
    if (entered && pthread_setspecific(leaving, entered) == 0) {
        entered->registered_here = registered_here;
        loam__settings_apply(entered);
        loam__collections_are_known(entered);
        this_thread = entered;
        return true;
    }
    if (entered)
        end_thread(entered);
    if (registered_here)
        GC_unregister_my_thread();
    return false;
}

loam__thread *loam__thread_here(void)
{
    return LOAM__LIKELY(this_thread != NULL) || enter_thread() ? this_thread : NULL;
}

bool loam__gc_thread_is_known(void)
{
    return this_thread != NULL;
}

bool loam__gc_thread_leave(void)
{
    loam__thread *thread = this_thread;

    if (!thread)
        return true;
    if (thread->is_at_safe_point || loam__heaps_are_busy())
        return false;
    loam__heaps_leave_all();
    loam__gc_safe_point();
    pthread_setspecific(leaving, NULL);
    leave_thread(thread);
    return true;
}

/* A thread that a child process does not have. What it was doing is anybody's guess, so nothing of it is finalized. */
static void lose(loam__thread *thread)
{
    memset(&thread->queue, 0, sizeof thread->queue);
    thread->held = thread->running = NULL;
    memset(thread->heads, 0, sizeof thread->heads);
    thread->heap = thread->own;
    loam__settings_reset(&thread->own->settings);
    loam__settings_apply(thread);
}

void loam__gc_fork(loam__fork_phase phase)
{
    if (phase == LOAM__FORK_PREPARES)
        loam__lock();
    if (phase == LOAM__FORK_IN_PARENT)
        loam__unlock();
    if (phase != LOAM__FORK_IN_CHILD)
        return;
    make_lock();
    for (loam__thread *thread = threads; thread; thread = thread->next)
        if (thread != this_thread && !thread->has_ended)
            lose(thread);
    loam__heaps_fork();
}

loam__thread *loam__threads(void)
{
    return __atomic_load_n(&threads, __ATOMIC_ACQUIRE);
}

/* Before an allocation: what is reachable from nowhere that libgc looks at, not even for a moment, is lost in a stress
 * build. */
static void stress(void)
{
    static unsigned allocations;

    if (LOAM_STRESS && __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED) % STRESS == 0)
        GC_gcollect();
}

bool loam__is_ready(size_t bytes)
{
    if (!loam__alloc_permitted(bytes) || !loam__thread_here())
        return false;
    stress();
    return true;
}

/* libgc leaves `old` as it is where it has no memory. */
bool loam__register(void *object, GC_finalization_proc procedure, void *data, loam__registrar *registrar)
{
    GC_finalization_proc old = procedure;

    registrar(object, procedure, data, &old, NULL);
    return old != procedure;
}

/* Objects. */

static size_t granules_for(size_t size)
{
    return (size + LOAM__LINE - 1) / LOAM__LINE;
}

/* Zero but for the first word, where the header goes. */
static void *listed(size_t granules)
{
    void **head = &this_thread->heads[granules];
    void *object;

    if (LOAM__UNLIKELY(!*head))
        *head = GC_malloc_many(granules * LOAM__LINE);
    object = *head;
    if (LOAM__LIKELY(object))
        *head = GC_NEXT(object);
    return object;
}

/* The same, with room for the word that refers to the extension. */
static void *scanned_object(size_t size)
{
    size += sizeof(loam__extension *);
    return size <= LOAM__LARGEST_LISTED ? listed(granules_for(size)) : GC_MALLOC(size);
}

/* Zero. A weak reference has the same room, at the end of its block, wherever that is. */
static void *atomic_object(const loam_type *type, size_t size)
{
    bool has_extension = type->id == LOAM__TYPE_WEAKREF;
    void *memory = GC_MALLOC_ATOMIC(has_extension ? size + sizeof(loam__extension *) : size);

    return memory ? memset(memory, 0, has_extension ? GC_size(memory) : size) : NULL;
}

bool loam__is_atomic(const loam_type *type)
{
    switch (type->id) {
    case LOAM__TYPE_INT:
    case LOAM__TYPE_FLOAT:
    case LOAM__TYPE_STR:
    case LOAM__TYPE_BYTES:
    case LOAM__TYPE_WEAKREF:
    case LOAM__TYPE_EPHEMERON:
    case LOAM__TYPE_WEAK_ENTRY:
        return true;
    default:
        return false;
    }
}

/* Slots have nothing to tell of here. */
static uint64_t first_head(const loam_type *type)
{
    return loam__first_head(type) & ~LOAM__FLAG_CYCLIC;
}

loam_object *loam__gc_object_new(loam_type *type, size_t size)
{
    loam_object *object;

    if (LOAM__UNLIKELY(!loam__is_ready(size)))
        return NULL;
    object = loam__is_atomic(type) ? atomic_object(type, size) : scanned_object(size);
    if (LOAM__UNLIKELY(!object))
        return NULL;
    object->head = first_head(type);
    if (LOAM__UNLIKELY(type->finalize || type->external) && !loam__watch_object(object))
        return NULL;
    return object;
}

/* Where there is nothing to see to but the header. */
void *loam__gc_new(loam_type *type)
{
    loam_object *object = NULL;

    if (LOAM__LIKELY(type && this_thread && !loam__alloc_gate)) {
        uint16_t place = __atomic_load_n(&type->place, __ATOMIC_ACQUIRE);
        stress();
        object = place ? listed(place) : NULL;
    }
    if (LOAM__UNLIKELY(!object))
        return loam__new_slow(type);
    object->head = first_head(type);
    return object;
}

/* The list that its objects are from; 0: there is more to see to. */
uint16_t loam__gc_place(const loam_type *type, uint16_t traits)
{
    size_t size = type->size + sizeof(loam__extension *);

    (void)traits;
    if (type->finalize || type->external || loam__is_atomic(type) || size > LOAM__LARGEST_LISTED)
        return 0;
    return (uint16_t)granules_for(size);
}

void loam__gc_retain(loam_object *object)
{
    (void)object;
}

void loam__gc_release(loam_object *object)
{
    (void)object;
}

void loam__gc_release_outermost(loam_object *object)
{
    (void)object;
    if (LOAM__UNLIKELY(this_thread && loam__is_due(this_thread)))
        loam__gc_safe_point();
}

int64_t loam__gc_count(const loam_object *object)
{
    (void)object;
    return -1;
}

void loam__gc_suspect(loam_object *object)
{
    (void)object;
}

/*
 * Buffers. What uses one refers to where it begins, or to its owner. libgc is told so of large ones: it then puts them
 * also where a stray word would point into the middle, which else makes the heap grow, and does not hold them by such a
 * word from the heap if the program has started it with interior pointers. A word on a stack that points into the
 * middle does hold a buffer, of any size.
 */

static void *scanned(size_t bytes)
{
    return bytes > OFF_PAGE ? GC_MALLOC_IGNORE_OFF_PAGE(bytes) : GC_MALLOC(bytes ? bytes : 1);
}

static void *atomic(size_t bytes)
{
    return bytes > OFF_PAGE ? GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(bytes) : GC_MALLOC_ATOMIC(bytes ? bytes : 1);
}

/* Whether GC_REALLOC() leaves it where it is. */
static bool fits(size_t size, size_t bytes)
{
    return bytes + (size_t)GC_get_all_interior_pointers() <= size && bytes >= size / 2;
}

/* A large buffer that GC_REALLOC() moves would be an ordinary one; it copies as well, so nothing is lost by not asking
 * it. `allocate` is one of the two above. */
static void *resized(void *buffer, size_t bytes, void *(*allocate)(size_t bytes))
{
    size_t size = GC_size(buffer);
    void *moved;

    if (bytes <= OFF_PAGE || fits(size, bytes))
        return GC_REALLOC(buffer, bytes ? bytes : 1);
    moved = allocate(bytes);
    if (!moved)
        return NULL;
    memcpy(moved, buffer, size < bytes ? size : bytes);
    GC_FREE(buffer);
    return moved;
}

loam_value *loam__gc_refs_new(const void *owner, size_t count)
{
    (void)owner;
    return loam__is_ready(count * sizeof(loam_value)) ? scanned(count * sizeof(loam_value)) : NULL;
}

loam_value *loam__gc_refs_resize(const void *owner, loam_value *slots, size_t old_count, size_t count)
{
    loam_value *grown;

    if (!slots)
        return loam__gc_refs_new(owner, count);
    grown = loam__is_ready(count * sizeof *slots) ? resized(slots, count * sizeof *slots, scanned) : NULL;
    if (LOAM__LIKELY(grown) && count > old_count)
        memset(grown + old_count, 0, (count - old_count) * sizeof *grown);
    return grown;
}

loam_value *loam__gc_refs_reserve(const void *owner, loam_value *slots, size_t old_count, size_t count)
{
    return loam__gc_refs_resize(owner, slots, old_count, count);
}

bool loam__gc_keep(const void *owner, const loam_value *refs, size_t stride, size_t count, loam_value **kept)
{
    *kept = loam__gc_refs_new(owner, count);
    if (!*kept)
        return false;
    for (size_t i = 0; i < count; i++)
        (*kept)[i] = refs[i * stride];
    return true;
}

void loam__gc_left(const void *owner, const loam_value *slots, size_t count)
{
    (void)owner;
    (void)slots;
    (void)count;
}

void loam__gc_refs_free(loam_value *slots, size_t count)
{
    (void)count;
    GC_FREE(slots);
}

void *loam__gc_data_new(const void *owner, size_t bytes)
{
    (void)owner;
    return loam__is_ready(bytes) ? atomic(bytes) : NULL;
}

void *loam__gc_data_resize(const void *owner, void *data, size_t old_bytes, size_t bytes)
{
    (void)old_bytes;
    if (!data)
        return loam__gc_data_new(owner, bytes);
    return loam__is_ready(bytes) ? resized(data, bytes, atomic) : NULL;
}

void loam__gc_data_free(void *data, size_t bytes)
{
    (void)bytes;
    GC_FREE(data);
}

void *loam__gc_root_new(size_t bytes)
{
    return loam__is_ready(bytes) ? GC_MALLOC_UNCOLLECTABLE(bytes) : NULL;
}

void loam__gc_root_free(void *root, size_t bytes)
{
    (void)bytes;
    GC_FREE(root);
}
