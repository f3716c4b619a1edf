#include "tests/harness.h"

#include "gc/object.h"
#include "lib/alloc.h"

#include <loam/testing.h>

#include <pthread.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A type with reference fields, one of each sort. */

typedef struct node {
    loam_object loam;
    struct node *left, *right;
    int64_t payload;
    loam_value any;
} node;

static unsigned nodes_disposed;

static void node_dispose(void *self)
{
    (void)self;
    nodes_disposed++;
}

static loam_type node_type = {
    .name = "node",
    .size = sizeof(node),
    .refs = LOAM_REFS(offsetof(node, left), offsetof(node, right), offsetof(node, any)),
    .dispose = node_dispose,
};

/* A type with a buffer of references. */

typedef struct vector {
    loam_object loam;
    loam_value *items;
    size_t len, capacity;
} vector;

static void vector_trace(void *self, loam_visitor *visitor)
{
    vector *v = self;
    loam_visit(visitor, v->items, v->len);
}

static void vector_dispose(void *self)
{
    vector *v = self;
    loam_slots_free(v->items, v->capacity);
}

static loam_type vector_type = {
    .name = "vector",
    .size = sizeof(vector),
    .trace = vector_trace,
    .dispose = vector_dispose,
};

static loam_status vector_append(vector *v, loam_value item)
{
    if (v->len == v->capacity) {
        size_t capacity = v->capacity ? 2 * v->capacity : 1;
        loam_value *items = v->items ? loam_slots_resize(v->items, v->capacity, capacity) : loam_slots_new(capacity);
        if (!items)
            return loam_error()->status;
        v->items = items;
        v->capacity = capacity;
    }
    cr_assert(loam_is_unset(v->items[v->len]), "new slots are empty");
    v->len++;
    return loam_slot_set(v, &v->items[v->len - 1], item);
}

static uint64_t count_of(const void *object)
{
    return ((const loam_object *)object)->head & LOAM__COUNT_MASK;
}

/* True where counts are exact and `object` has that many, and where nobody counts. */
static bool has_count(const void *object, uint64_t count)
{
    return !loam_gc_has(LOAM_GC_EXACT_REFCOUNT) || count_of(object) == count;
}

static node *new_tree(int depth)
{
    node *n = loam_new(&node_type);

    n->payload = depth;
    if (depth) {
        loam_slot_set_take(n, &n->left, loam_from(new_tree(depth - 1)));
        loam_slot_set_take(n, &n->right, loam_from(new_tree(depth - 1)));
    }
    return n;
}

static int64_t sum_tree(const node *n)
{
    return n ? n->payload + sum_tree(n->left) + sum_tree(n->right) : 0;
}

LOAM_TEST(gc, has_a_name_and_says_what_it_can_do)
{
    const char *name = loam_gc_name();

    if (strcmp(name, "refcount") == 0 || strcmp(name, "check") == 0)
        cr_assert(loam_gc_has(LOAM_GC_PROMPT_FREE) && loam_gc_has(LOAM_GC_EXACT_REFCOUNT) &&
                  loam_gc_has(LOAM_GC_EXACT_CYCLES));
    else if (strcmp(name, "boehm") == 0)
        cr_assert(!loam_gc_has(LOAM_GC_PROMPT_FREE) && !loam_gc_has(LOAM_GC_EXACT_REFCOUNT) &&
                  !loam_gc_has(LOAM_GC_EXACT_CYCLES));
    else
        cr_assert_fail("unknown memory manager %s", name);
    cr_assert(loam_gc_has(LOAM_GC_CYCLES));
    cr_assert_not(loam_gc_has((loam_gc_capability)99));
}

LOAM_TEST(gc, an_object_and_all_that_only_it_held_go_with_its_last_reference)
{
    node *tree = new_tree(9);
    node *second = loam_retain(tree);
    node *kept = loam_retain(tree->left);

    cr_assert_eq(loam_type_of(tree), &node_type);
    cr_assert_eq(second, tree);
    cr_assert_eq(sum_tree(tree), 1013);
    nodes_disposed = 0;
    loam_release(second);
    cr_assert_eq(nodes_disposed, 0);
    loam_release(tree);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        cr_assert_eq(nodes_disposed, 1 + 511, "%u disposed", nodes_disposed);
    cr_assert_eq(sum_tree(kept), 502);
    loam_release(kept);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        cr_assert_eq(nodes_disposed, 1023, "each once: %u", nodes_disposed);

    loam_release((node *)NULL);
    loam_release(LOAM_UNSET);
    loam_release(LOAM_NONE);
    loam_release(loam_int(7));
}

