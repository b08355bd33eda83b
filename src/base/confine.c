/* What a process inherits, and the list of its system calls. */
#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/sanitized.h"

/* LeakSanitizer attaches to its own process as a tracer when the process exits. */
static void show_to_leak_check(void)
{
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

void confine_hide(void)
{
    const struct rlimit none = {0, 0};
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    setrlimit(RLIMIT_CORE, &none);
    if (SANITIZED) {
        atexit(show_to_leak_check);
    }
}

/* --- what it inherits --- */

/* The first descriptor after standard input, output and errors. */
enum { FIRST_STRAY = 3 };

static bool is_kept(int fd, const int *kept, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (kept[i] == fd) {
            return true;
        }
    }
    return false;
}

/* Some kernels have no close_range(2); closefrom(3) has a fallback for them. */
void confine_descriptors(const int *kept, size_t count)
{
    int last = FIRST_STRAY - 1;
    for (size_t i = 0; i < count; i++) {
        last = kept[i] > last ? kept[i] : last;
    }
    for (int fd = FIRST_STRAY; fd < last; fd++) {
        if (!is_kept(fd, kept, count)) {
            close(fd);
        }
    }
    closefrom(last + 1);
}

/* The strings are where the kernel put them, and /proc/self/environ shows that memory: removing a
 * variable from the list leaves its text readable, so the text is overwritten. */
void confine_environment(void)
{
    static const char *const names[] = {"VERDICTS_SHARE_DIR", "TZDIR"};
    enum { NAMES = sizeof names / sizeof names[0] };
    char *values[NAMES];
    for (size_t i = 0; i < NAMES; i++) {
        const char *value = getenv(names[i]);
        values[i] = value != NULL ? memory_copy(value) : NULL;
    }
    for (char **word = environ; word != NULL && *word != NULL; word++) {
        explicit_bzero(*word, strlen(*word));
    }
    clearenv();
    for (size_t i = 0; i < NAMES; i++) {
        if (values[i] != NULL && setenv(names[i], values[i], 1) != 0) {
            memory_exhausted();
        }
        free(values[i]);
    }
}

/* --- system calls --- */

/* Memory, time and exiting. The names that end in a number are those of 32-bit systems. */
static const int for_all[] = {
    SCMP_SYS(read),         SCMP_SYS(write),         SCMP_SYS(exit),
    SCMP_SYS(exit_group),   SCMP_SYS(brk),           SCMP_SYS(munmap),
    SCMP_SYS(mremap),       SCMP_SYS(madvise),       SCMP_SYS(futex),
    SCMP_SYS(futex_time64), SCMP_SYS(sched_yield),   SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn),     SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(setitimer),    SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64),
    SCMP_SYS(getrandom),    SCMP_SYS(getpid),        SCMP_SYS(gettid),
};

static const int for_server[] = {
    /* connections that it accepts; sends are listed below */
    SCMP_SYS(accept4),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recv),
    SCMP_SYS(send),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    /* waiting */
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(ppoll_time64),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_nanosleep_time64),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    /* files: Landlock decides which */
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(openat2),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(ftruncate64),
    SCMP_SYS(fallocate),
    SCMP_SYS(flock),
    SCMP_SYS(dup),
    SCMP_SYS(fstat),
    SCMP_SYS(fstat64),
    SCMP_SYS(stat),
    SCMP_SYS(stat64),
    SCMP_SYS(lstat),
    SCMP_SYS(lstat64),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fstatat64),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(statfs64),
    SCMP_SYS(fstatfs),
    SCMP_SYS(fstatfs64),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(getdents64),
    SCMP_SYS(inotify_add_watch),
    SCMP_SYS(inotify_rm_watch),
    /* itself */
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(getuid32),
    SCMP_SYS(geteuid),
    SCMP_SYS(geteuid32),
    SCMP_SYS(getgid),
    SCMP_SYS(getgid32),
    SCMP_SYS(getegid),
    SCMP_SYS(getegid32),
};

/* What a sanitizer needs in addition. */
static const int for_sanitizer[] = {SCMP_SYS(sigaltstack), SCMP_SYS(sched_getaffinity),
                                    SCMP_SYS(getrusage)};

