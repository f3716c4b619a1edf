"""The model: what CPython does with a sequence of operations. It runs in a process of its own, because CPython crashes on
some of them.

A sequence is a list of steps, each (name, arguments). The result of the step with number n is register n. Two more steps
are no operations: ('drop', [registers]) lets go of them, ('dump', [registers]) writes them.

An answer is a line: how it went (`ok`, `missing`, `done`, or the failure), the repr of the result if there is one, and the
repr of the first argument after the operation if its kind is one of those that can change.

Where loam differs from Python on purpose, the rule stands here, marked by "loam:"; docs/differences.md has the reasons.
"""

import operator
import os
import random
import sys
import unicodedata
import weakref
from collections import Counter, deque
from copy import copy, deepcopy
from functools import cmp_to_key
from itertools import islice

import values
from table import CALLBACKS, OPERATIONS
from values import INT_MAX, INT_MIN

# loam: all NaNs are one, and a NaN is the same as itself, as a key and in containers.
NAN = float('nan')

FAILURES = [
    (IndexError, 'INDEX'),
    (KeyError, 'KEY'),
    (TypeError, 'TYPE'),
    (ValueError, 'VALUE'),
    (OverflowError, 'OVERFLOW'),
    (RecursionError, 'RECURSION'),
    (RuntimeError, 'CHANGED'),
]

HEAVY = 400  # the largest value that is operated on, in items; what refers twice to the same grows fast
# Containers of scalars may have more; in answers these are only counted, and written at the end of the sequence.
LARGEST = 20000
SCALARS = {type(None), bool, int, float, str, bytes}


class Missing(Exception):
    """LOAM_MISSING: an answer, not a failure."""


class Invalid(Exception):
    """The step may not be driven: a guard says so, or it uses a register that has nothing."""


def fitting(x):
    """loam: integers have 64 bits, beyond which an operation fails."""
    if type(x) is int and not INT_MIN <= x <= INT_MAX:
        raise OverflowError
    if type(x) is tuple:
        for item in x:
            fitting(item)
    if type(x) is range:
        for item in (x.start, x.stop, x.step, len(x)):
            fitting(item)
    return NAN if type(x) is float and x != x else x


# Conversions, which loam has by type and Python not at all.

def integer(x):
    if not isinstance(x, int):
        raise TypeError
    return int(x)


def number(x):
    if not isinstance(x, (int, float)):
        raise TypeError
    return fitting(float(x))


def truth(x):
    if not isinstance(x, bool):
        raise TypeError
    return x


def chars(x):
    """A C string."""
    if not isinstance(x, str):
        raise TypeError
    return x.split('\0')[0]


def found(at):
    if at < 0:
        raise Missing
    return at


def has_case(x):
    """Whether Python's answer is also that of a later Unicode, and of a library with or without utf8proc."""
    return not isinstance(x, str) or x.isascii() or (
        os.environ.get('LOAM_UTF8PROC') == 'yes' and all(unicodedata.category(c) != 'Cn' for c in x))


def character(code):
    """loam: a str has no surrogates."""
    if 0xd800 <= code <= 0xdfff or not 0 <= code <= 0x10ffff:
        raise ValueError
    return chr(code)