LOAM_TEST(gc, variables_are_released_at_the_end_of_their_scope_unless_moved_out)
{
    loam_value outer = LOAM_UNSET;
    node *handle = NULL;

    nodes_disposed = 0;
    {
        loam_auto node *dropped = loam_new(&node_type);
        loam_auto node *moved = loam_new(&node_type);
        loam_auto node *none = NULL;
        loam_auto_value loam_value value = loam_from(loam_new(&node_type));
        loam_auto_value loam_value moved_value = loam_from(loam_new(&node_type));
        handle = loam_move(&moved);
        cr_assert_null(moved);
        cr_assert_null(none);
        outer = loam_move_value(&moved_value);
        cr_assert(loam_is_unset(moved_value));
        cr_assert(dropped && loam_is_object(value));
    }
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        cr_assert_eq(nodes_disposed, 2);
    cr_assert(has_count(handle, 1));
    loam_release(handle);
    loam_unset(&outer);
    cr_assert(loam_is_unset(outer));
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        cr_assert_eq(nodes_disposed, 4);
}

LOAM_TEST(gc, a_type_with_a_buffer_of_references_keeps_and_drops_what_is_in_it)
{
    vector *v = loam_new(&vector_type);
    node *shared = loam_new(&node_type);

    for (int i = 0; i < 100; i++) {
        cr_assert_eq(vector_append(v, loam_from(shared)), LOAM_OK);
        loam_value text = loam_from(loam_str_format("item %d", i));
        cr_assert_eq(vector_append(v, text), LOAM_OK);
        loam_release(text);
    }
    cr_assert(has_count(shared, 101));
    for (size_t i = 0; i < 100; i++) {
        char expected[20];
        snprintf(expected, sizeof expected, "'item %zu'", i);
        assert_repr(v->items[2 * i + 1], expected);
    }
    loam_release(v);
    cr_assert(has_count(shared, 1));
    loam_release(shared);
    cr_assert_null(loam_slots_new(SIZE_MAX));
    assert_failed(LOAM_ERR_MEMORY);
    loam_slots_free(NULL, 0);
}

LOAM_TEST(gc, slot_functions_store_move_and_take_references)
{
    node *a = loam_new(&node_type);
    node *b = loam_new(&node_type);
    node *item = loam_new(&node_type);
    loam_value taken;

    nodes_disposed = 0;
    cr_assert_eq(loam_slot_set(a, &a->left, loam_from(item)), LOAM_OK);
    cr_assert(a->left == item && has_count(item, 2));
    cr_assert_eq(loam_slot_set(a, &a->left, loam_from(item)), LOAM_OK, "the same again");
    cr_assert(a->left == item && has_count(item, 2));
    cr_assert_eq(loam_slot_set(a, &a->any, loam_from(item)), LOAM_OK);
    cr_assert(has_count(item, 3));
    cr_assert_eq(loam_slot_set(a, &a->any, loam_int(5)), LOAM_OK);
    cr_assert(has_count(item, 2));

    loam_slot_move(b, &b->right, a, &a->left);
    cr_assert(!a->left && b->right == item && has_count(item, 2));
    loam_slot_move(b, &b->right, b, &b->right);
    cr_assert(b->right == item && has_count(item, 2));
    loam_slot_move(b, &b->left, b, &b->right);
    cr_assert(b->left == item && !b->right && has_count(item, 2));
    loam_slot_move(b, &b->left, a, &a->right);
    cr_assert(!b->left && has_count(item, 1), "an empty field moves too, and what was there is released");

    cr_assert_eq(loam_slot_set_take(b, &b->any, loam_from(item)), LOAM_OK);
    cr_assert(has_count(item, 1));
    taken = loam_slot_take(b, &b->any);
    cr_assert(taken.word == loam_from(item).word && loam_is_unset(b->any) && has_count(item, 1));
    cr_assert(loam_is_unset(loam_slot_take(b, &b->any)));
    cr_assert_eq(nodes_disposed, 0);

    /* What failed before is passed on; the taking one consumes all the same. */
    loam_fail(LOAM_ERR_KEY, "earlier");
    cr_assert_eq(loam_slot_set(NULL, &b->any, taken), LOAM_ERR_KEY);
    cr_assert_eq(loam_slot_set(b, &b->any, LOAM_UNSET), LOAM_ERR_KEY);
    cr_assert_eq(loam_slot_set_take(b, &b->any, LOAM_UNSET), LOAM_ERR_KEY);
    cr_assert_eq(nodes_disposed, 0);
    cr_assert_eq(loam_slot_set_take(NULL, &b->any, taken), LOAM_ERR_KEY);
    cr_assert(loam_is_unset(b->any));
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        cr_assert_eq(nodes_disposed, 1);
    cr_assert_str_eq(loam_error()->text, "earlier");
    loam_error_clear();
    loam_release(a);
    loam_release(b);
}

