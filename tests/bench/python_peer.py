"""CPython's interpreted loops (dict, list), and the language on text and with weak references. bench.h and dict_loops.h
say what the operations are and what is printed."""
import sys
import time
import weakref
from collections import Counter

PRESENT, ABSENT, ORDER = 42, 777, 7
MASK = (1 << 64) - 1
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def splitmix(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        x = state
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
        yield x ^ (x >> 31)


def stream(seed, n):
    numbers = splitmix(seed)
    return [next(numbers) for _ in range(n)]


def shuffled(numbers):
    random = splitmix(ORDER)
    numbers = list(numbers)
    for i in range(len(numbers), 1, -1):
        j = next(random) % i
        numbers[i - 1], numbers[j] = numbers[j], numbers[i - 1]
    return numbers


def string(number):
    random = splitmix(number)
    bits = next(random)
    characters = []
    for i in range(8 + (bits >> 32) % 13):
        if i % 10 == 0:
            bits = next(random)
        characters.append(LETTERS[bits & 63])
        bits >>= 6
    return "".join(characters)


def integers(numbers):
    return [x >> 4 for x in numbers]


def strings(numbers):
    return [string(x) for x in numbers]


class Samples:
    def __init__(self):
        self.cpu, self.wall, self.answers = [], [], set()

    def start(self):
        self.started = time.perf_counter_ns(), time.process_time_ns()

    def stop(self, operations):
        cpu = time.process_time_ns() - self.started[1]
        wall = time.perf_counter_ns() - self.started[0]
        self.cpu.append(cpu / operations)
        self.wall.append(wall / operations)

    def print(self, operation):
        middle = len(self.cpu) // 2
        (answer,) = self.answers
        print(operation, sorted(self.cpu)[middle], sorted(self.wall)[middle], answer)


def filled(keys):
    d = {}
    for i, key in enumerate(keys):
        d[key] = i
    return d


def insert(n, numbers, make):
    keys = make(numbers)
    yield
    answer = len(filled(keys))
    yield n, answer


def hit(n, numbers, make):
    d = filled(make(numbers))
    queries = make(shuffled(numbers))
    total = 0
    yield
    for query in queries:
        total += d[query]
    yield n, total


def miss(n, numbers, make):
    d = filled(make(numbers))
    queries = make(stream(ABSENT, n))
    found = 0
    yield
    for query in queries:
        if query in d:
            found += 1
    yield n, found


def iterate(n, numbers, make):
    d = filled(make(numbers))
    total = 0
    yield
    for value in d.values():
        total += value
    yield n, total


def erase(n, numbers, make):
    d = filled(make(numbers))
    queries = make(shuffled(numbers))
    yield
    for query in queries:
        del d[query]
    yield n, len(d)


def append(n, *_):
    items = []
    yield
    for i in range(n):
        items.append(i)
    yield n, len(items)


def index_sum(n, *_):
    items = list(range(n))
    total = 0
    yield
    for i in range(n):
        total += items[i]
    yield n, total


class Node:
    __slots__ = "left", "right", "__weakref__"


def nodes(n):
    return [Node() for _ in range(n)]


def create_drop(n, *_):
    targets = nodes(n)
    ref = weakref.ref
    yield
    for target in targets:
        ref(target)
    yield n, n


def dereferenced(n, arranged):
    targets = nodes(n)
    refs = [weakref.ref(target) for target in targets]
    assert all(ref() is target for ref, target in zip(refs, targets))
    refs = arranged(refs)
    yield
    for ref in refs:
        ref()
    yield n, len(refs)


def deref(n, *_):
    return dereferenced(n, list)


def deref_shuffled(n, *_):
    return dereferenced(n, shuffled)


def get(n, numbers, make):
    targets = nodes(n)
    d = weakref.WeakValueDictionary(zip(make(numbers), targets))
    queries = make(shuffled(numbers))
    assert all(d.get(query) is not None for query in queries)
    yield
    for query in queries:
        d.get(query)
    yield n, len(d)


def measure(operation, n, numbers, make):
    """Each is a generator that prepares, works between its two yields, and gives its answer. Keys are made afresh each time,
    so that no hash is cached. Small sizes are repeated."""
    samples = Samples()
    for _ in range(31 if n <= 10000 else 3 if n <= 1000000 else 1):
        run = globals()[operation](n, numbers, make)
        next(run)
        samples.start()
        operations, answer = next(run)
        samples.stop(operations)
        # The programs in C sum up as many passes as make 100,000 operations, and in 64 bits.
        if operation in ("hit", "miss", "iterate"):
            answer *= max(100000 // n, 1)
        samples.answers.add(answer & MASK)
        del run
    samples.print(operation)


def word_count(path):
    counts = Counter()
    with open(path, "rb") as file:
        for line in file:
            counts.update(line.split())
    answer = (counts.total() * 31 + len(counts)) & MASK
    for _, count in counts.most_common(10):
        answer = (answer * 31 + count) & MASK
    return answer


def line_count(path):
    with open(path, "rb") as file:
        return sum(1 for _ in file)


def peak_mb():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024e-6
    return 0


def main():
    group, n, *wanted = sys.argv[1:]
    if group == "wordcount":
        print("time 0 0", word_count(wanted[0]))
    elif group == "lines":
        print("time 0 0", line_count(wanted[0]))
    else:
        n = int(float(n))
        numbers = stream(PRESENT, n) if "dict" in group else None
        for operation in wanted:
            measure(operation, n, numbers, strings if group == "dict.str" else integers)
    print("peak_mb", peak_mb(), "0 0")


main()
