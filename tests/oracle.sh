#!/bin/sh
# loam answers as CPython does: random sequences of operations are driven through both, on every back end, and what they
# answer is compared. A difference is shrunk and printed as a C test. First a fixed seed, so that a failure stays; then a
# random one; then sequences in which nothing contains itself, where nothing may be left over.
#
# make oracle OPS=1000000 SEED=5 runs longer.

. "$(dirname "$0")/tap.sh"
make_scratch oracle
needs_shared

test -x /usr/bin/python3 && : "${PYTHON3:=/usr/bin/python3}" || : "${PYTHON3:=python3}"
oracle=$LOAM_SRCDIR/tests/oracle
if ! $PYTHON3 -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null; then
    echo "# the oracle is CPython: install python3, or name one in PYTHON3"
    ok 1 "there is a python3"
    finish
fi

driver_builds() {
    $PYTHON3 -B "$oracle/oracle.py" operations >"$scratch/operations.h" &&
        c_program "$oracle/driver.c" "$scratch/driver" -std=gnu11 -I"$scratch"
}
try "the driver builds" driver_builds
test -x "$scratch/driver" || finish

set --
for gc in $LOAM_BACKENDS; do
    sanitizers_for "$gc"
    # What contains itself is not freed by every back end: what is left over is looked at by the driver, where it can be.
    set -- "$@" --driver "$gc=env LD_LIBRARY_PATH=$(library_folder "$gc") ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 $scratch/driver"
done

# compares NAME OPTIONS...
compares() {
    compares_name=$1
    shift
    $PYTHON3 -B "$oracle/oracle.py" run "$@" >"$scratch/run.log" 2>&1
    compares_status=$?
    ok $compares_status "$compares_name"
    cut -c 1-2000 "$scratch/run.log" | head -n 400 | sed 's/^/#   /'
}

if test -n "${OPS-}${SEED-}"; then
    compares "${OPS:-1000000} operations" "$@" --ops "${OPS:-1000000}" ${SEED:+--seed "$SEED"}
    finish
fi

LOAM_HASHSEED=0
export LOAM_HASHSEED
many=100000
test -z "$LOAM_INSTRUMENT" || many=20000
compares "$many operations, always the same" "$@" --ops $many --seed 1
unset LOAM_HASHSEED
compares "$((many / 4)) operations at random" "$@" --ops $((many / 4))
compares "$((many / 4)) operations at random, and nothing is left" "$@" --ops $((many / 4)) --acyclic
finish
