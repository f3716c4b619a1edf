/*
 * The same in the first place, with a value of another type.
 *
 * says: used after its release: str, made at
 * says: (loam_equal)
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_str *text = loam_str_new("a text of more than seven bytes");

    loam_release(text);
    return loam_equal(loam_from(text), loam_int(1));
}
