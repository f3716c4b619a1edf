/*
 * Buffers are not given back: three of a type that has no dispose, and one that nobody has used. What static data or an
 * object refers to is none of them.
 *
 * says: never released:
 * says: 3 buffer of loam_slots_new(), made at fill
 * says: 1 buffer of loam_slots_new(), made at
 * place: fill
 * status: 0
 */
#include <loam.h>

enum { SMALL = 3, LARGE = 1000 };

typedef struct vector {
    loam_object loam;
    loam_value *items;
    size_t count;
} vector;

static void trace(void *self, loam_visitor *visitor)
{
    vector *v = self;
    loam_visit(visitor, v->items, v->count);
}

static loam_type vector_type = {.name = "vector", .size = sizeof(vector), .trace = trace};

static vector *held, *unused;
static loam_value *spare;

static loam_status fill(vector *v, size_t count, bool is_used)
{
    if (!v)
        return LOAM_ERR_MEMORY;
    v->items = loam_slots_new(count);
    if (!v->items)
        return LOAM_ERR_MEMORY;
    v->count = count;
    return is_used ? loam_slot_set_take(v, &v->items[0], loam_from(loam_list_of(1))) : LOAM_OK;
}

static loam_status drop(size_t count)
{
    loam_auto vector *v = loam_new(&vector_type);

    return fill(v, count, true);
}

static bool lose(void)
{
    return loam_slots_new(SMALL) != NULL;
}

int main(void)
{
    held = loam_new(&vector_type);
    unused = loam_new(&vector_type);
    spare = loam_slots_new(LARGE);
    if (fill(held, LARGE, true) < 0 || fill(unused, SMALL, false) < 0 || !spare)
        return 1;
    return drop(SMALL) < 0 || drop(LARGE) < 0 || drop(SMALL) < 0 || !lose();
}
