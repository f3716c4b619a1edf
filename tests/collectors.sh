#!/bin/sh
# make collectors works: each workload gives the same answer on every memory manager, and what was measured goes into the page.

. "$(dirname "$0")/tap.sh"
make_scratch collectors
needs_shared
test -z "$LOAM_INSTRUMENT" || skip_all "figures of an instrumented library are none"
command -v python3 >/dev/null 2>&1 || skip_all "there is no python3"

collectors() {
    python3 "$LOAM_SRCDIR/tests/bench/collectors.py" "$@"
}

try "the workloads agree" collectors measure --srcdir="$LOAM_SRCDIR" --builddir="$LOAM_BUILDDIR" --gc="$LOAM_BACKENDS" \
    --cc="$CC" --cflags=-O1 --rounds=1 --quick --out="$scratch/page.json"
cp "$LOAM_SRCDIR/docs/choosing-a-collector.md" "$scratch/page.md"
chmod u+w "$scratch/page.md"
try "the page is written" collectors page "$scratch/page.json" "$scratch/page.md"
for gc in $LOAM_BACKENDS; do
    test "$(grep -Ec "\| $gc \| [0-9.e-]+ s \| [0-9.]+ MB \| [0-9,.]+ [A-Za-z]+/s \|.* [0-9.]+ %" "$scratch/page.md")" -eq 5
    ok $? "the table has five lines of $gc"
done
test "$(grep -c "cyclic graph churn: longest step" "$scratch/page.svg")" -eq 1
ok $? "and the chart its panels"
test "$(grep -c "gone after, at worst" "$scratch/page.svg")" -eq 5
ok $? "five of them on promptness"
try "once more, in the same place" collectors page "$scratch/page.json" "$scratch/page.md"
test "$(grep -c "^| word count | " "$scratch/page.md")" -eq "$(($(echo $LOAM_BACKENDS | wc -w) + 1))"
ok $? "the table is there once"

finish
