/*
 * Who holds what.
 *
 * References in fields can be counted exactly: what has more than that is held by something else, and what has fewer is
 * referred to by a field that does not own it. In roots and static data a word that looks like a reference is taken for
 * one: there may be fewer of them, not more. On the stack and in registers it is taken for as many as the object has
 * left, since compilers keep several variables of equal value in one place. So who has references left then is held
 * where nobody looks, for certain: in memory from malloc, in thread-local data; or by nobody, since a release was
 * forgotten.
 *
 * That is asked after loam_gc_collect(2), and at exit, where the stack is no place any more. It is not asked while
 * something is half freed, or another thread has a heap, whose stack and registers may hold anything; and one that is
 * about to get its first waits until all is looked at.
 */
#include "gc/check/check.h"

#include "gc/refcount/cycle.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_TOLD = 10 }; /* objects of one mistake */

/* Every live object of every heap. */

static void visit_heap(loam__heap *heap, loam__visit_object *visit)
{
    for (loam__page_kind kind = LOAM__PAGE_CYCLIC; kind <= LOAM__PAGE_PLAIN; kind++)
        LOAM__FOR_PAGES_OF((uint8_t)kind, heap, page)
    LOAM__FOR_OBJECTS(page, object)
    visit(object, loam__check_record(object));
}

void loam__check_visit(loam__visit_object *visit)
{
    for (loam__checker *each = loam__checkers; each; each = each->next)
        visit_heap(each->heap, visit);
}

/* Counting. */

static void forget_references(loam_object *object, loam__record *record)
{
    (void)object;
    record->references = 0;
    record->is_held = record->is_outside = false;
}

static void count_reference(const loam_object *child)
{
    loam__record *record = loam__check_record(child);

    if (record)
        record->references++;
}

/* A word of an object of the library's own that is none of its fields, such as the context of a callback, may be a
 * reference that the program has put there. */
static void hold_word(loam_object *object, loam__slot *word, const loam__shown *shown)
{
    loam_object *held = loam__check_object_at(*word);

    (void)object;
    (void)shown;
    if (held && (uintptr_t)held == *word)
        loam__check_record(held)->is_held = true;
}

static void count_from(loam_object *object, loam__record *record)
{
    loam__shown shown;

    if (!loam__holds_references(loam__type_of(object)))
        return;
    loam__shown_of(object, &shown);
    for (size_t i = 0; i < shown.count; i++)
        LOAM__FOR_SLOTS(shown.runs[i].slots, shown.runs[i].count, child, count_reference(child))
    if (!record->is_programs)
        loam__shown_others(object, &shown, hold_word);
    loam__shown_end(&shown);
}

static void count_held(const loam_object *object)
{
    count_reference(object);
    if (loam__check_record(object))
        loam__check_record(object)->is_held = true;
}

/* Due callbacks and finalizers hold their objects. */
static void count_due(const loam__heap *heap)
{
    for (size_t i = 0; i < heap->finalizers_count; i++)
        count_held(heap->finalizers[(heap->finalizers_first + i) % heap->finalizers_capacity]);
    for (loam__attached *each = heap->due.first; each; each = each->next)
        if (loam__attached_holder(each))
            count_held(loam__attached_holder(each));
}

/* False: in a heap something is half freed, and cannot be counted. */
static bool is_countable(void)
{
    for (const loam__checker *each = loam__checkers; each; each = each->next)
        if (!each->has_ended &&
            (loam__has_backlog(each->heap) || each->heap->full.phase >= LOAM__WEAK || each->heap->is_draining))
            return false;
    return true;
}

static void count_all(void)
{
    loam__check_visit(forget_references);
    loam__check_visit(count_from);
    for (const loam__checker *each = loam__checkers; each; each = each->next)
        count_due(each->heap);
}

static uint32_t count_of(const loam_object *object)
{
    return (uint32_t)(object->head & LOAM__COUNT_MASK);
}

bool loam__check_is_missing(const loam_object *object, const loam__record *record)
{
    return !(object->head & LOAM__IMMORTAL) && !record->is_held && count_of(object) > record->references;
}

/* Looking around. */

static void hold(uintptr_t word)
{
    loam_object *object = loam__check_object_at(word);
    loam__record *record = object ? loam__check_record(object) : NULL;

    if (record)
        record->is_held = true;
}

/* In a place that has one for each reference. */
static void hold_outside(uintptr_t word)
{
    loam_object *object = loam__check_object_at(word);
    loam__record *record = object ? loam__check_record(object) : NULL;

    if (!record)
        return;
    record->references++;
    record->is_outside = true;
}

static size_t missing; /* under loam__check_heaps_lock */

static void count_missing(loam_object *object, loam__record *record)
{
    missing += loam__check_is_missing(object, record);
}

static bool is_any_missing(void)
{
    missing = 0;
    loam__check_visit(count_missing);
    return missing != 0;
}

/* Mistakes. */