def text(data):
    """loam: a view becomes a str where it is UTF-8, else bytes."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def view(x):
    if isinstance(x, str):
        return x.encode()
    if isinstance(x, bytes):
        return x
    raise TypeError


def with_length(data):
    return data + b'|%d' % len(data)


def lines(data):
    parts = data.split(b'\n')
    return parts if parts[-1] else parts[:-1]


# Protocol.

def equal(a, b):
    return a == b


def order(a, b):
    if a < b:
        return -1
    if a > b:
        return 1
    return 0 if a == b else 2


def hashes_agree(a, b):
    hash(a), hash(b)
    return True


def knot(x):
    items = [x]
    items.append(items)
    return items


def reserve(n):
    if n < 0:
        raise ValueError


def relations(x):
    """What is the same in a structure and in its copy, as numbers."""
    shared = [x]
    knotted = [shared, shared, (shared, 1), (1, ('a',)), {0: shared}, deque()]
    knotted.append(knotted)
    knotted[5].append(knotted)
    met = []
    numbers = []

    def number_parts(part):
        if not isinstance(part, (list, tuple, dict, deque)):
            return
        for number, other in enumerate(met):
            if other is part:
                numbers.append(number)
                return
        numbers.append(len(met))
        met.append(part)
        for item in part.values() if isinstance(part, dict) else part:
            number_parts(item)

    number_parts(knotted)
    number_parts(deepcopy(knotted))
    return numbers


# Integers that are keys together.

def sequence(start, count, stride):
    return [values.wrapped(start + i * stride) for i in range(count)]


def named(keys):
    return ['key %d' % key for key in keys]


def found_many(keys, find):
    """What comes of `find` for each key: its outcome, the number of answers, the answers. loam: -7 stands where there was none."""
    outcome = 'OK'
    found = {}
    for i, key in enumerate(keys):
        try:
            found[i] = find(key)
        except Missing:
            pass
        except (KeyError, TypeError) as failure:
            outcome = 'KEY' if isinstance(failure, KeyError) else 'TYPE'
            break
    return [outcome, len(found) if outcome == 'OK' else 0] + [found.get(i, -7) for i in range(len(keys))]


def positive(count):
    if count < 0:
        raise ValueError
    return count


class Dict(dict):
    """A dict that knows when its keys have changed.

    loam: an iteration ends with CHANGED whenever a key was added, removed or moved, also where CPython does not notice
    because the number of keys is the same again."""

    version = 0

    def __init__(self, *items):
        super().__init__(*items)
        self.iterators = weakref.WeakSet()

    def __copy__(self):
        return Dict(self)

    def __deepcopy__(self, memo):
        copied = memo[id(self)] = Dict()
        for key, value in self.items():
            copied[deepcopy(key, memo)] = deepcopy(value, memo)
        return copied

    def is_walked(self):
        return any(x.walked is self for x in self.iterators)

    def set(self, key, value):
        count = len(self)
        self[key] = value
        self.version += len(self) != count

    def find(self, key):
        if key not in self:
            raise Missing
        return self[key]

    def find_as(self, key, conversion):
        return conversion(self.find(key))

    def add(self, key, amount):
        if key not in self:  # else the key that is there stays, and may be equal to one that does not fit
            fitting(key)
        self.set(key, fitting(integer(self.get(key, 0)) + amount))

    def take(self, key):
        hash(key)  # loam: a key without a hash is a TypeError also where the dict is empty
        value = self.pop(key)
        self.version += 1
        return value

    def take_end(self, end):
        if not self:
            raise Missing
        key = next(iter(self)) if end == 0 else next(reversed(self))
        return key, self.take(key)

    def move_to_end(self, key):
        """OrderedDict.move_to_end(); the key object stays the same."""
        value = self[key]
        if not self.same(next(reversed(self)), key):
            own = next(k for k in self if self.same(k, key))
            del self[key]
            self[own] = value
            self.version += 1

    @staticmethod
    def same(a, b):
        return a is b or a == b

    def set_all(self, other):
        count = len(self)
        self.update(other)
        self.version += len(self) != count

    def update_from(self, x):
        """loam: items that are pairs are set one by one; a failure keeps what came before."""
        if isinstance(x, Dict):
            return self.set_all(x)
        for item in x:
            key, value = pair(item)
            self.set(key, value)

    def take_or(self, key, fallback):
        hash(key)
        return self.take(key) if key in self else fallback

    def find_or_set(self, key, value):
        if key not in self:  # loam: neither is made an object, nor has to fit, where the key is there
            self.set(fitting(key), fitting(value))
        return self[key]

    def grow(self, keys):
        for i, key in enumerate(keys):
            self.set(key, i)

    def shrink(self, keys):
        count = len(self)
        for key in keys:
            if key in self:
                self.take(key)
        return count - len(self)

    def prune(self, picks):
        for key in list(self):
            if picks(key):
                self.take(key)

    def remove_all(self):
        self.version += len(self) != 0
        self.clear()

    def reserve(self, n):
        reserve(n)


def dict_from(x):
    d = Dict()
    d.update_from(x)
    return d


class Set(set):
    """A set that keeps the order in which elements came, and knows when they have changed; what is in it is CPython's."""

    version = 0

    def __init__(self, items=()):
        super().__init__()
        self.order = {}
        self.iterators = weakref.WeakSet()
        for item in items:
            self.put(item)

    def __iter__(self):
        return iter(self.order)

    def __repr__(self):
        return '{%s}' % ', '.join(map(repr, self.order)) if self.order else 'set()'

    is_walked = Dict.is_walked

    def __copy__(self):
        return Set(self)

    def __deepcopy__(self, memo):
        copied = memo[id(self)] = Set()
        for item in self.order:
            copied.put(deepcopy(item, memo))
        return copied

    def put(self, x):
        if x in self:
            hash(x)  # a set, which is looked up as a frozenset, cannot be added
            return False
        self.add(fitting(x))
        self.order[x] = None
        self.version += 1
        return True

    def drop(self, x):
        if x not in self:
            return False
        self.discard(x)
        del self.order[Frozen(x) if isinstance(x, Set) else x]
        self.version += 1
        return True

    def take(self, x):
        if not self.drop(x):
            raise KeyError

    def pop_end(self, end):
        if not self.order:
            raise Missing
        x = next(iter(self.order)) if end == 0 else next(reversed(self.order))
        self.drop(x)
        return x

    def remove_all(self):
        for x in list(self.order):
            self.drop(x)

    def prune(self, picks):
        for x in list(self.order):
            if picks(x):
                self.drop(x)

    def change(self, name, x):
        """One of the operations in place. loam: only update() and difference_update() change something when they fail."""
        expected = None
        if not isinstance(x, Iter):
            try:
                expected = set(self)
                getattr(expected, name)(plain(x))
            except TypeError:
                expected = None
        if x is self and name in ('difference_update', 'symmetric_difference_update'):
            self.remove_all()
        elif name == 'update':
            for item in elements(x):
                self.put(item)
        elif name == 'difference_update':
            for item in elements(x):
                hash(item)
                self.drop(item)
        elif name == 'intersection_update':
            kept = set(elements(x))
            for item in list(self.order):
                if item not in kept:
                    self.drop(item)
        else:
            for item in dict.fromkeys(elements(x)):
                self.drop(item) or self.put(item)
        assert expected is None or self == expected
        assert self == set(self.order)


