/* Shallow and deep copies, and the memo of the deep ones. */
#include "tests/harness.h"

#include "containers/memo.h"
#include "containers/sequence.h"

static loam_value list_item(loam_value list, int64_t index)
{
    return loam_list_get_peek(loam_to_list_peek(list), index);
}

LOAM_TEST(copy, is_one_level_deep)
{
    loam_auto loam_list *inner = loam_list_of(1);
    loam_auto loam_list *list = loam_list_of(inner, 2);
    loam_auto loam_dict *dict = loam_dict_of("a", inner);
    loam_auto loam_deque *deque = loam_deque_new_max(3);
    loam_auto loam_tuple *tuple = loam_tuple_of(inner);
    loam_auto_value loam_value lists = loam_copy(loam_from(list));
    loam_auto_value loam_value dicts = loam_copy(loam_from(dict));
    loam_auto_value loam_value tuples = loam_copy(loam_from(tuple));
    loam_auto_value loam_value deques = LOAM_UNSET;

    cr_assert_eq(loam_deque_append(deque, inner), LOAM_OK);
    deques = loam_copy(loam_from(deque));
    cr_assert(lists.word != loam_from(list).word && list_item(lists, 0).word == loam_from(inner).word);
    cr_assert(dicts.word != loam_from(dict).word && deques.word != loam_from(deque).word);
    cr_assert_eq(tuples.word, loam_from(tuple).word);
    assert_repr(dicts, "{'a': [1]}");
    assert_repr(deques, "deque([[1]], maxlen=3)");
}

LOAM_TEST(copy, of_what_never_changes_is_itself)
{
    loam_auto loam_range *range = loam_range_new(0, 3, 1);
    loam_auto loam_str *str = loam_str_new("text");
    loam_auto loam_tuple *flat = loam_tuple_of(1, "two", range);
    loam_auto loam_tuple *nested = loam_tuple_of(flat, flat, LOAM_TUPLE(flat));
    loam_auto loam_tuple *empty = loam_tuple_new(NULL, 0);
    loam_value values[] = {loam_int(1),    LOAM_NONE,       LOAM_TRUE,        loam_from(range),
                           loam_from(str), loam_from(flat), loam_from(empty), loam_from(nested)};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        loam_auto_value loam_value copy = loam_copy(values[i]);
        loam_auto_value loam_value deep = loam_deepcopy(values[i]);
        cr_assert(copy.word == values[i].word && deep.word == values[i].word, "%zu", i);
    }
}

LOAM_TEST(copy, that_is_deep_keeps_what_is_shared)
{
    loam_auto loam_list *shared = loam_list_of("shared");
    loam_auto loam_tuple *flat = loam_tuple_of(1, 2);
    loam_auto loam_tuple *tuple = loam_tuple_of(shared, flat);
    loam_auto loam_list *list = loam_list_of(shared, shared, tuple, tuple, flat, LOAM_NONE);
    loam_auto_value loam_value copy = LOAM_UNSET;
    loam_value inner;

    cr_assert_eq(loam_list_set(list, -1, LOAM_DICT("a", shared, flat, 5)), LOAM_OK);
    copy = loam_deepcopy(loam_from(list));
    assert_repr(
        copy, "[['shared'], ['shared'], (['shared'], (1, 2)), (['shared'], (1, 2)), (1, 2), {'a': ['shared'], (1, 2): "
              "5}]");
    inner = list_item(copy, 0);
    cr_assert(inner.word != loam_from(shared).word && list_item(copy, 1).word == inner.word);
    cr_assert_eq(list_item(copy, 2).word, list_item(copy, 3).word);
    cr_assert_neq(list_item(copy, 2).word, loam_from(tuple).word);
    cr_assert_eq(loam_tuple_get_peek(loam_to_tuple_peek(list_item(copy, 2)), 0).word, inner.word);
    cr_assert_eq(list_item(copy, 4).word, loam_from(flat).word, "a tuple of what never changes is not copied");
    cr_assert_eq(loam_dict_get_peek(loam_to_dict_peek(list_item(copy, 5)), "a").word, inner.word);
    cr_assert_eq(loam_list_append(shared, 1), LOAM_OK);
    assert_repr(inner, "['shared']");
}

