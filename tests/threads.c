/*
 * Threads beside each other, each with objects of its own: containers, types with buffers, cycles, weak references,
 * finalizers, collections; and heaps that one hands to another, or leaves when it ends.
 * A program of its own, in TAP, because ThreadSanitizer and Criterion do not go together.
 */
#include <loam.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 300, PAIRS = 50 };

typedef struct node {
    loam_object loam;
    struct node *other;
    int64_t *finalized;
} node;

static void node_finalize(void *self)
{
    ++*((node *)self)->finalized;
}

static loam_type node_type = {
    .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, other)), .finalize = node_finalize};

static node *new_node(int64_t *finalized)
{
    node *n = loam_new(&node_type);

    if (n)
        n->finalized = finalized;
    return n;
}

static bool drop_pairs(int64_t *finalized)
{
    for (int i = 0; i < PAIRS; i++) {
        loam_auto node *a = new_node(finalized);
        loam_auto node *b = new_node(finalized);
        loam_auto loam_weakref *weak = loam_weakref_new(loam_from(a));
        loam_auto_value loam_value alive = loam_weakref_get(weak);
        if (alive.word != loam_from(a).word || loam_slot_set(a, &a->other, loam_from(b)) < 0 ||
            loam_slot_set(b, &b->other, loam_from(a)) < 0)
            return false;
    }
    return true;
}

/* A type with a buffer, which grows. */
typedef struct vector {
    loam_object loam;
    loam_value *items;
    size_t len, capacity;
} vector;

static void vector_trace(void *self, loam_visitor *visitor)
{
    vector *v = self;
    loam_visit(visitor, v->items, v->len);
}

static void vector_dispose(void *self)
{
    vector *v = self;
    loam_slots_free(v->items, v->capacity);
}

static loam_type vector_type = {
    .name = "vector", .size = sizeof(vector), .trace = vector_trace, .dispose = vector_dispose};

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

/* It contains itself. */
static bool drop_vector(void)
{
    loam_auto vector *v = loam_new(&vector_type);

    for (int i = 0; v && i < 500; i++)
        if (!push(v, loam_from(v)))
            return false;
    return v != NULL;
}

static bool count_words(int round)
{
    loam_auto loam_dict *dict = loam_dict_new();
    loam_auto loam_list *list = loam_list_new();
    int64_t count = 0;

    for (int i = 0; i < 200; i++) {
        char word[32];
        snprintf(word, sizeof word, "word number %d", (i * round) % 50);
        if (loam_dict_add(dict, word, 1) < 0 || loam_list_append(list, LOAM_LIST(i, word)) < 0)
            return false;
    }
    return loam_dict_get_int(dict, "word number 0", &count) == LOAM_OK && count > 0 && loam_list_len(list) == 200;
}

/* A heap that goes from hand to hand, with a list in it. */
static struct {
    pthread_mutex_t lock;
    loam_heap *heap;
    loam_list *list;
} passed = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool use_heap(loam_heap *heap, loam_list **list, int64_t *finalized)
{
    bool succeeded = true;

    if (loam_heap_enter(heap) < 0)
        return false;
    if (!*list)
        *list = loam_list_new();
    for (int i = 0; i < 20 && succeeded; i++)
        succeeded = loam_list_append(*list, LOAM_LIST(i, "text")) == LOAM_OK;
    succeeded &= drop_pairs(finalized) && loam_gc_collect(2) >= 0;
    if (loam_list_len(*list) > 200)
        loam_list_clear(*list);
    return loam_heap_leave(heap) == LOAM_OK && succeeded;
}

/* Whoever finds none makes one; whoever finds another in its place frees its own. */
static bool pass_heap(int64_t *finalized)
{
    loam_heap *heap;
    loam_list *list;

    pthread_mutex_lock(&passed.lock);
    heap = passed.heap;
    list = passed.list;
    passed.heap = NULL;
    passed.list = NULL;
    pthread_mutex_unlock(&passed.lock);
    if (!heap && !(heap = loam_heap_new()))
        return false;
    if (!use_heap(heap, &list, finalized))
        return false;
    pthread_mutex_lock(&passed.lock);
    if (!passed.heap) {
        passed.heap = heap;
        passed.list = list;
        heap = NULL;
    }
    pthread_mutex_unlock(&passed.lock);
    if (!heap)
        return true;
    loam_release(list);
    return loam_heap_free(heap) == LOAM_OK;
}

static void *leave_list(void *list)
{
    *(loam_list **)list = loam_list_of("left", LOAM_LIST(1, 2));
    return NULL;
}

/* What a thread has left is used and released by this one, or the heap adopted first. */
static bool use_what_is_left(bool adopts)
{
    loam_list *list = NULL;
    loam_heap *heap = NULL;
    bool succeeded;
    pthread_t thread;

    if (pthread_create(&thread, NULL, leave_list, &list) || pthread_join(thread, NULL) || !list)
        return false;
    if (adopts && !(heap = loam_heap_adopt(loam_from(list))))
        return false;
    succeeded = loam_list_append(list, LOAM_LIST(3)) == LOAM_OK && loam_list_len(list) == 3;
    loam_release(list);
    return (!adopts || loam_heap_free(heap) == LOAM_OK) && succeeded;
}

/* What went wrong, or NULL. */
static void *work(void *context)
{
    int64_t *finalized = context;

    for (int round = 1; round <= ROUNDS; round++) {
        if (!count_words(round) || !drop_pairs(finalized) || !drop_vector())
            return (char *)"a call failed";
        if (round % 20 == 0 && (!pass_heap(finalized) || !use_what_is_left(round % 40 == 0)))
            return (char *)"a heap that was handed over could not be used";
        if (round % 16 == 0 && loam_gc_collect(round % 48 == 0 ? 2 : 0) < 0)
            return (char *)"a collection failed";
    }
    if (loam_gc_collect(2) < 0)
        return (char *)"the last collection failed";
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES) && *finalized != 2 * (ROUNDS + ROUNDS / 20) * PAIRS)
        return (char *)"not every node was finalized once";
    return NULL;
}

int main(void)
{
    static int64_t finalized[THREADS + 1];
    pthread_t threads[THREADS];
    void *wrong = NULL;
    int failed = 0;

    printf("1..%d\n", THREADS + 1);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, &finalized[i])) {
            printf("Bail out! no thread\n");
            return 1;
        }
    wrong = work(&finalized[THREADS]);
    for (int i = 0; i <= THREADS; i++) {
        if (i)
            pthread_join(threads[i - 1], &wrong);
        printf("%sok %d - thread %d%s%s\n", wrong ? "not " : "", i + 1, i, wrong ? ": " : "",
               wrong ? (char *)wrong : "");
        failed += wrong != NULL;
    }
    loam_release(passed.list);
    return failed != 0 || loam_heap_free(passed.heap) < 0;
}
