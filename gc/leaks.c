/*
 * Leak scopes: while one is open, every object made is entered into a table and leaves it when it is freed. What a
 * scope finds at its end are the entries that are younger than its beginning, so scopes nest.
 */
#include <loam/testing.h>

#include "gc/backend.h"
#include "lib/alloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define HASH_NONFATAL_OOM 1
#define uthash_malloc(bytes) loam__alloc(bytes)
#define uthash_free(memory, bytes) loam__free(memory)
#include <uthash.h>

typedef struct born {
    const loam_object *object; /* the key */
    uint64_t number;
    UT_hash_handle hh;
} born;

struct loam_leak_scope {
    loam_leak_scope *outer;
    uint64_t first; /* number of the first object that is made in it */
};

/* How many of a type are left. */
typedef struct tally {
    const loam_type *type; /* the key */
    uint64_t count;
    UT_hash_handle hh;
} tally;

static LOAM__THREAD_LOCAL loam_leak_scope *innermost;
static LOAM__THREAD_LOCAL born *alive;
static LOAM__THREAD_LOCAL uint64_t next_number;

LOAM__COLD static void *must_have(void *memory)
{
    if (memory)
        return memory;
    fprintf(stderr, "loam: no memory for LOAM_ASSERT_NO_LEAKS\n");
    abort();
}

static void made(const loam_object *object)
{
    born *entry = must_have(loam__alloc(sizeof *entry));

    entry->object = object;
    entry->number = next_number++;
    HASH_ADD_PTR(alive, object, entry);
    must_have(entry->hh.tbl);
}

static void freed(const loam_object *object)
{
    born *entry;

    HASH_FIND_PTR(alive, &object, entry);
    if (entry) {
        HASH_DEL(alive, entry);
        loam__free(entry);
    }
}

static const loam__watcher watcher = {made, freed};

loam_leak_scope *loam__leak_scope_begin(void)
{
    loam_leak_scope *scope = must_have(loam__alloc(sizeof *scope));

    *scope = (loam_leak_scope){.outer = innermost, .first = next_number};
    innermost = scope;
    loam__gc_watch(&watcher);
    return scope;
}

static int by_count(tally *a, tally *b)
{
    return (a->count < b->count) - (a->count > b->count);
}

/* Counted by type, the most frequent first. */
static tally *count_since(uint64_t first)
{
    tally *types = NULL;

    for (born *entry = alive; entry; entry = entry->hh.next) {
        const loam_type *type = loam__type_of(entry->object);
        tally *found;
        if (entry->number < first)
            continue;
        HASH_FIND_PTR(types, &type, found);
        if (!found) {
            found = must_have(loam__alloc(sizeof *found));
            *found = (tally){.type = type};
            HASH_ADD_PTR(types, type, found);
            must_have(found->hh.tbl);
        }
        found->count++;
    }
    HASH_SORT(types, by_count);
    return types;
}

LOAM__COLD static void report(tally *types, const char *file, int line)
{
    const char *separator = "left alive: ";

    fprintf(stderr, "%s:%d: ", file, line);
    for (tally *type = types; type; type = type->hh.next) {
        fprintf(stderr, "%s%" PRIu64 " %s", separator, type->count, type->type->name);
        separator = ", ";
    }
    fprintf(stderr, "\n");
    abort();
}

static void forget_all(void)
{
    born *entry;
    born *next;

    HASH_ITER(hh, alive, entry, next)
    {
        HASH_DEL(alive, entry);
        loam__free(entry);
    }
}

loam_leak_scope *loam__leak_scope_end(loam_leak_scope *scope, const char *file, int line)
{
    tally *left;

    loam__gc_work_off();
    left = count_since(scope->first);
    if (left)
        report(left, file, line);
    innermost = scope->outer;
    loam__free(scope);
    if (!innermost) {
        loam__gc_watch(NULL);
        forget_all();
    }
    return NULL;
}
