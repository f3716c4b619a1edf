/*
 * Search a world: sliced WORLD [STATES]. Without a world, tell which there are.
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

int main(int argc, char **argv)
{
    const setting *chosen = argc > 1 ? find_world(argv[1]) : NULL;
    search found = {0};

    if (!chosen)
        return list_worlds();
    found.most_states = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    if (argc > 3)
        search_at_random(chosen, strtoull(argv[3], NULL, 10), found.most_states, &found);
    else
        search_all(chosen, &found);
    if (found.wrong)
        printf("%s", found.story);
    printf("%s: %s; %llu states, %llu moves, depth %u, %.1f s\n", chosen->name,
           found.wrong         ? found.wrong
           : found.is_complete ? "sound, all states"
                               : "sound, to a bound",
           (unsigned long long)found.states, (unsigned long long)found.moves, found.depth, found.seconds);
    free(found.story);
    return found.wrong != NULL;
}
