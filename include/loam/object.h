/**
 * Objects and types of one's own.
 *
 * A type is a C structure whose first member is a loam_object, and a descriptor that names its reference fields by
 * offset. What releases, traces, measures and scans the object follows from that one list:
 *
 *     typedef struct node {
 *         loam_object loam;
 *         struct node *left, *right;
 *         int64_t payload;
 *     } node;
 *     static loam_type node_type = {
 *         .name = "node", .size = sizeof(node), .refs = LOAM_REFS(offsetof(node, left), offsetof(node, right))
 *     };
 *     node *n = loam_new(&node_type);
 *     loam_slot_set(n, &n->left, loam_from(child));
 *
 * A reference field is a handle or a loam_value. It changes only through the slot functions below, never by plain
 * assignment: they are where a collector learns of the change.
 */
#ifndef LOAM_OBJECT_H
#define LOAM_OBJECT_H

#include <loam/base.h>
#include <loam/status.h>
#include <loam/value.h>

/** The first member of every object. Its word belongs to the memory manager. */
struct loam_object {
    uint64_t head;
};

/** Given to a type's trace, which passes it on to loam_visit(). */
typedef struct loam_visitor loam_visitor;

/** Where an iteration over a container stands. Containers give `position` and `version` what meaning they like. */
typedef struct loam_cursor {
    uint64_t position;
    uint64_t version;
} loam_cursor;

/**
 * A type descriptor, one for each type, in static storage, zero where the defaults will do. The library keeps a pointer
 * to it for as long as the process runs and writes its number into `id` when the first object is made.
 *
 * The slots are called with objects of exactly this type. They may run any code, but not change the object's hash or
 * equality while it is a key.
 */
typedef struct loam_type {
    /** As it appears in messages and repr. */
    const char *name;
    /** Bytes of an instance, its loam_object included. */
    size_t size;
    /** Offsets of the reference fields, from LOAM_REFS; NULL if there are none. */
    const uint16_t *refs;
    /** Only for a type with a buffer of references: loam_visit() each, besides those in `refs`. Runs inside the memory
     *  manager, whenever the program makes or releases an object: what it shows must be right then. It must not make,
     *  release or change anything. Show a long buffer with one call: a collection in slices can stop in the middle of
     *  it. */
    void (*trace)(void *self, loam_visitor *visitor);
    /** Give back what the object owns that is not a reference: its buffers, a file. Its references are gone by then, so
     *  it must not look at them; it must not make, release or change any object. Called once, when the object is
     *  freed; where memory is collected conservatively only if `external` is set. */
    void (*dispose)(void *self);
    /** What the object owns besides `size` bytes, in bytes. NULL means nothing. It must not make, release or change
     *  anything. */
    size_t (*extent)(const void *self);
    /** Python's __del__: runs once in an object's life, when nothing refers to it any more but itself, and may do what
     *  any program may, also make `self` reachable again. Its fields are as they were; weak references to it are
     *  cleared already. It runs at a safe point: when the outermost release ends, or in loam_gc_collect(); never while
     *  a container is being changed. What is alive when the process ends is not finalized. */
    void (*finalize)(void *self);
    /** Hash, for use as a key: LOAM_OK and `*out`, or a failure. NULL: by identity if `equal` is NULL too, else the
     *  type has no hash. Equal objects must have equal hashes; any bits of them may differ. */
    loam_status (*hash)(const void *self, uint64_t *out);
    /** 1 if equal, 0 if not, or a failure. NULL: by identity. */
    int (*equal)(const void *self, const void *other);
    /** `*order` below, at or above 0, or a failure. NULL: the type has no order. */
    loam_status (*compare)(const void *self, const void *other, int *order);
    /** The text as Python's repr, a new reference, or NULL with a failure. NULL: `<name object>`. */
    loam_str *(*repr)(const void *self);
    /** The number of items, or a failure. NULL: the type has no length. */
    int64_t (*len)(const void *self);
    /** Begin an iteration: set `*cursor`. NULL, with iter_fill: not iterable. */
    loam_status (*iter_begin)(const void *self, loam_cursor *cursor);
    /** Up to `cap` further items, new references, into `out`: how many, 0 at the end, or a failure. */
    ptrdiff_t (*iter_fill)(void *self, loam_cursor *cursor, loam_value *out, size_t cap);
    /** A shallow copy: a new object of the same type that refers to the same, or NULL with a failure; or `self`, once
     *  more retained, if its objects never change. loam_deepcopy() puts copies of what it refers to in their places,
     *  and empties the fields of copies that a failure makes superfluous. NULL: objects of this type cannot be
     *  copied. */
    void *(*copy)(const void *self);
    /** Instances can never be part of a cycle although they hold references. */
    bool acyclic;
    /** `dispose` gives back more than memory, so it has to run on every memory manager. */
    bool external;
    /** Set by the library. */
    uint16_t id;
    uint16_t traits;
    uint16_t place;
    bool has_only_fields;
} loam_type;

