/*
 * Every bit of what is hashed counts: a hash that leaves some out gives right answers, and slow ones where it is those
 * that differ.
 */
#include "tests/harness.h"

#include "lib/hash.h"

#include <math.h>
#include <string.h>

static uint64_t hash_of_take(loam_value value)
{
    uint64_t hash;

    cr_assert_eq(loam_hash(value, &hash), LOAM_OK, "%s", loam_error()->text);
    loam_release(value);
    return hash;
}

static double double_of(uint64_t bits)
{
    double number;

    memcpy(&number, &bits, sizeof number);
    return number;
}

LOAM_TEST(hash, of_numbers_depends_on_every_bit)
{
    uint64_t state = 11;

    for (unsigned round = rounds(2000); round; round--) {
        uint64_t bits = random_word(&state);
        uint64_t of_int = hash_of_take(loam_int((int64_t)bits));
        uint64_t of_double = hash_of_take(loam_double(double_of(bits)));
        for (int bit = 0; bit < 64; bit++) {
            double other = double_of(bits ^ (uint64_t)1 << bit);
            cr_assert_neq(hash_of_take(loam_int((int64_t)(bits ^ (uint64_t)1 << bit))), of_int, "bit %d", bit);
            if (!isnan(other) && other != double_of(bits) && !isnan(double_of(bits)))
                cr_assert_neq(hash_of_take(loam_double(other)), of_double, "bit %d", bit);
        }
    }
}

LOAM_TEST(hash, of_text_depends_on_every_bit)
{
    uint64_t state = 12;

    for (size_t len = 1; len <= 300; len += 1 + len / 20) {
        char data[300];
        uint64_t hash;
        for (size_t i = 0; i < len; i++)
            data[i] = (char)random_word(&state);
        hash = hash_of_take(loam_from(loam_bytes_from(data, len)));
        for (size_t bit = 0; bit < 8 * len; bit++) {
            data[bit / 8] ^= (char)(1 << bit % 8);
            cr_assert_neq(hash_of_take(loam_from(loam_bytes_from(data, len))), hash, "bit %zu of %zu bytes", bit, len);
            data[bit / 8] ^= (char)(1 << bit % 8);
        }
        cr_assert_neq(hash_of_take(loam_from(loam_bytes_from(data, len - 1))), hash, "%zu bytes and one less", len);
    }
}

/* What is read by two masked words, byte by byte. */
static loam__words words_plain(const char *data, size_t len)
{
    loam__words words = {0, 0};

    for (size_t i = 0; i < len; i++)
        if (i < 8)
            words.low |= (uint64_t)(unsigned char)data[i] << (8 * i);
        else
            words.high |= (uint64_t)(unsigned char)data[i] << (8 * (i - 8));
    return words;
}

LOAM_TEST(hash, and_equality_of_short_text_are_those_of_their_plain_twins)
{
    uint64_t state = 14;

    for (unsigned round = rounds(20000); round; round--) {
        size_t len = random_below(&state, LOAM__HASH_SHORT + 1);
        size_t other_len = random_below(&state, 3) ? len : random_below(&state, LOAM__HASH_SHORT + 1);
        char a[LOAM__HASH_SHORT];
        char b[LOAM__HASH_SHORT];
        loam_value x;
        loam_value y;
        uint64_t hash;
        for (size_t i = 0; i < LOAM__HASH_SHORT; i++)
            a[i] = b[i] = (char)random_word(&state);
        if (random_below(&state, 2))
            b[random_below(&state, LOAM__HASH_SHORT)] ^= (char)(1 << random_below(&state, 8));
        x = loam_from(loam_bytes_from(a, len));
        y = loam_from(loam_bytes_from(b, other_len));
        cr_assert_eq(loam_equal(x, y), len == other_len && memcmp(a, b, len) == 0, "%zu and %zu bytes", len, other_len);
        cr_assert_eq(loam_hash(x, &hash), LOAM_OK);
        cr_assert_eq(hash, loam__hash_words(words_plain(a, len), len), "%zu bytes", len);
        loam_release(x);
        loam_release(y);
    }
}

LOAM_TEST(hash, of_a_tuple_depends_on_every_item_and_on_their_order)
{
    enum { MOST = 20 };
    loam_value items[MOST];

    for (int64_t i = 0; i < MOST; i++)
        items[i] = loam_int(i);
    for (size_t len = 1; len <= MOST; len++) {
        uint64_t hash = hash_of_take(loam_from(loam_tuple_new(items, len)));
        for (size_t at = 0; at < len; at++) {
            loam_value item = items[at];
            items[at] = loam_int(100);
            cr_assert_neq(hash_of_take(loam_from(loam_tuple_new(items, len))), hash, "item %zu of %zu", at, len);
            items[at] = items[(at + 1) % len];
            items[(at + 1) % len] = item;
            if (len > 1)
                cr_assert_neq(hash_of_take(loam_from(loam_tuple_new(items, len))), hash, "%zu of %zu moved", at, len);
            items[(at + 1) % len] = items[at];
            items[at] = item;
        }
        cr_assert_neq(hash_of_take(loam_from(loam_tuple_new(items, len - 1))), hash, "%zu items and one less", len);
    }
}
