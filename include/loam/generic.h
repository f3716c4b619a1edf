/**
 * C data straight in.
 *
 * Where a value is stored or looked up, the public name is also a macro that takes a bool, any integer type, a double
 * or float, a C string, a view, a handle, a value, or a literal:
 *
 *     loam_list_append(list, 5);
 *     loam_dict_set(dict, "age", 36);
 *     loam_dict_set(dict, "langs", LOAM_LIST("C", "Python"));
 *     loam_dict_get_int(dict, "age", &age);
 *
 * Such a call makes what it needs and releases what it made, so that it cannot leak. Anything else is a compile error.
 * For a type of one's own use loam_from(handle). `true` is an int before C23, so write LOAM_TRUE for Python's True.
 *
 * LOAM_LIST(..), LOAM_TUPLE(..), LOAM_SET(..), LOAM_FROZENSET(..) and LOAM_DICT(key, value, ..) are literals: they take
 * 1 to 128 such arguments, nest, and make C data into a value in place. A failure inside makes the whole unset. A new
 * reference that some other call made is given away in place with LOAM_TAKE(reference); without it the call would make
 * a reference of its own and leak that one. To keep a literal in a variable give it a handle with loam_list_of(..) and
 * its kin, or a value with LOAM_VAL(LOAM_LIST(..)).
 */
#ifndef LOAM_GENERIC_H
#define LOAM_GENERIC_H

#include <loam/base.h>
#include <loam/map.h>
#include <loam/value.h>

typedef enum loam_key_kind {
    LOAM__KEY_VALUE,   /* `word` is a value's, borrowed */
    LOAM__KEY_LITERAL, /* a value's, made for this look-up, which releases it */
    LOAM__KEY_INT,     /* an int64_t */
    LOAM__KEY_UINT,    /* a uint64_t */
    LOAM__KEY_CHARS,   /* the address of a C string */
    LOAM__KEY_VIEW     /* the address of as many bytes as `info` says */
} loam_key_kind;

/** What LOAM_KEY makes: something to look up by, without making an object of it. Two words, so that it travels in
 *  registers. */
typedef struct loam_key {
    uint64_t word;
    uint64_t info; /* a loam_key_kind, and above LOAM__KEY_KIND_BITS a length */
} loam_key;

#define LOAM__KEY_KIND_BITS 3

LOAM_BEGIN_DECLS

LOAM_API loam_value loam__val_chars(const char *chars) LOAM_NODISCARD;
LOAM_API loam_value loam__val_view(loam_view view) LOAM_NODISCARD;
LOAM_API loam_literal loam__list_literal(size_t count, const loam_value *items) LOAM_NODISCARD;
LOAM_API loam_literal loam__tuple_literal(size_t count, const loam_value *items) LOAM_NODISCARD;
LOAM_API loam_literal loam__dict_literal(size_t count, const loam_value *items) LOAM_NODISCARD;
LOAM_API loam_literal loam__set_literal(size_t count, const loam_value *items) LOAM_NODISCARD;
LOAM_API loam_literal loam__frozenset_literal(size_t count, const loam_value *items) LOAM_NODISCARD;

LOAM_END_DECLS

/** loam_int(), done in place where the integer needs no box. */
static inline loam_value loam__val_int(int64_t integer)
{
    uint64_t word = (uint64_t)integer << 1;
    if (((word ^ (uint64_t)integer) >> 63) == 0)
        return loam__word(word | 1);
    return loam_int(integer);
}

static inline loam_value loam__val_literal(loam_literal literal)
{
    return literal.value;
}

static inline loam_value loam__val_handle(const void *handle)
{
    return loam_retain_value(loam__from(handle));
}

static inline loam_key loam__key(loam_key_kind kind, uint64_t word)
{
    loam_key key;
    key.word = word;
    key.info = (uint64_t)kind;
    return key;
}

static inline loam_key loam__key_value(loam_value value)
{
    return loam__key(LOAM__KEY_VALUE, value.word);
}

static inline loam_key loam__key_literal(loam_literal literal)
{
    return loam__key(LOAM__KEY_LITERAL, literal.value.word);
}

static inline loam_key loam__key_handle(const void *handle)
{
    return loam__key_value(loam__from(handle));
}

static inline loam_key loam__key_bool(bool truth)
{
    return loam__key_value(loam_bool(truth));
}

static inline loam_key loam__key_double(double number)
{
    return loam__key(LOAM__KEY_LITERAL, loam_double(number).word);
}

static inline loam_key loam__key_int(int64_t integer)
{
    return loam__key(LOAM__KEY_INT, (uint64_t)integer);
}

static inline loam_key loam__key_uint(uint64_t integer)
{
    return loam__key(LOAM__KEY_UINT, integer);
}

