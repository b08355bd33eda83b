/*
 * What an issue says before its stories: the answer of the first one, what the prices mean, how
 * many stories there are; and the preheader.
 */
#ifndef DIGEST_SUMMARY_H
#define DIGEST_SUMMARY_H

#include "base/model.h"
#include "digest/say.h"
#include "digest/standing.h"
#include "digest/tally.h"
#include "digest/voice.h"

enum { SUMMARY_PREHEADER_MIN = 40, SUMMARY_PREHEADER_MAX = 130 };

/* The parts of an issue's first paragraph; "" if there is nothing to say. */
struct summary {
    const char *answer; /* of the first story */
    const char *reason; /* what distinguishes its tools */
    const char *why;    /* the same, short */
    const char *voice;  /* a quote for the first tool */
    const char *prices; /* of the only story, or of all tools if they have one price */
    const char *votes;  /* if nobody has voted on anything */
    const char *count;  /* if there are several comparisons */
    const char *also;   /* the headline of the second story */
};

/* `given` is without what the first story tells, which is found here. */
struct summary summary_of(const struct say *say, const struct voice_words *given,
                          const struct story *stories, const struct tally *tally);

/* All of it in one paragraph. */
char *summary_issue(const struct say *say, const struct summary *summary);

/* 40 to 130 characters in whole sentences that add to the subject. */
char *summary_preheader(const struct say *say, const struct summary *summary,
                        const struct standing *lead, const char *subject);

#endif
