/**
 * weak_value_dict, weak_key_dict, weak_set: containers that do not keep alive what they refer to weakly.
 *
 * What is referred to weakly has an identity, as for loam_weakref: containers, iterators and objects of types of one's
 * own. LOAM_ERR_TYPE: it is a number, None, text or bytes. Its entry goes when it does: where LOAM_GC_PROMPT_FREE holds
 * at the next safe point after it, which for a program is at once; elsewhere some time later. Inside a finalizer or a
 * weak callback an entry whose object has just died may still be counted, and is not found any more.
 *
 * Keys and elements are hashed and compared as in a dict, the weak ones as the objects that they refer to. Every
 * function that takes one may run its hash and equality if it, or one that is there, is of a type of one's own. They
 * may do anything, change this container included; a call that cannot go on then fails with LOAM_ERR_CHANGED.
 *
 * Each can be iterated over (loam_iter_of()): keys or elements, in order of insertion, each a reference that holds.
 * What dies meanwhile is left out; adding and removing end the iteration with LOAM_ERR_CHANGED.
 */
#ifndef LOAM_WEAK_MAPS_H
#define LOAM_WEAK_MAPS_H

#include <loam/base.h>
#include <loam/generic.h>
#include <loam/value.h>

/** Keys are held, values are not: a cache that does not keep alive what is in it. */
typedef struct loam_weak_value_dict loam_weak_value_dict;

/** Keys are not held, values are for as long as their key is alive: data about objects of others. A value that refers
 *  to its own key does not keep it alive. On boehm the values of a dict that is gone may stay for as long as their
 *  keys. */
typedef struct loam_weak_key_dict loam_weak_key_dict;

/** A set that does not hold its elements. */
typedef struct loam_weak_set loam_weak_set;

LOAM_BEGIN_DECLS

/**
 * An empty weak_value_dict.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_weak_value_dict *loam_weak_value_dict_new(void) LOAM_NODISCARD;

/** True for a weak_value_dict. O(1). Runs no user code. */
LOAM_API bool loam_is_weak_value_dict(loam_value value);

/**
 * `value` as a weak_value_dict, borrowed: NULL with LOAM_ERR_TYPE if it is something else.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_weak_value_dict *loam_to_weak_value_dict_peek(loam_value value) LOAM_NODISCARD;

/**
 * The number of keys, or the earlier failure if `dict` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_weak_value_dict_len(const loam_weak_value_dict *dict) LOAM_NODISCARD;

/**
 * Let `key` have `value`, which is not held: if nobody else holds it, the key is gone when this returns. A key that is
 * there keeps its place and its key object. LOAM_ERR_TYPE: the key has no hash, or the value no identity.
 * LOAM_ERR_MEMORY: nothing has changed.
 *
 * Amortized O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_weak_value_dict_set(loam_weak_value_dict *dict, loam_value key,
                                              loam_value value) LOAM_NODISCARD;

/**
 * The same, taking the caller's references to both, also on failure; that to the value is released.
 *
 * Amortized O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_weak_value_dict_set_take(loam_weak_value_dict *dict, loam_value key,
                                                   loam_value value) LOAM_NODISCARD;

/**
 * The value of `key`: a new reference. LOAM_ERR_KEY: there is none.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_value loam_weak_value_dict_get(loam_weak_value_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * The value of `key` into `*out`, a new reference. LOAM_MISSING, which is no failure: there is none. `*out` is unset
 * unless the result is LOAM_OK.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_weak_value_dict_find(loam_weak_value_dict *dict, loam_key key,
                                               loam_value *out) LOAM_NODISCARD;

/**
 * 1 if `key` is there, 0 if not, or a failure.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API int loam_weak_value_dict_contains(loam_weak_value_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * Remove `key`. LOAM_ERR_KEY: it is not there.
 *
 * O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_weak_value_dict_remove(loam_weak_value_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * Remove `key`; its value is the result, a new reference. LOAM_ERR_KEY: it is not there.
 *
 * O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_value loam_weak_value_dict_pop(loam_weak_value_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * Remove all keys. They are released when the dict is empty already.
 *
 * O(keys). May run finalizers.
 */
