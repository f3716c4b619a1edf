/*
 * Keys that somebody has chosen who knows the secrets of the usual hashes.
 *
 * The tests do not look for such keys but put secrets in place by which an integer, or a text of 8 bytes, hashes to
 * itself; so they choose the chunk and the tag of each key. What keys cost is counted, not timed: chunks that are
 * visited and entries that are compared, for each key when it comes in and again when all are there. Each test runs in
 * a process of its own.
 */
#include "tests/harness.h"

#include "containers/chars.h"
#include "containers/dict.h"
#include "lib/alloc.h"
#include "lib/hash.h"
#include "lib/siphash.h"

#include <inttypes.h>
#include <string.h>

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            cr_assert_fail("line %d, not so: %s (%s)", __LINE__, #condition, loam_error()->text);                      \
    } while (0)

/* SipHash. */

/* With any number of rounds, word by word from the paper: the plain twin. */
static uint64_t sip(unsigned each, unsigned last, const loam__sip_key *key, const unsigned char *data, size_t len)
{
    uint64_t v[4] = {key->low ^ 0x736f6d6570736575u, key->high ^ 0x646f72616e646f6du, key->low ^ 0x6c7967656e657261u,
                     key->high ^ 0x7465646279746573u};
    static const unsigned steps[][4] = {{0, 1, 13, 32}, {2, 3, 16, 0}, {0, 3, 21, 0}, {2, 1, 17, 32}};

    for (size_t word = 0; word <= len / 8 + 1; word++) {
        uint64_t m = 0;
        bool is_end = word > len / 8;
        for (size_t i = 0; i < 8 && !is_end; i++)
            m |= (word * 8 + i < len ? (uint64_t)data[word * 8 + i] : 0) << 8 * i;
        if (word == len / 8)
            m |= (uint64_t)len << 56;
        v[3] ^= m;
        v[2] ^= is_end ? 0xff : 0;
        for (unsigned round = is_end ? last : each; round; round--)
            for (int s = 0; s < 4; s++) {
                uint64_t *a = &v[steps[s][0]];
                uint64_t *b = &v[steps[s][1]];
                *a += *b;
                *b = loam__rotate_left(*b, steps[s][2]) ^ *a;
                *a = steps[s][3] ? loam__rotate_left(*a, 32) : *a;
            }
        v[0] ^= m;
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

LOAM_TEST(adversary, siphash_is_the_papers_and_cpythons)
{
    static const loam__sip_key counting = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
    static const loam__sip_key zero = {0, 0};
    unsigned char data[300];
    uint64_t state = 3;

    for (unsigned i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)i;
    cr_assert_eq(sip(2, 4, &counting, data, 15), 0xa129ca6149be45e5u); /* the paper's, appendix A */
    cr_assert_eq(loam__siphash13(&counting, data, 0), 0xabac0158050fc4dcu);
    cr_assert_eq(loam__siphash13(&counting, data, 15), 0xd320d86d2a519956u);
    cr_assert_eq(loam__siphash13(&counting, data, 63), 0x9d199062b7bbb3a8u);
    /* hash(b"a") and others of CPython 3.11 with PYTHONHASHSEED=0 */
    cr_assert_eq(loam__siphash13(&zero, "a", 1), 0x407448d2b89b1813u);
    cr_assert_eq(loam__siphash13(&zero, "abcdefgh", 8), 0x3f7b849c0b8e35eau);
    cr_assert_eq(loam__siphash13(&zero, "abcdefghi", 9), 0xf89b34a3d11eb6e5u);
    for (size_t len = 0; len < sizeof data; len++) {
        loam__sip_key key = {random_word(&state), random_word(&state)};
        for (size_t i = 0; i < len; i++)
            data[i] = (unsigned char)random_word(&state);
        cr_assert_eq(loam__siphash13(&key, data, len), sip(1, 3, &key, data, len), "%zu bytes", len);
        cr_assert_eq(loam__siphash13_word(&key, loam__load64(data)), loam__siphash13(&key, data, 8));
    }
}

/* Types of the program's. */

typedef struct aligned {
    loam_object loam;
    uint64_t number;
} aligned;

static uint64_t compared;
static bool same_numbers;

static loam_status aligned_hash(const void *self, uint64_t *out)
{
    *out = same_numbers ? 5 : ((const aligned *)self)->number;
    return LOAM_OK;
}

static int aligned_equal(const void *self, const void *other)
{
    compared++;
    return ((const aligned *)self)->number == ((const aligned *)other)->number;
}

static loam_type aligned_type = {
    .name = "aligned", .size = sizeof(aligned), .hash = aligned_hash, .equal = aligned_equal};

/* Multiples of `factor` as hashes, as addresses are. */
static void assert_few_comparisons(uint64_t factor)
{
    enum { MANY = LOAM_STRESS ? 2000 : 10000 };
    loam_dict *dict = loam_dict_new();

    compared = 0;
    for (uint64_t i = 0; i < MANY; i++) {
        aligned *key = loam_new(&aligned_type);
        key->number = i * factor;
        MUST(loam_dict_set_take(dict, loam_from(key), LOAM_NONE) == LOAM_OK);
    }
    cr_assert_lt(compared, MANY, "factor %" PRIu64 ": %" PRIu64 " comparisons", factor, compared);
    loam_release(dict);
}

LOAM_TEST(adversary, a_hash_of_the_programs_may_leave_bits_the_same)
{
    static const uint64_t factors[] = {1, 4096, (uint64_t)1 << 32, (uint64_t)1 << 50};

    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        assert_few_comparisons(factors[i]);
}

/* Integers in regular steps are no crowd, whatever the secrets. */
LOAM_TEST(adversary, integers_in_regular_steps_keep_the_usual_hash)
{
    enum { SECRETS = 100, SHIFTS = 60 };
    static const int64_t odd_steps[] = {3, 10, 1000, 3600, 86400, 1000000, 6700417, 1000000007};
    uint64_t state = 1;

    for (uint64_t draw = 0; draw < rounds(SECRETS) * (SHIFTS + sizeof odd_steps / sizeof *odd_steps); draw++) {
        uint64_t shift = draw % (SHIFTS + sizeof odd_steps / sizeof *odd_steps);
        uint64_t step = shift < SHIFTS ? (uint64_t)1 << shift : (uint64_t)odd_steps[shift - SHIFTS];
        uint64_t many = 1000 + random_below(&state, 3000);
        loam_dict *dict = loam_dict_new();
        loam__integer_seed = random_word(&state);
        loam__integer_factor = random_word(&state) | 1;
        loam__integer_mixer = random_word(&state) | 1;
        for (uint64_t i = 0; i < many; i++)
            MUST(loam_dict_set(dict, (int64_t)(i * step), LOAM_NONE) == LOAM_OK);
        cr_assert_eq(dict->hashing, LOAM__SPREAD, "%" PRIu64 " integers, %" PRIu64 " apart", many, step);
        loam_release(dict);
    }
}

/* Costs. */

/* Chunks that are visited on a path until the key is found, and entries that are compared in vain or found. */
static uint64_t cost_of_path(const loam_dict *dict, uint64_t hash, loam_value key)
{
    unsigned tag = loam__tag(hash);
    uint64_t cost = 0;
    const loam__chunk *chunk = dict->index ? loam__chunk_of(dict, hash) : NULL;

    for (uint64_t tries = 0; chunk && tries <= loam__index_mask(dict);
         tries++, chunk = loam__chunk_after(dict, chunk, tag)) {
        cost++;
        for (unsigned found = loam__chunk_match(chunk, tag); found; found &= found - 1, cost++)
            if (loam_equal(dict->entries[chunk->positions[loam__lowest_bit(found)]].key, key) == 1)
                return cost + 1;
        if (!loam__may_be_further(dict, chunk, tag, tries))
            break;
    }
    return cost;
}

/*
 * What else a call costs, in chunks or comparisons, which take about 12 instructions: callgrind counts some 240 for an
 * insertion of an integer, growth included, and for a look-up, as many again for SipHash, and twice that for each key
 * of an index that is built anew, which happens about twice for each.
 */
enum { COST_OF_CALL = 20, COST_OF_SIPHASH = 20, COST_OF_GROWTH = 60 };

static uint64_t cost_of(const loam_dict *dict, loam_value key)
{
    uint64_t hash = 0;

    MUST(loam_hash(key, &hash) == LOAM_OK);
    if (dict->hashing != LOAM__KEYED)
        return COST_OF_CALL + cost_of_path(dict, hash, key);
    return COST_OF_CALL + COST_OF_SIPHASH + cost_of_path(dict, loam__keyed_hash(dict, key, hash), key);
}

typedef loam_value make_key(uint64_t hash);

/* What the hashes of the keys are that somebody chooses: of each the first chunk, the tag, and the number of the key
 * where neither of the two looks, so that all differ. It is below 2^22. */
typedef struct attack {
    unsigned alike;   /* keys of one chunk and one tag */
    uint64_t homes;   /* chunks that are led to, 0: all */
    uint64_t spacing; /* between them */
    unsigned tags;
} attack;

/* Of the `i`th key. */
typedef uint64_t choose_hash(const void *context, uint64_t i);

/* Integers are chosen whose hashes are themselves, rotated, so that with two bits unset all of them are small ones. */
enum { ROTATION = LOAM__TAG_SHIFT };
#define NOT_IN_SMALL_INTS ((uint64_t)3 << (ROTATION - 2))

/* In an index of that many chunks. */
static uint64_t hash_to_chunk(uint64_t chunk, unsigned chunks_log2, uint64_t tag, uint64_t i)
{
    return chunk << (64 - chunks_log2) | tag << LOAM__TAG_SHIFT | i;
}

/* In an index of any size: the low bits of `home` say which chunk, so that other homes are other chunks if there are as
 * many. */
static uint64_t hash_to_home(uint64_t home, uint64_t tag, uint64_t i)
{
    uint64_t reversed = 0;

    for (int bit = 0; bit < 24; bit++)
        reversed |= (home >> bit & 1) << (63 - bit);
    return reversed | tag << LOAM__TAG_SHIFT | i;
}

static uint64_t chosen_hash(const void *context, uint64_t i)
{
    const attack *a = context;
    uint64_t group = i / a->alike;
    uint64_t home = a->homes ? group % a->homes * a->spacing : group * a->spacing;
    uint64_t tag = 1 + (a->homes ? group / a->homes : group) % a->tags;

    return hash_to_home(home, tag, i);
}

static uint64_t mixed_hash(const void *context, uint64_t i)
{
    uint64_t state = i;

    (void)context;
    return random_word(&state) & ~NOT_IN_SMALL_INTS;
}

static uint64_t cost_of_all(loam_dict *dict, make_key *make, choose_hash *choose, const void *context, uint64_t many)
{
    uint64_t cost = 0;
    unsigned hashing = LOAM__SPREAD;

    for (uint64_t i = 0; i < many; i++) {
        loam_value key = make(choose(context, i));
        cost += cost_of(dict, key);
        MUST(loam_dict_set_take(dict, key, loam_int((int64_t)i)) == LOAM_OK);
        cost += dict->hashing == LOAM__KEYED ? COST_OF_GROWTH : 0;
        if (dict->hashing == LOAM__KEYED && hashing != LOAM__KEYED)
            cost += i * COST_OF_SIPHASH; /* once */
        hashing = dict->hashing;
    }
    for (uint64_t i = 0; i < many; i++) {
        loam_value key = make(choose(context, i));
        int64_t value = -1;
        MUST(loam_dict_get_int(dict, key, &value) == LOAM_OK && value == (int64_t)i);
        cost += cost_of(dict, key);
        loam_release(key);
    }
    MUST(loam_dict_len(dict) == (int64_t)many);
    return cost;
}

static uint64_t honest_cost(make_key *make, uint64_t many)
{
    loam_dict *dict = loam_dict_new();
    uint64_t cost = cost_of_all(dict, make, mixed_hash, NULL, many);

    MUST(dict->hashing == LOAM__SPREAD);
    loam_release(dict);
    return cost;
}

/* Whether the dict got a hash of its own. */
static bool assert_at_most_five_times(make_key *make, const attack *a, uint64_t many, uint64_t honest)
{
    loam_dict *dict = loam_dict_new();
    uint64_t cost = cost_of_all(dict, make, chosen_hash, a, many);
    bool is_keyed = dict->hashing == LOAM__KEYED;
    const char *broken = loam__dict_check(dict);

    cr_log_info("%3u alike, %6" PRIu64 " homes %" PRIu64 " apart, %3u tags: %.2f times the cost%s", a->alike, a->homes,
                a->spacing, a->tags, (double)cost / (double)honest, is_keyed ? ", keyed" : "");
    cr_assert_null(broken, "%s", broken);
    cr_assert_leq(cost, 5 * honest, "%u alike, %" PRIu64 " homes %" PRIu64 " apart, %u tags: %.1f times the cost",
                  a->alike, a->homes, a->spacing, a->tags, (double)cost / (double)honest);
    loam_release(dict);
    return is_keyed;
}

/* All alike; just so many alike that it is no crowd yet; all in a part of the chunks; and the two together. */
static void attack_in_every_way(make_key *make)
{
    static const uint64_t homes[] = {0, 10, 1000, 7000, 8500, 12000};
    static const unsigned alike[] = {1, 8, 12, 15};
    static const unsigned tags[] = {1, 16, 60};
    uint64_t many = LOAM_STRESS ? 3000 : rounds(100000);
    uint64_t honest = honest_cost(make, many);
    unsigned keyed = 0;
    unsigned all = 0;

    cr_assert(assert_at_most_five_times(make, &(attack){(unsigned)many, 1, 1, 1}, many, honest));
    for (size_t h = 0; h < sizeof homes / sizeof *homes; h++)
        for (size_t i = 0; i < sizeof alike / sizeof *alike; i++)
            for (size_t t = 0; t < sizeof tags / sizeof *tags; t++)
                for (uint64_t spacing = 1; spacing < 64; spacing *= 8, all++)
                    keyed += assert_at_most_five_times(make, &(attack){alike[i], homes[h], spacing, tags[t]}, many,
                                                       honest);
    cr_log_info("%u of %u keyed", keyed, all);
    cr_assert(keyed > 0 && keyed < all);
}

/* The rotation back. */
static int64_t integer_of(uint64_t hash)
{
    return (int64_t)loam__rotate_left(hash, 64 - ROTATION);
}

static loam_value int_of(uint64_t hash)
{
    return loam_int(integer_of(hash));
}

static void let_ints_hash_to_themselves(void)
{
    uint64_t hash;

    loam__integer_seed = 0;
    loam__integer_factor = (uint64_t)1 << ROTATION;
    loam__integer_mixer = 1;
    cr_assert(loam_hash(loam_int(integer_of(0xfedcba0987000321)), &hash) == LOAM_OK && hash == 0xfedcba0987000321);
    cr_assert(loam__fits_small_int(integer_of(0xfedcba0987000321)));
}

LOAM_TEST(adversary, chosen_ints_cost_at_most_five_times_what_others_cost)
{
    let_ints_hash_to_themselves();
    attack_in_every_way(int_of);
}

static loam_value text_of(uint64_t hash)
{
    char bytes[8];

    loam__store64(bytes, hash);
    return loam_from(loam_bytes_from(bytes, sizeof bytes));
}

static void let_texts_hash_to_themselves(void)
{
    loam_value text;
    uint64_t hash;

    loam__secrets.low_seed = loam__secrets.final_seed = 0;
    loam__secrets.high_seed = 1;
    loam__secrets.len_factor = (uint64_t)1 - 2 * 8; /* all together 1, for 8 bytes */
    text = text_of(0x1234567890);
    cr_assert(loam_hash(text, &hash) == LOAM_OK && hash == 0x1234567890);
    loam_release(text);
}

LOAM_TEST(adversary, chosen_texts_cost_at_most_five_times_what_others_cost)
{
    let_texts_hash_to_themselves();
    attack_in_every_way(text_of);
}

/* Of up to 128 bytes XXH3 multiplies halves of 16, each with a part of its secret added; a half that is that part is 0,
 * and so is the product, whatever the other half is. */
static loam_value long_text_of(uint64_t hash)
{
    char bytes[32] = "";

    memcpy(bytes, loam__secrets.xxh3, 8);
    loam__store64(bytes + 8, hash);
    return loam_from(loam_bytes_from(bytes, sizeof bytes));
}

static loam_value other_long_text_of(uint64_t hash)
{
    char bytes[32] = "";

    loam__store64(bytes + 8, hash);
    return loam_from(loam_bytes_from(bytes, sizeof bytes));
}

LOAM_TEST(adversary, long_texts_of_one_hash_cost_at_most_five_times_what_others_cost)
{
    uint64_t many = LOAM_STRESS ? 3000 : rounds(100000);
    loam_value a = long_text_of(1);
    loam_value b = long_text_of(2);
    attack all_alike = {(unsigned)many, 1, 1, 1};
    uint64_t x;
    uint64_t y;

    cr_assert(loam_hash(a, &x) == LOAM_OK && loam_hash(b, &y) == LOAM_OK && x == y, "not an attack");
    loam_release(a);
    loam_release(b);
    cr_assert(assert_at_most_five_times(long_text_of, &all_alike, many, honest_cost(other_long_text_of, many)));
}

/* What an insertion of that hash would meet; too much where it is in one chunk. */
static unsigned met_on_path(const loam_dict *dict, uint64_t hash)
{
    unsigned tag = loam__tag(hash);
    unsigned met = 0;

    const loam__chunk *chunk = dict->index ? loam__chunk_of(dict, hash) : NULL;

    for (; chunk; chunk = loam__chunk_after(dict, chunk, tag)) {
        unsigned alike = loam__count_bits(loam__chunk_match(chunk, tag));
        met += alike <= LOAM__ALIKE ? alike : LOAM__CROWD + 1;
        if (loam__chunk_match(chunk, 0))
            break;
        met += 1 + chunk->overflow / LOAM__QUEUE;
    }
    return met;
}

/* Of many keys that lead to the first chunks, the one that meets most and is no crowd yet. */
static uint64_t choose_below_the_limit(const loam_dict *dict, uint64_t i, uint64_t homes, uint64_t *random)
{
    enum { CANDIDATES = 40 };
    uint64_t best = i;
    unsigned most = 0;

    for (int candidate = 0; candidate < CANDIDATES; candidate++) {
        uint64_t home = random_below(random, homes);
        uint64_t hash = hash_to_home(home, 1 + random_below(random, 60), i);
        unsigned met = met_on_path(dict, hash);
        if (met <= LOAM__CROWD && (met >= most || candidate == 0)) {
            best = hash;
            most = met;
        }
    }
    return best;
}

/* Of many hashes of the `i`th key that lead to the first chunks, the one whose look-up goes furthest. */
static uint64_t choose_the_longest_way(const loam_dict *dict, uint64_t i, uint64_t homes, uint64_t *random)
{
    enum { CANDIDATES = 40 };
    uint64_t best = 0;
    uint64_t most = 0;

    for (int candidate = 0; candidate < CANDIDATES; candidate++) {
        uint64_t home = random_below(random, homes);
        uint64_t hash = hash_to_home(home, 1 + random_below(random, 60), i);
        uint64_t path = 1 + cost_of_path(dict, hash, LOAM_NONE);
        best = path > most ? hash : best;
        most = path > most ? path : most;
    }
    return best;
}

/* Look-ups of keys that are not among `many`: as many as that, of which a tenth is tried. Without homes, of any. */
static uint64_t cost_of_absent(loam_dict *dict, make_key *make, uint64_t homes, uint64_t many)
{
    uint64_t random = homes;
    uint64_t cost = 0;

    for (uint64_t i = many; i < many + many / 10; i++) {
        loam_value key = make(homes ? choose_the_longest_way(dict, i, homes, &random) : mixed_hash(NULL, i));
        MUST(loam_dict_contains(dict, key) == 0);
        cost += cost_of(dict, key) * 10;
        loam_release(key);
    }
    return cost;
}

/* What as many honest keys cost: to insert and find them, and to look for others. */
typedef struct honest {
    uint64_t present, absent;
} honest;

static honest honest_costs(make_key *make, uint64_t many)
{
    loam_dict *dict = loam_dict_new();
    honest h = {.present = cost_of_all(dict, make, mixed_hash, NULL, many)};

    h.absent = cost_of_absent(dict, make, 0, many);
    loam_release(dict);
    return h;
}

static double ratio(uint64_t cost, uint64_t honest)
{
    return (double)cost / (double)honest;
}

/* Somebody who sees the whole index, and takes care that no insertion goes too far. Look-ups of absent keys go further
 * than insertions, past free places. */
static void stay_below_the_limit(make_key *make, uint64_t homes, uint64_t many, honest h)
{
    loam_dict *dict = loam_dict_new();
    loam_list *keys = loam_list_new();
    uint64_t random = homes;
    uint64_t cost = 0;
    uint64_t absent;

    for (uint64_t i = 0; i < many; i++) {
        loam_value key = make(choose_below_the_limit(dict, i, homes, &random));
        cost += cost_of(dict, key);
        MUST((loam_dict_set)(dict, key, LOAM_NONE) == LOAM_OK && loam_list_append_take(keys, key) == LOAM_OK);
    }
    for (uint64_t i = 0; i < many; i++)
        cost += cost_of(dict, loam_list_get_peek(keys, (int64_t)i));
    absent = cost_of_absent(dict, make, homes, many);
    cr_log_info("below the limit in %" PRIu64 " chunks: %.2f times the cost, of absent keys %.2f%s", homes,
                ratio(cost, h.present), ratio(absent, h.absent), dict->hashing == LOAM__KEYED ? ", keyed" : "");
    cr_assert_leq(cost, 5 * h.present, "below the limit in %" PRIu64 " chunks: %.1f times the cost", homes,
                  ratio(cost, h.present));
    cr_assert_leq(absent, 5 * h.absent, "absent keys of %" PRIu64 " chunks: %.1f times the cost", homes,
                  ratio(absent, h.absent));
    loam_release(keys);
    loam_release(dict);
}

static void stay_below_the_limit_everywhere(make_key *make, uint64_t many)
{
    static const uint64_t homes[] = {100, 1000, 3000, 5000, 8000, 10000, 16384}; /* of 100,000 keys */
    honest h = honest_costs(make, many);

    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++)
        stay_below_the_limit(make, 1 + homes[i] * many / 100000, many, h);
}

LOAM_TEST(adversary, chosen_ints_that_stay_below_the_limit_cost_at_most_five_times_what_others_cost)
{
    let_ints_hash_to_themselves();
    stay_below_the_limit_everywhere(int_of, LOAM_STRESS ? 3000 : rounds(100000));
}

LOAM_TEST(adversary, chosen_texts_that_stay_below_the_limit_cost_at_most_five_times_what_others_cost)
{
    let_texts_hash_to_themselves();
    stay_below_the_limit_everywhere(text_of, LOAM_STRESS ? 3000 : rounds(30000));
}

/* Where the keys that are there are a crowd, too. */
static void look_for_what_is_not_there(make_key *make)
{
    static const attack attacks[] = {{1000000, 1, 1, 1}, {15, 10, 1, 1}, {12, 1000, 8, 16}, {15, 0, 1, 60}};
    uint64_t many = LOAM_STRESS ? 3000 : rounds(20000);
    uint64_t honest = honest_costs(make, many).absent;

    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        loam_dict *dict = loam_dict_new();
        cost_of_all(dict, make, chosen_hash, &attacks[i], many);
        for (uint64_t homes = 1; homes <= 10000; homes *= 10) {
            uint64_t cost = cost_of_absent(dict, make, homes, many);
            cr_assert_leq(cost, 5 * honest, "attack %zu, absent keys of %" PRIu64 " chunks: %.1f times", i, homes,
                          ratio(cost, honest));
        }
        loam_release(dict);
    }
}

