"""The table: every operation that the oracle drives, once. A new container costs rows here, its name in HANDLES and
CHANGING below, its Python type in TYPES in model.py, and a class there if Python has none that will do.

A row is

    operation(name, arguments, result, python, c)

- arguments: `name:kind` each, in order; the two expressions use the names. Kinds:
    list tuple dict set frozenset str bytes range deque   a handle; `list!`: never given a value of another type
    iter dict_view              an iterator, a view of a dict: these are no values
    value                       anything else
    literal                     the same, but never a register
    hashable                    a value that is mostly fit to be a key
    near                        the same, often almost the argument before it
    key                         what LOAM_KEY makes: a value, an int64, a uint64, a C string, a view
    iterable                    mostly something to iterate over, iterators included
    text data                   a value, mostly a str, or bytes, that has to do with the first argument
    code                        an int64, mostly a code point
    pairs                       the same, mostly of pairs
    index bound step size amount times   an int64; a bound may be left out
    many start stride           how many integers that are keys together, where they begin, how far apart they are
    chars                       a C string
    map filter .. (CALLBACKS)   the name of a callback
- result, of the C expression:
    status                      a loam_status
    value, borrowed             a loam_value
    list tuple dict set frozenset str bytes range deque iter dict_view  a handle
    number                      an int64_t, negative where it failed
    truth                       an int: 1, 0, or negative where it failed
    nothing                     void
    out int, out double, out bool, out chars, out order, out value, out borrowed
                                a loam_status; the answer is in `out`
    out pair                    a loam_status; the answers are in `key` and `value`
- python: what CPython does for the same. Capitalised and plain helpers are in model.py; what is there by a rule of loam,
  and not by Python's, says so there.
- when: the operation is driven only where this holds.
- weight: how often, beside the others of its group.

The group of a row is what stands before the dot.
"""

# The kinds of argument that are handles, and those that can change: these are written after each operation on them.
HANDLES = ('list', 'tuple', 'dict', 'set', 'frozenset', 'str', 'bytes', 'range', 'deque', 'iter', 'dict_view')
CHANGING = ('list', 'dict', 'set', 'deque')

# The groups that `make check` gives as many operations each.
CONTAINERS = ('list', 'tuple', 'str', 'bytes', 'range', 'dict', 'set', 'frozenset', 'deque', 'view')

OPERATIONS = {}
CALLBACKS = {}


class Operation:
    def __init__(self, name, arguments, result, python, c, when=None, weight=10):
        self.name = name
        self.group = name.split('.')[0]
        self.arguments = []
        for argument in arguments.split():
            name, kind = argument.split(':')
            self.arguments.append((name, kind.rstrip('!'), kind.endswith('!')))
        self.touches = bool(self.arguments) and self.arguments[0][1] in CHANGING
        self.result = result
        self.python = python
        self.c = c
        self.when = when
        self.weight = weight


def operation(name, *rest, **more):
    OPERATIONS[name] = Operation(name, *rest, **more)


class Callback:
    """A callback: its Python expression over `x`, and its C body over `item`."""

    def __init__(self, kind, name, python, c):
        self.kind = kind
        self.name = name
        self.python = python
        self.c = c


def callback(kind, name, python, c):
    CALLBACKS.setdefault(kind, {})[name] = Callback(kind, name, python, c)


# How a callback of each kind begins in C.
CALLBACK_HEADS = {
    'map': 'static loam_value %s(loam_value item, void *context)',
    'map_i64': 'static int64_t %s(int64_t item, void *context)',
    'map_view': 'static loam_view %s(loam_view item, void *context)',
    'filter': 'static int %s(loam_value item, void *context)',
    'filter_i64': 'static bool %s(int64_t item, void *context)',
    'filter_view': 'static bool %s(loam_view item, void *context)',
    'progress': 'static void %s(const loam_progress *item, void *context)',
    'key_of': 'static loam_value %s(loam_value item, void *context)',
    'compare': 'static loam_status %s(loam_value item, loam_value other, int *order, void *context)',
}

callback('map', 'same', 'x', 'return loam_retain_value(item);')
callback('map', 'twice', '(x, x)', 'return loam_from(loam_tuple_new((loam_value[]){item, item}, 2));')
callback('map', 'listed', '[x]', 'return loam_from(loam_list_of(item));')
callback('map', 'written', 'repr(x)', 'return loam_from(loam_repr(item));')
callback('map', 'measured', 'len(x)', 'int64_t n = loam_len(item);\n    return n < 0 ? LOAM_UNSET : loam_int(n);')
callback('map', 'as_number', 'number(x)',
         'double out;\n    return loam_to_double(item, &out) < 0 ? LOAM_UNSET : loam_double(out);')
callback('filter', 'all_of_it', 'True', '(void)item;\n    return 1;')
callback('filter', 'itself', 'x == x', 'return loam_equal(item, item);')
callback('filter', 'no_int', 'type(x) is not int', 'return !loam_is_int(item);')
callback('filter', 'odd', 'integer(x) & 1',
         'int64_t out;\n    loam_status status = loam_to_int(item, &out);\n    return status < 0 ? (int)status : (int)(out & 1);')
callback('filter', 'nonempty', 'len(x) > 0', 'int64_t n = loam_len(item);\n    return n < 0 ? (int)n : n > 0;')
callback('map_i64', 'complement', '~x', 'return ~item;')
callback('map_i64', 'low_bits', 'x & 7', 'return item & 7;')
callback('filter_i64', 'positive', 'x > 0', 'return item > 0;')
callback('filter_i64', 'even', 'x % 2 == 0', 'return item % 2 == 0;')
callback('map_view', 'tail', 'x[1:]', 'return item.len ? (loam_view){item.data + 1, item.len - 1} : item;')
callback('map_view', 'half', 'x[:len(x) // 2]', 'return (loam_view){item.data, item.len / 2};')
callback('map_view', 'reversed', 'x[:9][::-1]',
         'static char copy[9];\n    size_t n = item.len < 9 ? item.len : 9;\n'
         '    for (size_t i = 0; i < n; i++)\n        copy[i] = item.data[n - 1 - i];\n    return (loam_view){copy, n};')
callback('filter_view', 'short', 'len(x) < 3', 'return item.len < 3;')
callback('filter_view', 'begins_low', 'x[:1] <= b"m"', "return !item.len || (unsigned char)item.data[0] <= 'm';")
callback('progress', 'ignored', 'None', '(void)item;')

callback('key_of', 'itself', 'x', 'return loam_retain_value(item);')
callback('key_of', 'measured', 'len(x)', 'int64_t n = loam_len(item);\n    return n < 0 ? LOAM_UNSET : loam_int(n);')
callback('key_of', 'written', 'repr(x)', 'return loam_from(loam_repr(item));')
callback('key_of', 'listed', '[x]', 'return loam_from(loam_list_of(item));')
callback('key_of', 'as_number', 'number(x)',
         'double out;\n    return loam_to_double(item, &out) < 0 ? LOAM_UNSET : loam_double(out);')
# A comparator's Python expression is a function of both.
callback('compare', 'by_order', 'lambda y: order(x, y)', 'return loam_compare(item, other, order);')
callback('compare', 'by_repr', 'lambda y: order(repr(x), repr(y))',
         'loam_str *a = loam_repr(item);\n    loam_str *b = loam_repr(other);\n'
         '    loam_status status = loam_compare(loam_from(a), loam_from(b), order);\n'
         '    loam_release(a);\n    loam_release(b);\n    return status;')
callback('compare', 'backwards', 'lambda y: -order(len(x), len(y))',
         'int64_t n = loam_len(item);\n    int64_t m = n < 0 ? n : loam_len(other);\n'
         '    *order = (n < m) - (n > m);\n    return m < 0 ? (loam_status)m : LOAM_OK;')