/* fcntl(2) can also arrange for signals (F_SETOWN, F_SETSIG), so its commands are listed. */
static const int fcntl_commands[] = {F_GETFD, F_SETFD,  F_GETFL,         F_SETFL,     F_GETLK,
                                     F_SETLK, F_SETLKW, F_DUPFD_CLOEXEC, F_OFD_SETLK, F_OFD_GETLK};

static int allow_all(scmp_filter_ctx filter, const int *calls, size_t count)
{
    int error = 0;
    for (size_t i = 0; error == 0 && i < count; i++) {
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    }
    return error;
}

static int allow_if(scmp_filter_ctx filter, int call, struct scmp_arg_cmp condition)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, condition);
}

/* Memory, but none that is executable. */
static int allow_memory(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)};
    int error = 0;
    for (size_t i = 0; error == 0 && i < sizeof calls / sizeof calls[0]; i++) {
        error = allow_if(filter, calls[i], SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    }
    return error;
}

/* abort(3) signals its own process, and the C library reads the limits of process 0, which is the
 * caller. */
static int allow_for_itself(scmp_filter_ctx filter)
{
    int error = allow_if(filter, SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
    return error != 0 ? error
                      : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
                                         SCMP_A0(SCMP_CMP_EQ, 0, 0), SCMP_A2(SCMP_CMP_EQ, 0, 0));
}

/* send(2) is sendto(2) without an address. With MSG_FASTOPEN a send opens a connection, even on an
 * accepted socket whose connection has ended. */
static int allow_sends(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp no_connection =
        SCMP_A3(SCMP_CMP_MASKED_EQ, (scmp_datum_t)MSG_FASTOPEN, 0);
    int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 2, no_connection,
                                 SCMP_A4(SCMP_CMP_EQ, 0, 0));
    return error != 0 ? error
                      : allow_if(filter, SCMP_SYS(sendmsg),
                                 SCMP_A2(SCMP_CMP_MASKED_EQ, (scmp_datum_t)MSG_FASTOPEN, 0));
}

static int allow_server(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(fcntl), SCMP_SYS(fcntl64)};
    int error = allow_all(filter, for_server, sizeof for_server / sizeof for_server[0]);
    error = error != 0 ? error : allow_sends(filter);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        for (size_t j = 0; error == 0 && j < sizeof fcntl_commands / sizeof fcntl_commands[0];
             j++) {
            error = allow_if(filter, calls[i],
                             SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)fcntl_commands[j], 0));
        }
    }
    /* stdio asks whether its output is a terminal. */
    return error != 0 ? error : allow_if(filter, SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, TCGETS, 0));
}

static int add_rules(scmp_filter_ctx filter, enum confine_work work)
{
    int error = allow_all(filter, for_all, sizeof for_all / sizeof for_all[0]);
    error = error != 0 ? error : allow_memory(filter);
    error = error != 0 ? error : allow_for_itself(filter);
    if (error == 0 && SANITIZED) {
        error = allow_all(filter, for_sanitizer, sizeof for_sanitizer / sizeof for_sanitizer[0]);
    }
    return error != 0 || work == CONFINE_READER ? error : allow_server(filter);
}

/* Keeps one of root's capabilities: opening files, since the database may belong to another user.
 * Without the others root cannot read the memory of processes that are not dumpable. */
static void drop_rights(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct rights[_LINUX_CAPABILITY_U32S_3] = {0};
    if (syscall(SYS_capget, &header, rights) != 0) {
        return;
    }
    rights[0].effective &= 1U << CAP_DAC_OVERRIDE;
    rights[0].permitted &= 1U << CAP_DAC_OVERRIDE;
    rights[0].inheritable = 0;
    rights[1] = (struct __user_cap_data_struct){0};
    syscall(SYS_capset, &header, rights);
}

bool confine_calls(enum confine_work work, struct failure *why)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) {
        memory_exhausted();
    }
    drop_rights();
    int error = add_rules(filter, work);
    error = error == 0 ? seccomp_load(filter) : error;
    seccomp_release(filter);
    if (error != 0) {
        errno = -error;
        return fail_errno(why, FAILURE_SYSTEM, "%s", CONFINE_NO_FILTERS);
    }
    return true;
}

bool confine_has_filters(void)
{
    const uint32_t action = SECCOMP_RET_ERRNO;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}
