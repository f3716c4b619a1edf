/*
 * An object is freed at the moment its last reference goes; its finalizer, Python's __del__, shows when that is. Where
 * loam_gc_has(LOAM_GC_PROMPT_FREE) is false, it is some time later.
 */
#include <loam.h>

#include <stdio.h>

typedef struct noisy {
    loam_object loam;
    const char *name;
} noisy;

static void noisy_finalize(void *self)
{
    printf("    %s is gone\n", ((noisy *)self)->name);
}

static loam_type noisy_type = {.name = "noisy", .size = sizeof(noisy), .finalize = noisy_finalize};

static noisy *noisy_new(const char *name)
{
    noisy *n = loam_new(&noisy_type);
    if (n)
        n->name = name;
    return n;
}

int main(void)
{
    loam_list *list = loam_list_new();
    noisy *a = noisy_new("a");

    if (loam_list_append_take(list, loam_from(noisy_new("b"))) < 0 || loam_list_append(list, loam_from(a)) < 0)
        return loam_perror("freed_at_once");
    printf("a is released, and is in the list\n");
    loam_release(a);
    printf("b is replaced\n");
    if (loam_list_set(list, 0, LOAM_NONE) < 0)
        return loam_perror("freed_at_once");
    printf("the list is released\n");
    loam_release(list);
    printf("the end\n");
    return 0;
}