LOAM_TEST(copy, of_sets_is_one_of_their_elements)
{
    loam_auto loam_list *held = loam_list_of(1);
    loam_auto loam_frozenset *plain = loam_frozenset_of(1, "two");
    loam_auto loam_set *set = loam_set_of(plain, 3, "four");
    loam_auto loam_dict *dict = loam_dict_of(plain, held);
    loam_auto loam_list *list = loam_list_of(set, set, plain, dict);
    loam_auto_value loam_value shallow = loam_copy(loam_from(set));
    loam_auto_value loam_value same = loam_copy(loam_from(plain));
    loam_auto_value loam_value deep = loam_deepcopy(loam_from(list));

    cr_assert(shallow.word != loam_from(set).word && loam_equal(shallow, loam_from(set)) == 1);
    cr_assert_eq(same.word, loam_from(plain).word);
    cr_assert_eq(loam_set_add(set, 5), 1);
    assert_repr(shallow, "{frozenset({1, 'two'}), 3, 'four'}");
    assert_repr(deep, "[{frozenset({1, 'two'}), 3, 'four'}, {frozenset({1, 'two'}), 3, 'four'}, frozenset({1, 'two'}), "
                      "{frozenset({1, 'two'}): [1]}]");
    cr_assert_eq(list_item(deep, 0).word, list_item(deep, 1).word);
    cr_assert_eq(list_item(deep, 2).word, loam_from(plain).word, "a frozenset of what never changes is not copied");
    cr_assert_eq(loam_set_contains(loam_to_set_peek(list_item(deep, 0)), plain), 1);
}

/* Let go of cycles. */
static void untie(loam_value list)
{
    cr_assert_eq(loam_list_clear(loam_to_list_peek(list)), LOAM_OK);
}

LOAM_TEST(copy, that_is_deep_closes_cycles)
{
    loam_auto loam_list *list = loam_list_of(1);
    loam_auto loam_tuple *tuple = loam_tuple_of(list, 2);
    loam_auto loam_deque *deque = loam_deque_new();
    loam_auto loam_dict *dict = loam_dict_of("list", list);
    loam_auto_value loam_value copy = LOAM_UNSET;
    loam_auto_value loam_value of_tuple = LOAM_UNSET;
    loam_value first;

    cr_assert(loam_deque_append(deque, deque) == LOAM_OK && loam_deque_append(deque, dict) == LOAM_OK);
    cr_assert(loam_list_append(list, list) == LOAM_OK && loam_list_append(list, tuple) == LOAM_OK);
    cr_assert(loam_list_append(list, deque) == LOAM_OK);
    copy = loam_deepcopy(loam_from(list));
    assert_repr(copy, "[1, [...], ([...], 2), deque([[...], {'list': [...]}])]");
    cr_assert_eq(list_item(copy, 1).word, copy.word);
    cr_assert_eq(loam_tuple_get_peek(loam_to_tuple_peek(list_item(copy, 2)), 0).word, copy.word);
    cr_assert_eq(loam_deque_get_peek(loam_to_deque_peek(list_item(copy, 3)), 0).word, list_item(copy, 3).word);
    of_tuple = loam_deepcopy(loam_from(tuple)); /* met again before it is complete */
    first = loam_tuple_get_peek(loam_to_tuple_peek(of_tuple), 0);
    cr_assert(first.word != loam_from(list).word && list_item(first, 2).word == of_tuple.word);
    loam_deque_clear(loam_to_deque_peek(list_item(copy, 3)));
    loam_deque_clear(loam_to_deque_peek(list_item(first, 3)));
    loam_deque_clear(deque);
    untie(copy);
    untie(first);
    untie(loam_from(list));
}

/* Types of one's own. */

typedef struct node {
    loam_object loam;
    struct node *next;
    loam_value payload;
    int64_t number;
} node;

static loam_type node_type;

static void *copy_node(const void *self)
{
    const node *from = self;
    node *copy = loam_new(&node_type);

    if (!copy)
        return NULL;
    copy->number = from->number;
    if ((from->next && loam_slot_set(copy, &copy->next, loam_from(from->next)) < 0) ||
        (!loam_is_unset(from->payload) && loam_slot_set(copy, &copy->payload, from->payload) < 0))
        loam_release(loam_move(&copy));
    return copy;
}

