#!/bin/sh
# loam answers as CPython does: random sequences of operations are driven through both, on every back end, and what they
# answer is compared. A difference is shrunk and printed as a C test. First a fixed seed, so that a failure stays, until
# every container has had 100,000 operations (10,000 with LOAM_TEST_QUICK, or with sanitizers); then a random one; then
# sequences in which nothing contains itself, where nothing may be left over.
#
# make oracle OPS=1000000 SEED=5 runs as many in all, of whatever container.

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

# Exported functions of containers that no operation calls.
undriven() {
    $NM -D --defined-only "$(library_folder "${LOAM_BACKENDS%% *}")/libloam.so.0" | awk '{ sub(/@.*/, "", $3); print $3 }' |
        grep -E '^loam_(list|tuple|dict|set|frozenset|deque|range|str|bytes|builder)_' >"$scratch/functions"
    $CC -std=gnu11 -I"$LOAM_SRCDIR/include" -I"$scratch" -E "$oracle/driver.c" >"$scratch/driver.i" || return 1
    test "$(wc -l <"$scratch/functions")" -gt 300 || return 1
    $PYTHON3 -B "$oracle/oracle.py" undriven "$scratch/driver.i" <"$scratch/functions"
}
try "every function of a container is an operation" undriven
# What cannot fail proves nothing: the same without one row.
mv "$scratch/operations.h" "$scratch/all.h"
sed 's/loam_dict_find_many_int/absent/' "$scratch/all.h" >"$scratch/operations.h"
undriven >"$scratch/undriven" 2>&1
test "$(cat "$scratch/undriven")" = loam_dict_find_many_int
ok $? "a function that is no operation is noticed"
mv "$scratch/all.h" "$scratch/operations.h"

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
each=100000
test -z "$LOAM_INSTRUMENT${LOAM_TEST_QUICK-}" || each=10000
compares "$each operations of each container, always the same" "$@" --ops $each --each $each --seed 1
unset LOAM_HASHSEED
compares "$((each / 4)) operations at random" "$@" --ops $((each / 4))
compares "$((each / 4)) operations at random, and nothing is left" "$@" --ops $((each / 4)) --acyclic
finish
