/*
 * dict: what it does; dict.h has the layout, dict_index.c the index.
 *
 * Look-ups compare in one of two ways. Keys that are numbers, str or bytes are compared in place and run no user code.
 * Any other key may: both it and the entry's key are held meanwhile, and afterwards the version tells whether the dict
 * is still the one that was searched; if not, the search starts again.
 */
#include "containers/dict.h"

#include "containers/chars.h"
#include "containers/number.h"
#include "containers/protocol.h"
#include "containers/sequence.h"
#include "lib/utf8.h"

#include <stdio.h>

#include <math.h>

static void trace(void *self, loam_visitor *visitor)
{
    loam_dict *dict = self;
    loam_visit(visitor, dict->entries, 2 * (size_t)dict->used);
}

static void free_buffers(loam__entry *entries, uint32_t capacity, loam__chunk *index, unsigned chunks_log2)
{
    loam__gc_refs_free((loam_value *)entries, 2 * (size_t)capacity);
    if (index)
        loam__gc_data_free(index, sizeof *index << chunks_log2);
}

static void dispose(void *self)
{
    loam_dict *dict = self;
    free_buffers(dict->entries, dict->capacity, dict->index, dict->chunks_log2);
}

static size_t extent(const void *self)
{
    const loam_dict *dict = self;
    return dict->capacity * sizeof *dict->entries + (dict->index ? sizeof *dict->index << dict->chunks_log2 : 0);
}

static int64_t len(const void *self)
{
    return ((const loam_dict *)self)->live;
}

void loam__dict_begin(const loam_dict *dict, loam_cursor *cursor)
{
    *cursor = (loam_cursor){.position = dict->first, .version = dict->version};
}

/* A new reference to what the iteration is over; unset without memory. */
static loam_value project(const loam__entry *entry, loam__dict_projection projection)
{
    if (projection == LOAM__DICT_ITEMS)
        return loam_from(loam_tuple_new(&entry->key, 2));
    return loam__retain(projection == LOAM__DICT_KEYS ? entry->key : entry->value);
}

ptrdiff_t loam__dict_fill(loam_dict *dict, loam_cursor *cursor, loam__dict_projection projection, loam_value *out,
                          size_t cap)
{
    size_t n = 0;

    while (n < cap) {
        if (cursor->version != dict->version)
            return n ? (ptrdiff_t)n : loam_fail(LOAM_ERR_CHANGED, "dict changed during iteration");
        while (cursor->position < dict->used && loam_is_unset(dict->entries[cursor->position].key))
            cursor->position++;
        if (cursor->position >= dict->used)
            break;
        out[n] = project(&dict->entries[cursor->position], projection);
        if (loam_is_unset(out[n]))
            return n ? (ptrdiff_t)n : loam_error()->status;
        cursor->position++;
        n++;
    }
    return (ptrdiff_t)n;
}

static loam_status iter_begin(const void *self, loam_cursor *cursor)
{
    loam__dict_begin(self, cursor);
    return LOAM_OK;
}

static ptrdiff_t iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    return loam__dict_fill(self, cursor, LOAM__DICT_KEYS, out, cap);
}

loam_type loam__dict_type = {
    .name = "dict",
    .size = sizeof(loam_dict),
    .id = LOAM__TYPE_DICT,
    .trace = trace,
    .dispose = dispose,
    .extent = extent,
    .len = len,
    .iter_begin = iter_begin,
    .iter_fill = iter_fill,
};

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