LOAM_TEST(adversary, chosen_keys_that_are_not_there_cost_at_most_five_times_what_others_cost)
{
    let_ints_hash_to_themselves();
    look_for_what_is_not_there(int_of);
    let_texts_hash_to_themselves();
    look_for_what_is_not_there(text_of);
}

/*
 * Stairs: chunk after chunk is filled, and one entry more passes it to the next one at the stride of its tag. So no
 * insertion passes more than one; and in the end each chunk has been passed, all the way from the foot. Some of the
 * entries in each have that tag.
 */

typedef struct steps {
    unsigned tag, alike;
    unsigned chunks_log2;
} steps;

/* For as many keys from the beginning, so that who chooses can tell where the chunks are. */
static loam_dict *dict_for(uint64_t many, steps *s)
{
    loam_dict *dict = loam_dict_new();

    MUST(loam_dict_reserve(dict, (int64_t)many) == LOAM_OK);
    s->chunks_log2 = dict->chunks_log2;
    return dict;
}

static uint64_t stairs_step(const steps *s)
{
    return 2 * (uint64_t)s->tag + 1;
}

static uint64_t stairs_hash(const void *context, uint64_t i)
{
    const steps *s = context;
    uint64_t first = stairs_step(s) * 13; /* entries of the first chunks, to which nothing passes */
    uint64_t chunk = i < first ? i / 13 : stairs_step(s) + (i - first) / 12;
    uint64_t at = i < first ? i % 13 : (i - first) % 12;
    bool passes = at == (i < first ? 12 : 11);
    uint64_t tag = passes || at < s->alike ? s->tag : 128 + i % 100;

    return hash_to_chunk(chunk, s->chunks_log2, tag, i);
}

