#include "containers/weak.h"

#include "containers/protocol.h"
#include "containers/sequence.h"

/* The home of a map and its entries. */
struct loam__weak_home {
    uint64_t hidden_map; /* its address, inverted; 0: it is gone */
    uint64_t owners;
};

static loam__weak_home *home_new(const loam__weak_map *map)
{
    loam__weak_home *home = loam__gc_root_new(sizeof *home);

    if (home)
        *home = (loam__weak_home){.hidden_map = ~(uint64_t)(uintptr_t)map, .owners = 1};
    return home;
}

static void home_leave(loam__weak_home *home)
{
    if (!--home->owners)
        loam__gc_root_free(home, sizeof *home);
}

static loam__weak_map *map_of(const loam__weak_home *home)
{
    return home->hidden_map ? (loam__weak_map *)(uintptr_t)~home->hidden_map : NULL;
}

/* Entries. */

static void dispose_entry(void *self)
{
    loam__weak_entry *entry = self;

    loam__gc_detach(&entry->attached);
    home_leave(entry->home);
}

static loam_status hash_entry(const void *self, uint64_t *out)
{
    *out = ((const loam__weak_entry *)self)->hash;
    return LOAM_OK;
}

loam_type loam__ephemeron_type = {
    .name = "weak entry",
    .size = sizeof(loam__weak_entry),
    .id = LOAM__TYPE_EPHEMERON,
    .refs = LOAM_REFS(offsetof(loam__weak_entry, held)),
    .dispose = dispose_entry,
    .external = true,
    .hash = hash_entry,
};

loam_type loam__weak_entry_type = {
    .name = "weak entry",
    .size = sizeof(loam__weak_entry),
    .id = LOAM__TYPE_WEAK_ENTRY,
    .dispose = dispose_entry,
    .external = true,
    .hash = hash_entry,
};

static void died(loam__weak_entry *entry)
{
    loam__weak_map *map = map_of(entry->home);
    loam__entry removed;
    uint32_t position;

    if (!map || loam__is_flagged(&map->dict.loam, LOAM__FLAG_DEAD))
        return; /* what waits to be freed is no longer changed */
    if (!loam__dict_find_object(&map->dict, entry->hash, &entry->loam, &position))
        return; /* another one has taken its place, or the map was cleared */
    removed = loam__dict_remove(&map->dict, entry->hash, position);
    map->deaths++;
    loam__release(removed.value);
    loam__release(removed.key);
}

loam__weak_entry *loam__weak_entry_new(loam__weak_map *map, loam_type *type, loam_value target)
{
    loam__weak_entry *entry = loam__object_new(type, sizeof *entry);

    if (!entry)
        return NULL;
    entry->attached.kind = LOAM__ATTACHED_ENTRY;
    entry->died = died;
    entry->home = map->home;
    entry->home->owners++;
    if (loam__gc_attach(loam__object(target), &entry->attached))
        return entry;
    loam__gc_release(&entry->loam);
    loam__fail_memory();
    return NULL;
}

loam_value loam__weak_target(loam__weak_entry *entry)
{
    return loam_from(loam__gc_weak_get(&entry->attached));
}

bool loam__weak_is_alive(const loam__weak_entry *entry)
{
    return loam__attached_object(&entry->attached) != NULL;
}

/* Maps. */

void loam__weak_dispose(void *self)
{
    loam__weak_map *map = self;

    loam__dict_dispose(self);
    if (!map->home)
        return;
    map->home->hidden_map = 0;
    home_leave(map->home);
}

size_t loam__weak_extent(const void *self)
{
    return loam__dict_extent(self) + sizeof(loam__weak_home);
}

int64_t loam__weak_len(const void *self)
{
    return ((const loam__weak_map *)self)->dict.live;
}

void *loam__weak_map_new(loam_type *type)
{
    loam__weak_map *map = loam__object_new(type, sizeof *map);

    if (!map)
        return NULL;
    map->home = home_new(map);
    if (map->home)
        return map;
    loam__gc_release(&map->dict.loam);
    loam__fail_memory();
    return NULL;
}

/* Changes that the program has made. */
static uint32_t changes(const loam__weak_map *map)
{
    return map->dict.version - map->deaths;
}

/* What is behind an entry of the dict, whichever of the three it is in. */
static loam__weak_entry *entry_behind(const loam__entry *entry, bool *is_value)
{
    *is_value = loam__is_type(entry->value, LOAM__TYPE_WEAK_ENTRY);
    return (loam__weak_entry *)loam__object(*is_value ? entry->value : entry->key);
}

/* New references, unset where what is referred to weakly is gone. */

static loam_value strong_key(const loam__entry *entry)
{
    bool is_value;
    loam__weak_entry *weak = entry_behind(entry, &is_value);

    if (is_value)
        return loam__weak_is_alive(weak) ? loam__retain(entry->key) : LOAM_UNSET;
    return loam__weak_target(weak);
}

