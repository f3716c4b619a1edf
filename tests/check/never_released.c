/*
 * What a program has forgotten to release is told at exit; the exit status is the program's own.
 *
 * says: never released:
 * says: 3 list, made at
 * says: 1 dict, made at
 * place: forget_some
 * status: 0
 */
#include <loam.h>

static loam_list *held; /* is no mistake */

static int forget_some(void)
{
    int forgotten = 0;

    for (int i = 0; i < 3; i++)
        forgotten += loam_list_of(i, "with it goes what it holds, a text of some length") != NULL;
    return forgotten + (loam_dict_of("a", 1) != NULL);
}

int main(void)
{
    held = loam_list_of(1, 2);
    return forget_some() != 4 || !held;
}
