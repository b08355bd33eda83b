/*
 * The price read: what two prices mean in comparison, in words.
 *
 * Prices are given as the site writes them: "Free", "$0.25 / 1M tokens", "$20/mo", "1.200,00 € pro
 * Jahr", "Contact sales", with a note such as "Entry" or "per seat". Amounts are compared if
 * currency, unit and included services are the same; periods are converted: a year is twelve
 * months. Currencies are not converted. What cannot be read with certainty is quoted as it is and
 * never compared, and of two claims that a price allows the weaker one is made.
 */
#ifndef DIGEST_PRICE_H
#define DIGEST_PRICE_H

#include "base/arena.h"
#include "base/model.h"
#include "digest/money.h"
#include "digest/price_unit.h"
#include "digest/say.h"

enum price_kind {
    PRICE_UNKNOWN, /* none given */
    PRICE_FREE,    /* "Free", "$0", "Open source" … */
    PRICE_AMOUNT,  /* a number with a currency */
    PRICE_OTHER,   /* cannot be read: "Contact sales" */
};

struct price {
    enum price_kind kind;
    const char *text;       /* as it is shown: "$20" of "from $20" */
    const char *note;       /* "" if none, and if it only says that prices begin here */
    bool per;               /* the note says what is paid for: "Per seat" */
    bool entry;             /* prices begin here: more can be had for more */
    struct money money;     /* of AMOUNT */
    struct price_unit unit; /* of AMOUNT */
};

/* Reads a tool's price and note. */
struct price price_parse(struct arena *arena, const struct tool *tool);

/* "Both are free to start.", "A is cheaper: it starts at $10/mo, B at $20/mo.", "A is free; no
 * price is given for B." … */
char *price_read(const struct say *say, const struct tool *one, const struct tool *other);

/* A price for a table cell: "Free", "$20/mo per seat", "from $9/mo", "$49, one-time", "no price
 * given"; at most about forty characters, and no word that would widen the table. A note that would
 * make it longer is left out. */
const char *price_cell(const struct say *say, const struct tool *tool);

/* The same of a price at which others begin, without "from": "$20/mo per seat". */
const char *price_start(const struct say *say, const struct price *price);

#endif
