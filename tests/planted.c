/*
 * Not part of the suite: a test that passes and leaks, and one that reads what it has freed. Criterion calls the first
 * passed; tests/planted.sh and make check-all show that we do not.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

static void *volatile kept[100];

Test(planted, leak)
{
    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
        kept[i] = malloc(100);
    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
        kept[i] = NULL;
    cr_assert(kept[0] == NULL);
}

Test(planted, use_after_free)
{
    volatile char *freed = malloc(100);
    free((void *)freed);
    (void)*freed;
}

Test(planted, clean)
{
    cr_assert(kept[0] == NULL);
}