# C functions that rows use.
HELPERS = {
    'number_parts': '''\
/* Append the number of each part that is no leaf, in the order in which parts are met, and a new one where it is met first. */
static loam_status number_parts(loam_list *met, loam_list *numbers, loam_value part)
{
    bool is_new = true;
    int64_t number = 0;
    loam_auto loam_iter *it = NULL;
    loam_value item;
    loam_status status = LOAM_OK;

    if (loam_is_dict(part))
        it = loam_iter_values(loam_to_dict_peek(part));
    else if (loam_is_list(part) || loam_is_tuple(part) || loam_is_deque(part))
        it = loam_iter_of(part);
    else
        return LOAM_OK;
    for (; number < loam_list_len(met) && is_new; number++)
        is_new = loam_list_get_peek(met, number).word != part.word;
    if (is_new && (status = (loam_list_append)(met, part)) < 0)
        return status;
    status = loam_list_append(numbers, is_new ? number : number - 1);
    while (is_new && status >= 0 && (status = loam_iter_next_peek(it, &item)) == LOAM_OK) {
        loam_auto_value loam_value held = loam_retain_value(item);
        status = number_parts(met, numbers, held);
    }
    return status < 0 ? status : LOAM_OK;
}
''',
    'relations': '''\
static loam_list *relations(loam_value x)
{
    loam_auto loam_list *shared = loam_list_of(x);
    loam_auto loam_deque *deque = loam_deque_new();
    loam_auto loam_list *knot = loam_list_of(shared, shared, LOAM_TUPLE(shared, 1), LOAM_TUPLE(1, LOAM_TUPLE("a")), LOAM_DICT(0, shared),
                                             deque);
    loam_auto_value loam_value copy = LOAM_UNSET;
    loam_auto loam_list *met = loam_list_new();
    loam_list *numbers = loam_list_new();

    if ((loam_list_append)(knot, loam_from(knot)) < 0 || loam_deque_append(deque, knot) < 0)
        return NULL;
    copy = loam_deepcopy(loam_from(knot));
    if (number_parts(met, numbers, loam_from(knot)) < 0 || number_parts(met, numbers, copy) < 0)
        loam_release(loam_move(&numbers));
    (void)loam_list_clear(knot);
    (void)loam_list_clear(loam_to_list_peek(copy));
    return numbers;
}
''',
    'knot': '''\
/* A list that contains itself. */
static loam_list *knot(loam_value x)
{
    loam_list *list = loam_list_of(x);

    if ((loam_list_append)(list, loam_from(list)) < 0) {
        loam_release(list);
        return NULL;
    }
    return list;
}
''',
    'join_parts': '''\
/* The parts of `text` at `separator`, joined. */
static loam_str *join_parts(loam_str *str, loam_value text, loam_value separator)
{
    loam_auto loam_tuple *parts = loam_str_partition(loam_to_str_peek(text), separator);

    return loam_str_join(str, parts);
}
''',
    'translate': '''\
static loam_str *translate(loam_str *str, loam_value from, loam_value to, loam_value removed)
{
    loam_auto loam_dict *table = loam_str_maketrans(from, to, removed);

    return loam_str_translate(str, table);
}
''',
    'translate_bytes': '''\
static loam_bytes *translate_bytes(loam_bytes *bytes, loam_value from, loam_value to, loam_value removed)
{
    loam_auto loam_bytes *table = loam_bytes_maketrans(from, to);

    return loam_bytes_translate(bytes, table, removed);
}
''',
    'unhex_again': '''\
static loam_bytes *unhex_again(loam_bytes *bytes)
{
    loam_auto loam_str *digits = loam_bytes_hex(bytes);

    return loam_bytes_fromhex(digits);
}
''',
    'build': '''\
static loam_str *build(const char *chars, loam_value x, loam_value y, int64_t code)
{
    loam_auto loam_builder *builder = loam_builder_new();

    loam_builder_append(builder, chars);
    loam_builder_append(builder, x);
    loam_builder_append(builder, y);
    loam_builder_append_char(builder, code < 0 || code > UINT32_MAX ? UINT32_MAX : (uint32_t)code);
    return loam_builder_str(builder);
}
''',
    'hashes_agree': '''\
/* 1 if both have a hash: the same one if they are equal, another one if they are different texts or integers, but for a
 * chance of 2^-64. */
static int hashes_agree(loam_value a, loam_value b)
{
    uint64_t x;
    uint64_t y;
    loam_status status = loam_hash(a, &x);
    int equal;

    if (status == LOAM_OK)
        status = loam_hash(b, &y);
    if (status < 0)
        return status;
    equal = loam_equal(a, b);
    if (equal < 0)
        return equal;
    if (equal)
        return x == y;
    return x != y || !((loam_is_str(a) && loam_is_str(b)) || (loam_is_bytes(a) && loam_is_bytes(b)) ||
                       (loam_is_int(a) && loam_is_int(b)));
}
''',
    'walk': '''\
/* A list of (key, value) tuples, by position. */
static loam_list *walk(loam_dict *dict)
{
    loam_list *list = loam_list_new();
    uint64_t position = 0;
    loam_value item[2];

    while (loam_dict_next_peek(dict, &position, &item[0], &item[1]) == LOAM_OK)
        if (loam_list_append_take(list, loam_from(loam_tuple_new(item, 2))) < 0)
            break;
    if (dict && loam_list_len(list) == loam_dict_len(dict))
        return list;
    loam_release(list);
    return NULL;
}
''',
    'keys_of': '''\
enum { MOST_KEYS = 5000 };

/* Integers that are keys together. */
static const int64_t *keys_of(int64_t start, int64_t count, int64_t stride)
{
    static int64_t keys[MOST_KEYS];

    for (int64_t i = 0; i < count && i < MOST_KEYS; i++)
        keys[i] = (int64_t)((uint64_t)start + (uint64_t)i * (uint64_t)stride);
    return keys;
}
''',
    'sequence': '''\
static loam_list *sequence(int64_t start, int64_t count, int64_t stride)
{
    const int64_t *keys = keys_of(start, count, stride);
    loam_list *list = loam_list_new();

    for (int64_t i = 0; i < count; i++)
        if (loam_list_append(list, keys[i]) < 0)
            break;
    return list;
}
''',
    'named': '''\
static loam_list *named(int64_t start, int64_t count, int64_t stride)
{
    const int64_t *keys = keys_of(start, count, stride);
    loam_list *list = loam_list_new();

    for (int64_t i = 0; i < count; i++)
        if (loam_list_append_take(list, loam_from(loam_str_format("key %lld", (long long)keys[i]))) < 0)
            break;
    return list;
}
''',
    'change_by': '''\
/* A whole sequence comes into the set, or leaves it. */
static loam_status change_by(loam_set *set, loam_status (*change)(loam_set *, loam_value), int64_t start, int64_t count,
                             int64_t stride)
{
    loam_auto loam_list *keys = sequence(start, count, stride);

    return change(set, loam_from(keys));
}
''',
    'grow': '''\
static loam_status grow(loam_dict *dict, int64_t start, int64_t count, int64_t stride)
{
    const int64_t *keys = keys_of(start, count, stride);
    loam_status status = dict ? LOAM_OK : loam_dict_set(dict, 0, 0);

    for (int64_t i = 0; i < count && status >= 0; i++)
        status = loam_dict_set(dict, keys[i], i);
    return status;
}
''',
    'shrink': '''\
/* Remove those of the keys that are there. How many. */
static int64_t shrink(loam_dict *dict, int64_t start, int64_t count, int64_t stride)
{
    const int64_t *keys = keys_of(start, count, stride);
    int64_t before = loam_dict_len(dict);

    for (int64_t i = 0; i < count; i++) {
        int there = loam_dict_contains(dict, keys[i]);
        if (there < 0)
            return there;
        if (there && loam_dict_remove(dict, keys[i]) < 0)
            return loam_error()->status;
    }
    return before < 0 ? before : before - loam_dict_len(dict);
}
''',
    'get_many': '''\
/* The values, borrowed from nobody: a failure must have unset all. */
static loam_list *get_many(loam_dict *dict, int64_t start, int64_t count, int64_t stride)
{
    static loam_value out[MOST_KEYS];
    loam_list *list;

    for (int64_t i = 0; i < MOST_KEYS; i++)
        out[i] = LOAM_NONE;
    if (loam_dict_get_many(dict, keys_of(start, count, stride), count, out) < 0) {
        for (int64_t i = 0; i < count; i++)
            if (dict && !loam_is_unset(out[i]))
                abort(); /* a failure has left a value */
        return NULL;
    }
    list = loam_list_new();
    for (int64_t i = 0; i < count; i++)
        if (loam_list_append_take(list, out[i]) < 0)
            abort();
    return list;
}
''',
    'outs': '''\
/* How it went, how many there were, and what stands in `out`. */
static loam_list *outs(loam_status status, int64_t found, const int64_t *out, int64_t count)
{
    const char *name = status == LOAM_OK ? "OK" : status == LOAM_ERR_KEY ? "KEY" : status == LOAM_ERR_TYPE ? "TYPE" : "other";
    loam_list *list = loam_list_of(name, status < 0 ? 0 : found);

    for (int64_t i = 0; i < count; i++)
        if (loam_list_append(list, out[i]) < 0)
            abort();
    return list;
}
''',
    'get_many_int': '''\
static loam_list *get_many_int(loam_dict *dict, int64_t start, int64_t count, int64_t stride)
{
    int64_t out[MOST_KEYS];
    loam_status status;

    for (int64_t i = 0; i < MOST_KEYS; i++)
        out[i] = -7;
    status = loam_dict_get_many_int(dict, keys_of(start, count, stride), count, out);
    return dict && count >= 0 ? outs(status, count, out, count) : NULL;
}
''',
    'find_many_int': '''\
static loam_list *find_many_int(loam_dict *dict, int64_t start, int64_t count, int64_t stride)
{
    int64_t out[MOST_KEYS];
    int64_t found;

    for (int64_t i = 0; i < MOST_KEYS; i++)
        out[i] = -7;
    found = loam_dict_find_many_int(dict, keys_of(start, count, stride), count, out);
    return dict && count >= 0 ? outs(found < 0 ? (loam_status)found : LOAM_OK, found, out, count) : NULL;
}
''',
    'spanned': '''\
/* All items, by way of the array. */
static loam_list *spanned(const void *sequence, loam_span span)
{
    loam_list *copy = sequence ? loam_list_new() : NULL;

    for (size_t i = 0; i < span.len; i++)
        if ((loam_list_append)(copy, span.items[i]) < 0)
            break;
    return copy;
}
''',
    'walk_set': '''\
/* A list of the elements, by position. */
static loam_list *walk_set(loam_set *set)
{
    loam_list *list = loam_list_new();
    uint64_t position = 0;
    loam_value element;

    while (loam_set_next_peek(set, &position, &element) == LOAM_OK)
        if ((loam_list_append)(list, element) < 0)
            break;
    if (set && loam_list_len(list) == loam_set_len(set))
        return list;
    loam_release(list);
    return NULL;
}
''',
    'prune_set': '''\
/* Remove the elements that a filter picks; a failure of it ends that. */
static loam_status prune_set(loam_set *set, int (*function)(loam_value item, void *context))
{
    uint64_t position = 0;
    loam_value element;
    loam_status status;

    while ((status = loam_set_next_peek(set, &position, &element)) == LOAM_OK) {
        int picked = function(element, NULL);
        if (picked > 0)
            status = loam_set_remove_current(set, &position);
        if (picked < 0 || status < 0)
            return picked < 0 ? (loam_status)picked : status;
    }
    return status == LOAM_DONE ? LOAM_OK : status;
}
''',
    'build_bytes': '''\
/* What comes before the clearing is forgotten, a failure too. */
static loam_bytes *build_bytes(loam_bytes *bytes, const char *chars, int64_t number, loam_value forgotten)
{
    loam_auto loam_builder *builder = loam_builder_new();
    int64_t len;

    loam_builder_append(builder, forgotten);
    loam_builder_append_char(builder, UINT32_MAX);
    if (loam_builder_clear(builder) < 0)
        return NULL;
    loam_error_clear();
    loam_builder_append(builder, loam_bytes_view_peek(bytes));
    loam_builder_format(builder, "%s|%lld", chars, (long long)number);
    len = loam_builder_len(builder);
    loam_builder_format(builder, "|%lld", (long long)len);
    return loam_builder_bytes(builder);
}
''',
    'prune': '''\
/* Remove the keys that a filter picks; a failure of it ends that. */
static loam_status prune(loam_dict *dict, int (*function)(loam_value item, void *context))
{
    uint64_t position = 0;
    loam_value key;
    loam_status status;

    while ((status = loam_dict_next_peek(dict, &position, &key, NULL)) == LOAM_OK) {
        int picked = function(key, NULL);
        if (picked > 0)
            status = loam_dict_remove_current(dict, &position);
        if (picked < 0 || status < 0)
            return picked < 0 ? (loam_status)picked : status;
    }
    return status == LOAM_DONE ? LOAM_OK : status;
}
''',
    'equal_knots': '''\
static int equal_knots(loam_value x, loam_value y)
{
    loam_auto loam_list *a = knot(x);
    loam_auto loam_list *b = knot(y);
    int equal = loam_equal(loam_from(a), loam_from(b));

    (void)loam_list_clear(a); /* lets go of itself */
    (void)loam_list_clear(b);
    return equal;
}
''',
    'read_from': '''\
/* An iterator over a file with these bytes. */
static loam_iter *read_from(loam_view bytes, loam_iter *(*open)(const char *))
{
    char path[] = "/tmp/loam-oracle-XXXXXX";
    int descriptor = mkstemp(path);
    loam_iter *iter = NULL;

    if (descriptor >= 0 && write(descriptor, bytes.data, bytes.len) == (ssize_t)bytes.len)
        iter = open(path);
    if (descriptor >= 0)
        close(descriptor);
    unlink(path);
    return iter;
}
''',
}

