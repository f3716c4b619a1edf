/*
 * What the check back end is told. It consists of the sources of refcount and of gc/slots.c, of layers 2 to 4, all of
 * them compiled once more with LOAM__CHECKED, and of gc/check/, which implements this file. Elsewhere all of it is
 * empty: not an instruction is left.
 */
#ifndef GC_HOOKS_H
#define GC_HOOKS_H

#include "gc/object.h"

#ifndef LOAM__CHECKED
#define LOAM__CHECKED 0
#endif

struct loam__full;
struct loam__heap;
struct loam__page;

#if LOAM__CHECKED

#define LOAM__IF_CHECKED(declarations) declarations
#define LOAM__HOOK(prototype) void prototype
#define LOAM__HOOK_RESULT(result, prototype, otherwise) result prototype

#else

#define LOAM__IF_CHECKED(declarations)
#define LOAM__HOOK(prototype)                                                                                          \
    LOAM__INLINE void prototype                                                                                        \
    {                                                                                                                  \
    }
#define LOAM__HOOK_RESULT(result, prototype, otherwise)                                                                \
    LOAM__INLINE result prototype                                                                                      \
    {                                                                                                                  \
        return otherwise;                                                                                              \
    }

#endif

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* A heap begins; it ends, and is kept for a while if it has freed something: which one is to be given back now, an
 * earlier one, none, or this one. A thread that has a heap of its own: before its heap begins, and after it is
 * nobody's. */
LOAM__HOOK(loam__check_heap_begins(struct loam__heap *heap));
LOAM__HOOK_RESULT(struct loam__heap *, loam__check_heap_ends(struct loam__heap *heap), heap);
LOAM__HOOK(loam__check_thread(int more));

/* A fork, in its loam__fork_phase. */
LOAM__HOOK(loam__check_fork(int phase));

/* An object is made; by loam_new(), too. */
LOAM__HOOK(loam__check_made(loam_object *object));
LOAM__HOOK_RESULT(void *, loam__check_new(void *object), object);

/* Its slot comes back: whether that is kept from use for a while. All that is kept is given back. Objects that are
 * kept, of those that the heap counts as used. */
LOAM__HOOK_RESULT(bool, loam__check_keeps(struct loam__heap *heap, void *object), false);
LOAM__HOOK(loam__check_keep_none(struct loam__heap *heap));
LOAM__HOOK_RESULT(uint64_t, loam__check_kept(const struct loam__heap *heap), 0);
LOAM__HOOK(loam__check_page_ends(struct loam__page *page));
/* Whether nothing but such slots is in a page: nobody needs to look at it. */
LOAM__HOOK_RESULT(bool, loam__check_is_spent(const struct loam__page *page), false);

/* `function` was given an object that has been freed; something that lies in an object, which may have been, or NULL:
 * whoever looks whether a handle is NULL asks this first. */
LOAM__HOOK(loam__check_dead(const loam_object *object, const char *function));
LOAM__HOOK(loam__check_alive(const void *part, const char *function));

/* A collection is about to look at an object, or it is about to be freed; at a heap. A full one is about to free its
 * members. The program has asked for one of this generation, which is over. */
LOAM__HOOK(loam__check_object(loam_object *object));
LOAM__HOOK(loam__check_heap(struct loam__heap *heap));
LOAM__HOOK(loam__check_certificate(struct loam__full *full));
LOAM__HOOK(loam__check_holders(int generation));

/* Memory from loam__gc_root_new(), `bytes` of it; 0: no more. */
LOAM__HOOK(loam__check_root(void *root, size_t bytes));

/* A field has changed by loam_slot_set() and its kin. */
LOAM__HOOK(loam__check_stored(void *owner, void *slot));

/* A buffer of loam_slots_new() comes into use; leaves, before its memory can become another's, in which case it comes
 * again or ends. `buffer` is what leaving has answered, NULL if it is new. */
LOAM__HOOK(loam__check_slots_come(void *buffer, loam_value *slots, size_t count));
LOAM__HOOK_RESULT(void *, loam__check_slots_leave(loam_value *slots, size_t count), NULL);
LOAM__HOOK(loam__check_slots_end(void *buffer));

#pragma GCC diagnostic pop

/* loam__check_alive() of a value. */
LOAM__INLINE void loam__check_value(loam_value value, const char *function)
{
    if (LOAM__CHECKED && loam_is_object(value))
        loam__check_alive(loam__object(value), function);
}

#endif
