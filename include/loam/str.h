/**
 * str: immutable text, UTF-8 that is valid by construction. Indexes and lengths count code points, as in Python; its
 * bytes can be looked at in place.
 */
#ifndef LOAM_STR_H
#define LOAM_STR_H

#include <loam/base.h>
#include <loam/value.h>

LOAM_BEGIN_DECLS

/**
 * A str of the characters of a C string. LOAM_ERR_VALUE: they are not UTF-8.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_str_new(const char *chars) LOAM_NODISCARD;

/**
 * A str of `len` bytes, zero bytes included. LOAM_ERR_VALUE: they are not UTF-8.
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
 * The UTF-8 bytes and their number, borrowed from `str`. {NULL, 0} if `str` is NULL.
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

LOAM_END_DECLS

#endif
