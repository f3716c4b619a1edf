/*
 * The index of a dict and its growth; dict.h has the layout.
 *
 * All growth goes through rebuild(): it makes a new index beside the old one, for the entries as they will stand
 * without holes, and only when nothing can fail any more closes the holes and puts the new index in place. Hashing a
 * key of a type of the program's may run code that changes this very dict; the version tells, and the rebuild gives up.
 */
#include "containers/dict_batch.h"

#include "containers/protocol.h"
#include "lib/checked.h"

#include <stdlib.h>

enum {
    FIRST_CAPACITY = 3,
    GENTLE_GROWTH = 1 << 16 /* entries; above it an array grows by an eighth, which remapping makes cheap */
};

#define MOST_ENTRIES (UINT32_MAX - 1)
#define MOST_CHUNKS_LOG2 29

static unsigned free_slots(const loam__chunk *chunk)
{
    return loam__chunk_match(chunk, 0);
}

/* How many entries of the chunk have the tag; a crowd where these are more than chance makes. */
LOAM__INLINE unsigned alike_in(const loam__chunk *chunk, unsigned tag)
{
    unsigned alike = loam__count_bits(loam__chunk_match(chunk, tag));
    return LOAM__LIKELY(alike <= LOAM__ALIKE) ? alike : LOAM__CROWD + 1;
}

/* What an insertion that passes a full chunk meets there. */
static unsigned met_in(const loam__chunk *chunk, unsigned tag)
{
    return 1 + (unsigned)chunk->overflow / LOAM__QUEUE + alike_in(chunk, tag);
}

static void extend_reach(loam_dict *dict, unsigned passed)
{
    if (dict->index->reach < passed)
        dict->index->reach = passed < UINT8_MAX ? (uint8_t)passed : UINT8_MAX;
}

/* Beyond a full chunk. True where the way is longer than chance makes it. */
LOAM__NOINLINE static bool insert_further_on(loam_dict *dict, uint64_t hash, uint32_t position)
{
    unsigned tag = loam__tag(hash);
    unsigned passed = 0;
    unsigned met = 0;
    loam__chunk *chunk = loam__chunk_of(dict, hash);

    for (; !free_slots(chunk); passed++) {
        met += met_in(chunk, tag);
        loam__chunk_pass(chunk, tag);
        chunk = loam__chunk_after(dict, chunk, tag);
    }
    met += alike_in(chunk, tag);
    loam__chunk_put(chunk, loam__lowest_bit(free_slots(chunk)), hash, position);
    extend_reach(dict, passed);
    return met > LOAM__CROWD;
}

LOAM__INLINE bool insert(loam_dict *dict, uint64_t hash, uint32_t position)
{
    loam__chunk *chunk = loam__chunk_of(dict, hash);
    unsigned slots = free_slots(chunk);

    if (LOAM__UNLIKELY(!slots))
        return insert_further_on(dict, hash, position);
    loam__chunk_put(chunk, loam__lowest_bit(slots), hash, position);
    return false;
}

bool loam__index_insert(loam_dict *dict, uint64_t hash, uint32_t position)
{
    bool is_crowd = alike_in(loam__chunk_of(dict, hash), loam__tag(hash)) > LOAM__ALIKE;
    return insert(dict, hash, position) || is_crowd;
}

/* A slot of the index. */
typedef struct place {
    loam__chunk *chunk;
    unsigned slot;
    bool on_path; /* found where its hash leads */
} place;

static bool slot_of(loam__chunk *chunk, unsigned candidates, uint32_t position, place *found)
{
    for (; candidates; candidates &= candidates - 1) {
        unsigned slot = loam__lowest_bit(candidates);
        if (chunk->positions[slot] == position) {
            *found = (place){chunk, slot, true};
            return true;
        }
    }
    return false;
}

/* A hash of the program's that is not the one the key came in with leads nowhere; then every chunk is looked at. */
LOAM__COLD static place find_anywhere(const loam_dict *dict, uint32_t position)
{
    place found = {NULL, 0, false};

    for (uint64_t i = 0; i <= loam__index_mask(dict); i++) {
        unsigned occupied = ~loam__chunk_match(&dict->index[i], 0) & ((1u << LOAM__CHUNK_SLOTS) - 1);
        if (slot_of(&dict->index[i], occupied, position, &found))
            break;
    }
    found.on_path = false;
    return found;
}

