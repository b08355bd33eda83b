/*
 * The effect of the note beside a price: a price that holds for a while, for some people or for a
 * minimum number of them is not what others pay; and what is free beside something paid is free to
 * start. Notes are case-folded, with plain spaces; notes that say none of this are names of plans.
 */
#ifndef DIGEST_PRICE_NOTE_H
#define DIGEST_PRICE_NOTE_H

#include <stdbool.h>

/* "Entry", "Free tier", "from": prices begin here, and the note says nothing else. */
bool price_note_is_entry(const char *note);

/* "Pro $20/mo", "paid plans", "up to 3 users": a free price with such a note is free to start. */
bool price_note_has_more(const char *note);

bool price_note_is_trial(const char *note);

/* "14-day trial", "then $20/mo", "for students": a free price with such a note is not free. */
bool price_note_ends_free(const char *note);

/* "first 3 months", "intro price", "min. 3 seats": the amount is not ranked with others. */
bool price_note_limits_amount(const char *note);

/* The length of the longest word in `words` that begins the text as a word; 0 for none. */
unsigned price_note_begins(const char *text, const char *const *words);

/* "from", "ab", "à partir de": before an amount, or as its note. */
extern const char *const price_note_from[];

#endif
