"""Arguments of operations: as trees, on the wire, as Python objects, as C and Python text; made at random, and made
simpler.

A value is a tuple that begins with its kind: ('none',) ('bool', b) ('int', i) ('float', x) ('str', s) ('bytes', b)
('tuple', items) ('list', items) ('set', items) ('frozenset', items) ('dict', keys and values in turn) ('register', number). A key is ('key', form, x), where
the form is how C gives it: 'v' a value, 'I' an int64, 'U' a uint64, 'C' a C string, 'V' a view. ('chars', s) is a C string.
Other arguments are integers, None for a bound that is left out, and names of callbacks.
"""

import math
import unicodedata

from table import HANDLES

INT_MIN, INT_MAX = -2**63, 2**63 - 1
SEQUENCES = ('tuple', 'list', 'dict', 'set', 'frozenset')
VALUE_KINDS = ('value', 'literal', 'hashable', 'near', 'iterable', 'pairs', 'text', 'data')
INTEGER_KINDS = ('index', 'bound', 'step', 'size', 'amount', 'natural', 'times', 'code', 'many', 'start', 'stride')


def wrapped(i):
    """As 64 bits have it."""
    return (i - INT_MIN) % 2**64 + INT_MIN


# The wire: words, with a space between them. A container is its letter, the number of its items, and the items.

LETTERS = {'tuple': 'T', 'list': 'L', 'dict': 'D', 'set': 'S', 'frozenset': 'F'}
KINDS = {letter: kind for kind, letter in LETTERS.items()}


def encode(tree):
    if tree is None:
        return '-'
    if isinstance(tree, (int, str)):
        return str(tree)
    kind = tree[0]
    if kind in SEQUENCES:
        return ' '.join([LETTERS[kind] + str(len(tree[1]))] + [encode(item) for item in tree[1]])
    if kind == 'none':
        return 'n'
    if kind == 'bool':
        return 't' if tree[1] else 'f'
    if kind == 'int':
        return 'i%d' % tree[1]
    if kind == 'float':
        return 'd' + tree[1].hex()
    if kind == 'str':
        return 's' + tree[1].encode().hex()
    if kind == 'bytes':
        return 'b' + tree[1].hex()
    if kind == 'register':
        return 'r%d' % tree[1]
    if kind == 'chars':
        return 'c' + tree[1].encode().hex()
    form, x = tree[1:]
    if form == 'v':
        return 'v ' + encode(x)
    return form + (x.encode().hex() if form == 'C' else x.hex() if form == 'V' else str(x))


def decode_value(words):
    word = next(words)
    letter, rest = word[0], word[1:]
    if letter in KINDS:
        return (KINDS[letter], tuple([decode_value(words) for _ in range(int(rest))]))
    if letter == 'n':
        return ('none',)
    if letter in 'tf':
        return ('bool', letter == 't')
    if letter == 'i':
        return ('int', int(rest))
    if letter == 'd':
        return ('float', float.fromhex(rest))
    if letter == 's':
        return ('str', bytes.fromhex(rest).decode())
    if letter == 'b':
        return ('bytes', bytes.fromhex(rest))
    assert letter == 'r', word
    return ('register', int(rest))


def decode_key(words):
    word = next(words)
    form, rest = word[0], word[1:]
    if form == 'v':
        return ('key', form, decode_value(words))
    if form == 'C':
        return ('key', form, bytes.fromhex(rest).decode())
    return ('key', form, bytes.fromhex(rest) if form == 'V' else int(rest))


def decode(kind, words):
    """The argument of that kind at the head of an iterator over words."""
    if kind in VALUE_KINDS or kind in HANDLES:
        return decode_value(words)
    if kind == 'key':
        return decode_key(words)
    word = next(words)
    if kind in INTEGER_KINDS:
        return None if word == '-' else int(word)
    return ('chars', bytes.fromhex(word[1:]).decode()) if kind == 'chars' else word


def registers(tree):
    """The numbers of the registers that an argument refers to."""
    if not isinstance(tree, tuple):
        return set()
    if tree[0] == 'register':
        return {tree[1]}
    if tree[0] in SEQUENCES:
        return set().union(*map(registers, tree[1]))
    return registers(tree[2]) if tree[0] == 'key' and tree[1] == 'v' else set()


