/*
 * Copies. A shallow one is its type's affair, loam_type.copy. A deep one begins as a shallow one, which still refers to
 * the originals, and then each reference in it gives way to one to the copy of what it referred to. So a type need not
 * know of deep copies. Dicts and sets, tables, begin empty: a key's hash may change with the key, so each entry goes in
 * when the copies of both its parts are there.
 *
 * What is to be done is a stack of its own, of numbers in the memo, so that depth costs no C stack. A copy is in the
 * memo from the moment in which it exists, so what is shared stays shared and cycles close. A tuple whose items have
 * all stayed the same, or a frozenset, gives way to its original in the end: nobody refers to its copy then, since only
 * through something that was copied could it have been met again.
 */
#include "containers/memo.h"
#include "containers/sequence.h"
#include "containers/set.h"
#include "lib/alloc.h"

#include <loam/protocol.h>

/* A copy in the making. */
typedef struct frame {
    uint32_t number;   /* in the memo */
    uint32_t version;  /* of a table, from the first look on */
    uint64_t position; /* the next slot of the copy, or entry of the original */
} frame;

typedef struct copier {
    loam__memo memo;
    frame *frames;
    size_t depth, room;
} copier;

/* What never changes, nor anything that it refers to. */
static bool is_leaf(loam_value value)
{
    loam__type_id id;

    if (!loam_is_object(value))
        return true;
    id = (loam__type_id)loam__type_id_of(loam__object(value));
    return id <= LOAM__TYPE_BYTES || id == LOAM__TYPE_RANGE || id == LOAM__TYPE_WEAKREF;
}

static bool is_shared(loam_value value)
{
    const loam_tuple *tuple;

    if (is_leaf(value) || !loam__is_type(value, LOAM__TYPE_TUPLE))
        return is_leaf(value);
    tuple = (const loam_tuple *)loam__object(value);
    for (size_t i = 0; i < tuple->len; i++)
        if (!is_leaf(tuple->items[i]))
            return false;
    return true;
}

/* A new reference to a shallow copy of what is no leaf. */
static loam_value copy_one(loam_value value)
{
    loam_object *object = loam__object(value);
    const loam_type *type = loam__type_of(object);
    loam_object *copy;

    if (!type->copy)
        return loam_fail(LOAM_ERR_TYPE, "a '%s' object cannot be copied", type->name), LOAM_UNSET;
    copy = type->copy(object);
    if (!copy)
        return loam__propagate("a type's copy"), LOAM_UNSET;
    if (loam__type_of(copy) != type) {
        loam__release(loam_from(copy));
        return loam_fail(LOAM_ERR_TYPE, "the copy of a '%s' object is of another type", type->name), LOAM_UNSET;
    }
    return loam_from(copy);
}

loam_value loam_copy(loam_value value)
{
    if (loam_is_unset(value))
        return loam__propagate(__func__), LOAM_UNSET;
    return is_leaf(value) || loam__is_type(value, LOAM__TYPE_TUPLE) || loam__is_type(value, LOAM__TYPE_FROZENSET)
               ? loam__retain(value)
               : copy_one(value);
}

/* Frames. */

static loam_status push(copier *c, uint32_t number)
{
    if (c->depth == c->room) {
        size_t room = c->room + c->room / 2 + 8;
        frame *frames = loam__realloc(c->frames, room * sizeof *frames);
        if (!frames)
            return loam__fail_memory();
        c->frames = frames;
        c->room = room;
    }
    c->frames[c->depth++] = (frame){.number = number};
    return LOAM_OK;
}

static bool is_table(loam_value value)
{
    return loam__is_type(value, LOAM__TYPE_DICT) || loam__is_any_set(value);
}

/* An empty one of its type with as much room as there are entries. */
static loam_value table_for(const loam_dict *original)
{
    loam_type *type = loam__type_of(&original->loam);
    loam_dict *copy = loam__object_new(type, type->size);

    if (copy && loam__dict_reserve(copy, original->live) < 0) {
        loam__gc_release(&copy->loam);
        return LOAM_UNSET;
    }
    return loam_from(copy);
}

