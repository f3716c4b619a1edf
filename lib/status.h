/*
 * The thread's last failure, as the library's own code reports and passes it on.
 */
#ifndef LIB_STATUS_H
#define LIB_STATUS_H

#include <loam/status.h>

#include "lib/bits.h"

/* A bug of the program: names `function` and the rule, and aborts. With --disable-checks it reports LOAM_ERR_VALUE. */
LOAM__COLD loam_status loam__bug(const char *function, const char *rule);

/* The failure that made a reference NULL or unset before it reached `function`; a bug where none is pending. */
LOAM__COLD loam_status loam__propagate(const char *function);

LOAM__COLD loam_status loam__fail_memory(void);

/* What code of the program's has returned. If that is a failure it is the last one now, with a general text where the
 * program did not report it. */
LOAM__COLD ptrdiff_t loam__report(ptrdiff_t failure);

static inline ptrdiff_t loam__reported(ptrdiff_t status)
{
    return LOAM__UNLIKELY(status < 0) ? loam__report(status) : status;
}

/* Put back a failure that was kept aside. */
loam_status loam__fail_again(const loam_failure *failure);

#endif