# C text.

def c_chars(data):
    text = ''
    for byte in data:
        c = chr(byte)
        if c in '"\\?':
            text += '\\' + c
        elif 0x20 <= byte < 0x7f:
            text += c
        else:
            text += '\\%03o' % byte
    return '"%s"' % text


def c_int(i):
    if i == INT_MIN:
        return 'INT64_MIN'
    if i == INT_MAX:
        return 'INT64_MAX'
    return str(i) if abs(i) < 2**31 else 'INT64_C(%d)' % i


def c_float(x):
    if math.isnan(x):
        return '(double)NAN'
    if math.isinf(x):
        return '(double)INFINITY' if x > 0 else '(double)-INFINITY'
    return repr(x)


MACROS = {'tuple': 'LOAM_TUPLE', 'list': 'LOAM_LIST', 'dict': 'LOAM_DICT', 'set': 'LOAM_SET', 'frozenset': 'LOAM_FROZENSET'}
EMPTY = {'tuple': 'loam_tuple_new(NULL, 0)', 'list': 'loam_list_new()', 'dict': 'loam_dict_new()',
         'set': 'loam_set_new()', 'frozenset': 'loam_frozenset_new()'}


def c_data(tree, name_of):
    """C data that LOAM_VAL takes; `name_of` gives a register as an expression."""
    kind = tree[0]
    if kind == 'register':
        return name_of(tree[1])
    if kind in SEQUENCES:
        if not tree[1]:
            return 'LOAM_TAKE(%s)' % EMPTY[kind]
        return '%s(%s)' % (MACROS[kind], ', '.join(c_data(item, name_of) for item in tree[1]))
    if kind == 'none':
        return 'LOAM_NONE'
    if kind == 'bool':
        return 'LOAM_TRUE' if tree[1] else 'LOAM_FALSE'
    if kind == 'int':
        return c_int(tree[1])
    if kind == 'float':
        return c_float(tree[1])
    if kind == 'str':
        data = tree[1].encode()
        return c_chars(data) if b'\0' not in data else '(loam_view){%s, %d}' % (c_chars(data), len(data))
    return 'LOAM_TAKE(loam_bytes_from(%s, %d))' % (c_chars(tree[1]), len(tree[1]))


def c_key(tree, name_of):
    """What a look-up macro takes."""
    form, x = tree[1:]
    if form == 'v':
        return c_data(x, name_of)
    if form == 'I':
        return c_int(x)
    if form == 'U':
        return 'UINT64_C(%d)' % x
    return c_chars(x.encode()) if form == 'C' else '(loam_view){%s, %d}' % (c_chars(x), len(x))


# Python text.

def python_text(tree, name_of):
    if not isinstance(tree, tuple):
        return str(tree)
    kind = tree[0]
    if kind == 'register':
        return name_of(tree[1])
    if kind == 'key':
        return python_text(tree[2], name_of) if tree[1] == 'v' else \
            'text(%r)' % tree[2] if tree[1] == 'V' else repr(tree[2])
    if kind == 'none':
        return 'None'
    if kind == 'float':
        return repr(tree[1]) if math.isfinite(tree[1]) else 'NAN' if math.isnan(tree[1]) else "float('%r')" % tree[1]
    if kind not in SEQUENCES:
        return repr(tree[1])
    items = [python_text(item, name_of) for item in tree[1]]
    if kind == 'list':
        return '[%s]' % ', '.join(items)
    if kind == 'tuple':
        return '(%s%s)' % (', '.join(items), ',' * (len(items) == 1))
    if kind != 'dict':
        return '%s([%s])' % ('Set' if kind == 'set' else 'Frozen', ', '.join(items))
    return 'Dict({%s})' % ', '.join('%s: %s' % pair for pair in zip(items[::2], items[1::2]))


# At random.

EDGES = [2**31 - 1, 2**31, 2**32, 2**53, 2**53 + 1, 2**61, 2**62 - 1, 2**62, 2**62 + 1, 2**63 - 2, 2**63 - 1, 2**63 - 512]
FLOATS = [0.5, 0.1, 1.5, 1e15, 1e16, 123456789012345680.0, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 1.7e-77, 2.3e77,
          1e100, 1e-100, 1.7976931348623157e308, 2.0**53, 2.0**62, 2.0**63, -2.0**63, 9007199254740993.0, 0.0001, 0.00001,
          1 / 3, 2.0**70, 9.5367431640625e-07]