/* Begin the copy of what is not in the memo. */
static loam_status begin_held(copier *c, loam_value original)
{
    const loam_dict *table = is_table(original) ? (loam_dict *)loam__object(original) : NULL;
    uint32_t number;
    loam_value copy = table ? table_for(table) : copy_one(original);
    loam_status status = loam_is_unset(copy) ? loam_error()->status : loam__memo_add(&c->memo, original, copy, &number);

    if (status < 0 || copy.word == original.word) /* one that never changes, by its type's word */
        return status;
    status = push(c, number);
    if (status == LOAM_OK && table)
        c->frames[c->depth - 1].version = table->version;
    return status;
}

/* Its own copy may take the original out of where it is. */
static loam_status begin(copier *c, loam_value original)
{
    loam_status status;
    loam_failure failure;

    loam__retain(original);
    status = begin_held(c, original);
    failure = *loam_error();
    loam__release(original);
    return status < 0 ? loam__fail_again(&failure) : status;
}

/* OK and what is to stand in place of `value`, borrowed; MISSING if its copy has only been begun. */
static loam_status resolve(copier *c, loam_value value, loam_value *out)
{
    uint32_t number;
    loam_status status;

    *out = value;
    if (is_shared(value))
        return LOAM_OK;
    if (loam__memo_find(&c->memo, value, &number)) {
        *out = loam__memo_copy(&c->memo, number);
        return LOAM_OK;
    }
    status = begin(c, value);
    return status < 0 ? status : LOAM_MISSING;
}

/* Slots of an object, in the order in which its type shows them. */
typedef struct finder {
    loam_visitor visitor; /* first: the visitor is the finder */
    uint64_t passed;      /* slots shown so far */
    uint64_t position;    /* from here on */
    loam__slot *slot;
    bool (*is_passed_over)(loam_value value);
} finder;

static void find_in_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    finder *f = (finder *)(void *)visitor;
    uint64_t end = f->passed + count;

    for (; !f->slot && f->position < end; f->position++) {
        loam__slot *slot = (loam__slot *)(void *)slots + (f->position - f->passed);
        if (!f->is_passed_over(loam__word(*slot))) {
            f->slot = slot;
            break;
        }
    }
    f->passed = end;
}

/* The next slot that is not passed over, at or behind `*position`; NULL: there is none. */
static loam__slot *find_slot(loam_object *object, uint64_t *position, bool (*is_passed_over)(loam_value value))
{
    finder f = {.visitor = {find_in_slots}, .position = *position, .is_passed_over = is_passed_over};

    loam__object_visit(object, &f.visitor);
    *position = f.position;
    return f.slot;
}

/* As programs store into types of their own, whose changes check is told of; in the library's types as those do. */
static void store(loam_object *owner, loam__slot *slot, loam_value value)
{
    if (loam__type_id_of(owner) >= LOAM__TYPE_FIRST_FREE)
        (void)loam_slot_set(owner, slot, value);
    else
        loam__slot_set(owner, slot, loam__retain(value));
}

static bool is_same_tuple(const loam_tuple *a, const loam_tuple *b)
{
    return a->len == b->len && !memcmp(a->items, b->items, a->len * sizeof *a->items);
}

/* The copy has no holes. */
static bool is_same_table(const loam_dict *original, const loam_dict *copy)
{
    uint32_t same = 0;

    for (uint32_t i = original->first; i < original->used && same < copy->used; i++)
        same += original->entries[i].key.word == copy->entries[same].key.word;
    return same == original->live;
}

static bool has_stayed_the_same(loam_value original, loam_value copy)
{
    if (loam__is_type(original, LOAM__TYPE_TUPLE))
        return is_same_tuple((loam_tuple *)loam__object(original), (loam_tuple *)loam__object(copy));
    return loam__is_type(original, LOAM__TYPE_FROZENSET) &&
           is_same_table((loam_dict *)loam__object(original), (loam_dict *)loam__object(copy));
}

static void finish(copier *c)
{
    uint32_t number = c->frames[--c->depth].number;
    loam_value original = loam__memo_original(&c->memo, number);
    loam_value copy = loam__memo_copy(&c->memo, number);

    if (has_stayed_the_same(original, copy))
        loam__memo_replace(&c->memo, number, original);
    else if (loam__is_type(copy, LOAM__TYPE_FROZENSET))
        ((loam_frozenset *)loam__object(copy))->hash =
            0; /* it may have been asked for while there were fewer elements */
}

