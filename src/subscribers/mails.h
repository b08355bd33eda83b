/*
 * The mails to single people: confirm, already, welcome, reminder, invite, change, moved, own,
 * back, left, erased. Text and HTML come from subscribers/mails/KIND.txt.mustache and
 * KIND.html.mustache; the first line of the text is "Subject: …".
 *
 * A mail is made only from its row, the settings and the keys, so that a second attempt has the
 * same bytes. Of what the asker typed, only the address appears in it.
 */
#ifndef SUBSCRIBERS_MAILS_H
#define SUBSCRIBERS_MAILS_H

#include "base/buf.h"
#include "base/token.h"
#include "settings/settings.h"
#include "store/delivery.h"

/* What the mails are made with. */
struct mails {
    struct store *store;
    const struct settings *settings;
    const struct token_keys *keys;
    const char *from_name; /* "" if none */
    const char *from_address;
    const char *bounce_address;
    const char *boundary;
    bool leave_by_mail; /* mail to the bounce address is read */
};

enum { MAILS_ENVELOPE = 320 };

/* Whether that is the kind of a mail to a person. */
bool mails_know(const char *kind);

/* Checks that a mail of each kind can be made: that the templates exist and are complete, use only
 * known names, and begin with a subject. */
bool mails_check(const struct settings *settings, struct failure *why) MUST_CHECK;

/* Writes the message of a row of that kind, and its envelope sender. `arena` is the message's. */
bool mails_compose(const struct mails *mails, struct arena *arena, const struct delivery *row,
                   struct buf *message, char envelope_sender[MAILS_ENVELOPE],
                   struct failure *why) MUST_CHECK;

#endif
