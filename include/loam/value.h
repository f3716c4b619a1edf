/**
 * References: values and handles, and who owns them.
 *
 * A `loam_value` is one word that refers to anything: none, a bool, an integer, a double, or an object. A handle
 * (`loam_list *`, `loam_dict *`, a pointer to a type of one's own) refers to an object whose type the compiler knows.
 * loam_from() turns a handle into a value.
 *
 * Ownership is in the names. Arguments are borrowed: the caller keeps its reference. A function whose name ends in
 * `_take` consumes every value it is given, also when it fails. Results are new references, to be released, unless the
 * name ends in `_peek`: that result is borrowed from where it was found. `loam_auto` and `loam_auto_value` release a
 * variable at the end of its scope; loam_move() and loam_move_value() hand its reference over.
 *
 * The word of a value, by its low bits:
 *
 *     000   a pointer to a heap object, as it is, so that a conservative collector sees it; 0 is "unset"
 *     ..1   an integer of 63 bits (a wider one is boxed in an object)
 *     .10   a double, rotated: exponents 1.7e-77 to 2.3e77 and both zeros (others are boxed)
 *     100   none, false, true, inf, -inf, nan
 *
 * Programs need not know this: use the functions below.
 */
#ifndef LOAM_VALUE_H
#define LOAM_VALUE_H

#include <loam/base.h>
#include <loam/status.h>

typedef struct loam_value {
    uint64_t word;
} loam_value;

/** What the literal macros LOAM_LIST, LOAM_TUPLE, LOAM_DICT and LOAM_SET make: a new reference that only LOAM_VAL,
 *  another literal or a storing or looking-up call can use, so that a literal written in place cannot leak. */
typedef struct loam_literal {
    loam_value value;
} loam_literal;

typedef struct loam_object loam_object;
typedef struct loam_str loam_str;
typedef struct loam_bytes loam_bytes;
typedef struct loam_tuple loam_tuple;
typedef struct loam_list loam_list;
typedef struct loam_dict loam_dict;
typedef struct loam_range loam_range;
typedef struct loam_dict_view loam_dict_view;
typedef struct loam_set loam_set;
typedef struct loam_frozenset loam_frozenset;
typedef struct loam_deque loam_deque;
typedef struct loam_iter loam_iter;

static inline loam_value loam__word(uint64_t word)
{
    loam_value value;
    value.word = word;
    return value;
}

#define LOAM__TAG_SPECIAL 4u

/** Values side by side that belong to someone else: the items of a list or a tuple. */
typedef struct loam_span {
    const loam_value *items;
    size_t len;
} loam_span;

/** What a failed call returns, and what a variable holds before it gets a value. */
#define LOAM_UNSET (loam__word(0))
#define LOAM_NONE (loam__word((1u << 3) | LOAM__TAG_SPECIAL))
#define LOAM_FALSE (loam__word((2u << 3) | LOAM__TAG_SPECIAL))
#define LOAM_TRUE (loam__word((3u << 3) | LOAM__TAG_SPECIAL))

/** True for a value that a failed call returned. Constant time; runs no user code. */
static inline bool loam_is_unset(loam_value value)
{
    return value.word == 0;
}

static inline bool loam_is_none(loam_value value)
{
    return value.word == LOAM_NONE.word;
}

static inline bool loam_is_bool(loam_value value)
{
    return value.word == LOAM_TRUE.word || value.word == LOAM_FALSE.word;
}

/** True where the value is an object on the heap: it has a type descriptor and may have a count. */
static inline bool loam_is_object(loam_value value)
{
    return (value.word & 7) == 0 && value.word != 0;
}

static inline loam_value loam__from(const void *handle)
{
    return loam__word((uint64_t)(uintptr_t)handle);
}

/* In a _Generic: a name for the compiler to complain of. */
#define LOAM__NO_TEXT char * : (struct loam_text_is_no_handle *)0, const char * : (struct loam_text_is_no_handle *)0

/** The handle as a value: the same reference, its count untouched. NULL becomes the unset value. Text is no handle:
 *  that is a compile error. */
#ifndef __cplusplus
#define loam_from(handle) _Generic((handle), LOAM__NO_TEXT, default : loam__from)(handle)
#else
static inline loam_value loam_from(const void *handle)
{
    return loam__from(handle);
}
loam_value loam_from(const char *text) = delete;
#endif

