/*
 * Words and lines of a file.
 *
 * The file is read into one buffer, which is used again and again: that is faster than mapping the file, because no
 * page of it has to be mapped, and works on pipes. The items lent are in it, so it is refilled only when a fill begins
 * and no item is left. What is then under way moves to the front; the buffer grows only if that alone fills it.
 *
 *     data | item under way | read, not yet split | free | slack
 *          start            position              len    capacity
 *
 * The slack makes it legal to split by blocks and to hash short words by 16 bytes wherever they are.
 *
 * On every memory manager a file is closed when the chain is; dispose() is for chains that were only released.
 */
#include "config.h"

#include "iter/split.h"
#include "iter/stage.h"

#include "containers/chars.h"
#include "lib/checked.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Few calls, and what has been read is still in the second-level cache when it is split. */
#if LOAM_STRESS
enum { BLOCK = 7 };
#else
enum { BLOCK = 256 * 1024 };
#endif

typedef struct file_stage {
    loam__stage stage;
    loam_bytes *path; /* a reference: for messages */
    loam__split *split;
    loam__splitter splitter;
    char *data;
    size_t len, capacity; /* without the slack */
    uint64_t bytes_read, bytes_total;
    int fd;
    bool is_open; /* by us */
    bool at_end;
} file_stage;

static void free_buffer(file_stage *file)
{
    if (file->data)
        loam__gc_data_free(file->data, file->capacity + LOAM__SPLIT_SLACK);
    file->data = NULL;
    file->len = file->capacity = 0;
}

static void dispose(void *self)
{
    file_stage *file = self;

    if (file->is_open)
        close(file->fd);
    file->is_open = false;
    free_buffer(file);
}

static size_t extent(const void *self)
{
    const file_stage *file = self;
    return file->data ? file->capacity + LOAM__SPLIT_SLACK : 0;
}

static loam_status fail_io(const file_stage *file, int error)
{
    return loam_fail(LOAM_ERR_IO, "%s: %s", loam_bytes_view_peek(file->path).data, strerror(error));
}

static loam_status grow(file_stage *file)
{
    size_t capacity = file->capacity ? loam__grow(file->capacity, file->capacity + BLOCK) : BLOCK;
    size_t old_bytes = file->data ? file->capacity + LOAM__SPLIT_SLACK : 0;
    size_t bytes;
    char *data = NULL;

    if (loam__size_add(capacity, LOAM__SPLIT_SLACK, &bytes))
        data = loam__gc_data_resize(file, file->data, old_bytes, bytes);
    if (!data)
        return loam__fail_memory();
    file->data = data;
    file->capacity = capacity;
    return LOAM_OK;
}

static void move_to_front(file_stage *file)
{
    size_t start = file->splitter.start;

    if (!start)
        return;
    file->len -= start;
    memmove(file->data, file->data + start, file->len);
    file->splitter.position -= start;
    file->splitter.start = 0;
}

/* The bytes that come next in the file, behind those that are here; none if it has ended. */
static loam_status read_more(file_stage *file)
{
    ssize_t got;

    move_to_front(file);
    if (file->len == file->capacity && grow(file) < 0)
        return LOAM_ERR_MEMORY;
    do
        got = read(file->fd, file->data + file->len, file->capacity - file->len);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return fail_io(file, errno);
    file->len += (size_t)got;
    file->bytes_read += (size_t)got;
    file->at_end = got == 0;
    return LOAM_OK;
}

/* What the end of the file ends. */
static size_t last_item(file_stage *file, loam_view *out)
{
    loam__splitter *splitter = &file->splitter;

    if (splitter->start == splitter->position)
        return 0;
    *out = (loam_view){file->data + splitter->start, splitter->position - splitter->start};
    splitter->start = splitter->position;
    return 1;
}

static ptrdiff_t fill(loam__stage *stage, void *out, size_t cap)
{
    file_stage *file = (file_stage *)stage;

    for (;;) {
        size_t n = file->split(&file->splitter, file->data, file->len, out, cap);
        if (n)
            return (ptrdiff_t)n;
        if (file->at_end)
            return (ptrdiff_t)last_item(file, out);
        if (read_more(file) < 0)
            return loam_error()->status;
    }
}

static void close_stage(loam__stage *stage)
{
    dispose(stage);
}

static void position(const loam__stage *stage, loam_progress *where)
{
    const file_stage *file = (const file_stage *)stage;

    where->bytes = file->bytes_read;
    where->bytes_total = file->bytes_total;
}

static loam__stage_kind file_kind = {
    .type = {LOAM__STAGE_TYPE(file_stage), .refs = LOAM_REFS(LOAM__STAGE_REFS, offsetof(file_stage, path)),
             .dispose = dispose, .extent = extent, .external = true},
    .lane = LOAM__LANE_VIEW,
    .fill = fill,
    .close = close_stage,
    .position = position,
};

static int open_for_reading(const char *path)
{
    int fd;

    do
        fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* `path` names no file but standard input if it is "-"; that one is not ours to close. */
static loam_status open_file(file_stage *file, const char *path)
{
    struct stat about;

    file->is_open = strcmp(path, "-") != 0;
    file->fd = file->is_open ? open_for_reading(path) : STDIN_FILENO;
    file->is_open = file->is_open && file->fd >= 0;
    if (file->fd < 0 || fstat(file->fd, &about) < 0)
        return fail_io(file, errno);
    if (S_ISDIR(about.st_mode))
        return fail_io(file, EISDIR);
    if (S_ISREG(about.st_mode))
        file->bytes_total = (uint64_t)about.st_size;
#ifdef POSIX_FADV_SEQUENTIAL
    (void)posix_fadvise(file->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
    return LOAM_OK;
}

static file_stage *file_new(const char *path, loam__split *split)
{
    file_stage *file = loam__stage_new(&file_kind);
    loam_bytes *name = file ? loam_bytes_from(path, strlen(path)) : NULL;

    if (name)
        loam__slot_move_in(file, &file->path, loam_from(name));
    if (!name || open_file(file, path) < 0) {
        if (file)
            dispose(file);
        loam__release(loam_from(file));
        return NULL;
    }
    file->split = split;
    file->stage.padded = true;
    return file;
}

loam_iter *loam_iter_words(const char *path)
{
    if (!path)
        return loam__propagate(__func__), NULL;
    return loam__iter_new(file_new(path, loam__split_words));
}

loam_iter *loam_iter_lines(const char *path)
{
    if (!path)
        return loam__propagate(__func__), NULL;
    return loam__iter_new(file_new(path, loam__split_lines));
}
