/*
 * Search a world for so many states, or walk through it at random:
 *
 *     sliced WORLD [STATES]
 *     sliced WORLD MOVES SEED
 *     sliced all [STATES]
 *
 * Without a world, tell which there are.
 */
#include "config.h"

#include "tests/refcount/sliced.h"
#include "tests/refcount/sliced_worlds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const setting *find_world(const char *name)
{
    for (size_t i = 0; i < WORLDS; i++)
        if (!strcmp(worlds[i].name, name))
            return &worlds[i];
    return NULL;
}

static int list_worlds(void)
{
    for (size_t i = 0; i < WORLDS; i++)
        printf("%s\n", worlds[i].name);
    return 2;
}

/* Whether something is wrong. */
static bool report(const char *name, const search *found)
{
    if (found->wrong)
        printf("%s", found->story);
    printf("%s: %s; %llu states, %llu moves, depth %u, %.1f s\n", name,
           found->wrong         ? found->wrong
           : found->is_complete ? "sound, all states"
                                : "sound, to a bound",
           (unsigned long long)found->states, (unsigned long long)found->moves, found->depth, found->seconds);
    fflush(stdout);
    free(found->story);
    return found->wrong != NULL;
}

static bool search_world(const setting *chosen, uint64_t most)
{
    search found = {.most_states = most};

    search_all(chosen, &found);
    return report(chosen->name, &found);
}

static bool walk_through(const setting *chosen, uint64_t moves, uint64_t seed)
{
    search found = {0};

    search_at_random(chosen, seed, moves, &found);
    return report(chosen->name, &found);
}

static bool search_worlds(uint64_t most)
{
    bool wrong = false;

    for (size_t i = 0; i < WORLDS; i++)
        wrong |= search_world(&worlds[i], most);
    return wrong;
}

int main(int argc, char **argv)
{
    const setting *chosen = argc > 1 ? find_world(argv[1]) : NULL;
    uint64_t most = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;

    if (argc > 1 && !strcmp(argv[1], "all"))
        return search_worlds(most);
    if (!chosen)
        return list_worlds();
    return argc > 3 ? walk_through(chosen, most, strtoull(argv[3], NULL, 10)) : search_world(chosen, most);
}
