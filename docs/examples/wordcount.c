/*
 * The ten most common words of more than three bytes, of a file or of standard input, in one buffer of memory.
 */
#include <loam.h>

static bool longer_than_three(loam_view word, void *context)
{
    (void)context;
    return word.len > 3;
}

int main(int argc, char **argv)
{
    loam_auto loam_iter *words = loam_iter_words(argc > 1 ? argv[1] : "-"); /* lazy: one buffer of memory */
    loam_iter_filter_view(words, longer_than_three, NULL);                  /* an adapter extends the chain in place */
    loam_auto loam_dict *counts = loam_iter_counter(words);                 /* a sink runs it */
    loam_auto loam_list *top = loam_dict_most_common(counts, 10);
    if (loam_println(loam_from(top)) < 0) /* as Python prints it: [('that', 89), ...] */
        return loam_perror("words");      /* the one check: says what failed, here or above, and returns 1 */
    return 0;
}
