#!/bin/sh
# Each program of docs/examples is compiled once and runs on the library of each back end. Beside NAME.c or NAME.cpp:
# NAME.out is what it must print, NAME.BACKEND.out where that differs, NAME.args its arguments, NAME.in its standard input;
# they run in docs/examples.
# demo.c prints the time it took as well: tests/demo_errors.sh looks at it.

. "$(dirname "$0")/tap.sh"
make_scratch examples
needs_shared

examples=$LOAM_SRCDIR/docs/examples
warnings="-Wall -Wextra -Wpedantic -Wshadow -Werror"

for source in "$examples"/*.c "$examples"/*.cpp; do
    test -f "$source" || continue
    name=$(basename "$source")
    name=${name%.*}
    case $source in
    *.cpp)
        has_cxx || continue
        try "$name builds" cxx_program "$source" "$scratch/$name" $warnings
        ;;
    *)
        try "$name builds" c_program "$source" "$scratch/$name" $warnings
        ;;
    esac
    test -x "$scratch/$name" && test -f "$examples/$name.out" || continue
    arguments=
    test -f "$examples/$name.args" && arguments=$(cat "$examples/$name.args")
    input=/dev/null
    test -f "$examples/$name.in" && input=$examples/$name.in
    for gc in $LOAM_BACKENDS; do
        expected=$examples/$name.$gc.out
        test -f "$expected" || expected=$examples/$name.out
        # (The words of NAME.args are split on purpose.)
        (cd "$examples" && on "$gc" "$scratch/$name" $arguments <"$input" >"$scratch/out" 2>"$scratch/err")
        status=$?
        cmp "$expected" "$scratch/out" >/dev/null 2>&1 && test $status -eq 0 && ! grep '^loam check:' "$scratch/err" >/dev/null
        ok $? "$name on $gc"
        test $status -eq 0 || echo "#   exit status $status"
        diff "$expected" "$scratch/out" >"$scratch/diff" 2>&1 || show "$scratch/diff"
        show "$scratch/err"
    done
done

finish
