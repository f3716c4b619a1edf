/*
 * A vector from which all has been taken leaves its buffer to the next one when it goes.
 *
 * silent
 */
#include <loam.h>

typedef struct vector {
    loam_object loam;
    loam_value *items;
} vector;

enum { CAPACITY = 4 };

static loam_value *spare;

static void trace(void *self, loam_visitor *visitor)
{
    vector *v = self;

    loam_visit(visitor, v->items, CAPACITY);
}

static void dispose(void *self)
{
    vector *v = self;

    if (spare)
        loam_slots_free(spare, CAPACITY);
    spare = v->items;
}

static loam_type vector_type = {.name = "vector", .size = sizeof(vector), .trace = trace, .dispose = dispose};

static vector *make(void)
{
    vector *made = loam_new(&vector_type);

    if (made) {
        made->items = spare ? spare : loam_slots_new(CAPACITY);
        spare = NULL;
    }
    return made;
}

int main(void)
{
    vector *a = make();
    loam_auto vector *b = NULL;

    if (!a)
        return 1;
    loam_slot_set_take(a, &a->items[0], loam_from(loam_list_of(1, 2)));
    loam_release(loam_slot_take(a, &a->items[0]));
    loam_release(a);
    b = make();
    loam_gc_collect(2);
    return !b;
}
