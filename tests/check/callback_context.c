/*
 * What a callback has for its context is none of its references: who has released it may, as long as nobody uses it.
 *
 * silent
 */
#include <loam.h>

static void listen(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    (void)info;
    (void)phase;
    (void)context;
}

int main(void)
{
    loam_list *list = loam_list_of(1, 2);

    if (!list || loam_gc_callback_add(listen, list) < 0)
        return 1;
    loam_release(list);
    loam_gc_collect(2);
    return 0;
}
