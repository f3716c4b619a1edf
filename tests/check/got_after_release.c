/*
 * A key is looked up in a dict that has been released.
 *
 * says: used after its release: dict, made at
 * says: (loam_dict_get)
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_dict *ages = loam_dict_new();

    for (int i = 0; i < 100; i++)
        if (loam_dict_set(ages, LOAM_VAL(i), LOAM_VAL(2 * i)) < 0)
            return 1;
    loam_release(ages);
    return !loam_is_int(loam_dict_get(ages, 7));
}
