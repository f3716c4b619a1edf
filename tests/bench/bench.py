#!/usr/bin/env python3
"""Measure loam beside its peers. make bench and make bench-peers run this; docs/bench.md says how and why."""
import argparse
import collections
import fnmatch
import json
import os
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

MAPS = "boost absl std glib uthash rust cpython"

# The cases. `*` is the size; beside the sizes here, any size can be asked for by its full name: CASES=dict.int.hit.1e4,
# behind an @ where the name has none: CASES=churn.worst_tenth@1e6. A program is run once for all operations on the same
# group and size.
#   case                       group        operation  unit   sizes              peers
CASES = [
    ("dict.int.hit.*",         "dict.int",   "hit",       "ns",    "1e3 1e5 1e6",     MAPS + " cpython_loop"),
    ("dict.int.hit.*",         "dict.int",   "hit",       "ns",    "1e7",             MAPS),
    ("dict.int.get_many.*",    "dict.int",   "get_many",  "ns",    "1e6 1e7",         "boost absl std"),
    ("dict.int.miss.*",        "dict.int",   "miss",      "ns",    "1e5 1e6",         MAPS + " cpython_loop"),
    ("dict.int.insert.*",      "dict.int",   "insert",    "ns",    "1e5 1e6",         MAPS + " cpython_loop"),
    ("dict.int.erase.*",       "dict.int",   "erase",     "ns",    "1e6",             MAPS + " cpython_loop"),
    ("dict.int.churn.*",       "dict.int",   "churn",     "ns",    "1e6",             MAPS),
    ("dict.int.iterate.*",     "dict.int",   "iterate",   "ns",    "1e6",             MAPS + " cpython_loop"),
    ("dict.int.bytes.*",       "dict.int",   "bytes",     "bytes", "1e6 1e7",         MAPS),
    ("dict.int64.hit.*",       "dict.int64", "hit",       "ns",    "1e6",             "boost rust cpython"),
    ("dict.int64.insert.*",    "dict.int64", "insert",    "ns",    "1e6",             "boost rust cpython"),
    ("dict.str.hit.*",         "dict.str",   "hit",       "ns",    "1e5 1e6",         MAPS),
    ("dict.str.insert.*",      "dict.str",   "insert",    "ns",    "1e6",             MAPS),
    ("dict.str.count.*",       "dict.count", "count",     "ns",    "1e5 1e6",         "boost absl std rust"),
    ("dict.str3.bytes",        "dict.str3",  "bytes",     "bytes", "",                "boost absl std cpython"),
    ("list.append.*",          "list",       "append",    "ns",    "1e7",             "std rust cpython cpython_loop"),
    ("list.span_sum.*",        "list",       "span_sum",  "ns",    "1e7",             "rust"),
    ("list.index_sum.*",       "list",       "index_sum", "ns",    "1e7",             "cpython cpython_loop"),
    ("sort.int.*",             "sort.int",   "int",       "ns",    "1e6 1e7",         "rust_unstable rust std cpython"),
    ("sort.str.*",             "sort.str",   "str",       "ns",    "1e6",             "rust_unstable rust std cpython"),
    ("wordcount.*",            "wordcount",  "time",      "s",     "500MB",           "rust cpython"),
    ("wordcount.*.peak_mb",    "wordcount",  "peak_mb",   "MB",    "500MB",           "rust cpython"),
    ("lines.*",                "lines",      "time",      "s",     "500MB",           "wc rust cpython"),
]

