#include "lib/hash.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define XXH_INLINE_ALL /* a key of 20 bytes is hashed in less time than calling the library takes */
#include <xxhash.h>

loam__hash_secrets loam__secrets;
uint64_t loam__integer_seed, loam__integer_factor, loam__integer_mixer;

#define ALL UINT64_MAX
#define LOW(bytes) (((uint64_t)1 << (8 * (bytes))) - 1)

const uint64_t loam__low_masks[LOAM__HASH_SHORT + 1] = {
    0, LOW(1), LOW(2), LOW(3), LOW(4), LOW(5), LOW(6), LOW(7), ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL,
};
const uint64_t loam__high_masks[LOAM__HASH_SHORT + 1] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, LOW(1), LOW(2), LOW(3), LOW(4), LOW(5), LOW(6), LOW(7), ALL,
};

/* Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014. */
static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Where the kernel has no randomness to give, as in some sandboxes, what differs from run to run must do. */
static uint64_t weak_seed(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 32 ^ (uint64_t)(uintptr_t)&now ^ (uint64_t)getpid() << 16;
}

/* A factor with too few bits set, or too many, would not spread its input. */
static uint64_t odd_factor(uint64_t word, uint64_t *state)
{
    for (;; word = splitmix64(state)) {
        int bits = __builtin_popcountll(word | 1);
        if (bits >= 24 && bits <= 40)
            return word | 1;
    }
}

void loam__hash_draw(void *out, size_t bytes)
{
    const char *fixed = getenv("LOAM_HASHSEED");
    uint64_t state = 0;

    if (!fixed || strcmp(fixed, "0") != 0) {
        if (getrandom(out, bytes, GRND_NONBLOCK) == (ssize_t)bytes)
            return;
        state = weak_seed();
    }
    for (size_t i = 0; i < bytes / sizeof(uint64_t); i++) {
        uint64_t word = splitmix64(&state);
        memcpy((char *)out + i * sizeof word, &word, sizeof word);
    }
}

__attribute__((constructor)) static void draw_secrets(void)
{
    loam__hash_secrets *s = &loam__secrets;
    uint64_t state;

    loam__hash_draw(s, sizeof *s);
    state = s->integer_seed;
    s->integer_factor = odd_factor(s->integer_factor, &state);
    s->integer_mixer = odd_factor(s->integer_mixer, &state);
    s->low_seed = odd_factor(s->low_seed, &state);
    s->high_seed = odd_factor(s->high_seed, &state);
    s->len_factor = odd_factor(s->len_factor, &state);
    loam__integer_seed = s->integer_seed;
    loam__integer_factor = s->integer_factor;
    loam__integer_mixer = s->integer_mixer;
}

uint64_t loam__hash_long(const char *data, size_t len)
{
    uint64_t hash = XXH3_64bits_withSecret(data, len, loam__secrets.xxh3, sizeof loam__secrets.xxh3);
    return hash ? hash : 1;
}
