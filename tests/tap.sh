# Sourced by the test scripts: TAP, a scratch folder, and the build as make check describes it (by hand, run a script from
# the top of the build folder after LOAM_BACKENDS and CC have been set; make check TESTS=tests/NAME.sh does it all).

: "${LOAM_SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${LOAM_BUILDDIR:=$(pwd)}"
: "${LOAM_BACKENDS:=refcount}"
: "${CC:=cc}" "${CXX:=none}" "${NM:=nm}" "${AR:=ar}" "${MAKE:=make}" "${PKG_CONFIG:=pkg-config}"
: "${LOAM_INSTRUMENT:=}"
LC_ALL=C
export LC_ALL
unset LOAM_CHECK

tap_count=0
tap_failed=0

# ok STATUS NAME: one test point. STATUS is the exit status of what was tried.
ok() {
    tap_count=$((tap_count + 1))
    if test "$1" -eq 0; then
        echo "ok $tap_count - $2"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $2"
    fi
}

# try NAME COMMAND...: one test point; what the command says goes to the log, as comments.
try() {
    try_name=$1
    shift
    if "$@" >"$scratch/try.log" 2>&1; then
        ok 0 "$try_name"
    else
        ok 1 "$try_name"
        show "$scratch/try.log"
    fi
}

# show FILE: its first lines as comments, cut where they are long.
show() {
    head -n 60 "$1" | cut -c 1-400 | sed 's/^/#   /'
}

finish() {
    echo "1..$tap_count"
    test "$tap_failed" -eq 0
    exit
}

# Whether a script may skip something for this reason: a line of tests/skips.txt.
may_skip() {
    grep -qxF "script $(basename "$0") $1" "$LOAM_SRCDIR/tests/skips.txt"
}

# skip NAME REASON: one test point that is not tried.
skip() {
    tap_count=$((tap_count + 1))
    if may_skip "$2"; then
        echo "ok $tap_count - $1 # SKIP $2"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $1 is skipped, which tests/skips.txt does not have: $2"
    fi
}

# skip_all REASON: nothing in the script.
skip_all() {
    if may_skip "$1"; then
        echo "1..0 # SKIP $1"
        exit 0
    fi
    echo "1..1"
    echo "not ok 1 - all is skipped, which tests/skips.txt does not have: $1"
    exit 1
}

has_backend() {
    case " $LOAM_BACKENDS " in
    *" $1 "*) return 0 ;;
    *) return 1 ;;
    esac
}

# make_scratch NAME: $scratch, a folder of this test's own in the build folder, gone at the end.
make_scratch() {
    scratch=$LOAM_BUILDDIR/tests/scratch-$1-$$
    rm -rf "$scratch"
    mkdir -p "$scratch" || exit 99
    trap 'chmod -R u+w "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT
    trap 'exit 99' HUP INT TERM
}

# library_folder BACKEND: where its libloam.so.0 is in the build folder.
library_folder() {
    echo "$LOAM_BUILDDIR/gc/$1/.libs"
}

needs_shared() {
    for gc in $LOAM_BACKENDS; do
        test -f "$(library_folder "$gc")/libloam.so.0" || skip_all "the shared library is not built"
    done
}

# sanitizers_for BACKEND [LOG]: options for what runs next. Boehm: LeakSanitizer does not see the collector's heap, and
# the collector does not see variables that AddressSanitizer moved off the stack.
sanitizers_for() {
    asan=exitcode=86:abort_on_error=0:detect_stack_use_after_return=0
    case $1 in
    boehm*) asan=$asan:detect_leaks=0 ;;
    esac
    log=${2:+:log_path=$2}
    ASAN_OPTIONS=$asan$log
    UBSAN_OPTIONS=print_stacktrace=1$log
    TSAN_OPTIONS=exitcode=86$log
    LSAN_OPTIONS=suppressions=$LOAM_SRCDIR/tests/lsan.supp:print_suppressions=0
    export ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS LSAN_OPTIONS
}

# on BACKEND COMMAND...: run a program on that back end's library.
on() {
    on_gc=$1
    shift
    (
        sanitizers_for "$on_gc"
        LD_LIBRARY_PATH=$(library_folder "$on_gc")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
        export LD_LIBRARY_PATH
        exec "$@"
    )
}

# c_program SOURCE OUTPUT [FLAGS...], cxx_program likewise: build against the library in the build folder. Which back
# end's does not matter: LD_LIBRARY_PATH chooses when the program runs.
c_program() {
    c_source=$1
    c_output=$2
    shift 2
    $CC -std=c11 -g -O1 $LOAM_INSTRUMENT -I"$LOAM_SRCDIR/include" "$@" "$c_source" -o "$c_output" \
        -L"$(library_folder "${LOAM_BACKENDS%% *}")" -lloam
}

cxx_program() {
    c_source=$1
    c_output=$2
    shift 2
    $CXX -std=c++17 -g -O1 $LOAM_INSTRUMENT -I"$LOAM_SRCDIR/include" "$@" "$c_source" -o "$c_output" \
        -L"$(library_folder "${LOAM_BACKENDS%% *}")" -lloam
}

has_cxx() {
    test "$CXX" != none && command -v "${CXX%% *}" >/dev/null 2>&1
}