LOAM_BEGIN_DECLS

LOAM_API void loam__retain_object(loam_object *object);
LOAM_API void loam__release_object(loam_object *object);

/** True for an integer, immediate or boxed; not for a bool. O(1). Runs no user code. */
LOAM_API bool loam_is_int(loam_value value);
/** True for a double, immediate or boxed. O(1). Runs no user code. */
LOAM_API bool loam_is_double(loam_value value);
/** True for text. O(1). Runs no user code. */
LOAM_API bool loam_is_str(loam_value value);
/** True for bytes. O(1). Runs no user code. */
LOAM_API bool loam_is_bytes(loam_value value);
/** True for a tuple. O(1). Runs no user code. */
LOAM_API bool loam_is_tuple(loam_value value);
/** True for a list. O(1). Runs no user code. */
LOAM_API bool loam_is_list(loam_value value);
/** True for a dict. O(1). Runs no user code. */
LOAM_API bool loam_is_dict(loam_value value);
/** True for a deque. O(1). Runs no user code. */
LOAM_API bool loam_is_deque(loam_value value);
/** True for a range. O(1). Runs no user code. */
LOAM_API bool loam_is_range(loam_value value);
/** True for a view of a dict. O(1). Runs no user code. */
LOAM_API bool loam_is_dict_view(loam_value value);
/** True for a set; not for a frozenset. O(1). Runs no user code. */
LOAM_API bool loam_is_set(loam_value value);
/** True for a frozenset. O(1). Runs no user code. */
LOAM_API bool loam_is_frozenset(loam_value value);
/** True for an iterator. O(1). Runs no user code. */
LOAM_API bool loam_is_iter(loam_value value);

/**
 * An integer as a value: a new reference. Unset with LOAM_ERR_MEMORY only where `integer` needs more than 63 bits.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_int(int64_t integer) LOAM_NODISCARD;

/**
 * An unsigned integer as a value: a new reference. LOAM_ERR_OVERFLOW above INT64_MAX.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_uint(uint64_t integer) LOAM_NODISCARD;

/**
 * A double as a value: a new reference. Unset with LOAM_ERR_MEMORY only where the double must be boxed. All NaNs become
 * one.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_double(double number) LOAM_NODISCARD;

/** LOAM_TRUE or LOAM_FALSE. O(1). Runs no user code. */
static inline loam_value loam_bool(bool truth)
{
    return truth ? LOAM_TRUE : LOAM_FALSE;
}

/**
 * The integer that `value` holds, into `*out`, which a failure leaves as it was, so that it can hold a default. A bool
 * counts as 0 or 1, as in Python. LOAM_ERR_TYPE: neither an integer nor a bool.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_to_int(loam_value value, int64_t *out) LOAM_NODISCARD;

/**
 * The number that `value` holds as a double; integers are rounded to the nearest. LOAM_ERR_TYPE: no number.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_to_double(loam_value value, double *out) LOAM_NODISCARD;

/**
 * What `value` is true or false of. LOAM_ERR_TYPE: not a bool.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_status loam_to_bool(loam_value value, bool *out) LOAM_NODISCARD;

/**
 * `value` as a handle, borrowed: NULL with LOAM_ERR_TYPE if it is something else, NULL with the earlier failure if it
 * is unset.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_str *loam_to_str_peek(loam_value value) LOAM_NODISCARD;
/** The same for bytes. O(1). Runs no user code. */
LOAM_API loam_bytes *loam_to_bytes_peek(loam_value value) LOAM_NODISCARD;
/** The same for a tuple. O(1). Runs no user code. */
LOAM_API loam_tuple *loam_to_tuple_peek(loam_value value) LOAM_NODISCARD;
/** The same for a list. O(1). Runs no user code. */
LOAM_API loam_list *loam_to_list_peek(loam_value value) LOAM_NODISCARD;
/** The same for a dict. O(1). Runs no user code. */
LOAM_API loam_dict *loam_to_dict_peek(loam_value value) LOAM_NODISCARD;
/** The same for a deque. O(1). Runs no user code. */
LOAM_API loam_deque *loam_to_deque_peek(loam_value value) LOAM_NODISCARD;
/** The same for a range. O(1). Runs no user code. */
LOAM_API loam_range *loam_to_range_peek(loam_value value) LOAM_NODISCARD;
/** The same for a view of a dict. O(1). Runs no user code. */
LOAM_API loam_dict_view *loam_to_dict_view_peek(loam_value value) LOAM_NODISCARD;
/** The same for a set. O(1). Runs no user code. */
LOAM_API loam_set *loam_to_set_peek(loam_value value) LOAM_NODISCARD;
/** The same for a frozenset. O(1). Runs no user code. */
LOAM_API loam_frozenset *loam_to_frozenset_peek(loam_value value) LOAM_NODISCARD;

