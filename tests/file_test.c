#include "tests/harness.h"

#include "iter/split.h"
#include "iter/stage.h"
#include "lib/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* What iter/file.c reads at a time. */
enum { BLOCK = LOAM_STRESS ? 7 : 256 * 1024 };

/* What is right, byte by byte. */

static bool is_separator(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t words_of(const char *data, size_t len, loam_view *out)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        if (!is_separator(data[i])) {
            size_t start = i;
            while (i < len && !is_separator(data[i]))
                i++;
            out[n++] = (loam_view){data + start, i - start};
        }
    return n;
}

static size_t lines_of(const char *data, size_t len, loam_view *out)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        size_t start = i;
        while (i < len && data[i] != '\n')
            i++;
        out[n++] = (loam_view){data + start, i - start};
    }
    return n;
}

typedef struct way {
    const char *name;
    loam__split *split;
    size_t (*reference)(const char *data, size_t len, loam_view *out);
    loam_iter *(*open)(const char *path);
} way;

static const way ways[] = {
    {"words", loam__split_words, words_of, loam_iter_words},
    {"lines", loam__split_lines, lines_of, loam_iter_lines},
    {"portable words", loam__split_words_portable, words_of, NULL},
#if defined(__SSE2__) && !LOAM_PORTABLE
    {"sse2 words", loam__split_words_sse2, words_of, NULL},
#endif
};

static bool equal(loam_view a, loam_view b)
{
    return a.len == b.len && (!a.len || !memcmp(a.data, b.data, a.len));
}

/* Bytes near those that matter: separators, what is next to them, NUL, invalid UTF-8; `rare` in one of how many a
 * separator stands. */
static char random_byte(uint64_t *random, uint64_t rare)
{
    static const char separators[] = " \t\n\v\f\r\n ";
    static const char others[] = "\0\x08\x0e\x1c\x1f!ab\x7f\x80\x85\x89\x8d\xa0\xc3\xff";

    if (!random_below(random, rare))
        return separators[random_below(random, sizeof separators - 1)];
    return others[random_below(random, sizeof others - 1)];
}

/* The splitters. */

enum { MOST = 2000 };

/* Split `len` bytes of `data`, given a part at a time with garbage behind it, into up to `cap` items at once. */
static size_t split_in_parts(const way *w, const char *data, size_t len, uint64_t *random, loam_view *out)
{
    uint64_t longest_part = random_below(random, 2) ? 9 : 500;
    uint64_t largest_cap = random_below(random, 2) ? 4 : 300;
    loam__splitter splitter = {0, 0};
    char *memory = malloc(len + LOAM__SPLIT_SLACK); /* not a byte more, for AddressSanitizer */
    size_t there = 0;
    size_t n = 0;

    for (;;) {
        size_t cap = 1 + (size_t)random_below(random, largest_cap);
        size_t got = w->split(&splitter, memory, there, out + n, cap);
        for (size_t i = n; i < n + got; i++)
            out[i].data = data + (out[i].data - memory);
        n += got;
        if (got > cap || (got < cap && splitter.position != there))
            cr_assert_fail("%s: %zu of %zu items, and stands at %zu of %zu", w->name, got, cap, splitter.position,
                           there);
        if (got == cap)
            continue;
        if (there == len)
            break;
        memcpy(memory, data, there);
        memset(memory + there, (int)random_below(random, 2) ? ' ' : 'x', len - there + LOAM__SPLIT_SLACK);
        there += 1 + (size_t)random_below(random, longest_part);
        there = there < len ? there : len;
        memcpy(memory, data, there);
    }
    if (splitter.start < splitter.position)
        out[n++] = (loam_view){data + splitter.start, splitter.position - splitter.start};
    free(memory);
    return n;
}

LOAM_TEST(file, splitters_agree_with_a_loop_over_bytes_wherever_they_stop)
{
    static char data[MOST];
    static loam_view expected[MOST + 1];
    static loam_view got[MOST + 1];
    uint64_t random = 1;

    for (unsigned i = 0; i < rounds(100000); i++) {
        size_t len = (size_t)random_below(&random, i % 50 ? 150 : MOST);
        uint64_t rare = 1 + random_below(&random, i % 3 ? 8 : 100);
        for (size_t at = 0; at < len; at++)
            data[at] = random_byte(&random, rare);
        for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
            size_t n = ways[w].reference(data, len, expected);
            if (split_in_parts(&ways[w], data, len, &random, got) != n)
                cr_assert_fail("round %u, %s: not %zu items", i, ways[w].name, n);
            for (size_t k = 0; k < n; k++)
                if (got[k].data != expected[k].data || got[k].len != expected[k].len)
                    cr_assert_fail("round %u, %s: item %zu", i, ways[w].name, k);
        }
    }
}