/* Where the index refers to `position`, which it does. */
static place find_place(const loam_dict *dict, uint64_t hash, uint32_t position)
{
    unsigned tag = loam__tag(hash);
    loam__chunk *chunk = loam__chunk_of(dict, hash);
    place found;

    for (uint64_t tries = 0; tries <= loam__index_mask(dict); tries++, chunk = loam__chunk_after(dict, chunk, tag))
        if (slot_of(chunk, loam__chunk_match(chunk, tag), position, &found))
            return found;
    return find_anywhere(dict, position);
}

void loam__index_erase(loam_dict *dict, uint64_t hash, uint32_t position)
{
    place home = find_place(dict, hash, position);
    loam__chunk *chunk = loam__chunk_of(dict, hash);

    home.chunk->tags[home.slot] = 0;
    if (!home.on_path)
        return; /* overflows that stay counted cost a look more, no answer */
    for (; chunk != home.chunk; chunk = loam__chunk_after(dict, chunk, loam__tag(hash)))
        loam__chunk_take_back(chunk);
}

void loam__index_move(loam_dict *dict, uint64_t hash, uint32_t from, uint32_t to)
{
    place home = find_place(dict, hash, from);

    home.chunk->positions[home.slot] = to;
}

enum { CHUNK_AHEAD = 16, KEY_AHEAD = 2 * CHUNK_AHEAD }; /* entries */

/* The hashes of keys that are strings lie in the strings: fetch them some entries ahead. */
LOAM__INLINE void prefetch_key(const loam_dict *dict, uint32_t position)
{
    if (position + KEY_AHEAD < dict->used && loam_is_object(dict->entries[position + KEY_AHEAD].key))
        __builtin_prefetch(loam__object(dict->entries[position + KEY_AHEAD].key));
}

/* Then where in the new index these will be. */
LOAM__INLINE void prefetch_chunk(const loam_dict *dict, const loam_dict *next, uint32_t position)
{
    if (position + CHUNK_AHEAD < dict->used)
        loam__fetch_chunk(next, loam__hash_ahead(dict->entries[position + CHUNK_AHEAD].key));
}

LOAM__INLINE loam_status hash_unchanged(const loam_dict *dict, loam_value key, uint64_t *hash)
{
    uint32_t version = dict->version;
    loam_status status;

    loam__retain(key);
    status = loam_hash(key, hash);
    loam__release(key);
    if (status == LOAM_OK && dict->version != version)
        status = loam_fail(LOAM_ERR_CHANGED, "dict changed while its keys were hashed");
    return status;
}

/* Enter all live entries into the index of `next`, at the positions they have once holes are closed. Inlined for either
 * size. */
LOAM__INLINE loam_status fill_spread_index(loam_dict *dict, loam_dict *next, bool is_large)
{
    uint32_t position = 0;

    for (uint32_t i = dict->first; i < dict->used; i++) {
        loam_value key = dict->entries[i].key;
        uint64_t hash;
        if (is_large)
            prefetch_chunk(dict, next, i);
        if (LOAM__LIKELY(loam__is_small_int(key))) {
            insert(next, loam__hash_int(loam__small_int_value(key)), position++);
            continue;
        }
        if (loam_is_unset(key))
            continue;
        prefetch_key(dict, i);
        if (hash_unchanged(dict, key, &hash) < 0)
            return loam_error()->status;
        loam__index_insert(next, hash, position++);
    }
    return LOAM_OK;
}

static loam_status fill_index(loam_dict *dict, loam_dict *next)
{
    return loam__is_worth_fetching(next) ? fill_spread_index(dict, next, true) : fill_spread_index(dict, next, false);
}

/* The same where `next` has a hash of its own, which is too dear to be taken twice. */
LOAM__NOINLINE static loam_status fill_keyed_index(loam_dict *dict, loam_dict *next)
{
    uint32_t position = 0;

    for (uint32_t i = dict->first; i < dict->used; i++) {
        loam_value key = dict->entries[i].key;
        uint64_t hash;
        if (loam_is_unset(key))
            continue;
        prefetch_key(dict, i);
        if (loam__can_be_keyed(dict, key))
            hash = 0; /* the usual one does not matter */
        else if (hash_unchanged(dict, key, &hash) < 0)
            return loam_error()->status;
        insert(next, loam__keyed_hash(next, key, hash), position++);
    }
    return LOAM_OK;
}

