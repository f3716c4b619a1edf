/*
 * Powersort: J. Ian Munro and Sebastian Wild, "Nearly-Optimal Mergesorts: Fast, Practical Sorting Methods That
 * Optimally Adapt to Existing Runs", ESA 2018. Runs that are there already are merged in the order that their middles
 * have in a perfectly balanced binary tree over the whole, which takes at most n log2 n + O(n) comparisons, and only as
 * many as the runs' lengths have entropy. Merges gallop as in Tim Peters' sort for Python: after some wins of one side
 * in a row they look for how far it wins, by doubling steps.
 *
 * Comparisons are what costs: they are the program's functions. Each may fail, at any place, and no place needs repair
 * then: the words are a copy.
 */
#include "containers/sort.h"

enum {
    SHORTEST_RUN = LOAM_STRESS ? 4 : 32, /* to twice as many: shorter runs are extended by insertion */
    FIRST_GALLOP = LOAM_STRESS ? 2 : 7,  /* wins in a row */
    MOST_PENDING = 64                    /* powers are below 64, and no two runs wait with the same one */
};

typedef struct merger {
    uint64_t *spare;
    loam__below *below;
    const void *context;
    size_t gallop; /* wins in a row from which on it pays */
} merger;

static void turn_around(uint64_t *words, size_t count)
{
    for (size_t i = 0, j = count; i + 1 < j; i++) {
        uint64_t word = words[i];
        words[i] = words[--j];
        words[j] = word;
    }
}

/* The run that begins here, ascending: one that strictly descends is turned around, which keeps equal ones as they
 * are. */
static loam_status leading_run(const merger *m, uint64_t *words, size_t count, size_t *len)
{
    size_t end = 2;
    int descends;

    *len = count;
    if (count < 2)
        return LOAM_OK;
    descends = m->below(m->context, words[1], words[0]);
    for (; end < count && descends >= 0; end++) {
        int below = m->below(m->context, words[end], words[end - 1]);
        if (below < 0)
            return (loam_status)below;
        if (below != descends)
            break;
    }
    if (descends < 0)
        return (loam_status)descends;
    if (descends)
        turn_around(words, end);
    *len = end;
    return LOAM_OK;
}

/* Insert the words from `sorted` on into those before. */
static loam_status insert_words(const merger *m, uint64_t *words, size_t sorted, size_t count)
{
    for (; sorted < count; sorted++) {
        uint64_t word = words[sorted];
        size_t low = 0;
        size_t high = sorted;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            int below = m->below(m->context, word, words[middle]);
            if (below < 0)
                return (loam_status)below;
            if (below)
                high = middle;
            else
                low = middle + 1;
        }
        memmove(words + low + 1, words + low, (sorted - low) * sizeof *words);
        words[low] = word;
    }
    return LOAM_OK;
}

/* Such that `count` divided by it is a power of two, or a little less. */
static size_t shortest_run(size_t count)
{
    size_t rest = 0;

    while (count >= 2 * SHORTEST_RUN) {
        rest |= count & 1;
        count >>= 1;
    }
    return count + rest;
}

static loam_status next_run(const merger *m, uint64_t *words, size_t count, size_t shortest, size_t *len)
{
    loam_status status = leading_run(m, words, count, len);
    size_t wanted = shortest < count ? shortest : count;

    if (status < 0 || *len >= wanted)
        return status;
    status = insert_words(m, words, *len, wanted);
    *len = wanted;
    return status;
}

/* Whether `item` stands behind `word`: from which on is asked for, the first above it (`upper`), or the first not
 * below. */
static int is_behind(const merger *m, uint64_t item, uint64_t word, bool upper)
{
    int below = upper ? m->below(m->context, word, item) : m->below(m->context, item, word);
    return below < 0 || upper ? below : !below;
}

