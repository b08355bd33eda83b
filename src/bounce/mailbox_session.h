/*
 * A session with an IMAP server: logging in, one command and its answer, one message. Does not know
 * what is done with the messages. A broken connection is opened again, a few times. Private to
 * mailbox*.c.
 */
#ifndef BOUNCE_MAILBOX_SESSION_H
#define BOUNCE_MAILBOX_SESSION_H

#include <curl/curl.h>

#include "base/arena.h"
#include "base/buf.h"
#include "bounce/mailbox_login.h"
#include "settings/settings.h"

struct session {
    struct arena arena;
    CURL *curl;
    struct mailbox_login login;
    char error[CURL_ERROR_SIZE];
    char said[160];     /* the server's last NO or BAD */
    const char *base;   /* "imaps://host:port" */
    const char *folder; /* as in the URL, escaped */
    const char *plain;  /* not escaped */
    uint32_t validity;  /* the UIDVALIDITY that commands in the folder require; 0: any */
    int64_t waited_ms;  /* total time spent on slow transfers */
    struct buf answer;  /* of the last command */
};

/* Uses bounce.mailbox, ca_file and the login settings; connects at the first command. Must be
 * closed even if it fails. */
bool session_open(const struct settings *settings, struct session *session,
                  struct failure *why) MUST_CHECK;
void session_close(struct session *session);

/* Sends a command, in the folder or without one; `*done` is false if the server answered NO or BAD.
 */
bool session_command(struct session *session, bool in_folder, const char *text, bool *done,
                     struct failure *why) MUST_CHECK;
/* The same if NO is a failure. */
bool session_must(struct session *session, bool in_folder, const char *text,
                  struct failure *why) MUST_CHECK;

/* Selects the folder again: `reading` with EXAMINE, so that fetched messages stay unread for
 * people, otherwise for changes. If UIDs no longer mean what they meant the first time, everything
 * fails. */
bool session_enter(struct session *session, bool reading, struct failure *why) MUST_CHECK;

/* Whether the run has waited so long for the server in total that it should end. */
bool session_is_tired(const struct session *session);

enum session_fetched {
    SESSION_FETCHED,
    SESSION_GONE,   /* the message no longer exists */
    SESSION_BROKEN, /* the server breaks off in the middle every time; `why` has the reason */
};

/* Fetches the beginning of a message, at most `limit` bytes. */
bool session_fetch(struct session *session, uint32_t uid, size_t limit, struct buf *bytes,
                   enum session_fetched *fetched, struct failure *why) MUST_CHECK;

#endif