/* One with the tag of the stairs, at their foot. */
static uint64_t foot_hash(const steps *s, uint64_t number)
{
    return hash_to_chunk(0, s->chunks_log2, s->tag, number);
}

/* Passes as many full chunks as it may, the last ones of the stairs, at another stride. */
static uint64_t longest_hash(const steps *s, uint64_t many)
{
    enum { TAG = 5, STRIDE = 11 };
    uint64_t full = stairs_step(s) + (many - stairs_step(s) * 13) / 12;

    return hash_to_chunk(full - LOAM__CROWD * STRIDE, s->chunks_log2, TAG, many);
}

static void climb_stairs(make_key *make, steps *s, uint64_t many, honest h)
{
    enum { TRIES = 100 };
    const uint64_t most_times = LOAM_STRESS ? 13 : 5; /* LOAM__CROWD is more than twice as high then */
    loam_dict *dict = dict_for(many + 1, s);
    uint64_t present = cost_of_all(dict, make, stairs_hash, s, many);
    uint64_t absent = 0;
    const char *broken;

    MUST(loam_dict_set_take(dict, make(longest_hash(s, many)), LOAM_NONE) == LOAM_OK);
    for (uint64_t i = 1; i <= TRIES; i++) {
        loam_value key = make(foot_hash(s, many + i));
        MUST(loam_dict_contains(dict, key) == 0);
        absent += cost_of(dict, key) * many / TRIES;
        loam_release(key);
    }
    cr_log_info("stairs of tag %u, %u alike: %.2f times the cost, of absent keys %.2f, reach %d%s", s->tag, s->alike,
                ratio(present, h.present), ratio(absent, h.absent), dict->index->reach,
                dict->hashing == LOAM__KEYED ? ", keyed" : "");
    cr_assert_leq(present, 5 * h.present, "tag %u: %.1f times the cost", s->tag, ratio(present, h.present));
    cr_assert_leq(absent, most_times * h.absent, "tag %u, absent keys: %.1f times the cost", s->tag,
                  ratio(absent, h.absent));
    broken = loam__dict_check(dict);
    cr_assert_null(broken, "%s", broken);
    loam_release(dict);
}

