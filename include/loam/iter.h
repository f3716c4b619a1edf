/**
 * iter: lazy pipelines. A source, adapters that extend it in place, a sink that runs it:
 *
 *     loam_auto loam_iter *it = loam_iter_range(0, 1000000, 1);
 *     loam_iter_filter_i64(it, is_even, NULL);
 *     loam_value sum = loam_iter_sum(it);
 *
 * Items travel in batches, in the lane that suits them: values, int64, or views of bytes. A stage that wants another
 * lane than it is given converts: a view becomes a str where it is UTF-8 and bytes where it is not.
 *
 * An adapter returns nothing, so a chain has one owner and reads from top to bottom; what fails inside it, an adapter
 * without memory or a file in the middle, is reported by the sink, after the items before it. The end and a failure are
 * final: asking again gives the same answer. Sinks run the iterator to its end and close it; it remains the caller's to
 * release.
 *
 * A callback is called once for each item, in order. It may do anything, except use the iterator it runs in: that is
 * LOAM_ERR_VALUE.
 */
#ifndef LOAM_ITER_H
#define LOAM_ITER_H

#include <loam/base.h>
#include <loam/generic.h>
#include <loam/value.h>

/** How far a chain has come; given to a loam_iter_progress() callback. */
typedef struct loam_progress {
    /** Items that have passed the stage. */
    uint64_t items;
    /** Bytes that the source has read, and how many it has in all; 0 where it has none, or cannot know. */
    uint64_t bytes, bytes_total;
} loam_progress;

LOAM_BEGIN_DECLS

/**
 * The integers from `start` towards `stop`, which is not among them, in steps of `step`. LOAM_ERR_VALUE: step 0.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_iter *loam_iter_range(int64_t start, int64_t stop, int64_t step) LOAM_NODISCARD;

/**
 * An iterator over anything iterable: a container's items, a dict's keys, code points of a str as strs, bytes as
 * integers; another iterator is returned as it is. It holds what it walks. LOAM_ERR_TYPE: not iterable.
 *
 * O(1). May run a type's iter_begin, and finalizers if it fails.
 */
LOAM_API loam_iter *loam_iter_of(loam_value iterable) LOAM_NODISCARD;

/**
 * The values of a dict.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_iter *loam_iter_values(loam_dict *dict) LOAM_NODISCARD;

/**
 * The (key, value) tuples of a dict.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_iter *loam_iter_items(loam_dict *dict) LOAM_NODISCARD;

/**
 * The items of a list, a tuple, a deque or a range, the keys of a dict, or what a view of a dict shows, from the last
 * one to the first. LOAM_ERR_TYPE: it is none of them.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_iter *loam_iter_reversed(loam_value sequence) LOAM_NODISCARD;

/**
 * The words of a file as views: what Python's `bytes.split()` gives. "-" is standard input. The file is read in blocks
 * into one buffer, which grows to hold the longest word. LOAM_ERR_IO: it cannot be opened; a failure to read comes
 * where it happens.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_iter *loam_iter_words(const char *path) LOAM_NODISCARD;

/**
 * The lines of a file as views, without the "\n" that ends them. Otherwise like loam_iter_words().
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API loam_iter *loam_iter_lines(const char *path) LOAM_NODISCARD;

/**
 * Adapter: the result of `function` for each item. `function` borrows the item and returns a new reference, or unset to
 * end the chain with the failure that it reported through loam_fail() or got from a call.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API void loam_iter_map(loam_iter *iter, loam_value (*function)(loam_value item, void *context), void *context);

/**
 * Adapter: the same from integer to integer.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API void loam_iter_map_i64(loam_iter *iter, int64_t (*function)(int64_t item, void *context), void *context);

/**
 * Adapter: the same from view to view; the result may be a part of the item or memory that lives until the next call.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API void loam_iter_map_view(loam_iter *iter, loam_view (*function)(loam_view item, void *context), void *context);

/**
 * Adapter: only items for which `function` returns 1. 0 drops the item, a negative status ends the chain with that
 * failure, so that `return loam_equal(..)` is right.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API void loam_iter_filter(loam_iter *iter, int (*function)(loam_value item, void *context), void *context);

/**
 * Adapter: the same for integers.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API void loam_iter_filter_i64(loam_iter *iter, bool (*function)(int64_t item, void *context), void *context);

/**
 * Adapter: the same for views.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API void loam_iter_filter_view(loam_iter *iter, bool (*function)(loam_view item, void *context), void *context);

/**
 * Adapter: tuples (start, item), (start + 1, item), ..
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API void loam_iter_enumerate(loam_iter *iter, int64_t start);

/**
 * Adapter: the first `count` items; no further item is asked for. LOAM_ERR_VALUE: negative.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API void loam_iter_take(loam_iter *iter, int64_t count);

/**
 * Adapter: everything passes; `function` is told how far it has come once a batch, which is up to 1,024 items, and at
 * the end; if a later stage stops asking, as loam_iter_take() does, there is no call at the end.
 *
 * O(1). Runs no user code unless it fails: then finalizers.
 */
