/*
 * dict: the query a key becomes, and finding its entry.
 *
 * Look-ups compare in one of two ways. Keys that are numbers, str or bytes are compared in place and run no user code.
 * Any other key may: both it and the entry's key are held meanwhile, and afterwards the version tells whether the dict
 * is still the one that was searched; if not, the search starts again.
 */
#include "containers/dict_quick.h"

#include "containers/chars.h"
#include "containers/number.h"
#include "containers/protocol.h"
#include "containers/weak.h"
#include "lib/utf8.h"

#include <math.h>

/* Queries. */

static void query_chars(loam__query *query, loam__query_kind kind, loam_value value)
{
    loam__chars *chars = (loam__chars *)loam__object(value);

    query->kind = kind;
    query->value = value;
    query->hash = loam__chars_hash(chars);
    query->view = loam__chars_view(chars);
    if (chars->len <= LOAM__HASH_SHORT)
        query->words = loam__words_padded(chars->data, chars->len);
}

static void query_number(loam__query *query, loam__number n)
{
    query->kind = LOAM__QUERY_NUMBER;
    query->value = LOAM_UNSET;
    query->number = n;
    query->hash = loam__number_hash(n);
}

/* A whole number of a query is assigned field by field, since it is read so: see configure.ac. */
static void query_int(loam__query *query, int64_t integer)
{
    bool is_small = loam__fits_small_int(integer);

    query->kind = is_small ? LOAM__QUERY_SMALL_INT : LOAM__QUERY_NUMBER;
    query->value = is_small ? loam__small_int(integer) : LOAM_UNSET;
    query->number.kind = LOAM__INTEGER;
    query->number.integer = integer;
    query->hash = loam__hash_int(integer);
}

loam_status loam__query_value(loam__query *query, loam_value value)
{
    loam__number n;

    if (LOAM__LIKELY(loam__is_small_int(value))) {
        query_int(query, loam__small_int_value(value));
        return LOAM_OK;
    }
    if (loam__is_chars(value)) {
        query_chars(query, loam__is_type(value, LOAM__TYPE_STR) ? LOAM__QUERY_STR : LOAM__QUERY_BYTES, value);
        return LOAM_OK;
    }
    if (loam__is_type(value, LOAM__TYPE_INT)) {
        query_int(query, loam__boxed_int_value(value));
        query->value = value;
        return LOAM_OK;
    }
    n = loam__number_of(value);
    if (n.kind) {
        query_number(query, n);
    } else {
        query->kind = LOAM__QUERY_OTHER;
        loam_status status = loam_hash(value, &query->hash);
        if (status < 0)
            return status;
    }
    query->value = value;
    return LOAM_OK;
}

static void query_view(loam__query *query, loam__query_kind kind, loam_view view)
{
    query->kind = kind;
    query->value = LOAM_UNSET;
    query->view = view;
    if (LOAM__LIKELY(view.len <= LOAM__HASH_SHORT)) {
        query->words = loam__words_exact(view.data, view.len);
        query->hash = loam__hash_words(query->words, view.len);
    } else {
        query->hash = loam__hash_long(view.data, view.len);
    }
}

void loam__query_text(loam__query *query, loam_view view)
{
    query_view(query, LOAM__QUERY_TEXT, view);
}

/* Above every int64 only a double can be equal, and only one that is this integer exactly; a NaN equals nothing. */
static void query_uint(loam__query *query, uint64_t integer)
{
    double nearest = (double)integer;

    if (integer <= INT64_MAX) {
        query_int(query, (int64_t)integer);
        return;
    }
    if (nearest >= 0x1p64 || (uint64_t)nearest != integer)
        nearest = (double)NAN;
    query_number(query, (loam__number){.kind = LOAM__DOUBLE, .integer = (int64_t)integer, .number = nearest});
    query->kind = LOAM__QUERY_NATURAL;
}

static loam_status query_borrowed(loam__query *query, loam__query_kind kind, const char *data, size_t len)
{
    if (!data && len)
        return loam__propagate("a key");
    query_view(query, kind, (loam_view){data, len});
    return LOAM_OK;
}