static loam_status step_through_slots(copier *c)
{
    frame *top = &c->frames[c->depth - 1];
    loam_object *copy = loam__object(loam__memo_copy(&c->memo, top->number));
    loam__slot *slot = find_slot(copy, &top->position, is_shared);
    loam_value value;
    loam_status status;

    if (!slot)
        return finish(c), LOAM_OK;
    status = resolve(c, loam__word(*slot), &value);
    if (status != LOAM_OK)
        return status;
    top->position++;
    store(copy, slot, value);
    return LOAM_OK;
}

static loam_status step_through_entries(copier *c)
{
    frame *top = &c->frames[c->depth - 1];
    const loam_dict *table = (const loam_dict *)loam__object(loam__memo_original(&c->memo, top->number));
    loam_dict *copy = (loam_dict *)loam__object(loam__memo_copy(&c->memo, top->number));
    loam_value key;
    loam_value value;
    loam_status status;

    if (table->version != top->version)
        return loam_fail(LOAM_ERR_CHANGED, "%s changed while it was copied", loam__type_of(&table->loam)->name);
    while (top->position < table->used && loam_is_unset(table->entries[top->position].key))
        top->position++;
    if (top->position == table->used)
        return finish(c), LOAM_OK;
    status = resolve(c, table->entries[top->position].key, &key);
    if (status == LOAM_OK)
        status = resolve(c, table->entries[top->position].value, &value);
    if (status != LOAM_OK)
        return status;
    top->position++;
    return loam__is_type(loam_from(copy), LOAM__TYPE_DICT) ? (loam_dict_set)(copy, key, value)
                                                           : loam__set_add_value(copy, key);
}

static loam_status run(copier *c)
{
    loam_status status = LOAM_OK;

    while (c->depth && status >= 0) {
        uint32_t number = c->frames[c->depth - 1].number;
        status = is_table(loam__memo_original(&c->memo, number)) ? step_through_entries(c) : step_through_slots(c);
    }
    return status;
}

/* What was begun may refer to itself: it lets go of what it refers to, so that all of it is freed. */

static bool is_no_object(loam_value value)
{
    return !loam_is_object(value);
}

static void empty_slots(loam_object *object)
{
    uint64_t position = 0;
    loam__slot *slot;

    while ((slot = find_slot(object, &position, is_no_object))) {
        if (loam__type_id_of(object) == LOAM__TYPE_TUPLE)
            loam__slot_set(object, slot, LOAM_NONE);
        else
            loam__release(loam_slot_take(object, slot));
    }
}

static void let_go(loam_value copy)
{
    switch (loam__type_id_of(loam__object(copy))) {
    case LOAM__TYPE_LIST:
        loam_list_clear((loam_list *)loam__object(copy));
        break;
    case LOAM__TYPE_DEQUE:
        loam_deque_clear((loam_deque *)loam__object(copy));
        break;
    case LOAM__TYPE_DICT:
    case LOAM__TYPE_SET:
    case LOAM__TYPE_FROZENSET:
        loam_dict_clear((loam_dict *)loam__object(copy));
        break;
    default:
        empty_slots(loam__object(copy));
    }
}

static void undo(const copier *c)
{
    loam_failure failure = *loam_error();

    for (uint32_t i = 0; i < c->memo.count; i++)
        if (loam__memo_copy(&c->memo, i).word != loam__memo_original(&c->memo, i).word)
            let_go(loam__memo_copy(&c->memo, i));
    loam__fail_again(&failure);
}

static loam_value copy_all(copier *c, loam_value value)
{
    loam_value result = LOAM_UNSET;
    loam_status status = begin(c, value);

    if (status == LOAM_OK)
        status = run(c);
    if (status < 0)
        undo(c);
    else
        result = loam__retain(loam__memo_copy(&c->memo, 0));
    return result;
}

/* What is released may run user code, and that fail: the failure that counts is the first one. */
loam_value loam_deepcopy(loam_value value)
{
    copier c = {.depth = 0};
    loam_value result = LOAM_UNSET;
    loam_failure failure;

    if (loam_is_unset(value))
        return loam__propagate(__func__), LOAM_UNSET;
    if (is_shared(value))
        return loam__retain(value);
    if (loam__memo_begin(&c.memo) == LOAM_OK)
        result = copy_all(&c, value);
    failure = *loam_error();
    loam__free(c.frames);
    loam__memo_end(&c.memo);
    if (loam_is_unset(result))
        loam__fail_again(&failure);
    return result;
}
