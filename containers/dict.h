/*
 * The dict's structure, and what the rest of the library does with it beyond the public functions.
 *
 * Entries {key, value} stand in order of insertion in one array; a removed one leaves a hole, whose key is unset. An
 * index finds an entry by its hash. It is an array of chunks of 64 bytes, a cache line each:
 *
 *     12 tags       8 bits of the hash of each entry in the chunk, 1 for 0 of them, or 0 where the slot is free
 *     overflow      how many entries passed this chunk on the way to their own because it was full; sticks at 255
 *     passed        of which 16 kinds by their tags they were, a bit each, until there is no overflow
 *     reach         in the first chunk: no entry passed more chunks than that; UINT8_MAX is no limit
 *     12 positions  where in the array of entries
 *
 * The hash's top bits choose the first chunk; if it is full, others follow at a stride that depends on the tag. A
 * look-up compares 12 tags at once, goes on while there was overflow of its kind, and needs no tombstones: removing an
 * entry takes its overflow back. The layout is that of folly's F14 (Bronson and Shi, 2019), its positions into a dense
 * array are CPython's.
 *
 * Always true: positions in the index are those of the live entries, each once; live <= used <= capacity; entries from
 * `used` on are empty; entries before `first` are holes; there is an index if and only if the capacity is above
 * LOAM__DICT_PLAIN; and no more than loam__dict_limit() entries are live then.
 */
#ifndef CONTAINERS_DICT_H
#define CONTAINERS_DICT_H

#include <loam/dict.h>

#include "gc/slot.h"
#include "lib/hash.h"
#include "lib/siphash.h"

#define LOAM__CHUNK_SLOTS 12
#define LOAM__CHUNK_LOG2 6                       /* of its size */
#define LOAM__TAG_SHIFT 24                       /* which bits of a hash are its tag */
#define LOAM__DICT_PLAIN (LOAM_STRESS ? 2u : 8u) /* entries that are searched without an index */

enum {
    LOAM__LOAD_SMALL = LOAM_STRESS ? 11 : 9, /* entries for each chunk of 12; full chunks are rare up to here */
    LOAM__LOAD_LARGE = LOAM_STRESS ? 11 : 8, /* where every chunk visited is a cache miss */
    LOAM__LARGE_LOG2 = 17
};

typedef struct loam__entry {
    loam_value key, value;
} loam__entry;

typedef struct LOAM__ALIGNED(16) loam__chunk {
    uint8_t tags[LOAM__CHUNK_SLOTS];
    uint8_t overflow;
    uint8_t reach; /* only the first chunk's, of the whole index */
    uint16_t passed;
    uint32_t positions[LOAM__CHUNK_SLOTS];
} loam__chunk;

_Static_assert(sizeof(loam__chunk) == 1 << LOAM__CHUNK_LOG2, "a hash leads to a chunk by its offset in bytes");

/* Whether the hash spreads the keys: the usual one does not where somebody who knows its secret has chosen them. Then
 * the dict gets a hash of its own: dict_keyed.c. A keyed dict has LOAM__KEYS_OTHER, and its key behind the index. */
enum { LOAM__SPREAD, LOAM__CROWDED, LOAM__KEYED };

/*
 * How much an insertion meets on its way until that is no chance any more: full chunks, of which each counts once more
 * for every LOAM__QUEUE entries that have passed it, and entries with its tag; and how many of these there are in one
 * chunk. Of 7 * 10^8 keys in a simulation, in dicts that are filled as far as they may be, one in 30 passed a full
 * chunk, one in 6,000 met five, one in 7 million eleven, none more than sixteen, and each more is three and a half
 * times as rare; one in 700,000 found its tag three times in one chunk, and none more often.
 */
enum { LOAM__CROWD = LOAM_STRESS ? 40 : 16, LOAM__QUEUE = LOAM_STRESS ? 256 : 4, LOAM__ALIKE = 4 };

/* What kinds of key a dict has had since it was last empty. */
enum { LOAM__KEYS_INT = 1, LOAM__KEYS_CHARS = 2, LOAM__KEYS_BOXED_INT = 4, LOAM__KEYS_OTHER = 8 };

struct loam_dict {
    loam_object loam;
    uint32_t live, used;      /* entries that hold a key; entries up to the last of them, holes included */
    uint32_t capacity, first; /* of entries; the first one that may be live */
    uint32_t version;         /* changes with every insertion, removal and move: what an iteration looks at */
    uint8_t chunks_log2;
    uint8_t key_kinds;
    uint8_t least_chunks_log2; /* what was reserved; the index does not become smaller */
    uint8_t hashing;
    loam__entry *entries;
    loam__chunk *index;
};