LOAM_API loam_status loam_weak_value_dict_clear(loam_weak_value_dict *dict);

/**
 * Lists of the keys, of the values, of (key, value) tuples, in order, of what is alive: snapshots, which hold what is
 * in them.
 *
 * O(keys). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_weak_value_dict_keys(loam_weak_value_dict *dict) LOAM_NODISCARD;
/** See loam_weak_value_dict_keys(). O(keys). Runs no user code unless it fails: then finalizers. */
LOAM_API loam_list *loam_weak_value_dict_values(loam_weak_value_dict *dict) LOAM_NODISCARD;
/** See loam_weak_value_dict_keys(). O(keys). Runs no user code unless it fails: then finalizers. */
LOAM_API loam_list *loam_weak_value_dict_items(loam_weak_value_dict *dict) LOAM_NODISCARD;

/**
 * An empty weak_key_dict.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_weak_key_dict *loam_weak_key_dict_new(void) LOAM_NODISCARD;

/** True for a weak_key_dict. O(1). Runs no user code. */
LOAM_API bool loam_is_weak_key_dict(loam_value value);

/**
 * `value` as a weak_key_dict, borrowed: NULL with LOAM_ERR_TYPE if it is something else.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_weak_key_dict *loam_to_weak_key_dict_peek(loam_value value) LOAM_NODISCARD;

/**
 * The number of keys, or the earlier failure if `dict` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_weak_key_dict_len(const loam_weak_key_dict *dict) LOAM_NODISCARD;

/**
 * Let `key`, which is not held, have `value`, which is held while the key is alive; a key that is there stays the one
 * that it was, and its old value is released last. LOAM_ERR_TYPE: the key has no hash, or no identity. LOAM_ERR_MEMORY:
 * nothing has changed.
 *
 * Amortized O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_weak_key_dict_set(loam_weak_key_dict *dict, loam_value key, loam_value value) LOAM_NODISCARD;

/**
 * The same, taking the caller's references to both, also on failure; that to the key is released.
 *
 * Amortized O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_weak_key_dict_set_take(loam_weak_key_dict *dict, loam_value key,
                                                 loam_value value) LOAM_NODISCARD;

/**
 * The value of `key`: a new reference. LOAM_ERR_KEY: there is none.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_value loam_weak_key_dict_get(loam_weak_key_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * The value of `key` into `*out`, a new reference. LOAM_MISSING, which is no failure: there is none. `*out` is unset
 * unless the result is LOAM_OK.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API loam_status loam_weak_key_dict_find(loam_weak_key_dict *dict, loam_key key, loam_value *out) LOAM_NODISCARD;

/**
 * 1 if `key` is there, 0 if not, or a failure.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API int loam_weak_key_dict_contains(loam_weak_key_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * Remove `key`; its value is released last. LOAM_ERR_KEY: it is not there.
 *
 * O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_weak_key_dict_remove(loam_weak_key_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * Remove `key`; its value is the result. LOAM_ERR_KEY: it is not there.
 *
 * O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_value loam_weak_key_dict_pop(loam_weak_key_dict *dict, loam_key key) LOAM_NODISCARD;

/**
 * Remove all keys. Their values are released when the dict is empty already.
 *
 * O(keys). May run finalizers.
 */
LOAM_API loam_status loam_weak_key_dict_clear(loam_weak_key_dict *dict);

/**
 * Lists of the keys, of the values, of (key, value) tuples, in order, of what is alive: snapshots, which hold what is
 * in them.
 *
 * O(keys). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_weak_key_dict_keys(loam_weak_key_dict *dict) LOAM_NODISCARD;
/** See loam_weak_key_dict_keys(). O(keys). Runs no user code unless it fails: then finalizers. */
LOAM_API loam_list *loam_weak_key_dict_values(loam_weak_key_dict *dict) LOAM_NODISCARD;
/** See loam_weak_key_dict_keys(). O(keys). Runs no user code unless it fails: then finalizers. */
LOAM_API loam_list *loam_weak_key_dict_items(loam_weak_key_dict *dict) LOAM_NODISCARD;

