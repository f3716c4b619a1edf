/*
 * bytes: the public names of case.
 */
#include "containers/chars_case.h"

static const loam__chars *chars_of(const loam_bytes *bytes)
{
    return (const loam__chars *)bytes;
}

loam_bytes *loam_bytes_lower(const loam_bytes *bytes)
{
    return (loam_bytes *)loam__chars_recase(__func__, chars_of(bytes), LOAM__LOWER);
}

loam_bytes *loam_bytes_upper(const loam_bytes *bytes)
{
    return (loam_bytes *)loam__chars_recase(__func__, chars_of(bytes), LOAM__UPPER);
}

loam_bytes *loam_bytes_title(const loam_bytes *bytes)
{
    return (loam_bytes *)loam__chars_recase(__func__, chars_of(bytes), LOAM__TITLE);
}

loam_bytes *loam_bytes_capitalize(const loam_bytes *bytes)
{
    return (loam_bytes *)loam__chars_recase(__func__, chars_of(bytes), LOAM__CAPITALIZE);
}

loam_bytes *loam_bytes_swapcase(const loam_bytes *bytes)
{
    return (loam_bytes *)loam__chars_recase(__func__, chars_of(bytes), LOAM__SWAPCASE);
}

int loam_bytes_isalpha(const loam_bytes *bytes)
{
    return loam__chars_all(__func__, chars_of(bytes), LOAM__IS_ALPHA);
}

int loam_bytes_isalnum(const loam_bytes *bytes)
{
    return loam__chars_all(__func__, chars_of(bytes),
                           LOAM__IS_ALPHA | LOAM__IS_DECIMAL | LOAM__IS_DIGIT | LOAM__IS_NUMERIC);
}

int loam_bytes_isdigit(const loam_bytes *bytes)
{
    return loam__chars_all(__func__, chars_of(bytes), LOAM__IS_DIGIT);
}

int loam_bytes_isspace(const loam_bytes *bytes)
{
    return loam__chars_all_spaces(__func__, chars_of(bytes));
}

int loam_bytes_isascii(const loam_bytes *bytes)
{
    return loam__chars_all_ascii(__func__, chars_of(bytes));
}

int loam_bytes_islower(const loam_bytes *bytes)
{
    return loam__chars_in_case(__func__, chars_of(bytes), LOAM__IS_LOWER);
}

int loam_bytes_isupper(const loam_bytes *bytes)
{
    return loam__chars_in_case(__func__, chars_of(bytes), LOAM__IS_UPPER);
}

int loam_bytes_istitle(const loam_bytes *bytes)
{
    return loam__chars_is_title(__func__, chars_of(bytes));
}
