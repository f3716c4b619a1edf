/*
 * What is known of each object, and what becomes of freed ones.
 *
 * A freed object is filled with words that no program can follow, and its slot kept from use until as many others have
 * been freed as the user says. Who retains or releases it meanwhile finds the header of a dead object; who asks for its
 * type finds one that is none; who follows one of its fields crashes with the word in a register, which leads back to
 * the object. Who writes into it is noticed when the slot is given back.
 */
#include "gc/check/check.h"

#include "gc/refcount/guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>

enum {
    MOST_BYTES = 64 << 20, /* that a heap keeps, and all those that have ended */
    MOST_ENDED = 16        /* heaps that are kept */
};

loam__checker *loam__checkers;
unsigned loam__check_threads;

pthread_mutex_t loam__check_heaps_lock = PTHREAD_MUTEX_INITIALIZER;

void loam__check_thread(int more)
{
    pthread_mutex_lock(&loam__check_heaps_lock);
    loam__check_threads += (unsigned)more;
    pthread_mutex_unlock(&loam__check_heaps_lock);
}

static void unlink_checker(const loam__checker *checker)
{
    if (checker->next)
        checker->next->previous = checker->previous;
    if (checker->previous)
        checker->previous->next = checker->next;
    else
        loam__checkers = checker->next;
}

/* In the child of a fork. Heaps that other threads used stay as they are, in the midst of some change perhaps; what
 * lies in those that nobody uses, others may have held. */
static void forget_others(void)
{
    bool was_alone = loam__check_threads == loam__gc_thread_is_known();

    loam__check_threads = loam__gc_thread_is_known();
    for (loam__checker *each = loam__checkers; each && !was_alone; each = each->next)
        if (each->heap->base.thread != loam__thread_name()) {
            unlink_checker(each);
            each->is_forgotten = true;
        }
}

/* Who may have held the lock is not there in the child. */
void loam__check_fork(int phase)
{
    switch ((loam__fork_phase)phase) {
    case LOAM__FORK_PREPARES:
        pthread_mutex_lock(&loam__check_heaps_lock);
        break;
    case LOAM__FORK_IN_PARENT:
        pthread_mutex_unlock(&loam__check_heaps_lock);
        break;
    case LOAM__FORK_IN_CHILD:
        pthread_mutex_init(&loam__check_heaps_lock, NULL);
        forget_others();
        break;
    }
    loam__check_regions_fork((loam__fork_phase)phase);
}

void loam__check_heap_begins(loam__heap *heap)
{
    loam__checker *checker = loam__check_must_have(calloc(1, sizeof *checker));

    checker->heap = heap;
    heap->checker = checker;
    pthread_mutex_lock(&loam__check_heaps_lock);
    checker->next = loam__checkers;
    if (checker->next)
        checker->next->previous = checker;
    loam__checkers = checker;
    pthread_mutex_unlock(&loam__check_heaps_lock);
}

/* Records. */

loam_object *loam__check_object_at(uintptr_t address)
{
    loam__page *page;
    char *at = (char *)address;

    if (!loam__check_is_address(address))
        return NULL;
    page = loam__page_of(at);
    while (page->kind == LOAM__PAGE_TAIL)
        page--;
    if (page->kind >= LOAM__PAGE_RAW || at < page->start || at >= page->fresh)
        return NULL;
    return page->slot_size ? loam__slot_at(page, loam__slot_index(page, at)) : (void *)page->start;
}

static size_t slots_in(const loam__page *page)
{
    return page->slot_size ? (size_t)(page->end - page->start) / page->slot_size : 1;
}

void loam__check_made(loam_object *object)
{
    loam__page *page = loam__page_of(object);

    if (!page->records)
        page->records = loam__check_must_have(calloc(slots_in(page), sizeof *page->records));
    if (page->told)
        memset(page->told + ((char *)object - page->start) / 8, 0, loam__slot_bytes(page));
    *loam__check_record(object) = (loam__record){.place = loam__check_place(), .type_id = loam__type_id_of(object)};
}

void *loam__check_new(void *object)
{
    if (object)
        loam__check_record(object)->is_programs = true;
    return object;
}

void loam__check_page_ends(loam__page *page)
{
    free(page->records);
    free(page->told);
    page->records = NULL;
    page->told = NULL;
}

/* Freed objects. */

_Noreturn static void used_after_release(const loam_object *object, const char *how)
{
    loam__check_say("loam check: used after its release: ");
    loam__check_describe(object);
    loam__check_say(" (%s)\n", how);
    loam__check_end();
}

void loam__check_dead(const loam_object *object, const char *function)
{
    if (strcmp(function, "loam_release") != 0)
        used_after_release(object, function);
    loam__check_say("loam check: released once too often: ");
    loam__check_describe(object);
    loam__check_say(" (loam_release)\n");
    loam__check_end();
}