# Of every length in UTF-8; some that repr escapes; combining, wide, private, and the edges of what can be encoded.
CHARACTERS = ('abcxyz \'"\\\n\r\t\0\x01\x1f\x7f\x80\x85\xa0\xad\xe9\xff\u0100\u0301\u0378\u05d0\u07ff\u0800\u200b\u2028\u20ac'
              '\ud7ff\ue000\ufdd0\ufeff\uffff\U00010000\U0001f600\U000e0001\U0010ffff')
# A character is printable or not as of Unicode 14: another Python is asked only about those above, which stay as they are.
ANY_CHARACTER = unicodedata.unidata_version.startswith('14.')


def random_character(rng):
    if rng.random() < 0.6:
        return rng.choice('abcxyz')
    if rng.random() < 0.8 or not ANY_CHARACTER:
        return rng.choice(CHARACTERS)
    code = rng.randrange(rng.choice([0x80, 0x800, 0xd800, 0x110000]))
    return chr(code) if not 0xd800 <= code < 0xe000 else '\u20ac'


def random_length(rng):
    return rng.choice([0, 1, 1, 2, 3, 5, 7, 8, 9, rng.randrange(41), 15, 16, 17, 18]) if rng.random() < 0.97 else \
        rng.randrange(400)


def random_text(rng):
    length = random_length(rng)
    if rng.random() < 0.5:
        return ''.join(rng.choices('abcdefgh', k=length))
    return ''.join([random_character(rng) for _ in range(length)])


def random_bytes(rng):
    if rng.random() < 0.3:
        return random_text(rng).encode()
    if rng.random() < 0.3:
        return bytes(rng.choices(b'ab \n\t\r\x0b\x0c\xc3\xa9', k=rng.randrange(200)))
    return bytes(rng.choices(b'ab\0\n"\'\\\x7f\x80\xc3\xe2\xf0\xff', k=random_length(rng)))


def random_int(rng):
    chance = rng.random()
    if chance < 0.75:
        return rng.randrange(-3, 12)
    if chance < 0.85:
        return rng.choice([-1, 1]) * rng.choice(EDGES) - rng.choice([0, 0, 1])
    if chance < 0.95:
        return rng.randrange(-1000, 1000)
    return rng.randrange(INT_MIN, INT_MAX + 1)


def random_float(rng):
    chance = rng.random()
    if chance < 0.4:
        return float(rng.randrange(-3, 12))
    if chance < 0.5:
        return rng.choice([0.0, -0.0, math.inf, -math.inf, math.nan])
    if chance < 0.7:
        return rng.choice([-1, 1]) * rng.choice(FLOATS)
    if chance < 0.8:
        return float(rng.choice([-1, 1]) * rng.choice(EDGES))
    if chance < 0.9:
        return round(rng.uniform(-1000, 1000), rng.randrange(6))
    return math.ldexp(rng.random() - 0.5, rng.randrange(-1080, 1024))


def random_scalar(rng):
    chance = rng.random()
    if chance < 0.4:
        return ('int', random_int(rng))
    if chance < 0.55:
        return ('float', random_float(rng))
    if chance < 0.65:
        return ('bool', rng.random() < 0.5)
    if chance < 0.7:
        return ('none',)
    if chance < 0.9:
        return ('str', random_text(rng))
    return ('bytes', random_bytes(rng))


def random_value(rng, register, depth=2, containers=0.3):
    """`register(rng)` is a register to refer to, or None."""
    if rng.random() < 0.3:
        found = register(rng)
        if found is not None:
            return ('register', found)
    if depth == 0 or rng.random() > containers:
        return random_scalar(rng)
    kind = rng.choice(SEQUENCES)
    count = rng.choice([0, 1, 2, 2, 3, 4])
    if kind in ('set', 'frozenset'):
        return (kind, tuple([random_scalar(rng) for _ in range(count)]))
    if kind != 'dict':
        return (kind, tuple([random_value(rng, register, depth - 1) for _ in range(count)]))
    items = []
    for _ in range(count):
        items += [random_scalar(rng), random_value(rng, register, depth - 1)]
    return (kind, tuple(items))


