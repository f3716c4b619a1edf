"""Random sequences. They are made while the model runs them, so that indexes are near the ends of what they index, keys are
mostly there, and values have the type that the operation takes."""

import random

import values
from model import HEAVY, NO_VALUES, TYPES, Deque, Dict, Frozen, Invalid, Iter, Machine, Set, View, tree_of
from table import CALLBACKS, HANDLES, OPERATIONS
from values import INT_MAX, INT_MIN

NAMES = list(OPERATIONS)
GROUPS = sorted({operation.group for operation in OPERATIONS.values()})
MOST_REGISTERS = 14


def reaches(x, target):
    """Whether `target` can be reached from `x`, which is not heavy."""
    if x is target:
        return True
    if isinstance(x, NO_VALUES):
        return reaches(x.walked, target)
    if isinstance(x, dict):
        return any(reaches(item, target) for pair in x.items() for item in pair)
    return isinstance(x, (tuple, list, Deque)) and any(reaches(item, target) for item in x)


class Generator:
    """acyclic: nothing comes to contain itself, so that every back end frees all of it. behind: groups of which one shall
    have half of the operations."""

    def __init__(self, seed, acyclic=False, behind=()):
        self.rng = random.Random(seed)
        self.machine = Machine()
        self.acyclic = acyclic
        self.literals = []
        self.pick_theme(behind)

    def pick_theme(self, behind):
        """What this sequence is about: a few groups, and some operations of them more than others. Sequences that differ
        much from each other find more than those that are all alike."""
        rng = self.rng
        favoured = rng.sample(GROUPS, rng.choice([1, 1, 2, 3]))
        self.weights = [OPERATIONS[name].weight * (8 if OPERATIONS[name].group in favoured else 1) *
                        rng.choice([0, 1, 1, 1, 4]) for name in NAMES]
        if behind:
            self.favour(rng.choice(behind))
        if self.acyclic:
            self.weights[NAMES.index('make.knot')] = 0
        self.length = rng.choice([10, 30, 60, 100, 200])
        self.huge = rng.random() < 0.04
        if self.huge:
            self.length = 40
            self.weights = [weight * (4 if any(kind == 'many' for _, kind, _ in OPERATIONS[name].arguments) else 1)
                            for name, weight in zip(NAMES, self.weights)]
        # Integers that are keys together: where they begin, and how far apart they are.
        self.sequences = [(values.random_int(rng), rng.choice([1, 1, 2, -3, 8, 1000, 7919, 2**32, 2**40 + 1]))
                          for _ in range(rng.choice([1, 2]))]
        self.keys = [values.random_hashable(rng) for _ in range(rng.choice([3, 8, 20]))]
        if rng.random() < 0.5:
            self.keys += [('int', i) for i in range(rng.choice([4, 12, 40, 120]))]
        self.large = rng.random() < 0.25

    def favour(self, group):
        own = sum(weight for name, weight in zip(NAMES, self.weights) if OPERATIONS[name].group == group)
        if own:
            factor = max(1, (sum(self.weights) - own) / own)
            self.weights = [weight * factor if OPERATIONS[name].group == group else weight
                            for name, weight in zip(NAMES, self.weights)]

    def run(self):
        """Steps and their answers, in pairs."""
        for _ in range(self.length):
            yield self.next_step()
        live = [n for n, x in self.machine.cells.items() if self.is_dumped(x) and self.is_light(n)]
        yield self.take('dump', live)

    @staticmethod
    def is_dumped(x):
        """What can change, and what an answer did not have all of."""
        return isinstance(x, (list, dict, set, Deque)) or isinstance(x, (tuple, frozenset)) and len(x) > HEAVY

    def is_light(self, number):
        try:
            self.machine.dump([number])
            return True
        except Invalid:
            return False

    def take(self, name, trees):
        return (name, trees), self.machine.step(name, trees)

    def next_step(self):
        cells = self.machine.cells
        if len(cells) > MOST_REGISTERS:
            return self.take('drop', self.rng.sample(list(cells), 4))
        while True:
            name = self.rng.choices(NAMES, self.weights)[0]
            try:
                trees = self.arguments(OPERATIONS[name])
            except LookupError as missing:
                name, trees = self.make(missing.args[0])
            if self.acyclic and self.closes_cycle(OPERATIONS[name], trees):
                continue
            try:
                return self.take(name, trees)
            except Invalid:
                continue

    def closes_cycle(self, operation, trees):
        if not operation.touches:
            return False
        try:
            target, *others = self.machine.arguments(operation, trees)
        except Invalid:
            return True
        return any(reaches(x, target) for x in others)

    def make(self, kind):
        """A step whose result is of that kind."""
        if kind == 'iter':
            return 'iter.of', [self.iterable()]
        if kind == 'deque':
            return 'deque.from', [self.iterable()]
        if kind == 'range':
            return 'range.new', [self.amount(), self.amount(), self.step()]
        if kind == 'dict_view' and self.registers(Dict):
            return 'view.' + self.rng.choice(['keys', 'values', 'items']), [self.handle('dict', True)]
        kind = 'dict' if kind == 'dict_view' else kind
        return 'make.value', [self.literal_of(kind)]

    def literal_of(self, kind):
        rng = self.rng
        if kind == 'str':
            return ('str', values.random_text(rng))
        if kind == 'bytes':
            return ('bytes', values.random_bytes(rng))
        count = rng.randrange(60) if self.large else rng.choice([0, 1, 2, 3, 5, 9])
        if kind in ('list', 'tuple'):
            return (kind, tuple([self.value(depth=1) for _ in range(count)]))
        if kind != 'dict':
            return (kind, tuple([self.element() for _ in range(count)]))
        items = []
        for _ in range(count):
            key = rng.choice(self.keys)
            items += [('none',) if key[0] in values.SEQUENCES else key, self.value(depth=1)]
        return (kind, tuple(items))

    def element(self):
        tree = self.rng.choice(self.keys)
        return ('none',) if tree[0] in ('list', 'dict', 'set') else tree

    # Arguments.

    def arguments(self, operation):
        self.first = None
        self.last = None
        trees = []
        for name, kind, strict in operation.arguments:
            tree = self.argument(kind, strict)
            if not trees and isinstance(tree, tuple) and tree[0] == 'register':
                self.first = self.machine.cells[tree[1]]
            self.last = tree
            trees.append(tree)
        return trees

    def argument(self, kind, strict):
        if kind in HANDLES:
            return self.handle(kind, strict)
        if kind in CALLBACKS:
            return self.rng.choice(list(CALLBACKS[kind]))
        return getattr(self, kind)()

    def registers(self, kinds):
        return [n for n, x in self.machine.cells.items() if isinstance(x, kinds)]

    def handle(self, kind, strict):
        if not strict and not issubclass(TYPES[kind], NO_VALUES) and self.rng.random() < 0.01:
            others = (list, tuple, Dict, Set, Frozen, str, bytes, int)
            return ('register', self.rng.choice(self.registers(others) or [self.need(kind)]))
        found = self.registers(TYPES[kind])
        return ('register', self.rng.choice(found) if found else self.need(kind))

    def need(self, kind):
        raise LookupError(kind)

    def any_register(self, rng):
        found = [n for n, x in self.machine.cells.items() if not isinstance(x, NO_VALUES)]
        return rng.choice(found) if found else None

    def value(self, depth=2):
        rng = self.rng
        if self.literals and rng.random() < 0.25:
            tree = rng.choice(self.literals)
            return tree if rng.random() < 0.5 else values.twin(rng, tree)
        tree = values.random_value(rng, self.any_register, depth)
        if tree[0] != 'register' and not values.registers(tree):
            self.literals = self.literals[-8:] + [tree]
        return tree

    def literal(self):
        rng = self.rng
        if rng.random() < 0.5:
            return self.literal_of(rng.choice(['list', 'tuple', 'dict', 'set', 'frozenset', 'str', 'bytes']))
        tree = self.value()
        return tree if tree[0] != 'register' else values.random_scalar(rng)

    def hashable(self):
        rng = self.rng
        if rng.random() < 0.03:
            return self.value()
        tree = rng.choice(self.keys)
        return values.twin(rng, tree) if rng.random() < 0.1 else tree

    def near(self):
        chance = self.rng.random()
        if chance < 0.5 and self.last[0] != 'register':
            return values.neighbour(self.rng, self.last)
        return self.last if chance < 0.6 else self.hashable()

    def key(self):
        rng = self.rng
        tree = self.hashable()
        if isinstance(self.first, (Dict, Set, Frozen)) and self.first and rng.random() < 0.5:
            tree = self.tree_of(rng.choice(list(self.first)))
            tree = values.twin(rng, tree) if rng.random() < 0.1 else tree
        items = list(self.first) if isinstance(self.first, (list, tuple, Deque, View)) else []
        if items and rng.random() < 0.6:
            item = rng.choice(items)
            if not isinstance(item, (list, tuple, dict, set, frozenset, Deque)):
                tree = self.tree_of(item)
                tree = values.twin(rng, tree) if rng.random() < 0.3 else tree
        if isinstance(self.first, range) and len(self.first) and rng.random() < 0.6:
            tree = ('int', self.first[rng.choice([0, -1, rng.randrange(len(self.first))])])
            tree = values.twin(rng, tree) if rng.random() < 0.3 else tree
        if tree[0] == 'int' and rng.random() < 0.6:
            if rng.random() < 0.9:
                return ('key', 'I', tree[1])
            return ('key', 'U', tree[1] + 2**63 if rng.random() < 0.3 and tree[1] >= 0 else abs(tree[1]))
        if tree[0] == 'str' and rng.random() < 0.7:
            if rng.random() < 0.6 and '\0' not in tree[1]:
                return ('key', 'C', tree[1])
            return ('key', 'V', tree[1].encode())
        if tree[0] == 'bytes' and rng.random() < 0.5:
            return ('key', 'V', tree[1])
        return ('key', 'v', tree)

    def tree_of(self, x):
        """The literal that makes `x`, or any other key where there is none."""
        try:
            return tree_of(x, ())
        except Invalid:
            return self.hashable()

    def iterable(self):
        rng = self.rng
        found = self.registers((list, tuple, Dict, Set, Frozen, str, bytes, range, Deque, Iter, View))
        if found and rng.random() < 0.7:
            return ('register', rng.choice(found))
        if rng.random() < 0.7:
            return self.literal_of(rng.choice(['list', 'list', 'tuple', 'dict', 'set', 'frozenset', 'str', 'bytes']))
        return self.value()

    def text(self):
        return self.related('str', str, values.random_text)

    def data(self):
        return self.related('bytes', bytes, values.random_bytes)

    def related(self, kind, kind_of_it, at_random):
        """Mostly a short part of the first argument, nothing, or one character; now and then of the wrong type."""
        rng = self.rng
        if rng.random() < 0.01:
            return ('str', 'x') if kind == 'bytes' else ('bytes', b'x')
        chance = rng.random()
        if isinstance(self.first, kind_of_it) and self.first and chance < 0.6:
            begin = rng.choice([0, rng.randrange(len(self.first))])
            return (kind, self.first[begin:begin + rng.choice([1, 1, 2, 3, 8, len(self.first)])])
        if chance < 0.75:
            return (kind, at_random(rng)[:1])
        return (kind, at_random(rng)) if chance < 0.95 else (kind, kind_of_it())

    def code(self):
        return self.rng.choice([ord(values.random_character(self.rng)), self.rng.randrange(-5, 0x110005), 0xd800, 0xdfff])

    def pairs(self):
        rng = self.rng
        found = self.registers(Dict)
        if found and rng.random() < 0.4:
            return ('register', rng.choice(found))
        if rng.random() < 0.1:
            return self.iterable()
        items = []
        for _ in range(rng.choice([0, 1, 2, 5, 12])):
            pair = (rng.choice(self.keys), self.value(depth=1))
            items.append((rng.choice(['tuple', 'list']), pair if rng.random() < 0.97 else pair[:1]))
        return (rng.choice(['list', 'tuple']), tuple(items))

    def chars(self):
        return ('chars', values.random_text(self.rng).replace('\0', ''))

    # Integers. `first` is what they index, mostly.

    def extent(self):
        countable = (list, tuple, dict, set, frozenset, str, bytes, range, Deque)
        return len(self.first) if isinstance(self.first, countable) else 4

    def index(self):
        rng = self.rng
        n = self.extent()
        if rng.random() < 0.03:
            return rng.choice([INT_MIN, INT_MIN + 1, INT_MAX, -2**32, 2**32])
        if rng.random() < 0.5:
            return rng.choice([0, -1, n - 1, -n, n, -n - 1])
        return rng.randrange(-n - 2, n + 3)

    def bound(self):
        if self.rng.random() < 0.25:
            return None
        i = self.index()
        return i if i != INT_MIN else INT_MIN + 1

    def step(self):
        rng = self.rng
        if rng.random() < 0.06:
            return rng.choice([0, INT_MIN + 1, INT_MAX, 2**62, -2**62, 2**32])
        return rng.choice([1, 1, -1, -1, 2, -2, 3, -3, rng.randrange(1, 12), -rng.randrange(1, 12)])

    def size(self):
        rng = self.rng
        if rng.random() < 0.05:
            return rng.randrange(3000)
        return rng.randrange(-2, self.extent() + 4)

    def times(self):
        return self.rng.choice([-1, 0, 1, 2, 3])

    def amount(self):
        return values.random_int(self.rng)

    def many(self):
        if self.huge and self.rng.random() < 0.8:
            return self.rng.choice([300, 700, 2000, 5000])
        return self.rng.choice([-1, 0, 1, 2, 5, 31, 32, 33, 64, 80])

    def start(self):
        begin, self.apart = self.rng.choice(self.sequences)
        return begin if self.rng.random() < 0.6 else values.wrapped(begin + self.apart * self.rng.randrange(-20, 100))

    def stride(self):
        return self.apart if self.rng.random() < 0.9 else self.rng.choice([0, 1, -self.apart])

    def natural(self):
        return self.rng.choice([0, 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1, self.rng.randrange(2**64)])
