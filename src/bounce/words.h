/*
 * The meaning of words in machines' and people's mail: the tables of phrases/, compiled into the
 * program, and functions that search them. Texts are folded (base/fold.h).
 */
#ifndef BOUNCE_WORDS_H
#define BOUNCE_WORDS_H

#include <stdint.h>

#include "base/phrases.h"
#include "bounce/meanings.h"
#include "bounce/report.h"
#include "smtp/refusal.h"

extern const struct phrases_set words_sets[SETS];

/* The bit of a meaning in the result of words_meanings(). */
static inline uint64_t words_bit(enum meaning meaning)
{
    return UINT64_C(1) << meaning;
}

/* All meanings of the set that occur in the text. */
uint64_t words_meanings(enum meaning_set set, const char *folded);

/* Whether a phrase of that meaning occurs in the text, where its rows must match. */
bool words_say(enum meaning meaning, const char *folded);
/* Whether the text consists of nothing but such a phrase. */
bool words_are(enum meaning meaning, const char *folded);

/* Why a message was not delivered; REASON_NONE: the text does not say. */
enum bounce_reason words_reason(const char *folded);

/* The command that was answered, as reports name it ("in reply to MAIL FROM command", "after HELO
 * relay.example.org"); the first that occurs in the text. REFUSAL_REPORT if none. */
enum refusal_command words_command(const char *folded);

#endif
