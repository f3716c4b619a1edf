/*
 * Counting by hand: each word is lent until the next is asked for, one look-up counts it, and returning from the middle
 * leaks nothing: the iterator closes its file, the dict goes with its keys.
 */
#include <loam.h>

static loam_dict *count(const char *path)
{
    loam_auto loam_iter *words = loam_iter_words(path);
    loam_auto loam_dict *counts = loam_dict_new();
    loam_value word;
    loam_status st;
    while ((st = loam_iter_next_peek(words, &word)) == LOAM_OK)
        if (loam_dict_add(counts, word, 1) < 0)
            return NULL;
    return st < 0 ? NULL : loam_move(&counts);
}

int main(int argc, char **argv)
{
    loam_auto loam_dict *counts = count(argc > 1 ? argv[1] : "-");
    if (loam_println(loam_from(counts)) < 0)
        return loam_perror("counting");
    return 0;
}
