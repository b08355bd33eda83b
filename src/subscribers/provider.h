/*
 * The mail domains of the largest providers: which spellings of an address reach the same mailbox,
 * and which domain a typing error probably meant. Used only for limits and suggestions: nobody's
 * address is ever changed by it.
 */
#ifndef SUBSCRIBERS_PROVIDER_H
#define SUBSCRIBERS_PROVIDER_H

#include "mail/address.h"

struct provider {
    const char *domain;
    const char *mailboxes; /* the domain with the same mailboxes; NULL: only itself */
    const char *ignored;   /* characters that the provider ignores before the @; NULL: none */
};

enum { PROVIDER_COUNT = 24 };
extern const struct provider providers[PROVIDER_COUNT];

/* NULL if the domain, in lower case, is not in the table. */
const struct provider *provider_find(const char *domain);

/* One spelling for all that reach the same mailbox: "a.n.n+news@googlemail.com" becomes
 * "ann@gmail.com", and "ann+news@example.org" becomes "ann@example.org". */
void provider_mailbox(const struct address *address, char out[sizeof address->key]);

#endif
