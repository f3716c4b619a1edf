#!/bin/sh
# What make install gives: one program, compiled once, runs on either library by choosing the folder; pkg-config finds
# the default and each back end; C++ and static programs too; make uninstall leaves nothing.

. "$(dirname "$0")/tap.sh"
make_scratch install
needs_shared

# The caller's make is none of the business of the one below.
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR GNUMAKEFLAGS
root=$scratch/root
try "make install" $MAKE -C "$LOAM_BUILDDIR" install DESTDIR="$root"
test "$tap_failed" -eq 0 || finish

libdir=$root$LOAM_LIBDIR
PKG_CONFIG_PATH=$libdir/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
# The .pc files name the folders of the real installation: say where it stands for now.
flags() {
    $PKG_CONFIG --define-variable=prefix="$root$LOAM_PREFIX" --define-variable=exec_prefix="$root$LOAM_PREFIX" \
        --define-variable=libdir="$libdir" --define-variable=includedir="$root$LOAM_INCLUDEDIR" "$@"
}

cat >"$scratch/name.c" <<'END'
#include <loam.h>
#include <stdio.h>

int main(void)
{
    return puts(loam_gc_name()) < 0;
}
END
cp "$scratch/name.c" "$scratch/name.cpp"

# prints EXPECTED NAME COMMAND...
prints() {
    expected=$1
    name=$2
    shift 2
    "$@" >"$scratch/out" 2>"$scratch/err"
    status=$?
    test $status -eq 0 && test "$(cat "$scratch/out")" = "$expected"
    ok $? "$name"
    test $status -eq 0 || echo "#   exit status $status"
    show "$scratch/out"
    show "$scratch/err"
}

default=no
test -f "$libdir/pkgconfig/loam.pc" && default=yes
pc=loam
test $default = yes || pc=loam-$LOAM_DEFAULT

try "a program builds with $pc.pc" $CC -std=c11 $LOAM_INSTRUMENT $(flags --cflags $pc) "$scratch/name.c" \
    -o "$scratch/name" $(flags --libs $pc)
sanitizers_for boehm
for gc in $LOAM_BACKENDS; do
    prints "$gc" "that program runs on $gc, chosen by the folder" \
        env LD_LIBRARY_PATH="$libdir/loam/$gc" "$scratch/name"
done
if test $default = yes; then
    prints "$LOAM_DEFAULT" "that program runs on the default" env LD_LIBRARY_PATH="$libdir" "$scratch/name"
fi

for gc in $LOAM_BACKENDS; do
    try "a program builds with loam-$gc.pc" $CC -std=c11 $LOAM_INSTRUMENT $(flags --cflags loam-$gc) "$scratch/name.c" \
        -o "$scratch/name-$gc" $(flags --libs loam-$gc)
    prints "$gc" "and finds $gc by itself" env -u LD_LIBRARY_PATH "$scratch/name-$gc"
done

if has_cxx; then
    try "a C++17 program builds" $CXX -std=c++17 $LOAM_INSTRUMENT $(flags --cflags $pc) "$scratch/name.cpp" \
        -o "$scratch/name-cxx" $(flags --libs $pc)
    prints "$LOAM_DEFAULT" "and runs" env LD_LIBRARY_PATH="$libdir/loam/$LOAM_DEFAULT" "$scratch/name-cxx"
fi

# Sanitizers do not go with -static.
if test -f "$libdir/loam/$LOAM_DEFAULT/libloam.a" && test -z "$LOAM_INSTRUMENT"; then
    for gc in $LOAM_BACKENDS; do
        try "a static program builds with loam-$gc.pc" $CC -std=c11 $(flags --cflags --static loam-$gc) \
            "$scratch/name.c" -o "$scratch/name-static" -static $(flags --libs --static loam-$gc)
        prints "$gc" "and runs" "$scratch/name-static"
    done
fi

test "$(cd "$root" && find . -name '*.la' -print | wc -l)" -eq 0
ok $? "no .la file is installed"

try "make uninstall" $MAKE -C "$LOAM_BUILDDIR" uninstall DESTDIR="$root"
(cd "$root" && find . ! -type d -print) >"$scratch/left"
test ! -s "$scratch/left"
ok $? "make uninstall leaves nothing"
show "$scratch/left"

finish