# Values.

operation('make.value', 'x:literal', 'value', 'x', 'loam_retain_value(x)')

operation('make.knot', 'x:value', 'list', 'knot(x)', 'knot(x)', weight=4)

operation('value.to_int', 'x:value', 'out int', 'integer(x)', 'loam_to_int(x, &out)')
operation('value.to_double', 'x:value', 'out double', 'number(x)', 'loam_to_double(x, &out)')
operation('value.to_bool', 'x:value', 'out bool', 'truth(x)', 'loam_to_bool(x, &out)')
operation('value.is_int', 'x:value', 'truth', 'type(x) is int', 'loam_is_int(x)', weight=2)
operation('value.is_double', 'x:value', 'truth', 'type(x) is float', 'loam_is_double(x)', weight=2)
operation('value.is_none', 'x:value', 'truth', 'x is None', 'loam_is_none(x)', weight=2)
operation('value.is_bool', 'x:value', 'truth', 'type(x) is bool', 'loam_is_bool(x)', weight=2)
operation('value.uint', 'x:natural', 'value', 'x', 'loam_uint(x)', weight=5)

operation('any.equal', 'a:value b:value', 'truth', 'equal(a, b)', 'loam_equal(a, b)', weight=20)
operation('any.compare', 'a:value b:value', 'out order', 'order(a, b)', 'loam_compare(a, b, &out)', weight=20)
operation('any.hash', 'a:hashable b:near', 'truth', 'hashes_agree(a, b)', 'hashes_agree(a, b)', weight=20)
# Two that contain themselves, and differ nowhere or somewhere.
operation('any.equal_knots', 'a:value b:near', 'truth', 'equal(knot(a), knot(b))', 'equal_knots(a, b)', weight=3)
operation('any.len', 'x:value', 'number', 'len(x)', 'loam_len(x)', weight=5)
operation('any.repr', 'x:value', 'str', 'repr(x)', 'loam_repr(x)')
operation('any.str_of', 'x:value', 'str', 'str(x)', 'loam_str_of(x)')
operation('any.sizeof_deep', 'x:value', 'truth', 'True', 'loam_sizeof_deep(x) >= loam_sizeof(x)', weight=2)

operation('any.copy', 'x:value', 'value', 'copy(x)', 'loam_copy(x)', weight=8)
operation('any.deepcopy', 'x:value', 'value', 'deepcopy(x)', 'loam_deepcopy(x)', weight=15)
# What is the same object in a structure that shares parts and contains itself, and in its copy.
operation('any.deepcopy_relations', 'x:literal', 'list', 'relations(x)', 'relations(x)', weight=8)

# str and bytes.

operation('str.new', 's:chars', 'str', 's', 'loam_str_new(s)', weight=5)
operation('str.from', 'b:bytes!', 'str', 'b.decode()',
          'loam_str_from(loam_bytes_view_peek(b).data, loam_bytes_view_peek(b).len)')
operation('str.format', 's:chars i:amount', 'str', 'f"{s}|{i}|{s}"',
          'loam_str_format("%s|%lld|%s", s, (long long)i, s)', weight=3)
operation('str.len', 's:str', 'number', 'len(s)', 'loam_str_len(s)', weight=5)
operation('str.slice', 's:str i:bound j:bound k:step', 'str', 's[i:j:k]', 'loam_str_slice(s, i, j, k)', weight=30)
operation('str.bytes', 's:str!', 'bytes', 's.encode()',
          'loam_bytes_from(loam_str_view_peek(s).data, loam_str_view_peek(s).len)')
operation('str.chars_peek', 's:str!', 'str', 'chars(s)', 'loam_str_new(loam_str_chars_peek(s))', weight=3)

operation('str.contains', 's:str p:text', 'truth', 'p in s',
          'loam_str_contains(s, p)')
operation('str.find', 's:str p:text', 'out int', 'found(s.find(p))',
          'loam_str_find(s, p, &out)')
operation('str.rfind', 's:str p:text', 'out int', 'found(s.rfind(p))',
          'loam_str_rfind(s, p, &out)')
operation('str.find_in', 's:str p:text i:bound j:bound', 'out int', 'found(s.find(p, i, j))',
          'loam_str_find_in(s, p, i, j, &out)')
operation('str.rfind_in', 's:str p:text i:bound j:bound', 'out int', 'found(s.rfind(p, i, j))',
          'loam_str_rfind_in(s, p, i, j, &out)')
operation('str.index', 's:str p:text', 'number', 's.index(p)',
          'loam_str_index(s, p)', weight=5)
operation('str.rindex', 's:str p:text', 'number', 's.rindex(p)',
          'loam_str_rindex(s, p)', weight=5)
operation('str.count', 's:str p:text', 'number', 's.count(p)',
          'loam_str_count(s, p)')
operation('str.count_in', 's:str p:text i:bound j:bound', 'number', 's.count(p, i, j)',
          'loam_str_count_in(s, p, i, j)')
operation('str.startswith', 's:str p:text', 'truth', 's.startswith(p)',
          'loam_str_startswith(s, p)', weight=5)
operation('str.endswith', 's:str p:text', 'truth', 's.endswith(p)',
          'loam_str_endswith(s, p)', weight=5)
operation('str.startswith_in', 's:str p:text i:bound j:bound', 'truth', 's.startswith(p, i, j)',
          'loam_str_startswith_in(s, p, i, j)')
operation('str.endswith_in', 's:str p:text i:bound j:bound', 'truth', 's.endswith(p, i, j)',
          'loam_str_endswith_in(s, p, i, j)')
operation('str.split', 's:str p:text', 'list', 's.split(p)',
          'loam_str_split(s, p)')
operation('str.split_max', 's:str p:text n:size', 'list', 's.split(p, n)',
          'loam_str_split_max(s, p, n)')
operation('str.rsplit_max', 's:str p:text n:size', 'list', 's.rsplit(p, n)',
          'loam_str_rsplit_max(s, p, n)')
operation('str.words', 's:str', 'list', 's.split()',
          'loam_str_words(s)')
operation('str.words_max', 's:str n:size', 'list', 's.split(None, n)',
          'loam_str_words_max(s, n)')
operation('str.rwords_max', 's:str n:size', 'list', 's.rsplit(None, n)',
          'loam_str_rwords_max(s, n)')
operation('str.splitlines', 's:str', 'list', 's.splitlines()',
          'loam_str_splitlines(s, false)')
operation('str.splitlines_keeping', 's:str', 'list', 's.splitlines(True)',
          'loam_str_splitlines(s, true)')
operation('str.partition', 's:str p:text', 'tuple', 's.partition(p)',
          'loam_str_partition(s, p)')
operation('str.rpartition', 's:str p:text', 'tuple', 's.rpartition(p)',
          'loam_str_rpartition(s, p)')
operation('str.concat', 's:str p:text', 'str', 's + p',
          'loam_str_concat(s, p)')
operation('str.repeat', 's:str n:times', 'str', 's * n',
          'loam_str_repeat(s, n)', weight=5)
