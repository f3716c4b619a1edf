/*
 * Objects as layer 2 and those above see them: the header, the type of an object, making one.
 *
 * The header is one word, read and written whole: mixing widths costs a store-forward miss each time.
 *
 *     bits 0-31    reference count; with the top one set the object is immortal and the count never changes
 *     bits 32-47   type id, an index into the table of descriptors
 *     bits 48-63   flags; the upper ones belong to the back end
 *
 * A dead object that waits to be freed uses most of it for a link (gc/refcount/refcount.c).
 */
#ifndef GC_OBJECT_H
#define GC_OBJECT_H

#include <loam/gc.h>
#include <loam/object.h>
#include <loam/value.h>

#include "lib/status.h"

#define LOAM__COUNT_MASK 0xffffffffu
#define LOAM__IMMORTAL 0x80000000u
#define LOAM__TYPE_SHIFT 32
#define LOAM__FLAG_SHIFT 48

/* Flags. Those from OLD on are written by the back end only, and IN and OUT by the functions of slot.h. */
#define LOAM__FLAG(bit) ((uint64_t)1 << (LOAM__FLAG_SHIFT + (bit)))
#define LOAM__FLAG_BUSY LOAM__FLAG(0)        /* its repr is being made further up the stack */
#define LOAM__FLAG_ASCII LOAM__FLAG(1)       /* str: every code point is a byte */
#define LOAM__FLAG_ATTACHED LOAM__FLAG(2)    /* something is or was attached to it: gc/attach.h */
#define LOAM__FLAG_FINALIZABLE LOAM__FLAG(3) /* its type's finalizer has yet to run */
#define LOAM__FLAG_FINALIZED LOAM__FLAG(4)   /* has run */
#define LOAM__FLAG_CYCLIC LOAM__FLAG(5)      /* can be part of a cycle, and the back end wants to know */
#define LOAM__FLAG_IN LOAM__FLAG(6)          /* a reference to it was stored in a field once */
#define LOAM__FLAG_OUT LOAM__FLAG(7)         /* it stored a reference to a cyclic object once */
#define LOAM__FLAG_AGED LOAM__FLAG(8)        /* generation 1; with OLD, 2 */
#define LOAM__FLAG_OLD LOAM__FLAG(9)
#define LOAM__FLAG_SUSPECT LOAM__FLAG(10)   /* it has lost no reference since a collection set this */
#define LOAM__FLAG_VISITED LOAM__FLAG(11)   /* its count is elsewhere for the time of a young collection */
#define LOAM__FLAG_NOTED LOAM__FLAG(12)     /* old, and a candidate since the last full collection began */
#define LOAM__FLAG_MADE LOAM__FLAG(13)      /* of every object on the heap */
#define LOAM__FLAG_CANDIDATE LOAM__FLAG(14) /* its address is in the buffer of candidates */
#define LOAM__FLAG_DEAD LOAM__FLAG(15)      /* waits to be freed, or is free memory */

/* Ids of the library's own types; those of programs follow in order of first use. */
typedef enum loam__type_id {
    LOAM__TYPE_NONE,
    LOAM__TYPE_INT,
    LOAM__TYPE_FLOAT,
    LOAM__TYPE_STR,
    LOAM__TYPE_BYTES,
    LOAM__TYPE_TUPLE,
    LOAM__TYPE_LIST,
    LOAM__TYPE_DICT,
    LOAM__TYPE_RANGE,
    LOAM__TYPE_DEQUE,
    LOAM__TYPE_ITER,
    LOAM__TYPE_WEAKREF,
    LOAM__TYPE_EPHEMERON,
    LOAM__TYPE_WEAK_ENTRY,
    LOAM__TYPE_WEAK_VALUE_DICT,
    LOAM__TYPE_WEAK_KEY_DICT,
    LOAM__TYPE_WEAK_SET,
    LOAM__TYPE_DICT_KEYS,
    LOAM__TYPE_DICT_VALUES,
    LOAM__TYPE_DICT_ITEMS,
    LOAM__TYPE_SET,
    LOAM__TYPE_FROZENSET,
    LOAM__TYPE_FIRST_FREE
} loam__type_id;

extern loam_type loam__int_type;
extern loam_type loam__float_type;

/* The table of descriptors, in chunks: 65,536 of them are allowed, few are ever used. */
#define LOAM__TYPE_CHUNK 256
extern loam_type **loam__type_chunks[65536 / LOAM__TYPE_CHUNK];

LOAM__INLINE uint16_t loam__type_id_of(const loam_object *object)
{
    return (uint16_t)(object->head >> LOAM__TYPE_SHIFT);
}

LOAM__INLINE loam_type *loam__type_of(const loam_object *object)
{
    uint16_t id = loam__type_id_of(object);
    return loam__type_chunks[id / LOAM__TYPE_CHUNK][id % LOAM__TYPE_CHUNK];
}

