/*
 * set and frozenset: operations on whole sets.
 *
 * All of them walk over elements and look each up in a table, in batches: where hashing and comparing an element runs
 * no user code, its chunk and its entry are fetched ahead. What is done with each is a step.
 *
 * What a set has in common with another is first marked, a bit for each entry, and then picked or removed, in the set's
 * own order: by looking up the set's keys in the other, or, if that is smaller or no table, the other's in the set. A
 * hash or an equality that changes the set meanwhile is noticed by its version.
 */
#include "containers/dict_batch.h"
#include "containers/protocol.h"
#include "containers/sequence.h"
#include "containers/set.h"

enum { BATCH = LOAM_STRESS ? 3 : 32 };

typedef struct walk walk;

/* One element. DONE: the rest need not be looked at. */
typedef loam_status step_function(walk *w, const loam__query *query);

struct walk {
    loam_dict *table; /* where elements are looked up */
    step_function *step;
    bool is_done;
    uint64_t *marks; /* of entries, or NULL */
    size_t marks_bytes;
    uint32_t count;            /* of those that are marked */
    uint32_t version;          /* of the table that is marked */
    const uint32_t *positions; /* of the elements, where the table is another that they are looked up in */
};

static loam_status changed(const loam_dict *dict)
{
    return loam_fail(LOAM_ERR_CHANGED, "%s changed while its elements were looked up",
                     loam__type_of(&dict->loam)->name);
}

/* Elements that the caller holds. */
static loam_status look_up(walk *w, const loam_value *elements, size_t count)
{
    loam__query queries[BATCH];
    loam_status status = LOAM_OK;

    while (count && status == LOAM_OK) {
        size_t n = loam__query_plain(w->table, elements, count < BATCH ? count : BATCH, queries);
        for (size_t i = 0; w->table->index && i < n; i++)
            loam__fetch_entry(w->table, queries[i].hash);
        if (!n) {
            status = loam__query_value(&queries[0], *elements);
            n = 1;
        }
        for (size_t i = 0; i < n && status == LOAM_OK; i++)
            status = w->step(w, &queries[i]);
        elements += n;
        count -= n;
    }
    return status;
}

/* What is left of an iterable when the answer is known is read all the same: only so is it known how far that goes. */
static loam_status add_batch(void *context, loam_value *items, size_t count)
{
    walk *w = context;
    loam_status status = w->is_done ? LOAM_OK : look_up(w, items, count);

    if (status == LOAM_DONE) {
        w->is_done = true;
        status = LOAM_OK;
    }
    for (size_t i = 0; i < count; i++)
        loam__release(items[i]);
    return status;
}

static loam_status walk_items(walk *w, loam_value iterable)
{
    return loam__each_batch(iterable, add_batch, w);
}

/* The next keys, a reference each, and where they are. */
static size_t hold_keys(const loam_dict *dict, uint32_t *at, loam_value *keys, uint32_t *positions)
{
    size_t n = 0;

    for (; n < BATCH && *at < dict->used; ++*at) {
        keys[n] = loam__retain(dict->entries[*at].key);
        positions[n] = *at;
        n += !loam_is_unset(keys[n]);
    }
    return n;
}

/* The keys of a table. DONE where a step has said so. */
static loam_status walk_keys(walk *w, loam_dict *from)
{
    loam_value keys[BATCH];
    uint32_t positions[BATCH];
    uint32_t version = from->version;
    uint32_t at = from->first;
    loam_status status = LOAM_OK;

    while (status == LOAM_OK && at < from->used) {
        size_t n = hold_keys(from, &at, keys, positions);
        w->positions = positions;
        status = look_up(w, keys, n);
        for (size_t i = 0; i < n; i++)
            loam__release(keys[i]);
        if (status == LOAM_OK && from->version != version)
            status = changed(from);
    }
    return status;
}

/* Adding. */

static loam_status add_step(walk *w, const loam__query *query)
{
    int added = loam__set_add(w->table, query);
    return added < 0 ? (loam_status)added : LOAM_OK;
}

loam_status loam__set_update(loam_dict *set, loam_value other)
{
    walk w = {.table = set, .step = add_step};
    return walk_items(&w, other);
}

static loam_dict *or_release(loam_dict *made, loam_status status)
{
    if (!made || status >= 0)
        return made;
    loam__gc_release(&made->loam);
    return NULL;
}

loam_dict *loam__set_from(loam_value iterable, loam_type *type)
{
    loam_dict *table = loam__table_of(iterable);
    loam_dict *set = table ? loam__set_copy(table, type) : loam__set_new(type);

    return set && !table ? or_release(set, loam__set_update(set, iterable)) : set;
}

