/**
 * bytes: immutable, any bytes at all. What is said of case and of letters is about ASCII; other bytes are none.
 *
 * Where a function takes bytes, as in loam_bytes_find(bytes, "needle", &at), that is a C string, a view, bytes or a
 * value that is (text.h). A result that is all of `bytes` is `bytes` itself. Searching takes time linear in the bytes
 * and in what is looked for, whatever they are. Everything that makes a result can fail for LOAM_ERR_MEMORY, also where
 * it would be larger than memory can be.
 */
#ifndef LOAM_BYTES_H
#define LOAM_BYTES_H

#include <loam/base.h>
#include <loam/text.h>
#include <loam/value.h>

LOAM_BEGIN_DECLS

/**
 * A copy of `len` bytes.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_from(const void *data, size_t len) LOAM_NODISCARD;

/**
 * The number of bytes, or the earlier failure if `bytes` is NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_bytes_len(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * The bytes and their number, borrowed from `bytes`; a zero byte follows them. {NULL, 1} if `bytes` is NULL:
 * what takes a text hands that failure on.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_view loam_bytes_view_peek(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * The byte at `index`, negative from the end, into `*out`. LOAM_ERR_INDEX: there is none.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_bytes_get(const loam_bytes *bytes, int64_t index, int64_t *out) LOAM_NODISCARD;

/**
 * Python's `bytes[start:stop:step]`, where LOAM_OMIT leaves a bound out. LOAM_ERR_VALUE: step 0.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_slice(const loam_bytes *bytes, int64_t start, int64_t stop,
                                      int64_t step) LOAM_NODISCARD;

/**
 * 1 if `part` is in it, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_bytes_contains(const loam_bytes *bytes, loam_view part) LOAM_NODISCARD;

/**
 * Where `part` begins first, into `*at`: LOAM_OK, or LOAM_MISSING, which leaves `*at` as it was. An empty part is at
 * the beginning.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_status loam_bytes_find(const loam_bytes *bytes, loam_view part, int64_t *at) LOAM_NODISCARD;

/**
 * The same from the end: where `part` begins last.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_status loam_bytes_rfind(const loam_bytes *bytes, loam_view part, int64_t *at) LOAM_NODISCARD;

/**
 * loam_bytes_find() from `start` on and before `stop`, as in a slice; LOAM_OMIT leaves a bound out. `*at` counts from
 * the beginning all the same.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_status loam_bytes_find_in(const loam_bytes *bytes, loam_view part, int64_t start, int64_t stop,
                                        int64_t *at) LOAM_NODISCARD;

/**
 * The same from the end.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_status loam_bytes_rfind_in(const loam_bytes *bytes, loam_view part, int64_t start, int64_t stop,
                                         int64_t *at) LOAM_NODISCARD;

/**
 * Where `part` begins first. LOAM_ERR_VALUE: nowhere.
 *
 * O(length). Runs no user code.
 */
LOAM_API int64_t loam_bytes_index(const loam_bytes *bytes, loam_view part) LOAM_NODISCARD;

/**
 * Where `part` begins last. LOAM_ERR_VALUE: nowhere.
 *
 * O(length). Runs no user code.
 */
LOAM_API int64_t loam_bytes_rindex(const loam_bytes *bytes, loam_view part) LOAM_NODISCARD;

/**
 * How many of `part` there are that do not overlap; an empty one is around each byte.
 *
 * O(length). Runs no user code.
 */
LOAM_API int64_t loam_bytes_count(const loam_bytes *bytes, loam_view part) LOAM_NODISCARD;

/**
 * The same from `start` on and before `stop`; LOAM_OMIT leaves a bound out.
 *
 * O(length). Runs no user code.
 */
LOAM_API int64_t loam_bytes_count_in(const loam_bytes *bytes, loam_view part, int64_t start,
                                     int64_t stop) LOAM_NODISCARD;

/**
 * 1 if it begins with `prefix`, else 0.
 *
 * O(length of the prefix). Runs no user code.
 */
LOAM_API int loam_bytes_startswith(const loam_bytes *bytes, loam_view prefix) LOAM_NODISCARD;

/**
 * 1 if it ends with `suffix`, else 0.
 *
 * O(length of the suffix). Runs no user code.
 */