/* Files. */

static char path[] = "/tmp/loam-file-XXXXXX";

static void make_file(void)
{
    int fd = mkstemp(path);

    cr_assert_geq(fd, 0);
    close(fd);
}

/* (Emptied first, the file would wait for the disk on some file systems.) */
static void write_file(const char *data, size_t len)
{
    int fd = open(path, O_WRONLY);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, data, len), (ssize_t)len);
    cr_assert_eq(ftruncate(fd, (off_t)len), 0);
    close(fd);
}

static int open_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static loam_view text_of(loam_value item)
{
    if (loam_is_str(item))
        return loam_str_view_peek(loam_to_str_peek(item));
    return loam_bytes_view_peek(loam_to_bytes_peek(item));
}

/* Of these bytes, and a str if and only if they are UTF-8. */
static bool is_text(loam_value item, loam_view expected)
{
    size_t chars;

    return equal(text_of(item), expected) && loam_is_str(item) == loam__utf8_check(expected.data, expected.len, &chars);
}

static void assert_stepped_take(loam_iter *it, const loam_view *expected, size_t count, const char *name)
{
    loam_value item;

    cr_assert_not_null(it, "%s", loam_error()->text);
    for (size_t i = 0; i < count; i++)
        if (loam_iter_next_peek(it, &item) != LOAM_OK || !is_text(item, expected[i]))
            cr_assert_fail("%s: item %zu of %zu: %s", name, i, count, loam_error()->text);
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_DONE);
    loam_release(it);
}

static void assert_listed_take(loam_iter *it, const loam_view *expected, size_t count, const char *name)
{
    loam_list *list = loam_iter_list(it);

    cr_assert_eq(loam_list_len(list), (int64_t)count, "%s: %d items, not %zu: %s", name, (int)loam_list_len(list),
                 count, loam_error()->text);
    for (size_t i = 0; i < count; i++)
        if (!is_text(loam_list_get_peek(list, (int64_t)i), expected[i]))
            cr_assert_fail("%s: item %zu of %zu", name, i, count);
    loam_release(list);
    loam_release(it);
}

/* Words and lines of the file at `from`, which holds `data`, one at a time and all at once. */
static void assert_split_right(const char *from, const char *data, size_t len)
{
    loam_view *expected = malloc((len + 1) * sizeof *expected);

    for (int w = 0; w < 2; w++) {
        size_t count = ways[w].reference(data, len, expected);
        assert_stepped_take(ways[w].open(from), expected, count, ways[w].name);
        assert_listed_take(ways[w].open(from), expected, count, ways[w].name);
    }
    free(expected);
}

LOAM_TEST(file, small_files_of_awkward_bytes_are_split_right)
{
    char data[600];
    uint64_t random = 2;

    make_file();
    for (unsigned i = 0; i < 200; i++) {
        size_t len = i < 100 ? (size_t)random_below(&random, 100) : 64 * (1 + i % 8) + i % 5 - 2;
        uint64_t rare = 1 + i % 13;
        for (size_t at = 0; at < len; at++)
            data[at] = random_byte(&random, rare);
        write_file(data, len);
        assert_split_right(path, data, len);
    }
    unlink(path);
}

LOAM_TEST(file, files_of_about_a_block_and_more_are_split_right)
{
    size_t most = 3 * BLOCK + 200;
    char *data = malloc(most);
    uint64_t random = 3;

    make_file();
    for (unsigned i = 0; i < 70; i++) {
        /* Within 70 bytes of 1 to 3 blocks, and at multiples of 64. */
        size_t len = (1 + i % 3) * BLOCK + (i % 4 ? (size_t)random_below(&random, 141) : 64 * (i % 3) + 6);
        uint64_t rare = i % 5 ? 3000 : 1000000000; /* far from the edges of blocks: long words, or one word */
        len = len > 70 ? len - 70 : 0;
        for (size_t at = 0; at < len; at++)
            data[at] = random_byte(&random, (at + 80) % BLOCK < 160 ? 1 + i % 7 : rare);
        if (i % 17 == 0)
            memset(data, i % 2 ? '\n' : ' ', len); /* only separators */
        write_file(data, len);
        assert_split_right(path, data, len);
    }
    unlink(path);
    free(data);
}

