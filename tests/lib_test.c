#include "tests/harness.h"

#include "lib/alloc.h"
#include "lib/checked.h"
#include "lib/hash.h"
#include "lib/printable.h"
#include "lib/stack.h"
#include "lib/text.h"
#include "lib/utf8.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

LOAM_TEST(lib, every_status_has_a_text_of_its_own)
{
#define COUNT(name, number, text) +1
    static const struct {
        loam_status status;
        int number;
        const char *text;
    } all[] = {
#define ROW(name, number, text) {name, number, text},
        LOAM_STATUSES(ROW)
#undef ROW
    };
    size_t count = 0 LOAM_STATUSES(COUNT);
#undef COUNT

    cr_assert_eq(count, 13);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq((int)all[i].status, all[i].number);
        cr_assert_str_eq(loam_status_text(all[i].status), all[i].text);
        for (size_t j = 0; j < i; j++)
            cr_assert_str_neq(all[i].text, all[j].text);
    }
    cr_assert_eq(LOAM_OK, 0);
    cr_assert_str_eq(loam_status_text((loam_status)77), "unknown status");
    cr_assert_str_eq(loam_status_text((loam_status)-77), "unknown status");
}

static void *status_of_a_new_thread(void *out)
{
    *(loam_status *)out = loam_error()->status;
    loam_fail(LOAM_ERR_IO, "of the thread");
    return NULL;
}

LOAM_TEST(lib, a_failure_stays_until_the_next_one_or_until_it_is_cleared)
{
    const loam_failure *failure = loam_error();
    loam_status of_thread = LOAM_ERR_IO;
    pthread_t thread;
    char text[400];

    cr_assert_eq(failure->status, LOAM_OK);
    cr_assert_eq(loam_fail(LOAM_ERR_VALUE, "%d is %s", 7, "odd"), LOAM_ERR_VALUE);
    cr_assert_eq(loam_error(), failure);
    cr_assert_eq(failure->status, LOAM_ERR_VALUE);
    cr_assert_str_eq(failure->text, "7 is odd");

    /* A call that succeeds leaves it alone, and so does another thread. */
    loam_unset(&(loam_value){loam_int(3).word});
    cr_assert_eq(failure->status, LOAM_ERR_VALUE);
    pthread_create(&thread, NULL, status_of_a_new_thread, &of_thread);
    pthread_join(thread, NULL);
    cr_assert_eq(of_thread, LOAM_OK);
    cr_assert_str_eq(failure->text, "7 is odd");

    /* The old text may be an argument of the new one. */
    cr_assert_eq(loam_fail(LOAM_ERR_IO, "while reading: %s", loam_error()->text), LOAM_ERR_IO);
    cr_assert_str_eq(failure->text, "while reading: 7 is odd");

    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    loam_fail(LOAM_ERR_KEY, "%s", text);
    cr_assert_eq(strlen(failure->text), sizeof failure->text - 1, "a long text is cut");

    loam_error_clear();
    cr_assert_eq(failure->status, LOAM_OK);
    cr_assert_str_empty(failure->text);
}

/* What loam_perror() writes on stderr. */
static void assert_perror(const char *prefix, const char *expected)
{
    char text[400] = "";
    int ends[2];
    int saved = dup(STDERR_FILENO);

    cr_assert_eq(pipe(ends), 0);
    fflush(stderr);
    dup2(ends[1], STDERR_FILENO);
    cr_assert_eq(loam_perror(prefix), 1);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(ends[1]);
    close(saved);
    cr_assert_geq(read(ends[0], text, sizeof text - 1), 0);
    close(ends[0]);
    cr_assert_str_eq(text, expected);
}

LOAM_TEST(lib, perror_says_prefix_and_text_and_gives_1)
{
    assert_perror("words", "words: no failure is pending\n");
    loam_fail(LOAM_ERR_IO, "gone.txt: No such file or directory");
    assert_perror("words", "words: gone.txt: No such file or directory\n");
    assert_perror(NULL, "gone.txt: No such file or directory\n");
    assert_perror("", "gone.txt: No such file or directory\n");
    loam_error_clear();
}

#if LOAM_CHECKS
static void fail_with_ok(void)
{
    loam_fail(LOAM_OK, "%s", "");
}

