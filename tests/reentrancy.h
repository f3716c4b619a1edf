/*
 * What the re-entrancy matrix is made of: user code that can be told to act, what it can do, and what it does it to.
 *
 * A cell is an operation, an event in it (the n-th call of some piece of user code) and an action that the event takes.
 * The operation is first run with nobody acting; what user code it calls, and how often, says which cells there are. So
 * tables name operations and actions, and never which callback belongs to which.
 *
 * What may run at all is read from the last lines of the doc comments (doclines.awk). A function may run what its line
 * names and nothing else; and what a line names has a cell.
 */
#ifndef TESTS_REENTRANCY_H
#define TESTS_REENTRANCY_H

#include "tests/harness.h"

/* Kinds of user code. */
typedef enum event {
    AT_HASH,
    AT_EQUAL,
    AT_COMPARE,
    AT_REPR,
    AT_LEN,
    AT_EXTENT,
    AT_BEGIN,    /* a type's iter_begin */
    AT_FILL,     /* a type's iter_fill */
    AT_STAGE,    /* the callback of an adapter */
    AT_KEY,      /* a key function */
    AT_ORDER,    /* a comparator */
    AT_COPY,     /* a type's copy */
    AT_FINALIZE, /* a type's finalize; on memory managers where it is certain when that runs */
    AT_GONE,     /* a function of loam_finalize() */
    AT_CUT,      /* a weak reference's callback */
    EVENTS
} event;

/* How containers stand before the operation. */
typedef struct shape {
    int64_t items;
    bool holes;      /* some keys have been removed from the dicts */
    bool collide;    /* all probes have the same hash */
    bool tuple_keys; /* keys are tuples of a probe */
    bool is_there;   /* the key that is operated with */
} shape;

typedef struct world world;

/* A status, or 0 and above for what succeeded. */
typedef int run_function(world *w);

enum { LISTS = 3, DICTS = 3, DEQUES = 3, INNER = 2 };

/* What an operation works on, and an action meddles with. Everything in it is held by it alone. */
struct world {
    shape shape;
    loam_list *lists[LISTS]; /* of probes; the second differs from the first in its last item; the third holds keys */
    loam_tuple *tuples[2];
    loam_range *range;
    loam_deque *deques[DEQUES];        /* of probes, as the lists; the last one is full */
    loam_dict *dicts[DICTS];           /* probe => probe; the same again; probe => int */
    loam_weak_value_dict *weak_values; /* key => a key of the third list */
    loam_weak_key_dict *weak_keys;     /* key of the third list => probe */
    loam_weak_set *weak_set;           /* of those keys */
    loam_set *sets[2];                 /* of keys; the second one has another last one */
    loam_frozenset *frozen;            /* of the keys of the second set */
    loam_dict_view *view;              /* of the keys of the first dict */
    loam_dict *nested;                 /* int => tuples that hold dicts and probes, whose order is user code's */
    loam_list *outer[2];               /* a list, a tuple and a dict, of probes, that only it holds */
    loam_list *inner[INNER];           /* those lists, borrowed */
    loam_list *own_list;               /* of the operation that runs, and held by it */
    loam_deque *own_deque;             /* likewise */
    loam_value key;
    loam_value stream; /* of a type of its own that can be iterated over */
    loam_iter *iter;   /* of operations that have one */
    run_function *run; /* the operation */
    int64_t integer;
    double number;
    bool truth;
    const char *chars;
    loam_value value;
    uint64_t hash;
    int order;
};

/* An object of a type of one's own whose slots are events. */
loam_value probe_new(int64_t id);

/* The key of that number, as the world's dicts have it: a probe or a tuple of one. */
loam_value key_new(const world *w, int64_t id);

/* Something to iterate over: `items` values that `make` gives. */
loam_value stream_new(int64_t items, loam_value (*make)(int64_t number));

void world_make(world *w, shape s);
void world_drop(world *w);

/* What is always true of all in it: NULL or the rule that is broken. */
const char *world_check(const world *w);
const char *deque_check(const loam_deque *deque);

/* What an event does: OK, or the failure that the callback reports. */
typedef struct action {
    const char *name;
    loam_status (*act)(world *w);
    bool fails;
} action;

/* The first one does nothing. */
enum { ACTIONS = 23 };
extern const action actions[ACTIONS];

/* Each callback begins with this, and fails if it says so. */
loam_status met(event at);

/* Results as a status. They release what they are given, after a look at it. */
int of_value(loam_value value);
int of_peek(loam_value value);
int of_list(loam_list *list);
int of_tuple(loam_tuple *tuple);
int of_deque(loam_deque *deque);
int of_dict(loam_dict *dict);
int of_set(loam_set *set);
int of_frozenset(loam_frozenset *set);
int of_str(loam_str *str);

typedef struct operation {
    const char *function; /* of the API */
    const char *variant;
    run_function *run;
    bool cannot_fail;                                             /* its AT_STAGE has no way to report a failure */
    void (*prepare)(world *w, const struct operation *operation); /* may be NULL */
    const void *details;                                          /* for `prepare` */
} operation;

/* Run it with nobody acting. Returns its outcome, and how often each event was met. */
int run_quietly(const operation *o, shape s, unsigned calls[EVENTS]);

/* Cells of an operation for one event and one shape of the world: each action at several of the calls, of which a part
 * is drawn. Returns how many, 0 where the operation does not run that user code. */
unsigned try_cells(const operation *o, event at, shape s);

/* The same for finalizers that a collection has found due before the operation, a few actions of all. */
unsigned try_due_cells(const operation *o, shape s);

/* How many of so many cells are tried where LOAM_TEST_SAMPLE asks for fewer. */
unsigned sampled(unsigned cells);

/* What the doc lines say, and have been seen to say. */
void record(const operation *o, const unsigned calls[EVENTS]);
void record_containers(void);
void record_chains(void);
void assert_doc_lines_are_true(void);

#endif
