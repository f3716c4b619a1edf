/*
 * Fields of the program's own types: what loam was told of them, and what their descriptors show.
 *
 * Each change by loam_slot_set() and its kin is written down, in a word beside the page for what lies in the object, in
 * a word beside the buffer for what lies in one of loam_slots_new(). Before a collection looks at an object, and before
 * it is freed, what its fields and trace show is compared with that. All four differences are mistakes:
 *
 *     told, and not shown        the trace forgets a child
 *     shown more than once       it counts one twice
 *     shown with another value   the field was assigned, or moved by assignment
 *     shown where nothing can    the field lies in memory that loam does not look at
 *     be told
 *
 * Types of the library's own change their fields by gc/slot.h, which is compiled for all back ends alike; of them only
 * the second is looked at.
 */
#include "gc/check/check.h"

#include <stdlib.h>

/* What was told. */

LOAM__INLINE bool is_in_body(const loam_object *owner, const void *slot)
{
    const loam__page *page = loam__page_of(owner);
    size_t offset = (size_t)((const char *)slot - (const char *)owner);

    return offset >= sizeof(loam_object) && offset < loam__slot_bytes(page);
}

/* NULL: nothing was. */
LOAM__INLINE uint64_t *told_in_body(const loam_object *owner, const void *slot)
{
    const loam__page *page = loam__page_of(owner);
    return page->told ? &page->told[((const char *)slot - page->start) / 8] : NULL;
}

static void tell_in_body(const loam_object *owner, const void *slot, uint64_t word)
{
    loam__page *page = loam__page_of(owner);

    if (!page->told)
        page->told = loam__check_must_have(calloc((size_t)(page->end - page->start) / 8, sizeof *page->told));
    *told_in_body(owner, slot) = word;
}

static uint64_t *told_in_buffer(const loam__region *buffer, const void *slot)
{
    return &buffer->told[((const char *)slot - buffer->start) / 8];
}

/* Mistakes. */

static void say_field(const loam_object *owner, const void *slot)
{
    const loam__region *buffer = loam__check_region_at(slot);

    if (is_in_body(owner, slot))
        loam__check_say("the field at offset %zu of ", (size_t)((const char *)slot - (const char *)owner));
    else if (buffer && buffer->told)
        loam__check_say("slot %zu in a buffer of ", (size_t)((const char *)slot - buffer->start) / 8);
    else
        loam__check_say("a field at %p of ", slot);
    loam__check_describe(owner);
}

_Noreturn static void mistake(const char *what, const loam_object *owner, const void *slot)
{
    loam_value value = loam__word(*(const loam__slot *)slot);

    loam__check_say("loam check: %s: ", what);
    say_field(owner, slot);
    if (loam_is_object(value) && loam__check_record(loam__object(value))) {
        loam__check_say("; it refers to ");
        loam__check_describe(loam__object(value));
    }
    loam__check_say("\n");
    loam__check_end();
}

/* A field that lies neither in the owner nor in a buffer: in another object, or where nobody looks. `other` is what is
 * said of the first. */
_Noreturn static void elsewhere(const loam_object *owner, const void *slot, const char *other)
{
    const loam_object *found = loam__check_object_at((uintptr_t)slot);

    if (!found)
        mistake("a reference in memory that loam does not look at, as a variable or a malloc'ed buffer: show fields of "
                "the object and of buffers of loam_slots_new()",
                owner, slot);
    loam__check_say("loam check: %s: ", other);
    say_field(found, slot);
    loam__check_say("; the owner is to be ");
    loam__check_describe(owner);
    loam__check_say("\n");
    loam__check_end();
}

void loam__check_forgotten(loam_object *owner, const void *slot)
{
    mistake("a reference that the type does not show, neither in .refs nor by its trace", owner, slot);
}

void loam__check_stored(void *owner, void *slot)
{
    loam__record *record = loam__check_record(owner);
    loam__region *buffer;

    if (record && loam__check_is_dead(owner))
        loam__check_dead(owner, "loam_slot_set and its kin");
    if (!record || !record->is_programs)
        return;
    if (is_in_body(owner, slot)) {
        tell_in_body(owner, slot, *(loam__slot *)slot);
        return;
    }
    buffer = loam__check_buffer_of(owner, slot);
    if (!buffer)
        elsewhere(owner, slot, "a field was changed for an owner that it is none of");
    *told_in_buffer(buffer, slot) = *(loam__slot *)slot;
}

/* What is shown. */