# The collector's and the allocator's. Each has a process of its own: its group is its name without the size.
#   case                              operation         unit     sizes    peers
CASES += [(name, name.rstrip(".*"), *rest) for name, *rest in [
    ("gc.garbage.record_pairs.*",       "collect",        "ns",    "1e6",   "cpython nim"),
    ("gc.garbage.list_pairs.*",         "collect",        "ns",    "1e6",   "cpython nim"),
    ("gc.live.random.*",                "collect",        "ns",    "5e6",   "cpython boehm"),
    ("gc.live.chains.*",                "collect",        "ns",    "5e6",   "cpython boehm"),
    ("gc.acyclic_share.binary_trees.*", "share",          "share", "16 18", ""),
    ("gc.acyclic_share.live*",          "share",          "share", "1e7",   ""),
    ("gc.acyclic_share.referred*",      "share",          "share", "1e7",   ""),
    ("alloc.record24.pair",             "alloc",          "ns",    "1e6",   ""),
    ("alloc.record24.batch1000",        "alloc",          "ns",    "1e6",   "mimalloc"),
    ("free.chain.*",                    "free",           "ns",    "1e7",   "cpython"),
    ("binary_trees.*",                  "time",           "s",     "16 18", "mimalloc boehm"),
    ("weakref.create_drop",             "create_drop",    "ns",    "1e6",   "cpython"),
    ("weakref.deref",                   "deref",          "ns",    "1e6",   "cpython"),
    ("weakref.deref_shuffled",          "deref_shuffled", "ns",    "1e6",   "cpython"),
    ("weak_value_dict.get",             "get",            "ns",    "1e6",   "cpython"),
    ("mem.empty_list",                  "bytes",          "bytes", "1e6",   ""),
    ("mem.tuple3",                      "bytes",          "bytes", "1e6",   ""),
    ("mem.record2",                     "bytes",          "bytes", "1e6",   ""),
    ("churn.worst_tenth",               "worst_tenth",    "ratio", "1e8",   ""),
]]

# One process for all figures.
CASES += [(f"gc.slice_ms.{operation}.*", "gc.slice_ms", operation, unit, "1e7", "") for operation, unit in
          (("p99", "ms"), ("max", "ms"), ("at_once", "share"))]

# One process that measures each of these workloads, and the worst of them.
CASES += [(f"gc.heap_bound.{workload}", "gc.heap_bound", workload, "ratio", "1e6", "") for workload in
          ("worst", "rings", "pairs", "doubly_linked", "hub", "bursts", "deep_trees", "growing_cache")]

# The same programs on another memory manager, with which the group begins: `loam` is its build there, `refcount` that one's.
CASES += [
    ("boehm.wordcount.time",    "boehm.wordcount",         "time",        "s",     "500MB", "refcount"),
    ("boehm.wordcount.peak",    "boehm.wordcount",         "peak_mb",     "MB",    "500MB", "refcount"),
    ("boehm.binary_trees.*",    "boehm.binary_trees",      "time",        "s",     "16",    "boehm"),
    ("boehm.weakref.deref",     "boehm.weakref.deref",     "deref",       "ns",    "1e6",   ""),
    ("boehm.churn.worst_tenth", "boehm.churn.worst_tenth", "worst_tenth", "ratio", "1e8",   ""),
    ("check.suite",             "check.suite",             "time",        "s",     "",      "refcount"),
]
CASES += [(f"boehm.{name}", f"boehm.{group}", operation, unit, sizes, "refcount")
          for name, group, operation, unit, sizes, _ in CASES if name.startswith(("dict.", "list.", "sort."))]
MANAGERS = ("boehm", "check")

# The unit tests that are not about one memory manager's inside.
CONTRACT_SUITE = "!(backlog|check|heap|sliced)/*"

# The whole process is measured, its start included, on a text that is made once.
TEXT_GROUPS = ("wordcount", "lines")

# Where `cpython` is the language, python_peer.py, and not the C API.
PYTHON_GROUPS = TEXT_GROUPS + ("weakref.create_drop", "weakref.deref", "weakref.deref_shuffled", "weak_value_dict.get")

# What other processes of the machine have no influence on.
MEMORY_UNITS = ("bytes", "MB", "ratio")