/* Depth. */

typedef struct link {
    loam_object loam;
    struct link *next;
} link_node;

static loam_type link_type = {.name = "link", .size = sizeof(link_node), .refs = LOAM_REFS(offsetof(link_node, next))};

static link_node *new_chain(unsigned len)
{
    link_node *head = NULL;

    while (len--) {
        link_node *before = loam_new(&link_type);
        if (head)
            loam_slot_set_take(before, &before->next, loam_from(head));
        head = before;
    }
    return head;
}

static const char *drop_a_chain(void)
{
    link_node *head = new_chain(rounds(10000000));
    link_node *tail;

    loam__alloc_gate = refuse_memory;
    loam_release(head);
    loam__alloc_gate = NULL;

    /* What is held from outside stays when the head of the chain goes. */
    head = new_chain(1000);
    tail = head;
    for (int i = 0; i < 500; i++)
        tail = tail->next;
    loam_retain(tail);
    loam_release(head);
    for (head = tail; head->next; head = head->next)
        if (!has_count(head, 1))
            return "a link has a wrong count";
    loam_release(tail);
    return NULL;
}

/* A list in a tuple in a dict in a list ... */
static loam_value nested(unsigned depth)
{
    loam_value inner = LOAM_VAL("core");

    while (depth--) {
        loam_list *list = loam_list_new();
        loam_dict *dict = loam_dict_new();
        if (loam_list_append_take(list, inner) < 0)
            return LOAM_UNSET;
        inner = loam_from(list);
        inner = loam_from(loam_tuple_new_take(&inner, 1));
        if (loam_dict_set_take(dict, loam_int(1), inner) < 0)
            return LOAM_UNSET;
        inner = loam_from(dict);
    }
    return inner;
}

static const char *drop_nested_containers(void)
{
    loam_value deep = nested(rounds(1000000) / 3);

    if (loam_is_unset(deep))
        return "it could not be made";
    loam__alloc_gate = refuse_memory;
    loam_release(deep);
    loam__alloc_gate = NULL;
    return NULL;
}

LOAM_TEST(gc, chains_of_millions_are_dropped_on_a_small_stack_and_without_memory)
{
    const char *problem = on_small_stack(drop_a_chain);
    cr_assert_null(problem, "%s", problem);
    problem = on_small_stack(drop_nested_containers);
    cr_assert_null(problem, "%s", problem);
}

static loam_value static_list;

/* Makes a conservative collector collect, several times. */
static void allocate_much(void)
{
    for (unsigned i = rounds(2000000); i; i--)
        loam_release(loam_list_of(1, 2, 3));
}

/* A list of lists of texts that no register or stack holds but through it. */
__attribute__((noinline)) static loam_list *new_library(void)
{
    loam_list *library = loam_list_new();

    for (int i = 0; i < 300; i++) {
        loam_value text = loam_from(loam_str_format("text %d", i));
        node *n = loam_new(&node_type);
        cr_assert_eq(loam_slot_set_take(n, &n->any, LOAM_VAL(LOAM_DICT("key", LOAM_TUPLE(text, i)))), LOAM_OK);
        cr_assert_eq(loam_list_append_take(library, loam_from(n)), LOAM_OK);
        loam_release(text);
    }
    return library;
}