static void make_room(loam__shown *shown)
{
    size_t capacity = 2 * shown->capacity;
    loam__run *runs;

    if (shown->count < shown->capacity)
        return;
    runs = loam__check_must_have(malloc(capacity * sizeof *runs));
    memcpy(runs, shown->runs, shown->count * sizeof *runs);
    loam__shown_end(shown);
    shown->runs = runs;
    shown->capacity = capacity;
}

static void add_run(loam_visitor *visitor, loam_value *slots, size_t count)
{
    loam__shown *shown = (loam__shown *)(void *)visitor;
    loam__run *last = shown->count ? &shown->runs[shown->count - 1] : NULL;

    if (last && last->slots + last->count == slots && is_in_body(shown->object, slots)) {
        last->count += count;
        return;
    }
    make_room(shown);
    shown->runs[shown->count++] = (loam__run){slots, count};
}

static int by_slots(const void *one, const void *other)
{
    const loam__run *a = one;
    const loam__run *b = other;

    return (a->slots > b->slots) - (a->slots < b->slots);
}

static void sort(loam__shown *shown)
{
    for (size_t i = 1; i < shown->count; i++)
        if (shown->runs[i].slots < shown->runs[i - 1].slots) {
            qsort(shown->runs, shown->count, sizeof *shown->runs, by_slots);
            return;
        }
}

void loam__shown_of(loam_object *object, loam__shown *shown)
{
    shown->visitor.visit = add_run;
    shown->object = object;
    shown->runs = shown->few;
    shown->count = 0;
    shown->capacity = sizeof shown->few / sizeof *shown->few;
    loam__object_visit(object, &shown->visitor);
    sort(shown);
}

void loam__shown_end(loam__shown *shown)
{
    if (shown->runs != shown->few)
        free(shown->runs);
}

void loam__shown_others(loam_object *object, const loam__shown *shown, loam__word_found *found)
{
    loam__slot *word = (loam__slot *)(void *)object + 1;
    const loam__slot *end = (loam__slot *)(void *)object + loam__slot_bytes(loam__page_of(object)) / 8;
    size_t i = 0;

    while (word < end) {
        while (i < shown->count && (loam__slot *)(void *)(shown->runs[i].slots + shown->runs[i].count) <= word)
            i++;
        if (i < shown->count && (loam__slot *)(void *)shown->runs[i].slots <= word)
            word = (loam__slot *)(void *)(shown->runs[i].slots + shown->runs[i].count);
        else
            found(object, word++, shown);
    }
}

static bool is_shown(const loam__shown *shown, const void *slot)
{
    const loam__run key = {.slots = (loam_value *)(uintptr_t)slot, .count = 1};
    size_t first = 0;

    for (size_t end = shown->count; first < end;) {
        size_t middle = first + (end - first) / 2;
        if (shown->runs[middle].slots + shown->runs[middle].count <= key.slots)
            first = middle + 1;
        else
            end = middle;
    }
    return first < shown->count && shown->runs[first].slots <= key.slots;
}

/* The same once more. */
static void compare_with_another(loam_object *object, const loam__shown *shown)
{
    loam__shown again;

    loam__shown_of(object, &again);
    if (again.count != shown->count || memcmp(again.runs, shown->runs, shown->count * sizeof *again.runs) != 0) {
        loam__check_say("loam check: a trace that shows something else each time it is called: ");
        loam__check_describe(object);
        loam__check_say("\n");
        loam__check_end();
    }
    loam__shown_end(&again);
}

static void look_for_twice(const loam_object *object, const loam__shown *shown)
{
    for (size_t i = 1; i < shown->count; i++)
        if (shown->runs[i].slots < shown->runs[i - 1].slots + shown->runs[i - 1].count)
            mistake("a reference that is shown twice, in .refs or by the trace", object, shown->runs[i].slots);
}

static void look_at_told(const loam_object *owner, const loam__slot *slot, uint64_t told)
{
    if (LOAM__UNLIKELY(*slot != told) && (loam_is_object(loam__word(*slot)) || loam_is_object(loam__word(told))))
        mistake("a field was moved without loam_slot_move, or assigned without loam_slot_set", owner, slot);
}

/* A run that ends behind the memory in which it begins. */
static void look_at_end(const loam_object *owner, const loam__run *run, const loam__region *buffer)
{
    const char *end = buffer ? buffer->start + buffer->bytes
                             : (const char *)owner + loam__slot_bytes(loam__page_of(owner));
    size_t room = (size_t)(end - (const char *)run->slots) / sizeof *run->slots;

    if (run->count <= room)
        return;
    loam__check_say("loam check: a trace that shows more than its %s has: %zu slots, of which there are %zu: ",
                    buffer ? "buffer" : "object", run->count, room);
    loam__check_describe(owner);
    loam__check_say("\n");
    loam__check_end();
}

