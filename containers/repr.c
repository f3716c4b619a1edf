/*
 * The text of a value. Containers mark themselves busy in their header while their items are written, so that one which
 * contains itself ends as `[...]` without a table of what is being written.
 */
#include "containers/chars.h"
#include "containers/dict.h"
#include "containers/protocol.h"
#include "containers/sequence.h"
#include "containers/set.h"
#include "lib/stack.h"
#include "lib/text.h"
#include "lib/utf8.h"

#include <stdio.h>

static void append_repr(loam__text *text, loam_value value);

static void set_busy(loam_object *object, bool busy)
{
    object->head = busy ? object->head | LOAM__FLAG_BUSY : object->head & ~LOAM__FLAG_BUSY;
}

/* An item is held while it is written: user code may take it out of where it is. */
static void append_item(loam__text *text, loam_value item)
{
    loam__retain(item);
    append_repr(text, item);
    loam__release(item);
}

static void append_sequence(loam__text *text, loam_object *sequence, const char *open, const char *close)
{
    size_t i;

    loam__text_chars(text, open);
    for (i = 0; text->status == LOAM_OK && i < loam__sequence_len(sequence); i++) {
        if (i)
            loam__text_chars(text, ", ");
        append_item(text, loam__sequence_item(sequence, i));
    }
    if (i == 1 && loam__type_id_of(sequence) == LOAM__TYPE_TUPLE)
        loam__text_byte(text, ',');
    loam__text_chars(text, close);
}

static void append_deque(loam__text *text, loam_deque *deque)
{
    append_sequence(text, &deque->loam, "deque([", "]");
    if (deque->max_len != LOAM__DEQUE_ENDLESS) {
        loam__text_chars(text, ", maxlen=");
        loam__text_int(text, (int64_t)deque->max_len);
    }
    loam__text_byte(text, ')');
}

static void append_dict(loam__text *text, loam_dict *dict)
{
    const char *separator = "";

    loam__text_byte(text, '{');
    for (uint32_t i = 0; text->status == LOAM_OK && i < dict->used; i++) {
        loam__entry entry = dict->entries[i];
        if (loam_is_unset(entry.key))
            continue;
        loam__retain(entry.value);
        loam__text_chars(text, separator);
        append_item(text, entry.key);
        loam__text_chars(text, ": ");
        append_repr(text, entry.value);
        loam__release(entry.value);
        separator = ", ";
    }
    loam__text_byte(text, '}');
}

/* An empty one by its type, as in Python, for `{}` is a dict. */
static void append_set(loam__text *text, loam_dict *set)
{
    bool is_frozen = loam__is_type(loam_from(set), LOAM__TYPE_FROZENSET);
    bool is_empty = !set->live;
    const char *separator = "";

    if (is_frozen || is_empty)
        loam__text_chars(text, is_frozen ? "frozenset(" : "set(");
    loam__text_chars(text, is_empty ? "" : "{");
    for (uint32_t i = 0; text->status == LOAM_OK && i < set->used; i++) {
        if (loam_is_unset(set->entries[i].key))
            continue;
        loam__text_chars(text, separator);
        append_item(text, set->entries[i].key);
        separator = ", ";
    }
    loam__text_chars(text, is_empty ? "" : "}");
    if (is_frozen || is_empty)
        loam__text_byte(text, ')');
}

/* As the tuple that it is when it is asked for. */
static void append_pair(loam__text *text, loam__entry entry)
{
    loam__retain(entry.value);
    loam__text_byte(text, '(');
    append_item(text, entry.key);
    loam__text_chars(text, ", ");
    append_repr(text, entry.value);
    loam__text_byte(text, ')');
    loam__release(entry.value);
}

static void append_view(loam__text *text, loam_dict_view *view)
{
    loam__dict_projection projection = loam__view_projection(view);
    const char *separator = "";

    loam__text_chars(text, loam__type_of(&view->loam)->name);
    loam__text_chars(text, "([");
    for (uint32_t i = 0; text->status == LOAM_OK && i < view->dict->used; i++) {
        loam__entry entry = view->dict->entries[i];
        if (loam_is_unset(entry.key))
            continue;
        loam__text_chars(text, separator);
        if (projection == LOAM__DICT_ITEMS)
            append_pair(text, entry);
        else
            append_item(text, projection == LOAM__DICT_KEYS ? entry.key : entry.value);
        separator = ", ";
    }
    loam__text_chars(text, "])");
}

static void append_user_object(loam__text *text, loam_object *object)
{
    const loam_type *type = loam__type_of(object);
    loam_str *str;

    if (!type->repr) {
        loam__text_byte(text, '<');
        loam__text_chars(text, type->name);
        loam__text_chars(text, " object>");
        return;
    }
    str = type->repr(object);
    if (!str) {
        text->status = loam__propagate("a type's repr");
        return;
    }
    loam__text_append(text, loam_str_view_peek(str).data, loam_str_view_peek(str).len);
    loam__release(loam_from(str));
}

