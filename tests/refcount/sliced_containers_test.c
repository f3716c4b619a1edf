/*
 * Lists, dicts and weak_key_dicts changed at random between the smallest slices of full collections. What can be
 * reached from the program's variables must be there, with as many references as lead to it from there at least; what
 * the containers say of a change is what that depends on.
 */
#include "tests/harness.h"

#include "containers/weak.h"
#include "gc/refcount/collect.h"

#include <stdlib.h>

enum { VARIABLES = 7, MOST_SEEN = 4096 };

static loam_value variables[VARIABLES];
static loam_weakref *weak[VARIABLES];
static loam__heap *heap;

/* Looking at all that can be reached. */

static struct {
    loam_visitor visitor;
    loam_object *objects[MOST_SEEN];
    uint32_t references[MOST_SEEN];
    size_t count;
} seen;

static bool is_counted(const loam_object *object)
{
    return loam__is_in_heap(object) && loam__is_flagged(object, LOAM__FLAG_CYCLIC);
}

static void see(loam_object *object)
{
    size_t i = 0;

    cr_assert(!loam__is_flagged(object, LOAM__FLAG_DEAD), "what can be reached was freed");
    if (!is_counted(object))
        return;
    cr_assert(!loam__full_is_hidden(&heap->full, object), "what can be reached is condemned");
    while (i < seen.count && seen.objects[i] != object)
        i++;
    if (i == seen.count) {
        cr_assert(i < MOST_SEEN);
        seen.objects[seen.count++] = object;
        seen.references[i] = 0;
    }
    seen.references[i]++;
}

static void see_slots(loam_visitor *visitor, loam_value *slots, size_t count)
{
    (void)visitor;
    for (size_t i = 0; i < count; i++)
        if (loam_is_object(slots[i]))
            see(loam__object(slots[i]));
}

/* What an entry of a weak_key_dict holds is passed over: whether it can be reached depends on the key. */
static void look_at_everything(void)
{
    seen.visitor.visit = see_slots;
    seen.count = 0;
    for (int i = 0; i < VARIABLES; i++)
        see(loam__object(variables[i]));
    for (size_t i = 0; i < seen.count; i++)
        if (loam__type_id_of(seen.objects[i]) != LOAM__TYPE_EPHEMERON)
            loam__object_visit(seen.objects[i], &seen.visitor);
    for (size_t i = 0; i < seen.count; i++)
        cr_assert(loam__gc_count(seen.objects[i]) >= seen.references[i], "an object has too few references");
}

/* Changes. */

typedef struct cell {
    loam_object loam;
    loam_value value;
} cell;

static loam_type cell_type = {.name = "cell", .size = sizeof(cell), .refs = LOAM_REFS(offsetof(cell, value))};

static uint64_t state;

static bool is_cell(loam_value value)
{
    return loam_is_object(value) && loam_type_of(loam__object(value)) == &cell_type;
}

static size_t any(size_t bound)
{
    return random_below(&state, bound);
}

static void set_variable(loam_value value)
{
    size_t at = any(VARIABLES);
    loam_value old = variables[at];

    if (!loam_is_list(value) && !loam_is_dict(value) && !loam_is_weak_key_dict(value) && !is_cell(value)) {
        loam_release(value);
        return;
    }
    variables[at] = value;
    loam_release(old);
}

static loam_value container_new(void)
{
    switch (any(6)) {
    case 0:
        return loam_from(loam_dict_new());
    case 1:
        return loam_from(loam_weak_key_dict_new());
    case 2:
    case 3:
        return loam_from((loam_object *)loam_new(&cell_type));
    default:
        return loam_from(loam_list_new());
    }
}

static void go_on_collecting(void)
{
    loam__full *full = &heap->full;

    full->chunk = 1;
    if (full->phase == LOAM__IDLE)
        loam__full_begin(full, false);
    else
        loam__full_run(full, 1 + (int64_t)any(3), any(4) == 0, true);
}

/* Slices go on while what is sorted is in no list. */
static loam_status compare_and_collect(loam_value a, loam_value b, int *order, void *context)
{
    (void)a;
    (void)b;
    (void)context;
    for (size_t i = any(40); i; i--)
        go_on_collecting();
    *order = (int)any(3) - 1;
    return any(20) ? LOAM_OK : loam_fail(LOAM_ERR_VALUE, "told to fail");
}

