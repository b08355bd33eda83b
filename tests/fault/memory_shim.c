/*
 * Preloaded into a program under test: counts every allocation, the program's and its libraries',
 * over all threads, and lets one of them fail, or all from there on.
 *
 *   SHIM_FAIL_AT=N     the Nth allocation has no memory; with SHIM_FOR_GOOD=1 all from then on
 *   SHIM_FROM=TEXT     counting begins when a file is opened whose name ends so
 *   SHIM_COUNT=FILE    the number of allocations is left there when the program ends
 *
 * Without SHIM_FROM counting begins with main(): what the loader and the libraries' constructors
 * need is not the program's to handle. Not for a build with sanitizers, which bring an allocator of
 * their own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_long calls;
static atomic_int counting;
static long fail_at;
static int for_good;
static const char *from;

static long number(const char *name)
{
    const char *text = getenv(name);
    return text != NULL ? atol(text) : 0;
}

/* A preloaded library is initialised behind all others. */
__attribute__((constructor)) static void begin(void)
{
    fail_at = number("SHIM_FAIL_AT");
    for_good = number("SHIM_FOR_GOOD") != 0;
    from = getenv("SHIM_FROM");
    atomic_store(&counting, from == NULL);
}

static void look_at(const char *path)
{
    size_t len = strlen(path), end = from != NULL ? strlen(from) : 0;
    if (from != NULL && len >= end && strcmp(path + len - end, from) == 0) {
        atomic_store(&counting, 1);
    }
}

static int open_path(const char *path, int flags, va_list args)
{
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? (mode_t)va_arg(args, int) : 0;
    look_at(path);
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    int fd = open_path(path, flags, args);
    va_end(args);
    return fd;
}

int open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    int fd = open_path(path, flags, args);
    va_end(args);
    return fd;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("SHIM_COUNT");
    char text[32];
    atomic_store(&counting, 0);
    int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (fd >= 0) {
        int len = snprintf(text, sizeof text, "%ld\n", atomic_load(&calls));
        ssize_t ignored = write(fd, text, (size_t)len);
        (void)ignored;
        close(fd);
    }
}

static int refuses(void)
{
    if (!atomic_load(&counting)) {
        return 0;
    }
    long at = atomic_fetch_add(&calls, 1) + 1;
    int no = at == fail_at || (for_good && fail_at > 0 && at > fail_at);
    if (no) {
        errno = ENOMEM;
    }
    return no;
}

void *malloc(size_t size)
{
    return refuses() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return refuses() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return size > 0 && refuses() ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, count * size);
}

void *memalign(size_t alignment, size_t size)
{
    return refuses() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *got = memalign(alignment, size);
    if (got == NULL) {
        return ENOMEM;
    }
    *out = got;
    return 0;
}
