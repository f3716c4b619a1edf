/*
 * str: the public names of case.
 */
#include "containers/chars_case.h"

static const loam__chars *chars_of(const loam_str *str)
{
    return (const loam__chars *)str;
}

loam_str *loam_str_lower(const loam_str *str)
{
    return (loam_str *)loam__chars_recase(__func__, chars_of(str), LOAM__LOWER);
}

loam_str *loam_str_upper(const loam_str *str)
{
    return (loam_str *)loam__chars_recase(__func__, chars_of(str), LOAM__UPPER);
}

loam_str *loam_str_casefold(const loam_str *str)
{
    return (loam_str *)loam__chars_recase(__func__, chars_of(str), LOAM__CASEFOLD);
}

loam_str *loam_str_title(const loam_str *str)
{
    return (loam_str *)loam__chars_recase(__func__, chars_of(str), LOAM__TITLE);
}

loam_str *loam_str_capitalize(const loam_str *str)
{
    return (loam_str *)loam__chars_recase(__func__, chars_of(str), LOAM__CAPITALIZE);
}

loam_str *loam_str_swapcase(const loam_str *str)
{
    return (loam_str *)loam__chars_recase(__func__, chars_of(str), LOAM__SWAPCASE);
}

int loam_str_isalpha(const loam_str *str)
{
    return loam__chars_all(__func__, chars_of(str), LOAM__IS_ALPHA);
}

int loam_str_isalnum(const loam_str *str)
{
    return loam__chars_all(__func__, chars_of(str),
                           LOAM__IS_ALPHA | LOAM__IS_DECIMAL | LOAM__IS_DIGIT | LOAM__IS_NUMERIC);
}

int loam_str_isdecimal(const loam_str *str)
{
    return loam__chars_all(__func__, chars_of(str), LOAM__IS_DECIMAL);
}

int loam_str_isdigit(const loam_str *str)
{
    return loam__chars_all(__func__, chars_of(str), LOAM__IS_DIGIT);
}

int loam_str_isnumeric(const loam_str *str)
{
    return loam__chars_all(__func__, chars_of(str), LOAM__IS_NUMERIC);
}

int loam_str_isspace(const loam_str *str)
{
    return loam__chars_all_spaces(__func__, chars_of(str));
}

int loam_str_isascii(const loam_str *str)
{
    return loam__chars_all_ascii(__func__, chars_of(str));
}

int loam_str_isprintable(const loam_str *str)
{
    return loam__chars_all_printable(__func__, chars_of(str));
}

int loam_str_islower(const loam_str *str)
{
    return loam__chars_in_case(__func__, chars_of(str), LOAM__IS_LOWER);
}

int loam_str_isupper(const loam_str *str)
{
    return loam__chars_in_case(__func__, chars_of(str), LOAM__IS_UPPER);
}

int loam_str_istitle(const loam_str *str)
{
    return loam__chars_is_title(__func__, chars_of(str));
}

int loam_str_isidentifier(const loam_str *str)
{
    return loam__chars_is_identifier(__func__, chars_of(str));
}