operation('str.strip', 's:str', 'str', 's.strip()',
          'loam_str_strip(s)', weight=8)
operation('str.lstrip', 's:str', 'str', 's.lstrip()',
          'loam_str_lstrip(s)', weight=8)
operation('str.rstrip', 's:str', 'str', 's.rstrip()',
          'loam_str_rstrip(s)', weight=8)
operation('str.strip_chars', 's:str p:text', 'str', 's.strip(p)',
          'loam_str_strip_chars(s, p)', weight=8)
operation('str.lstrip_chars', 's:str p:text', 'str', 's.lstrip(p)',
          'loam_str_lstrip_chars(s, p)', weight=8)
operation('str.rstrip_chars', 's:str p:text', 'str', 's.rstrip(p)',
          'loam_str_rstrip_chars(s, p)', weight=8)
operation('str.removeprefix', 's:str p:text', 'str', 's.removeprefix(p)',
          'loam_str_removeprefix(s, p)')
operation('str.removesuffix', 's:str p:text', 'str', 's.removesuffix(p)',
          'loam_str_removesuffix(s, p)')
operation('str.replace', 's:str p:text q:text', 'str', 's.replace(p, q)',
          'loam_str_replace(s, p, q)', weight=15)
operation('str.replace_max', 's:str p:text q:text n:size', 'str', 's.replace(p, q, n)',
          'loam_str_replace_max(s, p, q, n)')
operation('str.center', 's:str n:size p:text', 'str', 's.center(n, p)',
          'loam_str_center(s, n, p)')
operation('str.ljust', 's:str n:size p:text', 'str', 's.ljust(n, p)',
          'loam_str_ljust(s, n, p)')
operation('str.rjust', 's:str n:size p:text', 'str', 's.rjust(n, p)',
          'loam_str_rjust(s, n, p)')
operation('str.zfill', 's:str n:size', 'str', 's.zfill(n)',
          'loam_str_zfill(s, n)')
operation('str.expandtabs', 's:str n:size', 'str', 's.expandtabs(n)',
          'loam_str_expandtabs(s, n)')
operation('str.join', 's:str x:iterable', 'str', 's.join(x)',
          'loam_str_join(s, x)')
operation('str.get', 's:str i:index', 'str', 's[i]', 'loam_str_get(s, i)')
operation('str.ord', 's:str i:index', 'number', 'ord(s[i])', 'loam_str_ord(s, i)')
operation('str.chr', 'i:code', 'str', 'character(i)', 'loam_str_chr(i)')
operation('str.join_parts', 's:str! p:text q:text', 'str', 's.join(p.partition(q))', 'join_parts(s, p, q)')
operation('str.encode', 's:str', 'bytes', 's.encode()', 'loam_str_encode(s)')
operation('str.translate', 's:str! p:text q:text r:text', 'str', 's.translate(str.maketrans(p, q, r))',
          'translate(s, p, q, r)', when='type(p) is type(q) is type(r) is str')
# loam: beyond ASCII these need utf8proc, whose Unicode may be later than Python's.
operation('str.lower', 's:str', 'str', 's.lower()', 'loam_str_lower(s)', when='has_case(s)', weight=4)
operation('str.upper', 's:str', 'str', 's.upper()', 'loam_str_upper(s)', when='has_case(s)', weight=4)
operation('str.casefold', 's:str', 'str', 's.casefold()', 'loam_str_casefold(s)', when='has_case(s)', weight=4)
operation('str.title', 's:str', 'str', 's.title()', 'loam_str_title(s)', when='has_case(s)', weight=4)
operation('str.capitalize', 's:str', 'str', 's.capitalize()', 'loam_str_capitalize(s)', when='has_case(s)', weight=4)
operation('str.swapcase', 's:str', 'str', 's.swapcase()', 'loam_str_swapcase(s)', when='has_case(s)', weight=4)
operation('str.isalpha', 's:str', 'truth', 's.isalpha()', 'loam_str_isalpha(s)', when='has_case(s)', weight=3)
operation('str.isalnum', 's:str', 'truth', 's.isalnum()', 'loam_str_isalnum(s)', when='has_case(s)', weight=3)
operation('str.isdecimal', 's:str', 'truth', 's.isdecimal()', 'loam_str_isdecimal(s)', when='has_case(s)', weight=3)
operation('str.isdigit', 's:str', 'truth', 's.isdigit()', 'loam_str_isdigit(s)', when='has_case(s)', weight=3)
operation('str.isnumeric', 's:str', 'truth', 's.isnumeric()', 'loam_str_isnumeric(s)', when='has_case(s)', weight=3)
operation('str.islower', 's:str', 'truth', 's.islower()', 'loam_str_islower(s)', when='has_case(s)', weight=3)
operation('str.isupper', 's:str', 'truth', 's.isupper()', 'loam_str_isupper(s)', when='has_case(s)', weight=3)
operation('str.istitle', 's:str', 'truth', 's.istitle()', 'loam_str_istitle(s)', when='has_case(s)', weight=3)
operation('str.isspace', 's:str', 'truth', 's.isspace()', 'loam_str_isspace(s)', weight=3)
operation('str.isascii', 's:str', 'truth', 's.isascii()', 'loam_str_isascii(s)', weight=3)
operation('str.isprintable', 's:str', 'truth', 's.isprintable()', 'loam_str_isprintable(s)', weight=3)
operation('str.isidentifier', 's:str', 'truth', 's.isidentifier()', 'loam_str_isidentifier(s)', when='has_case(s)',
          weight=3)

operation('builder.str', 's:chars x:value y:value i:code', 'str', 's + str(x) + str(y) + character(i)',
          'build(s, x, y, i)', weight=30)
operation('builder.bytes', 'b:bytes! s:chars i:amount x:value', 'bytes',
          'with_length(b + f"{s}|{i}".encode())', 'build_bytes(b, s, i, x)', weight=20)

operation('bytes.len', 'b:bytes', 'number', 'len(b)', 'loam_bytes_len(b)', weight=5)
operation('bytes.get', 'b:bytes i:index', 'out int', 'b[i]', 'loam_bytes_get(b, i, &out)')
operation('bytes.slice', 'b:bytes i:bound j:bound k:step', 'bytes', 'b[i:j:k]', 'loam_bytes_slice(b, i, j, k)', weight=30)
operation('bytes.contains', 'b:bytes p:data', 'truth', 'p in b',
          'loam_bytes_contains(b, p)')
operation('bytes.find', 'b:bytes p:data', 'out int', 'found(b.find(p))',
          'loam_bytes_find(b, p, &out)')
operation('bytes.rfind', 'b:bytes p:data', 'out int', 'found(b.rfind(p))',
          'loam_bytes_rfind(b, p, &out)')
operation('bytes.find_in', 'b:bytes p:data i:bound j:bound', 'out int', 'found(b.find(p, i, j))',
          'loam_bytes_find_in(b, p, i, j, &out)')
operation('bytes.rfind_in', 'b:bytes p:data i:bound j:bound', 'out int', 'found(b.rfind(p, i, j))',
          'loam_bytes_rfind_in(b, p, i, j, &out)')
operation('bytes.index', 'b:bytes p:data', 'number', 'b.index(p)',
          'loam_bytes_index(b, p)', weight=5)
operation('bytes.rindex', 'b:bytes p:data', 'number', 'b.rindex(p)',
          'loam_bytes_rindex(b, p)', weight=5)
operation('bytes.count', 'b:bytes p:data', 'number', 'b.count(p)',
          'loam_bytes_count(b, p)')
operation('bytes.count_in', 'b:bytes p:data i:bound j:bound', 'number', 'b.count(p, i, j)',
          'loam_bytes_count_in(b, p, i, j)')
operation('bytes.startswith', 'b:bytes p:data', 'truth', 'b.startswith(p)',
          'loam_bytes_startswith(b, p)', weight=5)
operation('bytes.endswith', 'b:bytes p:data', 'truth', 'b.endswith(p)',
          'loam_bytes_endswith(b, p)', weight=5)
operation('bytes.startswith_in', 'b:bytes p:data i:bound j:bound', 'truth', 'b.startswith(p, i, j)',
          'loam_bytes_startswith_in(b, p, i, j)')
operation('bytes.endswith_in', 'b:bytes p:data i:bound j:bound', 'truth', 'b.endswith(p, i, j)',
          'loam_bytes_endswith_in(b, p, i, j)')
operation('bytes.split', 'b:bytes p:data', 'list', 'b.split(p)',
          'loam_bytes_split(b, p)')
operation('bytes.split_max', 'b:bytes p:data n:size', 'list', 'b.split(p, n)',
          'loam_bytes_split_max(b, p, n)')
operation('bytes.rsplit_max', 'b:bytes p:data n:size', 'list', 'b.rsplit(p, n)',
          'loam_bytes_rsplit_max(b, p, n)')
operation('bytes.words', 'b:bytes', 'list', 'b.split()',
          'loam_bytes_words(b)')
operation('bytes.words_max', 'b:bytes n:size', 'list', 'b.split(None, n)',
          'loam_bytes_words_max(b, n)')
operation('bytes.rwords_max', 'b:bytes n:size', 'list', 'b.rsplit(None, n)',
          'loam_bytes_rwords_max(b, n)')
operation('bytes.splitlines', 'b:bytes', 'list', 'b.splitlines()',
          'loam_bytes_splitlines(b, false)')
operation('bytes.splitlines_keeping', 'b:bytes', 'list', 'b.splitlines(True)',
          'loam_bytes_splitlines(b, true)')
operation('bytes.partition', 'b:bytes p:data', 'tuple', 'b.partition(p)',
          'loam_bytes_partition(b, p)')