static void assert_library(loam_list *library)
{
    cr_assert_eq(loam_list_len(library), 300);
    for (int i = 0; i < 300; i++) {
        char expected[60];
        node *n = (node *)(uintptr_t)loam_list_get_peek(library, i).word;
        snprintf(expected, sizeof expected, "{'key': ('text %d', %d)}", i, i);
        assert_repr(n->any, expected);
    }
}

LOAM_TEST(gc, what_stacks_statics_objects_and_roots_refer_to_stays)
{
    loam_list *library = new_library();
    loam_root **root = malloc(sizeof *root); /* a collector does not look here */
    loam_list *rooted = new_library();

    *root = loam_root_new(loam_from(rooted));
    loam_release(loam_move(&rooted));
    static_list = loam_from(new_library());
    allocate_much();
    assert_library(library);
    assert_library(loam_to_list_peek(static_list));
    assert_library(loam_to_list_peek(loam_root_peek(*root)));
    loam_root_free(*root);
    free(root);
    loam_release(library);
    loam_unset(&static_list);
}

static bool use_roots(void *context)
{
    loam_root *roots[40] = {NULL};
    loam_value values[2] = {LOAM_TRUE, *(loam_value *)context};
    bool good = true;

    for (size_t i = 0; i < sizeof roots / sizeof *roots && good; i++) {
        roots[i] = loam_root_new(values[i % 2]);
        good = roots[i] && loam_root_peek(roots[i]).word == values[i % 2].word;
    }
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        loam_root_free(roots[i]);
    return good;
}

static loam_root *some_root;

#if LOAM_CHECKS
static void free_no_root(void)
{
    char memory[100] = {0};
    loam_root_free((loam_root *)(void *)memory);
}

static void free_a_root_twice(void)
{
    loam_root *root = loam_root_new(LOAM_NONE);
    loam_root_free(root);
    loam_root_free(root);
}

static void peek_into_null(void)
{
    loam_root_peek(NULL);
}

static void free_some_root(void)
{
    loam_root_free(some_root);
}
#endif

LOAM_TEST(gc, a_root_holds_a_value_until_it_gets_another_or_is_freed)
{
    node *a = loam_new(&node_type);
    node *b = loam_new(&node_type);
    loam_value value = loam_from(a);

    nodes_disposed = 0;
    some_root = loam_root_new(loam_from(a));
    cr_assert_not_null(some_root);
    cr_assert(has_count(a, 2));
    cr_assert_eq(loam_root_peek(some_root).word, loam_from(a).word);
    cr_assert_eq(loam_root_set(some_root, loam_from(b)), LOAM_OK);
    cr_assert(has_count(a, 1) && has_count(b, 2));
    loam_release(b);
    cr_assert_eq(nodes_disposed, 0);
    cr_assert_eq(loam_root_set(some_root, loam_from(b)), LOAM_OK, "what it holds already");
    cr_assert_eq(loam_root_peek(some_root).word, loam_from(b).word);
    cr_assert_eq(loam_root_set(some_root, LOAM_NONE), LOAM_OK);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        cr_assert_eq(nodes_disposed, 1);

    loam_fail(LOAM_ERR_KEY, "earlier");
    cr_assert_null(loam_root_new(LOAM_UNSET));
    cr_assert_eq(loam_root_set(some_root, LOAM_UNSET), LOAM_ERR_KEY);
    cr_assert_eq(loam_root_set(NULL, LOAM_NONE), LOAM_ERR_KEY);
    cr_assert(loam_is_unset(loam_root_peek(NULL)));
    cr_assert(loam_is_none(loam_root_peek(some_root)));
    loam_error_clear();
#if LOAM_CHECKS
    cr_assert_not(aborts(free_some_root));
    cr_assert(aborts(free_no_root));
    cr_assert(aborts(free_a_root_twice));
    cr_assert(aborts(peek_into_null));
#endif
    loam_root_free(some_root);
    loam_root_free(NULL);
    cr_assert_geq(fail_each_allocation(use_roots, &value), 80);
    cr_assert(has_count(a, 1));
    loam_release(a);
}