/**
 * An empty weak_set.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_weak_set *loam_weak_set_new(void) LOAM_NODISCARD;

/** True for a weak_set. O(1). Runs no user code. */
LOAM_API bool loam_is_weak_set(loam_value value);

/**
 * `value` as a weak_set, borrowed: NULL with LOAM_ERR_TYPE if it is something else.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_weak_set *loam_to_weak_set_peek(loam_value value) LOAM_NODISCARD;

/**
 * The number of elements, or the earlier failure if `set` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_weak_set_len(const loam_weak_set *set) LOAM_NODISCARD;

/**
 * Add `element`, which is not held; one that is there and equal stays. LOAM_ERR_TYPE: it has no hash, or no identity.
 * LOAM_ERR_MEMORY: nothing has changed.
 *
 * Amortized O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_weak_set_add(loam_weak_set *set, loam_key element) LOAM_NODISCARD;

/**
 * 1 if `element` is there, 0 if not, or a failure.
 *
 * O(1). May run hash, equality, and finalizers with a literal as the key.
 */
LOAM_API int loam_weak_set_contains(loam_weak_set *set, loam_key element) LOAM_NODISCARD;

/**
 * Remove `element`. LOAM_ERR_KEY: it is not there.
 *
 * O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_weak_set_remove(loam_weak_set *set, loam_key element) LOAM_NODISCARD;

/**
 * Remove `element` if it is there. LOAM_MISSING, which is no failure: it was not.
 *
 * O(1). May run hash, equality, finalizers.
 */
LOAM_API loam_status loam_weak_set_discard(loam_weak_set *set, loam_key element) LOAM_NODISCARD;

/**
 * Remove all elements.
 *
 * O(elements). May run finalizers.
 */
LOAM_API loam_status loam_weak_set_clear(loam_weak_set *set);

/**
 * A list of the elements that are alive, in order: a snapshot, which holds them.
 *
 * O(elements). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_list *loam_weak_set_items(loam_weak_set *set) LOAM_NODISCARD;

LOAM_END_DECLS

#define loam_weak_value_dict_set(dict, key, value) loam_weak_value_dict_set_take(dict, LOAM_VAL(key), LOAM_VAL(value))
#define loam_weak_value_dict_get(dict, key) loam_weak_value_dict_get(dict, LOAM_KEY(key))
#define loam_weak_value_dict_find(dict, key, out) loam_weak_value_dict_find(dict, LOAM_KEY(key), out)
#define loam_weak_value_dict_contains(dict, key) loam_weak_value_dict_contains(dict, LOAM_KEY(key))
#define loam_weak_value_dict_remove(dict, key) loam_weak_value_dict_remove(dict, LOAM_KEY(key))
#define loam_weak_value_dict_pop(dict, key) loam_weak_value_dict_pop(dict, LOAM_KEY(key))
#define loam_weak_key_dict_set(dict, key, value) loam_weak_key_dict_set_take(dict, LOAM_VAL(key), LOAM_VAL(value))
#define loam_weak_key_dict_get(dict, key) loam_weak_key_dict_get(dict, LOAM_KEY(key))
#define loam_weak_key_dict_find(dict, key, out) loam_weak_key_dict_find(dict, LOAM_KEY(key), out)
#define loam_weak_key_dict_contains(dict, key) loam_weak_key_dict_contains(dict, LOAM_KEY(key))
#define loam_weak_key_dict_remove(dict, key) loam_weak_key_dict_remove(dict, LOAM_KEY(key))
#define loam_weak_key_dict_pop(dict, key) loam_weak_key_dict_pop(dict, LOAM_KEY(key))
#define loam_weak_set_add(set, element) loam_weak_set_add(set, LOAM_KEY(element))
#define loam_weak_set_contains(set, element) loam_weak_set_contains(set, LOAM_KEY(element))
#define loam_weak_set_remove(set, element) loam_weak_set_remove(set, LOAM_KEY(element))
#define loam_weak_set_discard(set, element) loam_weak_set_discard(set, LOAM_KEY(element))

#endif