static bool holds_any(const loam__run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (loam_is_object(run->slots[i]))
            return true;
    return false;
}

/* A buffer stays with its owner while something is in it: where another one shows it, its references have moved, or
 * are shown twice. */
static void look_at_owner(const loam_object *owner, const loam__run *run, const loam__region *buffer)
{
    if (!buffer->owner || buffer->owner == owner || !holds_any(run))
        return;
    loam__check_say("loam check: a trace that shows a buffer of another object, whose references are shown twice, were "
                    "moved without loam_slot_move, or stored for the wrong owner: ");
    loam__check_describe(owner);
    if (loam__check_object_at((uintptr_t)buffer->owner) == buffer->owner) {
        loam__check_say("; they were stored for ");
        loam__check_describe(buffer->owner);
    }
    loam__check_say("\n");
    loam__check_end();
}

static void look_at_run(const loam_object *owner, const loam__run *run)
{
    const loam__slot *slots = (const loam__slot *)(const void *)run->slots;
    bool is_inside = is_in_body(owner, slots);
    const loam__region *buffer = is_inside ? NULL : loam__check_region_at(slots);
    const uint64_t *told = NULL;

    if (!is_inside && (!buffer || !buffer->told))
        elsewhere(owner, slots, "a trace that shows a field of another object");
    look_at_end(owner, run, buffer);
    if (buffer)
        look_at_owner(owner, run, buffer);
    told = is_inside ? told_in_body(owner, slots) : told_in_buffer(buffer, slots);
    for (size_t i = 0; i < run->count; i++)
        look_at_told(owner, &slots[i], told ? told[i] : 0);
}

static void look_at_buffer(loam_object *owner, const loam__region *buffer, const loam__shown *shown)
{
    const loam__slot *slots = (const loam__slot *)(const void *)buffer->start;

    for (size_t i = 0; i < buffer->bytes / 8; i++)
        if (loam_is_object(loam__word(slots[i])) && buffer->told[i] == slots[i] && !is_shown(shown, &slots[i]))
            loam__check_forgotten(owner, &slots[i]);
}

/* A field that nobody shows, but somebody has stored a reference in; or the address of a buffer with such slots. */
static void look_for_forgotten(loam_object *owner, loam__slot *word, const loam__shown *shown)
{
    const uint64_t *told;
    const loam__region *buffer;

    if (!loam_is_object(loam__word(*word)))
        return;
    told = told_in_body(owner, word);
    if (told && *told == *word)
        loam__check_forgotten(owner, word);
    buffer = loam__check_own_buffer(owner, *word);
    if (buffer)
        look_at_buffer(owner, buffer, shown);
}

/* What an ephemeron holds may be gone already, in a collection. */
static void look_for_dead(const loam_object *object, const loam__shown *shown)
{
    if (loam__type_id_of(object) >= LOAM__TYPE_WEAKREF && loam__type_id_of(object) < LOAM__TYPE_FIRST_FREE)
        return;
    for (size_t i = 0; i < shown->count; i++)
        LOAM__FOR_SLOTS(shown->runs[i].slots, shown->runs[i].count, child, {
            if (loam__check_record(child) && loam__check_is_dead(child))
                mistake("a field refers to what was released once too often", object, shown->runs[i].slots + loam__i);
        })
}

void loam__check_object(loam_object *object)
{
    const loam__record *record = loam__check_record(object);
    loam__shown shown;

    if (!record || !(record->is_programs || loam__holds_references(loam__type_of(object))))
        return;
    loam__shown_of(object, &shown);
    look_for_twice(object, &shown);
    if (loam__type_of(object)->trace)
        compare_with_another(object, &shown);
    for (size_t i = 0; record->is_programs && i < shown.count; i++)
        look_at_run(object, &shown.runs[i]);
    if (record->is_programs)
        loam__shown_others(object, &shown, look_for_forgotten);
    look_for_dead(object, &shown);
    loam__shown_end(&shown);
}

void loam__check_heap(loam__heap *heap)
{
    for (loam__page_kind kind = LOAM__PAGE_CYCLIC; kind <= LOAM__PAGE_PLAIN; kind++)
        LOAM__FOR_PAGES_OF((uint8_t)kind, heap, page)
    LOAM__FOR_OBJECTS(page, object)
    loam__check_object(object);
}