# The programs. `needs` is tried with the preprocessor, `packages` is Debian's name for what is missing. $(..) is the output
# of that command. A peer is measured with -O3, loam's program is compiled and linked as a user's.
Peer = collections.namedtuple("Peer", "source flags needs packages", defaults=("", "", "", ""))
PEERS = {
    "loam": Peer("loam.c loam_gc.c loam_bound.c loam_slices.c", "-std=c11 -O2"),
    "refcount": Peer(),  # loam's program again
    "boost": Peer("maps.cpp", "-DPEER_BOOST",
                  "#include <boost/version.hpp>\n#include <xxhash.h>\n#if BOOST_VERSION < 108100\n#error\n#endif",
                  "g++ libboost1.81-dev libxxhash-dev"),
    "absl": Peer("maps.cpp", "-DPEER_ABSL $(pkg-config --cflags --libs absl_flat_hash_map)",
                 "#include <absl/container/flat_hash_map.h>\n#include <xxhash.h>", "g++ libabsl-dev libxxhash-dev"),
    "std": Peer("maps.cpp", "-DPEER_STD", "#include <unordered_map>\n#include <xxhash.h>", "g++ libxxhash-dev"),
    "glib": Peer("chained.c", "-DPEER_GLIB $(pkg-config --cflags --libs glib-2.0)",
                 "#include <glib.h>\n#include <xxhash.h>", "libglib2.0-dev libxxhash-dev"),
    "uthash": Peer("chained.c", "-DPEER_UTHASH", "#include <uthash.h>\n#include <xxhash.h>", "uthash-dev libxxhash-dev"),
    "mimalloc": Peer("heaps.c", "-DPEER_MIMALLOC -lmimalloc", "#include <mimalloc.h>", "libmimalloc-dev"),
    "boehm": Peer("heaps.c", "-DPEER_BOEHM $(pkg-config --cflags --libs bdw-gc)", "#include <gc.h>", "libgc-dev"),
    "rust": Peer("peer.rs", "", "", "rustc-web"),
    "rust_unstable": Peer("peer.rs", "--cfg rust_unstable", "", "rustc-web"),
    "nim": Peer("peer.nim", "-d:danger --gc:orc", "", "nim"),
    # CPython is Debian's own build, whatever other one comes first on PATH.
    "cpython": Peer("cpython.c", "$(/usr/bin/python3-config --includes --ldflags --embed)", "#include <Python.h>",
                    "python3-dev"),
    "cpython_loop": Peer("", "", "", "python3"),
    "wc": Peer("", "", "", "coreutils"),
}
PYTHON = "/usr/bin/python3"
RUST_AT_LEAST = (1, 81)

# What counts as quiet: see docs/bench.md.
OTHERS_AT_MOST = 0.05  # of one processor
SWITCHES_AT_MOST = 20  # involuntary, a second
RUNNABLE_AT_MOST = 0.5  # other processes, on average
ARITHMETIC_AT_MOST = 1.05  # slowest calibration over the fastest of the run
MEMORY_AT_MOST = 1.20
TIMEOUT = 1800

FOLDER = pathlib.Path(__file__).resolve().parent


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Absent(Exception):
    pass


def manager_of(group):
    """The memory manager with which a group begins, or None; and the group as the programs know it."""
    first, _, rest = group.partition(".")
    return (first, rest) if first in MANAGERS else (None, group)


# The table of cases.

Case = collections.namedtuple("Case", "name group operation unit size peers")