LOAM_API int loam_bytes_endswith(const loam_bytes *bytes, loam_view suffix) LOAM_NODISCARD;

/**
 * 1 if the slice from `start` to `stop` begins with `prefix`, else 0; LOAM_OMIT leaves a bound out.
 *
 * O(length of the prefix). Runs no user code.
 */
LOAM_API int loam_bytes_startswith_in(const loam_bytes *bytes, loam_view prefix, int64_t start,
                                      int64_t stop) LOAM_NODISCARD;

/**
 * The same of the end of the slice.
 *
 * O(length of the suffix). Runs no user code.
 */
LOAM_API int loam_bytes_endswith_in(const loam_bytes *bytes, loam_view suffix, int64_t start,
                                    int64_t stop) LOAM_NODISCARD;

/**
 * A list of what is between the separators. LOAM_ERR_VALUE: an empty separator.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_bytes_split(const loam_bytes *bytes, loam_view separator) LOAM_NODISCARD;

/**
 * The same with at most `most` splits, from the beginning; a negative number means all.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_bytes_split_max(const loam_bytes *bytes, loam_view separator, int64_t most) LOAM_NODISCARD;

/**
 * The same with at most `most` splits, from the end.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_bytes_rsplit_max(const loam_bytes *bytes, loam_view separator, int64_t most) LOAM_NODISCARD;

/**
 * Python's `bytes.split()`: a list of what is between runs of whitespace; none of it is empty.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_bytes_words(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * The same with at most `most` splits, from the beginning; a negative number means all. What is left keeps the
 * whitespace at its end.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_bytes_words_max(const loam_bytes *bytes, int64_t most) LOAM_NODISCARD;

/**
 * The same with at most `most` splits, from the end; what is left keeps the whitespace at its beginning.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_bytes_rwords_max(const loam_bytes *bytes, int64_t most) LOAM_NODISCARD;

/**
 * A list of the lines, with or without what ends them: \n, \r\n and \r.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_list *loam_bytes_splitlines(const loam_bytes *bytes, bool keep_ends) LOAM_NODISCARD;

/**
 * (what is before the first separator, the separator, what is behind it), or (all, empty, empty) where there is none.
 * LOAM_ERR_VALUE: an empty separator.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_tuple *loam_bytes_partition(const loam_bytes *bytes, loam_view separator) LOAM_NODISCARD;

/**
 * The same at the last separator, or (empty, empty, all).
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_tuple *loam_bytes_rpartition(const loam_bytes *bytes, loam_view separator) LOAM_NODISCARD;

/**
 * Python's `bytes + text`. Use a builder for more than a few: builder.h.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_concat(const loam_bytes *bytes, loam_view text) LOAM_NODISCARD;

/**
 * Python's `bytes * times`: so many times over; empty if `times` is 0 or less.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_repeat(const loam_bytes *bytes, int64_t times) LOAM_NODISCARD;

/**
 * Without whitespace at both ends.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_strip(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * Without whitespace at the beginning.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_lstrip(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * Without whitespace at the end.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_rstrip(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * Without any byte of `set` at both ends.
 *
 * O(length of what is stripped times length of the set). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_strip_chars(const loam_bytes *bytes, loam_view set) LOAM_NODISCARD;

/**
 * The same at the beginning.
 *
 * O(length of what is stripped times length of the set). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_lstrip_chars(const loam_bytes *bytes, loam_view set) LOAM_NODISCARD;

/**
 * The same at the end.
 *
 * O(length of what is stripped times length of the set). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_rstrip_chars(const loam_bytes *bytes, loam_view set) LOAM_NODISCARD;

/**
 * Without `prefix`, if it begins with that.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_removeprefix(const loam_bytes *bytes, loam_view prefix) LOAM_NODISCARD;

/**
 * Without `suffix`, if it ends with that.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_removesuffix(const loam_bytes *bytes, loam_view suffix) LOAM_NODISCARD;

/**
 * With `new_text` in place of each `old_text`; an empty one is around each byte.
 *
 * O(length and length of the result). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_replace(const loam_bytes *bytes, loam_view old_text, loam_view new_text) LOAM_NODISCARD;

/**
 * The same for the first `most` of them; a negative number means all.
 *
 * O(length and length of the result). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_replace_max(const loam_bytes *bytes, loam_view old_text, loam_view new_text,
                                            int64_t most) LOAM_NODISCARD;

/**
 * In the middle of at least `width` bytes, with `fill` around it. LOAM_ERR_TYPE: `fill` is not one byte.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_center(const loam_bytes *bytes, int64_t width, loam_view fill) LOAM_NODISCARD;

/**
 * At the left of at least `width` bytes, with `fill` behind it. LOAM_ERR_TYPE: `fill` is not one byte.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_ljust(const loam_bytes *bytes, int64_t width, loam_view fill) LOAM_NODISCARD;

/**
 * At the right of at least `width` bytes, with `fill` before it. LOAM_ERR_TYPE: `fill` is not one byte.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_rjust(const loam_bytes *bytes, int64_t width, loam_view fill) LOAM_NODISCARD;

/**
 * At the right of at least `width` bytes, with zeros before it, but behind a sign.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_zfill(const loam_bytes *bytes, int64_t width) LOAM_NODISCARD;

/**
 * With spaces in place of each tab, up to the next column that `tab_size` divides.
 *
 * O(length of the result). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_expandtabs(const loam_bytes *bytes, int64_t tab_size) LOAM_NODISCARD;

/**
 * Python's `separator.join(items)`: the bytes objects of anything iterable with the separator between. LOAM_ERR_TYPE:
 * not iterable, or an item is not bytes.
 *
 * O(length of the result). May run a type's iter_begin and iter_fill, an iterator's stages, finalizers.
 */
