/*
 * Threads that grow vectors of their own, whose memory they take from each other.
 *
 * silent
 */
#include <loam.h>
#include <malloc.h>
#include <pthread.h>

enum { THREADS = 8, ROUNDS = 30, ITEMS = 40000 };

typedef struct vector {
    loam_object loam;
    loam_value *items;
    size_t len, capacity;
} vector;

static void trace(void *self, loam_visitor *visitor)
{
    vector *v = self;
    loam_visit(visitor, v->items, v->len);
}

static void dispose(void *self)
{
    vector *v = self;
    loam_slots_free(v->items, v->capacity);
}

static loam_type vector_type = {.name = "vector", .size = sizeof(vector), .trace = trace, .dispose = dispose};

static bool push(vector *v, loam_value value)
{
    if (v->len == v->capacity) {
        size_t capacity = v->capacity ? 2 * v->capacity : 4;
        loam_value *items = v->items ? loam_slots_resize(v->items, v->capacity, capacity) : loam_slots_new(capacity);
        if (!items)
            return false;
        v->items = items;
        v->capacity = capacity;
    }
    return loam_slot_set(v, &v->items[v->len++], value) == LOAM_OK;
}

static bool fill(loam_value value)
{
    loam_auto vector *v = loam_new(&vector_type);

    for (int i = 0; v && i < ITEMS; i++)
        if (!push(v, value))
            return false;
    return v != NULL;
}

static void *work(void *unused)
{
    loam_auto loam_list *list = loam_list_of(1);

    (void)unused;
    for (int i = 0; i < ROUNDS; i++)
        if (!fill(loam_from(list)))
            return (void *)"failed";
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    void *failed = NULL;
    int count = 0;

    mallopt(M_ARENA_MAX, 1);
    while (count < THREADS && !pthread_create(&threads[count], NULL, work, NULL))
        count++;
    for (int i = 0; i < count; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        failed = result ? result : failed;
    }
    return count != THREADS || failed;
}
