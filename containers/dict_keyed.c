/*
 * Dicts with a hash of their own.
 *
 * The hashes of integers and short text are a multiplication or two with secrets of the process; who learns these can
 * choose keys that all lead to one chunk, and each insertion would go past all that came before. An insertion notices
 * how far it had to go (dict_index.c): more chunks, or more entries with its tag, than chance ever makes. It then
 * builds the index anew by SipHash-1-3, with a key that is drawn for this dict and told nobody. That happens once;
 * where there is no memory for it, or a key has a hash of the program's, the next insertion that makes room does it.
 *
 * Only the index knows. A key's hash stays what it is, in the str and in loam_hash(); what leads to an entry here is
 * its path, loam__dict_path(). LOAM__KEYS_OTHER keeps the quick way for integers from taking what it finds for the
 * whole answer.
 *
 * Hashes of the program's types cannot be replaced, and those of tuples are made of the items' usual ones. A
 * weak_value_dict finds what has died by its usual hash, so it has no other.
 */
#include "containers/dict.h"

#include "containers/chars.h"
#include "containers/number.h"

/* In registers: two words that are stored to be hashed as 16 bytes are loaded only when both stores are done, which
 * took as long as hashing them. */
LOAM__INLINE uint64_t hash_int(const loam_dict *dict, int64_t integer)
{
    return loam__siphash13_word(loam__dict_sip_key(dict), (uint64_t)integer);
}

static uint64_t hash_view(const loam_dict *dict, loam_view view)
{
    return loam__siphash13(loam__dict_sip_key(dict), view.data, view.len);
}

uint64_t loam__keyed_hash(const loam_dict *dict, loam_value key, uint64_t hash)
{
    loam__number n;

    if (loam__is_small_int(key))
        return hash_int(dict, loam__small_int_value(key));
    n = loam__number_of(key);
    if (n.kind)
        return hash_int(dict, loam__number_word(n));
    return loam__is_chars(key) ? hash_view(dict, loam__chars_view(loam__chars_of(key))) : hash;
}

uint64_t loam__keyed_hash_of_query(const loam_dict *dict, const loam__query *query)
{
    switch (query->kind) {
    case LOAM__QUERY_SMALL_INT:
        return hash_int(dict, query->number.integer);
    case LOAM__QUERY_NUMBER:
    case LOAM__QUERY_NATURAL:
        return hash_int(dict, loam__number_word(query->number));
    case LOAM__QUERY_STR:
    case LOAM__QUERY_BYTES:
    case LOAM__QUERY_TEXT:
        return hash_view(dict, query->view);
    default:
        return query->hash;
    }
}

bool loam__can_be_keyed(const loam_dict *dict, loam_value key)
{
    return loam__type_id_of(&dict->loam) != LOAM__TYPE_WEAK_VALUE_DICT &&
           (loam__is_small_int(key) || loam__is_chars(key) || loam__number_of(key).kind);
}
