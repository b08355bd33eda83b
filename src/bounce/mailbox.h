/*
 * The mailbox where bounces arrive: an IMAP folder or a Maildir.
 *
 * Returns the waiting messages one after the other and moves each to where it belongs once it has
 * been recorded: to Processed, to Quarantine (what could not be understood), to Reports (DMARC,
 * TLS) or to People (letters; in a Maildir these stay, in cur). A message that was not recorded is
 * never deleted, and of the others only the original, once it was copied. Memory use does not grow
 * with the number of waiting messages.
 *
 * IMAP is spoken by libcurl, with verified certificates: imaps://HOST[:PORT]/FOLDER, or imap://
 * with STARTTLS. A broken connection is opened again, a few times.
 */
#ifndef BOUNCE_MAILBOX_H
#define BOUNCE_MAILBOX_H

#include "base/buf.h"
#include "settings/settings.h"

enum mailbox_target {
    MAILBOX_PROCESSED,
    MAILBOX_QUARANTINE,
    MAILBOX_PEOPLE,
    MAILBOX_REPORTS,
    MAILBOX_TARGETS
};

extern const char *const mailbox_folders[MAILBOX_TARGETS]; /* "Processed" … */

struct mailbox;

/* Uses bounce.mailbox, username, password_file and ca_file. Connects at the first call of a
 * function below. */
bool mailbox_open(const struct settings *settings, struct mailbox **mailbox,
                  struct failure *why) MUST_CHECK;

/* Does what mailbox_move() has been asked for, then closes. Accepts NULL. */
bool mailbox_close(struct mailbox *mailbox, struct failure *why) MUST_CHECK;

/* How many messages are waiting, and how many are in a Maildir's cur (0 for IMAP), which are
 * returned too. */
bool mailbox_count(struct mailbox *mailbox, int64_t *waiting, int64_t *in_cur,
                   struct failure *why) MUST_CHECK;

/* Reads the beginning of the next waiting message into `bytes`, at most `limit` bytes and no more
 * than the buffer takes. `*found` is false if none is waiting. */
bool mailbox_next(struct mailbox *mailbox, size_t limit, struct buf *bytes, bool *found,
                  struct failure *why) MUST_CHECK;

/* Whether the last message is in a Maildir's cur, where letters stay and where mail programs put
 * what they have seen: it may have been recorded before. A message that is not moved stays there.
 */
bool mailbox_is_in_cur(const struct mailbox *mailbox);

/* The number of messages that cannot be read although the mailbox can: they stay where they are.
 * `*why` is what is wrong with one of them; it lives as long as the mailbox. */
int64_t mailbox_unread(const struct mailbox *mailbox, const char **why);

/* The last message of mailbox_next() has been recorded and belongs there. It is moved at once or
 * together with others, at the latest by mailbox_close(). */
bool mailbox_move(struct mailbox *mailbox, enum mailbox_target target,
                  struct failure *why) MUST_CHECK;

#endif
