/*
 * A reference is released that was only lent: what lent it refers to it still.
 *
 * says: a field refers to what was released once too often: a field at
 * says: of list, made at
 * says: it refers to str, made at
 * place: main
 */
#include <loam.h>

int main(void)
{
    loam_auto loam_list *words = loam_list_new();
    loam_value word;

    if (loam_list_append(words, "a word of more than seven bytes") < 0)
        return 1;
    word = loam_list_get_peek(words, 0);
    loam_release(word);
    return 0;
}
