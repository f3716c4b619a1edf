/*
 * Weak maps against a model: a graph of nodes, of tokens that have no fields, and of weak_key_dicts from any of them to
 * any of them, changed at random, with collections of every generation in between. The model knows what the variables
 * reach, where a dict leads to a value only if its key is reached otherwise. Nothing that they reach may ever be freed
 * or lose its entry; after a full collection nothing else may be left.
 *
 * Where cycles are not found exactly only the first half is asserted.
 */
#include "tests/harness.h"

#include "containers/weak.h"
#include "lib/alloc.h"

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

/* Two variables more are for dicts alone, and rarely change. */
enum { FIELDS = 2, VARIABLES = 20, ALL_VARIABLES = VARIABLES + 2, OBJECTS = 1000, DICTS = 160, NOBODY = -1 };

typedef enum kind { NODE, FINALIZED, TOKEN, DICT, KINDS } kind;

typedef struct node {
    loam_object loam;
    loam_value fields[FIELDS];
    int64_t number;
    int64_t run; /* that it was made in: a conservative collector may find it when that is long past */
} node;

typedef struct token {
    loam_object loam;
    int64_t number;
    int64_t run;
} token;

typedef struct thing {
    kind kind;
    loam_value value; /* borrowed: valid until it is freed */
    bool is_freed, is_finalized;
    int fields[FIELDS];
    int dict; /* the number of it among dicts */
} thing;

static thing things[OBJECTS];
static int dicts[DICTS];
static int values[DICTS][OBJECTS]; /* by dict and key */
static int born, dicts_born;
static loam_value variables[ALL_VARIABLES];
static int numbers[ALL_VARIABLES];
static bool resurrects;
static int64_t this_run;
static loam_weak_set *everything; /* may be NULL */

static void assign(int variable, loam_value value, int number)
{
    loam_value old = variables[variable];

    variables[variable] = value;
    numbers[variable] = number;
    loam_release(old);
}

static void forget_key(int number)
{
    for (int d = 0; d < dicts_born; d++)
        values[d][number] = NOBODY;
}

static void node_dispose(void *self)
{
    if (((node *)self)->run == this_run)
        things[((node *)self)->number].is_freed = true;
}

static void token_dispose(void *self)
{
    if (((token *)self)->run == this_run)
        things[((token *)self)->number].is_freed = true;
}

static void node_finalize(void *self)
{
    int number = (int)((node *)self)->number;

    if (((node *)self)->run != this_run)
        return;
    MUST(!things[number].is_finalized);
    things[number].is_finalized = true;
    forget_key(number);
    if (resurrects)
        assign(0, loam_retain_value(loam_from(self)), number);
}

#define NODE_TYPE                                                                                                      \
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, fields[0]), offsetof(node, fields[1])),     \
    .dispose = node_dispose, .external = true

static loam_type node_type = {NODE_TYPE};
static loam_type finalized_type = {NODE_TYPE, .finalize = node_finalize};
static loam_type token_type = {.name = "token", .size = sizeof(token), .dispose = token_dispose, .external = true};

/* Steps. */

static loam_value make_thing(kind wanted)
{
    loam_type *types[] = {&node_type, &finalized_type, &token_type};

    return loam_from(wanted == DICT ? (void *)loam_weak_key_dict_new() : loam_new(types[wanted]));
}

static void enter(loam_value value, kind wanted)
{
    thing *t = &things[born];

    *t = (thing){.kind = wanted, .value = value, .fields = {NOBODY, NOBODY}, .dict = NOBODY};
    if (wanted == DICT) {
        t->dict = dicts_born++;
        dicts[t->dict] = born;
        for (int i = 0; i < OBJECTS; i++)
            values[t->dict][i] = NOBODY;
    } else if (wanted == TOKEN) {
        ((token *)loam__object(value))->number = born;
        ((token *)loam__object(value))->run = this_run;
    } else {
        ((node *)loam__object(value))->number = born;
        ((node *)loam__object(value))->run = this_run;
    }
    born++;
}

static void make(int variable, kind wanted)
{
    loam_value value;
    int number;

    if (born == OBJECTS || (wanted == DICT && dicts_born == DICTS))
        return;
    value = make_thing(wanted); /* may run finalizers */
    MUST(!loam_is_unset(value));
    number = born;
    enter(value, wanted);
    if (everything)
        MUST(loam_weak_set_add(everything, value) == LOAM_OK);
    assign(variable, value, number);
}

static bool is_node(int variable)
{
    return numbers[variable] != NOBODY && things[numbers[variable]].kind <= FINALIZED;
}

static bool is_dict(int variable)
{
    return numbers[variable] != NOBODY && things[numbers[variable]].kind == DICT;
}