static void look_at_root(uintptr_t word)
{
    const loam_object *object = loam__check_object_at(word);

    if (!object || (uintptr_t)object != word || !loam__check_is_dead(object))
        return;
    loam__check_say("loam check: a root refers to what was released once too often: ");
    loam__check_describe(object);
    loam__check_say("\n");
    loam__check_end();
}

static void look_for_too_few(loam_object *object, loam__record *record)
{
    if (object->head & LOAM__IMMORTAL || count_of(object) >= record->references)
        return;
    loam__check_say("loam check: more references than are counted: %" PRIu32 " fields refer to ", record->references);
    loam__check_describe(object);
    loam__check_say(", whose count is %" PRIu32 ": one was stored without being owned, or released once too often\n",
                    count_of(object));
    loam__check_end();
}

/* A word of an object of the program's that holds one that is missing. */
static void look_for_field(loam_object *owner, loam__slot *word, const loam__shown *shown)
{
    loam_object *object = loam__check_object_at(*word);

    (void)shown;
    if (object && (uintptr_t)object == *word && loam__is_live(object) &&
        loam__check_is_missing(object, loam__check_record(object)))
        loam__check_forgotten(owner, word);
}

static void look_for_fields(loam_object *object, loam__record *record)
{
    loam__shown shown;

    if (!record->is_programs)
        return;
    loam__shown_of(object, &shown);
    loam__shown_others(object, &shown, look_for_field);
    loam__shown_end(&shown);
}

static void tell_missing(loam_object *object, loam__record *record)
{
    if (!loam__check_is_missing(object, record) || missing++ >= MOST_TOLD)
        return;
    loam__check_say("loam check: held where loam cannot see it: use loam_root, or release it: ");
    loam__check_describe(object);
    loam__check_say(" (%" PRIu32 " references, of which %" PRIu32 " are in %s)\n", count_of(object), record->references,
                    record->is_outside ? "fields, roots and static data" : "fields");
}

static void tell_lost(loam_object *object, loam__record *record)
{
    if (!record->is_lost || missing++ >= MOST_TOLD)
        return;
    loam__check_say("loam check: a cycle that no collection finds, since its type says that it is acyclic: ");
    loam__check_describe(object);
    loam__check_say("\n");
}

_Noreturn static void tell(loam__visit_object *one)
{
    missing = 0;
    loam__check_visit(one);
    if (missing > MOST_TOLD)
        loam__check_say("loam check: and %zu more\n", missing - MOST_TOLD);
    loam__check_end();
}

/* Whether no other thread has a heap. */
static bool is_alone(void)
{
    return loam__check_threads == loam__gc_thread_is_known();
}

/* Collections after which nobody could look, and those after which somebody did. */
static size_t omitted, asked;

typedef void look_at_data(loam__hold *hold);

/* Whether somebody is held by nobody, or may be, as far as the static data goes that was looked at. */
static bool is_any_left(look_at_data *look)
{
    count_all();
    loam__check_roots(hold_outside);
    loam__check_loose_slots(hold);
    look(hold_outside);
    return loam__check_stack(hold) && (is_any_missing() || loam__check_lost());
}

static void look_for_holders(void)
{
    if (!is_alone() || !is_countable()) {
        omitted++;
        return;
    }
    asked++;
    count_all();
    loam__check_root_values(look_at_root);
    loam__check_visit(look_for_too_few);
    if (!is_any_left(loam__check_known_data) || !is_any_left(loam__check_static_data))
        return;
    if (is_any_missing()) {
        loam__check_visit(look_for_fields);
        tell(tell_missing);
    }
    if (loam__check_lost())
        tell(tell_lost);
}

void loam__check_holders(int generation)
{
    if (generation < 2 || !loam__check_options_set.holders)
        return;
    pthread_mutex_lock(&loam__check_heaps_lock);
    look_for_holders();
    pthread_mutex_unlock(&loam__check_heaps_lock);
}

/* The certificate of a full collection: every reference to a member is a field of a member, or held by an ephemeron
 * whose key is one. It is counted once more, all at once. */

static LOAM__THREAD_LOCAL const loam__full *certified; /* other threads collect too */

static void count_in_member(loam_object *object)
{
    loam__shown shown;

    loam__shown_of(object, &shown);
    for (size_t i = 0; i < shown.count; i++)
        LOAM__FOR_SLOTS(shown.runs[i].slots, shown.runs[i].count, child, {
            if (loam__is_member(certified, child))
                count_reference(child);
        })
    loam__shown_end(&shown);
    LOAM__FOR_EPHEMERONS(object, entry)
    {
        if (!loam__is_member(certified, &entry->loam))
            count_reference(loam__object(entry->held));
    }
}

static void count_member(loam_object *object, loam__record *record)
{
    (void)record;
    if (loam__is_member(certified, object))
        count_in_member(object);
}

static void look_at_member(loam_object *object, loam__record *record)
{
    if (!loam__is_member(certified, object) || count_of(object) == record->references)
        return;
    loam__check_say("loam check: a field was moved without loam_slot_move, or assigned without loam_slot_set: "
                    "a collection would free what is still referred to: ");
    loam__check_describe(object);
    loam__check_say(" (%" PRIu32 " references, of which %" PRIu32 " are in garbage)\n", count_of(object),
                    record->references);
    loam__check_end();
}

