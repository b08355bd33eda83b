/*
 * The three processes of `serve`. The parent reads settings, keys and pages, opens the socket, and
 * watches; it talks to nobody but the service manager, for which it counts readers and waiting
 * mails in the database. From it the other two are forked: the HTTP process answers strangers; it
 * opens the database and nothing else, and can make no connection. The mailer process sends what
 * waits in `outgoing`, and no stranger ever talks to it.
 *
 * What the parent reads the HTTP process has from its birth: it opens no secret, and there is no
 * message between the two that could be forged. Settings that are read anew so come with a new HTTP
 * process; the old one answers what it has begun.
 */
#ifndef CMD_SERVE_H
#define CMD_SERVE_H

#include "base/notify.h"
#include "cmd/worker.h"
#include "http/listen.h"
#include "signup/site.h"

/* What the parent has, and with it each process. */
struct serve_state {
    struct program *program;
    struct arena arena; /* of what was read anew */
    struct settings settings;
    struct token_keys keys;
    struct site site;           /* the pages; the store is the HTTP process's own */
    struct listening listening; /* the HTTP process's */
    bool taken;                 /* it is the service manager's: subscribe.listen does not count */
    int wake_fds[2];            /* the mailer reads, the HTTP process writes */
    volatile int64_t *pulse;    /* in shared memory: when the HTTP process last came round, ms */
    struct notify notify;       /* the parent's */
    int64_t kept_watch_at, counted_at; /* ms: when serve_tell_alive() last told each */
};

/* Fills a zeroed state from the program's settings and keys: pages, socket, pipe, shared memory. */
bool serve_state_open(struct serve_state *state, struct program *program,
                      struct failure *why) MUST_CHECK;
/* Closes the socket: as long as one of our processes holds it, connections queue for nobody. */
void serve_state_refuse(struct serve_state *state);
/* Accepts a state that was opened in part. */
void serve_state_close(struct serve_state *state);

/* Reads settings and keys anew: true. Where they are wrong, says so in the log and keeps the old
 * ones. */
bool serve_reload(struct serve_state *state);

/* What the service manager is told, by the parent: that everybody can come, now or after a reload;
 * and, called again and again, that the HTTP process still comes round, and how many people there
 * are. */
void serve_tell_ready(struct serve_state *state);
void serve_tell_alive(struct serve_state *state);

/* Set by SIGHUP until it is acted upon. */
extern volatile int serve_hangup;
void serve_catch_hangup(void);

/* The mailer process (issue/mailer_process.h), until program->stop. */
bool serve_run_mailer(struct worker *self, struct failure *why) MUST_CHECK;

/* The HTTP process: answers until program->stop. */
bool serve_run_web(struct worker *self, struct failure *why) MUST_CHECK;

#endif
