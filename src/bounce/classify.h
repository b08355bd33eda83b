/*
 * What a message says, by its content alone. Pure: the same split gives the same report.
 *
 * The ways of looking, in this order: a feedback report (RFC 5965); a disposition notification
 * (RFC 8098); the fields of a delivery status notification (RFC 3464), where a machine vouches for
 * them; the text of a known bounce; a challenge; an automatic reply; a wish to leave; a reply to a
 * request to confirm. What is left is a person's letter, or unknown where a machine wrote it.
 */
#ifndef BOUNCE_CLASSIFY_H
#define BOUNCE_CLASSIFY_H

#include "bounce/report.h"
#include "bounce/split.h"
#include "bounce/words.h"

void classify(struct arena *arena, const struct split *split, struct bounce_report *report);

#endif
