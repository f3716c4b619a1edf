/*
 * A list is used after as many others have been freed as are kept from use besides.
 *
 * says: used after its release: list, made at
 * says: (loam_list_len)
 * place: make_first
 */
#include <loam.h>

enum { KEPT = 100000 };

static loam_list *make_first(void)
{
    return loam_list_of(1, 2, 3);
}

int main(void)
{
    loam_list *first = make_first();

    loam_release(first);
    for (int i = 0; i < KEPT - 1; i++) {
        loam_auto loam_list *other = loam_list_new();
        if (!other)
            return 1;
    }
    return loam_list_len(first) != 3;
}