LOAM_TEST(file, a_line_of_50_megabytes_is_one_item)
{
    int64_t len = LOAM_STRESS ? 20000 : (int64_t)rounds(50000000); /* a buffer that grows by a byte takes long */
    loam_value item;

    make_file();
    cr_assert_eq(truncate(path, len), 0); /* NUL bytes, which take no room on the disk */
    for (int w = 0; w < 2; w++) {
        loam_iter *it = ways[w].open(path);
        cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
        cr_assert_eq(text_of(item).len, (size_t)len);
        cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_DONE);
        loam_release(it);
    }
    unlink(path);
}

/* Let a child write `data` into a pipe, in parts of up to `part` bytes: where it is read. The child is `*writer`. */
static int piped(const char *data, size_t len, size_t part, unsigned pause, pid_t *writer)
{
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    *writer = fork();
    cr_assert_geq(*writer, 0);
    if (*writer) {
        close(ends[1]);
        return ends[0];
    }
    for (size_t at = 0; at < len;) {
        ssize_t put = write(ends[1], data + at, part < len - at ? part : len - at);
        if (put < 0)
            _exit(1);
        at += (size_t)put;
        if (pause)
            usleep(pause);
    }
    _exit(0);
}

/* Standard input is `fd` from here on; what it was. */
static int exchange_stdin(int fd)
{
    int before = dup(STDIN_FILENO);

    cr_assert_geq(dup2(fd, STDIN_FILENO), 0);
    close(fd);
    return before;
}

static void restore_stdin(int before)
{
    cr_assert_geq(fcntl(STDIN_FILENO, F_GETFD), 0, "standard input is not ours to close");
    if (before >= 0)
        dup2(before, STDIN_FILENO);
    else
        close(STDIN_FILENO);
    close(before);
}

static void tick(int signal_number)
{
    (void)signal_number;
}

LOAM_TEST(file, pipes_may_give_a_few_bytes_at_a_time)
{
    static const size_t parts[] = {1, 3, 64, 4096, SIZE_MAX};
    size_t most = (LOAM_STRESS ? 2000 : 2 * (size_t)BLOCK) + 100;
    char *data = malloc(most);
    loam_view *expected = malloc((most + 1) * sizeof *expected);
    uint64_t random = 4;
    pid_t writer;

    for (unsigned i = 0; i < 2 * sizeof parts / sizeof *parts; i++) {
        size_t part = parts[i / 2];
        size_t len = part < 64 ? 2000 : most;
        const way *w = &ways[i % 2];
        int fd;
        int before;
        for (size_t at = 0; at < len; at++)
            data[at] = random_byte(&random, 20);
        fd = piped(data, len, part, 0, &writer);
        before = exchange_stdin(fd);
        if (i % 4 < 2)
            assert_listed_take(w->open("-"), expected, w->reference(data, len, expected), w->name);
        else
            assert_stepped_take(w->open("-"), expected, w->reference(data, len, expected), w->name);
        restore_stdin(before);
        cr_assert_eq(waitpid(writer, NULL, 0), writer);
    }
    free(data);
    free(expected);
}

LOAM_TEST(file, a_read_that_a_signal_interrupts_goes_on)
{
    static const char data[] = "one two three four";
    struct sigaction action = {.sa_handler = tick}; /* without SA_RESTART */
    struct itimerval often = {{0, 1000}, {0, 1000}};
    struct itimerval never = {{0, 0}, {0, 0}};
    pid_t writer;
    int before = exchange_stdin(piped(data, strlen(data), 6, 10000, &writer));
    loam_iter *it = loam_iter_words("-");
    loam_list *words;

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    words = loam_iter_list(it);
    setitimer(ITIMER_REAL, &never, NULL);
    assert_repr_take(loam_from(words), "['one', 'two', 'three', 'four']");
    loam_release(it);
    restore_stdin(before);
    while (waitpid(writer, NULL, 0) < 0 && errno == EINTR)
        ;
}

static void assert_cannot_open(const char *name, int error)
{
    char text[200];

    snprintf(text, sizeof text, "%s: %s", name, strerror(error));
    for (int w = 0; w < 2; w++) {
        cr_assert_null(ways[w].open(name));
        cr_assert_str_eq(loam_error()->text, text);
        assert_failed(LOAM_ERR_IO);
    }
}

