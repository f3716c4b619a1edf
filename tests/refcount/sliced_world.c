/*
 * The world: its heap, its steps, its oracle.
 *
 * The oracle is a graph of its own, the shadow, which each step changes as the program means it. It knows which objects
 * are reachable, and so what must be alive and what count each must have. Of the library it is told only what has been
 * freed.
 *
 * What makes no difference is made the same after each step, so that the search meets fewer states: bits of the side
 * table that the phase does not read any more, and whatever picks candidates, which are chosen where a young collection
 * is a step.
 */
#include "config.h"

#include "tests/refcount/sliced.h"

#include <loam.h>

#include "containers/weak.h"
#include "gc/refcount/cycle.h"
#include "gc/slot.h"

#include <stdio.h>
#include <stdlib.h>

enum { NOBODY = 0xff, MOST_PARTS = 16, RING = 16 };

typedef struct node {
    loam_object loam;
    loam_value slots[MOST_FIELDS];
    uint64_t as_large_as_an_ephemeron[4];
} node;

_Static_assert(sizeof(node) == sizeof(loam__weak_entry), "they share a page");

typedef enum kind { FREE_SLOT, PLAIN_NODE, FINALIZING_NODE, EPHEMERON } kind;

typedef struct shadow {
    uint8_t kind;
    uint8_t has_weak;     /* there is a weak reference to it */
    uint8_t is_finalized; /* its finalizer has run */
    uint8_t key;          /* an ephemeron's */
    uint8_t slots[MOST_FIELDS];
} shadow;

/* What of the world is not the library's. */
typedef struct program {
    shadow objects[MOST_OBJECTS];
    uint8_t locals[MOST_LOCALS];
    unsigned reachable; /* before this step */
    loam_weakref
        weak[MOST_OBJECTS]; /* static ones: nobody holds a weak reference but the program. The last member: those of
                                        objects that the world does not have are not saved */
} program;

typedef struct part {
    void *start;
    size_t size;
} part;

static struct {
    setting setting;
    loam__heap *heap;
    loam__full *full;
    loam__page *page;
    loam__page page_before;
    char *end; /* of the slots */
    size_t step;
    part parts[MOST_PARTS];
    size_t part_count;
    unsigned action; /* what finalizers do */
    bool has_finalized;
    const char *wrong;
} world;

static program now;

/* Objects. */

static loam_object *object_at(int x)
{
    return (loam_object *)(void *)(world.page->start + (size_t)x * world.step);
}

static node *node_at(int x)
{
    return (node *)object_at(x);
}

static int number_of(const loam_object *object)
{
    return (int)((size_t)((const char *)object - world.page->start) / world.step);
}

static loam_value value_of(int x)
{
    return loam_from(object_at(x));
}

static bool has(unsigned what)
{
    return (world.setting.with & what) != 0;
}

static bool is_alive(int x)
{
    return now.objects[x].kind != FREE_SLOT;
}

static void is_wrong(const char *what)
{
    if (!world.wrong)
        world.wrong = what;
}

static int fields_of(int x)
{
    return now.objects[x].kind == EPHEMERON ? 1 : world.setting.fields;
}

static loam_value *slot_at(int x, int i)
{
    if (now.objects[x].kind == EPHEMERON)
        return &((loam__weak_entry *)(void *)object_at(x))->held;
    return &node_at(x)->slots[i];
}

static void trace_node(void *self, loam_visitor *visitor)
{
    loam_visit(visitor, ((node *)self)->slots, (size_t)world.setting.fields);
}

static void finalize_node(void *self);

static const uint16_t *const field_lists[] = {
    NULL,
    LOAM_REFS(offsetof(node, slots)),
    LOAM_REFS(offsetof(node, slots), offsetof(node, slots) + 8),
    LOAM_REFS(offsetof(node, slots), offsetof(node, slots) + 8, offsetof(node, slots) + 16),
    LOAM_REFS(offsetof(node, slots), offsetof(node, slots) + 8, offsetof(node, slots) + 16, offsetof(node, slots) + 24),
};

static loam_type node_type = {.name = "node", .size = sizeof(node)};
static loam_type finalizing_type = {.name = "finalizing node", .size = sizeof(node), .finalize = finalize_node};

static void choose_layout(loam_type *type)
{
    type->trace = has(WITH_CUTS) ? trace_node : NULL;
    type->refs = has(WITH_CUTS) ? NULL : field_lists[world.setting.fields];
}

/* Locals: those that are set come first, in order. */

static int first_empty_local(void)
{
    for (int a = 0; a < world.setting.locals; a++)
        if (now.locals[a] == NOBODY)
            return a;
    return -1;
}

static void sort_locals(void)
{
    for (int i = 1; i < world.setting.locals; i++)
        for (int j = i; j && now.locals[j] < now.locals[j - 1]; j--) {
            uint8_t other = now.locals[j];
            now.locals[j] = now.locals[j - 1];
            now.locals[j - 1] = other;
        }
}

/* What a local refers to, or -1; of locals that are the same only the first one counts. */
static int owner_in(int a)
{
    if (now.locals[a] == NOBODY || (a && now.locals[a] == now.locals[a - 1]))
        return -1;
    return now.locals[a];
}

static int shadow_slot(int x, int i)
{
    int child = now.objects[x].slots[i];
    return child == NOBODY ? -1 : child;
}

/* What the library tells. */

static void freed(const loam_object *object)
{
    int x;

    if (loam__page_of(object) != world.page)
        return;
    x = number_of(object);
    if (!is_alive(x))
        is_wrong("an object is freed twice");
    now.objects[x] = (shadow){.kind = FREE_SLOT, .key = NOBODY};
    memset(now.objects[x].slots, NOBODY, sizeof now.objects[x].slots);
}

static void made(const loam_object *object)
{
    (void)object;
}

static const loam__watcher watcher = {made, freed};

/* Steps: they change the shadow first, then the heap. */

static void unlink_free(char *slot)
{
    void **link = &world.page->free;

    for (int i = 0; i < world.setting.objects && *link && *link != slot; i++)
        link = (void **)*link + 1;
    if (*link == slot)
        *link = ((void **)*link)[1];
}

static bool is_in_free_list(const char *slot)
{
    int count = 0;

    for (void *each = world.page->free; each && count <= world.setting.objects; each = ((void **)each)[1], count++)
        if (each == slot)
            return true;
    return false;
}

