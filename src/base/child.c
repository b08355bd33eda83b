#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { NAP_MS = 5, STOP_POLL_MS = 50 /* between two checks of `stop` */ };

struct child {
    int64_t deadline_ms;
    const atomic_bool *stop;
};

/* A process group of its own, so that whatever it starts can be killed with it; default signal
 * handling, whatever signals the calling thread blocks. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    int error;
    sigemptyset(&none);
    sigfillset(&all);
    if ((error = posix_spawnattr_setsigmask(attributes, &none)) == 0 &&
        (error = posix_spawnattr_setsigdefault(attributes, &all)) == 0 &&
        (error = posix_spawnattr_setpgroup(attributes, 0)) == 0) {
        error = posix_spawnattr_setflags(
            attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    return error;
}

static int spawn(const char *const *words, int output, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    if ((error = posix_spawnattr_init(&attributes)) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    if ((error = set_attributes(&attributes)) == 0 &&
        (error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)) == 0 &&
        (error = posix_spawn_file_actions_adddup2(&actions, output, 1)) == 0 &&
        (error = posix_spawn_file_actions_addclosefrom_np(&actions, 3)) == 0) {
        union {
            const char *const *given;
            char *const *wanted;
        } arguments = {words}; /* POSIX promises to change none of them */
        error = posix_spawnp(pid, words[0], &actions, &attributes, arguments.wanted, environ);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

enum end { ENDED, TOO_LATE, TOO_MUCH, STOPPED };

/* Why to end the child now; ENDED where nothing requires that. */
static enum end why_to_stop(const struct child *child)
{
    if (child->stop != NULL && atomic_load(child->stop)) {
        return STOPPED;
    }
    return clock_monotonic_ms() >= child->deadline_ms ? TOO_LATE : ENDED;
}

/* Reads until the child closes its output. */
static enum end read_output(int fd, const struct child *child, struct buf *output)
{
    char piece[1024];
    enum end end;
    while ((end = why_to_stop(child)) == ENDED) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int found = poll(&ready, 1, STOP_POLL_MS);
        if (found == 0 || (found < 0 && errno == EINTR)) {
            continue;
        }
        ssize_t got = found > 0 ? read(fd, piece, sizeof piece) : 0;
        if (got <= 0) {
            break;
        }
        buf_add(output, piece, (size_t)got);
        if (!buf_ok(output)) {
            end = TOO_MUCH;
            break;
        }
    }
    explicit_bzero(piece, sizeof piece);
    return end;
}

/* Waits for the child to exit, which it may do some time after it closed its output. */
static enum end await(pid_t pid, const struct child *child, int *status)
{
    for (;;) {
        pid_t gone = waitpid(pid, status, WNOHANG);
        if (gone == pid || (gone < 0 && errno != EINTR)) {
            return ENDED;
        }
        enum end end = why_to_stop(child);
        if (end != ENDED) {
            return end;
        }
        nanosleep(&(struct timespec){.tv_nsec = NAP_MS * 1000000}, NULL);
    }
}

static bool judge(const char *name, enum end end, int status, int64_t seconds, size_t limit,
                  struct failure *why)
{
    if (end == TOO_LATE) {
        return fail(why, FAILURE_UNAVAILABLE, "%s was ended after %lld seconds", name,
                    (long long)seconds);
    }
    if (end == STOPPED) {
        return fail(why, FAILURE_UNAVAILABLE, "%s was ended, as this run is", name);
    }
    if (end == TOO_MUCH) {
        return fail(why, FAILURE_UNAVAILABLE, "%s prints more than %zu bytes", name, limit);
    }
    if (WIFSIGNALED(status)) {
        return fail(why, FAILURE_UNAVAILABLE, "%s was ended by signal %d", name, WTERMSIG(status));
    }
    return WEXITSTATUS(status) == 0 ||
           fail(why, FAILURE_UNAVAILABLE, "%s exits with status %d", name, WEXITSTATUS(status));
}

bool child_run(const char *const *words, int64_t seconds, const atomic_bool *stop,
               struct buf *output, struct failure *why)
{
    int ends[2], status = 0;
    pid_t pid;
    const struct child child = {clock_monotonic_ms() + seconds * 1000, stop};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return fail_errno(why, FAILURE_SYSTEM, "pipe");
    }
    int error = spawn(words, ends[1], &pid);
    close(ends[1]);
    if (error != 0) {
        errno = error;
        fail_errno(why, FAILURE_CONFIG, "cannot run %s", words[0]);
        close(ends[0]);
        return false;
    }
    enum end end = read_output(ends[0], &child, output);
    close(ends[0]);
    if (end == ENDED) {
        end = await(pid, &child, &status);
    }
    if (end != ENDED) {
        kill(-pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
    }
    return judge(words[0], end, status, seconds, output->limit, why);
}
