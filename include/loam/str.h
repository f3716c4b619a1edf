/**
 * str: immutable text, UTF-8 that is valid by construction. Indexes and lengths count code points, as in Python; its
 * bytes can be looked at in place. A position in text that is not all ASCII is counted out, which is O(length).
 *
 * Where a function takes a text, as in loam_str_find(str, "needle", &at), that is a C string, a view, a str or a value
 * that is one (text.h). It must be UTF-8, else it is LOAM_ERR_VALUE. A result that is all of `str` is `str` itself.
 * Searching takes time linear in the text and in what is looked for, whatever they are. Everything that makes a result
 * can fail for LOAM_ERR_MEMORY, also where it would be larger than memory can be.
 */
#ifndef LOAM_STR_H
#define LOAM_STR_H

#include <loam/base.h>
#include <loam/text.h>
#include <loam/value.h>

LOAM_BEGIN_DECLS

/**
 * A str of the characters of a C string. LOAM_ERR_VALUE: they are not UTF-8.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_new(const char *chars) LOAM_NODISCARD;

/**
 * A str of `len` bytes, zero bytes included. LOAM_ERR_VALUE: they are not UTF-8. LOAM_ERR_MEMORY where no object has
 * room for so many: then none is read.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_from(const char *data, size_t len) LOAM_NODISCARD;

/**
 * A str from a printf format. LOAM_ERR_VALUE: the result is not UTF-8.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_format(const char *format, ...) LOAM_NODISCARD LOAM_PRINTF(1, 2);

/**
 * Code points, or the earlier failure if `str` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_str_len(const loam_str *str) LOAM_NODISCARD;

/**
 * The UTF-8 bytes, followed by a zero byte, borrowed from `str`. NULL if `str` is.
 *
 * O(1). Runs no user code.
 */
LOAM_API const char *loam_str_chars_peek(const loam_str *str) LOAM_NODISCARD;

/**
 * The UTF-8 bytes and their number, borrowed from `str`. {NULL, 1} if `str` is NULL: what takes a text hands
 * that failure on.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_view loam_str_view_peek(const loam_str *str) LOAM_NODISCARD;

/**
 * Python's `str[start:stop:step]`, by code points, where LOAM_OMIT leaves a bound out. LOAM_ERR_VALUE: step 0.
 *
 * O(length of the result) where all is ASCII, else O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_slice(const loam_str *str, int64_t start, int64_t stop, int64_t step) LOAM_NODISCARD;

/**
 * The code point at `index`, negative from the end, as a str. LOAM_ERR_INDEX: there is none.
 *
 * O(1) where all is ASCII, else O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_get(const loam_str *str, int64_t index) LOAM_NODISCARD;

/**
 * The same as a number: Python's `ord(str[index])`. LOAM_ERR_INDEX: there is none.
 *
 * O(1) where all is ASCII, else O(length). Runs no user code.
 */
LOAM_API int64_t loam_str_ord(const loam_str *str, int64_t index) LOAM_NODISCARD;

/**
 * A str of one code point: Python's `chr()`. LOAM_ERR_VALUE: a surrogate, or above 0x10ffff.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_str *loam_str_chr(int64_t code) LOAM_NODISCARD;

/**
 * 1 if `part` is in it, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_contains(const loam_str *str, loam_view part) LOAM_NODISCARD;

/**
 * Where `part` begins first, into `*at`: LOAM_OK, or LOAM_MISSING, which leaves `*at` as it was. An empty part is at
 * the beginning.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_status loam_str_find(const loam_str *str, loam_view part, int64_t *at) LOAM_NODISCARD;

/**
 * The same from the end: where `part` begins last.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_status loam_str_rfind(const loam_str *str, loam_view part, int64_t *at) LOAM_NODISCARD;

/**
 * loam_str_find() from `start` on and before `stop`, as in a slice; LOAM_OMIT leaves a bound out. `*at` counts from the
 * beginning all the same.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_status loam_str_find_in(const loam_str *str, loam_view part, int64_t start, int64_t stop,
                                      int64_t *at) LOAM_NODISCARD;

/**
 * The same from the end.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_status loam_str_rfind_in(const loam_str *str, loam_view part, int64_t start, int64_t stop,
                                       int64_t *at) LOAM_NODISCARD;

/**
 * Where `part` begins first. LOAM_ERR_VALUE: nowhere.
 *
 * O(length). Runs no user code.
 */
LOAM_API int64_t loam_str_index(const loam_str *str, loam_view part) LOAM_NODISCARD;

