#include "containers/chars_text.h"
#include "containers/slice.h"
#include "lib/checked.h"

/* A loam__chars with its slack. */
static struct {
    loam_object loam;
    uint64_t hash;
    size_t len;
    char data[LOAM__HASH_SHORT];
} empty;

static const loam__chars *chars_of(const loam_bytes *bytes)
{
    return (const loam__chars *)bytes;
}

/* The data with its zero byte; at least what short hashing reads. */
static size_t data_room(size_t len)
{
    return len + 1 < LOAM__HASH_SHORT ? LOAM__HASH_SHORT : len + 1;
}

static size_t extent(const void *self)
{
    return data_room(((const loam__chars *)self)->len);
}

static int64_t len(const void *self)
{
    return (int64_t)((const loam__chars *)self)->len;
}

static loam_status iter_begin(const void *self, loam_cursor *cursor)
{
    (void)self;
    *cursor = (loam_cursor){0, 0};
    return LOAM_OK;
}

static ptrdiff_t iter_fill(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    const loam__chars *chars = self;
    size_t n = 0;

    while (n < cap && cursor->position < chars->len)
        out[n++] = loam__small_int((unsigned char)chars->data[cursor->position++]);
    return (ptrdiff_t)n;
}

loam_type loam__bytes_type = {
    .name = "bytes",
    .size = sizeof(loam__chars),
    .id = LOAM__TYPE_BYTES,
    .extent = extent,
    .len = len,
    .iter_begin = iter_begin,
    .iter_fill = iter_fill,
};

static loam_bytes *empty_bytes(void)
{
    if (loam__object_immortal(&empty.loam, &loam__bytes_type, 0) < 0)
        return NULL;
    return (loam_bytes *)&empty;
}

loam__chars *loam__bytes_room(size_t len)
{
    size_t size;
    loam__chars *bytes;

    if (!len)
        return (loam__chars *)empty_bytes();
    if (!loam__size_add(sizeof *bytes + LOAM__HASH_SHORT, len, &size))
        return loam__fail_memory(), NULL;
    bytes = loam__object_new(&loam__bytes_type, sizeof *bytes + data_room(len));
    if (bytes)
        bytes->len = len;
    return bytes;
}

loam_bytes *loam__bytes_new(const char *data, size_t len)
{
    loam__chars *bytes = loam__bytes_room(len);

    if (bytes && len)
        memcpy(bytes->data, data, len);
    return (loam_bytes *)bytes;
}

loam_bytes *loam_bytes_from(const void *data, size_t len)
{
    if (!data && len)
        return loam__propagate(__func__), NULL;
    return loam__bytes_new(data, len);
}

int64_t loam_bytes_len(const loam_bytes *bytes)
{
    loam__check_alive(bytes, __func__);
    return bytes ? (int64_t)chars_of(bytes)->len : (int64_t)loam__propagate(__func__);
}

loam_view loam_bytes_view_peek(const loam_bytes *bytes)
{
    loam__check_alive(bytes, __func__);
    if (!bytes)
        return loam__propagate(__func__), (loam_view){NULL, 1}; /* a text that is not there */
    return loam__chars_view(chars_of(bytes));
}

loam_status loam_bytes_get(const loam_bytes *bytes, int64_t index, int64_t *out)
{
    size_t at;

    loam__check_alive(bytes, __func__);
    if (!bytes)
        return loam__propagate(__func__);
    if (loam__index_of(chars_of(bytes)->len, index, "bytes", &at) < 0)
        return LOAM_ERR_INDEX;
    *out = (unsigned char)chars_of(bytes)->data[at];
    return LOAM_OK;
}

loam_bytes *loam_bytes_slice(const loam_bytes *bytes, int64_t start, int64_t stop, int64_t step)
{
    loam__slice slice;
    loam__chars *result;

    loam__check_alive(bytes, __func__);
    if (!bytes)
        return loam__propagate(__func__), NULL;
    if (loam__slice_of(chars_of(bytes)->len, start, stop, step, &slice) < 0)
        return NULL;
    if (slice.step == 1 && slice.count == chars_of(bytes)->len)
        return (loam_bytes *)loam__chars_same(chars_of(bytes));
    result = loam__bytes_room(slice.count);
    for (size_t i = 0; result && i < slice.count; i++)
        result->data[i] = chars_of(bytes)->data[slice.first + (int64_t)i * slice.step];
    return (loam_bytes *)result;
}
