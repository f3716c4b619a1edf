/*
 * The C++ peers, one program each: -DPEER_BOOST, -DPEER_ABSL, -DPEER_STD.
 */
#include <algorithm>
#include <string_view>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "bench.h"

#if defined PEER_BOOST
#include <boost/unordered/unordered_flat_map.hpp>
template <class... T> using table = boost::unordered_flat_map<T...>;
template <class T> using own_hash = boost::hash<T>;
#elif defined PEER_ABSL
#include <absl/container/flat_hash_map.h>
template <class... T> using table = absl::flat_hash_map<T...>;
template <class T> using own_hash = absl::Hash<T>;
#else
#include <unordered_map>
template <class... T> using table = std::unordered_map<T...>;
template <class T> using own_hash = std::hash<T>;
#endif

/* Keys of dict.str.* are strings that end in a zero byte; XXH3 needs no further mixing. */
struct chars_hash {
    using is_avalanching = void;
    size_t operator()(const char *s) const
    {
        return XXH3_64bits(s, strlen(s));
    }
    size_t operator()(std::string_view s) const
    {
        return XXH3_64bits(s.data(), s.size());
    }
};

struct chars_equal {
    bool operator()(const char *a, const char *b) const
    {
        return !strcmp(a, b);
    }
};

using int_table = table<uint64_t, uint64_t, own_hash<uint64_t>>;
using str_table = table<const char *, uint64_t, chars_hash, chars_equal>;
using count_table = table<std::string_view, uint64_t, chars_hash>;

template <class T> static uint64_t sum_of(const T *map)
{
    uint64_t sum = 0;
    for (const auto &entry : *map)
        sum += entry.second;
    return sum;
}

static uint64_t *integers(const uint64_t *stream, size_t n, int shift)
{
    auto *out = static_cast<uint64_t *>(bench_alloc(n, sizeof(uint64_t)));
    for (size_t i = 0; i < n; i++)
        out[i] = stream[i] >> shift;
    return out;
}

static uint64_t *indexes(size_t n)
{
    auto *out = static_cast<uint64_t *>(bench_alloc(n, sizeof(uint64_t)));
    for (size_t i = 0; i < n; i++)
        out[i] = i;
    return out;
}

#define set_in(map, key, value) ((void)((*(map))[key] = (value)))
#define get_in(map, query) ((map)->find(query)->second)
#define has_in(map, query) ((uint64_t)((map)->find(query) != (map)->end()))
#define nothing(keys, stream, n) ((void)(stream))

typedef int_table *int_map, *int64_map;
typedef uint64_t int_key, int_query, int_value, int64_key, int64_query, int64_value;
#define int_keys(stream, n) integers(stream, n, 4)
#define int_queries int_keys
#define int_values indexes
#define int_fresh nothing
#define int_fresh_queries nothing
#define int_new() (new int_table)
#define int_free(map) delete map
#define int_len(map) ((uint64_t)(map)->size())
#define int_set set_in
#define int_get get_in
#define int_has has_in
#define int_remove(map, query) (map)->erase(query)
#define int_sum sum_of
#define int_own(map) 0
#define M(name) int_##name
#include "dict_loops.h"
#undef M

#define int64_keys(stream, n) integers(stream, n, 0)
#define int64_queries int64_keys
#define int64_values(n) bench_stream(BENCH_VALUES, n)
#define int64_fresh nothing
#define int64_fresh_queries nothing
#define int64_new int_new
#define int64_free int_free
#define int64_len int_len
#define int64_set set_in
#define int64_get get_in
#define int64_has has_in
#define int64_remove int_remove
#define int64_sum sum_of
#define int64_own(map) 0
#define M(name) int64_##name
#include "dict_loops.h"
#undef M

