/*
 * Rings, random graphs and trees that know their parents, built and dropped again and again: garbage that refers to
 * itself, of every shape. The answers are the same on every memory manager, and so is the promise that such garbage
 * goes: at the end hardly any of the nodes are left, and at no time was the memory much more than what one round needs.
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

enum { ROUNDS = 60, NODES = 2000, EDGES = 3 };

typedef struct node {
    loam_object loam;
    loam_list *edges;     /* to nodes of the same graph, itself perhaps */
    loam_weakref *parent; /* NULL: it has none */
    int64_t number;
    int64_t seen; /* in which round a walk came by last */
} node;

static int64_t made;
static int64_t gone;

static void node_finalize(void *self)
{
    (void)self;
    gone++;
}

static loam_type node_type = {.name = "node",
                              .size = sizeof(node),
                              .refs = LOAM_REFS(offsetof(node, edges), offsetof(node, parent)),
                              .finalize = node_finalize};

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static node *node_new(int64_t number)
{
    loam_auto node *n = loam_new(&node_type);
    if (!n || loam_slot_set_take(n, &n->edges, loam_from(loam_list_new())) < 0)
        return NULL;
    n->number = number;
    made++;
    return loam_move(&n);
}

static node *node_peek(const loam_list *nodes, int64_t index)
{
    return loam_to_peek(loam_list_get_peek(nodes, index), &node_type);
}

static loam_status connect(const loam_list *nodes, int64_t from, int64_t to)
{
    node *n = node_peek(nodes, from);
    return n ? loam_list_append(n->edges, loam_from(node_peek(nodes, to))) : loam_error()->status;
}

static loam_list *make_nodes(void)
{
    loam_auto loam_list *nodes = loam_list_new();
    for (int64_t i = 0; i < NODES; i++)
        if (loam_list_append_take(nodes, loam_from(node_new(i))) < 0)
            return NULL;
    return loam_move(&nodes);
}

/* One ring of all nodes. */
static loam_status make_ring(const loam_list *nodes)
{
    for (int64_t i = 0; i < NODES; i++)
        if (connect(nodes, i, (i + 1) % NODES) < 0)
            return loam_error()->status;
    return LOAM_OK;
}

static loam_status make_random_graph(const loam_list *nodes, uint64_t *random)
{
    for (int64_t i = 0; i < NODES * EDGES; i++)
        if (connect(nodes, i / EDGES, (int64_t)(next_random(random) % NODES)) < 0)
            return loam_error()->status;
    return LOAM_OK;
}

/* A tree in which node i has the children 2i + 1 and 2i + 2, whose parents are weak. */
static loam_status make_tree(const loam_list *nodes)
{
    for (int64_t i = 1; i < NODES; i++) {
        node *child = node_peek(nodes, i);
        node *parent = node_peek(nodes, (i - 1) / 2);
        if (!child || !parent || loam_list_append(parent->edges, loam_from(child)) < 0 ||
            loam_slot_set_take(child, &child->parent, loam_from(loam_weakref_new(loam_from(parent)))) < 0)
            return loam_error()->status;
    }
    return LOAM_OK;
}

/* The sum of the numbers of all nodes that can be reached from the first, and how many they are. */
static loam_status walk(const loam_list *nodes, int64_t round, int64_t *count, int64_t *sum)
{
    loam_auto loam_list *todo = loam_list_of(loam_from(node_peek(nodes, 0)));

    while (loam_list_len(todo) > 0) {
        loam_auto_value loam_value value = loam_list_pop(todo, -1);
        node *n = loam_to_peek(value, &node_type);
        if (!n)
            return loam_error()->status;
        if (n->seen == round)
            continue;
        n->seen = round;
        ++*count;
        *sum += n->number;
        if (loam_list_extend(todo, loam_from(n->edges)) < 0)
            return loam_error()->status;
    }
    return todo ? LOAM_OK : loam_error()->status;
}

static loam_status one_round(int64_t round, uint64_t *random)
{
    static const char *const names[] = {"ring", "random", "tree"};
    loam_auto loam_list *nodes = make_nodes();
    int64_t count = 0;
    int64_t sum = 0;
    loam_status st = round % 3 == 1   ? make_ring(nodes)
                     : round % 3 == 2 ? make_random_graph(nodes, random)
                                      : make_tree(nodes);

    if (st < 0 || walk(nodes, round, &count, &sum) < 0)
        return loam_error()->status;
    if (round > ROUNDS - 3)
        printf("%s: %" PRId64 " nodes reached, their sum is %" PRId64 "\n", names[(round - 1) % 3], count, sum);
    return LOAM_OK;
}

int main(void)
{
    uint64_t random = 88172645463325252u;
    int64_t most = 0;

    for (int64_t round = 1; round <= ROUNDS; round++) {
        if (one_round(round, &random) < 0)
            return loam_perror("graphs");
        if (loam_gc_get_bytes() > most)
            most = loam_gc_get_bytes();
    }
    if (loam_gc_collect(2) < 0)
        return loam_perror("graphs");
    printf("%" PRId64 " nodes made\n", made);
    printf("gone, all but a few: %s\n", gone > made - made / 20 ? "yes" : "no");
    printf("memory bounded: %s\n", most < 12000000 ? "yes" : "no");
    return 0;
}
