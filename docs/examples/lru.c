/*
 * A cache that keeps the CAPACITY entries used last. One dict is enough, because it has an order: what is used moves to
 * the end, and what is at the front goes.
 */
#include <loam.h>

enum { CAPACITY = 3 };

/* The value of `key`, lent by the cache. LOAM_ERR_KEY: it is not there. */
static loam_value lru_get_peek(loam_dict *cache, const char *key)
{
    if (loam_dict_move_to_end(cache, key) < 0)
        return LOAM_UNSET;
    return loam_dict_get_peek(cache, key);
}

/* Takes `value`, as its name says. */
static loam_status lru_set_take(loam_dict *cache, const char *key, loam_value value)
{
    if (loam_dict_set_take(cache, LOAM_VAL(key), value) < 0 || loam_dict_move_to_end(cache, key) < 0)
        return loam_error()->status;
    return loam_dict_len(cache) > CAPACITY ? loam_dict_pop_first(cache, NULL, NULL) : LOAM_OK;
}

int main(void)
{
    static const char *const names[] = {"ada", "bob", "cyd", "dan"};
    loam_auto loam_dict *cache = loam_dict_new();
    for (int i = 0; i < 4; i++)
        if (lru_set_take(cache, names[i], LOAM_VAL(i)) < 0 || loam_is_unset(lru_get_peek(cache, "ada")))
            return loam_perror("lru"); /* "ada" is used each time, so it stays */
    if (loam_println(loam_from(cache)) < 0)
        return loam_perror("lru");
    return 0;
}
