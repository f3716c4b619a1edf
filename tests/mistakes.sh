#!/bin/sh
# The check back end names mistakes, and nothing else. Each program of tests/check/*.c makes one; its comment has what must be
# said of it, line for line after `says:`, the function in which the object was made after `place:` if it is of one, the exit status
# if it does not abort after `status:`, and after `without:` a sanitizer that has the first word on it. What is `silent` makes
# none.

. "$(dirname "$0")/tap.sh"
has_backend check || skip_all "without the check back end"
make_scratch mistakes
needs_shared

programs=$LOAM_SRCDIR/tests/check
warnings="-Wall -Wextra -Wpedantic -Wshadow -Werror"

# lines WORD FILE: what follows after it in the comment of a program.
lines() {
    sed -n "s/^ \* $1: *//p; /\*\//q" "$2"
}

# run PROGRAM [LOAM_CHECK]: into $status, and what it says into said.
run() {
    LOAM_CHECK=${2-} on check "$1" >"$scratch/out" 2>"$scratch/said" </dev/null
    status=$?
}

# made_in FUNCTION: the place of what was reported is there. Without libdw it is an address.
made_in() {
    grep -q "made at $1 (.*\.c:[0-9]*)" "$scratch/said" && return
    for address in $(sed -n 's/.*made at .*(.*+\(0x[0-9a-f]*\)).*/\1/p' "$scratch/said"); do
        addr2line -f -e "$program" "$address" | grep -qx "$1" && return
    done
    return 1
}

# is_said LINES: every line of the file is a part of what was said.
is_said() {
    test -s "$1" || return
    while read -r line; do
        grep -qF -e "$line" "$scratch/said" || return
    done <"$1"
}

# is_readable FILE: what its comment asks for begins its lines, and it asks for something.
is_readable() {
    sed '/\*\//q' "$1" >"$scratch/comment"
    ! grep -qE '^ \* .*[^ ].* (says|place|status|without):' "$scratch/comment" &&
        grep -qE '^ \* (says: |silent$)' "$scratch/comment"
}

# look_at SOURCE PROGRAM NAME: what is said when it runs.
look_at() {
    program=$2
    run "$program"
    if grep -q '^ \* silent$' "$1"; then
        test $status -eq 0 && test ! -s "$scratch/said"
        ok $? "$3 makes no mistake, and nothing is said"
        test $status -eq 0 || echo "#   exit status $status"
        show "$scratch/said"
        return
    fi
    expected=$(lines status "$1")
    test $status -eq "${expected:-134}"
    ok $? "$3 ends with status ${expected:-134}, SIGABRT being 134"
    lines says "$1" >"$scratch/says"
    is_said "$scratch/says"
    good=$?
    ok $good "$3 is told what it has done"
    place=$(lines place "$1")
    test -z "$place" || made_in "$place"
    placed=$?
    test -z "$place" || ok $placed "$3 is told where the object was made"
    test $good -eq 0 && test $placed -eq 0 || show "$scratch/said"
}

# Each as a debugger likes it, into $scratch/NAME, and as it is when it is in use.
for source in "$programs"/*.c; do
    name=$(basename "$source" .c)
    case $name in
    *_test) continue ;;
    esac
    is_readable "$source" || ok 1 "$name says in its comment what is expected"
    without=$(lines without "$source")
    case ${without:-none} in
    none) ;;
    *)
        case $LOAM_INSTRUMENT in
        *"$without"*)
            skip "$name is told what it has done" "a sanitizer has the first word"
            continue
            ;;
        esac
        ;;
    esac
    try "$name builds" c_program "$source" "$scratch/$name" -O0 $warnings
    try "$name builds with -O2" c_program "$source" "$scratch/$name-optimized" -O2 $warnings
    test ! -x "$scratch/$name" || look_at "$source" "$scratch/$name" "$name"
    test ! -x "$scratch/$name-optimized" || look_at "$source" "$scratch/$name-optimized" "$name, with -O2,"
done

# AddressSanitizer's fake stack: variables are there, and are found.
if $CC -fsanitize=address -x c /dev/null -shared -fPIC -o "$scratch/probe" 2>/dev/null; then
    try "a program with AddressSanitizer builds" c_program "$programs/held_by_variables.c" "$scratch/fake_stack" -O0 \
        -fsanitize=address $warnings
    on check env ASAN_OPTIONS=detect_stack_use_after_return=1:detect_leaks=0 LOAM_CHECK= "$scratch/fake_stack" \
        >"$scratch/said" 2>&1 </dev/null
    ok $? "with AddressSanitizer's fake stack, held_by_variables makes no mistake"
    show "$scratch/said"
fi

# Options.
run "$scratch/never_released" exitcode=23
test $status -eq 23 && grep -q "never released" "$scratch/said"
ok $? "exitcode=23: something was never released"
run "$scratch/correct" exitcode=23
test $status -eq 0
ok $? "exitcode=23: nothing was"
run "$scratch/never_released" leaks=0:exitcode=23
test $status -eq 0 && test ! -s "$scratch/said"
ok $? "leaks=0: nothing is said at exit"
run "$scratch/never_released" leaks=2
test "$(grep -c " list, made at" "$scratch/said")" -eq 2
ok $? "leaks=2: what static data holds is told too"
run "$scratch/malloced" holders=0
test $status -eq 0
ok $? "holders=0: nobody looks for what is held where loam cannot see it"
run "$scratch/written_after_release" quarantine=10
case $LOAM_INSTRUMENT in
*address*) skip "quarantine=10: what is written to is noticed sooner" "a sanitizer has the first word" ;;
*)
    test $status -eq 134 && grep -q "written to after its release" "$scratch/said"
    ok $? "quarantine=10: what is written to is noticed sooner"
    ;;
esac
run "$scratch/correct" quarantines=5
grep -q 'LOAM_CHECK has no option "quarantines=5"' "$scratch/said"
ok $? "an option that there is none of is named"

finish
