/*
 * A type whose list of fields has one too few, whose object is released before a collection looks at it.
 *
 * says: a reference that the type does not show, neither in .refs nor by its trace: the field at offset 16 of pair
 * says: it refers to list, made at
 * place: make_pair
 */
#include <loam.h>

typedef struct pair {
    loam_object loam;
    loam_list *first, *second;
} pair;

static loam_type pair_type = {.name = "pair", .size = sizeof(pair), .refs = LOAM_REFS(offsetof(pair, first))};

static pair *make_pair(void)
{
    pair *p = loam_new(&pair_type);

    if (p)
        loam_slot_set_take(p, &p->second, loam_from(loam_list_of(1, 2)));
    return p;
}

int main(void)
{
    loam_auto pair *p = make_pair();

    return !p;
}
