/*
 * The loops of dict.int.*, dict.int64.* and dict.str.*, written once. A peer includes this file for each kind of key,
 * after it has defined M(name), such as `#define M(name) int_##name`, and with it:
 *
 *     M(map), M(key), M(query), M(value)     types
 *     M(keys)(stream, n)                     an array of keys, made before the clock starts
 *     M(fresh)(keys, stream, n)              called before each use of the keys: forget cached hashes
 *     M(queries)(stream, n)                  the same keys as copies, to look up and remove by
 *     M(values)(n)
 *     M(new)(), M(free)(map), M(len)(map)
 *     M(set)(map, key, value), M(get)(map, query), M(has)(map, query), M(remove)(map, query)
 *     M(sum)(map)                            of the values, by the peer's way to walk over all of them
 *     M(own)(map)                            bytes it owns, where malloc does not know; else 0
 *
 * and undefines M afterwards. A peer that looks up many keys in one call, for get_many, has defined BENCH_MANY too and
 *
 *     M(sum_many)(map, queries, n)           of the values
 */

static M(map) M(filled)(const M(key) * keys, const M(value) * values, size_t n)
{
    M(map) map = M(new)();
    for (size_t i = 0; i < n; i++)
        M(set)(map, keys[i], values[i]);
    return map;
}

static void M(insert)(M(key) * keys, const uint64_t *stream, const M(value) * values, size_t n)
{
    bench_samples s = bench_begin();
    for (int r = bench_repetitions(n); r; r--) {
        M(fresh)(keys, stream, n);
        bench_start(&s);
        M(map) map = M(filled)(keys, values, n);
        bench_stop(&s, n);
        bench_answer(&s, M(len)(map));
        M(free)(map);
    }
    bench_print("insert", &s);
}

static void M(hit)(M(map) map, M(query) * queries, const uint64_t *stream, size_t n)
{
    bench_samples s = bench_begin();
    size_t passes = bench_passes(n);
    for (int r = bench_repetitions(n); r; r--) {
        uint64_t sum = 0;
        M(fresh_queries)(queries, stream, n);
        bench_start(&s);
        for (size_t p = 0; p < passes; p++)
            for (size_t i = 0; i < n; i++)
                sum += (uint64_t)M(get)(map, queries[i]);
        bench_stop(&s, n * passes);
        bench_answer(&s, sum);
    }
    bench_print("hit", &s);
}

#ifndef BENCH_MANY
static uint64_t M(sum_many)(M(map) map, M(query) * queries, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (uint64_t)M(get)(map, queries[i]);
    return sum;
}
#endif

static void M(get_many)(M(map) map, M(query) * queries, const uint64_t *stream, size_t n)
{
    bench_samples s = bench_begin();
    size_t passes = bench_passes(n);
    for (int r = bench_repetitions(n); r; r--) {
        uint64_t sum = 0;
        M(fresh_queries)(queries, stream, n);
        bench_start(&s);
        for (size_t p = 0; p < passes; p++)
            sum += M(sum_many)(map, queries, n);
        bench_stop(&s, n * passes);
        bench_answer(&s, sum);
    }
    bench_print("get_many", &s);
}

static void M(miss)(M(map) map, M(query) * queries, const uint64_t *stream, size_t n)
{
    bench_samples s = bench_begin();
    size_t passes = bench_passes(n);
    for (int r = bench_repetitions(n); r; r--) {
        uint64_t found = 0;
        M(fresh_queries)(queries, stream, n);
        bench_start(&s);
        for (size_t p = 0; p < passes; p++)
            for (size_t i = 0; i < n; i++)
                found += M(has)(map, queries[i]);
        bench_stop(&s, n * passes);
        bench_answer(&s, found);
    }
    bench_print("miss", &s);
}

static void M(iterate)(M(map) map, size_t n)
{
    bench_samples s = bench_begin();
    size_t passes = bench_passes(n);
    for (int r = bench_repetitions(n); r; r--) {
        uint64_t sum = 0;
        bench_start(&s);
        for (size_t p = 0; p < passes; p++)
            sum += (uint64_t)M(sum)(map);
        bench_stop(&s, n * passes);
        bench_answer(&s, sum);
    }
    bench_print("iterate", &s);
}

