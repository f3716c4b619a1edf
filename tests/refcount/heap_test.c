/*
 * The page heap of the refcount back end alone: against a model, and what it gives back.
 */
#include "tests/harness.h"

#include "gc/refcount/collect.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s", __LINE__, #condition);                                               \
    } while (0)

static loam__heap *new_heap(void)
{
    loam__heap *heap = calloc(1, sizeof *heap);

    MUST(heap);
    loam__heap_start(heap);
    return heap;
}

static void free_heap(loam__heap *heap)
{
    MUST(heap->bytes == 0 && loam__heap_objects(heap) == 0);
    loam__heap_finish(heap);
    free(heap);
}

/* Objects here have a type that no walk looks at, and bytes that tell whether somebody else wrote to them. */
static loam_object *new_object(loam__heap *heap, loam__page_kind kind, size_t size, uint8_t mark)
{
    loam_object *object = loam__heap_new(heap, kind, size);
    uint8_t *body = (uint8_t *)(object + 1);

    MUST(object);
    for (size_t i = 0; i < size - sizeof *object; i++)
        MUST(body[i] == 0);
    object->head = 1 | (uint64_t)LOAM__TYPE_FLOAT << LOAM__TYPE_SHIFT;
    memset(body, mark, size - sizeof *object);
    return object;
}

static bool is_marked(const void *memory, size_t bytes, uint8_t mark)
{
    for (size_t i = 0; i < bytes; i++)
        if (((const uint8_t *)memory)[i] != mark)
            return false;
    return true;
}

static size_t random_size(uint64_t *state)
{
    switch (random_below(state, 40)) {
    case 0:
        return 2 * LOAM__ARENA_SIZE + random_below(state, 100000);
    case 1:
    case 2:
        return LOAM__PAGE_SIZE / 2 + random_below(state, 4 * LOAM__PAGE_SIZE);
    case 3:
    case 4:
    case 5:
    case 6:
        return 256 + random_below(state, 8192);
    default:
        return 8 + random_below(state, 248);
    }
}

typedef struct slot {
    void *memory;
    size_t size;
    bool is_raw;
} slot;

static void drop(loam__heap *heap, slot *s, uint8_t mark)
{
    if (!s->memory)
        return;
    if (s->is_raw) {
        MUST(is_marked(s->memory, s->size, mark));
        loam__heap_raw_free(heap, s->memory, s->size);
    } else {
        MUST(loam__heap_of(s->memory) == heap && loam__is_in_heap(s->memory) && loam__is_live(s->memory));
        MUST(is_marked((loam_object *)s->memory + 1, s->size - sizeof(loam_object), mark));
        loam__heap_free(heap, s->memory);
    }
    s->memory = NULL;
}

static void make(loam__heap *heap, slot *s, uint64_t *state, uint8_t mark)
{
    s->size = random_size(state);
    s->is_raw = random_below(state, 2) == 0;
    if (s->is_raw) {
        s->memory = loam__heap_raw_new(heap, s->size, false);
        MUST(s->memory && (uintptr_t)s->memory % 16 == 0 && (s->size % 64 || (uintptr_t)s->memory % 64 == 0));
        memset(s->memory, mark, s->size);
    } else {
        s->memory = new_object(heap, random_below(state, 2) ? LOAM__PAGE_CYCLIC : LOAM__PAGE_PLAIN, s->size, mark);
    }
}

static void resize(loam__heap *heap, slot *s, uint64_t *state, uint8_t mark)
{
    size_t size = random_size(state);
    void *resized;

    if (!s->memory || !s->is_raw)
        return;
    resized = loam__heap_raw_resize(heap, s->memory, s->size, size);
    MUST(resized && is_marked(resized, s->size < size ? s->size : size, mark));
    memset(resized, mark, size);
    s->memory = resized;
    s->size = size;
}

LOAM_TEST(heap, slots_are_apart_and_come_back)
{
    enum { SLOTS = 500 };
    loam__heap *heap = new_heap();
    slot *slots = calloc(SLOTS, sizeof *slots);
    uint64_t state = 7;

    for (unsigned i = 0; i < rounds(60000); i++) {
        size_t at = random_below(&state, SLOTS);
        if (random_below(&state, 3) == 0) {
            resize(heap, &slots[at], &state, (uint8_t)at);
        } else if (slots[at].memory) {
            drop(heap, &slots[at], (uint8_t)at);
        } else {
            make(heap, &slots[at], &state, (uint8_t)at);
        }
    }
    for (size_t i = 0; i < SLOTS; i++)
        drop(heap, &slots[i], (uint8_t)i);
    free(slots);
    free_heap(heap);
}

LOAM_TEST(heap, each_size_has_a_class_that_holds_it_and_wastes_an_eighth_at_most)
{
    for (size_t size = 1; size <= LOAM__SLOT_LARGEST; size++) {
        size_t slot_size = loam__class_size(loam__size_class(size));
        MUST(loam__size_class(size) < LOAM__CLASSES && slot_size >= size && slot_size >= 16 && slot_size % 8 == 0);
        MUST(slot_size <= 16 || slot_size - size < 8 || (slot_size - size) * 8 <= size);
    }
}

static void fill(uint64_t *words, size_t first, size_t count)
{
    for (size_t i = first; i < count; i++)
        words[i] = i * i;
}

static bool is_filled(const uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (words[i] != i * i)
            return false;
    return true;
}

