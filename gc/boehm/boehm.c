/*
 * The boehm back end: libgc finds what is reachable, conservatively, and counts mean nothing.
 *
 * How libgc is used, and why:
 *
 *   - Interior pointers are not recognised from the heap. Nothing in loam points into the middle of an object, small
 *     blocks halve in size, and an odd word, which is how integers are encoded, can never look like a pointer.
 *   - libgc starts in a constructor, unless the program has started it already; then its settings are left alone.
 *   - Objects with references are cut from lists that GC_malloc_many() fills, which is half as fast again as asking for one
 *     at a time. The list heads lie in uncollectable memory, because thread-local data is not scanned.
 *   - A thread is registered with libgc at its first allocation, and leaves when it ends. One that only holds references
 *     and never allocates is not seen.
 *   - Everything without references is allocated as atomic, so it is never scanned.
 *   - Finalizers run on demand, in no order, at a safe point of ours; only types that own more than memory have one.
 */
#include "gc/backend.h"

#include "lib/alloc.h"

#include <pthread.h>

#define GC_THREADS 1 /* declares what registers a thread */
#include <gc/gc.h>

enum {
    GRANULE = 16,
    LARGEST_LISTED = 256, /* bytes; larger objects are asked for one at a time */
    OFF_PAGE = 64 * 1024  /* buffers above this are always held by their first byte */
};

/* What a thread has of its own: a list of free objects for each multiple of a granule. In uncollectable memory. */
typedef struct thread {
    void *heads[LARGEST_LISTED / GRANULE + 1];
    bool registered_here;
} thread;

static LOAM__THREAD_LOCAL thread *this_thread;
static pthread_key_t leaving; /* its destructor runs when a thread that has allocated ends */

static void leave_thread(void *data)
{
    bool registered_here = ((thread *)data)->registered_here;

    this_thread = NULL;
    GC_FREE(data);
    if (registered_here)
        GC_unregister_my_thread();
}

__attribute__((constructor)) static void start(void)
{
    if (!GC_is_init_called()) {
        GC_set_all_interior_pointers(0);
        GC_set_finalize_on_demand(1);
        GC_set_warn_proc(GC_ignore_warn_proc);
    }
    GC_INIT();
    GC_allow_register_threads();
    pthread_key_create(&leaving, leave_thread);
}

/* libgc has to know a thread before it allocates, and programs make threads without asking libgc. */
static bool register_thread(bool *registered_here)
{
    struct GC_stack_base base;

    *registered_here = !GC_thread_is_registered();
    return !*registered_here || (GC_get_stack_base(&base) == GC_SUCCESS && GC_register_my_thread(&base) == GC_SUCCESS);
}

LOAM__COLD static bool enter_thread(void)
{
    bool registered_here;
    thread *entered;

    if (!register_thread(&registered_here))
        return false;
    entered = GC_MALLOC_UNCOLLECTABLE(sizeof *entered);
    if (entered && pthread_setspecific(leaving, entered) == 0) {
        entered->registered_here = registered_here;
        this_thread = entered;
        return true;
    }
    GC_FREE(entered);
    if (registered_here)
        GC_unregister_my_thread();
    return false;
}

static bool is_ready(size_t bytes)
{
    return loam__alloc_permitted(bytes) && (LOAM__LIKELY(this_thread != NULL) || enter_thread());
}

const char *loam__gc_name(void)
{
    return "boehm";
}

bool loam__gc_can(loam_gc_capability capability)
{
    return capability == LOAM_GC_CYCLES;
}

loam__gc_usage loam__gc_live(void)
{
    return (loam__gc_usage){0, 0};
}

void loam__gc_watch(const loam__watcher *watcher)
{
    (void)watcher; /* nothing is freed promptly here */
}

static void *listed(size_t size)
{
    size_t granules = (size + GRANULE - 1) / GRANULE;
    void **head;
    void *object;

    head = &this_thread->heads[granules];
    if (LOAM__UNLIKELY(!*head))
        *head = GC_malloc_many(granules * GRANULE);
    object = *head;
    if (LOAM__LIKELY(object)) {
        *head = GC_NEXT(object);
        GC_NEXT(object) = NULL;
    }
    return object;
}

static void *object_memory(const loam_type *type, size_t size)
{
    void *memory;

    if ((loam__holds_references(type) || type->external) && LOAM__UNLIKELY(GC_should_invoke_finalizers()))
        GC_invoke_finalizers();
    if (loam__holds_references(type))
        return size <= LARGEST_LISTED ? listed(size) : GC_MALLOC(size);
    memory = GC_MALLOC_ATOMIC(size);
    return memory ? memset(memory, 0, size) : NULL;
}

static void dispose(void *object, void *data)
{
    (void)data;
    loam__type_of(object)->dispose(object);
}

loam_object *loam__gc_object_new(loam_type *type, size_t size)
{
    loam_object *object = is_ready(size) ? object_memory(type, size) : NULL;

    if (LOAM__UNLIKELY(!object))
        return NULL;
    object->head = 1 | (uint64_t)type->id << LOAM__TYPE_SHIFT;
    if (type->external)
        GC_REGISTER_FINALIZER_NO_ORDER(object, dispose, NULL, NULL, NULL);
    return object;
}

void loam__gc_retain(loam_object *object)
{
    (void)object;
}

void loam__gc_release(loam_object *object)
{
    (void)object;
}

static void *scanned(size_t bytes)
{
    if (!is_ready(bytes))
        return NULL;
    return bytes > OFF_PAGE ? GC_MALLOC_IGNORE_OFF_PAGE(bytes) : GC_MALLOC(bytes ? bytes : 1);
}

loam_value *loam__gc_refs_new(size_t count)
{
    return scanned(count * sizeof(loam_value));
}

loam_value *loam__gc_refs_resize(loam_value *slots, size_t old_count, size_t count)
{
    loam_value *resized;

    if (!slots)
        return loam__gc_refs_new(count);
    resized = is_ready(count * sizeof *slots) ? GC_REALLOC(slots, count ? count * sizeof *slots : 1) : NULL;
    if (LOAM__LIKELY(resized) && count > old_count)
        memset(resized + old_count, 0, (count - old_count) * sizeof *resized);
    return resized;
}

void loam__gc_refs_free(loam_value *slots, size_t count)
{
    (void)count;
    GC_FREE(slots);
}

void *loam__gc_data_new(size_t bytes)
{
    if (!is_ready(bytes))
        return NULL;
    return bytes > OFF_PAGE ? GC_MALLOC_ATOMIC_IGNORE_OFF_PAGE(bytes) : GC_MALLOC_ATOMIC(bytes ? bytes : 1);
}

void *loam__gc_data_resize(void *data, size_t old_bytes, size_t bytes)
{
    (void)old_bytes;
    if (!data)
        return loam__gc_data_new(bytes);
    return is_ready(bytes) ? GC_REALLOC(data, bytes ? bytes : 1) : NULL;
}

void loam__gc_data_free(void *data, size_t bytes)
{
    (void)bytes;
    GC_FREE(data);
}

void *loam__gc_root_new(size_t bytes)
{
    return is_ready(bytes) ? GC_MALLOC_UNCOLLECTABLE(bytes) : NULL;
}

void loam__gc_root_free(void *root, size_t bytes)
{
    (void)bytes;
    GC_FREE(root);
}
