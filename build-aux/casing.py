#!/usr/bin/env python3
"""Print lib/casing_table.c: what Python knows of letters and digits and utf8proc does not: mappings to several code points, and
which code points are digits, numbers, lower or upper case, without a say in what is a word's end, or in identifiers, beside those
whose general category says so; and which are in none although it does.

usage: build-aux/casing.py > lib/casing_table.c     (with CPython 3.11: Unicode 14)
"""
import sys
import unicodedata

assert unicodedata.unidata_version == "14.0.0", "CPython 3.11 has Unicode 14"
CODES = [code for code in range(0x80, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
SIGMA, FINAL_SIGMA = "\u03a3", "\u03c2"
category = unicodedata.category


def is_ignorable(c):
    """str.lower() looks past it for a cased letter beside a sigma, and does not take it for one."""
    return ("A" + c + SIGMA).lower()[-1] == FINAL_SIGMA and (c + SIGMA).lower()[-1] != FINAL_SIGMA


STARTS = ("Lu", "Ll", "Lt", "Lm", "Lo", "Nl")
CONTINUES = STARTS + ("Mn", "Mc", "Nd", "Pc")


def continues(c):
    return ("a" + c).isidentifier()


def print_ranges(name, is_in):
    ends = []
    for code in CODES:
        if is_in(chr(code)):
            if ends and ends[-1] == code - 1:
                ends[-1] = code
            else:
                ends += [code, code]
    print(f"\nconst uint32_t loam__casing_{name}[] = {{")
    line = "   "
    for item in [f" {end:#x}," for end in ends] + [" 0,"]:
        if len(line) + len(item) > 120:
            print(line)
            line = "   "
        line += item
    print(line)
    print("};")


def c_codes(text):
    return "{%s}" % ", ".join(f"{ord(c):#x}" for c in text)


print("""/*
 * Written by build-aux/casing.py from Unicode 14, which is CPython 3.11's.
 */
#include "lib/casing.h"

const loam__casing loam__casing_special[] = {""")
for code in CODES:
    c = chr(code)
    if max(len(c.lower()), len(c.upper()), len(c.title())) > 1:
        print(f"    {{{code:#x}, {{{c_codes(c.lower())}, {c_codes(c.upper())}, {c_codes(c.title())}}}}},")
print("    {0, {{0}}},\n};")
print_ranges("digits", lambda c: c.isdigit() and category(c) != "Nd")
print_ranges("numbers", lambda c: c.isnumeric() and category(c) not in ("Nd", "Nl", "No"))
print_ranges("lower", lambda c: c.islower() and category(c) != "Ll")
print_ranges("upper", lambda c: c.isupper() and category(c) != "Lu")
print_ranges("ignorable", lambda c: is_ignorable(c) and category(c) not in ("Mn", "Me", "Cf", "Lm", "Sk"))
print_ranges("xid_start", lambda c: c.isidentifier() and category(c) not in STARTS)
print_ranges("no_xid_start", lambda c: not c.isidentifier() and category(c) in STARTS)
print_ranges("xid_continue", lambda c: continues(c) and category(c) not in CONTINUES)
print_ranges("no_xid_continue", lambda c: not continues(c) and category(c) in CONTINUES)
