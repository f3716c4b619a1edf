#!/bin/sh
# The harness notices what it is there for, shown by tests that must fail; and hashes differ from process to process, unless
# the environment has LOAM_HASHSEED=0.

. "$(dirname "$0")/tap.sh"
has_backend refcount || skip_all "only refcount knows what is left"
make_scratch meta

(
    sanitizers_for refcount
    CRITERION_OUTPUTS=tap:- CRITERION_JOBS=1 "$LOAM_BUILDDIR/tests/meta"
) >"$scratch/log" 2>/dev/null
test $? -ne 0
ok $? "the program of failing tests fails"

passes() {
    grep -q "^ok - meta::$1 " "$scratch/log"
    ok $? "$1 passes"
}

# fails TEST REASON: it fails, and for that reason.
fails() {
    sed -n "/^not ok - meta::$1 /,/^[on]/p" "$scratch/log" | grep -q "$2"
    ok $? "$1 fails: $2"
}

passes clean
fails leaves_a_list "objects were left"
fails overlooks_a_failed_allocation "allocation 0 failed unnoticed"
fails fails_without_a_failed_allocation "failed although no allocation did: for no reason"
fails leaks_when_an_allocation_fails "objects were left"
case $LOAM_INSTRUMENT in
*address*) fails loses_memory "LeakSanitizer found a leak" ;;
*) passes loses_memory ;;
esac
test "$(grep -Ec '^(not )?ok - meta::' "$scratch/log")" -eq 6
ok $? "there are no other tests"
test "$tap_failed" -eq 0 || show "$scratch/log"

# Tests that are skipped are known.
skips() {
    printf 'ok - list::one  (0.01s)\n%s' "$1" >"$scratch/tap"
    printf 'boehm list::two LOAM_GC_FREEZE\nother list::three LOAM_GC_FREEZE\n' >"$scratch/pinned"
    sh "$LOAM_SRCDIR/tests/skips.sh" boehm "$scratch/tap" "$scratch/pinned" >"$scratch/skips"
}
skips 'ok - list::two  # SKIP needs LOAM_GC_FREEZE
'
ok $? "what is skipped and pinned is in order"
! skips '' && grep -q '^- boehm list::two LOAM_GC_FREEZE$' "$scratch/skips"
ok $? "a skip that has vanished is noticed"
! skips 'ok - list::two  # SKIP needs LOAM_GC_FREEZE
ok - list::four  # SKIP needs LOAM_GC_HEAP_WALK
' && grep -q '^+ boehm list::four LOAM_GC_HEAP_WALK$' "$scratch/skips"
ok $? "a new skip is noticed"
printf 'boehm list::two LOAM_GC_CYCLES\n' >"$scratch/pinned2"
printf 'ok - list::two  # SKIP needs LOAM_GC_CYCLES\n' >"$scratch/tap"
! sh "$LOAM_SRCDIR/tests/skips.sh" boehm "$scratch/tap" "$scratch/pinned2" >"$scratch/skips"
ok $? "a capability in which memory managers may not differ is noticed"

# Scripts that skip something, and the list of what was skipped.
for what in 'skip_all "for no reason"' 'skip "a part" "for no reason"; finish'; do
    printf '. "%s/tests/tap.sh"\n%s\n' "$LOAM_SRCDIR" "$what" >"$scratch/skipping.sh"
    ! LOAM_SRCDIR=$LOAM_SRCDIR sh "$scratch/skipping.sh" >"$scratch/skipping" && grep -q '^not ok 1 - ' "$scratch/skipping"
    ok $? "a script may not do: $what"
done
printf '. "%s/tests/tap.sh"\nskip_all "boehm is not built"\n' "$LOAM_SRCDIR" >"$scratch/traps.sh"
LOAM_SRCDIR=$LOAM_SRCDIR sh "$scratch/traps.sh" >"$scratch/skipping" && grep -q '^1\.\.0 # SKIP' "$scratch/skipping"
ok $? "what is in tests/skips.txt it may"
sed -n 's/^script \([^ ]*\) \(.*\)/\1 \2/p' "$LOAM_SRCDIR/tests/skips.txt" | while read -r script reason; do
    cat "$LOAM_SRCDIR/tests/$script" "$LOAM_SRCDIR/tests/tap.sh" | grep -qF "\"$reason\"" || echo "$script: $reason"
done >"$scratch/stale"
test ! -s "$scratch/stale"
ok $? "no script has given up a reason that tests/skips.txt has"
show "$scratch/stale"

mkdir "$scratch/tests"
printf ':test-result: PASS\n:test-result: SKIP\n:test-result: SKIP\n' >"$scratch/tests/suite.trs"
cat >"$scratch/tests/suite.log" <<'LOG'
ok - list::one  (0.01s)
ok - list::two  # SKIP needs LOAM_GC_FREEZE
ok 3 - the third # SKIP needs LOAM_GC_FREEZE
LOG
sh "$LOAM_SRCDIR/build-aux/results" "$scratch" >"$scratch/results" &&
    grep -qx '  skipped, needs LOAM_GC_FREEZE: list::two, the third' "$scratch/results" &&
    test "$(tail -n 1 "$scratch/results")" = "1 passed, 0 failed"
ok $? "what was skipped is listed by name, behind what it needs"
show "$scratch/results"

# Hashes, in a program of the public API.
if test ! -f "$(library_folder refcount)/libloam.so.0"; then
    finish
fi
cat >"$scratch/hashes.c" <<'PROGRAM'
#include <inttypes.h>
#include <loam.h>
#include <stdio.h>

static int print_hash(loam_value value)
{
    uint64_t hash;
    loam_status status = loam_hash(value, &hash);

    printf("%016" PRIx64 "\n", hash);
    loam_release(value);
    return status < 0;
}

int main(void)
{
    return print_hash(LOAM_VAL("short")) + print_hash(LOAM_VAL("longer than sixteen bytes")) + print_hash(loam_int(5)) +
           print_hash(loam_double(0.5)) + print_hash(LOAM_VAL(LOAM_TUPLE(1, "x"))) + print_hash(LOAM_NONE);
}
PROGRAM
try "a program that prints hashes builds" c_program "$scratch/hashes.c" "$scratch/hashes"
unset LOAM_HASHSEED
on refcount "$scratch/hashes" >"$scratch/random1"
on refcount "$scratch/hashes" >"$scratch/random2"
LOAM_HASHSEED=0 on refcount "$scratch/hashes" >"$scratch/fixed1"
LOAM_HASHSEED=0 on refcount "$scratch/hashes" >"$scratch/fixed2"
test "$(sort -u "$scratch/fixed1" | wc -l)" -eq 6
ok $? "different values have different hashes"
cmp -s "$scratch/fixed1" "$scratch/fixed2"
ok $? "with LOAM_HASHSEED=0 hashes are the same in every process"
test "$(sort -u "$scratch/random1" "$scratch/random2" "$scratch/fixed1" | wc -l)" -eq 18
ok $? "without it every hash is another in every process"

finish
