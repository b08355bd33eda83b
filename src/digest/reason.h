/*
 * Why: the fact that sets the tools of a story apart, as their taglines and descriptions name it.
 *
 * In a group it is what all rivals have and the tool that they meet has not, or has otherwise; of
 * two tools what one has alone. Nothing is said where the texts do not carry it: of a tool that
 * does not name a thing it is said that it does not name it, never that it lacks it.
 */
#ifndef DIGEST_REASON_H
#define DIGEST_REASON_H

#include "digest/lexicon.h"
#include "digest/say.h"
#include "digest/standing.h"

struct reason {
    const struct lexicon_kind *kind;   /* NULL: there is none */
    const struct lexicon_value *value; /* what the rivals have, or the first of two */
    const struct lexicon_value *other; /* what the other one has; NULL where it names none */
    const struct tool *tool;           /* who has `value`; NULL for all rivals */
    const struct tool *others;         /* who has `other`, or names none */
    size_t said, reviews;              /* how many of the reviews bring it up */
};

struct reason reason_of(const struct lexicon *lexicon, const struct standing *standing);

/* One sentence or two; "" where there is no reason. */
char *reason_sentence(const struct say *say, const struct reason *reason,
                      const struct standing *standing);

/* The same as short as a preheader wants it. */
char *reason_brief(const struct say *say, const struct reason *reason,
                   const struct standing *standing);

/* How a tool has a kind: its value; NULL where it names none or several. */
const struct lexicon_value *reason_value(const struct lexicon_kind *kind, const struct tool *tool);

/* The same in words; "" for none. */
const char *reason_words(const struct say *say, const struct lexicon_kind *kind,
                         const struct tool *tool);

#endif
