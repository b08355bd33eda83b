#include "bounce/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bounce/answer.h"

struct sandbox {
    const char *program;
    pid_t pid; /* 0: none is running */
    int fd;
    int served;
};

bool sandbox_open(const char *program, struct sandbox **sandbox, struct failure *why)
{
    const char *path = program != NULL ? program : "/proc/self/exe";
    if (access(path, X_OK) != 0) {
        return fail_errno(why, FAILURE_SYSTEM, "%s, which reads messages, cannot be started", path);
    }
    *sandbox = memory_resize(NULL, sizeof **sandbox);
    **sandbox = (struct sandbox){.program = path, .fd = -1};
    return true;
}

/* Stops the process if one is running. */
static void stop_process(struct sandbox *sandbox)
{
    if (sandbox->pid != 0) {
        close(sandbox->fd);
        kill(sandbox->pid, SIGKILL);
        while (waitpid(sandbox->pid, NULL, 0) == -1 && errno == EINTR) {
        }
    }
    sandbox->pid = 0;
    sandbox->fd = -1;
    sandbox->served = 0;
}

void sandbox_close(struct sandbox *sandbox)
{
    if (sandbox != NULL) {
        stop_process(sandbox);
        free(sandbox);
    }
}

/* Ctrl-C, or stopping a service, signals all of our processes at once. This one starts with these
 * signals blocked, so that they never kill it while it parses a message; it ends when we do. */
static int block_stops(posix_spawnattr_t *attributes)
{
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGHUP);
    int error = posix_spawnattr_setsigmask(attributes, &stops);
    return error != 0 ? error : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK);
}

static int spawn(struct sandbox *sandbox, int inside)
{
    char argument[] = SANDBOX_ARGUMENT, name[] = "verdicts", lang[] = "LC_ALL=C";
    char *argv[] = {name, argument, NULL}, *envp[] = {lang, NULL};
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
    if ((error = block_stops(&attributes)) == 0 &&
        (error = posix_spawn_file_actions_adddup2(&actions, inside, 0)) == 0 &&
        (error = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)) == 0 &&
        (error = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)) == 0 &&
        (error = posix_spawn_file_actions_addclosefrom_np(&actions, 3)) == 0) {
        error = posix_spawn(&sandbox->pid, sandbox->program, &actions, &attributes, argv, envp);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static bool start_process(struct sandbox *sandbox, struct failure *why)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return fail_errno(why, FAILURE_SYSTEM, "no socket for the process that reads messages");
    }
    errno = spawn(sandbox, ends[1]);
    close(ends[1]);
    if (errno != 0) {
        sandbox->pid = 0;
        close(ends[0]);
        return fail_errno(why, FAILURE_SYSTEM, "cannot start the process that reads messages");
    }
    sandbox->fd = ends[0];
    fcntl(sandbox->fd, F_SETFL, O_NONBLOCK);
    return true;
}

/* Waits until the socket is ready; false at the time limit. */
static bool wait_ready(int fd, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - clock_monotonic_ms();
        struct pollfd ready = {.fd = fd, .events = events};
        int count = left <= 0 ? 0 : poll(&ready, 1, (int)left);
        if (count > 0) {
            return true;
        }
        if (count == 0 || errno != EINTR) {
            return false;
        }
    }
}

static bool send_all(int fd, const char *bytes, size_t len, int64_t deadline)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            len -= (size_t)sent;
        } else if (sent == 0 || (errno != EAGAIN && errno != EINTR) ||
                   !wait_ready(fd, POLLOUT, deadline)) {
            return false;
        }
    }
    return true;
}

static bool receive_all(int fd, char *bytes, size_t len, int64_t deadline)
{
    while (len > 0) {
        ssize_t got = recv(fd, bytes, len, 0);
        if (got > 0) {
            bytes += got;
            len -= (size_t)got;
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR) ||
                   !wait_ready(fd, POLLIN, deadline)) {
            return false;
        }
    }
    return true;
}

static bool ask(int fd, const char *bytes, size_t len, struct bounce_report *report)
{
    int64_t deadline = clock_monotonic_ms() + SANDBOX_PATIENCE_MS;
    uint32_t size = (uint32_t)len;
    char answer[ANSWER_MAX];
    if (!send_all(fd, (const char *)&size, sizeof size, deadline) ||
        !send_all(fd, bytes, len, deadline) ||
        !receive_all(fd, (char *)&size, sizeof size, deadline) || size > sizeof answer ||
        !receive_all(fd, answer, size, deadline)) {
        return false;
    }
    return answer_read(answer, size, report);
}

bool sandbox_read(struct sandbox *sandbox, const char *bytes, size_t len,
                  struct bounce_report *report, bool *dead, struct failure *why)
{
    *report = (struct bounce_report){0};
    *dead = false;
    if (sandbox->served == SANDBOX_BATCH) {
        stop_process(sandbox);
    }
    if (sandbox->pid == 0 && !start_process(sandbox, why)) {
        return false;
    }
    len = len > SANDBOX_MESSAGE_MAX ? SANDBOX_MESSAGE_MAX : len;
    if (!ask(sandbox->fd, bytes, len, report)) {
        *report = (struct bounce_report){0};
        *dead = true;
        stop_process(sandbox);
        return true;
    }
    sandbox->served++;
    return true;
}
