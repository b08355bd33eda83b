/*
 * Keeps the direction of names separate from that of the text (Unicode Annex 9): an Arabic or
 * Hebrew name must not reverse the numbers and words around it, which would swap the shares of two
 * tools.
 *
 * Every name in a sentence is enclosed in FSI (U+2068) and PDI (U+2069) while the sentence is
 * composed. They are removed from finished texts in which nothing runs from right to left; in HTML
 * the remaining ones become <bdi>. Isolates are invisible and count towards no length.
 *
 * Lines of the text part begin with no LRM or RLM. A client takes the direction of a line from its
 * first strong letter and skips isolates when looking for it (Annex 9, P2 and P3): a line that
 * begins with a Hebrew name runs like the English sentence behind it, and a line that is only a
 * name runs from left to right, with the name in its own order. A client that shows every line from
 * left to right shows the same. A mark would only repeat this, and be one more character to copy
 * and to search past.
 */
#ifndef DIGEST_ISOLATE_H
#define DIGEST_ISOLATE_H

#include "base/arena.h"
#include "base/residual.h"
#include "base/value.h"

#define ISOLATE_OPEN  "\xE2\x81\xA8"
#define ISOLATE_CLOSE "\xE2\x81\xA9"
enum { ISOLATE_BYTES = 3 }; /* of each */

/* Encloses a name in isolates; "" stays "". `name` contains none. */
char *isolate_name(struct arena *arena, const char *name);

/* `text` with every occurrence of `name` as a word by itself (without isolates) enclosed in
 * isolates. */
char *isolate_within(struct arena *arena, const char *text, const char *name);

/* Finishes a text: removes the isolates if all of it runs from left to right. A text with words
 * from right to left but without isolates is as a whole somebody's name or words, and is enclosed
 * in isolates; a URL never is. */
char *isolate_finish(struct arena *arena, const char *text);

/* Applies isolate_finish() to every text in the tree. */
void isolate_finish_all(struct arena *arena, struct value *tree);

/* Replaces isolates in running text of the HTML program by <bdi> and </bdi>. In tags, comments,
 * <title>, <style>, <script>, <textarea> and elements that are not displayed (the preheader) the
 * characters are kept: an element there has no meaning, or is dropped by mail clients. `out` is
 * initialised and empty. */
void isolate_html(const struct residual *in, struct residual *out);

#endif
