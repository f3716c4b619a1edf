/*
 * Two vectors exchange their buffers, so that references move that no collection is told of.
 *
 * says: a trace that shows a buffer of another object, whose references are shown twice, were moved without
 * says: loam_slot_move, or stored for the wrong owner: vector, made at
 * says: they were stored for vector, made at
 * place: make
 */
#include <loam.h>

typedef struct vector {
    loam_object loam;
    loam_value *items;
} vector;

enum { CAPACITY = 4 };

static void trace(void *self, loam_visitor *visitor)
{
    vector *v = self;

    loam_visit(visitor, v->items, CAPACITY);
}

static void dispose(void *self)
{
    vector *v = self;

    loam_slots_free(v->items, CAPACITY);
}

static loam_type vector_type = {.name = "vector", .size = sizeof(vector), .trace = trace, .dispose = dispose};

static vector *make(void)
{
    vector *made = loam_new(&vector_type);

    if (made) {
        made->items = loam_slots_new(CAPACITY);
        loam_slot_set_take(made, &made->items[0], loam_from(loam_list_of(1, 2)));
    }
    return made;
}

int main(void)
{
    loam_auto vector *a = make();
    loam_auto vector *b = make();
    loam_value *items;

    if (!a || !b)
        return 1;
    items = a->items;
    a->items = b->items;
    b->items = items;
    loam_gc_collect(2);
    return 0;
}