LOAM_TEST(gc, immortal_objects_are_shared_and_never_counted)
{
    loam_value empty[] = {
        loam_from(loam_str_new("")),
        loam_from(loam_bytes_from("", 0)),
        loam_from(loam_tuple_new(NULL, 0)),
    };
    uint64_t heads[3];

    for (size_t i = 0; i < 3; i++) {
        cr_assert(loam_is_object(empty[i]));
        heads[i] = loam__object(empty[i])->head;
        cr_assert(heads[i] & LOAM__IMMORTAL);
    }
    for (int round = 0; round < 1000; round++)
        for (size_t i = 0; i < 3; i++) {
            loam_retain_value(empty[i]);
            loam_release(empty[i]);
            loam_release(empty[i]);
        }
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(loam__object(empty[i])->head, heads[i]);
    cr_assert_eq(loam_from(loam_str_format("%s", "")).word, empty[0].word);
    cr_assert_eq(loam_from(loam_bytes_from(NULL, 0)).word, empty[1].word);
    cr_assert_eq(loam_from(loam_tuple_new_take(NULL, 0)).word, empty[2].word);
    assert_repr(empty[0], "''");
    assert_repr(empty[1], "b''");
    assert_repr(empty[2], "()");
}

LOAM_TEST(gc, a_count_that_reaches_its_limit_stays_there)
{
    node *n = loam_new(&node_type);

    nodes_disposed = 0;
    if (loam_gc_has(LOAM_GC_EXACT_REFCOUNT)) {
        n->loam.head += LOAM__IMMORTAL - 3; /* two below the limit */
        loam_retain(n);
        cr_assert_eq(count_of(n), LOAM__IMMORTAL - 1);
        cr_assert_eq(loam_type_of(n), &node_type);
        loam_release(n);
        cr_assert_eq(count_of(n), LOAM__IMMORTAL - 2, "below the limit it still counts");
        for (int i = 0; i < 10; i++)
            loam_retain(n);
        for (int i = 0; i < 100; i++)
            loam_release(n);
        cr_assert_eq(count_of(n), LOAM__IMMORTAL, "immortal");
        cr_assert_eq(loam_type_of(n), &node_type);
        cr_assert_eq(nodes_disposed, 0);
        n->loam.head -= LOAM__IMMORTAL - 1;
    }
    loam_release(n);
}

/* Type descriptors. */

#if LOAM_CHECKS
static void try_type(loam_type type)
{
    loam_type *broken = malloc(sizeof *broken);
    *broken = type;
    loam_release(loam_new(broken));
}

static ptrdiff_t fill_nothing(void *self, loam_cursor *cursor, loam_value *out, size_t cap)
{
    (void)self, (void)cursor, (void)out, (void)cap;
    return 0;
}

static void no_type(void)
{
    loam_release(loam_new(NULL));
}

static void type_without_name(void)
{
    try_type((loam_type){.size = sizeof(node)});
}

static void type_without_size(void)
{
    try_type((loam_type){.name = "broken"});
}

static void type_smaller_than_a_header(void)
{
    try_type((loam_type){.name = "broken", .size = 4});
}

static void type_of_an_odd_size(void)
{
    try_type((loam_type){.name = "broken", .size = 20});
}

static void type_with_a_reference_in_its_header(void)
{
    static const uint16_t refs[] = {4, 0};
    try_type((loam_type){.name = "broken", .size = sizeof(node), .refs = refs});
}

static void type_with_a_reference_askew(void)
{
    static const uint16_t refs[] = {8, 20, 0};
    try_type((loam_type){.name = "broken", .size = sizeof(node), .refs = refs});
}

static void type_with_a_reference_outside(void)
{
    static const uint16_t refs[] = {sizeof(node), 0};
    try_type((loam_type){.name = "broken", .size = sizeof(node), .refs = refs});
}

static void type_that_claims_to_be_str(void)
{
    try_type((loam_type){.name = "broken", .size = sizeof(node), .id = LOAM__TYPE_STR});
}

static void type_that_gives_itself_an_id(void)
{
    try_type((loam_type){.name = "broken", .size = sizeof(node), .id = 1234});
}