/**
 * Where `part` begins last. LOAM_ERR_VALUE: nowhere.
 *
 * O(length). Runs no user code.
 */
LOAM_API int64_t loam_str_rindex(const loam_str *str, loam_view part) LOAM_NODISCARD;

/**
 * How many of `part` there are that do not overlap; an empty one is around each code point.
 *
 * O(length). Runs no user code.
 */
LOAM_API int64_t loam_str_count(const loam_str *str, loam_view part) LOAM_NODISCARD;

/**
 * The same from `start` on and before `stop`; LOAM_OMIT leaves a bound out.
 *
 * O(length). Runs no user code.
 */
LOAM_API int64_t loam_str_count_in(const loam_str *str, loam_view part, int64_t start, int64_t stop) LOAM_NODISCARD;

/**
 * 1 if it begins with `prefix`, else 0.
 *
 * O(length of the prefix). Runs no user code.
 */
LOAM_API int loam_str_startswith(const loam_str *str, loam_view prefix) LOAM_NODISCARD;

/**
 * 1 if it ends with `suffix`, else 0.
 *
 * O(length of the suffix). Runs no user code.
 */
LOAM_API int loam_str_endswith(const loam_str *str, loam_view suffix) LOAM_NODISCARD;

/**
 * 1 if the slice from `start` to `stop` begins with `prefix`, else 0; LOAM_OMIT leaves a bound out.
 *
 * O(length, and length of the prefix). Runs no user code.
 */
LOAM_API int loam_str_startswith_in(const loam_str *str, loam_view prefix, int64_t start, int64_t stop) LOAM_NODISCARD;

/**
 * The same of the end of the slice.
 *
 * O(length, and length of the suffix). Runs no user code.
 */
LOAM_API int loam_str_endswith_in(const loam_str *str, loam_view suffix, int64_t start, int64_t stop) LOAM_NODISCARD;

/**
 * A list of what is between the separators. LOAM_ERR_VALUE: an empty separator.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_str_split(const loam_str *str, loam_view separator) LOAM_NODISCARD;

/**
 * The same with at most `most` splits, from the beginning; a negative number means all.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_str_split_max(const loam_str *str, loam_view separator, int64_t most) LOAM_NODISCARD;

/**
 * The same with at most `most` splits, from the end.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_str_rsplit_max(const loam_str *str, loam_view separator, int64_t most) LOAM_NODISCARD;

/**
 * Python's `str.split()`: a list of what is between runs of whitespace; none of it is empty.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_str_words(const loam_str *str) LOAM_NODISCARD;

/**
 * The same with at most `most` splits, from the beginning; a negative number means all. What is left keeps the
 * whitespace at its end.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_str_words_max(const loam_str *str, int64_t most) LOAM_NODISCARD;

/**
 * The same with at most `most` splits, from the end; what is left keeps the whitespace at its beginning.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_str_rwords_max(const loam_str *str, int64_t most) LOAM_NODISCARD;

/**
 * A list of the lines, with or without what ends them: \n, \r\n, \r, \v, \f, and what else does in Unicode.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_str_splitlines(const loam_str *str, bool keep_ends) LOAM_NODISCARD;

/**
 * (what is before the first separator, the separator, what is behind it), or (all, empty, empty) where there is none.
 * LOAM_ERR_VALUE: an empty separator.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_tuple *loam_str_partition(const loam_str *str, loam_view separator) LOAM_NODISCARD;

/**
 * The same at the last separator, or (empty, empty, all).
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_tuple *loam_str_rpartition(const loam_str *str, loam_view separator) LOAM_NODISCARD;

/**
 * Python's `str + text`. Use a builder for more than a few: builder.h.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_concat(const loam_str *str, loam_view text) LOAM_NODISCARD;

/**
 * Python's `str * times`: so many times over; empty if `times` is 0 or less.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_str *loam_str_repeat(const loam_str *str, int64_t times) LOAM_NODISCARD;

/**
 * Without whitespace at both ends.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_strip(const loam_str *str) LOAM_NODISCARD;

/**
 * Without whitespace at the beginning.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_lstrip(const loam_str *str) LOAM_NODISCARD;

/**
 * Without whitespace at the end.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_rstrip(const loam_str *str) LOAM_NODISCARD;

/**
 * Without any code point of `set` at both ends.
 *
 * O(length of what is stripped times length of the set). Runs no user code.
 */
LOAM_API loam_str *loam_str_strip_chars(const loam_str *str, loam_view set) LOAM_NODISCARD;

/**
 * The same at the beginning.
 *
 * O(length of what is stripped times length of the set). Runs no user code.
 */