static void store(int to, int field, int from, bool moves)
{
    loam_auto_value loam_value owner = loam_retain_value(variables[to]);
    node *n = (node *)loam__object(owner);
    loam_value value = variables[from];
    int number = numbers[from];

    if (!is_node(to) || number == NOBODY)
        return;
    things[n->number].fields[field] = number;
    if (moves) {
        variables[from] = LOAM_UNSET;
        numbers[from] = NOBODY;
    }
    MUST((moves ? loam_slot_set_take : loam_slot_set)(n, &n->fields[field], value) == LOAM_OK);
}

static void load(int to, int from, int field)
{
    if (is_node(from))
        assign(to, loam_retain_value(((node *)loam__object(variables[from]))->fields[field]),
               things[numbers[from]].fields[field]);
}

static void take(int to, int from, int field)
{
    node *n = (node *)loam__object(variables[from]);
    int number;

    if (!is_node(from))
        return;
    number = things[n->number].fields[field];
    things[n->number].fields[field] = NOBODY;
    assign(to, loam_slot_take(n, &n->fields[field]), number);
}

static loam_weak_key_dict *dict_in(int variable)
{
    return (loam_weak_key_dict *)loam__object(variables[variable]);
}

static void set_in_dict(int variable, int key, int value)
{
    loam_auto_value loam_value dict = loam_retain_value(variables[variable]);
    int number = numbers[variable];

    if (!is_dict(variable) || numbers[key] == NOBODY || numbers[value] == NOBODY)
        return;
    if (things[numbers[key]].is_finalized && things[numbers[key]].kind == FINALIZED && !resurrects)
        return;
    {
        int k = numbers[key];
        int v = numbers[value];
        loam_auto_value loam_value held_key = loam_retain_value(variables[key]); /* finalizers assign to variables */
        loam_auto_value loam_value held_value = loam_retain_value(variables[value]);
        MUST((loam_weak_key_dict_set)(dict_in(variable), held_key, held_value) == LOAM_OK);
        values[things[number].dict][k] = v;
    }
}

static void remove_from_dict(int variable, int key, int to)
{
    int d;
    int number;
    loam_value value;

    if (!is_dict(variable) || numbers[key] == NOBODY)
        return;
    d = things[numbers[variable]].dict;
    number = values[d][numbers[key]];
    values[d][numbers[key]] = NOBODY;
    value = (loam_weak_key_dict_pop)(dict_in(variable), loam__key_value(variables[key]));
    if (loam_is_unset(value)) {
        MUST(number == NOBODY || resurrects);
        loam_error_clear();
        number = NOBODY;
    }
    assign(to, value, number);
}

static void look_up(int variable, int key, int to)
{
    loam_value value;

    if (!is_dict(variable) || numbers[key] == NOBODY)
        return;
    if ((loam_weak_key_dict_find)(dict_in(variable), loam__key_value(variables[key]), &value) == LOAM_OK)
        assign(to, value, values[things[numbers[variable]].dict][numbers[key]]);
}

/* The model's reachability. Entries are compared with the real ones on the way: a finalizer that makes garbage
 * reachable again gets back keys that have lost their entries. */

static bool is_reachable[OBJECTS];
static int stack[OBJECTS];
static int depth, reached;

static void reach(int number)
{
    if (number == NOBODY || is_reachable[number])
        return;
    is_reachable[number] = true;
    stack[depth++] = number;
    reached++;
}

static void check_entry(int d, int key)
{
    loam_weak_key_dict *dict = (loam_weak_key_dict *)loam__object(things[dicts[d]].value);
    loam_value found;
    loam_status status = (loam_weak_key_dict_find)(dict, loam__key_value(things[key].value), &found);

    if (status == LOAM_MISSING && resurrects)
        values[d][key] = NOBODY;
    else if (status != LOAM_OK || found.word != things[values[d][key]].value.word)
        cr_assert_fail("dict %d, key %d: the value is not %d", dicts[d], key, values[d][key]);
    loam_release(found);
}

/* Whether anything new has been reached. */
static bool reach_through_dicts(void)
{
    int before = reached;

    for (int d = 0; d < dicts_born; d++)
        for (int key = 0; is_reachable[dicts[d]] && key < born; key++)
            if (is_reachable[key] && values[d][key] != NOBODY && !is_reachable[values[d][key]]) {
                check_entry(d, key);
                reach(values[d][key]);
            }
    return reached != before;
}

static int count_reachable(void)
{
    memset(is_reachable, 0, sizeof is_reachable);
    depth = reached = 0;
    for (int i = 0; i < ALL_VARIABLES; i++)
        reach(numbers[i]);
    do {
        while (depth) {
            const thing *t = &things[stack[--depth]];
            if (t->is_freed)
                cr_assert_fail("%d is reachable, and was freed", (int)(t - things));
            reach(t->fields[0]);
            reach(t->fields[1]);
        }
    } while (reach_through_dicts());
    return reached;
}