def number_of(size):
    """16 -> 16, 1e5 -> 100000, 500MB -> 500 (millions of bytes)."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(e\d+|MB|)", size)
    if not match:
        return None
    return float(match[1]) if match[2] == "MB" else int(float(size))


def sized(row, size):
    name, group, operation, unit, _, peers = row
    return Case(name.replace("*", size), group, operation, unit, size, ["loam"] + peers.split())


def listed_cases():
    for row in CASES:
        for size in row[4].split() or [""]:
            yield sized(row, size)


def chosen_cases(patterns):
    cases = list(listed_cases())
    if not patterns:
        return cases
    chosen = []
    for pattern in patterns:
        found = [case for case in cases if fnmatch.fnmatchcase(case.name, pattern)]
        if not found:
            found = [case for case in other_sizes(pattern)][:1]
        if not found:
            sys.exit(f"bench: no case is called {pattern}; the cases are:\n  " + "\n  ".join(c.name for c in cases))
        chosen += [case for case in found if case not in chosen]
    return chosen


def other_sizes(name):
    for row in CASES:
        pattern = row[0] if "*" in row[0] else row[0] + "@*"
        before, _, after = pattern.partition("*")
        if name.startswith(before) and name.endswith(after):
            size = name[len(before):len(name) - len(after)]
            if number_of(size):
                yield sized(row, size)._replace(name=name)


# Building the programs.

def output(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def substituted(flags):
    return shlex.split(re.sub(r"\$\((.*?)\)", lambda match: output(shlex.split(match[1])), flags))


def rust_version():
    if not shutil.which("rustc"):
        raise Absent("there is no rustc")
    try:
        version = output(["rustc", "--version"]).split()[1]
    except subprocess.CalledProcessError:
        raise Absent("rustc does not run")
    if tuple(int(part) for part in version.split(".")[:2]) < RUST_AT_LEAST:
        raise Absent(f"rustc {version} is older than " + ".".join(map(str, RUST_AT_LEAST)))
    return version


def nim_version():
    if not shutil.which("nim"):
        raise Absent("there is no nim")
    try:
        return output(["nim", "--version"]).splitlines()[0].split()[3]
    except (subprocess.CalledProcessError, IndexError):
        raise Absent("nim does not run")


class Programs:
    """Compiles what is there; how to run a peer."""

    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.builddir, "tests", "bench.d")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lib_folder = self.lib_folder_of(options.gc)
        self.versions = {}

    def lib_folder_of(self, gc):
        return pathlib.Path(self.options.builddir, "gc", gc, ".libs").resolve()

    def suite_of(self, gc):
        return pathlib.Path(self.options.builddir, "tests", f"suite-{gc}").resolve()

    def check_group(self, group):
        """Raises Absent where this build cannot measure it."""
        manager, plain = manager_of(group)
        if manager and not (self.lib_folder_of(manager) / "libloam.so").exists():
            raise Absent(f"{manager} is not built")
        if manager and plain == "suite" and not self.suite_of(manager).exists():
            raise Absent("the unit tests are not built (make check TESTS=)")

    def compile(self, who, command, names_output=False):
        program = self.folder / who
        stamp = self.folder / f"{who}.command"
        newest = max(path.stat().st_mtime for path in FOLDER.iterdir())
        text = shlex.join(command)
        if program.exists() and program.stat().st_mtime > newest and stamp.exists() and stamp.read_text() == text:
            return
        command = command if names_output else command + ["-o", str(program)]
        built = subprocess.run(command, capture_output=True, text=True)
        if built.returncode:
            sys.exit(f"bench: {who} does not compile: {text}\n{built.stderr}")
        stamp.write_text(text)

    def prepare(self, who):
        """Raises Absent."""
        peer = PEERS[who]
        if who == "refcount":
            if not (self.lib_folder_of(who) / "libloam.so").exists():
                raise Absent("it is not built")
            return
        if who == "wc" or who == "cpython_loop":
            tool = PYTHON if who == "cpython_loop" else shutil.which("wc")
            if not tool or not os.path.exists(tool):
                raise Absent(f"there is no {who}")
            self.versions[who] = output([tool, "--version"]).splitlines()[0].split()[-1]
            return
        sources = [str(FOLDER / source) for source in peer.source.split()]
        if peer.source == "peer.rs":
            self.versions[who] = rust_version()
            self.compile(who, ["rustc", "--edition", "2021", "-C", "opt-level=3", *peer.flags.split(), *sources])
            return
        if who == "nim":
            self.versions[who] = nim_version()
            self.compile(who, ["nim", "c", "--hints:off", f"--nimcache:{self.folder / 'nimcache'}", *peer.flags.split(),
                               f"-o:{self.folder / who}", *sources], names_output=True)
            return
        is_cxx = peer.source.endswith(".cpp")
        compiler = shlex.split(self.options.cxx if is_cxx else self.options.cc)
        if who == "loam":
            self.compile(who, compiler + substituted(peer.flags) + [
                "-I" + str(pathlib.Path(self.options.srcdir, "include").resolve()), *sources, f"-L{self.lib_folder}", "-lloam"])
            return
        if not shutil.which(compiler[0]):
            raise Absent(f"there is no compiler {compiler[0]}")
        try:
            flags = substituted(peer.flags)
        except (subprocess.CalledProcessError, FileNotFoundError) as error:
            raise Absent(f"{error}".splitlines()[0])
        probe = subprocess.run(compiler + ["-E", "-x", "c++" if is_cxx else "c", "-"] + flags, input=peer.needs, text=True,
                               capture_output=True)
        if probe.returncode:
            raise Absent("its headers are not there, or too old")
        standard = "-std=c++17" if is_cxx else "-std=gnu11"
        self.compile(who, compiler + [standard, "-O3", *sources] + flags)
        if who == "cpython":
            self.versions[who] = output([PYTHON, "--version"]).split()[-1]

    def gc_of(self, who, group):
        return who if who == "refcount" else manager_of(group)[0] or self.options.gc

    def command(self, who, group, size, operations):
        gc = self.gc_of(who, group)
        manager, group = manager_of(group)
        if manager and group == "suite":
            return [str(self.suite_of(gc)), "--filter", CONTRACT_SUITE, "--output=tap:-", "--jobs=1"]
        if group in TEXT_GROUPS:
            operations = [self.text(size)]
        if who == "wc":
            return ["wc", "-l", operations[0]]
        number = str(number_of(size)) if size else "1"
        if who == "cpython_loop" or who == "cpython" and group in PYTHON_GROUPS:
            return [PYTHON, str(FOLDER / "python_peer.py"), group, number, *operations]
        return [str(self.folder / ("loam" if who == "refcount" else who)), group, number, *operations]

    def environment(self, who, group):
        names = ("PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME")
        environment = {name: os.environ[name] for name in names if name in os.environ}
        environment["LC_ALL"] = "C.UTF-8"
        if who in ("loam", "refcount"):
            environment["LD_LIBRARY_PATH"] = str(self.lib_folder_of(self.gc_of(who, group)))
        return environment

    def text(self, size):
        """The file of a wordcount or lines case, in the page cache."""
        path = self.folder / f"zipf-{size}.txt"
        if not path.exists():
            say(f"writing {path}")
            partial = path.with_suffix(".part")
            with open(partial, "wb") as out:
                zipf = pathlib.Path(self.options.builddir, "tests", "zipf").resolve()
                subprocess.run([str(zipf), str(number_of(size))], stdout=out, check=True)
                out.seek(-1, os.SEEK_END)
                out.write(b"\n")  # wc counts line ends, the others count lines
            partial.rename(path)
        return str(path)


def warm(path):
    with open(path, "rb") as file:
        while file.read(1 << 20):
            pass


def check_library(options):
    """loam is measured as it is installed by default."""
    config = pathlib.Path(options.builddir, "config.h").read_text()
    wrong = [f"{name} is not {value}" for name, value in
             (("LOAM_CHECKS", 1), ("LOAM_STRESS", 0), ("LOAM_PORTABLE", 0))
             if not re.search(rf"^#define {name} {value}$", config, re.MULTILINE)]
    flags = options.cflags.split()
    wrong += [] if "-O2" in flags else ["it is not compiled with -O2"]
    wrong += [f"it is compiled with {flag}" for flag in flags
              if flag.startswith(("-march", "-mtune=native", "-fsanitize", "--coverage"))]
    if not pathlib.Path(options.builddir, "gc", options.gc, ".libs", "libloam.so").exists():
        wrong.append("there is no shared library")
    if wrong:
        sys.exit("bench: this build is not loam as a user installs it: " + ", ".join(wrong))


# Running one program, pinned, with an eye on what else the machine does.

Run = collections.namedtuple("Run", "output cpu wall switches")


def busy_seconds():
    """Of all processors, time stolen by a hypervisor's other guests included; None where the kernel does not say."""
    try:
        with open("/proc/stat") as stat:
            ticks = [int(field) for field in stat.readline().split()[1:9]]
    except (OSError, ValueError):
        return None
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def others_runnable():
    with open("/proc/loadavg") as loadavg:
        return int(loadavg.read().split()[3].split("/")[0]) - 1