void loam__check_certificate(loam__full *full)
{
    certified = full;
    visit_heap(full->heap, forget_references);
    visit_heap(full->heap, count_member);
    visit_heap(full->heap, look_at_member);
    loam__check_heap(full->heap);
}

/* At exit. */

/* Objects of one type, made in one place; or buffers. */
typedef struct group {
    const void *place;
    char *text; /* once they are told */
    uint16_t type_id;
    size_t count;
} group;

static group *groups;
static size_t group_count, group_capacity;

static group *group_of(const void *place, uint16_t type_id)
{
    for (size_t i = 0; i < group_count; i++)
        if (groups[i].place == place && groups[i].type_id == type_id)
            return &groups[i];
    if (group_count == group_capacity) {
        group_capacity = group_capacity ? 2 * group_capacity : 16;
        groups = loam__check_must_have(realloc(groups, group_capacity * sizeof *groups));
    }
    groups[group_count] = (group){.place = place, .type_id = type_id};
    return &groups[group_count++];
}

static void enter_in_group(loam_object *object, loam__record *record)
{
    bool is_told = loam__check_options_set.leaks > 1 ? !(object->head & LOAM__IMMORTAL)
                                                     : record->is_lost || loam__check_is_missing(object, record);

    if (is_told)
        group_of(record->place, record->type_id)->count++;
}

static void enter_buffer(const void *place)
{
    group_of(place, LOAM__TYPE_NONE)->count++;
}

static const char *name_of(uint16_t type_id)
{
    return type_id ? loam__type_chunks[type_id / LOAM__TYPE_CHUNK][type_id % LOAM__TYPE_CHUNK]->name
                   : "buffer of loam_slots_new()";
}

static int by_count(const void *one, const void *other)
{
    const group *a = one;
    const group *b = other;

    return (a->count < b->count) - (a->count > b->count);
}

static int by_type_and_text(const void *one, const void *other)
{
    const group *a = one;
    const group *b = other;

    return a->type_id == b->type_id ? strcmp(a->text, b->text) : a->type_id - b->type_id;
}

/* A line that a compiler has put into several places is one. */
static void join_groups(void)
{
    size_t joined = 0;

    for (size_t i = 0; i < group_count; i++)
        groups[i].text = loam__check_place_text(groups[i].place);
    qsort(groups, group_count, sizeof *groups, by_type_and_text);
    for (size_t i = 1; i < group_count; i++) {
        if (by_type_and_text(&groups[joined], &groups[i]) == 0) {
            groups[joined].count += groups[i].count;
            free(groups[i].text);
        } else {
            groups[++joined] = groups[i];
        }
    }
    group_count = joined + 1;
}

/* There is one. */
static void tell_groups(void)
{
    join_groups();
    qsort(groups, group_count, sizeof *groups, by_count);
    loam__check_say("loam check: never released:\n");
    for (size_t i = 0; i < group_count; i++) {
        loam__check_say("    %zu %s, made at %s\n", groups[i].count, name_of(groups[i].type_id), groups[i].text);
        free(groups[i].text);
    }
}

/* Whether something was, where nothing is half freed. */
static bool look_for_leaks(void)
{
    for (const loam__checker *each = loam__checkers; each; each = each->next)
        loam__check_heap(each->heap); /* whoever holds too little or too much is named first */
    count_all();
    loam__check_root_values(look_at_root);
    loam__check_visit(look_for_too_few);
    loam__check_roots(hold_outside);
    loam__check_loose_slots(hold);
    loam__check_static_data(hold_outside);
    loam__check_lost();
    loam__check_visit(enter_in_group);
    loam__check_lost_buffers(enter_buffer);
    if (group_count)
        tell_groups();
    return group_count != 0;
}

/* Who reads that nothing was found is to know what nobody has looked for. */
static void tell_omitted(void)
{
    if (!is_alone())
        loam__check_say("loam check: not looked for at exit, since %u threads have objects: what was never released, "
                        "and what was written to after its release\n",
                        loam__check_threads);
    else if (!is_countable())
        loam__check_say("loam check: not looked for at exit, in the midst of a collection, or while something waits to "
                        "be freed: what was never released\n");
    if (omitted && !asked)
        loam__check_say(
            "loam check: not looked for after any collection, since other threads had objects, or something "
            "waited to be freed: references that loam cannot see\n");
}

void loam__check_at_exit(void)
{
    bool any = false;

    fflush(NULL); /* what the program has printed, before a mistake ends it */
    pthread_mutex_lock(&loam__check_heaps_lock);
    if (is_alone()) {
        loam__check_writes();
        any = loam__check_options_set.leaks && is_countable() && look_for_leaks();
    }
    if (loam__check_options_set.leaks)
        tell_omitted();
    pthread_mutex_unlock(&loam__check_heaps_lock);
    if (!any || !loam__check_options_set.exitcode)
        return;
    fflush(NULL);
    _exit((int)loam__check_options_set.exitcode);
}