/* What a container writes in place of itself. */
static const char *own_text(loam_object *object)
{
    switch (loam__type_id_of(object)) {
    case LOAM__TYPE_TUPLE:
        return "(...)";
    case LOAM__TYPE_DICT:
        return "{...}";
    case LOAM__TYPE_DICT_KEYS:
    case LOAM__TYPE_DICT_VALUES:
    case LOAM__TYPE_DICT_ITEMS:
        return "...";
    case LOAM__TYPE_SET:
        return "set(...)";
    case LOAM__TYPE_FROZENSET:
        return "frozenset(...)";
    default:
        return "[...]";
    }
}

static bool is_empty_tuple(const loam_object *object)
{
    return loam__type_id_of(object) == LOAM__TYPE_TUPLE && !((const loam_tuple *)object)->len;
}

static void append_container(loam__text *text, loam_object *object)
{
    if (is_empty_tuple(object)) { /* all threads share it: its header is not written */
        loam__text_chars(text, "()");
        return;
    }
    if (loam__is_flagged(object, LOAM__FLAG_BUSY)) {
        loam__text_chars(text, own_text(object));
        return;
    }
    if (loam__stack_check() < 0) {
        text->status = LOAM_ERR_RECURSION;
        return;
    }
    set_busy(object, true);
    switch (loam__type_id_of(object)) {
    case LOAM__TYPE_TUPLE:
        append_sequence(text, object, "(", ")");
        break;
    case LOAM__TYPE_LIST:
        append_sequence(text, object, "[", "]");
        break;
    case LOAM__TYPE_DEQUE:
        append_deque(text, (loam_deque *)object);
        break;
    case LOAM__TYPE_DICT:
        append_dict(text, (loam_dict *)object);
        break;
    case LOAM__TYPE_DICT_KEYS:
    case LOAM__TYPE_DICT_VALUES:
    case LOAM__TYPE_DICT_ITEMS:
        append_view(text, (loam_dict_view *)object);
        break;
    case LOAM__TYPE_SET:
    case LOAM__TYPE_FROZENSET:
        append_set(text, (loam_dict *)object);
        break;
    default:
        append_user_object(text, object);
    }
    set_busy(object, false);
}

static void append_repr(loam__text *text, loam_value value)
{
    loam__number n = loam__number_of(value);
    loam_view view;

    if (text->status < 0)
        return;
    if (loam_is_bool(value)) {
        loam__text_chars(text, value.word == LOAM_TRUE.word ? "True" : "False");
    } else if (n.kind == LOAM__INTEGER) {
        loam__text_int(text, n.integer);
    } else if (n.kind == LOAM__DOUBLE) {
        loam__text_double(text, n.number);
    } else if (loam_is_none(value)) {
        loam__text_chars(text, "None");
    } else if (loam__is_chars(value)) {
        view = loam__chars_view(loam__chars_of(value));
        (loam__is_type(value, LOAM__TYPE_STR) ? loam__text_str_repr : loam__text_bytes_repr)(text, view.data, view.len);
    } else {
        append_container(text, loam__object(value));
    }
}

void loam__text_value(loam__text *text, loam_value value)
{
    loam_view view;

    if (!loam__is_type(value, LOAM__TYPE_STR)) {
        append_repr(text, value);
        return;
    }
    view = loam__chars_view(loam__chars_of(value));
    loam__text_append(text, view.data, view.len);
}

static loam_str *text_to_str(loam__text *text)
{
    size_t chars = 0;
    loam_str *str = NULL;

    if (text->status == LOAM_OK) {
        if (loam__utf8_check(text->data, text->len, &chars))
            str = loam__str_new_valid(text->data, text->len, chars);
        else
            loam_fail(LOAM_ERR_VALUE, "the name of a type is not UTF-8");
    }
    loam__text_free(text);
    return str;
}

loam_str *loam_repr(loam_value value)
{
    loam__text text = LOAM__TEXT_EMPTY;

    if (loam_is_unset(value))
        return loam__propagate(__func__), NULL;
    append_repr(&text, value);
    return text_to_str(&text);
}

loam_str *loam_str_of(loam_value value)
{
    if (loam__is_type(value, LOAM__TYPE_STR))
        return (loam_str *)loam__object(loam__retain(value));
    return loam_repr(value);
}

static loam_status print(loam_value value, bool line)
{
    loam_str *str = loam_str_of(value);
    loam_view view;
    bool written;

    if (!str)
        return loam_error()->status;
    view = loam_str_view_peek(str);
    written = fwrite(view.data, 1, view.len, stdout) == view.len;
    if (line)
        written = written && putchar('\n') != EOF && fflush(stdout) == 0;
    loam__release(loam_from(str));
    return written ? LOAM_OK : loam_fail(LOAM_ERR_IO, "standard output cannot be written");
}

loam_status loam_print(loam_value value)
{
    return print(value, false);
}

loam_status loam_println(loam_value value)
{
    return print(value, true);
}
