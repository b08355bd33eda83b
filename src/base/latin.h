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

/* `text` itself where there is nothing to do. Signs of ASCII and Latin letters
 * with their marks stay as they are; signs of trade and what only asks for an
 * emoji's looks fall away. */
const char *latin_words(struct arena *arena, const char *text);

#endif
