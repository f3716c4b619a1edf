/* What the user asks for, and how mistakes are told: in whole sentences on stderr, each with who is concerned, and then
 * the process ends with SIGABRT, so that a debugger stops where it was noticed. */
#include "gc/check/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

loam__check_options loam__check_options_set = {.quarantine = 100000, .leaks = 1, .holders = 1, .signals = 1};

typedef struct option {
    const char *name;
    long *value;
} option;

static const option options[] = {
    {"quarantine", &loam__check_options_set.quarantine}, {"leaks", &loam__check_options_set.leaks},
    {"holders", &loam__check_options_set.holders},       {"exitcode", &loam__check_options_set.exitcode},
    {"signals", &loam__check_options_set.signals},
};

/* name=number. Whether that is an option. */
static bool set_option(const char *text, size_t len)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        size_t name = strlen(options[i].name);
        char *end;
        long value;
        if (len < name + 2 || strncmp(text, options[i].name, name) != 0 || text[name] != '=')
            continue;
        value = strtol(text + name + 1, &end, 10);
        if (end != text + len || value < 0)
            return false;
        *options[i].value = value;
        return true;
    }
    return false;
}

static void read_options(const char *text)
{
    while (*text) {
        size_t len = strcspn(text, ":, ");
        if (len && !set_option(text, len))
            fprintf(stderr, "loam check: LOAM_CHECK has no option \"%.*s\"\n", (int)len, text);
        text += len + (text[len] != '\0');
    }
}

__attribute__((constructor(101))) static void begin(void)
{
    const char *text = getenv("LOAM_CHECK");

    if (text)
        read_options(text);
    loam__check_begin();
}

/* After the program's own, also where they are in one file with these. */
__attribute__((destructor(101))) static void end(void)
{
    loam__check_at_exit();
}

void *loam__check_must_have(void *memory)
{
    if (LOAM__LIKELY(memory != NULL))
        return memory;
    fprintf(stderr, "loam check: no memory to keep account of the program's objects\n");
    abort();
}

void loam__check_say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
}

void loam__check_describe(const loam_object *object)
{
    const loam__record *record = loam__check_record(object);
    uint16_t id = record ? record->type_id : loam__type_id_of(object);
    const loam_type *type = loam__type_chunks[id / LOAM__TYPE_CHUNK][id % LOAM__TYPE_CHUNK];

    loam__check_say("%s", type ? type->name : "object");
    if (!record)
        return;
    loam__check_say(", made at ");
    loam__check_say_place(record->place);
}

void loam__check_end(void)
{
    fflush(stderr);
    abort();
}
