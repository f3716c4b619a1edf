/*
 * A vector gives its buffer back with the number of items in it, instead of that of its slots.
 *
 * says: a buffer that has 8 slots, not 1: given back or resized at
 * place: new_items
 */
#include <loam.h>

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
    vector *v = self;
    loam_slots_free(v->items, v->len);
}

static loam_type vector_type = {.name = "vector", .size = sizeof(vector), .trace = trace, .dispose = dispose};

static loam_value *new_items(void)
{
    return loam_slots_new(8);
}

int main(void)
{
    loam_auto vector *v = loam_new(&vector_type);

    if (!v)
        return 1;
    v->items = new_items();
    if (!v->items || loam_slot_set(v, &v->items[v->len++], LOAM_TRUE) < 0)
        return 1;
    return 0;
}
