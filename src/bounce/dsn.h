/*
 * Parses the fields of a delivery status notification (RFC 3464) as real systems write them: blocks
 * without blank lines between them, blank lines inside blocks, missing types, fields in any order.
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

/* Returns the blocks about a recipient, or a single one without a recipient if there is only an
 * action, a status or a diagnostic. */
size_t dsn_read(struct arena *arena, const char *text, size_t len,
                struct dsn_block blocks[DSN_BLOCKS]);

/* Whether a text that is not a delivery-status part contains such fields. */
bool dsn_looks_like(const char *text);

#endif