/* Without a branch on what is a hole, which nobody could predict: what is not kept is overwritten. */
static void close_holes(loam_dict *dict)
{
    uint32_t to = 0;

    if (dict->live != dict->used) {
        for (uint32_t from = dict->first; from < dict->used; from++) {
            loam__slot_move_along(&dict->entries[to].key, &dict->entries[from].key);
            loam__slot_move_along(&dict->entries[to].value, &dict->entries[from].value);
            to += !loam_is_unset(dict->entries[to].key);
        }
        loam__slots_moved(dict);
        loam__slots_forget(dict, &dict->entries[to].key, 2 * (size_t)(dict->used - to));
        dict->used = to;
    }
    dict->first = 0;
    dict->version++;
}

/*
 * Closing holes under an index that stays. An entry moves down by the holes before it, and what the index refers to is
 * counted afresh for every 32 entries, so that a position becomes the new one by a look at a table that is small: no
 * key is looked at, let alone hashed.
 */

enum { STRETCH = 32 };

typedef struct stretch {
    uint32_t live;   /* a bit for each entry that is */
    uint32_t before; /* how many are before these */
} stretch;

static void count_stretches(const loam_dict *dict, stretch *stretches)
{
    uint32_t before = 0;

    for (uint32_t start = 0; start < dict->used; start += STRETCH) {
        uint32_t end = dict->used - start < STRETCH ? dict->used : start + STRETCH;
        uint32_t live = 0;
        for (uint32_t i = start; i < end; i++)
            live |= (uint32_t)!loam_is_unset(dict->entries[i].key) << (i - start);
        stretches[start / STRETCH] = (stretch){live, before};
        before += loam__count_bits(live);
    }
}

LOAM__INLINE uint32_t position_after(const stretch *stretches, uint32_t position)
{
    stretch s = stretches[position / STRETCH];
    return s.before + loam__count_bits(s.live & (((uint32_t)1 << position % STRETCH) - 1));
}

static void renumber(loam_dict *dict, const stretch *stretches)
{
    for (uint64_t i = 0; i <= loam__index_mask(dict); i++) {
        loam__chunk *chunk = &dict->index[i];
        unsigned occupied = ~free_slots(chunk) & ((1u << LOAM__CHUNK_SLOTS) - 1);
        for (; occupied; occupied &= occupied - 1) {
            unsigned slot = loam__lowest_bit(occupied);
            chunk->positions[slot] = position_after(stretches, chunk->positions[slot]);
        }
    }
}

static loam_status close_holes_and_renumber(loam_dict *dict)
{
    size_t bytes = (dict->used / STRETCH + (size_t)1) * sizeof(stretch);
    stretch *stretches = loam__gc_data_new(dict, bytes);

    if (!stretches)
        return loam__fail_memory();
    count_stretches(dict, stretches);
    renumber(dict, stretches);
    loam__gc_data_free(stretches, bytes);
    close_holes(dict);
    return LOAM_OK;
}

/* The one it has, or one that nobody knows. */
static void give_sip_key(const loam_dict *dict, loam_dict *next)
{
    if (dict->hashing == LOAM__KEYED)
        *loam__dict_sip_key(next) = *loam__dict_sip_key(dict);
    else
        loam__hash_draw(loam__dict_sip_key(next), sizeof(loam__sip_key));
}

static loam_status fill_new_index(loam_dict *dict, loam_dict *next)
{
    memset(next->index, 0, loam__index_bytes(next));
    if (LOAM__LIKELY(next->hashing == LOAM__SPREAD))
        return fill_index(dict, next);
    give_sip_key(dict, next);
    return fill_keyed_index(dict, next);
}

static void free_index(loam_dict *dict)
{
    if (dict->index)
        loam__gc_data_free(dict->index, loam__index_bytes(dict));
}

