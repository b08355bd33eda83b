/*
 * The mailer: composes single mails (rows of `outgoing`) of every kind and sends those that are
 * due, over the same relays, with the same limits and claims as issues. The mailer process of
 * `serve` and the verbs that write such mails use this one function.
 *
 * A hold of everything (store/hold.h) keeps single mails back, a pause or a hold of issues does
 * not. The rollback guard (deliver/guard.h) does not apply: somebody is waiting for each mail.
 * Every mail is signed with the keys that the settings name at the first sending.
 */
#ifndef ISSUE_MAILER_H
#define ISSUE_MAILER_H

#include "base/token.h"
#include "deliver/deliver.h"
#include "settings/settings.h"
#include "store/issue.h"

struct mailer;

/* Everything passed in must outlive the mailer; `stop` is as in struct deliver_job. */
struct mailer *mailer_open(struct store *store, const struct settings *settings,
                           const struct token_keys *keys, volatile const int *stop);
void mailer_close(struct mailer *mailer); /* accepts NULL */

/* From now on, what one sending has learned about the relays (their answers, their addresses, our
 * logins) is kept for the next. For a process that sends repeatedly. */
void mailer_remember(struct mailer *mailer);

/* The settings have changed in place: the next sending reads the signing keys that they name. */
void mailer_drop_keys(struct mailer *mailer);

/* Sends what is due, and removes the addresses of erased people once their last mail was sent.
 * Under a hold of everything nothing is sent: result->halted, with the line in relay_why. */
bool mailer_send(struct mailer *mailer, struct deliver_result *result,
                 struct failure *why) MUST_CHECK;

/* Queues one copy of a stored issue to `address` (a parsed normal form) as a test. `*id` is the
 * row's. Its Message-ID is its own: receivers take a second mail with the same one for a duplicate,
 * and an editor would not see what was changed in between. */
bool mailer_ask_test(struct store *store, const struct settings *settings, const char *address,
                     int64_t issue_id, int64_t now, int64_t *id, struct failure *why) MUST_CHECK;

/* The same with the copy of `reader` (name, address and choice of topics; its links are nobody's),
 * to `address`, with the Date of `issue`. `note`, in front of it, says what it is. */
bool mailer_ask_standing(struct store *store, const struct settings *settings, const char *address,
                         const struct issue *issue, const struct delivery *reader, const char *note,
                         int64_t now, int64_t *id, struct failure *why) MUST_CHECK;

/* Queues a mail that asks an editor for approval: a copy of the issue with `note` (the findings) in
 * front. */
bool mailer_ask_approval(struct store *store, const struct settings *settings, const char *address,
                         int64_t issue_id, const char *note, int64_t now, int64_t *id,
                         struct failure *why) MUST_CHECK;

#endif