loam_dict *loam__set_union(loam_dict *table, loam_value other, loam_type *type)
{
    loam_dict *set = loam__set_copy(table, type);
    return set ? or_release(set, loam__set_update(set, other)) : NULL;
}

/* Marking what two have in common. */

static void mark(walk *w, uint32_t position)
{
    uint64_t bit = (uint64_t)1 << position % 64;

    w->count += !(w->marks[position / 64] & bit);
    w->marks[position / 64] |= bit;
}

static bool is_marked(const walk *w, uint32_t position)
{
    return w->marks[position / 64] >> position % 64 & 1;
}

/* What is looked up is the set's own. */
static loam_status mark_own(walk *w, const loam__query *query)
{
    uint32_t own = *w->positions++;
    uint32_t position;
    loam_status status = loam__dict_find(w->table, query, &position);

    if (status == LOAM_OK)
        mark(w, own);
    return status < 0 ? status : LOAM_OK;
}

/* What is looked up is the other's. */
static loam_status mark_found(walk *w, const loam__query *query)
{
    uint32_t position;
    loam_status status = loam__dict_find(w->table, query, &position);

    if (w->table->version != w->version)
        return status < 0 ? status : changed(w->table);
    if (status == LOAM_OK)
        mark(w, position);
    return status < 0 ? status : LOAM_OK;
}

/* Afterwards `w` has the marks, also on failure. */
static loam_status mark_common(walk *w, loam_dict *set, loam_value other)
{
    loam_dict *table = loam__table_of(other);
    loam_status status;

    *w = (walk){.version = set->version, .marks_bytes = (set->used / 64 + (size_t)1) * sizeof *w->marks};
    w->marks = loam__gc_data_new(set, w->marks_bytes);
    if (!w->marks)
        return loam__fail_memory();
    memset(w->marks, 0, w->marks_bytes);
    if (table && table->live >= set->live) {
        w->table = table;
        w->step = mark_own;
        return walk_keys(w, set);
    }
    w->table = set;
    w->step = mark_found;
    status = walk_items(w, other);
    return status == LOAM_OK && set->version != w->version ? changed(set) : status;
}

static void drop_marks(walk *w)
{
    if (w->marks)
        loam__gc_data_free(w->marks, w->marks_bytes);
}

/* A key that is held, and not in `set` yet. */
static loam_status append_key(loam_dict *set, loam_value key)
{
    uint64_t hash;
    loam_status status = loam_hash(key, &hash);

    if (status == LOAM_OK)
        status = loam__dict_reserve_one(set);
    if (status == LOAM_OK)
        loam__dict_append(set, hash, loam__retain(key), LOAM_NONE);
    return status;
}

/* Of the next entries of `from` those that are marked, or the others, are about to go into the set, or out of it. */
static void fetch_marked(const loam_dict *set, const loam_dict *from, const walk *w, uint32_t position, bool marked)
{
    loam_value keys[LOAM__AHEAD];
    size_t n = 0;

    if (position % LOAM__AHEAD || !loam__is_worth_fetching(set))
        return;
    for (uint32_t i = position; i < from->used && i - position < LOAM__AHEAD; i++) {
        keys[n] = from->entries[i].key;
        n += is_marked(w, i) == marked;
    }
    loam__fetch_chunks(set, keys, n);
}

static loam_status append_marked(loam_dict *set, const loam_dict *from, const walk *w, bool marked)
{
    loam_status status = loam__dict_reserve(set, marked ? w->count : from->live - w->count);

    for (uint32_t i = from->first; status == LOAM_OK && i < from->used; i++) {
        loam_value key = from->entries[i].key;
        fetch_marked(set, from, w, i, marked);
        if (loam_is_unset(key) || is_marked(w, i) != marked)
            continue;
        loam__retain(key);
        status = append_key(set, key);
        loam__release(key);
        if (status == LOAM_OK && from->version != w->version)
            status = changed(from);
    }
    return status;
}

/* A new set of those that are in common, or of the others. */
static loam_dict *pick(loam_dict *table, loam_value other, loam_type *type, bool common)
{
    walk w;
    loam_dict *set = NULL;
    loam_status status = mark_common(&w, table, other);

    if (status == LOAM_OK && w.count == (common ? table->live : 0)) {
        set = loam__set_copy(table, type); /* all of them */
    } else if (status == LOAM_OK) {
        set = loam__set_new(type);
        set = set ? or_release(set, append_marked(set, table, &w, common)) : NULL;
    }
    drop_marks(&w);
    return set;
}

