/*
 * Classifies a returned message by its content alone. Pure: the same input gives the same report.
 *
 * The detectors are called in this order, and the first that recognises the message decides:
 *
 *   detector            recognises                                         class
 *   ------------------  -------------------------------------------------  --------------------
 *   notice              a mail service's JSON (Amazon SES over SNS)        as it says
 *   aggregate           DMARC and TLS reports by subject and file          report
 *   feedback            a feedback report (RFC 5965), or the older form    complaint, …
 *   disposition         a read receipt (RFC 8098)                          auto-reply
 *   dsn                 a delivery status notification (RFC 3464), if      hard, soft, …
 *                         there is evidence that a machine wrote it
 *   text                a bounce without such fields, by its words         hard, soft, …
 *   challenge           a program that asks the sender for a proof         challenge
 *   auto-reply          an answer by header, subject or words              auto-reply
 *   unsubscribe         a mail to unsubscribe@, or the word alone          unsubscribe
 *   (none)              written by a machine, or empty                     unknown: quarantined
 *   (none)              anything else                                      a person's letter
 */
#ifndef BOUNCE_CLASSIFY_H
#define BOUNCE_CLASSIFY_H

#include "bounce/report.h"
#include "bounce/split.h"
#include "bounce/words.h"

void classify(struct arena *arena, const struct split *split, struct bounce_report *report);

#endif
