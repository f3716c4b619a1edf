/*
 * Cycles that no collection finds: one of their objects is of a type that says it is acyclic, so that collections do
 * not look at it, and take the reference that it holds for one of the program's.
 *
 * What is held, by anything that is no field, is marked with all that can be reached from it. An object of such a type
 * that is not marked and can be reached from itself is garbage for ever, whatever collections are still to come. That
 * is asked for one such object after the other; there are few, unless the program has made the mistake.
 */
#include "gc/check/check.h"

#include <stdlib.h>

enum { MOST_VISITED = 1000000 }; /* in all questions together */

static struct {
    loam_object **objects;
    size_t count, capacity;
} reached;

static size_t visited;

static void add(loam_object *object)
{
    if (reached.count == reached.capacity) {
        reached.capacity = reached.capacity ? 2 * reached.capacity : 1024;
        reached.objects = loam__check_must_have(realloc(reached.objects, reached.capacity * sizeof(loam_object *)));
    }
    reached.objects[reached.count++] = object;
}

static void reach(loam_object *object)
{
    loam__record *record = loam__check_record(object);

    if (!record || record->is_reached)
        return;
    record->is_reached = true;
    add(object);
}

static void reach_children(loam_object *object)
{
    loam__shown shown;

    if (!loam__holds_references(loam__type_of(object)))
        return;
    loam__shown_of(object, &shown);
    for (size_t i = 0; i < shown.count; i++)
        LOAM__FOR_SLOTS(shown.runs[i].slots, shown.runs[i].count, child, reach(child))
    loam__shown_end(&shown);
}

static void reach_if_held(loam_object *object, loam__record *record)
{
    if (record->is_held || record->is_outside || object->head & LOAM__IMMORTAL ||
        loam__check_is_missing(object, record))
        reach(object);
}

static bool may_be_lost(const loam_object *object, const loam__record *record)
{
    return record->is_programs && !record->is_reached && record->references > 0 &&
           loam__holds_references(loam__type_of(object)) &&
           !(object->head & (LOAM__FLAG_CYCLIC | LOAM__FLAG_ATTACHED | LOAM__IMMORTAL));
}

/* Whether a cycle leads through it. Of what is found on the way only `is_reached` is used, and given back. */
static bool reaches_itself(loam_object *object)
{
    bool does;

    reached.count = 0;
    reach_children(object);
    for (size_t i = 0; i < reached.count && reached.objects[i] != object && visited++ < MOST_VISITED; i++)
        reach_children(reached.objects[i]);
    does = loam__check_record(object)->is_reached;
    while (reached.count)
        loam__check_record(reached.objects[--reached.count])->is_reached = false;
    return does;
}

static size_t candidates, lost;

static void count_candidate(loam_object *object, loam__record *record)
{
    record->is_lost = record->is_reached = false;
    candidates += may_be_lost(object, record);
}

static void look_at_candidate(loam_object *object, loam__record *record)
{
    record->is_lost = visited < MOST_VISITED && may_be_lost(object, record) && reaches_itself(object);
    lost += record->is_lost;
}

size_t loam__check_lost(void)
{
    candidates = lost = visited = reached.count = 0;
    loam__check_visit(count_candidate);
    if (!candidates)
        return 0;
    loam__check_visit(reach_if_held);
    for (size_t i = 0; i < reached.count; i++)
        reach_children(reached.objects[i]);
    loam__check_visit(look_at_candidate);
    free(reached.objects);
    reached.objects = NULL;
    reached.capacity = 0;
    return lost;
}
