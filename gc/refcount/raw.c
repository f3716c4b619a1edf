/* Raw buffers: small ones in pages, large ones from the system, the others from malloc. They are aligned to 16 bytes,
 * and to 64 if their size is a multiple of it. */
#include "gc/refcount/heap.h"

#include "lib/large.h"

#include <malloc.h>
#include <stdlib.h>

static unsigned raw_class(size_t bytes)
{
    return loam__size_class(bytes ? (bytes + 15) & ~(size_t)15 : 16);
}

static bool is_in_page(size_t bytes)
{
    return bytes <= LOAM__RAW_LARGEST;
}

/* Of a buffer that is in no page, with the word behind it. */
static size_t with_heap(size_t bytes)
{
    return ((bytes + 7) & ~(size_t)7) + sizeof(loam__heap *);
}

static loam__heap **heap_word(const void *buffer, size_t bytes)
{
    return (loam__heap **)(void *)((char *)(uintptr_t)buffer + with_heap(bytes)) - 1;
}

/* None in a guarded heap: memcheck knows what is malloced, and loses track of mappings that move and then merge. */
static bool is_large(const loam__heap *heap, size_t bytes)
{
    return with_heap(bytes) >= LOAM__LARGE && !heap->is_guarded;
}

static size_t extent_of(const loam__heap *heap, void *memory, size_t bytes)
{
    return is_large(heap, bytes) ? loam__large_extent(with_heap(bytes)) : malloc_usable_size(memory);
}

static void *entered(loam__heap *heap, void *memory, size_t bytes)
{
    if (LOAM__LIKELY(memory)) {
        *heap_word(memory, bytes) = heap;
        heap->bytes += extent_of(heap, memory, bytes);
        loam__heap_grew(heap);
    }
    return memory;
}

static void *malloc_aligned(size_t bytes)
{
    void *memory;
    return posix_memalign(&memory, 64, bytes) ? NULL : memory;
}

loam__heap *loam__heap_of_malloced(const void *buffer, size_t bytes)
{
    return *heap_word(buffer, bytes);
}

static void *raw_from_page(loam__heap *heap, size_t bytes)
{
    unsigned size_class = raw_class(bytes);
    loam__page *page = heap->current[LOAM__PAGE_RAW][size_class];
    void **slot = page->free;

    if (LOAM__UNLIKELY(!slot))
        return loam__heap_new_slow(heap, LOAM__PAGE_RAW, size_class);
    page->free = *slot;
    page->used++;
    heap->bytes += page->slot_size;
    return slot;
}

void *loam__heap_raw_new(loam__heap *heap, size_t bytes, bool zeroed)
{
    void *buffer;

    if (is_in_page(bytes)) {
        buffer = raw_from_page(heap, bytes);
        return buffer && zeroed ? memset(buffer, 0, bytes) : buffer;
    }
    loam__heap_work_off(heap, bytes);
    if (is_large(heap, bytes))
        return entered(heap, loam__large_new(with_heap(bytes)), bytes);
    if (zeroed)
        return entered(heap, calloc(1, with_heap(bytes)), bytes);
    return entered(heap, bytes % 64 == 0 ? malloc_aligned(with_heap(bytes)) : malloc(with_heap(bytes)), bytes);
}

void loam__heap_raw_free(loam__heap *heap, void *buffer, size_t bytes)
{
    loam__page *page;

    if (!buffer)
        return;
    if (!is_in_page(bytes)) {
        heap->bytes -= extent_of(heap, buffer, bytes);
        if (is_large(heap, bytes))
            loam__large_free(buffer, with_heap(bytes));
        else
            free(buffer);
        return;
    }
    page = loam__page_of(buffer);
    if (LOAM__UNLIKELY(page->is_slow_to_free)) {
        loam__heap_free_slow(heap, page, buffer);
        return;
    }
    *(void **)buffer = page->free;
    page->free = buffer;
    heap->bytes -= page->slot_size;
    if (LOAM__UNLIKELY(!--page->used) && !page->is_current)
        loam__heap_free_slow(heap, page, NULL);
}

/* Both sizes are those of large buffers, or of such as malloc has. */
static void *resize_alike(loam__heap *heap, void *buffer, size_t old_bytes, size_t bytes)
{
    size_t old_extent = extent_of(heap, buffer, old_bytes);
    void *resized;

    if (bytes > old_extent)
        loam__heap_work_off(heap, bytes - old_extent);
    resized = is_large(heap, bytes) ? loam__large_resize(buffer, with_heap(old_bytes), with_heap(bytes))
                                    : realloc(buffer, with_heap(bytes));
    if (LOAM__LIKELY(resized)) {
        heap->bytes -= old_extent;
        entered(heap, resized, bytes);
    }
    return resized;
}

void *loam__heap_raw_resize(loam__heap *heap, void *buffer, size_t old_bytes, size_t bytes)
{
    void *resized;

    if (!buffer)
        return loam__heap_raw_new(heap, bytes, false);
    if (is_in_page(old_bytes)) {
        if (is_in_page(bytes) && raw_class(old_bytes) == raw_class(bytes))
            return buffer;
    } else if (!is_in_page(bytes) && is_large(heap, old_bytes) == is_large(heap, bytes)) {
        return resize_alike(heap, buffer, old_bytes, bytes);
    }
    resized = loam__heap_raw_new(heap, bytes, false);
    if (LOAM__LIKELY(resized)) {
        memcpy(resized, buffer, old_bytes < bytes ? old_bytes : bytes);
        loam__heap_raw_free(heap, buffer, old_bytes);
    }
    return resized;
}