class Core:
    """The programs get the last processor, the runner another one if there is one."""

    def __init__(self):
        usable = sorted(os.sched_getaffinity(0))
        self.measured = {usable[-1]}
        self.rest = set(usable[:-1]) or self.measured
        os.sched_setaffinity(0, self.rest)

    def run(self, command, environment):
        """A child takes over the affinity: nothing runs in it between fork and exec that would be measured too."""
        with tempfile.TemporaryFile("w+") as out:
            start = time.perf_counter()
            os.sched_setaffinity(0, self.measured)
            try:
                process = subprocess.Popen(command, stdout=out, env=environment, stdin=subprocess.DEVNULL)
            finally:
                os.sched_setaffinity(0, self.rest)
            killer = threading.Timer(TIMEOUT, process.kill)
            killer.start()
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
            killer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            text = out.read()
        if process.returncode:
            raise RuntimeError(f"{shlex.join(command)} ended with {process.returncode}")
        return Run(text, usage.ru_utime + usage.ru_stime, wall, usage.ru_nivcsw)


class Quiet:
    """Sums up what disturbed the measurements of one group."""

    fastest = [float("inf"), float("inf")]  # calibration, of the whole run

    def __init__(self, core, calibrate):
        self.core, self.calibrate = core, calibrate
        self.wall = self.others = 0.0
        self.switches = 0
        self.runnable = []
        self.slowest = [0.0, 0.0]

    def sample(self):
        self.runnable.append(others_runnable())
        figures = [float(figure) for figure in self.core.run([str(self.calibrate)], {}).output.split()]
        for i, figure in enumerate(figures):
            self.slowest[i] = max(self.slowest[i], figure)
            self.fastest[i] = min(self.fastest[i], figure)

    def run(self, command, environment):
        mine, all_before = time.process_time(), busy_seconds()
        run = self.core.run(command, environment)
        if all_before is not None:
            self.others += busy_seconds() - all_before - run.cpu - (time.process_time() - mine)
        self.wall += run.wall
        self.switches += run.switches
        return run

    def disturbances(self):
        # The kernel counts in ticks of 10 ms: no verdict on less than a few of them.
        if self.others > 0.05 and self.others > OTHERS_AT_MOST * self.wall:
            yield f"other processes took {100 * self.others / self.wall:.0f} % of a processor"
        if self.switches > 5 and self.switches > SWITCHES_AT_MOST * self.wall:
            yield f"{self.switches} involuntary context switches in {self.wall:.1f} s"
        if self.runnable and statistics.mean(self.runnable) > RUNNABLE_AT_MOST:
            yield f"{statistics.mean(self.runnable):.1f} other processes were runnable"
        for i, (what, limit) in enumerate((("arithmetic", ARITHMETIC_AT_MOST), ("memory", MEMORY_AT_MOST))):
            if self.slowest[i] > limit * self.fastest[i]:
                yield (f"the calibration loop varies: {what} took {self.slowest[i]:.3g} ns a step, "
                       f"{self.fastest[i]:.3g} at best")