loam_status loam__query_key(loam__query *query, loam_key key)
{
    const char *chars = (const char *)(uintptr_t)key.word;

    switch (loam__key_kind(key)) {
    case LOAM__KEY_INT:
        query_int(query, (int64_t)key.word);
        return LOAM_OK;
    case LOAM__KEY_UINT:
        query_uint(query, key.word);
        return LOAM_OK;
    case LOAM__KEY_CHARS:
        return query_borrowed(query, LOAM__QUERY_STR, chars, chars ? strlen(chars) : 1);
    case LOAM__KEY_VIEW:
        return query_borrowed(query, LOAM__QUERY_TEXT, chars, (size_t)(key.info >> LOAM__KEY_KIND_BITS));
    case LOAM__KEY_VALUE:
    case LOAM__KEY_LITERAL:
        break;
    }
    if (!key.word)
        return loam__propagate("a key");
    return loam__query_value(query, loam__word(key.word));
}

/* Long keys are compared by their hashes first, so a key has its hash before it is in a dict. */
static loam_value with_hash(loam_value chars, uint64_t hash)
{
    if (!loam_is_unset(chars))
        ((loam__chars *)loam__object(chars))->hash = hash;
    return chars;
}

loam_value loam__query_make_key(const loam__query *query)
{
    if (!loam_is_unset(query->value))
        return loam__retain(query->value);
    switch (query->kind) {
    case LOAM__QUERY_STR:
        return with_hash(loam_from(loam_str_from(query->view.data, query->view.len)), query->hash);
    case LOAM__QUERY_TEXT:
        return with_hash(loam__text_from_view(query->view), query->hash);
    case LOAM__QUERY_NATURAL:
        return loam_uint((uint64_t)query->number.integer);
    default:
        return query->number.kind == LOAM__INTEGER ? loam_int(query->number.integer)
                                                   : loam_double(query->number.number);
    }
}

/* Finding. */

typedef bool matcher(const loam__query *query, loam_value key);

LOAM__INLINE bool match_word(const loam__query *query, loam_value key)
{
    return key.word == query->value.word;
}

/* An integer that is no small one, where nothing but its like can be equal to it. */
LOAM__INLINE bool match_boxed_int(const loam__query *query, loam_value key)
{
    return loam__is_type(key, LOAM__TYPE_INT) && loam__boxed_int_value(key) == query->number.integer;
}

static bool match_number(const loam__query *query, loam_value key)
{
    loam__number n;

    if (key.word == query->value.word)
        return true; /* a NaN too: as a key it equals itself */
    n = loam__number_of(key);
    return n.kind && loam__number_compare(n, query->number) == 0;
}

LOAM__INLINE bool is_utf8(loam_view view)
{
    size_t chars;
    return loam__utf8_check(view.data, view.len, &chars);
}

typedef bool same_bytes(const loam__query *query, const loam__chars *chars);

LOAM__INLINE bool same_short_bytes(const loam__query *query, const loam__chars *chars)
{
    return loam__chars_are(chars, query->words, query->view.len);
}

LOAM__INLINE bool same_long_bytes(const loam__query *query, const loam__chars *chars)
{
    if (chars->len != query->view.len || chars->hash != query->hash)
        return false;
    return loam__same_long_bytes(chars->data, query->view.data, query->view.len);
}

LOAM__INLINE bool match_chars(const loam__query *query, loam_value key, same_bytes *same)
{
    uint16_t type;

    if (!loam_is_object(key))
        return false;
    type = loam__type_id_of(loam__object(key));
    if (LOAM__LIKELY(type == LOAM__TYPE_STR))
        return query->kind != LOAM__QUERY_BYTES && same(query, loam__chars_of(key));
    return type == LOAM__TYPE_BYTES && query->kind != LOAM__QUERY_STR && same(query, loam__chars_of(key)) &&
           (query->kind == LOAM__QUERY_BYTES || !is_utf8(query->view));
}

LOAM__INLINE bool match_short_chars(const loam__query *query, loam_value key)
{
    return match_chars(query, key, same_short_bytes);
}

LOAM__INLINE bool match_long_chars(const loam__query *query, loam_value key)
{
    return key.word == query->value.word || match_chars(query, key, same_long_bytes);
}

enum { NOT_FOUND = -1 };

LOAM__INLINE int64_t find_plain(const loam_dict *dict, const loam__query *query, matcher *match)
{
    for (uint32_t i = dict->first; i < dict->used; i++)
        if (!loam_is_unset(dict->entries[i].key) && match(query, dict->entries[i].key))
            return i;
    return NOT_FOUND;
}

