/*
 * The mailer: finishes single mails (rows of `outgoing`) of every kind, for the same lanes that
 * send issues.
 */
#ifndef ISSUE_MAILER_H
#define ISSUE_MAILER_H

#include "base/token.h"
#include "deliver/deliver.h"
#include "settings/settings.h"
#include "store/issue.h"

struct mailer;

/* Everything given outlives the mailer. */
bool mailer_open(struct store *store, const struct settings *settings,
                 const struct token_keys *keys, struct mailer **mailer,
                 struct failure *why) MUST_CHECK;
void mailer_close(struct mailer *mailer); /* accepts NULL */

/* Signs every mail from now on; the signer outlives the mailer. NULL: none are signed. */
struct dkim_signer;
void mailer_sign_with(struct mailer *mailer, const struct dkim_signer *signer);

/* The deliver_compose callback; `mailer` is its context. */
bool mailer_compose(void *mailer, const struct delivery *row, struct deliver_message *message,
                    struct failure *why) MUST_CHECK;

/* Writes the row that sends one copy of a stored issue to `address` (a parsed normal form) as a
 * test. *id gets the row's. Its Message-ID is its own: receivers take a second mail with the same
 * one for a copy of the first, and an editor would not see what was changed in between. */
bool mailer_ask_test(struct store *store, const struct settings *settings, const char *address,
                     int64_t issue_id, int64_t now, int64_t *id, struct failure *why) MUST_CHECK;

/* The same as the copy of `reader` (name, address and choice of topics; its links are nobody's),
 * to `address`, with the Date of `issue`. `note` says in front of it what it is. */
bool mailer_ask_standing(struct store *store, const struct settings *settings, const char *address,
                         const struct issue *issue, const struct delivery *reader, const char *note,
                         int64_t now, int64_t *id, struct failure *why) MUST_CHECK;

/* Writes the row that asks an editor for approval: a copy of the issue with `note` (the findings)
 * in front. */
bool mailer_ask_approval(struct store *store, const struct settings *settings, const char *address,
                         int64_t issue_id, const char *note, int64_t now, int64_t *id,
                         struct failure *why) MUST_CHECK;

#endif