/* `next` has nothing but an index. */
static void take_index(loam_dict *dict, const loam_dict *next)
{
    free_index(dict);
    dict->index = next->index;
    dict->chunks_log2 = next->chunks_log2;
    dict->hashing = next->hashing;
    if (dict->hashing == LOAM__KEYED)
        dict->key_kinds |= LOAM__KEYS_OTHER;
}

/* Whether there is an index already or not. One that is crowded gets a hash of its own. */
static loam_status rebuild(loam_dict *dict, unsigned chunks_log2)
{
    loam_dict next = {.chunks_log2 = (uint8_t)chunks_log2,
                      .hashing = dict->hashing == LOAM__SPREAD ? LOAM__SPREAD : LOAM__KEYED};
    loam_status status;

    next.index = chunks_log2 <= MOST_CHUNKS_LOG2 ? loam__gc_data_new(dict, loam__index_bytes(&next)) : NULL;
    if (!next.index)
        return loam__fail_memory();
    status = fill_new_index(dict, &next);
    if (status < 0) {
        free_index(&next);
        return status;
    }
    close_holes(dict);
    take_index(dict, &next);
    return LOAM_OK;
}

/* The key's hash, if it has none of the program's, nor one that is made of such. */
static bool hash_plainly(const loam_dict *dict, loam_value key, uint64_t *hash)
{
    *hash = 0; /* the usual one does not matter */
    return loam__can_be_keyed(dict, key) || (!loam_is_object(key) && loam_hash(key, hash) == LOAM_OK);
}

void loam__dict_key_index(loam_dict *dict)
{
    loam_dict next = {.chunks_log2 = dict->chunks_log2, .hashing = LOAM__KEYED};
    uint64_t hash;

    next.index = loam__gc_data_new(dict, loam__index_bytes(&next));
    if (!next.index)
        return;
    memset(next.index, 0, loam__index_bytes(&next));
    give_sip_key(dict, &next);
    for (uint32_t i = dict->first; i < dict->used; i++) {
        loam_value key = dict->entries[i].key;
        if (loam_is_unset(key))
            continue;
        if (!hash_plainly(dict, key, &hash)) {
            free_index(&next);
            return;
        }
        insert(&next, loam__keyed_hash(&next, key, hash), i);
    }
    take_index(dict, &next);
}

static unsigned chunks_for(size_t keys)
{
    unsigned log2 = 0;

    while (log2 <= MOST_CHUNKS_LOG2 && loam__dict_limit(log2) < keys)
        log2++;
    return log2;
}

static size_t next_capacity(size_t capacity)
{
    if (LOAM_STRESS && capacity < LOAM__EXACT_UP_TO)
        return capacity + 1;
    if (capacity < FIRST_CAPACITY)
        return FIRST_CAPACITY;
    if (capacity < LOAM__DICT_PLAIN)
        return LOAM__DICT_PLAIN;
    return capacity + (capacity < GENTLE_GROWTH ? capacity / 2 : capacity / 8);
}

static loam_status set_capacity(loam_dict *dict, size_t capacity)
{
    loam_value *slots = NULL;

    if (capacity > MOST_ENTRIES)
        capacity = MOST_ENTRIES;
    if (capacity > dict->capacity)
        slots = loam__gc_refs_resize(dict, (loam_value *)dict->entries, 2 * (size_t)dict->capacity, 2 * capacity);
    if (!slots)
        return loam__fail_memory();
    dict->entries = (loam__entry *)slots;
    dict->capacity = (uint32_t)capacity;
    return LOAM_OK;
}

/* An array that has lost a quarter of its entries is closed up rather than made larger. */
static bool worth_closing(const loam_dict *dict)
{
    return dict->used - dict->live > dict->used / 4;
}

/* With a capacity that asks for one, the index is there and has room for `keys`. */
static loam_status reserve_index(loam_dict *dict, size_t capacity, size_t keys)
{
    if (capacity <= LOAM__DICT_PLAIN || (dict->index && keys <= loam__dict_limit(dict->chunks_log2)))
        return LOAM_OK;
    return rebuild(dict, chunks_for(keys));
}

/* Keys of the program's are hashed anew: where a hash has changed, that is how they are found again. The index may
 * become smaller, but not than what was asked for. */
