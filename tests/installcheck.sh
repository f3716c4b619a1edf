#!/bin/sh
# make installcheck: the installed loam, where it is.

. "$(dirname "$0")/tap.sh"
make_scratch installcheck
root=${LOAM_ROOT:-}
. "$(dirname "$0")/installed.sh"

# is_installed FILE: of each back end.
is_installed() {
    for gc in $LOAM_BACKENDS; do
        test -f "$libdir/loam/$gc/$1" || return 1
    done
}

if is_installed libloam.so.0; then
    check_installed
elif is_installed libloam.a; then
    test -z "$LOAM_INSTRUMENT" || skip_all "only static libraries are installed, and sanitizers do not go with -static"
    check_static_only
else
    echo "make installcheck looks at what make install has put into $libdir: not all of $LOAM_BACKENDS is there" >&2
    exit 1
fi
finish