LOAM_API loam_str *loam_str_lstrip_chars(const loam_str *str, loam_view set) LOAM_NODISCARD;

/**
 * The same at the end.
 *
 * O(length of what is stripped times length of the set). Runs no user code.
 */
LOAM_API loam_str *loam_str_rstrip_chars(const loam_str *str, loam_view set) LOAM_NODISCARD;

/**
 * Without `prefix`, if it begins with that.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_removeprefix(const loam_str *str, loam_view prefix) LOAM_NODISCARD;

/**
 * Without `suffix`, if it ends with that.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_removesuffix(const loam_str *str, loam_view suffix) LOAM_NODISCARD;

/**
 * With `new_text` in place of each `old_text`; an empty one is around each code point.
 *
 * O(length and length of the result). Runs no user code.
 */
LOAM_API loam_str *loam_str_replace(const loam_str *str, loam_view old_text, loam_view new_text) LOAM_NODISCARD;

/**
 * The same for the first `most` of them; a negative number means all.
 *
 * O(length and length of the result). Runs no user code.
 */
LOAM_API loam_str *loam_str_replace_max(const loam_str *str, loam_view old_text, loam_view new_text,
                                        int64_t most) LOAM_NODISCARD;

/**
 * In the middle of at least `width` code points, with `fill` around it. LOAM_ERR_TYPE: `fill` is not one code point.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_str *loam_str_center(const loam_str *str, int64_t width, loam_view fill) LOAM_NODISCARD;

/**
 * At the left of at least `width` code points, with `fill` behind it. LOAM_ERR_TYPE: `fill` is not one code point.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_str *loam_str_ljust(const loam_str *str, int64_t width, loam_view fill) LOAM_NODISCARD;

/**
 * At the right of at least `width` code points, with `fill` before it. LOAM_ERR_TYPE: `fill` is not one code point.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_str *loam_str_rjust(const loam_str *str, int64_t width, loam_view fill) LOAM_NODISCARD;

/**
 * At the right of at least `width` code points, with zeros before it, but behind a sign.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_str *loam_str_zfill(const loam_str *str, int64_t width) LOAM_NODISCARD;

/**
 * With spaces in place of each tab, up to the next column that `tab_size` divides.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_str *loam_str_expandtabs(const loam_str *str, int64_t tab_size) LOAM_NODISCARD;

/**
 * Python's `separator.join(items)`: the strs of anything iterable with the separator between. LOAM_ERR_TYPE: not
 * iterable, or an item is no str.
 *
 * O(length of the result). May run a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_str *loam_str_join(loam_view separator, loam_value items) LOAM_NODISCARD;

/**
 * The UTF-8 of it as bytes; back: loam_bytes_decode().
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_str_encode(const loam_str *str) LOAM_NODISCARD;

/**
 * With each code point replaced by what `table`, a dict, has for its number: a number, a str, or None for nothing; what
 * the table has not stays. loam_str_maketrans() makes tables. LOAM_ERR_TYPE: another value is in the table;
 * LOAM_ERR_VALUE: a number that is no code point.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_str *loam_str_translate(const loam_str *str, loam_dict *table) LOAM_NODISCARD;

/**
 * A table for loam_str_translate(): each code point of `from` becomes the one at its place in `to`, and those of
 * `removed` go; "" for none. LOAM_ERR_VALUE: `from` and `to` are not equally long.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_dict *loam_str_maketrans(loam_view from, loam_view to, loam_view removed) LOAM_NODISCARD;

/**
 * In lower case. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_lower(const loam_str *str) LOAM_NODISCARD;

/**
 * In upper case. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_upper(const loam_str *str) LOAM_NODISCARD;

/**
 * For comparing without regard to case: like lower case, and "\xc3\x9f" as "ss". LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_casefold(const loam_str *str) LOAM_NODISCARD;

/**
 * With the first letter of each word in title case, the others in lower case. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_title(const loam_str *str) LOAM_NODISCARD;

/**
 * With the first character in title case, the others in lower case. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_capitalize(const loam_str *str) LOAM_NODISCARD;

/**
 * Lower case in upper case, and the other way round. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_swapcase(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if all code points are letters, and there is one, else 0. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_isalpha(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if all code points are letters or numbers, and there is one, else 0. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_isalnum(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if all code points are decimal digits, and there is one, else 0. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_isdecimal(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if all code points are digits, and there is one, else 0. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_isdigit(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if all code points mean numbers, and there is one, else 0. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_isnumeric(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if all code points are whitespace, and there is one, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_isspace(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if all code points are ASCII, or there is none, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_isascii(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if all code points can be printed, or there is none, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_isprintable(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if all letters that have a case are in lower case, and there is one, else 0. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_islower(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if all letters that have a case are in upper case, and there is one, else 0. LOAM_ERR_UNSUPPORTED: some of it
 * is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_isupper(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if upper or title case begins each word, lower case goes on, and there is a word, else 0. LOAM_ERR_UNSUPPORTED:
 * some of it is not ASCII, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_istitle(const loam_str *str) LOAM_NODISCARD;

/**
 * 1 if it is an identifier of Python, else 0. LOAM_ERR_UNSUPPORTED: a character beyond ASCII comes before any that
 * rules it out, and the library has no utf8proc.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_str_isidentifier(const loam_str *str) LOAM_NODISCARD;

LOAM_END_DECLS

#define loam_str_contains(str, part) loam_str_contains(str, LOAM_TEXT(part))
#define loam_str_find(str, part, at) loam_str_find(str, LOAM_TEXT(part), at)
#define loam_str_rfind(str, part, at) loam_str_rfind(str, LOAM_TEXT(part), at)
#define loam_str_find_in(str, part, start, stop, at) loam_str_find_in(str, LOAM_TEXT(part), start, stop, at)
#define loam_str_rfind_in(str, part, start, stop, at) loam_str_rfind_in(str, LOAM_TEXT(part), start, stop, at)
#define loam_str_index(str, part) loam_str_index(str, LOAM_TEXT(part))
#define loam_str_rindex(str, part) loam_str_rindex(str, LOAM_TEXT(part))
#define loam_str_count(str, part) loam_str_count(str, LOAM_TEXT(part))
#define loam_str_count_in(str, part, start, stop) loam_str_count_in(str, LOAM_TEXT(part), start, stop)
#define loam_str_startswith(str, prefix) loam_str_startswith(str, LOAM_TEXT(prefix))
#define loam_str_endswith(str, suffix) loam_str_endswith(str, LOAM_TEXT(suffix))
#define loam_str_startswith_in(str, prefix, start, stop) loam_str_startswith_in(str, LOAM_TEXT(prefix), start, stop)
#define loam_str_endswith_in(str, suffix, start, stop) loam_str_endswith_in(str, LOAM_TEXT(suffix), start, stop)
#define loam_str_split(str, separator) loam_str_split(str, LOAM_TEXT(separator))
#define loam_str_split_max(str, separator, most) loam_str_split_max(str, LOAM_TEXT(separator), most)
#define loam_str_rsplit_max(str, separator, most) loam_str_rsplit_max(str, LOAM_TEXT(separator), most)
#define loam_str_partition(str, separator) loam_str_partition(str, LOAM_TEXT(separator))
#define loam_str_rpartition(str, separator) loam_str_rpartition(str, LOAM_TEXT(separator))
#define loam_str_concat(str, text) loam_str_concat(str, LOAM_TEXT(text))
#define loam_str_strip_chars(str, set) loam_str_strip_chars(str, LOAM_TEXT(set))
#define loam_str_lstrip_chars(str, set) loam_str_lstrip_chars(str, LOAM_TEXT(set))
#define loam_str_rstrip_chars(str, set) loam_str_rstrip_chars(str, LOAM_TEXT(set))
#define loam_str_removeprefix(str, prefix) loam_str_removeprefix(str, LOAM_TEXT(prefix))
#define loam_str_removesuffix(str, suffix) loam_str_removesuffix(str, LOAM_TEXT(suffix))
#define loam_str_replace(str, old_text, new_text) loam_str_replace(str, LOAM_TEXT(old_text), LOAM_TEXT(new_text))
#define loam_str_replace_max(str, old_text, new_text, most)                                                            \
    loam_str_replace_max(str, LOAM_TEXT(old_text), LOAM_TEXT(new_text), most)
#define loam_str_center(str, width, fill) loam_str_center(str, width, LOAM_TEXT(fill))
#define loam_str_ljust(str, width, fill) loam_str_ljust(str, width, LOAM_TEXT(fill))
#define loam_str_rjust(str, width, fill) loam_str_rjust(str, width, LOAM_TEXT(fill))
#define loam_str_join(separator, items) loam_str_join(LOAM_TEXT(separator), LOAM__ANY(items))
#define loam_str_maketrans(from, to, removed) loam_str_maketrans(LOAM_TEXT(from), LOAM_TEXT(to), LOAM_TEXT(removed))

#endif
