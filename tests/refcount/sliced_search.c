/*
 * All states of a world, breadth first, and random walks through it.
 *
 * A state is known by its hash of 64 bits. Those of the level that is extended, and of the next, are kept as they were
 * saved; of all others only how they were reached. So the first way to a state in which something is wrong is a
 * shortest one. It is told by making its moves again.
 *
 * The library may be broken on purpose: where it aborts, crashes or does not come to an end, that is what is wrong.
 */
#include "config.h"

#include "tests/refcount/sliced.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 10 /* seconds for one move, at least half of it */ };

typedef struct origin {
    uint32_t parent;
    uint16_t move;
} origin;

/* States in the order in which they were found. */
typedef struct states {
    uint64_t *table; /* hashes; 0: empty */
    size_t capacity, count;
    origin *origins;
    size_t origins_capacity;
} states;

/* Those of one level, as saved. */
typedef struct level {
    char *saved;
    size_t count, capacity;
    size_t first; /* its number among all states */
} level;

static struct {
    sigjmp_buf back;
    volatile sig_atomic_t is_making;
    volatile unsigned since_alarm;
    struct sigaction before[4];
} net;

static const int caught[4] = {SIGABRT, SIGSEGV, SIGBUS, SIGALRM};

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static double seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The net. */

static void on_signal(int signal)
{
    if (signal == SIGALRM && net.since_alarm++ < 2) {
        alarm(PATIENCE / 2);
        return;
    }
    siglongjmp(net.back, signal);
}

static void spread_net(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NODEFER};

    for (int i = 0; i < 4; i++)
        sigaction(caught[i], &action, &net.before[i]);
    alarm(PATIENCE / 2);
}

static void fold_net(void)
{
    alarm(0);
    for (int i = 0; i < 4; i++)
        sigaction(caught[i], &net.before[i], NULL);
}

static const char *name_of_signal(int signal)
{
    switch (signal) {
    case SIGABRT:
        return "the library aborts";
    case SIGALRM:
        return "a step does not end";
    default:
        return "the library crashes";
    }
}

/* States. */

static size_t find(const states *s, uint64_t hash)
{
    size_t i = (size_t)(hash * UINT64_C(0x9e3779b97f4a7c15)) & (s->capacity - 1);

    while (s->table[i] && s->table[i] != hash)
        i = (i + 1) & (s->capacity - 1);
    return i;
}

static void grow_table(states *s)
{
    states larger = {.capacity = s->capacity ? 2 * s->capacity : 1 << 16};

    larger.table = must(calloc(larger.capacity, sizeof *larger.table));
    for (size_t i = 0; i < s->capacity; i++)
        if (s->table[i])
            larger.table[find(&larger, s->table[i])] = s->table[i];
    free(s->table);
    s->table = larger.table;
    s->capacity = larger.capacity;
}

/* Whether it is new. */
static bool enter(states *s, uint64_t hash, size_t parent, size_t move)
{
    size_t i;

    if (3 * s->count >= 2 * s->capacity)
        grow_table(s);
    hash += !hash;
    i = find(s, hash);
    if (s->table[i])
        return false;
    s->table[i] = hash;
    if (s->count == s->origins_capacity) {
        s->origins_capacity = s->origins_capacity ? 2 * s->origins_capacity : 1 << 16;
        s->origins = must(realloc(s->origins, s->origins_capacity * sizeof *s->origins));
    }
    s->origins[s->count++] = (origin){(uint32_t)parent, (uint16_t)move};
    return true;
}

static void push(level *l, size_t size)
{
    if (l->count == l->capacity) {
        l->capacity = l->capacity ? l->capacity * 3 / 2 : 1024;
        l->saved = must(realloc(l->saved, l->capacity * size));
    }
    sliced_save(l->saved + l->count++ * size);
}

/* Stories. */

typedef struct story {
    char *text;
    size_t length, capacity;
    unsigned lines;
} story;

static void tell(story *s, const char *what, const char *how)
{
    if (s->capacity - s->length < 2000) {
        s->capacity = 2 * s->capacity + 4000;
        s->text = must(realloc(s->text, s->capacity));
    }
    s->length += (size_t)snprintf(s->text + s->length, 1900, "%3u. %-34s %s\n", ++s->lines, what, how);
}

static void tell_move(story *s, move chosen, bool make)
{
    char what[200], how[1000] = "";

    sliced_describe(chosen, what, sizeof what);
    if (make) {
        sliced_make(chosen);
        sliced_print(how, sizeof how);
    }
    tell(s, what, how);
}

/* The moves to a state, and a last one that goes wrong, unless it is only the end that does. */
static char *story_of(const states *s, const move *moves, size_t at, const move *last, const char *wrong)
{
    size_t *path = must(malloc((s->count + 1) * sizeof *path));
    size_t length = 0;
    story told = {NULL, 0, 0, 0};

    for (size_t i = at; i; i = s->origins[i].parent)
        path[length++] = s->origins[i].move;
    while (length)
        tell_move(&told, moves[path[--length]], true);
    if (last)
        tell_move(&told, *last, false);
    tell(&told, "and then", wrong);
    free(path);
    return told.text;
}

/* Making moves, with the net spread. */

static bool make_guarded(move chosen, bool *is_made, uint64_t *hash, const char **wrong)
{
    int signal = sigsetjmp(net.back, 0);

    if (signal) {
        *wrong = name_of_signal(signal);
        return false;
    }
    net.since_alarm = 0;
    *is_made = sliced_make(chosen);
    *wrong = sliced_wrong();
    if (*is_made && !*wrong)
        *hash = sliced_hash();
    return !*wrong;
}

