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

enum { PAGE_POLL_MS = 100, ASK_SEND = 's', ASK_ANEW = 'a' };

struct preview_page {
    struct program *program;
    struct arena arena; /* for the settings */
    struct settings settings;
    struct preview_options options;
    struct listening listening;
    struct worker page;
    int fd;      /* to the page; in the page: to the parent */
    int page_fd; /* the page's end */
    bool anew;   /* the page has asked to be started again */
};

/* The result of sending. */
struct sent {
    bool good;
    struct deliver_result result;
    struct failure why;
};

/* --- in the page's process --- */

static bool ask_to_send(void *context, struct deliver_result *result, struct failure *why)
{
    const struct preview_page *preview = context;
    static const char ask = ASK_SEND;
    struct sent sent;
    if (send(preview->page_fd, &ask, 1, MSG_NOSIGNAL) != 1 ||
        recv(preview->page_fd, &sent, sizeof sent, 0) != (ssize_t)sizeof sent) {
        return fail(why, FAILURE_SYSTEM, "the process that sends mail is gone");
    }
    *result = sent.result;
    *why = sent.why;
    return sent.good;
}

static void ask_anew(void *context)
{
    const struct preview_page *preview = context;
    static const char ask = ASK_ANEW;
    ssize_t ignored = send(preview->page_fd, &ask, 1, MSG_NOSIGNAL);
    (void)ignored;
}

static void tell_ready(void *context)
{
    struct preview_page *preview = context;
    worker_tell_ready(&preview->page);
}

static bool run_page(struct worker *self, struct failure *why)
{
    struct preview_page *preview = self->context;
    struct program *program = preview->program;
    struct preview_options options = preview->options;
    preview->page.ready_fd = self->ready_fd;
    if (!store_open(preview->settings.database, STORE_DURABLE, &program->store, why)) {
        return false;
    }
    options.store = program->store;
    return preview_serve(&options, why);
}

/* --- in the parent --- */

/* If they are wrong the page continues with the previous ones, and says so. */
static void read_settings(struct preview_page *preview)
{
    struct program *program = preview->program;
    struct arena arena = {0};
    struct settings settings;
    struct failure why = {0};
    preview_note_file(&preview->options, program->settings_file);
    if (!program_read_settings(program, &arena, &settings, &why)) {
        arena_free(&arena);
        preview->options.broken = why;
        return;
    }
    preview->options.broken = (struct failure){0};
    preview->settings = program->settings = settings;
    arena_free(&preview->arena);
    preview->arena = arena;
}

static void send_due(struct preview_page *preview)
{
    const struct program *program = preview->program;
    struct store *store = NULL;
    struct sent sent;
    memset(&sent, 0, sizeof sent);
    if (store_open(preview->settings.database, STORE_DURABLE, &store, &sent.why)) {
        struct mailer *mailer =
            mailer_open(store, &preview->settings, program->keys, &program->stop);
        sent.good = mailer_send(mailer, &sent.result, &sent.why);
        mailer_close(mailer); /* otherwise the next page would inherit the signing key */
    }
    store_close(store);
    ssize_t ignored = send(preview->fd, &sent, sizeof sent, MSG_NOSIGNAL);
    (void)ignored;
}

static void hear_page(struct preview_page *preview)
{
    struct pollfd fd = {.fd = preview->fd, .events = POLLIN};
    char ask;
    if (poll(&fd, 1, PAGE_POLL_MS) <= 0) {
        return;
    }
    if (recv(preview->fd, &ask, 1, MSG_DONTWAIT) != 1) {
        poll(NULL, 0, PAGE_POLL_MS); /* it is about to end */
    } else if (ask == ASK_SEND) {
        send_due(preview);
    } else if (ask == ASK_ANEW) {
        preview->anew = true;
    }
}

static bool start_page(struct preview_page *preview, bool *ready, struct failure *why)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return fail_errno(why, FAILURE_SYSTEM, "no socket for the page's process");
    }
    if (preview->fd > 0) {
        close(preview->fd);
    }
    preview->fd = ends[0];
    preview->page_fd = ends[1];
    preview->anew = false;
    preview->page = (struct worker){.name = "page",
                                    .job = run_page,
                                    .context = preview,
                                    .kept = {preview->listening.fd, ends[1]}};
    bool good = worker_start(preview->program, &preview->page, ready, why);
    close(ends[1]);
    return good;
}

/* Runs until a signal, or until the page has ended by itself. */
static bool watch(struct preview_page *preview, int *status, struct failure *why)
{
    bool ready;
    while (!preview->program->stop) {
        hear_page(preview);
        if (!worker_reap(&preview->page, status)) {
            continue;
        }
        if (!preview->anew || *status != 0) {
            *status = *status != 0 || preview->program->stop ? *status : 70;
            return true;
        }
        read_settings(preview);
        if (!start_page(preview, &ready, why)) {
            return false;
        }
    }
    return true;
}

static void tell_address(const struct preview_page *preview)
{
    const char *address = preview->listening.address;
    printf(strncmp(address, "unix:", 5) == 0 ? "%s /%s/\n" : "http://%s/%s/\n", address,
           preview->options.token);
    fflush(stdout);
}

static bool run_both(struct preview_page *preview, int *status, struct failure *why)
{
    bool ready;
    if (!start_page(preview, &ready, why)) {
        return false;
    }
    if (ready) {
        tell_address(preview);
    }
    return watch(preview, status, why);
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
    struct preview_page *preview = arena_alloc(&program->arena, sizeof *preview);
    struct preview_options *options = &preview->options;
    preview->program = program;
    preview->settings = program->settings;
    *options = (struct preview_options){
        .settings = &preview->settings,
        .keys = program->keys,
        .settings_file = program->settings_file,
        .listening = &preview->listening,
        .everywhere = everywhere,
        .context = preview,
        .deliver = ask_to_send,
        .anew = ask_anew,
        .ready = tell_ready,
        .stop = &program->stop,
    };
    preview_make_token(options->token);
    listen = listen != NULL ? listen : program->settings.preview.listen;
    if (!check_database(program, why) || !preview_check_place(listen, everywhere, why) ||
        !listen_open(listen, &preview->listening, why)) {
        return false;
    }
    read_settings(preview);
    bool good = run_both(preview, status, why);
    listen_close(listen, &preview->listening);
    worker_end(&preview->page, status);
    if (preview->fd > 0) {
        close(preview->fd);
    }
    arena_free(&preview->arena);
    return good;
}