static void take_shadow(int x, kind kind)
{
    shadow *s = &now.objects[x];

    *s = (shadow){.kind = (uint8_t)kind, .key = NOBODY};
    memset(s->slots, NOBODY, sizeof s->slots);
}

/* The slot that is handed out next is chosen. */
static void offer(int x)
{
    char *slot = (char *)object_at(x);

    unlink_free(slot);
    ((void **)(void *)slot)[1] = world.page->free;
    world.page->free = slot;
}

static bool make_object(int x, int finalizes, int unused)
{
    int local = first_empty_local();
    loam_object *object;

    (void)unused;
    if (local < 0 || is_alive(x) || !is_in_free_list((char *)object_at(x)) || (finalizes && !has(WITH_FINALIZERS)))
        return false;
    offer(x);
    take_shadow(x, finalizes ? FINALIZING_NODE : PLAIN_NODE);
    now.locals[local] = (uint8_t)x;
    object = loam_new(finalizes ? &finalizing_type : &node_type);
    if (object != object_at(x))
        is_wrong("another slot is handed out than is offered");
    return true;
}

static loam__weak_home *endless_home(void)
{
    static uint64_t home[2];

    home[1] = 1u << 30;
    return (loam__weak_home *)(void *)home;
}

/* The key of an ephemeron is gone. */
static void key_died(loam__weak_entry *entry)
{
    int x = number_of(&entry->loam);

    now.objects[x].key = NOBODY;
    now.objects[x].slots[0] = NOBODY;
    loam__release(loam__gc_hold(entry, LOAM_UNSET));
}

static bool make_ephemeron(int x, int a, int unused)
{
    int local = first_empty_local();
    int key = owner_in(a);
    loam__weak_entry *entry;

    (void)unused;
    if (local < 0 || key < 0 || is_alive(x) || !is_in_free_list((char *)object_at(x)) || x != world.setting.objects - 1)
        return false;
    offer(x);
    take_shadow(x, EPHEMERON);
    now.objects[x].key = (uint8_t)key;
    now.locals[local] = (uint8_t)x;
    entry = loam__object_new(&loam__ephemeron_type, sizeof *entry);
    if (&entry->loam != object_at(x))
        is_wrong("another slot is handed out than is offered");
    entry->attached.kind = LOAM__ATTACHED_ENTRY;
    entry->died = key_died;
    entry->home = endless_home();
    if (!loam__gc_attach(object_at(key), &entry->attached))
        is_wrong("nothing can be attached");
    return true;
}

static void set_local(int local, int x)
{
    now.locals[local] = (uint8_t)x;
}

static bool copy_local(int a, int unused, int unused_too)
{
    int local = first_empty_local();
    int x = owner_in(a);

    (void)unused;
    (void)unused_too;
    if (x < 0 || local < 0)
        return false;
    set_local(local, x);
    loam__gc_retain(object_at(x));
    return true;
}

static bool drop_local(int a, int unused, int unused_too)
{
    int x = owner_in(a);

    (void)unused;
    (void)unused_too;
    if (x < 0)
        return false;
    now.locals[a] = NOBODY;
    loam_release(object_at(x));
    return true;
}

static bool is_node_slot(int x, int i)
{
    return x >= 0 && i < fields_of(x) && now.objects[x].kind != EPHEMERON;
}

static bool store(int a, int i, int b)
{
    int x = owner_in(a), y = owner_in(b);

    if (!is_node_slot(x, i) || y < 0)
        return false;
    now.objects[x].slots[i] = (uint8_t)y;
    loam_slot_set(object_at(x), slot_at(x, i), value_of(y));
    return true;
}

static bool move_in(int a, int i, int b)
{
    int x = owner_in(a), y = owner_in(b);

    if (!is_node_slot(x, i) || y < 0)
        return false;
    now.locals[b] = NOBODY;
    now.objects[x].slots[i] = (uint8_t)y;
    loam_slot_set_take(object_at(x), slot_at(x, i), value_of(y));
    return true;
}

static bool clear_slot(int a, int i, int unused)
{
    int x = owner_in(a);

    (void)unused;
    if (!is_node_slot(x, i) || shadow_slot(x, i) < 0)
        return false;
    now.objects[x].slots[i] = NOBODY;
    loam__release(loam__slot_exchange(object_at(x), slot_at(x, i), LOAM_UNSET));
    return true;
}

static bool load(int a, int i, int unused)
{
    int x = owner_in(a), local = first_empty_local();

    (void)unused;
    if (!is_node_slot(x, i) || local < 0 || shadow_slot(x, i) < 0)
        return false;
    set_local(local, shadow_slot(x, i));
    loam__retain(*slot_at(x, i));
    return true;
}

static bool move_out(int a, int i, int unused)
{
    int x = owner_in(a), local = first_empty_local();

    (void)unused;
    if (!is_node_slot(x, i) || local < 0 || shadow_slot(x, i) < 0)
        return false;
    set_local(local, shadow_slot(x, i));
    now.objects[x].slots[i] = NOBODY;
    (void)!loam_slot_take(object_at(x), slot_at(x, i)).word;
    return true;
}

static bool move_over(int a, int b, int slots)
{
    int x = owner_in(a), y = owner_in(b), i = slots / MOST_FIELDS, j = slots % MOST_FIELDS;

    if (!is_node_slot(x, i) || !is_node_slot(y, j) || shadow_slot(x, i) < 0 || (x == y && i == j))
        return false;
    now.objects[y].slots[j] = now.objects[x].slots[i];
    now.objects[x].slots[i] = NOBODY;
    loam_slot_move(object_at(y), slot_at(y, j), object_at(x), slot_at(x, i));
    return true;
}

/* As a list does it in pop() and insert(). */

static bool close_gap(int a, int i, int unused)
{
    int x = owner_in(a), rest = world.setting.fields - i - 1;

    (void)unused;
    if (!has(WITH_CUTS) || !is_node_slot(x, i) || shadow_slot(x, i) >= 0 || rest <= 0)
        return false;
    memmove(&now.objects[x].slots[i], &now.objects[x].slots[i + 1], (size_t)rest);
    now.objects[x].slots[i + rest] = NOBODY;
    loam__slots_move_along(object_at(x), slot_at(x, i), slot_at(x, i + 1), (size_t)rest);
    loam__slots_forget(object_at(x), slot_at(x, i + rest), 1);
    return true;
}

