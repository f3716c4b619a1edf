#!/bin/sh
# Run one Criterion program as a TAP test. Usage: suite.sh PROGRAM
#
# Criterion passes over two failures in silence: it judges a test before the test's process ends, so that a leak report
# at the end counts for nothing, and it hides what a sanitizer writes. Sanitizers therefore write into a folder, and
# whatever they leave there fails the program.
#
# What it skips must be what tests/skips.txt says.

program=$1
: "${LOAM_SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${LOAM_BUILDDIR:=$(pwd)}"
. "$LOAM_SRCDIR/tests/tap.sh"

name=$(basename "$program")
reports=$LOAM_BUILDDIR/tests/sanitizer-$name
rm -rf "$reports"
mkdir -p "$reports" || exit 99

sanitizers_for "${name#suite-}" "$reports/report"
tap=$LOAM_BUILDDIR/tests/$name.tap
rm -f "$tap"
CRITERION_OUTPUTS=tap:-,tap:$tap
CRITERION_JOBS=${CRITERION_JOBS-2}
export CRITERION_OUTPUTS CRITERION_JOBS

# Where it finds no test, as without /proc, it is content.
if test -z "$("$program" --list 2>/dev/null)"; then
    echo "Bail out! Criterion finds no test in $name"
    exit 99
fi

"$program"
status=$?

sh "$LOAM_SRCDIR/tests/skips.sh" "${name#suite-}" "$tap" >"$tap.skips" || status=1
sed 's/^/# /' "$tap.skips"

for report in "$reports"/*; do
    test -f "$report" || continue
    echo "# a sanitizer reported in $name:"
    sed 's/^/#   /' "$report"
    status=1
done
exit $status
