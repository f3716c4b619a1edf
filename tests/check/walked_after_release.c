/*
 * A list is released in the midst of a walk over it by index.
 *
 * says: used after its release: list, made at
 * says: (loam_list_len)
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_list *numbers = loam_list_of(1, 2, 3);
    int64_t sum = 0;

    for (int64_t i = 0; i < loam_list_len(numbers); i++) {
        int64_t number = 0;
        if (loam_list_get_int(numbers, i, &number) < 0)
            return 1;
        sum += number;
        if (sum == 3)
            loam_release(numbers);
    }
    return sum != 6;
}
