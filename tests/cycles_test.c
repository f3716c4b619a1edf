/*
 * The collection of cycles against a model: a graph of nodes, each known by number, changed at random through every way
 * a reference can take, with collections of every generation in between. The model knows what the variables reach.
 * Nothing that they reach may ever be freed; after a full collection nothing else may be left.
 *
 * Where cycles are not found exactly only the first half is asserted.
 */
#include "tests/harness.h"

#include "lib/alloc.h"

#include <stdio.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

enum { FIELDS = 3, VARIABLES = 6, NODES = 4096, NOBODY = -1 };

typedef struct node {
    loam_object loam;
    struct node *fields[FIELDS];
    int64_t number;
    int64_t seed; /* of the world that it was made in: a conservative collector may find it when that is long past */
} node;

typedef enum condition { UNBORN, ALIVE, FREED } condition;

typedef struct model {
    condition condition[NODES];
    int fields[NODES][FIELDS];
    bool is_finalized[NODES];
    int born, freed;
    int64_t seed;
} model;

static model world;
static node *variables[VARIABLES];
static int variable_numbers[VARIABLES];

/* What finalizers do: nothing, or make their object reachable again through variable 0. */
static bool resurrects;

/* What was there is released last: that may run a finalizer, which assigns too. */
static void assign(int variable, node *n, int number)
{
    node *old = variables[variable];

    variables[variable] = n;
    variable_numbers[variable] = number;
    loam_release(old);
}

static void node_dispose(void *self)
{
    node *n = self;

    if (n->seed != world.seed)
        return;
    world.condition[n->number] = FREED;
    world.freed++;
}

static void node_finalize(void *self)
{
    node *n = self;

    if (n->seed != world.seed)
        return;
    MUST(!world.is_finalized[n->number]);
    world.is_finalized[n->number] = true;
    if (resurrects)
        assign(0, loam_retain(n), (int)n->number);
}

static loam_type plain_type = {
    .name = "node",
    .size = sizeof(node),
    .refs = LOAM_REFS(offsetof(node, fields[0]), offsetof(node, fields[1]), offsetof(node, fields[2])),
    .dispose = node_dispose,
    .external = true,
};

static loam_type finalized_type = {
    .name = "finalized node",
    .size = sizeof(node),
    .refs = LOAM_REFS(offsetof(node, fields[0]), offsetof(node, fields[1]), offsetof(node, fields[2])),
    .dispose = node_dispose,
    .finalize = node_finalize,
    .external = true,
};

static void begin(uint64_t seed)
{
    world = (model){.seed = (int64_t)seed};
    for (int i = 0; i < VARIABLES; i++)
        variable_numbers[i] = NOBODY;
}

/* Steps, each of which changes the heap and the model alike. */

static void drop(int variable)
{
    assign(variable, NULL, NOBODY);
}

static void make(int variable, loam_type *type)
{
    node *n;

    if (world.born == NODES)
        return;
    n = loam_new(type); /* may run finalizers */
    MUST(n);
    n->seed = world.seed;
    n->number = world.born++;
    world.condition[n->number] = ALIVE;
    for (int i = 0; i < FIELDS; i++)
        world.fields[n->number][i] = NOBODY;
    assign(variable, n, (int)n->number);
}

static void store(int to, int field, int from)
{
    node *owner = variables[to];

    if (!owner || !variables[from])
        return;
    world.fields[owner->number][field] = variable_numbers[from];
    MUST(loam_slot_set(owner, &owner->fields[field], loam_from(variables[from])) == LOAM_OK);
}

static void move_in(int to, int field, int from)
{
    node *owner = variables[to];
    node *moved = variables[from];
    int number = variable_numbers[from];

    if (!owner || !moved)
        return;
    loam_retain(owner); /* `from` may be `to` */
    world.fields[owner->number][field] = number;
    variables[from] = NULL;
    variable_numbers[from] = NOBODY;
    MUST(loam_slot_set_take(owner, &owner->fields[field], loam_from(moved)) == LOAM_OK);
    loam_release(owner);
}

static void load(int to, int from, int field)
{
    node *loaded;
    int number;

    if (!variables[from])
        return;
    loaded = loam_retain(variables[from]->fields[field]);
    number = world.fields[variables[from]->number][field];
    assign(to, loaded, loaded ? number : NOBODY);
}

static void take(int to, int from, int field)
{
    node *owner = variables[from];
    loam_value taken;
    int number;

    if (!owner)
        return;
    number = world.fields[owner->number][field];
    world.fields[owner->number][field] = NOBODY;
    taken = loam_slot_take(owner, &owner->fields[field]);
    assign(to, (node *)(uintptr_t)taken.word, number);
}