static void query_int(loam__query *query, int64_t integer)
{
    if (!loam__fits_small_int(integer)) {
        query_number(query, (loam__number){.kind = LOAM__INTEGER, .integer = integer});
        return;
    }
    query->kind = LOAM__QUERY_SMALL_INT;
    query->value = loam__small_int(integer);
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
        query_chars(query, loam_is_str(value) ? LOAM__QUERY_STR : LOAM__QUERY_BYTES, value);
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

void loam__query_text(loam__query *query, loam_view view, bool padded)
{
    if (!padded || LOAM__UNLIKELY(view.len > LOAM__HASH_SHORT)) {
        query_view(query, LOAM__QUERY_TEXT, view);
        return;
    }
    query->kind = LOAM__QUERY_TEXT;
    query->value = LOAM_UNSET;
    query->view = view;
    query->words = loam__words_padded(view.data, view.len);
    query->hash = loam__hash_words(query->words, view.len);
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

static loam_key_kind kind_of(loam_key key)
{
    return (loam_key_kind)(key.info & ((1u << LOAM__KEY_KIND_BITS) - 1));
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

    switch (kind_of(key)) {
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

/* A literal was made for this one call. */
static void release_key(loam_key key)
{
    if (kind_of(key) == LOAM__KEY_LITERAL)
        loam__release(loam__word(key.word));
}

/* Long keys are compared by their hashes first, so a key has its hash before it is in a dict. */
static loam_value with_hash(loam_value chars, uint64_t hash)
{
    if (!loam_is_unset(chars))
        ((loam__chars *)loam__object(chars))->hash = hash;
    return chars;
}

/* The key that a query stands for, a new reference. */
static loam_value make_key(const loam__query *query)
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

static bool match_number(const loam__query *query, loam_value key)
{
    loam__number n = loam__number_of(key);
    loam__number wanted = query->kind == LOAM__QUERY_SMALL_INT ? loam__number_of(query->value) : query->number;

    if (key.word == query->value.word)
        return true; /* a NaN too: as a key it equals itself */
    return n.kind && loam__number_compare(n, wanted) == 0;
}

LOAM__INLINE bool is_utf8(loam_view view)
{
    size_t chars;
    return loam__utf8_check(view.data, view.len, &chars);
}

LOAM__INLINE bool same_bytes(const loam__query *query, const loam__chars *chars)
{
    loam__words words;

    if (chars->len != query->view.len)
        return false;
    if (LOAM__UNLIKELY(chars->len > LOAM__HASH_SHORT))
        return chars->hash == query->hash && memcmp(chars->data, query->view.data, chars->len) == 0;
    words = loam__words_padded(chars->data, chars->len);
    return !((words.low ^ query->words.low) | (words.high ^ query->words.high));
}

LOAM__INLINE bool match_chars(const loam__query *query, loam_value key)
{
    uint16_t type;

    if (key.word == query->value.word)
        return true;
    if (!loam_is_object(key))
        return false;
    type = loam__type_id_of(loam__object(key));
    if (LOAM__LIKELY(type == LOAM__TYPE_STR))
        return query->kind != LOAM__QUERY_BYTES && same_bytes(query, loam__chars_of(key));
    return type == LOAM__TYPE_BYTES && query->kind != LOAM__QUERY_STR && same_bytes(query, loam__chars_of(key)) &&
           (query->kind == LOAM__QUERY_BYTES || !is_utf8(query->view));
}

enum { NOT_FOUND = -1 };

LOAM__INLINE int64_t find_plain(const loam_dict *dict, const loam__query *query, matcher *match)
{
    for (uint32_t i = dict->first; i < dict->used; i++)
        if (!loam_is_unset(dict->entries[i].key) && match(query, dict->entries[i].key))
            return i;
    return NOT_FOUND;
}

/* For keys whose comparison runs no user code. Inlined for each matcher. */
LOAM__INLINE int64_t find_with(const loam_dict *dict, const loam__query *query, matcher *match)
{
    uint8_t tag = loam__tag(query->hash);
    uint64_t mask = loam__index_mask(dict);
    uint64_t at = query->hash;

    if (!dict->index)
        return find_plain(dict, query, match);
    for (uint64_t tries = 0; tries <= mask; tries++, at += loam__stride(tag)) {
        const loam__chunk *chunk = &dict->index[at & mask];
        for (unsigned found = loam__chunk_match(chunk, tag); found; found &= found - 1) {
            uint32_t position = chunk->positions[loam__lowest_bit(found)];
            if (LOAM__LIKELY(match(query, dict->entries[position].key)))
                return position;
        }
        if (LOAM__LIKELY(!chunk->overflow))
            return NOT_FOUND;
    }
    return NOT_FOUND;
}

/* What comparing with user code came to. */
typedef enum outcome { ABSENT, FOUND, FAILED, CHANGED_MEANWHILE } outcome;

static outcome compare_entry(const loam_dict *dict, uint32_t position, const loam__query *query)
{
    uint32_t version = dict->version;
    loam_value key = dict->entries[position].key;
    int equal = loam_is_unset(key) ? 0 : loam__item_equal(query->value, key);

    if (equal < 0)
        return FAILED;
    if (dict->version != version)
        return CHANGED_MEANWHILE;
    return equal ? FOUND : ABSENT;
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
    uint8_t tag = loam__tag(query->hash);
    uint64_t mask = loam__index_mask(dict);
    uint64_t at = query->hash;

    for (uint64_t tries = 0; tries <= mask; tries++, at += loam__stride(tag)) {
        for (unsigned found = loam__chunk_match(&dict->index[at & mask], tag); found; found &= found - 1) {
            outcome result;
            *position = dict->index[at & mask].positions[loam__lowest_bit(found)];
            result = compare_entry(dict, *position, query);
            if (result != ABSENT)
                return result; /* only now may the index be another */
        }
        if (!dict->index[at & mask].overflow)
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

loam_status loam__dict_find(loam_dict *dict, const loam__query *query, uint32_t *position)
{
    int64_t found;

    switch (query->kind) {
    case LOAM__QUERY_SMALL_INT:
    case LOAM__QUERY_NUMBER:
    case LOAM__QUERY_NATURAL:
        if (query->kind == LOAM__QUERY_SMALL_INT && !(dict->key_kinds & LOAM__KEYS_OTHER))
            found = find_with(dict, query, match_word);
        else /* 1.0 or True may be there for 1 */
            found = find_with(dict, query, match_number);
        break;
    case LOAM__QUERY_STR:
    case LOAM__QUERY_BYTES:
    case LOAM__QUERY_TEXT:
        found = find_with(dict, query, match_chars);
        break;
    default:
        return find_other(dict, query, position);
    }
    *position = (uint32_t)found;
    return found == NOT_FOUND ? LOAM_MISSING : LOAM_OK;
}

/* Changing. */

static uint8_t kind_of_key(loam_value key)
{
    if (loam__is_small_int(key))
        return LOAM__KEYS_INT;
    return loam__is_chars(key) ? LOAM__KEYS_CHARS : LOAM__KEYS_OTHER;
}

/* Where `query` is, or MISSING with room for one more entry. */
static loam_status find_or_reserve(loam_dict *dict, const loam__query *query, uint32_t *position)
{
    loam_status status = loam__dict_find(dict, query, position);

    if (status == LOAM_MISSING) {
        loam_status reserved = loam__dict_reserve_one(dict);
        if (reserved < 0)
            return reserved;
    }
    return status;
}

/* Both references move in; there is room. */
static void append_entry(loam_dict *dict, uint64_t hash, loam_value key, loam_value value)
{
    loam__entry *entry = &dict->entries[dict->used];

    loam__slot_move_in(dict, &entry->key, key);
    loam__slot_move_in(dict, &entry->value, value);
    if (dict->index)
        loam__index_insert(dict, hash, dict->used);
    dict->key_kinds |= kind_of_key(key);
    dict->used++;
    dict->live++;
    dict->version++;
}

/* Take an entry out of the order; what it holds is the caller's. */
static loam__entry remove_entry(loam_dict *dict, uint64_t hash, uint32_t position)
{
    loam__entry *entry = &dict->entries[position];
    loam__entry removed;

    if (dict->index)
        loam__index_erase(dict, hash, position);
    removed.key = loam__slot_move_out(dict, &entry->key);
    removed.value = loam__slot_move_out(dict, &entry->value);
    dict->live--;
    dict->version++;
    while (dict->used && loam_is_unset(dict->entries[dict->used - 1].key))
        dict->used--;
    while (dict->first < dict->used && loam_is_unset(dict->entries[dict->first].key))
        dict->first++;
    if (!dict->live) {
        dict->first = 0;
        dict->key_kinds &= LOAM__KEYS_OTHER; /* a hash that has changed may have left overflows behind */
    }
    return removed;
}

loam_dict *loam_dict_new(void)
{
    return loam__object_new(&loam__dict_type, sizeof(loam_dict));
}

int64_t loam_dict_len(const loam_dict *dict)
{
    return dict ? (int64_t)dict->live : (int64_t)loam__propagate(__func__);
}

loam_status(loam_dict_set)(loam_dict *dict, loam_value key, loam_value value)
{
    return loam_dict_set_take(dict, loam__retain(key), loam__retain(value));
}

/* Releases what is left over, which is all of it on failure. */
static loam_status set(loam_dict *dict, const loam__query *query, loam_value *key, loam_value *value)
{
    uint32_t position;
    loam_status status = find_or_reserve(dict, query, &position);

    if (status == LOAM_OK)
        *value = loam__slot_exchange(dict, &dict->entries[position].value, *value);
    else if (status == LOAM_MISSING)
        append_entry(dict, query->hash, loam_move_value(key), loam_move_value(value));
    return status < 0 ? status : LOAM_OK;
}

loam_status loam_dict_set_take(loam_dict *dict, loam_value key, loam_value value)
{
    loam__query query;
    loam_status status;

    if (!dict || loam_is_unset(key) || loam_is_unset(value))
        status = loam__propagate(__func__);
    else
        status = loam__query_value(&query, key);
    if (status == LOAM_OK)
        status = set(dict, &query, &key, &value);
    loam__release(value);
    loam__release(key);
    return status;
}

static loam_status add_to_value(loam_dict *dict, uint32_t position, int64_t amount)
{
    int64_t sum;
    loam_value value;

    if (loam_to_int(dict->entries[position].value, &sum) < 0)
        return LOAM_ERR_TYPE;
    if (__builtin_add_overflow(sum, amount, &sum))
        return loam_fail(LOAM_ERR_OVERFLOW, "a count above 2**63 - 1");
    value = loam_int(sum);
    if (loam_is_unset(value))
        return LOAM_ERR_MEMORY;
    loam__slot_set(dict, &dict->entries[position].value, value);
    return LOAM_OK;
}

/* The key comes before the room: where there is no such key, the dict is not rebuilt either. */
static loam_status add_key(loam_dict *dict, const loam__query *query, int64_t amount)
{
    loam_value key = make_key(query);
    loam_value value = loam_is_unset(key) ? LOAM_UNSET : loam_int(amount);
    loam_status status = loam_is_unset(value) ? loam_error()->status : loam__dict_reserve_one(dict);

    if (status < 0) {
        loam__release(value);
        loam__release(key);
        return status;
    }
    append_entry(dict, query->hash, key, value);
    return LOAM_OK;
}

loam_status loam__dict_add(loam_dict *dict, const loam__query *query, int64_t amount)
{
    uint32_t position;
    loam_status status = loam__dict_find(dict, query, &position);

    if (status == LOAM_OK)
        return add_to_value(dict, position, amount);
    return status == LOAM_MISSING ? add_key(dict, query, amount) : status;
}

/* Look-ups: the query of `key`, its entry if there is one; the key, if made for this call, is released by the caller. */
static loam_status locate(loam_dict *dict, loam_key key, loam__query *query, uint32_t *position)
{
    loam_status status = dict ? loam__query_key(query, key) : loam__propagate("a dict");
    return status < 0 ? status : loam__dict_find(dict, query, position);
}

/* What has a repr that fits into a failure's text, and runs no user code. */
static bool is_short(loam_value key)
{
    if (loam__is_chars(key))
        return loam__chars_of(key)->len <= 24;
    return !loam_is_unset(key) && (loam_is_none(key) || loam__number_of(key).kind);
}

/* "what: the key's repr". */
LOAM__COLD static loam_status fail_about_key(loam_status status, const loam__query *query, const char *what)
{
    loam_failure failure = {.status = status};
    loam_value key;
    loam_str *text;

    snprintf(failure.text, sizeof failure.text, "%s", what);
    key = make_key(query);
    text = is_short(key) ? loam_repr(key) : NULL;
    loam_fail(status, "%s: %s", failure.text, text ? loam_str_chars_peek(text) : "a key");
    failure = *loam_error(); /* what is released may bring other failures */
    loam__release(loam_from(text));
    loam__release(key);
    return loam__fail_again(&failure);
}

static loam_status fail_key(const loam__query *query)
{
    return fail_about_key(LOAM_ERR_KEY, query, "no such key");
}

static loam_status find_peek(loam_dict *dict, loam_key key, loam_value *out)
{
    loam__query query;
    uint32_t position;
    loam_status status = locate(dict, key, &query, &position);

    if (status == LOAM_OK)
        *out = dict->entries[position].value;
    release_key(key);
    return status;
}

loam_value(loam_dict_get_peek)(loam_dict *dict, loam_key key)
{
    loam__query query;
    uint32_t position;
    loam_value value = LOAM_UNSET;
    loam_status status = locate(dict, key, &query, &position);

    if (status == LOAM_OK)
        value = dict->entries[position].value;
    else if (status == LOAM_MISSING)
        fail_key(&query);
    release_key(key);
    return value;
}

loam_value(loam_dict_get)(loam_dict *dict, loam_key key)
{
    return loam__retain((loam_dict_get_peek)(dict, key));
}

loam_status(loam_dict_find)(loam_dict *dict, loam_key key, loam_value *out)
{
    loam_status status;

    *out = LOAM_UNSET;
    status = find_peek(dict, key, out);
    loam__retain(*out);
    return status;
}

int(loam_dict_contains)(loam_dict *dict, loam_key key)
{
    loam_value value;
    loam_status status = find_peek(dict, key, &value);

    return status < 0 ? (int)status : status == LOAM_OK;
}

/* Values of one C type. `out` is left alone unless the value is of it. */

typedef loam_status reader(loam_value value, void *out);

static loam_status read_int(loam_value value, void *out)
{
    return loam_to_int(value, out);
}

static loam_status read_double(loam_value value, void *out)
{
    return loam_to_double(value, out);
}

static loam_status read_bool(loam_value value, void *out)
{
    return loam_to_bool(value, out);
}

static loam_status read_chars(loam_value value, void *out)
{
    loam_str *str = loam_to_str_peek(value);

    if (!str)
        return LOAM_ERR_TYPE;
    *(const char **)out = loam_str_chars_peek(str);
    return LOAM_OK;
}

static loam_status find_as(loam_dict *dict, loam_key key, reader *read, void *out, bool or_fail)
{
    loam__query query;
    uint32_t position;
    loam_status status = locate(dict, key, &query, &position);

    if (status == LOAM_MISSING && or_fail)
        status = fail_key(&query);
    else if (status == LOAM_OK && read(dict->entries[position].value, out) < 0)
        status = fail_about_key(LOAM_ERR_TYPE, &query, loam_error()->text);
    release_key(key);
    return status;
}

loam_status(loam_dict_find_int)(loam_dict *dict, loam_key key, int64_t *out)
{
    return find_as(dict, key, read_int, out, false);
}

loam_status(loam_dict_get_int)(loam_dict *dict, loam_key key, int64_t *out)
{
    return find_as(dict, key, read_int, out, true);
}

loam_status(loam_dict_find_double)(loam_dict *dict, loam_key key, double *out)
{
    return find_as(dict, key, read_double, out, false);
}

loam_status(loam_dict_get_double)(loam_dict *dict, loam_key key, double *out)
{
    return find_as(dict, key, read_double, out, true);
}

loam_status(loam_dict_find_bool)(loam_dict *dict, loam_key key, bool *out)
{
    return find_as(dict, key, read_bool, out, false);
}

loam_status(loam_dict_get_bool)(loam_dict *dict, loam_key key, bool *out)
{
    return find_as(dict, key, read_bool, out, true);
}

loam_status(loam_dict_find_chars_peek)(loam_dict *dict, loam_key key, const char **out)
{
    return find_as(dict, key, read_chars, out, false);
}

loam_status(loam_dict_get_chars_peek)(loam_dict *dict, loam_key key, const char **out)
{
    return find_as(dict, key, read_chars, out, true);
}

loam_status(loam_dict_add)(loam_dict *dict, loam_key key, int64_t amount)
{
    loam__query query;
    loam_status status = dict ? loam__query_key(&query, key) : loam__propagate(__func__);

    if (status == LOAM_OK)
        status = loam__dict_add(dict, &query, amount);
    release_key(key);
    return status;
}

loam_value(loam_dict_pop)(loam_dict *dict, loam_key key)
{
    loam__query query;
    uint32_t position;
    loam__entry removed = {LOAM_UNSET, LOAM_UNSET};
    loam_status status = locate(dict, key, &query, &position);

    if (status == LOAM_OK)
        removed = remove_entry(dict, query.hash, position);
    else if (status == LOAM_MISSING)
        fail_key(&query);
    release_key(key);
    loam__release(removed.key);
    return removed.value;
}

loam_status(loam_dict_remove)(loam_dict *dict, loam_key key)
{
    loam_value value = (loam_dict_pop)(dict, key);

    if (loam_is_unset(value))
        return loam_error()->status;
    loam__release(value);
    return LOAM_OK;
}

/* `*out` gets the reference, or nobody. */
static void hand_over(loam_value *out, loam_value value)
{
    if (out)
        *out = value;
    else
        loam__release(value);
}

/* The key's hash, for its own dict, where another one's code may run while it is made. */
static loam_status hash_of_entry(const loam_dict *dict, uint32_t position, uint64_t *hash)
{
    uint32_t version = dict->version;
    loam_value key = loam__retain(dict->entries[position].key);
    loam_status status = loam_hash(key, hash);

    loam__release(key);
    if (status == LOAM_OK && dict->version != version)
        status = loam_fail(LOAM_ERR_CHANGED, "dict changed while a key was hashed");
    return status;
}

static loam_status pop_at(loam_dict *dict, uint32_t position, loam_value *key, loam_value *value)
{
    uint64_t hash;
    loam__entry removed;
    loam_status status = hash_of_entry(dict, position, &hash);

    if (status < 0)
        return status;
    removed = remove_entry(dict, hash, position);
    hand_over(key, removed.key);
    hand_over(value, removed.value);
    return LOAM_OK;
}

static loam_status pop_end(loam_dict *dict, bool last, loam_value *key, loam_value *value)
{
    if (key)
        *key = LOAM_UNSET;
    if (value)
        *value = LOAM_UNSET;
    if (!dict)
        return loam__propagate(last ? "loam_dict_pop_last" : "loam_dict_pop_first");
    if (!dict->live)
        return LOAM_MISSING;
    return pop_at(dict, last ? dict->used - 1 : dict->first, key, value);
}

loam_status loam_dict_pop_first(loam_dict *dict, loam_value *key, loam_value *value)
{
    return pop_end(dict, false, key, value);
}

loam_status loam_dict_pop_last(loam_dict *dict, loam_value *key, loam_value *value)
{
    return pop_end(dict, true, key, value);
}

/* The entry moves behind the last one; there is room. */
static void move_entry_to_end(loam_dict *dict, uint64_t hash, uint32_t position)
{
    loam__entry *from = &dict->entries[position];
    loam__entry *to = &dict->entries[dict->used];

    loam__slots_move_along(dict, &to->key, &from->key, 2);
    loam__slots_forget(dict, &from->key, 2);
    if (dict->index)
        loam__index_move(dict, hash, position, dict->used);
    dict->used++;
    dict->version++;
    while (loam_is_unset(dict->entries[dict->first].key))
        dict->first++;
}

/* Making room may close holes, and looking for the entry again may run user code that takes the room. */
static loam_status reserve_and_find(loam_dict *dict, const loam__query *query, uint32_t *position)
{
    uint32_t version = dict->version;
    loam_status status = loam__dict_reserve_one(dict);

    if (status < 0 || dict->version == version)
        return status;
    version = dict->version;
    status = loam__dict_find(dict, query, position);
    if (status == LOAM_OK && dict->version != version)
        status = loam_fail(LOAM_ERR_CHANGED, "dict changed while its keys were compared");
    return status;
}

loam_status(loam_dict_move_to_end)(loam_dict *dict, loam_key key)
{
    loam__query query;
    uint32_t position = 0;
    loam_status status = locate(dict, key, &query, &position);

    if (status == LOAM_OK && position + 1 != dict->used) {
        status = reserve_and_find(dict, &query, &position);
        if (status == LOAM_OK)
            move_entry_to_end(dict, query.hash, position);
    }
    if (status == LOAM_MISSING)
        status = fail_key(&query);
    release_key(key);
    return status;
}

/* Keys come by position, so that user code that changes `other` is noticed. */
static loam_status update(loam_dict *dict, loam_dict *other)
{
    uint32_t version = other->version;

    for (uint32_t i = 0; i < other->used; i++) {
        loam__entry entry = other->entries[i];
        loam_status status;
        if (loam_is_unset(entry.key))
            continue;
        status = (loam_dict_set)(dict, entry.key, entry.value);
        if (status < 0)
            return status;
        if (other->version != version)
            return loam_fail(LOAM_ERR_CHANGED, "dict changed during update");
    }
    return LOAM_OK;
}

loam_status loam_dict_update(loam_dict *dict, loam_dict *other)
{
    if (!dict || !other)
        return loam__propagate(__func__);
    return dict == other ? LOAM_OK : update(dict, other);
}

loam_status loam_dict_clear(loam_dict *dict)
{
    loam_dict old;

    if (!dict)
        return loam__propagate(__func__);
    old = *dict;
    dict->live = dict->used = dict->capacity = dict->first = 0;
    dict->chunks_log2 = dict->key_kinds = 0;
    dict->entries = NULL;
    dict->index = NULL;
    dict->version += old.live != 0; /* an iteration over an empty dict just ends */
    loam__slots_release(dict, (loam_value *)old.entries, 2 * (size_t)old.used);
    free_buffers(old.entries, old.capacity, old.index, old.chunks_log2);
    return LOAM_OK;
}

loam_status loam_dict_reserve(loam_dict *dict, int64_t keys)
{
    if (!dict)
        return loam__propagate(__func__);
    if (keys < 0)
        return loam_fail(LOAM_ERR_VALUE, "a number of keys cannot be negative");
    return loam__dict_reserve(dict, (size_t)keys);
}

loam_dict *loam_dict_copy(loam_dict *dict)
{
    loam_dict *copy = dict ? loam_dict_new() : (loam__propagate(__func__), NULL);

    if (copy && (loam__dict_reserve(copy, dict->live) < 0 || update(copy, dict) < 0)) {
        loam__gc_release(&copy->loam);
        return NULL;
    }
    return copy;
}

static loam_status append_all(loam_list *list, loam_dict *dict, loam__dict_projection projection)
{
    enum { BATCH = 64 };
    loam_value items[BATCH];
    loam_cursor cursor;
    ptrdiff_t n;

    loam__dict_begin(dict, &cursor);
    do {
        n = loam__dict_fill(dict, &cursor, projection, items, BATCH);
        if (n > 0 && loam__list_append_items(list, items, (size_t)n) < 0)
            return LOAM_ERR_MEMORY;
    } while (n == BATCH || (n > 0 && cursor.version != dict->version));
    if (n < 0)
        return (loam_status)n;
    return list->len == dict->live ? LOAM_OK : LOAM_ERR_MEMORY; /* short: an item could not be made */
}

static loam_list *snapshot(loam_dict *dict, loam__dict_projection projection, const char *function)
{
    loam_list *list = dict ? loam_list_new() : (loam__propagate(function), NULL);

    if (list && (loam_list_reserve(list, dict->live) < 0 || append_all(list, dict, projection) < 0)) {
        loam__gc_release(&list->loam);
        return NULL;
    }
    return list;
}

loam_list *loam_dict_keys(loam_dict *dict)
{
    return snapshot(dict, LOAM__DICT_KEYS, __func__);
}

loam_list *loam_dict_values(loam_dict *dict)
{
    return snapshot(dict, LOAM__DICT_VALUES, __func__);
}

loam_list *loam_dict_items(loam_dict *dict)
{
    return snapshot(dict, LOAM__DICT_ITEMS, __func__);
}

/* Whether `b` has the entry's key with an equal value: 1, 0 or a failure. */
static int has_equal_entry(loam_dict *b, loam__entry entry)
{
    loam__query query;
    uint32_t position;
    loam_status status = loam__query_value(&query, entry.key);

    if (status == LOAM_OK)
        status = loam__dict_find(b, &query, &position);
    if (status != LOAM_OK)
        return status == LOAM_MISSING ? 0 : (int)status;
    return loam__item_equal(entry.value, b->entries[position].value);
}

int loam__dict_equal(loam_dict *a, loam_dict *b)
{
    if (a->live != b->live)
        return 0;
    for (uint32_t i = 0; i < a->used; i++) {
        loam__entry entry = a->entries[i];
        int equal;
        if (loam_is_unset(entry.key))
            continue;
        loam__retain(entry.key);
        loam__retain(entry.value);
        equal = has_equal_entry(b, entry);
        loam__release(entry.value);
        loam__release(entry.key);
        if (equal != 1)
            return equal;
    }
    return 1;
}
