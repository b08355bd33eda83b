/*
 * What an amount is paid for: "/mo", "per seat and month", "pro Nutzer/Monat", "/ 1M tokens".
 *
 * Periods and people are words of a table, in the languages of the sites that write prices so;
 * what else stands behind a "per" is kept as it is written. Words that are neither are no unit.
 */
#ifndef DIGEST_PRICE_UNIT_H
#define DIGEST_PRICE_UNIT_H

#include <stdbool.h>

enum price_period {
    PERIOD_NONE, /* not said */
    PERIOD_ONCE,
    PERIOD_DAY,
    PERIOD_WEEK,
    PERIOD_MONTH,
    PERIOD_QUARTER,
    PERIOD_YEAR,
};

struct price_unit {
    enum price_period period;
    bool person;    /* for each seat, user or member, which are the same to who pays */
    char what[48];  /* for so much of something: "token"; "" where not */
    double count;   /* of it: 1000000 of "1M tokens" */
    char terms[48]; /* what else is or is not in it: "+ vat"; "" where not said */
    bool billed;    /* it says how one is billed, which changes no price */
};

/* Adds to `unit` what `text` says. The text is case-folded, with plain spaces. False where a word
 * of it cannot be read, or contradicts what is known. */
bool price_unit_read(const char *text, struct price_unit *unit);

/* Whether it says for how many people: "min. 3 seats", "5-user plan". */
bool price_unit_counts_people(const char *text);

/* How a note begins that is no name of a plan: with what one pays for ("per seat", "/mo"), or with
 * another word of the table ("monthly", "billed yearly", "excl. VAT"). */
enum price_unit_start { START_NAME, START_LINK, START_WORD };
enum price_unit_start price_unit_begins(const char *text);

#endif
