/*
 * Pull-quotes: what an issue shows of a review.
 *
 * A review runs to a thousand characters, a digest has room for a sentence or two. A quote is cut
 * where a sentence ends and nothing inside it is changed.
 */
#ifndef RENDER_QUOTE_H
#define RENDER_QUOTE_H

#include "base/arena.h"
#include "base/model.h"

enum { QUOTE_CHARACTERS = 220 };

/* The offset behind the sentence that begins at `text`: behind its full stop and the quotation
 * marks and brackets that close with it. Abbreviations ("e.g.", "vs.", "U.S."), initials, decimals
 * and dots inside a word do not end one, nor does "…" or "..." before a small letter. *whole is
 * false where the text runs out without an end. */
size_t quote_sentence(const char *text, bool *whole);

/* As many whole sentences as fit into `limit` characters; where not even one does, whole words
 * and "…". */
char *quote_cut(struct arena *arena, const char *quote, size_t limit);

/* The quote that speaks for a tool, among its reviews of this verdict (VERDICT_UNKNOWN: among
 * all): the first whole sentence with the panel's own word in it, "ship", or "skip" of a tool that
 * most would skip; else the opening of the first review that has a sentence within
 * QUOTE_CHARACTERS; else of the first review. *review (may be NULL) gets the review it comes from.
 * NULL if there is none. */
char *quote_choose(struct arena *arena, const struct tool *tool, enum verdict verdict,
                   const struct review **review);

#endif
