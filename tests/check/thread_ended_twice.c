/*
 * A thread that has ended has left a list, which is released twice.
 *
 * says: released once too often: list, made at
 * place: make
 */
#include <loam.h>
#include <pthread.h>

static loam_list *make(void)
{
    loam_list *made = loam_list_of(1, 2);
    return made;
}

static void *work(void *unused)
{
    (void)unused;
    return make();
}

int main(void)
{
    loam_auto loam_list *other = loam_list_of(1);
    pthread_t thread;
    void *list;

    if (!other || pthread_create(&thread, NULL, work, NULL) != 0 || pthread_join(thread, &list) != 0)
        return 1;
    loam_release((loam_list *)list);
    loam_release((loam_list *)list);
    return 0;
}
