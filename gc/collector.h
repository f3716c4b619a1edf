/*
 * What collections of cycles tell to others. A back end calls
 *
 *     loam__collection_begins()   before each, and
 *     loam__collection_ended()    after it, both at a safe point and while it lets no collection start
 *     loam__inspector             with what it found unreachable, once finalizers have run, before it frees it
 *     loam__thread_ends()         when a thread that has allocated ends, before it takes the thread's memory away
 */
#ifndef GC_COLLECTOR_H
#define GC_COLLECTOR_H

#include <loam/gc.h>

#include "lib/bits.h"

void loam__collection_begins(const loam_gc_info *info);
void loam__collection_ended(const loam_gc_info *info);

/* Whether either would call the program's code. */
bool loam__collections_are_watched(void);

/*
 * Who looks at unreachable objects: `begins` is told how many they are, `found` each one. If `begins` says that they
 * are kept, `found` has taken a reference to each, and none is freed; they count as uncollectable. `thread_ends`: the
 * thread's own references are to be released. Objects may be made meanwhile; no user code may run.
 */
typedef struct loam__inspector {
    bool (*begins)(size_t count);
    void (*found)(loam_object *object);
    void (*thread_ends)(void);
} loam__inspector;

extern LOAM__THREAD_LOCAL const loam__inspector *loam__inspector_here; /* NULL: nobody */

void loam__thread_ends(void);

/* The thread's flags of loam_gc_debug. */
extern LOAM__THREAD_LOCAL int loam__debug;

#endif
