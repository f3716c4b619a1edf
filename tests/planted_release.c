/*
 * Not part of the suite: looks at a list after its last reference has been released. The list lay in a page of the
 * library's own heap; AddressSanitizer and valgrind are told of those, and must report it.
 */
#include <loam.h>

int main(void)
{
    loam_list *list = loam_list_of(1, 2, 3);

    if (!list)
        return loam_perror("planted_release");
    loam_release(list);
    return loam_list_len(list) == 3;
}
