/*
 * Counts of references: Python's sys.getrefcount(), which says one more, because its own argument counts there. Where
 * nobody counts, the answer is a failure and not a number.
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

static void show(const char *what, loam_list *list)
{
    int64_t count = loam_refcount(loam_from(list));
    if (count < 0)
        printf("%-18s%s\n", what, loam_status_text((loam_status)count));
    else
        printf("%-18s%" PRId64 "\n", what, count);
}

int main(void)
{
    loam_auto loam_list *a = loam_list_of(1, 2, 3);
    loam_auto loam_list *other = loam_list_new();
    loam_list *b;

    if (!a || !other)
        return loam_perror("refcounts");
    show("a = [1, 2, 3]", a);
    b = loam_retain(a);
    show("b = a", a);
    if (loam_list_append(other, a) < 0)
        return loam_perror("refcounts");
    show("other.append(a)", a);
    loam_release(b);
    show("del b", a);
    loam_release(loam_list_pop(other, -1));
    show("other.pop()", a);
    return 0;
}
