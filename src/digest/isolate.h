/*
 * Names keep their own direction (Unicode Annex 9): an Arabic or Hebrew name must not turn the
 * numbers and words around it, as the shares of two tools would change places.
 *
 * Every name in a sentence stands between FSI (U+2068) and PDI (U+2069) while the sentence is
 * made. A finished text in which nothing runs from right to left loses them again; in HTML those
 * that are left become <bdi>. Isolates take no room and count towards no length.
 */
#ifndef DIGEST_ISOLATE_H
#define DIGEST_ISOLATE_H

#include "base/arena.h"
#include "base/residual.h"
#include "base/value.h"

#define ISOLATE_OPEN  "\xE2\x81\xA8"
#define ISOLATE_CLOSE "\xE2\x81\xA9"
enum { ISOLATE_BYTES = 3 }; /* of each */

/* The name between isolates; "" stays "". `name` has none. */
char *isolate_name(struct arena *arena, const char *name);

/* `text` with each place where `name` (without isolates) stands by itself between isolates. */
char *isolate_within(struct arena *arena, const char *text, const char *name);

/* A finished text: without isolates where all of it runs from left to right. One that has words
 * from right to left and no isolate is as a whole somebody's name or words, and is isolated; a URL
 * never is. */
char *isolate_finish(struct arena *arena, const char *text);

/* isolate_finish() for every text in the tree. */
void isolate_finish_all(struct arena *arena, struct value *tree);

/* The HTML program with <bdi> and </bdi> for isolates in running text. In tags, comments, <title>,
 * <style>, <script>, <textarea> and in elements that are not displayed (the preheader) the
 * characters stay: there an element means nothing, or is dropped by who shows the text. `out` is
 * initialised and empty. */
void isolate_html(const struct residual *in, struct residual *out);

#endif