static loam_status close_up(loam_dict *dict)
{
    unsigned chunks_log2 = chunks_for((size_t)dict->live + 1);

    if (chunks_log2 < dict->least_chunks_log2)
        chunks_log2 = dict->least_chunks_log2;
    if (!dict->index) {
        close_holes(dict);
        return LOAM_OK;
    }
    if (chunks_log2 == dict->chunks_log2 && !(dict->key_kinds & LOAM__KEYS_OTHER))
        return close_holes_and_renumber(dict);
    return rebuild(dict, chunks_log2);
}

/* The index comes first: without entries to ask for it, it can be given back, which cannot fail. */
static loam_status grow_entries(loam_dict *dict, size_t capacity, size_t keys)
{
    loam_status status = reserve_index(dict, capacity, keys);

    if (status == LOAM_OK)
        status = set_capacity(dict, capacity);
    if (status < 0 && dict->index && dict->capacity <= LOAM__DICT_PLAIN) {
        free_index(dict);
        dict->index = NULL;
        dict->chunks_log2 = dict->hashing = 0;
    }
    return status;
}

static void move_down(loam_dict *dict, uint64_t hash, uint32_t from, uint32_t to)
{
    loam__slots_move_along(dict, &dict->entries[to].key, &dict->entries[from].key, 2);
    loam__slots_forget(dict, &dict->entries[from].key, 2);
    if (dict->index)
        loam__index_move(dict, loam__dict_path(dict, dict->entries[to].key, hash), from, to);
    if (to == 0)
        dict->first = 0;
    if (from + 1 == dict->used)
        dict->used = to + 1;
    dict->version++;
}

/* Closing holes without any memory, one entry after the other. The dict is in order before each step, since a hash of
 * the program's may look at it, or change it, which ends this. */
static loam_status close_holes_in_place(loam_dict *dict)
{
    uint32_t to = 0;

    for (uint32_t from = dict->first; from < dict->used; from++) {
        uint64_t hash;
        if (loam_is_unset(dict->entries[from].key))
            continue;
        if (from != to) {
            loam_status status = loam__dict_hash_entry(dict, from, &hash);
            if (status < 0)
                return status;
            move_down(dict, hash, from, to);
        }
        to++;
    }
    return LOAM_OK;
}

/* Closes the holes on the way, so that it may be all the room that is needed. */
static loam_status make_room(loam_dict *dict)
{
    if (dict->hashing == LOAM__CROWDED) {
        loam_status status = rebuild(dict, dict->chunks_log2);
        if (status < 0 || loam__dict_has_room(dict))
            return status;
    }
    if (dict->used < dict->capacity)
        return reserve_index(dict, dict->capacity, (size_t)dict->live + 1);
    if (worth_closing(dict))
        return close_up(dict);
    return grow_entries(dict, next_capacity(dict->capacity), (size_t)dict->live + 1);
}

/* Where there is no memory the holes that are left, be they few, are room: what was reserved stays so. And a dict that
 * is crowded is slow, but right: whoever inserts next asks for memory again. */
LOAM__NOINLINE static loam_status make_room_or_close_holes(loam_dict *dict)
{
    loam_failure before = *loam_error();
    loam_status status = make_room(dict);

    if (status != LOAM_ERR_MEMORY)
        return status;
    if (!loam__dict_has_room(dict)) {
        status = close_holes_in_place(dict);
        if (status < 0)
            return status;
    }
    if (!loam__dict_has_room(dict))
        return loam__fail_memory();
    loam__fail_again(&before); /* what was reported on the way has not come to pass */
    return LOAM_OK;
}

loam_status loam__dict_reserve_one(loam_dict *dict)
{
    if (LOAM__LIKELY(loam__dict_has_room(dict) && dict->hashing != LOAM__CROWDED))
        return LOAM_OK;
    return make_room_or_close_holes(dict);
}

loam_status loam__dict_reserve(loam_dict *dict, size_t keys)
{
    size_t capacity;

    if (keys <= dict->live)
        return LOAM_OK;
    if (keys > MOST_ENTRIES || !loam__size_add(keys, dict->used - dict->live, &capacity))
        return loam__fail_memory();
    if (capacity > dict->capacity)
        return grow_entries(dict, capacity, keys);
    return reserve_index(dict, dict->capacity, keys);
}

