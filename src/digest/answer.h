/*
 * "Which one should you ship with?": the answer that follows from a story's verdicts, in one
 * sentence, and what readers say where they disagree.
 *
 * The first of these rules that applies decides:
 *
 *   no tool has a verdict, or only one              OPEN, ONE
 *   the best share is 0, or less than half          NOBODY, NONE
 *   several tools have the best share               TIE
 *   readers overrule the panel (digest/readers.h)   OVERRULED
 *   no other tool is level with the best            WHOLE if all of its panel ship it, else LEADER
 *   the best leads by more than JURY_LEVEL points   NARROW: level only within one reviewer
 *   any other                                       LEVEL
 *
 * When shares are level, digest/jury.h says.
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
