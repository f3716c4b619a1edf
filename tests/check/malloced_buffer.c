/*
 * The same in a type of the program's own, whose buffer comes from malloc.
 *
 * says: a reference in memory that loam does not look at, as a variable or a malloc'ed buffer:
 * says: show fields of the object and of buffers of loam_slots_new(): a field at
 * says: of vector, made at
 * place: main
 */
#include <loam.h>
#include <stdlib.h>

typedef struct vector {
    loam_object loam;
    loam_value *items;
} vector;

static void trace(void *self, loam_visitor *visitor)
{
    loam_visit(visitor, ((vector *)self)->items, 1);
}

static void dispose(void *self)
{
    free(((vector *)self)->items);
}

static loam_type vector_type = {.name = "vector", .size = sizeof(vector), .trace = trace, .dispose = dispose};

int main(void)
{
    loam_auto vector *v = loam_new(&vector_type);

    if (!v)
        return 1;
    v->items = calloc(1, sizeof *v->items);
    if (!v->items)
        return 1;
    loam_slot_set_take(v, &v->items[0], loam_from(loam_list_of(1)));
    return 0;
}
