#!/bin/sh
# The demo on files that are not as they should be: the right answer, or one clear sentence and exit status 1; never a
# crash, never a partial answer. Where python3 is there, it says what the right answer is.

. "$(dirname "$0")/tap.sh"
make_scratch demo
needs_shared

try "the demo builds" c_program "$LOAM_SRCDIR/docs/examples/demo.c" "$scratch/demo"
test -x "$scratch/demo" || finish

# answers NAME EXPECTED COMMAND...: the first line of stdout is EXPECTED, and the exit status 0.
answers() {
    name=$1
    expected=$2
    shift 2
    "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    judge_answer $?
}

judge_answer() {
    head -n 1 "$scratch/out" >"$scratch/first"
    printf '%s\n' "$expected" | cmp -s - "$scratch/first" && test "$1" -eq 0
    good=$?
    ok $good "$name"
    test $good -eq 0 && return
    echo "#   exit status $1; expected, and got:"
    printf '%s\n' "$expected" >"$scratch/expected"
    show "$scratch/expected"
    show "$scratch/first"
    show "$scratch/err"
}

# fails NAME COMMAND...: nothing on stdout, one line on stderr, exit status 1.
fails() {
    name=$1
    shift
    "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
    test $status -eq 1 && test ! -s "$scratch/out" && test "$(wc -l <"$scratch/err")" -eq 1
    good=$?
    ok $good "$name"
    if test $good -eq 0; then
        sed 's/^/# it says: /' "$scratch/err"
    else
        echo "#   exit status $status, stdout and stderr:"
        show "$scratch/out"
        show "$scratch/err"
    fi
}

# The inputs, and what is right for them.

file=$scratch/words.txt
printf 'the cat and the dog\nand the end\n' >"$file"
words="[('the', 3), ('and', 2), ('cat', 1), ('dog', 1), ('end', 1)]"

: >"$scratch/empty"
printf ' \n\t\r\n  ' >"$scratch/blank"
printf 'a\000b \377\376 caf\303\251 a\000b x \303' >"$scratch/binary"
binary="[('a\\x00b', 2), (b'\\xff\\xfe', 1), ('caf$(printf '\303\251')', 1), ('x', 1), (b'\\xc3', 1)]"
printf "don't \"quote\" don't back\\\\slash" >"$scratch/quotes"
quotes="[(\"don't\", 2), ('\"quote\"', 1), ('back\\\\slash', 1)]"
printf 'a\013b\014c\rd\te\034f a' >"$scratch/spaces"
spaces="[('a', 2), ('b', 1), ('c', 1), ('d', 1), ('e\\x1cf', 1)]"

# "the of the " is 11 bytes.
if test -z "$LOAM_INSTRUMENT"; then
    size=200000000
    long="[('the', 36363636), ('of', 18181818), ('th', 1)]"
else
    size=20000000
    long="[('the', 3636363), ('of', 1818182), ('th', 1)]"
fi
yes 'the of the' | tr '\n' ' ' | head -c $size >"$scratch/line"
head -c 5000000 /dev/zero | tr '\0' 'w' >"$scratch/word"

mkdir "$scratch/folder"
cp "$file" "$scratch/unreadable"
chmod 000 "$scratch/unreadable"

# A user who may not read it, with the program and its libraries where that user can reach them.
unprivileged=
if test "$(id -u)" -eq 0; then
    public=$(mktemp -d "${TMPDIR:-/tmp}/loam-demo-XXXXXX") || exit 99
    trap 'chmod -R u+w "$scratch" 2>/dev/null; rm -rf "$scratch" "$public"' EXIT
    chmod 755 "$public"
    cp "$scratch/demo" "$file" "$scratch/unreadable" "$public"
    chmod 000 "$public/unreadable"
    for gc in $LOAM_BACKENDS; do
        mkdir "$public/$gc"
        cp "$(library_folder "$gc")/libloam.so.0" "$public/$gc"
    done
    chmod -R go+rX "$public/demo" "$public/words.txt"
    for gc in $LOAM_BACKENDS; do
        chmod -R go+rX "$public/$gc"
    done
    if command -v setpriv >/dev/null 2>&1; then
        unprivileged="setpriv --reuid=65534 --regid=65534 --clear-groups"
    elif command -v runuser >/dev/null 2>&1; then
        unprivileged="runuser -u nobody --"
    fi
