/*
 * What the note beside a price does to it: a price that holds for a while, for some people or for
 * so many of them is not what others pay, and what is free beside something that costs is free to
 * start. Notes are case-folded, with plain spaces; those that say none of this are names of plans.
 */
#ifndef DIGEST_PRICE_NOTE_H
#define DIGEST_PRICE_NOTE_H

#include <stdbool.h>

/* "Entry", "Free tier", "from": prices begin here, and the note says no more. */
bool price_note_is_entry(const char *note);

/* "Pro $20/mo", "paid plans", "up to 3 users": what is free with it is free to start. */
bool price_note_has_more(const char *note);

bool price_note_is_trial(const char *note);

/* "14-day trial", "then $20/mo", "for students": what is free with it is not free. */
bool price_note_ends_free(const char *note);

/* "first 3 months", "intro price", "min. 3 seats": the amount is ranked with no other. */
bool price_note_limits_amount(const char *note);

/* A word of `words` that the text begins with as a word: its bytes, the longest, 0 for none. */
unsigned price_note_begins(const char *text, const char *const *words);

/* "from", "ab", "à partir de": before an amount, or as its note. */
extern const char *const price_note_from[];

#endif
