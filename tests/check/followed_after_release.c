/*
 * The program follows a field of a pair that has been released.
 *
 * says: used after its release: pair, made at
 * says: (one of its fields was followed)
 * place: main
 * without: address
 */
#include <loam.h>

typedef struct pair {
    loam_object loam;
    struct pair *other;
    int64_t number;
} pair;

static loam_type pair_type = {.name = "pair", .size = sizeof(pair), .refs = LOAM_REFS(offsetof(pair, other))};

int main(void)
{
    pair *p = loam_new(&pair_type);

    if (!p || loam_slot_set_take(p, &p->other, loam_from(loam_new(&pair_type))) < 0)
        return 1;
    loam_release(p);
    return (int)p->other->number;
}
