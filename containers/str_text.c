/*
 * str: the public names of what it has in common with bytes.
 */
#include "containers/chars_text.h"

static const loam__chars *chars_of(const loam_str *str)
{
    return (const loam__chars *)str;
}

loam_view loam__text_of_str(const loam_str *str)
{
    loam__check_alive(str, "LOAM_TEXT");
    return str ? loam__chars_view(chars_of(str)) : (loam_view){NULL, 1};
}

loam_view loam__text_of_value(loam_value value)
{
    if (loam__is_type(value, LOAM__TYPE_STR))
        return loam__chars_view(loam__chars_of(value));
    if (!loam_is_unset(value))
        loam__fail_type("str", value);
    return (loam_view){NULL, 1};
}

int(loam_str_contains)(const loam_str *str, loam_view part)
{
    return loam__chars_contains(__func__, chars_of(str), part);
}

loam_status(loam_str_find)(const loam_str *str, loam_view part, int64_t *at)
{
    return loam__chars_find(__func__, chars_of(str), part, LOAM__WHOLE, false, at);
}

loam_status(loam_str_rfind)(const loam_str *str, loam_view part, int64_t *at)
{
    return loam__chars_find(__func__, chars_of(str), part, LOAM__WHOLE, true, at);
}

loam_status(loam_str_find_in)(const loam_str *str, loam_view part, int64_t start, int64_t stop, int64_t *at)
{
    return loam__chars_find(__func__, chars_of(str), part, (loam__bounds){start, stop}, false, at);
}

loam_status(loam_str_rfind_in)(const loam_str *str, loam_view part, int64_t start, int64_t stop, int64_t *at)
{
    return loam__chars_find(__func__, chars_of(str), part, (loam__bounds){start, stop}, true, at);
}

int64_t(loam_str_index)(const loam_str *str, loam_view part)
{
    return loam__chars_index(__func__, chars_of(str), part, false);
}

int64_t(loam_str_rindex)(const loam_str *str, loam_view part)
{
    return loam__chars_index(__func__, chars_of(str), part, true);
}

int64_t(loam_str_count)(const loam_str *str, loam_view part)
{
    return loam__chars_occurrences(__func__, chars_of(str), part, LOAM__WHOLE);
}

int64_t(loam_str_count_in)(const loam_str *str, loam_view part, int64_t start, int64_t stop)
{
    return loam__chars_occurrences(__func__, chars_of(str), part, (loam__bounds){start, stop});
}

int(loam_str_startswith)(const loam_str *str, loam_view prefix)
{
    return loam__chars_startswith(__func__, chars_of(str), prefix, LOAM__WHOLE);
}

int(loam_str_endswith)(const loam_str *str, loam_view suffix)
{
    return loam__chars_endswith(__func__, chars_of(str), suffix, LOAM__WHOLE);
}

int(loam_str_startswith_in)(const loam_str *str, loam_view prefix, int64_t start, int64_t stop)
{
    return loam__chars_startswith(__func__, chars_of(str), prefix, (loam__bounds){start, stop});
}

int(loam_str_endswith_in)(const loam_str *str, loam_view suffix, int64_t start, int64_t stop)
{
    return loam__chars_endswith(__func__, chars_of(str), suffix, (loam__bounds){start, stop});
}

loam_list *(loam_str_split)(const loam_str *str, loam_view separator)
{
    return loam__chars_split(__func__, chars_of(str), separator, -1);
}

loam_list *(loam_str_split_max)(const loam_str *str, loam_view separator, int64_t most)
{
    return loam__chars_split(__func__, chars_of(str), separator, most);
}

loam_list *(loam_str_rsplit_max)(const loam_str *str, loam_view separator, int64_t most)
{
    return loam__chars_rsplit(__func__, chars_of(str), separator, most);
}

loam_list *loam_str_words(const loam_str *str)
{
    return loam__chars_words(__func__, chars_of(str), -1);
}

loam_list *loam_str_words_max(const loam_str *str, int64_t most)
{
    return loam__chars_words(__func__, chars_of(str), most);
}

loam_list *loam_str_rwords_max(const loam_str *str, int64_t most)
{
    return loam__chars_rwords(__func__, chars_of(str), most);
}

