/* Sends one copy of an issue to an editor: the same bytes as a reader's except for a mark in the
 * subject. */
#ifndef CMD_TESTMAIL_H
#define CMD_TESTMAIL_H

#include "cmd/program.h"

/* Sends a copy of issue `number` (NULL: the due one, built or not) to each address over the relay
 * at once. Drafts and weeks without a draft are rendered as they would be sent. */
bool testmail_send(struct program *program, const char *number,
                   const struct option_value *addresses, int *status,
                   struct failure *why) MUST_CHECK;

#endif
