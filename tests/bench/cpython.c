/*
 * CPython by its C API: containers, and the collector. Keys and values are objects that exist before the clock starts,
 * except in dict.int64, where both sides make them from int64_t; what is looked up is an object of its own, and a str
 * whose hash is not cached.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "bench.h"

static uint64_t dict_len(PyObject *dict)
{
    return (uint64_t)PyDict_Size(dict);
}

static int64_t dict_sum(PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    int64_t sum = 0;
    while (PyDict_Next(dict, &position, &key, &value))
        sum += PyLong_AsLongLong(value);
    return sum;
}

static void object_set(PyObject *dict, PyObject *key, PyObject *value)
{
    BENCH_MUST(PyDict_SetItem(dict, key, value) == 0);
}

static int64_t object_get(PyObject *dict, PyObject *key)
{
    PyObject *value = PyDict_GetItemWithError(dict, key);
    BENCH_MUST(value);
    return PyLong_AsLongLong(value);
}

static uint64_t object_has(PyObject *dict, PyObject *key)
{
    int found = PyDict_Contains(dict, key);
    BENCH_MUST(found >= 0);
    return (uint64_t)found;
}

static void object_remove(PyObject *dict, PyObject *key)
{
    BENCH_MUST(PyDict_DelItem(dict, key) == 0);
}

static PyObject **int_keys(const uint64_t *stream, size_t n)
{
    PyObject **keys = bench_alloc(n, sizeof *keys);
    for (size_t i = 0; i < n; i++)
        BENCH_MUST(keys[i] = PyLong_FromLongLong((int64_t)(stream[i] >> 4)));
    return keys;
}

static PyObject **int_values(size_t n)
{
    PyObject **values = bench_alloc(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        BENCH_MUST(values[i] = PyLong_FromSize_t(i));
    return values;
}

typedef PyObject *int_map, *int_key, *int_query, *int_value;
#define int_fresh(keys, stream, n) ((void)(keys), (void)(stream))
#define int_fresh_queries int_fresh
#define int_queries int_keys
#define int_new PyDict_New
#define int_free Py_DECREF
#define int_len dict_len
#define int_set object_set
#define int_get object_get
#define int_has object_has
#define int_remove object_remove
#define int_sum dict_sum
#define int_own(map) 0
#define M(name) int_##name
#include "dict_loops.h"
#undef M

static int64_t *int64_keys(const uint64_t *stream, size_t n)
{
    int64_t *keys = bench_alloc(n, sizeof *keys);
    memcpy(keys, stream, n * sizeof *keys);
    return keys;
}

static void int64_set(PyObject *dict, int64_t key, int64_t value)
{
    PyObject *k = PyLong_FromLongLong(key), *v = PyLong_FromLongLong(value);
    BENCH_MUST(k && v);
    object_set(dict, k, v);
    Py_DECREF(k);
    Py_DECREF(v);
}

static int64_t int64_get(PyObject *dict, int64_t key)
{
    PyObject *k = PyLong_FromLongLong(key);
    BENCH_MUST(k);
    int64_t value = object_get(dict, k);
    Py_DECREF(k);
    return value;
}

static uint64_t int64_has(PyObject *dict, int64_t key)
{
    PyObject *k = PyLong_FromLongLong(key);
    BENCH_MUST(k);
    uint64_t found = object_has(dict, k);
    Py_DECREF(k);
    return found;
}

static void int64_remove(PyObject *dict, int64_t key)
{
    PyObject *k = PyLong_FromLongLong(key);
    BENCH_MUST(k);
    object_remove(dict, k);
    Py_DECREF(k);
}

typedef PyObject *int64_map;
typedef int64_t int64_key, int64_query, int64_value;
#define int64_queries int64_keys
#define int64_values(n) (int64_t *)bench_stream(BENCH_VALUES, n)
#define int64_fresh int_fresh
#define int64_fresh_queries int_fresh
#define int64_new PyDict_New
#define int64_free Py_DECREF
#define int64_len dict_len
#define int64_sum(map) ((void)(map), 0)
#define int64_own(map) 0
#define M(name) int64_##name
#include "dict_loops.h"
#undef M

static PyObject **str_keys(const uint64_t *stream, size_t n)
{
    PyObject **keys = bench_alloc(n, sizeof *keys);
    for (size_t i = 0; i < n; i++) {
        char text[BENCH_STRING];
        size_t len = bench_string(text, stream[i], 8, 20);
        BENCH_MUST(keys[i] = PyUnicode_FromStringAndSize(text, (Py_ssize_t)len));
    }
    return keys;
}

static void str_fresh(PyObject **keys, const uint64_t *stream, size_t n)
{
    (void)stream;
    for (size_t i = 0; i < n; i++)
        ((PyASCIIObject *)keys[i])->hash = -1;
}

typedef PyObject *str_map, *str_key, *str_query, *str_value;
#define str_fresh_queries str_fresh
#define str_queries str_keys
#define str_values int_values
#define str_new PyDict_New
#define str_free Py_DECREF
#define str_len dict_len
#define str_set object_set
#define str_get object_get
#define str_has object_has
#define str_remove object_remove
#define str_sum dict_sum
#define str_own(map) 0
#define M(name) str_##name
#include "dict_loops.h"
#undef M

/* What sys.getsizeof() says, which takes in what the collector puts before the object. */
static void str3_bytes(void)
{
    PyObject *dict = Py_BuildValue("{s:i,s:i,s:i}", "x", 1, "y", 2, "name", 3);
    PyObject *getsizeof = PySys_GetObject("getsizeof");
    PyObject *size = PyObject_CallOneArg(getsizeof, dict);
    BENCH_MUST(size);
    double figure = PyLong_AsDouble(size);
    bench_print_bytes("bytes", figure, figure, dict_len(dict));
}

