/**
 * dict: keys and values in order of insertion. Literals: LOAM_DICT, loam_dict_of.
 *
 * Keys are what has a hash: numbers, bools, none, str, bytes, tuples of such, and objects of types of one's own. As in
 * Python 1, 1.0 and True are one key. A look-up by C string or integer makes no object.
 *
 * While a dict is iterated over, values may be replaced; adding or removing a key ends the iteration with
 * LOAM_ERR_CHANGED, also where the number of keys is the same again.
 *
 * Every function that takes a key may run its hash and equality if it, or a key in the dict, is of a type of one's own.
 * They may do anything, change this dict included; a call that cannot go on then fails with LOAM_ERR_CHANGED.
 */
#ifndef LOAM_DICT_H
#define LOAM_DICT_H

#include <loam/base.h>
#include <loam/generic.h>
#include <loam/value.h>

LOAM_BEGIN_DECLS

/**
 * An empty dict.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_dict *loam_dict_new(void) LOAM_NODISCARD;

/**
 * A dict of what another one has, or of the pairs of anything iterable, as loam_dict_update() takes them: Python's
 * `dict(..)`.
 *
 * O(keys). May run a type's iter_begin and iter_fill, an iterator's stages, hash, equality, finalizers.
 */
LOAM_API loam_dict *loam_dict_from(loam_value other) LOAM_NODISCARD;

/**
 * A dict of the items of anything iterable as keys, all with the same value: Python's `dict.fromkeys(..)`.
 * LOAM_ERR_TYPE: not iterable, or a key without a hash.
 *
 * O(items). May run a type's iter_begin and iter_fill, an iterator's stages, hash, equality, finalizers.
 */
LOAM_API loam_dict *loam_dict_from_keys(loam_value iterable, loam_key value) LOAM_NODISCARD;

/**
 * The number of keys, or the earlier failure if `dict` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_dict_len(const loam_dict *dict) LOAM_NODISCARD;

/**
 * Let `key` have `value`; a key that is there keeps its place and its key object, and its old value is released last.
 * LOAM_ERR_TYPE: the key has no hash. LOAM_ERR_MEMORY: the dict is unchanged.
 *
 * Amortized O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_dict_set(loam_dict *dict, loam_value key, loam_value value) LOAM_NODISCARD;

/**
 * The same, taking the caller's references to both, also on failure.
 *
 * Amortized O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_dict_set_take(loam_dict *dict, loam_value key, loam_value value) LOAM_NODISCARD;

/**
 * The value of `key`: a new reference. LOAM_ERR_KEY: there is none.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_value loam_dict_get(loam_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * The same, borrowed from the dict until that key changes.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_value loam_dict_get_peek(loam_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * The value of `key` into `*out`, a new reference. LOAM_MISSING, which is no failure: there is none. `*out` is unset
 * unless the result is LOAM_OK; what was in it before is written over, not released.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_dict_find(loam_dict *dict, loam_key key, loam_value *out) LOAM_NODISCARD;

/**
 * The value of `key`, or `fallback` if there is none: a new reference. Of C data an object is made only where it is
 * needed.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key or the fallback.
 */
LOAM_API loam_value loam_dict_get_or(loam_dict *dict, loam_key key, loam_key fallback) LOAM_NODISCARD;

