/**
 * For the tests of programs that use loam. Not part of <loam.h>.
 */
#ifndef LOAM_TESTING_H
#define LOAM_TESTING_H

#include <loam/base.h>
#include <loam/status.h>

typedef struct loam_leak_scope loam_leak_scope;

LOAM_BEGIN_DECLS

LOAM_API loam_leak_scope *loam__leak_scope_begin(void);
LOAM_API loam_leak_scope *loam__leak_scope_end(loam_leak_scope *scope, const char *file, int line);

LOAM_END_DECLS

/**
 * A block that leaves nothing behind:
 *
 *     LOAM_ASSERT_NO_LEAKS {
 *         loam_auto loam_list *list = loam_list_of(1, 2, 3);
 *         run(list);
 *     }
 *
 * If objects that were made in the block are alive at its end, it says on stderr how many of each type, and aborts:
 *
 *     test.c:12: left alive: 2 str, 1 list
 *
 * Only objects that the thread makes count, in whichever heap. Blocks may be nested; a block must not be left by break,
 * return or goto. Where objects are not freed promptly (see LOAM_GC_PROMPT_FREE) nothing is looked at.
 */
#define LOAM_ASSERT_NO_LEAKS                                                                                           \
    for (loam_leak_scope *loam__scope = loam__leak_scope_begin(); loam__scope;                                         \
         loam__scope = loam__leak_scope_end(loam__scope, __FILE__, __LINE__))

#endif