static void type_that_fills_but_does_not_begin(void)
{
    try_type((loam_type){.name = "broken", .size = sizeof(node), .iter_fill = fill_nothing});
}

static void type_in_order(void)
{
    static const uint16_t refs[] = {8, sizeof(node) - 8, 0};
    try_type((loam_type){.name = "fine", .size = sizeof(node), .refs = refs});
}

LOAM_TEST(gc, a_broken_type_descriptor_is_a_bug_and_aborts)
{
    void (*broken[])(void) = {
        no_type,
        type_without_name,
        type_without_size,
        type_smaller_than_a_header,
        type_of_an_odd_size,
        type_with_a_reference_in_its_header,
        type_with_a_reference_askew,
        type_with_a_reference_outside,
        type_that_claims_to_be_str,
        type_that_gives_itself_an_id,
        type_that_fills_but_does_not_begin,
    };

    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        cr_assert(aborts(broken[i]), "broken type %zu", i);
    cr_assert_not(aborts(type_in_order));
}
#endif

LOAM_TEST(gc, types_number_65535_and_one_more_is_an_overflow)
{
    static loam_type *types; /* static: they may never go */
    size_t made = 0;
    size_t failed = 0;

    types = calloc(65600, sizeof *types);
    for (; made < 65600; made++) {
        loam_object *object;
        types[made] = (loam_type){.name = "one of many", .size = sizeof(node)};
        loam__alloc_gate = made % 2 ? NULL : refuse_memory;
        object = loam_new(&types[made]);
        loam__alloc_gate = NULL;
        if (!object && loam_error()->status == LOAM_ERR_MEMORY) { /* of the object or the table: the next try counts */
            failed++;
            object = loam_new(&types[made]);
        }
        if (!object)
            break;
        if (loam_type_of(object) != &types[made])
            cr_assert_fail("type %zu is another", made);
        loam_release(object);
    }
    cr_assert_eq(made, 65536 - LOAM__TYPE_FIRST_FREE);
    cr_assert_geq(failed, 32000);
    assert_failed(LOAM_ERR_OVERFLOW);
    for (size_t i = 0; i < made; i++) {
        loam_object *object = loam_new(&types[i]);
        if (!object || loam_type_of(object) != &types[i])
            cr_assert_fail("type %zu is another after all were made", i);
        loam_release(object);
    }
    cr_assert_null(loam_new(&types[made]));
    assert_failed(LOAM_ERR_OVERFLOW);
}

static bool make_objects(void *context)
{
    loam_auto vector *v = loam_new(&vector_type);
    loam_status status = LOAM_OK;

    (void)context;
    for (int i = 0; v && i < 20 && status == LOAM_OK; i++) {
        loam_auto node *n = loam_new(&node_type);
        status = n ? vector_append(v, loam_from(n)) : loam_error()->status;
    }
    return v && status == LOAM_OK;
}

LOAM_TEST(gc, an_object_or_buffer_that_cannot_be_made_is_a_failure)
{
    loam_release(loam_new(&node_type)); /* so that the types are known */
    loam_release(loam_new(&vector_type));
    cr_assert_geq(fail_each_allocation(make_objects, NULL), 2 * (1 + 20 + 6));
}

/* Memory that is dropped comes back. */

