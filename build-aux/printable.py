#!/usr/bin/env python3
"""Print lib/printable.c: the code points that str.isprintable() is true of, as the ends of runs.

usage: build-aux/printable.py > lib/printable.c     (with CPython 3.11: Unicode 14)
"""
import sys
import unicodedata

assert unicodedata.unidata_version == "14.0.0", "CPython 3.11 has Unicode 14"
turns = []
printable = False
for code in range(sys.maxunicode + 1):
    if chr(code).isprintable() != printable:
        turns.append(code)
        printable = not printable

print("""/*
 * Written by build-aux/printable.py from Unicode 14, which is CPython 3.11's: the code points where what is printable
 * turns into what is not, and back.
 */
#include "lib/printable.h"

static const uint32_t turns[] = {""")
line = "   "
for turn in turns:
    item = f" {turn:#x},"
    if len(line) + len(item) > 120:
        print(line)
        line = "   "
    line += item
print(line)
print("""};

bool loam__printable(uint32_t code)
{
    size_t low = 0;
    size_t high = sizeof turns / sizeof *turns;

    while (low < high) { /* how many turns are at or before `code` */
        size_t middle = low + (high - low) / 2;
        if (turns[middle] <= code)
            low = middle + 1;
        else
            high = middle;
    }
    return low % 2;
}""")