LOAM_TEST(file, what_cannot_be_opened_or_read_is_a_failure_that_names_it)
{
    int before = open_descriptors();
    int ends[2];
    int stdin_before;
    loam_value item;
    loam_iter *it;

    assert_cannot_open("/tmp/loam-no-such-folder/file", ENOENT);
    assert_cannot_open("", ENOENT);
    assert_cannot_open("/tmp", EISDIR);
    make_file();
    chmod(path, 0);
    if (access(path, R_OK) < 0)
        assert_cannot_open(path, EACCES);
    unlink(path);
    assert_cannot_open(path, ENOENT);

    if (access("/proc/self/mem", R_OK) == 0) { /* its first bytes cannot be read */
        it = loam_iter_words("/proc/self/mem");
        cr_assert_null(loam_iter_list(it));
        cr_assert_eq(strncmp(loam_error()->text, "/proc/self/mem: ", 16), 0, "%s", loam_error()->text);
        assert_failed(LOAM_ERR_IO);
        cr_assert_eq(open_descriptors(), before);
        loam_release(it);
    }

    /* A pipe that has nothing more at the moment, and does not wait, fails in the middle. */
    for (int sink = 0; sink < 2; sink++) {
        cr_assert_eq(pipe(ends), 0);
        cr_assert_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
        cr_assert_eq(write(ends[1], "one two thr", 11), 11);
        stdin_before = exchange_stdin(ends[0]);
        it = loam_iter_words("-");
        cr_assert_eq(sink ? loam_iter_next_peek(it, &item) : LOAM_OK, LOAM_OK);
        cr_assert_eq(sink ? loam_iter_next_peek(it, &item) : LOAM_OK, LOAM_OK);
        for (int i = 0; i < 2; i++) {
            if (sink)
                cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_ERR_IO);
            else
                cr_assert_null(loam_iter_counter(it), "no partial answer");
            cr_assert_eq(strncmp(loam_error()->text, "-: ", 3), 0);
            assert_failed(LOAM_ERR_IO);
        }
        loam_release(it);
        restore_stdin(stdin_before);
        close(ends[1]);
    }
    cr_assert_eq(open_descriptors(), before);
}

static int fail_at_two(loam_value item, void *context)
{
    return equal(text_of(item), (loam_view){"two", 3}) ? (int)loam_fail(LOAM_ERR_VALUE, "%s", (char *)context) : 1;
}

LOAM_TEST(file, files_are_closed_when_the_chain_ends)
{
    int before = open_descriptors();
    loam_value item;

    make_file();
    write_file("one two three", 13);
    for (int how = 0; how < 6; how++) {
        loam_iter *it = loam_iter_words(path);
        loam_iter *other = loam_iter_lines(path);
        cr_assert_eq(open_descriptors(), before + 2);
        switch (how) {
        case 0: /* a sink that runs it to its end */
            cr_assert_eq(loam_iter_count(it), 3);
            break;
        case 1: /* one that fails */
            loam_iter_filter(it, fail_at_two, "two is too much");
            cr_assert_null(loam_iter_counter(it));
            assert_failed(LOAM_ERR_VALUE);
            break;
        case 2: /* one that cannot use an item */
            cr_assert(loam_is_unset(loam_iter_sum(it)));
            assert_failed(LOAM_ERR_TYPE);
            break;
        case 3: /* one that is satisfied with less */
            loam_iter_take(it, 1);
            cr_assert_eq(loam_iter_count(it), 1);
            break;
        case 4: /* steps to the end */
            while (loam_iter_next_peek(it, &item) == LOAM_OK)
                cr_assert_eq(open_descriptors(), before + 2);
            break;
        case 5: /* in the middle */
            loam_iter_enumerate(it, 0);
            loam_iter_close(it);
            loam_iter_close(it);
            break;
        }
        cr_assert_eq(open_descriptors(), before + 1, "way %d", how);
        loam_iter_close(other);
        cr_assert_eq(open_descriptors(), before);
        loam_release(it);
        loam_release(other);
    }
    unlink(path);
}

/* Not inlined, so that nothing of the iterator stays in a register or on the stack. */
__attribute__((noinline)) static void abandon_a_file(void)
{
    loam_value item;
    loam_iter *it = loam_iter_words(path);

    cr_assert_not_null(it, "%s", loam_error()->text);
    cr_assert_eq(loam_iter_next_peek(it, &item), LOAM_OK);
    loam_release(it);
}

LOAM_TEST(file, iterators_that_are_only_dropped_give_their_files_back)
{
    int before = open_descriptors();

    make_file();
    write_file("one two three", 13);
    for (int i = 0; i < 400; i++) {
        abandon_a_file();
        for (int k = 0; k < 2000 && !loam_gc_has(LOAM_GC_PROMPT_FREE); k++)
            loam_release(loam_list_of(1, 2, 3));
    }
    cr_assert_leq(open_descriptors(), before + (loam_gc_has(LOAM_GC_PROMPT_FREE) ? 0 : 200));
    unlink(path);
}