static void M(erase)(M(key) * keys, const uint64_t *stream, const M(value) * values, M(query) * queries,
                     const uint64_t *order, size_t n)
{
    bench_samples s = bench_begin();
    for (int r = bench_repetitions(n); r; r--) {
        M(fresh)(keys, stream, n);
        M(map) map = M(filled)(keys, values, n);
        M(fresh_queries)(queries, order, n);
        bench_start(&s);
        for (size_t i = 0; i < n; i++)
            M(remove)(map, queries[i]);
        bench_stop(&s, n);
        bench_answer(&s, M(len)(map));
        M(free)(map);
    }
    bench_print("erase", &s);
}

/* Erase an old key, insert a new one, n times: all are new at the end. */
static void M(churn)(M(key) * keys, const uint64_t *stream, const M(value) * values, M(query) * queries,
                     const uint64_t *order, size_t n)
{
    bench_samples s = bench_begin();
    uint64_t *others = bench_stream(BENCH_ABSENT, n);
    M(key) *fresh = M(keys)(others, n);
    for (int r = bench_repetitions(n); r; r--) {
        M(fresh)(keys, stream, n);
        M(fresh)(fresh, others, n);
        M(map) map = M(filled)(keys, values, n);
        M(fresh_queries)(queries, order, n);
        bench_start(&s);
        for (size_t i = 0; i < n; i++) {
            M(remove)(map, queries[i]);
            M(set)(map, fresh[i], values[i]);
        }
        bench_stop(&s, 2 * n);
        bench_answer(&s, M(len)(map) * 31 + M(has)(map, queries[0]));
        M(free)(map);
    }
    bench_print("churn", &s);
    free(others);
}

/* Bytes an entry at n, and the mean over 16 sizes from n to 2n, of one container that grows through them. */
static void M(bytes)(size_t n)
{
    size_t most = n + n * 15 / 16;
    uint64_t *stream = bench_stream(BENCH_PRESENT, most);
    M(key) *keys = M(keys)(stream, most);
    M(value) *values = M(values)(most);
    double before = bench_heap();
    M(map) map = M(new)();
    double first = 0, sum = 0;
    size_t done = 0;
    for (size_t k = 0; k < 16; k++) {
        size_t size = n + n * k / 16;
        for (; done < size; done++)
            M(set)(map, keys[done], values[done]);
        double heap = bench_heap() - before;
        double own = (double)M(own)(map);
        double figure = (heap > own ? heap : own) / (double)size;
        first = k ? first : figure;
        sum += figure;
    }
    bench_print_bytes("bytes", first, sum / 16, M(len)(map));
    M(free)(map);
}

static void M(run)(int argc, char **argv, size_t n)
{
    bool looks = bench_wants(argc, argv, "hit"), misses = bench_wants(argc, argv, "miss");
    bool walks = bench_wants(argc, argv, "iterate"), many = bench_wants(argc, argv, "get_many");
    bool erases = bench_wants(argc, argv, "erase"), churns = bench_wants(argc, argv, "churn");
    if (bench_wants(argc, argv, "bytes"))
        M(bytes)(n);
    uint64_t *stream = bench_stream(BENCH_PRESENT, n);
    M(key) *keys = M(keys)(stream, n);
    M(value) *values = M(values)(n);
    if (bench_wants(argc, argv, "insert"))
        M(insert)(keys, stream, values, n);
    uint64_t *order = bench_shuffled(stream, n);
    M(query) *queries = looks || many || erases || churns ? M(queries)(order, n) : NULL;
    if (looks || many || misses || walks) {
        M(fresh)(keys, stream, n);
        M(map) map = M(filled)(keys, values, n);
        if (looks)
            M(hit)(map, queries, order, n);
        if (many)
            M(get_many)(map, queries, order, n);
        if (misses) {
            uint64_t *others = bench_stream(BENCH_ABSENT, n);
            M(miss)(map, M(queries)(others, n), others, n);
        }
        if (walks)
            M(iterate)(map, n);
        M(free)(map);
    }
    if (erases)
        M(erase)(keys, stream, values, queries, order, n);
    if (churns)
        M(churn)(keys, stream, values, queries, order, n);
}
