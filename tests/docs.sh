#!/bin/sh
# The programs in README.md and docs/ are compiled, so that they stay true: each block that begins with ```c and has a
# main. One that follows <!-- run: ARGUMENTS --> is run too, at the top of the source tree, on every back end; if
# <!-- output --> and a block of text come after it, that is what it must print.

. "$(dirname "$0")/tap.sh"
make_scratch docs
needs_shared

warnings="-Wall -Wextra -Wpedantic -Wshadow -Werror"

# Into NUMBER.c, and NUMBER.from, NUMBER.args, NUMBER.expected where they apply.
extract() {
    awk -v folder="$scratch" -v file="$1" -v number="$(ls "$scratch" | grep -c '\.c$')" '
        function out(suffix) { return folder "/" number suffix }
        in_code && /^[ ]*```/ {
            in_code = 0
            if (code ~ /int main\(/) {
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
