#!/bin/sh
# Do the tests notice? Plants each kind of fault that they are there for at three places, one at a time, in a copy of the
# sources that is built with sanitizers, and runs the layer of tests that docs/testing.md names for it. It must be red.
# Usage: make faults, which gives the folder to work in, with the copy in its folder source/. ONLY='a pattern' chooses.
#
# A place is an edit by sed that changes its file. Where the code has moved on so that it changes nothing, the place is to
# be chosen anew: that fails too.

work=$(cd "$1" && pwd) || exit 1
source=$work/source
build=$work/build
: "${MAKE:=make}" "${ONLY:=*}"
jobs=$(nproc 2>/dev/null || echo 2)
unset MAKEFLAGS MFLAGS MAKELEVEL GNUMAKEFLAGS CC CXX CFLAGS CXXFLAGS LDFLAGS DESTDIR
missed=0

build_suite() {
    $MAKE -C "$build" -j"$jobs" check TESTS= >"$work/build.log" 2>&1 </dev/null
}

# run_layer PATTERN: status and log of the unit tests that match it.
run_layer() {
    (
        cd "$build" || exit 99
        LOAM_SRCDIR=$source LOAM_BUILDDIR=$build CRITERION_OUTPUTS=tap:- CRITERION_TEST_PATTERN=$1
        LOAM_TEST_QUICK=1
        export LOAM_SRCDIR LOAM_BUILDDIR CRITERION_OUTPUTS CRITERION_TEST_PATTERN LOAM_TEST_QUICK
        timeout 900 sh "$source/tests/suite.sh" tests/suite-refcount
    ) >"$work/layer.log" 2>&1 </dev/null
}

# The first test that failed, and how many others.
who_caught_it() {
    sed -n 's/^not ok - \([^ :]*::[^ ]*\).*/\1/p' "$work/layer.log" | sort -u | awk '
        NR == 1 { first = $1 }
        END { if (NR) print first (NR > 1 ? " and " NR - 1 " more" : ""); else print "the program" }'
}

fault=
layer=
green=
# fault NAME LAYER: what the places that follow are about. That they are red only means something where the sources as
# they are give green.
fault() {
    fault=$1
    layer=$2
    case " $green " in
    *" $layer "*) ;;
    *)
        build_suite && run_layer "$layer" || {
            echo "$layer fails before any fault is planted: $work/build.log, $work/layer.log" >&2
            exit 1
        }
        green="$green $layer"
        ;;
    esac
}

# place NAME FILE EDIT
place() {
    case "$fault: $1" in
    $ONLY) ;;
    *) return ;;
    esac
    original=$work/original
    cp "$source/$2" "$original"
    sed -E "$3" "$original" >"$work/edited"
    if cmp -s "$work/edited" "$original"; then
        verdict="NO SUCH PLACE in $2"
    else
        chmod u+w "$source/$2"
        cp "$work/edited" "$source/$2"
        if ! build_suite; then
            verdict="DOES NOT BUILD: $work/build.log"
        elif run_layer "$layer"; then
            verdict="MISSED by $layer"
        else
            verdict="caught by $(who_caught_it)"
        fi
        cp "$original" "$source/$2"
    fi
    case $verdict in
    caught*) ;;
    *) missed=$((missed + 1)) ;;
    esac
    printf '%-36s %-34s %s\n' "$fault" "$1" "$verdict"
}

mkdir -p "$build"
chmod -R u+w "$source"
cd "$build" || exit 1
if ! test -f config.status; then
    "$source/configure" --with-gc=refcount --disable-static --enable-sanitizers=address,undefined CFLAGS="-g -O1" \
        >"$work/configure.log" 2>&1 </dev/null || {
        echo "configure failed: $work/configure.log" >&2
        exit 1
    }
fi

memory='oom*/*'
containers='@(list|tuple|str|dict|dict_random|oom_more)/*'
reentrancy='reentrancy*/*'
ranking='dict/*'
slices='@(list|tuple|str)/*'
hashes='@(lib|hash)/*'

build_suite || {
    echo "the sources do not build: $work/build.log" >&2
    exit 1
}

fault "a dropped release" "$memory"
place "a key that was there already" containers/dict.c '/static loam_status set_take/,/^}/ s/loam__release\(key\);//'
place "an item that map replaced" iter/adapter.c '/^static ptrdiff_t map_fill/,/^}/ s/loam__release\(item\);//'
place "an item that cannot be appended" containers/list.c '/^loam_status loam__refuse\(/,/^}/ s/loam__release\(item\);//'

fault "a dropped retain" "$reentrancy"
place "what get gives" containers/list.c '/^loam_value loam_list_get\(/,/^}/ s/loam__retain\((.*)\);/\1;/'
place "an item that is compared" containers/protocol.c '/^int loam__item_equal/,/^}/ s/loam__retain\(b\);//'
place "what an iterator walks" iter/source.c '/^static walk_stage \*walk_new/,/^}/ s/loam__slot_store/loam__slot_move_in/'

fault "a missing capacity check" "$containers"
place "a list that is full" containers/list.c '/^loam_status loam__list_reserve/,/^}/ s/more <= list/more <= 1 + list/'
place "a dict that is full" containers/dict.h 's/return dict->used < dict->capacity/return dict->used <= dict->capacity/'
place "copies of views" iter/adapter.c '/^static loam_status reserve/,/^}/ s/needed <= mapping->capacity/mapping->capacity/'

fault "a stale pointer across a callback" "$reentrancy"
place "items of a sequence, compared" containers/protocol.c \
    '/^int loam__sequence_equal/,/^}/ {
        s/^    for .*/    size_t len = loam__sequence_len(a), other = loam__sequence_len(b);\n&/
        s/^        size_t len = .*//
        s/loam__sequence_len\(b\)\)/other)/
    }'
place "an entry, compared" containers/dict_find.c \
    '/^static outcome compare_entry/,/^}/ s/dict->version != version/dict->version != version \&\& 0/'
place "values, ranked" containers/most_common.c 's/if \(all_numbers\(dict\)\)/if (all_numbers(dict) || dict->live)/; s/ \|\| !all_numbers\(dict\)//'

fault "a wrong tie order in most_common" "$ranking"
place "later ones first" containers/most_common.c 's/return a > b;/return a < b;/'
place "ties in any order" containers/most_common.c 's/order == 0 \|\| order == LOAM_UNORDERED/order == LOAM_UNORDERED/'
place "in a snapshot only" containers/most_common.c 's/return a > b;/return r->dict ? a > b : a < b;/'

fault "an off-by-one in a slice" "$slices"
place "how many" containers/slice.c 's/\(distance - 1\) \//distance \//'
place "the last one, backwards" containers/slice.c 's/\? n - 1 : n;/? n : n;/'
place "a negative bound" containers/slice.c 's/low : bound \+ len/low : bound + len + (bound < -1)/'

fault "a hash that ignores a byte" "$hashes"
place "of a short text" lib/hash.c 's/LOW\(3\), LOW\(4\), LOW\(5\), LOW\(6\), LOW\(7\), ALL,$/LOW(3), LOW(3), LOW(5), LOW(6), LOW(7), ALL,/'
place "of a long text" lib/hash.c '/^uint64_t loam__hash_long/,/^}/ s/\(data, len, /(data, len - 1, /'
place "of a double" containers/number.c 's/loam__rotate_left\(bits, 32\)/loam__rotate_left(bits \& ~(uint64_t)0xff00, 32)/'

if test $missed -gt 0; then
    echo "$missed missed"
    exit 1
fi
echo "all caught"
