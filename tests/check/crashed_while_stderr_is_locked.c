/*
 * The program crashes over a freed object while another thread holds the lock of stderr: nothing can be said, and the
 * process ends all the same, with the signal of the crash.
 *
 * says: a crash that cannot be looked into
 * status: 139
 * without: address
 */
#define _POSIX_C_SOURCE 200809L
#include <loam.h>

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_barrier_t locked;

static void *hold_stderr(void *unused)
{
    (void)unused;
    flockfile(stderr);
    pthread_barrier_wait(&locked);
    pause();
    return NULL;
}

typedef struct pair {
    loam_object loam;
    struct pair *other;
    int64_t number;
} pair;

static loam_type pair_type = {.name = "pair", .size = sizeof(pair), .refs = LOAM_REFS(offsetof(pair, other))};

int main(void)
{
    pair *p = loam_new(&pair_type);
    pthread_t thread;

    pthread_barrier_init(&locked, NULL, 2);
    if (!p || pthread_create(&thread, NULL, hold_stderr, NULL) != 0)
        return 1;
    pthread_barrier_wait(&locked);
    loam_release(p);
    return (int)p->other->number;
}
