/*
 * Threads make their first objects while another one looks at all there are, after a collection.
 *
 * silent
 */
#define _POSIX_C_SOURCE 200809L
#include <loam.h>
#include <pthread.h>
#include <time.h>

enum { THREADS = 100, ITEMS = 20000, LISTS = 50 };

static void rest(long microseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000 * microseconds}, NULL);
}

static void *make_lists(void *number)
{
    rest(*(int *)number * 37 % 4000);
    for (int i = 0; i < LISTS; i++) {
        loam_auto loam_list *list = loam_list_of(i, i);
        if (!list)
            break;
        rest(10);
    }
    return NULL;
}

/* One after the other, so that there is only the main one most of the time. */
static void *make_threads(void *is_done)
{
    pthread_t thread;

    for (int i = 0; i < THREADS && !pthread_create(&thread, NULL, make_lists, &i); i++)
        pthread_join(thread, NULL);
    __atomic_store_n((bool *)is_done, true, __ATOMIC_RELEASE);
    return NULL;
}

int main(void)
{
    loam_auto loam_list *all = loam_list_new();
    bool is_done = false;
    pthread_t thread;

    for (int i = 0; i < ITEMS; i++)
        if (loam_list_append_take(all, loam_from(loam_list_of(i))) < 0)
            return 1;
    if (pthread_create(&thread, NULL, make_threads, &is_done))
        return 1;
    while (!__atomic_load_n(&is_done, __ATOMIC_ACQUIRE))
        loam_gc_collect(2);
    pthread_join(thread, NULL);
    return loam_list_len(all) != ITEMS;
}
