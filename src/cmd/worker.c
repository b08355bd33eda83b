#include "cmd/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/confine.h"
#include "base/log.h"

enum { WORKER_LOOK_MS = 100 };

static void keep_descriptors(const struct worker *worker)
{
    int kept[WORKER_KEPT + 1] = {worker->ready_fd};
    size_t count = 1;
    for (size_t i = 0; i < WORKER_KEPT && worker->kept[i] > 0; i++) {
        kept[count++] = worker->kept[i];
    }
    confine_descriptors(kept, count);
}

/* Never returns. A child must not run its parent's exit handlers. */
static void run(struct program *program, struct worker *worker, pid_t parent)
{
    struct failure why = {0};
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    program->stop = program->stop || getppid() != parent;
    keep_descriptors(worker);
    bool good = worker->job(worker, &why);
    if (!good) {
        program_complain(&why);
    }
    store_close(program->store);
    fflush(stdout);
    _exit(good ? 0 : failure_exit_code(why.kind));
}

/* Waits for a byte, or for the end of the pipe if the process has ended. */
static bool await_ready(const struct program *program, int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    char byte;
    while (!program->stop) {
        if (poll(&ready, 1, WORKER_LOOK_MS) > 0) {
            return read(fd, &byte, 1) == 1;
        }
    }
    return false;
}

bool worker_start(struct program *program, struct worker *worker, bool *ready, struct failure *why)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return fail_errno(why, FAILURE_SYSTEM, "cannot make a pipe");
    }
    fflush(stdout);
    worker->started_at = clock_monotonic_ms();
    worker->pid = fork();
    if (worker->pid == 0) {
        worker->ready_fd = ends[1];
        run(program, worker, parent);
    }
    close(ends[1]);
    if (worker->pid < 0) {
        worker->pid = 0;
        close(ends[0]);
        return fail_errno(why, FAILURE_SYSTEM, "cannot start the %s process", worker->name);
    }
    *ready = await_ready(program, ends[0]);
    close(ends[0]);
    return true;
}

void worker_tell_ready(struct worker *self)
{
    ssize_t ignored = write(self->ready_fd, "r", 1);
    (void)ignored;
    close(self->ready_fd);
}

void worker_signal(const struct worker *worker, int signal_number)
{
    if (worker->pid > 0) {
        kill(worker->pid, signal_number);
    }
}

static int note_end(struct worker *worker, int state)
{
    int code = WIFEXITED(state) ? WEXITSTATUS(state) : 70;
    worker->pid = 0;
    log_event(code == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "serve", "ended",
              LOG_STR("process", worker->name), LOG_INT("code", code),
              LOG_INT("signal", WIFSIGNALED(state) ? WTERMSIG(state) : 0));
    return code;
}

bool worker_reap(struct worker *worker, int *code)
{
    int state;
    if (worker->pid == 0 || waitpid(worker->pid, &state, WNOHANG) != worker->pid) {
        return false;
    }
    *code = note_end(worker, state);
    return true;
}

void worker_end(struct worker *worker, int *code)
{
    int state;
    if (worker->pid == 0) {
        return;
    }
    worker_signal(worker, SIGTERM);
    while (waitpid(worker->pid, &state, 0) < 0 && errno == EINTR) {
        /* a signal of our own: keep waiting */
    }
    worker->pid = 0;
    int ended = WIFEXITED(state) ? WEXITSTATUS(state) : 70;
    *code = *code != 0 ? *code : ended;
}
