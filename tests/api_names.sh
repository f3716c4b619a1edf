#!/bin/sh
# Every name that CPython 3.11's types have is in their page of docs/api. A public name (no underscore before it) has a row
# in a table there, with functions that are exported and used by a unit test, or it stands under "Without use in C", with
# the reason: at most a tenth of a type's public names. The others, `__len__` and such, stand anywhere in the page.

. "$(dirname "$0")/tap.sh"
make_scratch api-names
needs_shared

test -x /usr/bin/python3 && : "${PYTHON3:=/usr/bin/python3}" || : "${PYTHON3:=python3}"
$PYTHON3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null ||
    skip_all "the names are those of CPython 3.11: name one in PYTHON3"

# What a row may name: what the library exports, and what the headers have as macros and inline.
$NM -D --defined-only "$(library_folder "${LOAM_BACKENDS%% *}")/libloam.so.0" | awk '{ sub(/@.*/, "", $NF); print $NF }' |
    grep '^loam_' >"$scratch/functions"
sed -n 's/^#define \(loam_[a-z0-9_]*\)(.*/\1/p; s/^static inline .*[ *]\(loam_[a-z0-9_]*\)(.*/\1/p' \
    "$LOAM_SRCDIR"/include/loam/*.h >>"$scratch/functions"

# What unit tests use. Those of failing allocations do not look at what comes out.
for test in "$LOAM_SRCDIR"/tests/*_test.c; do
    case $test in
    */oom_*) ;;
    *) cat "$test" ;;
    esac
done | grep -ow 'loam_[a-z0-9_]*' | sort -u >"$scratch/tested"

# complaints TYPE PAGE [FUNCTIONS [TESTED]]: what is wrong, a line for each; $scratch/share is how many names have no use.
complaints() {
    $PYTHON3 - "$1" "$2" "${3-$scratch/functions}" "${4-$scratch/tested}" "$scratch/share" <<'PYTHON'
import builtins
import collections
import re
import sys

name, page, functions, tested, share = sys.argv[1:]
page = open(page).read()
functions, tested = (set(open(path).read().split()) for path in (functions, tested))
views = {'dict_keys': {}.keys(), 'dict_values': {}.values(), 'dict_items': {}.items()}
kind = type(views[name]) if name in views else getattr(builtins, name, None) or getattr(collections, name)
public = [name for name in dir(kind) if not name.startswith('_')]
rows = [re.split(r'(?<!\\)\|', line)[1:] for line in page.split('\n') if line.startswith('|')]
useless = re.search(r'^Without use in C:.*?(?:\n\n|\Z)', page, re.M | re.S).group()


def has(text, name):
    """As a method `.name(`, or as data `.name`, in code."""
    end = r'\(' if callable(getattr(kind, name)) else r'\b'
    return any(re.search(r'\.%s%s' % (name, end), code) for code in re.findall(r'`[^`]+`', text))


def check_rows(name, rows):
    named = [function for row in rows for function in re.findall(r'\bloam_[a-z0-9_]+', row[1])]
    if not named:
        print('%s: its row has no function' % name)
    for function in named:
        if function not in functions:
            print('%s: %s is no function' % (name, function))
        elif function not in tested:
            print('%s: no unit test uses %s' % (name, function))


without_use = [name for name in public if has(useless, name)]
for name in public:
    found = [row for row in rows if has(row[0], name)]
    if found:
        check_rows(name, found)
    elif name not in without_use:
        print('%s: no row' % name)
for name in set(dir(kind)) - set(public):
    if '`%s`' % name not in page:
        print('%s: nowhere' % name)
if len(without_use) * 10 > len(public):
    print('%d of %d public names are without use: %s' % (len(without_use), len(public), ' '.join(without_use)))
open(share, 'w').write('%d of %d public names without use in C' % (len(without_use), len(public)))
PYTHON
}

# check TYPE PAGE: one test point.
check() {
    rm -f "$scratch/share"
    complaints "$1" "$LOAM_SRCDIR/docs/api/$2.md" >"$scratch/complaints" 2>&1
    test ! -s "$scratch/complaints" && test -s "$scratch/share"
    ok $? "docs/api/$2.md has every name of Python's $1: $(cat "$scratch/share")"
    show "$scratch/complaints"
}

for type in list tuple deque dict set frozenset str bytes range; do
    check $type $type
done
for type in dict_keys dict_values dict_items; do
    check $type dict_views
done

# What cannot fail proves nothing.
# planted NAME COMPLAINT: it is the only one in $scratch/complaints.
planted() {
    test "$(cat "$scratch/complaints")" = "$2"
    ok $? "$1 is noticed"
    show "$scratch/complaints"
}
list=$LOAM_SRCDIR/docs/api/list.md
sed '/^| `l\.copy()`/d' "$list" >"$scratch/planted.md"
printf '\nOne could copy with `l.copy()`, in prose.\n' >>"$scratch/planted.md"
complaints list "$scratch/planted.md" >"$scratch/complaints" 2>&1
planted "a name that has no row" "copy: no row"
sed 's/`__iadd__`, //' "$list" >"$scratch/planted.md"
complaints list "$scratch/planted.md" >"$scratch/complaints" 2>&1
planted "a name that is nowhere" "__iadd__: nowhere"
sed '/^| `l\.copy()`/s/loam_list_copy(l)/a loop/' "$list" >"$scratch/planted.md"
complaints list "$scratch/planted.md" >"$scratch/complaints" 2>&1
planted "a row without a function" "copy: its row has no function"
sed '/^loam_list_copy$/d' "$scratch/functions" >"$scratch/planted"
complaints list "$list" "$scratch/planted" >"$scratch/complaints" 2>&1
planted "a function that does not exist" "copy: loam_list_copy is no function"
sed '/^loam_list_copy$/d' "$scratch/tested" >"$scratch/planted"
complaints list "$list" "$scratch/functions" "$scratch/planted" >"$scratch/complaints" 2>&1
planted "a function without a unit test" "copy: no unit test uses loam_list_copy"
sed 's/^Without use in C:/& `l.copy()`, `l.sort()`,/' "$list" >"$scratch/planted.md"
complaints list "$scratch/planted.md" >"$scratch/complaints" 2>&1
planted "too many without use" "2 of 11 public names are without use: copy sort"

finish
