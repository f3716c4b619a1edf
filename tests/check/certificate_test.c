/*
 * What only shows from inside: that a certificate is counted once more. The program's own fields are looked at before
 * that can go wrong, so this moves a reference between objects that check takes for the library's.
 */
#include "tests/harness.h"

#include "gc/refcount/cycle.h"
#include "gc/slot.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct cell {
    loam_object loam;
    struct cell *self, *other;
} cell;

static loam_type cell_type = {
    .name = "cell", .size = sizeof(cell), .refs = LOAM_REFS(offsetof(cell, self), offsetof(cell, other))};

static cell *new_cell(void)
{
    return loam__object_new(&cell_type, sizeof(cell));
}

/* One that only it itself holds, and a weak reference to it. */
static loam_weakref *drop_cycle(void)
{
    cell *dropped = new_cell();
    loam_weakref *ref = loam_weakref_new(loam_from(dropped));

    loam__slot_store(dropped, &dropped->self, loam_from(dropped));
    loam_release(dropped);
    return ref;
}

static cell *get(loam_weakref *ref)
{
    return loam_to_peek(loam_weakref_get(ref), &cell_type);
}

static void run_until(loam__full *full, loam__phase phase)
{
    while (full->phase != phase && full->phase != LOAM__IDLE)
        loam__full_run(full, 1, 0, false);
}

static bool is_counted(const cell *c)
{
    return loam__internal_count(&c->loam) > 0;
}

/* Two that are found again while members are counted. The reference that the first one has to itself is counted; moves,
 * by `move`, to the second one, where it is counted again; and on to an object that is alive. */
static void move_while_counted(void (*move)(cell *to_owner, cell **to, cell *from_owner, cell **from))
{
    loam_auto cell *alive = new_cell();
    loam_auto loam_weakref *first_ref = drop_cycle();
    loam_auto loam_weakref *second_ref = drop_cycle();
    loam__full *full = &loam__this_heap->full;
    cell *first, *second;

    loam__full_begin(full, false);
    run_until(full, LOAM__RECOUNT);
    first = get(first_ref);
    second = get(second_ref);
    while (!is_counted(first))
        loam__full_run(full, 1, 0, false);
    if (is_counted(second))
        _exit(3); /* the second one lies before the first one */
    move(second, &second->other, first, &first->self);
    while (!is_counted(second))
        loam__full_run(full, 1, 0, false);
    move(alive, &alive->other, second, &second->other);
    loam__full_run(full, LOAM__WHOLE, 0, true);
    if (alive->other != first || loam_refcount(loam_from(first)) != 2)
        _exit(4);
    _exit(0);
}

static void by_function(cell *to_owner, cell **to, cell *from_owner, cell **from)
{
    loam_slot_move(to_owner, to, from_owner, from);
}

static void by_assignment(cell *to_owner, cell **to, cell *from_owner, cell **from)
{
    (void)to_owner;
    (void)from_owner;
    *to = *from;
    *from = NULL;
}

/* What a child says on stderr; how it ends. */
static int in_child(void (*move)(cell *, cell **, cell *, cell **), char *said, size_t size)
{
    int ends[2];
    int status = 0;
    size_t length = 0;
    ssize_t more;
    pid_t child;

    cr_assert_eq(pipe(ends), 0);
    child = fork();
    cr_assert_geq(child, 0);
    if (!child) {
        dup2(ends[1], STDERR_FILENO);
        move_while_counted(move);
    }
    close(ends[1]);
    while ((more = read(ends[0], said + length, size - 1 - length)) > 0)
        length += (size_t)more;
    said[length] = '\0';
    close(ends[0]);
    cr_assert_eq(waitpid(child, &status, 0), child);
    return status;
}

LOAM_TEST(check, a_certificate_that_a_plain_assignment_made_wrong_frees_nothing)
{
    char said[1000];
    int status = in_child(by_assignment, said, sizeof said);

    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "status %d: %s", status, said);
    cr_assert_not_null(strstr(said, "a field was moved without loam_slot_move"), "%s", said);
    cr_assert_not_null(strstr(said, "a collection would free what is still referred to: cell"), "%s", said);
}

LOAM_TEST(check, a_move_by_function_is_certified)
{
    char said[1000];
    int status = in_child(by_function, said, sizeof said);

    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d: %s", status, said);
}
