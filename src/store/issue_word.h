/*
 * What an editor has written for one issue: its subject, preheader and headline, notes, and which
 * sentences of reviews it quotes.
 *
 * It belongs to that issue alone and outlives every build of its draft. Only a draft's can be
 * changed, so what an approved issue is rendered from stands.
 */
#ifndef STORE_ISSUE_WORD_H
#define STORE_ISSUE_WORD_H

#include "store/store.h"

enum issue_word_kind {
    ISSUE_WORD_SUBJECT,
    ISSUE_WORD_PREHEADER,
    ISSUE_WORD_HEADLINE,
    ISSUE_WORD_NOTE,
    ISSUE_WORD_STORY_NOTE,
    ISSUE_WORD_QUOTE_FOR,
    ISSUE_WORD_QUOTE_AGAINST,
    ISSUE_WORD_KINDS
};

const char *issue_word_kind_name(enum issue_word_kind kind); /* "subject", "quote for" … */

struct issue_word {
    enum issue_word_kind kind;
    const char *about; /* STORY_NOTE: the id of a comparison in that story; QUOTE_…: the slug of the
                          tool; "" for the others */
    const char *text; /* of a note: Markdown; of a quote: the sentence */
    int64_t at;       /* when it was written */
};

/* In the order of the kinds, then of `about`. */
bool issue_word_list(struct store *store, struct arena *arena, int64_t issue_id,
                     struct issue_word **words, size_t *count, struct failure *why) MUST_CHECK;

/* Writes, or replaces what was written before. FAILURE_USAGE if the issue is not a draft. */
bool issue_word_set(struct store *store, int64_t issue_id, const struct issue_word *word,
                    struct failure *why) MUST_CHECK;

/* Takes it back; `*there` false where nothing was written. FAILURE_USAGE if the issue is not a
 * draft. */
bool issue_word_clear(struct store *store, int64_t issue_id, enum issue_word_kind kind,
                      const char *about, bool *there, struct failure *why) MUST_CHECK;

#endif
