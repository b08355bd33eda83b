/* The rows of refusal.h. Private to it. */
#ifndef SMTP_REFUSAL_ROWS_H
#define SMTP_REFUSAL_ROWS_H

#include "smtp/refusal.h"

/* Commands of a row, as bits. */
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
    int low, high;        /* reply codes; 0, 0: any. A question without code fits any */
    const char *enhanced; /* "5.1.1"; "x.1.1" 4 or 5; "5.7." the whole subject; NULL: any or none;
                             "-": none */
    const char *words;    /* lower case; '|' parts alternatives, '*' stands for at most
                             REFUSAL_GAP bytes; NULL: whatever they are */
    const char *host;     /* ends of host names, parted by '|'; NULL: any */
    enum refusal_reason reason;
    const char *source;
    const char *remedy; /* NULL: the reason's own */
};
enum { REFUSAL_GAP = 60 };

extern const struct refusal_row refusal_rows[]; /* the last one fits everything */

#endif
