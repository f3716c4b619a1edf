#!/bin/sh
# Builds in one prefix, configured apart from each other: one that is the default, others with --disable-default. The one
# that is uninstalled leaves the others whole, whichever it is and in whichever order they came. One has static libraries.

. "$(dirname "$0")/tap.sh"
make_scratch variants
needs_shared
has_backend boehm || skip_all "this build is without boehm, so perhaps libgc is not there"
test -z "$LOAM_INSTRUMENT" || skip_all "nothing here depends on sanitizers"
test ! -f "$LOAM_SRCDIR/config.status" || skip_all "the source tree is configured itself"
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR GNUMAKEFLAGS
prefix=$scratch/prefix

# configured NAME OPTIONS...: a build of its own, as quick to make as it can be.
configured() {
    folder=$scratch/$1
    shift
    mkdir -p "$folder" && cd "$folder" &&
        "$LOAM_SRCDIR/configure" --prefix="$prefix" --disable-tests --disable-dependency-tracking \
            CC="$CC" CFLAGS=-O0 CXX=none "$@" && $MAKE -j2
}

cat >"$scratch/name.c" <<'END_OF_SOURCE'
#include <loam.h>
#include <stdio.h>

int main(void)
{
    return puts(loam_gc_name()) < 0;
}
END_OF_SOURCE

# links PC: a program that is compiled now, with what that .pc file says.
links() {
    rm -f "$scratch/name"
    flags=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig $PKG_CONFIG --cflags --libs "$1") || return 1
    $CC -std=c11 "$scratch/name.c" -o "$scratch/name" $flags
}

# has BACKEND: by name; what is linked so finds its library by itself.
has() {
    links "loam-$1" && test "$(env -u LD_LIBRARY_PATH "$scratch/name")" = "$1"
}

# is_static_default BACKEND: in a program that needs no library when it runs.
is_static_default() {
    rm -f "$scratch/name"
    flags=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig $PKG_CONFIG --cflags --libs --static loam) || return 1
    $CC -std=c11 -static "$scratch/name.c" -o "$scratch/name" $flags && test "$("$scratch/name")" = "$1" &&
        test "$(readlink "$prefix/lib/libloam.a")" = "loam/$1/libloam.a"
}

is_default() {
    links loam && test "$(LD_LIBRARY_PATH=$prefix/lib "$scratch/name")" = "$1" &&
        test "$(readlink "$prefix/lib/libloam.so.0")" = "loam/$1/libloam.so.0"
}

has_no_default() {
    ! test -h "$prefix/lib/libloam.so.0" && ! test -h "$prefix/lib/libloam.so" && ! test -e "$prefix/lib/libloam.a" &&
        ! test -e "$prefix/lib/pkgconfig/loam.pc"
}

# variant BUILD TARGET
variant() {
    $MAKE -C "$scratch/$1" "$2"
}

try "a build with refcount, the default" configured refcount --with-gc=refcount --disable-static
try "a build with boehm, not the default" configured boehm --with-gc=boehm --disable-default --disable-static
try "a build with check, not the default" configured check --with-gc=check --disable-default --disable-static
test "$tap_failed" -eq 0 || finish

try "refcount is installed" variant refcount install
try "it is the default" is_default refcount
try "boehm is installed beside it" variant boehm install
try "refcount is still the default" is_default refcount
try "both are there, by name" has refcount
try "boehm too" has boehm

try "boehm is uninstalled" variant boehm uninstall
try "refcount is still the default, headers and all" is_default refcount
try "and is there by name" has refcount
test ! -e "$prefix/lib/loam/boehm" && test ! -e "$prefix/lib/pkgconfig/loam-boehm.pc"
ok $? "nothing of boehm is left"

try "boehm is installed again" variant boehm install
try "refcount is uninstalled" variant refcount uninstall
try "boehm is there by name, headers and all" has boehm
try "there is no default any more" has_no_default
test ! -e "$prefix/lib/loam/refcount" && test ! -e "$prefix/lib/pkgconfig/loam-refcount.pc"
ok $? "nothing of refcount is left"

try "check is installed" variant check install
try "it is there by name" has check
try "boehm is there as before" has boehm
try "there is still no default" has_no_default
try "check is uninstalled" variant check uninstall
test ! -e "$prefix/lib/loam/check" && test ! -e "$prefix/lib/pkgconfig/loam-check.pc"
ok $? "nothing of check is left"
try "boehm is left, headers and all" has boehm

# Two that both want to be the default: it is the last one's, and the other's end does not take it away.
try "a second build with boehm, the default, with static libraries" configured both --with-gc=boehm
try "refcount is installed again" variant refcount install
try "boehm is installed as the default" variant both install
try "boehm is the default" is_default boehm
try "the static library too" is_static_default boehm
try "refcount is uninstalled" variant refcount uninstall
try "boehm is still the default" is_default boehm
try "boehm is uninstalled" variant both uninstall
find "$prefix" ! -type d -print >"$scratch/left"
test ! -s "$scratch/left"
ok $? "nothing is left"
show "$scratch/left"

finish
