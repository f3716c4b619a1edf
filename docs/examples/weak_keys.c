/*
 * Data about objects of somebody else's, kept beside them in a weak_key_dict: it goes when they do, even if it refers
 * to them. Python's weakref.WeakKeyDictionary, where a value that refers to its key keeps both for ever.
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

typedef struct widget {
    loam_object loam;
    int64_t number;
} widget;

static loam_type widget_type = {.name = "widget", .size = sizeof(widget)};

/* A note that leads back to the widget. */
static loam_status annotate(loam_weak_key_dict *notes, widget *w, const char *text)
{
    return loam_weak_key_dict_set(notes, loam_from(w), LOAM_DICT("text", text, "about", loam_from(w)));
}

int main(void)
{
    loam_auto loam_weak_key_dict *notes = loam_weak_key_dict_new();
    loam_auto widget *kept = loam_new(&widget_type);
    widget *dropped = loam_new(&widget_type);
    loam_auto_value loam_value note = LOAM_UNSET;

    if (!kept || !dropped || annotate(notes, kept, "to be painted") < 0 || annotate(notes, dropped, "broken") < 0)
        return loam_perror("weak_keys");
    printf("%" PRId64 " notes\n", loam_weak_key_dict_len(notes));
    note = loam_weak_key_dict_get(notes, loam_from(kept));
    if (loam_println(note) < 0)
        return loam_perror("weak_keys");
    loam_release(dropped); /* its note still refers to it: that is a cycle, and no reason to keep it */
    if (loam_gc_collect(2) < 0)
        return loam_perror("weak_keys");
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        printf("%" PRId64 " note\n", loam_weak_key_dict_len(notes));
    return 0;
}