LOAM_END_DECLS

/** loam_to_int(), done in place where the integer is in no box. */
static inline loam_status loam__to_int(loam_value value, int64_t *out)
{
    if (value.word & 1) {
        *out = (int64_t)value.word >> 1;
        return LOAM_OK;
    }
    return loam_to_int(value, out);
}
#define loam_to_int(value, out) loam__to_int(value, out)

/** One more reference to the same: returns `value`, now owned once more. */
static inline loam_value loam_retain_value(loam_value value)
{
    if (loam_is_object(value))
        loam__retain_object((loam_object *)(uintptr_t)value.word);
    return value;
}

static inline void loam__release_value(loam_value value)
{
    if (loam_is_object(value))
        loam__release_object((loam_object *)(uintptr_t)value.word);
}

static inline void *loam__retain_handle(const void *handle)
{
    loam_retain_value(loam__from(handle));
    return (void *)(uintptr_t)handle;
}

static inline void loam__release_handle(const void *handle)
{
    loam__release_value(loam__from(handle));
}

/** Release `*value` and leave it unset. May run finalizers. */
static inline void loam_unset(loam_value *value)
{
    loam_value old = *value;
    *value = LOAM_UNSET;
    loam__release_value(old);
}

static inline void loam__auto_handle(void *variable)
{
    loam__release_handle(*(void **)variable);
}

static inline void loam__auto_value(loam_value *variable)
{
    loam__release_value(*variable);
}

static inline void *loam__move_handle(void *variable)
{
    void *handle = *(void **)variable;
    *(void **)variable = NULL;
    return handle;
}

/** Take the reference out of a variable: the variable becomes unset, the result is what it held. */
static inline loam_value loam_move_value(loam_value *variable)
{
    loam_value value = *variable;
    *variable = LOAM_UNSET;
    return value;
}

/**
 * Release a reference: a value, a handle, or NULL. The object it refers to is freed here if nobody else holds it
 * (LOAM_GC_PROMPT_FREE), with all that only it held, without recursion and without needing memory.
 *
 * O(1) and O(what is freed). May run finalizers.
 *
 * loam_retain(handle) is one more reference to the same object and returns the handle.
 */
#ifndef __cplusplus
#define loam_release(reference)                                                                                        \
    _Generic((reference), loam_value : loam__release_value, LOAM__NO_TEXT, default : loam__release_handle)(reference)
#define loam_retain(handle) ((__typeof__(handle))loam__retain_handle(handle))
#else
static inline void loam_release(loam_value value)
{
    loam__release_value(value);
}
static inline void loam_release(const void *handle)
{
    loam__release_handle(handle);
}
template <class T> static inline void loam_release(T *handle)
{
    loam__release_handle(handle);
}
template <> void loam_release<char>(char *text) = delete;
template <> void loam_release<const char>(const char *text) = delete;
template <class T> static inline T *loam_retain(T *handle)
{
    return static_cast<T *>(loam__retain_handle(handle));
}
#endif

/** Put before a handle's declaration: released at the end of the scope. Initialise it, with NULL if with nothing
 * else. */
#define loam_auto __attribute__((__cleanup__(loam__auto_handle), __unused__))
/** The same for a loam_value. */
#define loam_auto_value __attribute__((__cleanup__(loam__auto_value), __unused__))

/** Take the reference out of a handle variable: it becomes NULL, the result is what it held, with its own type. */
#define loam_move(variable) ((__typeof__(*(variable)))loam__move_handle(variable))

#endif