static bool open_gap(int a, int i, int unused)
{
    int x = owner_in(a), rest = world.setting.fields - i - 1;

    (void)unused;
    if (!has(WITH_CUTS) || !is_node_slot(x, i) || shadow_slot(x, i + rest) >= 0 || rest <= 0)
        return false;
    memmove(&now.objects[x].slots[i + 1], &now.objects[x].slots[i], (size_t)rest);
    now.objects[x].slots[i] = NOBODY;
    loam__slots_move_along(object_at(x), slot_at(x, i + 1), slot_at(x, i), (size_t)rest);
    loam__slots_forget(object_at(x), slot_at(x, i), 1);
    return true;
}

static bool make_weak(int a, int unused, int unused_too)
{
    int x = owner_in(a);
    loam_weakref *ref = &now.weak[x < 0 ? 0 : x];

    (void)unused;
    (void)unused_too;
    if (!has(WITH_WEAK) || x < 0 || ref->attached.hidden)
        return false;
    now.objects[x].has_weak = true;
    ref->attached.kind = LOAM__ATTACHED_WEAKREF;
    if (!loam__gc_attach(object_at(x), &ref->attached))
        is_wrong("nothing can be attached");
    return true;
}

static bool get_weak(int x, int unused, int unused_too)
{
    int local = first_empty_local();
    loam_object *found;

    (void)unused;
    (void)unused_too;
    if (!has(WITH_WEAK) || local < 0 || !now.weak[x].attached.hidden)
        return false;
    found = loam__gc_weak_get(&now.weak[x].attached);
    if (!found)
        return false;
    if (found != object_at(x))
        is_wrong("a weak reference refers to another object");
    set_local(local, x);
    return true;
}

static bool is_found(loam_object *object, void *context)
{
    if (loam__page_of(object) != world.page || number_of(object) != *(int *)context)
        return true;
    loam__gc_retain(object);
    *(int *)context = -1;
    return false;
}

static bool walk_to(int x, int unused, int unused_too)
{
    int local = first_empty_local(), wanted = x;

    (void)unused;
    (void)unused_too;
    if (!has(WITH_WALKS) || local < 0 || !is_alive(x))
        return false;
    loam__gc_walk(-1, is_found, &wanted);
    if (wanted < 0)
        set_local(local, x);
    return wanted < 0;
}

static bool hold_by_key(int a, int b, int unused)
{
    int x = owner_in(a), y = owner_in(b);

    (void)unused;
    if (x < 0 || y < 0 || now.objects[x].kind != EPHEMERON || now.objects[x].key == NOBODY)
        return false;
    now.objects[x].slots[0] = (uint8_t)y;
    loam__release(loam__gc_hold((loam__weak_entry *)(void *)object_at(x), loam__retain(value_of(y))));
    return true;
}

static bool drop_held(int a, int unused, int unused_too)
{
    int x = owner_in(a);

    (void)unused;
    (void)unused_too;
    if (x < 0 || now.objects[x].kind != EPHEMERON || shadow_slot(x, 0) < 0)
        return false;
    now.objects[x].slots[0] = NOBODY;
    loam__release(loam__gc_hold((loam__weak_entry *)(void *)object_at(x), LOAM_UNSET));
    return true;
}

static bool get_held(int a, int unused, int unused_too)
{
    int x = owner_in(a), local = first_empty_local();
    loam_value held;

    (void)unused;
    (void)unused_too;
    if (x < 0 || local < 0 || now.objects[x].kind != EPHEMERON)
        return false;
    held = loam__gc_held((loam__weak_entry *)(void *)object_at(x));
    if (!loam_is_object(held))
        return false;
    if (loam__object(held) != object_at(shadow_slot(x, 0)))
        is_wrong("an ephemeron holds another object");
    set_local(local, shadow_slot(x, 0));
    return true;
}

static bool get_key(int a, int unused, int unused_too)
{
    int x = owner_in(a), local = first_empty_local();
    loam_object *key;

    (void)unused;
    (void)unused_too;
    if (x < 0 || local < 0 || now.objects[x].kind != EPHEMERON)
        return false;
    key = loam__gc_weak_get(&((loam__weak_entry *)(void *)object_at(x))->attached);
    if (!key)
        return false;
    if (key != object_at(now.objects[x].key))
        is_wrong("an ephemeron has another key");
    set_local(local, number_of(key));
    return true;
}

/* What a finalizer does, besides nothing. */

typedef enum action {
    NOTHING,
    KEEP_SELF,   /* in a local */
    STORE_SELF,  /* in a slot of what the first local refers to */
    CLEAR_FIRST, /* of its own slots */
    CLEAR_SECOND,
    KEEP_FIRST,  /* what it refers to, in a local */
    ENTER_FIRST, /* store itself there */
    WEAK_TO_SELF,
    LOOK_AROUND, /* walk, follow weak references, collect; without keeping anything */
    ACTIONS
} action;

static void keep(int x)
{
    int local = first_empty_local();

    if (local < 0)
        return;
    set_local(local, x);
    loam__gc_retain(object_at(x));
}

static void store_into(int owner, int x)
{
    if (owner < 0 || now.objects[owner].kind == EPHEMERON)
        return;
    now.objects[owner].slots[0] = (uint8_t)x;
    loam_slot_set(object_at(owner), slot_at(owner, 0), value_of(x));
}

static void clear_own(int x, int i)
{
    if (i >= world.setting.fields || shadow_slot(x, i) < 0)
        return;
    now.objects[x].slots[i] = NOBODY;
    loam__release(loam_slot_take(object_at(x), slot_at(x, i)));
}

static void weak_to(int x)
{
    if (now.weak[x].attached.hidden || !has(WITH_WEAK))
        return;
    now.objects[x].has_weak = true;
    now.weak[x].attached.kind = LOAM__ATTACHED_WEAKREF;
    if (!loam__gc_attach(object_at(x), &now.weak[x].attached))
        is_wrong("nothing can be attached");
}

static bool passes_over(loam_object *object, void *context)
{
    (void)context;
    if (loam__page_of(object) == world.page && !is_alive(number_of(object)))
        is_wrong("a walk comes across what was freed");
    return true;
}

