/*
 * What a thread has made and released is used when the thread has ended, and its heap with it.
 *
 * says: used after its release: list, made at
 * says: (loam_retain)
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
    loam_list *list = make();

    (void)unused;
    loam_release(list);
    return list;
}

int main(void)
{
    loam_auto loam_list *lists = loam_list_of(1);
    pthread_t thread;
    void *list;

    if (!lists || pthread_create(&thread, NULL, work, NULL) != 0 || pthread_join(thread, &list) != 0)
        return 1;
    return loam_list_append(lists, (loam_list *)list) < 0;
}
