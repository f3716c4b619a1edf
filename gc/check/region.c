/*
 * Memory outside of the heap that holds references, buffers of loam_slots_new() and roots: in a tree, by address.
 */
#include "gc/check/check.h"

#include <pthread.h>
#include <search.h>
#include <stdlib.h>

/* A tree of tsearch(), by address. None of the program's code runs while the lock is held. A region is changed by the
 * thread whose it is, which takes it out of the tree before the memory can become another's; who else has come across
 * its address may look at it only under the lock. */
static void *regions;
static pthread_mutex_t regions_lock = PTHREAD_MUTEX_INITIALIZER;

/* Equal if they overlap. */
static int by_address(const void *one, const void *other)
{
    const loam__region *a = one;
    const loam__region *b = other;

    if (a->start + a->bytes <= b->start)
        return -1;
    return b->start + b->bytes <= a->start;
}

/* Under the lock. */
static loam__region *region_at(uintptr_t address)
{
    loam__region key = {.start = (char *)address, .bytes = 1};
    loam__region **node = address && address >> 47 == 0 ? tfind(&key, &regions, by_address) : NULL;
    return node ? *node : NULL;
}

loam__region *loam__check_region_at(const void *at)
{
    loam__region *found;

    pthread_mutex_lock(&regions_lock);
    found = region_at((uintptr_t)at);
    pthread_mutex_unlock(&regions_lock);
    return found;
}

/* Something has been stored in a buffer for an owner; NULL: that is none. */
loam__region *loam__check_buffer_of(loam_object *owner, const void *slot)
{
    loam__region *found;

    pthread_mutex_lock(&regions_lock);
    found = region_at((uintptr_t)slot);
    if (found && found->told)
        found->owner = owner;
    pthread_mutex_unlock(&regions_lock);
    return found && found->told ? found : NULL;
}

/* The buffer that begins at the address, if it is this owner's. */
const loam__region *loam__check_own_buffer(const loam_object *owner, uint64_t address)
{
    const loam__region *found;

    pthread_mutex_lock(&regions_lock);
    found = region_at(address);
    if (found && (found->owner != owner || (uintptr_t)found->start != address))
        found = NULL;
    pthread_mutex_unlock(&regions_lock);
    return found;
}

/* Where another one lies already, that has been freed behind loam's back. */
static void add_region(loam__region *added)
{
    const loam__region *found;

    pthread_mutex_lock(&regions_lock);
    found = *(loam__region *const *)loam__check_must_have(tsearch(added, &regions, by_address));
    if (found != added) {
        loam__check_say("loam check: a buffer of %zu slots was given back by something else than loam_slots_free()\n",
                        found->bytes / 8);
        loam__check_end();
    }
    pthread_mutex_unlock(&regions_lock);
}

static loam__region *take_region(const void *at)
{
    loam__region *found;

    pthread_mutex_lock(&regions_lock);
    found = region_at((uintptr_t)at);
    if (found)
        tdelete(found, &regions, by_address);
    pthread_mutex_unlock(&regions_lock);
    return found;
}

typedef struct tour {
    void (*visit)(loam__region *each, loam__hold *hold);
    loam__hold *hold;
} tour;

static void visit_node(const void *node, VISIT order, void *data)
{
    const tour *t = data;

    if (order == postorder || order == leaf)
        t->visit(*(loam__region *const *)node, t->hold);
}

static void walk_regions(void (*visit)(loam__region *each, loam__hold *hold), loam__hold *hold)
{
    tour t = {visit, hold};
    twalk_r(regions, visit_node, &t);
}

static void visit_regions(void (*visit)(loam__region *each, loam__hold *hold), loam__hold *hold)
{
    pthread_mutex_lock(&regions_lock);
    walk_regions(visit, hold);
    pthread_mutex_unlock(&regions_lock);
}

void loam__check_regions_fork(loam__fork_phase phase)
{
    switch (phase) {
    case LOAM__FORK_PREPARES:
        pthread_mutex_lock(&regions_lock);
        break;
    case LOAM__FORK_IN_PARENT:
        pthread_mutex_unlock(&regions_lock);
        break;
    case LOAM__FORK_IN_CHILD:
        pthread_mutex_init(&regions_lock, NULL);
        break;
    }
}

void loam__check_root(void *root, size_t bytes)
{
    loam__region *changed = bytes ? loam__check_must_have(calloc(1, sizeof *changed)) : take_region(root);

    if (!bytes) {
        free(changed);
        return;
    }
    changed->start = root;
    changed->bytes = bytes;
    add_region(changed);
}

/* There is room for one in a buffer of none, so that it can be found. */
static size_t buffer_bytes(size_t count)
{
    return (count ? count : 1) * sizeof(loam_value);
}

