/*
 * Every bit of what is hashed counts: a hash that leaves some out gives right answers, and slow ones where it is those
 * that differ.
 */
#include "tests/harness.h"

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
