/*
 * A program ends while another thread has objects: nobody can say what was never released, and that is said.
 *
 * says: not looked for at exit, since 2 threads have objects
 * says: not looked for after any collection
 * status: 0
 */
#define _POSIX_C_SOURCE 200809L
#include <loam.h>
#include <pthread.h>
#include <unistd.h>

static pthread_barrier_t made;

static void *hold(void *unused)
{
    loam_auto loam_list *list = loam_list_of(1, 2, 3);

    pthread_barrier_wait(&made);
    if (list)
        pause();
    return unused;
}

int main(void)
{
    loam_auto loam_list *list = loam_list_of(1, 2, 3);
    pthread_t thread;

    pthread_barrier_init(&made, NULL, 2);
    if (!list || pthread_create(&thread, NULL, hold, NULL) != 0)
        return 1;
    pthread_barrier_wait(&made);
    loam_gc_collect(2);
    return 0;
}