static loam_value strong_value(const loam__entry *entry)
{
    bool is_value;
    loam__weak_entry *weak = entry_behind(entry, &is_value);

    if (is_value)
        return loam__weak_target(weak);
    return loam__gc_held(weak);
}

/* OK, MISSING where it is a hole or gone, or a failure. */
static loam_status project(const loam__entry *entry, loam__dict_projection projection, loam_value *out)
{
    loam_value pair[2] = {LOAM_UNSET, LOAM_UNSET};

    *out = LOAM_UNSET;
    if (loam_is_unset(entry->key))
        return LOAM_MISSING;
    if (projection != LOAM__DICT_ITEMS) {
        *out = projection == LOAM__DICT_KEYS ? strong_key(entry) : strong_value(entry);
        return loam_is_unset(*out) ? LOAM_MISSING : LOAM_OK;
    }
    pair[0] = strong_key(entry);
    pair[1] = strong_value(entry);
    if (!loam_is_unset(pair[0]) && !loam_is_unset(pair[1])) {
        *out = loam_from(loam_tuple_new_take(pair, 2));
        return loam_is_unset(*out) ? LOAM_ERR_MEMORY : LOAM_OK;
    }
    loam__release(pair[1]);
    loam__release(pair[0]);
    return LOAM_MISSING;
}

loam_status loam__weak_begin(const void *self, loam_cursor *cursor)
{
    const loam__weak_map *map = self;

    *cursor = (loam_cursor){.position = map->dict.first, .version = changes(map)};
    return LOAM_OK;
}

ptrdiff_t loam__weak_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    const loam__weak_map *map = self;
    size_t n = 0;

    if (cursor->version != changes(map))
        return loam_fail(LOAM_ERR_CHANGED, "%s changed during iteration", loam__type_of(&map->dict.loam)->name);
    for (; n < cap && cursor->position < map->dict.used; cursor->position++)
        n += project(&map->dict.entries[cursor->position], LOAM__DICT_KEYS, &out[n]) == LOAM_OK;
    return (ptrdiff_t)n;
}

static loam_status append_all(loam_list *list, const loam__weak_map *map, loam__dict_projection projection)
{
    loam_status status = loam_list_reserve(list, map->dict.live);

    for (uint32_t i = 0; status >= 0 && i < map->dict.used; i++) {
        loam_value item;
        status = project(&map->dict.entries[i], projection, &item);
        if (status == LOAM_OK)
            status = loam__list_append_items(list, &item, 1);
    }
    return status;
}

loam_list *loam__weak_list(loam__weak_map *map, loam__dict_projection projection, const char *function)
{
    loam__check_alive(map, function);
    loam_list *list = map ? loam_list_new() : (loam__propagate(function), NULL);

    if (list && append_all(list, map, projection) < 0) {
        loam__gc_release(&list->loam);
        return NULL;
    }
    return list;
}

/* Keys that are entries. */

static loam_status no_identity(const char *what)
{
    return loam_fail(LOAM_ERR_TYPE, "no weak reference to %s: it has no identity", what);
}

loam_status loam__weak_query(loam__query *query, loam_key key, const char *function)
{
    switch (loam__key_kind(key)) {
    case LOAM__KEY_INT:
    case LOAM__KEY_UINT:
        return no_identity("int");
    case LOAM__KEY_CHARS:
    case LOAM__KEY_VIEW:
        return key.word ? no_identity("str") : loam__propagate(function);
    case LOAM__KEY_VALUE:
    case LOAM__KEY_LITERAL:
        break;
    }
    query->kind = LOAM__QUERY_TARGET;
    query->value = loam__word(key.word);
    if (!loam__can_refer(query->value, function))
        return loam_error()->status;
    return loam_hash(query->value, &query->hash);
}

loam_status loam__weak_locate(loam__weak_map *map, loam_key key, loam__query *query, uint32_t *position,
                              const char *function)
{
    loam__check_alive(map, function);
    loam_status status = map ? loam__weak_query(query, key, function) : loam__propagate(function);

    return status < 0 ? status : loam__dict_find(&map->dict, query, position);
}

loam__weak_entry *loam__weak_insert(loam__weak_map *map, loam_type *type, const loam__query *query)
{
    loam__weak_entry *entry = loam__weak_entry_new(map, type, query->value);

    if (!entry)
        return NULL;
    entry->hash = query->hash;
    if (loam__dict_reserve_one(&map->dict) < 0) {
        loam__gc_release(&entry->loam);
        return NULL;
    }
    loam__dict_append(&map->dict, query->hash, loam_from(entry), LOAM_NONE);
    return entry;
}

/* User code may take the entry away. */
int loam__weak_entry_is(const loam__query *query, loam__weak_entry *entry)
{
    loam_value target;
    int equal;

    if (entry->hash != query->hash)
        return 0;
    if (loam__attached_object(&entry->attached) == loam__object(query->value))
        return 1;
    target = loam__weak_target(entry);
    equal = loam_is_unset(target) ? 0 : loam__item_equal(query->value, target);
    loam__release(target);
    return equal;
}
