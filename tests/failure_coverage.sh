#!/bin/sh
# Every function that the library exports is called with failing allocations: the unit tests oom_test.c, oom_set_test.c and
# oom_more_test.c refer to it, in a scenario or in the table of what needs no memory.

. "$(dirname "$0")/tap.sh"
make_scratch failure-coverage
needs_shared

objects=
for name in oom_test oom_set_test oom_more_test; do
    object=$LOAM_BUILDDIR/tests/libsuite_a-$name.o
    test -f "$object" || skip_all "the unit tests are not built"
    objects="$objects $object"
done

# And why they are in neither.
cat >"$scratch/excused" <<'EXCUSED'
loam__leak_scope_begin  aborts where it has no memory: what it is asked about would go unseen
loam__leak_scope_end    likewise
EXCUSED

$NM -D --defined-only "$(library_folder "${LOAM_BACKENDS%% *}")/libloam.so.0" | awk '{ sub(/@.*/, "", $NF); print $NF }' |
    grep '^loam_' | sort -u >"$scratch/exported"

# not_called OBJECTS...: exported functions that they do not refer to.
not_called() {
    $NM -u "$@" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u >"$scratch/called"
    comm -23 "$scratch/exported" "$scratch/called"
}

awk '{ print $1 }' "$scratch/excused" | sort >"$scratch/excused-names"
test -s "$scratch/exported"
ok $? "the library exports something"

not_called $objects | comm -23 - "$scratch/excused-names" >"$scratch/missing"
test ! -s "$scratch/missing"
ok $? "every exported function is called with failing allocations, or excused"
show "$scratch/missing"

not_called $objects | comm -13 - "$scratch/excused-names" >"$scratch/needless"
test ! -s "$scratch/needless"
ok $? "what is excused is exported, and called nowhere"
show "$scratch/needless"

# What cannot fail proves nothing: without one of the objects functions are missing.
not_called $objects >"$scratch/all"
not_called "${objects##* }" >"$scratch/some"
grep -q '^loam_dict_most_common$' "$scratch/some" && ! grep -q '^loam_dict_most_common$' "$scratch/all"
ok $? "a function without a scenario is noticed"

finish