LOAM_API void loam_iter_progress(loam_iter *iter, void (*function)(const loam_progress *progress, void *context),
                                 void *context);

/**
 * The next item into `*out`, lent until the next call on this iterator: LOAM_OK, LOAM_DONE at the end, or a failure. No
 * item is asked of the source before it is needed.
 *
 * O(1). May run the chain's stages, finalizers.
 */
LOAM_API loam_status loam_iter_next_peek(loam_iter *iter, loam_value *out) LOAM_NODISCARD;

/**
 * Let go of files and of what the chain holds; the iterator is at its end. A second call does nothing.
 *
 * O(stages). May run finalizers.
 */
LOAM_API void loam_iter_close(loam_iter *iter);

/**
 * Sink: the number of items.
 *
 * O(items). May run the chain's stages, finalizers.
 */
LOAM_API int64_t loam_iter_count(loam_iter *iter) LOAM_NODISCARD;

/**
 * Sink: the sum, a new reference: an integer, exact, or a double as soon as one item is. LOAM_ERR_TYPE: an item is no
 * number. LOAM_ERR_OVERFLOW: the sum of the integers does not fit into 64 bits; sums on the way to it may be larger.
 *
 * O(items). May run the chain's stages, finalizers.
 */
LOAM_API loam_value loam_iter_sum(loam_iter *iter) LOAM_NODISCARD;

/**
 * Sink: a list of the items.
 *
 * O(items). May run the chain's stages, finalizers.
 */
LOAM_API loam_list *loam_iter_list(loam_iter *iter) LOAM_NODISCARD;

/**
 * Sink: a list of the items in order, Python's `sorted(..)`: loam_list_sort() says what that is. For a key or a
 * comparator sort what loam_iter_list() gives.
 *
 * O(n log n). May run the chain's stages, comparison, equality, hash, finalizers.
 */
LOAM_API loam_list *loam_iter_sorted(loam_iter *iter) LOAM_NODISCARD;

/**
 * Sink: the least item, a new reference; of equal ones the first. LOAM_ERR_VALUE: there is no item. LOAM_ERR_TYPE: two
 * items have no order. Nothing is below or above a NaN, so that one that comes first stays, as in Python.
 *
 * O(items). May run the chain's stages, comparison, equality, hash, finalizers.
 */
LOAM_API loam_value loam_iter_min(loam_iter *iter) LOAM_NODISCARD;

/**
 * Sink: the greatest item; otherwise like loam_iter_min().
 *
 * O(items). May run the chain's stages, comparison, equality, hash, finalizers.
 */
LOAM_API loam_value loam_iter_max(loam_iter *iter) LOAM_NODISCARD;

/**
 * Sink: the item whose key is the least. `key` borrows the item and returns a new reference, or unset with a failure,
 * which is the iterator's. Otherwise like loam_iter_min().
 *
 * O(items). May run the chain's stages, the key function, comparison, equality, hash, finalizers.
 */
LOAM_API loam_value loam_iter_min_key(loam_iter *iter, loam_value (*key)(loam_value item, void *context),
                                      void *context) LOAM_NODISCARD;

/**
 * Sink: the item whose key is the greatest; otherwise like loam_iter_min_key().
 *
 * O(items). May run the chain's stages, the key function, comparison, equality, hash, finalizers.
 */
LOAM_API loam_value loam_iter_max_key(loam_iter *iter, loam_value (*key)(loam_value item, void *context),
                                      void *context) LOAM_NODISCARD;

/**
 * Sink: a dict from items that are pairs, tuples or lists of two. LOAM_ERR_TYPE, LOAM_ERR_VALUE: an item is no pair.
 *
 * O(items). May run the chain's stages, hash, equality, finalizers.
 */
LOAM_API loam_dict *loam_iter_dict(loam_iter *iter) LOAM_NODISCARD;

/**
 * Sink: a dict of how often each item occurs, in order of first appearance.
 *
 * O(items). May run the chain's stages, hash, equality, finalizers.
 */
LOAM_API loam_dict *loam_iter_counter(loam_iter *iter) LOAM_NODISCARD;

LOAM_END_DECLS

#endif