operation('bytes.rpartition', 'b:bytes p:data', 'tuple', 'b.rpartition(p)',
          'loam_bytes_rpartition(b, p)')
operation('bytes.concat', 'b:bytes p:data', 'bytes', 'b + p',
          'loam_bytes_concat(b, p)')
operation('bytes.repeat', 'b:bytes n:times', 'bytes', 'b * n',
          'loam_bytes_repeat(b, n)', weight=5)
operation('bytes.strip', 'b:bytes', 'bytes', 'b.strip()',
          'loam_bytes_strip(b)', weight=8)
operation('bytes.lstrip', 'b:bytes', 'bytes', 'b.lstrip()',
          'loam_bytes_lstrip(b)', weight=8)
operation('bytes.rstrip', 'b:bytes', 'bytes', 'b.rstrip()',
          'loam_bytes_rstrip(b)', weight=8)
operation('bytes.strip_chars', 'b:bytes p:data', 'bytes', 'b.strip(p)',
          'loam_bytes_strip_chars(b, p)', weight=8)
operation('bytes.lstrip_chars', 'b:bytes p:data', 'bytes', 'b.lstrip(p)',
          'loam_bytes_lstrip_chars(b, p)', weight=8)
operation('bytes.rstrip_chars', 'b:bytes p:data', 'bytes', 'b.rstrip(p)',
          'loam_bytes_rstrip_chars(b, p)', weight=8)
operation('bytes.removeprefix', 'b:bytes p:data', 'bytes', 'b.removeprefix(p)',
          'loam_bytes_removeprefix(b, p)')
operation('bytes.removesuffix', 'b:bytes p:data', 'bytes', 'b.removesuffix(p)',
          'loam_bytes_removesuffix(b, p)')
operation('bytes.replace', 'b:bytes p:data q:data', 'bytes', 'b.replace(p, q)',
          'loam_bytes_replace(b, p, q)', weight=15)
operation('bytes.replace_max', 'b:bytes p:data q:data n:size', 'bytes', 'b.replace(p, q, n)',
          'loam_bytes_replace_max(b, p, q, n)')
operation('bytes.center', 'b:bytes n:size p:data', 'bytes', 'b.center(n, p)',
          'loam_bytes_center(b, n, p)')
operation('bytes.ljust', 'b:bytes n:size p:data', 'bytes', 'b.ljust(n, p)',
          'loam_bytes_ljust(b, n, p)')
operation('bytes.rjust', 'b:bytes n:size p:data', 'bytes', 'b.rjust(n, p)',
          'loam_bytes_rjust(b, n, p)')
operation('bytes.zfill', 'b:bytes n:size', 'bytes', 'b.zfill(n)',
          'loam_bytes_zfill(b, n)')
operation('bytes.expandtabs', 'b:bytes n:size', 'bytes', 'b.expandtabs(n)',
          'loam_bytes_expandtabs(b, n)')
operation('bytes.join', 'b:bytes x:iterable', 'bytes', 'b.join(x)',
          'loam_bytes_join(b, x)')
operation('bytes.decode', 'b:bytes', 'str', 'b.decode()', 'loam_bytes_decode(b)')
operation('bytes.hex', 'b:bytes', 'str', 'b.hex()', 'loam_bytes_hex(b)')
operation('bytes.hex_grouped', 'b:bytes! p:text n:size', 'str', 'b.hex((chars(p), p)[1], n)', 'loam_bytes_hex_grouped(b, p, n)')
operation('bytes.fromhex', 's:str', 'bytes', 'bytes.fromhex(s)', 'loam_bytes_fromhex(s)')
operation('bytes.unhex', 'b:bytes!', 'bytes', 'b', 'unhex_again(b)')
operation('bytes.translate', 'b:bytes! p:data q:data r:data', 'bytes', 'b.translate(bytes.maketrans(p, q), r)',
          'translate_bytes(b, p, q, r)', when='type(p) is type(q) is type(r) is bytes')
operation('bytes.lower', 'b:bytes', 'bytes', 'b.lower()', 'loam_bytes_lower(b)', weight=4)
operation('bytes.upper', 'b:bytes', 'bytes', 'b.upper()', 'loam_bytes_upper(b)', weight=4)
operation('bytes.title', 'b:bytes', 'bytes', 'b.title()', 'loam_bytes_title(b)', weight=4)
operation('bytes.capitalize', 'b:bytes', 'bytes', 'b.capitalize()', 'loam_bytes_capitalize(b)', weight=4)
operation('bytes.swapcase', 'b:bytes', 'bytes', 'b.swapcase()', 'loam_bytes_swapcase(b)', weight=4)
operation('bytes.isalpha', 'b:bytes', 'truth', 'b.isalpha()', 'loam_bytes_isalpha(b)', weight=3)
operation('bytes.isalnum', 'b:bytes', 'truth', 'b.isalnum()', 'loam_bytes_isalnum(b)', weight=3)
operation('bytes.isdigit', 'b:bytes', 'truth', 'b.isdigit()', 'loam_bytes_isdigit(b)', weight=3)
operation('bytes.islower', 'b:bytes', 'truth', 'b.islower()', 'loam_bytes_islower(b)', weight=3)
operation('bytes.isupper', 'b:bytes', 'truth', 'b.isupper()', 'loam_bytes_isupper(b)', weight=3)
operation('bytes.istitle', 'b:bytes', 'truth', 'b.istitle()', 'loam_bytes_istitle(b)', weight=3)
operation('bytes.isspace', 'b:bytes', 'truth', 'b.isspace()', 'loam_bytes_isspace(b)', weight=3)
operation('bytes.isascii', 'b:bytes', 'truth', 'b.isascii()', 'loam_bytes_isascii(b)', weight=3)

# tuple.

operation('tuple.new', 'x:value y:value', 'tuple', '(x, y)', 'loam_tuple_new((loam_value[]){x, y}, 2)')
operation('tuple.of', 'x:value y:value z:value', 'tuple', '(x, [y], {0: z})',
          'loam_tuple_of(x, LOAM_LIST(y), LOAM_DICT(0, z))', weight=5)
operation('tuple.from', 'x:iterable', 'tuple', 'tuple(x)', 'loam_tuple_from(x)')
operation('tuple.len', 't:tuple', 'number', 'len(t)', 'loam_tuple_len(t)', weight=5)
operation('tuple.span_peek', 't:tuple', 'list', 'list(t)', 'spanned(t, loam_tuple_span_peek(t))', weight=5)
operation('tuple.get', 't:tuple i:index', 'value', 't[i]', 'loam_tuple_get(t, i)')
operation('tuple.get_peek', 't:tuple i:index', 'borrowed', 't[i]', 'loam_tuple_get_peek(t, i)')
operation('tuple.slice', 't:tuple i:bound j:bound k:step', 'tuple', 't[i:j:k]', 'loam_tuple_slice(t, i, j, k)', weight=30)
operation('tuple.get_int', 't:tuple i:index', 'out int', 'integer(t[i])', 'loam_tuple_get_int(t, i, &out)')
operation('tuple.contains', 't:tuple k:key', 'truth', 'k in t', '(loam_tuple_contains)(t, k)', weight=15)
operation('tuple.count', 't:tuple k:key', 'number', 't.count(k)', '(loam_tuple_count)(t, k)')
operation('tuple.index', 't:tuple k:key i:bound j:bound', 'number', 'index(t, k, i, j)', '(loam_tuple_index)(t, k, i, j)',
          weight=15)
operation('tuple.concat', 't:tuple u:tuple', 'tuple', 't + u', 'loam_tuple_concat(t, u)', weight=8)
operation('tuple.repeat', 't:tuple n:times', 'tuple', 't * n', 'loam_tuple_repeat(t, n)', weight=5)

# range.

# loam: a range has no more than INT_MAX integers, and its bounds and step are of 64 bits.
operation('range.new', 'i:amount j:amount k:step', 'range', 'range(i, j, k)', 'loam_range_new(i, j, k)', weight=20)
operation('range.len', 'r:range', 'number', 'len(r)', 'loam_range_len(r)', weight=5)
operation('range.get', 'r:range i:index', 'value', 'r[i]', 'loam_range_get(r, i)')
operation('range.get_int', 'r:range i:index', 'out int', 'r[i]', 'loam_range_get_int(r, i, &out)')
operation('range.start', 'r:range', 'out int', 'r.start', 'loam_range_bounds(r, &out, NULL, NULL)', weight=3)
operation('range.stop', 'r:range', 'out int', 'r.stop', 'loam_range_bounds(r, NULL, &out, NULL)', weight=3)
operation('range.step', 'r:range', 'out int', 'r.step', 'loam_range_bounds(r, NULL, NULL, &out)', weight=3)
operation('range.slice', 'r:range i:bound j:bound k:step', 'range', 'r[i:j:k]', 'loam_range_slice(r, i, j, k)', weight=30)
operation('range.contains', 'r:range k:key', 'truth', 'k in r', '(loam_range_contains)(r, k)', when='passes(r, k)', weight=15)
operation('range.count', 'r:range k:key', 'number', 'r.count(k)', '(loam_range_count)(r, k)', when='passes(r, k)')
operation('range.index', 'r:range k:key', 'number', 'r.index(k)', '(loam_range_index)(r, k)', when='passes(r, k)', weight=15)

# list.

