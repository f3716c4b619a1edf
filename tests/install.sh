#!/bin/sh
# What make install gives: tests/installed.sh, in a scratch folder; and make uninstall leaves nothing.

. "$(dirname "$0")/tap.sh"
make_scratch install
needs_shared

# The caller's make is none of the business of the one below.
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR GNUMAKEFLAGS
root=$scratch/root
try "make install" $MAKE -C "$LOAM_BUILDDIR" install DESTDIR="$root"
test "$tap_failed" -eq 0 || finish

. "$(dirname "$0")/installed.sh"
check_installed

try "make uninstall" $MAKE -C "$LOAM_BUILDDIR" uninstall DESTDIR="$root"
(cd "$root" && find . ! -type d -print) >"$scratch/left"
test ! -s "$scratch/left"
ok $? "make uninstall leaves nothing"
show "$scratch/left"

finish
