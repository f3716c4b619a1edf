#!/usr/bin/env python3
"""The memory managers side by side: five workloads, for docs/choosing-a-collector.md.

usage: collectors.py measure --srcdir S --builddir B --gc "refcount boehm" --cc CC --cflags FLAGS --out FILE.json
                             [--rounds N] [--quick]
       collectors.py page FILE.json PAGE.md

measure runs each workload on each back end's library, one after the other in each round, and writes all figures. page puts
the table into PAGE.md, between the lines <!-- table --> and <!-- end of table -->, and writes the chart beside it, PAGE.svg.
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import statistics
import subprocess
import sys
import threading
import time

FOLDER = pathlib.Path(__file__).resolve().parent

# name, title, size, size for a quick look
WORKLOADS = [
    ("wordcount", "word count", 200, 2),
    ("trees", "binary trees", 16, 10),
    ("churn", "cyclic graph churn", 200_000, 4_000),
    ("longlived", "large long-lived heap", 5_000_000, 50_000),
    ("interpreter", "the interpreter", 4_000, 60),
]


def tree_nodes(depth):
    """As collectors.c builds them: one tree that stays, and many of each fourth depth."""
    return 2 ** (depth + 1) - 1 + sum(2 ** (depth - d + 4) * (2 ** (d + 1) - 1) for d in range(4, depth + 1, 4))


# What throughput counts, by size: how many of what is done in all.
AMOUNTS = {
    "wordcount": (lambda size: size, "MB"),
    "trees": (tree_nodes, "nodes"),
    "churn": (lambda size: 21 * size, "objects"),
    "longlived": (lambda size: size // 5, "requests"),
    "interpreter": (lambda size: size, "expressions"),
}

# name, unit; the figures of a run in this order
FIGURES = [("cpu", "s"), ("peak", "MB"), ("step", "us"), ("longest", "us"), ("delay", "us"), ("worst", "us"), ("unseen", "‰")]


def fail(text):
    sys.exit(f"collectors: {text}")


class Programs:
    """What is run: compiled once, against the library of the first back end."""

    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.builddir, "tests", "bench.d").resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.compile("collectors", FOLDER / "collectors.c")
        self.compile("lisp", pathlib.Path(options.srcdir, "docs", "examples", "lisp.c"), FOLDER / "collectors_lisp.c",
                     *(f"-Wl,--wrap={function}" for function in ("loam_new", "loam_println", "loam_gc_collect")))

    def lib_folder(self, gc):
        library = pathlib.Path(self.options.builddir, "gc", gc, ".libs").resolve()
        if not (library / "libloam.so").exists():
            fail(f"there is no shared library in {library}")
        return library

    def compile(self, name, *sources):
        command = shlex.split(self.options.cc) + ["-std=gnu11", *shlex.split(self.options.cflags),
                                                  f"-I{pathlib.Path(self.options.srcdir, 'include').resolve()}", *map(str, sources),
                                                  "-o", str(self.folder / name),
                                                  f"-L{self.lib_folder(self.options.gc.split()[0])}", "-lloam"]
        built = subprocess.run(command, capture_output=True, text=True)
        if built.returncode:
            fail(f"{name} does not compile: {shlex.join(command)}\n{built.stderr}")

    def environment(self, gc):
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "LOAM_HASHSEED": "0",
                "LD_LIBRARY_PATH": str(self.lib_folder(gc))}

    def text(self, megabytes):
        path = self.folder / f"zipf-collectors-{megabytes}.txt"
        if not path.exists():
            partial = path.with_suffix(".part")
            with open(partial, "wb") as out:
                subprocess.run([str(pathlib.Path(self.options.builddir, "tests", "zipf").resolve()), str(megabytes)],
                               stdout=out, check=True)
            partial.rename(path)
        return str(path)


def run_workload(programs, name, size, gc):
    """(answer, figures)"""
    command = [str(programs.folder / "collectors"), name, str(size)]
    if name == "wordcount":
        command.append(programs.text(size))
    done = subprocess.run(command, env=programs.environment(gc), capture_output=True, text=True)
    if done.returncode:
        fail(f"{name} on {gc}: exit status {done.returncode}\n{done.stderr}")
    answer, *figures = done.stdout.split()
    return answer, [float(figure) for figure in figures]


def status_of(pid):
    """CPU seconds and peak resident MB of a process that waits."""
    peak = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK"), int(peak[1]) * 1024e-6


def run_interpreter(programs, size, gc):
    """A step is an expression, as whoever types them sees it: from its answer to the next one."""
    process = subprocess.Popen([str(programs.folder / "lisp")], env=programs.environment(gc), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    expressions = (FOLDER / "collectors.lisp").read_text() + "".join(f"(work {n})\n" for n in range(size)) + '"done"\n'

    def write():
        process.stdin.write(expressions)
        process.stdin.flush()

    writer = threading.Thread(target=write)
    writer.start()
    answers, times = [], []
    for line in process.stdout:
        times.append(time.perf_counter())
        answers.append(line)
        if line == "'done'\n" or line.startswith("error"):
            break
    writer.join()
    if not answers or answers[-1] != "'done'\n":
        fail(f"the interpreter on {gc}: {answers[-1] if answers else 'no answer'}")
    cpu, peak = status_of(process.pid)
    process.stdin.close()
    process.stdout.read()
    told = process.stderr.read()
    probes = re.search(r"^probes: (\S+) (\S+) (\S+)$", told, re.MULTILINE)
    if process.wait() or not probes:
        fail(f"the interpreter on {gc}: {told}")
    steps = [(b - a) * 1e6 for a, b in zip(times, times[1:])]
    return "".join(answers), [cpu, peak, statistics.median(steps), max(steps), *map(float, probes.groups())]


def run_once(programs, name, size, gc):
    run = run_interpreter(programs, size, gc) if name == "interpreter" else run_workload(programs, name, size, gc)
    if len(run[1]) != len(FIGURES):
        fail(f"{name} on {gc} printed {len(run[1])} figures")
    return run


def over_rounds(runs):
    """{figure: {median, min, max}} of several runs."""
    rows = {}
    for (name, unit), values in zip(FIGURES, zip(*runs)):
        rows[name] = {"unit": unit, "median": statistics.median(values), "min": min(values), "max": max(values)}
    return rows


def measure(options):
    programs = Programs(options)
    backends = options.gc.split()
    results = {"rounds": options.rounds, "quick": options.quick, "workloads": []}
    for name, title, size, quick in WORKLOADS:
        size = quick if options.quick else size
        runs = {gc: [] for gc in backends}
        answers = set()
        for _ in range(options.rounds):
            for gc in backends:
                answer, figures = run_once(programs, name, size, gc)
                answers.add(answer)
                runs[gc].append(figures)
        if len(answers) != 1:
            fail(f"{name}: the memory managers disagree about the answer")
        results["workloads"].append({"name": name, "title": title, "size": size,
                                     "backends": {gc: over_rounds(runs[gc]) for gc in backends}})
        print(title, file=sys.stderr)
    pathlib.Path(options.out).write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")


def time_text(us):
    """Three digits are more than such figures are worth."""
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if us >= size:
            return f"{us / size:.3g} {unit}"
    return f"{us:.0f} us" if us >= 10 else f"{us:.2g} us"


def throughput(workload, figures):
    amount, unit = AMOUNTS[workload["name"]]
    rate = amount(workload["size"]) / max(figures["cpu"]["median"], 1e-6)
    return f"{float(f'{rate:.3g}'):,.10g} {unit}/s"


def cells(workload, figures):
    def median(name):
        return figures[name]["median"]

    yield f"{median('cpu'):.3g} s"
    yield f"{median('peak'):.3g} MB"
    yield throughput(workload, figures)
    yield time_text(median("step"))
    yield time_text(figures["longest"]["max"])
    yield time_text(median("delay"))
    yield time_text(figures["worst"]["max"])
    yield f"{median('unseen') / 10:.2g} %"


def table(results):
    yield ("| workload | memory manager | CPU time | peak memory | throughput | a step | the longest | gone after | at worst "
           "| not seen to go |")
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for workload in results["workloads"]:
        for gc, figures in workload["backends"].items():
            yield f"| {workload['title']} | {gc} | " + " | ".join(cells(workload, figures)) + " |"
    yield ""
    yield f"Medians of {results['rounds']} runs, for the longest and the worst the greatest."
    if results["quick"]:
        yield ""
        yield "**Small sizes, to see that it runs: these figures say nothing.**"


def charts(results):
    """{panel: {who: row}} as report.chart() takes them."""
    panels = {}
    for workload in results["workloads"]:
        for name, text, unit in (("cpu", "CPU time", "s"), ("peak", "peak memory", "MB"), ("longest", "longest step", "us"),
                                 ("worst", "gone after, at worst", "us")):
            panels[f"{workload['title']}: {text}"] = {
                gc: dict(figures[name], unit=unit) for gc, figures in workload["backends"].items()}
    return panels


def page(options):
    sys.dont_write_bytecode = True
    import report
    results = json.loads(pathlib.Path(options.results).read_text())
    path = pathlib.Path(options.page)
    text = path.read_text()
    parts = re.split(r"(?<=<!-- table -->\n).*?(?=<!-- end of table -->)", text, flags=re.DOTALL)
    if len(parts) != 2:
        fail(f"{path} has no place for a table")
    path.write_text(parts[0] + "\n".join(table(results)) + "\n" + parts[1])
    path.with_suffix(".svg").write_text(report.chart(charts(results)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("measure")
    for name in ("srcdir", "builddir", "gc", "cc", "cflags", "out"):
        command.add_argument(f"--{name}", required=True)
    command.add_argument("--rounds", type=int, default=5)
    command.add_argument("--quick", action="store_true")
    command.set_defaults(act=measure)
    command = commands.add_parser("page")
    command.add_argument("results")
    command.add_argument("page")
    command.set_defaults(act=page)
    options = parser.parse_args()
    options.act(options)


if __name__ == "__main__":
    main()