static void fail_with_missing(void)
{
    loam_fail(LOAM_MISSING, "%s", "");
}

static void len_of_null(void)
{
    (void)!loam_list_len(NULL);
}

static void append_unset(void)
{
    loam_list *list = loam_list_new();
    (void)!loam_list_append(list, LOAM_UNSET);
}

static void hash_of_unset(void)
{
    uint64_t hash;
    (void)!loam_hash(LOAM_UNSET, &hash);
}

static void int_of_unset(void)
{
    int64_t integer;
    (void)!loam_to_int(LOAM_UNSET, &integer);
}

static void str_of_null(void)
{
    (void)!loam_str_new(NULL);
}

static void literal_of_unset(void)
{
    (void)!loam_list_of(1, LOAM_UNSET);
}

static void nothing_wrong(void)
{
    loam_fail(LOAM_ERR_VALUE, "pending");
    (void)!loam_list_len(NULL);
}

LOAM_TEST(lib, a_null_handle_from_nowhere_is_a_bug_and_aborts)
{
    void (*bugs[])(void) = {fail_with_ok,  fail_with_missing, len_of_null, append_unset,
                            hash_of_unset, int_of_unset,      str_of_null, literal_of_unset};

    for (size_t i = 0; i < sizeof bugs / sizeof *bugs; i++)
        cr_assert(aborts(bugs[i]), "bug %zu", i);
    cr_assert_not(aborts(nothing_wrong));
}
#endif

LOAM_TEST(lib, sizes_never_wrap)
{
    size_t out;

    cr_assert(loam__size_add(1, 2, &out));
    cr_assert_eq(out, 3);
    cr_assert(loam__size_add(LOAM__SIZE_MAX, 0, &out));
    cr_assert_not(loam__size_add(LOAM__SIZE_MAX, 1, &out));
    cr_assert_not(loam__size_add(SIZE_MAX, 1, &out));
    cr_assert_not(loam__size_add(SIZE_MAX, SIZE_MAX, &out));
    cr_assert(loam__size_multiply(1u << 31, 1u << 31, &out));
    cr_assert_eq(out, (size_t)1 << 62);
    cr_assert_not(loam__size_multiply((size_t)1 << 32, (size_t)1 << 31, &out));
    cr_assert_not(loam__size_multiply((size_t)1 << 32, (size_t)1 << 32, &out));
    cr_assert(loam__size_multiply(0, SIZE_MAX, &out));
    cr_assert(loam__size_array(16, 3, 8, &out));
    cr_assert_eq(out, 40);
    cr_assert_not(loam__size_array(16, SIZE_MAX / 8 + 1, 8, &out));
    cr_assert_not(loam__size_array(16, LOAM__SIZE_MAX / 8, 8, &out));

    for (size_t capacity = 0, appended = 0; appended < 100000; appended++) {
        size_t grown = capacity;
        if (appended == capacity)
            grown = loam__grow(capacity, appended + 1);
        cr_assert_gt(grown, appended);
        cr_assert(LOAM_STRESS && capacity < LOAM__EXACT_UP_TO ? grown == appended + 1
                                                              : grown <= 4 + capacity + capacity / 2);
        capacity = grown;
    }
    cr_assert_eq(loam__grow(8, 1000), 1000);
}

static bool only_small(void *context, size_t bytes)
{
    ++*(int *)context;
    return bytes <= 100;
}

LOAM_TEST(lib, the_gate_is_asked_before_each_allocation)
{
    int asked = 0;
    char *memory;

    loam__alloc_gate_context = &asked;
    loam__alloc_gate = only_small;
    memory = loam__alloc(100);
    cr_assert_not_null(memory);
    memory[99] = 'x';
    cr_assert_null(loam__alloc(101));
    cr_assert_null(loam__realloc(memory, 101));
    memory = loam__realloc(memory, 50);
    cr_assert_not_null(memory);
    loam__free(memory);
    loam__free(NULL);
    loam__alloc_gate = NULL;
    cr_assert_eq(asked, 4);
}

