/* The rows of the table in refusal.h. Private to refusal.c. */
#ifndef SMTP_REFUSAL_ROWS_H
#define SMTP_REFUSAL_ROWS_H

#include "smtp/refusal.h"

/* The commands that a row applies to, as bits. */
enum {
    REFUSAL_AT_REPORT = 1 << REFUSAL_REPORT,
    REFUSAL_AT_HELO = 1 << REFUSAL_HELO,
    REFUSAL_AT_MAIL = 1 << REFUSAL_MAIL,
    REFUSAL_AT_RCPT = 1 << REFUSAL_RCPT,
    REFUSAL_AT_TEXT = 1 << REFUSAL_DATA | 1 << REFUSAL_TEXT,
    REFUSAL_AT_READER = REFUSAL_AT_RCPT | REFUSAL_AT_TEXT, /* a reader's transaction */
    REFUSAL_AT_SENDER = REFUSAL_AT_HELO | REFUSAL_AT_MAIL,
    REFUSAL_AT_REPLY = REFUSAL_AT_READER | REFUSAL_AT_SENDER,
    REFUSAL_AT_ANY = REFUSAL_AT_REPLY | REFUSAL_AT_REPORT,
};

/* The first row that fits decides. */
struct refusal_row {
    unsigned commands;
    int low, high;        /* reply codes; 0, 0: any. A refusal without a code fits any range */
    const char *enhanced; /* "5.1.1"; "x.1.1" 4 or 5; "5.7." the whole subject; NULL: any or none;
                             "-": none */
    const char *words;    /* lower case; '|' separates alternatives, '*' stands for at most
                             REFUSAL_GAP bytes; NULL: any words */
    const char *host;     /* suffixes of host names, separated by '|'; NULL: any */
    enum refusal_reason reason;
    const char *source;
    const char *remedy; /* NULL: that of the reason */
};
enum { REFUSAL_GAP = 60 };

extern const struct refusal_row refusal_rows[]; /* the last one fits everything */

#endif
