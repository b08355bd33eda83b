/*
 * Sentences of the catalogue, filled in: the code decides which sentence is used, the catalogue how
 * it reads.
 *
 * A hole is written {name} in a message; {Name} is the same with a capital first letter. The text
 * that fills a hole is not searched for holes. All returned texts live in the arena.
 */
#ifndef DIGEST_SAY_H
#define DIGEST_SAY_H

#include "base/arena.h"
#include "base/value.h"
#include "base/zone.h"
#include "digest/catalogue.h"

struct say {
    struct arena *arena;
    const struct catalogue *catalogue;
};

struct hole {
    const char *name;
    const char *text;
};

/* A list of holes for the calls below: HOLES({"tool", name}, {"count", words}). */
#define HOLES(...) ((const struct hole[]){__VA_ARGS__, {NULL, NULL}})

/* The message with that id, its holes filled; `holes` may be NULL. A hole without a value is a
 * broken contract. */
char *say_text(const struct say *say, const char *id, const struct hole *holes);

/* The same in the plural form for `number`. */
char *say_count(const struct say *say, const char *id, size_t number, const struct hole *holes);

/* "no", "one" … "ten", then digits with thousands separators ("1,200"). */
char *say_number(const struct say *say, size_t number);
/* Digits with thousands separators. */
char *say_digits(const struct say *say, size_t number);

/* "75%". */
char *say_percent(const struct say *say, int percent);

/* "A", "A and B", "A, B and C"; "" for none. */
char *say_list(const struct say *say, const char *const *texts, size_t count);

/* "23 November 2026". */
char *say_date(const struct say *say, const struct local_time *local);

/* "November 2026". */
char *say_month(const struct say *say, const struct local_time *local);

/* "Friday, 27 November 2026". */
char *say_day(const struct say *say, const struct local_time *local);
/* "Friday"; 1 is Monday. */
char *say_weekday(const struct say *say, int weekday);

/* {language, direction} of the catalogue's sentences, for a page in another language or direction;
 * null if the page has the same. */
struct value *say_language(const struct say *say, const char *page_language,
                           const char *page_direction);

/* The texts with a space between them; empty ones add none. */
char *say_join(const struct say *say, const char *left, const char *right);

#endif