static void look_around(void)
{
    loam__gc_walk(-1, passes_over, NULL);
    for (int x = 0; x < world.setting.objects; x++) {
        loam_object *found = now.weak[x].attached.hidden ? loam__gc_weak_get(&now.weak[x].attached) : NULL;
        if (found)
            loam__release_object(found);
    }
    if (loam__gc_collect(2))
        is_wrong("a finalizer collects");
}

static void act(int x)
{
    int first = shadow_slot(x, 0);

    switch (world.action) {
    case KEEP_SELF:
        keep(x);
        break;
    case STORE_SELF:
        store_into(now.locals[0] == NOBODY ? -1 : now.locals[0], x);
        break;
    case CLEAR_FIRST:
    case CLEAR_SECOND:
        clear_own(x, world.action == CLEAR_SECOND);
        break;
    case KEEP_FIRST:
        if (first >= 0)
            keep(first);
        break;
    case ENTER_FIRST:
        store_into(first, x);
        break;
    case WEAK_TO_SELF:
        weak_to(x);
        break;
    case LOOK_AROUND:
        look_around();
        break;
    default:
        break;
    }
}

static void finalize_node(void *self)
{
    int x = number_of(self);

    if (!is_alive(x) || now.objects[x].kind != FINALIZING_NODE)
        is_wrong("what is finalized is not there");
    if (now.objects[x].is_finalized)
        is_wrong("an object is finalized twice");
    now.objects[x].is_finalized = true;
    world.has_finalized = true;
    act(x);
}

static bool safe_point(int action, int unused, int unused_too)
{
    (void)unused;
    (void)unused_too;
    if (!world.heap->finalizers_count && !world.heap->due.first)
        return false;
    world.action = (unsigned)action;
    world.heap->is_at_safe_point = false;
    loam__gc_safe_point();
    world.heap->is_at_safe_point = true;
    return true;
}

static bool young_of_generation(int generation, unsigned action)
{
    if (generation > 1 || !world.heap->candidate_count)
        return false;
    world.action = action;
    if (loam__collect_young(world.heap, generation, NULL) < 0)
        is_wrong("a young collection is postponed");
    return true;
}

/* Which objects are candidates: one, or all of them (x is behind the last). */
static bool young(int x, int action, int unused)
{
    bool any = false;

    (void)unused;
    if (!has(WITH_YOUNG))
        return false;
    if (has(WITH_CANDIDATES))
        return young_of_generation(x, (unsigned)action);
    for (int i = 0; i < world.setting.objects; i++) {
        loam_object *object = object_at(i);
        if (!is_alive(i) || (x < world.setting.objects && i != x))
            continue;
        object->head |= LOAM__FLAG_CANDIDATE;
        world.heap->candidates[world.heap->candidate_count++] = object;
        any = true;
    }
    if (!any)
        return false;
    world.action = (unsigned)action;
    if (loam__collect_young(world.heap, 1, NULL) < 0)
        is_wrong("a young collection is postponed");
    return true;
}

static bool begin(int unused, int unused_too, int not_used_either)
{
    (void)unused;
    (void)unused_too;
    (void)not_used_either;
    if (world.full->phase != LOAM__IDLE || has(WITH_ANY_SET | WITH_ALL_SET))
        return false;
    loam__full_begin(world.full, false);
    return true;
}

static void make_suspect(int x, bool has_lost)
{
    loam_object *object = object_at(x);

    *loam__side_of(object) = LOAM__MEMBER;
    object->head |= LOAM__FLAG_SUSPECT;
    world.full->needs_care |= (object->head & (LOAM__FLAG_ATTACHED | LOAM__FLAG_FINALIZABLE)) != 0;
    if (has_lost)
        object->head &= ~LOAM__FLAG_SUSPECT;
    world.full->garbage++;
    world.page->members++;
}

/* What is suspected: a digit to base 3 for each object, 2 if it has lost a reference since. */
static bool begin_with(int set, int unused, int unused_too)
{
    int rest = set;

    (void)unused;
    (void)unused_too;
    if (world.full->phase != LOAM__IDLE || !has(WITH_ANY_SET))
        return false;
    for (int x = 0; x < world.setting.objects; x++, rest /= 3)
        if (rest % 3 && !is_alive(x))
            return false;
    loam__full_begin(world.full, false);
    world.full->slices = 1;
    world.full->is_interrupted = true;
    rest = set;
    for (int x = 0; x < world.setting.objects; x++, rest /= 3)
        if (rest % 3)
            make_suspect(x, rest % 3 == 2);
    loam__page_pin(world.page);
    world.page->has_members = true;
    loam__enter(world.full, LOAM__RECOUNT);
    return true;
}

static bool begin_with_all(int unused, int unused_too, int not_used_either)
{
    int set = 0;

    (void)unused;
    (void)unused_too;
    (void)not_used_either;
    if (!has(WITH_ALL_SET))
        return false;
    for (int x = world.setting.objects - 1; x >= 0; x--)
        set = 3 * set + is_alive(x);
    world.setting.with |= WITH_ANY_SET;
    set = set && begin_with(set, 0, 0);
    world.setting.with &= ~(unsigned)WITH_ANY_SET;
    return set;
}

/* `early`: it also ends where a phase enters the page, as one does whose time is up. */
static bool slice(int action, int early, int unused)
{
    (void)unused;
    if (world.full->phase == LOAM__IDLE)
        return false;
    world.action = (unsigned)action;
    loam__full_run(world.full, 1, (uint64_t)early, true);
    return true;
}

/* The table of steps. */

typedef enum range {
    ONE,
    AN_OBJECT,
    OBJECT_OR_ALL,
    A_LOCAL,
    A_FIELD,
    TWO_FIELDS,
    YES_OR_NO,
    AN_ACTION,
    A_SET,
    IN_TIME
} range;

typedef struct step {
    const char *name;
    range ranges[3];
    bool (*make)(int a, int b, int c);
} step;

