/*
 * Nested data: literals nest, and a failure anywhere inside makes the whole NULL. A call that is given that NULL does
 * nothing and reports the same failure, so that one check at the end is enough.
 */
#include <loam.h>

int main(void)
{
    loam_auto loam_dict *person = loam_dict_of("name", "Ada", "langs", LOAM_LIST("C", "Python"), "age", 36);
    loam_list *langs = loam_to_list_peek(loam_dict_get_peek(person, "langs")); /* lent by the dict */
    if (loam_list_append(langs, "Rust") < 0 || loam_println(loam_from(person)) < 0)
        return loam_perror("nested");
    return 0;
}
