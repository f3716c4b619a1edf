/*
 * Something is appended to a vector that has been released.
 *
 * says: used after its release: vector, made at
 * says: (loam_slot_set)
 * place: main
 * without: address
 */
#include <loam.h>

enum { ITEMS = 8 };

typedef struct vector {
    loam_object loam;
    loam_value *items;
    size_t len;
} vector;

static void trace(void *self, loam_visitor *visitor)
{
    vector *v = self;
    loam_visit(visitor, v->items, v->len);
}

static void dispose(void *self)
{
    loam_slots_free(((vector *)self)->items, ITEMS);
}

static loam_type vector_type = {.name = "vector", .size = sizeof(vector), .trace = trace, .dispose = dispose};

static loam_status push(vector *v, loam_value value)
{
    return loam_slot_set(v, &v->items[v->len++], value);
}

int main(void)
{
    vector *v = loam_new(&vector_type);

    if (!v)
        return 1;
    v->items = loam_slots_new(ITEMS);
    if (!v->items || push(v, LOAM_TRUE) < 0)
        return 1;
    loam_release(v);
    return push(v, LOAM_FALSE) < 0;
}
