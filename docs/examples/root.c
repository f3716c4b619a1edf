/*
 * Memory that loam does not see: the `data` of an event loop's handle, say. A reference there has to be a root, and
 * then it is right with every memory manager; how long it lives is up to the program again.
 */
#include <loam.h>

#include <stdlib.h>

/* Of some other library: it hands `data` back to us and knows nothing of it. */
typedef struct handle {
    void *data;
    loam_status (*on_line)(struct handle *self, const char *line);
    void (*on_close)(struct handle *self);
} handle;

static void run_loop(handle *h)
{
    static const char *const lines[] = {"first", "second", "third"};
    for (int i = 0; i < 3; i++)
        if (h->on_line(h, lines[i]) < 0)
            break;
    h->on_close(h);
}

/* Ours. */

static loam_list *lines_of(const handle *h)
{
    return loam_to_list_peek(loam_root_peek(h->data));
}

static loam_status keep_line(handle *h, const char *line)
{
    return loam_list_append(lines_of(h), line);
}

static void print_and_close(handle *h)
{
    if (loam_println(loam_root_peek(h->data)) < 0)
        loam_perror("root");
    loam_root_free(h->data);
}

int main(void)
{
    loam_auto loam_list *lines = loam_list_new();
    handle *h = malloc(sizeof *h);

    if (!h)
        return 1;
    *h = (handle){.data = loam_root_new(loam_from(lines)), .on_line = keep_line, .on_close = print_and_close};
    loam_release(loam_move(&lines)); /* from here on the root alone holds it */
    if (!h->data)
        return loam_perror("root");
    run_loop(h);
    free(h);
    return loam_error()->status < 0;
}
