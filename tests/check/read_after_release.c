/*
 * An item of a list that has been released: the library follows a field of the list.
 *
 * says: used after its release: list, made at
 * says: (one of its fields was followed)
 * place: main
 * without: address
 */
#include <loam.h>

int main(void)
{
    loam_list *numbers = loam_list_of(1, 2, 3);

    loam_release(numbers);
    return loam_is_int(loam_list_get_peek(numbers, 1));
}
