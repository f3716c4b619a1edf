/*
 * The last failure is a status and a text in thread-local storage: it holds no reference, so a collector need not see
 * it, and reporting one allocates nothing, so that running out of memory can be reported.
 */
#include "lib/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static LOAM__THREAD_LOCAL loam_failure last_failure;

const loam_failure *loam_error(void)
{
    return &last_failure;
}

void loam_error_clear(void)
{
    last_failure.status = LOAM_OK;
    last_failure.text[0] = '\0';
}

loam_status loam_fail(loam_status status, const char *format, ...)
{
    va_list arguments;
    char text[sizeof last_failure.text]; /* an argument may be the old text */

    if (status >= 0)
        return loam__bug(__func__, "a failure has a negative status");
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    last_failure.status = status;
    memcpy(last_failure.text, text, sizeof text);
    return status;
}

loam_status loam__fail_memory(void)
{
    return loam_fail(LOAM_ERR_MEMORY, "%s", loam_status_text(LOAM_ERR_MEMORY));
}

ptrdiff_t loam__report(ptrdiff_t failure)
{
    loam_status status = (loam_status)failure;

    if (last_failure.status != status)
        loam_fail(status, "%s", loam_status_text(status));
    return failure;
}

loam_status loam__fail_again(const loam_failure *failure)
{
    last_failure = *failure;
    return failure->status;
}

loam_status loam__propagate(const char *function)
{
    if (last_failure.status < 0)
        return last_failure.status;
    return loam__bug(function, "given NULL or an unset value although nothing has failed");
}

loam_status loam__bug(const char *function, const char *rule)
{
#if LOAM_CHECKS
    fprintf(stderr, "loam: %s: %s\n", function, rule);
    abort();
#else
    return loam_fail(LOAM_ERR_VALUE, "%s: %s", function, rule);
#endif
}

int loam_perror(const char *prefix)
{
    const char *text = last_failure.status < 0 ? last_failure.text : "no failure is pending";

    if (prefix && *prefix)
        fprintf(stderr, "%s: %s\n", prefix, text);
    else
        fprintf(stderr, "%s\n", text);
    return 1;
}

const char *loam_status_text(loam_status status)
{
    switch (status) {
#define TEXT(name, number, text)                                                                                       \
    case name:                                                                                                         \
        return text;
        LOAM_STATUSES(TEXT)
#undef TEXT
    }
    return "unknown status";
}
