/*
 * A field of one pair is changed, and another one is said to be its owner.
 *
 * says: a field was changed for an owner that it is none of: the field at offset 8 of pair, made at
 * says: the owner is to be pair, made at
 * place: main
 */
#include <loam.h>

typedef struct pair {
    loam_object loam;
    loam_list *items;
} pair;

static loam_type pair_type = {.name = "pair", .size = sizeof(pair), .refs = LOAM_REFS(offsetof(pair, items))};

int main(void)
{
    loam_auto pair *one = loam_new(&pair_type);
    loam_auto pair *other = loam_new(&pair_type);

    if (!one || !other)
        return 1;
    return loam_slot_set_take(one, &other->items, loam_from(loam_list_of(1, 2))) < 0;
}