/* The first of `words` that stands behind `word`, looked for by doubling steps from the start or from the end. */
static loam_status find(const merger *m, const uint64_t *words, size_t count, uint64_t word, bool upper, bool from_end,
                        size_t *out)
{
    size_t low = 0;
    size_t high = count;

    for (size_t step = 1; low < high; step *= 2) {
        bool is_within = step && step < high - low;
        size_t at = from_end ? (is_within ? high - step : low) : (is_within ? low + step - 1 : high - 1);
        int behind = is_behind(m, words[at], word, upper);
        if (behind < 0)
            return (loam_status)behind;
        if (behind)
            high = at;
        else
            low = at + 1;
        if (behind != from_end)
            break;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int behind = is_behind(m, words[middle], word, upper);
        if (behind < 0)
            return (loam_status)behind;
        if (behind)
            high = middle;
        else
            low = middle + 1;
    }
    *out = low;
    return LOAM_OK;
}

/* A merge: what is left of both sides, and where the next word goes. Upwards `out` is the first free place, and the
 * sides begin at `left` and `right`; downwards it is the end of the free ones, and the sides end there. */
typedef struct sides {
    uint64_t *left, *right, *out;
    size_t left_count, right_count;
} sides;

/* One by one, until one side has won `gallop` times in a row, or ended. */
static loam_status step_up(const merger *m, sides *s)
{
    size_t left_wins = 0;
    size_t right_wins = 0;

    while (s->left_count && s->right_count && left_wins < m->gallop && right_wins < m->gallop) {
        int below = m->below(m->context, *s->right, *s->left);
        if (below < 0)
            return (loam_status)below;
        if (below) {
            *s->out++ = *s->right++;
            s->right_count--;
            right_wins++;
            left_wins = 0;
        } else {
            *s->out++ = *s->left++;
            s->left_count--;
            left_wins++;
            right_wins = 0;
        }
    }
    return LOAM_OK;
}

/* As many as come next from the left, then from the right. `*won`: the larger of both numbers. */
static loam_status leap_up(const merger *m, sides *s, size_t *won)
{
    size_t many;
    loam_status status = find(m, s->left, s->left_count, *s->right, true, false, &many);

    if (status < 0)
        return status;
    memcpy(s->out, s->left, many * sizeof *s->out);
    s->out += many;
    s->left += many;
    s->left_count -= many;
    *won = many;
    if (!s->left_count)
        return LOAM_OK;
    status = find(m, s->right, s->right_count, *s->left, false, false, &many);
    if (status < 0)
        return status;
    memmove(s->out, s->right, many * sizeof *s->out);
    s->out += many;
    s->right += many;
    s->right_count -= many;
    *won = *won < many ? many : *won;
    return LOAM_OK;
}

static loam_status step_down(const merger *m, sides *s)
{
    size_t left_wins = 0;
    size_t right_wins = 0;

    while (s->left_count && s->right_count && left_wins < m->gallop && right_wins < m->gallop) {
        int below = m->below(m->context, s->right[-1], s->left[-1]);
        if (below < 0)
            return (loam_status)below;
        if (below) {
            *--s->out = *--s->left;
            s->left_count--;
            left_wins++;
            right_wins = 0;
        } else {
            *--s->out = *--s->right;
            s->right_count--;
            right_wins++;
            left_wins = 0;
        }
    }
    return LOAM_OK;
}

static loam_status leap_down(const merger *m, sides *s, size_t *won)
{
    size_t at;
    size_t many;
    loam_status status = find(m, s->left - s->left_count, s->left_count, s->right[-1], true, true, &at);

    if (status < 0)
        return status;
    many = s->left_count - at;
    s->out -= many;
    s->left -= many;
    memmove(s->out, s->left, many * sizeof *s->out);
    s->left_count = at;
    *won = many;
    if (!s->left_count)
        return LOAM_OK;
    status = find(m, s->right - s->right_count, s->right_count, s->left[-1], false, true, &at);
    if (status < 0)
        return status;
    many = s->right_count - at;
    s->out -= many;
    s->right -= many;
    memcpy(s->out, s->right, many * sizeof *s->out);
    s->right_count = at;
    *won = *won < many ? many : *won;
    return LOAM_OK;
}

