/*
 * The length of a list that has been released: a number, nothing is followed.
 *
 * says: used after its release: list, made at
 * says: (loam_list_len)
 * place: make_numbers
 */
#include <loam.h>

static loam_list *make_numbers(void)
{
    return loam_list_of(1, 2, 3);
}

int main(void)
{
    loam_list *numbers = make_numbers();

    loam_release(numbers);
    return loam_list_len(numbers) != 3;
}
