/*
 * A session with an IMAP server: who we are, one command and its answer, one message. Knows nothing
 * of what is done with the folder's messages. A connection that breaks is made anew, a few times.
 * Private to mailbox*.c.
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
    const char *folder; /* as in the address, escaped */
    const char *plain;  /* not escaped */
    uint32_t validity;  /* UIDVALIDITY that commands in the folder insist on; 0: any */
    int64_t waited_ms;  /* for what the server was slow with */
    struct buf answer;  /* to the last command */
};

/* By bounce.mailbox, ca_file and how we log in; connects at the first command. To be closed
 * also where it fails. */
bool session_open(const struct settings *settings, struct session *session,
                  struct failure *why) MUST_CHECK;
void session_close(struct session *session);

/* A command, in the folder or outside of any; `*done` false: the server said NO or BAD. */
bool session_command(struct session *session, bool in_folder, const char *text, bool *done,
                     struct failure *why) MUST_CHECK;
/* The same where NO is a failure. */
bool session_must(struct session *session, bool in_folder, const char *text,
                  struct failure *why) MUST_CHECK;

/* Selects the folder anew: `reading`, so that what is fetched stays unread for people (EXAMINE), or
 * for changes. From the first time on UIDs mean what they meant then, or everything fails. */
bool session_enter(struct session *session, bool reading, struct failure *why) MUST_CHECK;

/* Whether the server has let us wait so long in all that a run should end. */
bool session_is_tired(const struct session *session);

enum session_fetched {
    SESSION_FETCHED,
    SESSION_GONE,   /* no such message by now */
    SESSION_BROKEN, /* the server breaks off in the middle, each time; `why` says how */
};

/* The front of a message, at most `limit` bytes. */
bool session_fetch(struct session *session, uint32_t uid, size_t limit, struct buf *bytes,
                   enum session_fetched *fetched, struct failure *why) MUST_CHECK;

#endif
