/*
 * The three processes of `serve`. The parent reads settings, keys and pages, opens the socket, and
 * supervises; it communicates only with the service manager, for which it counts readers and
 * waiting mails in the database. The other two are forked from it. The HTTP process answers
 * strangers; it opens the database and nothing else, and cannot open connections. The mailer
 * process sends what is queued in `outgoing`, and no stranger ever connects to it.
 *
 * The HTTP process inherits everything that the parent has read: it opens no secret, and there is
 * no message between the two that could be forged. So settings that are reloaded come with a new
 * HTTP process; the old one finishes its open requests.
 */
#ifndef CMD_SERVE_H
#define CMD_SERVE_H

#include "base/notify.h"
#include "cmd/worker.h"
#include "http/listen.h"
#include "signup/site.h"

/* What the parent has opened, which each process inherits. */
struct serve_state {
    struct program *program;
    struct arena arena; /* for what was reloaded */
    struct settings settings;
    struct token_keys keys;
    struct site site;           /* the pages; its store is opened by the HTTP process */
    struct listening listening; /* used by the HTTP process */
    bool taken;                 /* it was opened by the service manager: subscribe.listen is
                                   ignored */
    int wake_fds[2];            /* the mailer reads, the HTTP process writes */
    volatile int64_t *pulse;    /* in shared memory: when the HTTP process's loop last ran, ms */
    struct notify notify;       /* used by the parent */
    int64_t kept_watch_at, counted_at; /* ms: when serve_tell_alive() last sent each */
};

/* Fills a zeroed state from the program's settings and keys: pages, socket, pipe, shared memory. */
bool serve_state_open(struct serve_state *state, struct program *program,
                      struct failure *why) MUST_CHECK;
/* Closes the socket: while one of our processes keeps it open, connections queue up unanswered. */
void serve_state_refuse(struct serve_state *state);
/* Accepts a state that was opened only in part. */
void serve_state_close(struct serve_state *state);

/* Reads settings and keys again; true on success. If they are wrong, logs that and keeps the old
 * ones. */
bool serve_reload(struct serve_state *state);

/* The parent's messages to the service manager: that the service is ready, at the start or after a
 * reload; and, called repeatedly, that the HTTP process is alive, and how many people there are. */
void serve_tell_ready(struct serve_state *state);
void serve_tell_alive(struct serve_state *state);

/* Set by SIGHUP until it is handled. */
extern volatile int serve_hangup;
void serve_catch_hangup(void);

/* The mailer process (issue/mailer_process.h), until program->stop. */
bool serve_run_mailer(struct worker *self, struct failure *why) MUST_CHECK;

/* The HTTP process: answers until program->stop. */
bool serve_run_web(struct worker *self, struct failure *why) MUST_CHECK;

#endif