# A group of cases: the rounds.

Figure = collections.namedtuple("Figure", "cpu wall answer mean")


def figures_of(who, group, run):
    """The lines that a program prints (bench.h), by operation."""
    manager, group = manager_of(group)
    if manager and group == "suite":
        passed = re.findall("^ok (?!.*# SKIP test was skipped)", run.output, re.MULTILINE)  # those that the filter let through
        return {"time": Figure(run.cpu, run.wall, str(len(passed)), None)}
    if who == "wc":
        return {"time": Figure(run.cpu, run.wall, run.output.split()[0], None)}
    figures = {}
    for line in run.output.splitlines():
        operation, cpu, wall, answer, *mean = line.split()
        figures[operation] = Figure(float(cpu), float(wall), answer, float(mean[0]) if mean else None)
    if group in TEXT_GROUPS:
        figures["time"] = figures["time"]._replace(cpu=run.cpu, wall=run.wall)
    return figures


def rounds_of(size):
    return 3 if number_of(size or "1e0") >= 10**7 or size.endswith("MB") and number_of(size) >= 100 else 5


def measure_group(cases, programs, present, core, rounds):
    """{(case, who): [Figure]}, and what disturbed it."""
    group, size = cases[0].group, cases[0].size
    figures = collections.defaultdict(list)
    quiet = Quiet(core, programs.folder / "calibrate")
    everyone = [who for who in present if any(who in case.peers for case in cases)]
    failures = []
    for number in range(rounds or rounds_of(size)):
        quiet.sample()
        shift = number % len(everyone)
        for who in everyone[shift:] + everyone[:shift]:
            wanted = [case for case in cases if who in case.peers]
            command = programs.command(who, group, size, [case.operation for case in wanted])
            try:
                found = figures_of(who, group, quiet.run(command, programs.environment(who, group)))
                for case in wanted:
                    figures[case.name, who].append(found[case.operation])
            except (RuntimeError, KeyError, ValueError) as error:
                failures.append(f"{who} failed in {group} {size}: {error!r}")
    quiet.sample()
    return figures, quiet, failures


def disagreements(cases, figures):
    """A peer that comes to another answer than the others did not do the same work: no figure of that case counts."""
    for case in cases:
        answers = collections.defaultdict(set)
        for who in case.peers:
            for figure in figures.get((case.name, who), ()):
                answers[figure.answer].add(who)
        if len(answers) > 1:
            for who in case.peers:
                figures.pop((case.name, who), None)
            yield f"{case.name}: the answers differ: " + "; ".join(
                f"{answer} ({', '.join(sorted(whos))})" for answer, whos in answers.items())


def rows_of(cases, figures, versions, is_quiet):
    for case in cases:
        for who in case.peers:
            found = figures.get((case.name, who))
            if not found:
                continue
            cpu = [figure.cpu for figure in found]
            row = {"case": case.name, "who": who, "unit": case.unit, "median": statistics.median(cpu), "min": min(cpu),
                   "max": max(cpu), "runs": len(cpu)}
            row["wall"] = statistics.median(f.wall for f in found) if case.unit in ("ns", "s") else None
            if found[0].mean is not None:
                row["mean_to_2n"] = found[0].mean
            if who in versions:
                row["version"] = versions[who]
            row["quiet"] = is_quiet or case.unit in MEMORY_UNITS
            yield {key: float(f"{value:.5g}") if isinstance(value, float) else value for key, value in row.items()}