static void list_append(size_t n)
{
    bench_samples s = bench_begin();
    for (int r = 3; r; r--) {
        bench_start(&s);
        PyObject *list = PyList_New(0);
        for (size_t i = 0; i < n; i++) {
            PyObject *item = PyLong_FromSize_t(i);
            BENCH_MUST(item && PyList_Append(list, item) == 0);
            Py_DECREF(item);
        }
        bench_stop(&s, n);
        bench_answer(&s, (uint64_t)PyList_Size(list));
        Py_DECREF(list);
    }
    bench_print("append", &s);
}

static void list_index_sum(size_t n)
{
    bench_samples s = bench_begin();
    PyObject **values = int_values(n);
    PyObject *list = PyList_New((Py_ssize_t)n);
    for (size_t i = 0; i < n; i++)
        PyList_SetItem(list, (Py_ssize_t)i, values[i]);
    for (int r = 3; r; r--) {
        int64_t sum = 0;
        bench_start(&s);
        for (size_t i = 0; i < n; i++)
            sum += PyLong_AsLongLong(PyList_GetItem(list, (Py_ssize_t)i));
        bench_stop(&s, n);
        bench_answer(&s, (uint64_t)sum);
    }
    bench_print("index_sum", &s);
}

static uint64_t first_bytes(PyObject *str)
{
    const char *text = PyUnicode_AsUTF8(str);
    BENCH_MUST(text);
    return bench_weight(text);
}

static uint64_t int_bits(PyObject *item)
{
    return (uint64_t)PyLong_AsLongLong(item);
}

/* list.sort() of items that exist before the clock starts. */
static void sort_items(const char *operation, PyObject **items, size_t n, uint64_t (*weigh)(PyObject *))
{
    bench_samples s = bench_begin();
    for (int r = bench_repetitions(n); r; r--) {
        PyObject *list = PyList_New((Py_ssize_t)n);
        uint64_t answer = 0;
        BENCH_MUST(list);
        for (size_t i = 0; i < n; i++)
            PyList_SET_ITEM(list, (Py_ssize_t)i, Py_NewRef(items[i]));
        bench_start(&s);
        BENCH_MUST(PyList_Sort(list) == 0);
        bench_stop(&s, n);
        for (size_t i = 0; i < n; i++)
            answer = bench_mix(answer, weigh(PyList_GET_ITEM(list, (Py_ssize_t)i)));
        bench_answer(&s, answer);
        Py_DECREF(list);
    }
    bench_print(operation, &s);
}

static void sort_ints(size_t n)
{
    uint64_t *stream = bench_stream(BENCH_PRESENT, n);
    PyObject **items = bench_alloc(n, sizeof *items);
    for (size_t i = 0; i < n; i++)
        BENCH_MUST(items[i] = PyLong_FromLongLong((int64_t)stream[i]));
    sort_items("int", items, n, int_bits);
}