class Frozen(frozenset):
    """A frozenset in order."""

    def __new__(cls, items=()):
        order = {item: None for item in items}
        self = super().__new__(cls, order)
        self.order = order
        return self

    __iter__ = Set.__iter__

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        """loam: itself, if its elements are."""
        items = [deepcopy(item, memo) for item in self.order]
        return self if all(map(operator.is_, items, self.order)) else Frozen(items)

    def __repr__(self):
        return 'frozenset(%s)' % ('{%s}' % ', '.join(map(repr, self.order)) if self.order else '')


class View:
    """A view of a dict, and the dict."""

    def __init__(self, walked, seen):
        self.walked = walked
        self.seen = seen

    def __repr__(self):
        return repr(self.seen)

    def __iter__(self):
        return iter(self.seen)

    def as_set(self):
        if isinstance(self.seen, type({}.values())):
            raise TypeError
        return Set(self.seen)


def elements(x):
    """What a set operation reads. loam: how far an iterator is read when an item has no hash is not promised."""
    if not isinstance(x, Iter):
        return iter(x)
    return elements_of_iterator(x)


def elements_of_iterator(it):
    it.is_spoiled = True
    for item in it:
        yield item
    it.is_spoiled = False


def plain(x):
    """For CPython's own operations."""
    return list(x) if isinstance(x, (View, Set, Frozen)) else x