extern loam_type loam__dict_type;

/* What a type that begins as a dict does needs in its descriptor too. */
void loam__dict_trace(void *self, loam_visitor *visitor);
void loam__dict_dispose(void *self);
size_t loam__dict_extent(const void *self);

/* What is looked for, with all that comparing it needs: numbers, text, and what may run user code, in that order. */
typedef enum loam__query_kind {
    LOAM__QUERY_SMALL_INT, /* `value` is one */
    LOAM__QUERY_NUMBER,    /* any other number */
    LOAM__QUERY_NATURAL,   /* above every int64: its bits in `number.integer`, the double equal to it in `.number` */
    LOAM__QUERY_STR,       /* `view`: a str of these bytes */
    LOAM__QUERY_BYTES,
    LOAM__QUERY_TEXT,  /* `view`: a str where it is UTF-8, else bytes */
    LOAM__QUERY_OTHER, /* `value`: comparing may run user code */
    LOAM__QUERY_TARGET /* `value`: keys are weak entries, and wanted is the one that refers to its equal; likewise */
} loam__query_kind;

typedef struct loam__query {
    uint64_t hash;
    loam__query_kind kind;
    loam_value value; /* unset where the key has yet to be made */
    loam_view view;
    loam__words words; /* of a view of up to LOAM__HASH_SHORT bytes */
    loam__number number;
} loam__query;

/* Queries and finding, dict_find.c. */

/* May run a type's hash. TYPE: the value has none. */
loam_status loam__query_value(loam__query *query, loam_value value);
loam_status loam__query_key(loam__query *query, loam_key key);
void loam__query_text(loam__query *query, loam_view view);
/* The key that a query stands for, a new reference. */
loam_value loam__query_make_key(const loam__query *query);

/* The position of the entry: OK, MISSING, or a failure of user code, which may have changed the dict. */
loam_status loam__dict_find(loam_dict *dict, const loam__query *query, uint32_t *position);

/* The same for a key that a caller gave: release that afterwards, it may have been made for the call. */
loam_status loam__dict_locate(loam_dict *dict, loam_key key, loam__query *query, uint32_t *position);

LOAM__INLINE loam_key_kind loam__key_kind(loam_key key)
{
    return (loam_key_kind)(key.info & ((1u << LOAM__KEY_KIND_BITS) - 1));
}

LOAM__INLINE void loam__key_release(loam_key key)
{
    if (loam__key_kind(key) == LOAM__KEY_LITERAL)
        loam__release(loam__word(key.word));
}

/* A new reference to what was given as a key; a literal's is handed on. Unset where that was an earlier failure. */
loam_value loam__key_make(loam_key key);

/* Fail with KEY: there is none like it. */
loam_status loam__fail_key(const loam__query *query);

/* Where the key is, or MISSING with room for one more entry. */
loam_status loam__dict_find_or_reserve(loam_dict *dict, const loam__query *query, uint32_t *position);

/* A new entry at the end, which there is room for; both references move in. */
void loam__dict_append(loam_dict *dict, uint64_t hash, loam_value key, loam_value value);

/* Take an entry out; what it holds is the caller's. */
loam__entry loam__dict_remove(loam_dict *dict, uint64_t hash, uint32_t position);

/* Give the key a value. Both are left with what the caller has to release afterwards, on failure all of it. */
loam_status loam__dict_set(loam_dict *dict, const loam__query *query, loam_value *key, loam_value *value);

/* The entry that has this very object for its key or its value. Runs no user code. */
bool loam__dict_find_object(const loam_dict *dict, uint64_t hash, const loam_object *object, uint32_t *position);

/* A new entry for a key that is not there. Both references are given away, also on failure; one that could not be made
 * is unset, and that is the failure. */
loam_status loam__dict_insert(loam_dict *dict, const loam__query *query, loam_value key, loam_value value);

/* Set keys from items that are pairs, tuples or lists of two; the items are borrowed. */
loam_status loam__dict_set_pairs(loam_dict *dict, const loam_value *items, size_t count);

/* An empty dict becomes a copy of a table; no user code runs. The keys' places in the index are copied, holes included.
 * Where these are many, or the index is much too large, it is made anew, if that needs no hash of the program's. The
 * values come with them, or all are none. After a failure the copy is good for nothing. */
loam_status loam__dict_copy_entries(loam_dict *copy, const loam_dict *table, bool with_values);

/* The key's hash, where its code may change the dict: then it is CHANGED. */
loam_status loam__dict_hash_entry(const loam_dict *dict, uint32_t position, uint64_t *hash);

