#!/bin/sh
# A layer uses itself and those below it: lib < gc < containers < iter, and only a back end's own files know which back end
# it is. Checked twice, because each sees what the other cannot: in the #include lines of the sources, and in the symbols
# that each layer's archive needs. Then both checks are shown failing, on a copy with something planted.

. "$(dirname "$0")/tap.sh"
make_scratch layers

below() {
    case $1 in
    lib) echo "lib" ;;
    gc) echo "gc lib" ;;
    containers) echo "containers gc lib" ;;
    iter) echo "iter containers gc lib" ;;
    esac
}

# check_includes FOLDER: prints one line for each #include that a file under FOLDER may not have.
check_includes() {
    (
        cd "$1" || exit
        for layer in lib gc containers iter; do
            find $layer -name '*.[ch]' -print | sort | while read -r file; do
                home=$(dirname "$file")
                sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$file" |
                    while read -r name; do
                        case $name in
                        config.h) continue ;;
                        gc/refcount/* | gc/boehm/* | gc/check/*)
                            # check is made of the sources of refcount.
                            test "$home $name" != "gc/check gc/refcount/${name##*/}" || continue
                            test "$home" = "$(dirname "$name")" || echo "$file: \"$name\" is a back end's own"
                            continue
                            ;;
                        */*) ;;
                        *)
                            echo "$file: \"$name\" must be written with its folder"
                            continue
                            ;;
                        esac
                        case " $(below $layer) " in
                        *" ${name%%/*} "*) ;;
                        *) echo "$file: \"$name\" is not in $layer or below it" ;;
                        esac
                    done
            done
        done
        # What users include or copy stands on the public headers and the system only.
        for file in $(find include docs/examples \( -name '*.h' -o -name '*.c' -o -name '*.cpp' \) -print | sort); do
            sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\(["<][^">]*[">]\).*/\1/p' "$file" |
                grep -E '^"|<(config|gc|gc/.*|uthash|utlist|utf8proc|xxhash)\.h>' |
                sed "s|^|$file: a public file may not include |"
        done
    )
}

archive_of() {
    case $1 in
    refcount | boehm | check) echo "gc/$1/.libs/libloam-$1.a gc/$1/libloam-$1.a" ;;
    *) echo "$1/.libs/libloam-$1.a $1/libloam-$1.a" ;;
    esac
}

parts="lib gc containers iter $LOAM_BACKENDS"

# read_symbols FOLDER: copies each layer's archive under FOLDER into symbols/, as two lists.
read_symbols() {
    rm -rf "$scratch/symbols"
    mkdir -p "$scratch/symbols"
    for part in $parts; do
        for archive in $(archive_of "$part"); do
            test -f "$1/$archive" && break
        done
        test -f "$1/$archive" || {
            echo "no archive for $part"
            return 1
        }
        $NM -A "$1/$archive" 2>/dev/null | awk -v part="$part" -v folder="$scratch/symbols" '
            { name = $NF; kind = $(NF - 1) }
            kind == "U" { print name > (folder "/" part ".needs") }
            kind ~ /^[TDBRVWC]$/ { print name > (folder "/" part ".has") }
        '
        touch "$scratch/symbols/$part.needs"
        sort -u -o "$scratch/symbols/$part.needs" "$scratch/symbols/$part.needs"
        sort -u -o "$scratch/symbols/$part.has" "$scratch/symbols/$part.has" || return 1
    done
}

