/*
 * What weak_value_dict, weak_key_dict and weak_set have in common.
 *
 * Each begins as a dict, and is one to everything in dict.h. What is referred to weakly is behind an object of its own,
 * a loam__weak_entry that is attached to it (gc/attach.h); no program ever sees one:
 *
 *     weak_value_dict    key => entry of the value
 *     weak_key_dict      entry of the key, which holds the value => None
 *     weak_set           entry of the element => None
 *
 * An entry keeps the hash under which it is in the dict. So when what it refers to is gone, it is found and taken out
 * by identity, at a safe point, without a call of the program's code. Until then it refers to nothing, and whoever
 * comes across it passes over it.
 *
 * An entry may outlive its map, and neither may look at the other while it goes. So they share a home, a cell that says
 * where the map is, or that it is gone, and which the last of them gives back. It lies in root memory, and the address
 * in it is inverted: no collector takes it for a reference, nor the cell for garbage.
 *
 * What dies makes the dict another version, as far as searching is concerned. For an iteration it does not: that one
 * skips what has died, and notices what the program has changed, which is every version that no death has made.
 */
#ifndef CONTAINERS_WEAK_H
#define CONTAINERS_WEAK_H

#include <loam/weak_maps.h>

#include "containers/dict.h"
#include "gc/attach.h"

/* What a handle of any of the three is a pointer to. */
typedef struct loam__weak_map {
    loam_dict dict;
    loam__weak_home *home;
    uint32_t deaths; /* entries that were taken out because what they referred to had died */
} loam__weak_map;

extern loam_type loam__ephemeron_type;
extern loam_type loam__weak_entry_type;

/* Slots of the three types; .trace is loam__dict_trace. */
void loam__weak_dispose(void *self);
size_t loam__weak_extent(const void *self);
int64_t loam__weak_len(const void *self);
loam_status loam__weak_begin(const void *self, loam_cursor *cursor);
ptrdiff_t loam__weak_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap);

void *loam__weak_map_new(loam_type *type);

/* An entry for `target`, which has an identity, in no dict yet. `type` is one of the two above. */
loam__weak_entry *loam__weak_entry_new(loam__weak_map *map, loam_type *type, loam_value target);

/* What the entry refers to: a new reference, unset if it is gone. */
loam_value loam__weak_target(loam__weak_entry *entry);
bool loam__weak_is_alive(const loam__weak_entry *entry);

/* Keys that are entries: of weak_key_dict and weak_set. */

/* TYPE: the key has no identity, or no hash. */
loam_status loam__weak_query(loam__query *query, loam_key key, const char *function);
/* As loam__dict_locate(). */
loam_status loam__weak_locate(loam__weak_map *map, loam_key key, loam__query *query, uint32_t *position,
                              const char *function);
/* A new entry, in the dict: NULL without memory. There is none like it. */
loam__weak_entry *loam__weak_insert(loam__weak_map *map, loam_type *type, const loam__query *query);
/* 1 if the entry refers to what `query` looks for, 0 if not, or a failure of user code. */
int loam__weak_entry_is(const loam__query *query, loam__weak_entry *entry);

LOAM__INLINE loam__weak_entry *loam__weak_entry_at(const loam__weak_map *map, uint32_t position)
{
    return (loam__weak_entry *)loam__object(map->dict.entries[position].key);
}

/* A list of the keys, the values, or both as tuples: those that are alive. `map` may be NULL. */
loam_list *loam__weak_list(loam__weak_map *map, loam__dict_projection projection, const char *function);

#endif
