/**
 * bytes: immutable, any bytes at all.
 */
#ifndef LOAM_BYTES_H
#define LOAM_BYTES_H

#include <loam/base.h>
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
 * The bytes and their number, borrowed from `bytes`; a zero byte follows them. {NULL, 0} if `bytes` is NULL.
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

LOAM_END_DECLS

#endif