static inline loam_key loam__key_chars(const char *chars)
{
    return loam__key(LOAM__KEY_CHARS, (uint64_t)(uintptr_t)chars);
}

static inline loam_key loam__key_view(loam_view view)
{
    loam_key key = loam__key(LOAM__KEY_VIEW, (uint64_t)(uintptr_t)view.data);
    key.info |= (uint64_t)view.len << LOAM__KEY_KIND_BITS;
    return key;
}

#ifndef __cplusplus

/** A new reference: C data made into a value, one more reference to what a handle or a value refers to, or what a
 *  literal made. */
#define LOAM_VAL(x)                                                                                                    \
    LOAM__BY_TYPE(x, loam_bool, loam__val_int, loam_uint, loam_double, loam__val_chars, loam__val_view,                \
                  loam_retain_value, loam__val_literal, loam__val_handle)

/** Something to look up by; made by the look-up macros. */
#define LOAM_KEY(x)                                                                                                    \
    LOAM__BY_TYPE(x, loam__key_bool, loam__key_int, loam__key_uint, loam__key_double, loam__key_chars, loam__key_view, \
                  loam__key_value, loam__key_literal, loam__key_handle)

#define LOAM__BY_TYPE(x, on_bool, on_int, on_uint, on_double, on_chars, on_view, on_value, on_literal, on_handle)      \
    _Generic((x), bool : on_bool, char : on_int, signed char : on_int, short : on_int, int : on_int, long : on_int,    \
             long long : on_int, unsigned char : on_uint, unsigned short : on_uint, unsigned : on_uint,                \
             unsigned long : on_uint, unsigned long long : on_uint, float : on_double, double : on_double,             \
             char * : on_chars, const char * : on_chars, loam_view : on_view, loam_value : on_value,                   \
             loam_literal : on_literal, loam_object * : on_handle, loam_str * : on_handle, loam_bytes * : on_handle,   \
             loam_tuple * : on_handle, loam_list * : on_handle, loam_dict * : on_handle, loam_range * : on_handle,     \
             loam_deque * : on_handle, loam_dict_view * : on_handle, loam_set * : on_handle,                           \
             loam_frozenset * : on_handle, loam_iter * : on_handle)(x)

/** A list in place, to be stored or given to another literal. */
#define LOAM_LIST(...) loam__list_literal(LOAM__COUNT(__VA_ARGS__), (loam_value[]){LOAM__MAP(LOAM_VAL, __VA_ARGS__)})
/** A tuple in place. */
#define LOAM_TUPLE(...) loam__tuple_literal(LOAM__COUNT(__VA_ARGS__), (loam_value[]){LOAM__MAP(LOAM_VAL, __VA_ARGS__)})
/** A dict in place: keys and values in turn. */
#define LOAM_DICT(...) loam__dict_literal(LOAM__COUNT(__VA_ARGS__), (loam_value[]){LOAM__MAP(LOAM_VAL, __VA_ARGS__)})
/** A set in place. */
#define LOAM_SET(...) loam__set_literal(LOAM__COUNT(__VA_ARGS__), (loam_value[]){LOAM__MAP(LOAM_VAL, __VA_ARGS__)})
/** A frozenset in place. */
#define LOAM_FROZENSET(...)                                                                                            \
    loam__frozenset_literal(LOAM__COUNT(__VA_ARGS__), (loam_value[]){LOAM__MAP(LOAM_VAL, __VA_ARGS__)})

#else

#include <type_traits>

template <class T> struct loam__unsupported : std::false_type {
};

template <class T> static inline loam_value LOAM_VAL(const T &x)
{
    using D = typename std::decay<T>::type;
    if constexpr (std::is_same<D, bool>::value)
        return loam_bool(x);
    else if constexpr (std::is_enum<D>::value)
        return LOAM_VAL(static_cast<typename std::underlying_type<D>::type>(x));
    else if constexpr (std::is_integral<D>::value && std::is_unsigned<D>::value)
        return loam_uint(x);
    else if constexpr (std::is_integral<D>::value)
        return loam__val_int(x);
    else if constexpr (std::is_same<D, float>::value || std::is_same<D, double>::value)
        return loam_double(static_cast<double>(x));
    else if constexpr (std::is_same<D, char *>::value || std::is_same<D, const char *>::value)
        return loam__val_chars(x);
    else if constexpr (std::is_same<D, loam_view>::value)
        return loam__val_view(x);
    else if constexpr (std::is_same<D, loam_value>::value)
        return loam_retain_value(x);
    else if constexpr (std::is_same<D, loam_literal>::value)
        return x.value;
    else if constexpr (std::is_same<D, loam_object *>::value || std::is_same<D, loam_str *>::value ||
                       std::is_same<D, loam_bytes *>::value || std::is_same<D, loam_tuple *>::value ||
                       std::is_same<D, loam_list *>::value || std::is_same<D, loam_dict *>::value ||
                       std::is_same<D, loam_range *>::value || std::is_same<D, loam_deque *>::value ||
                       std::is_same<D, loam_dict_view *>::value || std::is_same<D, loam_set *>::value ||
                       std::is_same<D, loam_frozenset *>::value || std::is_same<D, loam_iter *>::value)
        return loam__val_handle(x);
    else
        static_assert(loam__unsupported<T>::value, "LOAM_VAL takes bool, integers, double, C strings, views, values, "
                                                   "literals and loam's handles; loam_from() any other handle");
}

