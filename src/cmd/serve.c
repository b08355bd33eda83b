/*
 * `serve`: the signup service. This process reads what the others need and communicates only with
 * the service manager, for which it counts readers and mails; it starts the HTTP process and the
 * mailer process, passes signals on, and starts the mailer again when it dies.
 */
#include "cmd/serve.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd/common.h"
#include "cmd/verbs.h"
#include "subscribers/mails.h"

enum { SERVE_RESTART_MS = 1000, SERVE_LOOK_MS = 100 };

struct serve {
    struct program *program;
    struct serve_state state;
    struct worker web, mailer;
    struct worker leaving; /* a replaced HTTP process, which finishes its open requests */
};

static void rest(int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* A mailer that dies at once is not restarted in a tight loop. */
static bool keep_mailer(struct serve *serve, struct failure *why)
{
    int code;
    bool ready;
    worker_reap(&serve->mailer, &code);
    if (serve->mailer.pid != 0 ||
        clock_monotonic_ms() - serve->mailer.started_at < SERVE_RESTART_MS) {
        return true;
    }
    return worker_start(serve->program, &serve->mailer, &ready, why);
}

static void note_kept(const char *what, const char *why)
{
    log_event(LOG_LEVEL_ERROR, "serve", "kept", LOG_STR("what", what), LOG_STR("why", why));
}

/* Starts the new HTTP process first, so that no request is refused. If it cannot be started, the
 * old one stays. If an earlier one is still finishing requests, waits for it. */
static void replace_web(struct serve *serve)
{
    struct failure why = {0};
    struct worker fresh = serve->web;
    bool ready = false;
    int code = 0;
    fresh.pid = 0;
    if (!worker_start(serve->program, &fresh, &ready, &why) || !ready) {
        worker_end(&fresh, &code);
        note_kept("process", why.kind != FAILURE_NONE ? why.text : "the new one ended at once");
        return;
    }
    worker_end(&serve->leaving, &code);
    serve->leaving = serve->web;
    serve->web = fresh;
    worker_signal(&serve->leaving, SIGTERM);
}

static void reload(struct serve *serve)
{
    struct failure why = {0};
    notify_reloading(&serve->state.notify);
    serve_reload(&serve->state);
    if (!site_load_pages(&serve->state.site, &why)) {
        note_kept("pages", why.text);
    }
    replace_web(serve);
    worker_signal(&serve->mailer, SIGHUP);
    serve_tell_ready(&serve->state);
}

/* Runs until a signal, or until the HTTP process has ended by itself. */
static bool watch(struct serve *serve, int *code, struct failure *why)
{
    int ignored;
    while (!serve->program->stop) {
        if (serve_hangup) {
            serve_hangup = 0;
            reload(serve);
        }
        serve_tell_alive(&serve->state);
        worker_reap(&serve->leaving, &ignored);
        if (worker_reap(&serve->web, code)) {
            *code = *code != 0 ? *code : 70;
            return true;
        }
        if (!keep_mailer(serve, why)) {
            return false;
        }
        rest(SERVE_LOOK_MS);
    }
    return true;
}

static bool serve_checks(struct program *program, struct failure *why)
{
    struct store *store = NULL;
    if (!common_no_operands(program, 0, why) || !settings_require_site(&program->settings, why) ||
        !settings_require_mail(&program->settings, why) ||
        !settings_require_relay(&program->settings, why) || !mails_check(&program->settings, why)) {
        return false;
    }
    /* Migrations run once, here, before two processes open the file. */
    bool good = store_open(program->settings.database, STORE_DURABLE, &store, why);
    store_close(store);
    return good;
}

/* Opens everything that the processes inherit. */
static bool serve_open(struct serve *serve, struct failure *why)
{
    struct serve_state *state = &serve->state;
    if (!serve_state_open(state, serve->program, why)) {
        return false;
    }
    serve->web = (struct worker){.name = "http",
                                 .job = serve_run_web,
                                 .context = state,
                                 .kept = {state->listening.fd, state->wake_fds[1]}};
    serve->mailer = (struct worker){
        .name = "mailer", .job = serve_run_mailer, .context = state, .kept = {state->wake_fds[0]}};
    return true;
}

static void announce(const struct serve *serve)
{
    const char *address = serve->state.listening.address;
    if (!serve->program->quiet) {
        printf("%s%s\n", strncmp(address, "unix:", 5) == 0 ? "" : "http://", address);
        fflush(stdout);
    }
}

static bool serve_both(struct serve *serve, int *status, struct failure *why)
{
    bool ready;
    if (!worker_start(serve->program, &serve->mailer, &ready, why) ||
        !worker_start(serve->program, &serve->web, &ready, why)) {
        return false;
    }
    if (ready) {
        announce(serve);
        serve_tell_ready(&serve->state);
    }
    return watch(serve, status, why);
}

static bool serve_run(struct program *program, int *status, struct failure *why)
{
    struct serve *serve = arena_alloc(&program->arena, sizeof *serve);
    serve->program = program;
    serve_catch_hangup();
    bool good = notify_open(&serve->state.notify, why) && serve_checks(program, why) &&
                serve_open(serve, why) && serve_both(serve, status, why);
    notify_send(&serve->state.notify, "STOPPING=1");
    serve_state_refuse(&serve->state);
    /* Stops the HTTP processes first: answering open requests may still queue mail. */
    worker_signal(&serve->web, SIGTERM);
    worker_end(&serve->leaving, status);
    worker_end(&serve->web, status);
    worker_end(&serve->mailer, status);
    serve_state_close(&serve->state);
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
