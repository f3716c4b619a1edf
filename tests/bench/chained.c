/*
 * The peers in C that hold int and str keys behind macros of their own, one program each: -DPEER_GLIB, -DPEER_UTHASH.
 */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "bench.h"

static uint64_t *integers(const uint64_t *stream, size_t n, int shift)
{
    uint64_t *out = bench_alloc(n, sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = stream[i] >> shift;
    return out;
}

static uint64_t *indexes(size_t n)
{
    uint64_t *out = bench_alloc(n, sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = i;
    return out;
}

#ifdef PEER_GLIB
#include <glib.h>

/* Keys and values live in the pointers. */

static guint hash_chars(gconstpointer key)
{
    return (guint)XXH3_64bits(key, strlen(key));
}

static gboolean equal_chars(gconstpointer a, gconstpointer b)
{
    return !strcmp(a, b);
}

static uint64_t table_sum(GHashTable *table)
{
    GHashTableIter iter;
    gpointer key, value;
    uint64_t sum = 0;
    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &key, &value))
        sum += (uintptr_t)value;
    return sum;
}

typedef GHashTable *int_map, *str_map;
#define int_new() g_hash_table_new(g_direct_hash, NULL)
#define int_free g_hash_table_destroy
#define int_len g_hash_table_size
#define int_set(map, key, value) g_hash_table_insert(map, (gpointer)(uintptr_t)(key), (gpointer)(uintptr_t)(value))
#define int_get(map, query) (uintptr_t) g_hash_table_lookup(map, (gconstpointer)(uintptr_t)(query))
#define int_has(map, query) (uint64_t) g_hash_table_contains(map, (gconstpointer)(uintptr_t)(query))
#define int_remove(map, query) g_hash_table_remove(map, (gconstpointer)(uintptr_t)(query))
#define int_sum table_sum

#define str_new() g_hash_table_new(hash_chars, equal_chars)
#define str_free int_free
#define str_len int_len
#define str_set int_set
#define str_get int_get
#define str_has int_has
#define str_remove int_remove
#define str_sum table_sum

#else

/* Where the length is known to be 8, an integer: a multiplication of twice the width, its halves folded. */
static unsigned hash_bytes(const void *key, size_t len)
{
    if (len == sizeof(uint64_t)) {
        uint64_t number;
        memcpy(&number, key, sizeof number);
        __uint128_t product = (__uint128_t)(number ^ 0xa0761d6478bd642fu) * 0xe7037ed1a0b428dbu;
        return (unsigned)(product ^ (product >> 64));
    }
    return (unsigned)XXH3_64bits(key, len);
}

#define HASH_FUNCTION(key, len, out) ((out) = hash_bytes(key, len))
#include <uthash.h>

typedef struct entry {
    union {
        uint64_t number;
        const char *chars;
    } key;
    uint64_t value;
    UT_hash_handle hh;
} entry;

typedef struct table {
    entry *head;
} table;

static table *table_new(void)
{
    table *map = bench_alloc(1, sizeof *map);
    map->head = NULL;
    return map;
}

static void table_free(table *map)
{
    entry *item, *next;
    HASH_ITER(hh, map->head, item, next)
    {
        HASH_DEL(map->head, item);
        free(item);
    }
    free(map);
}

static uint64_t table_len(const table *map)
{
    return HASH_COUNT(map->head);
}

static uint64_t table_sum(const table *map)
{
    uint64_t sum = 0;
    for (const entry *item = map->head; item; item = item->hh.next)
        sum += item->value;
    return sum;
}

static entry *int_find(const table *map, uint64_t key)
{
    entry *found;
    HASH_FIND(hh, map->head, &key, sizeof key, found);
    return found;
}

static void int_set(table *map, uint64_t key, uint64_t value)
{
    entry *item = int_find(map, key);
    if (!item) {
        item = bench_alloc(1, sizeof *item);
        item->key.number = key;
        HASH_ADD(hh, map->head, key.number, sizeof key, item);
    }
    item->value = value;
}

static void int_remove(table *map, uint64_t key)
{
    entry *item = int_find(map, key);
    HASH_DEL(map->head, item);
    free(item);
}

static entry *str_find(const table *map, const char *key)
{
    entry *found;
    HASH_FIND_STR(map->head, key, found);
    return found;
}

static void str_set(table *map, const char *key, uint64_t value)
{
    entry *item = str_find(map, key);
    if (!item) {
        item = bench_alloc(1, sizeof *item);
        item->key.chars = key;
        HASH_ADD_KEYPTR(hh, map->head, key, strlen(key), item);
    }
    item->value = value;
}

static void str_remove(table *map, const char *key)
{
    entry *item = str_find(map, key);
    HASH_DEL(map->head, item);
    free(item);
}

typedef table *int_map, *str_map;
#define int_new table_new
#define int_free table_free
#define int_len table_len
#define int_get(map, query) int_find(map, query)->value
#define int_has(map, query) (uint64_t)(int_find(map, query) != NULL)
#define int_sum table_sum

#define str_new table_new
#define str_free table_free
#define str_len table_len
#define str_get(map, query) str_find(map, query)->value
#define str_has(map, query) (uint64_t)(str_find(map, query) != NULL)
#define str_sum table_sum
#endif

typedef uint64_t int_key, int_query, int_value, str_value;
#define int_keys(stream, n) integers(stream, n, 4)
#define int_queries int_keys
#define int_values indexes
#define int_fresh(keys, stream, n) ((void)(keys), (void)(stream))
#define int_fresh_queries int_fresh
#define int_own(map) 0
#define M(name) int_##name
#include "dict_loops.h"
#undef M

typedef char *str_key, *str_query;
#define str_keys bench_strings
#define str_queries bench_strings
#define str_values indexes
#define str_fresh int_fresh
#define str_fresh_queries int_fresh
#define str_own(map) 0
#define M(name) str_##name
#include "dict_loops.h"
#undef M

int main(int argc, char **argv)
{
    const char *group = argc > 3 ? argv[1] : "";
    size_t n = argc > 3 ? (size_t)strtod(argv[2], NULL) : 0;
    if (!strcmp(group, "dict.int"))
        int_run(argc, argv, n);
    else if (!strcmp(group, "dict.str"))
        str_run(argc, argv, n);
    else
        return 2;
    return 0;
}
