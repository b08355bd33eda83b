/*
 * The fields of a delivery status notification (RFC 3464), as real systems write them: blocks
 * without blank lines between them, blank lines inside, types left out, fields in any order.
 */
#ifndef BOUNCE_DSN_H
#define BOUNCE_DSN_H

#include "bounce/split.h"

struct dsn_block {
    const char *original; /* Original-Recipient as written; NULL: none */
    const char *final;    /* Final-Recipient */
    const char *actual;   /* X-Actual-Recipient */
    const char *action;   /* lowercase first word; NULL: none */
    const char *status;
    const char *diagnostic; /* Diagnostic-Code without its type */
    const char *category;   /* X-PowerMTA-BounceCategory */
};

enum { DSN_BLOCKS = 32 };

/* The blocks about a recipient; one without a recipient if only an answer can be found. */
size_t dsn_read(struct arena *arena, const char *text, size_t len,
                struct dsn_block blocks[DSN_BLOCKS]);

/* Whether a text that is not a delivery-status part contains such fields. */
bool dsn_looks_like(const char *text);

#endif
