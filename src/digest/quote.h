/*
 * Finds the ends of sentences and cuts texts there: a review has up to a thousand characters, a
 * digest room for a sentence or two. Nothing inside a sentence is changed.
 */
#ifndef DIGEST_QUOTE_H
#define DIGEST_QUOTE_H

#include <stdbool.h>

#include "base/arena.h"

enum { QUOTE_MIN = 35, QUOTE_MAX = 220 /* characters of a sentence that is quoted by itself */ };

/* The offset after the sentence that begins at `text`: after its full stop and the closing
 * quotation marks and brackets. Abbreviations ("e.g.", "vs.", "U.S."), initials, decimals and dots
 * inside a word do not end one, nor does "…" or "..." before a lower-case letter. *whole is false
 * if the text ends without an end of the sentence. */
size_t quote_sentence(const char *text, bool *whole);

/* Whether it can be understood without the text before it: it does not begin with a word that
 * refers back, and contains no code. */
bool quote_stands_alone(const char *sentence);

/* As many whole sentences as fit into `limit` characters; if not even one does, whole words and
 * "…". */
char *quote_cut(struct arena *arena, const char *quote, size_t limit);

/* The mark that closes the quote that begins at `start`, after its opening mark; quotes inside it
 * are skipped. If they do not pair, the last closing mark; NULL: there is none. */
const char *quote_end(const char *start);

#endif
