/*
 * A child of a fork, in which the other threads of its parent are not there, ends without releasing what it has made.
 *
 * says: never released:
 * says: 2 list, made at
 * place: leave
 * status: 0
 * without: address
 */
#define _POSIX_C_SOURCE 200809L
#include <loam.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 20 };

static bool is_over;

static void *make_list(void *unused)
{
    (void)unused;
    return loam_list_of(1);
}

/* Is in the midst of something, most of the time, and holds a list of a thread that has ended. */
static void *work(void *barrier)
{
    void *made = NULL;
    pthread_t maker;

    if (!pthread_create(&maker, NULL, make_list, NULL))
        pthread_join(maker, &made);
    pthread_barrier_wait(barrier);
    while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
        loam_auto loam_list *other = loam_list_of(1, 2, "a text that is not in a word");
        loam_value *slots = loam_slots_new(100);
        loam_slots_free(slots, 100);
        if (!other)
            break;
    }
    loam_release((loam_list *)made);
    return NULL;
}

static int leave(void)
{
    volatile int count = 2; /* one place in the code */
    int left = 0;

    for (int i = 0; i < count; i++)
        left += loam_list_of(i) != NULL;
    return left != 2;
}

static int fork_and_wait(bool leaves)
{
    int status = 1;
    pid_t child = fork();

    if (!child)
        exit(leaves ? leave() : loam_gc_collect(2) < 0);
    return child < 0 || waitpid(child, &status, 0) != child ? 1 : status;
}

int main(void)
{
    pthread_barrier_t barrier;
    pthread_t thread;
    int failed = 0;

    pthread_barrier_init(&barrier, NULL, 2);
    if (pthread_create(&thread, NULL, work, &barrier))
        return 1;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i <= ROUNDS; i++)
        failed |= fork_and_wait(i == ROUNDS);
    __atomic_store_n(&is_over, true, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
    return failed;
}
