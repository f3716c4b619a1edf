#!/bin/sh
# Every function of a container stands by its full name in a table of its page of docs/api, beside what it costs and how it
# fails, and in a program of the documentation, which docs.sh and examples.sh compile.

. "$(dirname "$0")/tap.sh"
make_scratch api-functions

awk -f "$LOAM_SRCDIR/tests/doclines.awk" "$LOAM_SRCDIR"/include/loam/*.h | cut -f 1 | tr -d '!' | sort -u >"$scratch/all"
views='^loam_dict_(view_.*|(keys|values|items)_view)$'

# functions_of PAGE
functions_of() {
    case $1 in
    copy) grep -E '^loam_(deep)?copy$' "$scratch/all" ;;
    dict) grep '^loam_dict_' "$scratch/all" | grep -vE "$views" ;;
    dict_views) grep -E "$views" "$scratch/all" ;;
    str) grep -E '^loam_(str|builder)_' "$scratch/all" ;;
    *) grep "^loam_$1_" "$scratch/all" ;;
    esac
}

# in_rows FILE: what the second of four columns names, where the third has a cost.
in_rows() {
    awk -F ' [|] ' '/^\|/ && NF == 4 && $3 ~ /O\(/ { print $2 }' "$1" | grep -oE '\bloam_[a-z0-9_]+' | sort -u
}

# in_programs FILES..: what C files name, and blocks of C with a main in pages, but for comments.
in_programs() {
    awk '
        FNR == 1 {
            is_page = FILENAME ~ /\.md$/
            in_code = !is_page
            in_comment = 0
        }
        is_page && /^ *```/ {
            if (in_code && code ~ /int main\(/) print code
            in_code = /^```c$/
            code = ""
            next
        }
        !in_code || in_comment && !/\*\// { next }
        {
            line = $0
            if (in_comment) sub(/.*\*\//, "", line)
            gsub(/\/\*[^*]*\*\//, "", line)
            in_comment = sub(/\/\*.*/, "", line)
            if (is_page) code = code line "\n"
            else print line
        }
    ' "$@" | grep -oE '\bloam_[a-z0-9_]+' | sort -u
}

# without NAMES PAGE: the page's functions that are not among the names.
without() {
    functions_of "$2" | comm -23 - "$1"
}

in_programs "$LOAM_SRCDIR/README.md" $(find "$LOAM_SRCDIR/docs" -name '*.md' -o -path '*/examples/*.c*') >"$scratch/in-programs"

for page in list tuple deque dict dict_views set frozenset str bytes range copy; do
    file=$LOAM_SRCDIR/docs/api/$page.md
    in_rows "$file" >"$scratch/in-rows"
    without "$scratch/in-rows" $page >"$scratch/missing"
    functions_of $page | grep -q . && test ! -s "$scratch/missing"
    ok $? "docs/api/$page.md has each function in a row, with its cost"
    show "$scratch/missing"

    without "$scratch/in-programs" $page >"$scratch/missing"
    test ! -s "$scratch/missing"
    ok $? "each function of docs/api/$page.md is in a program"
    show "$scratch/missing"

    grep -q '^- \*\*Ownership\.\*\*' "$file" && grep -q '^- \*\*Failures\.\*\*' "$file"
    ok $? "docs/api/$page.md says who owns what, and how calls fail"
done

# What cannot fail proves nothing: a page without one of its rows, and one without the column of failures.
in_rows "$LOAM_SRCDIR/docs/api/list.md" >"$scratch/in-rows"
sed '/^| `l\.reverse()`/d' "$LOAM_SRCDIR/docs/api/list.md" >"$scratch/planted.md"
in_rows "$scratch/planted.md" | comm -13 - "$scratch/in-rows" >"$scratch/missing"
test "$(cat "$scratch/missing")" = loam_list_reverse
ok $? "a missing row is noticed"

sed 's/| O(n) | |$/| O(n) |/' "$LOAM_SRCDIR/docs/api/list.md" >"$scratch/planted.md"
in_rows "$scratch/planted.md" >"$scratch/in-rows"
without "$scratch/in-rows" list | grep -q loam_list_clear
ok $? "a row without a column is noticed"

# A program that is cut short is none, and neither is a comment.
sed 's/int main(/int main_(/' "$LOAM_SRCDIR/docs/api/list.md" >"$scratch/planted.md"
echo '/* loam_list_reverse() is here. */' >"$scratch/planted.c"
in_programs "$scratch/planted.md" "$scratch/planted.c" >"$scratch/named"
without "$scratch/named" list | grep -q loam_list_reverse && ! without "$scratch/in-programs" list | grep -q .
ok $? "a function without a program is noticed"

finish
