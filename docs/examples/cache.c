/*
 * A cache that does not keep its values alive: a value is found for as long as somebody uses it, and its entry goes
 * when it does. Python's weakref.WeakValueDictionary.
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

/* What is expensive. Unset if it fails. */
static loam_value load(const char *path)
{
    printf("    loading %s\n", path);
    return LOAM_VAL(LOAM_LIST(path, "its text"));
}

static loam_status cached(loam_weak_value_dict *cache, const char *path, loam_value *out)
{
    loam_status st = loam_weak_value_dict_find(cache, path, out);
    if (st != LOAM_MISSING)
        return st;
    *out = load(path); /* unset if it failed: the next line then returns that failure */
    st = loam_weak_value_dict_set(cache, path, *out);
    if (st < 0)
        loam_unset(out);
    return st;
}

int main(void)
{
    loam_auto loam_weak_value_dict *cache = loam_weak_value_dict_new();
    loam_value first;
    loam_value again;

    printf("twice the same\n");
    if (cached(cache, "a.txt", &first) < 0 || cached(cache, "a.txt", &again) < 0)
        return loam_perror("cache");
    if (loam_println(first) < 0)
        return loam_perror("cache");
    printf("%s object, %" PRId64 " entry\n", first.word == again.word ? "one" : "another",
           loam_weak_value_dict_len(cache));
    loam_unset(&first);
    loam_unset(&again);
    if (!loam_gc_has(LOAM_GC_PROMPT_FREE))
        return 0; /* it goes some time later */
    printf("nobody uses it any more, %" PRId64 " entries\n", loam_weak_value_dict_len(cache));
    if (cached(cache, "a.txt", &first) < 0)
        return loam_perror("cache");
    loam_unset(&first);
    return 0;
}