def read(x):
    """All items, of which each has a hash."""
    items = []
    for item in elements(x):
        hash(item)
        items.append(item)
    return items


def set_from(x, kind):
    if kind is Frozen and isinstance(x, Frozen):
        return x
    return kind(read(x))


def combine(s, name, x, kind):
    """loam: what two have in common are the set's own elements, in its order; what comes from the other follows."""
    items = read(x)
    result = getattr(set(s), name)(items)
    sources = list(s) + (items if name in ('union', 'symmetric_difference') else [])
    return kind(item for item in sources if item in result)


def ask(s, name, x):
    """loam: an iterator is read to its end, though what follows the answer is not looked at."""
    if not isinstance(x, Iter):
        return getattr(set(s), name)(plain(x) if not isinstance(x, (Set, Frozen)) else set(x))
    if name == 'issubset':
        return set(s) <= set(read(x))
    answer = True
    for item in elements(x):
        if answer:
            hash(item)
            answer = (item in s) == (name == 'issuperset')
    return answer


class Deque(deque):
    """A deque that knows when its items have changed.

    loam: an iteration ends with CHANGED whenever an item came, went or moved. CPython does not notice reverse(), and takes
    an append to a deque without room for a change."""

    version = 0

    def __repr__(self):
        return deque.__repr__(self).replace('Deque', 'deque', 1)

    def __deepcopy__(self, memo):
        copied = memo[id(self)] = Deque((), self.maxlen)
        for item in self:
            copied.append(deepcopy(item, memo))
        return copied

    def append(self, x):
        self.version += self.maxlen != 0
        super().append(x)

    def appendleft(self, x):
        self.version += self.maxlen != 0
        super().appendleft(x)

    def counted(self, items):
        for item in list(items) if items is self else items:
            self.version += self.maxlen != 0
            yield item

    def extend(self, items):
        super().extend(self.counted(iter(items) if items is not self else items))

    def extendleft(self, items):
        super().extendleft(self.counted(iter(items) if items is not self else items))

    def insert(self, i, x):
        super().insert(i, x)
        self.version += 1

    def pop(self):
        self.version += len(self) > 0
        return super().pop()

    def popleft(self):
        self.version += len(self) > 0
        return super().popleft()

    def __delitem__(self, i):
        super().__delitem__(i)
        self.version += 1

    def remove(self, x):
        super().remove(x)
        self.version += 1

    def rotate(self, n):
        self.version += len(self) > 0 and n % len(self) != 0
        super().rotate(n)

    def reverse(self):
        self.version += len(self) > 1
        super().reverse()

    def clear(self):
        self.version += len(self) > 0
        super().clear()

    def __imul__(self, n):
        count = len(self)
        result = super().__imul__(n)
        self.version += len(self) != count
        return result


def walk_deque(d, version, turned=False):
    i = 0
    while True:
        if d.version != version:
            raise RuntimeError
        if i == len(d):
            return
        yield d[-1 - i if turned else i]
        i += 1


def ranks(d):
    """loam: where a NaN or a partial order decides, which of the items are compared is not promised."""
    return not isinstance(d, Dict) or not any(x != x or isinstance(x, (tuple, list, dict, set, frozenset)) for x in d.values())


def most_common(d, n):
    # loam: a negative number means all of them.
    return Counter(d).most_common(None if n < 0 else n)


# Lists.

def set_slice(items, i, j, k, x):
    # loam: the iterable is read before the slice is looked at, and only str, bytes, .. are iterable, not what has items.
    items[slice(i, j, k)] = list(x)


def index(items, x, i, j):
    return items.index(x, 0 if i is None else i, INT_MAX if j is None else j)


