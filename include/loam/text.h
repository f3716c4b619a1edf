/**
 * Text straight in: what the functions of str and bytes that take a text accept.
 *
 *     loam_str_split(line, ",")               a C string, UTF-8 for a str
 *     loam_str_split(line, separator)         a str, or a value that is one
 *     loam_str_split(line, ((loam_view){"\0", 1}))   bytes of any kind, zero bytes too
 *
 * No object is made of it. A function of str wants UTF-8, which else is LOAM_ERR_VALUE, and a value that is a str; one
 * of bytes takes bytes in place of a str, and any others: else LOAM_ERR_TYPE, or where the compiler sees it a compile
 * error.
 */
#ifndef LOAM_TEXT_H
#define LOAM_TEXT_H

#include <loam/base.h>
#include <loam/value.h>

#include <string.h>

LOAM_BEGIN_DECLS

LOAM_API loam_view loam__text_of_value(loam_value value) LOAM_NODISCARD;
LOAM_API loam_view loam__text_of_str(const loam_str *str) LOAM_NODISCARD;
LOAM_API loam_view loam__data_of_value(loam_value value) LOAM_NODISCARD;
LOAM_API loam_view loam__data_of_bytes(const loam_bytes *bytes) LOAM_NODISCARD;

LOAM_END_DECLS

static inline loam_view loam__text_of_view(loam_view view)
{
    return view;
}

/** What is not there, because of an earlier failure, has a length and no address. */
static inline loam_view loam__text_of_chars(const char *chars)
{
    loam_view view;
    view.data = chars;
    view.len = chars ? strlen(chars) : 1;
    return view;
}

static inline loam_value loam__value_of_value(loam_value value)
{
    return value;
}

#ifndef __cplusplus

/** A text for a str, made by the functions' macros. */
#define LOAM_TEXT(x)                                                                                                   \
    _Generic((x), char * : loam__text_of_chars, const char * : loam__text_of_chars, loam_view : loam__text_of_view,    \
             loam_str * : loam__text_of_str, const loam_str * : loam__text_of_str,                                     \
             loam_value : loam__text_of_value)(x)

/** The same for bytes. */
#define LOAM_DATA(x)                                                                                                   \
    _Generic((x), char * : loam__text_of_chars, const char * : loam__text_of_chars, loam_view : loam__text_of_view,    \
             loam_bytes * : loam__data_of_bytes, const loam_bytes * : loam__data_of_bytes,                             \
             loam_value : loam__data_of_value)(x)

/** A handle or a value as a value, borrowed. */
#define LOAM__ANY(x) _Generic((x), loam_value : loam__value_of_value, LOAM__NO_TEXT, default : loam__from)(x)

#else

static inline loam_view LOAM_TEXT(const char *x)
{
    return loam__text_of_chars(x);
}
static inline loam_view LOAM_TEXT(loam_view x)
{
    return x;
}
static inline loam_view LOAM_TEXT(const loam_str *x)
{
    return loam__text_of_str(x);
}
static inline loam_view LOAM_TEXT(loam_value x)
{
    return loam__text_of_value(x);
}

static inline loam_view LOAM_DATA(const char *x)
{
    return loam__text_of_chars(x);
}
static inline loam_view LOAM_DATA(loam_view x)
{
    return x;
}
static inline loam_view LOAM_DATA(const loam_bytes *x)
{
    return loam__data_of_bytes(x);
}
static inline loam_view LOAM_DATA(loam_value x)
{
    return loam__data_of_value(x);
}

static inline loam_value LOAM__ANY(loam_value x)
{
    return x;
}
static inline loam_value LOAM__ANY(const void *x)
{
    return loam__from(x);
}
loam_value LOAM__ANY(const char *text) = delete;

#endif

#endif
