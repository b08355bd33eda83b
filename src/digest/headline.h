/*
 * Subject and headline of an issue: the news of the story that stands first.
 *
 * A headline has two halves: what is said of the tool that matters most, and of the next one. The
 * subject is the same in a mailbox's room: the winner and its number within HEADLINE_SEEN
 * characters, which a phone shows, no number across that place, and the first half alone where both
 * do not fit.
 */
#ifndef DIGEST_HEADLINE_H
#define DIGEST_HEADLINE_H

#include "digest/say.h"
#include "digest/standing.h"

enum { HEADLINE_SUBJECT_MAX = 60, HEADLINE_SEEN = 40 };

/* Both halves with the names that an issue uses, however long. */
char *headline_full(const struct say *say, const struct standing *standing);
char *headline_subject(const struct say *say, const struct standing *standing);

/* The second half as a sentence, "" where there is none: a preheader says it where the subject has
 * no room. */
char *headline_rest(const struct say *say, const struct standing *standing);

#endif
