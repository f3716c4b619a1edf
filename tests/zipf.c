/*
 * Write a text of MB million bytes to standard output, always the same: words drawn by Zipf's law (the r-th most
 * frequent with a weight of 1/r) from 100,000 distinct ones, about 12 to a line. Most words have 2 to 12 bytes of
 * ASCII; one in 50 has letters beyond it.
 *
 * Sampling is by Walker's alias method: one table look-up a word, so that a text of 500 MB takes seconds.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 100000, LONGEST = 40 };

static char words[WORDS][LONGEST];
static unsigned char lengths[WORDS];
static double chance[WORDS];
static uint32_t alias[WORDS];
static uint64_t state = 0x9e3779b97f4a7c15u;

/* splitmix64 */
static uint64_t next_random(void)
{
    uint64_t x = state += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint32_t below(uint32_t n)
{
    return (uint32_t)(((next_random() >> 32) * n) >> 32);
}

/*
 * Word number i: its number in base 50, two letters a digit, which makes all of them different, and then a tail.
 * Frequent words come out short, as in a language.
 */
static void make_word(uint32_t i)
{
    static const char *const beyond[] = {"\xc3\xa9", "\xc3\xbc", "\xc5\x82", "\xce\xbb", "\xd0\xb6", "\xe4\xb8\xad"};
    static const char consonants[] = "bcdfglmnrt";
    static const char vowels[] = "aeiou";
    char *word = words[i];
    size_t len = 0;
    for (uint32_t n = i + 1; n; n /= 50) {
        word[len++] = consonants[n % 50 / 5];
        word[len++] = vowels[n % 5];
    }
    if (i % 50 == 49)
        len += (size_t)sprintf(word + len, "%s", beyond[i / 50 % (sizeof(beyond) / sizeof(*beyond))]);
    else if (i > 2500)
        for (uint32_t tail = below(5); tail; tail--)
            word[len++] = "sxzkpvhjqw"[below(10)];
    lengths[i] = (unsigned char)len;
}

static void make_tables(void)
{
    static double weight[WORDS];
    static uint32_t small[WORDS], large[WORDS];
    uint32_t small_count = 0, large_count = 0;
    double sum = 0;
    for (uint32_t i = 0; i < WORDS; i++)
        sum += 1.0 / (i + 1);
    for (uint32_t i = 0; i < WORDS; i++) {
        weight[i] = WORDS / sum / (i + 1);
        if (weight[i] < 1)
            small[small_count++] = i;
        else
            large[large_count++] = i;
    }
    while (small_count && large_count) {
        uint32_t low = small[--small_count];
        uint32_t high = large[large_count - 1];
        chance[low] = weight[low];
        alias[low] = high;
        weight[high] -= 1 - weight[low];
        if (weight[high] < 1) {
            large_count--;
            small[small_count++] = high;
        }
    }
    while (small_count)
        chance[small[--small_count]] = 1;
    while (large_count)
        chance[large[--large_count]] = 1;
}

static uint32_t draw(void)
{
    uint64_t bits = next_random();
    uint32_t i = (uint32_t)(((bits >> 32) * WORDS) >> 32);
    return (double)(bits & 0xffffffffu) < chance[i] * 4294967296.0 ? i : alias[i];
}

int main(int argc, char **argv)
{
    char *end = NULL;
    double megabytes = argc == 2 ? strtod(argv[1], &end) : -1;
    if (!(megabytes >= 0) || *end) {
        fputs("usage: zipf MB > FILE\n", stderr);
        return 2;
    }
    for (uint32_t i = 0; i < WORDS; i++)
        make_word(i);
    make_tables();
    static char line[16 * (LONGEST + 1)];
    uint64_t left = (uint64_t)llround(megabytes * 1e6);
    while (left) {
        size_t len = 0;
        for (uint32_t n = 10 + below(5); n; n--) {
            uint32_t i = draw();
            memcpy(line + len, words[i], lengths[i]);
            len += lengths[i];
            line[len++] = ' ';
        }
        line[len - 1] = '\n';
        if (len > left)
            len = (size_t)left; /* the last word may be cut, even inside a letter */
        if (fwrite(line, 1, len, stdout) != len)
            break;
        left -= len;
    }
    if (fflush(stdout) || ferror(stdout)) {
        perror("zipf");
        return 1;
    }
    return 0;
}
