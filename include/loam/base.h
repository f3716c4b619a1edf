/**
 * What every other header stands on: version, attributes, and the plain C types that cross the API.
 */
#ifndef LOAM_BASE_H
#define LOAM_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOAM_VERSION_MAJOR 0
#define LOAM_VERSION_MINOR 1
#define LOAM_VERSION_PATCH 0
#define LOAM_VERSION "0.1.0"

#ifdef __cplusplus
#define LOAM_EXTERN_C extern "C"
#define LOAM_BEGIN_DECLS extern "C" {
#define LOAM_END_DECLS }
#else
#define LOAM_EXTERN_C extern
#define LOAM_BEGIN_DECLS
#define LOAM_END_DECLS
#endif

/** An exported name. `nm -D` of the library lists these and no others. */
#define LOAM_API __attribute__((__visibility__("default")))

/** The result may not be ignored: it is a reference that someone must release, or a failure. */
#define LOAM_NODISCARD __attribute__((__warn_unused_result__))

/** The text of a printf-like call is checked against its arguments. */
#define LOAM_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))

/* A value is one 64-bit word and a handle must fit into it without change. */
#ifdef __cplusplus
static_assert(sizeof(void *) == 8, "loam needs a 64-bit platform");
#else
_Static_assert(sizeof(void *) == 8, "loam needs a 64-bit platform");
#endif

/** `len` bytes that belong to someone else, such as a word in the buffer of a file. Not terminated by a zero byte. */
typedef struct loam_view {
    const char *data;
    size_t len;
} loam_view;

/** Where a slice has no bound, or no step: Python's `a[:stop]`, `a[start:]`. */
#define LOAM_OMIT INT64_MIN

#endif
