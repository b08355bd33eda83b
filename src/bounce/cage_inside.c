/* The inside of the cage. */
#include <errno.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/json.h"
#include "bounce/answer.h"
#include "bounce/cage.h"
#include "bounce/classify.h"
#include "bounce/parse.h"

enum { EXIT_FAULT = 71, MEMORY_MAX = 512 * 1024 * 1024, STACK_MAX = 4 * 1024 * 1024 };

/* AddressSanitizer reserves terabytes of address space. */
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
#else
enum { SANITIZED = 0 };
#endif

static bool limit(int resource, rlim_t most)
{
    struct rlimit both = {most, most};
    return setrlimit((__rlimit_resource_t)resource, &both) == 0;
}

static bool set_limits(void)
{
    return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
           limit(RLIMIT_CPU, (rlim_t)CAGE_SECONDS * CAGE_BATCH / 4) &&
           limit(RLIMIT_STACK, STACK_MAX) && limit(RLIMIT_NOFILE, 1) &&
           (SANITIZED || limit(RLIMIT_AS, MEMORY_MAX)) && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static bool allow(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(read),         SCMP_SYS(write),
        SCMP_SYS(exit_group),   SCMP_SYS(exit),
        SCMP_SYS(brk),          SCMP_SYS(munmap),
        SCMP_SYS(mremap),       SCMP_SYS(madvise),
        SCMP_SYS(futex),        SCMP_SYS(setitimer),
        SCMP_SYS(sched_yield),  SCMP_SYS(clock_gettime),
        SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(gettid),       SCMP_SYS(getpid),
        SCMP_SYS(getrandom),
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0) {
            return false;
        }
    }
    /* Memory, but none that can be run. */
    struct scmp_arg_cmp not_run = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, not_run) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_run) == 0;
}

/* What a library may try and can do without: it hears that it is not allowed. Everything that is
 * not named ends the process. */
static bool refuse(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(openat),     SCMP_SYS(open),  SCMP_SYS(newfstatat),
                                SCMP_SYS(fstat),      SCMP_SYS(prctl), SCMP_SYS(readlink),
                                SCMP_SYS(sigaltstack)};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), calls[i], 0) != 0) {
            return false;
        }
    }
    return true;
}

static bool close_cage(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool closed = filter != NULL && allow(filter) && refuse(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return closed;
}

static bool read_all(char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t got = read(0, bytes, len);
        if (got <= 0) {
            return false;
        }
        bytes += got;
        len -= (size_t)got;
    }
    return true;
}

static bool write_all(const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t put = write(0, bytes, len);
        if (put <= 0) {
            return false;
        }
        bytes += put;
        len -= (size_t)put;
    }
    return true;
}

/* One message's share of processor time; its end ends the process. */
static void start_timer(void)
{
    struct itimerval share = {.it_value.tv_sec = CAGE_SECONDS};
    setitimer(ITIMER_PROF, &share, NULL);
}

static bool answer_one(const struct charsets *charsets, const char *bytes, size_t len)
{
    struct arena arena = {0};
    struct bounce_report report;
    struct split *split = arena_alloc(&arena, sizeof *split);
    start_timer();
    parse_message(&arena, charsets, bytes, len, split);
    classify(&arena, split, &report);
    struct buf answer;
    buf_init(&answer, ANSWER_MAX);
    answer_write(&report, &answer);
    uint32_t size = (uint32_t)answer.len;
    bool sent = buf_ok(&answer) && write_all((const char *)&size, sizeof size) &&
                write_all(answer.data, answer.len);
    buf_free(&answer);
    arena_free(&arena);
    return sent;
}

int cage_serve(void)
{
    struct arena arena = {0};
    struct charsets *charsets = charsets_open(&arena);
    /* The library asks for its seed once, and may open a file for it. */
    struct value *first = NULL;
    struct failure none = {0};
    bool seeded = json_read(&arena, "", "{}", 2, &first, &none);
    char *bytes = arena_alloc(&arena, CAGE_MESSAGE_MAX);
    if (!seeded || !set_limits() || !close_cage()) {
        _exit(EXIT_FAULT);
    }
    uint32_t size;
    while (read_all((char *)&size, sizeof size) && size <= CAGE_MESSAGE_MAX &&
           read_all(bytes, size) && answer_one(charsets, bytes, size)) {
    }
    _exit(0);
}
