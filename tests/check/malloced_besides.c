/*
 * A list that static data holds, and memory from malloc too: one of its two references is where loam cannot see it.
 *
 * says: held where loam cannot see it: use loam_root, or release it: list, made at
 * says: (2 references, of which 1 are in fields, roots and static data)
 * place: new_lines
 */
#include <loam.h>
#include <stdlib.h>

typedef struct session {
    loam_list *lines;
} session;

loam_list *shared;
session *kept;

static loam_list *new_lines(void)
{
    return loam_list_of(1, 2, 3);
}

__attribute__((noinline)) static int begin(void)
{
    kept = malloc(sizeof *kept);
    shared = new_lines();
    if (!kept)
        return -1;
    kept->lines = loam_retain(shared);
    return 0;
}

int main(void)
{
    if (begin() < 0)
        return 1;
    loam_gc_collect(2);
    loam_release(kept->lines);
    loam_release(shared);
    free(kept);
    return 0;
}
