/*
 * A number of an entry that has been released says where its name is to be copied: the program crashes there, with an
 * address inside of the entry in its hands.
 *
 * says: a crash, perhaps over what was used after its release: entry, made at
 * place: new_entry
 * status: 139
 * without: address
 */
#include <loam.h>

#include <string.h>

typedef struct entry {
    loam_object loam;
    size_t at;
    char name[40];
} entry;

static loam_type entry_type = {.name = "entry", .size = sizeof(entry)};

static entry *new_entry(void)
{
    return loam_new(&entry_type);
}

static char *(*volatile copy)(char *to, const char *from) = strcpy; /* called, whatever a compiler knows of it */

int main(void)
{
    static char text[100];
    entry *e = new_entry();

    if (!e)
        return 1;
    loam_release(e);
    return *copy(text + e->at, e->name);
}