static bool end_guarded(const char **wrong)
{
    int signal = sigsetjmp(net.back, 0);

    if (signal) {
        *wrong = name_of_signal(signal);
        return false;
    }
    sliced_end();
    *wrong = sliced_wrong();
    return !*wrong;
}

/* Searching. */

typedef struct searching {
    const setting *setting;
    search *found;
    move moves[MOST_MOVES];
    size_t move_count, size;
    states states;
    level current, next;
    char *begin; /* as the world is opened */
    double started;
} searching;

static bool is_out_of_bounds(const searching *s)
{
    const search *found = s->found;

    if (found->most_states && s->states.count >= found->most_states)
        return true;
    return found->most_seconds > 0 && found->moves % 1024 == 0 && seconds() - s->started > found->most_seconds;
}

static void give_up(searching *s, size_t at, const move *last)
{
    const char *wrong = s->found->wrong;

    sliced_load(s->begin);
    s->found->story = story_of(&s->states, s->moves, at, last, wrong);
}

/* False: something is wrong, or it is enough. */
static bool try_move(searching *s, size_t at, size_t m)
{
    bool is_made = false;
    uint64_t hash = 0;

    if (!make_guarded(s->moves[m], &is_made, &hash, &s->found->wrong)) {
        give_up(s, s->current.first + at, &s->moves[m]);
        return false;
    }
    if (!is_made || sliced_is_repetition())
        return true;
    s->found->moves++;
    if (!enter(&s->states, hash, s->current.first + at, m))
        return true;
    push(&s->next, s->size);
    if (s->setting->with & WITH_ENDS && !end_guarded(&s->found->wrong)) {
        give_up(s, s->states.count - 1, NULL);
        return false;
    }
    return !is_out_of_bounds(s);
}

static bool extend(searching *s, size_t at)
{
    for (size_t m = 0; m < s->move_count; m++) {
        sliced_load(s->current.saved + at * s->size);
        if (!try_move(s, at, m))
            return false;
    }
    return true;
}

static bool extend_level(searching *s)
{
    for (size_t at = 0; at < s->current.count; at++)
        if (!extend(s, at))
            return false;
    return true;
}

static void next_level(searching *s)
{
    level emptied = s->current;

    s->current = s->next;
    emptied.first = s->current.first + s->current.count;
    emptied.count = 0;
    s->next = emptied;
    s->found->depth++;
}

static void search_levels(searching *s)
{
    enter(&s->states, sliced_hash(), 0, 0);
    push(&s->current, s->size);
    s->next.first = 1;
    while (s->current.count) {
        if (!extend_level(s))
            return;
        next_level(s);
    }
    s->found->is_complete = true;
}

static void begin_search(searching *s, const setting *chosen, search *found)
{
    *found = (search){.most_states = found->most_states, .most_seconds = found->most_seconds};
    s->setting = chosen;
    s->found = found;
    s->started = seconds();
    sliced_open(chosen);
    s->move_count = sliced_moves(s->moves);
    s->size = sliced_size();
    s->begin = must(malloc(s->size));
    sliced_save(s->begin);
    spread_net();
}

static void end_search(searching *s)
{
    fold_net();
    s->found->seconds = seconds() - s->started;
    s->found->states = s->states.count;
    sliced_load(s->begin);
    sliced_close();
    free(s->begin);
    free(s->current.saved);
    free(s->next.saved);
    free(s->states.table);
    free(s->states.origins);
}

void search_all(const setting *chosen, search *found)
{
    searching *s = must(calloc(1, sizeof *s));

    begin_search(s, chosen, found);
    search_levels(s);
    end_search(s);
    free(s);
}

/* Random walks. Of the last moves it is known what they were. */

static uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

enum { WALK = 400 /* moves from the beginning to the end */ };

/* A step is chosen first, then what it is done to: else those that have many choices would crowd the others out. */
static size_t choose(const searching *s, uint64_t *state)
{
    size_t m = next_random(state) % s->move_count;
    uint8_t step = s->moves[next_random(state) % 3 ? m : 0].step;

    while (s->moves[m].step != step)
        m = (m + 1) % s->move_count;
    return m;
}

static bool walk(searching *s, uint64_t *state)
{
    size_t at = 0;
    const char **wrong = &s->found->wrong;

    s->states.count = 1;
    for (unsigned i = 0; i < WALK; i++) {
        size_t m = choose(s, state);
        bool is_made = false;
        uint64_t hash;
        if (!make_guarded(s->moves[m], &is_made, &hash, wrong)) {
            give_up(s, at, &s->moves[m]);
            return false;
        }
        if (!is_made)
            continue;
        s->found->moves++;
        s->states.origins[s->states.count] = (origin){(uint32_t)at, (uint16_t)m};
        at = s->states.count++;
    }
    if (end_guarded(wrong))
        return true;
    give_up(s, at, NULL);
    return false;
}

void search_at_random(const setting *chosen, uint64_t seed, uint64_t moves, search *found)
{
    searching *s = must(calloc(1, sizeof *s));
    uint64_t state = seed;

    begin_search(s, chosen, found);
    s->states.origins = must(calloc(WALK + 1, sizeof *s->states.origins));
    do
        sliced_load(s->begin);
    while (walk(s, &state) && found->moves < moves &&
           !(found->most_seconds > 0 && seconds() - s->started > found->most_seconds));
    end_search(s);
    free(s);
}