/* UTF-8 by decoding: the slow twin of loam__utf8_check(). */
static bool reference_utf8(const unsigned char *p, size_t len, size_t *chars)
{
    *chars = 0;
    for (size_t i = 0; i < len; ++*chars) {
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        size_t width = p[i] < 0x80 ? 1 : p[i] >> 5 == 6 ? 2 : p[i] >> 4 == 14 ? 3 : p[i] >> 3 == 30 ? 4 : 0;
        uint32_t code = width == 1 ? p[i] : p[i] & (0xffu >> (width + 1));
        if (!width || width > len - i)
            return false;
        for (size_t j = 1; j < width; j++) {
            if (p[i + j] >> 6 != 2)
                return false;
            code = code << 6 | (p[i + j] & 0x3f);
        }
        if (code < least[width] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
            return false;
        i += width;
    }
    return true;
}

static void check_utf8(const unsigned char *data, size_t len)
{
    size_t expected = 0;
    size_t chars = SIZE_MAX;
    bool valid = reference_utf8(data, len, &expected);

    if (loam__utf8_check((const char *)data, len, &chars) != valid)
        cr_assert_fail("%02x %02x %02x %02x, %zu bytes", data[0], data[1], data[2], data[3], len);
    if (valid && chars != expected)
        cr_assert_fail("%zu code points, not %zu", chars, expected);
}

static void check_exact(const char *bytes, size_t len, bool valid)
{
    char *exact = malloc(len ? len : 1); /* so that a sanitizer sees a read beyond it */
    size_t chars;

    memcpy(exact, bytes, len);
    cr_assert_eq(loam__utf8_check(exact, len, &chars), valid, "%zu bytes from %02x", len, (unsigned char)bytes[0]);
    free(exact);
}

LOAM_TEST(lib, utf8_is_what_python_decodes)
{
    static const unsigned char edges[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xff};
    unsigned char data[64] = {0};
    uint64_t state = 1;

    for (unsigned a = 0; a < 256; a++) {
        data[0] = (unsigned char)a;
        check_utf8(data, 1);
        for (unsigned b = 0; b < 256; b++) {
            data[1] = (unsigned char)b;
            check_utf8(data, 2);
            for (size_t c = 0; c < sizeof edges; c++) {
                data[2] = edges[c];
                check_utf8(data, 3);
                for (size_t d = 0; a >= 0xf0 && d < sizeof edges; d++) {
                    data[3] = edges[d];
                    check_utf8(data, 4);
                }
            }
        }
    }
    for (unsigned round = rounds(300000); round; round--) {
        size_t len = random_below(&state, sizeof data - 4) + 4;
        for (size_t i = 0; i < len; i++) {
            uint64_t r = random_word(&state);
            data[i] = r % 16 ? (unsigned char)('a' + r % 13) : (unsigned char)(r >> 32);
            if (r % 16 == 1 && i + 4 <= len) {
                memcpy(data + i, r & 64 ? "\xf0\x9f\x98\x80" : "\xe6\x97\xa5!", 4);
                i += 3;
            }
        }
        check_utf8(data, len);
    }

    check_exact("", 0, true);
    check_exact("\0", 1, true);
    check_exact("\xc2\x80", 2, true);
    check_exact("\xc1\xbf", 2, false);     /* overlong */
    check_exact("\xe0\x9f\xbf", 3, false); /* overlong */
    check_exact("\xe0\xa0\x80", 3, true);
    check_exact("\xed\x9f\xbf", 3, true);      /* U+D7FF */
    check_exact("\xed\xa0\x80", 3, false);     /* the first surrogate */
    check_exact("\xed\xbf\xbf", 3, false);     /* the last one */
    check_exact("\xee\x80\x80", 3, true);      /* U+E000 */
    check_exact("\xf0\x8f\xbf\xbf", 4, false); /* overlong */
    check_exact("\xf0\x90\x80\x80", 4, true);
    check_exact("\xf4\x8f\xbf\xbf", 4, true); /* U+10FFFF */
    check_exact("\xf4\x90\x80\x80", 4, false);
    check_exact("\xf8\x88\x80\x80\x80", 5, false); /* five bytes were UTF-8 until 2003 */
    for (size_t len = 1; len < 4; len++) {
        char padded[20] = "0123456789abcdef";
        check_exact("\xf0\x9f\x98\x80", len, false); /* truncated */
        memcpy(padded + 16 - len, "\xf0\x9f\x98", len);
        check_exact(padded, 16, false);
    }
}

LOAM_TEST(lib, utf8_steps_forwards_and_backwards)
{
    const char *text = "a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80z";
    static const uint32_t codes[] = {'a', 0xe9, 0x65e5, 0x1f600, 'z'};
    static const size_t starts[] = {0, 1, 3, 6, 10, 11};
    size_t width;

    for (size_t i = 0; i < 5; i++) {
        cr_assert_eq(loam__utf8_decode(text + starts[i], &width), codes[i]);
        cr_assert_eq(width, starts[i + 1] - starts[i]);
        for (size_t j = i; j <= 5; j++) {
            cr_assert_eq(loam__utf8_advance(text + starts[i], j - i), text + starts[j]);
            cr_assert_eq(loam__utf8_retreat(text + starts[j], j - i), text + starts[i]);
        }
    }
}

LOAM_TEST(lib, hashes_of_bytes_agree_however_they_are_read)
{
    uint64_t state = 2;

    for (unsigned round = rounds(20000); round; round--) {
        size_t len = random_below(&state, round % 8 ? LOAM__HASH_SHORT + 1 : 80);
        char padded[96];
        char *exact = malloc(len ? len : 1);
        uint64_t hash;

        for (size_t i = 0; i < sizeof padded; i++)
            padded[i] = (char)random_word(&state);
        memcpy(exact, padded, len);
        hash = loam__hash_padded(padded, len);
        cr_assert_neq(hash, 0);
        cr_assert_eq(loam__hash_bytes(exact, len), hash, "%zu bytes", len);
        free(exact);

        memset(padded + len, 0x5a, sizeof padded - len);
        cr_assert_eq(loam__hash_padded(padded, len), hash, "what is beyond the end of %zu bytes matters", len);
        for (size_t bit = 0; bit < 8 * len; bit++) {
            padded[bit / 8] ^= (char)(1 << bit % 8);
            if (loam__hash_padded(padded, len) == hash)
                cr_assert_fail("bit %zu of %zu bytes does not matter", bit, len);
            padded[bit / 8] ^= (char)(1 << bit % 8);
        }
        memset(padded + len, 0, sizeof padded - len);
        for (size_t longer = len + 1; longer <= len + 16; longer++)
            cr_assert_neq(loam__hash_padded(padded, longer), hash, "%zu bytes hash as %zu", longer, len);
    }
    cr_assert_neq(loam__hash_bytes("a", 1), loam__hash_bytes("a\0", 2));
    cr_assert_neq(loam__hash_bytes("a", 1), loam__hash_bytes("b\0", 2));
    cr_assert_neq(loam__hash_bytes("", 0), loam__hash_bytes("\0", 1));
}

/* One bit, anywhere, makes them different. */
LOAM_TEST(lib, long_bytes_are_the_same_where_memcmp_says_so)
{
    uint64_t random = 3;

    for (size_t len = LOAM__HASH_SHORT + 1; len < 80; len++) {
        char a[80];
        char b[80];
        for (size_t i = 0; i < sizeof a; i++)
            a[i] = b[i] = (char)random_word(&random);
        b[len]++;
        cr_assert(loam__same_long_bytes(a, b, len));
        for (size_t bit = 0; bit < 8 * len; bit++) {
            b[bit / 8] ^= (char)(1 << bit % 8);
            cr_assert_eq(loam__same_long_bytes(a, b, len), memcmp(a, b, len) == 0, "bit %zu of %zu bytes", bit, len);
            b[bit / 8] ^= (char)(1 << bit % 8);
        }
    }
}

LOAM_TEST(lib, bits_are_counted)
{
    uint64_t random = 4;

    for (unsigned i = rounds(10000); i; i--) {
        uint32_t word = (uint32_t)(random_word(&random) & random_word(&random));
        unsigned set = 0;
        for (int bit = 0; bit < 32; bit++)
            set += word >> bit & 1;
        cr_assert(loam__count_bits(word) == set && loam__count_bits(~word) == 32 - set);
    }
}

LOAM_TEST(lib, hashes_of_integers_spread_in_their_low_bits_and_their_high_ones)
{
    enum { MANY = 1 << 16, BUCKETS = 1 << 12 };
    static unsigned low[BUCKETS], high[BUCKETS];
    uint64_t state = 7;

    for (int64_t i = 0; i < MANY;
         i++) { /* in arithmetic progression they spread less well where the secret is unlucky */
        uint64_t hash = loam__hash_int((int64_t)random_word(&state));
        low[hash % BUCKETS]++;
        high[hash >> 52]++;
    }
    for (size_t i = 0; i < BUCKETS; i++) {
        cr_assert_lt(low[i], 4 * MANY / BUCKETS, "%u in bucket %zu", low[i], i);
        cr_assert_lt(high[i], 4 * MANY / BUCKETS, "%u in high bucket %zu", high[i], i);
    }
}

static void assert_text(loam__text *text, const char *expected)
{
    cr_assert_eq(text->status, LOAM_OK);
    loam__text_byte(text, '\0');
    cr_assert_str_eq(text->data, expected);
    loam__text_free(text);
}

static uint64_t fnv(uint64_t hash, const char *data, size_t len)
{
    while (len--)
        hash = (hash ^ (unsigned char)*data++) * 0x100000001b3u;
    return hash;
}

#define FNV_START 0xcbf29ce484222325u

static const struct {
    double number;
    const char *repr;
} doubles[] = {
    {0x0.0p+0, "0.0"},
    {-0x0.0p+0, "-0.0"},
    {0x1.0000000000000p+0, "1.0"},
    {-0x1.0000000000000p+0, "-1.0"},
    {0x1.999999999999ap-4, "0.1"},
    {0x1.999999999999ap-3, "0.2"},
    {0x1.3333333333334p-2, "0.30000000000000004"},
    {0x1.0000000000000p-1, "0.5"},
    {0x1.8000000000000p+0, "1.5"},
    {0x1.edd2f1a9fbe77p+6, "123.456"},
    {0x1.9000000000000p+6, "100.0"},
    {0x1.c6bf526340000p+49, "1000000000000000.0"},
    {0x1.1c37937e08000p+53, "1e+16"},
    {0x1.1c37937e07fffp+53, "9999999999999998.0"},
    {0x1.5ee2a2eb5a5c4p+53, "1.2345678901234568e+16"},
    {0x1.b69b4ba630f35p+56, "1.2345678901234568e+17"},
    {0x1.18b54f22aeb03p+50, "1234567890123456.8"},
    {0x1.6345785d8a000p+56, "1e+17"},
    {0x1.0f0cf064dd592p+73, "1e+22"},
    {0x1.52d02c7e14af6p+76, "1e+23"},
    {0x1.249ad2594c37dp+332, "1e+100"},
    {0x1.a36e2eb1c432dp-14, "0.0001"},
    {0x1.02e4b6ce5dc68p-13, "0.00012345"},
    {0x1.4f8b588e368f1p-17, "1e-05"},
    {0x1.9e0fcaf9380fcp-17, "1.234e-05"},
    {0x1.b7cdfd9d7bdbbp-34, "1e-10"},
    {0x0.0000000000001p-1022, "5e-324"},
    {0x0.0000000000002p-1022, "1e-323"},
    {0x1.0000000000000p-1022, "2.2250738585072014e-308"},
    {0x0.fffffffffffffp-1022, "2.225073858507201e-308"},
    {0x1.fffffffffffffp+1023, "1.7976931348623157e+308"},
    {0x1.0000000000000p+53, "9007199254740992.0"},
    {0x1.fffffffffffffp+52, "9007199254740991.0"},
    {0x1.0000000000000p+52, "4503599627370496.0"},
    {0x1.0000000000000p+63, "9.223372036854776e+18"},
    {0x1.0000000000000p+64, "1.8446744073709552e+19"},
    {0x1.921fb54442d18p+1, "3.141592653589793"},
    {0x1.5bf0a8b145769p+1, "2.718281828459045"},
    {0x1.5555555555555p-2, "0.3333333333333333"},
    {0x1.5555555555555p-1, "0.6666666666666666"},
    {0x1.b1ae4d6e2ef50p+69, "1e+21"},
    {0x1.5af1d78b58c40p+66, "1e+20"},
    {0x1.1de784a000000p+28, "299792458.0"},
    {0x1.fe185ca57c517p+78, "6.02214076e+23"},
    {0x1.7a4da290c1653p-63, "1.602176634e-19"},
    {0x1.1666666666666p+2, "4.35"},
    {0x1.f9add3746f659p-4, "0.1234567890123456"},
    {0x1.e240c9fbe76c9p+16, "123456.789"},
    {0x1.0624dd2f1a9fcp-10, "0.001"},
    {0x1.47ae147ae147bp-7, "0.01"},
    {0x1.e848000000000p+19, "1000000.0"},
    {0x1.869f000000000p+16, "99999.0"},
    {0x1.ad7f29abcaf48p-24, "1e-07"},
    {-0x1.ad7f29abcaf48p-24, "-1e-07"},
    {-0x1.4000000000000p+1, "-2.5"},
    {0x1.0000000000000p+16, "65536.0"},
    {0x1.56e1fc2f8f359p-997, "1e-300"},
    {0x1.7e43c8800759cp+996, "1e+300"},
    {0x0.0b8157268fdafp-1022, "1e-309"},
    {0x1.c7e83209e90b2p+72, "8.41e+21"},
    {0x1.0000000000001p+1, "2.0000000000000004"},
    {0x1.0000000000000p-20, "9.5367431640625e-07"},
    {INFINITY, "inf"},
    {-INFINITY, "-inf"},
    {NAN, "nan"},
    /* Powers of two whose nearest 16 digits read back as the double below. */
    {0x1.0000000000000p-44, "5.684341886080802e-14"},
    {0x1.0000000000000p-24, "5.960464477539063e-08"},
    {0x1.0000000000000p+89, "6.189700196426902e+26"},
    {0x1.0000000000000p-1017, "7.120236347223045e-307"},
};

LOAM_TEST(lib, repr_of_a_double_is_the_shortest_that_reads_back)
{
    loam__text text = LOAM__TEXT_EMPTY;
    uint64_t state = 3;
    uint64_t hash = FNV_START;

    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++) {
        loam__text_double(&text, doubles[i].number);
        assert_text(&text, doubles[i].repr);
    }

    /* All powers of two, a line each, as CPython 3.11 writes them. */
    for (int exponent = -1074; exponent < 1024; exponent++) {
        loam__text_double(&text, ldexp(1, exponent));
        loam__text_byte(&text, '\n');
        hash = fnv(hash, text.data, text.len);
        text.len = 0;
    }
    cr_assert_eq(hash, 0x8a2ce174d3479c89u);

    for (unsigned round = rounds(100000); round; round--) {
        uint64_t bits = random_word(&state);
        double number;
        double back;
        memcpy(&number, &bits, sizeof number);
        if (!isfinite(number))
            continue;
        text.len = 0;
        loam__text_double(&text, number);
        loam__text_byte(&text, '\0');
        back = strtod(text.data, NULL);
        if (memcmp(&back, &number, sizeof back) != 0 || text.len > 25)
            cr_assert_fail("%a became %s", number, text.data);
    }
    loam__text_free(&text);
}

