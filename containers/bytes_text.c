/*
 * bytes: the public names of what it has in common with str.
 */
#include "containers/chars_text.h"

static const loam__chars *chars_of(const loam_bytes *bytes)
{
    return (const loam__chars *)bytes;
}

loam_view loam__data_of_bytes(const loam_bytes *bytes)
{
    loam__check_alive(bytes, "LOAM_DATA");
    return bytes ? loam__chars_view(chars_of(bytes)) : (loam_view){NULL, 1};
}

loam_view loam__data_of_value(loam_value value)
{
    if (loam__is_type(value, LOAM__TYPE_BYTES))
        return loam__chars_view(loam__chars_of(value));
    if (!loam_is_unset(value))
        loam__fail_type("bytes", value);
    return (loam_view){NULL, 1};
}

int(loam_bytes_contains)(const loam_bytes *bytes, loam_view part)
{
    return loam__chars_contains(__func__, chars_of(bytes), part);
}

loam_status(loam_bytes_find)(const loam_bytes *bytes, loam_view part, int64_t *at)
{
    return loam__chars_find(__func__, chars_of(bytes), part, LOAM__WHOLE, false, at);
}

loam_status(loam_bytes_rfind)(const loam_bytes *bytes, loam_view part, int64_t *at)
{
    return loam__chars_find(__func__, chars_of(bytes), part, LOAM__WHOLE, true, at);
}

loam_status(loam_bytes_find_in)(const loam_bytes *bytes, loam_view part, int64_t start, int64_t stop, int64_t *at)
{
    return loam__chars_find(__func__, chars_of(bytes), part, (loam__bounds){start, stop}, false, at);
}

loam_status(loam_bytes_rfind_in)(const loam_bytes *bytes, loam_view part, int64_t start, int64_t stop, int64_t *at)
{
    return loam__chars_find(__func__, chars_of(bytes), part, (loam__bounds){start, stop}, true, at);
}

int64_t(loam_bytes_index)(const loam_bytes *bytes, loam_view part)
{
    return loam__chars_index(__func__, chars_of(bytes), part, false);
}

int64_t(loam_bytes_rindex)(const loam_bytes *bytes, loam_view part)
{
    return loam__chars_index(__func__, chars_of(bytes), part, true);
}

int64_t(loam_bytes_count)(const loam_bytes *bytes, loam_view part)
{
    return loam__chars_occurrences(__func__, chars_of(bytes), part, LOAM__WHOLE);
}

int64_t(loam_bytes_count_in)(const loam_bytes *bytes, loam_view part, int64_t start, int64_t stop)
{
    return loam__chars_occurrences(__func__, chars_of(bytes), part, (loam__bounds){start, stop});
}

int(loam_bytes_startswith)(const loam_bytes *bytes, loam_view prefix)
{
    return loam__chars_startswith(__func__, chars_of(bytes), prefix, LOAM__WHOLE);
}

int(loam_bytes_endswith)(const loam_bytes *bytes, loam_view suffix)
{
    return loam__chars_endswith(__func__, chars_of(bytes), suffix, LOAM__WHOLE);
}

int(loam_bytes_startswith_in)(const loam_bytes *bytes, loam_view prefix, int64_t start, int64_t stop)
{
    return loam__chars_startswith(__func__, chars_of(bytes), prefix, (loam__bounds){start, stop});
}

int(loam_bytes_endswith_in)(const loam_bytes *bytes, loam_view suffix, int64_t start, int64_t stop)
{
    return loam__chars_endswith(__func__, chars_of(bytes), suffix, (loam__bounds){start, stop});
}

loam_list *(loam_bytes_split)(const loam_bytes *bytes, loam_view separator)
{
    return loam__chars_split(__func__, chars_of(bytes), separator, -1);
}

loam_list *(loam_bytes_split_max)(const loam_bytes *bytes, loam_view separator, int64_t most)
{
    return loam__chars_split(__func__, chars_of(bytes), separator, most);
}

loam_list *(loam_bytes_rsplit_max)(const loam_bytes *bytes, loam_view separator, int64_t most)
{
    return loam__chars_rsplit(__func__, chars_of(bytes), separator, most);
}

loam_list *loam_bytes_words(const loam_bytes *bytes)
{
    return loam__chars_words(__func__, chars_of(bytes), -1);
}

loam_list *loam_bytes_words_max(const loam_bytes *bytes, int64_t most)
{
    return loam__chars_words(__func__, chars_of(bytes), most);
}

loam_list *loam_bytes_rwords_max(const loam_bytes *bytes, int64_t most)
{
    return loam__chars_rwords(__func__, chars_of(bytes), most);
}

loam_list *loam_bytes_splitlines(const loam_bytes *bytes, bool keep_ends)
{
    return loam__chars_lines(__func__, chars_of(bytes), keep_ends);
}

