#!/bin/sh
# Which tests were skipped on a back end, and whether these are the ones that tests/skips.txt has for it. Usage:
#
#     skips.sh BACKEND TAP [PINNED]
#
# where TAP is what the unit tests have printed. Prints the list, then a line for each that is new (+) or has vanished (-), as
# it belongs into the file or out of it. Exit status 1 if there is one, or if a test asks for something else than the
# capabilities in which memory managers may differ.

backend=$1
tap=$2
pinned=${3-$(dirname "$0")/skips.txt}
capabilities="PROMPT_FREE EXACT_REFCOUNT EXACT_CYCLES BOUNDED_PAUSES FREEZE HEAP_WALK FREE_BUDGET SEPARATE_HEAPS"

found=$(sed -n "s/^ok - \([a-z0-9_]*::[a-z0-9_]*\) .*# *SKIP *needs \([A-Z_]*\).*/$backend \1 \2/p" "$tap" | LC_ALL=C sort)
expected=$(grep "^$backend " "$pinned" | LC_ALL=C sort)
status=0

test -z "$found" || echo "$found" | sed 's/^\([^ ]*\) \(.*\) \([A-Z_]*\)$/\2 is skipped on \1: it needs \3/'

# only WHAT A B: lines of A that are not in B, behind WHAT.
only() {
    test -n "$2" || return 0
    echo "$2" | while read -r line; do
        printf '%s\n' "$3" | grep -qxF "$line" || echo "$1 $line"
    done
}

differences=$(only + "$found" "$expected"; only - "$expected" "$found")
if test -n "$differences"; then
    echo "skipped otherwise than tests/skips.txt says:"
    echo "$differences"
    status=1
fi
for capability in $(printf '%s\n' "$found" | awk 'NF { print $3 }' | sort -u); do
    case " $capabilities " in
    *" ${capability#LOAM_GC_} "*) ;;
    *)
        echo "$capability is nothing in which memory managers may differ"
        status=1
        ;;
    esac
done
exit $status