def has_nan(x, seen):
    if x != x or isinstance(x, (set, frozenset)):  # whose order is partial, too
        return True
    if id(x) in seen or not isinstance(x, (list, tuple, Dict, Deque)):
        return False
    seen.add(id(x))
    return any(has_nan(item, seen) for item in ([*x.keys(), *x.values()] if isinstance(x, Dict) else x))


def sorts(x):
    """loam: where a NaN decides, the order of the others is not Python's."""
    return not has_nan(x if isinstance(x, list) else getattr(x, 'walked', None), set())


def sort(items, key=None, reverse=False):
    """loam: a failure leaves the list as it was."""
    before = items.copy()
    try:
        items.sort(key=key, reverse=reverse)
    except Exception:
        items[:] = before
        raise


# Iterators.

def walk_dict(version, d, projection):
    projection = iter(projection)
    while True:
        if d.version != version:
            raise RuntimeError
        try:
            item = next(projection)
        except StopIteration:
            return
        yield item


class Iter:
    """loam: adapters extend an iterator in place; its end and a failure are final, and sinks close it."""

    is_spoiled = False  # may not be used any more

    def __init__(self, chain, walked=None):
        self.chain = iter(chain)
        self.walked = walked
        self.outcome = None

    def __iter__(self):
        return self

    def __next__(self):
        if self.outcome:
            raise self.outcome
        try:
            return next(self.chain)
        except Exception as failure:
            self.end(failure)
            raise

    def end(self, outcome):
        self.outcome = self.outcome or outcome.with_traceback(None)
        self.chain = self.walked = None

    def adapt(self, adapter):
        """loam: what fails in an adapter is reported by whoever asks for an item."""
        if not self.outcome:
            try:
                self.chain = adapter()
            except Exception as failure:
                self.end(failure)

    def close(self):
        self.end(StopIteration())

    def sink(self, run):
        try:
            result = run()
        except Exception as failure:
            self.end(failure)
            raise self.outcome
        return result


def iterate(x, projection=None):
    if isinstance(x, Iter):
        return x
    if isinstance(x, View):
        return iterate(x.walked, x.seen)
    if isinstance(x, (Dict, Set)):
        iterator = Iter(walk_dict(x.version, x, x if projection is None else projection), x)
        x.iterators.add(iterator)
        return iterator
    if isinstance(x, Deque):
        return Iter(walk_deque(x, x.version), x)
    return Iter(x, x)


def holds(x, container, seen):
    if x is container:
        return True
    if id(x) in seen or not isinstance(x, (list, tuple, dict, deque)):
        return False
    seen.add(id(x))
    items = [*x.keys(), *x.values()] if isinstance(x, dict) else x
    return any(holds(item, container, seen) for item in items)


def meets(x, container):
    """loam: sinks read in batches, so a callback may find the list that its sink fills as it was some items before."""
    return isinstance(x, Iter) and holds(x.walked, container, set())


def passes(r, x):
    """CPython goes through a range for what is no int."""
    return type(x) in (int, bool) or not isinstance(r, range) or len(r) < 3000


def reads_ahead(x):
    """loam: items come in batches, so an item that fails may not be the last one that was read from an iterator."""
    return isinstance(x, Iter)


def backwards(x):
    if isinstance(x, Deque):
        return Iter(walk_deque(x, x.version, True), x)
    if isinstance(x, Dict):
        return iterate(x, reversed(x))
    if isinstance(x, View):
        return iterate(x.walked, reversed(x.seen))
    if not isinstance(x, (list, tuple, range)):
        raise TypeError
    return Iter(reversed(x), x)


def in_order(it):
    """loam: what has no order is no failure of the iterator."""
    items = it.sink(lambda: list(it))
    return sorted(items)


def extreme(it, find, key=None):
    found = it.sink(lambda: find(it, key=key, default=Missing))
    if found is Missing:
        raise ValueError
    return found


