/*
 * A reference in memory from malloc: nothing happens on refcount, and on boehm the list is lost.
 *
 * says: held where loam cannot see it: use loam_root, or release it: list, made at
 * says: (1 references, of which 0 are in fields)
 * place: new_session
 */
#include <loam.h>
#include <stdlib.h>

typedef struct session {
    loam_list *lines;
} session;

static session *new_session(void)
{
    session *s = malloc(sizeof *s);

    if (s)
        s->lines = loam_list_of(1, 2, 3);
    return s;
}

session *kept; /* else a compiler needs no memory for it */

int main(void)
{
    session *s = kept = new_session();

    if (!s)
        return 1;
    loam_gc_collect(2);
    loam_release(s->lines);
    free(s);
    return 0;
}
