/*
 * "Which one should you ship with?": the answer that follows from a story's verdicts, in one
 * sentence, and what readers say where they disagree.
 */
#ifndef DIGEST_ANSWER_H
#define DIGEST_ANSWER_H

#include "digest/say.h"
#include "digest/standing.h"

enum answer {
    ANSWER_OPEN,      /* no tool has a verdict */
    ANSWER_ONE,       /* only one has */
    ANSWER_NOBODY,    /* nobody would ship any of them */
    ANSWER_NONE,      /* no tool is shipped by half of its panel */
    ANSWER_WHOLE,     /* exactly one is shipped by its whole panel */
    ANSWER_LEADER,    /* one leads all others */
    ANSWER_NARROW,    /* by one reviewer only */
    ANSWER_TIE,       /* several have the same share, at least half */
    ANSWER_LEVEL,     /* several are practically level */
    ANSWER_OVERRULED, /* the panel has a winner, readers have another */
};

enum answer answer_of(const struct standing *standing);

/* "If you have room for one: A, the only one of the six with its whole panel behind it." */
char *answer_sentence(const struct say *say, const struct standing *standing);

/* What the panel says where readers overrule it; otherwise "". */
char *answer_overruled(const struct say *say, const struct standing *standing);

#endif