static const step steps[] = {
    {"slice", {AN_ACTION, IN_TIME, ONE}, slice},        {"begin", {ONE, ONE, ONE}, begin},
    {"begin with", {A_SET, ONE, ONE}, begin_with},      {"begin with all", {ONE, ONE, ONE}, begin_with_all},
    {"make", {AN_OBJECT, YES_OR_NO, ONE}, make_object}, {"make ephemeron", {AN_OBJECT, A_LOCAL, ONE}, make_ephemeron},
    {"copy local", {A_LOCAL, ONE, ONE}, copy_local},    {"drop local", {A_LOCAL, ONE, ONE}, drop_local},
    {"store", {A_LOCAL, A_FIELD, A_LOCAL}, store},      {"move local in", {A_LOCAL, A_FIELD, A_LOCAL}, move_in},
    {"clear", {A_LOCAL, A_FIELD, ONE}, clear_slot},     {"load", {A_LOCAL, A_FIELD, ONE}, load},
    {"move out", {A_LOCAL, A_FIELD, ONE}, move_out},    {"move over", {A_LOCAL, A_LOCAL, TWO_FIELDS}, move_over},
    {"close gap", {A_LOCAL, A_FIELD, ONE}, close_gap},  {"open gap", {A_LOCAL, A_FIELD, ONE}, open_gap},
    {"make weak", {A_LOCAL, ONE, ONE}, make_weak},      {"get weak", {AN_OBJECT, ONE, ONE}, get_weak},
    {"walk to", {AN_OBJECT, ONE, ONE}, walk_to},        {"hold by key", {A_LOCAL, A_LOCAL, ONE}, hold_by_key},
    {"drop held", {A_LOCAL, ONE, ONE}, drop_held},      {"get held", {A_LOCAL, ONE, ONE}, get_held},
    {"get key", {A_LOCAL, ONE, ONE}, get_key},          {"young", {OBJECT_OR_ALL, AN_ACTION, ONE}, young},
    {"safe point", {AN_ACTION, ONE, ONE}, safe_point},
};

enum { STEPS = sizeof steps / sizeof *steps };

static int power_of_3(int exponent)
{
    int power = 1;

    while (exponent--)
        power *= 3;
    return power;
}

static int size_of_range(range range)
{
    const setting *s = &world.setting;

    switch (range) {
    case AN_OBJECT:
        return s->objects;
    case OBJECT_OR_ALL:
        return has(WITH_YOUNG) ? s->objects + 1 : 0;
    case A_LOCAL:
        return s->locals;
    case A_FIELD:
        return s->fields;
    case TWO_FIELDS:
        return s->fields * MOST_FIELDS;
    case YES_OR_NO:
        return has(WITH_FINALIZERS) ? 2 : 1;
    case AN_ACTION:
        return has(WITH_FINALIZERS) ? ACTIONS : 1;
    case IN_TIME:
        return has(WITH_STOPS) ? 2 : 1;
    case A_SET:
        return has(WITH_ANY_SET) ? power_of_3(s->objects) : 0;
    default:
        return 1;
    }
}

static bool is_in_world(const step *step)
{
    if (step->make == make_ephemeron || step->make == hold_by_key || step->make == drop_held ||
        step->make == get_held || step->make == get_key)
        return has(WITH_EPHEMERONS);
    if (step->make == copy_local)
        return has(WITH_COPIES);
    if (step->make == begin_with_all)
        return has(WITH_ALL_SET);
    return true;
}

size_t sliced_moves(move *moves)
{
    size_t count = 0;

    for (int i = 0; i < STEPS; i++) {
        const step *s = &steps[i];
        if (!is_in_world(s))
            continue;
        for (int a = 0; a < size_of_range(s->ranges[0]); a++)
            for (int b = 0; b < size_of_range(s->ranges[1]); b++)
                for (int c = 0; c < size_of_range(s->ranges[2]); c++)
                    if (s->ranges[2] != TWO_FIELDS || c % MOST_FIELDS < world.setting.fields)
                        moves[count++] = (move){(uint8_t)i, (uint8_t)a, (uint8_t)b, (uint8_t)c};
    }
    return count;
}

/* What makes no difference is made the same. */

/* All objects are of generation 0 and no candidates. */
static void calm_head(loam_object *object)
{
    loam__phase phase = world.full->phase;

    if (!has(WITH_CANDIDATES)) {
        object->head &= ~(LOAM__FLAG_IN | LOAM__FLAG_OUT | LOAM__FLAG_AGED | LOAM__FLAG_OLD | LOAM__FLAG_CANDIDATE);
        object->head |= LOAM__FLAG_NOTED;
    }
    if (phase < LOAM__SELECT || phase > LOAM__PRUNE)
        object->head &= ~LOAM__FLAG_SUSPECT;
}

static void calm_side(const loam_object *object)
{
    loam__phase phase = world.full->phase;
    uint8_t *side = loam__side_of(object);
    uint8_t state = *side & LOAM__STATE_BITS;

    if (phase <= LOAM__SELECT)
        return;
    if (state != LOAM__MEMBER)
        *side = state == LOAM__GRAY ? state : LOAM__WHITE;
    else if (phase > LOAM__PRUNE)
        *side = state;
}

/* A page that was emptied at once has no list of free slots. */
static void carve_again(void)
{
    if (world.page->fresh == world.end)
        return;
    world.page->fresh = world.end;
    world.page->free = NULL;
    if (!has(WITH_FULL_PAGE))
        object_at(world.setting.objects)->head = LOAM__FLAG_DEAD;
    for (int x = world.setting.objects - 1; x >= 0; x--) {
        object_at(x)->head = LOAM__FLAG_DEAD;
        offer(x);
    }
}

/* Dead, but its turn to be freed has not come; until then it has its references. */
static bool is_waiting(const loam_object *object)
{
    return loam__is_flagged(object, LOAM__FLAG_DEAD) && loam__type_id_of(object) != LOAM__TYPE_NONE;
}

static void calm(void)
{
    carve_again();
    for (int x = 0; x < world.setting.objects; x++)
        if (is_alive(x) && !is_waiting(object_at(x))) {
            calm_head(object_at(x));
            calm_side(object_at(x));
        }
    if (!has(WITH_CANDIDATES))
        world.heap->candidate_count = 0;
    world.heap->needs_safe_point = world.heap->is_suspicious = false;
    world.full->rounds = 1;
    world.full->failures = 0;
    sort_locals();
}

/* The oracle. */

static unsigned holders_in_ring(int x)
{
    const loam__heap *heap = world.heap;
    unsigned count = 0;

    for (size_t i = 0; i < heap->finalizers_count; i++)
        count += heap->finalizers[(heap->finalizers_first + i) % heap->finalizers_capacity] == object_at(x);
    return count;
}

static unsigned holders_in(const loam__due *due, int x)
{
    unsigned count = 0;

    for (loam__attached *each = due->first; each; each = each->next)
        count += loam__attached_holder(each) == object_at(x);
    return count;
}

