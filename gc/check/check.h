/*
 * The check back end: refcount, compiled with LOAM__CHECKED, that looks over the program's shoulder.
 *
 *     report.c    what the user asks for in LOAM_CHECK; how a mistake is told
 *     place.c     where in the program a call of the library's comes from
 *     record.c    what is known of each object, freed ones too, which are poisoned and kept from use for a while
 *     region.c    buffers and roots, in which there are references too
 *     field.c     what the program has stored in the fields of its types, and whether their traces show it
 *     cycle.c     cycles through types that say they are acyclic
 *     holder.c    who holds what: a collection's certificate, references that nobody can see, what was never released
 *
 * A page has a record for each of its slots, and for the program's own types what the program has told of its fields, a
 * word for each word of the page. Both are made when they are first needed, and go with the page.
 *
 * What is not certain is not reported: a program without mistakes sees nothing of all this.
 */
#ifndef GC_CHECK_CHECK_H
#define GC_CHECK_CHECK_H

#include "config.h" /* what of the system is asked for, before its headers */

#include "gc/refcount/collect.h"
#include "gc/slot.h"

#include <pthread.h>

typedef struct loam__record {
    const void *place;   /* where in the program it was made; NULL: unknown */
    uint32_t references; /* in fields, while they are counted; in roots and static data, while holders are looked for */
    uint16_t type_id;    /* its own, since its header forgets it when it is freed */
    bool is_programs : 1; /* made by loam_new() */
    bool is_held : 1;     /* something that is no field refers to it, or may, with as many references as it has */
    bool is_outside : 1;  /* a root or static data refers to it */
    bool is_reached : 1;  /* what is held leads to it, while cycles are looked for */
    bool is_lost : 1;     /* it is in a cycle that no collection finds */
} loam__record;

/* What is known of a heap, and the freed objects in it that are not used again yet: a ring, the oldest one first. */
typedef struct loam__checker loam__checker;

struct loam__checker {
    loam__heap *heap;
    loam__checker *next, *previous;
    bool is_forgotten; /* not among the others any more, since a fork */
    bool has_ended;    /* nothing is alive in its heap, nor will be */
    loam_object **kept;
    size_t first, count, capacity;
    size_t bytes; /* of them */
};

/* Of every heap; and how many threads have a heap of their own. Under the lock, which a thread takes before it makes
 * its first object: whoever holds it, and is the only thread that has a heap, can look at all of them. */
extern loam__checker *loam__checkers;
extern unsigned loam__check_threads;
extern pthread_mutex_t loam__check_heaps_lock;

/* What the user asks for, in LOAM_CHECK. */
typedef struct loam__check_options {
    long quarantine; /* freed objects that are kept */
    long leaks;      /* 0: nothing is said at exit; 1: of what nobody holds; 2: of all that is alive */
    long holders;    /* 0: nobody looks for references that loam cannot see */
    long exitcode;   /* where something was said at exit; 0: the program's own */
    long signals;    /* 0: a crash is not looked into */
} loam__check_options;

extern loam__check_options loam__check_options_set;

/* When the process begins: freed objects get a type, crashes are looked into. When it ends: what was never released. */
void loam__check_begin(void);
void loam__check_at_exit(void);

/* When the process forks: the lock of the regions. */
void loam__check_regions_fork(loam__fork_phase phase);

/* Memory that check cannot do without: the process ends here without it. */
void *loam__check_must_have(void *memory);

/* Tell of a mistake: a line, what there is to say of an object, and the end of the process. The first two go on. */
void loam__check_say(const char *format, ...) LOAM_PRINTF(1, 2);
void loam__check_describe(const loam_object *object); /* "list, made at main (x.c:5)" */
_Noreturn void loam__check_end(void);

/* The return address of the call that has led from the program into the library; NULL where it cannot be found. */
const void *loam__check_place(void);

/* A place as text: function, file and line where they can be found, else what addr2line takes. */
void loam__check_say_place(const void *place);
/* Function, file and line, or an address, as text that has to be freed. */
char *loam__check_place_text(const void *place);

/* Words that are alive outside of the heap: `hold` sees each of the calling thread's stack and registers, as the
 * program has left them when it called; of static data. */
typedef void loam__hold(uintptr_t word);
bool loam__check_stack(loam__hold *hold); /* false: it is not where it should be, as in a coroutine */
void loam__check_static_data(loam__hold *hold);
void loam__check_all_static_data(loam__hold *hold); /* also words that lead to no heap */
void loam__check_known_data(loam__hold *hold);      /* quicker: the words that were found there the last time */

