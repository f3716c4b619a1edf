/*
 * What a compiler has put into several places is one line of the program.
 *
 * says: 3 list, made at make
 * place: make
 * status: 0
 */
#include <loam.h>

__attribute__((always_inline)) static inline bool make(void)
{
    return loam_list_of(1, 2) != NULL;
}

static bool make_first(void)
{
    return make();
}

static bool make_second(void)
{
    return make();
}

int main(void)
{
    return !make() || !make_first() || !make_second();
}
