/*
 * A vector says that it has more items than its buffer has slots.
 *
 * says: a trace that shows more than its buffer has: 100 slots, of which there are 4: vector, made at
 * place: main
 * without: address
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
    loam_slots_free(((vector *)self)->items, 4);
}

static loam_type vector_type = {.name = "vector", .size = sizeof(vector), .trace = trace, .dispose = dispose};

int main(void)
{
    loam_auto vector *v = loam_new(&vector_type);

    if (!v)
        return 1;
    v->items = loam_slots_new(4);
    v->len = 100;
    loam_gc_collect(2);
    return 0;
}
