/* The process inside the sandbox. */
#include <errno.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/json.h"
#include "base/sanitized.h"
#include "bounce/answer.h"
#include "bounce/classify.h"
#include "bounce/parse.h"
#include "bounce/sandbox.h"

enum { EXIT_FAULT = 71, MEMORY_MAX = 512 * 1024 * 1024, STACK_MAX = 4 * 1024 * 1024 };

static bool limit(int resource, rlim_t most)
{
    struct rlimit both = {most, most};
    return setrlimit((__rlimit_resource_t)resource, &both) == 0;
}

static bool set_limits(void)
{
    return limit(RLIMIT_FSIZE, 0) &&
           limit(RLIMIT_CPU, (rlim_t)SANDBOX_SECONDS * SANDBOX_BATCH / 4) &&
           limit(RLIMIT_STACK, STACK_MAX) && limit(RLIMIT_NOFILE, 1) &&
           (SANITIZED || limit(RLIMIT_AS, MEMORY_MAX));
}

/* Allows no files at all, and only the system calls of a parser. The limits leave no descriptor for
 * a file. */
static bool close_sandbox(void)
{
    struct failure ignored = {0};
    bool held;
    return confine_files(NULL, 0, &held, &ignored) && set_limits() &&
           confine_calls(CONFINE_READER, &ignored);
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

/* The CPU time for one message; when it is used up, the process is killed. */
static void start_timer(void)
{
    struct itimerval share = {.it_value.tv_sec = SANDBOX_SECONDS};
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

int sandbox_serve(void)
{
    struct arena arena = {0};
    struct charsets *charsets = charsets_open(&arena);
    /* jansson initialises its hash seed once, and may open a file for it. */
    struct value *first = NULL;
    struct failure none = {0};
    bool seeded = json_read(&arena, "", "{}", 2, &first, &none);
    char *bytes = arena_alloc(&arena, SANDBOX_MESSAGE_MAX);
    if (!seeded || !close_sandbox()) {
        _exit(EXIT_FAULT);
    }
    uint32_t size;
    while (read_all((char *)&size, sizeof size) && size <= SANDBOX_MESSAGE_MAX &&
           read_all(bytes, size) && answer_one(charsets, bytes, size)) {
    }
    _exit(0);
}
