/*
 * `serve`: the signup service. This process opens nothing and talks to nobody; it starts the HTTP
 * process and the mailer process, hands signals on, and starts the mailer again when it dies.
 */
#include "cmd/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd/common.h"
#include "cmd/verbs.h"
#include "issue/mails.h"
#include "web/site.h"

enum { SERVE_RESTART_MS = 1000, SERVE_LOOK_MS = 100 };

typedef bool (*serve_job)(struct serve_state *state, int wake_fd, struct failure *why);

/* A process of ours. */
struct worker {
    const char *name;
    serve_job job;
    int wake_fd;        /* its end of the pipe */
    int other_fd;       /* the end that it must not hold */
    pid_t pid;          /* 0: not running */
    int64_t started_at; /* ms */
    bool reload;        /* settings were to be read anew since the program began */
};

static void hang_up(int signal_number)
{
    (void)signal_number;
    serve_hangup = 1;
}

static void catch_hangup(void)
{
    struct sigaction action = {.sa_handler = hang_up};
    sigemptyset(&action.sa_mask);
    sigaction(SIGHUP, &action, NULL);
}

bool serve_open(struct program *program, struct serve_state *state, struct failure *why)
{
    *state = (struct serve_state){.program = program, .settings = program->settings};
    if (!token_keys_read(state->settings.secret_file, &state->keys, why)) {
        return false;
    }
    return store_open(state->settings.database, STORE_DURABLE, &program->store, why);
}

void serve_close(struct serve_state *state)
{
    store_close(state->program->store);
    state->program->store = NULL;
    arena_free(&state->arena);
}

/* --- the parent --- */

/* Never comes back. A child must not run what its parent would at exit. */
static void run_worker(struct program *program, const struct worker *worker, pid_t parent)
{
    struct serve_state *state = arena_alloc(&program->arena, sizeof *state);
    struct failure why = {0};
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    program->stop = program->stop || getppid() != parent;
    close(worker->other_fd);
    bool good = serve_open(program, state, &why);
    if (good && worker->reload) {
        serve_reload(state);
    }
    good = good && worker->job(state, worker->wake_fd, &why);
    if (!good) {
        program_complain(&why);
    }
    serve_close(state);
    fflush(stdout);
    _exit(good ? 0 : program_exit_code(why.kind));
}

static bool start_worker(struct program *program, struct worker *worker, struct failure *why)
{
    pid_t parent = getpid();
    fflush(stdout);
    worker->started_at = clock_monotonic_ms();
    worker->pid = fork();
    if (worker->pid == 0) {
        run_worker(program, worker, parent);
    }
    if (worker->pid < 0) {
        worker->pid = 0;
        return fail_errno(why, FAILURE_SYSTEM, "cannot start the %s process", worker->name);
    }
    return true;
}

static void signal_worker(const struct worker *worker, int signal_number)
{
    if (worker->pid > 0) {
        kill(worker->pid, signal_number);
    }
}

static int exit_code(int state)
{
    return WIFEXITED(state) ? WEXITSTATUS(state) : 70;
}

/* Takes note of a worker that has ended: true, with its exit code, where it has. */
static bool reap(struct worker *worker, int *code)
{
    int state;
    if (worker->pid == 0 || waitpid(worker->pid, &state, WNOHANG) != worker->pid) {
        return false;
    }
    worker->pid = 0;
    *code = exit_code(state);
    log_event(*code == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "serve", "ended",
              LOG_STR("process", worker->name), LOG_INT("code", *code),
              LOG_INT("signal", WIFSIGNALED(state) ? WTERMSIG(state) : 0));
    return true;
}

static void rest(int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* A mailer that dies at once is not started in a circle. */
static bool keep_mailer(struct program *program, struct worker *mailer, struct failure *why)
{
    int code;
    reap(mailer, &code);
    if (mailer->pid != 0 || clock_monotonic_ms() - mailer->started_at < SERVE_RESTART_MS) {
        return true;
    }
    return start_worker(program, mailer, why);
}

/* Until a signal, or until the HTTP process has ended by itself. */
static bool watch(struct program *program, struct worker *web, struct worker *mailer, int *code,
                  struct failure *why)
{
    while (!program->stop) {
        if (serve_hangup) {
            serve_hangup = 0;
            mailer->reload = true;
            signal_worker(web, SIGHUP);
            signal_worker(mailer, SIGHUP);
        }
        if (reap(web, code)) {
            *code = *code != 0 ? *code : 70;
            return true;
        }
        if (!keep_mailer(program, mailer, why)) {
            return false;
        }
        rest(SERVE_LOOK_MS);
    }
    return true;
}

/* The HTTP process first: what it still answers may still write mail. */
static void end_worker(struct worker *worker, int *code)
{
    int state;
    if (worker->pid == 0) {
        return;
    }
    signal_worker(worker, SIGTERM);
    while (waitpid(worker->pid, &state, 0) < 0 && errno == EINTR) {
        /* a signal of our own: wait on */
    }
    worker->pid = 0;
    *code = *code != 0 ? *code : exit_code(state);
}

static bool serve_checks(struct program *program, struct failure *why)
{
    struct store *store = NULL;
    if (!common_no_operands(program, 0, why) || !settings_require_site(&program->settings, why) ||
        !settings_require_mail(&program->settings, why) ||
        !settings_require_relay(&program->settings, why) ||
        !site_check_pages(&program->settings, why) || !mails_check(&program->settings, why)) {
        return false;
    }
    /* Migrations run once, here, before two processes open the file. */
    bool good = store_open(program->settings.database, STORE_DURABLE, &store, why);
    store_close(store);
    return good;
}

static bool serve_run(struct program *program, int *status, struct failure *why)
{
    int pipes[2];
    if (!serve_checks(program, why)) {
        return false;
    }
    if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) != 0) {
        return fail_errno(why, FAILURE_SYSTEM, "cannot make a pipe");
    }
    catch_hangup();
    struct worker web = {
        .name = "http", .job = serving_run, .wake_fd = pipes[1], .other_fd = pipes[0]};
    struct worker mailer = {
        .name = "mailer", .job = mailing_run, .wake_fd = pipes[0], .other_fd = pipes[1]};
    bool good = start_worker(program, &mailer, why) && start_worker(program, &web, why) &&
                watch(program, &web, &mailer, status, why);
    end_worker(&web, status);
    end_worker(&mailer, status);
    close(pipes[0]);
    close(pipes[1]);
    return good;
}

const struct verb verb_serve = {
    .name = "serve",
    .needs = NEEDS_SETTINGS | NEEDS_KEYS,
    .options = NULL,
    .usage = "",
    .help = "The signup service: join, confirm, choose, leave, past issues, over HTTP",
    .examples = "  verdicts serve\n"
                "  verdicts --set subscribe.listen=unix:/run/verdicts/http.sock serve\n"
                "  kill -HUP PID      reads templates and settings anew\n",
    .run = serve_run,
};