def few(start, stop, step):
    return not step or (stop - start) // step <= 3000


def total(items):
    """sum() as CPython 3.11 adds doubles; later ones compensate."""
    result = 0
    for item in items:
        if not isinstance(item, (int, float)):
            raise TypeError
        result = result + item
    return result


def pair(item):
    """loam: only tuples and lists are pairs, not whatever else has two items."""
    if not isinstance(item, (tuple, list)):
        raise TypeError
    if len(item) != 2:
        raise ValueError
    return item


# What the table's expressions see.
SCOPE = dict(globals())
TYPES = {'list': list, 'tuple': tuple, 'dict': Dict, 'set': Set, 'frozenset': Frozen, 'str': str, 'bytes': bytes,
         'range': range, 'deque': Deque, 'iter': Iter, 'dict_view': View}
NO_VALUES = (Iter, View)

for operation in OPERATIONS.values():
    names = ', '.join(name for name, kind, strict in operation.arguments)
    operation.run = eval('lambda %s: %s' % (names, operation.python), SCOPE)
    operation.allows = eval('lambda %s: %s' % (names, operation.when), SCOPE) if operation.when else None
    operation.handles = [(i, TYPES[kind]) for i, (name, kind, strict) in enumerate(operation.arguments) if kind in TYPES]
FUNCTIONS = {kind: {name: eval('lambda x: ' + c.python, SCOPE) for name, c in callbacks.items()}
             for kind, callbacks in CALLBACKS.items()}


def tree_of(x, path):
    """The literal that makes `x`. Invalid: there is none, as for what contains itself."""
    if x is None:
        return ('none',)
    for kind in (bool, int, float, str, bytes):
        if isinstance(x, kind):
            return (kind.__name__, x)
    if id(x) in path or not isinstance(x, (list, tuple, dict, set, frozenset)):
        raise Invalid
    path += (id(x),)
    items = [item for pair in x.items() for item in pair] if isinstance(x, dict) else x
    kind = {Dict: 'dict', Set: 'set', Frozen: 'frozenset'}.get(type(x)) or type(x).__name__
    return (kind, tuple([tree_of(item, path) for item in items]))


def weigh(x, limit, path):
    """How many items the repr of `x` has, up to about `limit`."""
    if isinstance(x, (str, bytes)):
        return 1 + len(x) // 16
    if isinstance(x, View):
        x = x.walked
    if not isinstance(x, (tuple, list, dict, set, frozenset, deque)) or id(x) in path:
        return 1
    path.add(id(x))
    weight = 1
    for item in x:
        weight += weigh(item, limit - weight, path)
        if weight > limit:
            break
    if isinstance(x, dict):
        for item in x.values():
            if weight > limit:
                break
            weight += weigh(item, limit - weight, path)
    path.discard(id(x))
    return weight


def is_flat(x):
    if not isinstance(x, (tuple, list, dict, set, frozenset, deque)) or len(x) > LARGEST:
        return False
    return set(map(type, x)) <= SCALARS and (not isinstance(x, dict) or set(map(type, x.values())) <= SCALARS)


def is_operable(x, limit):
    x = x.walked if isinstance(x, View) else x
    return is_flat(x) or weigh(x, limit, set()) <= limit


def written(x):
    """As answers have it."""
    if isinstance(x, Iter):
        return '<iter>'
    counted = x.walked if isinstance(x, View) else x
    if isinstance(counted, (tuple, list, dict, set, frozenset, deque)) and len(counted) > HEAVY:
        return '<%d items>' % len(counted)
    return repr(x)