operation('list.new', '', 'list', '[]', 'loam_list_new()', weight=3)
operation('list.of', 'x:value y:value z:value', 'list', '[x, (y,), z]', 'loam_list_of(x, LOAM_TUPLE(y), z)', weight=5)
operation('list.from', 'x:iterable', 'list', 'list(x)', 'loam_list_from(x)')
operation('list.len', 'l:list', 'number', 'len(l)', 'loam_list_len(l)', weight=5)
operation('list.span_peek', 'l:list', 'list', 'l.copy()', 'spanned(l, loam_list_span_peek(l))', weight=5)
# Long ones now and then, of what are keys together.
operation('list.sequence', 'i:start n:many k:stride', 'list', 'sequence(i, n, k)', 'sequence(i, n, k)', weight=4)
operation('list.named', 'i:start n:many k:stride', 'list', 'named(sequence(i, n, k))', 'named(i, n, k)', weight=3)
operation('list.get', 'l:list i:index', 'value', 'l[i]', 'loam_list_get(l, i)', weight=20)
operation('list.get_peek', 'l:list i:index', 'borrowed', 'l[i]', 'loam_list_get_peek(l, i)')
operation('list.get_int', 'l:list i:index', 'out int', 'integer(l[i])', 'loam_list_get_int(l, i, &out)')
operation('list.set', 'l:list i:index x:value', 'status', 'l.__setitem__(i, x)', '(loam_list_set)(l, i, x)', weight=15)
operation('list.set_take', 'l:list i:index x:value', 'status', 'l.__setitem__(i, x)', 'loam_list_set(l, i, x)', weight=15)
operation('list.append', 'l:list x:value', 'status', 'l.append(x)', '(loam_list_append)(l, x)', weight=20)
operation('list.append_take', 'l:list x:value', 'status', 'l.append(x)', 'loam_list_append(l, x)', weight=20)
operation('list.insert', 'l:list i:index x:value', 'status', 'l.insert(i, x)', '(loam_list_insert)(l, i, x)', weight=15)
operation('list.insert_take', 'l:list i:index x:value', 'status', 'l.insert(i, x)', 'loam_list_insert(l, i, x)', weight=15)
operation('list.extend', 'l:list x:iterable', 'status', 'l.extend(x)', 'loam_list_extend(l, x)',
          when='not meets(x, l)', weight=20)
operation('list.pop', 'l:list i:index', 'value', 'l.pop(i)', 'loam_list_pop(l, i)', weight=20)
operation('list.clear', 'l:list', 'status', 'l.clear()', 'loam_list_clear(l)', weight=2)
operation('list.reserve', 'l:list n:size', 'status', 'reserve(n)', 'loam_list_reserve(l, n)', weight=3)
operation('list.slice', 'l:list i:bound j:bound k:step', 'list', 'l[i:j:k]', 'loam_list_slice(l, i, j, k)', weight=30)
operation('list.set_slice', 'l:list i:bound j:bound k:step x:iterable', 'status', 'set_slice(l, i, j, k, x)',
          'loam_list_set_slice(l, i, j, k, x)', when='not meets(x, l)', weight=30)
operation('list.replace', 'l:list i:bound j:bound x:iterable', 'status', 'set_slice(l, i, j, 1, x)',
          'loam_list_set_slice(l, i, j, LOAM_OMIT, x)', when='not meets(x, l)', weight=20)
operation('list.delete_slice', 'l:list i:bound j:bound k:step', 'status', 'l.__delitem__(slice(i, j, k))',
          'loam_list_delete_slice(l, i, j, k)', weight=15)
operation('list.delete', 'l:list i:index', 'status', 'l.__delitem__(i)', 'loam_list_delete(l, i)')
operation('list.contains', 'l:list k:key', 'truth', 'k in l', '(loam_list_contains)(l, k)', weight=15)
operation('list.count', 'l:list k:key', 'number', 'l.count(k)', '(loam_list_count)(l, k)')
operation('list.index', 'l:list k:key i:bound j:bound', 'number', 'index(l, k, i, j)', '(loam_list_index)(l, k, i, j)',
          weight=15)
operation('list.remove', 'l:list k:key', 'status', 'l.remove(k)', '(loam_list_remove)(l, k)', weight=15)
operation('list.copy', 'l:list', 'list', 'l.copy()', 'loam_list_copy(l)', weight=5)
operation('list.concat', 'l:list m:list', 'list', 'l + m', 'loam_list_concat(l, m)', weight=8)
operation('list.repeat', 'l:list n:times', 'list', 'l * n', 'loam_list_repeat(l, n)', weight=5)
operation('list.repeat_in_place', 'l:list n:times', 'status', 'l.__imul__(n) and None', 'loam_list_repeat_in_place(l, n)',
          weight=3)
operation('list.reverse', 'l:list', 'status', 'l.reverse()', 'loam_list_reverse(l)', weight=8)
# loam: NaN comes last, and a sort that fails changes nothing.
operation('list.sort', 'l:list', 'status', 'sort(l)', 'loam_list_sort(l)', when='sorts(l)', weight=30)
operation('list.sort_reverse', 'l:list', 'status', 'sort(l, reverse=True)', 'loam_list_sort_reverse(l)', when='sorts(l)',
          weight=15)
operation('list.sort_key', 'l:list f:key_of', 'status', 'sort(l, f)', 'loam_list_sort_key(l, f, NULL, false)',
          when='sorts(l)', weight=20)
operation('list.sort_key_reverse', 'l:list f:key_of', 'status', 'sort(l, f, True)', 'loam_list_sort_key(l, f, NULL, true)',
          when='sorts(l)')
operation('list.sort_compare', 'l:list f:compare', 'status', 'sort(l, cmp_to_key(lambda x, y: f(x)(y)))',
          'loam_list_sort_compare(l, f, NULL, false)', when='sorts(l)')

# deque.

operation('deque.new', '', 'deque', 'Deque()', 'loam_deque_new()', weight=3)
operation('deque.new_max', 'n:size', 'deque', 'Deque((), n)', 'loam_deque_new_max(n)')
operation('deque.from', 'x:iterable', 'deque', 'Deque(x)', 'loam_deque_from(x)')
operation('deque.len', 'd:deque', 'number', 'len(d)', 'loam_deque_len(d)', weight=5)
operation('deque.max_len', 'd:deque', 'number', 'INT_MAX if d.maxlen is None else d.maxlen', 'loam_deque_max_len(d)', weight=3)
operation('deque.get', 'd:deque i:index', 'value', 'd[i]', 'loam_deque_get(d, i)', weight=20)
operation('deque.get_peek', 'd:deque i:index', 'borrowed', 'd[i]', 'loam_deque_get_peek(d, i)')
operation('deque.get_int', 'd:deque i:index', 'out int', 'integer(d[i])', 'loam_deque_get_int(d, i, &out)')
operation('deque.set', 'd:deque i:index x:value', 'status', 'd.__setitem__(i, x)', '(loam_deque_set)(d, i, x)', weight=15)
operation('deque.set_take', 'd:deque i:index x:value', 'status', 'd.__setitem__(i, x)', 'loam_deque_set(d, i, x)')
operation('deque.append', 'd:deque x:value', 'status', 'd.append(x)', '(loam_deque_append)(d, x)', weight=20)
operation('deque.append_take', 'd:deque x:value', 'status', 'd.append(x)', 'loam_deque_append(d, x)', weight=20)
operation('deque.append_first', 'd:deque x:value', 'status', 'd.appendleft(x)', '(loam_deque_append_first)(d, x)', weight=20)
operation('deque.append_first_take', 'd:deque x:value', 'status', 'd.appendleft(x)', 'loam_deque_append_first(d, x)',
          weight=20)
operation('deque.insert', 'd:deque i:index x:value', 'status', 'd.insert(i, x)', '(loam_deque_insert)(d, i, x)', weight=15)
operation('deque.insert_take', 'd:deque i:index x:value', 'status', 'd.insert(i, x)', 'loam_deque_insert(d, i, x)', weight=15)
operation('deque.extend', 'd:deque x:iterable', 'status', 'd.extend(x)', 'loam_deque_extend(d, x)', when='not meets(x, d)',
          weight=20)
operation('deque.extend_first', 'd:deque x:iterable', 'status', 'd.extendleft(x)', 'loam_deque_extend_first(d, x)',
          when='not meets(x, d)', weight=15)
operation('deque.pop_last', 'd:deque', 'value', 'd.pop()', 'loam_deque_pop_last(d)', weight=20)
operation('deque.pop_first', 'd:deque', 'value', 'd.popleft()', 'loam_deque_pop_first(d)', weight=20)
operation('deque.delete', 'd:deque i:index', 'status', 'd.__delitem__(i)', 'loam_deque_delete(d, i)', weight=15)
operation('deque.remove', 'd:deque k:key', 'status', 'd.remove(k)', '(loam_deque_remove)(d, k)', weight=15)
operation('deque.contains', 'd:deque k:key', 'truth', 'k in d', '(loam_deque_contains)(d, k)', weight=15)
operation('deque.count', 'd:deque k:key', 'number', 'd.count(k)', '(loam_deque_count)(d, k)')
operation('deque.index', 'd:deque k:key i:bound j:bound', 'number', 'index(d, k, i, j)', '(loam_deque_index)(d, k, i, j)',
          weight=15)
operation('deque.rotate', 'd:deque i:index', 'status', 'd.rotate(i)', 'loam_deque_rotate(d, i)', weight=25)
operation('deque.reverse', 'd:deque', 'status', 'd.reverse()', 'loam_deque_reverse(d)', weight=8)
operation('deque.clear', 'd:deque', 'status', 'd.clear()', 'loam_deque_clear(d)', weight=2)
operation('deque.copy', 'd:deque', 'deque', 'd.copy()', 'loam_deque_copy(d)', weight=5)
operation('deque.concat', 'd:deque e:deque', 'deque', 'd + e', 'loam_deque_concat(d, e)', weight=8)
operation('deque.repeat', 'd:deque n:times', 'deque', 'd * n', 'loam_deque_repeat(d, n)', weight=8)
operation('deque.repeat_in_place', 'd:deque n:times', 'status', 'd.__imul__(n) and None', 'loam_deque_repeat_in_place(d, n)',
          weight=4)