loam_list *loam_str_splitlines(const loam_str *str, bool keep_ends)
{
    return loam__chars_lines(__func__, chars_of(str), keep_ends);
}

loam_tuple *(loam_str_partition)(const loam_str *str, loam_view separator)
{
    return loam__chars_partition(__func__, chars_of(str), separator);
}

loam_tuple *(loam_str_rpartition)(const loam_str *str, loam_view separator)
{
    return loam__chars_rpartition(__func__, chars_of(str), separator);
}

loam_str *(loam_str_concat)(const loam_str *str, loam_view text)
{
    return (loam_str *)loam__chars_concat(__func__, chars_of(str), text);
}

loam_str *loam_str_repeat(const loam_str *str, int64_t times)
{
    return (loam_str *)loam__chars_repeat(__func__, chars_of(str), times);
}

loam_str *loam_str_strip(const loam_str *str)
{
    return (loam_str *)loam__chars_strip(__func__, chars_of(str), LOAM__BOTH);
}

loam_str *loam_str_lstrip(const loam_str *str)
{
    return (loam_str *)loam__chars_strip(__func__, chars_of(str), LOAM__LEFT);
}

loam_str *loam_str_rstrip(const loam_str *str)
{
    return (loam_str *)loam__chars_strip(__func__, chars_of(str), LOAM__RIGHT);
}

loam_str *(loam_str_strip_chars)(const loam_str *str, loam_view set)
{
    return (loam_str *)loam__chars_strip_set(__func__, chars_of(str), set, LOAM__BOTH);
}

loam_str *(loam_str_lstrip_chars)(const loam_str *str, loam_view set)
{
    return (loam_str *)loam__chars_strip_set(__func__, chars_of(str), set, LOAM__LEFT);
}

loam_str *(loam_str_rstrip_chars)(const loam_str *str, loam_view set)
{
    return (loam_str *)loam__chars_strip_set(__func__, chars_of(str), set, LOAM__RIGHT);
}

loam_str *(loam_str_removeprefix)(const loam_str *str, loam_view prefix)
{
    return (loam_str *)loam__chars_removeprefix(__func__, chars_of(str), prefix);
}

loam_str *(loam_str_removesuffix)(const loam_str *str, loam_view suffix)
{
    return (loam_str *)loam__chars_removesuffix(__func__, chars_of(str), suffix);
}

loam_str *(loam_str_replace)(const loam_str *str, loam_view old_text, loam_view new_text)
{
    return (loam_str *)loam__chars_replace(__func__, chars_of(str), old_text, new_text, -1);
}

loam_str *(loam_str_replace_max)(const loam_str *str, loam_view old_text, loam_view new_text, int64_t most)
{
    return (loam_str *)loam__chars_replace(__func__, chars_of(str), old_text, new_text, most);
}

loam_str *(loam_str_center)(const loam_str *str, int64_t width, loam_view fill)
{
    return (loam_str *)loam__chars_pad(__func__, chars_of(str), width, fill, LOAM__BOTH);
}

loam_str *(loam_str_ljust)(const loam_str *str, int64_t width, loam_view fill)
{
    return (loam_str *)loam__chars_pad(__func__, chars_of(str), width, fill, LOAM__RIGHT);
}

loam_str *(loam_str_rjust)(const loam_str *str, int64_t width, loam_view fill)
{
    return (loam_str *)loam__chars_pad(__func__, chars_of(str), width, fill, LOAM__LEFT);
}

loam_str *loam_str_zfill(const loam_str *str, int64_t width)
{
    return (loam_str *)loam__chars_zfill(__func__, chars_of(str), width);
}

loam_str *loam_str_expandtabs(const loam_str *str, int64_t tab_size)
{
    return (loam_str *)loam__chars_expandtabs(__func__, chars_of(str), tab_size);
}

loam_str *(loam_str_join)(loam_view separator, loam_value items)
{
    return (loam_str *)loam__chars_join(__func__, loam__str_room(0, 0), separator, items);
}

loam_bytes *loam_str_encode(const loam_str *str)
{
    loam__check_alive(str, __func__);
    return str ? loam__bytes_new(chars_of(str)->data, chars_of(str)->len) : (loam__propagate(__func__), NULL);
}