/**
 * 1 if `key` is there, 0 if not, or a failure.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API int loam_dict_contains(loam_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * The integer that `key` has, into `*out`, which is left as it was unless the result is LOAM_OK, so that it can hold a
 * default. LOAM_MISSING, which is no failure: there is no such key. LOAM_ERR_TYPE: its value is no integer.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_dict_find_int(loam_dict *dict, loam_key key, int64_t *out) LOAM_NODISCARD;

/**
 * The same for a double; an integer is converted.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_dict_find_double(loam_dict *dict, loam_key key, double *out) LOAM_NODISCARD;

/**
 * The same for a bool.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_dict_find_bool(loam_dict *dict, loam_key key, bool *out) LOAM_NODISCARD;

/**
 * The same for the characters of a str, UTF-8 and followed by a zero byte, borrowed from the dict until that key
 * changes.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_dict_find_chars_peek(loam_dict *dict, loam_key key, const char **out) LOAM_NODISCARD;

/**
 * The integer that `key` has, into `*out`, which any failure leaves as it was: LOAM_ERR_KEY where the key is missing,
 * LOAM_ERR_TYPE where its value is no integer.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_dict_get_int(loam_dict *dict, loam_key key, int64_t *out) LOAM_NODISCARD;

/**
 * The same for a double; an integer is converted.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_dict_get_double(loam_dict *dict, loam_key key, double *out) LOAM_NODISCARD;

/**
 * The same for a bool.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_dict_get_bool(loam_dict *dict, loam_key key, bool *out) LOAM_NODISCARD;

/**
 * The same for the characters of a str, UTF-8 and followed by a zero byte, borrowed from the dict until that key
 * changes.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_dict_get_chars_peek(loam_dict *dict, loam_key key, const char **out) LOAM_NODISCARD;

/**
 * The values of `count` integers as keys, as loam_dict_get() would get them one by one: into `out`, each a new
 * reference. In a large dict this takes about a third of the time, since the memory that it waits for is asked for in
 * advance. After any failure, such as LOAM_ERR_KEY where one of them is missing, all of `out` is unset. LOAM_ERR_VALUE:
 * a negative `count`.
 *
 * O(count). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_status loam_dict_get_many(loam_dict *dict, const int64_t *keys, int64_t count,
                                        loam_value *out) LOAM_NODISCARD;

/**
 * The same for values that are integers. A failure, which may also be LOAM_ERR_TYPE, leaves `out` from that key on as
 * it was.
 *
 * O(count). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_status loam_dict_get_many_int(loam_dict *dict, const int64_t *keys, int64_t count,
                                            int64_t *out) LOAM_NODISCARD;

/**
 * The same where keys may be missing: what `out` holds for those is left as it was, so that it can hold a default. How
 * many there were, or a failure.
 *
 * O(count). Runs no user code unless it fails: then finalizers.
 */
LOAM_API int64_t loam_dict_find_many_int(loam_dict *dict, const int64_t *keys, int64_t count,
                                         int64_t *out) LOAM_NODISCARD;

/**
 * Add `amount` to the integer that `key` has, 0 if it is missing: counting in one look-up. LOAM_ERR_TYPE: its value is
 * no integer. LOAM_ERR_OVERFLOW: the sum does not fit into 64 bits; nothing has changed.
 *
 * Amortized O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_dict_add(loam_dict *dict, loam_key key, int64_t amount) LOAM_NODISCARD;

/**
 * The value of `key`, a new reference; where there is none `value` is put there first. Of C data an object is made only
 * where it is needed.
 *
 * Amortized O(1). May run hash, equality, and finalizers with a literal as the key or the value.
 */
LOAM_API loam_value loam_dict_setdefault(loam_dict *dict, loam_key key, loam_key value) LOAM_NODISCARD;

/**
 * The same, borrowed from the dict until that key changes:
 *
 *     loam_value found = loam_dict_setdefault_peek(by_length, len, LOAM_TAKE(loam_list_new()));
 *     st = loam_list_append(loam_to_list_peek(found), word);
 *
 * Amortized O(1). May run hash, equality, and finalizers with a literal as the key or the value.
 */
LOAM_API loam_value loam_dict_setdefault_peek(loam_dict *dict, loam_key key, loam_key value) LOAM_NODISCARD;

