/*
 * builder: a loam__text, whose failure sticks, in an object. What was said of the failure is kept too, since others may
 * come in between. The text is no memory of the manager's, so that dispose gives it back on every one.
 *
 * A type's repr may do anything to the builder that it is being appended to, which then holds what came of that: each
 * step looks at the text anew.
 */
#include <loam/builder.h>

#include "containers/chars.h"
#include "containers/dict.h"
#include "containers/protocol.h"
#include "lib/text.h"
#include "lib/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct loam_builder {
    loam_object loam;
    loam__text text;
    loam_failure failure; /* that of text.status */
};

static void dispose(void *self)
{
    loam__text_free(&((loam_builder *)self)->text);
}

static size_t extent(const void *self)
{
    return ((const loam_builder *)self)->text.capacity;
}

static loam_type builder_type = {
    .name = "builder",
    .size = sizeof(loam_builder),
    .dispose = dispose,
    .extent = extent,
    .external = true,
};

loam_builder *loam_builder_new(void)
{
    return loam__object_new(&builder_type, sizeof(loam_builder));
}

/* What the append has come to: its failure sticks. */
static loam_status appended(loam_builder *builder)
{
    if (builder->text.status < 0)
        builder->failure = *loam_error();
    return builder->text.status;
}

/* OK, or the failure that there is already. */
static loam_status outcome(const char *function, const loam_builder *builder)
{
    if (!builder)
        return loam__propagate(function);
    return builder->text.status < 0 ? loam__fail_again(&builder->failure) : LOAM_OK;
}

static void append_uint(loam__text *text, uint64_t integer)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, integer);

    loam__text_append(text, digits, (size_t)len);
}

static void append_value(loam_builder *builder, loam_value value, const char *function)
{
    if (loam_is_unset(value)) {
        builder->text.status = loam__propagate(function);
        return;
    }
    loam__text_value(&builder->text, value);
}

static void append_bytes(loam_builder *builder, const char *data, size_t len, const char *function)
{
    if (!data && len)
        builder->text.status = loam__propagate(function);
    else
        loam__text_append(&builder->text, data, len);
}

static void append_key(loam_builder *builder, loam_key item, const char *function)
{
    const char *data = (const char *)(uintptr_t)item.word;

    switch (loam__key_kind(item)) {
    case LOAM__KEY_INT:
        loam__text_int(&builder->text, (int64_t)item.word);
        break;
    case LOAM__KEY_UINT:
        append_uint(&builder->text, item.word);
        break;
    case LOAM__KEY_CHARS:
        append_bytes(builder, data, data ? strlen(data) : 1, function);
        break;
    case LOAM__KEY_VIEW:
        append_bytes(builder, data, (size_t)(item.info >> LOAM__KEY_KIND_BITS), function);
        break;
    case LOAM__KEY_VALUE:
    case LOAM__KEY_LITERAL:
        append_value(builder, loam__word(item.word), function);
        break;
    }
}

loam_status(loam_builder_append)(loam_builder *builder, loam_key item)
{
    loam_status status = outcome(__func__, builder);

    if (status == LOAM_OK) {
        loam__gc_retain(&builder->loam);
        append_key(builder, item, __func__);
        status = appended(builder);
        loam__release(loam_from(builder));
    }
    loam__key_release(item);
    return status;
}

loam_status loam_builder_append_char(loam_builder *builder, uint32_t code)
{
    char data[4];
    loam_status status = outcome(__func__, builder);

    if (status < 0)
        return status;
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        builder->text.status = loam_fail(LOAM_ERR_VALUE, "a number that is no code point of a str");
    else
        loam__text_append(&builder->text, data, loam__utf8_encode(code, data));
    return appended(builder);
}

loam_status loam_builder_format(loam_builder *builder, const char *format, ...)
{
    va_list arguments;
    loam_status status = outcome(__func__, builder);
    char *end;
    int len;

    if (status < 0)
        return status;
    if (!format) {
        builder->text.status = loam__propagate(__func__);
        return appended(builder);
    }
    va_start(arguments, format);
    len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (len < 0)
        builder->text.status = loam_fail(LOAM_ERR_VALUE, "the format or an argument cannot be printed");
    else if ((end = loam__text_room(&builder->text, (size_t)len + 1))) {
        va_start(arguments, format);
        vsnprintf(end, (size_t)len + 1, format, arguments);
        va_end(arguments);
        builder->text.len += (size_t)len;
    }
    return appended(builder);
}

int64_t loam_builder_len(const loam_builder *builder)
{
    loam_status status = outcome(__func__, builder);

    return status < 0 ? (int64_t)status : (int64_t)builder->text.len;
}

loam_str *loam_builder_str(loam_builder *builder)
{
    loam_str *str;

    if (outcome(__func__, builder) < 0)
        return NULL;
    str = builder->text.len ? loam_str_from(builder->text.data, builder->text.len) : loam_str_from("", 0);
    if (str)
        loam__text_free(&builder->text);
    return str;
}

loam_bytes *loam_builder_bytes(loam_builder *builder)
{
    loam_bytes *bytes;

    if (outcome(__func__, builder) < 0)
        return NULL;
    bytes = loam__bytes_new(builder->text.data, builder->text.len);
    if (bytes)
        loam__text_free(&builder->text);
    return bytes;
}

loam_status loam_builder_clear(loam_builder *builder)
{
    if (!builder)
        return loam__propagate(__func__);
    loam__text_free(&builder->text);
    return LOAM_OK;
}
