/*
 * A key is looked up in a dict that has been released: the library calculates with what it reads there, and crashes.
 *
 * says: a crash, perhaps over what was used after its release: dict, made at
 * place: main
 * status: 139
 * without: address
 */
#include <loam.h>

int main(void)
{
    loam_dict *dict = loam_dict_of("a", 1);
    int64_t value = 0;

    loam_release(dict);
    return loam_dict_get_int(dict, "a", &value) < 0;
}
