/*
 * Counting many keys at once.
 *
 * One look-up in a large dict is two dependent cache misses, the index and the entry, and a third one for a string. A
 * batch overlaps them: its first passes hash the keys and fetch ahead, the last one counts, afresh and in order. Only
 * the last one decides anything, so what an earlier item of the batch changes cannot make it wrong, and no pointer is
 * held across a change. Keys whose hash or equality is the program's take the plain way.
 */
#include "containers/dict_batch.h"
#include "containers/dict_quick.h"

/* Words of a Zipfian text are counted 1.4 times as fast by 128 as by 32, and no faster by 256. */
enum { BATCH = LOAM_STRESS ? 5 : 128 };

/* The header with the type and the characters of a short str, which may lie on two cache lines. */
LOAM__INLINE void fetch_chars(const loam__chars *chars)
{
    __builtin_prefetch(chars);
    __builtin_prefetch(chars->data + LOAM__HASH_SHORT - 1);
}

LOAM__INLINE void fetch_keys(const loam_dict *dict, const uint32_t *likely, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const loam__entry *entry = loam__entry_at(dict, likely[i]);
        if (LOAM__LIKELY(entry && loam_is_object(entry->key)))
            fetch_chars(loam__chars_of(entry->key));
    }
}

/* Nothing is where it was likely once an item before it has changed the dict. */
LOAM__INLINE bool count_there(loam_dict *dict, const loam__query *query, uint32_t likely)
{
    loam__entry *entry = loam__entry_at(dict, likely);

    return entry && LOAM__LIKELY(loam__is_wanted(query, entry->key)) && loam__quick_add(entry, 1);
}

static loam_status count_batch(loam_dict *dict, const loam__query *queries, size_t count)
{
    uint32_t likely[BATCH];
    bool has_index = dict->index;

    if (has_index) {
        for (size_t i = 0; i < count; i++)
            likely[i] = loam__fetch_entry(dict, queries[i].hash);
        fetch_keys(dict, likely, count);
    }
    for (size_t i = 0; i < count; i++) {
        loam_status status;
        if (has_index && LOAM__LIKELY(count_there(dict, &queries[i], likely[i])))
            continue;
        status = loam__dict_add(dict, &queries[i], 1);
        if (status < 0)
            return status;
    }
    return LOAM_OK;
}

/* For a word of a file, 16 bytes of which can be read however short it is. */
LOAM__INLINE void query_padded(loam__query *query, loam_view view)
{
    if (LOAM__UNLIKELY(view.len > LOAM__HASH_SHORT)) {
        loam__query_text(query, view);
        return;
    }
    query->kind = LOAM__QUERY_TEXT;
    query->value = LOAM_UNSET;
    query->view = view;
    query->words = loam__words_padded(view.data, view.len);
    query->hash = loam__hash_words(query->words, view.len);
}

loam_status loam__dict_count_views(loam_dict *dict, const loam_view *views, size_t count, bool padded)
{
    loam__query queries[BATCH];
    loam_status status = LOAM_OK;

    while (count && status == LOAM_OK) {
        size_t n = count < BATCH ? count : BATCH;
        for (size_t i = 0; i < n; i++) {
            if (LOAM__LIKELY(padded))
                query_padded(&queries[i], views[i]);
            else
                loam__query_text(&queries[i], views[i]);
            loam__fetch_chunk(dict, queries[i].hash);
        }
        status = count_batch(dict, queries, n);
        views += n;
        count -= n;
    }
    return status;
}

static loam_status count_one(loam_dict *dict, loam_value value)
{
    loam__query query;
    loam_status status = loam__query_value(&query, value);

    return status < 0 ? status : loam__dict_add(dict, &query, 1);
}

loam_status loam__dict_count_values(loam_dict *dict, const loam_value *values, size_t count)
{
    loam__query queries[BATCH];
    loam_status status = LOAM_OK;

    while (count && status == LOAM_OK) {
        size_t n = loam__query_plain(dict, values, count < BATCH ? count : BATCH, queries);
        if (n) {
            status = count_batch(dict, queries, n);
        } else {
            status = count_one(dict, *values);
            n = 1;
        }
        values += n;
        count -= n;
    }
    return status;
}
