/*
 * A type with a buffer, whose trace leaves out the last slot.
 *
 * says: a reference that the type does not show, neither in .refs nor by its trace: slot 2 in a buffer of vector
 * place: main
 */
#include <loam.h>

enum { ITEMS = 3 };

typedef struct vector {
    loam_object loam;
    loam_value *items;
} vector;

static void trace(void *self, loam_visitor *visitor)
{
    loam_visit(visitor, ((vector *)self)->items, ITEMS - 1);
}

static void dispose(void *self)
{
    loam_slots_free(((vector *)self)->items, ITEMS);
}

static loam_type vector_type = {.name = "vector", .size = sizeof(vector), .trace = trace, .dispose = dispose};

int main(void)
{
    loam_auto vector *v = loam_new(&vector_type);

    if (!v)
        return 1;
    v->items = loam_slots_new(ITEMS);
    if (!v->items)
        return 1;
    for (int i = 0; i < ITEMS; i++)
        loam_slot_set_take(v, &v->items[i], loam_from(loam_list_of(i)));
    loam_gc_collect(2);
    return 0;
}
