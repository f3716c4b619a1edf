#!/bin/sh
# The last line of each public function's comment says what it costs and what user code it may run: in a library that
# runs finalizers that is part of the signature. tests/doclines.awk reads those lines, for this test and for others.

. "$(dirname "$0")/tap.sh"
make_scratch doclines

read_lines() {
    awk -f "$LOAM_SRCDIR/tests/doclines.awk" "$@" >"$scratch/lines"
}

read_lines "$LOAM_SRCDIR"/include/loam/*.h
grep '^!' "$scratch/lines" | cut -c 2- >"$scratch/without"
test -s "$scratch/lines" && test ! -s "$scratch/without"
ok $? "each public function says what it costs and what it may run"
show "$scratch/without"

# What cannot fail proves nothing: the same headers with one such line taken out, and one altered.
sed '/O(1). Runs no user code\./d' "$LOAM_SRCDIR/include/loam/list.h" >"$scratch/planted.h"
read_lines "$scratch/planted.h"
grep -q '^!loam_list_new' "$scratch/lines"
ok $? "a missing line is noticed"

sed 's/Runs no user code\./Is quick./' "$LOAM_SRCDIR/include/loam/list.h" >"$scratch/planted.h"
read_lines "$scratch/planted.h"
grep -q '^!loam_list_len' "$scratch/lines"
ok $? "a line in other words is noticed"

finish
