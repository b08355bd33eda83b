/*
 * What an issue says before its stories: the answer of the first one, what the prices mean, how
 * many there are; and the preheader.
 */
#ifndef DIGEST_SUMMARY_H
#define DIGEST_SUMMARY_H

#include "base/model.h"
#include "digest/say.h"
#include "digest/standing.h"
#include "digest/tally.h"
#include "digest/voice.h"

enum { SUMMARY_PREHEADER_MIN = 40, SUMMARY_PREHEADER_MAX = 130 };

/* The parts of an issue's first paragraph; "" where there is nothing to say. */
struct summary {
    const char *answer; /* of the first story */
    const char *reason; /* what sets its tools apart */
    const char *why;    /* the same, short */
    const char *voice;  /* who speaks for the tool that stands first */
    const char *prices; /* of the only story, or of all tools where they have one price */
    const char *votes;  /* where nobody has voted on anything */
    const char *count;  /* of several comparisons */
    const char *also;   /* the headline of the second story */
};

/* `given` is without what the first story tells, which is found here. */
struct summary summary_of(const struct say *say, const struct voice_words *given,
                          const struct story *stories, const struct tally *tally);

/* All of it in one paragraph. */
char *summary_issue(const struct say *say, const struct summary *summary);

/* 40 to 130 characters in whole sentences: what the subject does not say. */
char *summary_preheader(const struct say *say, const struct summary *summary,
                        const struct standing *lead, const char *subject);

#endif
