#!/bin/sh
# Threads beside each other, on each back end.

. "$(dirname "$0")/tap.sh"
make_scratch threads

for backend in $LOAM_BACKENDS; do
    sanitizers_for "$backend" "$scratch/report"
    try "four threads and the main one, $backend" "$LOAM_BUILDDIR/tests/threads-$backend"
done
if has_backend boehm; then
    sanitizers_for boehm "$scratch/report"
    try "the same in a program that has started libgc itself" "$LOAM_BUILDDIR/tests/threads-boehm-host"
fi
cat "$scratch"/report* 2>/dev/null | head -n 60
test -z "$(ls "$scratch"/report* 2>/dev/null)"
ok $? "no sanitizer reported"

finish
