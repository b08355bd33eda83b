/*
 * Verifies the words of a subject, a preheader or a headline against the data.
 *
 * The finished text is read again, by code that takes no part in composing it: each name, each
 * quote, each number and each superlative is looked up in the data of the comparisons and
 * of the tools that have changed. Words without a source there are false, or an editor's own
 * knowledge.
 */
#ifndef DIGEST_DERIVATION_H
#define DIGEST_DERIVATION_H

#include "base/model.h"
#include "digest/standing.h"

struct statement {
    const char *words; /* "3 of 4", "Otter", "tie" */
    const char *from;  /* "the panel of Otter"; NULL: no source */
};

struct derivation {
    struct statement *claims;
    size_t count;
};

/* Stories and moves of the issue, at least one of either. */
struct derivation_source {
    const struct story *stories;
    size_t count;
    const struct move *moves;
    size_t move_count;
};

/* Everything lives in `arena`. */
struct derivation derivation_of(struct arena *arena, const struct derivation_source *source,
                                const char *text);

/* A story that is searched, and those of its tools that a sentence names, in the sentence's
 * order. */
struct derivation_scope {
    struct arena *arena;
    const struct standing *standing; /* has one tool if it belongs to a move */
    const struct move *move;         /* NULL: it belongs to a story */
    const struct tool **named;
    size_t named_count;
};

#endif