/* The freed object of which a word has been read; NULL: it is no such word. */
static loam_object *read_from(uint64_t word)
{
    loam_object *object = word >> 56 == LOAM__POISON >> 8 ? loam__check_object_at(word << 16 >> 16) : NULL;
    return object && loam__check_is_dead(object) ? object : NULL;
}

/* What waits to be freed has its type still, and is looked at by the library itself. */
void loam__check_alive(const void *part, const char *function)
{
    const loam_object *object = read_from((uintptr_t)part);

    if (!object)
        object = loam__check_object_at((uintptr_t)part);
    if (object && loam__check_is_dead(object) && loam__type_id_of(object) == LOAM__TYPE_NONE)
        used_after_release(object, function);
}

static void poison(const loam__page *page, loam_object *object)
{
    uint64_t *words = (uint64_t *)object;
    size_t count = loam__slot_bytes(page) / 8;

    words[0] = LOAM__FLAG_DEAD;
    for (size_t i = 1; i < count; i++)
        words[i] = loam__poison(object, i);
    loam__guard(words + 1, 8 * (count - 1));
}

static void look_for_writes(const loam__page *page, loam_object *object)
{
    const uint64_t *words = (const uint64_t *)object;
    size_t count = loam__slot_bytes(page) / 8;

    loam__unguard((char *)object + 8, 8 * (count - 1));
    for (size_t i = 1; i < count; i++) {
        if (LOAM__LIKELY(words[i] == loam__poison(object, i)))
            continue;
        loam__check_say("loam check: written to after its release, %zu bytes from its beginning: ", 8 * i);
        loam__check_describe(object);
        loam__check_say("\n");
        loam__check_end();
    }
}

static void look_for_writes_in(const loam__checker *c)
{
    for (size_t i = 0; i < c->count; i++) {
        loam_object *object = c->kept[(c->first + i) % c->capacity];
        look_for_writes(loam__page_of(object), object);
    }
}

void loam__check_writes(void)
{
    for (const loam__checker *each = loam__checkers; each; each = each->next)
        look_for_writes_in(each);
}

static void give_back_oldest(loam__checker *c)
{
    loam_object *object = c->kept[c->first];
    loam__page *page = loam__page_of(object);

    c->first = (c->first + 1) % c->capacity;
    c->count--;
    c->bytes -= loam__slot_bytes(page);
    page->kept--;
    look_for_writes(page, object);
    c->heap->bytes += loam__slot_bytes(page);
    loam__heap_free_slow(c->heap, page, object);
}

static void make_room(loam__checker *c)
{
    size_t capacity = c->capacity ? 2 * c->capacity : 256;
    loam_object **kept;

    if (c->count < c->capacity)
        return;
    kept = loam__check_must_have(malloc(capacity * sizeof *kept));
    for (size_t i = 0; i < c->count; i++)
        kept[i] = c->kept[(c->first + i) % c->capacity];
    free(c->kept);
    c->kept = kept;
    c->first = 0;
    c->capacity = capacity;
}

/* Of frozen pages it is known how many slots are in use, so nothing in them is kept; nothing that would take the place
 * of many others either. */
bool loam__check_keeps(loam__heap *heap, void *object)
{
    loam__checker *c = heap->checker;
    loam__page *page = loam__page_of(object);

    if (page->is_frozen || loam__slot_bytes(page) > MOST_BYTES / 16 || !loam__check_options_set.quarantine)
        return false;
    poison(page, object);
    make_room(c);
    c->kept[(c->first + c->count++) % c->capacity] = object;
    c->bytes += loam__slot_bytes(page);
    page->kept++;
    heap->bytes -= loam__slot_bytes(page);
    while (c->count > (size_t)loam__check_options_set.quarantine || c->bytes > MOST_BYTES)
        give_back_oldest(c);
    return true;
}

void loam__check_keep_none(loam__heap *heap)
{
    while (heap->checker->count)
        give_back_oldest(heap->checker);
}

bool loam__check_is_spent(const loam__page *page)
{
    return page->kept && page->used == page->kept + page->pins;
}

uint64_t loam__check_kept(const loam__heap *heap)
{
    return heap->checker->count;
}

/* Heaps that have ended, with what is kept of freed objects, the oldest one first. They stay among the others. */
static loam__heap *ended[MOST_ENDED];
static size_t ended_first, ended_count;

/* Which one is to go now. */
static loam__heap *keep_heap(loam__heap *heap)
{
    loam__heap *oldest = ended[ended_first];

    if (ended_count < MOST_ENDED) {
        ended[(ended_first + ended_count++) % MOST_ENDED] = heap;
        return NULL;
    }
    ended[ended_first] = heap;
    ended_first = (ended_first + 1) % MOST_ENDED;
    return oldest;
}

static void forget_heap(const loam__heap *heap)
{
    look_for_writes_in(heap->checker);
    if (!heap->checker->is_forgotten)
        unlink_checker(heap->checker);
    free(heap->checker->kept);
    free(heap->checker);
}