typedef loam_status step(const merger *m, sides *s);
typedef loam_status leap(const merger *m, sides *s, size_t *won);

/* Until one side has ended. Where leaping pays it begins earlier the next time, and later where it did not. */
static loam_status merge_sides(merger *m, sides *s, step *walk, leap *jump)
{
    for (;;) {
        size_t won = 0;
        loam_status status = walk(m, s);
        if (status < 0 || !s->left_count || !s->right_count)
            return status;
        do {
            status = jump(m, s, &won);
            if (status < 0 || !s->left_count || !s->right_count)
                return status;
            m->gallop -= m->gallop > 1;
        } while (won >= FIRST_GALLOP);
        m->gallop += 2;
    }
}

/* The left side is the shorter one: it is put aside, and the words are filled from their start. */
static loam_status merge_up(merger *m, uint64_t *words, size_t left, size_t right)
{
    sides s = {m->spare, words + left, words, left, right};
    loam_status status;

    memcpy(m->spare, words, left * sizeof *words);
    status = merge_sides(m, &s, step_up, leap_up);
    memcpy(s.out, s.left, s.left_count * sizeof *words);
    return status;
}

static loam_status merge_down(merger *m, uint64_t *words, size_t left, size_t right)
{
    sides s = {words + left, m->spare + right, words + left + right, left, right};
    loam_status status;

    memcpy(m->spare, words + left, right * sizeof *words);
    status = merge_sides(m, &s, step_down, leap_down);
    memcpy(s.out - s.right_count, m->spare, s.right_count * sizeof *words);
    return status;
}

/* Two runs side by side. What is in its place already, at both ends, has no part in it. */
static loam_status merge(merger *m, uint64_t *words, size_t left, size_t right)
{
    size_t at;
    loam_status status = find(m, words, left, words[left], true, false, &at);

    if (status < 0 || at == left)
        return status;
    words += at;
    left -= at;
    status = find(m, words + left, right, words[left - 1], false, true, &right);
    if (status < 0 || !right)
        return status;
    return left <= right ? merge_up(m, words, left, right) : merge_down(m, words, left, right);
}

/* How deep in a balanced tree over `count` words the node is that parts the middles of these two runs: the first bit in
 * which they differ as fractions of the whole. */
static unsigned power_of(size_t start, size_t left, size_t right, size_t count)
{
    loam__u128 whole = (loam__u128)2 * count;
    loam__u128 a = ((loam__u128)2 * start + left) << 62;
    loam__u128 b = ((loam__u128)2 * (start + left) + right) << 62;

    return (unsigned)__builtin_clzll((uint64_t)(a / whole) ^ (uint64_t)(b / whole));
}

typedef struct pending {
    size_t start;
    unsigned power; /* of what parts it from the run behind it; greater from entry to entry */
} pending;

loam_status loam__merge_sort(uint64_t *words, size_t count, uint64_t *spare, loam__below *below, const void *context)
{
    merger m = {spare, below, context, FIRST_GALLOP};
    pending waiting[MOST_PENDING];
    size_t depth = 0;
    size_t start = 0; /* of the last run before `end` */
    size_t shortest = shortest_run(count);
    size_t end;
    loam_status status = next_run(&m, words, count, shortest, &end);

    while (status == LOAM_OK && (end < count || depth)) {
        size_t len = 0;
        unsigned power = 0;
        if (end < count) {
            status = next_run(&m, words + end, count - end, shortest, &len);
            power = power_of(start, end - start, len, count);
        }
        while (status == LOAM_OK && depth && waiting[depth - 1].power > power) {
            size_t before = waiting[--depth].start;
            status = merge(&m, words + before, start - before, end - start);
            start = before;
        }
        if (end < count)
            waiting[depth++] = (pending){start, power};
        start = end < count ? end : start;
        end += len;
    }
    return status;
}
