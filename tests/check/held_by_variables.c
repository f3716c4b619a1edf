/*
 * Lists that nothing but variables hold, in frames of several functions, while a collection looks for who does.
 *
 * silent
 */
#include <loam.h>

static int collect(loam_list **outer)
{
    loam_auto loam_list *inner = loam_list_of(1, *outer);
    loam_list *fields[3] = {loam_list_of(1), loam_list_of(2), loam_list_of(3)};
    int bad = !inner;

    loam_gc_collect(2);
    for (int i = 0; i < 3; i++) {
        bad |= loam_list_len(fields[i]) != 1;
        loam_release(fields[i]);
    }
    return bad;
}

int main(void)
{
    loam_auto loam_list *list = loam_list_of(1, 2, 3);
    return collect(&list);
}