/* Pipelines. */

enum { DISTINCT = 3000 };

typedef struct tally {
    int word;
    int64_t count, first;
} tally;

static int most_common_first(const void *a, const void *b)
{
    const tally *x = a;
    const tally *y = b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

static bool is_not_short(loam_view word, void *context)
{
    return word.len >= *(const size_t *)context;
}

/* Words of many lengths, some of them not UTF-8. */
static int spell(char *out, int word)
{
    return sprintf(out, "%s%d%.*s", word % 7 ? "w" : "\xff", word, word % 23, "---------------------------");
}

static void tell(const loam_progress *progress, void *context)
{
    *(loam_progress *)context = *progress;
}

LOAM_TEST(file, the_most_common_words_are_counted_right)
{
    static tally tallies[DISTINCT];
    uint64_t random = 5;
    size_t shortest = 4;
    char word[64];
    loam_progress at = {0, 0, 0};
    int64_t words = 0;
    FILE *file;

    make_file();
    file = fopen(path, "w");
    for (int i = 0; i < DISTINCT; i++)
        tallies[i].word = i;
    for (int64_t i = 0; i < 60000; i++) {
        int chosen = (int)random_below(&random, 1 + random_below(&random, DISTINCT));
        int len = spell(word, chosen);
        fprintf(file, "%s%c", word, " \n\t"[i % 3]);
        words++;
        if (len < (int)shortest)
            continue;
        if (!tallies[chosen].count++)
            tallies[chosen].first = i;
    }
    cr_assert_eq(fclose(file), 0);
    qsort(tallies, DISTINCT, sizeof *tallies, most_common_first);

    loam_auto loam_iter *it = loam_iter_words(path);
    loam_iter_progress(it, tell, &at);
    loam_iter_filter_view(it, is_not_short, &shortest);
    loam_auto loam_dict *counts = loam_iter_counter(it);
    loam_auto loam_list *top = loam_dict_most_common(counts, DISTINCT);
    cr_assert_gt(loam_list_len(top), 1000);
    for (int64_t i = 0; i < loam_list_len(top); i++) {
        loam_tuple *pair = loam_to_tuple_peek(loam_list_get_peek(top, i));
        int64_t count = 0;
        loam_view expected = {word, (size_t)spell(word, tallies[i].word)};
        if (!is_text(loam_tuple_get_peek(pair, 0), expected) || loam_to_int(loam_tuple_get_peek(pair, 1), &count) < 0 ||
            count != tallies[i].count)
            cr_assert_fail("place %d: %s %d", (int)i, word, (int)count);
    }
    cr_assert(loam_list_len(top) == DISTINCT || !tallies[loam_list_len(top)].count);

    struct stat about;
    cr_assert_eq(stat(path, &about), 0);
    cr_assert_eq(at.items, (uint64_t)words);
    cr_assert_eq(at.bytes, (uint64_t)about.st_size);
    cr_assert_eq(at.bytes_total, (uint64_t)about.st_size);
    unlink(path);
}

/* Nothing, or the word eight times; what was not part of an item is copied, and moves when there is more of it. */
static loam_view vanish_or_grow(loam_view word, void *context)
{
    static char grown[512];
    unsigned *calls = context;

    if ((*calls)++ % 3 < 2)
        return (loam_view){NULL, 0};
    for (size_t i = 0; i < 8; i++)
        memcpy(grown + i * word.len, word.data, word.len);
    return (loam_view){grown, 8 * word.len};
}

LOAM_TEST(file, views_made_of_words_can_be_counted)
{
    unsigned calls = 0;
    loam_iter *it;
    loam_dict *counts;
    int64_t count = 0;

    make_file();
    write_file("a b chestnut d e of f g hundredandtwenty h i j", 46);
    it = loam_iter_words(path);
    loam_iter_map_view(it, vanish_or_grow, &calls);
    counts = loam_iter_counter(it);
    cr_assert_eq(loam_dict_len(counts), 5);
    cr_assert_eq(loam_dict_get_int(counts, "", &count), LOAM_OK);
    cr_assert_eq(count, 8);
    cr_assert_eq(loam_dict_get_int(counts, "ofofofofofofofof", &count), LOAM_OK);
    cr_assert_eq(count, 1);
    loam_release(counts);
    loam_release(it);

    it = loam_iter_lines("/dev/null");
    cr_assert_eq(loam_iter_count(it), 0);
    loam_release(it);
    unlink(path);
}
