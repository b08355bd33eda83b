/*
 * Where the words of a subject, a preheader or a headline come from.
 *
 * The finished text is read again, by code that has no part in making it: each name, each quote,
 * each number and each superlative is looked up in the data of the comparisons and of what
 * has moved. What nothing there says is false, or an editor's own knowledge.
 */
#ifndef DIGEST_DERIVATION_H
#define DIGEST_DERIVATION_H

#include "base/model.h"
#include "digest/standing.h"

struct statement {
    const char *words; /* "3 of 4", "Otter", "tie" */
    const char *from;  /* "the panel of Otter"; NULL: nothing says so */
};

struct derivation {
    struct statement *claims;
    size_t count;
};

/* Stories and moves as the issue has them, at least one of either. */
struct derivation_source {
    const struct story *stories;
    size_t count;
    const struct move *moves;
    size_t move_count;
};

/* Everything lives in `arena`. */
struct derivation derivation_of(struct arena *arena, const struct derivation_source *source,
                                const char *text);

/* A story as it is asked about, and the tools that a sentence names of it, in its order. */
struct derivation_scope {
    struct arena *arena;
    const struct standing *standing; /* of one tool where it is that of a move */
    const struct move *move;         /* NULL: it is a story's */
    const struct tool **named;
    size_t named_count;
};

#endif
