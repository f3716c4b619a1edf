#!/bin/sh
# What each libloam.so exports is exactly what the public headers declare with LOAM_API: no more, no less.

. "$(dirname "$0")/tap.sh"
make_scratch exports
needs_shared

(
    cd "$LOAM_SRCDIR/include" && find . -name '*.h' -print | sed 's|^\./|#include <|; s|$|>|' | sort
) >"$scratch/all.c"

# LOAM_API is the attribute visibility("default"). In preprocessed text a declaration ends at ; or at the { of an inline
# body. Its name stands before the first parenthesis that is no attribute's, or before the first of [ = and the end.
$CC -E -P -I"$LOAM_SRCDIR/include" "$scratch/all.c" >"$scratch/all.i" || {
    ok 1 "the public headers can be preprocessed"
    finish
}
tr '\n\t' '  ' <"$scratch/all.i" | tr ';{}' '\n\n\n' | grep -E 'visibility(__)?[[:space:]]*\([[:space:]]*"default"' |
    awk '
        function without_attributes(text,    at, depth, i, c) {
            while ((at = match(text, /__attribute(__)?[ ]*\(/)) > 0) {
                depth = 0
                for (i = at + RLENGTH - 1; i <= length(text); i++) {
                    c = substr(text, i, 1)
                    if (c == "(") depth++
                    if (c == ")" && --depth == 0) break
                }
                text = substr(text, 1, at - 1) " " substr(text, i + 1)
            }
            return text
        }
        {
            text = without_attributes($0)
            sub(/[(\[=].*/, "", text)
            gsub(/[ *]+$/, "", text)
            n = split(text, words, /[ *]+/)
            print words[n]
        }
    ' | sort -u >"$scratch/declared"

test -s "$scratch/declared"
ok $? "the public headers declare something with LOAM_API"
grep -v '^loam_' "$scratch/declared" >"$scratch/odd"
test ! -s "$scratch/odd"
ok $? "every declared name begins with loam_"
show "$scratch/odd"

for gc in $LOAM_BACKENDS; do
    # Sanitizers and gcov add names of their own (mangle_path is gcov's).
    $NM -D --defined-only "$(library_folder "$gc")/libloam.so.0" | awk '{ sub(/@.*/, "", $NF); print $NF }' |
        grep -Ev '^(__odr_asan|__asan|__ubsan|__sanitizer|__gcov|__llvm|mangle_path$|_init$|_fini$|__bss_start$|_edata$|_end$|__start_|__stop_)' |
        sort -u >"$scratch/exported"
    comm -13 "$scratch/declared" "$scratch/exported" >"$scratch/extra"
    comm -23 "$scratch/declared" "$scratch/exported" >"$scratch/missing"
    test ! -s "$scratch/extra"
    ok $? "$gc: exports nothing that the headers do not declare"
    show "$scratch/extra"
    test ! -s "$scratch/missing"
    ok $? "$gc: exports all that the headers declare"
    show "$scratch/missing"
done

finish