loam_dict *loam__set_intersection(loam_dict *table, loam_value other, loam_type *type)
{
    return pick(table, other, type, true);
}

loam_dict *loam__set_difference(loam_dict *table, loam_value other, loam_type *type)
{
    return pick(table, other, type, false);
}

/* Removing. */

/* Into a list that has room for it. */
static loam_status remove_at(loam_dict *set, uint32_t position, loam_list *removed)
{
    uint64_t hash;
    loam_status status = loam__dict_hash_entry(set, position, &hash);

    if (status == LOAM_OK)
        loam__slot_move_in(removed, &removed->items[removed->len++], loam__dict_remove(set, hash, position).key);
    return status;
}

static loam_status remove_marked(loam_dict *set, walk *w, bool marked, loam_list *removed)
{
    loam_status status = LOAM_OK;

    for (uint32_t i = set->first; status == LOAM_OK && i < set->used; i++) {
        fetch_marked(set, set, w, i, marked);
        if (!loam_is_unset(set->entries[i].key) && is_marked(w, i) == marked)
            status = remove_at(set, i, removed);
    }
    return status;
}

/* What is taken out is released when all of it is, and may change the set then. */
static loam_status remove_and_release(loam_dict *set, walk *w, bool marked)
{
    uint32_t count = marked ? w->count : set->live - w->count;
    loam_list *removed;
    loam_status status;
    loam_failure failure;

    if (!count)
        return LOAM_OK;
    removed = loam_list_new();
    status = removed ? loam_list_reserve(removed, count) : LOAM_ERR_MEMORY;
    if (status == LOAM_OK)
        status = remove_marked(set, w, marked, removed);
    failure = *loam_error();
    loam__release(loam_from(removed));
    return status < 0 ? loam__fail_again(&failure) : status;
}

/* Those in common, or the others. */
static loam_status mark_and_remove(loam_dict *set, loam_value other, bool common)
{
    walk w;
    loam_status status = mark_common(&w, set, other);

    if (status == LOAM_OK)
        status = remove_and_release(set, &w, common);
    drop_marks(&w);
    return status;
}

loam_status loam__set_intersection_update(loam_dict *set, loam_value other)
{
    return mark_and_remove(set, other, false);
}

/* Of items that are read one by one each goes by itself, as in Python: the next one finds the set as it is then. */
static loam_status remove_found(loam_dict *set, const loam__query *query, uint32_t position)
{
    loam__release(loam__dict_remove(set, query->hash, position).key);
    return LOAM_OK;
}

static loam_status remove_step(walk *w, const loam__query *query)
{
    uint32_t position;
    loam_status status = loam__dict_find(w->table, query, &position);

    if (status == LOAM_OK)
        return remove_found(w->table, query, position);
    return status < 0 ? status : LOAM_OK;
}

loam_status loam__set_difference_update(loam_dict *set, loam_value other)
{
    walk w = {.table = set, .step = remove_step};
    loam_dict *table = loam__table_of(other);

    if (table == set)
        return loam_dict_clear(set);
    if (table && table->live > set->live)
        return mark_and_remove(set, other, true);
    return walk_items(&w, other);
}

static loam_status toggle_step(walk *w, const loam__query *query)
{
    uint32_t position;
    loam_status status = loam__dict_find(w->table, query, &position);

    if (status == LOAM_OK)
        return remove_found(w->table, query, position);
    return status < 0 ? status : add_step(w, query);
}

/* An item that comes twice counts once. */
static loam_status toggle(loam_dict *set, loam_value other)
{
    walk w = {.table = set, .step = toggle_step};
    loam_dict *once = NULL;
    loam_status status;

    if (!loam__table_of(other)) {
        once = loam__set_from(other, &loam__set_type);
        if (!once)
            return loam_error()->status;
        other = loam_from(once);
    }
    status = walk_items(&w, other);
    loam__release(loam_from(once));
    return status;
}

loam_status loam__set_symmetric_difference_update(loam_dict *set, loam_value other)
{
    return loam__table_of(other) == set ? loam_dict_clear(set) : toggle(set, other);
}

loam_dict *loam__set_symmetric_difference(loam_dict *table, loam_value other, loam_type *type)
{
    loam_dict *set = loam__set_copy(table, type);
    return set ? or_release(set, toggle(set, other)) : NULL;
}

/* Questions. */

static loam_status stop_where_found(walk *w, const loam__query *query)
{
    uint32_t position;
    loam_status status = loam__dict_find(w->table, query, &position);

    return status < 0 ? status : status == LOAM_OK ? LOAM_DONE : LOAM_OK;
}