LOAM_TEST(lib, repr_of_text_escapes_as_python_does)
{
    static const char *const strs[][2] = {
        {"", "''"},
        {"a", "'a'"},
        {"it's", "\"it's\""},
        {"say \"hi\"", "'say \"hi\"'"},
        {"it's \"both\"", "'it\\'s \"both\"'"},
        {"back\\slash", "'back\\\\slash'"},
        {"\n\r\t", "'\\n\\r\\t'"},
        {"\x1f\x7f", "'\\x1f\\x7f'"},
        {"\xc2\x80\xc2\xa0\xc2\xad\xc3\xbf", "'\\x80\\xa0\\xad\xc3\xbf'"},
        {"\xe2\x80\x8b\xe2\x80\xa8", "'\\u200b\\u2028'"},
        {"\xe6\x97\xa5\xe6\x9c\xac", "'\xe6\x97\xa5\xe6\x9c\xac'"},
        {"\xee\x80\x80\xef\xbf\xbe", "'\\ue000\\ufffe'"},
        {"\xf0\x9f\x98\x80", "'\xf0\x9f\x98\x80'"},
        {"\xf3\xa0\x80\x81\xf4\x8f\xbf\xbf", "'\\U000e0001\\U0010ffff'"},
        {"\xcd\xb8\xcc\x80", "'\\u0378\xcc\x80'"},
    };
    loam__text text = LOAM__TEXT_EMPTY;

    for (size_t i = 0; i < sizeof strs / sizeof *strs; i++) {
        loam__text_str_repr(&text, strs[i][0], strlen(strs[i][0]));
        assert_text(&text, strs[i][1]);
    }
    loam__text_str_repr(&text, "a\0b", 3);
    assert_text(&text, "'a\\x00b'");
    loam__text_bytes_repr(&text, "", 0);
    assert_text(&text, "b''");
    loam__text_bytes_repr(&text, "it's", 4);
    assert_text(&text, "b\"it's\"");
    loam__text_bytes_repr(&text, "it's \"both\"", 11);
    assert_text(&text, "b'it\\'s \"both\"'");
    loam__text_bytes_repr(&text, "\\\n\r\t\0\x1f\x7f\x80\xff ~", 11);
    assert_text(&text, "b'\\\\\\n\\r\\t\\x00\\x1f\\x7f\\x80\\xff ~'");
    loam__text_int(&text, INT64_MIN);
    loam__text_byte(&text, ' ');
    loam__text_int(&text, INT64_MAX);
    assert_text(&text, "-9223372036854775808 9223372036854775807");
}