/**
 * Remove `key` and its value; both are released when the dict is in order again. LOAM_ERR_KEY: it is not there.
 *
 * O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_dict_remove(loam_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * Remove `key`; its value is the result, a new reference. LOAM_ERR_KEY: it is not there.
 *
 * O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_value loam_dict_pop(loam_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * The same, but where there is no such key the result is `fallback`, and nothing is removed.
 *
 * O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_value loam_dict_pop_or(loam_dict *dict, loam_key key, loam_key fallback) LOAM_NODISCARD;

/**
 * Remove the key that was inserted first, and hand it and its value over; either pointer may be NULL, and its reference
 * is then released. LOAM_MISSING, which is no failure: the dict is empty. Both become unset unless the result is
 * LOAM_OK. LOAM_ERR_CHANGED: the key's hash has changed the dict.
 *
 * Amortized O(1), plus the key's hash where that is not kept, as a tuple's. May run hash, finalizers.
 */
LOAM_API loam_status loam_dict_pop_first(loam_dict *dict, loam_value *key, loam_value *value) LOAM_NODISCARD;

/**
 * The same for the key that was inserted last: Python's popitem().
 *
 * Amortized O(1), plus the key's hash where that is not kept, as a tuple's. May run hash, finalizers.
 */
LOAM_API loam_status loam_dict_pop_last(loam_dict *dict, loam_value *key, loam_value *value) LOAM_NODISCARD;

/**
 * Make `key` the last in the order. LOAM_ERR_KEY: it is not there.
 *
 * Amortized O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_dict_move_to_end(loam_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * Set every key of `other` to its value there, in its order; or every key of the pairs, tuples or lists of two, that
 * anything iterable gives. `other` may be the dict itself. A failure keeps what was set before it. LOAM_ERR_TYPE: not
 * iterable, or an item is no tuple or list; LOAM_ERR_VALUE: one of another length than 2; LOAM_ERR_CHANGED: `other` is
 * a dict that user code has changed meanwhile.
 *
 * O(keys of `other`). May run a type's iter_begin and iter_fill, an iterator's stages, hash, equality, finalizers.
 */
LOAM_API loam_status loam_dict_update(loam_dict *dict, loam_value other) LOAM_NODISCARD;

/**
 * Python's `dict | other`: a new dict of the keys of both, with the values of `other` where both have one.
 *
 * O(keys of both). May run hash, equality, and finalizers if it fails.
 */
LOAM_API loam_dict *loam_dict_merge(loam_dict *dict, loam_dict *other) LOAM_NODISCARD;

/**
 * The next key and its value, in order, both borrowed from the dict until that key changes. `*position` is 0 to begin
 * with; either of the others may be NULL. LOAM_DONE: there are no more, both are unset.
 *
 *     uint64_t position = 0;
 *     while ((st = loam_dict_next_peek(dict, &position, &key, &value)) == LOAM_OK)
 *         ..
 *
 * Values may be replaced meanwhile. LOAM_ERR_CHANGED: a key was added, removed or moved, also where there are as many
 * as before; or the dict made room. loam_dict_remove_current() with this `position` is the one change that it survives.
 *
 * Amortized O(1). Runs no user code.
 */
LOAM_API loam_status loam_dict_next_peek(const loam_dict *dict, uint64_t *position, loam_value *key,
                                         loam_value *value) LOAM_NODISCARD;

/**
 * Remove the key that loam_dict_next_peek() gave last for this `position`, which goes on behind it; any other iteration
 * over the dict ends. LOAM_ERR_KEY: it is removed already, or there was none yet. LOAM_ERR_CHANGED: the dict has
 * changed since.
 *
 * O(1), plus the key's hash where that is not kept, as a tuple's. May run hash, finalizers.
 */
LOAM_API loam_status loam_dict_remove_current(loam_dict *dict, uint64_t *position) LOAM_NODISCARD;

/**
 * Remove all keys. They are released when the dict is empty already.
 *
 * O(keys). May run finalizers.
 */
LOAM_API loam_status loam_dict_clear(loam_dict *dict);

/**
 * Make room for `keys` in all: up to there setting a key cannot fail for lack of memory, also when others have been
 * removed before or are removed later; loam_dict_clear() gives the room back. It may close the holes that removed keys
 * have left, which ends iterations.
 *
 * O(keys). May run hash.
 */
LOAM_API loam_status loam_dict_reserve(loam_dict *dict, int64_t keys) LOAM_NODISCARD;