static void climb_all_stairs(make_key *make)
{
    uint64_t many = LOAM_STRESS ? 8000 : rounds(100000);
    honest h = honest_costs(make, many);

    for (unsigned tag = 1; tag <= 16; tag += 5)
        for (unsigned alike = 0; alike <= LOAM__ALIKE + 1; alike++)
            climb_stairs(make, &(steps){.tag = tag, .alike = alike}, many, h);
}

LOAM_TEST(adversary, ways_that_are_made_longer_one_chunk_at_a_time_cost_at_most_five_times_what_others_cost)
{
    let_ints_hash_to_themselves();
    climb_all_stairs(int_of);
    let_texts_hash_to_themselves();
    climb_all_stairs(text_of);
}

enum { STAIRS = 4000 };

/* Of integers, behind two other keys; nothing has passed more than one chunk. */
static loam_dict *stairs(steps *s)
{
    loam_dict *dict = dict_for(2 * STAIRS, s);

    let_ints_hash_to_themselves();
    MUST(loam_dict_set(dict, 1.5, "one") == LOAM_OK && loam_dict_set(dict, LOAM_NONE, "none") == LOAM_OK);
    for (uint64_t i = 0; i < STAIRS; i++)
        MUST(loam_dict_set(dict, integer_of(stairs_hash(s, i)), (int64_t)i) == LOAM_OK);
    MUST(dict->hashing == LOAM__SPREAD && dict->index->reach == 1);
    return dict;
}

