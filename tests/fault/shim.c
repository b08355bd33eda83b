/*
 * Preloaded into a program under test: counts every call that writes, over all threads, and at one
 * of them kills the process or makes the call fail.
 *
 *   SHIM_KILL_AT=N     SIGKILL right before the Nth call
 *   SHIM_FAIL_AT=N     the Nth call fails; with SHIM_FOR_GOOD=1 all of its kind from then on
 *   SHIM_COUNT=FILE    the number of calls is left there when the program ends
 *
 * Sockets fail with ECONNRESET, opening with EMFILE, everything else with ENOSPC.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;
static atomic_int failing; /* the kind that fails for good; 0: none */
static long kill_at, fail_at;
static int for_good;

enum kind { KIND_DISK = 1, KIND_SOCKET, KIND_OPEN, KIND_SYNC };

static long number(const char *name)
{
    const char *text = getenv(name);
    return text != NULL ? atol(text) : 0;
}

__attribute__((constructor)) static void begin(void)
{
    kill_at = number("SHIM_KILL_AT");
    fail_at = number("SHIM_FAIL_AT");
    for_good = number("SHIM_FOR_GOOD") != 0;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("SHIM_COUNT");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;
    if (file != NULL) {
        fprintf(file, "%ld\n", atomic_load(&calls));
        fclose(file);
    }
}

static int refuses(enum kind kind)
{
    long at = atomic_fetch_add(&calls, 1) + 1;
    if (at == kill_at) {
        kill(getpid(), SIGKILL);
        pause();
    }
    if (at == fail_at) {
        atomic_store(&failing, (int)kind);
    } else if (!(for_good && atomic_load(&failing) == (int)kind)) {
        return 0;
    }
    errno = kind == KIND_SOCKET ? ECONNRESET : kind == KIND_OPEN ? EMFILE : ENOSPC;
    return 1;
}

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* What goes to the terminal or a pipe is not the program's work. */
static int ours(int fd)
{
    return fd > STDERR_FILENO;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    return ours(fd) && refuses(KIND_DISK) ? -1 : REAL(write)(fd, bytes, len);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return refuses(KIND_DISK) ? -1 : REAL(pwrite)(fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    return refuses(KIND_DISK) ? -1 : REAL(pwrite64)(fd, bytes, len, at);
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    return ours(fd) && refuses(KIND_DISK) ? -1 : REAL(writev)(fd, pieces, count);
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
    return refuses(KIND_SOCKET) ? -1 : REAL(send)(fd, bytes, len, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to,
               socklen_t to_len)
{
    return refuses(KIND_SOCKET) ? -1 : REAL(sendto)(fd, bytes, len, flags, to, to_len);
}

int fsync(int fd)
{
    return refuses(KIND_SYNC) ? -1 : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
    return refuses(KIND_SYNC) ? -1 : REAL(fdatasync)(fd);
}

int ftruncate(int fd, off_t len)
{
    return refuses(KIND_DISK) ? -1 : REAL(ftruncate)(fd, len);
}

int ftruncate64(int fd, off64_t len)
{
    return refuses(KIND_DISK) ? -1 : REAL(ftruncate64)(fd, len);
}

int rename(const char *from, const char *to)
{
    return refuses(KIND_DISK) ? -1 : REAL(rename)(from, to);
}

int unlink(const char *path)
{
    return refuses(KIND_DISK) ? -1 : REAL(unlink)(path);
}

static mode_t mode_of(int flags, va_list args)
{
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? (mode_t)va_arg(args, int) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return refuses(KIND_OPEN) ? -1 : REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return refuses(KIND_OPEN) ? -1 : REAL(open64)(path, flags, mode);
}

int socket(int domain, int type, int protocol)
{
    return refuses(KIND_OPEN) ? -1 : REAL(socket)(domain, type, protocol);
}
