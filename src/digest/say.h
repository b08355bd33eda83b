/*
 * Sentences of the catalogue, filled: code decides which sentence is said, the catalogue how.
 *
 * A hole is written {name} in a message. {Name} is the same with a capital first letter. What goes
 * into a hole is not looked into. All texts that come back live in the arena.
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

/* The message of that id with its holes filled; `holes` may be NULL. A hole that nothing fills is
 * a broken contract. */
char *say_text(const struct say *say, const char *id, const struct hole *holes);

/* The same in the plural form for `number`. */
char *say_count(const struct say *say, const char *id, size_t number, const struct hole *holes);

/* "no", "one" … "ten", then digits with a separator per thousand ("1,200"). */
char *say_number(const struct say *say, size_t number);
/* Digits with that separator. */
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

/* {language, direction} of the catalogue's sentences, for a page of another language or direction;
 * null where the page's are the same. */
struct value *say_language(const struct say *say, const char *page_language,
                           const char *page_direction);

/* The texts with a space between; empty ones leave none. */
char *say_join(const struct say *say, const char *left, const char *right);

#endif