static loam_status stop_where_missing(walk *w, const loam__query *query)
{
    uint32_t position;
    loam_status status = loam__dict_find(w->table, query, &position);

    return status < 0 ? status : status == LOAM_MISSING ? LOAM_DONE : LOAM_OK;
}

/* 1 if all of `from` were looked at, 0 if a step has stopped. */
static int all_keys(step_function *step, loam_dict *table, loam_dict *from)
{
    walk w = {.table = table, .step = step};
    loam_status status = walk_keys(&w, from);

    return status < 0 ? (int)status : status != LOAM_DONE;
}

static int all_items(step_function *step, loam_dict *table, loam_value iterable)
{
    walk w = {.table = table, .step = step};
    loam_status status = walk_items(&w, iterable);

    return status < 0 ? (int)status : !w.is_done;
}

int loam__set_isdisjoint(loam_dict *table, loam_value other)
{
    loam_dict *b = loam__table_of(other);

    if (!b)
        return all_items(stop_where_found, table, other);
    return table->live < b->live ? all_keys(stop_where_found, b, table) : all_keys(stop_where_found, table, b);
}

int loam__set_issubset(loam_dict *table, loam_value other)
{
    loam_dict *b = loam__table_of(other);
    walk w;
    loam_status status;

    if (b)
        return table->live > b->live ? 0 : all_keys(stop_where_missing, b, table);
    status = mark_common(&w, table, other);
    drop_marks(&w);
    return status < 0 ? (int)status : w.count == table->live;
}

int loam__set_issuperset(loam_dict *table, loam_value other)
{
    loam_dict *b = loam__table_of(other);

    if (!b)
        return all_items(stop_where_missing, table, other);
    return b->live > table->live ? 0 : all_keys(stop_where_missing, table, b);
}

/* The protocol. Without batches, whose frames would be much where sets hold sets. */

static int contains(loam_value set, loam_value element)
{
    loam_dict *table = loam__table_of(set);
    loam__query query;
    uint32_t position;
    loam_status status;

    if (!table)
        return loam__view_contains((loam_dict_view *)loam__object(set), element);
    status = loam__query_value(&query, element);
    if (status == LOAM_OK)
        status = loam__dict_find(table, &query, &position);
    return status < 0 ? (int)status : status == LOAM_OK;
}

/* Whether each element of `a` is in `b`. */
static int is_contained(loam_value a, loam_value b)
{
    const loam_type *type = loam__type_of(loam__object(a));
    const loam_dict *from = loam__table_of(a);
    const loam_dict *table = loam__table_of(b);
    loam_cursor cursor;
    loam_value element;
    int found = 1;
    ptrdiff_t n = type->iter_begin(loam__object(a), &cursor);

    while (n >= 0 && found == 1) {
        if (from && table && cursor.position % LOAM__AHEAD == 0 && cursor.position < from->used)
            loam__fetch_keys_of(table, from, (uint32_t)cursor.position);
        n = type->iter_fill(loam__object(a), &cursor, &element, 1);
        if (n <= 0)
            break;
        found = contains(b, element);
        loam__release(element);
    }
    return n < 0 ? (int)n : found;
}

int loam__set_equal(loam_value a, loam_value b)
{
    return loam_len(a) == loam_len(b) ? is_contained(a, b) : 0;
}

loam_status loam__set_compare(loam_value a, loam_value b, int *order)
{
    int64_t more = loam_len(a) - loam_len(b);
    int contained = more > 0 ? is_contained(b, a) : is_contained(a, b);

    if (contained < 0)
        return (loam_status)contained;
    *order = contained ? (more > 0) - (more < 0) : LOAM_UNORDERED;
    return LOAM_OK;
}

/* A sum does not ask for an order; each term is mixed with a secret, so that sums do not meet by design. */
loam_status loam__set_hash(const loam_dict *set, uint64_t *out)
{
    uint64_t sum = 0;
    uint32_t version = set->version;

    for (uint32_t i = 0; i < set->used; i++) {
        loam_value key = set->entries[i].key;
        uint64_t hash;
        loam_status status;
        if (loam_is_unset(key))
            continue;
        loam__retain(key);
        status = loam_hash(key, &hash);
        loam__release(key);
        if (status == LOAM_OK && set->version != version)
            status = changed(set);
        if (status < 0)
            return status;
        sum += loam__multiply_fold(hash ^ loam__secrets.low_seed, loam__secrets.integer_factor);
    }
    *out = loam__multiply_fold(sum ^ loam__secrets.final_seed, loam__secrets.len_factor + 2 * (uint64_t)set->live);
    *out += !*out; /* 0 means that it is not known */
    return LOAM_OK;
}