static int64_t count_entries(void)
{
    int64_t entries = 0;

    for (int d = 0; d < dicts_born; d++)
        for (int key = 0; is_reachable[dicts[d]] && key < born; key++)
            if (is_reachable[key] && values[d][key] != NOBODY) {
                check_entry(d, key);
                entries += values[d][key] != NOBODY;
            }
    return entries;
}

static uint64_t objects_before;

static void check(bool exactly)
{
    int count = count_reachable();
    int64_t entries = count_entries();
    int64_t entries_in_dicts = 0;

    for (int d = 0; d < dicts_born; d++) {
        loam_weak_key_dict *dict = (loam_weak_key_dict *)loam__object(things[dicts[d]].value);
        if (!is_reachable[dicts[d]])
            continue;
        MUST(!loam__dict_check((loam_dict *)dict));
        entries_in_dicts += loam_weak_key_dict_len(dict);
    }
    if (!exactly || !loam_gc_has(LOAM_GC_EXACT_CYCLES))
        return;
    MUST(entries == entries_in_dicts);
    MUST(!everything || loam_weak_set_len(everything) == count || resurrects);
    if (!everything)
        cr_assert_eq(loam__gc_live().objects - objects_before, (uint64_t)(count + entries),
                     "%d objects with %d entries are reachable, %d are left", count, (int)entries,
                     (int)(loam__gc_live().objects - objects_before));
}

/* A full collection leaves what finalizers have resurrected; the one after it does not. */
static void collect_all(void)
{
    for (int i = 0; i < 6; i++)
        loam_gc_collect(2);
}

static void step(uint64_t *state)
{
    int a = (int)random_below(state, VARIABLES);
    int b = (int)random_below(state, VARIABLES);
    int c = (int)random_below(state, VARIABLES);
    int i = (int)random_below(state, FIELDS);
    int dict = random_below(state, 4) ? VARIABLES + (int)random_below(state, 2) : a;

    switch (random_below(state, 32)) {
    case 0:
    case 1:
        make(random_below(state, 32) ? a : dict, DICT);
        break;
    case 2:
    case 3:
    case 4:
        make(a, (kind)random_below(state, DICT));
        break;
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
        store(a, i, b, random_below(state, 2));
        break;
    case 10:
    case 11:
    case 12:
    case 13:
        load(a, b, i);
        break;
    case 14:
        take(a, b, i);
        break;
    case 15:
    case 16:
    case 17:
    case 18:
    case 19:
    case 20:
    case 21:
    case 22:
        set_in_dict(dict, b, c);
        break;
    case 23:
        remove_from_dict(dict, b, c);
        break;
    case 24:
    case 25:
    case 26:
    case 27:
        look_up(dict, b, c);
        break;
    case 28:
        assign(a, LOAM_UNSET, NOBODY);
        break;
    case 29:
        loam_gc_collect((int)random_below(state, 2));
        break;
    case 30:
        if (random_below(state, 8) == 0)
            loam_gc_collect(2);
        break;
    default:
        loam__spare_fails = random_below(state, 16) == 0;
        break;
    }
}

static void run(uint64_t seed)
{
    uint64_t state = seed;

    born = dicts_born = 0;
    this_run++;
    everything = seed % 2 ? loam_weak_set_new() : NULL;
    objects_before = loam__gc_live().objects;
    for (int i = 0; i < ALL_VARIABLES; i++)
        assign(i, LOAM_UNSET, NOBODY);
    make(VARIABLES, DICT);
    make(VARIABLES + 1, DICT);
    for (int i = 0; born < OBJECTS && i < 20000; i++) {
        step(&state);
        if (i % 16 == 0)
            check(false);
        if (i % 256 == 255) {
            loam__spare_fails = false;
            collect_all();
            check(true);
        }
    }
    loam__spare_fails = false;
    for (int i = 0; i < ALL_VARIABLES; i++)
        assign(i, LOAM_UNSET, NOBODY);
    resurrects = false;
    collect_all();
    assign(0, LOAM_UNSET, NOBODY);
    collect_all();
    check(true);
    loam_release(everything);
}

LOAM_TEST(ephemerons, values_live_as_long_as_dict_and_key)
{
    for (uint64_t seed = 1; seed <= rounds(40); seed++)
        run(seed);
}

LOAM_TEST(ephemerons, finalizers_may_make_keys_and_dicts_reachable_again)
{
    for (uint64_t seed = 1; seed <= rounds(40); seed++) {
        resurrects = true;
        run(seed);
    }
    resurrects = false;
}
