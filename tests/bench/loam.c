/*
 * loam, by its public API only and linked with the shared library, as a user's program is: containers and text.
 */
#define _GNU_SOURCE

#include "loam_bench.h"

#include <sys/mman.h>
#include <unistd.h>

/* dict: what does not depend on the kind of key. */

static uint64_t dict_len(loam_dict *dict)
{
    return (uint64_t)loam_dict_len(dict);
}

/* In batches: the sink pulls the values that way. */
static int64_t dict_sum(loam_dict *dict)
{
    loam_auto loam_iter *values = loam_iter_values(dict);
    loam_auto_value loam_value sum = loam_iter_sum(values);
    int64_t out = 0;
    must(loam_to_int(sum, &out));
    return out;
}

static int64_t dict_own(loam_dict *dict)
{
    return loam_sizeof(loam_from(dict));
}

/* int and int64 differ in their numbers only: all of them go in and come out as int64_t. */

static int64_t *integers(const uint64_t *stream, size_t n, int shift)
{
    int64_t *out = bench_alloc(n, sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = (int64_t)(stream[i] >> shift);
    return out;
}

static void integer_set(loam_dict *dict, int64_t key, int64_t value)
{
    must(loam_dict_set(dict, key, value));
}

static int64_t integer_get(loam_dict *dict, int64_t key)
{
    int64_t value = 0;
    must(loam_dict_get_int(dict, key, &value));
    return value;
}

static uint64_t integer_has(loam_dict *dict, int64_t key)
{
    int found = loam_dict_contains(dict, key);
    must(found);
    return (uint64_t)found;
}

static void integer_remove(loam_dict *dict, int64_t key)
{
    must(loam_dict_remove(dict, key));
}

static int64_t *int_values(size_t n)
{
    int64_t *values = bench_alloc(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = (int64_t)i;
    return values;
}

static int64_t *int64_values(size_t n)
{
    uint64_t *stream = bench_stream(BENCH_VALUES, n);
    int64_t *values = integers(stream, n, 0);
    free(stream);
    return values;
}

typedef loam_dict *int_map, *int64_map, *str_map;
typedef int64_t int_key, int_query, int_value, int64_key, int64_query, int64_value;
#define int_keys(stream, n) integers(stream, n, 4)
#define int_queries int_keys
#define int_fresh(keys, stream, n) ((void)(stream))
#define int_fresh_queries int_fresh
#define int_new loam_dict_new
#define int_free loam_release
#define int_len dict_len
#define int_set integer_set
#define int_get integer_get
#define int_has integer_has
#define int_remove integer_remove
#define int_sum dict_sum
#define int_own dict_own

static uint64_t int_sum_many(loam_dict *dict, const int64_t *keys, size_t n)
{
    enum { AT_ONCE = 1024 };
    int64_t values[AT_ONCE];
    uint64_t sum = 0;
    for (size_t done = 0; done < n; done += AT_ONCE) {
        int64_t count = n - done < AT_ONCE ? (int64_t)(n - done) : AT_ONCE;
        must(loam_dict_get_many_int(dict, keys + done, count, values));
        for (int64_t i = 0; i < count; i++)
            sum += (uint64_t)values[i];
    }
    return sum;
}

#define BENCH_MANY
#define M(name) int_##name
#include "dict_loops.h"
#undef M
#undef BENCH_MANY

#define int64_keys(stream, n) integers(stream, n, 0)
#define int64_queries int64_keys
#define int64_fresh int_fresh
#define int64_fresh_queries int_fresh
#define int64_new loam_dict_new
#define int64_free loam_release
#define int64_len dict_len
#define int64_set integer_set
#define int64_get integer_get
#define int64_has integer_has
#define int64_remove integer_remove
#define int64_sum(map) 0
#define int64_own dict_own
#define M(name) int64_##name
#include "dict_loops.h"
#undef M

/* str: what goes in are strs that exist already, as the peers' char * do, and whose hash nobody has asked for yet; looked
 * up by C string. A list holds them: in the array, which is malloc's, no collector would see them. */

typedef loam_str *str_key;
typedef char *str_query;
typedef int64_t str_value;

/* For the bytes, for the loops, and the others of churn. */
static struct str_holder {
    loam_str **keys;
    loam_list *list;
} str_holders[3];

/* Of NULL, a free one. */
static struct str_holder *str_holder_of(loam_str *const *keys)
{
    struct str_holder *holder = str_holders;
    while (holder->keys != keys)
        BENCH_MUST(++holder < str_holders + 3);
    return holder;
}

static void str_fresh(loam_str **keys, const uint64_t *stream, size_t n)
{
    loam_list *list = str_holder_of(keys)->list;
    for (size_t i = 0; i < n; i++) {
        char text[BENCH_STRING];
        size_t len = bench_string(text, stream[i], 8, 20);
        must(loam_list_set(list, (int64_t)i, LOAM_NONE));
        keys[i] = loam_str_from(text, len);
        BENCH_MUST(keys[i]);
        must(loam_list_set_take(list, (int64_t)i, loam_from(keys[i])));
    }
}

static loam_str **str_keys(const uint64_t *stream, size_t n)
{
    loam_str **keys = bench_alloc(n, sizeof *keys);
    loam_list *list = loam_list_new();
    BENCH_MUST(list);
    *str_holder_of(NULL) = (struct str_holder){keys, list};
    for (size_t i = 0; i < n; i++)
        must(loam_list_append(list, LOAM_NONE));
    str_fresh(keys, stream, n);
    return keys;
}

static void str_set(loam_dict *dict, loam_str *key, int64_t value)
{
    must(loam_dict_set(dict, key, value));
}

static int64_t str_get(loam_dict *dict, const char *key)
{
    int64_t value = 0;
    must(loam_dict_get_int(dict, key, &value));
    return value;
}

static uint64_t str_has(loam_dict *dict, const char *key)
{
    int found = loam_dict_contains(dict, key);
    must(found);
    return (uint64_t)found;
}

static void str_remove(loam_dict *dict, const char *key)
{
    must(loam_dict_remove(dict, key));
}

#define str_queries bench_strings
#define str_values int_values
#define str_fresh_queries(queries, stream, n) ((void)(stream))
#define str_new loam_dict_new
#define str_free loam_release
#define str_len dict_len
#define str_sum dict_sum
#define str_own dict_own
#define M(name) str_##name
#include "dict_loops.h"
#undef M

/* dict.str3: many dicts of the same three keys. */
static void str3_bytes(void)
{
    enum { DICTS = 1000 };
    static loam_dict *dicts[DICTS];
    loam_auto loam_str *x = loam_str_new("x"), *y = loam_str_new("y"), *name = loam_str_new("name");
    double heap = bench_heap();
    double figure;
    for (size_t i = 0; i < DICTS; i++) {
        dicts[i] = loam_dict_of(x, 1, y, 2, name, 3);
        BENCH_MUST(dicts[i]);
    }
    heap = (bench_heap() - heap) / DICTS;
    figure = (double)dict_own(dicts[0]);
    figure = heap > figure ? heap : figure;
    bench_print_bytes("bytes", figure, figure, dict_len(dicts[0]));
}

/* dict.str.count: the words are in a file that lives in memory, since a counter takes them from one. */

static uint64_t squares(loam_dict *counts)
{
    loam_auto loam_iter *values = loam_iter_values(counts);
    uint64_t sum = (uint64_t)loam_dict_len(counts);
    loam_value value;
    loam_status status;
    while ((status = loam_iter_next_peek(values, &value)) == LOAM_OK) {
        int64_t count = 0;
        must(loam_to_int(value, &count));
        sum += (uint64_t)(count * count);
    }
    must(status == LOAM_DONE ? LOAM_OK : status);
    return sum;
}

static void str_count(size_t distinct)
{
    bench_samples s = bench_begin();
    bench_text text = bench_words(distinct);
    int file = memfd_create("words", 0);
    char path[64];
    BENCH_MUST(file >= 0);
    for (size_t done = 0; done < text.len;) {
        ssize_t written = write(file, text.data + done, text.len - done);
        BENCH_MUST(written > 0);
        done += (size_t)written;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    for (int r = 3; r; r--) {
        bench_start(&s);
        loam_auto loam_iter *words = loam_iter_words(path);
        loam_auto loam_dict *counts = loam_iter_counter(words);
        bench_stop(&s, BENCH_COUNTED);
        BENCH_MUST(counts);
        bench_answer(&s, squares(counts));
    }
    bench_print("count", &s);
}

/* list */

static loam_list *list_filled(size_t n)
{
    loam_list *list = loam_list_new();
    for (size_t i = 0; i < n; i++)
        must(loam_list_append(list, (int64_t)i));
    return list;
}

static void list_append(size_t n)
{
    bench_samples s = bench_begin();
    for (int r = 3; r; r--) {
        bench_start(&s);
        loam_auto loam_list *list = list_filled(n);
        bench_stop(&s, n);
        bench_answer(&s, (uint64_t)loam_list_len(list));
    }
    bench_print("append", &s);
}

static void list_span_sum(size_t n)
{
    bench_samples s = bench_begin();
    loam_auto loam_list *list = list_filled(n);
    for (int r = 3; r; r--) {
        int64_t sum = 0;
        bench_start(&s);
        loam_span items = loam_list_span_peek(list);
        for (size_t i = 0; i < items.len; i++) {
            int64_t item = 0;
            must(loam_to_int(items.items[i], &item));
            sum += item;
        }
        bench_stop(&s, n);
        bench_answer(&s, (uint64_t)sum);
    }
    bench_print("span_sum", &s);
}

static void list_index_sum(size_t n)
{
    bench_samples s = bench_begin();
    loam_auto loam_list *list = list_filled(n);
    for (int r = 3; r; r--) {
        int64_t sum = 0;
        bench_start(&s);
        for (int64_t i = 0; i < (int64_t)n; i++) {
            int64_t item = 0;
            must(loam_list_get_int(list, i, &item));
            sum += item;
        }
        bench_stop(&s, n);
        bench_answer(&s, (uint64_t)sum);
    }
    bench_print("index_sum", &s);
}

/* sort: the list is filled again before each repetition, outside of the clock. The answer weighs what stands where. */

static loam_list *list_of_ints(const uint64_t *stream, size_t n)
{
    loam_list *list = loam_list_new();
    for (size_t i = 0; i < n; i++)
        must(loam_list_append(list, (int64_t)stream[i]));
    return list;
}

static uint64_t weigh_ints(loam_list *list, size_t n)
{
    uint64_t answer = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t item = 0;
        must(loam_list_get_int(list, (int64_t)i, &item));
        answer = bench_mix(answer, (uint64_t)item);
    }
    return answer;
}

static void sort_ints(size_t n)
{
    bench_samples s = bench_begin();
    uint64_t *stream = bench_stream(BENCH_PRESENT, n);
    for (int r = bench_repetitions(n); r; r--) {
        loam_auto loam_list *list = list_of_ints(stream, n);
        bench_start(&s);
        must(loam_list_sort(list));
        bench_stop(&s, n);
        bench_answer(&s, weigh_ints(list, n));
    }
    bench_print("int", &s);
}

static loam_list *list_of_strs(const uint64_t *stream, size_t n)
{
    loam_list *list = loam_list_new();
    for (size_t i = 0; i < n; i++) {
        char text[BENCH_STRING];
        size_t len = bench_string(text, stream[i], 8, 20);
        must(loam_list_append(list, ((loam_view){text, len})));
    }
    return list;
}

static uint64_t weigh_strs(loam_list *list, size_t n)
{
    uint64_t answer = 0;
    for (size_t i = 0; i < n; i++)
        answer = bench_mix(answer,
                           bench_weight(loam_str_chars_peek(loam_to_str_peek(loam_list_get_peek(list, (int64_t)i)))));
    return answer;
}

static void sort_strs(size_t n)
{
    bench_samples s = bench_begin();
    uint64_t *stream = bench_stream(BENCH_PRESENT, n);
    for (int r = bench_repetitions(n); r; r--) {
        loam_auto loam_list *list = list_of_strs(stream, n);
        bench_start(&s);
        must(loam_list_sort(list));
        bench_stop(&s, n);
        bench_answer(&s, weigh_strs(list, n));
    }
    bench_print("str", &s);
}

/* Text: the runner measures the whole process, and argv[3] is the file. */

static uint64_t word_count(const char *path)
{
    loam_auto loam_iter *words = loam_iter_words(path);
    loam_auto loam_dict *counts = loam_iter_counter(words);
    loam_auto loam_list *top = loam_dict_most_common(counts, 10);
    int64_t ranks = loam_list_len(top);
    uint64_t answer;
    BENCH_MUST(top);
    answer = bench_mix((uint64_t)dict_sum(counts), dict_len(counts));
    for (int64_t i = 0; i < ranks; i++) {
        int64_t count = 0;
        must(loam_to_int(loam_tuple_get_peek(loam_to_tuple_peek(loam_list_get_peek(top, i)), 1), &count));
        answer = bench_mix(answer, (uint64_t)count);
    }
    return answer;
}

static uint64_t line_count(const char *path)
{
    loam_auto loam_iter *lines = loam_iter_lines(path);
    int64_t count = loam_iter_count(lines);
    must(count);
    return (uint64_t)count;
}

int main(int argc, char **argv)
{
    const char *group = argc > 3 ? argv[1] : "";
    size_t n = argc > 3 ? (size_t)strtod(argv[2], NULL) : 0;
    if (!strcmp(group, "dict.int"))
        int_run(argc, argv, n);
    else if (!strcmp(group, "dict.int64"))
        int64_run(argc, argv, n);
    else if (!strcmp(group, "dict.str"))
        str_run(argc, argv, n);
    else if (!strcmp(group, "dict.count"))
        str_count(n);
    else if (!strcmp(group, "dict.str3"))
        str3_bytes();
    else if (!strcmp(group, "list")) {
        if (bench_wants(argc, argv, "append"))
            list_append(n);
        if (bench_wants(argc, argv, "span_sum"))
            list_span_sum(n);
        if (bench_wants(argc, argv, "index_sum"))
            list_index_sum(n);
    } else if (!strcmp(group, "sort.int"))
        sort_ints(n);
    else if (!strcmp(group, "sort.str"))
        sort_strs(n);
    else if (!strcmp(group, "wordcount"))
        printf("time 0 0 %" PRIu64 "\n", word_count(argv[3]));
    else if (!strcmp(group, "lines"))
        printf("time 0 0 %" PRIu64 "\n", line_count(argv[3]));
    else if (!collector_run(group, n))
        return 2;
    printf("peak_mb %.6g 0 0\n", bench_peak_mb());
    return 0;
}