operation('deque.reserve', 'd:deque n:size', 'status', 'reserve(n)', 'loam_deque_reserve(d, n)', weight=3)

# dict.

operation('dict.new', '', 'dict', 'Dict()', 'loam_dict_new()', weight=2)
operation('dict.of', 'k:hashable x:value j:hashable y:value', 'dict', 'Dict({k: x, j: y})',
          'loam_dict_of(k, x, j, y)', weight=5)
operation('dict.len', 'd:dict', 'number', 'len(d)', 'loam_dict_len(d)', weight=3)
operation('dict.set', 'd:dict k:hashable x:value', 'status', 'd.set(k, x)', '(loam_dict_set)(d, k, x)', weight=40)
operation('dict.set_take', 'd:dict k:hashable x:value', 'status', 'd.set(k, x)', 'loam_dict_set(d, k, x)', weight=40)
operation('dict.get', 'd:dict k:key', 'value', 'd[k]', '(loam_dict_get)(d, k)', weight=15)
operation('dict.get_peek', 'd:dict k:key', 'borrowed', 'd[k]', '(loam_dict_get_peek)(d, k)', weight=15)
operation('dict.find', 'd:dict k:key', 'out value', 'd.find(k)', '(loam_dict_find)(d, k, &out)', weight=15)
operation('dict.contains', 'd:dict k:key', 'truth', 'k in d', '(loam_dict_contains)(d, k)', weight=15)
operation('dict.get_int', 'd:dict k:key', 'out int', 'integer(d[k])', '(loam_dict_get_int)(d, k, &out)', weight=8)
operation('dict.get_double', 'd:dict k:key', 'out double', 'number(d[k])', '(loam_dict_get_double)(d, k, &out)', weight=4)
operation('dict.get_bool', 'd:dict k:key', 'out bool', 'truth(d[k])', '(loam_dict_get_bool)(d, k, &out)', weight=4)
operation('dict.get_chars_peek', 'd:dict k:key', 'out chars', 'chars(d[k])',
          '(loam_dict_get_chars_peek)(d, k, &out)', weight=4)
operation('dict.find_int', 'd:dict k:key', 'out int', 'd.find_as(k, integer)', '(loam_dict_find_int)(d, k, &out)', weight=8)
operation('dict.find_double', 'd:dict k:key', 'out double', 'd.find_as(k, number)', '(loam_dict_find_double)(d, k, &out)',
          weight=4)
operation('dict.find_bool', 'd:dict k:key', 'out bool', 'd.find_as(k, truth)', '(loam_dict_find_bool)(d, k, &out)', weight=4)
operation('dict.find_chars_peek', 'd:dict k:key', 'out chars', 'd.find_as(k, chars)',
          '(loam_dict_find_chars_peek)(d, k, &out)', weight=4)
operation('dict.add', 'd:dict k:key n:amount', 'status', 'd.add(k, n)', '(loam_dict_add)(d, k, n)', weight=25)
operation('dict.remove', 'd:dict k:key', 'status', 'd.take(k) and None', '(loam_dict_remove)(d, k)', weight=25)
operation('dict.pop', 'd:dict k:key', 'value', 'd.take(k)', '(loam_dict_pop)(d, k)', weight=25)
operation('dict.pop_first', 'd:dict', 'out pair', 'd.take_end(0)', 'loam_dict_pop_first(d, &key, &value)', weight=12)
operation('dict.pop_last', 'd:dict', 'out pair', 'd.take_end(-1)', 'loam_dict_pop_last(d, &key, &value)', weight=12)
operation('dict.drop_first', 'd:dict', 'status', 'd.take_end(0) and None', 'loam_dict_pop_first(d, NULL, NULL)', weight=6)
operation('dict.move_to_end', 'd:dict k:key', 'status', 'd.move_to_end(k)', '(loam_dict_move_to_end)(d, k)', weight=20)
operation('dict.update', 'd:dict e:dict', 'status', 'd.set_all(e)', 'loam_dict_update(d, loam_from(e))', weight=8)
operation('dict.update_from', 'd:dict x:pairs', 'status', 'd.update_from(x)', 'loam_dict_update(d, x)',
          when='not reads_ahead(x)', weight=12)
operation('dict.from', 'x:pairs', 'dict', 'dict_from(x)', 'loam_dict_from(x)', when='not reads_ahead(x)', weight=8)
operation('dict.from_keys', 'x:iterable k:key', 'dict', 'Dict(dict.fromkeys(x, fitting(k)))',
          '(loam_dict_from_keys)(x, k)', when='not reads_ahead(x)')
operation('dict.merge', 'd:dict e:dict', 'dict', 'Dict(dict(d) | dict(e))', 'loam_dict_merge(d, e)', weight=6)
operation('dict.get_or', 'd:dict k:key j:key', 'value', 'd.get(k, j)', '(loam_dict_get_or)(d, k, j)', weight=12)
operation('dict.pop_or', 'd:dict k:key j:key', 'value', 'd.take_or(k, j)', '(loam_dict_pop_or)(d, k, j)', weight=12)
operation('dict.setdefault', 'd:dict k:key j:key', 'value', 'd.find_or_set(k, j)', '(loam_dict_setdefault)(d, k, j)',
          weight=20)
operation('dict.setdefault_peek', 'd:dict k:key j:key', 'borrowed', 'd.find_or_set(k, j)',
          '(loam_dict_setdefault_peek)(d, k, j)', weight=10)
operation('dict.setdefault_list', 'd:dict k:key', 'value', 'd.find_or_set(k, [])',
          '(loam_dict_setdefault)(d, k, loam__key_literal(LOAM_TAKE(loam_list_new())))', weight=10)
operation('dict.grow', 'd:dict i:start n:many k:stride', 'status', 'd.grow(sequence(i, n, k))', 'grow(d, i, n, k)', weight=12)
operation('dict.shrink', 'd:dict i:start n:many k:stride', 'number', 'd.shrink(sequence(i, n, k))', 'shrink(d, i, n, k)',
          weight=6)
operation('dict.get_many', 'd:dict i:start n:many k:stride', 'list', '[d[key] for key in sequence(i, positive(n), k)]',
          'get_many(d, i, n, k)', weight=12)
operation('dict.get_many_int', 'd:dict i:start n:many k:stride', 'list',
          'found_many(sequence(i, positive(n), k), lambda key: integer(d[key]))', 'get_many_int(d, i, n, k)', weight=12)
operation('dict.find_many_int', 'd:dict i:start n:many k:stride', 'list',
          'found_many(sequence(i, positive(n), k), lambda key: d.find_as(key, integer))', 'find_many_int(d, i, n, k)',
          weight=12)
operation('dict.next', 'd:dict', 'list', 'list(d.items())', 'walk(d)', weight=6)
operation('dict.remove_current', 'd:dict f:filter', 'status', 'd.prune(f)', 'prune(d, f)', weight=6)
operation('dict.clear', 'd:dict', 'status', 'd.remove_all()', 'loam_dict_clear(d)', weight=1)
# loam: a rebuild ends an iteration, and whether there is one is its own affair.
operation('dict.reserve', 'd:dict n:size', 'status', 'd.reserve(n)', 'loam_dict_reserve(d, n)',
          when='not (isinstance(d, Dict) and d.is_walked())', weight=4)
operation('dict.copy', 'd:dict', 'dict', 'Dict(d)', 'loam_dict_copy(d)', weight=4)
operation('dict.keys', 'd:dict', 'list', 'list(d)', 'loam_dict_keys(d)', weight=4)
operation('dict.values', 'd:dict', 'list', 'list(d.values())', 'loam_dict_values(d)', weight=4)
operation('dict.items', 'd:dict', 'list', 'list(d.items())', 'loam_dict_items(d)', weight=4)
operation('dict.most_common', 'd:dict n:size', 'list', 'most_common(d, n)', 'loam_dict_most_common(d, n)',
          when='ranks(d)', weight=10)

# set and frozenset.

operation('set.new', '', 'set', 'Set()', 'loam_set_new()', weight=3)
operation('set.of', 'x:hashable y:near z:hashable', 'set', 'Set([x, y, z])', 'loam_set_of(x, y, z)', weight=5)
operation('set.from', 'x:iterable', 'set', 'set_from(x, Set)', 'loam_set_from(x)', weight=15)
operation('set.len', 's:set', 'number', 'len(s)', 'loam_set_len(s)', weight=3)
operation('set.add', 's:set k:key', 'truth', 's.put(k)', '(loam_set_add)(s, k)', weight=50)
operation('set.contains', 's:set k:key', 'truth', 'k in s', '(loam_set_contains)(s, k)', weight=20)
operation('set.contains_value', 's:set x:value', 'truth', 'x in s', 'loam_set_contains(s, x)', weight=5)
operation('set.discard', 's:set k:key', 'truth', 's.drop(k)', '(loam_set_discard)(s, k)', weight=30)
operation('set.remove', 's:set k:key', 'status', 's.take(k)', '(loam_set_remove)(s, k)', weight=30)
operation('set.pop_first', 's:set', 'out value', 's.pop_end(0)', 'loam_set_pop_first(s, &out)', weight=12)
operation('set.pop_last', 's:set', 'out value', 's.pop_end(-1)', 'loam_set_pop_last(s, &out)', weight=12)
operation('set.drop_last', 's:set', 'status', 's.pop_end(-1) and None', 'loam_set_pop_last(s, NULL)', weight=4)
operation('set.update_sequence', 's:set i:start n:many k:stride', 'status', 's.change("update", sequence(i, n, k))',
          'change_by(s, loam_set_update, i, n, k)', weight=12)
