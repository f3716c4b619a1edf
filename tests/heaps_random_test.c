/*
 * Heaps at random, against a model: which nodes there are, and what refers to what. References lead from a heap to
 * itself and to later ones, so that no cycle goes through two, and all garbage is found by collecting one after the
 * other.
 *
 * Where it is not known in which heap an object lies only what is alive is compared.
 */
#include "tests/harness.h"

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

enum { HEAPS = 4, VARIABLES = 8, NODES = 20000, NOBODY = -1 };

typedef struct numbered {
    loam_object loam;
    struct numbered *fields[2];
    int number;
} numbered;

static struct {
    int heap, fields[2];
    bool is_freed, is_reached;
} model[NODES];

static loam_heap *heaps[HEAPS];
static numbered *variables[VARIABLES];
static int born;

static void numbered_dispose(void *self)
{
    model[((numbered *)self)->number].is_freed = true;
}

/* Makes and drops something where it runs. */
static void numbered_finalize(void *self)
{
    (void)self;
    loam_release(loam_list_of(1, "two"));
}

static loam_type numbered_types[2] = {
    {
        .name = "numbered",
        .size = sizeof(numbered),
        .refs = LOAM_REFS(offsetof(numbered, fields[0]), offsetof(numbered, fields[1])),
        .dispose = numbered_dispose,
    },
    {
        .name = "finalized numbered",
        .size = sizeof(numbered),
        .refs = LOAM_REFS(offsetof(numbered, fields[0]), offsetof(numbered, fields[1])),
        .dispose = numbered_dispose,
        .finalize = numbered_finalize,
    },
};

static void assign(numbered **variable, numbered *n)
{
    numbered *old = *variable;

    *variable = n;
    loam_release(old);
}

static void make_numbered(numbered **variable, uint64_t *state)
{
    int heap = (int)random_below(state, HEAPS);
    numbered *n;

    MUST(loam_heap_enter(heaps[heap]) == LOAM_OK);
    n = loam_new(&numbered_types[random_below(state, 2)]);
    MUST(n);
    MUST(loam_heap_leave(heaps[heap]) == LOAM_OK);
    n->number = born;
    model[born].heap = heap;
    model[born].fields[0] = model[born].fields[1] = NOBODY;
    born++;
    assign(variable, n);
}

static void refer(numbered *from, numbered *to, size_t field)
{
    if (model[from->number].heap > model[to->number].heap)
        return;
    model[from->number].fields[field] = to->number;
    MUST(loam_slot_set(from, &from->fields[field], loam_from(to)) == LOAM_OK);
}

/* What a field refers to goes into a variable, with or without leaving the field. */
static void follow(numbered **variable, numbered *from, size_t field, bool moves)
{
    numbered *to = from->fields[field];

    if (moves)
        model[from->number].fields[field] = NOBODY;
    else
        loam_retain(to);
    if (moves && loam_is_unset(loam_slot_take(from, &from->fields[field])))
        to = NULL;
    assign(variable, to);
}

static void step(uint64_t *state)
{
    numbered **one = &variables[random_below(state, VARIABLES)];
    numbered *other = variables[random_below(state, VARIABLES)];
    size_t field = random_below(state, 2);

    switch (random_below(state, 8)) {
    case 0:
    case 1:
        make_numbered(one, state);
        break;
    case 2:
        assign(one, NULL);
        break;
    case 3:
        if (other && other->fields[field])
            follow(one, other, field, random_below(state, 2));
        break;
    default:
        if (*one && other)
            refer(*one, other, field);
    }
}

static void reach(int number)
{
    while (number != NOBODY && !model[number].is_reached) {
        model[number].is_reached = true;
        reach(model[number].fields[0]);
        number = model[number].fields[1];
    }
}

/* Nothing that variables reach is freed; `exactly`: and all the rest is. */
static void compare(bool exactly)
{
    for (int i = 0; i < born; i++)
        model[i].is_reached = false;
    for (int i = 0; i < VARIABLES; i++)
        reach(variables[i] ? variables[i]->number : NOBODY);
    for (int i = 0; i < born; i++) {
        MUST(!model[i].is_reached || !model[i].is_freed);
        MUST(!exactly || model[i].is_reached || model[i].is_freed);
    }
}

static void collect_heap(int heap, int generation)
{
    MUST(loam_heap_enter(heaps[heap]) == LOAM_OK);
    loam_gc_collect(generation);
    MUST(loam_heap_leave(heaps[heap]) == LOAM_OK);
}

LOAM_TEST(heaps_random, any_sequence_of_calls)
{
    uint64_t state = 20;

    for (int i = 0; i < HEAPS; i++) {
        heaps[i] = loam_heap_new();
        MUST(loam_heap_enter(heaps[i]) == LOAM_OK);
        MUST(loam_gc_set_threshold(20, 3, LOAM_OMIT) == LOAM_OK);
        MUST(loam_heap_leave(heaps[i]) == LOAM_OK);
    }
    for (unsigned i = 0; born < NODES && i < rounds(40000); i++) {
        step(&state);
        if (i % 50 == 0)
            collect_heap((int)random_below(&state, HEAPS), (int)random_below(&state, LOAM_GC_GENERATIONS));
        if (i % 1000)
            continue;
        for (int heap = 0; heap < HEAPS; heap++)
            collect_heap(heap, 2);
        compare(loam_gc_has(LOAM_GC_SEPARATE_HEAPS));
    }
    for (int i = 0; i < VARIABLES; i++)
        assign(&variables[i], NULL);
    for (int i = 0; i < HEAPS; i++)
        MUST(loam_heap_free(heaps[i]) == LOAM_OK);
    compare(loam_gc_has(LOAM_GC_SEPARATE_HEAPS));
}