LOAM__INLINE bool loam__check_is_address(uintptr_t address)
{
    return address && address >> 47 == 0 && loam__is_in_heap((const void *)address);
}

/* NULL if it lies in no heap, or nothing is known of it. */
LOAM__INLINE loam__record *loam__check_record(const loam_object *object)
{
    const loam__page *page;

    if (!loam__check_is_address((uintptr_t)object))
        return NULL;
    page = loam__page_of(object);
    return page->records ? &page->records[loam__slot_index(page, object)] : NULL;
}

/* The object in a heap at or around an address, freed ones included; NULL if there is none. */
loam_object *loam__check_object_at(uintptr_t address);

LOAM__INLINE bool loam__check_is_dead(const loam_object *object)
{
    return (object->head & LOAM__FLAG_DEAD) != 0;
}

/* The word that a freed object is filled with leads back to it, and cannot be followed. */
enum { LOAM__POISON = 0x5e00 }; /* in the upper 16 bits; the lowest 8 of them say which word it is */

LOAM__INLINE uint64_t loam__poison(const void *object, size_t word)
{
    return (LOAM__POISON | (uint64_t)(word & 0xff)) << 48 | (uint64_t)(uintptr_t)object;
}

/* At exit: what has been written into freed objects that are kept still. */
void loam__check_writes(void);

/* Bytes of an object's slot. */
LOAM__INLINE size_t loam__slot_bytes(const loam__page *page)
{
    return page->slot_size ? page->slot_size : (size_t)(page->end - page->start);
}

/* Runs of slots that an object's fields and trace show, in order of address; fields side by side in the object are
 * one. */
typedef struct loam__run {
    loam_value *slots;
    size_t count;
} loam__run;

typedef struct loam__shown {
    loam_visitor visitor;
    loam__run *runs;
    size_t count, capacity;
    const loam_object *object;
    loam__run few[16];
} loam__shown;

void loam__shown_of(loam_object *object, loam__shown *shown);
void loam__shown_end(loam__shown *shown);

/* Call `found` for each word of an object's that none of these runs shows. */
typedef void loam__word_found(loam_object *object, loam__slot *word, const loam__shown *shown);
void loam__shown_others(loam_object *object, const loam__shown *shown, loam__word_found *found);

/* "a reference that no trace shows": the end of the process. */
_Noreturn void loam__check_forgotten(loam_object *owner, const void *slot);

/* Memory outside of the heap that holds references: a buffer of loam_slots_new(), or a root. */
typedef struct loam__region {
    char *start;
    size_t bytes;
    uint64_t *told;     /* of a buffer: a word for each slot */
    loam_object *owner; /* the last one for which something was stored in it */
    const void *place;  /* of a buffer: where in the program it was made, */
    loam__heap *heap;   /* and in which heap; */
    bool is_held;       /* while those are looked for that nobody refers to */
} loam__region;

/* The one in which an address lies; NULL: none. A buffer in which something has been stored for an owner. The buffer
 * that begins at the address, if it is this owner's. */
loam__region *loam__check_region_at(const void *at);
loam__region *loam__check_buffer_of(loam_object *owner, const void *slot);
const loam__region *loam__check_own_buffer(const loam_object *owner, uint64_t address);

/* Words of buffers from loam_slots_new() that belong to nobody yet. */
void loam__check_loose_slots(loam__hold *hold);

/* At exit, when there is no other thread: buffers from there to which no object, root or word of static data refers,
 * and where they were made. */
typedef void loam__lost_buffer(const void *place);
void loam__check_lost_buffers(loam__lost_buffer *found);

/* Every live object of every heap, under loam__check_heaps_lock. */
typedef void loam__visit_object(loam_object *object, loam__record *record);
void loam__check_visit(loam__visit_object *visit);

/* Once references are counted, and those that are held are marked: whether something holds it that is found nowhere. */
bool loam__check_is_missing(const loam_object *object, const loam__record *record);

/* The same, of cycles that no collection finds: how many objects were marked. */
size_t loam__check_lost(void);

/* Words of roots, of which some may be no reference, as the context of a callback; the value of each loam_root. */
void loam__check_roots(loam__hold *hold);
void loam__check_root_values(loam__hold *hold);

#endif
