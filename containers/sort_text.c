/*
 * Texts are sorted by 8 bytes at a time, as numbers: 7 of the text, the first one highest, and below them how many
 * bytes there were, up to 8 for more than 7. So what ends here comes before what goes on with zero bytes, two that end
 * and have the same number are equal, and only those that go on have to be looked at again: small groups by comparing
 * them, large ones by their next bytes, behind all that they have in common. A group that has been split LEVELS times
 * is compared too, which bounds the depth.
 */
#include "containers/sort.h"

#include "containers/chars.h"
#include "lib/alloc.h"

enum { STEP = 7, GOES_ON = STEP + 1, LEVELS = 32 };

/* The work on texts that are the same up to `depth`. */
typedef struct texts {
    const loam__sort *s;
    size_t depth;
} texts;

static const loam__chars *chars_at(const loam__sort *s, uint64_t word)
{
    return loam__chars_of(loam__sort_key(s, word));
}

LOAM__INLINE uint64_t load_first_highest(const char *from)
{
    return __builtin_bswap64(loam__load64(from));
}

/* The first 8 bytes from `depth` on, the first one highest, and zeros where there are fewer. */
LOAM__INLINE uint64_t leading_bytes(const loam__chars *chars, size_t depth)
{
    size_t len = chars->len - depth;

    if (LOAM__LIKELY(len >= 8))
        return load_first_highest(chars->data + depth);
    if (!len)
        return 0;
    if (chars->len >= 8)
        return load_first_highest(chars->data + chars->len - 8) << 8 * (8 - len);
    return load_first_highest(chars->data) >> 8 * (8 - chars->len) << 8 * (8 - len); /* it has 16 readable bytes */
}

LOAM__INLINE uint64_t text_bits(const loam__chars *chars, size_t depth)
{
    size_t len = chars->len - depth;

    return (leading_bytes(chars, depth) & ~(uint64_t)0xff) | (len < GOES_ON ? len : GOES_ON);
}

/* How many bytes from `from` on both have in common, up to `most`. */
static size_t common_len(const loam__chars *a, const loam__chars *b, size_t from, size_t most)
{
    size_t i = 0;

    while (i + 8 <= most && loam__load64(a->data + from + i) == loam__load64(b->data + from + i))
        i += 8;
    while (i < most && a->data[from + i] == b->data[from + i])
        i++;
    return i;
}

/* How many bytes from `depth` on all of these pairs' texts have in common. */
static size_t common_to_all(const loam__sort *s, const uint64_t *pairs, size_t count, size_t depth)
{
    const loam__chars *first = chars_at(s, pairs[1]);
    size_t common = first->len - depth;

    for (size_t i = 1; i < count && common; i++) {
        const loam__chars *chars = chars_at(s, pairs[2 * i + 1]);
        size_t most = chars->len - depth;
        common = common_len(first, chars, depth, most < common ? most : common);
    }
    return common;
}

static int below_as_text(const void *context, uint64_t a, uint64_t b)
{
    const texts *t = context;
    const loam__chars *x = chars_at(t->s, a);
    const loam__chars *y = chars_at(t->s, b);
    size_t most = (x->len < y->len ? x->len : y->len) - t->depth;
    int order = memcmp(x->data + t->depth, y->data + t->depth, most);

    return order ? order < 0 : x->len < y->len;
}

/* The bits of these pairs are no longer needed, and neither is `scratch`. */
static void compare_texts(const loam__sort *s, uint64_t *pairs, uint64_t *scratch, size_t count, size_t depth)
{
    texts t = {s, depth};

    for (size_t i = 0; i < count; i++)
        scratch[i] = pairs[2 * i + 1];
    loam__merge_sort(scratch, count, scratch + count, below_as_text, &t);
    for (size_t i = 0; i < count; i++)
        pairs[2 * i + 1] = scratch[i];
}

/* Pairs whose texts are the same up to `depth`; the first words of pairs are not set yet. */
static void sort_texts(const loam__sort *s, uint64_t *pairs, uint64_t *scratch, size_t count, size_t depth,
                       unsigned level, uint32_t *places)
{
    depth += common_to_all(s, pairs, count, depth);
    for (size_t i = 0; i < count; i++)
        pairs[2 * i] = text_bits(chars_at(s, pairs[2 * i + 1]), depth);
    loam__radix_sort_pairs(pairs, scratch, count, places);
    for (size_t start = 0, end; start < count; start = end) {
        uint64_t bits = pairs[2 * start];
        for (end = start + 1; end < count && pairs[2 * end] == bits; end++)
            continue;
        if ((bits & 0xff) != GOES_ON || end - start == 1)
            continue;
        if (end - start <= LOAM__SORT_FEW || level == LEVELS)
            compare_texts(s, pairs + 2 * start, scratch + 2 * start, end - start, depth + STEP);
        else
            sort_texts(s, pairs + 2 * start, scratch + 2 * start, end - start, depth + STEP, level + 1, places);
    }
}

loam_status loam__sort_texts(loam__sort *s)
{
    loam_status status = loam__sort_reserve(s);
    uint64_t *pairs = status == LOAM_OK ? loam__sort_scratch(4 * s->count) : NULL;

    if (!pairs)
        return LOAM_ERR_MEMORY;
    for (size_t i = 0; i < s->count; i++)
        pairs[2 * i + 1] = loam__sort_word(s, i);
    sort_texts(s, pairs, pairs + 2 * s->count, s->count, 0, 1, loam__radix_places(pairs, 4 * s->count));
    for (size_t i = 0; i < s->count; i++)
        s->words[i] = pairs[2 * i + 1];
    loam__free(pairs);
    return LOAM_OK;
}