/* Along the path of a hash. Inlined for each matcher. */
LOAM__INLINE int64_t find_along(const loam_dict *dict, const loam__query *query, uint64_t hash, matcher *match)
{
    unsigned tag = loam__tag(hash);
    const loam__chunk *chunk = loam__chunk_of(dict, hash);

    for (uint64_t tries = 0; tries <= loam__index_mask(dict); tries++, chunk = loam__chunk_after(dict, chunk, tag)) {
        for (unsigned found = loam__chunk_match(chunk, tag); found; found &= found - 1) {
            uint32_t position = chunk->positions[loam__lowest_bit(found)];
            if (LOAM__LIKELY(match(query, dict->entries[position].key)))
                return position;
        }
        if (!loam__may_be_further(dict, chunk, tag, tries))
            return NOT_FOUND;
    }
    return NOT_FOUND;
}

/* For keys whose comparison runs no user code. */
LOAM__INLINE int64_t find_with(const loam_dict *dict, const loam__query *query, matcher *match)
{
    return dict->index ? find_along(dict, query, query->hash, match) : find_plain(dict, query, match);
}

/* In a dict with a hash of its own. */
LOAM__NOINLINE static int64_t find_keyed(const loam_dict *dict, const loam__query *query)
{
    uint64_t hash = loam__keyed_hash_of_query(dict, query);

    if (query->kind <= LOAM__QUERY_NATURAL)
        return find_along(dict, query, hash, match_number);
    if (query->view.len <= LOAM__HASH_SHORT)
        return find_along(dict, query, hash, match_short_chars);
    return find_along(dict, query, hash, match_long_chars);
}

/* What comparing with user code came to. */
typedef enum outcome { ABSENT, FOUND, FAILED, CHANGED_MEANWHILE } outcome;

static int compare_key(const loam__query *query, loam_value key)
{
    if (query->kind == LOAM__QUERY_TARGET)
        return loam__weak_entry_is(query, (loam__weak_entry *)loam__object(key));
    return loam__item_equal(query->value, key);
}

/* What a weak entry refers to may have died when it was compared. */
static bool is_still_there(const loam__query *query, loam_value key)
{
    return query->kind != LOAM__QUERY_TARGET || loam__weak_is_alive((loam__weak_entry *)loam__object(key));
}

static outcome compare_entry(const loam_dict *dict, uint32_t position, const loam__query *query)
{
    uint32_t version = dict->version;
    loam_value key = dict->entries[position].key;
    int equal = loam_is_unset(key) ? 0 : compare_key(query, key);

    if (equal < 0)
        return FAILED;
    if (dict->version != version)
        return CHANGED_MEANWHILE;
    return equal && is_still_there(query, key) ? FOUND : ABSENT;
}

static outcome search_plain(const loam_dict *dict, const loam__query *query, uint32_t *position)
{
    outcome result = ABSENT;

    for (uint32_t i = dict->first; result == ABSENT && i < dict->used; i++) {
        *position = i;
        result = compare_entry(dict, i, query);
    }
    return result;
}

static outcome search_index(const loam_dict *dict, const loam__query *query, uint32_t *position)
{
    unsigned tag = loam__tag(query->hash);
    const loam__chunk *chunk = loam__chunk_of(dict, query->hash);

    for (uint64_t tries = 0; tries <= loam__index_mask(dict); tries++, chunk = loam__chunk_after(dict, chunk, tag)) {
        for (unsigned found = loam__chunk_match(chunk, tag); found; found &= found - 1) {
            outcome result;
            *position = chunk->positions[loam__lowest_bit(found)];
            result = compare_entry(dict, *position, query);
            if (result != ABSENT)
                return result; /* only now may the index be another */
        }
        if (!loam__may_be_further(dict, chunk, tag, tries))
            break;
    }
    return ABSENT;
}

static loam_status find_other(const loam_dict *dict, const loam__query *query, uint32_t *position)
{
    enum { PATIENCE = 16 }; /* an equality that changes the dict each time would keep us here for ever */

    for (int tries = 0; tries < PATIENCE; tries++) {
        outcome result = dict->index ? search_index(dict, query, position) : search_plain(dict, query, position);
        if (result == FAILED)
            return loam_error()->status;
        if (result != CHANGED_MEANWHILE)
            return result == FOUND ? LOAM_OK : LOAM_MISSING;
    }
    return loam_fail(LOAM_ERR_CHANGED, "dict changed whenever its keys were compared");
}

static bool is_boxed_int(const loam__query *query)
{
    return query->kind == LOAM__QUERY_NUMBER && query->number.kind == LOAM__INTEGER &&
           !loam__fits_small_int(query->number.integer);
}

