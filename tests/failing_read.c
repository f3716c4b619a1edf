/*
 * Preloaded into a program (LD_PRELOAD), makes reading one file fail in the middle: after FAILING_READ_AFTER bytes of
 * FAILING_READ_FILE, read() gives EIO. Only for Linux and the like; tests/demo_errors.sh builds it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t read(int fd, void *buffer, size_t size)
{
    static ssize_t (*real_read)(int, void *, size_t);
    static size_t left;
    const char *path = getenv("FAILING_READ_FILE");
    const char *after = getenv("FAILING_READ_AFTER");
    struct stat wanted, given;
    if (!real_read) {
        *(void **)&real_read = dlsym(RTLD_NEXT, "read");
        left = after ? (size_t)strtoull(after, NULL, 10) : 0;
    }
    if (!path || stat(path, &wanted) || fstat(fd, &given) || wanted.st_dev != given.st_dev ||
        wanted.st_ino != given.st_ino)
        return real_read(fd, buffer, size);
    if (!left) {
        errno = EIO;
        return -1;
    }
    ssize_t got = real_read(fd, buffer, size < left ? size : left);
    if (got > 0)
        left -= (size_t)got;
    return got;
}