static void move_along(int to, int to_field, int from, int from_field)
{
    node *a = variables[to];
    node *b = variables[from];
    int number;

    if (!a || !b || (a == b && to_field == from_field))
        return;
    number = world.fields[b->number][from_field];
    world.fields[b->number][from_field] = NOBODY;
    world.fields[a->number][to_field] = number;
    loam_slot_move(a, &a->fields[to_field], b, &b->fields[from_field]);
}

static void clear(int variable, int field)
{
    node *owner = variables[variable];

    if (!owner)
        return;
    world.fields[owner->number][field] = NOBODY;
    loam_release(loam_slot_take(owner, &owner->fields[field]));
}

/* The model's reachability. */

static int reachable(bool *is_reachable)
{
    static int stack[NODES];
    int depth = 0;
    int count = 0;

    memset(is_reachable, 0, NODES * sizeof *is_reachable);
    for (int i = 0; i < VARIABLES; i++) {
        if (variable_numbers[i] == NOBODY || is_reachable[variable_numbers[i]])
            continue;
        is_reachable[variable_numbers[i]] = true;
        stack[depth++] = variable_numbers[i];
    }
    while (depth) {
        int n = stack[--depth];
        count++;
        for (int i = 0; i < FIELDS; i++) {
            int next = world.fields[n][i];
            if (next == NOBODY || is_reachable[next])
                continue;
            is_reachable[next] = true;
            stack[depth++] = next;
        }
    }
    return count;
}

static void check(bool exactly)
{
    static bool is_reachable[NODES];
    int count = reachable(is_reachable);

    for (int i = 0; i < world.born; i++)
        if (is_reachable[i] && world.condition[i] != ALIVE)
            cr_assert_fail("node %d is reachable, and was freed", i);
    for (int i = 0; i < VARIABLES; i++) {
        MUST((variables[i] ? (int)variables[i]->number : NOBODY) == variable_numbers[i]);
        for (int j = 0; variables[i] && j < FIELDS; j++)
            MUST((variables[i]->fields[j] ? (int)variables[i]->fields[j]->number : NOBODY) ==
                 world.fields[variable_numbers[i]][j]);
    }
    if (exactly && loam_gc_has(LOAM_GC_EXACT_CYCLES) && world.born - world.freed != count)
        cr_assert_fail("%d nodes are reachable, %d are left", count, world.born - world.freed);
}

/* A full collection leaves what finalizers have resurrected; the one after it does not. */
static void collect_to_the_end(void)
{
    int last;

    do {
        last = world.freed;
        collect_everything();
    } while (world.freed != last);
}

static void step(uint64_t *state, loam_type *type)
{
    int a = (int)random_below(state, VARIABLES);
    int b = (int)random_below(state, VARIABLES);
    int i = (int)random_below(state, FIELDS);
    int j = (int)random_below(state, FIELDS);

    switch (random_below(state, 24)) {
    case 0:
    case 1:
    case 2:
    case 3:
        make(a, type);
        break;
    case 4:
    case 5:
    case 6:
    case 7:
        store(a, i, b);
        break;
    case 8:
    case 9:
    case 10:
        move_in(a, i, b);
        break;
    case 11:
    case 12:
        load(a, b, i);
        break;
    case 13:
    case 14:
        take(a, b, i);
        break;
    case 15:
    case 16:
        move_along(a, i, b, j);
        break;
    case 17:
        clear(a, i);
        break;
    case 18:
    case 19:
        drop(a);
        break;
    case 20:
        loam_gc_collect(0);
        break;
    case 21:
        loam_gc_collect(1);
        break;
    case 22:
        if (random_below(state, 8) == 0)
            loam_gc_collect(2);
        break;
    default:
        loam__spare_fails = random_below(state, 16) == 0;
        break;
    }
}

static void run(loam_type *type, uint64_t seed)
{
    uint64_t state = seed;

    begin(seed);
    for (int i = 0; world.born < NODES && i < 100000; i++) {
        step(&state, type);
        check(false);
        if (i % 512 == 511) {
            loam__spare_fails = false;
            collect_to_the_end();
            check(true);
        }
    }
    loam__spare_fails = false;
    for (int i = 0; i < VARIABLES; i++)
        drop(i);
    resurrects = false;
    collect_to_the_end();
    drop(0);
    collect_to_the_end();
    check(true);
}

LOAM_TEST(cycles, what_is_reachable_stays_and_the_rest_goes)
{
    for (uint64_t seed = 1; seed <= rounds(20); seed++)
        run(&plain_type, seed);
}

LOAM_TEST(cycles, finalizers_run_once_each)
{
    for (uint64_t seed = 1; seed <= rounds(20); seed++)
        run(&finalized_type, seed);
}

LOAM_TEST(cycles, finalizers_may_make_their_objects_reachable_again)
{
    for (uint64_t seed = 1; seed <= rounds(20); seed++) {
        resurrects = true;
        run(&finalized_type, seed);
    }
    resurrects = false;
}
