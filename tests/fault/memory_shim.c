/*
 * Preloaded into a program under test: counts every allocation, the program's and its libraries',
 * over all threads, and lets one of them fail, or all from there on.
 *
 *   SHIM_FAIL_AT=N     the Nth allocation has no memory; with SHIM_FOR_GOOD=1 all from then on
 *   SHIM_FROM=TEXT     counting begins when a file is opened whose name ends so
 *   SHIM_PATHS=FILE    the call paths that led to an allocation are left there: hash, how often
 *   SHIM_FAIL_PATH=HASH  SHIM_FAIL_AT counts only the allocations of this path
 *   SHIM_MARK=FILE     is made when the first one fails
 *
 * A path is the DEPTH innermost return addresses, each counted from the start of its library, so
 * that it is the same in every run, wherever things are loaded and in whatever order threads run.
 *
 * Without SHIM_FROM counting begins with main(): what the loader and the libraries' constructors
 * need is not the program's to handle. Not for a build with sanitizers, which bring an allocator of
 * their own.
 */
#include <dlfcn.h>
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
#include <unwind.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

enum { DEPTH = 12, PATHS = 1 << 15 };

static atomic_long calls;
static atomic_int counting;
static _Atomic(uint64_t) paths[PATHS]; /* a hash table: 0 is free */
static atomic_long path_calls[PATHS];
static int looks_at_paths;
static uint64_t fail_path;
static long fail_at;
static int for_good;
static const char *from, *mark;

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
    mark = getenv("SHIM_MARK");
    const char *path = getenv("SHIM_FAIL_PATH");
    fail_path = path != NULL ? strtoull(path, NULL, 16) : 0;
    looks_at_paths = fail_path != 0 || getenv("SHIM_PATHS") != NULL;
    atomic_store(&counting, from == NULL);
}

struct walk {
    uint64_t hash;
    int depth;
};

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *into)
{
    struct walk *walk = into;
    struct dl_find_object object;
    uintptr_t at = _Unwind_GetIP(context);
    if (at == 0 || _dl_find_object((void *)at, &object) != 0) {
        return _URC_END_OF_STACK;
    }
    walk->hash = (walk->hash ^ (at - (uintptr_t)object.dlfo_map_start)) * 0x100000001B3ULL;
    walk->hash ^= walk->hash >> 29;
    return ++walk->depth < DEPTH ? _URC_NO_REASON : _URC_END_OF_STACK;
}

/* Counts the path that led here; gives its hash, and how often it was taken, this time included. */
static uint64_t take_path(long *times)
{
    struct walk walk = {.hash = 0xCBF29CE484222325ULL};
    _Unwind_Backtrace(step, &walk);
    uint64_t hash = walk.hash != 0 ? walk.hash : 1;
    for (size_t i = hash % PATHS, tries = 0; tries < PATHS; i = (i + 1) % PATHS, tries++) {
        uint64_t found = 0;
        if (atomic_compare_exchange_strong(&paths[i], &found, hash) || found == hash) {
            *times = atomic_fetch_add(&path_calls[i], 1) + 1;
            return hash;
        }
    }
    abort(); /* the table is full: what it says would be wrong */
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

static void write_paths(const char *name)
{
    FILE *out = name != NULL ? fopen(name, "w") : NULL;
    for (size_t i = 0; out != NULL && i < PATHS; i++) {
        if (atomic_load(&paths[i]) != 0) {
            fprintf(out, "%016llx %ld\n", (unsigned long long)atomic_load(&paths[i]),
                    atomic_load(&path_calls[i]));
        }
    }
    if (out != NULL) {
        fclose(out);
    }
}

__attribute__((destructor)) static void end(void)
{
    atomic_store(&counting, 0);
    write_paths(getenv("SHIM_PATHS"));
}

static atomic_int failing; /* for good, from the moment that was asked for */

static void leave_mark(void)
{
    if (mark != NULL && !atomic_load(&failing)) {
        long fd = syscall(SYS_openat, AT_FDCWD, mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        syscall(SYS_close, fd);
    }
}

static int refuses(void)
{
    if (!atomic_load(&counting)) {
        return 0;
    }
    long at = atomic_fetch_add(&calls, 1) + 1;
    int here = 1;
    if (looks_at_paths) {
        here = take_path(&at) == fail_path || fail_path == 0;
    }
    int no = atomic_load(&failing) || (here && at == fail_at);
    if (no) {
        leave_mark();
        atomic_store(&failing, for_good);
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