static unsigned holders_outside(int x)
{
    unsigned count = holders_in_ring(x) + holders_in(&world.heap->due, x) + holders_in(&world.full->due, x);

    for (int a = 0; a < world.setting.locals; a++)
        count += now.locals[a] == x;
    return count;
}

static unsigned slots_from(int owner, unsigned seen)
{
    unsigned reached = 0;

    for (int i = 0; i < fields_of(owner); i++)
        if (shadow_slot(owner, i) >= 0)
            reached |= 1u << shadow_slot(owner, i);
    if (now.objects[owner].kind == EPHEMERON && now.objects[owner].key != NOBODY &&
        !(seen >> now.objects[owner].key & 1))
        return 0;
    return reached;
}

static unsigned reachable(void)
{
    unsigned seen = 0, before;

    for (int x = 0; x < world.setting.objects; x++)
        if (holders_outside(x))
            seen |= 1u << x;
    do {
        before = seen;
        for (int x = 0; x < world.setting.objects; x++)
            if (seen >> x & 1 && is_alive(x))
                seen |= slots_from(x, seen);
    } while (seen != before);
    return seen;
}

static bool is_hidden(int x)
{
    return loam__full_is_hidden(world.full, object_at(x));
}

static bool is_member(int x)
{
    return loam__state_of(object_at(x)) == LOAM__MEMBER;
}

/* Whether what is freed in slices has let go of that slot already. */
static bool is_let_go(int owner, int i, int child)
{
    return world.full->phase == LOAM__FREE && world.full->standing == object_at(owner) &&
           (size_t)i < world.full->position && !is_member(child);
}

static unsigned expected_count(int x)
{
    unsigned count = holders_outside(x);

    for (int owner = 0; owner < world.setting.objects; owner++)
        for (int i = 0; is_alive(owner) && i < fields_of(owner); i++)
            count += shadow_slot(owner, i) == x && !is_let_go(owner, i, x);
    return count;
}

/* A key that is garbage is cut off, and with it goes the value, if it is garbage too. */
static void follow_key(int x)
{
    const loam__weak_entry *entry = (const loam__weak_entry *)(const void *)object_at(x);
    shadow *s = &now.objects[x];

    if (s->kind != EPHEMERON || s->key == NOBODY || entry->attached.hidden)
        return;
    if (now.reachable >> s->key & 1 && reachable() >> s->key & 1 && !world.has_finalized && !holders_in_ring(s->key))
        is_wrong("an ephemeron has lost a key that is reachable");
    s->key = NOBODY;
    if (loam_is_unset(entry->held))
        s->slots[0] = NOBODY;
}

static void check_slots(int x)
{
    for (int i = 0; i < fields_of(x); i++) {
        loam_value value = *slot_at(x, i);
        int child = shadow_slot(x, i);
        if (value.word != (child < 0 ? LOAM_UNSET.word : value_of(child).word))
            is_wrong("a slot has changed");
        if (child >= 0 && !is_alive(child) && !is_hidden(x))
            is_wrong("a slot refers to what was freed");
    }
}

/* What is garbage has none any more, also if its own finalizer or a sibling's brings it back. */
static void check_weak(int x, bool is_reachable)
{
    bool is_lost = now.objects[x].has_weak && !now.weak[x].attached.hidden;

    if (is_lost && is_reachable && now.reachable >> x & 1 && !world.has_finalized && !holders_in_ring(x))
        is_wrong("a weak reference to a reachable object is gone");
    now.objects[x].has_weak = now.weak[x].attached.hidden != 0;
}

static void check_alive(int x, bool is_reachable)
{
    const loam_object *object = object_at(x);
    unsigned expected = expected_count(x);

    if (is_waiting(object)) {
        if (is_reachable || expected)
            is_wrong("an object waits to be freed that is referred to");
        return;
    }
    if (!loam__is_live(object))
        is_wrong("an object is gone without having been freed");
    check_slots(x);
    if (is_hidden(x)) {
        if (is_reachable)
            is_wrong("a reachable object is condemned");
        return;
    }
    if ((object->head & LOAM__COUNT_MASK) != expected)
        is_wrong("a count is not exact");
    if (!expected && world.full->phase <= LOAM__PRUNE && !world.full->is_second)
        is_wrong("an object is alive although its count is zero");
    check_weak(x, is_reachable);
}

static void check_free(int x, bool is_reachable)
{
    if (is_reachable)
        is_wrong("a reachable object is freed");
    if (!(object_at(x)->head & LOAM__FLAG_DEAD))
        is_wrong("a freed slot does not look free");
    if (now.weak[x].attached.hidden)
        is_wrong("a weak reference refers to a freed object");
}

static void check(void)
{
    unsigned seen;

    for (int x = 0; x < world.setting.objects; x++)
        follow_key(x);
    seen = reachable();
    for (int x = 0; x < world.setting.objects && !world.wrong; x++)
        if (is_alive(x))
            check_alive(x, seen >> x & 1);
        else
            check_free(x, seen >> x & 1);
    now.reachable = seen;
}

bool sliced_is_repetition(void)
{
    return world.action != NOTHING && !world.has_finalized;
}

bool sliced_make(move chosen)
{
    world.has_finalized = false;
    world.action = NOTHING;
    if (!steps[chosen.step].make(chosen.a, chosen.b, chosen.c) && !world.wrong)
        return false;
    if (!world.wrong)
        check();
    calm();
    return true;
}

const char *sliced_wrong(void)
{
    return world.wrong;
}

static void finish_collection(void)
{
    world.action = NOTHING;
    loam__full_run(world.full, LOAM__WHOLE, 0, true);
    calm();
    world.heap->is_at_safe_point = false;
    loam__gc_safe_point();
    world.heap->is_at_safe_point = true;
    calm();
}

void sliced_end(void)
{
    unsigned seen;

    finish_collection();
    for (int i = 0; i < 2; i++) {
        loam__full_begin(world.full, false);
        world.full->slices = 1; /* so it has to certify what it finds */
        finish_collection();
    }
    if (!world.wrong)
        check();
    seen = reachable();
    for (int x = 0; x < world.setting.objects && !world.wrong; x++)
        if (is_alive(x) && !(seen >> x & 1))
            is_wrong("garbage is left after a quiet collection");
}

/* Saving and loading. */

static void add_part(void *start, size_t size)
{
    world.parts[world.part_count++] = (part){start, size};
}

