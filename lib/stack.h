/*
 * How deep the C stack is: what recurses over user data asks before it goes down.
 */
#ifndef LIB_STACK_H
#define LIB_STACK_H

#include "lib/status.h"

/* LOAM_OK, or LOAM_ERR_RECURSION where less than a reserve is left of the stack. */
loam_status loam__stack_check(void);

#endif