static void change_list(loam_list *list, loam_value value)
{
    int64_t len = loam_list_len(list);
    int64_t at = len ? (int64_t)any((size_t)len) : 0;

    switch (any(11)) {
    case 9:
        (void)!loam_list_sort_compare(list, compare_and_collect, NULL, any(2));
        break;
    case 10:
        loam_list_reverse(list);
        break;
    case 0:
    case 1:
        cr_assert(loam_list_append_take(list, loam_retain_value(value)) == LOAM_OK);
        break;
    case 2:
        cr_assert(loam_list_insert_take(list, at, loam_retain_value(value)) == LOAM_OK);
        break;
    case 3:
        cr_assert(!len || loam_list_set_take(list, at, loam_retain_value(value)) == LOAM_OK);
        break;
    case 4:
    case 5:
        if (len)
            set_variable(loam_list_pop(list, at));
        break;
    case 6:
        if (len)
            set_variable(loam_list_get(list, at));
        break;
    case 7:
        if (len > 8 || !any(4))
            loam_list_clear(list);
        break;
    default:
        if (len && len < 8)
            cr_assert(loam_list_insert_take(list, 0, loam_list_pop(list, at)) == LOAM_OK);
    }
}

static void change_dict(loam_dict *dict, loam_value value)
{
    int64_t key = (int64_t)any(8);
    loam_value first, second;

    switch (any(6)) {
    case 0:
    case 1:
        cr_assert(loam_dict_set_take(dict, LOAM_VAL(key), loam_retain_value(value)) == LOAM_OK);
        break;
    case 2:
        set_variable(loam_dict_pop(dict, key));
        break;
    case 3:
        if (loam_dict_pop_first(dict, &first, &second) == LOAM_OK) {
            loam_release(first);
            set_variable(second);
        }
        break;
    case 4:
        (void)!loam_dict_move_to_end(dict, key);
        break;
    default:
        if (!any(4))
            loam_dict_clear(dict);
    }
    loam_error_clear();
}

static void change_map(loam_weak_key_dict *map, loam_value value)
{
    loam_value key = variables[any(VARIABLES)];
    loam_list *values;

    if (!is_cell(key))
        return;
    switch (any(6)) {
    case 0:
    case 1:
        cr_assert(loam_weak_key_dict_set_take(map, loam_retain_value(key), loam_retain_value(value)) == LOAM_OK);
        break;
    case 2:
        set_variable(loam_weak_key_dict_pop(map, key));
        break;
    case 3:
        set_variable(loam_weak_key_dict_get(map, key));
        break;
    case 4:
        values = loam_weak_key_dict_values(map);
        if (loam_list_len(values))
            set_variable(loam_list_pop(values, 0));
        loam_release(values);
        break;
    default:
        if (!any(4))
            loam_weak_key_dict_clear(map);
    }
    loam_error_clear();
}

static void change_cell(cell *changed, loam_value value)
{
    if (any(4))
        cr_assert(loam_slot_set(changed, &changed->value, value) == LOAM_OK);
    else
        set_variable(loam_slot_take(changed, &changed->value));
}

static void change(loam_value changed, loam_value value)
{
    if (loam_is_list(changed))
        change_list(loam_to_list_peek(changed), value);
    else if (loam_is_dict(changed))
        change_dict(loam_to_dict_peek(changed), value);
    else if (is_cell(changed))
        change_cell((cell *)loam__object(changed), value);
    else
        change_map(loam_to_weak_key_dict_peek(changed), value);
}

static void follow(size_t i)
{
    if (!any(2)) {
        loam_release(weak[i]);
        weak[i] = loam_weakref_new(variables[any(VARIABLES)]);
        cr_assert(weak[i]);
    } else if (weak[i]) {
        set_variable(loam_weakref_get(weak[i]));
    }
}

/* It is held while it changes, since its variable may be set meanwhile. */
static void change_variable(size_t i)
{
    loam_value held = loam_retain_value(variables[i]);

    change(held, variables[any(VARIABLES)]);
    loam_release(held);
}

static void take_a_step(void)
{
    size_t i = any(VARIABLES);

    switch (any(16)) {
    case 0:
        set_variable(container_new());
        break;
    case 1:
        follow(i);
        break;
    case 2:
        if (!any(8))
            cr_assert(loam__collect_young(heap, (int)any(2), NULL) >= 0);
        break;
    case 3:
    case 4:
    case 5:
    case 6:
        change_variable(i);
        break;
    default:
        go_on_collecting();
    }
    loam__gc_safe_point();
}

static void walk_with_seed(uint64_t seed)
{
    state = seed;
    for (int i = 0; i < VARIABLES; i++)
        variables[i] = loam_from(loam_list_new());
    heap = loam__heap_of(loam__object(variables[0]));
    for (unsigned i = 0; i < rounds(rounds(60000)); i++) {
        take_a_step();
        look_at_everything();
    }
    for (int i = 0; i < VARIABLES; i++) {
        loam_release(variables[i]);
        loam_release(weak[i]);
        weak[i] = NULL;
    }
    loam__full_run(&heap->full, LOAM__WHOLE, 0, true);
    heap->full.chunk = 0;
    loam_gc_collect(2);
    loam_gc_collect(2);
}

LOAM_TEST(sliced, containers_may_be_changed_between_slices)
{
    loam_gc_disable();
    for (uint64_t seed = 1; seed <= 8; seed++)
        walk_with_seed(seed);
    loam_gc_enable();
}
