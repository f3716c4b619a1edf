/*
 * A buffer of loam_slots_new() is given back by free(), and its memory comes again.
 *
 * says: a buffer of 1000 slots was given back by something else than loam_slots_free()
 * without: address
 */
#include <loam.h>
#include <stdlib.h>

enum { SLOTS = 1000 };

int main(void)
{
    for (int i = 0; i < 100; i++)
        free(loam_slots_new(SLOTS));
    return 0;
}
