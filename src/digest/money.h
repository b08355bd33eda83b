/*
 * An amount of money as sites write it: "$20", "US$ 1,200", "1.200,00 €", "CHF 12.–", "10–50 €".
 *
 * Ambiguous text is not read: "1.200 €" may be twelve hundred or one and a fifth. Nothing is
 * converted from one currency to another.
 */
#ifndef DIGEST_MONEY_H
#define DIGEST_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct money {
    int64_t low, high;    /* the number times a million; they differ for a range */
    const char *currency; /* "USD", or the sign if several currencies use it: "¥"; static */
    bool vague;           /* it is such a sign: two amounts with it cannot be compared */
    bool more;            /* followed by "+": "$20+" */
};

/* Reads the amount at the start of `text`; returns its length, 0 if there is none. `text` is in NFC
 * and case-folded, with plain spaces. "$" alone means US dollars. */
size_t money_read(const char *text, struct money *money);

#endif