LOAM_API loam_bytes *loam_bytes_join(loam_view separator, loam_value items) LOAM_NODISCARD;

/**
 * As a str. LOAM_ERR_VALUE: they are not UTF-8.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_bytes_decode(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * Two hexadecimal digits for each byte, as a str.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_bytes_hex(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * The same with `separator`, one character of ASCII, between groups of `group` bytes, counted from the end, or from the
 * beginning if `group` is negative; 0: no groups. LOAM_ERR_VALUE: the separator is something else.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_bytes_hex_grouped(const loam_bytes *bytes, loam_view separator, int64_t group) LOAM_NODISCARD;

/**
 * The bytes that hexadecimal digits mean; whitespace of ASCII may stand between two bytes. LOAM_ERR_VALUE: anything
 * else.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_fromhex(loam_view digits) LOAM_NODISCARD;

/**
 * With each byte replaced by the one at its place in `table`, which has 256, after those of `removed` are gone; "" for
 * none. LOAM_ERR_VALUE: a table of another length.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_translate(const loam_bytes *bytes, loam_view table, loam_view removed) LOAM_NODISCARD;

/**
 * A table for loam_bytes_translate(): each byte of `from` becomes the one at its place in `to`. LOAM_ERR_VALUE: they
 * are not equally long.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_maketrans(loam_view from, loam_view to) LOAM_NODISCARD;

/**
 * In lower case.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_lower(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * In upper case.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_upper(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * With the first letter of each word in title case, the others in lower case.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_title(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * With the first character in title case, the others in lower case.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_capitalize(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * Lower case in upper case, and the other way round.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_bytes_swapcase(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * 1 if all bytes are letters, and there is one, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_bytes_isalpha(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * 1 if all bytes are letters or numbers, and there is one, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_bytes_isalnum(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * 1 if all bytes are digits, and there is one, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_bytes_isdigit(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * 1 if all bytes are whitespace, and there is one, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_bytes_isspace(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * 1 if all bytes are ASCII, or there is none, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_bytes_isascii(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * 1 if all letters that have a case are in lower case, and there is one, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_bytes_islower(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * 1 if all letters that have a case are in upper case, and there is one, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_bytes_isupper(const loam_bytes *bytes) LOAM_NODISCARD;

/**
 * 1 if upper or title case begins each word, lower case goes on, and there is a word, else 0.
 *
 * O(length). Runs no user code.
 */
LOAM_API int loam_bytes_istitle(const loam_bytes *bytes) LOAM_NODISCARD;

LOAM_END_DECLS

