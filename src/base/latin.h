/*
 * A name in Latin letters, for addresses: "Яндекс" as "Yandeks", "写作" as "xie
 * zuo", a fox as "fox face".
 *
 * ICU knows how most scripts are written in Latin letters; what it does not
 * know is spelt by the names that Unicode gives its letters. The result is for
 * reading and for nothing else: two names may come out alike.
 */
#ifndef BASE_LATIN_H
#define BASE_LATIN_H

#include "base/arena.h"

/* `text` itself where there is nothing to do. Signs of ASCII and Latin letters
 * with their marks stay as they are; signs of trade and what only asks for an
 * emoji's looks fall away. */
const char *latin_words(struct arena *arena, const char *text);

#endif
