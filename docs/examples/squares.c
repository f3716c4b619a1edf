/*
 * Containers and failures passed between functions: loam_auto releases the list on every way out, loam_move() hands it
 * to the caller on the one that succeeds, and the caller needs no check of its own before it goes on.
 */
#include <loam.h>

static loam_list *squares(int n)
{
    loam_auto loam_list *list = loam_list_new();
    for (int i = 0; i < n; i++)
        if (loam_list_append(list, (int64_t)i * i) < 0)
            return NULL;
    return loam_move(&list);
}

int main(void)
{
    loam_auto loam_list *list = squares(10);
    loam_auto loam_list *last = loam_list_slice(list, -3, LOAM_OMIT, 1);
    if (loam_println(loam_from(last)) < 0)
        return loam_perror("squares");
    return 0;
}