template <class T> static inline loam_key LOAM_KEY(const T &x)
{
    using D = typename std::decay<T>::type;
    if constexpr (std::is_same<D, char *>::value || std::is_same<D, const char *>::value)
        return loam__key_chars(x);
    else if constexpr (std::is_same<D, loam_view>::value)
        return loam__key_view(x);
    else if constexpr (std::is_same<D, loam_value>::value)
        return loam__key_value(x);
    else if constexpr (std::is_integral<D>::value && !std::is_same<D, bool>::value && std::is_signed<D>::value)
        return loam__key_int(x);
    else if constexpr (std::is_integral<D>::value && !std::is_same<D, bool>::value)
        return loam__key_uint(x);
    else {
        loam_literal literal = {LOAM_VAL(x)};
        return loam__key_literal(literal);
    }
}

template <class... T> LOAM_NODISCARD static inline loam_literal LOAM_LIST(const T &...x)
{
    const loam_value items[] = {LOAM_VAL(x)...};
    return loam__list_literal(sizeof...(x), items);
}

template <class... T> LOAM_NODISCARD static inline loam_literal LOAM_TUPLE(const T &...x)
{
    const loam_value items[] = {LOAM_VAL(x)...};
    return loam__tuple_literal(sizeof...(x), items);
}

template <class... T> LOAM_NODISCARD static inline loam_literal LOAM_DICT(const T &...x)
{
    const loam_value items[] = {LOAM_VAL(x)...};
    return loam__dict_literal(sizeof...(x), items);
}

template <class... T> LOAM_NODISCARD static inline loam_literal LOAM_SET(const T &...x)
{
    const loam_value items[] = {LOAM_VAL(x)...};
    return loam__set_literal(sizeof...(x), items);
}

template <class... T> LOAM_NODISCARD static inline loam_literal LOAM_FROZENSET(const T &...x)
{
    const loam_value items[] = {LOAM_VAL(x)...};
    return loam__frozenset_literal(sizeof...(x), items);
}

#endif

static inline loam_literal loam__take(loam_value value)
{
    loam_literal literal;
    literal.value = value;
    return literal;
}

static inline loam_literal loam__take_handle(const void *handle)
{
    return loam__take(loam__from(handle));
}

/** The caller's reference, a handle or a value, given away like a literal: `loam_list_append(list,
 *  LOAM_TAKE(loam_list_new()))`. */
#ifndef __cplusplus
#define LOAM_TAKE(reference)                                                                                           \
    _Generic((reference), loam_value : loam__take, LOAM__NO_TEXT, default : loam__take_handle)(reference)
#else
LOAM_NODISCARD static inline loam_literal LOAM_TAKE(loam_value value)
{
    return loam__take(value);
}
LOAM_NODISCARD static inline loam_literal LOAM_TAKE(const void *handle)
{
    return loam__take_handle(handle);
}
loam_literal LOAM_TAKE(const char *text) = delete;
#endif

static inline void *loam__literal_handle(loam_literal literal)
{
    return (void *)(uintptr_t)literal.value.word;
}

/** A new list of 1 to 128 items. NULL on failure. */
#define loam_list_of(...) ((loam_list *)loam__literal_handle(LOAM_LIST(__VA_ARGS__)))
/** A new tuple of 1 to 128 items. NULL on failure. */
#define loam_tuple_of(...) ((loam_tuple *)loam__literal_handle(LOAM_TUPLE(__VA_ARGS__)))
/** A new dict of keys and values in turn, 1 to 64 pairs. NULL on failure. */
#define loam_dict_of(...) ((loam_dict *)loam__literal_handle(LOAM_DICT(__VA_ARGS__)))
/** A new set of 1 to 128 elements. NULL on failure. */
#define loam_set_of(...) ((loam_set *)loam__literal_handle(LOAM_SET(__VA_ARGS__)))
/** A new frozenset of 1 to 128 elements. NULL on failure. */
#define loam_frozenset_of(...) ((loam_frozenset *)loam__literal_handle(LOAM_FROZENSET(__VA_ARGS__)))

#endif