loam_tuple *(loam_bytes_partition)(const loam_bytes *bytes, loam_view separator)
{
    return loam__chars_partition(__func__, chars_of(bytes), separator);
}

loam_tuple *(loam_bytes_rpartition)(const loam_bytes *bytes, loam_view separator)
{
    return loam__chars_rpartition(__func__, chars_of(bytes), separator);
}

loam_bytes *(loam_bytes_concat)(const loam_bytes *bytes, loam_view text)
{
    return (loam_bytes *)loam__chars_concat(__func__, chars_of(bytes), text);
}

loam_bytes *loam_bytes_repeat(const loam_bytes *bytes, int64_t times)
{
    return (loam_bytes *)loam__chars_repeat(__func__, chars_of(bytes), times);
}

loam_bytes *loam_bytes_strip(const loam_bytes *bytes)
{
    return (loam_bytes *)loam__chars_strip(__func__, chars_of(bytes), LOAM__BOTH);
}

loam_bytes *loam_bytes_lstrip(const loam_bytes *bytes)
{
    return (loam_bytes *)loam__chars_strip(__func__, chars_of(bytes), LOAM__LEFT);
}

loam_bytes *loam_bytes_rstrip(const loam_bytes *bytes)
{
    return (loam_bytes *)loam__chars_strip(__func__, chars_of(bytes), LOAM__RIGHT);
}

loam_bytes *(loam_bytes_strip_chars)(const loam_bytes *bytes, loam_view set)
{
    return (loam_bytes *)loam__chars_strip_set(__func__, chars_of(bytes), set, LOAM__BOTH);
}

loam_bytes *(loam_bytes_lstrip_chars)(const loam_bytes *bytes, loam_view set)
{
    return (loam_bytes *)loam__chars_strip_set(__func__, chars_of(bytes), set, LOAM__LEFT);
}

loam_bytes *(loam_bytes_rstrip_chars)(const loam_bytes *bytes, loam_view set)
{
    return (loam_bytes *)loam__chars_strip_set(__func__, chars_of(bytes), set, LOAM__RIGHT);
}

loam_bytes *(loam_bytes_removeprefix)(const loam_bytes *bytes, loam_view prefix)
{
    return (loam_bytes *)loam__chars_removeprefix(__func__, chars_of(bytes), prefix);
}

loam_bytes *(loam_bytes_removesuffix)(const loam_bytes *bytes, loam_view suffix)
{
    return (loam_bytes *)loam__chars_removesuffix(__func__, chars_of(bytes), suffix);
}

loam_bytes *(loam_bytes_replace)(const loam_bytes *bytes, loam_view old_text, loam_view new_text)
{
    return (loam_bytes *)loam__chars_replace(__func__, chars_of(bytes), old_text, new_text, -1);
}

loam_bytes *(loam_bytes_replace_max)(const loam_bytes *bytes, loam_view old_text, loam_view new_text, int64_t most)
{
    return (loam_bytes *)loam__chars_replace(__func__, chars_of(bytes), old_text, new_text, most);
}

loam_bytes *(loam_bytes_center)(const loam_bytes *bytes, int64_t width, loam_view fill)
{
    return (loam_bytes *)loam__chars_pad(__func__, chars_of(bytes), width, fill, LOAM__BOTH);
}

loam_bytes *(loam_bytes_ljust)(const loam_bytes *bytes, int64_t width, loam_view fill)
{
    return (loam_bytes *)loam__chars_pad(__func__, chars_of(bytes), width, fill, LOAM__RIGHT);
}

loam_bytes *(loam_bytes_rjust)(const loam_bytes *bytes, int64_t width, loam_view fill)
{
    return (loam_bytes *)loam__chars_pad(__func__, chars_of(bytes), width, fill, LOAM__LEFT);
}

loam_bytes *loam_bytes_zfill(const loam_bytes *bytes, int64_t width)
{
    return (loam_bytes *)loam__chars_zfill(__func__, chars_of(bytes), width);
}

loam_bytes *loam_bytes_expandtabs(const loam_bytes *bytes, int64_t tab_size)
{
    return (loam_bytes *)loam__chars_expandtabs(__func__, chars_of(bytes), tab_size);
}

loam_bytes *(loam_bytes_join)(loam_view separator, loam_value items)
{
    return (loam_bytes *)loam__chars_join(__func__, loam__bytes_room(0), separator, items);
}

loam_str *loam_bytes_decode(const loam_bytes *bytes)
{
    loam__check_alive(bytes, __func__);
    return bytes ? loam_str_from(chars_of(bytes)->data, chars_of(bytes)->len) : (loam__propagate(__func__), NULL);
}
