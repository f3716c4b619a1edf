/*
 * A list that has been released is printed.
 *
 * says: used after its release: list, made at
 * says: (loam_repr)
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_list *numbers = loam_list_of(1, 2, 3);

    loam_release(numbers);
    return loam_println(loam_from(numbers)) < 0;
}
