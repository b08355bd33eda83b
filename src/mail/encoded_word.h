/*
 * Encoded-words (RFC 2047): how text that is not plain ASCII is written in a header.
 *
 * A word has at most 75 characters, a line with one at most 76; a UTF-8 character is never split
 * over two words. The whole text is encoded, including spaces: white space between two
 * encoded-words is not part of their content, so nothing is lost or added where a line folds.
 */
#ifndef MAIL_ENCODED_WORD_H
#define MAIL_ENCODED_WORD_H

#include "base/buf.h"

enum { ENCODED_WORD_LINE = 76 };

/* The place decides which characters the Q encoding leaves unencoded. */
enum encoded_word_place { ENCODED_WORD_IN_TEXT, ENCODED_WORD_IN_PHRASE };

/* Appends a space and the words, folding between them; the text is valid UTF-8 without control
 * characters. The encoding is whichever is shorter for the text, B or Q; on a tie Q. `column` is
 * the length of the line so far, at most 48; returns the length of the last line. Empty text
 * appends nothing. */
size_t encoded_word_add(struct buf *out, size_t column, const char *text, size_t len,
                        enum encoded_word_place place);

#endif