loam__heap *loam__check_heap_ends(loam__heap *heap)
{
    while (heap->checker->bytes > MOST_BYTES / MOST_ENDED)
        give_back_oldest(heap->checker);
    pthread_mutex_lock(&loam__check_heaps_lock);
    heap->checker->has_ended = true;
    if (heap->checker->count)
        heap = keep_heap(heap);
    if (heap)
        forget_heap(heap);
    pthread_mutex_unlock(&loam__check_heaps_lock);
    return heap;
}

/* The type of what is freed: a header that is free memory's says 0. */

static loam_status hash(const void *self, uint64_t *out)
{
    (void)out;
    used_after_release(self, "loam_hash");
}

static int equal(const void *self, const void *other)
{
    (void)other;
    used_after_release(self, "loam_equal");
}

static loam_status compare(const void *self, const void *other, int *order)
{
    (void)other;
    (void)order;
    used_after_release(self, "loam_compare");
}

static loam_str *repr(const void *self)
{
    used_after_release(self, "loam_repr");
}

static int64_t len(const void *self)
{
    used_after_release(self, "loam_len");
}

static loam_status iter_begin(const void *self, loam_cursor *cursor)
{
    (void)cursor;
    used_after_release(self, "loam_iter_of");
}

static ptrdiff_t iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    (void)cursor;
    (void)out;
    (void)cap;
    used_after_release(self, "loam_iter_of");
}

static loam_type freed_type = {
    .name = "freed object",
    .size = sizeof(loam_object),
    .hash = hash,
    .equal = equal,
    .compare = compare,
    .repr = repr,
    .len = len,
    .iter_begin = iter_begin,
    .iter_fill = iter_fill,
};

/* A crash over a word of a freed object's. */

#if defined(__x86_64__) && !defined(LOAM__HAS_ASAN)

static struct sigaction before[2]; /* SIGSEGV, SIGBUS */

/* What was read from a freed object may have been calculated with, and what a register refers to may lie inside of it.
 * Nothing is certain then: the crash goes on. */
static void look_for_suspects(const greg_t *registers)
{
    for (int i = REG_R8; i <= REG_RSP; i++) {
        const loam_object *object = loam__check_object_at((uintptr_t)registers[i]);
        if (!object || !loam__check_is_dead(object))
            continue;
        loam__check_say("loam check: a crash, perhaps over what was used after its release: ");
        loam__check_describe(object);
        loam__check_say("\n");
        return;
    }
}

/* A crash inside of malloc(), or while another thread holds stderr, leaves locks behind that looking into it needs:
 * then it goes on without. */

enum { MOST_SECONDS = 5 };

static volatile sig_atomic_t crash;

static void give_up(int number)
{
    static const char text[] = "loam check: a crash that cannot be looked into\n";
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    sigset_t blocked;

    (void)number;
    (void)written;
    signal(crash, SIG_DFL);
    sigemptyset(&blocked);
    sigaddset(&blocked, crash);
    pthread_sigmask(SIG_UNBLOCK, &blocked, NULL);
    raise(crash);
}

/* What the program has made of its alarm. */
typedef struct alarm_clock {
    struct sigaction action;
    sigset_t blocked;
    unsigned seconds;
} alarm_clock;

static void set_alarm(int number, alarm_clock *programs)
{
    struct sigaction action = {.sa_handler = give_up};
    sigset_t awaited;

    crash = number;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGALRM);
    programs->seconds = alarm(0);
    sigaction(SIGALRM, &action, &programs->action);
    pthread_sigmask(SIG_UNBLOCK, &awaited, &programs->blocked);
    alarm(MOST_SECONDS);
}

static void reset_alarm(const alarm_clock *programs)
{
    alarm(0);
    pthread_sigmask(SIG_SETMASK, &programs->blocked, NULL);
    sigaction(SIGALRM, &programs->action, NULL);
    alarm(programs->seconds);
}

static void look_into_crash(const greg_t *registers)
{
    for (int i = REG_R8; i <= REG_RSP; i++) {
        const loam_object *object = read_from((uint64_t)registers[i]);
        if (object)
            used_after_release(object, "one of its fields was followed");
    }
    look_for_suspects(registers);
}

static void crashed(int number, siginfo_t *info, void *context)
{
    alarm_clock programs;

    (void)info;
    sigaction(number, &before[number == SIGBUS], NULL);
    set_alarm(number, &programs);
    look_into_crash(((const ucontext_t *)context)->uc_mcontext.gregs);
    reset_alarm(&programs);
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_sigaction = crashed, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    sigaction(SIGSEGV, &action, &before[0]);
    sigaction(SIGBUS, &action, &before[1]);
}

#else

static void watch_signals(void)
{
}

#endif

void loam__check_begin(void)
{
    loam__type_chunks[0][LOAM__TYPE_NONE] = &freed_type;
    if (loam__check_options_set.signals)
        watch_signals();
}
