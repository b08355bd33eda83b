/*
 * "Which one should you ship with?": the answer that a story's verdicts carry, in one sentence, and
 * what readers say where they differ.
 */
#ifndef DIGEST_ANSWER_H
#define DIGEST_ANSWER_H

#include "digest/say.h"
#include "digest/standing.h"

enum answer {
    ANSWER_OPEN,      /* no tool is judged */
    ANSWER_ONE,       /* only one is */
    ANSWER_NOBODY,    /* nobody would ship any */
    ANSWER_NONE,      /* no tool has half its panel behind it */
    ANSWER_WHOLE,     /* one alone has its whole panel behind it */
    ANSWER_LEADER,    /* one is ahead of all others */
    ANSWER_NARROW,    /* by one reviewer only */
    ANSWER_TIE,       /* several have the same share, at least half */
    ANSWER_LEVEL,     /* several are as good as level */
    ANSWER_OVERRULED, /* the panel has a winner, readers have another */
};

enum answer answer_of(const struct standing *standing);

/* "If you have room for one: A, the only one of the six with its whole panel behind it." */
char *answer_sentence(const struct say *say, const struct standing *standing);

/* What the panel says where readers overrule it; "" else. */
char *answer_overruled(const struct say *say, const struct standing *standing);

#endif
