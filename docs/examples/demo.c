/*
 * The ten most common words of a file, as Python would print them; on stderr, what counting them took. ./bootstrap demo
 * runs this.
 */
#define _POSIX_C_SOURCE 200809L

#include <loam.h>

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { LARGE = 64 * 1024 * 1024 }; /* bytes of a file that is worth a progress line */

typedef struct watch {
    double start, shown; /* seconds; `shown` is when the progress line was last written */
    uint64_t bytes;
    bool is_terminal;
} watch;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void show(const loam_progress *progress, double seconds)
{
    double done = (double)progress->bytes;
    fprintf(stderr, "\r\033[K%.0f MB, %.0f MB/s", done * 1e-6, done * 1e-6 / seconds);
    if (progress->bytes_total)
        fprintf(stderr, ", %.0f %%", 100 * done / (double)progress->bytes_total);
}

/* Called once a batch. */
static void on_progress(const loam_progress *progress, void *context)
{
    watch *w = context;
    double time;

    w->bytes = progress->bytes;
    if (!w->is_terminal || (progress->bytes_total && progress->bytes_total < LARGE))
        return;
    time = now();
    if (time - w->shown > 0.25) {
        w->shown = time;
        show(progress, time - w->start);
    }
}

static void report(const watch *w, double seconds, int64_t distinct, int64_t size)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    fprintf(stderr, "read            %" PRIu64 " bytes, %.0f MB/s\n", w->bytes, (double)w->bytes * 1e-6 / seconds);
    fprintf(stderr, "distinct words  %" PRId64 "\n", distinct);
    fprintf(stderr, "counts          %" PRId64 " bytes, with all they hold\n", size);
    fprintf(stderr, "peak memory     %.1f MB\n", (double)usage.ru_maxrss * 1024e-6);
    fprintf(stderr, "memory manager  %s\n", loam_gc_name());
}

int main(int argc, char **argv)
{
    watch w = {.start = now(), .shown = now(), .is_terminal = isatty(STDERR_FILENO) == 1};
    loam_auto loam_iter *words = loam_iter_words(argc > 1 ? argv[1] : "-");
    loam_iter_progress(words, on_progress, &w);
    loam_auto loam_dict *counts = loam_iter_counter(words);
    loam_auto loam_list *top = loam_dict_most_common(counts, 10);
    double seconds = now() - w.start;
    int64_t size = loam_sizeof_deep(loam_from(counts));

    if (w.is_terminal)
        fputs("\r\033[K", stderr);
    if (size < 0 || loam_println(loam_from(top)) < 0)
        return loam_perror("demo");
    report(&w, seconds, loam_dict_len(counts), size);
    return 0;
}