static void assert_all_are_there(loam_dict *dict, const steps *s)
{
    const char *broken = loam__dict_check(dict);

    cr_assert_null(broken, "%s", broken);
    for (uint64_t i = 0; i < STAIRS; i++) {
        int64_t value = -1;
        MUST(loam_dict_get_int(dict, integer_of(stairs_hash(s, i)), &value) == LOAM_OK && value == (int64_t)i);
    }
}

/* Readers may be in several threads. */
LOAM_TEST(adversary, a_look_up_changes_nothing_however_far_it_goes)
{
    steps s = {.tag = 1};
    loam_dict *dict = stairs(&s);
    loam_dict before = *dict;

    for (uint64_t i = 0; i < 100; i++)
        MUST(loam_dict_contains(dict, integer_of(foot_hash(&s, STAIRS + i))) == 0);
    cr_assert_eq(memcmp(dict, &before, sizeof before), 0);
    loam_release(dict);
}

LOAM_TEST(adversary, an_insertion_that_meets_a_crowd_ends_it_at_once)
{
    steps s = {.tag = 1};
    loam_dict *dict = stairs(&s);

    MUST(loam_dict_set(dict, integer_of(foot_hash(&s, STAIRS)), 1) == LOAM_OK);
    MUST(dict->hashing == LOAM__KEYED && dict->index->reach <= LOAM__CROWD);
    MUST(loam_dict_contains(dict, integer_of(foot_hash(&s, STAIRS))) == 1 && loam_dict_contains(dict, LOAM_NONE) == 1 &&
         loam_dict_contains(dict, 1.5) == 1);
    assert_all_are_there(dict, &s);
    loam_release(dict);
}

