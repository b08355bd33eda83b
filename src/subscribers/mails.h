/*
 * The mails to single people: confirm, already, welcome, reminder, invite, change, moved, own,
 * back, left, erased. Text and HTML come from subscribers/mails/KIND.txt.mustache and
 * KIND.html.mustache; the first line of the text is "Subject: …".
 *
 * A mail is made from its row, the settings and the keys alone, so that a second attempt has the
 * same bytes. Nothing that an asker typed but the address stands in it.
 */
#ifndef SUBSCRIBERS_MAILS_H
#define SUBSCRIBERS_MAILS_H

#include "base/buf.h"
#include "base/token.h"
#include "settings/settings.h"
#include "store/delivery.h"

/* Whose mails they are, and what they are made with. */
struct mails {
    struct store *store;
    const struct settings *settings;
    const struct token_keys *keys;
    const char *from_name; /* "" none */
    const char *from_address;
    const char *bounce_address;
    const char *boundary;
    bool leave_by_mail; /* somebody reads what comes to the bounce address */
};

enum { MAILS_ENVELOPE = 320 };

/* Whether there is a mail of that kind here. */
bool mails_know(const char *kind);

/* Whether a mail of each kind can be made: the templates are there and whole, name nothing that
 * there is not, and begin with a subject. */
bool mails_check(const struct settings *settings, struct failure *why) MUST_CHECK;

/* Writes the message of a row of that kind, and its envelope sender. `arena` is the message's. */
bool mails_compose(const struct mails *mails, struct arena *arena, const struct delivery *row,
                   struct buf *message, char envelope_sender[MAILS_ENVELOPE],
                   struct failure *why) MUST_CHECK;

#endif
