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

page = open(sys.argv[2]).read()
views = {'dict_keys': {}.keys(), 'dict_values': {}.values(), 'dict_items': {}.items()}
name = sys.argv[1]
kind = type(views[name]) if name in views else getattr(builtins, name, None) or getattr(collections, name)
for name in dir(kind):
    call = '(' if callable(getattr(kind, name)) else ''
    if (f'`{name}`' if name.startswith('__') else f'.{name}{call}') not in page:
        print(name)
PYTHON
}

for type in list tuple deque dict set frozenset str bytes range; do
    missing_names $type "$LOAM_SRCDIR/docs/api/$type.md" >"$scratch/missing" 2>&1
    test ! -s "$scratch/missing"
    ok $? "docs/api/$type.md has every name of Python's $type"
    show "$scratch/missing"
done

for type in dict_keys dict_values dict_items; do
    missing_names $type "$LOAM_SRCDIR/docs/api/dict_views.md" >"$scratch/missing" 2>&1
    test ! -s "$scratch/missing"
    ok $? "docs/api/dict_views.md has every name of Python's $type"
    show "$scratch/missing"
done

# What cannot fail proves nothing: the page without one of them.
sed '/l\.copy()/d' "$LOAM_SRCDIR/docs/api/list.md" >"$scratch/planted.md"
missing_names list "$scratch/planted.md" >"$scratch/missing" 2>&1
test "$(cat "$scratch/missing")" = copy
ok $? "a missing name is noticed"

finish