LOAM_TEST(adversary, a_crowd_without_memory_is_ended_by_a_later_insertion)
{
    steps s = {.tag = 1};
    loam_dict *dict = stairs(&s);
    loam_status status;

    loam_error_clear();
    loam__alloc_gate = refuse_memory;
    status = loam_dict_set(dict, integer_of(foot_hash(&s, STAIRS)), 1);
    loam__alloc_gate = NULL;
    MUST(status == LOAM_OK && loam_error()->status == LOAM_OK && dict->hashing == LOAM__CROWDED);
    MUST(loam_dict_contains(dict, integer_of(foot_hash(&s, STAIRS + 1))) == 0);
    assert_all_are_there(dict, &s);
    MUST(loam_dict_set(dict, "text", 1) == LOAM_OK && dict->hashing == LOAM__KEYED);
    assert_all_are_there(dict, &s);
    loam_release(dict);
}

/* Only where room is made may a hash of the program's run. */
LOAM_TEST(adversary, a_crowd_with_a_hash_of_the_programs_is_ended_by_a_later_insertion)
{
    steps s = {.tag = 1};
    loam_dict *dict = stairs(&s);

    MUST(loam_dict_set_take(dict, loam_from(loam_new(&aligned_type)), LOAM_NONE) == LOAM_OK);
    MUST(loam_dict_set(dict, integer_of(foot_hash(&s, STAIRS)), 1) == LOAM_OK && dict->hashing == LOAM__CROWDED);
    assert_all_are_there(dict, &s);
    MUST(loam_dict_set(dict, "text", 1) == LOAM_OK && dict->hashing == LOAM__KEYED);
    assert_all_are_there(dict, &s);
    loam_release(dict);
}

