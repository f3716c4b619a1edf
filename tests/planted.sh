#!/bin/sh
# Where sanitizers are on: what they find in a test fails the suite, even where Criterion calls the test passed.

. "$(dirname "$0")/tap.sh"
make_scratch planted

try "the planted tests build" $CC -g -O1 $LOAM_INSTRUMENT $($PKG_CONFIG --cflags criterion) "$LOAM_SRCDIR/tests/planted.c" \
    -o "$scratch/suite-planted" $($PKG_CONFIG --libs criterion)

mkdir "$scratch/tests"
# run TEST: its exit status is suite.sh's.
run() {
    (
        LOAM_BUILDDIR=$scratch CRITERION_OUTPUTS="tap:-"
        CRITERION_TEST_PATTERN="planted/$1"
        export LOAM_BUILDDIR CRITERION_OUTPUTS CRITERION_TEST_PATTERN
        sh "$LOAM_SRCDIR/tests/suite.sh" "$scratch/suite-planted" >"$scratch/log" 2>&1
    )
}

run clean
ok $? "a clean test passes"
grep -q '^ok - planted::clean' "$scratch/log"
ok $? "and ran"
# fails TEST WHAT
fails() {
    run "$1"
    test $? -ne 0 && grep -q "$2" "$scratch/log"
    good=$?
    ok $good "$1 fails the suite, and the report is in the log"
    test $good -eq 0 || show "$scratch/log"
}
case $LOAM_INSTRUMENT in
*address*)
    fails leak "LeakSanitizer: detected"
    fails use_after_free "heap-use-after-free"
    "$LOAM_BUILDDIR/tests/planted-release" >"$scratch/log" 2>&1
    test $? -ne 0 && grep -q "use-after-poison" "$scratch/log"
    good=$?
    ok $good "what is read in a released object is reported"
    test $good -eq 0 || show "$scratch/log"
    ;;
esac

finish