static void sort_strs(size_t n)
{
    sort_items("str", str_keys(bench_stream(BENCH_PRESENT, n), n), n, first_bytes);
}

/* The collector. Objects with two fields are those of a class with __slots__. */

static PyObject *node_class, *gc_collect, *name_left, *name_right;

static void collector_start(void)
{
    PyObject *space = PyDict_New();
    PyObject *gc = PyImport_ImportModule("gc");
    BENCH_MUST(space && gc);
    BENCH_MUST(PyRun_String("class Node: __slots__ = 'left', 'right'\n", Py_file_input, space, space));
    node_class = PyDict_GetItemString(space, "Node");
    gc_collect = PyObject_GetAttrString(gc, "collect");
    name_left = PyUnicode_InternFromString("left");
    name_right = PyUnicode_InternFromString("right");
    BENCH_MUST(node_class && gc_collect && name_left && name_right);
}

static PyObject *node_new(void)
{
    PyObject *made = PyObject_CallNoArgs(node_class);
    BENCH_MUST(made);
    return made;
}

static void move_attribute(PyObject *holder, PyObject *name, PyObject *other)
{
    BENCH_MUST(PyObject_SetAttr(holder, name, other) == 0);
    Py_DECREF(other);
}

static PyObject *peek_attribute(PyObject *holder, PyObject *name)
{
    PyObject *there = PyObject_GetAttr(holder, name);
    BENCH_MUST(there);
    Py_DECREF(there);
    return there;
}

static int64_t collect(void)
{
    PyObject *found = PyObject_CallNoArgs(gc_collect);
    BENCH_MUST(found);
    return PyLong_AsLongLong(found);
}

static void holder_add(PyObject *list, PyObject *node)
{
    BENCH_MUST(PyList_Append(list, node) == 0);
    Py_DECREF(node);
}

typedef PyObject *node_handle, *holder;
#define node_drop Py_DECREF
#define node_set(holder, field, other) BENCH_MUST(PyObject_SetAttr(holder, name_##field, other) == 0)
#define node_move(holder, field, other) move_attribute(holder, name_##field, other)
#define node_get(holder, field) peek_attribute(holder, name_##field)
#define holder_new(n) PyList_New(0)
#define holder_at(list, i) PyList_GET_ITEM(list, (Py_ssize_t)(i))
#define collector_off PyGC_Disable
#include "graph_loops.h"

static void drop_list_pair(void)
{
    PyObject *a = PyList_New(0), *b = PyList_New(0);
    BENCH_MUST(a && b && PyList_Append(a, b) == 0 && PyList_Append(b, a) == 0);
    Py_DECREF(a);
    Py_DECREF(b);
}

/* Of tuples, which it frees faster than objects of a class. */
static void free_chain(size_t n)
{
    bench_samples s = bench_begin();
    PyGC_Disable();
    for (int r = 3; r; r--) {
        PyObject *head = Py_NewRef(Py_None);
        for (size_t i = 0; i < n; i++)
            BENCH_MUST(head = Py_BuildValue("(NO)", head, Py_None));
        bench_start(&s);
        Py_DECREF(head);
        bench_stop(&s, n);
        bench_answer(&s, n);
    }
    bench_print("free", &s);
}

int main(int argc, char **argv)
{
    const char *group = argc > 3 ? argv[1] : "";
    size_t n = argc > 3 ? (size_t)strtod(argv[2], NULL) : 0;
    Py_InitializeEx(0);
    collector_start();
    if (!strcmp(group, "dict.int"))
        int_run(argc, argv, n);
    else if (!strcmp(group, "dict.int64"))
        int64_run(argc, argv, n);
    else if (!strcmp(group, "dict.str"))
        str_run(argc, argv, n);
    else if (!strcmp(group, "dict.str3"))
        str3_bytes();
    else if (!strcmp(group, "list")) {
        if (bench_wants(argc, argv, "append"))
            list_append(n);
        if (bench_wants(argc, argv, "index_sum"))
            list_index_sum(n);
    } else if (!strcmp(group, "sort.int"))
        sort_ints(n);
    else if (!strcmp(group, "sort.str"))
        sort_strs(n);
    else if (!strcmp(group, "free.chain"))
        free_chain(n);
    else if (!graph_run(group, n, drop_list_pair))
        return 2;
    return 0;
}
