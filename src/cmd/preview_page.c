#include "cmd/preview_page.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmd/worker.h"
#include "issue/mailer.h"
#include "preview/preview.h"

enum { PREVIEWING_LOOK_MS = 100, ASK_SEND = 's', ASK_ANEW = 'a' };

struct previewing {
    struct program *program;
    struct arena arena; /* the settings' */
    struct settings settings;
    struct preview_options options;
    struct listening listening;
    struct worker page;
    int fd;      /* to the page; in the page: to the parent */
    int page_fd; /* the page's end */
    bool anew;   /* the page has asked for it */
};

/* What came of sending. */
struct sent {
    bool good;
    struct deliver_result result;
    struct failure why;
};

/* --- in the page's process --- */

static bool ask_to_send(void *context, struct deliver_result *result, struct failure *why)
{
    const struct previewing *previewing = context;
    static const char ask = ASK_SEND;
    struct sent sent;
    if (send(previewing->page_fd, &ask, 1, MSG_NOSIGNAL) != 1 ||
        recv(previewing->page_fd, &sent, sizeof sent, 0) != (ssize_t)sizeof sent) {
        return fail(why, FAILURE_SYSTEM, "the process that sends mail is gone");
    }
    *result = sent.result;
    *why = sent.why;
    return sent.good;
}

static void ask_anew(void *context)
{
    const struct previewing *previewing = context;
    static const char ask = ASK_ANEW;
    ssize_t ignored = send(previewing->page_fd, &ask, 1, MSG_NOSIGNAL);
    (void)ignored;
}

static void tell_ready(void *context)
{
    struct previewing *previewing = context;
    worker_tell_ready(&previewing->page);
}

static bool run_page(struct worker *self, struct failure *why)
{
    struct previewing *previewing = self->context;
    struct program *program = previewing->program;
    struct preview_options options = previewing->options;
    previewing->page.ready_fd = self->ready_fd;
    if (!store_open(previewing->settings.database, STORE_DURABLE, &program->store, why)) {
        return false;
    }
    options.store = program->store;
    return preview_serve(&options, why);
}

/* --- in the parent --- */

/* Where they are wrong the page goes on with those of before, and says so. */
static void read_settings(struct previewing *previewing)
{
    struct program *program = previewing->program;
    struct arena arena = {0};
    struct settings settings;
    struct failure why = {0};
    preview_note_file(&previewing->options, program->settings_file);
    if (!program_read_settings(program, &arena, &settings, &why)) {
        arena_free(&arena);
        previewing->options.broken = why;
        return;
    }
    previewing->options.broken = (struct failure){0};
    previewing->settings = program->settings = settings;
    arena_free(&previewing->arena);
    previewing->arena = arena;
}

static void send_due(struct previewing *previewing)
{
    const struct program *program = previewing->program;
    struct store *store = NULL;
    struct sent sent;
    memset(&sent, 0, sizeof sent);
    if (store_open(previewing->settings.database, STORE_DURABLE, &store, &sent.why)) {
        struct mailer *mailer =
            mailer_open(store, &previewing->settings, program->keys, &program->stop);
        sent.good = mailer_send(mailer, &sent.result, &sent.why);
        mailer_close(mailer); /* or the next page would be born with the signing key */
    }
    store_close(store);
    ssize_t ignored = send(previewing->fd, &sent, sizeof sent, MSG_NOSIGNAL);
    (void)ignored;
}

static void hear_page(struct previewing *previewing)
{
    struct pollfd fd = {.fd = previewing->fd, .events = POLLIN};
    char ask;
    if (poll(&fd, 1, PREVIEWING_LOOK_MS) <= 0) {
        return;
    }
    if (recv(previewing->fd, &ask, 1, MSG_DONTWAIT) != 1) {
        poll(NULL, 0, PREVIEWING_LOOK_MS); /* it is ending */
    } else if (ask == ASK_SEND) {
        send_due(previewing);
    } else if (ask == ASK_ANEW) {
        previewing->anew = true;
    }
}

static bool start_page(struct previewing *previewing, bool *ready, struct failure *why)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return fail_errno(why, FAILURE_SYSTEM, "no socket for the page's process");
    }
    if (previewing->fd > 0) {
        close(previewing->fd);
    }
    previewing->fd = ends[0];
    previewing->page_fd = ends[1];
    previewing->anew = false;
    previewing->page = (struct worker){.name = "page",
                                       .job = run_page,
                                       .context = previewing,
                                       .kept = {previewing->listening.fd, ends[1]}};
    bool good = worker_start(previewing->program, &previewing->page, ready, why);
    close(ends[1]);
    return good;
}

/* Until a signal, or until the page has ended by itself. */
static bool watch(struct previewing *previewing, int *status, struct failure *why)
{
    bool ready;
    while (!previewing->program->stop) {
        hear_page(previewing);
        if (!worker_reap(&previewing->page, status)) {
            continue;
        }
        if (!previewing->anew || *status != 0) {
            *status = *status != 0 || previewing->program->stop ? *status : 70;
            return true;
        }
        read_settings(previewing);
        if (!start_page(previewing, &ready, why)) {
            return false;
        }
    }
    return true;
}

static void tell_address(const struct previewing *previewing)
{
    const char *address = previewing->listening.address;
    printf(strncmp(address, "unix:", 5) == 0 ? "%s /%s/\n" : "http://%s/%s/\n", address,
           previewing->options.token);
    fflush(stdout);
}

static bool run_both(struct previewing *previewing, int *status, struct failure *why)
{
    bool ready;
    if (!start_page(previewing, &ready, why)) {
        return false;
    }
    if (ready) {
        tell_address(previewing);
    }
    return watch(previewing, status, why);
}

/* Migrations run once, here, before two processes open the file. */
static bool check_database(const struct program *program, struct failure *why)
{
    struct store *store = NULL;
    bool good = store_open(program->settings.database, STORE_DURABLE, &store, why);
    store_close(store);
    return good;
}

bool preview_page_run(struct program *program, const char *listen, bool everywhere, int *status,
                      struct failure *why)
{
    struct previewing *previewing = arena_alloc(&program->arena, sizeof *previewing);
    struct preview_options *options = &previewing->options;
    previewing->program = program;
    previewing->settings = program->settings;
    *options = (struct preview_options){
        .settings = &previewing->settings,
        .keys = program->keys,
        .settings_file = program->settings_file,
        .listening = &previewing->listening,
        .everywhere = everywhere,
        .context = previewing,
        .deliver = ask_to_send,
        .anew = ask_anew,
        .ready = tell_ready,
        .stop = &program->stop,
    };
    preview_make_token(options->token);
    listen = listen != NULL ? listen : program->settings.preview.listen;
    if (!check_database(program, why) || !preview_check_place(listen, everywhere, why) ||
        !listen_open(listen, &previewing->listening, why)) {
        return false;
    }
    read_settings(previewing);
    bool good = run_both(previewing, status, why);
    listen_close(listen, &previewing->listening);
    worker_end(&previewing->page, status);
    if (previewing->fd > 0) {
        close(previewing->fd);
    }
    arena_free(&previewing->arena);
    return good;
}
