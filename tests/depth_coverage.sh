#!/bin/sh
# Every function that goes down where containers are nested, since the last line of its comment says that it may run hash,
# equality, comparison or repr, is called with deep nestings: the unit tests depth*_test.c refer to it.

. "$(dirname "$0")/tap.sh"
make_scratch depth-coverage

objects=
for object in "$LOAM_BUILDDIR"/tests/libsuite_a-depth*_test.o; do
    test -f "$object" || skip_all "the unit tests are not built"
    objects="$objects $object"
done

# goes_down HEADERS...: the functions whose lines say so.
goes_down() {
    awk -f "$LOAM_SRCDIR/tests/doclines.awk" "$@" |
        awk -F '\t' '$3 ~ /(^| )(hash|equality|comparison|a type.s repr)[,. ]/ { print $1 }' | sort -u
}

# not_called OBJECTS...: which of them they do not refer to.
not_called() {
    $NM -u "$@" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u >"$scratch/called"
    comm -23 "$scratch/deep" "$scratch/called"
}

goes_down "$LOAM_SRCDIR"/include/loam/*.h >"$scratch/deep"
test "$(wc -l <"$scratch/deep")" -ge 110
ok $? "over a hundred functions go down"

not_called $objects >"$scratch/missing"
test ! -s "$scratch/missing"
ok $? "each of them is called with deep nestings"
show "$scratch/missing"

# What cannot fail proves nothing: functions are missing from one of the objects, and a header has one more.
not_called "${objects##* }" >"$scratch/some"
grep -q '^loam_weak_set_discard$' "$scratch/some"
ok $? "a function without a row is noticed"

cat >"$scratch/planted.h" <<'HEADER'
/** O(1). May run comparison. */
LOAM_API int loam_list_planted(loam_list *list);
/** O(1). May run the comparator, a type's extent and iter_begin, and finalizers. */
LOAM_API int loam_list_level(loam_list *list);
HEADER
goes_down "$scratch/planted.h" >"$scratch/planted"
test "$(cat "$scratch/planted")" = loam_list_planted
ok $? "a new function that goes down is noticed, and one that does not is not"

finish
