/*
 * The same library from C++17: overloads take C data as the macros of C do, and loam_auto works with exceptions too.
 */
#include <loam.h>

#include <cstdint>
#include <cstdio>

/* Code points of all words, or a failure. */
static int64_t total_length(loam_list *words)
{
    loam_auto loam_iter *iter = loam_iter_of(loam_from(words));
    loam_value word;
    int64_t total = 0;
    loam_status st;
    while ((st = loam_iter_next_peek(iter, &word)) == LOAM_OK)
        total += loam_len(word);
    if (st < 0)
        return st;
    return total;
}

/* Texts go straight in too. */
static loam_str *describe(loam_list *words)
{
    loam_auto loam_str *joined = loam_str_join(", ", words);
    loam_auto loam_builder *text = loam_builder_new();
    loam_builder_append(text, loam_list_len(words));
    loam_builder_append(text, " words: ");
    loam_builder_append(text, joined);
    loam_builder_append(text, loam_str_contains(joined, "Rust") == 1 ? "!" : "?");
    return loam_builder_str(text);
}

int main()
{
    loam_auto loam_dict *person = loam_dict_of("name", "Ada", "langs", LOAM_LIST("C++", "Python"), "alive", false);
    loam_list *langs = loam_to_list_peek(loam_dict_get_peek(person, "langs"));
    int64_t born = 0;
    int64_t length = 0;

    if (loam_list_append(langs, "Rust") < 0 || loam_dict_set(person, "born", 1815) < 0 ||
        loam_dict_get_int(person, "born", &born) < 0 || (length = total_length(langs)) < 0 ||
        loam_println(loam_from(person)) < 0)
        return loam_perror("cxx");
    loam_auto loam_str *text = describe(langs);
    if (!text || loam_println(loam_from(text)) < 0)
        return loam_perror("cxx");
    std::printf("%lld, %lld\n", static_cast<long long>(born), static_cast<long long>(length));
    return 0;
}
