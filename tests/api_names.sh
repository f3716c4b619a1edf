#!/bin/sh
# Every name that Python's types have is in their page of docs/api, with what it is here or why it is not.

. "$(dirname "$0")/tap.sh"
make_scratch api-names

test -x /usr/bin/python3 && : "${PYTHON3:=/usr/bin/python3}" || : "${PYTHON3:=python3}"

# missing_names TYPE PAGE: names of the type that stand nowhere in the page: operators as such, methods as `.name(`, data
# as `.name`.
missing_names() {
    $PYTHON3 - "$1" "$2" <<'PYTHON'
import builtins
import collections
import sys

type_of_it = getattr(builtins, sys.argv[1], None) or getattr(collections, sys.argv[1])
page = open(sys.argv[2]).read()
for name in dir(type_of_it):
    member = getattr(type_of_it, name)
    if (f'`{name}`' if name.startswith('__') else f'.{name}(' if callable(member) else f'.{name}`') not in page:
        print(name)
PYTHON
}

for type in list tuple range deque; do
    missing_names $type "$LOAM_SRCDIR/docs/api/$type.md" >"$scratch/missing" 2>&1
    test ! -s "$scratch/missing"
    ok $? "docs/api/$type.md has every name of Python's $type"
    show "$scratch/missing"
done

# What cannot fail proves nothing: the page without one of them.
sed '/l\.copy()/d' "$LOAM_SRCDIR/docs/api/list.md" >"$scratch/planted.md"
missing_names list "$scratch/planted.md" >"$scratch/missing" 2>&1
test "$(cat "$scratch/missing")" = copy
ok $? "a missing name is noticed"

finish
