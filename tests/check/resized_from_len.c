/*
 * A buffer is resized, and said to have been smaller than it was.
 *
 * says: a buffer that has 8 slots, not 3: given back or resized at
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_value *items = loam_slots_new(8);

    if (!items)
        return 1;
    items = loam_slots_resize(items, 3, 16);
    loam_slots_free(items, 16);
    return 0;
}