static void add_parts(void)
{
    loam__heap *heap = world.heap;
    loam__full *full = world.full;

    world.part_count = 0;
    add_part(&heap->bytes, (size_t)((char *)full->nearby - (char *)&heap->bytes));
    add_part(&full->way, (size_t)((char *)(heap + 1) - (char *)&full->way)); /* before it, only what a slice uses */
    add_part(world.page, sizeof *world.page);
    add_part(world.page->start, (size_t)(world.end - world.page->start));
    add_part(loam__side_of(world.page->start),
             ((size_t)(world.end - world.page->start) + (1 << LOAM__GRANULE_SHIFT) - 1) >> LOAM__GRANULE_SHIFT);
    add_part(world.page->attached, (size_t)world.setting.objects * sizeof *world.page->attached);
    add_part(heap->finalizers, RING * sizeof *heap->finalizers);
    add_part(heap->candidates, 2 * (size_t)world.setting.objects * sizeof *heap->candidates);
    add_part(&now, offsetof(program, weak) + (size_t)world.setting.objects * sizeof *now.weak);
}

size_t sliced_size(void)
{
    size_t size = 0;

    for (size_t i = 0; i < world.part_count; i++)
        size += world.parts[i].size;
    return size;
}

void sliced_save(void *snapshot)
{
    char *to = snapshot;

    for (size_t i = 0; i < world.part_count; to += world.parts[i++].size)
        memcpy(to, world.parts[i].start, world.parts[i].size);
}

void sliced_load(const void *snapshot)
{
    const char *from = snapshot;

    for (size_t i = 0; i < world.part_count; from += world.parts[i++].size)
        memcpy(world.parts[i].start, from, world.parts[i].size);
    world.wrong = NULL;
}

/* Hashing. */

typedef struct mixer {
    uint64_t a;
} mixer;

static void mix(mixer *m, uint64_t word)
{
    unsigned __int128 product = (unsigned __int128)(m->a ^ word) * UINT64_C(0x9e3779b97f4a7c15);

    m->a = (uint64_t)product ^ (uint64_t)(product >> 64) ^ UINT64_C(0xd6e8feb86659fd93);
}

static uint64_t sorted_slots(const uint8_t *slots, int count)
{
    uint64_t packed = 0;
    uint8_t sorted[MOST_FIELDS];

    memcpy(sorted, slots, sizeof sorted);
    for (int i = 1; i < count && !has(WITH_CUTS); i++)
        for (int j = i; j && sorted[j] < sorted[j - 1]; j--) {
            uint8_t other = sorted[j];
            sorted[j] = sorted[j - 1];
            sorted[j - 1] = other;
        }
    for (int i = 0; i < count; i++)
        packed = packed << 8 | sorted[i];
    return packed;
}

static void mix_object(mixer *m, int x)
{
    const shadow *s = &now.objects[x];
    const loam_object *object = object_at(x);

    mix(m, object->head & ~(is_alive(x) ? 0 : (uint64_t)LOAM__COUNT_MASK));
    mix(m, *loam__side_of(object) | (uint64_t)s->kind << 8 | (uint64_t)s->is_finalized << 16 |
               (uint64_t)s->has_weak << 17 | (uint64_t)(now.weak[x].attached.hidden != 0) << 18 |
               (uint64_t)s->key << 24 | (uint64_t)is_in_free_list((const char *)object) << 32);
    mix(m, sorted_slots(s->slots, world.setting.fields));
}

static void mix_full(mixer *m)
{
    const loam__full *full = world.full;
    const loam__page *page = world.page;

    mix(m, (uint64_t)full->phase | (uint64_t)full->is_second << 8 | (uint64_t)full->is_interrupted << 9 |
               (uint64_t)full->has_failed << 10 | (uint64_t)full->needs_care << 11 | (uint64_t)full->has_cut << 12 |
               (uint64_t)full->has_finalizers << 13 | (uint64_t)full->has_zombies << 14 |
               (uint64_t)full->has_changed << 15 | (uint64_t)full->must_restart << 16 |
               (uint64_t)(full->page != NULL) << 17 | (uint64_t)(full->arena != NULL) << 18 |
               (uint64_t)page->is_queued << 19 | (uint64_t)page->has_members << 20 | (uint64_t)full->next_page << 32);
    mix(m, full->page ? (uint64_t)(full->at - world.page->start) : 0);
    mix(m, full->standing ? (uint64_t)number_of(full->standing) + 1 : 0);
    mix(m, full->position);
    mix(m, (uint64_t)full->garbage << 32 | page->members);
    mix(m, (uint64_t)page->pins << 32 | page->used);
}

static void mix_due(mixer *m, const loam__due *due)
{
    for (loam__attached *each = due->first; each; each = each->next)
        mix(m, (uint64_t)number_of(loam__attached_holder(each)) + 1);
    mix(m, 99);
}

uint64_t sliced_hash(void)
{
    const loam__heap *heap = world.heap;
    mixer m = {UINT64_C(0x243f6a8885a308d3)};

    for (int x = 0; x < world.setting.objects; x++)
        mix_object(&m, x);
    mix_full(&m);
    for (int a = 0; a < world.setting.locals; a++)
        mix(&m, now.locals[a]);
    for (size_t i = 0; i < heap->finalizers_count; i++)
        mix(&m, (uint64_t)number_of(heap->finalizers[(heap->finalizers_first + i) % heap->finalizers_capacity]) + 1);
    for (size_t i = 0; i < heap->candidate_count; i++)
        mix(&m, (uint64_t)number_of(heap->candidates[i]) + 1);
    mix(&m, heap->dead ? (uint64_t)number_of(heap->dead) + 1 : 0);
    mix_due(&m, &heap->due);
    mix_due(&m, &world.full->due);
    return m.a;
}

/* Opening. */

/* Where the world's heap keeps what belongs to its pages: rings, chains, a buffer. All are made before, none grows. */
static void prepare(void)
{
    loam_object *first = loam_new(&finalizing_type);
    loam_weakref *ref = &now.weak[0];

    world.page = loam__page_of(first);
    world.step = world.page->slot_size;
    ref->attached.kind = LOAM__ATTACHED_WEAKREF;
    if (!loam__gc_attach(first, &ref->attached))
        abort();
    loam__gc_detach(&ref->attached);
    first->head = (first->head | LOAM__FLAG_IN | LOAM__FLAG_OUT) & ~LOAM__FLAG_FINALIZABLE;
    world.heap->finalizable--;
    loam__gc_suspect(first);
    loam__candidates_forget(world.heap);
    loam__release_object(first);
}