static int64_t find_number(const loam_dict *dict, const loam__query *query)
{
    if (dict->key_kinds & LOAM__KEYS_OTHER) /* 1.0 or True may be there for 1 */
        return find_with(dict, query, match_number);
    if (LOAM__LIKELY(query->kind == LOAM__QUERY_SMALL_INT))
        return find_with(dict, query, match_word);
    return is_boxed_int(query) ? find_with(dict, query, match_boxed_int) : find_with(dict, query, match_number);
}

/* Keys whose comparison runs no user code. */
LOAM__INLINE int64_t find_plainly(const loam_dict *dict, const loam__query *query)
{
    if (LOAM__UNLIKELY(dict->hashing == LOAM__KEYED))
        return find_keyed(dict, query);
    if (query->kind <= LOAM__QUERY_NATURAL)
        return find_number(dict, query);
    if (query->view.len <= LOAM__HASH_SHORT)
        return find_with(dict, query, match_short_chars);
    return find_with(dict, query, match_long_chars);
}

loam_status loam__dict_find(loam_dict *dict, const loam__query *query, uint32_t *position)
{
    int64_t found;

    if (query->kind >= LOAM__QUERY_OTHER)
        return find_other(dict, query, position);
    found = find_plainly(dict, query);
    *position = (uint32_t)found;
    return found == NOT_FOUND ? LOAM_MISSING : LOAM_OK;
}

/* Text, the quick way: without a query, whose making and reading is half the instructions of a look-up. */

LOAM__INLINE loam__entry *first_of_tag(const loam_dict *dict, uint64_t hash)
{
    const loam__chunk *chunk = loam__chunk_of(dict, hash);
    unsigned found = loam__chunk_match_hash(chunk, hash);

    return LOAM__LIKELY(found) ? &dict->entries[chunk->positions[loam__lowest_bit(found)]] : NULL;
}

LOAM__INLINE const loam__chars *str_of(const loam__entry *entry)
{
    return LOAM__LIKELY(entry && loam__is_type(entry->key, LOAM__TYPE_STR)) ? loam__chars_of(entry->key) : NULL;
}

static loam__entry *quick_find_long(const loam_dict *dict, const char *data, size_t len)
{
    uint64_t hash = loam__hash_long(data, len);
    loam__entry *entry = first_of_tag(dict, hash);
    const loam__chars *chars = str_of(entry);

    if (!chars || chars->len != len || chars->hash != hash)
        return NULL;
    return loam__same_long_bytes(chars->data, data, len) ? entry : NULL;
}

loam__entry *loam__quick_find_text(const loam_dict *dict, const char *data, size_t len)
{
    loam__words words;
    loam__entry *entry;
    const loam__chars *chars;

    if (len > LOAM__HASH_SHORT)
        return quick_find_long(dict, data, len);
    words = loam__words_exact(data, len);
    entry = first_of_tag(dict, loam__hash_words(words, len));
    chars = str_of(entry);
    return chars && loam__chars_are(chars, words, len) ? entry : NULL;
}

/* By identity. */

static bool has_object(const loam__entry *entry, loam_value object)
{
    return entry->key.word == object.word || entry->value.word == object.word;
}

static bool find_object_plain(const loam_dict *dict, loam_value object, uint32_t *position)
{
    for (uint32_t i = dict->first; i < dict->used; i++)
        if (has_object(&dict->entries[i], object))
            return *position = i, true;
    return false;
}

bool loam__dict_find_object(const loam_dict *dict, uint64_t hash, const loam_object *object, uint32_t *position)
{
    unsigned tag = loam__tag(hash);
    const loam__chunk *chunk;

    if (!dict->index)
        return find_object_plain(dict, loam_from(object), position);
    chunk = loam__chunk_of(dict, hash);
    for (uint64_t tries = 0; tries <= loam__index_mask(dict); tries++, chunk = loam__chunk_after(dict, chunk, tag)) {
        for (unsigned found = loam__chunk_match(chunk, tag); found; found &= found - 1) {
            *position = chunk->positions[loam__lowest_bit(found)];
            if (has_object(&dict->entries[*position], loam_from(object)))
                return true;
        }
        if (!loam__may_be_further(dict, chunk, tag, tries))
            break;
    }
    return false;
}

loam_status loam__dict_locate(loam_dict *dict, loam_key key, loam__query *query, uint32_t *position)
{
    loam__check_alive(dict, "a look-up by key");
    loam_status status = dict ? loam__query_key(query, key) : loam__propagate("a dict");
    return status < 0 ? status : loam__dict_find(dict, query, position);
}
