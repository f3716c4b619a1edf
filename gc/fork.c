#include "gc/fork.h"

#include "gc/backend.h"

pthread_mutex_t loam__locks[LOAM__SHARED] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
                                             PTHREAD_MUTEX_INITIALIZER};

/* The back end's own first: under it code may run that takes one of these. */
static void prepare(void)
{
    loam__gc_fork(LOAM__FORK_PREPARES);
    for (int i = 0; i < LOAM__SHARED; i++)
        pthread_mutex_lock(&loam__locks[i]);
}

static void go_on_in_parent(void)
{
    for (int i = 0; i < LOAM__SHARED; i++)
        pthread_mutex_unlock(&loam__locks[i]);
    loam__gc_fork(LOAM__FORK_IN_PARENT);
}

static void go_on_in_child(void)
{
    for (int i = 0; i < LOAM__SHARED; i++)
        pthread_mutex_init(&loam__locks[i], NULL);
    loam__gc_fork(LOAM__FORK_IN_CHILD);
}

void loam__fork_start(void)
{
    pthread_atfork(prepare, go_on_in_parent, go_on_in_child);
}
