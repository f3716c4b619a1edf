/*
 * Steering the collector of cycles, as Python's module gc does: on and off, thresholds, counts, generations, callbacks.
 */
#include <loam.h>

#include <inttypes.h>
#include <stdio.h>

/* A list that holds itself, dropped. */
static void drop_cycles(int count)
{
    while (count--) {
        loam_auto loam_list *list = loam_list_new();
        if (loam_list_append(list, list) < 0)
            loam_perror("collector");
    }
}

static void show_counts(const char *when)
{
    int64_t counts[LOAM_GC_GENERATIONS];

    loam_gc_get_count(counts);
    if (loam_gc_has(LOAM_GC_EXACT_CYCLES))
        printf("%s: %" PRId64 " candidates, %" PRId64 " young collections\n", when, counts[0], counts[1]);
}

static void on_collection(loam_gc_phase phase, const loam_gc_info *info, void *context)
{
    (void)context;
    if (phase == LOAM_GC_STOP && loam_gc_has(LOAM_GC_EXACT_CYCLES))
        printf("    generation %d: %" PRId64 " collected\n", info->generation, info->collected);
}

/* In which generation the object is now. */
static void show_generation(loam_list *list, const char *when)
{
    for (int generation = 0; generation < LOAM_GC_GENERATIONS; generation++) {
        loam_auto loam_list *objects = loam_gc_get_objects(generation);
        for (int64_t i = 0; i < loam_list_len(objects); i++) {
            loam_value object = loam_list_get_peek(objects, i);
            if (loam_is_list(object) && loam_to_list_peek(object) == list)
                printf("%s: generation %d\n", when, generation);
        }
    }
}

int main(void)
{
    int64_t thresholds[LOAM_GC_GENERATIONS];
    loam_auto loam_list *kept = NULL;

    if (loam_gc_set_threshold(700, 10, 25) < 0 || loam_gc_callback_add(on_collection, NULL) < 0)
        return loam_perror("collector");
    loam_gc_get_threshold(thresholds);
    printf("thresholds: %" PRId64 ", %" PRId64 ", %" PRId64 "\n", thresholds[0], thresholds[1], thresholds[2]);

    loam_gc_disable();
    printf("enabled: %s\n", loam_gc_is_enabled() ? "yes" : "no");
    drop_cycles(1000);
    show_counts("disabled");
    loam_gc_enable();
    printf("enabled: %s\n", loam_gc_is_enabled() ? "yes" : "no");
    drop_cycles(1);
    show_counts("after one more");
    drop_cycles(1400);
    show_counts("after 1400 more");

    kept = loam_list_new();
    if (!kept || loam_list_append(kept, kept) < 0)
        return loam_perror("collector");
    if (loam_gc_has(LOAM_GC_HEAP_WALK)) {
        show_generation(kept, "new");
        loam_gc_collect(0);
        show_generation(kept, "after a collection");
        loam_gc_collect(1);
        show_generation(kept, "after another");
    }
    loam_list_clear(kept);
    loam_gc_collect(2);
    return 0;
}
