/*
 * What LOAM_GC_DEBUG_COLLECTABLE and _SAVEALL make of unreachable objects: a line each, and a list of them. The list is
 * the thread's own, held by a root from the first use on, so that its memory is there before a collection finds
 * anything.
 */
#include "containers/census.h"
#include "containers/sequence.h"
#include "gc/collector.h"

#include <stdio.h>

static LOAM__THREAD_LOCAL loam_root *root;
static LOAM__THREAD_LOCAL bool is_saving; /* for this collection */

static loam_list *garbage(void)
{
    return loam_to_list_peek(loam_root_peek(root));
}

/* Room in the list; a pending failure stays. */
static bool begins(size_t count)
{
    loam_failure pending = *loam_error();
    int64_t len = root ? loam_list_len(garbage()) : 0;

    is_saving = loam__debug & LOAM_GC_DEBUG_SAVEALL && loam_list_reserve(garbage(), len + (int64_t)count) == LOAM_OK;
    if (pending.status)
        loam__fail_again(&pending);
    else
        loam_error_clear();
    return is_saving;
}

/* An entry of a weak map is held by its map, which was found too. */
static void found(loam_object *object)
{
    loam_list *list;

    if (loam__is_map_entry(object))
        return;
    if (loam__debug & LOAM_GC_DEBUG_COLLECTABLE)
        fprintf(stderr, "gc: collectable <%s %p>\n", loam__type_of(object)->name, (void *)object);
    if (!is_saving)
        return;
    list = garbage();
    loam__slot_store(list, &list->items[list->len++], loam_from(object));
}

static void thread_ends(void)
{
    loam_root *last = root;

    root = NULL;
    loam_root_free(last);
}

static const loam__inspector inspector = {begins, found, thread_ends};

/* In the thread's own heap: it is to hold none that the program frees. */
static loam_list *new_list(void)
{
    loam__heap_entry entry;
    loam_list *list;

    loam__heap_push(&entry, NULL);
    list = loam_list_new();
    loam__heap_pop(&entry);
    return list;
}

static loam_status make_list(void)
{
    loam_auto loam_list *list = root ? NULL : new_list();

    if (list)
        root = loam_root_new(loam_from(list));
    if (!root)
        return loam_error()->status;
    loam__inspector_here = &inspector;
    return LOAM_OK;
}

/* The list is let go of where that makes no difference. */
static void drop_list_if_empty(void)
{
    if (!root || garbage()->len || loam__gc_count(&garbage()->loam) != 1)
        return;
    thread_ends();
    loam__inspector_here = NULL;
}

loam_status loam_gc_set_debug(int flags)
{
    if (flags & ~(LOAM_GC_DEBUG_STATS | LOAM_GC_DEBUG_LEAK))
        return loam_fail(LOAM_ERR_VALUE, "%s: there is a flag in %d that is none", __func__, flags);
    if (flags & LOAM_GC_DEBUG_LEAK && !loam__gc_can(LOAM_GC_EXACT_CYCLES))
        return loam_fail(LOAM_ERR_UNSUPPORTED, "%s: not supported by %s", __func__, loam__gc_name());
    if (flags & LOAM_GC_DEBUG_LEAK && make_list() < 0)
        return loam_error()->status;
    loam__debug = flags;
    if (!(flags & LOAM_GC_DEBUG_LEAK))
        drop_list_if_empty();
    return LOAM_OK;
}

loam_list *loam_gc_garbage(void)
{
    return make_list() < 0 ? NULL : loam_retain(garbage());
}