typedef str_table *str_map;
typedef char *str_key, *str_query;
typedef uint64_t str_value;
#define str_keys bench_strings
#define str_queries bench_strings
#define str_values indexes
#define str_fresh nothing
#define str_fresh_queries nothing
#define str_new() (new str_table)
#define str_free(map) delete map
#define str_len int_len
#define str_set set_in
#define str_get get_in
#define str_has has_in
#define str_remove int_remove
#define str_sum sum_of
#define str_own(map) 0
#define M(name) str_##name
#include "dict_loops.h"
#undef M

/* The words are views of one text: no key is copied. */
static void str_count(size_t distinct)
{
    bench_samples s = bench_begin();
    bench_text text = bench_words(distinct);
    std::vector<std::string_view> words;
    size_t start = 0;
    for (size_t i = 0; i < BENCH_COUNTED; i++) {
        words.emplace_back(text.data + start, text.ends[i] - start);
        start = text.ends[i] + 1;
    }
    for (int r = 3; r; r--) {
        bench_start(&s);
        count_table counts;
        for (std::string_view word : words)
            ++counts[word];
        bench_stop(&s, BENCH_COUNTED);
        uint64_t sum = counts.size();
        for (const auto &entry : counts)
            sum += entry.second * entry.second;
        bench_answer(&s, sum);
    }
    bench_print("count", &s);
}

static void str3_bytes()
{
    enum { DICTS = 1000 };
    static str_table *dicts[DICTS];
    double heap = bench_heap();
    for (auto &dict : dicts)
        dict = new str_table{{"x", 1}, {"y", 2}, {"name", 3}};
    heap = (bench_heap() - heap) / DICTS;
    bench_print_bytes("bytes", heap, heap, dicts[0]->size());
}

static void list_append(size_t n)
{
    bench_samples s = bench_begin();
    for (int r = 3; r; r--) {
        bench_start(&s);
        auto *list = new std::vector<int64_t>;
        for (size_t i = 0; i < n; i++)
            list->push_back(static_cast<int64_t>(i));
        bench_stop(&s, n);
        bench_answer(&s, list->size());
        delete list;
    }
    bench_print("append", &s);
}

static void sort_ints(size_t n)
{
    bench_samples s = bench_begin();
    uint64_t *stream = bench_stream(BENCH_PRESENT, n);
    for (int r = bench_repetitions(n); r; r--) {
        std::vector<int64_t> items(stream, stream + n);
        bench_start(&s);
        std::sort(items.begin(), items.end());
        bench_stop(&s, n);
        uint64_t answer = 0;
        for (int64_t item : items)
            answer = bench_mix(answer, static_cast<uint64_t>(item));
        bench_answer(&s, answer);
    }
    bench_print("int", &s);
}

static void sort_strs(size_t n)
{
    bench_samples s = bench_begin();
    char **strings = bench_strings(bench_stream(BENCH_PRESENT, n), n);
    for (int r = bench_repetitions(n); r; r--) {
        std::vector<std::string_view> items(strings, strings + n);
        bench_start(&s);
        std::sort(items.begin(), items.end());
        bench_stop(&s, n);
        uint64_t answer = 0;
        for (std::string_view item : items)
            answer = bench_mix(answer, bench_weight(item.data()));
        bench_answer(&s, answer);
    }
    bench_print("str", &s);
}

int main(int argc, char **argv)
{
    std::string_view group = argc > 3 ? argv[1] : "";
    size_t n = argc > 3 ? static_cast<size_t>(strtod(argv[2], nullptr)) : 0;
    if (group == "dict.int")
        int_run(argc, argv, n);
    else if (group == "dict.int64")
        int64_run(argc, argv, n);
    else if (group == "dict.str")
        str_run(argc, argv, n);
    else if (group == "dict.count")
        str_count(n);
    else if (group == "dict.str3")
        str3_bytes();
    else if (group == "list")
        list_append(n);
    else if (group == "sort.int")
        sort_ints(n);
    else if (group == "sort.str")
        sort_strs(n);
    else
        return 2;
    return 0;
}
