/*
 * Not part of the suite: tests that must fail, which shows that the harness notices. tests/meta.sh runs them.
 */
#include "tests/harness.h"

#include <stdlib.h>

LOAM_TEST(meta, clean)
{
    loam_release(loam_list_of(1, "two", 3.0));
}

LOAM_TEST(meta, leaves_a_list)
{
    static loam_list *kept;

    kept = loam_list_of("never released");
    cr_assert_not_null(kept);
}

static void *volatile lost[100];

LOAM_TEST(meta, loses_memory)
{
    for (size_t i = 0; i < sizeof(lost) / sizeof(*lost); i++)
        lost[i] = malloc(100);
    for (size_t i = 0; i < sizeof(lost) / sizeof(*lost); i++)
        lost[i] = NULL;
}

static bool ignore_a_failure(void *context)
{
    (void)context;
    loam_release(loam_list_new());
    return true;
}

LOAM_TEST(meta, overlooks_a_failed_allocation)
{
    fail_each_allocation(ignore_a_failure, NULL);
}

static bool fail_always(void *context)
{
    (void)context;
    return loam_fail(LOAM_ERR_MEMORY, "for no reason") == LOAM_OK;
}

LOAM_TEST(meta, fails_without_a_failed_allocation)
{
    fail_each_allocation(fail_always, NULL);
}

static bool leak_on_failure(void *context)
{
    static loam_list *first;
    static loam_list *second;

    (void)context;
    first = loam_list_new();
    second = first ? loam_list_new() : NULL;
    if (!second)
        return false;
    loam_release(first);
    loam_release(second);
    return true;
}

LOAM_TEST(meta, leaks_when_an_allocation_fails)
{
    fail_each_allocation(leak_on_failure, NULL);
}