/* Add `amount` to the count of the key. */
loam_status loam__dict_add(loam_dict *dict, const loam__query *query, int64_t amount);

/* Count many items, in batches that overlap their cache misses. `padded`: 16 bytes of each view can be read. */
loam_status loam__dict_count_views(loam_dict *dict, const loam_view *views, size_t count, bool padded);
loam_status loam__dict_count_values(loam_dict *dict, const loam_value *values, size_t count);

int loam__dict_equal(loam_dict *a, loam_dict *b);

/* Iteration, by position; CHANGED once the version is another. */
typedef enum loam__dict_projection { LOAM__DICT_KEYS, LOAM__DICT_VALUES, LOAM__DICT_ITEMS } loam__dict_projection;
void loam__dict_begin(const loam_dict *dict, loam_cursor *cursor);
ptrdiff_t loam__dict_fill(loam_dict *dict, loam_cursor *cursor, loam__dict_projection projection, loam_value *out,
                          size_t cap);

/* The same from the last entry to the first. */
void loam__dict_begin_back(const loam_dict *dict, loam_cursor *cursor);
ptrdiff_t loam__dict_fill_back(loam_dict *dict, loam_cursor *cursor, loam__dict_projection projection, loam_value *out,
                               size_t cap);

/* The index, dict_index.c. */

/* Make room for one more entry. May compact, and run hashes. */
loam_status loam__dict_reserve_one(loam_dict *dict);
/* Make room for `keys` in all. */
loam_status loam__dict_reserve(loam_dict *dict, size_t keys);

/* True where the way there was longer than chance makes it. */
bool loam__index_insert(loam_dict *dict, uint64_t hash, uint32_t position);
void loam__index_erase(loam_dict *dict, uint64_t hash, uint32_t position);
void loam__index_move(loam_dict *dict, uint64_t hash, uint32_t from, uint32_t to);

/* The index, and what stands behind it. */
LOAM__INLINE size_t loam__index_bytes(const loam_dict *dict)
{
    return (sizeof *dict->index << dict->chunks_log2) + (dict->hashing == LOAM__KEYED ? sizeof *dict->index : 0);
}

/* Dicts with a hash of their own, dict_keyed.c. */

/* The key that keys are hashed with. */
LOAM__INLINE loam__sip_key *loam__dict_sip_key(const loam_dict *dict)
{
    return (loam__sip_key *)(void *)(dict->index + ((size_t)1 << dict->chunks_log2));
}

uint64_t loam__keyed_hash(const loam_dict *dict, loam_value key, uint64_t hash);
uint64_t loam__keyed_hash_of_query(const loam_dict *dict, const loam__query *query);

/* Give a dict a hash of its own: entries stay where they are, no user code runs. Nothing happens where that is not to
 * be had now. */
void loam__dict_key_index(loam_dict *dict);

/* Whether another hash would spread it better: numbers, str and bytes. */
bool loam__can_be_keyed(const loam_dict *dict, loam_value key);

/* The hash that leads to a key in this dict, from the one that the key has everywhere. */
LOAM__INLINE uint64_t loam__dict_path(const loam_dict *dict, loam_value key, uint64_t hash)
{
    return LOAM__UNLIKELY(dict->hashing == LOAM__KEYED) ? loam__keyed_hash(dict, key, hash) : hash;
}

/* What is always true of a dict, verified; NULL or the rule that is broken. For tests. */
const char *loam__dict_check(loam_dict *dict);

/* Probing: where an entry's chunks are. */

LOAM__INLINE unsigned loam__tag(uint64_t hash)
{
    unsigned tag = (uint8_t)(hash >> LOAM__TAG_SHIFT);
    return tag + !tag;
}

LOAM__INLINE uint64_t loam__index_mask(const loam_dict *dict)
{
    return ((uint64_t)1 << dict->chunks_log2) - 1;
}

/* The first chunk on the way of a hash: the top bits say which. Their place above those of an address within a chunk
 * spares a shift. */
LOAM__INLINE loam__chunk *loam__chunk_of(const loam_dict *dict, uint64_t hash)
{
    uint64_t offset = hash >> (64 - LOAM__CHUNK_LOG2 - dict->chunks_log2) & ~(uint64_t)(sizeof(loam__chunk) - 1);
    return (loam__chunk *)(void *)((char *)dict->index + offset);
}

/* The next one, if that is full. */
LOAM__INLINE loam__chunk *loam__chunk_after(const loam_dict *dict, const loam__chunk *chunk, unsigned tag)
{
    uint64_t number = (uint64_t)(chunk - dict->index) + 2 * (uint64_t)tag + 1; /* odd, so that all are visited */
    return &dict->index[number & loam__index_mask(dict)];
}

