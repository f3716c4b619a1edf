/*
 * An item of a list that has been released.
 *
 * says: used after its release: list, made at
 * says: (loam_list_get_peek)
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_list *numbers = loam_list_of(1, 2, 3);

    loam_release(numbers);
    return loam_is_int(loam_list_get_peek(numbers, 1));
}