LOAM_TEST(lib, what_is_printable_is_what_unicode_14_says)
{
    uint64_t hash = FNV_START;
    unsigned printable = 0;

    for (uint32_t code = 0; code < 0x110000; code++) {
        char bit = loam__printable(code) ? 1 : 0;
        printable += (unsigned)bit;
        hash = fnv(hash, &bit, 1);
    }
    cr_assert(loam__printable(' ') && loam__printable('~') && !loam__printable('\n') && !loam__printable(0x7f));
    /* Of str.isprintable() of every code point, CPython 3.11. */
    cr_assert_eq(printable, 144516);
    cr_assert_eq(hash, 0xbef272e932b35f59u);
}

LOAM_TEST(lib, a_text_remembers_that_it_failed)
{
    loam__text text = LOAM__TEXT_EMPTY;

    loam__text_chars(&text, "kept");
    loam__alloc_gate = refuse_memory;
    for (int i = 0; i < 1000; i++)
        loam__text_chars(&text, "too much");
    loam__alloc_gate = NULL;
    cr_assert_eq(text.status, LOAM_ERR_MEMORY);
    assert_failed(LOAM_ERR_MEMORY);
    loam__text_chars(&text, "ignored");
    cr_assert_eq(text.status, LOAM_ERR_MEMORY);
    cr_assert_eq(memcmp(text.data, "kept", 4), 0);
    loam__text_free(&text);
    cr_assert_null(text.data);
    loam__text_append(&text, "x", SIZE_MAX);
    cr_assert_eq(text.status, LOAM_ERR_MEMORY, "a size that cannot be");
    loam_error_clear();
}

/* How much of the stack was in use when the check said no. */
__attribute__((noinline)) static size_t depth_reached(const char *top, unsigned *calls)
{
    volatile char frame[1000];
    size_t depth;

    frame[0] = (char)++*calls;
    if (loam__stack_check() < 0)
        return (size_t)(top - (const char *)frame);
    depth = depth_reached(top, calls);
    frame[1] = (char)depth;
    return depth;
}

static const char *use_up_the_stack(void)
{
    char top = 0;
    unsigned calls = 0;
    size_t depth = depth_reached(&top, &calls);

    if (loam_error()->status != LOAM_ERR_RECURSION)
        return "no failure";
    loam_error_clear();
    if (calls < 10 || depth < 100 * 1024)
        return "too early";
    if (depth > 250 * 1024)
        return "too late";
    return NULL;
}

LOAM_TEST(lib, the_stack_check_says_no_while_there_is_still_room)
{
    const char *problem = on_small_stack(use_up_the_stack);

    cr_assert_null(problem, "%s", problem);
    cr_assert_eq(loam__stack_check(), LOAM_OK);
}