static loam_type node_type = {.name = "node",
                              .size = sizeof(node),
                              .refs = LOAM_REFS(offsetof(node, next), offsetof(node, payload)),
                              .copy = copy_node};

typedef struct plain {
    loam_object loam;
} plain;

static loam_type plain_type = {.name = "plain", .size = sizeof(plain)};

static void *copy_frozen(const void *self)
{
    return loam_retain((loam_object *)(uintptr_t)self);
}

static loam_type frozen_type = {.name = "frozen", .size = sizeof(plain), .copy = copy_frozen};

static void *copy_wrongly(const void *self)
{
    (void)self;
    return loam_new(&plain_type);
}

static loam_type wrong_type = {.name = "wrong", .size = sizeof(plain), .copy = copy_wrongly};

static node *new_node(int64_t number)
{
    node *n = loam_new(&node_type);

    cr_assert(n);
    n->number = number;
    return n;
}

LOAM_TEST(copy, follows_the_fields_of_a_type_of_ones_own)
{
    loam_auto node *a = new_node(1);
    loam_auto node *b = new_node(2);
    loam_auto loam_dict *by_node = loam_dict_of(loam_from(a), "a", loam_from(b), "b");
    loam_auto_value loam_value shallow = LOAM_UNSET;
    loam_auto_value loam_value deep = LOAM_UNSET;
    node *copy;
    loam_dict *copied;

    cr_assert(loam_slot_set(a, &a->next, loam_from(b)) == LOAM_OK &&
              loam_slot_set(b, &b->next, loam_from(a)) == LOAM_OK);
    cr_assert_eq(loam_slot_set(a, &a->payload, loam_from(by_node)), LOAM_OK);
    shallow = loam_copy(loam_from(a));
    deep = loam_deepcopy(loam_from(a));
    cr_assert_eq(((node *)loam_to_peek(shallow, &node_type))->next, b);
    copy = loam_to_peek(deep, &node_type);
    cr_assert(copy != a && copy->number == 1 && copy->next != b && copy->next->number == 2 && copy->next->next == copy);
    copied = loam_to_dict_peek(copy->payload);
    cr_assert(copied != by_node && loam_dict_len(copied) == 2);
    cr_assert_eq(loam_dict_contains(copied, loam_from(copy)), 1, "keys by identity are found by their copies");
    cr_assert_eq(loam_dict_contains(copied, loam_from(copy->next)), 1);
    cr_assert_eq(loam_dict_contains(copied, loam_from(a)), 0);
    loam_release(loam_slot_take(copy->next, &copy->next->next));
    loam_dict_clear(copied);
    loam_release(loam_slot_take(b, &b->next));
    loam_dict_clear(by_node);
}

LOAM_TEST(copy, of_a_type_without_one_is_a_failure_that_names_it)
{
    loam_auto plain *object = loam_new(&plain_type);
    loam_auto plain *frozen = loam_new(&frozen_type);
    loam_auto plain *wrong = loam_new(&wrong_type);
    loam_auto loam_iter *iter = loam_iter_range(0, 1, 1);
    loam_auto loam_list *list = loam_list_of(LOAM_LIST(1), LOAM_TUPLE(loam_from(object), LOAM_NONE));
    loam_auto_value loam_value same = loam_deepcopy(loam_from(frozen));

    cr_assert(loam_is_unset(loam_copy(loam_from(object))));
    cr_assert_str_eq(loam_error()->text, "a 'plain' object cannot be copied");
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(loam_list_append(list, list), LOAM_OK);
    cr_assert(loam_is_unset(loam_deepcopy(loam_from(list))));
    cr_assert_str_eq(loam_error()->text, "a 'plain' object cannot be copied");
    assert_failed(LOAM_ERR_TYPE);
    cr_assert(loam_is_unset(loam_deepcopy(loam_from(iter))));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert(loam_is_unset(loam_copy(loam_from(wrong))));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_eq(same.word, loam_from(frozen).word);
    untie(loam_from(list));
    loam_fail(LOAM_ERR_KEY, "earlier");
    cr_assert(loam_is_unset(loam_copy(LOAM_UNSET)) && loam_is_unset(loam_deepcopy(LOAM_UNSET)));
    cr_assert_str_eq(loam_error()->text, "earlier");
    loam_error_clear();
}

