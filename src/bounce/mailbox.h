/*
 * The mailbox where bounces arrive: an IMAP folder or a Maildir.
 *
 * Gives one waiting message after the other and moves each to where it belongs once it has been
 * recorded: to Processed, to Quarantine (what could not be understood), to Reports (DMARC, TLS)
 * or to People (letters; in a Maildir these stay, in cur). Nothing is ever deleted that was not
 * recorded, and nothing is deleted but the original of a copy. Memory does not grow with the number
 * of waiting messages.
 *
 * IMAP goes by libcurl, with verified certificates: imaps://HOST[:PORT]/FOLDER, or imap:// with
 * STARTTLS. A connection that breaks is made anew, a few times.
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

struct mailbox;

/* By bounce.mailbox, username, password_file, ca_file. Connects at the first call below. */
bool mailbox_open(const struct settings *settings, struct mailbox **mailbox,
                  struct failure *why) MUST_CHECK;

/* Carries out what mailbox_move() has been told, then closes. Accepts NULL. */
bool mailbox_close(struct mailbox *mailbox, struct failure *why) MUST_CHECK;

/* How many wait, and how many lie in a Maildir's cur (0 of IMAP), which are shown too. */
bool mailbox_count(struct mailbox *mailbox, int64_t *waiting, int64_t *lying,
                   struct failure *why) MUST_CHECK;

/* The front of the next waiting message (at most `limit` bytes, the buffer's own or less) into
 * `bytes`. `*found` false: none waits. */
bool mailbox_next(struct mailbox *mailbox, size_t limit, struct buf *bytes, bool *found,
                  struct failure *why) MUST_CHECK;

/* Whether the message given last lies in a Maildir's cur, where letters stay and where mail
 * programs put what they have seen: it may have been recorded before. What is not moved stays
 * there. */
bool mailbox_lies(const struct mailbox *mailbox);

/* Messages that cannot be read although the mailbox can: they stay where they are. `*why` gets
 * what is wrong with one of them; it lives as long as the mailbox. */
int64_t mailbox_unread(const struct mailbox *mailbox, const char **why);

/* The message that mailbox_next() gave last is recorded and belongs there. It is moved at once or
 * together with some others, at the latest by mailbox_close(). */
bool mailbox_move(struct mailbox *mailbox, enum mailbox_target target,
                  struct failure *why) MUST_CHECK;

#endif
