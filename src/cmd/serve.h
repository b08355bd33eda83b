/*
 * The two processes of `serve`. Both are forked by a parent that only watches over them: the HTTP
 * process answers strangers, opens the database, and can make no connection; the mailer process
 * sends what waits in `outgoing`, and no stranger ever talks to it.
 */
#ifndef CMD_SERVE_H
#define CMD_SERVE_H

#include "cmd/program.h"

/* What both have of their own: settings and keys, read anew when asked to. */
struct serve_state {
    struct program *program;
    struct arena arena; /* of what was read anew */
    struct settings settings;
    struct token_keys keys;
    bool halted; /* of the mailer: a hold keeps back what is due, and that is said */
};

/* Settings and keys from the program's; the store is opened for this process. */
bool serve_open(struct program *program, struct serve_state *state, struct failure *why) MUST_CHECK;
/* Reads settings and keys anew. Where they are wrong, says so in the log and keeps the old ones. */
void serve_reload(struct serve_state *state);
void serve_close(struct serve_state *state);

/* Set by SIGHUP until it is acted upon. */
extern volatile int serve_hangup;

/* The mailer process: sends what is due until program->stop, woken by a byte on `wake_fd`. Also
 * writes reminders and purges what is past its time. */
bool mailing_run(struct serve_state *state, int wake_fd, struct failure *why) MUST_CHECK;

/* The HTTP process. Writes its address to stdout once it listens. */
bool serving_run(struct serve_state *state, int wake_fd, struct failure *why) MUST_CHECK;

#endif