_Noreturn static void no_buffer(const void *slots)
{
    loam__check_say("loam check: not a buffer of loam_slots_new(), or given back twice: %p, at ", slots);
    loam__check_say_place(loam__check_place());
    loam__check_say("\n");
    loam__check_end();
}

_Noreturn static void other_count(const loam__region *buffer, size_t count)
{
    loam__check_say("loam check: a buffer that has %zu slots, not %zu: given back or resized at ", buffer->bytes / 8,
                    count);
    loam__check_say_place(loam__check_place());
    loam__check_say(", made at ");
    loam__check_say_place(buffer->place);
    loam__check_say("\n");
    loam__check_end();
}

void *loam__check_slots_leave(loam_value *slots, size_t count)
{
    loam__region *left = slots ? take_region(slots) : NULL;

    if (slots && (!left || !left->told || left->start != (char *)slots))
        no_buffer(slots);
    if (left && left->bytes != buffer_bytes(count))
        other_count(left, count);
    return left;
}

static loam__region *new_buffer(void)
{
    loam__region *buffer = loam__check_must_have(calloc(1, sizeof *buffer));

    buffer->place = loam__check_place();
    buffer->heap = loam__this_heap;
    return buffer;
}

void loam__check_slots_come(void *buffer, loam_value *slots, size_t count)
{
    loam__region *changed = buffer;
    size_t old_bytes;

    if (!slots)
        return; /* one that could not be made */
    if (!changed)
        changed = new_buffer();
    old_bytes = changed->bytes;
    changed->start = (char *)slots;
    changed->bytes = buffer_bytes(count);
    changed->told = loam__check_must_have(realloc(changed->told, changed->bytes));
    if (changed->bytes > old_bytes)
        memset((char *)changed->told + old_bytes, 0, changed->bytes - old_bytes);
    add_region(changed);
}

void loam__check_slots_end(void *buffer)
{
    loam__region *ended = buffer;

    if (ended)
        free(ended->told);
    free(ended);
}

static void hold_root(loam__region *each, loam__hold *hold)
{
    for (size_t i = 0; !each->told && i < each->bytes / 8; i++)
        hold(((const uintptr_t *)(void *)each->start)[i]);
}

void loam__check_roots(loam__hold *hold)
{
    visit_regions(hold_root, hold);
}

/* Where else memory is asked for as a root is, the first word is none of the program's values. */
static void hold_root_value(loam__region *each, loam__hold *hold)
{
    if (!each->told)
        hold(*(const uintptr_t *)(void *)each->start);
}

void loam__check_root_values(loam__hold *hold)
{
    visit_regions(hold_root_value, hold);
}

/* Whether a field of the owner refers to the buffer. */
static bool has_owner(const loam__region *buffer)
{
    const loam_object *owner = buffer->owner;
    const uintptr_t *words = (const uintptr_t *)(const void *)owner;

    if (!owner || loam__check_object_at((uintptr_t)owner) != owner || !loam__is_live(owner))
        return false;
    for (size_t i = 1; i < loam__slot_bytes(loam__page_of(owner)) / 8; i++)
        if (words[i] == (uintptr_t)buffer->start)
            return true;
    return false;
}

static void hold_loose(loam__region *each, loam__hold *hold)
{
    if (!each->told || has_owner(each))
        return;
    for (size_t i = 0; i < each->bytes / 8; i++)
        hold(((const uintptr_t *)(void *)each->start)[i]);
}

void loam__check_loose_slots(loam__hold *hold)
{
    visit_regions(hold_loose, hold);
}

/* Buffers that nobody refers to any more. */

static size_t loose;

static void count_loose(loam__region *each, loam__hold *hold)
{
    (void)hold;
    each->is_held = !each->told || each->heap->checker->is_forgotten || has_owner(each);
    loose += !each->is_held;
}

static void hold_buffer(uintptr_t word)
{
    loam__region *found = region_at(word);

    if (found)
        found->is_held = true;
}

static void hold_buffers_of(loam_object *object, loam__record *record)
{
    const uintptr_t *words = (const uintptr_t *)(void *)object;

    (void)record;
    for (size_t i = 1; i < loam__slot_bytes(loam__page_of(object)) / 8; i++)
        if (words[i])
            hold_buffer(words[i]);
}

static loam__lost_buffer *found_lost;

static void tell_if_lost(loam__region *each, loam__hold *hold)
{
    (void)hold;
    if (!each->is_held)
        found_lost(each->place);
}

void loam__check_lost_buffers(loam__lost_buffer *found)
{
    pthread_mutex_lock(&regions_lock);
    loose = 0;
    found_lost = found;
    walk_regions(count_loose, NULL);
    if (loose) {
        walk_regions(hold_root, hold_buffer);
        loam__check_visit(hold_buffers_of);
        loam__check_all_static_data(hold_buffer);
        walk_regions(tell_if_lost, NULL);
    }
    pthread_mutex_unlock(&regions_lock);
}