/* The page has room for the objects, and one slot more. */
static void make_small(void)
{
    size_t slots = (size_t)world.setting.objects + !has(WITH_FULL_PAGE);

    world.page_before = *world.page;
    world.end = world.page->start + slots * world.step;
    world.page->end = world.end;
    world.page->fresh = world.page->start;
    carve_again();
}

static loam__heap *this_heap(void)
{
    loam_value boxed;
    loam__heap *heap;

    loam_gc_disable();
    boxed = loam_int(INT64_MAX);
    heap = loam__heap_of(loam__object(boxed));
    heap->is_guarded = false;
    loam_release(boxed);
    return heap;
}

void sliced_open(const setting *chosen)
{
    memset(&world, 0, sizeof world);
    memset(&now, 0, sizeof now);
    world.setting = *chosen;
    world.heap = this_heap();
    world.full = &world.heap->full;
    choose_layout(&node_type);
    choose_layout(&finalizing_type);
    memset(now.locals, NOBODY, sizeof now.locals);
    for (int x = 0; x < MOST_OBJECTS; x++)
        take_shadow(x, FREE_SLOT);
    world.heap->is_at_safe_point = true;
    prepare();
    make_small();
    world.full->chunk = 1;
    loam__gc_watch(&watcher);
    calm();
    add_parts();
}

void sliced_close(void)
{
    loam__gc_watch(NULL);
    *world.page = world.page_before;
    world.page->fresh = world.page->start;
    world.page->free = NULL;
    world.full->chunk = 0;
    world.heap->is_at_safe_point = false;
}

/* Telling. */

void sliced_describe(move chosen, char *text, size_t size)
{
    const step *s = &steps[chosen.step];
    int arguments[3] = {chosen.a, chosen.b, chosen.c};
    int length = snprintf(text, size, "%s", s->name);

    for (int i = 0; i < 3; i++) {
        int x = s->ranges[i] == A_LOCAL ? now.locals[arguments[i]] : arguments[i];
        switch (s->ranges[i]) {
        case AN_OBJECT:
        case OBJECT_OR_ALL:
        case A_LOCAL:
            length += snprintf(text + length, size - (size_t)length, " o%d", x);
            break;
        case A_FIELD:
            length += snprintf(text + length, size - (size_t)length, " .%d", x);
            break;
        case TWO_FIELDS:
            length += snprintf(text + length, size - (size_t)length, " .%d to .%d", x / MOST_FIELDS, x % MOST_FIELDS);
            break;
        case YES_OR_NO:
            length += snprintf(text + length, size - (size_t)length, "%s", x ? " with a finalizer" : "");
            break;
        case AN_ACTION:
            if (x)
                length += snprintf(text + length, size - (size_t)length, " (finalizer: %d)", x);
            break;
        case IN_TIME:
            length += snprintf(text + length, size - (size_t)length, "%s", x ? " for no time" : "");
            break;
        case A_SET:
            length += snprintf(text + length, size - (size_t)length, " {");
            for (int o = 0; o < world.setting.objects; o++, x /= 3)
                if (x % 3)
                    length += snprintf(text + length, size - (size_t)length, " o%d%s", o, x % 3 == 2 ? "-" : "");
            length += snprintf(text + length, size - (size_t)length, " }");
            break;
        default:
            break;
        }
    }
}

bool sliced_do(const char *description)
{
    static move moves[MOST_MOVES];
    size_t count = sliced_moves(moves);
    char text[200];

    for (size_t i = 0; i < count; i++) {
        sliced_describe(moves[i], text, sizeof text);
        if (!strcmp(text, description))
            return sliced_make(moves[i]);
    }
    return false;
}

bool sliced_is_alive(int object)
{
    return is_alive(object);
}

static const char *const phase_names[] = {"IDLE",  "FORGET", "COUNT", "ROOTS", "MARK",  "SELECT", "RECOUNT",
                                          "PRUNE", "WEAK",   "FINAL", "FREE",  "SWEEP", "TIDY"};

static int print_object(int x, char *text, size_t size)
{
    const loam_object *object = object_at(x);
    uint8_t side = *loam__side_of(object);
    static const char *const states[] = {"", " gray", " black", " member"};
    int length;

    if (!is_alive(x))
        return snprintf(text, size, "  o%d free%s", x, states[side >> 6]);
    length = snprintf(text, size, "  o%d%s rc %u [", x,
                      now.objects[x].kind == EPHEMERON         ? "=>"
                      : now.objects[x].kind == FINALIZING_NODE ? (now.objects[x].is_finalized ? "f" : "F")
                                                               : "",
                      (unsigned)(object->head & LOAM__COUNT_MASK));
    for (int i = 0; i < fields_of(x); i++)
        length += snprintf(text + length, size - (size_t)length, shadow_slot(x, i) < 0 ? "-" : "%d", shadow_slot(x, i));
    return length + snprintf(text + length, size - (size_t)length, "]%s%s n %d%s", states[side >> 6],
                             object->head & LOAM__FLAG_SUSPECT ? "*" : "", side & LOAM__COUNT_BITS,
                             now.weak[x].attached.hidden ? " weak" : "");
}

void sliced_print(char *text, size_t size)
{
    const loam__full *full = world.full;
    int length = snprintf(text, size, "%s%s", phase_names[full->phase], full->is_second ? " again" : "");

    if (full->page)
        length += snprintf(text + length, size - (size_t)length, " at o%d", number_of((loam_object *)(void *)full->at));
    if (full->standing)
        length += snprintf(text + length, size - (size_t)length, " in o%d.%zu", number_of(full->standing),
                           full->position);
    length += snprintf(text + length, size - (size_t)length, "%s%s", full->has_changed ? " changed" : "",
                       full->must_restart ? " restart" : "");
    for (int x = 0; x < world.setting.objects; x++)
        length += print_object(x, text + length, size - (size_t)length);
    length += snprintf(text + length, size - (size_t)length, "  locals");
    for (int a = 0; a < world.setting.locals; a++)
        if (now.locals[a] != NOBODY)
            length += snprintf(text + length, size - (size_t)length, " o%d", now.locals[a]);
}
