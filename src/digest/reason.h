/*
 * Why: the fact that distinguishes the tools of a story, as their taglines and descriptions name
 * it.
 *
 * In a group it is what all rivals have and the shared tool does not, or has differently; of two
 * tools, what only one has. Nothing is said that the texts do not support: of a tool that does not
 * name something it is said that it does not name it, never that it lacks it.
 */
#ifndef DIGEST_REASON_H
#define DIGEST_REASON_H

#include "digest/lexicon.h"
#include "digest/say.h"
#include "digest/standing.h"

struct reason {
    const struct lexicon_kind *kind;   /* NULL: there is none */
    const struct lexicon_value *value; /* the value of the rivals, or of the first of two */
    const struct lexicon_value *other; /* the value of the other one; NULL if it names none */
    const struct tool *tool;           /* the tool that has `value`; NULL for all rivals */
    const struct tool *others;         /* the tool that has `other`, or names none */
    size_t said, reviews;              /* how many of the reviews mention it */
};

struct reason reason_of(const struct lexicon *lexicon, const struct standing *standing);

/* One sentence or two; "" if there is no reason. */
char *reason_sentence(const struct say *say, const struct reason *reason,
                      const struct standing *standing);

/* The same in the brevity of a preheader. */
char *reason_brief(const struct say *say, const struct reason *reason,
                   const struct standing *standing);

/* A tool's value of a kind, as its own words name it; NULL if they name none or several. */
const struct lexicon_value *reason_value(const struct lexicon_kind *kind, const struct tool *tool);

/* The same in words; "" for none. */
const char *reason_words(const struct say *say, const struct lexicon_kind *kind,
                         const struct tool *tool);

#endif
