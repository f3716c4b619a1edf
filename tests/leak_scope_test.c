/*
 * LOAM_ASSERT_NO_LEAKS: quiet where a block leaves nothing behind, else it names the types and how many, and aborts.
 */
#include "tests/harness.h"

#include <loam/testing.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where a child's stderr goes: aborts() closes it. */
static char path[] = "/tmp/loam-leak-scope-XXXXXX";

static void (*leave)(void);

static void say_it_in_the_file(void)
{
    if (freopen(path, "w", stderr) && setvbuf(stderr, NULL, _IONBF, 0) == 0)
        leave();
}

/* `act` aborts, and what it says is the name of this file, a line number, and `text`. */
static void assert_names(void (*act)(void), const char *text)
{
    int fd = mkstemp(path);
    char said[300] = "";
    char *at;
    ssize_t n;

    cr_assert_geq(fd, 0);
    leave = act;
    cr_assert(aborts(say_it_in_the_file), "no abort, and not: %s", text);
    n = read(fd, said, sizeof said - 1);
    cr_assert_gt(n, 0, "nothing was said");
    close(fd);
    unlink(path);
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    at = strstr(said, "leak_scope_test.c:");
    cr_assert_not_null(at, "no place in: %s", said);
    at += strlen("leak_scope_test.c:");
    cr_assert_gt(strtol(at, &at, 10), 0);
    cr_assert_str_eq(at, text);
}

/* Static, so that LeakSanitizer has nothing to add. */
static loam_value kept[10];

static void clean(void)
{
    LOAM_ASSERT_NO_LEAKS
    {
        loam_auto loam_list *list = loam_list_of(1, "two", 3.0, LOAM_DICT("k", INT64_MAX));
        cr_assert_not_null(list);
    }
}

static void leave_a_list(void)
{
    LOAM_ASSERT_NO_LEAKS
    {
        kept[0] = LOAM_VAL(LOAM_LIST(1, 2));
    }
}

static void leave_some(void)
{
    LOAM_ASSERT_NO_LEAKS
    {
        kept[0] = LOAM_VAL(LOAM_LIST("one", "two", "three"));
        loam_release(loam_tuple_of(1, 2));
        kept[1] = LOAM_VAL(LOAM_LIST(INT64_MAX));
    }
}

static void leave_it_inside(void)
{
    LOAM_ASSERT_NO_LEAKS
    {
        loam_auto loam_str *outside = loam_str_new("made by the outer block, and alive in the inner one");
        cr_assert_not_null(outside);
        LOAM_ASSERT_NO_LEAKS
        {
            kept[0] = LOAM_VAL(LOAM_TUPLE(1));
        }
    }
}

static void leave_it_outside(void)
{
    LOAM_ASSERT_NO_LEAKS
    {
        kept[0] = LOAM_VAL(LOAM_TUPLE(1));
        clean();
    }
}

/* What was there before is replaced by what is made inside: as many as before, but not the same. */
static void leave_another(void)
{
    kept[0] = LOAM_VAL(LOAM_TUPLE(1));
    LOAM_ASSERT_NO_LEAKS
    {
        loam_release(kept[0]);
        kept[0] = LOAM_VAL(LOAM_TUPLE(2));
    }
}

static void leave_objects(void)
{
    static loam_type type = {.name = "thing of one's own", .size = sizeof(loam_object)};

    LOAM_ASSERT_NO_LEAKS
    {
        for (int i = 0; i < 3; i++)
            kept[i] = loam_from(loam_new(&type));
    }
}

static void leave_many(void)
{
    LOAM_ASSERT_NO_LEAKS
    {
        loam_list *list = loam_list_new();
        for (int i = 0; i < 100000; i++)
            if (loam_list_append_take(list, loam_from(loam_list_new())) < 0)
                return;
        kept[0] = loam_from(list);
    }
}

LOAM_TEST(leak_scope, says_nothing_of_a_block_that_leaves_nothing)
{
    clean();
    clean();
    LOAM_ASSERT_NO_LEAKS
    {
        clean();
        LOAM_ASSERT_NO_LEAKS
        {
        }
        clean();
    }
}

LOAM_TEST(leak_scope, names_what_is_left_by_type_the_most_frequent_first)
{
    needs(LOAM_GC_PROMPT_FREE);
    assert_names(leave_a_list, ": left alive: 1 list\n");
    assert_names(leave_some, ": left alive: 3 str, 2 list, 1 int\n");
    assert_names(leave_objects, ": left alive: 3 thing of one's own\n");
    assert_names(leave_many, ": left alive: 100001 list\n");
}

LOAM_TEST(leak_scope, is_about_what_was_made_in_the_block)
{
    loam_auto loam_list *before = loam_list_of("made", "before");

    LOAM_ASSERT_NO_LEAKS
    {
        loam_list_clear(before); /* frees what is older than the block */
    }
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        assert_names(leave_another, ": left alive: 1 tuple\n");
}

LOAM_TEST(leak_scope, nests)
{
    needs(LOAM_GC_PROMPT_FREE);
    assert_names(leave_it_inside, ": left alive: 1 tuple\n");
    assert_names(leave_it_outside, ": left alive: 1 tuple\n");
    clean();
}

/* An object of the block may be given to what is older, if it is gone at the end. */
LOAM_TEST(leak_scope, does_not_mind_what_is_left_and_gone_before_the_end)
{
    loam_auto loam_list *older = loam_list_new();

    LOAM_ASSERT_NO_LEAKS
    {
        cr_assert_eq(loam_list_append(older, LOAM_LIST("in", "place")), LOAM_OK);
        loam_release(loam_list_pop(older, -1));
    }
    cr_assert_eq(loam_list_len(older), 0);
}
