/*
 * A buffer is given back twice.
 *
 * says: not a buffer of loam_slots_new(), or given back twice
 * says: give_back
 */
#include <loam.h>

static bool give_back(loam_value *items)
{
    loam_slots_free(items, 8);
    loam_slots_free(items, 8);
    return items != NULL;
}

int main(void)
{
    loam_value *items = loam_slots_new(8);

    if (!items)
        return 1;
    return give_back(items);
}