/* Sets. */

static uint64_t cost_of_elements(const loam_dict *table)
{
    uint64_t cost = 0;

    for (uint32_t i = 0; i < table->used; i++)
        if (!loam_is_unset(table->entries[i].key))
            cost += cost_of(table, table->entries[i].key);
    return cost;
}

/* Whether the set, which is released, got a hash of its own; what it costs to find all of it goes to `*cost`. */
static bool ask_for_all(const void *set, uint64_t len, uint64_t *cost)
{
    loam_dict *table = (loam_dict *)(uintptr_t)set;
    bool is_keyed = table->hashing == LOAM__KEYED;
    const char *broken = loam__dict_check(table);

    cr_assert_null(broken, "%s", broken);
    MUST(table->live == len);
    *cost = cost_of_elements(table);
    loam_release(set);
    return is_keyed;
}

static loam_set *set_by_adding(loam_list *keys)
{
    loam_set *set = loam_set_new();

    for (int64_t i = 0; i < loam_list_len(keys); i++)
        MUST(loam_set_add(set, loam_list_get_peek(keys, i)) == 1);
    return set;
}

typedef loam_status update_function(loam_set *set, loam_value other);

static loam_set *updated(loam_set *set, update_function *update, const void *other)
{
    loam_set *copy = loam_set_copy(set);

    MUST(update(copy, loam_from(other)) == LOAM_OK);
    return copy;
}

enum { SETS = 14, OTHERS = 10 };

/* Sets of `len` and up to OTHERS chosen elements, in every way that makes one; then what each costs. */
static unsigned costs_of_sets(make_key *make, choose_hash *choose, const void *context, uint64_t len,
                              uint64_t costs[SETS])
{
    loam_auto loam_list *keys = loam_list_new();
    loam_auto loam_set *all = NULL;
    loam_auto loam_set *none = loam_set_new();
    loam_auto loam_set *others = loam_set_new();
    loam_auto loam_set *few = NULL;
    loam_value every, listed;
    unsigned keyed = 0;

    for (uint64_t i = 0; i < len; i++)
        MUST(loam_list_append_take(keys, make(choose(context, i))) == LOAM_OK);
    for (uint64_t i = 0; i < OTHERS; i++)
        MUST(loam_set_add(others, LOAM_TAKE(make(mixed_hash(NULL, len + i)))) == 1);
    all = set_by_adding(keys);
    few = loam_set_union(others, loam_from(none));
    every = loam_from(all);
    listed = loam_from(keys);
    keyed += ask_for_all(set_by_adding(keys), len, &costs[0]);
    keyed += ask_for_all(loam_set_from(listed), len, &costs[1]);
    keyed += ask_for_all(loam_frozenset_from(listed), len, &costs[2]);
    keyed += ask_for_all(loam_set_copy(all), len, &costs[3]);
    keyed += ask_for_all(updated(none, loam_set_update, keys), len, &costs[4]);
    keyed += ask_for_all(updated(none, loam_set_update, all), len, &costs[5]);
    keyed += ask_for_all(updated(few, loam_set_symmetric_difference_update, all), len + OTHERS, &costs[6]);
    keyed += ask_for_all(updated(all, loam_set_intersection_update, keys), len, &costs[7]);
    keyed += ask_for_all(updated(all, loam_set_difference_update, others), len, &costs[8]);
    keyed += ask_for_all(loam_set_union(few, listed), len + OTHERS, &costs[9]);
    keyed += ask_for_all(loam_set_union(few, every), len + OTHERS, &costs[10]);
    keyed += ask_for_all(loam_set_intersection(all, listed), len, &costs[11]);
    keyed += ask_for_all(loam_set_difference(all, loam_from(others)), len, &costs[12]);
    keyed += ask_for_all(loam_set_symmetric_difference(few, listed), len + OTHERS, &costs[13]);
    return keyed;
}

static void attack_sets(make_key *make)
{
    static const attack attacks[] = {{1000000, 1, 1, 1}, {15, 10, 1, 1}, {12, 1000, 8, 16}, {8, 0, 64, 1}};
    uint64_t len = LOAM_STRESS ? 2000 : rounds(8000);
    uint64_t costs[SETS], usual[SETS];
    unsigned keyed = costs_of_sets(make, mixed_hash, NULL, len, usual);

    cr_assert_eq(keyed, 0);
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        keyed = costs_of_sets(make, chosen_hash, &attacks[i], len, costs);
        cr_log_info("attack %zu: %u sets of %d keyed", i, keyed, SETS);
        cr_assert(i > 0 || keyed == SETS, "of keys that are all alike only %u sets", keyed);
        for (int way = 0; way < SETS; way++)
            cr_assert_leq(costs[way], 5 * usual[way], "attack %zu, set %d: %.1f times the cost", i, way,
                          ratio(costs[way], usual[way]));
    }
}

