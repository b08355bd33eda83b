/*
 * Transliterates a name into Latin letters, for addresses: "Яндекс" as "Yandeks", "写作" as
 * "xie zuo", a fox emoji as "fox face".
 *
 * ICU transliterates most scripts; what it does not know is spelled by the Unicode names
 * of its characters. The result is only for people to read: two names may give the same
 * one.
 */
#ifndef BASE_LATIN_H
#define BASE_LATIN_H

#include "base/arena.h"

/* `text` itself where there is nothing to do. ASCII symbols and Latin letters, also with
 * diacritics, are kept; trademark signs and characters that only change an emoji's appearance are
 * dropped. */
const char *latin_words(struct arena *arena, const char *text);

#endif
