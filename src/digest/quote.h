/*
 * Where sentences end, and texts cut there: a review runs to a thousand characters, a digest has
 * room for a sentence or two. Nothing inside a sentence is changed.
 */
#ifndef DIGEST_QUOTE_H
#define DIGEST_QUOTE_H

#include <stdbool.h>

#include "base/arena.h"

enum { QUOTE_MIN = 35, QUOTE_MAX = 220 /* characters of a sentence that is quoted by itself */ };

/* The offset behind the sentence that begins at `text`: behind its full stop and the quotation
 * marks and brackets that close with it. Abbreviations ("e.g.", "vs.", "U.S."), initials, decimals
 * and dots inside a word do not end one, nor does "…" or "..." before a small letter. *whole is
 * false where the text runs out without an end. */
size_t quote_sentence(const char *text, bool *whole);

/* Whether it can be read without what stands before it: it does not begin with a word that points
 * back, and holds no code. */
bool quote_stands_alone(const char *sentence);

/* As many whole sentences as fit into `limit` characters; where not even one does, whole words
 * and "…". */
char *quote_cut(struct arena *arena, const char *quote, size_t limit);

/* The mark that closes the quote that begins at `start`, behind its opening mark; it may hold
 * others. The last closing mark where they do not pair; NULL: there is none. */
const char *quote_end(const char *start);

#endif
