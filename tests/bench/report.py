#!/usr/bin/env python3
"""A table of ratios in Markdown, and bar charts in SVG, from the results of make bench.

usage: report.py RESULTS.jsonl

Writes RESULTS.md and, for each family of cases (dict.int, list, ..), RESULTS-FAMILY.svg beside it.
"""
import collections
import html
import json
import pathlib
import sys

WIDTH, BAR, LABEL, NUMBER, TITLE = 640, 18, 110, 90, 26
STYLE = """text { font: 13px sans-serif; fill: #222 } .title { font-weight: bold } .loam { fill: #b5651d }
.peer { fill: #9db4c0 } .spread { stroke: #222 } svg { background: #fff }"""


def read(path):
    """{case: {who: row}}, in the order of the file."""
    cases = collections.defaultdict(dict)
    for line in path.read_text().splitlines():
        if line.strip():
            row = json.loads(line)
            cases[row["case"]][row["who"]] = row
    return cases


def family(case):
    """dict.int.hit.1e5 -> dict.int; gc.live.chains.5e6 -> gc.live; wordcount.500MB -> wordcount."""
    parts = case.split(".")
    return ".".join(parts[:2]) if parts[0] in ("dict", "gc") else parts[0]


def table(cases):
    peers = list(dict.fromkeys(who for rows in cases.values() for who in rows if who != "loam"))
    yield "Medians of loam, and loam over each peer: below 1 loam is the cheaper one."
    yield ""
    yield "| case | loam | " + " | ".join(peers) + " |"
    yield "|---|---:|" + "---:|" * len(peers)
    for case, rows in cases.items():
        loam = rows.get("loam")
        cells = [f"{loam['median']:.4g} {loam['unit']}" if loam else "–"]
        for who in peers:
            there = loam and who in rows and rows[who]["median"]
            cells.append(f"{loam['median'] / rows[who]['median']:.2f}" if there else "–")
        noisy = "" if all(row.get("quiet", True) for row in rows.values()) else " *"
        yield f"| {case}{noisy} | " + " | ".join(cells) + " |"
    if any(not row.get("quiet", True) for rows in cases.values() for row in rows.values()):
        yield ""
        yield "\\* The machine was not quiet."
    versions = {who: row["version"] for rows in cases.values() for who, row in rows.items() if "version" in row}
    if versions:
        yield ""
        yield "Versions: " + ", ".join(f"{who} {version}" for who, version in versions.items()) + "."


def bar(y, who, row, most):
    scale = (WIDTH - LABEL - NUMBER) / most
    middle = y + BAR / 2 - 1
    low, high = (LABEL + row[end] * scale for end in ("min", "max"))
    yield f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{html.escape(who)}</text>'
    yield (f'<rect class="{"loam" if who in ("loam", "refcount") else "peer"}" x="{LABEL}" y="{y}" '
           f'width="{max(row["median"] * scale, 1):.1f}" height="{BAR - 3}"/>')
    yield f'<line class="spread" x1="{low:.1f}" y1="{middle}" x2="{high:.1f}" y2="{middle}"/>'
    yield f'<text x="{high + 6:.1f}" y="{y + 13}">{row["median"]:.4g}</text>'


def chart(cases):
    """One panel a case, cheapest first; the line across a bar's end goes from the fastest round to the slowest."""
    shapes, y = [], 8
    for case, rows in cases.items():
        most = max(row["max"] for row in rows.values()) or 1
        unit = next(iter(rows.values()))["unit"]
        shapes.append(f'<text class="title" x="8" y="{y + 14}">{html.escape(case)}, {unit}</text>')
        y += TITLE
        for who, row in sorted(rows.items(), key=lambda item: item[1]["median"]):
            shapes += bar(y, who, row, most)
            y += BAR
        y += 12
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}">',
                      f"<style>{STYLE}</style>", f'<rect width="{WIDTH}" height="{y}" fill="#fff"/>', *shapes, "</svg>", ""])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    path = pathlib.Path(sys.argv[1])
    cases = read(path)
    if not cases:
        sys.exit(f"report: there is nothing in {path}")
    lines = list(table(cases)) + [""]
    for name in dict.fromkeys(map(family, cases)):
        picture = path.with_name(f"{path.stem}-{name}.svg")
        picture.write_text(chart({case: rows for case, rows in cases.items() if family(case) == name}))
        lines.append(f"![{name}]({picture.name})")
    report = path.with_suffix(".md")
    report.write_text("\n".join(lines) + "\n")
    print(report)


if __name__ == "__main__":
    main()