fi

oracle() {
    PYTHONUTF8=1 python3 - "$1" <<'END'
import sys
from collections import Counter

def text(word):
    try:
        return word.decode()
    except UnicodeDecodeError:
        return word

with open(sys.argv[1], 'rb') as file:
    print([(text(w), n) for w, n in Counter(file.read().split()).most_common(10)])
END
}
python=no
if python3 -c 'import collections' >/dev/null 2>&1; then
    python=yes
    "$LOAM_BUILDDIR/tests/zipf" 3 >"$scratch/zipf"
    zipf=$(oracle "$scratch/zipf")
    # Any file is a text: this one has NUL bytes and all the others.
    cp "$(library_folder "$LOAM_DEFAULT")/libloam.so.0" "$scratch/library"
    library=$(oracle "$scratch/library")
fi

preload=no
if test -z "$LOAM_INSTRUMENT" &&
    $CC -shared -fPIC "$LOAM_SRCDIR/tests/failing_read.c" -o "$scratch/failing_read.so" -ldl 2>"$scratch/err"; then
    preload=yes
fi

for gc in $LOAM_BACKENDS; do
    demo="on $gc $scratch/demo"
    answers "$gc: words" "$words" $demo "$file"
    answers "$gc: an empty file" "[]" $demo "$scratch/empty"
    answers "$gc: only blanks" "[]" $demo "$scratch/blank"
    answers "$gc: NUL bytes and invalid UTF-8" "$binary" $demo "$scratch/binary"
    answers "$gc: quotes" "$quotes" $demo "$scratch/quotes"
    answers "$gc: all that bytes.split() splits at" "$spaces" $demo "$scratch/spaces"
    answers "$gc: one line of $size bytes" "$long" $demo "$scratch/line"
    { printf "[('" && cat "$scratch/word" && printf "', 1)]\n"; } >"$scratch/expected"
    $demo "$scratch/word" 2>"$scratch/err" </dev/null | head -n 1 | cmp -s - "$scratch/expected"
    ok $? "$gc: one word of 5000000 bytes"

    name="$gc: a pipe"
    expected=$words
    cat "$file" | $demo - >"$scratch/out" 2>"$scratch/err"
    judge_answer $?
    name="$gc: a pipe that gives a few bytes at a time"
    { printf 'the c' && sleep 0.2 && printf 'at and the dog\nan' && sleep 0.2 && printf 'd the end\n'; } |
        $demo - >"$scratch/out" 2>"$scratch/err"
    judge_answer $?
    rm -f "$scratch/fifo"
    mkfifo "$scratch/fifo"
    cat "$file" >"$scratch/fifo" &
    writer=$!
    answers "$gc: a named pipe" "$words" $demo "$scratch/fifo"
    kill $writer 2>/dev/null # if nobody opened the other end
    wait $writer 2>/dev/null
    if test $python = yes; then
        answers "$gc: a text of 3 MB, as Python counts it" "$zipf" $demo "$scratch/zipf"
        answers "$gc: a library's bytes, as Python counts them" "$library" $demo "$scratch/library"
    fi

    fails "$gc: a file that does not exist" $demo "$scratch/missing"
    fails "$gc: a folder" $demo "$scratch/folder"
    if test -n "$unprivileged"; then
        # (The library is found by its copy: on() would name the build folder.)
        sanitizers_for "$gc"
        demo="$unprivileged env LD_LIBRARY_PATH=$public/$gc $public/demo"
        answers "$gc: another user reads words" "$words" $demo "$public/words.txt"
        fails "$gc: a file that the user may not read" $demo "$public/unreadable"
        demo="on $gc $scratch/demo"
    elif test "$(id -u)" -ne 0; then
        fails "$gc: a file that the user may not read" $demo "$scratch/unreadable"
    fi
    test -r /proc/self/mem && fails "$gc: a file whose first read fails" $demo /proc/self/mem
    if test $preload = yes; then
        for after in 1 100000 3000001; do
            fails "$gc: a read error after $after bytes" on "$gc" env LD_PRELOAD="$scratch/failing_read.so" \
                FAILING_READ_FILE="$scratch/line" FAILING_READ_AFTER=$after "$scratch/demo" "$scratch/line"
        done
    fi
done

finish
