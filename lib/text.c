#include "lib/text.h"

#include "lib/alloc.h"
#include "lib/checked.h"
#include "lib/printable.h"
#include "lib/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void loam__text_free(loam__text *text)
{
    loam__free(text->data);
    *text = LOAM__TEXT_EMPTY;
}

static bool reserve(loam__text *text, size_t more)
{
    size_t needed;
    size_t capacity;
    char *data;

    if (text->status < 0)
        return false;
    if (!loam__size_add(text->len, more, &needed)) {
        text->status = loam__fail_memory();
        return false;
    }
    if (needed <= text->capacity)
        return true;
    capacity = loam__grow(text->capacity, needed < 64 ? 64 : needed);
    data = loam__realloc(text->data, capacity);
    if (!data) {
        text->status = loam__fail_memory();
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

char *loam__text_room(loam__text *text, size_t more)
{
    return reserve(text, more) ? text->data + text->len : NULL;
}

void loam__text_append(loam__text *text, const char *data, size_t len)
{
    if (!len || !reserve(text, len))
        return;
    memcpy(text->data + text->len, data, len);
    text->len += len;
}

void loam__text_chars(loam__text *text, const char *chars)
{
    loam__text_append(text, chars, strlen(chars));
}

void loam__text_byte(loam__text *text, char byte)
{
    loam__text_append(text, &byte, 1);
}

void loam__text_int(loam__text *text, int64_t integer)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRId64, integer);
    loam__text_append(text, digits, (size_t)len);
}

/* One more in the last digit before the exponent; false where that would be one digit more. */
static bool step_up(char *scientific)
{
    for (char *p = strchr(scientific, 'e') - 1; p >= scientific; p--) {
        if (*p >= '0' && *p <= '8') {
            ++*p;
            return true;
        }
        if (*p == '9')
            *p = '0';
    }
    return false;
}

/*
 * The fewest digits that read back as `number`, which is positive. Those nearest to it, but for a power of two: the
 * doubles below it are half as far apart as those above, so that the nearest 16 digits may belong to the one below when
 * the next 16 digits are still its own.
 */
static void print_shortest(double number, char *scientific, size_t size)
{
    /* 15 digits survive the way to a normal double and back, so fewer need not be tried; subnormals hold less. */
    int precision = number < 2.2250738585072014e-308 ? 1 : 15;
    int exponent;

    for (; precision < 17; precision++) {
        snprintf(scientific, size, "%.*e", precision - 1, number);
        if (strtod(scientific, NULL) == number)
            return;
    }
    if (frexp(number, &exponent) == 0.5 && step_up(scientific) && strtod(scientific, NULL) == number)
        return;
    snprintf(scientific, size, "%.*e", precision - 1, number);
}

/* The digits of the shortest decimal without its point, and the exponent of the first one. */
static int shortest_digits(double number, char digits[24], int *exponent)
{
    char scientific[40];
    int count = 0;

    print_shortest(number, scientific, sizeof scientific);
    for (const char *p = scientific; *p && *p != 'e'; p++)
        if (*p >= '0' && *p <= '9') /* passes over the locale's decimal point too */
            digits[count++] = *p;
    while (count > 1 && digits[count - 1] == '0')
        count--;
    *exponent = atoi(strchr(scientific, 'e') + 1);
    return count;
}

static void append_zeros(loam__text *text, int count)
{
    while (count-- > 0)
        loam__text_byte(text, '0');
}

static void append_fixed(loam__text *text, const char *digits, int count, int exponent)
{
    int whole = exponent + 1; /* digits before the point */

    if (whole <= 0) {
        loam__text_chars(text, "0.");
        append_zeros(text, -whole);
        loam__text_append(text, digits, (size_t)count);
    } else if (count <= whole) {
        loam__text_append(text, digits, (size_t)count);
        append_zeros(text, whole - count);
        loam__text_chars(text, ".0");
    } else {
        loam__text_append(text, digits, (size_t)whole);
        loam__text_byte(text, '.');
        loam__text_append(text, digits + whole, (size_t)(count - whole));
    }
}

static void append_scientific(loam__text *text, const char *digits, int count, int exponent)
{
    char tail[16];

    loam__text_byte(text, digits[0]);
    if (count > 1) {
        loam__text_byte(text, '.');
        loam__text_append(text, digits + 1, (size_t)(count - 1));
    }
    snprintf(tail, sizeof tail, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
    loam__text_chars(text, tail);
}

void loam__text_double(loam__text *text, double number)
{
    char digits[24];
    int exponent;
    int count;

    if (isnan(number)) {
        loam__text_chars(text, "nan");
        return;
    }
    if (signbit(number))
        loam__text_byte(text, '-');
    if (isinf(number)) {
        loam__text_chars(text, "inf");
        return;
    }
    count = shortest_digits(fabs(number), digits, &exponent);
    if (exponent < -4 || exponent >= 16)
        append_scientific(text, digits, count, exponent);
    else
        append_fixed(text, digits, count, exponent);
}

/* Python prefers single quotes, unless there are some inside and no double ones. */
static char pick_quote(const char *data, size_t len)
{
    bool has_single = len && memchr(data, '\'', len);
    return has_single && !memchr(data, '"', len) ? '"' : '\'';
}

/* The escapes that str and bytes have in common; false if `code` needs none of them. */
static bool append_common_escape(loam__text *text, uint32_t code, char quote)
{
    if (code == (unsigned char)quote || code == '\\') {
        loam__text_byte(text, '\\');
        loam__text_byte(text, (char)code);
    } else if (code == '\n') {
        loam__text_chars(text, "\\n");
    } else if (code == '\r') {
        loam__text_chars(text, "\\r");
    } else if (code == '\t') {
        loam__text_chars(text, "\\t");
    } else {
        return false;
    }
    return true;
}

static void append_code_escape(loam__text *text, uint32_t code)
{
    char escape[16];
    const char *format = code < 0x100 ? "\\x%02" PRIx32 : code < 0x10000 ? "\\u%04" PRIx32 : "\\U%08" PRIx32;

    snprintf(escape, sizeof escape, format, code);
    loam__text_chars(text, escape);
}

void loam__text_str_repr(loam__text *text, const char *chars, size_t len)
{
    char quote = pick_quote(chars, len);
    const char *end = chars + len;
    size_t width;

    loam__text_byte(text, quote);
    for (; chars < end; chars += width) {
        uint32_t code = loam__utf8_decode(chars, &width);
        if (append_common_escape(text, code, quote))
            continue;
        if (loam__printable(code))
            loam__text_append(text, chars, width);
        else
            append_code_escape(text, code);
    }
    loam__text_byte(text, quote);
}

void loam__text_bytes_repr(loam__text *text, const char *data, size_t len)
{
    char quote = pick_quote(data, len);

    loam__text_byte(text, 'b');
    loam__text_byte(text, quote);
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)data[i];
        if (append_common_escape(text, byte, quote))
            continue;
        if (byte >= 0x20 && byte < 0x7f)
            loam__text_byte(text, data[i]);
        else
            append_code_escape(text, byte);
    }
    loam__text_byte(text, quote);
}