operation('set.difference_update_sequence', 's:set i:start n:many k:stride', 'status',
          's.change("difference_update", sequence(i, n, k))', 'change_by(s, loam_set_difference_update, i, n, k)', weight=5)
operation('set.next', 's:set', 'list', 'list(s)', 'walk_set(s)', weight=6)
operation('set.remove_current', 's:set f:filter', 'status', 's.prune(f)', 'prune_set(s, f)', weight=8)
operation('set.clear', 's:set', 'status', 's.remove_all()', 'loam_set_clear(s)', weight=1)
operation('set.reserve', 's:set n:size', 'status', 'reserve(n)', 'loam_set_reserve(s, n)',
          when='not (isinstance(s, Set) and s.is_walked())', weight=4)
operation('set.copy', 's:set', 'set', 'Set(s)', 'loam_set_copy(s)', weight=4)
operation('set.update', 's:set x:iterable', 'status', 's.change("update", x)', 'loam_set_update(s, x)',
          when='not meets(x, s)', weight=20)
for name in ('intersection_update', 'difference_update', 'symmetric_difference_update'):
    operation('set.' + name, 's:set x:iterable', 'status', 's.change("%s", x)' % name, 'loam_set_%s(s, x)' % name,
              when='not meets(x, s)', weight=12)
operation('frozenset.new', '', 'frozenset', 'Frozen()', 'loam_frozenset_new()', weight=2)
operation('frozenset.of', 'x:hashable y:near z:hashable', 'frozenset', 'Frozen([x, y, z])', 'loam_frozenset_of(x, y, z)',
          weight=15)
operation('frozenset.from', 'x:iterable', 'frozenset', 'set_from(x, Frozen)', 'loam_frozenset_from(x)', weight=25)
operation('frozenset.len', 's:frozenset', 'number', 'len(s)', 'loam_frozenset_len(s)', weight=3)
operation('frozenset.contains', 's:frozenset k:key', 'truth', 'k in s', '(loam_frozenset_contains)(s, k)', weight=20)
for kind, python in (('set', 'Set'), ('frozenset', 'Frozen')):
    for name in ('union', 'intersection', 'difference', 'symmetric_difference'):
        operation('%s.%s' % (kind, name), 's:%s x:iterable' % kind, kind, 'combine(s, "%s", x, %s)' % (name, python),
                  'loam_%s_%s(s, x)' % (kind, name), weight=15)
    for name in ('isdisjoint', 'issubset', 'issuperset'):
        operation('%s.%s' % (kind, name), 's:%s x:iterable' % kind, 'truth', 'ask(s, "%s", x)' % name,
                  'loam_%s_%s(s, x)' % (kind, name), weight=12)
    operation('%s.equal' % kind, 's:%s x:value' % kind, 'truth', 's == x', 'loam_equal(loam_from(s), x)')

# Views of a dict. Set operations are those of a set of what is seen.

for name in ('keys', 'values', 'items'):
    operation('view.' + name, 'd:dict', 'dict_view', 'View(d, d.%s())' % name, 'loam_dict_%s_view(d)' % name, weight=25)
operation('view.dict_peek', 'v:dict_view', 'borrowed', 'v.walked', 'loam_from(loam_dict_view_dict_peek(v))', weight=5)
operation('view.len', 'v:dict_view', 'number', 'len(v.seen)', 'loam_dict_view_len(v)', weight=5)
operation('view.contains', 'v:dict_view k:key', 'truth', 'k in v.seen', '(loam_dict_view_contains)(v, k)', weight=20)
operation('view.contains_item', 'v:dict_view x:hashable y:value', 'truth', '(x, y) in v.seen',
          'loam_dict_view_contains(v, LOAM_TUPLE(x, y))')
operation('view.equal', 'v:dict_view x:value', 'truth', 'v.seen == x', 'loam_equal(loam_from(v), x)')
operation('view.equal_views', 'v:dict_view w:dict_view', 'truth', 'v.seen == w.seen',
          'loam_equal(loam_from(v), loam_from(w))')
operation('view.compare', 'v:dict_view s:set', 'out order', 'order(v.seen, s)',
          'loam_compare(loam_from(v), loam_from(s), &out)')
for name in ('union', 'intersection', 'difference', 'symmetric_difference'):
    operation('view.' + name, 'v:dict_view x:iterable', 'set', 'combine(v.as_set(), "%s", x, Set)' % name,
              'loam_dict_view_%s(v, x)' % name)
for name in ('isdisjoint', 'issubset', 'issuperset'):
    operation('view.' + name, 'v:dict_view x:iterable', 'truth', 'ask(v.as_set(), "%s", x)' % name,
              'loam_dict_view_%s(v, x)' % name)

# Iterators.

operation('iter.range', 'i:amount j:amount k:step', 'iter', 'Iter(range(i, j, k))', 'loam_iter_range(i, j, k)',
          when='few(i, j, k)')
operation('iter.of', 'x:iterable', 'iter', 'iterate(x)', 'loam_iter_of(x)', weight=40)
operation('iter.values', 'd:dict', 'iter', 'iterate(d, d.values())', 'loam_iter_values(d)')
operation('iter.items', 'd:dict', 'iter', 'iterate(d, d.items())', 'loam_iter_items(d)')
operation('iter.words', 'b:bytes!', 'iter', 'Iter(map(text, b.split()))',
          'read_from(loam_bytes_view_peek(b), loam_iter_words)', weight=2)
operation('iter.lines', 'b:bytes!', 'iter', 'Iter(map(text, lines(b)))',
          'read_from(loam_bytes_view_peek(b), loam_iter_lines)', weight=2)
operation('iter.map', 'it:iter f:map', 'nothing', 'it.adapt(lambda: map(f, it.chain))', 'loam_iter_map(it, f, NULL)')
operation('iter.map_i64', 'it:iter f:map_i64', 'nothing', 'it.adapt(lambda: map(f, map(integer, it.chain)))',
          'loam_iter_map_i64(it, f, NULL)', weight=4)
operation('iter.map_view', 'it:iter f:map_view', 'nothing', 'it.adapt(lambda: map(text, map(f, map(view, it.chain))))',
          'loam_iter_map_view(it, f, NULL)', weight=4)
operation('iter.filter', 'it:iter f:filter', 'nothing', 'it.adapt(lambda: filter(f, it.chain))',
          'loam_iter_filter(it, f, NULL)')
operation('iter.filter_i64', 'it:iter f:filter_i64', 'nothing', 'it.adapt(lambda: filter(f, map(integer, it.chain)))',
          'loam_iter_filter_i64(it, f, NULL)', weight=4)
operation('iter.filter_view', 'it:iter f:filter_view', 'nothing',
          'it.adapt(lambda: map(text, filter(f, map(view, it.chain))))', 'loam_iter_filter_view(it, f, NULL)', weight=4)
operation('iter.enumerate', 'it:iter i:amount', 'nothing', 'it.adapt(lambda: map(fitting, enumerate(it.chain, i)))',
          'loam_iter_enumerate(it, i)')
operation('iter.take', 'it:iter n:size', 'nothing', 'it.adapt(lambda: islice(it.chain, n))', 'loam_iter_take(it, n)', weight=8)
operation('iter.progress', 'it:iter f:progress', 'nothing', 'it.adapt(lambda: it.chain)',
          'loam_iter_progress(it, f, NULL)', weight=2)
operation('iter.next', 'it:iter', 'out borrowed', 'next(it)', 'loam_iter_next_peek(it, &out)', weight=80)
operation('iter.close', 'it:iter', 'nothing', 'it.close()', 'loam_iter_close(it)', weight=3)
operation('iter.count', 'it:iter', 'number', 'it.sink(lambda: sum(1 for x in it))', 'loam_iter_count(it)', weight=5)
operation('iter.sum', 'it:iter', 'value', 'it.sink(lambda: total(it))', 'loam_iter_sum(it)')
operation('iter.list', 'it:iter', 'list', 'it.sink(lambda: list(it))', 'loam_iter_list(it)')
operation('iter.reversed', 'x:iterable', 'iter', 'backwards(x)', 'loam_iter_reversed(x)', weight=15)
operation('iter.sorted', 'it:iter', 'list', 'in_order(it)', 'loam_iter_sorted(it)', when='sorts(it)', weight=8)
operation('iter.min', 'it:iter', 'value', 'extreme(it, min)', 'loam_iter_min(it)', weight=5)
operation('iter.max', 'it:iter', 'value', 'extreme(it, max)', 'loam_iter_max(it)', weight=5)
operation('iter.min_key', 'it:iter f:key_of', 'value', 'extreme(it, min, f)', 'loam_iter_min_key(it, f, NULL)',
          weight=5)
operation('iter.max_key', 'it:iter f:key_of', 'value', 'extreme(it, max, f)',
          'loam_iter_max_key(it, f, NULL)', weight=5)
operation('iter.dict', 'it:iter', 'dict', 'it.sink(lambda: Dict(map(pair, it)))', 'loam_iter_dict(it)', weight=8)
operation('iter.counter', 'it:iter', 'dict', 'it.sink(lambda: Dict(Counter(it)))', 'loam_iter_counter(it)')
