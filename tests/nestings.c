#include "tests/nestings.h"

#include <string.h>

/* An object that refers to one more of its kind, with slots that go down by the library's own functions. */
typedef struct bead {
    loam_object loam;
    struct bead *next;
} bead;

static loam_value next_of(const void *self)
{
    const bead *l = self;
    return l->next ? loam_from(l->next) : LOAM_NONE;
}

static loam_status bead_hash(const void *self, uint64_t *out)
{
    return loam_hash(next_of(self), out);
}

static int bead_equal(const void *self, const void *other)
{
    return loam_equal(next_of(self), next_of(other));
}

static loam_status bead_compare(const void *self, const void *other, int *order)
{
    if (!((const bead *)self)->next) {
        *order = 0;
        return LOAM_OK;
    }
    return loam_compare(next_of(self), next_of(other), order);
}

static loam_str *bead_repr(const void *self)
{
    loam_auto loam_str *rest = loam_repr(next_of(self));
    return rest ? loam_str_new("bead") : NULL;
}

static loam_type bead_type = {.name = "bead",
                              .size = sizeof(bead),
                              .refs = LOAM_REFS(offsetof(bead, next)),
                              .hash = bead_hash,
                              .equal = bead_equal,
                              .compare = bead_compare,
                              .repr = bead_repr};

static loam_value in_a_tuple(loam_value inner)
{
    return loam_from(loam_tuple_new_take(&inner, 1));
}

static loam_value in_a_list(loam_value inner)
{
    return loam_from(loam_list_of(loam__take(inner)));
}

static loam_value in_a_deque(loam_value inner)
{
    loam_deque *deque = loam_deque_new();

    if (loam_deque_append_take(deque, inner) < 0)
        loam_release(loam_move(&deque));
    return loam_from(deque);
}

static loam_value in_a_dict(loam_value inner)
{
    return loam_from(loam_dict_of(1, loam__take(inner)));
}

static loam_value on_a_string(loam_value inner)
{
    bead *l = loam_new(&bead_type);

    if (l && !loam_is_none(inner))
        (void)!loam_slot_set_take(l, &l->next, inner);
    return loam_from(l);
}

static loam_value in_a_frozenset(loam_value inner)
{
    return loam_from(loam_frozenset_of(loam__take(inner)));
}

static unsigned turn;

static loam_value in_turn(loam_value inner)
{
    switch (turn++ % 3) {
    case 0:
        return in_a_list(inner);
    case 1:
        return in_a_tuple(inner);
    default:
        return in_a_dict(inner);
    }
}

const nesting nestings[NESTINGS] = {
    {"tuples", in_a_tuple, 10000000, true, true},
    {"lists", in_a_list, 1000000, false, true},
    {"dicts", in_a_dict, 1000000, false, false},
    {"beads", on_a_string, 10000000, true, true},
    {"deques", in_a_deque, 1000000, false, true},
    {"frozensets", in_a_frozenset, 1000000, true, true},
    {"containers in turn", in_turn, 1000000, false, false},
};

const nesting *nesting_named(const char *name)
{
    for (size_t i = 0; i < NESTINGS; i++)
        if (!strcmp(nestings[i].name, name))
            return &nestings[i];
    cr_assert_fail("no nesting is named %s", name);
    return NULL;
}

loam_value nested(const nesting *n, unsigned depth)
{
    loam_value value = LOAM_NONE;

    turn = 0;
    while (depth--)
        value = n->wrap(value);
    return value;
}
