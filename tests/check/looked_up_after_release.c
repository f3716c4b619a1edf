/*
 * A key is looked up in a dict that has been released, by a text.
 *
 * says: used after its release: dict, made at
 * says: (a look-up by key)
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_dict *dict = loam_dict_of("a", 1);
    int64_t value = 0;

    loam_release(dict);
    return loam_dict_get_int(dict, "a", &value) < 0;
}
