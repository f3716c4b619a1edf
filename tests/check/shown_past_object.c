/*
 * A trace shows more fields than there are in the object.
 *
 * says: a trace that shows more than its object has: 100 slots, of which there are
 * says: row, made at
 * place: main
 * without: address
 */
#include <loam.h>

typedef struct row {
    loam_object loam;
    loam_value cells[4];
} row;

static void trace(void *self, loam_visitor *visitor)
{
    loam_visit(visitor, ((row *)self)->cells, 100);
}

static loam_type row_type = {.name = "row", .size = sizeof(row), .trace = trace};

int main(void)
{
    loam_auto row *r = loam_new(&row_type);

    if (!r)
        return 1;
    loam_gc_collect(2);
    return 0;
}
