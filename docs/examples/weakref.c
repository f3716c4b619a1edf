/*
 * A weak reference gives the object for as long as somebody else holds it, and None afterwards. Python's weakref.ref.
 */
#include <loam.h>

#include <stdio.h>

typedef struct picture {
    loam_object loam;
    int64_t pixels[100];
} picture;

static loam_type picture_type = {.name = "picture", .size = sizeof(picture)};

static loam_status show(const char *what, loam_weakref *ref)
{
    loam_auto_value loam_value found = loam_weakref_get(ref); /* a new reference: it stays while we look at it */
    printf("%-12s", what);
    return loam_println(found);
}

int main(void)
{
    picture *p = loam_new(&picture_type);
    loam_auto loam_weakref *ref = loam_weakref_new(loam_from(p));
    loam_auto loam_weakref *same = loam_weakref_new(loam_from(p));

    if (show("at first", ref) < 0)
        return loam_perror("weakref");
    printf("%-12s%s\n", "asked again", ref == same ? "the same weak reference" : "another one");
    loam_release(p);
    if (loam_gc_has(LOAM_GC_PROMPT_FREE) && show("released", ref) < 0)
        return loam_perror("weakref");
    return 0;
}
