#!/bin/sh
# The programs in README.md and docs/ are compiled, so that they stay true: each block that begins with ```c and has a
# main. One that follows <!-- run: ARGUMENTS --> is run too, at the top of the source tree, on every back end; if
# <!-- output --> and a block of text come after it, that is what it must print. A block that follows <!-- from: FILE --> is
# a piece of that file, which is compiled by examples.sh.

. "$(dirname "$0")/tap.sh"
make_scratch docs
needs_shared

warnings="-Wall -Wextra -Wpedantic -Wshadow -Werror"

# Into NUMBER.c, and NUMBER.from, NUMBER.args, NUMBER.expected where they apply; pieces into NUMBER.piece and NUMBER.file.
extract() {
    awk -v folder="$scratch" -v file="$1" -v number="$(ls "$scratch" | grep -c '\.c$')" \
        -v pieces="$(ls "$scratch" | grep -c '\.piece$')" '
        function out(suffix) { return folder "/" number suffix }
        in_code && /^[ ]*```/ {
            in_code = 0
            if (piece_of) {
                pieces++
                printf "%s", code > (folder "/" pieces ".piece")
                print piece_of "\n" file ":" start > (folder "/" pieces ".file")
                piece_of = ""
            } else if (code ~ /int main\(/) {
                number++
                printf "%s", code > out(".c")
                print file ":" start > out(".from")
                if (has_arguments) print arguments > out(".args")
                last = number
            }
            has_arguments = 0
            next
        }
        in_text && /^[ ]*```/ { in_text = 0; wants_text = 0; next }
        in_code { code = code $0 "\n"; next }
        in_text { print > out(".expected"); next }
        in_other { if (/^[ ]*```/) in_other = 0; next }
        /^<!-- run:.*-->/ {
            arguments = $0
            sub(/^<!-- run:[ ]*/, "", arguments)
            sub(/[ ]*-->.*/, "", arguments)
            has_arguments = 1
            next
        }
        /^<!-- from:.*-->/ {
            piece_of = $0
            sub(/^<!-- from:[ ]*/, "", piece_of)
            sub(/[ ]*-->.*/, "", piece_of)
            next
        }
        /^<!-- output -->/ { wants_text = last; next }
        /^```c$/ { in_code = 1; code = ""; start = NR; next }
        /^```/ {
            if (wants_text) { in_text = 1; printf "" > out(".expected") }
            else in_other = 1
        }
    ' "$LOAM_SRCDIR/$1"
}

for file in README.md $(cd "$LOAM_SRCDIR" && find docs -name '*.md' -print | sort); do
    test -f "$LOAM_SRCDIR/$file" && extract "$file"
done

# contains FILE PIECE: the lines of the piece are in the file, one after the other.
contains() {
    awk 'NR == FNR { file = file "\n" $0; next } { piece = piece "\n" $0 } END { exit !index(file "\n", piece "\n") }' "$1" "$2"
}

pieces=0
for piece in "$scratch"/*.piece; do
    test -f "$piece" || continue
    pieces=$((pieces + 1))
    { read -r file && read -r place; } <"${piece%.piece}.file"
    contains "$LOAM_SRCDIR/$file" "$piece"
    ok $? "the piece at $place is in $file"
done
test $pieces -gt 0
ok $? "docs/ has pieces of examples"

found=0
for source in "$scratch"/*.c; do
    test -f "$source" || continue
    found=1
    base=${source%.c}
    name="the program at $(cat "$base.from")"
    try "$name builds" c_program "$source" "$base.program" $warnings
    test -x "$base.program" && test -f "$base.args" || continue
    for gc in $LOAM_BACKENDS; do
        (cd "$LOAM_SRCDIR" && on "$gc" "$base.program" $(cat "$base.args") </dev/null >"$scratch/out" 2>"$scratch/err")
        status=$?
        : >"$scratch/diff"
        test ! -f "$base.expected" || diff "$base.expected" "$scratch/out" >"$scratch/diff"
        test $status -eq 0 && test ! -s "$scratch/diff"
        ok $? "$name runs on $gc"
        test $status -eq 0 || echo "#   exit status $status"
        show "$scratch/diff"
        show "$scratch/err"
    done
done
test $found -eq 1
ok $? "README.md and docs/ have a program"

finish