static size_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    size_t pages = 0;

    cr_assert(file && fscanf(file, "%*u %zu", &pages) == 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

LOAM_TEST(gc, ten_million_dropped_lists_stay_below_64_megabytes)
{
    size_t most = 0;

    for (unsigned i = 0; i < rounds(10000000); i++) {
        loam_list *list = loam_list_new();
        cr_assert(list && loam_list_append_take(list, LOAM_NONE) == LOAM_OK);
        loam_release(list);
        if (i % 65536 == 0 && resident_bytes() > most)
            most = resident_bytes();
    }
    /* AddressSanitizer keeps what is freed. */
    cr_assert(rounds(10) < 10 || most < 64u << 20, "%zu MB", most >> 20);
}

/* Leak scopes. */

static loam_list *made_inside;

static void leave_a_list(void)
{
    LOAM_ASSERT_NO_LEAKS
    {
        made_inside = loam_list_of(1, "two");
    }
}

static void leave_a_list_in_an_inner_scope(void)
{
    LOAM_ASSERT_NO_LEAKS
    {
        leave_a_list();
        loam_release(made_inside);
    }
}

static void leave_nothing(void)
{
    loam_list *older = loam_list_of("older");

    LOAM_ASSERT_NO_LEAKS
    {
        loam_list *outer = loam_list_of("outer", older);
        LOAM_ASSERT_NO_LEAKS
        {
            loam_list *list = loam_list_of(1, "two", outer);
            cr_assert_eq(loam_list_append(list, LOAM_TUPLE(1, 2)), LOAM_OK);
            loam_release(list);
        }
        loam_release(older);
        loam_release(outer);
    }
    LOAM_ASSERT_NO_LEAKS
    {
    }
}

LOAM_TEST(gc, a_leak_scope_aborts_if_something_made_in_it_is_left)
{
    leave_nothing();
    cr_assert_not(aborts(leave_nothing));
    cr_assert_eq(aborts(leave_a_list), loam_gc_has(LOAM_GC_PROMPT_FREE));
    cr_assert_eq(aborts(leave_a_list_in_an_inner_scope), loam_gc_has(LOAM_GC_PROMPT_FREE));
}

static unsigned closed;

typedef struct file {
    loam_object loam;
    int64_t number;
} file;

static void file_dispose(void *self)
{
    closed += ((file *)self)->number > 0;
    ((file *)self)->number = 0;
}

static loam_type file_type = {.name = "file", .size = sizeof(file), .dispose = file_dispose, .external = true};

__attribute__((noinline)) static void open_files(void)
{
    for (int i = 1; i <= 1000; i++) {
        file *f = loam_new(&file_type);
        f->number = i;
        loam_release(f);
    }
}

LOAM_TEST(gc, external_objects_are_disposed_of_on_every_memory_manager)
{
    open_files();
    if (loam_gc_has(LOAM_GC_PROMPT_FREE))
        cr_assert_eq(closed, 1000);
    allocate_much();
    cr_assert_geq(closed, 950, "%u", closed);
    cr_assert_leq(closed, 1000, "%u", closed);
}

/* Threads that nobody has told the memory manager of, each with objects of its own. */
static void *build_lists(void *context)
{
    loam_auto loam_list *lists = loam_list_new();
    int64_t wrong = 0;

    (void)context;
    for (int64_t i = 0; i < 20000; i++)
        if (loam_list_append(lists, LOAM_LIST(i, LOAM_TUPLE(i, "text"))) < 0)
            return "an append failed";
    for (int64_t i = 0; i < 20000; i++) {
        int64_t number = -1;
        if (loam_list_get_int(loam_to_list_peek(loam_list_get_peek(lists, i)), 0, &number) < 0)
            return "an item is lost";
        wrong += number != i;
    }
    return wrong ? "an item is another" : NULL;
}

LOAM_TEST(gc, threads_have_objects_of_their_own)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, build_lists, NULL), 0);
    for (int i = 0; i < 4; i++) {
        void *problem = NULL;
        pthread_join(threads[i], &problem);
        cr_assert_null(problem, "%s", (const char *)problem);
    }
}

LOAM_TEST(gc, a_missing_owner_propagates)
{
    file *f = loam_new(&file_type);
    loam_value field = LOAM_UNSET;

    loam_fail(LOAM_ERR_INDEX, "before");
    cr_assert(loam_is_unset(loam_slot_take(NULL, &field)));
    loam_slot_move(NULL, &field, f, &field);
    assert_failed(LOAM_ERR_INDEX);
    loam_release(f);
}

LOAM_TEST(gc, a_value_becomes_a_handle_of_its_own_type_only)
{
    file *f = loam_new(&file_type);

    cr_assert_eq(loam_to_peek(loam_from(f), &file_type), f);
    cr_assert_null(loam_to_peek(loam_int(5), &file_type));
    assert_failed(LOAM_ERR_TYPE);
    cr_assert_null(loam_to_peek(LOAM_NONE, &loam__int_type));
    assert_failed(LOAM_ERR_TYPE);
    loam_release(f);
}
