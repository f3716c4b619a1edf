/*
 * Functions of all containers are called with what has been released, each in a process of its own: every one is named.
 *
 * says: every call is named
 * status: 0
 */
#include <loam.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEQUENCE_CALLS(X, type)                                                                                        \
    X(type, len, loam_##type##_len(type))                                                                              \
    X(type, get, loam_##type##_get(type, 0))                                                                           \
    X(type, get_peek, loam_##type##_get_peek(type, 0))                                                                 \
    X(type, get_int, loam_##type##_get_int(type, 0, &number))                                                          \
    X(type, contains, loam_##type##_contains(type, 1))                                                                 \
    X(type, count, loam_##type##_count(type, 1))                                                                       \
    X(type, index, loam_##type##_index(type, 1, 0, 1))                                                                 \
    X(type, repeat, loam_##type##_repeat(type, 2))                                                                     \
    X(type, concat, loam_##type##_concat(type, type))

#define ROW_CALLS(X, type)                                                                                             \
    X(type, append, loam_##type##_append(type, LOAM_TRUE))                                                             \
    X(type, insert, loam_##type##_insert(type, 0, LOAM_TRUE))                                                          \
    X(type, set, loam_##type##_set(type, 0, LOAM_TRUE))                                                                \
    X(type, extend, loam_##type##_extend(type, loam_from(type)))                                                       \
    X(type, remove, loam_##type##_remove(type, 1))                                                                     \
    X(type, delete, loam_##type##_delete(type, 0))                                                                     \
    X(type, reverse, loam_##type##_reverse(type))                                                                      \
    X(type, clear, loam_##type##_clear(type))                                                                          \
    X(type, copy, loam_##type##_copy(type))                                                                            \
    X(type, reserve, loam_##type##_reserve(type, 100))

#define CHARS_CALLS(X, type)                                                                                           \
    X(type, len, loam_##type##_len(type))                                                                              \
    X(type, view_peek, loam_##type##_view_peek(type))                                                                  \
    X(type, slice, loam_##type##_slice(type, 0, 1, 1))                                                                 \
    X(type, contains, loam_##type##_contains(type, "a"))                                                               \
    X(type, find, loam_##type##_find(type, "a", &number))                                                              \
    X(type, index, loam_##type##_index(type, "a"))                                                                     \
    X(type, count, loam_##type##_count(type, "a"))                                                                     \
    X(type, startswith, loam_##type##_startswith(type, "a"))                                                           \
    X(type, endswith, loam_##type##_endswith(type, "a"))                                                               \
    X(type, split, loam_##type##_split(type, " "))                                                                     \
    X(type, words, loam_##type##_words(type))                                                                          \
    X(type, splitlines, loam_##type##_splitlines(type, false))                                                         \
    X(type, partition, loam_##type##_partition(type, " "))                                                             \
    X(type, concat, loam_##type##_concat(type, "a"))                                                                   \
    X(type, repeat, loam_##type##_repeat(type, 2))                                                                     \
    X(type, strip, loam_##type##_strip(type))                                                                          \
    X(type, strip_chars, loam_##type##_strip_chars(type, "a"))                                                         \
    X(type, removeprefix, loam_##type##_removeprefix(type, "a"))                                                       \
    X(type, replace, loam_##type##_replace(type, "a", "b"))                                                            \
    X(type, center, loam_##type##_center(type, 100, " "))                                                              \
    X(type, zfill, loam_##type##_zfill(type, 100))                                                                     \
    X(type, expandtabs, loam_##type##_expandtabs(type, 8))                                                             \
    X(type, lower, loam_##type##_lower(type))                                                                          \
    X(type, title, loam_##type##_title(type))                                                                          \
    X(type, isalpha, loam_##type##_isalpha(type))                                                                      \
    X(type, isspace, loam_##type##_isspace(type))                                                                      \
    X(type, islower, loam_##type##_islower(type))                                                                      \
    X(type, istitle, loam_##type##_istitle(type))

#define MAP_CALLS(X, type)                                                                                             \
    X(type, len, loam_##type##_len(type))                                                                              \
    X(type, get, loam_##type##_get(type, other))                                                                       \
    X(type, find, loam_##type##_find(type, other, &value))                                                             \
    X(type, contains, loam_##type##_contains(type, other))                                                             \
    X(type, pop, loam_##type##_pop(type, other))                                                                       \
    X(type, remove, loam_##type##_remove(type, other))                                                                 \
    X(type, set, loam_##type##_set(type, other, other))                                                                \
    X(type, keys, loam_##type##_keys(type))                                                                            \
    X(type, values, loam_##type##_values(type))                                                                        \
    X(type, items, loam_##type##_items(type))                                                                          \
    X(type, clear, loam_##type##_clear(type))

#define ANY_SET_CALLS(X, type)                                                                                         \
    X(type, len, loam_##type##_len(type))                                                                              \
    X(type, contains, loam_##type##_contains(type, 1))                                                                 \
    X(type, contains_text, loam_##type##_contains(type, "a"))                                                          \
    X(type, union, loam_##type##_union(type, LOAM_NONE))                                                               \
    X(type, difference, loam_##type##_difference(type, LOAM_NONE))                                                     \
    X(type, isdisjoint, loam_##type##_isdisjoint(type, LOAM_NONE))                                                     \
    X(type, issubset, loam_##type##_issubset(type, LOAM_NONE))

#define CALLS(X)                                                                                                       \
    SEQUENCE_CALLS(X, list)                                                                                            \
    ROW_CALLS(X, list)                                                                                                 \
    X(list, span_peek, loam_list_span_peek(list))                                                                      \
    X(list, slice, loam_list_slice(list, 0, 1, 1))                                                                     \
    X(list, set_slice, loam_list_set_slice(list, 0, 1, 1, LOAM_NONE))                                                  \
    X(list, delete_slice, loam_list_delete_slice(list, 0, 1, 1))                                                       \
    X(list, pop, loam_list_pop(list, 0))                                                                               \
    X(list, sort, loam_list_sort(list))                                                                                \
    X(list, to_list_peek, loam_to_list_peek(loam_from(list)))                                                          \
    X(list, len_of_any, loam_len(loam_from(list)))                                                                     \
    X(list, iter_of, loam_iter_of(loam_from(list)))                                                                    \
    SEQUENCE_CALLS(X, tuple)                                                                                           \
    X(tuple, slice, loam_tuple_slice(tuple, 0, 1, 1))                                                                  \
    SEQUENCE_CALLS(X, deque)                                                                                           \
    ROW_CALLS(X, deque)                                                                                                \
    X(deque, max_len, loam_deque_max_len(deque))                                                                       \
    X(deque, append_first, loam_deque_append_first(deque, LOAM_TRUE))                                                  \
    X(deque, pop_first, loam_deque_pop_first(deque))                                                                   \
    X(deque, pop_last, loam_deque_pop_last(deque))                                                                     \
    X(deque, rotate, loam_deque_rotate(deque, 1))                                                                      \
    X(range, len, loam_range_len(range))                                                                               \
    X(range, get, loam_range_get(range, 0))                                                                            \
    X(range, contains, loam_range_contains(range, 1))                                                                  \
    X(range, slice, loam_range_slice(range, 0, 1, 1))                                                                  \
    CHARS_CALLS(X, str)                                                                                                \
    X(str, chars_peek, loam_str_chars_peek(str))                                                                       \
    X(str, get, loam_str_get(str, 0))                                                                                  \
    X(str, ord, loam_str_ord(str, 0))                                                                                  \
    X(str, encode, loam_str_encode(str))                                                                               \
    X(str, as_text, loam_str_contains(other_text, str))                                                                \
    CHARS_CALLS(X, bytes)                                                                                              \
    X(bytes, get, loam_bytes_get(bytes, 0, &number))                                                                   \
    X(bytes, hex, loam_bytes_hex(bytes))                                                                               \
    X(bytes, decode, loam_bytes_decode(bytes))                                                                         \
    MAP_CALLS(X, dict)                                                                                                 \
    X(dict, get_by_number, loam_dict_get(dict, 1))                                                                     \
    X(dict, get_by_text, loam_dict_get(dict, "a"))                                                                     \
    X(dict, get_int, loam_dict_get_int(dict, 1, &number))                                                              \
    X(dict, find_int_by_text, loam_dict_find_int(dict, "a", &number))                                                  \
    X(dict, get_or, loam_dict_get_or(dict, 1, 2))                                                                      \
    X(dict, get_many_int, loam_dict_get_many_int(dict, &number, 1, &number))                                           \
    X(dict, setdefault, loam_dict_setdefault(dict, 1, 2))                                                              \
    X(dict, set_by_number, loam_dict_set(dict, LOAM_VAL(1), LOAM_VAL(2)))                                              \
    X(dict, add, loam_dict_add(dict, 1, 1))                                                                            \
    X(dict, pop_last, loam_dict_pop_last(dict, NULL, NULL))                                                            \
    X(dict, next_peek, loam_dict_next_peek(dict, &position, NULL, NULL))                                               \
    X(dict, remove_current, loam_dict_remove_current(dict, &position))                                                 \
    X(dict, move_to_end, loam_dict_move_to_end(dict, 1))                                                               \
    X(dict, copy, loam_dict_copy(dict))                                                                                \
    X(dict, update, loam_dict_update(dict, LOAM_NONE))                                                                 \
    X(dict, merge, loam_dict_merge(dict, dict))                                                                        \
    X(dict, reserve, loam_dict_reserve(dict, 100))                                                                     \
    X(dict, keys_view, loam_dict_keys_view(dict))                                                                      \
    X(dict, most_common, loam_dict_most_common(dict, 1))                                                               \
    X(dict, iter_items, loam_iter_items(dict))                                                                         \
    X(dict_view, len, loam_dict_view_len(dict_view))                                                                   \
    X(dict_view, contains, loam_dict_view_contains(dict_view, 1))                                                      \
    X(dict_view, union, loam_dict_view_union(dict_view, LOAM_NONE))                                                    \
    X(dict_view, dict_peek, loam_dict_view_dict_peek(dict_view))                                                       \
    ANY_SET_CALLS(X, set)                                                                                              \
    X(set, add, loam_set_add(set, 1))                                                                                  \
    X(set, discard, loam_set_discard(set, 1))                                                                          \
    X(set, remove, loam_set_remove(set, 1))                                                                            \
    X(set, pop_last, loam_set_pop_last(set, NULL))                                                                     \
    X(set, next_peek, loam_set_next_peek(set, &position, NULL))                                                        \
    X(set, update, loam_set_update(set, LOAM_NONE))                                                                    \
    X(set, copy, loam_set_copy(set))                                                                                   \
    X(set, clear, loam_set_clear(set))                                                                                 \
    X(set, reserve, loam_set_reserve(set, 100))                                                                        \
    ANY_SET_CALLS(X, frozenset)                                                                                        \
    X(iter, next_peek, loam_iter_next_peek(iter, &value))                                                              \
    X(iter, list, loam_iter_list(iter))                                                                                \
    X(weakref, get, loam_weakref_get(weakref))                                                                         \
    X(weakref, cancel, loam_weakref_cancel(weakref))                                                                   \
    MAP_CALLS(X, weak_key_dict)                                                                                        \
    MAP_CALLS(X, weak_value_dict)                                                                                      \
    X(weak_set, len, loam_weak_set_len(weak_set))                                                                      \
    X(weak_set, add, loam_weak_set_add(weak_set, other))                                                               \
    X(weak_set, contains, loam_weak_set_contains(weak_set, other))                                                     \
    X(weak_set, discard, loam_weak_set_discard(weak_set, other))                                                       \
    X(weak_set, items, loam_weak_set_items(weak_set))                                                                  \
    X(weak_set, clear, loam_weak_set_clear(weak_set))

/* What the calls need beside their object. */
static loam_value other, value;
static loam_str *other_text;
static int64_t number;
static uint64_t position;

#define FUNCTION(type, verb, call)                                                                                     \
    static void type##_##verb(void *freed)                                                                             \
    {                                                                                                                  \
        loam_##type *type = freed;                                                                                     \
        __typeof__(call) result = call;                                                                                \
        (void)result;                                                                                                  \
    }

CALLS(FUNCTION)

static void *make_list(void)
{
    return loam_list_of(1, 2, 3);
}

static void *make_tuple(void)
{
    return loam_tuple_of(1, 2, 3);
}

static void *make_deque(void)
{
    return loam_deque_from(other);
}

static void *make_range(void)
{
    return loam_range_new(0, 100, 3);
}

static void *make_str(void)
{
    return loam_str_new("a text that does not fit into a word");
}

static void *make_bytes(void)
{
    return loam_bytes_from("data that does not fit into a word", 34);
}

static void *make_dict(void)
{
    return loam_dict_of(1, 2, "a", "b");
}

static void *make_dict_view(void)
{
    loam_auto loam_dict *dict = make_dict();
    return loam_dict_keys_view(dict);
}

static void *make_set(void)
{
    return loam_set_of(1, "a");
}

static void *make_frozenset(void)
{
    return loam_frozenset_of(1, "a");
}

static void *make_iter(void)
{
    return loam_iter_of(other);
}

static void *make_weakref(void)
{
    return loam_weakref_new(other);
}

static void *make_weak_key_dict(void)
{
    return loam_weak_key_dict_new();
}

static void *make_weak_value_dict(void)
{
    return loam_weak_value_dict_new();
}

static void *make_weak_set(void)
{
    return loam_weak_set_new();
}

static const struct {
    const char *name;
    void *(*make)(void);
    void (*call)(void *freed);
} calls[] = {
#define ROW(type, verb, call) {#type "_" #verb, make_##type, type##_##verb},
    CALLS(ROW)
#undef ROW
};

/* What a child says of a call; whether that is what it should. */
static bool is_named(size_t i)
{
    int ends[2];
    char said[1000];
    size_t len = 0;
    pid_t child;

    if (pipe(ends) < 0 || (child = fork()) < 0)
        return false;
    if (child == 0) {
        void *freed = calls[i].make();
        dup2(ends[1], STDERR_FILENO);
        loam_release(freed);
        calls[i].call(freed);
        _exit(0);
    }
    close(ends[1]);
    for (ssize_t n = 1; n > 0 && len<sizeof said - 1; len += n> 0 ? (size_t)n : 0)
        n = read(ends[0], said + len, sizeof said - 1 - len);
    said[len] = '\0';
    close(ends[0]);
    waitpid(child, NULL, 0);
    if (strstr(said, "loam check: used after its release: ") && !strstr(said, "was followed"))
        return true;
    fprintf(stderr, "%s: %s\n", calls[i].name, said);
    return false;
}

int main(void)
{
    loam_auto loam_list *list = loam_list_of(1, 2, 3);
    loam_auto loam_str *text = loam_str_new("another text that does not fit into a word");
    bool all = true;

    other = loam_from(list);
    other_text = text;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        all &= is_named(i);
    if (all)
        fprintf(stderr, "every call is named\n");
    return !all;
}
