/**
 * builder: a text that grows at its end, in time linear in the whole of it, and becomes a str or bytes:
 *
 *     loam_auto loam_builder *b = loam_builder_new();
 *     loam_builder_append(b, "x = ");
 *     loam_builder_append(b, 5);
 *     loam_builder_format(b, " (%.2f %%)", percent);
 *     loam_auto loam_str *text = loam_builder_str(b);
 *
 * The first failure sticks: nothing is appended after it, and it is what loam_builder_str() reports. So a chain of
 * appends needs one check, at its end. loam_builder_clear() forgets the failure and the text.
 */
#ifndef LOAM_BUILDER_H
#define LOAM_BUILDER_H

#include <loam/base.h>
#include <loam/generic.h>
#include <loam/value.h>

typedef struct loam_builder loam_builder;

LOAM_BEGIN_DECLS

/**
 * A builder without text.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_builder *loam_builder_new(void) LOAM_NODISCARD;

/**
 * Append `item` as loam_print() would write it: text as it is, a number in digits, a container as its repr. C data goes
 * straight in, and of a view the bytes, whatever they are. A C char is a number: loam_builder_append_char() is for
 * characters.
 *
 * O(length of what is appended). May run a type's repr, finalizers.
 */
LOAM_API loam_status loam_builder_append(loam_builder *builder, loam_key item);

/**
 * Append one code point. LOAM_ERR_VALUE: a surrogate, or above 0x10ffff.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_builder_append_char(loam_builder *builder, uint32_t code);

/**
 * Append what a printf format gives. LOAM_ERR_VALUE: it cannot be printed.
 *
 * O(length of what is appended). Runs no user code.
 */
LOAM_API loam_status loam_builder_format(loam_builder *builder, const char *format, ...) LOAM_PRINTF(2, 3);

/**
 * The bytes that have been appended, or the failure that sticks.
 *
 * O(1). Runs no user code.
 */
LOAM_API int64_t loam_builder_len(const loam_builder *builder) LOAM_NODISCARD;

/**
 * All of the text as a str; the builder is empty then. LOAM_ERR_VALUE: it is not UTF-8. A failure leaves the text in
 * the builder.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_str *loam_builder_str(loam_builder *builder) LOAM_NODISCARD;

/**
 * The same as bytes.
 *
 * O(length). Runs no user code.
 */
LOAM_API loam_bytes *loam_builder_bytes(loam_builder *builder) LOAM_NODISCARD;

/**
 * Forget the text, and the failure.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_builder_clear(loam_builder *builder);

LOAM_END_DECLS

#define loam_builder_append(builder, item) loam_builder_append(builder, LOAM_KEY(item))

#endif