#define loam_bytes_contains(bytes, part) loam_bytes_contains(bytes, LOAM_DATA(part))
#define loam_bytes_find(bytes, part, at) loam_bytes_find(bytes, LOAM_DATA(part), at)
#define loam_bytes_rfind(bytes, part, at) loam_bytes_rfind(bytes, LOAM_DATA(part), at)
#define loam_bytes_find_in(bytes, part, start, stop, at) loam_bytes_find_in(bytes, LOAM_DATA(part), start, stop, at)
#define loam_bytes_rfind_in(bytes, part, start, stop, at) loam_bytes_rfind_in(bytes, LOAM_DATA(part), start, stop, at)
#define loam_bytes_index(bytes, part) loam_bytes_index(bytes, LOAM_DATA(part))
#define loam_bytes_rindex(bytes, part) loam_bytes_rindex(bytes, LOAM_DATA(part))
#define loam_bytes_count(bytes, part) loam_bytes_count(bytes, LOAM_DATA(part))
#define loam_bytes_count_in(bytes, part, start, stop) loam_bytes_count_in(bytes, LOAM_DATA(part), start, stop)
#define loam_bytes_startswith(bytes, prefix) loam_bytes_startswith(bytes, LOAM_DATA(prefix))
#define loam_bytes_endswith(bytes, suffix) loam_bytes_endswith(bytes, LOAM_DATA(suffix))
#define loam_bytes_startswith_in(bytes, prefix, start, stop)                                                           \
    loam_bytes_startswith_in(bytes, LOAM_DATA(prefix), start, stop)
#define loam_bytes_endswith_in(bytes, suffix, start, stop) loam_bytes_endswith_in(bytes, LOAM_DATA(suffix), start, stop)
#define loam_bytes_split(bytes, separator) loam_bytes_split(bytes, LOAM_DATA(separator))
#define loam_bytes_split_max(bytes, separator, most) loam_bytes_split_max(bytes, LOAM_DATA(separator), most)
#define loam_bytes_rsplit_max(bytes, separator, most) loam_bytes_rsplit_max(bytes, LOAM_DATA(separator), most)
#define loam_bytes_partition(bytes, separator) loam_bytes_partition(bytes, LOAM_DATA(separator))
#define loam_bytes_rpartition(bytes, separator) loam_bytes_rpartition(bytes, LOAM_DATA(separator))
#define loam_bytes_concat(bytes, text) loam_bytes_concat(bytes, LOAM_DATA(text))
#define loam_bytes_strip_chars(bytes, set) loam_bytes_strip_chars(bytes, LOAM_DATA(set))
#define loam_bytes_lstrip_chars(bytes, set) loam_bytes_lstrip_chars(bytes, LOAM_DATA(set))
#define loam_bytes_rstrip_chars(bytes, set) loam_bytes_rstrip_chars(bytes, LOAM_DATA(set))
#define loam_bytes_removeprefix(bytes, prefix) loam_bytes_removeprefix(bytes, LOAM_DATA(prefix))
#define loam_bytes_removesuffix(bytes, suffix) loam_bytes_removesuffix(bytes, LOAM_DATA(suffix))
#define loam_bytes_replace(bytes, old_text, new_text)                                                                  \
    loam_bytes_replace(bytes, LOAM_DATA(old_text), LOAM_DATA(new_text))
#define loam_bytes_replace_max(bytes, old_text, new_text, most)                                                        \
    loam_bytes_replace_max(bytes, LOAM_DATA(old_text), LOAM_DATA(new_text), most)
#define loam_bytes_center(bytes, width, fill) loam_bytes_center(bytes, width, LOAM_DATA(fill))
#define loam_bytes_ljust(bytes, width, fill) loam_bytes_ljust(bytes, width, LOAM_DATA(fill))
#define loam_bytes_rjust(bytes, width, fill) loam_bytes_rjust(bytes, width, LOAM_DATA(fill))
#define loam_bytes_join(separator, items) loam_bytes_join(LOAM_DATA(separator), LOAM__ANY(items))
#define loam_bytes_hex_grouped(bytes, separator, group) loam_bytes_hex_grouped(bytes, LOAM_TEXT(separator), group)
#define loam_bytes_fromhex(digits) loam_bytes_fromhex(LOAM_TEXT(digits))
#define loam_bytes_translate(bytes, table, removed) loam_bytes_translate(bytes, LOAM_DATA(table), LOAM_DATA(removed))
#define loam_bytes_maketrans(from, to) loam_bytes_maketrans(LOAM_DATA(from), LOAM_DATA(to))

#endif
