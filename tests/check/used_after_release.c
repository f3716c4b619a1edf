/*
 * A list that has been released is put into another one.
 *
 * says: used after its release: list, made at
 * says: (loam_retain)
 * place: make_numbers
 */
#include <loam.h>

static loam_list *make_numbers(void)
{
    return loam_list_of(1, 2, 3);
}

int main(void)
{
    loam_auto loam_list *all = loam_list_new();
    loam_list *numbers = make_numbers();

    loam_release(numbers);
    return loam_list_append(all, numbers) < 0;
}
