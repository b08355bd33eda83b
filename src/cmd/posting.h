/* The one sender of single mails: of the mailer process, and of verbs that write some. */
#ifndef CMD_POSTING_H
#define CMD_POSTING_H

#include "cmd/program.h"
#include "deliver/deliver.h"

/* Sends the single mails that are due, of any kind, as `settings` and `keys` have it. Under a hold
 * of everything nothing is sent: result->halted, with the line in relay_why. */
bool posting_send(struct program *program, const struct settings *settings,
                  const struct token_keys *keys, struct deliver_result *result,
                  struct failure *why) MUST_CHECK;

#endif
