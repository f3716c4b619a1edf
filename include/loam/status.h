/**
 * What a call reports, and the thread's last failure.
 *
 * A call that fails returns NULL, an unset value or a negative status, changes nothing, and leaves the failure in
 * loam_error(). Failures propagate: a function given a NULL handle or an unset value because an earlier call failed
 * does nothing and reports that failure, so that a sequence of calls needs one check, at its end. A NULL handle where
 * nothing has failed is a bug of the program: it is named on stderr and the program aborts.
 */
#ifndef LOAM_STATUS_H
#define LOAM_STATUS_H

#include <loam/base.h>

/**
 * Every status: name, number, and what it says. The enum, loam_status_text() and the documentation follow from this
 * list. Failures are negative and named after Python's exceptions; LOAM_MISSING and LOAM_DONE are answers.
 */
#define LOAM_STATUSES(X)                                                                                               \
    X(LOAM_OK, 0, "ok")                                                                                                \
    X(LOAM_MISSING, 1, "not there")                                                                                    \
    X(LOAM_DONE, 2, "end of the iteration")                                                                            \
    X(LOAM_ERR_INDEX, -1, "index out of range")                                                                        \
    X(LOAM_ERR_KEY, -2, "no such key")                                                                                 \
    X(LOAM_ERR_TYPE, -3, "wrong type")                                                                                 \
    X(LOAM_ERR_VALUE, -4, "value not allowed")                                                                         \
    X(LOAM_ERR_CHANGED, -5, "changed during iteration")                                                                \
    X(LOAM_ERR_OVERFLOW, -6, "number out of range")                                                                    \
    X(LOAM_ERR_RECURSION, -7, "nested too deeply")                                                                     \
    X(LOAM_ERR_UNSUPPORTED, -8, "not supported")                                                                       \
    X(LOAM_ERR_IO, -9, "input or output failed")                                                                       \
    X(LOAM_ERR_MEMORY, -10, "out of memory")

typedef enum loam_status {
#define LOAM__STATUS(name, number, text) name = number,
    LOAM_STATUSES(LOAM__STATUS)
#undef LOAM__STATUS
} loam_status;

/** A failure: what kind, and a sentence about it. Holds no reference. */
typedef struct loam_failure {
    loam_status status;
    char text[248];
} loam_failure;

LOAM_BEGIN_DECLS

/**
 * The thread's last failure; its status is LOAM_OK when none is pending. Never NULL. It stays until the next failure or
 * loam_error_clear(), so look at it only after a call has reported one.
 *
 * O(1). Runs no user code.
 */
LOAM_API const loam_failure *loam_error(void);

/**
 * Forget the thread's last failure.
 *
 * O(1). Runs no user code.
 */
LOAM_API void loam_error_clear(void);

/**
 * Report a failure of one's own, from a callback or a type's slot: remembers `status`, which must be negative, and the
 * formatted text, and returns `status`.
 *
 * O(length of the text). Runs no user code.
 */
LOAM_API loam_status loam_fail(loam_status status, const char *format, ...) LOAM_PRINTF(2, 3);

/**
 * Print `prefix: text of the last failure` on stderr and return 1, so that main can end with it. `prefix` may be NULL.
 *
 * O(length of the text). Runs no user code.
 */
LOAM_API int loam_perror(const char *prefix);

/**
 * What a status means, in a few words: "index out of range". Never NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API const char *loam_status_text(loam_status status);

LOAM_END_DECLS

#endif