def run(options):
    pathlib.Path(options.out).unlink(missing_ok=True)  # nobody shall take an old one for this run's
    check_library(options)
    cases = chosen_cases(options.cases.split())
    programs = Programs(options)
    wanted = [who for who in PEERS if any(who in case.peers for case in cases)]
    if options.peers:
        unknown = set(options.peers.split()) - set(PEERS)
        if unknown:
            sys.exit(f"bench: no peer is called {', '.join(sorted(unknown))}; there are {' '.join(PEERS)}")
        wanted = [who for who in wanted if who == "loam" or who in options.peers.split()]
    present = []
    for who in wanted:
        try:
            programs.prepare(who)
            present.append(who)
            if who in programs.versions:
                say(f"{who} {programs.versions[who]}")
        except Absent as absent:
            say(f"absent: {who}: {absent} (make bench-peers)")
    programs.compile("calibrate", shlex.split(options.cc) + ["-std=gnu11", "-O2", str(FOLDER / "calibrate.c")])
    groups = collections.defaultdict(list)
    for case in cases:
        try:
            programs.check_group(case.group)
            groups[case.group, case.size].append(case)
        except Absent as absent:
            say(f"absent: {case.name}: {absent}")
    core = Core()
    done, failures = [], []
    for (group, size), members in groups.items():
        say(" ".join(case.name for case in members))
        if manager_of(group)[1] in TEXT_GROUPS:
            warm(programs.text(size))
        figures, quiet, broken = measure_group(members, programs, present, core, options.rounds)
        broken += disagreements(members, figures)
        for failure in broken:
            say(f"error: {failure}")
        failures += broken
        done.append((group, size, members, figures, quiet))
        # All of it each time: a later group may have shown that an earlier one was disturbed.
        with open(options.out, "w") as out:
            for *_, those, found, silence in done:
                for row in rows_of(those, found, programs.versions, not any(silence.disturbances())):
                    out.write(json.dumps(row) + "\n")
    for group, size, _, _, quiet in done:
        if any(quiet.disturbances()):
            say(f"the machine was not quiet: {group} {size}".rstrip() + ": " + "; ".join(quiet.disturbances()))
    say(f"results are in {options.out}")
    return 1 if failures else 0


def install_peers():
    """What Debian has. Never removes a package, and one that cannot be installed does not keep the others out."""
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    if not shutil.which("apt-get"):
        sys.exit("bench: there is no apt-get: see docs/bench.md for what to install")
    packages = []
    for who, peer in PEERS.items():
        if PEERS[who].source == "peer.rs":
            try:
                rust_version()
                continue
            except Absent:
                pass
        packages += [package for package in peer.packages.split() if package not in packages]
    is_missing = lambda package: "installed" not in subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}", package], capture_output=True, text=True).stdout.split()
    missing = [package for package in packages if is_missing(package)]
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    if missing:
        subprocess.run(apt + ["update"], stdout=subprocess.DEVNULL)
    for package in missing:
        say(f"installing {package}")
        subprocess.run(apt + ["install", "-y", "--no-install-recommends", "--no-remove", package],
                       stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    missing = [package for package in missing if is_missing(package)]
    for package in missing:
        say(f"could not install {package}")
    return 1 if missing else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run")
    runner.add_argument("--srcdir", default=".")
    runner.add_argument("--builddir", default=".")
    runner.add_argument("--gc", default="refcount")
    runner.add_argument("--cc", default="cc")
    runner.add_argument("--cxx", default="c++")
    runner.add_argument("--cflags", default="")
    runner.add_argument("--cases", default="", help="shell patterns; all cases without")
    runner.add_argument("--peers", default="", help="only these; all without")
    runner.add_argument("--rounds", type=int, default=0, help="instead of 5, or 3 for the largest sizes")
    runner.add_argument("--out", default="results.jsonl")
    commands.add_parser("peers")
    commands.add_parser("list")
    options = parser.parse_args()
    if options.command == "peers":
        return install_peers()
    if options.command == "list":
        for case in listed_cases():
            print(case.name, *case.peers)
        return 0
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
