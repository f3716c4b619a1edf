#!/bin/sh
# Every public header compiles alone, as C11, C17, C2x and C++17, without a warning; text in the place of a handle does not.

. "$(dirname "$0")/tap.sh"
make_scratch headers

warnings="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
headers=$(cd "$LOAM_SRCDIR/include" && find . -name '*.h' -print | sed 's|^\./||' | sort)

# compile NAME SUFFIX COMMAND...: one test point for all headers; says which failed.
compile() {
    name=$1
    suffix=$2
    shift 2
    : >"$scratch/failed"
    for header in $headers; do
        # Something must be declared: an empty file is not ISO C.
        printf '#include <%s>\ntypedef int loam_test_of_header;\n' "$header" >"$scratch/one.$suffix"
        "$@" $warnings -fsyntax-only -I"$LOAM_SRCDIR/include" "$scratch/one.$suffix" >>"$scratch/failed" 2>&1 ||
            echo "$header failed" >>"$scratch/failed"
    done
    test ! -s "$scratch/failed"
    ok $? "$name"
    show "$scratch/failed"
}

# refuse NAME SUFFIX COMMAND...: one test point for all calls that take a handle; says which took a text.
refuse() {
    name=$1
    suffix=$2
    shift 2
    : >"$scratch/taken"
    for call in 'loam_from(text)' 'loam_release(text)' 'LOAM_TAKE(text)' 'loam_str_join(", ", text)' \
        'loam_bytes_join(", ", text)'; do
        for type in 'const char *' 'loam_list *'; do
            printf '#include <loam.h>\nvoid loam_test_of_call(%stext);\nvoid loam_test_of_call(%stext) { (void)%s; }\n' \
                "$type" "$type" "$call" >"$scratch/one.$suffix"
            "$@" -fsyntax-only -I"$LOAM_SRCDIR/include" "$scratch/one.$suffix" >"$scratch/said" 2>&1
            case $?$type in
            0loam_list*) ;;
            0*) echo "$call was taken" >>"$scratch/taken" ;;
            *loam_list*) cat "$scratch/said" >>"$scratch/taken" ;;
            esac
        done
    done
    test ! -s "$scratch/taken"
    ok $? "$name"
    show "$scratch/taken"
}

compilers=
for compiler in gcc clang; do
    command -v $compiler >/dev/null 2>&1 && compilers="$compilers $compiler"
done
for compiler in ${compilers:-"${CC%% *}"}; do
    for standard in c11 c17 c2x; do
        compile "each header as $standard with $compiler" c "$compiler" -std=$standard
    done
    refuse "text is no handle in C with $compiler" c "$compiler" -std=c11
done

compilers=
for compiler in g++ clang++; do
    command -v $compiler >/dev/null 2>&1 && compilers="$compilers $compiler"
done
for compiler in $compilers; do
    compile "each header as c++17 with $compiler" cpp "$compiler" -std=c++17
    refuse "text is no handle in C++ with $compiler" cpp "$compiler" -std=c++17
done

finish