/* All kinds, shared and in a cycle; nodes too. */
static bool copy_all_kinds(void *context)
{
    loam_value original = *(loam_value *)context;
    loam_value copy = loam_deepcopy(original);

    if (loam_is_unset(copy))
        return false;
    loam_deque_clear(loam_to_deque_peek(list_item(copy, 1)));
    untie(copy);
    loam_unset(&copy);
    copy = loam_copy(original);
    loam_release(copy);
    return !loam_is_unset(copy);
}

LOAM_TEST(copy, that_fails_leaves_nothing)
{
    loam_auto loam_deque *deque = loam_deque_new_max(9);
    loam_auto node *n = new_node(5);
    loam_auto loam_list *list = loam_list_of(1, deque,
                                             LOAM_TUPLE(deque, LOAM_DICT("a", deque, LOAM_TUPLE(1, loam_from(n)), 2)));
    loam_value original = loam_from(list);

    for (int64_t i = 0; i < 20; i++)
        cr_assert_eq(loam_list_append(list, LOAM_LIST(i, deque)), LOAM_OK);
    cr_assert(loam_deque_append(deque, list) == LOAM_OK && loam_slot_set(n, &n->payload, loam_from(deque)) == LOAM_OK);
    cr_assert_geq(fail_each_allocation(copy_all_kinds, &original), 40);
    loam_deque_clear(deque);
    untie(original);
}

/* The memo. */

/* Of few objects the room that is not in use yet counts. */
static size_t most_bytes(size_t count)
{
    return count < 10000 ? 32 * count + 250 : 24 * count;
}

LOAM_TEST(copy, remembers_an_object_in_24_bytes)
{
    const size_t most = rounds(300000);
    loam__memo memo;
    uint32_t number;

    cr_assert_eq(loam__memo_begin(&memo), LOAM_OK);
    for (size_t i = 0; i < most; i++) {
        loam_auto_value loam_value original = loam_double(1e300 + (double)i * 1e290);
        cr_assert(!loam__memo_find(&memo, original, &number));
        cr_assert(loam__memo_add(&memo, original, loam_int((int64_t)i), &number) == LOAM_OK && number == i);
        if (!LOAM_STRESS && (i < 10000 || i % 97 == 0))
            cr_assert_leq(loam__memo_bytes(&memo), most_bytes(memo.count), "%zu objects", memo.count);
    }
    for (uint32_t i = 0; i < memo.count; i++) {
        cr_assert_eq(loam__memo_copy(&memo, i).word, loam_int(i).word);
        cr_assert(loam__memo_find(&memo, loam__memo_original(&memo, i), &number) && number == i);
    }
    loam__memo_end(&memo);
}

/* Depth. */

static const char *copy_a_deep_one(void)
{
    loam_value value = LOAM_NONE;
    loam_value copy;
    unsigned depth = rounds(loam_gc_has(LOAM_GC_PROMPT_FREE) ? 1000000 : 200000);
    bool same;

    loam_gc_disable(); /* marking such a chain, page by page, would take most of the time */
    for (unsigned i = 0; i < depth; i++) {
        loam_value inner = value;
        value = i % 3 == 0   ? LOAM_VAL(LOAM_LIST(loam__take(inner)))
                : i % 3 == 1 ? LOAM_VAL(LOAM_TUPLE(loam__take(inner)))
                             : LOAM_VAL(LOAM_DICT(1, loam__take(inner)));
    }
    copy = loam_deepcopy(value);
    if (loam_is_unset(copy))
        return loam_error()->text;
    same = loam_sizeof_deep(copy) == loam_sizeof_deep(value);
    loam_release(value);
    loam_release(copy);
    return same ? NULL : "a copy of another size";
}

LOAM_TEST(copy, goes_a_million_levels_deep)
{
    const char *wrong = on_small_stack(copy_a_deep_one);

    cr_assert_null(wrong, "%s", wrong);
}
