/*
 * An amount of money as sites write it: "$20", "US$ 1,200", "1.200,00 €", "CHF 12.–", "10–50 €".
 *
 * What can be read in two ways is not read: "1.200 €" may be twelve hundred or one and a fifth.
 * Nothing is converted from one currency to another.
 */
#ifndef DIGEST_MONEY_H
#define DIGEST_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct money {
    int64_t low, high;    /* the number times a million; two numbers where it is a range */
    const char *currency; /* "USD", or the sign where several currencies have it: "¥"; static */
    bool vague;           /* it is such a sign: two amounts with it do not compare */
    bool more;            /* a "+" behind it: "$20+" */
};

/* Reads the amount that `text` begins with; bytes read, 0 where it is none. `text` is in NFC and
 * case-folded, with plain spaces. A bare "$" is a US dollar. */
size_t money_read(const char *text, struct money *money);

#endif
