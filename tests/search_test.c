/*
 * Finding bytes in bytes: every part of every text over two letters, against trying each place; and that it is linear.
 */
#include "tests/harness.h"

#include "lib/search.h"

#include <string.h>

static const char *first_by_trying(loam_view text, loam_view part)
{
    for (size_t at = 0; at + part.len <= text.len; at++)
        if (memcmp(text.data + at, part.data, part.len) == 0)
            return text.data + at;
    return NULL;
}

static const char *last_by_trying(loam_view text, loam_view part)
{
    for (size_t at = text.len + 1; at-- > part.len;)
        if (memcmp(text.data + at - part.len, part.data, part.len) == 0)
            return text.data + at - part.len;
    return NULL;
}

static size_t count_by_trying(loam_view text, loam_view part)
{
    size_t count = 0;

    for (size_t at = 0; at + part.len <= text.len;)
        if (memcmp(text.data + at, part.data, part.len) == 0) {
            count++;
            at += part.len;
        } else {
            at++;
        }
    return count;
}

static void compare(loam_view text, loam_view part)
{
    cr_assert_eq(loam__find_first(text, part), first_by_trying(text, part), "%.*s in %.*s", (int)part.len, part.data,
                 (int)text.len, text.data);
    cr_assert_eq(loam__find_last(text, part), last_by_trying(text, part), "%.*s in %.*s", (int)part.len, part.data,
                 (int)text.len, text.data);
    if (part.len)
        cr_assert_eq(loam__count_parts(text, part, SIZE_MAX), count_by_trying(text, part));
}

/* The lowest bits as letters. */
static loam_view letters(char *into, unsigned bits, size_t len)
{
    for (size_t i = 0; i < len; i++)
        into[i] = bits >> i & 1 ? 'b' : 'a';
    return (loam_view){into, len};
}

LOAM_TEST(search, finds_every_part_of_every_text_over_two_letters)
{
    enum { LONGEST = 10, LONGEST_PART = 7 };
    char text[LONGEST];
    char part[LONGEST_PART];

    for (size_t len = 0; len <= LONGEST; len++)
        for (unsigned bits = 0; bits < 1u << len; bits += is_instrumented() ? 7 : 1)
            for (size_t part_len = 0; part_len <= LONGEST_PART; part_len++)
                for (unsigned part_bits = 0; part_bits < 1u << part_len; part_bits++)
                    compare(letters(text, bits, len), letters(part, part_bits, part_len));
}

LOAM_TEST(search, finds_long_parts_with_and_without_a_period)
{
    enum { LENGTH = 300 };
    char text[LENGTH];
    uint64_t state = 5;

    for (unsigned round = rounds(20000); round; round--) {
        size_t period = 1 + random_below(&state, 12);
        size_t begin = random_below(&state, LENGTH);
        size_t len = random_below(&state, LENGTH - begin);
        for (size_t i = 0; i < LENGTH; i++)
            text[i] = i < period ? (char)('a' + random_below(&state, 2)) : text[i - period];
        for (uint64_t changes = random_below(&state, 4); changes; changes--)
            text[random_below(&state, LENGTH)] = 'c';
        compare((loam_view){text, LENGTH}, (loam_view){text + begin, len});
    }
}

/* 2^20 bytes and a part of half of them: trying each place would compare 2^37 bytes, which takes a minute. */
LOAM_TEST(search, is_linear_where_trying_each_place_is_not, .timeout = 20)
{
    enum { LENGTH = 1 << 20, HALF = LENGTH / 2 };
    char *text = malloc(LENGTH);
    char *part = malloc(HALF);

    memset(text, 'a', LENGTH);
    memset(part, 'a', HALF);
    part[HALF - 1] = 'b';
    cr_assert_null(loam__find_last((loam_view){text, LENGTH}, (loam_view){part, HALF}));
    cr_assert_null(loam__find_first((loam_view){text, LENGTH}, (loam_view){part, HALF}));
    part[HALF - 1] = 'a';
    part[0] = 'b';
    cr_assert_null(loam__find_last((loam_view){text, LENGTH}, (loam_view){part, HALF}));
    cr_assert_null(loam__find_first((loam_view){text, LENGTH}, (loam_view){part, HALF}));
    part[0] = 'a';
    cr_assert_eq(loam__find_last((loam_view){text, LENGTH}, (loam_view){part, HALF}), text + HALF);
    free(text);
    free(part);
}
