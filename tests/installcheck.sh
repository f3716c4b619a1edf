#!/bin/sh
# make installcheck: the installed loam, where it is.

. "$(dirname "$0")/tap.sh"
make_scratch installcheck
root=${LOAM_ROOT:-}
for gc in $LOAM_BACKENDS; do
    test ! -f "$root$LOAM_LIBDIR/loam/$gc/libloam.a" || test -f "$root$LOAM_LIBDIR/loam/$gc/libloam.so.0" ||
        skip_all "only static libraries are installed"
    test -f "$root$LOAM_LIBDIR/loam/$gc/libloam.so.0" || {
        echo "make installcheck looks at what make install has put into $root$LOAM_LIBDIR: there is no loam/$gc/libloam.so.0" >&2
        exit 1
    }
done

. "$(dirname "$0")/installed.sh"
check_installed
finish