def random_hashable(rng, depth=1):
    if depth and rng.random() < 0.1:
        kind = rng.choice(['tuple', 'tuple', 'frozenset'])
        return (kind, tuple([random_hashable(rng, depth - 1) for _ in range(rng.choice([0, 1, 2, 3]))]))
    if rng.random() < 0.01:
        return ('list', ())
    return random_scalar(rng)


def twin(rng, tree):
    """What is equal and yet not the same, where there is such a thing."""
    if tree[0] == 'int':
        if tree[1] in (0, 1) and rng.random() < 0.5:
            return ('bool', tree[1] == 1)
        return ('float', float(tree[1]))
    if tree[0] == 'float' and math.isfinite(tree[1]) and tree[1] == int(tree[1]) and INT_MIN <= tree[1] <= INT_MAX:
        return ('int', int(tree[1]))
    if tree[0] == 'bool':
        return ('int', int(tree[1]))
    if tree[0] in ('tuple', 'list'):
        return (tree[0], tuple([twin(rng, item) if rng.random() < 0.5 else item for item in tree[1]]))
    return tree


def neighbour(rng, tree):
    """The same text or integer but for one character, byte or bit."""
    if tree[0] == 'int' and INT_MIN // 2 < tree[1] < INT_MAX // 2:
        return ('int', tree[1] ^ 1 << rng.randrange(62))
    if tree[0] not in ('str', 'bytes') or not tree[1]:
        return tree
    i = rng.randrange(len(tree[1]))
    other = rng.choice('pq') if tree[0] == 'str' else bytes([tree[1][i] ^ 1 << rng.randrange(8)])
    return (tree[0], tree[1][:i] + other + tree[1][i + 1:])


# Simpler, for shrinking: candidates, boldest first.

def simpler(tree):
    if tree is None:
        return
    if isinstance(tree, int):
        for i in (0, 1, -1, tree // 2, tree - 1 if tree > 0 else tree + 1):
            if abs(i) < abs(tree) or (abs(i) == abs(tree) and i > tree):
                yield i
        return
    if isinstance(tree, str) or tree[0] == 'register' or tree[0] == 'none':
        return
    kind = tree[0]
    if kind == 'key':
        form, x = tree[1:]
        if form == 'v':
            for candidate in simpler(x):
                yield ('key', form, candidate)
            return
        as_value = {'I': lambda: ('int', x), 'C': lambda: ('str', x)}.get(form)
        if as_value:
            yield ('key', 'v', as_value())
        for candidate in simpler(x) if form in 'IU' else shorter(x):
            if form != 'U' or candidate >= 0:
                yield ('key', form, candidate)
        return
    if kind in ('str', 'bytes', 'chars'):
        if kind != 'chars':
            yield ('int', 0)
        for candidate in shorter(tree[1]):
            yield (kind, candidate)
        return
    if kind == 'int':
        for candidate in simpler(tree[1]):
            yield (kind, candidate)
    elif kind == 'bool':
        yield ('int', int(tree[1]))
    elif kind == 'float':
        yield ('int', 0)
        for x in (0.0, 1.0, 0.5, float(round(tree[1])) if math.isfinite(tree[1]) else 0.0):
            if repr(x) != repr(tree[1]) and len(repr(x)) < len(repr(tree[1])):
                yield (kind, x)
    else:
        yield ('int', 0)
        yield from simpler_container(tree)


def simpler_container(tree):
    kind, items = tree
    stride = 2 if kind == 'dict' else 1
    half = len(items) // 2 // stride * stride
    yield (kind, ())
    if half:
        yield (kind, items[:half])
        yield (kind, items[half:])
    for i in range(0, len(items), stride):
        yield (kind, items[:i] + items[i + stride:])
    for i, item in enumerate(items):
        for candidate in simpler(item):
            yield (kind, items[:i] + (candidate,) + items[i + 1:])


def shorter(data):
    yield data[:0]
    yield data[:len(data) // 2]
    yield data[len(data) // 2:]
    for i in range(len(data)):
        yield data[:i] + data[i + 1:]
    plain = 'a' if isinstance(data, str) else b'a'
    for i in range(len(data)):
        if data[i:i + 1] != plain:
            yield data[:i] + plain + data[i + 1:]
