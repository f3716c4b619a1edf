# Sourced by install.sh and installcheck.sh: what an installed loam must do. $root is put before all paths of the installation;
# it is empty where that stands in its place.

libdir=$root$LOAM_LIBDIR
PKG_CONFIG_PATH=$libdir/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH

# The .pc files name the folders of the real installation: say where it stands until it is moved there.
flags() {
    $PKG_CONFIG --define-variable=prefix="$root$LOAM_PREFIX" --define-variable=exec_prefix="$root$LOAM_PREFIX" \
        --define-variable=libdir="$libdir" --define-variable=includedir="$root$LOAM_INCLUDEDIR" "$@"
}

# What is linked without a back end's name: the default, or the first back end where none was made the default.
default_pc() {
    if test -f "$libdir/pkgconfig/loam.pc"; then
        echo loam
    else
        echo "loam-$LOAM_DEFAULT"
    fi
}

# build SOURCE OUTPUT PC: a program against what is installed.
build() {
    $CC -std=c11 -O1 $LOAM_INSTRUMENT $(flags --cflags "$3") "$1" -o "$2" $(flags --libs "$3")
}

# prints EXPECTED-FILE NAME COMMAND...: standard input is that of the caller.
prints() {
    expected=$1
    name=$2
    shift 2
    "$@" >"$scratch/out" 2>"$scratch/err"
    status=$?
    diff "$expected" "$scratch/out" >"$scratch/diff" 2>&1 && test $status -eq 0 &&
        ! grep '^loam check:' "$scratch/err" >/dev/null
    ok $? "$name"
    test $status -eq 0 || echo "#   exit status $status"
    show "$scratch/diff"
    show "$scratch/err"
}

# Its own name is what a program says that must know which library it runs on.
write_name() {
    cat >"$scratch/name.c" <<'SOURCE'
#include <loam.h>
#include <stdio.h>

int main(void)
{
    return puts(loam_gc_name()) < 0;
}
SOURCE
    cp "$scratch/name.c" "$scratch/name.cpp"
    for gc in $LOAM_BACKENDS; do
        echo "$gc" >"$scratch/$gc.name"
    done
}

check_choice() {
    write_name
    pc=$(default_pc)

    try "a program builds with $pc.pc" build "$scratch/name.c" "$scratch/name" "$pc"
    for gc in $LOAM_BACKENDS; do
        prints "$scratch/$gc.name" "that program runs on $gc, chosen by the folder" \
            env LD_LIBRARY_PATH="$libdir/loam/$gc" "$scratch/name"
        readelf -d "$libdir/loam/$gc/libloam.so.0" 2>/dev/null | grep -q 'SONAME.*\[libloam\.so\.0\]'
        ok $? "the library of $gc is libloam.so.0"
    done
    if test "$pc" = loam; then
        prints "$scratch/$LOAM_DEFAULT.name" "that program runs on the default" env LD_LIBRARY_PATH="$libdir" "$scratch/name"
    fi
    for gc in $LOAM_BACKENDS; do
        try "a program builds with loam-$gc.pc" build "$scratch/name.c" "$scratch/name-$gc" "loam-$gc"
        prints "$scratch/$gc.name" "and finds $gc by itself" env -u LD_LIBRARY_PATH "$scratch/name-$gc"
        check_static "$scratch/name.c" "$scratch/$gc.name" "$gc" /dev/null
    done

    if has_cxx; then
        try "a C++17 program builds" $CXX -std=c++17 $LOAM_INSTRUMENT $(flags --cflags "$pc") "$scratch/name.cpp" \
            -o "$scratch/name-cxx" $(flags --libs "$pc")
        prints "$scratch/$LOAM_DEFAULT.name" "and runs" env LD_LIBRARY_PATH="$libdir/loam/$LOAM_DEFAULT" "$scratch/name-cxx"
    fi

}

# check_static SOURCE EXPECTED-FILE BACKEND INPUT: a program that needs no library when it runs. (Sanitizers do not go with
# -static.)
check_static() {
    test -f "$libdir/loam/$3/libloam.a" && test -z "$LOAM_INSTRUMENT" || return 0
    static_name=$(basename "$1" .c)
    try "$static_name builds statically with loam-$3.pc" $CC -std=c11 -O1 $(flags --cflags --static "loam-$3") "$1" \
        -o "$scratch/static" -static $(flags --libs --static "loam-$3")
    prints "$2" "and runs" "$scratch/static" <"$4"
}

examples=$LOAM_SRCDIR/docs/examples
programs="wordcount graphs lisp"

# input_of PROGRAM
input_of() {
    if test -f "$examples/$1.in"; then
        echo "$examples/$1.in"
    else
        echo /dev/null
    fi
}

# One compiled program, the same answers on each library: chosen by the folder, and by the rpath of loam-<back end>.pc.
check_side_by_side() {
    for program in $programs; do
        input=$(input_of "$program")
        try "$program builds with $(default_pc).pc" build "$examples/$program.c" "$scratch/$program" "$(default_pc)"
        for gc in $LOAM_BACKENDS; do
            prints "$examples/$program.out" "$program on $gc, chosen by the folder" \
                env LD_LIBRARY_PATH="$libdir/loam/$gc" "$scratch/$program" <"$input"
            try "$program builds with loam-$gc.pc" build "$examples/$program.c" "$scratch/$program-$gc" "loam-$gc"
            prints "$examples/$program.out" "and prints the same there" env -u LD_LIBRARY_PATH "$scratch/$program-$gc" <"$input"
            check_static "$examples/$program.c" "$examples/$program.out" "$gc" "$input"
        done
    done
}

# Where nothing but static libraries is installed.
check_static_only() {
    sanitizers_for boehm
    write_name
    for gc in $LOAM_BACKENDS; do
        check_static "$scratch/name.c" "$scratch/$gc.name" "$gc" /dev/null
        for program in $programs; do
            check_static "$examples/$program.c" "$examples/$program.out" "$gc" "$(input_of "$program")"
        done
    done
}

check_installed() {
    for gc in $LOAM_BACKENDS; do
        test -f "$libdir/loam/$gc/libloam.so.0"
        ok $? "the library of $gc is in $LOAM_LIBDIR/loam/$gc"
    done
    sanitizers_for boehm # for all of them: none of these programs is here to look for leaks
    check_choice
    check_side_by_side
    test -z "$(find "$libdir/loam" -name '*.la' -print)"
    ok $? "no .la file is installed"
}
