/*
 * The mails to single people: confirm, already, welcome, reminder, invite, change, moved, own,
 * back, left, erased. Text and HTML come from subscribers/mails/KIND.txt.mustache and
 * KIND.html.mustache; the first line of the text is "Subject: …".
 *
 * A mail is made from its row, the settings and the keys alone, so that a second attempt has the
 * same bytes. Nothing that an asker typed but the address stands in it.
 */
#ifndef ISSUE_MAILS_H
#define ISSUE_MAILS_H

#include "base/token.h"
#include "deliver/deliver.h"
#include "settings/settings.h"

/* Whether there is a mail of that kind here. */
bool mails_know(const char *kind);

/* Whether a mail of each kind can be made: the templates are there and whole, name nothing that
 * there is not, and begin with a subject. */
bool mails_check(const struct settings *settings, struct failure *why) MUST_CHECK;

/* Writes the message of a row of that kind. `arena` is the message's. */
bool mails_compose(struct store *store, const struct settings *settings,
                   const struct token_keys *keys, struct arena *arena, const struct delivery *row,
                   struct smtp_message *message, struct failure *why) MUST_CHECK;

#endif
