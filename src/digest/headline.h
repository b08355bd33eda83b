/*
 * Subject and headline of an issue: the news of its first story.
 *
 * A headline has two halves: about the tool that matters most, and about the next one. The subject
 * is the same, shortened to the room that a mailbox shows: the winner and its number are within the
 * first HEADLINE_SEEN characters, which a phone shows, no number crosses that position, and only
 * the first half is used if both do not fit.
 */
#ifndef DIGEST_HEADLINE_H
#define DIGEST_HEADLINE_H

#include "digest/say.h"
#include "digest/standing.h"

enum { HEADLINE_SUBJECT_MAX = 60, HEADLINE_SEEN = 40 };

/* Both halves with the names as issues use them, however long. */
char *headline_full(const struct say *say, const struct standing *standing);
char *headline_subject(const struct say *say, const struct standing *standing);

/* The second half as a sentence, "" if there is none: the preheader uses it if the subject has no
 * room for it. */
char *headline_rest(const struct say *say, const struct standing *standing);

#endif