class Machine:
    """Registers, and the steps of one sequence on them."""

    def __init__(self, heavy=HEAVY):
        self.cells = {}
        self.heavy = heavy
        self.count = 0

    def build(self, kind, tree):
        """The Python object of an argument."""
        if not isinstance(tree, tuple):
            return FUNCTIONS[kind][tree] if isinstance(tree, str) else tree
        if tree[0] == 'key':
            return self.build_value(tree[2]) if tree[1] == 'v' else text(tree[2]) if tree[1] == 'V' else tree[2]
        return self.build_value(tree)

    def build_value(self, tree):
        kind = tree[0]
        if kind == 'register':
            if tree[1] not in self.cells:
                raise Invalid
            return self.cells[tree[1]]
        if kind == 'none':
            return None
        if kind == 'float' and tree[1] != tree[1]:
            return NAN
        if kind not in values.SEQUENCES:
            return tree[1]
        items = [self.build_value(item) for item in tree[1]]
        if any(isinstance(item, NO_VALUES) for item in items):
            raise Invalid
        if kind in ('list', 'tuple'):
            return items if kind == 'list' else tuple(items)
        try:
            if kind != 'dict':
                return Set(items) if kind == 'set' else Frozen(items)
            return Dict(zip(items[::2], items[1::2]))
        except TypeError:
            raise Invalid

    def arguments(self, operation, trees):
        """The Python objects."""
        built = []
        for (name, kind, strict), tree in zip(operation.arguments, trees):
            x = self.build(kind, tree)
            if isinstance(x, NO_VALUES) and kind not in ('iterable', 'pairs') and not isinstance(x, TYPES.get(kind, ())):
                raise Invalid
            if kind == 'iter' and not isinstance(x, Iter) or isinstance(x, Iter) and x.is_spoiled:
                raise Invalid
            if strict and not isinstance(x, TYPES[kind]):
                raise Invalid
            if not is_operable(x, self.heavy) or (kind == 'iterable' and isinstance(x, range) and len(x) > self.heavy):
                raise Invalid
            built.append(x)
        return built

    def step(self, name, trees):
        """The answer, a line. Invalid: the step may not be driven, and nothing has changed."""
        number = self.count
        if name in ('drop', 'dump'):
            answer = getattr(self, name)(trees)
        else:
            answer = self.operate(OPERATIONS[name], trees, number)
        self.count = number + 1
        return answer

    def drop(self, numbers):
        for n in numbers:
            self.cells.pop(n, None)
        return 'ok'

    def dump(self, numbers):
        texts = []
        for n in numbers:
            if n not in self.cells or not is_operable(self.cells[n], self.heavy):
                raise Invalid
            texts.append(repr(self.cells[n]))
        return '\t'.join(['ok'] + texts)

    def operate(self, operation, trees, number):
        arguments = self.arguments(operation, trees)
        try:
            if operation.allows and not operation.allows(*arguments):
                raise Invalid
            for i, kind in operation.handles:
                if not isinstance(arguments[i], kind):
                    raise TypeError
            result = operation.run(*arguments)
            if operation.result not in ('status', 'nothing'):
                result = fitting(result)
                self.cells[number] = result
                answer = 'ok\t' + written(result)
            else:
                answer = 'ok'
        except Invalid:
            raise
        except Missing:
            answer = 'missing'
        except StopIteration:
            answer = 'done'
        except Exception as failure:
            for kind, answer in FAILURES:
                if isinstance(failure, kind):
                    break
            else:
                raise
        if operation.touches:
            answer += '\t' + written(arguments[0])
        return answer


def encode_step(name, trees):
    if name in ('drop', 'dump'):
        return ' '.join([name] + [str(n) for n in trees])
    return ' '.join([name] + [values.encode(tree) for tree in trees])


def decode_step(line):
    words = iter(line.split(' '))
    name = next(words)
    if name in ('drop', 'dump'):
        return name, [int(word) for word in words]
    return name, [values.decode(kind, words) for _, kind, _ in OPERATIONS[name].arguments]


def replay(steps):
    """The answers to a sequence, until one is invalid: then None ends them."""
    machine = Machine()
    for name, trees in steps:
        try:
            yield machine.step(name, trees)
        except Invalid:
            yield None
            return