static const char *check_entries(const loam_dict *dict)
{
    uint32_t live = 0;

    for (uint32_t i = 0; i < dict->capacity; i++) {
        bool holds_key = !loam_is_unset(dict->entries[i].key);
        if (holds_key != !loam_is_unset(dict->entries[i].value))
            return "a key without a value, or a value without a key";
        if (holds_key && (i < dict->first || i >= dict->used))
            return "an entry outside of first and used";
        live += holds_key;
    }
    return live == dict->live ? NULL : "live is not the number of keys";
}

/* Where an entry's hash leads: the chunks on the way are counted in `passed`, until one has it. */
static const char *check_path(const loam_dict *dict, uint32_t position, uint32_t *passed)
{
    unsigned tag;
    uint64_t hash;
    loam__chunk *chunk;

    if (loam_hash(dict->entries[position].key, &hash) < 0)
        return "a key without a hash";
    hash = loam__dict_path(dict, dict->entries[position].key, hash);
    tag = loam__tag(hash);
    chunk = loam__chunk_of(dict, hash);
    for (uint64_t tries = 0; tries <= loam__index_mask(dict); tries++, chunk = loam__chunk_after(dict, chunk, tag)) {
        place found;
        if (slot_of(chunk, loam__chunk_match_portable(chunk, tag), position, &found))
            return NULL;
        if (!chunk->overflow || !loam__chunk_was_passed(chunk, tag))
            return "an overflow that was not counted";
        if (!loam__may_be_further(dict, chunk, tag, tries))
            return "an entry out of reach";
        passed[chunk - dict->index]++;
    }
    return "an entry that is not in the index";
}

static const char *check_slots(const loam_dict *dict)
{
    size_t occupied = 0;

    for (uint64_t i = 0; i <= loam__index_mask(dict); i++)
        for (unsigned slot = 0; slot < LOAM__CHUNK_SLOTS; slot++) {
            const loam__chunk *chunk = &dict->index[i];
            if (loam__chunk_match(chunk, chunk->tags[slot]) != loam__chunk_match_portable(chunk, chunk->tags[slot]))
                return "the two ways to match tags disagree";
            if (chunk->tags[slot] && chunk->positions[slot] >= dict->used)
                return "a position that is not in use";
            occupied += chunk->tags[slot] != 0;
        }
    return occupied == dict->live ? NULL : "an index of another size than the entries";
}

/* Each chunk's overflow is how many entries passed it, unless a hash of the program's may have changed meanwhile. */
static const char *check_overflows(const loam_dict *dict, const uint32_t *passed)
{
    if (dict->key_kinds & LOAM__KEYS_OTHER)
        return NULL;
    for (uint64_t i = 0; i <= loam__index_mask(dict); i++) {
        uint8_t overflow = dict->index[i].overflow;
        if (overflow < UINT8_MAX && overflow != passed[i])
            return "an overflow counter that does not count what passed";
    }
    return NULL;
}

static const char *check_index(const loam_dict *dict)
{
    const char *broken = check_slots(dict);
    size_t bytes = (loam__index_mask(dict) + 1) * sizeof(uint32_t);
    uint32_t *passed = broken ? NULL : malloc(bytes); /* not through the gate: it is tests that ask */

    if (!passed)
        return broken ? broken : "no memory to check with";
    memset(passed, 0, bytes);
    for (uint32_t i = 0; i < dict->used && !broken; i++)
        if (!loam_is_unset(dict->entries[i].key))
            broken = check_path(dict, i, passed);
    if (!broken)
        broken = check_overflows(dict, passed);
    free(passed);
    return broken;
}

const char *loam__dict_check(loam_dict *dict)
{
    const char *broken = NULL;

    if (dict->live > dict->used || dict->used > dict->capacity)
        return "live <= used <= capacity";
    if ((dict->index != NULL) != (dict->capacity > LOAM__DICT_PLAIN))
        return "an index if and only if there are too many entries to do without";
    if (dict->hashing == LOAM__KEYED && !(dict->index && dict->key_kinds & LOAM__KEYS_OTHER))
        return "a hash of its own where nothing tells of it";
    if (dict->index && dict->live > loam__dict_limit(dict->chunks_log2))
        return "more entries than the index should hold";
    broken = check_entries(dict);
    return broken || !dict->index ? broken : check_index(dict);
}