/* How many entries may be live with that many chunks. */
LOAM__INLINE size_t loam__dict_limit(unsigned chunks_log2)
{
    return (size_t)(chunks_log2 < LOAM__LARGE_LOG2 ? LOAM__LOAD_SMALL : LOAM__LOAD_LARGE) << chunks_log2;
}

/* Room for one more entry, in the array and in the index. */
LOAM__INLINE bool loam__dict_has_room(const loam_dict *dict)
{
    return dict->used < dict->capacity && (!dict->index || dict->live < loam__dict_limit(dict->chunks_log2));
}

/* The slots of a chunk with that tag, one bit each, from bit 0. */

LOAM__INLINE unsigned loam__chunk_match_portable(const loam__chunk *chunk, unsigned tag)
{
    unsigned found = 0;

    for (unsigned slot = 0; slot < LOAM__CHUNK_SLOTS; slot++)
        found |= (unsigned)(chunk->tags[slot] == tag) << slot;
    return found;
}

#if defined(__SSE2__) && !LOAM_PORTABLE
#include <emmintrin.h>

LOAM__INLINE unsigned loam__chunk_match(const loam__chunk *chunk, unsigned tag)
{
    __m128i tags = _mm_load_si128((const __m128i *)(const void *)chunk);
    __m128i wanted = _mm_set1_epi32((int)(tag * 0x01010101)); /* shorter than _mm_set1_epi8() */
    int equal = _mm_movemask_epi8(_mm_cmpeq_epi8(tags, wanted));
    return (unsigned)equal & ((1u << LOAM__CHUNK_SLOTS) - 1);
}

/* For the tag of a hash, which needs no branch and no word for what 0 becomes. */
LOAM__INLINE unsigned loam__chunk_match_hash(const loam__chunk *chunk, uint64_t hash)
{
    __m128i tags = _mm_load_si128((const __m128i *)(const void *)chunk);
    __m128i bytes = _mm_cvtsi32_si128((int)(uint32_t)hash);
    __m128i twice = _mm_unpacklo_epi8(bytes, bytes);
    __m128i tag = _mm_shuffle_epi32(_mm_shufflelo_epi16(twice, LOAM__TAG_SHIFT / 8 * 0x55), 0);
    int equal = _mm_movemask_epi8(_mm_cmpeq_epi8(tags, _mm_max_epu8(tag, _mm_set1_epi8(1))));
    return (unsigned)equal & ((1u << LOAM__CHUNK_SLOTS) - 1);
}
#else
LOAM__INLINE unsigned loam__chunk_match(const loam__chunk *chunk, unsigned tag)
{
    return loam__chunk_match_portable(chunk, tag);
}

LOAM__INLINE unsigned loam__chunk_match_hash(const loam__chunk *chunk, uint64_t hash)
{
    return loam__chunk_match_portable(chunk, loam__tag(hash));
}
#endif

/* Entries that found the chunk full. The bits spare a look-up for what is not there the way on, 19 times in 20. */

LOAM__INLINE uint16_t loam__passing_kind(unsigned tag)
{
    return (uint16_t)(1u << (tag & 15));
}

LOAM__INLINE bool loam__chunk_was_passed(const loam__chunk *chunk, unsigned tag)
{
    return chunk->passed & loam__passing_kind(tag);
}

/* Whether an entry with that tag may stand further on than this chunk, the `tries`th on the way to it, counted from 0.
 * Others may have passed all of the chunks, each only one of them: that is what the reach is for. */
LOAM__INLINE bool loam__may_be_further(const loam_dict *dict, const loam__chunk *chunk, unsigned tag, uint64_t tries)
{
    return LOAM__UNLIKELY(loam__chunk_was_passed(chunk, tag)) &&
           (tries < dict->index->reach || dict->index->reach == UINT8_MAX);
}

LOAM__INLINE void loam__chunk_pass(loam__chunk *chunk, unsigned tag)
{
    if (chunk->overflow < UINT8_MAX)
        chunk->overflow++;
    chunk->passed |= loam__passing_kind(tag);
}

LOAM__INLINE void loam__chunk_take_back(loam__chunk *chunk)
{
    if (chunk->overflow < UINT8_MAX && !--chunk->overflow)
        chunk->passed = 0;
}

/* An entry in a slot that is free. */
LOAM__INLINE void loam__chunk_put(loam__chunk *chunk, unsigned slot, uint64_t hash, uint32_t position)
{
    chunk->tags[slot] = (uint8_t)loam__tag(hash);
    chunk->positions[slot] = position;
}

#endif