# check_symbols FOLDER: prints one line for each symbol that a layer needs from above, or from nowhere.
check_symbols() {
    read_symbols "$1" || return
    for part in $parts; do
        case $part in
        lib) allowed=lib ;;
        # The back ends are part of layer 2, behind gc/backend.h.
        gc | containers | iter) allowed="$(below "$part") $LOAM_BACKENDS" ;;
        *) allowed="$part gc lib" ;;
        esac
        (cd "$scratch/symbols" && for one in $allowed; do cat "$one.has"; done) | sort -u >"$scratch/symbols/allowed"
        cat "$scratch"/symbols/*.has | sort -u >"$scratch/symbols/ours"
        comm -23 "$scratch/symbols/$part.needs" "$scratch/symbols/allowed" | comm -12 - "$scratch/symbols/ours" |
            while read -r symbol; do
                echo "$part needs $symbol of $(cd "$scratch/symbols" && grep -lx "$symbol" ./*.has | sed 's|^\./||; s|\.has$||' | tr '\n' ' ')"
            done
        comm -23 "$scratch/symbols/$part.needs" "$scratch/symbols/ours" | grep '^loam_' | sed "s/^/$part needs what nobody has: /"
        case $part in
        lib) others='^GC_' ;;
        boehm) others='^XXH' ;;
        *) others='^GC_|^XXH' ;;
        esac
        grep -E "$others" "$scratch/symbols/$part.needs" | sed "s/^/$part may not need /"
    done
    # A back end is exchanged as a whole: all define the same for the layers above.
    for part in $LOAM_BACKENDS; do
        (cd "$scratch/symbols" && cat gc.needs containers.needs iter.needs) | sort -u |
            comm -12 - "$scratch/symbols/$part.has" >"$scratch/symbols/$part.serves"
    done
    for part in $LOAM_BACKENDS; do
        cmp -s "$scratch/symbols/$part.serves" "$scratch/symbols/$LOAM_DEFAULT.serves" ||
            diff "$scratch/symbols/$LOAM_DEFAULT.serves" "$scratch/symbols/$part.serves" | sed -n "s/^[<>]/only one of $LOAM_DEFAULT and $part has/p"
    done
}

# silent NAME COMMAND...: the check has nothing to say. loud: it has.
silent() {
    name=$1
    shift
    "$@" >"$scratch/said" 2>&1
    test ! -s "$scratch/said"
    ok $? "$name"
    show "$scratch/said"
}

loud() {
    name=$1
    shift
    "$@" >"$scratch/said" 2>&1
    grep -q "$expected" "$scratch/said"
    ok $? "$name"
}

silent "no #include runs upward" check_includes "$LOAM_SRCDIR"
silent "no symbol runs upward" check_symbols "$LOAM_BUILDDIR"

copy=$scratch/copy
for file in $(cd "$LOAM_SRCDIR" && find include lib gc containers iter docs/examples -name '*.[ch]' -print); do
    mkdir -p "$copy/$(dirname "$file")"
    cp "$LOAM_SRCDIR/$file" "$copy/$file"
done
chmod -R u+w "$copy"
silent "the copy for the next tests is clean" check_includes "$copy"

# plant FILE LINE MESSAGE NAME
plant() {
    cp "$copy/$1" "$scratch/kept"
    echo "$2" >>"$copy/$1"
    expected=$3
    loud "$4" check_includes "$copy"
    cp "$scratch/kept" "$copy/$1"
}
plant lib/hash.c '#include "iter/stage.h"' '"iter/stage.h" is not in lib' "an #include from lib to iter is found"
plant gc/value.c '#  include "containers/dict.h"' '"containers/dict.h" is not in gc' "an #include from gc to containers is found"
plant iter/iter.c '#include "gc/refcount/pages.h"' "is a back end's own" "an #include of a back end's file is found"
plant include/loam.h '#include "lib/hash.h"' "a public file may not" "a private #include in a public header is found"

for part in $parts; do
    for archive in $(archive_of "$part"); do
        if test -f "$LOAM_BUILDDIR/$archive"; then
            mkdir -p "$copy/$(dirname "$archive")"
            cp "$LOAM_BUILDDIR/$archive" "$copy/$archive"
        fi
    done
done
# plant_symbol FROM TO: an object in FROM's archive that calls a function of TO's.
plant_symbol() {
    for archive in $(archive_of "$1"); do
        test -f "$copy/$archive" && break
    done
    symbol=$($NM "$LOAM_BUILDDIR/$(for a in $(archive_of "$2"); do test -f "$LOAM_BUILDDIR/$a" && echo "$a" && break; done)" 2>/dev/null |
        awk '$2 == "T" && $3 ~ /^loam_/ { print $3; exit }')
    cp "$copy/$archive" "$scratch/kept"
    echo "void $symbol(void); void loam__planted(void); void loam__planted(void) { $symbol(); }" >"$scratch/planted.c"
    $CC -c "$scratch/planted.c" -o "$scratch/planted.o" && $AR r "$copy/$archive" "$scratch/planted.o" 2>/dev/null >&2
    expected="$1 needs $symbol of $2"
    loud "a symbol that $1 needs from $2 is found" check_symbols "$copy"
    cp "$scratch/kept" "$copy/$archive"
}
plant_symbol lib iter
plant_symbol gc containers
plant_symbol "$LOAM_DEFAULT" containers
plant_symbol containers iter

finish