/**
 * Another dict of the same keys and values.
 *
 * O(keys). May run hash, equality, and finalizers if it fails.
 */
LOAM_API loam_dict *loam_dict_copy(loam_dict *dict) LOAM_NODISCARD;

/**
 * Lists of the keys, of the values, of (key, value) tuples, in order: snapshots, which later changes leave alone.
 *
 * O(keys). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_dict_keys(loam_dict *dict) LOAM_NODISCARD;
/** See loam_dict_keys(). O(keys). Runs no user code unless it fails: then finalizers. */
LOAM_API loam_list *loam_dict_values(loam_dict *dict) LOAM_NODISCARD;
/** See loam_dict_keys(). O(keys). Runs no user code unless it fails: then finalizers. */
LOAM_API loam_list *loam_dict_items(loam_dict *dict) LOAM_NODISCARD;

/**
 * The `n` keys with the greatest values, as a list of (key, value) tuples, greatest first, ties in order of insertion:
 * Counter.most_common(). A negative `n` means all of them. LOAM_ERR_TYPE: two values have no order.
 *
 * O(keys * log n). May run comparison, equality, hash, finalizers.
 */
LOAM_API loam_list *loam_dict_most_common(loam_dict *dict, int64_t n) LOAM_NODISCARD;

LOAM_END_DECLS

#define loam_dict_set(dict, key, value) loam_dict_set_take(dict, LOAM_VAL(key), LOAM_VAL(value))
#define loam_dict_get(dict, key) loam_dict_get(dict, LOAM_KEY(key))
#define loam_dict_get_peek(dict, key) loam_dict_get_peek(dict, LOAM_KEY(key))
#define loam_dict_find(dict, key, out) loam_dict_find(dict, LOAM_KEY(key), out)
#define loam_dict_contains(dict, key) loam_dict_contains(dict, LOAM_KEY(key))
#define loam_dict_find_int(dict, key, out) loam_dict_find_int(dict, LOAM_KEY(key), out)
#define loam_dict_find_double(dict, key, out) loam_dict_find_double(dict, LOAM_KEY(key), out)
#define loam_dict_find_bool(dict, key, out) loam_dict_find_bool(dict, LOAM_KEY(key), out)
#define loam_dict_find_chars_peek(dict, key, out) loam_dict_find_chars_peek(dict, LOAM_KEY(key), out)
#define loam_dict_get_int(dict, key, out) loam_dict_get_int(dict, LOAM_KEY(key), out)
#define loam_dict_get_double(dict, key, out) loam_dict_get_double(dict, LOAM_KEY(key), out)
#define loam_dict_get_bool(dict, key, out) loam_dict_get_bool(dict, LOAM_KEY(key), out)
#define loam_dict_get_chars_peek(dict, key, out) loam_dict_get_chars_peek(dict, LOAM_KEY(key), out)
#define loam_dict_from_keys(iterable, value) loam_dict_from_keys(iterable, LOAM_KEY(value))
#define loam_dict_get_or(dict, key, fallback) loam_dict_get_or(dict, LOAM_KEY(key), LOAM_KEY(fallback))
#define loam_dict_setdefault(dict, key, value) loam_dict_setdefault(dict, LOAM_KEY(key), LOAM_KEY(value))
#define loam_dict_setdefault_peek(dict, key, value) loam_dict_setdefault_peek(dict, LOAM_KEY(key), LOAM_KEY(value))
#define loam_dict_pop_or(dict, key, fallback) loam_dict_pop_or(dict, LOAM_KEY(key), LOAM_KEY(fallback))
#define loam_dict_add(dict, key, amount) loam_dict_add(dict, LOAM_KEY(key), amount)
#define loam_dict_remove(dict, key) loam_dict_remove(dict, LOAM_KEY(key))
#define loam_dict_pop(dict, key) loam_dict_pop(dict, LOAM_KEY(key))
#define loam_dict_move_to_end(dict, key) loam_dict_move_to_end(dict, LOAM_KEY(key))

#endif