LOAM_TEST(adversary, chosen_elements_of_sets_cost_at_most_five_times_what_others_cost)
{
    let_ints_hash_to_themselves();
    attack_sets(int_of);
    let_texts_hash_to_themselves();
    attack_sets(text_of);
}

/* Sets of its keys, of which the first has its index, and the second one of its own. */
static void ask_sets(loam_dict *dict)
{
    loam_auto loam_dict_view *keys = loam_dict_keys_view(dict);
    loam_auto loam_set *set = loam_set_from(loam_from(keys));
    loam_auto loam_set *few = loam_set_of("a text", 1.0, 77);
    loam_auto loam_set *common = loam_set_intersection(few, loam_from(set));
    loam_auto loam_set *others = loam_set_difference(set, loam_from(few));
    loam_auto loam_set *all = loam_set_union(others, loam_from(common));
    const char *broken = loam__dict_check((loam_dict *)set);

    cr_assert_null(broken, "%s", broken);
    MUST(loam_set_contains(set, "a text") == 1 && loam_set_contains(set, "another") == 0);
    MUST(loam_set_len(common) == 2 && loam_set_len(others) == loam_set_len(set) - 2);
    MUST(loam_equal(loam_from(all), loam_from(keys)) == 1 && loam_equal(loam_from(all), loam_from(set)) == 1);
    MUST(loam_set_discard(set, 1) == 1 && loam_set_add(set, 1) == 1 && loam_set_add(set, "a text") == 0);
    MUST(loam_set_issuperset(set, loam_from(few)) == 0 && loam_set_isdisjoint(others, loam_from(few)) == 1);
    broken = loam__dict_check((loam_dict *)set);
    cr_assert_null(broken, "%s", broken);
}

/* Equal numbers are one key whatever the hash, and so are a str and a view of its bytes. */
LOAM_TEST(adversary, a_hash_of_its_own_changes_no_answer)
{
    loam_dict *dict = loam_dict_new();
    loam_dict *copy;
    const char *broken;
    int64_t integer = 0;

    let_ints_hash_to_themselves();
    MUST(loam_dict_set(dict, "a text", 1) == LOAM_OK && loam_dict_set(dict, LOAM_TUPLE(1, "x"), 2) == LOAM_OK);
    MUST(loam_dict_set(dict, "a text of more than sixteen bytes", 3) == LOAM_OK &&
         loam_dict_set(dict, 0.5, 4) == LOAM_OK);
    MUST(loam_dict_set(dict, LOAM_NONE, 5) == LOAM_OK && loam_dict_set(dict, INT64_MAX, 6) == LOAM_OK);
    MUST(loam_dict_set(dict, 1, 7) == LOAM_OK && loam_dict_set(dict, 0x1p63, 8) == LOAM_OK);
    for (int64_t i = 0; dict->hashing != LOAM__KEYED && i < 100000; i++)
        MUST(loam_dict_set(dict, (i + 1) << (64 - ROTATION), 0) == LOAM_OK);
    MUST(dict->hashing == LOAM__KEYED);
    broken = loam__dict_check(dict);
    cr_assert_null(broken, "%s", broken);
    MUST(loam_dict_get_int(dict, "a text", &integer) == LOAM_OK && integer == 1);
    MUST(loam_dict_get_int(dict, ((loam_view){"a text", 6}), &integer) == LOAM_OK && integer == 1);
    MUST(loam_dict_get_int(dict, LOAM_TUPLE(1.0, "x"), &integer) == LOAM_OK && integer == 2);
    MUST(loam_dict_get_int(dict, "a text of more than sixteen bytes", &integer) == LOAM_OK && integer == 3);
    MUST(loam_dict_get_int(dict, 0.5, &integer) == LOAM_OK && integer == 4);
    MUST(loam_dict_get_int(dict, LOAM_NONE, &integer) == LOAM_OK && integer == 5);
    MUST(loam_dict_get_int(dict, INT64_MAX, &integer) == LOAM_OK && integer == 6);
    MUST(loam_dict_get_int(dict, 1.0, &integer) == LOAM_OK && integer == 7);
    MUST(loam_dict_get_int(dict, LOAM_TRUE, &integer) == LOAM_OK && integer == 7);
    MUST(loam_dict_get_int(dict, UINT64_C(1) << 63, &integer) == LOAM_OK && integer == 8);
    MUST(loam_dict_contains(dict, "another") == 0 && loam_dict_contains(dict, 2) == 0);
    ask_sets(dict);
    copy = loam_dict_copy(dict);
    MUST(loam_equal(loam_from(dict), loam_from(copy)) == 1);
    while (loam_dict_pop_last(dict, NULL, NULL) == LOAM_OK)
        continue;
    MUST(loam_dict_set(dict, 1, 1) == LOAM_OK && loam_dict_clear(dict) == LOAM_OK && dict->hashing == LOAM__SPREAD);
    loam_release(copy);
    loam_release(dict);
}

/* Hashes that the program gives are what they are, and a dict of such keys gets no other. */
LOAM_TEST(adversary, hashes_of_the_programs_are_not_replaced)
{
    loam_dict *dict = loam_dict_new();

    same_numbers = true;
    for (uint64_t i = 0; i < 200; i++) {
        aligned *key = loam_new(&aligned_type);
        key->number = i;
        MUST(loam_dict_set_take(dict, loam_from(key), LOAM_NONE) == LOAM_OK);
    }
    MUST(loam_dict_len(dict) == 200 && dict->hashing == LOAM__SPREAD);
    loam_release(dict);
}
