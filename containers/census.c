/*
 * Lists of objects: all of them, who refers to one, what one refers to.
 *
 * While the heap is walked nothing may be made, released or changed. So it is walked twice, with the list between:
 * first to count, then to note what is found in slots that are there already. It is stored only after that.
 */
#include "containers/census.h"
#include "containers/sequence.h"

typedef struct census {
    loam_visitor visitor; /* first: the visitor is the census */
    loam_list *list;      /* is not in itself */
    loam_value target;    /* whose referrers are wanted; unset: all objects are */
    bool refers;          /* the object that is looked at, to the target */
    size_t count;
} census;

/* A field of a type of the program's may be a pointer. */
static loam_value read_slot(const loam_value *slots, size_t i)
{
    return loam__shown(loam__word(((const loam__slot *)(const void *)slots)[i]));
}

static void look_for_target(loam_visitor *visitor, loam_value *slots, size_t count)
{
    census *c = (census *)(void *)visitor;

    for (size_t i = 0; i < count && !c->refers; i++)
        c->refers = read_slot(slots, i).word == c->target.word;
}

static bool is_wanted(census *c, loam_object *object)
{
    if (object == &c->list->loam || loam__is_map_entry(object))
        return false;
    if (loam_is_unset(c->target))
        return true;
    c->refers = false;
    loam__object_visit(object, &c->visitor);
    return c->refers;
}

static bool count_wanted(loam_object *object, void *context)
{
    census *c = context;

    c->count += is_wanted(c, object);
    return true;
}

/* There may be more than were counted where other threads make some. */
static bool note_wanted(loam_object *object, void *context)
{
    census *c = context;
    loam_list *list = c->list;

    if (list->len < c->count && is_wanted(c, object))
        list->items[list->len++] = loam_from(object);
    return list->len < c->count;
}

/* What is noted becomes a reference. */
static void store_noted(loam_list *list)
{
    for (size_t i = 0; i < list->len; i++)
        loam__slot_store(list, &list->items[i], list->items[i]);
}

static loam_list *list_wanted(int generation, loam_value target)
{
    census c = {.visitor = {look_for_target}, .target = target};

    c.list = loam_list_new();
    if (!c.list)
        return NULL;
    loam__gc_walk(generation, count_wanted, &c);
    if (loam_list_reserve(c.list, (int64_t)c.count) < 0) {
        loam__gc_release(&c.list->loam);
        return NULL;
    }
    loam__gc_walk(generation, note_wanted, &c);
    store_noted(c.list);
    return c.list;
}

static bool can_walk(const char *function)
{
    if (loam__gc_can(LOAM_GC_HEAP_WALK))
        return true;
    loam_fail(LOAM_ERR_UNSUPPORTED, "%s: not supported by %s", function, loam__gc_name());
    return false;
}

loam_list *loam_gc_get_objects(int generation)
{
    if (!can_walk(__func__))
        return NULL;
    if (generation < -1 || generation >= LOAM_GC_GENERATIONS) {
        loam_fail(LOAM_ERR_VALUE, "%s: generation %d is none of -1, 0, 1 and 2", __func__, generation);
        return NULL;
    }
    return list_wanted(generation, LOAM_UNSET);
}

loam_list *loam_gc_get_referrers(loam_value value)
{
    loam__check_value(value, __func__);
    if (loam_is_unset(value))
        return loam__propagate(__func__), NULL;
    if (!loam_is_object(value))
        return loam_fail(LOAM_ERR_TYPE, "%s: %s is all in its word", __func__, loam__type_name(value)), NULL;
    return can_walk(__func__) ? list_wanted(-1, value) : NULL;
}

static void count_set(loam_visitor *visitor, loam_value *slots, size_t count)
{
    census *c = (census *)(void *)visitor;

    for (size_t i = 0; i < count; i++)
        c->count += !loam_is_unset(read_slot(slots, i));
}

/* A new reference to what is shown of a slot; a map's entry may hold it no more. */
static loam_value reference_in(const loam_value *slots, size_t i)
{
    loam_value value = loam__word(((const loam__slot *)(const void *)slots)[i]);

    if (loam_is_object(value) && loam__is_map_entry(loam__object(value)))
        return loam__gc_held((loam__weak_entry *)loam__object(value));
    return loam__retain(value);
}

static void store_set(loam_visitor *visitor, loam_value *slots, size_t count)
{
    loam_list *list = ((census *)(void *)visitor)->list;

    for (size_t i = 0; i < count; i++) {
        loam_value value = reference_in(slots, i);
        if (!loam_is_unset(value))
            loam__slot_move_in(list, &list->items[list->len++], value);
    }
}

loam_list *loam_gc_get_referents(loam_value value)
{
    census c = {.visitor = {count_set}};

    loam__check_value(value, __func__);
    if (loam_is_unset(value))
        return loam__propagate(__func__), NULL;
    c.list = loam_list_new();
    if (!c.list || !loam_is_object(value))
        return c.list;
    loam__object_visit(loam__object(value), &c.visitor);
    if (loam_list_reserve(c.list, (int64_t)c.count) < 0) {
        loam__gc_release(&c.list->loam);
        return NULL;
    }
    c.visitor.visit = store_set;
    loam__object_visit(loam__object(value), &c.visitor);
    return c.list;
}