/* From pages to malloc to the system's own, and back. */
LOAM_TEST(heap, buffers_keep_what_is_in_them_at_any_size)
{
    static const size_t counts[] = {10,      1000,   100000, 520000, 600000, 5000000,
                                    5000001, 900000, 530000, 3000,   0,      700000};
    loam__heap *heap = new_heap();
    uint64_t *words = NULL;
    size_t count = 0;

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        uint64_t *resized = loam__heap_raw_resize(heap, words, count * 8, counts[i] * 8);
        MUST(resized && is_filled(resized, count < counts[i] ? count : counts[i]));
        fill(resized, count, counts[i]);
        words = resized;
        count = counts[i];
        MUST(heap->bytes >= count * 8 && loam__heap_of_raw(words, count * 8) == heap);
    }
    loam__heap_raw_free(heap, words, count * 8);
    for (size_t bytes = 64; bytes < (size_t)64 << 20; bytes *= 2) {
        char *zeroed = loam__heap_raw_new(heap, bytes, true);
        MUST(zeroed && (uintptr_t)zeroed % 16 == 0 && !zeroed[0] && !memcmp(zeroed, zeroed + 1, bytes - 1));
        loam__heap_raw_free(heap, zeroed, bytes);
    }
    if (!LOAM_SANITIZED) /* there it is a mistake to ask for so much */
        MUST(!loam__heap_raw_new(heap, (size_t)1 << 60, false) && !loam__heap_raw_new(heap, SIZE_MAX / 4, true));
    free_heap(heap);
}

LOAM_TEST(heap, a_slot_knows_its_number)
{
    static char memory[LOAM__PAGE_SIZE];

    for (size_t size = 16; size <= LOAM__SLOT_LARGEST; size += 8) {
        loam__page page = {.start = memory, .slot_size = (uint32_t)loam__class_size(loam__size_class(size))};
        page.reciprocal = (uint32_t)((((uint64_t)1 << 32) + page.slot_size - 1) / page.slot_size);
        for (uint32_t i = 0; (i + 1) * page.slot_size <= LOAM__PAGE_SIZE; i++)
            for (uint32_t inside = 0; inside < page.slot_size; inside += page.slot_size - 1)
                MUST(loam__slot_index(&page, page.start + i * page.slot_size + inside) == i);
    }
}

static size_t objects_walked(loam__heap *heap)
{
    size_t count = 0;

    LOAM__FOR_PAGES(heap, page)
    LOAM__FOR_OBJECTS(page, object)
    count += object->head != 0;
    return count;
}

LOAM_TEST(heap, a_walk_meets_what_is_alive_and_nothing_else)
{
    enum { OBJECTS = 3000 };
    loam__heap *heap = new_heap();
    loam_object **objects = calloc(OBJECTS, sizeof *objects);
    uint64_t state = 3;
    size_t alive = 0;

    for (unsigned i = 0; i < rounds(20000); i++) {
        size_t at = random_below(&state, OBJECTS);
        if (objects[at]) {
            loam__heap_free(heap, objects[at]);
            objects[at] = NULL;
            alive--;
        } else {
            objects[at] = new_object(heap, LOAM__PAGE_CYCLIC, random_size(&state), 1);
            alive++;
        }
        if (i % 1000 == 0)
            MUST(objects_walked(heap) == alive && loam__heap_objects(heap) == alive);
    }
    for (size_t i = 0; i < OBJECTS; i++)
        if (objects[i])
            loam__heap_free(heap, objects[i]);
    free(objects);
    free_heap(heap);
}

static size_t resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    size_t pages = 0;

    MUST(file && fscanf(file, "%*u %zu", &pages) == 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

LOAM_TEST(heap, pages_that_are_empty_go_back_to_the_system)
{
    enum { OBJECTS = 1000000 };
    loam__heap *heap = new_heap();
    loam_object **objects = calloc(OBJECTS, sizeof *objects);
    size_t before, full, after;

    memset(objects, 1, OBJECTS * sizeof *objects);
    before = resident();
    for (size_t i = 0; i < OBJECTS; i++)
        objects[i] = new_object(heap, LOAM__PAGE_CYCLIC, 48, 1);
    full = resident();
    for (size_t i = 0; i < OBJECTS; i++)
        loam__heap_free(heap, objects[i]);
    after = resident();
    if (!is_instrumented()) {
        MUST(full - before >= OBJECTS * (size_t)48);
        MUST(after < before || after - before < (full - before) / 10);
    }
    free(objects);
    free_heap(heap);
}

LOAM_TEST(heap, frozen_pages_hand_out_nothing_and_take_slots_back)
{
    loam__heap *heap = new_heap();
    loam_object *before = new_object(heap, LOAM__PAGE_CYCLIC, 24, 1);
    loam_object *second = new_object(heap, LOAM__PAGE_CYCLIC, 24, 1);
    loam_object *after;

    loam__heap_freeze(heap, true);
    after = new_object(heap, LOAM__PAGE_CYCLIC, 24, 2);
    MUST(loam__page_of(before)->is_frozen && !loam__page_of(after)->is_frozen);
    loam__heap_free(heap, second);
    loam__heap_free(heap, new_object(heap, LOAM__PAGE_CYCLIC, 24, 3));
    loam__heap_freeze(heap, false);
    MUST(!loam__page_of(before)->is_frozen);
    loam__heap_free(heap, before);
    loam__heap_free(heap, after);
    free_heap(heap);
}

static void released_once_too_often(void)
{
    loam_list *list = loam_list_new();

    loam_release(list);
    loam_release(list);
}

static void retained_after_the_end(void)
{
    loam_list *list = loam_list_new();

    loam_release(list);
    (void)!loam_retain(list);
}

LOAM_TEST(heap, what_was_freed_is_known)
{
    loam_auto loam_list *neighbour = loam_list_new(); /* or the page would be gone as well */

    if (!LOAM_CHECKS)
        return;
    cr_assert(aborts(released_once_too_often));
    cr_assert(aborts(retained_after_the_end));
}
