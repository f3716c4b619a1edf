/*
 * Roots: references kept where no memory manager looks. The table of them exists so that a root that is none, or was
 * freed before, is named instead of followed.
 */
#include "gc/slot.h"

#include "gc/fork.h"
#include "lib/alloc.h"

#define HASH_NONFATAL_OOM 1
#define uthash_malloc(bytes) loam__alloc(bytes)
#define uthash_free(memory, bytes) loam__free(memory)
#include <uthash.h>

struct loam_root {
    loam_value value;
    loam_root *self; /* the key */
    UT_hash_handle hh;
};

static loam_root *roots;

static bool enter(loam_root *root)
{
    root->self = root;
    pthread_mutex_lock(&loam__locks[LOAM__SHARED_ROOTS]);
    HASH_ADD_PTR(roots, self, root);
    pthread_mutex_unlock(&loam__locks[LOAM__SHARED_ROOTS]);
    return root->hh.tbl != NULL; /* how uthash reports that it had no memory */
}

static bool leave(loam_root *root)
{
    loam_root *found;

    pthread_mutex_lock(&loam__locks[LOAM__SHARED_ROOTS]);
    HASH_FIND_PTR(roots, &root, found);
    if (found)
        HASH_DEL(roots, found);
    pthread_mutex_unlock(&loam__locks[LOAM__SHARED_ROOTS]);
    return found != NULL;
}

loam_root *loam_root_new(loam_value value)
{
    loam_root *root;

    if (loam_is_unset(value))
        return loam__propagate(__func__), NULL;
    root = loam__gc_root_new(sizeof *root);
    if (!root)
        return loam__fail_memory(), NULL;
    if (!enter(root)) {
        loam__gc_root_free(root, sizeof *root);
        return loam__fail_memory(), NULL;
    }
    loam__slot_store(NULL, &root->value, value);
    return root;
}

loam_value loam_root_peek(const loam_root *root)
{
    if (!root)
        return loam__propagate(__func__), LOAM_UNSET;
    return root->value;
}

loam_status loam_root_set(loam_root *root, loam_value value)
{
    if (!root || loam_is_unset(value))
        return loam__propagate(__func__);
    loam__slot_set(NULL, &root->value, loam__retain(value));
    return LOAM_OK;
}

void loam_root_free(loam_root *root)
{
    loam_value value;

    if (!root)
        return;
    if (!leave(root)) {
        loam__bug(__func__, "this is not a root, or no longer");
        return;
    }
    value = loam__slot_move_out(NULL, &root->value);
    loam__gc_root_free(root, sizeof *root);
    loam__release(value);
}
