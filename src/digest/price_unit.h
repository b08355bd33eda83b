/*
 * What an amount is paid for: "/mo", "per seat and month", "pro Nutzer/Monat", "/ 1M tokens".
 *
 * Periods and people are words of a table, in the languages of the sites that write such prices;
 * other words after a "per" are kept as they are written. A text with any other word is not a unit.
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
    bool person;    /* for each seat, user or member: the same for the buyer */
    char what[48];  /* for a quantity of something: "token"; "" if not */
    double count;   /* that quantity: 1000000 for "1M tokens" */
    char terms[48]; /* what else is included or excluded: "+ vat"; "" if not stated */
    bool billed;    /* it says how billing works, which does not change the price */
};

/* Adds the meaning of `text` to `unit`. The text is case-folded, with plain spaces. False if one of
 * its words cannot be read, or contradicts what is known. */
bool price_unit_read(const char *text, struct price_unit *unit);

/* Whether it states a number of people: "min. 3 seats", "5-user plan". */
bool price_unit_counts_people(const char *text);

/* How a note begins that is not the name of a plan: with what is paid for ("per seat", "/mo"), or
 * with another word of the table ("monthly", "billed yearly", "excl. VAT"). */
enum price_unit_start { START_NAME, START_LINK, START_WORD };
enum price_unit_start price_unit_begins(const char *text);

#endif
