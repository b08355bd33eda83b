/*
 * The price read: what two prices mean beside each other, in words.
 *
 * Prices come as the site writes them: "Free", "$20/mo", "$0.25 / 1M tokens", "Contact sales", with
 * a note such as "Entry". Amounts are compared only where currency, unit and what one pays for are
 * the same; nothing is converted.
 */
#ifndef RENDER_PRICE_H
#define RENDER_PRICE_H

#include "base/arena.h"
#include "base/model.h"

enum price_kind {
    PRICE_UNKNOWN, /* none given */
    PRICE_FREE,    /* "Free", "$0", "Open source" … */
    PRICE_AMOUNT,  /* a number with a currency */
    PRICE_OTHER,   /* words: "Contact sales" */
};

struct price {
    enum price_kind kind;
    const char *text;
    const char *note;   /* "" where none */
    bool per;           /* the note says what one pays for: "Per seat" */
    bool entry;         /* the note says that this is where prices begin */
    int64_t millionths; /* of AMOUNT: the number times a million */
    char currency[8];   /* of AMOUNT: "$", "EUR" */
    char unit[40];      /* of AMOUNT: "/mo", without spaces, in small letters; "" where none */
};

/* Reads a tool's price and note. */
struct price price_parse(const struct tool *tool);

/* "Both are free to start.", "A is cheaper: it starts at $10/mo, B at $20/mo.", "A is free; no
 * price is given for B." … */
char *price_read(struct arena *arena, const struct tool *one, const struct tool *other);

/* A price for a table cell: "Free", "$20/mo per seat", "no price given". */
const char *price_cell(struct arena *arena, const struct tool *tool);

#endif