/* The header of a new object, one reference; from the registration on, a type's `traits` are the flags that its
 * instances begin with. */
LOAM__INLINE uint64_t loam__first_head(const loam_type *type)
{
    uint32_t upper = (uint32_t)type->id | (uint32_t)type->traits << (LOAM__FLAG_SHIFT - LOAM__TYPE_SHIFT);
    return 1 | (uint64_t)upper << LOAM__TYPE_SHIFT;
}

LOAM__INLINE bool loam__has_trait(const loam_type *type, uint64_t flag)
{
    return (type->traits & flag >> LOAM__FLAG_SHIFT) != 0;
}

LOAM__INLINE bool loam__type_is_entered(const loam_type *type)
{
    return __atomic_load_n(&type->traits, __ATOMIC_ACQUIRE) != 0;
}

LOAM__INLINE loam_object *loam__object(loam_value value)
{
    return (loam_object *)(uintptr_t)value.word;
}

LOAM__INLINE bool loam__is_type(loam_value value, loam__type_id id)
{
    return loam_is_object(value) && loam__type_id_of(loam__object(value)) == id;
}

LOAM__INLINE bool loam__is_dict_view(loam_value value)
{
    return loam__is_type(value, LOAM__TYPE_DICT_KEYS) || loam__is_type(value, LOAM__TYPE_DICT_VALUES) ||
           loam__is_type(value, LOAM__TYPE_DICT_ITEMS);
}

LOAM__INLINE bool loam__is_flagged(const loam_object *object, uint64_t flag)
{
    return (object->head & flag) != 0;
}

/* Whether the header is that of an object that has to be remembered as a candidate, since it may be part of a cycle
 * that has just become garbage, and is not remembered yet. */
LOAM__INLINE bool loam__is_new_candidate(uint64_t head)
{
    uint64_t looked_at = LOAM__FLAG_IN | LOAM__FLAG_OUT | LOAM__FLAG_CANDIDATE | LOAM__FLAG_NOTED;
    return (head & looked_at) == (LOAM__FLAG_IN | LOAM__FLAG_OUT);
}

LOAM__INLINE bool loam__holds_references(const loam_type *type)
{
    return type->refs || type->trace;
}

/* Enter `type` into the table; the library's own have their ids already. OVERFLOW or MEMORY if it cannot be. */
loam_status loam__type_register(loam_type *type, bool is_own);

/*
 * A new object of `size` >= sizeof(loam_object) bytes, zero but for its header; one reference, the caller's. No safe
 * point; but a collection that goes on in slices may go on here.
 */
void *loam__object_new(loam_type *type, size_t size);

/* loam_new() by way of loam__gc_object_new(), whatever there is to see to. */
void *loam__new_slow(loam_type *type);

/* Register the type of an object in static storage and make it immortal. For the library's empty tuple and its kin. */
loam_status loam__object_immortal(loam_object *object, loam_type *type, uint64_t flags);

/* What walks an object's references: called for each run of fields. */
struct loam_visitor {
    void (*visit)(loam_visitor *visitor, loam_value *slots, size_t count);
};

void loam__object_visit(loam_object *object, loam_visitor *visitor);

/* Immediate numbers, inline; the others are boxed by loam_int() and loam_double(). */

LOAM__INLINE bool loam__is_small_int(loam_value value)
{
    return value.word & 1;
}

LOAM__INLINE bool loam__fits_small_int(int64_t integer)
{
    int64_t twice;
    return !__builtin_add_overflow(integer, integer, &twice);
}

LOAM__INLINE loam_value loam__small_int(int64_t integer)
{
    return loam__word((uint64_t)integer << 1 | 1);
}

LOAM__INLINE int64_t loam__small_int_value(loam_value value)
{
    return (int64_t)value.word >> 1;
}

/* An integer that is no small one. */
typedef struct loam__boxed_int {
    loam_object loam;
    int64_t integer;
} loam__boxed_int;

LOAM__INLINE int64_t loam__boxed_int_value(loam_value value)
{
    return ((const loam__boxed_int *)loam__object(value))->integer;
}

/* What kind of number a value is; a bool is one, as in Python. */
typedef enum loam__number_kind { LOAM__NOT_A_NUMBER, LOAM__INTEGER, LOAM__DOUBLE } loam__number_kind;

typedef struct loam__number {
    loam__number_kind kind;
    int64_t integer;
    double number;
} loam__number;

loam__number loam__number_of(loam_value value);

/* `value`'s type as it appears in messages: "int", "NoneType", "list". */
const char *loam__type_name(loam_value value);

/* TYPE: "function: expected `what`, got `name of the type`". */
LOAM__COLD loam_status loam__fail_type(const char *what, loam_value value);

#endif
