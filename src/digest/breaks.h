/*
 * Where a line may end inside text without spaces: between the words of scripts that use none
 * (Unicode Annex 14 by libunistring for Chinese and Japanese; ICU's dictionaries for Thai, Lao,
 * Khmer and Burmese). Words of other scripts, including Korean, and URLs are not broken.
 */
#ifndef DIGEST_BREAKS_H
#define DIGEST_BREAKS_H

#include <stdbool.h>
#include <stddef.h>

struct breaks;

struct breaks *breaks_open(void);
void breaks_close(struct breaks *breaks); /* accepts NULL */

/* `marks` has an entry for each byte of the word, all false; entries before which a line may be
 * broken become true, never the first. The word is UTF-8 without white space. */
void breaks_find(struct breaks *breaks, const char *word, size_t len, bool *marks);

/* The length of the longest beginning of the word that is at most `columns` wide and does not
 * separate a letter from its marks; at least one letter. */
size_t breaks_fit(const char *word, size_t len, size_t columns);

/* The offset of the URL in the word, or `len`. */
size_t breaks_url(const char *word, size_t len);

#endif
