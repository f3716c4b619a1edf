/*
 * The text of a str that has been released is asked for.
 *
 * says: used after its release: str, made at
 * says: (loam_str_chars_peek)
 * place: main
 */
#include <loam.h>

#include <stdio.h>

int main(void)
{
    loam_str *name = loam_str_new("a text that does not fit into a word");

    loam_release(name);
    return puts(loam_str_chars_peek(name)) < 0;
}