/** The `.refs` of a type: the offsets of 1 or more reference fields. At file scope, in C. */
#define LOAM_REFS(...) ((const uint16_t[]){__VA_ARGS__, 0})

LOAM_BEGIN_DECLS

/**
 * A new object of a type of one's own, its fields zero. NULL with LOAM_ERR_MEMORY, or LOAM_ERR_OVERFLOW if the process
 * has 65,535 types already.
 *
 * O(size). Runs no user code.
 */
LOAM_API void *loam_new(loam_type *type) LOAM_NODISCARD;

/**
 * `value` as a handle of the type that `type` describes, borrowed: NULL with LOAM_ERR_TYPE if it is something else,
 * NULL with the earlier failure if it is unset.
 *
 * O(1). Runs no user code.
 */
LOAM_API void *loam_to_peek(loam_value value, const loam_type *type) LOAM_NODISCARD;

/**
 * The descriptor of an object's type; `object` may not be NULL.
 *
 * O(1). Runs no user code.
 */
LOAM_API const loam_type *loam_type_of(const void *object);

/** Whether `value` is an object of the type that `type` describes. O(1). Runs no user code. */
static inline bool loam_is(loam_value value, const loam_type *type)
{
    return loam_is_object(value) && loam_type_of((const void *)(uintptr_t)value.word) == type;
}

/**
 * Store a value, borrowed, into a reference field `*slot` of `owner`; what was there is released last. Handles of
 * types of one's own go in through loam_from(); a field that is a handle has to be given an object of its type, which
 * nobody checks. A field is emptied by taking out what is there: loam_release(loam_slot_take(owner, slot)). Does
 * nothing if `owner` is NULL or `value` unset because of an earlier failure, and returns that failure.
 *
 * O(1). May run finalizers.
 */
LOAM_API loam_status loam_slot_set(void *owner, void *slot, loam_value value);

/**
 * The same, taking the caller's reference, also on failure.
 *
 * O(1). May run finalizers.
 */
LOAM_API loam_status loam_slot_set_take(void *owner, void *slot, loam_value value);

/**
 * Move the reference in `*from`, a field of `from_owner`, into `*to`, a field of `to_owner`: `*from` is empty after it,
 * what was in `*to` is released last. No count changes.
 *
 * O(1). May run finalizers.
 */
LOAM_API void loam_slot_move(void *to_owner, void *to, void *from_owner, void *from);

/**
 * Take the reference out of a field: the field is empty after it, the result is a new reference, unset if there was
 * none.
 *
 * O(1). Runs no user code.
 */
LOAM_API loam_value loam_slot_take(void *owner, void *slot) LOAM_NODISCARD;

/**
 * For a type's trace: `count` reference fields side by side, handles or values; empty ones are allowed.
 *
 * O(count). Runs no user code.
 */
LOAM_API void loam_visit(loam_visitor *visitor, const void *slots, size_t count);

/**
 * A buffer of `count` empty reference fields for an object of one's own, whose type then needs `trace`, and `dispose`
 * to give the buffer back. References may never be kept in memory from malloc. It lies in the heap that is entered,
 * heap.h, which had better be that of the object. NULL with LOAM_ERR_MEMORY.
 *
 * O(count). Runs no user code.
 */
LOAM_API loam_value *loam_slots_new(size_t count) LOAM_NODISCARD;

/**
 * Change the size of such a buffer; fields beyond `old_count` are empty, and those beyond `count` must be. NULL with
 * LOAM_ERR_MEMORY: the buffer is as it was.
 *
 * O(count). Runs no user code.
 */
LOAM_API loam_value *loam_slots_resize(loam_value *slots, size_t old_count, size_t count) LOAM_NODISCARD;

/**
 * Give such a buffer back. Its fields are not released: empty them first, or be in `dispose`.
 *
 * O(1). Runs no user code.
 */
LOAM_API void loam_slots_free(loam_value *slots, size_t count);

LOAM_END_DECLS

#endif
